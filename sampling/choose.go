package sampling

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// draw is a draw in the making: the strata with the units that can still be chosen.
type draw struct {
	record Record
	tree   *tree
	key    string
	// missing are the units that are always in and were not in the frame.
	missing []string
}

// read makes the pass over the frame and keeps what the draw may need. whole says that the frame is all there is, so that
// its count bounds what a size can come to.
func (r Record) read(ctx context.Context, f Frame, whole bool) (*draw, error) {
	starts, err := r.Rotation.starts()
	if err != nil {
		return nil, err
	}
	d := &draw{record: r, tree: newTree(starts), key: drawKey(r.Algorithm, r.DrawID, r.Seed), missing: r.Always}
	tickets, err := newTicketer(d.key)
	if err != nil {
		return nil, err
	}
	count := int64(-1)
	if whole && f.Count > 0 {
		count = f.Count
	}
	limit := r.keep(count)
	var unmet []string
	var kept slab
	rd := &reader{tree: d.tree, digest: newLineDigest()}
	rd.each = func(id string, leaf *node) {
		// The frame comes in the order of ids, and so does the list of units that are always in.
		for len(d.missing) > 0 && d.missing[0] < id {
			unmet = append(unmet, d.missing[0])
			d.missing = d.missing[1:]
		}
		if len(d.missing) > 0 && d.missing[0] == id {
			leaf.fixed = append(leaf.fixed, d.missing[0])
			d.missing = d.missing[1:]
			return
		}
		if leaf.population == 0 {
			leaf.kept = newKeeper(limit)
		}
		leaf.population++
		own := tickets.of(id)
		if leaf.after == nil && !leaf.kept.mayKeep(&own) {
			return
		}
		late := leaf.after != nil && !after(own, *leaf.after)
		leaf.kept.offer(entry{ticket: own, late: late, id: id}, &kept)
	}
	if err := rd.read(ctx, f); err != nil {
		return nil, err
	}
	d.missing = append(unmet, d.missing...)
	if rd.rows > 0 && r.Per > d.tree.depth {
		return nil, tooFewLevels(r.Per, d.tree.depth)
	}
	d.record.FrameDigest = rd.digest.sum()
	if f.Frozen != nil {
		d.record.Frozen = f.Frozen.Seal()
	}
	return d, nil
}

// keep bounds how many units of one stratum can ever be asked for, given the number of units or -1.
func (r Record) keep(count int64) int64 {
	if r.Method == Systematic {
		return math.MaxInt64
	}
	limit := r.Size.most(count)
	if limit == math.MaxInt64 {
		return limit
	}
	limit += r.Spares
	for _, c := range r.Changes {
		limit += c.More + r.Spares + 1
	}
	return limit
}

// finish decides the sample from what the pass kept and then makes the changes.
func (d *draw) finish(changes []Change) (Record, error) {
	d.tree.root.settle()
	r := &d.record
	if len(d.missing) > 0 {
		return Record{}, refuse("unknown-unit", "always", "take it off the list or add it to the frame", "the frame has no unit %s", quoted(d.missing[0]))
	}
	r.Chosen, r.Changes = []Chosen{}, nil
	for _, leaf := range d.tree.root.strata() {
		leaf.kept.sort()
	}
	groups := d.tree.root.at(min(r.Per, d.tree.depth))
	for _, g := range groups {
		p, err := d.plan(g)
		if err != nil {
			return Record{}, err
		}
		if err := d.choose(g, p.Units); err != nil {
			return Record{}, err
		}
	}
	r.NoPopulation = r.Population == 0
	d.refill()
	d.describe()
	for i, c := range changes {
		if err := d.apply(c, fmt.Sprintf("changes[%d]", i)); err != nil {
			return Record{}, err
		}
	}
	return *r, nil
}

// plan says what the size means for one group and adds it to the totals.
func (d *draw) plan(g *node) (Planned, error) {
	r := &d.record
	population := g.population
	for _, leaf := range g.strata() {
		population += int64(len(leaf.fixed))
	}
	p, err := r.Size.Plan(population)
	if err != nil {
		return p, err
	}
	r.Population += p.Population
	r.Planned += p.Units
	r.Enough += p.Enough
	r.Short = r.Short || p.Short
	if r.Per > 0 && population > 0 {
		p.Path = g.path
		r.Groups = append(r.Groups, p)
	}
	return p, nil
}

// choose takes the units of one group: those in for certain, then others until there are n in all.
func (d *draw) choose(g *node, n int64) error {
	var fixed []Chosen
	for _, leaf := range g.strata() {
		for _, id := range leaf.fixed {
			fixed = append(fixed, Chosen{ID: id, Stratum: leaf.path, Always: true})
		}
	}
	slices.SortFunc(fixed, func(a, b Chosen) int { return strings.Compare(a.ID, b.ID) })
	d.record.Chosen = append(d.record.Chosen, fixed...)
	rest := min(max(n-int64(len(fixed)), 0), g.population)
	if d.record.Method == Systematic {
		d.systematic(g, rest)
		return nil
	}
	g.floors(d.record.Minimum, rest, func(leaf *node) { d.take(leaf) })
	for g.taken < rest {
		leaf, err := g.step()
		if err != nil {
			return err
		}
		d.take(leaf)
	}
	return nil
}

// take draws the next unit of a leaf and says whether there was one.
func (d *draw) take(leaf *node) bool {
	e, ok := leaf.kept.next()
	if ok {
		leaf.drawn++
		d.record.Chosen = append(d.record.Chosen, Chosen{ID: e.id, Stratum: leaf.path})
	}
	return ok
}

// refill puts the next units of every stratum that was reached into the reserve.
func (d *draw) refill() {
	d.record.Reserve = nil
	for _, leaf := range d.tree.root.strata() {
		if leaf.drawn == 0 && len(leaf.fixed) == 0 {
			continue
		}
		unused := leaf.kept.entries[leaf.kept.used:]
		for _, e := range unused[:min(d.record.Spares, int64(len(unused)))] {
			d.record.Reserve = append(d.record.Reserve, Chosen{ID: e.id, Stratum: leaf.path})
		}
	}
}

// describe counts the strata and gives the probabilities with which their units were drawn.
func (d *draw) describe() {
	r := &d.record
	r.Strata = nil
	for _, g := range d.tree.root.at(min(r.Per, d.tree.depth)) {
		for _, leaf := range g.strata() {
			fixed := int64(len(leaf.fixed))
			if leaf.population+fixed == 0 {
				continue
			}
			s := Stratum{Path: leaf.path, Population: leaf.population + fixed, Always: fixed, Drawn: leaf.drawn}
			if s.Path == nil {
				s.Path = []string{}
			}
			switch {
			case leaf.population == 0:
			case r.Method == Systematic:
				s.Inclusion = fmt.Sprintf("%d/%d", g.taken, g.population)
			default:
				s.Inclusion = fmt.Sprintf("%d/%d", leaf.drawn, leaf.population)
			}
			r.Strata = append(r.Strata, s)
		}
	}
}

func tooFewLevels(per, depth int) error {
	return refuse("stratum-depth", "per", "give the units that many levels", "the size counts by %d levels and the strata have %d", per, depth)
}
