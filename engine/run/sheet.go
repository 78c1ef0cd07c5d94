package run

import (
	"io"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// WriteSheet writes a check sheet for reading: items with their methods,
// questions and criteria, and the units with what is known of them.
func (f *Folder) WriteSheet(w io.Writer, l checklang.Lang, s *engine.Sheet) error {
	p := &printer{w: w, lang: l}
	p.line("检查表　任务 %s　受检对象 %s　检查人 %s", "check sheet  task %s  subject %s  inspector %s", s.Task, f.subjectName(s.Subject), s.Inspector)
	for _, item := range s.Items {
		p.line("", "")
		p.line("%s %s　%s", "%s %s  %s", item.Part, item.Title, item.Period)
		for _, r := range item.Require {
			p.line("  要求：%s", "  requires: %s", r)
		}
		for _, m := range item.Methods {
			p.line("  %s：%s", "  %s: %s", token.LookupKeyword(m.Kind).In(l), m.Text)
		}
		for _, q := range item.Ask {
			p.question("  ", q)
		}
		for _, k := range item.Judge {
			if k.Label != "" {
				p.line("  %s：%s", "  %s: %s", token.LookupKeyword(k.Outcome).In(l), k.Label)
			}
		}
		for i, u := range item.Units {
			id := u.ID
			if id == "" {
				id = p.pick("（现场填写）", "(fill in on the spot)")
			}
			var known []string
			for name, value := range u.Values {
				known = append(known, name+"="+value.In(l))
			}
			slices.Sort(known)
			p.line("  %d. %s　%s", "  %d. %s  %s", i+1, id, strings.Join(known, p.pick("，", ", ")))
			for _, q := range u.Ask {
				p.question("     ", q)
			}
		}
	}
	return p.err
}

func (p *printer) question(indent string, q engine.Question) {
	text := p.typeWords(q.Type)
	if len(q.Choices) > 0 {
		var choices []string
		for _, c := range q.Choices {
			choices = append(choices, c.In(p.lang))
		}
		text = strings.Join(choices, " / ")
	}
	p.line("%s□ %s（%s）", "%s□ %s (%s)", indent, q.Words.In(p.lang), text)
}

// typeWords writes a type as .chk does in the language of the sheet.
func (p *printer) typeWords(t string) string {
	if t == "bool" {
		return p.pick("是 / 否", "yes / no")
	}
	kind, rest, _ := strings.Cut(t, " ")
	if k := token.LookupKeyword(kind); k != token.NoKeyword {
		kind = k.In(p.lang)
	}
	return strings.TrimSpace(kind + " " + rest)
}
