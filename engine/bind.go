package engine

import (
	"fmt"
	"reflect"
	"slices"
	"sync"
	"unsafe"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Binding judges host structs by the unit criteria of one part, without
// reflection and, where the part has no measure of a single unit, without
// allocation. It is immutable and safe for concurrent use.
type Binding[T any] struct{ bound *binder }

// Bind matches the fields of the struct type T, by the tag `chk:"name"` with
// either name, against the record and the answers of a part. What the part
// reads must be there; fields without a tag and with chk:"-" are left alone,
// embedded structs count as if their fields stood in their place, and a side
// of a joined record is a struct, behind a pointer or in a Field, tagged with
// the side's name.
//
// Plain Go types are always known. What may be absent needs a pointer, a Field
// or a nullable type of database/sql; what may be unknown needs a Field.
// Numbers are integers, floats (by their shortest decimal) or Number, choices
// types of kind string, sets slices of them, times time.Time, dates Date,
// clock times strings. Every mismatch is reported in one error.
func Bind[T any](s *Standard, part string) (*Binding[T], error) {
	b, err := newBinder(s, reflect.TypeFor[T](), []string{part})
	if err != nil {
		return nil, err
	}
	return &Binding[T]{b}, nil
}

// Judge answers for one unit, without reasons. A value that is refused counts
// as not collected, and so does one that needs a calendar without data: use
// Explain to learn of it. A nil Setting is an empty one.
func (b *Binding[T]) Judge(unit *T, at *Setting) Answer {
	sc := b.bound.scratch(at)
	b.bound.needed.fill(unsafe.Pointer(unit), sc.row)
	answer := b.bound.answer(sc, 0, unsafe.Pointer(unit), at)
	b.bound.pool.Put(sc)
	return answer
}

// Explain judges one unit like Standard.JudgeUnit: the verdict with its
// reasons, and the refused values by their tags.
func (b *Binding[T]) Explain(unit *T, at *Setting) (Verdict, []*InputError, error) {
	return b.bound.explain(0, unsafe.Pointer(unit), at)
}

// binder is what Binding and Checklist share.
type binder struct {
	standard *Standard
	typ      reflect.Type
	fields   []setter // of the record, all
	needed   filler   // of the record, those that the closures read
	whole    filler   // all fields and the answers of the first part
	parts    []boundPart
	abreast  []abreast // of a Checklist
	single   []int     // the parts that are judged one by one
	gaps     int       // of the longest list of gaps
	width    int       // of the widest row
	settings []int
	zero     Setting
	pool     sync.Pool
}

// boundPart is one part of a binder.
type boundPart struct {
	part    *part
	answers []setter // beyond the record's fields
	needed  filler   // of the answers, those that the closures read, and clearing
	// answering says that the closures read answers, which are the part's own.
	answering bool
}

// scratch is what one judgement needs, kept for the next.
type scratch struct {
	env     eval.Env
	row     eval.Row
	setting eval.Row
	gaps    []int32 // of the quantities of a checklist
}

func newBinder(s *Standard, t reflect.Type, ids []string) (*binder, error) {
	if t.Kind() != reflect.Struct {
		return nil, fmt.Errorf("engine: %s is no struct: bind a struct whose fields have the tag chk", t)
	}
	if len(ids) == 0 {
		return nil, fmt.Errorf("engine: no part to bind %s to", t)
	}
	m := &matcher{standard: s}
	for _, id := range ids {
		c, err := s.part(id)
		if err != nil {
			return nil, err
		}
		if len(m.parts) > 0 && c.record != m.parts[0].record {
			return nil, fmt.Errorf("engine: the parts %s and %s have units of different records: bind them one by one", m.parts[0].id, c.id)
		}
		m.parts = append(m.parts, c)
		m.answers = append(m.answers, nil)
		m.filled = append(m.filled, map[int]string{})
	}
	m.width = m.parts[0].own
	m.walk(t, nil, 0, "", t.String())
	m.missing(t)
	if err := m.err(t); err != nil {
		return nil, err
	}
	return m.binder(t), nil
}

// binder sorts the setters by what needs them.
func (m *matcher) binder(t reflect.Type) *binder {
	b := &binder{standard: m.standard, typ: t, fields: m.sided(m.fields)}
	read := map[int]bool{}
	for k, c := range m.parts {
		p := boundPart{part: c, answers: m.answers[k]}
		b.width = max(b.width, len(c.variables))
		var needed []setter
		own := map[int]bool{}
		if c.swift != nil {
			unit, setting := c.swift.reads(b.standard, c.layout)
			b.settings = append(b.settings, setting...)
			p.answering = len(unit) > 0 && unit[len(unit)-1] >= c.own
			for _, slot := range unit {
				read[slot], own[slot] = true, true
			}
		}
		for _, s := range p.answers {
			if own[s.slot] {
				needed = append(needed, s)
				delete(own, s.slot)
			}
		}
		if len(m.parts) > 1 { // what another part left in these slots
			for slot := m.width; slot < len(c.variables); slot++ {
				if own[slot] {
					needed = append(needed, setter{slot: slot, side: -1})
				}
			}
		}
		p.needed = newFiller(needed)
		b.parts = append(b.parts, p)
	}
	var needed []setter
	for _, s := range b.fields {
		if read[s.slot] || (s.side >= 0 && read[s.side]) {
			needed = append(needed, s)
		}
	}
	b.needed = newFiller(needed)
	b.whole = newFiller(slices.Concat(b.fields, b.parts[0].answers))
	if len(b.parts) == 1 {
		b.needed = append(b.needed, b.parts[0].needed...)
	}
	slices.Sort(b.settings)
	b.settings = slices.Compact(b.settings)
	return b
}

// sided lets sides of a join that only their fields tell of start as unknown.
func (m *matcher) sided(fields []setter) []setter {
	var out []setter
	cleared := map[int]bool{}
	for _, s := range fields {
		if s.side < 0 || cleared[s.side] {
			continue
		}
		if _, ok := m.filled[0][s.side]; !ok {
			cleared[s.side] = true
			out = append(out, setter{slot: s.side, side: -1})
		}
	}
	// Sides first, so that their own word counts before their fields'.
	for _, pass := range []bool{true, false} {
		for _, s := range fields {
			if (s.op == sideOp) == pass {
				out = append(out, s)
			}
		}
	}
	return out
}

// scratch takes a row and an environment from the pool.
func (b *binder) scratch(at *Setting) *scratch {
	sc, _ := b.pool.Get().(*scratch)
	if sc == nil {
		sc = b.newScratch()
	}
	b.set(sc, at)
	return sc
}

func (b *binder) newScratch() *scratch {
	sc := &scratch{row: make(eval.Row, b.width), gaps: make([]int32, b.gaps)}
	sc.env.Unit = sc.row
	sc.env.Setting = b.standard.given
	if len(b.settings) > 0 {
		sc.setting = slices.Clone(b.standard.given)
		sc.env.Setting = sc.setting
	}
	if b.standard.calendar != nil {
		sc.env.Calendar = evaluatorCalendar{b.standard.calendar}
	}
	return sc
}

// set gives a scratch its setting.
func (b *binder) set(sc *scratch, at *Setting) {
	if at == nil {
		at = &b.zero
	}
	sc.env.Zone = b.standard.zone
	if at.Subject.Zone != nil {
		sc.env.Zone = at.Subject.Zone
	}
	if len(b.settings) > 0 {
		b.standard.fillSetting(sc.setting, at, b.settings, nil)
	}
}

// answer judges the row of a scratch by one part.
func (b *binder) answer(sc *scratch, k int, unit unsafe.Pointer, at *Setting) Answer {
	if w := b.parts[k].part.swift; w != nil && !(w.zoned && sc.env.Zone != b.standard.zone) {
		if answer, ok := w.answer(&sc.env); ok {
			return answer
		}
	}
	v, _, _ := b.explain(k, unit, at)
	return v.Answer
}

func (b *binder) explain(k int, unit unsafe.Pointer, at *Setting) (Verdict, []*InputError, error) {
	if at == nil {
		at = &b.zero
	}
	c := b.parts[k].part
	env, refused := b.standard.environment(*at)
	env.Unit = make(eval.Row, len(c.variables))
	refused = append(refused, explain(b.fields, unit, env.Unit)...)
	refused = append(refused, explain(b.parts[k].answers, unit, env.Unit)...)
	v, _, err := b.standard.unitVerdict(c, env, "")
	return v, refused, err
}
