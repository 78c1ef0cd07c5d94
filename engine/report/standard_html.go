package report

import (
	_ "embed"
	"fmt"
	"html"
	"io"
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
)

//go:embed standard.css
var standardCSS string

// shortItem is how many lines of print an item may take before it may be split
// over two pages: half of a page.
const shortItem = 22

// WriteHTML writes the document as one file that needs no network: for a
// screen of any width, and for A4 paper, with the heads of tables on every page
// and short items unbroken. Everything from the standard is escaped.
func (d *StandardDocument) WriteHTML(w io.Writer) error {
	h := &htmlWriter{}
	language := "en"
	if d.Language == token.Chinese {
		language = "zh-CN"
	}
	h.raw("<!DOCTYPE html>\n<html lang=\"", language, "\">\n<head>\n<meta charset=\"utf-8\">\n",
		"<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>")
	h.text(d.Title)
	h.raw("</title>\n<style>\n", standardCSS, "</style>\n</head>\n<body>\n<header>\n<h1>")
	h.text(d.Title)
	h.raw("</h1>\n</header>\n")
	h.contents(d)
	h.raw("<main>\n")
	for i := range d.Blocks {
		h.block(&d.Blocks[i])
	}
	h.raw("</main>\n</body>\n</html>\n")
	_, err := io.WriteString(w, h.String())
	return err
}

type htmlWriter struct{ strings.Builder }

func (h *htmlWriter) raw(parts ...string) {
	for _, p := range parts {
		h.WriteString(p)
	}
}

func (h *htmlWriter) text(s string) { h.WriteString(html.EscapeString(printable(s))) }

// anchor turns a name into the value of an id or of a link's target.
func anchor(s string) string { return html.EscapeString(strings.ReplaceAll(printable(s), " ", "_")) }

// printable replaces control characters, which no form can carry, and those
// that turn the direction of what follows, with which a text could make its
// neighbours read as something else.
func printable(s string) string {
	return strings.Map(func(r rune) rune {
		if r < ' ' && r != '\n' && r != '\t' || r >= 0x7f && r < 0xa0 || r == 0xFFFE || r == 0xFFFF || r >= 0x202A && r <= 0x202E || r >= 0x2066 && r <= 0x2069 {
			return '\uFFFD'
		}
		return r
	}, strings.ToValidUTF8(s, "\uFFFD"))
}

// contents lists the headings, for the screen only.
func (h *htmlWriter) contents(d *StandardDocument) {
	h.raw("<nav>\n<ul>\n")
	for _, b := range d.Blocks {
		if b.Level == 2 || b.Level == 3 {
			h.raw("<li class=\"level", fmt.Sprint(b.Level), "\"><a href=\"#", anchor(b.Anchor), "\">")
			h.text(b.Line.Text())
			h.raw("</a></li>\n")
		}
	}
	h.raw("</ul>\n</nav>\n")
}

func (h *htmlWriter) block(b *Block) {
	switch {
	case b.Table != nil:
		h.table(b.Table)
	case b.Level > 0:
		tag := fmt.Sprintf("h%d", min(6, max(2, b.Level)))
		h.raw("<", tag, " id=\"", anchor(b.Anchor), "\">")
		h.line(b.Line)
		h.raw("</", tag, ">\n")
	default:
		h.raw("<p>")
		h.line(b.Line)
		h.raw("</p>\n")
	}
}

func (h *htmlWriter) line(l Line) {
	for _, s := range l {
		if s.Link != "" {
			h.raw("<a href=\"#", anchor(s.Link), "\">")
		}
		if s.Figure != "" {
			key := html.EscapeString(printable(s.Figure))
			h.raw("<span data-figure=\"", key, "\" title=\"", key, "\">")
		}
		switch s.Style {
		case Plain:
			h.text(s.Text)
		case Code:
			h.raw("<code>")
			h.text(s.Text)
			h.raw("</code>")
		case Strong:
			h.raw("<b>")
			h.text(s.Text)
			h.raw("</b>")
		default:
			h.raw("<span class=\"", string(s.Style), "\">")
			h.text(s.Text)
			h.raw("</span>")
		}
		if s.Figure != "" {
			h.raw("</span>")
		}
		if s.Link != "" {
			h.raw("</a>")
		}
	}
}

// table writes the rows of an item into one body, so that paper keeps them
// together.
func (h *htmlWriter) table(t *Table) {
	class := ""
	if len(t.Columns) > 3 { // too many for a phone: each row becomes a card
		class = " class=\"cards\""
		if t.Figures {
			class = " class=\"cards figures\""
		}
	}
	h.raw("<table", class, ">\n")
	if t.Caption != "" {
		h.raw("<caption>")
		h.text(t.Caption)
		h.raw("</caption>\n")
	}
	h.raw("<colgroup>")
	for _, c := range t.Columns {
		h.raw("<col style=\"width:", fmt.Sprint(c.Width), "%\">")
	}
	h.raw("</colgroup>\n<thead>\n<tr>")
	for _, c := range t.Columns {
		h.raw("<th scope=\"col\">")
		h.text(c.Title)
		h.raw("</th>")
	}
	h.raw("</tr>\n</thead>\n")
	for start := 0; start < len(t.Rows); {
		end := start + 1
		for end < len(t.Rows) && t.Rows[end].Continues {
			end++
		}
		h.body(t, t.Rows[start:end])
		start = end
	}
	h.raw("</table>\n")
}

func (h *htmlWriter) body(t *Table, rows []Row) {
	lines, joined := 0, 0
	for _, r := range rows {
		most := 1
		for j, c := range t.Columns {
			if j >= len(r.Cells) {
				continue
			}
			n := printedLines(r.Cells[j], c.Width)
			if c.Joined && len(rows) > 1 {
				joined = max(joined, n)
			} else {
				most = max(most, n)
			}
		}
		lines += most
	}
	class := ""
	if max(lines, joined) <= shortItem {
		class = " class=\"short\""
	}
	h.raw("<tbody", class, ">\n")
	for i, r := range rows {
		h.raw("<tr")
		if r.Anchor != "" {
			h.raw(" id=\"", anchor(r.Anchor), "\"")
		}
		if i > 0 {
			h.raw(" class=\"continues\"")
		} else if len(rows) > 1 {
			h.raw(" class=\"spans\"")
		}
		h.raw(">")
		for j, c := range t.Columns {
			if c.Joined && r.Continues {
				continue
			}
			var content Cell
			if j < len(r.Cells) {
				content = r.Cells[j]
			}
			h.raw("<td data-label=\"", html.EscapeString(printable(c.Title)), "\"")
			if c.Joined && len(rows) > 1 {
				h.raw(" rowspan=\"", fmt.Sprint(len(rows)), "\"")
			}
			if len(content) == 0 {
				h.raw(" class=\"empty\"")
			}
			h.raw(">")
			for _, l := range content {
				h.raw("<div>")
				h.line(l)
				h.raw("</div>")
			}
			h.raw("</td>")
		}
		h.raw("</tr>\n")
	}
	h.raw("</tbody>\n")
}

// printedLines estimates how many lines a cell takes on paper, in a column of
// a share of the width; Chinese characters are two wide.
func printedLines(c Cell, share int) int {
	room := max(4, share*9/5)
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
