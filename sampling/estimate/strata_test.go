package estimate

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// Averaged over every possible sample, the estimate is the true rate, and the
// variance estimate is the true variance of the estimate.
func TestStratifiedIsUnbiasedByEnumeration(t *testing.T) {
	type truth struct{ population, failing, n int64 }
	strata := []truth{{6, 2, 3}, {5, 1, 2}, {3, 3, 3}, {4, 0, 2}}
	const population, failing = 18, 6
	mean, square, variance := new(big.Rat), new(big.Rat), new(big.Rat)
	var walk func(at int, weight *big.Rat, sample []Stratum)
	walk = func(at int, weight *big.Rat, sample []Stratum) {
		if at == len(strata) {
			e, err := Stratified(sample, nil)
			require.NoError(t, err)
			mean.Add(mean, new(big.Rat).Mul(weight, e.Rate))
			square.Add(square, new(big.Rat).Mul(weight, new(big.Rat).Mul(e.Rate, e.Rate)))
			variance.Add(variance, new(big.Rat).Mul(weight, e.Variance))
			require.LessOrEqual(t, e.Approximate.Lower.Rate.Cmp(e.Rate), 0)
			require.GreaterOrEqual(t, e.Approximate.Upper.Rate.Cmp(e.Rate), 0)
			return
		}
		s := strata[at]
		for x := int64(0); x <= s.n; x++ {
			p := new(big.Rat).Sub(tail(s.population, s.failing, s.n, x, nil), tail(s.population, s.failing, s.n, x-1, nil))
			if p.Sign() > 0 {
				next := append(sample[:at:at], Stratum{fmt.Sprint(at), s.population, s.n, x})
				walk(at+1, p.Mul(p, weight), next)
			}
		}
	}
	walk(0, big.NewRat(1, 1), nil)
	assert.Equal(t, big.NewRat(failing, population).String(), mean.String())
	square.Sub(square, mean.Mul(mean, mean))
	assert.Equal(t, square.String(), variance.String())
}

func TestGuaranteedIntervalCoversByEnumeration(t *testing.T) {
	const population1, n1, population2, n2 = 8, 3, 6, 2
	confidence := big.NewRat(8, 10)
	results := map[[2]int64]StratifiedEstimate{}
	for x := int64(0); x <= n1; x++ {
		for y := int64(0); y <= n2; y++ {
			e, err := Stratified([]Stratum{{"a", population1, n1, x}, {"b", population2, n2, y}}, confidence)
			require.NoError(t, err)
			results[[2]int64{x, y}] = e
		}
	}
	for k1 := int64(0); k1 <= population1; k1++ {
		for k2 := int64(0); k2 <= population2; k2++ {
			two, one := new(big.Rat), new(big.Rat)
			for x := int64(0); x <= n1; x++ {
				for y := int64(0); y <= n2; y++ {
					p := new(big.Rat).Sub(tail(population1, k1, n1, x, nil), tail(population1, k1, n1, x-1, nil))
					p.Mul(p, new(big.Rat).Sub(tail(population2, k2, n2, y, nil), tail(population2, k2, n2, y-1, nil)))
					e := results[[2]int64{x, y}]
					if e.Guaranteed.Lower.Units <= k1+k2 && k1+k2 <= e.Guaranteed.Upper.Units {
						two.Add(two, p)
					}
					if k1+k2 <= e.Upper.Units {
						one.Add(one, p)
					}
				}
			}
			require.GreaterOrEqual(t, two.Cmp(confidence), 0, "%d and %d failing", k1, k2)
			require.GreaterOrEqual(t, one.Cmp(confidence), 0, "%d and %d failing", k1, k2)
		}
	}
}

func TestStratifiedEdges(t *testing.T) {
	// One stratum: the bounds are those of the simple sample.
	e, err := Stratified([]Stratum{{"all", 120, 20, 2}}, nil)
	require.NoError(t, err)
	assert.Equal(t, "1/10", e.Rate.String())
	assert.Equal(t, [3]int64{2, 35, 32}, [3]int64{e.Guaranteed.Lower.Units, e.Guaranteed.Upper.Units, e.Upper.Units})
	// (1-20/120)·0.09/19
	assert.Equal(t, rat("0.0039473684210526315789").FloatString(12), e.Variance.FloatString(12))
	assert.Equal(t, "0.062828087", e.StandardError.FloatString(9))

	// Weights matter: 1 of 2 in a stratum of 10 weighs less than in one of 90.
	e, err = Stratified([]Stratum{{"small", 10, 2, 1}, {"large", 90, 2, 0}}, nil)
	require.NoError(t, err)
	assert.Equal(t, "1/20", e.Rate.String())

	// No failure at all: the interval still has a width, and the effective
	// size of a proportional sample with the correction is n·N/(N-n).
	e, err = Stratified([]Stratum{{"a", 50, 5, 0}, {"b", 50, 5, 0}}, nil)
	require.NoError(t, err)
	assert.Zero(t, e.Variance.Sign())
	assert.Equal(t, "100/9", e.EffectiveSize.String())
	assert.Equal(t, 1, e.Approximate.Upper.Rate.Sign())

	// A single unit of several shows no spread.
	e, err = Stratified([]Stratum{{"a", 50, 1, 0}, {"b", 50, 5, 1}}, nil)
	require.NoError(t, err)
	assert.Nil(t, e.Variance)
	assert.Nil(t, e.StandardError)
	assert.NotNil(t, e.EffectiveSize)

	// A full inspection leaves no doubt.
	e, err = Stratified([]Stratum{{"a", 2, 2, 1}, {"b", 1, 1, 0}}, nil)
	require.NoError(t, err)
	assert.Equal(t, "1/3", e.Rate.String())
	assert.Equal(t, int64(1), e.Guaranteed.Lower.Units)
	assert.Equal(t, int64(1), e.Guaranteed.Upper.Units)
	assert.Nil(t, e.EffectiveSize)
	assert.Zero(t, e.Variance.Sign())
}

func TestStratifiedIgnoresTheOrderOfStrata(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var strata []Stratum
		for i := range rapid.IntRange(1, 6).Draw(t, "strata") {
			population := rapid.Int64Range(1, 40).Draw(t, "population")
			n := rapid.Int64Range(1, population).Draw(t, "n")
			strata = append(strata, Stratum{fmt.Sprint(i), population, n, rapid.Int64Range(0, n).Draw(t, "x")})
		}
		a, err := Stratified(strata, nil)
		require.NoError(t, err)
		b, err := Stratified(rapid.Permutation(strata).Draw(t, "order"), nil)
		require.NoError(t, err)
		require.Equal(t, fmt.Sprint(a), fmt.Sprint(b))
		require.LessOrEqual(t, a.Guaranteed.Lower.Rate.Cmp(a.Rate), 0)
		require.GreaterOrEqual(t, a.Guaranteed.Upper.Rate.Cmp(a.Rate), 0)
		require.GreaterOrEqual(t, a.Guaranteed.Upper.Units, a.Upper.Units)
	})
}

func TestStrataThatAreRefused(t *testing.T) {
	ask := func(strata ...Stratum) error { return second(Stratified(strata, nil)) }
	good := Stratum{"a", 10, 2, 0}
	refused(t, ask(), "strata", "missing")
	refused(t, ask(good, good), "strata[1].key", "duplicate-stratum")
	refused(t, ask(Stratum{"a", 0, 0, 0}), "strata[0].population", "out-of-range")
	refused(t, ask(good, Stratum{"b", 10, 0, 0}), "strata[1].size", "empty-sample")
	refused(t, ask(Stratum{"b", 10, 11, 0}), "size", "sample-over-population")
	refused(t, ask(Stratum{"b", 10, 5, 6}), "failures", "out-of-range")
	assert.ErrorContains(t, ask(good, Stratum{"b", 10, 5, 6}), "strata[1]")
	refused(t, ask(Stratum{"a", 900_000_000, 2, 0}, Stratum{"b", 900_000_000, 2, 0}), "strata[1].population", "out-of-range")
	refused(t, second(Stratified([]Stratum{good}, rat("1"))), "confidence", "out-of-range")
}

func TestProve(t *testing.T) {
	for _, c := range [][2]int64{{7, 0}, {7, 45}, {1, 1}, {40, 45}, {90, 100}, {150, 160}, {150, 2500}, {150, 0}} {
		n, population := c[0], c[1]
		proof, err := Prove(n, population, nil, min(n, 3))
		require.NoError(t, err)
		require.Len(t, proof.Bounds, int(min(n, 3))+1)
		for failures, b := range proof.Bounds {
			want, err := UpperBound(int64(failures), n, population, nil)
			require.NoError(t, err)
			assert.Equal(t, want, b)
		}
		require.Len(t, proof.Chances, 20)
		for i, c := range proof.Chances {
			assert.Equal(t, big.NewRat(int64(99-i), 100).String(), c.Quality.String())
			want := tail(0, 0, n, 0, new(big.Rat).Sub(big.NewRat(1, 1), c.Quality))
			if population > 0 {
				assert.Equal(t, (population*int64(i+1)+99)/100, c.Failing)
				want = tail(population, c.Failing, n, 0, nil)
			}
			gap := new(big.Rat).Sub(c.NoFailure, want)
			assert.GreaterOrEqual(t, gap.Sign(), 0)
			assert.Equal(t, -1, gap.Cmp(big.NewRat(1, 1_000_000)))
		}
	}
	refused(t, second(Prove(0, 0, nil, 0)), "size", "out-of-range")
	refused(t, second(Prove(7, 5, nil, 0)), "size", "sample-over-population")
	refused(t, second(Prove(7, 0, nil, 8)), "mostFailures", "out-of-range")
	refused(t, second(Prove(7, 0, nil, -1)), "mostFailures", "out-of-range")
	refused(t, second(Prove(7, 0, rat("2"), 1)), "confidence", "out-of-range")
}

func ExampleProve() {
	proof, _ := Prove(7, 0, nil, 1)
	fmt.Println(proof.Bounds[0].Percent(1), proof.Bounds[1].Percent(1))
	fmt.Println(proof.Chances[1].Quality, proof.Chances[1].NoFailure.FloatString(4))
	// Output:
	// 34.9 52.1
	// 49/50 0.8681
}

func ExampleStratified() {
	e, _ := Stratified([]Stratum{
		{Key: "north", Population: 80, Size: 10, Failures: 1},
		{Key: "south", Population: 20, Size: 5, Failures: 1},
	}, nil)
	fmt.Println(e.Rate.FloatString(2), e.Approximate.Lower.Percent(1), e.Approximate.Upper.Percent(1), e.Upper.Percent(1))
	// Output: 0.12 3.2 35.9 47.0
}
