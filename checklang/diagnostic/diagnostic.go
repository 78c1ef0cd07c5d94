// Package diagnostic says what is wrong with a text: where, what, and what to
// write instead, in Chinese and English, under a code that never changes its
// meaning. Messages are kept as a code and arguments and put into words at the
// edge, so that one diagnosis reads the same in both languages.
package diagnostic

import (
	"cmp"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pinjian/pinjian/checklang/token"
)

// Code identifies a kind of mistake for ever: "C301". The zero Code is
// invalid.
type Code string

// Severity says whether a standard may be used in spite of the diagnostic. The
// zero Severity is invalid.
type Severity uint8

// An Error keeps a standard from being compiled, a Warning does not.
const (
	Error Severity = iota + 1
	Warning
)

// String is "error" or "warning".
func (s Severity) String() string {
	switch s {
	case Error:
		return "error"
	case Warning:
		return "warning"
	}
	return "invalid"
}

// MarshalText writes String.
func (s Severity) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// Words is an argument of a message that reads differently in the two
// languages, such as the name of a type.
type Words struct{ ZH, EN string }

// In returns the wording of one language.
func (w Words) In(l token.Lang) string {
	if l == token.Chinese {
		return w.ZH
	}
	return w.EN
}

// Same is a wording that is alike in both languages.
func Same(s string) Words { return Words{s, s} }

// Related points at another place that belongs to the mistake, such as the
// first declaration of a name declared twice.
type Related struct {
	Span token.Span
	Note Words
}

// Edit replaces the text of a span.
type Edit struct {
	Span token.Span
	New  string
}

// Fix is a change that a program can make: applying all of its edits removes
// the mistake.
type Fix struct {
	Title Words
	Edits []Edit
}

// Diagnostic is one mistake. Args fill the message of the code's catalogue
// entry: strings, numbers or Words.
type Diagnostic struct {
	Code     Code
	Severity Severity
	Span     token.Span
	Args     []any
	Related  []Related
	Fixes    []Fix
}

// New makes a diagnostic of a code with the severity of its catalogue entry.
func New(code Code, span token.Span, args ...any) Diagnostic {
	e, _ := Lookup(code)
	return Diagnostic{Code: code, Severity: e.Severity, Span: span, Args: args}
}

// WithRelated returns the diagnostic with another place added.
func (d Diagnostic) WithRelated(span token.Span, note Words) Diagnostic {
	if span.IsValid() {
		d.Related = append(slices.Clip(d.Related), Related{span, note})
	}
	return d
}

// WithFix returns the diagnostic with a change added that removes the mistake.
func (d Diagnostic) WithFix(title Words, edits ...Edit) Diagnostic {
	d.Fixes = append(slices.Clip(d.Fixes), Fix{title, edits})
	return d
}

// Message says what is wrong.
func (d Diagnostic) Message(l token.Lang) string {
	e, ok := Lookup(d.Code)
	if !ok {
		return string(d.Code)
	}
	return fill(e.Message.In(l), l, d.Args)
}

// Help says what to write instead; it may be empty.
func (d Diagnostic) Help(l token.Lang) string {
	e, _ := Lookup(d.Code)
	return fill(e.Help.In(l), l, d.Args)
}

func fill(format string, l token.Lang, args []any) string {
	if format == "" {
		return ""
	}
	spoken := make([]any, len(args))
	for i, a := range args {
		switch a := a.(type) {
		case Words:
			spoken[i] = a.In(l)
		case token.Keyword:
			spoken[i] = a.In(l)
		default:
			spoken[i] = fmt.Sprint(a)
		}
	}
	return sprintfIndexed(format, spoken)
}

// sprintfIndexed fills {0}, {1}, … and leaves everything else alone, so that
// percent signs of the author's text never meet a format verb.
func sprintfIndexed(format string, args []any) string {
	out := make([]byte, 0, len(format)+32)
	for i := 0; i < len(format); i++ {
		if format[i] == '{' && i+2 < len(format) && format[i+2] == '}' && format[i+1] >= '0' && format[i+1] <= '9' {
			if n := int(format[i+1] - '0'); n < len(args) {
				out = append(out, fmt.Sprint(args[n])...)
			}
			i += 2
			continue
		}
		out = append(out, format[i])
	}
	return string(out)
}

// Error is the diagnostic as one English line with its place.
func (d Diagnostic) Error() string {
	return fmt.Sprintf("%s: %s %s: %s", d.Span, d.Severity, d.Code, d.Message(token.English))
}

type jsonRange struct {
	Start token.Position `json:"start"`
	End   token.Position `json:"end"`
}

type jsonWords struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

type jsonRelated struct {
	File  string    `json:"file"`
	Range jsonRange `json:"range"`
	Note  jsonWords `json:"note"`
}

type jsonEdit struct {
	File  string    `json:"file"`
	Range jsonRange `json:"range"`
	New   string    `json:"new"`
}

type jsonFix struct {
	Title jsonWords  `json:"title"`
	Edits []jsonEdit `json:"edits"`
}

func spanFile(s token.Span) string {
	if s.File == nil {
		return ""
	}
	return s.File.Name()
}

// MarshalJSON writes the diagnostic with both languages and with lines and
// columns counted from 1.
func (d Diagnostic) MarshalJSON() ([]byte, error) {
	out := struct {
		Code     Code          `json:"code"`
		Severity Severity      `json:"severity"`
		File     string        `json:"file"`
		Range    jsonRange     `json:"range"`
		Message  jsonWords     `json:"message"`
		Help     jsonWords     `json:"help"`
		Related  []jsonRelated `json:"related,omitempty"`
		Fixes    []jsonFix     `json:"fixes,omitempty"`
	}{
		Code: d.Code, Severity: d.Severity, File: spanFile(d.Span), Range: jsonRange{d.Span.From(), d.Span.To()},
		Message: jsonWords{d.Message(token.Chinese), d.Message(token.English)},
		Help:    jsonWords{d.Help(token.Chinese), d.Help(token.English)},
	}
	for _, r := range d.Related {
		out.Related = append(out.Related, jsonRelated{spanFile(r.Span), jsonRange{r.Span.From(), r.Span.To()}, jsonWords(r.Note)})
	}
	for _, f := range d.Fixes {
		jf := jsonFix{Title: jsonWords(f.Title)}
		for _, e := range f.Edits {
			jf.Edits = append(jf.Edits, jsonEdit{spanFile(e.Span), jsonRange{e.Span.From(), e.Span.To()}, e.New})
		}
		out.Fixes = append(out.Fixes, jf)
	}
	return json.Marshal(out)
}

// List is the diagnostics of one check, in the order of files and places after
// Sort.
type List []Diagnostic

// Add appends a diagnostic.
func (l *List) Add(d Diagnostic) { *l = append(*l, d) }

// HasErrors says whether any diagnostic is an error.
func (l List) HasErrors() bool {
	return slices.ContainsFunc(l, func(d Diagnostic) bool { return d.Severity == Error })
}

// Sort orders by file, place and code and drops exact repetitions.
func (l *List) Sort() {
	slices.SortStableFunc(*l, compare)
	*l = slices.CompactFunc(*l, func(a, b Diagnostic) bool {
		return compare(a, b) == 0 && a.Message(token.English) == b.Message(token.English)
	})
}

func compare(a, b Diagnostic) int {
	return cmp.Or(cmp.Compare(spanFile(a.Span), spanFile(b.Span)), cmp.Compare(a.Span.Start, b.Span.Start),
		cmp.Compare(a.Span.End, b.Span.End), cmp.Compare(a.Code, b.Code))
}

// Error joins the errors of the list, one a line; a List can be returned as an
// error.
func (l List) Error() string {
	var b []byte
	for _, d := range l {
		if d.Severity != Error {
			continue
		}
		if len(b) > 0 {
			b = append(b, '\n')
		}
		b = append(b, d.Error()...)
	}
	return string(b)
}
