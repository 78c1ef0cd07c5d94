package xlsx_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/xlsx"
)

// rules has a part of each kind and a question of each type.
const rules = `lang 1
standard sheets "sheets" { version "1"; zone "Asia/Shanghai" }
choice 程度 Degree { 无 none, 不全 partial, 全 full }
record 派工单 Order {
  登记时间 registered_at : time
  金额 amount : number 0..1000 optional
}
record 岗位 Post unlisted { 名称 title : text optional }
item 1 "drawn" {
  every month
  sample 3 派工单
  review "系统" -> 已派 done : bool, 程度 degree : Degree, 条数 lines : int 0..10, 日子 day : date optional, 照片 shot : photo optional, 说明 note : text optional
  fail when not done : "not done"
  observation when degree == none and lines > 3 : "thin"
  observation when amount is present and amount > 500 : "dear"
  observation when day is present and day < 2026-11-10 : "early"
}
item 2 "subject" {
  every month
  ask "几分钟" -> 分钟 minutes : int 0..60, 钟点 at : time optional, 缺 lacks : set of Degree, 几点 oclock : clock, 多久 long : duration optional, 比例 share : number 0..1, 有无 some : bool optional
  fail when minutes != 10 : "wrong"
  fail : "dirty"
  deduct 0.5 per place : "stains"
  observation when at is present and at > 2026-11-05 10:00 : "late"
  observation when full in lacks : "lacks"
  observation when oclock > 18:00 : "evening"
  observation when long is present and long > 10m : "long"
  fail when share < 0.3 : "small"
  observation when some is absent : "none"
}
item 3 "met" {
  every month
  sample 2 Post
  observe "在岗" -> 在岗 manned : bool
  fail when not manned : "empty"
}
item 4 "plain" {
  every month
  sample 3 派工单
  review "=1+1" -> 完整 complete : bool
  fail when not complete : "incomplete"
}
`

// world is a standard with an approved plan of one task and its sheet.
type world struct {
	standard *engine.Standard
	plan     *engine.Plan
	task     string
	records  map[string]map[string]map[string]any
	sheet    *engine.Sheet
	blank    map[checklang.Lang][]byte
}

// rows is a frame held in memory.
type rows []engine.FrameUnit

func (r rows) Frame(_ context.Context, q engine.FrameQuery) (engine.Frame, error) {
	if q.Record != "派工单" {
		return engine.Frame{}, engine.ErrNoFrame
	}
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		for _, u := range r {
			if !yield(u, nil) {
				return
			}
		}
	}}, nil
}

// units are ids that workbooks and spreadsheets are known to spoil.
var units = []string{"001", "=1+1", "1-2", "@SUM(A1)", "+86", "_x0041_ ", "B&<>\"'", "派单 第1张"}

func newWorld(t require.TestingT, inspector string) *world {
	s, list, err := engine.Load(context.Background(), fstest.MapFS{"rules.chk": {Data: []byte(rules)}}, ".", engine.Options{})
	require.NoError(t, err, list)
	w := &world{standard: s, records: map[string]map[string]map[string]any{"派工单": {}}}
	var frame rows
	for _, id := range units {
		frame = append(frame, engine.FrameUnit{ID: id})
	}
	period, err := engine.ParsePeriod("2026-11", s.Zone())
	require.NoError(t, err)
	request := engine.PlanRequest{
		Scope: "tenant", Tier: "region", Period: period, Inspected: []string{"P1"}, Frames: frame, Seed: []byte("0123456789abcdef"),
		Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1", Kind: "project"}}},
	}
	if inspector != "" {
		request.Organisation.People = []engine.Person{{ID: inspector, Subject: "R1"}}
	}
	p, err := s.MakePlan(context.Background(), request)
	require.NoError(t, err)
	w.plan, err = p.Approve(engine.Approval{By: "boss", At: time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC)})
	require.NoError(t, err)
	w.task = w.plan.Tasks[0].ID
	// Of one unit of each sample the host knows something.
	for _, d := range w.plan.Tasks[0].Draws {
		for _, id := range d.Units[:min(1, len(d.Units))] {
			w.records["派工单"][id] = map[string]any{"登记时间": "2026-11-03 09:00", "金额": 700}
		}
	}
	w.sheet, err = s.MakeSheet(w.plan, w.task, w.records)
	require.NoError(t, err)
	w.blank = map[checklang.Lang][]byte{}
	for _, l := range []checklang.Lang{checklang.Chinese, checklang.English} {
		var b bytes.Buffer
		require.NoError(t, xlsx.WriteSheet(&b, w.sheet, xlsx.Options{Lang: l}))
		w.blank[l] = b.Bytes()
	}
	return w
}

// judge judges submissions and leaves out what depends on how they came.
func (w *world) judge(t require.TestingT, submissions []engine.Submission) (verdicts string, result *engine.Result) {
	r, err := w.standard.Judge(context.Background(), w.plan, w.task, engine.Evidence{Records: w.records, Submissions: submissions})
	require.NoError(t, err)
	data, err := json.Marshal(r.Verdicts)
	require.NoError(t, err)
	return string(data), r
}

// form is an empty check sheet opened with another program's eyes.
type form struct {
	*excelize.File
	t     require.TestingT
	pages []formPage
}

type formPage struct {
	name string
	rows [][]string
}

func (w *world) form(t require.TestingT, l checklang.Lang) *form {
	return open(t, w.blank[l])
}

func open(t require.TestingT, data []byte) *form {
	file, err := excelize.OpenReader(bytes.NewReader(data))
	require.NoError(t, err)
	f := &form{File: file, t: t}
	for _, name := range f.GetSheetList() {
		rows, err := f.GetRows(name)
		require.NoError(t, err)
		f.pages = append(f.pages, formPage{name, rows})
	}
	return f
}

// spot is the place of an answer.
type spot struct {
	page        string
	column, row int
}

func (s spot) String() string {
	name, _ := excelize.CoordinatesToCellName(s.column, s.row)
	return name
}

// find looks a cell up by the hidden keys of its row and column; kind is that
// of the worksheet.
func (f *form) find(kind, rowKey, columnKey string, nth int) spot {
	for _, page := range f.pages {
		if len(page.rows) == 0 || len(page.rows[0]) == 0 || page.rows[0][0] != kind {
			continue
		}
		column := slices.Index(page.rows[0], columnKey) + 1
		require.Positive(f.t, column, "%s has no column %s: %v", page.name, columnKey, page.rows[0])
		for i, r := range page.rows {
			if len(r) > 0 && r[0] == rowKey {
				if nth == 0 {
					return spot{page.name, column, i + 1}
				}
				nth--
			}
		}
	}
	require.Fail(f.t, "not on the sheet", "%s %s %s", kind, rowKey, columnKey)
	return spot{}
}

func key(names ...string) string {
	data, _ := json.Marshal(names)
	return strings.ReplaceAll(string(data), "_x", `\u005fx`)
}

// unit is a cell on the row of a unit, subject one on that of a question.
func (f *form) unit(part, unit, column string) spot {
	return f.find("pinjian:units "+key(part, "2026-11"), key(part, "2026-11", unit), column, 0)
}

func (f *form) free(part, column string, nth int) spot {
	return f.find("pinjian:units "+key(part, "2026-11"), key(part, "2026-11", ""), column, nth)
}

func (f *form) subject(part, question, column string) spot {
	return f.find("pinjian:items", key(part, "2026-11", "", question), column, 0)
}

func (f *form) cover(row string) spot { return f.find("pinjian:cover", row, "value", 0) }

// put types into a cell; the cell keeps its format. Excel writes what looks
// like an escape as one; the library here does not.
func (f *form) put(at spot, value any) {
	if text, ok := value.(string); ok {
		value = strings.ReplaceAll(text, "_x0041_", "_x005F_x0041_")
	}
	require.NoError(f.t, f.SetCellValue(at.page, at.String(), value))
}

// raw stores a number as the text of the file.
func (f *form) raw(at spot, number string) {
	require.NoError(f.t, f.SetCellDefault(at.page, at.String(), number))
}

func (f *form) bytes() []byte {
	var b bytes.Buffer
	require.NoError(f.t, f.Write(&b))
	return b.Bytes()
}

func (w *world) read(t require.TestingT, data []byte, earlier ...engine.Submission) ([]engine.Submission, []*engine.InputError) {
	out, bad, err := xlsx.ReadSheet(context.Background(), "sheet.xlsx", bytes.NewReader(data), xlsx.ReadOptions{Plan: w.plan, Earlier: earlier})
	require.NoError(t, err)
	return out, bad
}

// told are refusals in a language.
func told(bad []*engine.InputError, l checklang.Lang) string {
	var out []string
	for _, b := range bad {
		out = append(out, fmt.Sprintf("%s: %s", b.Path, b.Message(l)))
	}
	return strings.Join(out, "\n")
}
