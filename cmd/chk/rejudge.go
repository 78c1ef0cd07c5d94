package main

import (
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/internal/atomicfile"
)

type rejudgeCommand struct {
	folderFlags
	Plan     string `required:"" help:"${rejudge_plan_help}" placeholder:"FILE"`
	Planned  string `required:"" help:"${rejudge_planned_help}" placeholder:"STANDARD"`
	Previous string `required:"" help:"${rejudge_previous_help}" placeholder:"PATH"`
	Out      string `help:"${rejudge_out_help}" placeholder:"DIR"`
}

// Run judges a folder's evidence again by its standard, for a plan that was
// made with an earlier version, and exits with 1 when a verdict changed.
func (c *rejudgeCommand) Run(in *invocation) error {
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
	planned, err := c.planned(in, f)
	if err != nil {
		return err
	}
	previous, err := in.storedResults(c.Previous)
	if err != nil {
		return err
	}
	results, d, err := f.Rejudge(in.ctx, p, planned, previous)
	if err != nil {
		return in.explained(err)
	}
	if c.Out != "" {
		if err := c.write(results); err != nil {
			return err
		}
	}
	if in.format == "json" {
		err = in.json(map[string]any{"schema": run.RejudgeSchema, "results": results, "refused": f.Refused, "difference": d})
	} else {
		err = run.WriteDiff(in.stdout, in.lang, d)
	}
	if err != nil {
		return err
	}
	if d.Changed() {
		return errFound
	}
	return nil
}

// planned is the standard that the plan was made with: its files, or the bundle
// that was kept of it.
func (c *rejudgeCommand) planned(in *invocation, f *run.Folder) (*engine.Standard, error) {
	o := engine.Options{Parameters: f.Configuration.Parameters, Audit: c.Audit}
	if !strings.HasSuffix(c.Planned, ".json") {
		return in.compile(c.Planned, o)
	}
	data, err := in.readFile(c.Planned)
	if err != nil {
		return nil, err
	}
	s, err := engine.Restore(in.ctx, data, o)
	return s, in.explained(err)
}

// write stores the results in a directory; files that hold other results stay.
func (c *rejudgeCommand) write(results []*engine.Result) error {
	if err := os.MkdirAll(c.Out, 0o755); err != nil {
		return unwritable(c.Out, err)
	}
	for _, r := range results {
		data, err := json.MarshalIndent(r, "", "  ")
		if err != nil {
			return err
		}
		name := filepath.Join(c.Out, fmt.Sprintf("result-%s-%.12s.json", r.Subject, r.ID))
		if err := atomicfile.Write(name, append(data, '\n')); err != nil {
			return unwritable(name, err)
		}
	}
	return nil
}
