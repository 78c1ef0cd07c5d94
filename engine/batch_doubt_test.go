package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/internal/rapidtest"
)

// Units of which it is not known whether they are in the sample never make a
// verdict claim more than holds whichever of them are, and shares and counts
// reach as far as those make them, and no further.
func TestDoubtfulUnitsAreCountedAsOpen(t *testing.T) {
	decided, exact := map[engine.Answer]int{}, 0
	rapid.Check(t, func(t *rapid.T) {
		var b strings.Builder
		b.WriteString("lang 1\nrecord Order { kept : bool, late : bool, lost : bool, places : int 0.. }\nitem 1 \"Doubtful\" {\n  every month\n  sample 100% Order where kept\n")
		clause := rapid.SampledFrom([]string{"fail when late : \"late\"", "observation when places > 3 : \"many\"", "major when late and lost : \"lost\"", "pass when places <= 6", "deduct 2 when lost at most 5 : \"points\"", "award 3 when not late"})
		sample := rapid.SampledFrom([]string{"fail when count(late) > 1 : \"often\"", "major when share(lost) >= 0.5 : \"half\"", "observation when sum(places) > 9 : \"sum\"", "fail when mean(places) > 4 : \"mean\"", "deduct 1 when count(late) > 0 : \"any\""})
		clauses := rapid.SliceOfNDistinct(clause, 1, 3, rapid.ID).Draw(t, "clauses")
		measure := rapid.SampledFrom([]string{"", "share(not late)", "count(late) / count(lost)", "count(late)"}).Draw(t, "measure")
		if measure != "" {
			fmt.Fprintf(&b, "  measure %s\n  target <= 0.5\n", measure)
		}
		for _, c := range append(clauses, rapid.SliceOfNDistinct(sample, 0, 2, rapid.ID).Draw(t, "sample")...) {
			fmt.Fprintf(&b, "  %s\n", c)
		}
		b.WriteString("}\n")
		text := b.String()
		s, err := loadText(text, engine.Options{})
		require.NoError(t, err, text)
		batch, err := engine.NewBatch(s, "1", nil)
		require.NoError(t, err)
		var units []engine.TestUnit
		complete := true
		for i := range rapid.IntRange(0, 5).Draw(t, "units") {
			u := engine.TestUnit{ID: fmt.Sprint(i), Values: map[string]any{}}
			for _, name := range []string{"kept", "late", "lost"} {
				unknown := map[bool]int{true: 4, false: 1}[name == "kept"]
				if rapid.IntRange(0, 11).Draw(t, name+" is known") >= unknown {
					u.Values[name] = rapid.IntRange(0, 3).Draw(t, name) > 0 == (name == "kept")
				} else if name != "kept" {
					complete = false
				}
			}
			u.Values["places"] = rapid.IntRange(0, 8).Draw(t, "places")
			units = append(units, u)
			require.Empty(t, batch.Append(u.ID, u.Values))
		}
		got, err := s.JudgeBatch(context.Background(), "1", batch, engine.Setting{})
		require.NoError(t, err)
		_, doubtful, err := s.JudgeRows("1", units, engine.Setting{}, func(int) bool { return false })
		require.NoError(t, err)
		var least, most *engine.Measure
		settledAll := true
		for belong := range 1 << doubtful {
			v, _, err := s.JudgeRows("1", units, engine.Setting{}, func(i int) bool { return belong>>i&1 == 1 })
			require.NoError(t, err)
			covers(t, got, v, fmt.Sprint(text, units, belong))
			if m := v.Measure; m == nil {
				settledAll = false
			} else {
				if least == nil || m.Least.Rat().Cmp(least.Least.Rat()) < 0 {
					least = m
				}
				if most == nil || m.Most.Rat().Cmp(most.Most.Rat()) > 0 {
					most = m
				}
			}
			if doubtful == 0 {
				require.Equal(t, asJSON(t, v), asJSON(t, got))
			}
		}
		if doubtful == 0 {
			return
		}
		decided[got.Answer]++
		if got.State == engine.Undecided {
			require.NotEmpty(t, got.Missing, text)
		}
		if m := got.Measure; m != nil && settledAll && complete && !strings.Contains(measure, "/") {
			exact++
			require.Equal(t, least.Least.String(), m.Least.String(), text)
			require.Equal(t, most.Most.String(), m.Most.String(), text)
		}
	})
	if !rapidtest.Full() {
		return
	}
	for _, a := range []engine.Answer{
		{State: engine.Decided, Best: engine.Pass, Worst: engine.Pass},
		{State: engine.Decided, Best: engine.Fail, Worst: engine.Fail},
		{State: engine.Undecided, Best: 0, Worst: engine.Fail},
		{State: engine.Undecided, Best: engine.Pass, Worst: engine.Fail},
	} {
		assert.Positive(t, decided[a], "no batch with doubtful units was %v", a)
	}
	assert.Positive(t, exact)
}
