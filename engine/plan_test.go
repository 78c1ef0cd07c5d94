package engine_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

// drawnRules draws two orders that have no appointment and are not urgent, and counts the urgent ones.
const drawnRules = `lang 1
standard plans "plans" { version "1"; zone "Asia/Shanghai" }
record 派工单 Order { 登记时间 registered_at : time; 预约时间 appointed_at : time optional; 急 urgent : bool }
item 1 "drawn" {
  every month
  sample 2 派工单 where appointed_at is absent and not urgent
  review "x" -> done : bool
  fail when not done : "not done"
}
item 2 "counted" {
  every month
  applies when population(派工单 where urgent) > 0
  ask "x" -> known : bool
  fail when not known : "not known"
}
`

// checkPlan validates a plan's JSON against the schema and reads it back.
func checkPlan(t require.TestingT, p *engine.Plan) []byte {
	data, err := json.Marshal(p)
	require.NoError(t, err)
	require.NoError(t, schematest.Check(engine.PlanSchema, data))
	return data
}

func order(id string, values ...any) engine.FrameUnit {
	u := engine.FrameUnit{ID: id, Source: "orders.csv", Values: map[string]any{"登记时间": "2026-11-03 09:00", "预约时间": nil, "急": false}}
	for i := 0; i < len(values); i += 2 {
		if name := values[i].(string); values[i+1] == "unknown" {
			delete(u.Values, name)
		} else {
			u.Values[name] = values[i+1]
		}
	}
	return u
}

// TestOpenUnitsDoNotStopThePlan: a unit of which the sample's condition can't be decided is named with its file and the
// field, and the rest is drawn from.
func TestOpenUnitsDoNotStopThePlan(t *testing.T) {
	t.Parallel()
	s := load(t, drawnRules)
	frame := rows{order("A"), order("B"), order("C", "急", "unknown"), order("D", "预约时间", "tomorrow"), order("E", "急", true), order("F", "预约时间", "unknown", "急", true)}
	p, err := s.MakePlan(t.Context(), request(t, s, frame))
	require.NoError(t, err)
	checkPlan(t, p)
	assert.Equal(t, int64(2), p.Tasks[0].Draws[0].Sample.Population)
	assert.ElementsMatch(t, []string{"A", "B"}, p.Tasks[0].Draws[0].Units)
	assert.Empty(t, p.Tasks[0].Populations, "how many are urgent is not known exactly")
	var told []string
	for _, x := range p.Problems {
		assert.False(t, x.Blocking)
		assert.NotEqual(t, x.Message.ZH, x.Message.EN)
		told = append(told, x.Code+" "+x.Part+" "+x.Message.EN)
	}
	assert.Equal(t, []string{
		`undecided_unit  Order: orders.csv "C" does not say 急, which the sample's condition reads; it is left out of the draw`,
		`undecided_unit 1 Order: orders.csv "C" does not say 急, which the sample's condition reads; it is left out of the draw`,
		`undecided_unit 1 Order: orders.csv "D" does not say 预约时间, which the sample's condition reads ("预约时间" takes a time, this is "tomorrow"); it is left out of the draw`,
	}, told)
	_, err = p.Approve(engine.Approval{By: "boss", At: time.Now()})
	assert.NoError(t, err)
}

// TestNothingDecidableBlocks: when not a single unit can be placed, nothing may be drawn, for that would say that there is
// nothing to judge.
func TestNothingDecidableBlocks(t *testing.T) {
	t.Parallel()
	s := load(t, drawnRules)
	var frame rows
	for i := range 50 {
		frame = append(frame, order(fmt.Sprintf("W%02d", i), "急", "unknown"))
	}
	p, err := s.MakePlan(t.Context(), request(t, s, frame))
	require.NoError(t, err)
	checkPlan(t, p)
	assert.Less(t, len(p.Problems), 60, "what many units lack is summed up")
	last := p.Problems[len(p.Problems)-1]
	assert.Equal(t, "population_unknown", last.Code)
	assert.True(t, last.Blocking)
	_, err = p.Approve(engine.Approval{By: "boss", At: time.Now()})
	assert.Error(t, err)
	empty, err := s.MakePlan(t.Context(), request(t, s, rows{order("A", "急", true)}))
	require.NoError(t, err)
	assert.True(t, empty.Tasks[0].Draws[0].Sample.NoPopulation, "to know that there is none is another thing")
}

// TestTwinRows: the same row twice is one unit; rows that differ leave what they differ in unknown; both are told.
func TestTwinRows(t *testing.T) {
	t.Parallel()
	s := load(t, drawnRules)
	frame := rows{order("A"), order("A"), order("B"), order("B", "登记时间", "2026-11-04 09:00"), order("C"), order("C", "急", true)}
	p, err := s.MakePlan(t.Context(), request(t, s, frame))
	require.NoError(t, err)
	data := checkPlan(t, p)
	assert.ElementsMatch(t, []string{"A", "B"}, p.Tasks[0].Draws[0].Units, "C may be urgent")
	var codes []string
	for _, x := range p.Problems {
		codes = append(codes, x.Code)
	}
	assert.Equal(t, []string{"twin_unit", "twin_unit", "twin_unit", "undecided_unit", "undecided_unit"}, codes)
	slices.Reverse(frame)
	again, err := s.MakePlan(t.Context(), request(t, s, frame))
	require.NoError(t, err)
	assert.Equal(t, string(data), string(checkPlan(t, again)))
}

// TestUnusableIDs are left out and named; the rest is drawn from.
func TestUnusableIDs(t *testing.T) {
	t.Parallel()
	s := load(t, drawnRules)
	frame := rows{order("A"), order(""), order("a\nb"), order("\xff"), order(strings.Repeat("x", 201)), order("e\u0301"), order("B")}
	p, err := s.MakePlan(t.Context(), request(t, s, frame))
	require.NoError(t, err)
	checkPlan(t, p)
	assert.ElementsMatch(t, []string{"A", "B"}, p.Tasks[0].Draws[0].Units)
	assert.Len(t, p.Problems, 5)
	for _, x := range p.Problems {
		assert.Equal(t, "unusable_id", x.Code)
		assert.False(t, x.Blocking)
	}
}

// TestShuffledRowsGiveTheSamePlan, also with rows that are wrong.
func TestShuffledRowsGiveTheSamePlan(t *testing.T) {
	t.Parallel()
	s := load(t, drawnRules)
	frame := rows{order("X", "急", "unknown"), order("Y", "急", "?"), order("T"), order("T", "预约时间", "2026-11-05 09:00"), order("")}
	for i := range 20 {
		frame = append(frame, order(fmt.Sprint("W", i), "急", i%5 == 0))
	}
	first, err := s.MakePlan(t.Context(), request(t, s, frame))
	require.NoError(t, err)
	want := string(checkPlan(t, first))
	rapid.Check(t, func(t *rapid.T) {
		p, err := s.MakePlan(context.Background(), request(t, s, rows(rapid.Permutation([]engine.FrameUnit(frame)).Draw(t, "rows"))))
		require.NoError(t, err)
		got, err := json.Marshal(p)
		require.NoError(t, err)
		require.Equal(t, want, string(got))
	})
}

// TestPlanSurvivesJSON: the digest, and the judgement, are the same after a plan was stored and read, also with times in
// the zone of a subject and with exact numbers in its fields.
func TestPlanSurvivesJSON(t *testing.T) {
	t.Parallel()
	s := load(t, evidenceRules)
	for _, name := range []string{"", "UTC", "Asia/Shanghai", "Europe/London", "America/St_Johns", "Pacific/Apia"} {
		r := request(t, s, newFrame(8))
		r.Organisation.Subjects[0].Fields = map[string]any{"name": "<院子> & \u2028", "area": json.Number("12345678901234567.10"), "tags": []any{"a"}}
		if name != "" {
			zone, err := time.LoadLocation(name)
			require.NoError(t, err)
			r.Organisation.Subjects[0].Zone = zone
		}
		p, err := s.MakePlan(t.Context(), r)
		require.NoError(t, err)
		p, err = p.Approve(engine.Approval{By: "boss", At: time.Date(2026, 12, 1, 9, 0, 0, 0, time.FixedZone("", 8*3600))})
		require.NoError(t, err)
		data := checkPlan(t, p)
		read, err := engine.DecodePlan(data)
		require.NoError(t, err)
		assert.Equal(t, string(data), string(checkPlan(t, read)), name)
		answers := engine.Evidence{Submissions: []engine.Submission{{ID: "S", Task: p.Tasks[0].ID, Part: "2", Answers: map[string]any{"minutes": 10, "at": "2026-11-30 23:30"}}}}
		before, err := s.Judge(t.Context(), p, p.Tasks[0].ID, answers)
		require.NoError(t, err, name)
		after, err := s.Judge(t.Context(), read, p.Tasks[0].ID, answers)
		require.NoError(t, err, name)
		assert.Equal(t, before, after, name)
		if name != "" {
			require.NotNil(t, read.Tasks[0].Subject.Zone, name)
			assert.Equal(t, name, read.Tasks[0].Subject.Zone.String())
		}
	}
	fixed := request(t, s, newFrame(8))
	fixed.Organisation.Subjects[0].Zone = time.FixedZone("mine", 3600)
	_, err := s.MakePlan(t.Context(), fixed)
	assert.Error(t, err, "a zone without a name in the time zone database can't be stored")
}

// newFrame is a frame of n orders of evidenceRules.
func newFrame(n int) rows {
	var out rows
	for i := range n {
		out = append(out, engine.FrameUnit{ID: fmt.Sprintf("W%d", i), Values: map[string]any{"登记时间": "2026-11-03 09:00"}})
	}
	return out
}

// TestOnlyApprovedUnchangedPlansOfThisStandardAreUsed, by sheets and by judging.
func TestOnlyApprovedUnchangedPlansOfThisStandardAreUsed(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	draft, err := w.standard.MakePlan(t.Context(), request(t, w.standard, newFrame(8)))
	require.NoError(t, err)
	other := load(t, strings.Replace(evidenceRules, "minutes != 10", "minutes != 15", 1))
	changed := *w.plan
	changed.Tasks = slices.Clone(changed.Tasks)
	changed.Tasks[0].Inspector = "Wang"
	for name, c := range map[string]struct {
		standard *engine.Standard
		plan     *engine.Plan
		want     string
	}{
		"none": {w.standard, nil, "no plan"}, "draft": {w.standard, draft, "approve it first"}, "changed": {w.standard, &changed, "changed after it was approved"}, "another standard": {other, w.plan, "digest"},
	} {
		_, err := c.standard.MakeSheet(c.plan, w.task, nil)
		assert.ErrorContains(t, err, c.want, name)
		_, err = c.standard.Judge(t.Context(), c.plan, w.task, engine.Evidence{})
		assert.ErrorContains(t, err, c.want, name)
	}
	_, err = w.standard.MakeSheet(w.plan, "another", nil)
	assert.ErrorContains(t, err, `"another"`)
	_, err = w.standard.Judge(t.Context(), w.plan, "another", engine.Evidence{})
	assert.ErrorContains(t, err, `"another"`)
	_, err = w.plan.Approve(engine.Approval{By: "boss", At: time.Now()})
	assert.ErrorContains(t, err, "already")
	_, err = draft.Approve(engine.Approval{})
	assert.Error(t, err)
	draft.Scope = "another tenant"
	_, err = draft.Approve(engine.Approval{By: "boss", At: time.Now()})
	assert.ErrorContains(t, err, "changed after it was made")
}

// TestDecodePlanRefuses other documents and later forms.
func TestDecodePlanRefuses(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{``, `{`, `[]`, `{}`, `{"schema":"pinjian/plan/2"}`, `{"schema":"pinjian/result/1"}`, `{"schema":"pinjian/plan/1","tasks":7}`} {
		_, err := engine.DecodePlan([]byte(bad))
		assert.Error(t, err, bad)
	}
	_, err := engine.DecodePlan([]byte(`{"schema":"pinjian/plan/1","of_a_later_release":1}`))
	assert.NoError(t, err)
}

// TestRequestsThatCantBePlanned are refused in both languages.
func TestRequestsThatCantBePlanned(t *testing.T) {
	t.Parallel()
	s := load(t, evidenceRules)
	for name, change := range map[string]func(*engine.PlanRequest){
		"no period":       func(r *engine.PlanRequest) { r.Period = engine.Period{} },
		"short seed":      func(r *engine.PlanRequest) { r.Seed = []byte("short") },
		"no such subject": func(r *engine.PlanRequest) { r.Inspected = []string{"P9"} },
		"subject twice":   func(r *engine.PlanRequest) { r.Inspected = []string{"P1", "P1"} },
		"no such item":    func(r *engine.PlanRequest) { r.Items = []string{"9.9"} },
	} {
		r := request(t, s, newFrame(8))
		change(&r)
		p, err := s.MakePlan(t.Context(), r)
		assert.Nil(t, p, name)
		var refusal *engine.Refusal
		require.ErrorAs(t, err, &refusal, name)
		assert.NotEqual(t, refusal.Words.ZH, refusal.Words.EN, name)
	}
	none := request(t, s, newFrame(8))
	none.Inspected = nil
	p, err := s.MakePlan(t.Context(), none)
	require.NoError(t, err)
	checkPlan(t, p)
}

// frameFunc is a frame source that is a function.
type frameFunc func(engine.FrameQuery) (engine.Frame, error)

func (f frameFunc) Frame(_ context.Context, q engine.FrameQuery) (engine.Frame, error) { return f(q) }

// TestFramesThatAreNotThere: what needs them is a blocking problem, the rest is planned.
func TestFramesThatAreNotThere(t *testing.T) {
	t.Parallel()
	s := load(t, evidenceRules)
	broken := errors.New("connection lost")
	for name, c := range map[string]struct {
		frames engine.FrameSource
		code   string
	}{
		"none at all": {nil, "no_frame"},
		"not held":    {frameFunc(func(engine.FrameQuery) (engine.Frame, error) { return engine.Frame{}, engine.ErrNoFrame }), "no_frame"},
		"a number":    {frameFunc(func(engine.FrameQuery) (engine.Frame, error) { return engine.Frame{Count: 7}, nil }), "count_only"},
	} {
		p, err := s.MakePlan(t.Context(), request(t, s, c.frames))
		require.NoError(t, err, name)
		checkPlan(t, p)
		require.Len(t, p.Problems, 2, name)
		for _, x := range p.Problems {
			assert.Equal(t, c.code, x.Code)
			assert.True(t, x.Blocking)
			assert.NotEqual(t, x.Message.In(checklang.Chinese), x.Message.In(checklang.English))
		}
		assert.Len(t, p.Tasks[0].Draws, 3, "what needs no frame is planned")
		_, err = p.Approve(engine.Approval{By: "boss", At: time.Now()})
		assert.Error(t, err)
	}
	_, err := s.MakePlan(t.Context(), request(t, s, frameFunc(func(engine.FrameQuery) (engine.Frame, error) {
		return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) { yield(engine.FrameUnit{}, broken) }}, nil
	})))
	assert.ErrorIs(t, err, broken)
}

// TestCancelled: a cancelled call returns the context's error and nothing else, wherever it was.
func TestCancelled(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	ctx, cancel := context.WithCancel(t.Context())
	p, err := w.standard.MakePlan(ctx, request(t, w.standard, frameFunc(func(engine.FrameQuery) (engine.Frame, error) {
		return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
			for i := range 100 {
				if i == 50 {
					cancel()
				}
				if !yield(engine.FrameUnit{ID: fmt.Sprint(i)}, nil) {
					return
				}
			}
		}}, nil
	})))
	require.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, p)
	r, err := w.standard.Judge(ctx, w.plan, w.task, engine.Evidence{})
	require.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, r)
	v, err := w.standard.VerifyPlan(ctx, w.plan, engine.PlanRequest{Frames: newFrame(8)})
	require.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, v)
	_, _, err = engine.Load(ctx, nil, ".", engine.Options{})
	assert.Error(t, err)
}

// TestVerificationFindsEveryChange: whatever is changed in a plan or its frame, a replay finds it, even where the plan was
// given a new digest.
func TestVerificationFindsEveryChange(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	frame := rows{}
	for i := range 8 {
		frame = append(frame, engine.FrameUnit{ID: fmt.Sprintf("W%d", i), Values: map[string]any{"登记时间": "2026-11-03 09:00"}})
	}
	verify := func(p *engine.Plan, f engine.FrameSource) *engine.Verification {
		v, err := w.standard.VerifyPlan(t.Context(), p, engine.PlanRequest{Frames: f})
		require.NoError(t, err)
		data, err := json.Marshal(v)
		require.NoError(t, err)
		require.NoError(t, schematest.Check(engine.VerificationSchema, data))
		return v
	}
	v := verify(w.plan, frame)
	require.True(t, v.Repeatable, "%v", v.Differences)
	assert.Equal(t, 2, v.Draws)
	for name, change := range map[string]func(p *engine.Plan, d *engine.Draw){
		"another unit":      func(_ *engine.Plan, d *engine.Draw) { d.Units[0] = "W99" },
		"a unit less":       func(_ *engine.Plan, d *engine.Draw) { d.Units = d.Units[:1] },
		"fewer planned":     func(_ *engine.Plan, d *engine.Draw) { d.Planned-- },
		"fewer are enough":  func(_ *engine.Plan, d *engine.Draw) { d.Enough-- },
		"no record":         func(_ *engine.Plan, d *engine.Draw) { d.Sample = nil },
		"met on the spot":   func(_ *engine.Plan, d *engine.Draw) { d.Kind, d.Sample, d.Units = "unlisted", nil, nil },
		"another seed hash": func(p *engine.Plan, _ *engine.Draw) { p.SeedHash = strings.Repeat("0", 64) },
		"another seed":      func(_ *engine.Plan, d *engine.Draw) { d.Sample.Seed = strings.Repeat("ab", 16) },
		"another subject":   func(_ *engine.Plan, d *engine.Draw) { d.Sample.Subject = "P2" },
		"another part":      func(_ *engine.Plan, d *engine.Draw) { d.Parts[0] = "9" },
		"another standard":  func(p *engine.Plan, _ *engine.Draw) { p.Standard.Digest = strings.Repeat("0", 64) },
		"another period":    func(_ *engine.Plan, d *engine.Draw) { d.Period.Name = "2026-10" },
	} {
		data, err := json.Marshal(w.plan)
		require.NoError(t, err)
		p, err := engine.DecodePlan(data)
		require.NoError(t, err)
		for i := range p.Tasks[0].Draws {
			if d := &p.Tasks[0].Draws[i]; d.Parts[0] == "1" {
				change(p, d)
				break
			}
		}
		v := verify(p, frame)
		assert.False(t, v.Repeatable, name)
		require.NotEmpty(t, v.Differences, name)
		assert.Equal(t, "digest", v.Differences[0].Path, name)
		assert.Greater(t, len(v.Differences), 1, "%s is found without the digest too", name)
	}
	v = verify(w.plan, append(slices.Clone(frame), engine.FrameUnit{ID: "W8"}))
	assert.False(t, v.Repeatable)
	assert.Equal(t, "region/2026-11/P1", v.Differences[0].Task)
	assert.Equal(t, "1", v.Differences[0].Part)
	assert.Equal(t, "frameDigest", v.Differences[0].Path)
}
