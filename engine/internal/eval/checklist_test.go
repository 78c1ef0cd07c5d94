package eval_test

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine/internal/eval"
	"github.com/pinjian/pinjian/engine/internal/generate"
)

// agree holds conditions side by side against each by itself.
func agree(t require.TestingT, lowered []exprast.Node, envs []*eval.Env) (open, decided, beyond int) {
	const rows = 2
	build := eval.NewChecklistBuilder(rows)
	for i, n := range lowered {
		build.Add(i%rows, i/rows, n)
	}
	list := build.Build()
	gaps := make([]int32, list.Quantities())
	for _, env := range envs {
		list.Look(env, gaps)
		var yes, no, maybe [rows]eval.Lane
		var far eval.Lane
		for r := range rows {
			var over eval.Lane
			list.Row(r, env, gaps, &yes[r], &no[r], &maybe[r], &over)
			for w := range far {
				far[w] |= over[w]
			}
		}
		for i, n := range lowered {
			r, lane := i%rows, i/rows
			if far.Has(lane) {
				beyond++
				continue
			}
			want := eval.Compile(n)(env)
			if want.Overflowed() {
				// A side by itself decides here what the other order met first.
				continue
			}
			got := []bool{no[r].Has(lane), yes[r].Has(lane), maybe[r].Has(lane)}
			require.Equal(t, []bool{want == eval.False, want == eval.True, want == eval.Maybe}, got, "%s", n)
			if want == eval.Maybe {
				open++
			} else {
				decided++
			}
		}
	}
	return open, decided, beyond
}

// A checklist decides what its conditions decide one by one, on random
// expressions and partial evidence.
func TestChecklistsAgreeWithTheirConditions(t *testing.T) {
	const items, clauses = 4, 25
	var conditions, open, decided, beyond int
	for seed := range everyTime(expressions/4) / (items * clauses) {
		rng := rand.New(rand.NewPCG(uint64(seed), 77))
		c := load(t, generate.Standard(rng, items, clauses, 3))
		for _, item := range c.Items {
			b := newBench(t, c, item.Parts[0])
			var lowered []exprast.Node
			for _, k := range item.Parts[0].Criteria {
				if k.When == nil {
					continue
				}
				if n := eval.Lower(b.layout, k.When.Node, &eval.Env{Zone: b.zone}); n != nil {
					lowered = append(lowered, n)
				}
			}
			var envs []*eval.Env
			for range 4 {
				envs = append(envs, b.env(b.evidence(rng, generate.Mix{Unknown: rng.IntN(50), Absent: 30, Extreme: 2}, rng.IntN(4))))
			}
			o, d, far := agree(t, lowered, envs)
			conditions, open, decided, beyond = conditions+len(lowered), open+o, decided+d, beyond+far
		}
	}
	t.Logf("%d conditions, %d times open, %d decided, %d beyond 64 bits", conditions, open, decided, beyond)
	require.Positive(t, open)
	require.Positive(t, decided)
}

// Comparisons of few quantities in every nesting, at and beside their limits
// and at both ends of the whole numbers.
func TestChecklistsAtTheirLimits(t *testing.T) {
	numbers := []int64{math.MinInt64, math.MinInt64 + 1, -3, -1, 0, 1, 2, 3, 4, 5, 7, math.MaxInt64 - 1, math.MaxInt64}
	rng := rand.New(rand.NewPCG(5, 5))
	var condition func(depth int) exprast.Node
	condition = func(depth int) exprast.Node {
		if depth > 0 && rng.IntN(4) > 0 {
			if rng.IntN(4) == 0 {
				return &exprast.UnaryNode{Operator: "not", Node: condition(depth - 1)}
			}
			return &exprast.BinaryNode{Operator: []string{"and", "or"}[rng.IntN(2)], Left: condition(depth - 1), Right: condition(depth - 1)}
		}
		slot := func(names ...string) exprast.Node {
			return &exprast.IdentifierNode{Value: names[rng.IntN(len(names))]}
		}
		switch rng.IntN(6) {
		case 0:
			return slot("p3", "p3", "a0", "a2")
		case 1:
			return &exprast.BoolNode{Value: rng.IntN(2) == 0}
		}
		left := slot("u0", "u1", "u2", "s0")
		if rng.IntN(2) == 0 {
			left = &exprast.BinaryNode{Operator: "-", Left: slot("u1", "u2", "s0"), Right: slot("u0", "u2")}
		}
		limit := &exprast.IntegerNode{Value: int(numbers[rng.IntN(len(numbers))])}
		return &exprast.BinaryNode{Operator: []string{"==", "!=", "<", "<=", ">", ">="}[rng.IntN(6)], Left: left, Right: limit}
	}
	slots := func(n int) eval.Row {
		out := make(eval.Row, n)
		for i := range out {
			if out[i].State = eval.State(rng.IntN(3)); rng.IntN(3) > 0 {
				out[i].State = eval.Known
			}
			if out[i].State == eval.Known {
				out[i].Num = numbers[rng.IntN(len(numbers))]
			}
		}
		return out
	}
	truths := []eval.Slot{{}, {State: eval.Absent}, {State: eval.Known}, {State: eval.Known, Num: 1}}
	var open, decided, beyond int
	for range 300 {
		lowered := make([]exprast.Node, 1+rng.IntN(2*eval.Lanes))
		for i := range lowered {
			lowered[i] = condition(3)
		}
		var envs []*eval.Env
		for range 5 {
			envs = append(envs, &eval.Env{Unit: append(slots(3), truths[rng.IntN(4)]), Setting: slots(1)})
		}
		o, d, far := agree(t, lowered, envs)
		open, decided, beyond = open+o, decided+d, beyond+far
	}
	for what, n := range map[string]int{"open": open, "decided": decided, "beyond 64 bits": beyond} {
		require.Positive(t, n, what)
	}
	t.Log(fmt.Sprint(open, " times open, ", decided, " decided, ", beyond, " beyond 64 bits"))
}
