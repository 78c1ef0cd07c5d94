package eval

import exprast "github.com/expr-lang/expr/ast"

// Flat is a conjunction or disjunction of simple comparisons, the shape of
// most rules: a loop over leaves without a call for each.
type Flat struct {
	leaves  []leaf
	settles Truth // what one leaf alone decides: False of a conjunction, True of a disjunction
	rest    Truth // the result when no leaf says anything else
}

// leaf is one simple comparison. It is within or outside of low..high.
type leaf struct {
	kind            leafKind
	within, outside Truth
	left, right     int32 // left is always a slot of the unit
	low, high       int64
	width           uint64 // of low..high, for one comparison in place of two
}

// measured sets the width.
func (l leaf) measured() leaf {
	l.width = uint64(l.high) - uint64(l.low)
	return l
}

// holds compares without a branch: it would be guessed wrong on every other
// unit.
func (l *leaf) holds(n int64) Truth {
	t := False
	if uint64(n)-uint64(l.low) <= l.width {
		t = True
	}
	return t ^ l.outside // within is not outside
}

type leafKind uint8

const (
	numberLeaf     leafKind = iota // a slot of the unit against constants; a yes/no is 0 or 1
	differenceLeaf                 // unit - unit
	absenceLeaf                    // known absent: within; known: outside
	fromLeaf                       // setting - unit
	sinceLeaf                      // unit - setting
)

// Flatten finds the flat form of a junction of at least two comparisons, or
// nil.
func Flatten(n exprast.Node) *Flat {
	f := &Flat{settles: False, rest: True}
	op := ""
	var walk func(n exprast.Node) bool
	walk = func(n exprast.Node) bool {
		if b, ok := n.(*exprast.BinaryNode); ok && (b.Operator == "and" || b.Operator == "or") {
			if op == "" {
				op = b.Operator
			}
			return op == b.Operator && walk(b.Left) && walk(b.Right)
		}
		l, ok := leafOf(n)
		f.leaves = append(f.leaves, l.measured())
		return ok
	}
	if !walk(n) || len(f.leaves) < 2 { // one alone has a closure of its own
		return nil
	}
	if op == "or" {
		f.settles, f.rest = True, False
	}
	return f
}

// Comparison is one simple comparison, judged without a call to a closure.
type Comparison struct{ leaf }

// Compared finds the one comparison that a condition is, or nil.
func Compared(n exprast.Node) *Comparison {
	if l, ok := leafOf(n); ok {
		return &Comparison{l.measured()}
	}
	return nil
}

// Truth evaluates the comparison.
func (c *Comparison) Truth(e *Env) Truth {
	left := &e.Unit[c.left]
	n := left.Num
	switch c.kind {
	case numberLeaf:
		if left.State != Known {
			return Maybe
		}
	case differenceLeaf:
		right := &e.Unit[c.right]
		if left.State != Known || right.State != Known {
			return Maybe
		}
		d := n - right.Num
		if (n^right.Num)&(n^d) < 0 {
			return bail
		}
		n = d
	case absenceLeaf:
		switch left.State {
		case Absent:
			return c.within
		case Known:
			return c.outside
		}
		return Maybe
	default:
		return c.withSetting(e)
	}
	return c.holds(n)
}

func leafOf(n exprast.Node) (leaf, bool) {
	if not, ok := n.(*exprast.UnaryNode); ok && not.Operator == "not" {
		l, ok := leafOf(not.Node)
		l.within, l.outside = l.within.not(), l.outside.not()
		return l, ok
	}
	l := leaf{within: True, outside: False}
	if prefix, i, ok := slotOf(n); ok {
		l.left = int32(i)
		switch prefix {
		case 'p':
			l.low, l.high = 1, 1
			return l, true
		case 'a':
			l.kind = absenceLeaf
			return l, true
		}
		return l, false
	}
	b, ok := n.(*exprast.BinaryNode)
	if !ok {
		return l, false
	}
	limit, ok := constantOf(b.Right)
	if !ok {
		return l, false
	}
	switch b.Operator {
	case "==", "!=", "<", "<=", ">", ">=":
	default:
		return l, false
	}
	var negated bool
	if l.low, l.high, negated, ok = bounds(b.Operator, limit); !ok {
		return l, false
	}
	if negated {
		l.within, l.outside = False, True
	}
	if prefix, i, ok := slotOf(b.Left); ok && prefix == 'u' {
		l.left = int32(i)
		return l, true
	}
	d, ok := b.Left.(*exprast.BinaryNode)
	if !ok || d.Operator != "-" {
		return l, false
	}
	p, i, ok1 := slotOf(d.Left)
	q, j, ok2 := slotOf(d.Right)
	if !ok1 || !ok2 {
		return l, false
	}
	l.left, l.right = int32(i), int32(j)
	switch {
	case p == 'u' && q == 'u':
		l.kind = differenceLeaf
	case p == 's' && q == 'u':
		l.kind, l.left, l.right = fromLeaf, l.right, l.left
	case p == 'u' && q == 's':
		l.kind = sinceLeaf
	default:
		return l, false
	}
	return l, true
}

// Truth evaluates the leaves. Unknown outweighs what does not settle it, and
// numbers beyond 64 bits outweigh that.
func (f *Flat) Truth(e *Env) Truth {
	result := f.rest
	unit := e.Unit
	for i := range f.leaves {
		l := &f.leaves[i]
		left := &unit[l.left]
		t := Maybe
		switch {
		case l.kind > absenceLeaf:
			t = l.withSetting(e)
		case l.kind == absenceLeaf:
			switch left.State {
			case Absent:
				t = l.within
			case Known:
				t = l.outside
			}
		case left.State == Known:
			n := left.Num
			if l.kind == differenceLeaf {
				right := &unit[l.right]
				if right.State != Known {
					break
				}
				d := n - right.Num
				if (n^right.Num)&(n^d) < 0 {
					t = bail
					break
				}
				n = d
			}
			t = l.holds(n)
		}
		if t == f.settles {
			return t
		}
		result = max(result, t)
	}
	return result
}

// withSetting compares a slot of the unit with one of the setting.
func (l *leaf) withSetting(e *Env) Truth {
	a, b := &e.Unit[l.left], &e.Setting[l.right]
	if a.State != Known || b.State != Known {
		return Maybe
	}
	x, y := a.Num, b.Num
	if l.kind == fromLeaf {
		x, y = y, x
	}
	d, ok := sub(x, y)
	switch {
	case !ok:
		return bail
	case d >= l.low && d <= l.high:
		return l.within
	}
	return l.outside
}
