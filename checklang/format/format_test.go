package format_test

import (
	"maps"
	"os"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/format"
	"github.com/pinjian/pinjian/checklang/scanner"
	"github.com/pinjian/pinjian/checklang/token"
)

// grammarFile uses every production of the grammar and is already formatted.
func grammarFile(t testing.TB) string {
	b, err := os.ReadFile("../parser/testdata/grammar.chk")
	require.NoError(t, err)
	return string(b)
}

func TestEveryProductionRoundTrips(t *testing.T) {
	text := grammarFile(t)
	assert.Equal(t, text, formatted(t, "grammar.chk", text, ""))
	assert.Equal(t, text, formatted(t, "grammar.chk", text, token.English))
	chinese := formatted(t, "grammar.chk", text, token.Chinese)
	assert.Equal(t, chinese, formatted(t, "grammar.chk", chinese, ""))
	assert.Equal(t, text, formatted(t, "grammar.chk", chinese, token.English))
}

func TestFilesWithSyntaxErrorsStay(t *testing.T) {
	out, list, err := format.Format(token.NewFile("a.chk", "lang 1\nitem 1 \"a\" {\n  every\n}\n"), format.Options{})
	require.NoError(t, err)
	assert.Nil(t, out)
	require.Len(t, list, 1)
	assert.Equal(t, diagnostic.IncompleteStatement, list[0].Code)
}

func TestMissingLanguageIsAdded(t *testing.T) {
	for text, want := range map[string]string{
		"import \"a\"\n":                "lang 1\n\nimport \"a\"\n",
		"// a\nimport \"a\"":            "lang 1\n\n// a\nimport \"a\"\n",
		"引用 \"a\"":                      "语言 1\n\n引用 \"a\"\n",
		"\n\n// only a comment\n\n\n":   "// only a comment\n",
		"":                              "",
		"\ufefflang 1\r\nimport \"a\"":  "lang 1\nimport \"a\"\n",
		"// a\n\n\n\n// b\nlang 1 // c": "// a\n\n// b\nlang 1 // c\n",
	} {
		assert.Equal(t, want, formatted(t, "a.chk", text, ""), "%q", text)
	}
	assert.Equal(t, "语言 1\n\n引用 \"a\"\n", formatted(t, "a.chk", "import \"a\"", token.Chinese))
}

// Two words that are apart in Chinese can be one keyword in English; nothing
// may be written then.
func TestWordsThatWouldMeltAreRefused(t *testing.T) {
	for _, text := range []string{
		"语言 1\n记录 R 对照于 A, B 依 plan {}\n",
		"语言 1\n定义 d = 非 applicable\n",
	} {
		out, _, err := format.Format(token.NewFile("a.chk", text), format.Options{Keywords: token.English})
		assert.Nil(t, out)
		require.ErrorContains(t, err, "a.chk:2:")
		assert.Equal(t, text, formatted(t, "a.chk", text, token.Chinese))
	}
	_, _, err := format.Format(token.NewFile("a.chk", "lang 1\n"), format.Options{Keywords: "fr"})
	assert.ErrorContains(t, err, `no keywords in language "fr"`)
}

var wide = map[token.Kind][]string{
	token.Comma: {",", "，", "、"}, token.Colon: {":", "："}, token.Arrow: {"->", "→"}, token.NotEqual: {"!=", "≠", "<>", "！＝"}, token.LeftParen: {"(", "（"},
	token.RightParen: {")", "）"}, token.GreaterEqual: {">=", "≥", "＞＝"}, token.LessEqual: {"<=", "≤"}, token.LeftBrace: {"{", "｛"}, token.RightBrace: {"}", "｝"},
	token.DotDot: {"..", "～", "．．"}, token.Equal: {"==", "=", "＝"}, token.Plus: {"+", "＋"}, token.Star: {"*", "＊"},
}

// disturbed writes a formatted file as a careless author would: other spaces,
// full-width marks, keywords of either language.
func disturbed(t *rapid.T, text string) string {
	f := token.NewFile("a.chk", text)
	tokens, _ := scanner.Scan(f)
	space := rapid.SampledFrom([]string{" ", "  ", "\t", "　", "\u00a0 "})
	var b strings.Builder
	end := 0
	code := false // the words of a code stay together
	for _, k := range tokens {
		gap := text[end:k.Start]
		end = int(k.End)
		switch n := strings.Count(gap, "\n"); {
		case n > 1:
			gap = strings.Repeat(rapid.SampledFrom([]string{"\n", "\r\n", " \n"}).Draw(t, "blank"), rapid.IntRange(2, 4).Draw(t, "lines"))
		case n == 1:
			gap = rapid.SampledFrom([]string{"\n", "\r\n", "\t\n", "  \n"}).Draw(t, "line") + strings.Repeat(" ", rapid.IntRange(0, 5).Draw(t, "indent"))
		case gap != "":
			gap = space.Draw(t, "space")
		case !code && (k.Kind == token.RightParen || k.Kind == token.Comma || k.Kind == token.RightBracket || k.Kind == token.Colon):
			gap = rapid.SampledFrom([]string{"", " ", "　"}).Draw(t, "loose")
		}
		b.WriteString(gap)
		if k.Newline || gap != "" {
			code = false
		}
		switch k.Keyword {
		case token.KwItem, token.KwSection, token.KwTest, token.KwStandard, token.KwAccept, token.KwCovers, token.KwContent:
			code = true // until the end of the line is near enough
		default:
			code = code || (k.Kind == token.Number && k.Space)
		}
		word := f.Text()[k.Start:k.End]
		if forms := wide[k.Kind]; forms != nil && !code {
			word = rapid.SampledFrom(forms).Draw(t, "form")
		}
		b.WriteString(word)
	}
	return b.String()
}

// However carelessly a file is spaced, formatting gives the same bytes.
func TestSpacingOfTheAuthorDoesNotMatter(t *testing.T) {
	var texts []string
	files := standards(t)
	for _, name := range slices.Sorted(maps.Keys(files)) {
		texts = append(texts, formatted(t, name, files[name], ""))
	}
	texts = append(texts, grammarFile(t))
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.SampledFrom(texts).Draw(t, "file")
		// A part of the file keeps the draws few: whole declarations.
		declarations := strings.SplitAfter(text, "\n}\n")
		i := rapid.IntRange(0, len(declarations)-1).Draw(t, "declaration")
		body := "lang 1\n" + strings.TrimPrefix(strings.TrimPrefix(declarations[i], "lang 1\n"), "语言 1\n")
		want := formatted(t, "a.chk", body, "")
		careless := disturbed(t, body)
		got := formatted(t, "a.chk", careless, "")
		if got != want {
			t.Fatalf("careless:\n%s\ngot:\n%s\nwant:\n%s", careless, got, want)
		}
	})
}

// requireStable says what formatting promises for every text: nothing is
// written for a broken one, and what is written stays.
func requireStable(t require.TestingT, text string) {
	for _, l := range []token.Lang{"", token.Chinese, token.English} {
		out, list, err := format.Format(token.NewFile("a.chk", text), format.Options{Keywords: l})
		if list.HasErrors() || err != nil {
			if out != nil || (l == "" && err != nil) {
				require.FailNow(t, "format", "bytes %q, error %v", out, err)
			}
			continue
		}
		again, list, err := format.Format(token.NewFile("a.chk", string(out)), format.Options{Keywords: l})
		if list.HasErrors() || err != nil || string(again) != string(out) {
			require.FailNow(t, "unstable", "%q becomes\n%s\nand then\n%s\n%v %v", text, out, again, list, err)
		}
	}
}

// Statements of random tokens: few parse, none may be written wrongly.
func TestTokenSoup(t *testing.T) {
	words := []string{
		"lang", "1", "item", "检查项", "section", "{", "}", "\n", "\n", "\n\n", ";", ",", "\"t\"", "“a\"b”", "// note\n", "every", "每月", "sample", "7", "20%", "..", "单", "R",
		"where", "when", "fail", "pass", "otherwise", ":", "(", ")", "[", "]", "a", "b", "名", "and", "非", "is absent", "为空", "in", "not in", "==", "=", "-", "+", "/", "10m", "10分",
		"21:00", "2026-11-23", "population", "count", "合计", "as_of", "本期", "choice", "record", "define", "text", "int", "optional", "table", "given", "test", "expect", "by", "plan",
		"tier", "covers", "content", "4.1", "->", ".", "ask", "at", "least", "  ", "　", "\ufeff", "subject",
	}
	rapid.Check(t, func(t *rapid.T) {
		soup := rapid.SliceOfN(rapid.SampledFrom(words), 0, 40).Draw(t, "soup")
		text := strings.Join(soup, rapid.SampledFrom([]string{" ", ""}).Draw(t, "between"))
		heads := []string{"%", "lang 1\nitem 1 \"a\" {%}", "choice C {%}", "record R {%}", "test 1 \"a\" { given {%} }", "table T {%}", "tier T {%}", "define d = %", "item 1 \"a\" { fail when % }"}
		requireStable(t, strings.Replace(rapid.SampledFrom(heads).Draw(t, "place"), "%", text, 1))
	})
}

func FuzzFormat(f *testing.F) {
	files := standards(f)
	files["grammar.chk"] = grammarFile(f)
	for _, name := range slices.Sorted(maps.Keys(files)) { // one declaration a seed: fuzzing is slow with large ones
		for _, declaration := range strings.SplitAfter(files[name], "\n}\n") {
			f.Add(declaration)
		}
	}
	f.Add("choice C // a\n// b\n{ a // c\n,// d\n, b;;}")
	f.Add("lang 1\nitem 1 “a”{pass when a and // why\n\n\n not(b);fail when x in 1 .. -2:“l”}")
	f.Fuzz(func(t *testing.T, text string) { requireStable(t, text) })
}

func BenchmarkFormat(b *testing.B) {
	var all strings.Builder
	all.WriteString("lang 1\n")
	for range 10 {
		all.WriteString(strings.TrimPrefix(grammarFile(b), "lang 1\n"))
	}
	f := token.NewFile("a.chk", all.String())
	out, list, err := format.Format(f, format.Options{})
	require.NoError(b, err)
	require.Empty(b, list)
	require.Equal(b, all.String(), string(out))
	b.SetBytes(int64(all.Len()))
	b.ReportAllocs()
	for b.Loop() {
		_, _, _ = format.Format(f, format.Options{})
	}
}

// Large files of one shape are formatted in time that grows with their size.
func TestLargeFiles(t *testing.T) {
	for name, text := range map[string]string{
		"one line":   "lang 1\nitem 1 \"a\" { " + strings.Repeat("pass otherwise; ", 1<<14) + "}",
		"one choice": "lang 1\nchoice C { " + strings.Repeat("a, ", 1<<14) + "}",
		"comments":   "lang 1\n" + strings.Repeat("// a\n\n", 1<<16),
		"separators": "lang 1\n" + strings.Repeat(";", 1<<18),
		"blocks":     "lang 1\n" + strings.Repeat("item 1 \"a\" {}", 1<<13),
		"deep":       "lang 1\n" + strings.Repeat("section 1 \"a\" {", 64) + strings.Repeat("}", 64),
	} {
		t.Run(name, func(t *testing.T) {
			out := formatted(t, name, text, "")
			assert.Equal(t, out, formatted(t, name, out, ""))
		})
	}
}
