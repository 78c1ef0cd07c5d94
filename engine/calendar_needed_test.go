package engine_test

import (
	"context"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

// A year without calendar data is an error only where something hangs on it:
// not where the other side of a condition decides, neither for the closures
// nor for the exact evaluator behind measures and explanations.
func TestCalendarIsAskedOnlyWhereItDecides(t *testing.T) {
	s, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(`lang 1
standard a "A" { version "1"; calendar "cn" }
record Order { closed : bool, from : date, to : date }
item 1 "Orders" {
  every month
  sample all Order
  fail when not closed and workdays(from, to) > 3 : "late"
}
item 2 "Share" {
  every month
  sample all Order
  measure share(closed or workdays(from, to) <= 3)
  target >= 100%
}
`)}}, ".", engine.Options{Audit: true})
	require.NoError(t, err)
	unit := func(closed bool) map[string]any {
		return map[string]any{"closed": closed, "from": "2026-12-30", "to": "2027-01-18"}
	}
	v, _, err := s.JudgeUnit("1", unit(true), engine.Setting{})
	require.NoError(t, err)
	assert.Equal(t, engine.Pass, v.Worst)
	_, _, err = s.JudgeUnit("1", unit(false), engine.Setting{})
	require.ErrorContains(t, err, "2027")

	batch, err := engine.NewBatch(s, "2", nil)
	require.NoError(t, err)
	require.Empty(t, batch.Append("A1", unit(true)))
	whole, err := s.JudgeBatch(context.Background(), "2", batch, engine.Setting{})
	require.NoError(t, err)
	assert.Equal(t, engine.Answer{State: engine.Decided, Best: engine.Pass, Worst: engine.Pass}, whole.Answer)
}
