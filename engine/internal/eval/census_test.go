package eval_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/scanner"
	"github.com/pinjian/pinjian/checklang/token"
)

// census counts the words, operators and types of the expressions that a run
// met. It reads the texts with the scanner, not the generator's intentions.
type census struct{ counts map[string]int }

func newCensus() *census {
	c := &census{counts: map[string]int{}}
	for _, w := range token.Words() {
		for _, s := range append([]string{w.English, w.Chinese}, w.Accepted...) {
			if expected(w) {
				c.counts[w.Class+" "+s] = 0
			}
		}
	}
	for _, op := range []string{"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "..", "[", "(", ",", ".", "start", "end", "起", "止"} {
		c.counts["operator "+op] = 0
	}
	for k := check.Bool; k <= check.Side; k++ {
		c.counts["read "+check.Type{Kind: k}.Words().EN] = 0
	}
	c.counts["read a whole number"] = 0
	for _, l := range []string{"number", "percentage", "duration", "time of day", "date", "instant", "text", "true", "member"} {
		c.counts["literal "+l] = 0
	}
	return c
}

// inExpressions lists the keywords that stand in expressions or name types,
// beside those that are reserved.
var inExpressions = strings.Fields("bool text time date clock duration photo file signature int number optional subject population where")

func expected(w token.Entry) bool {
	switch w.Class {
	case "reserved", "function", "value", "unit":
		return true
	}
	return w.Class == "keyword" && (slices.Contains(inExpressions, w.Canonical) || w.Canonical == "set of" || strings.HasPrefix(w.Canonical, "from previous"))
}

// standard counts the tokens of a standard's source.
func (c *census) standard(checked *checklang.Checked) {
	f := checked.Sources[0].File
	tokens, _ := scanner.Scan(f)
	for i, k := range tokens {
		s := k.Value(f)
		called := i+1 < len(tokens) && tokens[i+1].Kind == token.LeftParen
		if k.Kind == token.Duration {
			c.counts["unit "+strings.TrimLeft(s, "0123456789.")]++
		}
		if k.Kind != token.Word {
			c.counts["operator "+s]++
			continue
		}
		for _, class := range []string{"reserved", "keyword", "value", "function"} {
			if class == "function" && !called {
				continue
			}
			if _, known := c.counts[class+" "+s]; known {
				c.counts[class+" "+s]++
			}
		}
		if i > 0 && tokens[i-1].Kind == token.Dot && slices.Contains([]string{"start", "end", "起", "止"}, s) {
			c.counts["operator "+s]++
		}
	}
}

func (c *census) add(o *census) {
	for k, n := range o.counts {
		c.counts[k] += n
	}
}

// expression counts the types that are read and the kinds of literals.
func (c *census) expression(checked *checklang.Checked, n exprast.Node) {
	if v, ok := checked.Info.Objects[n].(*check.Variable); ok {
		c.counts["read "+check.Type{Kind: v.Type.Kind, Whole: v.Type.Whole}.Words().EN]++
	}
	if _, ok := checked.Info.Objects[n].(*check.Member); ok {
		c.counts["literal member"]++
	}
	switch n := n.(type) {
	case *exprast.ConstantNode:
		name := strings.TrimPrefix(fmt.Sprintf("%T", n.Value), "ast.")
		if kind, ok := map[string]string{"Number": "number", "Duration": "duration", "Clock": "time of day", "Date": "date", "Instant": "instant"}[name]; ok {
			c.counts["literal "+kind]++
		}
		if v, ok := n.Value.(ast.Number); ok && v.Percent {
			c.counts["literal percentage"]++
		}
	case *exprast.StringNode:
		c.counts["literal text"]++
	case *exprast.BoolNode:
		c.counts["literal true"]++
	case *exprast.UnaryNode:
		c.expression(checked, n.Node)
	case *exprast.BinaryNode:
		c.expression(checked, n.Left)
		c.expression(checked, n.Right)
	case *exprast.ArrayNode:
		for _, e := range n.Nodes {
			c.expression(checked, e)
		}
	case *exprast.CallNode:
		for _, a := range n.Arguments {
			c.expression(checked, a)
		}
	case *exprast.MemberNode:
		if s, ok := n.Node.(*exprast.IdentifierNode); ok && s.Value == "left" || ok && s.Value == "right" {
			c.counts["read a side of a join"]++
		}
	}
}

// require prints the counts and demands that each is at least so many.
func (c *census) require(t *testing.T, least int) {
	var names []string
	for n := range c.counts {
		names = append(names, n)
	}
	slices.Sort(names)
	var lines []string
	for _, n := range names {
		if c.expects(n) {
			lines = append(lines, fmt.Sprintf("%s %d", n, c.counts[n]))
		}
	}
	t.Logf("met:\n%s", strings.Join(lines, "; "))
	for _, n := range names {
		if c.expects(n) && c.counts[n] < least {
			t.Errorf("%q was met %d times, want %d", n, c.counts[n], least)
		}
	}
	require.Greater(t, len(lines), 100)
}

// expects leaves out what is counted by the way, such as single literals.
func (c *census) expects(name string) bool {
	class, word, _ := strings.Cut(name, " ")
	if class != "operator" {
		return true
	}
	return slices.Contains([]string{"==", "!=", "<", "<=", ">", ">=", "+", "-", "*", "/", "..", "[", "(", ",", ".", "start", "end", "起", "止"}, word)
}
