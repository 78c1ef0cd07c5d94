package token_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/scanner"
	chk "github.com/pinjian/pinjian/checklang/token"
)

func TestUnquoteTakesEitherStraightMark(t *testing.T) {
	for text, want := range map[string]string{
		`"a"`: "a", `＂a＂`: "a", `"a＂`: "a", `＂a"`: "a", `“a"b”`: `a"b`, `“a“b”`: "a“b", `""`: "", `“”`: "", `"a”`: "a”", `"`: "", `a`: "a",
	} {
		assert.Equal(t, want, chk.Unquote(text), text)
	}
}

// Whatever a text holds, what Quote writes is scanned as one text of the same
// content; a text that holds both kinds of marks can't be written at all.
func TestQuotedTextsAreReadBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		content := rapid.StringOf(rapid.SampledFrom([]rune("a检\"“”＂ /{}'é\\"))).Draw(t, "content")
		if strings.Contains(content, "”") && strings.ContainsAny(content, "\"＂") {
			return
		}
		f := chk.NewFile("a.chk", chk.Quote(content))
		tokens, list := scanner.Scan(f)
		if len(tokens) != 2 || tokens[0].Kind != chk.Text || tokens[0].Value(f) != content || list.HasErrors() {
			t.Fatalf("%s is read as %v", f.Text(), tokens)
		}
	})
}

func TestValuesAreCanonical(t *testing.T) {
	for text, want := range map[string]string{
		"ａｌｌ": "all", "１２．５％": "12.5%", "１０：３０": "10:30", "２０２６－１１－２３": "2026-11-23", "e\u0301": "é", "by \t plan": "by plan",
		"ｂｙ　ｐｌａｎ": "by plan", "is\u00a0absent": "is absent", "～": "..", "≥": ">=", "→": "->", "、": ",", "＝": "==", "<>": "!=",
	} {
		f := chk.NewFile("a.chk", text)
		tokens, _ := scanner.Scan(f)
		if assert.Len(t, tokens, 2, text) {
			assert.Equal(t, want, tokens[0].Value(f), text)
		}
	}
}

// A line number is the count of line ends before an offset, wherever it is.
func TestLineNumbersCountLineEnds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOf(rapid.SampledFrom([]rune("a\n\r检"))).Draw(t, "text")
		offset := rapid.IntRange(-2, len(text)+2).Draw(t, "offset")
		f := chk.NewFile("a.chk", text)
		want := 1 + strings.Count(text[:max(0, min(offset, len(text)))], "\n")
		if got := f.LineNumber(offset); got != want || f.Position(offset).Line != want {
			t.Fatalf("offset %d is on line %d, not %d", offset, want, got)
		}
		joined := make([]string, 0, f.Lines())
		for i := range f.Lines() {
			joined = append(joined, f.Line(i+1))
		}
		if strings.Join(joined, "\n") != strings.ReplaceAll(text, "\r\n", "\n") && !strings.HasSuffix(text, "\r") {
			t.Fatalf("lines %q of %q", joined, text)
		}
	})
}

// A word taken for plain is left alone by every step that makes words
// canonical.
func TestPlainWordsAreCanonical(t *testing.T) {
	for r := rune(1); r <= 0x10FFFF; r++ {
		s := string(r)
		if chk.IsPlain(s) && (norm.NFKC.String(s) != s || chk.Narrow(r) != r) {
			t.Fatalf("U+%04X is not its own canonical form", r)
		}
	}
	assert.True(t, chk.IsPlain("检查项a1"))
	assert.False(t, chk.IsPlain("ａ"))
	assert.False(t, chk.IsPlain("\xe4\xb8"))
}
