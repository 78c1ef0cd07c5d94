package estimate

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Proof tabulates what a sample size can show, before anything is inspected.
type Proof struct {
	// Size and Population are those asked about.
	Size, Population int64
	// Bounds holds, for 0, 1, 2, … failures, the one-sided upper bound of the
	// failure rate.
	Bounds []Bound
	// Chances holds, for qualities of 99 down to 80 percent, the probability
	// that the sample shows no failure all the same.
	Chances []Chance
}

// Chance is the probability of seeing no failure at one true quality.
type Chance struct {
	// Quality is the true share of sound units.
	Quality *big.Rat
	// Failing is the number of failing units in a limited population, the
	// least at which its quality is no better than Quality; 0 for a process.
	Failing int64
	// NoFailure is the probability that no failure is seen, rounded up to
	// [Places] decimals.
	NoFailure *big.Rat
}

// Prove tabulates what a sample of n proves if it shows from 0 up to
// mostFailures failures (at most n, and at most 1000), and how often a sample
// without a failure would come from a poor population. A population of 0 stands
// for a process, and a nil confidence means 95 percent.
func Prove(n, population int64, confidence *big.Rat, mostFailures int64) (Proof, error) {
	if err := (Sample{0, n, population}).check(); err != nil {
		return Proof{}, err
	}
	if mostFailures < 0 || mostFailures > min(n, 1000) {
		return Proof{}, refuse.Input("out-of-range", "mostFailures", "ask for the rows up to the failures you expect",
			"%d is not between 0 and %d", mostFailures, min(n, 1000))
	}
	proof := Proof{Size: n, Population: population}
	for failures := int64(0); failures <= mostFailures; failures++ {
		b, err := UpperBound(failures, n, population, confidence)
		if err != nil {
			return Proof{}, err
		}
		proof.Bounds = append(proof.Bounds, b)
	}
	for percent := int64(99); percent >= 80; percent-- {
		chance := Chance{Quality: big.NewRat(percent, 100)}
		rate := big.NewRat(100-percent, 100)
		units := exact.Round(exact.Binomial(n, 0, rate), Places, exact.Up)
		if population > 0 {
			share := new(big.Rat).Mul(rate, big.NewRat(population, 1))
			chance.Failing = exact.RoundRat(share, 0, exact.Up).Int64()
			// Drawing without replacement makes no failure less likely still,
			// so where a process already rounds up to the last decimal, the
			// population does too unless it is impossible there.
			if n > population-chance.Failing {
				units.SetInt64(0)
			} else if units.Cmp(big.NewInt(1)) > 0 {
				units = exact.Round(exact.Hypergeometric(population, chance.Failing, n, 0), Places, exact.Up)
			}
		}
		chance.NoFailure = new(big.Rat).SetFrac(units, exact.Power10(Places))
		proof.Chances = append(proof.Chances, chance)
	}
	return proof, nil
}
