package ast

import (
	"slices"

	"github.com/pinjian/pinjian/checklang/token"
)

// File is one parsed file. What could not be parsed is not in the tree and is
// named by a diagnostic.
type File struct {
	Source   *token.File
	Tokens   []token.Token // with codes joined, comments included; nil where the parser was not asked for them
	Language *Language
	Decls    []Decl
	Lost     Lost // declarations that could not be read
}

// Decl is a declaration at the top of a file.
type Decl interface {
	Node
	declaration()
}

// Node is a statement or declaration with the range it covers.
type Node interface{ Pos() token.Range }

// Position is the range of a statement from its first to its last token,
// including the block behind it.
type Position struct {
	token.Range
	Doc  string // the comment block directly above, without the slashes
	Lost Lost   // statements of the block that could not be read
}

// Lost holds what began the statements that could not be read, NoKeyword for
// one that began with nothing known. Whatever such a statement would have
// declared is missing from the tree, and later phases must not complain of it
// a second time.
type Lost []token.Keyword

// Any says whether a statement that one of the keywords begins may be lost; no
// keyword asks for any statement at all.
func (l Lost) Any(keywords ...token.Keyword) bool {
	if len(keywords) == 0 {
		return len(l) > 0
	}
	return slices.ContainsFunc(l, func(k token.Keyword) bool { return k == token.NoKeyword || slices.Contains(keywords, k) })
}

// Pos returns the range.
func (p *Position) Pos() token.Range { return p.Range }

// SetPos is how the parser fills the position.
func (p *Position) SetPos(r token.Range, doc string, lost Lost) {
	p.Range, p.Doc, p.Lost = r, doc, lost
}

// Language is `lang 1`.
type Language struct {
	Position
	Number Number `parser:"KwLang @@"`
}

// Standard declares the identity of the standard in a directory.
type Standard struct {
	Position
	Code  Code `parser:"KwStandard @@"`
	Title Text `parser:"@@"`
	Metas []*Meta
}

// Meta is one line of a standard's head.
type Meta struct {
	Position
	Key       Keyword `parser:"(  @(KwVersion | KwPublisher | KwInterpreter | KwSource | KwZone | KwCalendar)"`
	Text      *Text   `parser:"   @@"`
	Issued    *Date   `parser:"|  KwIssued @@"`
	Printed   Keyword `parser:"|  @(KwObservation | KwFail | KwMajor) KwPrinted"`
	As        *Text   `parser:"   @@"`
	Effective *Date   `parser:"|  KwEffective @@"`
	Open      bool    `parser:"   ( @'..'"`
	Until     *Date   `parser:"     @@? )?"`
	Subject   *Name   `parser:"|  KwSubject @@ )"`
}

// Import makes the declarations of another directory known.
type Import struct {
	Position
	Path Text `parser:"KwImport @@"`
}

// Choice is a closed set of answers.
type Choice struct {
	Position
	Names   Names `parser:"KwChoice @@"`
	Members []*Member
}

// Member is one answer of a choice.
type Member struct {
	Position
	Names Names `parser:"@@"`
}

// Record is something that can be sampled or measured.
type Record struct {
	Position
	Names    Names  `parser:"KwRecord ( @@"`
	Unlisted bool   `parser:"( @KwUnlisted"`
	Sides    []Side `parser:"| KwMatches @@ ( ',' @@ )*"`
	By       *Name  `parser:"  KwBy @@ )? )"`
	Members  []*RecordMember
}

// Side is a record that takes part in a join, under the name it has there.
type Side struct {
	Record Name  `parser:"@@"`
	Name   *Name `parser:"( (?! KwBy) @@ )?"`
}

// RecordMember is a field or a computed field of a record.
type RecordMember struct {
	Position
	Define *Names    `parser:"( KwDefine @@"`
	Value  *Expr     `parser:"  '==' @@"`
	Names  *Names    `parser:"| @@"`
	Type   *TypeExpr `parser:"  ':' @@ )"`
}

// Define shares an expression or declares a parameter.
type Define struct {
	Position
	Names Names     `parser:"KwDefine @@"`
	Value *Expr     `parser:"( '==' @@"`
	Type  *TypeExpr `parser:"| ':' @@ )"`
}

// TypeExpr is the written type of a field, answer or parameter.
type TypeExpr struct {
	Basic    Keyword `parser:"( @(KwBool | KwText | KwTime | KwDate | KwClock | KwDuration | KwPhoto | KwFile | KwSignature)"`
	Numeric  Keyword `parser:"| @(KwInt | KwNumber)"`
	Bounds   *Bounds `parser:"  @@?"`
	SetOf    *Name   `parser:"| KwSetOf @@"`
	Named    *Name   `parser:"| @@ )"`
	Optional bool    `parser:"@KwOptional?"`
	Personal bool    `parser:"@KwPersonal?"`
}

// Table gives sample sizes by population size. One without bands is supplied
// by whoever adopts the standard.
type Table struct {
	Position
	Names   Names `parser:"KwTable @@"`
	Edition *Text `parser:"( KwEdition @@ )?"`
	Body    bool  // written with braces
	Bands   []*Band
}

// Band is one line of a table: for populations from Low to High draw Size.
type Band struct {
	Position
	Low  Number  `parser:"@@ '..'"`
	High *Number `parser:"@@?"`
	Size Number  `parser:"':' @@"`
}

func (*Language) declaration() {}
func (*Standard) declaration() {}
func (*Import) declaration()   {}
func (*Choice) declaration()   {}
func (*Record) declaration()   {}
func (*Define) declaration()   {}
func (*Table) declaration()    {}
func (*Section) declaration()  {}
func (*Item) declaration()     {}
func (*Tier) declaration()     {}
func (*Response) declaration() {}
func (*Scoring) declaration()  {}
func (*Test) declaration()     {}
