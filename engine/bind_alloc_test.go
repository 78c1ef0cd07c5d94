//go:build !race

package engine_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

// This file is left out under the race detector, which empties pools at random
// and so allocates where an ordinary build does not.

func TestJudgingABoundStructAllocatesNothing(t *testing.T) {
	s := continuous(t)
	b, err := engine.Bind[workOrder](s, "005/4.1.3")
	require.NoError(t, err)
	list, err := engine.BindAll[workOrder](s, workOrderParts...)
	require.NoError(t, err)
	month, err := engine.ParsePeriod("2026-11", s.Zone())
	require.NoError(t, err)
	at := engine.Setting{Period: month}
	registered := time.Date(2026, 11, 3, 9, 0, 0, 0, s.Zone())
	o := workOrder{RegisteredAt: registered, DispatchedAt: engine.Known(registered.Add(11 * time.Minute)), Status: "done"}
	require.Equal(t, engine.Answer{State: engine.Decided, Best: engine.Fail, Worst: engine.Fail}, b.Judge(&o, &at))
	answers := make([]engine.Answer, 0, len(workOrderParts))
	assert.Zero(t, testing.AllocsPerRun(100, func() { b.Judge(&o, &at) }))
	var basis engine.Basis
	assert.Zero(t, testing.AllocsPerRun(100, func() { b.JudgeOn(&o, &at, &basis) }))
	assert.Zero(t, testing.AllocsPerRun(100, func() { answers = list.Judge(&o, &at, answers[:0]) }))
}
