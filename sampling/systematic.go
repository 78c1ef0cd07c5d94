package sampling

import (
	"crypto/sha256"
	"math/big"
	"strconv"
)

// systematic takes the units at floor((u + k*N)/n), k from 0 to n-1, over the units of g in the order of strata and
// tickets. With u uniform in 0 to N-1 every unit has probability exactly n/N, and every run of b units in that order,
// so every stratum of every level, gets n*b/N rounded down or up.
func (d *draw) systematic(g *node, n int64) error {
	if n == 0 {
		return nil
	}
	u := systematicStart(d.key, suffixOf(g.path), g.population)
	place := systematicPlaces(u, g.population, n)
	next, begin := place(0), int64(0)
	k := int64(0)
	for _, leaf := range g.strata() {
		end := begin + leaf.population
		for ; k < n && next < end; k++ {
			i := next - begin
			e := leaf.kept.entries[i]
			d.record.Chosen = append(d.record.Chosen, Chosen{ID: e.id, Stratum: leaf.path})
			// Chosen units move to the front in their order, so that what is unused follows in the order of tickets.
			copy(leaf.kept.entries[leaf.kept.used+1:i+1], leaf.kept.entries[leaf.kept.used:i])
			leaf.kept.entries[leaf.kept.used] = e
			leaf.kept.used++
			leaf.taken++
			leaf.drawn++
			if k+1 < n {
				next = place(k + 1)
			}
		}
		begin = end
	}
	g.taken = n
	return nil
}

// systematicPlaces gives the k-th position; the product is made with big integers, for N and n may both be large.
func systematicPlaces(u, population, n int64) func(k int64) int64 {
	return func(k int64) int64 {
		x := new(big.Int).Mul(big.NewInt(k), big.NewInt(population))
		x.Add(x, big.NewInt(u)).Quo(x, big.NewInt(n))
		return x.Int64()
	}
}

// systematicStart draws u uniformly from 0 to population-1: the least hash, counting from 0, that lies below the greatest
// multiple of the population, reduced. The line break keeps these hashes apart from tickets, since ids hold none.
func systematicStart(key, group string, population int64) int64 {
	n := big.NewInt(population)
	limit := new(big.Int).Lsh(big.NewInt(1), 256)
	limit.Sub(limit, new(big.Int).Mod(limit, n))
	for counter := 0; ; counter++ {
		sum := sha256.Sum256([]byte(key + "\nsystematic" + group + "\n" + strconv.Itoa(counter)))
		x := new(big.Int).SetBytes(sum[:])
		if x.Cmp(limit) < 0 {
			return x.Mod(x, n).Int64()
		}
	}
}
