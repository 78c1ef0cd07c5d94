package exact

import (
	"math"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

// The reference sums the definition term by term, with nothing shared with the
// package.
func binomialReference(n, x int64, p *big.Rat) *big.Rat {
	sum := new(big.Rat)
	q := new(big.Rat).Sub(big.NewRat(1, 1), p)
	for k := int64(0); k <= min(x, n); k++ {
		term := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
		for range k {
			term.Mul(term, p)
		}
		for range n - k {
			term.Mul(term, q)
		}
		sum.Add(sum, term)
	}
	return sum
}

func hypergeometricReference(population, failures, n, x int64) *big.Rat {
	sum := new(big.Int)
	for k := int64(0); k <= x; k++ {
		if k > failures || n-k > population-failures || k > n {
			continue
		}
		ways := new(big.Int).Binomial(failures, k)
		sum.Add(sum, ways.Mul(ways, new(big.Int).Binomial(population-failures, n-k)))
	}
	return new(big.Rat).SetFrac(sum, new(big.Int).Binomial(population, n))
}

func drawRat(t *rapid.T, label string) *big.Rat {
	d := rapid.Int64Range(1, 1000).Draw(t, label+" denominator")
	return big.NewRat(rapid.Int64Range(0, d).Draw(t, label), d)
}

// requireEncloses holds the enclosure itself against the reference, since
// Compare on small cases never takes that route. Its width may be 2^slack units
// of the last bit.
func requireEncloses(t require.TestingT, tail Tail, want *big.Rat, slack int) {
	for _, precision := range []uint{64, 96, 192} {
		e := tail.enclose(precision)
		low, _ := e.low.Rat(nil)
		high, _ := e.high.Rat(nil)
		require.LessOrEqual(t, low.Cmp(want), 0, "low end at %d bits", precision)
		require.GreaterOrEqual(t, high.Cmp(want), 0, "high end at %d bits", precision)
		width, _ := new(big.Rat).Sub(high, low).Float64()
		require.Less(t, width, math.Ldexp(1, slack-int(precision)), "width at %d bits", precision)
	}
}

func TestBinomialEqualsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(0, 60).Draw(t, "n")
		x := rapid.Int64Range(-1, n+1).Draw(t, "x")
		p := drawRat(t, "p")
		want := binomialReference(n, x, p)
		tail := Binomial(n, x, p)
		require.Zero(t, want.Cmp(Rational(tail)))
		requireEncloses(t, tail, want, 16)
		approximate, _ := p.Float64()
		exactly, _ := want.Float64()
		require.InDelta(t, exactly, BinomialFloat(n, x, approximate), 1e-9)
	})
}

func TestHypergeometricEqualsItsDefinition(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		population := rapid.Int64Range(1, 80).Draw(t, "population")
		failures := rapid.Int64Range(0, population).Draw(t, "failures")
		n := rapid.Int64Range(0, population).Draw(t, "n")
		x := rapid.Int64Range(-1, n+1).Draw(t, "x")
		want := hypergeometricReference(population, failures, n, x)
		tail := Hypergeometric(population, failures, n, x)
		require.Zero(t, want.Cmp(Rational(tail)))
		requireEncloses(t, tail, want, 16)
		exactly, _ := want.Float64()
		require.InDelta(t, exactly, HypergeometricFloat(population, failures, n, x), 1e-9)
	})
}

func TestEveryHypergeometricOfASmallPopulation(t *testing.T) {
	const population = 11
	for failures := int64(0); failures <= population; failures++ {
		for n := int64(0); n <= population; n++ {
			for x := int64(-1); x <= n; x++ {
				want := hypergeometricReference(population, failures, n, x)
				require.Zero(t, want.Cmp(Rational(Hypergeometric(population, failures, n, x))), "%d %d %d", failures, n, x)
			}
		}
	}
}

func TestMemoChangesNoResult(t *testing.T) {
	memo := new(Memo)
	rapid.Check(t, func(t *rapid.T) {
		population := rapid.SampledFrom([]int64{60, 70}).Draw(t, "population")
		failures := rapid.SampledFrom([]int64{12, 30, 55}).Draw(t, "failures")
		n := rapid.Int64Range(0, population).Draw(t, "n")
		x := rapid.Int64Range(-1, n).Draw(t, "x")
		requireEncloses(t, memo.Hypergeometric(population, failures, n, x), hypergeometricReference(population, failures, n, x), 20)
	})
}

func TestPoissonAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		mean := new(big.Rat).Mul(drawRat(t, "mean"), big.NewRat(60, 1))
		x := rapid.Int64Range(-1, 80).Draw(t, "x")
		tail := Poisson(mean, x)
		e := tail.enclose(128)
		low, _ := e.low.Float64()
		high, _ := e.high.Float64()
		value, _ := mean.Float64()
		want := 0.0
		switch {
		case value == 0 && x >= 0:
			want = 1
		case x >= 0:
			want = mathext.GammaIncRegComp(float64(x+1), value)
		}
		require.InDelta(t, want, low, 1e-10)
		require.InDelta(t, low, high, 1e-12)
	})
}

func TestExponential(t *testing.T) {
	// The digits of e.
	got := exponential(big.NewRat(1, 1), 160)
	want, _ := new(big.Rat).SetString("2.71828182845904523536028747135266249775724709369")
	low, _ := got.low.Rat(nil)
	high, _ := got.high.Rat(nil)
	require.Equal(t, -1, low.Cmp(want))
	require.Equal(t, RoundRat(want, 40, Nearest), RoundRat(low, 40, Nearest))
	require.Equal(t, RoundRat(want, 40, Nearest), RoundRat(high, 40, Nearest))
}

func TestLargeTailsAgreeWithGonum(t *testing.T) {
	for _, c := range []struct {
		n, x int64
		p    *big.Rat
	}{
		{1_000, 3, big.NewRat(1, 100)},
		{100_000, 1_000, big.NewRat(1, 100)},
		{100_000, 1_050, big.NewRat(1, 100)},
		{100_000, 99_100, big.NewRat(99, 100)},
		{1_000_000, 500_200, big.NewRat(1, 2)},
		{1_000_000_000, 12, big.NewRat(1, 100_000_000)},
	} {
		p, _ := c.p.Float64()
		want := distuv.Binomial{N: float64(c.n), P: p}.CDF(float64(c.x))
		if c.n == 1_000_000_000 {
			want = distuv.Poisson{Lambda: 10}.CDF(12)
		}
		e := Binomial(c.n, c.x, c.p).enclose(128)
		low, _ := e.low.Float64()
		high, _ := e.high.Float64()
		assert.InDelta(t, want, low, 2e-8, "%v", c)
		assert.InDelta(t, low, high, 1e-15, "%v", c)
	}
}

func TestCompareDecidesEqualityAndNeighbours(t *testing.T) {
	// 0.05 is met exactly: one unit, failure probability 0.95.
	assert.Equal(t, 0, Compare(Binomial(1, 0, big.NewRat(95, 100)), big.NewRat(1, 20)))
	assert.Equal(t, 0, Compare(Hypergeometric(20_000_000, 19_000_000, 1, 0), big.NewRat(1, 20)))
	assert.Equal(t, 0, Compare(Hypergeometric(20_000_000, 19_000_000, 19_999_999, 18_999_999), big.NewRat(19, 20)))

	// Far beyond a float64: the exact value and its neighbours 10^-60 away.
	tail := Binomial(400, 3, big.NewRat(123, 10_000))
	exactly := binomialReference(400, 3, big.NewRat(123, 10_000))
	step := new(big.Rat).SetFrac(big.NewInt(1), Power10(60))
	assert.False(t, tail.cheap())
	assert.Equal(t, 0, Compare(tail, exactly))
	assert.Equal(t, 1, Compare(tail, new(big.Rat).Sub(exactly, step)))
	assert.Equal(t, -1, Compare(tail, new(big.Rat).Add(exactly, step)))
	assert.Equal(t, -1, Compare(Binomial(1_000_000_000, 3, big.NewRat(999_999, 1_000_000)), big.NewRat(1, 20)))
}

func TestRoundAndDecimal(t *testing.T) {
	for _, c := range []struct {
		value    *big.Rat
		places   int
		rounding Rounding
		want     string
	}{
		{big.NewRat(1, 8), 2, Nearest, "0.13"},
		{big.NewRat(1, 8), 2, Down, "0.12"},
		{big.NewRat(1, 8), 2, Up, "0.13"},
		{big.NewRat(1, 4), 2, Up, "0.25"},
		{big.NewRat(1, 1000), 2, Up, "0.01"},
		{big.NewRat(1, 1000), 2, Down, "0.00"},
		{big.NewRat(-1, 3), 2, Up, "-0.33"},
		{big.NewRat(7, 2), 0, Nearest, "4"},
	} {
		assert.Equal(t, c.want, Decimal(RoundRat(c.value, c.places, c.rounding), c.places), "%v", c)
	}
	// Very near to 0 and 1, where an enclosure can't tell the end itself.
	near := Binomial(2_000, 0, big.NewRat(3, 4))
	assert.Equal(t, "0.0000", Decimal(Round(near, 4, Down), 4))
	assert.Equal(t, "0.0001", Decimal(Round(near, 4, Up), 4))
	assert.Equal(t, "0.9999", Decimal(Round(Complement(near), 4, Down), 4))
	assert.Equal(t, "1.0000", Decimal(Round(Complement(near), 4, Up), 4))
}

func TestLeastFindsThePlaceFromAnyGuess(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		low := rapid.Int64Range(-50, 50).Draw(t, "low")
		high := low + rapid.Int64Range(0, 500).Draw(t, "span")
		want := rapid.Int64Range(low, high).Draw(t, "place")
		guess := rapid.Int64Range(low-10, high+10).Draw(t, "guess")
		holds := func(v int64) bool { return v >= want }
		require.Equal(t, want, Least(low, high, guess, holds))
		require.Equal(t, want, LeastFloat(low, high, holds))
	})
}

func TestBoundsEqualBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		population := rapid.Int64Range(1, 60).Draw(t, "population")
		n := rapid.Int64Range(0, population).Draw(t, "n")
		x := rapid.Int64Range(0, n).Draw(t, "x")
		level := big.NewRat(rapid.Int64Range(1, 40).Draw(t, "level"), 40)
		most := int64(-1)
		for k := x; k <= population-(n-x); k++ {
			if hypergeometricReference(population, k, n, x).Cmp(level) >= 0 {
				most = k
			}
		}
		require.Equal(t, most, MostFailures(population, n, x, level))
		if x < n && level.Cmp(big.NewRat(1, 1)) < 0 {
			least := LeastProbability(n, x, level, 2)
			require.LessOrEqual(t, binomialReference(n, x, big.NewRat(least, 100)).Cmp(level), 0)
			require.Equal(t, 1, binomialReference(n, x, big.NewRat(least-1, 100)).Cmp(level))
		}
	})
}

func BenchmarkLeastProbability(b *testing.B) {
	level := big.NewRat(1, 20)
	want := distuv.Beta{Alpha: 1_058, Beta: 100_000 - 1_057}.Quantile(0.95)
	require.InDelta(b, want, float64(LeastProbability(100_000, 1_057, level, 8))/1e8, 2e-8)
	for b.Loop() {
		LeastProbability(100_000, 1_057, level, 8)
	}
}
