package engine

import (
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Cache keeps parsed declarations and compiled conditions between calls of
// Load and Compile, for a host that loads a standard at every edit: only the
// declarations that the edit touched are parsed anew, and only the items whose
// meaning it changed are compiled anew. Everything that comes of a Load is the
// same, byte for byte, with a Cache and without. It holds what the last Load
// of each directory used and nothing older; a host that opens and closes many
// gives each a Cache of its own and drops it in the end. The zero Cache is
// empty and ready, and safe for concurrent use.
type Cache struct {
	sources checklang.Cache
	mutex   sync.Mutex
	items   map[string]map[itemKey][]condition // by directory
}

// parsed is the part of a Cache that package checklang uses; nil for none.
func (c *Cache) parsed() *checklang.Cache {
	if c == nil {
		return nil
	}
	return &c.sources
}

// itemKey is everything that the conditions of an item are compiled of.
type itemKey struct{ shared, item [sha256.Size]byte }

// condition is a compiled condition by itself: it knows slots and no names, so
// it serves every compilation in which the slots are the same.
type condition struct {
	run      eval.Condition // nil: only Exact can evaluate it
	flat     *eval.Flat
	compared *eval.Comparison
	audit    *eval.Audit
	zoned    bool
}

func conditionOf(k *clause) condition {
	return condition{run: k.condition, flat: k.flat, compared: k.compared, audit: k.audit, zoned: k.zoned}
}

func (c condition) into(k *clause) {
	k.condition, k.flat, k.compared, k.audit, k.zoned = c.run, c.flat, c.compared, c.audit, c.zoned
}

// reuse is a Cache at work in one compilation. The nil reuse knows nothing and
// keeps nothing.
type reuse struct {
	known  map[itemKey][]condition
	fresh  map[itemKey][]condition
	shared [sha256.Size]byte
	key    itemKey
	again  []condition // of the item being compiled, in the order of its clauses; nil when it is new
	made   []condition
}

func (c *Cache) begin(checked *checklang.Checked, meaning check.Meaning, audit bool) *reuse {
	if c == nil {
		return nil
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	// The slots of populations are numbered over the whole standard; all other
	// slots follow from what is declared before the items, or in the item.
	h := sha256.New()
	_, _ = fmt.Fprintf(h, "%x %t", meaning.Shared(), audit)
	for _, p := range checked.Population {
		_, _ = fmt.Fprintf(h, " %q", p.Key)
	}
	r := &reuse{known: c.items[checked.Dir], fresh: map[itemKey][]condition{}}
	h.Sum(r.shared[:0])
	return r
}

func (c *Cache) end(dir string, r *reuse) {
	if c == nil {
		return
	}
	c.mutex.Lock()
	defer c.mutex.Unlock()
	if c.items == nil {
		c.items = map[string]map[itemKey][]condition{}
	}
	c.items[dir] = r.fresh
}

// open begins the conditions of an item.
func (r *reuse) open(meaning check.Meaning, i int) {
	if r != nil {
		r.key = itemKey{r.shared, meaning.Item(i)}
		r.again, r.made = r.known[r.key], nil
	}
}

// close ends the conditions of an item.
func (r *reuse) close() {
	if r != nil {
		r.fresh[r.key] = r.made
		r.again, r.made = nil, nil
	}
}

// next returns the next condition of the item as it was compiled before.
func (r *reuse) next() (condition, bool) {
	if r == nil || len(r.made) >= len(r.again) {
		return condition{}, false
	}
	return r.again[len(r.made)], true
}

func (r *reuse) add(c condition) {
	if r != nil {
		r.made = append(r.made, c)
	}
}
