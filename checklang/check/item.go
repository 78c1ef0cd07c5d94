package check

import (
	"math/big"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// structure takes in sections and items, and says whether d was one.
func (c *checker) structure(d ast.Decl) bool {
	switch d := d.(type) {
	case *ast.Section:
		c.out.Sections = append(c.out.Sections, c.section(d, nil, inherited{}))
	case *ast.Item:
		c.item(d, nil, inherited{})
	default:
		return false
	}
	return true
}

// inherited is what a section states for all of its items.
type inherited struct {
	every   token.Keyword
	sample  *ast.Sample
	group   string // the section whose sample it is
	methods []*ast.Method
	applies []*Expr
	given   facts // what applies proves present
	lost    ast.Lost
}

func (c *checker) section(d *ast.Section, parent *Section, from inherited) *Section {
	s := &Section{Code: d.Code.Value, Title: d.Title.Value, Parent: parent, Span: c.span(d.Code.Range), Doc: d.Doc}
	if parent != nil {
		s.Path = append(slices.Clone(parent.Path), s.Code)
	} else {
		s.Path = []string{s.Code}
		for _, other := range c.out.Sections {
			if other.Code == s.Code {
				r := c.diagnose(diagnostic.DuplicateCode, d.Code.Range, s.Code)
				*r = r.WithRelated(other.Span, diagnostic.Words{ZH: "已用在这里", EN: "used here first"})
			}
		}
	}
	seen := map[string]bool{}
	var criteria []ast.Node
	for _, n := range d.Body {
		switch n := n.(type) {
		case *ast.Require:
			s.Require = append(s.Require, n.Text.Value)
		case *ast.Source:
			s.Sources = append(s.Sources, n.Text.Value)
		case *ast.Every:
			if c.once(seen, "every", n) {
				from.every = n.Period.Keyword
			}
		case *ast.Applies:
			e, whenTrue := c.applies(n, nil)
			s.Applies = append(s.Applies, e)
			from.applies, from.given = append(slices.Clip(from.applies), e), from.given.or(whenTrue)
		case *ast.Sample:
			if !c.once(seen, "sample", n) {
				continue
			}
			from.sample, from.group = n, "section/"+strings.Join(s.Path, "/")
			c.sample(n, from.group, true) // also where no item takes it over
		case *ast.Method:
			from.methods = append(slices.Clip(from.methods), n)
			c.method(&Part{}, n, map[string]token.Span{})
		case *ast.Accept:
			c.accept(n, d.Range)
		case *ast.Tally:
			s.Tallies = append(s.Tallies, n)
			if e := c.tally(n, token.KwSection); e != nil {
				s.Zero = append(s.Zero, e)
			}
		case *ast.Outcome, *ast.Refer, *ast.Measure, *ast.Target, *ast.Deduct, *ast.Award:
			criteria = append(criteria, n)
		}
	}
	s.Every = from.every
	from.lost = append(slices.Clip(from.lost), d.Lost...)
	c.lostItem = c.lostItem || d.Lost.Any(token.KwItem, token.KwSection)
	for _, n := range d.Body {
		switch n := n.(type) {
		case *ast.Section:
			s.Sections = append(s.Sections, c.section(n, s, from))
		case *ast.Item:
			c.item(n, s, from)
		}
	}
	if len(criteria) > 0 {
		holder := &Part{ID: strings.Join(s.Path, "/"), Span: s.Span}
		c.criteria(holder, criteria, c.overItems(), nil)
		s.Criteria = holder.Criteria
	}
	return s
}

// overItems is what criteria of sections and scoring can read: the outcome of
// each item, inside aggregates.
func (c *checker) overItems() *scope {
	outcome := &Variable{Name: Name{"outcome", "结论"}, Key: "outcome", Role: OutcomeRole, Type: Type{Kind: Choice, Choice: c.outcome}}
	return &scope{checker: c, extra: []*Variable{outcome}, subject: true, instant: true, outside: true, aggregate: true, why: notInSection}
}

// once says whether a statement is the first of its kind, and reports the
// others.
func (c *checker) once(seen map[string]bool, key string, n ast.Node) bool {
	if seen[key] {
		c.report(diagnostic.DuplicateStatement, n.Pos(), token.LookupKeyword(key))
		return false
	}
	seen[key] = true
	return true
}

// applies checks a condition that is decided before any unit is drawn; where
// the unit is the subject, part gives its answers.
func (c *checker) applies(n *ast.Applies, part *Part) (*Expr, facts) {
	s := &scope{checker: c, subject: true, outside: true, instant: true, why: notInApplies}
	if part != nil {
		if part.Record() == nil {
			s.answers = part.Answers
		} else {
			s.hidden = append(slices.Clone(part.Answers), part.Record().Fields...)
		}
	}
	e, whenTrue, _ := s.checked(&n.When, Type{Kind: Bool}, nil)
	return e, whenTrue
}

// every takes in how often an item is due. A part may say it for its item, but
// only one statement can.
func (c *checker) every(item *Item, n *ast.Every) {
	if item.everyStated {
		c.report(diagnostic.DuplicateStatement, n.Range, token.KwEvery)
		return
	}
	item.everyStated, item.Every = true, n.Period.Keyword
}

func (c *checker) missingEvery(d *ast.Item, item *Item, from inherited) {
	if item.Every == token.NoKeyword && !d.Lost.Any(token.KwEvery) && !from.lost.Any(token.KwEvery) {
		c.report(diagnostic.MissingEvery, d.Code.Range, item.Code)
	}
}

func (c *checker) item(d *ast.Item, section *Section, from inherited) {
	item := &Item{Code: d.Code.Value, ID: d.Code.Value, Title: d.Title.Value, Section: section, Every: from.every, Span: c.span(d.Code.Range), Doc: d.Doc}
	if section != nil {
		item.ID = section.Path[0] + "/" + item.Code
		section.Items = append(section.Items, item)
	}
	if old, ok := c.items[item.ID]; ok {
		r := c.diagnose(diagnostic.DuplicateCode, d.Code.Range, item.Code)
		*r = r.WithRelated(old.Span, diagnostic.Words{ZH: "已用在这里", EN: "used here first"})
	} else {
		c.items[item.ID] = item
	}
	c.out.Items = append(c.out.Items, item)

	seen := map[string]bool{}
	var shared []ast.Node // what holds for each part
	var parts []*ast.Part
	var applies []*ast.Applies
	for _, n := range d.Body {
		switch n := n.(type) {
		case *ast.Require:
			item.Require = append(item.Require, n.Text.Value)
		case *ast.Source:
			item.Sources = append(item.Sources, n.Text.Value)
		case *ast.Every:
			c.every(item, n)
		case *ast.Class:
			c.once(seen, "class", n)
			item.Class = n.Name.Text
		case *ast.Responsible:
			c.once(seen, "responsible", n)
			item.Responsible = n.Name.Text
		case *ast.Points:
			c.once(seen, "points", n)
			item.Points = c.positive(n.Value)
		case *ast.Tally:
			item.Tallies = append(item.Tallies, n)
			if e := c.tally(n, token.KwItem); e != nil {
				item.Zero = append(item.Zero, e)
			}
		case *ast.Accept:
			c.accept(n, d.Range)
		case *ast.Part:
			parts = append(parts, n)
		case *ast.Applies:
			applies = append(applies, n)
		default:
			shared = append(shared, n)
		}
	}
	defer func() { c.missingEvery(d, item, from) }()
	item.Applies = slices.Clone(from.applies)
	if len(parts) == 0 {
		p := &Part{ID: item.ID, Item: item, Span: item.Span, whole: d.Range, lost: append(slices.Clip(d.Lost), from.lost...)}
		item.Parts = []*Part{p}
		c.part(p, shared, applies, from)
		return
	}
	for _, a := range applies {
		e, whenTrue := c.applies(a, nil)
		item.Applies, from.given = append(item.Applies, e), from.given.or(whenTrue)
	}
	names := map[string]token.Span{}
	for _, ps := range parts {
		p := &Part{ID: item.ID + "/" + ps.Names.First.Text, Name: nameOf(ps.Names), Item: item, Span: c.span(ps.Names.Range()), Doc: ps.Doc, whole: ps.Range, lost: append(append(slices.Clip(ps.Lost), d.Lost...), from.lost...)}
		for _, n := range ps.Names.All() {
			if old, ok := names[n.Text]; ok {
				c.duplicate(n.Text, n.Range, old)
			}
			names[n.Text] = c.span(n.Range)
		}
		item.Parts = append(item.Parts, p)
		own := slices.Clone(ps.Body)
		for _, n := range shared {
			switch n.(type) {
			case *ast.Sample:
				if !slices.ContainsFunc(ps.Body, isSample) {
					own = append(own, n)
				}
			case *ast.Method:
				own = append(own, n)
			default:
				if ps == parts[0] {
					c.report(diagnostic.CriteriaOutsideParts, n.Pos())
				}
			}
		}
		c.part(p, own, nil, from)
	}
}

// declaring are the statements that give names to what a part's criteria read,
// criterial those that are criteria.
var (
	declaring = []token.Keyword{token.KwSample, token.KwAsk, token.KwReview, token.KwObserve, token.KwListen, token.KwPhone, token.KwSimulate, token.KwExam}
	criterial = []token.Keyword{token.KwPass, token.KwObservation, token.KwFail, token.KwMajor, token.KwRefer, token.KwMeasure, token.KwTarget, token.KwDeduct, token.KwAward, token.KwPart}
)

func isSample(n ast.Node) bool { _, ok := n.(*ast.Sample); return ok }
func isMethod(n ast.Node) bool { _, ok := n.(*ast.Method); return ok }

// part checks one part: its own statements, then what the section states for
// all that have none.
func (c *checker) part(p *Part, body []ast.Node, applies []*ast.Applies, from inherited) {
	var sample *ast.Sample
	group := p.ID
	shared := false
	var criteria []ast.Node
	for _, n := range body {
		switch n := n.(type) {
		case *ast.Sample:
			if sample != nil {
				c.report(diagnostic.SecondSample, n.Range)
				continue
			}
			sample = n
		case *ast.Require:
			p.Require = append(p.Require, n.Text.Value)
		case *ast.Source:
			p.Sources = append(p.Sources, n.Text.Value)
		case *ast.Applies:
			applies = append(applies, n)
		case *ast.Every:
			c.every(p.Item, n)
		case *ast.Class, *ast.Responsible:
			word := n.Pos()
			word.End = word.Start + uint32(len(strings.Fields(c.span(word).Text())[0]))
			c.report(diagnostic.Misplaced, word, c.span(word).Text(), diagnostic.Words{ZH: "检查项", EN: "item"}, diagnostic.Words{ZH: "分项", EN: "part"})
		case *ast.Accept:
			c.accept(n, p.whole)
		case *ast.Method:
		default:
			criteria = append(criteria, n)
		}
	}
	if sample == nil && from.sample != nil {
		sample, group, shared = from.sample, from.group, true
	}
	var given facts
	if sample != nil {
		p.Sample, given = c.sample(sample, group, shared)
	}
	given = given.or(from.given)
	names := map[string]token.Span{}
	methods := body
	if !slices.ContainsFunc(body, isMethod) {
		for _, m := range from.methods {
			methods = append(methods, m)
		}
	}
	for _, n := range methods {
		if m, ok := n.(*ast.Method); ok {
			c.method(p, m, names)
		}
	}
	for _, a := range applies {
		e, whenTrue := c.applies(a, p)
		p.Applies = append(p.Applies, e)
		given = given.or(whenTrue)
	}
	s := &scope{checker: c, record: p.Record(), answers: p.Answers, subject: true, instant: true, outside: true, aggregate: p.Sample != nil && p.Sample.Record != nil, why: noAggregate}
	// Where the sample could not be made out, names may be its record's.
	s.lost = p.lost.Any(declaring...) || (sample != nil && sample.First != nil && p.Sample == nil)
	s.aggregate = s.aggregate || s.lost
	if s.lost {
		p.lost = append(slices.Clip(p.lost), token.KwSample)
	}
	c.criteria(p, criteria, s, given)
	if len(p.Criteria) == 0 && p.Measure == nil && len(p.Item.Parts) == 1 && p.Name.First == "" && !p.lost.Any(criterial...) {
		c.report(diagnostic.NoCriterion, p.Span.Range, p.Item.Code)
	}
}

func (c *checker) method(p *Part, m *ast.Method, names map[string]token.Span) {
	out := &Method{Kind: m.Kind.Keyword, Text: m.Text.Value, Span: c.span(m.Range)}
	for i := range m.Answers {
		a := &m.Answers[i]
		v := &Variable{Name: nameOf(a.Names), Key: a.Names.First.Text, Role: AnswerRole, Type: c.resolveType(&a.Type), Optional: a.Type.Optional, Personal: a.Type.Personal, Span: c.span(a.Names.Range())}
		for _, n := range a.Names.All() {
			if old, ok := names[n.Text]; ok {
				c.duplicate(n.Text, n.Range, old)
			} else if f := p.Record().Lookup(n.Text); f != nil {
				c.duplicate(n.Text, n.Range, f.Span)
			}
			names[n.Text] = c.span(n.Range)
		}
		out.Answers = append(out.Answers, v)
		p.Answers = append(p.Answers, v)
	}
	p.Methods = append(p.Methods, out)
}

// sample writes out a sample. The facts are what its condition proves present.
func (c *checker) sample(n *ast.Sample, group string, shared bool) (*Sample, facts) {
	s := &Sample{Group: group, Shared: shared, Span: c.span(n.Range)}
	record := n.First
	if n.Second != nil {
		record = n.Second
		s.Classifier = n.First.Text
		if !token.IsClassifier(s.Classifier) {
			if near, ok := nearest(s.Classifier, classifiers()); ok {
				d := c.diagnose(diagnostic.MisspeltName, n.First.Range, s.Classifier, near)
				*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + near, EN: "write " + near}, diagnostic.Edit{Span: c.span(n.First.Range), New: near})
			} else {
				c.report(diagnostic.UnknownName, n.First.Range, s.Classifier)
			}
		}
	} else if n.First != nil && token.IsClassifier(n.First.Text) && c.types[n.First.Text].record == nil {
		c.report(diagnostic.LoneClassifier, n.First.Range, n.First.Text)
		record = nil
	}
	if record != nil {
		s.Record = c.findRecord(*record)
	}
	c.size(s, &n.Size)
	if record == nil {
		if n.First == nil && !(s.Kind == "all" || (s.Kind == "percent" && s.Low.Cmp(big.NewRat(1, 1)) == 0)) {
			c.report(diagnostic.SampleNeedsRecord, n.Range)
		}
		return nil, nil
	}
	if s.Record == nil {
		return nil, nil
	}
	var given facts
	field := func(name ast.Name, word token.Keyword) *Variable {
		f := s.Record.Lookup(name.Text)
		switch {
		case f == nil:
			c.unknownMember(name.Text, name.Range, s.Record.Name.First, fieldNames(s.Record.Fields), nil)
		case f.Role != FieldRole && f.Role != ComputedRole:
			c.report(diagnostic.WhereReadsOther, name.Range, name.Text, word)
			f = nil
		}
		return f
	}
	for _, clause := range n.Clauses {
		switch {
		case clause.Where != nil:
			if s.Where != nil {
				c.report(diagnostic.DuplicateStatement, clause.Where.Range, token.KwWhere)
			}
			scope := &scope{checker: c, record: s.Record, why: notInComputed, whereWord: token.KwWhere}
			s.Where, given, _ = scope.checked(clause.Where, Type{Kind: Bool}, nil)
		case clause.Previous != nil:
			s.Previous = clause.Previous.Keyword
		case clause.Per != nil:
			s.Per = field(*clause.Per, token.KwPer)
		default:
			for _, name := range clause.SpreadBy {
				if f := field(name, token.KwSpreadBy); f != nil {
					s.SpreadBy = append(s.SpreadBy, f)
				}
			}
		}
	}
	return s, given
}

// size writes out how many are drawn.
func (c *checker) size(s *Sample, z *ast.Size) {
	one := big.NewRat(1, 1)
	switch {
	case z.All:
		s.Kind = "all"
	case z.ByPlan:
		s.Kind = "plan"
	case z.Using != nil:
		s.Kind = "table"
		if s.Table = c.tables[z.Using.Text]; s.Table == nil {
			var names []string
			for _, t := range c.out.Tables {
				names = append(names, t.Name.First)
			}
			c.unknown(z.Using.Text, z.Using.Range, names)
		}
	case z.Low != nil:
		s.Low, s.High = z.Low.Value, z.Low.Value
		s.Kind, s.Open = "count", z.Range && z.High == nil
		if z.High != nil {
			s.Kind, s.High = "range", z.High.Value
		}
		if z.Low.Percent {
			if s.Kind == "count" {
				s.Kind = "percent"
			}
			if z.Low.Value.Cmp(one) > 0 || z.Low.Value.Sign() == 0 {
				c.report(diagnostic.PercentSize, z.Low.Range, z.Low.Literal)
			}
		} else {
			c.whole(*z.Low)
		}
		if z.High != nil {
			if z.High.Percent != z.Low.Percent {
				c.report(diagnostic.TypeMismatch, z.High.Range, kindWords[Number], diagnostic.Words{ZH: "与前面不同的单位", EN: "of another unit than the first"})
			} else if s.Low.Cmp(s.High) > 0 {
				c.report(diagnostic.SizeOrder, z.Low.Join(z.High.Range), z.Low.Literal, z.High.Literal)
			}
			if z.High.Percent && z.High.Value.Cmp(one) > 0 {
				c.report(diagnostic.PercentSize, z.High.Range, z.High.Literal)
			}
		}
		if z.Least != nil {
			s.AtLeast = z.Least.Value
			c.whole(*z.Least)
		}
		if z.Most != nil {
			s.AtMost = z.Most.Value
			c.whole(*z.Most)
		}
	}
}
