package main

import (
	"errors"
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/internal/lintreport"
)

type testCommand struct {
	Standards []string `arg:"" name:"standard" help:"${standard_help}"`
	Only      string   `help:"${test_only_help}" placeholder:"CODE"`
	Audit     bool     `help:"${audit_help}"`
}

// testReport is the JSON of a call.
type testReport struct {
	Schema    string           `json:"schema"`
	Standards []testedStandard `json:"standards"`
}

// testedStandard is what the rule tests of one standard came to, and what of
// it they reach.
type testedStandard struct {
	Standard string              `json:"standard"`
	Results  []engine.TestResult `json:"results"`
	Coverage []engine.Coverage   `json:"coverage"`
}

// Run runs the rule tests of standards and shows what failed.
func (t *testCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json", "junit"); err != nil {
		return err
	}
	failed := false
	report := testReport{Schema: "pinjian/tests/1", Standards: []testedStandard{}}
	var suites []lintreport.Suite
	for _, name := range t.Standards {
		s, err := in.compile(name, engine.Options{Audit: t.Audit})
		if errors.Is(err, errShown) { // the mistakes found are on the screen
			failed = true
			why := words("标准里有错误，测试没有运行", "the standard has errors, its tests did not run").In(in.lang)
			suites = append(suites, lintreport.Suite{Name: name, Cases: []lintreport.Case{{Class: name, Name: "vet", Failures: []string{why}}}})
			continue
		}
		if err != nil {
			return err
		}
		results, err := s.RunTests(in.ctx, t.Only)
		if err != nil {
			return err
		}
		report.Standards = append(report.Standards, testedStandard{name, append([]engine.TestResult{}, results...), append([]engine.Coverage{}, engine.Cover(s, results)...)})
		suites = append(suites, in.testSuite(name, results))
		for _, r := range results {
			failed = failed || len(r.Failures) > 0
		}
		if in.format == "text" {
			if err := in.testTable(name, s, results); err != nil {
				return err
			}
		}
	}
	switch in.format {
	case "json":
		if err := in.json(report); err != nil {
			return err
		}
	case "junit":
		if err := lintreport.WriteTests(in.stdout, suites); err != nil {
			return err
		}
	}
	if failed {
		return errFound
	}
	return nil
}

func (in *invocation) testSuite(name string, results []engine.TestResult) lintreport.Suite {
	suite := lintreport.Suite{Name: name}
	for _, r := range results {
		c := lintreport.Case{Class: r.Place, Name: r.Item + " " + r.Title}
		for _, f := range r.Failures {
			c.Failures = append(c.Failures, words(f.ZH, f.EN).In(in.lang))
		}
		suite.Cases = append(suite.Cases, c)
	}
	return suite
}

// testTable shows failures and what the tests leave open, and ends in a table
// with a line for every item: the outcomes that its tests expect, and how many
// of its criteria and limits they reach.
func (in *invocation) testTable(name string, s *engine.Standard, results []engine.TestResult) error {
	failures := 0
	for _, r := range results {
		for _, f := range r.Failures {
			failures++
			in.say(words(r.Place+" 测试 "+r.Item+" "+r.Title+"："+f.ZH, r.Place+" test "+r.Item+" "+r.Title+": "+f.EN))
		}
	}
	rows := [][]string{strings.Split(words("检查项\t测试\t结论\t结论条款\t界限", "item\ttests\toutcomes\tcriteria\tlimits").In(in.lang), "\t")}
	var total engine.Coverage
	for _, c := range engine.Cover(s, results) {
		in.open(c)
		rows = append(rows, []string{c.Item, strconv.Itoa(c.Tests), in.keywords(c.Outcomes), of(c.Reached, c.Criteria), of(c.LimitsReached, c.Limits)})
		total.Tests += c.Tests
		total.Reached += c.Reached
		total.Criteria += c.Criteria
		total.LimitsReached += c.LimitsReached
		total.Limits += c.Limits
	}
	in.printf("%s：%d 个测试，%d 处不符", "%s: %d tests, %d mismatches", name, len(results), failures)
	if len(rows) == 1 {
		return nil
	}
	sum := words("合计", "total").In(in.lang)
	rows = append(rows, []string{sum, strconv.Itoa(total.Tests), "", of(total.Reached, total.Criteria), of(total.LimitsReached, total.Limits)})
	return (&table{rows: rows}).write(in.stdout)
}

// open lists the criteria and limits of an item that no test reaches. An item
// without tests needs no list.
func (in *invocation) open(c engine.Coverage) {
	if c.Tests == 0 {
		return
	}
	for _, k := range c.Unreached {
		in.printf("%s：没有测试到达“%s”", "%s: no test reaches %q", c.Item, k)
	}
	for _, l := range c.OpenLimits {
		var zh, en []string
		for _, m := range l.Missing {
			zh, en = append(zh, m.ZH), append(en, m.EN)
		}
		at := strings.Join(strings.Fields(c.Item+" "+l.Part), " ")
		if l.Criterion != "" {
			at += " " + token.Quote(l.Criterion)
		}
		in.say(words(at+"：界限 "+l.Limit.ZH+" 缺测试："+strings.Join(zh, "、"), at+": limit "+l.Limit.EN+" lacks tests: "+strings.Join(en, ", ")))
	}
}

func of(n, all int) string { return strconv.Itoa(n) + "/" + strconv.Itoa(all) }
