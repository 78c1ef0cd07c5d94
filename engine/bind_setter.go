package engine

import (
	"encoding/json"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"
	"unsafe"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// setter moves one field of a host's struct into a slot of a row. It is made
// once, by reflection; after that it only adds offsets.
type setter struct {
	slot     int
	side     int          // slot of the side of a join that a value here shows to be there, or -1
	via      []hop        // structs to reach first, behind pointers or Fields
	offset   uintptr      // from the last of them
	wrap     wrap         // how absence is told
	flag     uintptr      // from the value to Valid, or to the state of a Field
	op       op           // how the value is read
	optional bool         // absence is an answer
	names    []choiceName // of choices and sets
	low      int64        // bounds of a number, scaled as in its slot
	high     int64        //
	scale    int64        // of a number: 1 or Millionths
	variable *check.Variable
	path     string // the tag, as errors name it
}

// hop is one struct on the way to a field.
type hop struct {
	offset uintptr
	wrap   wrap
	flag   uintptr
}

// choiceName is one of the names of a member of a choice.
type choiceName struct {
	name    string
	ordinal int64
}

// wrap says how a Go type tells that a value is missing.
type wrap uint8

const (
	plainWrap   wrap = iota // always known
	pointerWrap             // nil is absent
	nullWrap                // database/sql: not Valid is absent
	fieldWrap               // Field
)

// op is the way to read one Go type.
type op uint8

const (
	clearOp op = iota // nothing in the struct fills the slot
	boolOp
	textOp
	timeOp
	dateOp
	clockOp
	durationOp
	intOp
	int8Op
	int16Op
	int32Op
	int64Op
	uintOp
	uint8Op
	uint16Op
	uint32Op
	uint64Op
	float32Op
	float64Op
	numberOp
	jsonNumberOp
	choiceOp
	setOp
	attachmentTextOp
	attachmentOp
	sideOp
)

// follow takes one step: from the address of a wrapped value to the value, with
// what is known of it.
func follow(p unsafe.Pointer, w wrap, flag uintptr) (unsafe.Pointer, eval.State) {
	switch w {
	case pointerWrap:
		if p = *(*unsafe.Pointer)(p); p == nil {
			return nil, eval.Absent
		}
	case nullWrap:
		if !*(*bool)(unsafe.Add(p, flag)) {
			return nil, eval.Absent
		}
	case fieldWrap:
		return p, *(*eval.State)(unsafe.Add(p, flag))
	}
	return p, eval.Known
}

// locate finds the value in a struct. What lies behind a missing struct is
// unknown.
func (s *setter) locate(p unsafe.Pointer) (unsafe.Pointer, eval.State) {
	for i := range s.via {
		h := &s.via[i]
		var state eval.State
		if p, state = follow(unsafe.Add(p, h.offset), h.wrap, h.flag); state != eval.Known {
			return nil, eval.Unknown
		}
	}
	return follow(unsafe.Add(p, s.offset), s.wrap, s.flag)
}

// set moves one field; refused is true for a value that is there and does not
// fit.
func (s *setter) set(p unsafe.Pointer, row eval.Row) (refused bool) {
	slot := &row[s.slot]
	if s.op == clearOp {
		*slot = eval.Slot{}
		return false
	}
	at := unsafe.Add(p, s.offset)
	if s.wrap != plainWrap || s.via != nil {
		var state eval.State
		if at, state = s.locate(p); state != eval.Known {
			slot.Num, slot.State = 0, eval.Unknown
			if state == eval.Absent {
				if !s.optional {
					return true
				}
				slot.State = eval.Absent
				s.mark(row)
			}
			return false
		}
	}
	if s.op == textOp {
		text := *(*string)(at)
		if !utf8.ValidString(text) {
			*slot = eval.Slot{}
			return true
		}
		*slot = eval.Slot{Text: text, State: eval.Known}
		s.mark(row)
		return false
	}
	n, ok := s.number(at)
	if !ok {
		slot.Num, slot.State = 0, eval.Unknown
		return true
	}
	slot.Num, slot.State = n, eval.Known
	s.mark(row)
	return false
}

// mark notes that a side of a join is there, since a field of it is.
func (s *setter) mark(row eval.Row) {
	if s.side >= 0 && row[s.side].State == eval.Unknown {
		row[s.side] = eval.Slot{Num: 1, State: eval.Known}
	}
}

// The seconds between which every instant lies in the years that are taken,
// in whatever zone it is told.
const (
	firstSecond = -8_519_990_400 // 1700-01-05
	lastSecond  = 8_867_145_600  // 2250-12-28
)

// number reads everything that a slot holds as a number.
func (s *setter) number(p unsafe.Pointer) (int64, bool) {
	switch s.op {
	case timeOp:
		t := (*time.Time)(p)
		if second := t.Unix(); second < firstSecond || second > lastSecond {
			if y := t.Year(); t.IsZero() || y < 1700 || y > 2250 {
				return 0, false
			}
		}
		return t.UnixNano(), true
	case boolOp:
		if *(*bool)(p) {
			return 1, true
		}
		return 0, true
	case durationOp:
		return *(*int64)(p), true
	case choiceOp:
		return s.member(*(*string)(p))
	case intOp:
		return s.whole(int64(*(*int)(p)))
	case int8Op:
		return s.whole(int64(*(*int8)(p)))
	case int16Op:
		return s.whole(int64(*(*int16)(p)))
	case int32Op:
		return s.whole(int64(*(*int32)(p)))
	case int64Op:
		return s.whole(*(*int64)(p))
	case uintOp:
		return s.natural(uint64(*(*uint)(p)))
	case uint8Op:
		return s.whole(int64(*(*uint8)(p)))
	case uint16Op:
		return s.whole(int64(*(*uint16)(p)))
	case uint32Op:
		return s.whole(int64(*(*uint32)(p)))
	case uint64Op:
		return s.natural(*(*uint64)(p))
	case float32Op:
		return s.float(float64(*(*float32)(p)), 32)
	case float64Op:
		return s.float(*(*float64)(p), 64)
	case dateOp:
		d := (*Date)(p)
		return d.DayNumber(), d.Valid()
	case setOp:
		var bits int64
		for _, name := range *(*[]string)(p) {
			n, ok := s.member(name)
			if !ok {
				return 0, false
			}
			bits |= 1 << uint(n)
		}
		return bits, true
	case sideOp:
		return 1, true
	case attachmentOp:
		return 1, (*Attachment)(p).SHA256 != ""
	case attachmentTextOp:
		text := *(*string)(p)
		return 1, text != "" && utf8.ValidString(text)
	case numberOp:
		return s.ratio((*Number)(p).rat)
	case clockOp, jsonNumberOp:
		slot, bad := decode(s.variable, s.value(p), nil, "")
		return slot.Num, bad == nil
	}
	return 0, false
}

// largest bounds the magnitude of numbers, before they are scaled.
const largest = 9_000_000_000_000

func (s *setter) bounded(n int64) (int64, bool) { return n, n >= s.low && n <= s.high }

func (s *setter) whole(n int64) (int64, bool) {
	if n >= largest || n <= -largest {
		return 0, false
	}
	return s.bounded(n * s.scale)
}

func (s *setter) natural(n uint64) (int64, bool) {
	if n >= largest {
		return 0, false
	}
	return s.whole(int64(n))
}

// float takes a float as the shortest decimal that reads back as it.
func (s *setter) float(f float64, bits int) (int64, bool) {
	if !(math.Abs(f) < largest) { // NaN too
		return 0, false
	}
	if f == math.Trunc(f) {
		return s.whole(int64(f))
	}
	if s.scale == 1 {
		return 0, false
	}
	// Of decimals with at most 15 digits only one reads back as a given
	// float64, so if this one does it is the shortest too.
	if n := math.Round(f * eval.Millionths); bits == 64 && math.Abs(n) < 1e15 {
		if n/eval.Millionths != f {
			return 0, false
		}
		return s.bounded(int64(n))
	}
	var buffer [32]byte
	digits := strconv.AppendFloat(buffer[:0], f, 'f', -1, bits)
	var n int64
	places, point, negative := 0, false, false
	for _, d := range digits {
		switch {
		case d == '-':
			negative = true
		case d == '.':
			point = true
		case n > math.MaxInt64/10-1 || places == 6:
			return 0, false
		default:
			n = n*10 + int64(d-'0')
			if point {
				places++
			}
		}
	}
	for ; places < 6; places++ {
		if n > math.MaxInt64/10-1 {
			return 0, false
		}
		n *= 10
	}
	if negative {
		n = -n
	}
	return s.bounded(n)
}

// ratio takes an exact number that the slot can hold.
func (s *setter) ratio(r *big.Rat) (int64, bool) {
	if r == nil {
		return s.whole(0)
	}
	num, den := r.Num(), r.Denom()
	if !num.IsInt64() || !den.IsInt64() {
		return 0, false
	}
	n, d := num.Int64(), den.Int64()
	if s.scale%d != 0 {
		return 0, false
	}
	if abs := n / d; abs >= largest || abs <= -largest {
		return 0, false
	}
	return s.bounded(n * (s.scale / d))
}

// member finds a member of a choice by either name.
func (s *setter) member(name string) (int64, bool) {
	for i := range s.names {
		if s.names[i].name == name {
			return s.names[i].ordinal, true
		}
	}
	if trimmed := strings.TrimSpace(name); len(trimmed) != len(name) {
		return s.member(trimmed)
	}
	return 0, false
}

// value returns the value as evidence in a map would hold it: for explaining
// why it was refused, and for the rare types that are read like that.
func (s *setter) value(p unsafe.Pointer) any {
	switch s.op {
	case boolOp:
		return *(*bool)(p)
	case textOp, choiceOp, clockOp, attachmentTextOp:
		return *(*string)(p)
	case timeOp:
		return *(*time.Time)(p)
	case dateOp:
		return *(*Date)(p)
	case durationOp:
		return *(*time.Duration)(p)
	case intOp:
		return int64(*(*int)(p))
	case int8Op:
		return int64(*(*int8)(p))
	case int16Op:
		return int64(*(*int16)(p))
	case int32Op:
		return int64(*(*int32)(p))
	case int64Op:
		return *(*int64)(p)
	case uintOp:
		return Number{new(big.Rat).SetUint64(uint64(*(*uint)(p)))}
	case uint8Op:
		return int64(*(*uint8)(p))
	case uint16Op:
		return int64(*(*uint16)(p))
	case uint32Op:
		return int64(*(*uint32)(p))
	case uint64Op:
		return Number{new(big.Rat).SetUint64(*(*uint64)(p))}
	case float32Op:
		return *(*float32)(p)
	case float64Op:
		return *(*float64)(p)
	case numberOp:
		return *(*Number)(p)
	case jsonNumberOp:
		return *(*json.Number)(p)
	case setOp:
		if list := *(*[]string)(p); list != nil {
			return list
		}
		return []string{}
	case attachmentOp:
		return *(*Attachment)(p)
	case sideOp:
		return true
	}
	return nil
}

// explain fills a row like fill and says of every refused value why.
func explain(setters []setter, p unsafe.Pointer, row eval.Row) []*InputError {
	var refused []*InputError
	for i := range setters {
		s := &setters[i]
		if !s.set(p, row) {
			continue
		}
		var value any
		if at, state := s.locate(p); state == eval.Known {
			value = s.value(at)
		}
		_, bad := decode(s.variable, value, nil, s.path)
		refused = append(refused, bad)
	}
	return refused
}
