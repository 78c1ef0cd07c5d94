package monthly_test

import (
	"context"
	"encoding/hex"
	"encoding/json"
	"iter"
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/examples/monthly/internal/submit"
	"github.com/pinjian/pinjian/stdlib"
)

// tables are the CSV files as a source of populations, by record.
type tables map[string]map[string]row

func (s tables) Frame(_ context.Context, q engine.FrameQuery) (engine.Frame, error) {
	table, ok := s[q.Record]
	if !ok {
		return engine.Frame{}, engine.ErrNoFrame
	}
	return engine.Frame{Units: iter.Seq2[engine.FrameUnit, error](func(yield func(engine.FrameUnit, error) bool) {
		for _, id := range slices.Sorted(maps.Keys(table)) {
			if r := table[id]; r["项目"] == q.Subject && !yield(engine.FrameUnit{ID: id, Values: r.values()}, nil) {
				return
			}
		}
	})}, nil
}

// makePlan plans what run.json asks for.
func makePlan(t *testing.T) *engine.Plan {
	t.Helper()
	var run struct {
		Scope, Tier, Period, Seed string
		Items, Inspected          []string
		Subjects                  []engine.Subject
		People                    []engine.Person
		Parameters                map[string]any
	}
	data, err := os.ReadFile("run.json")
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(data, &run))
	seed, err := hex.DecodeString(run.Seed)
	require.NoError(t, err)
	s, _, err := engine.Load(t.Context(), stdlib.FS(), "continuous", engine.Options{Parameters: run.Parameters})
	require.NoError(t, err)
	period, err := engine.ParsePeriod(run.Period, s.Zone())
	require.NoError(t, err)
	p, err := s.MakePlan(t.Context(), engine.PlanRequest{
		Scope: run.Scope, Tier: run.Tier, Period: period, Seed: seed, Items: run.Items, Inspected: run.Inspected,
		Organisation: engine.Organisation{Subjects: run.Subjects, People: run.People},
		Frames: tables{
			"派工单": rows(t, "work_orders.csv"), "系统报事单": rows(t, "system_orders.csv"), "客户信息记录": rows(t, "register.csv"),
		},
	})
	require.NoError(t, err)
	require.Empty(t, p.Problems)
	return p
}

// TestDrawsShowEveryCriterion finds every planted criterion among the drawn units; one that a person must rule on, at a
// unit where nothing worse makes the ruling needless.
func TestDrawsShowEveryCriterion(t *testing.T) {
	t.Parallel()
	plan := makePlan(t)
	drawn := map[string]map[string]bool{}
	draws := 0
	for _, task := range plan.Tasks {
		for _, d := range task.Draws {
			if d.Kind == "drawn" {
				draws++
			}
			for _, part := range d.Parts {
				if drawn[part] == nil {
					drawn[part] = map[string]bool{}
				}
				for _, unit := range d.Units {
					drawn[part][unit] = true
				}
			}
		}
	}
	assert.Equal(t, 3*12, draws)
	for _, c := range readPlanted(t).Criteria {
		assert.Contains(t, drawn, c.Part)
		if c.Unit != "派工单" && c.Unit != "报事对照" {
			continue // the project itself, or receptions met on the spot
		}
		assert.True(t, slices.ContainsFunc(c.Units, func(u string) bool {
			return drawn[c.Part][u] && !slices.Contains(c.Settled, u)
		}), "no drawn unit shows %s %s", c.Part, c.Label)
	}
}

// TestSubmissionsComeFromThePlan lets the inspectors inspect again.
func TestSubmissionsComeFromThePlan(t *testing.T) {
	t.Parallel()
	data, err := json.Marshal(makePlan(t))
	require.NoError(t, err)
	plan, err := submit.ReadPlan(data)
	require.NoError(t, err)
	if data, err = os.ReadFile("planted.json"); err != nil {
		require.NoError(t, err)
	}
	planted, err := submit.ReadPlanted(data)
	require.NoError(t, err)
	lines, err := submit.Lines(plan, planted)
	require.NoError(t, err)
	committed, err := os.ReadFile("submissions.jsonl")
	require.NoError(t, err)
	require.True(t, string(committed) == string(lines),
		"submissions.jsonl differs; run: go run ./cmd/chk plan examples/monthly --format json | go run ./examples/monthly/submit")
}

// TestSubmissionsHoldWhatGoesWrongInTheField looks for each mishap that the example is to show.
func TestSubmissionsHoldWhatGoesWrongInTheField(t *testing.T) {
	t.Parallel()
	type line struct {
		ID, Task, Part, Unit, Replaces, Reason string
		Answers                                map[string]any
	}
	data, err := os.ReadFile("submissions.jsonl")
	require.NoError(t, err)
	byID := map[string][]string{}
	said := map[string][]line{} // by question
	partial, replaced, rulings := 0, 0, 0
	for text := range strings.Lines(string(data)) {
		var l line
		require.NoError(t, json.Unmarshal([]byte(text), &l))
		byID[l.ID] = append(byID[l.ID], text)
		for question := range l.Answers {
			key := l.Task + " " + l.Part + " " + l.Unit + " " + question
			said[key] = append(said[key], l)
		}
		if l.Replaces != "" {
			replaced++
			assert.Contains(t, byID, l.Replaces)
			assert.NotEmpty(t, l.Reason)
		} else if l.Reason != "" {
			rulings++
		}
		if l.Part == "005/4.1.1" && len(l.Answers) == 1 && l.Reason == "" {
			partial++
		}
	}
	twice, otherBody, contradicted := 0, 0, 0
	for _, texts := range byID {
		if len(texts) > 1 && texts[0] == texts[1] {
			twice++
		} else if len(texts) > 1 {
			otherBody++
		}
	}
	for _, lines := range said {
		if len(lines) == 2 && lines[0].ID != lines[1].ID && lines[0].Replaces+lines[1].Replaces == "" {
			contradicted++
		}
	}
	assert.Equal(t, []int{1, 1, 1, 1, 1}, []int{partial, replaced, twice, otherBody, contradicted},
		"receptions not heard to the end, replaced, delivered twice, one id with two bodies, two answers to one question")
	assert.Greater(t, rulings, 4)
}
