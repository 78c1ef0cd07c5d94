package exact

import "math/big"

// binomial is P(X <= x) for n independent units that each fail with
// probability p, where 0 <= x < n and 0 < p < 1.
type binomial struct {
	n, x int64
	p    *big.Rat
}

// Binomial returns the tail P(X <= x) of the number of failures among n
// independent units with failure probability p. It needs n >= 0 and p within
// [0,1].
func Binomial(n, x int64, p *big.Rat) Tail {
	switch {
	case x < 0:
		return Zero()
	case x >= n || p.Sign() == 0:
		return one()
	case p.Cmp(big.NewRat(1, 1)) == 0:
		return Zero()
	}
	b := binomial{n, x, p}
	// Above the mode the terms grow on the way down from x; the other tail
	// then is the one whose terms shrink from the first.
	mode := new(big.Rat).Mul(big.NewRat(n+1, 1), p)
	if big.NewRat(x, 1).Cmp(mode) >= 0 {
		q := new(big.Rat).Sub(big.NewRat(1, 1), p)
		return complement{binomial{n, n - x - 1, q}}
	}
	return b
}

func (b binomial) cheap() bool {
	return b.n <= cheapBits && b.n*int64(b.p.Denom().BitLen()) <= cheapBits
}

// rational sums the terms over the common denominator: with p = a/d and
// q = d-a the tail is q^(n-x) times the sum of C(n,k) a^k q^(x-k), over d^n.
func (b binomial) rational() *big.Rat {
	a, d := b.p.Num(), b.p.Denom()
	q := new(big.Int).Sub(d, a)
	sum, term, ways := new(big.Int), new(big.Int), big.NewInt(1)
	power := big.NewInt(1)
	for k := int64(0); k <= b.x; k++ {
		// Horner in q: each earlier term gains one factor q.
		sum.Mul(sum, q)
		sum.Add(sum, term.Mul(ways, power))
		power.Mul(power, a)
		ways.Mul(ways, big.NewInt(b.n-k))
		ways.Quo(ways, big.NewInt(k+1))
	}
	sum.Mul(sum, new(big.Int).Exp(q, big.NewInt(b.n-b.x), nil))
	return new(big.Rat).SetFrac(sum, new(big.Int).Exp(d, big.NewInt(b.n), nil))
}

func (b binomial) enclose(precision uint) enclosure {
	scratch := new(big.Float).SetPrec(precision)
	p := encloseRat(b.p, precision)
	q := encloseRat(new(big.Rat).Sub(big.NewRat(1, 1), b.p), precision)
	term := choose(b.n, b.x, precision, scratch)
	term.mul(p.power(b.x))
	term.mul(q.power(b.n - b.x))
	odds := q
	odds.quo(p)
	return sumDown(term, b.x, 0, func(k int64, ratio enclosure) {
		ratio.low.Set(odds.low)
		ratio.high.Set(odds.high)
		ratio.scale(k, b.n-k+1, scratch)
	})
}

// sumDown adds term, which belongs to k = from, and the terms below it down to
// k = to. ratioAt sets its argument to the ratio of the term at k-1 to that at
// k; the ratios must shrink with k, so once one is below 1 the rest is
// at most a geometric series, and the sum may stop early.
func sumDown(term enclosure, from, to int64, ratioAt func(k int64, ratio enclosure)) enclosure {
	precision := term.precision()
	sum := term.clone()
	ratio := encloseInt(1, precision)
	for k := from; k > to; k-- {
		ratioAt(k, ratio)
		term.mul(ratio)
		if term.high.MantExp(nil) < sum.low.MantExp(nil)-int(precision) {
			gap := down(precision).Sub(big.NewFloat(1), ratio.high)
			if gap.Sign() > 0 {
				sum.high.Add(sum.high, up(precision).Quo(term.high, gap))
				return sum
			}
		}
		sum.add(term)
	}
	return sum
}
