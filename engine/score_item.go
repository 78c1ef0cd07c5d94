package engine

import (
	"math/big"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// item scores one item: what it is worth or was awarded, less what it lost.
// An item that was judged for several periods counts with the lowest.
func (g *scorer) item(item *check.Item) *scored {
	out := &scored{level: "item", name: item.ID, none: true}
	var strikes []strike
	for i := range g.verdicts {
		v := &g.verdicts[i]
		if v.Level != "item" || v.Item != item.ID {
			continue
		}
		one := g.period(item, v)
		strikes = append(strikes, one.strikes...)
		switch {
		case one.none || (one.skipped && !out.none):
		case out.none || out.skipped:
			out = one
		default:
			out.undecided = out.undecided || one.undecided
			out.value = bounds{least(out.value.low, one.value.low), lowest(out.value.high, one.value.high)}
		}
	}
	out.strikes, out.outcome = strikes, worstRow(g.outcomes[item.ID])
	if !out.none {
		out.scoring = []string{item.ID}
	}
	return out
}

// least is the lower of two lower ends; nil is below all numbers.
func least(a, b *big.Rat) *big.Rat {
	if a == nil || b == nil {
		return nil
	}
	return lesser(a, b)
}

// lowest is the lower of two upper ends; nil is above all numbers.
func lowest(a, b *big.Rat) *big.Rat {
	if a == nil {
		return b
	}
	if b == nil {
		return a
	}
	return lesser(a, b)
}

// period scores the item over the parts that were judged for one period.
func (g *scorer) period(item *check.Item, v *Verdict) *scored {
	rules := g.own(token.KwItem, item.Tallies, item.Zero, item.Span.String())
	n := &scored{level: "item", name: item.ID, weight: weight(rules), full: ratZero}
	var parts []*Verdict
	for i := range g.verdicts {
		if p := &g.verdicts[i]; p.Level == "part" && p.Item == item.ID && p.Period == v.Period {
			parts = append(parts, p)
		}
	}
	awards, deducts := lines(item, check.AwardCriterion), lines(item, check.DeductCriterion)
	start := startOf(rules)
	if item.Points == nil && !awards && !deducts && start == nil {
		n.none = true
		if v.State != NotApplicable && v.State != Waived {
			g.settle(n, rules, nil, g.outcomes[item.ID])
		}
		return n
	}
	var awarded []*scored
	applies, unknown, judged := false, false, false
	lost := bounds{new(big.Rat), new(big.Rat)}
	for _, p := range parts {
		is := g.applicability(p)
		if p.State == Ungraded && !g.standard.parts[p.Part].scores() {
			continue // a part without criteria says nothing
		}
		judged = true
		applies, unknown = applies || is == eval.True, unknown || is == eval.Maybe
		if worth := mostAward(g.standard.parts[p.Part].checked); worth != nil {
			a := &scored{level: "item", name: p.Part, full: worth, weight: big.NewRat(1, 1), skipped: is == eval.False, value: bounds{ratZero, ratZero}}
			if p.Points != nil && p.Points.AwardLeast != nil {
				a.value = bounds{p.Points.AwardLeast.Rat(), p.Points.AwardMost.Rat()}
			}
			awarded = append(awarded, a)
		}
		if p.Points != nil {
			part := bounds{low: p.Points.Least.Rat()}
			if p.Points.Most != nil {
				part.high = p.Points.Most.Rat()
			}
			lost = lost.add(part)
		}
	}
	g.base(n, item, awarded, rules)
	switch {
	case unknown:
		n.undecided = true
		g.step(n, "unknown applicability", "", nil, item.Span.String())
		return n
	case !applies && judged:
		n.skipped = true
		g.step(n, "not applicable", "", nil, item.Span.String())
		return n
	}
	g.lose(n, item, v, parts, lost, rules, awards || deducts)
	g.settle(n, rules, item.Points, g.outcomes[item.ID])
	return n
}

// base sets what an item has before anything is taken away, and notes it once
// it is known that the item applies.
func (g *scorer) base(n *scored, item *check.Item, awarded []*scored, rules []rule) {
	start := startOf(rules)
	switch {
	case start != nil:
		n.value, n.full = bounds{start, start}, start
		if item.Points != nil {
			n.full = item.Points
		}
	case len(awarded) > 0:
		inner := &scored{}
		quiet := &scorer{standard: g.standard, exact: g.exact}
		quiet.combine(inner, awarded, rules)
		n.value, n.full, n.undecided = inner.value, inner.full, inner.undecided
		if inner.skipped {
			n.value = bounds{ratZero, ratZero}
		}
		if item.Points != nil {
			n.full = item.Points
		}
	case item.Points != nil:
		n.value, n.full = bounds{item.Points, item.Points}, item.Points
	default:
		n.value = bounds{ratZero, ratZero}
	}
}

// lose takes away what the item lost, line by line, and all of its points when
// it fails and nothing else says what it loses.
func (g *scorer) lose(n *scored, item *check.Item, v *Verdict, parts []*Verdict, lost bounds, rules []rule, itemised bool) {
	place := item.Span.String()
	switch {
	case startOf(rules) != nil:
		g.step(n, "start", "", n.value.low, place)
	case lines(item, check.AwardCriterion):
		g.step(n, "award", "", exactly(n.value), place)
	case item.Points != nil:
		g.step(n, "points", "", item.Points, place)
	}
	if !itemised {
		if item.Points == nil || v.Worst < Fail || v.State == Ungraded {
			return
		}
		n.value.low = new(big.Rat).Sub(n.value.low, item.Points)
		key := "open outcome"
		if v.Best >= Fail {
			n.value.high, key = new(big.Rat).Sub(n.value.high, item.Points), "failed"
		}
		g.step(n, key, "", item.Points, place)
		return
	}
	after := n.value
	for _, p := range parts {
		for _, k := range g.standard.parts[p.Part].checked.Criteria {
			if k.Kind == check.DeductCriterion {
				lost = lost.less(g.line(n, p, k))
			}
		}
	}
	// The lines above are what is certain; the bounds are those of the part.
	n.value = bounds{}
	if lost.high != nil {
		n.value.low = new(big.Rat).Sub(after.low, lost.high)
	}
	n.value.high = new(big.Rat).Sub(after.high, lost.low)
	if lost.high == nil || lost.high.Cmp(lost.low) != 0 {
		g.step(n, "open deductions", "", nil, place)
	}
}

// less takes from what a part lost what other lines have taken already.
func (b bounds) less(o bounds) bounds {
	b.low = new(big.Rat).Sub(b.low, o.low)
	if b.high != nil {
		b.high = new(big.Rat).Sub(b.high, o.high)
	}
	return b
}

// line notes what one deduction certainly took over all units of its part, and
// returns by how much less that is than the part lost by itself.
func (g *scorer) line(n *scored, p *Verdict, k *check.Criterion) bounds {
	all, kept, gone := new(big.Rat), new(big.Rat), new(big.Rat)
	for i := range g.verdicts {
		v := &g.verdicts[i]
		if (v.Level != "unit" && v.Level != "part") || v.Part != p.Part || v.Period != p.Period {
			continue
		}
		for _, r := range v.Reasons {
			if r.Key != "deduction" || r.Criterion != k.ID || r.Points == nil {
				continue
			}
			points := r.Points.Rat()
			all.Add(all, points)
			switch by, stands := g.facts.standing(g.noteOf(v, k)); {
			case stands == eval.True:
				kept.Add(kept, points)
			case stands == eval.False:
				gone.Add(gone, points)
				g.step(n, "same fact", k.Once+", "+by, points, k.Span.String())
			}
		}
	}
	limit := func(r *big.Rat) *big.Rat { return bounds{r, r}.atMost(k.AtMost).low }
	less := bounds{new(big.Rat).Sub(limit(all), limit(kept)), gone}
	switch {
	case p.Points != nil && p.Points.Most != nil && p.Points.Least.Cmp(*p.Points.Most) == 0:
		less.high = new(big.Rat).Sub(limit(all), limit(new(big.Rat).Sub(all, gone)))
	case k.AtMost != nil:
		less.high = new(big.Rat) // what is still open may fill the line again
	}
	if kept.Sign() == 0 {
		return less
	}
	limited := k.AtMost != nil && kept.Cmp(k.AtMost) >= 0
	if limited {
		kept = k.AtMost
	}
	n.value = bounds{new(big.Rat).Sub(n.value.low, kept), new(big.Rat).Sub(n.value.high, kept)}
	g.step(n, "deduction", k.Label, kept, k.Span.String())
	if limited {
		g.step(n, "line limit", k.Label, k.AtMost, k.Span.String())
	}
	return less
}

// applicability says whether a part applies. One that takes or gives points
// says so itself: its outcome is not applicable too where all that is graded
// was waived.
func (g *scorer) applicability(v *Verdict) eval.Truth {
	if g.standard.parts[v.Part].scores() {
		switch {
		case v.Points == nil:
			return eval.True
		case v.Points.Applies == "no":
			return eval.False
		case v.Points.Applies == "unknown":
			return eval.Maybe
		}
		return eval.True
	}
	switch v.State {
	case NotApplicable, Waived:
		return eval.False
	case Undecided, NotInspected, Referred:
		if v.Best == 0 {
			return eval.Maybe
		}
	}
	return eval.True
}

// lines says whether an item has criteria of a kind.
func lines(item *check.Item, kind check.CriterionKind) bool {
	for _, p := range item.Parts {
		for _, k := range p.Criteria {
			if k.Kind == kind {
				return true
			}
		}
	}
	return false
}

// mostAward is the most that the award lines of a part can give; nil where it
// has none.
func mostAward(p *check.Part) *big.Rat {
	var most *big.Rat
	for _, k := range p.Criteria {
		if k.Kind == check.AwardCriterion && (most == nil || k.Points.Cmp(most) > 0) {
			most = k.Points
		}
	}
	return most
}

// exactly is a value that is known, or nil.
func exactly(b bounds) *big.Rat {
	if b.low == nil || b.high == nil || b.low.Cmp(b.high) != 0 {
		return nil
	}
	return b.low
}

// exactly is the value that is certain, or nil.
func (n *scored) exactly() *Number {
	if n.none || n.skipped || n.undecided {
		return nil
	}
	return number(exactly(n.value))
}
