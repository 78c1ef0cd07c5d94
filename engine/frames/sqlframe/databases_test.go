//go:build databases

package sqlframe_test

import (
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"os"
	"runtime"
	"strings"
	"testing"
	"time"

	_ "github.com/go-sql-driver/mysql" // the drivers of the servers under test
	_ "github.com/jackc/pgx/v5/stdlib" // and of this one
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine/frames/sqlframe"
	"github.com/pinjian/pinjian/sampling"
)

// These tests need servers: the environment names an empty database of each, in
// which tables may be made, as `bash .ci/run databases` does. By hand:
//
//	PINJIAN_POSTGRES='host=/run/postgresql user=me dbname=scratch' \
//	PINJIAN_MARIADB='me@unix(/run/mysqld/mysqld.sock)/scratch' \
//	go test -tags databases ./engine/frames/sqlframe
func connect(t *testing.T, driver, variable string) *sql.DB {
	t.Helper()
	address := os.Getenv(variable)
	require.NotEmpty(t, address, "%s must name a server", variable)
	db, err := sql.Open(driver, address)
	require.NoError(t, err)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	require.NoError(t, db.PingContext(t.Context()))
	return db
}

func TestPostgreSQL(t *testing.T) {
	db := connect(t, "pgx", "PINJIAN_POSTGRES")
	execute(t, db, "CREATE COLLATION IF NOT EXISTS folding (provider = icu, locale = 'und-u-ks-level1', deterministic = false)")
	server := server{db: db, dialect: sqlframe.PostgreSQL, folding: "text COLLATE folding", untyped: "text", at: "timestamp"}
	for name, test := range suite {
		t.Run(name, func(t *testing.T) { test(t, server) })
	}
	t.Run("a million rows", func(t *testing.T) {
		server.million(t, "SELECT 'WO-' || lpad(n::text, 8, '0'), '区域' || n % 4, 'P' || n % 97 FROM generate_series(1, 1000000) AS n")
	})
}

func TestMariaDB(t *testing.T) {
	db := connect(t, "mysql", "PINJIAN_MARIADB")
	server := server{db: db, dialect: sqlframe.MySQL, folding: "varchar(250) CHARACTER SET utf8mb4 COLLATE utf8mb4_general_ci", untyped: "varchar(250) CHARACTER SET utf8mb4 COLLATE utf8mb4_bin", at: "datetime"}
	for name, test := range suite {
		t.Run(name, func(t *testing.T) { test(t, server) })
	}
	t.Run("a million rows", func(t *testing.T) {
		server.million(t, "SELECT CONCAT('WO-', LPAD(seq, 8, '0')), CONCAT('区域', seq % 4), CONCAT('P', seq % 97) FROM seq_1_to_1000000")
	})
}

// million draws from a million rows inside the database: the record must be the
// one from memory. Time and memory are shown beside those of reading all rows
// out.
func (s server) million(t *testing.T, fill string) {
	t.Helper()
	text := strings.Replace(s.folding, "folding", `"C"`, 1)
	table := s.table(t, "million", "unit "+text, "region "+text, "project "+text)
	execute(t, s.db, "INSERT INTO "+table+" "+fill)
	source := s.source(sqlframe.Population{Record: order(t), Table: []string{"million"}, ID: "unit", Columns: map[string]string{"区域": "region", "项目": "project"}, Filtered: true})
	q := november(t)
	q.Fields = []string{"区域", "项目"}
	lines := []string{fmt.Sprintf("%-58s %8s %10s", "one million rows", "seconds", "MB in Go")}
	measured := func(name string, work func()) {
		var before, after runtime.MemStats
		runtime.GC()
		runtime.ReadMemStats(&before)
		began := time.Now()
		work()
		seconds := time.Since(began).Seconds()
		runtime.ReadMemStats(&after)
		lines = append(lines, fmt.Sprintf("%-58s %8.2f %10.1f", name, seconds, float64(after.TotalAlloc-before.TotalAlloc)/1e6))
	}
	paths := make([][]string, 4*97)
	for i := range paths {
		paths[i] = []string{fmt.Sprintf("区域%d", i%4), fmt.Sprintf("P%d", i%97)}
	}
	units := func(strata bool) func(yield func(sampling.Unit, error) bool) {
		return func(yield func(sampling.Unit, error) bool) {
			for n := 1; n <= 1_000_000; n++ {
				u := sampling.Unit{ID: fmt.Sprintf("WO-%08d", n)}
				if strata {
					u.Stratum = paths[n%len(paths)]
				}
				if !yield(u, nil) {
					return
				}
			}
		}
	}
	for _, c := range []struct {
		name   string
		strata []string
		bare   bool
		change func(*sampling.Request)
	}{
		{"simple, 1,000", nil, false, func(r *sampling.Request) { r.Size = sampling.Count(1000) }},
		{"simple, 1,000, without digest", nil, true, func(r *sampling.Request) { r.Size = sampling.Count(1000) }},
		{"388 strata of 2 levels, 1,000 and at least 1 of each", q.Fields, false, func(r *sampling.Request) { r.Size, r.Minimum = sampling.Count(1000), 1 }},
		{"388 strata of 2 levels, 1 % per region, without digest", q.Fields, true, func(r *sampling.Request) { r.Size, r.Per, r.Reserve = sampling.Percent(big.NewRat(1, 100)), 1, 2 }},
		{"388 strata of 2 levels, systematic 1,000, without digest", q.Fields, true, func(r *sampling.Request) { r.Size, r.Method, r.Reserve = sampling.Count(1000), sampling.Systematic, 1 }},
	} {
		r := request(sampling.Size{})
		c.change(&r)
		x := source
		x.WithoutDigest = c.bare
		var got sampling.Record
		measured(c.name, func() {
			var err error
			got, err = x.Draw(t.Context(), q, r, c.strata...)
			require.NoError(t, err)
		})
		r.Frame = sampling.Frame{Sorted: true, Units: units(len(c.strata) > 0)}
		want, err := sampling.Draw(t.Context(), r)
		require.NoError(t, err)
		if c.bare {
			want.FrameDigest = ""
		}
		require.Equal(t, want.IDs(), got.IDs(), c.name)
		require.Equal(t, jsonOf(t, want), jsonOf(t, got), c.name)
	}
	measured("rows read out and drawn from in Go, the 388 strata", func() {
		r := request(sampling.Count(1000))
		r.Minimum = 1
		r.Frame.Units = sampling.Units(rows(t, source, q, q.Fields...))
		_, err := sampling.Draw(context.Background(), r)
		require.NoError(t, err)
	})
	t.Log("\n" + strings.Join(lines, "\n"))
}
