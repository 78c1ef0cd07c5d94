package sampling

import (
	"context"
	"flag"
	"fmt"
	"iter"
	"math/big"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// benchRows is how many ids a benchmark draws from; run with -rows 20000000 for the figures that are published.
var benchRows = flag.Int("rows", 500_000, "rows of the frames in benchmarks")

// counting yields n sorted ids of 14 bytes from one buffer, so that the frame itself costs no allocation. strata, if
// more than 0, is the number of values of a single level.
func counting(n, strata int) iter.Seq2[Unit, error] {
	return func(yield func(Unit, error) bool) {
		id := []byte("WO-00000000000")
		values := make([][]string, strata)
		for i := range values {
			values[i] = []string{fmt.Sprintf("stratum-%05d", i)}
		}
		for row := range n {
			u := Unit{ID: view(id)}
			if strata > 0 {
				u.Stratum = values[row%strata]
			}
			if !yield(u, nil) {
				return
			}
			for i := len(id) - 1; ; i-- {
				if id[i] < '9' {
					id[i]++
					break
				}
				id[i] = '0'
			}
		}
	}
}

// scattered yields the same ids in an order far from sorted: steps of a prime that doesn't divide n.
func scattered(n, _ int) iter.Seq2[Unit, error] {
	const step = 7_368_787
	return func(yield func(Unit, error) bool) {
		id := []byte("WO-00000000000")
		at := 0
		for range n {
			rest := at
			for i := len(id) - 1; i >= 3; i-- {
				id[i] = byte('0' + rest%10)
				rest /= 10
			}
			if !yield(Unit{ID: view(id)}, nil) {
				return
			}
			at = (at + step) % n
		}
	}
}

var testSeed = Seed{Value: []byte("0123456789abcdef")}

// naive is the obvious way to draw n of a list: hash every id from scratch and sort all tickets.
func naive(r Request, units iter.Seq2[Unit, error], n int) []string {
	key := drawKey(Algorithm, drawID(r.Scope, r.Standard, r.Group, r.Subject, r.Epoch), joinSeed(r.Seed.parties()))
	var all keeper
	for u, err := range units {
		if err != nil {
			panic(err) // the benchmark's own list
		}
		all.entries = append(all.entries, entry{ticket: sumTicket(key + u.ID), id: string([]byte(u.ID))})
	}
	all.sort()
	var ids []string
	for _, e := range all.entries[:n] {
		ids = append(ids, e.id)
	}
	return ids
}

// BenchmarkDraw draws from a sorted frame in one pass. rows/s is the draw, of-hashing its time over that of hashing the
// same ids with a kept midstate and nothing else, measured in the same run.
func BenchmarkDraw(b *testing.B) {
	for _, c := range []struct {
		name      string
		n         int64
		strata    int
		unordered bool
		units     func(n, strata int) iter.Seq2[Unit, error]
	}{
		{name: "n=7", n: 7},
		{name: "n=1000", n: 1000},
		{name: "n=2000", n: 2000},
		{name: "n=1000/strata=100", n: 1000, strata: 100},
		{name: "n=1000/strata=200", n: 1000, strata: 200},
		{name: "n=1000/not-said-to-be-sorted", n: 1000, unordered: true},
		{name: "n=1000/scattered", n: 1000, unordered: true, units: scattered},
	} {
		if c.units == nil {
			c.units = counting
		}
		b.Run(c.name, func(b *testing.B) {
			r := Request{Group: "bench", Seed: testSeed, Size: Count(c.n), Frame: Frame{Sorted: !c.unordered}}
			if c.strata == 0 {
				small := r
				small.Frame.Units = counting(5000, 0)
				small.Size = Count(min(c.n, 5000))
				rec, err := Draw(context.Background(), small)
				require.NoError(b, err)
				require.Equal(b, naive(small, counting(5000, 0), len(rec.Chosen)), rec.IDs())
			}
			var before, after runtime.MemStats
			runtime.GC()
			runtime.ReadMemStats(&before)
			b.ReportAllocs()
			for b.Loop() {
				r.Frame.Units = c.units(*benchRows, c.strata)
				if _, err := Draw(context.Background(), r); err != nil {
					b.Fatal(err)
				}
			}
			perDraw := b.Elapsed() / time.Duration(b.N)
			runtime.ReadMemStats(&after)
			b.ReportMetric(float64(*benchRows)/perDraw.Seconds(), "rows/s")
			b.ReportMetric(float64(after.Mallocs-before.Mallocs)/float64(b.N)/float64(*benchRows), "allocs/row")
			b.ReportMetric(perDraw.Seconds()/hashingAlone(b).Seconds(), "of-hashing")
		})
	}
}

// hashingAlone times the least that any draw must do.
func hashingAlone(b *testing.B) time.Duration {
	t, err := newTicketer(drawKey(Algorithm, "bench", "seed"))
	require.NoError(b, err)
	best := time.Duration(1<<63 - 1)
	var least ticket
	for range 3 {
		begin := time.Now()
		for u, err := range counting(*benchRows, 0) {
			if err != nil {
				panic(err)
			}
			if x := t.of(u.ID); x[0] < least[0] {
				least = x
			}
		}
		best = min(best, time.Since(begin))
	}
	return best
}

// BenchmarkPercent draws a ratio, with and without a count known beforehand.
func BenchmarkPercent(b *testing.B) {
	for _, count := range []int64{0, int64(*benchRows)} {
		b.Run(fmt.Sprintf("count=%d", count), func(b *testing.B) {
			r := Request{Seed: testSeed, Size: Percent(big.NewRat(1, 100)), Frame: Frame{Sorted: true, Count: count}}
			b.ReportAllocs()
			for b.Loop() {
				r.Frame.Units = counting(*benchRows, 0)
				if _, err := Draw(context.Background(), r); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// TestNoAllocationPerRow counts allocations of a whole draw: doubling the frame may add what the few new members of the
// sample cost, and nothing for each row.
func TestNoAllocationPerRow(t *testing.T) {
	for _, strata := range []int{0, 20} {
		allocations := func(rows int) float64 {
			return testing.AllocsPerRun(1, func() {
				_, err := Draw(context.Background(), Request{Seed: testSeed, Size: Count(10), Frame: Frame{Sorted: true, Units: counting(rows, strata)}})
				require.NoError(t, err)
			})
		}
		small, large := allocations(50_000), allocations(100_000)
		require.Less(t, large-small, 50_000*0.02, "%d strata: %v allocations for 50000 rows, %v for 100000", strata, small, large)
	}
}
