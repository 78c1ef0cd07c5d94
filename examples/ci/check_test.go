// Package ci_test plants mistakes in copies of the repository of rules and runs
// its script: CI must fail, and say where.
package ci_test

import (
	"encoding/json"
	"errors"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// command is chk, built once for all tests.
var command string

func TestMain(m *testing.M) {
	os.Exit(func() int {
		folder, err := os.MkdirTemp("", "chk")
		if err != nil {
			panic(err)
		}
		defer func() { _ = os.RemoveAll(folder) }()
		command = filepath.Join(folder, "chk")
		if out, err := exec.Command("go", "build", "-o", command, "github.com/pinjian/pinjian/cmd/chk").CombinedOutput(); err != nil {
			panic(string(out))
		}
		return m.Run()
	}())
}

// check runs the script in a copy of the repository that was changed, and gives
// its exit code, what it said, and the folder of its reports.
func check(t *testing.T, change func(t *testing.T, root string)) (code int, said, reports string) {
	t.Helper()
	root, reports := filepath.Join(t.TempDir(), "rules"), filepath.Join(t.TempDir(), "reports")
	require.NoError(t, os.CopyFS(root, os.DirFS(".")))
	change(t, root)
	run := exec.Command("sh", filepath.Join(root, "check.sh"), reports)
	run.Env = append(os.Environ(), "CHK="+command, "LC_ALL=C.UTF-8", "LANG=en_US.UTF-8")
	out, err := run.CombinedOutput()
	var exit *exec.ExitError
	if errors.As(err, &exit) {
		return exit.ExitCode(), string(out), reports
	}
	require.NoError(t, err, string(out))
	return 0, string(out), reports
}

// replace changes a file of the copy.
func replace(file, old, now string) func(*testing.T, string) {
	return func(t *testing.T, root string) {
		t.Helper()
		path := filepath.Join(root, file)
		text, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(text), old)
		require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(text), old, now, 1)), 0o644))
	}
}

// places are the files and lines of the mistakes in vet.sarif.
func places(t *testing.T, reports string) []string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join(reports, "vet.sarif"))
	require.NoError(t, err)
	var log struct {
		Version string
		Runs    []struct {
			Results []struct {
				RuleID    string
				Locations []struct {
					PhysicalLocation struct {
						ArtifactLocation struct{ URI string }
					}
				}
			}
		}
	}
	require.NoError(t, json.Unmarshal(data, &log))
	assert.Equal(t, "2.1.0", log.Version)
	out := []string{}
	for _, run := range log.Runs {
		for _, result := range run.Results {
			for _, location := range result.Locations {
				out = append(out, result.RuleID+" "+location.PhysicalLocation.ArtifactLocation.URI)
			}
		}
	}
	return out
}

func TestCleanRepositoryPasses(t *testing.T) {
	t.Parallel()
	code, said, reports := check(t, func(*testing.T, string) {})
	assert.Zero(t, code, said)
	assert.Empty(t, places(t, reports))
	for _, name := range []string{"vet.xml", "test.json", "fire.html", "lifts.html"} {
		info, err := os.Stat(filepath.Join(reports, name))
		require.NoError(t, err)
		assert.Positive(t, info.Size(), name)
	}
}

// TestPlantedMistakesFail: each kind of mistake fails the script, which names
// its place, and the other checks are tried all the same.
func TestPlantedMistakesFail(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		change func(*testing.T, string)
		says   []string
		sarif  []string
	}{
		"a name that there is not": {
			replace("fire/patrol.chk", "当 持证人数 == 1", "当 持证人员数 == 1"),
			[]string{"fire/patrol.chk:", "C302", "持证人数"},
			[]string{"C302 fire/patrol.chk"},
		},
		"a value that may be absent": {
			replace("lifts/lifts.chk", "arrived_at is absent or ", ""),
			[]string{"lifts/lifts.chk:", "C501"},
			[]string{"C501 lifts/lifts.chk"},
		},
		"a limit changed by mistake": {
			replace("lifts/lifts.chk", "define rescue_limit = 30m", "define rescue_limit = 29m"),
			[]string{"lifts/lifts_test.chk:", "thirty minutes, answered at once"},
			[]string{},
		},
		"another layout": {
			replace("fire/patrol_test.chk", "  预期 合格\n", "    预期   合格\n"),
			[]string{"fire/patrol_test.chk", "run: chk fmt fire lifts"},
			[]string{},
		},
		"no rule at all": {
			func(t *testing.T, root string) {
				t.Helper()
				require.NoError(t, os.RemoveAll(filepath.Join(root, "fire")))
				require.NoError(t, os.RemoveAll(filepath.Join(root, "lifts")))
			},
			[]string{"there is no standard here"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			code, said, reports := check(t, c.change)
			assert.Equal(t, 1, code, said)
			for _, words := range c.says {
				assert.Contains(t, said, words)
			}
			if c.sarif != nil {
				assert.Equal(t, c.sarif, places(t, reports))
				assert.Contains(t, said, "== test", "what comes after a mistake is tried too")
			}
		})
	}
}

// TestWorkflowsRunTheScript: both services run what a developer runs, and
// publish what it writes.
func TestWorkflowsRunTheScript(t *testing.T) {
	t.Parallel()
	for file, published := range map[string]string{".github/workflows/rules.yml": "reports/vet.sarif", ".gitlab-ci.yml": "reports/vet.xml"} {
		text, err := os.ReadFile(file)
		require.NoError(t, err)
		assert.Contains(t, string(text), "sh check.sh reports\n", file)
		assert.Contains(t, string(text), published, file)
		assert.NotContains(t, string(text), "\t", "YAML has no tabs")
	}
}
