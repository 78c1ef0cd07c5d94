package sampling

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// sketches scans units split at random over shards, some of them empty.
func sketches(t *rapid.T, r Request, units []Unit) []*Sketch {
	shards := make([][]Unit, rapid.IntRange(1, 5).Draw(t, "shards"))
	for _, u := range units {
		i := rapid.IntRange(0, len(shards)-1).Draw(t, "shard")
		shards[i] = append(shards[i], u)
	}
	var all []*Sketch
	for i, shard := range shards {
		r.Frame = Frame{Units: Units(shard), Count: int64(len(shard))}
		s, err := Scan(context.Background(), r, fmt.Sprint("shard ", i))
		require.NoError(t, err)
		if rapid.Bool().Draw(t, "over the wire") {
			var back Sketch
			require.NoError(t, json.Unmarshal([]byte(jsonOf(t, s)), &back))
			s = &back
		}
		all = append(all, s)
	}
	return all
}

// mergeAll merges in a random order and grouping, some sketches twice.
func mergeAll(t *rapid.T, all []*Sketch) *Sketch {
	pool := append([]*Sketch{}, all...)
	pool = append(pool, rapid.SampledFrom(all).Draw(t, "again"))
	for len(pool) > 1 {
		i := rapid.IntRange(0, len(pool)-2).Draw(t, "left")
		k := rapid.IntRange(i+1, len(pool)-1).Draw(t, "right")
		a, b := pool[i], pool[k]
		if rapid.Bool().Draw(t, "swap") {
			a, b = b, a
		}
		m, err := Merge(a, b)
		require.NoError(t, err)
		pool[i] = m
		pool = append(pool[:k], pool[k+1:]...)
	}
	return pool[0]
}

// TestAnySplitAndMergeGivesTheSameDraw is associativity, commutativity and idempotence at once.
func TestAnySplitAndMergeGivesTheSameDraw(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 1)
		r := someRequest(t, units)
		all := sketches(t, r, units)
		one, other := mergeAll(t, all), mergeAll(t, all)
		require.Equal(t, jsonOf(t, one), jsonOf(t, other))
		rec, err := one.Record()
		require.NoError(t, err)
		whole := mustDraw(t, r, units)
		require.Len(t, rec.Shards, len(all))
		v, err := Verify(context.Background(), rec, Frame{Units: Units(shuffled(t, units))})
		require.NoError(t, err)
		require.True(t, v.Repeatable, "%+v", v.Difference)
		rec.Shards, rec.FrameDigest = nil, whole.FrameDigest
		require.Equal(t, jsonOf(t, whole), jsonOf(t, rec))
	})
}

func TestBadShardsAreRefused(t *testing.T) {
	scan := func(shard string, r Request, units ...Unit) *Sketch {
		r.Seed, r.Size = testSeed, Count(2)
		r.Frame.Units = Units(units)
		s, err := Scan(t.Context(), r, shard)
		require.NoError(t, err)
		return s
	}
	a := scan("a", Request{}, Unit{ID: "1"}, Unit{ID: "2"})
	_, err := Merge(a, scan("b", Request{}, Unit{ID: "2"}))
	refused(t, err, "duplicate-id", `shard "b"`, `"2"`, `"a"`)
	_, err = Merge(a, scan("a", Request{}, Unit{ID: "1"}))
	refused(t, err, "shard-changed", `shard "a"`)
	_, err = Merge(a, scan("b", Request{Epoch: "x"}, Unit{ID: "3"}))
	refused(t, err, "other-draw", "epoch")
	_, err = Merge(a, scan("b", Request{}, Unit{ID: "3", Stratum: []string{"x"}}))
	refused(t, err, "stratum-depth", `shard "b"`)
	_, err = Merge(a, nil)
	refused(t, err, "no-sketch", "sketch")
	_, err = Scan(t.Context(), Request{Seed: testSeed, Size: Count(1), Frame: Frame{Units: Units(nil)}}, "")
	refused(t, err, "empty-id", "shard")

	always := Request{Always: []string{"1", "9"}}
	merged, err := Merge(scan("a", always, Unit{ID: "1"}), scan("b", always, Unit{ID: "2"}))
	require.NoError(t, err)
	_, err = merged.Record()
	refused(t, err, "unknown-unit", "always", `"9"`)
	merged, err = Merge(scan("a", always, Unit{ID: "1"}), scan("b", always, Unit{ID: "1"}))
	require.NoError(t, err)
	_, err = merged.Record()
	refused(t, err, "duplicate-id", `shard "b"`)
}
