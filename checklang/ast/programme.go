package ast

// Tier is one level of inspection: who inspects whom, how often, how.
type Tier struct {
	Position
	Names Names `parser:"KwTier @@"`
	Title *Text `parser:"@@?"`
	Lines []*TierLine
}

// TierLine is one statement of a tier.
type TierLine struct {
	Position
	Organiser *Text     `parser:"( KwOrganiser @@"`
	Approver  *Text     `parser:"| KwApprover @@"`
	Content   *Text     `parser:"| KwContent @@"`
	Codes     []Code    `parser:"  ( ':' @@ ( ',' @@ )* )?"`
	Cycle     *Keyword  `parser:"| KwCycle @(KwWeek | KwMonth | KwQuarter | KwHalfyear | KwYear)"`
	Inspector *Name     `parser:"| KwInspector @@"`
	Inspects  *Name     `parser:"| KwInspects @@"`
	Every     *Keyword  `parser:"| KwEvery @(KwWeek | KwMonth | KwQuarter | KwHalfyear | KwYear)"`
	Subjects  *Size     `parser:"| KwSubjects @@"`
	Units     *Keyword  `parser:"| KwUnits @(KwAll | KwAsItems)"`
	CoversAll bool      `parser:"| KwCovers ( @KwAll"`
	Covers    []Code    `parser:"  | @@ ( ',' @@ )* )"`
	Recuse    []Keyword `parser:"| KwRecuse @(KwUnit | KwPost | KwInterest | KwMutual) ( ',' @(KwUnit | KwPost | KwInterest | KwMutual) )* )"`
}

// Response lists the duties that a grade of finding brings.
type Response struct {
	Position
	Grade  Keyword `parser:"KwResponse ( @(KwObservation | KwFail | KwMajor)"`
	Band   *Text   `parser:"| KwGrade @@ )"`
	Duties []*Duty
}

// Duty is one thing that must be done about a finding.
type Duty struct {
	Position
	Kind     Keyword   `parser:"( @(KwCorrection | KwCorrectiveAction | KwPreventiveAction | KwReport | KwRecord)"`
	Verify   *Keyword  `parser:"| KwVerification @(KwOnSite | KwByRecord) )"`
	Within   *Duration `parser:"( KwWithin ( @@"`
	Workdays *Number   `parser:"  | @@ KwWorkdays ) )?"`
}

// Scoring says how points add up.
type Scoring struct {
	Position
	Word   Keyword `parser:"@KwScoring"`
	Stages []*Stage
}

// Stage is the rules of one level, or one grade band.
type Stage struct {
	Position
	Level     *Keyword `parser:"( @(KwItem | KwSection | KwTotal | KwAssessors)"`
	Grade     *Text    `parser:"| KwGrade @@"`
	When      *Expr    `parser:"  ( KwWhen @@"`
	Otherwise bool     `parser:"  | @KwOtherwise ) )"`
	Tallies   []*Tally
}

// Tally is one rule of adding up.
type Tally struct {
	Position
	Start       *Number  `parser:"( KwStart @@"`
	Combine     *Keyword `parser:"| KwCombine @(KwSum | KwMean | KwWeighted | KwBest | KwWorst)"`
	WeightOf    *Name    `parser:"| KwWeight ( @@ )?"` // an assessor
	Weight      *Number  `parser:"  @@"`
	Limit       *Keyword `parser:"| @(KwFloor | KwCeiling)"`
	Value       *Number  `parser:"  ( @@"`
	LimitWhen   *Expr    `parser:"    ( KwWhen @@"`
	LimitReason *Text    `parser:"      ':' @@ )?"`
	Named       *Keyword `parser:"  | @(KwPoints | KwNone) )"`
	Missing     *Keyword `parser:"| KwMissing @(KwRescale | KwFull | KwZero | KwForbidden)"`
	Only        []Code   `parser:"  ( KwOnly @@ ( ',' @@ )* )?"`
	ZeroOf      *Keyword `parser:"| KwZero @(KwSection | KwTotal)?"` // what is set to zero; nil is where the tally stands
	ZeroWhen    *Expr    `parser:"  KwWhen @@"`
	ZeroReason  *Text    `parser:"  ':' @@"`
	Round       *Number  `parser:"| KwRound @@"`
	Mode        *Keyword `parser:"  @(KwHalfUp | KwHalfEven | KwDown | KwUp) )"`
}

// When is the condition of a veto, or of a limit that has one; nil for any
// other tally.
func (t *Tally) When() *Expr {
	if t.ZeroWhen != nil {
		return t.ZeroWhen
	}
	return t.LimitWhen
}

// Reason is the words behind the condition; nil where there is none.
func (t *Tally) Reason() *Text {
	if t.ZeroReason != nil {
		return t.ZeroReason
	}
	return t.LimitReason
}

// Test is a rule test beside the rules.
type Test struct {
	Position
	Code  Code `parser:"KwTest @@"`
	Title Text `parser:"@@"`
	Lines []*TestLine
}

// TestLine is one statement of a test.
type TestLine struct {
	Position
	Given      bool     `parser:"( @KwGiven"`
	GivenPart  *Name    `parser:"  ( KwPart @@"`
	Subject    bool     `parser:"  | @KwSubject )?"`
	Repeat     *Number  `parser:"  @@?"`
	Population *Name    `parser:"| KwPopulation @@"`
	Size       *Number  `parser:"  @@"`
	Period     *Date    `parser:"| KwPeriod @@"`
	AsOf       *Instant `parser:"| KwAsOf @@"`
	Expect     *Expect  `parser:"| KwExpect @@ )"`
	Values     []*GivenValue
}

// GivenValue is one value of the evidence of a test.
type GivenValue struct {
	Position
	Name   *Name  `parser:"( @@"`
	Label  *Text  `parser:"| @@ ) ':'"`
	Absent bool   `parser:"( @KwAbsent"`
	List   bool   `parser:"| @'['"`
	Items  []Name `parser:"  ( @@ ( ',' @@ )* )? ']'"`
	Value  *Expr  `parser:"| @@ )"`
}

// Expect is the verdict that a test demands.
type Expect struct {
	Part       *Name    `parser:"( KwPart @@ )?"`
	Outcome    *Keyword `parser:"( @(KwPass | KwObservation | KwFail | KwMajor)"`
	Label      *Text    `parser:"  @@?"`
	Referred   bool     `parser:"| @KwReferred"`
	Reason     *Text    `parser:"  @@?"`
	Incomplete bool     `parser:"| @KwIncomplete"`
	Needs      []Name   `parser:"  ( KwNeeds @@ ( ',' @@ )* )?"`
	NotApplies bool     `parser:"| @KwNotApplicable"`
	Figure     *Keyword `parser:"| @(KwMeasure | KwScore)"`
	Value      *Expr    `parser:"  @@"`
	Grade      *Text    `parser:"| KwGrade @@ )"`
}
