package xlsx

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"io"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// page reads the rows of a worksheet.
func (s *sheetReader) page(p *filled) error {
	at := -1
	if p.kind == unitsKey {
		if len(p.names) != 2 {
			return nil
		}
		if at = s.item(p.names[0], p.names[1]); at < 0 {
			s.refuse(p.path(p.at.row, p.at.column), "C911", p.names[0])
			return nil
		}
	}
	for _, row := range p.rows {
		if err := s.ctx.Err(); err != nil {
			return err
		}
		switch key := p.key(row); {
		case len(key) == 1: // titles and heads
		case at >= 0:
			s.unit(p, row, at, key)
		case p.kind == itemsKey && len(key) == 4:
			s.question(p, row, key)
		case p.kind == itemsKey:
			s.stray(p, row)
		}
	}
	return nil
}

// stray refuses the answer of a row that has lost its key.
func (s *sheetReader) stray(p *filled, row int) {
	if column := p.column(columnAnswer); p.cells[place{row, column}].content != nothing {
		s.refuse(p.path(row, column), "C902", engine.Words{ZH: "答案", EN: "answer"},
			engine.Words{ZH: "写在原有的行里：这一行缺少隐藏的第一列", EN: "to stand on a row of the original: this one lacks the hidden first column"}, shownCell(p.cells[place{row, column}]))
	}
}

// row is what one row says.
type row struct {
	*sheetReader
	*filled
	number     int
	submission engine.Submission
	answered   bool // some cell of an answer holds something, right or wrong
}

// question reads a row that asks one thing about the subject.
func (s *sheetReader) question(p *filled, number int, key []string) {
	at := s.item(key[0], key[1])
	if at < 0 {
		s.refuse(p.path(number, p.at.column), "C911", key[0])
		return
	}
	r := &row{sheetReader: s, filled: p, number: number}
	r.submission = engine.Submission{Task: s.sheet.Task, Part: key[0], Period: key[1]}
	asks := s.sheet.Items[at].Ask
	which, known := s.index[at].asks[key[3]]
	if !known {
		which = -1
	}
	column := p.column(columnAnswer)
	switch {
	case which >= 0:
		r.answer(column, understand(asks[which]))
	case p.cells[place{number, column}].content != nothing:
		s.refuse(p.path(number, column), "C901", key[3], names(asks))
	}
	r.finish(strings.Join(key, "\x00"), p.path(number, column), "", [3]int{at, 0, which})
}

// unit reads a row about one unit. key is nil where it was lost.
func (s *sheetReader) unit(p *filled, number, at int, key []string) {
	item := &s.sheet.Items[at]
	r := &row{sheetReader: s, filled: p, number: number}
	column := p.column(columnUnit)
	if !r.filledIn(item) {
		return
	}
	if len(key) == 3 && (key[0] != item.Part || key[1] != item.Period) {
		s.refuse(p.path(number, p.at.column), "C911", key[0])
		return
	}
	typed := s.words(p, number, columnUnit, unitLabel)
	unit, place := typed, p.path(number, max(1, column))
	whole := false // the row of the whole sample
	if item.Kind != "unlisted" && len(key) == 3 {
		if unit = key[2]; unit == "" {
			whole = true
		} else if typed != "" && typed != asRead(unit) {
			s.refuse(place, "C902", unitLabel, engine.Words{ZH: "保持原来的 " + unit + "，整行一起移动", EN: "to stay " + unit + "; move whole rows"}, shownCell(cell{content: textual, text: typed}))
			return
		}
	} else if item.Kind == "unlisted" && marksWhole(typed) {
		unit, whole = "", true
	}
	order := len(item.Units)
	var known *engine.SheetUnit
	if i, ok := s.index[at].units[unit]; ok && !whole && item.Kind != "unlisted" {
		order, known = i, &item.Units[i]
	}
	switch {
	case whole:
	case unit == "":
		s.wrong(place, unitLabel, engine.Words{ZH: "名称或编号", EN: "a name or id"}, cell{})
		return
	case item.Kind != "unlisted" && known == nil:
		s.refuse(place, "C909", unit)
		return
	}
	r.submission = engine.Submission{Task: s.sheet.Task, Part: item.Part, Period: item.Period, Unit: unit}
	for _, column := range p.filled[number] {
		if c, ok := p.columns[column]; ok {
			r.cell(c, at, known, whole)
		}
	}
	r.finish(strings.Join([]string{item.Part, item.Period, unit}, "\x00"), place, unit, [3]int{at, order, 0})
}

var unitLabel = engine.Words{ZH: "单位", EN: "unit"}

func marksWhole(text string) bool {
	text = narrow(text)
	return text == "(样本整体)" || text == "(the whole sample)"
}

// filledIn says whether a row holds anything that somebody filled in.
func (r *row) filledIn(item *engine.SheetItem) bool {
	for _, column := range r.filled.filled[r.number] {
		c, ok := r.columns[column]
		if ok && (c.key != columnUnit || item.Kind == "unlisted") && !strings.HasPrefix(c.key, knownPrefix) {
			return true
		}
	}
	return false
}

// cell reads one cell of the row of a unit.
func (r *row) cell(c keyed, item int, unit *engine.SheetUnit, whole bool) {
	name, known := strings.CutPrefix(c.key, knownPrefix)
	if !known {
		var ask bool
		if name, ask = strings.CutPrefix(c.key, askPrefix); !ask {
			return
		}
	}
	content := r.cells[place{r.number, c.column}]
	if content.content == nothing {
		return
	}
	at := r.path(r.number, c.column)
	if unit != nil {
		if value, ok := unit.Values[name]; ok {
			if text, ok := r.text(content); !ok || text != asRead(value.In(r.lang)) {
				r.refuse(at, "C902", name, engine.Words{ZH: "保持原来的“" + value.ZH + "”，有误请写在备注里", EN: "to stay \"" + value.EN + "\"; write in the remarks what is wrong with it"}, shownCell(content))
			}
			return
		}
	}
	if known {
		return
	}
	q, ok := r.find(item, unit, name)
	switch {
	case !ok:
		r.refuse(at, "C901", name, names(r.sheet.Items[item].Ask))
	case c.twice:
		r.refuse(at, "C902", q.Words, engine.Words{ZH: "只在一列里回答，这一列是重复的", EN: "to be answered in one column; this one is a copy"}, shownCell(content))
	case q.Sample && !whole:
		r.refuse(at, "C902", q.Words, engine.Words{ZH: "答在“样本整体”那一行", EN: "to be answered on the row of the whole sample"}, shownCell(content))
	case whole && !q.Sample:
		r.refuse(at, "C902", q.Words, engine.Words{ZH: "按单位回答，不答在“样本整体”那一行", EN: "to be answered for each unit, not on the row of the whole sample"}, shownCell(content))
	default:
		r.answer(c.column, understand(q))
	}
}

// find finds a question of a unit, its own or the part's.
func (s *sheetReader) find(item int, unit *engine.SheetUnit, name string) (engine.Question, bool) {
	if i, ok := s.index[item].asks[name]; ok {
		return s.sheet.Items[item].Ask[i], true
	}
	if unit != nil {
		for _, q := range unit.Ask {
			if q.Name == name {
				return q, true
			}
		}
	}
	return engine.Question{}, false
}

func names(list []engine.Question) string {
	var out []string
	for _, q := range list {
		out = append(out, q.Name)
	}
	return strings.Join(out[:min(len(out), 12)], ", ")
}

// answer reads one answer.
func (r *row) answer(column int, q asked) {
	c, ok := r.entry(r.filled, r.number, column, q.Words)
	r.answered = r.answered || c.content != nothing
	if !ok {
		return
	}
	value, ok := q.value(r.workbook, c)
	if !ok {
		r.wrong(r.path(r.number, column), q.Words, q.wants(), c)
		return
	}
	if text, isText := value.(string); isText && q.kind == file {
		found, _ := r.files(text)
		for _, a := range found {
			if a.SHA256 != "" {
				r.submission.Attachments = append(r.submission.Attachments, a)
			}
		}
		if len(found) > 0 && found[0].SHA256 != "" {
			value = map[string]any{"sha256": found[0].SHA256, "media_type": found[0].MediaType, "name": found[0].Name}
		}
	}
	if r.submission.Answers == nil {
		r.submission.Answers = map[string]any{}
	}
	r.submission.Answers[q.Name] = value
}

var (
	remarkLabel = engine.Words{ZH: "备注", EN: "remarks"}
	skipLabel   = engine.Words{ZH: "未检查的原因", EN: "why not inspected"}
	filesLabel  = engine.Words{ZH: "证据文件", EN: "files of evidence"}
	reasonLabel = engine.Words{ZH: "更正理由", EN: "reason for correction"}
)

// finish reads what every row ends with and takes the row.
func (r *row) finish(about, place, unit string, order [3]int) {
	sub := &r.submission
	sub.Remark = r.words(r.filled, r.number, columnRemark, remarkLabel)
	if skipped := r.words(r.filled, r.number, columnSkip, skipLabel); skipped != "" {
		if r.answered {
			r.refuse(r.path(r.number, r.column(columnSkip)), "C902", skipLabel, engine.Words{ZH: "与答案二者只填其一", EN: "to be given only where there are no answers"}, shownCell(cell{content: textual, text: skipped}))
			return
		}
		text := "not inspected: " + skipped
		if r.lang == "zh" {
			text = "未检查：" + skipped
		}
		if sub.Remark != "" {
			text += "\n" + sub.Remark
		}
		sub.Remark = text
	}
	if text := r.words(r.filled, r.number, columnFiles, filesLabel); text != "" {
		found, missing := r.files(text)
		for _, name := range missing {
			r.refuse(r.path(r.number, r.column(columnFiles)), "C902", filesLabel, engine.Words{ZH: "放在工作簿旁边的文件的名称，或名称和 SHA-256", EN: "the names of files beside the workbook, or names with their SHA-256"}, shownCell(cell{content: textual, text: name}))
		}
		for _, a := range found {
			if a.SHA256 != "" && !slices.Contains(sub.Attachments, a) {
				sub.Attachments = append(sub.Attachments, a)
			}
		}
	}
	if len(sub.Answers) == 0 && len(sub.Attachments) == 0 && sub.Remark == "" {
		return
	}
	sub.Reason = r.words(r.filled, r.number, columnReason, reasonLabel)
	sub.By, sub.DoneAt = r.by, r.done
	if at := r.instant(r.filled, r.number, r.column(columnDone)); !at.IsZero() {
		sub.DoneAt = at
	}
	sub.ID = identity(*sub)
	if before, ok := r.taken[about]; ok {
		if before.id != sub.ID {
			if unit == "" {
				unit = sub.Part
			}
			r.refuse(place, "C914", unit+" ("+before.path+")")
		}
		return
	}
	r.taken[about] = taken{sub.ID, place}
	r.out = append(r.out, read{*sub, order})
}

// idPrefix begins the ID of what was read from a workbook.
const idPrefix = "xlsx-"

// identity is the ID of a submission: made of everything it says.
func identity(s engine.Submission) string {
	s.ID = ""
	data, err := json.Marshal(s)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(data)
	return idPrefix + hex.EncodeToString(sum[:12])
}

// corrections are the submissions of a row: itself, or, where it gives a
// reason and something earlier is about the same, one for each that it
// replaces. A row that was taken before is given again as it was then.
func (s *sheetReader) corrections(sub engine.Submission) []engine.Submission {
	if sub.Reason == "" || len(sub.Answers) == 0 {
		return []engine.Submission{sub}
	}
	if before := s.before[sub.ID]; len(before) > 0 {
		return before
	}
	var out []engine.Submission
	replaced := map[string]bool{}
	for _, e := range s.about[sub.Part+"\x00"+sub.Unit] {
		if !s.sameQuestions(sub, e) || replaced[e.ID] {
			continue
		}
		replaced[e.ID] = true
		sum := sha256.Sum256([]byte(e.ID))
		one := sub
		one.ID, one.Replaces = sub.ID+"-"+hex.EncodeToString(sum[:4]), e.ID
		out = append(out, one)
	}
	if len(out) == 0 {
		return []engine.Submission{sub}
	}
	slices.SortFunc(out, func(a, b engine.Submission) int { return strings.Compare(a.ID, b.ID) })
	return out
}

// sameQuestions says whether an earlier submission answers a question that sub
// answers too.
func (s *sheetReader) sameQuestions(sub, earlier engine.Submission) bool {
	at := s.item(sub.Part, sub.Period)
	if earlier.Period != "" && earlier.Period != sub.Period {
		return false
	}
	for name := range sub.Answers {
		if _, ok := earlier.Answers[name]; ok {
			return true
		}
		if at < 0 {
			continue
		}
		if i, ok := s.index[at].asks[name]; ok {
			words := s.sheet.Items[at].Ask[i].Words
			_, zh := earlier.Answers[words.ZH]
			_, en := earlier.Answers[words.EN]
			if zh || en {
				return true
			}
		}
	}
	return false
}

var hash = regexp.MustCompile(`(?i)\b[0-9a-f]{64}\b`)

// maxAttachment is how large a file may be whose hash is wanted.
const maxAttachment = 1 << 30

// files reads names of files, one on a line, each with or without its hash. A
// file without one is looked for beside the workbook; missing are those not
// found.
func (s *sheetReader) files(text string) (found []engine.Attachment, missing []string) {
	for _, line := range strings.FieldsFunc(text, func(r rune) bool { return r == '\n' || r == ';' || r == '；' }) {
		a := engine.Attachment{SHA256: strings.ToLower(hash.FindString(line))}
		a.Name = strings.Trim(strings.NewReplacer("sha256:", "", "SHA256:", "", "sha-256:", "", "SHA-256:", "").Replace(hash.ReplaceAllString(line, "")), " \t　,，:：()（）")
		if a.SHA256 == "" && a.Name == "" {
			continue
		}
		a.MediaType = mediaTypes[strings.ToLower(path.Ext(a.Name))]
		if a.SHA256 == "" {
			a.SHA256 = s.hashOf(a.Name)
		}
		if a.SHA256 == "" {
			missing = append(missing, a.Name)
		}
		found = append(found, a)
	}
	return found, missing
}

var mediaTypes = map[string]string{
	".jpg": "image/jpeg", ".jpeg": "image/jpeg", ".png": "image/png", ".heic": "image/heic", ".webp": "image/webp", ".gif": "image/gif",
	".pdf": "application/pdf", ".mp4": "video/mp4", ".mov": "video/quicktime", ".mp3": "audio/mpeg", ".m4a": "audio/mp4",
	".docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
	".xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

// hashOf hashes a file beside the workbook; "" when it can't be read.
func (s *sheetReader) hashOf(name string) string {
	name = path.Clean(strings.ReplaceAll(name, `\`, "/"))
	if s.options.Files == nil || !fs.ValidPath(name) || name == "." {
		return ""
	}
	f, err := s.options.Files.Open(name)
	if err != nil {
		return ""
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err != nil || !info.Mode().IsRegular() || info.Size() > maxAttachment {
		return ""
	}
	h := sha256.New()
	left := int64(maxAttachment)
	if _, err := io.Copy(h, &budget{ctx: s.ctx, r: f, left: &left}); err != nil {
		return ""
	}
	return hex.EncodeToString(h.Sum(nil))
}
