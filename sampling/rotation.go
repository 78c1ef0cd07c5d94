package sampling

import (
	"bytes"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
)

// Rotation says where an earlier period of a draw under rotation ended. All periods have one epoch and one seed, so each
// unit keeps its ticket; a period takes the tickets that follow the last one used in the stratum, and begins again at the
// least when it has been round. So nobody is drawn again while others of the stratum wait, even when units come and go
// between periods; a unit that was away when its turn came waits for the next round. [Record.Next] makes it; nil or no
// strata is the first period.
type Rotation struct {
	// Round counts the periods before.
	Round int `json:"round"`
	// Strata are the strata of every level in order of their paths.
	Strata []RotationStart `json:"strata"`
}

// RotationStart is where one stratum stands.
type RotationStart struct {
	Path []string `json:"path"`
	// After is the last ticket used, in hexadecimal; empty when none was, and for strata that are not the finest.
	After string `json:"after,omitempty"`
	// Carried is what the stratum's share exceeds what it got, in thousandths of a unit between -1000 and 1000, so that a
	// stratum with a small share gets its turn in a later period.
	Carried int64 `json:"carried,omitempty"`
}

// starts reads a rotation for the tree of strata.
func (r *Rotation) starts() (map[string]start, error) {
	if r == nil {
		return nil, nil
	}
	all := map[string]start{}
	for i, s := range r.Strata {
		path := fmt.Sprintf("rotation.strata[%d]", i)
		for _, value := range s.Path {
			if err := checkText(value, func() string { return path }); err != nil {
				return nil, err
			}
		}
		at := start{carried: s.Carried}
		if s.Carried < -creditUnit || s.Carried > creditUnit {
			return nil, refuse("bad-rotation", path+".carried", "use what Record.Next gives", "%d is not within -1000 and 1000", s.Carried)
		}
		if s.After != "" {
			b, err := hex.DecodeString(s.After)
			if err != nil || len(b) != len(ticket{}) {
				return nil, refuse("bad-rotation", path+".after", "use what Record.Next gives", "%s is no ticket", quoted(s.After))
			}
			t := ticket(b)
			at.after = &t
		}
		all[suffixOf(s.Path)] = at
	}
	return all, nil
}

// after says whether a ticket comes after the place where the period before ended.
func after(t, place ticket) bool { return bytes.Compare(t[:], place[:]) > 0 }

// Next says where the next period of a rotation begins: after the last ticket that this record used in each stratum,
// replacements and extensions included, and with the share that each stratum still has coming. Draw the next period with
// the same names, epoch and seed. Errors: a sealed record, a systematic one, one whose strata don't hold together.
func (r Record) Next() (*Rotation, error) {
	if err := r.checkReplay(); err != nil {
		return nil, err
	}
	if r.Method == Systematic {
		return nil, refuse("bad-method", "rotation", "draw extendably, or draw afresh each period", "a systematic draw can't be rotated")
	}
	starts, err := r.Rotation.starts()
	if err != nil {
		return nil, err
	}
	t := newTree(starts)
	for i, s := range r.Strata {
		leaf, err := t.leaf(s.Path, int64(i+1))
		if err != nil {
			return nil, err
		}
		leaf.population, leaf.taken = s.Population-s.Always, s.Drawn
	}
	if err := r.lastTickets(t); err != nil {
		return nil, err
	}
	next := &Rotation{Strata: []RotationStart{}}
	seen := map[string]bool{}
	if r.Rotation != nil {
		next.Round = r.Rotation.Round
	}
	next.Round++
	t.root.settle()
	for _, g := range t.root.at(min(r.Per, t.depth)) {
		g.addTaken()
		g.share()
	}
	t.root.walk(func(n *node) {
		seen[n.suffix] = true
		next.add(n)
	})
	// A stratum without units in this period keeps its place for the day when it has some again.
	if r.Rotation != nil {
		for _, s := range r.Rotation.Strata {
			if !seen[suffixOf(s.Path)] {
				next.Strata = append(next.Strata, s)
			}
		}
	}
	slices.SortFunc(next.Strata, func(a, b RotationStart) int { return slices.Compare(a.Path, b.Path) })
	return next, nil
}

// lastTickets moves every leaf's start to the last ticket that the record used there, in the order of the rotation.
func (r Record) lastTickets(t *tree) error {
	tickets, err := newTicketer(drawKey(r.Algorithm, r.DrawID, r.Seed))
	if err != nil {
		return err
	}
	last := map[string]entry{}
	for i, c := range r.Chosen {
		if c.Always {
			continue
		}
		leaf := t.root
		for _, value := range c.Stratum {
			if leaf = leaf.index[value]; leaf == nil {
				break
			}
		}
		if leaf == nil || len(leaf.children) > 0 {
			return refuse("unknown-stratum", fmt.Sprintf("chosen[%d].stratum", i), "verify the record; it was changed", "the record counts no stratum %q", c.Stratum)
		}
		e := entry{ticket: tickets.of(c.ID), id: c.ID}
		e.late = leaf.after != nil && !after(e.ticket, *leaf.after)
		if before, ok := last[leaf.suffix]; !ok || e.compare(&before) > 0 {
			last[leaf.suffix] = e
		}
	}
	for _, leaf := range t.leaves {
		if e, ok := last[leaf.suffix]; ok {
			leaf.after = &e.ticket
		}
	}
	return nil
}

// walk visits n and all nodes below it in order of their paths.
func (n *node) walk(visit func(*node)) {
	visit(n)
	for _, c := range n.children {
		c.walk(visit)
	}
}

// addTaken adds the places taken up from the leaves.
func (n *node) addTaken() {
	for _, c := range n.children {
		c.addTaken()
		n.taken += c.taken
	}
}

// share computes what each stratum below n still has coming: carried + taken(n)*N_h/N - taken(h), in thousandths rounded
// to the nearest, and within one unit.
func (n *node) share() {
	for _, c := range n.children {
		if n.population > 0 {
			x := new(big.Int).Mul(big.NewInt(n.taken), big.NewInt(c.population))
			x.Mul(x, big.NewInt(2*creditUnit)).Add(x, big.NewInt(n.population))
			x.Quo(x, big.NewInt(2*n.population))
			c.carried += x.Int64() - c.taken*creditUnit
			c.carried = min(max(c.carried, -creditUnit), creditUnit)
		}
		c.share()
	}
}

// add notes where a node stands, if there is anything to note.
func (r *Rotation) add(n *node) {
	s := RotationStart{Path: append([]string{}, n.path...), Carried: n.carried}
	if n.after != nil {
		s.After = hex.EncodeToString(n.after[:])
	}
	if s.After != "" || s.Carried != 0 {
		r.Strata = append(r.Strata, s)
	}
}
