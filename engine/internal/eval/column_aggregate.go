package eval

import (
	"math/big"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
)

// Aggregate is one count, share, sum, mean, min or max, prepared for columns.
// Body is the node that it is over, by which Env.Aggregates names it.
type Aggregate struct {
	Body      exprast.Node
	condition *Vector       // of a count or share
	single    Condition     // the same for one unit
	number    *VectorNumber // of the others
	den       *big.Int
	counts    bool
	second    *Audit // of the body, where a second opinion is asked for
}

// Total is what an aggregate has gathered over units. The zero Total is over
// none.
type Total struct {
	Units, Yes, Open int64 // Open: neither true nor false, or a number not known
	sum, min, max    *big.Rat
	// Doubtful is the total of units that may not belong to those that are
	// aggregated; nil is none.
	Doubtful *Total
}

// Aggregates finds the aggregates of a checked expression and prepares each.
func Aggregates(l *Layout, n exprast.Node, env *Env) []*Aggregate {
	if n == nil {
		return nil
	}
	var out []*Aggregate
	switch n := n.(type) {
	case *exprast.UnaryNode:
		return Aggregates(l, n.Node, env)
	case *exprast.BinaryNode:
		return append(Aggregates(l, n.Left, env), Aggregates(l, n.Right, env)...)
	case *exprast.ArrayNode:
		for _, e := range n.Nodes {
			out = append(out, Aggregates(l, e, env)...)
		}
	case *exprast.CallNode:
		if name, ok := l.Info.Objects[n].(check.Builtin); ok && check.IsAggregate(string(name)) {
			return []*Aggregate{newAggregate(l, string(name), n.Arguments[0], env)}
		}
		for _, e := range n.Arguments {
			out = append(out, Aggregates(l, e, env)...)
		}
	}
	return out
}

func newAggregate(l *Layout, name string, body exprast.Node, env *Env) *Aggregate {
	a := &Aggregate{Body: body, counts: name == "count" || name == "share"}
	lw := &lowering{layout: l, env: env}
	if a.counts {
		if lowered := lw.condition(body); !lw.failed {
			a.condition, a.single = CompileVector(lowered), Compile(lowered)
		}
		return a
	}
	if v := lw.number(body); !lw.failed && v.constant == nil && v.dyn == nil {
		a.number, a.den = CompileVectorNumber(v.node), v.den
	}
	return a
}

// Add takes in the chosen units of a block. When it returns false nothing was
// taken in, and the units must be added one by one.
func (a *Aggregate) Add(b *Block, chosen *Mask, t *Total) bool {
	switch {
	case a.condition != nil:
		yes, no := a.condition.Evaluate(b)
		if b.Odd {
			return false
		}
		var units, held, open Mask
		units = *chosen
		for w := range units {
			held[w], open[w] = yes[w]&units[w], units[w]&^(yes[w]|no[w])
		}
		t.Units, t.Yes, t.Open = t.Units+int64(units.Count()), t.Yes+int64(held.Count()), t.Open+int64(open.Count())
		return true
	case a.number != nil:
		return a.addNumbers(b, chosen, t)
	}
	return false
}

func (a *Aggregate) addNumbers(b *Block, chosen *Mask, t *Total) bool {
	values, known := a.number.Evaluate(b)
	if b.Odd {
		return false
	}
	var sum, least, most int64
	first, open := true, 0
	for i := range chosen.Each {
		if known[i/64]>>(i%64)&1 == 0 {
			open++
			continue
		}
		v := values[i]
		var ok bool
		if sum, ok = add(sum, v); !ok {
			return false
		}
		if first {
			least, most, first = v, v, false
		}
		least, most = min(least, v), max(most, v)
	}
	t.Units, t.Open = t.Units+int64(chosen.Count()), t.Open+int64(open)
	if !first {
		ratio := func(n int64) *big.Rat { return new(big.Rat).SetFrac(big.NewInt(n), a.den) }
		t.take(ratio(sum), ratio(least), ratio(most))
	}
	return true
}

func (t *Total) take(sum, least, most *big.Rat) {
	if t.sum == nil {
		t.sum, t.min, t.max = new(big.Rat).Set(sum), least, most
		return
	}
	t.sum.Add(t.sum, sum)
	if least.Cmp(t.min) < 0 {
		t.min = least
	}
	if most.Cmp(t.max) > 0 {
		t.max = most
	}
}

// AddUnit takes in the unit of an evaluation.
func (a *Aggregate) AddUnit(x *Exact, t *Total) {
	t.Units++
	if a.counts {
		held := bail
		if a.single != nil {
			held = a.single(x.Env)
		}
		if held.Overflowed() {
			held = x.Condition(a.Body)
		}
		switch held {
		case True:
			t.Yes++
		case Maybe:
			t.Open++
		}
		return
	}
	if v := x.Value(a.Body); v.point() {
		t.take(v.Low, v.Low, v.Low)
	} else {
		t.Open++
	}
}

// Lacking is the units of the chosen ones for which the aggregate's body is
// open; false when they must be asked one by one.
func (a *Aggregate) Lacking(b *Block, chosen *Mask) (Mask, bool) {
	var out Mask
	switch {
	case a.condition != nil:
		yes, no := a.condition.Evaluate(b)
		for w := range out {
			out[w] = chosen[w] &^ (yes[w] | no[w])
		}
	case a.number != nil:
		_, known := a.number.Evaluate(b)
		for w := range out {
			out[w] = chosen[w] &^ known[w]
		}
	default:
		return out, false
	}
	return out, !b.Odd
}

// Merge takes in the total of other units.
func (t *Total) Merge(o *Total) {
	t.Units, t.Yes, t.Open = t.Units+o.Units, t.Yes+o.Yes, t.Open+o.Open
	if o.sum != nil {
		t.take(o.sum, o.min, o.max)
	}
}

// value is what Exact makes of a total.
func (t *Total) value(name string) Value {
	if t.Doubtful != nil && t.Doubtful.Units > 0 {
		return t.doubtful(name)
	}
	switch {
	case name == "count":
		return Value{Low: big.NewRat(t.Yes, 1), High: big.NewRat(t.Yes+t.Open, 1), Known: true}
	case t.Units == 0 && name == "sum":
		return whole(0)
	case t.Units == 0:
		return Value{Void: true}
	case name == "share":
		return Value{Low: big.NewRat(t.Yes, t.Units), High: big.NewRat(t.Yes+t.Open, t.Units), Known: true}
	case t.Open > 0:
		return Value{}
	}
	switch name {
	case "sum":
		return point(new(big.Rat).Set(t.sum))
	case "mean":
		return point(new(big.Rat).Quo(t.sum, big.NewRat(t.Units, 1)))
	case "min":
		return point(new(big.Rat).Set(t.min))
	}
	return point(new(big.Rat).Set(t.max))
}

// doubtful is a value whatever units belong: a count or share is least when
// none does for which the body may hold, and most when all of them do. Any
// other aggregate is unknown.
func (t *Total) doubtful(name string) Value {
	d := t.Doubtful
	most := t.Yes + t.Open + d.Yes + d.Open
	switch {
	case name == "count":
		return Value{Low: big.NewRat(t.Yes, 1), High: big.NewRat(most, 1), Known: true}
	case name == "share" && t.Units > 0:
		return Value{Low: big.NewRat(t.Yes, t.Units+d.Units-d.Yes), High: big.NewRat(most, t.Units+d.Yes+d.Open), Known: true}
	}
	return Value{}
}
