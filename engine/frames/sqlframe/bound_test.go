package sqlframe

import (
	"bytes"
	"context"
	"database/sql"
	"fmt"
	"math/big"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/sampling"
)

// TestBoundIsOnlyASpeedUp: a stratum that has too few tickets below its bound is
// asked for again, and the sample is the same.
func TestBoundIsOnlyASpeedUp(t *testing.T) {
	t.Parallel()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1)
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	for _, query := range []string{
		"CREATE TABLE o (id TEXT, region TEXT)",
		"WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 900) INSERT INTO o SELECT 'W' || i, 'R' || (i % 3) FROM n",
	} {
		_, err = db.ExecContext(t.Context(), query)
		require.NoError(t, err)
	}
	rules := "lang 1\nrecord 派工单 Order { 区域 region : text optional }\nitem 1 \"x\" { every month; sample 1 Order; fail : \"x\" }\n"
	standard, _, err := engine.Load(t.Context(), fstest.MapFS{"r.chk": {Data: []byte(rules)}}, ".", engine.Options{})
	require.NoError(t, err)
	p := Population{ID: "id", Columns: map[string]string{"区域": "region"}, Table: []string{"o"}, Filtered: true}
	for _, r := range standard.Checked().Records {
		if r.Name.First == "派工单" {
			p.Record = r
		}
	}
	s := Source{DB: db, Dialect: SQLite, Populations: []Population{p}}
	r := sampling.Request{Seed: sampling.Seed{Value: []byte("0123456789abcdef")}, Size: sampling.Count(50), Reserve: 3}
	units := make([]sampling.Unit, 0, 900)
	for i := 1; i <= 900; i++ {
		units = append(units, sampling.Unit{ID: fmt.Sprint("W", i), Stratum: []string{fmt.Sprint("R", i%3)}})
	}
	full := r
	full.Frame.Units = sampling.Units(units)
	want, err := sampling.Draw(t.Context(), full)
	require.NoError(t, err)
	for bits := 0; bits <= 64; bits += 4 {
		x, err := s.index(&s.Populations[0], engine.FrameQuery{Record: "派工单"}, r, []string{"region"})
		require.NoError(t, err)
		x.bound = func(int64, int64) string {
			return string(new(big.Int).Lsh(big.NewInt(1), uint(max(bits-1, 0))).FillBytes(make([]byte, 8)))
		}
		counted := &counting{Querier: db}
		x.db = counted
		got, err := sampling.DrawIndex(t.Context(), r, x)
		require.NoError(t, err)
		assert.Equal(t, want, got)
		assert.Equal(t, bits < 62, counted.queries > 6, "%d bits, %d queries", bits, counted.queries)
	}
}

// counting counts queries.
type counting struct {
	Querier
	queries int
}

func (c *counting) QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error) {
	c.queries++
	return c.Querier.QueryContext(ctx, query, args...)
}

// TestBound is above the share of the units asked for, by some standard
// deviations, and gives up where most units are asked for anyway.
func TestBound(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ units, population int64 }{{1, 1000}, {10, 1000}, {1000, 1_000_000}, {100_000, 1_000_000_000}} {
		share := new(big.Int).Lsh(big.NewInt(c.units), 64)
		share.Quo(share, big.NewInt(c.population))
		got := new(big.Int).SetBytes([]byte(bound(c.units, c.population)))
		assert.Len(t, bound(c.units, c.population), 8)
		assert.Equal(t, 1, got.Cmp(share))
		assert.Equal(t, -1, got.Cmp(share.Mul(share, big.NewInt(29))))
	}
	for _, c := range []struct{ units, population int64 }{{1, 1}, {1, 28}, {501, 1000}, {1000, 1000}, {0, 0}} {
		assert.True(t, bytes.Equal([]byte(unbounded), []byte(bound(c.units, c.population))), c)
	}
	assert.Greater(t, unbounded, string(bytes.Repeat([]byte{0xff}, 32)))
}
