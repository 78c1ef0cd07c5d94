package eval

import (
	"math/rand/v2"
	"testing"
	"time"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// benchOrder is a hand-written program's idea of an order.
type benchOrder struct {
	ID                      string
	Registered, Dispatched  time.Time
	registered, dispatched  int64
	Communicated, Completed int64
	known                   bool
}

func benchOrders(n int) ([]benchOrder, []Row) {
	r := rand.New(rand.NewPCG(1, 2))
	start := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	orders, rows := make([]benchOrder, n), make([]Row, n)
	slots := make(Row, 2*n)
	for i := range orders {
		o := &orders[i]
		o.Registered = start.Add(time.Duration(r.IntN(86400)) * time.Second)
		o.Dispatched = o.Registered.Add(time.Duration(r.IntN(1200)) * time.Second)
		o.registered, o.dispatched, o.known = o.Registered.UnixNano(), o.Dispatched.UnixNano(), r.IntN(100) > 0
		rows[i] = slots[2*i : 2*i+2 : 2*i+2]
		rows[i][0] = Slot{Num: o.registered, State: Known}
		if o.known {
			rows[i][1] = Slot{Num: o.dispatched, State: Known}
		}
	}
	return orders, rows
}

const tenMinutes = int64(10 * time.Minute)

// late is `u1 - u0 > 10m`.
func late() exprast.Node {
	return binary(">", binary("-", ident("u1"), ident("u0")), integerNode(tenMinutes))
}

// ratio prints how many times as long as a baseline, beside the bar.
func ratio(b *testing.B, times map[string]float64, name, baseline, unit string) {
	times[name] = float64(b.Elapsed()) / float64(b.N)
	if base := times[baseline]; base > 0 {
		b.ReportMetric(times[name]/base, unit)
	}
}

// One clause on prepared rows. The bar: at most 3 times the hand-written
// comparison of whole numbers, and half of the one of time.Time.
func BenchmarkOneClause(b *testing.B) {
	orders, rows := benchOrders(1024)
	condition := Compile(late())
	env := &Env{}
	for i := range orders {
		want := Maybe
		if orders[i].known {
			want = truth(orders[i].Dispatched.Sub(orders[i].Registered) > 10*time.Minute)
		}
		env.Unit = rows[i]
		require.Equal(b, want, condition(env))
	}
	times := map[string]float64{}
	found := 0
	b.Run("hand-time", func(b *testing.B) {
		i := 0
		for b.Loop() {
			if o := &orders[i&1023]; o.known && o.Dispatched.Sub(o.Registered) > 10*time.Minute {
				found++
			}
			i++
		}
		ratio(b, times, "hand-time", "", "")
	})
	b.Run("hand-int64", func(b *testing.B) {
		i := 0
		for b.Loop() {
			if o := &orders[i&1023]; o.known && o.dispatched-o.registered > tenMinutes {
				found++
			}
			i++
		}
		ratio(b, times, "hand-int64", "", "")
	})
	b.Run("closure", func(b *testing.B) {
		i := 0
		for b.Loop() {
			env.Unit = rows[i&1023]
			if condition(env) == True {
				found++
			}
			i++
		}
		ratio(b, times, "closure", "hand-int64", "x-int64(bar-3)")
		ratio(b, times, "closure", "hand-time", "x-time(bar-0.5)")
	})
}

// An indicator over many units. The bars: columns at most 0.3 times the
// hand-written loop over a million structs, rows 2.5 times; over a thousand 2
// and 5 times.
func BenchmarkIndicator(b *testing.B) {
	for _, size := range []struct {
		name       string
		n          int
		cols, rows string
	}{{"1000", 1_000, "x-hand(bar-2)", "x-hand(bar-5)"}, {"1000000", 1_000_000, "x-hand(bar-0.3)", "x-hand(bar-2.5)"}} {
		b.Run(size.name, func(b *testing.B) {
			orders, rows := benchOrders(size.n)
			table := NewTable([]Storage{Numbers, Numbers})
			for _, r := range rows {
				table.Append(r)
			}
			hand := func() (yes, open int64) {
				for i := range orders {
					switch o := &orders[i]; {
					case !o.known:
						open++
					case o.dispatched-o.registered > tenMinutes:
						yes++
					}
				}
				return yes, open
			}
			count := (&builder{}).aggregate(&exprast.BuiltinNode{Name: "count", Arguments: []exprast.Node{ident("units"), &exprast.PredicateNode{Node: late()}}})
			env := &Env{Units: rows}
			aggregate := &Aggregate{condition: CompileVector(late()), counts: true}
			block := NewBlock(table, &Env{})
			columns := func() Total {
				var t Total
				for i := range table.Blocks() {
					aggregate.Add(block, block.Use(i), &t)
				}
				return t
			}
			yes, open := hand()
			low, high, s := count(env)
			require.Equal(b, []any{yes, yes + open, known}, []any{low, high, s})
			require.Equal(b, Total{Units: int64(size.n), Yes: yes, Open: open}, columns())
			times := map[string]float64{}
			b.Run("hand", func(b *testing.B) {
				for b.Loop() {
					hand()
				}
				ratio(b, times, "hand", "", "")
			})
			b.Run("rows", func(b *testing.B) {
				for b.Loop() {
					count(env)
				}
				ratio(b, times, "rows", "hand", size.rows)
			})
			b.Run("columns", func(b *testing.B) {
				for b.Loop() {
					columns()
				}
				ratio(b, times, "columns", "hand", size.cols)
			})
		})
	}
}

// Neither closures nor columns allocate.
func TestEvaluationAllocatesNothing(t *testing.T) {
	_, rows := benchOrders(2_000)
	table := NewTable([]Storage{Numbers, Numbers})
	for _, r := range rows {
		table.Append(r)
	}
	condition, env := Compile(late()), &Env{}
	assert.Zero(t, testing.AllocsPerRun(100, func() { env.Unit = rows[0]; condition(env) }))
	aggregate := &Aggregate{condition: CompileVector(late()), counts: true}
	block := NewBlock(table, &Env{})
	assert.Zero(t, testing.AllocsPerRun(100, func() {
		var total Total
		for i := range table.Blocks() {
			aggregate.Add(block, block.Use(i), &total)
		}
	}))
}
