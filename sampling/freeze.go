package sampling

import (
	"context"
	"fmt"
	"slices"
	"strings"
)

// frozenSchema is the name and version of the JSON of a frozen frame.
const frozenSchema = "pinjian/frozen/1"

// Frozen is a frame as it stood when it was frozen, together with the commitments that had been published by then.
// Publishing its [Frozen.Seal] before any seed is opened shows that the seed was not chosen for this frame. It holds all
// ids, since one late unit makes a later replay differ.
type Frozen struct {
	Schema string `json:"schema"`
	// Digest is the frame digest, the same that a record of this frame has.
	Digest string `json:"digest"`
	// Parties are the promised contributions to the seed: a commitment, or the source of a public value; no values.
	Parties []Party `json:"parties,omitempty"`
	// Units are in the order of their ids.
	Units []Unit `json:"units"`
}

// Freeze reads a frame and keeps it, with the commitments of all parties that will contribute to the seed, in the order in
// which they will be joined. Errors are those of [Draw].
func Freeze(ctx context.Context, f Frame, parties ...Party) (*Frozen, error) {
	for i, p := range parties {
		path := fmt.Sprintf("parties[%d]", i)
		if p.Value != "" {
			return nil, refuse("seed-opened", path+".value", "freeze the frame first and open the values afterwards", "the value is given before the frame is frozen")
		}
		if p.Commitment == "" && p.Source == "" {
			return nil, refuse("no-commitment", path, "give Commitment(value), or name the source of a public value", "%s promises nothing", quoted(p.Party))
		}
	}
	frozen := &Frozen{Schema: frozenSchema, Parties: slices.Clone(parties), Units: []Unit{}}
	r := &reader{tree: newTree(nil), digest: newLineDigest()}
	r.each = func(id string, leaf *node) {
		frozen.Units = append(frozen.Units, Unit{ID: strings.Clone(id), Stratum: leaf.path})
	}
	if err := r.read(ctx, f); err != nil {
		return nil, err
	}
	frozen.Digest = r.digest.sum()
	return frozen, nil
}

// Seal is the SHA-256, in hexadecimal, over digest and promises: what to publish.
func (f *Frozen) Seal() string {
	parts := []string{frozenSchema, f.Digest}
	for _, p := range f.Parties {
		parts = append(parts, p.Party, p.Commitment, p.Source)
	}
	return hashText(drawID(parts...))
}

// same refuses a row that isn't the frozen one at its position.
func (f *Frozen) same(position int, id string, leaf *node) error {
	if position >= len(f.Units) {
		return changed("unit %s was added", quoted(id))
	}
	want := f.Units[position]
	switch c := strings.Compare(id, want.ID); {
	case c < 0:
		return changed("unit %s was added", quoted(id))
	case c > 0:
		return changed("unit %s was frozen and is missing", quoted(want.ID))
	case !slices.Equal(leaf.path, want.Stratum):
		return changed("unit %s has moved from stratum %q to %q", quoted(id), want.Stratum, leaf.path)
	}
	return nil
}

func changed(problem string, args ...any) error {
	return refuse("frame-changed", "frame", "draw from the frozen frame, or freeze again with new commitments", problem, args...)
}
