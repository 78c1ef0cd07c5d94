package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
)

// Number is an exact decimal or ratio. The zero Number is 0. In JSON it is a
// string, "0.5" or "6/7", and is read from such a string or from a number
// literal, without passing through a float.
type Number struct{ rat *big.Rat }

// NumberOf makes a Number of a rational, which is copied; nil is 0.
func NumberOf(r *big.Rat) Number {
	if r == nil {
		return Number{}
	}
	return Number{new(big.Rat).Set(r)}
}

// ParseNumber reads a decimal ("-0.5") or a ratio ("6/7").
func ParseNumber(s string) (Number, error) {
	if len(s) > 200 || bytes.ContainsAny([]byte(s), "eEpPxX_") {
		return Number{}, fmt.Errorf("engine: %.40q is no decimal number", s)
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return Number{}, fmt.Errorf("engine: %.40q is no decimal number", s)
	}
	return Number{r}, nil
}

// Rat returns the value; the caller owns it.
func (n Number) Rat() *big.Rat {
	if n.rat == nil {
		return new(big.Rat)
	}
	return new(big.Rat).Set(n.rat)
}

// Cmp compares two numbers: -1, 0 or 1.
func (n Number) Cmp(o Number) int { return n.Rat().Cmp(o.Rat()) }

// String is the shortest exact form: a decimal where it ends, else a ratio.
func (n Number) String() string {
	r := n.Rat()
	if places, exact := r.FloatPrec(); exact {
		return r.FloatString(places)
	}
	return r.RatString()
}

// MarshalJSON writes String as a JSON string.
func (n Number) MarshalJSON() ([]byte, error) { return json.Marshal(n.String()) }

// UnmarshalJSON reads a JSON string or number literal.
func (n *Number) UnmarshalJSON(data []byte) error {
	s := string(data)
	if len(data) > 0 && data[0] == '"' {
		if err := json.Unmarshal(data, &s); err != nil {
			return fmt.Errorf("engine: reading a number: %w", err)
		}
	}
	parsed, err := ParseNumber(s)
	if err != nil {
		return err
	}
	*n = parsed
	return nil
}
