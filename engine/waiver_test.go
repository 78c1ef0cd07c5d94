package engine_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

const waiverRules = `lang 1
record Post { open : bool }
item 1 "Posts" {
  every month
  sample all Post
  observe "is the post manned" -> manned : bool
  fail when not manned : "not manned"
}
`

type posts []string

func (p posts) Frame(context.Context, engine.FrameQuery) (engine.Frame, error) {
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		for _, id := range p {
			if !yield(engine.FrameUnit{ID: id, Values: map[string]any{"open": true}}, nil) {
				return
			}
		}
	}}, nil
}

// A waived unit is counted apart and no longer decides the part; once its
// waiver has run out it does again.
func TestWaivers(t *testing.T) {
	ctx := context.Background()
	s, _, err := engine.Load(ctx, fstest.MapFS{"a.chk": {Data: []byte(waiverRules)}}, ".", engine.Options{})
	require.NoError(t, err)
	period, err := engine.ParsePeriod("2026-10", nil)
	require.NoError(t, err)
	plan, err := s.MakePlan(ctx, engine.PlanRequest{
		Tier: "region", Period: period, Inspected: []string{"P1"}, Frames: posts{"north", "south"}, Seed: []byte("sixteen bytes or more"),
		Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1"}}},
	})
	require.NoError(t, err)
	plan, err = plan.Approve(engine.Approval{By: "boss", At: period.Start})
	require.NoError(t, err)
	answer := func(unit string, manned bool) engine.Submission {
		return engine.Submission{ID: unit, Task: plan.Tasks[0].ID, Part: "1", Unit: unit, Answers: map[string]any{"manned": manned}, By: "inspector"}
	}
	judge := func(waivers ...engine.Waiver) map[string]engine.Answer {
		r, err := s.Judge(ctx, plan, plan.Tasks[0].ID, engine.Evidence{Submissions: []engine.Submission{answer("north", true), answer("south", false)}, Waivers: waivers})
		require.NoError(t, err)
		out := map[string]engine.Answer{}
		for _, v := range r.Verdicts {
			out[v.Level+v.Unit] = v.Answer
		}
		return out
	}
	fail := engine.Answer{State: engine.Decided, Best: engine.Fail, Worst: engine.Fail}
	pass := engine.Answer{State: engine.Decided, Best: engine.Pass, Worst: engine.Pass}
	assert.Equal(t, fail, judge()["part"])

	waiver := engine.Waiver{Part: "1", Unit: "south", Reason: "being rebuilt", By: "boss", At: period.Start, Until: period.End}
	waived := judge(waiver)
	assert.Equal(t, pass, waived["part"])
	assert.Equal(t, engine.Answer{State: engine.Waived, Best: engine.Fail, Worst: engine.Fail}, waived["unitsouth"], "what it would be stands beside the waiver")

	other := waiver
	other.Unit = "north"
	assert.Equal(t, engine.NotApplicable, judge(waiver, other)["part"].State, "nothing is left to judge, which is no pass")

	waiver.Until = period.End.Add(-24 * time.Hour)
	assert.Equal(t, fail, judge(waiver)["part"], "the waiver has run out")
	waiver.Until, waiver.Reason = period.End, ""
	assert.Equal(t, fail, judge(waiver)["part"], "a waiver without a reason is none")
}

// A subject that is excused keeps the technical outcome and its reasons beside
// the waiver; nothing above it counts them, no finding is opened, and one that
// was opened before stays.
func TestWaivedSubject(t *testing.T) {
	ctx := context.Background()
	s, _, err := engine.Load(ctx, fstest.MapFS{"a.chk": {Data: []byte(`lang 1
item 1 "Sign" { every month
  observe "is there a sign" -> sign : bool
  fail missing when not sign : "no sign"
}
item 2 "Lamp" { every month
  observe "is there a lamp" -> lamp : bool
  fail dark when not lamp : "no lamp"
}
`)}}, ".", engine.Options{})
	require.NoError(t, err)
	period, err := engine.ParsePeriod("2026-10", nil)
	require.NoError(t, err)
	plan, err := s.MakePlan(ctx, engine.PlanRequest{
		Tier: "region", Period: period, Inspected: []string{"P1"}, Seed: []byte("sixteen bytes or more"), Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1"}}},
	})
	require.NoError(t, err)
	plan, err = plan.Approve(engine.Approval{By: "boss", At: period.Start})
	require.NoError(t, err)
	task := plan.Tasks[0].ID
	e := engine.Evidence{Submissions: []engine.Submission{
		{ID: "a", Task: task, Part: "1", Answers: map[string]any{"sign": false}, By: "x"}, {ID: "b", Task: task, Part: "2", Answers: map[string]any{"lamp": true}, By: "x"},
	}}
	before, err := s.Judge(ctx, plan, task, e)
	require.NoError(t, err)
	opened, err := s.OpenFindings(engine.FindingRequest{Scope: "t", Result: before, By: "x", At: period.End})
	require.NoError(t, err)
	require.Len(t, opened, 1)
	known := foldFinding(t, opened...)

	e.Waivers = []engine.Waiver{{Part: "1", Reason: "being rebuilt", By: "boss", At: period.Start, Until: period.End}}
	after, err := s.Judge(ctx, plan, task, e)
	require.NoError(t, err)
	v := part(t, after, "1", "")
	assert.Equal(t, engine.Answer{State: engine.Waived, Best: engine.Fail, Worst: engine.Fail}, v.Answer)
	require.Len(t, v.Reasons, 2)
	assert.Equal(t, []string{"waived", "finding"}, []string{v.Reasons[0].Key, v.Reasons[1].Key})
	total := after.Verdicts[len(after.Verdicts)-1]
	assert.Equal(t, engine.Answer{State: engine.Decided, Best: engine.Pass, Worst: engine.Pass}, total.Answer)
	assert.Equal(t, map[string]int{"not_applicable": 1, "pass": 1}, total.Counts)
	require.NoError(t, schematest.Check(engine.ResultSchema, []byte(asJSON(t, after))))
	for _, list := range []map[string]engine.Finding{nil, {known.ID: known}} {
		events, err := s.OpenFindings(engine.FindingRequest{Scope: "t", Result: after, Known: list, By: "x", At: period.End})
		require.NoError(t, err)
		assert.Empty(t, events)
	}
	d, err := engine.DiffResults(before, after, nil)
	require.NoError(t, err)
	assert.Len(t, d.Changes, 3, "part, item and the whole")
}
