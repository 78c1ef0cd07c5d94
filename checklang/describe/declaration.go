package describe

// Declaration is one of the types of this package that have a Kind: a
// *Standard, *Choice, *Record, *Table, *Define, *Section, *Item, *Tier,
// *Response or *Scoring.
type Declaration interface{ declaration() }

// Place is where a declaration stands: the path of its file as Checked.Sources
// names it, and its line counted from 1. The outcomes that every standard has
// stand nowhere: their File is "" and their Line 0.
type Place struct {
	File string `json:"file"`
	Line int    `json:"line"`
	// Doc is the comment directly above the declaration, without its slashes.
	Doc string `json:"doc"`
}

// Standard is the identity of a standard. What it doesn't state is null.
type Standard struct {
	Kind        string    `json:"kind"` // "standard"
	Code        string    `json:"code"`
	Title       string    `json:"title"`
	Version     *string   `json:"version"`
	Publisher   *string   `json:"publisher"`
	Interpreter *string   `json:"interpreter"`
	Source      *string   `json:"source"`
	Issued      *string   `json:"issued"` // 2026-11-23
	Effective   *Interval `json:"effective"`
	Zone        *string   `json:"zone"`
	Calendar    *string   `json:"calendar"`
	Subject     *string   `json:"subject"` // first name of the subject's record
	Printed     Printed   `json:"printed"`
	Place
}

// Interval is the days on which a standard is in force, both included; an end
// that is not set is null.
type Interval struct {
	From  *string `json:"from"`
	Until *string `json:"until"`
}

// Printed is the words of the printed standard for the grades; null where none
// is declared.
type Printed struct {
	Observation *string `json:"observation"`
	Fail        *string `json:"fail"`
	Major       *string `json:"major"`
}

// Choice is a closed set of answers.
type Choice struct {
	Kind    string  `json:"kind"` // "choice"
	Name    string  `json:"name"`
	Second  *string `json:"second"`
	Members []Names `json:"members"`
	Place
}

// Names is a first name and, where there is one, a second.
type Names struct {
	Name   string  `json:"name"`
	Second *string `json:"second"`
}

// Record is something that can be sampled or measured.
type Record struct {
	Kind     string  `json:"kind"` // "record"
	Name     string  `json:"name"`
	Second   *string `json:"second"`
	Unlisted bool    `json:"unlisted"`
	// Matches holds the sides of a joined record and By the field that joins
	// them; empty and null for any other.
	Matches []Side  `json:"matches"`
	By      *string `json:"by"`
	Fields  []Field `json:"fields"`
	Place
}

// Side is a record that takes part in a join, under the name it has there.
type Side struct {
	Record string `json:"record"`
	Name   string `json:"name"`
}

// Field is a field of a record, or an answer. Type is as .chk writes it in
// English, with the bounds of numbers: "int 1..5", "set of" a choice.
type Field struct {
	Names
	Type     string `json:"type"`
	Optional bool   `json:"optional"`
	Personal bool   `json:"personal"`
	// Value is the expression of a computed field, null for any other.
	Value *string `json:"value"`
	Doc   string  `json:"doc"`
}

// Table gives sample sizes by population.
type Table struct {
	Kind    string  `json:"kind"` // "table"
	Name    string  `json:"name"`
	Second  *string `json:"second"`
	Edition *string `json:"edition"`
	// Loaded is false when whoever adopts the standard must supply the bands.
	Loaded bool   `json:"loaded"`
	Bands  []Band `json:"bands"`
	Place
}

// Band is one line of a table. High is null where the band has no upper end.
type Band struct {
	Low  int64  `json:"low"`
	High *int64 `json:"high"`
	Size int64  `json:"size"`
}

// Define is a shared expression, whose kind is "define", or a parameter, whose
// kind is "parameter" and whose Value is null: whoever adopts the standard
// supplies it.
type Define struct {
	Kind     string  `json:"kind"`
	Name     string  `json:"name"`
	Second   *string `json:"second"`
	Type     string  `json:"type"`
	Optional bool    `json:"optional"`
	Value    *string `json:"value"`
	Place
}

// Section groups items. Path is the codes from the outermost section down to
// its own. Every and Applies are what it states or inherits.
type Section struct {
	Kind     string      `json:"kind"` // "section"
	Code     string      `json:"code"`
	Path     []string    `json:"path"`
	Title    string      `json:"title"`
	Every    *string     `json:"every"`
	Applies  *string     `json:"applies"`
	Source   *string     `json:"source"`
	Require  []string    `json:"require"`
	Criteria []Criterion `json:"criteria"`
	Tallies  []Tally     `json:"tallies"`
	Place
}

// Tier is one level of inspection.
type Tier struct {
	Kind      string    `json:"kind"` // "tier"
	Name      string    `json:"name"`
	Second    *string   `json:"second"`
	Title     *string   `json:"title"`
	Organiser *string   `json:"organiser"`
	Approver  *string   `json:"approver"`
	Inspector *string   `json:"inspector"`
	Inspects  *string   `json:"inspects"`
	Every     *string   `json:"every"`
	Cycle     *string   `json:"cycle"`
	Subjects  *Sample   `json:"subjects"`
	Units     string    `json:"units"` // "all" or "as items"
	Covers    Coverage  `json:"covers"`
	Contents  []Content `json:"contents"`
	Recuse    []string  `json:"recuse"`
	Place
}

// Coverage is what a tier inspects: everything, or the items with these ids.
type Coverage struct {
	All   bool     `json:"all"`
	Items []string `json:"items"`
}

// Content is a duty of a tier with the ids of the items that carry it out.
type Content struct {
	Text  string   `json:"text"`
	Items []string `json:"items"`
	Doc   string   `json:"doc"`
}

// Response is what a grade of finding obliges to. Outcome is "observation",
// "fail" or "major", or null for a response to a band of the score, which Grade
// names.
type Response struct {
	Kind    string  `json:"kind"` // "response"
	Outcome *string `json:"outcome"`
	Grade   *string `json:"grade"`
	Duties  []Duty  `json:"duties"`
	Place
}

// Duty is one thing that must be done about a finding. Verification is "on
// site" or "by record" and null for other duties; Within is a span such as
// "48h" or "3 workdays", null without a time limit.
type Duty struct {
	Duty         string  `json:"duty"`
	Verification *string `json:"verification"`
	Within       *string `json:"within"`
}

// Scoring is how points add up.
type Scoring struct {
	Kind   string  `json:"kind"` // "scoring"
	Stages []Stage `json:"stages"`
	Place
}

// Stage is the rules of one level, "item", "section", "total" or "assessors", or the
// condition of one grade; exactly one of Level and Grade is not null.
type Stage struct {
	Level     *string `json:"level"`
	Grade     *string `json:"grade"`
	When      *string `json:"when"`
	Otherwise bool    `json:"otherwise"`
	Tallies   []Tally `json:"tallies"`
}

// Tally is one rule of adding up. Rule is "start", "combine", "weight",
// "floor", "ceiling", "missing", "zero" or "round"; Value is its number or
// word, and of "zero" the level that it sets to zero, null for its own. When is
// the condition of "zero" and of a limit, Label their reason or the assessor of
// a weight, Mode the direction of "round", and Only the codes of what may be
// missing, absent where all may.
type Tally struct {
	Rule  string   `json:"rule"`
	Value *string  `json:"value"`
	When  *string  `json:"when"`
	Mode  *string  `json:"mode"`
	Label *string  `json:"label"`
	Only  []string `json:"only,omitempty"`
}

func (*Standard) declaration() {}
func (*Choice) declaration()   {}
func (*Record) declaration()   {}
func (*Table) declaration()    {}
func (*Define) declaration()   {}
func (*Section) declaration()  {}
func (*Item) declaration()     {}
func (*Tier) declaration()     {}
func (*Response) declaration() {}
func (*Scoring) declaration()  {}
