package sampling

import (
	"fmt"
	"math/big"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// chairman is Tijdeman's rule as it is written, with rational numbers and without heaps.
func chairman(sizes []int64) []int {
	total, h := int64(0), 0
	for _, s := range sizes {
		total += s
		if s > 0 {
			h++
		}
	}
	delta := big.NewRat(1, int64(max(2*h-2, 1)))
	taken := make([]int64, len(sizes))
	var sequence []int
	for n := int64(1); n <= total; n++ {
		best, bestValue := -1, new(big.Rat)
		for i, s := range sizes {
			if s == 0 {
				continue
			}
			lack := big.NewRat(n*s, total)
			lack.Sub(lack, big.NewRat(taken[i], 1))
			if lack.Cmp(delta) < 0 {
				continue
			}
			value := new(big.Rat).Sub(big.NewRat(1, 1), delta)
			value.Sub(value, lack).Quo(value, big.NewRat(s, total))
			if best < 0 || value.Cmp(bestValue) < 0 {
				best, bestValue = i, value
			}
		}
		taken[best]++
		sequence = append(sequence, best)
	}
	return sequence
}

func TestTurnsEqualTheRuleAsWritten(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		sizes := rapid.SliceOfN(rapid.Int64Range(0, 40), 2, 9).Draw(t, "sizes")
		sizes = append(sizes, 1)
		byName := map[string]int64{}
		for i, s := range sizes {
			byName[fmt.Sprintf("s%02d", i)] = s
		}
		root := flat(byName)
		for n, want := range chairman(sizes) {
			leaf, err := root.step()
			require.NoError(t, err)
			require.Equal(t, fmt.Sprintf("s%02d", want), leaf.value, "step %d of %v", n+1, sizes)
		}
	})
}

// nested draws a random tree of three levels.
func nested(t *rapid.T) *node {
	tree := newTree(nil)
	regions := rapid.IntRange(1, 4).Draw(t, "regions")
	for r := range regions {
		for p := range rapid.IntRange(1, 4).Draw(t, "projects") {
			for b := range rapid.IntRange(1, 4).Draw(t, "buildings") {
				leaf, _ := tree.leaf([]string{fmt.Sprint("r", r), fmt.Sprint("p", p), fmt.Sprint("b", b)}, 1)
				leaf.population = rapid.Int64Range(1, 12).Draw(t, "units")
			}
		}
	}
	tree.root.settle()
	return tree.root
}

// deviations checks every stratum of every level against the bound: within its parent a stratum is never farther from its
// share than Tijdeman's bound, and against the whole it inherits its share of its parent's deviation. The greatest
// deviation met at each level is noted.
func deviations(t require.TestingT, root *node, worst []*big.Rat) {
	bounds := map[*node]*big.Rat{root: new(big.Rat)}
	var visit func(n *node, level int)
	visit = func(n *node, level int) {
		h := int64(len(n.children))
		for _, c := range n.children {
			own := new(big.Rat)
			if h > 1 {
				own.Sub(big.NewRat(1, 1), big.NewRat(1, 2*h-2))
			}
			within := abs(big.NewRat(n.taken*c.population, n.population), c.taken)
			require.LessOrEqual(t, within.Cmp(own), 0, "%q is %s from its share of its parent, more than %s", c.path, within.RatString(), own.RatString())
			bound := new(big.Rat).Mul(bounds[n], big.NewRat(c.population, n.population))
			bounds[c] = bound.Add(bound, own)
			overall := abs(big.NewRat(root.taken*c.population, root.population), c.taken)
			require.LessOrEqual(t, overall.Cmp(bound), 0, "%q is %s from its share of the whole, more than %s", c.path, overall.RatString(), bound.RatString())
			if overall.Cmp(worst[level]) > 0 {
				worst[level].Set(overall)
			}
			visit(c, level+1)
		}
	}
	visit(root, 0)
}

func abs(x *big.Rat, taken int64) *big.Rat {
	x = x.Sub(x, big.NewRat(taken, 1))
	return x.Abs(x)
}

func TestBoundAtEverySizeAndEveryLevel(t *testing.T) {
	worst := []*big.Rat{new(big.Rat), new(big.Rat), new(big.Rat)}
	rapid.Check(t, func(t *rapid.T) {
		root := nested(t)
		for root.taken < root.population {
			_, err := root.step()
			require.NoError(t, err)
			deviations(t, root, worst)
		}
		for _, leaf := range root.strata() {
			require.Equal(t, leaf.population, leaf.taken, "a census takes all")
		}
	})
	for level, w := range worst {
		f, _ := w.Float64()
		t.Logf("level %d: at most %.3f units from the share", level+1, f)
	}
}

func TestFloorsServeEveryStratumOfEveryLevelFirst(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := nested(t)
		leaves := root.strata()
		minimum := rapid.Int64Range(1, 3).Draw(t, "minimum")
		needed := int64(0)
		for _, leaf := range leaves {
			needed += min(minimum, leaf.population)
		}
		var regions, projects int64
		for _, r := range root.children {
			regions++
			projects += int64(len(r.children))
		}
		limit := rapid.Int64Range(0, root.population).Draw(t, "size")
		took := int64(0)
		root.floors(minimum, limit, func(*node) { took++ })
		require.Equal(t, root.taken, took)
		require.Equal(t, min(limit, needed), took, "floors take one place for each unit that is due, and no more")
		if limit >= needed {
			for _, leaf := range leaves {
				require.GreaterOrEqual(t, leaf.taken, min(minimum, leaf.population))
			}
		}
		if limit >= regions {
			for _, r := range root.children {
				require.Positive(t, r.taken, "every region gets one before a building gets its own")
			}
		}
		if limit >= projects {
			for _, r := range root.children {
				for _, p := range r.children {
					require.Positive(t, p.taken)
				}
			}
		}
		if minimum == 1 && limit >= int64(len(leaves)) {
			for _, leaf := range leaves {
				require.Positive(t, leaf.taken)
			}
		}
		// Whatever the floors took, the sequence goes on to a census and never past a stratum's end.
		for root.taken < limit {
			_, err := root.step()
			require.NoError(t, err)
		}
		for _, leaf := range leaves {
			require.LessOrEqual(t, leaf.taken, leaf.population)
		}
	})
}

// TestSystematicGivesEqualProbabilities enumerates every start.
func TestSystematicGivesEqualProbabilities(t *testing.T) {
	for population := int64(1); population <= 16; population++ {
		for n := int64(1); n <= population; n++ {
			times := make([]int64, population)
			for u := range population {
				place := systematicPlaces(u, population, n)
				picks := make([]int64, 0, n)
				for k := range n {
					picks = append(picks, place(k))
					times[place(k)]++
				}
				require.True(t, slices.IsSorted(picks))
				for size := int64(1); size <= population; size++ {
					for begin := int64(0); begin+size <= population; begin++ {
						in := int64(0)
						for _, p := range picks {
							if p >= begin && p < begin+size {
								in++
							}
						}
						require.GreaterOrEqual(t, in, n*size/population)
						require.LessOrEqual(t, in, (n*size+population-1)/population)
					}
				}
			}
			for i, times := range times {
				require.Equal(t, n, times, "N=%d n=%d unit %d", population, n, i)
			}
		}
	}
}

// TestLeastTicketsGiveEqualProbabilities enumerates every order that tickets can have.
func TestLeastTicketsGiveEqualProbabilities(t *testing.T) {
	const population = 6
	// Tickets that differ in their first byte are told apart by the quick comparison, in their last byte by the full one.
	for _, at := range []int{0, len(ticket{}) - 1} {
		leastTickets(t, population, at)
	}
}

func leastTickets(t *testing.T, population, at int) {
	for n := int64(1); n <= int64(population); n++ {
		times := map[string]int{}
		orders := 0
		permute(population, func(ranks []byte) {
			orders++
			k := newKeeper(n)
			var ids slab
			for unit, rank := range ranks {
				e := entry{id: string(rune('a' + unit))}
				e.ticket[at] = rank
				if k.mayKeep(&e.ticket) {
					k.offer(e, &ids)
				}
			}
			k.sort()
			for i := int64(0); i < n; i++ {
				e, ok := k.next()
				require.True(t, ok)
				require.EqualValues(t, i, e.ticket[at])
				times[e.id]++
			}
		})
		require.Len(t, times, population)
		for id, count := range times {
			require.EqualValues(t, int64(orders)*n/int64(population), count, id)
		}
	}
}

func permute(n int, visit func([]byte)) {
	ranks := make([]byte, n)
	for i := range ranks {
		ranks[i] = byte(i)
	}
	var swap func(int)
	swap = func(i int) {
		if i == n {
			visit(ranks)
			return
		}
		for j := i; j < n; j++ {
			ranks[i], ranks[j] = ranks[j], ranks[i]
			swap(i + 1)
			ranks[i], ranks[j] = ranks[j], ranks[i]
		}
	}
	swap(0)
}

func TestStartsAreUniform(t *testing.T) {
	seen := map[int64]int{}
	for i := range 7000 {
		seen[systematicStart(drawKey(Algorithm, "d", fmt.Sprint(i)), "", 7)]++
	}
	require.Len(t, seen, 7)
	for u, count := range seen {
		require.InDelta(t, 1000, count, 150, "start %d", u)
	}
}

// TestFloorsInTheirOrder spells one sequence out: a round serves regions, then projects, larger ones first; the second
// round begins only then, and gives to those that have least.
func TestFloorsInTheirOrder(t *testing.T) {
	tree := newTree(nil)
	for path, size := range map[[2]string]int64{{"a", "p"}: 2, {"a", "q"}: 9, {"b", "r"}: 20, {"b", "s"}: 3, {"c", "t"}: 1} {
		leaf, err := tree.leaf(path[:], 1)
		require.NoError(t, err)
		leaf.population = size
	}
	tree.root.settle()
	var got []string
	tree.root.floors(2, 100, func(leaf *node) { got = append(got, leaf.value) })
	require.Equal(t, []string{
		"r", "q", "t", // regions b, a, c, each through its largest project
		"s", "p", // projects that have had none, larger first
		"r", "q", "s", "p", // regions b and a have two already: the second unit of each project, larger first
	}, got)
}

// TestCarriedSharesEndInACensus lets shares be carried in that don't add up to nothing, as after strata have come and
// gone: the sequence still serves every unit and no stratum beyond its end.
func TestCarriedSharesEndInACensus(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		root := nested(t)
		root.walk(func(n *node) { n.carried = rapid.Int64Range(-creditUnit, creditUnit).Draw(t, "carried") })
		for root.taken < root.population {
			_, err := root.step()
			require.NoError(t, err)
			root.walk(func(n *node) { require.LessOrEqual(t, n.taken, n.population, "%q", n.path) })
		}
	})
}
