package sampling

import (
	"encoding/binary"
	"math"
	"slices"
)

// entry is a unit that may be drawn. late says that its ticket lies before the point where a rotation begins, so that its
// turn comes after all others.
type entry struct {
	ticket ticket
	late   bool
	id     string
}

func (e *entry) compare(o *entry) int {
	if e.late != o.late {
		if e.late {
			return 1
		}
		return -1
	}
	return order(e.ticket, e.id, o.ticket, o.id)
}

// keeper keeps the limit least entries. While it takes entries in, it is a heap whose top is the greatest of them; once
// sorted it is a plain list.
type keeper struct {
	entries []entry
	limit   int64
	used    int
	// worst is the first eight bytes of the greatest ticket kept once the keeper is full, so that nearly all rows of a long
	// frame are turned away by one comparison; before that every row is let in.
	worst uint64
}

// newKeeper keeps the limit least entries, or all with a limit of math.MaxInt64.
func newKeeper(limit int64) keeper { return keeper{limit: limit, worst: math.MaxUint64} }

// mayKeep says whether a ticket could be among the least; it errs only towards yes. It is not for strata in which a
// rotation has begun: there a greater ticket can come before a lesser one.
func (k *keeper) mayKeep(t *ticket) bool { return binary.BigEndian.Uint64(t[:8]) <= k.worst }

// offer keeps e if it is among the least. Its id is copied only then, for it may lie in a buffer that is used again.
func (k *keeper) offer(e entry, ids *slab) {
	switch {
	case int64(len(k.entries)) < k.limit:
		e.id = ids.keep(e.id)
		k.entries = append(k.entries, e)
		if int64(len(k.entries)) < k.limit {
			return
		}
		for i := len(k.entries)/2 - 1; i >= 0; i-- {
			k.sink(i)
		}
	case k.limit > 0 && e.compare(&k.entries[0]) < 0:
		e.id = ids.keep(e.id)
		k.entries[0] = e
		k.sink(0)
	default:
		return
	}
	k.worst = binary.BigEndian.Uint64(k.entries[0].ticket[:8])
}

// sink restores the heap below i, where the entry may be smaller than those below it.
func (k *keeper) sink(i int) {
	e := k.entries
	for {
		greatest, left := i, 2*i+1
		if left < len(e) && e[left].compare(&e[greatest]) > 0 {
			greatest = left
		}
		if right := left + 1; right < len(e) && e[right].compare(&e[greatest]) > 0 {
			greatest = right
		}
		if greatest == i {
			return
		}
		e[i], e[greatest] = e[greatest], e[i]
		i = greatest
	}
}

// sort ends the taking in.
func (k *keeper) sort() {
	slices.SortFunc(k.entries, func(a, b entry) int { return a.compare(&b) })
}

// next takes the least entry not yet used.
func (k *keeper) next() (entry, bool) {
	if k.used >= len(k.entries) {
		return entry{}, false
	}
	k.used++
	return k.entries[k.used-1], true
}

// slab copies ids into blocks, so that keeping one costs no allocation of its own. Bytes of ids that were kept and then
// displaced stay until the draw ends: of a frame of N rows about n*ln(N/n) ids pass through a sample of n.
type slab struct{ free []byte }

func (s *slab) keep(id string) string {
	if len(id) > cap(s.free)-len(s.free) {
		s.free = make([]byte, 0, min(max(2*cap(s.free), maxText), 1<<16))
	}
	begin := len(s.free)
	s.free = append(s.free, id...)
	return view(s.free[begin:])
}
