package describe

import (
	"fmt"
	"strings"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
)

// Strengths of operators, loosest first, as in the grammar.
const (
	orStrength = iota
	andStrength
	notStrength
	relationStrength
	sumStrength
	termStrength
	atomStrength
)

// Expression writes a checked expression as .chk with English keywords and
// functions, ASCII punctuation and the first names of everything it reads, so
// that the same rule in Chinese and in English gives the same text. Brackets
// stand only where they are needed, and around `and` within `or`. The text
// parses again, to the same meaning.
func Expression(info *check.Info, n exprast.Node) string {
	w := &writer{info: info}
	w.node(n, orStrength)
	return w.String()
}

type writer struct {
	strings.Builder
	info *check.Info
}

// strength is how tightly the outermost operator of a node binds.
func strength(n exprast.Node) int {
	switch n := n.(type) {
	case *exprast.UnaryNode:
		if n.Operator != "not" {
			return atomStrength
		}
		if _, ok := within(n.Node); ok {
			return relationStrength
		}
		return notStrength
	case *exprast.BinaryNode:
		switch n.Operator {
		case "or":
			return orStrength
		case "and":
			return andStrength
		case "+", "-":
			return sumStrength
		case "*", "/":
			return termStrength
		case "..":
			return relationStrength
		}
		return relationStrength
	}
	return atomStrength
}

// within is the comparison below a `not` that is written `not in`.
func within(n exprast.Node) (*exprast.BinaryNode, bool) {
	in, ok := n.(*exprast.BinaryNode)
	return in, ok && in.Operator == "in"
}

// node writes a node where an operator of the given strength stands around it.
func (w *writer) node(n exprast.Node, around int) {
	if strength(n) < around {
		w.WriteByte('(')
		defer w.WriteByte(')')
	}
	if w.named(n) {
		return
	}
	switch n := n.(type) {
	case *exprast.BoolNode:
		_, _ = fmt.Fprint(w, n.Value)
	case *exprast.StringNode:
		w.WriteString(token.Quote(n.Value))
	case *exprast.ConstantNode:
		w.WriteString(literal(n.Value))
	case *exprast.IdentifierNode:
		w.WriteString(n.Value)
	case *exprast.MemberNode:
		w.member(n)
	case *exprast.UnaryNode:
		w.unary(n)
	case *exprast.BinaryNode:
		w.binary(n)
	case *exprast.ArrayNode:
		w.WriteByte('[')
		w.list(n.Nodes)
		w.WriteByte(']')
	case *exprast.CallNode:
		w.call(n)
	}
}

// named writes a node by what its name means, when it has one.
func (w *writer) named(n exprast.Node) bool {
	switch o := w.info.Objects[n].(type) {
	case *check.Variable:
		switch {
		case o.Role == check.SubjectRole:
			w.WriteString("subject." + o.Name.First)
		case o.Side != nil:
			w.WriteString(o.Side.Name.First + "." + o.Name.First)
		default:
			w.WriteString(o.Name.First)
		}
	case *check.Member:
		// An author who wrote the choice had a name of that spelling in the way.
		if _, ok := n.(*exprast.MemberNode); ok {
			w.WriteString(o.Choice.Name.First + ".")
		}
		w.WriteString(o.Name.First)
	case *check.Define:
		w.WriteString(o.Name.First)
	case *check.Population:
		w.population(o)
	case check.Builtin:
		if call, ok := n.(*exprast.CallNode); ok {
			w.WriteString(string(o) + "(")
			w.list(call.Arguments)
			w.WriteByte(')')
			return true
		}
		w.WriteString(string(o))
	default:
		return false
	}
	return true
}

func (w *writer) population(p *check.Population) {
	w.WriteString("population(" + p.Record.Name.First)
	if p.Previous != token.NoKeyword {
		w.WriteString(" " + p.Previous.In(token.English))
	}
	if p.Where != nil {
		w.WriteString(" where ")
		w.node(p.Where.Node, orStrength)
	}
	w.WriteByte(')')
}

func (w *writer) list(nodes []exprast.Node) {
	for i, n := range nodes {
		if i > 0 {
			w.WriteString(", ")
		}
		w.node(n, orStrength)
	}
}

func (w *writer) member(n *exprast.MemberNode) {
	w.node(n.Node, atomStrength)
	w.WriteByte('.')
	if property, ok := n.Property.(*exprast.StringNode); ok {
		w.WriteString(property.Value)
	}
}

func (w *writer) unary(n *exprast.UnaryNode) {
	if in, ok := within(n.Node); ok && n.Operator == "not" {
		w.relation("not in", in)
		return
	}
	w.WriteString(n.Operator)
	if n.Operator == "not" {
		w.WriteByte(' ')
		w.node(n.Node, notStrength)
		return
	}
	w.node(n.Node, atomStrength)
}

func (w *writer) binary(n *exprast.BinaryNode) {
	switch s := strength(n); s {
	case orStrength:
		w.operand(n.Left, "or", orStrength)
		w.WriteString(" or ")
		w.operand(n.Right, "or", orStrength+1)
	case andStrength:
		w.operand(n.Left, "and", andStrength)
		w.WriteString(" and ")
		w.operand(n.Right, "and", andStrength+1)
	case relationStrength:
		w.relation(n.Operator, n)
	default:
		w.node(n.Left, s)
		w.WriteString(" " + n.Operator + " ")
		w.node(n.Right, s+1)
	}
}

// operand writes a side of `or` or `and`, with brackets where the other of the
// two stands inside: without them the reader would have to know which binds
// tighter.
func (w *writer) operand(n exprast.Node, operator string, around int) {
	if b, ok := n.(*exprast.BinaryNode); ok && (b.Operator == "or" || b.Operator == "and") && b.Operator != operator {
		around = atomStrength
	}
	w.node(n, around)
}

func (w *writer) relation(operator string, n *exprast.BinaryNode) {
	w.node(n.Left, sumStrength)
	if _, ok := n.Right.(*exprast.NilNode); ok {
		w.WriteString(map[string]string{"==": " is absent", "!=": " is present"}[operator])
		return
	}
	if operator == ".." {
		w.WriteString("..")
	} else {
		w.WriteString(" " + operator + " ")
	}
	if bounds, ok := n.Right.(*exprast.BinaryNode); ok && bounds.Operator == ".." {
		w.relation("..", bounds)
		return
	}
	w.node(n.Right, sumStrength)
}

// call writes a call that was never checked.
func (w *writer) call(n *exprast.CallNode) {
	w.node(n.Callee, atomStrength)
	if callee, ok := n.Callee.(*exprast.IdentifierNode); ok && callee.Value == ast.Population && len(n.Arguments) == 3 {
		w.WriteByte('(')
		w.node(n.Arguments[0], orStrength)
		if previous, ok := n.Arguments[1].(*exprast.ConstantNode); ok {
			if k, ok := previous.Value.(ast.Keyword); ok {
				w.WriteString(" " + k.In(token.English))
			}
		}
		if _, none := n.Arguments[2].(*exprast.NilNode); !none {
			w.WriteString(" where ")
			w.node(n.Arguments[2], orStrength)
		}
		w.WriteByte(')')
		return
	}
	w.WriteByte('(')
	w.list(n.Arguments)
	w.WriteByte(')')
}

// literal writes a literal as .chk reads it, in the unit and with the percent
// sign that its author chose.
func literal(v any) string {
	switch v := v.(type) {
	case ast.Number:
		return v.Literal
	case ast.Duration:
		number := strings.TrimRightFunc(v.Literal, func(r rune) bool { return (r < '0' || r > '9') && r != '.' })
		unit, _ := token.LookupUnit(strings.TrimSpace(v.Literal[len(number):]))
		for _, e := range token.Words() {
			if e.Class == "unit" && e.Canonical == unit {
				return number + e.English
			}
		}
		return v.Value.String()
	case ast.Clock:
		return clock(v)
	case ast.Date:
		return date(&v)
	case ast.Instant:
		if v.Clock == nil {
			return date(&v.Date)
		}
		return date(&v.Date) + " " + clock(*v.Clock)
	}
	return ""
}

func clock(c ast.Clock) string {
	seconds := int64(c.SinceMidnight.Seconds())
	s := fmt.Sprintf("%02d:%02d", seconds/3600, seconds/60%60)
	if seconds%60 != 0 {
		s += fmt.Sprintf(":%02d", seconds%60)
	}
	return s
}

func date(d *ast.Date) string {
	if d == nil {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}
