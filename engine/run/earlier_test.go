package run_test

import (
	"encoding/json"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
)

const regionRules = `lang 1
import "std/earlier"
standard region "region" { version "1"; zone "Asia/Shanghai" }
item 1 "Self-checks" { every quarter
  sample all SelfCheck
  fail bad when items_nonconforming > 0 : "the self-check found something"
}
item 2 "Rectification" { every quarter
  sample all FindingRecord
  major overdue when due_at is present and due_at < as_of : "overdue"
  fail standing when rectification_state in [awaiting_answer, reopened] : "not rectified"
}
`

const regionSettings = `{
  "schema": "pinjian/run/1", "standard": "rules", "scope": "demo", "tier": "head", "period": "2026-Q4",
  "now": "2027-01-03T09:00:00+08:00", "seed": "000102030405060708090a0b0c0d0e0f",
  "subjects": [{"id": "P1"}, {"id": "P2"}], "inspected": ["P1", "P2"],
  "frames": [
    {"record": "SelfCheck", "file": "before", "from": "results"},
    {"record": "整改记录", "file": "findings.jsonl", "from": "findings"}
  ]
}`

// earlierRun is a run judged, with its results and findings as files.
func earlierRun(t *testing.T) (results []*engine.Result, files fstest.MapFS, log []engine.FindingEvent) {
	t.Helper()
	ctx := t.Context()
	f, err := run.Open(ctx, folder(), ".", engine.Options{})
	require.NoError(t, err)
	p, err := f.Plan(ctx)
	require.NoError(t, err)
	results, err = f.Judge(ctx, p)
	require.NoError(t, err)
	empty, err := run.ReadFindingLog("log", strings.NewReader(""))
	require.NoError(t, err)
	events, err := f.OpenFindings(ctx, empty, results, "x", f.Configuration.Now)
	require.NoError(t, err)
	require.NotEmpty(t, events)
	again, err := f.OpenFindings(ctx, empty, results, "x", f.Configuration.Now)
	require.NoError(t, err)
	require.Empty(t, again)
	lines, err := run.Lines(events)
	require.NoError(t, err)
	files = fstest.MapFS{
		"run.json": {Data: []byte(regionSettings)}, "rules/a.chk": {Data: []byte(regionRules)}, "findings.jsonl": {Data: lines}, "before/plan.json": {Data: document(t, p)},
	}
	for _, r := range results {
		files["before/result-"+r.Subject+".json"] = &fstest.MapFile{Data: document(t, r)}
	}
	return results, files, events
}

func document(t *testing.T, v any) []byte {
	t.Helper()
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return data
}

// A folder whose frames are the results and findings of an earlier run.
func TestFramesOfEarlierRuns(t *testing.T) {
	t.Parallel()
	_, files, _ := earlierRun(t)
	f, text, _ := outcome(t, files, ".")
	assert.Empty(t, f.Refused)
	assert.Contains(t, text, "the self-check found something")
	assert.Contains(t, text, "not rectified")
	for name, c := range map[string][2]string{
		"from is":               {`"from": "findings"`, `"from": "elsewhere"`},
		"holds units of":        {`"record": "SelfCheck"`, `"record": "FindingRecord"`},
		"nowhere":               {`"file": "findings.jsonl"`, `"file": "nowhere.jsonl"`},
		"holds no result":       {`"file": "before"`, `"file": "rules"`},
		"has no record \"Tap\"": {`"record": "SelfCheck"`, `"record": "Tap"`},
	} {
		changed := fstest.MapFS{}
		for k, v := range files {
			changed[k] = v
		}
		changed["run.json"] = &fstest.MapFile{Data: []byte(strings.Replace(regionSettings, c[0], c[1], 1))}
		_, err := run.Open(t.Context(), changed, ".", engine.Options{})
		require.ErrorContains(t, err, name)
	}
}

// Whatever a file of a log says, it is findings that its own lines give again,
// or a refusal in both languages.
func FuzzFindingLog(f *testing.F) {
	f.Add("")
	f.Add("{}\n")
	f.Add("\n\n")
	f.Add(`{"schema":"pinjian/finding-event/1","id":"a","finding":"b","seq":1,"kind":"opened","by":"x","at":"2026-11-23T10:00:00Z"}` + "\n")
	f.Add("not json\n")
	f.Add(`{"schema":`)
	f.Fuzz(func(t *testing.T, text string) {
		log, err := run.ReadFindingLog("log", strings.NewReader(text))
		if err != nil {
			assert.NotEmpty(t, err.Error())
			return
		}
		assert.Equal(t, int64(len(text)), log.Size)
		for _, s := range log.List(time.Time{}, run.FindingFilter{}).Findings {
			lines, err := run.Lines(s.Finding.Events)
			require.NoError(t, err)
			again, err := run.ReadFindingLog("again", strings.NewReader(string(lines)))
			require.NoError(t, err)
			x, err := again.Find(s.Finding.ID)
			require.NoError(t, err)
			assert.Equal(t, string(document(t, s.Finding)), string(document(t, x)))
		}
	})
}

// A log is refused for half a line and for a place taken twice; shuffled and
// doubled lines are the same findings; ids may be shortened as far as they
// leave no choice.
func TestFindingLog(t *testing.T) {
	t.Parallel()
	_, _, events := earlierRun(t)
	read := func(list []engine.FindingEvent) (*run.FindingLog, error) {
		lines, err := run.Lines(list)
		require.NoError(t, err)
		return run.ReadFindingLog("log", strings.NewReader(string(lines)))
	}
	log, err := read(events)
	require.NoError(t, err)
	now := time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC)
	want := string(document(t, log.List(now, run.FindingFilter{})))
	twice := append(slices.Clone(events), events...)
	slices.Reverse(twice)
	same, err := read(twice)
	require.NoError(t, err)
	assert.Equal(t, want, string(document(t, same.List(now, run.FindingFilter{}))))
	assert.Len(t, log.List(now, run.FindingFilter{States: []string{"open"}}).Findings, len(events))
	assert.Empty(t, log.List(now, run.FindingFilter{States: []string{"closed"}}).Findings)
	assert.Empty(t, log.List(now, run.FindingFilter{Overdue: true}).Findings)

	id := events[0].Finding
	x, err := log.Find(id[:8])
	require.NoError(t, err)
	assert.Equal(t, id, x.ID)
	for _, bad := range []string{"", "zz"} {
		_, err := log.Find(bad)
		var no *engine.Refusal
		require.ErrorAs(t, err, &no)
	}

	lines, err := run.Lines(events)
	require.NoError(t, err)
	for cut := range len(lines) {
		_, err := run.ReadFindingLog("log", strings.NewReader(string(lines[:cut])))
		if whole := cut == 0 || lines[cut-1] == '\n'; whole {
			require.NoError(t, err, "any whole prefix is a log")
		} else {
			require.ErrorContains(t, err, "is cut off")
		}
	}
	rival := events[0]
	rival.By += "'"
	_, err = read(append(slices.Clone(events), rival))
	var conflict *engine.ConflictError
	require.ErrorAs(t, err, &conflict)
	assert.Equal(t, 1, conflict.Seq)
	require.ErrorAs(t, log.Take(rival), &conflict)
	_, err = run.ReadFindingLog("log", strings.NewReader(strings.Repeat("x", 5<<20)+"\n"))
	require.ErrorContains(t, err, "line 1")
}

// Results of two sides are paired by task; of several the last one counts.
func TestDiffResults(t *testing.T) {
	t.Parallel()
	results, files, _ := earlierRun(t)
	read, err := run.ReadResults(files, "before")
	require.NoError(t, err)
	require.Len(t, read, 2)
	d, err := run.DiffResults(results, read, nil)
	require.NoError(t, err)
	assert.False(t, d.Changed())
	d, err = run.DiffResults(results[:1], results[1:], nil)
	require.NoError(t, err)
	assert.True(t, d.Changed())
	assert.Equal(t, []string{results[0].Task}, d.OnlyOld)
	assert.Equal(t, []string{results[1].Task}, d.OnlyNew)
	next := *results[0]
	next.ID, next.Previous = strings.Repeat("a", 64), results[0].ID
	next.Verdicts = next.Verdicts[1:]
	d, err = run.DiffResults(results, []*engine.Result{&next, results[0], results[1]}, nil)
	require.NoError(t, err)
	require.Len(t, d.Differences, 2)
	assert.Len(t, d.Differences[0].Changes, 1)
	next.Previous = ""
	_, err = run.DiffResults(results, []*engine.Result{&next, results[0]}, nil)
	require.ErrorContains(t, err, "neither follows the other")
	for _, l := range []checklang.Lang{checklang.Chinese, checklang.English} {
		var b strings.Builder
		require.NoError(t, run.WriteDiff(&b, l, d))
		assert.NotEmpty(t, b.String())
		require.Error(t, run.WriteDiff(failing{}, l, d))
	}
	for name, c := range map[string]struct{ text, want string }{
		"empty list": {"[]", "holds no result"}, "half": {"[", "no whole JSON"}, "other": {`{"schema":"x"}`, "is no result"}, "newer": {`[{"schema":"pinjian/result/9"}]`, "newer than"},
		"not even": {"7", "no whole JSON"},
	} {
		_, err := run.ReadResults(fstest.MapFS{"r.json": {Data: []byte(c.text)}}, "r.json")
		require.ErrorContains(t, err, c.want, name)
	}
	_, err = run.ReadResults(fstest.MapFS{}, "nowhere.json")
	require.Error(t, err)
}
