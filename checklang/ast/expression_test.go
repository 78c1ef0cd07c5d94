package ast_test

import (
	"fmt"
	"strings"
	"testing"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
)

// expression parses `define d = …`; the text must be well formed.
func expression(t require.TestingT, text string) (*token.File, *ast.Expr) {
	f := token.NewFile("a.chk", "lang 1\ndefine d = "+text+"\n")
	tree, list := parser.Parse(f, parser.Options{})
	require.Empty(t, list, text)
	return f, tree.Decls[0].(*ast.Define).Value
}

// show writes a tree with every bracket that the precedence implies.
func show(n exprast.Node) string {
	switch n := n.(type) {
	case *exprast.BinaryNode:
		return "(" + show(n.Left) + " " + n.Operator + " " + show(n.Right) + ")"
	case *exprast.UnaryNode:
		return "(" + n.Operator + " " + show(n.Node) + ")"
	case *exprast.CallNode:
		out := []string{}
		for _, a := range n.Arguments {
			out = append(out, show(a))
		}
		return show(n.Callee) + "(" + strings.Join(out, ", ") + ")"
	case *exprast.ArrayNode:
		out := []string{}
		for _, a := range n.Nodes {
			out = append(out, show(a))
		}
		return "[" + strings.Join(out, ", ") + "]"
	case *exprast.MemberNode:
		return show(n.Node) + "." + n.Property.(*exprast.StringNode).Value
	case *exprast.IdentifierNode:
		return n.Value
	case *exprast.StringNode:
		return token.Quote(n.Value)
	case *exprast.BoolNode:
		return fmt.Sprint(n.Value)
	case *exprast.NilNode:
		return "absent"
	case *exprast.ConstantNode:
		switch v := n.Value.(type) {
		case ast.Number:
			return v.Literal
		case ast.Duration:
			return v.Value.String()
		case ast.Clock:
			return v.SinceMidnight.String()
		case ast.Date:
			return fmt.Sprintf("%04d%02d%02d", v.Year, v.Month, v.Day)
		case ast.Instant:
			return fmt.Sprintf("%04d%02d%02d@%s", v.Date.Year, v.Date.Month, v.Date.Day, v.Clock.SinceMidnight)
		case ast.Keyword:
			return v.String()
		}
	}
	return fmt.Sprintf("%T", n)
}

func TestPrecedence(t *testing.T) {
	for text, want := range map[string]string{
		"a or b and c":                   "(a or (b and c))",
		"a or b or c":                    "((a or b) or c)",
		"not a > 3":                      "(not (a > 3))",
		"not a and b":                    "((not a) and b)",
		"not not a":                      "(not (not a))",
		"a - b - c":                      "((a - b) - c)",
		"a + b * c > d / 2":              "((a + (b * c)) > (d / 2))",
		"-a + b":                         "((- a) + b)",
		"a * -b":                         "(a * (- b))",
		"-(a + b) * c":                   "((- (a + b)) * c)",
		"a in [1, 2] and b":              "((a in [1, 2]) and b)",
		"a not in x..y + 1":              "(not (a in (x .. (y + 1))))",
		"a in period":                    "(a in period)",
		"a contains \"x\" or b":          `((a contains "x") or b)`,
		"a is absent or b - c is absent": "((a == absent) or ((b - c) == absent))",
		"a 不为空 且 非 b.c":                  "((a != absent) and (not b.c))",
		"a = 1":                          "(a == 1)",
		"if(a, 1, f())":                  "if(a, 1, f())",
		"总体(R 上月 其中 a > 1) - 1":          "(population(R, from previous month, (a > 1)) - 1)",
		"population(R)":                  "population(R, absent, absent)",
		"a - b > 10分钟":                   "((a - b) > 10m0s)",
		"a >= 21:00:30":                  "(a >= 21h0m30s)",
		"a < 2026-11-23 10:00":           "(a < 20261123@10h0m0s)",
		"a == 2026-11-23":                "(a == 20261123)",
		"true and 否":                     "(true and false)",
		"90%":                            "90%",
	} {
		_, e := expression(t, text)
		assert.Equal(t, want, show(e.Node), text)
	}
}

// inspect visits every node.
func inspect(n exprast.Node, visit func(exprast.Node)) {
	visit(n)
	switch n := n.(type) {
	case *exprast.BinaryNode:
		inspect(n.Left, visit)
		inspect(n.Right, visit)
	case *exprast.UnaryNode:
		inspect(n.Node, visit)
	case *exprast.CallNode:
		inspect(n.Callee, visit)
		for _, a := range n.Arguments {
			inspect(a, visit)
		}
	case *exprast.ArrayNode:
		for _, a := range n.Nodes {
			inspect(a, visit)
		}
	case *exprast.MemberNode:
		inspect(n.Node, visit)
	}
}

// random draws an expression as text, with every bracket written.
func random(t *rapid.T, depth int) string {
	atoms := []string{"a", "派单时间", "1", "0.5", "10m", "b.c", "true", "f(a, 检查)", "(单)", "\"文\""}
	if depth == 0 {
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	}
	x, y := random(t, depth-1), random(t, depth-1)
	switch op := rapid.SampledFrom([]string{"or", "且", "not", "==", "<", "+", "-", "*", "/", "minus", "in", "is absent", "atom"}).Draw(t, "operator"); op {
	case "not":
		return "(not " + x + ")"
	case "minus":
		return "(-" + x + ")"
	case "in":
		return "(" + x + " in [" + x + ", " + y + "])"
	case "is absent":
		return "(" + x + " is absent)"
	case "atom":
		return rapid.SampledFrom(atoms).Draw(t, "atom")
	default:
		return "(" + x + " " + op + " " + y + ")"
	}
}

// The range of every node holds the text it was read from: reading that text
// alone gives the same tree.
func TestRangesOfNodesHoldTheirText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		f, e := expression(t, random(t, 3))
		if got := e.In(f).Text(); "lang 1\ndefine d = "+got+"\n" != f.Text() {
			t.Fatalf("the expression covers %q", got)
		}
		inspect(e.Node, func(n exprast.Node) {
			switch n.(type) {
			case *exprast.NilNode, *exprast.UnaryNode, *exprast.BinaryNode, *exprast.ArrayNode:
				return // stand for words, or lean on brackets outside their range
			}
			text := ast.RangeOf(n).In(f).Text()
			if _, again := expression(t, text); show(again.Node) != show(n) {
				t.Fatalf("%q is %s, not %s", text, show(again.Node), show(n))
			}
		})
	})
}

func TestNames(t *testing.T) {
	second := ast.Name{Range: token.Range{Start: 9, End: 12}, Text: "b"}
	n := ast.Names{First: ast.Name{Range: token.Range{Start: 4, End: 8}, Text: "a"}, Second: &second}
	assert.True(t, n.Has("a") && n.Has("b") && !n.Has("c"))
	assert.Equal(t, token.Range{Start: 4, End: 12}, n.Range())
	assert.Len(t, n.All(), 2)
	assert.Len(t, ast.Names{First: n.First}.All(), 1)
}
