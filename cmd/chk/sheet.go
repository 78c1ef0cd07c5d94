package main

import "github.com/pinjian/pinjian/engine"

type sheetCommand struct {
	folderFlags
	Task string `help:"${task_help}" placeholder:"ID"`
	Xlsx string `help:"${sheet_xlsx_help}" placeholder:"PATH"`
	HTML string `name:"html" help:"${sheet_html_help}" placeholder:"FILE"`
}

// Run shows the check sheets of the tasks.
func (c *sheetCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	f, err := c.open(in)
	if err != nil {
		return err
	}
	p, err := in.approved(f)
	if err != nil {
		return err
	}
	sheets, err := f.Sheets(in.ctx, p)
	if err != nil {
		return in.explained(err)
	}
	chosen := []*engine.Sheet{}
	for _, s := range sheets {
		if c.Task == "" || c.Task == s.Task {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) == 0 {
		return refuse("方案里没有任务“%s”", "the plan has no task %q", c.Task)
	}
	if c.Xlsx != "" {
		return in.sheetWorkbooks(c.Xlsx, f, chosen)
	}
	if c.HTML != "" {
		return in.sheetPage(c.HTML, f, chosen)
	}
	if in.format == "json" {
		return in.json(chosen)
	}
	for _, s := range chosen {
		if err := f.WriteSheet(in.stdout, in.lang, s); err != nil {
			return err
		}
	}
	return nil
}
