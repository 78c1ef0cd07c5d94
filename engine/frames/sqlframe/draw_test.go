package sqlframe_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames/sqlframe"
	"github.com/pinjian/pinjian/sampling"
)

// server is a database under test. Its tables are the test's own.
type server struct {
	db      *sql.DB
	dialect sqlframe.Dialect
	// folding is the type of a column whose collation takes upper and lower case for one.
	folding string
	// untyped is a type of columns that take any bytes.
	untyped string
	// at is the type of a column of times.
	at string
}

func sqliteServer(t testing.TB) server {
	t.Helper()
	return server{db: open(t), dialect: sqlframe.SQLite, folding: "TEXT COLLATE NOCASE", at: "DATETIME"}
}

// placeholder stands for the n-th argument, counted from 1.
func (s server) placeholder(n int) string {
	if s.dialect == sqlframe.PostgreSQL {
		return fmt.Sprintf("$%d", n)
	}
	return "?"
}

// fill leaves these rows alone in a table.
func (s server) fill(t require.TestingT, table string, rows [][]any) {
	execute(t, s.db, "DELETE FROM "+table)
	var values []string
	var args []any
	for _, row := range rows {
		var marks []string
		for _, cell := range row {
			args = append(args, cell)
			marks = append(marks, s.placeholder(len(args)))
		}
		values = append(values, "("+strings.Join(marks, ", ")+")")
	}
	if len(rows) > 0 {
		execute(t, s.db, "INSERT INTO "+table+" VALUES "+strings.Join(values, ", "), args...)
	}
}

// table makes a table with a name that needs quoting and drops it at the end.
func (s server) table(t testing.TB, name string, columns ...string) string {
	t.Helper()
	quoted, err := s.dialect.Quote(name)
	require.NoError(t, err)
	execute(t, s.db, "CREATE TABLE "+quoted+" ("+strings.Join(columns, ", ")+")")
	t.Cleanup(func() { execute(t, s.db, "DROP TABLE "+quoted) })
	return quoted
}

func (s server) source(p sqlframe.Population) sqlframe.Source {
	return sqlframe.Source{DB: s.db, Dialect: s.dialect, Populations: []sqlframe.Population{p}}
}

// rows reads the population out, as a draw in memory needs it.
func rows(t require.TestingT, s sqlframe.Source, q engine.FrameQuery, strata ...string) []sampling.Unit {
	frame, err := s.Frame(context.Background(), q)
	require.NoError(t, err)
	units := []sampling.Unit{}
	for u, err := range frame.Units {
		require.NoError(t, err)
		one := sampling.Unit{ID: u.ID}
		for _, field := range strata {
			text := ""
			if v := u.Values[field]; v != nil {
				text = fmt.Sprint(v)
			}
			one.Stratum = append(one.Stratum, text)
		}
		units = append(units, one)
	}
	return units
}

// someText is what a careless query would fold, cut off or read as SQL.
var someText = rapid.OneOf(
	rapid.StringMatching(`[A-Ca-c]{1,2}`),
	rapid.StringMatching(`[0-9]{1,3}`),
	rapid.SampledFrom([]string{"工单一", "é", "É", "e", "ß", "ss", "a ", " a", "😀", "😃", `x"; drop table t; --`, "'; DROP TABLE t; --", `"`, "`", "%", "_", `\`, `\'`, `\x41`, "{}", "[]", "$1", "?", ":a", "null", "NULL", "0x41", "a\u00a0"}),
)

func someRequest(t *rapid.T, levels int) sampling.Request {
	n := rapid.Int64Range(1, 30).Draw(t, "n")
	sizes := []sampling.Size{sampling.Count(n), sampling.All(), sampling.Percent(big.NewRat(n, 30)), sampling.Range(n, n+3)}
	r := request(rapid.SampledFrom(sizes).Draw(t, "size"))
	r.Epoch = rapid.StringMatching(`[a-z]{0,4}`).Draw(t, "epoch")
	r.Reserve = rapid.Int64Range(0, 4).Draw(t, "reserve")
	r.Per = rapid.IntRange(0, levels).Draw(t, "per")
	if rapid.Bool().Draw(t, "systematic") {
		r.Method = sampling.Systematic
	} else {
		r.Minimum = rapid.Int64Range(0, 2).Draw(t, "minimum")
	}
	return r
}

// drawEqualsMemory draws from random rows inside the database and from the same
// rows read out: the records must be equal byte by byte.
func drawEqualsMemory(t *testing.T, s server) {
	t.Helper()
	const hostile = "o\" ; DROP TABLE `x`; --"
	table := s.table(t, hostile, "p TEXT", "unit "+s.folding, "region "+s.folding, "project "+s.folding, "floor INTEGER")
	p := sqlframe.Population{
		Record: order(t), Query: "SELECT * FROM " + table + " WHERE p = " + s.placeholder(1) + " -- of the project",
		Args: func(q engine.FrameQuery) ([]any, error) { return []any{q.Subject}, nil },
		ID:   "unit", Columns: map[string]string{"region": "region", "项目": "project", "层": "floor"}, Filtered: true,
	}
	source := s.source(p)
	q := november(t)
	q.Fields = []string{"区域", "项目", "层"}
	stratum := rapid.OneOf(rapid.Just[any](nil), rapid.Just[any](""), rapid.Map(someText, func(s string) any { return s }))
	rapid.Check(t, func(t *rapid.T) {
		ids := rapid.SliceOfNDistinct(someText, 0, 40, rapid.ID[string]).Draw(t, "ids")
		strata := rapid.SampledFrom([][]string{nil, {"区域"}, {"区域", "项目"}, {"层", "区域"}}).Draw(t, "strata")
		palette := rapid.SliceOfN(stratum, 1, 5).Draw(t, "palette")
		all := [][]any{{"P2", "of another", nil, nil, nil}}
		for _, id := range ids {
			var floor any
			if n := rapid.IntRange(-2, 3).Draw(t, "floor"); n != 0 {
				floor = n
			}
			all = append(all, []any{"P1", id, rapid.SampledFrom(palette).Draw(t, "region"), rapid.SampledFrom(palette).Draw(t, "project"), floor})
		}
		s.fill(t, table, all)
		levels := len(strata)
		if len(ids) == 0 {
			levels = 0
		}
		r := someRequest(t, levels)
		got, err := source.Draw(context.Background(), q, r, strata...)
		require.NoError(t, err)
		units := rows(t, source, q, strata...)
		require.Len(t, units, len(ids))
		r.Frame.Units = sampling.Units(units)
		want, err := sampling.Draw(context.Background(), r)
		require.NoError(t, err)
		require.Equal(t, jsonOf(t, want), jsonOf(t, got))
		v, err := sampling.Verify(context.Background(), got, r.Frame)
		require.NoError(t, err)
		require.True(t, v.Repeatable)

		bare := source
		bare.WithoutDigest = true
		r.Frame = sampling.Frame{}
		got, err = bare.Draw(context.Background(), q, r, strata...)
		require.NoError(t, err)
		want.FrameDigest = ""
		require.Equal(t, jsonOf(t, want), jsonOf(t, got))
	})
}

func jsonOf(t require.TestingT, v any) string {
	text, err := json.Marshal(v)
	require.NoError(t, err)
	return string(text)
}

// drawRefusesIDs names what can't be drawn by, whether the database knows or
// only suspects, in the words of a draw in memory.
func drawRefusesIDs(t *testing.T, s server) {
	t.Helper()
	table := s.table(t, "ids", "unit "+s.untyped, "region "+s.untyped)
	source := s.source(sqlframe.Population{Record: order(t), Table: []string{"ids"}, ID: "unit", Columns: map[string]string{"区域": "region"}, Filtered: true})
	for name, c := range map[string]struct {
		rows [][]any
		want string
	}{
		"twin":                        {[][]any{{"a", "x"}, {"b", "x"}, {"b", "y"}}, `the id "b" occurs more than once`},
		"no ASCII twin":               {[][]any{{"工单", "x"}, {"工单", "x"}}, `the id "工单" occurs more than once`},
		"not normalised":              {[][]any{{"a", "x"}, {"工单", "x"}, {"e\u0301", "x"}}, "normalisation form C"},
		"a letter's twin":             {[][]any{{"\u212a", "x"}}, "normalisation form C"},
		"NULL":                        {[][]any{{"a", "x"}, {nil, "x"}}, "the id is empty"},
		"empty":                       {[][]any{{"", "x"}, {"a", "x"}}, "the id is empty"},
		"control character":           {[][]any{{"a\tb", "x"}}, "control character"},
		"line break":                  {[][]any{{"a\n", "x"}}, "control character"},
		"late control character":      {[][]any{{"a\u0085", "x"}}, "control character"},
		"NUL":                         {[][]any{{"a\x00b", "x"}}, "control character"},
		"broken UTF-8":                {[][]any{{"\xff", "x"}}, "not valid UTF-8"},
		"too long":                    {[][]any{{fmt.Sprintf("%0201d", 1), "x"}}, "more than 200"},
		"too long in bytes":           {[][]any{{strings.Repeat("工", 67), "x"}}, "more than 200"},
		"a stratum too long":          {[][]any{{"a", strings.Repeat("工", 67)}}, "more than 200"},
		"a stratum's line break":      {[][]any{{"a", "x\ny"}}, "control character"},
		"a stratum of decomposed kin": {[][]any{{"a", "e\u0301"}, {"b", "é"}}, "normalisation form C"},
	} {
		if s.dialect != sqlframe.SQLite && (name == "NUL" && s.dialect == sqlframe.PostgreSQL || name == "broken UTF-8") {
			continue // the server takes no such text
		}
		s.fill(t, table, c.rows)
		_, err := source.Draw(t.Context(), november(t), request(sampling.Count(1)), "区域")
		require.ErrorContains(t, err, c.want, name)
		_, err = source.Draw(t.Context(), november(t), request(sampling.Count(1)))
		if strings.HasPrefix(name, "a stratum") {
			require.NoError(t, err, name)
		} else {
			require.ErrorContains(t, err, c.want, name)
		}
	}
}

// hostileNames are never read as SQL, be they of tables, columns or units.
func hostileNames(t *testing.T, s server) {
	t.Helper()
	victim := s.table(t, "victim", "unit "+s.untyped)
	s.fill(t, victim, [][]any{{"kept"}})
	names := []string{`x"; drop table victim; --`, "x`; drop table victim; --", "x'; drop table victim; --", `o" ; DROP TABLE victim; --`, `"`, `""`, "`", "``", "]", "a.b", "SELECT", "'", `x" UNION SELECT unit FROM victim --`, "?", "$1", "-- x", "/*", `\`, "%s", "{}", "level0", "ticket", "bytes", "population", "drawing"}
	for _, hostile := range names {
		table, err := s.dialect.Quote(hostile)
		require.NoError(t, err)
		execute(t, s.db, "CREATE TABLE "+table+" ("+table+" "+s.untyped+")")
		s.fill(t, table, [][]any{{hostile}})
		source := s.source(sqlframe.Population{Record: order(t), Table: []string{hostile}, ID: hostile, Columns: map[string]string{"备注": hostile, "区域": hostile}, Filtered: true})
		frame, err := source.Frame(t.Context(), november(t))
		require.NoError(t, err)
		got, err := read(t, frame)
		require.NoError(t, err, hostile)
		assert.Equal(t, []engine.FrameUnit{{ID: hostile, Values: map[string]any{"备注": hostile}}}, got)
		for _, method := range []sampling.Method{sampling.Extendable, sampling.Systematic} {
			r := request(sampling.Count(5))
			r.Method = method
			for _, strata := range [][]string{nil, {"备注", "区域"}} {
				drawn, err := source.Draw(t.Context(), november(t), r, strata...)
				require.NoError(t, err, hostile)
				assert.Equal(t, []string{hostile}, drawn.IDs())
			}
		}
		// A column that isn't there is an error and not, as SQLite would have it, a text.
		source.Populations[0].ID = "nosuch" + hostile
		_, err = source.Draw(t.Context(), november(t), request(sampling.Count(1)))
		require.Error(t, err)
		for _, bad := range []string{hostile + "\x00", "\x00", ""} {
			source.Populations[0].ID = bad
			_, err = source.Draw(t.Context(), november(t), request(sampling.Count(1)))
			require.ErrorContains(t, err, "can't name a table or column")
		}
		execute(t, s.db, "DROP TABLE "+table)
	}
	var kept int
	require.NoError(t, s.db.QueryRowContext(t.Context(), "SELECT COUNT(*) FROM "+victim).Scan(&kept))
	assert.Equal(t, 1, kept)
}

// strataOfOtherTypes are refused where the database would write them in another
// way than they are read.
func strataOfOtherTypes(t *testing.T, s server) {
	t.Helper()
	s.table(t, "typed", "unit "+s.untyped, "at "+s.at, "amount DOUBLE PRECISION")
	source := s.source(sqlframe.Population{Record: order(t), Table: []string{"typed"}, ID: "unit", Columns: map[string]string{"区域": "at", "金额": "amount"}, Filtered: true})
	s.fill(t, "typed", [][]any{{"a", "2026-11-02 09:00:00", 1e6}})
	_, err := source.Draw(t.Context(), november(t), request(sampling.Count(1)), "区域")
	require.ErrorContains(t, err, `the column of "区域" is no text`)
	_, err = source.Draw(t.Context(), november(t), request(sampling.Count(1)), "金额")
	require.ErrorContains(t, err, `the database writes "金额" as`)
}

func TestSQLite(t *testing.T) {
	t.Parallel()
	for name, test := range suite {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, sqliteServer(t))
		})
	}
}

// suite is what every database must pass.
var suite = map[string]func(*testing.T, server){
	"draw equals memory":    drawEqualsMemory,
	"refused ids":           drawRefusesIDs,
	"hostile names":         hostileNames,
	"strata of other types": strataOfOtherTypes,
}
