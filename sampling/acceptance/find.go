package acceptance

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// MaxSampleSize is the largest sample that [FindPlan] looks for, and the bound of
// acceptance numbers in [SizeByRisk], which looks for samples of up to a hundred
// times as many.
const MaxSampleSize = 100_000

// Requirement is what a plan shall do at two points of its operating
// characteristic curve.
type Requirement struct {
	// ProducerQuality (PRQ) is a quality that shall nearly always be accepted.
	ProducerQuality *big.Rat
	// ProducerRisk is the greatest probability of not accepting it. Nil means
	// 5 percent.
	ProducerRisk *big.Rat
	// ConsumerQuality (CRQ) is a quality that shall hardly ever be accepted,
	// worse than ProducerQuality.
	ConsumerQuality *big.Rat
	// ConsumerRisk is the greatest probability of accepting it. Nil means
	// 10 percent.
	ConsumerRisk *big.Rat
	// Population is the size of the lot, or 0 for a continuing process.
	Population int64
}

// FindPlan returns the plan with the least sample size, and for that the least
// acceptance number, that keeps both risks. In a lot of limited size the
// producer's quality is rounded down and the consumer's up to whole units; a
// plan that inspects the whole lot always meets the requirement there, so a lot
// of up to [MaxSampleSize] units always has one.
//
// Method: the least acceptance number that serves the producer grows with the
// sample, and the least sample that serves the consumer grows with the
// acceptance number. Raising each to what the other asks, from 0 upwards,
// never passes over a plan that satisfies both, so where it comes to rest is
// the least one.
func FindPlan(r Requirement) (Plan, error) {
	if r.ProducerRisk == nil {
		r.ProducerRisk = big.NewRat(5, 100)
	}
	if r.ConsumerRisk == nil {
		r.ConsumerRisk = big.NewRat(10, 100)
	}
	if err := r.check(); err != nil {
		return Plan{}, err
	}
	good, bad, largest := r.tails()
	pass := new(big.Rat).Sub(big.NewRat(1, 1), r.ProducerRisk)
	plan := Plan{SampleSize: 1}
	for {
		c := plan.AcceptanceNumber
		n, found := leastSample(max(plan.SampleSize, c+1), largest, c, bad, r.ConsumerRisk)
		if !found {
			return Plan{}, tooLarge("requirement", largest)
		}
		raised := leastAcceptance(n, c, good, pass)
		plan = Plan{SampleSize: n, AcceptanceNumber: raised}
		if raised == c {
			return plan, nil
		}
	}
}

func tooLarge(path string, largest int64) error {
	return refuse.Input("no-plan", path, "move the two qualities apart, allow more risk, or state the population",
		"no plan with a sample of at most %d keeps the risks", largest)
}

func (r Requirement) check() error {
	if err := refuse.Population("requirement.population", r.Population); err != nil {
		return err
	}
	for _, f := range []struct {
		path  string
		value *big.Rat
		open  bool
	}{
		{"requirement.producerQuality", r.ProducerQuality, false},
		{"requirement.consumerQuality", r.ConsumerQuality, false},
		{"requirement.producerRisk", r.ProducerRisk, true},
		{"requirement.consumerRisk", r.ConsumerRisk, true},
	} {
		if err := refuse.Fraction(f.path, f.value, f.open); err != nil {
			return err
		}
	}
	if r.ConsumerQuality.Cmp(r.ProducerQuality) <= 0 {
		return refuse.Input("points-in-wrong-order", "requirement.consumerQuality", "make it a larger share of failing units",
			"the consumer's quality %s is no worse than the producer's %s", r.ConsumerQuality.RatString(), r.ProducerQuality.RatString())
	}
	return nil
}

// curve is Pa of the plan (n, c) at one fixed quality: exactly, and nearly.
type curve struct {
	tail   func(n, c int64) exact.Tail
	nearly func(n, c int64) float64
}

func processCurve(quality *big.Rat) curve {
	q, _ := quality.Float64()
	return curve{
		func(n, c int64) exact.Tail { return exact.Binomial(n, c, quality) },
		func(n, c int64) float64 { return exact.BinomialFloat(n, c, q) },
	}
}

func lotCurve(population, failures int64) curve {
	// A search asks for neighbouring plans, one after another.
	memo := new(exact.Memo)
	return curve{
		func(n, c int64) exact.Tail { return memo.Hypergeometric(population, failures, n, c) },
		func(n, c int64) float64 { return exact.HypergeometricFloat(population, failures, n, c) },
	}
}

// tails returns the curves at the producer's and the consumer's quality and
// the largest sample to consider.
func (r Requirement) tails() (good, bad curve, largest int64) {
	if r.Population == 0 {
		return processCurve(r.ProducerQuality), processCurve(r.ConsumerQuality), MaxSampleSize
	}
	return lotCurve(r.Population, share(r.ProducerQuality, r.Population, exact.Down)),
		lotCurve(r.Population, share(r.ConsumerQuality, r.Population, exact.Up)), min(r.Population, MaxSampleSize)
}

// leastSample returns the least n from low to high at which the plan (n, c)
// accepts with at most the given risk. Pa falls as n grows.
func leastSample(low, high, c int64, at curve, risk *big.Rat) (n int64, found bool) {
	if low > high {
		return 0, false
	}
	level, _ := risk.Float64()
	holds := func(n int64) bool { return exact.Compare(at.tail(n, c), risk) <= 0 }
	guess := exact.LeastFloat(low, high, func(n int64) bool { return at.nearly(n, c) <= level })
	if guess == high && !holds(high) {
		return 0, false
	}
	// A guess below high that is right, or nearly so, proves that high holds;
	// Least takes that for granted, and the last probe confirms it.
	n = exact.Least(low, high, guess, holds)
	return n, n < high || holds(high)
}

// leastAcceptance returns the least c from low on at which the plan (n, c)
// accepts with at least the given probability. At c = n every lot is accepted.
func leastAcceptance(n, low int64, at curve, pass *big.Rat) int64 {
	level, _ := pass.Float64()
	guess := exact.LeastFloat(low, n, func(c int64) bool { return at.nearly(n, c) >= level })
	return exact.Least(low, n, guess, func(c int64) bool { return exact.Compare(at.tail(n, c), pass) >= 0 })
}
