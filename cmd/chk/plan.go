package main

type planCommand struct {
	folderFlags
	Tier    string `help:"${plan_tier_help}" placeholder:"TIER"`
	Period  string `help:"${plan_period_help}" placeholder:"PERIOD"`
	Explain string `help:"${plan_explain_help}" placeholder:"TASK"`
	Missed  bool   `help:"${plan_missed_help}"`
	Xlsx    string `help:"${plan_xlsx_help}" placeholder:"FILE"`
	HTML    string `name:"html" help:"${plan_html_help}" placeholder:"FILE"`
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
	if err := f.At(c.Tier, c.Period); err != nil {
		return in.explained(err)
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
	switch {
	case in.format == "json":
		return in.json(p)
	case c.Explain != "":
		return in.explained(f.WriteExplanation(in.stdout, in.lang, p, c.Explain))
	case c.Missed:
		return f.WriteMissed(in.stdout, in.lang, p)
	}
	return f.WritePlan(in.stdout, in.lang, p)
}
