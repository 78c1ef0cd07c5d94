package sampling

import (
	"math"
	"math/big"
	"slices"
)

// sizeKind tells the forms of a size apart; the zero value is no size at all.
type sizeKind uint8

const (
	sizeNone sizeKind = iota
	sizeAll
	sizeCount
	sizeRange
	sizePercent
	sizeTable
)

// Size is how much of a population is to be drawn: everything, a count, a range, an exact ratio or a table. Make one with
// [All], [Count], [Range], [Percent] or [ByTable] and narrow it with [Size.AtLeast] and [Size.AtMost]. The zero value is
// no size and is refused. A Size is immutable.
type Size struct {
	kind   sizeKind
	lo, hi int64
	ratio  *big.Rat
	floor  int64
	cap    int64
	// bounds says which of floor and cap were given, so that a cap of 0 is refused and not ignored.
	hasFloor, hasCap bool
	table            Table
}

// All is a census: the whole population, in the order of its tickets.
func All() Size { return Size{kind: sizeAll} }

// Count is n units, n at least 1.
func Count(n int64) Size { return Size{kind: sizeCount, lo: n, hi: n} }

// Range is lo to hi units, lo at least 1: hi are drawn, and a sample closed at lo or more is enough. hi 0 means without
// an upper end: lo are drawn.
func Range(lo, hi int64) Size { return Size{kind: sizeRange, lo: lo, hi: hi} }

// Percent is a ratio of the population, rounded up to whole units and at least 1. ratio is copied and must be greater
// than 0 and at most 1; 1/2 is 50 %.
func Percent(ratio *big.Rat) Size {
	if ratio == nil {
		return Size{kind: sizePercent}
	}
	return Size{kind: sizePercent, ratio: new(big.Rat).Set(ratio)}
}

// ByTable looks the size up by population. The table is copied.
func ByTable(t Table) Size {
	t.Rows = slices.Clone(t.Rows)
	return Size{kind: sizeTable, table: t}
}

// AtLeast raises what the size gives to at least n, n at least 1; a population below n is short.
func (s Size) AtLeast(n int64) Size {
	s.floor, s.hasFloor = n, true
	return s
}

// AtMost lowers what the size gives to at most n, n at least 1.
func (s Size) AtMost(n int64) Size {
	s.cap, s.hasCap = n, true
	return s
}

// Planned is what a size means for one population.
type Planned struct {
	// Path is the group that the size counts for; nil for a whole frame.
	Path []string `json:"path,omitempty"`
	// Population is how many units there are.
	Population int64 `json:"population"`
	// Units is how many are to be drawn, never more than there are.
	Units int64 `json:"planned"`
	// Enough is how many suffice to close the sample; less than Units only for a range.
	Enough int64 `json:"enough"`
	// Short says that the population holds fewer units than the size asks for. All of them are drawn then.
	Short bool `json:"short,omitempty"`
	// NoPopulation says that there is nothing to draw from, which is neither a pass nor a short sample.
	NoPopulation bool `json:"noPopulation,omitempty"`
}

// Check refuses a size that means nothing or contradicts itself.
func (s Size) Check() error {
	switch s.kind {
	case sizeAll:
	case sizeCount:
		if s.lo < 1 {
			return refuse("bad-size", "size.count", "draw at least one unit", "the count is %d", s.lo)
		}
	case sizeRange:
		if s.lo < 1 {
			return refuse("bad-size", "size.from", "begin the range at 1 or more", "the range begins at %d", s.lo)
		}
		if s.hi != 0 && s.hi < s.lo {
			return refuse("bad-size", "size.to", "put the smaller number first", "the range %d to %d is empty", s.lo, s.hi)
		}
	case sizePercent:
		if s.ratio == nil || s.ratio.Sign() <= 0 || s.ratio.Cmp(big.NewRat(1, 1)) > 0 {
			text := "nothing"
			if s.ratio != nil {
				text = s.ratio.RatString()
			}
			return refuse("bad-size", "size.ratio", "give a ratio above 0 and up to 1, such as 1/2 for 50 %", "the ratio is %s", text)
		}
	case sizeTable:
		if err := s.table.Check(); err != nil {
			return err
		}
	default:
		return refuse("no-size", "size", "use All, Count, Range, Percent or ByTable", "no size is given")
	}
	if s.hasFloor && s.floor < 1 {
		return refuse("bad-size", "size.atLeast", "leave it out or give 1 or more", "the lower bound is %d", s.floor)
	}
	if s.hasCap && s.cap < 1 {
		return refuse("bad-size", "size.atMost", "leave it out or give 1 or more", "the upper bound is %d", s.cap)
	}
	if s.hasFloor && s.hasCap && s.floor > s.cap {
		return refuse("bad-size", "size.atMost", "raise the upper bound or lower the lower one", "at least %d and at most %d contradict each other", s.floor, s.cap)
	}
	return nil
}

// Plan gives the number of units to draw from a population. It is exact: a ratio is rounded up in integers. Errors: a
// size that [Size.Check] refuses, a negative population, a table that doesn't cover the population.
func (s Size) Plan(population int64) (Planned, error) {
	if err := s.Check(); err != nil {
		return Planned{}, err
	}
	if population < 0 {
		return Planned{}, refuse("bad-population", "population", "count the frame again", "the population is %d", population)
	}
	p := Planned{Population: population}
	if population == 0 {
		p.NoPopulation = true
		return p, nil
	}
	wanted, enough, err := s.wanted(population)
	if err != nil {
		return Planned{}, err
	}
	if s.hasFloor {
		wanted, enough = max(wanted, s.floor), max(enough, s.floor)
	}
	if s.hasCap {
		wanted, enough = min(wanted, s.cap), min(enough, s.cap)
	}
	p.Units, p.Enough = min(wanted, population), min(enough, population)
	p.Short = population < enough
	return p, nil
}

// wanted is the size before bounds and before the population limits it.
func (s Size) wanted(population int64) (wanted, enough int64, err error) {
	switch s.kind {
	case sizeAll:
		return population, population, nil
	case sizeCount:
		return s.lo, s.lo, nil
	case sizeRange:
		return max(s.lo, s.hi), s.lo, nil
	case sizePercent:
		n := new(big.Int).Mul(s.ratio.Num(), big.NewInt(population))
		n.Add(n, s.ratio.Denom()).Sub(n, big.NewInt(1)).Quo(n, s.ratio.Denom())
		return n.Int64(), n.Int64(), nil
	default:
		n, err := s.table.lookup(population)
		return n, n, err
	}
}

// most is the greatest number of units that the size can ask for from a population of at most count; count below 0 means
// that nobody knows. It bounds the memory of a draw before the population is known.
func (s Size) most(count int64) int64 {
	limit := int64(math.MaxInt64)
	switch s.kind {
	case sizeCount, sizeRange:
		limit = max(s.lo, s.hi)
	case sizePercent:
		if count >= 0 {
			limit, _, _ = s.wanted(count)
		}
	case sizeTable:
		limit = 0
		for _, r := range s.table.Rows {
			limit = max(limit, r.Size)
		}
	}
	if s.hasFloor {
		limit = max(limit, s.floor)
	}
	if s.hasCap {
		limit = min(limit, s.cap)
	}
	if count >= 0 {
		limit = min(limit, count)
	}
	return limit
}
