package acceptance

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Target is what a sample shall be able to show: that with the stated
// confidence a population with Limit or more failing units is not accepted.
type Target struct {
	// Limit is the share of failing units that shall be caught, above 0. In a
	// limited population it is rounded up to whole units.
	Limit *big.Rat
	// AcceptanceNumber is the greatest number of failures in the sample that
	// is still accepted; 0 is the usual one.
	AcceptanceNumber int64
	// Confidence is the least probability of catching it. Nil means 95 percent.
	Confidence *big.Rat
	// Population is the number of units, or 0 for a continuing process.
	Population int64
}

// SizeByRisk returns the plan with the least sample size that meets the target.
// A sample size equal to the population means that all units are inspected.
// Example: 59 units without a failure show at 95 percent confidence that less
// than 5 percent fail.
func SizeByRisk(t Target) (Plan, error) {
	if t.Confidence == nil {
		t.Confidence = big.NewRat(95, 100)
	}
	if err := refuse.Population("target.population", t.Population); err != nil {
		return Plan{}, err
	}
	if err := refuse.Fraction("target.limit", t.Limit, false); err != nil {
		return Plan{}, err
	}
	if err := refuse.Fraction("target.confidence", t.Confidence, true); err != nil {
		return Plan{}, err
	}
	if t.Limit.Sign() == 0 {
		return Plan{}, refuse.Input("out-of-range", "target.limit", "give the share of failing units that shall be caught",
			"no sample catches a share of 0")
	}
	c := t.AcceptanceNumber
	if c < 0 || c >= MaxSampleSize {
		return Plan{}, refuse.Input("out-of-range", "target.acceptanceNumber", "use 0 to accept no failure at all",
			"acceptance number %d is not between 0 and %d", c, int64(MaxSampleSize-1))
	}
	at, high := processCurve(t.Limit), int64(100*MaxSampleSize)
	if t.Population > 0 {
		failures := share(t.Limit, t.Population, exact.Up)
		if c >= failures {
			return Plan{}, refuse.Input("accepts-everything", "target.acceptanceNumber", "lower the acceptance number or raise the limit",
				"with %d failing units of %d, even a full inspection finds no more than the acceptance number %d", failures, t.Population, c)
		}
		at, high = lotCurve(t.Population, failures), min(t.Population, 100*MaxSampleSize)
	}
	risk := new(big.Rat).Sub(big.NewRat(1, 1), t.Confidence)
	n, found := leastSample(c+1, high, c, at, risk)
	if !found {
		return Plan{}, tooLarge("target", high)
	}
	return Plan{SampleSize: n, AcceptanceNumber: c}, nil
}
