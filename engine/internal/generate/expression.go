package generate

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
)

// The places at which expressions stand.
const (
	scopeRecord  = iota // a computed field: fields of its own record
	scopeDefine         // a shared definition: what is no unit's
	scopeApplies        // before the draw
	scopeUnit           // a clause judged once per unit
	scopeSample         // a clause judged once for the sample
)

// generator writes one expression.
type generator struct {
	*World
	scope  int
	units  []*variable
	inside bool // in the body of an aggregate
}

// The levels of binding, loosest first.
const (
	levelOr = iota
	levelAnd
	levelNot
	levelRelation
	levelSum
	levelTerm
	levelFactor
	levelAtom
)

// written is an expression with how tightly it binds, and what is certainly
// present when it is true and when it is false.
type written struct {
	text        string
	level       int
	whenT, when []*variable
	bare        bool // a bare member, which needs its choice from elsewhere
}

func (g *generator) at(e written, level int) string {
	if e.level < level || g.chance(4) {
		return g.either("(", "（") + e.text + g.either(")", "）")
	}
	return e.text
}

func has(facts []*variable, v *variable) bool { return slices.Contains(facts, v) }

func join(a, b []*variable) []*variable { return append(slices.Clip(a), b...) }

func common(a, b []*variable) (out []*variable) {
	for _, v := range a {
		if has(b, v) {
			out = append(out, v)
		}
	}
	return out
}

// path writes how a variable is read here.
func (g *generator) path(v *variable) string {
	switch {
	case v.subject:
		return g.keyword("subject") + "." + g.name(v.zh, v.en)
	case v.side != nil:
		return v.side.en + "." + g.name(v.zh, v.en)
	}
	return g.name(v.zh, v.en)
}

// readable lists the variables that can be read here, present or not.
func (g *generator) readable() []*variable {
	var out []*variable
	if g.scope != scopeRecord {
		out = append(out, g.shared...)
		out = append(out, g.subject...)
	}
	if g.scope == scopeRecord || g.scope == scopeUnit || g.inside {
		out = append(out, g.units...)
		out = append(out, g.units...) // they are what rules are about
	}
	return out
}

// pick finds a variable of a type that is certainly present.
func (g *generator) pick(t typ, given []*variable) *variable {
	var found []*variable
	for _, v := range g.readable() {
		if v.typ.kind != t.kind || (t.choice != nil && v.typ.choice != t.choice) || (v.side != nil && !has(given, v.side)) {
			continue
		}
		if v.optional {
			if !has(given, v) {
				continue
			}
			found = append(found, v, v, v, v) // what was guarded is worth reading
		}
		found = append(found, v)
	}
	if len(found) == 0 {
		return nil
	}
	return found[g.rng.IntN(len(found))]
}

// absentable finds an optional variable that is not known to be present.
func (g *generator) absentable(given []*variable) *variable {
	var found []*variable
	for _, v := range g.readable() {
		if v.optional && !has(given, v) && (v.side == nil || has(given, v.side)) {
			found = append(found, v)
		}
	}
	if len(found) == 0 {
		return nil
	}
	return found[g.rng.IntN(len(found))]
}

func (g *generator) presence(v *variable, _ []*variable) written {
	if g.chance(50) {
		return written{text: g.path(v) + " " + g.keyword("is present"), level: levelRelation, whenT: []*variable{v}}
	}
	return written{text: g.path(v) + " " + g.keyword("is absent"), level: levelRelation, when: []*variable{v}}
}

// negate writes the opposite of a condition.
func (g *generator) negate(e written) written {
	return written{text: g.keyword("not") + " " + g.at(e, levelNot), level: levelNot, whenT: e.when, when: e.whenT}
}

func (g *generator) and(a written, rest func(given []*variable) written, given []*variable) written {
	b := rest(join(given, a.whenT))
	return written{text: g.at(a, levelAnd) + " " + g.keyword("and") + " " + g.at(b, levelNot), level: levelAnd, whenT: join(a.whenT, b.whenT), when: common(a.when, b.when)}
}

func (g *generator) or(a written, rest func(given []*variable) written, given []*variable) written {
	b := rest(join(given, a.when))
	return written{text: g.at(a, levelOr) + " " + g.keyword("or") + " " + g.at(b, levelAnd), level: levelOr, whenT: common(a.whenT, b.whenT), when: join(a.when, b.when)}
}

// condition writes a random condition.
func (g *generator) condition(depth int, given []*variable) written {
	if v := g.absentable(given); v != nil && g.chance(25) {
		guard := g.presence(v, given)
		switch {
		case depth <= 0 || g.chance(10):
			return guard
		case g.chance(8):
			guard = g.negate(guard)
		}
		under := func(facts []*variable) written { return g.about(v, depth-1, facts) }
		if has(guard.whenT, v) {
			return g.and(guard, under, given)
		}
		return g.or(guard, under, given)
	}
	if depth <= 0 {
		return g.simple(given)
	}
	switch n := g.rng.IntN(100); {
	case n < 18:
		return g.and(g.condition(depth-1, given), func(f []*variable) written { return g.condition(depth-1, f) }, given)
	case n < 36:
		return g.or(g.condition(depth-1, given), func(f []*variable) written { return g.condition(depth-1, f) }, given)
	case n < 46:
		return g.negate(g.condition(depth-1, given))
	case n < 50:
		return g.equalTruths(depth-1, given)
	}
	return g.relation(g.anyType(), depth-1, given)
}

// about writes a condition that reads one variable where it can be read.
func (g *generator) about(v *variable, depth int, given []*variable) written {
	if v.typ.kind == check.Attachment || v.typ.kind == check.Side {
		return g.condition(depth, given)
	}
	if v.typ.kind == check.Bool && g.chance(60) {
		return written{text: g.path(v), level: levelAtom}
	}
	return g.relation(v.typ, depth, given)
}

// simple is a condition without operators, or a small one.
func (g *generator) simple(given []*variable) written {
	if v := g.pick(typ{kind: check.Bool}, given); v != nil && g.chance(35) {
		return written{text: g.path(v), level: levelAtom}
	}
	if g.chance(10) {
		return written{text: g.keyword(g.either("true", "false")), level: levelAtom}
	}
	return g.relation(g.anyType(), 0, given)
}

func (g *generator) equalTruths(depth int, given []*variable) written {
	side := func() string { return g.at(g.condition(depth-1, given), levelSum) }
	return written{text: side() + " " + g.either("==", "!=") + " " + side(), level: levelRelation}
}

// anyType is a type that conditions compare.
func (g *generator) anyType() typ {
	types := g.types()
	t := types[g.rng.IntN(12)]
	if g.scope == scopeSample && !g.inside && g.chance(60) {
		return typ{kind: check.Number}
	}
	return t
}

var orders = []string{"==", "!=", "<", "<=", ">", ">=", "=", "≠", "≤", "≥", "＜", "＞"}

func (g *generator) operator(ordered bool) string {
	if ordered {
		return orders[g.rng.IntN(len(orders))]
	}
	return []string{"==", "!=", "=", "≠"}[g.rng.IntN(4)]
}

func ordered(k check.Kind) bool {
	switch k {
	case check.Number, check.Time, check.Date, check.Clock, check.Duration:
		return true
	}
	return false
}

// relation compares values of one type.
func (g *generator) relation(t typ, depth int, given []*variable) written {
	out := func(parts ...string) written {
		return written{text: strings.Join(parts, " "), level: levelRelation}
	}
	sum := func(bare bool) string { return g.at(g.value(t, depth, given, bare), levelSum) }
	switch {
	case t.kind == check.Bool:
		return g.equalTruths(depth, given)
	case t.kind == check.Set:
		member := typ{kind: check.Choice, choice: t.choice}
		if g.chance(50) {
			return out(sum(false), g.keyword("contains"), g.at(g.value(member, depth, given, true), levelSum))
		}
		return out(g.at(g.value(member, depth, given, true), levelSum), g.keyword(g.either("in", "not in")), sum(false))
	case t.kind == check.Text && g.chance(35):
		return out(sum(false), g.keyword("contains"), sum(false))
	case t.kind == check.Time && g.chance(20) && g.scope != scopeRecord:
		return out(sum(false), g.keyword(g.either("in", "not in")), g.word("value", "period"))
	case t.kind == check.Date && g.chance(30) && g.scope != scopeRecord:
		return out(sum(false), g.keyword("in"), g.word("value", "period"))
	case (t.kind == check.Time || t.kind == check.Date) && g.chance(20):
		return written{text: g.function("same_day", sum(false), g.at(g.value(g.dayType(), depth, given, false), levelSum)), level: levelAtom}
	case g.chance(15):
		list := []string{sum(true)}
		for range g.rng.IntN(3) {
			list = append(list, sum(true))
		}
		left := g.value(t, depth, given, false)
		return out(g.at(left, levelSum), g.keyword(g.either("in", "not in")), "["+strings.Join(list, g.either(", ", "、"))+"]")
	case ordered(t.kind) && g.chance(15):
		low, high := g.bounds(t)
		if g.chance(30) {
			low = g.at(g.value(t, depth, given, false), levelSum)
			if v := g.pick(t, given); v != nil { // never a folded constant: those are checked
				high = g.path(v)
				if g.isConstantName(v) {
					low, high = g.bounds(t)
				}
			} else {
				low, high = g.bounds(t)
			}
		}
		return out(sum(false), g.keyword(g.either("in", "not in")), low+g.either("..", " .. ")+high)
	}
	left, right := g.value(t, depth, given, false), g.value(t, depth, given, true)
	if right.bare && g.chance(20) {
		left, right = right, left
	}
	return out(g.at(left, levelSum), g.operator(ordered(t.kind)), g.at(right, levelSum))
}

// isConstantName says whether a variable may be a definition that folds.
func (g *generator) isConstantName(v *variable) bool { return strings.HasPrefix(v.en, "d_") }

func (g *generator) dayType() typ {
	if g.chance(50) {
		return typ{kind: check.Time}
	}
	return typ{kind: check.Date}
}

func (g *generator) function(name string, args ...string) string {
	return fmt.Sprintf("%s%s%s%s", g.word("function", name), g.either("(", "（"), strings.Join(args, g.either(", ", "，")), g.either(")", "）"))
}

// anything writes an expression of a type for a definition.
func (g *generator) anything(t typ, depth int) string {
	if t.kind == check.Bool {
		return g.condition(depth, nil).text
	}
	return g.value(t, depth, nil, false).text
}
