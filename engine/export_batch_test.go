package engine

import (
	"reflect"
	"unsafe"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// TestUnit is one unit for JudgeRows.
type TestUnit struct {
	ID     string
	Values map[string]any
}

// JudgeRows judges a part over units row by row, the way a task does: the
// oracle of batches. doubtful is how many units leave the sample's condition
// open; belongs says of each of them whether it is taken in.
func (s *Standard) JudgeRows(id string, units []TestUnit, at Setting, belongs func(i int) bool) (v Verdict, doubtful int, err error) {
	c, err := s.part(id)
	if err != nil {
		return Verdict{}, 0, err
	}
	env, _ := s.environment(at)
	var evidence []unitEvidence
	for _, u := range units {
		row, _ := c.row(u.Values, env, "")
		env.Unit = row
		if c.where != nil {
			switch (&eval.Exact{Layout: c.layout, Env: env}).Condition(c.where.node) {
			case eval.False:
				continue
			case eval.Maybe:
				if doubtful++; !belongs(doubtful - 1) {
					continue
				}
			}
			env.Err = nil
		}
		inspected := false
		for _, slot := range row[c.own:] {
			inspected = inspected || slot.State != eval.Unknown
		}
		evidence = append(evidence, unitEvidence{id: u.ID, row: row, inspected: inspected})
	}
	v, _, err = s.partVerdict(c, env, evidence, nil)
	return v, doubtful, err
}

// Prepared takes structs into rows once and judges row after row: what a unit
// costs beyond taking it in. The answer is left where last points, so that a
// measurement calls one function for it and no second.
func (b *Binding[T]) Prepared(units []T, last *Answer) func(i int) {
	sc := b.bound.scratch(nil)
	rows, width := make(eval.Row, len(units)*len(sc.row)), len(sc.row)
	for i := range units {
		b.bound.needed.fill(unsafe.Pointer(&units[i]), rows[i*width:][:width])
	}
	w, env := b.bound.parts[0].part.swift, &sc.env
	return func(i int) {
		env.Unit = rows[i*width:][:width]
		*last, _ = w.answer(env)
	}
}

// Ingest takes structs into one row.
func (b *Binding[T]) Ingest() func(unit *T) {
	sc := b.bound.scratch(nil)
	fields := newFiller(b.bound.fields)
	return func(unit *T) { fields.fill(unsafe.Pointer(unit), sc.row) }
}

// IngestMap takes maps into one row.
func (b *Batch) IngestMap() func(values map[string]any) {
	return func(values map[string]any) { b.quick(values) }
}

// OneByOne is BindAll without judging parts side by side.
func OneByOne[T any](s *Standard, parts ...string) (*Checklist[T], error) {
	b, err := newBinder(s, reflect.TypeFor[T](), parts)
	if err != nil {
		return nil, err
	}
	for k := range parts {
		b.single = append(b.single, k)
	}
	return &Checklist[T]{b}, nil
}
