package ast

import (
	"fmt"
	"io"
	"math/big"
	"strconv"
	"strings"
	"time"

	"github.com/alecthomas/participle/v2"
	"github.com/alecthomas/participle/v2/lexer"

	"github.com/pinjian/pinjian/checklang/token"
)

// Grammar is the participle lexer definition of the language: it only names
// the token types, since tokens come ready from the scanner.
type Grammar struct{}

const (
	firstKind    = -10
	firstKeyword = -100
)

func kindType(k token.Kind) lexer.TokenType {
	if k == token.EOF {
		return lexer.EOF
	}
	return firstKind - lexer.TokenType(k)
}

func keywordType(k token.Keyword) lexer.TokenType { return firstKeyword - lexer.TokenType(k) }

// Symbols implements lexer.Definition: every keyword is a symbol of its own,
// so that its place in the grammar decides, not its spelling.
func (Grammar) Symbols() map[string]lexer.TokenType {
	symbols := map[string]lexer.TokenType{
		"EOF": lexer.EOF, "Name": kindType(token.Word), "Number": kindType(token.Number), "Duration": kindType(token.Duration),
		"Clock": kindType(token.Clock), "Date": kindType(token.Date), "Text": kindType(token.Text), "Code": kindType(token.Code),
		"Punctuation": kindType(token.LeftBrace),
	}
	for _, k := range token.Keywords() {
		symbols[k.Symbol()] = keywordType(k)
	}
	return symbols
}

// Lex implements lexer.Definition; the language is read by its own scanner.
func (Grammar) Lex(filename string, _ io.Reader) (lexer.Lexer, error) {
	return nil, fmt.Errorf("%s: tokens of .chk come from the scanner", filename)
}

// Lexer feeds the tokens of one statement to participle.
type Lexer struct {
	File   *token.File
	Tokens []token.Token
	next   int
}

// Next implements lexer.Lexer. The position holds byte offsets: Offset the
// first byte, Column the byte behind the last.
func (l *Lexer) Next() (lexer.Token, error) {
	if l.next >= len(l.Tokens) {
		return endOf(l.Tokens), nil
	}
	l.next++
	return grammarToken(l.File, l.Tokens[l.next-1]), nil
}

func endOf(tokens []token.Token) lexer.Token {
	end := 0
	if n := len(tokens); n > 0 {
		end = int(tokens[n-1].End)
	}
	return lexer.EOFToken(lexer.Position{Offset: end, Column: end})
}

func grammarToken(f *token.File, t token.Token) lexer.Token {
	kind := kindType(t.Kind)
	switch {
	case t.Kind == token.Word && t.Keyword != token.NoKeyword:
		kind = keywordType(t.Keyword)
	case t.Kind.IsPunctuation():
		kind = kindType(token.LeftBrace)
	}
	return lexer.Token{Type: kind, Value: t.Value(f), Pos: lexer.Position{Offset: int(t.Start), Column: int(t.End)}}
}

// Feed hands statement after statement to participle in the room of one
// PeekingLexer, which participle would else make anew for every line. The zero
// Feed is ready. It is for one goroutine, and a statement is over when the
// next is asked for.
type Feed struct {
	lex  *lexer.PeekingLexer
	room int // tokens that fit, the end counted
}

// Statement returns a lexer of the tokens of one statement.
func (d *Feed) Statement(f *token.File, tokens []token.Token) *lexer.PeekingLexer {
	n := len(tokens) + 1
	if n > d.room {
		d.room = max(64, 2*n)
		room := make(blank, d.room)
		d.lex, _ = lexer.Upgrade(&room) // a blank gives no error
	}
	own := d.lex.Range(0, lexer.RawCursor(n))
	for i, t := range tokens {
		own[i] = grammarToken(f, t)
	}
	own[n-1] = endOf(tokens)
	d.lex.LoadCheckpoint(lexer.Checkpoint{})
	return d.lex
}

// blank is a lexer of as many tokens as it is long, of no meaning.
type blank []struct{}

// Next implements lexer.Lexer.
func (b *blank) Next() (lexer.Token, error) {
	if len(*b) == 0 {
		return lexer.EOFToken(lexer.Position{}), nil
	}
	*b = (*b)[1:]
	return lexer.Token{Type: kindType(token.Word)}, nil
}

// rangeOf reads back the range that Lexer.Next put into a position.
func rangeOf(t *lexer.Token) token.Range {
	return token.Range{Start: uint32(t.Pos.Offset), End: uint32(t.Pos.Column)}
}

// isKeyword returns the keyword a token spells, or NoKeyword.
func keywordOf(t *lexer.Token) token.Keyword {
	if t.Type <= firstKeyword {
		return token.Keyword(firstKeyword - t.Type)
	}
	return token.NoKeyword
}

func isName(t *lexer.Token) bool {
	k := keywordOf(t)
	return t.Type == kindType(token.Word) || (k != token.NoKeyword && !k.IsReserved())
}

// SyntaxError is a mistake that the hand-written parts of the grammar find:
// a diagnostic code with its range and arguments.
type SyntaxError struct {
	Code  string
	Range token.Range
	Args  []any
}

// Error implements error.
func (e *SyntaxError) Error() string { return fmt.Sprintf("%s at byte %d", e.Code, e.Range.Start) }

// Message implements participle.Error.
func (e *SyntaxError) Message() string { return e.Code }

// Position implements participle.Error.
func (e *SyntaxError) Position() lexer.Position {
	return lexer.Position{Offset: int(e.Range.Start), Column: int(e.Range.End)}
}

// Parse implements participle.Parseable: any word that is not reserved can be
// a name; the grammar rules keywords out where they fit as well.
func (n *Name) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if !isName(t) {
		return participle.NextMatch
	}
	lex.Next()
	*n = Name{Range: rangeOf(t), Text: t.Value}
	return nil
}

// Parse implements participle.Parseable.
func (x *Text) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type != kindType(token.Text) {
		return participle.NextMatch
	}
	lex.Next()
	*x = Text{Range: rangeOf(t), Value: t.Value}
	return nil
}

// Parse implements participle.Parseable.
func (c *Code) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type != kindType(token.Code) {
		return participle.NextMatch
	}
	lex.Next()
	*c = Code{Range: rangeOf(t), Value: t.Value}
	return nil
}

// Parse implements participle.Parseable.
func (n *Number) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type != kindType(token.Number) {
		return participle.NextMatch
	}
	number, err := makeNumber(t)
	if err != nil {
		return err
	}
	lex.Next()
	*n = number
	return nil
}

// CheckLiteral returns the *SyntaxError of a number, date, time of day or
// duration that has the right form and no value, such as 24:00. participle
// drops such an error where the literal is optional, so the parser asks again.
func CheckLiteral(f *token.File, t token.Token) error {
	lex, err := lexer.Upgrade(&Lexer{File: f, Tokens: []token.Token{t}})
	if err != nil {
		return err
	}
	switch t.Kind {
	case token.Number:
		return new(Number).Parse(lex)
	case token.Duration:
		return new(Duration).Parse(lex)
	case token.Clock:
		return new(Clock).Parse(lex)
	case token.Date:
		return new(Date).Parse(lex)
	}
	return nil
}

// Literals hold at most six places and stay below 9e12, so that every number
// fits an exact 64-bit decimal.
const (
	maxPlaces = 6
	maxNumber = 9_000_000_000_000
)

func makeNumber(t *lexer.Token) (Number, error) {
	digits, percent := strings.CutSuffix(t.Value, "%")
	if n, err := strconv.ParseUint(digits, 10, 32); err == nil && !percent { // most numbers
		return Number{Range: rangeOf(t), Literal: t.Value, Value: new(big.Rat).SetUint64(n)}, nil
	}
	value, ok := new(big.Rat), len(digits) <= 40
	if ok {
		value, ok = value.SetString(digits)
	}
	_, fraction, _ := strings.Cut(digits, ".")
	if !ok || len(fraction) > maxPlaces || value.Cmp(new(big.Rat).SetInt64(maxNumber)) >= 0 {
		return Number{}, &SyntaxError{Code: "C107", Range: rangeOf(t), Args: []any{t.Value}}
	}
	if percent {
		value.Quo(value, big.NewRat(100, 1))
	}
	return Number{Range: rangeOf(t), Literal: t.Value, Percent: percent, Value: value}, nil
}

// Parse implements participle.Parseable.
func (d *Date) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type != kindType(token.Date) {
		return participle.NextMatch
	}
	parsed, err := time.Parse(time.DateOnly, t.Value)
	if err != nil {
		return &SyntaxError{Code: "C108", Range: rangeOf(t), Args: []any{t.Value}}
	}
	lex.Next()
	*d = Date{Range: rangeOf(t), Year: parsed.Year(), Month: parsed.Month(), Day: parsed.Day()}
	return nil
}

// Parse implements participle.Parseable. 24:00 is not a time of day.
func (c *Clock) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type != kindType(token.Clock) {
		return participle.NextMatch
	}
	layout := "15:04"
	if strings.Count(t.Value, ":") == 2 {
		layout = "15:04:05"
	}
	parsed, err := time.Parse(layout, t.Value)
	if err != nil {
		return &SyntaxError{Code: "C108", Range: rangeOf(t), Args: []any{t.Value}}
	}
	lex.Next()
	since := time.Duration(parsed.Hour())*time.Hour + time.Duration(parsed.Minute())*time.Minute + time.Duration(parsed.Second())*time.Second
	*c = Clock{Range: rangeOf(t), SinceMidnight: since}
	return nil
}

// Parse implements participle.Parseable.
func (d *Duration) Parse(lex *lexer.PeekingLexer) error {
	t := lex.Peek()
	if t.Type != kindType(token.Duration) {
		return participle.NextMatch
	}
	digits := strings.TrimRightFunc(t.Value, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	unit, _ := token.LookupUnit(t.Value[len(digits):])
	nanoseconds := map[string]int64{"second": int64(time.Second), "minute": int64(time.Minute), "hour": int64(time.Hour), "day": 24 * int64(time.Hour)}[unit]
	value, ok := new(big.Rat), len(digits) <= 20
	if ok {
		value, ok = value.SetString(digits)
	}
	if ok {
		value.Mul(value, new(big.Rat).SetInt64(nanoseconds))
		ok = value.IsInt() && value.Num().IsInt64() && value.Num().Int64() < int64(250*365*24*time.Hour)
	}
	if !ok {
		return &SyntaxError{Code: "C107", Range: rangeOf(t), Args: []any{t.Value}}
	}
	lex.Next()
	*d = Duration{Range: rangeOf(t), Literal: t.Value, Value: time.Duration(value.Num().Int64())}
	return nil
}
