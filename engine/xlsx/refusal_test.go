package xlsx_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/xlsx"
)

// TestSheetRefusals types what can't be understood into a cell each; every one
// is refused by its address, with what to write instead, and the rest is read.
func TestSheetRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	unit := w.plan.Tasks[0].Draws[0].Units[0]
	other := w.plan.Tasks[0].Draws[0].Units[1]
	at := func(column string) func(*form) spot {
		return func(f *form) spot { return f.unit("1", unit, column) }
	}
	subject := func(question string) func(*form) spot {
		return func(f *form) spot { return f.subject("2", question, "answer") }
	}
	for name, c := range map[string]struct {
		where    func(*form) spot
		typed    any
		formula  string
		en, zh   string
		elsewise func(*form) // instead of typing
	}{
		"choice":          {where: at("ask:程度"), typed: "很好", en: `"degree" takes one of: none / partial / full, this is "很好"`, zh: `“程度”要其中之一：无 / 不全 / 全，却是 "很好"`},
		"absent":          {where: at("ask:已派"), typed: "（无）", en: `takes one of: yes / no, this is`, zh: "要其中之一：是 / 否"},
		"bool":            {where: at("ask:已派"), typed: 2, en: "one of: yes / no", zh: "是 / 否"},
		"int":             {where: at("ask:条数"), typed: 2.5, en: "a whole number from 0 to 10", zh: "整数，0 到 10"},
		"bound":           {where: at("ask:条数"), typed: 11, en: `this is "11"`, zh: `却是 "11"`},
		"words":           {where: at("ask:条数"), typed: "3 个", en: "a whole number", zh: "整数"},
		"date":            {where: at("ask:日子"), typed: "11月3日", en: "a date such as 2026-11-23", zh: "日期，如 2026-11-23"},
		"no such day":     {where: at("ask:日子"), typed: "2026-02-30", en: "a date such as", zh: "日期，如"},
		"bare number":     {where: subject("几点"), typed: "930", en: "a time of day such as 10:05", zh: "时刻，如 10:05"},
		"day only":        {where: subject("钟点"), typed: "2026-11-03", en: "a date and a time of day", zh: "日期和时刻"},
		"length":          {where: subject("多久"), typed: 10, en: "a length of time", zh: "时长"},
		"set":             {where: subject("缺"), typed: "全、好", en: "some of these", zh: "其中几个"},
		"share":           {where: subject("比例"), typed: "150%", en: "a number from 0 to 1", zh: "数，0 到 1"},
		"formula":         {where: at("ask:条数"), formula: "1+1", en: "no formula", zh: "不要公式"},
		"known":           {where: at("ask:说明"), elsewise: func(f *form) { f.put(f.unit("1", known(w), "known:登记时间"), "2026-11-09 09:00") }, en: `takes to stay "2026-11-03 09:00"`, zh: "保持原来的“2026-11-03 09:00”"},
		"known as answer": {where: at("ask:说明"), elsewise: func(f *form) { f.put(f.unit("1", known(w), "ask:金额"), 1) }, en: `to stay "700"`, zh: "保持原来的“700”"},
		"moved":           {where: at("unit"), typed: other, en: "move whole rows", zh: "整行一起移动"},
		"skipped":         {where: at("skip"), typed: "没有人", en: "only where there are no answers", zh: "二者只填其一"},
		"time done":       {where: at("done"), typed: "昨天", en: "a date and a time of day", zh: "日期和时刻"},
		"file":            {where: at("files"), typed: "gone.jpg", en: "beside the workbook", zh: "工作簿旁边"},
		"nameless":        {where: func(f *form) spot { return f.free("3", "ask:在岗", 0) }, typed: "是", en: `"unit" takes a name or id`, zh: "“单位”要名称或编号"},
		"merged": {where: at("ask:条数"), elsewise: func(f *form) {
			from, to := f.unit("1", unit, "ask:条数"), f.unit("1", unit, "ask:条数")
			f.put(from, 3)
			to.row++
			require.NoError(f.t, f.MergeCell(from.page, from.String(), to.String()))
		}, en: "one answer in each cell", zh: "一格一个答案"},
		"twice": {where: func(f *form) spot { return f.free("3", "unit", 0) }, elsewise: func(f *form) {
			for n, answer := range []string{"是", "否"} {
				f.put(f.free("3", "unit", n), "大门")
				f.put(f.free("3", "ask:在岗", n), answer)
			}
		}, en: `the unit "大门 (3 met!`, zh: "单位“大门"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := w.form(t, checklang.Chinese)
			at := c.where(f)
			f.put(f.unit("1", unit, "ask:照片"), "here.jpg") // stays, whatever else is wrong
			switch {
			case c.elsewise != nil:
				c.elsewise(f)
			case c.formula != "":
				require.NoError(t, f.SetCellFormula(at.page, at.String(), c.formula))
			default:
				f.put(at, c.typed)
			}
			got, bad := w.read(t, f.bytes())
			require.Len(t, bad, 1, told(bad, checklang.English))
			assert.Contains(t, bad[0].Message(checklang.English), c.en)
			assert.Contains(t, bad[0].Message(checklang.Chinese), c.zh)
			assert.Equal(t, "sheet.xlsx", bad[0].Source)
			switch name {
			case "known", "known as answer", "nameless", "twice":
				assert.Contains(t, bad[0].Path, at.page[:1], "the worksheet is named")
			default:
				assert.True(t, strings.HasPrefix(bad[0].Path, at.page+"!"+at.String()), "%s is no %s!%s", bad[0].Path, at.page, at)
			}
			if name != "moved" && name != "skipped" {
				require.NotEmpty(t, got, "the rest is read")
				assert.Equal(t, "here.jpg", got[0].Answers["照片"])
			}
		})
	}
}

// known is a drawn unit of which the host knows something.
func known(w *world) string {
	for _, u := range w.sheet.Items[0].Units {
		if len(u.Values) > 0 {
			return u.ID
		}
	}
	return ""
}

// TestSheetOfAnother: a workbook of another plan, task or standard, and what is
// no workbook at all, is refused as a whole and by name.
func TestSheetOfAnother(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	read := func(p *engine.Plan, data []byte) error {
		_, _, err := xlsx.ReadSheet(context.Background(), "表.xlsx", bytes.NewReader(data), xlsx.ReadOptions{Plan: p})
		return err
	}
	plan := *w.plan
	plan.Digest = strings.Repeat("0", 64)
	task := *w.plan
	task.Tasks = nil
	standard := *w.plan
	standard.Standard.Version = "2"
	gone := w.form(t, checklang.Chinese)
	require.NoError(t, gone.DeleteSheet("_pinjian"))
	newer := w.form(t, checklang.Chinese)
	require.NoError(t, newer.SetCellValue("_pinjian", "B1", "pinjian/sheet-workbook/9"))
	broken := w.form(t, checklang.Chinese)
	require.NoError(t, broken.SetCellValue("_pinjian", "B6", "{"))
	var empty bytes.Buffer
	require.NoError(t, excelize.NewFile().Write(&empty))
	for name, c := range map[string]struct {
		plan   *engine.Plan
		data   []byte
		en, zh string
	}{
		"plan":     {&plan, w.blank["zh"], "belongs to another plan", "属于另一份方案"},
		"task":     {&task, w.blank["zh"], `the sheet of the task "region/2026-11/P1"`, "是任务“region/2026-11/P1”的检查表"},
		"standard": {&standard, w.blank["zh"], "the standard sheets version 1", "是按标准 sheets 版本 1"},
		"gone":     {w.plan, gone.bytes(), "was deleted", "被删了"},
		"newer":    {w.plan, newer.bytes(), "newer than pinjian/sheet-workbook/1", "比本版本能读的"},
		"broken":   {w.plan, broken.bytes(), "is broken", "被改坏了"},
		"other":    {w.plan, empty.Bytes(), "was not made of a check sheet", "不是由检查表生成的工作簿"},
		"text":     {w.plan, []byte("编号,答案\n1,2\n"), "is no .xlsx workbook", "不是 .xlsx 工作簿"},
		"nothing":  {w.plan, nil, "is no .xlsx workbook", "不是 .xlsx 工作簿"},
		"old":      {w.plan, []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1 and so on"), "has a password or is an old .xls", "加了密码，或是旧的 .xls 格式"},
		"no plan":  {nil, w.blank["zh"], "takes the plan", "要先给出方案"},
	} {
		err := read(c.plan, c.data)
		var refusal *engine.Refusal
		require.True(t, errors.As(err, &refusal), "%s: %v", name, err)
		assert.Contains(t, refusal.Words.EN, c.en, name)
		assert.Contains(t, refusal.Words.ZH, c.zh, name)
		if name != "no plan" {
			assert.Contains(t, refusal.Words.EN, "表.xlsx", name)
		}
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	_, _, err := xlsx.ReadSheet(ctx, "表.xlsx", bytes.NewReader(w.blank["zh"]), xlsx.ReadOptions{Plan: w.plan})
	assert.ErrorIs(t, err, context.Canceled)
}

// TestSheetCorrections: a changed row contradicts what was handed in, until it
// gives a reason; then it replaces it, also when it is changed once more, and
// an old file that comes again changes nothing.
func TestSheetCorrections(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	fill := func(minutes int, reason string) []byte {
		f := w.form(t, checklang.Chinese)
		f.put(f.subject("2", "分钟", "answer"), minutes)
		if reason != "" {
			f.put(f.subject("2", "分钟", "reason"), reason)
		}
		return f.bytes()
	}
	outcome := func(list []engine.Submission) (failed bool, conflicts int) {
		_, r := w.judge(t, list)
		assert.Empty(t, r.Refused)
		for _, v := range r.Verdicts {
			if v.Level == "part" && v.Part == "2" {
				failed = v.Best == engine.Fail
			}
		}
		return failed, len(r.Conflicts)
	}
	first, _ := w.read(t, fill(9, ""))
	require.Len(t, first, 1)
	failed, conflicts := outcome(first)
	assert.True(t, failed)
	assert.Zero(t, conflicts)

	silent, _ := w.read(t, fill(10, ""), first...)
	failed, conflicts = outcome(append(first[:1:1], silent...))
	assert.False(t, failed)
	assert.Equal(t, 1, conflicts, "a change without a reason is a contradiction")

	second, _ := w.read(t, fill(10, "看错了"), first...)
	require.Len(t, second, 1)
	assert.Equal(t, first[0].ID, second[0].Replaces)
	assert.Equal(t, "看错了", second[0].Reason)
	all := append(first[:1:1], second...)
	failed, conflicts = outcome(all)
	assert.False(t, failed)
	assert.Zero(t, conflicts)

	third, _ := w.read(t, fill(8, "又看错了"), all...)
	all = append(all, third...)
	failed, conflicts = outcome(all)
	assert.True(t, failed)
	assert.Zero(t, conflicts)

	again, _ := w.read(t, fill(10, "看错了"), all...)
	assert.Equal(t, second, again, "an old file that comes again is what it was")
	failed, conflicts = outcome(append(all, again...))
	assert.True(t, failed)
	assert.Zero(t, conflicts)

	alone, _ := w.read(t, fill(10, "看错了"))
	failed, conflicts = outcome(alone)
	assert.False(t, failed)
	assert.Zero(t, conflicts)
}

// TestSheetRemarks: who, when and where, remarks, units not inspected, files by
// hash, and the end of the task.
func TestSheetRemarks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "")
	units := w.plan.Tasks[0].Draws[0].Units
	f := w.form(t, checklang.Chinese)
	f.put(f.unit("1", units[0], "skip"), "业主不在家")
	f.put(f.unit("1", units[1], "remark"), "=门锁坏了")
	f.put(f.unit("1", units[1], "files"), "门.jpg；报告.pdf "+strings.Repeat("AB", 32))
	f.put(f.unit("1", units[1], "done"), time.Date(2026, 11, 5, 14, 30, 0, 0, time.UTC))
	f.put(f.subject("2", "分钟", "answer"), 10)
	f.put(f.cover("done"), "2026年11月6日 9:05")
	f.put(f.cover("closes"), "是")
	got, bad := w.read(t, f.bytes())
	require.Len(t, bad, 2, told(bad, checklang.English))
	assert.Contains(t, told(bad, checklang.Chinese), "“检查人”要姓名或编号")
	assert.Contains(t, told(bad, checklang.Chinese), `却是 "门.jpg"`)
	require.Len(t, got, 4)

	f.put(f.cover("by"), "　李　四 ")
	got, bad, err := xlsx.ReadSheet(context.Background(), "s.xlsx", bytes.NewReader(f.bytes()), xlsx.ReadOptions{Plan: w.plan, Files: fstest.MapFS{"门.jpg": {Data: []byte("photo")}}})
	require.NoError(t, err)
	require.Empty(t, told(bad, checklang.English))
	require.Len(t, got, 4)
	byUnit := map[string]engine.Submission{}
	for _, s := range got {
		assert.Equal(t, "李　四", s.By)
		byUnit[s.Part+s.Unit] = s
	}
	zone := w.standard.Zone()
	skipped, remarked, asked, closing := byUnit["1"+units[0]], byUnit["1"+units[1]], byUnit["2"], byUnit[""]
	assert.Equal(t, "未检查：业主不在家", skipped.Remark)
	assert.Empty(t, skipped.Answers)
	assert.Equal(t, "=门锁坏了", remarked.Remark)
	assert.True(t, remarked.DoneAt.Equal(time.Date(2026, 11, 5, 14, 30, 0, 0, zone)))
	require.Len(t, remarked.Attachments, 2)
	assert.Equal(t, engine.Attachment{SHA256: fmt.Sprintf("%x", sha256.Sum256([]byte("photo"))), MediaType: "image/jpeg", Name: "门.jpg"}, remarked.Attachments[0])
	assert.Equal(t, engine.Attachment{SHA256: strings.Repeat("ab", 32), MediaType: "application/pdf", Name: "报告.pdf"}, remarked.Attachments[1])
	assert.True(t, asked.DoneAt.Equal(time.Date(2026, 11, 6, 9, 5, 0, 0, zone)), "the cover's time, where the row gives none")
	assert.True(t, closing.Closes)
	_, r := w.judge(t, got)
	assert.True(t, r.Closed)
}
