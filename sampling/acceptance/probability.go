package acceptance

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/internal/exact"
)

// Probability is a probability known exactly: it can be written to any number
// of places and compared without a rounding error. It is computed when asked.
// The zero value is the probability 0.
type Probability struct{ tail exact.Tail }

func (p Probability) known() exact.Tail {
	if p.tail == nil {
		return exact.Zero()
	}
	return p.tail
}

// Decimal writes the probability with the given number of places, from 0 on,
// correctly rounded to the nearest.
func (p Probability) Decimal(places int) string {
	places = max(places, 0)
	return exact.Decimal(exact.Round(p.known(), places, exact.Nearest), places)
}

// Compare returns -1, 0 or +1 as the probability is below, equal to or above
// the level.
func (p Probability) Compare(level *big.Rat) int { return exact.Compare(p.known(), level) }

// Rat returns the exact value. It reports false where that is irrational,
// which it is for plans that count nonconformities. The value has about as
// many digits as the sample size times those of the quality.
func (p Probability) Rat() (*big.Rat, bool) {
	r := exact.Rational(p.known())
	return r, r != nil
}
