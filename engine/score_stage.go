package engine

import (
	"math/big"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// rule is one tally with the checked condition of a veto or of a limit.
type rule struct {
	*ast.Tally
	when  *check.Expr
	place string
}

// label is the reason of a veto or of a limit.
func (r rule) label() string {
	if why := r.Reason(); why != nil {
		return why.Value
	}
	return ""
}

// kind tells the tallies apart that replace each other; vetoes and limits with
// a condition add up.
func (r rule) kind() string {
	switch {
	case r.Start != nil:
		return "start"
	case r.Combine != nil:
		return "combine"
	case r.Weight != nil:
		return "weight"
	case r.Limit != nil && r.LimitWhen == nil:
		return r.Limit.String()
	case r.Missing != nil:
		return "missing"
	case r.Round != nil:
		return "round"
	}
	return ""
}

// own is the rules of one item or section: those of its level, except where it
// states its own of the same kind, then its own.
func (g *scorer) own(level token.Keyword, tallies []*ast.Tally, when []*check.Expr, place string) []rule {
	if len(tallies) == 0 {
		return g.levels[level]
	}
	var own []rule
	stated := map[string]bool{}
	for _, t := range tallies {
		r := rule{Tally: t, place: place}
		if t.When() != nil {
			r.when, when = when[0], when[1:]
			r.place = r.when.Span.String()
		}
		stated[r.kind()] = true
		own = append(own, r)
	}
	delete(stated, "")
	var out []rule
	for _, r := range g.levels[level] {
		if !stated[r.kind()] {
			out = append(out, r)
		}
	}
	return append(out, own...)
}

func startOf(rules []rule) *big.Rat {
	var out *big.Rat
	for _, r := range rules {
		if r.Start != nil {
			out = r.Start.Value
		}
	}
	return out
}

// weight is what one counts in its parent: 1 where nothing is stated.
func weight(rules []rule) *big.Rat {
	out := big.NewRat(1, 1)
	for _, r := range rules {
		if r.Weight != nil {
			out = r.Weight.Value
		}
	}
	return out
}

// combine adds up the children of a section or of the total.
func (g *scorer) combine(n *scored, children []*scored, rules []rule) {
	how, missing := token.KwSum, token.Keyword(0)
	place := ""
	var only []string // nil: all may be missing
	for _, r := range rules {
		switch {
		case r.Combine != nil:
			how, place = r.Combine.Keyword, r.place
		case r.Missing != nil:
			missing, only = r.Missing.Keyword, nil
			if len(r.Only) > 0 {
				only = append([]string{}, g.standard.checked.Only[r.Tally]...)
			}
		}
	}
	n.weight, n.full = weight(rules), ratZero
	start := startOf(rules)
	var counted, all, present []*scored
	for _, c := range children {
		n.take(c)
		switch {
		case c.none:
			continue
		case !c.skipped:
			counted, present = append(counted, c), append(present, c)
		case only != nil && !c.within(only):
			n.undecided = true
			g.missing(n, c, "forbidden")
		case missing == token.KwFull:
			counted = append(counted, &scored{value: bounds{c.full, c.full}, full: c.full, weight: c.weight})
			g.missing(n, c, "full")
		case missing == token.KwZero:
			counted = append(counted, &scored{value: bounds{ratZero, ratZero}, full: c.full, weight: c.weight})
			g.missing(n, c, "zero")
		case missing == token.KwForbidden:
			n.undecided = true
			g.missing(n, c, "forbidden")
		default:
			g.missing(n, c, "left out")
		}
		n.undecided = n.undecided || c.undecided
		n.scoring = append(n.scoring, c.scoring...)
		all = append(all, c)
	}
	switch {
	case len(all) == 0 && start == nil:
		n.none = true
		return
	case len(counted) == 0 && len(all) > 0 && !n.undecided:
		n.skipped, n.full = true, fullOf(how, all)
		g.step(n, "not applicable", "", nil, place)
		return
	}
	n.full = fullOf(how, counted)
	n.value = merge(how, counted)
	if len(all) > 0 {
		g.step(n, "combine", how.String(), nil, place)
	}
	if whole, here := fullOf(how, all), fullOf(how, present); missing == token.KwRescale && how == token.KwSum && len(present) < len(all) && here.Sign() > 0 {
		ratio := new(big.Rat).Quo(whole, here)
		n.value = n.value.each(func(r *big.Rat) *big.Rat { return new(big.Rat).Mul(r, ratio) })
		n.full = whole
		g.step(n, "rescale", "", ratio, place)
	}
	if start != nil {
		n.value = n.value.each(func(r *big.Rat) *big.Rat { return new(big.Rat).Add(r, start) })
		n.full = new(big.Rat).Add(n.full, start)
		g.step(n, "start", "", start, place)
	}
}

func (g *scorer) missing(n, child *scored, key string) {
	label := child.name
	var amount *big.Rat
	if key == "full" {
		amount = child.full
	}
	g.steps = append(g.steps, ScoreStep{Key: key, Level: n.level, Name: n.name, Label: label, Amount: number(amount)})
}

func number(r *big.Rat) *Number {
	if r == nil {
		return nil
	}
	n := NumberOf(r)
	return &n
}

// each changes both ends by a function that never falls.
func (b bounds) each(f func(*big.Rat) *big.Rat) bounds {
	if b.low != nil {
		b.low = f(b.low)
	}
	if b.high != nil {
		b.high = f(b.high)
	}
	return b
}

// merge combines the values of children; none come to 0.
func merge(how token.Keyword, children []*scored) bounds {
	if len(children) == 0 {
		return bounds{new(big.Rat), new(big.Rat)}
	}
	end := func(of func(*scored) *big.Rat, below bool) *big.Rat {
		sum, weights := new(big.Rat), new(big.Rat)
		var best *big.Rat
		for i, c := range children {
			v, w := of(c), big.NewRat(1, 1)
			if how == token.KwWeighted {
				if w = c.weight; w.Sign() == 0 {
					continue
				}
			}
			if v == nil {
				// An open end decides, except where the other end is asked for.
				if how == token.KwBest && below || how == token.KwWorst && !below {
					continue
				}
				return nil
			}
			switch {
			case how == token.KwBest && (best == nil || v.Cmp(best) > 0), how == token.KwWorst && (best == nil || v.Cmp(best) < 0):
				best = children[i].value.end(below)
			}
			sum.Add(sum, new(big.Rat).Mul(v, w))
			weights.Add(weights, w)
		}
		switch how {
		case token.KwBest, token.KwWorst:
			return best
		case token.KwMean, token.KwWeighted:
			if weights.Sign() != 0 {
				sum.Quo(sum, weights)
			}
		}
		return sum
	}
	return bounds{
		end(func(c *scored) *big.Rat { return c.value.low }, true),
		end(func(c *scored) *big.Rat { return c.value.high }, false),
	}
}

func (b bounds) end(low bool) *big.Rat {
	if low {
		return b.low
	}
	return b.high
}

// fullOf is what the children would come to with all their points.
func fullOf(how token.Keyword, children []*scored) *big.Rat {
	full := make([]*scored, len(children))
	for i, c := range children {
		full[i] = &scored{value: bounds{c.full, c.full}, weight: c.weight}
	}
	if how == token.KwWorst { // the worst is still full when all are
		how = token.KwBest
	}
	return merge(how, full).low
}

// settle applies vetoes from below, then floors, ceilings, vetoes and rounding
// in the order in which they are written. Nothing lifts what a veto from below
// has set to zero.
func (g *scorer) settle(n *scored, rules []rule, points *big.Rat, rows []eval.Row) {
	if n.skipped {
		return
	}
	g.struck(n)
	for _, r := range rules {
		switch {
		case r.ZeroWhen != nil && r.ZeroOf != nil:
			g.strike(n, r, rows)
		case n.undecided, n.none: // nothing is claimed
		case r.Limit != nil:
			limit := points
			if r.Value != nil {
				limit = r.Value.Value
			}
			if limit == nil || (r.Named != nil && r.Named.Keyword == token.KwNone) {
				continue
			}
			g.limit(n, r, limit, rows)
		case r.ZeroWhen != nil:
			g.veto(n, g.about(n, rows).truth(r.when.Node), "", r.label(), r.place)
		case r.Round != nil:
			places := int(new(big.Int).Quo(r.Round.Value.Num(), r.Round.Value.Denom()).Int64())
			mode := r.Mode.Keyword
			if after := n.value.each(func(v *big.Rat) *big.Rat { return rounded(v, places, mode) }); !after.equal(n.value) {
				n.value = after
				g.step(n, "round", mode.String(), r.Round.Value, r.place)
			}
		}
	}
	g.struck(n)
}

// limit applies a floor or a ceiling, where it has a condition only as far as
// that holds.
func (g *scorer) limit(n *scored, r rule, limit *big.Rat, rows []eval.Row) {
	floor := r.Limit.Keyword == token.KwFloor
	after, key := n.value.within(limit, floor), r.Limit.String()
	if r.when != nil {
		switch g.about(n, rows).truth(r.when.Node) {
		case eval.False:
			return
		case eval.Maybe:
			key = "open " + key
			if floor {
				after.low = n.value.low
			} else {
				after.high = n.value.high
			}
		}
	}
	if !after.equal(n.value) {
		n.value = after
		g.step(n, key, r.label(), limit, r.place)
	}
}

// within moves the ends to a floor or a ceiling.
func (b bounds) within(limit *big.Rat, floor bool) bounds {
	if floor {
		if b.low == nil || b.low.Cmp(limit) < 0 {
			b.low = limit
		}
		if b.high != nil && b.high.Cmp(limit) < 0 {
			b.high = limit
		}
		return b
	}
	if b.high == nil || b.high.Cmp(limit) > 0 {
		b.high = limit
	}
	if b.low != nil && b.low.Cmp(limit) > 0 {
		b.low = limit
	}
	return b
}

func (b bounds) equal(o bounds) bool {
	same := func(x, y *big.Rat) bool { return x == y || (x != nil && y != nil && x.Cmp(y) == 0) }
	return same(b.low, o.low) && same(b.high, o.high)
}

// rounded rounds to decimal places. Down cuts off, up goes to the next number
// away from zero, and halves go away from zero or to the even digit.
func rounded(v *big.Rat, places int, mode token.Keyword) *big.Rat {
	places = max(0, min(places, 1000))
	scale := new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil)
	num := new(big.Int).Mul(new(big.Int).Abs(v.Num()), scale)
	whole, rest := new(big.Int).QuoRem(num, v.Denom(), new(big.Int))
	half := new(big.Int).Lsh(rest, 1).Cmp(v.Denom())
	up := false
	switch mode {
	case token.KwUp:
		up = rest.Sign() != 0
	case token.KwHalfUp:
		up = half >= 0
	case token.KwHalfEven:
		up = half > 0 || (half == 0 && whole.Bit(0) == 1)
	}
	if up {
		whole.Add(whole, big.NewInt(1))
	}
	if v.Sign() < 0 {
		whole.Neg(whole)
	}
	return new(big.Rat).SetFrac(whole, scale)
}
