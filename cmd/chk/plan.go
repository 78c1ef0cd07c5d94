package main

type planCommand struct {
	folderFlags
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
	if in.format == "json" {
		return in.json(p)
	}
	return f.WritePlan(in.stdout, in.lang, p)
}
