// Package xlsx writes and reads workbooks. It stands by itself because its
// library is heavy; whoever only judges does not import it.
package xlsx

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf8"

	"github.com/xuri/excelize/v2"

	"github.com/pinjian/pinjian/engine/report"
)

const (
	sheetWidth = 150   // of all columns together, in characters
	lineHeight = 14.25 // of a line of text, in points
	maxHeight  = 409.0 // of a row, which is Excel's own limit
	maxText    = 32767 // UTF-16 units of a cell, likewise
)

// WriteStandard writes a standard as a workbook: a sheet for each main heading
// of the document and one for what stands before them. Every sheet has its
// column heads in the first row, frozen and repeated on every printed page, and
// is set up for A4. Cells hold the texts of the document as texts, never as
// formulas. The same document gives the same bytes. A text that does not fit
// into a cell is an error that names the cell.
func WriteStandard(w io.Writer, d *report.StandardDocument) error {
	f := excelize.NewFile()
	b := &standardBook{file: f, document: d, names: map[string]bool{}}
	if err := b.styles(); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	start, title := 0, d.Title
	for i := 0; i <= len(d.Blocks); i++ {
		if i < len(d.Blocks) && d.Blocks[i].Level != 2 {
			continue
		}
		if i > start {
			if err := b.sheet(title, d.Blocks[start:i]); err != nil {
				return fmt.Errorf("xlsx: %w", err)
			}
		}
		if i < len(d.Blocks) {
			start, title = i+1, d.Blocks[i].Line.Text()
		}
	}
	if b.count == 0 {
		if err := b.sheet(d.Title, nil); err != nil {
			return fmt.Errorf("xlsx: %w", err)
		}
	}
	if _, err := f.WriteTo(w); err != nil {
		return fmt.Errorf("xlsx: %w", err)
	}
	return f.Close()
}

type standardBook struct {
	file                      *excelize.File
	document                  *report.StandardDocument
	names                     map[string]bool
	count                     int
	head, body, title, remark int
}

func (b *standardBook) styles() (err error) {
	border := []excelize.Border{}
	for _, side := range []string{"left", "top", "right", "bottom"} {
		border = append(border, excelize.Border{Type: side, Color: "8A97A5", Style: 1})
	}
	top := &excelize.Alignment{Vertical: "top", WrapText: true}
	for _, s := range []struct {
		id    *int
		style excelize.Style
	}{
		{&b.head, excelize.Style{Border: border, Alignment: &excelize.Alignment{Vertical: "center", WrapText: true}, Font: &excelize.Font{Bold: true, Size: 10}, Fill: excelize.Fill{Type: "pattern", Pattern: 1, Color: []string{"E4EBF2"}}}},
		{&b.body, excelize.Style{Border: border, Alignment: top, Font: &excelize.Font{Size: 10}}},
		{&b.title, excelize.Style{Border: border, Alignment: top, Font: &excelize.Font{Bold: true, Size: 11, Color: "1F4E79"}}},
		{&b.remark, excelize.Style{Alignment: top, Font: &excelize.Font{Size: 9, Color: "5B6570"}}},
	} {
		if *s.id, err = b.file.NewStyle(&s.style); err != nil {
			return err
		}
	}
	return nil
}

// sheet writes the blocks below one heading.
func (b *standardBook) sheet(title string, blocks []report.Block) error {
	name := tabName(title, b.names)
	if b.count == 0 {
		if err := b.file.SetSheetName("Sheet1", name); err != nil {
			return err
		}
	} else if _, err := b.file.NewSheet(name); err != nil {
		return err
	}
	b.count++
	s := &standardSheet{book: b, name: name, next: 1}
	for _, block := range blocks {
		if block.Table != nil {
			s.columns = block.Table.Columns
			break
		}
	}
	if s.columns == nil {
		s.columns = []report.Column{{Title: title, Width: 100}}
	}
	if err := s.setUp(); err != nil {
		return err
	}
	for _, block := range blocks {
		if err := s.block(block); err != nil {
			return err
		}
	}
	return nil
}

type standardSheet struct {
	book    *standardBook
	name    string
	columns []report.Column
	next    int // the row to write
}

// setUp writes the column heads and says how the sheet looks and prints.
func (s *standardSheet) setUp() error {
	f := s.book.file
	for i, c := range s.columns {
		column, err := excelize.ColumnNumberToName(i + 1)
		if err != nil {
			return err
		}
		if err := f.SetColWidth(s.name, column, column, float64(sheetWidth*c.Width)/100); err != nil {
			return err
		}
	}
	if err := s.heads(s.columns); err != nil {
		return err
	}
	if err := f.SetPanes(s.name, &excelize.Panes{Freeze: true, YSplit: 1, TopLeftCell: "A2", ActivePane: "bottomLeft", Selection: []excelize.Selection{{SQRef: "A2", ActiveCell: "A2", Pane: "bottomLeft"}}}); err != nil {
		return err
	}
	size, orientation, fit, height := 9, "landscape", true, 0 // 9 is A4; as many pages high as it takes
	if err := f.SetPageLayout(s.name, &excelize.PageLayoutOptions{Size: &size, Orientation: &orientation, FitToHeight: &height}); err != nil {
		return err
	}
	if err := f.SetSheetProps(s.name, &excelize.SheetPropsOptions{FitToPage: &fit}); err != nil {
		return err
	}
	side, foot := 0.4, 0.6
	if err := f.SetPageMargins(s.name, &excelize.PageLayoutMarginsOptions{Left: &side, Right: &side, Top: &side, Bottom: &foot}); err != nil {
		return err
	}
	footer := strings.ReplaceAll(s.book.document.Title, "&", "&&")
	if utf8.RuneCountInString(footer) > 100 { // a footer holds 255 in all
		footer = string([]rune(footer)[:100])
	}
	if err := f.SetHeaderFooter(s.name, &excelize.HeaderFooterOptions{OddFooter: "&L" + footer + "&R&P / &N"}); err != nil {
		return err
	}
	return f.SetDefinedName(&excelize.DefinedName{Name: "_xlnm.Print_Titles", RefersTo: "'" + s.name + "'!$1:$1", Scope: s.name})
}

func (s *standardSheet) heads(columns []report.Column) error {
	for i, c := range columns {
		if err := s.text(i, s.next, s.book.head, report.Cell{{{Text: c.Title}}}); err != nil {
			return err
		}
	}
	s.next++
	return nil
}

// block writes a table, or a line over the whole width.
func (s *standardSheet) block(b report.Block) error {
	if b.Table != nil {
		return s.table(b.Table)
	}
	style := s.book.remark
	if b.Level > 0 {
		style = s.book.title
	}
	if err := s.text(0, s.next, style, report.Cell{b.Line}); err != nil {
		return err
	}
	last := len(s.columns) - 1
	if err := s.merge(0, s.next, last, s.next); err != nil {
		return err
	}
	if err := s.book.file.SetRowHeight(s.name, s.next, min(maxHeight, 4+lineHeight*float64(linesOf(report.Cell{b.Line}, 100)))); err != nil {
		return err
	}
	s.next++
	return nil
}

// table writes rows, under heads of their own where they differ from those of
// the sheet.
func (s *standardSheet) table(t *report.Table) error {
	same := len(t.Columns) == len(s.columns)
	for i := range t.Columns {
		same = same && t.Columns[i].Title == s.columns[i].Title
	}
	if !same {
		if err := s.heads(t.Columns); err != nil {
			return err
		}
	}
	for start := 0; start < len(t.Rows); {
		end := start + 1
		for end < len(t.Rows) && t.Rows[end].Continues {
			end++
		}
		if err := s.group(t, t.Rows[start:end]); err != nil {
			return err
		}
		start = end
	}
	return nil
}

// group writes rows that share their joined cells.
func (s *standardSheet) group(t *report.Table, rows []report.Row) error {
	first := s.next
	heights := make([]int, len(rows))
	total, joined := 0, 0
	for i, r := range rows {
		for j, c := range t.Columns {
			var content report.Cell
			if j < len(r.Cells) {
				content = r.Cells[j]
			}
			if err := s.text(j, s.next, s.book.body, content); err != nil {
				return err
			}
			n := linesOf(content, c.Width)
			if c.Joined && len(rows) > 1 {
				joined = max(joined, n)
			} else {
				heights[i] = max(heights[i], n)
			}
		}
		total += heights[i]
		s.next++
	}
	if joined > total {
		heights[len(rows)-1] += joined - total
	}
	for i, n := range heights {
		if err := s.book.file.SetRowHeight(s.name, first+i, min(maxHeight, 4+lineHeight*float64(max(1, n)))); err != nil {
			return err
		}
	}
	if len(rows) == 1 {
		return nil
	}
	for j, c := range t.Columns {
		if c.Joined {
			if err := s.merge(j, first, j, s.next-1); err != nil {
				return err
			}
		}
	}
	return nil
}

func (s *standardSheet) merge(fromColumn, fromRow, toColumn, toRow int) error {
	if fromColumn == toColumn && fromRow == toRow {
		return nil
	}
	from, err := excelize.CoordinatesToCellName(fromColumn+1, fromRow)
	if err != nil {
		return err
	}
	to, err := excelize.CoordinatesToCellName(toColumn+1, toRow)
	if err != nil {
		return err
	}
	return s.book.file.MergeCell(s.name, from, to)
}

// linesOf estimates how many lines of text a cell takes in a column of a share
// of the width; Chinese characters are two wide.
func linesOf(c report.Cell, share int) int {
	room := max(4, sheetWidth*share/100-1)
	lines := 0
	for _, l := range c {
		width := 0
		for _, r := range l.Text() {
			width++
			if r >= 0x2E80 {
				width++
			}
		}
		lines += max(1, (width+room-1)/room)
	}
	return lines
}

// text writes a cell with its styles.
func (s *standardSheet) text(column, row, style int, c report.Cell) error {
	at, err := excelize.CoordinatesToCellName(column+1, row)
	if err != nil {
		return err
	}
	f := s.book.file
	if err := f.SetCellStyle(s.name, at, at, style); err != nil {
		return err
	}
	text := c.Text()
	if text == "" {
		return nil
	}
	units := 0
	for _, r := range text {
		units++
		if r > 0xFFFF {
			units++
		}
	}
	if units > maxText {
		return fmt.Errorf("cell %s of sheet %q has %d characters, a cell holds %d; shorten the text", at, s.name, units, maxText)
	}
	runs := s.runs(c)
	if len(runs) == 1 && runs[0].Font == nil {
		return f.SetCellStr(s.name, at, text)
	}
	return f.SetCellRichText(s.name, at, runs)
}

var runFonts = map[report.Style]excelize.Font{
	report.Strong: {Bold: true, Size: 10}, report.Muted: {Size: 9, Color: "5B6570"}, report.Code: {Size: 9, Color: "3D4C5C"},
	report.PassStyle: {Bold: true, Size: 10, Color: "1B6E33"}, report.Observation: {Bold: true, Size: 10, Color: "8A5A00"},
	report.Fail: {Bold: true, Size: 10, Color: "B3261E"}, report.Major: {Bold: true, Size: 10, Color: "B3261E", Underline: "single"},
	report.Refer: {Bold: true, Size: 10, Color: "5A3D9E"},
}

// runs turns the lines of a cell into pieces of rich text.
func (s *standardSheet) runs(c report.Cell) []excelize.RichTextRun {
	var out []excelize.RichTextRun
	add := func(text string, style report.Style) {
		font, ok := runFonts[style]
		if n := len(out); n > 0 && !ok && out[n-1].Font == nil {
			out[n-1].Text += text
			return
		}
		run := excelize.RichTextRun{Text: text}
		if ok {
			run.Font = &font
		}
		out = append(out, run)
	}
	for i, l := range c {
		if i > 0 {
			add("\n", report.Plain)
		}
		for _, span := range l {
			if span.Text != "" {
				add(span.Text, span.Style)
			}
		}
	}
	return out
}
