package eval

import (
	"math"

	exprast "github.com/expr-lang/expr/ast"
)

func (c *builder) compareSpans(n *exprast.BinaryNode) Condition {
	a, b, op, maybe := c.span(n.Left), c.span(n.Right), n.Operator, c.maybe()
	holds := c.relation(op)
	return func(e *Env) Truth {
		al, ah, s := a(e)
		bl, bh, t := b(e)
		if s != known || t != known {
			return undecided(s, t, maybe)
		}
		switch op {
		case "==", "!=":
			switch {
			case al == ah && bl == bh:
				return truth(holds(al, bl))
			case ah < bl || bh < al:
				return truth(op == "!=")
			}
			return maybe
		case "<", "<=":
			if holds(ah, bl) {
				return True
			}
			if !holds(al, bh) {
				return False
			}
		default:
			if holds(al, bh) {
				return True
			}
			if !holds(ah, bl) {
				return False
			}
		}
		return maybe
	}
}

// span compiles a number that may hold aggregates.
func (c *builder) span(n exprast.Node) span {
	switch n := n.(type) {
	case *exprast.BuiltinNode:
		return c.aggregate(n)
	case *exprast.BinaryNode:
		if !aggregated(n) {
			break
		}
		a, b := c.span(n.Left), c.span(n.Right)
		combine := map[string]func(x, y int64) (int64, bool){"+": add, "-": c.sub(), "*": mul}[n.Operator]
		return func(e *Env) (int64, int64, status) {
			al, ah, s := a(e)
			bl, bh, t := b(e)
			if s != known || t != known {
				return 0, 0, max(s, t)
			}
			// The ends of the result are among the four combinations.
			low, high := int64(math.MaxInt64), int64(math.MinInt64)
			for _, p := range [...][2]int64{{al, bl}, {al, bh}, {ah, bl}, {ah, bh}} {
				r, ok := combine(p[0], p[1])
				if !ok {
					return 0, 0, overflow
				}
				low, high = min(low, r), max(high, r)
			}
			return low, high, known
		}
	case *exprast.UnaryNode:
		if !aggregated(n) {
			break
		}
		a := c.span(n.Node)
		return func(e *Env) (int64, int64, status) {
			low, high, s := a(e)
			if s == known && low == math.MinInt64 {
				return 0, 0, overflow
			}
			return -high, -low, s
		}
	case *exprast.ConditionalNode:
		if !aggregated(n) {
			break
		}
		cond, a, b := c.condition(n.Cond), c.span(n.Exp1), c.span(n.Exp2)
		if c.fault == ConditionalSwaps {
			a, b = b, a
		}
		return func(e *Env) (int64, int64, status) {
			switch cond(e) {
			case True:
				return a(e)
			case False:
				return b(e)
			case bail:
				return 0, 0, overflow
			}
			return 0, 0, unknown
		}
	case *exprast.CallNode:
		if aggregated(n) { // functions of aggregates are rare: Exact does them
			return func(*Env) (int64, int64, status) { return 0, 0, overflow }
		}
	}
	p := c.point(n)
	return func(e *Env) (int64, int64, status) {
		v, s := p(e)
		return v, v, s
	}
}

// aggregate compiles a builtin over the units of the sample.
func (c *builder) aggregate(n *exprast.BuiltinNode) span {
	if n.Name == "len" { // a denominator: nothing is a share of no units
		return func(e *Env) (int64, int64, status) {
			i := int64(len(e.Units))
			if i == 0 {
				return 0, 0, unknown
			}
			return i, i, known
		}
	}
	if n.Name == "count" {
		body := c.condition(n.Arguments[1].(*exprast.PredicateNode).Node)
		forget := c.fault == CountForgetsUnknown
		return func(e *Env) (int64, int64, status) {
			saved := e.Unit
			var yes, maybe int64
			var s status
			for _, u := range e.Units {
				e.Unit = u
				switch body(e) {
				case True:
					yes++
				case Maybe:
					maybe++
				case bail:
					s = overflow
				}
			}
			e.Unit = saved
			if forget {
				maybe = 0
			}
			return yes, yes + maybe, s
		}
	}
	over := n
	least, most := n.Name == "min", n.Name == "max"
	if least || most {
		over = n.Arguments[0].(*exprast.BuiltinNode)
	}
	body := c.point(over.Arguments[1].(*exprast.PredicateNode).Node)
	return func(e *Env) (int64, int64, status) {
		saved := e.Unit
		defer func() { e.Unit = saved }()
		var total int64
		if len(e.Units) == 0 && (least || most) {
			return 0, 0, unknown
		}
		for i, u := range e.Units {
			e.Unit = u
			v, s := body(e)
			if s != known {
				return 0, 0, s
			}
			switch {
			case least || most:
				if i == 0 || (v < total) == least && v != total {
					total = v
				}
			default:
				var ok bool
				if total, ok = add(total, v); !ok {
					return 0, 0, overflow
				}
			}
		}
		return total, total, known
	}
}
