package engine

import (
	"math/big"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Score is the points of one result, with every step that led to them. Value
// is the score of the whole standard and is 0 while Open is true. An open
// score lies between Least and Most; a nil end is not known at all, and both
// are nil while it is not known whether something applies. Band is the grade,
// empty where none is declared or where the bounds leave more than one. Result
// is the ID of the result and Subject its subject; a score of several
// assessors names no result. The zero Score claims the value 0.
type Score struct {
	Schema   string      `json:"schema"`
	Result   string      `json:"result,omitempty"`
	Subject  string      `json:"subject,omitempty"`
	Standard Ref         `json:"standard"`
	Value    Number      `json:"value"`
	Open     bool        `json:"open,omitempty"`
	Least    *Number     `json:"least,omitempty"`
	Most     *Number     `json:"most,omitempty"`
	Band     string      `json:"band,omitempty"`
	Steps    []ScoreStep `json:"steps"`
}

// ScoreSchema is the name of the score's JSON document.
const ScoreSchema = "pinjian/score/1"

// ScoreStep is one step of a score, in the order of adding up: an item before
// its section, a section before the total. Level is "item", "section", "total"
// or "assessors", Name the item's ID or the section's path. Amount is what the
// step took, gave or set, Least and Most the value after it, nil as in Score.
// Label is a criterion's label, the reason of a veto, a grade, a keyword of the
// scoring, or an assessor. Words puts a step into words. Key is "points",
// "award", "start", "deduction", "line limit", "same fact", "open deductions",
// "failed", "open outcome", "not applicable", "unknown applicability",
// "combine", "assessor", "open assessor", "left out", "full", "zero",
// "rescale", "forbidden", "floor", "ceiling", "open floor", "open ceiling",
// "veto", "open veto", "round", "grade", "open grade" or "no grade".
type ScoreStep struct {
	Key    string  `json:"key"`
	Level  string  `json:"level"`
	Name   string  `json:"name,omitempty"`
	Label  string  `json:"label,omitempty"`
	Amount *Number `json:"amount,omitempty"`
	Least  *Number `json:"least,omitempty"`
	Most   *Number `json:"most,omitempty"`
	Place  string  `json:"place,omitempty"`
}

// Score adds up a result of this standard by its scoring, exactly. Items that
// were not due are left out. Conditions of vetoes, limits and grades read
// scores, the outcomes of items, the parameters of Options, and what the
// result keeps of its setting. The error is for a result of another standard
// and for a standard without points.
func (s *Standard) Score(r *Result) (Score, error) {
	if r == nil || r.Standard != s.ref {
		return Score{}, refused("这个结果不是按本标准判定的，请用判定时的标准计分", "score: the result was judged by another standard; score it with that one")
	}
	if !s.Scores() && len(s.imported) > 0 && len(s.checked.Items) == 0 {
		return Score{}, refused("标准自己没有检查项；被引用的标准各有各的计分，请分别判定、计分", "score: the standard has no items of its own; judge and score the imported standards by themselves, each by its own scoring")
	}
	if !s.Scores() {
		return Score{}, refused("标准没有分值、扣分、得分或评分，无从计分", "score: the standard has no points, deduct, award or scoring; write one of them")
	}
	var at Setting
	if r.Setting != nil {
		at = *r.Setting
	}
	env, _ := s.environment(at) // judging has refused what is wrong in it
	out := s.scorer(r.Verdicts, env).score()
	out.Result, out.Subject = r.ID, r.Subject
	return out, nil
}

// Scores says whether the standard has, takes or gives points, so that Score
// can add up its results. The items of imported standards have points by the
// scoring of those: they are judged and scored by themselves.
func (s *Standard) Scores() bool {
	if s.checked.Scoring != nil {
		return len(s.checked.Items) > 0
	}
	for _, item := range s.checked.Items {
		if item.Points != nil {
			return true
		}
		for _, p := range item.Parts {
			if s.parts[p.ID].scores() {
				return true
			}
		}
	}
	return false
}

// scorer adds up one result.
type scorer struct {
	standard *Standard
	verdicts []Verdict
	exact    eval.Exact
	levels   map[token.Keyword][]rule
	outcomes map[string][]eval.Row // of the items that are judged, by item
	facts    facts
	blind    bool // there are no items and sections to look at
	steps    []ScoreStep
}

func (s *Standard) scorer(verdicts []Verdict, env *eval.Env) *scorer {
	g := &scorer{
		standard: s, verdicts: verdicts, levels: map[token.Keyword][]rule{}, outcomes: map[string][]eval.Row{},
		exact: eval.Exact{Layout: &eval.Layout{Info: s.checked.Info, Setting: s.setting, Subject: s.subject}, Env: env},
	}
	for i := range verdicts {
		if v := &verdicts[i]; v.Level == "item" && v.State != Ungraded && v.State != NotApplicable {
			g.outcomes[v.Item] = append(g.outcomes[v.Item], eval.Row{{Num: int64(v.Best), State: eval.Known}, {Num: int64(v.Worst), State: eval.Known}})
		}
	}
	if sc := s.checked.Scoring; sc != nil {
		for _, stage := range sc.Stages {
			if stage.Level == nil {
				continue
			}
			if g.levels[stage.Level.Keyword] == nil {
				g.levels[stage.Level.Keyword] = []rule{} // an empty stage is stated too
			}
			for _, t := range stage.Tallies {
				r := rule{t, sc.Zero[t], sc.Span.String()}
				if r.when != nil {
					r.place = r.when.Span.String()
				}
				g.levels[stage.Level.Keyword] = append(g.levels[stage.Level.Keyword], r)
			}
		}
	}
	g.facts = g.noted()
	return g
}

// scored is what one item, section or the total comes to. A nil end of the
// value is not bounded.
type scored struct {
	level, name string
	value       bounds // here low may be nil too
	full        *big.Rat
	weight      *big.Rat
	none        bool // nothing of it has points
	skipped     bool // not applicable
	undecided   bool // an applicability is unknown, or forbidden

	outcome  eval.Row // of an item: the worst over its periods
	scoring  []string // the items in it that have points
	items    []*scored
	sections []*scored // directly below
	strikes  []strike  // vetoes that reach above it
	hits     []strike  // vetoes from below that it meets
}

func (g *scorer) score() Score {
	total := &scored{level: "total"}
	var children []*scored
	for _, sec := range g.standard.checked.Sections {
		children = append(children, g.section(sec))
	}
	for _, item := range g.standard.checked.Items {
		if item.Section == nil {
			children = append(children, g.item(item))
		}
	}
	rules := g.levels[token.KwTotal]
	g.combine(total, children, rules)
	var rows []eval.Row
	for _, item := range g.standard.checked.Items {
		rows = append(rows, g.outcomes[item.ID]...)
	}
	g.settle(total, rules, total.full, rows)
	return g.conclude(total, rows)
}

// section adds up a section: its sections and items in printed order.
func (g *scorer) section(sec *check.Section) *scored {
	out := &scored{level: "section", name: strings.Join(sec.Path, "/")}
	var children []*scored
	for _, item := range sec.Items {
		children = append(children, g.item(item))
	}
	for _, inner := range sec.Sections {
		children = append(children, g.section(inner))
	}
	rules := g.own(token.KwSection, sec.Tallies, sec.Zero, sec.Span.String())
	g.combine(out, children, rules)
	var rows []eval.Row
	for _, item := range g.standard.checked.Items {
		if within(item, sec) {
			rows = append(rows, g.outcomes[item.ID]...)
		}
	}
	g.settle(out, rules, out.full, rows)
	return out
}

// ends gives the bounds as numbers; ok is false where none may be claimed.
func (n *scored) ends() (low, high *Number, ok bool) {
	if n.undecided {
		return nil, nil, false
	}
	if n.value.low != nil {
		v := NumberOf(n.value.low)
		low = &v
	}
	if n.value.high != nil {
		v := NumberOf(n.value.high)
		high = &v
	}
	return low, high, true
}

// step notes what was just done to n.
func (g *scorer) step(n *scored, key, label string, amount *big.Rat, place string) {
	st := ScoreStep{Key: key, Level: n.level, Name: n.name, Label: label, Place: place}
	if amount != nil {
		v := NumberOf(amount)
		st.Amount = &v
	}
	if !n.skipped {
		st.Least, st.Most, _ = n.ends()
	}
	g.steps = append(g.steps, st)
}
