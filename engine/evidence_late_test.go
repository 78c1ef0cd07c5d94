package engine_test

import (
	"encoding/json"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

// Devices that were offline deliver late, in pieces, more than once, and with
// clocks of their own: when something arrived never shows in a result, and at
// every moment what has arrived decides no more than all of it does.
func TestOfflineDevices(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	day := time.Date(2026, 11, 23, 9, 0, 0, 0, time.UTC)
	rapid.Check(t, func(t *rapid.T) {
		var all []engine.Submission
		for i, unit := range w.drawn {
			all = append(all, engine.Submission{
				ID: "unit " + unit, Part: "1", Unit: unit, Answers: map[string]any{"done": rapid.Bool().Draw(t, "done")}, By: "Li",
				DoneAt: day.Add(time.Duration(i) * time.Hour),
			})
		}
		all = append(all, subject("asked", map[string]any{"minutes": rapid.SampledFrom([]int{10, 20}).Draw(t, "minutes")}))
		for _, unit := range w.ranged {
			all = append(all, engine.Submission{ID: "range " + unit, Part: "4", Unit: unit, Answers: map[string]any{"complete": rapid.Bool().Draw(t, "complete")}, By: "Wang"})
		}
		whole, err := json.Marshal(w.judge(t, slices.Clone(all)...))
		require.NoError(t, err)
		last := w.judge(t, slices.Clone(all)...)

		var arrived []engine.Submission
		for n, s := range rapid.Permutation(all).Draw(t, "arrival") {
			s.ReceivedAt = day.AddDate(0, 0, n) // the server's clock
			if rapid.Bool().Draw(t, "sent again") {
				again := s
				again.ReceivedAt = s.ReceivedAt.Add(time.Hour)
				arrived = append(arrived, again)
			}
			arrived = append(arrived, s)
			if rapid.IntRange(0, 7).Draw(t, "looked at") > 0 {
				continue
			}
			partial := w.judge(t, slices.Clone(arrived)...)
			require.Empty(t, partial.Conflicts)
			d, err := engine.DiffResults(partial, last, nil)
			require.NoError(t, err)
			for _, c := range d.Changes {
				require.NotNil(t, c.Old)
				require.NotNil(t, c.New)
				require.True(t, c.New.Best >= c.Old.Best && c.New.Worst <= c.Old.Worst, "more answers only narrow a verdict: %v to %v", c.Old.Answer, c.New.Answer)
				require.False(t, c.Old.State == engine.Decided && c.New.Answer != c.Old.Answer, "a decided verdict stands")
			}
		}
		got, err := json.Marshal(w.judge(t, arrived...))
		require.NoError(t, err)
		require.Equal(t, string(whole), string(got))
	})
}

// An answer that arrives after the task was closed still counts: the verdict is
// then about one unit more, which a difference to the earlier result names.
func TestAnswersAfterClosing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	list := []engine.Submission{{ID: "end", Closes: true}}
	for i, unit := range w.ranged[:3] {
		list = append(list, engine.Submission{ID: unit, Part: "4", Unit: unit, Answers: map[string]any{"complete": i < 2}, By: "Li"})
	}
	early, late := w.judge(t, slices.Clone(list[:3])...), w.judge(t, slices.Clone(list)...)
	assert.True(t, early.Closed && late.Closed)
	assert.Equal(t, 2, part(t, early, "4", "").Sample.Drawn)
	assert.Equal(t, 3, part(t, late, "4", "").Sample.Drawn)
	assert.NotEqual(t, early.ID, late.ID, "another result, beside the first")
	d, err := engine.DiffResults(early, late, nil)
	require.NoError(t, err)
	added := 0
	for _, c := range d.Changes {
		assert.Equal(t, "evidence", c.Cause)
		if c.Old == nil {
			added++
			assert.Equal(t, w.ranged[2], c.New.Unit)
		}
	}
	assert.Equal(t, 1, added)
}
