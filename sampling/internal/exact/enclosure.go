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

// choose encloses the number of ways to take k of n. As many whole factors as
// fit an int64 are multiplied before the slower arithmetic sees them.
func choose(n, k int64, precision uint, scratch *big.Float) enclosure {
	k = min(k, n-k)
	result := encloseInt(1, precision)
	above, below := int64(1), int64(1)
	for i := int64(1); i <= k; i++ {
		if above > math.MaxInt64/n {
			result.scale(above, below, scratch)
			above, below = 1, 1
		}
		above *= n - k + i
		below *= i
	}
	result.scale(above, below, scratch)
	return result
}
