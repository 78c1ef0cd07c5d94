package eval

import (
	"math"
	"math/big"
	"math/bits"
	"unicode/utf8"

	exprast "github.com/expr-lang/expr/ast"
)

func add(a, b int64) (int64, bool) {
	s := a + b
	return s, (a^s)&(b^s) >= 0
}

func (c *builder) sub() func(a, b int64) (int64, bool) {
	if c.fault == SubtractSwaps {
		return func(a, b int64) (int64, bool) { return sub(b, a) }
	}
	return sub
}

func sub(a, b int64) (int64, bool) {
	d := a - b
	return d, (a^b)&(a^d) >= 0
}

func mul(a, b int64) (int64, bool) {
	if a == 0 || b == 0 {
		return 0, true
	}
	negative := (a < 0) != (b < 0)
	high, low := bits.Mul64(magnitude(a), magnitude(b))
	if high != 0 || low > math.MaxInt64 {
		return 0, false
	}
	if negative {
		return -int64(low), true
	}
	return int64(low), true
}

func magnitude(a int64) uint64 {
	if a < 0 {
		return -uint64(a)
	}
	return uint64(a)
}

// point compiles a number without aggregates.
func (c *builder) point(n exprast.Node) pointFn {
	if i, ok := constantOf(n); ok {
		return func(*Env) (int64, status) { return i, known }
	}
	if prefix, i, ok := slotOf(n); ok {
		if prefix == 's' || prefix == 'P' {
			return func(e *Env) (int64, status) {
				if s := &e.Setting[i]; s.State == Known {
					return s.Num, known
				}
				return 0, unknown
			}
		}
		return func(e *Env) (int64, status) {
			if s := &e.Unit[i]; s.State == Known {
				return s.Num, known
			}
			return 0, unknown
		}
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		a := c.point(n.Node)
		return func(e *Env) (int64, status) {
			v, s := a(e)
			if v == math.MinInt64 {
				return 0, overflow
			}
			return -v, s
		}
	case *exprast.BinaryNode:
		a, b := c.point(n.Left), c.point(n.Right)
		combine := map[string]func(x, y int64) (int64, bool){"+": add, "-": c.sub(), "*": mul}[n.Operator]
		return func(e *Env) (int64, status) {
			x, s := a(e)
			y, t := b(e)
			if s != known || t != known {
				return 0, max(s, t)
			}
			r, ok := combine(x, y)
			if !ok {
				return 0, overflow
			}
			return r, known
		}
	case *exprast.ConditionalNode:
		cond, a, b := c.condition(n.Cond), c.point(n.Exp1), c.point(n.Exp2)
		if c.fault == ConditionalSwaps {
			a, b = b, a
		}
		return func(e *Env) (int64, status) {
			switch cond(e) {
			case True:
				return a(e)
			case False:
				return b(e)
			case bail:
				return 0, overflow
			}
			return 0, unknown
		}
	case *exprast.CallNode:
		return c.call(n)
	}
	return func(*Env) (int64, status) { return 0, overflow }
}

func (c *builder) text(n exprast.Node) textFn {
	switch n := n.(type) {
	case *exprast.StringNode:
		s := n.Value
		return func(*Env) (string, status) { return s, known }
	case *exprast.ConditionalNode:
		cond, a, b := c.condition(n.Cond), c.text(n.Exp1), c.text(n.Exp2)
		return func(e *Env) (string, status) {
			switch cond(e) {
			case True:
				return a(e)
			case False:
				return b(e)
			case bail:
				return "", overflow
			}
			return "", unknown
		}
	}
	prefix, i, _ := slotOf(n)
	setting := prefix == 'T'
	return func(e *Env) (string, status) {
		s := &e.Unit
		if setting {
			s = &e.Setting
		}
		if slot := &(*s)[i]; slot.State == Known {
			return slot.Text, known
		}
		return "", unknown
	}
}

// call compiles the functions that the lowering leaves.
func (c *builder) call(n *exprast.CallNode) pointFn {
	name := n.Callee.(*exprast.IdentifierNode).Value
	if name == "characters" {
		a := c.text(n.Arguments[0])
		return func(e *Env) (int64, status) {
			text, s := a(e)
			if s != known {
				return 0, s
			}
			return int64(utf8.RuneCountInString(text)), known
		}
	}
	a := c.point(n.Arguments[0])
	var b pointFn
	if len(n.Arguments) > 1 {
		b = c.point(n.Arguments[1])
	}
	f := scalar[name]
	if f == nil {
		return func(*Env) (int64, status) { return 0, overflow }
	}
	return func(e *Env) (int64, status) {
		x, s := a(e)
		var y int64
		t := known
		if b != nil {
			y, t = b(e)
		}
		if s != known || t != known {
			return 0, max(s, t)
		}
		return f(e, x, y)
	}
}

// scalar holds the functions over whole numbers.
var scalar = map[string]func(e *Env, x, y int64) (int64, status){
	"dayOf":       func(e *Env, x, _ int64) (int64, status) { return day(x, e.Zone), known },
	"clockOf":     func(e *Env, x, _ int64) (int64, status) { return clock(x, e.Zone), known },
	"dayOfMonth":  func(_ *Env, x, _ int64) (int64, status) { return int64(civil(x).Day()), known },
	"monthOfYear": func(_ *Env, x, _ int64) (int64, status) { return int64(civil(x).Month()), known },
	"members":     func(_ *Env, x, _ int64) (int64, status) { return int64(bits.OnesCount64(uint64(x))), known },
	"workdays": func(e *Env, x, y int64) (int64, status) {
		n, ok := e.workdays(x, y)
		if !ok {
			return 0, unknown
		}
		return n, known
	},
	"magnitude": func(_ *Env, x, _ int64) (int64, status) {
		if x == math.MinInt64 {
			return 0, overflow
		}
		return max(x, -x), known
	},
	"roundTo": func(_ *Env, x, den int64) (int64, status) {
		return roundHalfUp(big.NewRat(x, den)).Num().Int64(), known
	},
}
