package sampling

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRecipe runs the commands of RECIPE.md as they are printed.
func TestRecipe(t *testing.T) {
	text, err := os.ReadFile("RECIPE.md")
	require.NoError(t, err)
	_, script, found := strings.Cut(string(text), "```sh\n")
	require.True(t, found)
	script, _, found = strings.Cut(script, "```")
	require.True(t, found)

	units := []Unit{{ID: `back\slash %s`}, {ID: " leading blank"}, {ID: "trailing blank "}, {ID: "a  b"}, {ID: "é"}, {ID: "-n"}, {ID: "*"}}
	for i := range 60 {
		units = append(units, Unit{ID: fmt.Sprintf("工单-%02d", i*7%60)})
	}
	for _, n := range []int64{1, 7, int64(len(units))} {
		rec := mustDraw(t, Request{Scope: "物业", Standard: "客服", Group: "4.1.3", Subject: "p 1", Epoch: "2026-11", Seed: testSeed, Size: Count(n)}, units)
		dir := t.TempDir()
		list := ""
		for _, u := range units {
			list += u.ID + "\n"
		}
		require.NoError(t, os.WriteFile(filepath.Join(dir, "ids.txt"), []byte(list), 0o600))
		shell := exec.CommandContext(t.Context(), "sh", "-eu", "-c", script)
		shell.Dir = dir
		shell.Env = append(os.Environ(), "algorithm="+rec.Algorithm, "drawId="+rec.DrawID, "seed="+rec.Seed, fmt.Sprint("planned=", rec.Planned))
		out, err := shell.Output()
		require.NoError(t, err)
		lines := strings.Split(strings.TrimSuffix(string(out), "\n"), "\n")
		require.Equal(t, rec.SeedHash, lines[0])
		require.Equal(t, rec.FrameDigest, lines[1])
		require.Equal(t, rec.IDs(), lines[2:])
	}
}

// TestRecipeOfStrata checks what RECIPE.md says about the digest of a frame with strata.
func TestRecipeOfStrata(t *testing.T) {
	rec := mustDraw(t, Request{Seed: testSeed, Size: Count(1)}, []Unit{{ID: "a b", Stratum: []string{"x", "y"}}, {ID: "a", Stratum: []string{"", "z"}}})
	shell := exec.CommandContext(t.Context(), "sh", "-euc", `printf 'a b\tx\ty\na\t\tz\n' | LC_ALL=C sort | sha256sum | cut -c1-64`)
	out, err := shell.Output()
	require.NoError(t, err)
	require.Equal(t, rec.FrameDigest+"\n", string(out))
}
