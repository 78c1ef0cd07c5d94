package check

import (
	"slices"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

type node = exprast.Node

// scope is what an expression may read at its place, and what it did read.
type scope struct {
	checker   *checker
	record    *Record
	answers   []*Variable
	extra     []*Variable // outcome, score
	subject   bool        // subject.x can be read
	instant   bool        // as_of can be read
	outside   bool        // parameters, populations and the period can be read
	computing bool        // a computed field
	aggregate bool        // aggregates can be used
	why       diagnostic.Words
	hidden    []*Variable // known here, but not to be read: named in the reason

	inside    bool      // within an aggregate's body
	over      *Variable // what the aggregate reads of an item or a section
	used      bool      // an aggregate was used
	bare      node      // the first unit value read outside an aggregate
	bareName  string
	reads     []*Variable
	whole     guarded // the innermost condition that a guard can be put before
	missed    []missedGuard
	lost      bool          // a statement that declares names could not be read: unknown ones are not reported
	level     token.Keyword // of the scoring, for its conditions
	whereWord any           // "where", "per": refuse what is not the record's own
}

// guarded is a condition with the range that it covers, brackets included. The
// zero value is no condition.
type guarded struct {
	token.Range
	node node
}

// missedGuard is an unguarded reading that was reported: one guard mends all
// of the same variable in the same condition.
type missedGuard struct {
	variable *Variable
	whole    token.Range
}

// Why a name that exists can't be read.
var (
	notInComputed = diagnostic.Words{ZH: "计算字段只读本记录的字段", EN: "a computed field reads the fields of its own record"}
	notInDefine   = diagnostic.Words{ZH: "“定义”只读参数、受检对象、期间和其他定义；单位的值写在记录里的“定义”中", EN: "a define reads parameters, the subject, the period and other defines; values of a unit belong in a define of its record"}
	notInApplies  = diagnostic.Words{ZH: "“适用”在抽样之前判断，不读被抽单位的字段", EN: "applies is decided before the draw and reads no field of drawn units"}
	notInSection  = diagnostic.Words{ZH: "章节的结论只能汇总其检查项的“结论”", EN: "criteria of a section aggregate the outcome of its items"}
	notInTest     = diagnostic.Words{ZH: "测试里只写确定的值", EN: "tests state plain values"}
	notInTarget   = diagnostic.Words{ZH: "目标是一个常数或参数", EN: "a target is a constant or a parameter"}
	noAggregate   = diagnostic.Words{ZH: "这里没有抽样", EN: "there is no sample here"}
)

// expression checks a whole expression. A want of the zero Type lets the
// expression decide.
func (s *scope) expression(e *ast.Expr, want Type, given facts) *Expr {
	out, _, _ := s.checked(e, want, given)
	return out
}

// checked also returns what is present when a condition is true and when it is
// false.
func (s *scope) checked(e *ast.Expr, want Type, given facts) (*Expr, facts, facts) {
	if s.whole = (guarded{}); want.Kind == Bool {
		s.whole = guarded{e.Range, e.Node}
	}
	t, whenTrue, whenFalse := s.check(e.Node, want, given)
	out := &Expr{Node: e.Node, Span: s.checker.span(e.Range), Type: t, Aggregate: s.used, Reads: s.reads, cost: s.checker.cost(e.Node)}
	if out.cost > maxCost {
		s.checker.report(diagnostic.CostTooHigh, e.Range, out.cost, maxCost)
		out.Type, out.cost = Type{}, 1
		return out, nil, nil
	}
	switch {
	case want.Kind == Bool && t.Kind != Bool && t.Kind != Invalid:
		s.checker.report(diagnostic.NeedCondition, e.Range, t.Words())
		out.Type = Type{}
	case want.Kind != Invalid && t.Kind != Invalid && !same(want, t):
		s.checker.report(diagnostic.TypeMismatch, e.Range, want.Words(), t.Words())
		out.Type = Type{}
	case s.used && s.bare != nil:
		s.checker.report(diagnostic.AggregateMixed, ast.RangeOf(s.bare), s.bareName)
	}
	return out, whenTrue, whenFalse
}

func (s *scope) note(n node, t Type, o Object) Type {
	s.checker.out.Info.note(n, t, o)
	return t
}

// read records that a variable is read and demands that it be present.
func (s *scope) read(n node, v *Variable, given facts) Type {
	if v.Role == ComputedRole {
		if owner := s.checker.owner(v); owner != nil {
			s.checker.computed(owner, v)
		}
	}
	if !slices.Contains(s.reads, v) {
		s.reads = append(s.reads, v)
	}
	if v.Side != nil && !given.has(v.Side) {
		s.unguarded(n, v.Side)
	}
	if v.Optional && !given.has(v) {
		s.unguarded(n, v)
	}
	s.touch(n, v)
	return s.note(n, v.Type, v)
}

// touch notes a value of a unit outside every aggregate.
func (s *scope) touch(n node, v *Variable) {
	switch {
	case s.inside:
		s.together(n, v)
	case v.perUnit(), v.Role == OutcomeRole && (s.level == token.KwSection || s.level == token.KwTotal):
		s.checker.report(diagnostic.NotAllowedHere, ast.RangeOf(n), v.Name.First, onlyInside)
	case s.bare == nil && v.Role != SubjectRole && v.Role != ScoreRole:
		s.bare, s.bareName = n, v.Key
	}
}

// unguarded reports a reading of what may be absent, and offers the guard for
// the condition in which it stands.
func (s *scope) unguarded(n node, v *Variable) {
	if slices.Contains(s.missed, missedGuard{v, s.whole.Range}) {
		return
	}
	s.missed = append(s.missed, missedGuard{v, s.whole.Range})
	if m, ok := n.(*exprast.MemberNode); ok && v.Role == SideRole {
		n = m.Node // the side is what may be absent, not its field
	}
	r := ast.RangeOf(n)
	path := s.checker.span(r).Text()
	d := s.checker.diagnose(diagnostic.OptionalUnguarded, r, path)
	*d = d.WithRelated(v.Span, diagnostic.Words{ZH: "在这里声明为可空", EN: "declared optional here"})
	if s.whole.node == nil {
		return
	}
	guard := path + " is present and "
	if s.checker.file.Lang() == token.Chinese {
		guard = path + " 不为空 且 "
	}
	open, end := "", ""
	if b, ok := s.whole.node.(*exprast.BinaryNode); ok && b.Operator == "or" && s.whole.Range == ast.RangeOf(b) {
		open, end = "(", ")"
	}
	at := func(offset uint32) token.Span { return s.checker.span(token.Range{Start: offset, End: offset}) }
	edits := []diagnostic.Edit{{Span: at(s.whole.Start), New: guard + open}}
	if end != "" {
		edits = append(edits, diagnostic.Edit{Span: at(s.whole.End), New: end})
	}
	*d = d.WithFix(diagnostic.Words{ZH: "加上“" + guard + "”", EN: "add \"" + guard + "\""}, edits...)
}

// owner finds the record that declares a computed field.
func (c *checker) owner(v *Variable) *Record {
	for _, r := range c.out.Records {
		if slices.Contains(r.Fields, v) {
			return r
		}
	}
	return nil
}

// variable finds what a bare name reads.
func (s *scope) variable(name string) *Variable {
	for _, v := range s.extra {
		if v.Name.Has(name) {
			return v
		}
	}
	for _, v := range s.answers {
		if v.Name.Has(name) {
			return v
		}
	}
	return s.record.Lookup(name)
}

// names lists everything that can be read by a bare name here, for
// suggestions.
func (s *scope) names(want Type) []string {
	var out []string
	add := func(n Name) {
		out = append(out, n.First)
		if n.Second != "" {
			out = append(out, n.Second)
		}
	}
	if want.Choice != nil {
		for _, m := range want.Choice.Members {
			add(m.Name)
		}
	}
	for _, v := range s.answers {
		add(v.Name)
	}
	if s.record != nil {
		for _, v := range s.record.Fields {
			add(v.Name)
		}
	}
	for _, v := range s.extra {
		add(v.Name)
	}
	if s.outside {
		for _, d := range s.checker.out.Defines {
			add(d.Name)
		}
	}
	for _, w := range token.Words() {
		if w.Class == "value" || w.Class == "function" {
			out = append(out, w.English, w.Chinese)
		}
	}
	return out
}

// identifier gives a bare name its meaning.
func (s *scope) identifier(n *exprast.IdentifierNode, want Type, given facts) Type {
	name := n.Value
	if v := s.variable(name); v != nil {
		if v.Role == SideRole {
			s.checker.report(diagnostic.NotAllowedHere, ast.RangeOf(n), name, diagnostic.Words{ZH: "它是对照的一方，写“" + name + ".字段”", EN: "it is a side of a join, write " + name + ".field"})
			return s.note(n, Type{}, v)
		}
		return s.read(n, v, given)
	}
	if want.Choice != nil {
		if m := want.Choice.Member(name); m != nil {
			return s.note(n, Type{Kind: Choice, Choice: want.Choice}, m)
		}
	}
	if d, ok := s.checker.defines[name]; ok {
		if !s.outside {
			return s.refused(n, name)
		}
		s.checker.resolveDefine(d)
		return s.note(n, d.Type, d)
	}
	if b, ok := token.LookupValue(name); ok {
		switch {
		case b == "as_of" && s.instant:
			return s.note(n, Type{Kind: Time}, Builtin("as_of"))
		case b == "period" && s.outside:
			s.checker.report(diagnostic.NotAllowedHere, ast.RangeOf(n), name, diagnostic.Words{ZH: "写 本期.start、本期.end，或 日期 属于 本期", EN: "write period.start, period.end, or x in period"})
			return s.note(n, Type{}, nil)
		default:
			return s.refused(n, name)
		}
	}
	for _, v := range s.hidden {
		if v.Name.Has(name) {
			return s.refused(n, name)
		}
	}
	if want.Choice != nil {
		s.member(n, name, want.Choice)
		return s.note(n, Type{}, nil)
	}
	if found := s.checker.choicesWith(name); len(found) == 1 {
		m := found[0].Member(name)
		return s.note(n, Type{Kind: Choice, Choice: found[0]}, m)
	} else if len(found) > 1 {
		s.checker.report(diagnostic.AmbiguousMember, ast.RangeOf(n), name)
		return s.note(n, Type{}, nil)
	}
	s.checker.lookedUp(name, ast.RangeOf(n), s.names(want), s.lost || s.checker.lost || (s.record != nil && s.record.lost))
	return s.note(n, Type{}, nil)
}

// refused reports a name that exists but can't be read at this place.
func (s *scope) refused(n node, name string) Type {
	if s.whereWord != nil {
		s.checker.report(diagnostic.WhereReadsOther, ast.RangeOf(n), name, s.whereWord)
	} else {
		s.checker.report(diagnostic.NotAllowedHere, ast.RangeOf(n), name, s.why)
	}
	return s.note(n, Type{}, nil)
}

func (c *checker) choicesWith(member string) []*ChoiceType {
	var out []*ChoiceType
	for _, t := range c.out.Choices {
		if t.Member(member) != nil {
			out = append(out, t)
		}
	}
	return out
}

// member reports a name that a choice does not have.
func (s *scope) member(n node, name string, choice *ChoiceType) {
	var known []string
	for _, m := range choice.Members {
		known = append(known, m.Name.First)
		if m.Name.Second != "" {
			known = append(known, m.Name.Second)
		}
	}
	if !choice.lost {
		s.checker.unknownMember(name, ast.RangeOf(n), choice.Name.First, known, s.names(Type{}))
	}
}

func (c *checker) unknownMember(name string, r token.Range, owner string, known, others []string) {
	if near, ok := nearest(name, known); ok {
		d := c.diagnose(diagnostic.MisspeltMember, r, name, owner, near)
		*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + near, EN: "write " + near}, diagnostic.Edit{Span: c.span(r), New: near})
		return
	}
	if near, ok := nearest(name, others); ok && others != nil {
		d := c.diagnose(diagnostic.MisspeltName, r, name, near)
		*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + near, EN: "write " + near}, diagnostic.Edit{Span: c.span(r), New: near})
		return
	}
	if len(known) > 0 { // else what declares them could not be read
		c.report(diagnostic.UnknownMember, r, name, owner, list(known))
	}
}

// dotted gives a name with a dot its meaning: a field of the subject or of a
// side, an end of the period, or a member of a choice.
func (s *scope) dotted(n *exprast.MemberNode, given facts) Type {
	base, ok := n.Node.(*exprast.IdentifierNode)
	property, ok2 := n.Property.(*exprast.StringNode)
	if !ok || !ok2 {
		return s.note(n, Type{}, nil)
	}
	r := ast.RangeOf(property)
	if v := s.variable(base.Value); v != nil {
		if v.Role != SideRole {
			s.checker.report(diagnostic.UnknownName, r, base.Value+"."+property.Value)
			return s.note(n, Type{}, nil)
		}
		for _, side := range s.record.Sides {
			if side.Variable != v {
				continue
			}
			for _, f := range side.Fields {
				if f.Name.Has(property.Value) {
					return s.read(n, f, given)
				}
			}
			s.checker.unknownMember(property.Value, r, base.Value, fieldNames(side.Fields), nil)
		}
		return s.note(n, Type{}, nil)
	}
	if token.LookupKeyword(base.Value) == token.KwSubject {
		switch {
		case !s.subject:
			return s.refused(n, base.Value)
		case s.checker.subject == nil:
			s.checker.report(diagnostic.NotAllowedHere, ast.RangeOf(base), base.Value, diagnostic.Words{ZH: "标准里没有写“受检对象”", EN: "the standard names no subject"})
			return s.note(n, Type{}, nil)
		}
		if f := s.checker.subject.Lookup(property.Value); f != nil {
			return s.read(n, s.checker.subjectVariable(f), given)
		}
		s.checker.unknownMember(property.Value, r, base.Value, fieldNames(s.checker.subject.Fields), nil)
		return s.note(n, Type{}, nil)
	}
	if b, ok := token.LookupValue(base.Value); ok && b == "period" {
		if !s.outside {
			return s.refused(n, base.Value)
		}
		switch property.Value {
		case "start", "起":
			return s.note(n, Type{Kind: Time}, Builtin("period.start"))
		case "end", "止":
			return s.note(n, Type{Kind: Time}, Builtin("period.end"))
		}
		s.checker.unknownMember(property.Value, r, base.Value, []string{"start", "end", "起", "止"}, nil)
		return s.note(n, Type{}, nil)
	}
	if t, ok := s.checker.types[base.Value]; ok && t.choice != nil {
		if m := t.choice.Member(property.Value); m != nil {
			return s.note(n, Type{Kind: Choice, Choice: t.choice}, m)
		}
		s.member(property, property.Value, t.choice)
		return s.note(n, Type{}, nil)
	}
	s.checker.unknown(base.Value, ast.RangeOf(base), s.names(Type{}))
	return s.note(n, Type{}, nil)
}

func fieldNames(fields []*Variable) []string {
	var out []string
	for _, f := range fields {
		out = append(out, f.Name.First)
		if f.Name.Second != "" {
			out = append(out, f.Name.Second)
		}
	}
	return out
}

// subjectVariable is a field of the subject as expressions read it.
func (c *checker) subjectVariable(f *Variable) *Variable {
	if v, ok := c.subjects[f]; ok {
		return v
	}
	if f.Role == ComputedRole {
		c.computed(c.subject, f)
	}
	v := *f
	v.Role = SubjectRole
	c.subjects[f] = &v
	return &v
}
