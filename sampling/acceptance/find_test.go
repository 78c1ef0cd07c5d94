package acceptance

import (
	"encoding/json"
	"math/big"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

func rat(text string) *big.Rat {
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		panic("malformed number in a test: " + text)
	}
	return r
}

func TestFindPlanReproducesThePublishedPlan(t *testing.T) {
	var vector struct {
		Assess struct {
			Plan [2]int64 `json:"plan"`
			P05  string   `json:"p=0.05"`
			P15  string   `json:"p=0.15"`
		} `json:"assess"`
		Find struct {
			PRP, CRP [2]json.Number
			N, C     int64
		} `json:"find_plan"`
		Computed struct {
			Hyper struct {
				Lot      int64 `json:"N"`
				PRP, CRP [2]json.Number
				Size     int64 `json:"n"`
				C        int64 `json:"c"`
			} `json:"find_plan_hypergeom"`
		} `json:"computed_only"`
	}
	data, err := os.ReadFile("testdata/find_plan.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &vector))

	one := big.NewRat(1, 1)
	plan, err := FindPlan(Requirement{
		ProducerQuality: rat(vector.Find.PRP[0].String()), ProducerRisk: new(big.Rat).Sub(one, rat(vector.Find.PRP[1].String())),
		ConsumerQuality: rat(vector.Find.CRP[0].String()), ConsumerRisk: rat(vector.Find.CRP[1].String()),
	})
	require.NoError(t, err)
	assert.Equal(t, Plan{SampleSize: vector.Find.N, AcceptanceNumber: vector.Find.C}, plan)

	h := vector.Computed.Hyper
	require.Equal(t, int64(100), h.Lot)
	plan, err = FindPlan(Requirement{
		ProducerQuality: rat(h.PRP[0].String()), ProducerRisk: new(big.Rat).Sub(one, rat(h.PRP[1].String())),
		ConsumerQuality: rat(h.CRP[0].String()), ConsumerRisk: rat(h.CRP[1].String()), Population: h.Lot,
	})
	require.NoError(t, err)
	assert.Equal(t, Plan{SampleSize: h.Size, AcceptanceNumber: h.C}, plan)

	assess := Plan{SampleSize: vector.Assess.Plan[0], AcceptanceNumber: vector.Assess.Plan[1]}
	for quality, want := range map[string]string{"0.05": vector.Assess.P05, "0.15": vector.Assess.P15} {
		pa, err := assess.AcceptanceProbability(rat(quality), 0)
		require.NoError(t, err)
		assert.Equal(t, want, pa.Decimal(3))
	}
}

// exactTail sums the definition with nothing of the package.
func exactTail(population, failures, n, c int64) *big.Rat {
	sum := new(big.Int)
	for k := int64(0); k <= min(c, n); k++ {
		if k <= failures && n-k <= population-failures {
			ways := new(big.Int).Binomial(failures, k)
			sum.Add(sum, ways.Mul(ways, new(big.Int).Binomial(population-failures, n-k)))
		}
	}
	return new(big.Rat).SetFrac(sum, new(big.Int).Binomial(population, n))
}

func TestFindPlanInALotEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lot := rapid.Int64Range(2, 45).Draw(t, "lot")
		good := rapid.Int64Range(0, lot-1).Draw(t, "good")
		bad := rapid.Int64Range(good+1, lot).Draw(t, "bad")
		alpha := big.NewRat(rapid.Int64Range(1, 30).Draw(t, "alpha"), 100)
		beta := big.NewRat(rapid.Int64Range(1, 30).Draw(t, "beta"), 100)
		got, err := FindPlan(Requirement{
			ProducerQuality: big.NewRat(good, lot), ProducerRisk: alpha,
			ConsumerQuality: big.NewRat(bad, lot), ConsumerRisk: beta, Population: lot,
		})
		require.NoError(t, err)
		pass := new(big.Rat).Sub(big.NewRat(1, 1), alpha)
		for n := int64(1); n <= lot; n++ {
			for c := int64(0); c < n; c++ {
				if exactTail(lot, good, n, c).Cmp(pass) >= 0 && exactTail(lot, bad, n, c).Cmp(beta) <= 0 {
					require.Equal(t, Plan{SampleSize: n, AcceptanceNumber: c}, got)
					return
				}
			}
		}
		require.Fail(t, "brute force finds no plan")
	})
}

func TestFindPlanForAProcessEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		good := rapid.Int64Range(1, 30).Draw(t, "good")
		bad := rapid.Int64Range(good+8, 60).Draw(t, "bad")
		got, err := FindPlan(Requirement{ProducerQuality: big.NewRat(good, 100), ConsumerQuality: big.NewRat(bad, 100)})
		require.NoError(t, err)
		pa := func(n, c, q int64) float64 {
			return distuv.Binomial{N: float64(n), P: float64(q) / 100}.CDF(float64(c))
		}
		for n := int64(1); ; n++ {
			for c := int64(0); c < n; c++ {
				if pa(n, c, good) >= 0.95 && pa(n, c, bad) <= 0.1 {
					require.Equal(t, Plan{SampleSize: n, AcceptanceNumber: c}, got)
					return
				}
			}
			require.LessOrEqual(t, n, got.SampleSize)
		}
	})
}

func TestFindPlanWithNearbyQualities(t *testing.T) {
	plan, err := FindPlan(Requirement{ProducerQuality: rat("0.100"), ConsumerQuality: rat("0.106")})
	require.NoError(t, err)
	producer, err := plan.ProducerRisk(rat("0.100"), 0)
	require.NoError(t, err)
	consumer, err := plan.ConsumerRisk(rat("0.106"), 0)
	require.NoError(t, err)
	assert.LessOrEqual(t, producer.Compare(rat("0.05")), 0)
	assert.LessOrEqual(t, consumer.Compare(rat("0.10")), 0)
	// The next smaller sample can't keep both, whatever its acceptance number.
	smaller := Plan{SampleSize: plan.SampleSize - 1, AcceptanceNumber: plan.AcceptanceNumber}
	consumer, err = smaller.ConsumerRisk(rat("0.106"), 0)
	require.NoError(t, err)
	assert.Equal(t, 1, consumer.Compare(rat("0.10")))
	smaller.AcceptanceNumber--
	producer, err = smaller.ProducerRisk(rat("0.100"), 0)
	require.NoError(t, err)
	assert.Equal(t, 1, producer.Compare(rat("0.05")))
}

func TestSizeByRisk(t *testing.T) {
	// Textbook sizes for 95 % confidence and no failure.
	for limit, want := range map[string]int64{"0.05": 59, "0.10": 29, "0.01": 299, "0.02": 149, "0.95": 1, "0.5": 5, "1": 1} {
		plan, err := SizeByRisk(Target{Limit: rat(limit)})
		require.NoError(t, err)
		assert.Equal(t, Plan{SampleSize: want}, plan, limit)
	}
	plan, err := SizeByRisk(Target{Limit: rat("0.02"), Population: 3})
	require.NoError(t, err)
	assert.Equal(t, Plan{SampleSize: 3}, plan, "one unit of three: 2 of 3 is below 95 percent, so all are inspected")
}

func TestSizeByRiskEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lot := rapid.Int64Range(1, 70).Draw(t, "lot")
		failures := rapid.Int64Range(1, lot).Draw(t, "failures")
		c := rapid.Int64Range(0, failures-1).Draw(t, "c")
		confidence := big.NewRat(rapid.Int64Range(1, 199).Draw(t, "confidence"), 200)
		risk := new(big.Rat).Sub(big.NewRat(1, 1), confidence)
		// Any share that rounds up to these failures asks for the same.
		limit := new(big.Rat).Sub(big.NewRat(failures, lot), big.NewRat(1, 1_000_000))
		got, err := SizeByRisk(Target{Limit: limit, AcceptanceNumber: c, Confidence: confidence, Population: lot})
		require.NoError(t, err)
		n := c + 1
		for exactTail(lot, failures, n, c).Cmp(risk) > 0 {
			n++
		}
		require.Equal(t, Plan{SampleSize: n, AcceptanceNumber: c}, got)
	})
}

func TestSizeByRiskForAProcessEqualsBruteForce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		limit := rapid.Int64Range(5, 100).Draw(t, "limit")
		c := rapid.Int64Range(0, 5).Draw(t, "c")
		got, err := SizeByRisk(Target{Limit: big.NewRat(limit, 100), AcceptanceNumber: c, Confidence: big.NewRat(9, 10)})
		require.NoError(t, err)
		n := c + 1
		for (distuv.Binomial{N: float64(n), P: float64(limit) / 100}).CDF(float64(c)) > 0.1+1e-12 {
			n++
		}
		require.Equal(t, Plan{SampleSize: n, AcceptanceNumber: c}, got)
	})
}

func TestRequirementsAndTargetsThatAreRefused(t *testing.T) {
	for name, c := range map[string]struct {
		err        error
		path, code string
	}{
		"order":      {second(FindPlan(Requirement{ProducerQuality: rat("0.1"), ConsumerQuality: rat("0.1")})), "requirement.consumerQuality", "points-in-wrong-order"},
		"missing":    {second(FindPlan(Requirement{ConsumerQuality: rat("0.1")})), "requirement.producerQuality", "missing"},
		"over one":   {second(FindPlan(Requirement{ProducerQuality: rat("0.1"), ConsumerQuality: rat("1.1")})), "requirement.consumerQuality", "out-of-range"},
		"risk 0":     {second(FindPlan(Requirement{ProducerQuality: rat("0.1"), ConsumerQuality: rat("0.2"), ConsumerRisk: rat("0")})), "requirement.consumerRisk", "out-of-range"},
		"too close":  {second(FindPlan(Requirement{ProducerQuality: rat("0.1"), ConsumerQuality: rat("0.1001")})), "requirement", "no-plan"},
		"population": {second(FindPlan(Requirement{ProducerQuality: rat("0.1"), ConsumerQuality: rat("0.2"), Population: -1})), "requirement.population", "out-of-range"},
		"limit 0":    {second(SizeByRisk(Target{Limit: rat("0")})), "target.limit", "out-of-range"},
		"negative":   {second(SizeByRisk(Target{Limit: rat("-1/2")})), "target.limit", "out-of-range"},
		"confidence": {second(SizeByRisk(Target{Limit: rat("0.1"), Confidence: rat("1")})), "target.confidence", "out-of-range"},
		"c negative": {second(SizeByRisk(Target{Limit: rat("0.1"), AcceptanceNumber: -1})), "target.acceptanceNumber", "out-of-range"},
		"c too high": {second(SizeByRisk(Target{Limit: rat("0.1"), AcceptanceNumber: 1, Population: 10})), "target.acceptanceNumber", "accepts-everything"},
		"too small":  {second(SizeByRisk(Target{Limit: rat("0.000000001")})), "target", "no-plan"},
	} {
		refused(t, name, c.err, c.path, c.code)
	}
}

func second[T any](_ T, err error) error { return err }

func refused(t *testing.T, name string, err error, path, code string) {
	t.Helper()
	var refusal *Error
	require.ErrorAs(t, err, &refusal, name)
	assert.Equal(t, path, refusal.Path, name)
	assert.Equal(t, code, refusal.Code, name)
	assert.NotEmpty(t, refusal.Remedy, name)
	assert.Contains(t, err.Error(), refusal.Problem, name)
}
