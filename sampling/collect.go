package sampling

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"
)

// collected is one row of an unsorted frame: eight telling bytes of the id for cheap comparison, where the id lies in the
// arena (start shifted by 8 bits, then the length, which is at most 200), its row and its leaf.
type collected struct {
	prefix uint64
	place  uint64
	row    int32
	leaf   uint32
}

// arena holds ids in blocks, so that growing copies nothing. An id lies within one block.
type arena struct {
	blocks [][]byte
}

const arenaBlock = 1 << 20

// add copies an id and gives its place.
func (a *arena) add(id string) uint64 {
	last := len(a.blocks) - 1
	if last < 0 || len(a.blocks[last])+len(id) > cap(a.blocks[last]) {
		// A small frame shouldn't cost a whole block.
		size := arenaBlock
		if last < 0 {
			size = 1 << 12
		}
		a.blocks = append(a.blocks, make([]byte, 0, size))
		last++
	}
	start := last*arenaBlock + len(a.blocks[last])
	a.blocks[last] = append(a.blocks[last], id...)
	return uint64(start)<<8 | uint64(len(id))
}

// id gives the id at a place; it is not to be changed.
func (a *arena) id(c collected) string {
	start, length := c.place>>8, c.place&0xff
	block := a.blocks[start/arenaBlock]
	start %= arenaBlock
	return view(block[start : start+length])
}

// readAny collects the rows, sorts them by id unless they happen to be in order, and goes on as readSorted does.
func (r *reader) readAny(ctx context.Context, units iter.Seq2[Unit, error]) error {
	var ids arena
	var rows []collected
	inOrder := true
	shared := 0 // how many first bytes all ids have in common
	for u, err := range units {
		if err != nil {
			return fmt.Errorf("sampling: frame row %d: %w", len(rows)+1, err)
		}
		if len(rows)%pollEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r.rows++
		leaf, err := r.admit(u)
		if err != nil {
			return err
		}
		if r.rows > 1<<31-1 {
			return refuse("too-many-rows", rowPath(r.rows), "sort the frame where it is stored and say so, or draw by shards", "an unsorted frame holds at most 2147483647 rows")
		}
		if n := len(rows); inOrder && n > 0 && ids.id(rows[n-1]) >= u.ID {
			inOrder = false
		}
		if len(rows) == 0 {
			shared = len(u.ID)
		} else {
			shared = commonPrefix(ids.id(rows[0]), u.ID, shared)
		}
		rows = append(rows, collected{place: ids.add(u.ID), row: int32(r.rows - 1), leaf: leaf.number})
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if !inOrder {
		// Ids often begin alike, "WO-2026-…": what tells them apart comes after that.
		for i := range rows {
			rows[i].prefix = prefixOf(ids.id(rows[i])[shared:])
		}
		slices.SortFunc(rows, func(a, b collected) int {
			if c := cmp.Compare(a.prefix, b.prefix); c != 0 {
				return c
			}
			if c := strings.Compare(ids.id(a), ids.id(b)); c != 0 {
				return c
			}
			return cmp.Compare(a.row, b.row)
		})
	}
	for i, c := range rows {
		if i%pollEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		if i > 0 && ids.id(rows[i-1]) == ids.id(c) {
			return duplicate(ids.id(c), int64(rows[i-1].row)+1, int64(c.row)+1)
		}
		if err := r.deliver(ids.id(c), r.tree.leaves[c.leaf]); err != nil {
			return err
		}
	}
	return nil
}

// prefixOf packs the first eight bytes of an id so that they compare as the bytes do.
func prefixOf(id string) uint64 {
	var p uint64
	for i := range 8 {
		p <<= 8
		if i < len(id) {
			p |= uint64(id[i])
		}
	}
	return p
}

// commonPrefix gives how many of the first n bytes of a and b are equal; n is at most the length of a.
func commonPrefix(a, b string, n int) int {
	n = min(n, len(b))
	if a[:n] == b[:n] {
		return n
	}
	i := 0
	for a[i] == b[i] {
		i++
	}
	return i
}
