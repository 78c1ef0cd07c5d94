package engine

import (
	"math/big"
	"slices"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// standing is what a condition of the scoring reads: the score so far, the
// scores below it and the outcomes of the items. A score is a ratio of any
// size, which no slot of a row holds, so what reads one is evaluated here and
// all else by Exact.
type standing struct {
	exact    eval.Exact
	value    bounds
	items    []*scored
	sections []*scored
	blind    bool    // neither of them is known
	each     *scored // inside an aggregate: the one that is looked at
}

// about is the standing of n over the items below it.
func (g *scorer) about(n *scored, rows []eval.Row) *standing {
	env := *g.exact.Env
	env.Units, env.Unit = rows, nil
	if n.level == "item" {
		env.Unit = worstRow(rows)
	}
	exact := g.exact
	exact.Env = &env
	at := &standing{exact: exact, value: n.value, items: n.items, sections: n.sections, blind: g.blind}
	if n.undecided || n.skipped || n.none {
		at.value = bounds{}
	}
	return at
}

// worstRow is the outcome of an item over all periods for which it was judged;
// nil where it was for none.
func worstRow(rows []eval.Row) eval.Row {
	if len(rows) == 0 {
		return nil
	}
	out := slices.Clone(rows[0])
	for _, r := range rows[1:] {
		out[0].Num, out[1].Num = max(out[0].Num, r[0].Num), max(out[1].Num, r[1].Num)
	}
	return out
}

// veto sets n to zero when a condition holds; from names what brought it about
// where that is not n itself.
func (g *scorer) veto(n *scored, holds eval.Truth, from, label, place string) {
	if from != "" && label != "" {
		label = from + " " + label
	}
	switch holds {
	case eval.True:
		n.value = bounds{ratZero, ratZero}
		g.step(n, "veto", label, nil, place)
	case eval.Maybe:
		if n.value.low != nil {
			n.value.low = lesser(n.value.low, ratZero)
		}
		if n.value.high != nil && n.value.high.Sign() < 0 {
			n.value.high = ratZero
		}
		g.step(n, "open veto", label, nil, place)
	}
}

// strike is a veto that reaches above the level where it stands.
type strike struct {
	total              bool // else what stands directly above
	holds              eval.Truth
	from, label, place string
}

// strike notes that n sets what stands above it to zero.
func (g *scorer) strike(n *scored, r rule, rows []eval.Row) {
	at := g.about(n, rows)
	if n.none && at.reads(r.when.Node) {
		return // there is no score to speak of
	}
	holds := at.truth(r.when.Node)
	if holds == eval.False {
		return
	}
	n.strikes = append(n.strikes, strike{r.ZeroOf.Keyword == token.KwTotal, holds, n.name, r.label(), r.place})
}

// take puts a child's scores and vetoes under n.
func (n *scored) take(c *scored) {
	for _, s := range c.strikes {
		if s.total && n.level != "total" {
			n.strikes = append(n.strikes, s)
		} else {
			n.hits = append(n.hits, s)
		}
	}
	if c.none || c.skipped {
		return
	}
	if c.level == "item" {
		n.items = append(n.items, c)
	} else {
		n.items, n.sections = append(n.items, c.items...), append(n.sections, c)
	}
}

// struck sets n to zero where a veto from below says so.
func (g *scorer) struck(n *scored) {
	for _, s := range n.hits {
		zero := n.value.equal(bounds{ratZero, ratZero})
		if n.none || n.undecided || zero || (s.holds == eval.Maybe && n.value.holdsZero()) {
			continue
		}
		g.veto(n, s.holds, s.from, s.label, s.place)
	}
}

// holdsZero says whether zero is still possible.
func (b bounds) holdsZero() bool {
	return (b.low == nil || b.low.Sign() <= 0) && (b.high == nil || b.high.Sign() >= 0)
}

// within says whether all that has points in n is among some items.
func (n *scored) within(items []string) bool {
	if n.level == "item" {
		return slices.Contains(items, n.name)
	}
	return !slices.ContainsFunc(n.scoring, func(id string) bool { return !slices.Contains(items, id) })
}

// grade is the first band whose condition holds, none while an earlier one may
// hold. The otherwise stands for the rest, wherever it is written.
func (g *scorer) grade(n *scored, rows []eval.Row) string {
	sc := g.standard.checked.Scoring
	if sc == nil {
		return ""
	}
	at := g.about(n, rows)
	graded, rest := false, ""
	for _, stage := range sc.Stages {
		if stage.Grade == nil {
			continue
		}
		graded = true
		if stage.Otherwise {
			rest = stage.Grade.Value
			continue
		}
		truth := eval.Maybe
		if e := sc.When[stage]; e != nil {
			truth = at.truth(e.Node)
		}
		switch truth {
		case eval.True:
			g.step(n, "grade", stage.Grade.Value, nil, sc.When[stage].Span.String())
			return stage.Grade.Value
		case eval.Maybe:
			g.step(n, "open grade", stage.Grade.Value, nil, sc.Span.String())
			return ""
		}
	}
	switch {
	case rest != "":
		g.step(n, "grade", rest, nil, sc.Span.String())
	case graded:
		g.step(n, "no grade", "", nil, sc.Span.String())
	}
	return rest
}

// reads says whether an expression reads the score.
func (at *standing) reads(n exprast.Node) bool {
	if n == nil {
		return false
	}
	if at.isScore(n) || (at.blind && at.aggregates(n)) {
		return true
	}
	for _, child := range children(n) {
		if at.reads(child) {
			return true
		}
	}
	return false
}

func (at *standing) isScore(n exprast.Node) bool {
	switch at.role(n) {
	case check.ScoreRole, check.ItemScoreRole, check.SectionScoreRole:
		return true
	}
	return false
}

// aggregates says whether n is itself an aggregate.
func (at *standing) aggregates(n exprast.Node) bool {
	_, call := n.(*exprast.CallNode)
	name, ok := at.exact.Layout.Info.Objects[n].(check.Builtin)
	return call && ok && check.IsAggregate(string(name))
}

func (at *standing) role(n exprast.Node) check.Role {
	if v, ok := at.exact.Layout.Info.Objects[n].(*check.Variable); ok {
		return v.Role
	}
	return 0
}

func (at *standing) truth(n exprast.Node) eval.Truth {
	if !at.reads(n) {
		return at.exact.Condition(n)
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		return negate(at.truth(n.Node))
	case *exprast.BinaryNode:
		switch n.Operator {
		case "and":
			return negate(either(negate(at.truth(n.Left)), negate(at.truth(n.Right))))
		case "or":
			return either(at.truth(n.Left), at.truth(n.Right))
		case "in":
			return at.in(n)
		}
		return eval.Compare(n.Operator, at.number(n.Left), at.number(n.Right), false)
	}
	return eval.Maybe
}

func (at *standing) in(n *exprast.BinaryNode) eval.Truth {
	left := at.number(n.Left)
	switch group := n.Right.(type) {
	case *exprast.ArrayNode:
		out := eval.False
		for _, e := range group.Nodes {
			out = either(out, eval.Compare("==", left, at.number(e), false))
		}
		return out
	case *exprast.BinaryNode:
		low, high := eval.Compare(">=", left, at.number(group.Left), false), eval.Compare("<=", left, at.number(group.Right), false)
		return negate(either(negate(low), negate(high)))
	}
	return eval.Maybe
}

// number evaluates sums over the score; what has an end that is not bounded is
// unknown.
func (at *standing) number(n exprast.Node) eval.Value {
	switch {
	case at.isScore(n):
		value := at.value
		if at.role(n) != check.ScoreRole {
			if at.each == nil || at.each.undecided {
				return eval.Value{}
			}
			value = at.each.value
		}
		if value.low == nil || value.high == nil {
			return eval.Value{}
		}
		return eval.Value{Low: value.low, High: value.high, Known: true}
	case !at.reads(n):
		return at.exact.Value(n)
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		if v := at.number(n.Node); v.Known && n.Operator == "-" {
			return eval.Value{Low: new(big.Rat).Neg(v.High), High: new(big.Rat).Neg(v.Low), Known: true}
		}
	case *exprast.BinaryNode:
		return arithmetic(n.Operator, at.number(n.Left), at.number(n.Right))
	case *exprast.CallNode:
		return at.call(n)
	}
	return eval.Value{}
}

func (at *standing) call(n *exprast.CallNode) eval.Value {
	name, _ := at.exact.Layout.Info.Objects[n].(check.Builtin)
	if check.IsAggregate(string(name)) {
		return at.aggregate(string(name), n.Arguments[0])
	}
	switch name {
	case "if":
		switch at.truth(n.Arguments[0]) {
		case eval.True:
			return at.number(n.Arguments[1])
		case eval.False:
			return at.number(n.Arguments[2])
		}
	case "round":
		if v := at.number(n.Arguments[0]); v.Known {
			return eval.Value{Low: rounded(v.Low, 0, token.KwHalfUp), High: rounded(v.High, 0, token.KwHalfUp), Known: true}
		}
	case "abs":
		if v := at.number(n.Arguments[0]); v.Known && v.Low.Sign() >= 0 {
			return v
		} else if v.Known && v.High.Sign() <= 0 {
			return eval.Value{Low: new(big.Rat).Neg(v.High), High: new(big.Rat).Neg(v.Low), Known: true}
		}
	}
	return eval.Value{}
}

// arithmetic combines two intervals; the ends of the result are among the four
// combinations of their ends.
func arithmetic(op string, a, b eval.Value) eval.Value {
	if !a.Known || !b.Known || (op == "/" && b.Low.Sign() <= 0 && b.High.Sign() >= 0) {
		return eval.Value{}
	}
	out := eval.Value{Known: true}
	for _, p := range []*big.Rat{a.Low, a.High} {
		for _, q := range []*big.Rat{b.Low, b.High} {
			r := new(big.Rat)
			switch op {
			case "+":
				r.Add(p, q)
			case "-":
				r.Sub(p, q)
			case "*":
				r.Mul(p, q)
			case "/":
				r.Quo(p, q)
			default:
				return eval.Value{}
			}
			if out.Low == nil || r.Cmp(out.Low) < 0 {
				out.Low = r
			}
			if out.High == nil || r.Cmp(out.High) > 0 {
				out.High = r
			}
		}
	}
	return out
}
