package eval

import (
	"math"
	"strconv"
	"strings"

	exprast "github.com/expr-lang/expr/ast"
)

// Condition is a compiled condition in Kleene's logic. It allocates nothing
// and may be called from many goroutines, each with an Env of its own. A
// result that needs more than 64 bits is told by Overflowed.
type Condition func(*Env) Truth

// Overflowed says that the result of a Condition needs numbers beyond 64 bits:
// Exact decides then.
func (t Truth) Overflowed() bool { return t == bail }

type status uint8

const (
	known status = iota
	unknown
	overflow
)

// span is a compiled number: an interval low..high, one point but for counts
// over units of which some are unknown.
type span func(*Env) (low, high int64, s status)

// point is a compiled number without aggregates.
type pointFn func(*Env) (int64, status)

type textFn func(*Env) (string, status)

// Fault plants a deliberate mistake, so that tests can show that they would
// find it. The zero Fault is none.
type Fault uint8

// The mistakes that tests plant.
const (
	NoFault Fault = iota
	UnknownIsFalse
	AbsentIsUnknown
	LessIsLessOrEqual
	AndIgnoresRight
	OrUnknownDominates
	NotKeepsTrue
	CountForgetsUnknown
	SubtractSwaps
	SetBitOff
	ConditionalSwaps
	Faults // how many
)

// Compile turns a lowered condition into closures.
func Compile(n exprast.Node) Condition { return (&builder{}).condition(n) }

// CompileFaulty compiles with a planted mistake; only tests call it.
func CompileFaulty(n exprast.Node, f Fault) Condition { return (&builder{fault: f}).condition(n) }

type builder struct{ fault Fault }

// slotOf reads the name of a slot: u3, a3 or s3, or its form in an aggregate.
func slotOf(n exprast.Node) (prefix byte, slot int, ok bool) {
	name := ""
	switch n := n.(type) {
	case *exprast.IdentifierNode:
		name = n.Value
	case *exprast.MemberNode:
		if p, isText := n.Property.(*exprast.StringNode); isText {
			name = p.Value
		}
	}
	if len(name) < 2 {
		return 0, 0, false
	}
	i, err := strconv.Atoi(name[1:])
	return name[0], i, err == nil
}

func constantOf(n exprast.Node) (int64, bool) {
	i, ok := n.(*exprast.IntegerNode)
	if !ok {
		return 0, false
	}
	return int64(i.Value), true
}

func (c *builder) maybe() Truth {
	if c.fault == UnknownIsFalse {
		return False
	}
	return Maybe
}

func (c *builder) condition(n exprast.Node) Condition {
	switch n := n.(type) {
	case *exprast.BoolNode:
		t := truth(n.Value)
		return func(*Env) Truth { return t }
	case *exprast.UnaryNode:
		inner := c.condition(n.Node)
		if c.fault == NotKeepsTrue {
			return func(e *Env) Truth {
				if t := inner(e); t != True {
					return t.not()
				}
				return True
			}
		}
		return func(e *Env) Truth { return inner(e).not() }
	case *exprast.BinaryNode:
		return c.binary(n)
	case *exprast.CallNode:
		set, member := c.point(n.Arguments[0]), c.point(n.Arguments[1])
		maybe, off := c.maybe(), int64(0)
		if c.fault == SetBitOff {
			off = 1
		}
		return func(e *Env) Truth {
			bits, s := set(e)
			bit, t := member(e)
			if s != known || t != known {
				return undecided(s, t, maybe)
			}
			return truth(bits>>uint(bit+off)&1 == 1)
		}
	}
	prefix, i, ok := slotOf(n)
	if !ok {
		return func(*Env) Truth { return bail }
	}
	maybe := c.maybe()
	switch prefix {
	case 'a', 'b':
		faulty := c.fault == AbsentIsUnknown
		return func(e *Env) Truth {
			row := e.Unit
			if prefix == 'b' {
				row = e.Setting
			}
			switch row[i].State {
			case Absent:
				if faulty {
					return Maybe
				}
				return True
			case Known:
				return False
			}
			return maybe
		}
	case 's', 'P':
		return func(e *Env) Truth {
			if s := &e.Setting[i]; s.State == Known {
				return Truth(s.Num & 1)
			}
			return maybe
		}
	}
	return func(e *Env) Truth {
		if s := &e.Unit[i]; s.State == Known {
			return Truth(s.Num & 1)
		}
		return maybe
	}
}

// undecided is the truth value of an operation with an operand that is not
// known.
func undecided(a, b status, maybe Truth) Truth {
	if a == overflow || b == overflow {
		return bail
	}
	return maybe
}

func (c *builder) binary(n *exprast.BinaryNode) Condition {
	switch n.Operator {
	case "and":
		return c.and(n)
	case "or":
		return c.or(n)
	case "contains":
		a, b, maybe := c.text(n.Left), c.text(n.Right), c.maybe()
		return func(e *Env) Truth {
			x, s := a(e)
			y, t := b(e)
			if s != known || t != known {
				return undecided(s, t, maybe)
			}
			return truth(strings.Contains(x, y))
		}
	}
	switch {
	case isText(n.Left) || isText(n.Right):
		return c.textEqual(n)
	case isCondition(n.Left) || isCondition(n.Right):
		return c.boolEqual(n)
	case aggregated(n.Left) || aggregated(n.Right):
		return c.compareSpans(n)
	}
	return c.compare(n)
}

func (c *builder) and(n *exprast.BinaryNode) Condition {
	if f := c.flat(n); f != nil {
		return f
	}
	a, b := c.condition(n.Left), c.condition(n.Right)
	if c.fault == AndIgnoresRight {
		return a
	}
	return func(e *Env) Truth {
		x := a(e)
		if x == False {
			return False
		}
		y := b(e)
		switch {
		case y == False:
			return False
		case x == bail || y == bail:
			return bail
		case x == Maybe:
			return Maybe
		}
		return y
	}
}

// flat compiles the flat form of a junction, where there is one.
func (c *builder) flat(n exprast.Node) Condition {
	if c.fault != NoFault {
		return nil
	}
	if f := Flatten(n); f != nil {
		return f.Truth
	}
	return nil
}

func (c *builder) or(n *exprast.BinaryNode) Condition {
	if f := c.flat(n); f != nil {
		return f
	}
	a, b := c.condition(n.Left), c.condition(n.Right)
	if c.fault == OrUnknownDominates {
		return func(e *Env) Truth {
			x, y := a(e), b(e)
			if x == Maybe || y == Maybe {
				return Maybe
			}
			return max(x, y)
		}
	}
	return func(e *Env) Truth {
		x := a(e)
		if x == True {
			return True
		}
		y := b(e)
		switch {
		case y == True:
			return True
		case x == bail || y == bail:
			return bail
		case x == Maybe:
			return Maybe
		}
		return y
	}
}

// isText finds a text operand: the checker has made both sides texts then.
// Slots of texts are told from the others by the operand beside them or by
// the mark that the lowering leaves.
func isText(n exprast.Node) bool {
	switch n := n.(type) {
	case *exprast.StringNode:
		return true
	case *exprast.ConditionalNode:
		return isText(n.Exp1) || isText(n.Exp2)
	case *exprast.IdentifierNode:
		return n.Value[0] == 't' || n.Value[0] == 'T'
	case *exprast.MemberNode:
		p, ok := n.Property.(*exprast.StringNode)
		return ok && p.Value[0] == 't'
	}
	return false
}

// isCondition finds a truth value among operands of an equality.
func isCondition(n exprast.Node) bool {
	switch n := n.(type) {
	case *exprast.BoolNode:
		return true
	case *exprast.UnaryNode:
		return n.Operator == "not"
	case *exprast.BinaryNode:
		switch n.Operator {
		case "+", "-", "*", "/":
			return false
		}
		return true
	case *exprast.CallNode:
		return n.Callee.(*exprast.IdentifierNode).Value == "has"
	case *exprast.IdentifierNode:
		return strings.IndexByte("pPab", n.Value[0]) >= 0
	case *exprast.MemberNode:
		p, ok := n.Property.(*exprast.StringNode)
		return ok && (p.Value[0] == 'p' || p.Value[0] == 'a')
	}
	return false
}

func aggregated(n exprast.Node) bool {
	switch n := n.(type) {
	case *exprast.BuiltinNode:
		return true
	case *exprast.BinaryNode:
		return aggregated(n.Left) || aggregated(n.Right)
	case *exprast.UnaryNode:
		return aggregated(n.Node)
	case *exprast.ConditionalNode:
		return aggregated(n.Cond) || aggregated(n.Exp1) || aggregated(n.Exp2)
	case *exprast.CallNode:
		for _, a := range n.Arguments {
			if aggregated(a) {
				return true
			}
		}
	}
	return false
}

func (c *builder) textEqual(n *exprast.BinaryNode) Condition {
	a, b, maybe, equal := c.text(n.Left), c.text(n.Right), c.maybe(), n.Operator == "=="
	return func(e *Env) Truth {
		x, s := a(e)
		y, t := b(e)
		if s != known || t != known {
			return undecided(s, t, maybe)
		}
		return truth((x == y) == equal)
	}
}

func (c *builder) boolEqual(n *exprast.BinaryNode) Condition {
	a, b, equal := c.condition(n.Left), c.condition(n.Right), n.Operator == "=="
	return func(e *Env) Truth {
		x, y := a(e), b(e)
		switch {
		case x == bail || y == bail:
			return bail
		case x == Maybe || y == Maybe:
			return Maybe
		}
		return truth((x == y) == equal)
	}
}

// relation decides a comparison of two known numbers.
func (c *builder) relation(op string) func(a, b int64) bool {
	switch op {
	case "==":
		return func(a, b int64) bool { return a == b }
	case "!=":
		return func(a, b int64) bool { return a != b }
	case "<":
		if c.fault == LessIsLessOrEqual {
			return func(a, b int64) bool { return a <= b }
		}
		return func(a, b int64) bool { return a < b }
	case "<=":
		return func(a, b int64) bool { return a <= b }
	case ">":
		if c.fault == LessIsLessOrEqual {
			return func(a, b int64) bool { return a >= b }
		}
		return func(a, b int64) bool { return a > b }
	}
	return func(a, b int64) bool { return a >= b }
}

func (c *builder) compare(n *exprast.BinaryNode) Condition {
	if f := c.fused(n); f != nil {
		return f
	}
	a, b, holds, maybe := c.point(n.Left), c.point(n.Right), c.relation(n.Operator), c.maybe()
	return func(e *Env) Truth {
		x, s := a(e)
		y, t := b(e)
		if s != known || t != known {
			return undecided(s, t, maybe)
		}
		return truth(holds(x, y))
	}
}

// fused compiles the common shapes, a slot or a difference of two slots
// against a constant, into one closure: each call costs about two
// nanoseconds.
func (c *builder) fused(n *exprast.BinaryNode) Condition {
	limit, ok := constantOf(n.Right)
	if !ok || c.fault != NoFault {
		return nil
	}
	low, high := int64(math.MinInt64), int64(math.MaxInt64)
	outside := False // the truth value outside low..high
	switch n.Operator {
	case "==":
		low, high = limit, limit
	case "!=":
		low, high, outside = limit, limit, True
	case "<":
		if limit == math.MinInt64 {
			return nil
		}
		high = limit - 1
	case "<=":
		high = limit
	case ">":
		if limit == math.MaxInt64 {
			return nil
		}
		low = limit + 1
	case ">=":
		low = limit
	}
	within := outside.not()
	if prefix, i, ok := slotOf(n.Left); ok && prefix == 'u' {
		return func(e *Env) Truth {
			s := &e.Unit[i]
			if s.State != Known {
				return Maybe
			}
			if s.Num >= low && s.Num <= high {
				return within
			}
			return outside
		}
	}
	difference, ok := n.Left.(*exprast.BinaryNode)
	if !ok || difference.Operator != "-" {
		return nil
	}
	p, i, ok := slotOf(difference.Left)
	q, j, ok2 := slotOf(difference.Right)
	if !ok || !ok2 || p != 'u' || q != 'u' {
		return nil
	}
	return func(e *Env) Truth {
		a, b := &e.Unit[i], &e.Unit[j]
		if a.State != Known || b.State != Known {
			return Maybe
		}
		d := a.Num - b.Num
		if (a.Num^b.Num) < 0 && (a.Num^d) < 0 {
			return bail
		}
		if d >= low && d <= high {
			return within
		}
		return outside
	}
}
