package xlsx_test

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/xlsx"
)

// spoilers are texts that a spreadsheet would take for formulas, numbers or
// dates, or that its file can't hold.
var spoilers = []string{"=1+1", "+86 21", "-1", "@SUM(A1)", "=cmd|'/C calc'!A0", "\t=1", "1-2", "007", "_x0041_", "<b>&amp;", "a\x01b", "\ufffe", strings.Repeat("长", 40000)}

// assertTables opens a workbook again: no cell of it holds a formula, and every
// worksheet has heads in sight, a filter, and prints on A4 with its heads on
// every page.
func assertTables(t require.TestingT, data []byte) (*excelize.File, map[string][][]string) {
	f, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	out := map[string][][]string{}
	names := map[string]bool{}
	for _, d := range f.GetDefinedName() {
		names[d.Scope+d.Name] = true
	}
	for _, page := range f.GetSheetList() {
		rows, err := f.GetRows(page)
		require.NoError(t, err)
		out[page] = rows
		for r, row := range rows {
			for c := range row {
				at, err := excelize.CoordinatesToCellName(c+1, r+1)
				require.NoError(t, err)
				formula, err := f.GetCellFormula(page, at)
				require.NoError(t, err)
				require.Empty(t, formula, "%s!%s", page, at)
			}
		}
		panes, err := f.GetPanes(page)
		require.NoError(t, err)
		require.True(t, panes.Freeze, page)
		require.Equal(t, 1, panes.YSplit, page)
		layout, err := f.GetPageLayout(page)
		require.NoError(t, err)
		require.Equal(t, 9, *layout.Size, page)
		require.True(t, names[page+"_xlnm.Print_Titles"], page)
		require.True(t, names[page+"_xlnm._FilterDatabase"], page)
	}
	_, content := parts(t, data)
	for name, part := range content {
		require.NotContains(t, string(part), "<f>", name)
	}
	return f, out
}

// column finds a column by its head.
func column(t require.TestingT, rows [][]string, head string) []string {
	at := slices.Index(rows[0], head)
	require.GreaterOrEqual(t, at, 0, "%s in %v", head, rows[0])
	var out []string
	for _, r := range rows[1:] {
		text := ""
		if at < len(r) {
			text = r[at]
		}
		out = append(out, text)
	}
	return out
}

// TestResultWorkbook judges random evidence with hostile texts in it and finds
// every verdict, reason and gap again in the workbook.
func TestResultWorkbook(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	rapid.Check(t, func(t *rapid.T) {
		var list []engine.Submission
		for _, item := range w.sheet.Items {
			for i, u := range item.Units {
				unit := u.ID
				if item.Kind == "unlisted" {
					unit = fmt.Sprint(i, rapid.SampledFrom(spoilers).Draw(t, "unit"))
					if rapid.Bool().Draw(t, "bare") {
						unit = rapid.SampledFrom(spoilers[:6]).Draw(t, "unit")
					}
				}
				for _, q := range item.Ask {
					if rapid.Bool().Draw(t, "answered") {
						value := answerTo(t, q, checklang.Chinese).value
						if q.Type == "text" {
							value = rapid.SampledFrom(spoilers).Draw(t, "text")
						}
						list = append(list, engine.Submission{ID: fmt.Sprint("S", len(list)), Task: w.task, Part: item.Part, Unit: unit, Answers: map[string]any{q.Name: value}, By: "Li"})
					}
				}
			}
		}
		list = append(list, engine.Submission{ID: "=bad", Task: w.task, Part: "=1", Unit: "@x", Answers: map[string]any{"+y": "-z"}, By: "Li"})
		_, r := w.judge(t, list)
		lang := rapid.SampledFrom([]checklang.Lang{checklang.Chinese, checklang.English}).Draw(t, "lang")
		findings := []engine.Finding{{ID: "=F1", Item: "1", Part: "1", Criterion: "@c", Label: "-label", Subject: "P1", Unit: "+u", Grade: engine.Fail, State: "open", Parties: []engine.Party{{Kind: "person", ID: "=HYPERLINK(1)"}}, Due: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), Deadlines: map[string]time.Time{"correction": time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)}, Duties: []string{"correction"}}}
		options := xlsx.ResultOptions{Options: xlsx.Options{Lang: lang, Subject: func(id string) string { return "=" + id }}, Findings: findings, Refused: r.Refused, Now: time.Date(2026, 12, 1, 0, 0, 0, 0, time.UTC)}
		var b, again bytes.Buffer
		require.NoError(t, xlsx.WriteResults(&b, w.standard, []*engine.Result{r}, options))
		require.NoError(t, xlsx.WriteResults(&again, w.standard, []*engine.Result{r}, options))
		require.True(t, bytes.Equal(b.Bytes(), again.Bytes()), "the same bytes")
		f, pages := assertTables(t, b.Bytes())
		defer func() { require.NoError(t, f.Close()) }()
		list2 := f.GetSheetList()
		pick := func(zh, en string) string {
			if lang == checklang.Chinese {
				return zh
			}
			return en
		}
		var items, units []string
		lacking := 0
		for _, v := range r.Verdicts {
			switch {
			case v.Level == "unit" || v.Level == "part" && v.Sample == nil:
				units = append(units, v.Unit)
			case v.Level == "item" || v.Level == "standard" || v.Level == "section":
				items = append(items, v.Item)
			}
			if v.Level == "item" {
				lacking += len(v.Missing) + len(v.Rulings)
			}
		}
		got := column(t, pages[pick("单位", "Units")], pick("单位", "Unit"))
		require.Len(t, got, len(units))
		for i, unit := range units {
			if len(unit) < 1000 && !strings.ContainsAny(unit, "\x01\ufffe\t") && !strings.Contains(unit, "_x") {
				require.Equal(t, unit, got[i])
			}
		}
		require.Equal(t, items, column(t, pages[pick("检查项", "Items")], pick("编号", "Code")))
		require.Len(t, pages[pick("缺漏", "Missing")], 1+lacking+len(r.Conflicts)+2*len(r.Refused))
		require.Contains(t, column(t, pages[pick("整改台账", "Findings")], pick("责任方", "Parties")), "=HYPERLINK(1)")
		require.NotContains(t, list2, pick("整改台账", "Findings")+" 2")
		// The standard deducts, so there is a score, and its number is a number.
		score, err := w.standard.Score(r)
		require.NoError(t, err)
		require.Len(t, pages[pick("计分步骤", "Score steps")], 1+len(score.Steps))
		if !score.Open {
			require.Equal(t, []string{score.Value.String()}, column(t, pages[pick("得分", "Scores")], pick("得分", "Score")))
			kind, err := f.GetCellType(pick("得分", "Scores"), "C2")
			require.NoError(t, err)
			require.NotEqual(t, excelize.CellTypeSharedString, kind)
		}
	})
}

// TestResultOfAnotherStandard: results of another standard are refused by both
// writers' words.
func TestResultOfAnotherStandard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	_, r := w.judge(t, nil)
	other := *r
	other.Standard.Version = "9"
	var b bytes.Buffer
	assert.ErrorContains(t, xlsx.WriteResults(&b, w.standard, []*engine.Result{&other}, xlsx.ResultOptions{}), "judged by this standard")
	plan := *w.plan
	plan.Standard.Version = "9"
	assert.ErrorContains(t, xlsx.WritePlan(&b, w.standard, []*engine.Plan{&plan}, xlsx.Options{}), "by this standard")
	assert.ErrorContains(t, xlsx.WritePlan(&b, w.standard, nil, xlsx.Options{}), "no plan")
}

// TestPlanWorkbook: the plan of the monthly example and one of the month after,
// with every task, sample and unit, a column for every month, and what is
// covered.
func TestPlanWorkbook(t *testing.T) {
	t.Parallel()
	ctx := context.Background()
	folder, err := run.Open(ctx, os.DirFS("../../examples"), "monthly", engine.Options{})
	require.NoError(t, err)
	p, err := folder.Plan(ctx)
	require.NoError(t, err)
	later := *p
	later.Period, err = engine.ParsePeriod("2026-02", folder.Standard.Zone())
	require.NoError(t, err)
	later.Approval = nil
	for _, lang := range []checklang.Lang{checklang.Chinese, checklang.English} {
		pick := func(zh, en string) string {
			if lang == checklang.Chinese {
				return zh
			}
			return en
		}
		var b, again bytes.Buffer
		require.NoError(t, xlsx.WritePlan(&b, folder.Standard, []*engine.Plan{&later, p}, xlsx.Options{Lang: lang, Subject: folder.SubjectName}))
		require.NoError(t, xlsx.WritePlan(&again, folder.Standard, []*engine.Plan{&later, p}, xlsx.Options{Lang: lang, Subject: folder.SubjectName}))
		require.True(t, bytes.Equal(b.Bytes(), again.Bytes()))
		f, pages := assertTables(t, b.Bytes())
		calendar := pages[pick("日历 ", "Calendar ")+p.Tier]
		require.Len(t, calendar[0], 1+24, "two years of months")
		require.Len(t, calendar, 1+len(p.Tasks))
		for i, task := range p.Tasks {
			assert.Contains(t, calendar[i+1][slices.Index(calendar[0], "2025-12")], task.Inspector)
			assert.Contains(t, calendar[i+1][slices.Index(calendar[0], "2026-02")], pick("（草案）", "(draft)"))
			assert.Empty(t, calendar[i+1][slices.Index(calendar[0], "2026-01")])
		}
		var units, planned, parts int
		for _, task := range p.Tasks {
			for _, d := range task.Draws {
				units += len(d.Units)
				parts += len(d.Parts)
				if d.Kind != "subject" {
					planned += int(d.Planned)
				}
			}
		}
		require.Len(t, pages[pick("抽到的单位", "Units drawn")], 1+2*units)
		require.Len(t, pages[pick("抽样", "Samples")], 1+2*parts)
		total := 0
		for _, s := range column(t, pages[pick("任务", "Tasks")], pick("单位数", "Units")) {
			n, err := strconv.Atoi(s)
			require.NoError(t, err)
			total += n
		}
		require.Equal(t, 2*planned, total)
		all := 0
		for item := range folder.Standard.Items() {
			all += len(item.Parts)
		}
		require.Len(t, pages[pick("覆盖", "Coverage")], 1+all, "items that are not due are listed too")
		require.Contains(t, column(t, pages[pick("覆盖", "Coverage")], pick("情况", "State")), pick("没有安排", "not planned"))
		require.NoError(t, f.Close())
	}
}
