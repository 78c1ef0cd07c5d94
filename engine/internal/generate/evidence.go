package generate

import (
	"fmt"
	"math/big"
	"math/rand/v2"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
)

// Value is a random value of a type, from a pool that meets the literals of
// generated expressions often. extreme asks for values near the limits.
func Value(rng *rand.Rand, t check.Type, zone *time.Location, extreme bool) Cell {
	number := func(r *big.Rat) Cell { return Cell{Presence: IsPresent, Number: r} }
	whole := func(i int64) Cell { return number(big.NewRat(i, 1)) }
	switch t.Kind {
	case check.Text:
		return Cell{Presence: IsPresent, Text: texts[rng.IntN(len(texts))]}
	case check.Time:
		if extreme {
			year := []int{1700, 1969, 1970, 2250}[rng.IntN(4)]
			return whole(time.Date(year, 1, 1, rng.IntN(24), 0, 0, rng.IntN(2), zone).UnixNano())
		}
		d := randomDay(rng)
		return whole(time.Date(d.Year(), d.Month(), d.Day(), rng.IntN(24), 15*rng.IntN(4), 0, 0, zone).UnixNano())
	case check.Date:
		return whole(randomDay(rng).Unix() / 86400)
	case check.Clock:
		return whole(int64(rng.IntN(24))*int64(time.Hour) + int64(15*rng.IntN(4))*int64(time.Minute))
	case check.Duration:
		if extreme {
			return whole([]int64{1, -1, int64(200 * 365 * 24 * time.Hour)}[rng.IntN(3)])
		}
		return whole(int64([]time.Duration{0, time.Second, time.Minute, 5 * time.Minute, time.Hour, 90 * time.Minute, 48 * time.Hour, -time.Hour}[rng.IntN(8)]))
	case check.Number:
		return number(randomNumber(rng, t, extreme))
	case check.Choice:
		return whole(int64(rng.IntN(len(t.Choice.Members))))
	case check.Set:
		c := Cell{Presence: IsPresent}
		share := 1 + rng.IntN(4)
		for i := range t.Choice.Members {
			if rng.IntN(4) < share {
				c.Members = append(c.Members, i)
			}
		}
		return c
	case check.Attachment, check.Side:
		return whole(1)
	}
	return whole(int64(rng.IntN(2)))
}

func randomDay(rng *rand.Rand) time.Time {
	d, err := time.Parse("2006-01-02", "2026-"+days[rng.IntN(len(days))])
	if err != nil {
		panic(err)
	}
	return d.AddDate(0, 0, rng.IntN(5)-2)
}

func randomNumber(rng *rand.Rand, t check.Type, extreme bool) *big.Rat {
	var r *big.Rat
	switch {
	case extreme && t.Low == nil:
		r = big.NewRat([]int64{8_999_999_999_999, -8_999_999_999_999, 4_000_000_000_000}[rng.IntN(3)], 1)
	case t.Whole || rng.IntN(2) == 0:
		r = big.NewRat(int64(rng.IntN(9)), 1)
	default:
		r = big.NewRat(int64([]int{500_000, 1_500_000, 2_250_000, 100_000, 300_000, 1, 3_333_333, -500_000}[rng.IntN(8)]), 1_000_000)
	}
	if t.Low != nil && r.Cmp(t.Low) < 0 {
		r = t.Low
	}
	if t.High != nil && r.Cmp(t.High) > 0 {
		r = t.High
	}
	return r
}

// Mix says how much of some evidence is not collected and how much may be
// absent, in per cent; Extreme is the share of values near the limits.
type Mix struct{ Unknown, Absent, Extreme int }

// Cell is a random cell for a variable.
func (m Mix) Cell(rng *rand.Rand, t check.Type, optional bool, zone *time.Location) Cell {
	if rng.IntN(100) < m.Unknown {
		return Cell{}
	}
	if optional && rng.IntN(100) < m.Absent {
		return Cell{Presence: IsAbsent}
	}
	return Value(rng, t, zone, rng.IntN(100) < m.Extreme)
}

// Row is random evidence of one unit. The fields of a side that is absent are
// not collected, and a side of which a field is known is present.
func (m Mix) Row(rng *rand.Rand, variables []*check.Variable, zone *time.Location) map[*check.Variable]Cell {
	row := map[*check.Variable]Cell{}
	for _, v := range variables {
		row[v] = m.Cell(rng, v.Type, v.Optional, zone)
	}
	Settle(row, variables)
	return row
}

// Settle makes the sides of a join and their fields agree.
func Settle(row map[*check.Variable]Cell, variables []*check.Variable) {
	for _, v := range variables {
		if v.Side == nil {
			continue
		}
		switch row[v.Side].Presence {
		case IsAbsent:
			row[v] = Cell{}
		case NotCollected:
			if row[v].Presence != NotCollected {
				row[v.Side] = Cell{Presence: IsPresent, Number: big.NewRat(1, 1)}
			}
		}
	}
}

// Complete fills everything that is not collected with random values.
func (m Mix) Complete(rng *rand.Rand, row map[*check.Variable]Cell, variables []*check.Variable, zone *time.Location) map[*check.Variable]Cell {
	full := Mix{Absent: m.Absent, Extreme: m.Extreme}
	out := map[*check.Variable]Cell{}
	for _, v := range variables {
		out[v] = row[v]
		if out[v].Presence == NotCollected {
			out[v] = full.Cell(rng, v.Type, v.Optional, zone)
		}
	}
	Settle(out, variables)
	return out
}

// Input writes a cell as a host would, for a variable of a type.
func Input(c Cell, t check.Type, zone *time.Location) any {
	if c.Presence == IsAbsent {
		return nil
	}
	switch t.Kind {
	case check.Text:
		return c.Text
	case check.Set:
		names := []string{}
		for _, i := range c.Members {
			names = append(names, t.Choice.Members[i].Name.First)
		}
		return names
	case check.Number:
		return c.Number.FloatString(6)
	}
	i := c.Number.Num().Int64()
	switch t.Kind {
	case check.Time:
		return time.Unix(0, i).In(zone)
	case check.Date:
		return time.Unix(i*86400, 0).UTC().Format("2006-01-02")
	case check.Clock:
		return fmt.Sprintf("%02d:%02d:%02d", i/int64(time.Hour), i/int64(time.Minute)%60, i/int64(time.Second)%60)
	case check.Duration:
		return time.Duration(i)
	case check.Choice:
		return t.Choice.Members[i].Name.First
	case check.Attachment:
		return "sha256:0"
	case check.Side:
		return true
	}
	return i != 0
}
