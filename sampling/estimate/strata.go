package estimate

import (
	"fmt"
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Stratum is one part of a population with the outcome of its own sample.
type Stratum struct {
	// Key names the stratum. Keys differ from each other.
	Key string
	// Population is the number of units in the stratum, at least 1.
	Population int64
	// Size is the number of inspected units, drawn without replacement, from 1
	// to Population.
	Size int64
	// Failures is the number of failing units in the sample.
	Failures int64
}

// StratifiedEstimate is what the samples of all strata say about the whole.
type StratifiedEstimate struct {
	// Rate is the estimated failure rate: the rates of the strata weighted by
	// their populations. It is exact.
	Rate *big.Rat
	// Variance is the unbiased estimate of the variance of Rate, with the
	// finite-population correction: the sum of (N_h/N)² (1-n_h/N_h)
	// p_h(1-p_h)/(n_h-1), after Cochran, Sampling Techniques, chapter 5. It is
	// nil where a stratum was sampled by a single unit out of several, since
	// one unit shows no spread.
	Variance *big.Rat
	// StandardError is the root of Variance, rounded up to 9 decimals, or nil.
	StandardError *big.Rat
	// EffectiveSize is the size of a simple random sample from a process that
	// would be as precise. It is nil after a full inspection.
	EffectiveSize *big.Rat
	// Approximate is Wilson's interval at the effective size, two-sided.
	Approximate Interval
	// Guaranteed is a two-sided interval that holds at least the stated
	// confidence whatever the strata are like: the sum of exact bounds of the
	// strata, among which the risk is divided (Bonferroni). It is wide where
	// there are many strata with few inspected units.
	Guaranteed Interval
	// Upper is the one-sided upper bound made in the same way.
	Upper Bound
}

// Stratified estimates the failure rate of a population from samples of its
// strata. A nil confidence means 95 percent. A stratum without an inspected
// unit is refused, since nothing is known of it.
//
// The effective size is Rate(1-Rate)/Variance. Where the variance is nil or 0
// it says nothing, and the strata are taken to be equally good instead: the
// inverse of the sum of (N_h/N)² (1-n_h/N_h)/n_h.
func Stratified(strata []Stratum, confidence *big.Rat) (StratifiedEstimate, error) {
	population, err := checkStrata(strata)
	if err != nil {
		return StratifiedEstimate{}, err
	}
	z, err := quantile(confidence, Places)
	if err != nil {
		return StratifiedEstimate{}, err
	}
	e := StratifiedEstimate{Rate: new(big.Rat), Variance: new(big.Rat)}
	equal := new(big.Rat)
	open := int64(0)
	for _, s := range strata {
		weight := big.NewRat(s.Population, population)
		rate := big.NewRat(s.Failures, s.Size)
		e.Rate.Add(e.Rate, new(big.Rat).Mul(weight, rate))
		if s.Size == s.Population {
			continue
		}
		open++
		spread := new(big.Rat).Mul(weight, weight)
		spread.Mul(spread, big.NewRat(s.Population-s.Size, s.Population))
		equal.Add(equal, new(big.Rat).Mul(spread, big.NewRat(1, s.Size)))
		if s.Size == 1 || e.Variance == nil {
			e.Variance = nil
			continue
		}
		spread.Mul(spread, new(big.Rat).Mul(rate, big.NewRat(s.Size-s.Failures, s.Size)))
		e.Variance.Add(e.Variance, spread.Mul(spread, big.NewRat(1, s.Size-1)))
	}
	if e.Variance != nil {
		root := rootUp(e.Variance)
		e.StandardError = new(big.Rat).SetFrac(exact.RoundRat(root, 9, exact.Up), exact.Power10(9))
	}
	if open == 0 {
		e.Approximate = exactly(e.Rate, Places)
	} else {
		e.EffectiveSize = equal.Inv(equal)
		if e.Variance != nil && e.Variance.Sign() > 0 {
			pq := new(big.Rat).Sub(big.NewRat(1, 1), e.Rate)
			e.EffectiveSize = pq.Quo(pq.Mul(pq, e.Rate), e.Variance)
		}
		e.Approximate = wilson(e.Rate, e.EffectiveSize, z, Places)
	}
	e.Guaranteed.Lower, err = sumBounds(strata, confidence, population, 2*open, Lower)
	if err == nil {
		e.Guaranteed.Upper, err = sumBounds(strata, confidence, population, 2*open, Upper)
	}
	if err == nil {
		e.Upper, err = sumBounds(strata, confidence, population, open, Upper)
	}
	if err != nil {
		return StratifiedEstimate{}, err
	}
	return e, nil
}

// sumBounds adds the exact bounds of the strata, each with the risk divided by
// parts. A stratum that was inspected in full takes no share of the risk.
func sumBounds(strata []Stratum, confidence *big.Rat, population, parts int64, side Side) (Bound, error) {
	risk, err := riskOf(confidence, max(parts, 1))
	if err != nil {
		return Bound{}, err
	}
	units := int64(0)
	for i, s := range strata {
		if s.Size == s.Population {
			units += s.Failures
			continue
		}
		sample := Sample{s.Failures, s.Size, s.Population}
		var b Bound
		if side == Upper {
			b, err = sample.upper(risk, Places)
		} else {
			b, err = sample.lower(risk, Places)
		}
		if err != nil {
			return Bound{}, fmt.Errorf("strata[%d]: %w", i, err)
		}
		units += b.Units
	}
	return Bound{side, big.NewRat(units, population), units, population}, nil
}

// checkStrata returns the size of the whole population.
func checkStrata(strata []Stratum) (int64, error) {
	if len(strata) == 0 {
		return 0, refuse.Input("missing", "strata", "give at least one stratum", "there is no stratum")
	}
	total := int64(0)
	first := make(map[string]int, len(strata))
	for i, s := range strata {
		path := fmt.Sprintf("strata[%d]", i)
		if at, twin := first[s.Key]; twin {
			return 0, refuse.Input("duplicate-stratum", path+".key", "add the two together or rename one",
				"the key %q is already that of strata[%d]", s.Key, at)
		}
		first[s.Key] = i
		if s.Population < 1 {
			return 0, refuse.Input("out-of-range", path+".population", "leave an empty stratum out",
				"stratum %q has a population of %d", s.Key, s.Population)
		}
		if s.Size == 0 {
			return 0, refuse.Input("empty-sample", path+".size", "inspect a unit of it, or join it with a stratum like it",
				"no unit of stratum %q was inspected", s.Key)
		}
		if err := (Sample{s.Failures, s.Size, s.Population}).check(); err != nil {
			return 0, fmt.Errorf("%s: %w", path, err)
		}
		total += s.Population
		if err := refuse.Population(path+".population", total); err != nil {
			return 0, err
		}
	}
	return total, nil
}
