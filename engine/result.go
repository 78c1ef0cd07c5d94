package engine

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/engine/internal/eval"
	"github.com/pinjian/pinjian/sampling/estimate"
)

// Result is the judgement of one task. It never replaces an earlier one: a
// judgement of other evidence has another ID and may name the one before. Tier
// and Period are those of the plan's run; verdicts carry the span they are
// about.
type Result struct {
	Schema   string `json:"schema"`
	ID       string `json:"id"`
	Task     string `json:"task"`
	Subject  string `json:"subject"`
	Tier     string `json:"tier,omitempty"`
	Period   string `json:"period,omitempty"`
	Standard Ref    `json:"standard"`
	Plan     string `json:"plan"` // the digest of the approved plan
	Closed   bool   `json:"closed"`
	// Setting is what the conditions of the scoring read of the subject, the
	// period of the plan and the populations; nil where they read nothing.
	Setting   *Setting      `json:"setting,omitempty"`
	Verdicts  []Verdict     `json:"verdicts"`
	Conflicts []Conflict    `json:"conflicts,omitempty"`
	Refused   []*InputError `json:"refused,omitempty"`
	Previous  string        `json:"previous,omitempty"`
}

// ResultSchema is the name of the result's JSON document.
const ResultSchema = "pinjian/result/1"

// Judge judges all parts of one task of an approved plan. It is pure: the same
// plan and evidence give the same bytes, in whatever order submissions come.
// Bad evidence is refused with its path and the rest is judged.
func (s *Standard) Judge(ctx context.Context, p *Plan, task string, e Evidence) (*Result, error) {
	if err := p.usable(s, task); err != nil {
		return nil, err
	}
	t, ok := p.Task(task)
	if !ok {
		return nil, refused("方案里没有任务“%s”", "judge: the plan has no task %q", task)
	}
	return s.judgeTask(ctx, p, t, e, again{})
}

// judgeTask is Judge for a task of a plan that has been looked at. The task may
// be an older standard's, carried over.
func (s *Standard) judgeTask(ctx context.Context, p *Plan, t *Task, e Evidence, a again) (*Result, error) {
	r := &Result{Schema: ResultSchema, Task: t.ID, Subject: t.Subject.ID, Tier: p.Tier, Period: p.Period.Name, Standard: s.ref, Plan: p.Digest, Previous: a.previous}
	r.Setting = s.scoring.keep(Setting{Subject: t.Subject, Period: p.Period, Populations: t.Populations})
	e.Waivers = append(slices.Clone(e.Waivers), p.waivers(t.ID)...)
	h := s.hear(p, t, e, a.planned)
	r.Closed = h.closed
	total := Verdict{Level: "standard", Subject: t.Subject.ID, Counts: map[string]int{}}
	var whole tally
	var above []Verdict
	for _, m := range h.members {
		judged, err := m.judge(ctx, e)
		if err != nil {
			return nil, err
		}
		r.Verdicts = append(r.Verdicts, judged.parts...)
		above = append(above, judged.above...)
		whole.merge(&judged.tally)
		total.Points = addPoints(total.Points, judged.points)
		for key, n := range judged.counts {
			total.Counts[key] += n
		}
		h.conflicts, h.refused = append(h.conflicts, m.in.conflicts...), append(h.refused, m.in.refused...)
	}
	total.Answer = whole.answer()
	r.Verdicts = append(append(r.Verdicts, above...), total)
	r.Conflicts, r.Refused = h.conflicts, h.refused
	slices.SortStableFunc(r.Refused, func(a, b *InputError) int { return strings.Compare(a.Error(), b.Error()) })
	// A record value that several parts read is refused once.
	r.Refused = slices.CompactFunc(r.Refused, func(a, b *InputError) bool { return a.Error() == b.Error() })
	data, err := json.Marshal(r)
	if err != nil {
		return nil, fmt.Errorf("engine: judge: %w", err)
	}
	r.ID = digestOf(data)
	return r, nil
}

// judgeDraw judges one part over the units of its draw; the part's own verdict
// comes last.
func (s *Standard) judgeDraw(in *intake, t *Task, d *Draw, id string, e Evidence) ([]Verdict, error) {
	c := s.parts[id]
	env, _ := s.environment(Setting{Subject: t.Subject, Period: d.Period, Populations: t.Populations})
	in.env = env
	var units []unitEvidence
	add := func(unit string, values map[string]any) {
		row, inspected := in.row(c, d, unit, values)
		u := unitEvidence{id: unit, row: row, inspected: inspected, waived: waiver(e.Waivers, c.id, unit, d.Period)}
		if c.where != nil {
			probe := *env
			probe.Unit = row
			if (&eval.Exact{Layout: c.layout, Env: &probe}).Condition(c.where.node) == eval.False {
				if in.older != nil {
					return // drawn by the older standard from a population that is wider
				}
				u.refused = true
				in.refused = append(in.refused, refuse(d.Record+"."+unit, diagnostic.OutsidePopulation, unit))
			}
		}
		units = append(units, u)
	}
	switch d.Kind {
	case "subject":
		add("", nil)
	case "unlisted":
		for _, unit := range in.metOnTheSpot(c.id, d) {
			add(unit, nil)
		}
		for n := len(units) + 1; int64(n) <= d.Planned; n++ {
			if in.closed && int64(len(units)) >= d.Enough {
				break
			}
			units = append(units, unitEvidence{id: fmt.Sprintf("#%d", n), row: make(eval.Row, len(c.variables))})
		}
	default:
		for _, unit := range d.Units {
			add(unit, e.Records[d.Record][unit])
		}
		units = closeRange(units, d, in.closed)
	}
	var sampleRow eval.Row // rulings on the sample as a whole
	if d.Kind != "subject" {
		sampleRow, _ = in.row(c, d, "", nil)
	}
	whole, verdicts, err := s.partVerdict(c, env, units, sampleRow)
	if err != nil {
		return nil, err
	}
	if d.Kind == "subject" && len(verdicts) == 1 {
		// The unit is the subject: one verdict says it all.
		only := verdicts[0]
		only.Level, only.Counts = "part", whole.Counts
		if only.Points = whole.Points; only.State != Waived {
			only.Answer = whole.Answer
		}
		whole, verdicts = only, nil
	}
	whole.Sample = proof(d, units, verdicts)
	out := append(verdicts, whole)
	for i := range out {
		out[i].Subject, out[i].Period = t.Subject.ID, d.Period.Name
		if item := c.checked.Item; item.Section != nil {
			out[i].Section = strings.Join(item.Section.Path, "/")
		}
	}
	return out, nil
}

// waiver finds the waiver that holds for a unit at the end of a period. One
// without a reason or a name is none.
func waiver(list []Waiver, part, unit string, p Period) *Waiver {
	var found *Waiver
	for i := range list {
		w := &list[i]
		holds := w.Part == part && w.Unit == unit && w.Reason != "" && w.By != "" && (w.Until.IsZero() || !w.Until.Before(p.End))
		// Of several the least reason is shown, so that their order says nothing.
		if holds && (found == nil || w.Reason < found.Reason) {
			found = w
		}
	}
	return found
}

// closeRange drops the units that a closed range sample may leave out: when at
// least the lower end was inspected, the verdict is about those.
func closeRange(units []unitEvidence, d *Draw, closed bool) []unitEvidence {
	if !closed || d.Enough >= d.Planned {
		return units
	}
	var inspected []unitEvidence
	for _, u := range units {
		if u.inspected {
			inspected = append(inspected, u)
		}
	}
	if int64(len(inspected)) < d.Enough {
		return units
	}
	return inspected
}

// metOnTheSpot lists the units of an unlisted record that submissions name.
func (in *intake) metOnTheSpot(part string, d *Draw) []string {
	var ids []string
	for q := range in.inspected {
		if q.part == part && q.period == d.Period.Name && q.unit != "" && q.slot == -1 {
			ids = append(ids, q.unit)
		}
	}
	slices.Sort(ids)
	return ids
}

// proof says what the sample of a part proves.
func proof(d *Draw, units []unitEvidence, verdicts []Verdict) *Proof {
	if d.Kind == "subject" {
		return nil
	}
	p := &Proof{Drawn: len(units)}
	open := false
	for i, v := range verdicts {
		if units[i].inspected || v.State == Decided {
			p.Inspected++
		}
		switch {
		case v.State == Decided && v.Best >= Fail:
			p.Failing++
		case v.State != Decided && v.State != NotApplicable && v.State != Waived:
			open = true
		}
	}
	if d.Sample != nil {
		p.Population, p.Short, p.Seed, p.Frame = d.Sample.Population, d.Sample.Short, d.Sample.SeedHash, d.Sample.FrameDigest
	}
	if open || p.Population <= int64(p.Drawn) || p.Drawn == 0 {
		return p
	}
	if bound, err := estimate.UpperBound(int64(p.Failing), int64(p.Drawn), p.Population, nil); err == nil {
		p.UpperBound = bound.Percent(1)
	}
	return p
}

// hierarchy judges what stands above the parts of one task. It keeps the
// tallies, and not only the answers, up to the top: then the order and the
// grouping of parts never shows.
type hierarchy struct {
	standard *Standard
	task     *Task
	env      *eval.Env
	items    []judgedItem
	at       map[string]int // item and period to their place in items
	out      []Verdict
}

// judgedItem is one item in one period.
type judgedItem struct {
	checked *check.Item
	verdict Verdict
	tally   tally
}

// part takes in the verdict of one part.
func (h *hierarchy) part(v Verdict) {
	key := v.Item + "\x00" + v.Period
	at, ok := h.at[key]
	if !ok {
		at = len(h.items)
		h.at[key] = at
		item, _ := h.standard.checked.FindItem(v.Item)
		h.items = append(h.items, judgedItem{checked: item, verdict: Verdict{
			Level: "item", Item: v.Item, Section: v.Section, Subject: h.task.Subject.ID, Period: v.Period, Counts: map[string]int{},
		}})
	}
	item := &h.items[at]
	item.tally.add(v.Answer)
	item.verdict.Counts[countKey(v.Answer)]++
	item.verdict.Points = addPoints(item.verdict.Points, v.Points)
}

// section judges a section over its items and the sections within it; criteria
// of its own replace the worst of them.
func (h *hierarchy) section(sec *check.Section) (tally, *Points) {
	var t tally
	v := Verdict{Level: "section", Section: strings.Join(sec.Path, "/"), Subject: h.task.Subject.ID, Counts: map[string]int{}}
	var rows []eval.Row
	for i := range h.items {
		item := &h.items[i]
		if !within(item.checked, sec) {
			continue
		}
		a := item.verdict.Answer
		v.Counts[countKey(a)]++
		v.Points = addPoints(v.Points, item.verdict.Points)
		if a.State != Ungraded && a.State != NotApplicable {
			rows = append(rows, eval.Row{{Num: int64(a.Best), State: eval.Known}, {Num: int64(a.Worst), State: eval.Known}})
		}
		if item.checked.Section == sec {
			t.merge(&item.tally)
		}
	}
	if len(v.Counts) == 0 { // nothing of it was due
		return t, nil
	}
	at := len(h.out)
	h.out = append(h.out, v)
	for _, inner := range sec.Sections {
		of, _ := h.section(inner)
		t.merge(&of)
	}
	v.Answer = t.answer()
	if own := h.standard.sections[sec]; own != nil && len(rows) > 0 {
		h.standard.sectionCriteria(own, h.env, rows, &v)
		t = tally{}
		t.add(v.Answer)
	}
	h.out[at] = v
	return t, v.Points
}

func within(item *check.Item, sec *check.Section) bool {
	for at := item.Section; at != nil; at = at.Parent {
		if at == sec {
			return true
		}
	}
	return false
}

// lift gives an item what its open parts lack, and the reasons of its parts.
func lift(items []Verdict, parts []Verdict) {
	for i := range items {
		w := &items[i]
		for _, v := range parts {
			if v.Item != w.Item || v.Period != w.Period {
				continue
			}
			if w.State != Decided && v.Worst > w.Best {
				w.Missing = append(w.Missing, v.Missing...)
				w.Rulings = append(w.Rulings, v.Rulings...)
			}
			if v.Measure != nil && w.Measure == nil {
				w.Measure = v.Measure
			}
		}
	}
}

// sectionCriteria replaces the worst of the items by the section's own
// criteria.
func (s *Standard) sectionCriteria(c *part, env *eval.Env, rows []eval.Row, v *Verdict) {
	inner := *env
	inner.Units = rows
	inner.Unit = make(eval.Row, len(c.variables))
	for _, l := range []*level{&c.sample, &c.unit} {
		if len(l.clauses) == 0 {
			continue
		}
		j, err := s.level(c, l, &inner)
		if err != nil || j.State == Ungraded {
			continue
		}
		v.Answer, v.Reasons, v.Missing, v.Rulings = j.Answer, nil, nil, nil
		s.explain(c, l, &inner, j, eval.True, v)
		return
	}
}

func addPoints(a, b *Points) *Points {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	out := &Points{Least: NumberOf(a.Least.Rat().Add(a.Least.Rat(), b.Least.Rat()))}
	if a.Most != nil && b.Most != nil {
		most := NumberOf(a.Most.Rat().Add(a.Most.Rat(), b.Most.Rat()))
		out.Most = &most
	}
	return out
}
