package diagnostic

import (
	"fmt"
	"io"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/clipperhouse/displaywidth"

	"github.com/pinjian/pinjian/checklang/token"
)

// Widths in columns of a terminal. A line longer than lineWidth is cut around
// the range it is shown for, with leadWidth columns kept before the range.
const (
	tabWidth  = 4
	lineWidth = 100
	leadWidth = 30
)

// columns measures text; characters whose width depends on the locale count
// as narrow, so that the same list gives the same bytes everywhere.
var columns = displaywidth.Options{}

// Render writes each diagnostic for a terminal: its place, severity, code and
// message on one line, then the source line with the range underlined, then
// help, related places and the fixes a program can make. The output has no
// colours, ends with a line end, and shows control characters as U+FFFD, so
// that no source text can steer the terminal. The list is written in its own
// order; the error is the first one of w.
func Render(w io.Writer, l token.Lang, list List) error {
	var b strings.Builder
	for _, d := range list {
		b.Reset()
		fmt.Fprintf(&b, "%s: %s %s: %s\n", clean(d.Span.String()), severityWords[d.Severity].In(l), d.Code, clean(d.Message(l)))
		excerpt(&b, d.Span)
		if help := d.Help(l); help != "" {
			fmt.Fprintf(&b, "  %s%s\n", helpWord.In(l), clean(help))
		}
		for _, r := range d.Related {
			fmt.Fprintf(&b, "  %s%s: %s\n", seeWord.In(l), clean(r.Span.String()), clean(r.Note.In(l)))
			excerpt(&b, r.Span)
		}
		for _, f := range d.Fixes {
			fmt.Fprintf(&b, "  %s%s\n", fixWord.In(l), clean(f.Title.In(l)))
		}
		if _, err := io.WriteString(w, b.String()); err != nil {
			return fmt.Errorf("writing diagnostics: %w", err)
		}
	}
	return nil
}

var (
	severityWords = map[Severity]Words{0: {"无效", "invalid"}, Error: {"错误", "error"}, Warning: {"警告", "warning"}}
	helpWord      = Words{"帮助：", "help: "}
	seeWord       = Words{"参见：", "see: "}
	fixWord       = Words{"可自动改：", "fix: "}
)

// excerpt writes the first line of a span with the span underlined. A span
// without a place, or behind the last line, is not shown.
func excerpt(b *strings.Builder, s token.Span) {
	if !s.IsValid() {
		return
	}
	text := s.File.Text()
	start := int(min(s.Start, uint32(len(text))))
	number := s.File.LineNumber(start)
	line, from := near(text, start, int(s.End))
	shown, underline := mark(line, start-from, max(start, int(s.End))-from)
	if strings.TrimSpace(shown) == "" && number == s.File.Lines() {
		return
	}
	gutter := fmt.Sprintf("%5d", number)
	fmt.Fprintf(b, "%s | %s\n", gutter, strings.TrimRight(shown, " "))
	fmt.Fprintf(b, "%s | %s\n", strings.Repeat(" ", len(gutter)), underline)
}

// near returns the part of a line that can be shown for a range, and where it
// begins in the text: whole lines, except for those of thousands of
// characters, of which a window is enough.
func near(text string, start, end int) (string, int) {
	const window = 8 * lineWidth
	from := strings.LastIndexByte(text[:start], '\n') + 1
	to := len(text)
	if i := strings.IndexByte(text[start:], '\n'); i >= 0 {
		to = start + i
	}
	if to > from && text[to-1] == '\r' {
		to--
	}
	to = max(to, start)
	if start-from > window {
		from = start - window
		for from < start && !utf8.RuneStart(text[from]) {
			from++
		}
	}
	if stop := max(start, min(end, start+window)) + window; to > stop {
		to = stop
		for to > start && !utf8.RuneStart(text[to]) {
			to--
		}
	}
	return text[from:to], from
}

// cell is one character as a terminal shows it.
type cell struct {
	text       string
	width      int
	start, end int // bytes of the line
}

// mark returns a line and the marks below it for the bytes from start to end:
// a caret at the first column, tildes up to the last.
func mark(line string, start, end int) (shown, underline string) {
	cells := make([]cell, 0, len(line))
	width, at := 0, 0
	first, last := -1, -1 // columns of the range
	graphemes := columns.StringGraphemes(line)
	for graphemes.Next() {
		value := graphemes.Value()
		c := cell{text: clean(value), start: at, end: at + len(value)}
		at = c.end
		if value == "\t" {
			c.text = strings.Repeat(" ", tabWidth-width%tabWidth)
		}
		c.width = columns.String(c.text)
		if c.end > start && first < 0 {
			first = width
		}
		width += c.width
		if c.start < end {
			last = width
		}
		cells = append(cells, c)
	}
	if first < 0 { // behind the line's end
		first = width
	}
	last = max(last, first+1)
	left, right := 0, max(width, last)
	if right > lineWidth {
		left = max(0, min(first-leadWidth, right-lineWidth))
		right = left + lineWidth
	}
	var b strings.Builder
	column, offset := 0, -1
	for _, c := range cells {
		switch {
		case column < left || column+c.width > right:
		default:
			if offset < 0 {
				offset = column
				if column > 0 {
					b.WriteString("…")
					offset--
				}
			}
			b.WriteString(c.text)
		}
		column += c.width
	}
	if width > right {
		b.WriteString("…")
	}
	offset = max(offset, 0)
	if left > 0 && b.Len() == 0 {
		offset = first
	}
	return b.String(), strings.Repeat(" ", first-offset) + "^" + strings.Repeat("~", max(0, min(last, right)-first-1))
}

// clean replaces what a terminal would act on instead of showing: controls,
// marks that change the direction of text, and bytes that are not UTF-8.
func clean(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '\t' || unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError {
			return utf8.RuneError
		}
		return r
	}, s)
}
