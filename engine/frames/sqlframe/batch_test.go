package sqlframe_test

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

const batchStandard = `lang 1
standard s "S" { version "1"; zone "Asia/Shanghai" }
choice Status 状态 { pending 待处理, done 已完成 }
record Order 工单 { registered 登记时间 : time, dispatched 派单时间 : time optional, status 状态 : Status, serious : bool, places : int 0..100, cost : number optional, note : text optional }
item late "Late" { every month; sample 100% Order where status == done; fail when dispatched is absent or dispatched - registered > 10m : "late" }
item costly "Costly" { every month; sample 100% Order; observation when cost is present and cost > 12.5 or places > 95 : "costly"; major when serious and note is present and note contains "漏水" : "leak" }
item share "Share" { every month; sample 100% Order; measure share(dispatched is present and dispatched - registered <= 10m); target >= 60% }
`

// The rows of a query over a database go into a batch as its driver scans
// them, and the verdicts are those of the same values in maps.
func TestBatchesTakeTheRowsOfADatabase(t *testing.T) {
	s, _, err := engine.Load(t.Context(), fstest.MapFS{"s.chk": {Data: []byte(batchStandard)}}, ".", engine.Options{})
	require.NoError(t, err)
	db := open(t)
	_, err = db.ExecContext(t.Context(), `create table orders (id text primary key, registered datetime not null, "派单时间" text, status text not null, serious boolean not null, places integer not null, cost real, note blob)`)
	require.NoError(t, err)
	tx, err := db.BeginTx(t.Context(), nil)
	require.NoError(t, err)
	rng := rand.New(rand.NewPCG(7, 9))
	values, err := engine.NewBatch(s, "Order", nil)
	require.NoError(t, err)
	var wantRefused []string
	start := time.Date(2026, 11, 3, 9, 0, 0, 0, s.Zone())
	for i := range 3000 {
		id, registered := fmt.Sprint("R", i), start.Add(time.Duration(i)*time.Minute)
		unit := map[string]any{"registered": registered, "status": []string{"待处理", "done"}[rng.IntN(2)], "serious": rng.IntN(2) == 0, "places": rng.IntN(102), "dispatched": nil, "cost": nil, "note": nil}
		if rng.IntN(5) > 0 {
			unit["dispatched"] = registered.Add(time.Duration(rng.IntN(1200)) * time.Second).Format("2006-01-02 15:04:05") // civil, as many databases keep it
		}
		if rng.IntN(2) == 0 {
			unit["cost"] = float64(rng.IntN(2000)) / 80
		}
		if rng.IntN(2) == 0 {
			unit["note"] = []string{"楼顶漏水", "灯坏", ""}[rng.IntN(3)]
		}
		_, err := tx.ExecContext(t.Context(), `insert into orders values (?, ?, ?, ?, ?, ?, ?, ?)`, id, registered, unit["dispatched"], unit["status"], unit["serious"], unit["places"], unit["cost"], unit["note"])
		require.NoError(t, err)
		for _, bad := range values.Append(id, unit) {
			wantRefused = append(wantRefused, id+" "+bad.Path+" "+bad.Code)
		}
	}
	require.NoError(t, tx.Commit())
	require.NotEmpty(t, wantRefused) // a place too many now and then

	rows, err := db.QueryContext(t.Context(), `select rowid, * from orders order by rowid`)
	require.NoError(t, err)
	defer func() { require.NoError(t, rows.Close()) }()
	columns, err := rows.Columns()
	require.NoError(t, err)
	scanned, err := engine.NewBatch(s, "工单", nil)
	require.NoError(t, err)
	loader := scanned.Loader(columns)
	cells, into := make([]any, len(columns)), make([]any, len(columns))
	for i := range cells {
		into[i] = &cells[i]
	}
	var refused []string
	for rows.Next() {
		require.NoError(t, rows.Scan(into...))
		id, ok := cells[1].(string)
		require.True(t, ok)
		for _, bad := range loader.Values(id, cells) {
			refused = append(refused, id+" "+bad.Path+" "+bad.Code)
		}
	}
	require.NoError(t, rows.Err())
	require.Equal(t, 3000, scanned.Len())
	assert.Equal(t, wantRefused, refused)
	for _, part := range []string{"late", "costly", "share"} {
		want, err := s.JudgeBatch(t.Context(), part, values, engine.Setting{})
		require.NoError(t, err)
		got, err := s.JudgeBatch(t.Context(), part, scanned, engine.Setting{})
		require.NoError(t, err)
		assert.Equal(t, asJSON(t, want), asJSON(t, got), part)
		assert.Positive(t, got.Counts["fail"]+got.Counts["major"]+got.Counts["ungraded"], "%v", got.Counts)
	}
}

func asJSON(t *testing.T, v any) string {
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}
