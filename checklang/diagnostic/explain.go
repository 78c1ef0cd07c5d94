package diagnostic

import (
	_ "embed"
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
)

//go:embed examples.txt
var exampleData string

// page is what examples.txt says about one code.
type page struct {
	prose    Words
	examples []example
}

// example is a text that brings the code about, one without it, or a line of
// evidence. What says how it is to be read: "broken, saved as GB18030" or
// "mended shared/shared.chk". Lang is the language it is written in, empty for
// one that serves both.
type example struct {
	what, text string
	lang       token.Lang
}

// split parts what into the kind ("broken", "mended", "evidence"), the file and
// the circumstances; either of the last two may be empty.
func (e example) split() (kind, file, circumstances string) {
	kind, circumstances, _ = strings.Cut(e.what, ", ")
	kind, file, _ = strings.Cut(kind, " ")
	return kind, file, circumstances
}

// findPage looks a code up in the embedded file. A page is wanted rarely, so
// nothing is kept.
func findPage(c Code) (page, bool) {
	_, rest, ok := strings.Cut(exampleData, "\n== "+string(c)+"\n")
	if !ok {
		return page{}, false
	}
	rest, _, _ = strings.Cut(rest, "\n== ")
	var p page
	var lang token.Lang
	for n, line := range strings.Split(strings.TrimRight(rest, "\n"), "\n") {
		switch {
		case n == 0:
			p.prose.ZH = line
		case n == 1:
			p.prose.EN = line
		case strings.HasPrefix(line, "=== "):
			lang = token.Lang(strings.TrimPrefix(line, "=== "))
		case strings.HasPrefix(line, "--- "):
			p.examples = append(p.examples, example{what: strings.TrimPrefix(line, "--- "), lang: lang})
		case len(p.examples) > 0:
			p.examples[len(p.examples)-1].text += line + "\n"
		}
	}
	return p, true
}

var (
	kindTitles = map[string]Words{
		"broken":   {ZH: "会这样报的写法", EN: "Reported"},
		"mended":   {ZH: "改好之后", EN: "Mended"},
		"evidence": {ZH: "例如这一行证据", EN: "A line of evidence that is refused"},
	}
	// circumstanceWords says what an example can't show by itself.
	circumstanceWords = map[string]Words{
		"saved as GB18030":        {ZH: "存成 GB18030", EN: "saved as GB18030"},
		"with 1001 more operands": {ZH: "省略号处还有 1001 个成分", EN: "1001 more operands at the dots"},
		"at most 60 bytes":        {ZH: "限定 60 字节时", EN: "when 60 bytes are allowed"},
		"at most 2 declarations":  {ZH: "限定 2 个声明时", EN: "when 2 declarations are allowed"},
		"at most 1 diagnostic":    {ZH: "限定列出 1 个时", EN: "when 1 is listed"},
		"unreadable":              {ZH: "系统不让读", EN: "where the system refuses to read it"},
	}
	usable = map[Severity]Words{
		Error:   {ZH: "错误：改好之前标准不能使用", EN: "error: the standard can't be used until it is mended"},
		Warning: {ZH: "警告：标准可以使用", EN: "warning: the standard can be used"},
	}
)

// Explain returns a page about a code in one language: what it is called, what
// it means, an example that brings it about and the same example mended. The
// page is plain text with line ends. It reports false for a code that does not
// exist.
func Explain(code Code, l token.Lang) (string, bool) {
	entry, known := Lookup(code)
	p, ok := findPage(code)
	if !known || !ok {
		return "", false
	}
	severity := usable[entry.Severity]
	if code >= "C900" {
		severity = Words{ZH: "证据错误：这个值不用，其余照判", EN: "evidence: the value is not used, the rest is judged"}
	}
	var b strings.Builder
	b.WriteString(string(code) + " " + entry.Name + "\n" + severity.In(l) + "\n\n" + p.prose.In(l) + "\n")
	for _, e := range p.examples {
		if e.lang != "" && e.lang != l {
			continue
		}
		kind, file, circumstances := e.split()
		title := kindTitles[kind].In(l)
		if file != "" {
			title += " (" + file + ")"
		}
		if w, ok := circumstanceWords[circumstances]; ok {
			title += " (" + w.In(l) + ")"
		}
		b.WriteString("\n" + title + "\n\n")
		for line := range strings.Lines(strings.Trim(e.text, "\n") + "\n") {
			b.WriteString("    " + line)
		}
	}
	return b.String(), true
}
