package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"iter"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
	"github.com/pinjian/pinjian/sampling/estimate"
)

var summaryTime = time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC)

// summaryWorld is random documents for summaries. Findings are of the items' sections
// through no standard, so those of items stand under "".
type summaryWorld struct {
	results  []*engine.Result
	findings []engine.Finding
}

func number(s string) *engine.Number {
	n, err := engine.ParseNumber(s)
	if err != nil {
		panic(err)
	}
	return &n
}

func drawVerdict(t *rapid.T, subject string) engine.Verdict {
	item := rapid.SampledFrom([]string{"4.1", "4.2", "5.1", "件=1,甲@乙"}).Draw(t, "item")
	v := engine.Verdict{
		Level:   rapid.SampledFrom([]string{"unit", "part", "item", "section", "standard"}).Draw(t, "level"),
		Subject: subject, Section: "第" + string([]rune(item)[:1]) + "节", Item: item, Part: item,
		Period: rapid.SampledFrom([]string{"2026-W44", "2026-W48", "2026-10", "2026-11", "2026-Q4", "2026"}).Draw(t, "period"),
	}
	v.State = rapid.SampledFrom([]engine.State{
		engine.Undecided, engine.Decided, engine.Decided, engine.Decided, engine.Referred, engine.NotApplicable, engine.NotInspected, engine.Waived, engine.Refused, engine.Ungraded,
	}).Draw(t, "state")
	if v.State == engine.Decided {
		v.Best = engine.Outcome(rapid.IntRange(1, 4).Draw(t, "outcome"))
		v.Worst = v.Best
	}
	switch v.Level {
	case "section":
		v.Item, v.Part, v.Period = "", "", ""
	case "standard":
		v.Section, v.Item, v.Part, v.Period = "", "", "", ""
	case "item":
		v.Part = ""
		if rapid.Bool().Draw(t, "points") {
			v.Points = &engine.Points{Least: *number(rapid.SampledFrom([]string{"0", "0.5", "2", "1/3"}).Draw(t, "lost"))}
			if rapid.Bool().Draw(t, "bounded") {
				v.Points.Most = number("5/7")
			}
			if rapid.Bool().Draw(t, "award") {
				v.Points.AwardLeast = number("0.25")
				if rapid.Bool().Draw(t, "award known") {
					v.Points.AwardMost = number("0.75")
				}
			}
		}
	case "part":
		if rapid.Bool().Draw(t, "sample") {
			drawn := rapid.IntRange(0, 20).Draw(t, "drawn")
			v.Sample = &engine.Proof{Population: int64(drawn + rapid.IntRange(0, 50).Draw(t, "rest")), Drawn: drawn, Inspected: drawn, Failing: drawn / 3, UpperBound: "40.0"}
		}
		if rapid.Bool().Draw(t, "measure") {
			n := rapid.IntRange(0, 20).Draw(t, "numerator")
			m := &engine.Measure{
				Compare: rapid.SampledFrom([]string{">=", "<=", ">", "<", "==", "!="}).Draw(t, "compare"),
				Target:  *number(rapid.SampledFrom([]string{"0.9", "0.5"}).Draw(t, "target")), Kind: rapid.SampledFrom([]string{"number", "number", "number", "duration"}).Draw(t, "kind"),
			}
			m.Least = engine.NumberOf(big.NewRat(int64(n), 20))
			if m.Most = m.Least; rapid.Bool().Draw(t, "open") {
				m.Most = *number("1")
			} else if rapid.Bool().Draw(t, "ratio") {
				m.Numerator, m.Denominator = number(fmt.Sprint(n)), number("20")
			}
			v.Measure = m
		}
	}
	return v
}

func drawRecords(t *rapid.T) summaryWorld {
	var w summaryWorld
	for i := range rapid.IntRange(0, 12).Draw(t, "results") {
		subject := rapid.SampledFrom([]string{"P1", "P2", "P3"}).Draw(t, "subject")
		r := &engine.Result{
			Schema: engine.ResultSchema, ID: fmt.Sprintf("%064x", i+1), Task: fmt.Sprintf("task %d", i), Subject: subject,
			Tier: rapid.SampledFrom([]string{"region", "self"}).Draw(t, "tier"), Period: rapid.SampledFrom([]string{"2026-10", "2026-11"}).Draw(t, "run"),
			Standard: engine.Ref{Standard: rapid.SampledFrom([]string{"a", "b"}).Draw(t, "standard")}, Plan: "plan", Closed: rapid.Bool().Draw(t, "closed"),
		}
		for range rapid.IntRange(0, 8).Draw(t, "verdicts") {
			r.Verdicts = append(r.Verdicts, drawVerdict(t, subject))
		}
		w.results = append(w.results, r)
	}
	for i := range rapid.IntRange(0, 10).Draw(t, "findings") {
		f := engine.Finding{
			ID: fmt.Sprintf("finding %d", i), Scope: "demo", Standard: "a", Item: rapid.SampledFrom([]string{"4.1", "5.1"}).Draw(t, "of"), Criterion: "fail/1",
			Subject: rapid.SampledFrom([]string{"P1", "P2"}).Draw(t, "at"), Period: rapid.SampledFrom([]string{"2026-10", "2026-11", "2026-Q4"}).Draw(t, "in"),
			Grade: engine.Outcome(rapid.IntRange(2, 4).Draw(t, "grade")), Version: 1,
			State:  rapid.SampledFrom([]engine.FindingState{"open", "answered", "verified", "closed", "reopened", "withdrawn"}).Draw(t, "stands"),
			Events: []engine.FindingEvent{{At: summaryTime.Add(-time.Hour)}},
		}
		if rapid.Bool().Draw(t, "deadline") {
			f.Due = summaryTime.Add(time.Duration(rapid.IntRange(-2, 2).Draw(t, "left")) * time.Hour)
		}
		if rapid.Bool().Draw(t, "repeats") {
			f.Repeats = []string{"earlier"}
		}
		for range rapid.IntRange(0, 3).Draw(t, "parties") {
			f.Parties = append(f.Parties, engine.Party{Kind: rapid.SampledFrom([]string{"department", "supplier"}).Draw(t, "kind"), ID: rapid.SampledFrom([]string{"甲", "乙"}).Draw(t, "party")})
		}
		w.findings = append(w.findings, f)
	}
	return w
}

func all[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

func (w summaryWorld) records() engine.SummaryRecords {
	return engine.SummaryRecords{Results: all(w.results), Findings: all(w.findings), Scores: scoreOfResult}
}

// scoreOfResult is a score by the result's id, some of them open.
func scoreOfResult(r *engine.Result) (engine.Score, error) {
	n := int64(r.ID[len(r.ID)-1]%7) + 1
	return engine.Score{Standard: r.Standard, Value: engine.NumberOf(big.NewRat(100, n)), Open: n == 3, Band: fmt.Sprintf("band %d", n%2)}, nil
}

func summarised(t require.TestingT, o engine.SummaryOptions, w summaryWorld) *engine.Summary {
	o.AsOf = summaryTime
	s, err := engine.NewSummary(o)
	require.NoError(t, err)
	for _, r := range w.results {
		require.NoError(t, s.Add(r))
		score, _ := scoreOfResult(r)
		require.NoError(t, s.AddScore(r, score))
	}
	for _, f := range w.findings {
		require.NoError(t, s.AddFinding(f))
	}
	return s
}

func summaryBytes(t require.TestingT, s *engine.Summary) string {
	data, err := json.Marshal(s)
	require.NoError(t, err)
	return string(data)
}

var someDimensions = [][]string{nil, {"item"}, {"section", "month"}, {"subject", "item", "quarter"}, {"tier", "period", "standard"}, {"department", "item"}, {"supplier", "department"}, {"year"}}

// countedNaively counts by reading every document once for every row and figure.
func countedNaively(w summaryWorld, by, key []string) map[string]int64 {
	month := map[string]string{"2026-W44": "2026-11", "2026-W48": "2026-11", "2026-10": "2026-10", "2026-11": "2026-11", "2026-Q4": "2026-12", "2026": "2026-12"}
	roll := func(dimension, period string) string {
		switch dimension {
		case "month":
			return month[period]
		case "quarter":
			return "2026-Q4"
		case "year":
			return "2026"
		}
		return period
	}
	out := map[string]int64{}
	for _, r := range w.results {
		whole := func(v engine.Verdict) bool {
			for i, dimension := range by {
				period := v.Period
				if period == "" {
					period = r.Period
				}
				have := map[string]string{"section": v.Section, "item": v.Item, "subject": r.Subject, "tier": r.Tier, "standard": r.Standard.Standard}[dimension]
				if slices.Contains([]string{"period", "month", "quarter", "year"}, dimension) {
					have = roll(dimension, period)
				}
				if have != key[i] {
					return false
				}
			}
			return true
		}
		if whole(engine.Verdict{}) {
			out["task.judged"]++
			if r.Closed {
				out["task.closed"]++
			}
			if score, _ := scoreOfResult(r); score.Open {
				out["score.open"]++
			} else {
				out["score.decided"]++
			}
		}
		for _, v := range r.Verdicts {
			if whole(v) {
				name := v.State.String()
				if v.State == engine.Decided {
					name = v.Best.String()
				}
				out[v.Level+"."+name]++
			}
		}
	}
	for _, f := range w.findings {
		match := true
		for i, dimension := range by {
			have := []string{map[string]string{"item": f.Item, "subject": f.Subject, "standard": f.Standard}[dimension]}
			switch dimension {
			case "period", "month", "quarter", "year":
				have = []string{roll(dimension, f.Period)}
			case "department", "supplier":
				have = nil
				for _, p := range f.Parties {
					if p.Kind == dimension {
						have = append(have, p.ID)
					}
				}
				if have == nil {
					have = []string{""}
				}
			}
			match = match && slices.Contains(have, key[i])
		}
		if !match {
			continue
		}
		out["finding."+string(f.State)]++
		if f.State == "withdrawn" {
			continue
		}
		out["finding."+f.Grade.String()]++
		if f.Repeats != nil {
			out["finding.repeat"]++
		}
		late := !f.Due.IsZero() && f.Due.Before(summaryTime)
		done := f.State == "verified" || f.State == "closed"
		if late {
			out["finding.overdue"]++
		}
		if done {
			out["finding.rectified"]++
		}
		if done || f.Due.IsZero() || late {
			out["finding.due"]++
		}
	}
	return out
}

func TestSummaryCountsAsANaiveReading(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawRecords(t)
		by := rapid.SampledFrom(someDimensions).Draw(t, "by")
		s := summarised(t, engine.SummaryOptions{By: by}, w)
		var last []string
		for row := range s.Rows() {
			assert.Equal(t, countedNaively(w, by, row.Key), row.Counts, "%v", row.Key)
			assert.True(t, last == nil || slices.Compare(last, row.Key) < 0, "rows are in order")
			last = row.Key
			assert.Equal(t, row.Count("item.all"), row.Count("item.due")+row.Count("item.not_applicable"))
			assert.Equal(t, row.Count("item.due"), row.Count("item.inspected")+row.Count("item.not_inspected")+row.Count("item.waived"))
		}
		if len(by) == 0 || !slices.ContainsFunc(by, func(d string) bool { return d == "department" || d == "supplier" }) {
			total, err := s.Total()
			require.NoError(t, err)
			assert.Equal(t, countedNaively(w, nil, nil), total.Counts)
		}
	})
}

// TestSummaryShards: sixty-four shards, merged in a random order and through JSON, are the bytes of one pass.
func TestSummaryShards(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawRecords(t)
		o := engine.SummaryOptions{By: rapid.SampledFrom(someDimensions).Draw(t, "by"), Remember: rapid.Bool().Draw(t, "remember")}
		want := summaryBytes(t, summarised(t, o, w))
		require.NoError(t, schematest.Check(engine.SummarySchema, []byte(want)))
		shards := make([]summaryWorld, 64)
		for _, r := range w.results {
			at := rapid.IntRange(0, 63).Draw(t, "shard")
			shards[at].results = append(shards[at].results, r)
		}
		for _, f := range w.findings {
			at := rapid.IntRange(0, 63).Draw(t, "shard")
			shards[at].findings = append(shards[at].findings, f)
		}
		var list []*engine.Summary
		for _, shard := range rapid.Permutation(shards).Draw(t, "order") {
			s := summarised(t, o, shard)
			if rapid.Bool().Draw(t, "through JSON") {
				again := new(engine.Summary)
				require.NoError(t, json.Unmarshal([]byte(summaryBytes(t, s)), again))
				assert.Equal(t, summaryBytes(t, s), summaryBytes(t, again))
				s = again
			}
			list = append(list, s)
		}
		for len(list) > 1 { // in any grouping
			at := rapid.IntRange(0, len(list)-2).Draw(t, "pair")
			require.NoError(t, list[at].Merge(list[at+1]))
			list = slices.Delete(list, at+1, at+2)
		}
		assert.Equal(t, want, summaryBytes(t, list[0]))
	})
}

// TestSummaryTrace: every figure of every row yields as many documents as it counts, each once.
func TestSummaryTrace(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawRecords(t)
		s := summarised(t, engine.SummaryOptions{By: rapid.SampledFrom(someDimensions).Draw(t, "by")}, w)
		for row := range s.Rows() {
			names := []string{"item.all", "item.failing", "finding.all", "finding.standing"}
			for name := range row.Counts {
				names = append(names, name)
			}
			want := map[string]int64{}
			for _, name := range names {
				want[name] = row.Count(name)
			}
			for _, p := range row.Parts {
				want["sample."+p.Part], want["measure."+p.Part] = p.Samples, p.Measures
			}
			for name, n := range want {
				seen := map[string]bool{}
				for c, err := range s.Trace(row.Figure(name), w.records()) {
					require.NoError(t, err)
					assert.False(t, seen[c.ID], c.ID)
					seen[c.ID] = true
				}
				assert.EqualValues(t, n, len(seen), row.Figure(name))
			}
		}
	})
}

// TestSummaryPools: the sums and ends of parts are those of the verdicts, and a bound stands for one sample only.
func TestSummaryPools(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		w := drawRecords(t)
		s := summarised(t, engine.SummaryOptions{By: []string{"item", "tier"}}, w)
		for row := range s.Rows() {
			for _, p := range row.Parts {
				var judged, samples, drawn int64
				var measures []*engine.Measure
				var only engine.Verdict
				for _, r := range w.results {
					for _, v := range r.Verdicts {
						if v.Level != "part" || v.Part != p.Part || r.Tier != row.Key[1] || v.Sample == nil && v.Measure == nil {
							continue
						}
						judged++
						only = v
						if v.Sample != nil {
							samples++
							drawn += int64(v.Sample.Drawn)
						}
						if v.Measure != nil {
							measures = append(measures, v.Measure)
						}
					}
				}
				assert.Equal(t, []int64{judged, samples, drawn, int64(len(measures))}, []int64{p.Judged, p.Samples, p.Drawn, p.Measures})
				assert.Equal(t, samples == 1, p.UpperBound != "")
				checkMeasures(t, p, measures)
				if judged > 1 {
					assert.Nil(t, p.Bound)
				} else if p.Bound != nil {
					checkBound(t, *p.Bound, only)
				}
			}
		}
	})
}

func checkMeasures(t *rapid.T, p engine.SummaryPart, measures []*engine.Measure) {
	if len(measures) == 0 {
		return
	}
	n, d := new(big.Rat), new(big.Rat)
	ratio, same, kinds := true, true, true
	least, most := measures[0].Least, measures[0].Most
	for _, m := range measures {
		same = same && m.Compare == measures[0].Compare && m.Target.Cmp(measures[0].Target) == 0
		kinds = kinds && m.Kind == measures[0].Kind
		if m.Least.Cmp(least) < 0 {
			least = m.Least
		}
		if m.Most.Cmp(most) > 0 {
			most = m.Most
		}
		if m.Numerator == nil {
			ratio = false
			continue
		}
		n.Add(n, m.Numerator.Rat())
		d.Add(d, m.Denominator.Rat())
	}
	assert.EqualValues(t, len(measures), p.Met+p.Missed+p.Open)
	assert.Equal(t, same && kinds, p.Target != nil)
	assert.Equal(t, kinds && ratio, p.Numerator != nil)
	if !kinds {
		assert.Nil(t, p.Least)
		return
	}
	assert.Zero(t, p.Least.Cmp(least))
	assert.Zero(t, p.Most.Cmp(most))
	if ratio {
		assert.Zero(t, p.Value.Rat().Cmp(n.Quo(n, d)))
	} else if len(measures) > 1 {
		assert.Nil(t, p.Value)
	}
}

// checkBound counts the other side: what fails where the target is a least share.
func checkBound(t *rapid.T, bound engine.Number, v engine.Verdict) {
	n := v.Measure.Numerator.Rat().Num().Int64()
	require.Equal(t, 20, v.Sample.Drawn)
	value := big.NewRat(n, 20)
	switch v.Measure.Compare {
	case ">=", ">":
		b, err := estimate.UpperBound(20-n, 20, v.Sample.Population, nil)
		require.NoError(t, err)
		assert.Zero(t, bound.Rat().Cmp(new(big.Rat).Sub(big.NewRat(1, 1), b.Rate)))
		assert.LessOrEqual(t, bound.Rat().Cmp(value), 0)
	case "<=", "<":
		assert.GreaterOrEqual(t, bound.Rat().Cmp(value), 0)
	default:
		assert.Fail(t, "no side to bound", v.Measure.Compare)
	}
}

func TestSummaryRemembers(t *testing.T) {
	t.Parallel()
	r := &engine.Result{ID: "r1", Task: "t1", Plan: "p", Subject: "P1"}
	again := &engine.Result{ID: "r2", Task: "t1", Plan: "p", Subject: "P1", Previous: "r1"}
	empty := func(remember bool) *engine.Summary {
		s, err := engine.NewSummary(engine.SummaryOptions{Remember: remember, AsOf: summaryTime})
		require.NoError(t, err)
		return s
	}
	s, other := empty(true), empty(true)
	require.NoError(t, s.Add(r))
	require.ErrorContains(t, s.Add(r), "r1 of task t1 is counted already")
	require.ErrorContains(t, s.Add(again), "give only the one that counts now")
	require.NoError(t, other.Add(r))
	before := summaryBytes(t, s)
	require.ErrorContains(t, s.Merge(other), "both have a result of task t1")
	require.Error(t, s.Merge(s), "merged with itself")
	require.Error(t, s.Merge(empty(false)), "one remembers, one doesn't")
	assert.Equal(t, before, summaryBytes(t, s), "a refused merge changes nothing")

	f := engine.Finding{ID: "f", Version: 1, State: "open", Grade: engine.Fail, Events: []engine.FindingEvent{{At: summaryTime}}}
	require.NoError(t, s.AddFinding(f))
	require.ErrorContains(t, s.AddFinding(f), "f is counted already")

	counting := empty(false)
	require.NoError(t, counting.Add(r))
	require.NoError(t, counting.Add(r), "who only counts can't know")
	require.NoError(t, counting.Merge(counting))
	total, err := counting.Total()
	require.NoError(t, err)
	assert.EqualValues(t, 4, total.Count("task.judged"))
}

func TestSummaryRefuses(t *testing.T) {
	t.Parallel()
	for _, by := range [][]string{{""}, {"item", "item"}, {" "}} {
		_, err := engine.NewSummary(engine.SummaryOptions{By: by})
		assert.Error(t, err, "%q", by)
	}
	s, err := engine.NewSummary(engine.SummaryOptions{By: []string{"item", "department"}, AsOf: summaryTime})
	require.NoError(t, err)
	for name, bad := range map[string]error{
		"no result":      s.Add(nil),
		"a level":        s.Add(&engine.Result{Verdicts: []engine.Verdict{{Level: "floor"}}}),
		"an outcome":     s.Add(&engine.Result{Verdicts: []engine.Verdict{{Level: "item", Answer: engine.Answer{State: engine.Decided}}}}),
		"a state":        s.Add(&engine.Result{Verdicts: []engine.Verdict{{Level: "item", Answer: engine.Answer{State: 99}}}}),
		"a sample":       s.Add(&engine.Result{Verdicts: []engine.Verdict{{Level: "part", Sample: &engine.Proof{Drawn: -1}}}}),
		"a comparison":   s.Add(&engine.Result{Verdicts: []engine.Verdict{{Level: "part", Measure: &engine.Measure{Kind: "number", Compare: "~"}}}}),
		"a bound":        s.Add(&engine.Result{Verdicts: []engine.Verdict{{Level: "part", Sample: &engine.Proof{UpperBound: "1/2"}}}}),
		"a measure":      s.Add(&engine.Result{Verdicts: []engine.Verdict{{Level: "part", Measure: &engine.Measure{}}}}),
		"no plan":        s.AddPlan(nil),
		"a draft":        s.AddPlan(&engine.Plan{}),
		"no finding":     s.AddFinding(engine.Finding{}),
		"from later on":  s.AddFinding(engine.Finding{Version: 1, Events: []engine.FindingEvent{{At: summaryTime.Add(1)}}}),
		"another score":  s.AddScore(&engine.Result{}, engine.Score{Standard: engine.Ref{Standard: "x"}}),
		"a party is out": second(s.Group("item")),
		"no dimension":   second(s.Group("department", "month")),
		"twice":          second(s.Group("department", "item", "item")),
		"to select":      second(s.Select("month", "2026-11")),
	} {
		var said *engine.Refusal
		if assert.ErrorAs(t, bad, &said, name) {
			assert.NotEmpty(t, said.Words.ZH)
		}
	}
	part, err := s.Select("department", "甲")
	require.NoError(t, err)
	require.Error(t, part.Add(&engine.Result{}))
	_, err = part.Group("item")
	require.NoError(t, err, "a party that is fixed can be left out")
	for _, figure := range []string{"", "item", "item.good", "finding.lost", "item.fail@", "item.fail@item", "item.fail@=x", "item.fail@item=%zz", "item.fail@item=%4", "%"} {
		n := 0
		for _, err := range s.Trace(figure, engine.SummaryRecords{}) {
			require.Error(t, err, figure)
			n++
		}
		assert.Equal(t, 1, n, figure)
	}
	broken := errors.New("broken")
	for _, err := range s.Trace("item.all", engine.SummaryRecords{Results: func(yield func(*engine.Result, error) bool) { yield(nil, broken) }}) {
		require.ErrorIs(t, err, broken)
	}
}

func second[T any](_ T, err error) error { return err }

func TestSummaryReadsOnlyItsOwn(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{
		``, `[]`, `{}`, `{"schema":"pinjian/summary/2","by":[],"rows":[]}`,
		`{"schema":"pinjian/summary/1","by":["item"],"rows":[{"key":[],"counts":{}}]}`,
		`{"schema":"pinjian/summary/1","by":["item"],"rows":[{"key":["1"],"counts":{}},{"key":["1"],"counts":{}}]}`,
		`{"schema":"pinjian/summary/1","by":["item","item"],"rows":[]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{"item.fail":-1}}]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{"item.fail":9007199254740993}}]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{"item.all":1}}]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{"x":1}}]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{},"score_sum":"1"}]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{"score.decided":1},"score_sum":"1e9","score_least":"1","score_most":"1"}]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{},"parts":[{"part":"1","judged":1,"samples":2}]}]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{},"parts":[{"part":"1","judged":1,"measures":1,"met":1,"kind":"number"}]}]}`,
		`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{},"bands":{"A":0}}]}`,
		`{"schema":"pinjian/summary/1","by":[],"as_of":"2026-11-30T00:00:00Z","rows":[]}`,
	} {
		assert.Error(t, json.Unmarshal([]byte(bad), new(engine.Summary)), bad)
	}
	var s engine.Summary
	require.NoError(t, json.Unmarshal([]byte(`{"schema":"pinjian/summary/1","by":[],"rows":[{"key":[],"counts":{"item.fail":9007199254740992}}],"later":1}`), &s))
	require.ErrorContains(t, s.Merge(&s), "2^53")
	var zero engine.Summary
	require.NoError(t, zero.Add(&engine.Result{Subject: "P1"}), "the zero Summary counts everything in one row")
	assert.Contains(t, summaryBytes(t, &zero), `"task.judged":1`)
}

func TestDecodeResults(t *testing.T) {
	t.Parallel()
	good := `{"schema":"pinjian/result/1","id":"a","task":"t","subject":"P","standard":{},"plan":"","closed":true,"verdicts":[{"level":"item","state":"decided","best":"fail","worst":"fail"}],"later":{}}`
	text := "\ufeff" + strings.Join([]string{good, "", "  ", "{", `{"schema":"pinjian/result/2"}`, `{"schema":"pinjian/plan/1"}`, `{}`, "\xff", `{"schema":"pinjian/result/1","verdicts":[{"state":"sunny"}]}`, `[]`, good}, "\n")
	var lines []int
	read := 0
	for r, err := range engine.DecodeResults("results.jsonl", strings.NewReader(text)) {
		if err == nil {
			assert.Equal(t, engine.Fail, r.Verdicts[0].Best)
			read++
			continue
		}
		var bad *engine.InputError
		require.ErrorAs(t, err, &bad)
		assert.Equal(t, "results.jsonl", bad.Source)
		lines = append(lines, bad.Line)
	}
	assert.Equal(t, 2, read)
	assert.Equal(t, []int{4, 5, 6, 7, 8, 9, 10}, lines)
}
