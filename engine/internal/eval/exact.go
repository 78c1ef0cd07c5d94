package eval

import (
	"math/big"
	"math/bits"
	"strings"
	"time"
	"unicode/utf8"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
)

// Value is a value as Exact computes it. A known number is the interval
// Low..High: one point, except for counts and shares over units of which some
// are unknown. Everything but texts is a number, in the units of Slot but
// without the scale of millionths.
type Value struct {
	Low, High *big.Rat // nil when not known
	Text      string
	Known     bool
	// Void marks the value of a division by zero: not applicable.
	Void bool
}

// Truth is a truth value of Kleene's logic.
type Truth uint8

// The zero Truth is False.
const (
	False Truth = iota
	True
	Maybe
	bail // too large for 64 bits: ask Exact
)

func (t Truth) not() Truth {
	switch t {
	case False:
		return True
	case True:
		return False
	}
	return t
}

func truth(b bool) Truth {
	if b {
		return True
	}
	return False
}

// Exact evaluates by walking the checked tree, following the tables of SPEC.md
// line by line.
type Exact struct {
	Layout *Layout
	Env    *Env
	// subject is set inside a computed field of the subject, whose fields are
	// then read from the setting.
	subject bool
}

// Within is x inside the expression of a computed field, whose names are those
// of the field's own record.
func (x Exact) Within(v *check.Variable) Exact {
	x.subject = x.subject || v.Role == check.SubjectRole
	return x
}

func point(r *big.Rat) Value { return Value{Low: r, High: r, Known: true} }
func whole(i int64) Value    { return point(new(big.Rat).SetInt64(i)) }
func (v Value) point() bool  { return v.Known && v.Low.Cmp(v.High) == 0 }
func boolean(t Truth) (out Value) {
	if t == Maybe {
		return Value{}
	}
	return whole(int64(t))
}

// Slot reads the slot of a variable, or nil for one that holds no slot.
func (x *Exact) Slot(v *check.Variable) *Slot {
	if v.Role == check.SubjectRole || x.subject {
		if i, ok := x.Layout.Subject[v.Key]; ok && i < len(x.Env.Setting) {
			return &x.Env.Setting[i]
		}
		return nil
	}
	if i, ok := x.Layout.Slot(v); ok && i < len(x.Env.Unit) {
		return &x.Env.Unit[i]
	}
	return nil
}

func (x *Exact) setting(key any) *Slot {
	if i, ok := x.Layout.Setting[key]; ok && i < len(x.Env.Setting) {
		return &x.Env.Setting[i]
	}
	return nil
}

func slotValue(s *Slot, t check.Type) Value {
	if s == nil || s.State != Known {
		return Value{}
	}
	if t.Kind == check.Text {
		return Value{Text: s.Text, Known: true}
	}
	r := new(big.Rat).SetInt64(s.Num)
	if t.Kind == check.Number && !t.Whole {
		r.SetFrac64(s.Num, Millionths)
	}
	return point(r)
}

// Condition evaluates a condition.
func (x *Exact) Condition(n exprast.Node) Truth {
	switch n := n.(type) {
	case *exprast.BoolNode:
		return truth(n.Value)
	case *exprast.UnaryNode:
		return x.Condition(n.Node).not()
	case *exprast.BinaryNode:
		switch n.Operator {
		case "and":
			// A side that decides leaves the other unread, and with it a year
			// that the calendar may not have.
			left := x.Condition(n.Left)
			if left == False {
				return False
			}
			return min3(left, x.Condition(n.Right))
		case "or":
			left := x.Condition(n.Left)
			if left == True {
				return True
			}
			return min3(left.not(), x.Condition(n.Right).not()).not()
		case "in":
			return x.in(n)
		case "contains":
			return x.contains(n)
		}
		if _, ok := n.Right.(*exprast.NilNode); ok {
			t := x.absent(n.Left)
			if n.Operator == "!=" {
				t = t.not()
			}
			return t
		}
		return x.compare(n)
	}
	v := x.Value(n)
	if !v.Known {
		return Maybe
	}
	return truth(v.Low.Sign() != 0)
}

// min3 is Kleene's conjunction: false decides, then unknown.
func min3(a, b Truth) Truth {
	switch {
	case a == False || b == False:
		return False
	case a == Maybe || b == Maybe:
		return Maybe
	}
	return True
}

func (x *Exact) absent(n exprast.Node) Truth {
	v, ok := x.Layout.Info.Objects[n].(*check.Variable)
	if !ok {
		return Maybe
	}
	if s := x.Slot(v); s != nil && s.State != Unknown {
		return truth(s.State == Absent)
	}
	return Maybe
}

func (x *Exact) compare(n *exprast.BinaryNode) Truth {
	a, b := x.Value(n.Left), x.Value(n.Right)
	return Compare(n.Operator, a, b, x.Layout.Info.TypeOf(n.Left).Kind == check.Text)
}

// Compare decides a comparison of two values; intervals decide it when all
// their points agree.
func Compare(op string, a, b Value, text bool) Truth {
	if !a.Known || !b.Known {
		return Maybe
	}
	if text {
		switch op {
		case "==":
			return truth(a.Text == b.Text)
		case "!=":
			return truth(a.Text != b.Text)
		}
		return Maybe
	}
	switch op {
	case "<":
		return less(a, b)
	case ">=":
		return less(a, b).not()
	case ">":
		return less(b, a)
	case "<=":
		return less(b, a).not()
	case "==", "!=":
		t := Maybe
		switch {
		case a.point() && b.point():
			t = truth(a.Low.Cmp(b.Low) == 0)
		case a.High.Cmp(b.Low) < 0 || b.High.Cmp(a.Low) < 0:
			t = False
		}
		if op == "!=" {
			t = t.not()
		}
		return t
	}
	return Maybe
}

func less(a, b Value) Truth {
	switch {
	case a.High.Cmp(b.Low) < 0:
		return True
	case a.Low.Cmp(b.High) >= 0:
		return False
	}
	return Maybe
}

func (x *Exact) in(n *exprast.BinaryNode) Truth {
	left := x.Value(n.Left)
	text := x.Layout.Info.TypeOf(n.Left).Kind == check.Text
	switch group := n.Right.(type) {
	case *exprast.ArrayNode:
		out := False
		for _, e := range group.Nodes {
			out = min3(out.not(), Compare("==", left, x.Value(e), text).not()).not()
		}
		return out
	case *exprast.BinaryNode:
		if group.Operator == ".." {
			return min3(Compare(">=", left, x.Value(group.Left), false), Compare("<=", left, x.Value(group.Right), false))
		}
	}
	if x.Layout.Info.Objects[n.Right] == check.Builtin("period") {
		if x.Layout.Info.TypeOf(n.Left).Kind == check.Date {
			return min3(Compare(">=", left, slotValue(x.setting(FirstDay), check.Type{}), false), Compare("<=", left, slotValue(x.setting(LastDay), check.Type{}), false))
		}
		return min3(Compare(">=", left, slotValue(x.setting(PeriodStart), check.Type{}), false), Compare("<", left, slotValue(x.setting(PeriodEnd), check.Type{}), false))
	}
	return hasBit(x.Value(n.Right), left)
}

func hasBit(set, member Value) Truth {
	if !set.Known || !member.Known {
		return Maybe
	}
	return truth(set.Low.Num().Int64()>>uint(member.Low.Num().Int64())&1 == 1)
}

func (x *Exact) contains(n *exprast.BinaryNode) Truth {
	a, b := x.Value(n.Left), x.Value(n.Right)
	if x.Layout.Info.TypeOf(n.Left).Kind == check.Text {
		if !a.Known || !b.Known {
			return Maybe
		}
		return truth(strings.Contains(a.Text, b.Text))
	}
	return hasBit(a, b)
}

// Value evaluates anything; a condition gives 0 or 1.
func (x *Exact) Value(n exprast.Node) Value {
	switch o := x.Layout.Info.Objects[n].(type) {
	case *check.Variable:
		return x.variable(o)
	case *check.Member:
		return whole(int64(o.Ordinal))
	case *check.Define:
		if o.Value != nil {
			return x.Value(o.Value.Node)
		}
		return slotValue(x.setting(o), o.Type)
	case *check.Population:
		return slotValue(x.setting(o), check.Type{Kind: check.Number, Whole: true})
	case check.Builtin:
		if call, ok := n.(*exprast.CallNode); ok {
			return x.call(string(o), call)
		}
		return slotValue(x.setting(o), check.Type{})
	}
	switch n := n.(type) {
	case *exprast.StringNode:
		return Value{Text: n.Value, Known: true}
	case *exprast.ConstantNode:
		return x.literal(n.Value)
	case *exprast.UnaryNode:
		if n.Operator == "-" {
			v := x.Value(n.Node)
			if !v.Known {
				return v
			}
			return Value{Low: new(big.Rat).Neg(v.High), High: new(big.Rat).Neg(v.Low), Known: true}
		}
	case *exprast.BinaryNode:
		switch n.Operator {
		case "+", "-", "*", "/":
			return x.arithmetic(n)
		}
	}
	return boolean(x.Condition(n))
}

func (x *Exact) variable(v *check.Variable) Value {
	if v.Role == check.OutcomeRole && len(x.Env.Unit) == 2 {
		// The unit is an item: its best and its worst possible outcome.
		return Value{Low: new(big.Rat).SetInt64(x.Env.Unit[0].Num), High: new(big.Rat).SetInt64(x.Env.Unit[1].Num), Known: true}
	}
	if v.Computed != nil {
		inner := x.Within(v)
		return inner.Value(v.Computed.Node)
	}
	return slotValue(x.Slot(v), v.Type)
}

func (x *Exact) literal(v any) Value {
	switch v := v.(type) {
	case ast.Number:
		return point(v.Value)
	case ast.Duration:
		return whole(int64(v.Value))
	case ast.Clock:
		return whole(int64(v.SinceMidnight))
	case ast.Date:
		return whole(DayNumber(v))
	case ast.Instant:
		return whole(x.Env.Instant(v))
	}
	return Value{}
}

// DayNumber is a date in days since 1970-01-01.
func DayNumber(d ast.Date) int64 {
	return time.Date(d.Year, d.Month, d.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400
}

// Instant is a date and time of day in the zone of the evaluation, in
// nanoseconds since 1970.
func (e *Env) Instant(i ast.Instant) int64 {
	zone := e.Zone
	if zone == nil {
		zone = time.UTC
	}
	t := time.Date(i.Date.Year, i.Date.Month, i.Date.Day, 0, 0, 0, 0, zone)
	if i.Clock != nil {
		s := i.Clock.SinceMidnight
		t = time.Date(i.Date.Year, i.Date.Month, i.Date.Day, int(s/time.Hour), int(s/time.Minute%60), int(s/time.Second%60), 0, zone)
	}
	return t.UnixNano()
}

func (x *Exact) arithmetic(n *exprast.BinaryNode) Value {
	a, b := x.Value(n.Left), x.Value(n.Right)
	if !a.Known || !b.Known {
		return Value{Void: a.Void || b.Void} // what rests on nothing is nothing
	}
	if n.Operator == "/" && b.Low.Sign() == 0 && b.High.Sign() == 0 {
		return Value{Void: true}
	}
	if n.Operator == "/" && b.Low.Sign() <= 0 && b.High.Sign() >= 0 {
		return Value{}
	}
	combine := map[string]func(p, q *big.Rat) *big.Rat{
		"+": func(p, q *big.Rat) *big.Rat { return new(big.Rat).Add(p, q) },
		"-": func(p, q *big.Rat) *big.Rat { return new(big.Rat).Sub(p, q) },
		"*": func(p, q *big.Rat) *big.Rat { return new(big.Rat).Mul(p, q) },
		"/": func(p, q *big.Rat) *big.Rat { return new(big.Rat).Quo(p, q) },
	}[n.Operator]
	// Each operation is monotone in each operand, so the ends of the result
	// are among the four combinations of the ends.
	out := Value{Known: true}
	for _, p := range []*big.Rat{a.Low, a.High} {
		for _, q := range []*big.Rat{b.Low, b.High} {
			r := combine(p, q)
			if out.Low == nil || r.Cmp(out.Low) < 0 {
				out.Low = r
			}
			if out.High == nil || r.Cmp(out.High) > 0 {
				out.High = r
			}
		}
	}
	return out
}

func (x *Exact) call(name string, n *exprast.CallNode) Value {
	if check.IsAggregate(name) {
		return x.aggregate(name, n.Arguments[0])
	}
	if name == "if" {
		switch x.Condition(n.Arguments[0]) {
		case True:
			return x.Value(n.Arguments[1])
		case False:
			return x.Value(n.Arguments[2])
		}
		return Value{}
	}
	args := make([]Value, len(n.Arguments))
	known, void := true, false
	for i, a := range n.Arguments {
		args[i] = x.Value(a)
		known, void = known && args[i].Known, void || args[i].Void
	}
	if !known {
		return Value{Void: void}
	}
	kind := func(i int) check.Kind { return x.Layout.Info.TypeOf(n.Arguments[i]).Kind }
	integer := func(i int) int64 { return args[i].Low.Num().Int64() }
	for i := range args {
		if kind(i) != check.Time {
			continue
		}
		if _, ok := moment(args[i].Low); !ok {
			return Value{} // no calendar tells the day of so far an instant
		}
	}
	days := func(i int) int64 {
		if kind(i) == check.Time {
			at, _ := moment(args[i].Low)
			return dayOf(at, x.Env.Zone)
		}
		return integer(i)
	}
	switch name {
	case "day":
		return whole(int64(civil(days(0)).Day()))
	case "month":
		return whole(int64(civil(days(0)).Month()))
	case "date":
		return whole(days(0))
	case "clock":
		at, _ := moment(args[0].Low)
		return whole(clockOf(at, x.Env.Zone))
	case "same_day":
		return boolean(truth(days(0) == days(1)))
	case "days":
		return whole(days(1) - days(0))
	case "workdays":
		count, ok := x.Env.workdays(days(0), days(1))
		if !ok {
			return Value{}
		}
		return whole(count)
	case "size":
		if kind(0) == check.Text {
			return whole(int64(utf8.RuneCountInString(args[0].Text)))
		}
		return whole(int64(bits.OnesCount64(uint64(integer(0)))))
	case "lacking":
		return whole(fullSet(x.Layout.Info.TypeOf(n.Arguments[0]).Choice) &^ integer(0))
	case "abs":
		low, high := new(big.Rat).Abs(args[0].Low), new(big.Rat).Abs(args[0].High)
		if args[0].Low.Sign() < 0 && args[0].High.Sign() > 0 {
			if high.Cmp(low) < 0 {
				high = low
			}
			return Value{Low: new(big.Rat), High: high, Known: true}
		}
		if low.Cmp(high) > 0 {
			low, high = high, low
		}
		return Value{Low: low, High: high, Known: true}
	case "round":
		return Value{Low: roundHalfUp(args[0].Low), High: roundHalfUp(args[0].High), Known: true}
	}
	return Value{}
}

// moment is the instant of exact nanoseconds since 1970, the part below a
// nanosecond cut off; ok is false some 30,000 years away.
func moment(ns *big.Rat) (at time.Time, ok bool) {
	whole := new(big.Int).Div(ns.Num(), ns.Denom()) // rounds down
	seconds, rest := new(big.Int).DivMod(whole, big.NewInt(int64(time.Second)), new(big.Int))
	if seconds.BitLen() > 40 {
		return time.Time{}, false
	}
	return time.Unix(seconds.Int64(), rest.Int64()), true
}

// roundHalfUp rounds to a whole number, halves away from zero.
func roundHalfUp(r *big.Rat) *big.Rat {
	two := big.NewInt(2)
	num := new(big.Int).Mul(new(big.Int).Abs(r.Num()), two)
	num.Add(num, r.Denom()).Quo(num, new(big.Int).Mul(r.Denom(), two))
	if r.Sign() < 0 {
		num.Neg(num)
	}
	return new(big.Rat).SetInt(num)
}

func fullSet(c *check.ChoiceType) int64 { return int64(1)<<uint(len(c.Members)) - 1 }

// workdays asks the calendar; a year it does not know leaves the count
// unknown and the error behind.
func (e *Env) workdays(a, b int64) (int64, bool) {
	if e.Calendar == nil {
		return 0, false
	}
	n, err := e.Calendar.BusinessDays(a, b)
	if err != nil {
		if e.Err == nil {
			e.Err = err
		}
		return 0, false
	}
	return n, true
}

func (x *Exact) aggregate(name string, body exprast.Node) Value {
	if t := x.Env.Aggregates[body]; t != nil {
		return t.value(name)
	}
	inner := *x
	env := *x.Env
	inner.Env = &env
	n := int64(len(x.Env.Units))
	if name == "count" || name == "share" {
		var yes, maybe int64
		for _, u := range x.Env.Units {
			env.Unit = u
			switch inner.Condition(body) {
			case True:
				yes++
			case Maybe:
				maybe++
			}
		}
		x.Env.Err = env.Err
		if name == "count" {
			return Value{Low: big.NewRat(yes, 1), High: big.NewRat(yes+maybe, 1), Known: true}
		}
		if n == 0 {
			return Value{Void: true}
		}
		return Value{Low: big.NewRat(yes, n), High: big.NewRat(yes+maybe, n), Known: true}
	}
	if n == 0 {
		if name == "sum" {
			return whole(0)
		}
		return Value{Void: true}
	}
	total := Value{}
	for i, u := range x.Env.Units {
		env.Unit = u
		v := inner.Value(body)
		if !v.point() {
			x.Env.Err = env.Err
			return Value{}
		}
		switch {
		case i == 0:
			total = point(new(big.Rat).Set(v.Low))
		case name == "sum" || name == "mean":
			total.Low.Add(total.Low, v.Low)
		case (name == "min") == (v.Low.Cmp(total.Low) < 0) && v.Low.Cmp(total.Low) != 0:
			total.Low.Set(v.Low)
		}
	}
	x.Env.Err = env.Err
	if name == "mean" {
		total.Low.Quo(total.Low, big.NewRat(n, 1))
	}
	total.High = total.Low
	return total
}

// Ratio returns numerator and denominator of a measure that is a share or a
// division of known numbers.
func (x *Exact) Ratio(n exprast.Node) (numerator, denominator *big.Rat, ok bool) {
	switch n := n.(type) {
	case *exprast.BinaryNode:
		if n.Operator == "/" {
			a, b := x.Value(n.Left), x.Value(n.Right)
			if a.Known && b.Known && a.point() && b.point() {
				return a.Low, b.Low, true
			}
		}
	case *exprast.CallNode:
		if x.Layout.Info.Objects[n] == check.Builtin("share") {
			body := n.Arguments[0]
			if v := x.aggregate("count", body); v.point() {
				n := int64(len(x.Env.Units))
				if t := x.Env.Aggregates[body]; t != nil && t.Doubtful != nil && t.Doubtful.Units > 0 {
					return nil, nil, false // over how many is not known
				}
				if x.Env.Aggregates != nil {
					n = x.Env.Size
				}
				return v.Low, big.NewRat(n, 1), true
			}
		}
	}
	return nil, nil, false
}
