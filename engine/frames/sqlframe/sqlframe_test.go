package sqlframe_test

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"fmt"
	"slices"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames/sqlframe"
	"github.com/pinjian/pinjian/sampling"
)

// open gives an empty database in memory.
func open(t testing.TB) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(t, err)
	db.SetMaxOpenConns(1) // another connection would be another database
	t.Cleanup(func() { assert.NoError(t, db.Close()) })
	return db
}

func execute(t require.TestingT, db *sql.DB, query string, args ...any) {
	_, err := db.ExecContext(context.Background(), query, args...)
	require.NoError(t, err)
}

func order(t testing.TB) *check.Record {
	t.Helper()
	rules := "lang 1\nrecord 派工单 Order { 金额 amount : number; 备注 note : text optional; 日子 day : date optional; 登记时间 registered_at : time optional; 区域 region : text optional; 项目 project : text optional; 层 floor : number optional; 完 done : bool optional }\nitem 1 \"x\" { every month; sample 1 Order; fail : \"x\" }\n"
	s, _, err := engine.Load(t.Context(), fstest.MapFS{"r.chk": {Data: []byte(rules)}}, ".", engine.Options{})
	require.NoError(t, err)
	records := s.Checked().Records
	i := slices.IndexFunc(records, func(r *check.Record) bool { return r.Name.First == "派工单" })
	require.GreaterOrEqual(t, i, 0)
	return records[i]
}

func november(t testing.TB) engine.FrameQuery {
	t.Helper()
	p, err := engine.ParsePeriod("2026-11", time.UTC)
	require.NoError(t, err)
	return engine.FrameQuery{Record: "派工单", Subject: "P1", Period: p, Fields: []string{"金额", "备注", "日子", "登记时间"}}
}

func request(size sampling.Size) sampling.Request {
	return sampling.Request{Scope: "tenant", Standard: "std", Group: "1", Subject: "P1", Epoch: "2026-11", Seed: sampling.Seed{Value: []byte("0123456789abcdef")}, Size: size}
}

func read(t testing.TB, f engine.Frame) ([]engine.FrameUnit, error) {
	t.Helper()
	var out []engine.FrameUnit
	for u, err := range f.Units {
		if err != nil {
			return out, err
		}
		out = append(out, u)
	}
	return out, nil
}

// The host's query chooses the rows, its arguments are bound, and each cell
// becomes evidence or none.
func TestFrame(t *testing.T) {
	t.Parallel()
	db := open(t)
	execute(t, db, `CREATE TABLE "工单" ("编号" TEXT, p TEXT, at TEXT, "amount of" NUMERIC, note TEXT, d DATE, r DATETIME)`)
	insert := `INSERT INTO "工单" VALUES (?, ?, ?, ?, ?, ?, ?)`
	execute(t, db, insert, "W1", "P1", "2026-11-02", 12, nil, "2026-11-02", "2026-11-02 09:00:00")
	execute(t, db, insert, "W2", "P1", "2026-11-03", nil, "半夜", nil, nil)
	execute(t, db, insert, "W3", "P1", "2026-12-01", 1, nil, nil, nil)
	execute(t, db, insert, "W4", "P2", "2026-11-03", 1, nil, nil, nil)
	s := sqlframe.Source{DB: db, Dialect: sqlframe.SQLite, Populations: []sqlframe.Population{{
		Record: order(t), Query: `SELECT * FROM "工单" WHERE p = ? AND at >= ? AND at < ? ORDER BY at -- of the period`,
		Args: func(q engine.FrameQuery) ([]any, error) {
			return []any{q.Subject, q.Period.Start.Format(time.DateOnly), q.Period.End.Format(time.DateOnly)}, nil
		},
		ID: "编号", Columns: map[string]string{"金额": "amount of", "note": "note", "day": "d", "登记时间": "r"}, Filtered: true,
	}}}
	frame, err := s.Frame(t.Context(), november(t))
	require.NoError(t, err)
	got, err := read(t, frame)
	require.NoError(t, err)
	assert.Equal(t, []engine.FrameUnit{
		{ID: "W1", Values: map[string]any{"金额": int64(12), "备注": nil, "日子": "2026-11-02", "登记时间": time.Date(2026, 11, 2, 9, 0, 0, 0, time.UTC)}},
		{ID: "W2", Values: map[string]any{"备注": "半夜", "日子": nil, "登记时间": nil}},
	}, got)
	// A reader that stops early leaves no rows open: the pool has one connection.
	frame.Units(func(engine.FrameUnit, error) bool { return false })
	q := november(t)
	q.Fields = []string{"备注"}
	frame, err = s.Frame(t.Context(), q)
	require.NoError(t, err)
	got, err = read(t, frame)
	require.NoError(t, err)
	assert.Equal(t, map[string]any{"备注": nil}, got[0].Values, "only the fields asked for are read")
}

func TestQuote(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		dialect sqlframe.Dialect
		parts   []string
		want    string
	}{
		{sqlframe.PostgreSQL, []string{"public", `a"b`}, `"public"."a""b"`},
		{sqlframe.MySQL, []string{"a`b", `"`}, "`a``b`.`\"`"},
		{sqlframe.SQLite, []string{"工单"}, `"工单"`},
	} {
		got, err := c.dialect.Quote(c.parts...)
		require.NoError(t, err)
		assert.Equal(t, c.want, got)
	}
	for _, bad := range [][]string{nil, {""}, {"a", ""}, {"a\x00"}, {"\xff"}, {fmt.Sprintf("%064d", 0)}} {
		_, err := sqlframe.PostgreSQL.Quote(bad...)
		require.Error(t, err)
	}
	_, err := sqlframe.Dialect(0).Quote("a")
	require.ErrorContains(t, err, "the dialect 0 is not known")
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	db := open(t)
	execute(t, db, "CREATE TABLE o (id TEXT, a TEXT)")
	execute(t, db, "INSERT INTO o VALUES (NULL, 'x')")
	record := order(t)
	source := func(p sqlframe.Population) sqlframe.Source {
		return sqlframe.Source{DB: db, Dialect: sqlframe.SQLite, Populations: []sqlframe.Population{p}}
	}
	q := november(t)
	_, err := source(sqlframe.Population{}).Frame(t.Context(), q)
	require.ErrorContains(t, err, "populations[0]: the record is missing")
	other := q
	other.Record = "登记"
	_, err = source(sqlframe.Population{Record: record}).Frame(t.Context(), other)
	require.ErrorIs(t, err, engine.ErrNoFrame)
	_, err = source(sqlframe.Population{Record: record, Table: []string{"o"}}).Frame(t.Context(), q)
	require.ErrorContains(t, err, `"" can't name a table or column`)
	_, err = source(sqlframe.Population{Record: record, ID: "id"}).Frame(t.Context(), q)
	require.ErrorContains(t, err, "a name of a table or column is missing")
	_, err = source(sqlframe.Population{Record: record, Table: []string{"o"}, ID: "id", Columns: map[string]string{"x": "a"}}).Frame(t.Context(), q)
	require.ErrorContains(t, err, `has no field "x"`)
	_, err = source(sqlframe.Population{Record: record, Table: []string{"o"}, ID: "id", Columns: map[string]string{"note": "a", "备注": "a"}}).Frame(t.Context(), q)
	require.ErrorContains(t, err, "has two columns")
	frame, err := source(sqlframe.Population{Record: record, Table: []string{"o"}, ID: "id"}).Frame(t.Context(), q)
	require.NoError(t, err)
	_, err = read(t, frame)
	require.ErrorContains(t, err, "has no id (column id)")
	wrong := fmt.Errorf("no such tenant")
	_, err = source(sqlframe.Population{Record: record, Query: "SELECT 1", Args: func(engine.FrameQuery) ([]any, error) { return nil, wrong }}).Frame(t.Context(), q)
	require.ErrorIs(t, err, wrong)

	conditional := q
	conditional.Conditional = true
	_, err = source(sqlframe.Population{Record: record, Table: []string{"o"}, ID: "id"}).Draw(t.Context(), conditional, request(sampling.Count(1)))
	require.ErrorIs(t, err, engine.ErrDrawFromRows)
	whole := sqlframe.Population{Record: record, Table: []string{"o"}, ID: "id", Filtered: true}
	for want, change := range map[string]func(*sampling.Request){
		"units that are always in": func(r *sampling.Request) { r.Always = []string{"a"} },
		"continue a rotation":      func(r *sampling.Request) { r.Rotation = &sampling.Rotation{} },
		"the request has another":  func(r *sampling.Request) { r.Frame.Units = sampling.Units(nil) },
		"the strata have 0":        func(r *sampling.Request) { r.Per = 1 },
	} {
		execute(t, db, "DELETE FROM o")
		execute(t, db, "INSERT INTO o VALUES ('x', 'x')")
		r := request(sampling.Count(1))
		change(&r)
		_, err = source(whole).Draw(t.Context(), q, r)
		require.ErrorContains(t, err, want)
	}
	for want, c := range map[string]struct{ field, column string }{
		`gives no field "备注"`:       {"备注", ""},
		`has no field "nothing"`:    {"nothing", "a"},
		`be those of "日子" inside`:   {"日子", "a"},
		`be those of "done" inside`: {"done", "a"},
	} {
		p := whole
		if c.column != "" && p.Record.Lookup(c.field) != nil {
			p.Columns = map[string]string{c.field: c.column}
		}
		_, err = source(p).Draw(t.Context(), q, request(sampling.Count(1)), c.field)
		require.ErrorContains(t, err, want)
	}
	r := request(sampling.Count(1))
	r.Seed.Value = nil
	_, err = source(whole).Draw(t.Context(), q, r)
	var refused *sampling.Error
	require.ErrorAs(t, err, &refused)
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = source(whole).Draw(cancelled, q, request(sampling.Count(1)))
	require.ErrorIs(t, err, context.Canceled)
}

func TestSHA256Function(t *testing.T) {
	t.Parallel()
	a, err := sqlframe.SHA256([]driver.Value{"x"})
	require.NoError(t, err)
	b, err := sqlframe.SHA256([]driver.Value{[]byte("x")})
	require.NoError(t, err)
	assert.Equal(t, a, b)
	for _, args := range [][]driver.Value{nil, {nil}, {int64(1)}, {"a", "b"}} {
		_, err := sqlframe.SHA256(args)
		require.Error(t, err)
	}
}
