package exact

import "math/big"

// Tail is one probability P(X <= x).
type Tail interface {
	// enclose returns an enclosure computed with the given binary precision.
	enclose(precision uint) enclosure
	// rational returns the exact value, or nil if the value is irrational.
	rational() *big.Rat
	// cheap reports whether rational is the quicker way to decide.
	cheap() bool
}

const (
	firstPrecision = 64
	lastPrecision  = 3072
	// cheapBits bounds the size of the integers of a sum for which exact
	// arithmetic is no slower than an enclosure.
	cheapBits = 2048
)

// constant is a probability that is known without computing, such as 0 below
// the range of X.
type constant struct{ value *big.Rat }

func (c constant) enclose(precision uint) enclosure { return encloseRat(c.value, precision) }
func (c constant) rational() *big.Rat               { return new(big.Rat).Set(c.value) }
func (c constant) cheap() bool                      { return true }

// Zero returns the probability 0.
func Zero() Tail { return constant{new(big.Rat)} }

func one() Tail { return constant{big.NewRat(1, 1)} }

// complement is 1 minus another tail.
type complement struct{ of Tail }

func (c complement) enclose(precision uint) enclosure { return c.of.enclose(precision).complement() }
func (c complement) cheap() bool                      { return c.of.cheap() }
func (c complement) rational() *big.Rat {
	r := c.of.rational()
	if r == nil {
		return nil
	}
	return r.Sub(big.NewRat(1, 1), r)
}

// Complement returns the tail 1 - t, so P(X > x) for t = P(X <= x).
func Complement(t Tail) Tail {
	switch t := t.(type) {
	case complement:
		return t.of
	case constant:
		return constant{new(big.Rat).Sub(big.NewRat(1, 1), t.value)}
	}
	return complement{t}
}

// Rational returns the exact value of t, or nil if it is irrational, which of
// the three distributions only the Poisson one is. The numbers have about as
// many digits as the sample size times those of the quality level.
func Rational(t Tail) *big.Rat { return t.rational() }

// Compare returns the sign of t - level: -1, 0 or +1.
//
// An enclosure can only separate unequal numbers, so equality is left to the
// exact sum. Equality needs small numbers: for p = a/b in lowest terms the
// binomial tail is (b-a)^(n-x)·s/b^n with b-a and b without a common factor,
// so it equals r/s only if (b-a)^(n-x) divides r, and in the same way
// a^(x+1) divides s-r. The exact sum that ends the loop is therefore reached
// by cases of a few digits, which are cheap.
func Compare(t Tail, level *big.Rat) int {
	if t.cheap() {
		return t.rational().Cmp(level)
	}
	for precision := uint(firstPrecision); ; precision *= 2 {
		if precision > lastPrecision {
			if r := t.rational(); r != nil {
				return r.Cmp(level)
			}
		}
		e, l := t.enclose(precision), encloseRat(level, precision)
		switch {
		case e.low.Cmp(l.high) > 0:
			return 1
		case e.high.Cmp(l.low) < 0:
			return -1
		}
	}
}
