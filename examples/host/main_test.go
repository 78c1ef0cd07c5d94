package main

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

var update = flag.Bool("update", false, "rewrite the transcript")

func TestMain(m *testing.M) {
	if err := registerHash(); err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}

// estate is a database with the property system's own tables filled for these
// tenants, the first of which has the month.
func estate(t *testing.T, tenants ...string) (*month, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	m := &month{database: filepath.Join(t.TempDir(), "host.db"), tenant: tenants[0], out: &out}
	for _, tenant := range tenants {
		// Equal seeds: the same projects, people and orders with the same ids.
		require.NoError(t, m.install(t.Context(), tenant, 1))
	}
	return m, &out
}

// serving starts a process on the database.
func serving(t *testing.T, m *month) *host {
	t.Helper()
	h, err := m.start(t.Context(), "2026")
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, h.db.Close()) })
	at := time.Date(2026, 11, 20, 9, 0, 0, 0, h.rules.Zone())
	h.now = func() time.Time { return at }
	return h
}

// dump is everything that the inspection tables hold of a tenant.
func dump(t *testing.T, m *month, tenant string) string {
	t.Helper()
	h := serving(t, m)
	var out []string
	for _, table := range []struct{ name, columns string }{
		{"bundles", "digest, body"},
		{"plans", "id, standard, approved, body"},
		{"tasks", "id, plan, subject, inspector"},
		{"records", "task, record, unit, body, read_at"},
		{"submissions", "id, digest, task, body"},
		{"results", "id, task, plan, previous, evidence, body"},
		{"finding_events", "finding, seq, subject, body"},
	} {
		columns := strings.Split(table.columns, ", ")
		cells, targets := make([]any, len(columns)), make([]any, len(columns))
		for i := range cells {
			targets[i] = &cells[i]
		}
		err := each(t.Context(), h.db, "SELECT "+table.columns+" FROM "+table.name+" WHERE tenant = ?", []any{tenant}, func(scan func(...any) error) error {
			if err := scan(targets...); err != nil {
				return err
			}
			out = append(out, fmt.Sprintln(append([]any{table.name}, cells...)...))
			return nil
		})
		require.NoError(t, err)
	}
	slices.Sort(out)
	return strings.Join(out, "")
}

func TestTranscript(t *testing.T) {
	t.Parallel()
	m, out := estate(t, "金域物业")
	require.NoError(t, m.run(t.Context()))
	const golden = "testdata/transcript.txt"
	if *update {
		require.NoError(t, os.WriteFile(golden, out.Bytes(), 0o644))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	assert.Equal(t, string(want), out.String())
	for _, words := range []string{"月度服务报告", "听涛苑", "紧急报事到场超时"} {
		assert.Contains(t, string(m.page), words)
	}
	for line := range strings.Lines(dump(t, m, "金域物业")) {
		if strings.HasPrefix(line, "records ") {
			assert.NotContains(t, line, "电话", "telephone numbers stay in the host's own table")
		}
	}
}

// TestRestart: a process that ends after every step leaves the same tables and
// says the same as one that ends only when it must.
func TestRestart(t *testing.T) {
	t.Parallel()
	one, said := estate(t, "金域物业")
	require.NoError(t, one.run(t.Context()))
	many, saidToo := estate(t, "金域物业")
	many.restless = true
	require.NoError(t, many.run(t.Context()))
	assert.Equal(t, said.String(), saidToo.String())
	assert.Equal(t, dump(t, one, "金域物业"), dump(t, many, "金域物业"))
	assert.Equal(t, one.page, many.page)
}

// TestTenants: two tenants with the same ids share the tables and nothing else.
func TestTenants(t *testing.T) {
	t.Parallel()
	alone, _ := estate(t, "金域物业")
	require.NoError(t, alone.run(t.Context()))
	both, _ := estate(t, "金域物业", "万和物业")
	require.NoError(t, both.run(t.Context()))
	first := dump(t, both, "金域物业")
	assert.Equal(t, dump(t, alone, "金域物业"), first, "the other's orders were not counted")
	assert.Empty(t, dump(t, both, "万和物业"))

	both.tenant = "万和物业"
	require.NoError(t, both.run(t.Context()))
	assert.Equal(t, first, dump(t, both, "金域物业"), "the other's month changed nothing")
	h := serving(t, both)
	mine, err := h.findings(t.Context(), h.db, "")
	require.NoError(t, err)
	require.NotEmpty(t, mine)
	h.tenant = "金域物业"
	for id, f := range mine {
		assert.Equal(t, "万和物业", f.Scope)
		_, err := h.finding(t.Context(), id)
		assert.Error(t, err, "a finding of one tenant is none of another's")
	}
}

// until takes the steps of the month up to and with one.
func until(t *testing.T, m *month, title string) *host {
	t.Helper()
	h := serving(t, m)
	for _, step := range steps {
		require.NoError(t, step.do(m, t.Context(), h), step.title)
		if step.title == title {
			return h
		}
	}
	t.Fatal(title)
	return nil
}

// TestReceiveTwice: any number of deliveries of the same lines, in turn or at
// once, leave what one leaves.
func TestReceiveTwice(t *testing.T) {
	t.Parallel()
	m, _ := estate(t, "金域物业")
	h := until(t, m, "现场交回")
	before := dump(t, m, "金域物业")
	all, err := m.sent(t.Context(), h)
	require.NoError(t, err)
	text, err := lines(all[0]...)
	require.NoError(t, err)
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			got, err := h.receive(context.Background(), "again", strings.NewReader(text))
			assert.NoError(t, err)
			assert.Equal(t, received{repeated: len(all[0])}, got)
		})
	}
	wait.Wait()
	assert.Equal(t, before, dump(t, m, "金域物业"))
}

// TestJudgeAtOnce: one of several processes that judge a task stores the result
// and its findings, the others find it there.
func TestJudgeAtOnce(t *testing.T) {
	t.Parallel()
	m, _ := estate(t, "金域物业")
	h := until(t, m, "现场交回")
	tasks, err := h.tasks(t.Context(), run)
	require.NoError(t, err)
	var wait sync.WaitGroup
	results := make([]judged, 4)
	for i := range results {
		wait.Go(func() {
			var err error
			results[i], err = h.judge(context.Background(), run, tasks[0], "品质管理部")
			assert.NoError(t, err)
		})
	}
	wait.Wait()
	stored := 0
	for _, j := range results {
		assert.Equal(t, results[0].Result.ID, j.Result.ID)
		if j.New {
			stored++
		}
	}
	assert.Equal(t, 1, stored)
}

// TestWritersRace: of writers that saw the same version one has its place, and
// the others decide again; no event is lost and none is written twice.
func TestWritersRace(t *testing.T) {
	t.Parallel()
	m, _ := estate(t, "金域物业")
	h := until(t, m, "判定")
	all, err := h.findings(t.Context(), h.db, "")
	require.NoError(t, err)
	f := inOrder(all)[0]
	const writers = 6
	var wait, seen sync.WaitGroup
	seen.Add(writers)
	total := make([]int, writers)
	for i := range writers {
		wait.Go(func() {
			first := true
			_, tries, err := h.step(context.Background(), f.ID, func(now engine.Finding) engine.Command {
				if first { // nobody writes before all have seen the same version
					first = false
					seen.Done()
					seen.Wait()
				}
				return engine.Command{ID: fmt.Sprint("建议-", i), Kind: "propose", By: "R1-02", At: h.now(), Version: now.Version, Fields: map[string]string{"improvement": "加派调度", "owner": "P1-01"}}
			})
			assert.NoError(t, err)
			total[i] = tries
		})
	}
	wait.Wait()
	once := 0
	for _, tries := range total {
		if tries == 1 {
			once++
		}
	}
	assert.Equal(t, 1, once, "one wins at the first try: %v", total)
	after, err := h.finding(t.Context(), f.ID)
	require.NoError(t, err)
	assert.Equal(t, f.Version+writers, after.Version)
	// The event that lost is refused by the key itself, whatever the code above it does.
	stored, err := h.storeEvent(t.Context(), h.db, after.Events[0], f.Subject)
	require.NoError(t, err)
	assert.False(t, stored)
}

// TestOldPlan: the plan is judged by the standard it was made with, restored
// from its bundle, and not by the one that the process carries.
func TestOldPlan(t *testing.T) {
	t.Parallel()
	m, _ := estate(t, "金域物业")
	old := until(t, m, "判定")
	newer, err := loadRules(t.Context(), "2027")
	require.NoError(t, err)
	h := *old
	h.rules = newer
	_, restored, err := h.plan(t.Context(), run)
	require.NoError(t, err)
	assert.Equal(t, old.rules.Ref(), restored.Ref())
	assert.NotEqual(t, newer.Ref(), restored.Ref())
	_, err = h.draft(t.Context(), "2026-10")
	assert.ErrorContains(t, err, "has a plan already")
	_, err = h.approve(t.Context(), run, "另一人")
	assert.Error(t, err, "an approved plan stays as it is")
	_, _, err = h.plan(t.Context(), "region_tier/2026-09")
	assert.ErrorIs(t, err, errNotStored)
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	m, out := estate(t, "金域物业")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	assert.ErrorIs(t, m.run(ctx), context.Canceled)
	assert.NotContains(t, out.String(), "草案")
}
