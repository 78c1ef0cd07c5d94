package engine

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Submission is what arrives from the field: answers about one unit of one
// part (Unit is empty where the unit is the subject). It is idempotent by ID:
// the same ID and body is no change. Replaces names the submission whose
// answers to the same questions it corrects, with a Reason. Closes ends the
// task.
type Submission struct {
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
	Closes      bool           `json:"closes,omitempty"`

	// source and line are where the submission was read from.
	source string
	line   int
}

// body is what makes two submissions of one ID the same or not: everything but
// when it was received.
func (s Submission) body() string {
	s.ReceivedAt = time.Time{}
	data, _ := json.Marshal(s)
	return string(data)
}

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
	Records     map[string]map[string]map[string]any
	RecordsAt   time.Time
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

// maxLine bounds one line of submissions.
const maxLine = 1 << 20

// DecodeSubmissions reads JSON lines from r. name says where they come from.
// A line that can't be read is yielded as an error and skipped; the rest is
// read.
func DecodeSubmissions(name string, r io.Reader) iter.Seq2[Submission, *InputError] {
	return func(yield func(Submission, *InputError) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		for line := 1; ; line++ {
			text, tooLong, err := readLine(in)
			if len(bytes.TrimSpace(text)) > 0 || tooLong {
				sub, bad := decodeSubmission(text, tooLong)
				if bad != nil {
					bad.Source, bad.Line = name, line
				}
				sub.source, sub.line = name, line
				if !yield(sub, bad) {
					return
				}
			}
			if err != nil {
				return
			}
		}
	}
}

func readLine(in *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) <= maxLine {
			line = append(line, part...)
		} else {
			tooLong = true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		return line, tooLong, err
	}
}

func decodeSubmission(text []byte, tooLong bool) (Submission, *InputError) {
	var sub Submission
	switch {
	case tooLong:
		return sub, refuse("", "C908", fmt.Sprintf("longer than %d bytes", maxLine))
	case !utf8.Valid(text):
		return sub, refuse("", "C907")
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&sub); err != nil {
		return Submission{}, refuse("", "C908", err.Error())
	}
	if d.More() {
		return Submission{}, refuse("", "C908", "more than one value")
	}
	if sub.ID == "" {
		return Submission{}, refuse("id", "C908", "no id")
	}
	return sub, nil
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
	task      *Task
	env       *eval.Env
	answers   map[question][]answer
	inspected map[question]bool // slot -1: the unit has some answer
	replaced  map[string][]*Submission
	closed    bool
	conflicts []Conflict
	refused   []*InputError
}

func (in *intake) refuse(s *Submission, e *InputError) {
	if s != nil {
		e.Source, e.Line = s.source, s.line
		if e.Source == "" {
			e.Source = s.ID
		}
	}
	in.refused = append(in.refused, e)
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
	var kept []*Submission
	for _, id := range sortedKeys(byID) {
		same := byID[id]
		slices.SortStableFunc(same, func(a, b *Submission) int { return strings.Compare(a.body(), b.body()) })
		same = slices.CompactFunc(same, func(a, b *Submission) bool { return a.body() == b.body() })
		for _, other := range same[1:] {
			in.conflicts = append(in.conflicts, Conflict{Kind: "identity", Part: other.Part, Unit: other.Unit, First: id, Second: id})
		}
		kept = append(kept, same...)
	}
	in.replaced = map[string][]*Submission{}
	for _, s := range kept {
		if s.Replaces != "" {
			if s.Reason == "" {
				in.refuse(s, refuse(s.ID+".reason", "C902", "reason", diagnostic.Words{ZH: "一句理由", EN: "a reason"}, `""`))
				continue
			}
			in.replaced[s.Replaces] = append(in.replaced[s.Replaces], s)
		}
		in.closed = in.closed || s.Closes
	}
	doubled := map[string]bool{}
	for i := 1; i < len(kept); i++ {
		if kept[i].ID == kept[i-1].ID {
			doubled[kept[i].ID] = true
		}
	}
	for _, s := range kept {
		in.submission(s, doubled[s.ID])
	}
}

// submission takes in the answers of one submission. Those of an ID with two
// bodies are all unknown until one is replaced: each is filed twice, with a
// value that differs from itself.
func (in *intake) submission(s *Submission, doubled bool) {
	if len(s.Answers) == 0 {
		return
	}
	c, err := in.standard.part(s.Part)
	if err != nil {
		in.refuse(s, refuse(s.ID+".part", "C911", s.Part))
		return
	}
	draw, period := in.find(c.id, s.Period)
	if draw == nil {
		in.refuse(s, refuse(s.ID+".part", "C911", s.Part))
		return
	}
	unit := s.Unit
	switch {
	case draw.Kind == "subject":
		if unit != "" && unit != in.task.Subject.ID {
			in.refuse(s, refuse(s.ID+".unit", "C909", unit))
			return
		}
		unit = ""
	case draw.Kind == "drawn" && unit != "" && !slices.Contains(draw.Units, unit):
		in.refuse(s, refuse(s.ID+".unit", "C909", unit))
		return
	case draw.Kind == "unlisted" && unit == "":
		in.refuse(s, refuse(s.ID+".unit", "C909", unit))
		return
	}
	for _, name := range sortedKeys(s.Answers) {
		path := s.ID + ".answers." + name
		slot, ok := c.byName[name]
		if !ok {
			in.refuse(s, refuse(path, "C901", name, c.known()))
			continue
		}
		value, bad := decode(c.variables[slot], s.Answers[name], in.env.Zone, path)
		if bad != nil {
			in.refuse(s, bad)
			continue
		}
		q := question{c.id, period, unit, slot}
		if in.superseded(s, name) {
			continue
		}
		in.answers[q] = append(in.answers[q], answer{s, value})
		if doubled {
			in.answers[q] = append(in.answers[q], answer{s, eval.Slot{}})
		}
		in.inspected[question{c.id, period, unit, -1}] = true
	}
}

// superseded says whether another submission replaces this one's answer to a
// question. An answer that was itself replaced still replaces: a correction
// chain ends at its last link.
func (in *intake) superseded(s *Submission, name string) bool {
	for _, r := range in.replaced[s.ID] {
		if r == s || r.Part != s.Part || r.Unit != s.Unit {
			continue
		}
		if _, ok := r.Answers[name]; ok {
			return true
		}
	}
	return false
}

// find returns the draw of a part in the task.
func (in *intake) find(part, period string) (*Draw, string) {
	for i := range in.task.Draws {
		d := &in.task.Draws[i]
		if slices.Contains(d.Parts, part) && (period == "" || period == d.Period.Name) {
			return d, d.Period.Name
		}
	}
	return nil, ""
}

// row builds the row of one unit: the host's record values, then the answers.
// A question with two different answers stays unknown.
func (in *intake) row(c *part, d *Draw, unit string, values map[string]any) (eval.Row, bool) {
	row := make(eval.Row, len(c.variables))
	if values != nil {
		in.refused = append(in.refused, c.fillRecord(row, values, in.env, d.Record+"."+unit)...)
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
		if slot, ok := c.byName[name]; ok && c.variables[slot].Role != check.AnswerRole {
			own[name] = v
		}
	}
	return c.fill(row, own, env, path)
}
