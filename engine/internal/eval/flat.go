package eval

import exprast "github.com/expr-lang/expr/ast"

// flat is a conjunction or disjunction of simple comparisons, the shape of
// most rules: a loop over leaves without a call for each.
type flat struct {
	leaves  []leaf
	settles Truth // what one leaf alone decides: False of a conjunction, True of a disjunction
	rest    Truth // the result when no leaf says anything else
}

// leaf is one simple comparison. It is within or outside of low..high.
type leaf struct {
	kind            leafKind
	within, outside Truth
	left, right     int32
	low, high       int64
}

type leafKind uint8

const (
	numberLeaf     leafKind = iota // a slot of the unit against constants
	differenceLeaf                 // unit - unit
	fromLeaf                       // setting - unit
	sinceLeaf                      // unit - setting
	truthLeaf                      // a yes/no
	absenceLeaf                    // known absent: within; known: outside
)

// flatten finds the flat form of a condition, or nil.
func flatten(n exprast.Node) *flat {
	f := &flat{settles: False, rest: True}
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
		f.leaves = append(f.leaves, l)
		return ok
	}
	if !walk(n) {
		return nil
	}
	if op == "or" {
		f.settles, f.rest = True, False
	}
	return f
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
			l.kind, l.low, l.high = truthLeaf, 1, 1
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
	negated := false
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
		l.kind = fromLeaf
	case p == 'u' && q == 's':
		l.kind = sinceLeaf
	default:
		return l, false
	}
	return l, true
}

// condition evaluates the leaves. Unknown outweighs what does not settle it,
// and numbers beyond 64 bits outweigh that.
func (f *flat) condition(e *Env) Truth {
	result := f.rest
	for i := range f.leaves {
		t := f.leaves[i].truth(e)
		if t == f.settles {
			return t
		}
		if t > result {
			result = t
		}
	}
	return result
}

func (l *leaf) truth(e *Env) Truth {
	row := e.Unit
	if l.kind == fromLeaf {
		row = e.Setting
	}
	left := &row[l.left]
	if l.kind == absenceLeaf {
		switch left.State {
		case Absent:
			return l.within
		case Known:
			return l.outside
		}
		return Maybe
	}
	if left.State != Known {
		return Maybe
	}
	n := left.Num
	switch l.kind {
	case truthLeaf:
		n &= 1
	case differenceLeaf, fromLeaf, sinceLeaf:
		row = e.Unit
		if l.kind == sinceLeaf {
			row = e.Setting
		}
		right := &row[l.right]
		if right.State != Known {
			return Maybe
		}
		d := n - right.Num
		if (n^right.Num)&(n^d) < 0 {
			return bail
		}
		n = d
	}
	if n >= l.low && n <= l.high {
		return l.within
	}
	return l.outside
}
