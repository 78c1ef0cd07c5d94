package report

import (
	"fmt"
	"io"
	"strings"
)

// WriteMarkdown writes the document as Markdown with pipe tables. Characters
// that Markdown reads as marks are escaped, so that texts show as written; the
// lines of a cell are parted by <br>.
func (d *StandardDocument) WriteMarkdown(w io.Writer) error {
	m := &strings.Builder{}
	fmt.Fprintf(m, "# %s\n", markdownText(d.Title))
	for _, b := range d.Blocks {
		m.WriteByte('\n')
		switch {
		case b.Table != nil:
			markdownTable(m, b.Table)
		case b.Level > 0:
			fmt.Fprintf(m, "%s %s\n", strings.Repeat("#", min(6, max(2, b.Level))), markdownLine(b.Line))
		default:
			fmt.Fprintf(m, "%s\n", markdownLine(b.Line))
		}
	}
	_, err := io.WriteString(w, m.String())
	return err
}

func markdownTable(m *strings.Builder, t *Table) {
	if t.Caption != "" {
		fmt.Fprintf(m, "%s\n\n", markdownText(t.Caption))
	}
	m.WriteByte('|')
	for _, c := range t.Columns {
		fmt.Fprintf(m, " %s |", markdownText(c.Title))
	}
	m.WriteString("\n|" + strings.Repeat(" --- |", len(t.Columns)) + "\n")
	for _, r := range t.Rows {
		m.WriteByte('|')
		for j := range t.Columns {
			var lines []string
			if j < len(r.Cells) {
				for _, l := range r.Cells[j] {
					lines = append(lines, markdownLine(l))
				}
			}
			fmt.Fprintf(m, " %s |", strings.Join(lines, "<br>"))
		}
		m.WriteByte('\n')
	}
}

func markdownLine(l Line) string {
	var b strings.Builder
	for _, s := range l {
		text := markdownText(s.Text)
		switch s.Style {
		case Strong, PassStyle, Observation, Fail, Major, Refer:
			// Marks hold only where no space stands inside them.
			if trimmed := strings.TrimSpace(text); trimmed != "" {
				text = strings.Replace(text, trimmed, "**"+trimmed+"**", 1)
			}
		}
		b.WriteString(text)
	}
	return b.String()
}

var markdownMarks = strings.NewReplacer(
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "{", `\{`, "}", `\}`, "[", `\[`, "]", `\]`, "<", "&lt;", ">", "&gt;", "&", "&amp;",
	"|", `\|`, "#", `\#`, "~", `\~`, "!", `\!`, "\r\n", " ", "\n", " ", "\r", " ",
)

// markdownText escapes a text for the middle of a line, and what would begin a
// list at its start.
func markdownText(s string) string {
	out := markdownMarks.Replace(printable(s))
	for _, mark := range []string{"- ", "+ "} {
		if strings.HasPrefix(out, mark) {
			return `\` + out
		}
	}
	if digits := strings.TrimLeft(out, "0123456789"); len(digits) < len(out) && strings.HasPrefix(digits, ". ") {
		return strings.Replace(out, ". ", `\. `, 1)
	}
	return out
}
