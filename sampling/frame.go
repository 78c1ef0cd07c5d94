package sampling

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"hash"
	"iter"
	"strings"
)

// Unit is one row of a frame.
type Unit struct {
	// ID names the unit: valid UTF-8 in normalisation form C, 1 to 200 bytes, no control characters, unique in the frame.
	// It is opaque: nothing is read from it.
	ID string `json:"id"`
	// Stratum is the path of the unit from the coarsest stratum to the finest, such as region, project, building. All
	// units of a frame have paths of one length, 0 when there are no strata. Values follow the rules of ids but may be
	// empty. The slice may be reused for the next row; it is copied where it is kept.
	Stratum []string `json:"stratum,omitempty"`
}

// Frame is the population that a draw is made from.
type Frame struct {
	// Units gives the rows, once. An error that it yields ends the draw.
	Units iter.Seq2[Unit, error]
	// Sorted says that ids come in rising order of their bytes. Then duplicates are found and the digest is made in the
	// same pass and nothing but the sample is kept; a row out of order is refused. Otherwise the frame is collected and
	// sorted first, which costs about 34 bytes and one comparison sort over the ids.
	Sorted bool
	// Count is the number of rows when it is known beforehand, 0 when not. It bounds the memory of a draw of a ratio from
	// a sorted frame, and a frame with another number of rows is refused.
	Count int64
	// Frozen is the frame as it was frozen before the seed was opened, nil when there was no ceremony. A frame that differs
	// from it is refused; without Units the frozen units are drawn from.
	Frozen *Frozen
}

// Units gives the rows of a slice as a frame wants them.
func Units(units []Unit) iter.Seq2[Unit, error] {
	return func(yield func(Unit, error) bool) {
		for _, u := range units {
			if !yield(u, nil) {
				return
			}
		}
	}
}

// pollEvery is how many rows pass between two looks at the context.
const pollEvery = 4096

// reader checks the rows of a frame, hands them on in the order of their ids and digests them.
type reader struct {
	tree   *tree
	digest *lineDigest
	rows   int64
	// each receives every unit in the order of ids, with its leaf.
	each func(id string, leaf *node)
	// want, when not nil, is the frozen frame that this one must equal.
	want *Frozen
}

// read makes the pass. The context's error is returned as it is.
func (r *reader) read(ctx context.Context, f Frame) error {
	units := f.Units
	sorted := f.Sorted
	if f.Frozen != nil {
		if f.Frozen.Schema != frozenSchema {
			return refuse("unknown-schema", "frame.frozen.schema", "use the release that froze the frame, or a later one", "%s is not %s", quoted(f.Frozen.Schema), frozenSchema)
		}
		r.want = f.Frozen
		if units == nil {
			units, sorted = Units(f.Frozen.Units), true
		}
	}
	if units == nil {
		return refuse("no-frame", "frame", "give the rows, or an empty iterator for a population of nothing", "the frame has no rows to read")
	}
	var err error
	if sorted {
		err = r.readSorted(ctx, units)
	} else {
		err = r.readAny(ctx, units)
	}
	if err != nil {
		return err
	}
	if f.Count != 0 && f.Count != r.rows {
		return refuse("wrong-count", "frame.count", "count in the same transaction that reads the rows, or leave the count out",
			"the frame says %d rows and has %d", f.Count, r.rows)
	}
	return r.same()
}

// readSorted checks that ids rise, which finds duplicates too.
func (r *reader) readSorted(ctx context.Context, units iter.Seq2[Unit, error]) error {
	// Ids are copied here because the next row may overwrite what the iterator yielded.
	previous := make([]byte, 0, maxText)
	for u, err := range units {
		if err != nil {
			return fmt.Errorf("sampling: frame row %d: %w", r.rows+1, err)
		}
		if r.rows%pollEvery == 0 && ctx.Err() != nil {
			return ctx.Err()
		}
		r.rows++
		leaf, err := r.admit(u)
		if err != nil {
			return err
		}
		if r.rows > 1 {
			switch c := strings.Compare(u.ID, view(previous)); {
			case c == 0:
				return duplicate(u.ID, r.rows-1, r.rows)
			case c < 0:
				return refuse("not-sorted", rowPath(r.rows), "sort by the bytes of the id (COLLATE \"C\"), or don't say that the frame is sorted",
					"%s comes after %s, though the frame says that it is sorted", quoted(u.ID), quoted(string(previous)))
			}
		}
		previous = append(previous[:0], u.ID...)
		if err := r.deliver(u.ID, leaf); err != nil {
			return err
		}
	}
	return ctx.Err()
}

// admit checks one row and finds its leaf.
func (r *reader) admit(u Unit) (*node, error) {
	row := r.rows
	if err := checkID(u.ID, func() string { return rowPath(row) }); err != nil {
		return nil, err
	}
	return r.tree.leaf(u.Stratum, row)
}

// deliver digests a row and hands it on.
func (r *reader) deliver(id string, leaf *node) error {
	position := r.digest.lines
	r.digest.add(id, leaf.suffix)
	if r.want != nil {
		if err := r.want.same(position, id, leaf); err != nil {
			return err
		}
	}
	r.each(id, leaf)
	return nil
}

// same ends the comparison with the frozen frame: nothing may be missing at its end, and its digest must be its own.
func (r *reader) same() error {
	if r.want == nil {
		return nil
	}
	if r.digest.lines < len(r.want.Units) {
		return changed("unit %s was frozen and is missing", quoted(r.want.Units[r.digest.lines].ID))
	}
	if sum := r.digest.sum(); sum != r.want.Digest {
		return changed("the frozen units hash to %s and their digest says %s", sum, quoted(r.want.Digest))
	}
	return nil
}

func duplicate(id string, first, second int64) error {
	return refuse("duplicate-id", rowPath(second), "remove one of the two, or give each unit an id of its own",
		"the id %s is already in row %d", quoted(id), first)
}

func rowPath(row int64) string { return fmt.Sprintf("frame row %d", row) }

// lineDigest hashes a frame as text: one line per unit in the order of ids, the id, then a tab and a value for every
// level of its stratum. Ids and values hold no control characters, so the text has one meaning.
type lineDigest struct {
	hash   hash.Hash
	buffer []byte
	lines  int
}

func newLineDigest() *lineDigest {
	return &lineDigest{hash: sha256.New(), buffer: make([]byte, 0, 8192)}
}

// add appends a line; suffix is the stratum part, with its tabs.
func (d *lineDigest) add(id, suffix string) {
	if len(d.buffer)+len(id)+len(suffix)+1 > cap(d.buffer) {
		d.hash.Write(d.buffer)
		d.buffer = d.buffer[:0]
	}
	d.buffer = append(d.buffer, id...)
	d.buffer = append(d.buffer, suffix...)
	d.buffer = append(d.buffer, '\n')
	d.lines++
}

// sum ends the digest and gives it in hexadecimal.
func (d *lineDigest) sum() string {
	d.hash.Write(d.buffer)
	d.buffer = d.buffer[:0]
	// Sum leaves the hash as it is, so a second call gives the same digest.
	return hex.EncodeToString(d.hash.Sum(nil))
}
