package sampling

import (
	"cmp"
	"container/heap"
	"math/bits"
	"slices"
)

// creditUnit is the precision with which a rotation carries shares from one period to the next: thousandths of a unit.
const creditUnit = 1000

// turns decides which stratum is next, by Tijdeman's chairman assignment (R. Tijdeman, The chairman assignment problem,
// Discrete Mathematics 32, 1980). Of H strata with shares s_h, those that are due at step n, n*s_h - x_h >= 1/(2H-2), wait
// in line, and the one whose deadline comes first is served. Then |n*s_h - x_h| <= 1 - 1/(2H-2) for every stratum at every
// n. Both comparisons are made in integers: a stratum of N_h of N units that has had x_h is due from
// n = N*(x_h + 1/w)/N_h on, with w = 2H-2, and its deadline is proportional to (x_h + 1 - 1/w)/N_h. Deadlines don't depend
// on n, so two heaps do: strata not yet due by the step from which they are, strata in line by deadline.
type turns struct {
	population int64
	weight     int64
	waiting    claims
	line       claims
}

// claim is one stratum's standing: due and deadline are numerators over the stratum's population.
type claim struct {
	child         *node
	due, deadline int64
}

func (n *node) newTurns() (*turns, error) {
	t := &turns{population: n.population}
	for _, c := range n.children {
		if c.population > 0 {
			t.waiting.list = append(t.waiting.list, claim{child: c})
		}
	}
	h := int64(len(t.waiting.list))
	t.weight = max(2*h-2, 1)
	if hi, lo := bits.Mul64(uint64(t.weight)*creditUnit*2, uint64(n.population)+2); hi != 0 || lo > 1<<62 {
		return nil, refuse("too-many-strata", "frame", "spread over fewer strata or draw them separately",
			"%d strata and %d units are more than exact turns can be given to", h, n.population)
	}
	t.line.byDeadline = true
	for i, c := range t.waiting.list {
		t.waiting.list[i] = t.claim(c.child)
	}
	heap.Init(&t.waiting)
	return t, nil
}

// claim computes a stratum's standing from what it has had.
func (t *turns) claim(c *node) claim {
	return claim{
		child:    c,
		due:      t.weight*(c.taken*creditUnit-c.carried) + creditUnit,
		deadline: t.weight*((c.taken+1)*creditUnit-c.carried) - creditUnit,
	}
}

// next gives the stratum whose turn comes at step n (counted from 1) and lets it wait for its next one.
func (t *turns) next(n int64) *node {
	for len(t.waiting.list) > 0 && t.isDue(t.waiting.list[0], n) {
		heap.Push(&t.line, heap.Pop(&t.waiting))
	}
	from := &t.line
	if len(t.line.list) == 0 {
		// Without carried shares somebody is always due. After strata have come or gone the carried shares needn't add up
		// to nothing, and then the stratum that would be due next goes first.
		from = &t.waiting
	}
	c := heap.Pop(from).(claim).child
	c.taken++
	if c.taken < c.population {
		heap.Push(&t.waiting, t.claim(c))
	}
	c.taken--
	return c
}

// isDue says whether n*N_h/N + carried - x >= 1/w, multiplied out to 128 bits.
func (t *turns) isDue(c claim, n int64) bool {
	if c.due <= 0 {
		return true
	}
	leftHigh, leftLow := bits.Mul64(uint64(n*t.weight*creditUnit), uint64(c.child.population))
	rightHigh, rightLow := bits.Mul64(uint64(t.population), uint64(c.due))
	return leftHigh > rightHigh || leftHigh == rightHigh && leftLow >= rightLow
}

// claims is a heap by due step or by deadline, ties by the bytes of the strata's values.
type claims struct {
	list       []claim
	byDeadline bool
}

func (c *claims) Len() int      { return len(c.list) }
func (c *claims) Swap(i, j int) { c.list[i], c.list[j] = c.list[j], c.list[i] }
func (c *claims) Push(x any)    { c.list = append(c.list, x.(claim)) }

func (c *claims) Pop() any {
	last := c.list[len(c.list)-1]
	c.list = c.list[:len(c.list)-1]
	return last
}

func (c *claims) Less(i, j int) bool {
	a, b := c.list[i], c.list[j]
	p, q := a.due, b.due
	if c.byDeadline {
		p, q = a.deadline, b.deadline
	}
	if o := compareRatios(p, a.child.population, q, b.child.population); o != 0 {
		return o < 0
	}
	return a.child.value < b.child.value
}

// compareRatios compares a/n with b/m for positive n and m without rounding.
func compareRatios(a, n, b, m int64) int {
	if a < 0 != (b < 0) {
		return cmp.Compare(a, b)
	}
	if a < 0 {
		return compareRatios(-b, m, -a, n)
	}
	aHigh, aLow := bits.Mul64(uint64(a), uint64(m))
	bHigh, bLow := bits.Mul64(uint64(b), uint64(n))
	if c := cmp.Compare(aHigh, bHigh); c != 0 {
		return c
	}
	return cmp.Compare(aLow, bLow)
}

// step takes the next unit's place below n and gives the leaf that it falls to. Levels below choose for themselves, each
// by the shares of its own strata.
func (n *node) step() (*node, error) {
	n.taken++
	if len(n.children) == 0 {
		return n, nil
	}
	if n.turns == nil {
		// The sequence of places counts from what has been taken, floors included; this one isn't taken yet below.
		t, err := n.newTurns()
		if err != nil {
			return nil, err
		}
		n.turns = t
	}
	return n.turns.next(n.taken).step()
}

// floorStep takes a place below n, which has had fewer than round units, for its largest stratum that has had fewer too,
// the first by value among equals. With several strata below it n is served in the first round only, for that round
// leaves each of them with one.
func (n *node) floorStep(round int64) *node {
	n.taken++
	var best *node
	for _, c := range n.children {
		if c.taken >= min(round, c.population) {
			continue
		}
		if best == nil || c.population > best.population {
			best = c
		}
	}
	if best == nil {
		return n
	}
	return best.floorStep(round)
}

// floors gives places until every stratum of every level below g has had its minimum or limit places are taken, and
// hands each leaf to take. Rounds count from 1 to the minimum; in a round the coarsest level comes first, so that few
// units are spread over regions before buildings; within a level larger strata come first. Calling it again with a
// higher limit goes on where it stopped.
func (n *node) floors(minimum, limit int64, take func(leaf *node)) {
	minimum = min(minimum, n.population)
	for round := int64(1); round <= minimum && n.taken < limit; round++ {
		level := n.children
		for len(level) > 0 {
			due := slices.Clone(level)
			slices.SortStableFunc(due, func(a, b *node) int { return cmp.Compare(b.population, a.population) })
			var below []*node
			for _, d := range due {
				if d.taken < min(round, d.population) {
					if n.taken >= limit {
						return
					}
					take(n.floorFor(d, round))
				}
			}
			for _, l := range level {
				below = append(below, l.children...)
			}
			level = below
		}
	}
}

// floorFor takes a place for due, which lies somewhere below n.
func (n *node) floorFor(due *node, round int64) *node {
	at := n
	for _, value := range due.path[len(n.path):] {
		at.taken++
		at = at.index[value]
	}
	return at.floorStep(round)
}
