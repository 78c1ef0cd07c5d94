// Package token holds what every phase of the .chk language shares: source
// files and positions in them, the kinds of tokens, and the one table of words
// that makes the language equally Chinese and English.
package token

import (
	"strings"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// Kind says what a token is.
type Kind uint8

// The kinds of tokens. Word covers names and keywords alike: which of the two
// a word is, its place decides.
const (
	EOF Kind = iota
	Invalid
	Comment
	Word
	Number   // 7, 0.5, 90%
	Duration // 10m, 10分钟
	Clock    // 21:00, 21:00:30
	Date     // 2026-11-23
	Text     // "…" or “…”
	Code     // 005/4.1.3: adjacent tokens, joined by the parser where a code stands
	LeftBrace
	RightBrace
	LeftParen
	RightParen
	LeftBracket
	RightBracket
	Comma
	Semicolon
	Colon
	Arrow
	Dot
	DotDot
	Plus
	Minus
	Star
	Slash
	Equal // = or ==
	NotEqual
	Less
	LessEqual
	Greater
	GreaterEqual
)

// kindText holds how a kind is written in canonical ASCII, or what it is
// called.
var kindText = [...]string{
	EOF: "end of file", Invalid: "invalid", Comment: "comment", Word: "word", Number: "number", Duration: "duration",
	Clock: "clock", Date: "date", Text: "text", Code: "code", LeftBrace: "{", RightBrace: "}", LeftParen: "(", RightParen: ")",
	LeftBracket: "[", RightBracket: "]", Comma: ",", Semicolon: ";", Colon: ":", Arrow: "->", Dot: ".", DotDot: "..",
	Plus: "+", Minus: "-", Star: "*", Slash: "/", Equal: "==", NotEqual: "!=", Less: "<", LessEqual: "<=", Greater: ">", GreaterEqual: ">=",
}

// String returns how the kind is written, or what it is called.
func (k Kind) String() string { return kindText[k] }

// IsPunctuation says whether tokens of this kind have one canonical spelling.
func (k Kind) IsPunctuation() bool { return k >= LeftBrace }

// Token is one token of a file. It holds no text: twelve bytes a token keep
// large files cheap.
type Token struct {
	Range
	Kind    Kind
	Keyword Keyword // for a Word that spells a keyword
	Newline bool    // first on its line
	Space   bool    // white space, a comment or a line end stands before it
}

// Value returns the token's text in canonical form: full-width characters as
// ASCII, names in NFC, the multiple words of a keyword with one space between,
// a text without its quotation marks.
func (t Token) Value(f *File) string {
	s := f.text[t.Start:t.End]
	switch t.Kind {
	case Text:
		return Unquote(s)
	case Comment:
		return s
	}
	if t.Kind.IsPunctuation() {
		return t.Kind.String()
	}
	if !IsPlain(s) {
		s = norm.NFC.String(strings.Map(Narrow, s))
	}
	if t.Kind == Word && (strings.IndexByte(s, ' ') >= 0 || strings.IndexByte(s, '\t') >= 0) {
		s = strings.Join(strings.Fields(s), " ")
	}
	return s
}

// Unquote removes the quotation marks of a text token. Texts have no escapes:
// one that must hold a straight quotation mark is written between “ and ”.
func Unquote(s string) string {
	if rest, ok := strings.CutPrefix(s, "“"); ok {
		return strings.TrimSuffix(rest, "”")
	}
	for _, open := range straight {
		if rest, ok := strings.CutPrefix(s, open); ok {
			for _, closing := range straight {
				if text, ok := strings.CutSuffix(rest, closing); ok {
					return text
				}
			}
			return rest
		}
	}
	if r, size := utf8.DecodeRuneInString(s); strings.ContainsRune(foreignMarks, r) && len(s) > size {
		_, closing := utf8.DecodeLastRuneInString(s)
		return s[size : len(s)-closing]
	}
	return s
}

// foreignMarks open texts that the scanner reads in spite of their marks, so
// that what names such a text finds it; it reports them.
const foreignMarks = "”‘’'`《〈「『【〝«"

// straight holds the quotation marks that open and close alike; a text opened
// by either ends at either.
var straight = [...]string{"\"", "＂"}

// Quote writes a text with the quotation marks that can hold it.
func Quote(s string) string {
	if strings.Contains(s, "\"") || strings.Contains(s, "＂") {
		return "“" + s + "”"
	}
	return "\"" + s + "\""
}

// Narrow maps a full-width character to the ASCII one it means in .chk, and
// the other spaces to the ordinary one.
func Narrow(r rune) rune {
	switch {
	case r >= '！' && r <= '～':
		return r - '！' + '!'
	case r == '　' || r == '\u00a0':
		return ' '
	}
	return r
}

// IsPlain says whether a word holds nothing but ASCII and the common
// ideographs, which have no other form: it is its own canonical form. It may
// be false for other words of which that is true.
func IsPlain(s string) bool {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < 0x80 {
			continue
		} else if c < 0xE4 || c > 0xE9 || i+2 >= len(s) {
			return false // U+4000 to U+9FFF begin with these bytes
		}
		i += 2
	}
	return true
}
