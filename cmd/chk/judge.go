package main

import (
	"errors"
	"os"
	"strings"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
)

type judgeCommand struct {
	folderFlags
	Submissions []string `arg:"" optional:"" name:"submissions" help:"${judge_submissions_help}"`

	Plan   string `help:"${judge_plan_help}" placeholder:"FILE"`
	Xlsx   string `help:"${judge_xlsx_help}" placeholder:"FILE"`
	Log    string `help:"${judge_log_help}" placeholder:"FILE"`
	FailOn string `name:"fail-on" help:"${fail_on_help}" enum:",observation,fail,major" default:"" placeholder:"OUTCOME"`
}

// Run judges the submissions of a folder against its plan, or against a plan
// that was written before.
func (c *judgeCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	f, err := c.open(in)
	if err != nil {
		return err
	}
	p, err := in.planFile(f, c.Plan)
	if err != nil {
		return err
	}
	if err := in.addSubmissions(f, c.Submissions); err != nil {
		return err
	}
	results, err := f.Judge(in.ctx, p)
	if err != nil {
		return in.explained(err)
	}
	switch {
	case c.Xlsx != "":
		err = in.resultWorkbook(c.Xlsx, f, p, results, &findingFlags{Folder: c.Folder, Log: c.Log})
	case in.format == "json":
		err = in.scored(f, results, map[string]any{"schema": run.JudgeSchema, "results": results, "refused": f.Refused})
	default:
		err = f.WriteResults(in.stdout, in.lang, p, results)
	}
	if err != nil {
		return err
	}
	return failOn(c.FailOn, results)
}

// scored writes a document with the scores of its results, where the standard
// has any.
func (in *invocation) scored(f *run.Folder, results []*engine.Result, document map[string]any) error {
	scores, err := f.Scores(results)
	if err != nil {
		return in.explained(err)
	}
	if scores != nil {
		document["scores"] = scores
	}
	return in.json(document)
}

// planFile reads a plan, or makes the folder's own when no file is named.
func (in *invocation) planFile(f *run.Folder, name string) (*engine.Plan, error) {
	if name == "" {
		return in.approved(f)
	}
	data, err := os.ReadFile(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	p, err := engine.DecodePlan(data)
	if err != nil {
		why := strings.TrimPrefix(err.Error(), "engine: ")
		detail := words(why, why)
		if said := (*engine.Refusal)(nil); errors.As(err, &said) {
			detail = words(said.Words.ZH, said.Words.EN)
		}
		return nil, &refusal{words(name+" 不是方案："+detail.ZH, name+" is no plan: "+detail.EN)}
	}
	return p, nil
}
