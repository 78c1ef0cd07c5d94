package engine

import (
	"encoding/json"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Submission is what arrives from the field: answers about one unit of one
// part (Unit is empty where the unit is the subject). It is idempotent by ID:
// the same ID and body is no change. Replaces names the submission whose
// answers to the same questions it corrects, with a Reason. Remark is the
// inspector's own words, which nothing judges. Closes ends the task.
type Submission struct {
	Schema      string         `json:"schema,omitempty"` // SubmissionSchema, or empty
	ID          string         `json:"id"`
	Task        string         `json:"task"`
	Part        string         `json:"part"`
	Unit        string         `json:"unit"`
	Period      string         `json:"period,omitempty"` // needed only where a part is due for several periods
	Answers     map[string]any `json:"answers"`
	Attachments []Attachment   `json:"attachments,omitempty"`
	By          string         `json:"by"`
	DoneAt      time.Time      `json:"done_at,omitzero"`
	ReceivedAt  time.Time      `json:"received_at,omitzero"`
	Replaces    string         `json:"replaces,omitempty"`
	Reason      string         `json:"reason,omitempty"`
	Remark      string         `json:"remark,omitempty"`
	Closes      bool           `json:"closes,omitempty"`

	// source and line are where the submission was read from.
	source string
	line   int
}

// body is what makes two submissions of one ID the same or not: everything but
// when it was received and whether it names its schema.
func (s Submission) body() string {
	s.ReceivedAt, s.Schema = time.Time{}, ""
	data, _ := json.Marshal(s)
	return string(data)
}

// Digest is the SHA-256, in hexadecimal, of what makes two submissions of one ID
// the same or not: everything but when it was received. A host's table of
// submissions is keyed by tenant, ID and Digest, so that a repeated one is no
// change and a contradicting one is kept beside the first.
func (s Submission) Digest() string { return digestOf([]byte(s.body())) }

// Waiver excuses one unit of one part from being judged, for a Reason and up to
// an instant (the zero Until never ends). A waived unit is counted apart and
// enters the part as not applicable.
type Waiver struct {
	Part   string    `json:"part"`
	Unit   string    `json:"unit"`
	Reason string    `json:"reason"`
	By     string    `json:"by"`
	At     time.Time `json:"at"`
	Until  time.Time `json:"until,omitzero"`
}

// Evidence is the submissions and the host's record values of one task.
// Records holds, by record and unit, the values as of RecordsAt; in them a
// missing key is unknown and nil is absent. The order of submissions does not
// matter.
type Evidence struct {
	Records   map[string]map[string]map[string]any
	RecordsAt time.Time
	// Origin says where a record value was read, for refusals; it may be nil.
	Origin      func(record, unit, field string) (source string, line int)
	Submissions []Submission
	Waivers     []Waiver
}

// Conflict is one question with two different answers, or one submission ID
// with two bodies; the value counts as unknown until one is replaced.
type Conflict struct {
	Kind   string `json:"kind"` // "answer" or "identity"
	Part   string `json:"part,omitempty"`
	Unit   string `json:"unit,omitempty"`
	Name   string `json:"name,omitempty"`
	First  string `json:"first"`
	Second string `json:"second"`
}

// answer is one answer to one question.
type answer struct {
	submission *Submission
	slot       eval.Slot
}

// question names one question of a task.
type question struct {
	part   string
	period string
	unit   string
	slot   int
}

// intake sorts the evidence of a task into rows.
type intake struct {
	standard  *Standard
	older     *Standard // asked the questions, when it is not the one that judges
	task      *Task
	env       *eval.Env
	origin    func(record, unit, field string) (source string, line int)
	answers   map[question][]answer
	inspected map[question]bool // slot -1: the unit has some answer
	shared    map[string]bool   // IDs of submissions that are about another standard's items too
	closed    bool
	conflicts []Conflict
	refused   []*InputError
}

func (in *intake) refuse(s *Submission, e *InputError) {
	e.Source, e.Line = s.source, s.line
	if e.Source == "" {
		e.Source = s.ID
	}
	in.refused = append(in.refused, e)
}

// filed is a submission whose answers have been put to their questions. A
// refused answer is not among given, but its question was asked: what is
// corrected by it is unknown, no longer what it was.
type filed struct {
	*Submission
	asked   map[question]bool
	given   map[question]eval.Slot
	doubled bool // another body has the same ID
}

// take reads the submissions in the order of their IDs, so that the order of
// arrival never matters.
func (in *intake) take(submissions []Submission) {
	byID := map[string][]*Submission{}
	for i := range submissions {
		s := &submissions[i]
		if s.Task == in.task.ID {
			byID[s.ID] = append(byID[s.ID], s)
		}
	}
	var all []*filed
	named := map[string][]*filed{}
	for _, id := range sortedKeys(byID) {
		same := byID[id]
		slices.SortStableFunc(same, func(a, b *Submission) int { return strings.Compare(a.body(), b.body()) })
		same = slices.CompactFunc(same, func(a, b *Submission) bool { return a.body() == b.body() })
		for _, other := range same[1:] {
			in.conflicts = append(in.conflicts, Conflict{Kind: "identity", Part: other.Part, Unit: other.Unit, First: id, Second: id})
		}
		for _, s := range same {
			f := &filed{Submission: s, asked: map[question]bool{}, given: map[question]eval.Slot{}, doubled: len(same) > 1 || in.shared[id]}
			in.file(f)
			named[id] = append(named[id], f)
			all = append(all, f)
			// Two contents of one ID don't agree on anything, closing included.
			in.closed = in.closed || (s.Closes && !f.doubled)
		}
	}
	replaced := map[string][]*filed{}
	for _, f := range all {
		if in.corrects(f, named) {
			replaced[f.Replaces] = append(replaced[f.Replaces], f)
		}
	}
	for _, f := range all {
		in.enter(f, replaced[f.ID])
	}
}

// enter files the answers of a submission that no other one replaces: an
// answer that was itself replaced still replaces, so a chain of corrections
// ends at its last link. The answers of an ID with two bodies are unknown
// until one is replaced: each is filed twice, with a value that differs.
func (in *intake) enter(f *filed, corrections []*filed) {
	for q, value := range f.given {
		if slices.ContainsFunc(corrections, func(r *filed) bool { return r.asked[q] }) {
			continue
		}
		in.answers[q] = append(in.answers[q], answer{f.Submission, value})
		if f.doubled {
			in.answers[q] = append(in.answers[q], answer{f.Submission, eval.Slot{}})
		}
		in.inspected[question{q.part, q.period, q.unit, -1}] = true
	}
	for q := range f.asked {
		if q.slot < -1 { // an answer to what only the older standard asked
			in.inspected[question{q.part, q.period, q.unit, -1}] = true
		}
	}
}

// corrects says whether a submission replaces another one: it gives a reason,
// it does not lead back to itself, and it answers some question that the other
// one, where it has arrived, was about.
func (in *intake) corrects(f *filed, named map[string][]*filed) bool {
	if f.Replaces == "" {
		return false
	}
	path := f.ID + ".replaces"
	if strings.TrimSpace(f.Reason) == "" {
		in.refuse(f.Submission, refuse(f.ID+".reason", diagnostic.WrongType, "reason", diagnostic.Words{ZH: "一句理由", EN: "a reason"}, shown(f.Reason)))
		return false
	}
	for seen, next := map[string]bool{}, []string{f.Replaces}; len(next) > 0; {
		id := next[0]
		next = next[1:]
		if id == f.ID {
			in.refuse(f.Submission, refuse(path, diagnostic.WrongType, "replaces", diagnostic.Words{ZH: "更早的一份提交", EN: "an earlier submission"}, shown(f.Replaces)))
			return false
		}
		if seen[id] {
			continue
		}
		seen[id] = true
		for _, other := range named[id] {
			if other.Replaces != "" {
				next = append(next, other.Replaces)
			}
		}
	}
	others := named[f.Replaces]
	about := len(others) == 0 // it may arrive yet
	for _, other := range others {
		about = about || len(other.asked) == 0
		for q := range f.asked {
			about = about || other.asked[q]
		}
	}
	if !about {
		in.refuse(f.Submission, refuse(path, diagnostic.WrongType, "replaces", diagnostic.Words{ZH: "对同一问题的提交", EN: "a submission about the same question"}, shown(f.Replaces)))
	}
	return about
}

// file puts the answers of a submission to their questions.
func (in *intake) file(f *filed) {
	if len(f.Answers) == 0 {
		return
	}
	c, d, bad := in.place(f.Submission)
	if bad != nil {
		in.refuse(f.Submission, bad)
		return
	}
	if c == nil {
		return
	}
	unit := f.Unit
	if d.Kind == "subject" {
		unit = ""
	}
	for _, name := range sortedKeys(f.Answers) {
		path := f.ID + ".answers." + name
		slot, ok := c.slot(name)
		if old := in.formerly(c, name); !ok && old >= 0 {
			f.asked[question{c.id, d.Period.Name, unit, -2 - old}] = true
			continue
		}
		if !ok {
			in.refuse(f.Submission, refuse(path, diagnostic.UnknownField, name, c.known()))
			continue
		}
		if d.Kind != "subject" && unit == "" && !c.ofSample(slot) {
			in.refuse(f.Submission, refuse(f.ID+".unit", diagnostic.UnknownUnit, ""))
			return
		}
		q := question{c.id, d.Period.Name, unit, slot}
		twice := f.asked[q]
		f.asked[q] = true
		value, bad := decode(c.variables[slot], f.Answers[name], in.env.Zone, path)
		if bad == nil && twice && f.given[q] != value {
			bad = refuse(path, diagnostic.Conflict, name)
			delete(f.given, q)
		}
		if bad != nil {
			in.refuse(f.Submission, bad)
			continue
		}
		if !twice {
			f.given[q] = value
		}
	}
}

// place finds the part and the draw that a submission is about; no part and no
// refusal for one that an older standard asked about and this one does not judge.
func (in *intake) place(s *Submission) (*part, *Draw, *InputError) {
	c, err := in.asking().part(s.Part)
	if err != nil {
		return nil, nil, refuse(s.ID+".part", diagnostic.UnknownPart, s.Part)
	}
	if in.older != nil && !in.carried(c.id) {
		return nil, nil, nil // the part is not judged any more
	}
	c = in.standard.parts[c.id]
	var d *Draw
	var periods []string
	for i := range in.task.Draws {
		other := &in.task.Draws[i]
		if slices.Contains(other.Parts, c.id) && (s.Period == "" || s.Period == other.Period.Name) {
			d, periods = other, append(periods, other.Period.Name)
		}
	}
	switch {
	case d == nil:
		return nil, nil, refuse(s.ID+".part", diagnostic.UnknownPart, s.Part)
	case len(periods) > 1:
		list := strings.Join(periods, ", ")
		return nil, nil, refuse(s.ID+".period", diagnostic.WrongType, "period", diagnostic.Words{ZH: "其中之一：" + list, EN: "one of " + list}, shown(s.Period))
	case d.Kind == "subject" && s.Unit != "" && s.Unit != in.task.Subject.ID,
		d.Kind == "drawn" && s.Unit != "" && !slices.Contains(d.Units, s.Unit):
		return nil, nil, refuse(s.ID+".unit", diagnostic.UnknownUnit, s.Unit)
	}
	return c, d, nil
}

// ofSample says whether a slot belongs to the sample as a whole and not to a
// unit of it: rulings, and questions of criteria over the sample.
func (c *part) ofSample(slot int) bool {
	if slot == c.sample.referral {
		return true
	}
	return slices.ContainsFunc(c.sample.clauses, func(k *clause) bool { return slot == k.ruling || slot == k.question })
}

// row builds the row of one unit: the host's record values, then the answers.
// A question with two different answers stays unknown.
func (in *intake) row(c *part, d *Draw, unit string, values map[string]any) (eval.Row, bool) {
	row := make(eval.Row, len(c.variables))
	if values != nil {
		path := d.Record + "." + unit
		for _, bad := range c.fillRecord(row, values, in.env, path) {
			if in.origin != nil {
				field, _, _ := strings.Cut(strings.TrimPrefix(bad.Path, path+"."), "[")
				bad.Source, bad.Line = in.origin(d.Record, unit, field)
			}
			in.refused = append(in.refused, bad)
		}
	}
	for slot := range row {
		q := question{c.id, d.Period.Name, unit, slot}
		given := in.answers[q]
		if len(given) == 0 {
			continue
		}
		first := given[0]
		clash := false
		for _, a := range given[1:] {
			if a.slot != first.slot {
				clash = true
				if a.submission.ID != first.submission.ID {
					in.conflicts = append(in.conflicts, Conflict{Kind: "answer", Part: c.id, Unit: unit, Name: c.variables[slot].Key, First: first.submission.ID, Second: a.submission.ID})
				}
				break
			}
		}
		known := row[slot].State != eval.Unknown
		switch {
		case clash:
			row[slot] = eval.Slot{}
		case known && row[slot] != first.slot:
			in.conflicts = append(in.conflicts, Conflict{Kind: "answer", Part: c.id, Unit: unit, Name: c.variables[slot].Key, First: "record", Second: first.submission.ID})
			row[slot] = eval.Slot{}
		default:
			row[slot] = first.slot
		}
	}
	return row, in.inspected[question{c.id, d.Period.Name, unit, -1}]
}

// fillRecord decodes a record's values; columns that are no field of it are
// the frame's own business.
func (c *part) fillRecord(row eval.Row, values map[string]any, env *eval.Env, path string) []*InputError {
	own := map[string]any{}
	for name, v := range values {
		if slot, ok := c.slot(name); ok && c.variables[slot].Role != check.AnswerRole {
			own[name] = v
		}
	}
	return c.fill(row, own, env, path)
}
