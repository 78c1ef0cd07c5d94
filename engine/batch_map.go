package engine

import (
	"slices"
	"time"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// reader looks up one variable in maps of values.
type reader struct {
	slot   int
	names  []string // that the last map had comes first: a host keeps to one
	setter setter   // the bounds and members of the variable
}

// readers prepares reading maps in the order of slots.
func (c *part) readers() []reader {
	out := make([]reader, len(c.variables))
	for slot, v := range c.variables {
		r := &out[slot]
		r.slot = slot
		m := &matcher{}
		r.setter, _ = m.match(v, loaderTypes[v.Type.Kind])
		r.setter.variable = v
	}
	for _, name := range sortedKeys(c.fields.byName) {
		r := &out[c.fields.byName[name]]
		r.names = append(r.names, name)
	}
	return out
}

// find looks a variable up by its names.
func (r *reader) find(values map[string]any) (any, bool) {
	for i, name := range r.names {
		if value, ok := values[name]; ok {
			if i > 0 {
				r.names[0], r.names[i] = name, r.names[0]
			}
			return value, true
		}
	}
	return nil, false
}

// quick decodes values in the order of slots; it gives up where their own order
// or the words of a refusal matter: names that are unknown, or two of them for
// one field.
func (b *Batch) quick(values map[string]any) bool {
	if len(b.part.record.Sides) > 0 {
		return false
	}
	if b.readers == nil {
		b.readers = b.part.readers()
	}
	found := 0
	for i := range b.readers {
		r := &b.readers[i]
		value, ok := r.find(values)
		if !ok {
			b.row[r.slot] = eval.Slot{}
			continue
		}
		found++
		n, state := r.number(value)
		if state == eval.Known {
			b.row[r.slot] = eval.Slot{Num: n, State: eval.Known}
			continue
		}
		slot, bad := decode(r.setter.variable, value, b.zone, "")
		if bad != nil {
			return false
		}
		if _, text := value.(string); text && r.setter.variable.Type.Kind == check.Time {
			b.civil = true
		}
		b.row[r.slot] = slot
	}
	return found == len(values)
}

// number reads the usual types of values that a slot holds as a number; the
// state is unknown for everything else, and for what does not fit.
func (r *reader) number(value any) (n int64, state eval.State) {
	kind := r.setter.variable.Type.Kind
	ok := false
	switch v := value.(type) {
	case time.Time:
		second := v.Unix()
		ok = kind == check.Time && second >= firstSecond && second <= lastSecond
		n = second*int64(time.Second) + int64(v.Nanosecond())
	case bool:
		if ok = kind == check.Bool; v {
			n = 1
		}
	case string:
		if kind == check.Choice && utf8.ValidString(v) {
			n, ok = r.setter.member(v)
		}
	case int:
		if kind == check.Number {
			n, ok = r.setter.whole(int64(v))
		}
	case int64:
		if kind == check.Number {
			n, ok = r.setter.whole(v)
		}
	case float64:
		if kind == check.Number {
			n, ok = r.setter.float(v, 64)
		}
	case time.Duration:
		n, ok = int64(v), kind == check.Duration
	}
	if !ok {
		return 0, eval.Unknown
	}
	return n, eval.Known
}

// civilIn says whether values may hold a time without an offset.
func (b *Batch) civilIn(values map[string]any) bool {
	return slices.ContainsFunc(sortedKeys(values), func(name string) bool {
		slot, ok := b.part.slot(name)
		if !ok {
			return false
		}
		switch values[name].(type) {
		case string:
			return b.part.variables[slot].Type.Kind == check.Time
		case map[string]any: // a side
			return true
		}
		return false
	})
}
