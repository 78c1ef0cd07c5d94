package run_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

const rules = `语言 1

标准 orders "派工检查" {
  版本 "1"
  时区 "Asia/Shanghai"
}

记录 派工单 Order {
  登记时间 registered_at : 时间
  派单时间 dispatched_at : 时间 可空
  预约时间 appointed_at : 时间 可空
}

检查项 4.1 "及时派单" {
  频率 每月
  抽样 2 单 派工单 其中 预约时间 为空
  查 "系统"
  不合格 当 派单时间 为空 或 派单时间 - 登记时间 > 10分钟 : "未及时派单"
}

检查项 4.2 "派单时限" {
  频率 每月
  问 "登记后几分钟内派单" -> 所答分钟数 stated_minutes : 整数 0..
  观察项 当 所答分钟数 != 10 : "不清楚时限"
}
`

const settings = `{
  "schema": "pinjian/run/1", "standard": "rules", "scope": "demo", "tier": "region", "period": "2026-10",
  "now": "2026-11-03T09:00:00+08:00", "seed": "000102030405060708090a0b0c0d0e0f",
  "subjects": [{"id": "R1", "kind": "region"}, {"id": "P1", "kind": "project", "parent": "R1", "zone": "Asia/Shanghai"}, {"id": "P2", "kind": "project"}],
  "people": [{"id": "Li", "subject": "R1"}], "inspected": ["P1", "P2"],
  "frames": [{"record": "Order", "file": "orders.csv", "id": "编号", "subject": "项目"}],
  "submissions": ["answers.jsonl"]
}`

const orders = `编号,项目,登记时间,派单时间,预约时间
A1,P1,2026-10-02 09:00,2026-10-02 09:30,
A2,P1,2026-10-03 09:00,2026-10-03 09:05,
B1,P2,2026-10-02 09:00,2026-10-02 09:05,
B2,P2,2026-10-03 09:00,2026-10-03 09:10,
`

const answers = `{"id":"S1","task":"region/2026-10/P1","part":"4.2","answers":{"stated_minutes":20},"by":"Li"}
{"id":"S2","task":"region/2026-10/P2","part":"4.2","answers":{"所答分钟数":10},"by":"Li"}
`

// folder is a small run, with files replaced by name; an empty text removes one.
func folder(changes ...string) fstest.MapFS {
	out := fstest.MapFS{}
	files := append([]string{"rules/rules.chk", rules, "run.json", settings, "orders.csv", orders, "answers.jsonl", answers}, changes...)
	for i := 0; i < len(files); i += 2 {
		if delete(out, files[i]); files[i+1] != "" {
			out[files[i]] = &fstest.MapFile{Data: []byte(files[i+1])}
		}
	}
	return out
}

// TestFramesOfJSONLines: the same rows as CSV and as JSON lines draw and judge the same.
func TestFramesOfJSONLines(t *testing.T) {
	t.Parallel()
	var lines strings.Builder
	head := strings.Split(strings.SplitN(orders, "\n", 2)[0], ",")
	for row := range strings.Lines(strings.SplitN(orders, "\n", 2)[1]) {
		object := map[string]any{}
		for i, cell := range strings.Split(strings.TrimSuffix(row, "\n"), ",") {
			if cell != "" {
				object[head[i]] = cell
			}
		}
		if _, given := object["预约时间"]; !given {
			object["预约时间"] = nil
		}
		data, err := json.Marshal(object)
		require.NoError(t, err)
		lines.Write(append(data, '\n'))
	}
	named := strings.Replace(settings, `"orders.csv"`, `"orders.jsonl"`, 1)
	_, want, wantDocuments := outcome(t, folder(), ".")
	_, text, documents := outcome(t, folder("orders.csv", "", "orders.jsonl", lines.String(), "run.json", named), ".")
	plain := func(s string) string { return strings.ReplaceAll(s, "orders.jsonl", "orders.csv") }
	assert.Equal(t, want, plain(text))
	assert.JSONEq(t, "["+strings.ReplaceAll(strings.TrimSpace(wantDocuments), "\n", ",")+"]", plain("["+strings.ReplaceAll(strings.TrimSpace(documents), "\n", ",")+"]"))

	f, err := run.Open(t.Context(), folder("orders.csv", "", "orders.jsonl", lines.String()+"{\n", "run.json", named), ".", engine.Options{})
	require.NoError(t, err)
	require.Len(t, f.Refused, 1)
	assert.Equal(t, "orders.jsonl:5", fmt.Sprintf("%s:%d", f.Refused[0].Source, f.Refused[0].Line))
}

// outcome is everything that a run writes, each document checked against its schema.
func outcome(t require.TestingT, fsys fs.FS, dir string) (f *run.Folder, text string, documents string) {
	ctx := context.Background()
	f, err := run.Open(ctx, fsys, dir, engine.Options{})
	require.NoError(t, err)
	p, err := f.Plan(ctx)
	require.NoError(t, err)
	var all bytes.Buffer
	check := func(schema string, document any) {
		data, err := json.Marshal(document)
		require.NoError(t, err)
		require.NoError(t, schematest.Check(schema, data))
		all.Write(append(data, '\n'))
	}
	check(engine.PlanSchema, p)
	for _, task := range p.Tasks {
		for _, d := range task.Draws {
			if d.Sample != nil {
				check("pinjian/draw/1", d.Sample)
			}
		}
	}
	sheets, err := f.Sheets(ctx, p)
	require.NoError(t, err)
	require.Len(t, sheets, len(p.Tasks))
	var b bytes.Buffer
	for _, s := range sheets {
		check(engine.SheetSchema, s)
		require.NoError(t, f.WriteSheet(&b, checklang.Chinese, s))
		require.NoError(t, f.WriteSheet(&b, checklang.English, s))
	}
	results, err := f.Judge(ctx, p)
	require.NoError(t, err)
	for _, r := range results {
		check(engine.ResultSchema, r)
	}
	check("pinjian/run-output/1", map[string]any{"schema": "pinjian/run-output/1", "plan": p, "results": results, "refused": f.Refused})
	v, err := f.Verify(ctx, p)
	require.NoError(t, err)
	check(engine.VerificationSchema, v)
	require.True(t, v.Repeatable, "%v", v.Differences)
	for _, l := range []checklang.Lang{checklang.Chinese, checklang.English} {
		require.NoError(t, f.WritePlan(&b, l, p))
		require.NoError(t, f.WriteResults(&b, l, p, results))
	}
	return f, b.String(), all.String()
}

// TestDocumentsOfTheExample checks everything that the monthly example reads and writes, of every task, against the schemas.
func TestDocumentsOfTheExample(t *testing.T) {
	t.Parallel()
	_, text, _ := outcome(t, os.DirFS("../../examples"), "monthly")
	assert.NotEmpty(t, text)
	settings, err := os.ReadFile("../../examples/monthly/run.json")
	require.NoError(t, err)
	assert.NoError(t, schematest.Check(run.Schema, settings))
	lines, err := os.ReadFile("../../examples/monthly/submissions.jsonl")
	require.NoError(t, err)
	for line := range bytes.Lines(lines) {
		require.NoError(t, schematest.Check(engine.SubmissionSchema, line), "%s", line)
	}
}

// TestSchemasAreTight adds a member to every object of a run's output in turn, and takes a required one away: the schema
// refuses each, apart from the places where hosts put names of their own.
func TestSchemasAreTight(t *testing.T) {
	t.Parallel()
	_, _, documents := outcome(t, folder(), ".")
	free := map[string]bool{"fields": true, "populations": true, "values": true}
	tried := 0
	for line := range strings.Lines(documents) {
		var document map[string]any
		require.NoError(t, json.Unmarshal([]byte(line), &document))
		refused := func(what string) {
			data, err := json.Marshal(document)
			require.NoError(t, err)
			require.Error(t, schematest.Check("", data), what)
			tried++
		}
		var walk func(at any, name string)
		walk = func(at any, name string) {
			switch at := at.(type) {
			case map[string]any:
				if free[name] {
					return
				}
				at["of_nobody"] = 1
				refused(name + " takes any member")
				delete(at, "of_nobody")
				for key, v := range at {
					walk(v, key)
				}
			case []any:
				if len(at) > 0 {
					walk(at[0], name)
				}
			}
		}
		walk(document, "")
		schema := document["schema"]
		document["schema"] = strings.Replace(schema.(string), "/1", "/2", 1)
		refused("another schema")
		delete(document, "schema")
		refused("no schema")
	}
	assert.Greater(t, tried, 70)
}

// TestRowsInAnyOrder gives the same bytes; so do submissions.
func TestRowsInAnyOrder(t *testing.T) {
	t.Parallel()
	lines := strings.SplitAfter(strings.TrimSuffix(orders, "\n"), "\n")
	lines[len(lines)-1] += "\n"
	_, text, documents := outcome(t, folder(), ".")
	for _, order := range [][]int{{0, 4, 3, 2, 1}, {0, 2, 1, 4, 3}, {0, 3, 1, 4, 2}} {
		var b strings.Builder
		for _, i := range order {
			b.WriteString(lines[i])
		}
		said := strings.SplitAfter(answers, "\n")
		_, text2, documents2 := outcome(t, folder("orders.csv", b.String(), "answers.jsonl", said[1]+said[0]), ".")
		assert.Equal(t, text, text2)
		assert.Equal(t, documents, documents2)
	}
}

// TestBadFilesAreNamed: what is wrong with single lines is told with file and line, and the rest is judged.
func TestBadFilesAreNamed(t *testing.T) {
	t.Parallel()
	f, text, _ := outcome(t, folder(
		"orders.csv", orders+"A3,P1\nA4,P1,2026-10-04 09:00,,someday\nA1,P1,2026-10-02 09:00,2026-10-02 09:30,\n",
		"answers.jsonl", answers+"{broken\n"+`{"id":"S4","task":"region/2026-10/P9","part":"4.2","answers":{"stated_minutes":1}}`+"\n"), ".")
	var told []string
	for _, x := range f.Refused {
		told = append(told, x.Error())
	}
	assert.Equal(t, []string{
		`orders.csv:6: "the line" takes 5 cells, this is 2 cells`,
		"answers.jsonl:3: the line is no JSON object: it stops being JSON near byte 1",
		`answers.jsonl:4: S4.task: the plan has no task "region/2026-10/P9"`,
	}, told)
	assert.Contains(t, text, "orders.csv \"A4\" 没有写明抽样条件要读的 预约时间")
	assert.Contains(t, text, "orders.csv \"A1\" has several rows with the same contents; they count as one unit")
	p, err := f.Plan(t.Context())
	require.NoError(t, err)
	for range 2 {
		_, err = f.Judge(t.Context(), p)
		require.NoError(t, err)
		assert.Len(t, f.Refused, 3, "judging twice tells nothing twice")
	}
}

// TestRecordValuesCarryTheirLine: a bad cell of a drawn row is refused with file and line.
func TestRecordValuesCarryTheirLine(t *testing.T) {
	t.Parallel()
	ctx := t.Context()
	f, err := run.Open(ctx, folder("orders.csv", strings.Replace(orders, "2026-10-02 09:30", "soon", 1)), ".", engine.Options{})
	require.NoError(t, err)
	p, err := f.Plan(ctx)
	require.NoError(t, err)
	results, err := f.Judge(ctx, p)
	require.NoError(t, err)
	require.Len(t, results[0].Refused, 1)
	assert.Equal(t, `orders.csv:2: 派工单.A1.派单时间: "派单时间" takes a time, this is "soon"`, results[0].Refused[0].Error())
}

// TestFoldersThatCantBeRun are refused with what is wrong with them.
func TestFoldersThatCantBeRun(t *testing.T) {
	t.Parallel()
	with := func(old, replacement string) []string {
		return []string{"run.json", strings.Replace(settings, old, replacement, 1)}
	}
	for name, c := range map[string]struct {
		changes []string
		want    string
	}{
		"no run.json":    {[]string{"run.json", ""}, "run.json"},
		"broken":         {[]string{"run.json", "{"}, "run.json"},
		"a list":         {[]string{"run.json", "[]"}, "run.json"},
		"later":          {with("run/1", "run/2"), "newer"},
		"other document": {with("run/1", "plan/1"), "is not pinjian/run/1"},
		"no time":        {with(`"now": "2026-11-03T09:00:00+08:00",`, ""), "now"},
		"no period":      {with("2026-10", "October"), "period"},
		"short seed":     {with("000102030405060708090a0b0c0d0e0f", "0001"), "seed"},
		"odd seed":       {with("000102030405060708090a0b0c0d0e0f", strings.Repeat("x", 32)), "seed"},
		"no zone":        {with("Asia/Shanghai", "Asia/Nowhere"), "Asia/Nowhere"},
		"no standard":    {with(`"rules"`, `"nowhere"`), "nowhere"},
		"out of the way": {with(`"rules"`, `"../../rules"`), "rules"},
		"no record":      {with(`"Order"`, `"Lift"`), "Lift"},
		"no frame":       {[]string{"orders.csv", ""}, "orders.csv"},
		"no answers":     {[]string{"answers.jsonl", ""}, "answers.jsonl"},
		"no column":      {with(`"编号"`, `"单号"`), "单号"},
		"parameter":      {with(`"people"`, `"parameters": {"limit": 3}, "people"`), "limit"},
		"unclosed quote": {[]string{"orders.csv", orders + "A9,\"P1\nA8,P1,,,\nA7,P1,,,\n"}, "line 6"},
		"broken rules":   {[]string{"rules/rules.chk", "lang 1\nitme 1 \"x\" { }\n"}, "itme"},
	} {
		f, err := run.Open(t.Context(), folder(c.changes...), ".", engine.Options{})
		require.Error(t, err, name)
		assert.Nil(t, f, name)
		assert.Contains(t, err.Error(), c.want, name)
	}
}

// TestInterrupted: a cancelled call gives the context's error and nothing else.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	f, err := run.Open(ctx, folder(), ".", engine.Options{})
	require.NoError(t, err)
	p, err := f.Plan(ctx)
	require.NoError(t, err)
	cancel()
	_, err = run.Open(ctx, folder(), ".", engine.Options{})
	assert.ErrorIs(t, err, context.Canceled)
	again, err := f.Plan(ctx)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, again)
	sheets, err := f.Sheets(ctx, p)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, sheets)
	results, err := f.Judge(ctx, p)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, results)
	v, err := f.Verify(ctx, p)
	assert.ErrorIs(t, err, context.Canceled)
	assert.Nil(t, v)
}

// failing refuses to be written to.
type failing struct{}

func (failing) Write([]byte) (int, error) { return 0, fs.ErrClosed }

// TestWritingFails: the error of the writer comes back.
func TestWritingFails(t *testing.T) {
	t.Parallel()
	f, err := run.Open(t.Context(), folder(), ".", engine.Options{})
	require.NoError(t, err)
	p, err := f.Plan(t.Context())
	require.NoError(t, err)
	results, err := f.Judge(t.Context(), p)
	require.NoError(t, err)
	sheets, err := f.Sheets(t.Context(), p)
	require.NoError(t, err)
	assert.ErrorIs(t, f.WritePlan(failing{}, checklang.English, p), fs.ErrClosed)
	assert.ErrorIs(t, f.WriteResults(failing{}, checklang.English, p, results), fs.ErrClosed)
	assert.ErrorIs(t, f.WriteSheet(failing{}, checklang.English, sheets[0]), fs.ErrClosed)
}
