package main

type planCommand struct {
	folderFlags
	Xlsx string `help:"${plan_xlsx_help}" placeholder:"FILE"`
	HTML string `name:"html" help:"${plan_html_help}" placeholder:"FILE"`
}

// Run shows what is due, what was drawn, and who inspects.
func (c *planCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	f, err := c.open(in)
	if err != nil {
		return err
	}
	p, err := in.plan(f)
	if err != nil {
		return err
	}
	if c.Xlsx != "" {
		return in.planWorkbook(c.Xlsx, f, p)
	}
	if c.HTML != "" {
		return in.calendarPage(c.HTML, f, p)
	}
	if in.format == "json" {
		return in.json(p)
	}
	return f.WritePlan(in.stdout, in.lang, p)
}
