package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

var update = flag.Bool("update", false, "write the files that the program generates")

// held is the year, which all tests look at and none changes.
var theYear = sync.OnceValues(func() (*year, error) {
	c, err := openCompany(context.Background())
	if err != nil {
		return nil, err
	}
	return c.inspect(context.Background())
})

func inspected(t *testing.T) *year {
	y, err := theYear()
	require.NoError(t, err)
	return y
}

// TestSameBytesTwice: what is said and every file that is written are the same in another run.
func TestSameBytesTwice(t *testing.T) {
	t.Parallel()
	y := inspected(t)
	again, err := openCompany(t.Context())
	require.NoError(t, err)
	other, err := again.inspect(t.Context())
	require.NoError(t, err)
	want, got := t.TempDir(), t.TempDir()
	var first, second bytes.Buffer
	require.NoError(t, y.tell(t.Context(), &first, token.English))
	require.NoError(t, other.tell(t.Context(), &second, token.English))
	assert.Equal(t, first.String(), second.String())
	require.NoError(t, y.write(token.English, want))
	require.NoError(t, other.write(token.English, got))
	files := 0
	require.NoError(t, fs.WalkDir(os.DirFS(want), ".", func(name string, d fs.DirEntry, err error) error {
		require.NoError(t, err)
		if d.IsDir() {
			return nil
		}
		files++
		a, err := os.ReadFile(filepath.Join(want, name))
		require.NoError(t, err)
		b, err := os.ReadFile(filepath.Join(got, name))
		require.NoError(t, err)
		assert.True(t, bytes.Equal(a, b), name)
		return nil
	}))
	assert.Equal(t, 2+12+52+2, files)
}

// TestYear: the runs are those of the regulation, nothing blocks one, every answer was taken, and nobody inspects what they
// should not.
func TestYear(t *testing.T) {
	t.Parallel()
	y := inspected(t)
	runs := map[string]int{}
	for _, h := range y.runs {
		runs[h.plan.Tier]++
		assert.Empty(t, h.plan.Problems, h.plan.ID)
		for _, r := range h.results {
			assert.Empty(t, r.Refused, r.Task)
			assert.Empty(t, r.Conflicts, r.Task)
			assert.True(t, r.Closed, r.Task)
		}
		for i := range h.plan.Tasks {
			assert.NotEmpty(t, h.plan.Tasks[i].Inspector, h.plan.Tasks[i].ID)
		}
		least, most := y.shares(h.plan)
		assert.LessOrEqual(t, most-least, 2, h.plan.ID)
	}
	assert.Equal(t, map[string]int{headOffice: 2, region: 12, selfCheck: 52}, runs)
	assert.Empty(t, y.violations())
	for _, h := range y.runs {
		if h.plan.Tier == region && h.plan.Period.Name == "2025-06" {
			require.NotEmpty(t, h.plan.Amendments)
			ill := h.plan.Tasks[0].Inspector
			for i := range h.plan.Tasks {
				task, ok := h.plan.Task(h.plan.Tasks[i].ID)
				require.True(t, ok)
				assert.NotEqual(t, ill, task.Inspector)
				if was := h.plan.Tasks[i].Inspector; was != ill {
					assert.Equal(t, was, task.Inspector, "only the tasks of who dropped out change hands")
				}
			}
		} else {
			assert.Empty(t, h.plan.Amendments, h.plan.ID)
		}
	}
}

// TestMissed: what the plans of the next year call missed is what was planted, and what remains of the calendar when the
// inspections that were closed are taken away.
func TestMissed(t *testing.T) {
	t.Parallel()
	y := inspected(t)
	got, err := y.missed(t.Context())
	require.NoError(t, err)
	var planted []string
	for tier, list := range leftOut {
		for _, x := range list {
			planted = append(planted, tier+" "+x)
		}
	}
	slices.Sort(planted)
	assert.Equal(t, planted, got)

	open := map[string]bool{}
	for half := range 2 {
		open[fmt.Sprintf("%s HQ 2025-H%d", headOffice, half+1)] = true
	}
	for _, r := range []string{"E", "S", "W"} {
		for month := range 12 {
			open[fmt.Sprintf("%s %s 2025-%02d", region, r, month+1)] = true
		}
		for project := range 4 {
			for day := time.Date(2025, 1, 5, 12, 0, 0, 0, time.UTC); day.Year() == 2025; day = day.AddDate(0, 0, 7) {
				_, week := day.ISOWeek()
				open[fmt.Sprintf("%s %s%d 2025-W%02d", selfCheck, r, project+1, week)] = true
			}
		}
	}
	for _, h := range y.runs {
		for _, r := range h.results {
			who := r.Subject
			switch h.plan.Tier {
			case region:
				who = who[:1]
			case headOffice:
				who = "HQ"
			}
			delete(open, strings.Join([]string{h.plan.Tier, who, h.plan.Period.Name}, " "))
		}
	}
	var left []string
	for x := range open {
		left = append(left, x)
	}
	slices.Sort(left)
	assert.Equal(t, left, got)
}

// TestCoverage: the figures of a run are those of a count over its tasks and verdicts by hand.
func TestCoverage(t *testing.T) {
	t.Parallel()
	y := inspected(t)
	for _, h := range y.runs {
		subjects, planned, reached := map[string]bool{}, map[string]bool{}, map[string]bool{}
		due, inspected := map[string]bool{}, map[string]bool{}
		for _, r := range h.results {
			subjects[r.Subject] = true
			for _, v := range r.Verdicts {
				if v.State == engine.NotInspected || v.State == engine.Refused {
					continue
				}
				switch v.Level {
				case "unit":
					reached[strings.Join([]string{r.Task, v.Part, v.Period, v.Unit}, " ")] = true
				case "item":
					inspected[v.Item] = true
				}
			}
		}
		for i := range h.plan.Tasks {
			task := &h.plan.Tasks[i]
			for _, d := range task.Draws {
				for _, part := range d.Parts {
					due[itemOf(y, part)] = true
				}
				for _, u := range d.Units {
					planned[strings.Join([]string{task.ID, d.Parts[0], d.Period.Name, u}, " ")] = true
				}
			}
		}
		n := 0
		for unit := range planned {
			if reached[unit] {
				n++
			}
		}
		c := h.plan.Covered(h.results)
		of := map[string]int64{headOffice: 3, region: 12, selfCheck: 12}[h.plan.Tier]
		tasks := int64(len(h.plan.Tasks))
		assert.Equal(t, engine.Covered{Of: of, Planned: tasks, Inspected: int64(len(subjects)), Missed: tasks - int64(len(subjects))}, c.Subjects, h.plan.ID)
		assert.Equal(t, []int64{int64(len(due)), int64(len(inspected))}, []int64{c.Items.Planned, c.Items.Inspected}, h.plan.ID)
		assert.Equal(t, []int64{int64(len(planned)), int64(n)}, []int64{c.Units.Planned, c.Units.Inspected}, h.plan.ID)
	}
}

// itemOf is the item of a part, looked up in the standards as they are written.
func itemOf(y *year, part string) string {
	for _, s := range y.standard.Checked().Standards {
		for _, item := range s.Items {
			for _, p := range item.Parts {
				if s.Standard.Code+"/"+p.ID == part {
					return s.Standard.Code + "/" + item.ID
				}
			}
		}
	}
	return "none: " + part
}

// TestRefused: each is refused under its id, with its place and a remedy in both languages.
func TestRefused(t *testing.T) {
	t.Parallel()
	list, err := inspected(t).refusals(t.Context())
	require.NoError(t, err)
	var ids []string
	for _, x := range list {
		ids = append(ids, x.problem.Code)
		assert.NotEmpty(t, x.problem.Subject, x.problem.Code)
		require.ErrorContains(t, x.err, "open problem")
	}
	assert.Equal(t, []string{"table_not_supplied", "mixed_round", "cyclic_organisation", "calendar_unknown", "too_few_inspectors"}, ids)
	for i, remedy := range []engine.Words{
		{ZH: "装入", EN: "load"}, {ZH: "改成一致", EN: "make them the same"}, {ZH: "改正", EN: "mend"}, {ZH: "装入", EN: "load"}, {ZH: "增加检查人", EN: "add inspectors"},
	} {
		assert.Contains(t, list[i].problem.Message.ZH, remedy.ZH)
		assert.Contains(t, list[i].problem.Message.EN, remedy.EN)
	}
}

// TestFilesOfTheFolder: the files that chk reads are those that the program generates.
func TestFilesOfTheFolder(t *testing.T) {
	t.Parallel()
	orders, before, err := inspected(t).runFiles()
	require.NoError(t, err)
	for name, want := range map[string][]byte{"work_orders.jsonl": orders, "held.json": before} {
		file := filepath.Join("run", name)
		if *update {
			require.NoError(t, os.WriteFile(file, want, 0o600))
		}
		got, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Equal(t, string(want), string(got), name)
	}
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	dir := t.TempDir()
	require.ErrorIs(t, programme(ctx, &out, token.Chinese, filepath.Join(dir, "out")), context.Canceled)
	assert.Empty(t, out.Bytes())
	assert.NoDirExists(t, filepath.Join(dir, "out"))
}
