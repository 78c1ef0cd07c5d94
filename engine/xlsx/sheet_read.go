package xlsx

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// ReadOptions says what a filled check sheet is read against.
type ReadOptions struct {
	// Plan is the plan that the sheet was made of. It must be given: a workbook
	// of another plan, task or standard is refused.
	Plan *engine.Plan
	// Earlier are the submissions taken before. A row with a reason for
	// correction replaces those of them that are about the same questions.
	Earlier []engine.Submission
	// Files holds the photos and other files that the workbook names, so that
	// they can be named by hash; it may be nil.
	Files fs.FS
}

// ReadSheet reads the answers out of a workbook that WriteSheet wrote and
// somebody filled in with Excel, WPS or the like. name is what the workbook is
// called in refusals.
//
// Every row with something in it becomes a submission. Its ID is made of what
// the row is about and what it holds, so reading a file twice gives the same
// submissions, and a changed row another one beside the first: a contradiction
// until the row gives a reason for correction. An empty cell is unknown. A cell
// that can't be understood is refused by its address, as "Sheet!F12", and the
// rest is read. Rows, columns and worksheets may have been sorted, moved,
// hidden or renamed.
//
// The error is an *engine.Refusal for a file that is no such workbook or
// belongs to another task, plan or standard, and the context's when it ends.
// The file may be hostile: what is read of it is bounded, 32 MiB of file among
// other things.
func ReadSheet(ctx context.Context, name string, r io.Reader, o ReadOptions) ([]engine.Submission, []*engine.InputError, error) {
	if o.Plan == nil {
		return nil, nil, refused("读检查表要先给出方案", "reading a check sheet takes the plan it was made of")
	}
	w, err := readWorkbook(ctx, name, r)
	if err != nil {
		return nil, nil, err
	}
	s := &sheetReader{ctx: ctx, name: name, workbook: w, options: o, taken: map[string]taken{}, zone: time.UTC}
	if err := s.identify(); err != nil {
		return nil, nil, err
	}
	pages := s.pages()
	for _, p := range pages {
		if p.kind == coverKey {
			s.cover(p)
		}
	}
	for _, p := range pages {
		if p.kind == coverKey {
			continue
		}
		if err := s.page(p); err != nil {
			return nil, nil, err
		}
	}
	s.close()
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	slices.SortStableFunc(s.out, func(a, b read) int { return slices.Compare(a.order[:], b.order[:]) })
	s.indexEarlier()
	var out []engine.Submission
	for _, one := range s.out {
		out = append(out, s.corrections(one.submission)...)
	}
	return out, s.refused, nil
}

// sheetReader reads one workbook.
type sheetReader struct {
	*workbook
	ctx     context.Context
	name    string
	options ReadOptions
	sheet   *engine.Sheet
	lang    checklang.Lang
	zone    *time.Location
	by      string
	done    time.Time
	closes  bool
	taken   map[string]taken // rows by what they are about
	index   []itemIndex
	places  map[string]int                 // parts in their periods to their places on the sheet
	about   map[string][]engine.Submission // earlier submissions by part and unit
	before  map[string][]engine.Submission // and by the ID of the row they came from
	out     []read
	refused []*engine.InputError
}

// taken is a row that was read: what it says, and where.
type taken struct{ id, path string }

// read is a submission and its place on the sheet.
type read struct {
	submission engine.Submission
	order      [3]int
}

// maxRefused bounds how many cells are refused one by one.
const maxRefused = 1000

// refuse refuses what stands at a path.
func (s *sheetReader) refuse(path, code string, args ...any) {
	switch n := len(s.refused); {
	case n < maxRefused:
		s.refused = append(s.refused, engine.NewInputError(s.name, 0, path, code, args...))
	case n == maxRefused:
		s.refused = append(s.refused, engine.NewInputError(s.name, 0, "", "C705", fmt.Sprint(maxRefused)))
	}
}

// wrong refuses a cell that holds something else than it takes.
func (s *sheetReader) wrong(path string, label, wants engine.Words, c cell) {
	s.refuse(path, "C902", label, wants, shownCell(c))
}

func shownCell(c cell) string {
	switch c.content {
	case nothing:
		return `""`
	case formula:
		return "=…"
	}
	text := []rune(strings.TrimSpace(c.text))
	if len(text) > 60 {
		text = append(text[:60], '…')
	}
	data, err := json.Marshal(string(text))
	if err != nil {
		return "?"
	}
	return string(data)
}

// identify finds the hidden worksheet and compares it with the plan.
func (s *sheetReader) identify() error {
	var machine *grid
	for _, g := range s.grids {
		if g.cells[place{1, 1}].text == "schema" && strings.HasPrefix(g.cells[place{1, 2}].text, kindOf(SheetWorkbookSchema)) {
			machine = g
			break
		}
	}
	if machine == nil {
		return refused("%s 不是由检查表生成的工作簿，或隐藏的“%s”工作表被删了，请用原来的文件填写", "%s was not made of a check sheet, or its hidden worksheet %q was deleted; fill in the original file", s.name, machineName)
	}
	if schema := machine.cells[place{1, 2}].text; schema != SheetWorkbookSchema {
		return refused("%s 的格式 %q 比本版本能读的 %s 新", "%s has the form %q, newer than %s, which this release reads", s.name, schema, SheetWorkbookSchema)
	}
	var text strings.Builder
	for row := 2; ; row++ {
		key := machine.cells[place{row, 1}].text
		if key == "" {
			break
		}
		value := machine.cells[place{row, 2}].text
		switch key {
		case "lang":
			s.lang = checklang.Lang(value)
		case "sheet":
			text.WriteString(value)
		}
	}
	s.sheet = &engine.Sheet{}
	if err := json.Unmarshal([]byte(text.String()), s.sheet); err != nil {
		return refused("%s 的隐藏工作表“%s”被改坏了，请用原来的文件填写", "the hidden worksheet %[2]q of %[1]s is broken; fill in the original file", s.name, machineName)
	}
	if !s.indexed() {
		return refused("%s 的隐藏工作表“%s”里的检查表太大，不予读取", "the sheet in the hidden worksheet %[2]q of %[1]s is too large and is not read", s.name, machineName)
	}
	p := s.options.Plan
	switch task, ok := p.Task(s.sheet.Task); {
	case s.sheet.Schema != engine.SheetSchema:
		return refused("%s 里的检查表 %q 不是本版本能读的 %s", "%s holds the sheet %q, this release reads %s", s.name, s.sheet.Schema, engine.SheetSchema)
	case s.sheet.Standard != p.Standard:
		return refused("%s 是按标准 %s 版本 %s（摘要 %.12s）做的，这次检查用的是 %s 版本 %s（摘要 %.12s）", "%s was made of the standard %s version %s (digest %.12s), this inspection uses %s version %s (digest %.12s)",
			s.name, s.sheet.Standard.Standard, s.sheet.Standard.Version, s.sheet.Standard.Digest, p.Standard.Standard, p.Standard.Version, p.Standard.Digest)
	case !ok:
		return refused("%s 是任务“%s”的检查表，方案 %s 里没有这个任务", "%s is the sheet of the task %q, which the plan %s does not have", s.name, s.sheet.Task, p.ID)
	case s.sheet.Plan != p.Digest:
		return refused("%s 属于另一份方案（摘要 %.12s），这份方案是 %s（摘要 %.12s），请用这份方案的检查表", "%s belongs to another plan (digest %.12s), this one is %s (digest %.12s); use a sheet of this plan", s.name, s.sheet.Plan, p.ID, p.Digest)
	default:
		s.by = s.sheet.Inspector
		if task.Subject.Zone != nil {
			s.zone = task.Subject.Zone
			return nil
		}
	}
	if s.sheet.Zone != "" {
		zone, err := time.LoadLocation(s.sheet.Zone)
		if err != nil {
			return refused("%s 的时区 %q 不认得", "%s has the unknown time zone %q", s.name, s.sheet.Zone)
		}
		s.zone = zone
	}
	return nil
}

// kindOf is the name of a schema without its number.
func kindOf(schema string) string { return schema[:strings.LastIndexByte(schema, '/')+1] }

// filled is one worksheet with the keys of its columns.
type filled struct {
	*grid
	kind    string // without what follows it
	names   []string
	at      place // of the first key
	columns map[int]keyed
	first   map[string]int // the column of a key, without copies of it
	rows    []int
	filled  map[int][]int // the columns of a row that hold something
	merges  map[area]bool // refused already
}

type keyed struct {
	column int
	key    string
	twice  bool // a copy of an earlier column
}

// pages finds the worksheets to fill in by their keys.
func (s *sheetReader) pages() []*filled {
	var out []*filled
	for _, g := range s.grids {
		p := &filled{grid: g, columns: map[int]keyed{}, first: map[string]int{}, filled: map[int][]int{}, merges: map[area]bool{}}
		order := slices.Clone(g.places)
		slices.SortFunc(order, func(a, b place) int { return cmp.Or(a.row-b.row, a.column-b.column) })
		for _, at := range order {
			c := g.cells[at]
			switch {
			case p.kind == "":
				if c.content == textual && strings.HasPrefix(c.text, keyPrefix) {
					kind, rest, _ := strings.Cut(c.text, " ")
					p.kind, p.at = kind, at
					if rest != "" && json.Unmarshal([]byte(rest), &p.names) != nil {
						p.kind = ""
					}
				}
			case at.row == p.at.row:
				_, twice := p.first[c.text]
				p.columns[at.column] = keyed{at.column, c.text, twice}
				if !twice {
					p.first[c.text] = at.column
				}
			default:
				if len(p.rows) == 0 || p.rows[len(p.rows)-1] != at.row {
					p.rows = append(p.rows, at.row)
				}
				p.filled[at.row] = append(p.filled[at.row], at.column)
			}
		}
		if p.kind != "" {
			out = append(out, p)
		}
	}
	return out
}

// path is the address of a cell.
func (p *filled) path(row, column int) string { return p.grid.name + "!" + cellName(column, row) }

// column finds a column by its key, 0 when it was deleted.
func (p *filled) column(key string) int { return p.first[key] }

// key is the key of a row, nil when it has none.
func (p *filled) key(row int) []string {
	c := p.cells[place{row, p.at.column}]
	if c.content != textual {
		return nil
	}
	var names []string
	if json.Unmarshal([]byte(c.text), &names) != nil {
		return []string{c.text}
	}
	return names
}

// entry is what stands in a cell to be filled in. A formula, an error and a
// joined cell are refused; ok is false for them and for an empty cell.
func (s *sheetReader) entry(p *filled, row, column int, label engine.Words) (c cell, ok bool) {
	if column == 0 {
		return cell{}, false
	}
	at := place{row, column}
	c = p.cells[at]
	switch c.content {
	case nothing:
		return c, false
	case formula:
		s.wrong(p.path(row, column), label, engine.Words{ZH: "直接填写的值，不要公式", EN: "a value that was typed, no formula"}, c)
		return c, false
	case failed:
		s.wrong(p.path(row, column), label, engine.Words{ZH: "直接填写的值", EN: "a value that was typed"}, c)
		return c, false
	}
	for _, m := range p.merged {
		if !m.has(at) || m.from == m.to {
			continue
		}
		if !p.merges[m] {
			p.merges[m] = true
			path := p.path(m.from.row, m.from.column) + ":" + cellName(m.to.column, m.to.row)
			s.refuse(path, "C902", label, engine.Words{ZH: "一格一个答案，请拆开合并的单元格后逐格填写", EN: "one answer in each cell: take the joined cells apart and fill in each"}, shownCell(c))
		}
		return c, false
	}
	return c, true
}

// asRead is what comes back of a text that was written into a cell.
func asRead(text string) string { return strings.TrimSpace(unescape(cellText(text))) }

// words reads a cell as a text.
func (s *sheetReader) words(p *filled, row int, key string, label engine.Words) string {
	column := p.column(key)
	c, ok := s.entry(p, row, column, label)
	if !ok {
		return ""
	}
	text, ok := s.text(c)
	if !ok {
		s.wrong(p.path(row, column), label, engine.Words{ZH: "文字", EN: "a text"}, c)
		return ""
	}
	return text.(string)
}

var doneLabel = engine.Words{ZH: "检查时间", EN: "time done"}

// instant reads a cell as an instant in the zone of the subject.
func (s *sheetReader) instant(p *filled, row, column int) time.Time {
	c, ok := s.entry(p, row, column, doneLabel)
	if !ok {
		return time.Time{}
	}
	t, ok := s.ofCell(c)
	if !ok || !t.date || !plausible(t.Time) {
		s.wrong(p.path(row, column), doneLabel, engine.Words{ZH: "日期和时刻，如 2026-11-23 10:05", EN: "a date and a time of day such as 2026-11-23 10:05"}, c)
		return time.Time{}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), t.Nanosecond(), s.zone)
}

// cover reads who inspected, when, and whether all is done.
func (s *sheetReader) cover(p *filled) {
	column := p.column(columnValue)
	for _, row := range p.rows {
		key := p.key(row)
		if len(key) != 1 {
			continue
		}
		switch key[0] {
		case rowBy:
			if name := s.words(p, row, columnValue, engine.Words{ZH: "检查人", EN: "inspector"}); name != "" {
				s.by = name
			}
		case rowDone:
			s.done = s.instant(p, row, column)
		case rowCloses:
			label := engine.Words{ZH: "全部查完", EN: "all inspected"}
			c, ok := s.entry(p, row, column, label)
			if !ok {
				continue
			}
			q := understand(engine.Question{Type: "bool"})
			value, ok := q.value(s.workbook, c)
			if !ok {
				s.wrong(p.path(row, column), label, q.wants(), c)
				continue
			}
			s.closes = value == true
		}
	}
}

// close ends the task, when the cover says that all was inspected.
func (s *sheetReader) close() {
	if s.closes {
		sub := engine.Submission{Task: s.sheet.Task, By: s.by, DoneAt: s.done, Closes: true}
		sub.ID = identity(sub)
		s.out = append(s.out, read{sub, [3]int{len(s.sheet.Items), 0, 0}})
	}
	if s.by == "" && len(s.out) > 0 {
		for _, p := range s.pages() {
			if p.kind != coverKey {
				continue
			}
			for _, row := range p.rows {
				if key := p.key(row); len(key) == 1 && key[0] == rowBy {
					s.wrong(p.path(row, p.column(columnValue)), engine.Words{ZH: "检查人", EN: "inspector"}, engine.Words{ZH: "姓名或编号", EN: "a name or id"}, cell{})
				}
			}
		}
	}
}
