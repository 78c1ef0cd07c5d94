package parser_test

import (
	"fmt"
	"io/fs"
	"os"
	"reflect"
	"strings"
	"testing"
	"unsafe"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/stdlib"
)

func parse(text string) (*ast.File, diagnostic.List) {
	return parser.Parse(token.NewFile("a.chk", text), parser.Options{})
}

// places lists the diagnostics as "line:column code text".
func places(list diagnostic.List) []string {
	out := []string{}
	for _, d := range list {
		p := d.Span.From()
		out = append(out, fmt.Sprintf("%d:%d %s %s", p.Line, p.Column, d.Code, strings.SplitN(d.Span.Text(), "\n", 2)[0]))
	}
	return out
}

func grammarFile(t testing.TB) string {
	b, err := os.ReadFile("testdata/grammar.chk")
	require.NoError(t, err)
	return string(b)
}

func seeds(t testing.TB) (texts []string) {
	require.NoError(t, fs.WalkDir(stdlib.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".chk") {
			return err
		}
		b, err := fs.ReadFile(stdlib.FS(), path)
		texts = append(texts, string(b))
		return err
	}))
	require.NotEmpty(t, texts)
	return append(texts, grammarFile(t))
}

func TestStandardsParse(t *testing.T) {
	for _, text := range seeds(t) {
		_, list := parse(text)
		assert.Empty(t, places(list))
	}
}

// The file in testdata uses every production: no field of any node that the
// grammar fills stays empty, and every node is met.
func TestGrammarFileUsesEveryProduction(t *testing.T) {
	tree, list := parse(grammarFile(t))
	require.Empty(t, places(list))
	filled := map[string]bool{}
	var visit func(reflect.Value)
	visit = func(v reflect.Value) {
		switch v.Kind() {
		case reflect.Pointer, reflect.Interface:
			if !v.IsNil() {
				visit(v.Elem())
			}
		case reflect.Slice:
			for i := range v.Len() {
				visit(v.Index(i))
			}
		case reflect.Struct:
			for i := range v.NumField() {
				field := v.Type().Field(i)
				name := v.Type().Name() + "." + field.Name
				filled[name] = filled[name] || !v.Field(i).IsZero()
				if field.IsExported() && strings.HasSuffix(v.Type().PkgPath(), "checklang/ast") && field.Name != "Node" {
					visit(v.Field(i))
				}
			}
		}
	}
	visit(reflect.ValueOf(tree.Decls))
	visit(reflect.ValueOf(tree.Language))
	for name, used := range filled {
		if !strings.HasPrefix(name, "Position.") && !strings.HasPrefix(name, "Clock.") {
			assert.True(t, used, "%s is never filled", name)
		}
	}
	assert.Greater(t, len(filled), 150)
}

func TestFiveMistakesGiveFiveDiagnostics(t *testing.T) {
	tree, list := parse(`lang 1
item 1 "a" {
  every fortnight
  sample 7 R where
  review "x" -> y int
  passs otherwise
  fail when (a > 1 : "l"
  fail when b : "kept"
}
item 2 "b" {
  pass otherwise
}
`)
	assert.Equal(t, []string{
		"3:9 C201 fortnight", "4:14 C217 where", "5:19 C217 int", "6:3 C219 passs", "7:20 C201 :",
	}, places(list))
	require.Len(t, tree.Decls, 2)
	assert.Len(t, tree.Decls[0].(*ast.Item).Body, 1, "the sound statement is kept")
}

func TestRecovery(t *testing.T) {
	for name, c := range map[string]struct {
		text string
		want []string
	}{
		"brace of an item": {"lang 1\nitem 1 \"a\" {\n  pass otherwise\nitem 2 \"b\" {\n  pass otherwise\n}\n", []string{"2:12 C202 {"}},
		"brace of a part": {
			"lang 1\nitem 1 \"a\" {\n  part p {\n    pass otherwise\n  part q {\n    pass otherwise\n  }\n}\nitem 2 \"b\" {\n}\n",
			[]string{"3:10 C202 {"},
		},
		"brace of a section": {
			"lang 1\nsection 1 \"a\" {\n  item 1.1 \"x\" {\n    pass otherwise\n  }\ntest 1.1 \"t\" {\n  expect pass\n}\n",
			[]string{"2:15 C202 {"},
		},
		"brace at the end":   {"lang 1\nitem 1 \"a\" {\n  pass otherwise\n", []string{"2:12 C202 {"}},
		"brace too many":     {"lang 1\nitem 1 \"a\" {\n}\n}\nitem 2 \"b\" {\n}\n", []string{"4:1 C203 }"}},
		"bracket":            {"lang 1\nitem 1 \"a\" {\n  fail when (a > 1\n  pass otherwise\n}\n", []string{"3:13 C216 ("}},
		"bracket of a list":  {"lang 1\nitem 1 \"a\" {\n  fail when a in [1, 2\n  pass otherwise\n}\n", []string{"3:18 C216 ["}},
		"text not closed":    {"lang 1\nitem 1 \"a\" {\n  require \"x\n  pass otherwise\n}\n", []string{"3:11 C103 \"x"}},
		"foreign operator":   {"lang 1\nitem 1 \"a\" {\n  fail when a && b\n  pass otherwise\n}\n", []string{"3:15 C106 &&"}},
		"words written shut": {"lang 1\nitem 1 \"a\" {\n  频率每月\n}\n", []string{"3:3 C206 频率每月"}},
		"chain":              {"lang 1\nitem 1 \"a\" {\n  fail when 1 < a < 3 : \"l\"\n}\n", []string{"3:19 C207 <"}},
		"misplaced":          {"lang 1\nitem 1 \"a\" {\n  cycle month\n}\n", []string{"3:3 C205 cycle"}},
		"no block":           {"lang 1\nitem 1 \"a\"\nitem 2 \"b\" {\n}\n", []string{"2:8 C214 \"a\""}},
		"block not allowed":  {"lang 1\nitem 1 \"a\" {\n  pass otherwise {\n    x\n  }\n}\n", []string{"3:18 C215 {"}},
		"trailing words":     {"lang 1\nitem 1 \"a\" {\n  every month month\n}\n", []string{"3:15 C218 month"}},
		"number":             {"lang 1\nitem 1 \"a\" {\n  points 0.1234567\n}\n", []string{"3:10 C107 0.1234567"}},
		"date":               {"lang 1\ntest 1 \"a\" {\n  as of 2026-02-30\n  as of 2026-02-03 24:00\n}\n", []string{"3:9 C108 2026-02-30", "4:20 C108 24:00"}},
		"language missing":   {"item 1 \"a\" {\n}\n", []string{"1:1 C209 "}},
		"language unknown":   {"lang 2\n", []string{"1:6 C210 2"}},
		"language twice":     {"lang 1\nlang 1\n", []string{"2:1 C220 lang 1"}},
		"nothing":            {"", []string{}},
		"only a comment":     {"// x\n", []string{}},
	} {
		t.Run(name, func(t *testing.T) {
			_, list := parse(c.text)
			assert.Equal(t, c.want, places(list))
		})
	}
}

// Keywords are words only at their place: fields may be called like them.
func TestKeywordsAsNames(t *testing.T) {
	for _, text := range []string{
		"record R { content : text; covers : int; 内容 content : 文本; item : int; count : int; unlisted edition : text }",
		"record R unlisted { a : int }", "record R matches A, B by no {}", "table T edition \"x\"",
		"record R {\n  内容 content : 文本\n  covers : int\n  测试 test : 文本\n}",
		"choice C { 电话, major, pass 合格 }",
		"item 1 \"a\" {\n  ask \"q\" -> phone : bool, major : int\n  fail when phone and major > 3 : \"l\"\n}",
		"item 1 \"a\" {\n  fail when x.item == 3 or x.content is absent : \"l\"\n}",
	} {
		_, list := parse("lang 1\n" + text + "\n")
		assert.Empty(t, places(list), text)
	}
}

// Nothing that a file holds makes the parser hang or fall, and one mistake
// repeated without end is not reported without end where blocks nest.
func TestHostileFiles(t *testing.T) {
	const n = 1 << 20
	for name, c := range map[string]struct {
		text string
		most int
	}{
		"brackets":      {"lang 1\nitem 1 \"a\" {\n fail when " + strings.Repeat("(", 10_000) + "\n}\n", 2},
		"lists":         {"lang 1\nitem 1 \"a\" {\n fail when a in " + strings.Repeat("[", 10_000) + "\n}\n", 2},
		"calls":         {"lang 1\nitem 1 \"a\" {\n fail when " + strings.Repeat("f(", 10_000) + "\n}\n", 2},
		"negations":     {"lang 1\ndefine a = " + strings.Repeat("not ", 10_000) + "b\n", 1},
		"additions":     {"lang 1\ndefine a = b" + strings.Repeat(" + b", 10_000) + "\n", 1},
		"open braces":   {strings.Repeat("{", n), 2},
		"close braces":  {"lang 1 " + strings.Repeat("}", 1000), 1000},
		"one word":      {strings.Repeat("检", n/3), 1},
		"one line":      {"lang 1\nitem 1 \"a\" { " + strings.Repeat("pass otherwise; ", n/16) + "}", 0},
		"one statement": {"lang 1\nitem 1 \"a\" { ask \"q\"" + strings.Repeat(" -> a : int", n/40) + "}", 0},
		"one number":    {"lang 1\ndefine a = " + strings.Repeat("1", n), 1},
		"one text":      {"lang 1\nimport \"" + strings.Repeat("a", n), 1},
		"comments":      {"lang 1\n" + strings.Repeat("//\n", n/3) + "import \"a\"\n", 0},
		"sections":      {"lang 1\n" + strings.Repeat("section 1 \"\" {\n", n/15), 66},
		"items":         {"lang 1 " + strings.Repeat("; item 1 \"\" {}", n/16), 0},
		"tiers":         {"lang 1\ntier T { covers " + strings.Repeat("1,", n/8) + "1 }", 0},
	} {
		t.Run(name, func(t *testing.T) {
			_, list := parse(c.text)
			assert.LessOrEqual(t, len(list), c.most)
		})
	}
}

// A file of nothing but mistakes is bounded by its limit of diagnostics.
func TestLimits(t *testing.T) {
	text := "lang 1\n" + strings.Repeat("nonsense here\n", 10_000)
	_, list := parser.Parse(token.NewFile("a.chk", text), parser.Options{Diagnostics: 100})
	assert.Len(t, list, 100)
	_, list = parser.Parse(token.NewFile("a.chk", strings.Repeat("item 1 \"a\" {}\n", 100)), parser.Options{Declarations: 10})
	assert.Equal(t, []string{"11:1 C702 item"}, places(list))
}

// requireSound says what parsing promises for every text.
func requireSound(t require.TestingT, text string) {
	f := token.NewFile("a.chk", text)
	tree, list := parser.Parse(f, parser.Options{Diagnostics: 500, Tokens: true})
	if tree == nil || tree.Source != f || len(tree.Tokens) == 0 {
		require.FailNow(t, "no tree")
	}
	for _, d := range list {
		if _, known := diagnostic.Lookup(d.Code); !known || !d.Span.IsValid() || int(d.Span.End) > len(text) || d.Span.End < d.Span.Start {
			require.FailNow(t, "diagnostic", "%s at %v", d.Code, d.Span.Range)
		}
		for _, l := range []token.Lang{token.Chinese, token.English} {
			if m := d.Message(l) + d.Help(l); strings.Contains(m, "Kw") && !strings.Contains(text, "Kw") || strings.Contains(m, "{0}") && !strings.Contains(text, "{0}") {
				require.FailNow(t, "message", "%s", m)
			}
		}
	}
	for _, decl := range tree.Decls {
		if r := decl.Pos(); int(r.End) > len(text) || r.End <= r.Start {
			require.FailNow(t, "range", "%T %v", decl, r)
		}
	}
}

// Statements with any one token taken away, doubled or put in another place
// are read to the end, with diagnostics inside the file.
func TestDamagedFiles(t *testing.T) {
	texts := seeds(t)
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "file")
		fields := strings.SplitAfter(text, " ")
		i := rapid.IntRange(0, len(fields)-1).Draw(t, "at")
		j := rapid.IntRange(0, len(fields)-1).Draw(t, "to")
		switch rapid.SampledFrom([]string{"drop", "double", "swap", "cut"}).Draw(t, "damage") {
		case "drop":
			fields[i] = ""
		case "double":
			fields[i] += fields[i]
		case "swap":
			fields[i], fields[j] = fields[j], fields[i]
		case "cut":
			fields = fields[:i]
		}
		requireSound(t, strings.Join(fields, ""))
	})
}

func FuzzParse(f *testing.F) {
	for _, text := range seeds(f) { // one declaration a seed: fuzzing is slow with large ones
		for _, declaration := range strings.SplitAfter(text, "\n}\n") {
			f.Add(declaration)
		}
	}
	f.Fuzz(func(t *testing.T, text string) { requireSound(t, text) })
}

// thousandItems is a file of 1,000 items such as a large standard has.
func thousandItems() string {
	var b strings.Builder
	b.WriteString("语言 1\n")
	for i := range 1000 {
		fmt.Fprintf(&b, `
// 第 %d 项。
检查项 %d "及时派单" {
  要求 "登记完整后即传有关部门"
  频率 每月
  抽样 7 单 派工单 其中 预约时间 为空
  查 "系统中的登记时间与派单时间" -> 评分 : 整数 1..5
  不合格 当 派单时间 为空 或 派单时间 - 登记时间 > 10分钟 : "未及时派单"
  提请裁定 当 派单时间 不为空 且 取时刻(派单时间) < 10:00 : "原文未列评价"
}
`, i, i)
	}
	return b.String()
}

func BenchmarkParseThousandItems(b *testing.B) {
	text := thousandItems()
	f := token.NewFile("a.chk", text)
	tree, list := parser.Parse(f, parser.Options{})
	require.Empty(b, list)
	require.Len(b, tree.Decls, 1000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = parser.Parse(f, parser.Options{})
	}
}

// After a keystroke in one of 1,000 items the others are taken from the cache.
func BenchmarkReparseThousandItems(b *testing.B) {
	text := thousandItems()
	cache := &parser.Cache{}
	f := token.NewFile("a.chk", text)
	_, _ = parser.Parse(f, parser.Options{Cache: cache})
	at := strings.Index(text, "第 500 项")
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		edited := token.NewFile("a.chk", text[:at]+strings.Repeat("x", i%3)+text[at:])
		_, _ = parser.Parse(edited, parser.Options{Cache: cache})
	}
}

// What an edit did not touch is the tree of the parse before, not a new one.
func TestTheCacheSharesTrees(t *testing.T) {
	text := "lang 1\nchoice A { b, c }\nitem 1 \"x\" { every month; fail : \"y\" }\nrecord R { f : text }\n"
	cache := &parser.Cache{}
	first, _ := parser.Parse(token.NewFile("a.chk", text), parser.Options{Cache: cache})
	second, _ := parser.Parse(token.NewFile("a.chk", strings.Replace(text, "\"x\"", "\"longer\"", 1)), parser.Options{Cache: cache})
	assert.Same(t, first.Decls[0], second.Decls[0])
	assert.NotSame(t, first.Decls[1], second.Decls[1])
	// The record moved: another tree, of the texts of the first.
	a, b := first.Decls[2].(*ast.Record), second.Decls[2].(*ast.Record)
	assert.NotSame(t, a, b)
	assert.Same(t, unsafe.StringData(a.Names.First.Text), unsafe.StringData(b.Names.First.Text))
}
