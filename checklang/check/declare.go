package check

import (
	"math/big"
	"time"
	_ "time/tzdata" // zones must not depend on the machine

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/internal/suggest"
	"github.com/pinjian/pinjian/checklang/token"
)

// maxSetMembers is how many members a set of choices can hold: sets are bits
// of one machine word.
const maxSetMembers = 63

func knownZone(name string) bool {
	_, err := time.LoadLocation(name)
	return err == nil && name != "" && name != "Local"
}

// outcomeChoice is the built-in choice of outcomes, in the order of their
// chain.
func outcomeChoice() *ChoiceType {
	t := &ChoiceType{Name: Name{"outcome", "结论"}, Ordered: true}
	for _, n := range []Name{{"not_applicable", "不适用"}, {"pass", "合格"}, {"observation", "观察项"}, {"fail", "不合格"}, {"major", "严重不合格"}} {
		t.Members = append(t.Members, &Member{Name: n, Choice: t, Ordinal: len(t.Members)})
	}
	return t
}

func (c *checker) typeNames(choices, records bool) []string {
	var names []string
	add := func(n Name) {
		names = append(names, n.First)
		if n.Second != "" {
			names = append(names, n.Second)
		}
	}
	if choices {
		for _, t := range c.out.Choices {
			add(t.Name)
		}
	}
	if records {
		for _, r := range c.out.Records {
			add(r.Name)
		}
	}
	return names
}

var (
	recordWords = diagnostic.Words{ZH: "一个记录", EN: "a record"}
	choiceWords = diagnostic.Words{ZH: "一个选项", EN: "a choice"}
)

func (c *checker) findRecord(n ast.Name) *Record {
	t, ok := c.types[n.Text]
	switch {
	case !ok:
		c.unknown(n.Text, n.Range, c.typeNames(false, true))
	case t.record == nil:
		c.report(diagnostic.WrongKind, n.Range, n.Text, choiceWords, recordWords)
	}
	return t.record
}

func (c *checker) findChoice(n ast.Name) *ChoiceType {
	t, ok := c.types[n.Text]
	switch {
	case !ok:
		if near, foreign := suggest.Type(n.Text); foreign {
			d := c.diagnose(diagnostic.MisspeltName, n.Range, n.Text, near)
			*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + near, EN: "write " + near}, diagnostic.Edit{Span: c.span(n.Range), New: near})
			break
		}
		c.unknown(n.Text, n.Range, append(c.typeNames(true, false), typeKeywords()...))
	case t.choice == nil:
		c.report(diagnostic.WrongKind, n.Range, n.Text, recordWords, choiceWords)
	}
	return t.choice
}

// typeKeywords are the words of the types that need no declaration.
func typeKeywords() (out []string) {
	for _, k := range []token.Keyword{
		token.KwBool, token.KwText, token.KwTime, token.KwDate, token.KwClock, token.KwDuration, token.KwPhoto,
		token.KwFile, token.KwSignature, token.KwInt, token.KwNumber,
	} {
		out = append(out, k.In(token.Chinese), k.In(token.English))
	}
	return out
}

// resolveType gives a written type its meaning.
func (c *checker) resolveType(t *ast.TypeExpr) Type {
	switch {
	case t.Basic.Keyword != token.NoKeyword:
		switch t.Basic.Keyword {
		case token.KwBool:
			return Type{Kind: Bool}
		case token.KwText:
			return Type{Kind: Text}
		case token.KwTime:
			return Type{Kind: Time}
		case token.KwDate:
			return Type{Kind: Date}
		case token.KwClock:
			return Type{Kind: Clock}
		case token.KwDuration:
			return Type{Kind: Duration}
		}
		return Type{Kind: Attachment, Word: t.Basic.String()}
	case t.Numeric.Keyword != token.NoKeyword:
		out := Type{Kind: Number, Whole: t.Numeric.Keyword == token.KwInt}
		if t.Bounds != nil {
			out.Low = t.Bounds.Low.Rat()
			c.wholeBound(out, t.Bounds.Low)
			if t.Bounds.High != nil {
				out.High = t.Bounds.High.Rat()
				c.wholeBound(out, *t.Bounds.High)
				if out.Low.Cmp(out.High) > 0 {
					c.report(diagnostic.EmptyRange, t.Bounds.Low.Number.Join(t.Bounds.High.Number.Range), out.Range())
				}
			}
		}
		return out
	case t.SetOf != nil:
		choice := c.findChoice(*t.SetOf)
		if choice == nil {
			return Type{}
		}
		if n := len(choice.Members); n > maxSetMembers {
			c.report(diagnostic.SetTooLarge, t.SetOf.Range, choice.Name.First, maxSetMembers, n)
		}
		return Type{Kind: Set, Choice: choice}
	case t.Named != nil:
		if choice := c.findChoice(*t.Named); choice != nil {
			return Type{Kind: Choice, Choice: choice}
		}
	}
	return Type{}
}

func (c *checker) wholeBound(t Type, b ast.Bound) {
	if t.Whole && !b.Rat().IsInt() {
		c.report(diagnostic.WholeNumber, b.Number.Range, b.Number.Literal)
	}
}

// lateName is a name that is looked up once every file has been read.
type lateName struct {
	name ast.Name
	file *token.File
}

// resolveRecords gives fields their types, joins their sides, and computed
// fields their expressions.
func (c *checker) resolveRecords() {
	for _, l := range c.late {
		c.file = l.file
		if t, ok := c.types[l.name.Text]; ok && t.record == nil {
			c.report(diagnostic.SubjectRecord, l.name.Range, l.name.Text)
		} else if r := c.findRecord(l.name); r != nil && c.out.Standard != nil {
			c.out.Standard.Subject = r
		}
	}
	if c.out.Standard != nil {
		c.subject = c.out.Standard.Subject
	}
	for _, r := range c.out.Records {
		for _, f := range r.Fields {
			if f.declared == nil || f.declared.Type == nil {
				continue
			}
			c.file = f.declaredF
			f.Type = c.resolveType(f.declared.Type)
			f.Optional, f.Personal = f.declared.Type.Optional, f.declared.Type.Personal
		}
	}
	for _, r := range c.out.Records {
		c.resolveSides(r)
	}
	for _, r := range c.out.Records {
		for _, f := range r.Fields {
			if f.Role == ComputedRole {
				c.computed(r, f)
			}
		}
	}
}

func (c *checker) resolveSides(r *Record) {
	for _, s := range r.Sides {
		c.file = s.Record.Span.File
		found := c.findRecord(ast.Name{Range: s.Record.Span.Range, Text: s.Record.Name.First})
		if found == nil {
			continue
		}
		if len(found.Sides) > 0 || found.Lookup(r.Key) == nil || len(r.Sides) < 2 {
			c.report(diagnostic.JoinSides, s.Record.Span.Range, r.Key)
		}
		s.Record = found
		for _, f := range found.Fields {
			if f.Role != FieldRole && f.Role != ComputedRole {
				continue
			}
			side := *f
			side.Side, side.Key = s.Variable, s.Variable.Key+"."+f.Key
			if f.Role == FieldRole {
				s.Fields = append(s.Fields, &side)
			}
		}
	}
}

// computed checks the expression of a computed field. It reads its own
// record's fields and starts with no facts about absence.
func (c *checker) computed(r *Record, f *Variable) {
	if f.Computed != nil || f.declared.Value == nil {
		return
	}
	file := c.file
	c.file = f.declaredF
	defer func() { c.file = file }()
	if f.checking {
		c.report(diagnostic.CircularDefine, f.Span.Range, f.Name.First)
		f.Computed = &Expr{Node: f.declared.Value.Node, Span: c.span(f.declared.Value.Range)}
		return
	}
	if c.depth >= maxDefinitions {
		c.report(diagnostic.NestingTooDeep, f.Span.Range, maxDefinitions)
		f.Computed = &Expr{Node: f.declared.Value.Node, Span: c.span(f.declared.Value.Range)}
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	f.checking = true
	s := &scope{checker: c, record: r, computing: true, why: notInComputed}
	e := s.expression(f.declared.Value, Type{}, nil)
	f.checking = false
	if f.Computed == nil {
		f.Computed, f.Type = e, e.Type
	}
}

// resolveDefines checks the shared expressions; they read parameters, the
// subject, the period and each other, never a unit.
func (c *checker) resolveDefines() {
	for _, d := range c.out.Defines {
		c.resolveDefine(d)
	}
}

func (c *checker) resolveDefine(d *Define) {
	if d.checked {
		return
	}
	file := c.file
	c.file = d.declaredF
	defer func() { c.file = file }()
	if d.checking {
		c.report(diagnostic.CircularDefine, d.Span.Range, d.Name.First)
		return
	}
	if c.depth >= maxDefinitions {
		c.report(diagnostic.NestingTooDeep, d.Span.Range, maxDefinitions)
		d.checked = true
		return
	}
	c.depth++
	defer func() { c.depth-- }()
	d.checking = true
	if t := d.declared.Type; t != nil {
		d.Type, d.Optional = c.resolveType(t), t.Optional
	} else {
		s := &scope{checker: c, subject: true, outside: true, why: notInDefine}
		d.Value = s.expression(d.declared.Value, Type{}, nil)
		d.Type = d.Value.Type
		d.cost, d.constant = d.Value.cost, Constant(c.out.Info, d.Value.Node)
	}
	d.checking, d.checked = false, true
}

func (c *checker) positive(n ast.Number) *big.Rat {
	if n.Value == nil {
		return new(big.Rat)
	}
	return n.Value
}
