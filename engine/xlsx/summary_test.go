package xlsx_test

import (
	"bytes"
	"context"
	"encoding/json"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/xlsx"
)

// reported makes a service report of results whose texts people wrote.
func reported(t require.TestingT, w *world, results []*engine.Result, findings []engine.Finding, lang checklang.Lang, name string) *report.MonthlyDocument {
	at := time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)
	s, err := engine.NewSummary(engine.SummaryOptions{By: []string{"subject", "section", "item", "month"}, AsOf: at, Standard: w.standard})
	require.NoError(t, err)
	require.NoError(t, s.AddPlan(w.plan))
	for _, r := range results {
		require.NoError(t, s.Add(r))
		score, err := w.standard.Score(r)
		require.NoError(t, err)
		require.NoError(t, s.AddScore(r, score))
	}
	for _, f := range findings {
		require.NoError(t, s.AddFinding(f))
	}
	d, err := report.Monthly(w.standard, report.MonthlyRequest{Summary: s, Findings: findings, Period: w.plan.Period, Tier: w.plan.Tier},
		report.Options{Lang: lang, Names: map[string]string{"P1": name}})
	require.NoError(t, err)
	return d
}

// keyed are the figures of a report's JSON by their key and what they are about.
func keyed(t require.TestingT, d *report.MonthlyDocument) map[[2]string]string {
	data, err := json.Marshal(d)
	require.NoError(t, err)
	var tree any
	require.NoError(t, json.Unmarshal(data, &tree))
	out := map[[2]string]string{}
	var walk func(x any)
	walk = func(x any) {
		switch x := x.(type) {
		case map[string]any:
			if figures, ok := x["figures"].(map[string]any); ok {
				for _, f := range figures {
					f := f.(map[string]any)
					out[[2]string{f["key"].(string), x["title"].(string)}] = f["value"].(string)
				}
			}
			for _, v := range x {
				walk(v)
			}
		case []any:
			for _, v := range x {
				walk(v)
			}
		}
	}
	walk(tree)
	return out
}

// percentOf is a share as the workbook should show it, counted another way.
func percentOf(part, of engine.Number) string {
	if of.Rat().Sign() == 0 {
		return ""
	}
	s := new(big.Rat).Mul(new(big.Rat).Quo(part.Rat(), of.Rat()), big.NewRat(100, 1)).FloatString(1)
	return strings.TrimSuffix(s, ".0")
}

// TestSummaryWorkbook reads the workbook of a report again and finds every
// figure of its JSON: in the tables by their heads, and in the list of keys.
func TestSummaryWorkbook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	rapid.Check(t, func(t *rapid.T) {
		var list []engine.Submission
		for _, item := range w.sheet.Items {
			for _, u := range item.Units {
				for _, q := range item.Ask {
					if item.Kind != "unlisted" && rapid.Bool().Draw(t, "answered") {
						list = append(list, engine.Submission{ID: strings.Repeat("S", len(list)+1), Task: w.task, Part: item.Part, Unit: u.ID, Answers: map[string]any{q.Name: answerTo(t, q, checklang.Chinese).value}, By: "Li"})
					}
				}
			}
		}
		_, r := w.judge(t, list)
		lang := rapid.SampledFrom([]checklang.Lang{checklang.Chinese, checklang.English}).Draw(t, "lang")
		events, err := w.standard.OpenFindings(engine.FindingRequest{Scope: "s", Result: r, Period: w.plan.Period.Name, By: "Li", At: time.Date(2026, 11, 20, 0, 0, 0, 0, time.UTC)})
		require.NoError(t, err)
		var findings []engine.Finding
		for _, e := range events {
			f, err := engine.Fold(slices.Values([]engine.FindingEvent{e}))
			require.NoError(t, err)
			f.Label = rapid.SampledFrom(spoilers[:6]).Draw(t, "label")
			findings = append(findings, f)
		}
		name := rapid.SampledFrom(spoilers[:5]).Draw(t, "name")
		d := reported(t, w, []*engine.Result{r}, findings, lang, name)
		var b, again bytes.Buffer
		require.NoError(t, xlsx.WriteSummary(&b, w.standard, d, xlsx.Options{}))
		require.NoError(t, xlsx.WriteSummary(&again, w.standard, d, xlsx.Options{}))
		require.True(t, bytes.Equal(b.Bytes(), again.Bytes()), "the same bytes")
		f, pages := assertTables(t, b.Bytes())
		defer func() { require.NoError(t, f.Close()) }()
		pick := func(zh, en string) string {
			if lang == checklang.Chinese {
				return zh
			}
			return en
		}
		got := map[[2]string]string{}
		for _, row := range pages[pick("数的来源", "Sources of figures")][1:] {
			got[[2]string{row[0], row[1]}] = row[2]
		}
		require.Equal(t, keyed(t, d), got)
		// The tables have the same numbers under heads for people.
		coverage := pages[pick("检查概况", "Coverage")]
		require.Len(t, coverage, 2)
		require.Equal(t, d.Subjects[0].Title, coverage[1][0])
		require.Contains(t, coverage[1][0], name)
		figures := d.Subjects[0].Figures
		for head, figure := range map[string]string{
			pick("计划任务", "Tasks planned"): "task.planned", pick("已判定任务", "Tasks judged"): "task.judged", pick("应查项", "Items due"): "item.due", pick("已查", "Inspected"): "item.inspected",
			pick("未检查", "Not inspected"): "item.not_inspected", pick("豁免", "Waived"): "item.waived", pick("不适用", "Not applicable"): "item.not_applicable",
		} {
			require.Equal(t, []string{figures[figure].Value.String()}, column(t, coverage, head), head)
		}
		require.Equal(t, []string{percentOf(figures["item.inspected"].Value, figures["item.due"].Value)}, column(t, coverage, pick("覆盖率（%）", "Coverage (%)")))
		rows := slices.Concat(d.Sections, d.Subjects, []report.FigureRow{d.Total})
		outcomes := pages[pick("检查结论", "Outcomes")]
		require.Len(t, outcomes, 1+len(rows))
		heads := map[string]string{pick("证据不足", "Incomplete"): "item.incomplete", pick("有定论", "Decided"): "item.decided", pick("不合格合计", "Failing in all"): "item.failing"}
		for _, o := range []engine.Outcome{engine.Pass, engine.Observation, engine.Fail, engine.Major} {
			heads[engine.OutcomeWords(o).In(lang)] = "item." + o.String()
		}
		for _, head := range slices.Sorted(maps.Keys(heads)) {
			for i, text := range column(t, outcomes, head) {
				require.Equal(t, rows[i].Figures[heads[head]].Value.String(), text, head)
			}
		}
		for i, text := range column(t, outcomes, pick("不合格占比（%）", "Share failing (%)")) {
			require.Equal(t, percentOf(rows[i].Figures["item.failing"].Value, rows[i].Figures["item.decided"].Value), text)
		}
		if len(d.Findings) > 0 {
			found := pages[pick("问题清单", "List of findings")]
			require.Len(t, found, 1+len(d.Findings)+len(d.Earlier))
			for i, text := range column(t, found, pick("问题", "Finding")) {
				require.Equal(t, d.Findings[i].Label, text)
			}
		}
		// The same worksheets stand in the workbook of the results.
		var both bytes.Buffer
		require.NoError(t, xlsx.WriteResults(&both, w.standard, []*engine.Result{r}, xlsx.ResultOptions{Options: xlsx.Options{Lang: lang}, Findings: findings, Monthly: d}))
		g, all := assertTables(t, both.Bytes())
		defer func() { require.NoError(t, g.Close()) }()
		for page, rows := range pages {
			require.Equal(t, rows, all[page], page)
		}
	})
}

// TestSummaryOfAnotherStandard: a report on another standard is refused, and
// none at all.
func TestSummaryOfAnotherStandard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	s, _, err := engine.Load(context.Background(), fstest.MapFS{"rules.chk": {Data: []byte("lang 1\nitem 1 \"x\" { every month; fail : \"y\" }\n")}}, ".", engine.Options{})
	require.NoError(t, err)
	_, r := w.judge(t, nil)
	d := reported(t, w, []*engine.Result{r}, nil, checklang.English, "site")
	var said *engine.Refusal
	require.ErrorAs(t, xlsx.WriteSummary(&bytes.Buffer{}, s, d, xlsx.Options{}), &said)
	require.ErrorAs(t, xlsx.WriteSummary(&bytes.Buffer{}, w.standard, nil, xlsx.Options{}), &said)
	require.ErrorAs(t, xlsx.WriteResults(&bytes.Buffer{}, s, nil, xlsx.ResultOptions{Monthly: d}), &said)
}
