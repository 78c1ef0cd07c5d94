package sampling

import (
	"context"
	"fmt"
	"iter"
	"slices"
)

// Index is a frame whose rows stay where they are, such as a table of a database: it counts its strata and hands out
// single units by their place in the order of tickets. It vouches for what [Draw] finds out by reading every row: that no
// id is there twice and that each may be drawn by. Its methods are called one after the other and must see one state of
// the frame. A package engine/frames/sqlframe has one for SQL.
type Index interface {
	// Strata gives every finest stratum that has units, in any order, with Path and Population; one with an empty path
	// when there are no strata, and none for a frame without units.
	Strata(ctx context.Context) ([]Stratum, error)
	// Units yields the units at the places asked for, in any order. A ticket is the SHA-256 of key and id, as RECIPE.md
	// has it; units are ordered by the bytes of their tickets and then of their ids.
	Units(ctx context.Context, key string, places []Places) iter.Seq2[Unit, error]
	// Digest gives [Record.FrameDigest], the SHA-256 in hexadecimal over a line for each unit in the order of ids; empty
	// when it isn't made, which leaves the record unable to show that a frame is the one that was drawn from.
	Digest(ctx context.Context) (string, error)
}

// Places are units of one stratum that follow each other in the order of tickets: those at From and up to but not
// including To, counted from 0.
type Places struct {
	Stratum  []string
	From, To int64
}

// DrawIndex makes the draw that [Draw] makes over the rows of the index, and gives the same record, but reads only the
// units that it takes. The request has no frame. Units that are always in, rotation and frozen frames need [Draw]. Errors:
// an [*Error] for a refused request or an index that contradicts itself, the wrapped error of the index, or ctx.Err().
func DrawIndex(ctx context.Context, r Request, x Index) (Record, error) {
	header, err := r.header()
	switch {
	case err != nil:
		return Record{}, err
	case x == nil:
		return Record{}, refuse("no-frame", "index", "give the index of the frame", "there is no index")
	case r.Frame.Units != nil || r.Frame.Frozen != nil || r.Frame.Count != 0:
		return Record{}, refuse("two-frames", "frame", "leave the frame out, or draw from its rows", "the index is the frame, and the request has another one")
	case len(r.Always) > 0:
		return Record{}, refuse("needs-rows", "always", "draw from the rows", "units that are always in can't be found by an index")
	case r.Rotation != nil:
		return Record{}, refuse("needs-rows", "rotation", "draw from the rows", "an index can't continue a rotation")
	}
	strata, err := x.Strata(ctx)
	if err != nil {
		return Record{}, indexError(ctx, err)
	}
	planned, err := header.counted(strata)
	if err != nil {
		return Record{}, err
	}
	planned.tree.root.settle()
	places, err := planned.places()
	if err != nil {
		return Record{}, err
	}
	// Turns were given in planning, so the sample itself is drawn over a tree of its own.
	d, err := header.counted(strata)
	if err != nil {
		return Record{}, err
	}
	if err := d.fetch(ctx, x, places); err != nil {
		return Record{}, err
	}
	if d.record.FrameDigest, err = x.Digest(ctx); err != nil {
		return Record{}, indexError(ctx, err)
	}
	if err := ctx.Err(); err != nil {
		return Record{}, err
	}
	return d.finish(nil)
}

// indexError keeps the error of a cancelled context as it is, for a driver may say it in its own words.
func indexError(ctx context.Context, err error) error {
	if ctx.Err() != nil {
		return ctx.Err()
	}
	return fmt.Errorf("sampling: index: %w", err)
}

// counted begins a draw with the numbers of units of all strata.
func (r Record) counted(strata []Stratum) (*draw, error) {
	d := &draw{record: r, tree: newTree(nil), key: drawKey(r.Algorithm, r.DrawID, r.Seed)}
	for i, s := range strata {
		path := fmt.Sprintf("strata[%d]", i)
		if len(s.Path) != len(strata[0].Path) {
			return nil, refuse("stratum-depth", path+".path", "give every stratum a value for every level", "the stratum has %d levels where the first has %d", len(s.Path), len(strata[0].Path))
		}
		for level, value := range s.Path {
			if err := checkText(value, func() string { return fmt.Sprintf("%s.path[%d]", path, level) }); err != nil {
				return nil, err
			}
		}
		if s.Population < 1 {
			return nil, refuse("bad-population", path+".population", "list only strata that have units", "the population is %d", s.Population)
		}
		leaf, err := d.tree.leaf(s.Path, int64(i+1))
		if err != nil {
			return nil, err
		}
		if leaf.population > 0 {
			return nil, refuse("duplicate-stratum", path+".path", "count each stratum once, by the bytes of its values", "the stratum %q is counted twice", s.Path)
		}
		leaf.population = s.Population
	}
	if len(strata) > 0 && r.Per > d.tree.depth {
		return nil, tooFewLevels(r.Per, d.tree.depth)
	}
	return d, nil
}

// places says which units the draw takes and keeps in reserve, from the numbers of units alone.
func (d *draw) places() ([]Places, error) {
	r := &d.record
	var all []Places
	for _, g := range d.tree.root.at(min(r.Per, d.tree.depth)) {
		p, err := d.plan(g)
		if err != nil {
			return nil, err
		}
		n := min(p.Units, g.population)
		if r.Method == Systematic {
			g.systematicPlaces(d.key, n, func(leaf *node, place int64) { leaf.places = append(leaf.places, place) })
			for _, leaf := range g.strata() {
				all = append(all, leaf.spread(r.Spares)...)
			}
			continue
		}
		g.floors(r.Minimum, n, func(*node) {})
		for g.taken < n {
			if _, err := g.step(); err != nil {
				return nil, err
			}
		}
		for _, leaf := range g.strata() {
			if leaf.taken > 0 {
				all = append(all, Places{Stratum: leaf.path, To: leaf.taken + min(r.Spares, leaf.population-leaf.taken)})
			}
		}
	}
	return all, nil
}

// spread gives the places of a stratum that a systematic draw takes, with the first spares others, joined where they
// touch.
func (n *node) spread(spares int64) []Places {
	if len(n.places) == 0 {
		return nil
	}
	var all []Places
	add := func(place int64) {
		if last := len(all) - 1; last >= 0 && all[last].To == place {
			all[last].To++
			return
		}
		all = append(all, Places{Stratum: n.path, From: place, To: place + 1})
	}
	taken := n.places
	for place := int64(0); spares > 0 && place < n.population; place++ {
		if len(taken) > 0 && taken[0] == place {
			taken = taken[1:]
		} else {
			spares--
		}
		add(place)
	}
	for _, place := range taken {
		add(place)
	}
	return all
}

// fetch reads the units at the places and holds them against what was asked for.
func (d *draw) fetch(ctx context.Context, x Index, places []Places) error {
	tickets, err := newTicketer(d.key)
	if err != nil {
		return err
	}
	wanted := map[*node]int64{}
	for _, p := range places {
		leaf := d.tree.find(p.Stratum)
		wanted[leaf] += p.To - p.From
		if d.record.Method == Systematic {
			for place := p.From; place < p.To; place++ {
				leaf.places = append(leaf.places, place)
			}
		}
	}
	if len(places) == 0 {
		return nil
	}
	row := int64(0)
	for u, err := range x.Units(ctx, d.key, slices.Clone(places)) {
		if err != nil {
			return indexError(ctx, err)
		}
		row++
		if err := checkID(u.ID, func() string { return rowPath(row) }); err != nil {
			return err
		}
		leaf := d.tree.find(u.Stratum)
		if leaf == nil || int64(len(leaf.kept.entries)) == wanted[leaf] {
			return unsteady("the unit %s of the stratum %q was not asked for", quoted(u.ID), u.Stratum)
		}
		leaf.kept.entries = append(leaf.kept.entries, entry{ticket: tickets.of(u.ID), id: string([]byte(u.ID))})
	}
	for _, leaf := range d.tree.leaves {
		if came := int64(len(leaf.kept.entries)); came < wanted[leaf] {
			return unsteady("of the stratum %q %d units were asked for and %d came", leaf.path, wanted[leaf], came)
		}
		leaf.kept.sort()
		for i, e := range leaf.kept.entries {
			if i > 0 && leaf.kept.entries[i-1].id == e.id {
				return refuse("duplicate-id", "index", "give each unit an id of its own", "the id %s came twice", quoted(e.id))
			}
		}
	}
	return nil
}

// unsteady refuses an index whose answers don't belong together.
func unsteady(problem string, args ...any) error {
	return refuse("wrong-count", "index", "read all of it in one transaction that sees one state", problem, args...)
}

// find gives the leaf at the end of a path, nil when there is none.
func (t *tree) find(path []string) *node {
	if len(path) != t.depth || len(t.leaves) == 0 {
		return nil
	}
	n := t.root
	for _, value := range path {
		if n = n.index[value]; n == nil {
			return nil
		}
	}
	return n
}
