package engine

import (
	"math/big"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// ledger adds up over the units of a part what its lines of points take and
// give. A line's limit holds for all units together.
type ledger struct {
	standard *Standard
	part     *part
	order    []*clause
	lost     map[*clause]bounds
	award    *bounds // of the unit that is given least
	applies  map[eval.Truth]bool
}

// lineLost is what one deduction takes from one unit.
func lineLost(env *eval.Env, r ruled) bounds {
	k := r.clause
	low, high := new(big.Rat), new(big.Rat)
	if r.truth == eval.False {
		return bounds{low, high}
	}
	if k.criterion.Step != nil {
		if steps := k.steps(env); steps.high != nil {
			if r.truth == eval.True {
				low.Mul(steps.low, k.criterion.Points)
			}
			high.Mul(steps.high, k.criterion.Points)
		} else {
			high = nil
		}
		return bounds{low, high}.atMost(k.criterion.AtMost)
	}
	count, open := big.NewRat(1, 1), false
	if k.question >= 0 && k.criterion.Per != "" {
		slot := env.Unit[k.question]
		if open = slot.State != eval.Known; !open {
			count.SetInt64(slot.Num)
		}
	}
	switch lost := count.Mul(count, k.criterion.Points); {
	case open:
		high = nil
	case r.truth == eval.True:
		low.Set(lost)
		high.Set(lost)
	default:
		high.Set(lost)
	}
	return bounds{low, high}.atMost(k.criterion.AtMost)
}

// steps counts by how many steps the sides of the clause's comparison are
// apart on the side that costs points.
func (k *clause) steps(env *eval.Env) bounds {
	comparison, ok := check.Last(k.node).(*exprast.BinaryNode)
	if !ok {
		return bounds{low: new(big.Rat)}
	}
	x := eval.Exact{Layout: k.layout, Env: env}
	short, of := x.Value(comparison.Left), x.Value(comparison.Right)
	if comparison.Operator == ">" || comparison.Operator == ">=" {
		short, of = of, short
	}
	if !short.Known || !of.Known {
		return bounds{low: new(big.Rat)}
	}
	count := func(distance *big.Rat) *big.Rat {
		if distance.Sign() <= 0 {
			return new(big.Rat)
		}
		return rounded(distance.Quo(distance, k.criterion.Step), 0, k.criterion.StepMode)
	}
	return bounds{count(new(big.Rat).Sub(of.Low, short.High)), count(new(big.Rat).Sub(of.High, short.Low))}
}

// atMost is the limit of a line; nil is none.
func (b bounds) atMost(limit *big.Rat) bounds {
	if limit == nil {
		return b
	}
	if b.low.Cmp(limit) > 0 {
		b.low = limit
	}
	if b.high == nil || b.high.Cmp(limit) > 0 {
		b.high = limit
	}
	return b
}

// under is what remains where it may be that nothing applies.
func (b bounds) under(applies eval.Truth) bounds {
	switch applies {
	case eval.False:
		return bounds{new(big.Rat), new(big.Rat)}
	case eval.Maybe:
		return bounds{new(big.Rat), b.high}
	}
	return b
}

// awarded is what the award lines give: the first that holds, else the
// otherwise, else nothing. It is nil without such lines.
func awarded(clauses []ruled) *bounds {
	var out *bounds
	settled := false
	take := func(points *big.Rat) {
		switch {
		case out == nil:
			out = &bounds{points, points}
		case points.Cmp(out.low) < 0:
			out.low = points
		case points.Cmp(out.high) > 0:
			out.high = points
		}
	}
	lines := false
	for _, otherwise := range []bool{false, true} {
		for _, r := range clauses {
			if r.clause.kind != check.AwardCriterion || r.clause.criterion.Otherwise != otherwise {
				continue
			}
			if lines = true; settled || r.truth == eval.False {
				continue
			}
			take(r.clause.criterion.Points)
			settled = otherwise || r.truth == eval.True
		}
	}
	if lines && !settled {
		take(new(big.Rat))
	}
	return out
}

// scores says whether the part takes or gives points.
func (c *part) scores() bool {
	for _, l := range []*level{&c.unit, &c.sample} {
		for _, k := range l.clauses {
			if k.kind == check.DeductCriterion || k.kind == check.AwardCriterion {
				return true
			}
		}
	}
	return false
}

// take adds a unit that was just judged in env, and says whether it applies.
func (l *ledger) take(env *eval.Env, j judged) eval.Truth {
	if !l.part.scores() {
		return eval.True
	}
	applies, err := l.standard.applies(l.part, env)
	if err != nil {
		applies = eval.Maybe // judging the unit has reported it
	}
	if l.lost == nil {
		l.lost, l.applies = map[*clause]bounds{}, map[eval.Truth]bool{}
	}
	l.applies[applies] = true
	if applies == eval.False {
		return applies
	}
	for _, r := range j.clauses {
		if r.clause.kind != check.DeductCriterion {
			continue
		}
		before, ok := l.lost[r.clause]
		if !ok {
			before = bounds{ratZero, ratZero}
			l.order = append(l.order, r.clause)
		}
		l.lost[r.clause] = before.add(lineLost(env, r).under(applies))
	}
	if award := awarded(j.clauses); award != nil {
		a := award.under(applies)
		if l.award != nil {
			a = bounds{lesser(a.low, l.award.low), lesser(a.high, l.award.high)}
		}
		l.award = &a
	}
	return applies
}

func lesser(a, b *big.Rat) *big.Rat {
	if b.Cmp(a) < 0 {
		return b
	}
	return a
}

// points sums up the part: what its units lost, what the sample lost, and
// what the sample was awarded. It is nil where there is nothing to say.
func (l *ledger) points(sample bounds, sampled *Points) *Points {
	total := sample
	for _, k := range l.order {
		total = total.add(l.lost[k].atMost(k.criterion.AtMost))
	}
	out := total.points()
	said := total.high == nil || total.high.Sign() != 0
	if sampled != nil && sampled.AwardLeast != nil {
		out.award(bounds{sampled.AwardLeast.Rat(), sampled.AwardMost.Rat()})
		said = true
	}
	if l.award != nil {
		a := *l.award
		if out.AwardLeast != nil {
			a = a.add(bounds{out.AwardLeast.Rat(), out.AwardMost.Rat()})
		}
		out.award(a)
		said = true
	}
	switch {
	case !l.part.scores() || l.applies[eval.True]:
	case l.applies[eval.Maybe]:
		out.Applies, said = "unknown", true
	default:
		out.Applies, said = "no", true
	}
	if !said {
		return nil
	}
	return out
}

func (p *Points) award(b bounds) {
	low, high := NumberOf(b.low), NumberOf(b.high)
	p.AwardLeast, p.AwardMost = &low, &high
}
