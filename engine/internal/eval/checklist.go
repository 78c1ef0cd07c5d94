package eval

import (
	"maps"
	"slices"

	exprast "github.com/expr-lang/expr/ast"
)

// Lanes is how many conditions stand side by side.
const Lanes = 256

// Lane is a set of conditions, one bit each.
type Lane [Lanes / 64]uint64

// Set puts a condition into the set.
func (l *Lane) Set(i int) { l[i/64] |= 1 << (i % 64) }

// Has says whether a condition is in the set.
func (l *Lane) Has(i int) bool { return l[i/64]>>(i%64)&1 == 1 }

// Any says whether any condition is in the set.
func (l *Lane) Any() bool { return l[0]|l[1]|l[2]|l[3] != 0 }

// Checklist decides many conditions over one unit together, in rows of up to
// Lanes conditions. Every quantity, such as a difference of two times, is
// looked up once among all the limits that any condition holds it against; each
// gap between two limits has the set of the conditions that are false in it.
// So what a condition costs beside its neighbours is one bit. It is immutable.
type Checklist struct {
	quantities []measured
	rows       []checkRow
}

// measured is a quantity with its limits: gap i reaches from limits[i-1] up to
// the number below limits[i].
type measured struct {
	quantity
	limits []int64
}

// checkRow is one row of conditions. Each is a conjunction; a disjunction is
// one of negations, itself negated.
type checkRow struct {
	all     Lane
	negated Lane
	negates bool
	entries []entry
	calls   []laneCall
}

// entry is one quantity in one row.
type entry struct {
	quantity int
	lanes    Lane   // the conditions that look at it
	no       []Lane // by gap: those that are false there
}

// laneCall is a part of a condition that no single quantity decides.
type laneCall struct {
	lane      int
	negate    bool
	condition Condition
}

// ChecklistBuilder gathers the conditions of a Checklist.
type ChecklistBuilder struct {
	quantities map[quantity]int
	order      []quantity
	rows       []*rowBuilder
}

type rowBuilder struct {
	all, negated Lane
	leaves       map[int][]laneLeaf // by quantity
	calls        []laneCall
}

type laneLeaf struct {
	lane  int
	holds intervals
}

// NewChecklistBuilder begins a Checklist of some rows.
func NewChecklistBuilder(rows int) *ChecklistBuilder {
	b := &ChecklistBuilder{quantities: map[quantity]int{}}
	for range rows {
		b.rows = append(b.rows, &rowBuilder{leaves: map[int][]laneLeaf{}})
	}
	return b
}

// Add puts a lowered condition into a lane of a row, which must be free.
func (b *ChecklistBuilder) Add(row, lane int, n exprast.Node) {
	r := b.rows[row]
	r.all.Set(lane)
	negate := false
	if _, _, single := within(n); !single {
		top, not := n, false
		for {
			u, ok := top.(*exprast.UnaryNode)
			if !ok || u.Operator != "not" {
				break
			}
			top, not = u.Node, !not
		}
		if binary, ok := top.(*exprast.BinaryNode); ok {
			negate = (binary.Operator == "or") != not
		}
	}
	if negate {
		r.negated.Set(lane)
	}
	b.gather(r, lane, n, negate)
}

// Slot puts the truth value of a slot of the unit into a lane of a row.
func (b *ChecklistBuilder) Slot(row, lane, slot int) {
	r := b.rows[row]
	r.all.Set(lane)
	b.leaf(r, lane, quantity{kind: numberLeaf, left: int32(slot)}, intervals{{1, 1}})
}

// gather takes a condition, or its negation, apart as a conjunction.
func (b *ChecklistBuilder) gather(r *rowBuilder, lane int, n exprast.Node, negate bool) {
	if q, holds, ok := within(n); ok {
		if negate {
			holds = holds.complement()
		}
		b.leaf(r, lane, q, holds)
		return
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		if n.Operator == "not" {
			b.gather(r, lane, n.Node, !negate)
			return
		}
	case *exprast.BinaryNode:
		if n.Operator == "and" && !negate || n.Operator == "or" && negate {
			b.gather(r, lane, n.Left, negate)
			b.gather(r, lane, n.Right, negate)
			return
		}
	}
	r.calls = append(r.calls, laneCall{lane, negate, Compile(n)})
}

func (b *ChecklistBuilder) leaf(r *rowBuilder, lane int, q quantity, holds intervals) {
	i, ok := b.quantities[q]
	if !ok {
		i = len(b.order)
		b.quantities[q] = i
		b.order = append(b.order, q)
	}
	r.leaves[i] = append(r.leaves[i], laneLeaf{lane, holds})
}

// Build makes the Checklist.
func (b *ChecklistBuilder) Build() *Checklist {
	c := &Checklist{rows: make([]checkRow, len(b.rows))}
	for i, q := range b.order {
		m := measured{quantity: q}
		for _, r := range b.rows {
			for _, l := range r.leaves[i] {
				for _, in := range append(slices.Clip(l.holds), l.holds.complement()...) {
					m.limits = append(m.limits, in.low) // the least of all is no limit
				}
			}
		}
		slices.Sort(m.limits)
		m.limits = slices.Compact(m.limits)[1:]
		c.quantities = append(c.quantities, m)
	}
	for i, r := range b.rows {
		row := checkRow{all: r.all, negated: r.negated, negates: r.negated.Any(), calls: r.calls}
		for _, q := range slices.Sorted(maps.Keys(r.leaves)) {
			row.entries = append(row.entries, newEntry(q, r.leaves[q], c.quantities[q].limits))
		}
		c.rows[i] = row
	}
	return c
}

func newEntry(q int, leaves []laneLeaf, limits []int64) entry {
	e := entry{quantity: q, no: make([]Lane, len(limits)+1)}
	for _, l := range leaves {
		e.lanes.Set(l.lane)
		for gap := range e.no {
			in := int64(-1 << 63)
			if gap > 0 {
				in = limits[gap-1]
			}
			if !l.holds.has(in) {
				e.no[gap].Set(l.lane)
			}
		}
	}
	return e
}

// Quantities is how many gaps Look finds.
func (c *Checklist) Quantities() int { return len(c.quantities) }

// What Look writes where there is no gap.
const (
	unknownGap  = -1
	overflowGap = -2
)

// Look finds the gap in which each quantity lies.
func (c *Checklist) Look(e *Env, gaps []int32) {
	gaps = gaps[:len(c.quantities)]
	for i := range c.quantities {
		m := &c.quantities[i]
		n, s := m.value(e)
		switch s {
		case unknown:
			gaps[i] = unknownGap
			continue
		case overflow:
			gaps[i] = overflowGap
			continue
		}
		// Halving without a branch that the processor would have to guess.
		base, limits := 0, m.limits
		for length := len(limits); length > 0; {
			half := (length + 1) / 2
			if n >= limits[base+half-1] {
				base += half
			}
			length -= half
		}
		gaps[i] = int32(base)
	}
}

// value reads a quantity.
func (q *quantity) value(e *Env) (int64, status) {
	a := &e.Unit[q.left]
	switch q.kind {
	case numberLeaf:
		if a.State == Known {
			return a.Num, known
		}
		return 0, unknown
	case absenceLeaf:
		switch a.State {
		case Absent:
			return 1, known
		case Known:
			return 0, known
		}
		return 0, unknown
	}
	var b *Slot
	if q.kind == differenceLeaf {
		b = &e.Unit[q.right]
	} else {
		b = &e.Setting[q.right]
	}
	if a.State != Known || b.State != Known {
		return 0, unknown
	}
	x, y := a.Num, b.Num
	if q.kind == fromLeaf {
		x, y = y, x
	}
	d, ok := sub(x, y)
	if !ok {
		return 0, overflow
	}
	return d, known
}

// Row decides the conditions of one row: those that hold, those that do not,
// and those that are open. Conditions whose numbers pass 64 bits are added to
// beyond, and what is said of them means nothing.
func (c *Checklist) Row(i int, e *Env, gaps []int32, yes, no, open, beyond *Lane) {
	r := &c.rows[i]
	never := Lane{}
	*open = never
	for k := range r.entries {
		x := &r.entries[k]
		if gap := int(gaps[x.quantity]); gap >= 0 {
			at := &x.no[gap]
			for w := range never {
				never[w] |= at[w]
			}
			continue
		} else if gap == overflowGap {
			for w := range beyond {
				beyond[w] |= x.lanes[w]
			}
		}
		for w := range open {
			open[w] |= x.lanes[w]
		}
	}
	for k := range r.calls {
		x := &r.calls[k]
		if never.Has(x.lane) {
			continue
		}
		t := x.condition(e)
		if x.negate {
			t = t.not()
		}
		switch t {
		case False:
			never.Set(x.lane)
		case Maybe:
			open.Set(x.lane)
		case bail:
			beyond.Set(x.lane)
		}
	}
	for w := range never {
		open[w] &^= never[w]
		yes[w], no[w] = r.all[w]&^(never[w]|open[w]), never[w]
	}
	if r.negates {
		for w := range never {
			y, n, m := yes[w], no[w], r.negated[w]
			yes[w], no[w] = y&^m|n&m, n&^m|y&m
		}
	}
}
