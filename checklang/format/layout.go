package format

import (
	"reflect"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/token"
)

// role says what a word is at its place. The zero role is a keyword.
type role uint8

const (
	isKeyword role = iota
	isName
	isFunction
	isValue
)

// blockKind says how the block behind a statement is written.
type blockKind uint8

const (
	plainBlock blockKind = iota
	listBlock            // choice, record: statements may be parted by commas
	givenBlock           // commas, and no space before the colon
	tableBlock           // no space before the colon
)

func (b blockKind) commas() bool { return b == listBlock || b == givenBlock }
func (b blockKind) tight() bool  { return b == givenBlock || b == tableBlock }

// layout is what the writer knows about the tokens of a file: the roles of its
// words and where its statements begin, by byte offset, and which tokens only
// part statements, by index.
type layout struct {
	tree        *ast.File
	roles       map[uint32]role
	statements  map[uint32]blockKind
	expressions map[uint32]uint32 // start to end
	next        []int             // the next token that is no comment
	separator   []bool            // semicolons, and the commas between statements
	closed      []bool            // a `..` with something at its right
	assigns     []bool            // the `=` of a define
}

func lay(tree *ast.File) *layout {
	l := &layout{
		tree: tree, roles: map[uint32]role{}, statements: map[uint32]blockKind{}, expressions: map[uint32]uint32{},
		next: make([]int, len(tree.Tokens)), separator: make([]bool, len(tree.Tokens)), closed: make([]bool, len(tree.Tokens)),
		assigns: make([]bool, len(tree.Tokens)),
	}
	if tree.Language != nil {
		l.visit(reflect.ValueOf(tree.Language))
	}
	l.visit(reflect.ValueOf(tree.Decls))
	l.tokens()
	return l
}

// visit walks the tree by reflection, as participle fills it: a statement
// added to the grammar is found without a word here.
func (l *layout) visit(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		if v.IsNil() {
			return
		}
		if statement, ok := v.Interface().(ast.Node); ok {
			l.statements[statement.Pos().Start] = blockOf(statement)
		}
		l.visit(v.Elem())
	case reflect.Interface:
		l.visit(v.Elem())
	case reflect.Slice:
		for i := range v.Len() {
			l.visit(v.Index(i))
		}
	case reflect.Struct:
		switch leaf := v.Interface().(type) {
		case ast.Name:
			l.name(leaf.Range)
		case ast.Expr:
			l.expressions[leaf.Start] = leaf.End
			l.expression(leaf.Node)
		case ast.Position, ast.Text, ast.Code, ast.Number, ast.Keyword, ast.Date, ast.Clock, ast.Duration:
		default:
			for i := range v.NumField() {
				l.visit(v.Field(i))
			}
		}
	}
}

func blockOf(n ast.Node) blockKind {
	switch n := n.(type) {
	case *ast.Choice, *ast.Record:
		return listBlock
	case *ast.Table:
		return tableBlock
	case *ast.TestLine:
		if n.Given {
			return givenBlock
		}
	}
	return plainBlock
}

func (l *layout) name(r token.Range) {
	if r.End > r.Start {
		l.roles[r.Start] = isName
	}
}

func (l *layout) expression(n exprast.Node) {
	switch n := n.(type) {
	case *exprast.IdentifierNode:
		l.name(ast.RangeOf(n))
		if _, ok := token.LookupValue(n.Value); ok {
			l.roles[ast.RangeOf(n).Start] = isValue
		}
	case *exprast.MemberNode:
		l.expression(n.Node)
		// `subject.field` reads the record of the inspected subject.
		if base, ok := n.Node.(*exprast.IdentifierNode); ok {
			l.name(ast.RangeOf(base))
			if token.LookupKeyword(base.Value) == token.KwSubject {
				l.roles[ast.RangeOf(base).Start] = isKeyword
			}
		}
		l.name(ast.RangeOf(n.Property))
	case *exprast.CallNode:
		l.callee(n.Callee)
		for _, argument := range n.Arguments {
			l.expression(argument)
		}
	case *exprast.BinaryNode:
		l.expression(n.Left)
		l.expression(n.Right)
	case *exprast.UnaryNode:
		l.expression(n.Node)
	case *exprast.ArrayNode:
		for _, element := range n.Nodes {
			l.expression(element)
		}
	}
}

func (l *layout) callee(n exprast.Node) {
	callee, ok := n.(*exprast.IdentifierNode)
	if !ok {
		l.expression(n)
		return
	}
	// population(…) is a keyword of the grammar; the tree names it so
	// whatever language it was written in.
	if callee.Value == ast.Population {
		return
	}
	r := ast.RangeOf(callee)
	l.name(r)
	if _, ok := token.LookupFunction(callee.Value); ok {
		l.roles[r.Start] = isFunction
	}
}

// tokens finds the tokens that only part statements, and the ends of ranges
// that are written: `20%..` is followed by the record's name with a space,
// `low..high` in an expression is not.
func (l *layout) tokens() {
	var blocks []blockKind
	var kind blockKind
	depth, expressionEnd, defines := 0, uint32(0), false
	for i, t := range l.tree.Tokens {
		if k, ok := l.statements[t.Start]; ok && t.Kind != token.Comment {
			kind, depth, defines = k, 0, t.Keyword == token.KwDefine && l.roles[t.Start] == isKeyword
		}
		if end, ok := l.expressions[t.Start]; ok {
			expressionEnd = end
		}
		switch t.Kind {
		case token.LeftParen, token.LeftBracket:
			depth++
		case token.RightParen, token.RightBracket:
			depth--
		case token.LeftBrace:
			blocks, depth = append(blocks, kind), 0
		case token.RightBrace:
			blocks, depth = blocks[:max(0, len(blocks)-1)], 0
		case token.Semicolon:
			l.separator[i] = true
		case token.Comma:
			l.separator[i] = depth == 0 && len(blocks) > 0 && blocks[len(blocks)-1].commas()
		case token.DotDot:
			l.closed[i] = t.Start < expressionEnd
		case token.Equal:
			l.assigns[i] = defines && t.Start >= expressionEnd
		}
	}
	next := len(l.tree.Tokens) - 1
	for i := next; i >= 0; i-- {
		l.next[i] = next
		if l.tree.Tokens[i].Kind != token.Comment {
			next = i
		}
	}
	for i, t := range l.tree.Tokens {
		if t.Kind == token.DotDot {
			switch l.tree.Tokens[l.next[i]].Kind {
			case token.Number, token.Minus, token.Date:
				l.closed[i] = true
			}
		}
	}
}
