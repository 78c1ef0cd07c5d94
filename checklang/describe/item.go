package describe

// Item is one check item. Section is the code of its outermost section, null
// outside sections; Every is null where nothing states it.
type Item struct {
	Kind    string  `json:"kind"` // "item"
	Code    string  `json:"code"`
	Section *string `json:"section"`
	Title   string  `json:"title"`
	Every   *string `json:"every"`
	// Applies joins the conditions of the sections around the item and its own;
	// null when it always applies.
	Applies *string `json:"applies"`
	Points  *string `json:"points"`
	// Source is where it stands in the print; several are joined by "; ".
	Source *string `json:"source"`
	Parts  []Part  `json:"parts"`
	// ID is the code led by the outermost section's, unique in the standard.
	ID string `json:"id"`
	// Path is the codes of the sections around the item, outermost first.
	Path        []string `json:"path"`
	Require     []string `json:"require"`
	Class       *string  `json:"class"`
	Responsible *string  `json:"responsible"`
	// Tallies is what the item states of its own score, absent where it states
	// nothing.
	Tallies []Tally `json:"tallies,omitempty"`
	Place
}

// Part is one sample of an item, or one independent pair of criteria. An item
// without parts has one with an empty name.
type Part struct {
	Name string `json:"name"`
	// Sample is null where the unit is the subject itself.
	Sample *Sample `json:"sample"`
	// Methods is the kinds of the methods, each once, in the order of their
	// first statement.
	Methods []string `json:"methods"`
	// Criteria is the clauses that decide the outcome, in their order.
	Criteria []Criterion `json:"criteria"`
	// Outcomes is what the clauses can come to, among "pass", "observation",
	// "fail", "major" and "referred". A part whose clauses only deduct or award
	// points has none. "Not applicable" and "incomplete", which the evidence
	// decides and not the rule, are left out.
	Outcomes []string `json:"outcomes"`
	// Measure is the value of an indicator and Target its limit, such as
	// ">= 90%"; both null for any other part.
	Measure    *string     `json:"measure"`
	Target     *string     `json:"target"`
	Deductions []Deduction `json:"deductions"`
	Awards     []Award     `json:"awards"`
	Second     *string     `json:"second"`
	// Applies is the part's own condition, where the item has several parts.
	Applies *string  `json:"applies"`
	Require []string `json:"require"`
	Source  *string  `json:"source"`
	Asks    []Method `json:"asks"`
}

// Method is a method with its text and the answers it yields.
type Method struct {
	Method  string  `json:"method"`
	Text    string  `json:"text"`
	Answers []Field `json:"answers"`
}

// Sample is a written-out sample, inherited ones included.
type Sample struct {
	// Kind is "all", "count", "range", "percent", "plan" (the print names no
	// size) or "table".
	Kind string `json:"kind"`
	// Count is the size of kind count.
	Count *int64 `json:"count"`
	// Min and Max are the ends of kind range, Max null for "7 or more"; for
	// other kinds they are the floor and the cap on the number of units.
	Min *int64 `json:"min"`
	Max *int64 `json:"max"`
	// Percent is an exact decimal: "50" is half.
	Percent *string `json:"percent"`
	Record  *string `json:"record"`
	Where   *string `json:"where"`
	// Per is the field for each of whose values the size holds.
	Per *string `json:"per"`
	// From is the earlier period whose units are drawn, such as "previous
	// month".
	From *string `json:"from"`
	// Shared says that the sample is one draw for all items of a section.
	Shared bool     `json:"shared"`
	Spread []string `json:"spread"`
	// AtLeast says that Percent is a least share ("20%.."), PercentMax is the
	// upper end of a range of shares.
	AtLeast    bool    `json:"at_least"`
	PercentMax *string `json:"percent_max"`
	Table      *string `json:"table"`
	Classifier *string `json:"classifier"`
	// Group names the draw; samples with one group are one draw.
	Group string `json:"group"`
}

// Criterion is one clause that decides the outcome. Outcome is "pass",
// "observation", "fail", "major" or "referred"; a target is a clause for
// "fail".
type Criterion struct {
	ID      string  `json:"id"`
	Outcome string  `json:"outcome"`
	Label   *string `json:"label"`
	// DecidedBy is "computed" when a rule compares facts and "judged" when a
	// person's yes/no or choice is the fact. An otherwise clause is judged when
	// all that it leaves over is.
	DecidedBy string `json:"decided_by"`
	// When is the condition; null for an otherwise clause, a target, and a
	// clause that is itself the question.
	When      *string `json:"when"`
	Otherwise bool    `json:"otherwise"`
}

// Deduction takes points away. Per is what is counted, null when the points go
// once; When is null where the inspector answers the question itself.
type Deduction struct {
	Points    string  `json:"points"`
	Per       *string `json:"per"`
	Label     string  `json:"label"`
	When      *string `json:"when"`
	AtMost    *string `json:"at_most"`
	DecidedBy string  `json:"decided_by"`
	// Step is the size of a step, such as "1%" or "10m0s", of a deduction for
	// each step by which the condition is missed: StepMode is "up" where a step
	// that is begun counts, "down" where only a whole one does. Both are null
	// for other deductions.
	Step     *string `json:"step,omitempty"`
	StepMode *string `json:"step_mode,omitempty"`
	// Once names the fact that is deducted once only, wherever it is noted.
	Once *string `json:"once,omitempty"`
}

// Award gives points.
type Award struct {
	Points    string  `json:"points"`
	When      *string `json:"when"`
	Otherwise bool    `json:"otherwise"`
	Label     *string `json:"label"`
}
