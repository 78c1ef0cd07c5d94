package engine

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"time"
)

// Finding is one failed criterion on its way to closure: the fold of its
// events, and nothing that can't be had again from them. It is a value; the
// zero Finding is none. Its maps and slices are not to be changed.
//
// ID is made of Scope, Standard (the id, without a version), Section, Item,
// Part, Criterion, Subject, Unit and Period, so that judging the same again
// finds the same finding, under whichever version of the standard. Item and
// Part are empty for a criterion of a section, Section for every other.
type Finding struct {
	ID        string `json:"id"`
	Scope     string `json:"scope"`
	Standard  string `json:"standard"`
	Section   string `json:"section,omitempty"`
	Item      string `json:"item,omitempty"`
	Part      string `json:"part,omitempty"`
	Criterion string `json:"criterion"`
	Subject   string `json:"subject"`
	Unit      string `json:"unit,omitempty"`
	Period    string `json:"period"`
	Label     string `json:"label,omitempty"` // the criterion's, when it was opened

	// Grade is the grade that obliges; Judged is the one that the latest
	// judgement gave. They differ where a person ruled or confirmed an
	// escalation, and both are kept.
	Grade   Outcome  `json:"grade"`
	Judged  Outcome  `json:"judged"`
	Reasons []Reason `json:"reasons,omitempty"` // of the latest judgement
	Results []string `json:"results,omitempty"` // ids of all results that spoke about it, in order

	Parties []Party      `json:"parties,omitempty"`
	State   FindingState `json:"state"`
	// Version is the number of events, and the Seq of the latest.
	Version int       `json:"version"`
	Opened  time.Time `json:"opened"`
	// Duties are those of the standard's response to the grade when it was
	// given: "correction", "corrective action", "preventive action",
	// "report", "record", "verification on site", "verification by record".
	Duties []string `json:"duties,omitempty"`
	// Deadlines holds the instant by which a duty must be met, for the duties
	// of the present state that have one; Due is the earliest of those not yet
	// met, zero when there is none.
	Deadlines map[string]time.Time `json:"deadlines,omitempty"`
	Due       time.Time            `json:"due,omitzero"`

	// Answer and Attachments are what was answered since the finding was
	// opened or last reopened; earlier answers are in Events. Correctors are
	// all who ever answered, or were named as owner of the measures: none of
	// them may verify.
	Answer      map[string]string `json:"answer,omitempty"`
	Attachments []Attachment      `json:"attachments,omitempty"`
	Correctors  []string          `json:"correctors,omitempty"`
	Appeal      string            `json:"appeal,omitempty"` // the event of an appeal that waits for a ruling
	// Repeats are earlier findings of the same criterion at the same subject;
	// Escalation is then "proposed", and "confirmed" or "declined" once a
	// person decided.
	Repeats    []string `json:"repeats,omitempty"`
	Escalation string   `json:"escalation,omitempty"`

	Events []FindingEvent `json:"events"` // all, in order
}

// FindingState is where a finding stands: "open", "answered" (all is done that
// the grade obliges to, and waits to be verified or closed), "verified",
// "closed", "reopened" (as open, after an answer was not enough) or
// "withdrawn". The zero value is no finding.
type FindingState string

const (
	findingOpen      FindingState = "open"
	findingAnswered  FindingState = "answered"
	findingVerified  FindingState = "verified"
	findingClosed    FindingState = "closed"
	findingReopened  FindingState = "reopened"
	findingWithdrawn FindingState = "withdrawn"
)

// Words names the state in both languages; a state that there is not is named
// as it is written.
func (s FindingState) Words() Words {
	switch s {
	case findingOpen:
		return Words{"待整改", "open"}
	case findingAnswered:
		return Words{"已答复", "answered"}
	case findingVerified:
		return Words{"已验证", "verified"}
	case findingClosed:
		return Words{"已关闭", "closed"}
	case findingReopened:
		return Words{"已重开", "reopened"}
	case findingWithdrawn:
		return Words{"已撤销", "withdrawn"}
	}
	return Words{string(s), string(s)}
}

// Party is who answers for a finding. Kind is "department", "person",
// "supplier" or one of the host's own.
type Party struct {
	Kind string `json:"kind"`
	ID   string `json:"id"`
}

// FindingEventSchema is the name of the JSON document of a FindingEvent.
const FindingEventSchema = "pinjian/finding-event/1"

// FindingEvent is a fact in the life of a finding. A host stores it in a table
// whose key is (tenant, finding, seq), which lets one of two writers lose.
// Times are in UTC. Kind is that of the command that asked for it, or "opened",
// "found" (judged again, with the same finding) or "cleared" (judged again,
// without it) for events of a result.
type FindingEvent struct {
	Schema      string               `json:"schema"`
	ID          string               `json:"id"`
	Finding     string               `json:"finding"`
	Seq         int                  `json:"seq"` // from 1, without a gap
	Kind        string               `json:"kind"`
	By          string               `json:"by"`
	At          time.Time            `json:"at"`
	Command     string               `json:"command,omitempty"` // the id of the command
	Fields      map[string]string    `json:"fields,omitempty"`
	Attachments []Attachment         `json:"attachments,omitempty"`
	Parties     []Party              `json:"parties,omitempty"`
	Result      string               `json:"result,omitempty"` // the id of the result
	Grade       Outcome              `json:"grade,omitzero"`
	Reasons     []Reason             `json:"reasons,omitempty"`
	Repeats     []string             `json:"repeats,omitempty"`
	Duties      []string             `json:"duties,omitempty"`
	Deadlines   map[string]time.Time `json:"deadlines,omitempty"`
}

// Command asks for a step of a finding: by whom, when, and seen at which
// Version. It is idempotent by ID. Kinds and their Fields:
//
//	answer       correction, cause, prevention, record, finding, owner, due (a
//	             date), evidence: those that the duties need, at once or bit by bit
//	verify       result ("effective" or "ineffective"), method ("on site" or
//	             "by record"); verification and effectiveness where a report is due
//	close
//	reopen       reason
//	withdraw     reason
//	appeal       reason
//	rule         outcome ("upheld", "regraded" or "withdrawn"), reason; grade when
//	             regraded; judgement, the id of a result made for the appeal
//	propose      improvement, owner
//	conclude     proposal (the event's id), outcome
//	feedback     to, how
//	acknowledge  feedback (the event's id); only by whom it was given to
//	escalate     outcome ("confirmed" or "declined"), reason; grade to raise it to
//	attribute    Parties, which replace those there were
type Command struct {
	ID          string            `json:"id"`
	Kind        string            `json:"kind"`
	By          string            `json:"by"`
	At          time.Time         `json:"at"`
	Version     int               `json:"version"`
	Fields      map[string]string `json:"fields,omitempty"`
	Attachments []Attachment      `json:"attachments,omitempty"`
	Parties     []Party           `json:"parties,omitempty"`
}

// ConflictError says that two writers wanted the same place in the life of a
// finding or an inspection: First holds it, Second came too late. For a command
// with a stale Version, Second is the command; First is empty when the command
// saw a version that the host has not loaded.
type ConflictError struct {
	Stream        string
	Seq           int
	First, Second string
}

// Error names the place and both writers.
func (e *ConflictError) Error() string {
	if e.First == "" {
		return fmt.Sprintf("event %d of %s does not exist here, and %s follows it; load the newer events", e.Seq-1, e.Stream, e.Second)
	}
	return fmt.Sprintf("event %d of %s is %s; %s came too late; load the newer events and decide again", e.Seq, e.Stream, e.First, e.Second)
}

// Overdue says whether a duty is not met by now and should have been.
func (f Finding) Overdue(now time.Time) bool { return !f.Due.IsZero() && now.After(f.Due) }

// Outstanding lists the duties that are not met yet, in the standard's order.
func (f Finding) Outstanding() []string {
	var out []string
	for _, duty := range f.Duties {
		met := len(lacking(duty, f.Answer, f.Attachments)) == 0
		if isVerification(duty) {
			met = f.State == findingVerified
		}
		if !met && f.State != findingClosed && f.State != findingWithdrawn {
			out = append(out, duty)
		}
	}
	return out
}

// due is the earliest deadline of what is outstanding.
func (f *Finding) due() time.Time {
	var due time.Time
	for _, duty := range f.Outstanding() {
		if at, ok := f.Deadlines[duty]; ok && (due.IsZero() || at.Before(due)) {
			due = at
		}
	}
	return due
}

// identity is the ID that the parts of the identity make.
func (f *Finding) identity() string {
	data, err := json.Marshal([]string{"finding", f.Scope, f.Standard, f.Section, f.Item, f.Part, f.Criterion, f.Subject, f.Unit, f.Period})
	if err != nil {
		return "" // texts alone: it can't fail
	}
	return digestOf(data)
}

// eventID makes the ID of an event from what brought it about.
func eventID(finding, kind, cause string) string {
	data, err := json.Marshal([]string{"finding event", finding, kind, cause})
	if err != nil {
		return "" // texts alone: it can't fail
	}
	return digestOf(data)
}

// sameRequest says whether two events, or an event and a command put into one, say
// the same that a person said.
func (e *FindingEvent) sameRequest(o *FindingEvent) bool {
	return e.Kind == o.Kind && e.By == o.By && e.At.Equal(o.At) && maps.Equal(e.Fields, o.Fields) &&
		slices.Equal(e.Attachments, o.Attachments) && slices.Equal(e.Parties, o.Parties)
}
