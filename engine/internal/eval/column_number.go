package eval

import (
	"math"

	exprast "github.com/expr-lang/expr/ast"
)

// number compiles a number of every unit.
func (c *vectorBuilder) number(n exprast.Node) vectorNumber {
	if unit, _ := Reads(n); len(unit) == 0 {
		return c.broadcast(n)
	}
	if _, slot, ok := slotOf(n); ok {
		return func(b *Block) ([]int64, *Mask) {
			column := b.column(slot)
			return column.numbers(b), column.known(b)
		}
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		inner, out := c.number(n.Node), c.vector()
		return func(b *Block) ([]int64, *Mask) {
			x, known := inner(b)
			r := b.vector(out)
			for i, v := range x {
				if v == math.MinInt64 {
					b.Odd = true
				}
				r[i] = -v
			}
			return r, known
		}
	case *exprast.BinaryNode:
		return c.arithmetic(n)
	case *exprast.ConditionalNode:
		return c.conditional(n)
	case *exprast.CallNode:
		return c.function(n)
	}
	return c.numberByRows(n)
}

// broadcast repeats what is the same for all units.
func (c *vectorBuilder) broadcast(n exprast.Node) vectorNumber {
	value, out, mask := c.rows.point(n), c.vector(), c.mask()
	return func(b *Block) ([]int64, *Mask) {
		v, s := value(b.Env)
		if b.Env.Err != nil {
			b.Odd, b.Env.Err = true, nil
		}
		r, known := b.vector(out), &b.masks[mask]
		*known = Mask{}
		switch s {
		case overflow:
			b.Odd = true
		case isKnown:
			*known = b.valid
		}
		for i := range r {
			r[i] = v
		}
		return r, known
	}
}

// isKnown is the status known, where a local variable has its name.
const isKnown = known

func (c *vectorBuilder) arithmetic(n *exprast.BinaryNode) vectorNumber {
	left, right := c.number(n.Left), c.number(n.Right)
	out, mask := c.vector(), c.mask()
	combine := map[string]func(x, y int64) (int64, bool){"+": add, "-": sub, "*": mul}[n.Operator]
	kernel := map[string]func(r, x, y []int64) bool{"+": addAll, "-": subtractAll, "*": multiplyAll}[n.Operator]
	return func(b *Block) ([]int64, *Mask) {
		x, kx := left(b)
		y, ky := right(b)
		r, known := b.vector(out), &b.masks[mask]
		for w := range known {
			known[w] = kx[w] & ky[w]
		}
		if kernel(r[:BlockSize], x[:BlockSize], y[:BlockSize]) {
			for i := range known.Each { // only known values count
				if _, ok := combine(x[i], y[i]); !ok {
					b.Odd = true
					break
				}
			}
		}
		return r, known
	}
}

// The kernels tell whether some result may have passed 64 bits.

func addAll(r, x, y []int64) bool {
	var over int64
	for i := range r {
		s := x[i] + y[i]
		over |= (x[i] ^ s) & (y[i] ^ s)
		r[i] = s
	}
	return over < 0
}

func subtractAll(r, x, y []int64) bool {
	var over int64
	for i := range r {
		d := x[i] - y[i]
		over |= (x[i] ^ y[i]) & (x[i] ^ d)
		r[i] = d
	}
	return over < 0
}

func multiplyAll(r, x, y []int64) bool {
	over := false
	for i := range r {
		p, ok := mul(x[i], y[i])
		over = over || !ok
		r[i] = p
	}
	return over
}

func (c *vectorBuilder) conditional(n *exprast.ConditionalNode) vectorNumber {
	cond, first, second := c.condition(n.Cond), c.number(n.Exp1), c.number(n.Exp2)
	out, mask := c.vector(), c.mask()
	return func(b *Block) ([]int64, *Mask) {
		yes, no := cond(b)
		x, kx := first(b)
		y, ky := second(b)
		r, known := b.vector(out), &b.masks[mask]
		for w := range known {
			known[w] = yes[w]&kx[w] | no[w]&ky[w]
			for j := range 64 {
				v := y[w*64+j]
				if yes[w]>>j&1 == 1 {
					v = x[w*64+j]
				}
				r[w*64+j] = v
			}
		}
		return r, known
	}
}

// function applies a function of one or two numbers unit by unit.
func (c *vectorBuilder) function(n *exprast.CallNode) vectorNumber {
	f := scalar[n.Callee.(*exprast.IdentifierNode).Value]
	if f == nil {
		return c.numberByRows(n)
	}
	first := c.number(n.Arguments[0])
	second := first
	if len(n.Arguments) > 1 {
		second = c.number(n.Arguments[1])
	}
	out, mask := c.vector(), c.mask()
	return func(b *Block) ([]int64, *Mask) {
		x, kx := first(b)
		y, ky := second(b)
		r, known := b.vector(out), &b.masks[mask]
		for w := range known {
			known[w] = kx[w] & ky[w]
		}
		both := *known
		for i := range both.Each {
			v, s := f(b.Env, x[i], y[i])
			switch s {
			case overflow:
				b.Odd = true
			case unknown:
				known[i/64] &^= 1 << (i % 64)
			}
			r[i] = v
		}
		if b.Env.Err != nil {
			b.Odd, b.Env.Err = true, nil
		}
		return r, known
	}
}

func (c *vectorBuilder) numberByRows(n exprast.Node) vectorNumber {
	value, out, mask := c.rows.point(n), c.vector(), c.mask()
	unit, _ := Reads(n)
	return func(b *Block) ([]int64, *Mask) {
		r, known := b.vector(out), &b.masks[mask]
		*known = Mask{}
		b.each(unit, func(i int) {
			v, s := value(b.Env)
			switch s {
			case overflow:
				b.Odd = true
			case isKnown:
				known[i/64] |= 1 << (i % 64)
			}
			r[i] = v
		})
		return r, known
	}
}
