package describe

import (
	"math/big"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
)

func (d *describer) section(s *check.Section) *Section {
	var applies []*check.Expr
	for outer := s; outer != nil; outer = outer.Parent {
		applies = append(slices.Clone(outer.Applies), applies...)
	}
	out := &Section{
		Kind: "section", Code: s.Code, Path: list(s.Path), Title: s.Title, Every: word(s.Every), Applies: d.conditions(applies),
		Source: text(strings.Join(s.Sources, "; ")), Require: list(s.Require), Criteria: d.criteria(s.Criteria),
		Tallies: d.tallies(s.Tallies, s.Zero), Place: d.place(s.Span, s.Doc),
	}
	return out
}

func (d *describer) item(i *check.Item) *Item {
	out := &Item{
		Kind: "item", Code: i.Code, Title: i.Title, Every: word(i.Every), Points: decimal(i.Points), Source: text(strings.Join(i.Sources, "; ")),
		Parts: []Part{}, ID: i.ID, Path: []string{}, Require: list(i.Require), Class: text(i.Class), Responsible: text(i.Responsible),
		Place: d.place(i.Span, i.Doc),
	}
	if len(i.Tallies) > 0 {
		out.Tallies = d.tallies(i.Tallies, i.Zero)
	}
	if i.Section != nil {
		out.Section, out.Path = text(i.Section.Path[0]), list(i.Section.Path)
	}
	applies := slices.Clone(i.Applies)
	for _, p := range i.Parts {
		part := d.part(p)
		if p.Name.First == "" { // the item's own statements are its only part's
			applies, part.Applies = append(applies, p.Applies...), nil
			out.Require, part.Require = append(out.Require, p.Require...), []string{}
		}
		out.Parts = append(out.Parts, part)
	}
	out.Applies = d.conditions(applies)
	return out
}

func (d *describer) part(p *check.Part) Part {
	out := Part{
		Name: p.Name.First, Second: text(p.Name.Second), Sample: d.sample(p.Sample), Criteria: d.criteria(p.Criteria), Outcomes: outcomes(p.Criteria),
		Measure: d.expression(p.Measure), Applies: d.conditions(p.Applies), Require: list(p.Require), Source: text(strings.Join(p.Sources, "; ")),
		Deductions: []Deduction{}, Awards: []Award{}, Asks: []Method{},
	}
	var kinds []string
	for _, m := range p.Methods {
		kinds = append(kinds, m.Kind.String())
		method := Method{Method: m.Kind.String(), Text: m.Text, Answers: []Field{}}
		for _, a := range m.Answers {
			method.Answers = append(method.Answers, d.field(a))
		}
		out.Asks = append(out.Asks, method)
	}
	out.Methods = unique(kinds)
	for _, k := range p.Criteria {
		switch k.Kind {
		case check.TargetCriterion:
			if limit := d.expression(k.Target); limit != nil {
				out.Target = text(k.Compare + " " + *limit)
			}
		case check.DeductCriterion:
			line := Deduction{
				Points: *decimal(k.Points), Per: text(k.Per), Label: k.Label, When: d.expression(k.When), AtMost: decimal(k.AtMost), DecidedBy: decidedBy(k, p.Criteria),
				Once: text(k.Once),
			}
			if k.Step != nil {
				line.Step, line.StepMode = text(k.StepText), word(k.StepMode)
			}
			out.Deductions = append(out.Deductions, line)
		case check.AwardCriterion:
			out.Awards = append(out.Awards, Award{Points: *decimal(k.Points), When: d.expression(k.When), Otherwise: k.Otherwise, Label: text(k.Label)})
		}
	}
	return out
}

// outcomeWords is the outcome that each kind of clause decides for. Clauses
// about points decide for none.
var outcomeWords = map[check.CriterionKind]string{
	check.PassCriterion: "pass", check.ObservationCriterion: "observation", check.FailCriterion: "fail", check.MajorCriterion: "major",
	check.ReferCriterion: "referred", check.TargetCriterion: "fail",
}

func (d *describer) criteria(all []*check.Criterion) []Criterion {
	out := []Criterion{}
	for _, k := range all {
		if outcome, ok := outcomeWords[k.Kind]; ok {
			out = append(out, Criterion{ID: k.ID, Outcome: outcome, Label: text(k.Label), DecidedBy: decidedBy(k, all), When: d.expression(k.When), Otherwise: k.Otherwise})
		}
	}
	return out
}

// decidedBy says whether a person's judgement is the fact. What is left over
// for an otherwise clause is judged when every clause before it is.
func decidedBy(k *check.Criterion, all []*check.Criterion) string {
	judged := k.Judged
	if k.Otherwise {
		judged = false
		for _, other := range all {
			if other.Otherwise || other.Kind == check.DeductCriterion || other.Kind == check.AwardCriterion {
				continue
			}
			if judged = other.Judged; !judged {
				break
			}
		}
	}
	if judged {
		return "judged"
	}
	return "computed"
}

// outcomes lists what the clauses of a part can come to, in the order of the
// chain. Without any clause for a pass, a pass is what is left over, unless an
// otherwise clause takes that.
func outcomes(all []*check.Criterion) []string {
	has, leftover := map[string]bool{}, true
	for _, k := range all {
		outcome, ok := outcomeWords[k.Kind]
		if !ok {
			continue
		}
		has[outcome] = true
		if k.Kind == check.PassCriterion || k.Otherwise {
			leftover = false
		}
	}
	if len(has) > 0 && leftover {
		has["pass"] = true
	}
	out := []string{}
	for _, o := range []string{"pass", "observation", "fail", "major", "referred"} {
		if has[o] {
			out = append(out, o)
		}
	}
	return out
}

func (d *describer) sample(s *check.Sample) *Sample {
	if s == nil {
		return nil
	}
	out := &Sample{
		Kind: s.Kind, Min: whole(s.AtLeast), Max: whole(s.AtMost), Where: d.expression(s.Where), From: text(strings.TrimPrefix(s.Previous.String(), "from ")),
		Shared: s.Shared, Spread: []string{}, Classifier: text(s.Classifier), Group: s.Group,
	}
	share := s.Low != nil && !s.Low.IsInt() || s.Kind == "percent" || s.Kind == "range" && s.High != nil && !s.High.IsInt()
	switch {
	case share:
		out.Kind, out.Percent, out.AtLeast = "percent", decimal(hundredfold(s.Low)), s.Open
		if s.High != nil && s.High.Cmp(s.Low) != 0 {
			out.PercentMax = decimal(hundredfold(s.High))
		}
	case s.Kind == "count" && s.Open:
		out.Kind, out.Min = "range", greater(out.Min, whole(s.Low))
	case s.Kind == "count":
		out.Count = whole(s.Low)
	case s.Kind == "range":
		out.Min = greater(out.Min, whole(s.Low))
		if most := whole(s.High); out.Max == nil || most != nil && *most < *out.Max {
			out.Max = most
		}
	}
	if s.Record != nil {
		out.Record = text(s.Record.Name.First)
	}
	if s.Per != nil {
		out.Per = text(s.Per.Name.First)
	}
	if s.Table != nil {
		out.Table = text(s.Table.Name.First)
	}
	for _, f := range s.SpreadBy {
		out.Spread = append(out.Spread, f.Name.First)
	}
	return out
}

func greater(a, b *int64) *int64 {
	if a == nil || b != nil && *b > *a {
		return b
	}
	return a
}

func hundredfold(r *big.Rat) *big.Rat { return new(big.Rat).Mul(r, big.NewRat(100, 1)) }

func (d *describer) tier(t *check.Tier) *Tier {
	out := &Tier{
		Kind: "tier", Name: t.Name.First, Second: text(t.Name.Second), Title: text(t.Title), Organiser: text(t.Organiser), Approver: text(t.Approver),
		Inspector: text(t.Inspector), Inspects: text(t.Inspects), Every: word(t.Every), Cycle: word(t.Cycle), Subjects: d.sample(t.Subjects),
		Units: "as items", Covers: Coverage{All: t.CoversAll, Items: list(t.Covers)}, Contents: []Content{}, Recuse: keywords(t.Recuse),
		Place: d.place(t.Span, t.Doc),
	}
	if t.UnitsAll {
		out.Units = "all"
	}
	for _, c := range t.Contents {
		out.Contents = append(out.Contents, Content{Text: c.Text, Items: unique(c.Codes), Doc: c.Doc})
	}
	return out
}

func (d *describer) response(r *check.Response) *Response {
	out := &Response{Kind: "response", Outcome: word(r.Grade), Grade: text(r.Band), Duties: []Duty{}, Place: d.place(r.Span, r.Doc)}
	for _, l := range r.Duties {
		duty := Duty{Duty: l.Kind.String()}
		if l.Verify != nil {
			duty.Duty, duty.Verification = "verification", word(l.Verify.Keyword)
		}
		switch {
		case l.Within != nil:
			duty.Within = text(literal(*l.Within))
		case l.Workdays != nil:
			duty.Within = text(*number(l.Workdays) + " workdays")
		}
		out.Duties = append(out.Duties, duty)
	}
	return out
}

func (d *describer) scoring(s *check.Scoring) *Scoring {
	out := &Scoring{Kind: "scoring", Stages: []Stage{}, Place: d.place(s.Span, "")}
	for _, stage := range s.Stages {
		described := Stage{When: d.expression(s.When[stage]), Otherwise: stage.Otherwise, Tallies: []Tally{}}
		if stage.Level != nil {
			described.Level = word(stage.Level.Keyword)
		}
		if stage.Grade != nil {
			described.Grade = text(stage.Grade.Value)
		}
		for _, t := range stage.Tallies {
			described.Tallies = append(described.Tallies, d.tally(t, s.Zero[t]))
		}
		out.Stages = append(out.Stages, described)
	}
	return out
}

// tallies describes the rules of adding up with their conditions, in order.
func (d *describer) tallies(list []*ast.Tally, when []*check.Expr) []Tally {
	out := []Tally{}
	for _, t := range list {
		var e *check.Expr
		if t.When() != nil && len(when) > 0 {
			e, when = when[0], when[1:]
		}
		out = append(out, d.tally(t, e))
	}
	return out
}

func (d *describer) tally(t *ast.Tally, when *check.Expr) Tally {
	switch {
	case t.Start != nil:
		return Tally{Rule: "start", Value: number(t.Start)}
	case t.Combine != nil:
		return Tally{Rule: "combine", Value: word(t.Combine.Keyword)}
	case t.Weight != nil:
		out := Tally{Rule: "weight", Value: number(t.Weight)}
		if t.WeightOf != nil {
			out.Label = text(t.WeightOf.Text)
		}
		return out
	case t.Limit != nil:
		value := number(t.Value)
		if t.Named != nil {
			value = word(t.Named.Keyword)
		}
		out := Tally{Rule: t.Limit.String(), Value: value, When: d.expression(when)}
		if t.LimitReason != nil {
			out.Label = text(t.LimitReason.Value)
		}
		return out
	case t.Missing != nil:
		out := Tally{Rule: "missing", Value: word(t.Missing.Keyword)}
		for _, code := range t.Only {
			out.Only = append(out.Only, code.Value)
		}
		return out
	case t.Round != nil:
		var mode token.Keyword
		if t.Mode != nil {
			mode = t.Mode.Keyword
		}
		return Tally{Rule: "round", Value: number(t.Round), Mode: word(mode)}
	}
	out := Tally{Rule: "zero", When: d.expression(when)}
	if t.ZeroOf != nil {
		out.Value = word(t.ZeroOf.Keyword)
	}
	if t.ZeroReason != nil {
		out.Label = text(t.ZeroReason.Value)
	}
	return out
}
