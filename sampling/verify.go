package sampling

import (
	"context"
	"errors"
	"slices"
	"strings"
)

// Verification is what a record proves.
type Verification struct {
	// Repeatable says that the frame and the seed give exactly this record.
	Repeatable bool
	// NotChosenAfterFrame says that every part of the seed was committed to, or its public source named, in the frozen frame
	// that the draw was made from. It rests on the seal having been published before the seed was opened.
	NotChosenAfterFrame bool
	// NotChoosable says moreover that at least two parties contributed, or one and a public source, so that no single party
	// could choose the outcome.
	NotChoosable bool
	// Difference is the first place where a replay and the record disagree, nil when they agree.
	Difference *Difference
}

// Difference is one place of a record, what a replay gives there and what the record says.
type Difference struct {
	Path, Want, Got string
}

// Verify replays a record against a frame. A record that differs is no error: the result says where. What a record only
// notes and what decides nothing (the version, editions, who changed what for which reason) is taken as it stands; sign
// the record where that matters. A record merged from shards is compared with the whole frame, its shards' digests
// are not. Errors: a record that can't be replayed (sealed, of another algorithm, not well formed), a frame that can't
// be read, ctx.Err().
func Verify(ctx context.Context, r Record, f Frame) (Verification, error) {
	if err := r.checkReplay(); err != nil {
		return Verification{}, err
	}
	again, _, err := r.replay(ctx, f)
	var refused *Error
	if errors.As(err, &refused) && strings.HasPrefix(refused.Path, "changes[") {
		// A change that could not have been made is a difference and not a reason to give up.
		return Verification{Difference: &Difference{Path: refused.Path, Want: "a change that can be made", Got: refused.Problem}}, nil
	}
	if err != nil {
		return Verification{}, err
	}
	v := Verification{}
	v.Difference, err = compareRecords(again, r)
	if err != nil {
		return Verification{}, err
	}
	v.Repeatable = v.Difference == nil
	if v.Repeatable && f.Frozen != nil {
		v.NotChosenAfterFrame, v.NotChoosable = promised(f.Frozen.Parties, r.parties())
	}
	return v, nil
}

// checkReplay refuses a record that a replay can't begin with.
func (r Record) checkReplay() error {
	switch {
	case r.Schema != recordSchema:
		return refuse("unknown-schema", "schema", "use the release that wrote the record, or a later one", "%s is not %s", quoted(r.Schema), recordSchema)
	case r.Algorithm != Algorithm:
		return refuse("unknown-algorithm", "algorithm", "use a release that knows the algorithm", "%s is not %s", quoted(r.Algorithm), Algorithm)
	case r.Seed == "":
		return refuse("sealed", "seed", "ask for the record with its seed", "the record is sealed")
	}
	return r.checkInputs()
}

// parties lists who contributed to the seed.
func (r Record) parties() []Party {
	if len(r.Parties) > 0 {
		return r.Parties
	}
	return []Party{{Value: r.Seed}}
}

// inputs gives a record that holds what went into this one, checked, and nothing that came of it.
func (r Record) inputs() (Record, error) {
	parties := r.parties()
	if err := checkParties(parties); err != nil {
		return Record{}, err
	}
	h := Record{
		Schema: r.Schema, Algorithm: r.Algorithm,
		Scope: r.Scope, Standard: r.Standard, Version: r.Version, Group: r.Group, Subject: r.Subject, Epoch: r.Epoch,
		DrawID: drawID(r.Scope, r.Standard, r.Group, r.Subject, r.Epoch), Editions: r.Editions,
		Method: r.Method, Size: r.Size, Per: r.Per, Minimum: r.Minimum, Always: r.Always, Spares: r.Spares, Rotation: r.Rotation,
		Seed: joinSeed(parties), Parties: r.Parties, Frozen: r.Frozen, Changes: r.Changes,
	}
	h.SeedHash = hashText(h.Seed)
	return h, nil
}

// replay makes the draw again from what the record says went in, keeping enough for one change more.
func (r Record) replay(ctx context.Context, f Frame, more ...Change) (Record, *draw, error) {
	h, err := r.inputs()
	if err != nil {
		return Record{}, nil, err
	}
	h.Changes = append(slices.Clone(h.Changes), more...)
	d, err := h.read(ctx, f, true)
	if err != nil {
		return Record{}, nil, err
	}
	if len(r.Shards) > 0 {
		// A whole frame can show that the units are right; the shards' own digests stand as they are.
		d.record.Shards, d.record.FrameDigest = r.Shards, r.FrameDigest
	}
	again, err := d.finish(r.Changes)
	return again, d, err
}

// promised compares the contributions with what the frozen frame says was promised.
func promised(promises, given []Party) (notAfter, notChoosable bool) {
	if len(promises) != len(given) {
		return false, false
	}
	for i, p := range promises {
		g := given[i]
		if p.Party != g.Party || p.Source != g.Source {
			return false, false
		}
		if p.Source == "" && p.Commitment != hashText(g.Value) {
			return false, false
		}
	}
	return true, len(given) > 1
}

// checkPromises refuses to draw from a frozen frame with other values than were promised when it was frozen.
func (r Record) checkPromises(f *Frozen) error {
	if f == nil || len(f.Parties) == 0 {
		return nil
	}
	given := r.parties()
	for i, p := range f.Parties {
		switch {
		case i >= len(given):
			return refuse("seed-mismatch", "seed", "open the values of all parties", "%s promised a value and it is missing", quoted(p.Party))
		case p.Party != given[i].Party || p.Source != given[i].Source:
			return refuse("seed-mismatch", "seed", "join the values in the order of the promises", "value %d is of %s and %s had promised it", i+1, quoted(given[i].Party), quoted(p.Party))
		case p.Source == "" && p.Commitment != hashText(given[i].Value):
			return refuse("seed-mismatch", "seed", "open the value that was committed to; if it is lost, freeze again with a new commitment",
				"the value of %s hashes to %s and the commitment is %s", quoted(p.Party), hashText(given[i].Value), quoted(p.Commitment))
		}
	}
	if len(given) > len(f.Parties) {
		return refuse("seed-mismatch", "seed", "join only values that were promised when the frame was frozen", "%d values are given and %d were promised", len(given), len(f.Parties))
	}
	return nil
}
