package exact

import (
	"math"
	"math/big"
)

// enclosure is a pair of binary numbers between which a non-negative real
// number lies. Every operation rounds low down and high up, so the enclosed
// number never escapes.
type enclosure struct{ low, high *big.Float }

func down(precision uint) *big.Float {
	return new(big.Float).SetPrec(precision).SetMode(big.ToNegativeInf)
}

func up(precision uint) *big.Float {
	return new(big.Float).SetPrec(precision).SetMode(big.ToPositiveInf)
}

func encloseRat(r *big.Rat, precision uint) enclosure {
	return enclosure{down(precision).SetRat(r), up(precision).SetRat(r)}
}

func encloseInt(v int64, precision uint) enclosure {
	return enclosure{down(precision).SetInt64(v), up(precision).SetInt64(v)}
}

func (e enclosure) precision() uint { return e.low.Prec() }

// clone returns a copy that the in-place operations below may change.
func (e enclosure) clone() enclosure {
	p := e.precision()
	return enclosure{down(p).Set(e.low), up(p).Set(e.high)}
}

func (e enclosure) add(o enclosure) {
	e.low.Add(e.low, o.low)
	e.high.Add(e.high, o.high)
}

func (e enclosure) mul(o enclosure) {
	vanishes := e.high.Sign() == 0 || o.high.Sign() == 0
	e.low.Mul(e.low, o.low)
	e.high.Mul(e.high, o.high)
	if e.high.Sign() == 0 && !vanishes {
		// An underflow goes to zero in every rounding mode, which is no
		// upper bound; the least positive number is one.
		e.high.SetMantExp(big.NewFloat(0.5), big.MinExp)
	}
}

// quo divides by a positive number.
func (e enclosure) quo(o enclosure) {
	e.low.Quo(e.low, o.high)
	e.high.Quo(e.high, o.low)
}

// scale multiplies by a/b for positive integers a and b.
func (e enclosure) scale(a, b int64, scratch *big.Float) {
	// An int64 has at most 63 bits and every precision in use is larger, so
	// scratch holds each integer exactly.
	scratch.SetInt64(a)
	e.low.Mul(e.low, scratch)
	e.high.Mul(e.high, scratch)
	scratch.SetInt64(b)
	e.low.Quo(e.low, scratch)
	e.high.Quo(e.high, scratch)
}

// power returns e to the n by repeated squaring.
func (e enclosure) power(n int64) enclosure {
	result := encloseInt(1, e.precision())
	for base := e.clone(); n > 0; n >>= 1 {
		if n&1 == 1 {
			result.mul(base)
		}
		if n > 1 {
			base.mul(base)
		}
	}
	return result
}

// complement returns 1-e for e within [0,1].
func (e enclosure) complement() enclosure {
	p := e.precision()
	one := big.NewFloat(1)
	low := down(p).Sub(one, e.high)
	if low.Sign() < 0 {
		low = down(p)
	}
	return enclosure{low, up(p).Sub(one, e.low)}
}

// choose encloses the number of ways to take k of n.
func choose(n, k int64, precision uint, scratch *big.Float) enclosure {
	result := encloseInt(1, precision)
	chooseFrom(result, n, 0, min(k, n-k), scratch)
	return result
}

// chooseFrom carries e from the number of ways to take from of n to that to
// take to of n. As many whole factors as fit an int64 are multiplied before
// the slower arithmetic sees them.
func chooseFrom(e enclosure, n, from, to int64, scratch *big.Float) {
	above, below := int64(1), int64(1)
	for k := min(from, to) + 1; k <= max(from, to); k++ {
		if above > math.MaxInt64/n || below > math.MaxInt64/n {
			e.scaleToward(from < to, above, below, scratch)
			above, below = 1, 1
		}
		above *= n - k + 1
		below *= k
	}
	e.scaleToward(from < to, above, below, scratch)
}

// scaleToward multiplies by a/b going up, and by b/a going down.
func (e enclosure) scaleToward(up bool, a, b int64, scratch *big.Float) {
	if !up {
		a, b = b, a
	}
	e.scale(a, b, scratch)
}

// Memo remembers the numbers of ways to choose from a few totals, so that a
// search over neighbouring plans for one population doesn't start each of them
// afresh. It changes no result, only how often enclosures are refined. The zero
// value is ready; it must not be shared between goroutines.
type Memo struct{ ways map[memoKey]*memoValue }

type memoKey struct {
	total     int64
	precision uint
}

type memoValue struct {
	k     int64
	value enclosure
	steps int64
}

// choose is the function choose, from the nearest value it remembers.
func (m *Memo) choose(n, k int64, precision uint, scratch *big.Float) enclosure {
	if m == nil {
		return choose(n, k, precision, scratch)
	}
	k = min(k, n-k)
	key := memoKey{n, precision}
	last := m.ways[key]
	// Each step widens the enclosure a little, so a long way ends afresh.
	if last == nil || max(last.k-k, k-last.k) > k || last.steps > 100*MaxWork {
		if m.ways == nil || len(m.ways) > 64 {
			m.ways = map[memoKey]*memoValue{}
		}
		last = &memoValue{k, choose(n, k, precision, scratch), k}
		m.ways[key] = last
	}
	chooseFrom(last.value, n, last.k, k, scratch)
	last.steps += max(last.k-k, k-last.k)
	last.k = k
	return last.value.clone()
}
