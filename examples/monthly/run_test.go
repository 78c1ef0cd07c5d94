package monthly_test

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"os"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
)

// folder reads the committed example into memory.
func folder(t *testing.T) fstest.MapFS {
	t.Helper()
	fsys := fstest.MapFS{}
	for _, name := range []string{"run.json", "work_orders.csv", "system_orders.csv", "register.csv", "submissions.jsonl"} {
		data, err := os.ReadFile(name)
		require.NoError(t, err)
		fsys[name] = &fstest.MapFile{Data: data}
	}
	return fsys
}

// judge runs a folder to its end.
func judge(t *testing.T, fsys fstest.MapFS, o engine.Options) (*run.Folder, *engine.Plan, []*engine.Result) {
	t.Helper()
	ctx := t.Context()
	f, err := run.Open(ctx, fsys, ".", o)
	require.NoError(t, err)
	require.Empty(t, f.Refused)
	p, err := f.Plan(ctx)
	require.NoError(t, err)
	results, err := f.Judge(ctx, p)
	require.NoError(t, err)
	return f, p, results
}

// TestRunFindsThePlantedAmongTheDrawn compares the findings of the whole run, judged twice over, with what was planted at
// the drawn units: nothing more, nothing less, and every criterion of every item at least once.
func TestRunFindsThePlantedAmongTheDrawn(t *testing.T) {
	t.Parallel()
	_, plan, results := judge(t, folder(t), engine.Options{Audit: true})
	var got []string
	outcomes := map[string]map[string]int{}
	for _, r := range results {
		require.Empty(t, r.Refused)
		outcomes[r.Subject] = map[string]int{}
		for _, v := range r.Verdicts {
			unit := v.Unit
			switch v.Level {
			case "item":
				outcomes[r.Subject][v.State.String()+" "+v.Worst.String()]++
				continue
			case "part": // has reasons of its own where the subject is the only unit
				unit = r.Subject
			case "unit":
			default:
				continue
			}
			for _, reason := range v.Reasons {
				if slices.Contains([]string{"finding", "refer", "settled", "ruling"}, reason.Key) {
					got = append(got, v.Part+" "+reason.Label+" "+unit)
				}
			}
		}
	}
	inspected := map[string]bool{}
	for _, task := range plan.Tasks {
		for _, d := range task.Draws {
			for _, part := range d.Parts {
				for _, unit := range append(d.Units, task.Subject.ID) {
					inspected[part+" "+unit] = true
				}
			}
		}
	}
	p := readPlanted(t)
	for _, a := range p.Answers {
		if a.Part == "005/4.1.1" {
			inspected[a.Part+" "+a.Unit] = true
		}
	}
	var want []string
	for _, c := range p.Criteria {
		before := len(want)
		for _, unit := range c.Units {
			if inspected[c.Part+" "+unit] {
				want = append(want, c.Part+" "+c.Label+" "+unit)
			}
		}
		assert.Greater(t, len(want), before, "nobody drawn shows %s %s", c.Part, c.Label)
	}
	slices.Sort(want)
	slices.Sort(got)
	assert.Empty(t, cmp.Diff(want, got))
	assert.Equal(t, map[string]int{"decided pass": 18}, outcomes["P3"], "the clean project passes every item")
	for _, state := range []string{"incomplete fail", "referred fail", "decided major", "decided fail", "decided observation", "decided pass"} {
		assert.Positive(t, outcomes["P1"][state]+outcomes["P2"][state], state)
	}
}

// TestRunIsTheSameInAnyOrder shuffles the rows of all files and the submissions, and gets the same bytes.
func TestRunIsTheSameInAnyOrder(t *testing.T) {
	t.Parallel()
	written := func(fsys fstest.MapFS) string {
		f, plan, results := judge(t, fsys, engine.Options{})
		var b bytes.Buffer
		require.NoError(t, f.WriteResults(&b, checklang.Chinese, plan, results))
		require.NoError(t, json.NewEncoder(&b).Encode(plan))
		require.NoError(t, json.NewEncoder(&b).Encode(results))
		return b.String()
	}
	committed := written(folder(t))
	for order := range uint64(3) {
		fsys := folder(t)
		for name, file := range fsys {
			header, lines := "", slices.Collect(strings.Lines(string(file.Data)))
			switch {
			case strings.HasSuffix(name, ".csv"):
				header, lines = lines[0], lines[1:]
			case name == "run.json":
				continue
			}
			slices.SortFunc(lines, func(a, b string) int { return bytes.Compare(ticket(order, a), ticket(order, b)) })
			file.Data = []byte(header + strings.Join(lines, ""))
		}
		require.True(t, committed == written(fsys), "order %d changed the result", order)
	}
}

// ticket orders lines by a hash.
func ticket(order uint64, line string) []byte {
	h := sha256.Sum256(binary.BigEndian.AppendUint64([]byte(line), order))
	return h[:]
}
