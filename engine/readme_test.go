package engine_test

import (
	"context"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/sampling"
	"github.com/pinjian/pinjian/stdlib"
)

func readme(t *testing.T) string {
	t.Helper()
	text, err := os.ReadFile("../README.md")
	require.NoError(t, err)
	return string(text)
}

func blocks(text, kind string) []string {
	var out []string
	for _, m := range regexp.MustCompile("(?s)```"+kind+"\n(.*?)```").FindAllStringSubmatch(text, -1) {
		out = append(out, m[1])
	}
	return out
}

// readmeRules are the two rules as a standard of its own.
func readmeRules(rule string) fstest.MapFS {
	return fstest.MapFS{"rules/rule.chk": &fstest.MapFile{Data: []byte("lang 1\nimport \"std/property\"\n" + rule)}}
}

func TestReadmeShowsOneRuleTwice(t *testing.T) {
	rules := blocks(readme(t), "chk")
	require.Len(t, rules, 2)
	var digests []string
	for _, rule := range rules {
		checked, diagnostics, err := checklang.Load(context.Background(), readmeRules(rule), "rules", checklang.Options{Library: stdlib.FS()})
		require.NoError(t, err)
		require.Empty(t, diagnostics)
		digests = append(digests, checked.RulesDigest())
	}
	assert.Equal(t, digests[0], digests[1])
}

// The program in the README is this example; TestReadmeProgram holds the two
// together.
func Example_readme() {
	dir, err := os.MkdirTemp("", "")
	if err != nil {
		log.Fatal(err)
	}
	defer func() { _ = os.RemoveAll(dir) }()
	text, _ := os.ReadFile("../README.md")
	rule := "lang 1\nimport \"std/property\"\n" + blocks(string(text), "chk")[1]
	if err := os.MkdirAll(filepath.Join(dir, "rules"), 0o755); err != nil {
		log.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "rules", "rule.chk"), []byte(rule), 0o644); err != nil {
		log.Fatal(err)
	}
	std, _, err := engine.Load(context.Background(), os.DirFS(filepath.Join(dir, "rules")), ".", engine.Options{})
	if err != nil {
		log.Fatal(err) // what the author wrote wrong, where, and what to write instead
	}
	order := map[string]any{"registered_at": "2026-11-02 09:00", "dispatched_at": "2026-11-02 09:14", "appointed_at": nil}
	verdict, refused, err := std.JudgeUnit("4.1.3", order, engine.Setting{})
	if err != nil || len(refused) > 0 {
		log.Fatal(err, refused) // values of a wrong type or out of range
	}
	for _, reason := range verdict.Reasons {
		fmt.Println(verdict.Best, engine.Text("en", reason)) // fail not dispatched in time: dispatched_at - registered_at = 14m > 10m
	}
	// Output: fail not dispatched in time: dispatched_at - registered_at = 14m > 10m
}

// The whole program stands in the example, with nothing but the output behind
// it: what the compiler would refuse in a host, it refuses here.
func TestReadmeProgram(t *testing.T) {
	source, err := os.ReadFile("readme_test.go")
	require.NoError(t, err)
	programs := blocks(readme(t), "go")
	require.Len(t, programs, 1)
	program := strings.ReplaceAll(strings.TrimSpace(programs[0]), `os.DirFS("rules")`, `os.DirFS(filepath.Join(dir, "rules"))`)
	assert.Contains(t, string(source), "\t"+strings.ReplaceAll(program, "\n", "\n\t")+"\n\t// Output:")
}

// A stranger checks a draw with the README's recipe alone.
func TestReadmeRecipe(t *testing.T) {
	recipe := ""
	for _, b := range blocks(readme(t), "sh") {
		if strings.Contains(b, "sha256sum") {
			recipe = b
		}
	}
	require.NotEmpty(t, recipe)
	var units []sampling.Unit
	var ids []string
	for i := range 40 {
		id := fmt.Sprintf("单-%03d", i*7%40)
		units, ids = append(units, sampling.Unit{ID: id}), append(ids, id)
	}
	record, err := sampling.Draw(context.Background(), sampling.Request{
		Scope: "demo", Standard: "continuous", Group: "005/4.1.3", Subject: "P1", Epoch: "2025-12",
		Seed: sampling.Seed{Value: []byte("sixteen bytes or more")}, Frame: sampling.Frame{Units: sampling.Units(units)}, Size: sampling.Count(7),
	})
	require.NoError(t, err)
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "ids.txt"), []byte(strings.Join(ids, "\n")+"\n"), 0o644))
	command := exec.Command("sh", "-c", recipe)
	command.Dir = dir
	command.Env = append(os.Environ(), "seed="+record.Seed, "algorithm="+record.Algorithm, "drawId="+record.DrawID, fmt.Sprintf("planned=%d", record.Planned))
	out, err := command.Output()
	require.NoError(t, err)
	want := append([]string{record.SeedHash, record.FrameDigest}, record.IDs()...)
	assert.Equal(t, strings.Join(want, "\n")+"\n", string(out))
}
