package exact

import "math/big"

// Least returns the least v in [low, high] for which holds is true, where
// holds is false up to some place and true from there on, and is known to be
// true at high. The search starts at guess, so a good guess costs two or three
// calls, and a bad one only time.
func Least(low, high, guess int64, holds func(int64) bool) int64 {
	guess = min(max(guess, low), high)
	step := int64(1)
	if guess == high || holds(guess) {
		// The answer is in [low, guess]: walk down with growing steps.
		high = guess
		for high > low {
			probe := max(low, high-step)
			if !holds(probe) {
				low = probe + 1
				break
			}
			high = probe
			step *= 2
		}
	} else {
		low = guess + 1
		for low < high {
			probe := min(high, low+step-1)
			if probe == high || holds(probe) {
				high = probe
				break
			}
			low = probe + 1
			step *= 2
		}
	}
	for low < high {
		middle := low + (high-low)/2
		if holds(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// LeastFloat is the bisection on approximate values that makes a guess for
// [Least].
func LeastFloat(low, high int64, holds func(int64) bool) int64 {
	for low < high {
		middle := low + (high-low)/2
		if holds(middle) {
			high = middle
		} else {
			low = middle + 1
		}
	}
	return low
}

// LeastProbability returns, in units of ten to the minus places, the least
// failure probability at which P(X <= x) among n independent units is at most
// level. It needs 0 <= x < n, 0 < level < 1 and places <= 18.
func LeastProbability(n, x int64, level *big.Rat, places int) int64 {
	unit := Power10(places).Int64()
	target, _ := level.Float64()
	guess := LeastFloat(1, unit, func(m int64) bool {
		return BinomialFloat(n, x, float64(m)/float64(unit)) <= target
	})
	return Least(1, unit, guess, func(m int64) bool {
		return Compare(Binomial(n, x, big.NewRat(m, unit)), level) <= 0
	})
}

// MostFailures returns the greatest number of failures in the population at
// which P(X <= x) in a sample of n is at least level. It needs
// 0 <= x <= n <= population and 0 < level <= 1.
func MostFailures(population, n, x int64, level *big.Rat) int64 {
	low, high := x, population-(n-x)
	guess := MostFailuresFloat(population, n, x, level) + 1
	// The first number of failures that is too many, minus one.
	return Least(low, high+1, guess, func(k int64) bool {
		return k > high || Compare(Hypergeometric(population, k, n, x), level) < 0
	}) - 1
}

// MostFailuresFloat approximates [MostFailures]. It also tells how much work
// the certain answer will be.
func MostFailuresFloat(population, n, x int64, level *big.Rat) int64 {
	low, high := x, population-(n-x)
	target, _ := level.Float64()
	return LeastFloat(low, high+1, func(k int64) bool {
		return k > high || HypergeometricFloat(population, k, n, x) < target
	}) - 1
}
