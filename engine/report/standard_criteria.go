package report

import (
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
)

var criterionStyles = map[check.CriterionKind]struct {
	style   Style
	keyword string
}{
	check.PassCriterion: {PassStyle, "pass"}, check.ObservationCriterion: {Observation, "observation"}, check.FailCriterion: {Fail, "fail"},
	check.MajorCriterion: {Major, "major"}, check.ReferCriterion: {Refer, "refer"}, check.TargetCriterion: {Fail, "fail"},
}

// outcome is the word for an outcome: the print's own where the standard
// declares it.
func (b *standardBuilder) outcome(keyword string) string {
	if s := b.checked.Standard; s != nil && s.Printed[keyword] != "" {
		return s.Printed[keyword]
	}
	return b.word(keyword)
}

// criteria is the last column: every label with its outcome, as the print has
// it, and below it when it holds.
func (b *standardBuilder) criteria(all []*check.Criterion, measure *check.Expr, points bool) Cell {
	var out Cell
	if measure != nil {
		out = append(out, Line{{Text: b.word("measure") + b.colon(), Style: Strong}, {Text: b.expression(measure), Style: Code}})
	}
	grades, leftover := false, true
	for _, k := range all {
		if s, ok := criterionStyles[k.Kind]; ok {
			grades = true
			leftover = leftover && k.Kind != check.PassCriterion && !k.Otherwise
			label := k.Label
			if label == "" {
				label = k.ID
			}
			switch {
			case k.Kind == check.ReferCriterion:
				out = append(out, Line{{Text: b.outcome(s.keyword), Style: s.style}, {Text: b.colon() + label}})
			case label == "" || label == s.keyword || label == b.word(s.keyword):
				out = append(out, styled(b.outcome(s.keyword), s.style))
			default:
				out = append(out, Line{{Text: label + b.colon()}, {Text: b.outcome(s.keyword), Style: s.style}})
			}
			if k.Kind == check.TargetCriterion && k.Target != nil {
				out = append(out, Line{{Text: b.word("target") + " ", Style: Muted}, {Text: signs(k.Compare+" ") + b.expression(k.Target), Style: Code}})
			}
		}
		switch k.Kind {
		case check.DeductCriterion:
			points = true
			text := b.word("deduct") + " " + decimal(k.Points)
			if k.Per != "" {
				text += " " + b.word("per") + " " + k.Per
			}
			if k.Step != nil {
				text += " " + b.word("per") + " " + k.StepText + " " + k.StepMode.In(b.lang)
			}
			if k.AtMost != nil {
				text += b.pick("，", ", ") + b.word("at most") + " " + decimal(k.AtMost)
			}
			if k.Once != "" {
				text += b.pick("，", ", ") + b.word("once") + " " + k.Once
			}
			out = append(out, Line{{Text: k.Label + b.colon()}, {Text: text, Style: Fail}})
		case check.AwardCriterion:
			points = true
			label := k.Label
			if label != "" {
				label += b.colon()
			}
			out = append(out, Line{{Text: label}, {Text: b.word("award") + " " + decimal(k.Points), Style: PassStyle}})
		}
		switch {
		case k.When != nil:
			out = append(out, Line{{Text: b.word("when") + " ", Style: Muted}, {Text: b.expression(k.When), Style: Code}})
		case k.Otherwise:
			out = append(out, styled(b.word("otherwise"), Muted))
		}
	}
	switch {
	case grades && leftover:
		out = append(out, Line{{Text: b.word("otherwise") + b.colon(), Style: Muted}, {Text: b.outcome("pass"), Style: PassStyle}})
	case len(out) == 0 && !points:
		out = append(out, styled(b.pick("只作记录，不产生结论", "recorded only, no outcome"), Muted))
	}
	return out
}

// tallies writes how a section or an item adds up.
func (b *standardBuilder) tallies(list []*ast.Tally, conditions []*check.Expr) []string {
	var out []string
	for _, t := range list {
		var when *check.Expr
		if t.When() != nil && len(conditions) > 0 {
			when, conditions = conditions[0], conditions[1:]
		}
		out = append(out, b.tally(t, when))
	}
	return out
}

func (b *standardBuilder) tally(t *ast.Tally, when *check.Expr) string {
	number := func(n *ast.Number) string {
		if n == nil || n.Value == nil {
			return ""
		}
		return decimal(n.Value)
	}
	word := func(k token.Keyword) string { return k.In(b.lang) }
	switch {
	case t.Start != nil:
		return b.word("start") + " " + number(t.Start)
	case t.Combine != nil:
		return b.word("combine") + " " + word(t.Combine.Keyword)
	case t.Weight != nil:
		out := b.word("weight") + " "
		if t.WeightOf != nil {
			out += t.WeightOf.Text + " "
		}
		return out + number(t.Weight)
	case t.Limit != nil:
		value := number(t.Value)
		if t.Named != nil {
			value = word(t.Named.Keyword)
		}
		return word(t.Limit.Keyword) + " " + value + b.because(t, when)
	case t.Missing != nil:
		out := b.word("missing") + " " + word(t.Missing.Keyword)
		for i, code := range t.Only {
			if i == 0 {
				out += " " + b.word("only") + " "
			} else {
				out += b.pick("、", ", ")
			}
			out += code.Value
		}
		return out
	case t.Round != nil:
		out := b.word("round") + " " + number(t.Round)
		if t.Mode != nil {
			out += " " + word(t.Mode.Keyword)
		}
		return out
	}
	out := b.word("zero")
	if t.ZeroOf != nil {
		out += " " + word(t.ZeroOf.Keyword)
	}
	return out + b.because(t, when)
}

// because writes the condition of a veto or a limit with its reason.
func (b *standardBuilder) because(t *ast.Tally, when *check.Expr) string {
	if t.When() == nil {
		return ""
	}
	out := " " + b.word("when") + " " + b.expression(when)
	if t.Reason() != nil {
		out += b.colon() + t.Reason().Value
	}
	return out
}

// scoring shows how items add up to a score and its grades.
func (b *standardBuilder) scoring() {
	s := b.checked.Scoring
	if s == nil {
		return
	}
	b.heading(2, "scoring", b.pick("计分", "Scoring"))
	var rows [][]Line
	for _, stage := range s.Stages {
		var name, text string
		switch {
		case stage.Grade != nil:
			name = b.word("grade") + " " + stage.Grade.Value
			text = b.word("otherwise")
			if e := s.When[stage]; e != nil {
				text = b.expression(e)
			}
		case stage.Level != nil:
			name = stage.Level.Keyword.In(b.lang)
			var lines []string
			for _, t := range stage.Tallies {
				lines = append(lines, b.tally(t, s.Zero[t]))
			}
			text = strings.Join(lines, b.pick("；", "; "))
		}
		rows = append(rows, []Line{plain(name), plain(text)})
	}
	b.simple([]Column{{Title: b.pick("层次", "Stage"), Width: 20}, {Title: b.pick("规则", "Rule"), Width: 80}}, rows)
}
