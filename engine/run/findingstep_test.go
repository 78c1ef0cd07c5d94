package run_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
)

const stepSettings = `"submissions": ["answers.jsonl"], "steps": "steps.jsonl"`

// withdrawal is a step on the finding of A1.
const withdrawal = `{"schema":"pinjian/finding-step/1","subject":"P1","unit":"A1","label":"未及时派单","command":{"kind":"withdraw","by":"Wu","at":"2026-11-04T09:00:00+08:00","fields":{"reason":"wrong clock"}}}` + "\n"

// stepped opens the findings of the small run and takes its steps, twice.
func stepped(t *testing.T, steps string) ([]engine.FindingEvent, *run.FindingLog, error) {
	t.Helper()
	f, err := run.Open(t.Context(), folder("run.json", strings.Replace(settings, `"submissions": ["answers.jsonl"]`, stepSettings, 1), "steps.jsonl", steps), ".", engine.Options{})
	if err != nil {
		return nil, nil, err
	}
	p, err := f.Plan(t.Context())
	require.NoError(t, err)
	results, err := f.Judge(t.Context(), p)
	require.NoError(t, err)
	log, err := f.Log()
	require.NoError(t, err)
	_, err = f.OpenFindings(t.Context(), log, results, "Li", f.Configuration.Now)
	require.NoError(t, err)
	events, err := f.TakeSteps(t.Context(), log)
	if err == nil {
		again, err := f.TakeSteps(t.Context(), log)
		require.NoError(t, err)
		assert.Empty(t, again, "steps that were taken bring nothing")
	}
	return events, log, err
}

func TestSteps(t *testing.T) {
	t.Parallel()
	events, log, err := stepped(t, withdrawal+"\n")
	require.NoError(t, err)
	require.Len(t, events, 1)
	assert.Equal(t, "withdraw", events[0].Kind)
	f, err := log.Find(events[0].Finding)
	require.NoError(t, err)
	assert.Equal(t, engine.FindingState("withdrawn"), f.State)
	byID := strings.Replace(withdrawal, `"subject":"P1","unit":"A1","label":"未及时派单"`, `"finding":"`+f.ID[:12]+`"`, 1)
	_, log, err = stepped(t, byID)
	require.NoError(t, err)
	f, err = log.Find(f.ID)
	require.NoError(t, err)
	assert.Equal(t, engine.FindingState("withdrawn"), f.State)
}

func TestStepsThatCantBeTaken(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ steps, want string }{
		"half a line":   {withdrawal[:40], "line 1 is no step"},
		"another form":  {strings.Replace(withdrawal, "step/1", "step/2", 1), "line 1: schema"},
		"no finding":    {strings.Replace(withdrawal, `"A1"`, `"A9"`, 1), "means 0 findings"},
		"two findings":  {strings.Replace(withdrawal, `"unit":"A1","label":"未及时派单",`, "", 1), "means 2 findings"},
		"no such step":  {strings.Replace(withdrawal, `"withdraw"`, `"burn"`, 1), "step 1"},
		"not possible":  {strings.Replace(withdrawal, `"reason":"wrong clock"`, `"how":"by mail"`, 1), "step 1"},
		"after the end": {withdrawal + strings.Replace(withdrawal, "wrong clock", "again", 1), "step 2"},
	} {
		_, _, err := stepped(t, c.steps)
		require.ErrorContains(t, err, c.want, name)
	}
}
