package acceptance

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Model says what is counted in the sample.
type Model uint8

const (
	// Nonconforming counts units, each of which conforms or does not.
	Nonconforming Model = iota
	// Nonconformities counts faults, of which one unit may have several. They
	// are taken to follow the Poisson distribution.
	Nonconformities
)

// Plan is a single sampling plan: inspect SampleSize units and accept the lot
// if at most AcceptanceNumber faults are found.
type Plan struct {
	// Letter is the code letter under which a table lists the plan, and empty
	// for a plan that comes from no table.
	Letter string
	// SampleSize is the number of units to inspect, at least 1.
	SampleSize int64
	// AcceptanceNumber (Ac) is the greatest count that is still accepted. For
	// Nonconforming it is below SampleSize.
	AcceptanceNumber int64
	// Model says what is counted. The zero value counts nonconforming units.
	Model Model
}

// RejectionNumber (Re) is the least count that is not accepted, Ac+1.
func (p Plan) RejectionNumber() int64 { return p.AcceptanceNumber + 1 }

// Accepts reports whether a sample with this count is accepted.
func (p Plan) Accepts(found int64) bool { return found <= p.AcceptanceNumber }

// Check refuses a plan that can't be carried out, on a lot of the given size
// (0 for a process): a sample size below 1 or over the lot, a negative
// acceptance number, or one that a sample of units can't exceed.
func (p Plan) Check(population int64) error {
	if err := refuse.Population("population", population); err != nil {
		return err
	}
	if err := refuse.Sample("plan.sampleSize", p.SampleSize, 1, population); err != nil {
		return err
	}
	if p.AcceptanceNumber < 0 {
		return refuse.Input("out-of-range", "plan.acceptanceNumber", "use 0 to accept no fault at all",
			"acceptance number %d is negative", p.AcceptanceNumber)
	}
	if p.Model == Nonconforming && p.AcceptanceNumber >= p.SampleSize {
		return refuse.Input("accepts-everything", "plan.acceptanceNumber", "lower the acceptance number or inspect more units",
			"acceptance number %d with a sample of %d accepts every lot", p.AcceptanceNumber, p.SampleSize)
	}
	if p.Model > Nonconformities {
		return refuse.Input("unknown-model", "plan.model", "use Nonconforming or Nonconformities", "%d is not a model", p.Model)
	}
	if p.Model == Nonconformities && population > 0 {
		return refuse.Input("model-without-lot", "population", "use population 0 for plans that count nonconformities",
			"nonconformities follow the Poisson distribution, which knows no lot of %d units", population)
	}
	return refuse.Work("plan", p.work(population))
}

// work returns the number of factors that one point of the curve needs at most.
func (p Plan) work(population int64) int64 {
	switch {
	case p.Model == Nonconformities:
		return p.AcceptanceNumber
	case population > 0:
		return exact.HypergeometricWork(population, population/2, p.SampleSize)
	}
	return min(p.AcceptanceNumber, p.SampleSize-p.AcceptanceNumber)
}

// AcceptanceProbability (Pa) returns the probability that a lot of this
// quality is accepted: one point of the operating characteristic curve. In a
// lot of limited size only whole units can fail, so quality times population
// must be a whole number there.
func (p Plan) AcceptanceProbability(quality *big.Rat, population int64) (Probability, error) {
	if err := p.checkQuality(quality, population); err != nil {
		return Probability{}, err
	}
	if population > 0 {
		failures := new(big.Rat).Mul(quality, big.NewRat(population, 1))
		if !failures.IsInt() {
			return Probability{}, refuse.Input("not-whole", "quality", "use a multiple of 1/population",
				"quality %s of %d units is not a whole number of units", quality.RatString(), population)
		}
		return p.inLot(failures.Num().Int64(), population), nil
	}
	return p.inProcess(quality), nil
}

func (p Plan) inLot(failures, population int64) Probability {
	return Probability{exact.Hypergeometric(population, failures, p.SampleSize, p.AcceptanceNumber)}
}

func (p Plan) inProcess(quality *big.Rat) Probability {
	if p.Model == Nonconformities {
		mean := new(big.Rat).Mul(quality, big.NewRat(p.SampleSize, 1))
		return Probability{exact.Poisson(mean, p.AcceptanceNumber)}
	}
	return Probability{exact.Binomial(p.SampleSize, p.AcceptanceNumber, quality)}
}

func (p Plan) checkQuality(quality *big.Rat, population int64) error {
	if err := p.Check(population); err != nil {
		return err
	}
	if p.Model == Nonconforming || quality == nil {
		return refuse.Fraction("quality", quality, false)
	}
	if err := refuse.Fraction("quality", new(big.Rat).Quo(quality, big.NewRat(1000, 1)), false); err != nil {
		return refuse.Input("out-of-range", "quality", "give nonconformities per unit",
			"%s is not between 0 and 1000 nonconformities per unit", quality.RatString())
	}
	return nil
}

// ProducerRisk returns the probability that lots of the producer's quality are
// not accepted. In a lot of limited size the worst lot that is no worse than
// quality counts: the number of failing units is rounded down.
func (p Plan) ProducerRisk(quality *big.Rat, population int64) (Probability, error) {
	if err := p.checkQuality(quality, population); err != nil {
		return Probability{}, err
	}
	pa := p.inProcess
	if population > 0 {
		pa = func(q *big.Rat) Probability { return p.inLot(share(q, population, exact.Down), population) }
	}
	return Probability{exact.Complement(pa(quality).tail)}, nil
}

// ConsumerRisk returns the probability that lots of the consumer's quality are
// accepted all the same. In a lot of limited size the best lot that is no
// better than quality counts: the number of failing units is rounded up.
func (p Plan) ConsumerRisk(quality *big.Rat, population int64) (Probability, error) {
	if err := p.checkQuality(quality, population); err != nil {
		return Probability{}, err
	}
	if population > 0 {
		return p.inLot(share(quality, population, exact.Up), population), nil
	}
	return p.inProcess(quality), nil
}

// share returns quality times population as whole units.
func share(quality *big.Rat, population int64, rounding exact.Rounding) int64 {
	units := new(big.Rat).Mul(quality, big.NewRat(population, 1))
	return exact.RoundRat(units, 0, rounding).Int64()
}

// QualityAt returns the worst quality that is still accepted with at least the
// given probability, which must lie strictly between 0 and 1. For a process it
// is a decimal, rounded down to the given places (0 to 18); for a lot of
// limited size it is a whole number of units over the population.
func (p Plan) QualityAt(acceptance *big.Rat, population int64, places int) (*big.Rat, error) {
	if err := p.Check(population); err != nil {
		return nil, err
	}
	if err := refuse.Fraction("acceptance", acceptance, true); err != nil {
		return nil, err
	}
	if err := refuse.Places("places", places, 0); err != nil {
		return nil, err
	}
	if population > 0 {
		worst := exact.MostFailures(population, p.SampleSize, p.AcceptanceNumber, acceptance)
		return big.NewRat(worst, population), nil
	}
	unit := exact.Power10(places).Int64()
	if p.Model == Nonconformities {
		return p.nonconformitiesAt(acceptance, places), nil
	}
	// The first decimal at which the probability is below, less one step; at
	// a decimal that meets it exactly, that decimal itself.
	at := exact.LeastProbability(p.SampleSize, p.AcceptanceNumber, acceptance, places)
	q := big.NewRat(at, unit)
	if exact.Compare(p.inProcess(q).tail, acceptance) < 0 {
		q = big.NewRat(at-1, unit)
	}
	return q, nil
}

// nonconformitiesAt bisects on decimals. The level is never met exactly, since
// the Poisson tail is irrational.
func (p Plan) nonconformitiesAt(acceptance *big.Rat, places int) *big.Rat {
	unit := exact.Power10(places)
	low, high := new(big.Int), new(big.Int).Set(unit)
	at := func(units *big.Int) *big.Rat { return new(big.Rat).SetFrac(units, unit) }
	accepted := func(units *big.Int) bool {
		return exact.Compare(p.inProcess(at(units)).tail, acceptance) >= 0
	}
	for accepted(high) {
		low.Set(high)
		high.Lsh(high, 1)
	}
	// accepted(low) holds throughout, and accepted(high) doesn't.
	for one := big.NewInt(1); ; {
		middle := new(big.Int).Add(low, high)
		middle.Rsh(middle, 1)
		if new(big.Int).Sub(high, low).Cmp(one) <= 0 {
			return at(low)
		}
		if accepted(middle) {
			low = middle
		} else {
			high = middle
		}
	}
}
