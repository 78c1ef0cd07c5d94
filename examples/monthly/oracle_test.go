package monthly_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"os"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/examples/monthly/internal/generate"
)

// row is one line of a CSV file by column.
type row map[string]string

// rows reads a committed file by report number.
func rows(t *testing.T, name string) map[string]row {
	t.Helper()
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	return rowsOf(t, data)
}

// rowsOf reads the text of a file.
func rowsOf(t *testing.T, data []byte) map[string]row {
	t.Helper()
	lines, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	require.NoError(t, err)
	all := map[string]row{}
	for _, line := range lines[1:] {
		r := row{}
		for i, column := range lines[0] {
			r[column] = line[i]
		}
		require.Nil(t, all[r["报事编号"]], "%s stands twice", r["报事编号"])
		all[r["报事编号"]] = r
	}
	return all
}

// has says whether a cell is filled.
func (r row) has(column string) bool { return r[column] != "" }

// time reads a cell; one that isn't filled is the zero time.
func (r row) time(t *testing.T, column string) time.Time {
	if !r.has(column) {
		return time.Time{}
	}
	at, err := time.Parse(time.DateTime, r[column])
	require.NoError(t, err, column)
	return at
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

// found collects what breaks document 005 in the files themselves: a second reading of the rules, in plain Go, that
// knows neither the generator nor the engine.
type found struct {
	broken map[string][]string        // units by part and label
	units  map[string]map[string]bool // every unit that a part judges
}

func (f found) add(when bool, part, label, unit string) {
	if f.units[part] == nil {
		f.units[part] = map[string]bool{}
	}
	f.units[part][unit] = true
	if when {
		f.broken[part+" "+label] = append(f.broken[part+" "+label], unit)
	}
}

// readEverything reads all orders, reports and answers.
func readEverything(t *testing.T, p planted, orders, system, register map[string]row) found {
	t.Helper()
	f := found{map[string][]string{}, map[string]map[string]bool{}}
	for id, o := range orders {
		f.order(t, id, o)
	}
	for id := range system {
		f.report(t, id, system[id], register[id])
	}
	for id := range register {
		if system[id] == nil {
			f.report(t, id, nil, register[id])
		}
	}
	for _, a := range p.Answers {
		f.subject(t, a)
	}
	for _, units := range f.broken {
		slices.Sort(units)
	}
	return f
}

// asOf is the last instant of the month.
var asOf = time.Date(2026, time.January, 1, 0, 0, 0, -1, time.UTC)

// order reads one work order.
func (f found) order(t *testing.T, id string, o row) {
	entered, appointed, dispatched := o.time(t, "登记时间"), o.time(t, "预约时间"), o.time(t, "派单时间")
	completed, received, called := o.time(t, "完工时间"), o.time(t, "完工反馈时间"), o.time(t, "回访时间")
	done, serious := o["处理状态"] == "已完成", o["严重影响生活"] == "是"
	latest := func(column string) time.Time {
		if o.has(column) {
			return o.time(t, column)
		}
		return asOf
	}
	for column := range o {
		if column != "预约时间" && len(o[column]) == len(time.DateTime) && o[column][:2] == "20" {
			if !o.time(t, column).Before(asOf) {
				t.Errorf("%s %s: %s is after the month", id, column, o[column])
			}
		}
	}
	if !o.has("预约时间") {
		f.add(!o.has("派单时间") || dispatched.Sub(entered) > 10*time.Minute, "005/4.1.3", "未及时派单", id)
		if o.has("派单时间") {
			f.add(latest("到场反馈时间").Sub(dispatched) > 20*time.Minute, "005/4.1.5/反馈", "反馈时限超时", id)
		}
	} else {
		f.add(appointed.Sub(latest("派单时间")) < 20*time.Minute, "005/4.1.4/派单", "未及时派单", id)
	}
	overdue := !done || o.has("完工时间") && !sameDay(entered, completed)
	if serious || overdue {
		f.add(!o.has("沟通时间") && (serious || !sameDay(entered, asOf)), "005/4.1.6", "无客户沟通记录", id)
	}
	if done {
		f.add(!o.has("完工时间"), "005/4.1.7", "无完工时间", id)
		f.add(!o.has("业主签名"), "005/4.1.7", "无业主签名", id)
	}
	if o.has("完工反馈时间") {
		f.call(id, o, received, called)
	}
	if overdue {
		f.add(!o.has("转部门主管时间") && !sameDay(entered, asOf), "005/4.2.1/转交", "未转交相关部门责任人", id)
	}
	for _, step := range []struct {
		part, column, label string
		limit               time.Duration
	}{
		{"005/4.2.2/转交", "转客服主管时间", "未转交客服主管", 48 * time.Hour},
		{"005/4.2.3/转交", "转项目经理时间", "未转交项目经理", 72 * time.Hour},
		{"005/4.2.4/转交", "转片区经理时间", "未转交片区经理", 168 * time.Hour},
		{"005/4.2.5/转交", "转品质中心时间", "未转交品质管理中心", 360 * time.Hour},
	} {
		if !done || o.has("完工时间") && completed.Sub(entered) > step.limit {
			f.add(!o.has(step.column) && asOf.Sub(entered) > step.limit, step.part, step.label, id)
		}
	}
}

// call reads the call back of one order whose completion was reported.
func (f found) call(id string, o row, received, called time.Time) {
	const part = "005/4.1.8"
	if !o.has("回访时间") {
		f.add(asOf.Sub(received) > 24*time.Hour, part, "未回访", id)
		return
	}
	clock := called.Format(time.TimeOnly)
	f.add(!o.has("回访评分"), part, "已回访，未评价打分", id)
	f.add(called.Sub(received) > 24*time.Hour, part, "超过24小时才回访，原文未列评价", id)
	f.add(clock < "10:00:00", part, "在10:00以前回访，原文未列评价", id)
	f.add(clock >= "12:00:00" && clock < "14:00:00", part, "在午休时间回访，原文未列评价", id)
	f.add(clock > "21:00:00", part, "在21:00以后回访，原文未列评价", id)
}

// subject reads what was found at the project itself, or at a reception.
func (f found) subject(t *testing.T, a answer) {
	unit := a.Unit
	if unit == "" {
		unit = a.Subject
	}
	number := func(question string) float64 {
		n, ok := a.Answers[question].(float64)
		require.True(t, ok, "%s %s", a.Part, question)
		return n
	}
	date := func(question string) (time.Time, bool) {
		text, ok := a.Answers[question].(string)
		if !ok {
			return time.Time{}, false
		}
		d, err := time.Parse(time.DateOnly, text)
		require.NoError(t, err)
		return d, true
	}
	held, wasHeld := date("召开日期")
	until, counted := date("统计期末日")
	between := held.Sub(until).Hours() / 24
	switch a.Part {
	case "005/4.1.1":
		f.add(a.Answers["态度"] == "不好", a.Part, "态度不好", unit)
		f.add(a.Answers["已安抚情绪"] == false, a.Part, "未安抚情绪", unit)
		f.add(a.Answers["态度"] == "平淡", a.Part, "态度既不热情也说不上不好，原文未列评价", unit)
	case "005/4.1.5/前台":
		f.add(a.Answers["所答分钟数"] != 20.0, a.Part, "客服前台不清楚时限", unit)
	case "005/4.1.9":
		f.add(number("片区抽查单数") == 0, a.Part, "无抽查记录", unit)
		f.add(number("片区抽查单数") > 0 && number("片区抽查单数") < 10, a.Part, "片区抽查不足10单，原文只对无记录列出评价", unit)
	case "005/4.1.10":
		f.add(number("中心抽查单数") == 0, a.Part, "无抽查记录", unit)
		f.add(number("中心抽查单数") > 0 && number("中心抽查单数") < 7, a.Part, "品质管理中心抽查不足7单，原文只对无记录列出评价", unit)
	case "005/4.4.1", "005/4.4.2", "005/4.4.3":
		f.add(!wasHeld, a.Part, "未举行", unit)
		f.add(wasHeld && a.Answers["会议纪要"] == nil, a.Part, "无会议纪要", unit)
	}
	if !wasHeld {
		return
	}
	switch a.Part {
	case "005/4.4.1":
		f.add(held.Format("2006-01") != "2025-12" || held.Day() > 5, a.Part, "本月5日前未举行", unit)
		f.add(!counted || between != float64(held.Day()), a.Part, "通报会统计的不是上月，原文未列评价", unit)
	case "005/4.4.2":
		f.add(held.Format(time.DateOnly) < "2025-10-01" || held.Format(time.DateOnly) > "2025-10-05",
			a.Part, "季度通报会不在本季首月5日前召开，原文未列评价", unit)
		f.add(!counted || until.Format(time.DateOnly) != "2025-09-30", a.Part, "通报会统计的不是上一季度，原文未列评价", unit)
	case "005/4.4.3":
		f.add(held.Format(time.DateOnly) < "2025-01-01" || held.Format(time.DateOnly) > "2025-02-05",
			a.Part, "年度通报会不在2月5日前召开，原文未列评价", unit)
		f.add(!counted || until.Format(time.DateOnly) != "2024-12-31", a.Part, "通报会统计的不是上年度，原文未列评价", unit)
	}
}

// report reads one report in both ledgers; either row may be missing.
func (f found) report(t *testing.T, id string, system, register row) {
	const part = "005/4.1.2"
	f.add(register == nil, part, "客户报事未登记", id)
	f.add(system == nil, part, "客户报事有漏单", id)
	differ := false
	short := map[string]bool{}
	for _, element := range elements {
		short["register"] = short["register"] || register != nil && !register.has(element)
		short["system"] = short["system"] || system != nil && !system.has(element)
		if register.has(element) && system.has(element) && register[element] != system[element] {
			differ = true
		}
	}
	f.add(short["register"], part, "客户信息记录表记录不完善", id)
	f.add(short["system"], part, "系统报事记录不完善", id)
	f.add(differ, part, "系统与记录表内容不一致，原文要求核对而未列评价", id)
	if register != nil && system != nil {
		said := register.time(t, "报事时间")
		f.add(!sameDay(said, register.time(t, "登记时间")) || !sameDay(said, system.time(t, "登记时间")), part, "客户报事有补单", id)
	}
}

var elements = []string{"业主姓名", "地址", "报事人电话", "报事内容"}

// TestPlantedIsWhatTheFilesHold reads every order and report and finds the planted units, no more and no fewer: in the
// committed files, and in those of other seeds.
func TestPlantedIsWhatTheFilesHold(t *testing.T) {
	t.Parallel()
	for seed := range uint64(4) {
		files, err := generate.Files(generate.Seed + seed)
		require.NoError(t, err)
		var p planted
		require.NoError(t, json.Unmarshal(files[3].Data, &p))
		p.agrees(t, rowsOf(t, files[0].Data), rowsOf(t, files[1].Data), rowsOf(t, files[2].Data))
	}
}

// agrees compares everything that is planted with what the plain reading finds.
func (p planted) agrees(t *testing.T, orders, system, register map[string]row) {
	t.Helper()
	assert.GreaterOrEqual(t, len(orders), 2400)
	assert.Len(t, orders, len(system))
	for id, o := range orders {
		assert.Equal(t, system[id]["登记时间"], o["登记时间"], id)
	}
	f := readEverything(t, p, orders, system, register)
	settled := map[string]map[string]bool{}
	for _, c := range p.Criteria {
		if settled[c.Part] == nil {
			settled[c.Part] = map[string]bool{}
		}
		for _, unit := range c.Units {
			if c.Outcome == "fail" || c.Outcome == "major" {
				settled[c.Part][unit] = true
			}
		}
	}
	for _, c := range p.Criteria {
		if c.Outcome == "refer" {
			assert.Equal(t, slices.DeleteFunc(slices.Clone(c.Units), func(u string) bool { return !settled[c.Part][u] }), append([]string{}, c.Settled...))
		} else {
			assert.Empty(t, c.Settled)
		}
		assert.Equal(t, c.Units, f.broken[c.Part+" "+c.Label], "%s %s", c.Part, c.Label)
	}
	assert.Len(t, f.broken, len(p.Criteria), "a criterion that is broken is planted")
	p.answersAgree(t, system, register)
}

// answersAgree compares the inspectors' findings of 005/4.1.2 with the two ledgers.
func (p planted) answersAgree(t *testing.T, system, register map[string]row) {
	t.Helper()
	listed := 0
	for _, a := range p.Answers {
		if a.Part != "005/4.1.2" {
			continue
		}
		listed++
		s, r := system[a.Unit], register[a.Unit]
		want := map[string][]any{}
		for _, element := range elements {
			if r.has(element) {
				want["登记簿所填要素"] = append(want["登记簿所填要素"], element)
			}
			if s.has(element) {
				want["系统所填要素"] = append(want["系统所填要素"], element)
			}
			if r.has(element) && s.has(element) && r[element] != s[element] {
				want["不一致要素"] = append(want["不一致要素"], element)
			}
		}
		if r != nil && s != nil && want["不一致要素"] == nil {
			want["不一致要素"] = []any{}
		}
		assert.Equal(t, fmt.Sprint(want), fmt.Sprint(a.Answers), a.Unit)
		assert.Equal(t, r["项目"]+s["项目"], map[bool]string{true: a.Subject + a.Subject, false: a.Subject}[r != nil && s != nil], a.Unit)
	}
	assert.Positive(t, listed)
}
