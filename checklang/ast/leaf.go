// Package ast holds the syntax tree of a .chk file. The grammar stands in the
// `parser` tags of the nodes, which participle reads; expressions are trees of
// expr-lang/expr whose locations are byte offsets into the file.
package ast

import (
	"math/big"
	"time"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/token"
)

// Name is one identifier as the author wrote it, in Unicode NFC.
type Name struct {
	token.Range
	Text string
}

// Names are the one or two names of a declaration. The first is its key in
// JSON; either can be used in the text.
type Names struct {
	First Name `parser:"@@"`
	// The keywords that may follow names win over a second name, unless the
	// names end behind them.
	Second *Name `parser:"( (?! (KwUnlisted | KwMatches | KwEdition) (?! ':' | '==')) @@ )?"`
}

// Has says whether s is one of the names.
func (n Names) Has(s string) bool {
	return n.First.Text == s || (n.Second != nil && n.Second.Text == s)
}

// All returns the one or two names.
func (n Names) All() []Name {
	if n.Second == nil {
		return []Name{n.First}
	}
	return []Name{n.First, *n.Second}
}

// Range spans both names.
func (n Names) Range() token.Range {
	if n.Second == nil {
		return n.First.Range
	}
	return n.First.Join(n.Second.Range)
}

// Text is a quoted text without its quotation marks.
type Text struct {
	token.Range
	Value string
}

// Code is the printed number of a section or item, kept as text: "4.10".
type Code struct {
	token.Range
	Value string
}

// Number is an unsigned decimal literal, exact; a percentage is divided by 100.
type Number struct {
	token.Range
	Literal string // as written, in ASCII, with its percent sign
	Percent bool
	Value   *big.Rat
}

// Bound is one end of a range of numbers.
type Bound struct {
	Negative bool   `parser:"@'-'?"`
	Number   Number `parser:"@@"`
}

// Rat returns the bound's value.
func (b Bound) Rat() *big.Rat {
	if b.Negative {
		return new(big.Rat).Neg(b.Number.Value)
	}
	return b.Number.Value
}

// Bounds is "lo..hi" or "lo..".
type Bounds struct {
	Low  Bound  `parser:"@@ '..'"`
	High *Bound `parser:"@@?"`
}

// Keyword is a keyword that carries meaning by which one of several it is.
type Keyword struct{ token.Keyword }

// Capture implements participle's Capture.
func (k *Keyword) Capture(values []string) error {
	k.Keyword = token.LookupKeyword(values[0])
	return nil
}

// Date is a civil date literal.
type Date struct {
	token.Range
	Year  int
	Month time.Month
	Day   int
}

// Clock is a time of day literal, as the time since midnight.
type Clock struct {
	token.Range
	SinceMidnight time.Duration
}

// Instant is a date, and a time of day when one is written.
type Instant struct {
	Date  Date   `parser:"@@"`
	Clock *Clock `parser:"@@?"`
}

// Duration is a span of time literal, in exact units: a day is 24 hours.
type Duration struct {
	token.Range
	Literal string
	Value   time.Duration
}

// Expr is an expression. Node is never nil after a successful parse. Literals
// that expr has no node for are ConstantNodes holding a Number, Duration,
// Clock, Date or Instant; `x is absent` is a comparison with a NilNode; `a..b`
// and a bracketed group stand only at the right of `in`.
type Expr struct {
	token.Range
	Node exprast.Node
}
