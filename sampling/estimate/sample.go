package estimate

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Places is the number of decimal places to which the functions without a
// parameter for it compute a rate.
const Places = 6

// Sample is the outcome of inspecting Size units drawn at random.
type Sample struct {
	// Failures is the number of failing units in the sample.
	Failures int64
	// Size is the number of inspected units, at least 1.
	Size int64
	// Population is the number of units from which the sample was drawn
	// without replacement, or 0 for a continuing process.
	Population int64
}

// UpperBound returns the exact one-sided upper bound of the true failure rate:
// with the stated confidence (nil means 95 percent) the rate is no larger. A
// population of 0 stands for a continuing process. Example: no failure among 7
// leaves a rate of up to 34.8164 percent.
func UpperBound(failures, n, population int64, confidence *big.Rat) (Bound, error) {
	return Sample{failures, n, population}.UpperBound(confidence, Places)
}

// LowerBound returns the exact one-sided lower bound of the true failure rate,
// the counterpart of [UpperBound].
func LowerBound(failures, n, population int64, confidence *big.Rat) (Bound, error) {
	return Sample{failures, n, population}.LowerBound(confidence, Places)
}

// TwoSided returns the exact two-sided interval of the true failure rate, with
// half of the risk on each side.
func TwoSided(failures, n, population int64, confidence *big.Rat) (Interval, error) {
	return Sample{failures, n, population}.TwoSided(confidence, Places)
}

// UpperBound is the function of this name with a choice of decimal places, 1 to
// 18, for a process.
//
// For a population it is the largest number of failing units at which so few
// failures in the sample still have at least the probability that the
// confidence leaves.
func (s Sample) UpperBound(confidence *big.Rat, places int) (Bound, error) {
	risk, err := s.risk(confidence, places, 1)
	if err != nil {
		return Bound{}, err
	}
	return s.upper(risk, places)
}

// LowerBound is the function of this name with a choice of decimal places, 1 to
// 18, for a process.
func (s Sample) LowerBound(confidence *big.Rat, places int) (Bound, error) {
	risk, err := s.risk(confidence, places, 1)
	if err != nil {
		return Bound{}, err
	}
	return s.lower(risk, places)
}

// TwoSided is the function of this name with a choice of decimal places, 1 to
// 18, for a process.
func (s Sample) TwoSided(confidence *big.Rat, places int) (Interval, error) {
	risk, err := s.risk(confidence, places, 2)
	if err != nil {
		return Interval{}, err
	}
	lower, err := s.lower(risk, places)
	if err != nil {
		return Interval{}, err
	}
	upper, err := s.upper(risk, places)
	return Interval{lower, upper}, err
}

// check refuses a sample that can't be.
func (s Sample) check() error {
	if err := refuse.Population("population", s.Population); err != nil {
		return err
	}
	if err := refuse.Sample("size", s.Size, 1, s.Population); err != nil {
		return err
	}
	if s.Failures < 0 || s.Failures > s.Size {
		return refuse.Input("out-of-range", "failures", "give the number of failing units in the sample",
			"%d failures are not between 0 and the sample size %d", s.Failures, s.Size)
	}
	return nil
}

// risk returns the share of the risk for each of so many sides.
func (s Sample) risk(confidence *big.Rat, places int, sides int64) (*big.Rat, error) {
	if err := s.check(); err != nil {
		return nil, err
	}
	if err := refuse.Places("places", places, 1); err != nil {
		return nil, err
	}
	return riskOf(confidence, sides)
}

func riskOf(confidence *big.Rat, sides int64) (*big.Rat, error) {
	if confidence == nil {
		confidence = big.NewRat(95, 100)
	}
	if err := refuse.Fraction("confidence", confidence, true); err != nil {
		return nil, err
	}
	risk := new(big.Rat).Sub(big.NewRat(1, 1), confidence)
	return risk.Quo(risk, big.NewRat(sides, 1)), nil
}

func (s Sample) upper(risk *big.Rat, places int) (Bound, error) {
	if s.Population > 0 {
		most, err := s.mostFailures(risk)
		if err != nil {
			return Bound{}, err
		}
		return Bound{Upper, big.NewRat(most, s.Population), most, s.Population}, nil
	}
	if s.Failures == s.Size {
		return Bound{Side: Upper, Rate: big.NewRat(1, 1)}, nil
	}
	if err := s.work(); err != nil {
		return Bound{}, err
	}
	units := exact.LeastProbability(s.Size, s.Failures, risk, places)
	return Bound{Side: Upper, Rate: new(big.Rat).SetFrac(big.NewInt(units), exact.Power10(places))}, nil
}

// lower is the upper bound of the sound units, seen from the other end.
func (s Sample) lower(risk *big.Rat, places int) (Bound, error) {
	sound := s
	sound.Failures = s.Size - s.Failures
	b, err := sound.upper(risk, places)
	if err != nil {
		return Bound{}, err
	}
	return Bound{Lower, b.Rate.Sub(big.NewRat(1, 1), b.Rate), s.Population - b.Units, s.Population}, nil
}

func (s Sample) work() error {
	return refuse.Work("size", min(s.Failures, s.Size-s.Failures))
}

func (s Sample) mostFailures(risk *big.Rat) (int64, error) {
	near := exact.MostFailuresFloat(s.Population, s.Size, s.Failures, risk)
	if err := refuse.Work("size", exact.HypergeometricWork(s.Population, near, s.Size)); err != nil {
		return 0, err
	}
	return exact.MostFailures(s.Population, s.Size, s.Failures, risk), nil
}
