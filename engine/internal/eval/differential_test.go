package eval_test

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
	"github.com/pinjian/pinjian/engine/internal/generate"
)

// tally is what a differential run met.
type tally struct {
	expressions, lowered, evaluations, compared, decided, overflowed, audited, complete, open int
}

func (n *tally) add(o tally) {
	n.expressions, n.lowered, n.evaluations, n.compared = n.expressions+o.expressions, n.lowered+o.lowered, n.evaluations+o.evaluations, n.compared+o.compared
	n.decided, n.overflowed, n.audited, n.complete, n.open = n.decided+o.decided, n.overflowed+o.overflowed, n.audited+o.audited, n.complete+o.complete, n.open+o.open
}

// clause is one condition, compiled every way there is.
type clause struct {
	node      exprast.Node
	text      string
	lowered   exprast.Node
	condition eval.Condition
	audit     *eval.Audit
}

func (b *bench) clause(t require.TestingT, e *check.Expr) *clause {
	c := &clause{node: e.Node, text: e.Span.Text()}
	if c.lowered = eval.Lower(b.layout, e.Node, &eval.Env{Zone: b.zone}); c.lowered == nil {
		return c
	}
	c.condition = eval.Compile(c.lowered)
	audit, err := eval.NewAudit(c.lowered)
	require.NoError(t, err, c.text)
	c.audit = audit
	return c
}

// truth evaluates by the closures, and exactly where they can't.
func (b *bench) truth(t require.TestingT, c *clause, env *eval.Env, n *tally) eval.Truth {
	exact := (&eval.Exact{Layout: b.layout, Env: env}).Condition(c.node)
	n.evaluations++
	if c.condition == nil {
		return exact
	}
	fast := c.condition(env)
	if fast.Overflowed() {
		n.overflowed++
		return exact
	}
	require.Equal(t, kleene(exact), kleene(fast), "closures and exact differ: %s", c.text)
	if fast != eval.Maybe {
		second, ok, err := c.audit.Condition(env)
		require.NoError(t, err, c.text)
		if ok {
			n.audited++
			require.Equal(t, fast == eval.True, second, "closures and expr's machine differ: %s", c.text)
		}
	}
	return fast
}

// compare evaluates one clause on one piece of evidence in every way.
func (b *bench) compare(t require.TestingT, c *clause, e *generate.Evidence, env *eval.Env, n *tally) eval.Truth {
	got := b.truth(t, c, env, n)
	want := (&generate.Reference{Info: b.checked.Info, Evidence: e}).Truth(c.node)
	require.Equal(t, want, kleene(got), "the reference differs: %s", c.text)
	n.compared++
	if got != eval.Maybe {
		n.decided++
	}
	return got
}

// compareMeasure evaluates the part's indicator exactly and by the reference.
func (b *bench) compareMeasure(t require.TestingT, e *generate.Evidence, env *eval.Env) {
	got := (&eval.Exact{Layout: b.layout, Env: env}).Value(b.part.Measure.Node)
	want := (&generate.Reference{Info: b.checked.Info, Evidence: e}).Value(b.part.Measure.Node)
	env.Err = nil
	text := b.part.Measure.Span.Text()
	require.Equal(t, want.Known, got.Known, text)
	require.Equal(t, want.Void, got.Void, text)
	if want.Known {
		require.Zero(t, want.Low.Cmp(got.Low), text)
		require.Zero(t, want.High.Cmp(got.High), text)
	}
}

// everyTime is how many random expressions a run tries; RAPID_CHECKS asks for
// more, at a hundred expressions a check.
func everyTime(least int) int {
	checks, err := strconv.Atoi(os.Getenv("RAPID_CHECKS"))
	if err != nil {
		return least
	}
	return max(least, checks*100)
}

// Closures, the exact evaluator, expr's virtual machine and the reference
// agree on random expressions; a truth value known from partial evidence stays
// when the evidence is completed; every word of the language is met.
func TestEvaluatorsAgree(t *testing.T) {
	const items, clauses, shards = 4, 25, 4
	runs := everyTime(expressions) / (items * clauses)
	counts, tallies := make([]*census, shards), make([]tally, shards)
	t.Run("shards", func(t *testing.T) {
		for shard := range shards {
			counts[shard] = newCensus()
			t.Run(strconv.Itoa(shard), func(t *testing.T) {
				t.Parallel()
				for seed := shard; seed < runs; seed += shards {
					rng := rand.New(rand.NewPCG(uint64(seed), 2026))
					c := load(t, generate.Standard(rng, items, clauses, 3))
					counts[shard].standard(c)
					for _, item := range c.Items {
						differ(t, rng, c, item.Parts[0], counts[shard], &tallies[shard])
					}
				}
			})
		}
	})
	words, n := counts[0], tallies[0]
	for shard := 1; shard < shards; shard++ {
		words.add(counts[shard])
		n.add(tallies[shard])
	}
	t.Logf("%d expressions, %.1f %% lowered; %d evaluations, %.1f %% decided, %.2f %% beyond 64 bits, %d on expr's machine; %d on complete evidence, of which %d open",
		n.expressions, percent(n.lowered, n.expressions), n.evaluations, percent(n.decided, n.compared), percent(n.overflowed, n.evaluations), n.audited, n.complete, n.open)
	require.GreaterOrEqual(t, n.expressions, expressions)
	require.Greater(t, percent(n.lowered, n.expressions), 80.0, "the closures must judge most conditions themselves")
	require.Greater(t, n.audited, n.expressions)
	require.Less(t, percent(n.open, n.complete), 5.0, "only what no evidence decides stays open on complete evidence")
	words.require(t, map[bool]int{true: 1000, false: expressions / 200}[expressions >= 100_000])
}

func percent(a, b int) float64 { return 100 * float64(a) / float64(max(b, 1)) }

func differ(t *testing.T, rng *rand.Rand, c *check.Checked, p *check.Part, words *census, n *tally) {
	b := newBench(t, c, p)
	mixes := []generate.Mix{{Unknown: 10 + rng.IntN(50), Absent: 40, Extreme: 3}, {Absent: 30, Extreme: 1}}
	var evidence []*generate.Evidence
	var envs, completed []*eval.Env
	for _, m := range mixes {
		e := b.evidence(rng, m, rng.IntN(7))
		evidence, envs, completed = append(evidence, e), append(envs, b.env(e)), append(completed, b.env(b.complete(rng, m, e)))
	}
	if p.Measure != nil {
		for i, e := range evidence {
			b.compareMeasure(t, e, envs[i])
		}
	}
	for _, k := range p.Criteria {
		if k.When == nil {
			continue
		}
		clause := b.clause(t, k.When)
		words.expression(c, k.When.Node)
		n.expressions++
		if clause.lowered != nil {
			n.lowered++
		}
		for i, e := range evidence {
			far := false
			e.Far = &far
			known := b.compare(t, clause, e, envs[i], n)
			if known != eval.Maybe && mixes[i].Unknown > 0 {
				after := b.truth(t, clause, completed[i], n)
				require.Equal(t, known, after, "decided too early: %s", clause.text)
			}
			if mixes[i].Unknown == 0 {
				n.complete++
				if known == eval.Maybe {
					n.open++
					// Nothing but a sample of no units, a calendar without
					// data, an instant beyond calendars or a unit that was not
					// to be drawn explains it.
					explained := len(e.Units) == 0 || far || envs[i].Err != nil || len(p.Item.Applies)+len(p.Applies) > 0 || (p.Sample != nil && p.Sample.Where != nil)
					require.True(t, explained, "open although everything is known: %s", clause.text)
				}
				envs[i].Err = nil
			}
		}
	}
}
