// Package scanner turns the text of a .chk file into tokens. It never fails:
// what it can't read becomes an Invalid token and a diagnostic, and scanning
// goes on behind it.
package scanner

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// Scan reads a whole file. Comments are tokens too; the last token is always
// EOF. The same text gives the same tokens.
func Scan(f *token.File) ([]token.Token, diagnostic.List) {
	s := &scanner{file: f, text: f.Text(), tokens: make([]token.Token, 0, len(f.Text())/6+8)}
	for s.next() {
	}
	return s.tokens, s.diagnostics
}

type scanner struct {
	file        *token.File
	text        string
	at          int
	newline     bool
	space       bool
	tokens      []token.Token
	diagnostics diagnostic.List
}

// peek returns the character at offset i in its narrow form and its size in
// bytes; size 0 is the end of the text.
func (s *scanner) peek(i int) (rune, int) {
	if i >= len(s.text) {
		return 0, 0
	}
	if c := s.text[i]; c < utf8.RuneSelf {
		return rune(c), 1
	}
	r, n := utf8.DecodeRuneInString(s.text[i:])
	if r == utf8.RuneError && n == 1 {
		return utf8.RuneError, 1
	}
	return token.Narrow(r), n
}

func (s *scanner) emit(kind token.Kind, start, end int) {
	s.tokens = append(s.tokens, token.Token{
		Range: token.Range{Start: uint32(start), End: uint32(end)}, Kind: kind,
		Newline: s.newline || len(s.tokens) == 0, Space: s.space || s.newline,
	})
	s.newline, s.space, s.at = false, false, end
}

func (s *scanner) report(code diagnostic.Code, start, end int, args ...any) {
	s.diagnostics.Add(diagnostic.New(code, token.Range{Start: uint32(start), End: uint32(end)}.In(s.file), args...))
}

func (s *scanner) next() bool {
	for {
		r, n := s.peek(s.at)
		switch {
		case n == 0:
			s.newline = true
			s.emit(token.EOF, s.at, s.at)
			return false
		case r == '\n':
			s.newline = true
		case r == ' ' || r == '\t' || r == '\r' || r == '\u00a0' || (r == '\ufeff' && s.at == 0):
			s.space = true
		case isBidi(r):
			s.report(diagnostic.BidiControl, s.at, s.at+n, codepoint(r))
			s.space = true
		default:
			s.token(r, n)
			return true
		}
		s.at += n
	}
}

func (s *scanner) token(r rune, n int) {
	start := s.at
	second, m := s.peek(start + n)
	two := func(kind token.Kind) { s.emit(kind, start, start+n+m) }
	one := func(kind token.Kind) { s.emit(kind, start, start+n) }
	switch {
	case r == '/' && second == '/':
		end := start
		for end < len(s.text) && s.text[end] != '\n' {
			end++
		}
		s.warnBidi(start, end)
		s.emit(token.Comment, start, len(strings.TrimRight(s.text[:end], "\r \t")))
		s.at = end
	case r == '"' || r == '“':
		s.textToken(start, n, r)
	case isLetter(r):
		s.word(start)
	case r >= '0' && r <= '9':
		s.number(start)
	case r == '-' && second == '>':
		two(token.Arrow)
	case r == '→':
		one(token.Arrow)
	case r == '.' && second == '.':
		two(token.DotDot)
	case r == '=' && (second == '<' || second == '>'):
		s.reversed(start, start+n+m, second)
	case r == '=' && second == '=':
		two(token.Equal)
	case r == '!' && second == '=', r == '<' && second == '>':
		two(token.NotEqual)
	case r == '<' && second == '=':
		two(token.LessEqual)
	case r == '>' && second == '=':
		two(token.GreaterEqual)
	default:
		if kind, ok := single[r]; ok {
			one(kind)
			return
		}
		s.invalid(start)
	}
}

// single holds the tokens of one character, after full-width forms were
// narrowed. U+FF5E narrows to an ASCII tilde.
var single = map[rune]token.Kind{
	'{': token.LeftBrace, '}': token.RightBrace, '(': token.LeftParen, ')': token.RightParen, '[': token.LeftBracket, ']': token.RightBracket,
	',': token.Comma, '、': token.Comma, ';': token.Semicolon, ':': token.Colon, '.': token.Dot, '~': token.DotDot, '+': token.Plus, '-': token.Minus,
	'*': token.Star, '/': token.Slash, '=': token.Equal, '<': token.Less, '>': token.Greater, '≥': token.GreaterEqual, '≤': token.LessEqual, '≠': token.NotEqual,
}

// invalid takes the longest run of characters that no token begins with, so
// that a file of noise gives few diagnostics.
func (s *scanner) invalid(start int) {
	r, n := s.peek(start)
	if s.foreignText(start, n, r) || (r == '%' && s.spacedPercent(start, n)) {
		return
	}
	end := start
	for {
		r, n := s.peek(end)
		if n == 0 || r == '\n' || r == ' ' || r == '\t' || isLetter(r) || (r >= '0' && r <= '9') || r == '"' || r == '“' || r == '/' {
			break
		}
		if _, ok := single[r]; ok && end > start {
			break
		}
		if _, ok := foreignClosings[r]; ok && end > start {
			break
		}
		end += n
	}
	if end == start { // a lone slash is a token; nothing else stops at once
		_, n := s.peek(start)
		end = start + n
	}
	s.refuse(start, end)
}

func (s *scanner) textToken(start, n int, quote rune) {
	closing := byte('"')
	end := start + n
	for end < len(s.text) && s.text[end] != '\n' {
		if quote == '“' && strings.HasPrefix(s.text[end:], "”") {
			s.warnBidi(start, end)
			s.emit(token.Text, start, end+len("”"))
			return
		}
		if quote == '"' {
			if s.text[end] == closing {
				s.warnBidi(start, end)
				s.emit(token.Text, start, end+1)
				return
			}
			if strings.HasPrefix(s.text[end:], "＂") {
				s.emit(token.Text, start, end+len("＂"))
				return
			}
		}
		end++
	}
	// A mark of the other kind on the same line was meant to close the text.
	if at := strings.IndexAny(s.text[start+n:end], "\"“”＂"); at >= 0 {
		_, size := utf8.DecodeRuneInString(s.text[start+n+at:])
		end = start + n + at + size
	}
	for end > start+n && (s.text[end-1] == '\r' || s.text[end-1] == ' ') {
		end--
	}
	mark := "\""
	if quote == '“' {
		mark = "”"
	}
	d := diagnostic.New(diagnostic.UnterminatedText, token.Range{Start: uint32(start), End: uint32(end)}.In(s.file), mark)
	title, from := diagnostic.Words{ZH: "在行末补上 " + mark, EN: "add " + mark + " at the end of the line"}, end
	if last, size := utf8.DecodeLastRuneInString(s.text[start+n : end]); strings.ContainsRune("\"“”＂'‘’", last) { // closed by the other kind of mark
		title, from = diagnostic.Words{ZH: "引号改成 " + mark, EN: "close the text with " + mark}, end-size
	}
	s.diagnostics.Add(d.WithFix(title, diagnostic.Edit{Span: token.Range{Start: uint32(from), End: uint32(end)}.In(s.file), New: mark}))
	s.emit(token.Text, start, end)
}

// narrow writes full-width letters as the ASCII ones they mean.
func narrow(word string) string {
	if token.IsPlain(word) {
		return word
	}
	return strings.Map(token.Narrow, word)
}

func (s *scanner) wordEnd(start int) int {
	end := start
	for {
		r, n := s.peek(end)
		if r >= 0x4E00 && r <= 0x9FFF { // most letters of most files
			end += n
			continue
		}
		if n == 0 || !(isLetter(r) || (r >= '0' && r <= '9') || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r) || unicode.Is(unicode.Mc, r)) {
			return end
		}
		end += n
	}
}

func (s *scanner) word(start int) {
	end := s.wordEnd(start)
	raw := s.text[start:end]
	// An English keyword of several words is one token, so that the grammar
	// reads alike in both languages.
	for _, whole := range token.Continuations(narrow(raw)) {
		if stop, ok := s.continues(end, strings.Fields(whole)[1:]); ok {
			end = stop
			break
		}
	}
	t := token.Token{Range: token.Range{Start: uint32(start), End: uint32(end)}, Kind: token.Word}
	value := t.Value(s.file)
	if token.IsPlain(value) {
		// Nothing else reads like it.
	} else if swap := confusable(value); swap != value {
		d := diagnostic.New(diagnostic.ConfusableLetter, t.In(s.file), value, swap)
		s.diagnostics.Add(d.WithFix(diagnostic.Words{ZH: "改写为 " + swap, EN: "write " + swap}, diagnostic.Edit{Span: t.In(s.file), New: swap}))
	}
	s.emit(token.Word, start, end)
	s.tokens[len(s.tokens)-1].Keyword = token.LookupKeyword(value)
}

// continues reports where the given words end when they follow offset at on
// the same line.
func (s *scanner) continues(at int, words []string) (int, bool) {
	for _, w := range words {
		from := at
		for r, n := s.peek(at); r == ' ' || r == '\t' || r == '\u00a0'; r, n = s.peek(at) {
			at += n
		}
		end := s.wordEnd(at)
		if at == from || narrow(s.text[at:end]) != w {
			return 0, false
		}
		at = end
	}
	return at, true
}

func (s *scanner) digits(at int) int {
	for {
		r, n := s.peek(at)
		if r < '0' || r > '9' {
			return at
		}
		at += n
	}
}

// runes counts characters; the digits of a full-width number take three bytes.
func (s *scanner) runes(from, to int) int { return utf8.RuneCountInString(s.text[from:to]) }

// group reads a separator and exactly two digits.
func (s *scanner) group(at int, separator rune) (int, bool) {
	r, n := s.peek(at)
	if r != separator {
		return at, false
	}
	end := s.digits(at + n)
	return end, s.runes(at+n, end) == 2
}

func (s *scanner) number(start int) {
	end := s.digits(start)
	width := s.runes(start, end)
	if width == 4 {
		if month, ok := s.group(end, '-'); ok {
			if day, ok := s.group(month, '-'); ok {
				s.emit(token.Date, start, day)
				return
			}
		}
	}
	if width <= 2 {
		if minute, ok := s.group(end, ':'); ok {
			if second, ok := s.group(minute, ':'); ok {
				minute = second
			}
			s.emit(token.Clock, start, minute)
			return
		}
	}
	if s.foreignDate(start) {
		return
	}
	if r, n := s.peek(end); r == '.' {
		if fraction := s.digits(end + n); fraction > end+n {
			end = fraction
		}
	}
	if r, n := s.peek(end); r == '%' {
		s.emit(token.Number, start, end+n)
		return
	}
	if stop := s.wordEnd(end); stop > end {
		if _, ok := token.LookupUnit(narrow(s.text[end:stop])); ok {
			s.emit(token.Duration, start, stop)
			return
		}
	}
	s.emit(token.Number, start, end)
}

func (s *scanner) warnBidi(start, end int) {
	for i, r := range s.text[start:end] {
		if isBidi(r) {
			s.report(diagnostic.BidiControl, start+i, start+i+utf8.RuneLen(r), codepoint(r))
		}
	}
}
