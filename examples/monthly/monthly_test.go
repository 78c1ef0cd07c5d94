package monthly_test

import (
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/examples/monthly/internal/generate"
	"github.com/pinjian/pinjian/stdlib"
)

// planted is planted.json.
type planted struct {
	Schema   string     `json:"schema"`
	Clean    []string   `json:"clean"`
	Criteria []criteria `json:"criteria"`
	Answers  []answer   `json:"answers"`
	// Otherwise are the answers of 005/4.1.2 at a report that Answers does not list.
	Otherwise []answer `json:"otherwise"`
}

// criteria is one criterion with the units that break it.
type criteria struct {
	Part    string   `json:"part"`
	Unit    string   `json:"unit"`
	Outcome string   `json:"outcome"`
	Label   string   `json:"label"`
	Units   []string `json:"units"`
	Settled []string `json:"settled"`
}

// answer is what there is to find at one unit.
type answer struct {
	Subject string         `json:"subject"`
	Part    string         `json:"part"`
	Unit    string         `json:"unit"`
	Answers map[string]any `json:"answers"`
}

func readPlanted(t *testing.T) planted {
	t.Helper()
	data, err := os.ReadFile("planted.json")
	require.NoError(t, err)
	var p planted
	require.NoError(t, json.Unmarshal(data, &p))
	return p
}

// TestGeneratorWritesTheCommittedFiles makes the month again.
func TestGeneratorWritesTheCommittedFiles(t *testing.T) {
	t.Parallel()
	files, err := generate.Files(generate.Seed)
	require.NoError(t, err)
	for _, f := range files {
		committed, err := os.ReadFile(f.Name)
		require.NoError(t, err)
		// Not require.Equal: it would print a megabyte.
		require.True(t, string(committed) == string(f.Data), "%s differs; run: go run ./examples/monthly/generate", f.Name)
	}
	require.Len(t, files, 4)
	again, err := generate.Files(generate.Seed + 1)
	require.NoError(t, err)
	assert.NotEqual(t, files[0].Data, again[0].Data, "another seed makes another month")
}

// TestPlantedNamesEveryCriterion compares planted.json with the compiled standard, both ways.
func TestPlantedNamesEveryCriterion(t *testing.T) {
	t.Parallel()
	checked, problems, err := checklang.Load(t.Context(), stdlib.FS(), "continuous", checklang.Options{Library: stdlib.FS()})
	require.NoError(t, err)
	require.Empty(t, problems)
	outcomes := map[check.CriterionKind]string{
		check.ObservationCriterion: "observation", check.FailCriterion: "fail", check.MajorCriterion: "major", check.ReferCriterion: "refer",
	}
	var wanted []string
	for _, item := range checked.Items {
		if !strings.HasPrefix(item.ID, "005/") {
			continue
		}
		for _, part := range item.Parts {
			for _, c := range part.Criteria {
				if outcome, ok := outcomes[c.Kind]; ok {
					wanted = append(wanted, part.ID+" "+outcome+" "+c.Label)
				}
			}
		}
	}
	p := readPlanted(t)
	var got []string
	for _, c := range p.Criteria {
		got = append(got, c.Part+" "+c.Outcome+" "+c.Label)
		assert.NotEmpty(t, c.Units, "%s %s", c.Part, c.Label)
		assert.True(t, slices.IsSorted(c.Units))
		for _, unit := range c.Units {
			for _, clean := range p.Clean {
				assert.False(t, strings.HasPrefix(unit, clean), "%s %s: %s is of a clean project", c.Part, c.Label, unit)
			}
		}
	}
	assert.ElementsMatch(t, wanted, got)
	assert.Len(t, wanted, 43)
}
