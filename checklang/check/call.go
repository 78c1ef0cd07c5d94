package check

import (
	"slices"
	"strings"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// function describes one built-in function: how its call is written, what
// each argument takes, and what it returns.
type function struct {
	form    string
	takes   []func(Type) bool
	wants   diagnostic.Words
	returns func(args []Type) Type
}

func of(kinds ...Kind) func(Type) bool {
	return func(t Type) bool { return slices.Contains(kinds, t.Kind) }
}

func returning(t Type) func([]Type) Type { return func([]Type) Type { return t } }

var (
	day      = of(Time, Date)
	integer  = returning(Type{Kind: Number, Whole: true})
	dayWords = diagnostic.Words{ZH: "时间或日期", EN: "a time or a date"}
)

// functions are the scalar functions; if, population and the aggregates have
// rules of their own.
var functions = map[string]function{
	"day":      {"day(t)", []func(Type) bool{day}, dayWords, integer},
	"month":    {"month(t)", []func(Type) bool{day}, dayWords, integer},
	"date":     {"date(t)", []func(Type) bool{of(Time)}, kindWords[Time], returning(Type{Kind: Date})},
	"clock":    {"clock(t)", []func(Type) bool{of(Time)}, kindWords[Time], returning(Type{Kind: Clock})},
	"same_day": {"same_day(a, b)", []func(Type) bool{day, day}, dayWords, returning(Type{Kind: Bool})},
	"days":     {"days(a, b)", []func(Type) bool{day, day}, dayWords, integer},
	"workdays": {"workdays(a, b)", []func(Type) bool{day, day}, dayWords, integer},
	"size":     {"size(x)", []func(Type) bool{of(Set, Text)}, diagnostic.Words{ZH: "多选或文本", EN: "a set or a text"}, integer},
	"lacking":  {"lacking(x)", []func(Type) bool{of(Set)}, kindWords[Set], func(a []Type) Type { return a[0] }},
	"abs":      {"abs(x)", []func(Type) bool{of(Number, Duration)}, diagnostic.Words{ZH: "数或时长", EN: "a number or a duration"}, func(a []Type) Type { return Type{Kind: a[0].Kind, Whole: a[0].Whole} }},
	"round":    {"round(x)", []func(Type) bool{of(Number)}, kindWords[Number], integer},
}

var aggregates = map[string]bool{"count": true, "share": true, "sum": true, "mean": true, "min": true, "max": true}

// IsAggregate says whether a canonical function name is an aggregate.
func IsAggregate(name string) bool { return aggregates[name] }

func (s *scope) call(n *exprast.CallNode, want Type, given facts) (Type, facts, facts) {
	callee := n.Callee.(*exprast.IdentifierNode)
	if callee.Value == ast.Population && len(n.Arguments) == 3 {
		return s.population(n), nil, nil
	}
	name, ok := token.LookupFunction(callee.Value)
	if !ok {
		var known []string
		for _, w := range token.Words() {
			if w.Class == "function" {
				known = append(known, w.English, w.Chinese)
			}
		}
		if near, found := nearest(callee.Value, known); found {
			s.checker.unknown(callee.Value, ast.RangeOf(callee), []string{near})
		} else {
			s.checker.report(diagnostic.UnknownFunction, ast.RangeOf(callee), callee.Value, list(known))
		}
		return s.note(n, Type{}, nil), nil, nil
	}
	s.note(n, Type{}, Builtin(name))
	switch {
	case name == "if":
		return s.choose(n, want, given)
	case aggregates[name]:
		return s.aggregateCall(n, name, given), nil, nil
	}
	f := functions[name]
	if len(n.Arguments) != len(f.takes) {
		s.checker.report(diagnostic.WrongArguments, ast.RangeOf(n), callee.Value, len(f.takes), len(n.Arguments), f.form)
		return s.note(n, Type{}, nil), nil, nil
	}
	types, broken := make([]Type, len(f.takes)), false
	for i, a := range n.Arguments {
		types[i], _, _ = s.check(a, Type{}, given)
		switch {
		case types[i].Kind == Invalid:
			broken = true
		case !f.takes[i](types[i]):
			s.checker.report(diagnostic.TypeMismatch, ast.RangeOf(a), f.wants, types[i].Words())
			broken = true
		}
	}
	if broken {
		return s.note(n, Type{}, nil), nil, nil
	}
	return s.note(n, f.returns(types), nil), nil, nil
}

// choose checks if(c, a, b): a is read when c is true, b when it is false.
func (s *scope) choose(n *exprast.CallNode, want Type, given facts) (Type, facts, facts) {
	if len(n.Arguments) != 3 {
		s.checker.report(diagnostic.WrongArguments, ast.RangeOf(n), n.Callee.(*exprast.IdentifierNode).Value, 3, len(n.Arguments), "if(c, a, b)")
		return s.note(n, Type{}, nil), nil, nil
	}
	whenTrue, whenFalse := s.condition(n.Arguments[0], given)
	var a, b Type
	if s.bareMember(n.Arguments[1]) && want.Choice == nil {
		b, _, _ = s.check(n.Arguments[2], want, given.or(whenFalse))
		a, _, _ = s.check(n.Arguments[1], b, given.or(whenTrue))
	} else {
		a, _, _ = s.check(n.Arguments[1], want, given.or(whenTrue))
		if want.Choice == nil {
			want = a
		}
		b, _, _ = s.check(n.Arguments[2], want, given.or(whenFalse))
	}
	switch {
	case a.Kind == Invalid || b.Kind == Invalid:
		return s.note(n, Type{}, nil), nil, nil
	case !same(a, b):
		s.checker.report(diagnostic.NotComparable, ast.RangeOf(n), a.Words(), b.Words(), diagnostic.Words{ZH: "两个分支要同一类型", EN: "both branches need one type"})
		return s.note(n, Type{}, nil), nil, nil
	case a.Kind == Bool:
		s.checker.report(diagnostic.TypeMismatch, ast.RangeOf(n), diagnostic.Words{ZH: "非是否的值（条件用 且、或 写）", EN: "a value other than yes/no (write conditions with and, or)"}, a.Words())
		return s.note(n, Type{}, nil), nil, nil
	}
	return s.note(n, Type{Kind: a.Kind, Whole: a.Whole && b.Whole, Choice: a.Choice, Word: a.Word}, nil), nil, nil
}

func (s *scope) aggregateCall(n *exprast.CallNode, name string, given facts) Type {
	written := n.Callee.(*exprast.IdentifierNode).Value
	switch {
	case s.inside:
		s.checker.report(diagnostic.AggregateNested, ast.RangeOf(n))
		return s.note(n, Type{}, nil)
	case !s.aggregate:
		s.checker.report(diagnostic.AggregateNotAllowed, ast.RangeOf(n), written)
		return s.note(n, Type{}, nil)
	case len(n.Arguments) != 1:
		s.checker.report(diagnostic.WrongArguments, ast.RangeOf(n), written, 1, len(n.Arguments), name+"(x)")
		return s.note(n, Type{}, nil)
	}
	s.used, s.inside, s.over = true, true, nil
	whole := s.whole
	s.whole = guarded{} // a guard outside can't speak for the units inside
	defer func() { s.inside, s.whole = false, whole }()
	body := n.Arguments[0]
	if name == "count" || name == "share" {
		s.whole = guarded{ast.RangeOf(body), body}
		s.condition(body, given)
		return s.note(n, Type{Kind: Number, Whole: name == "count"}, nil)
	}
	t, _, _ := s.check(body, Type{}, given)
	allowed := t.Kind == Number || t.Kind == Duration
	if name == "min" || name == "max" {
		allowed = allowed || t.Kind == Time || t.Kind == Date || t.Kind == Clock
	}
	if !allowed {
		if t.Kind != Invalid {
			s.checker.report(diagnostic.TypeMismatch, ast.RangeOf(body), diagnostic.Words{ZH: "数或时长", EN: "a number or a duration"}, t.Words())
		}
		return s.note(n, Type{}, nil)
	}
	return s.note(n, Type{Kind: t.Kind, Whole: t.Whole && name != "mean"}, nil)
}

// population checks population(Record …) and gives it the key by which hosts
// supply the number.
func (s *scope) population(n *exprast.CallNode) Type {
	if !s.outside {
		return s.refused(n, s.checker.span(ast.RangeOf(n.Callee)).Text())
	}
	id := n.Arguments[0].(*exprast.IdentifierNode)
	record := s.checker.findRecord(ast.Name{Range: ast.RangeOf(id), Text: id.Value})
	if record == nil {
		return s.note(n, Type{}, nil)
	}
	p := &Population{Record: record, Key: record.Name.First}
	if c, ok := n.Arguments[1].(*exprast.ConstantNode); ok {
		p.Previous = c.Value.(ast.Keyword).Keyword
		p.Key += " " + p.Previous.String()
	}
	if where := n.Arguments[2]; !isNil(where) {
		inner := &scope{checker: s.checker, record: record, outside: false, why: s.why, whereWord: token.KwWhere}
		p.Where = inner.expression(&ast.Expr{Node: where, Range: ast.RangeOf(where)}, Type{Kind: Bool}, nil)
		p.Key += " where " + Canonical(s.checker.out.Info, where)
	}
	if known, ok := s.checker.populations[p.Key]; ok {
		p = known
	} else {
		s.checker.populations[p.Key] = p
		s.checker.out.Population = append(s.checker.out.Population, p)
	}
	return s.note(n, Type{Kind: Number, Whole: true}, p)
}

func isNil(n node) bool {
	_, ok := n.(*exprast.NilNode)
	return ok
}

// Canonical writes an expression in canonical English with the first names of
// everything it reads, so that the same rule in either language gives the
// same text.
func Canonical(info *Info, n exprast.Node) string {
	var b strings.Builder
	canonical(&b, info, n)
	return b.String()
}

func canonical(b *strings.Builder, info *Info, n exprast.Node) {
	group := func(open string, nodes []node, end string) {
		b.WriteString(open)
		for i, a := range nodes {
			if i > 0 {
				b.WriteByte(' ')
			}
			canonical(b, info, a)
		}
		b.WriteString(end)
	}
	switch o := info.Objects[n].(type) {
	case *Variable:
		if o.Role == SubjectRole {
			b.WriteString("subject.")
		}
		b.WriteString(o.Key)
		return
	case *Member:
		b.WriteString(o.Choice.Name.First + "." + o.Name.First)
		return
	case *Define:
		b.WriteString(o.Name.First)
		return
	case *Population:
		b.WriteString("population(" + o.Key + ")")
		return
	case Builtin:
		if call, ok := n.(*exprast.CallNode); ok {
			group(string(o)+"(", call.Arguments, ")")
			return
		}
		b.WriteString(string(o))
		return
	}
	switch n := n.(type) {
	case *exprast.BoolNode:
		if n.Value {
			b.WriteString("true")
		} else {
			b.WriteString("false")
		}
	case *exprast.StringNode:
		b.WriteString(token.Quote(n.Value))
	case *exprast.NilNode:
		b.WriteString("absent")
	case *exprast.ConstantNode:
		b.WriteString(Literal(n.Value))
	case *exprast.IdentifierNode:
		b.WriteString(n.Value)
	case *exprast.MemberNode:
		canonical(b, info, n.Node)
		b.WriteByte('.')
		canonical(b, info, n.Property)
	case *exprast.UnaryNode:
		group("("+n.Operator+" ", []node{n.Node}, ")")
	case *exprast.BinaryNode:
		group("("+n.Operator+" ", []node{n.Left, n.Right}, ")")
	case *exprast.ArrayNode:
		group("[", n.Nodes, "]")
	case *exprast.CallNode:
		group("(call ", append([]node{n.Callee}, n.Arguments...), ")")
	}
}

// Literal writes a literal's value in one canonical form.
func Literal(v any) string {
	switch v := v.(type) {
	case ast.Number:
		return decimal(v.Value)
	case ast.Duration:
		return v.Value.String()
	case ast.Clock:
		return "clock " + v.SinceMidnight.String()
	case ast.Date:
		return dateText(v)
	case ast.Instant:
		s := dateText(v.Date)
		if v.Clock != nil {
			s += " " + v.Clock.SinceMidnight.String()
		}
		return s
	}
	return ""
}
