package benchmark

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"testing"
	"testing/fstest"
	"time"

	"github.com/casbin/govaluate"
	"github.com/cedar-policy/cedar-go"
	"github.com/dop251/goja"
	"github.com/google/cel-go/cel"
	"github.com/open-policy-agent/opa/v1/rego"
	"github.com/stretchr/testify/require"
	_ "modernc.org/sqlite"

	"github.com/pinjian/pinjian/engine"
)

const standard = `lang 1
choice Status { pending, done }
record Order { registered : time, dispatched : time, arrived : time, completed : time optional, status : Status, serious : bool }
item one "One clause" { every month; sample 100% Order; fail when dispatched - registered > 10m : "late" }
item share "An indicator" { every month; sample 100% Order; measure share(dispatched - registered <= 10m); target >= 90% }
item four "Four clauses" {
  every month; sample 100% Order
  fail when dispatched - registered > 11m : "late"
  observation when arrived - dispatched > 15m : "arrived late"
  fail when status == done and completed is absent : "no time of completion"
  major when serious and completed is present and completed - registered > 11h : "serious and slow"
}
`

type order struct {
	Registered time.Time  `chk:"registered"`
	Dispatched time.Time  `chk:"dispatched"`
	Arrived    time.Time  `chk:"arrived"`
	Completed  *time.Time `chk:"completed"`
	Status     string     `chk:"status"`
	Serious    bool       `chk:"serious"`
}

func orders(n int) []order {
	r := rand.New(rand.NewPCG(3, 4))
	start := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	out := make([]order, n)
	for i := range out {
		o := &out[i]
		o.Registered = start.Add(time.Duration(r.IntN(86400)) * time.Second)
		o.Dispatched = o.Registered.Add(time.Duration(r.IntN(1200)) * time.Second)
		o.Arrived = o.Dispatched.Add(time.Duration(r.IntN(2000)) * time.Second)
		o.Status = []string{"pending", "done"}[r.IntN(2)]
		if r.IntN(4) > 0 {
			at := o.Arrived.Add(time.Duration(r.IntN(100_000)) * time.Second)
			o.Completed = &at
		}
		o.Serious = r.IntN(5) == 0
	}
	return out
}

// late and grade are the rules by hand: what every engine must find.
func late(o *order) bool { return o.Dispatched.Sub(o.Registered) > 10*time.Minute }

func grade(o *order) int {
	switch {
	case o.Serious && o.Completed != nil && o.Completed.Sub(o.Registered) > 11*time.Hour:
		return 4
	case o.Dispatched.Sub(o.Registered) > 11*time.Minute, o.Status == "done" && o.Completed == nil:
		return 3
	case o.Arrived.Sub(o.Dispatched) > 15*time.Minute:
		return 2
	}
	return 1
}

// values are an order in whole seconds, for engines without times.
func (o *order) values() map[string]any {
	v := map[string]any{"registered": o.Registered.Unix(), "dispatched": o.Dispatched.Unix(), "arrived": o.Arrived.Unix(), "completed": int64(0), "finished": o.Completed != nil, "done": o.Status == "done", "serious": o.Serious}
	if o.Completed != nil {
		v["completed"] = o.Completed.Unix()
	}
	return v
}

// peer is one engine: its answers to both rules for order i.
type peer struct {
	name string
	one  func(i int) bool
	four func(i int) int
}

func peers(b *testing.B, list []order) []peer {
	values := make([]map[string]any, len(list))
	for i := range list {
		values[i] = list[i].values()
	}
	return []peer{celPeer(b, list), govaluatePeer(b, values), gojaPeer(b, values), cedarPeer(b, values), opaPeer(b, values)}
}

func celPeer(b *testing.B, list []order) peer {
	env, err := cel.NewEnv(cel.Variable("registered", cel.TimestampType), cel.Variable("dispatched", cel.TimestampType), cel.Variable("arrived", cel.TimestampType),
		cel.Variable("completed", cel.TimestampType), cel.Variable("finished", cel.BoolType), cel.Variable("done", cel.BoolType), cel.Variable("serious", cel.BoolType))
	require.NoError(b, err)
	compile := func(text string) cel.Program {
		tree, issues := env.Compile(text)
		require.NoError(b, issues.Err())
		p, err := env.Program(tree, cel.EvalOptions(cel.OptOptimize))
		require.NoError(b, err)
		return p
	}
	one := compile(`dispatched - registered > duration("10m")`)
	four := compile(`serious && finished && completed - registered > duration("11h") ? 4 : dispatched - registered > duration("11m") || done && !finished ? 3 : arrived - dispatched > duration("15m") ? 2 : 1`)
	inputs := make([]map[string]any, len(list))
	for i := range list {
		o := &list[i]
		inputs[i] = map[string]any{"registered": o.Registered, "dispatched": o.Dispatched, "arrived": o.Arrived, "completed": o.Registered, "finished": o.Completed != nil, "done": o.Status == "done", "serious": o.Serious}
		if o.Completed != nil {
			inputs[i]["completed"] = *o.Completed
		}
	}
	run := func(p cel.Program, i int) any {
		v, _, err := p.Eval(inputs[i])
		require.NoError(b, err)
		return v.Value()
	}
	return peer{"cel-go", func(i int) bool { return run(one, i).(bool) }, func(i int) int { return int(run(four, i).(int64)) }}
}

func govaluatePeer(b *testing.B, values []map[string]any) peer {
	compile := func(text string) *govaluate.EvaluableExpression {
		e, err := govaluate.NewEvaluableExpression(text)
		require.NoError(b, err)
		return e
	}
	one := compile(`dispatched - registered > 600`)
	four := compile(`(serious && finished && completed - registered > 39600) ? 4 : ((dispatched - registered > 660 || (done && !finished)) ? 3 : ((arrived - dispatched > 900) ? 2 : 1))`)
	run := func(e *govaluate.EvaluableExpression, i int) any {
		v, err := e.Evaluate(values[i])
		require.NoError(b, err)
		return v
	}
	return peer{"govaluate", func(i int) bool { return run(one, i).(bool) }, func(i int) int { return int(run(four, i).(float64)) }}
}

func gojaPeer(b *testing.B, values []map[string]any) peer {
	machine := goja.New()
	compile := func(text string) goja.Callable {
		v, err := machine.RunString(text)
		require.NoError(b, err)
		f, ok := goja.AssertFunction(v)
		require.True(b, ok)
		return f
	}
	one := compile(`(o => o.dispatched - o.registered > 600)`)
	four := compile(`(o => o.serious && o.finished && o.completed - o.registered > 39600 ? 4 : o.dispatched - o.registered > 660 || o.done && !o.finished ? 3 : o.arrived - o.dispatched > 900 ? 2 : 1)`)
	inputs := make([]goja.Value, len(values))
	for i, v := range values {
		o := machine.NewObject()
		for name, x := range v {
			require.NoError(b, o.Set(name, x))
		}
		inputs[i] = o
	}
	run := func(f goja.Callable, i int) goja.Value {
		v, err := f(goja.Undefined(), inputs[i])
		require.NoError(b, err)
		return v
	}
	return peer{"goja", func(i int) bool { return run(one, i).ToBoolean() }, func(i int) int { return int(run(four, i).ToInteger()) }}
}

func cedarPeer(b *testing.B, values []map[string]any) peer {
	compile := func(conditions ...string) *cedar.PolicySet {
		set := cedar.NewPolicySet()
		for i, c := range conditions {
			var p cedar.Policy
			require.NoError(b, p.UnmarshalCedar([]byte("permit (principal, action, resource) when { "+c+" };")))
			set.Add(cedar.PolicyID(fmt.Sprint(i)), &p)
		}
		return set
	}
	one := compile(`context.dispatched - context.registered > 600`)
	clauses := []string{
		`context.serious && context.finished && context.completed - context.registered > 39600`, `context.dispatched - context.registered > 660`,
		`context.done && !context.finished`, `context.arrived - context.dispatched > 900`,
	}
	four := compile(clauses...)
	grades := map[cedar.PolicyID]int{"0": 4, "1": 3, "2": 3, "3": 2}
	requests := make([]cedar.Request, len(values))
	for i, v := range values {
		context := cedar.RecordMap{}
		for name, x := range v {
			switch x := x.(type) {
			case bool:
				context[cedar.String(name)] = cedar.Boolean(x)
			case int64:
				context[cedar.String(name)] = cedar.Long(x)
			}
		}
		requests[i] = cedar.Request{Principal: cedar.NewEntityUID("U", "u"), Action: cedar.NewEntityUID("A", "a"), Resource: cedar.NewEntityUID("R", "r"), Context: cedar.NewRecord(context)}
	}
	return peer{"cedar-go", func(i int) bool {
		decision, _ := cedar.Authorize(one, nil, requests[i])
		return decision == cedar.Allow
	}, func(i int) int {
		_, d := cedar.Authorize(four, nil, requests[i])
		worst := 1
		for _, r := range d.Reasons {
			worst = max(worst, grades[r.PolicyID])
		}
		return worst
	}}
}

func opaPeer(b *testing.B, values []map[string]any) peer {
	ctx := context.Background()
	module := `package rules
one if input.dispatched - input.registered > 600
four := 4 if { input.serious; input.finished; input.completed - input.registered > 39600 }
else := 3 if input.dispatched - input.registered > 660
else := 3 if { input.done; not input.finished }
else := 2 if input.arrived - input.dispatched > 900
else := 1
`
	prepare := func(query string) rego.PreparedEvalQuery {
		q, err := rego.New(rego.Query(query), rego.Module("rules.rego", module)).PrepareForEval(ctx)
		require.NoError(b, err)
		return q
	}
	one, four := prepare("data.rules.one"), prepare("data.rules.four")
	return peer{"opa", func(i int) bool {
		r, err := one.Eval(ctx, rego.EvalInput(values[i]))
		require.NoError(b, err)
		return len(r) > 0 && r[0].Expressions[0].Value == true
	}, func(i int) int {
		r, err := four.Eval(ctx, rego.EvalInput(values[i]))
		require.NoError(b, err)
		n, err := r[0].Expressions[0].Value.(interface{ Int64() (int64, error) }).Int64()
		require.NoError(b, err)
		return int(n)
	}}
}

func load(b *testing.B) *engine.Standard {
	s, _, err := engine.Load(b.Context(), fstest.MapFS{"s.chk": {Data: []byte(standard)}}, ".", engine.Options{})
	require.NoError(b, err)
	return s
}

// ours is the engine, from the host's struct.
func ours(b *testing.B, s *engine.Standard, list []order) peer {
	one, err := engine.Bind[order](s, "one")
	require.NoError(b, err)
	four, err := engine.Bind[order](s, "four")
	require.NoError(b, err)
	return peer{"pinjian", func(i int) bool { return one.Judge(&list[i], nil).Worst == engine.Fail }, func(i int) int { return int(four.Judge(&list[i], nil).Worst) }}
}

// Every engine finds what the hand-written rules find, and then each is timed;
// the ratio is to the engine judging from the host's struct.
func BenchmarkPeers(b *testing.B) {
	list := orders(1024)
	all := append([]peer{ours(b, load(b), list)}, peers(b, list)...)
	for i := range list {
		for _, p := range all {
			require.Equal(b, late(&list[i]), p.one(i), "%s, order %d", p.name, i)
			require.Equal(b, grade(&list[i]), p.four(i), "%s, order %d", p.name, i)
		}
	}
	for _, rule := range []string{"one-clause", "four-clauses"} {
		base := 0.0
		for _, p := range all {
			b.Run(rule+"/"+p.name, func(b *testing.B) {
				i := 0
				for b.Loop() {
					if rule == "one-clause" {
						p.one(i & 1023)
					} else {
						p.four(i & 1023)
					}
					i++
				}
				each := float64(b.Elapsed()) / float64(b.N)
				if p.name == "pinjian" {
					base = each
				} else if base > 0 {
					b.ReportMetric(each/base, "x-pinjian")
				}
			})
		}
	}
}

// An indicator over many orders, against a database in the same process.
func BenchmarkIndicatorPeers(b *testing.B) {
	const n = 100_000
	list := orders(n)
	s := load(b)
	bound, err := engine.Bind[order](s, "share")
	require.NoError(b, err)
	batch, err := engine.NewBatch(s, "Order", nil)
	require.NoError(b, err)
	db, err := sql.Open("sqlite", ":memory:")
	require.NoError(b, err)
	defer db.Close()
	db.SetMaxOpenConns(1)
	_, err = db.Exec("create table orders (registered integer not null, dispatched integer not null)")
	require.NoError(b, err)
	tx, err := db.Begin()
	require.NoError(b, err)
	insert, err := tx.Prepare("insert into orders values (?, ?)")
	require.NoError(b, err)
	want := 0
	for i := range list {
		_, err := bound.AppendTo(batch, "", &list[i])
		require.NoError(b, err)
		_, err = insert.Exec(list[i].Registered.Unix(), list[i].Dispatched.Unix())
		require.NoError(b, err)
		if !late(&list[i]) {
			want++
		}
	}
	require.NoError(b, tx.Commit())
	query := func() int {
		count := 0
		require.NoError(b, db.QueryRow("select count(*) from orders where dispatched - registered <= 600").Scan(&count))
		return count
	}
	columns := func() engine.Verdict {
		v, err := s.JudgeBatch(b.Context(), "share", batch, engine.Setting{})
		require.NoError(b, err)
		return v
	}
	require.Equal(b, want, query())
	require.Equal(b, fmt.Sprint(want), columns().Measure.Numerator.String())
	base := 0.0
	b.Run("pinjian", func(b *testing.B) {
		for b.Loop() {
			columns()
		}
		base = float64(b.Elapsed()) / float64(b.N)
	})
	b.Run("sqlite", func(b *testing.B) {
		for b.Loop() {
			query()
		}
		b.ReportMetric(float64(b.Elapsed())/float64(b.N)/base, "x-pinjian")
	})
}
