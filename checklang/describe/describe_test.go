package describe_test

import (
	"bytes"
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/describe"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/stdlib"
)

var update = flag.Bool("update", false, "rewrite the golden files")

var standards = []string{"continuous", "indicators", "scorecard", "details", "three-level"}

func load(t *testing.T, fsys fs.FS, dir string) *checklang.Checked {
	t.Helper()
	checked, list, err := checklang.Load(context.Background(), fsys, dir, checklang.Options{Library: stdlib.FS()})
	require.NoError(t, err)
	require.False(t, list.HasErrors(), list.Error())
	return checked
}

func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	path := filepath.Join("testdata", name)
	if *update {
		require.NoError(t, os.WriteFile(path, got, 0o644))
	}
	want, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, string(want), string(got))
}

func marshal(t *testing.T, v any) []byte {
	t.Helper()
	var b bytes.Buffer
	encoder := json.NewEncoder(&b)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	require.NoError(t, encoder.Encode(v))
	return b.Bytes()
}

func TestFixture(t *testing.T) {
	t.Parallel()
	declarations := describe.Declarations(load(t, os.DirFS("testdata"), "fixture"))
	golden(t, "fixture.json", marshal(t, declarations))
	kinds := map[string]bool{}
	for _, d := range declarations {
		object := map[string]any{}
		require.NoError(t, json.Unmarshal(marshal(t, d), &object))
		require.True(t, bytes.HasPrefix(marshal(t, d), []byte("{\n  \"kind\": \"")), "kind comes first")
		kinds[object["kind"].(string)] = true
	}
	for _, kind := range []string{"standard", "choice", "record", "table", "parameter", "define", "section", "item", "tier", "response", "scoring"} {
		assert.True(t, kinds[kind], kind)
	}
}

// TestLibrary keeps one line for every part of the library's standards, to be
// read beside the print.
func TestLibrary(t *testing.T) {
	t.Parallel()
	for _, name := range standards {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var b strings.Builder
			for _, d := range describe.Declarations(load(t, stdlib.FS(), name)) {
				switch d := d.(type) {
				case *describe.Item:
					for _, p := range d.Parts {
						fmt.Fprintf(&b, "%s | %s | %s | %s | %s | %d clauses, %d deductions\n",
							strings.TrimSuffix(d.ID+"/"+p.Name, "/"), value(d.Every), sample(p.Sample), strings.Join(p.Methods, " "), strings.Join(p.Outcomes, " "), len(p.Criteria), len(p.Deductions))
					}
				case *describe.Tier:
					fmt.Fprintf(&b, "%s | %s | %s inspects %s | units %s\n", d.Name, value(d.Every), value(d.Inspector), value(d.Inspects), d.Units)
				}
			}
			golden(t, name+".txt", []byte(b.String()))
		})
	}
}

func value(s *string) string {
	if s == nil {
		return "-"
	}
	return *s
}

func sample(s *describe.Sample) string {
	if s == nil {
		return "-"
	}
	out := []string{s.Kind}
	for _, n := range []struct {
		word  string
		value *int64
	}{{"", s.Count}, {"min ", s.Min}, {"max ", s.Max}} {
		if n.value != nil {
			out = append(out, fmt.Sprintf("%s%d", n.word, *n.value))
		}
	}
	if s.Percent != nil {
		out = append(out, *s.Percent+"%")
	}
	out = append(out, value(s.Record))
	if s.Where != nil {
		out = append(out, "where "+*s.Where)
	}
	return strings.Join(out, " ")
}

// TestBothLanguagesDescribeAlike: a rule says the same in either language.
func TestBothLanguagesDescribeAlike(t *testing.T) {
	t.Parallel()
	const english = `lang 1
record Order 派工单 { at 时间 : time; done 完成 : time optional; kind 类别 : Kind }
choice Kind 种类 { big 大; small 小 }
item 1 "x" {
  every month
  sample 7 Order where kind == big or kind == small and done is present
  fail when not (done is present and done - at <= 10m) and same_day(at, as_of) : "x"
}
`
	const chinese = `语言 1
记录 Order 派工单 { at 时间 : 时间; done 完成 : 时间 可空; kind 类别 : 种类 }
选项 Kind 种类 { big 大; small 小 }
检查项 1 "x" {
  频率 每月
  抽样 7 派工单 其中 类别 == 大 或 类别 == 小 且 完成 不为空
  不合格 当 非 (完成 不为空 且 完成 - 时间 <= 10分钟) 且 同日(时间, 截至时刻) : "x"
}
`
	one := func(text string) string {
		checked, list, err := checklang.Load(context.Background(), os.DirFS("testdata"), "fixture/standard.chk", checklang.Options{Overlay: map[string]string{"fixture/standard.chk": text}})
		require.NoError(t, err)
		require.False(t, list.HasErrors(), list.Error())
		return string(marshal(t, describe.Declarations(checked)))
	}
	assert.Equal(t, one(english), one(chinese))
	assert.Contains(t, one(chinese), `"where": "kind == big or (kind == small and done is present)"`)
	assert.Contains(t, one(chinese), `"when": "not (done is present and done - at <= 10m) and same_day(at, as_of)"`)
}

// TestExpressionsParseAgain writes every expression of every standard, parses
// the text, writes it again and wants the same text and the same tree.
func TestExpressionsParseAgain(t *testing.T) {
	t.Parallel()
	seen := 0
	trees := []*checklang.Checked{load(t, os.DirFS("testdata"), "fixture")}
	for _, name := range standards {
		trees = append(trees, load(t, stdlib.FS(), name))
	}
	nothing := &check.Info{}
	for _, c := range trees {
		for _, e := range expressions(c) {
			text := describe.Expression(c.Info, e.Node)
			file, list := parser.Parse(token.NewFile("x.chk", "lang 1\ndefine x = "+text+"\n"), parser.Options{})
			require.Empty(t, list, text)
			again := file.Decls[0].(*ast.Define).Value.Node
			require.Equal(t, text, describe.Expression(nothing, again))
			require.Equal(t, shape(e.Node), shape(again), text)
			seen++
		}
	}
	assert.Greater(t, seen, 150)
}

func expressions(c *checklang.Checked) []*check.Expr {
	var out []*check.Expr
	add := func(list ...*check.Expr) {
		for _, e := range list {
			if e != nil {
				out = append(out, e)
			}
		}
	}
	for _, r := range c.Records {
		for _, f := range r.Fields {
			add(f.Computed)
		}
	}
	for _, d := range c.Defines {
		add(d.Value)
	}
	for _, i := range c.Items {
		add(i.Applies...)
		for _, p := range i.Parts {
			add(p.Applies...)
			add(p.Measure)
			if p.Sample != nil {
				add(p.Sample.Where)
			}
			for _, k := range p.Criteria {
				add(k.When, k.Target)
			}
		}
	}
	return out
}

// shape is a tree without names and literals.
func shape(n exprast.Node) string {
	s := fmt.Sprintf("%T", n)
	switch n := n.(type) {
	case *exprast.UnaryNode:
		return s + n.Operator + "(" + shape(n.Node) + ")"
	case *exprast.BinaryNode:
		return s + n.Operator + "(" + shape(n.Left) + "," + shape(n.Right) + ")"
	case *exprast.CallNode:
		for _, a := range n.Arguments {
			s += "(" + shape(a) + ")"
		}
	case *exprast.ArrayNode:
		for _, a := range n.Nodes {
			s += "(" + shape(a) + ")"
		}
	}
	return s
}

// TestBrokenStandards: describing what an error left half known never panics.
func TestBrokenStandards(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("testdata/fixture/standard.chk")
	require.NoError(t, err)
	lines := strings.Split(string(text), "\n")
	for i := range lines {
		cut := strings.Join(lines[:i], "\n") + "\n" + strings.Join(lines[min(i+1, len(lines)):], "\n")
		checked, _, err := checklang.Load(context.Background(), os.DirFS("testdata"), "fixture/standard.chk", checklang.Options{Overlay: map[string]string{"fixture/standard.chk": cut}})
		require.NoError(t, err)
		if checked != nil {
			require.NotPanics(t, func() { marshal(t, describe.Declarations(checked)) }, "without line %d", i+1)
		}
	}
}
