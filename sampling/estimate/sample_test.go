package estimate

import (
	"encoding/csv"
	"fmt"
	"math"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/sampling/internal/exact"
)

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("malformed number in a test: " + text)
	}
	return r
}

func vector(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	r := csv.NewReader(file)
	r.Comment = '#'
	all, err := r.ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(all), 1)
	var out []map[string]string
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, name := range all[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return n
}

func refused(t *testing.T, err error, path, code string) {
	t.Helper()
	var refusal *Error
	require.ErrorAs(t, err, &refusal, path)
	assert.Equal(t, path, refusal.Path)
	assert.Equal(t, code, refusal.Code, path)
	assert.NotEmpty(t, refusal.Remedy)
}

func second[T any](_ T, err error) error { return err }

// nearest writes a bound of 14 places to the 10 printed ones.
func nearest(b Bound) string { return b.Rate.FloatString(10) }

func TestBinomialIntervalsReproduceTheVectors(t *testing.T) {
	for _, row := range vector(t, "binomial_intervals.csv") {
		s := Sample{Failures: number(t, row["x"]), Size: number(t, row["n"])}
		two, err := s.TwoSided(nil, 14)
		require.NoError(t, err)
		assert.Equal(t, row["cp95_lo"], nearest(two.Lower), "%v", row)
		assert.Equal(t, row["cp95_hi"], nearest(two.Upper), "%v", row)
		one, err := s.UpperBound(nil, 14)
		require.NoError(t, err)
		assert.Equal(t, row["cp_onesided_upper95"], nearest(one), "%v", row)
		w, err := s.Wilson(nil, 12)
		require.NoError(t, err)
		assert.Equal(t, row["wilson_lo"], nearest(w.Lower), "%v", row)
		assert.Equal(t, row["wilson_hi"], nearest(w.Upper), "%v", row)
		// The published ones take the quantile as 1.96.
		w = wilson(big.NewRat(s.Failures, s.Size), big.NewRat(s.Size, 1), rat("1.96"), 14)
		assert.Equal(t, strings.TrimPrefix(row["wilson196_lo"], "-"), nearest(w.Lower), "%v", row)
		assert.Equal(t, row["wilson196_hi"], nearest(w.Upper), "%v", row)
	}
}

func TestHypergeometricIntervalsReproduceTheVectors(t *testing.T) {
	for _, row := range vector(t, "hypergeometric_intervals.csv") {
		failures, n, population := number(t, row["x"]), number(t, row["n"]), number(t, row["N"])
		two, err := TwoSided(failures, n, population, rat(row["conf"]))
		require.NoError(t, err)
		assert.Equal(t, number(t, row["K_lo95"]), two.Lower.Units, "%v", row)
		assert.Equal(t, number(t, row["K_hi95"]), two.Upper.Units, "%v", row)
		assert.Zero(t, two.Upper.Rate.Cmp(big.NewRat(two.Upper.Units, population)))
		one, err := UpperBound(failures, n, population, rat(row["conf"]))
		require.NoError(t, err)
		assert.Equal(t, number(t, row["K_upper_onesided95"]), one.Units, "%v", row)
	}
}

func TestWhatASampleWithoutFailureProves(t *testing.T) {
	for n, want := range map[int64]string{1: "95.0", 2: "77.6", 5: "45.1", 7: "34.8", 10: "25.9", 20: "13.9", 30: "9.5", 59: "5.0"} {
		b, err := UpperBound(0, n, 0, nil)
		require.NoError(t, err)
		assert.Equal(t, want, b.NearestPercent(1), "%d", n)
		// The formula for no failure: 1 - risk^(1/n).
		assert.InDelta(t, 100*(1-math.Pow(0.05, 1/float64(n))), percent(t, b.Percent(4)), 1e-4)
	}
	b, err := UpperBound(0, 7, 0, nil)
	require.NoError(t, err)
	assert.Equal(t, "34.9", b.Percent(1), "rounded outward, it never claims more than it shows")
	assert.Equal(t, "0.348164", b.Decimal(6))
}

func percent(t *testing.T, text string) float64 {
	t.Helper()
	v, err := strconv.ParseFloat(text, 64)
	require.NoError(t, err)
	return v
}

// tail is P(X <= x) by its definition, for n from a process or a population.
func tail(population, failures, n, x int64, p *big.Rat) *big.Rat {
	sum := new(big.Rat)
	for k := int64(0); k <= min(x, n); k++ {
		if population > 0 {
			if k <= failures && n-k <= population-failures {
				ways := new(big.Int).Binomial(failures, k)
				ways.Mul(ways, new(big.Int).Binomial(population-failures, n-k))
				sum.Add(sum, new(big.Rat).SetFrac(ways, new(big.Int).Binomial(population, n)))
			}
			continue
		}
		term := new(big.Rat).SetInt(new(big.Int).Binomial(n, k))
		for i := range n {
			if i < k {
				term.Mul(term, p)
			} else {
				term.Mul(term, new(big.Rat).Sub(big.NewRat(1, 1), p))
			}
		}
		sum.Add(sum, term)
	}
	return sum
}

func TestProcessBoundsEqualARationalReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int64Range(1, 25).Draw(t, "n")
		x := rapid.Int64Range(0, n).Draw(t, "x")
		risk := big.NewRat(rapid.Int64Range(1, 99).Draw(t, "risk"), 100)
		confidence := new(big.Rat).Sub(big.NewRat(1, 1), risk)
		const places = 3
		step := big.NewRat(1, 1000)
		one := big.NewRat(1, 1)

		upper, err := Sample{Failures: x, Size: n}.UpperBound(confidence, places)
		require.NoError(t, err)
		// At the bound so few failures are improbable enough, one step below
		// they aren't: it is the least decimal that is no lie.
		if x == n {
			require.Zero(t, upper.Rate.Cmp(one))
		} else {
			require.LessOrEqual(t, tail(0, 0, n, x, upper.Rate).Cmp(risk), 0)
			require.Equal(t, 1, tail(0, 0, n, x, new(big.Rat).Sub(upper.Rate, step)).Cmp(risk))
		}
		lower, err := Sample{Failures: x, Size: n}.LowerBound(confidence, places)
		require.NoError(t, err)
		atLeast := func(p *big.Rat) *big.Rat { return new(big.Rat).Sub(one, tail(0, 0, n, x-1, p)) }
		if x == 0 {
			require.Zero(t, lower.Rate.Sign())
		} else {
			require.LessOrEqual(t, atLeast(lower.Rate).Cmp(risk), 0)
			require.Equal(t, 1, atLeast(new(big.Rat).Add(lower.Rate, step)).Cmp(risk))
		}
	})
}

func TestPopulationBoundsEqualARationalReference(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		population := rapid.Int64Range(1, 50).Draw(t, "population")
		n := rapid.Int64Range(1, population).Draw(t, "n")
		x := rapid.Int64Range(0, n).Draw(t, "x")
		risk := big.NewRat(rapid.Int64Range(1, 99).Draw(t, "risk"), 100)
		confidence := new(big.Rat).Sub(big.NewRat(1, 1), risk)
		least, most := int64(-1), int64(-1)
		for k := x; k <= population-(n-x); k++ {
			if tail(population, k, n, x, nil).Cmp(risk) >= 0 {
				most = k
			}
			if least < 0 && new(big.Rat).Sub(big.NewRat(1, 1), tail(population, k, n, x-1, nil)).Cmp(risk) >= 0 {
				least = k
			}
		}
		upper, err := UpperBound(x, n, population, confidence)
		require.NoError(t, err)
		require.Equal(t, most, upper.Units)
		lower, err := LowerBound(x, n, population, confidence)
		require.NoError(t, err)
		require.Equal(t, least, lower.Units)
		if n == population {
			require.Equal(t, x, upper.Units, "a full inspection leaves no doubt")
			require.Equal(t, x, lower.Units)
		}
	})
}

// The promise itself: over all outcomes of a small population, the bound covers
// the truth with at least the stated probability.
func TestCoverageByEnumeration(t *testing.T) {
	const population, n = 24, 9
	confidence := big.NewRat(9, 10)
	var bounds []Bound
	var intervals []Interval
	for x := int64(0); x <= n; x++ {
		b, err := UpperBound(x, n, population, confidence)
		require.NoError(t, err)
		i, err := TwoSided(x, n, population, confidence)
		require.NoError(t, err)
		bounds, intervals = append(bounds, b), append(intervals, i)
	}
	for k := int64(0); k <= population; k++ {
		one, two := new(big.Rat), new(big.Rat)
		for x := int64(0); x <= n; x++ {
			here := new(big.Rat).Sub(tail(population, k, n, x, nil), tail(population, k, n, x-1, nil))
			if k <= bounds[x].Units {
				one.Add(one, here)
			}
			if intervals[x].Lower.Units <= k && k <= intervals[x].Upper.Units {
				two.Add(two, here)
			}
		}
		assert.GreaterOrEqual(t, one.Cmp(confidence), 0, "%d failing", k)
		assert.GreaterOrEqual(t, two.Cmp(confidence), 0, "%d failing", k)
	}
}

func TestLargeBoundsAgreeWithGonum(t *testing.T) {
	for _, s := range []Sample{{3, 10_000, 0}, {1_000, 1_000_000, 0}, {499_000, 1_000_000, 0}, {0, 50_000_000, 0}, {120, 20_000_000, 0}} {
		b, err := s.UpperBound(nil, 12)
		require.NoError(t, err)
		got, _ := b.Rate.Float64()
		want := distuv.Beta{Alpha: float64(s.Failures + 1), Beta: float64(s.Size - s.Failures)}.Quantile(0.95)
		assert.InEpsilon(t, want, got, 1e-5, "%v", s)
	}
	// A population a thousand times the sample is nearly a process.
	finite, err := UpperBound(4, 2_000, 20_000_000, nil)
	require.NoError(t, err)
	endless, err := UpperBound(4, 2_000, 0, nil)
	require.NoError(t, err)
	a, _ := finite.Rate.Float64()
	b, _ := endless.Rate.Float64()
	assert.InEpsilon(t, b, a, 1e-3)
	// A large share of a large population, with few failures.
	_, err = UpperBound(40, 20_000_000, 100_000_000, nil)
	require.NoError(t, err)
}

func TestWilsonInAPopulation(t *testing.T) {
	process, err := Sample{5, 50, 0}.Wilson(nil, 8)
	require.NoError(t, err)
	population, err := Sample{5, 50, 80}.Wilson(nil, 8)
	require.NoError(t, err)
	assert.Equal(t, 1, population.Lower.Rate.Cmp(process.Lower.Rate))
	assert.Equal(t, -1, population.Upper.Rate.Cmp(process.Upper.Rate))
	full, err := Sample{5, 15, 15}.Wilson(nil, 4)
	require.NoError(t, err)
	assert.Equal(t, "0.3333 0.3334", full.Lower.Decimal(4)+" "+full.Upper.Decimal(4))
	single, err := Sample{1, 1, 1}.Wilson(nil, 4)
	require.NoError(t, err)
	assert.Equal(t, "1.0000 1.0000", single.Lower.Decimal(4)+" "+single.Upper.Decimal(4))
}

func TestBoundText(t *testing.T) {
	third := big.NewRat(1, 3)
	upper, lower := Bound{Side: Upper, Rate: third}, Bound{Side: Lower, Rate: third}
	assert.Equal(t, "0.34 0.33", upper.Decimal(2)+" "+lower.Decimal(2))
	assert.Equal(t, "33.4 33.3", upper.Percent(1)+" "+lower.Percent(1))
	assert.Equal(t, "34 33", upper.Percent(-1)+" "+lower.Percent(0))
	assert.Equal(t, "33.3", upper.NearestPercent(1))
	assert.Equal(t, "0.00", Bound{}.Decimal(2))
}

func TestSamplesThatAreRefused(t *testing.T) {
	ask := func(x, n, population int64, confidence *big.Rat) error {
		return second(UpperBound(x, n, population, confidence))
	}
	refused(t, ask(-1, 5, 0, nil), "failures", "out-of-range")
	refused(t, ask(6, 5, 0, nil), "failures", "out-of-range")
	refused(t, ask(0, 0, 0, nil), "size", "out-of-range")
	refused(t, ask(0, -1, 0, nil), "size", "out-of-range")
	refused(t, ask(0, 1<<62, 0, nil), "size", "out-of-range")
	refused(t, ask(0, 6, 5, nil), "size", "sample-over-population")
	refused(t, ask(0, 5, -5, nil), "population", "out-of-range")
	refused(t, ask(0, 5, 1<<62, nil), "population", "out-of-range")
	for _, confidence := range []string{"0", "1", "-0.5", "95"} {
		refused(t, ask(0, 5, 0, rat(confidence)), "confidence", "out-of-range")
	}
	refused(t, ask(400_000_000, 900_000_000, 0, nil), "size", "too-large")
	refused(t, ask(200_000_000, 400_000_000, 900_000_000, nil), "size", "too-large")
	refused(t, second(Sample{0, 5, 0}.UpperBound(nil, 0)), "places", "out-of-range")
	refused(t, second(Sample{0, 5, 0}.TwoSided(nil, 19)), "places", "out-of-range")
	refused(t, second(LowerBound(6, 5, 0, nil)), "failures", "out-of-range")
	refused(t, second(TwoSided(6, 5, 0, nil)), "failures", "out-of-range")
	refused(t, second(Sample{6, 5, 0}.Wilson(nil, 4)), "failures", "out-of-range")
	refused(t, second(Sample{1, 5, 0}.Wilson(nil, 13)), "places", "out-of-range")
	refused(t, second(Sample{1, 5, 0}.Wilson(rat("0.99999999999"), 4)), "confidence", "out-of-range")
}

func FuzzBounds(f *testing.F) {
	f.Add(int64(0), int64(7), int64(0), int64(95), int64(100), 6)
	f.Add(int64(2), int64(20), int64(120), int64(1), int64(2), 3)
	f.Add(int64(-1), int64(0), int64(-1), int64(0), int64(1), -1)
	f.Fuzz(func(t *testing.T, x, n, population, above, below int64, places int) {
		if below == 0 {
			below = 1
		}
		// Sizes that are computed quickly; beyond them only refusals are new.
		if n > 5_000 || population > 1_000_000 {
			n, population = n%5_000, population%1_000_000
		}
		s := Sample{x, n, population}
		i, err := s.TwoSided(big.NewRat(above, below), places)
		if err != nil {
			var refusal *Error
			require.ErrorAs(t, err, &refusal)
			return
		}
		rate := big.NewRat(x, n)
		if new(big.Rat).SetFrac64(above, below).Cmp(big.NewRat(1, 2)) >= 0 && population == 0 {
			require.LessOrEqual(t, i.Lower.Rate.Cmp(rate), 0)
			require.GreaterOrEqual(t, i.Upper.Rate.Cmp(rate), 0)
		}
		require.GreaterOrEqual(t, i.Lower.Rate.Sign(), 0)
		require.LessOrEqual(t, i.Upper.Rate.Cmp(big.NewRat(1, 1)), 0)
	})
}

func ExampleUpperBound() {
	process, _ := UpperBound(0, 7, 0, nil)
	month, _ := UpperBound(0, 7, 50, nil)
	fmt.Println(process.Percent(1), month.Percent(1), month.Units)
	// Output: 34.9 32.0 16
}

func BenchmarkUpperBound(b *testing.B) {
	got, err := UpperBound(2, 20, 120, nil)
	require.NoError(b, err)
	require.Equal(b, int64(32), got.Units)
	require.Equal(b, "0.266667", exact.Decimal(exact.RoundRat(got.Rate, 6, exact.Up), 6))
	for b.Loop() {
		_, _ = UpperBound(2, 20, 120, nil)
	}
}
