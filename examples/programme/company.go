package main

import (
	"context"
	_ "embed"
	"encoding/hex"
	"encoding/json"
	"fmt"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/stdlib"
)

//go:embed run/run.json
var runJSON []byte

// company is the example company: its standard, its people, and the tables of
// sizes that it has set itself, for the print lost them.
type company struct {
	standard *engine.Standard
	folder   run.Configuration
	seed     []byte
}

// openCompany reads the company from the run.json that chk plans by too.
func openCompany(ctx context.Context) (*company, error) {
	c := &company{}
	if err := json.Unmarshal(runJSON, &c.folder); err != nil {
		return nil, fmt.Errorf("run.json: %w", err)
	}
	var err error
	if c.seed, err = hex.DecodeString(c.folder.Seed); err != nil {
		return nil, fmt.Errorf("run.json: seed: %w", err)
	}
	c.standard, _, err = engine.Load(ctx, stdlib.Tree(), c.folder.Standard, engine.Options{Parameters: c.folder.Parameters})
	return c, err
}

// request is what every run of the company's year shares.
func (c *company) request(tier string, period engine.Period) engine.PlanRequest {
	f := &c.folder
	return engine.PlanRequest{
		Scope: f.Scope, Tier: tier, Period: period, Seed: c.seed, Tables: f.Tables, Reserve: f.Reserve, MostTasks: f.MostTasks,
		Organisation: engine.Organisation{Subjects: f.Subjects, People: f.People, Interests: f.Interests},
	}
}

// period reads the name of a period in the standard's zone.
func (c *company) period(name string) (engine.Period, error) {
	return engine.ParsePeriod(name, c.standard.Zone())
}
