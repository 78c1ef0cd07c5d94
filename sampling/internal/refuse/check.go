package refuse

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
)

// Population refuses a population that is negative or beyond what the exact
// distributions cover. 0 stands for an endless one.
func Population(path string, population int64) error {
	if population < 0 || population > exact.MaxPopulation {
		return Input("out-of-range", path, "give the number of units, or 0 for an endless process",
			"population %d is not between 0 and %d", population, int64(exact.MaxPopulation))
	}
	return nil
}

// Sample refuses a sample size that is below least, over the population, or
// beyond what the exact distributions cover.
func Sample(path string, n, least, population int64) error {
	if n < least || n > exact.MaxPopulation {
		return Input("out-of-range", path, "give the number of inspected units",
			"sample size %d is not between %d and %d", n, least, int64(exact.MaxPopulation))
	}
	if population > 0 && n > population {
		return Input("sample-over-population", path, "inspect all units, or correct the population",
			"sample size %d exceeds the population %d", n, population)
	}
	return nil
}

// Fraction refuses a rational outside [0,1], or, if open, outside (0,1).
func Fraction(path string, value *big.Rat, open bool) error {
	if value == nil {
		return Input("missing", path, "give a fraction such as 95/100", "no value is given")
	}
	kind := "between 0 and 1"
	outside := value.Sign() < 0 || value.Cmp(big.NewRat(1, 1)) > 0
	if open {
		kind = "strictly between 0 and 1"
		outside = outside || value.Sign() == 0 || value.Cmp(big.NewRat(1, 1)) == 0
	}
	if outside {
		return Input("out-of-range", path, "give a fraction, 95 percent being 95/100", "%s is not %s", value.RatString(), kind)
	}
	// The exact sums have the digits of the fraction times the sample size.
	if value.Denom().BitLen() > 256 {
		return Input("too-long", path, "give at most 70 decimal digits", "the fraction has a denominator of %d bits", value.Denom().BitLen())
	}
	return nil
}

// Places refuses a number of decimal places outside [least,18].
func Places(path string, places, least int) error {
	if places < least || places > 18 {
		return Input("out-of-range", path, "6 places are enough for most reports", "%d decimal places are not between %d and 18", places, least)
	}
	return nil
}

// Work refuses a case whose exact computation would take minutes.
func Work(path string, factors int64) error {
	if factors > exact.MaxWork {
		return Input("too-large", path, "judge the strata one by one, or treat the population as endless",
			"the exact distribution needs %d factors and at most %d are computed", factors, int64(exact.MaxWork))
	}
	return nil
}
