package engine

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
)

// PlanCoverage says how much of what there is a plan takes in, and after Covered
// how much of it was inspected: of subjects, of the items that the tier covers,
// of the periods for which items were due, of the units in the frames, and of
// the strata that the draws were spread over.
type PlanCoverage struct {
	Subjects Covered `json:"subjects"`
	Items    Covered `json:"items"`
	Periods  Covered `json:"periods"`
	Units    Covered `json:"units"`
	Strata   Covered `json:"strata"`
}

// Covered counts one kind of thing: all there are, those planned, those
// inspected, and those planned and not inspected. In a plan that has no results
// yet Inspected and Missed are 0.
type Covered struct {
	Of        int64 `json:"of"`
	Planned   int64 `json:"planned"`
	Inspected int64 `json:"inspected,omitempty"`
	Missed    int64 `json:"missed,omitempty"`
}

// ItemSpan is an item, by its ID, for one of its spans.
type ItemSpan struct {
	Item   string `json:"item"`
	Period Period `json:"period"`
}

// Held is one inspection that was held and closed, as later plans of its tier
// need it. Items are those that were inspected. Extra runs count like planned
// ones.
type Held struct {
	Tier    string     `json:"tier"`
	Subject string     `json:"subject"`
	Period  Period     `json:"period"`
	Items   []ItemSpan `json:"items"`
}

// Missed is a period of a tier without a closed inspection of a subject.
type Missed struct {
	Subject string `json:"subject"`
	Period  Period `json:"period"`
}

// Held says what a closed result of the plan covers; ok is false for a result
// that is not closed or of another plan. An item of which nothing was inspected
// is not covered.
func (p *Plan) Held(r *Result) (held Held, ok bool) {
	t, found := p.Task(r.Task)
	if !found || !r.Closed || r.Plan != p.Digest {
		return Held{}, false
	}
	held = Held{Tier: p.Tier, Subject: t.Subject.ID, Period: p.Period, Items: []ItemSpan{}}
	periods := map[string]Period{}
	for _, d := range t.Draws {
		periods[d.Period.Name] = d.Period
	}
	for i := range r.Verdicts {
		if v := &r.Verdicts[i]; v.Level == "item" && v.State != NotInspected && v.State != Refused {
			held.Items = append(held.Items, ItemSpan{v.Item, periods[v.Period]})
		}
	}
	return held, true
}

// cover counts what the plan takes in, lists the periods that were missed, and
// finds what the tier's cycle still lacks.
func (g *programme) cover(items []planned, subjects int) {
	p := g.plan
	c := &p.Coverage
	c.Subjects = Covered{Of: g.selected, Planned: int64(subjects)}
	c.Items.Of = int64(len(g.covered) + len(p.Additional))
	due := map[string]bool{}
	spans := map[string]bool{}
	for i := range p.Tasks {
		for _, d := range p.Tasks[i].Draws {
			spans[d.Period.Name] = true
			for _, id := range d.Parts {
				if m, own, ok := g.standard.memberOf(id); ok {
					due[m.prefix+m.parts[own].checked.Item.ID] = true
				}
			}
			if d.Sample == nil {
				continue
			}
			c.Units.Of += d.Sample.Population
			c.Units.Planned += int64(len(d.Units))
			for _, s := range d.Sample.Strata {
				c.Strata.Of++
				if s.Drawn+s.Always > 0 {
					c.Strata.Planned++
				}
			}
		}
	}
	c.Items.Planned, c.Periods = int64(len(due)), Covered{Of: int64(len(spans)), Planned: int64(len(spans))}
	g.missed()
	c.Periods.Of += int64(len(p.Missed))
	c.Periods.Missed = int64(len(p.Missed))
	g.cycle(items)
}

// runs is the frequency with which the tier runs.
func (g *programme) runs() (Frequency, bool) {
	if g.tier == nil {
		return 0, false
	}
	return frequencyOf(g.tier.Every)
}

// missed lists the periods of the tier, from Since on, without a closed
// inspection: for each subject, or for each organiser where subjects are drawn.
func (g *programme) missed() {
	f, ok := g.runs()
	if !ok {
		return
	}
	since := g.request.Since
	held := map[[2]string]bool{}
	for i := range g.request.Earlier {
		h := &g.request.Earlier[i]
		if !g.sameTier(h.Tier) {
			continue
		}
		for _, id := range []string{h.Subject, g.organiser(h.Subject)} {
			held[[2]string{id, h.Period.Name}] = true
		}
		if g.request.Since.IsZero() && (since.IsZero() || h.Period.Start.Before(since)) {
			since = h.Period.Start
		}
	}
	if since.IsZero() {
		return
	}
	drawn := g.tier.Subjects != nil && g.tier.Subjects.Kind != "all" && !g.selfCheck
	for _, id := range sortedKeys(g.tree.subjects) {
		x := g.tree.subjects[id]
		kind := g.tier.Inspects
		if drawn {
			kind = g.tier.Inspector
		}
		if !g.tree.sound(id) || !g.isKind(x, kind) {
			continue
		}
		if r := g.request.Organiser; r != "" && id != r && !slices.Contains(g.tree.above(id), r) {
			continue
		}
		span, err := PeriodOf(f, since, g.standard.zoneOf(*x))
		for err == nil && !span.End.After(g.request.Period.Start) {
			if !held[[2]string{id, span.Name}] {
				g.plan.Missed = append(g.plan.Missed, Missed{id, span})
			}
			next := span.Next()
			if !next.Start.After(span.Start) {
				break
			}
			span = next
		}
	}
}

// cycle looks whether everything that the tier covers is inspected within its
// cycle. In the cycle's last run what is still lacking blocks the plan.
func (g *programme) cycle(items []planned) {
	if g.tier == nil {
		return
	}
	f, ok := frequencyOf(g.tier.Cycle)
	if !ok {
		return
	}
	chosen := map[string]bool{}
	for _, x := range items {
		chosen[x.id()] = true
	}
	for i := range g.plan.Tasks {
		t := &g.plan.Tasks[i]
		zone := g.standard.zoneOf(t.Subject)
		span, err := PeriodOf(f, g.request.Period.Start, zone)
		if err != nil {
			continue
		}
		done := map[string]bool{}
		for _, h := range g.earlier(t.Subject.ID) {
			if !h.Period.Start.Before(span.Start) && h.Period.Start.Before(span.End) {
				for _, c := range h.Items {
					done[c.Item] = true
				}
			}
		}
		var lacking []string
		for _, id := range g.covered {
			if !done[id] && !chosen[id] {
				lacking = append(lacking, id)
			}
		}
		if len(lacking) == 0 {
			continue
		}
		last := !g.request.Period.Next().Start.Before(span.End)
		if last {
			g.problem("cycle_open", t.Subject.ID, "", true, Words{
				fmt.Sprintf("%s 内要查遍全部 %d 项，这是最后一次，还缺 %s：加进这次检查", span.Name, len(g.covered), listed(lacking)),
				fmt.Sprintf("all %d items must be inspected within %s, this is its last run, and it lacks %s; add them to this run", len(g.covered), span.Name, listed(lacking)),
			})
			continue
		}
		g.problem("cycle_open", t.Subject.ID, "", false, Words{
			fmt.Sprintf("%s 内还有 %d 项没有排到：%s", span.Name, len(lacking), listed(lacking)),
			fmt.Sprintf("%d items are left for later runs of %s: %s", len(lacking), span.Name, listed(lacking)),
		})
	}
}

// Covered is the plan's coverage with what its results inspected. Results of
// other plans count nothing.
func (p *Plan) Covered(results []*Result) PlanCoverage {
	c := p.Coverage
	for _, k := range []*Covered{&c.Subjects, &c.Items, &c.Units, &c.Strata} {
		k.Inspected, k.Missed = 0, 0
	}
	c.Periods.Inspected = 0
	items, spans, units := map[string]bool{}, map[string]bool{}, map[string]bool{}
	for _, r := range results {
		t, ok := p.Task(r.Task)
		if !ok || r.Plan != p.Digest {
			continue
		}
		if r.Closed {
			c.Subjects.Inspected++
		}
		for i := range r.Verdicts {
			v := &r.Verdicts[i]
			if v.State == NotInspected || v.State == Refused {
				continue
			}
			switch v.Level {
			case "item":
				items[v.Item], spans[v.Period] = true, true
			case "unit":
				units[strings.Join([]string{t.ID, v.Part, v.Period, v.Unit}, "\x00")] = true
			}
		}
		for _, d := range t.Draws {
			c.Strata.Inspected += strataReached(t, &d, units)
			for _, u := range d.Units {
				if units[strings.Join([]string{t.ID, d.Parts[0], d.Period.Name, u}, "\x00")] {
					c.Units.Inspected++
				}
			}
		}
	}
	c.Items.Inspected, c.Periods.Inspected = int64(len(items)), int64(len(spans))
	for _, k := range []*Covered{&c.Subjects, &c.Items, &c.Units, &c.Strata} {
		k.Missed = max(0, k.Planned-k.Inspected)
	}
	return c
}

// strataReached counts the strata of a draw of which a unit was inspected.
func strataReached(t *Task, d *Draw, units map[string]bool) int64 {
	if d.Sample == nil {
		return 0
	}
	strata := map[string]bool{}
	for _, c := range d.Sample.Chosen {
		if units[strings.Join([]string{t.ID, d.Parts[0], d.Period.Name, c.ID}, "\x00")] {
			strata[strings.Join(c.Stratum, "\x00")] = true
		}
	}
	return int64(len(strata))
}

// uncalendared says what the calendar lacks of a span over which an item's
// conditions count business days; false where it covers the span.
func (m member) uncalendared(item *check.Item, span Period, zone *time.Location) (Words, bool) {
	if m.calendar == nil {
		return Words{}, false
	}
	for _, p := range item.Parts {
		if !m.parts[p.ID].countsWorkdays(m.checked.Info) {
			continue
		}
		for _, day := range []time.Time{span.Start, span.End.Add(-time.Second)} {
			_, err := m.calendar.IsBusinessDay(DateOf(day.In(zone)))
			var uncovered *UncoveredYearError
			switch {
			case errors.As(err, &uncovered):
				return Words{
					fmt.Sprintf("业务日历没有 %d 年（“%s”是 %d 到 %d 年），装入有那一年的版本", uncovered.Year, uncovered.Edition, uncovered.First, uncovered.Last),
					fmt.Sprintf("the business calendar has no %d (%q covers %d to %d); load an edition that does", uncovered.Year, uncovered.Edition, uncovered.First, uncovered.Last),
				}, true
			case err != nil:
				return Words{"业务日历答不上来：" + err.Error(), "the calendar fails: " + err.Error()}, true
			}
		}
	}
	return Words{}, false
}
