package engine

import (
	"math/big"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// standing is what a condition of the scoring reads: the score so far and the
// outcomes of the items. The score is a ratio of any size, which no slot of a
// row holds, so what reads it is evaluated here and all else by Exact.
type standing struct {
	exact eval.Exact
	value bounds
}

// about is the standing of n over the items below it.
func (g *scorer) about(n *scored, rows []eval.Row) *standing {
	env := *g.exact.Env
	env.Units, env.Unit = rows, nil
	exact := g.exact
	exact.Env = &env
	at := &standing{exact: exact, value: n.value}
	if n.undecided || n.skipped {
		at.value = bounds{}
	}
	return at
}

// veto sets n to zero when its condition holds.
func (g *scorer) veto(n *scored, r rule, rows []eval.Row) {
	label, place := "", r.zero.Span.String()
	if r.Reason != nil {
		label = r.Reason.Value
	}
	switch g.about(n, rows).truth(r.zero.Node) {
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
	if at.isScore(n) {
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
	v, ok := at.exact.Layout.Info.Objects[n].(*check.Variable)
	return ok && v.Role == check.ScoreRole
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
		if at.value.low == nil || at.value.high == nil {
			return eval.Value{}
		}
		return eval.Value{Low: at.value.low, High: at.value.high, Known: true}
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
