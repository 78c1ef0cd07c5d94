package generate

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
)

// Standard writes a standard of some items, each with some clauses whose
// conditions are random. The same generator state gives the same text.
func Standard(rng *rand.Rand, items, clauses, depth int) string {
	w := NewWorld(rng)
	for i := range items {
		w.item(i, clauses, depth)
	}
	return w.Text()
}

// place is where an item's clauses stand: its opening, what they can read, and
// what is certainly present there.
func (w *World) place(i int) (units, given []*variable, sampled bool) {
	p := func(format string, args ...any) { fmt.Fprintf(&w.text, format, args...) }
	p("%s %d \"I\" {\n  %s %s\n", w.keyword("item"), i+1, w.keyword("every"), w.keyword([]string{"week", "month", "quarter", "halfyear", "year"}[w.rng.IntN(5)]))
	units = w.answers
	kind := w.rng.IntN(10)
	if kind > 0 && w.chance(20) {
		g := &generator{World: w, scope: scopeApplies}
		e := g.condition(1, nil)
		if v := g.absentable(nil); v != nil && w.chance(60) {
			e = g.presence(v, nil)
			if len(e.whenT) == 0 {
				e = g.negate(e)
			}
		}
		given = join(given, e.whenT)
		p("  %s %s %s\n", w.keyword("applies"), w.keyword("when"), e.text)
	}
	switch {
	case kind == 0: // the unit is the subject
	case kind <= 2:
		p("  %s 4 %s\n", w.keyword("sample"), w.either("Match", "核对"))
		units, sampled = join(join(w.sides, w.joined), w.answers), true
	default:
		p("  %s 4 %s", w.keyword("sample"), w.either("Order", "工单"))
		if !w.plain && w.chance(20) {
			g := &generator{World: w, scope: scopeRecord, units: w.fields}
			e := g.condition(1, nil)
			if v := g.absentable(nil); v != nil && w.chance(60) {
				e = g.presence(v, nil)
				if len(e.whenT) == 0 {
					e = g.negate(e)
				}
			}
			given = join(given, e.whenT)
			p(" %s %s", w.keyword("where"), e.text)
		}
		p("\n")
		units, sampled = join(w.fields, w.answers), true
	}
	var answers []string
	for _, a := range w.answers {
		answers = append(answers, w.writeVariable(a))
	}
	method := []string{"ask", "review", "observe", "listen", "phone", "simulate", "exam"}[w.rng.IntN(7)]
	p("  %s \"q\" -> %s\n", w.keyword(method), strings.Join(answers, ", "))
	return units, given, sampled
}

func (w *World) item(i, clauses, depth int) {
	units, given, sampled := w.place(i)
	for c := range clauses {
		g := &generator{World: w, scope: scopeUnit, units: units}
		if sampled && w.chance(30) {
			g.scope = scopeSample
		}
		e := g.condition(1+w.rng.IntN(depth), given)
		fmt.Fprintf(&w.text, "  %s c%d %s %s : \"l%d\"\n", w.keyword("fail"), c, w.keyword("when"), e.text, c)
	}
	if sampled && w.chance(60) {
		w.measure(units, given)
	}
	w.text.WriteString("}\n")
}

// measure writes an indicator over the sample, most often a division, and its
// target.
func (w *World) measure(units, given []*variable) {
	g := &generator{World: w, scope: scopeSample, units: units}
	value := func(k check.Kind, level int) string { return g.at(g.value(typ{kind: k}, 1, given, false), level) }
	var formula string
	kind := check.Number
	switch w.rng.IntN(5) {
	case 0:
		formula = value(check.Number, levelSum)
	case 1:
		kind, formula = check.Duration, value(check.Duration, levelTerm)+" / "+value(check.Number, levelFactor)
	case 2:
		formula = value(check.Duration, levelTerm) + " / " + value(check.Duration, levelFactor)
	default:
		formula = value(check.Number, levelTerm) + w.either(" / ", " ／ ") + value(check.Number, levelFactor)
	}
	fixed := &generator{World: w, scope: scopeDefine}
	target := fixed.at(fixed.value(typ{kind: kind}, 0, nil, false), levelSum)
	fmt.Fprintf(&w.text, "  %s %s\n  %s %s %s : \"low\"\n", w.keyword("measure"), formula, w.keyword("target"), orders[2+w.rng.IntN(4)], target)
}
