package estimate

import (
	"math"
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
	"github.com/pinjian/pinjian/sampling/internal/refuse"
)

// Wilson returns the score interval of Wilson (JASA 22, 1927), an approximation
// that holds the stated confidence on average rather than always: it is
// narrower than the exact interval and right for comparing, not for proving.
// The normal quantile is taken to 12 decimals, and the ends are rounded outward
// to the given places, 1 to 12. In a population of limited size the sample
// counts as n(N-1)/(N-n) units, its effective size under sampling without
// replacement; a full inspection leaves no interval but the rate itself, and
// the ends are decimals there too.
func (s Sample) Wilson(confidence *big.Rat, places int) (Interval, error) {
	if err := s.check(); err != nil {
		return Interval{}, err
	}
	z, err := quantile(confidence, places)
	if err != nil {
		return Interval{}, err
	}
	rate := big.NewRat(s.Failures, s.Size)
	if s.Population == s.Size {
		return exactly(rate, places), nil
	}
	size := big.NewRat(s.Size, 1)
	if s.Population > 0 {
		size.Mul(size, big.NewRat(s.Population-1, s.Population-s.Size))
	}
	return wilson(rate, size, z, places), nil
}

// exactly is the interval of a rate that is known, rounded outward.
func exactly(rate *big.Rat, places int) Interval { return interval(rate, rate, places) }

// quantile returns the two-sided normal quantile to 12 decimals.
func quantile(confidence *big.Rat, places int) (*big.Rat, error) {
	risk, err := riskOf(confidence, 1)
	if err != nil {
		return nil, err
	}
	if err := refuse.Places("places", places, 1); err != nil {
		return nil, err
	}
	if places > 12 {
		return nil, refuse.Input("out-of-range", "places", "use an exact interval for more", "%d places are more than the 12 of an approximation", places)
	}
	if risk.Cmp(big.NewRat(1, 1_000_000_000)) < 0 {
		return nil, refuse.Input("out-of-range", "confidence", "use an exact interval",
			"an approximation means nothing at a risk of less than one in 10^9")
	}
	// Of the two forms of the quantile this one keeps its digits at small risks.
	small, _ := risk.Float64()
	z := math.Sqrt2 * math.Erfcinv(small)
	return new(big.Rat).SetFrac(big.NewInt(int64(math.Round(z*1e12))), exact.Power10(12)), nil
}

// wilson computes with rationals up to the square root, which is enclosed.
func wilson(rate, size, z *big.Rat, places int) Interval {
	one := big.NewRat(1, 1)
	perUnit := new(big.Rat).Quo(new(big.Rat).Mul(z, z), size) // z²/n
	scale := new(big.Rat).Add(one, perUnit)
	centre := new(big.Rat).Add(rate, new(big.Rat).Quo(perUnit, big.NewRat(2, 1)))
	// (z²/n)(p(1-p) + z²/(4n)) is the square of the half-width times scale.
	square := new(big.Rat).Mul(rate, new(big.Rat).Sub(one, rate))
	square.Add(square, new(big.Rat).Quo(perUnit, big.NewRat(4, 1)))
	half := rootUp(square.Mul(square, perUnit))
	return interval(
		new(big.Rat).Quo(new(big.Rat).Sub(centre, half), scale),
		new(big.Rat).Quo(new(big.Rat).Add(centre, half), scale), places)
}

// interval rounds both ends outward and keeps them within [0,1].
func interval(low, high *big.Rat, places int) Interval {
	unit := exact.Power10(places)
	if low.Sign() < 0 {
		low = new(big.Rat)
	}
	if one := big.NewRat(1, 1); high.Cmp(one) > 0 {
		high = one
	}
	return Interval{
		Bound{Side: Lower, Rate: new(big.Rat).SetFrac(exact.RoundRat(low, places, exact.Down), unit)},
		Bound{Side: Upper, Rate: new(big.Rat).SetFrac(exact.RoundRat(high, places, exact.Up), unit)},
	}
}

// rootUp returns the square root of r, rounded up at 30 decimals.
func rootUp(r *big.Rat) *big.Rat {
	const places = 30
	units := exact.RoundRat(r, 2*places, exact.Up)
	root := new(big.Int).Sqrt(units)
	if new(big.Int).Mul(root, root).Cmp(units) < 0 {
		root.Add(root, big.NewInt(1))
	}
	return new(big.Rat).SetFrac(root, exact.Power10(places))
}
