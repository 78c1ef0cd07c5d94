package engine_test

import (
	"context"
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

const findingRules = `lang 1
standard site "site" { version "VERSION"; zone "Asia/Shanghai"; calendar "cn" }
record Post { open : bool }
section A "posts" {
  fail when share(outcome >= fail) > 0.4 : "too many items fail"
  item 1 "Posts" {
    every month
    sample all Post
    observe "is the post manned" -> manned : bool, tidy : bool, lit : bool
    GRADE when not manned : "not manned"
    fail when not tidy : "not tidy"
    observation when not lit : "dark"
  }
}
response major {
  corrective action within 3 workdays
  preventive action within 10 workdays
  report within 10 workdays
  verification on site within 48h
}
response fail {
  correction within 24h
  record
  verification by record
}
response observation {
  correction
  record
}
`

// findingSite is a standard, an approved plan by it, and its judge.
type findingSite struct {
	*engine.Standard
	t    require.TestingT
	plan *engine.Plan
}

var findingTime = time.Date(2026, 9, 28, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))

func newFindingSite(t require.TestingT, version, grade, month string) findingSite {
	text := strings.NewReplacer("VERSION", version, "GRADE", grade).Replace(findingRules)
	s, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, ".", engine.Options{})
	require.NoError(t, err)
	period, err := engine.ParsePeriod(month, s.Zone())
	require.NoError(t, err)
	plan, err := s.MakePlan(context.Background(), engine.PlanRequest{
		Scope: "tenant", Tier: "region", Period: period, Inspected: []string{"P1"}, Frames: posts{"north", "south"}, Seed: []byte("sixteen bytes or more"),
		Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1"}}},
	})
	require.NoError(t, err)
	plan, err = plan.Approve(engine.Approval{By: "boss", At: period.Start})
	require.NoError(t, err)
	return findingSite{s, t, plan}
}

// judge judges posts by three letters each, manned, tidy and lit: "y", "n" or
// "?" for not answered.
func (s findingSite) judge(north, south string) *engine.Result {
	var list []engine.Submission
	for unit, letters := range map[string]string{"north": north, "south": south} {
		answers := map[string]any{}
		for i, name := range []string{"manned", "tidy", "lit"} {
			if letters[i] != '?' {
				answers[name] = letters[i] == 'y'
			}
		}
		list = append(list, engine.Submission{ID: unit, Task: s.plan.Tasks[0].ID, Part: "1", Unit: unit, Answers: answers, By: "inspector"})
	}
	r, err := s.Judge(context.Background(), s.plan, s.plan.Tasks[0].ID, engine.Evidence{Submissions: list})
	require.NoError(s.t, err)
	return r
}

func (s findingSite) open(r *engine.Result, known map[string]engine.Finding) []engine.FindingEvent {
	events, err := s.OpenFindings(engine.FindingRequest{
		Scope: "tenant", Result: r, Period: s.plan.Period.Name, Known: known, By: "organiser", At: findingTime,
		Attribute: func(engine.Verdict) []engine.Party {
			return []engine.Party{{"department", "security"}, {"person", "guard"}, {"supplier", "guards ltd"}, {"robot", "r2"}}
		},
	})
	require.NoError(s.t, err)
	return events
}

// first opens what a result brings and returns the finding of one criterion.
func (s findingSite) first(r *engine.Result, label string) engine.Finding {
	for _, e := range s.open(r, nil) {
		if e.Fields["label"] == label {
			return foldFinding(s.t, e)
		}
	}
	require.Failf(s.t, "not opened", "%s", label)
	return engine.Finding{}
}

func foldFinding(t require.TestingT, events ...engine.FindingEvent) engine.Finding {
	f, err := engine.Fold(slices.Values(events))
	require.NoError(t, err)
	return f
}

func findingCommand(f engine.Finding, kind, by string, fields ...string) engine.Command {
	c := engine.Command{ID: kind + "-" + by + "-" + string(rune('a'+f.Version)), Kind: kind, By: by, At: findingTime.Add(time.Hour), Version: f.Version}
	for i := 0; i+1 < len(fields); i += 2 {
		if c.Fields == nil {
			c.Fields = map[string]string{}
		}
		c.Fields[fields[i]] = fields[i+1]
	}
	return c
}

// step takes a step that must succeed.
func (s findingSite) step(f engine.Finding, c engine.Command) engine.Finding {
	assert.Contains(s.t.(assert.TestingT), s.Allowed(f, c.By), c.Kind)
	e, err := s.Step(f, c)
	require.NoError(s.t, err)
	return foldFinding(s.t, append(slices.Clone(f.Events), e)...)
}

// refuses takes a step that must be refused, in both languages.
func (s findingSite) refuses(f engine.Finding, c engine.Command, zh, en string) {
	e, err := s.Step(f, c)
	require.Error(s.t, err)
	assert.Zero(s.t.(assert.TestingT), e)
	var r *engine.Refusal
	require.ErrorAs(s.t, err, &r)
	assert.Contains(s.t.(assert.TestingT), r.Words.ZH, zh)
	assert.Contains(s.t.(assert.TestingT), r.Words.EN, en)
}

var majorReport = []string{"finding", "nobody at the post", "cause", "no relief", "correction", "manned", "prevention", "a rota", "owner", "chief", "due", "2026-10-20", "evidence", "rota.pdf"}

// The whole life of a major finding: measures, report, the wrong verifier,
// verification, reopening, closing, an appeal with both results kept.
func TestLifeOfAMajor(t *testing.T) {
	s := newFindingSite(t, "1", "major", "2026-09")
	f := s.first(s.judge("nyy", "yyy"), "not manned")
	assert.Equal(t, engine.FindingState("open"), f.State)
	assert.Equal(t, engine.Major, f.Grade)
	assert.Equal(t, "north", f.Unit)
	assert.Len(t, f.Parties, 4)
	assert.Equal(t, []string{"corrective action", "preventive action", "report", "verification on site"}, f.Outstanding())
	// Monday 28 September 2026: the National Day holiday is 1 to 7 October, so
	// the third workday is 8 October, and it ends at midnight.
	zone := s.Zone()
	assert.True(t, f.Due.Equal(time.Date(2026, 10, 9, 0, 0, 0, 0, zone)), f.Due)
	assert.False(t, f.Overdue(f.Due))
	assert.True(t, f.Overdue(f.Due.Add(time.Second)))

	s.refuses(f, findingCommand(f, "verify", "auditor", "result", "effective", "method", "on site"), "可以：答复整改", "the finding is open and can't take the step verify; possible are: answer")
	s.refuses(f, findingCommand(f, "close", "auditor"), "不能关闭", "can't take the step close")
	s.refuses(f, findingCommand(f, "answer", "chief", "correction", "manned"), "还缺：fields.cause, fields.prevention", "they still need: fields.cause")
	s.refuses(f, findingCommand(f, "answer", "chief", "corection", "manned"), "fields.corection", "fields.corection is nothing that this step takes")
	s.refuses(f, findingCommand(f, "answer", "chief", "correction", " "), "是空的", "fields.correction is empty")
	s.refuses(f, findingCommand(f, "answer", "chief", "due", "soon"), "fields.due 要写成日期", "fields.due must be a date")

	// The corrective action first, then the rest: the deadline moves on.
	f = s.step(f, findingCommand(f, "answer", "worker", "cause", "no relief", "correction", "manned"))
	assert.Equal(t, engine.FindingState("open"), f.State)
	assert.Equal(t, []string{"preventive action", "report", "verification on site"}, f.Outstanding())
	tenth := f.Due
	assert.True(t, tenth.After(time.Date(2026, 10, 9, 0, 0, 0, 0, zone)))
	f = s.step(f, findingCommand(f, "answer", "chief", majorReport...))
	assert.Equal(t, engine.FindingState("answered"), f.State)
	assert.True(t, f.Due.Equal(findingTime.Add(49*time.Hour)), "verification within 48h of the answer")

	good := []string{"result", "effective", "method", "on site", "verification", "seen manned thrice", "effectiveness", "a month without gap"}
	for _, who := range []string{"worker", "chief"} {
		assert.NotContains(t, s.Allowed(f, who), "verify")
		s.refuses(f, findingCommand(f, "verify", who, good...), who+" 做过这个问题的整改", who+" corrected this finding")
	}
	s.refuses(f, findingCommand(f, "close", "auditor"), "先验证", "must be verified before")
	s.refuses(f, findingCommand(f, "verify", "auditor", "result", "effective", "method", "by record", "verification", "x", "effectiveness", "y"), "到现场验证", "verification on site")
	s.refuses(f, findingCommand(f, "verify", "auditor", good[:6]...), "fields.effectiveness", "fields.effectiveness")
	s.refuses(f, findingCommand(f, "verify", "auditor", "result", "fine", "method", "on site"), "effective, ineffective", "only one of: effective, ineffective")

	// Not effective: a new round, new deadlines, the old answer kept as event.
	bad := slices.Clone(good)
	bad[1] = "ineffective"
	again := s.step(f, findingCommand(f, "verify", "auditor", bad...))
	assert.Equal(t, engine.FindingState("reopened"), again.State)
	assert.Empty(t, again.Answer)
	assert.Len(t, again.Outstanding(), 4)
	again = s.step(again, findingCommand(again, "answer", "other", majorReport...))
	s.refuses(again, findingCommand(again, "verify", "worker", good...), "做过", "corrected") // of the earlier round

	f = s.step(f, findingCommand(f, "verify", "auditor", good...))
	assert.Equal(t, engine.FindingState("verified"), f.State)
	assert.Zero(t, f.Due)
	f = s.step(f, findingCommand(f, "close", "organiser"))
	assert.Equal(t, engine.FindingState("closed"), f.State)
	f = s.step(f, findingCommand(f, "reopen", "organiser", "reason", "seen empty again"))
	assert.Equal(t, engine.FindingState("reopened"), f.State)
	f = s.step(f, findingCommand(f, "answer", "chief", majorReport...))
	f = s.step(f, findingCommand(f, "verify", "auditor", good...))
	f = s.step(f, findingCommand(f, "close", "organiser"))

	// An appeal keeps both results.
	first := slices.Clone(f.Results)
	f = s.step(f, findingCommand(f, "appeal", "head", "reason", "the post was closed that day"))
	assert.NotEmpty(t, f.Appeal)
	s.refuses(f, findingCommand(f, "appeal", "other", "reason", "too"), "还没有裁定", "waits for a ruling")
	s.refuses(f, findingCommand(f, "rule", "head", "outcome", "upheld", "reason", "r"), "申诉人", "appealed")
	s.refuses(f, findingCommand(f, "rule", "guard", "outcome", "upheld", "reason", "r"), "责任人", "answers for")
	s.refuses(f, findingCommand(f, "rule", "court", "outcome", "regraded", "reason", "r"), "fields.grade", "fields.grade")
	s.refuses(f, findingCommand(f, "rule", "court", "outcome", "regraded", "reason", "r", "grade", "major"), "major", "major already")
	f = s.step(f, findingCommand(f, "rule", "court", "outcome", "regraded", "grade", "fail", "reason", "half a day", "judgement", "second"))
	assert.Equal(t, engine.Fail, f.Grade)
	assert.Equal(t, engine.Major, f.Judged)
	assert.Equal(t, append(first, "second"), f.Results)
	assert.Equal(t, []string{"correction", "record", "verification by record"}, f.Duties)
	assert.Equal(t, engine.FindingState("reopened"), f.State, "a fail wants a record, which the report did not give")
}

// A fail is corrected with a record and verified; an observation has no
// verification in this standard and is closed when it is answered.
func TestLifeOfAFailAndAnObservation(t *testing.T) {
	s := newFindingSite(t, "1", "major", "2026-09")
	f := s.first(s.judge("yny", "yyy"), "not tidy")
	assert.True(t, f.Due.Equal(findingTime.Add(24*time.Hour)))
	c := findingCommand(f, "answer", "cleaner", "correction", "swept")
	c.Attachments = []engine.Attachment{{SHA256: strings.Repeat("a", 64), Name: "photo.jpg"}} // the record
	f = s.step(f, c)
	assert.Equal(t, engine.FindingState("answered"), f.State)
	again := s.step(f, findingCommand(f, "reopen", "auditor", "reason", "the photo is of another post"))
	assert.Equal(t, []string{"correction", "record", "verification by record"}, again.Outstanding(), "a photo of the round before is no record of this one")
	assert.True(t, again.Due.Equal(findingTime.Add(25*time.Hour)), "the deadline runs anew")
	f = s.step(f, findingCommand(f, "verify", "auditor", "result", "effective", "method", "by record"))
	f = s.step(f, findingCommand(f, "close", "auditor"))
	assert.Empty(t, f.Outstanding())

	o := s.first(s.judge("yyn", "yyy"), "dark")
	o = s.step(o, findingCommand(o, "answer", "electrician", "correction", "lamp", "record", "log 7"))
	o = s.step(o, findingCommand(o, "close", "organiser"))
	assert.Equal(t, engine.FindingState("closed"), o.State)

	w := s.first(s.judge("yyn", "yyy"), "dark")
	s.refuses(w, findingCommand(w, "withdraw", "guard", "reason", "r"), "责任人", "answers for this finding")
	w = s.step(w, findingCommand(w, "withdraw", "organiser", "reason", "wrong post"))
	assert.Equal(t, engine.FindingState("withdrawn"), w.State)
	s.refuses(w, findingCommand(w, "answer", "cleaner", "correction", "x"), "已撤销", "withdrawn")
}

// Proposals, feedback and parties are events beside the state.
func TestProposalsFeedbackAndParties(t *testing.T) {
	s := newFindingSite(t, "1", "major", "2026-09")
	f := s.first(s.judge("yny", "yyy"), "not tidy")
	s.refuses(f, findingCommand(f, "acknowledge", "head", "feedback", "x"), "没有等待 head 确认的反馈", "no feedback waits for head")
	f = s.step(f, findingCommand(f, "feedback", "organiser", "to", "head", "how", "meeting"))
	given := f.Events[1].ID
	s.refuses(f, findingCommand(f, "acknowledge", "deputy", "feedback", given), "deputy", "deputy")
	f = s.step(f, findingCommand(f, "acknowledge", "head", "feedback", given))
	assert.NotContains(t, s.Allowed(f, "head"), "acknowledge")

	f = s.step(f, findingCommand(f, "propose", "guard", "improvement", "sweep daily", "owner", "head"))
	proposal := f.Events[3].ID
	s.refuses(f, findingCommand(f, "conclude", "head", "proposal", "other", "outcome", "done"), "没有尚未办结", "no open proposal")
	f = s.step(f, findingCommand(f, "conclude", "head", "proposal", proposal, "outcome", "adopted"))
	assert.NotContains(t, s.Allowed(f, "head"), "conclude")

	c := findingCommand(f, "attribute", "organiser")
	s.refuses(f, c, "parties", "parties")
	c.Parties = []engine.Party{{"supplier", "cleaners"}}
	f = s.step(f, c)
	assert.Equal(t, c.Parties, f.Parties)
	assert.Equal(t, engine.FindingState("open"), f.State)
}

// Judging again finds the same findings, under another version too; it clears
// what it denies and leaves what it can't.
func TestJudgingAgain(t *testing.T) {
	s := newFindingSite(t, "1", "major", "2026-09")
	r := s.judge("nny", "yyn")
	known := map[string]engine.Finding{}
	events := s.open(r, nil)
	for _, e := range events {
		known[e.Finding] = foldFinding(t, e)
	}
	var labels []string
	for _, f := range known {
		labels = append(labels, f.Label+"@"+f.Unit)
	}
	slices.Sort(labels)
	assert.Equal(t, []string{"dark@south", "not manned@north", "not tidy@north", "too many items fail@"}, labels)
	assert.Empty(t, s.open(r, known), "the same result again")
	assert.Equal(t, events, s.open(r, nil), "the same bytes")

	take := func(events []engine.FindingEvent) map[string]string {
		kinds := map[string]string{}
		for _, e := range events {
			f := foldFinding(t, append(slices.Clone(known[e.Finding].Events), e)...)
			known[e.Finding] = f
			kinds[f.Label] = e.Kind + " " + string(f.State) + " " + f.Grade.String()
		}
		return kinds
	}
	// The second version grades an empty post a fail: the same finding.
	two := newFindingSite(t, "2", "fail", "2026-09")
	assert.Equal(t, map[string]string{
		"not manned": "found open fail", "not tidy": "found open fail", "dark": "found open observation", "too many items fail": "found open fail",
	}, take(two.open(two.judge("nny", "yyn"), known)))
	// Half of it denied, the north not inspected any more: only what is denied.
	assert.Equal(t, map[string]string{"dark": "cleared withdrawn observation"}, take(two.open(two.judge("???", "yyy"), known)))
	assert.Equal(t, map[string]string{"dark": "found reopened observation"}, take(two.open(two.judge("???", "yyn"), known)), "what judging cleared, judging finds again")
	kinds := take(two.open(two.judge("yyy", "yyy"), known))
	assert.Equal(t, "cleared withdrawn fail", kinds["not manned"])
	assert.Equal(t, "cleared withdrawn fail", kinds["too many items fail"])

	// A person's withdrawal outranks a judgement.
	f := s.first(r, "dark")
	f = s.step(f, findingCommand(f, "withdraw", "organiser", "reason", "daylight"))
	again := s.judge("yyy", "ynn")
	for _, e := range s.open(again, map[string]engine.Finding{f.ID: f}) {
		if e.Finding == f.ID {
			f = foldFinding(t, append(slices.Clone(f.Events), e)...)
		}
	}
	assert.Equal(t, engine.FindingState("withdrawn"), f.State)
	assert.Equal(t, []string{r.ID, again.ID}, f.Results)

	// So does a person's grade.
	f = s.first(r, "not manned")
	f = s.step(f, findingCommand(f, "appeal", "head", "reason", "only an hour"))
	f = s.step(f, findingCommand(f, "rule", "court", "outcome", "regraded", "grade", "observation", "reason", "so it was"))
	for _, e := range s.open(s.judge("nyn", "yyy"), map[string]engine.Finding{f.ID: f}) {
		if e.Finding == f.ID {
			f = foldFinding(t, append(slices.Clone(f.Events), e)...)
		}
	}
	assert.Equal(t, engine.Observation, f.Grade)
	assert.Equal(t, engine.Major, f.Judged)
	assert.Len(t, f.Results, 2)

	_, err := two.OpenFindings(engine.FindingRequest{Scope: "tenant", Result: r, Period: "2026-09", By: "x", At: findingTime})
	require.ErrorContains(t, err, "version 1")
	_, err = s.OpenFindings(engine.FindingRequest{Scope: "tenant", Result: r, By: "x", At: findingTime})
	require.ErrorContains(t, err, "must name the Period")
}

// The same criterion at the same subject in another month is a repeat: its
// escalation is proposed, and a person confirms it.
func TestRepeatsAreProposedForEscalation(t *testing.T) {
	september, october := newFindingSite(t, "1", "major", "2026-09"), newFindingSite(t, "1", "major", "2026-10")
	old := september.first(september.judge("yny", "yyy"), "not tidy")
	request := engine.FindingRequest{
		Scope: "tenant", Result: october.judge("yyy", "yny"), Period: "2026-10", By: "organiser", At: findingTime.AddDate(0, 1, 0),
		Known: map[string]engine.Finding{old.ID: old},
	}
	events, err := october.OpenFindings(request)
	require.NoError(t, err)
	i := slices.IndexFunc(events, func(e engine.FindingEvent) bool { return e.Fields["label"] == "not tidy" })
	f := foldFinding(t, events[i])
	assert.NotEqual(t, old.ID, f.ID)
	assert.Equal(t, []string{old.ID}, f.Repeats)
	assert.Equal(t, "proposed", f.Escalation)
	assert.Equal(t, engine.Fail, f.Grade, "nothing is raised by itself")
	c := findingCommand(f, "escalate", "head", "outcome", "confirmed", "reason", "second month", "grade", "major")
	c.At = f.Opened
	low := c
	low.Fields = map[string]string{"outcome": "confirmed", "reason": "r", "grade": "observation"}
	october.refuses(f, low, "高于 fail", "above fail")
	f = october.step(f, c)
	assert.Equal(t, "confirmed", f.Escalation)
	assert.Equal(t, engine.Major, f.Grade)
	assert.Equal(t, engine.Fail, f.Judged)
	assert.Contains(t, f.Duties, "report")
	assert.NotContains(t, october.Allowed(f, "head"), "escalate")
}

// Versions: a stale command is a conflict that names who was first, a repeated
// one gives the same event, another body under its ID is refused.
func TestCommandsAndVersions(t *testing.T) {
	s := newFindingSite(t, "1", "major", "2026-09")
	f := s.first(s.judge("yny", "yyy"), "not tidy")
	c := findingCommand(f, "answer", "cleaner", "correction", "swept", "record", "log")
	e, err := s.Step(f, c)
	require.NoError(t, err)
	g := foldFinding(t, f.Events[0], e)
	same, err := s.Step(g, c)
	require.NoError(t, err)
	assert.Equal(t, e, same)
	c.Fields = map[string]string{"correction": "mopped"}
	s.refuses(g, c, "已经用过", "taken by another command")
	c.ID = "other"
	_, err = s.Step(g, c)
	var conflict *engine.ConflictError
	require.ErrorAs(t, err, &conflict)
	assert.Equal(t, &engine.ConflictError{Stream: f.ID, Seq: 2, First: e.ID, Second: "other"}, conflict)
	for _, version := range []int{-1, 0, 1, 3, 1 << 40} {
		c.Version = version
		_, err = s.Step(g, c)
		require.ErrorAs(t, err, &conflict, version)
		assert.NotEmpty(t, conflict.Error())
	}
	_, err = s.Step(engine.Finding{}, c)
	require.ErrorContains(t, err, "Fold")
	assert.Empty(t, s.Allowed(engine.Finding{}, "x"))
	early := findingCommand(g, "close", "x")
	early.At = f.Opened.Add(-time.Second)
	s.refuses(g, early, "设备的时钟", "clock of the device")

	// JSON keeps the event, and every Seq has one body.
	data, err := json.Marshal([]engine.FindingEvent{f.Events[0], e})
	require.NoError(t, err)
	var read []engine.FindingEvent
	require.NoError(t, json.Unmarshal(data, &read))
	assert.Equal(t, g, foldFinding(t, read...))
	read[1].By = "forger"
	_, err = engine.Fold(slices.Values(append(read, e)))
	require.ErrorAs(t, err, &conflict)
	assert.Equal(t, 2, conflict.Seq)
}

// A clause that holds is no finding while it is open whether the item applies.
func TestNoFindingWhileItMayNotApply(t *testing.T) {
	const rules = `lang 1
record Post { open : bool }
record Guard { name : text }
item 1 "Posts" {
  applies when population(Guard) > 3
  every month
  sample all Post
  observe "is the post manned" -> manned : bool, tidy : bool, lit : bool
  fail when not manned : "not manned"
}
`
	for guards, want := range map[int64]int{0: 0, 3: 0, 4: 1} {
		s := newFindingSite(t, "1", "major", "2026-09")
		std, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(rules)}}, ".", engine.Options{})
		require.NoError(t, err)
		s.Standard = std
		s.plan, err = std.MakePlan(context.Background(), engine.PlanRequest{
			Scope: "tenant", Tier: "region", Period: s.plan.Period, Inspected: []string{"P1"}, Frames: guarded(guards), Seed: []byte("sixteen bytes or more"),
			Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1"}}},
		})
		require.NoError(t, err)
		s.plan, err = s.plan.Approve(engine.Approval{By: "boss", At: findingTime})
		require.NoError(t, err)
		assert.Len(t, s.open(s.judge("nyy", "yyy"), nil), want, "%d guards", guards)
	}
}

// guarded has posts, and as many guards, or with 0 nobody knows how many.
type guarded int64

func (g guarded) Frame(ctx context.Context, q engine.FrameQuery) (engine.Frame, error) {
	if q.Record == "Guard" {
		if g == 0 {
			return engine.Frame{}, engine.ErrNoFrame
		}
		return engine.Frame{Count: int64(g)}, nil
	}
	return posts{"north", "south"}.Frame(ctx, q)
}

// Where a standard says nothing about a grade, the usual duties hold.
func TestDutiesWithoutResponse(t *testing.T) {
	text := strings.NewReplacer("VERSION", "1", "GRADE", "major").Replace(findingRules)
	text, _, _ = strings.Cut(text, "response major")
	std, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, ".", engine.Options{})
	require.NoError(t, err)
	s := newFindingSite(t, "1", "major", "2026-09")
	period, err := engine.ParsePeriod("2026-09", std.Zone())
	require.NoError(t, err)
	s.plan, err = std.MakePlan(context.Background(), engine.PlanRequest{
		Scope: "tenant", Tier: "region", Period: period, Inspected: []string{"P1"}, Frames: posts{"north", "south"}, Seed: []byte("sixteen bytes or more"),
		Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1"}}},
	})
	require.NoError(t, err)
	s.plan, err = s.plan.Approve(engine.Approval{By: "boss", At: period.Start})
	require.NoError(t, err)
	s.Standard = std
	r := s.judge("nny", "yyy")
	assert.Equal(t, []string{"corrective action", "preventive action", "report", "verification by record"}, s.first(r, "not manned").Duties)
	assert.Equal(t, []string{"correction", "record", "verification by record"}, s.first(r, "not tidy").Duties)
}
