package frames_test

import (
	"context"
	"fmt"
	"io/fs"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames"
	"github.com/pinjian/pinjian/stdlib"
)

const ownRules = `lang 1
standard own "self-check" { version "1"; zone "Asia/Shanghai" }
item 1 "Gate" { every week
  observe "is the gate manned" -> manned : bool
  major unmanned when not manned : "not manned"
}
item 2 "Lamp" { every week
  observe "does the lamp burn" -> lit : bool
  fail dark when not lit : "dark"
}
`

// The region's rules are written over what its projects did, and those of
// headquarters over what the region reported.
const regionRules = `lang 1
import "std/earlier"
standard region "region" { version "1"; zone "Asia/Shanghai" }
item 1 "Self-checks" { every month
  sample 3 SelfCheck
  review "the form" -> signed : bool
  fail incomplete when not closed or items_not_inspected > 0 : "self-check incomplete"
  observation unsigned when not signed : "not signed"
}
item 2 "Rectification" { every month
  sample all FindingRecord where rectification_state != withdrawn
  fail overdue when due_at is present and due_at < as_of : "overdue"
  fail alone when verified_by is present and corrected_by is present and verified_by == corrected_by : "verified by who corrected"
  observe "on site" -> proven : bool
  major unproven when not proven : "nothing of it is to be seen"
}
item 3 "Figures" { every month
  sample 2 MonthlyFigure where figure_name in ["item.fail@subject=P1", "item.major@subject=P2"]
  review "counted again" -> recomputed : number
  fail wrong when reported_value is absent or reported_value != recomputed : "the figure is wrong"
}
response major { correction within 24h; record; verification on site }
`

func compiled(t *testing.T, text string) *engine.Standard {
	t.Helper()
	s, diagnostics, err := engine.Load(t.Context(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, ".", engine.Options{})
	require.NoError(t, err, "%v", diagnostics)
	return s
}

func approvedPlan(t *testing.T, s *engine.Standard, tier, period string, source engine.FrameSource, subjects ...string) *engine.Plan {
	t.Helper()
	span, err := engine.ParsePeriod(period, s.Zone())
	require.NoError(t, err)
	r := engine.PlanRequest{Scope: "tenant", Tier: tier, Period: span, Inspected: subjects, Frames: source, Seed: []byte("sixteen bytes or more")}
	for _, id := range subjects {
		r.Organisation.Subjects = append(r.Organisation.Subjects, engine.Subject{ID: id})
	}
	p, err := s.MakePlan(t.Context(), r)
	require.NoError(t, err)
	p, err = p.Approve(engine.Approval{By: "boss", At: span.Start})
	require.NoError(t, err)
	return p
}

// world is two projects' self-checks of the weeks of a month.
func world(t *testing.T) (results []*engine.Result, findings []engine.Finding) {
	t.Helper()
	own := compiled(t, ownRules)
	at := time.Date(2026, 11, 30, 9, 0, 0, 0, own.Zone())
	known := map[string]engine.Finding{}
	for _, week := range []string{"2026-W45", "2026-W46", "2026-W47", "2026-W48"} {
		p := approvedPlan(t, own, "self", week, nil, "P1", "P2")
		for _, task := range p.Tasks {
			answers := map[string]map[string]any{"1": {"manned": task.Subject.ID == "P1" || week != "2026-W46"}, "2": {"lit": week != "2026-W47"}}
			if task.Subject.ID == "P2" && week == "2026-W48" {
				delete(answers, "2") // half done
			}
			e := engine.Evidence{}
			for part, given := range answers {
				e.Submissions = append(e.Submissions, engine.Submission{ID: part, Task: task.ID, Part: part, Answers: given, By: "x"})
			}
			if len(answers) == 2 {
				e.Submissions = append(e.Submissions, engine.Submission{ID: "end", Task: task.ID, By: "x", Closes: true})
			}
			r, err := own.Judge(t.Context(), p, task.ID, e)
			require.NoError(t, err)
			results = append(results, r)
			if week == "2026-W45" && task.Subject.ID == "P1" { // judged again: only the last counts
				again, _, err := own.Rejudge(t.Context(), engine.RejudgeRequest{Plan: p, Planned: own, Task: task.ID, Evidence: e, Previous: r})
				require.NoError(t, err)
				results = append(results, again)
			}
			events, err := own.OpenFindings(engine.FindingRequest{Scope: "tenant", Result: r, Known: known, By: "project", At: at.Add(-time.Hour)})
			require.NoError(t, err)
			for _, event := range events {
				f, err := engine.Fold(slices.Values([]engine.FindingEvent{event}))
				require.NoError(t, err)
				known[f.ID] = f
			}
		}
	}
	ids := make([]string, 0, len(known))
	for id := range known {
		ids = append(ids, id)
	}
	slices.Sort(ids)
	for _, id := range ids {
		f := known[id]
		step := func(kind, by string, fields map[string]string) {
			e, err := own.Step(f, engine.Command{ID: kind + fmt.Sprint(f.Version), Kind: kind, By: by, At: at, Version: f.Version, Fields: fields})
			require.NoError(t, err)
			f, err = engine.Fold(slices.Values(append(slices.Clone(f.Events), e)))
			require.NoError(t, err)
		}
		if f.Subject == "P1" {
			step("answer", "worker", map[string]string{"correction": "a new lamp", "record": "note"})
			step("verify", "head", map[string]string{"result": "ineffective", "method": "on site"})
			step("answer", "worker", map[string]string{"correction": "new wires", "record": "note"})
			step("verify", "head", map[string]string{"result": "effective", "method": "on site"})
			step("close", "head", nil)
			step("appeal", "head", map[string]string{"reason": "x"})
		}
		if f.Subject == "P2" && f.Grade == engine.Fail {
			step("withdraw", "boss", map[string]string{"reason": "wrong lamp"})
		}
		findings = append(findings, f)
	}
	return results, findings
}

// A region plans over its projects' self-checks, over their rectifications, and
// over the figures that were reported, and judges what it drew, like work
// orders.
func TestEarlierResultsAreSampledAndJudged(t *testing.T) {
	t.Parallel()
	results, findings := world(t)
	require.Len(t, results, 9)
	region := compiled(t, regionRules)
	checks, err := frames.SelfChecks(slices.Values(results), region.Zone())
	require.NoError(t, err)
	assert.Len(t, checks.Rows, 8, "what was judged again counts once")
	sum, err := engine.NewSummary(engine.SummaryOptions{By: []string{"subject"}})
	require.NoError(t, err)
	for _, r := range results[1:] {
		require.NoError(t, sum.Add(r))
	}
	month, err := engine.ParsePeriod("2026-11", region.Zone())
	require.NoError(t, err)
	source := frames.Source{Tables: []*frames.Table{checks, frames.Findings(slices.Values(findings))}}
	for _, id := range []string{"P1", "P2"} { // each project reports the month
		own, err := sum.Select("subject", id)
		require.NoError(t, err)
		source.Tables = append(source.Tables, frames.MonthlyFigures(own, id, month))
	}
	p := approvedPlan(t, region, "region", "2026-11", source, "P1", "P2")
	require.Empty(t, p.Problems)

	outcomes := map[string]string{}
	for _, task := range p.Tasks {
		e := engine.Evidence{Records: map[string]map[string]map[string]any{}}
		for _, d := range task.Draws {
			record := recordOf(t, region, d.Record)
			e.Records[d.Record] = map[string]map[string]any{}
			for _, unit := range d.Units {
				e.Records[d.Record][unit] = source.Values(record, task.Subject.ID, unit)
				require.NotNil(t, e.Records[d.Record][unit])
				answer := map[string]map[string]any{"1": {"signed": true}, "2": {"proven": true}, "3": {"recomputed": 1}}[d.Parts[0]]
				e.Submissions = append(e.Submissions, engine.Submission{ID: d.Parts[0] + unit, Task: task.ID, Part: d.Parts[0], Unit: unit, Answers: answer, By: "x"})
			}
		}
		r, err := region.Judge(t.Context(), p, task.ID, e)
		require.NoError(t, err)
		require.Empty(t, r.Refused)
		require.Empty(t, r.Conflicts)
		for _, v := range r.Verdicts {
			if v.Level == "unit" {
				outcomes[task.Subject.ID+" "+v.Part+" "+shortID(v.Unit)] = fmt.Sprint(v.Best, " ", v.State)
			}
		}
	}
	// A sample of 3 of the 4 weeks; all findings that stand; one figure each.
	for key, got := range outcomes {
		want := "pass decided"
		if key == "P2 1 self/2026-W48/P2" {
			want = "fail decided"
		}
		assert.Equal(t, want, got, key)
	}
	count := map[string]int{}
	for key := range outcomes {
		count[key[:4]]++
	}
	assert.Equal(t, map[string]int{"P1 1": 3, "P1 2": 1, "P1 3": 1, "P2 1": 3, "P2 2": 1, "P2 3": 1}, count)
}

func shortID(id string) string {
	if len(id) == 64 {
		return id[:8]
	}
	return id
}

func recordOf(t *testing.T, s *engine.Standard, name string) *check.Record {
	t.Helper()
	for _, r := range s.Checked().Records {
		if r.Name.First == name {
			return r
		}
	}
	require.Failf(t, "no record", "%s", name)
	return nil
}

// Every value that the frames write is a field of the library's record, every
// field gets one, and each is of its type: the frame and the record can't drift
// apart.
func TestEarlierFramesFillTheirRecords(t *testing.T) {
	t.Parallel()
	results, findings := world(t)
	checks, err := frames.SelfChecks(slices.Values(results), nil)
	require.NoError(t, err)
	sum, err := engine.NewSummary(engine.SummaryOptions{By: []string{"subject", "item"}})
	require.NoError(t, err)
	for _, r := range results[1:] {
		require.NoError(t, sum.Add(r))
	}
	month, err := engine.ParsePeriod("2026-11", nil)
	require.NoError(t, err)
	figures := frames.MonthlyFigures(sum, "R1", month)
	rules := "lang 1\nimport \"std/earlier\"\n"
	for i, record := range []string{"SelfCheck", "FindingRecord", "MonthlyFigure"} {
		rules += fmt.Sprintf("item %d \"x\" { every year\n sample all %s\n observe \"x\" -> x : bool\n fail when not x : \"x\"\n}\n", i+1, record)
	}
	s := compiled(t, rules)
	for i, table := range []*frames.Table{checks, frames.Findings(slices.Values(findings)), figures} {
		record := recordOf(t, s, table.Record)
		require.NotEmpty(t, table.Rows)
		for _, row := range table.Rows {
			var names []string
			for _, f := range record.Fields {
				names = append(names, f.Name.First)
				value, ok := row.Values[f.Name.First]
				require.True(t, ok, "%s of %s", f.Name.First, table.Record)
				assert.True(t, value != nil || f.Optional, "%s of %s is absent", f.Name.First, table.Record)
			}
			assert.Len(t, row.Values, len(names), "%s has a value that is no field", table.Record)
			_, refused, err := s.JudgeUnit(fmt.Sprint(i+1), row.Values, engine.Setting{})
			require.NoError(t, err)
			assert.Empty(t, refused, "%s %s", table.Record, row.ID)
		}
	}
	// What a life says, by example.
	for _, row := range frames.Findings(slices.Values(findings)).Rows {
		if row.Subject == "P1" {
			v := row.Values
			assert.Equal(t, []any{"已关闭", 1, 1, "worker", "head", true, "new wires"}, []any{v["整改状态"], v["重开次数"], v["申诉次数"], v["整改人"], v["验证人"], v["现场验证"], v["纠正内容"]})
		}
	}
	for _, row := range checks.Rows {
		v := row.Values
		switch row.ID {
		case "self/2026-W48/P2":
			assert.Equal(t, []any{"自检未定", 2, 1, 1, false}, []any{v["自检结论"], v["应查项数"], v["未查项数"], v["合格项数"], v["已结束"]})
		case "self/2026-W46/P2":
			assert.Equal(t, []any{"自检严重不合格", 1, 1, true}, []any{v["自检结论"], v["严重不合格项数"], v["合格项数"], v["已结束"]})
			assert.Equal(t, []string{"2026-11-09", "2026-11-15"}, []string{fmt.Sprint(v["期间首日"]), fmt.Sprint(v["期间末日"])})
		case "self/2026-W45/P1":
			assert.Equal(t, true, v["重新判定"])
		}
	}
	_, err = frames.SelfChecks(slices.Values([]*engine.Result{nil, {ID: "old", Task: "t"}}), nil)
	var no *engine.Refusal
	require.ErrorAs(t, err, &no)
	assert.Contains(t, no.Words.EN, "old")
}

// Figures keep their exact value where .chk can hold it, and say how it was
// printed where it can't; long names stay apart and short enough to be drawn.
func TestMonthlyFiguresAreExact(t *testing.T) {
	t.Parallel()
	long := strings.Repeat("长", 100)
	s := compiled(t, `lang 1
record Visit { kept : bool }
item `+"1"+` "Visits" { every month
  sample all Visit
  measure share(kept)
  target >= 90% : "too few"
}`)
	visits := tableOf{"a": true, "b": true, "c": false}
	p := approvedPlan(t, s, "region", "2026-11", visits, "P1")
	e := engine.Evidence{Records: map[string]map[string]map[string]any{"Visit": {}}}
	for id, kept := range visits {
		e.Records["Visit"][id] = map[string]any{"kept": kept}
	}
	r, err := s.Judge(t.Context(), p, p.Tasks[0].ID, e)
	require.NoError(t, err)
	sum, err := engine.NewSummary(engine.SummaryOptions{By: []string{"subject"}})
	require.NoError(t, err)
	require.NoError(t, sum.Add(r))
	r.Subject = long
	for i := range r.Verdicts {
		r.Verdicts[i].Subject = long
	}
	require.NoError(t, sum.Add(r))
	ids := map[string]bool{}
	found := false
	for _, row := range frames.MonthlyFigures(sum, "P1", p.Period).Rows {
		assert.False(t, ids[row.ID])
		assert.LessOrEqual(t, len(row.ID), 200)
		ids[row.ID] = true
		if row.Values["数据名称"] == "measure.1@subject=P1" {
			found = true
			assert.Equal(t, "2/3", row.Values["报告写法"])
			assert.Nil(t, row.Values["报告数值"], "a third is not rounded")
			assert.Equal(t, []string{"2", "3"}, []string{fmt.Sprint(row.Values["分子"]), fmt.Sprint(row.Values["分母"])})
		}
	}
	assert.True(t, found)
}

type tableOf map[string]bool

func (o tableOf) Frame(_ context.Context, _ engine.FrameQuery) (engine.Frame, error) {
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		for _, id := range []string{"a", "b", "c"} {
			if !yield(engine.FrameUnit{ID: id, Values: map[string]any{"kept": o[id]}}, nil) {
				return
			}
		}
	}}, nil
}

// The library's records can be imported beside all others without a clash of
// names, and without changing what those mean.
func TestEarlierBesideTheLibrary(t *testing.T) {
	t.Parallel()
	dirs, err := fs.ReadDir(stdlib.FS(), ".")
	require.NoError(t, err)
	text := "lang 1\nimport \"std/earlier\"\n"
	for _, d := range dirs {
		if files, err := fs.Glob(stdlib.FS(), d.Name()+"/*.chk"); err == nil && len(files) > 0 && d.Name() != "earlier" && d.Name() != "three-level" {
			text += "import \"std/" + d.Name() + "\"\n"
		}
	}
	checked, diagnostics, err := checklang.Load(t.Context(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, ".", checklang.Options{Library: stdlib.FS()})
	require.NoError(t, err)
	require.False(t, diagnostics.HasErrors(), "%v", diagnostics)
	for _, name := range []string{"SelfCheck", "FindingRecord", "MonthlyFigure", "WorkOrder"} {
		assert.True(t, slices.ContainsFunc(checked.Records, func(r *check.Record) bool { return r.Name.Has(name) }), name)
	}
}
