package check

import (
	"math/big"
	"strconv"
	"strings"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// check types a node. given is what is certainly present; the two results are
// what is present when the node, a condition, is true and when it is false.
func (s *scope) check(n node, want Type, given facts) (Type, facts, facts) {
	switch n := n.(type) {
	case *exprast.BoolNode:
		return s.note(n, Type{Kind: Bool}, nil), nil, nil
	case *exprast.StringNode:
		return s.note(n, Type{Kind: Text}, nil), nil, nil
	case *exprast.ConstantNode:
		return s.note(n, literalType(n.Value), nil), nil, nil
	case *exprast.IdentifierNode:
		return s.identifier(n, want, given), nil, nil
	case *exprast.MemberNode:
		return s.dotted(n, given), nil, nil
	case *exprast.CallNode:
		return s.call(n, want, given)
	case *exprast.UnaryNode:
		if n.Operator == "-" {
			t, _, _ := s.check(n.Node, want, given)
			if t.Kind != Number && t.Kind != Duration && t.Kind != Invalid {
				s.checker.report(diagnostic.TypeMismatch, ast.RangeOf(n.Node), kindWords[Number], t.Words())
				t = Type{}
			}
			return s.note(n, Type{Kind: t.Kind, Whole: t.Whole}, nil), nil, nil
		}
		s.warnNot(n)
		t, f := s.condition(n.Node, given)
		return s.note(n, Type{Kind: Bool}, nil), f, t
	case *exprast.BinaryNode:
		return s.binary(n, given)
	}
	return s.note(n, Type{}, nil), nil, nil
}

func literalType(v any) Type {
	switch v := v.(type) {
	case ast.Number:
		return Type{Kind: Number, Whole: v.Value != nil && v.Value.IsInt()}
	case ast.Duration:
		return Type{Kind: Duration}
	case ast.Clock:
		return Type{Kind: Clock}
	case ast.Date:
		return Type{Kind: Date}
	case ast.Instant:
		return Type{Kind: Time}
	}
	return Type{}
}

// condition checks an operand that must be true or false.
func (s *scope) condition(n node, given facts) (whenTrue, whenFalse facts) {
	t, a, b := s.check(n, Type{Kind: Bool}, given)
	if t.Kind != Bool && t.Kind != Invalid {
		s.checker.report(diagnostic.NeedCondition, ast.RangeOf(n), t.Words())
	}
	return a, b
}

func (s *scope) binary(n *exprast.BinaryNode, given facts) (Type, facts, facts) {
	boolean := func() Type { return s.note(n, Type{Kind: Bool}, nil) }
	switch n.Operator {
	case "and":
		at, af := s.condition(n.Left, given)
		bt, bf := s.condition(n.Right, given.or(at))
		return boolean(), at.or(bt), af.and(bf)
	case "or":
		s.warnMixed(n)
		at, af := s.condition(n.Left, given)
		bt, bf := s.condition(n.Right, given.or(af))
		return boolean(), at.and(bt), af.or(bf)
	case "==", "!=":
		if _, ok := n.Right.(*exprast.NilNode); ok {
			return s.presence(n, given)
		}
		if s.absentComparison(n) {
			return s.presence(n, given)
		}
		s.compare(n, given)
		return boolean(), nil, nil
	case "<", "<=", ">", ">=":
		s.compare(n, given)
		return boolean(), nil, nil
	case "in":
		s.membership(n, given)
		return boolean(), nil, nil
	case "contains":
		s.contains(n, given)
		return boolean(), nil, nil
	}
	return s.arithmetic(n, given), nil, nil
}

// presence checks `x is absent` and `x is present`.
func (s *scope) presence(n *exprast.BinaryNode, given facts) (Type, facts, facts) {
	t := s.note(n, Type{Kind: Bool}, nil)
	v := s.path(n.Left, given)
	if v == nil {
		return t, nil, nil
	}
	if !v.Optional {
		s.checker.report(diagnostic.NeverAbsent, ast.RangeOf(n.Left), v.Key)
		return t, nil, nil
	}
	if n.Operator == "!=" {
		return t, facts{v}, nil
	}
	return t, nil, facts{v}
}

// path resolves what may be asked for its presence, without reading it.
func (s *scope) path(n node, given facts) *Variable {
	var v *Variable
	switch n := n.(type) {
	case *exprast.IdentifierNode:
		v = s.variable(n.Value)
	case *exprast.MemberNode:
		// Reading through a guard of its own field resolves the name; the
		// field itself need not be present.
		quiet := &scope{
			checker: s.checker, record: s.record, answers: s.answers, extra: s.extra, subject: s.subject, instant: s.instant,
			outside: s.outside, why: s.why, whereWord: s.whereWord, hidden: s.hidden, inside: s.inside, whole: s.whole,
		}
		before := len(s.checker.diagnostics)
		quiet.dotted(n, given)
		v, _ = s.checker.out.Info.Objects[n].(*Variable)
		if v != nil {
			kept := s.checker.diagnostics[:before]
			for _, d := range s.checker.diagnostics[before:] {
				if d.Code != diagnostic.OptionalUnguarded || d.Args[0] != s.checker.span(ast.RangeOf(n)).Text() {
					kept = append(kept, d)
				}
			}
			s.checker.diagnostics = kept
		}
	}
	if v == nil {
		if _, ok := n.(*exprast.IdentifierNode); ok {
			t, _, _ := s.check(n, Type{}, given)
			if t.Kind != Invalid {
				s.checker.report(diagnostic.NeverAbsent, ast.RangeOf(n), s.checker.span(ast.RangeOf(n)).Text())
			}
		} else if _, ok := n.(*exprast.MemberNode); !ok {
			s.check(n, Type{}, given)
			s.checker.report(diagnostic.NeverAbsent, ast.RangeOf(n), s.checker.span(ast.RangeOf(n)).Text())
		}
		return nil
	}
	s.note(n, v.Type, v)
	if v.Side != nil && !given.has(v.Side) {
		s.unguarded(n, v.Side)
	}
	known := false
	for _, r := range s.reads {
		known = known || r == v
	}
	if !known {
		s.reads = append(s.reads, v)
	}
	s.touch(n, v)
	return v
}

// both checks two operands of which either may tell the other its choice.
func (s *scope) both(a, b node, given facts) (Type, Type) {
	if s.bareMember(a) && !s.bareMember(b) {
		bt, _, _ := s.check(b, Type{}, given)
		at, _, _ := s.check(a, Type{Kind: Choice, Choice: bt.Choice}, given)
		return at, bt
	}
	at, _, _ := s.check(a, Type{}, given)
	bt, _, _ := s.check(b, Type{Kind: Choice, Choice: at.Choice}, given)
	return at, bt
}

// bareMember says whether a node is a name that reads no value, and so can
// only be a member of a choice.
func (s *scope) bareMember(n node) bool {
	id, ok := n.(*exprast.IdentifierNode)
	if !ok || s.variable(id.Value) != nil || s.checker.defines[id.Value] != nil {
		return false
	}
	_, builtin := token.LookupValue(id.Value)
	return !builtin
}

func (s *scope) compare(n *exprast.BinaryNode, given facts) {
	a, b := s.both(n.Left, n.Right, given)
	if a.Kind == Invalid || b.Kind == Invalid {
		return
	}
	r := ast.RangeOf(n)
	if !same(a, b) {
		s.checker.report(diagnostic.NotComparable, r, a.Words(), b.Words(), comparisonHelp(a, b))
		return
	}
	ordering := n.Operator != "==" && n.Operator != "!="
	switch {
	case a.Kind == Choice && ordering && !a.Choice.Ordered:
		s.checker.report(diagnostic.OrderOfChoices, r, a.Choice.Name.First)
	case ordering && !a.Ordered(), a.Kind == Set, a.Kind == Attachment, a.Kind == Side:
		s.checker.report(diagnostic.NotComparable, r, a.Words(), b.Words(), diagnostic.Words{ZH: "用“包含”“属于”或“不为空”", EN: "use contains, in or is present"})
	default:
		s.warnConstant(n, a, b)
	}
}

// constantRange is the place of the operand of a comparison that is not v.
func (s *scope) constantRange(n *exprast.BinaryNode, v node) token.Range {
	if v == n.Left {
		return ast.RangeOf(n.Right)
	}
	return ast.RangeOf(n.Left)
}

// warnShare finds a share compared with a number above 1: what is meant are
// most likely percents.
func (c *checker) warnShare(call *exprast.CallNode, constant *big.Rat, whole, number token.Range) {
	callee, ok := call.Callee.(*exprast.IdentifierNode)
	if !ok || constant.Cmp(big.NewRat(1, 1)) <= 0 {
		return
	}
	if f, isFunction := token.LookupFunction(callee.Value); !isFunction || f != "share" {
		return
	}
	d := c.diagnose(diagnostic.OutOfRangeConstant, whole, decimal(constant), callee.Value, "0..1")
	written := c.span(number).Text()
	if _, err := strconv.ParseFloat(written, 64); err == nil && constant.Cmp(big.NewRat(100, 1)) <= 0 {
		*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + written + "%", EN: "write " + written + "%"}, diagnostic.Edit{Span: c.span(number), New: written + "%"})
	}
}

// absentComparison reports `x == 空`: absence is asked for by words of its
// own. It says whether n is one.
func (s *scope) absentComparison(n *exprast.BinaryNode) bool {
	id, ok := n.Right.(*exprast.IdentifierNode)
	if !ok || !s.bareMember(id) || len(s.checker.choicesWith(id.Value)) > 0 {
		return false
	}
	switch strings.ToLower(id.Value) {
	case "空", "空值", "absent", "null", "nil":
	default:
		return false
	}
	k := token.KwIsAbsent
	if n.Operator == "!=" {
		k = token.KwIsPresent
	}
	with := k.In(s.checker.file.Lang())
	r := token.Range{Start: ast.RangeOf(n.Left).End, End: ast.RangeOf(id).End}
	found := s.checker.span(r).Text()
	r.Start += uint32(len(found) - len(strings.TrimLeft(found, " \t")))
	d := s.checker.diagnose(diagnostic.ForeignOperator, r, strings.TrimSpace(found), with)
	edit := with
	if r.Start == ast.RangeOf(n.Left).End {
		edit = " " + with
	}
	*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + with, EN: "write " + with}, diagnostic.Edit{Span: s.checker.span(r), New: edit})
	return true
}

// warnConstant finds a comparison of a bounded number with a constant outside
// its bounds.
func (s *scope) warnConstant(n *exprast.BinaryNode, a, b Type) {
	v, c, t := n.Left, s.constant(n.Right), a
	if c == nil {
		v, c, t = n.Right, s.constant(n.Left), b
	}
	if call, isCall := v.(*exprast.CallNode); isCall && c != nil {
		s.checker.warnShare(call, c, ast.RangeOf(n), s.constantRange(n, v))
		return
	}
	o, ok := s.checker.out.Info.Objects[v].(*Variable)
	if c == nil || !ok || t.Kind != Number || t.Low == nil {
		return
	}
	if c.Cmp(t.Low) < 0 && (n.Operator == "==" || n.Operator == "!=") || (t.High != nil && c.Cmp(t.High) > 0) {
		s.checker.report(diagnostic.OutOfRangeConstant, ast.RangeOf(n), decimal(c), o.Key, t.Range())
	}
}

func comparisonHelp(a, b Type) diagnostic.Words {
	kinds := map[Kind]bool{a.Kind: true, b.Kind: true}
	switch {
	case kinds[Duration] && kinds[Number]:
		return diagnostic.Words{ZH: "给数加上单位，如 10分钟", EN: "give the number a unit, such as 10m"}
	case kinds[Time] && kinds[Date]:
		return diagnostic.Words{ZH: "用 取日期(时间) 与日期比较", EN: "compare date(time) with the date"}
	case kinds[Time] && kinds[Clock]:
		return diagnostic.Words{ZH: "用 取时刻(时间) 与时刻比较", EN: "compare clock(time) with the time of day"}
	case kinds[Time] && kinds[Duration]:
		return diagnostic.Words{ZH: "两个时间相减才是时长", EN: "subtract two times to get a duration"}
	case kinds[Set] && kinds[Choice]:
		return diagnostic.Words{ZH: "写“多选 包含 选项”", EN: "write set contains member"}
	case kinds[Set] && kinds[Number]:
		return diagnostic.Words{ZH: "用 个数(多选)", EN: "use size(set)"}
	case kinds[Text] && kinds[Choice]:
		return diagnostic.Words{ZH: "选项不加引号", EN: "members of a choice stand without quotation marks"}
	}
	return diagnostic.Words{ZH: "两边要同一类型", EN: "both sides need one type"}
}

// membership checks `x in [a, b]`, `x in a..b`, `member in set` and
// `time in period`.
func (s *scope) membership(n *exprast.BinaryNode, given facts) {
	switch group := n.Right.(type) {
	case *exprast.ArrayNode:
		t, _, _ := s.check(n.Left, Type{}, given)
		for _, e := range group.Nodes {
			et, _, _ := s.check(e, Type{Kind: Choice, Choice: t.Choice}, given)
			s.comparable(e, t, et)
		}
		s.note(group, t, nil)
	case *exprast.BinaryNode:
		if group.Operator != ".." {
			break
		}
		t, _, _ := s.check(n.Left, Type{}, given)
		for _, e := range []node{group.Left, group.Right} {
			et, _, _ := s.check(e, Type{}, given)
			s.comparable(e, t, et)
		}
		if t.Kind != Invalid && !t.Ordered() {
			s.checker.report(diagnostic.NotComparable, ast.RangeOf(n), t.Words(), t.Words(), diagnostic.Words{ZH: "范围只用于有大小的值", EN: "ranges are for values with an order"})
		}
		if low, high := s.constant(group.Left), s.constant(group.Right); low != nil && high != nil && low.Cmp(high) > 0 {
			s.checker.report(diagnostic.EmptyRange, ast.RangeOf(group), s.checker.span(ast.RangeOf(group)).Text())
		}
		s.note(group, t, nil)
		return
	case *exprast.IdentifierNode:
		if b, ok := token.LookupValue(group.Value); ok && b == "period" && s.variable(group.Value) == nil {
			t, _, _ := s.check(n.Left, Type{}, given)
			if !s.outside {
				s.refused(group, group.Value)
			} else if t.Kind != Time && t.Kind != Date && t.Kind != Invalid {
				s.checker.report(diagnostic.TypeMismatch, ast.RangeOf(n.Left), kindWords[Time], t.Words())
			}
			s.note(group, t, Builtin("period"))
			return
		}
	}
	if _, ok := n.Right.(*exprast.ArrayNode); ok {
		return
	}
	set, _, _ := s.check(n.Right, Type{}, given)
	member, _, _ := s.check(n.Left, Type{Kind: Choice, Choice: set.Choice}, given)
	if set.Kind != Invalid && member.Kind != Invalid && (set.Kind != Set || member.Kind != Choice || set.Choice != member.Choice) {
		s.checker.report(diagnostic.NotComparable, ast.RangeOf(n), member.Words(), set.Words(), diagnostic.Words{ZH: "“属于”后面写 [ … ]、a..b 或多选", EN: "in takes [ … ], a..b or a set"})
	}
}

func (s *scope) comparable(e node, a, b Type) {
	if a.Kind != Invalid && b.Kind != Invalid && (!same(a, b) || a.Kind == Set || a.Kind == Attachment) {
		s.checker.report(diagnostic.NotComparable, ast.RangeOf(e), a.Words(), b.Words(), comparisonHelp(a, b))
	}
}

func (s *scope) contains(n *exprast.BinaryNode, given facts) {
	a, _, _ := s.check(n.Left, Type{}, given)
	b, _, _ := s.check(n.Right, Type{Kind: Choice, Choice: a.Choice}, given)
	switch {
	case a.Kind == Invalid || b.Kind == Invalid:
	case a.Kind == Set && b.Kind == Choice && a.Choice == b.Choice, a.Kind == Text && b.Kind == Text:
	default:
		s.checker.report(diagnostic.NotComparable, ast.RangeOf(n), a.Words(), b.Words(), diagnostic.Words{ZH: "写“多选 包含 选项”或“文本 包含 " + "文字”", EN: "write set contains member, or text contains text"})
	}
}

func (s *scope) arithmetic(n *exprast.BinaryNode, given facts) Type {
	a, _, _ := s.check(n.Left, Type{}, given)
	b, _, _ := s.check(n.Right, Type{}, given)
	if a.Kind == Invalid || b.Kind == Invalid {
		return s.note(n, Type{}, nil)
	}
	whole := a.Whole && b.Whole
	switch n.Operator {
	case "+", "-":
		switch {
		case a.Kind == Number && b.Kind == Number:
			return s.note(n, Type{Kind: Number, Whole: whole}, nil)
		case a.Kind == Duration && b.Kind == Duration:
			return s.note(n, Type{Kind: Duration}, nil)
		case a.Kind == Time && b.Kind == Duration:
			return s.note(n, Type{Kind: Time}, nil)
		case a.Kind == Duration && b.Kind == Time && n.Operator == "+":
			return s.note(n, Type{Kind: Time}, nil)
		case a.Kind == Time && b.Kind == Time && n.Operator == "-":
			return s.note(n, Type{Kind: Duration}, nil)
		}
	case "*":
		switch {
		case a.Kind == Number && b.Kind == Number:
			return s.note(n, Type{Kind: Number, Whole: whole}, nil)
		case a.Kind == Duration && b.Kind == Number, a.Kind == Number && b.Kind == Duration:
			return s.note(n, Type{Kind: Duration}, nil)
		}
	case "/":
		if b.Kind == Number && (a.Kind == Number || a.Kind == Duration) {
			if c := s.constant(n.Right); c == nil || c.Sign() == 0 {
				s.checker.report(diagnostic.DivisionNotAllowed, ast.RangeOf(n))
				return s.note(n, Type{}, nil)
			}
			return s.note(n, Type{Kind: a.Kind}, nil)
		}
		if a.Kind == Duration && b.Kind == Duration {
			s.checker.report(diagnostic.DivisionNotAllowed, ast.RangeOf(n))
			return s.note(n, Type{}, nil)
		}
	}
	s.checker.report(diagnostic.BadOperands, ast.RangeOf(n), a.Words(), n.Operator, b.Words(), operandHelp(a, b))
	return s.note(n, Type{}, nil)
}

func operandHelp(a, b Type) diagnostic.Words {
	kinds := map[Kind]bool{a.Kind: true, b.Kind: true}
	switch {
	case a.Kind == Date && b.Kind == Date:
		return diagnostic.Words{ZH: "用 相隔天数(a, b) 或 相隔工作日(a, b)", EN: "use days(a, b) or workdays(a, b)"}
	case kinds[Time] && kinds[Date]:
		return diagnostic.Words{ZH: "用 相隔天数(a, b)，它接受时间和日期", EN: "use days(a, b), which takes times and dates"}
	case kinds[Date]:
		return diagnostic.Words{ZH: "日期不加减，用 相隔天数(a, b) 比较", EN: "dates are not added to, compare days(a, b)"}
	case a.Kind == Time && b.Kind == Time:
		return diagnostic.Words{ZH: "两个时间只能相减", EN: "two times can only be subtracted"}
	case kinds[Number] && (kinds[Time] || kinds[Duration]):
		return diagnostic.Words{ZH: "给数加上单位，如 10分钟", EN: "give the number a unit, such as 10m"}
	case kinds[Clock]:
		return diagnostic.Words{ZH: "时刻只能比较；要时长用两个时间相减", EN: "times of day are only compared; subtract two times for a duration"}
	case a.Kind == Choice || b.Kind == Choice, a.Kind == Bool || b.Kind == Bool:
		return diagnostic.Words{ZH: "用 计数(条件) 数出个数", EN: "count them with count(condition)"}
	}
	return diagnostic.Words{ZH: "两边要同一类型的数或时长", EN: "both sides must be numbers or durations"}
}

// constant evaluates an expression of literals, or returns nil.
func (s *scope) constant(n node) *big.Rat { return Constant(s.checker.out.Info, n) }

// Constant evaluates an expression of number and duration literals; durations
// are in nanoseconds. It returns nil for anything else.
func Constant(info *Info, n exprast.Node) *big.Rat {
	switch n := n.(type) {
	case *exprast.ConstantNode:
		switch v := n.Value.(type) {
		case ast.Number:
			return v.Value
		case ast.Duration:
			return new(big.Rat).SetInt64(int64(v.Value))
		}
	case *exprast.IdentifierNode:
		if d, ok := info.Objects[n].(*Define); ok {
			return d.constant
		}
	case *exprast.UnaryNode:
		if x := Constant(info, n.Node); x != nil && n.Operator == "-" {
			return new(big.Rat).Neg(x)
		}
	case *exprast.BinaryNode:
		a, b := Constant(info, n.Left), Constant(info, n.Right)
		if a == nil || b == nil {
			return nil
		}
		switch n.Operator {
		case "+":
			return small(new(big.Rat).Add(a, b))
		case "-":
			return small(new(big.Rat).Sub(a, b))
		case "*":
			return small(new(big.Rat).Mul(a, b))
		case "/":
			if b.Sign() != 0 {
				return small(new(big.Rat).Quo(a, b))
			}
		}
	}
	return nil
}

// bracketed says whether brackets stand around a node in the text.
func (s *scope) bracketed(n node) bool {
	r := ast.RangeOf(n)
	text := s.checker.file.Text()
	before := strings.TrimRight(text[:r.Start], " \t\r\n\u3000")
	after := strings.TrimLeft(text[min(int(r.End), len(text)):], " \t\r\n\u3000")
	return (strings.HasSuffix(before, "(") || strings.HasSuffix(before, "（")) && (strings.HasPrefix(after, ")") || strings.HasPrefix(after, "）"))
}

func (s *scope) warnMixed(n *exprast.BinaryNode) {
	for _, side := range []node{n.Left, n.Right} {
		if b, ok := side.(*exprast.BinaryNode); ok && b.Operator == "and" && !s.bracketed(b) {
			r := ast.RangeOf(b)
			d := s.checker.diagnose(diagnostic.MixedAndOr, ast.RangeOf(n))
			*d = d.WithFix(diagnostic.Words{ZH: "加上括号", EN: "add the brackets"},
				diagnostic.Edit{Span: s.checker.span(token.Range{Start: r.Start, End: r.Start}), New: "("},
				diagnostic.Edit{Span: s.checker.span(token.Range{Start: r.End, End: r.End}), New: ")"})
			return
		}
	}
}

// warnNot speaks up where readers of other languages would bind not to the
// first operand alone.
func (s *scope) warnNot(n *exprast.UnaryNode) {
	b, ok := n.Node.(*exprast.BinaryNode)
	if !ok || !comparison[b.Operator] || s.bracketed(b) {
		return
	}
	if _, absent := b.Right.(*exprast.NilNode); absent {
		return
	}
	r := ast.RangeOf(b)
	d := s.checker.diagnose(diagnostic.NotBeforeComparison, ast.RangeOf(n))
	*d = d.WithFix(diagnostic.Words{ZH: "加上括号", EN: "add the brackets"},
		diagnostic.Edit{Span: s.checker.span(token.Range{Start: r.Start, End: r.Start}), New: "("},
		diagnostic.Edit{Span: s.checker.span(token.Range{Start: r.End, End: r.End}), New: ")"})
}

var comparison = map[string]bool{"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true}
