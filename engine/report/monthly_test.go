package report_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

const monthlyRules = `语言 1
标准 gates "门岗与报事HOSTILE" {
  版本 "1"
  时区 "Asia/Shanghai"
  日历 "cn"
  受检对象 项目
}
记录 项目 Site { 项目名称 site_name : 文本, 联系电话 phone : 文本 个人信息 }
记录 门岗 Gate { 位置 place : 文本, 班长电话 phone : 文本 个人信息 }
记录 投诉 Complaint { 内容 remark : 文本 }
章节 1 "门岗HOSTILE" {
  频率 每月
  检查项 1.1 "值守" {
    分值 20
    抽样 全部 门岗
    看 "门岗" -> 有人 manned : 是否, 整洁 tidy : 是否
    严重不合格 当 非 有人 : "无人值守HOSTILE"
    不合格 当 非 整洁 且 班长电话 != "1" : "不整洁"
    扣 2 当 非 整洁 : "不整洁扣分"
  }
  检查项 1.2 "公示" {
    看 "公示栏" -> 已更新 updated : 是否
    观察项 当 非 已更新 : "没有更新"
  }
}
章节 2 "投诉" {
  频率 每月
  检查项 2.1 "响应及时率" {
    抽样 10 单 投诉
    电话抽访 "是否及时" -> 及时 timely : 是否
    指标 占比(及时)
    目标 >= 90% : "及时率低于90%"
  }
}
整改 严重不合格 { 纠正措施 期限 3 个工作日
 验证 现场验证 }
整改 不合格 { 纠正 期限 24小时
 记录
 验证 记录验证 }
整改 观察项 { 纠正
 记录 }
`

// estate is three projects in two regions over three months, their results, and the findings as they stand at the end.
type estate struct {
	*engine.Standard
	subjects []engine.Subject
	periods  []engine.Period
	plans    []*engine.Plan
	results  []*engine.Result
	findings map[string]engine.Finding
	asOf     time.Time
}

func newEstate(t require.TestingT, hostile string) *estate {
	ctx := context.Background()
	rules := regexp.MustCompile(`"([^"]*)HOSTILE"`).ReplaceAllStringFunc(monthlyRules, func(text string) string {
		return token.Quote(strings.TrimSuffix(text[1:len(text)-1], "HOSTILE") + hostile)
	})
	s, list, err := engine.Load(ctx, fstest.MapFS{"a/a.chk": {Data: []byte(rules)}}, "a", engine.Options{})
	require.NoError(t, err, list)
	e := &estate{Standard: s, findings: map[string]engine.Finding{}, asOf: time.Date(2026, 11, 30, 18, 0, 0, 0, time.UTC)}
	for id, parent := range map[string]string{"P1": "R1", "P2": "R1", "P3": "R2"} {
		e.subjects = append(e.subjects, engine.Subject{ID: id, Kind: "project", Parent: parent, Fields: map[string]any{"联系电话": "13900000000", "项目名称": map[string]string{"P1": "听涛苑", "P2": "松风里", "P3": "云栖雅居"}[id] + hostile}})
	}
	slices.SortFunc(e.subjects, func(a, b engine.Subject) int { return strings.Compare(a.ID, b.ID) })
	e.subjects = append(e.subjects, engine.Subject{ID: "R1", Kind: "region"}, engine.Subject{ID: "R2", Kind: "region"})
	var complaints []engine.FrameUnit
	for i := range 40 {
		complaints = append(complaints, engine.FrameUnit{ID: fmt.Sprintf("C%02d", i), Values: map[string]any{"内容": "灯坏" + hostile}})
	}
	gates := []engine.FrameUnit{{ID: "东门" + hostile, Values: map[string]any{"位置": "东", "班长电话": "13800000000"}}, {ID: "西门", Values: map[string]any{"位置": "西", "班长电话": "13800000000"}}}
	for month := range 3 {
		period, err := engine.ParsePeriod(fmt.Sprintf("2026-%02d", 9+month), s.Zone())
		require.NoError(t, err)
		e.periods = append(e.periods, period)
		p, err := s.MakePlan(ctx, engine.PlanRequest{
			Scope: "tenant", Tier: "region", Period: period, Inspected: []string{"P1", "P2", "P3"}, Seed: []byte("sixteen bytes or more"),
			Frames: siteFrames{"门岗": gates, "投诉": complaints}, Organisation: engine.Organisation{Subjects: e.subjects, People: []engine.Person{{ID: "u1", Subject: "R1"}, {ID: "u2", Subject: "R2"}}},
		})
		require.NoError(t, err)
		p, err = p.Approve(engine.Approval{By: "boss", At: period.Start})
		require.NoError(t, err)
		e.plans = append(e.plans, p)
		for i, task := range p.Tasks {
			e.inspect(t, p, task, month, i, gates, hostile)
		}
	}
	return e
}

// inspect judges one project in one month; the later the better, and the third project is best.
func (e *estate) inspect(t require.TestingT, p *engine.Plan, task engine.Task, month, project int, gates []engine.FrameUnit, hostile string) {
	var list []engine.Submission
	submit := func(part, unit string, answers map[string]any) {
		list = append(list, engine.Submission{ID: part + unit, Task: task.ID, Part: part, Unit: unit, Answers: answers, By: "u1"})
	}
	for i, g := range gates {
		submit("1/1.1", g.ID, map[string]any{"有人": project > 0 || month > 0 || i > 0, "整洁": project == 2 || month > 1})
	}
	if project != 1 { // at the second project the board is not looked at
		submit("1/1.2", "", map[string]any{"已更新": project == 2})
	}
	for _, d := range task.Draws {
		if d.Parts[0] == "2/2.1" {
			for i, u := range d.Units {
				submit("2/2.1", u, map[string]any{"及时": i >= 3-month-project})
			}
		}
	}
	records := map[string]map[string]map[string]any{"门岗": {}}
	for _, g := range gates {
		records["门岗"][g.ID] = g.Values
	}
	r, err := e.Judge(context.Background(), p, task.ID, engine.Evidence{Records: records, Submissions: list})
	require.NoError(t, err)
	require.Empty(t, r.Refused)
	e.results = append(e.results, r)
	opened, err := e.OpenFindings(engine.FindingRequest{
		Scope: "tenant", Result: r, Period: p.Period.Name, By: "u1", At: p.Period.End.Add(-72 * time.Hour), Known: maps.Clone(e.findings),
		Attribute: func(v engine.Verdict) []engine.Party {
			if v.Unit == "" {
				return nil
			}
			return []engine.Party{{Kind: "department", ID: "秩序部" + hostile}, {Kind: "person", ID: "li"}, {Kind: "supplier", ID: "安卫" + hostile}, {Kind: "社区", ID: "居委会"}}
		},
	})
	require.NoError(t, err)
	for _, event := range opened {
		e.take(t, event)
		if f := e.findings[event.Finding]; month == 0 && f.Label != "没有更新" && project == 0 {
			e.step(t, f.ID, "propose", 1, map[string]string{"improvement": "排定替班表" + hostile, "owner": "li"})
			e.step(t, f.ID, "answer", 2, map[string]string{"correction": "补岗", "cause": "没有替班", "record": "交接本"})
			if f.Grade == engine.Major {
				e.step(t, f.ID, "verify", 26, map[string]string{"result": "effective", "method": "on site"})
				e.step(t, f.ID, "close", 27, nil)
			}
		}
	}
}

func (e *estate) take(t require.TestingT, event engine.FindingEvent) {
	f, err := engine.Fold(slices.Values(append(slices.Clone(e.findings[event.Finding].Events), event)))
	require.NoError(t, err)
	e.findings[f.ID] = f
}

func (e *estate) step(t require.TestingT, id, kind string, hours int, fields map[string]string) {
	f := e.findings[id]
	event, err := e.Step(f, engine.Command{ID: id + kind, Kind: kind, By: map[string]string{"verify": "zhao"}[kind] + "wang", At: f.Opened.Add(time.Duration(hours) * time.Hour), Version: f.Version, Fields: fields})
	require.NoError(t, err)
	e.take(t, event)
}

func (e *estate) list() []engine.Finding {
	var out []engine.Finding
	for _, id := range slices.Sorted(maps.Keys(e.findings)) {
		out = append(out, e.findings[id])
	}
	return out
}

func (e *estate) summary(t require.TestingT) *engine.Summary {
	s, err := engine.NewSummary(engine.SummaryOptions{By: []string{"subject", "section", "item", "month"}, AsOf: e.asOf, Standard: e.Standard, Remember: true})
	require.NoError(t, err)
	for _, p := range e.plans {
		require.NoError(t, s.AddPlan(p))
	}
	for _, r := range e.results {
		require.NoError(t, s.Add(r))
	}
	for _, f := range e.list() {
		require.NoError(t, s.AddFinding(f))
	}
	return s
}

func (e *estate) options(lang token.Lang, hostile string) report.Options {
	return report.Options{Lang: lang, Organisation: "华东区域公司" + hostile, Addressee: "公司物业管理中心" + hostile, Number: "YB-11", Date: engine.Date{Year: 2026, Month: 12, Day: 1}, Names: map[string]string{"li": "李主管" + hostile}}
}

func (e *estate) monthly(t require.TestingT, lang token.Lang, hostile string) *report.MonthlyDocument {
	d, err := report.Monthly(e.Standard, report.MonthlyRequest{
		Summary: e.summary(t), Findings: e.list(), Period: e.periods[2], Tier: "region", Subjects: e.subjects, FiledBy: "区域品质部" + hostile, FiledAt: e.asOf,
	}, e.options(lang, hostile))
	require.NoError(t, err)
	return d
}

func (e *estate) appraisal(t require.TestingT, lang token.Lang, hostile string) *report.AppraisalDocument {
	d, err := report.Appraisal(e.Standard, report.AppraisalRequest{Findings: e.list(), Results: e.results, Period: e.periods[0], Tier: "region", AsOf: e.asOf, Subjects: e.subjects}, e.options(lang, hostile))
	require.NoError(t, err)
	return d
}

func (e *estate) pages(t require.TestingT, lang token.Lang, hostile string) map[string]string {
	out := map[string]string{}
	var b bytes.Buffer
	require.NoError(t, e.monthly(t, lang, hostile).WriteHTML(&b))
	out["monthly"] = b.String()
	b.Reset()
	require.NoError(t, e.appraisal(t, lang, hostile).WriteHTML(&b))
	out["appraisal"] = b.String()
	return out
}

func (e *estate) texts(t require.TestingT, lang token.Lang) map[string]string {
	out := map[string]string{}
	var b bytes.Buffer
	require.NoError(t, e.monthly(t, lang, "").WriteText(&b))
	out["monthly"] = b.String()
	b.Reset()
	require.NoError(t, e.appraisal(t, lang, "").WriteText(&b))
	out["appraisal"] = b.String()
	return out
}

func (e *estate) records() engine.SummaryRecords {
	return engine.SummaryRecords{Plans: seq(e.plans), Results: seq(e.results), Findings: seq(e.list())}
}

func seq[T any](list []T) func(func(T, error) bool) {
	return func(yield func(T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// TestServiceReportGolden compares pages, texts and JSON with what was read and found right.
func TestServiceReportGolden(t *testing.T) {
	t.Parallel()
	e := newEstate(t, "")
	for _, lang := range []token.Lang{token.Chinese, token.English} {
		for name, page := range e.pages(t, lang, "") {
			_, body, _ := strings.Cut(page, "</style>")
			golden(t, name+"."+string(lang)+".html", body)
		}
		for name, text := range e.texts(t, lang) {
			golden(t, name+"."+string(lang)+".txt", text)
		}
		for name, d := range map[string]any{"monthly": e.monthly(t, lang, ""), "appraisal": e.appraisal(t, lang, "")} {
			data, err := json.MarshalIndent(d, "", "  ")
			require.NoError(t, err)
			require.NoError(t, schematest.Check("", data), name)
			assert.NotContains(t, string(data), "13800000000")
			assert.NotContains(t, string(data), "13900000000")
			again, err := json.Marshal(map[string]any{"monthly": newEstate(t, "").monthly(t, lang, ""), "appraisal": newEstate(t, "").appraisal(t, lang, "")}[name])
			require.NoError(t, err)
			assert.JSONEq(t, string(data), string(again))
		}
	}
}

// TestEveryFigureIsTraced: each figure of the JSON counts as many things as its key yields.
func TestEveryFigureIsTraced(t *testing.T) {
	t.Parallel()
	e := newEstate(t, "")
	sum := e.summary(t)
	traced := 0
	var walk func(any)
	walk = func(at any) {
		switch at := at.(type) {
		case []any:
			for _, x := range at {
				walk(x)
			}
		case map[string]any:
			key, _ := at["key"].(string)
			value, isFigure := at["value"].(string)
			for _, x := range at {
				walk(x)
			}
			if !isFigure || !strings.Contains(key, ".") {
				return
			}
			n := 0
			for _, err := range sum.Trace(key, e.records()) {
				require.NoError(t, err)
				n++
			}
			assert.Equal(t, value, fmt.Sprint(n), key)
			traced++
		}
	}
	for _, d := range []any{e.monthly(t, token.Chinese, ""), e.appraisal(t, token.Chinese, "")} {
		data, err := json.Marshal(d)
		require.NoError(t, err)
		var all any
		require.NoError(t, json.Unmarshal(data, &all))
		walk(all)
	}
	assert.Greater(t, traced, 300)
	for _, page := range e.pages(t, token.English, "") {
		assert.Greater(t, strings.Count(page, "data-figure="), 20, "figures on the page carry their keys")
	}
}

// TestServiceReportTells: what the report says of a world that is known.
func TestServiceReportTells(t *testing.T) {
	t.Parallel()
	e := newEstate(t, "")
	d := e.monthly(t, token.English, "")
	figure := func(r report.FigureRow, name string) string { return r.Figures[name].Value.String() }
	assert.Equal(t, "9", figure(d.Total, "item.all"))
	assert.Equal(t, "1", figure(d.Total, "item.not_inspected"), "the board of the second project")
	assert.Equal(t, "3", figure(d.Total, "task.planned"))
	var periods []string
	for _, r := range d.Trend {
		periods = append(periods, r.Key)
	}
	assert.Equal(t, []string{"2026-09", "2026-10", "2026-11"}, periods)
	assert.Equal(t, "1", figure(d.Trend[0], "item.major"))

	// The indicator: of each project one sample with its bound; of all together a sum without one.
	require.Len(t, d.Indicators, 4)
	for _, m := range d.Indicators {
		assert.Equal(t, m.Subject == "", m.Pool.Bound == nil)
		assert.NotNil(t, m.Pool.Value)
	}
	for _, m := range d.Indicators {
		if m.Subject == "P1" {
			assert.Equal(t, "9/10", m.Pool.Value.Rat().RatString(), "only one of ten was late")
		}
		if m.Subject == "" {
			assert.Equal(t, "29/30", m.Pool.Value.Rat().RatString())
		}
	}

	// Regions, and projects, only over what all have: not the board.
	require.Len(t, d.Comparisons, 2)
	regions, projects := d.Comparisons[0], d.Comparisons[1]
	assert.Equal(t, "parent", regions.Kind)
	assert.Equal(t, []string{"1/1.1", "1/1.2", "2/2.1"}, regions.Items, "in each region the board was seen somewhere")
	assert.Equal(t, []string{"1/1.1", "2/2.1"}, projects.Items)
	assert.Equal(t, []report.FigureLeftover{{Item: "1/1.2", Judged: []string{"P1", "P3"}}}, projects.Other)
	for _, r := range projects.Rows {
		assert.Equal(t, "2", figure(r, "item.decided"))
	}

	// The first project's board is not updated three months in a row.
	require.Len(t, d.Repeats, 1)
	assert.Equal(t, "没有更新", d.Repeats[0].Label)
	assert.Len(t, d.Repeats[0].Repeats, 2)
	closed, due := 0, 0
	for _, f := range e.findings {
		if f.State == "closed" || f.State == "verified" {
			closed++
			due++
		} else if f.Due.IsZero() || f.Due.Before(e.asOf) {
			due++
		}
	}
	assert.Equal(t, fmt.Sprint(closed), figure(d.Rectified, "finding.rectified"))
	assert.Equal(t, fmt.Sprint(due), figure(d.Rectified, "finding.due"))
	assert.NotZero(t, closed)
	assert.NotEmpty(t, d.Proposals)

	// Four kinds of parties, each finding of a gate under all of them; the others are listed as nobody's.
	a := e.appraisal(t, token.English, "")
	require.Len(t, a.Lists, 4)
	assert.Equal(t, "社区", a.Lists[3].Kind)
	for _, list := range a.Lists {
		require.Len(t, list.Parties, 1)
		assert.NotEmpty(t, list.Unnamed)
		assert.Equal(t, fmt.Sprint(len(list.Parties[0].Findings)), figure(list.Parties[0].Row, "finding.standing"))
		require.NotNil(t, list.Parties[0].Points)
		assert.Equal(t, "8", list.Parties[0].Points.String(), "four untidy gates, two points each, each place once")
	}
}

// TestServiceReportOffline wants one file each that fetches and runs nothing.
func TestServiceReportOffline(t *testing.T) {
	t.Parallel()
	e := newEstate(t, "")
	for _, lang := range []token.Lang{token.Chinese, token.English} {
		for name, page := range e.pages(t, lang, "") {
			balanced(t, page)
			assert.NotRegexp(t, `(?i)<(script|link|iframe|object|form|foreignobject)|url\(|@import|https?:|\son[a-z]+=|javascript:`, page, name)
			assert.Contains(t, page, "default-src 'none'", name)
		}
	}
	assert.Contains(t, e.pages(t, token.Chinese, "")["monthly"], "<svg class=\"chart\" role=\"img\"")
}

// TestServiceReportTextsStayTexts: whatever stands in names, labels and ids, the pages have the elements that they have with
// harmless words, and read as it was written.
func TestServiceReportTextsStayTexts(t *testing.T) {
	t.Parallel()
	harmless := newEstate(t, "x").pages(t, token.Chinese, "x")
	pieces := []string{
		"<script>alert(1)</script>", "</td></tr></table>", "</svg>", "</title>", `"`, "'", "`", "&lt;", "&", "=1+1", "@SUM(A1)", "-1", "|", "<!--", "]]>", "{{.}}",
		`" onerror="alert(1)`, "</style><style>*{display:none}", "javascript:alert(1)", "%3Cscript%3E", "%", ",", "item=1", "汉", "𠮷", "　",
	}
	for _, piece := range append(pieces, strings.Join(pieces, "")) {
		text := "x" + piece
		e := newEstate(t, text)
		for name, page := range e.pages(t, token.Chinese, text) {
			balanced(t, page)
			assert.True(t, slices.Equal(elements(harmless[name]), elements(page)), "%s with %q", name, piece)
			_, body, _ := strings.Cut(page, "</style>")
			assert.Contains(t, unescapeHTML(tags.ReplaceAllString(body, "\n")), "公司物业管理中心"+text, name)
		}
		sum := e.summary(t)
		for _, p := range e.appraisal(t, token.Chinese, text).Lists[0].Parties { // keys survive any name
			n := 0
			for _, err := range sum.Trace(p.Row.Figures["finding.standing"].Key, e.records()) {
				require.NoError(t, err)
				n++
			}
			assert.Len(t, p.Findings, n)
		}
	}
}

// elements is a skeleton without what says how long a row is.
func elements(page string) []string {
	out := skeleton(page)
	for i := range out {
		out[i] = strings.Replace(out[i], "<tbody class>", "<tbody>", 1)
	}
	return out
}

func TestServiceReportRefusals(t *testing.T) {
	t.Parallel()
	e := newEstate(t, "")
	few, err := engine.NewSummary(engine.SummaryOptions{By: []string{"subject", "month"}})
	require.NoError(t, err)
	for name, r := range map[string]report.MonthlyRequest{
		"no summary": {Period: e.periods[0]}, "no period": {Summary: e.summary(t)}, "no dimensions": {Summary: few, Period: e.periods[0]},
	} {
		_, err := report.Monthly(e.Standard, r, report.Options{})
		var said *engine.Refusal
		if assert.ErrorAs(t, err, &said, name) {
			assert.NotEmpty(t, said.Words.ZH)
		}
	}
	_, err = report.Monthly(nil, report.MonthlyRequest{}, report.Options{})
	require.Error(t, err)
	_, err = report.Appraisal(e.Standard, report.AppraisalRequest{}, report.Options{Lang: "fr"})
	require.Error(t, err)
	var b bytes.Buffer
	require.Error(t, new(report.MonthlyDocument).WriteHTML(&b))
	require.Error(t, new(report.AppraisalDocument).WriteHTML(&b))
	// An empty month is a report too.
	empty, err := engine.NewSummary(engine.SummaryOptions{By: []string{"subject", "section", "item", "month"}})
	require.NoError(t, err)
	d, err := report.Monthly(e.Standard, report.MonthlyRequest{Summary: empty, Period: e.periods[0]}, report.Options{})
	require.NoError(t, err)
	require.NoError(t, d.WriteHTML(&b))
	require.NoError(t, d.WriteText(&b))
	data, err := json.Marshal(d)
	require.NoError(t, err)
	require.NoError(t, schematest.Check("", data))
}
