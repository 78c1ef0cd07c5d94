package exact

import (
	"math/big"
	"strings"
)

// Rounding says in which direction a decimal is rounded.
type Rounding uint8

// The directions of rounding. Nearest rounds a half away from zero.
const (
	Nearest Rounding = iota
	Down
	Up
)

// Power10 returns ten to the given power.
func Power10(places int) *big.Int {
	return new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
}

// RoundRat returns r in units of ten to the minus places, rounded.
func RoundRat(r *big.Rat, places int, rounding Rounding) *big.Int {
	number := new(big.Int).Mul(r.Num(), Power10(places))
	denominator := new(big.Int).Set(r.Denom())
	switch rounding {
	case Up:
		number.Add(number, denominator)
		number.Sub(number, big.NewInt(1))
	case Nearest:
		number.Lsh(number, 1)
		number.Add(number, denominator)
		denominator.Lsh(denominator, 1)
	}
	// The denominator is positive, so Euclidean division is the floor.
	return number.Div(number, denominator)
}

// Round returns t in units of ten to the minus places, rounded with certainty.
func Round(t Tail, places int, rounding Rounding) *big.Int {
	if t.cheap() {
		return RoundRat(t.rational(), places, rounding)
	}
	for precision := uint(firstPrecision) + 4*uint(places); ; precision *= 2 {
		if precision > lastPrecision+4*uint(places) {
			if r := t.rational(); r != nil {
				return RoundRat(r, places, rounding)
			}
		}
		e := t.enclose(precision)
		low, _ := e.low.Rat(nil)
		high, _ := e.high.Rat(nil)
		// A tail that isn't constant lies strictly between 0 and 1, which an
		// enclosure alone can't tell from the end itself.
		least, most := RoundRat(low, places, rounding), RoundRat(high, places, rounding)
		if unit := Power10(places); rounding == Down && most.Cmp(unit) >= 0 {
			most.Sub(unit, big.NewInt(1))
		}
		if rounding == Up && least.Sign() == 0 {
			least.SetInt64(1)
		}
		if least.Cmp(most) == 0 {
			return least
		}
	}
}

// Decimal writes units of ten to the minus places as a decimal number, with
// exactly that many digits after the point.
func Decimal(units *big.Int, places int) string {
	digits := new(big.Int).Abs(units).String()
	if len(digits) <= places {
		digits = strings.Repeat("0", places+1-len(digits)) + digits
	}
	if places > 0 {
		digits = digits[:len(digits)-places] + "." + digits[len(digits)-places:]
	}
	if units.Sign() < 0 {
		return "-" + digits
	}
	return digits
}
