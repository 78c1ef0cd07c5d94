package sampling

import (
	"context"
	"fmt"
	"math"
	"slices"
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
	if err := header.checkPromises(r.Frame.Frozen); err != nil {
		return Record{}, err
	}
	d, err := header.read(ctx, r.Frame, true)
	if err != nil {
		return Record{}, err
	}
	return d.finish(nil)
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
	names := []struct{ path, value string }{
		{"scope", r.Scope},
		{"standard", r.Standard},
		{"version", r.Version},
		{"group", r.Group},
		{"subject", r.Subject},
		{"epoch", r.Epoch},
	}
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
		if i > 0 && r.Always[i-1] > id {
			return refuse("not-sorted", fmt.Sprintf("always[%d]", i), "keep the record as Draw made it", "%s comes after %s", quoted(id), quoted(r.Always[i-1]))
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
