package diagnostic_test

import (
	"errors"
	"strings"
	"testing"
	"unicode"

	"github.com/clipperhouse/displaywidth"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

func render(t require.TestingT, l token.Lang, list ...diagnostic.Diagnostic) string {
	var b strings.Builder
	require.NoError(t, diagnostic.Render(&b, l, list))
	return b.String()
}

// spanOf finds a word of a text; the word must occur.
func spanOf(t require.TestingT, f *token.File, word string) token.Span {
	i := strings.Index(f.Text(), word)
	require.GreaterOrEqual(t, i, 0, word)
	return token.Range{Start: uint32(i), End: uint32(i + len(word))}.In(f)
}

func TestRenderUnderlinesByDisplayWidth(t *testing.T) {
	f := token.NewFile("规则.chk", "语言 1\n\t不合格 当 派单 == 1 : \"迟\"\n")
	d := diagnostic.New(diagnostic.UnknownName, spanOf(t, f, "派单"), "派单")
	d = d.WithRelated(spanOf(t, f, "语言"), diagnostic.Words{ZH: "在这里", EN: "here"}).
		WithFix(diagnostic.Words{ZH: "改写", EN: "write another"}, diagnostic.Edit{Span: d.Span, New: "x"})
	english := render(t, token.English, d)
	lines := strings.Split(english, "\n")
	assert.Equal(t, "规则.chk:2:8: error C301: "+d.Message(token.English), lines[0])
	assert.Equal(t, "    2 |     不合格 当 派单 == 1 : \"迟\"", lines[1])
	assert.Equal(t, "      |               ^~~~", lines[2])
	assert.Contains(t, english, "  help: "+d.Help(token.English)+"\n")
	assert.Contains(t, english, "  see: 规则.chk:1:1: here\n    1 | 语言 1\n      | ^~~~\n")
	assert.Contains(t, english, "  fix: write another\n")
	chinese := render(t, token.Chinese, d)
	assert.Contains(t, chinese, "规则.chk:2:8: 错误 C301: ")
	assert.Contains(t, chinese, "  帮助："+d.Help(token.Chinese)+"\n")
	assert.Contains(t, chinese, "  参见：规则.chk:1:1: 在这里\n")
	assert.Contains(t, chinese, "  可自动改：改写\n")
}

func TestRenderShowsOddPlaces(t *testing.T) {
	f := token.NewFile("a.chk", "lang 1\r\nitem\r\n")
	at := func(start, end uint32) string {
		return render(t, token.English, diagnostic.New(diagnostic.UnclosedBracket, token.Range{Start: start, End: end}.In(f), "(", ")"))
	}
	assert.Contains(t, at(12, 12), "    2 | item\n      |     ^\n", "an empty range at the end of a line")
	assert.Contains(t, at(8, 14), "    2 | item\n      | ^~~~\n", "a range over the end of a line stays on it")
	assert.NotContains(t, at(14, 14), "|", "nothing stands behind the last line end")
	assert.NotContains(t, at(900, 1000), "|")
	nowhere := render(t, token.English, diagnostic.New(diagnostic.NoStandard, token.Span{}))
	assert.True(t, strings.HasPrefix(nowhere, "-: error "), nowhere)
}

func TestRenderCutsLongLinesAroundTheRange(t *testing.T) {
	line := strings.Repeat("长 ", 50_000) + "here" + strings.Repeat(" 长", 50_000)
	f := token.NewFile("a.chk", line)
	out := strings.Split(render(t, token.English, diagnostic.New(diagnostic.UnknownName, spanOf(t, f, "here"), "here")), "\n")
	shown, under := out[1], out[2]
	assert.Contains(t, shown, "here")
	assert.True(t, strings.HasSuffix(shown, "…"))
	assert.LessOrEqual(t, displaywidth.String(shown), 120)
	assert.Equal(t, displaywidth.String(shown[:strings.Index(shown, "here")]), strings.Index(under, "^"))
	assert.Equal(t, 4, len(under)-strings.Index(under, "^"))
}

// Whatever the text and the range, the caret stands below the first character
// of the range, no line is wider than the terminal, and nothing that steers a
// terminal comes through.
func TestRenderIsSafeForEveryText(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		letters := rapid.SampledFrom([]rune("ab 检查项“”\"{}\t\r\x1b\u202e\u0301é👨‍👩‍👧🇨🇳\ufffd…"))
		text := rapid.StringOfN(letters, 0, 400, -1).Draw(t, "text") + rapid.SampledFrom([]string{"", "\xff\xfe", "\n"}).Draw(t, "end")
		f := token.NewFile("a.chk", text)
		start := rapid.Uint32Range(0, uint32(len(text)+3)).Draw(t, "start")
		end := rapid.Uint32Range(0, uint32(len(text)+3)).Draw(t, "stop")
		d := diagnostic.New(diagnostic.UnknownName, token.Range{Start: start, End: end}.In(f), text)
		out := render(t, token.Chinese, d)
		if again := render(t, token.Chinese, d); again != out {
			t.Fatalf("two runs differ")
		}
		for _, r := range strings.ReplaceAll(out, "\n", "") {
			if unicode.IsControl(r) || unicode.Is(unicode.Bidi_Control, r) {
				t.Fatalf("U+%04X comes through", r)
			}
		}
		for _, line := range strings.Split(out, "\n")[1:] {
			if _, shown, ok := strings.Cut(line, " | "); ok && displaywidth.String(shown) > 104 {
				t.Fatalf("%q is %d columns wide", shown, displaywidth.String(shown))
			}
		}
	})
}

type brokenWriter struct{}

func (brokenWriter) Write([]byte) (int, error) { return 0, errors.New("disk full") }

func TestRenderReturnsTheWritersError(t *testing.T) {
	list := diagnostic.List{diagnostic.New(diagnostic.NoStandard, token.Span{})}
	assert.ErrorContains(t, diagnostic.Render(brokenWriter{}, token.English, list), "disk full")
}
