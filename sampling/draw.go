package sampling

import (
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
)

// Request is everything a draw depends on. Scope to Epoch name the draw: two draws with different names and one seed are
// independent, two requests with the same names and seed give the same sample.
type Request struct {
	// Scope is the tenant; Standard the id of what is checked, without its version; Group the item or part, or the group of
	// them that share one sample; Subject who is inspected; Epoch the period, or a fixed text under rotation. Each is text of
	// at most 200 bytes in normalisation form C and may be empty.
	Scope, Standard, Group, Subject, Epoch string
	// Version of the standard is recorded only: a new version draws the same units.
	Version string
	// Seed has at least 128 bits.
	Seed Seed
	// Frame is the population.
	Frame Frame
	// Size is how many units are drawn: from the whole frame, or from every group that Per makes.
	Size Size
	// Per is the number of leading levels of the units' strata that the size counts for separately: 0 draws once from the
	// whole frame, 1 draws the size for each value of the first level. The remaining levels are what the sample is spread
	// over as evenly as possible.
	Per int
	// Method is Extendable when empty.
	Method Method
	// Minimum is how many units each stratum of every level gets before shares count, if the size allows: first one for
	// every stratum of the coarsest level, then of the next, then a second one; larger strata come first. 0 goes by shares
	// alone, and then a stratum with a small share gets nothing. It doesn't go with Systematic.
	Minimum int64
	// Always are units that are in for certain. They count towards the size; the rest is drawn from the other units.
	Always []string
	// Reserve is how many further units of each stratum are kept for [Record.Replace].
	Reserve int64
	// Rotation continues where the period before ended, see [Record.Next]; nil begins.
	Rotation *Rotation
	// Editions are recorded; a size table is recorded with the size and needs no entry here.
	Editions []Edition
}

// Draw makes a draw in one pass over the frame. A frame without units gives a record that says "no population", not an
// error. Errors: an [*Error] for a refused request or row, the wrapped error of the frame's iterator, or ctx.Err(); the
// record is empty then.
func Draw(ctx context.Context, r Request) (Record, error) {
	header, err := r.header()
	if err != nil {
		return Record{}, err
	}
	d, err := header.read(ctx, r.Frame)
	if err != nil {
		return Record{}, err
	}
	return d.finish()
}

// header gives a record that holds what the request says and nothing that the frame decides.
func (r Request) header() (Record, error) {
	parties := r.Seed.parties()
	if err := checkParties(parties); err != nil {
		return Record{}, err
	}
	seed := joinSeed(parties)
	h := Record{
		Schema: recordSchema, Algorithm: Algorithm,
		Scope: r.Scope, Standard: r.Standard, Version: r.Version, Group: r.Group, Subject: r.Subject, Epoch: r.Epoch,
		DrawID: drawID(r.Scope, r.Standard, r.Group, r.Subject, r.Epoch), Editions: slices.Clone(r.Editions),
		Method: r.Method, Size: r.Size, Per: r.Per, Minimum: r.Minimum, Always: slices.Clone(r.Always), Spares: r.Reserve,
		Rotation: r.Rotation,
		SeedHash: hashText(seed), Seed: seed,
	}
	if len(parties) > 1 || r.Seed.Party != "" || r.Seed.Commitment != "" {
		h.Parties = parties
	}
	if h.Method == "" {
		h.Method = Extendable
	}
	slices.Sort(h.Always)
	return h, h.checkInputs()
}

// checkInputs refuses what can be refused before the frame is read.
func (r Record) checkInputs() error {
	names := []struct{ path, value string }{{"scope", r.Scope}, {"standard", r.Standard}, {"version", r.Version},
		{"group", r.Group}, {"subject", r.Subject}, {"epoch", r.Epoch}}
	for _, n := range names {
		if err := checkText(n.value, func() string { return n.path }); err != nil {
			return err
		}
	}
	for i, id := range r.Always {
		if err := checkID(id, func() string { return fmt.Sprintf("always[%d]", i) }); err != nil {
			return err
		}
		if i > 0 && r.Always[i-1] == id {
			return refuse("duplicate-id", fmt.Sprintf("always[%d]", i), "name it once", "%s is in the list twice", quoted(id))
		}
	}
	if r.Per < 0 || r.Minimum < 0 || r.Spares < 0 || r.Spares > math.MaxInt32 {
		return refuse("bad-number", "request", "give 0 or more, and a reserve of at most 2147483647", "per %d, minimum %d and reserve %d can't all be meant", r.Per, r.Minimum, r.Spares)
	}
	switch {
	case r.Method != Extendable && r.Method != Systematic:
		return refuse("bad-method", "method", "use Extendable or Systematic", "%s is no method", quoted(string(r.Method)))
	case r.Method == Systematic && r.Minimum > 0:
		return refuse("bad-method", "minimum", "draw extendably, or leave the minimum out", "a minimum would break the equal probabilities of a systematic draw")
	case r.Method == Systematic && r.Rotation != nil:
		return refuse("bad-method", "rotation", "draw extendably, or draw afresh each period", "a systematic draw can't be rotated")
	}
	return r.Size.Check()
}

// draw is a draw in the making: the strata with the units that can still be chosen.
type draw struct {
	record Record
	tree   *tree
	key    string
}

// read makes the pass over the frame and keeps what the draw may need.
func (r Record) read(ctx context.Context, f Frame) (*draw, error) {
	starts, err := r.Rotation.starts()
	if err != nil {
		return nil, err
	}
	d := &draw{record: r, tree: newTree(starts), key: drawKey(r.Algorithm, r.DrawID, r.Seed)}
	tickets, err := newTicketer(d.key)
	if err != nil {
		return nil, err
	}
	limit := r.keep(f)
	var missing []string
	missing = append(missing, r.Always...)
	rd := &reader{tree: d.tree, digest: newLineDigest()}
	rd.each = func(id string, leaf *node) {
		// The frame comes in the order of ids, and so does the list of units that are always in.
		if len(missing) > 0 && missing[0] == id {
			leaf.fixed = append(leaf.fixed, missing[0])
			missing = missing[1:]
			return
		}
		if leaf.population == 0 {
			leaf.kept.limit = limit
		}
		leaf.population++
		e := entry{ticket: tickets.of(id), id: id}
		if leaf.after != nil {
			e.late = !after(e.ticket, *leaf.after)
		}
		leaf.kept.offer(e)
	}
	if err := rd.read(ctx, f); err != nil {
		return nil, err
	}
	if len(missing) > 0 {
		return nil, refuse("unknown-unit", "always", "take it off the list or add it to the frame", "the frame has no unit %s", quoted(missing[0]))
	}
	if rd.rows > 0 && r.Per > d.tree.depth {
		return nil, refuse("stratum-depth", "per", "give the units that many levels", "the size counts by %d levels and the strata have %d", r.Per, d.tree.depth)
	}
	d.record.FrameDigest = rd.digest.sum()
	if f.Frozen != nil {
		d.record.Frozen = f.Frozen.Seal()
	}
	return d, nil
}

// keep bounds how many units of one stratum can ever be asked for.
func (r Record) keep(f Frame) int64 {
	if r.Method == Systematic {
		return math.MaxInt64
	}
	count := int64(-1)
	if f.Count > 0 {
		count = f.Count
	}
	limit := r.Size.most(count)
	if limit == math.MaxInt64 {
		return limit
	}
	limit += r.Spares
	for _, c := range r.Changes {
		limit += c.More + 1
		if c.Kind == Extension {
			limit += r.Spares
		}
	}
	return limit
}

// finish decides the sample from what the pass kept.
func (d *draw) finish() (Record, error) {
	d.tree.root.settle()
	r := &d.record
	r.Chosen = []Chosen{}
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
		r.Groups = append(r.Groups, Group{Path: g.path, Population: p.Population, Planned: p.Units, Enough: p.Enough, Short: p.Short})
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
		return d.systematic(g, rest)
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
		d.record.Chosen = append(d.record.Chosen, Chosen{ID: e.id, Stratum: leaf.path})
	}
	return ok
}

// refill puts the next units of every stratum that was reached into the reserve.
func (d *draw) refill() {
	d.record.Reserve = nil
	for _, leaf := range d.tree.root.strata() {
		if leaf.taken == 0 {
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
			s := Stratum{Path: leaf.path, Population: leaf.population + fixed, Always: fixed, Drawn: leaf.taken}
			if s.Path == nil {
				s.Path = []string{}
			}
			switch {
			case leaf.population == 0:
			case r.Method == Systematic:
				s.Inclusion = fmt.Sprintf("%d/%d", g.taken, g.population)
			default:
				s.Inclusion = fmt.Sprintf("%d/%d", leaf.taken, leaf.population)
			}
			r.Strata = append(r.Strata, s)
		}
	}
}
