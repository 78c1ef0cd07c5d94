package main

import (
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/internal/lintreport"
)

type explainCommand struct {
	Code string `arg:"" optional:"" name:"code" help:"${explain_code_help}"`
}

// explained is the JSON of one code. Page is what the code means, with a text
// that brings it about and the same text mended.
type explained struct {
	Code     diagnostic.Code     `json:"code"`
	Name     string              `json:"name"`
	Severity diagnostic.Severity `json:"severity"`
	Message  bilingual           `json:"message"`
	Help     bilingual           `json:"help"`
	Page     bilingual           `json:"page"`
}

type bilingual struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// Run explains one code, or lists them all.
func (e *explainCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	entries := diagnostic.Codes()
	if e.Code != "" {
		at := slices.IndexFunc(entries, func(d diagnostic.Entry) bool {
			return strings.EqualFold(string(d.Code), e.Code) || strings.EqualFold(d.Name, e.Code)
		})
		if at < 0 {
			return refuse("没有编号“%s”；用“chk explain”列出全部编号", "there is no code %q; \"chk explain\" lists them all", e.Code)
		}
		entries = entries[at : at+1]
	}
	if in.format == "json" {
		out := []explained{}
		for _, d := range entries {
			out = append(out, explained{d.Code, d.Name, d.Severity, bilingual(d.Message), bilingual(d.Help), bilingual(pageOf(d.Code))})
		}
		return in.json(out)
	}
	for _, d := range entries {
		severity := words("错误", "error")
		if d.Severity == diagnostic.Warning {
			severity = words("警告", "warning")
		}
		in.say(words(string(d.Code)+" "+severity.ZH+"："+lintreport.Blanks(d.Message.ZH), string(d.Code)+" "+severity.EN+": "+lintreport.Blanks(d.Message.EN)))
		if e.Code == "" {
			continue
		}
		if d.Help != (said{}) {
			in.say(words("  帮助："+lintreport.Blanks(d.Help.ZH), "  help: "+lintreport.Blanks(d.Help.EN)))
		}
		page := pageOf(d.Code)
		in.say(words("\n"+page.ZH, "\n"+page.EN))
	}
	return nil
}

// pageOf is the page of a code without its first line, which names the code,
// and without the last line end.
func pageOf(code diagnostic.Code) said {
	body := func(l token.Lang) string {
		page, _ := diagnostic.Explain(code, l)
		_, rest, _ := strings.Cut(page, "\n")
		return strings.TrimSuffix(rest, "\n")
	}
	return said{ZH: body(token.Chinese), EN: body(token.English)}
}
