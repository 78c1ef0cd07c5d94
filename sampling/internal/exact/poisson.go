package exact

import "math/big"

// poisson is P(X <= x) for a Poisson number of nonconformities with the given
// positive mean.
type poisson struct {
	mean *big.Rat
	x    int64
}

// Poisson returns the tail P(X <= x) of a Poisson number with the given mean,
// which must not be negative. For a rational mean other than zero it is
// irrational (Lindemann), so it never equals a rational level.
func Poisson(mean *big.Rat, x int64) Tail {
	switch {
	case x < 0:
		return Zero()
	case mean.Sign() == 0:
		return one()
	}
	return poisson{mean, x}
}

func (p poisson) cheap() bool        { return false }
func (p poisson) rational() *big.Rat { return nil }

func (p poisson) enclose(precision uint) enclosure {
	scratch := new(big.Float).SetPrec(precision)
	mean := encloseRat(p.mean, precision)
	sum, term := encloseInt(1, precision), encloseInt(1, precision)
	for k := int64(1); k <= p.x; k++ {
		term.mul(mean)
		term.scale(1, k, scratch)
		sum.add(term)
	}
	sum.quo(exponential(p.mean, precision))
	return sum
}

// exponential encloses e^v for v >= 0: the power series at v/2^s <= 1/2, where
// each term is at most half the one before, then s squarings.
func exponential(v *big.Rat, precision uint) enclosure {
	halvings := 0
	reduced := new(big.Rat).Set(v)
	for half := big.NewRat(1, 2); reduced.Cmp(half) > 0; halvings++ {
		reduced.Mul(reduced, half)
	}
	scratch := new(big.Float).SetPrec(precision)
	y := encloseRat(reduced, precision)
	sum, term := encloseInt(1, precision), encloseInt(1, precision)
	for k := int64(1); ; k++ {
		term.mul(y)
		term.scale(1, k, scratch)
		if term.high.Sign() == 0 || term.high.MantExp(nil) < -int(precision) {
			// What follows sums to less than this term once more.
			sum.high.Add(sum.high, term.high)
			sum.high.Add(sum.high, term.high)
			break
		}
		sum.add(term)
	}
	for range halvings {
		sum.mul(sum)
	}
	return sum
}
