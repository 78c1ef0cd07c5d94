package engine_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

// evidenceRules has a part of each kind: drawn, about the subject, met on the spot, a range, and one that waits for rulings.
const evidenceRules = `lang 1
standard evidence "evidence" { version "1"; zone "Asia/Shanghai" }
choice 程度 Degree { 无 none, 不全 partial, 全 full }
record 派工单 Order {
  登记时间 registered_at : time
  派单时间 dispatched_at : time optional
  金额 amount : number 0..1000 optional
}
record 岗位 Post unlisted { 名称 title : text optional }
item 1 "drawn" {
  every month
  sample 2 派工单
  review "系统" -> 已派 done : bool, 程度 degree : Degree, 条数 lines : int 0..10, 日子 day : date optional
  fail when not done : "not done"
  observation when degree == none and lines > 3 : "thin"
  observation when amount is present and amount > 500 : "dear"
}
item 2 "subject" {
  every month
  ask "几分钟" -> 分钟 minutes : int 0..60, 钟点 at : time optional, 缺 lacks : set of Degree
  fail when minutes != 10 : "wrong"
}
item 3 "met" {
  every month
  sample 2 Post
  observe "在岗" -> 在岗 manned : bool
  fail when not manned : "empty"
}
item 4 "range" {
  every month
  sample 2..4 派工单
  review "系统" -> 完整 complete : bool
  fail when not complete : "incomplete"
}
item 5 "ruled" {
  every month
  ask "看法" -> 看法 view : Degree
  pass when view == full
  fail when view == none : "nothing"
  refer when view == partial : "half"
}
`

// world is a standard with an approved plan of one task.
type world struct {
	standard *engine.Standard
	plan     *engine.Plan
	task     string
	drawn    []string // of item 1
	ranged   []string // of item 4
	records  map[string]map[string]map[string]any
}

// rows is a frame held in memory.
type rows []engine.FrameUnit

func (r rows) Frame(_ context.Context, q engine.FrameQuery) (engine.Frame, error) {
	if q.Record != "派工单" {
		return engine.Frame{}, engine.ErrNoFrame
	}
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		for _, u := range r {
			if !yield(u, nil) {
				return
			}
		}
	}}, nil
}

func load(t require.TestingT, source string) *engine.Standard {
	s, _, err := engine.Load(context.Background(), fstest.MapFS{"rules.chk": {Data: []byte(source)}}, ".", engine.Options{})
	require.NoError(t, err)
	return s
}

func november(t require.TestingT, s *engine.Standard) engine.Period {
	p, err := engine.ParsePeriod("2026-11", s.Zone())
	require.NoError(t, err)
	return p
}

func request(t require.TestingT, s *engine.Standard, frames engine.FrameSource) engine.PlanRequest {
	return engine.PlanRequest{
		Scope: "tenant", Tier: "region", Period: november(t, s), Inspected: []string{"P1"}, Frames: frames, Seed: []byte("0123456789abcdef"),
		Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1", Kind: "project"}}, People: []engine.Person{{ID: "Li", Subject: "R1"}}},
	}
}

func newWorld(t require.TestingT) *world {
	w := &world{standard: load(t, evidenceRules), records: map[string]map[string]map[string]any{"派工单": {}}}
	var frame rows
	for i := range 8 {
		u := engine.FrameUnit{ID: fmt.Sprintf("W%d", i), Values: map[string]any{"登记时间": "2026-11-03 09:00", "派单时间": "2026-11-03 09:05", "金额": "3.5"}}
		frame = append(frame, u)
		w.records["派工单"][u.ID] = u.Values
	}
	draft, err := w.standard.MakePlan(context.Background(), request(t, w.standard, frame))
	require.NoError(t, err)
	require.Empty(t, draft.Problems)
	w.plan, err = draft.Approve(engine.Approval{By: "boss", At: time.Date(2026, 12, 1, 9, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	w.task = w.plan.Tasks[0].ID
	for _, d := range w.plan.Tasks[0].Draws {
		switch {
		case slices.Contains(d.Parts, "1"):
			w.drawn = d.Units
		case slices.Contains(d.Parts, "4"):
			w.ranged = d.Units
		}
	}
	return w
}

// judge judges submissions and checks the result against its schema.
func (w *world) judge(t require.TestingT, submissions ...engine.Submission) *engine.Result {
	for i := range submissions {
		if submissions[i].Task == "" {
			submissions[i].Task = w.task
		}
	}
	r, err := w.standard.Judge(context.Background(), w.plan, w.task, engine.Evidence{Records: w.records, Submissions: submissions})
	require.NoError(t, err)
	data, err := json.Marshal(r)
	require.NoError(t, err)
	require.NoError(t, schematest.Check(engine.ResultSchema, data))
	return r
}

func part(t require.TestingT, r *engine.Result, id, unit string) engine.Verdict {
	for _, v := range r.Verdicts {
		if v.Part == id && v.Unit == unit && (v.Level == "unit") == (unit != "") {
			return v
		}
	}
	require.Fail(t, "no verdict", "%s %s", id, unit)
	return engine.Verdict{}
}

// refusedPaths are the refused values as "path code".
func refusedPaths(r *engine.Result) []string {
	var out []string
	for _, x := range r.Refused {
		out = append(out, x.Path+" "+x.Code)
	}
	return out
}

// subject answers a question about the subject.
func subject(id string, answers map[string]any) engine.Submission {
	return engine.Submission{ID: id, Part: "2", Answers: answers, By: "Li"}
}

// TestBadAnswersAreRefusedByPath: one bad value among good ones. It is named by submission, path and code, and everything
// else is judged as if it had not come.
func TestBadAnswersAreRefusedByPath(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	unit := w.drawn[0]
	without := w.judge(t, subject("S0", map[string]any{"minutes": 10}))
	for name, c := range map[string]struct {
		submission engine.Submission
		want       string
	}{
		"unknown unit":      {engine.Submission{Part: "1", Unit: "W99", Answers: map[string]any{"done": true}}, "S.unit C909"},
		"no unit":           {engine.Submission{Part: "1", Answers: map[string]any{"done": true}}, "S.unit C909"},
		"unit of nobody":    {engine.Submission{Part: "3", Answers: map[string]any{"manned": true}}, "S.unit C909"},
		"other subject":     {engine.Submission{Part: "2", Unit: "P2", Answers: map[string]any{"minutes": 10}}, "S.unit C909"},
		"unknown task":      {engine.Submission{Task: "region/2026-11/P9", Part: "2", Answers: map[string]any{"minutes": 10}}, "S.task C910"},
		"unknown part":      {engine.Submission{Part: "9.9", Answers: map[string]any{"minutes": 10}}, "S.part C911"},
		"no part":           {engine.Submission{Answers: map[string]any{"minutes": 10}}, "S.part C911"},
		"unknown period":    {engine.Submission{Part: "2", Period: "2026-10", Answers: map[string]any{"minutes": 10}}, "S.part C911"},
		"unknown field":     {engine.Submission{Part: "2", Answers: map[string]any{"minuets": 10}}, "S.answers.minuets C901"},
		"unknown choice":    {engine.Submission{Part: "1", Unit: unit, Answers: map[string]any{"degree": "whole"}}, "S.answers.degree C903"},
		"unknown in a set":  {engine.Submission{Part: "2", Answers: map[string]any{"lacks": []any{"none", "whole"}}}, "S.answers.lacks[1] C903"},
		"number in a set":   {engine.Submission{Part: "2", Answers: map[string]any{"lacks": []any{7}}}, "S.answers.lacks[0] C902"},
		"text for a number": {engine.Submission{Part: "2", Answers: map[string]any{"minutes": "ten"}}, "S.answers.minutes C902"},
		"yes for a number":  {engine.Submission{Part: "2", Answers: map[string]any{"minutes": true}}, "S.answers.minutes C902"},
		"number for yes":    {engine.Submission{Part: "1", Unit: unit, Answers: map[string]any{"done": 1}}, "S.answers.done C902"},
		"list for a number": {engine.Submission{Part: "2", Answers: map[string]any{"minutes": []any{10}}}, "S.answers.minutes C902"},
		"half":              {engine.Submission{Part: "2", Answers: map[string]any{"minutes": 10.5}}, "S.answers.minutes C902"},
		"not a number":      {engine.Submission{Part: "2", Answers: map[string]any{"minutes": math.NaN()}}, "S.answers.minutes C906"},
		"infinity":          {engine.Submission{Part: "2", Answers: map[string]any{"minutes": math.Inf(-1)}}, "S.answers.minutes C906"},
		"NaN as a text":     {engine.Submission{Part: "2", Answers: map[string]any{"minutes": "NaN"}}, "S.answers.minutes C906"},
		"-Infinity":         {engine.Submission{Part: "2", Answers: map[string]any{"minutes": "-Infinity"}}, "S.answers.minutes C906"},
		"huge exponent":     {engine.Submission{Part: "2", Answers: map[string]any{"minutes": json.Number("1e999999999")}}, "S.answers.minutes C107"},
		"large exponent":    {engine.Submission{Part: "2", Answers: map[string]any{"minutes": json.Number("1e9999")}}, "S.answers.minutes C107"},
		"tiny exponent":     {engine.Submission{Part: "2", Answers: map[string]any{"minutes": json.Number("1e-9999")}}, "S.answers.minutes C107"},
		"octal":             {engine.Submission{Part: "2", Answers: map[string]any{"minutes": "0o12"}}, "S.answers.minutes C902"},
		"ratio":             {engine.Submission{Part: "2", Answers: map[string]any{"minutes": "20/2"}}, "S.answers.minutes C902"},
		"below":             {engine.Submission{Part: "2", Answers: map[string]any{"minutes": -1}}, "S.answers.minutes C904"},
		"above":             {engine.Submission{Part: "2", Answers: map[string]any{"minutes": json.Number("61")}}, "S.answers.minutes C904"},
		"null":              {engine.Submission{Part: "2", Answers: map[string]any{"minutes": nil}}, "S.answers.minutes C905"},
		"zero time":         {engine.Submission{Part: "2", Answers: map[string]any{"at": time.Time{}}}, "S.answers.at C915"},
		"zero time as text": {engine.Submission{Part: "2", Answers: map[string]any{"at": "0001-01-01T00:00:00Z"}}, "S.answers.at C915"},
		"no such day":       {engine.Submission{Part: "1", Unit: unit, Answers: map[string]any{"day": "2026-02-30"}}, "S.answers.day C902"},
		"far future":        {engine.Submission{Part: "2", Answers: map[string]any{"at": "9999-01-01T00:00:00Z"}}, "S.answers.at C904"},
		"broken UTF-8":      {engine.Submission{Part: "1", Unit: unit, Answers: map[string]any{"degree": "\xff"}}, "S.answers.degree C907"},
		"both names":        {engine.Submission{Part: "1", Unit: unit, Answers: map[string]any{"done": true, "已派": false}}, "S.answers.已派 C912"},
	} {
		c.submission.ID = "S"
		r := w.judge(t, subject("S0", map[string]any{"minutes": 10}), c.submission)
		require.Equal(t, []string{c.want}, refusedPaths(r), name)
		assert.Equal(t, without.Verdicts, r.Verdicts, name)
		for _, x := range r.Refused {
			assert.Equal(t, "S", x.Source, name)
			assert.NotEqual(t, x.Message(checklang.Chinese), x.Message(checklang.English), name)
			assert.Less(t, len(x.Message(checklang.English)), 300, name)
		}
	}
}

// TestGoodAnswers: the forms that are read, by either name.
func TestGoodAnswers(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	for name, value := range map[string]any{
		"int": 10, "int64": int64(10), "uint": uint(10), "uint64": uint64(10), "float": 10.0, "text": " 10 ", "number": json.Number("10"), "decimal": json.Number("10.0"),
		"exponent": json.Number("1e1"), "leading zero": "010",
	} {
		for _, key := range []string{"minutes", "分钟"} {
			r := w.judge(t, subject("S", map[string]any{key: value}))
			assert.Empty(t, r.Refused, name)
			assert.Equal(t, engine.Answer{State: engine.Decided, Best: engine.Pass, Worst: engine.Pass}, part(t, r, "2", "").Answer, name)
		}
	}
	r := w.judge(t, subject("S", map[string]any{"at": nil, "lacks": []any{}}), engine.Submission{ID: "T", Part: "2", Unit: "P1", Answers: map[string]any{"minutes": 10}})
	assert.Empty(t, r.Refused)
	assert.Empty(t, r.Conflicts)
}

// TestRecordValuesAreRefusedWithTheirPlace: what the host's rows say is refused with file and line when the host knows them.
func TestRecordValuesAreRefusedWithTheirPlace(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	w.records["派工单"][w.drawn[0]] = map[string]any{"登记时间": "yesterday", "金额": "1e99", "dispatched_at": "2026-11-03 09:05", "派单时间": "2026-11-03 09:06", "片区": "not a field"}
	e := engine.Evidence{Records: w.records, Origin: func(record, unit, field string) (string, int) {
		assert.Equal(t, "派工单", record)
		assert.Equal(t, w.drawn[0], unit)
		return "orders.csv", map[string]int{"登记时间": 2, "金额": 2, "派单时间": 2}[field]
	}}
	r, err := w.standard.Judge(t.Context(), w.plan, w.task, e)
	require.NoError(t, err)
	path := "派工单." + w.drawn[0] + "."
	assert.Equal(t, []string{path + "派单时间 C912", path + "登记时间 C902", path + "金额 C904"}, sortedTexts(refusedPaths(r)))
	for _, x := range r.Refused {
		assert.Equal(t, "orders.csv", x.Source)
		assert.Equal(t, 2, x.Line)
	}
}

func sortedTexts(list []string) []string { return slices.Sorted(slices.Values(list)) }

// TestTwinSubmissions: the same again is no change; another content is a conflict that leaves the value unknown, until one
// is replaced.
func TestTwinSubmissions(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	first := subject("S", map[string]any{"minutes": 10})
	again := first
	again.ReceivedAt = time.Date(2026, 11, 30, 0, 0, 0, 0, time.UTC)
	again.Schema = engine.SubmissionSchema
	once := w.judge(t, first)
	assert.Equal(t, once, w.judge(t, first, first, again), "when it was received is no part of the content")
	other := subject("S", map[string]any{"minutes": 20})
	r := w.judge(t, first, other)
	assert.Equal(t, []engine.Conflict{{Kind: "identity", Part: "2", First: "S", Second: "S"}}, r.Conflicts)
	assert.NotEqual(t, engine.Decided, part(t, r, "2", "").State)
	fix := subject("S2", map[string]any{"分钟": 10})
	fix.Replaces, fix.Reason = "S", "the second was a slip"
	r = w.judge(t, first, other, fix)
	assert.Equal(t, engine.Decided, part(t, r, "2", "").State)
	closing := first
	closing.Closes = true
	assert.False(t, w.judge(t, first, closing).Closed, "contents that differ in closing agree on nothing")
}

// TestReplacement: with a reason the correction counts, by whichever name it calls the question; a chain ends at its last
// link; without a reason, or in a circle, both answers stand and the value is unknown.
func TestReplacement(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	replacing := func(id, what, why string, minutes any) engine.Submission {
		s := subject(id, map[string]any{"minutes": minutes})
		s.Replaces, s.Reason = what, why
		return s
	}
	first := subject("A", map[string]any{"分钟": 20, "lacks": []any{"none"}})
	unknown := func(r *engine.Result) {
		t.Helper()
		assert.Equal(t, engine.Undecided, part(t, r, "2", "").State)
	}
	decided := func(want engine.Outcome, r *engine.Result) {
		t.Helper()
		assert.Empty(t, r.Conflicts)
		assert.Equal(t, engine.Answer{State: engine.Decided, Best: want, Worst: want}, part(t, r, "2", "").Answer)
	}
	decided(engine.Fail, w.judge(t, first))
	decided(engine.Pass, w.judge(t, first, replacing("B", "A", "misheard", 10)))
	decided(engine.Fail, w.judge(t, first, replacing("B", "A", "misheard", 10), replacing("C", "B", "heard well at first", 20)))
	decided(engine.Pass, w.judge(t, replacing("B", "A", "the first has not arrived yet", 10)))
	about := replacing("B", "A", "misheard", 10)
	about.Unit = "P1" // the subject, named or not
	decided(engine.Pass, w.judge(t, first, about))

	r := w.judge(t, first, replacing("B", "A", "  ", 10))
	unknown(r)
	assert.Equal(t, []string{"B.reason C902"}, refusedPaths(r))
	assert.Equal(t, []engine.Conflict{{Kind: "answer", Part: "2", Name: "分钟", First: "A", Second: "B"}}, r.Conflicts)

	unknown(w.judge(t, first, replacing("B", "A", "one", 10), replacing("C", "A", "two", 30)))

	r = w.judge(t, replacing("A", "B", "circle", 20), replacing("B", "A", "circle", 10))
	unknown(r)
	assert.Equal(t, []string{"A.replaces C902", "B.replaces C902"}, refusedPaths(r))
	r = w.judge(t, replacing("A", "A", "itself", 20))
	assert.Equal(t, []string{"A.replaces C902"}, refusedPaths(r))

	r = w.judge(t, first, replacing("B", "A", "misheard", "ten"))
	unknown(r)
	assert.Equal(t, []string{"B.answers.minutes C902"}, refusedPaths(r), "what is corrected to nonsense is no longer known")

	elsewhere := engine.Submission{ID: "B", Part: "5", Answers: map[string]any{"view": "full"}, Replaces: "A", Reason: "wrong box"}
	r = w.judge(t, first, elsewhere)
	assert.Equal(t, []string{"B.replaces C902"}, refusedPaths(r), "it is about another question")
	decided(engine.Fail, r)
}

// TestOrderOfArrivalNeverMatters shuffles submissions that contradict, repeat, replace and break each other.
func TestOrderOfArrivalNeverMatters(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	rapid.Check(t, func(t *rapid.T) {
		id := rapid.SampledFrom([]string{"A", "B", "C", "D"})
		one := rapid.Custom(func(t *rapid.T) engine.Submission {
			s := engine.Submission{ID: id.Draw(t, "id"), Task: w.task, By: rapid.SampledFrom([]string{"Li", "Wang"}).Draw(t, "by")}
			switch rapid.IntRange(0, 2).Draw(t, "part") {
			case 0:
				s.Part, s.Unit = "1", rapid.SampledFrom(append([]string{"", "W99"}, w.drawn...)).Draw(t, "unit")
				s.Answers = map[string]any{rapid.SampledFrom([]string{"done", "已派"}).Draw(t, "name"): rapid.SampledFrom([]any{true, false, "?"}).Draw(t, "done")}
			case 1:
				s.Part = "2"
				s.Answers = map[string]any{"minutes": rapid.SampledFrom([]any{10, 20, -1}).Draw(t, "minutes")}
			default:
				s.Part, s.Unit = "3", rapid.SampledFrom([]string{"east", "west", "gate"}).Draw(t, "post")
				s.Answers = map[string]any{"manned": rapid.Bool().Draw(t, "manned")}
			}
			if rapid.Bool().Draw(t, "correction") {
				s.Replaces, s.Reason = id.Draw(t, "replaces"), rapid.SampledFrom([]string{"", "slip"}).Draw(t, "reason")
			}
			s.Closes = rapid.Bool().Draw(t, "closes")
			return s
		})
		submissions := rapid.SliceOfN(one, 0, 10).Draw(t, "submissions")
		want, err := json.Marshal(w.judge(t, slices.Clone(submissions)...))
		require.NoError(t, err)
		got, err := json.Marshal(w.judge(t, rapid.Permutation(submissions).Draw(t, "order")...))
		require.NoError(t, err)
		require.Equal(t, string(want), string(got))
	})
}

// TestClosing: a range sample may be closed at or above its lower end, and not below it.
func TestClosing(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	require.Len(t, w.ranged, 4)
	judge := func(inspected int, closes bool) engine.Verdict {
		var list []engine.Submission
		for _, unit := range w.ranged[:inspected] {
			list = append(list, engine.Submission{ID: unit, Part: "4", Unit: unit, Answers: map[string]any{"complete": true}})
		}
		r := w.judge(t, append(list, engine.Submission{ID: "end", Closes: closes})...)
		assert.Equal(t, closes, r.Closed)
		return part(t, r, "4", "")
	}
	for inspected := range 5 {
		open, closed := judge(inspected, false), judge(inspected, true)
		assert.Equal(t, inspected == 4, open.State == engine.Decided, "%d inspected, open", inspected)
		assert.Equal(t, inspected >= 2, closed.State == engine.Decided, "%d inspected, closed", inspected)
		if inspected >= 2 {
			assert.Equal(t, inspected, closed.Sample.Drawn, "the verdict is about those inspected")
		}
	}
}

// TestUnlistedUnits: what was met on the spot counts, the rest of the planned number is open, and more is welcome.
func TestUnlistedUnits(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	met := func(units ...string) engine.Verdict {
		var list []engine.Submission
		for _, u := range units {
			list = append(list, engine.Submission{ID: u, Part: "3", Unit: u, Answers: map[string]any{"在岗": true}})
		}
		return part(t, w.judge(t, list...), "3", "")
	}
	assert.Equal(t, engine.NotInspected, met().State)
	assert.Equal(t, engine.Undecided, met("east").State)
	assert.Equal(t, engine.Decided, met("east", "west").State)
	assert.Equal(t, 3, met("east", "west", "gate").Sample.Drawn)
}

// TestRulings: where the standard is silent a person rules, in either language, and other words are refused.
func TestRulings(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	view := engine.Submission{ID: "V", Part: "5", Answers: map[string]any{"看法": "partial"}}
	open := part(t, w.judge(t, view), "5", "")
	require.Equal(t, engine.Referred, open.State)
	require.Equal(t, []engine.Missing{{Name: "half"}}, open.Rulings)
	for words, want := range map[string]engine.Outcome{
		"pass": engine.Pass, "合格": engine.Pass, "observation": engine.Observation, "观察项": engine.Observation,
		"fail": engine.Fail, "不合格": engine.Fail,
	} {
		r := w.judge(t, view, engine.Submission{ID: "R", Part: "5", Answers: map[string]any{"half": words}})
		assert.Equal(t, engine.Answer{State: engine.Decided, Best: want, Worst: want}, part(t, r, "5", "").Answer, words)
	}
	// A referral stands for pass to fail: a ruling can't go beyond.
	for _, words := range []string{"perhaps", "major", "严重不合格"} {
		r := w.judge(t, view, engine.Submission{ID: "R", Part: "5", Answers: map[string]any{"half": words}})
		assert.Equal(t, []string{"R.answers.half C903"}, refusedPaths(r), words)
		assert.Equal(t, engine.Referred, part(t, r, "5", "").State, words)
	}
}

// TestSubmissionLines: each line is read or refused by its number, and the others are read.
func TestSubmissionLines(t *testing.T) {
	t.Parallel()
	good := `{"id":"S%d","task":"T","part":"1","unit":"A","answers":{"x":1.50},"by":"Li","done_at":"2026-11-03T09:00:00+08:00","of_a_later_release":true}`
	for name, c := range map[string]struct{ line, code, path string }{
		"broken UTF-8":     {"{\"id\":\"\xff\"}", "C907", ""},
		"broken JSON":      {`{"id":"S",}`, "C908", ""},
		"cut":              {`{"id":"S","task":`, "C908", ""},
		"cut in a text":    {`{"id":"S`, "C908", ""},
		"no object":        {`[1]`, "C908", ""},
		"a number":         {`7`, "C908", ""},
		"two values":       {`{"id":"S"} {"id":"T"}`, "C908", ""},
		"one brace more":   {`{"id":"S"}}`, "C908", ""},
		"no id":            {`{"task":"T"}`, "C908", "id"},
		"2 MB":             {`{"id":"` + strings.Repeat("x", 2<<20) + `"}`, "C908", ""},
		"number as id":     {`{"id":7}`, "C902", "id"},
		"answers as list":  {`{"id":"S","answers":[]}`, "C902", "answers"},
		"closes as text":   {`{"id":"S","closes":"yes"}`, "C902", "closes"},
		"civil time":       {`{"id":"S","done_at":"2026-11-03 09:00"}`, "C908", ""},
		"a member twice":   {`{"id":"S","answers":{"x":{"y":1,"y":2}}}`, "C908", "answers.x.y"},
		"later schema":     {`{"schema":"pinjian/submission/2","id":"S"}`, "C908", "schema"},
		"another document": {`{"schema":"pinjian/plan/1","id":"S"}`, "C908", "schema"},
	} {
		text := fmt.Sprintf(good, 1) + "\n\n" + c.line + "\r\n" + fmt.Sprintf(good, 2)
		var ids []string
		for s, bad := range engine.DecodeSubmissions("in.jsonl", strings.NewReader(text)) {
			if bad == nil {
				ids = append(ids, s.ID)
				assert.Equal(t, json.Number("1.50"), s.Answers["x"], "no float on the way")
				continue
			}
			assert.Equal(t, []any{"in.jsonl", 3, c.path, c.code}, []any{bad.Source, bad.Line, bad.Path, bad.Code}, name)
			assert.NotEqual(t, bad.Message(checklang.Chinese), bad.Message(checklang.English), name)
			assert.NotContains(t, bad.Message(checklang.English), "Go ", name)
			assert.NotContains(t, bad.Message(checklang.English), "json:", name)
			assert.Less(t, len(bad.Error()), 300, name)
		}
		assert.Equal(t, []string{"S1", "S2"}, ids, name)
	}
	var ids []string
	for s, bad := range engine.DecodeSubmissions("in.jsonl", strings.NewReader("\ufeff"+fmt.Sprintf(good, 1)+"\n")) {
		require.Nil(t, bad, "a byte order mark is no mistake")
		ids = append(ids, s.ID)
	}
	assert.Equal(t, []string{"S1"}, ids)
	var last *engine.InputError
	for _, bad := range engine.DecodeSubmissions("in.jsonl", iotest.TimeoutReader(iotest.OneByteReader(strings.NewReader(good)))) {
		last = bad
	}
	require.NotNil(t, last, "a reader that fails is no end of the file")
}

// TestReadingStops: whoever has seen enough gets no more.
func TestReadingStops(t *testing.T) {
	t.Parallel()
	next, stop := iter.Pull2(engine.DecodeSubmissions("in", strings.NewReader("{\"id\":\"A\"}\nx\n{\"id\":\"B\"}\n")))
	_, bad, ok := next()
	assert.True(t, ok)
	assert.Nil(t, bad)
	_, bad, ok = next()
	assert.True(t, ok)
	assert.NotNil(t, bad)
	stop()
}

// FuzzSubmissions: no line makes the reader panic, and what is read can be judged.
func FuzzSubmissions(f *testing.F) {
	for _, seed := range []string{
		`{"id":"S","task":"region/2026-11/P1","part":"2","answers":{"minutes":10}}`, `{"id":"S","answers":{"x":[{"y":1e999}]}}`, `{"id":"S","id":"T"}`, `}`, "\xff", "{}{}",
		`{"id":"S","task":"region/2026-11/P1","part":"1","unit":"W1","answers":{"done":true,"已派":false},"replaces":"S","reason":"x"}`,
	} {
		f.Add([]byte(seed))
	}
	w := newWorld(f)
	f.Fuzz(func(t *testing.T, data []byte) {
		var list []engine.Submission
		lines := 0
		for s, bad := range engine.DecodeSubmissions("in", bytes.NewReader(data)) {
			lines++
			if bad == nil {
				list = append(list, s)
			}
		}
		assert.LessOrEqual(t, lines, bytes.Count(data, []byte("\n"))+1)
		r, err := w.standard.Judge(t.Context(), w.plan, w.task, engine.Evidence{Records: w.records, Submissions: list})
		require.NoError(t, err)
		document, err := json.Marshal(r)
		require.NoError(t, err)
		assert.NoError(t, schematest.Check(engine.ResultSchema, document))
	})
}
