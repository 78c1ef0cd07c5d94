package main

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/inspection"
)

// The tiers of the regulation.
const (
	headOffice = "head_office_tier"
	region     = "region_tier"
	selfCheck  = "self_check_tier"
)

// rotation is what a project checks itself on in the weeks of a month, the month
// being that of the week's Sunday: once in a month it has been through all of it.
func rotation(weeks []engine.Period, zone *time.Location) [][]string {
	month := func(p engine.Period) time.Month { return p.End.Add(-time.Second).In(zone).Month() }
	count := map[time.Month]int{}
	for _, p := range weeks {
		count[month(p)]++
	}
	parts := [][]string{{"indicators"}, {"continuous/003", "continuous/004"}, {"continuous/005"}, {"continuous/006"}, {"details"}}
	var out [][]string
	at := map[time.Month]int{}
	for _, p := range weeks {
		items := parts[at[month(p)]]
		if at[month(p)] == 3 && count[month(p)] == 4 {
			items = slices.Concat(items, parts[4])
		}
		at[month(p)]++
		out = append(out, items)
	}
	return out
}

// leftOut are the inspections that the company leaves out on purpose, by tier:
// whole runs of a region, single tasks, and weeks of a project.
var leftOut = map[string][]string{
	region:    {"W 2025-05", "S 2025-08"},
	selfCheck: {"E2 2025-W07", "E2 2025-W08", "S3 2025-W30", "W1 2025-W40", "W1 2025-W41"},
}

// held is one run of the year, the request that its plan came of, and what came
// of it.
type held struct {
	request engine.PlanRequest
	plan    *engine.Plan
	results []*engine.Result
}

// year is the company's inspections of one year as they go along.
type year struct {
	*company
	books  books
	runs   []held
	before map[string][]engine.Held // by tier, for the plans that follow
	loads  map[string]int           // tasks of each person so far
	states map[string]inspection.State
}

// periods are those of a length that begin with the first of a year, as many as
// are asked for.
func (c *company) periods(first string, n int) ([]engine.Period, error) {
	p, err := c.period(first)
	out := []engine.Period{}
	for ; err == nil && len(out) < n; p = p.Next() {
		out = append(out, p)
	}
	return out, err
}

// inspect plans and holds all runs of the year in the order of their ends: two
// of headquarters, twelve of the regions and fifty-two self-checks.
func (c *company) inspect(ctx context.Context) (*year, error) {
	y := &year{company: c, before: map[string][]engine.Held{}, loads: map[string]int{}, states: map[string]inspection.State{}}
	var err error
	if y.books, err = c.keep(2025); err != nil {
		return nil, err
	}
	type due struct {
		tier   string
		period engine.Period
		items  []string
	}
	var all []due
	for _, x := range []struct {
		tier, first string
		n           int
	}{{selfCheck, "2025-W01", 52}, {region, "2025-01", 12}, {headOffice, "2025-H1", 2}} {
		periods, err := c.periods(x.first, x.n)
		if err != nil {
			return nil, err
		}
		weekly := rotation(periods, c.standard.Zone())
		for i, p := range periods {
			d := due{tier: x.tier, period: p}
			if x.tier == selfCheck {
				d.items = weekly[i]
			}
			all = append(all, d)
		}
	}
	slices.SortStableFunc(all, func(a, b due) int { return a.period.End.Compare(b.period.End) })
	for _, d := range all {
		r := y.due(d.tier, d.period)
		r.Items = d.items
		if err := y.run(ctx, r); err != nil {
			return nil, err
		}
	}
	return y, nil
}

// due is the request for a run as the year stands.
func (y *year) due(tier string, period engine.Period) engine.PlanRequest {
	r := y.request(tier, period)
	r.Frames, r.Earlier, r.Loads = y.books, slices.Clone(y.before[tier]), maps.Clone(y.loads)
	return r
}

// run plans one run, has it approved on the morning after its period, and holds
// what is not left out.
func (y *year) run(ctx context.Context, r engine.PlanRequest) error {
	draft, err := y.standard.MakePlan(ctx, r)
	if err != nil {
		return err
	}
	plan, err := draft.Approve(engine.Approval{By: "陈主任", At: r.Period.End.Add(9 * time.Hour)})
	if err != nil {
		return err
	}
	if r.Tier == region && r.Period.Name == "2025-06" {
		if plan, err = y.dropOut(ctx, plan, r); err != nil {
			return err
		}
	}
	h := held{request: r, plan: plan}
	for i := range plan.Tasks {
		t, _ := plan.Task(plan.Tasks[i].ID)
		y.loads[t.Inspector]++
		if y.isLeftOut(plan, t) {
			continue
		}
		result, err := y.hold(ctx, plan, t)
		if err != nil {
			return err
		}
		h.results = append(h.results, result)
		if covered, ok := plan.Held(result); ok {
			y.before[r.Tier] = append(y.before[r.Tier], covered)
			y.states[t.ID] = inspection.Closed
		}
	}
	y.runs = append(y.runs, h)
	return nil
}

// dropOut gives the tasks of the first inspector of a plan, who has fallen ill,
// to others.
func (y *year) dropOut(ctx context.Context, p *engine.Plan, r engine.PlanRequest) (*engine.Plan, error) {
	ill := p.Tasks[0].Inspector
	r.Organisation.People = slices.DeleteFunc(slices.Clone(r.Organisation.People), func(x engine.Person) bool { return x.ID == ill })
	out, problems, err := y.standard.Reassign(ctx, p, r, engine.Amendment{Reason: ill + "病假", By: "陈主任", At: p.Approval.At.Add(time.Hour)})
	if err == nil && len(problems) > 0 {
		err = fmt.Errorf("%s: %s", problems[0].Subject, problems[0].Message.EN)
	}
	return out, err
}

// isLeftOut says whether a task is one of those left out: those of whole runs,
// and in March the first project of all, whose region holds the other one.
func (y *year) isLeftOut(p *engine.Plan, t *engine.Task) bool {
	who := t.Subject.ID
	if p.Tier != selfCheck {
		who = t.Organiser
	}
	return slices.Contains(leftOut[p.Tier], who+" "+p.Period.Name) || (p.Tier == region && p.Period.Name == "2025-03" && t.ID == p.Tasks[0].ID)
}

// hold answers every question of a task's sheet, closes the task and has it judged.
func (y *year) hold(ctx context.Context, p *engine.Plan, t *engine.Task) (*engine.Result, error) {
	records := y.records(t)
	sheet, err := y.standard.MakeSheet(p, t.ID, records)
	if err != nil {
		return nil, err
	}
	e := engine.Evidence{Records: records, RecordsAt: p.Approval.At}
	add := func(item *engine.SheetItem, unit string, ask []engine.Question) {
		answers := map[string]any{}
		for _, q := range ask {
			if v, ok := answer(q); ok {
				answers[q.Name] = v
			}
		}
		if len(answers) > 0 {
			e.Submissions = append(e.Submissions, engine.Submission{
				ID: fmt.Sprintf("%s/%d", t.ID, len(e.Submissions)+1), Task: t.ID, Part: item.Part, Unit: unit, Period: item.Period,
				Answers: answers, By: t.Inspector, DoneAt: p.Approval.At,
			})
		}
	}
	for i := range sheet.Items {
		item := &sheet.Items[i]
		var once, each []engine.Question
		for _, q := range item.Ask {
			if q.Sample {
				once = append(once, q)
			} else {
				each = append(each, q)
			}
		}
		add(item, "", once)
		switch item.Kind {
		case "subject":
			add(item, "", each)
		case "unlisted":
			for n := range item.Planned {
				add(item, fmt.Sprintf("%d", n+1), each)
			}
		default:
			for _, u := range item.Units {
				add(item, u.ID, append(slices.Clone(each), u.Ask...))
			}
		}
	}
	if n := len(e.Submissions); n > 0 {
		e.Submissions[n-1].Closes = true
	}
	return y.standard.Judge(ctx, p, t.ID, e)
}

// records are the values of the drawn units of a task.
func (y *year) records(t *engine.Task) map[string]map[string]map[string]any {
	out := map[string]map[string]map[string]any{}
	source := y.books[t.Subject.ID]
	for _, r := range y.standard.Checked().Records {
		for i := range t.Draws {
			d := &t.Draws[i]
			if d.Record != r.Name.First || d.Kind != "drawn" {
				continue
			}
			for _, unit := range d.Units {
				if values := source.Values(r, t.Subject.ID, unit); values != nil {
					if out[d.Record] == nil {
						out[d.Record] = map[string]map[string]any{}
					}
					out[d.Record][unit] = values
				}
			}
		}
	}
	return out
}

// answer is what the inspector of this example says: all is well.
func answer(q engine.Question) (any, bool) {
	switch kind, _, _ := strings.Cut(q.Type, " "); kind {
	case "bool":
		return true, true
	case "int", "number":
		return 10, true
	case "text":
		return "已核对", true
	case "date":
		return "2025-01-02", true
	case "duration":
		return "10分钟", true
	case "set":
		all := []string{}
		for _, c := range q.Choices {
			all = append(all, c.ZH)
		}
		return all, true
	}
	if len(q.Choices) > 0 {
		return q.Choices[0].ZH, true
	}
	return nil, false // a file or a signature, which this example doesn't carry
}
