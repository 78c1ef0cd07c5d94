package estimate

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
)

// Side says on which side of the true rate a bound lies.
type Side uint8

// The sides of a bound.
const (
	Lower Side = iota
	Upper
)

// outward is the direction in which a bound of this side may be rounded.
func (s Side) outward() exact.Rounding {
	if s == Upper {
		return exact.Up
	}
	return exact.Down
}

// Bound is one end of what the true failure rate can be. The zero value is the
// lower bound 0, which is always true.
type Bound struct {
	// Side says which end it is.
	Side Side
	// Rate is the bound as a fraction. For a process it is a decimal, rounded
	// outward to the places that were asked for; for a limited population it
	// is Units/Population exactly, except where a method's text says
	// otherwise. Nil means 0.
	Rate *big.Rat
	// Units is the bound as a number of failing units. It is meaningful only
	// if Population is above 0.
	Units int64
	// Population is the number of units that the bound speaks of, or 0 for a
	// process.
	Population int64
}

func (b Bound) rate() *big.Rat {
	if b.Rate == nil {
		return new(big.Rat)
	}
	return b.Rate
}

// Decimal writes the rate with the given number of places (0 if negative),
// rounded outward: an upper bound up, a lower bound down.
func (b Bound) Decimal(places int) string {
	places = max(places, 0)
	return exact.Decimal(exact.RoundRat(b.rate(), places, b.Side.outward()), places)
}

// Percent writes the rate in percent with the given number of places (0 if
// negative), rounded outward, without a percent sign.
func (b Bound) Percent(places int) string { return b.percent(places, b.Side.outward()) }

// NearestPercent writes the rate in percent rounded to the nearest, as
// published tables do. Such a number can claim slightly more than the sample
// proves: 34.8 for an upper bound of 34.8164 percent.
func (b Bound) NearestPercent(places int) string { return b.percent(places, exact.Nearest) }

func (b Bound) percent(places int, rounding exact.Rounding) string {
	places = max(places, 0)
	hundredfold := new(big.Rat).Mul(b.rate(), big.NewRat(100, 1))
	return exact.Decimal(exact.RoundRat(hundredfold, places, rounding), places)
}

// Interval is a lower and an upper bound that hold together with the stated
// confidence.
type Interval struct{ Lower, Upper Bound }
