package inspection_test

import (
	"encoding/json"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/inspection"
)

// A log cut off anywhere is an inspection at that place, whose commands lead on
// to what the whole log says; and of two writers at one version one is stored
// and the other a named conflict.
func TestInspectionsCutOffAnywhere(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		i, taken := walk(t, planned(t, "a", ""))
		for k := 1; k <= len(i.Events); k++ {
			prefix := fold(t, i.Events[:k]...)
			require.Equal(t, k, prefix.Version)
			require.Equal(t, i.Events[:k], prefix.Events)
			if k == len(i.Events) {
				require.Equal(t, i, prefix)
				continue
			}
			next := taken[k-1]
			e, err := inspection.Step(prefix, next, none)
			require.NoError(t, err)
			require.Equal(t, i.Events[k], e, "the same command at the same version is the same event")

			rival := next
			rival.ID, rival.By = "rival", "ann"
			other, err := inspection.Step(prefix, rival, none)
			if err != nil {
				continue
			}
			require.Equal(t, e.Seq, other.Seq)
			_, err = inspection.Fold(slices.Values(append(slices.Clone(i.Events[:k]), e, other)))
			var conflict *engine.ConflictError
			require.ErrorAs(t, err, &conflict)
			require.ElementsMatch(t, []string{e.ID, other.ID}, []string{conflict.First, conflict.Second})
			_, err = inspection.Step(fold(t, i.Events[:k+1]...), rival, none)
			require.ErrorAs(t, err, &conflict)
			require.Equal(t, engine.ConflictError{Stream: "a", Seq: e.Seq, First: e.ID, Second: "rival"}, *conflict)
		}
	})
}

// FuzzFold folds whatever JSON lines say: a refusal in both languages or an
// inspection that its own events give again, never a panic.
func FuzzFold(f *testing.F) {
	i := take(f, take(f, planned(f, "a", "r"), none, running...), none, told...)
	var lines []byte
	for _, e := range i.Events {
		line, err := json.Marshal(e)
		require.NoError(f, err)
		lines = append(append(lines, line...), '\n')
		f.Add(slices.Clone(lines))
	}
	f.Add([]byte(strings.Replace(string(lines), `"seq":3`, `"seq":-3`, 1)))
	f.Add([]byte(strings.Replace(string(lines), `"kind":"judge"`, `"kind":"finish"`, 1)))
	f.Fuzz(func(t *testing.T, data []byte) {
		var events []inspection.Event
		for line := range strings.Lines(string(data)) {
			var e inspection.Event
			if json.Unmarshal([]byte(line), &e) == nil {
				events = append(events, e)
			}
		}
		folded, err := inspection.Fold(slices.Values(events))
		if err != nil {
			var r *engine.Refusal
			if !errors.As(err, &r) || r.Words.ZH == "" || r.Words.EN == "" {
				t.Fatalf("not a refusal in both languages: %v", err)
			}
			return
		}
		again, err := inspection.Fold(slices.Values(folded.Events))
		require.NoError(t, err)
		assert.Equal(t, folded, again)
		inspection.Allowed(folded, "ann", none)
	})
}
