package inspection_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/inspection"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

var now = time.Date(2026, 11, 23, 9, 0, 0, 0, time.FixedZone("CST", 8*3600))

func ask(i inspection.Inspection, kind, by string, fields ...string) inspection.Command {
	c := inspection.Command{ID: fmt.Sprint(kind, i.Version), Kind: kind, By: by, At: now, Version: i.Version, Fields: map[string]string{}}
	for n := 0; n+1 < len(fields); n += 2 {
		c.Fields[fields[n]] = fields[n+1]
	}
	return c
}

func fold(t require.TestingT, events ...inspection.Event) inspection.Inspection {
	i, err := inspection.Fold(slices.Values(events))
	require.NoError(t, err)
	return i
}

// take takes steps that must succeed.
func take(t require.TestingT, i inspection.Inspection, facts inspection.Facts, commands ...[]string) inspection.Inspection {
	for _, words := range commands {
		c := ask(i, words[0], words[1], words[2:]...)
		require.Contains(t, inspection.Allowed(i, c.By, facts), c.Kind)
		e, err := inspection.Step(i, c, facts)
		require.NoError(t, err)
		i = fold(t, append(slices.Clone(i.Events), e)...)
	}
	return i
}

// refuses takes a step that must be refused in both languages.
func refuses(t *testing.T, i inspection.Inspection, facts inspection.Facts, c inspection.Command, zh, en string) {
	t.Helper()
	e, err := inspection.Step(i, c, facts)
	assert.Zero(t, e)
	var r *engine.Refusal
	require.ErrorAs(t, err, &r)
	assert.Contains(t, r.Words.ZH, zh)
	assert.Contains(t, r.Words.EN, en)
}

func planned(t require.TestingT, id, round string) inspection.Inspection {
	fields := []string{"plan", "organiser", "scope", "tenant", "inspection", id}
	if round != "" {
		fields = append(fields, "round", round)
	}
	return take(t, inspection.Inspection{}, inspection.Facts{}, fields)
}

var (
	none    = inspection.Facts{}
	running = [][]string{{"approve", "boss", "plan", "digest"}, {"start", "inspector"}}
	told    = [][]string{{"close", "inspector"}, {"judge", "organiser", "result", "r1"}, {"feed_back", "organiser", "to", "head", "how", "meeting"}, {"acknowledge", "head"}}
)

// The whole life of a task, with what each state refuses.
func TestLifeOfATask(t *testing.T) {
	i := planned(t, "task", "round")
	assert.Equal(t, inspection.Planned, i.State)
	refuses(t, i, none, ask(i, "start", "inspector"), "检查已计划，不能开始；可以：批准", "is planned and can't take the step start; possible are: approve")
	refuses(t, i, none, ask(i, "approve", "boss"), "缺 fields.plan", "fields.plan is missing")
	refuses(t, i, none, ask(i, "approve", "", "plan", "digest"), "谁（by）", "by whom")
	refuses(t, i, none, ask(i, "approve", "boss", "plan", "digest", "plann", "x"), "fields.plann", "fields.plann")
	refuses(t, i, none, ask(i, "dance", "boss"), "没有叫", "there is no step")
	refuses(t, inspection.Inspection{}, none, ask(inspection.Inspection{}, "start", "boss"), "还没有计划", "not planned yet")
	i = take(t, i, none, running...)
	refuses(t, i, none, ask(i, "judge", "organiser", "result", "r1"), "进行中", "is running")
	i = take(t, i, none, told[:3]...)
	assert.Equal(t, []string{"head"}, i.Unacknowledged)
	refuses(t, i, none, ask(i, "acknowledge", "deputy"), "没有等待 deputy", "no feedback waits for deputy")
	refuses(t, i, none, ask(i, "follow_up", "organiser"), "head 还没有确认", "head has not acknowledged")
	i = take(t, i, none, told[3])
	open := inspection.Facts{Findings: []engine.Finding{{ID: "f1", State: "withdrawn"}, {ID: "f2", State: "verified", Subject: "P1"}}}
	assert.NotContains(t, inspection.Allowed(i, "organiser", open), "follow_up")
	refuses(t, i, open, ask(i, "follow_up", "organiser"), "问题 f2（P1）已验证，还没有关闭", "the finding f2 (P1) is verified, not closed yet")
	open.Findings[1].State = "closed"

	// Evidence that came too late: another result, told anew, both kept.
	late := take(t, i, none, []string{"resume", "organiser", "reason", "a phone was offline"}, told[0])
	refuses(t, late, none, ask(late, "judge", "organiser", "result", "r1"), "已经记下", "recorded already")
	late = take(t, late, none, []string{"judge", "organiser", "result", "r2"})
	assert.Equal(t, []string{"r1", "r2"}, late.Results)
	assert.NotContains(t, inspection.Allowed(late, "organiser", none), "follow_up")

	i = take(t, i, open, []string{"follow_up", "organiser"}, []string{"finish", "organiser"})
	assert.Equal(t, inspection.Done, i.State)
	assert.Empty(t, inspection.Allowed(i, "organiser", none))
	data, err := json.Marshal(i)
	require.NoError(t, err)
	var read inspection.Inspection
	require.NoError(t, json.Unmarshal(data, &read))
	assert.Equal(t, i, read)
	assert.Equal(t, i, fold(t, read.Events...))
}

// A round waits for all of its tasks and for nobody else's.
func TestRoundWaitsForItsTasks(t *testing.T) {
	round := take(t, planned(t, "round", ""), none, running...)
	a, b := take(t, planned(t, "a", "round"), none, running...), take(t, planned(t, "b", "round"), none, running...)
	tasks := func() inspection.Facts { return inspection.Facts{Tasks: []inspection.Inspection{a, b}} }
	a = take(t, a, none, told[0])
	refuses(t, round, tasks(), ask(round, "close", "organiser"), "任务 b 才到“进行中”", "the task b is only running")
	stranger := inspection.Facts{Tasks: []inspection.Inspection{planned(t, "c", "other")}}
	refuses(t, round, stranger, ask(round, "close", "organiser"), "任务 c 不属于", "the task c is none of")
	b = take(t, b, none, told...)
	round = take(t, round, tasks(), told[0])
	refuses(t, round, tasks(), ask(round, "judge", "organiser", "result", "sum"), "任务 a", "the task a is only closed")
	a = take(t, a, none, told[1:]...)
	round = take(t, round, tasks(), told[1:]...)
	a, b = take(t, a, none, []string{"follow_up", "organiser"}), take(t, b, none, []string{"follow_up", "organiser"})
	round = take(t, round, tasks(), []string{"follow_up", "organiser"})
	assert.NotContains(t, inspection.Allowed(round, "organiser", tasks()), "finish")
	a, b = take(t, a, none, []string{"finish", "organiser"}), take(t, b, none, []string{"finish", "organiser"})
	round = take(t, round, tasks(), []string{"finish", "organiser"})
	assert.Equal(t, inspection.Done, round.State)
}

// walk takes drawn steps, at most 20.
func walk(t *rapid.T, i inspection.Inspection) (inspection.Inspection, []inspection.Command) {
	var taken []inspection.Command
	kinds := []string{"plan", "approve", "start", "close", "judge", "feed_back", "acknowledge", "follow_up", "finish", "resume"}
	for n := range rapid.IntRange(0, 20).Draw(t, "steps") {
		by := rapid.SampledFrom([]string{"ann", "bo"}).Draw(t, "by")
		choice := inspection.Allowed(i, by, none)
		if len(choice) == 0 || rapid.IntRange(0, 5).Draw(t, "wild") == 0 {
			choice = kinds
		}
		c := ask(i, rapid.SampledFrom(choice).Draw(t, "kind"), by)
		c.ID = fmt.Sprint(i.ID, " ", n)
		for kind, fields := range map[string]map[string]string{
			"plan": {"scope": "tenant", "inspection": i.ID}, "approve": {"plan": "digest"}, "judge": {"result": fmt.Sprint("r", n)},
			"feed_back": {"to": "ann", "how": "mail"}, "resume": {"reason": "late"},
		} {
			if kind == c.Kind {
				c.Fields = maps.Clone(fields)
			}
		}
		before := i.State
		e, err := inspection.Step(i, c, none)
		if err != nil {
			var r *engine.Refusal
			require.ErrorAs(t, err, &r)
			require.NotEmpty(t, r.Words.ZH)
			continue
		}
		require.Contains(t, inspection.Allowed(i, by, none), c.Kind)
		i, taken = fold(t, append(slices.Clone(i.Events), e)...), append(taken, c)
		back := c.Kind == "resume" || c.Kind == "judge"
		require.True(t, back || i.State == before || i.State == before+1, "states are passed one by one")
		require.Equal(t, i.State >= inspection.FedBack && before < inspection.FedBack, c.Kind == "feed_back" && before == inspection.Judged)
	}
	return i, taken
}

// Events of several inspections in any order, delivered twice, give the same
// inspections; prefixes are inspections; gaps, mixtures and second bodies are
// refused by name; commands are idempotent.
func TestInspectionsSurviveTheirDelivery(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		want := map[string]inspection.Inspection{}
		var all []inspection.Event
		for _, id := range []string{"a", "b"} {
			i, taken := walk(t, planned(t, id, ""))
			want[id] = i
			data, err := json.Marshal(i)
			require.NoError(t, err)
			require.NoError(t, schematest.Check("pinjian/inspection/1", data), "and every event in it")
			all = append(all, i.Events...)
			for n, c := range taken {
				again, err := inspection.Step(i, c, none)
				require.NoError(t, err)
				require.Equal(t, i.Events[n+1], again)
				c.By = "forger"
				_, err = inspection.Step(i, c, none)
				require.ErrorContains(t, err, "taken by another command")
				c.ID = "late"
				_, err = inspection.Step(i, c, none)
				var conflict *engine.ConflictError
				require.ErrorAs(t, err, &conflict)
				require.Equal(t, engine.ConflictError{Stream: id, Seq: n + 2, First: i.Events[n+1].ID, Second: "late"}, *conflict)
			}
			k := rapid.IntRange(1, len(i.Events)).Draw(t, "prefix")
			require.Equal(t, k, fold(t, i.Events[:k]...).Version)
			if hole := rapid.IntRange(0, len(i.Events)).Draw(t, "hole"); hole+1 < len(i.Events) {
				_, err := inspection.Fold(slices.Values(slices.Delete(slices.Clone(i.Events), hole, hole+1)))
				require.ErrorContains(t, err, fmt.Sprintf("has no event with seq %d", hole+1))
			}
			rival := i.Events[rapid.IntRange(0, len(i.Events)-1).Draw(t, "rival")]
			rival.By += "'"
			_, err = inspection.Fold(slices.Values(append(slices.Clone(i.Events), rival)))
			var conflict *engine.ConflictError
			require.ErrorAs(t, err, &conflict)
			require.Equal(t, rival.Seq, conflict.Seq)
		}
		twice := rapid.Permutation(slices.Concat(all, all)).Draw(t, "delivery")
		by := map[string][]inspection.Event{}
		for _, e := range twice {
			by[e.Inspection] = append(by[e.Inspection], e)
		}
		for id, i := range want {
			require.Equal(t, i, fold(t, by[id]...))
		}
		_, err := inspection.Fold(slices.Values(twice))
		require.ErrorContains(t, err, "sort the events by inspection")
	})
}

// Events that could not have happened are refused, whatever they say.
func TestFoldRefusesWhatCannotFollow(t *testing.T) {
	i := take(t, planned(t, "a", ""), none, running...)
	_, err := inspection.Fold(slices.Values([]inspection.Event{}))
	require.ErrorContains(t, err, "no events")
	for name, change := range map[string]func(*inspection.Event){
		"its schema is":               func(e *inspection.Event) { e.Schema = "pinjian/inspection-event/2" },
		"there is no step":            func(e *inspection.Event) { e.Kind = "fly" },
		"can't take the step":         func(e *inspection.Event) { e.Kind = "finish" },
		"by whom":                     func(e *inspection.Event) { e.At = time.Time{} },
		"has seq -1":                  func(e *inspection.Event) { e.Seq = -1 },
		"lacks its id":                func(e *inspection.Event) { e.ID = "" },
		"stands at two places":        func(e *inspection.Event) { e.ID = i.Events[0].ID },
		"nothing that this step take": func(e *inspection.Event) { e.Fields = map[string]string{"x": "y"} },
	} {
		events := slices.Clone(i.Events)
		change(&events[2])
		_, err := inspection.Fold(slices.Values(events))
		require.ErrorContains(t, err, name)
	}
	for s := inspection.State(0); s <= inspection.Done+1; s++ {
		text, err := s.MarshalText()
		require.NoError(t, err)
		var read inspection.State
		if err := read.UnmarshalText(text); s > inspection.Done {
			require.Error(t, err)
		} else {
			require.NoError(t, err)
			assert.Equal(t, s, read)
		}
	}
}
