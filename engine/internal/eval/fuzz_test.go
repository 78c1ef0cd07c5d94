package eval_test

import (
	"context"
	"encoding/binary"
	"io/fs"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
	"github.com/pinjian/pinjian/engine/internal/generate"
	"github.com/pinjian/pinjian/stdlib"
)

// byteSource deals the bytes of an input as random numbers, so that a fuzzer
// that changes a byte changes a value, and goes on by a generator.
type byteSource struct {
	data []byte
	rest *rand.PCG
}

// Uint64 implements rand.Source.
func (s *byteSource) Uint64() uint64 {
	if len(s.data) == 0 {
		return s.rest.Uint64()
	}
	n := min(len(s.data), 4)
	var word [8]byte
	copy(word[8-n:], s.data[:n]) // the high bits decide
	s.data = s.data[n:]
	return binary.LittleEndian.Uint64(word[:]) ^ s.rest.Uint64()>>40
}

// FuzzEvaluate takes any text for a standard and any bytes for evidence: nothing
// panics, and all evaluators agree.
func FuzzEvaluate(f *testing.F) {
	err := fs.WalkDir(stdlib.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || !strings.HasSuffix(path, ".chk") {
			return err
		}
		data, err := fs.ReadFile(stdlib.FS(), path)
		f.Add(string(data), []byte(path))
		return err
	})
	require.NoError(f, err)
	for seed := range uint64(8) {
		f.Add(generate.Standard(rand.New(rand.NewPCG(seed, 3)), 2, 5, 3), []byte{byte(seed), 200, 100, 50})
	}
	f.Fuzz(func(t *testing.T, text string, evidence []byte) {
		c, list, err := checklang.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, "a.chk", checklang.Options{Library: stdlib.FS()})
		require.NoError(t, err)
		if c == nil || list.HasErrors() {
			return
		}
		rng := rand.New(&byteSource{evidence, rand.NewPCG(1, 2)})
		var n tally
		for _, item := range c.Items {
			for _, p := range item.Parts {
				evaluate(t, rng, c, p, &n)
				if n.expressions > 200 { // one input stays quick
					return
				}
			}
		}
	})
}

// evaluate compares the evaluators on every expression of a part.
func evaluate(t *testing.T, rng *rand.Rand, c *checklang.Checked, p *check.Part, n *tally) {
	b := newBench(t, c, p)
	e := b.evidence(rng, generate.Mix{Unknown: rng.IntN(60), Absent: 40, Extreme: 5}, rng.IntN(7))
	env := b.env(e)
	var expressions []*check.Expr
	for _, k := range p.Criteria {
		if k.When != nil {
			expressions = append(expressions, k.When)
		}
	}
	expressions = append(append(expressions, p.Applies...), p.Item.Applies...)
	if p.Sample != nil && p.Sample.Where != nil {
		expressions = append(expressions, p.Sample.Where)
	}
	for _, x := range expressions {
		n.expressions++
		b.compare(t, b.clause(t, x), e, env, n)
		env.Err = nil
	}
	if p.Measure != nil {
		b.compareMeasure(t, e, env)
	}
}

// A condition may be evaluated by many goroutines, each with evidence of its
// own, and allocates nothing.
func TestConditionsAreShared(t *testing.T) {
	c := load(t, `record W { a : time, b : time optional, n : number, s : text }
item 1 "I" { every month; sample 5 W; fail when b is present and b - a > 10m and (n * 3 < 7.5 or s contains "x") : "f"; fail when share(n > 2.5) >= 50% : "g" }`)
	b := newBench(t, c, c.Items[0].Parts[0])
	rng := rand.New(rand.NewPCG(1, 1))
	for _, k := range b.part.Criteria {
		condition := b.clause(t, k.When).condition
		var evidence []*eval.Env
		var want []eval.Truth
		for range 50 {
			env := b.env(b.evidence(rng, generate.Mix{Unknown: 20, Absent: 30}, 5))
			evidence, want = append(evidence, env), append(want, condition(env))
		}
		var group sync.WaitGroup
		for range 4 {
			group.Go(func() {
				for i, shared := range evidence {
					env := *shared
					if got := condition(&env); got != want[i] {
						t.Errorf("evidence %d gave %v, want %v", i, got, want[i])
					}
				}
			})
		}
		group.Wait()
		require.Zero(t, testing.AllocsPerRun(100, func() { condition(evidence[0]) }))
	}
}
