package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine/schema/schematest"
)

// TestDocumentsConform checks what every verb writes as JSON against its schema, in either language, with the files of the
// scripts.
func TestDocumentsConform(t *testing.T) {
	t.Parallel()
	unpack := func(script string) string {
		dir := t.TempDir()
		archive, err := txtar.ParseFile(filepath.Join("testdata", "script", script+".txtar"))
		require.NoError(t, err)
		for _, f := range archive.Files {
			name := filepath.Join(dir, filepath.FromSlash(f.Name))
			require.NoError(t, os.MkdirAll(filepath.Dir(name), 0o755))
			require.NoError(t, os.WriteFile(name, f.Data, 0o644))
		}
		return dir
	}
	points := filepath.Join(unpack("score"), "run")
	folder, tests, vet := filepath.Join(unpack("run"), "run"), unpack("test"), unpack("vet")
	posts, diff := filepath.Join(unpack("finding"), "run"), unpack("diffresult")
	for _, arguments := range [][]string{
		{"run", "--out", filepath.Join(diff, "a"), filepath.Join(diff, "old")},
		{"run", "--out", filepath.Join(diff, "b"), filepath.Join(diff, "new")},
		{"finding", "open", "--by", "x", posts},
	} {
		var out, complaint bytes.Buffer
		require.Equal(t, done, execute(context.Background(), arguments, func(string) string { return "" }, nil, &out, &complaint), complaint.String())
	}
	out := filepath.Join(t.TempDir(), "out")
	for _, c := range []struct {
		schema string
		list   bool
		code   int
		args   []string
	}{
		{"pinjian/plan/1", false, done, []string{"plan", folder}},
		{"pinjian/sheet/1", true, done, []string{"sheet", folder}},
		{"pinjian/judge-output/1", false, done, []string{"judge", folder}},
		{"pinjian/judge-output/1", false, found, []string{"judge", "--fail-on", "fail", folder}},
		{"pinjian/judge-output/1", false, done, []string{"judge", points}},
		{"pinjian/run-output/1", false, done, []string{"run", points}},
		{"pinjian/run-output/1", false, done, []string{"run", "--out", out, folder}},
		{"pinjian/verification/1", false, done, []string{"verify", folder}},
		{"pinjian/result-diffs/1", false, found, []string{"diff-result", filepath.Join(diff, "a"), filepath.Join(diff, "b")}},
		{"pinjian/result-diffs/1", false, done, []string{"diff-result", filepath.Join(diff, "a"), filepath.Join(diff, "a")}},
		{
			"pinjian/rejudge-output/1", false, found,
			[]string{"rejudge", "--plan", filepath.Join(diff, "a", "plan.json"), "--planned", filepath.Join(diff, "old", "rules"), "--previous", filepath.Join(diff, "a"), filepath.Join(diff, "new")},
		},
		{"pinjian/findings/1", false, done, []string{"finding", "list", posts}},
		{"pinjian/findings/1", false, done, []string{"finding", "show", "--by", "x", posts, "1e2d"}},
		{"pinjian/finding-event/1", true, done, []string{"finding", "feedback", "--by", "x", "--at", "2026-10-01T09:00:00+08:00", "--set", "to=y", "--set", "how=mail", posts, "1e2d"}},
		{"pinjian/figure-trace/1", false, done, []string{"report", "--trace", "item.all", folder}},
		{"pinjian/tests/1", false, done, []string{"test", filepath.Join(tests, "good")}},
		{"pinjian/tests/1", false, found, []string{"test", filepath.Join(tests, "wrong")}},
		{"pinjian/tests/1", false, done, []string{"test", "std/continuous", "std/scorecard"}},
		{"pinjian/diagnostics/1", false, found, []string{"vet", vet}},
		{"pinjian/diagnostics/1", false, done, []string{"vet", "std/continuous"}},
		{"pinjian/list/1", false, done, []string{"list", "std/continuous"}},
		{"pinjian/list/1", false, done, []string{"list", "std/details"}},
		{"pinjian/list/1", false, done, []string{"list", "std/indicators"}},
		{"pinjian/list/1", false, done, []string{"list", "std/property"}},
		{"pinjian/list/1", false, done, []string{"list", "std/scorecard"}},
		{"pinjian/list/1", false, done, []string{"list", "std/three-level"}},
		{"pinjian/list/1", false, done, []string{"list", filepath.Join(folder, "rules")}},
		{"pinjian/draw/1", false, done, []string{"draw", "--size", "2", "--seed", "000102030405060708090a0b0c0d0e0f", filepath.Join(folder, "orders.csv")}},
	} {
		var first []byte
		for _, lang := range []string{"zh", "en"} {
			var stdout, stderr bytes.Buffer
			code := execute(context.Background(), append([]string{"--lang", lang, "--format", "json"}, c.args...), func(string) string { return "" }, nil, &stdout, &stderr)
			require.Equal(t, c.code, code, "%v: %s", c.args, stderr.String())
			check := schematest.Check
			if c.list {
				check = schematest.CheckList
			}
			assert.NoError(t, check(c.schema, stdout.Bytes()), "%v", c.args)
			if first != nil {
				assert.True(t, bytes.Equal(first, stdout.Bytes()), "%v depends on the language", c.args)
			}
			first = stdout.Bytes()
		}
	}
	written, err := filepath.Glob(filepath.Join(out, "*.json"))
	require.NoError(t, err)
	assert.Len(t, written, 5)
	for _, name := range written {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		assert.NoError(t, schematest.Check("", data), name)
	}
}
