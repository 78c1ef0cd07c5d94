package engine

import (
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"math/big"
	"reflect"
	"slices"
	"strings"
	"time"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// matcher finds the setters of a struct type for the parts of one record and
// collects every mismatch.
type matcher struct {
	standard *Standard
	parts    []*part
	width    int // slots below it are the record's and the same in every part
	fields   []setter
	answers  [][]setter
	filled   []map[int]string // by part and slot: the Go field
	problems []error
}

var (
	markType       = reflect.TypeFor[fieldMark]()
	timeType       = reflect.TypeFor[time.Time]()
	dateType       = reflect.TypeFor[Date]()
	durationType   = reflect.TypeFor[time.Duration]()
	numberType     = reflect.TypeFor[Number]()
	jsonNumberType = reflect.TypeFor[json.Number]()
	attachmentType = reflect.TypeFor[Attachment]()
)

func (m *matcher) problem(format string, args ...any) {
	m.problems = append(m.problems, fmt.Errorf(format, args...))
}

// unwrapped takes a pointer, a Field or a nullable type of database/sql off a
// Go type.
func unwrapped(t reflect.Type) (inner reflect.Type, w wrap, flag uintptr) {
	switch {
	case t.Kind() == reflect.Pointer:
		return t.Elem(), pointerWrap, 0
	case t.Kind() != reflect.Struct || t.NumField() != 2:
	case t.Implements(markType):
		return t.Field(0).Type, fieldWrap, t.Field(1).Offset
	case t.PkgPath() == "database/sql" && t.Field(1).Name == "Valid":
		return t.Field(0).Type, nullWrap, t.Field(1).Offset
	}
	return t, plainWrap, 0
}

// isValue says of a struct type whether it holds one value and not fields.
func isValue(t reflect.Type) bool {
	inner, w, _ := unwrapped(t)
	return w != plainWrap || inner.ConvertibleTo(timeType) || inner == dateType || inner == numberType || inner == attachmentType
}

// walk matches the fields of a struct. Embedded structs without a tag count as
// if their fields stood in their place.
func (m *matcher) walk(t reflect.Type, via []hop, base uintptr, prefix, path string) {
	for i := range t.NumField() {
		f := t.Field(i)
		tag, tagged := f.Tag.Lookup("chk")
		at := path + "." + f.Name
		if !tagged && f.Anonymous {
			switch inner := f.Type; {
			case inner.Kind() == reflect.Struct && !isValue(inner):
				m.walk(inner, via, base+f.Offset, prefix, at)
			case inner.Kind() == reflect.Pointer && inner.Elem().Kind() == reflect.Struct && !isValue(inner.Elem()):
				m.walk(inner.Elem(), append(slices.Clip(via), hop{base + f.Offset, pointerWrap, 0}), 0, prefix, at)
			}
			continue
		}
		tag = strings.TrimSpace(tag)
		if !tagged || tag == "-" {
			continue
		}
		if !f.IsExported() {
			m.problem("%s has the tag chk:%q and is not exported: export it", at, tag)
			continue
		}
		m.field(f.Type, via, base+f.Offset, prefix, tag, at)
	}
}

// field matches one tagged field.
func (m *matcher) field(t reflect.Type, via []hop, offset uintptr, prefix, tag, at string) {
	name, found := prefix+tag, false
	for k, c := range m.parts {
		slot, ok := c.slot(name)
		if !ok {
			continue
		}
		if slot < m.width && found {
			break // a field of the record: the same in every part
		}
		found = true
		v := c.variables[slot]
		if other, twice := m.filled[k][slot]; twice {
			m.problem("%s and %s both fill %q: keep one", other, at, v.Key)
			return
		}
		s, wrong := m.match(v, t)
		if wrong != "" {
			m.problem("%s: %q is %s%s, and %s does not hold it: use %s", at, v.Key, v.Type.Words().EN, orAbsent(v), t, wrong)
			m.filled[k][slot] = at // one mistake, one report
			if slot < m.width {
				m.spread(slot, at)
			}
			return
		}
		s.slot, s.offset, s.via, s.variable, s.path, s.optional, s.side = slot, offset, via, v, name, v.Optional, -1
		if v.Side != nil && prefix == "" { // not reached through its side
			s.side, _ = c.layout.Slot(v.Side)
		}
		m.filled[k][slot] = at
		if slot < m.width {
			m.spread(slot, at)
			m.fields = append(m.fields, s)
		} else {
			m.answers[k] = append(m.answers[k], s)
		}
		if v.Type.Kind == check.Side {
			inner, w, flag := unwrapped(t)
			m.walk(inner, append(slices.Clip(via), hop{offset, w, flag}), 0, v.Key+".", at)
		}
	}
	if !found && !m.elsewhere(name) {
		m.unknown(name, at)
	}
}

// spread notes a field of the record as filled in every part.
func (m *matcher) spread(slot int, at string) {
	for _, f := range m.filled {
		f[slot] = at
	}
}

// elsewhere says whether a name is an answer of another part over the same
// record: a struct may serve several parts.
func (m *matcher) elsewhere(name string) bool {
	for _, c := range m.standard.order {
		if c.record == m.parts[0].record {
			if _, ok := c.slot(name); ok {
				return true
			}
		}
	}
	return false
}

func (m *matcher) unknown(name, at string) {
	if f := m.parts[0].record.Lookup(name); f != nil {
		m.problem("%s: %q is computed from other fields: drop its tag", at, name)
		return
	}
	m.problem("%s: part %s knows no %q: it has %s", at, m.parts[0].id, name, m.parts[0].known())
}

func orAbsent(v *check.Variable) string {
	if v.Optional {
		return " that may be absent"
	}
	return ""
}

// match finds out how a Go type holds the values of a variable; wrong says
// what to use instead.
func (m *matcher) match(v *check.Variable, t reflect.Type) (s setter, wrong string) {
	inner, w, flag := unwrapped(t)
	s.wrap, s.flag = w, flag
	s.op = opOf(v.Type.Kind, inner)
	if s.op == clearOp {
		return s, wrapWords(v, goTypes[v.Type.Kind])
	}
	if v.Optional && w == plainWrap {
		name := inner.String()
		return s, fmt.Sprintf("*%s, engine.Field[%s] or a nullable type of database/sql", name, name)
	}
	t0 := v.Type
	if t0.Choice != nil {
		for _, member := range t0.Choice.Members {
			for _, name := range []string{member.Name.First, member.Name.Second} {
				if name != "" {
					s.names = append(s.names, choiceName{name, int64(member.Ordinal)})
				}
			}
		}
	}
	s.scale, s.low, s.high = 1, math.MinInt64, math.MaxInt64
	if t0.Kind == check.Number {
		if !t0.Whole {
			s.scale = eval.Millionths
		}
		if t0.Low != nil {
			s.low = scaledBound(t0.Low, s.scale, true)
		}
		if t0.High != nil {
			s.high = scaledBound(t0.High, s.scale, false)
		}
	}
	return s, ""
}

// scaledBound is the nearest number in the units of a slot that is within a
// bound.
func scaledBound(r *big.Rat, scale int64, up bool) int64 {
	scaled := new(big.Rat).Mul(r, new(big.Rat).SetInt64(scale))
	n := new(big.Int).Div(scaled.Num(), scaled.Denom()) // rounds down: the denominator is positive
	if up && !scaled.IsInt() {
		n.Add(n, big.NewInt(1))
	}
	switch {
	case n.IsInt64():
		return n.Int64()
	case n.Sign() < 0:
		return math.MinInt64
	}
	return math.MaxInt64
}

// goTypes says which Go types hold a kind of values.
var goTypes = map[check.Kind]string{
	check.Bool: "bool", check.Text: "string", check.Time: "time.Time", check.Date: "engine.Date", check.Clock: "a string such as 09:30",
	check.Duration: "time.Duration", check.Attachment: "string or engine.Attachment", check.Number: "an integer, a float or engine.Number",
	check.Choice: "a type of kind string", check.Set: "a slice of strings", check.Side: "a struct",
}

// loaderTypes are Go types for the fields of a table's columns; they only
// carry a field's bounds and names.
var loaderTypes = map[check.Kind]reflect.Type{
	check.Number: reflect.TypeFor[*int64](), check.Choice: reflect.TypeFor[*string](), check.Set: reflect.TypeFor[*[]string](),
	check.Bool: reflect.TypeFor[*bool](), check.Text: reflect.TypeFor[*string](), check.Time: reflect.TypeFor[*time.Time](),
	check.Date: reflect.TypeFor[*Date](), check.Clock: reflect.TypeFor[*string](), check.Duration: reflect.TypeFor[*time.Duration](),
	check.Attachment: reflect.TypeFor[*string](), check.Side: reflect.TypeFor[*struct{}](),
}

func wrapWords(v *check.Variable, words string) string {
	if !v.Optional {
		return words
	}
	return words + " behind a pointer, in engine.Field or in a nullable type of database/sql"
}

var numberOps = map[reflect.Kind]op{
	reflect.Int: intOp, reflect.Int8: int8Op, reflect.Int16: int16Op, reflect.Int32: int32Op, reflect.Int64: int64Op,
	reflect.Uint: uintOp, reflect.Uint8: uint8Op, reflect.Uint16: uint16Op, reflect.Uint32: uint32Op, reflect.Uint64: uint64Op,
	reflect.Float32: float32Op, reflect.Float64: float64Op,
}

// opOf finds the way to read values of a kind from a Go type, or clearOp.
func opOf(kind check.Kind, t reflect.Type) op {
	isString := t.Kind() == reflect.String && t != jsonNumberType
	switch {
	case kind == check.Bool && t.Kind() == reflect.Bool:
		return boolOp
	case kind == check.Text && isString:
		return textOp
	case kind == check.Time && t.Kind() == reflect.Struct && t.ConvertibleTo(timeType):
		return timeOp
	case kind == check.Date && t == dateType:
		return dateOp
	case kind == check.Clock && isString:
		return clockOp
	case kind == check.Duration && t == durationType:
		return durationOp
	case kind == check.Number && t == numberType:
		return numberOp
	case kind == check.Number && t == jsonNumberType:
		return jsonNumberOp
	case kind == check.Number && t != durationType:
		return numberOps[t.Kind()]
	case kind == check.Choice && isString:
		return choiceOp
	case kind == check.Set && t.Kind() == reflect.Slice && t.Elem().Kind() == reflect.String:
		return setOp
	case kind == check.Attachment && isString:
		return attachmentTextOp
	case kind == check.Attachment && t == attachmentType:
		return attachmentOp
	case kind == check.Side && t.Kind() == reflect.Struct && !isValue(t):
		return sideOp
	}
	return clearOp
}

// missing reports what a part reads and the struct does not hold.
func (m *matcher) missing(t reflect.Type) {
	said := map[string]bool{}
	for k, c := range m.parts {
		for _, slot := range m.standard.reads(c) {
			v := c.variables[slot]
			if _, ok := m.filled[k][slot]; ok || said[v.Key] {
				continue
			}
			said[v.Key] = true
			m.problem("%s has no field for %q, which part %s reads: add one of %s with the tag chk:%q, or engine.Field if it is not collected",
				t, v.Key, c.id, wrapWords(v, goTypes[v.Type.Kind]), v.Key)
		}
	}
}

func (m *matcher) err(t reflect.Type) error {
	if len(m.problems) == 0 {
		return nil
	}
	return fmt.Errorf("engine: %s does not fit part %s: %w", t, m.parts[0].id, errors.Join(m.problems...))
}

// reads lists the slots that judging a part reads, in rising order: fields and
// answers, but not rulings, which a host need not hold.
func (s *Standard) reads(c *part) []int {
	seen := map[int]bool{}
	var walk func(n exprast.Node)
	walk = func(n exprast.Node) {
		if n == nil {
			return
		}
		switch o := s.checked.Info.Objects[n].(type) {
		case *check.Variable:
			if o.Computed != nil {
				walk(o.Computed.Node)
			} else if slot, ok := c.layout.Slot(o); ok {
				seen[slot] = true
			}
		case *check.Define:
			if o.Value != nil {
				walk(o.Value.Node)
			}
		}
		for _, child := range children(n) {
			walk(child)
		}
	}
	clauses := slices.Concat(c.applies, c.unit.clauses, c.sample.clauses)
	if c.where != nil {
		clauses = append(clauses, c.where)
	}
	for _, k := range clauses {
		walk(k.node)
		if k.question >= 0 {
			seen[k.question] = true
		}
		if k.criterion != nil && k.criterion.Target != nil {
			walk(k.criterion.Target.Node)
		}
	}
	if c.measure != nil {
		walk(c.measure.Node)
	}
	var out []int
	for slot := range seen {
		out = append(out, slot)
	}
	slices.Sort(out)
	return out
}
