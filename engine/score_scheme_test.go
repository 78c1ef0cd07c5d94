package engine_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

// The rule of question 3 of https://bugaw.cn/news/201112/792302.shtml with the
// whole table around it: the guaranteed lines stay below their limit, so the
// table, and not only the group, earns nothing; grades ask for no such table.
// With the line of 20 missing, 20 of 40 is 50 %; the rest of the table is full.
func TestScoreGroupFloorReachesTheTable(t *testing.T) {
	const rules = `
section T "scaffolding" {
  section G "guaranteed lines" {
    missing rescale
    zero section when score < 40 : "the guaranteed lines stay below 40"
    zero section when count(item_score <= 0) > 0 : "a guaranteed line earns nothing"
    item 1 "footing" { every month; points 20; ask "is there one" -> here : bool; applies when here; deduct 1 per point : "footing" }
    item 2 "ties" { every month; points 20; deduct 1 per point at most 20 : "ties" }
    item 3 "boards" { every month; points 20; deduct 1 per point at most 20 : "boards" }
  }
  section N "general lines" { item 4 "papers" { every month; points 40; deduct 1 per point : "papers" } }
}
section U "electricity" { item 1 "boxes" { every month; points 100; deduct 1 per point : "boxes" } }
scoring {
  total { combine mean; round 2 down }
  grade "good" when score >= 80 and count(section_score == 0) == 0
  grade "fair" when score >= 70 and count(section_score == 0) == 0
  grade "poor" otherwise
}`
	found := func(two, three int) answers {
		return answers{"T/1": {"here": false}, "T/2": {"ties": two}, "T/3": {"boards": three}, "T/4": {"papers": 0}, "U/1": {"boxes": 0}}
	}
	for _, c := range []struct {
		two, three             int
		group, table, sum, why string
		band                   string
	}{
		{10, 10, "30", "0", "50", "T: zero: T/G the guaranteed lines stay below 40 → 0", "poor"},
		{7, 6, "40.5", "80.5", "90.25", "", "good"},
		{20, 0, "30", "0", "50", "T: zero: T/G the guaranteed lines stay below 40 → 0", "poor"},
	} {
		score := scoreOf(t, rules, found(c.two, c.three))
		assert.Equal(t, c.sum, score.Value.String(), said(score))
		assert.Equal(t, c.group, after(score, "T/G"))
		assert.Equal(t, c.table, after(score, "T"))
		assert.Equal(t, c.band, score.Band)
		if c.why != "" {
			assert.Contains(t, said(score), c.why)
		}
	}
	open := scoreOf(t, rules, answers{"T/1": {"here": false}, "T/2": {"ties": 0}, "T/4": {"papers": 0}, "U/1": {"boxes": 0}})
	assert.Equal(t, "50", open.Least.String(), "the boards may bring the group below its limit\n%s", said(open))
	assert.Equal(t, "100", open.Most.String())
	assert.Empty(t, open.Band)
}

// A veto of an item without points reaches the total, from below a section
// that has none either; a floor does not lift it.
func TestScoreVetoReachesTheTotal(t *testing.T) {
	const rules = `
section A "safety" { item 1 "accident" { every month; major : "someone was hurt"; zero total when outcome == major : "accident" } }
section B "service" { item 1 "x" { every month; points 90; fail : "bad" }; item 2 "y" { every month; points 10; fail : "bad" } }
scoring { total { floor 10; ceiling 59 when count(outcome == fail) > 1 : "two fail" } }`
	for _, c := range []struct {
		hurt, bad, worse bool
		want             string
	}{{false, false, false, "100"}, {true, false, false, "0"}, {false, true, true, "10"}, {false, false, true, "90"}} {
		score := scoreOf(t, rules, answers{"A/1": {"someone was hurt": c.hurt}, "B/1": {"bad": c.bad}, "B/2": {"bad": c.worse}})
		assert.Equal(t, c.want, score.Value.String(), said(score))
	}
	open := scoreOf(t, rules, answers{"B/1": {"bad": false}, "B/2": {"bad": false}})
	assert.Equal(t, "0", open.Least.String(), said(open))
	assert.Equal(t, "100", open.Most.String())
	assert.Contains(t, said(open), "total: may be zero: A/1 accident")
	capped := scoreOf(t, `
item 1 "x" { every month; points 80; fail : "bad" }
item 2 "y" { every month; points 20; fail : "bad" }
scoring { total { ceiling 59 when count(outcome == fail) > 0 : "one fails" } }`, answers{"1": {"bad": false}, "2": {"bad": true}})
	assert.Equal(t, "59", capped.Value.String())
	assert.Contains(t, said(capped), "total: not above 59: one fails → 59")
}

// Items weigh what they state, replace single rules of their level, and fall
// below zero unless a floor holds.
func TestScoreItemsStateTheirOwn(t *testing.T) {
	const rules = `
section A "x" {
  combine weighted
  item 1 "x" { every month; points 10; weight 3; deduct 4 per place : "places" }
  item 2 "y" { every month; points 10; floor none; deduct 4 per place : "places" }
}
scoring { item { floor 0 }; total { round 2 half up } }`
	for _, c := range [][3]string{{"1", "1", "6"}, {"5", "0", "2.5"}, {"0", "5", "5"}} {
		one, two := 0, 0
		_, _ = fmt.Sscan(c[0], &one)
		_, _ = fmt.Sscan(c[1], &two)
		score := scoreOf(t, rules, answers{"A/1": {"places": one}, "A/2": {"places": two}})
		assert.Equal(t, c[2], score.Value.String(), said(score))
	}
}

// Two points for every percent that is begun below 98 %, or for every whole
// one; and one for every ten minutes beyond an hour.
func TestScoreDeductsPerStep(t *testing.T) {
	rules := func(mode string) string {
		return `
item 1 "rate" { every month; points 20; ask "rate" -> rate : number 0..1; deduct 2 per 1% ` + mode + ` when rate < 98% at most 12 : "below" }
item 2 "time" { every month; points 20; ask "it" -> taken : duration; deduct 1 per 10m ` + mode + ` when taken > 1h : "late" }`
	}
	for _, c := range [][4]string{
		{"0.98", "1h", "20 20", "20 20"},
		{"0.9799", "1h1s", "18 19", "20 20"},
		{"0.97", "70m", "18 19", "18 19"},
		{"0.955", "85m", "14 17", "16 18"},
		{"0.5", "10h", "8 -34", "8 -34"},
		{"1", "0s", "20 20", "20 20"},
	} {
		for i, mode := range []string{"up", "down"} {
			score := scoreOf(t, rules(mode), answers{"1": {"rate": c[0]}, "2": {"taken": c[1]}})
			assert.Equal(t, c[2+i], after(score, "1")+" "+after(score, "2"), "%s\n%s", mode, said(score))
		}
	}
	open := scoreOf(t, rules(""), answers{"2": {"taken": "1h"}})
	assert.Equal(t, "28", open.Least.String(), said(open))
	assert.Equal(t, "40", open.Most.String())
}

// A share over a sample that is not known whole bounds the steps.
func TestScoreStepsOverASample(t *testing.T) {
	s := loadRules(t, `
record Post { area : text }
item 1 "rate" { every month; points 20; sample all Post; ask "it" -> fine : bool; deduct 3 per 10% when share(fine) < 100% : "below" }`)
	known := map[string]map[string]any{"east": {"fine": true}, "north": {"fine": false}, "south": {"fine": true}}
	score, err := s.Score(sampled(t, s, known))
	require.NoError(t, err)
	assert.Equal(t, "8", score.Value.String(), said(score)) // 33.3 % are four steps
	delete(known, "south")
	score, err = s.Score(sampled(t, s, known))
	require.NoError(t, err)
	assert.Equal(t, "-1", score.Least.String(), said(score)) // 66.7 % are seven
	assert.Equal(t, "8", score.Most.String())
}

// One fact that several lines note costs once, where it costs most.
func TestScoreTakesAFactOnce(t *testing.T) {
	const rules = `
item 1 "dress" { every month; points 10; deduct 1 per person once dress : "no uniform"; deduct 1 per place : "other" }
item 2 "image" { every month; points 10; deduct 2 once dress : "untidy" }
item 3 "gate" { every month; points 10; deduct 2 once dress at most 1 : "gate" }`
	rules3 := `
item 1 "dress" { every month; points 10; deduct 1 per person at most 5 once dress : "no uniform"; deduct 1 per place : "other" }
item 2 "image" { every month; points 10; deduct 2 once dress : "untidy" }
item 3 "gate" { every month; points 10; deduct 2 at most 1 once dress : "gate" }`
	_, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte("lang 1\n" + rules)}}, ".", engine.Options{})
	assert.Error(t, err, "at most comes before once")
	for _, c := range []struct {
		persons, places int
		untidy, gate    bool
		want            string
	}{
		{0, 0, false, false, "10 10 10"}, {1, 1, true, true, "9 8 10"}, {2, 0, true, true, "8 10 10"}, {9, 0, true, false, "5 10 10"}, {1, 0, false, true, "9 10 10"},
	} {
		found := answers{"1": {"no uniform": c.persons, "other": c.places}, "2": {"untidy": c.untidy}, "3": {"gate": c.gate}}
		score := scoreOf(t, rules3, found)
		assert.Equal(t, c.want, after(score, "1")+" "+after(score, "2")+" "+after(score, "3"), said(score))
		delete(found, "2")
		open := scoreOf(t, rules3, found)
		assert.LessOrEqual(t, open.Least.Rat().Cmp(score.Value.Rat()), 0, said(open))
		assert.GreaterOrEqual(t, open.Most.Rat().Cmp(score.Value.Rat()), 0, said(open))
	}
	score := scoreOf(t, rules3, answers{"1": {"no uniform": 1, "other": 0}, "2": {"untidy": true}, "3": {"gate": false}})
	assert.Contains(t, said(score), "1: the same fact counts once, 1 not taken again: dress, 2")
}

// Only what the whitelist names may be missing.
func TestScoreWhitelist(t *testing.T) {
	const rules = `
section A "x" {
  missing rescale only 1
  item 1 "x" { every month; points 20; ask "here" -> here : bool; applies when here; fail : "bad" }
  item 2 "x" { every month; points 30; ask "here" -> here : bool; applies when here; fail : "bad" }
  item 3 "x" { every month; points 50; fail : "bad" }
}
scoring { total { missing rescale only A } }`
	yes, no := map[string]any{"here": true, "bad": false}, map[string]any{"here": false}
	found := answers{"A/1": no, "A/2": {"here": true, "bad": true}, "A/3": {"bad": false}}
	assert.Equal(t, "62.5", scoreOf(t, rules, found).Value.String()) // 50 of 80
	score := scoreOf(t, rules, answers{"A/1": yes, "A/2": no, "A/3": {"bad": false}})
	assert.True(t, score.Open)
	assert.Nil(t, score.Most)
	assert.Contains(t, said(score), "A: A/2 may not be missing; no score is claimed")
}

// The mean is over the tables in use.
func TestScoreMeanOverTablesInUse(t *testing.T) {
	rules := ""
	for _, c := range "ABC" {
		rules += fmt.Sprintf("section %c \"x\" { item 1 \"x\" { every month; points 100; ask \"used\" -> used : bool; applies when used; deduct 1 per point : \"lost\" } }\n", c)
	}
	rules += "scoring { total { combine mean; round 1 half up; zero when min(section_score) < 50 or share(section_score < 60) > 50% : \"low\" } }"
	used := func(n int) map[string]any { return map[string]any{"used": true, "lost": n} }
	assert.Equal(t, "75.5", scoreOf(t, rules, answers{"A/1": used(20), "B/1": {"used": false}, "C/1": used(29)}).Value.String())
	assert.Equal(t, "77.3", scoreOf(t, rules, answers{"A/1": used(20), "B/1": used(19), "C/1": used(29)}).Value.String())
	assert.Equal(t, "0", scoreOf(t, rules, answers{"A/1": used(0), "B/1": {"used": false}, "C/1": used(51)}).Value.String())
}

// The two reviewers of TestScoreTwoAssessors, each with evidence of his own:
// 4 with the weight 1 and 8 with the weight 2 make 6.67.
func TestScoreAssessments(t *testing.T) {
	rules := func(stage string) string {
		return `
item 1 "Rating" { every month; points 10; deduct 1 per point : "below ten" }
scoring { assessors { ` + stage + `; round 2 half up }; grade "high" when score >= 6.67; grade "low" when score < 6.67 }`
	}
	s := loadRules(t, rules("combine weighted; weight first 1; weight second 2"))
	first, second := judged(t, s, answers{"1": {"below ten": 6}}), judged(t, s, answers{"1": {"below ten": 2}})
	score, err := s.ScoreAssessments([]engine.Assessment{{"first", first}, {"second", second}})
	require.NoError(t, err)
	assert.Equal(t, "6.67", score.Value.String(), said(score))
	assert.Equal(t, "high", score.Band)
	assert.Contains(t, said(score), "assessors: second, weight 2 → 8")
	assert.Equal(t, "P1", score.Subject)
	again, err := s.ScoreAssessments([]engine.Assessment{{"second", second}, {"first", first}})
	require.NoError(t, err)
	assert.Equal(t, score.Value, again.Value)

	half, err := s.ScoreAssessments([]engine.Assessment{{"first", first}, {"second", judged(t, s, nil)}})
	require.NoError(t, err)
	assert.True(t, half.Open)
	assert.Nil(t, half.Least, "a count without an end")
	assert.Equal(t, "8", half.Most.String(), said(half))

	alone, err := s.ScoreAssessments([]engine.Assessment{{"first", first}})
	require.NoError(t, err)
	assert.Equal(t, "4", alone.Value.String(), "left out")
	strict := loadRules(t, rules("weight first 1; weight second 2; missing forbidden"))
	alone, err = strict.ScoreAssessments([]engine.Assessment{{"first", judged(t, strict, answers{"1": {"below ten": 6}})}})
	require.NoError(t, err)
	assert.True(t, alone.Open)

	for _, list := range [][]engine.Assessment{nil, {{"third", first}}, {{"first", first}, {"second", first}}, {{"first", nil}}} {
		_, err := s.ScoreAssessments(list)
		assert.Error(t, err)
	}
	none := loadRules(t, `item 1 "Rating" { every month; points 10; fail : "bad" }`)
	_, err = none.ScoreAssessments([]engine.Assessment{{"first", judged(t, none, nil)}})
	assert.ErrorAs(t, err, new(*engine.Refusal))

	facts := loadRules(t, `
item 1 "Rating" { every month; points 10; deduct 1 per point : "below ten" }
scoring { assessors { combine mean }; grade "high" when score >= 5 and count(outcome == fail) == 0; grade "low" otherwise }`)
	score, err = facts.ScoreAssessments([]engine.Assessment{{"a", judged(t, facts, answers{"1": {"below ten": 2}})}})
	require.NoError(t, err)
	assert.Equal(t, "8", score.Value.String())
	assert.Empty(t, score.Band, "there is no one outcome of an item")
}

// Conditions of the scoring read the subject, the period and populations as
// they were when the result was judged, also after it was stored.
func TestScoreReadsTheSetting(t *testing.T) {
	s := loadRules(t, `
standard s "S" { version "1"; subject Project }
record Project { size : int; name : text personal }
record Post { area : text }
item 1 "x" { every month; points 10; sample all Post; ask "it" -> fine : bool; fail when not fine : "bad" }
scoring {
  total { zero when subject.size > 100 and population(Post) < 4 : "too few posts" }
  grade "spring" when period.start < 2026-06-01 00:00
  grade "autumn" otherwise
}`)
	ctx := context.Background()
	period, err := engine.ParsePeriod("2026-10", nil)
	require.NoError(t, err)
	for size, want := range map[int]string{100: "10", 101: "0"} {
		plan, err := s.MakePlan(ctx, engine.PlanRequest{
			Tier: "region", Period: period, Inspected: []string{"P1"}, Frames: posts{"east", "north", "south"}, Seed: []byte("sixteen bytes or more"),
			Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1", Fields: map[string]any{"size": size, "name": "secret"}}}},
		})
		require.NoError(t, err)
		plan, err = plan.Approve(engine.Approval{By: "boss", At: period.Start})
		require.NoError(t, err)
		var list []engine.Submission
		for _, u := range []string{"east", "north", "south"} {
			list = append(list, engine.Submission{ID: u, Task: plan.Tasks[0].ID, Part: "1", Unit: u, Answers: map[string]any{"fine": true}, By: "inspector"})
		}
		r, err := s.Judge(ctx, plan, plan.Tasks[0].ID, engine.Evidence{Submissions: list})
		require.NoError(t, err)
		data, err := json.Marshal(r)
		require.NoError(t, err)
		assert.NotContains(t, string(data), "secret", "only what is read is kept")
		var stored engine.Result
		require.NoError(t, json.Unmarshal(data, &stored))
		for _, r := range []*engine.Result{r, &stored} {
			score, err := s.Score(r)
			require.NoError(t, err)
			assert.Equal(t, want, score.Value.String(), said(score))
			assert.False(t, score.Open)
			assert.Equal(t, "autumn", score.Band)
			assert.Equal(t, r.ID, score.Result)
		}
	}
	plain := loadRules(t, `item 1 "x" { every month; points 10; fail : "bad" }`)
	assert.Nil(t, judged(t, plain, nil).Setting, "nothing is read, nothing is kept")
}

// Grades that depend on facts leave no gap in whatever way the facts fall.
func TestScoreGradesByFacts(t *testing.T) {
	for grades, refused := range map[string]bool{
		`grade "a" when score >= 80 and count(section_score == 0) == 0; grade "b" when score < 80`:                                                                     true,
		`grade "a" when score >= 80 and count(section_score == 0) == 0; grade "b" otherwise`:                                                                           false,
		`grade "a" when score >= 80 and count(section_score == 0) == 0; grade "c" when score >= 80 and count(section_score == 0) > 0; grade "b" when score < 80`:       false,
		`grade "a" when count(outcome == fail) == 0; grade "b" when count(outcome == fail) > 0`:                                                                        false,
		`grade "a" when count(outcome == fail) == 0; grade "b" when count(outcome == fail) > 1`:                                                                        true,
		`grade "a" when share(outcome == fail) < 10%; grade "b" when share(outcome == fail) >= 10%`:                                                                    false,
		`grade "a" when share(outcome == fail) < 10%; grade "b" when share(outcome == fail) > 10%`:                                                                     true,
		`grade "a" when score >= 80 and not (count(outcome == fail) > 0); grade "b" when score >= 80 and count(outcome == fail) > 0; grade "c" when not (score >= 80)`: false,
	} {
		_, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte("lang 1\nsection A \"x\" { item 1 \"x\" { every month; points 5; fail : \"bad\" } }\nscoring { " + grades + " }\n")}}, ".", engine.Options{})
		assert.Equal(t, refused, err != nil, "%s\n%v", grades, err)
	}
}

// What a step takes or gives is what the value moves by, from one step of an
// item to the next.
func TestScoreStepsAddUp(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, found := drawScheme(t).rules()
		s := loadRules(t, rules)
		score, err := s.Score(judged(t, s, found))
		require.NoError(t, err)
		value := map[string]*big.Rat{}
		for _, st := range score.Steps {
			if st.Level != "item" || st.Most == nil {
				continue
			}
			switch st.Key {
			case "points", "award", "start":
				value[st.Name] = st.Amount.Rat()
			case "deduction", "failed":
				if value[st.Name] == nil {
					value[st.Name] = new(big.Rat)
				}
				value[st.Name] = new(big.Rat).Sub(value[st.Name], st.Amount.Rat())
			}
			if value[st.Name] == nil {
				continue
			}
			require.Zero(t, st.Most.Rat().Cmp(value[st.Name]), "%+v\n%s", st, said(score))
			require.Zero(t, st.Least.Rat().Cmp(value[st.Name]))
		}
		if n := len(score.Steps); !score.Open && n > 0 {
			assert.Zero(t, score.Steps[n-1].Most.Rat().Cmp(score.Value.Rat()))
		}
	})
}
