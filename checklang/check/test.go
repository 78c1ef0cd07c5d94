package check

import (
	"slices"
	"unicode/utf8"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/internal/suggest"
	"github.com/pinjian/pinjian/checklang/token"
)

// maxRepeat bounds how many equal units a test gives at once.
const maxRepeat = 10_000

// test checks a rule test against the item it names.
func (c *checker) test(d *ast.Test) {
	t := &Test{Code: d.Code.Value, Title: d.Title.Value, Population: map[*Record]int64{}, Span: c.span(d.Code.Range.Join(d.Title.Range))}
	if t.Item = c.itemByCode(d.Code, false); t.Item == nil {
		return
	}
	for _, l := range d.Lines {
		switch {
		case l.Given:
			c.given(t, l)
		case l.Population != nil:
			if r := c.findRecord(*l.Population); r != nil {
				t.Population[r] = c.whole(*l.Size)
			}
		case l.Period != nil:
			t.Period = l.Period
		case l.AsOf != nil:
			t.AsOf = l.AsOf
		case l.Expect != nil:
			c.expect(t, l)
		}
	}
	c.out.Tests = append(c.out.Tests, t)
}

func (c *checker) testPart(t *Test, name *ast.Name) *Part {
	if name == nil {
		return nil
	}
	p := t.Item.Part(name.Text)
	if p == nil {
		var names []string
		for _, p := range t.Item.Parts {
			names = append(names, p.Name.First, p.Name.Second)
		}
		c.unknownMember(name.Text, name.Range, t.Item.Code, names, nil)
	}
	return p
}

func (c *checker) given(t *Test, l *ast.TestLine) {
	g := &Given{Part: c.testPart(t, l.GivenPart), Subject: l.Subject, Repeat: 1, Span: c.span(l.Range)}
	if l.GivenPart != nil && g.Part == nil {
		return
	}
	if l.Repeat != nil {
		if n := c.whole(*l.Repeat); n >= 0 && n <= maxRepeat {
			g.Repeat = int(n)
		} else {
			c.report(diagnostic.TestValue, l.Repeat.Range, l.Repeat.Literal, diagnostic.Words{ZH: "太多", EN: "is too many"})
		}
	}
	if g.Part == nil && !g.Subject {
		g.Part = t.Item.Parts[0]
		if len(t.Item.Parts) > 1 {
			c.report(diagnostic.TestValue, l.Range, t.Item.Code, diagnostic.Words{ZH: "有几个分项，写“给定 分项 名称 { … }”", EN: "has several parts, write given part NAME { … }"})
		}
	}
	for _, v := range l.Values {
		c.givenValue(g, v)
	}
	t.Given = append(t.Given, g)
}

func (c *checker) givenValue(g *Given, v *ast.GivenValue) {
	var key string
	var r token.Range
	if v.Name != nil {
		key, r = v.Name.Text, v.Name.Range
	} else {
		key, r = v.Label.Value, c.within(v.Label)
	}
	out := GivenValue{Absent: v.Absent, List: v.List, Span: c.span(v.Range)}
	var t Type
	var known []string
	if g.Subject {
		if c.subject != nil {
			out.Variable = c.subject.Lookup(key)
			known = fieldNames(c.subject.Fields)
		}
	} else {
		out.Variable = g.Part.Lookup(key)
		known = append(fieldNames(g.Part.Answers), fieldNames(recordFields(g.Part.Record()))...)
	}
	switch d := c.defines[key]; {
	case out.Variable != nil:
		t = out.Variable.Type
		if out.Variable.Role == ComputedRole {
			c.report(diagnostic.TestValue, r, key, diagnostic.Words{ZH: "是计算字段，给出它所依据的字段", EN: "is computed, give the fields it is computed from"})
			return
		}
		if v.Absent && !out.Variable.Optional {
			c.report(diagnostic.NeverAbsent, r, key)
		}
	case d != nil && d.Value == nil: // a parameter
		out.Define, t = d, d.Type
	default:
		lost := c.lost
		if g.Part != nil {
			if v.Name == nil && g.Part.lost.Any(criterial...) {
				return // the question of a criterion that could not be read
			}
			lost = lost || g.Part.lost.Any(declaring...) || (g.Part.Record() != nil && g.Part.Record().lost)
		} else {
			lost = lost || (c.subject != nil && c.subject.lost)
		}
		c.lookedUp(key, r, known, lost)
		return
	}
	switch {
	case v.List:
		if t.Kind != Set {
			c.report(diagnostic.TypeMismatch, v.Range, t.Words(), kindWords[Set])
			return
		}
		for _, name := range v.Items {
			if m := t.Choice.Member(name.Text); m != nil {
				out.Members = append(out.Members, m)
				continue
			}
			var members []string
			for _, m := range t.Choice.Members {
				members = append(members, m.Name.First, m.Name.Second)
			}
			c.unknownMember(name.Text, name.Range, t.Choice.Name.First, members, nil)
		}
	case v.Value != nil:
		out.Value = c.testConstant(v.Value, t)
	}
	g.Values = append(g.Values, out)
}

// within is the range of a text without its quotation marks, so that a fix
// leaves them.
func (c *checker) within(t *ast.Text) token.Range {
	written := c.span(t.Range).Text()
	_, first := utf8.DecodeRuneInString(written)
	_, last := utf8.DecodeLastRuneInString(written)
	if len(written) < first+last {
		return t.Range
	}
	return token.Range{Start: t.Start + uint32(first), End: t.End - uint32(last)}
}

func recordFields(r *Record) []*Variable {
	if r == nil {
		return nil
	}
	return r.Fields
}

// testConstant checks a plain value of a test against the type it fills. A
// date stands for midnight where a time is wanted, and a text for an
// attachment.
func (c *checker) testConstant(e *ast.Expr, t Type) *Expr {
	if constant, ok := e.Node.(*exprast.ConstantNode); ok {
		if d, ok := constant.Value.(ast.Date); ok && t.Kind == Time {
			constant.Value = ast.Instant{Date: d}
		}
	}
	want := t
	if t.Kind == Attachment {
		want = Type{Kind: Text}
	}
	s := &scope{checker: c, why: notInTest}
	out := s.expression(e, Type{Kind: want.Kind, Choice: want.Choice}, nil)
	if value := s.constant(e.Node); value != nil && t.Kind == Number && out.Type.Kind == Number {
		if (t.Low != nil && value.Cmp(t.Low) < 0) || (t.High != nil && value.Cmp(t.High) > 0) {
			c.report(diagnostic.TestValue, e.Range, decimal(value), diagnostic.Words{ZH: "超出范围 " + t.Range(), EN: "lies outside " + t.Range()})
		}
		if t.Whole && !value.IsInt() {
			c.report(diagnostic.WholeNumber, e.Range, decimal(value))
		}
	}
	return out
}

func (c *checker) expect(t *Test, l *ast.TestLine) {
	w := l.Expect
	out := &Expectation{Part: c.testPart(t, w.Part), Want: w, Span: c.span(l.Range)}
	if w.Part != nil && out.Part == nil {
		return
	}
	if w.Value != nil {
		s := &scope{checker: c, why: notInTest}
		division, ok := w.Value.Node.(*exprast.BinaryNode)
		if ok && division.Operator == "/" {
			out.Value = c.measure(s, &ast.Measure{Value: *w.Value}, nil)
		} else {
			out.Value = s.expression(w.Value, Type{}, nil)
		}
	}
	for _, name := range w.Needs {
		var v *Variable
		var known []string
		for _, p := range t.Item.Parts {
			if out.Part == nil || out.Part == p {
				known = append(append(known, fieldNames(p.Answers)...), fieldNames(recordFields(p.Record()))...)
				if v == nil {
					v = p.Lookup(name.Text)
				}
			}
		}
		if v == nil && c.subject != nil {
			if f := c.subject.Lookup(name.Text); f != nil {
				v = f
			}
		}
		if v == nil {
			if d, ok := c.defines[name.Text]; ok && d.Value == nil {
				v = &Variable{Name: d.Name, Key: d.Name.First, Type: d.Type}
			}
		}
		if v == nil {
			lost := c.lost || slices.ContainsFunc(t.Item.Parts, func(p *Part) bool {
				return p.lost.Any(declaring...) || (p.Record() != nil && p.Record().lost)
			})
			c.lookedUp(name.Text, name.Range, known, lost)
			continue
		}
		out.Needs = append(out.Needs, v)
	}
	if w.Outcome != nil && w.Label != nil && !c.hasCriterion(t, w.Label.Value) {
		c.noCriterion(t, w.Label, diagnostic.Words{ZH: "不是这个检查项的结论", EN: "is no criterion of this item"})
	}
	if w.Reason != nil && !c.hasCriterion(t, w.Reason.Value) {
		c.noCriterion(t, w.Reason, diagnostic.Words{ZH: "不是这个检查项的提请裁定", EN: "is no reason to refer of this item"})
	}
	t.Expect = append(t.Expect, out)
}

// noCriterion reports a name or label that no clause bears, with the one that
// is very like it.
func (c *checker) noCriterion(t *Test, said *ast.Text, what diagnostic.Words) {
	var known []string
	for _, p := range t.Item.Parts {
		for _, k := range p.Criteria {
			known = append(known, k.ID, k.Label)
		}
	}
	near, ok := suggest.Nearest(said.Value, known)
	if !ok {
		c.report(diagnostic.TestValue, said.Range, said.Value, what)
		return
	}
	what = diagnostic.Words{ZH: what.ZH + "，是不是“" + near + "”？", EN: what.EN + ", did you mean " + token.Quote(near) + "?"}
	d := c.diagnose(diagnostic.TestValue, said.Range, said.Value, what)
	*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + token.Quote(near), EN: "write " + token.Quote(near)}, diagnostic.Edit{Span: c.span(said.Range), New: token.Quote(near)})
}

// hasCriterion says whether the item has a clause of that name or label, as far
// as its clauses could be read.
func (c *checker) hasCriterion(t *Test, id string) bool {
	for _, p := range t.Item.Parts {
		if p.lost.Any(criterial...) {
			return true
		}
		for _, k := range p.Criteria {
			if k.ID == id || k.Label == id {
				return true
			}
		}
	}
	return false
}
