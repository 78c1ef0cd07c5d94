package generate

import (
	"math/big"
	"strings"
	"time"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
)

// Kleene is a truth value of SPEC.md section 7.1.
type Kleene uint8

// The three truth values.
const (
	False Kleene = iota
	True
	Unknown
)

// Presence says what is known of a cell.
type Presence uint8

// What can be known; the zero Presence is not collected.
const (
	NotCollected Presence = iota
	IsAbsent
	IsPresent
)

// Cell is one value of evidence. Number holds instants and durations in
// nanoseconds, days since 1970-01-01, times of day in nanoseconds, ordinals of
// members, and 0 or 1; Members the ordinals in a set.
type Cell struct {
	Presence Presence
	Number   *big.Rat
	Text     string
	Members  []int
}

// Evidence is everything that an expression may read.
type Evidence struct {
	Unit        map[*check.Variable]Cell
	Units       []map[*check.Variable]Cell
	Subject     map[string]Cell // by key
	Parameters  map[*check.Define]Cell
	Populations map[*check.Population]Cell
	AsOf        Cell
	Start, End  Cell // of the period, as instants
	Zone        *time.Location
	// Workdays counts business days after day a up to and with day b; false
	// where the calendar has no data.
	Workdays func(a, b int64) (int64, bool)
	// Far is set, where it is not nil, when an instant lay beyond every
	// calendar.
	Far *bool
}

// Reference evaluates checked expressions naively: no lowering, no machine
// integers, no shortcut, every rule of SPEC.md as one case.
type Reference struct {
	Info     *check.Info
	Evidence *Evidence
	subject  bool
}

// Quantity is a value other than yes/no: an interval of exact numbers, a text
// or a set. A Quantity that is not Known has nothing else.
type Quantity struct {
	Known     bool
	Low, High *big.Rat
	Text      string
	Members   []int
	// Void marks a division by zero.
	Void bool
}

func exactly(r *big.Rat) Quantity    { return Quantity{Known: true, Low: r, High: r} }
func exactlyInt(i int64) Quantity    { return exactly(big.NewRat(i, 1)) }
func minimum(a, b *big.Rat) *big.Rat { return map[bool]*big.Rat{true: a, false: b}[a.Cmp(b) < 0] }
func maximum(a, b *big.Rat) *big.Rat { return map[bool]*big.Rat{true: a, false: b}[a.Cmp(b) > 0] }

func truthOf(b bool) Kleene {
	if b {
		return True
	}
	return False
}

// The tables of SPEC.md section 7.1, by the order t, f, u of both operands.
var (
	conjunction = map[[2]Kleene]Kleene{
		{True, True}: True, {True, False}: False, {True, Unknown}: Unknown,
		{False, True}: False, {False, False}: False, {False, Unknown}: False,
		{Unknown, True}: Unknown, {Unknown, False}: False, {Unknown, Unknown}: Unknown,
	}
	disjunction = map[[2]Kleene]Kleene{
		{True, True}: True, {True, False}: True, {True, Unknown}: True,
		{False, True}: True, {False, False}: False, {False, Unknown}: Unknown,
		{Unknown, True}: True, {Unknown, False}: Unknown, {Unknown, Unknown}: Unknown,
	}
	negation = map[Kleene]Kleene{True: False, False: True, Unknown: Unknown}
)

// And is the table of the conjunction.
func And(a, b Kleene) Kleene { return conjunction[[2]Kleene{a, b}] }

// Or is the disjunction.
func Or(a, b Kleene) Kleene { return disjunction[[2]Kleene{a, b}] }

// Not is the negation.
func Not(a Kleene) Kleene { return negation[a] }

func (r *Reference) cell(v *check.Variable) Cell {
	if v.Role == check.SubjectRole || r.subject {
		return r.Evidence.Subject[v.Key]
	}
	return r.Evidence.Unit[v]
}

// within evaluates in the record of a computed field.
func (r *Reference) within(v *check.Variable) *Reference {
	inner := *r
	inner.subject = r.subject || v.Role == check.SubjectRole
	return &inner
}

// Truth evaluates a condition.
func (r *Reference) Truth(n exprast.Node) Kleene {
	switch o := r.Info.Objects[n].(type) {
	case *check.Variable:
		if o.Computed != nil {
			return r.within(o).Truth(o.Computed.Node)
		}
		return truthOfCell(r.cell(o))
	case *check.Define:
		if o.Value != nil {
			return r.Truth(o.Value.Node)
		}
		return truthOfCell(r.Evidence.Parameters[o])
	}
	switch n := n.(type) {
	case *exprast.BoolNode:
		return truthOf(n.Value)
	case *exprast.UnaryNode:
		return Not(r.Truth(n.Node))
	case *exprast.CallNode: // same_day is the only condition among the functions
		a, b := r.day(n.Arguments[0]), r.day(n.Arguments[1])
		return Ordering("==", a, b)
	case *exprast.BinaryNode:
		return r.binary(n)
	}
	panic("reference: not a condition")
}

func truthOfCell(c Cell) Kleene {
	if c.Presence != IsPresent {
		return Unknown
	}
	return truthOf(c.Number.Sign() != 0)
}

func (r *Reference) binary(n *exprast.BinaryNode) Kleene {
	switch n.Operator {
	case "and":
		return And(r.Truth(n.Left), r.Truth(n.Right))
	case "or":
		return Or(r.Truth(n.Left), r.Truth(n.Right))
	case "contains":
		if r.Info.TypeOf(n.Left).Kind == check.Text {
			a, b := r.Value(n.Left), r.Value(n.Right)
			if !a.Known || !b.Known {
				return Unknown
			}
			return truthOf(strings.Contains(a.Text, b.Text))
		}
		return member(r.Value(n.Right), r.Value(n.Left))
	case "in":
		return r.in(n)
	}
	if _, ok := n.Right.(*exprast.NilNode); ok {
		return r.absence(n)
	}
	return r.compare(n.Operator, n.Left, n.Right)
}

func (r *Reference) absence(n *exprast.BinaryNode) Kleene {
	c := r.cell(r.Info.Objects[n.Left].(*check.Variable))
	if c.Presence == NotCollected {
		return Unknown
	}
	return truthOf((c.Presence == IsAbsent) == (n.Operator == "=="))
}

func (r *Reference) compare(op string, left, right exprast.Node) Kleene {
	if r.Info.TypeOf(left).Kind == check.Bool {
		a, b := r.Truth(left), r.Truth(right)
		if a == Unknown || b == Unknown {
			return Unknown
		}
		return truthOf((a == b) == (op == "=="))
	}
	a, b := r.Value(left), r.Value(right)
	if r.Info.TypeOf(left).Kind == check.Text {
		if !a.Known || !b.Known {
			return Unknown
		}
		return truthOf((a.Text == b.Text) == (op == "=="))
	}
	return Ordering(op, a, b)
}

// Ordering compares two intervals: true or false where that holds for every
// pair of values in them, else unknown.
func Ordering(op string, a, b Quantity) Kleene {
	if !a.Known || !b.Known {
		return Unknown
	}
	var somewhere, elsewhere bool
	// The ends and, for equality, whether the intervals meet decide.
	less, equal, greater := a.Low.Cmp(b.High) < 0, a.Low.Cmp(b.High) <= 0 && b.Low.Cmp(a.High) <= 0, a.High.Cmp(b.Low) > 0
	alone := a.Low.Cmp(a.High) == 0 && b.Low.Cmp(b.High) == 0
	note := func(can bool, holds bool) {
		if can {
			somewhere, elsewhere = somewhere || holds, elsewhere || !holds
		}
	}
	if alone {
		less, equal, greater = a.Low.Cmp(b.Low) < 0, a.Low.Cmp(b.Low) == 0, a.Low.Cmp(b.Low) > 0
	}
	note(less, op == "<" || op == "<=" || op == "!=")
	note(equal, op == "==" || op == "<=" || op == ">=")
	note(greater, op == ">" || op == ">=" || op == "!=")
	switch {
	case somewhere && elsewhere:
		return Unknown
	case somewhere:
		return True
	}
	return False
}

func member(m, set Quantity) Kleene {
	if !m.Known || !set.Known {
		return Unknown
	}
	for _, x := range set.Members {
		if m.Low.Cmp(big.NewRat(int64(x), 1)) == 0 {
			return True
		}
	}
	return False
}

func (r *Reference) in(n *exprast.BinaryNode) Kleene {
	switch group := n.Right.(type) {
	case *exprast.ArrayNode:
		out := False
		for _, e := range group.Nodes {
			out = Or(out, r.compare("==", n.Left, e))
		}
		return out
	case *exprast.BinaryNode:
		if group.Operator == ".." {
			return And(r.compare(">=", n.Left, group.Left), r.compare("<=", n.Left, group.Right))
		}
	}
	if r.Info.Objects[n.Right] == check.Builtin("period") {
		v, start, end := r.Value(n.Left), cellValue(r.Evidence.Start), cellValue(r.Evidence.End)
		if r.Info.TypeOf(n.Left).Kind == check.Date {
			// A date lies in the span when its day is one of the span's days.
			if !start.Known || !end.Known {
				return Unknown
			}
			first := exactlyInt(r.civil(start.Low))
			last := exactlyInt(r.civil(new(big.Rat).Sub(end.Low, big.NewRat(1, 1))))
			return And(Ordering(">=", v, first), Ordering("<=", v, last))
		}
		return And(Ordering(">=", v, start), Ordering("<", v, end))
	}
	return member(r.Value(n.Left), r.Value(n.Right))
}

func cellValue(c Cell) Quantity {
	if c.Presence != IsPresent {
		return Quantity{}
	}
	return Quantity{Known: true, Low: c.Number, High: c.Number, Text: c.Text, Members: c.Members}
}

// Value evaluates anything but a condition.
func (r *Reference) Value(n exprast.Node) Quantity {
	switch o := r.Info.Objects[n].(type) {
	case *check.Variable:
		if o.Computed != nil {
			return r.within(o).Value(o.Computed.Node)
		}
		return cellValue(r.cell(o))
	case *check.Member:
		return exactlyInt(int64(o.Ordinal))
	case *check.Define:
		if o.Value != nil {
			return r.Value(o.Value.Node)
		}
		return cellValue(r.Evidence.Parameters[o])
	case *check.Population:
		return cellValue(r.Evidence.Populations[o])
	case check.Builtin:
		switch o {
		case "as_of":
			return cellValue(r.Evidence.AsOf)
		case "period.start":
			return cellValue(r.Evidence.Start)
		case "period.end":
			return cellValue(r.Evidence.End)
		}
		return r.call(string(o), n.(*exprast.CallNode).Arguments)
	}
	switch n := n.(type) {
	case *exprast.StringNode:
		return Quantity{Known: true, Text: n.Value}
	case *exprast.ConstantNode:
		return r.literal(n.Value)
	case *exprast.UnaryNode:
		v := r.Value(n.Node)
		if !v.Known {
			return v
		}
		return Quantity{Known: true, Low: new(big.Rat).Neg(v.High), High: new(big.Rat).Neg(v.Low)}
	case *exprast.BinaryNode:
		return arithmetic(n.Operator, r.Value(n.Left), r.Value(n.Right))
	}
	panic("reference: not a value")
}

func (r *Reference) literal(v any) Quantity {
	switch v := v.(type) {
	case ast.Number:
		return exactly(v.Value)
	case ast.Duration:
		return exactlyInt(int64(v.Value))
	case ast.Clock:
		return exactlyInt(int64(v.SinceMidnight))
	case ast.Date:
		return exactlyInt(time.Date(v.Year, v.Month, v.Day, 0, 0, 0, 0, time.UTC).Unix() / 86400)
	case ast.Instant:
		t := time.Date(v.Date.Year, v.Date.Month, v.Date.Day, 0, 0, int(v.Clock.SinceMidnight/time.Second), 0, r.Evidence.Zone)
		return exactlyInt(t.UnixNano())
	}
	panic("reference: unknown literal")
}

// arithmetic combines intervals: every sum, difference, product or quotient of
// values in them lies between the least and the greatest of the four corners.
func arithmetic(op string, a, b Quantity) Quantity {
	if a.Void || b.Void {
		return Quantity{Void: true}
	}
	if !a.Known || !b.Known {
		return Quantity{}
	}
	if op == "/" && b.Low.Sign()*b.High.Sign() <= 0 {
		return Quantity{Void: b.Low.Sign() == 0 && b.High.Sign() == 0}
	}
	var out Quantity
	for _, x := range []*big.Rat{a.Low, a.High} {
		for _, y := range []*big.Rat{b.Low, b.High} {
			z := new(big.Rat)
			switch op {
			case "+":
				z.Add(x, y)
			case "-":
				z.Sub(x, y)
			case "*":
				z.Mul(x, y)
			case "/":
				z.Quo(x, y)
			}
			if !out.Known {
				out = exactly(z)
			}
			out.Low, out.High = minimum(out.Low, z), maximum(out.High, z)
		}
	}
	return out
}

// instant is the civil time of nanoseconds since 1970 in the subject's zone,
// the part below a nanosecond cut off.
func (r *Reference) instant(ns *big.Rat) time.Time {
	second := new(big.Int).Div(ns.Num(), new(big.Int).Mul(ns.Denom(), big.NewInt(1e9))) // rounds down
	rest := new(big.Rat).Sub(ns, new(big.Rat).SetInt(new(big.Int).Mul(second, big.NewInt(1e9))))
	return time.Unix(second.Int64(), new(big.Int).Div(rest.Num(), rest.Denom()).Int64()).In(r.Evidence.Zone)
}

func (r *Reference) civil(ns *big.Rat) int64 {
	t := r.instant(ns)
	midday := time.Date(t.Year(), t.Month(), t.Day(), 12, 0, 0, 0, time.UTC).Unix()
	return (midday - 43200) / 86400 // exact: both are midnights
}

// day is the civil day of a time or date.
func (r *Reference) day(n exprast.Node) Quantity {
	v := r.Value(n)
	if !v.Known || r.Info.TypeOf(n).Kind != check.Time {
		return v
	}
	if r.far(v.Low) {
		return Quantity{}
	}
	return exactlyInt(r.civil(v.Low))
}

// far says that an instant lies some 30,000 years away, where no civil
// calendar reaches.
func (r *Reference) far(ns *big.Rat) bool {
	limit := new(big.Rat).SetInt(new(big.Int).Lsh(big.NewInt(1e9), 40))
	far := new(big.Rat).Abs(ns).Cmp(limit) >= 0
	if far && r.Evidence.Far != nil {
		*r.Evidence.Far = true
	}
	return far
}

func (r *Reference) call(name string, args []exprast.Node) Quantity {
	if check.IsAggregate(name) {
		return r.aggregate(name, args[0])
	}
	switch name {
	case "if":
		switch r.Truth(args[0]) {
		case True:
			return r.Value(args[1])
		case False:
			return r.Value(args[2])
		}
		return Quantity{}
	case "days":
		return arithmetic("-", r.day(args[1]), r.day(args[0]))
	case "workdays":
		a, b := r.day(args[0]), r.day(args[1])
		if !a.Known || !b.Known {
			return Quantity{Void: a.Void || b.Void}
		}
		n, ok := r.Evidence.Workdays(a.Low.Num().Int64(), b.Low.Num().Int64())
		if !ok {
			return Quantity{}
		}
		return exactlyInt(n)
	case "day", "month":
		v := r.day(args[0])
		if !v.Known {
			return v
		}
		t := time.Unix(v.Low.Num().Int64()*86400, 0).UTC()
		if name == "day" {
			return exactlyInt(int64(t.Day()))
		}
		return exactlyInt(int64(t.Month()))
	case "date":
		return r.day(args[0])
	}
	v := r.Value(args[0])
	if !v.Known {
		return Quantity{Void: v.Void}
	}
	switch name {
	case "clock":
		if r.far(v.Low) {
			return Quantity{}
		}
		t := r.instant(v.Low)
		return exactlyInt((int64(t.Hour())*3600+int64(t.Minute())*60+int64(t.Second()))*1e9 + int64(t.Nanosecond()))
	case "size":
		if r.Info.TypeOf(args[0]).Kind == check.Text {
			return exactlyInt(int64(len([]rune(v.Text))))
		}
		return exactlyInt(int64(len(v.Members)))
	case "lacking":
		out := Quantity{Known: true}
		for i := range r.Info.TypeOf(args[0]).Choice.Members {
			if member(exactlyInt(int64(i)), v) == False {
				out.Members = append(out.Members, i)
			}
		}
		return out
	case "abs":
		low, high := new(big.Rat).Abs(v.Low), new(big.Rat).Abs(v.High)
		out := Quantity{Known: true, Low: minimum(low, high), High: maximum(low, high)}
		if v.Low.Sign() < 0 && v.High.Sign() > 0 {
			out.Low = new(big.Rat)
		}
		return out
	case "round":
		return Quantity{Known: true, Low: rounded(v.Low), High: rounded(v.High)}
	}
	panic("reference: unknown function " + name)
}

// rounded is the nearest whole number, halves away from zero.
func rounded(r *big.Rat) *big.Rat {
	s := r.FloatString(0) // documented to round half away from zero
	out, _ := new(big.Rat).SetString(s)
	return out
}

func (r *Reference) aggregate(name string, body exprast.Node) Quantity {
	n := int64(len(r.Evidence.Units))
	var certain, possible int64
	total, unknown := Quantity{}, false
	for i, unit := range r.Evidence.Units {
		evidence := *r.Evidence
		evidence.Unit = unit
		inner := &Reference{Info: r.Info, Evidence: &evidence}
		if name == "count" || name == "share" {
			switch inner.Truth(body) {
			case True:
				certain, possible = certain+1, possible+1
			case Unknown:
				possible++
			}
			continue
		}
		v := inner.Value(body)
		if !v.Known {
			unknown = true
			continue
		}
		if i == 0 || !total.Known {
			total = v
			continue
		}
		switch name {
		case "sum", "mean":
			total = arithmetic("+", total, v)
		case "min":
			total = exactly(minimum(total.Low, v.Low))
		case "max":
			total = exactly(maximum(total.Low, v.Low))
		}
	}
	switch {
	case name == "count":
		return Quantity{Known: true, Low: big.NewRat(certain, 1), High: big.NewRat(possible, 1)}
	case name == "sum" && n == 0:
		return exactlyInt(0)
	case n == 0: // there is no share, mean, least or greatest of nothing
		return Quantity{Void: true}
	case name == "share":
		return Quantity{Known: true, Low: big.NewRat(certain, n), High: big.NewRat(possible, n)}
	case unknown:
		return Quantity{}
	case name == "mean":
		return arithmetic("/", total, exactlyInt(n))
	}
	return total
}
