package acceptance

import (
	"bytes"
	"encoding/xml"
	"errors"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"gonum.org/v1/gonum/stat/distuv"
	"pgregory.net/rapid"
)

var update = flag.Bool("update", false, "rewrite the golden files")

func drawPlan(t *rapid.T, most int64) Plan {
	n := rapid.Int64Range(1, most).Draw(t, "n")
	return Plan{SampleSize: n, AcceptanceNumber: rapid.Int64Range(0, n-1).Draw(t, "c")}
}

func TestCurvesFall(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		population := rapid.SampledFrom([]int64{0, 60, 1000}).Draw(t, "population")
		plan := drawPlan(t, 60)
		if population == 0 && rapid.Bool().Draw(t, "faults") {
			plan.Model = Nonconformities
		}
		points, err := plan.Points(big.NewRat(1, 1), population)
		require.NoError(t, err)
		require.Equal(t, 0, points[0].Acceptance.Compare(big.NewRat(1, 1)))
		require.Zero(t, points[0].Quality.Sign())
		before := exactOrDecimal(t, points[0].Acceptance)
		for _, point := range points[1:] {
			now := exactOrDecimal(t, point.Acceptance)
			require.LessOrEqual(t, now.Cmp(before), 0)
			before = now
		}
	})
}

func exactOrDecimal(t require.TestingT, p Probability) *big.Rat {
	if r, ok := p.Rat(); ok {
		return r
	}
	r, ok := new(big.Rat).SetString(p.Decimal(20))
	require.True(t, ok)
	return r
}

func TestRisksAreTheTwoSidesOfTheCurve(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		lot := rapid.Int64Range(1, 40).Draw(t, "lot")
		plan := drawPlan(t, lot)
		// A quality that need not be a whole number of units.
		quality := big.NewRat(rapid.Int64Range(0, 1000).Draw(t, "quality"), 1000)
		down := new(big.Int).Div(new(big.Int).Mul(quality.Num(), big.NewInt(lot)), quality.Denom()).Int64()
		up := down
		if !new(big.Rat).Mul(quality, big.NewRat(lot, 1)).IsInt() {
			up++
		}
		producer, err := plan.ProducerRisk(quality, lot)
		require.NoError(t, err)
		got, _ := producer.Rat()
		require.Zero(t, got.Cmp(new(big.Rat).Sub(big.NewRat(1, 1), exactTail(lot, down, plan.SampleSize, plan.AcceptanceNumber))))
		consumer, err := plan.ConsumerRisk(quality, lot)
		require.NoError(t, err)
		got, _ = consumer.Rat()
		require.Zero(t, got.Cmp(exactTail(lot, up, plan.SampleSize, plan.AcceptanceNumber)))
		pa, err := plan.AcceptanceProbability(quality, lot)
		if up != down {
			var refusal *Error
			require.ErrorAs(t, err, &refusal)
			require.Equal(t, "not-whole", refusal.Code)
			return
		}
		require.NoError(t, err)
		require.Zero(t, pa.Compare(got))
	})
}

func TestQualityAtIsTheLastOneThatPasses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := drawPlan(t, 50)
		plan.Model = rapid.SampledFrom([]Model{Nonconforming, Nonconformities}).Draw(t, "model")
		level := big.NewRat(rapid.Int64Range(1, 99).Draw(t, "level"), 100)
		quality, err := plan.QualityAt(level, 0, 4)
		require.NoError(t, err)
		at, err := plan.AcceptanceProbability(quality, 0)
		require.NoError(t, err)
		require.GreaterOrEqual(t, at.Compare(level), 0)
		beyond, err := plan.AcceptanceProbability(new(big.Rat).Add(quality, big.NewRat(1, 10_000)), 0)
		require.NoError(t, err)
		require.Equal(t, -1, beyond.Compare(level))

		lot := plan.SampleSize + rapid.Int64Range(0, 50).Draw(t, "rest")
		plan.Model = Nonconforming
		quality, err = plan.QualityAt(level, lot, 0)
		require.NoError(t, err)
		k := new(big.Rat).Mul(quality, big.NewRat(lot, 1)).Num().Int64()
		require.GreaterOrEqual(t, exactTail(lot, k, plan.SampleSize, plan.AcceptanceNumber).Cmp(level), 0)
		if k < lot {
			require.Equal(t, -1, exactTail(lot, k+1, plan.SampleSize, plan.AcceptanceNumber).Cmp(level))
		}
	})
	// Met exactly: one unit, accepted with 1/4 at quality 3/4.
	quality, err := Plan{SampleSize: 1}.QualityAt(big.NewRat(1, 4), 0, 3)
	require.NoError(t, err)
	assert.Equal(t, "3/4", quality.String())
}

func TestAcceptanceProbabilityAgreesWithGonum(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		plan := drawPlan(t, 3000)
		quality := big.NewRat(rapid.Int64Range(1, 999).Draw(t, "quality"), 1000)
		pa, err := plan.AcceptanceProbability(quality, 0)
		require.NoError(t, err)
		p, _ := quality.Float64()
		want := distuv.Binomial{N: float64(plan.SampleSize), P: p}.CDF(float64(plan.AcceptanceNumber))
		got, _ := rat(pa.Decimal(12)).Float64()
		require.InDelta(t, want, got, 1e-9)
	})
}

func TestZeroProbability(t *testing.T) {
	assert.Equal(t, "0.00", Probability{}.Decimal(2))
	assert.Equal(t, "0", Probability{}.Decimal(-3))
	assert.Zero(t, Probability{}.Compare(new(big.Rat)))
}

func TestPlansAndQualitiesThatAreRefused(t *testing.T) {
	half := big.NewRat(1, 2)
	ask := func(p Plan, q *big.Rat, population int64) error {
		return second(p.AcceptanceProbability(q, population))
	}
	good := Plan{SampleSize: 5}
	refused(t, "n 0", ask(Plan{}, half, 0), "plan.sampleSize", "out-of-range")
	refused(t, "n -1", ask(Plan{SampleSize: -1}, half, 0), "plan.sampleSize", "out-of-range")
	refused(t, "n huge", ask(Plan{SampleSize: 1 << 62}, half, 0), "plan.sampleSize", "out-of-range")
	refused(t, "n over N", ask(good, half, 4), "plan.sampleSize", "sample-over-population")
	refused(t, "c -1", ask(Plan{SampleSize: 5, AcceptanceNumber: -1}, half, 0), "plan.acceptanceNumber", "out-of-range")
	refused(t, "c = n", ask(Plan{SampleSize: 5, AcceptanceNumber: 5}, half, 0), "plan.acceptanceNumber", "accepts-everything")
	refused(t, "model", ask(Plan{SampleSize: 5, Model: 9}, half, 0), "plan.model", "unknown-model")
	refused(t, "faults in a lot", ask(Plan{SampleSize: 5, Model: Nonconformities}, half, 10), "population", "model-without-lot")
	refused(t, "N -1", ask(good, half, -1), "population", "out-of-range")
	refused(t, "no quality", ask(good, nil, 0), "quality", "missing")
	refused(t, "quality", ask(good, rat("1.01"), 0), "quality", "out-of-range")
	refused(t, "quality", ask(good, rat("-0.01"), 0), "quality", "out-of-range")
	refused(t, "faults", ask(Plan{SampleSize: 5, Model: Nonconformities}, rat("1001"), 0), "quality", "out-of-range")
	refused(t, "long", ask(good, new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Lsh(big.NewInt(1), 300)), 0), "quality", "too-long")
	refused(t, "work", ask(Plan{SampleSize: 400_000_000}, half, 900_000_000), "plan", "too-large")
	refused(t, "level", second(good.QualityAt(big.NewRat(1, 1), 0, 4)), "acceptance", "out-of-range")
	refused(t, "places", second(good.QualityAt(half, 0, 19)), "places", "out-of-range")
}

func TestCurveGoldens(t *testing.T) {
	for name, c := range map[string]struct {
		plan    Plan
		options CurveOptions
	}{
		"process-en.svg": {Plan{SampleSize: 80, AcceptanceNumber: 2}, CurveOptions{Marks: []*big.Rat{rat("0.01"), rat("0.065")}}},
		"lot-zh.svg":     {Plan{SampleSize: 7}, CurveOptions{Language: Chinese, Population: 50, Marks: []*big.Rat{rat("0.02"), rat("0.3")}}},
		"faults-zh.svg":  {Plan{SampleSize: 13, AcceptanceNumber: 21, Model: Nonconformities}, CurveOptions{Language: Chinese}},
	} {
		var first, again bytes.Buffer
		require.NoError(t, WriteCurve(&first, c.plan, c.options), name)
		require.NoError(t, WriteCurve(&again, c.plan, c.options), name)
		require.Equal(t, first.String(), again.String(), name)
		if *update {
			require.NoError(t, os.WriteFile("testdata/"+name, first.Bytes(), 0o644))
		}
		want, err := os.ReadFile("testdata/" + name)
		require.NoError(t, err)
		assert.Equal(t, string(want), first.String(), name)
		requireAccessible(t, first.Bytes())
	}
}

// requireAccessible holds that the document is well-formed XML whose labels
// exist and aren't empty.
func requireAccessible(t require.TestingT, document []byte) {
	d := xml.NewDecoder(bytes.NewReader(document))
	texts, ids, labelled := map[string]string{}, map[string]string{}, ""
	open, id := "", ""
	for {
		token, err := d.Token()
		if errors.Is(err, io.EOF) {
			break
		}
		require.NoError(t, err)
		switch token := token.(type) {
		case xml.StartElement:
			open, id = token.Name.Local, ""
			for _, a := range token.Attr {
				switch a.Name.Local {
				case "id":
					id = a.Value
				case "aria-labelledby":
					labelled = a.Value
				}
			}
		case xml.CharData:
			if strings.TrimSpace(string(token)) != "" {
				texts[open] += string(token)
				ids[id] += string(token)
			}
		case xml.EndElement:
			open, id = "", ""
		}
	}
	names := strings.Fields(labelled)
	require.Len(t, names, 2)
	for _, name := range names {
		require.NotEmpty(t, ids[name])
	}
	require.NotEmpty(t, texts["text"])
}

func TestEveryCurveIsWellFormed(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		options := CurveOptions{
			Language:   rapid.SampledFrom([]Language{"", English, Chinese}).Draw(t, "language"),
			Population: rapid.SampledFrom([]int64{0, 40, 5000}).Draw(t, "population"),
		}
		var out bytes.Buffer
		require.NoError(t, WriteCurve(&out, drawPlan(t, 40), options))
		requireAccessible(t, out.Bytes())
		require.NotContains(t, out.String(), "%!")
	})
}

type brokenWriter struct{}

var errBroken = errors.New("disk full")

func (brokenWriter) Write([]byte) (int, error) { return 0, errBroken }

func TestCurveOfAFullInspectionShowsTheFirstFailingUnit(t *testing.T) {
	var out bytes.Buffer
	require.NoError(t, WriteCurve(&out, Plan{SampleSize: 8}, CurveOptions{Population: 8}))
	assert.Equal(t, 2, strings.Count(out.String(), "<circle"))
}

func TestCurvesThatAreRefused(t *testing.T) {
	plan := Plan{SampleSize: 20}
	ask := func(p Plan, o CurveOptions) error { return WriteCurve(io.Discard, p, o) }
	refused(t, "language", ask(plan, CurveOptions{Language: "fr"}), "options.language", "unknown-language")
	refused(t, "axis", ask(plan, CurveOptions{MaxQuality: new(big.Rat)}), "options.maxQuality", "out-of-range")
	refused(t, "axis", ask(plan, CurveOptions{MaxQuality: rat("2")}), "quality", "out-of-range")
	refused(t, "mark", ask(plan, CurveOptions{Marks: []*big.Rat{rat("0.9")}}), "options.marks[0]", "out-of-range")
	refused(t, "mark", ask(plan, CurveOptions{Marks: []*big.Rat{nil}}), "quality", "missing")
	refused(t, "marks", ask(plan, CurveOptions{Marks: make([]*big.Rat, 9)}), "options.marks", "too-many")
	refused(t, "plan", ask(Plan{}, CurveOptions{}), "plan.sampleSize", "out-of-range")
	huge := Plan{SampleSize: 3_000_000, AcceptanceNumber: 600_000}
	refused(t, "huge", ask(huge, CurveOptions{MaxQuality: rat("0.3")}), "plan", "too-large")
	refused(t, "huge, with its own axis", ask(huge, CurveOptions{}), "plan", "too-large")
	assert.ErrorIs(t, WriteCurve(brokenWriter{}, plan, CurveOptions{}), errBroken)
}

func ExampleForLot() {
	choice, err := ForLot("GB/T 2828.1-2012", 1000, "II", "1.0", Normal)
	fmt.Println(choice.CodeLetter, choice.Inspect, choice.Plan.AcceptanceNumber, choice.Plan.RejectionNumber(), err)
	// Output: J 80 2 3 <nil>
}

func ExampleSizeByRisk() {
	process, _ := SizeByRisk(Target{Limit: big.NewRat(5, 100)})
	lot, _ := SizeByRisk(Target{Limit: big.NewRat(5, 100), Population: 200})
	fmt.Println(process.SampleSize, lot.SampleSize)
	// Output: 59 51
}

func ExampleFindPlan() {
	plan, err := FindPlan(Requirement{ProducerQuality: big.NewRat(1, 100), ConsumerQuality: big.NewRat(8, 100)})
	fmt.Println(plan.SampleSize, plan.AcceptanceNumber, err)
	// Output: 65 2 <nil>
}
