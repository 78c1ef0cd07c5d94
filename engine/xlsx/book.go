package xlsx

import (
	"fmt"
	"io"
	"regexp"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/pinjian/pinjian/checklang"
)

// Options says how a workbook is written. The zero value writes English and
// shows subjects by their ids.
type Options struct {
	Lang checklang.Lang
	// Subject is what is shown of a subject; nil shows its id.
	Subject func(id string) string
}

func (o Options) subject(id string) string {
	if o.Subject == nil {
		return id
	}
	return o.Subject(id)
}

func (o Options) pick(zh, en string) string {
	if o.Lang == checklang.Chinese {
		return zh
	}
	return en
}

// look is how a cell looks.
type look uint8

const (
	plain   look = iota // a fact
	header              // the head of a column
	heading             // a title over a table
	quiet               // what explains
	given               // known beforehand and not to be changed
	entry               // to be filled in, as anything
	entryText
	entryDate
	entryTime
	entryClock
	good
	fair
	bad
	looks
)

// book is a workbook being written. Its first error ends the writing.
type book struct {
	file  *excelize.File
	names map[string]bool
	pages int
	// style has each look as it is, and for a text that would become a formula
	// when its cell is edited.
	style [looks][2]int
	err   error
}

func newBook() *book {
	b := &book{file: excelize.NewFile(), names: map[string]bool{}}
	var border []excelize.Border
	for _, side := range []string{"left", "top", "right", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "8A97A5", Style: 1})
	}
	fill := func(colour string) excelize.Fill {
		if colour == "" {
			return excelize.Fill{}
		}
		return excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{colour}}
	}
	const text = 49
	date, instant, clock := "yyyy-mm-dd", "yyyy-mm-dd hh:mm", "hh:mm"
	for l, s := range [looks]struct {
		font   excelize.Font
		fill   string
		bare   bool // without a frame
		format int
		custom *string
		open   bool // left unlocked, should somebody protect the sheet
	}{
		plain: {}, header: {font: excelize.Font{Bold: true}, fill: "E4EBF2"}, heading: {font: excelize.Font{Bold: true, Size: 12, Color: "1F4E79"}, bare: true},
		quiet: {font: excelize.Font{Size: 9, Color: "5B6570"}, bare: true}, given: {fill: "EDEFF1", font: excelize.Font{Color: "3D4C5C"}},
		entry: {fill: "FFFBE6", open: true}, entryText: {fill: "FFFBE6", open: true, format: text},
		entryDate: {fill: "FFFBE6", open: true, custom: &date}, entryTime: {fill: "FFFBE6", open: true, custom: &instant}, entryClock: {fill: "FFFBE6", open: true, custom: &clock},
		good: {font: excelize.Font{Color: "1B6E33"}}, fair: {font: excelize.Font{Color: "8A5A00"}}, bad: {font: excelize.Font{Bold: true, Color: "B3261E"}},
	} {
		if s.font.Size == 0 {
			s.font.Size = 10
		}
		style := excelize.Style{
			Font: &s.font, Fill: fill(s.fill), NumFmt: s.format, CustomNumFmt: s.custom,
			Alignment: &excelize.Alignment{Vertical: "top", WrapText: true}, Protection: &excelize.Protection{Locked: !s.open},
		}
		if !s.bare {
			style.Border = border
		}
		b.style[l][0] = b.newStyle(style)
		style.NumFmt, style.CustomNumFmt = text, nil
		b.style[l][1] = b.newStyle(style)
	}
	return b
}

func (b *book) newStyle(s excelize.Style) int {
	id, err := b.file.NewStyle(&s)
	b.fail(err)
	return id
}

func (b *book) fail(err error) {
	if b.err == nil && err != nil {
		b.err = fmt.Errorf("xlsx: %w", err)
	}
}

// finish writes the workbook.
func (b *book) finish(w io.Writer) error {
	if b.err == nil {
		_, err := b.file.WriteTo(w)
		b.fail(err)
	}
	b.fail(b.file.Close())
	return b.err
}

// page is one worksheet being written, row by row.
type page struct {
	*book
	name string
	next int // the row to write
}

// page adds a worksheet.
func (b *book) page(title string) *page {
	p := &page{book: b, name: tabName(title, b.names), next: 1}
	if b.pages++; b.pages == 1 {
		b.fail(b.file.SetSheetName("Sheet1", p.name))
	} else {
		_, err := b.file.NewSheet(p.name)
		b.fail(err)
	}
	return p
}

// tabName makes a title fit for the tab of a sheet, and different from those
// in use, which it joins.
func tabName(title string, used map[string]bool) string {
	clean := strings.Map(func(r rune) rune {
		if strings.ContainsRune(`[]:*?/\'`, r) || r < ' ' || r > 0xFFFF || r == 0xFFFE || r == 0xFFFF || r == utf8.RuneError {
			return ' '
		}
		return r
	}, title)
	runes := []rune(strings.Join(strings.Fields(clean), " "))
	if len(runes) == 0 {
		runes = []rune("1")
	}
	name := string(runes[:min(len(runes), 31)])
	for n := 2; used[strings.ToLower(name)]; n++ {
		suffix := fmt.Sprintf(" %d", n)
		name = string(runes[:min(len(runes), 31-len(suffix))]) + suffix
	}
	used[strings.ToLower(name)] = true
	return name
}

func (p *page) at(column, row int) string {
	name, err := excelize.CoordinatesToCellName(column, row)
	p.fail(err)
	return name
}

// span is a range of cells, from and to included.
func (p *page) span(column, row, toColumn, toRow int) string {
	return p.at(column, row) + ":" + p.at(toColumn, toRow)
}

// text writes a text, never a formula, into a cell of the row to be written.
func (p *page) text(column int, l look, text string) {
	at := p.at(column, p.next)
	guard := 0
	if text != "" && strings.ContainsRune("=+-@\t\r", rune(text[0])) {
		guard = 1
	}
	p.fail(p.file.SetCellStyle(p.name, at, at, p.style[l][guard]))
	if text != "" {
		p.fail(p.file.SetCellStr(p.name, at, cellText(text)))
	}
}

// number writes an exact decimal as a number; what is no decimal is written
// as a text.
func (p *page) number(column int, l look, decimal string) {
	if !plainDecimal.MatchString(decimal) {
		p.text(column, l, decimal)
		return
	}
	at := p.at(column, p.next)
	p.fail(p.file.SetCellStyle(p.name, at, at, p.style[l][0]))
	p.fail(p.file.SetCellDefault(p.name, at, decimal))
}

// plainDecimal is what a cell holds as a number without losing a digit.
var plainDecimal = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,3})?$`)

// escapedUnit is what readers of workbooks take for an escaped character.
var escapedUnit = regexp.MustCompile(`_x[0-9A-Fa-f]{4}_`)

// cellText makes a text fit into a cell: what looks like an escape is escaped,
// what XML can't hold is replaced, and a text too long ends in an ellipsis.
func cellText(text string) string {
	text = strings.Map(func(r rune) rune {
		if r < ' ' && r != '\t' && r != '\n' || r == 0xFFFE || r == 0xFFFF {
			return utf8.RuneError
		}
		return r
	}, strings.ReplaceAll(text, "\r\n", "\n"))
	text = escapedUnit.ReplaceAllStringFunc(text, func(s string) string { return "_x005F" + s })
	units := 0
	for i, r := range text {
		if units += max(1, utf16.RuneLen(r)); units > maxText-1 {
			return text[:i] + "…"
		}
	}
	return text
}

// over writes a line across columns.
func (p *page) over(from, to int, l look, text string, highest float64) {
	p.text(from, l, text)
	if to > from {
		p.fail(p.file.MergeCell(p.name, p.at(from, p.next), p.at(to, p.next)))
	}
	width := 0.0
	for c := from; c <= to; c++ {
		name, err := excelize.ColumnNumberToName(c)
		p.fail(err)
		w, err := p.file.GetColWidth(p.name, name)
		p.fail(err)
		width += w
	}
	p.height(min(highest, 4+lineHeight*float64(lines(text, width))))
}

// height is that of the row to be written.
func (p *page) height(points float64) {
	p.fail(p.file.SetRowHeight(p.name, p.next, min(maxHeight, points)))
}

// lines estimates how many lines a text takes in so many characters' width;
// Chinese characters are two wide.
func lines(text string, width float64) int {
	n := 0
	for line := range strings.SplitSeq(text, "\n") {
		w := 0.0
		for _, r := range line {
			w++
			if r >= 0x2E80 {
				w++
			}
		}
		n += max(1, int((w+width-2)/max(1, width-1)))
	}
	return n
}

// widths sets the columns from the first.
func (p *page) widths(widths ...float64) {
	for i, w := range widths {
		name, err := excelize.ColumnNumberToName(i + 1)
		p.fail(err)
		p.fail(p.file.SetColWidth(p.name, name, name, w))
	}
}

// table is how a worksheet with a table in it looks and prints: the rows down
// to head stay in sight and are printed on every page from row repeat on; the
// table, down to last, can be filtered.
type table struct {
	head, repeat, last int
	from, columns      int // first and last column of the table
	still              int // columns that stay in sight
	footer             string
	portrait           bool
}

func (p *page) setUp(t table) {
	cell := p.at(t.still+1, t.head+1)
	panes := excelize.Panes{Freeze: true, XSplit: t.still, YSplit: t.head, TopLeftCell: cell, ActivePane: "bottomLeft", Selection: []excelize.Selection{{SQRef: cell, ActiveCell: cell, Pane: "bottomLeft"}}}
	if t.still > 0 {
		panes.ActivePane, panes.Selection[0].Pane = "bottomRight", "bottomRight"
	}
	p.fail(p.file.SetPanes(p.name, &panes))
	if t.columns > 0 {
		p.fail(p.file.AutoFilter(p.name, p.span(t.from, t.head, t.columns, max(t.last, t.head)), nil))
	}
	p.fail(p.file.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: fmt.Sprintf("'%s'!$%d:$%d", p.name, t.repeat, t.head), Scope: p.name}))
	p.print(t.footer, t.portrait)
}

// print sets the worksheet up for A4, as wide as one page.
func (p *page) print(footer string, portrait bool) {
	size, orientation, fit, height := 9, "landscape", true, 0 // 9 is A4; as many pages high as it takes
	if portrait {
		orientation = "portrait"
	}
	p.fail(p.file.SetPageLayout(p.name, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToHeight: &height}))
	p.fail(p.file.SetSheetProps(p.name, &excelize.SheetPropsOptions{FitToPage: &fit}))
	side, foot := 0.4, 0.6
	p.fail(p.file.SetPageMargins(p.name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &side, Bottom: &foot}))
	footer = strings.ReplaceAll(cellText(footer), "&", "&&")
	if utf8.RuneCountInString(footer) > 100 { // a footer holds 255 in all
		footer = string([]rune(footer)[:100])
	}
	p.fail(p.file.SetHeaderFooter(p.name, &excelize.HeaderFooterOptions{OddFooter: "&L" + footer + "&R&P / &N"}))
}
