package stdlib_test

import (
	"context"
	"fmt"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/describe"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/stdlib"
)

var standards = []string{"continuous", "indicators", "details", "scorecard", "three-level"}

func load(t *testing.T, name string) (*checklang.Checked, []describe.Declaration) {
	t.Helper()
	checked, list, err := checklang.Load(context.Background(), stdlib.FS(), name, checklang.Options{Library: stdlib.FS()})
	require.NoError(t, err)
	require.Empty(t, list, "the standards of the library raise no finding that isn't accepted in place")
	return checked, describe.Declarations(checked)
}

func items(declarations []describe.Declaration) map[string]*describe.Item {
	out := map[string]*describe.Item{}
	for _, d := range declarations {
		if i, ok := d.(*describe.Item); ok {
			out[i.ID] = i
		}
	}
	return out
}

// printed is one row of testdata/print.txt.
type printed struct {
	standard, code, every string
	samples, methods      []string
	findings, numbers     []string
}

func fields(s, separator string) []string {
	out := []string{}
	for _, f := range strings.Split(s, separator) {
		if f = strings.TrimSpace(f); f != "" {
			out = append(out, f)
		}
	}
	return out
}

func readPrint(t *testing.T) []printed {
	t.Helper()
	data, err := os.ReadFile("testdata/print.txt")
	require.NoError(t, err)
	var out []printed
	for line := range strings.Lines(string(data)) {
		if strings.HasPrefix(line, "#") {
			continue
		}
		c := strings.Split(line, "|")
		require.Len(t, c, 7, line)
		for i := range c {
			c[i] = strings.TrimSpace(c[i])
		}
		row := printed{standard: c[0], code: c[1], every: c[2], samples: fields(c[3], ","), methods: fields(c[4], " "), findings: fields(c[5], " ")}
		if row.standard == "scorecard" {
			row.numbers = fields(c[6], ",")
		} else {
			row.numbers = number.FindAllString(c[6], -1)
			require.Equal(t, strings.ReplaceAll(c[6], " ", ""), strings.ReplaceAll(strings.Join(row.numbers, ""), " ", ""), line)
		}
		out = append(out, row)
	}
	return out
}

// number finds a limit as the print's row and a condition write it.
var number = regexp.MustCompile(`\[[\d, ]+\]|(?:[<>]=? )?\d+(?::\d\d|\.\.\d+|[%mhd])?`)

var everyWord = map[string]string{"月度": "month", "季度": "quarter", "年度": "year", "-": ""}

// TestPrint compares every row of the print with its item, both ways.
func TestPrint(t *testing.T) {
	t.Parallel()
	described := map[string]map[string]*describe.Item{}
	for _, name := range standards {
		_, declarations := load(t, name)
		described[name] = items(declarations)
	}
	seen := map[string]int{}
	for _, row := range readPrint(t) {
		t.Run(row.standard+"/"+row.code, func(t *testing.T) {
			item := described[row.standard][row.code]
			require.NotNil(t, item)
			delete(described[row.standard], row.code)
			seen[row.standard]++
			assert.Equal(t, everyWord[row.every], value(item.Every))
			assert.Equal(t, row.samples, samples(item), "检查比例")
			assert.Equal(t, kindsOf(row.methods), methodsOf(item), "检查方法")
			assert.ElementsMatch(t, row.findings, findingsOf(item), "评价标准")
			text := conditions(item)
			for _, n := range row.numbers {
				if row.standard == "scorecard" {
					continue
				}
				assert.Contains(t, text, n)
			}
			if row.standard == "scorecard" {
				assert.ElementsMatch(t, row.numbers, deductions(item))
			}
		})
	}
	for name, left := range described {
		for code := range left {
			t.Errorf("%s/%s: the print has no such row", name, code)
		}
	}
	assert.Equal(t, map[string]int{"continuous": 40, "indicators": 10, "details": 25, "scorecard": 5}, seen)
}

func value(s *string) string {
	if s == nil {
		return ""
	}
	return *s
}

// samples writes what the parts draw as the print does; a part whose unit is
// the subject stands under "100%", unless other parts have samples of their
// own.
func samples(i *describe.Item) []string {
	var out []string
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, p := range i.Parts {
		s := p.Sample
		if s == nil {
			continue
		}
		unit := ""
		if s.Classifier != nil {
			unit = " " + *s.Classifier
		}
		switch s.Kind {
		case "count":
			n := *s.Count
			if s.Per != nil { // so many of each of the posts that the condition names
				n *= int64(strings.Count(value(s.Where), ",") + 1)
			}
			add(strconv.FormatInt(n, 10) + unit)
		case "range":
			add(fmt.Sprintf("%d..%d%s", *s.Min, *s.Max, unit))
		case "percent":
			if s.AtLeast {
				add(*s.Percent + "%.." + unit)
			} else {
				add(*s.Percent + "%")
			}
		default:
			add(s.Kind)
		}
	}
	if len(out) == 0 {
		out = []string{"100%"}
		if i.Every == nil {
			out = []string{"-"} // the scorecard prints a place, no share
		}
	}
	return out
}

// kindsOf reads the kinds of methods of a row, in the order of the keywords; a
// plus marks one that the notes add.
func kindsOf(words []string) []string {
	var out []string
	for _, w := range words {
		out = append(out, token.LookupKeyword(strings.TrimPrefix(w, "+")).String())
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func methodsOf(i *describe.Item) []string {
	var out []string
	for _, p := range i.Parts {
		out = append(out, p.Methods...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func findingsOf(i *describe.Item) []string {
	out := []string{}
	for _, p := range i.Parts {
		for _, c := range p.Criteria {
			if word := map[string]string{"observation": "观察项", "fail": "不合格", "major": "严重不合格"}[c.Outcome]; word != "" && !slices.Contains(out, word) {
				out = append(out, word)
			}
		}
	}
	return out
}

// conditions writes everything of an item that holds numbers.
func conditions(i *describe.Item) string {
	var b strings.Builder
	for _, p := range i.Parts {
		fmt.Fprintln(&b, value(p.Measure), value(p.Target))
		if p.Sample != nil {
			fmt.Fprintln(&b, value(p.Sample.Where))
		}
		for _, c := range p.Criteria {
			fmt.Fprintln(&b, value(c.When))
		}
	}
	return b.String()
}

func deductions(i *describe.Item) []string {
	var out []string
	for _, p := range i.Parts {
		for _, d := range p.Deductions {
			per := map[string]string{"": "", "处": " 处", "人次": " 人次"}[value(d.Per)]
			out = append(out, d.Points+per)
		}
	}
	return out
}

// TestThreeLevels compares the tiers with the articles of the first document.
func TestThreeLevels(t *testing.T) {
	t.Parallel()
	_, declarations := load(t, "three-level")
	var got []string
	for _, d := range declarations {
		switch d := d.(type) {
		case *describe.Standard:
			assert.Nil(t, d.Issued)
			assert.Nil(t, d.Effective)
			assert.Equal(t, "公司物业管理中心", value(d.Interpreter))
			assert.Equal(t, []string{"观察项", "一般不符合", "严重不符合"}, []string{value(d.Printed.Observation), value(d.Printed.Fail), value(d.Printed.Major)})
		case *describe.Tier:
			size := d.Subjects.Kind
			if d.Subjects.Table != nil {
				size = *d.Subjects.Table
			}
			got = append(got, strings.Join([]string{value(d.Inspector), value(d.Inspects), value(d.Every), size, d.Units, strings.Join(d.Recuse, " "), strconv.Itoa(len(d.Contents))}, " | "))
		case *describe.Response:
			line := value(d.Outcome) + ":"
			for _, duty := range d.Duties {
				line += " " + duty.Duty + value(duty.Verification) + value(duty.Within)
			}
			got = append(got, line)
		case *describe.Table:
			assert.False(t, d.Loaded)
		}
	}
	assert.Equal(t, []string{
		"公司总部 | 区域公司 | halfyear | 年度样本量 | as items | unit post interest | 5",
		"区域公司 | 物业项目 | month | 月度样本量 | as items | unit post interest | 5",
		"物业项目 | 物业项目 | week | all | all | post interest | 1",
		"major: corrective action preventive action report verificationby record",
		"fail: correction record verificationby record",
		"observation: correction record verificationby record",
	}, got)
}
