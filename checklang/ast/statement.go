package ast

// Section groups items. Body holds *Section, *Item, the common statements, the
// criteria and *Tally.
type Section struct {
	Position
	Code  Code `parser:"KwSection @@"`
	Title Text `parser:"@@"`
	Body  []Node
}

// Item is one check item. Body holds *Part, the common statements, the
// criteria and *Points.
type Item struct {
	Position
	Code  Code `parser:"KwItem @@"`
	Title Text `parser:"@@"`
	Body  []Node
}

// Part is one sample of an item, or one independent pair of criteria.
type Part struct {
	Position
	Names Names `parser:"KwPart @@"`
	Body  []Node
}

// Require is the requirement in the standard's own words.
type Require struct {
	Position
	Text Text `parser:"KwRequire @@"`
}

// Source says where in the printed standard something stands.
type Source struct {
	Position
	Text Text `parser:"KwSource @@"`
}

// Every is how often: the span that one judgement covers.
type Every struct {
	Position
	Period Keyword `parser:"KwEvery @(KwWeek | KwMonth | KwQuarter | KwHalfyear | KwYear)"`
}

// Applies says when an item, part or section applies at all.
type Applies struct {
	Position
	When Expr `parser:"KwApplies KwWhen @@"`
}

// Class is the category of an item.
type Class struct {
	Position
	Name Name `parser:"KwClass @@"`
}

// Responsible names the post that answers for an item.
type Responsible struct {
	Position
	Name Name `parser:"KwResponsible @@"`
}

// Accept acknowledges a finding of the vet tool at this place.
type Accept struct {
	Position
	Code   Code `parser:"KwAccept @@"`
	Reason Text `parser:"@@"`
}

// Points is what an item is worth.
type Points struct {
	Position
	Value Number `parser:"KwPoints @@"`
}

// Sample says which units are inspected and how many.
type Sample struct {
	Position
	Size    Size           `parser:"KwSample @@"`
	First   *Name          `parser:"( (?! KwWhere | KwPer | KwSpreadBy | KwFromPreviousWeek | KwFromPreviousMonth | KwFromPreviousQuarter | KwFromPreviousHalfyear | KwFromPreviousYear) @@"`
	Second  *Name          `parser:"( (?! KwWhere | KwPer | KwSpreadBy | KwFromPreviousWeek | KwFromPreviousMonth | KwFromPreviousQuarter | KwFromPreviousHalfyear | KwFromPreviousYear) @@ )? )?"`
	Clauses []SampleClause `parser:"@@*"`
}

// Size is how many units are drawn.
type Size struct {
	All    bool    `parser:"( @KwAll"`
	ByPlan bool    `parser:"| @KwByPlan"`
	Using  *Name   `parser:"| KwUsing @@"`
	Low    *Number `parser:"| @@"`
	Range  bool    `parser:"  ( @'..'"`
	High   *Number `parser:"    @@? )?"`
	Least  *Number `parser:"  ( KwAtLeast @@ )?"`
	Most   *Number `parser:"  ( KwAtMost @@ )? )"`
}

// SampleClause narrows or arranges a sample.
type SampleClause struct {
	Where    *Expr    `parser:"  KwWhere @@"`
	Previous *Keyword `parser:"| @(KwFromPreviousWeek | KwFromPreviousMonth | KwFromPreviousQuarter | KwFromPreviousHalfyear | KwFromPreviousYear)"`
	Per      *Name    `parser:"| KwPer @@"`
	SpreadBy []Name   `parser:"| KwSpreadBy @@ ( ',' @@ )*"`
}

// Method is how evidence is got, and the answers it yields.
type Method struct {
	Position
	Kind    Keyword  `parser:"@(KwAsk | KwReview | KwObserve | KwListen | KwPhone | KwSimulate | KwExam)"`
	Text    Text     `parser:"@@"`
	Answers []Answer `parser:"( '->' @@ ( ',' @@ )* )*"`
}

// Answer is one thing that a method finds out.
type Answer struct {
	Names Names    `parser:"@@"`
	Type  TypeExpr `parser:"':' @@"`
}

// Outcome is a criterion that passes or finds fault.
type Outcome struct {
	Position
	Grade     Keyword `parser:"@(KwPass | KwObservation | KwFail | KwMajor)"`
	Name      *Name   `parser:"( (?! KwWhen | KwOtherwise) @@ )?"`
	When      *Expr   `parser:"( KwWhen @@"`
	Otherwise bool    `parser:"| @KwOtherwise )?"`
	Label     *Text   `parser:"( ':' @@ )?"`
}

// Refer hands the unit to a person where the print is silent.
type Refer struct {
	Position
	When      *Expr `parser:"KwRefer ( KwWhen @@"`
	Otherwise bool  `parser:"| @KwOtherwise )"`
	Reason    Text  `parser:"':' @@"`
}

// Measure is the value of an indicator.
type Measure struct {
	Position
	Value Expr `parser:"KwMeasure @@"`
}

// Target is the limit of the measure above it.
type Target struct {
	Position
	Compare string `parser:"KwTarget @('==' | '!=' | '<=' | '<' | '>=' | '>')"`
	Value   Expr   `parser:"@@"`
	Label   *Text  `parser:"( ':' @@ )?"`
}

// Deduct takes points away: once, for each of what is counted, or for each
// step by which a comparison is missed.
type Deduct struct {
	Position
	Points   Number    `parser:"KwDeduct @@"`
	Per      *Name     `parser:"( KwPer ( @@"`
	Step     *Number   `parser:"  | ( @@"`
	StepTime *Duration `parser:"    | @@ )"`
	StepMode *Keyword  `parser:"    @(KwUp | KwDown)? ) )?"`
	When     *Expr     `parser:"( KwWhen @@ )?"`
	AtMost   *Number   `parser:"( KwAtMost @@ )?"`
	Once     *Name     `parser:"( KwOnce @@ )?"` // the fact
	Label    Text      `parser:"':' @@"`
}

// Award gives points.
type Award struct {
	Position
	Points    Number `parser:"KwAward @@"`
	When      *Expr  `parser:"( KwWhen @@"`
	Otherwise bool   `parser:"| @KwOtherwise )"`
	Label     *Text  `parser:"( ':' @@ )?"`
}
