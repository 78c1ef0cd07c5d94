package parser

import (
	"reflect"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/token"
)

// mover copies trees to other places of their file. It follows the types of
// the nodes, so that a statement added to the language is moved too; what a
// type holds is found out once for a parse. The zero mover is ready.
type mover struct {
	by     int
	fields map[reflect.Type][]int // of a struct, those that hold ranges
	placed map[reflect.Type]bool
}

var (
	rangeType      = reflect.TypeFor[token.Range]()
	expressionType = reflect.TypeFor[exprast.Node]()
)

// statement returns a copy of a statement, and of all within, whose ranges lie
// by bytes further on. Texts and exact numbers are shared with the original.
func (m *mover) statement(n node, by int) node {
	if m.fields == nil {
		m.fields, m.placed = map[reflect.Type][]int{}, map[reflect.Type]bool{}
	}
	m.by = by
	v := reflect.ValueOf(&n).Elem()
	m.move(v)
	return n
}

// move makes v, which so far shares what it points to with the original, a
// copy of its own.
func (m *mover) move(v reflect.Value) {
	switch v.Kind() {
	case reflect.Struct:
		if v.Type() == rangeType {
			r := v.Addr().Interface().(*token.Range)
			*r = m.shifted(*r)
			return
		}
		for _, i := range m.fieldsOf(v.Type()) {
			m.move(v.Field(i))
		}
	case reflect.Pointer:
		if !v.IsNil() {
			own := reflect.New(v.Type().Elem())
			own.Elem().Set(v.Elem())
			m.move(own.Elem())
			v.Set(own)
		}
	case reflect.Slice:
		if !v.IsNil() {
			own := reflect.MakeSlice(v.Type(), v.Len(), v.Len())
			reflect.Copy(own, v)
			for i := range v.Len() {
				m.move(own.Index(i))
			}
			v.Set(own)
		}
	case reflect.Interface:
		switch {
		case v.IsNil():
		case v.Type() == expressionType:
			v.Set(reflect.ValueOf(m.expression(v.Interface().(exprast.Node))))
		default: // a statement, by its pointer
			own := reflect.New(v.Elem().Type()).Elem()
			own.Set(v.Elem())
			m.move(own)
			v.Set(own)
		}
	}
}

// shifted moves a range; the zero Range belongs to nothing and stays.
func (m *mover) shifted(r token.Range) token.Range {
	if r == (token.Range{}) {
		return r
	}
	return token.Range{Start: uint32(int(r.Start) + m.by), End: uint32(int(r.End) + m.by)}
}

func (m *mover) fieldsOf(t reflect.Type) []int {
	if known, ok := m.fields[t]; ok {
		return known
	}
	var fields []int
	for i := range t.NumField() {
		if m.holds(t.Field(i).Type) {
			fields = append(fields, i)
		}
	}
	m.fields[t] = fields
	return fields
}

// holds says whether values of a type hold ranges.
func (m *mover) holds(t reflect.Type) bool {
	switch t.Kind() {
	case reflect.Interface:
		return true
	case reflect.Pointer, reflect.Slice:
		return m.holds(t.Elem())
	case reflect.Struct:
		known, ok := m.placed[t]
		if !ok {
			m.placed[t] = false // while it is found out, for a type that holds itself
			known = t == rangeType || len(m.fieldsOf(t)) > 0
			m.placed[t] = known
		}
		return known
	}
	return false
}

// expression copies the tree of an expression.
func (m *mover) expression(n exprast.Node) exprast.Node {
	var out exprast.Node
	switch n := n.(type) {
	case *exprast.BinaryNode:
		c := *n
		c.Left, c.Right = m.expression(n.Left), m.expression(n.Right)
		out = &c
	case *exprast.UnaryNode:
		c := *n
		c.Node = m.expression(n.Node)
		out = &c
	case *exprast.MemberNode:
		c := *n
		c.Node, c.Property = m.expression(n.Node), m.expression(n.Property)
		out = &c
	case *exprast.CallNode:
		c := *n
		c.Callee, c.Arguments = m.expression(n.Callee), m.expressions(n.Arguments)
		out = &c
	case *exprast.ArrayNode:
		c := *n
		c.Nodes = m.expressions(n.Nodes)
		out = &c
	case *exprast.ConstantNode:
		c := *n
		c.Value = m.literal(n.Value)
		out = &c
	case *exprast.IdentifierNode:
		c := *n
		out = &c
	case *exprast.StringNode:
		c := *n
		out = &c
	case *exprast.BoolNode:
		c := *n
		out = &c
	case *exprast.NilNode:
		c := *n
		out = &c
	default: // the grammar makes no other
		return n
	}
	at := n.Location()
	out.SetLocation(file.Location{From: at.From + m.by, To: at.To + m.by})
	return out
}

func (m *mover) expressions(nodes []exprast.Node) []exprast.Node {
	if nodes == nil {
		return nil
	}
	out := make([]exprast.Node, len(nodes))
	for i, n := range nodes {
		out[i] = m.expression(n)
	}
	return out
}

func (m *mover) literal(value any) any {
	switch v := value.(type) {
	case ast.Number:
		v.Range = m.shifted(v.Range)
		return v
	case ast.Duration:
		v.Range = m.shifted(v.Range)
		return v
	case ast.Clock:
		v.Range = m.shifted(v.Range)
		return v
	case ast.Date:
		v.Range = m.shifted(v.Range)
		return v
	case ast.Instant:
		v.Date.Range = m.shifted(v.Date.Range)
		if v.Clock != nil {
			clock := *v.Clock
			clock.Range = m.shifted(clock.Range)
			v.Clock = &clock
		}
		return v
	}
	return value
}
