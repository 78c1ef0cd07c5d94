package eval

import (
	"fmt"
	"math/big"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
)

// Lower rewrites a checked condition into expr's tree over whole numbers,
// truth values and texts: decimals and ratios are multiplied out, times are
// nanoseconds, choices ordinals, computed fields and defines written in. The
// closures and expr's virtual machine read the same tree. Identifiers are
// slots: u3 of the unit, a3 its absence, s3 of the setting. It returns nil for
// a condition that only Exact can evaluate: one whose constants pass 64 bits.
func Lower(l *Layout, n exprast.Node, zone *Env) exprast.Node {
	lw := &lowering{layout: l, env: zone}
	out := lw.condition(n)
	if lw.failed {
		return nil
	}
	return out
}

type lowering struct {
	layout  *Layout
	env     *Env // for the zone of literal instants
	inside  bool // in the body of an aggregate
	subject bool // in a computed field of the subject
	failed  bool
}

// number is a lowered number: node divided by den and by dyn. A constant has
// no node.
type number struct {
	node     exprast.Node
	den      *big.Int
	dyn      exprast.Node
	constant *big.Rat
}

func integerNode(i int64) exprast.Node { return &exprast.IntegerNode{Value: int(i)} }
func ident(s string) exprast.Node      { return &exprast.IdentifierNode{Value: s} }
func call(f string, args ...exprast.Node) exprast.Node {
	return &exprast.CallNode{Callee: ident(f), Arguments: args}
}

func binary(op string, a, b exprast.Node) exprast.Node {
	return &exprast.BinaryNode{Operator: op, Left: a, Right: b}
}

func (lw *lowering) fail() exprast.Node {
	lw.failed = true
	return &exprast.BoolNode{}
}

func (lw *lowering) bigInt(i *big.Int) exprast.Node {
	if !i.IsInt64() {
		return lw.fail()
	}
	return integerNode(i.Int64())
}

// unit names a slot of the unit, or of the element in an aggregate.
func (lw *lowering) unit(prefix string, slot int) exprast.Node {
	name := fmt.Sprintf("%s%d", prefix, slot)
	if lw.inside {
		return &exprast.MemberNode{Node: &exprast.PointerNode{}, Property: &exprast.StringNode{Value: name}}
	}
	return ident(name)
}

// slot names the slot of a variable. The first letter tells the kind: u for
// numbers, t for texts, p for truth values, a for absence; in the setting they
// are s, T, P and b.
func (lw *lowering) slot(prefix string, v *check.Variable) exprast.Node {
	if prefix != "a" {
		prefix = kindPrefix(v.Type)
	}
	if v.Role == check.SubjectRole || lw.subject {
		i, ok := lw.layout.Subject[v.Key]
		if !ok {
			return lw.fail()
		}
		return ident(fmt.Sprintf("%s%d", settingPrefix[prefix], i))
	}
	i, ok := lw.layout.Slot(v)
	if !ok {
		return lw.fail()
	}
	return lw.unit(prefix, i)
}

var settingPrefix = map[string]string{"u": "s", "t": "T", "p": "P", "a": "b"}

func kindPrefix(t check.Type) string {
	switch t.Kind {
	case check.Text:
		return "t"
	case check.Bool:
		return "p"
	}
	return "u"
}

func (lw *lowering) setting(key any) exprast.Node {
	i, ok := lw.layout.Setting[key]
	if !ok {
		return lw.fail()
	}
	prefix := "u"
	if d, ok := key.(*check.Define); ok {
		prefix = kindPrefix(d.Type)
	}
	return ident(fmt.Sprintf("%s%d", settingPrefix[prefix], i))
}

func (lw *lowering) typeOf(n exprast.Node) check.Type { return lw.layout.Info.TypeOf(n) }

func (lw *lowering) condition(n exprast.Node) exprast.Node {
	switch o := lw.layout.Info.Objects[n].(type) {
	case *check.Variable:
		if o.Computed != nil {
			return lw.computed(o, lw.condition)
		}
		return lw.slot("u", o)
	case *check.Define:
		if o.Value != nil {
			return lw.condition(o.Value.Node)
		}
		return lw.setting(o)
	case check.Builtin:
		if c, ok := n.(*exprast.CallNode); ok && o == "same_day" {
			return binary("==", lw.days(c.Arguments[0]), lw.days(c.Arguments[1]))
		}
		return lw.fail()
	}
	switch n := n.(type) {
	case *exprast.BoolNode:
		return &exprast.BoolNode{Value: n.Value}
	case *exprast.UnaryNode:
		return &exprast.UnaryNode{Operator: "not", Node: lw.condition(n.Node)}
	case *exprast.BinaryNode:
		switch n.Operator {
		case "and", "or":
			return binary(n.Operator, lw.condition(n.Left), lw.condition(n.Right))
		case "in":
			return lw.in(n)
		case "contains":
			if lw.typeOf(n.Left).Kind == check.Text {
				return binary("contains", lw.text(n.Left), lw.text(n.Right))
			}
			return call("has", lw.plain(n.Left), lw.plain(n.Right))
		}
		if _, ok := n.Right.(*exprast.NilNode); ok {
			v, ok := lw.layout.Info.Objects[n.Left].(*check.Variable)
			if !ok {
				return lw.fail()
			}
			absent := lw.slot("a", v)
			if n.Operator == "!=" {
				return &exprast.UnaryNode{Operator: "not", Node: absent}
			}
			return absent
		}
		return lw.comparison(n.Operator, n.Left, n.Right)
	}
	return lw.fail()
}

// computed writes the expression of a computed field in.
func (lw *lowering) computed(v *check.Variable, lower func(exprast.Node) exprast.Node) exprast.Node {
	old := lw.subject
	lw.subject = lw.subject || v.Role == check.SubjectRole
	defer func() { lw.subject = old }()
	return lower(v.Computed.Node)
}

func (lw *lowering) comparison(op string, left, right exprast.Node) exprast.Node {
	switch lw.typeOf(left).Kind {
	case check.Text:
		return binary(op, lw.text(left), lw.text(right))
	case check.Bool:
		return binary(op, lw.condition(left), lw.condition(right))
	}
	return lw.compare(op, lw.number(left), lw.number(right))
}

// compare multiplies both sides out: l/dl op r/dr becomes l*dr op r*dl, with
// the common factor of constant denominators taken out.
func (lw *lowering) compare(op string, l, r number) exprast.Node {
	if l.constant != nil && r.constant != nil {
		return &exprast.BoolNode{Value: Compare(op, point(l.constant), point(r.constant), false) == True}
	}
	lden, rden := l.denominator(), r.denominator()
	g := new(big.Int).GCD(nil, nil, lden, rden)
	side := func(n number, factor *big.Int, dyn exprast.Node) exprast.Node {
		var out exprast.Node
		if n.constant != nil {
			out = lw.bigInt(new(big.Int).Mul(n.constant.Num(), factor))
		} else {
			out = times(n.node, lw.bigInt(factor))
		}
		if dyn != nil {
			out = times(out, dyn)
		}
		return out
	}
	return binary(op, side(l, new(big.Int).Quo(rden, g), r.dyn), side(r, new(big.Int).Quo(lden, g), l.dyn))
}

func (n number) denominator() *big.Int {
	if n.constant != nil {
		return n.constant.Denom()
	}
	return n.den
}

// times multiplies, leaving out factors of one and folding whole numbers that
// cannot overflow.
func times(a, b exprast.Node) exprast.Node {
	if i, ok := b.(*exprast.IntegerNode); ok && i.Value == 1 {
		return a
	}
	if i, ok := a.(*exprast.IntegerNode); ok && i.Value == 1 {
		return b
	}
	return binary("*", a, b)
}

var one = big.NewInt(1)

// number lowers anything that is compared as a number.
func (lw *lowering) number(n exprast.Node) number {
	fixed := func(node exprast.Node) number { return number{node: node, den: one} }
	constant := func(r *big.Rat) number { return number{constant: r} }
	switch o := lw.layout.Info.Objects[n].(type) {
	case *check.Variable:
		if o.Computed != nil {
			var out number
			lw.computed(o, func(body exprast.Node) exprast.Node { out = lw.number(body); return nil })
			return out
		}
		return number{node: lw.slot("u", o), den: scale(o.Type)}
	case *check.Member:
		return constant(new(big.Rat).SetInt64(int64(o.Ordinal)))
	case *check.Define:
		if o.Value != nil {
			return lw.number(o.Value.Node)
		}
		return number{node: lw.setting(o), den: scale(o.Type)}
	case *check.Population:
		return fixed(lw.setting(o))
	case check.Builtin:
		if c, ok := n.(*exprast.CallNode); ok {
			return lw.function(string(o), c)
		}
		return fixed(lw.setting(o))
	}
	switch n := n.(type) {
	case *exprast.ConstantNode:
		x := Exact{Layout: lw.layout, Env: lw.env}
		if v := x.literal(n.Value); v.Known {
			return constant(v.Low)
		}
	case *exprast.UnaryNode:
		v := lw.number(n.Node)
		if v.constant != nil {
			return constant(new(big.Rat).Neg(v.constant))
		}
		v.node = &exprast.UnaryNode{Operator: "-", Node: v.node}
		return v
	case *exprast.BinaryNode:
		return lw.arithmetic(n)
	}
	lw.fail()
	return fixed(integerNode(0))
}

func scale(t check.Type) *big.Int {
	if t.Kind == check.Number && !t.Whole {
		return big.NewInt(Millionths)
	}
	return one
}

func (lw *lowering) arithmetic(n *exprast.BinaryNode) number {
	a, b := lw.number(n.Left), lw.number(n.Right)
	if a.constant != nil && b.constant != nil {
		if r := check.Constant(lw.layout.Info, n); r != nil {
			return number{constant: r}
		}
	}
	switch n.Operator {
	case "+", "-":
		a, b, den, dyn := lw.common(a, b)
		return number{node: binary(n.Operator, a, b), den: den, dyn: dyn}
	case "*":
		if a.constant != nil {
			a, b = b, a
		}
		if a.constant != nil || (a.dyn != nil && b.dyn != nil) {
			lw.fail()
			return a
		}
		if b.constant != nil {
			return number{node: times(a.node, lw.bigInt(b.constant.Num())), den: new(big.Int).Mul(a.den, b.constant.Denom()), dyn: a.dyn}
		}
		dyn := a.dyn
		if dyn == nil {
			dyn = b.dyn
		}
		return number{node: binary("*", a.node, b.node), den: new(big.Int).Mul(a.den, b.den), dyn: dyn}
	case "/":
		c := check.Constant(lw.layout.Info, n.Right)
		if c == nil || c.Sign() == 0 || a.constant != nil {
			lw.fail()
			return a
		}
		num, den := new(big.Int).Set(c.Denom()), new(big.Int).Set(c.Num())
		if den.Sign() < 0 {
			num.Neg(num)
			den.Neg(den)
		}
		return number{node: times(a.node, lw.bigInt(num)), den: new(big.Int).Mul(a.den, den), dyn: a.dyn}
	}
	lw.fail()
	return a
}

// common brings two numbers to one denominator.
func (lw *lowering) common(a, b number) (exprast.Node, exprast.Node, *big.Int, exprast.Node) {
	if a.dyn != nil || b.dyn != nil {
		// A ratio beside another number is rare; Exact does it.
		lw.fail()
		return integerNode(0), integerNode(0), one, nil
	}
	ad, bd := a.denominator(), b.denominator()
	g := new(big.Int).GCD(nil, nil, ad, bd)
	af, bf := new(big.Int).Quo(bd, g), new(big.Int).Quo(ad, g)
	side := func(n number, factor *big.Int) exprast.Node {
		if n.constant != nil {
			return lw.bigInt(new(big.Int).Mul(n.constant.Num(), factor))
		}
		return times(n.node, lw.bigInt(factor))
	}
	return side(a, af), side(b, bf), new(big.Int).Mul(ad, af), nil
}

func (lw *lowering) function(name string, n *exprast.CallNode) number {
	fixed := func(node exprast.Node) number { return number{node: node, den: one} }
	arg := func(i int) exprast.Node { return n.Arguments[i] }
	if check.IsAggregate(name) {
		return lw.aggregate(name, arg(0))
	}
	switch name {
	case "if":
		a, b := lw.number(arg(1)), lw.number(arg(2))
		an, bn, den, dyn := lw.common(a, b)
		return number{node: &exprast.ConditionalNode{Cond: lw.condition(arg(0)), Exp1: an, Exp2: bn}, den: den, dyn: dyn}
	case "day":
		return fixed(call("dayOfMonth", lw.days(arg(0))))
	case "month":
		return fixed(call("monthOfYear", lw.days(arg(0))))
	case "date":
		return fixed(lw.days(arg(0)))
	case "clock":
		return fixed(call("clockOf", lw.plain(arg(0))))
	case "days":
		return fixed(binary("-", lw.days(arg(1)), lw.days(arg(0))))
	case "workdays":
		return fixed(call("workdays", lw.days(arg(0)), lw.days(arg(1))))
	case "size":
		if lw.typeOf(arg(0)).Kind == check.Text {
			return fixed(call("characters", lw.text(arg(0))))
		}
		return fixed(call("members", lw.plain(arg(0))))
	case "lacking":
		return fixed(binary("-", integerNode(fullSet(lw.typeOf(arg(0)).Choice)), lw.plain(arg(0))))
	case "abs":
		v := lw.number(arg(0))
		if v.constant != nil {
			return number{constant: new(big.Rat).Abs(v.constant)}
		}
		v.node = call("magnitude", v.node)
		return v
	case "round":
		v := lw.number(arg(0))
		if v.constant != nil {
			return number{constant: roundHalfUp(v.constant)}
		}
		if v.dyn != nil {
			lw.fail()
		}
		return fixed(call("roundTo", v.node, lw.bigInt(v.den)))
	}
	lw.fail()
	return fixed(integerNode(0))
}

// plain lowers a value without denominator: a time, a choice, a set.
func (lw *lowering) plain(n exprast.Node) exprast.Node {
	v := lw.number(n)
	switch {
	case v.constant != nil:
		if !v.constant.IsInt() {
			return lw.fail()
		}
		return lw.bigInt(v.constant.Num())
	case v.den.Cmp(one) != 0 || v.dyn != nil:
		return lw.fail()
	}
	return v.node
}

// days lowers a time or date to its day.
func (lw *lowering) days(n exprast.Node) exprast.Node {
	if lw.typeOf(n).Kind == check.Time {
		return call("dayOf", lw.plain(n))
	}
	return lw.plain(n)
}

func (lw *lowering) text(n exprast.Node) exprast.Node {
	switch o := lw.layout.Info.Objects[n].(type) {
	case *check.Variable:
		if o.Computed != nil {
			return lw.computed(o, lw.text)
		}
		return lw.slot("u", o)
	case *check.Define:
		if o.Value != nil {
			return lw.text(o.Value.Node)
		}
		return lw.setting(o)
	case check.Builtin:
		if c, ok := n.(*exprast.CallNode); ok && o == "if" {
			return &exprast.ConditionalNode{Cond: lw.condition(c.Arguments[0]), Exp1: lw.text(c.Arguments[1]), Exp2: lw.text(c.Arguments[2])}
		}
	}
	if s, ok := n.(*exprast.StringNode); ok {
		return &exprast.StringNode{Value: s.Value}
	}
	return lw.fail()
}

func (lw *lowering) in(n *exprast.BinaryNode) exprast.Node {
	switch group := n.Right.(type) {
	case *exprast.ArrayNode:
		var out exprast.Node
		for _, e := range group.Nodes {
			equal := lw.comparison("==", n.Left, e)
			if out == nil {
				out = equal
			} else {
				out = binary("or", out, equal)
			}
		}
		return out
	case *exprast.BinaryNode:
		if group.Operator == ".." {
			return binary("and", lw.comparison(">=", n.Left, group.Left), lw.comparison("<=", n.Left, group.Right))
		}
	}
	if lw.layout.Info.Objects[n.Right] == check.Builtin("period") {
		left := lw.plain(n.Left)
		if lw.typeOf(n.Left).Kind == check.Date {
			return binary("and", binary(">=", left, lw.setting(FirstDay)), binary("<=", left, lw.setting(LastDay)))
		}
		return binary("and", binary(">=", left, lw.setting(PeriodStart)), binary("<", left, lw.setting(PeriodEnd)))
	}
	return call("has", lw.plain(n.Right), lw.plain(n.Left))
}

// aggregate lowers to expr's own builtins over the units.
func (lw *lowering) aggregate(name string, body exprast.Node) number {
	lw.inside = true
	defer func() { lw.inside = false }()
	units := ident("units")
	size := &exprast.BuiltinNode{Name: "len", Arguments: []exprast.Node{units}}
	over := func(builtin string, predicate exprast.Node) exprast.Node {
		return &exprast.BuiltinNode{Name: builtin, Arguments: []exprast.Node{units, &exprast.PredicateNode{Node: predicate}}}
	}
	if name == "count" || name == "share" {
		out := number{node: over("count", lw.condition(body)), den: one}
		if name == "share" {
			out.dyn = size
		}
		return out
	}
	v := lw.number(body)
	if v.constant != nil || v.dyn != nil {
		lw.fail()
		return number{node: integerNode(0), den: one}
	}
	switch name {
	case "sum":
		return number{node: over("sum", v.node), den: v.den}
	case "mean":
		return number{node: over("sum", v.node), den: v.den, dyn: size}
	}
	return number{node: &exprast.BuiltinNode{Name: name, Arguments: []exprast.Node{over("map", v.node)}}, den: v.den}
}
