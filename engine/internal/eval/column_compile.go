package eval

import (
	"math"
	"strings"

	exprast "github.com/expr-lang/expr/ast"
)

// Vector is a lowered condition compiled for blocks of columns. It is
// immutable; each goroutine brings a Block of its own.
type Vector struct {
	run       vectorCondition
	registers registers
}

// Evaluate returns the units of the block for which the condition is true,
// and those for which it is false; for the others it is open. When it sets
// Odd the masks mean nothing. The masks are valid until the Block is used for
// another condition.
func (v *Vector) Evaluate(b *Block) (yes, no *Mask) {
	b.grow(v.registers.masks)
	return v.run(b)
}

// VectorNumber is a lowered number compiled for blocks of columns.
type VectorNumber struct {
	run       vectorNumber
	registers registers
}

// Evaluate returns the numbers of the block's units and which of them are
// known; see Vector.Evaluate.
func (v *VectorNumber) Evaluate(b *Block) ([]int64, *Mask) {
	b.grow(v.registers.masks)
	return v.run(b)
}

type (
	vectorCondition func(*Block) (yes, no *Mask)
	vectorNumber    func(*Block) (values []int64, known *Mask)
)

// registers counts what an evaluation needs.
type registers struct{ masks, vectors int }

func (r *registers) mask() int   { r.masks++; return r.masks - 1 }
func (r *registers) vector() int { r.vectors++; return r.vectors - 1 }

// CompileVector compiles a lowered condition without aggregates.
func CompileVector(n exprast.Node) *Vector {
	c := &vectorBuilder{}
	run := c.condition(n)
	return &Vector{run, c.registers}
}

// CompileVectorNumber compiles a lowered number without aggregates.
func CompileVectorNumber(n exprast.Node) *VectorNumber {
	c := &vectorBuilder{}
	run := c.number(n)
	return &VectorNumber{run, c.registers}
}

type vectorBuilder struct {
	registers
	rows builder
}

func (c *vectorBuilder) condition(n exprast.Node) vectorCondition {
	switch n := n.(type) {
	case *exprast.UnaryNode:
		inner := c.condition(n.Node)
		return func(b *Block) (*Mask, *Mask) { yes, no := inner(b); return no, yes }
	case *exprast.BinaryNode:
		switch {
		case n.Operator == "and":
			return c.junction(n, true)
		case n.Operator == "or":
			return c.junction(n, false)
		case n.Operator == "contains":
			return c.texts(n, strings.Contains, false)
		case isText(n.Left) || isText(n.Right):
			return c.texts(n, func(a, b string) bool { return a == b }, n.Operator == "!=")
		case isCondition(n.Left) || isCondition(n.Right):
			return c.equality(n)
		}
		return c.comparison(n)
	case *exprast.CallNode:
		if n.Callee.(*exprast.IdentifierNode).Value == "has" {
			return c.member(n)
		}
	}
	if prefix, slot, ok := slotOf(n); ok {
		switch prefix {
		case 'a':
			return func(b *Block) (*Mask, *Mask) { return b.AbsentMask(slot), b.KnownMask(slot) }
		case 'p':
			return c.truths(slot)
		}
	}
	return c.byRows(n)
}

// truths reads a column of truth values.
func (c *vectorBuilder) truths(slot int) vectorCondition {
	no := c.mask()
	return func(b *Block) (*Mask, *Mask) {
		column := b.column(slot)
		if column.Storage != Truths {
			return &noBits, &noBits
		}
		yes, known, out := b.maskOf(column.True), b.maskOf(column.Known), &b.masks[no]
		for w := range out {
			out[w] = known[w] &^ yes[w]
		}
		return yes, out
	}
}

// TruthVector is the condition that a slot of truth values is true.
func TruthVector(slot int) *Vector {
	c := &vectorBuilder{}
	run := c.truths(slot)
	return &Vector{run, c.registers}
}

func (c *vectorBuilder) junction(n *exprast.BinaryNode, and bool) vectorCondition {
	left, right := c.condition(n.Left), c.condition(n.Right)
	yes, no := c.mask(), c.mask()
	return func(b *Block) (*Mask, *Mask) {
		ly, ln := left(b)
		ry, rn := right(b)
		y, f := &b.masks[yes], &b.masks[no]
		if and {
			for w := range y {
				y[w], f[w] = ly[w]&ry[w], ln[w]|rn[w]
			}
		} else {
			for w := range y {
				y[w], f[w] = ly[w]|ry[w], ln[w]&rn[w]
			}
		}
		return y, f
	}
}

func (c *vectorBuilder) equality(n *exprast.BinaryNode) vectorCondition {
	left, right := c.condition(n.Left), c.condition(n.Right)
	yes, no, equal := c.mask(), c.mask(), n.Operator == "=="
	return func(b *Block) (*Mask, *Mask) {
		ly, ln := left(b)
		ry, rn := right(b)
		y, f := &b.masks[yes], &b.masks[no]
		for w := range y {
			y[w], f[w] = ly[w]&ry[w]|ln[w]&rn[w], ly[w]&rn[w]|ln[w]&ry[w]
		}
		if equal {
			return y, f
		}
		return f, y
	}
}

// texts compares a column of texts with a constant; other texts go row by row.
func (c *vectorBuilder) texts(n *exprast.BinaryNode, holds func(a, b string) bool, negated bool) vectorCondition {
	constant, ok := n.Right.(*exprast.StringNode)
	prefix, slot, isSlot := slotOf(n.Left)
	if !ok || !isSlot || prefix != 't' {
		return c.byRows(n)
	}
	yes, no, text := c.mask(), c.mask(), constant.Value
	return func(b *Block) (*Mask, *Mask) {
		column := b.column(slot)
		if column.Storage != Texts {
			return &noBits, &noBits
		}
		known, y, f := b.maskOf(column.Known), &b.masks[yes], &b.masks[no]
		*y = Mask{}
		for i := range known.Each {
			if holds(column.Text[b.start+i], text) {
				y[i/64] |= 1 << (i % 64)
			}
		}
		for w := range f {
			f[w] = known[w] &^ y[w]
		}
		if negated {
			return f, y
		}
		return y, f
	}
}

// member tests a set for a constant member.
func (c *vectorBuilder) member(n *exprast.CallNode) vectorCondition {
	bit, ok := constantOf(n.Arguments[1])
	if !ok || bit < 0 || bit > 63 {
		return c.byRows(n)
	}
	set, yes, no := c.number(n.Arguments[0]), c.mask(), c.mask()
	return func(b *Block) (*Mask, *Mask) {
		values, known := set(b)
		y, f := &b.masks[yes], &b.masks[no]
		for w := range y {
			var m uint64
			for j, v := range (*[64]int64)(values[w*64:]) {
				m |= uint64(v) >> uint(bit) & 1 << j
			}
			y[w], f[w] = m&known[w], known[w]&^m
		}
		return y, f
	}
}

// byRows evaluates anything by its closure, unit by unit.
func (c *vectorBuilder) byRows(n exprast.Node) vectorCondition {
	condition, yes, no := c.rows.condition(n), c.mask(), c.mask()
	unit, _ := Reads(n)
	return func(b *Block) (*Mask, *Mask) {
		y, f := &b.masks[yes], &b.masks[no]
		*y, *f = Mask{}, Mask{}
		b.each(unit, func(i int) {
			switch condition(b.Env) {
			case True:
				y[i/64] |= 1 << (i % 64)
			case False:
				f[i/64] |= 1 << (i % 64)
			case bail:
				b.Odd = true
			}
		})
		return y, f
	}
}

// each fills the slots of one unit after another and calls f.
func (b *Block) each(slots []int, f func(i int)) {
	saved := b.Env.Unit
	b.Env.Unit = b.row
	for i := 0; i < b.n && !b.Odd; i++ {
		for _, slot := range slots {
			if slot < len(b.row) {
				b.row[slot] = b.table.Slot(slot, b.start+i)
			}
		}
		f(i)
	}
	b.Env.Unit = saved
	if b.Env.Err != nil {
		b.Odd, b.Env.Err = true, nil
	}
}

func (c *vectorBuilder) comparison(n *exprast.BinaryNode) vectorCondition {
	if limit, ok := constantOf(n.Right); ok {
		if low, high, negated, ok := bounds(n.Operator, limit); ok {
			return c.within(n.Left, low, high, negated)
		}
	}
	left, right := c.number(n.Left), c.number(n.Right)
	yes, no := c.mask(), c.mask()
	op, negated := n.Operator, false
	switch op { // three kernels do for six operators
	case "!=":
		op, negated = "==", true
	case ">=":
		op, negated = "<", true
	case "<=":
		op, negated = ">", true
	}
	return func(b *Block) (*Mask, *Mask) {
		x, kx := left(b)
		y, ky := right(b)
		t, f := &b.masks[yes], &b.masks[no]
		for w := range t {
			p, q := (*[64]int64)(x[w*64:]), (*[64]int64)(y[w*64:])
			var m uint64
			switch op {
			case "==":
				for j := range p {
					m |= bitOf(p[j] == q[j]) << j
				}
			case "<":
				for j := range p {
					m |= bitOf(p[j] < q[j]) << j
				}
			default:
				for j := range p {
					m |= bitOf(p[j] > q[j]) << j
				}
			}
			known := kx[w] & ky[w]
			t[w], f[w] = m&known, known&^m
		}
		if negated {
			return f, t
		}
		return t, f
	}
}

func bitOf(b bool) uint64 {
	if b {
		return 1
	}
	return 0
}

// bounds turns a comparison with a constant into an interval.
func bounds(op string, limit int64) (low, high int64, negated, ok bool) {
	low, high = math.MinInt64, math.MaxInt64
	switch op {
	case "==", "!=":
		return limit, limit, op == "!=", true
	case "<":
		return low, limit - 1, false, limit != math.MinInt64
	case "<=":
		return low, limit, false, true
	case ">":
		return limit + 1, high, false, limit != math.MaxInt64
	}
	return limit, high, false, true
}

// within compares a number with constants; a difference of two columns, the
// commonest of all, is not stored in between.
func (c *vectorBuilder) within(n exprast.Node, low, high int64, negated bool) vectorCondition {
	yes, no := c.mask(), c.mask()
	width := uint64(high) - uint64(low)
	result := func(y, f *Mask) (*Mask, *Mask) {
		if negated {
			return f, y
		}
		return y, f
	}
	if d, ok := n.(*exprast.BinaryNode); ok && d.Operator == "-" {
		p, i, ok1 := slotOf(d.Left)
		q, k, ok2 := slotOf(d.Right)
		if ok1 && ok2 && p == 'u' && q == 'u' {
			return func(b *Block) (*Mask, *Mask) {
				left, right := b.column(i), b.column(k)
				kx, ky := left.known(b), right.known(b)
				x, z, y, f := left.numbers(b), right.numbers(b), &b.masks[yes], &b.masks[no]
				for w := range y {
					known := kx[w] & ky[w]
					m, odd := differences((*[64]int64)(x[w*64:]), (*[64]int64)(z[w*64:]), low, width)
					if odd && overflows(x[w*64:], z[w*64:], known) {
						b.Odd = true
					}
					y[w], f[w] = m&known, known&^m
				}
				return result(y, f)
			}
		}
	}
	number := c.number(n)
	return func(b *Block) (*Mask, *Mask) {
		x, known := number(b)
		y, f := &b.masks[yes], &b.masks[no]
		for w := range y {
			var m uint64
			for j, v := range (*[64]int64)(x[w*64:]) {
				m |= bitOf(uint64(v)-uint64(low) <= width) << j
			}
			y[w], f[w] = m&known[w], known[w]&^m
		}
		return result(y, f)
	}
}

// differences tells which of 64 differences lie in an interval, and whether
// any may have passed 64 bits.
func differences(x, y *[64]int64, low int64, width uint64) (within uint64, odd bool) {
	var over int64
	for j := range x {
		a, b := x[j], y[j]
		d := a - b
		over |= (a ^ b) & (a ^ d)
		within |= bitOf(uint64(d)-uint64(low) <= width) << j
	}
	return within, over < 0
}

// overflows looks again, at known values alone.
func overflows(x, y []int64, known uint64) bool {
	for j := range 64 {
		if known>>j&1 == 1 {
			if _, ok := sub(x[j], y[j]); !ok {
				return true
			}
		}
	}
	return false
}
