package engine

import (
	"math/big"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// fact is something that deductions of several lines may note: the name that
// the lines give it, and the unit and period in which it was found.
type fact struct{ name, record, unit, period string }

// note is one deduction for a fact.
type note struct {
	fact   fact
	part   string
	line   string
	points *big.Rat
	place  int // in printed order
}

// facts are the notes of every fact that is deducted once only.
type facts struct {
	notes map[fact][]note
	// open are the parts that may note a fact of this name in a period and of
	// which an answer that costs points is missing.
	open map[fact][]string
}

// noted gathers the facts of a result that lines declare.
func (g *scorer) noted() facts {
	out := facts{notes: map[fact][]note{}, open: map[fact][]string{}}
	place := 0
	for _, p := range g.standard.order {
		for _, k := range p.checked.Criteria {
			place++
			if k.Once == "" {
				continue
			}
			for i := range g.verdicts {
				v := &g.verdicts[i]
				if v.Part != p.id {
					continue
				}
				if v.Level == "part" && v.Points != nil && (v.Points.Most == nil || v.Points.Least.Cmp(*v.Points.Most) != 0) {
					name := fact{name: k.Once, period: v.Period}
					out.open[name] = append(out.open[name], p.id)
				}
				for _, r := range v.Reasons {
					if (v.Level == "unit" || v.Level == "part") && r.Key == "deduction" && r.Criterion == k.ID && r.Points != nil {
						n := g.noteOf(v, k)
						n.points, n.place = r.Points.Rat(), place
						out.notes[n.fact] = append(out.notes[n.fact], n)
					}
				}
			}
		}
	}
	return out
}

// noteOf names a deduction of a line in a verdict.
func (g *scorer) noteOf(v *Verdict, k *check.Criterion) note {
	n := note{fact: fact{name: k.Once, unit: v.Unit, period: v.Period}, part: v.Part, line: k.ID}
	if r := g.standard.parts[v.Part].checked.Record(); r != nil && v.Unit != "" {
		n.fact.record = r.Name.First
	}
	return n
}

// standing says whether a deduction stands: the greatest for its fact does, of
// equal ones the first in print. Where it does not, by is the part whose line
// stands instead. While another part may still note the fact it is open.
func (f facts) standing(n note) (by string, stands eval.Truth) {
	if n.fact.name == "" {
		return "", eval.True
	}
	var best *note
	list := f.notes[n.fact]
	for i := range list {
		c := &list[i]
		if best == nil || c.points.Cmp(best.points) > 0 || (c.points.Cmp(best.points) == 0 && c.place < best.place) {
			best = c
		}
	}
	if best == nil || best.part != n.part || best.line != n.line {
		if best == nil {
			return "", eval.True
		}
		return best.part, eval.False
	}
	for _, part := range f.open[fact{name: n.fact.name, period: n.fact.period}] {
		if part != n.part {
			return part, eval.Maybe
		}
	}
	return "", eval.True
}
