package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/sampling"
	"github.com/pinjian/pinjian/stdlib"
)

// threeLevel is the standard of the three levels, whose items are those of the standards that it imports.
func threeLevel(t require.TestingT) *engine.Standard {
	s, _, err := engine.Load(context.Background(), stdlib.Tree(), "std/three-level", engine.Options{
		Parameters: map[string]any{"午休开始": "12:00", "午休结束": "14:00"},
	})
	require.NoError(t, err)
	return s
}

// company is a headquarters with regions of projects, and people everywhere.
func company(regions, projects int) engine.Organisation {
	o := engine.Organisation{Subjects: []engine.Subject{{ID: "HQ", Kind: "公司总部", Fields: map[string]any{"单位名称": "总部"}}}}
	person := func(unit string, n int) {
		for i := range n {
			o.People = append(o.People, engine.Person{ID: fmt.Sprintf("%s-%d", unit, i+1), Subject: unit})
		}
	}
	person("HQ", 3)
	for r := range regions {
		region := fmt.Sprintf("R%02d", r+1)
		o.Subjects = append(o.Subjects, engine.Subject{ID: region, Kind: "region", Parent: "HQ", Fields: map[string]any{"单位名称": region}})
		person(region, 2)
		for p := range projects {
			project := fmt.Sprintf("%s-P%02d", region, p+1)
			o.Subjects = append(o.Subjects, engine.Subject{ID: project, Kind: "物业项目", Parent: region, Fields: map[string]any{"项目名称": project, "单位名称": project}})
			person(project, 2)
		}
	}
	return o
}

// sizes are tables that an owner has loaded for the subjects.
func sizes() map[string]sampling.Table {
	rows := []sampling.TableRow{{From: 1, To: 1, Size: 1}, {From: 2, To: 5, Size: 2}, {From: 6, Size: 3}}
	return map[string]sampling.Table{"年度样本量": {Name: "年度样本量", Edition: "1", Rows: rows}, "monthly_sizes": {Name: "月度样本量", Edition: "1", Rows: rows}}
}

// everywhere has as many units in every frame of every subject, each field with a value of its type; what may be absent
// is absent.
func everywhere(s *engine.Standard, n int) engine.FrameSource {
	return frameFunc(func(q engine.FrameQuery) (engine.Frame, error) {
		values := map[string]any{}
		for _, of := range append([]*checklang.Checked{s.Checked()}, s.Checked().Standards...) {
			for _, r := range of.Records {
				if r.Name.First != q.Record {
					continue
				}
				for _, f := range r.Fields {
					values[f.Name.First] = typical(f, q.Period)
				}
			}
		}
		return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
			for i := range n {
				if !yield(engine.FrameUnit{ID: fmt.Sprintf("%s-%s-%02d", q.Subject, q.Period.Name, i), Values: values}, nil) {
					return
				}
			}
		}}, nil
	})
}

func typical(f *check.Variable, p engine.Period) any {
	switch {
	case f.Optional:
		return nil
	case f.Type.Choice != nil:
		return f.Type.Choice.Members[0].Name.First
	}
	switch f.Type.Kind {
	case check.Bool:
		return false
	case check.Time:
		return p.Start.Format(time.RFC3339)
	case check.Date:
		return p.Start.Format(time.DateOnly)
	case check.Number:
		return 1
	}
	return "x"
}

func tierRun(t require.TestingT, s *engine.Standard, tier, period string, o engine.Organisation) engine.PlanRequest {
	p, err := engine.ParsePeriod(period, s.Zone())
	require.NoError(t, err)
	r := engine.PlanRequest{
		Scope: "tenant", Tier: tier, Period: p, Organisation: o, Frames: everywhere(s, 4), Seed: []byte("0123456789abcdef"), Tables: sizes(),
		Sizes: map[string]int64{},
	}
	for _, standard := range s.Checked().Standards {
		for _, item := range standard.Items {
			for _, part := range item.Parts {
				if part.Sample != nil && part.Sample.Kind == "plan" {
					r.Sizes[standard.Standard.Code+"/"+part.ID] = 2
				}
			}
		}
	}
	return r
}

func plan(t require.TestingT, s *engine.Standard, r engine.PlanRequest) *engine.Plan {
	p, err := s.MakePlan(context.Background(), r)
	require.NoError(t, err)
	checkPlan(t, p)
	return p
}

func codes(p *engine.Plan, blocking bool) []string {
	var out []string
	for _, x := range p.Problems {
		if x.Blocking == blocking && !slices.Contains(out, x.Code) {
			out = append(out, x.Code)
		}
	}
	slices.Sort(out)
	return out
}

// TestTiersOfTheRegulation: headquarters draws regions each half-year, a region draws projects each month, and a project
// checks itself every week in full; each finds its items in the standards that the programme imports.
func TestTiersOfTheRegulation(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	o := company(3, 7)

	half := plan(t, s, tierRun(t, s, "总部检查", "2026-H1", o))
	assert.Empty(t, codes(half, true))
	require.Len(t, half.Selections, 1)
	assert.Equal(t, "HQ", half.Selections[0].Organiser)
	require.Len(t, half.Tasks, 2) // of three regions the table draws two
	for _, task := range half.Tasks {
		assert.Equal(t, "HQ", task.Organiser)
		assert.True(t, strings.HasPrefix(task.Inspector, "HQ-"))
		spans := map[string]int{}
		for _, d := range task.Draws {
			assert.True(t, strings.HasPrefix(d.Parts[0], "continuous/") || strings.HasPrefix(d.Parts[0], "indicators/") || strings.HasPrefix(d.Parts[0], "details/"))
			if slices.Contains(d.Parts, "continuous/005/4.1.3") {
				spans[d.Period.Name]++
			}
		}
		assert.Equal(t, map[string]int{"2026-01": 1, "2026-02": 1, "2026-03": 1, "2026-04": 1, "2026-05": 1, "2026-06": 1}, spans, "a monthly item is due for each month of the half-year")
	}

	month := plan(t, s, tierRun(t, s, "region_tier", "2026-10", o))
	assert.Empty(t, codes(month, true))
	assert.Equal(t, []string{"R01", "R02", "R03"}, []string{month.Selections[0].Organiser, month.Selections[1].Organiser, month.Selections[2].Organiser})
	require.Len(t, month.Tasks, 9) // three of seven in each region
	assert.Equal(t, engine.Covered{Of: 21, Planned: 9}, month.Coverage.Subjects)
	for _, task := range month.Tasks {
		assert.True(t, strings.HasPrefix(task.Subject.ID, task.Organiser+"-"))
		assert.True(t, strings.HasPrefix(task.Inspector, task.Organiser+"-"), "%s inspects %s", task.Inspector, task.Subject.ID)
		assert.NotContains(t, task.Inspector, "-P", "a region sends its own people")
	}

	week := plan(t, s, tierRun(t, s, "self_check_tier", "2026-W45", o)) // Monday 2 November; the month of October ended in the week before
	assert.Empty(t, codes(week, true))
	require.Len(t, week.Tasks, 21)
	week = plan(t, s, tierRun(t, s, "self_check_tier", "2026-W22", o)) // 25 to 31 May: the month ends with the week
	for _, task := range week.Tasks {
		assert.Equal(t, task.Subject.ID, task.Organiser)
		assert.True(t, strings.HasPrefix(task.Inspector, task.Subject.ID))
		require.NotEmpty(t, task.Draws)
		for _, d := range task.Draws {
			if d.Kind == "drawn" {
				assert.Len(t, d.Units, int(d.Sample.Population), "a self-check inspects all")
			}
		}
	}
	one := tierRun(t, s, "region_tier", "2026-10", o)
	one.Organiser = "R02"
	only := plan(t, s, one)
	assert.Equal(t, "region_tier/2026-10/R02", only.ID)
	assert.Equal(t, month.Tasks[3:6], only.Tasks, "a region's plan is the same alone and beside the others")
}

// TestTableNotSupplied: without the owner's table nothing is drawn, and the plan says what to load.
func TestTableNotSupplied(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	r := tierRun(t, s, "region_tier", "2026-10", company(2, 3))
	r.Tables = nil
	p := plan(t, s, r)
	assert.Equal(t, []string{"table_not_supplied"}, codes(p, true))
	assert.Empty(t, p.Tasks)
	assert.Contains(t, p.Problems[0].Message.EN, "monthly_sizes")
	_, err := p.Approve(engine.Approval{By: "chief", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)})
	require.Error(t, err)
}

// TestProgrammeIsJudged: the items of imported standards are asked, answered and judged under their codes, each with the
// fields of its own subject record, and worst wins over all of them.
func TestProgrammeIsJudged(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	r := tierRun(t, s, "region_tier", "2026-09", company(1, 1))
	r.Items = []string{"details/8", "continuous/005/4.1.9", "continuous/005/4.1.10"}
	p := plan(t, s, r)
	require.Empty(t, codes(p, true))
	p, err := p.Approve(engine.Approval{By: "chief", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	task := p.Tasks[0].ID
	sheet, err := s.MakeSheet(p, task, nil)
	require.NoError(t, err)
	var submissions []engine.Submission
	for i, item := range sheet.Items {
		if strings.HasPrefix(item.Part, "continuous/005/4.1.9") {
			for _, q := range item.Ask {
				submissions = append(submissions, engine.Submission{ID: fmt.Sprintf("S%d-%s", i, q.Name), Task: task, Part: item.Part, Answers: map[string]any{q.Name: 12}, By: "R01-1"})
			}
		}
	}
	require.NotEmpty(t, submissions)
	result, err := s.Judge(t.Context(), p, task, engine.Evidence{Submissions: append(submissions, engine.Submission{ID: "S", Task: task, Part: "details/9.9", Answers: map[string]any{"x": true}, By: "R01-1"})})
	require.NoError(t, err)
	require.Len(t, result.Refused, 1)
	assert.Equal(t, "S.part", result.Refused[0].Path)
	levels := map[string]int{}
	answered := 0
	for _, v := range result.Verdicts {
		levels[v.Level]++
		switch v.Level {
		case "item", "part", "unit":
			assert.True(t, strings.HasPrefix(v.Item, "details/8") || strings.HasPrefix(v.Item, "continuous/005/"), v.Item)
		case "section":
			assert.True(t, strings.HasPrefix(v.Section, "details/") || strings.HasPrefix(v.Section, "continuous/"), v.Section)
		}
		if v.Level == "part" && v.State == engine.Decided {
			answered++
		}
	}
	assert.Positive(t, answered)
	assert.Equal(t, 1, levels["standard"])
	assert.Equal(t, result.Verdicts[len(result.Verdicts)-1].Level, "standard")
	data, err := json.Marshal(result)
	require.NoError(t, err)
	shuffled := slices.Clone(submissions)
	slices.Reverse(shuffled)
	again, err := s.Judge(t.Context(), p, task, engine.Evidence{Submissions: append(shuffled, engine.Submission{ID: "S", Task: task, Part: "details/9.9", Answers: map[string]any{"x": true}, By: "R01-1"})})
	require.NoError(t, err)
	same, err := json.Marshal(again)
	require.NoError(t, err)
	assert.JSONEq(t, string(data), string(same))

	twice := append(slices.Clone(submissions), engine.Submission{ID: submissions[0].ID, Task: task, Part: "details/8/8(1)", Answers: map[string]any{}, By: "R01-2"})
	clash, err := s.Judge(t.Context(), p, task, engine.Evidence{Submissions: twice})
	require.NoError(t, err)
	require.Len(t, clash.Conflicts, 1, "one ID with bodies about two standards is a conflict")
	for _, v := range clash.Verdicts {
		if v.Level == "part" && v.Part == submissions[0].Part {
			assert.NotEqual(t, engine.Decided, v.State)
		}
	}
}

// TestOrganisationFlaws: a subject that hangs under itself or nobody blocks the plan with its place; the others are
// planned all the same.
func TestOrganisationFlaws(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	o := company(1, 2)
	o.Subjects = append(
		o.Subjects,
		engine.Subject{ID: "X1", Kind: "物业项目", Parent: "X2"}, engine.Subject{ID: "X2", Kind: "region", Parent: "X1"},
		engine.Subject{ID: "Y", Kind: "project", Parent: "nowhere"}, engine.Subject{ID: "Z", Kind: "project"},
	)
	p := plan(t, s, tierRun(t, s, "region_tier", "2026-10", o))
	assert.Equal(t, []string{"cyclic_organisation", "no_organiser", "unknown_parent"}, codes(p, true))
	assert.Len(t, p.Tasks, 2)
	for _, x := range p.Problems {
		switch x.Code {
		case "cyclic_organisation":
			assert.Equal(t, "X1", x.Subject)
			assert.Contains(t, x.Message.EN, "X1 → X2 → X1")
		case "unknown_parent":
			assert.Contains(t, x.Message.EN, "nowhere")
		}
	}
}

// TestSpansNotInspectedAreStillDue: what an earlier run did not cover is due at the next one, what an extra run covered is
// not, and periods without a closed inspection are listed.
func TestSpansNotInspectedAreStillDue(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	o := company(1, 1)
	r := tierRun(t, s, "region_tier", "2026-10", o)
	month := func(name string) engine.Period {
		p, err := engine.ParsePeriod(name, s.Zone())
		require.NoError(t, err)
		return p
	}
	spans := func(p *engine.Plan, part string) (out []string) {
		for _, d := range p.Tasks[0].Draws {
			if slices.Contains(d.Parts, part) {
				out = append(out, d.Period.Name)
			}
		}
		return out
	}
	const part, other = "continuous/005/4.1.3", "continuous/005/4.1.6"
	assert.Equal(t, []string{"2026-10"}, spans(plan(t, s, r), part))
	assert.Empty(t, plan(t, s, r).Missed)

	r.Earlier = []engine.Held{{Tier: "区域检查", Subject: "R01-P01", Period: month("2026-07"), Items: []engine.ItemSpan{{Item: part, Period: month("2026-07")}}}}
	p := plan(t, s, r)
	assert.Equal(t, []string{"2026-08", "2026-09", "2026-10"}, spans(p, part))
	assert.Equal(t, []string{"2026-07", "2026-08", "2026-09", "2026-10"}, spans(p, other), "an item that the run in July left out is due from there on")
	var missed []string
	for _, m := range p.Missed {
		missed = append(missed, m.Subject+" "+m.Period.Name)
	}
	assert.Equal(t, []string{"R01 2026-08", "R01 2026-09"}, missed)

	r.Earlier = append(r.Earlier, engine.Held{Tier: "region_tier", Subject: "R01-P01", Period: month("2026-10"), Items: []engine.ItemSpan{{Item: part, Period: month("2026-10")}}})
	assert.Empty(t, spans(plan(t, s, r), part), "an extra run counts")
}

// cycleRules has a self-check that takes some items a week and all within a month.
const cycleRules = `lang 1
standard cycle "cycle" { version "1"; zone "Asia/Shanghai" }
tier own "Self-check" {
  organiser "Quality"; approver "Manager"
  inspector project; inspects project
  every week; subjects all; units all; covers all; cycle quarter
  recuse post, interest
}
item 1 "gate" { every week; observe "manned" -> manned : bool; fail when not manned : "empty" }
item 2 "desk" { every week; observe "staffed" -> staffed : bool; fail when not staffed : "empty" }
item 3 "lamp" { every week; observe "lit" -> lit : bool; fail when not lit : "dark" }
`

// TestCycle: what a cycle still lacks is told in each run and blocks the last one.
func TestCycle(t *testing.T) {
	t.Parallel()
	s := load(t, cycleRules)
	week := func(name string) engine.Period {
		p, err := engine.ParsePeriod(name, s.Zone())
		require.NoError(t, err)
		return p
	}
	r := engine.PlanRequest{Scope: "tenant", Tier: "own", Period: week("2026-W43"), Seed: []byte("0123456789abcdef"), Items: []string{"1"}}
	r.Organisation.Subjects = []engine.Subject{{ID: "P1", Kind: "project"}}
	p := plan(t, s, r)
	assert.Equal(t, []string{"cycle_open"}, codes(p, false))
	assert.Contains(t, p.Problems[0].Message.EN, "2, 3")
	assert.Empty(t, codes(p, true))
	r.Earlier = []engine.Held{{Tier: "own", Subject: "P1", Period: week("2026-W42"), Items: []engine.ItemSpan{{Item: "2", Period: week("2026-W42")}}}}
	r.Period = week("2026-W53") // the quarter ends in it
	p = plan(t, s, r)
	assert.Equal(t, []string{"cycle_open"}, codes(p, true))
	assert.Contains(t, p.Problems[0].Message.EN, "lacks 3")
	r.Items = []string{"1", "3"}
	assert.Empty(t, plan(t, s, r).Problems)
}

// TestAdditionalItems: an organiser may add items; a run can't take what its tier doesn't cover by any other way.
func TestAdditionalItems(t *testing.T) {
	t.Parallel()
	s := load(t, strings.Replace(cycleRules, "covers all; cycle quarter", "covers 1, 2", 1))
	r := engine.PlanRequest{Scope: "tenant", Tier: "own", Period: november(t, s), Seed: []byte("0123456789abcdef"), Items: []string{"3"}}
	r.Organisation.Subjects = []engine.Subject{{ID: "P1", Kind: "project"}}
	_, err := s.MakePlan(t.Context(), r)
	require.ErrorContains(t, err, "additional")
	r.Items, r.Additional = []string{"2"}, []string{"3"}
	p := plan(t, s, r)
	assert.Equal(t, []string{"3"}, p.Additional)
	assert.Equal(t, engine.Covered{Of: 3, Planned: 2}, p.Coverage.Items)
}

// TestMixedRound: plans of one round share standard, tables and sizes; one that doesn't is blocked, and names the other.
func TestMixedRound(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	r := tierRun(t, s, "region_tier", "2026-10", company(2, 6))
	r.Organiser = "R01"
	first := plan(t, s, r)
	r.Organiser, r.Round = "R02", []*engine.Plan{first}
	assert.Empty(t, codes(plan(t, s, r), true))
	other := r
	other.Tables = sizes()
	table := other.Tables["monthly_sizes"]
	table.Edition = "2"
	other.Tables["monthly_sizes"] = table
	p := plan(t, s, other)
	assert.Equal(t, []string{"mixed_round"}, codes(p, true))
	assert.Contains(t, p.Problems[len(p.Problems)-1].Message.EN, "table 月度样本量")
	assert.NotEmpty(t, p.Tasks)
}

// TestMutualInspection: units that inspect one another are reported, or kept apart where the tier says so.
func TestMutualInspection(t *testing.T) {
	t.Parallel()
	people := []engine.Person{{ID: "A", Subject: "P1"}, {ID: "B", Subject: "P2"}, {ID: "C", Subject: "P3"}}
	s := load(t, assignRules)
	allowed := plan(t, s, assigning(t, s, "peers", 2, people[:2], nil))
	assert.Equal(t, []string{"mutual_inspection"}, codes(allowed, false))
	strict := load(t, strings.Replace(assignRules, "every month; subjects all; units as items; covers all\n  recuse unit, post, interest\n}\nitem 1", "every month; subjects all; units as items; covers all\n  recuse unit, post, interest, mutual\n}\nitem 1", 1))
	for seed := range 20 {
		r := assigning(t, strict, "peers", 3, people, nil)
		r.Seed = fmt.Appendf(nil, "seed of 16 bytes and number %d", seed)
		p := plan(t, strict, r)
		assert.Empty(t, p.Problems)
		given := inspectors(p)
		require.Len(t, given, 3)
		unit := map[string]string{"A": "P1", "B": "P2", "C": "P3"}
		for subject, person := range given {
			assert.NotEqual(t, subject, unit[given[unit[person]]], "%v", given)
		}
	}
	two := plan(t, strict, assigning(t, strict, "peers", 2, people[:2], nil))
	assert.Equal(t, []string{"no_inspector"}, codes(two, true))
}

// TestTooFewInspectors: the plan says which tasks compete for whom, and plans the rest.
func TestTooFewInspectors(t *testing.T) {
	t.Parallel()
	s := load(t, assignRules)
	r := assigning(t, s, "region", 5, []engine.Person{{ID: "A"}, {ID: "B"}}, nil)
	r.MostTasks = 2
	p := plan(t, s, r)
	require.Equal(t, []string{"too_few_inspectors"}, codes(p, true))
	assert.Contains(t, p.Problems[0].Message.EN, "A, B")
	assert.Len(t, inspectors(p), 4)
}

// TestSkillsAndLoads: people with skills get items of their classes only, and loads from other runs count.
func TestSkillsAndLoads(t *testing.T) {
	t.Parallel()
	s := load(t, strings.Replace(assignRules, "  responsible guard\n", "  responsible guard\n  class security\n", 1))
	r := assigning(t, s, "region", 4, []engine.Person{{ID: "A", Skills: []string{"cleaning"}}, {ID: "B", Skills: []string{"security"}}, {ID: "C"}}, nil)
	r.Items = []string{"1"}
	r.Loads = map[string]int{"C": 2}
	loads := map[string]int{}
	for _, person := range inspectors(plan(t, s, r)) {
		loads[person]++
	}
	assert.Equal(t, map[string]int{"B": 3, "C": 1}, loads)
}

// TestChangedPopulationStaysAtItsProject: another population at one project leaves the draws of all others as they were,
// byte for byte.
func TestChangedPopulationStaysAtItsProject(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	r := tierRun(t, s, "region_tier", "2026-10", company(2, 2))
	r.Items = []string{"continuous/005/4.1.3", "continuous/005/4.2.1"}
	before := plan(t, s, r)
	rapid.Check(t, func(t *rapid.T) {
		changed := rapid.SampledFrom(before.Tasks).Draw(t, "task").Subject.ID
		n := rapid.IntRange(0, 30).Draw(t, "units")
		again := r
		again.Frames = frameFunc(func(q engine.FrameQuery) (engine.Frame, error) {
			if q.Subject == changed {
				return everywhere(s, n).Frame(context.Background(), q)
			}
			return everywhere(s, 4).Frame(context.Background(), q)
		})
		after := plan(t, s, again)
		require.Len(t, after.Tasks, len(before.Tasks))
		for i := range after.Tasks {
			if after.Tasks[i].Subject.ID == changed {
				continue
			}
			want, err := json.Marshal(before.Tasks[i].Draws)
			require.NoError(t, err)
			got, err := json.Marshal(after.Tasks[i].Draws)
			require.NoError(t, err)
			require.Equal(t, string(want), string(got))
		}
	})
}

// TestCalendarUnknown: an item that counts business days in a year without data blocks the plan; the others are planned.
func TestCalendarUnknown(t *testing.T) {
	t.Parallel()
	s := load(t, `lang 1
standard a "A" { version "1"; zone "Asia/Shanghai"; calendar "cn" }
record Order { from : date, to : date }
item 1 "late" { every month; sample all Order; fail when workdays(from, to) > 3 : "late" }
item 2 "desk" { every month; observe "staffed" -> staffed : bool; fail when not staffed : "empty" }
`)
	period, err := engine.ParsePeriod("2031-03", s.Zone())
	require.NoError(t, err)
	r := engine.PlanRequest{Scope: "t", Tier: "any", Period: period, Seed: []byte("0123456789abcdef"), Inspected: []string{"P"}, Frames: everywhere(s, 2)}
	r.Organisation.Subjects = []engine.Subject{{ID: "P"}}
	p := plan(t, s, r)
	assert.Equal(t, []string{"calendar_unknown"}, codes(p, true))
	assert.Contains(t, p.Problems[0].Message.EN, "2031")
	require.Len(t, p.Tasks[0].Draws, 1)
	assert.Equal(t, []string{"2"}, p.Tasks[0].Draws[0].Parts)
}

// TestExplainTask: a task tells why its subject, items, units and inspector, from the draw of the subject on.
func TestExplainTask(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	r := tierRun(t, s, "region_tier", "2026-10", company(1, 7))
	r.Items = []string{"continuous/005/4.1.3"}
	p := plan(t, s, r)
	lines, err := s.ExplainTask(p, r, p.Tasks[0].ID)
	require.NoError(t, err)
	var zh, en []string
	for _, l := range lines {
		zh, en = append(zh, l.ZH), append(en, l.EN)
	}
	assert.Contains(t, en[0], "R01 draws 3 of 7")
	assert.Contains(t, zh[0], "R01 从 7 个中抽 3 个")
	assert.Contains(t, en[1], "2026-10 ended on 2026-10-31")
	assert.Contains(t, en[2], "4 of 4 WorkOrder")
	assert.Contains(t, en[len(en)-1], p.Tasks[0].Inspector)
	_, err = s.ExplainTask(p, r, "nothing")
	require.Error(t, err)
}

// TestProgrammesHaveNoScore: a programme adds up nothing of its own, so it claims no score for what it imports.
func TestProgrammesHaveNoScore(t *testing.T) {
	t.Parallel()
	points := `standard points "points" { version "1"; zone "Asia/Shanghai" }
item 1 "desk" { points 100; observe "staffed" -> staffed : bool; fail when not staffed : "empty" }
scoring { total { start 100 } }
`
	s, _, err := engine.Load(t.Context(), fstest.MapFS{
		"points/a.chk": {Data: []byte("lang 1\n" + points)},
		"all/a.chk": {Data: []byte(`lang 1
import "../points"
standard all "all" { version "1"; zone "Asia/Shanghai" }
scoring { total { start 100 } }
`)},
	}, "all", engine.Options{})
	require.NoError(t, err)
	assert.False(t, s.Scores())
	r := engine.PlanRequest{Scope: "t", Tier: "any", Period: november(t, s), Seed: []byte("0123456789abcdef"), Inspected: []string{"P"}}
	r.Organisation.Subjects = []engine.Subject{{ID: "P"}}
	p, err := plan(t, s, r).Approve(engine.Approval{By: "chief", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	require.Equal(t, []string{"points/1"}, p.Tasks[0].Draws[0].Parts)
	result, err := s.Judge(t.Context(), p, p.Tasks[0].ID, engine.Evidence{})
	require.NoError(t, err)
	_, err = s.Score(result)
	require.ErrorContains(t, err, "by themselves")
}
