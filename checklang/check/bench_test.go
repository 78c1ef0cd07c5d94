package check_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/conf"
	exprparser "github.com/expr-lang/expr/parser"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/scanner"
	"github.com/pinjian/pinjian/checklang/token"
)

// prefix writes a tree with its operators first.
func prefix(t testing.TB, n exprast.Node) string {
	switch n := n.(type) {
	case *exprast.BinaryNode:
		return "(" + n.Operator + " " + prefix(t, n.Left) + " " + prefix(t, n.Right) + ")"
	case *exprast.IdentifierNode:
		return n.Value
	case *exprast.IntegerNode:
		return fmt.Sprint(n.Value)
	case *exprast.ConstantNode:
		return n.Value.(ast.Number).Literal
	}
	require.Fail(t, "unexpected node", "%T", n)
	return ""
}

// BenchmarkExpressions reads and checks 1,000 conditions, against expr's own
// parser and checker on the same texts: without the statements around them,
// which expr does not have.
func BenchmarkExpressions(b *testing.B) {
	conditions := make([]string, 1000)
	var text strings.Builder
	text.WriteString("lang 1\nrecord Order {\n  registered : time\n  dispatched : time\n  limit : duration\n  places : int 0..\n")
	for i := range conditions {
		conditions[i] = fmt.Sprintf("dispatched - registered > limit and places > %d", i)
		fmt.Fprintf(&text, "  define c%d = %s\n", i, conditions[i])
	}
	text.WriteString("}\n")
	config := conf.New(map[string]any{"dispatched": time.Time{}, "registered": time.Time{}, "limit": time.Duration(0), "places": 0})
	theirs := func(text string) exprast.Node {
		tree, err := exprparser.ParseWithConfig(text, config)
		if err == nil {
			_, err = checker.Check(tree, config)
		}
		require.NoError(b, err)
		return tree.Node
	}
	var feed ast.Feed
	parse := func(text string) exprast.Node {
		f := token.NewFile("a.chk", text)
		tokens, list := scanner.Scan(f)
		if len(list) > 0 {
			require.Empty(b, list)
		}
		var e ast.Expr
		require.NoError(b, e.Parse(feed.Statement(f, tokens[:len(tokens)-1])))
		return e.Node
	}
	tree, list := parser.Parse(token.NewFile("a.chk", text.String()), parser.Options{})
	require.Empty(b, list)
	unit := &check.Unit{Dir: ".", Files: []*ast.File{tree}}
	checked, list := check.Check(unit)
	require.Empty(b, list)
	for i, c := range conditions {
		want := prefix(b, theirs(c))
		require.Equal(b, want, prefix(b, parse(c)))
		require.Equal(b, want, prefix(b, checked.Records[0].Fields[4+i].Computed.Node))
	}
	// In turns, and the best round of each: what else the machine does then
	// weighs on neither.
	var best [2]time.Duration
	for b.Loop() {
		for side, round := range []func(){
			func() {
				for _, c := range conditions {
					theirs(c)
				}
			},
			func() {
				for _, c := range conditions {
					parse(c)
				}
				_, _ = check.Check(unit)
			},
		} {
			start := b.Elapsed()
			round()
			if took := b.Elapsed() - start; best[side] == 0 || took < best[side] {
				best[side] = took
			}
		}
	}
	b.ReportMetric(float64(best[1])/float64(best[0]), "x-expr(bar-2)")
}
