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

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/sampling"
)

// decided is who decides on exceptions, when and why.
func decided(a engine.Amendment) engine.Amendment {
	a.Reason, a.By, a.At = "the household moved out", "chief", time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	return a
}

// approvedPlan is a plan with a reserve, of a sample of two out of eight.
func approvedPlan(t require.TestingT) (*engine.Standard, *engine.Plan, engine.PlanRequest) {
	s := load(t, drawnRules)
	var frame rows
	for i := range 8 {
		frame = append(frame, order(fmt.Sprintf("A%d", i)))
	}
	r := request(t, s, frame)
	r.Reserve = 3
	draft, err := s.MakePlan(context.Background(), r)
	require.NoError(t, err)
	p, err := draft.Approve(engine.Approval{By: "chief", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	return s, p, r
}

// TestAmendments: each kind changes what is inspected, is recorded with its reason, and leaves the plan as it was approved
// beside it.
func TestAmendments(t *testing.T) {
	t.Parallel()
	s, p, r := approvedPlan(t)
	task := p.Tasks[0]
	was := task.Draws[0].Units

	replaced, err := p.Amend(decided(engine.Amendment{Kind: "replacement", Task: task.ID, Part: "1", Unit: was[0], Cause: sampling.Gone}))
	require.NoError(t, err)
	now, ok := replaced.Task(task.ID)
	require.True(t, ok)
	assert.Len(t, now.Draws[0].Units, 2)
	assert.NotContains(t, now.Draws[0].Units, was[0])
	assert.Equal(t, was, replaced.Tasks[0].Draws[0].Units, "what was approved stays")
	assert.Equal(t, p.Digest, replaced.Digest)
	checkPlan(t, replaced)
	sheet, err := s.MakeSheet(replaced, task.ID, nil)
	require.NoError(t, err)
	var shown []string
	for _, item := range sheet.Items {
		for _, u := range item.Units {
			shown = append(shown, u.ID)
		}
	}
	assert.NotContains(t, shown, was[0])

	extended, err := s.ExtendDraw(t.Context(), replaced, decided(engine.Amendment{Task: task.ID, Part: "1"}), 3, r.Frames)
	require.NoError(t, err)
	now, _ = extended.Task(task.ID)
	assert.Len(t, now.Draws[0].Units, 5)

	waived, err := extended.Amend(decided(engine.Amendment{Kind: "waiver", Task: task.ID, Part: "1", Unit: now.Draws[0].Units[4]}))
	require.NoError(t, err)
	result, err := s.Judge(t.Context(), waived, task.ID, engine.Evidence{})
	require.NoError(t, err)
	states := map[engine.State]int{}
	for _, v := range result.Verdicts {
		if v.Level == "unit" {
			states[v.State]++
		}
	}
	assert.Equal(t, map[engine.State]int{engine.Waived: 1, engine.NotInspected: 4}, states)

	handed, err := waived.Amend(decided(engine.Amendment{Kind: "reassignment", Task: task.ID, Inspector: "Zhao"}))
	require.NoError(t, err)
	now, _ = handed.Task(task.ID)
	assert.Equal(t, "Zhao", now.Inspector)

	withdrawn, err := handed.Amend(decided(engine.Amendment{Kind: "withdrawal", Task: task.ID, Part: "1"}))
	require.NoError(t, err)
	now, _ = withdrawn.Task(task.ID)
	for _, d := range now.Draws {
		assert.NotContains(t, d.Parts, "1")
	}
	assert.Len(t, withdrawn.Amendments, 5)
	data := checkPlan(t, withdrawn)
	read, err := engine.DecodePlan(data)
	require.NoError(t, err)
	again, err := json.Marshal(read)
	require.NoError(t, err)
	assert.JSONEq(t, string(data), string(again))
	v, err := s.VerifyPlan(t.Context(), read, engine.PlanRequest{Frames: r.Frames})
	require.NoError(t, err)
	assert.True(t, v.Repeatable, "%v", v.Differences)

	// Nobody changes, drops or reorders an exception unseen.
	for name, tamper := range map[string]func(*engine.Plan){
		"reason":  func(p *engine.Plan) { p.Amendments[1].Reason = "another" },
		"dropped": func(p *engine.Plan) { p.Amendments = slices.Delete(slices.Clone(p.Amendments), 0, 1) },
		"swapped": func(p *engine.Plan) {
			p.Amendments = slices.Clone(p.Amendments)
			p.Amendments[2], p.Amendments[3] = p.Amendments[3], p.Amendments[2]
		},
	} {
		bad, err := engine.DecodePlan(data)
		require.NoError(t, err)
		tamper(bad)
		_, err = s.Judge(t.Context(), bad, task.ID, engine.Evidence{})
		require.Error(t, err, name)
		v, err := s.VerifyPlan(t.Context(), bad, engine.PlanRequest{Frames: r.Frames})
		require.NoError(t, err)
		require.False(t, v.Repeatable, name)
		assert.True(t, strings.HasPrefix(v.Differences[0].Path, "amendments["), name)
	}
}

// TestAmendmentsRefused: an exception needs a reason, a name and a time, and must fit the plan.
func TestAmendmentsRefused(t *testing.T) {
	t.Parallel()
	s, p, r := approvedPlan(t)
	task := p.Tasks[0].ID
	unit := p.Tasks[0].Draws[0].Units[0]
	for name, c := range map[string]struct {
		a    engine.Amendment
		want string
	}{
		"no reason":      {engine.Amendment{Kind: "reassignment", Task: task, Inspector: "Zhao"}, "reason"},
		"no kind":        {decided(engine.Amendment{Task: task, Part: "1"}), "no kind"},
		"no such task":   {decided(engine.Amendment{Kind: "withdrawal", Task: "x"}), `no task "x"`},
		"no such part":   {decided(engine.Amendment{Kind: "withdrawal", Task: task, Part: "9"}), `no part "9"`},
		"nobody":         {decided(engine.Amendment{Kind: "reassignment", Task: task}), "inspector"},
		"no such unit":   {decided(engine.Amendment{Kind: "replacement", Task: task, Part: "1", Unit: "Z", Cause: sampling.Gone}), "not in the sample"},
		"no such cause":  {decided(engine.Amendment{Kind: "replacement", Task: task, Part: "1", Unit: unit, Cause: "lazy"}), "no reason to replace"},
		"not drawn":      {decided(engine.Amendment{Kind: "replacement", Task: task, Part: "2", Unit: unit, Cause: sampling.Gone}), "not drawn"},
		"waived unit":    {decided(engine.Amendment{Kind: "waiver", Task: task, Part: "1", Unit: "Z"}), `no unit "Z"`},
		"foreign sample": {decided(engine.Amendment{Kind: "extension", Task: task, Part: "1"}), "extended sample"},
	} {
		_, err := p.Amend(c.a)
		require.ErrorContains(t, err, c.want, name)
	}
	draft, err := s.MakePlan(t.Context(), r)
	require.NoError(t, err)
	_, err = draft.Amend(decided(engine.Amendment{Kind: "withdrawal", Task: task}))
	require.ErrorContains(t, err, "draft")
	_, err = s.ExtendDraw(t.Context(), p, decided(engine.Amendment{Task: task, Part: "1"}), 2, rows{order("B1"), order("B2"), order("B3")})
	require.Error(t, err, "another frame")
}

// TestReassignIsMinimal: when people drop out, only their tasks change hands as long as others have room; where they have
// not, as few move as an exhaustive search finds.
func TestReassignIsMinimal(t *testing.T) {
	t.Parallel()
	s := load(t, assignRules)
	rapid.Check(t, func(t *rapid.T) {
		projects := rapid.IntRange(1, 5).Draw(t, "projects")
		var people []engine.Person
		var interests []engine.Interest
		for i := range rapid.IntRange(2, 4).Draw(t, "people") {
			x := engine.Person{ID: fmt.Sprintf("I%d", i)}
			people = append(people, x)
			for p := range projects {
				if rapid.IntRange(0, 3).Draw(t, "barred") == 0 {
					interests = append(interests, engine.Interest{Person: x.ID, Subject: fmt.Sprintf("P%d", p+1)})
				}
			}
		}
		r := assigning(t, s, "region", projects, people, interests)
		r.MostTasks = rapid.IntRange(1, 3).Draw(t, "most")
		draft, err := s.MakePlan(t.Context(), r)
		require.NoError(t, err)
		if len(draft.Problems) > 0 {
			return
		}
		p, err := draft.Approve(engine.Approval{By: "chief", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)})
		require.NoError(t, err)
		gone := rapid.IntRange(0, len(people)-1).Draw(t, "gone")
		left := slices.Delete(slices.Clone(people), gone, gone+1)
		r.Organisation.People = left
		out, problems, err := s.Reassign(t.Context(), p, r, decided(engine.Amendment{}))
		require.NoError(t, err)
		best := fewestChanges(p, left, interests, r.MostTasks)
		if best < 0 {
			require.NotEmpty(t, problems)
			return
		}
		require.Empty(t, problems)
		require.Len(t, out.Amendments, best)
		loads := map[string]int{}
		for i := range out.Tasks {
			task, ok := out.Task(out.Tasks[i].ID)
			require.True(t, ok)
			require.NotEqual(t, people[gone].ID, task.Inspector)
			require.False(t, slices.ContainsFunc(interests, func(x engine.Interest) bool {
				return x.Person == task.Inspector && x.Subject == task.Subject.ID
			}))
			loads[task.Inspector]++
			require.LessOrEqual(t, loads[task.Inspector], r.MostTasks)
		}
	})
}

// fewestChanges tries every assignment; -1 when none gives all tasks.
func fewestChanges(p *engine.Plan, people []engine.Person, interests []engine.Interest, most int) int {
	best := -1
	loads := map[string]int{}
	var try func(at, changes int)
	try = func(at, changes int) {
		if best >= 0 && changes >= best {
			return
		}
		if at == len(p.Tasks) {
			best = changes
			return
		}
		for _, x := range people {
			barred := slices.ContainsFunc(interests, func(i engine.Interest) bool { return i.Person == x.ID && i.Subject == p.Tasks[at].Subject.ID })
			if barred || loads[x.ID] == most {
				continue
			}
			loads[x.ID]++
			next := changes
			if p.Tasks[at].Inspector != x.ID {
				next++
			}
			try(at+1, next)
			loads[x.ID]--
		}
	}
	try(0, 0)
	return best
}

// TestVerifyNamesWhatChanged: a seed, table, calendar, organisation or frame that is not the one of the plan is named.
func TestVerifyNamesWhatChanged(t *testing.T) {
	t.Parallel()
	s := threeLevel(t)
	r := tierRun(t, s, "region_tier", "2026-10", company(2, 6))
	r.Items = []string{"continuous/005/4.1.3"}
	draft, err := s.MakePlan(t.Context(), r)
	require.NoError(t, err)
	p, err := draft.Approve(engine.Approval{By: "chief", At: time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	v, err := s.VerifyPlan(t.Context(), p, r)
	require.NoError(t, err)
	require.True(t, v.Repeatable, "%v", v.Differences)
	assert.Equal(t, len(p.Tasks)+2, v.Draws, "the draws of units and of subjects")
	for want, change := range map[string]func(*engine.PlanRequest){
		"seed_hash": func(r *engine.PlanRequest) { r.Seed = []byte("another seed of 16") },
		"rules.table 月度样本量": func(r *engine.PlanRequest) {
			table := sizes()["monthly_sizes"]
			table.Rows[2].Size = 4
			r.Tables = map[string]sampling.Table{"monthly_sizes": table}
		},
		"selections.R01.": func(r *engine.PlanRequest) { r.Organisation = company(2, 7) },
		"inspector": func(r *engine.PlanRequest) {
			r.Organisation.People = slices.DeleteFunc(slices.Clone(r.Organisation.People), func(x engine.Person) bool { return x.ID == p.Tasks[0].Inspector })
		},
		"frameDigest": func(r *engine.PlanRequest) { r.Frames = everywhere(s, 5) },
	} {
		again := r
		change(&again)
		v, err := s.VerifyPlan(t.Context(), p, again)
		require.NoError(t, err)
		require.False(t, v.Repeatable, want)
		assert.True(t, slices.ContainsFunc(v.Differences, func(d engine.Difference) bool { return strings.HasPrefix(d.Path, want) }), "%s: %v", want, v.Differences)
	}
	other := load(t, strings.Replace(assignRules, "standard assigning", "standard other", 1))
	v, err = other.VerifyPlan(t.Context(), p, engine.PlanRequest{Frames: r.Frames})
	require.NoError(t, err)
	assert.Equal(t, "standard.digest", v.Differences[0].Path)
}

// edited is the Chinese calendar under another edition.
type edited struct{ engine.Calendar }

func (edited) Edition() string { return "another" }

// TestVerifyNamesTheCalendar: a plan made by one edition of the business calendar is told from one made by another.
func TestVerifyNamesTheCalendar(t *testing.T) {
	t.Parallel()
	rules := fstest.MapFS{"a.chk": {Data: []byte(strings.Replace(drawnRules, `zone "Asia/Shanghai" }`, `zone "Asia/Shanghai"; calendar "cn" }`, 1))}}
	s, _, err := engine.Load(t.Context(), rules, ".", engine.Options{})
	require.NoError(t, err)
	r := request(t, s, rows{order("A"), order("B"), order("C")})
	p, err := s.MakePlan(t.Context(), r)
	require.NoError(t, err)
	later, _, err := engine.Load(t.Context(), rules, ".", engine.Options{Calendars: map[string]engine.Calendar{"cn": edited{engine.ChineseCalendar()}}})
	require.NoError(t, err)
	v, err := later.VerifyPlan(t.Context(), p, r)
	require.NoError(t, err)
	require.Len(t, v.Differences, 1)
	assert.Equal(t, "rules.calendar cn", v.Differences[0].Path)
	assert.Equal(t, "another", v.Differences[0].Got)
}
