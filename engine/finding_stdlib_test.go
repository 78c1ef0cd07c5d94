package engine_test

import (
	"context"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

// The three-level standard's response: every grade goes from open to closed by
// the duties that it declares, and by nothing less.
func TestFindingsOfTheThreeLevelStandard(t *testing.T) {
	s, _, err := engine.Load(context.Background(), stdlib.FS(), "three-level", engine.Options{})
	require.NoError(t, err)
	for grade, want := range map[engine.Outcome]struct {
		duties []string
		answer []string
		verify []string
	}{
		engine.Observation: {[]string{"correction", "record", "verification by record"}, []string{"correction", "done", "record", "log"}, nil},
		engine.Fail:        {[]string{"correction", "record", "verification by record"}, []string{"correction", "done", "record", "log"}, nil},
		engine.Major: {
			[]string{"corrective action", "preventive action", "report", "verification by record"},
			majorReport,
			[]string{"verification", "seen", "effectiveness", "held for a month"},
		},
	} {
		r := &engine.Result{ID: "r", Standard: s.Ref(), Subject: "P1", Verdicts: []engine.Verdict{{
			Level: "part", Subject: "P1", Period: "2026-09", Item: "item", Part: "item",
			Answer:  engine.Answer{State: engine.Decided, Best: grade, Worst: grade},
			Reasons: []engine.Reason{{Key: "finding", Criterion: "c", Outcome: grade}},
		}}}
		events, err := s.OpenFindings(engine.FindingRequest{Scope: "tenant", Result: r, By: "organiser", At: findingTime})
		require.NoError(t, err)
		require.Len(t, events, 1)
		f := foldFinding(t, events...)
		assert.Equal(t, want.duties, f.Outstanding())
		assert.Zero(t, f.Due, "the print names no deadline, so none is invented")
		site := findingSite{Standard: s, t: t}
		for i := 0; i < len(want.answer); i += 2 { // without any one field it is not answered
			part := slices.Delete(slices.Clone(want.answer), i, i+2)
			if e, err := s.Step(f, findingCommand(f, "answer", "project", part...)); err == nil {
				assert.Equal(t, engine.FindingState("open"), foldFinding(t, f.Events[0], e).State, want.answer[i])
			}
		}
		f = site.step(f, findingCommand(f, "answer", "project", want.answer...))
		assert.Equal(t, engine.FindingState("answered"), f.State)
		verify := append([]string{"result", "effective", "method", "by record"}, want.verify...)
		site.refuses(f, findingCommand(f, "verify", "project", verify...), "换一个人", "let somebody else")
		f = site.step(f, findingCommand(f, "verify", "organiser", verify...))
		f = site.step(f, findingCommand(f, "close", "organiser"))
		assert.Equal(t, engine.FindingState("closed"), f.State)
	}
}
