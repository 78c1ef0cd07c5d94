package main

import (
	"strings"

	"github.com/pinjian/pinjian/checklang/describe"
)

type listCommand struct {
	Standard string `arg:"" name:"standard" help:"${standard_help}"`
	JSON     bool   `name:"json" help:"${list_json_help}"`
}

// Run lists the standard's items as a table, or all of its declarations as
// JSON.
func (l *listCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	checked, err := in.load(l.Standard)
	if err != nil {
		return err
	}
	declarations := describe.Declarations(checked)
	if l.JSON || in.format == "json" {
		return in.json(declarations)
	}
	if s := checked.Standard; s != nil {
		title := s.Code + "  " + s.Title
		if s.Version != "" {
			title += "  " + s.Version
		}
		in.say(words(title, title))
	}
	head := words("编号\t检查项\t频率\t抽样\t方法\t结论", "code\titem\tevery\tsample\tmethods\toutcomes")
	t := table{rows: [][]string{strings.Split(head.In(in.lang), "\t")}}
	for _, d := range declarations {
		item, ok := d.(*describe.Item)
		if !ok {
			continue
		}
		for i, p := range item.Parts {
			code, title, every := item.ID, item.Title, in.keyword(value(item.Every))
			if i > 0 {
				code, every = "", ""
			}
			if p.Name != "" {
				title = strings.TrimPrefix(title+" / "+p.Name, " / ")
				if i > 0 {
					title = "  / " + p.Name
				}
			}
			t.rows = append(t.rows, []string{code, title, every, in.sample(p.Sample), in.keywords(p.Methods), in.outcomes(p)})
		}
	}
	if len(t.rows) == 1 {
		in.printf("没有检查项", "no items")
		return nil
	}
	return t.write(in.stdout)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}
