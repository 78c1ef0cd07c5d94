package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// TestResult is the result of one rule test of a standard. Failures is empty
// when the test passed; each says what was expected and what came out.
type TestResult struct {
	Item     string   `json:"item"`
	Title    string   `json:"title"`
	Place    string   `json:"place"`
	Failures []Words  `json:"failures,omitempty"`
	Reached  []string `json:"reached,omitempty"` // criteria that held in some unit or sample
	Outcomes []string `json:"outcomes,omitempty"`

	limits map[limitKey]*reach // how near the evidence comes to the limits
}

// RunTests runs the rule tests that stand beside the rules, in the order of
// the files. A test whose code does not begin with only is left out; an empty
// only runs all.
func (s *Standard) RunTests(ctx context.Context, only string) ([]TestResult, error) {
	var out []TestResult
	for _, t := range s.checked.Tests {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if !strings.HasPrefix(t.Item.ID, only) && !strings.HasPrefix(t.Item.Code, only) {
			continue
		}
		out = append(out, s.runTest(t))
	}
	return out, nil
}

func (s *Standard) runTest(t *check.Test) TestResult {
	result := TestResult{Item: t.Item.ID, Title: t.Title, Place: t.Span.String(), limits: map[limitKey]*reach{}}
	at := Setting{Parameters: map[string]any{}, Populations: map[string]int64{}}
	frequency, ok := frequencyOf(t.Item.Every)
	if t.AsOf != nil {
		at.AsOf = time.Unix(0, (&eval.Env{Zone: s.zone}).Instant(*t.AsOf))
	}
	anchor := at.AsOf
	if t.Period != nil {
		anchor = time.Date(t.Period.Year, t.Period.Month, t.Period.Day, 0, 0, 0, 0, s.zone)
	}
	if ok && !anchor.IsZero() {
		if p, err := PeriodOf(frequency, anchor, s.zone); err == nil {
			at.Period = p
		}
	}
	env, _ := s.environment(at)
	for r, n := range t.Population {
		for i, key := range s.settings {
			if p, ok := key.(*check.Population); ok && p.Record == r {
				env.Setting[i] = eval.Slot{Num: n, State: eval.Known}
			}
		}
	}
	rows := map[*check.Part][]unitEvidence{}
	samples := map[*check.Part]eval.Row{}
	for _, g := range t.Given {
		s.give(env, g, rows, result.limits)
	}
	var all tally
	verdicts := map[*check.Part]Verdict{}
	for _, p := range t.Item.Parts {
		c := s.parts[p.ID]
		units := rows[p]
		if p.Sample == nil && len(units) == 0 {
			units = []unitEvidence{{row: make(eval.Row, len(c.variables))}}
		}
		v, unitVerdicts, err := s.partVerdict(c, env, units, samples[p])
		if err != nil {
			result.Failures = append(result.Failures, Words{err.Error(), err.Error()})
			return result
		}
		s.probePart(c, env, units, result.limits)
		verdicts[p] = v
		all.add(v.Answer)
		for _, u := range append(unitVerdicts, v) {
			for _, r := range u.Reasons {
				result.Reached = append(result.Reached, p.ID+": "+r.Criterion)
				if r.Label != "" && r.Label != r.Criterion {
					result.Reached = append(result.Reached, p.ID+": "+r.Label)
				}
			}
		}
	}
	for _, e := range t.Expect {
		result.Outcomes = append(result.Outcomes, expectedKind(e))
		s.expect(t, e, all.answer(), verdicts, env, &result)
	}
	slices.Sort(result.Reached)
	result.Reached = slices.Compact(result.Reached)
	return result
}

func expectedKind(e *check.Expectation) string {
	switch w := e.Want; {
	case w.Outcome != nil:
		return w.Outcome.String()
	case w.Referred:
		return "referred"
	case w.Incomplete:
		return "incomplete"
	case w.NotApplies:
		return "not applicable"
	case w.Figure != nil:
		return w.Figure.String()
	}
	return "grade"
}

// frequencyOf translates the keyword of an item.
func frequencyOf(k token.Keyword) (Frequency, bool) {
	f, ok := map[token.Keyword]Frequency{token.KwWeek: Week, token.KwMonth: Month, token.KwQuarter: Quarter, token.KwHalfyear: HalfYear, token.KwYear: Year}[k]
	return f, ok
}

// give adds the evidence of one given block. Units that the sample's condition
// rules out are not in the frame.
func (s *Standard) give(env *eval.Env, g *check.Given, rows map[*check.Part][]unitEvidence, limits map[limitKey]*reach) {
	var c *part
	var row eval.Row
	subjectUnit := false
	if g.Part != nil {
		c = s.parts[g.Part.ID]
		row = make(eval.Row, len(c.variables))
		subjectUnit = g.Part.Sample == nil
		if subjectUnit && len(rows[g.Part]) > 0 {
			row = rows[g.Part][0].row
		}
	}
	answered := false
	for _, v := range g.Values {
		switch {
		case v.Define != nil:
			env.Setting[s.setting[v.Define]] = s.testSlot(env, v, v.Define.Type)
		case g.Subject:
			env.Setting[s.setting[v.Variable]] = s.testSlot(env, v, v.Variable.Type)
		default:
			slot, _ := c.layout.Slot(v.Variable)
			row[slot] = s.testSlot(env, v, v.Variable.Type)
			answered = answered || v.Variable.Role == check.AnswerRole
			if v.Variable.Side != nil {
				side, _ := c.layout.Slot(v.Variable.Side)
				row[side] = eval.Slot{Num: 1, State: eval.Known}
			}
		}
	}
	if c == nil {
		return
	}
	if c.where != nil {
		inner := *env
		inner.Unit = row
		s.probe(s.limitsOf(c), frameLimit, c, &inner, limits)
		if (&eval.Exact{Layout: c.layout, Env: &inner}).Condition(c.where.node) == eval.False {
			return
		}
	}
	if subjectUnit {
		rows[g.Part] = []unitEvidence{{row: row, inspected: true}}
		return
	}
	for range g.Repeat {
		rows[g.Part] = append(rows[g.Part], unitEvidence{id: fmt.Sprint(len(rows[g.Part]) + 1), row: row, inspected: true})
	}
}

func (s *Standard) testSlot(env *eval.Env, v check.GivenValue, t check.Type) eval.Slot {
	switch {
	case v.Absent:
		return eval.Slot{State: eval.Absent}
	case v.List:
		var bits int64
		for _, m := range v.Members {
			bits |= 1 << uint(m.Ordinal)
		}
		return eval.Slot{Num: bits, State: eval.Known}
	case v.Value == nil:
		return eval.Slot{}
	}
	if t.Kind == check.Attachment {
		return eval.Slot{Num: 1, State: eval.Known}
	}
	x := eval.Exact{Layout: &eval.Layout{Info: s.checked.Info, Setting: s.setting, Subject: s.subject}, Env: env}
	value := x.Value(v.Value.Node)
	if !value.Known {
		return eval.Slot{}
	}
	if t.Kind == check.Text {
		return eval.Slot{Text: value.Text, State: eval.Known}
	}
	slot, _ := eval.FromRat(value.Low, t)
	return slot
}

// expect holds one expectation against the verdict.
func (s *Standard) expect(t *check.Test, e *check.Expectation, whole Answer, verdicts map[*check.Part]Verdict, env *eval.Env, out *TestResult) {
	got := whole
	var parts []Verdict
	for _, p := range t.Item.Parts {
		if e.Part == nil || e.Part == p {
			parts = append(parts, verdicts[p])
		}
	}
	if e.Part != nil {
		got = verdicts[e.Part].Answer
	}
	fail := func(want Words) {
		have := answerWords(got)
		out.Failures = append(out.Failures, Words{"预期 " + want.ZH + "，得到 " + have.ZH + missingText(parts, token.Chinese), "expected " + want.EN + ", got " + have.EN + missingText(parts, token.English)})
	}
	w := e.Want
	switch {
	case w.Outcome != nil:
		var want Outcome
		_ = want.UnmarshalText([]byte(w.Outcome.String()))
		label := ""
		if w.Label != nil {
			label = w.Label.Value
		}
		if got.State != Decided || got.Best != want || (label != "" && !reached(out, label)) {
			fail(Words{outcomeWords[want].ZH + quoted(label), outcomeWords[want].EN + quoted(label)})
		}
	case w.Referred:
		reason := ""
		if w.Reason != nil {
			reason = w.Reason.Value
		}
		if got.State != Referred || (reason != "" && !reached(out, reason)) {
			fail(Words{"待裁定" + quoted(reason), "referred" + quoted(reason)})
		}
	case w.Incomplete:
		var names []string
		for _, v := range e.Needs {
			names = append(names, v.Key)
		}
		ok := got.State == Undecided || got.State == NotInspected
		for _, n := range names {
			ok = ok && slices.ContainsFunc(parts, func(v Verdict) bool {
				return slices.ContainsFunc(v.Missing, func(m Missing) bool { return m.Name == n || strings.TrimPrefix(m.Name, "subject.") == n })
			})
		}
		if !ok {
			list := strings.Join(names, ", ")
			fail(Words{"证据不足 " + list, "incomplete " + list})
		}
	case w.NotApplies:
		if got.State != NotApplicable {
			fail(Words{"不适用", "not applicable"})
		}
	case w.Figure != nil:
		s.expectFigure(t, e, got, parts, env, out)
	case w.Grade != nil:
		band := s.testScorer(t.Item, got, parts, env).score().Band
		if want := w.Grade.Value; band != want {
			have := Words{"没有等级", "no grade"}
			if band != "" {
				have = Words{band, band}
			}
			out.Failures = append(out.Failures, Words{
				"预期等级“" + want + "”，得到 " + have.ZH + missingText(parts, token.Chinese),
				"expected grade \"" + want + "\", got " + have.EN + missingText(parts, token.English),
			})
		}
	}
}

func quoted(s string) string {
	if s == "" {
		return ""
	}
	return " " + token.Quote(s)
}

func reached(r *TestResult, criterion string) bool {
	return slices.ContainsFunc(r.Reached, func(s string) bool { _, id, _ := strings.Cut(s, ": "); return id == criterion })
}

func missingText(parts []Verdict, l token.Lang) string {
	var names []string
	for _, p := range parts {
		for _, m := range p.Missing {
			if !slices.Contains(names, m.Name) {
				names = append(names, m.Name)
			}
		}
	}
	var reasons []string
	for _, p := range parts {
		for _, r := range p.Reasons {
			reasons = append(reasons, Text(l, r))
		}
	}
	out := ""
	if len(names) > 0 {
		out += word(l, "，缺 ", ", needs ") + strings.Join(names, ", ")
	}
	if len(reasons) > 0 {
		out += word(l, "（", " (") + strings.Join(reasons, "; ") + word(l, "）", ")")
	}
	return out
}

// answerWords names an answer in both languages.
func answerWords(a Answer) Words {
	switch a.State {
	case Decided:
		return outcomeWords[a.Best]
	case Undecided, NotInspected:
		return Words{"证据不足（" + outcomeWords[a.Best].ZH + ".." + outcomeWords[a.Worst].ZH + "）", "incomplete (" + outcomeWords[a.Best].EN + ".." + outcomeWords[a.Worst].EN + ")"}
	case Referred:
		return Words{"待裁定", "referred"}
	case NotApplicable:
		return Words{"不适用", "not applicable"}
	case Ungraded:
		return Words{"没有结论", "no outcome"}
	}
	return Words{a.State.String(), a.State.String()}
}

// expectFigure compares a measure or a score exactly.
func (s *Standard) expectFigure(t *check.Test, e *check.Expectation, whole Answer, parts []Verdict, env *eval.Env, out *TestResult) {
	x := eval.Exact{Layout: &eval.Layout{Info: s.checked.Info, Setting: s.setting, Subject: s.subject}, Env: env}
	want := x.Value(e.Value.Node)
	var got *Number
	name := Words{"指标", "measure"}
	if e.Want.Figure.Keyword == token.KwMeasure {
		for _, v := range parts {
			if v.Measure != nil && v.Measure.Least.Cmp(v.Measure.Most) == 0 {
				n := v.Measure.Least
				got = &n
			}
		}
	} else {
		name = Words{"得分", "score"}
		got = s.testScorer(t.Item, whole, parts, env).item(t.Item).exactly()
	}
	if want.Known && got != nil && got.Rat().Cmp(want.Low) == 0 {
		return
	}
	have := Words{"未知", "unknown"}
	if got != nil {
		have = Words{got.String(), got.String()}
	}
	wanted := NumberOf(want.Low).String()
	out.Failures = append(out.Failures, Words{
		"预期 " + name.ZH + " " + wanted + "，得到 " + have.ZH + missingText(parts, token.Chinese),
		"expected " + name.EN + " " + wanted + ", got " + have.EN + missingText(parts, token.English),
	})
}

// testScorer scores a test: its item is all that was due.
func (s *Standard) testScorer(item *check.Item, whole Answer, parts []Verdict, env *eval.Env) *scorer {
	verdicts := append(slices.Clone(parts), Verdict{Level: "item", Item: item.ID, Answer: whole})
	return s.scorer(verdicts, env)
}
