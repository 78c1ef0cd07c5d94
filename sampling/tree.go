package sampling

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
)

// tree holds the strata of a frame: one node per value and level, leaves at the end of full paths. Without strata the
// root is the only leaf.
type tree struct {
	root   *node
	leaves []*node
	depth  int
	rooted bool
	// starts says where a rotation begins in each stratum, by the stratum's suffix.
	starts map[string]start
}

// start is where an earlier period of a rotation ended in one stratum.
type start struct {
	after   *ticket
	carried int64
}

// node is one stratum. Its population counts the units below it that take part in the draw; units that are in always are
// counted apart.
type node struct {
	value    string
	suffix   string
	path     []string
	children []*node
	index    map[string]*node
	number   uint32

	population int64
	fixed      []string
	kept       keeper
	// places are where the units kept stand in the order of the stratum's tickets, rising from 0; nil when they are the
	// least ones.
	places []int64

	// taken counts the places that the sequence gave below this node, drawn the units of a leaf that came of them; they
	// differ when replacements had used a stratum up before the sample was extended.
	taken int64
	drawn int64
	start
	turns *turns
}

func newTree(starts map[string]start) *tree {
	return &tree{root: &node{start: starts[""]}, starts: starts}
}

// leaf finds or makes the stratum of a row. It allocates only for a stratum seen for the first time.
func (t *tree) leaf(path []string, row int64) (*node, error) {
	if !t.rooted {
		t.rooted, t.depth = true, len(path)
		if len(path) == 0 {
			t.leaves = append(t.leaves, t.root)
		}
	}
	if len(path) != t.depth {
		return nil, refuse("stratum-depth", rowPath(row), "give every unit a value for every level, an empty one if need be",
			"the stratum has %d levels where earlier rows have %d", len(path), t.depth)
	}
	n := t.root
	for level, value := range path {
		next := n.index[value]
		if next == nil {
			if err := checkText(value, func() string { return fmt.Sprintf("%s stratum level %d", rowPath(row), level+1) }); err != nil {
				return nil, err
			}
			next = t.grow(n, value, level+1 == len(path))
		}
		n = next
	}
	return n, nil
}

func (t *tree) grow(n *node, value string, leaf bool) *node {
	value = strings.Clone(value)
	path := append(slices.Clone(n.path), value)
	child := &node{value: value, suffix: n.suffix + "\t" + value, path: path}
	child.start = t.starts[child.suffix]
	if n.index == nil {
		n.index = map[string]*node{}
	}
	n.index[value] = child
	n.children = append(n.children, child)
	if leaf {
		child.number = uint32(len(t.leaves))
		t.leaves = append(t.leaves, child)
	}
	return child
}

// settle sorts the strata by the bytes of their values, so that the order of rows leaves no trace, and adds populations
// up from the leaves.
func (n *node) settle() {
	slices.SortFunc(n.children, func(a, b *node) int { return cmp.Compare(a.value, b.value) })
	for _, c := range n.children {
		c.settle()
		n.population += c.population
	}
}

// at gives the nodes of one level below n in order of their paths.
func (n *node) at(level int) []*node {
	if level == 0 {
		return []*node{n}
	}
	var all []*node
	for _, c := range n.children {
		all = append(all, c.at(level-1)...)
	}
	return all
}

// strata gives the leaves below n in order of their paths.
func (n *node) strata() []*node {
	if len(n.children) == 0 {
		return []*node{n}
	}
	var all []*node
	for _, c := range n.children {
		all = append(all, c.strata()...)
	}
	return all
}
