// Package report writes what people read: standards as tables, and the
// documents of an inspection, each as one file that prints on A4, reads on a
// phone and needs no network: the calendar of its plans (WriteCalendar), check
// sheets to fill in (WriteCheckSheets), the score sheet (WriteScoreSheet), the
// feedback and rectification notice (Notice), and the corrective and preventive
// action report (CorrectiveAction). Texts of people are always escaped, fields
// marked personal are masked, and what is not known is a line to write on.
package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/describe"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// Span is a piece of text in one style. Link, when not empty, is the anchor of
// a block or row of the same document; Figure, when not empty, is the key by
// which what a number counts is traced.
type Span struct {
	Text   string
	Style  Style
	Link   string
	Figure string
}

// Style says what a piece of text is. The zero Style is plain text.
type Style string

// The styles; the last five are the outcomes of criteria.
const (
	Plain       Style = ""
	Strong      Style = "strong"
	Muted       Style = "muted"
	Code        Style = "code"
	PassStyle   Style = "pass"
	Observation Style = "observation"
	Fail        Style = "fail"
	Major       Style = "major"
	Refer       Style = "refer"
)

// Line is one line of a cell or one paragraph.
type Line []Span

// Text is the line without styles.
func (l Line) Text() string {
	var b strings.Builder
	for _, s := range l {
		b.WriteString(s.Text)
	}
	return b.String()
}

// Cell is the lines of one cell of a table; nil is an empty cell.
type Cell []Line

// Text is the lines of the cell, joined by line feeds.
func (c Cell) Text() string {
	lines := make([]string, len(c))
	for i, l := range c {
		lines[i] = l.Text()
	}
	return strings.Join(lines, "\n")
}

// Row is one line of a table. A row that Continues belongs to the one before:
// its cells in joined columns are nil and are one with those above. Anchor is
// the row's name within the document, "" for none.
type Row struct {
	Anchor    string
	Continues bool
	Cells     []Cell
}

// Column is the head of a column with its share of the width, in percent; the
// shares of a table add up to 100. Joined says that rows that continue have
// their cell above.
type Column struct {
	Title  string
	Width  int
	Joined bool
}

// Table is rows under heads. Caption may be "". Figures says that all cells but
// the first of a row are short numbers, which a phone shows side by side.
type Table struct {
	Caption string
	Figures bool
	Columns []Column
	Rows    []Row
}

// Block is one of a heading, a paragraph and a table. A heading has a Level from
// 2 to 4, and the contents list those of 2 and 3; the title of the document is
// not among the blocks.
type Block struct {
	Level  int
	Anchor string
	Line   Line // of a heading or paragraph
	Table  *Table
}

// StandardDocument is a standard for readers: its identity, its items under
// the seven printed columns, its levels of inspection, what follows from
// findings, what adopters must supply, the words it uses, and the notes on how
// the print was read. It is a plain value; every form is written from it.
type StandardDocument struct {
	// Language is the language of headings, keywords, functions and units.
	// Names and texts are as their authors wrote them.
	Language token.Lang
	Title    string
	Blocks   []Block
}

// StandardOptions says how a standard is shown. The zero value has keywords in
// English and no notes.
type StandardOptions struct {
	// Keywords is token.English or token.Chinese; "" means English.
	Keywords token.Lang
	// Notes is the NOTES.md that stands beside the standard: Markdown of which
	// headings, paragraphs, lists and tables are understood. Its first heading
	// gives way to the document's own.
	Notes []byte
}

// NewStandardDocument builds the document of a checked standard, or of a
// directory of shared declarations. The standard should have no errors; what
// an error made unknown is left out. The error is for a language that does not
// exist.
func NewStandardDocument(c *check.Checked, o StandardOptions) (*StandardDocument, error) {
	switch o.Keywords {
	case "":
		o.Keywords = token.English
	case token.English, token.Chinese:
	default:
		return nil, fmt.Errorf("report: no keywords in language %q, use %q or %q", o.Keywords, token.Chinese, token.English)
	}
	b := &standardBuilder{checked: c, lang: o.Keywords, asides: asides(c)}
	b.out = &StandardDocument{Language: o.Keywords, Title: c.Dir}
	b.notes = parseNotes(o.Notes)
	b.identity()
	b.items()
	b.scoring()
	b.tiers()
	b.responses()
	b.parameters()
	b.tables()
	b.terms()
	b.noteBlocks()
	return b.out, nil
}

type standardBuilder struct {
	checked *check.Checked
	lang    token.Lang
	out     *StandardDocument
	notes   []noteBlock
	asides  map[any]*aside
}

// pick chooses between the two languages.
func (b *standardBuilder) pick(zh, en string) string {
	return diagnostic.Words{ZH: zh, EN: en}.In(b.lang)
}

func (b *standardBuilder) heading(level int, anchor, text string) {
	b.out.Blocks = append(b.out.Blocks, Block{Level: level, Anchor: anchor, Line: plain(text)})
}

func (b *standardBuilder) paragraph(l Line) { b.out.Blocks = append(b.out.Blocks, Block{Line: l}) }

func (b *standardBuilder) table(t *Table) { b.out.Blocks = append(b.out.Blocks, Block{Table: t}) }

// simple adds a table whose cells are single lines.
func (b *standardBuilder) simple(columns []Column, rows [][]Line) {
	t := &Table{Columns: columns}
	for _, r := range rows {
		row := Row{}
		for _, l := range r {
			row.Cells = append(row.Cells, cell(l))
		}
		t.Rows = append(t.Rows, row)
	}
	b.table(t)
}

func plain(s string) Line           { return Line{{Text: s}} }
func styled(s string, t Style) Line { return Line{{Text: s, Style: t}} }

// cell is a cell of the lines that are not empty.
func cell(lines ...Line) Cell {
	return slices.DeleteFunc(slices.Clone(Cell(lines)), func(l Line) bool { return l.Text() == "" })
}

func (b *standardBuilder) colon() string { return b.pick("：", ": ") }

func (b *standardBuilder) comma() string { return b.pick("、", ", ") }

// identity shows what the standard says of itself. What it leaves open is said
// to be open.
func (b *standardBuilder) identity() {
	s := b.checked.Standard
	if s == nil {
		return
	}
	b.out.Title = s.Title
	unset := b.pick("未设定", "not set")
	or := func(s string) string {
		if s == "" {
			return unset
		}
		return s
	}
	effective := ""
	if s.EffectiveFrom != nil || s.EffectiveUntil != nil {
		effective = dateText(s.EffectiveFrom) + ".." + dateText(s.EffectiveUntil)
	}
	rows := [][]Line{
		{plain(b.pick("编号", "Code")), plain(s.Code)},
		{plain(b.word("version")), plain(or(s.Version))},
		{plain(b.word("source")), plain(or(s.Source))},
		{plain(b.word("issued")), plain(or(dateText(s.Issued)))},
		{plain(b.word("effective")), plain(or(effective))},
	}
	for _, f := range []struct{ keyword, value string }{{"publisher", s.Publisher}, {"interpreter", s.Interpreter}, {"zone", s.Zone}, {"calendar", s.Calendar}} {
		if f.value != "" {
			rows = append(rows, []Line{plain(b.word(f.keyword)), plain(f.value)})
		}
	}
	if s.Subject != nil {
		rows = append(rows, []Line{plain(b.word("subject")), plain(s.Subject.Name.First)})
	}
	for _, grade := range []string{"observation", "fail", "major"} {
		if w := s.Printed[grade]; w != "" && w != b.word(grade) {
			rows = append(rows, []Line{plain(b.word(grade)), plain(b.pick("原文作“"+w+"”", "printed as “"+w+"”"))})
		}
	}
	b.simple([]Column{{Title: b.pick("事项", "Matter"), Width: 20}, {Title: b.pick("内容", "Value"), Width: 80}}, rows)
	if s.Doc != "" {
		b.paragraph(styled(s.Doc, Muted))
	}
}

// word is a keyword in the language of the document.
func (b *standardBuilder) word(canonical string) string {
	if k := token.LookupKeyword(canonical); k != token.NoKeyword {
		return k.In(b.lang)
	}
	return canonical
}

// expression writes a checked expression with the keywords of the document.
func (b *standardBuilder) expression(e *check.Expr) string {
	if e == nil || e.Node == nil {
		return ""
	}
	return signs(b.translate(describe.Expression(b.checked.Info, e.Node)))
}
