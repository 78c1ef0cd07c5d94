package generate

import (
	"fmt"
	"math/rand/v2"

	"github.com/pinjian/pinjian/checklang/check"
)

// Rules writes a standard of some items with criteria of every kind: passes,
// findings of each grade, questions, referrals, otherwise, deductions and
// indicators. The same generator state gives the same text.
func Rules(rng *rand.Rand, items int) string {
	w := NewWorld(rng)
	w.plain = true
	for i := range items {
		units, given, sampled := w.place(i)
		w.criteria(units, given, sampled)
		w.text.WriteString("}\n")
	}
	return w.Text()
}

// criteria writes the clauses of one part.
func (w *World) criteria(units, given []*variable, sampled bool) {
	p := func(format string, args ...any) { fmt.Fprintf(&w.text, format, args...) }
	// With an otherwise, all clauses are judged at one level.
	otherwise, overSample := w.chance(30), sampled && w.chance(40)
	condition := func() string {
		g := &generator{World: w, scope: scopeUnit, units: units}
		aggregate := overSample
		if !otherwise && sampled {
			aggregate = w.chance(30)
		}
		if !aggregate {
			return g.condition(w.rng.IntN(2), given).text
		}
		// A clause over the sample needs an aggregate somewhere.
		g.scope = scopeSample
		count, _ := g.aggregate(typ{kind: check.Number}, 1, given)
		return count.text + " " + g.operator(true) + " " + g.number()
	}
	n := 0
	label := func() string { n++; return fmt.Sprintf("l%d", n) }
	grades := []string{"observation", "fail", "major"}
	for range 1 + w.rng.IntN(3) {
		grade := grades[w.rng.IntN(3)]
		switch k := w.rng.IntN(10); {
		case k < 7:
			p("  %s %s %s : \"%s\"\n", w.keyword(grade), w.keyword("when"), condition(), label())
		case k < 8 && !(otherwise && overSample):
			p("  %s : \"%s\"\n", w.keyword(grade), label())
		default:
			p("  %s %s %s : \"%s\"\n", w.keyword("refer"), w.keyword("when"), condition(), label())
		}
	}
	if w.chance(40) {
		p("  %s %s %s\n", w.keyword("pass"), w.keyword("when"), condition())
	}
	if otherwise {
		switch w.rng.IntN(4) {
		case 0:
			p("  %s %s\n", w.keyword("pass"), w.keyword("otherwise"))
		case 1:
			p("  %s %s : \"%s\"\n", w.keyword("refer"), w.keyword("otherwise"), label())
		default:
			p("  %s %s : \"%s\"\n", w.keyword(grades[w.rng.IntN(3)]), w.keyword("otherwise"), label())
		}
	}
	if w.chance(30) {
		p("  %s %s %s %s : \"%s\"\n", w.keyword("deduct"), w.either("0.5", "2"), w.keyword("when"), condition(), label())
	}
	if w.chance(15) {
		p("  %s 1.5 %s place : \"%s\"\n", w.keyword("deduct"), w.keyword("per"), label())
	}
	if sampled && !otherwise && w.chance(20) {
		w.measure(units, given)
	}
}
