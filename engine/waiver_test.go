package engine_test

import (
	"context"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
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
	assert.Equal(t, engine.Waived, waived["unitsouth"].State)

	other := waiver
	other.Unit = "north"
	assert.Equal(t, engine.NotApplicable, judge(waiver, other)["part"].State, "nothing is left to judge, which is no pass")

	waiver.Until = period.End.Add(-24 * time.Hour)
	assert.Equal(t, fail, judge(waiver)["part"], "the waiver has run out")
	waiver.Until, waiver.Reason = period.End, ""
	assert.Equal(t, fail, judge(waiver)["part"], "a waiver without a reason is none")
}
