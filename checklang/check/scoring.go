package check

import (
	"slices"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// The scores that conditions of the scoring read: that of the level where they
// stand, and inside aggregates those of the items and sections below it.
var (
	levelScore   = Name{"score", "得分"}
	itemScore    = Name{"item_score", "检查项得分"}
	sectionScore = Name{"section_score", "章节得分"}
)

// onLevel is what a condition of the scoring can read on a level.
func (c *checker) onLevel(level token.Keyword) *scope {
	number := Type{Kind: Number}
	s := c.overItems()
	s.why, s.level = notInScoring, level
	s.extra = append(s.extra, &Variable{Name: levelScore, Key: "score", Role: ScoreRole, Type: number})
	switch level {
	case token.KwAssessors:
		return &scope{checker: c, extra: s.extra[1:], outside: true, why: notInAssessors, hidden: s.extra[:1]}
	case token.KwSection, token.KwTotal:
		s.extra = append(s.extra,
			&Variable{Name: itemScore, Key: "item_score", Role: ItemScoreRole, Type: number},
			&Variable{Name: sectionScore, Key: "section_score", Role: SectionScoreRole, Type: number})
	}
	return s
}

var (
	notInScoring   = diagnostic.Words{ZH: "评分的条件只读得分、检查项的结论、受检对象、期间和参数", EN: "conditions of the scoring read scores, the outcomes of items, the subject, the period and parameters"}
	notInAssessors = diagnostic.Words{ZH: "几位评审人合计时只有得分", EN: "what several assessors come to is read by the score alone"}
	onlyInside     = diagnostic.Words{ZH: "它是下面各项的得分，放进汇总里，如 计数(章节得分 == 0)", EN: "it is the score of each one below; put it inside an aggregate, such as count(section_score == 0)"}
	notTogether    = diagnostic.Words{ZH: "一个汇总要么数章节，要么数检查项", EN: "an aggregate is either over sections or over items"}
)

// perUnit says that a variable is read once for every item or section.
func (v *Variable) perUnit() bool { return v.Role == ItemScoreRole || v.Role == SectionScoreRole }

// together reports an aggregate over both items and sections.
func (s *scope) together(n node, v *Variable) {
	if v.Role != OutcomeRole && !v.perUnit() {
		return
	}
	if s.over != nil && (s.over.Role == SectionScoreRole) != (v.Role == SectionScoreRole) {
		s.checker.report(diagnostic.NotAllowedHere, ast.RangeOf(n), v.Name.First, notTogether)
		return
	}
	s.over = v
}

// tally takes in one rule of adding up on a level and checks its condition,
// which it returns, nil where there is none.
func (c *checker) tally(t *ast.Tally, level token.Keyword) *Expr {
	assessors := level == token.KwAssessors
	none := diagnostic.Words{ZH: "在“" + level.In(token.Chinese) + "”里没有意义", EN: "means nothing in " + level.In(token.English)}
	switch {
	case t.WeightOf != nil && !assessors:
		c.report(diagnostic.TallyPlace, t.WeightOf.Range, t.WeightOf.Text, diagnostic.Words{ZH: "是评审人，只能写在“评审人”里", EN: "is an assessor and belongs in assessors"})
	case t.Weight != nil && t.WeightOf == nil && assessors:
		c.report(diagnostic.TallyPlace, t.Range, token.KwWeight, diagnostic.Words{ZH: "要写明是哪一位评审人的", EN: "must say of which assessor"})
	case t.Start != nil && assessors:
		c.report(diagnostic.TallyPlace, t.Range, token.KwStart, none)
	case t.Named != nil && t.Named.Keyword == token.KwPoints && assessors:
		c.report(diagnostic.TallyPlace, t.Range, token.KwPoints, none)
	case t.ZeroOf != nil && (level == token.KwTotal || assessors):
		c.report(diagnostic.TallyPlace, t.Range, t.ZeroOf.Keyword, none)
	case t.Missing != nil && t.Missing.Keyword == token.KwFull && assessors:
		c.report(diagnostic.TallyPlace, t.Range, token.KwFull, none)
	case len(t.Only) > 0 && (assessors || level == token.KwItem):
		c.report(diagnostic.TallyPlace, t.Only[0].Range, token.KwOnly, none)
	}
	if t.Round != nil {
		c.whole(*t.Round)
	}
	if len(t.Only) > 0 {
		c.whitelists = append(c.whitelists, whitelist{c.file, t})
	}
	if w := t.When(); w != nil {
		return c.onLevel(level).expression(w, Type{Kind: Bool}, nil)
	}
	return nil
}

// whitelist is a tally that names what may be missing, with its file.
type whitelist struct {
	file  *token.File
	tally *ast.Tally
}

// resolveWhitelists finds the items that whitelists name, once all are known.
func (c *checker) resolveWhitelists() {
	file := c.file
	for _, w := range c.whitelists {
		c.file = w.file
		for _, code := range w.tally.Only {
			c.out.Only[w.tally] = append(c.out.Only[w.tally], c.covered(code)...)
		}
	}
	c.file, c.whitelists = file, nil
}

func (c *checker) scoring(d *ast.Scoring) {
	if c.out.Scoring != nil {
		c.report(diagnostic.DuplicateStatement, d.Range, token.KwScoring)
		return
	}
	s := &Scoring{Stages: d.Stages, When: map[*ast.Stage]*Expr{}, Zero: map[*ast.Tally]*Expr{}, Span: c.span(d.Range)}
	c.out.Scoring = s
	var names []string
	otherwise := false
	for _, stage := range d.Stages {
		if stage.Grade != nil {
			if slices.Contains(names, stage.Grade.Value) {
				c.duplicate(stage.Grade.Value, stage.Grade.Range, s.Span)
			}
			names = append(names, stage.Grade.Value)
			if stage.Otherwise {
				if otherwise {
					c.report(diagnostic.OtherwiseTwice, stage.Range)
				}
				otherwise = true
			}
		}
		if stage.When != nil {
			s.When[stage] = c.onLevel(token.KwTotal).expression(stage.When, Type{Kind: Bool}, nil)
		}
		var weighed []string
		for _, t := range stage.Tallies {
			if e := c.tally(t, stage.Level.Keyword); e != nil {
				s.Zero[t] = e
			}
			if w := t.WeightOf; w != nil {
				if slices.Contains(weighed, w.Text) {
					c.duplicate(w.Text, w.Range, s.Span)
				}
				weighed = append(weighed, w.Text)
			}
		}
	}
	c.resolveWhitelists()
	c.gradeBands(s)
}
