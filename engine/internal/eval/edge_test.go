package eval_test

import (
	"fmt"
	"math/big"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
	"github.com/pinjian/pinjian/engine/internal/generate"
)

const edgeStandard = `lang 1
standard e "E" { zone "America/New_York"; calendar "cn"; subject Site }
choice Part { p1, p2, p3 }
choice Many { %s }
record Site { name : text }
record Unit {
  a : number, b : number, i : int, t : time, u : time, d : date, c : clock, s : duration, w : text, v : text
  parts : set of Part, many : set of Many, part : Part, x : int optional, y : int optional, ok : bool
}
item 1 "I" { every month; sample 5 Unit; fail when %s : "f" }
`

// edge evaluates a condition over one unit, or over several alike but for one
// field, in every way and demands one answer.
func edge(t *testing.T, condition string, values map[string]any, units ...map[string]any) (eval.Truth, bool) {
	var many []string
	for i := range 63 {
		many = append(many, fmt.Sprintf("k%d", i))
	}
	c := load(t, fmt.Sprintf(edgeStandard, strings.Join(many, ", "), condition))
	b := newBench(t, c, c.Items[0].Parts[0])
	row := func(values ...map[string]any) map[*check.Variable]generate.Cell {
		out := map[*check.Variable]generate.Cell{}
		for _, m := range values {
			for name, value := range m {
				v := b.part.Lookup(name)
				require.NotNil(t, v, name)
				out[v] = cellOf(t, v.Type, value, b.zone)
			}
		}
		return out
	}
	e := &generate.Evidence{Zone: b.zone, Workdays: workdays, Unit: row(values)}
	for _, u := range units {
		e.Units = append(e.Units, row(values, u))
	}
	env := b.env(e)
	k := b.clause(t, b.part.Criteria[0].When)
	var n tally
	got := b.compare(t, k, e, env, &n)
	return got, n.overflowed > 0 || k.condition == nil
}

func cellOf(t *testing.T, kind check.Type, value any, zone *time.Location) generate.Cell {
	number := func(r *big.Rat) generate.Cell { return generate.Cell{Presence: generate.IsPresent, Number: r} }
	switch x := value.(type) {
	case nil:
		return generate.Cell{Presence: generate.IsAbsent}
	case bool:
		return number(map[bool]*big.Rat{false: new(big.Rat), true: big.NewRat(1, 1)}[x])
	case int:
		return number(big.NewRat(int64(x), 1))
	case time.Duration:
		return number(big.NewRat(int64(x), 1))
	case []int:
		return generate.Cell{Presence: generate.IsPresent, Members: x}
	case string:
		switch kind.Kind {
		case check.Number:
			r, ok := new(big.Rat).SetString(x)
			require.True(t, ok)
			return number(r)
		case check.Date:
			d, err := time.Parse("2006-01-02", x)
			require.NoError(t, err)
			return number(big.NewRat(d.Unix()/86400, 1))
		case check.Time:
			at, err := time.Parse(time.RFC3339, x)
			if err != nil {
				at, err = time.ParseInLocation("2006-01-02 15:04", x, zone)
			}
			require.NoError(t, err)
			return number(big.NewRat(at.UnixNano(), 1))
		}
		return generate.Cell{Presence: generate.IsPresent, Text: x}
	}
	require.Fail(t, "no cell for the value", "%v", value)
	return generate.Cell{}
}

type values = map[string]any

func TestEdges(t *testing.T) {
	const largest = "8999999999999.999999"
	spring := values{"t": "2026-03-08 01:30", "u": "2026-03-08 03:30"}
	autumn := values{"t": "2026-11-01T01:30:00-04:00", "u": "2026-11-01T01:30:00-05:00"}
	full := make([]int, 63)
	for i := range full {
		full[i] = i
	}
	for _, c := range []struct {
		condition string
		values    values
		exact     bool // too large for the closures
	}{
		// Numbers near the limits: what passes 64 bits is decided exactly.
		{"a + b > 8999999999999 * 2", values{"a": largest, "b": largest}, true},
		{"not a + b <= 8999999999999.5 * 2", values{"a": largest, "b": largest}, true},
		{"a - b == 8999999999999.999999 * 2", values{"a": largest, "b": "-" + largest}, true},
		{"a * b > a", values{"a": largest, "b": largest}, true},
		{"a * a * a * a > a * a * a", values{"a": largest}, true},
		{"-a < b", values{"a": largest, "b": "0"}, false},
		{"abs(b) == a", values{"a": largest, "b": "-" + largest}, false},
		{"a != 8999999999999.999998", values{"a": largest}, false},
		{"i * 1000000 * 1000000 > 1", values{"i": 8_999_999_999_999}, true},
		{"a == 0.000001", values{"a": "0.000001"}, false},
		// Exact decimals and divisions by constants.
		{"a + b == 0.3", values{"a": "0.1", "b": "0.2"}, false},
		{"a / 3 == 1 / 3", values{"a": "1"}, false},
		{"a / 3 * 3 == a", values{"a": "1"}, false},
		{"a / -4 < 0 and a / 40% == 2.5 and a / 0.000001 == 1000000", values{"a": "1"}, false},
		{"a / (2 + 3) == 20%", values{"a": "1"}, false},
		{"s / 7 * 7 == s", values{"s": time.Hour + 1}, false},
		// Halves are rounded away from zero.
		{"round(a) == -1 and round(a + 3) == 3 and round(a / 1000) == 0", values{"a": "-0.5"}, false},
		// Durations.
		{"1d == 24h and 1.5h == 90m and 1分钟 == 60s", nil, false},
		{"u - t > 10m", values{"t": "2026-11-03 09:00", "u": "2026-11-03 09:14"}, false},
		{"not u - t > 10m", values{"t": "2026-11-03 09:00", "u": "2026-11-03 09:10"}, false},
		{"u - t < 0m and abs(u - t) == 1h", values{"u": "2026-11-03 09:00", "t": "2026-11-03 10:00"}, false},
		{"t - s * 3 < u", values{"t": "2026-11-03 09:00", "u": "2026-11-03 10:00", "s": 200 * 365 * 24 * time.Hour}, true},
		// Days and clocks across the change of the clocks: the same hour twice,
		// an hour that is missing, and a day of 23 or 25 hours.
		{"u - t == 1h and clock(u) == 03:30 and clock(t) == 01:30 and days(t, u) == 0", spring, false},
		{"u - t == 1h and clock(u) == clock(t) and same_day(t, u)", autumn, false},
		{"days(t, u) == 1 and u - t == 25h", values{"t": "2026-11-01 00:00", "u": "2026-11-02 00:00"}, false},
		{"clock(t + 1d) == 11:00 and days(t, t + 1d) == 1", values{"t": "2026-10-31 12:00"}, false},
		{"t == 2026-11-03 09:00 and t in 2026-11-03 09:00..2026-11-03 09:00", values{"t": "2026-11-03T14:00:00Z"}, false},
		{"date(t) == 2026-11-02 and same_day(t, d)", values{"t": "2026-11-03T04:59:59Z", "d": "2026-11-02"}, false},
		{"date(t) == 1969-12-31 and day(t) == 31 and month(t) == 12", values{"t": "1970-01-01T04:59:59Z"}, false},
		{"days(d, 1970-01-01) == 1 and day(d) == 31", values{"d": "1969-12-31"}, false},
		{"days(2026-12-31, d) == 60 and day(d) == 1", values{"d": "2027-03-01"}, false},
		{"days(2028-02-28, d) == 2", values{"d": "2028-03-01"}, false},
		{"workdays(d, 2026-11-09) == 1 and workdays(2026-11-09, d) == -1", values{"d": "2026-11-06"}, false},
		{"workdays(d, d) == 0", values{"d": "2026-11-07"}, false},
		// Sets: empty, full, and as large as they may be.
		{"not parts contains p1 and size(parts) == 0 and size(lacking(parts)) == 3 and p2 not in parts", values{"parts": []int{}}, false},
		{"lacking(parts) contains p3 and not lacking(parts) contains p1 and size(lacking(lacking(parts))) == 2", values{"parts": []int{0, 1}}, false},
		{"many contains k62 and size(many) == 63 and size(lacking(many)) == 0", values{"many": full}, false},
		{"not many contains k61 and many contains k62 and size(many) == 1", values{"many": []int{62}}, false},
		// Texts: empty ones, and characters rather than bytes.
		{`w == "" and size(w) == 0 and v contains w and not w contains v`, values{"w": "", "v": "甲"}, false},
		{`size(w) == 3 and w contains "乙" and w != v`, values{"w": "甲乙😀", "v": "甲乙"}, false},
		// Absence, asked and compared as a truth value.
		{"(x is absent) == (y is absent)", values{"x": nil, "y": nil}, false},
		{"(x is absent) != (y is absent)", values{"x": 5, "y": nil}, false},
		{"(x is absent) == (y is absent)", values{"x": 5, "y": 6}, false},
		{"(x is present) == ok", values{"x": 0, "ok": true}, false},
		{"if(x is absent, 7, 8) == 7", values{"x": nil}, false},
	} {
		got, exact := edge(t, c.condition, c.values)
		require.Equal(t, eval.True, got, c.condition)
		require.Equal(t, c.exact, exact, c.condition)
	}
}

// What is not known stays so, and what decides all the same decides.
func TestUnknown(t *testing.T) {
	for condition, want := range map[string]eval.Truth{
		"a > 1":                                eval.Maybe,
		"a == a":                               eval.Maybe, // sound, not complete
		"x is absent":                          eval.Maybe,
		"ok and b > 1":                         eval.Maybe,
		"b > 1 or ok":                          eval.True,
		"ok or b > 1":                          eval.True,
		"ok and b < 1":                         eval.False,
		"not ok":                               eval.Maybe,
		"(ok) == (x is present)":               eval.Maybe,
		"if(ok, b, 3) == 2":                    eval.Maybe,
		`if(ok, "a", "b") == "c"`:              eval.Maybe,
		"part in [p1, p2, p3]":                 eval.Maybe,
		"parts contains p1":                    eval.Maybe,
		"w contains v":                         eval.Maybe,
		"count(ok) >= 0":                       eval.True,
		"workdays(2031-01-01, 2031-02-01) > 0": eval.Maybe, // no data
		"workdays(2031-01-01, 2031-02-01) > 0 and a == a": eval.Maybe,
	} {
		got, _ := edge(t, condition, values{"b": "2"}, values{})
		require.Equal(t, want, got, condition)
	}
}

// Counts and shares are intervals while units are unknown; any other aggregate
// is unknown while one value is.
func TestAggregatesOverPartialSamples(t *testing.T) {
	units := []map[string]any{{"i": 1}, {"i": 5}, {"i": 5}, {}, {}}
	for condition, want := range map[string]eval.Truth{
		"count(i > 3) >= 2":                        eval.True,
		"count(i > 3) <= 4":                        eval.True,
		"count(i > 3) > 4":                         eval.False,
		"count(i > 3) == 3":                        eval.Maybe,
		"count(i > 3) != 5":                        eval.True,
		"count(i > 3) in 2..4":                     eval.True,
		"count(i > 3) * 2 - 1 >= 3":                eval.True,
		"share(i > 3) >= 40%":                      eval.True,
		"share(i > 3) > 80%":                       eval.False,
		"share(i > 3) > 50%":                       eval.Maybe,
		"share(i > 3) + 1 > 1":                     eval.True,
		"count(i > 3) - count(i > 3) == 0":         eval.Maybe, // sound, not complete
		"-count(i > 3) <= -2":                      eval.True,
		"abs(count(i > 3) - 3) <= 1":               eval.True,
		"round(share(i > 3)) == 1":                 eval.Maybe,
		"sum(i) > 1":                               eval.Maybe,
		"max(i) >= 5":                              eval.Maybe,
		"if(count(i > 3) > 1, 7, 8) == 7":          eval.True,
		"if(count(i > 3) > 2, 7, 8) == 7":          eval.Maybe,
		`if(count(i > 3) > 1, "a", "b") == "a"`:    eval.True,
		"count(i > 3) > 4 or count(i <= 3) >= 1":   eval.True,
		"share(true) == 100% and count(true) == 5": eval.True,
	} {
		got, _ := edge(t, condition, nil, units...)
		require.Equal(t, want, got, condition)
	}
	known := []map[string]any{{"i": 1, "t": "2026-11-03 09:00"}, {"i": 5, "t": "2026-11-02 09:00"}, {"i": 5, "t": "2026-11-04 09:00"}}
	for condition, want := range map[string]eval.Truth{
		"share(i > 3) > 66.6666%":     eval.True,
		"share(i > 3) > 66.6667%":     eval.False,
		"share(i > 3) == 2 / 3":       eval.True,
		"sum(i) == 11":                eval.True,
		"mean(i) == 11 / 3":           eval.True,
		"mean(i) * 3 == 11":           eval.True,
		"min(i) == 1 and max(i) == 5": eval.True,
		"max(t) - min(t) == 2d":       eval.True,
		"date(min(t)) == 2026-11-02":  eval.True,
	} {
		got, _ := edge(t, condition, nil, known...)
		require.Equal(t, want, got, condition)
	}
	for _, condition := range []string{"share(i > 3) >= 0", "mean(i) >= 0 or mean(i) <= 0", "min(i) < 1 or min(i) >= 1", "max(t) > 2026-01-01 00:00"} {
		got, _ := edge(t, condition, nil)
		require.Equal(t, eval.Maybe, got, "%s over no units", condition)
	}
}
