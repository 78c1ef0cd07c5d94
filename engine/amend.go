package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine/internal/assign"
	"github.com/pinjian/pinjian/sampling"
)

// The kinds of amendments.
const (
	replacement  = "replacement"
	extension    = "extension"
	reassignment = "reassignment"
	withdrawal   = "withdrawal"
	waiving      = "waiver"
)

// Amendment is a recorded exception to an approved plan, with its reason, who
// decided and when. The plan as it was approved stays beside it. Digest is the
// SHA-256 of the amendment and the digest before it, that of the plan for the
// first, so that none can be changed or left out unseen.
//
// Kind is "replacement" (the next unit of the stratum for Unit, which can't be
// inspected for the Cause), "extension" (see [Standard.ExtendDraw]),
// "reassignment" (to Inspector), "withdrawal" (of the task, or of the draw of
// Part) or "waiver" (of Unit in Part up to Until, see [Waiver]).
type Amendment struct {
	Kind string `json:"kind"`
	Task string `json:"task"`
	// Part names a draw by one of its parts, Period its span where there are
	// several.
	Part   string `json:"part,omitempty"`
	Period string `json:"period,omitempty"`
	Unit   string `json:"unit,omitempty"`
	// Cause is the kind of reason for a replacement, so that reasons can be
	// counted.
	Cause     sampling.Reason `json:"cause,omitempty"`
	Inspector string          `json:"inspector,omitempty"`
	// Sample is the extended draw.
	Sample *sampling.Record `json:"sample,omitempty"`
	Reason string           `json:"reason"`
	By     string           `json:"by"`
	At     time.Time        `json:"at"`
	Until  time.Time        `json:"until,omitzero"`
	Digest string           `json:"digest"`
}

// Amend records an exception to an approved plan and returns the plan with it.
// It is refused for a draft, without a reason, a name and a time, and where it
// doesn't fit the plan.
func (p *Plan) Amend(a Amendment) (*Plan, error) {
	switch {
	case p.Approval == nil:
		return nil, refused("方案 %s 还是草案，直接重排即可", "amend: plan %s is a draft; plan again instead", p.ID)
	case strings.TrimSpace(a.Reason) == "" || a.By == "" || a.At.IsZero():
		return nil, refused("例外要写明理由、决定人和时间", "amend: the reason, who decided and when must be given")
	}
	out := *p
	out.Amendments = slices.Clone(p.Amendments)
	before := p.Digest
	if n := len(p.Amendments); n > 0 {
		before = p.Amendments[n-1].Digest
	}
	var err error
	if a.Digest, err = a.digest(before); err != nil {
		return nil, err
	}
	out.Amendments = append(out.Amendments, a)
	t, ok := p.Task(a.Task)
	if !ok {
		return nil, refused("方案里没有任务“%s”", "amend: the plan has no task %q", a.Task)
	}
	changed := *t
	if err := changed.amend(&a); err != nil {
		return nil, err
	}
	return &out, nil
}

// digest chains the amendment to what stands before it.
func (a Amendment) digest(before string) (string, error) {
	a.Digest = ""
	data, err := json.Marshal(a)
	if err != nil {
		return "", fmt.Errorf("engine: amend: %w", err)
	}
	return digestOf(append([]byte(before+"\n"), data...)), nil
}

// brokenAmendment is the place of the first amendment that doesn't follow from
// the one before; -1 where all do.
func (p *Plan) brokenAmendment() int {
	before := p.Digest
	for i, a := range p.Amendments {
		if d, err := a.digest(before); err != nil || d != a.Digest {
			return i
		}
		before = a.Digest
	}
	return -1
}

// Task returns a task of the plan by its id, with the amendments recorded so
// far. A withdrawn task has no draws.
func (p *Plan) Task(id string) (*Task, bool) {
	for i := range p.Tasks {
		if p.Tasks[i].ID != id {
			continue
		}
		t := &p.Tasks[i]
		for k := range p.Amendments {
			a := &p.Amendments[k]
			if a.Task != id {
				continue
			}
			changed := *t
			if err := changed.amend(a); err != nil {
				return nil, false // it was changed by hand: usable and VerifyPlan tell
			}
			t = &changed
		}
		return t, true
	}
	return nil, false
}

// amend changes a task by one amendment.
func (t *Task) amend(a *Amendment) error {
	switch a.Kind {
	case reassignment:
		if a.Inspector == "" {
			return refused("改派要写明派给谁", "amend: the inspector must be given")
		}
		t.Inspector = a.Inspector
		return nil
	case withdrawal:
		if a.Part == "" {
			t.Draws = []Draw{}
			return nil
		}
	case replacement, extension, waiving:
	default:
		return refused("没有“%s”这种例外", "amend: there is no kind %q", a.Kind)
	}
	at, err := t.drawOf(a)
	if err != nil {
		return err
	}
	t.Draws = slices.Clone(t.Draws)
	d := &t.Draws[at]
	switch a.Kind {
	case withdrawal:
		t.Draws = slices.Delete(t.Draws, at, at+1)
	case replacement:
		if d.Sample == nil {
			return refused("分项“%s”不是抽样，没有可以替换的单位", "amend: part %q was not drawn; no unit can be replaced", a.Part)
		}
		record, err := d.Sample.Replace(sampling.Change{Reason: a.Cause, Unit: a.Unit, By: a.By, At: a.At})
		if err != nil {
			return refused("不能替换：%v", "amend: %v", err)
		}
		d.Sample, d.Units = &record, record.IDs()
	case extension:
		if d.Sample == nil || a.Sample == nil || a.Sample.DrawID != d.Sample.DrawID {
			return refused("追加的样本不是分项“%s”的", "amend: the extended sample is not one of part %q", a.Part)
		}
		d.Sample, d.Units = a.Sample, a.Sample.IDs()
		d.Planned, d.Enough = max(d.Planned, int64(len(d.Units))), max(d.Enough, int64(len(d.Units)))
	case waiving:
		if d.Kind == "drawn" && !slices.Contains(d.Units, a.Unit) {
			return refused("样本里没有单位“%s”", "amend: the sample has no unit %q", a.Unit)
		}
	}
	return nil
}

// drawOf finds the draw that an amendment is about.
func (t *Task) drawOf(a *Amendment) (int, error) {
	found := -1
	for i := range t.Draws {
		if slices.Contains(t.Draws[i].Parts, a.Part) && (a.Period == "" || a.Period == t.Draws[i].Period.Name) {
			if found >= 0 {
				return 0, refused("分项“%s”有几个期间，写明其中一个", "amend: part %q is due for several periods; name one", a.Part)
			}
			found = i
		}
	}
	if found < 0 {
		return 0, refused("任务“%s”没有分项“%s”", "amend: task %s has no part %q", t.ID, a.Part)
	}
	return found, nil
}

// waivers are those that were recorded for a task.
func (p *Plan) waivers(task string) []Waiver {
	var out []Waiver
	for _, a := range p.Amendments {
		if a.Kind == waiving && a.Task == task {
			out = append(out, Waiver{Part: a.Part, Unit: a.Unit, Reason: a.Reason, By: a.By, At: a.At, Until: a.Until})
		}
	}
	return out
}

// ExtendDraw draws more units of a sample from the same frame and records it as
// an extension: Task and Part name the draw, more is how many. It is refused
// where the frame is no longer the one drawn from.
func (s *Standard) ExtendDraw(ctx context.Context, p *Plan, a Amendment, more int64, frames FrameSource) (*Plan, error) {
	if err := p.usable(s, a.Task); err != nil {
		return nil, err
	}
	t, ok := p.Task(a.Task)
	if !ok {
		return nil, refused("方案里没有任务“%s”", "amend: the plan has no task %q", a.Task)
	}
	at, err := t.drawOf(&a)
	if err != nil {
		return nil, err
	}
	d := &t.Draws[at]
	of, own, ok := s.memberOf(a.Part)
	if !ok || d.Sample == nil {
		return nil, refused("分项“%s”不是抽样，不能追加", "amend: part %q was not drawn and can't be extended", a.Part)
	}
	g := s.programme(PlanRequest{Scope: p.Scope, Tier: p.Tier, Period: p.Period, Frames: frames})
	g.fields = fieldsOf(g.everyItem())
	m := &planner{programme: g, subject: t.Subject, organiser: t.Organiser, frames: map[string]*collected{}}
	units, _, err := m.population(ctx, of, of.parts[own].checked, d.Period)
	if err != nil {
		return nil, err
	}
	record, err := sampling.Extend(ctx, *d.Sample, sampling.Frame{Units: sampling.Units(units)}, sampling.Change{Reason: sampling.MoreEvidence, More: more, By: a.By, At: a.At})
	if err != nil {
		return nil, fmt.Errorf("engine: amend: part %s: %w", a.Part, err)
	}
	a.Kind, a.Sample = extension, &record
	return p.Amend(a)
}

// Reassign finds other inspectors for the tasks of people who drop out or whom
// the organisation of the request now bars, and records every change as a
// reassignment. As few tasks as possible change hands; among such ways loads
// stay even where only the freed tasks move. The request is the plan's own, with
// the organisation as it is now and without the people who dropped out. What can't
// be given is a Problem of the second result; the plan keeps its inspector there.
func (s *Standard) Reassign(ctx context.Context, p *Plan, r PlanRequest, why Amendment) (*Plan, []Problem, error) {
	if err := p.usable(s); err != nil {
		return nil, nil, err
	}
	r.Scope, r.Tier, r.Period, r.Organiser = p.Scope, p.Tier, p.Period, p.Organiser
	g := s.programme(r)
	if err := g.people(); err != nil {
		return nil, nil, err
	}
	of := map[string][]*Task{}
	for i := range p.Tasks {
		t, ok := p.Task(p.Tasks[i].ID)
		if !ok {
			return nil, nil, refused("方案 %s 批准以后被改动过", "plan %s was changed after it was approved", p.ID)
		}
		g.plan.Tasks = append(g.plan.Tasks, *t)
	}
	for i := range g.plan.Tasks {
		t := &g.plan.Tasks[i]
		of[t.Organiser] = append(of[t.Organiser], t)
	}
	rules := g.recusal()
	out := p
	for _, organiser := range sortedKeys(of) {
		given, err := g.reassign(ctx, rules, organiser, of[organiser])
		if err != nil {
			return nil, nil, err
		}
		for _, t := range of[organiser] {
			if to := given[t.ID]; to != "" && to != t.Inspector {
				a := why
				a.Kind, a.Task, a.Inspector = reassignment, t.ID, to
				if out, err = out.Amend(a); err != nil {
					return nil, nil, err
				}
			}
		}
	}
	return out, g.plan.Problems, nil
}

// reassign pairs the tasks of one organiser again. First only those without an
// inspector move; where that leaves some over, others may, as few as can be.
func (g *programme) reassign(ctx context.Context, r *recusal, organiser string, tasks []*Task) (map[string]string, error) {
	people := g.inspectors(organiser)
	kept := map[string]string{}
	loads := map[string]int{}
	for _, t := range tasks {
		if _, may := r.bars(t.Inspector, t.ID); may && slices.ContainsFunc(people, func(x Person) bool { return x.ID == t.Inspector }) {
			kept[t.ID] = t.Inspector
			loads[t.Inspector]++
		}
	}
	even := pairTicket(g.plan, g.request.Seed)
	flow := assign.Problem{Ticket: even, Allowed: func(person, task string) bool { _, ok := r.bars(person, task); return ok }}
	for _, t := range tasks {
		if kept[t.ID] == "" {
			flow.Tasks = append(flow.Tasks, t.ID)
		}
	}
	most := g.request.MostTasks
	for _, x := range people {
		other := min(max(g.request.Loads[x.ID], 0), assign.MostTasks/2)
		one := assign.Inspector{ID: x.ID, Load: other + loads[x.ID], Capacity: max(0, most-loads[x.ID])}
		if most == 0 || one.Capacity > 0 {
			flow.Inspectors = append(flow.Inspectors, one)
		}
	}
	a, err := assign.Solve(ctx, flow)
	if err == nil && len(a.Shortages) > 0 && most > 0 {
		flow.Tasks, flow.Inspectors, flow.Flat = nil, nil, true
		for _, t := range tasks {
			flow.Tasks = append(flow.Tasks, t.ID)
		}
		for _, x := range people {
			flow.Inspectors = append(flow.Inspectors, assign.Inspector{ID: x.ID, Capacity: most})
		}
		flow.Ticket = func(person, task string) uint32 {
			if kept[task] == person {
				return 0
			}
			return 1<<20 + even(person, task)>>12
		}
		kept = map[string]string{}
		a, err = assign.Solve(ctx, flow)
	}
	if ctx.Err() != nil {
		return nil, ctx.Err()
	}
	if err != nil {
		return nil, fmt.Errorf("engine: reassign: %w", err)
	}
	for _, t := range tasks {
		if to := a.Inspector[t.ID]; to != "" {
			kept[t.ID] = to
		}
		if kept[t.ID] == "" {
			g.problem("no_inspector", t.Subject.ID, "", true, r.nobody(t, g.request.Organisation.People, people))
		}
	}
	return kept, nil
}
