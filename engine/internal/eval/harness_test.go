package eval_test

import (
	"context"
	"fmt"
	"math/big"
	"math/rand/v2"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
	"github.com/pinjian/pinjian/engine/internal/generate"
)

// load checks the text of a standard.
func load(t require.TestingT, text string) *checklang.Checked {
	c, list, err := checklang.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, "a.chk", checklang.Options{})
	require.NoError(t, err)
	require.False(t, list.HasErrors(), "%v\n%s", list, text)
	return c
}

// bench is one part with the slots of everything that it can read.
type bench struct {
	checked   *checklang.Checked
	part      *check.Part
	layout    *eval.Layout
	variables []*check.Variable
	zone      *time.Location
}

func newBench(t require.TestingT, c *checklang.Checked, p *check.Part) *bench {
	b := &bench{checked: c, part: p, zone: time.UTC}
	b.layout = &eval.Layout{Info: c.Info, Unit: map[*check.Variable]int{}, Setting: eval.SettingLayout(c), Subject: map[string]int{}}
	add := func(v *check.Variable) {
		b.layout.Unit[v] = len(b.variables)
		b.variables = append(b.variables, v)
	}
	if r := p.Record(); r != nil {
		for _, f := range r.Fields {
			if f.Role != check.ComputedRole {
				add(f)
			}
		}
		for _, side := range r.Sides {
			for _, f := range side.Fields {
				add(f)
			}
		}
	}
	for _, a := range p.Answers {
		add(a)
	}
	if c.Standard != nil {
		if c.Standard.Subject != nil {
			for _, f := range c.Standard.Subject.Fields {
				if i, ok := b.layout.Setting[f]; ok {
					b.layout.Subject[f.Key] = i
				}
			}
		}
		if c.Standard.Zone != "" {
			zone, err := time.LoadLocation(c.Standard.Zone)
			require.NoError(t, err)
			b.zone = zone
		}
	}
	return b
}

// evidence is random evidence in the naive form, from which the form of the
// evaluator is made.
func (b *bench) evidence(rng *rand.Rand, m generate.Mix, units int) *generate.Evidence {
	e := &generate.Evidence{
		Zone: b.zone, Workdays: workdays, Subject: map[string]generate.Cell{},
		Parameters: map[*check.Define]generate.Cell{}, Populations: map[*check.Population]generate.Cell{},
	}
	e.Unit = m.Row(rng, b.variables, b.zone)
	for range units {
		e.Units = append(e.Units, m.Row(rng, b.variables, b.zone))
	}
	if len(e.Units) > 0 {
		e.Unit = e.Units[0]
	}
	if c := b.checked; c.Standard != nil && c.Standard.Subject != nil {
		for _, f := range c.Standard.Subject.Fields {
			if f.Role == check.FieldRole {
				e.Subject[f.Key] = m.Cell(rng, f.Type, f.Optional, b.zone)
			}
		}
	}
	for _, d := range b.checked.Defines {
		if d.Value == nil {
			e.Parameters[d] = m.Cell(rng, d.Type, d.Optional, b.zone)
		}
	}
	for _, p := range b.checked.Population {
		e.Populations[p] = m.Cell(rng, check.Type{Kind: check.Number, Whole: true, Low: new(big.Rat)}, false, b.zone)
	}
	if rng.IntN(100) >= m.Unknown {
		start := time.Date(2026, time.Month(1+rng.IntN(12)), 1, 0, 0, 0, 0, b.zone)
		e.Start, e.End = instant(start), instant(start.AddDate(0, 1, 0))
		e.AsOf = instant(start.Add(time.Duration(rng.IntN(28*24*4)) * 15 * time.Minute))
	}
	return e
}

func instant(t time.Time) generate.Cell {
	return generate.Cell{Presence: generate.IsPresent, Number: new(big.Rat).SetInt64(t.UnixNano())}
}

// complete fills in everything that is not collected.
func (b *bench) complete(rng *rand.Rand, m generate.Mix, e *generate.Evidence) *generate.Evidence {
	full := b.evidence(rng, generate.Mix{Absent: m.Absent}, 0)
	out := *e
	out.Unit = m.Complete(rng, e.Unit, b.variables, b.zone)
	out.Units = nil
	for i, u := range e.Units {
		if i == 0 {
			out.Units = append(out.Units, out.Unit)
			continue
		}
		out.Units = append(out.Units, m.Complete(rng, u, b.variables, b.zone))
	}
	out.Subject, out.Parameters, out.Populations = fill(e.Subject, full.Subject), fill(e.Parameters, full.Parameters), fill(e.Populations, full.Populations)
	if e.Start.Presence == generate.NotCollected {
		out.Start, out.End, out.AsOf = full.Start, full.End, full.AsOf
	}
	return &out
}

func fill[K comparable](some, all map[K]generate.Cell) map[K]generate.Cell {
	out := map[K]generate.Cell{}
	for k, c := range all {
		if out[k] = some[k]; out[k].Presence == generate.NotCollected {
			out[k] = c
		}
	}
	return out
}

// slot is a cell in the evaluator's form.
func slot(c generate.Cell, t check.Type) eval.Slot {
	switch c.Presence {
	case generate.NotCollected:
		return eval.Slot{}
	case generate.IsAbsent:
		return eval.Slot{State: eval.Absent}
	}
	switch t.Kind {
	case check.Text:
		return eval.Slot{Text: c.Text, State: eval.Known}
	case check.Set:
		s := eval.Slot{State: eval.Known}
		for _, i := range c.Members {
			s.Num |= 1 << i
		}
		return s
	}
	s, ok := eval.FromRat(c.Number, t)
	if !ok {
		panic(fmt.Sprintf("no slot for %s", c.Number))
	}
	return s
}

// env is the evidence in the evaluator's form.
func (b *bench) env(e *generate.Evidence) *eval.Env {
	row := func(cells map[*check.Variable]generate.Cell) eval.Row {
		out := make(eval.Row, len(b.variables))
		for i, v := range b.variables {
			out[i] = slot(cells[v], v.Type)
		}
		return out
	}
	env := &eval.Env{Unit: row(e.Unit), Setting: make(eval.Row, len(b.layout.Setting)), Zone: b.zone, Calendar: calendar{}}
	for _, u := range e.Units {
		env.Units = append(env.Units, row(u))
	}
	for key, i := range b.layout.Setting {
		switch key := key.(type) {
		case *check.Variable:
			env.Setting[i] = slot(e.Subject[key.Key], key.Type)
		case *check.Define:
			env.Setting[i] = slot(e.Parameters[key], key.Type)
		case *check.Population:
			env.Setting[i] = slot(e.Populations[key], check.Type{Kind: check.Number, Whole: true})
		}
	}
	whole := check.Type{Kind: check.Time}
	env.Setting[b.layout.Setting[eval.AsOf]] = slot(e.AsOf, whole)
	env.Setting[b.layout.Setting[eval.PeriodStart]] = slot(e.Start, whole)
	env.Setting[b.layout.Setting[eval.PeriodEnd]] = slot(e.End, whole)
	if e.Start.Presence == generate.IsPresent {
		day := func(ns int64) eval.Slot {
			y, m, d := time.Unix(0, ns).In(b.zone).Date()
			return eval.Slot{Num: time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Unix() / 86400, State: eval.Known}
		}
		env.Setting[b.layout.Setting[eval.FirstDay]] = day(e.Start.Number.Num().Int64())
		env.Setting[b.layout.Setting[eval.LastDay]] = day(e.End.Number.Num().Int64() - 1)
	}
	return env
}

// workdays counts Mondays to Fridays from 2025 to 2027, day by day; other years
// have no data.
func workdays(a, b int64) (int64, bool) {
	first, last := time.Date(2025, 1, 1, 0, 0, 0, 0, time.UTC).Unix()/86400, time.Date(2027, 12, 31, 0, 0, 0, 0, time.UTC).Unix()/86400
	if min(a, b) < first || max(a, b) > last {
		return 0, false
	}
	var n int64
	for d := min(a, b) + 1; d <= max(a, b); d++ {
		if w := time.Unix(d*86400, 0).UTC().Weekday(); w != time.Saturday && w != time.Sunday {
			n++
		}
	}
	if a > b {
		n = -n
	}
	return n, true
}

type calendar struct{}

func (calendar) BusinessDays(a, b int64) (int64, error) {
	n, ok := workdays(a, b)
	if !ok {
		return 0, fmt.Errorf("no data from %d to %d", a, b)
	}
	return n, nil
}

// kleene is an evaluator's truth value in the reference's terms.
func kleene(t eval.Truth) generate.Kleene {
	return map[eval.Truth]generate.Kleene{eval.False: generate.False, eval.True: generate.True, eval.Maybe: generate.Unknown}[t]
}
