package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// answers are what an inspector found, by part, for units that are the
// subject.
type answers map[string]map[string]any

func loadRules(t require.TestingT, rules string) *engine.Standard {
	s, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte("lang 1\n" + rules)}}, ".", engine.Options{})
	require.NoError(t, err, rules)
	return s
}

// judged judges one subject whose only units are itself.
func judged(t require.TestingT, s *engine.Standard, found answers) *engine.Result {
	ctx := context.Background()
	period, err := engine.ParsePeriod("2026-10", nil)
	require.NoError(t, err)
	plan, err := s.MakePlan(ctx, engine.PlanRequest{
		Tier: "region", Period: period, Inspected: []string{"P1"}, Frames: posts{}, Seed: []byte("sixteen bytes or more"),
		Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1"}}},
	})
	require.NoError(t, err)
	plan, err = plan.Approve(engine.Approval{By: "boss", At: period.Start})
	require.NoError(t, err)
	var list []engine.Submission
	for part, values := range found {
		list = append(list, engine.Submission{ID: part, Task: plan.Tasks[0].ID, Part: part, Answers: values, By: "inspector"})
	}
	r, err := s.Judge(ctx, plan, plan.Tasks[0].ID, engine.Evidence{Submissions: list})
	require.NoError(t, err)
	require.Empty(t, r.Refused)
	return r
}

func scoreOf(t require.TestingT, rules string, found answers) engine.Score {
	s := loadRules(t, rules)
	score, err := s.Score(judged(t, s, found))
	require.NoError(t, err)
	return score
}

// said is the steps of a score in English, one a line.
func said(score engine.Score) string {
	var lines []string
	for _, st := range score.Steps {
		lines = append(lines, st.Words().EN)
	}
	return strings.Join(lines, "\n")
}

// after is the value after the last step about an item or a section.
func after(score engine.Score, name string) string {
	out := ""
	for _, st := range score.Steps {
		if st.Name == name && st.Least != nil && st.Most != nil && st.Least.Cmp(*st.Most) == 0 {
			out = st.Most.String()
		}
	}
	return out
}

// siteTables is the summary table of the Chinese construction site safety
// standard JGJ 59-99: ten tables of 100 points each, weighted; a table of
// which several exist counts with their mean; what is missing is rescaled,
// inside a table and in the summary.
func siteTables() string {
	var b strings.Builder
	table := func(code, title, weight string, rows ...string) {
		fmt.Fprintf(&b, "section %s %q {\n  weight %s\n", code, title, weight)
		for _, r := range rows {
			b.WriteString("  " + r + "\n")
		}
		b.WriteString("}\n")
	}
	sheet := func(code string) string {
		return "item " + code + ` "sheet" { every month; points 100; deduct 1 per point : "points lost on the sheet" }`
	}
	optional := func(code string) string {
		return "item " + code + ` "sheet" { every month; points 100; ask "in use" -> used : bool; applies when used; deduct 1 per point : "points lost on the sheet" }`
	}
	table("A", "safety management", "10", sheet("1"))
	table("B", "civilised site", "20", sheet("1"))
	table("C", "scaffolding", "10", "combine mean", sheet("1"), sheet("2"), optional("3"))
	table("D", "foundation pit and formwork", "10", sheet("1"))
	table("E", "helmets, nets, belts and openings", "10", sheet("1"))
	table("F", "site electricity", "10", "missing rescale",
		`item 1 "overhead lines" { every month; points 20; ask "is there a line" -> line : bool; applies when line; deduct 1 per point : "overhead line" }`,
		`item 2 "the rest" { every month; points 80; deduct 1 per point : "points lost on the sheet" }`)
	table("G", "hoists", "10", sheet("1"))
	table("H", "tower cranes", "10", "combine mean", optional("1"), optional("2"))
	table("I", "lifting", "5", sheet("1"))
	table("J", "machines", "5", sheet("1"))
	b.WriteString(`scoring {
  total { combine weighted; missing rescale; round 2 down }
  grade "excellent" when score >= 80
  grade "acceptable" when score >= 70 and score < 80
  grade "unacceptable" when score < 70
}
`)
	return b.String()
}

func siteAnswers() answers {
	lost := func(n int) map[string]any { return map[string]any{"points lost on the sheet": n} }
	used := func(n int) map[string]any { return map[string]any{"used": true, "points lost on the sheet": n} }
	return answers{
		"A/1": lost(22), "B/1": lost(20), "C/1": lost(10), "C/2": lost(14), "C/3": {"used": false},
		"D/1": lost(16), "E/1": lost(18), "F/1": {"line": false}, "F/2": lost(12), "G/1": lost(14),
		"H/1": used(14), "H/2": used(12), "I/1": lost(15), "J/1": lost(12),
	}
}

// The worked examination question of http://www.qq94.com/fjx/A8Shw1_2.html:
// sheets of 78, 80, 90 and 86, 84, 82, 68 of 80, 86, 86 and 88, 85 and 88
// points. Published: electricity 8.5 of 10, so 85 of 100; scaffolding 8.8;
// tower cranes 8.7; total 83.65, the best grade.
func TestScoreSiteSafetySummary(t *testing.T) {
	score := scoreOf(t, siteTables(), siteAnswers())
	assert.Equal(t, "83.65", score.Value.String(), said(score))
	assert.False(t, score.Open)
	assert.Equal(t, "excellent", score.Band)
	assert.Equal(t, "85", after(score, "F"))
	assert.Equal(t, "88", after(score, "C"))
	assert.Equal(t, "87", after(score, "H"))
	assert.Contains(t, said(score), "F: rescaled for what is missing, times 1.25 → 85")
	assert.Contains(t, said(score), "C: C/3 is not applicable and left out")
}

// The same site without a tower crane, by the formula for the summary table in
// http://tudiao.com/a/2205/1711164.html: the sum of what the tables in use
// earn, divided by what they could earn, times 100: 74.95 / 90 x 100, cut off
// after two places.
func TestScoreRescalesAtTwoLevels(t *testing.T) {
	found := siteAnswers()
	found["H/1"], found["H/2"] = map[string]any{"used": false}, map[string]any{"used": false}
	score := scoreOf(t, siteTables(), found)
	assert.Equal(t, "83.27", score.Value.String(), said(score))
	assert.Contains(t, said(score), "total: H is not applicable and left out")
	assert.Contains(t, said(score), "total: rounded to 2 decimal places, down → 83.27")
}

// Question 3 of https://bugaw.cn/news/201112/792302.shtml: with the line of 20
// points missing, the other guaranteed lines reach 20 of 40. The published
// limit (https://www.jianshe99.com/jianzao/ziliao/li2014041615120484178527.shtml)
// is 40 of 60, or 66.7 %: 50 % is below, so the table earns nothing. A line
// that earns nothing does the same.
func TestScoreGroupFloorAndVeto(t *testing.T) {
	const rules = `
section G "guaranteed lines" {
  missing rescale
  item 1 "overhead lines" { every month; points 20; ask "is there a line" -> line : bool; applies when line; deduct 1 per point : "overhead line" }
  item 2 "earthing" { every month; points 20; review "points lost" -> lost : int 0..20; fail when lost >= 20 : "no points left"; deduct 1 per point at most 20 : "earthing" }
  item 3 "boxes" { every month; points 20; review "points lost" -> lost : int 0..20; fail when lost >= 20 : "no points left"; deduct 1 per point at most 20 : "boxes" }
}
scoring {
  section { zero when count(outcome >= fail) > 0 : "a guaranteed line earns nothing"; zero when score < 40 : "the guaranteed lines stay below 40" }
}`
	found := func(two, three int) answers {
		return answers{"G/1": {"line": false}, "G/2": {"lost": two, "earthing": two}, "G/3": {"lost": three, "boxes": three}}
	}
	score := scoreOf(t, rules, found(10, 10)) // 20 of 40
	assert.Equal(t, "0", score.Value.String(), said(score))
	assert.False(t, score.Open)
	assert.Contains(t, said(score), "zero: the guaranteed lines stay below 40")

	score = scoreOf(t, rules, found(7, 7)) // 26 of 40 is 65 %
	assert.Equal(t, "0", score.Value.String(), said(score))

	score = scoreOf(t, rules, found(7, 6)) // 27 of 40 is 67.5 %
	assert.Equal(t, "40.5", score.Value.String(), said(score))

	score = scoreOf(t, rules, found(20, 0)) // one of the lines is lost whole
	assert.Equal(t, "0", score.Value.String(), said(score))
	assert.Contains(t, said(score), "zero: a guaranteed line earns nothing")
}

// A penalty of 5 points a month, at most 25, as in
// http://schleckpa.com/legal-topics/tax-law/failure-to-file: 15 for three
// months, 25 for the first five and never more.
func TestScoreCappedCounts(t *testing.T) {
	const rules = `
item 1 "Late return" { every month; deduct 5 per month at most 25 : "months late" }
scoring { total { start 100 } }`
	for months, want := range map[int]string{0: "100", 3: "85", 5: "75", 6: "75", 40: "75"} {
		score := scoreOf(t, rules, answers{"1": {"months late": months}})
		assert.Equal(t, want, score.Value.String(), said(score))
	}
	score := scoreOf(t, rules, answers{"1": {"months late": 6}})
	assert.Contains(t, said(score), "1: the line takes at most 25: months late")
	score = scoreOf(t, rules, answers{})
	assert.True(t, score.Open)
	assert.Equal(t, "75", score.Least.String(), "the limit bounds what is not known")
	assert.Equal(t, "100", score.Most.String())
}

// Both examples of https://siouxfalls.gov/government/departments/inspections-food-service:
// one item of 2 points and three of 1, or one of 5, leave 95 of 100; 80 pass.
func TestScoreFoodService(t *testing.T) {
	rules := ""
	for i, points := range []int{2, 1, 1, 1, 5} {
		rules += fmt.Sprintf("item %d \"Cited\" { every month; deduct %d : \"cited\" }\n", i+1, points)
	}
	rules += "scoring { total { start 100 }; grade \"pass\" when score >= 80; grade \"fail\" otherwise }"
	for _, cited := range [][]bool{{true, true, true, true, false}, {false, false, false, false, true}} {
		found := answers{}
		for i, c := range cited {
			found[fmt.Sprint(i+1)] = map[string]any{"cited": c}
		}
		score := scoreOf(t, rules, found)
		assert.Equal(t, "95", score.Value.String(), said(score))
		assert.Equal(t, "pass", score.Band)
	}
}

// Two reviewers of the example in
// https://help.alvalabs.io/en/articles/1616473-what-does-weighted-measurements-mean:
// 4 with the weight 1 and 8 with the weight 2 make 6.67, unweighted 6.
func TestScoreTwoAssessors(t *testing.T) {
	const rules = `
section A "first reviewer" { weight 1; item 1 "Rating" { every month; points 10; deduct 1 per point : "below ten" } }
section B "second reviewer" { weight 2; item 1 "Rating" { every month; points 10; deduct 1 per point : "below ten" } }
scoring { total { combine %s; round 2 half up } }`
	found := answers{"A/1": {"below ten": 6}, "B/1": {"below ten": 2}}
	assert.Equal(t, "6.67", scoreOf(t, fmt.Sprintf(rules, "weighted"), found).Value.String())
	assert.Equal(t, "6", scoreOf(t, fmt.Sprintf(rules, "mean"), found).Value.String())
}

// The category of https://sprinklr.com/help/articles/audit-checklist-builder/audit-checklistform-scoring/63f726a19b334f7283b4d993:
// items of 75, 50 and 100 with the weights 10, 5 and 5 make 75.
func TestScoreWeightedCategory(t *testing.T) {
	rules, found := "", answers{}
	for i, v := range [][2]int{{75, 10}, {50, 5}, {100, 5}} {
		rules += fmt.Sprintf("section %c \"x\" { weight %d; item 1 \"x\" { every month; points 100; deduct 1 per point : \"lost\" } }\n", 'A'+i, v[1])
		found[fmt.Sprintf("%c/1", 'A'+i)] = map[string]any{"lost": 100 - v[0]}
	}
	assert.Equal(t, "75", scoreOf(t, rules+"scoring { total { combine weighted } }", found).Value.String())
}

// The British food hygiene rating, by the table in https://swansea.gov.uk/scores:
// penalty points count up, and a rating depends on their sum and on the worst
// of the three.
func TestScoreHygieneRating(t *testing.T) {
	factor := func(code int) string {
		return fmt.Sprintf(`item %d "Factor" {
  every month
  review "points" -> points_given : int 0..30
  award 0 when points_given == 0
  award 5 when points_given == 5
  award 10 when points_given == 10
  award 15 when points_given == 15
  award 20 when points_given == 20
  award 25 when points_given == 25
  award 30 when points_given == 30
  observation when points_given == 10 : "above 5"
  fail when points_given == 15 : "above 10"
  major when points_given > 15 : "above 15"
}
`, code)
	}
	rules := factor(1) + factor(2) + factor(3) + `scoring {
  grade "5" when score <= 15 and count(outcome >= observation) == 0
  grade "4" when score <= 20 and count(outcome >= fail) == 0
  grade "3" when score <= 30 and count(outcome >= fail) == 0
  grade "2" when score <= 40 and count(outcome >= major) == 0
  grade "1 or 0" otherwise
}`
	s := loadRules(t, rules)
	for _, c := range []struct {
		factors [3]int
		sum     string
		band    string
	}{
		{[3]int{0, 0, 0}, "0", "5"},
		{[3]int{5, 5, 5}, "15", "5"},
		{[3]int{0, 5, 10}, "15", "4"}, // low enough, but one factor is above 5
		{[3]int{5, 5, 10}, "20", "4"},
		{[3]int{10, 10, 5}, "25", "3"},
		{[3]int{10, 10, 10}, "30", "3"},
		{[3]int{0, 0, 15}, "15", "2"}, // one factor above 10
		{[3]int{10, 15, 15}, "40", "2"},
		{[3]int{0, 0, 20}, "20", "1 or 0"},
		{[3]int{25, 25, 30}, "80", "1 or 0"},
	} {
		found := answers{}
		for i, f := range c.factors {
			found[fmt.Sprint(i+1)] = map[string]any{"points_given": f}
		}
		score, err := s.Score(judged(t, s, found))
		require.NoError(t, err)
		assert.Equal(t, c.sum, score.Value.String(), said(score))
		assert.Equal(t, c.band, score.Band, "%v\n%s", c.factors, said(score))
	}
}

// Bands between which a score could fall are refused before anything is
// scored.
func TestScoreGappedBandsAreRefused(t *testing.T) {
	for bands, refused := range map[string]bool{
		`grade "good" when score >= 90; grade "fair" when score < 80`:                          true,
		`grade "good" when score > 80; grade "fair" when score < 80`:                           true,
		`grade "good" when score >= 80; grade "fair" when score <= 80`:                         true,
		`grade "good" when score >= 80; grade "fair" when score < 80`:                          false,
		`grade "good" when score >= 90; grade "fair" when score < 80; grade "other" otherwise`: false,
	} {
		_, _, err := engine.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte("lang 1\nitem 1 \"x\" { every month; points 5; fail : \"bad\" }\nscoring { " + bands + " }\n")}}, ".", engine.Options{})
		if !refused {
			assert.NoError(t, err, bands)
			continue
		}
		var found checklang.Diagnostics
		require.ErrorAs(t, err, &found, bands)
		assert.EqualValues(t, "C615", found[0].Code, bands)
	}
}
