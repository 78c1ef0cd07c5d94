// Package eval evaluates checked expressions over evidence that may be
// incomplete. The closures of this package are what judges; Exact is the same
// meaning written plainly over big.Rat, used for explanations and wherever
// 64-bit integers are too small; Audit runs the lowered expressions on expr's
// virtual machine.
package eval

import (
	"math/big"
	"time"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
)

// State says what is known of a value.
type State uint8

// The zero State is Unknown: not collected, never false or zero.
const (
	Unknown State = iota
	Absent        // known not to be there
	Known
)

// Slot is the value of one variable. Num holds whole numbers, numbers in
// millionths, instants and durations in nanoseconds, dates in days since
// 1970-01-01, times of day in nanoseconds since midnight, the ordinal of a
// choice's member, the bits of a set, and 0 or 1.
type Slot struct {
	Num   int64
	Text  string
	State State
}

// Millionths is the scale of numbers that need not be whole.
const Millionths = 1_000_000

// Row is the values of one unit, or of the setting, by slot.
type Row []Slot

// Calendar counts business days; see the engine's Calendar.
type Calendar interface {
	// BusinessDays counts the business days after day a up to and including
	// day b, days since 1970-01-01; negative when b is before a.
	BusinessDays(a, b int64) (int64, error)
}

// Env is everything that one evaluation reads. An Env serves one goroutine.
type Env struct {
	Unit    Row
	Setting Row
	Units   []Row // of the sample, for aggregates
	// Aggregates holds, by the node that they are over, aggregates that were
	// gathered beforehand over Size units; Units is not read then.
	Aggregates map[exprast.Node]*Total
	Size       int64
	Zone       *time.Location
	Calendar   Calendar
	// Err is the first error of a calendar: the value that needed it counts
	// as unknown.
	Err error
}

// Layout gives every variable of a part its slot.
type Layout struct {
	Info    *check.Info
	Record  map[*check.Variable]int // of the record, which its parts share
	Unit    map[*check.Variable]int // the part's own, behind those of the record
	Setting map[any]int             // *check.Variable of the subject's record, *check.Define, *check.Population, check.Builtin
	Subject map[string]int          // the subject's fields by key, as slots of the setting
}

// Slot returns the slot of a variable of the unit.
func (l *Layout) Slot(v *check.Variable) (int, bool) {
	if i, ok := l.Record[v]; ok {
		return i, true
	}
	i, ok := l.Unit[v]
	return i, ok
}

// The builtins of a setting. The days of the period are kept beside its
// instants, so that dates can be compared with it.
const (
	AsOf        = check.Builtin("as_of")
	PeriodStart = check.Builtin("period.start")
	PeriodEnd   = check.Builtin("period.end")
	FirstDay    = check.Builtin("period.first_day")
	LastDay     = check.Builtin("period.last_day")
)

// SettingLayout numbers what the setting of a standard holds.
func SettingLayout(c *check.Checked) map[any]int {
	m := map[any]int{}
	add := func(key any) { m[key] = len(m) }
	for _, b := range []check.Builtin{AsOf, PeriodStart, PeriodEnd, FirstDay, LastDay} {
		add(b)
	}
	if c.Standard != nil && c.Standard.Subject != nil {
		for _, f := range c.Standard.Subject.Fields {
			if f.Role == check.FieldRole {
				add(f)
			}
		}
	}
	for _, d := range c.Defines {
		if d.Value == nil {
			add(d)
		}
	}
	for _, p := range c.Population {
		add(p)
	}
	return m
}

// day returns the civil day of an instant in a zone, as days since 1970-01-01.
func day(ns int64, zone *time.Location) int64 { return dayOf(time.Unix(0, ns), zone) }

func dayOf(t time.Time, zone *time.Location) int64 {
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	_, offset := t.Zone()
	seconds := t.Unix() + int64(offset)
	return floorDiv(seconds, 86400)
}

// clock returns the time of day of an instant in a zone, in nanoseconds.
func clock(ns int64, zone *time.Location) int64 { return clockOf(time.Unix(0, ns), zone) }

func clockOf(t time.Time, zone *time.Location) int64 {
	if zone == nil {
		zone = time.UTC
	}
	t = t.In(zone)
	return int64(t.Hour())*int64(time.Hour) + int64(t.Minute())*int64(time.Minute) + int64(t.Second())*int64(time.Second) + int64(t.Nanosecond())
}

func civil(day int64) time.Time { return time.Unix(day*86400, 0).UTC() }

func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b != 0 && (a < 0) != (b < 0) {
		q--
	}
	return q
}

// FromRat makes a slot of an exact value of a type; ok is false when the value
// does not fit.
func FromRat(r *big.Rat, t check.Type) (Slot, bool) {
	if t.Kind == check.Number && !t.Whole {
		r = new(big.Rat).Mul(r, big.NewRat(Millionths, 1))
	}
	if !r.IsInt() || !r.Num().IsInt64() {
		return Slot{}, false
	}
	return Slot{Num: r.Num().Int64(), State: Known}, true
}
