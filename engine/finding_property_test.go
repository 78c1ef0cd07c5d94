package engine_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

var stepFields = map[string][]string{
	"answer": {"correction", "cause", "prevention", "record", "finding", "owner", "due", "evidence"},
	"verify": {"result", "method", "verification", "effectiveness"}, "reopen": {"reason"}, "withdraw": {"reason"}, "appeal": {"reason"},
	"rule": {"outcome", "reason", "grade", "judgement"}, "propose": {"improvement", "owner"}, "conclude": {"proposal", "outcome"},
	"feedback": {"to", "how"}, "acknowledge": {"feedback"}, "escalate": {"outcome", "reason", "grade"}, "close": nil, "attribute": nil,
}

var findingPeople = []string{"ann", "bo", "chen", "guard"}

// drawCommand draws a command that is likely, not sure, to be possible.
func drawCommand(t *rapid.T, s findingSite, f engine.Finding, n int) engine.Command {
	by := rapid.SampledFrom(findingPeople).Draw(t, "by")
	kinds := s.Allowed(f, by)
	if len(kinds) == 0 || rapid.IntRange(0, 9).Draw(t, "wild") == 0 {
		kinds = slices.Sorted(maps.Keys(stepFields))
	}
	c := engine.Command{
		ID: fmt.Sprint("c", n), Kind: rapid.SampledFrom(kinds).Draw(t, "kind"), By: by, Version: f.Version, Fields: map[string]string{},
		At: findingTime.Add(time.Duration(rapid.IntRange(0, 1000).Draw(t, "hours")) * time.Hour),
	}
	ids := []string{"none"}
	for _, e := range f.Events {
		if e.Kind == "propose" || e.Kind == "feedback" {
			ids = append(ids, e.ID)
		}
	}
	for _, name := range stepFields[c.Kind] {
		if rapid.IntRange(0, 3).Draw(t, "leave out") == 0 {
			continue
		}
		values := []string{"words"}
		switch name {
		case "result":
			values = []string{"effective", "ineffective"}
		case "method":
			values = []string{"on site", "by record"}
		case "outcome":
			values = []string{"upheld", "regraded", "withdrawn", "confirmed", "declined"}
		case "grade":
			values = []string{"observation", "fail", "major"}
		case "owner", "to":
			values = findingPeople
		case "due":
			values = []string{"2026-12-01"}
		case "proposal", "feedback":
			values = ids
		}
		c.Fields[name] = rapid.SampledFrom(values).Draw(t, name)
	}
	if c.Kind == "attribute" {
		c.Parties = []engine.Party{{Kind: "person", ID: rapid.SampledFrom(findingPeople).Draw(t, "party")}}
	}
	return c
}

// findingLife walks a finding through drawn commands and checks at every step what
// must hold for any finding. It returns the commands with the events that they
// gave.
func findingLife(t *rapid.T, s findingSite, f engine.Finding, name string) (engine.Finding, []engine.Command) {
	var taken []engine.Command
	results := []*engine.Result{s.judge("nnn", "yyy"), s.judge("yyy", "yyy"), s.judge("nyn", "yyy"), s.judge("?n?", "yyy")}
	for n := range rapid.IntRange(0, 25).Draw(t, name) {
		if rapid.IntRange(0, 5).Draw(t, "judge again") == 0 {
			i := rapid.IntRange(0, len(results)-1).Draw(t, "result")
			for _, e := range s.open(results[i], map[string]engine.Finding{f.ID: f}) {
				if e.Finding == f.ID {
					f = foldFinding(t, append(slices.Clone(f.Events), e)...)
					taken = append(taken, engine.Command{})
				}
			}
			continue
		}
		c := drawCommand(t, s, f, n)
		if n == 0 {
			data, err := json.Marshal(c)
			require.NoError(t, err)
			require.NoError(t, schematest.Check("pinjian/finding-command/1", data))
		}
		before, _ := json.Marshal(f)
		e, err := s.Step(f, c)
		after, _ := json.Marshal(f)
		require.Equal(t, string(before), string(after), "Step changes nothing")
		if err != nil {
			var r *engine.Refusal
			require.ErrorAs(t, err, &r)
			require.NotEmpty(t, r.Words.ZH)
			require.NotEmpty(t, r.Words.EN)
			continue
		}
		require.Contains(t, s.Allowed(f, c.By), c.Kind)
		g := foldFinding(t, append(slices.Clone(f.Events), e)...)
		if c.Kind == "verify" {
			for _, old := range f.Events {
				require.False(t, old.Kind == "answer" && (old.By == c.By || old.Fields["owner"] == c.By), "who corrected does not verify")
			}
		}
		if g.State == "closed" && f.State != "closed" && slices.ContainsFunc(g.Duties, func(d string) bool { return strings.HasPrefix(d, "verification") }) {
			require.Equal(t, engine.FindingState("verified"), f.State)
		}
		if g.State == "answered" {
			for _, duty := range g.Outstanding() {
				require.True(t, strings.HasPrefix(duty, "verification"), duty)
			}
		}
		if g.State == "closed" || g.State == "withdrawn" || g.State == "verified" {
			require.False(t, g.Overdue(findingTime.AddDate(100, 0, 0)))
		}
		require.True(t, len(g.Correctors) >= len(f.Correctors) && len(g.Results) >= len(f.Results), "nothing is forgotten")
		f, taken = g, append(taken, c)
	}
	return f, taken
}

func findingJSON(t require.TestingT, f engine.Finding) string {
	data, err := json.Marshal(f)
	require.NoError(t, err)
	return string(data)
}

// Whatever the lives of some findings were: their events, in any order,
// delivered twice, give the same findings; any prefix is a finding; a gap, a
// mixture and a second body for one Seq are refused by name; and every command
// taken is idempotent ever after.
func TestFindingsSurviveTheirDelivery(t *testing.T) {
	s := newFindingSite(t, "1", "major", "2026-09")
	opened := s.open(s.judge("nnn", "yyy"), nil)
	require.Len(t, opened, 4)
	rapid.Check(t, func(t *rapid.T) {
		s := s
		s.t = t
		var all []engine.FindingEvent
		want := map[string]engine.Finding{}
		for i, e := range opened[:3] {
			f, taken := findingLife(t, s, foldFinding(t, e), fmt.Sprint("life ", i))
			want[f.ID] = f
			require.NoError(t, schematest.Check("pinjian/finding/1", []byte(findingJSON(t, f))), "and every event in it")
			all = append(all, f.Events...)
			for n, c := range taken {
				if c.ID == "" {
					continue
				}
				again, err := s.Step(f, c)
				require.NoError(t, err)
				require.Equal(t, f.Events[n+1], again)
			}
			k := rapid.IntRange(1, len(f.Events)).Draw(t, "prefix")
			prefix := foldFinding(t, f.Events[:k]...)
			require.Equal(t, k, prefix.Version)
			require.Equal(t, f.Events[:k], prefix.Events)
			if hole := rapid.IntRange(0, len(f.Events)).Draw(t, "hole"); hole+1 < len(f.Events) {
				_, err := engine.Fold(slices.Values(slices.Delete(slices.Clone(f.Events), hole, hole+1)))
				require.ErrorContains(t, err, fmt.Sprintf("has no event with seq %d", hole+1))
			}
			rival := f.Events[rapid.IntRange(0, len(f.Events)-1).Draw(t, "rival")]
			rival.By += "'"
			_, err := engine.Fold(slices.Values(append([]engine.FindingEvent{rival}, f.Events...)))
			var conflict *engine.ConflictError
			require.ErrorAs(t, err, &conflict)
			require.Equal(t, rival.Seq, conflict.Seq)
			require.Equal(t, f.ID, conflict.Stream)
		}
		twice := rapid.Permutation(slices.Concat(all, all)).Draw(t, "delivery")
		by := map[string][]engine.FindingEvent{}
		for _, e := range twice {
			e.At = e.At.In(time.FixedZone("elsewhere", 3600)) // as a database may give it back
			by[e.Finding] = append(by[e.Finding], e)
		}
		require.Len(t, by, len(want))
		for id, f := range want {
			require.Equal(t, findingJSON(t, f), findingJSON(t, foldFinding(t, by[id]...)))
		}
		_, err := engine.Fold(slices.Values(twice))
		require.ErrorContains(t, err, "sort the events by what they belong to")
	})
}

// Of two writers with the same version one is stored and the other is a
// conflict, or was the same command.
func TestTwoWriters(t *testing.T) {
	s := newFindingSite(t, "1", "major", "2026-09")
	opened := s.open(s.judge("nnn", "yyy"), nil)
	rapid.Check(t, func(t *rapid.T) {
		s := s
		s.t = t
		f, _ := findingLife(t, s, foldFinding(t, rapid.SampledFrom(opened).Draw(t, "finding")), "life")
		a, b := drawCommand(t, s, f, 100), drawCommand(t, s, f, 101)
		x, errA := s.Step(f, a)
		y, errB := s.Step(f, b)
		if errA != nil || errB != nil {
			return
		}
		require.Equal(t, x.Seq, y.Seq)
		_, err := engine.Fold(slices.Values(append(slices.Clone(f.Events), x, y)))
		var conflict *engine.ConflictError
		require.ErrorAs(t, err, &conflict)
		require.ElementsMatch(t, []string{x.ID, y.ID}, []string{conflict.First, conflict.Second})
		g := foldFinding(t, append(slices.Clone(f.Events), x)...)
		_, err = s.Step(g, b)
		require.ErrorAs(t, err, &conflict)
		require.Equal(t, engine.ConflictError{Stream: f.ID, Seq: x.Seq, First: x.ID, Second: b.ID}, *conflict)
	})
}

// FuzzFold folds whatever JSON lines say: a refusal in both languages or a
// finding that its own events give again, never a panic.
func FuzzFold(f *testing.F) {
	s := newFindingSite(f, "1", "major", "2026-09")
	g := s.first(s.judge("nny", "yyy"), "not tidy")
	f.Add([]byte(""))
	seed := func() {
		var lines []byte
		for _, e := range g.Events {
			line, err := json.Marshal(e)
			require.NoError(f, err)
			lines = append(append(lines, line...), '\n')
		}
		f.Add(lines)
		f.Add([]byte(strings.Replace(string(lines), `"seq":1`, `"seq":-1`, 1)))
	}
	seed()
	for _, c := range [][]string{
		{"answer", "ann", "correction", "swept", "record", "log"},
		{"verify", "bo", "result", "effective", "method", "by record"},
		{"close", "bo"},
		{"appeal", "chen", "reason", "no"},
	} {
		e, err := s.Step(g, findingCommand(g, c[0], c[1], c[2:]...))
		require.NoError(f, err)
		g = foldFinding(f, append(slices.Clone(g.Events), e)...)
		seed()
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		var events []engine.FindingEvent
		for line := range strings.Lines(string(data)) {
			var e engine.FindingEvent
			if json.Unmarshal([]byte(line), &e) == nil {
				events = append(events, e)
			}
		}
		folded, err := engine.Fold(slices.Values(events))
		if err != nil {
			var r *engine.Refusal
			if !errors.As(err, &r) || r.Words.ZH == "" || r.Words.EN == "" {
				t.Fatalf("not a refusal in both languages: %v", err)
			}
			return
		}
		again, err := engine.Fold(slices.Values(folded.Events))
		require.NoError(t, err)
		assert.Equal(t, findingJSON(t, folded), findingJSON(t, again))
		s.Allowed(folded, "ann")
	})
}
