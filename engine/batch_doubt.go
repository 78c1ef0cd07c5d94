package engine

import (
	"iter"
	"slices"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// A unit of a batch whose values leave the sample's condition open is
// doubtful: it may belong to what is judged or not. The verdict must hold
// either way.

// doubting is the part for units of which it is not known whether they meet
// the sample's condition: it applies to them when they do.
func (c *part) doubting() *part {
	if c.where == nil {
		return nil
	}
	return &part{
		id: c.id, checked: c.checked, record: c.record, layout: c.layout, variables: c.variables, fields: c.fields, byName: c.byName,
		applies: append(slices.Clip(c.applies), c.where), unit: c.unit, sample: c.sample, measure: c.measure, own: c.own,
	}
}

// doubt is the answer for a unit that may not belong.
func doubt(a Answer) Answer {
	if a.State == Ungraded || a.Worst == 0 {
		return a
	}
	return Answer{Undecided, 0, a.Worst}
}

// takeDoubtful adds the points of a unit that may not belong. Who is given
// least gives the part its award, and only those that belong are asked.
func (w *share) takeDoubtful(j judged) {
	l := *w.points
	l.part, l.award = w.doubting, nil
	l.take(w.env, j)
	if a := l.award; a != nil && (w.award == nil || a.high.Cmp(w.award) > 0) {
		w.award = a.high
	}
	l.part, l.award = w.points.part, w.points.award
	*w.points = l
}

// doubt takes from a verdict what only holds when doubtful units belong: where
// no unit is known to, there may be nothing to judge and nothing to lose.
func (j *judging) doubt(whole *Verdict, lost *bounds) {
	if l := j.points; j.award != nil {
		if l.award == nil {
			l.award = &bounds{ratZero, j.award}
		} else {
			l.award = &bounds{ratZero, l.award.high}
		}
	}
	if j.units > 0 {
		return
	}
	*lost = lost.under(eval.Maybe)
	if p := whole.Points; p != nil && p.AwardLeast != nil {
		p.award(bounds{ratZero, p.AwardMost.Rat()})
	}
	if whole.State != Ungraded && whole.Worst > 0 {
		whole.State, whole.Best = Undecided, 0
	}
}

// nameDoubtful says what leaves open whether units belong.
func (j *judging) nameDoubtful(env *eval.Env, rows func([]openUnit) iter.Seq2[string, eval.Row], whole *Verdict) {
	doubtful := slices.DeleteFunc(slices.Clone(j.lacking), func(u openUnit) bool { return !u.doubtful })
	for id, at := range rows(doubtful) {
		env.Unit = at
		w := &witness{standard: j.standard, part: j.part, exact: eval.Exact{Layout: j.part.layout, Env: env}}
		w.missing(j.part.where.node)
		for _, name := range w.names {
			whole.Missing = append(whole.Missing, Missing{Unit: id, Name: name})
		}
	}
}
