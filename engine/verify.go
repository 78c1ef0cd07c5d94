package engine

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/sampling"
)

// Difference is a place where a replay and a plan disagree.
type Difference struct {
	Task string `json:"task"`
	Part string `json:"part"`
	Path string `json:"path"`
	Want string `json:"want"`
	Got  string `json:"got"`
}

// Verification says what a plan's draws prove. Draws counts the draws that
// were replayed; Differences is empty when every one gave the same units.
type Verification struct {
	Schema              string       `json:"schema"`
	Plan                string       `json:"plan"`
	Draws               int          `json:"draws"`
	Repeatable          bool         `json:"repeatable"`
	NotChosenAfterFrame bool         `json:"not_chosen_after_frame"`
	NotChoosable        bool         `json:"not_choosable"`
	Differences         []Difference `json:"differences,omitempty"`
}

// VerificationSchema is the name of the verification's JSON document.
const VerificationSchema = "pinjian/verification/1"

// VerifyPlan does again what a plan rests on: every draw of units and subjects
// against the frames as they are now, and the assignment of inspectors, from the
// request by which the plan was made. It also compares what surrounds the draws:
// the digests, the tables, sizes and calendars, that the units to inspect are those
// drawn, and that each draw is the one its part, subject, period and seed ask for.
// What the request leaves empty (people, seed, tables) is taken as it stands. A
// plan that differs is no error.
func (s *Standard) VerifyPlan(ctx context.Context, p *Plan, r PlanRequest) (*Verification, error) {
	out := &Verification{Schema: VerificationSchema, Plan: p.ID, NotChosenAfterFrame: true, NotChoosable: true}
	differ := func(task, part, path, want, got string) {
		out.Differences = append(out.Differences, Difference{task, part, path, want, got})
	}
	if d, err := p.digest(); err != nil || d != p.Digest {
		differ("", "", "digest", p.Digest, d)
	}
	for i := range p.Tasks {
		if d, err := p.Tasks[i].digest(); err != nil || d != p.Tasks[i].Digest {
			differ(p.Tasks[i].ID, "", "digest", p.Tasks[i].Digest, d)
		}
	}
	if p.Standard.Digest != s.ref.Digest {
		differ("", "", "standard.digest", p.Standard.Digest, s.ref.Digest)
	}
	if i := p.brokenAmendment(); i >= 0 {
		differ(p.Amendments[i].Task, p.Amendments[i].Part, fmt.Sprintf("amendments[%d].digest", i), "the digest that follows from the one before", p.Amendments[i].Digest)
	}
	again := r
	again.Scope, again.Tier, again.Period, again.Organiser = p.Scope, p.Tier, p.Period, p.Organiser
	g := s.programme(again)
	g.fields = fieldsOf(g.everyItem())
	if len(r.Seed) > 0 && g.plan.SeedHash != p.SeedHash {
		differ("", "", "seed_hash", g.plan.SeedHash, p.SeedHash)
	}
	g.verifyRules(p, differ)
	if err := g.verifySelections(ctx, p, out, differ); err != nil {
		return nil, err
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		m := &planner{programme: g, subject: t.Subject, organiser: t.Organiser, frames: map[string]*collected{}}
		for j := range t.Draws {
			d := &t.Draws[j]
			if x, ok := s.misfit(p, t, d); !ok {
				differ(t.ID, strings.Join(d.Parts, ", "), x.Path, x.Want, x.Got)
				continue
			}
			if d.Sample == nil {
				continue
			}
			v, err := m.replay(ctx, d)
			if err != nil {
				return nil, fmt.Errorf("engine: verify: task %s, part %s: %w", t.ID, d.Parts[0], err)
			}
			out.draw(v, func(x *sampling.Difference) { differ(t.ID, d.Parts[0], x.Path, x.Want, x.Got) })
		}
	}
	if out.Draws == 0 {
		out.NotChosenAfterFrame, out.NotChoosable = false, false
	}
	if err := g.verifyInspectors(ctx, p, differ); err != nil {
		return nil, err
	}
	out.Repeatable = len(out.Differences) == 0
	return out, nil
}

// draw takes in what one replay proves.
func (v *Verification) draw(x sampling.Verification, differ func(*sampling.Difference)) {
	v.Draws++
	if x.Difference != nil {
		differ(x.Difference)
	}
	v.NotChosenAfterFrame = v.NotChosenAfterFrame && x.NotChosenAfterFrame
	v.NotChoosable = v.NotChoosable && x.NotChoosable
}

// everyItem is every item that a plan of the standard can hold.
func (g *programme) everyItem() []planned {
	var all []planned
	for _, m := range g.standard.members() {
		for _, item := range m.checked.Items {
			all = append(all, planned{m, item})
		}
	}
	return all
}

// verifyRules compares tables and calendars with those that the plan was made
// with.
func (g *programme) verifyRules(p *Plan, differ func(task, part, path, want, got string)) {
	tables := map[string]*check.Table{}
	calendars := map[string]Calendar{}
	for _, m := range g.standard.members() {
		for _, t := range m.checked.Tables {
			tables["table "+t.Name.First] = t
		}
		if m.calendar != nil {
			calendars["calendar "+m.checked.Standard.Calendar] = m.calendar
		}
	}
	for _, name := range sortedKeys(p.Rules) {
		now := p.Rules[name]
		if t, ok := tables[name]; ok {
			if table, supplied := g.table(t); supplied {
				now = table.Digest()
			}
		}
		if c, ok := calendars[name]; ok {
			now = c.Edition()
		}
		if now != p.Rules[name] {
			differ("", "", "rules."+name, p.Rules[name], now)
		}
	}
}

// verifySelections replays the draws of subjects.
func (g *programme) verifySelections(ctx context.Context, p *Plan, out *Verification, differ func(task, part, path, want, got string)) error {
	if g.tier == nil || len(g.request.Organisation.Subjects) == 0 {
		return nil
	}
	of := map[string][]string{}
	for _, id := range sortedKeys(g.tree.subjects) {
		if g.tree.sound(id) && g.isKind(g.tree.subjects[id], g.tier.Inspects) {
			by := g.organiser(id)
			of[by] = append(of[by], id)
		}
	}
	for i := range p.Selections {
		x := &p.Selections[i]
		request, _ := g.selection(x.Organiser, of[x.Organiser])
		v, err := sampling.Verify(ctx, x.Sample, request.Frame)
		if err != nil {
			return fmt.Errorf("engine: verify: subjects of %s: %w", x.Organiser, err)
		}
		path := "selections." + x.Organiser + "."
		out.draw(v, func(d *sampling.Difference) { differ("", "", path+d.Path, d.Want, d.Got) })
	}
	return nil
}

// verifyInspectors assigns the tasks again.
func (g *programme) verifyInspectors(ctx context.Context, p *Plan, differ func(task, part, path, want, got string)) error {
	if len(g.request.Organisation.People) == 0 || len(g.request.Seed) < 16 {
		return nil
	}
	if err := g.people(); err != nil {
		return err
	}
	g.plan.Tasks = slices.Clone(p.Tasks)
	for i := range g.plan.Tasks {
		g.plan.Tasks[i].Inspector = ""
	}
	if err := g.assign(ctx); err != nil {
		return err
	}
	for i := range p.Tasks {
		if want, got := g.plan.Tasks[i].Inspector, p.Tasks[i].Inspector; want != got {
			differ(p.Tasks[i].ID, "", "inspector", want, got)
		}
	}
	return nil
}

// misfit finds the first place where a draw is not what its plan and its part
// ask for. A draw whose part has no sample of this standard can't be replayed.
func (s *Standard) misfit(p *Plan, t *Task, d *Draw) (Difference, bool) {
	kind, group := "subject", ""
	var of *Standard
	for i, id := range d.Parts {
		m, own, ok := s.memberOf(id)
		if !ok {
			return Difference{Path: fmt.Sprintf("parts[%d]", i), Want: "a part of the standard", Got: id}, false
		}
		of = m.Standard
		c := m.parts[own]
		switch {
		case c.checked.Sample == nil:
		case c.checked.Sample.Record.Unlisted:
			kind = "unlisted"
		default:
			kind, group = "drawn", c.checked.Sample.Group
		}
	}
	checks := []Difference{{Path: "kind", Want: kind, Got: d.Kind}}
	if kind == "drawn" && d.Sample == nil {
		checks = append(checks, Difference{Path: "sample", Want: "a record of the draw", Got: "none"})
	} else if r := d.Sample; r != nil {
		checks = append(checks,
			Difference{Path: "sample.scope", Want: p.Scope, Got: r.Scope},
			Difference{Path: "sample.standard", Want: of.ref.Standard, Got: r.Standard},
			Difference{Path: "sample.version", Want: of.ref.Version, Got: r.Version},
			Difference{Path: "sample.group", Want: group, Got: r.Group},
			Difference{Path: "sample.subject", Want: t.Subject.ID, Got: r.Subject},
			Difference{Path: "sample.epoch", Want: d.Period.Name, Got: r.Epoch},
			Difference{Path: "sample.seedHash", Want: p.SeedHash, Got: r.SeedHash},
			Difference{Path: "planned", Want: strconv.FormatInt(r.Planned, 10), Got: strconv.FormatInt(d.Planned, 10)},
			Difference{Path: "enough", Want: strconv.FormatInt(r.Enough, 10), Got: strconv.FormatInt(d.Enough, 10)},
			Difference{Path: "units", Want: strings.Join(r.IDs(), " "), Got: strings.Join(d.Units, " ")},
		)
	}
	for _, x := range checks {
		if x.Want != x.Got {
			return x, false
		}
	}
	return Difference{}, true
}

// replay verifies one draw against the frame of its span.
func (m *planner) replay(ctx context.Context, d *Draw) (sampling.Verification, error) {
	of, own, ok := m.standard.memberOf(d.Parts[0])
	if !ok || of.parts[own].checked.Sample == nil {
		return sampling.Verification{Difference: &sampling.Difference{Path: "parts[0]", Want: d.Parts[0], Got: "no such sample"}}, nil
	}
	units, _, err := m.population(ctx, of, of.parts[own].checked, d.Period)
	if err != nil {
		return sampling.Verification{}, err
	}
	return sampling.Verify(ctx, *d.Sample, sampling.Frame{Units: sampling.Units(units)})
}

// population is the units from which a part's sample is drawn; open is how many
// more may or may not belong to it.
func (m *planner) population(ctx context.Context, of member, p *check.Part, span Period) (units []sampling.Unit, open int, err error) {
	period, err := of.frameSpan(p.Sample, span, m.subject)
	if err != nil {
		return nil, 0, err
	}
	frame, err := m.frame(ctx, of, p.Sample.Record, period)
	if err != nil {
		return nil, 0, err
	}
	if !frame.rows {
		return nil, 0, errCountOnly
	}
	if p.Sample.Where != nil {
		frame = of.filter(frame, p.Sample.Record, p.Sample.Where, Setting{Subject: m.subject, Period: period})
		m.flaws(of.prefix+p.ID, p.Sample.Record, frame)
		for _, f := range frame.flaws {
			if f.code == "undecided_unit" {
				open++
			}
		}
	}
	strata := strataOf(p.Sample)
	units = make([]sampling.Unit, len(frame.ids))
	for i, id := range frame.ids {
		units[i].ID = id
		for _, v := range strata {
			units[i].Stratum = append(units[i].Stratum, fieldText(frame.values[id], v))
		}
	}
	return units, open, nil
}

// frameSpan is the span whose frame a sample for another span is drawn from.
func (s *Standard) frameSpan(sample *check.Sample, span Period, subject Subject) (Period, error) {
	f, ok := previousFrequency(sample.Previous)
	if !ok {
		return span, nil
	}
	earlier, err := PeriodOf(f, span.Start, s.zoneOf(subject))
	if err != nil {
		return Period{}, err
	}
	return earlier.Previous(1), nil
}

// strataOf are the fields by which a sample is drawn apart or spread.
func strataOf(sample *check.Sample) []*check.Variable {
	var strata []*check.Variable
	if sample.Per != nil {
		strata = append(strata, sample.Per)
	}
	return append(strata, sample.SpreadBy...)
}

var errCountOnly = fmt.Errorf("engine: the frame is only a number; nothing can be drawn from it")
