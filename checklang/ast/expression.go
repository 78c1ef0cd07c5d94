package ast

import (
	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"
	exprast "github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/file"

	"github.com/pinjian/pinjian/checklang/token"
)

// maxDepth bounds how deep an expression nests, brackets and prefix operators
// counted, so that a hostile file can't exhaust the stack of any later phase.
const maxDepth = 64

// maxOperands bounds the operators of one expression for the same reason:
// a chain of additions is a tree as deep as it is long.
const maxOperands = 1000

// Population is the argument list of population(…): what is counted, from
// which earlier period, and under which condition (a NilNode without one).
const Population = "population"

// Parse implements participle.Parseable by precedence climbing: participle's
// grammar would need a struct for every level of precedence, and the tree
// must be expr's.
func (e *Expr) Parse(lex *lexer.PeekingLexer) error {
	p := &expressionParser{lex: lex}
	if !p.starts(lex.Peek()) {
		return participle.NextMatch
	}
	node, err := p.binary(levelOr)
	if err != nil {
		return err
	}
	e.Node, e.Range = node, p.extent(node)
	return nil
}

// RangeOf returns the range of bytes that an expression's node covers.
func RangeOf(n exprast.Node) token.Range {
	l := n.Location()
	return token.Range{Start: uint32(l.From), End: uint32(l.To)}
}

const (
	levelOr = iota
	levelAnd
	levelNot
	levelRelation
	levelSum
	levelTerm
)

type expressionParser struct {
	lex      *lexer.PeekingLexer
	depth    int
	operands int
	// bracketed holds the range of a node with the brackets around it, which
	// the node's own location leaves out.
	bracketed map[exprast.Node]token.Range
}

// extent is a node's range with the brackets written around it.
func (p *expressionParser) extent(n exprast.Node) token.Range {
	if r, ok := p.bracketed[n]; ok {
		return r
	}
	return RangeOf(n)
}

func (p *expressionParser) fail(code string, t *lexer.Token, args ...any) error {
	return &SyntaxError{Code: code, Range: rangeOf(t), Args: args}
}

func (p *expressionParser) unexpected(t *lexer.Token) error {
	if t.EOF() {
		return &SyntaxError{Code: "C201", Range: rangeOf(t), Args: []any{"", "Expr"}}
	}
	return &SyntaxError{Code: "C201", Range: rangeOf(t), Args: []any{t.Value, "Expr"}}
}

func (p *expressionParser) is(t *lexer.Token, punctuation string) bool {
	return t.Type == kindType(token.LeftBrace) && t.Value == punctuation
}

func (p *expressionParser) starts(t *lexer.Token) bool {
	switch keywordOf(t) {
	case token.KwNot, token.KwTrue, token.KwFalse, token.KwPopulation:
		return true
	}
	switch t.Type {
	case kindType(token.Number), kindType(token.Duration), kindType(token.Clock), kindType(token.Date), kindType(token.Text):
		return true
	}
	return isName(t) || p.is(t, "(") || p.is(t, "-")
}

func place(n exprast.Node, from, to token.Range) exprast.Node {
	n.SetLocation(file.Location{From: int(from.Start), To: int(to.End)})
	return n
}

func (p *expressionParser) joined(op string, a, b exprast.Node) exprast.Node {
	return place(&exprast.BinaryNode{Operator: op, Left: a, Right: b}, p.extent(a), p.extent(b))
}

func (p *expressionParser) enter(t *lexer.Token) error {
	if p.depth++; p.depth > maxDepth {
		return p.fail("C212", t, maxDepth)
	}
	return nil
}

func (p *expressionParser) count(t *lexer.Token) error {
	if p.operands++; p.operands > maxOperands {
		return p.fail("C213", t, maxOperands)
	}
	return nil
}

func (p *expressionParser) binary(level int) (exprast.Node, error) {
	switch level {
	case levelNot:
		return p.negation()
	case levelRelation:
		return p.relation()
	case levelTerm + 1:
		return p.factor()
	}
	left, err := p.binary(level + 1)
	if err != nil {
		return nil, err
	}
	for {
		t := p.lex.Peek()
		var op string
		switch {
		case level == levelOr && keywordOf(t) == token.KwOr:
			op = "or"
		case level == levelAnd && keywordOf(t) == token.KwAnd:
			op = "and"
		case level == levelSum && (p.is(t, "+") || p.is(t, "-")), level == levelTerm && (p.is(t, "*") || p.is(t, "/")):
			op = t.Value
		default:
			return left, nil
		}
		if err := p.count(t); err != nil {
			return nil, err
		}
		p.lex.Next()
		right, err := p.binary(level + 1)
		if err != nil {
			return nil, err
		}
		left = p.joined(op, left, right)
	}
}

func (p *expressionParser) negation() (exprast.Node, error) {
	t := p.lex.Peek()
	if keywordOf(t) != token.KwNot {
		return p.relation()
	}
	if err := p.enter(t); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	start := rangeOf(t)
	p.lex.Next()
	operand, err := p.negation()
	if err != nil {
		return nil, err
	}
	return place(&exprast.UnaryNode{Operator: "not", Node: operand}, start, p.extent(operand)), nil
}

var comparisons = map[string]bool{"==": true, "!=": true, "<": true, "<=": true, ">": true, ">=": true}

func (p *expressionParser) relation() (exprast.Node, error) {
	left, err := p.binary(levelSum)
	if err != nil {
		return nil, err
	}
	t := p.lex.Peek()
	keyword := keywordOf(t)
	var node exprast.Node
	switch {
	case t.Type == kindType(token.LeftBrace) && comparisons[t.Value]:
		op := p.lex.Next().Value
		right, err := p.binary(levelSum)
		if err != nil {
			return nil, err
		}
		node = p.joined(op, left, right)
	case keyword == token.KwContains:
		p.lex.Next()
		right, err := p.binary(levelSum)
		if err != nil {
			return nil, err
		}
		node = p.joined("contains", left, right)
	case keyword == token.KwIn || keyword == token.KwNotIn:
		p.lex.Next()
		group, err := p.group()
		if err != nil {
			return nil, err
		}
		node = p.joined("in", left, group)
		if keyword == token.KwNotIn {
			node = place(&exprast.UnaryNode{Operator: "not", Node: node}, RangeOf(node), RangeOf(node))
		}
	case keyword == token.KwIsAbsent || keyword == token.KwIsPresent:
		end := rangeOf(p.lex.Next())
		op := "=="
		if keyword == token.KwIsPresent {
			op = "!="
		}
		node = place(&exprast.BinaryNode{Operator: op, Left: left, Right: place(&exprast.NilNode{}, end, end)}, p.extent(left), end)
	default:
		return left, nil
	}
	if t := p.lex.Peek(); t.Type == kindType(token.LeftBrace) && comparisons[t.Value] {
		return nil, p.fail("C207", t, t.Value)
	}
	return node, nil
}

func (p *expressionParser) group() (exprast.Node, error) {
	t := p.lex.Peek()
	if !p.is(t, "[") {
		low, err := p.binary(levelSum)
		if err != nil {
			return nil, err
		}
		if !p.is(p.lex.Peek(), "..") {
			return low, nil
		}
		p.lex.Next()
		high, err := p.binary(levelSum)
		if err != nil {
			return nil, err
		}
		return p.joined("..", low, high), nil
	}
	start := rangeOf(p.lex.Next())
	array := &exprast.ArrayNode{}
	for {
		if err := p.count(t); err != nil {
			return nil, err
		}
		element, err := p.binary(levelSum)
		if err != nil {
			return nil, err
		}
		array.Nodes = append(array.Nodes, element)
		t := p.lex.Peek()
		switch {
		case p.is(t, ","):
			p.lex.Next()
		case p.is(t, "]"):
			return place(array, start, rangeOf(p.lex.Next())), nil
		default:
			return nil, p.unclosed("[", start, t)
		}
	}
}

func (p *expressionParser) unclosed(open string, start token.Range, t *lexer.Token) error {
	closing := map[string]string{"(": ")", "[": "]"}[open]
	if t.EOF() {
		return &SyntaxError{Code: "C216", Range: start, Args: []any{open, closing}}
	}
	return &SyntaxError{Code: "C201", Range: rangeOf(t), Args: []any{t.Value, "'" + closing + "'"}}
}

func (p *expressionParser) factor() (exprast.Node, error) {
	t := p.lex.Peek()
	if !p.is(t, "-") {
		return p.atom()
	}
	if err := p.enter(t); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	start := rangeOf(p.lex.Next())
	operand, err := p.atom()
	if err != nil {
		return nil, err
	}
	return place(&exprast.UnaryNode{Operator: "-", Node: operand}, start, p.extent(operand)), nil
}

func (p *expressionParser) atom() (exprast.Node, error) {
	t := p.lex.Peek()
	if err := p.count(t); err != nil {
		return nil, err
	}
	here := rangeOf(t)
	switch keywordOf(t) {
	case token.KwTrue, token.KwFalse:
		p.lex.Next()
		return place(&exprast.BoolNode{Value: keywordOf(t) == token.KwTrue}, here, here), nil
	case token.KwPopulation:
		return p.population()
	}
	switch t.Type {
	case kindType(token.Number), kindType(token.Duration), kindType(token.Clock), kindType(token.Date):
		return p.literal(t)
	case kindType(token.Text):
		p.lex.Next()
		return place(&exprast.StringNode{Value: t.Value}, here, here), nil
	}
	if p.is(t, "(") {
		if err := p.enter(t); err != nil {
			return nil, err
		}
		defer func() { p.depth-- }()
		p.lex.Next()
		inner, err := p.binary(levelOr)
		if err != nil {
			return nil, err
		}
		if end := p.lex.Peek(); !p.is(end, ")") {
			return nil, p.unclosed("(", here, end)
		}
		if p.bracketed == nil {
			p.bracketed = map[exprast.Node]token.Range{}
		}
		p.bracketed[inner] = here.Join(rangeOf(p.lex.Next()))
		return inner, nil
	}
	if !isName(t) {
		return nil, p.unexpected(t)
	}
	p.lex.Next()
	name := place(&exprast.IdentifierNode{Value: t.Value}, here, here)
	switch next := p.lex.Peek(); {
	case p.is(next, "("):
		return p.call(name)
	case p.is(next, "."):
		p.lex.Next()
		member := p.lex.Peek()
		if !isName(member) {
			return nil, p.unexpected(member)
		}
		p.lex.Next()
		property := place(&exprast.StringNode{Value: member.Value}, rangeOf(member), rangeOf(member))
		return place(&exprast.MemberNode{Node: name, Property: property}, here, rangeOf(member)), nil
	}
	return name, nil
}

func (p *expressionParser) literal(t *lexer.Token) (exprast.Node, error) {
	start := rangeOf(t)
	var value any
	end := start
	switch t.Type {
	case kindType(token.Number):
		number, err := makeNumber(t)
		if err != nil {
			return nil, err
		}
		p.lex.Next()
		value = number
	case kindType(token.Duration):
		var d Duration
		if err := d.Parse(p.lex); err != nil {
			return nil, err
		}
		value = d
	case kindType(token.Clock):
		var c Clock
		if err := c.Parse(p.lex); err != nil {
			return nil, err
		}
		value = c
	default:
		var d Date
		if err := d.Parse(p.lex); err != nil {
			return nil, err
		}
		value = d
		if p.lex.Peek().Type == kindType(token.Clock) {
			var c Clock
			if err := c.Parse(p.lex); err != nil {
				return nil, err
			}
			value, end = Instant{Date: d, Clock: &c}, c.Range
		}
	}
	return place(&exprast.ConstantNode{Value: value}, start, end), nil
}

func (p *expressionParser) call(callee exprast.Node) (exprast.Node, error) {
	open := p.lex.Next()
	if err := p.enter(open); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	call := &exprast.CallNode{Callee: callee}
	if t := p.lex.Peek(); p.is(t, ")") {
		return place(call, RangeOf(callee), rangeOf(p.lex.Next())), nil
	}
	for {
		argument, err := p.binary(levelOr)
		if err != nil {
			return nil, err
		}
		call.Arguments = append(call.Arguments, argument)
		t := p.lex.Peek()
		switch {
		case p.is(t, ","):
			p.lex.Next()
		case p.is(t, ")"):
			return place(call, RangeOf(callee), rangeOf(p.lex.Next())), nil
		default:
			return nil, p.unclosed("(", rangeOf(open), t)
		}
	}
}

// population parses population(Record [from previous PERIOD] [where C]) as a
// call whose arguments are the record, the period's keyword or nil, and the
// condition or nil.
func (p *expressionParser) population() (exprast.Node, error) {
	word := p.lex.Next()
	open := p.lex.Peek()
	if !p.is(open, "(") {
		return nil, &SyntaxError{Code: "C201", Range: rangeOf(open), Args: []any{open.Value, "'('"}}
	}
	if err := p.enter(open); err != nil {
		return nil, err
	}
	defer func() { p.depth-- }()
	p.lex.Next()
	record := p.lex.Peek()
	if !isName(record) {
		return nil, p.unexpected(record)
	}
	p.lex.Next()
	here := rangeOf(record)
	call := &exprast.CallNode{
		Callee: place(&exprast.IdentifierNode{Value: Population}, rangeOf(word), rangeOf(word)),
		Arguments: []exprast.Node{
			place(&exprast.IdentifierNode{Value: record.Value}, here, here),
			place(&exprast.NilNode{}, here, here), place(&exprast.NilNode{}, here, here),
		},
	}
	switch t := p.lex.Peek(); keywordOf(t) {
	case token.KwFromPreviousWeek, token.KwFromPreviousMonth, token.KwFromPreviousQuarter, token.KwFromPreviousHalfyear, token.KwFromPreviousYear:
		call.Arguments[1] = place(&exprast.ConstantNode{Value: Keyword{keywordOf(t)}}, rangeOf(t), rangeOf(t))
		p.lex.Next()
	}
	if keywordOf(p.lex.Peek()) == token.KwWhere {
		p.lex.Next()
		condition, err := p.binary(levelOr)
		if err != nil {
			return nil, err
		}
		call.Arguments[2] = condition
	}
	end := p.lex.Peek()
	if !p.is(end, ")") {
		return nil, p.unclosed("(", rangeOf(open), end)
	}
	p.lex.Next()
	return place(call, rangeOf(word), rangeOf(end)), nil
}
