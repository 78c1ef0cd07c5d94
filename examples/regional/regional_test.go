package regional_test

import (
	"archive/zip"
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math/big"
	"os"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/run/documents"
	"github.com/pinjian/pinjian/engine/schema/schematest"
	"github.com/pinjian/pinjian/engine/xlsx"
	"github.com/pinjian/pinjian/examples/regional/internal/world"
)

// committed reads the example into memory.
func committed(t *testing.T) fstest.MapFS {
	t.Helper()
	out := fstest.MapFS{}
	require.NoError(t, fs.WalkDir(os.DirFS("."), ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			if name == "out" {
				return fs.SkipDir
			}
			return err
		}
		data, err := os.ReadFile(name)
		out["regional/"+name] = &fstest.MapFile{Data: data}
		return err
	}))
	return out
}

// carryOut runs the folder and the one after it, as chk run does, and gives the documents by their paths.
func carryOut(t *testing.T, fsys fs.FS) map[string][]byte {
	t.Helper()
	out := map[string][]byte{}
	for dir, below := range map[string]string{"regional": "", "regional/scorecard": "scorecard"} {
		f, err := run.Open(t.Context(), fsys, dir, engine.Options{})
		require.NoError(t, err)
		f.ReadSheet = func(ctx context.Context, name string, r io.Reader, p *engine.Plan, earlier []engine.Submission, files fs.FS) ([]engine.Submission, []*engine.InputError, error) {
			return xlsx.ReadSheet(ctx, name, r, xlsx.ReadOptions{Plan: p, Earlier: earlier, Files: files})
		}
		p, err := f.Plan(t.Context())
		require.NoError(t, err)
		results, err := f.Judge(t.Context(), p)
		require.NoError(t, err)
		require.Empty(t, f.Refused, "where the plan is another one, run: go run ./examples/regional/generate")
		require.NoError(t, documents.Write(t.Context(), f, p, results, func(name string, data []byte) error {
			name = path.Join(below, name)
			require.NotContains(t, out, name)
			out[name] = data
			return nil
		}))
	}
	return out
}

func read[T any](t *testing.T, data []byte) T {
	t.Helper()
	var out T
	require.NoError(t, json.Unmarshal(data, &out))
	return out
}

// known is the truth of the committed example, with the units that a plan drew.
func known(t *testing.T, out map[string][]byte) *truth {
	t.Helper()
	file := func(name string) []byte {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		return data
	}
	planted := read[struct{ Planted []planting }](t, file("planted.json")).Planted
	require.Greater(t, len(planted), 40)
	var earlier []finding
	for _, e := range lines[struct {
		Grade  string
		Fields map[string]string
	}](t, file("findings.jsonl")) {
		earlier = append(earlier, finding{
			subject: e.Fields["subject"], part: e.Fields["part"], unit: e.Fields["unit"], period: e.Fields["period"], label: e.Fields["label"], grade: e.Grade, state: "open",
		})
	}
	return work(t, planted, read[drawn](t, out["plan.json"]), earlier, lines[step](t, file("steps.jsonl")))
}

type row struct {
	Key     string
	Figures map[string]struct {
		Value string
	}
}

// agree compares the figures of a row; what the truth doesn't count is 0.
func agree(t *testing.T, what string, want map[string]int64, got row) {
	t.Helper()
	for name, figure := range got.Figures {
		assert.Equal(t, fmt.Sprint(want[name]), figure.Value, "%s %s %s", what, got.Key, name)
	}
}

// TestEverythingIsWhatWasPlanted compares verdicts, findings and every figure of the service report with what was planted.
func TestEverythingIsWhatWasPlanted(t *testing.T) {
	t.Parallel()
	out := carryOut(t, committed(t))
	w := known(t, out)
	t.Run("verdicts", func(t *testing.T) { verdicts(t, w, out) })
	t.Run("findings", func(t *testing.T) { findings(t, w, out) })
	t.Run("report", func(t *testing.T) { report(t, w, out) })
	t.Run("scores", func(t *testing.T) { scores(t, w, out) })
	t.Run("texts", func(t *testing.T) { texts(t, out) })
	t.Run("schemas", func(t *testing.T) { schemas(t, out) })
}

func verdicts(t *testing.T, w *truth, out map[string][]byte) {
	var want, got []judged
	for _, p := range w.projects {
		result := read[struct {
			Verdicts []struct{ Level, Subject, Item, Period, State, Worst string }
			Refused  []any
		}](t, out["results/"+p+".json"])
		assert.Empty(t, result.Refused)
		for _, v := range result.Verdicts {
			outcome := v.State
			if v.State == "decided" {
				outcome = v.Worst
			}
			if v.Level == "item" {
				got = append(got, judged{v.Subject, v.Item, v.Period, outcome})
			}
		}
	}
	want = append(want, w.items...)
	order := func(a, b judged) int {
		return cmp.Or(cmp.Compare(a.subject, b.subject), cmp.Compare(a.item, b.item), cmp.Compare(a.period, b.period))
	}
	slices.SortFunc(want, order)
	slices.SortFunc(got, order)
	assert.Equal(t, want, got)
	seen := map[string]int{}
	for _, i := range got {
		seen[i.outcome]++
	}
	for _, outcome := range ranks {
		assert.Positive(t, seen[outcome], "nothing comes out as %s", outcome)
	}
}

func findings(t *testing.T, w *truth, out map[string][]byte) {
	var want, got []string
	say := func(subject, part, unit, period, label, grade, state string, repeat bool, parties []string) string {
		return fmt.Sprintln(subject, part, unit, period, label, grade, state, repeat, parties)
	}
	for _, f := range w.findings {
		want = append(want, say(f.subject, f.part, f.unit, f.period, f.label, f.grade, f.state, f.repeat, f.parties))
	}
	list := read[struct {
		Findings []struct {
			Finding struct {
				Subject, Part, Unit, Period, Label, Grade, State string
				Repeats                                          []string
				Parties                                          []struct{ Kind, ID string }
			}
			Overdue bool
		}
	}](t, out["findings.json"]).Findings
	for _, x := range list {
		f := x.Finding
		var parties []string
		for _, p := range f.Parties {
			parties = append(parties, p.Kind+" "+p.ID)
		}
		got = append(got, say(f.Subject, f.Part, f.Unit, f.Period, f.Label, f.Grade, f.State, len(f.Repeats) > 0, parties))
	}
	slices.Sort(want)
	slices.Sort(got)
	assert.Equal(t, want, got)
	log, err := run.ReadFindingLog("findings.jsonl", bytes.NewReader(out["findings.jsonl"]))
	require.NoError(t, err)
	assert.Len(t, log.List(time.Time{}, run.FindingFilter{}).Findings, len(want), "the log gives the same findings")
	var reports int
	for name := range out {
		if strings.HasPrefix(name, "corrective-actions/") && strings.HasSuffix(name, ".json") {
			reports++
		}
	}
	var grave int
	for _, f := range w.findings {
		if f.grade == "major" && f.state != "withdrawn" {
			grave++
		}
	}
	assert.Equal(t, grave, reports)
	assert.Equal(t, 2, grave)
}

func report(t *testing.T, w *truth, out map[string][]byte) {
	d := read[struct {
		Total, Rectified                 row
		Subjects, Sections, Worst, Trend []row
		RectifiedSubject                 []row `json:"rectified_by_subject"`
		Repeats, Findings, Earlier       []struct{ Subject, Label, Unit string }
		Comparisons                      []struct {
			Kind  string
			Items []string
			Rows  []row
		}
		Indicators []struct {
			Subject, Title string
			Pool           struct {
				Part                                  string
				Measures, Met, Missed                 int64
				Numerator, Denominator, Value, Target string
				Bound                                 *string
			}
		}
	}](t, out["service-report.json"])
	every := func(string) bool { return true }
	const now = "2025-Q4"
	agree(t, "total", w.figures(nil, now, every, true), d.Total)
	require.Len(t, d.Subjects, 6)
	for _, r := range d.Subjects {
		agree(t, "subject", w.figures([]string{r.Key}, now, every, true), r)
	}
	sections := map[string]bool{}
	for _, i := range w.items {
		sections[sectionOf(i.item)] = true
	}
	require.Len(t, d.Sections, len(sections))
	for _, r := range d.Sections {
		agree(t, "section", w.figures(nil, now, func(item string) bool { return sectionOf(item) == r.Key }, r.Key == ""), r)
	}
	require.Len(t, d.Trend, 2)
	for _, r := range d.Trend {
		agree(t, "trend", w.figures(nil, r.Key, every, true), r)
	}
	agree(t, "rectified", w.figures(nil, "", every, true), d.Rectified)
	require.NotEmpty(t, d.RectifiedSubject)
	for _, r := range d.RectifiedSubject {
		agree(t, "rectified", w.figures([]string{r.Key}, "", every, true), r)
	}
	worst(t, w, d.Worst)
	assert.Len(t, d.Repeats, int(w.figures(nil, now, every, false)["finding.repeat"]))
	assert.Len(t, d.Findings, int(w.figures(nil, now, every, false)["finding.standing"]))
	assert.Len(t, d.Earlier, 1)
	require.Len(t, d.Comparisons, 2)
	for _, c := range d.Comparisons {
		compared(t, w, c.Kind, c.Items, c.Rows)
	}
	require.Len(t, d.Indicators, len(w.pools))
	for _, m := range d.Indicators {
		p := w.pools[[2]string{m.Pool.Part, m.Subject}]
		require.NotNil(t, p, "%s %s", m.Pool.Part, m.Subject)
		assert.Equal(t, []int64{p.measures, p.met, p.missed}, []int64{m.Pool.Measures, m.Pool.Met, m.Pool.Missed}, "%s %s", m.Pool.Part, m.Subject)
		assert.Equal(t, []string{fmt.Sprint(p.numerator), fmt.Sprint(p.denominator)}, []string{m.Pool.Numerator, m.Pool.Denominator}, "%s %s", m.Pool.Part, m.Subject)
		value, ok := new(big.Rat).SetString(m.Pool.Value)
		require.True(t, ok)
		assert.Zero(t, value.Cmp(big.NewRat(p.numerator, p.denominator)), "%s %s: %s", m.Pool.Part, m.Subject, m.Pool.Value)
		assert.Nil(t, m.Pool.Bound, "three samples of a quarter are not one")
	}
}

// worst compares the list of the worst items: none that is left out is worse than one that is in.
func worst(t *testing.T, w *truth, list []row) {
	t.Helper()
	badness := func(item string) [3]int64 {
		f := w.figures(nil, "2025-Q4", func(i string) bool { return i == item }, false)
		return [3]int64{f["item.major"], f["item.fail"], f["item.observation"]}
	}
	by := func(a, b [3]int64) int { return slices.Compare(b[:], a[:]) }
	items := map[string]bool{}
	for _, i := range w.items {
		items[i.item] = true
	}
	var all [][3]int64
	for item := range items {
		if b := badness(item); b != [3]int64{} {
			all = append(all, b)
		}
	}
	slices.SortFunc(all, by)
	var got [][3]int64
	for _, r := range list {
		got = append(got, badness(r.Key))
		agree(t, "worst", w.figures(nil, "2025-Q4", func(i string) bool { return i == r.Key }, false), r)
	}
	assert.Equal(t, all[:min(10, len(all))], got)
}

// compared compares the rows that stand side by side, over the items on which all are decided.
func compared(t *testing.T, w *truth, kind string, items []string, rows []row) {
	t.Helper()
	groups := map[string][]string{}
	for _, p := range w.projects {
		group := p
		if kind == "parent" {
			group = p[:2]
		}
		groups[group] = append(groups[group], p)
	}
	require.Len(t, rows, len(groups))
	everyone := map[string]map[string]bool{}
	for _, i := range w.items {
		if slices.Contains([]string{"pass", "observation", "fail", "major"}, i.outcome) {
			if everyone[i.item] == nil {
				everyone[i.item] = map[string]bool{}
			}
			for group, list := range groups {
				if slices.Contains(list, i.subject) {
					everyone[i.item][group] = true
				}
			}
		}
	}
	maps.DeleteFunc(everyone, func(_ string, by map[string]bool) bool { return len(by) < len(groups) })
	assert.ElementsMatch(t, slices.Collect(maps.Keys(everyone)), items)
	for _, r := range rows {
		agree(t, kind, w.figures(groups[r.Key], "2025-Q4", func(item string) bool { return everyone[item] != nil }, false), r)
	}
}

func scores(t *testing.T, w *truth, out map[string][]byte) {
	list := read[[]struct{ Subject, Value string }](t, out["scorecard/scores.json"])
	require.Len(t, list, len(w.projects))
	sum, lost := new(big.Rat), new(big.Rat)
	for _, s := range list {
		got, ok := new(big.Rat).SetString(s.Value)
		require.True(t, ok)
		assert.Zero(t, got.Cmp(w.scores[s.Subject]), "%s: %s, not %s", s.Subject, s.Value, w.scores[s.Subject])
		sum.Add(sum, w.scores[s.Subject])
	}
	lost.Neg(sum)
	total := read[struct{ Total row }](t, out["scorecard/service-report.json"]).Total
	for name, want := range map[string]*big.Rat{"points": lost, "score": new(big.Rat).Quo(sum, big.NewRat(6, 1))} {
		got, ok := new(big.Rat).SetString(total.Figures[name].Value)
		require.True(t, ok)
		assert.Zero(t, got.Cmp(want), "%s: %s, not %s", name, got, want)
	}
}

// texts looks for what looks like markup or a formula in all documents: it is there, and it is text.
func texts(t *testing.T, out map[string][]byte) {
	markup, formula := 0, 0
	for name, data := range out {
		switch path.Ext(name) {
		case ".html":
			assert.NotContains(t, string(data), "<script", name)
			if strings.Contains(string(data), "&lt;script&gt;alert") {
				markup++
			}
		case ".xlsx":
			book, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
			require.NoError(t, err)
			for _, f := range book.File {
				r, err := f.Open()
				require.NoError(t, err)
				part, err := io.ReadAll(r)
				require.NoError(t, err)
				require.NoError(t, r.Close())
				assert.NotContains(t, string(part), "<f>HYPERLINK", "%s %s", name, f.Name)
				assert.NotContains(t, string(part), "<script", "%s %s", name, f.Name)
				if strings.Contains(string(part), "=HYPERLINK(") {
					formula++
				}
			}
		}
	}
	assert.Positive(t, markup)
	assert.Positive(t, formula)
}

// schemas checks every JSON document that has a schema against it.
func schemas(t *testing.T, out map[string][]byte) {
	checked := map[string]int{}
	for name, data := range out {
		if path.Ext(name) != ".json" || data[0] != '{' {
			continue
		}
		schema := read[struct{ Schema string }](t, data).Schema
		require.NoError(t, schematest.Check(schema, data), name)
		checked[schema]++
	}
	assert.Len(t, checked, 9, "%v", checked)
	file, err := os.ReadFile("steps.jsonl")
	require.NoError(t, err)
	for line := range strings.Lines(string(file)) {
		require.NoError(t, schematest.Check(run.FindingStepSchema, []byte(line)))
	}
}

// TestTheSameInAnyOrder shuffles the rows of all frames and the submissions, and gets the same bytes.
func TestTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	plain, fsys := carryOut(t, committed(t)), committed(t)
	for name, file := range fsys {
		header, rows := "", slices.Collect(strings.Lines(string(file.Data)))
		switch {
		case strings.HasSuffix(name, ".csv"):
			header, rows = rows[0], rows[1:]
		case !strings.HasSuffix(name, "submissions.jsonl"):
			continue
		}
		ticket := func(line string) []byte {
			h := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(line), 7))
			return h[:]
		}
		slices.SortFunc(rows, func(a, b string) int { return bytes.Compare(ticket(a), ticket(b)) })
		file.Data = []byte(header + strings.Join(rows, ""))
	}
	shuffled := carryOut(t, fsys)
	require.Len(t, shuffled, len(plain))
	for name, data := range plain {
		require.True(t, bytes.Equal(data, shuffled[name]), "%s differs", name)
	}
}

// TestGeneratorWritesTheCommittedFiles makes the quarter again.
func TestGeneratorWritesTheCommittedFiles(t *testing.T) {
	t.Parallel()
	files, err := world.Files(world.Seed)
	require.NoError(t, err)
	for _, f := range files {
		name := f.Name
		if strings.HasSuffix(name, ".csv") {
			name = "frames/" + name
		}
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		require.True(t, bytes.Equal(data, f.Data), "%s differs; run: go run ./examples/regional/generate", f.Name)
	}
	require.Len(t, files, 22)
}
