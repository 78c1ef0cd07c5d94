package exact

import "math/big"

// hypergeometric is P(X <= x) for a sample of n drawn without replacement from
// a population of size N that holds K failures. It is kept in a form in which
// 0 < n <= K <= N/2 and x lies inside the range of X.
type hypergeometric struct {
	population, failures, n, x int64
	memo                       *Memo
}

// Hypergeometric returns the tail P(X <= x) of the number of failures among n
// units drawn without replacement from a population with the given number of
// failures. It needs 0 <= failures <= population and 0 <= n <= population.
func Hypergeometric(population, failures, n, x int64) Tail {
	return (*Memo)(nil).Hypergeometric(population, failures, n, x)
}

// Hypergeometric is the function of this name with a memory, which may be nil.
func (m *Memo) Hypergeometric(population, failures, n, x int64) Tail {
	if x < max(0, n+failures-population) {
		return Zero()
	}
	if x >= min(n, failures) {
		return one()
	}
	// X failures in the sample, n-X sound units in the sample, and
	// failures-X failures left behind say the same, so the case is carried to
	// the one with the fewest factors.
	swapped := false
	if 2*failures > population {
		failures, x, swapped = population-failures, n-x-1, !swapped
	}
	if 2*n > population {
		n, x, swapped = population-n, failures-x-1, !swapped
	}
	if n > failures {
		n, failures = failures, n
	}
	h := hypergeometric{population, failures, n, x, m}
	// Above the mode the other tail is the one whose terms shrink. In it n-X
	// sound units are counted, and the roles stay as they are.
	if x*(population+2) >= (n+1)*(failures+1) {
		h = hypergeometric{population, population - failures, n, n - x - 1, m}
		swapped = !swapped
	}
	if swapped {
		return complement{h}
	}
	return h
}

// HypergeometricWork returns the number of factors that the tail of such a
// sample needs at most.
func HypergeometricWork(population, failures, n int64) int64 {
	return min(n, failures, population-n, population-failures)
}

// least returns the smallest possible X.
func (h hypergeometric) least() int64 { return max(0, h.n+h.failures-h.population) }

func (h hypergeometric) cheap() bool {
	return h.n*int64(big.NewInt(h.population).BitLen()) <= cheapBits
}

func (h hypergeometric) rational() *big.Rat {
	sound := h.population - h.failures
	k := h.least()
	term := new(big.Int).Binomial(h.failures, k)
	term.Mul(term, new(big.Int).Binomial(sound, h.n-k))
	sum := new(big.Int).Set(term)
	for ; k < h.x; k++ {
		term.Mul(term, big.NewInt((h.failures-k)*(h.n-k)))
		term.Quo(term, big.NewInt((k+1)*(sound-h.n+k+1)))
		sum.Add(sum, term)
	}
	return new(big.Rat).SetFrac(sum, new(big.Int).Binomial(h.population, h.n))
}

func (h hypergeometric) enclose(precision uint) enclosure {
	scratch := new(big.Float).SetPrec(precision)
	sound := h.population - h.failures
	term := h.memo.choose(h.failures, h.x, precision, scratch)
	term.mul(h.memo.choose(sound, h.n-h.x, precision, scratch))
	term.quo(h.memo.choose(h.population, h.n, precision, scratch))
	return sumDown(term, h.x, h.least(), func(k int64, ratio enclosure) {
		ratio.low.SetInt64(1)
		ratio.high.SetInt64(1)
		ratio.scale(k*(sound-h.n+k), (h.failures-k+1)*(h.n-k+1), scratch)
	})
}
