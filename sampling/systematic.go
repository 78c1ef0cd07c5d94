package sampling

import (
	"crypto/sha256"
	"math/big"
	"slices"
	"strconv"
)

// systematic takes the units at floor((u + k*N)/n), k from 0 to n-1, over the units of g in the order of strata and
// tickets. With u uniform in 0 to N-1 every unit has probability exactly n/N, and every run of b units in that order,
// so every stratum of every level, gets n*b/N rounded down or up.
func (d *draw) systematic(g *node, n int64) {
	g.systematicPlaces(d.key, n, func(leaf *node, place int64) {
		i := int(place)
		if leaf.places != nil {
			// Only some of the stratum's units were read; every place that is visited is among theirs.
			i, _ = slices.BinarySearch(leaf.places, place)
		}
		e := leaf.kept.entries[i]
		d.record.Chosen = append(d.record.Chosen, Chosen{ID: e.id, Stratum: leaf.path})
		// Chosen units move to the front in their order, so that what is unused follows in the order of tickets.
		copy(leaf.kept.entries[leaf.kept.used+1:i+1], leaf.kept.entries[leaf.kept.used:i])
		leaf.kept.entries[leaf.kept.used] = e
		leaf.kept.used++
		leaf.taken++
		leaf.drawn++
	})
	g.taken = n
}

// systematicPlaces visits the places of a systematic draw of n units in their order: a stratum below n and the place in
// the order of its tickets, counted from 0.
func (n *node) systematicPlaces(key string, units int64, visit func(leaf *node, place int64)) {
	if units == 0 {
		return
	}
	u := systematicStart(key, suffixOf(n.path), n.population)
	place := systematicPlaces(u, n.population, units)
	next, begin := place(0), int64(0)
	k := int64(0)
	for _, leaf := range n.strata() {
		end := begin + leaf.population
		for ; k < units && next < end; k++ {
			visit(leaf, next-begin)
			if k+1 < units {
				next = place(k + 1)
			}
		}
		begin = end
	}
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
