package engine

import (
	"math/big"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// aggregate evaluates an aggregate whose body reads the score of each item or
// of each section directly below. What does not apply is no part of it, and
// where that is not known the aggregate is open.
func (at *standing) aggregate(name string, body exprast.Node) eval.Value {
	if at.blind {
		return eval.Value{}
	}
	list := at.items
	if at.over(body) == check.SectionScoreRole {
		list = at.sections
	}
	if name == "count" || name == "share" {
		return at.counted(name, body, list)
	}
	var out eval.Value
	for i, c := range list {
		v := at.inside(c).number(body)
		if !v.Known || c.undecided {
			return eval.Value{}
		}
		switch {
		case i == 0:
			out = v
		case name == "min":
			out.Low, out.High = lesser(out.Low, v.Low), lesser(out.High, v.High)
		case name == "max":
			out.Low, out.High = greater(out.Low, v.Low), greater(out.High, v.High)
		default:
			out = arithmetic("+", out, v)
		}
	}
	switch {
	case len(list) == 0 && name == "sum":
		return eval.Value{Low: ratZero, High: ratZero, Known: true}
	case len(list) == 0:
		return eval.Value{Void: true}
	case name == "mean":
		n := new(big.Rat).SetInt64(int64(len(list)))
		return arithmetic("/", out, eval.Value{Low: n, High: n, Known: true})
	}
	return out
}

func (at *standing) counted(name string, body exprast.Node, list []*scored) eval.Value {
	var yes, maybe, there int64
	for _, c := range list {
		truth := at.inside(c).truth(body)
		switch {
		case truth == eval.Maybe, c.undecided && truth == eval.True:
			maybe++
		case truth == eval.True:
			yes++
		}
		if !c.undecided {
			there++
		}
	}
	if name == "count" {
		return eval.Value{Low: big.NewRat(yes, 1), High: big.NewRat(yes+maybe, 1), Known: true}
	}
	if n := int64(len(list)); n > 0 && there == n {
		return eval.Value{Low: big.NewRat(yes, n), High: big.NewRat(yes+maybe, n), Known: true}
	}
	return eval.Value{Void: len(list) == 0}
}

// inside is at looking at one item or section.
func (at *standing) inside(c *scored) *standing {
	env := *at.exact.Env
	env.Unit = c.outcome
	inner := *at
	inner.exact.Env, inner.each = &env, c
	return &inner
}

// over is the role of what the body of an aggregate reads of each.
func (at *standing) over(n exprast.Node) check.Role {
	switch r := at.role(n); r {
	case check.ItemScoreRole, check.SectionScoreRole:
		return r
	}
	for _, child := range children(n) {
		if r := at.over(child); r != 0 {
			return r
		}
	}
	return 0
}

func greater(a, b *big.Rat) *big.Rat {
	if b.Cmp(a) > 0 {
		return b
	}
	return a
}
