package main

import (
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

type testCommand struct {
	Standards []string `arg:"" name:"standard" help:"${standard_help}"`
	Only      string   `help:"${test_only_help}" placeholder:"CODE"`
	Audit     bool     `help:"${audit_help}"`
}

// Run runs the rule tests of standards and shows what failed.
func (t *testCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	failed := false
	all := []engine.TestResult{}
	for _, name := range t.Standards {
		s, err := in.compile(name, engine.Options{Audit: t.Audit})
		if err != nil {
			return err
		}
		results, err := s.RunTests(in.ctx, t.Only)
		if err != nil {
			return err
		}
		all = append(all, results...)
		for _, r := range results {
			failed = failed || len(r.Failures) > 0
		}
		if in.format == "text" {
			in.testTable(name, s, results)
		}
	}
	if in.format == "json" {
		if err := in.json(all); err != nil {
			return err
		}
	}
	if failed {
		return errFound
	}
	return nil
}

// testTable shows failures, then a line for every item with the outcomes and
// criteria that its tests reached.
func (in *invocation) testTable(name string, s *engine.Standard, results []engine.TestResult) {
	failures := 0
	for _, r := range results {
		for _, f := range r.Failures {
			failures++
			in.say(words(r.Place+" 测试 "+r.Item+" "+r.Title+"："+f.ZH, r.Place+" test "+r.Item+" "+r.Title+": "+f.EN))
		}
	}
	rows := [][]string{strings.Split(words("检查项\t测试\t结论\t结论条款\t界限", "item\ttests\toutcomes\tcriteria\tlimits").In(in.lang), "\t")}
	var open []said
	var total engine.Coverage
	for _, c := range engine.Cover(s, results) {
		rows = append(rows, []string{c.Item, strconv.Itoa(c.Tests), in.keywords(c.Outcomes), strconv.Itoa(c.Reached) + "/" + strconv.Itoa(c.Criteria), strconv.Itoa(c.LimitsReached) + "/" + strconv.Itoa(c.Limits)})
		total.add(c)
		for _, k := range c.Unreached {
			open = append(open, words("没有到达的条款："+c.Item+" "+k, "criterion not reached: "+c.Item+" "+k))
		}
		for _, l := range c.OpenLimits {
			at := strings.TrimSpace(c.Item + " " + l.Part)
			open = append(open, words("没有到达的界限："+at+"："+l.Limit.ZH+"，缺"+joined(l.Missing, checklang.Chinese, "、"), "limit not reached: "+at+": "+l.Limit.EN+", missing "+joined(l.Missing, checklang.English, ", ")))
		}
	}
	if len(rows) > 1 {
		_ = (&table{rows: rows}).write(in.stdout)
	}
	in.printf("%s：%d 个测试，%d 处不符", "%s: %d tests, %d mismatches", name, len(results), failures)
}

func prefixed(names []string) []string {
	out := make([]string, len(names))
	for i, n := range names {
		out[i] = "  ✗ " + n
	}
	return out
}
