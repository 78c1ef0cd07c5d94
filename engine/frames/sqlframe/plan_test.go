package sqlframe_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames/sqlframe"
)

const planRules = `lang 1
standard planned "planned" { version "1"; zone "Asia/Shanghai" }
record Visit { region : text; urgent : bool; floor : int }
item 1 "spread" { every month; sample 5 Visit spread by region; review "x" -> done : bool; fail when not done : "not done" }
item 2 "each" { every month; sample 1 Visit per region; review "x" -> done : bool; fail when not done : "not done" }
item 3 "urgent" { every month; sample 3 Visit where urgent; review "x" -> done : bool; fail when not done : "not done" }
item 4 "flags" { every month; sample 3 Visit spread by urgent; review "x" -> done : bool; fail when not done : "not done" }
`

// counting counts the queries that read rows out for a plan.
type counting struct {
	sqlframe.Querier
	rows *int
}

func (c counting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	if strings.Contains(query, "urgent") {
		*c.rows++
	}
	return c.Querier.QueryContext(ctx, query, args...)
}

// rowsOnly hides that a source can draw.
type rowsOnly struct{ engine.FrameSource }

// TestPlanDrawsInTheDatabase: a plan from a database is the plan from its rows, byte for byte, and rows are read out only
// for what the database can't draw: a condition of the sample, and strata that it would write otherwise.
func TestPlanDrawsInTheDatabase(t *testing.T) {
	t.Parallel()
	db := open(t)
	execute(t, db, "CREATE TABLE visits (id TEXT, region TEXT, urgent INTEGER, floor INTEGER)")
	for i := range 60 {
		execute(t, db, "INSERT INTO visits VALUES (?, ?, ?, ?)", fmt.Sprintf("V%03d", (i*37)%60), []string{"东", "西", "北"}[i%3], i%2, i)
	}
	s, _, err := engine.Load(t.Context(), fstest.MapFS{"a.chk": {Data: []byte(planRules)}}, ".", engine.Options{})
	require.NoError(t, err)
	period, err := engine.ParsePeriod("2026-11", s.Zone())
	require.NoError(t, err)
	read := 0
	source := sqlframe.Source{DB: counting{db, &read}, Dialect: sqlframe.SQLite, Populations: []sqlframe.Population{{
		Record: s.Checked().Records[0], Table: []string{"visits"}, ID: "id",
		Columns: map[string]string{"region": "region", "urgent": "urgent", "floor": "floor"},
	}}}
	r := engine.PlanRequest{Scope: "t", Tier: "any", Period: period, Seed: []byte("0123456789abcdef"), Inspected: []string{"P"}, Reserve: 2}
	r.Organisation.Subjects = []engine.Subject{{ID: "P"}}
	plan := func(frames engine.FrameSource, items ...string) []byte {
		read = 0
		r.Frames, r.Items = frames, items
		p, err := s.MakePlan(t.Context(), r)
		require.NoError(t, err)
		require.Empty(t, p.Problems)
		data, err := json.Marshal(p)
		require.NoError(t, err)
		return data
	}
	inside := plan(source, "1", "2")
	assert.Zero(t, read, "nothing is read out")
	assert.Equal(t, string(plan(rowsOnly{source}, "1", "2")), string(inside))
	assert.Equal(t, 1, read, "from one goroutine, once for the record")
	all := plan(source)
	assert.Equal(t, 1, read)
	assert.Equal(t, string(plan(rowsOnly{source})), string(all))

	execute(t, db, "INSERT INTO visits VALUES ('V001', '东', 0, 1)")
	r.Frames, r.Items = source, []string{"1"}
	p, err := s.MakePlan(t.Context(), r)
	require.NoError(t, err)
	require.Len(t, p.Problems, 1, "a twin is told of as it is when rows are read")
	assert.Equal(t, "twin_unit", p.Problems[0].Code)
	assert.Len(t, p.Tasks[0].Draws[0].Units, 5)
}
