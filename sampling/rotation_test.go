package sampling

import (
	"context"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// TestRotationGoesRoundBeforeItComesBack draws period after period: without strata nobody is drawn twice before all
// were drawn once, and every record verifies on its own.
func TestRotationGoesRoundBeforeItComesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 1)
		for i := range units {
			units[i].Stratum = nil
		}
		n := rapid.Int64Range(1, int64(len(units))).Draw(t, "n")
		r := Request{Epoch: "rotation from 2026", Seed: testSeed, Size: Count(n), Reserve: 1}
		times := map[string]int{}
		drawn := 0
		for period := range 6 {
			rec := mustDraw(t, r, units)
			for _, id := range rec.IDs() {
				require.Equal(t, drawn/len(units), times[id], "period %d draws %s too early", period, id)
				times[id]++
				drawn++
			}
			v, err := Verify(context.Background(), rec, Frame{Units: Units(units)})
			require.NoError(t, err)
			require.True(t, v.Repeatable, "%+v", v.Difference)
			r.Rotation, err = rec.Next()
			require.NoError(t, err)
			require.Equal(t, period+1, r.Rotation.Round)
			var back Rotation
			require.NoError(t, json.Unmarshal([]byte(jsonOf(t, r.Rotation)), &back))
			require.Equal(t, *r.Rotation, back)
		}
	})
}

// TestRotationReachesSmallStrata draws 7 of 12 projects' orders a month, too few for the small ones in any one month.
func TestRotationReachesSmallStrata(t *testing.T) {
	var units []Unit
	total := 0
	sizes := []int{40, 40, 30, 30, 20, 20, 10, 10, 5, 5, 5, 5}
	for p, size := range sizes {
		for i := range size {
			units = append(units, Unit{ID: fmt.Sprintf("%02d-%02d", p, i), Stratum: []string{fmt.Sprintf("p%02d", p)}})
		}
		total += size
	}
	r := Request{Seed: testSeed, Size: Count(7)}
	got := map[string]int{}
	for month := 1; month <= 12; month++ {
		rec := mustDraw(t, r, units)
		require.Len(t, rec.IDs(), 7)
		for _, c := range rec.Chosen {
			got[c.Stratum[0]]++
		}
		var err error
		r.Rotation, err = rec.Next()
		require.NoError(t, err)
		for p, size := range sizes {
			share := float64(month*7*size) / float64(total)
			require.InDelta(t, share, got[fmt.Sprintf("p%02d", p)], 1.01, "project %d after %d months", p, month)
		}
	}
	require.Len(t, got, len(sizes), "every project had its share within the year")
}

// TestRotationSurvivesComingsAndGoings changes the frame between periods: who was just drawn isn't drawn again while
// others of the stratum wait, who were there in the period before and were not drawn. (Who was away when the turn came
// waits for the next round.)
func TestRotationSurvivesComingsAndGoings(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		pool := someUnits(t, 20)
		r := Request{Seed: testSeed, Size: Count(5), Minimum: rapid.Int64Range(0, 1).Draw(t, "minimum")}
		var earlier, wasThere map[string]bool
		for range 5 {
			var units []Unit
			for _, u := range pool {
				if rapid.IntRange(0, 4).Draw(t, "there") > 0 {
					units = append(units, u)
				}
			}
			rec := mustDraw(t, r, units)
			drawn, there := map[string]bool{}, map[string]bool{}
			for _, c := range rec.Chosen {
				drawn[c.ID] = true
			}
			for _, c := range rec.Chosen {
				if !earlier[c.ID] {
					continue
				}
				for _, u := range units {
					if wasThere[u.ID] && suffixOf(u.Stratum) == suffixOf(c.Stratum) {
						require.True(t, drawn[u.ID] || earlier[u.ID], "%s was passed over for %s", u.ID, c.ID)
					}
				}
			}
			for _, u := range units {
				there[u.ID] = true
			}
			earlier, wasThere = drawn, there
			next, err := rec.Next()
			require.NoError(t, err)
			r.Rotation = next
		}
	})
}

// TestRotationKeepsThePlaceOfAnEmptyStratum lets a stratum vanish for a period.
func TestRotationKeepsThePlaceOfAnEmptyStratum(t *testing.T) {
	a := []Unit{{ID: "a1", Stratum: []string{"a"}}, {ID: "a2", Stratum: []string{"a"}}, {ID: "a3", Stratum: []string{"a"}}}
	b := []Unit{{ID: "b1", Stratum: []string{"b"}}, {ID: "b2", Stratum: []string{"b"}}, {ID: "b3", Stratum: []string{"b"}}}
	r := Request{Seed: testSeed, Size: Count(1), Per: 1}
	first := mustDraw(t, r, append(append([]Unit{}, a...), b...))
	next, err := first.Next()
	require.NoError(t, err)
	r.Rotation = next
	second := mustDraw(t, r, b)
	r.Rotation, err = second.Next()
	require.NoError(t, err)
	require.Equal(t, next.Strata[0], r.Rotation.Strata[0], "a is where it was")
	require.NotEqual(t, next.Strata[1], r.Rotation.Strata[1])
	third := mustDraw(t, r, append(append([]Unit{}, a...), b...))
	require.NotEqual(t, first.IDs()[0], third.IDs()[0], "a goes on with its second unit")
	drawn := map[string]bool{first.IDs()[1]: true, second.IDs()[0]: true, third.IDs()[1]: true}
	require.Len(t, drawn, 3, "b has gone round")
}
