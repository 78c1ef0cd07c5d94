package scanner

import (
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// foreign holds operators of other languages and what .chk writes instead.
var foreign = map[string]diagnostic.Words{
	"&&": {ZH: "且", EN: "and"}, "||": {ZH: "或", EN: "or"}, "!": {ZH: "非", EN: "not"}, "&": {ZH: "且", EN: "and"}, "|": {ZH: "或", EN: "or"},
	"?": {ZH: "如果(条件, 甲, 乙)", EN: "if(condition, a, b)"}, "??": {ZH: "为空", EN: "is absent"}, "'": {ZH: "\"…\"", EN: "\"…\""}, "#": {ZH: "//", EN: "//"},
	"`": {ZH: "\"…\"", EN: "\"…\""}, "。": {ZH: "换行或分号", EN: "a new line or a semicolon"},
}

// replaceable are those of them that the words alone replace.
const replaceable = "&& || ! & | #"

// foreignClosings are the quotation marks of other texts with the marks that
// may close them: what a word processor makes of a text, or an author of a
// title.
var foreignClosings = map[rune]string{
	'”': "“”", '‘': "’‘'", '’': "‘’'", '\'': "'’", '`': "`'", '《': "》", '〈': "〉", '「': "」", '『': "』", '【': "】", '〝': "〞〟", '«': "»",
}

// spell reports a range that .chk writes in another way, and offers that.
func (s *scanner) spell(start, end int, instead string) {
	span := token.Range{Start: uint32(start), End: uint32(end)}.In(s.file)
	found := s.text[start:end]
	if runes := []rune(found); len(runes) > 40 {
		found = string(runes[:40]) + "…"
	}
	s.diagnostics.Add(diagnostic.New(diagnostic.ForeignOperator, span, found, instead).
		WithFix(diagnostic.Words{ZH: "改写为 " + instead, EN: "write " + instead}, diagnostic.Edit{Span: span, New: instead}))
}

// foreignText takes a text between marks that .chk doesn't write, up to the
// nearest mark that may close it on its line.
func (s *scanner) foreignText(start, n int, opening rune) bool {
	line, _, _ := strings.Cut(s.text[start+n:], "\n")
	at := strings.IndexAny(line, foreignClosings[opening])
	if at < 0 || foreignClosings[opening] == "" {
		return false
	}
	_, size := utf8.DecodeRuneInString(line[at:])
	end := start + n + at + size
	inner := line[:at]
	if strings.Contains(inner, "”") && strings.ContainsAny(inner, "\"＂") { // nothing can hold both
		return false
	}
	s.warnBidi(start, end)
	s.spell(start, end, token.Quote(inner))
	s.emit(token.Text, start, end)
	return true
}

// foreignDate takes a date or time of day as it is written elsewhere:
// 2026年11月23日, 2026/11/23, 2026.11.23, 2026-1-3, 9点30分.
func (s *scanner) foreignDate(start int) bool {
	year, end, ok := s.digitsAt(start, 4, 4)
	if !ok {
		return s.foreignClock(start)
	}
	var parts [2]int
	for i, separators := range [2]string{"年/.-", "月/.-"} {
		r, n := s.peek(end)
		if n == 0 || !strings.ContainsRune(separators, r) {
			return false
		}
		if parts[i], end, ok = s.digitsAt(end+n, 1, 2); !ok {
			return false
		}
	}
	chinese := strings.Contains(s.text[start:end], "年")
	if !chinese && !s.wantsDate() { // 2026.1.3 may be the code of an item
		return false
	}
	if r, n := s.peek(end); chinese && (r == '日' || r == '号') {
		end += n
	} else if chinese || s.wordEnd(end) > end { // 2026年11月23件, 2026/11/23x
		return false
	}
	if year < 1900 || year > 2199 || parts[0] < 1 || parts[0] > 12 || parts[1] < 1 || parts[1] > 31 {
		return false
	}
	s.spell(start, end, fmt.Sprintf("%04d-%02d-%02d", year, parts[0], parts[1]))
	s.emit(token.Invalid, start, end)
	return true
}

// wantsDate says whether a date may follow the tokens so far, and no code.
func (s *scanner) wantsDate() bool {
	last := len(s.tokens) - 1
	if last < 0 || s.newline {
		return false
	}
	switch t := s.tokens[last]; t.Kind {
	case token.Equal, token.NotEqual, token.Less, token.LessEqual, token.Greater, token.GreaterEqual, token.LeftParen:
		return true
	case token.Colon:
		for last > 0 && !s.tokens[last].Newline {
			last--
		}
		return s.tokens[last].Keyword != token.KwContent
	default:
		switch t.Keyword {
		case token.KwEffective, token.KwIssued, token.KwPeriod, token.KwAsOf:
			return true
		}
	}
	return false
}

func (s *scanner) foreignClock(start int) bool {
	hour, end, ok := s.digitsAt(start, 1, 2)
	if !ok || hour > 23 {
		return false
	}
	r, n := s.peek(end)
	if r != '点' && r != '时' {
		return false
	}
	end += n
	minute := 0
	if value, stop, ok := s.digitsAt(end, 1, 2); ok && value < 60 {
		minute, end = value, stop
		if r, n := s.peek(end); r == '分' {
			end += n
		}
	} else if r == '时' { // 3时 alone is as well a duration
		return false
	}
	if s.wordEnd(end) > end { // 9点半, 3点建议
		return false
	}
	s.spell(start, end, fmt.Sprintf("%d:%02d", hour, minute))
	s.emit(token.Invalid, start, end)
	return true
}

// digitsAt reads a number of least to most digits.
func (s *scanner) digitsAt(start, least, most int) (value, end int, ok bool) {
	end = s.digits(start)
	if width := s.runes(start, end); width < least || width > most {
		return 0, start, false
	}
	value, err := strconv.Atoi(strings.Map(token.Narrow, s.text[start:end]))
	return value, end, err == nil
}

// reversed takes =< and =>, which nobody means as two tokens: behind a text
// the latter leads to an answer, elsewhere it compares.
func (s *scanner) reversed(start, end int, second rune) {
	instead, kind := "<=", token.LessEqual
	switch {
	case second == '>' && len(s.tokens) > 0 && s.tokens[len(s.tokens)-1].Kind == token.Text:
		instead, kind = "->", token.Arrow
	case second == '>':
		instead, kind = ">=", token.GreaterEqual
	}
	s.spell(start, end, instead)
	s.emit(kind, start, end)
}

// spacedPercent takes a percent sign that stands apart from its number.
func (s *scanner) spacedPercent(start, n int) bool {
	if len(s.tokens) == 0 || s.newline || s.tokens[len(s.tokens)-1].Kind != token.Number {
		return false
	}
	number := s.tokens[len(s.tokens)-1]
	if strings.HasSuffix(number.Value(s.file), "%") {
		return false
	}
	s.spell(int(number.Start), start+n, number.Value(s.file)+"%")
	s.emit(token.Invalid, start, start+n)
	return true
}

// refuse reports what no token begins with.
func (s *scanner) refuse(start, end int) {
	found := strings.Map(token.Narrow, s.text[start:end])
	span := token.Range{Start: uint32(start), End: uint32(end)}.In(s.file)
	instead, ok := foreign[found]
	switch {
	case !ok:
		s.report(diagnostic.InvalidCharacter, start, end, printable(s.text[start:end]))
	case found == "。":
		s.fullStop(span, found, instead)
		return
	default:
		d := diagnostic.New(diagnostic.ForeignOperator, span, found, instead)
		if strings.Contains(" "+replaceable+" ", " "+found+" ") {
			with := strings.TrimSpace(instead.In(s.file.Lang()))
			d = d.WithFix(diagnostic.Words{ZH: "改写为 " + with, EN: "write " + with}, diagnostic.Edit{Span: span, New: s.apart(start, end, with)})
		}
		s.diagnostics.Add(d)
	}
	s.emit(token.Invalid, start, end)
}

// fullStop takes the mark that ends a sentence: at the end of a line nothing
// need stand there, within it a semicolon.
func (s *scanner) fullStop(span token.Span, found string, instead diagnostic.Words) {
	d := diagnostic.New(diagnostic.ForeignOperator, span, found, instead)
	rest, _, _ := strings.Cut(s.text[span.End:], "\n")
	if rest = strings.TrimSpace(rest); rest == "" || strings.HasPrefix(rest, "//") {
		s.diagnostics.Add(d.WithFix(diagnostic.Words{ZH: "删去它", EN: "remove it"}, diagnostic.Edit{Span: span}))
		s.at, s.space = int(span.End), true
		return
	}
	s.diagnostics.Add(d.WithFix(diagnostic.Words{ZH: "改成分号", EN: "write a semicolon"}, diagnostic.Edit{Span: span, New: "; "}))
	s.emit(token.Semicolon, int(span.Start), int(span.End))
}

// apart puts blanks about a word that would run together with its neighbours.
func (s *scanner) apart(start, end int, word string) string {
	if word == "//" {
		return word
	}
	if r, size := utf8.DecodeLastRuneInString(s.text[:start]); size > 0 && r != ' ' && r != '\n' && r != '(' {
		word = " " + word
	}
	if r, n := s.peek(end); n > 0 && r != ' ' && r != '\n' {
		word += " "
	}
	return word
}
