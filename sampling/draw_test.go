package sampling

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"errors"
	"fmt"
	"math/big"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func sumTicket(text string) ticket { return sha256.Sum256([]byte(text)) }

// someUnits draws a frame of units over one region level and one project level.
func someUnits(t *rapid.T, least int) []Unit {
	n := rapid.IntRange(least, 80).Draw(t, "units")
	var units []Unit
	for i := range n {
		region := rapid.IntRange(0, 3).Draw(t, "region")
		project := rapid.IntRange(0, 3).Draw(t, "project")
		units = append(units, Unit{ID: fmt.Sprintf("工单-%03d", i), Stratum: []string{fmt.Sprint("区域", region), fmt.Sprint("项目", project)}})
	}
	return units
}

func someSize(t *rapid.T) Size {
	n := rapid.Int64Range(1, 30).Draw(t, "n")
	switch rapid.IntRange(0, 4).Draw(t, "kind of size") {
	case 0:
		return All()
	case 1:
		return Count(n)
	case 2:
		return Range(n, n+rapid.Int64Range(0, 5).Draw(t, "width"))
	case 3:
		return Percent(big.NewRat(n, 30)).AtLeast(2)
	default:
		return ByTable(Table{Name: "T", Edition: "1", Rows: []TableRow{{1, 4, 1}, {5, 20, 5}, {21, 0, n/2 + 5}}})
	}
}

func someRequest(t *rapid.T, units []Unit) Request {
	r := Request{
		Scope: "物业", Standard: "s", Group: "4.1.3", Subject: "p", Epoch: "2026-11",
		Seed: Seed{Value: []byte(rapid.StringMatching("[a-z]{16}").Draw(t, "seed"))}, Size: someSize(t),
		Per: rapid.IntRange(0, 2).Draw(t, "per"), Reserve: rapid.Int64Range(0, 3).Draw(t, "reserve"),
	}
	if rapid.Bool().Draw(t, "systematic") {
		r.Method = Systematic
	} else {
		r.Minimum = rapid.Int64Range(0, 2).Draw(t, "minimum")
	}
	for _, u := range units[:rapid.IntRange(0, min(3, len(units))).Draw(t, "always")] {
		r.Always = append(r.Always, u.ID)
	}
	return r
}

func shuffled(t *rapid.T, units []Unit) []Unit {
	out := slices.Clone(units)
	seed := rapid.Uint64().Draw(t, "order")
	rand.New(rand.NewPCG(seed, 1)).Shuffle(len(out), func(i, j int) { out[i], out[j] = out[j], out[i] })
	return out
}

func mustDraw(t require.TestingT, r Request, units []Unit) Record {
	r.Frame.Units = Units(units)
	rec, err := Draw(context.Background(), r)
	require.NoError(t, err)
	return rec
}

func jsonOf(t require.TestingT, v any) string {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

func TestAnyOrderOfTheFrameGivesTheSameRecord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 0)
		r := someRequest(t, units)
		if len(units) == 0 {
			r.Per = 0
		}
		want := jsonOf(t, mustDraw(t, r, units))
		require.Equal(t, want, jsonOf(t, mustDraw(t, r, shuffled(t, units))))
		r.Frame.Sorted, r.Frame.Count = true, int64(len(units))
		require.Equal(t, want, jsonOf(t, mustDraw(t, r, units)))
	})
}

func TestRecordSurvivesJSONAndVerifies(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 1)
		rec := mustDraw(t, someRequest(t, units), units)
		var back Record
		text := jsonOf(t, rec)
		require.NoError(t, json.Unmarshal([]byte(text), &back))
		require.Equal(t, text, jsonOf(t, back))
		require.True(t, strings.HasPrefix(text, `{"schema":"pinjian/draw/1",`))
		v, err := Verify(context.Background(), back, Frame{Units: Units(shuffled(t, units))})
		require.NoError(t, err)
		require.True(t, v.Repeatable, "%+v", v.Difference)
		require.False(t, v.NotChosenAfterFrame, "nothing was frozen")
	})
}

func TestSampleHoldsWhatTheSizeSays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 1)
		r := someRequest(t, units)
		rec := mustDraw(t, r, units)
		groups := map[string]int64{}
		for _, u := range units {
			groups[suffixOf(u.Stratum[:r.Per])]++
		}
		planned := int64(0)
		inGroup := map[string]int64{}
		always := map[string]int64{}
		seen := map[string]bool{}
		for _, c := range rec.Chosen {
			require.False(t, seen[c.ID], "drawn twice")
			seen[c.ID] = true
			inGroup[suffixOf(c.Stratum[:r.Per])]++
			if c.Always {
				always[suffixOf(c.Stratum[:r.Per])]++
			}
		}
		for _, id := range r.Always {
			require.True(t, seen[id])
		}
		for path, population := range groups {
			p, err := r.Size.Plan(population)
			require.NoError(t, err)
			planned += p.Units
			require.Equal(t, max(p.Units, always[path]), inGroup[path], "group %q", path)
		}
		require.Equal(t, planned, rec.Planned)
		require.EqualValues(t, len(units), rec.Population)
		for _, c := range rec.Reserve {
			require.False(t, seen[c.ID], "a reserve unit is in the sample")
			seen[c.ID] = true
		}
		// Inclusion probabilities add up to the number of units drawn by ticket.
		sum, drawn := new(big.Rat), int64(0)
		for _, s := range rec.Strata {
			if s.Inclusion != "" {
				p, ok := new(big.Rat).SetString(s.Inclusion)
				require.True(t, ok)
				sum.Add(sum, p.Mul(p, big.NewRat(s.Population-s.Always, 1)))
			}
			drawn += s.Drawn
		}
		require.Zero(t, sum.Cmp(big.NewRat(drawn, 1)))
	})
}

// TestSmallerSampleIsAPrefix holds for every extendable draw of one group, floors included.
func TestSmallerSampleIsAPrefix(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 1)
		r := Request{Seed: testSeed, Minimum: rapid.Int64Range(0, 2).Draw(t, "minimum"), Size: All()}
		whole := mustDraw(t, r, units).IDs()
		require.Len(t, whole, len(units))
		n := rapid.IntRange(1, len(units)).Draw(t, "n")
		r.Size = Count(int64(n))
		require.Equal(t, whole[:n], mustDraw(t, r, units).IDs())
	})
}

// TestDrawEqualsTheNaiveOne compares with hashing everything and sorting.
func TestDrawEqualsTheNaiveOne(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 1)
		for i := range units {
			units[i].Stratum = nil
		}
		n := rapid.IntRange(1, len(units)).Draw(t, "n")
		r := Request{Scope: "a", Seed: testSeed, Size: Count(int64(n))}
		require.Equal(t, naive(r, Units(units), n), mustDraw(t, r, units).IDs())
	})
}

// TestNamesAndSeedsTellDrawsApart moves a character from one part of the name to the next.
func TestNamesAndSeedsTellDrawsApart(t *testing.T) {
	require.NotEqual(t, drawID("ab", "c"), drawID("a", "bc"))
	require.NotEqual(t, drawID("a", "", "b"), drawID("a", "b", ""))
	require.Equal(t, "2:ab0:6:品检", drawID("ab", "", "品检"))
	var units []Unit
	for i := range 500 {
		units = append(units, Unit{ID: fmt.Sprint(i)})
	}
	base := Request{Seed: testSeed, Size: Count(20)}
	want := mustDraw(t, base, units).IDs()
	for name, change := range map[string]func(*Request){
		"scope": func(r *Request) { r.Scope = "x" }, "standard": func(r *Request) { r.Standard = "x" },
		"group": func(r *Request) { r.Group = "x" }, "subject": func(r *Request) { r.Subject = "x" },
		"epoch": func(r *Request) { r.Epoch = "x" }, "seed": func(r *Request) { r.Seed.Value = []byte("fedcba9876543210") },
	} {
		r := base
		change(&r)
		require.NotEqual(t, want, mustDraw(t, r, units).IDs(), name)
	}
	base.Version = "2"
	require.Equal(t, want, mustDraw(t, base, units).IDs(), "the version is recorded and does not decide")
}

func TestNothingToDrawFrom(t *testing.T) {
	rec := mustDraw(t, Request{Seed: testSeed, Size: Count(7), Per: 1}, nil)
	require.True(t, rec.NoPopulation)
	require.False(t, rec.Short)
	require.Empty(t, rec.IDs())
	require.Contains(t, jsonOf(t, rec), `"chosen":[]`)
	v, err := Verify(t.Context(), rec, Frame{Units: Units(nil)})
	require.NoError(t, err)
	require.True(t, v.Repeatable)
}

func TestShort(t *testing.T) {
	units := []Unit{{ID: "a"}, {ID: "b"}}
	rec := mustDraw(t, Request{Seed: testSeed, Size: Count(7)}, units)
	require.True(t, rec.Short)
	require.Len(t, rec.IDs(), 2)
	rec = mustDraw(t, Request{Seed: testSeed, Size: Range(1, 3)}, units)
	require.False(t, rec.Short, "one suffices")
	require.EqualValues(t, 1, rec.Enough)
	require.EqualValues(t, 2, rec.Planned)
}

func TestDrawStopsWithItsContext(t *testing.T) {
	for _, sorted := range []bool{false, true} {
		ctx, cancel := context.WithCancel(t.Context())
		rows := 0
		units := func(yield func(Unit, error) bool) {
			for u, err := range counting(100_000, 0) {
				if err != nil {
					yield(u, err)
					return
				}
				if rows++; rows == 10_000 {
					cancel()
				}
				if !yield(u, nil) {
					return
				}
			}
		}
		rec, err := Draw(ctx, Request{Seed: testSeed, Size: Count(7), Frame: Frame{Units: units, Sorted: sorted}})
		require.ErrorIs(t, err, context.Canceled)
		require.Empty(t, rec)
		require.Less(t, rows, 20_000)
	}
}

func TestErrorOfTheFrameIsKept(t *testing.T) {
	broken := errors.New("connection lost")
	for _, sorted := range []bool{false, true} {
		units := func(yield func(Unit, error) bool) {
			_ = yield(Unit{ID: "a"}, nil) && yield(Unit{}, broken)
		}
		_, err := Draw(t.Context(), Request{Seed: testSeed, Size: Count(7), Frame: Frame{Units: units, Sorted: sorted}})
		require.ErrorIs(t, err, broken)
		require.ErrorContains(t, err, "frame row 2")
	}
}
