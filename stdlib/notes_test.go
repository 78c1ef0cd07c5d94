package stdlib_test

import (
	"fmt"
	"io/fs"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/describe"
	"github.com/pinjian/pinjian/stdlib"
)

// note is one row of a NOTES.md: where it belongs, and the code of its last
// column.
type note struct {
	where   string
	quotes  []string
	without []string // quoted behind 没有: what the rules must not say
}

var quote = regexp.MustCompile("(没有 )?`([^`]+)`")

// readNotes reads the rows of all tables. Every row has the four columns
// place, print, reading and rule, none empty.
func readNotes(t *testing.T, name string) []note {
	t.Helper()
	data, err := fs.ReadFile(stdlib.FS(), name+"/NOTES.md")
	require.NoError(t, err)
	var out []note
	for line := range strings.Lines(string(data)) {
		if !strings.HasPrefix(line, "|") || strings.HasPrefix(line, "| ---") || strings.HasPrefix(line, "| 检查项 |") || strings.HasPrefix(line, "| 条 |") {
			continue
		}
		cells := strings.Split(strings.Trim(strings.TrimSpace(line), "|"), "|")
		require.Len(t, cells, 4, line)
		for _, c := range cells {
			assert.NotEmpty(t, strings.TrimSpace(c), line)
		}
		n := note{where: cells[0]}
		for _, m := range quote.FindAllStringSubmatch(cells[3], -1) {
			if m[1] != "" {
				n.without = append(n.without, m[2])
			} else {
				n.quotes = append(n.quotes, m[2])
			}
		}
		out = append(out, n)
	}
	require.NotEmpty(t, out)
	return out
}

// TestNotes pairs, both ways, every reason of a referral, every parameter,
// every table without numbers and every accepted finding with its note. A note
// about an item names its code.
func TestNotes(t *testing.T) {
	t.Parallel()
	for _, name := range standards {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			checked, declarations := load(t, name)
			declared := map[string][]string{} // quotation to codes of items, "" for none
			for _, item := range checked.Items {
				for _, p := range item.Parts {
					for _, c := range p.Criteria {
						if c.Kind == check.ReferCriterion {
							q := fmt.Sprintf("提请裁定 %q", c.Label)
							declared[q] = append(declared[q], item.ID)
						}
					}
				}
			}
			for _, d := range declarations {
				// What an imported standard declares is in the notes of that one.
				switch d := d.(type) {
				case *describe.Define:
					if d.Kind == "parameter" && !strings.HasPrefix(d.File, "std/") {
						declared["定义 "+d.Name] = nil
					}
				case *describe.Table:
					if !d.Loaded && !strings.HasPrefix(d.File, "std/") {
						declared["抽样表 "+d.Name] = nil
					}
				}
			}
			for _, a := range checked.Accepts {
				declared["认可 "+a.Code.Value] = nil
				assert.NotEmpty(t, a.Reason.Value)
			}
			noted := map[string]string{}
			for _, n := range readNotes(t, name) {
				for _, q := range n.quotes {
					if prefix, _, _ := strings.Cut(q, " "); slices.Contains([]string{"提请裁定", "定义", "抽样表", "认可"}, prefix) {
						assert.NotContains(t, noted, q, "noted twice")
						noted[q] = n.where
					}
				}
			}
			for q, codes := range declared {
				where, ok := noted[q]
				assert.True(t, ok, "NOTES.md has no row for %s", q)
				for _, code := range codes {
					assert.Contains(t, where, code, "the row of %s", q)
				}
			}
			for q := range noted {
				assert.Contains(t, declared, q, "NOTES.md tells of %s, which the standard does not declare", q)
			}
		})
	}
}

// TestNotesNameRules asks that the rest of the last column is in the standard
// too: names that a note quotes exist.
func TestNotesNameRules(t *testing.T) {
	t.Parallel()
	gap := regexp.MustCompile(`[…、]`)
	for _, name := range standards {
		var sources, own strings.Builder
		for _, dir := range []string{"property", name} {
			files, err := fs.Glob(stdlib.FS(), dir+"/*.chk")
			require.NoError(t, err)
			for _, f := range files {
				data, err := fs.ReadFile(stdlib.FS(), f)
				require.NoError(t, err)
				sources.Write(data)
				if dir == name {
					own.Write(data)
				}
			}
		}
		for _, n := range readNotes(t, name) {
			for _, q := range n.without {
				assert.NotRegexp(t, `(?m)^\s*`+regexp.QuoteMeta(q)+`\s`, own.String(), "%s: %s", name, n.where)
			}
			for _, q := range n.quotes {
				if strings.HasPrefix(q, "提请裁定 ") { // TestNotes compares these
					continue
				}
				for _, piece := range gap.Split(q, -1) {
					assert.Contains(t, sources.String(), strings.TrimSpace(piece), "%s: %s", name, n.where)
				}
			}
		}
	}
}
