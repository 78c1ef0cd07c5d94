package generate

import (
	"fmt"

	"github.com/pinjian/pinjian/checklang/check"
)

// value writes a random value of a type other than yes/no. bare says that a
// member of a choice may stand alone, since its choice is known from elsewhere.
func (g *generator) value(t typ, depth int, given []*variable, bare bool) written {
	atom := func(s string) written { return written{text: s, level: levelAtom} }
	if g.scope == scopeSample && !g.inside && g.chance(70) {
		if e, ok := g.aggregate(t, depth, given); ok {
			return e
		}
	}
	if t.kind == check.Number && g.chance(12) && g.scope != scopeRecord {
		return atom(g.population(depth))
	}
	if v := g.pick(t, given); v != nil && g.chance(42-8*depth) {
		return atom(g.path(v))
	}
	if depth > 0 && g.chance(10) {
		c := g.condition(depth-1, given)
		a := g.value(t, depth-1, join(given, c.whenT), bare)
		b := g.value(t, depth-1, join(given, c.when), bare)
		return atom(g.function("if", c.text, a.text, b.text))
	}
	if depth > 0 {
		if e, ok := g.computed(t, depth-1, given); ok {
			return e
		}
	}
	switch t.kind {
	case check.Choice:
		m := t.choice.members[g.rng.IntN(min(len(t.choice.members), 4+g.rng.IntN(60)))]
		if bare && g.chance(70) {
			return written{text: g.name(m[0], m[1]), level: levelAtom, bare: true}
		}
		return atom(g.name(t.choice.zh, t.choice.en) + "." + g.name(m[0], m[1]))
	case check.Set:
		// Sets have no literals.
		for _, v := range g.readable() {
			if v.typ.kind == check.Set && v.typ.choice == t.choice && !v.optional && v.side == nil {
				return atom(g.path(v))
			}
		}
		panic("generate: no set can be read")
	case check.Time:
		if n := g.rng.IntN(3); n > 0 && (g.scope == scopeUnit || g.scope == scopeSample || g.scope == scopeApplies) {
			return atom(g.word("value", "as_of"))
		} else if n == 0 && g.scope != scopeRecord {
			return atom(g.word("value", "period") + "." + []string{"start", "end", "起", "止"}[g.rng.IntN(4)])
		}
	}
	return g.literal(t)
}

// literal writes a literal.
func (g *generator) literal(t typ) written {
	atom := func(s string) written { return written{text: s, level: levelAtom} }
	switch t.kind {
	case check.Text:
		s := texts[g.rng.IntN(len(texts))]
		if g.chance(30) {
			return atom("“" + s + "”")
		}
		return atom(`"` + s + `"`)
	case check.Time:
		return atom(fmt.Sprintf("2026-%s %02d:%02d", days[g.rng.IntN(len(days))], g.rng.IntN(24), 15*g.rng.IntN(4)))
	case check.Date:
		return atom("2026-" + days[g.rng.IntN(len(days))])
	case check.Clock:
		if g.chance(20) {
			return atom(fmt.Sprintf("%02d:30:15", g.rng.IntN(24)))
		}
		return atom(fmt.Sprintf("%02d:%02d", g.rng.IntN(24), 15*g.rng.IntN(4)))
	case check.Duration:
		return g.signed(atom(g.duration()))
	}
	return g.signed(atom(g.number()))
}

func (g *generator) signed(e written) written {
	if g.chance(8) {
		return written{text: "-" + g.at(e, levelAtom), level: levelFactor}
	}
	return e
}

var (
	texts = []string{"", "a", "ab", "甲", "甲乙", "b"}
	days  = []string{"01-31", "03-08", "03-29", "10-25", "11-01", "11-02", "11-03", "11-05", "11-09", "11-20", "11-30", "12-01", "12-31"}
)

func (g *generator) duration() string {
	unit := [][]string{{"s", "秒"}, {"m", "分钟", "min", "分"}, {"h", "小时"}, {"d", "天"}, {"m", "分钟", "min", "分"}, {"min", "分"}}[g.rng.IntN(6)]
	n := fmt.Sprint([]int{0, 1, 2, 5, 10, 30, 90}[g.rng.IntN(7)])
	if g.chance(15) {
		n = "1.5"
	}
	return n + unit[g.rng.IntN(len(unit))]
}

func (g *generator) number() string {
	switch n := g.rng.IntN(100); {
	case n < 60:
		return fmt.Sprint(g.rng.IntN(8))
	case n < 80:
		return []string{"0.5", "1.5", "2.25", "0.1", "0.3", "0.000001", "3.333333"}[g.rng.IntN(7)]
	case n < 97 || g.plain:
		return []string{"10%", "50%", "33.3%", "100%", "0%", "66.6667%"}[g.rng.IntN(6)]
	}
	return []string{"8999999999999", "4000000000000.5", "1000000"}[g.rng.IntN(3)]
}

// bounds writes a range whose ends are in order.
func (g *generator) bounds(t typ) (low, high string) {
	switch t.kind {
	case check.Time:
		return "2026-11-0" + fmt.Sprint(1+g.rng.IntN(3)) + " 09:00", "2026-11-" + fmt.Sprint(10+g.rng.IntN(20)) + " 17:30"
	case check.Date:
		return "2026-11-0" + fmt.Sprint(1+g.rng.IntN(3)), "2026-11-" + fmt.Sprint(10+g.rng.IntN(20))
	case check.Clock:
		return fmt.Sprintf("0%d:00", g.rng.IntN(10)), fmt.Sprintf("1%d:30", g.rng.IntN(10))
	case check.Duration:
		return fmt.Sprintf("%dm", g.rng.IntN(60)), fmt.Sprintf("%dh", 1+g.rng.IntN(60))
	}
	return fmt.Sprint(g.rng.IntN(4)), fmt.Sprintf("%d.5", 3+g.rng.IntN(4))
}

// computed writes a value of a type with an operator or a function.
func (g *generator) computed(t typ, depth int, given []*variable) (written, bool) {
	of := func(k check.Kind, level int) string { return g.at(g.value(typ{kind: k}, depth, given, false), level) }
	arg := func(k check.Kind) string { return g.value(typ{kind: k}, depth, given, false).text }
	day := func() string { return g.value(g.dayType(), depth, given, false).text }
	atom := func(s string) (written, bool) { return written{text: s, level: levelAtom}, true }
	sum := func(a, op, b string) (written, bool) {
		return written{text: a + " " + op + " " + b, level: levelSum}, true
	}
	term := func(a, op, b string) (written, bool) {
		return written{text: a + " " + op + " " + b, level: levelTerm}, true
	}
	switch t.kind {
	case check.Number:
		switch g.rng.IntN(19) {
		case 0, 16:
			return atom(g.function("day", day()))
		case 1:
			return atom(g.function("month", day()))
		case 2, 18:
			return atom(g.function("days", day(), day()))
		case 3, 17:
			return atom(g.function("workdays", day(), day()))
		case 4:
			if g.chance(50) {
				return atom(g.function("size", g.value(typ{kind: check.Text}, depth, given, false).text))
			}
			return atom(g.function("size", g.value(typ{kind: check.Set, choice: g.choices[0]}, depth, given, false).text))
		case 5:
			return atom(g.function("abs", arg(check.Number)))
		case 6:
			return atom(g.function("round", arg(check.Number)))
		case 7:
			return sum(of(check.Number, levelSum), g.either("+", "＋"), of(check.Number, levelTerm))
		case 8:
			return atom(g.function("size", g.value(typ{kind: check.Set, choice: g.choices[0]}, depth, given, false).text))
		case 9:
			return atom(g.function("month", day()))
		case 10:
			return sum(of(check.Number, levelSum), "-", of(check.Number, levelTerm))
		case 11:
			return term(of(check.Number, levelTerm), "*", of(check.Number, levelFactor))
		case 12:
			return atom(g.function("round", arg(check.Number)))
		case 13:
			return term(of(check.Number, levelTerm), "/", g.divisor())
		case 14:
			return written{text: "-" + of(check.Number, levelAtom), level: levelFactor}, true
		}
	case check.Duration:
		switch g.rng.IntN(7) {
		case 0, 1:
			return sum(of(check.Time, levelSum), "-", of(check.Time, levelTerm))
		case 2:
			return sum(of(check.Duration, levelSum), g.either("+", "-"), of(check.Duration, levelTerm))
		case 3:
			if g.chance(50) {
				return term(of(check.Number, levelTerm), "*", of(check.Duration, levelFactor))
			}
			return term(of(check.Duration, levelTerm), g.either("*", "＊"), of(check.Number, levelFactor))
		case 4:
			return term(of(check.Duration, levelTerm), g.either("/", "／"), g.divisor())
		case 5:
			return atom(g.function("abs", arg(check.Duration)))
		case 6:
			return written{text: "-" + of(check.Duration, levelAtom), level: levelFactor}, true
		}
	case check.Time:
		switch g.rng.IntN(4) {
		case 0:
			return sum(of(check.Time, levelSum), g.either("+", "-"), of(check.Duration, levelTerm))
		case 1:
			return sum(of(check.Duration, levelSum), "+", of(check.Time, levelTerm))
		}
	case check.Date:
		if g.chance(50) {
			return atom(g.function("date", arg(check.Time)))
		}
	case check.Clock:
		if g.chance(50) {
			return atom(g.function("clock", arg(check.Time)))
		}
	case check.Set:
		if g.chance(60) {
			return atom(g.function("lacking", g.value(t, depth, given, false).text))
		}
	}
	return written{}, false
}

// divisor writes a constant that is not zero.
func (g *generator) divisor() string {
	return []string{"2", "3", "7", "0.5", "40%", "1000000", "(2 + 3)", "-4", "1.000001"}[g.rng.IntN(9)]
}

// aggregate writes an aggregate of a type.
func (g *generator) aggregate(t typ, depth int, given []*variable) (written, bool) {
	var name string
	switch t.kind {
	case check.Number:
		name = []string{"count", "count", "share", "share", "sum", "mean", "min", "max"}[g.rng.IntN(8)]
	case check.Duration:
		name = []string{"sum", "mean", "min", "max"}[g.rng.IntN(4)]
	case check.Time, check.Date, check.Clock:
		name = g.either("min", "max")
	default:
		return written{}, false
	}
	g.inside = true
	defer func() { g.inside = false }()
	var body string
	if name == "count" || name == "share" {
		body = g.condition(min(depth, 2), given).text
	} else {
		body = g.value(typ{kind: t.kind}, min(depth, 1), given, false).text
	}
	return written{text: g.function(name, body), level: levelAtom}, true
}

// population writes how many there are of a record.
func (g *generator) population(depth int) string {
	s := g.keyword("population") + "(" + g.either("Order", "工单")
	if g.chance(85) {
		s += " " + g.keyword("from previous "+[]string{"week", "month", "quarter", "halfyear", "year"}[g.rng.IntN(5)])
	}
	if g.chance(35) {
		inner := &generator{World: g.World, scope: scopeRecord, units: g.recordFields()}
		s += " " + g.keyword("where") + " " + inner.condition(min(depth, 1), nil).text
	}
	return s + ")"
}

// recordFields is the record's own fields, which a population's condition may
// read.
func (g *generator) recordFields() []*variable { return g.fields }
