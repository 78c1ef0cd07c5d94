package check

import (
	"math/big"
	"slices"
	"strings"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/internal/suggest"
	"github.com/pinjian/pinjian/checklang/token"
)

var gradeKinds = map[token.Keyword]CriterionKind{
	token.KwPass: PassCriterion, token.KwObservation: ObservationCriterion, token.KwFail: FailCriterion, token.KwMajor: MajorCriterion,
}

// criteria checks the clauses of a part.
func (c *checker) criteria(p *Part, body []ast.Node, s *scope, given facts) {
	fresh := func() *scope { // nothing passes between clauses
		f := *s
		f.reads, f.used, f.bare, f.inside = nil, false, nil, false
		return &f
	}
	otherwise := map[bool]token.Range{} // by awards or outcomes
	var measure *ast.Measure
	for _, n := range body {
		out := &Criterion{Span: c.span(n.Pos())}
		switch n := n.(type) {
		case *ast.Outcome:
			out.Kind, out.Otherwise = gradeKinds[n.Grade.Keyword], n.Otherwise
			out.Label, out.ID = labelOf(n.Label), labelOf(n.Label)
			if n.Name != nil {
				out.ID = n.Name.Text
			}
			if n.When != nil {
				out.When = fresh().expression(n.When, Type{Kind: Bool}, given)
			} else if !n.Otherwise {
				switch {
				case out.Kind == PassCriterion:
					c.report(diagnostic.NotNamedQuestion, n.Range)
					continue
				case out.ID == "":
					c.report(diagnostic.LabelMissing, n.Range)
					continue
				}
				if n.Name != nil && c.condition(*n.Name, s) {
					p.lost = append(slices.Clip(p.lost), n.Grade.Keyword)
					continue
				}
				c.question(p, out, Type{Kind: Bool})
			}
			if out.ID == "" {
				if out.Kind != PassCriterion {
					c.report(diagnostic.LabelMissing, n.Range)
				}
				out.ID = n.Grade.String()
			}
		case *ast.Refer:
			out.Kind, out.Otherwise, out.Label, out.ID = ReferCriterion, n.Otherwise, n.Reason.Value, n.Reason.Value
			if n.When != nil {
				out.When = fresh().expression(n.When, Type{Kind: Bool}, given)
			}
		case *ast.Measure:
			if measure != nil {
				c.report(diagnostic.DuplicateStatement, n.Range, token.KwMeasure)
			}
			measure = n
			p.Measure = c.measure(fresh(), n, given)
			continue
		case *ast.Target:
			if measure == nil {
				if !p.lost.Any(token.KwMeasure) {
					c.report(diagnostic.TargetWithoutMeasure, n.Range)
					p.lost = append(slices.Clip(p.lost), token.KwMeasure)
				}
				continue
			}
			out.Kind, out.Compare, out.Label, out.ID = TargetCriterion, n.Compare, labelOf(n.Label), labelOf(n.Label)
			if out.ID == "" {
				out.ID = "target"
			}
			target := &scope{checker: c, outside: true, subject: true, why: notInTarget}
			want := Type{}
			if p.Measure != nil {
				want = Type{Kind: p.Measure.Type.Kind}
				out.Aggregate = p.Measure.Aggregate
			}
			out.Target = target.expression(&n.Value, want, nil)
			if share, ok := measure.Value.Node.(*exprast.CallNode); ok {
				if limit := target.constant(n.Value.Node); limit != nil {
					c.warnShare(share, limit, n.Value.Range, n.Value.Range)
				}
			}
		case *ast.Deduct:
			out.Kind, out.Points, out.Label, out.ID = DeductCriterion, n.Points.Value, n.Label.Value, n.Label.Value
			if n.Per != nil {
				out.Per = n.Per.Text
			}
			if n.AtMost != nil {
				out.AtMost = n.AtMost.Value
			}
			if n.When != nil {
				out.When = fresh().expression(n.When, Type{Kind: Bool}, given)
			}
			if n.Once != nil {
				out.Once = n.Once.Text
			}
			switch {
			case n.Step != nil || n.StepTime != nil:
				c.step(out, n)
			case n.Per != nil:
				c.question(p, out, Type{Kind: Number, Whole: true, Low: zero})
			case n.When == nil:
				c.question(p, out, Type{Kind: Bool})
			}
		case *ast.Award:
			out.Kind, out.Points, out.Otherwise, out.Label, out.ID = AwardCriterion, n.Points.Value, n.Otherwise, labelOf(n.Label), labelOf(n.Label)
			if n.When != nil {
				out.When = fresh().expression(n.When, Type{Kind: Bool}, given)
			}
			if out.ID == "" {
				out.ID = "award " + n.Points.Literal
			}
		default:
			continue
		}
		if out.Otherwise {
			award := out.Kind == AwardCriterion
			if _, ok := otherwise[award]; ok {
				c.report(diagnostic.OtherwiseTwice, n.Pos())
			}
			otherwise[award] = n.Pos()
		}
		if out.When != nil {
			out.Aggregate = out.When.Aggregate
		}
		for _, old := range p.Criteria {
			if old.ID == out.ID && out.Kind != PassCriterion && old.Kind != PassCriterion {
				c.duplicate(out.ID, n.Pos(), old.Span)
			}
		}
		out.Judged = out.Question != nil || (out.When != nil && c.judged(out.When))
		p.Criteria = append(p.Criteria, out)
	}
	if measure != nil && !p.lost.Any(token.KwTarget) && !slices.ContainsFunc(p.Criteria, func(k *Criterion) bool { return k.Kind == TargetCriterion }) {
		c.report(diagnostic.MeasureWithoutTarget, measure.Range)
	}
	c.otherwise(p, otherwise)
}

// step checks a deduction for each step by which a comparison is missed: the
// steps are counted from one side of the comparison to the other.
func (c *checker) step(out *Criterion, n *ast.Deduct) {
	kind := Number
	if out.StepMode = token.KwUp; n.StepMode != nil {
		out.StepMode = n.StepMode.Keyword
	}
	var r token.Range
	if n.Step != nil {
		out.Step, out.StepText, r = n.Step.Value, n.Step.Literal, n.Step.Range
	} else {
		out.Step, out.StepText = new(big.Rat).SetInt64(int64(n.StepTime.Value)), n.StepTime.Value.String()
		r, kind = n.StepTime.Range, Duration
	}
	if out.Step == nil || out.Step.Sign() <= 0 {
		c.report(diagnostic.DeductStep, r, diagnostic.Words{ZH: "一档的大小要大于零", EN: "a step must be above zero"})
		out.Step = big.NewRat(1, 1)
		return
	}
	if out.When == nil {
		c.report(diagnostic.DeductStep, n.Range, diagnostic.Words{ZH: "按档扣分要写“当”和一个比较", EN: "a deduction per step needs when and a comparison"})
		return
	}
	if out.When.Type.Kind == Invalid {
		return
	}
	binary, ok := Last(out.When.Node).(*exprast.BinaryNode)
	if !ok || !slices.Contains([]string{"<", "<=", ">", ">="}, binary.Operator) {
		c.report(diagnostic.DeductStep, out.When.Span.Range, diagnostic.Words{ZH: "条件（用“且”连接时是最后一个）要是大小比较，从一边数到另一边", EN: "the condition, or the last that and connects, must be a comparison of size, whose sides are apart by so many steps"})
		return
	}
	if t := c.out.Info.TypeOf(binary.Left); t.Kind != kind {
		c.report(diagnostic.DeductStep, r, diagnostic.Words{ZH: "一档的单位与比较的两边不同", EN: "the step is of another unit than the sides of the comparison"})
	}
}

// Last is the last of the conditions that and connects: the comparison of a
// deduction per step, behind what guards it.
func Last(n exprast.Node) exprast.Node {
	for {
		b, ok := n.(*exprast.BinaryNode)
		if !ok || b.Operator != "and" {
			return n
		}
		n = b.Right
	}
}

// condition finds a criterion whose condition was written without a space
// behind its keyword: 不合格 当紧急 would else ask a question called 当紧急.
func (c *checker) condition(n ast.Name, s *scope) bool {
	words := map[string]bool{}
	for _, w := range append(s.names(Type{}), token.KwWhen.In(token.Chinese)) {
		words[w] = true
	}
	for _, k := range token.Keywords() {
		if k.IsReserved() {
			words[k.In(token.Chinese)] = true
		}
	}
	parts, ok := suggest.Split(n.Text, words)
	if !ok || parts[0] != token.KwWhen.In(token.Chinese) {
		return false
	}
	apart := strings.Join(parts, " ")
	d := c.diagnose(diagnostic.UnspacedWords, n.Range, n.Text, apart)
	*d = d.WithFix(diagnostic.Words{ZH: "改写为 " + apart, EN: "write " + apart}, diagnostic.Edit{Span: c.span(n.Range), New: apart})
	return true
}

var zero = ratZero()

func labelOf(t *ast.Text) string {
	if t == nil {
		return ""
	}
	return t.Value
}

// question makes the implicit question of a criterion: an answer named by the
// criterion.
func (c *checker) question(p *Part, k *Criterion, t Type) {
	k.Question = &Variable{Name: Name{First: k.ID}, Key: k.ID, Role: AnswerRole, Type: t, Question: true, Span: k.Span}
	p.Answers = append(p.Answers, k.Question)
}

// otherwise gives each otherwise its level: with aggregates for the sample,
// else for the unit. The clauses it negates must be of one level.
func (c *checker) otherwise(p *Part, at map[bool]token.Range) {
	for award, r := range at {
		var unit, sample bool
		for _, k := range p.Criteria {
			if k.Otherwise || (k.Kind == AwardCriterion) != award || k.Kind == DeductCriterion {
				continue
			}
			sample = sample || k.Aggregate
			unit = unit || !k.Aggregate
		}
		if unit && sample {
			c.report(diagnostic.OtherwiseMixed, r)
		}
		for _, k := range p.Criteria {
			if k.Otherwise && (k.Kind == AwardCriterion) == award {
				k.Aggregate = sample
			}
		}
	}
}

// measure checks the value of an indicator: there, and only there, one
// division may stand outermost.
func (c *checker) measure(s *scope, n *ast.Measure, given facts) *Expr {
	division, ok := n.Value.Node.(*exprast.BinaryNode)
	if !ok || division.Operator != "/" {
		e := s.expression(&n.Value, Type{}, given)
		if k := e.Type.Kind; k != Number && k != Duration && k != Invalid {
			c.report(diagnostic.TypeMismatch, n.Value.Range, kindWords[Number], e.Type.Words())
		}
		return e
	}
	a, _, _ := s.check(division.Left, Type{}, given)
	b, _, _ := s.check(division.Right, Type{}, given)
	t := Type{Kind: Number}
	switch {
	case a.Kind == Invalid || b.Kind == Invalid:
		t = Type{}
	case b.Kind == Number && a.Kind == Duration:
		t = Type{Kind: Duration}
	case a.Kind != b.Kind || (a.Kind != Number && a.Kind != Duration):
		c.report(diagnostic.BadOperands, n.Value.Range, a.Words(), "/", b.Words(), diagnostic.Words{ZH: "两边要同为数或时长", EN: "both sides must be numbers, or durations"})
		t = Type{}
	}
	s.note(division, t, nil)
	if s.used && s.bare != nil {
		c.report(diagnostic.AggregateMixed, ast.RangeOf(s.bare), s.bareName)
	}
	return &Expr{Node: division, Span: c.span(n.Value.Range), Type: t, Aggregate: s.used, Reads: s.reads}
}

// judged says whether a condition rests on a person's judgement alone: every
// comparison asks an inspector's yes/no or choice.
func (c *checker) judged(e *Expr) bool {
	if len(e.Reads) == 0 {
		return false
	}
	for _, v := range e.Reads {
		if v.Role != AnswerRole || (v.Type.Kind != Bool && v.Type.Kind != Choice) {
			return false
		}
	}
	return true
}
