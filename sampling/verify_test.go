package sampling

import (
	"context"
	"encoding/json"
	"slices"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTamperingIsFoundWhereItIs changes one leaf of the JSON of a record at a time. Whatever is changed, the verification
// fails; and where nothing else follows from the change, it names the place.
func TestTamperingIsFoundWhereItIs(t *testing.T) {
	units := []Unit{}
	for _, r := range []string{"a", "b", "c"} {
		for i := range 12 {
			units = append(units, Unit{ID: r + strconv.Itoa(i), Stratum: []string{r, strconv.Itoa(i % 2)}})
		}
	}
	r := Request{
		Scope: "t", Standard: "s", Version: "1", Group: "g", Subject: "p", Epoch: "e",
		Seed: Seed{Value: testSeed.Value, Party: "x", Commitment: Commitment(testSeed.Value)},
		Size: Count(2), Per: 1, Minimum: 1, Reserve: 1, Always: []string{"a3"},
	}
	rec := mustDraw(t, r, units)
	rec, err := rec.Replace(Change{Unit: rec.IDs()[3], Reason: Gone, By: "li"})
	require.NoError(t, err)
	rec, err = Extend(t.Context(), rec, Frame{Units: Units(units)}, Change{More: 1, Stratum: []string{"c"}, Reason: MoreEvidence})
	require.NoError(t, err)
	v, err := Verify(t.Context(), rec, Frame{Units: Units(units)})
	require.NoError(t, err)
	require.True(t, v.Repeatable, "%+v", v.Difference)

	// What decides nothing can be changed without a replay noticing: what is recorded only, and here the minimum,
	// since two units of two equal strata are one of each anyway.
	recordedOnly := []string{"version", "changes[0].by", "changes[0].reason", "parties[0].party", "minimum"}
	var text any
	require.NoError(t, json.Unmarshal([]byte(jsonOf(t, rec)), &text))
	changed := 0
	visitLeaves(text, "", func(path string, set func(any), old any) {
		switch value := old.(type) {
		case string:
			set(value + "x")
		case float64:
			set(value + 1)
		case bool:
			set(!value)
		}
		defer set(old)
		changed++
		var tampered Record
		if err := json.Unmarshal([]byte(jsonOf(t, text)), &tampered); err != nil {
			return
		}
		v, err := Verify(t.Context(), tampered, Frame{Units: Units(units)})
		if slices.Contains(recordedOnly, path) {
			return
		}
		if err == nil {
			require.False(t, v.Repeatable, path)
			require.NotNil(t, v.Difference)
			require.NotEqual(t, v.Difference.Want, v.Difference.Got, path)
			if len(path) > 6 && path[:6] == "chosen" {
				require.Equal(t, path, v.Difference.Path)
			}
		}
	})
	require.Greater(t, changed, 60)
}

func visitLeaves(v any, path string, visit func(path string, set func(any), old any)) {
	switch v := v.(type) {
	case map[string]any:
		for key, child := range v {
			name := key
			if path != "" {
				name = path + "." + key
			}
			if isLeaf(child) {
				visit(name, func(n any) { v[key] = n }, child)
			}
			visitLeaves(child, name, visit)
		}
	case []any:
		for i, child := range v {
			name := path + "[" + strconv.Itoa(i) + "]"
			if isLeaf(child) {
				visit(name, func(n any) { v[i] = n }, child)
			}
			visitLeaves(child, name, visit)
		}
	}
}

func isLeaf(v any) bool {
	switch v.(type) {
	case map[string]any, []any:
		return false
	}
	return true
}

func TestDifferenceNamesMissingAndAddedUnits(t *testing.T) {
	units := []Unit{{ID: "1"}, {ID: "2"}, {ID: "3"}}
	rec := mustDraw(t, Request{Seed: testSeed, Size: Count(2)}, units)
	for name, change := range map[string]func(*Record){
		"one fewer": func(r *Record) { r.Chosen = r.Chosen[:1] },
		"one more":  func(r *Record) { r.Chosen = append(slices.Clone(r.Chosen), Chosen{ID: "9"}) },
	} {
		changed := rec
		change(&changed)
		v, err := Verify(t.Context(), changed, Frame{Units: Units(units)})
		require.NoError(t, err)
		require.False(t, v.Repeatable, name)
		require.Contains(t, v.Difference.Path, "chosen", name)
	}
	v, err := Verify(t.Context(), rec, Frame{Units: Units(append(units, Unit{ID: "4"}))})
	require.NoError(t, err)
	require.Equal(t, "frameDigest", v.Difference.Path)
}

func TestSealedRecord(t *testing.T) {
	units := []Unit{{ID: "1"}, {ID: "2"}}
	rec := mustDraw(t, Request{Seed: Seed{Value: testSeed.Value, Party: "x"}, Size: Count(1)}, units)
	sealed := rec.Sealed()
	require.NotContains(t, jsonOf(t, sealed), rec.Seed)
	require.Equal(t, rec.SeedHash, sealed.SeedHash)
	require.NotEmpty(t, rec.Parties[0].Value, "the record itself stays open")
	_, err := Verify(t.Context(), sealed, Frame{Units: Units(units)})
	refused(t, err, "sealed", "seed")
	other := rec
	other.Schema = "pinjian/draw/2"
	_, err = Verify(t.Context(), other, Frame{Units: Units(units)})
	refused(t, err, "unknown-schema", "schema")
	other = rec
	other.Algorithm = "pinjian-draw/2"
	_, err = Verify(t.Context(), other, Frame{Units: Units(units)})
	refused(t, err, "unknown-algorithm", "algorithm")
}

func FuzzVerify(f *testing.F) {
	units := []Unit{{ID: "1", Stratum: []string{"a"}}, {ID: "2", Stratum: []string{"a"}}, {ID: "3", Stratum: []string{"b"}}}
	r := Request{Seed: testSeed, Size: Count(1), Reserve: 1, Frame: Frame{Units: Units(units)}}
	rec, err := Draw(context.Background(), r)
	require.NoError(f, err)
	changed, err := rec.Replace(Change{Unit: rec.IDs()[0], Reason: Gone})
	require.NoError(f, err)
	extended, err := Extend(context.Background(), changed, r.Frame, Change{More: 1, Reason: MoreEvidence})
	require.NoError(f, err)
	rotation, err := rec.Next()
	require.NoError(f, err)
	r.Rotation, r.Per = rotation, 1
	rotated, err := Draw(context.Background(), r)
	require.NoError(f, err)
	for _, seed := range []Record{rec, changed, extended, rotated} {
		f.Add([]byte(jsonOf(f, seed)))
	}
	f.Add([]byte(`{"size":{"ratio":"1e999999999"}}`))
	f.Fuzz(func(t *testing.T, text []byte) {
		var r Record
		if json.Unmarshal(text, &r) != nil {
			return
		}
		v, err := Verify(t.Context(), r, Frame{Units: Units(units)})
		if err == nil && v.Repeatable {
			_, _ = r.Next()
			again, err := json.Marshal(r)
			require.NoError(t, err)
			var back Record
			require.NoError(t, json.Unmarshal(again, &back))
		}
		_, _ = r.Replace(Change{Unit: "1", Reason: Gone})
		var s Sketch
		if json.Unmarshal(text, &s) == nil {
			_, _ = s.Record()
		}
	})
}

func FuzzIDs(f *testing.F) {
	f.Add("a", "b", "s")
	f.Add("a", "a", "\t")
	f.Add("e\u0301", "\xff", "\u0085")
	f.Fuzz(func(t *testing.T, a, b, stratum string) {
		units := []Unit{{ID: a, Stratum: []string{stratum}}, {ID: b, Stratum: []string{"x"}}}
		rec, err := Draw(t.Context(), Request{Seed: testSeed, Size: All(), Frame: Frame{Units: Units(units)}})
		if err != nil {
			var e *Error
			require.ErrorAs(t, err, &e)
			return
		}
		require.ElementsMatch(t, []string{a, b}, rec.IDs())
		var back Record
		require.NoError(t, json.Unmarshal([]byte(jsonOf(t, rec)), &back))
		v, err := Verify(t.Context(), back, Frame{Units: Units(units)})
		require.NoError(t, err)
		require.True(t, v.Repeatable, "%+v", v.Difference)
	})
}
