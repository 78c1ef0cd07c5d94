package engine

import (
	"fmt"
	"slices"
	"time"
	"unsafe"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Batch is a set of units held by columns, each field with its known and its
// absent bits. It is built once, from structs, maps, texts or the rows of a
// database, and judged by as many parts as there are over its record. Filling
// it is for one goroutine; a filled Batch may be judged by many. A batch
// takes about 8 bytes for each number or time of a unit, a string for each
// text that rules read, and the unit's id.
type Batch struct {
	standard *Standard
	part     *part // the part, or one made of the record's fields alone
	whole    bool  // holds the answers of the part too
	table    *eval.Table
	ids      []string
	zone     *time.Location
	civil    bool // a time was read in zone
	row      eval.Row
	env      eval.Env
	fillers  map[*binder][]setter
	last     *binder // what filled row last, when that was a binding
	setters  []setter
	readers  []reader // of maps, made when first needed
}

// NewBatch makes an empty batch for the fields that the parts over a record
// read, or, where name is a part's, for that part's fields and answers. Values
// that no part reads are checked and not kept. The zone reads civil times
// without an offset; nil is the standard's.
func NewBatch(s *Standard, name string, zone *time.Location) (*Batch, error) {
	b := &Batch{standard: s, zone: zone}
	if b.zone == nil {
		b.zone = s.zone
	}
	var keep []int
	if c, err := s.part(name); err == nil {
		if c.record == nil {
			return nil, fmt.Errorf("engine: the unit of part %s is the subject: judge it with JudgeUnit", c.id)
		}
		b.part, b.whole = c, true
		keep = s.reads(c)
		for slot := c.own; slot < len(c.variables); slot++ {
			keep = append(keep, slot)
		}
	} else {
		for _, c := range s.order {
			if c.record != nil && c.record.Name.Has(name) {
				if b.part == nil {
					b.part = s.recordAlone(c.record)
				}
				keep = append(keep, s.reads(c)...)
			}
		}
	}
	if b.part == nil {
		return nil, fmt.Errorf("engine: the standard has no part over a record %q, and no part of that name", name)
	}
	storage := make([]eval.Storage, len(b.part.variables))
	for _, slot := range keep {
		if slot < len(storage) {
			storage[slot] = storageOf(b.part.variables[slot].Type.Kind)
		}
	}
	b.table = eval.NewTable(storage)
	b.row = make(eval.Row, len(storage))
	b.env.Zone = b.zone
	return b, nil
}

// recordAlone is a part with the fields of a record and no criteria; its slots
// are those of every part over the record.
func (s *Standard) recordAlone(r *check.Record) *part {
	f, ok := s.fields[r]
	if !ok {
		f = s.fieldsOf(r)
	}
	return &part{id: r.Name.First, record: r, fields: f, layout: &f.layout, variables: slices.Clip(f.variables), own: len(f.variables)}
}

func storageOf(k check.Kind) eval.Storage {
	switch k {
	case check.Bool:
		return eval.Truths
	case check.Text:
		return eval.Texts
	case check.Attachment, check.Side:
		return eval.Attendance
	}
	return eval.Numbers
}

// Len returns the number of units.
func (b *Batch) Len() int { return b.table.Len }

// Reset makes the batch empty and keeps its memory, for the next chunk of a
// stream.
func (b *Batch) Reset() {
	b.table.Reset()
	clear(b.ids)
	b.ids, b.civil = b.ids[:0], false
}

// Append adds a unit from values by name, as Standard.JudgeUnit reads them. A
// refused value is returned and counts as not collected. Ids are not compared:
// keeping a unit from coming twice is the host's part.
func (b *Batch) Append(id string, values map[string]any) []*InputError {
	b.last = nil
	var refused []*InputError
	if !b.quick(values) {
		clear(b.row)
		refused = b.part.fill(b.row, values, &b.env, "")
		b.civil = b.civil || b.civilIn(values)
	}
	b.push(id)
	return refused
}

func (b *Batch) push(id string) {
	b.table.Append(b.row)
	b.ids = append(b.ids, id)
}

// fits says whether a batch can be judged by a part in a zone.
func (b *Batch) fits(s *Standard, c *part, zone *time.Location) error {
	switch {
	case b.standard != s:
		return fmt.Errorf("engine: the batch was made for another standard: use NewBatch with this one")
	case c.record == nil || c.record != b.part.record:
		return fmt.Errorf("engine: part %s is not over the record of the batch, %s", c.id, b.part.record.Name.First)
	case b.whole && b.part != c:
		return fmt.Errorf("engine: the batch holds the answers of part %s and can't be judged by %s: make one of the record", b.part.id, c.id)
	case b.civil && zone.String() != b.zone.String():
		return fmt.Errorf("engine: the times of the batch were read in %s and the subject's zone is %s: give NewBatch that zone", b.zone, zone)
	}
	return nil
}

// AppendTo adds a host's struct to a batch, without reflection. A batch of the
// record takes the record's fields, one of the binding's part its answers too.
// Refused values are returned and count as not collected.
func (b *Binding[T]) AppendTo(batch *Batch, id string, unit *T) ([]*InputError, error) {
	return b.bound.appendTo(batch, id, unsafe.Pointer(unit))
}

func (b *binder) appendTo(batch *Batch, id string, unit unsafe.Pointer) ([]*InputError, error) {
	if batch.last != b {
		if err := b.turnTo(batch); err != nil {
			return nil, err
		}
	}
	bad := false
	for i := range batch.setters {
		if batch.setters[i].set(unit, batch.row) {
			bad = true
		}
	}
	var refused []*InputError
	if bad {
		refused = explain(batch.setters, unit, batch.row)
	}
	batch.push(id)
	return refused, nil
}

// turnTo prepares a batch to be filled by a binding.
func (b *binder) turnTo(batch *Batch) error {
	setters, known := batch.fillers[b]
	if !known {
		c := b.parts[0].part
		if batch.standard != b.standard || c.record != batch.part.record || (batch.whole && batch.part != c) {
			return fmt.Errorf("engine: a binding of part %s can't fill a batch of %s", c.id, batch.part.id)
		}
		setters = slices.Clone(b.fields)
		if batch.whole {
			setters = append(setters, b.parts[0].answers...)
		}
		if batch.fillers == nil {
			batch.fillers = map[*binder][]setter{}
		}
		batch.fillers[b] = setters
	}
	clear(batch.row)
	batch.last, batch.setters = b, setters
	return nil
}
