package sampling

import (
	"context"
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestChangesReplay makes random replacements and extensions and verifies what came of them.
func TestChangesReplay(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 1)
		r := someRequest(t, units)
		r.Method = Extendable
		rec := mustDraw(t, r, units)
		base := rec.IDs()
		frame := func() Frame { return Frame{Units: Units(shuffled(t, units))} }
		for range rapid.IntRange(1, 5).Draw(t, "changes") {
			before := jsonOf(t, rec)
			var next Record
			var err error
			ids := rec.IDs()
			if len(ids) > 0 && rapid.Bool().Draw(t, "replace") {
				next, err = rec.Replace(Change{Unit: rapid.SampledFrom(ids).Draw(t, "unit"), Reason: Unreachable, By: "王"})
			} else {
				c := Change{More: rapid.Int64Range(1, 5).Draw(t, "more"), Reason: MoreEvidence}
				if r.Per > 0 {
					c.Stratum = rapid.SampledFrom(units).Draw(t, "group").Stratum[:r.Per]
				}
				next, err = Extend(context.Background(), rec, frame(), c)
			}
			require.Equal(t, before, jsonOf(t, rec), "the record that was changed stays as it was")
			if err != nil {
				var e *Error
				require.ErrorAs(t, err, &e)
				require.Contains(t, []string{"no-reserve", "nothing-left"}, e.Code)
				continue
			}
			if more := next.Changes[len(next.Changes)-1].More; more > 0 {
				require.LessOrEqual(t, int64(len(next.Chosen)-len(rec.Chosen)), more)
				require.EqualValues(t, len(next.Chosen)-len(rec.Chosen), next.Planned-rec.Planned)
			}
			rec = next
		}
		for i, id := range base {
			require.Equal(t, id, rec.Chosen[i].ID, "nothing is dropped or moved")
		}
		seen := map[string]bool{}
		for _, c := range rec.Chosen {
			require.False(t, seen[c.ID])
			seen[c.ID] = true
			if c.Replaces != "" {
				require.Equal(t, stratumOf(rec, c.Replaces), c.Stratum)
			}
		}
		var back Record
		require.NoError(t, json.Unmarshal([]byte(jsonOf(t, rec)), &back))
		v, err := Verify(context.Background(), back, frame())
		require.NoError(t, err)
		require.True(t, v.Repeatable, "%+v", v.Difference)
	})
}

func stratumOf(r Record, id string) []string {
	for _, c := range r.Chosen {
		if c.ID == id {
			return c.Stratum
		}
	}
	return nil
}

// TestExtensionIsTheLargerDraw holds while nothing was replaced.
func TestExtensionIsTheLargerDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 2)
		n := rapid.Int64Range(1, int64(len(units))-1).Draw(t, "n")
		more := rapid.Int64Range(1, int64(len(units))-n).Draw(t, "more")
		r := Request{Seed: testSeed, Size: Count(n), Minimum: rapid.Int64Range(0, 2).Draw(t, "minimum"), Reserve: 1}
		extended, err := Extend(context.Background(), mustDraw(t, r, units), Frame{Units: Units(units)}, Change{More: more, Reason: MoreEvidence})
		require.NoError(t, err)
		r.Size = Count(n + more)
		larger := mustDraw(t, r, units)
		require.Equal(t, larger.IDs(), extended.IDs())
		require.Equal(t, larger.Strata, extended.Strata)
		require.Equal(t, larger.Reserve, extended.Reserve)
		require.Equal(t, larger.Planned, extended.Planned)
	})
}

func TestReplacementUsesTheStratumUp(t *testing.T) {
	units := []Unit{{ID: "a1", Stratum: []string{"a"}}, {ID: "a2", Stratum: []string{"a"}}, {ID: "b1", Stratum: []string{"b"}}}
	rec := mustDraw(t, Request{Seed: testSeed, Size: Count(1), Reserve: 3}, units)
	first := rec.IDs()[0]
	rec, err := rec.Replace(Change{Unit: first, Reason: Gone})
	require.NoError(t, err)
	second := rec.IDs()[0]
	require.Equal(t, "a", stratumOf(rec, second)[0])
	require.Equal(t, second, rec.Chosen[0].ReplacedBy)
	require.Equal(t, first, rec.Chosen[1].Replaces)
	rec, err = rec.Replace(Change{Unit: second, Reason: Declined})
	require.NoError(t, err)
	require.True(t, rec.Chosen[1].Vacant, "the stratum holds no third unit")
	require.Empty(t, rec.IDs())
	require.Len(t, rec.Chosen, 2)
	v, err := Verify(t.Context(), rec, Frame{Units: Units(units)})
	require.NoError(t, err)
	require.True(t, v.Repeatable, "%+v", v.Difference)

	_, err = rec.Replace(Change{Unit: second, Reason: Gone})
	refused(t, err, "unknown-unit", "change.unit")
}

func TestBadChangesAreRefused(t *testing.T) {
	units := []Unit{{ID: "1"}, {ID: "2"}, {ID: "3"}, {ID: "4"}}
	rec := mustDraw(t, Request{Seed: testSeed, Size: Count(1), Reserve: 1}, units)
	id := rec.IDs()[0]
	for _, c := range []struct {
		code, path string
		change     Change
	}{
		{"bad-reason", "change.reason", Change{Unit: id, Reason: "it rained"}},
		{"bad-reason", "change.reason", Change{Unit: id, Reason: MoreEvidence}},
		{"unknown-unit", "change.unit", Change{Unit: "9", Reason: Gone}},
		{"bad-change", "change.with", Change{Unit: id, With: "4x", Reason: Gone}},
		{"bad-change", "change", Change{Unit: id, More: 1, Reason: Gone}},
	} {
		_, err := rec.Replace(c.change)
		refused(t, err, c.code, c.path)
	}
	frame := Frame{Units: Units(units)}
	for _, c := range []struct {
		code, path string
		change     Change
	}{
		{"bad-reason", "change.reason", Change{More: 1, Reason: Gone}},
		{"bad-change", "change.more", Change{Reason: MoreEvidence}},
		{"bad-change", "change.unit", Change{More: 1, Unit: id, Reason: MoreEvidence}},
		{"bad-change", "change.stratum", Change{More: 1, Stratum: []string{"x"}, Reason: MoreEvidence}},
	} {
		_, err := Extend(t.Context(), rec, frame, c.change)
		refused(t, err, c.code, c.path)
	}
	once, err := rec.Replace(Change{Unit: id, Reason: Gone})
	require.NoError(t, err)
	_, err = once.Replace(Change{Unit: once.IDs()[0], Reason: Gone})
	refused(t, err, "no-reserve", "change.unit", "larger reserve")
	_, err = Extend(t.Context(), rec, Frame{Units: Units(units[:3])}, Change{More: 1, Reason: MoreEvidence})
	refused(t, err, "not-repeatable", "frameDigest")

	all := mustDraw(t, Request{Seed: testSeed, Size: All()}, units)
	_, err = Extend(t.Context(), all, frame, Change{More: 1, Reason: MoreEvidence})
	refused(t, err, "nothing-left", "change.more")
	systematic := mustDraw(t, Request{Seed: testSeed, Size: Count(2), Method: Systematic}, units)
	_, err = Extend(t.Context(), systematic, frame, Change{More: 1, Reason: MoreEvidence})
	refused(t, err, "bad-method", "change")
}

// TestReplacementOfAUnitThatIsAlwaysIn needs a reserve in a stratum that the draw itself didn't reach.
func TestReplacementOfAUnitThatIsAlwaysIn(t *testing.T) {
	units := []Unit{{ID: "a1", Stratum: []string{"a"}}, {ID: "a2", Stratum: []string{"a"}}, {ID: "a3", Stratum: []string{"a"}}, {ID: "b1", Stratum: []string{"b"}}}
	rec := mustDraw(t, Request{Seed: testSeed, Size: Count(1), Always: []string{"a2"}, Reserve: 1}, units)
	require.Equal(t, []string{"a2"}, rec.IDs())
	rec, err := rec.Replace(Change{Unit: "a2", Reason: Unsafe})
	require.NoError(t, err)
	require.Len(t, rec.IDs(), 1)
	require.Contains(t, []string{"a1", "a3"}, rec.IDs()[0])
	_, err = rec.Replace(Change{Unit: rec.IDs()[0], Reason: Unsafe})
	refused(t, err, "no-reserve", "change.unit")
	v, err := Verify(t.Context(), rec, Frame{Units: Units(units)})
	require.NoError(t, err)
	require.True(t, v.Repeatable, "%+v", v.Difference)
}

// TestExtensionAfterReplacements asks for units where replacements have used up what the turns would give.
func TestExtensionAfterReplacements(t *testing.T) {
	var units []Unit
	for i, stratum := range []string{"a", "a", "b", "b", "c", "c", "c", "c"} {
		units = append(units, Unit{ID: string(rune('1' + i)), Stratum: []string{stratum}})
	}
	rec := mustDraw(t, Request{Seed: testSeed, Size: Count(3), Minimum: 1, Reserve: 1}, units)
	for _, c := range rec.Chosen {
		if c.Stratum[0] != "c" {
			var err error
			rec, err = rec.Replace(Change{Unit: c.ID, Reason: Gone})
			require.NoError(t, err)
		}
	}
	frame := Frame{Units: Units(units)}
	rec, err := Extend(t.Context(), rec, frame, Change{More: 2, Reason: MoreEvidence})
	require.NoError(t, err)
	require.Len(t, rec.IDs(), 5, "two more, both of the stratum that is left")
	rec, err = Extend(t.Context(), rec, frame, Change{More: 5, Reason: MoreEvidence})
	require.NoError(t, err)
	require.Len(t, rec.IDs(), 6, "one was left")
	v, err := Verify(t.Context(), rec, frame)
	require.NoError(t, err)
	require.True(t, v.Repeatable, "%+v", v.Difference)
}
