package xlsx

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/xuri/excelize/v2"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// SheetWorkbookSchema is the name of the form of a check sheet as a workbook.
const SheetWorkbookSchema = "pinjian/sheet-workbook/1"

// The keys that a check sheet carries in hidden cells, so that its rows,
// columns and worksheets can be sorted, moved, hidden and renamed: the first
// hidden row of a worksheet begins with keyPrefix and the kind of the
// worksheet, and goes on with the key of each column; the first cell of each
// row is the key of the row.
const (
	keyPrefix   = "pinjian:"
	coverKey    = keyPrefix + "cover"
	itemsKey    = keyPrefix + "items" // a row is a question about the subject
	unitsKey    = keyPrefix + "units" // a row is a unit
	machineName = "_pinjian"

	columnUnit   = "unit"
	columnAnswer = "answer"
	columnValue  = "value"
	columnRemark = "remark"
	columnSkip   = "skip"
	columnDone   = "done"
	columnFiles  = "files"
	columnReason = "reason"
	askPrefix    = "ask:"
	knownPrefix  = "known:"

	rowHead   = "head" // titles and heads of columns
	rowBy     = "by"
	rowDone   = "done"
	rowCloses = "closes"

	spareRows  = 10 // for more units met on the spot than were planned
	knownMost  = 8  // known values that get a column each
	chunkRunes = 16000
)

// rowKey names what a row is about: part, period, unit and question. It is a
// JSON array, because ids may hold any character.
func rowKey(names ...string) string {
	data, _ := json.Marshal(names)
	return safeJSON(data)
}

// safeJSON escapes what a cell can't hold as it is.
func safeJSON(data []byte) string {
	var b strings.Builder
	text := string(data)
	for i, r := range text {
		switch {
		case r >= 0x7F && r < 0xA0, r == 0xFFFE, r == 0xFFFF, r == '_' && strings.HasPrefix(text[i+1:], "x"):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// WriteSheet writes the check sheet of one task as a workbook for an inspector
// to fill in: a cover that says how, one worksheet for all questions about the
// subject itself, and one for every part that has units, with a row for each.
// Lists, dates and bounds are checked as they are typed. ReadSheet reads it
// back. The same sheet and options give the same bytes.
func WriteSheet(w io.Writer, s *engine.Sheet, o Options) error {
	b := &sheetBook{book: newBook(), sheet: s, options: o, lists: map[string]string{}}
	b.names[machineName] = true
	cover := b.page(o.pick("封面", "Cover"))
	b.subjectItems()
	for i := range s.Items {
		if s.Items[i].Kind != "subject" {
			b.units(&s.Items[i])
		}
	}
	b.cover(cover)
	b.machine()
	b.fail(b.file.SetDocProps(&excelize.DocProperties{Title: cellText(s.Task), Subject: cellText(s.Subject), Created: "2000-01-01T00:00:00Z", Modified: "2000-01-01T00:00:00Z"}))
	return b.finish(w)
}

type sheetBook struct {
	*book
	sheet   *engine.Sheet
	options Options
	lists   map[string]string // options of a list to where they stand
	columns [][]string        // the lists, in the order they were needed
	tabs    []tab
}

// tab says which worksheet holds a part, and how many questions it asks.
type tab struct {
	item      *engine.SheetItem
	page      string
	questions int
}

// column is one column of a worksheet to fill in.
type column struct {
	key, title string
	width      float64
	look       look
	ask        *asked
	field      string // of a known value
}

// tail are the columns that every row ends with.
func (b *sheetBook) tail() []column {
	pick := b.options.pick
	return []column{
		{key: columnRemark, title: pick("备注", "Remarks"), width: 22, look: entryText},
		{key: columnSkip, title: pick("未检查的原因", "Why not inspected"), width: 14, look: entryText},
		{key: columnDone, title: pick("检查时间", "Time done"), width: 16, look: entryTime},
		{key: columnFiles, title: pick("证据文件", "Files of evidence"), width: 18, look: entryText},
		{key: columnReason, title: pick("更正理由", "Reason for correction"), width: 16, look: entryText},
	}
}

// keys writes the hidden row of keys.
func (p *page) keys(kind string, columns []column) {
	p.text(1, quiet, kind)
	for i, c := range columns {
		if c.key != "" {
			p.text(i+2, quiet, c.key)
		}
	}
	p.fail(p.file.SetRowVisible(p.name, p.next, false))
	p.fail(p.file.SetColVisible(p.name, "A", false))
	p.next++
}

func (p *page) columns(columns []column) {
	widths := []float64{4}
	for _, c := range columns {
		widths = append(widths, c.width)
	}
	p.widths(widths...)
}

func (p *page) heads(columns []column) {
	p.text(1, quiet, rowHead)
	most := 1
	for i, c := range columns {
		p.text(i+2, header, c.title)
		most = max(most, lines(c.title, c.width))
	}
	p.height(min(90, 6+lineHeight*float64(most)))
	p.next++
}

// subjectItems writes the questions about the subject itself, one on a row.
func (b *sheetBook) subjectItems() {
	pick, l := b.options.pick, b.options.Lang
	var items []*engine.SheetItem
	for i := range b.sheet.Items {
		if b.sheet.Items[i].Kind == "subject" {
			items = append(items, &b.sheet.Items[i])
		}
	}
	if len(items) == 0 {
		return
	}
	p := b.page(pick("检查表", "Check sheet"))
	columns := append([]column{
		{title: pick("编号", "Code"), width: 12},
		{title: pick("检查项", "Item"), width: 16},
		{title: pick("怎样查", "How"), width: 34},
		{title: pick("判定", "Criteria"), width: 24},
		{title: pick("问题", "Question"), width: 18},
		{title: pick("怎样填", "What to write"), width: 16},
		{key: columnAnswer, title: pick("答案", "Answer"), width: 16},
	}, b.tail()...)
	p.columns(columns)
	p.keys(itemsKey, columns)
	p.text(1, quiet, rowHead)
	p.over(2, len(columns)+1, heading, b.title(), 40)
	p.next++
	head := p.next
	p.heads(columns)
	for _, item := range items {
		b.tabs = append(b.tabs, tab{item, p.name, len(item.Ask)})
		questions := item.Ask
		if len(questions) == 0 {
			questions = []engine.Question{{}}
		}
		for _, question := range questions {
			q := understand(question)
			p.text(1, quiet, rowKey(item.Part, item.Period, "", q.Name))
			how, criteria := guide(item, l)
			title := item.Title + "\n" + item.Period
			wants := ""
			if q.Name != "" {
				wants = q.wants().In(l)
			}
			texts := []string{item.Part, title, how, criteria, q.Words.In(l), wants}
			most := 1
			for i, text := range texts {
				p.text(i+2, plain, text)
				most = max(most, lines(text, columns[i].width))
			}
			for i := len(texts); i < len(columns); i++ {
				c := columns[i]
				if c.key == columnAnswer {
					if c.look = given; q.Name != "" {
						c.look, c.ask = q.look(), &q
					}
				}
				p.text(i+2, c.look, "")
				b.validate(p, c, p.at(i+2, p.next), true)
			}
			p.height(6 + lineHeight*float64(most))
			p.next++
		}
	}
	p.setUp(table{head: head, repeat: head, last: p.next - 1, from: 1, columns: len(columns) + 1, still: 3, footer: b.title()})
}

func (b *sheetBook) title() string {
	return b.options.pick("检查表　", "Check sheet  ") + b.sheet.Task + b.options.pick("　", "  ") + b.options.subject(b.sheet.Subject)
}

// guide is how to inspect a part and how it is judged.
func guide(item *engine.SheetItem, l checklang.Lang) (how, criteria string) {
	var lines, judged []string
	lines = append(lines, item.Require...)
	sep := map[bool]string{true: "：", false: ": "}[l == checklang.Chinese]
	for _, m := range item.Methods {
		lines = append(lines, token.LookupKeyword(m.Kind).In(l)+sep+m.Text)
	}
	for _, c := range item.Judge {
		if c.Label != "" {
			judged = append(judged, token.LookupKeyword(c.Outcome).In(l)+sep+c.Label)
		}
	}
	return strings.Join(lines, "\n"), strings.Join(judged, "\n")
}

// units writes one part, a unit on each row.
func (b *sheetBook) units(item *engine.SheetItem) {
	pick, l := b.options.pick, b.options.Lang
	p := b.page(item.Part + " " + item.Title)
	columns := b.unitColumns(item)
	asks, colour := 0, "B8C0C8"
	for _, c := range columns {
		if c.ask != nil {
			asks, colour = asks+1, "F2C94C"
		}
	}
	b.tabs = append(b.tabs, tab{item, p.name, asks})
	b.fail(b.file.SetSheetProps(p.name, &excelize.SheetPropsOptions{TabColorRGB: &colour}))
	p.columns(columns)
	p.keys(unitsKey+" "+rowKey(item.Part, item.Period), columns)
	first := p.next
	p.text(1, quiet, rowHead)
	p.over(2, len(columns)+1, heading, item.Part+" "+item.Title+pick("　", "  ")+item.Period, 40)
	p.next++
	how, criteria := guide(item, l)
	p.text(1, quiet, rowHead)
	p.over(2, len(columns)+1, quiet, strings.TrimSpace(how+"\n"+criteria), 150)
	p.next++
	head := p.next
	p.heads(columns)
	top := p.next
	sample := slices.ContainsFunc(item.Ask, func(q engine.Question) bool { return q.Sample })
	for i := range item.Units {
		b.unit(p, item, &item.Units[i], columns)
	}
	if item.Kind == "unlisted" {
		for range spareRows {
			b.unit(p, item, &engine.SheetUnit{}, columns)
		}
	}
	for i, c := range columns {
		if p.next > top {
			b.validate(p, c, p.span(i+2, top, i+2, p.next-1), false)
		}
	}
	last := p.next - 1
	if sample {
		b.sample(p, item, columns)
	}
	p.setUp(table{head: head, repeat: first, last: last, from: 1, columns: len(columns) + 1, still: 2, footer: b.title()})
}

// unitColumns are the unit, what is known of it, the questions, and the rest.
func (b *sheetBook) unitColumns(item *engine.SheetItem) []column {
	pick, l := b.options.pick, b.options.Lang
	out := []column{{key: columnUnit, title: pick("单位", "Unit"), width: 18, look: given}}
	if item.Kind == "unlisted" {
		out[0].title, out[0].look = pick("单位（现场填写）", "Unit (fill in)"), entryText
	}
	known := map[string]bool{}
	var fields []engine.Question
	for _, u := range item.Units {
		for name := range u.Values {
			known[name] = true
		}
		for _, q := range u.Ask {
			if !slices.ContainsFunc(fields, func(f engine.Question) bool { return f.Name == q.Name }) {
				fields = append(fields, q)
			}
		}
	}
	for _, f := range fields {
		delete(known, f.Name)
	}
	var names []string
	for name := range known {
		names = append(names, name)
	}
	slices.Sort(names)
	if len(names) > knownMost {
		out = append(out, column{title: pick("已知", "Known"), width: 46, look: given})
	} else {
		for _, name := range names {
			out = append(out, column{key: knownPrefix + name, field: name, title: name, width: 15, look: given})
		}
	}
	for _, q := range append(fields, item.Ask...) {
		a := understand(q)
		c := column{key: askPrefix + q.Name, title: q.Words.In(l), width: 15, look: a.look(), ask: &a}
		if slices.ContainsFunc(fields, func(f engine.Question) bool { return f.Name == q.Name }) {
			c.field = q.Name
		}
		if hint := a.wants().In(l); lines(hint, 200) == 1 && len([]rune(hint)) <= 90 {
			c.title += pick("\n（", "\n(") + hint + pick("）", ")")
		}
		out = append(out, c)
	}
	return append(out, b.tail()...)
}

// unit writes the row of one unit.
func (b *sheetBook) unit(p *page, item *engine.SheetItem, u *engine.SheetUnit, columns []column) {
	l := b.options.Lang
	p.text(1, quiet, rowKey(item.Part, item.Period, u.ID))
	most := 1
	for i, c := range columns {
		look, text := c.look, ""
		value, known := u.Values[c.field]
		switch {
		case c.key == columnUnit:
			text = u.ID
		case c.field != "" && known:
			look, text = given, value.In(l)
		case c.ask != nil && c.ask.Sample:
			look = given
		case c.key == "":
			var all []string
			for name, value := range u.Values {
				all = append(all, name+b.options.pick("：", ": ")+value.In(l))
			}
			slices.Sort(all)
			text = strings.Join(all, b.options.pick("；", "; "))
		}
		p.text(i+2, look, text)
		most = max(most, lines(text, c.width))
	}
	p.height(8 + lineHeight*float64(most))
	p.next++
}

// sample writes the row of what is asked of the sample as a whole.
func (b *sheetBook) sample(p *page, item *engine.SheetItem, columns []column) {
	p.text(1, quiet, rowKey(item.Part, item.Period, ""))
	for i, c := range columns {
		switch {
		case c.key == columnUnit:
			p.text(i+2, given, b.options.pick("（样本整体）", "(the whole sample)"))
		case c.ask != nil && !c.ask.Sample, c.key == "", c.key != "" && c.ask == nil && c.field != "":
			p.text(i+2, given, "")
		default:
			p.text(i+2, c.look, "")
			b.validate(p, c, p.at(i+2, p.next), false)
		}
	}
	p.next++
}

func (q asked) look() look {
	switch q.kind {
	case date:
		return entryDate
	case instant:
		return entryTime
	case clock:
		return entryClock
	case yesNo, whole, number, choice, side:
		return entry
	}
	return entryText
}
