package report

import (
	"fmt"
	"slices"
	"strings"
)

// noteBlock is one block of a NOTES.md: a heading, a paragraph or list entry,
// or a table whose first row is its head.
type noteBlock struct {
	level int
	text  string
	rows  [][]string
	first int // the number of the first row of a table below its head
}

// parseNotes reads the Markdown of notes line by line. Rows of tables are
// numbered through the document, so that items can name them.
func parseNotes(data []byte) []noteBlock {
	var out []noteBlock
	numbered, titled := 0, false
	for line := range strings.Lines(strings.ReplaceAll(string(data), "\r\n", "\n")) {
		line = strings.TrimSpace(line)
		last := len(out) - 1
		inTable := last >= 0 && out[last].rows != nil
		switch {
		case line == "":
			out = append(out, noteBlock{})
		case strings.HasPrefix(line, "#"):
			level := len(line) - len(strings.TrimLeft(line, "#"))
			if level == 1 && !titled {
				titled = true
				continue
			}
			out = append(out, noteBlock{level: max(2, level), text: strings.TrimSpace(line[level:])})
		case strings.HasPrefix(line, "|"):
			cells := noteCells(line)
			switch {
			case !inTable:
				out = append(out, noteBlock{rows: [][]string{cells}, first: numbered + 1})
			case !divider(cells):
				out[last].rows = append(out[last].rows, cells)
				numbered++
			}
		default:
			if last >= 0 && out[last].text != "" && out[last].level == 0 && !listEntry(line) {
				out[last].text += " " + line
				continue
			}
			if listEntry(line) {
				line = "• " + line[2:]
			}
			out = append(out, noteBlock{text: line})
		}
	}
	return slices.DeleteFunc(out, func(n noteBlock) bool { return n.text == "" && n.rows == nil })
}

func listEntry(line string) bool {
	return strings.HasPrefix(line, "- ") || strings.HasPrefix(line, "* ")
}

// noteCells splits a row of a pipe table; `\|` is a bar.
func noteCells(line string) []string {
	line = strings.TrimSuffix(strings.TrimPrefix(line, "|"), "|")
	var out []string
	var b strings.Builder
	for i := 0; i < len(line); i++ {
		switch {
		case line[i] == '\\' && i+1 < len(line) && line[i+1] == '|':
			b.WriteByte('|')
			i++
		case line[i] == '|':
			out = append(out, strings.TrimSpace(b.String()))
			b.Reset()
		default:
			b.WriteByte(line[i])
		}
	}
	return append(out, strings.TrimSpace(b.String()))
}

func divider(cells []string) bool {
	for _, c := range cells {
		if strings.Trim(c, ":-") != "" || !strings.Contains(c, "-") {
			return false
		}
	}
	return true
}

// noteLine turns code between backquotes into the style for code.
func noteLine(s string) Line {
	var out Line
	for i, piece := range strings.Split(s, "`") {
		if piece == "" {
			continue
		}
		style := Plain
		if i%2 == 1 {
			style = Code
		}
		out = append(out, Span{Text: piece, Style: style})
	}
	return out
}

// notesOn lists the numbers of the rows whose first cell names an item, by its
// id as a word of its own or within a range "a 至 b".
func (b *standardBuilder) notesOn(id string) []int {
	var out []int
	for _, n := range b.notes {
		for i, row := range n.rows {
			if i > 0 && len(row) > 0 && b.names(row[0], id) {
				out = append(out, n.first+i-1)
			}
		}
	}
	return out
}

func (b *standardBuilder) names(where, id string) bool {
	for _, piece := range strings.FieldsFunc(where, func(r rune) bool { return r == '、' || r == ',' || r == '，' }) {
		from, to, isRange := strings.Cut(piece, "至")
		from, to = strings.TrimSpace(from), strings.TrimSpace(to)
		if from == id || to == id {
			return true
		}
		if isRange {
			first, last, at := b.position(from), b.position(to), b.position(id)
			if first >= 0 && first < at && at < last {
				return true
			}
		}
	}
	return false
}

func (b *standardBuilder) position(id string) int {
	for i, item := range b.checked.Items {
		if item.ID == id {
			return i
		}
	}
	return -1
}

// noteBlocks shows the notes at the end.
func (b *standardBuilder) noteBlocks() {
	if len(b.notes) == 0 {
		return
	}
	b.heading(2, "notes", b.pick("读法说明", "How the print was read"))
	for i, n := range b.notes {
		switch {
		case n.rows != nil:
			b.table(noteTable(n))
		case n.level > 0:
			b.heading(4, fmt.Sprintf("notes-%d", i+1), n.text)
		default:
			b.paragraph(noteLine(n.text))
		}
	}
}

func noteTable(n noteBlock) *Table {
	t := &Table{Columns: []Column{{Title: "#", Width: 4}}}
	head := n.rows[0]
	for i, title := range head {
		width := 96 / len(head)
		if i == 0 {
			width = 96 - width*(len(head)-1)
		}
		t.Columns = append(t.Columns, Column{Title: title, Width: width})
	}
	for i, row := range n.rows[1:] {
		number := n.first + i
		r := Row{Anchor: fmt.Sprintf("note-%d", number), Cells: []Cell{cell(plain(fmt.Sprint(number)))}}
		for j := range head {
			text := ""
			if j < len(row) {
				text = row[j]
			}
			r.Cells = append(r.Cells, cell(noteLine(text)))
		}
		t.Rows = append(t.Rows, r)
	}
	return t
}
