package scanner_test

import (
	"io/fs"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/scanner"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/stdlib"
)

func kinds(text string) (out []token.Kind) {
	tokens, _ := scanner.Scan(token.NewFile("a.chk", text))
	for _, t := range tokens[:len(tokens)-1] {
		out = append(out, t.Kind)
	}
	return out
}

func TestEveryKind(t *testing.T) {
	for text, want := range map[string][]token.Kind{
		"":                        nil,
		" \t\r\n　\u00a0":          nil,
		"\ufefflang":              {token.Word},
		"// a":                    {token.Comment},
		"／／ 注":                    {token.Comment},
		"a_1 检查项":                 {token.Word, token.Word},
		"by plan":                 {token.Word},
		"by planning":             {token.Word, token.Word},
		"by\nplan":                {token.Word, token.Word},
		"7 0.5 90% 20%..":         {token.Number, token.Number, token.Number, token.Number, token.DotDot},
		"1..5":                    {token.Number, token.DotDot, token.Number},
		"4.10.2":                  {token.Number, token.Dot, token.Number},
		"7单":                      {token.Number, token.Word},
		"10m 10分钟 24h 7天 1.5h 3s": {token.Duration, token.Duration, token.Duration, token.Duration, token.Duration, token.Duration},
		"10mm":                    {token.Number, token.Word},
		"21:00 9:05 21:00:30":     {token.Clock, token.Clock, token.Clock},
		"21:0 2:130":              {token.Number, token.Colon, token.Number, token.Number, token.Colon, token.Number},
		"2026-11-23 2026-1-1":     {token.Date, token.Number, token.Minus, token.Number, token.Minus, token.Number},
		`"a" “b"c” ＂d＂`:           {token.Text, token.Text, token.Text},
		"{}()[],;:.":              {token.LeftBrace, token.RightBrace, token.LeftParen, token.RightParen, token.LeftBracket, token.RightBracket, token.Comma, token.Semicolon, token.Colon, token.Dot},
		"-> → .. ～":               {token.Arrow, token.Arrow, token.DotDot, token.DotDot},
		"+ - * /":                 {token.Plus, token.Minus, token.Star, token.Slash},
		"= == != <> < <= > >=":    {token.Equal, token.Equal, token.NotEqual, token.NotEqual, token.Less, token.LessEqual, token.Greater, token.GreaterEqual},
		"≠ ≤ ≥ 、":                 {token.NotEqual, token.LessEqual, token.GreaterEqual, token.Comma},
		"a && b":                  {token.Word, token.Invalid, token.Word},
		"\xff":                    {token.Invalid},
	} {
		assert.Equal(t, want, kinds(text), "%q", text)
	}
}

// Full-width characters are read like the ASCII ones that they mean.
func TestFullWidthFormsMeanASCII(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		ascii := rapid.StringOf(rapid.SampledFrom([]rune("ab7 09{}()[],;:.+-*/=<>!%m"))).Draw(t, "text")
		if strings.Contains(ascii, "//") {
			return // the bytes of a comment are kept as they are
		}
		wide := strings.Map(func(r rune) rune {
			if r > ' ' && rapid.Bool().Draw(t, "wide") {
				return r - '!' + '！'
			}
			return r
		}, ascii)
		a, b := token.NewFile("a", ascii), token.NewFile("b", wide)
		as, _ := scanner.Scan(a)
		bs, _ := scanner.Scan(b)
		require.Equal(t, len(as), len(bs), wide)
		for i := range as {
			if as[i].Kind != token.Invalid {
				require.Equal(t, as[i].Value(a), bs[i].Value(b), wide)
			}
			require.Equal(t, as[i].Kind, bs[i].Kind, wide)
			require.Equal(t, as[i].Space, bs[i].Space, wide)
			require.Equal(t, as[i].Newline, bs[i].Newline, wide)
			require.Equal(t, as[i].Keyword, bs[i].Keyword, wide)
		}
	})
}

func TestScannerDiagnostics(t *testing.T) {
	for text, want := range map[string]diagnostic.Code{
		`"abc`: diagnostic.UnterminatedText, "“abc\"": diagnostic.UnterminatedText, "$": diagnostic.InvalidCharacter, "a && b": diagnostic.ForeignOperator,
		"a！b": diagnostic.ForeignOperator, "a\u202eb": diagnostic.BidiControl, "\"\u2066\"": diagnostic.BidiControl, "// \u2066": diagnostic.BidiControl,
		"Раss": diagnostic.ConfusableLetter, "⽇期": diagnostic.ConfusableLetter,
	} {
		f := token.NewFile("a.chk", text)
		_, list := scanner.Scan(f)
		if assert.Len(t, list, 1, text) {
			assert.Equal(t, want, list[0].Code, text)
			assert.NotEmpty(t, list[0].Span.Text(), text)
		}
	}
}

func TestNoiseGivesFewDiagnostics(t *testing.T) {
	_, list := scanner.Scan(token.NewFile("a.chk", strings.Repeat("\xff\x00$", 100_000)))
	assert.Len(t, list, 1)
}

// requireLossless says what scanning promises for every text: tokens in order
// inside the text, EOF last, and nothing but white space, a byte order mark
// and direction marks outside of them.
func requireLossless(t require.TestingT, text string) {
	f := token.NewFile("a.chk", text)
	tokens, list := scanner.Scan(f)
	require.NotEmpty(t, tokens)
	require.Equal(t, token.EOF, tokens[len(tokens)-1].Kind)
	at := uint32(0)
	for i, k := range tokens {
		if k.Start < at || k.End < k.Start || int(k.End) > len(text) || (k.Kind == token.EOF) != (k.Start == k.End) {
			require.FailNow(t, "range", "token %d, %v, behind byte %d", i, k, at)
		}
		gap := text[at:k.Start]
		rest := strings.Trim(strings.TrimPrefix(gap, "\ufeff"), " \t\r\n\u00a0　\u200e\u200f\u061c\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")
		if rest != "" {
			require.FailNow(t, "lost", "%q is in no token", gap)
		}
		if i > 0 && k.Kind != token.EOF && (strings.Contains(gap, "\n") != k.Newline || (gap != "") != k.Space) {
			require.FailNow(t, "gap", "%q before %q: %v", gap, text[k.Start:k.End], k)
		}
		at = k.End
	}
	for _, d := range list {
		if !d.Span.IsValid() || int(d.Span.End) > len(text) || !utf8.ValidString(d.Message(token.Chinese)) {
			require.FailNow(t, "diagnostic", "%q", d.Message(token.Chinese))
		}
	}
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
	return append(texts, "\ufeff语言 1\r\n// 注 \r\n", "“a\"b” \"c＂ \"d", "not  in by　plan 4.1(2)-x", "\x00\xff\xfe&&||??≥～、", "20%..7单10分钟2026-11-23 21:00")
}

func TestScanLosesNothing(t *testing.T) {
	for _, text := range seeds(t) {
		requireLossless(t, text)
	}
	rapid.Check(t, func(t *rapid.T) { requireLossless(t, rapid.String().Draw(t, "text")) })
}

func FuzzScan(f *testing.F) {
	for _, text := range seeds(f) { // one declaration a seed: fuzzing is slow with large ones
		for _, declaration := range strings.SplitAfter(text, "\n}\n") {
			f.Add(declaration)
		}
	}
	f.Fuzz(func(t *testing.T, text string) { requireLossless(t, text) })
}

func BenchmarkScan(b *testing.B) {
	text := strings.Repeat(strings.Join(seeds(b), "\n"), 10)
	f := token.NewFile("a.chk", text)
	requireLossless(b, text)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		_, _ = scanner.Scan(f)
	}
}
