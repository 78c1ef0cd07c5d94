package check_test

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// sound checks texts that hold no mistake.
func sound(t *testing.T, texts ...string) *check.Checked {
	c, list := parse(t, texts...)
	require.Empty(t, list, list.Error())
	return c
}

const orders = `lang 1
choice Grade 等次 { good 好, bad 差 }
record Order 派工单 {
  number 单号 : text
  at 登记时间 : time
  sent 派单时间 : time optional
  mark 分数 : int 1..5
  grade 评定 : Grade
  define quick 及时 = mark > 3
}
`

func TestSectionsAreWrittenOutInTheirItems(t *testing.T) {
	c := sound(t, orders+`
section 5 "A" {
  every month
  sample 7 Order where sent is present
  review "the order" -> seen : bool
  applies when population(Order) > 0
  section 5.1 "B" {
    every week
    item 1 "inherits" { fail when seen and sent - at > 10m : "a" }
    item 2 "states its own" { every year; sample 3 Order; ask "so" -> so : bool; fail when so : "b" }
  }
  item 3 "parts" {
    part x { fail when mark < 3 : "c" }
    part y { sample 2 Order; fail when mark < 2 : "d" }
  }
}
item 9 "outside" { every month; sample 3 Order; fail when mark < 3 : "e" }
`)
	require.Len(t, c.Items, 4)
	inner, own, parts, outside := c.Items[0], c.Items[1], c.Items[2], c.Items[3]
	assert.Equal(t, []string{"5/1", "5/2", "5/3", "9"}, []string{inner.ID, own.ID, parts.ID, outside.ID})
	assert.Equal(t, []token.Keyword{token.KwWeek, token.KwYear, token.KwMonth, token.KwMonth}, []token.Keyword{inner.Every, own.Every, parts.Every, outside.Every})
	assert.Equal(t, []string{"5", "5.1"}, inner.Section.Path)

	shared := inner.Parts[0].Sample
	assert.True(t, shared.Shared)
	assert.Equal(t, "section/5", shared.Group)
	assert.Equal(t, "7", shared.Low.RatString())
	require.NotNil(t, shared.Where)
	assert.Equal(t, shared.Group, parts.Parts[0].Sample.Group, "one draw for all of the section's items")
	require.Len(t, inner.Parts[0].Methods, 1)
	assert.Equal(t, "seen", inner.Parts[0].Answers[0].Key)
	assert.Len(t, inner.Applies, 1)

	assert.False(t, own.Parts[0].Sample.Shared)
	assert.Equal(t, "5/2", own.Parts[0].Sample.Group)
	assert.Equal(t, []string{"so"}, keys(own.Parts[0].Answers), "methods of its own replace those of the section")
	assert.Equal(t, []string{"5/3/x", "5/3/y"}, []string{parts.Parts[0].ID, parts.Parts[1].ID})
	assert.Equal(t, "5/3/y", parts.Parts[1].Sample.Group)
	assert.Empty(t, outside.Applies)
}

func keys(list []*check.Variable) []string {
	var out []string
	for _, v := range list {
		out = append(out, v.Key)
	}
	return out
}

func TestWhatASectionStatesIsCheckedThere(t *testing.T) {
	_, list := parse(t, orders+`section 1 "A" {
  every month
  sample 7 Odrer
  review "it" -> grade : Grad
  item 1 "B" { sample 3 Order; ask "so" -> so : bool; fail when so : "a" }
}
`)
	require.Len(t, list, 2, list.Error())
	assert.Equal(t, []string{"Odrer", "Grad"}, []string{list[0].Span.Text(), list[1].Span.Text()})
}

func TestAPartMaySayHowOftenItsItemIsDue(t *testing.T) {
	c := sound(t, "lang 1\nitem 1 \"A\" { part x { every week; fail : \"a\" }; part y { fail : \"b\" } }\n")
	assert.Equal(t, token.KwWeek, c.Items[0].Every)
	_, list := parse(t, "lang 1\nitem 1 \"A\" { part x { every week; fail : \"a\" }; part y { every month; fail : \"b\" } }\n")
	require.Len(t, list, 1)
	assert.Equal(t, diagnostic.DuplicateStatement, list[0].Code)
	assert.Equal(t, "every month", list[0].Span.Text())
}

func TestCriteriaWithoutAConditionAreQuestions(t *testing.T) {
	c := sound(t, `lang 1
item 1 "A" {
  every month
  observation dusty : "dust on the desk"
  fail : "unclear"
  deduct 0.5 per place at most 3 : "blanks"
  deduct 2 : "no seal"
  pass otherwise
}
`)
	p := c.Items[0].Parts[0]
	assert.Equal(t, []string{"dusty", "unclear", "blanks", "no seal"}, keys(p.Answers))
	for i, k := range p.Criteria[:4] {
		require.NotNil(t, k.Question)
		assert.True(t, k.Question.Question)
		assert.True(t, k.Judged)
		assert.Same(t, p.Answers[i], k.Question)
	}
	assert.Equal(t, check.Bool, p.Answers[0].Type.Kind)
	assert.Equal(t, check.Number, p.Answers[2].Type.Kind)
	assert.True(t, p.Answers[2].Type.Whole)
	assert.Equal(t, "0..", p.Answers[2].Type.Range(), "there are never fewer than no places")
	assert.Nil(t, p.Criteria[4].Question)
}

func TestClausesKnowTheirLevelAndWhoDecides(t *testing.T) {
	c := sound(t, orders+`item 1 "A" {
  every month
  sample 7 Order
  observe "it" -> clean : bool, kind : Grade, many : int 0..
  fail a when not clean : "a"
  fail b when kind == bad : "b"
  fail c when many > 3 : "c"
  fail d when mark < 3 : "d"
  fail e when count(clean) > 3 : "e"
}
item 2 "B" { every month; sample 7 Order; major when share(mark < 3) > 10% : "a"; pass otherwise }
`)
	judged, aggregate := []bool{}, []bool{}
	for _, k := range c.Items[0].Parts[0].Criteria {
		judged, aggregate = append(judged, k.Judged), append(aggregate, k.Aggregate)
	}
	assert.Equal(t, []bool{true, true, false, false, true}, judged)
	assert.Equal(t, []bool{false, false, false, false, true}, aggregate)
	assert.True(t, c.Items[1].Parts[0].Criteria[1].Aggregate, "otherwise has the level of what it negates")
}

func TestJoinsReadTheirSides(t *testing.T) {
	text := `lang 1
record System 系统单 { number : text; entered 录入 : time }
record Register 登记单 { number : text; written 登记 : time; by_whom : text optional }
record Match 对照 matches System 系统, Register by number { }
item 1 "A" {
  every month
  sample 7 Match
  major when Register is absent : "a"
  fail when Register is present and 系统 is present and not same_day(Register.登记, 系统.entered) : "b"
  fail c when Register is present and (Register.by_whom is absent or Register.by_whom == "") : "c"
}
test 1 "sides" { given { "系统.entered" : 2026-11-03 09:00, "Register.written" : 2026-11-04 09:00, "Register.by_whom" : absent }; expect fail "b" }
`
	c := sound(t, text)
	match := c.Records[2]
	require.Len(t, match.Sides, 2)
	assert.Equal(t, []string{"系统", "Register"}, keys(match.Fields))
	assert.Equal(t, []string{"Register.number", "Register.written", "Register.by_whom"}, keys(match.Sides[1].Fields))
	assert.True(t, match.Sides[0].Variable.Optional)
	reads := c.Items[0].Parts[0].Criteria[1].When.Reads
	assert.Equal(t, []string{"Register", "系统", "Register.written", "系统.entered"}, keys(reads))
	assert.Equal(t, []string{"系统.entered", "Register.written", "Register.by_whom"}, []string{
		c.Tests[0].Given[0].Values[0].Variable.Key, c.Tests[0].Given[0].Values[1].Variable.Key, c.Tests[0].Given[0].Values[2].Variable.Key,
	})
	_, list := parse(t, text+"item 2 \"B\" { every month; sample 7 Match; fail when Register.written > 系统.entered : \"a\" }\n")
	require.Len(t, list, 2, "one for each side")
	assert.Equal(t, []string{"Register", "系统"}, []string{list[0].Span.Text(), list[1].Span.Text()})
	require.Len(t, list[0].Fixes, 1)
	assert.Equal(t, "Register is present and ", list[0].Fixes[0].Edits[0].New)
}

func TestEitherNameMeansTheSame(t *testing.T) {
	c := sound(t, orders+`item 1 "A" { every month; sample 7 派工单; fail when 分数 < 3 and 评定 == 差 : "a" }
item 2 "B" { every month; sample 7 Order; fail when mark < 3 and grade == Grade.bad : "a" }
item 3 "C" { every month; sample 7 Order; fail when mark < 3 and grade == 等次.差 : "a" }
`)
	var texts []string
	for _, item := range c.Items {
		when := item.Parts[0].Criteria[0].When
		assert.Equal(t, []string{"mark", "grade"}, keys(when.Reads))
		texts = append(texts, check.Canonical(c.Info, when.Node))
	}
	assert.Equal(t, []string{"(and (< mark 3) (== grade Grade.bad))", texts[0], texts[0]}, texts)
}

// Each pair is one rule in two languages; different pairs are different rules.
func TestCanonicalIsTheSameInBothLanguages(t *testing.T) {
	pairs := [][2]string{
		{"sent is absent or sent - at > 10m", "派单时间 为空 或 派单时间 - 登记时间 > 10分钟"},
		{"sent is absent or sent - at > 600s and mark > 3", "派单时间 为空 或 (派单时间 - 登记时间 > 10分钟 且 分数 > 3)"},
		{"(sent is absent or sent - at > 10m) and mark > 3", "（派单时间 为空 或 派单时间 - 登记时间 > 0.1666666h）且 分数 > 3"},
		{"not (mark > 3)", "非 (分数 > 3.0)"},
		{"mark in [1, 2]", "分数 属于 [1、 2.00]"},
		{"mark in [2, 1]", "分数 属于 [2, 1]"},
		{"mark not in 1..2", "分数 不属于 1～2"},
		{"mark in 1..2", "分数 属于 1..2"},
		{"grade == good", "评定 = 等次.好"},
		{"grade != good", "评定 ≠ 好"},
		{"number contains \"A\"", "单号 包含 “A”"},
		{"count(grade == bad) > 2", "计数(评定 == 差) > 2"},
		{"share(grade == bad) > 20%", "占比(评定 == 差) > 0.2"},
		{"population(Order from previous month where mark < 3) > 4", "总体(派工单 上月 其中 分数 < 3) > 4"},
		{"population(Order where mark < 3) > 4", "总体(派工单 其中 分数 < 3) > 4"},
		{"if(sent is present, sent, as_of) - at > 1h", "如果(派单时间 不为空, 派单时间, 截至时刻) - 登记时间 > 60分钟"},
		{"at < period.start", "登记时间 < 本期.start"},
		{"at in period", "登记时间 属于 本期"},
		{"at > 2026-11-23 09:00", "登记时间 > 2026-11-23 9:00:00"},
		{"clock(at) > 21:00", "取时刻(登记时间) > 21:00:00"},
		{"quick", "及时"},
		{"quick == true", "及时 == 是"},
	}
	skew := map[int]bool{2: true} // 0.1666666h is not ten minutes: a different rule
	seen := map[string]string{}
	for i, pair := range pairs {
		var texts []string
		for _, condition := range pair {
			c, list := parse(t, orders+"item 1 \"A\" { every month; sample 7 Order; fail when "+condition+" : \"a\" }\n")
			require.False(t, list.HasErrors(), "%s: %s", condition, list.Error())
			texts = append(texts, check.Canonical(c.Info, c.Items[0].Parts[0].Criteria[0].When.Node))
		}
		assert.Equal(t, !skew[i], texts[0] == texts[1], "%s\n%s", texts[0], texts[1])
		assert.Empty(t, seen[texts[0]], "%s and %s read alike", pair[0], seen[texts[0]])
		seen[texts[0]] = pair[0]
	}
}

func TestDefinesReadParametersTheSubjectAndEachOther(t *testing.T) {
	c := sound(t, `lang 1
standard s "S" { subject Site }
record Site { lifts : int 0.. }
define base : number
define twice = base * 2
define enough = subject.lifts > twice
item 1 "A" { every month; fail when enough and period.start < as_of : "a" }
`)
	assert.Nil(t, c.Defines[0].Value)
	assert.Equal(t, check.Bool, c.Defines[2].Type.Kind)
}

// Every number that the checker folds is folded from its parts once.
func TestConstantsAreFolded(t *testing.T) {
	c := sound(t, "lang 1\ndefine a = 2 * (3 + 4) / 7 - 0.5\ndefine b = 10m + 30s\ndefine c = a * 2\ndefine d : number\ndefine e = d + 1\n")
	want := []string{"3/2", "630000000000", "3"}
	for i, w := range want {
		assert.Equal(t, w, check.Constant(c.Info, c.Defines[i].Value.Node).RatString())
	}
	assert.Nil(t, check.Constant(c.Info, c.Defines[4].Value.Node), "a parameter is no constant")
}

func TestGradesMayBeWrittenInAnyOrder(t *testing.T) {
	for _, text := range []string{
		`grade "a" when score >= 90; grade "c" when score < 60; grade "b" when score >= 60 and score < 90`,
		`grade "a" when 90 <= score; grade "b" when score < 90 and 60 <= score; grade "c" when 60 > score`,
		`grade "a" when score > 90; grade "b" when score in 60..90; grade "c" otherwise`,
		`grade "a" when score > 90 and count(outcome == major) == 0; grade "b" when score > 60; grade "c" otherwise`,
	} {
		sound(t, "lang 1\nscoring { total { start 100 }; "+text+" }\n")
	}
	for text, words := range map[string]string{
		`grade "b" when score >= 80; grade "a" when score >= 90`:                           "overlap",
		`grade "a" when score > 90; grade "b" when score < 90`:                             "leave a gap",
		`grade "a" when score == 100; grade "b" when score <= 100; grade "c" otherwise`:    "overlap",
		`grade "a" when score >= 90; grade "b" when score < 90; grade "c" when score > 95`: "overlap",
	} {
		_, list := parse(t, "lang 1\nscoring { total { start 100 }; "+text+" }\n")
		require.NotEmpty(t, list, text)
		assert.Equal(t, diagnostic.GradeBands, list[0].Code)
		assert.Contains(t, list[0].Message(token.English), words)
	}
}
