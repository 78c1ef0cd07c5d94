//go:build postgres

package sqlframe_test

import (
	"context"
	"database/sql"
	"fmt"
	"os"
	"slices"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // the driver of the server under test
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames/sqlframe"
	"github.com/pinjian/pinjian/sampling"
)

// TestPostgreSQL needs a server: the environment names it, with a user who may
// make temporary tables, as in
//
//	PINJIAN_POSTGRES=postgres://user@localhost/postgres go test -tags postgres ./engine/frames/sqlframe
func TestPostgreSQL(t *testing.T) {
	t.Parallel()
	address := os.Getenv("PINJIAN_POSTGRES")
	require.NotEmpty(t, address, "PINJIAN_POSTGRES must name a server")
	db, err := sql.Open("pgx", address)
	require.NoError(t, err)
	db.SetMaxOpenConns(1) // the temporary tables are of one connection
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	const hostile = `o" ; DROP TABLE x; --`
	table, err := sqlframe.PostgreSQL.Quote(hostile)
	require.NoError(t, err)
	execute(t, db, "CREATE TEMPORARY TABLE "+table+" ("+table+" text, p text, note text)")
	q := november(t)
	p := sqlframe.Population{
		Record: order(t), Query: "SELECT * FROM " + table + " WHERE p = $1 -- of the project",
		Args: func(q engine.FrameQuery) ([]any, error) { return []any{q.Subject}, nil },
		ID:   hostile, Columns: map[string]string{"备注": "note"}, Filtered: true,
	}
	s := sqlframe.Source{DB: db, Dialect: sqlframe.PostgreSQL, Populations: []sqlframe.Population{p}}
	fill := func(t require.TestingT, ids []string) {
		execute(t, db, "DELETE FROM "+table)
		for _, id := range ids {
			execute(t, db, "INSERT INTO "+table+" VALUES ($1, 'P1', NULL)", id)
		}
		execute(t, db, "INSERT INTO "+table+" VALUES ('of another', 'P2', NULL)")
	}
	id := rapid.OneOf(
		rapid.StringMatching(`[A-Za-z]{1,3}`),
		rapid.StringMatching(`[0-9]{1,4}`),
		rapid.SampledFrom([]string{"工单一", "é", "'; DROP TABLE o; --", `"`, "%_", "\\", "$1", "A1 "}),
	)
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(id, 0, 12, rapid.ID[string]).Draw(t, "ids")
		fill(t, ids)
		r := request(sampling.Count(rapid.Int64Range(1, 14).Draw(t, "n")))
		r.Reserve = 2
		got, err := s.Draw(context.Background(), q, r)
		require.NoError(t, err)
		r.Frame = sampling.Frame{Units: sampling.Units(units(ids))}
		want, err := sampling.Draw(context.Background(), r)
		require.NoError(t, err)
		assert.Equal(t, units(want.IDs()), units(got.Units))
		assert.Len(t, got.Reserve, len(want.Reserve))
		assert.Equal(t, want.Population, got.Planned.Population)

		frame, err := s.Frame(context.Background(), q)
		require.NoError(t, err)
		var read []string
		for u, err := range frame.Units {
			require.NoError(t, err)
			read = append(read, u.ID)
		}
		assert.ElementsMatch(t, ids, read)
	})
	for want, ids := range map[string][]string{
		`the id "b" occurs more than once`: {"a", "b", "b"},
		"normalisation form C":             {"a", "工单", "e\u0301"},
		"the id is empty":                  {""},
		"control character":                {"a\u0085"},
	} {
		fill(t, ids)
		_, err := s.Draw(t.Context(), q, request(sampling.Count(1)))
		require.ErrorContains(t, err, want)
	}

	// A hundred thousand rows: the same units as from memory.
	execute(t, db, "DELETE FROM "+table)
	execute(t, db, "INSERT INTO "+table+" SELECT 'WO-' || lpad(n::text, 8, '0'), 'P1', NULL FROM generate_series(1, 100000) AS n")
	r := request(sampling.Count(1000))
	got, err := s.Draw(t.Context(), q, r)
	require.NoError(t, err)
	r.Frame = sampling.Frame{Sorted: true, Units: func(yield func(sampling.Unit, error) bool) {
		for n := range 100_000 {
			if !yield(sampling.Unit{ID: fmt.Sprintf("WO-%08d", n+1)}, nil) {
				return
			}
		}
	}}
	want, err := sampling.Draw(t.Context(), r)
	require.NoError(t, err)
	assert.True(t, slices.Equal(want.IDs(), got.Units))
}
