package generate

import (
	"math/bits"
	"math/rand/v2"
)

// random turns one PCG stream into choices. It uses nothing of math/rand/v2 but the generator itself, whose output is
// fixed by its algorithm: the helpers of the standard library may change between releases, and the files are committed.
type random struct{ source *rand.PCG }

func newRandom(seed, stream uint64) *random {
	return &random{source: rand.NewPCG(seed, stream)}
}

// below returns a number from 0 to n-1; n must be positive. The bias is below n/2⁶⁴.
func (r *random) below(n int) int {
	high, _ := bits.Mul64(r.source.Uint64(), uint64(n))
	return int(high)
}

// between returns a number from low to high, both included.
func (r *random) between(low, high int) int {
	return low + r.below(high-low+1)
}

// chance is true in so many of a thousand cases.
func (r *random) chance(perMille int) bool {
	return r.below(1000) < perMille
}

// weighted returns the place of one of the weights, each as likely as it is heavy.
func (r *random) weighted(weights []int) int {
	sum := 0
	for _, w := range weights {
		sum += w
	}
	at := r.below(sum)
	for i, w := range weights {
		if at -= w; at < 0 {
			return i
		}
	}
	return len(weights) - 1
}

// one returns one of the values.
func one[T any](r *random, values []T) T {
	return values[r.below(len(values))]
}

// some returns n of the values in random order, or all of them when there are fewer.
func some[T any](r *random, values []T, n int) []T {
	mixed := make([]T, len(values))
	copy(mixed, values)
	for i := len(mixed) - 1; i > 0; i-- {
		j := r.below(i + 1)
		mixed[i], mixed[j] = mixed[j], mixed[i]
	}
	return mixed[:min(n, len(mixed))]
}
