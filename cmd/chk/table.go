package main

import (
	"fmt"
	"io"
	"strings"

	"github.com/clipperhouse/displaywidth"

	"github.com/pinjian/pinjian/checklang/describe"
	"github.com/pinjian/pinjian/checklang/token"
)

// table is text in columns; Chinese characters count as two columns wide.
type table struct {
	rows   [][]string
	indent string
}

func (t table) write(w io.Writer) error {
	var widths []int
	for _, row := range t.rows {
		for i, cell := range row {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], displaywidth.String(cell))
		}
	}
	var b strings.Builder
	for _, row := range t.rows {
		var line strings.Builder
		line.WriteString(t.indent)
		for i, cell := range row {
			line.WriteString(cell + strings.Repeat(" ", widths[i]-displaywidth.String(cell)+2))
		}
		b.WriteString(strings.TrimRight(line.String(), " ") + "\n")
	}
	_, err := io.WriteString(w, b.String())
	return err
}

// keyword writes a keyword in the language of the call.
func (in *invocation) keyword(canonical string) string {
	if k := token.LookupKeyword(canonical); k != token.NoKeyword {
		return k.In(in.lang)
	}
	return canonical
}

func (in *invocation) keywords(canonical []string) string {
	out := make([]string, len(canonical))
	for i, k := range canonical {
		out[i] = in.keyword(k)
	}
	return strings.Join(out, words("、", ", ").In(in.lang))
}

// outcomes says what a part can come to, or what points it can cost.
func (in *invocation) outcomes(p describe.Part) string {
	s := in.keywords(p.Outcomes)
	if n := len(p.Deductions); n > 0 {
		s = strings.TrimPrefix(s+" "+sayf("扣分 %d 条", "%d deductions", n).In(in.lang), " ")
	}
	return s
}

// sample writes a sample as the print would.
func (in *invocation) sample(s *describe.Sample) string {
	if s == nil {
		return ""
	}
	var size string
	switch s.Kind {
	case "count":
		size = number(s.Count)
	case "range":
		size = number(s.Min) + ".." + number(s.Max)
	case "percent":
		size = value(s.Percent) + "%"
		if s.AtLeast || s.PercentMax != nil {
			size += ".."
		}
		if s.PercentMax != nil {
			size += *s.PercentMax + "%"
		}
	case "table":
		size = in.keyword("using") + " " + value(s.Table)
	case "plan":
		size = in.keyword("by plan")
	default:
		size = in.keyword(s.Kind)
	}
	if s.Kind != "range" {
		for _, bound := range []struct {
			word  string
			value *int64
		}{{"at least", s.Min}, {"at most", s.Max}} {
			if bound.value != nil {
				size += " " + in.keyword(bound.word) + " " + number(bound.value)
			}
		}
	}
	return strings.TrimRight(size+" "+value(s.Record), " ")
}

func number(n *int64) string {
	if n == nil {
		return ""
	}
	return fmt.Sprint(*n)
}
