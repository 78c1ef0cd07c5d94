package engine

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Assessment is what one of several assessors found: the result of judging his
// evidence alone. Assessor is a name to which the standard's scoring gives a
// weight; several people may share one. Where the scoring gives no weights it
// is free.
type Assessment struct {
	Assessor string
	Result   *Result
}

// ScoreAssessments adds up the results of several assessors of one subject as
// the standard's scoring says under assessors: each result is scored by itself,
// and the scores are combined. The bounds of open scores carry over. Grades
// that read more than the score and the setting are open, since there is no
// one outcome of an item. The steps are those of combining; Score gives those
// of one assessor. The error is for a standard that doesn't say how to combine,
// results of different subjects or of another standard, one result given twice
// and an assessor without a weight.
func (s *Standard) ScoreAssessments(list []Assessment) (Score, error) {
	env, _ := s.environment(Setting{})
	if len(list) > 0 && list[0].Result != nil && list[0].Result.Setting != nil {
		env, _ = s.environment(*list[0].Result.Setting)
	}
	g := s.scorer(nil, env)
	rules, declared := g.levels[token.KwAssessors]
	if !declared {
		return Score{}, refused("标准没有写几位评审人的得分怎样合计，请写“评分 { 评审人 { 合计方式 加权 } }”", "score: the standard does not say how the scores of several assessors combine; write scoring { assessors { combine weighted } }")
	}
	if len(list) == 0 {
		return Score{}, refused("没有评审人的结果", "score: there is no result of any assessor")
	}
	children, err := s.assessed(list, rules)
	if err != nil {
		return Score{}, err
	}
	total := &scored{level: "assessors", weight: big.NewRat(1, 1), full: ratZero}
	for _, c := range children {
		key := "assessor"
		if c.undecided {
			key, total.undecided = "open assessor", true
		}
		at := &scored{level: "assessors", value: c.value, undecided: c.undecided}
		g.step(at, key, c.name, c.weight, "")
	}
	how := token.KwWeighted
	for _, r := range rules {
		if r.Combine != nil {
			how = r.Combine.Keyword
		}
		if r.Missing != nil {
			children = g.absent(total, children, rules, r)
		}
	}
	total.value = merge(how, children)
	g.step(total, "combine", how.String(), nil, g.standard.checked.Scoring.Span.String())
	g.blind = true
	g.settle(total, rules, nil, nil)
	out := g.conclude(total, nil)
	out.Subject = list[0].Result.Subject
	return out, nil
}

// assessed scores the results one by one.
func (s *Standard) assessed(list []Assessment, rules []rule) ([]*scored, error) {
	weights := map[string]*big.Rat{}
	var names []string
	for _, r := range rules {
		if r.WeightOf != nil {
			weights[r.WeightOf.Text] = r.Weight.Value
			names = append(names, r.WeightOf.Text)
		}
	}
	var out []*scored
	var seen []string
	for i, a := range list {
		score, err := s.Score(a.Result)
		if err != nil {
			return nil, fmt.Errorf("engine: assessment %d: %w", i, err)
		}
		weight, known := weights[a.Assessor]
		switch {
		case a.Result.Subject != list[0].Result.Subject:
			return nil, refused("评审的不是同一个受检对象：%s、%s", "score: the assessments are of different subjects, %s and %s", list[0].Result.Subject, a.Result.Subject)
		case slices.Contains(seen, a.Result.ID):
			return nil, refused("同一个结果给了两次：%s", "score: the result %s is given twice", a.Result.ID)
		case !known && len(names) > 0:
			return nil, refused("评分里没有评审人“%s”的权重，有的是 %s", "score: the scoring gives no weight to the assessor %q, but to %s", a.Assessor, strings.Join(names, ", "))
		case !known:
			weight = big.NewRat(1, 1)
		}
		seen = append(seen, a.Result.ID)
		one := &scored{level: "assessors", name: a.Assessor, weight: weight, full: ratZero, undecided: score.Open && score.Least == nil && score.Most == nil}
		switch value := score.Value.Rat(); {
		case !score.Open:
			one.value = bounds{value, value}
		default:
			if score.Least != nil {
				one.value.low = score.Least.Rat()
			}
			if score.Most != nil {
				one.value.high = score.Most.Rat()
			}
		}
		out = append(out, one)
	}
	return out, nil
}

// absent says what the assessors do who have a weight but no result.
func (g *scorer) absent(n *scored, present []*scored, rules []rule, missing rule) []*scored {
	out := present
	for _, r := range rules {
		if r.WeightOf == nil || slices.ContainsFunc(present, func(c *scored) bool { return c.name == r.WeightOf.Text }) {
			continue
		}
		away := &scored{name: r.WeightOf.Text, weight: r.Weight.Value, full: ratZero, value: bounds{ratZero, ratZero}}
		switch missing.Missing.Keyword {
		case token.KwForbidden:
			n.undecided = true
			g.missing(n, away, "forbidden")
		case token.KwZero:
			out = append(out, away)
			g.missing(n, away, "zero")
		default:
			g.missing(n, away, "left out")
		}
	}
	return out
}

// conclude gives the score of the total, with its grade.
func (g *scorer) conclude(total *scored, rows []eval.Row) Score {
	out := Score{Schema: ScoreSchema, Standard: g.standard.ref, Open: true}
	out.Band = g.grade(total, rows)
	if total.skipped {
		total.undecided = true
	}
	if low, high, ok := total.ends(); ok {
		out.Least, out.Most = low, high
		if low != nil && high != nil && low.Cmp(*high) == 0 {
			out.Value, out.Open, out.Least, out.Most = *low, false, nil, nil
		}
	}
	out.Steps = append([]ScoreStep{}, g.steps...)
	return out
}
