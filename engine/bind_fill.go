package engine

import (
	"time"
	"unsafe"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// filler moves fields of a host's struct into a row, the usual ones without a
// call each.
type filler []move

// move is what is read of a setter for the usual fields, close together.
type move struct {
	offset, flag uint32
	slot         int32
	op           op
	wrap         wrap
	missing      eval.State // of a value that is told to be absent
	setter       *setter    // for everything else
}

// slowWrap leaves a field to its setter.
const slowWrap = fieldWrap + 1

func newFiller(setters []setter) filler {
	f := make(filler, len(setters))
	for i := range setters {
		s := &setters[i]
		m := move{slot: int32(s.slot), op: s.op, wrap: slowWrap, setter: s}
		if s.via == nil && s.side < 0 && s.offset <= 1<<30 && s.flag <= 1<<30 {
			switch s.op {
			case timeOp, boolOp, choiceOp, int64Op, intOp, durationOp:
				m.offset, m.flag, m.wrap = uint32(s.offset), uint32(s.flag), s.wrap
				if s.optional {
					m.missing = eval.Absent
				}
			}
		}
		f[i] = m
	}
	return f
}

// fill moves the fields into a row and returns whether a value was refused; it
// is unknown then.
func (f filler) fill(p unsafe.Pointer, row eval.Row) (refused bool) {
	for i := range f {
		m := &f[i]
		slot, at := &row[m.slot], unsafe.Add(p, m.offset)
		state := eval.Known
		switch m.wrap {
		case plainWrap:
		case pointerWrap:
			if at = *(*unsafe.Pointer)(at); at == nil {
				state = eval.Absent
			}
		case nullWrap:
			if !*(*bool)(unsafe.Add(at, m.flag)) {
				state = eval.Absent
			}
		case fieldWrap:
			state = *(*eval.State)(unsafe.Add(at, m.flag))
		default:
			refused = m.setter.set(p, row) || refused
			continue
		}
		if state != eval.Known {
			slot.Num, slot.State = 0, eval.Unknown
			if state == eval.Absent {
				slot.State = m.missing
				refused = refused || m.missing != eval.Absent
			}
			continue
		}
		var n int64
		ok := true
		switch m.op {
		case timeOp:
			t := (*time.Time)(at)
			second := t.Unix()
			if n = second*int64(time.Second) + int64(t.Nanosecond()); second < firstSecond || second > lastSecond {
				n, ok = m.setter.number(at)
			}
		case boolOp:
			n = int64(*(*uint8)(at))
		case choiceOp:
			n, ok = m.setter.member(*(*string)(at))
		case durationOp:
			n = *(*int64)(at)
		default:
			n, ok = m.setter.number(at)
		}
		if !ok {
			n, state, refused = 0, eval.Unknown, true
		}
		slot.Num, slot.State = n, state
	}
	return refused
}
