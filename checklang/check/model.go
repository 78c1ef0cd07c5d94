// Package check gives a parsed standard its meaning: names, types, absence,
// and the structure in which inherited samples and frequencies are written
// out. It evaluates nothing.
package check

import (
	"math/big"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/token"
)

// Name is the one or two names of something; Second may be empty. First is the
// key in JSON.
type Name struct{ First, Second string }

// English returns the name that reads better in an English sentence: the one
// written in ASCII, else the first.
func (n Name) English() string {
	for _, s := range []string{n.First, n.Second} {
		if s != "" && s[0] < 0x80 {
			return s
		}
	}
	return n.First
}

// In returns the name that fits a language.
func (n Name) In(l token.Lang) string {
	if l == token.English {
		return n.English()
	}
	if n.First != "" && n.First[0] < 0x80 && n.Second != "" {
		return n.Second
	}
	return n.First
}

// Has says whether s is one of the names.
func (n Name) Has(s string) bool { return s != "" && (n.First == s || n.Second == s) }

// Checked is a whole standard with all that it imports. It is immutable after
// Check and safe for concurrent use.
type Checked struct {
	Dir       string
	Standard  *Standard // nil for a directory of shared declarations
	Sources   []Source  // in the order of their paths
	Choices   []*ChoiceType
	Records   []*Record
	Defines   []*Define // parameters too
	Tables    []*Table
	Sections  []*Section // outermost
	Items     []*Item    // all, in printed order
	Tiers     []*Tier
	Responses []*Response
	Scoring   *Scoring
	// Only lists the IDs of the items that a whitelist of the scoring names.
	Only       map[*ast.Tally][]string
	Tests      []*Test
	Accepts    []*ast.Accept
	Population []*Population
	// Standards are the standards among the imports, each checked as itself,
	// in the order of the imports.
	Standards []*Checked
	Info      *Info
}

// Source is one file that took part, under its canonical path: "005.chk" in
// the standard's own directory, "std/property/report.chk" of an import.
type Source struct {
	Path string
	File *token.File
	Test bool // holds nothing but tests
}

// Info holds what the checker found out about every node of every expression.
type Info struct {
	Objects map[exprast.Node]Object
	// types holds the nodes whose type does not follow from the node or its
	// object alone; equal types are held once, since nodes are many and types
	// few.
	types  map[exprast.Node]*Type
	shared map[Type]*Type
}

// newInfo makes room for the names of so much text; a large map that grows
// costs as much again as filling it.
func newInfo(bytes int) *Info {
	return &Info{Objects: make(map[exprast.Node]Object, bytes/64), types: map[exprast.Node]*Type{}, shared: map[Type]*Type{}}
}

// TypeOf returns the type of a node of a checked expression.
func (i *Info) TypeOf(n exprast.Node) Type {
	if t := i.types[n]; t != nil {
		return *t
	}
	return plain(n, i.Objects[n])
}

// plain is the type that follows from a node and its object alone; the zero
// Type where none does.
func plain(n exprast.Node, object Object) Type {
	switch n := n.(type) {
	case *exprast.ConstantNode:
		return literalType(n.Value)
	case *exprast.BoolNode:
		return Type{Kind: Bool}
	case *exprast.StringNode:
		return Type{Kind: Text}
	case *exprast.UnaryNode:
		if n.Operator == "not" {
			return Type{Kind: Bool}
		}
	case *exprast.BinaryNode:
		switch n.Operator {
		case "and", "or", "==", "!=", "<", "<=", ">", ">=", "in", "contains":
			return Type{Kind: Bool}
		}
	case *exprast.IdentifierNode, *exprast.MemberNode:
		switch o := object.(type) {
		case *Variable:
			return o.Type
		case *Member:
			return Type{Kind: Choice, Choice: o.Choice}
		case *Define:
			return o.Type
		}
	}
	return Type{}
}

// note records the type of a node and what it means; nil leaves that as it was.
// A node that a section states for several items is noted once for each.
func (i *Info) note(n exprast.Node, t Type, object Object) {
	if object != nil {
		i.Objects[n] = object
	} else {
		object = i.Objects[n]
	}
	if t == plain(n, object) {
		delete(i.types, n)
		return
	}
	known := i.shared[t]
	if known == nil {
		known = &t
		i.shared[t] = known
	}
	i.types[n] = known
}

// Object is what a name in an expression means: *Variable, *Member, *Define,
// *Population, or a Builtin.
type Object interface{}

// Builtin is a value that every expression can read: "as_of", "period.start",
// "period.end", or the canonical name of a function.
type Builtin string

// Standard is the identity of a standard.
type Standard struct {
	Code, Title, Version, Publisher, Interpreter, Source, Zone, Calendar string
	Issued, EffectiveFrom, EffectiveUntil                                *ast.Date // nil when not set
	Subject                                                              *Record   // nil when not set
	Printed                                                              map[string]string
	Span                                                                 token.Span
	Doc                                                                  string
}

// ChoiceType is a closed set of answers. Only the built-in outcomes are
// ordered.
type ChoiceType struct {
	Name    Name
	Members []*Member
	Ordered bool
	Span    token.Span
	Doc     string
	lost    bool // a member could not be read
}

// Member finds a member by either name.
func (c *ChoiceType) Member(s string) *Member {
	for _, m := range c.Members {
		if m.Name.Has(s) {
			return m
		}
	}
	return nil
}

// Member is one answer of a choice; Ordinal counts from 0.
type Member struct {
	Name    Name
	Choice  *ChoiceType
	Ordinal int
	Doc     string
}

// Record is something that can be sampled or measured.
type Record struct {
	Name     Name
	Unlisted bool
	Sides    []*JoinSide // a joined record
	Key      string      // the field that joins
	Fields   []*Variable // own fields, computed ones, and for joins the sides
	Span     token.Span
	Doc      string
	lost     bool // a field could not be read
}

// JoinSide is one ledger of a joined record.
type JoinSide struct {
	Record   *Record
	Variable *Variable // present or absent
	Fields   []*Variable
}

// Lookup finds a field or side by either name.
func (r *Record) Lookup(s string) *Variable {
	if r == nil {
		return nil
	}
	for _, f := range r.Fields {
		if f.Name.Has(s) {
			return f
		}
	}
	return nil
}

// Role says where the value of a variable comes from.
type Role uint8

// The roles of variables.
const (
	FieldRole        Role = iota + 1 // a field of the unit's record
	SideRole                         // a side of a joined record
	AnswerRole                       // found out by an inspector
	SubjectRole                      // a field of the subject's record
	ComputedRole                     // computed from fields
	OutcomeRole                      // the outcome of an item, in criteria of sections
	ScoreRole                        // the score of a level, in its scoring
	ItemScoreRole                    // the score of an item, in aggregates of the scoring
	SectionScoreRole                 // the score of a section, likewise
)

// Variable is something an expression can read that differs from unit to
// unit or from subject to subject.
type Variable struct {
	Name      Name
	Key       string // the JSON key: the first name, "side.field" in joins
	Role      Role
	Type      Type
	Optional  bool
	Personal  bool
	Side      *Variable // for a field of a side of a join
	Computed  *Expr
	Question  bool // an implicit yes/no or count question of a criterion
	Span      token.Span
	Doc       string
	checking  bool
	declared  *ast.RecordMember
	declaredF *token.File
}

// Define is a shared expression or a parameter.
type Define struct {
	Name      Name
	Value     *Expr // nil for a parameter
	Type      Type
	Optional  bool
	Span      token.Span
	Doc       string
	declared  *ast.Define
	declaredF *token.File
	constant  *big.Rat // of a definition that folds to a number or duration
	cost      int
	checking  bool
	checked   bool
}

// Table gives sample sizes by population. Loaded is false when whoever adopts
// the standard must supply the bands.
type Table struct {
	Name    Name
	Edition string
	Loaded  bool
	Bands   []Band
	Span    token.Span
	Doc     string
}

// Band is one line of a table; High 0 means no upper end.
type Band struct{ Low, High, Size int64 }

// Expr is a checked expression.
type Expr struct {
	Node      exprast.Node
	Span      token.Span
	Type      Type
	Aggregate bool
	Reads     []*Variable // in the order of first reading, each once
	cost      int
}

// Section groups items. Path is the codes from the outermost section down.
type Section struct {
	Code, Title string
	Path        []string
	Parent      *Section
	Sections    []*Section
	Items       []*Item
	Require     []string
	Sources     []string
	Every       token.Keyword
	Applies     []*Expr
	Criteria    []*Criterion
	Tallies     []*ast.Tally
	Zero        []*Expr // the conditions of the tallies that have one, in order
	Span        token.Span
	Doc         string
}

// Item is one check item. ID is its code with the outermost section's, which
// is unique in the standard.
type Item struct {
	ID, Code, Title string
	Section         *Section
	Require         []string
	Sources         []string
	Every           token.Keyword
	everyStated     bool // by the item or one of its parts, not inherited
	Applies         []*Expr
	Class           string
	Responsible     string
	Points          *big.Rat
	Tallies         []*ast.Tally
	Zero            []*Expr // the conditions of the tallies that have one, in order
	Parts           []*Part
	Span            token.Span
	Doc             string
}

// Part finds a part by either name; the only part of an item without parts has
// the empty name.
func (i *Item) Part(s string) *Part {
	for _, p := range i.Parts {
		if p.Name.Has(s) || (s == "" && p.Name.First == "") {
			return p
		}
	}
	return nil
}

// Part is one sample of an item with its questions and criteria.
type Part struct {
	ID       string // the item's ID, with "/" and the part's first name
	Name     Name
	Item     *Item
	Require  []string
	Sources  []string
	Sample   *Sample // nil where the unit is the subject
	Methods  []*Method
	Answers  []*Variable
	Criteria []*Criterion
	Measure  *Expr
	Applies  []*Expr // the part's own; the item's and section's come before
	Span     token.Span
	Doc      string
	whole    token.Range
	lost     ast.Lost // statements that could not be read
}

// Record returns the record of the part's units, or nil where the unit is the
// subject.
func (p *Part) Record() *Record {
	if p.Sample == nil {
		return nil
	}
	return p.Sample.Record
}

// Lookup finds an answer or a field of the part's units by either name or by
// its key.
func (p *Part) Lookup(s string) *Variable {
	for _, a := range p.Answers {
		if a.Name.Has(s) || a.Key == s {
			return a
		}
	}
	if f := p.Record().Lookup(s); f != nil {
		return f
	}
	if r := p.Record(); r != nil {
		for _, side := range r.Sides {
			for _, f := range side.Fields {
				if f.Key == s || f.Name.Has(s) {
					return f
				}
			}
		}
	}
	return nil
}

// Sample is a written-out sample. Low and High are counts, or fractions of 1
// when Percent is set.
type Sample struct {
	Kind       string // "all", "count", "range", "percent", "plan", "table"
	Low, High  *big.Rat
	Open       bool // 20%..: at least
	AtLeast    *big.Rat
	AtMost     *big.Rat
	Table      *Table
	Record     *Record
	Classifier string
	Where      *Expr
	Per        *Variable
	SpreadBy   []*Variable
	Previous   token.Keyword // from previous month and the like
	// Group names the draw: the part's ID, or the section's path for a sample
	// that all items of a section share.
	Group  string
	Shared bool
	Span   token.Span
}

// Method is how evidence is got.
type Method struct {
	Kind    token.Keyword
	Text    string
	Answers []*Variable
	Span    token.Span
}

// CriterionKind is what a criterion does.
type CriterionKind uint8

// The kinds of criteria; the four grades are in the order of the outcomes.
const (
	PassCriterion CriterionKind = iota + 1
	ObservationCriterion
	FailCriterion
	MajorCriterion
	ReferCriterion
	TargetCriterion
	DeductCriterion
	AwardCriterion
)

// Criterion is one clause. Exactly one of When, Otherwise, Question and, for a
// target, Compare says when it holds; a plain deduction may have none and then
// has a Question.
type Criterion struct {
	ID        string // the name, else the label; unique in its part
	Kind      CriterionKind
	When      *Expr
	Otherwise bool
	Question  *Variable // the yes/no, or the count of a deduction
	Label     string
	Compare   string // of a target
	Target    *Expr
	Points    *big.Rat
	Per       string
	Step      *big.Rat      // of a deduction per step: a number, or nanoseconds
	StepText  string        // the step as written, a time as 10m0s
	StepMode  token.Keyword // KwUp: a step that is begun counts; KwDown: a whole one
	AtMost    *big.Rat
	Once      string // the fact that is deducted only once, wherever it is noted
	Aggregate bool
	Judged    bool // decided by a person's yes/no or choice
	Span      token.Span
}

// Population is one population(…) of the standard. Key is how a host names it:
// the record's first name, with the period and the condition where there are.
type Population struct {
	Key      string
	Record   *Record
	Previous token.Keyword
	Where    *Expr
}

// Tier is one level of inspection.
type Tier struct {
	Name      Name
	Title     string
	Organiser string
	Approver  string
	Contents  []Content
	Cycle     token.Keyword
	Inspector string
	Inspects  string
	Every     token.Keyword
	Subjects  *Sample
	UnitsAll  bool
	CoversAll bool
	Covers    []string // IDs of items, or paths of sections
	Recuse    []token.Keyword
	Span      token.Span
	Doc       string
}

// Content is one duty of a tier with the items that carry it out.
type Content struct {
	Text  string
	Codes []string
	Doc   string
}

// Response is the duties that a grade brings.
type Response struct {
	Grade  token.Keyword
	Band   string
	Duties []*ast.Duty
	Span   token.Span
	Doc    string
}

// Scoring is the rules of adding up, as written, with their conditions
// checked: Zero holds those of vetoes and of limits.
type Scoring struct {
	Stages []*ast.Stage
	When   map[*ast.Stage]*Expr
	Zero   map[*ast.Tally]*Expr
	Span   token.Span
}

// Test is a rule test. Values are checked against the variables they fill.
type Test struct {
	Code, Title string
	Item        *Item
	Given       []*Given
	Population  map[*Record]int64
	Period      *ast.Date
	AsOf        *ast.Instant
	Expect      []*Expectation
	Span        token.Span
}

// Given is the evidence of one unit, or of several alike.
type Given struct {
	Part    *Part // nil for the subject
	Subject bool
	Repeat  int
	Values  []GivenValue
	Span    token.Span
}

// GivenValue is one value; exactly one of Absent, Members and Value is used.
type GivenValue struct {
	Variable *Variable
	Define   *Define // a parameter
	Absent   bool
	List     bool
	Members  []*Member
	Value    *Expr
	Span     token.Span
}

// Expectation is what a test demands.
type Expectation struct {
	Part  *Part // nil: the item
	Want  *ast.Expect
	Value *Expr
	Needs []*Variable
	Span  token.Span
}
