package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

// The two versions differ in a limit, in the grade of a clause, in an item
// removed and in one added; item 2 is the same.
const (
	rejudgeHead = `lang 1
standard orders "orders" { version "VERSION"; zone "Asia/Shanghai" }
record Order { minutes : int 0..; urgent : bool }
`
	rejudgeSame = `
item 2 "Asked" { every month
  ask "within how many minutes" -> asked : int 0..
  observation when asked != 10 : "does not know"
}
`
	rejudgeOne = rejudgeHead + `
item 1 "Orders" { every month
  sample all Order
  observe "is the order tidy" -> tidy : bool
  fail when minutes > 10 : "late"
  fail when not tidy : "untidy"
}
` + rejudgeSame + `
item 3 "Sign" { every month
  observe "is there a sign" -> sign : bool
  major when not sign : "no sign"
}
`
	rejudgeTwo = rejudgeHead + `
item 1 "Orders" { every month
  sample all Order
  observe "is the order tidy" -> tidy : bool
  fail when minutes > 15 : "late"
  observation when not tidy : "untidy"
}
` + rejudgeSame + `
item 4 "Lamp" { every month
  observe "is there a lamp" -> lamp : bool
  fail when not lamp : "no lamp"
}
`
)

func version(t require.TestingT, text, number string) *engine.Standard {
	s, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(strings.Replace(text, "VERSION", number, 1))}}, ".", engine.Options{})
	require.NoError(t, err)
	return s
}

// minutesOf are the frames of subjects: minutes by subject.
type minutesOf map[string][]int

func (o minutesOf) Frame(_ context.Context, q engine.FrameQuery) (engine.Frame, error) {
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		for i, m := range o[q.Subject] {
			if !yield(engine.FrameUnit{ID: fmt.Sprint("u", i), Values: map[string]any{"minutes": m, "urgent": m > 12}}, nil) {
				return
			}
		}
	}}, nil
}

func (o minutesOf) plan(t require.TestingT, s *engine.Standard, month string) *engine.Plan {
	period, err := engine.ParsePeriod(month, s.Zone())
	require.NoError(t, err)
	r := engine.PlanRequest{Scope: "tenant", Tier: "region", Period: period, Frames: o, Seed: []byte("sixteen bytes or more")}
	for _, id := range sortedOf(o) {
		r.Inspected = append(r.Inspected, id)
		r.Organisation.Subjects = append(r.Organisation.Subjects, engine.Subject{ID: id})
	}
	p, err := s.MakePlan(context.Background(), r)
	require.NoError(t, err)
	p, err = p.Approve(engine.Approval{By: "boss", At: period.Start})
	require.NoError(t, err)
	return p
}

func sortedOf[V any](m map[string]V) []string {
	var out []string
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// given is the evidence of one task as plain values: -1 is not answered, else
// false or true; asked is a number.
type given struct {
	minutes []int
	tidy    []int
	asked   int
	sign    int
}

func (g given) evidence(task string) engine.Evidence {
	e := engine.Evidence{Records: map[string]map[string]map[string]any{"Order": {}}}
	submit := func(part, unit, name string, value any) {
		e.Submissions = append(e.Submissions, engine.Submission{ID: part + unit, Task: task, Part: part, Unit: unit, Answers: map[string]any{name: value}, By: "inspector"})
	}
	for i, m := range g.minutes {
		unit := fmt.Sprint("u", i)
		e.Records["Order"][unit] = map[string]any{"minutes": m, "urgent": m > 12}
		if g.tidy[i] >= 0 {
			submit("1", unit, "tidy", g.tidy[i] == 1)
		}
	}
	if g.asked >= 0 {
		submit("2", "", "asked", g.asked)
	}
	if g.sign >= 0 {
		submit("3", "", "sign", g.sign == 1)
	}
	return e
}

// naive is what a version says of the evidence, worked out with plain numbers:
// by level and place, the state, both ends and the criteria that hold.
func (g given) naive(version int) map[string]string {
	out := map[string]string{}
	low, high := 1, 1
	state := func(lo, hi int, answered bool) string {
		switch {
		case lo == hi:
			return "decided"
		case !answered:
			return "not_inspected"
		}
		return "incomplete"
	}
	note := func(place string, lo, hi int, answered bool, why ...string) {
		slices.Sort(why)
		out[place] = fmt.Sprintf("%s %d %d %v", state(lo, hi, answered), lo, hi, why)
	}
	limit, grade := 10, 3
	if version == 2 {
		limit, grade = 15, 2
	}
	partLow, partHigh, inspected := 1, 1, false
	for i, m := range g.minutes {
		lo, hi := 1, 1
		var why []string
		if m > limit {
			lo, hi, why = 3, 3, append(why, "late/3")
		}
		if g.tidy[i] == 0 {
			lo, hi, why = max(lo, grade), max(hi, grade), append(why, fmt.Sprint("untidy/", grade))
		} else if g.tidy[i] < 0 {
			hi = max(hi, grade)
		}
		note(fmt.Sprint("unit 1 u", i), lo, hi, g.tidy[i] >= 0, why...)
		partLow, partHigh, inspected = max(partLow, lo), max(partHigh, hi), inspected || g.tidy[i] >= 0
	}
	both := func(id string, lo, hi int, answered bool, why ...string) {
		note("part "+id, lo, hi, answered, why...)
		note("item "+id, lo, hi, answered)
		low, high = max(low, lo), max(high, hi)
	}
	both("1", partLow, partHigh, inspected)
	subject := func(id string, value, bad int, label string, grade int) {
		lo, hi := 1, 1
		var why []string
		switch value {
		case -1:
			hi = grade
		case bad:
			lo, hi, why = grade, grade, []string{fmt.Sprint(label, "/", grade)}
		}
		both(id, lo, hi, value >= 0, why...)
	}
	wrong := -2
	if g.asked >= 0 && g.asked != 10 {
		wrong = g.asked
	}
	subject("2", g.asked, wrong, "does not know", 2)
	if version == 1 {
		subject("3", g.sign, 0, "no sign", 4)
	}
	note("standard", low, high, true)
	return out
}

func placed(v *engine.Verdict) string {
	return strings.Join(strings.Fields(v.Level+" "+v.Part+" "+v.Unit+map[string]string{"item": v.Item}[v.Level]), " ")
}

// Ten thousand stored results judged again by a changed standard, some with
// evidence that came late: the differences name every changed verdict and only
// those, with the right cause, as a naive reading of the evidence has them.
func TestTenThousandResultsJudgedAgain(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	one, two := version(t, rejudgeOne, "1"), version(t, rejudgeTwo, "2")
	random := rand.New(rand.NewPCG(1, 2))
	const tasks, each = judgedAgain, 10
	causes := map[string]int{}
	changed, tasksChanged, verdicts := 0, 0, 0
	for n := range tasks / each {
		frames, before := minutesOf{}, map[string]given{}
		for i := range each {
			g := given{asked: []int{-1, 10, 20}[random.IntN(3)], sign: random.IntN(3) - 1}
			for range 3 {
				g.minutes, g.tidy = append(g.minutes, random.IntN(25)), append(g.tidy, random.IntN(3)-1)
			}
			id := fmt.Sprint("P", i)
			frames[id], before[id] = g.minutes, g
		}
		p := frames.plan(t, one, fmt.Sprintf("%d-%02d", 1950+n/12, n%12+1))
		for _, task := range p.Tasks {
			was := before[task.Subject.ID]
			now := was
			now.tidy = slices.Clone(was.tidy)
			if random.IntN(4) == 0 { // an answer came late, or was corrected
				now.tidy[random.IntN(3)] = random.IntN(2)
			}
			old, err := one.Judge(ctx, p, task.ID, was.evidence(task.ID))
			require.NoError(t, err)
			kept, err := json.Marshal(old)
			require.NoError(t, err)
			r, d, err := two.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: task.ID, Evidence: now.evidence(task.ID), Previous: old})
			require.NoError(t, err)
			after, err := json.Marshal(old)
			require.NoError(t, err)
			require.Equal(t, kept, after, "nothing is overwritten")
			require.Equal(t, old.ID, r.Previous)
			require.NotEqual(t, old.ID, r.ID)
			require.Equal(t, []engine.PartChange{{Part: "3", Kind: "removed"}, {Part: "4", Kind: "added"}}, d.Parts)

			a, m, b := was.naive(1), now.naive(1), now.naive(2)
			want := map[string]string{}
			for _, list := range []map[string]string{a, b} {
				for place := range list {
					switch {
					case a[place] == b[place]:
					case m[place] == a[place]:
						want[place] = "standard"
					case m[place] == b[place]:
						want[place] = "evidence"
					default:
						want[place] = "both"
					}
				}
			}
			got := map[string]string{}
			for _, c := range d.Changes {
				v := c.New
				if v == nil {
					v = c.Old
				}
				require.NotContains(t, got, placed(v))
				got[placed(v)] = c.Cause
				require.Equal(t, a[placed(v)], naiveText(c.Old))
				require.Equal(t, b[placed(v)], naiveText(c.New))
				causes[c.Cause]++
			}
			require.Equal(t, want, got)
			changed, verdicts = changed+len(got), verdicts+len(r.Verdicts)
			if len(got) > 0 {
				tasksChanged++
			}
		}
	}
	t.Logf("%d results, %d verdicts: %d changed in %d results, %v", tasks, verdicts, changed, tasksChanged, causes)
	for _, cause := range []string{"standard", "evidence", "both"} {
		assert.Positive(t, causes[cause], cause)
	}
}

// naiveText writes a verdict as naive does; empty for none.
func naiveText(v *engine.Verdict) string {
	if v == nil {
		return ""
	}
	var why []string
	for _, r := range v.Reasons {
		why = append(why, fmt.Sprintf("%s/%d", r.Criterion, r.Outcome))
	}
	slices.Sort(why)
	return fmt.Sprintf("%s %d %d %v", v.State, int(v.Best), int(v.Worst), why)
}

// The same standard, or the same evidence, or another one: the cause follows.
func TestRejudgeWithLateEvidence(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	one := version(t, rejudgeOne, "1")
	p := minutesOf{"P1": {5, 5, 5}}.plan(t, one, "2026-10")
	task := p.Tasks[0].ID
	was := given{minutes: []int{5, 5, 5}, tidy: []int{1, 1, -1}, asked: 10, sign: 1}
	old, err := one.Judge(ctx, p, task, was.evidence(task))
	require.NoError(t, err)
	same, d, err := one.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: task, Evidence: was.evidence(task), Previous: old})
	require.NoError(t, err)
	assert.Empty(t, d.Changes)
	assert.Empty(t, d.Parts)
	assert.Equal(t, old.Verdicts, same.Verdicts)
	assert.Equal(t, old.ID, same.Previous)

	late := was
	late.tidy = []int{1, 1, 0}
	third, d, err := one.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: task, Evidence: late.evidence(task), Previous: same})
	require.NoError(t, err)
	var changed []string
	for _, c := range d.Changes {
		assert.Equal(t, "evidence", c.Cause)
		changed = append(changed, placed(c.New))
	}
	assert.Equal(t, []string{"unit 1 u2", "part 1", "item 1", "standard"}, changed)
	assert.Equal(t, same.ID, third.Previous)

	// Judged by the second version in between, with one more version to come.
	two, three := version(t, rejudgeTwo, "2"), version(t, strings.Replace(rejudgeTwo, "> 15", "> 3", 1), "3")
	by2, _, err := two.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: task, Evidence: late.evidence(task), Previous: third})
	require.NoError(t, err)
	_, d, err = three.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: task, Evidence: late.evidence(task), Previous: by2, Before: two})
	require.NoError(t, err)
	assert.Equal(t, "2", d.OldStandard.Version)
	assert.Len(t, d.Changes, 6, "three orders, part, item, standard")
	for _, c := range d.Changes {
		assert.Equal(t, "standard", c.Cause)
	}
	// Back to the version of the plan: the removed item is there again.
	back, d, err := one.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: task, Evidence: late.evidence(task), Previous: by2, Before: two})
	require.NoError(t, err)
	assert.Equal(t, third.Verdicts, back.Verdicts)
	assert.Empty(t, d.Parts)
}

// Parts whose units are others are not judged, and parts whose sample is
// written otherwise are, over what was drawn; both are said.
func TestRejudgeWithAnotherSample(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	part := func(sample, criteria string) string {
		return rejudgeHead + "define hard = minutes > 12\nrecord Visit unlisted { long : bool }\nitem 1 \"Orders\" { every month\n" + sample + "\nobserve \"tidy\" -> tidy : bool, neat : bool\n" + criteria + "\n}\n"
	}
	const asked, renamed = `fail when not tidy : "untidy"`, `fail when not clean : "unclean"`
	base := strings.Replace(part("sample all Order", asked+"\nobservation when not neat : \"not neat\""), "define hard = minutes > 12\n", "", 1)
	for name, c := range map[string]struct {
		text  string
		kind  string
		units int
	}{
		"texts alone":    {strings.Replace(base, `"Orders"`, `"All orders"`, 1), "", 4},
		"size":           {strings.Replace(base, "all Order", "3 Order", 1), "sample", 4},
		"period":         {strings.Replace(base, "every month", "every quarter", 1), "sample", 4},
		"condition":      {strings.Replace(base, "all Order", "all Order where urgent", 1), "sample", 2},
		"order":          {strings.Replace(base, "all Order", "3 Order spread by urgent", 1), "sample", 4},
		"unlisted":       {strings.Replace(base, "all Order", "4 Visit", 1), "units", 0},
		"subject":        {strings.Replace(base, "sample all Order\n", "", 1), "units", 0},
		"no longer asks": {strings.Replace(strings.Replace(base, ", neat : bool", "", 1), `observation when not neat : "not neat"`, "", 1), "", 4},
	} {
		one, two := version(t, base, "1"), version(t, c.text, "2")
		minutes := []int{5, 11, 13, 20}
		p := minutesOf{"P1": minutes}.plan(t, one, "2026-10")
		task := p.Tasks[0].ID
		e := given{minutes: minutes, tidy: []int{1, 1, 0, 1}, asked: -1, sign: -1}.evidence(task)
		e.Submissions = append(e.Submissions,
			engine.Submission{ID: "n", Task: task, Part: "1", Unit: "u0", Answers: map[string]any{"neat": true, "nonsense": 1}, By: "x"},
			engine.Submission{ID: "m", Task: task, Part: "1", Unit: "u0", Answers: map[string]any{"neat": false}, By: "x", Replaces: "n", Reason: "looked again"})
		old, err := one.Judge(ctx, p, task, e)
		require.NoError(t, err)
		r, d, err := two.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: task, Evidence: e, Previous: old})
		require.NoError(t, err)
		units := 0
		for _, v := range r.Verdicts {
			if v.Level == "unit" {
				units++
			}
		}
		assert.Equal(t, c.units, units, name)
		if c.kind == "" {
			assert.Empty(t, d.Parts, name)
		} else {
			assert.Equal(t, []engine.PartChange{{Part: "1", Kind: c.kind}}, d.Parts, name)
		}
		if c.kind == "units" {
			assert.Empty(t, r.Refused, "%s: nothing is wrong with answers to what isn't judged any more", name)
			continue
		}
		require.Len(t, r.Refused, 1, "%s: only what no version knows", name)
		assert.Contains(t, r.Refused[0].Path, "nonsense")
		if name == "texts alone" {
			assert.Empty(t, d.Changes)
		}
	}
	// What only the newer version asks is unknown, never a pass.
	one, two := version(t, base, "1"), version(t, strings.NewReplacer(asked, renamed, "tidy : bool", "clean : bool").Replace(base), "2")
	p := minutesOf{"P1": {5}}.plan(t, one, "2026-10")
	e := given{minutes: []int{5}, tidy: []int{1}, asked: -1, sign: -1}.evidence(p.Tasks[0].ID)
	old, err := one.Judge(ctx, p, p.Tasks[0].ID, e)
	require.NoError(t, err)
	r, _, err := two.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: p.Tasks[0].ID, Evidence: e, Previous: old})
	require.NoError(t, err)
	u := part0(t, r, "unit")
	assert.Equal(t, engine.Undecided, u.State, "somebody was there, and did not ask this")
	assert.Contains(t, u.Missing, engine.Missing{Unit: "u0", Name: "clean"})
}

func part0(t require.TestingT, r *engine.Result, level string) engine.Verdict {
	i := slices.IndexFunc(r.Verdicts, func(v engine.Verdict) bool { return v.Level == level })
	require.GreaterOrEqual(t, i, 0)
	return r.Verdicts[i]
}

// A request that can't be meant is refused in both languages.
func TestRejudgeRefuses(t *testing.T) {
	t.Parallel()
	one, two := version(t, rejudgeOne, "1"), version(t, rejudgeTwo, "2")
	other := version(t, strings.Replace(rejudgeOne, "standard orders", "standard others", 1), "1")
	p := minutesOf{"P1": {5}, "P2": {5}}.plan(t, one, "2026-10")
	draft := *p
	draft.Approval = nil
	tampered := *p
	tampered.Tier = "other"
	old, err := one.Judge(t.Context(), p, p.Tasks[0].ID, engine.Evidence{})
	require.NoError(t, err)
	good := engine.RejudgeRequest{Plan: p, Planned: one, Task: p.Tasks[0].ID, Previous: old}
	for want, c := range map[string]struct {
		by     *engine.Standard
		change func(*engine.RejudgeRequest)
	}{
		"there is no plan":       {two, func(r *engine.RejudgeRequest) { r.Plan = nil }},
		"is a draft":             {two, func(r *engine.RejudgeRequest) { r.Plan = &draft }},
		"was changed after":      {two, func(r *engine.RejudgeRequest) { r.Plan = &tampered }},
		"must be given":          {two, func(r *engine.RejudgeRequest) { r.Planned = nil }},
		"Previous":               {two, func(r *engine.RejudgeRequest) { r.Previous = nil }},
		"has no task":            {two, func(r *engine.RejudgeRequest) { r.Task = "x" }},
		"is not one of the task": {two, func(r *engine.RejudgeRequest) { r.Task = p.Tasks[1].ID }},
		"was made with":          {two, func(r *engine.RejudgeRequest) { r.Planned = two }},
		"can't judge it":         {other, func(*engine.RejudgeRequest) {}},
		"Before is version 2":    {two, func(r *engine.RejudgeRequest) { r.Before = two }},
	} {
		r := good
		c.change(&r)
		result, d, err := c.by.Rejudge(t.Context(), r)
		assert.Nil(t, result)
		assert.Nil(t, d)
		var no *engine.Refusal
		require.ErrorAs(t, err, &no, want)
		assert.Contains(t, no.Words.EN, want)
		assert.NotEqual(t, no.Words.ZH, no.Words.EN)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	result, d, err := two.Rejudge(ctx, good)
	require.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, result)
	assert.Nil(t, d)
}

// Two results alone: equal standards mean the evidence, unequal ones leave it
// open; a difference survives JSON, and of other tasks there is none.
func TestDiffResults(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	one, two := version(t, rejudgeOne, "1"), version(t, rejudgeTwo, "2")
	p := minutesOf{"P1": {5, 12}, "P2": {5}}.plan(t, one, "2026-10")
	task := p.Tasks[0].ID
	e := given{minutes: []int{5, 12}, tidy: []int{1, 1}, asked: 10, sign: 1}.evidence(task)
	a, err := one.Judge(ctx, p, task, e)
	require.NoError(t, err)
	e.Submissions = e.Submissions[1:]
	b, err := one.Judge(ctx, p, task, e)
	require.NoError(t, err)
	d, err := engine.DiffResults(a, b, nil)
	require.NoError(t, err)
	require.Len(t, d.Changes, 1, "the part fails anyway")
	assert.Equal(t, "evidence", d.Changes[0].Cause)
	assert.Equal(t, engine.Decided, d.Changes[0].Old.State)
	assert.Equal(t, engine.NotInspected, d.Changes[0].New.State)
	none, err := engine.DiffResults(a, a, b)
	require.NoError(t, err)
	assert.Empty(t, none.Changes)

	c, full, err := two.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: one, Task: task, Evidence: e, Previous: a})
	require.NoError(t, err)
	open, err := engine.DiffResults(a, c, nil)
	require.NoError(t, err)
	require.Len(t, open.Changes, len(full.Changes))
	for _, x := range open.Changes {
		assert.Equal(t, "undetermined", x.Cause)
	}
	again, err := engine.DiffResults(a, c, b)
	require.NoError(t, err)
	assert.Equal(t, full.Changes, again.Changes)
	for _, x := range []*engine.ResultDiff{none, open, full, again} {
		require.NoError(t, schematest.Check(engine.ResultDiffSchema, []byte(asJSON(t, x))))
	}
	require.NoError(t, schematest.Check(engine.ResultSchema, []byte(asJSON(t, c))), "with previous")

	// Results that were stored and read again differ in the same.
	var stored [2]engine.Result
	for i, r := range []*engine.Result{a, c} {
		data, err := json.Marshal(r)
		require.NoError(t, err)
		require.NoError(t, json.Unmarshal(data, &stored[i]))
	}
	read, err := engine.DiffResults(&stored[0], &stored[1], b)
	require.NoError(t, err)
	assert.Equal(t, asJSON(t, again), asJSON(t, read))

	other, err := one.Judge(ctx, p, p.Tasks[1].ID, engine.Evidence{})
	require.NoError(t, err)
	for _, bad := range [][3]*engine.Result{{nil, a}, {a, nil}, {a, other}, {a, c, c}, {a, c, other}} {
		_, err := engine.DiffResults(bad[0], bad[1], bad[2])
		var no *engine.Refusal
		require.ErrorAs(t, err, &no)
	}
	// Twin verdicts of a broken document are told apart.
	twins := *a
	twins.Verdicts = append(slices.Clone(a.Verdicts), a.Verdicts[0])
	d, err = engine.DiffResults(a, &twins, nil)
	require.NoError(t, err)
	require.Len(t, d.Changes, 1)
	assert.Nil(t, d.Changes[0].Old)
}
