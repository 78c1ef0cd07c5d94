package engine_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

// sampled judges one part over posts, with the answers of each.
func sampled(t *testing.T, s *engine.Standard, found map[string]map[string]any, waivers ...engine.Waiver) *engine.Result {
	ctx := context.Background()
	period, err := engine.ParsePeriod("2026-10", nil)
	require.NoError(t, err)
	plan, err := s.MakePlan(ctx, engine.PlanRequest{
		Tier: "region", Period: period, Inspected: []string{"P1"}, Frames: posts{"east", "north", "south"}, Seed: []byte("sixteen bytes or more"),
		Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1"}}},
	})
	require.NoError(t, err)
	plan, err = plan.Approve(engine.Approval{By: "boss", At: period.Start})
	require.NoError(t, err)
	var list []engine.Submission
	for unit, values := range found {
		list = append(list, engine.Submission{ID: unit, Task: plan.Tasks[0].ID, Part: "1", Unit: unit, Answers: values, By: "inspector"})
	}
	for i := range waivers {
		waivers[i].By, waivers[i].At, waivers[i].Until = "boss", period.Start, period.End
	}
	r, err := s.Judge(ctx, plan, plan.Tasks[0].ID, engine.Evidence{Submissions: list, Waivers: waivers})
	require.NoError(t, err)
	return r
}

// partPoints is what the verdict of the part says of points.
func partPoints(t *testing.T, r *engine.Result) *engine.Points {
	for _, v := range r.Verdicts {
		if v.Level == "part" {
			return v.Points
		}
	}
	t.Fatal("no part")
	return nil
}

// The limit of a line holds for all units together; each line has its own,
// and a waived unit loses nothing.
func TestScoreLimitsALineOverAllUnits(t *testing.T) {
	s := loadRules(t, `record Post { open : bool }
item 1 "Posts" {
  every month; points 10; sample all Post
  deduct 1 per place at most 4 : "dirty"
  deduct 0.5 per place : "dark"
}`)
	places := func(dirty, dark int) map[string]any { return map[string]any{"dirty": dirty, "dark": dark} }
	found := map[string]map[string]any{"east": places(2, 1), "north": places(1, 0), "south": places(3, 2)}
	r := sampled(t, s, found)
	assert.Equal(t, "5.5", partPoints(t, r).Least.String(), "6 are limited to 4, and 1.5")
	score, err := s.Score(r)
	require.NoError(t, err)
	assert.Equal(t, "4.5", score.Value.String(), said(score))
	assert.Equal(t, "1: worth 10 → 10\n1: minus 4: dirty → 6\n1: the line takes at most 4: dirty → 6\n1: minus 1.5: dark → 4.5\ntotal: combined by sum → 4.5", said(score))

	r = sampled(t, s, found, engine.Waiver{Part: "1", Unit: "south", Reason: "being rebuilt"})
	assert.Equal(t, "3.5", partPoints(t, r).Least.String())
	score, err = s.Score(r)
	require.NoError(t, err)
	assert.Equal(t, "6.5", score.Value.String(), said(score))

	delete(found, "south")
	r = sampled(t, s, found)
	assert.Nil(t, partPoints(t, r).Most, "no limit bounds the places that are dark")
	score, err = s.Score(r)
	require.NoError(t, err)
	assert.True(t, score.Open)
	assert.Nil(t, score.Least)
	assert.Equal(t, "6.5", score.Most.String())
}

// The unit that is awarded least decides what its part is awarded.
func TestScoreAwardsTheWorstUnit(t *testing.T) {
	s := loadRules(t, `record Post { open : bool }
item 1 "Posts" {
  every month; sample all Post
  review "minutes" -> minutes : int 0..
  award 5 when minutes <= 10
  award 2 otherwise
}`)
	minutes := func(n int) map[string]any { return map[string]any{"minutes": n} }
	found := map[string]map[string]any{"east": minutes(11), "north": minutes(10), "south": minutes(3)}
	score, err := s.Score(sampled(t, s, found))
	require.NoError(t, err)
	assert.Equal(t, "2", score.Value.String(), said(score))
	delete(found, "east")
	score, err = s.Score(sampled(t, s, found))
	require.NoError(t, err)
	assert.Equal(t, "2..5", score.Least.String()+".."+score.Most.String())
}

// Awards over the sample as a whole count too.
func TestScoreAwardsASample(t *testing.T) {
	s := loadRules(t, `record Post { open : bool }
item 1 "Posts" {
  every month; sample all Post
  review "minutes" -> minutes : int 0..
  award 5 when count(minutes > 10) == 0
  award 2 otherwise
}`)
	found := map[string]map[string]any{"east": {"minutes": 3}, "north": {"minutes": 10}}
	score, err := s.Score(sampled(t, s, found))
	require.NoError(t, err)
	assert.Equal(t, "2..5", score.Least.String()+".."+score.Most.String())
	found["south"] = map[string]any{"minutes": 9}
	score, err = s.Score(sampled(t, s, found))
	require.NoError(t, err)
	assert.Equal(t, "5", score.Value.String())
}

// A child that may not be missing leaves no score, and a missing part of an
// item does what the item's stage says.
func TestScoreMissing(t *testing.T) {
	const rules = `
item 1 "Two parts" {
  every month
  part hall { ask "hall" -> hall : bool; applies when hall; review "level" -> level : int 0..9; award 6 when level > 5; award 1 otherwise }
  part yard { ask "yard" -> yard : bool; applies when yard; review "level" -> level : int 0..9; award 3 when level > 5; award 1 otherwise }
}
scoring { item { missing `
	found := answers{"1/hall": {"hall": true, "level": 7}, "1/yard": {"yard": false}}
	for missing, want := range map[string]string{"zero": "6", "full": "9", "rescale": "9"} {
		assert.Equal(t, want, scoreOf(t, rules+missing+" } }", found).Value.String(), missing)
	}
	found["1/hall"]["level"] = 2
	for missing, want := range map[string]string{"zero": "1", "full": "4", "rescale": "1.5"} {
		assert.Equal(t, want, scoreOf(t, rules+missing+" } }", found).Value.String(), missing)
	}

	const forbidden = `
section A "x" { item 1 "x" { every month; points 5; ask "here" -> here : bool; applies when here; fail : "bad" } }
section B "x" { item 1 "x" { every month; points 5; fail : "bad" } }
scoring { total { missing forbidden }; grade "good" when score >= 5; grade "poor" when score < 5 }`
	score := scoreOf(t, forbidden, answers{"A/1": {"here": false}, "B/1": {"bad": false}})
	assert.True(t, score.Open)
	assert.Nil(t, score.Most)
	assert.Empty(t, score.Band)
	assert.Contains(t, said(score), "total: A may not be missing; no score is claimed")
	score = scoreOf(t, forbidden, answers{"A/1": {"here": true, "bad": false}, "B/1": {"bad": false}})
	assert.Equal(t, "10", score.Value.String())
	assert.Equal(t, "good", score.Band)
}

// Bounds that lie within one band give the grade before the score is known; a
// veto that may yet hold takes it away.
func TestScoreGradesAnOpenScore(t *testing.T) {
	const rules = `
item 1 "x" { every month; points 60; fail : "bad" }
item 2 "x" { every month; points 5; fail : "bad" }
scoring { grade "good" when score >= 60; grade "poor" when score < 60 }`
	score := scoreOf(t, rules, answers{"1": {"bad": false}})
	assert.Equal(t, "60..65", score.Least.String()+".."+score.Most.String())
	assert.Equal(t, "good", score.Band)
	score = scoreOf(t, rules+"\n", answers{"2": {"bad": false}})
	assert.Equal(t, "5..65", score.Least.String()+".."+score.Most.String())
	assert.Empty(t, score.Band)

	vetoed := rules[:len(rules)-1] + `; total { zero when count(outcome == fail) > 0 : "one failed" } }`
	score = scoreOf(t, vetoed, answers{"1": {"bad": false}})
	assert.Equal(t, "0..65", score.Least.String()+".."+score.Most.String())
	assert.Empty(t, score.Band)
	assert.Contains(t, said(score), "total: may be zero: one failed → 0..65")
}

// Conditions over the score may compute with it.
func TestScoreConditions(t *testing.T) {
	const item = `
item 1 "x" { every month; points 7; deduct 1 per place : "places" }
scoring { total { start 0 }; grade "yes" when %; grade "no" otherwise }`
	for condition, want := range map[string]string{
		"score / 3 > 2":                           "no", // exactly 2
		"score / 3 >= 2":                          "yes",
		"score in 6..7":                           "yes",
		"score in [5, 6]":                         "yes",
		"not (score == 6)":                        "no",
		"round(score / 4) == 2":                   "yes", // 1.5
		"abs(score - 10) == 4":                    "yes",
		"-score < -6":                             "no",
		"if(score > 5, score, 0) + 1 == 7":        "yes",
		"score * 2 - 1 == 11":                     "yes",
		"score > 6 or count(outcome == pass) > 9": "no",
	} {
		rules := ""
		for _, c := range item {
			if c == '%' {
				rules += condition
			} else {
				rules += string(c)
			}
		}
		assert.Equal(t, want, scoreOf(t, rules, answers{"1": {"places": 1}}).Band, condition)
	}
}

// Rule tests expect the score of their item, by its stage, and the grade that
// the item alone brings.
func TestRuleTestsExpectScores(t *testing.T) {
	s := loadRules(t, `
item 1 "x" { every month; points 7; deduct 2.5 per place : "places" }
item 2 "x" { every month; points 4; fail : "bad" }
scoring { item { floor 0; round 0 half even }; grade "good" when score >= 4; grade "poor" when score < 4 }
test 1 "rounded" { given { "places" : 1 }; expect score 4; expect grade "good" }
test 1 "floor" { given { "places" : 9 }; expect score 0; expect grade "poor" }
test 2 "lost" { given { "bad" : true }; expect score 0; expect grade "poor" }
test 2 "kept" { given { "bad" : false }; expect score 4; expect grade "good" }
test 2 "wrong" { given { "bad" : false }; expect score 3; expect grade "poor" }
test 2 "open" { given { }; expect score 4; expect grade "good" }
`)
	results, err := s.RunTests(context.Background(), "")
	require.NoError(t, err)
	var failed []string
	for _, r := range results {
		for _, f := range r.Failures {
			failed = append(failed, r.Title+": "+f.EN)
		}
	}
	assert.Equal(t, []string{
		"wrong: expected score 3, got 4", `wrong: expected grade "poor", got good`,
		"open: expected score 4, got unknown, needs bad", `open: expected grade "good", got no grade, needs bad`,
	}, failed)
}

// What a section states takes the place of what is stated for all sections;
// vetoes add up.
func TestScoreSectionsStateTheirOwn(t *testing.T) {
	const rules = `
section A "x" { item 1 "x" { every month; deduct 1 per place : "places" } }
section B "x" { floor none; round 0 up; item 1 "x" { every month; deduct 0.5 per place : "places" } }
scoring { section { floor 0; round 1 down; zero when score < -2 : "too many" } }`
	score := scoreOf(t, rules, answers{"A/1": {"places": 3}, "B/1": {"places": 3}})
	assert.Equal(t, "-2", score.Value.String(), said(score))
	score = scoreOf(t, rules, answers{"A/1": {"places": 3}, "B/1": {"places": 5}})
	assert.Equal(t, "0", score.Value.String(), said(score))
	assert.Contains(t, said(score), "B: zero: too many → 0")
	score = scoreOf(t, rules, answers{"A/1": {"places": 3}})
	assert.True(t, score.Open)
	assert.Nil(t, score.Least)
	assert.Equal(t, "0", score.Most.String(), said(score))
}
