// Package submit plays the inspectors of the example: it reads which units a plan drew and what the generator put into
// them, and writes the submissions that come back from the field, with what goes wrong there in real life. It shares no
// code with what judges the submissions.
package submit

import (
	"bytes"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"
)

// submission is one line of submissions.jsonl.
type submission struct {
	ID          string         `json:"id"`
	Task        string         `json:"task"`
	Part        string         `json:"part"`
	Unit        string         `json:"unit"`
	Answers     map[string]any `json:"answers"`
	By          string         `json:"by"`
	DoneAt      string         `json:"done_at"`
	ReceivedAt  string         `json:"received_at"`
	Attachments []attachment   `json:"attachments"`
	Replaces    string         `json:"replaces"`
	Reason      string         `json:"reason"`
	Closes      bool           `json:"closes"`

	again bool // the same line arrives a second time
}

// attachment is a file by its hash; the example has none.
type attachment struct {
	SHA256 string `json:"sha256"`
}

// inspection writes the submissions of one task.
type inspection struct {
	task    Task
	planted *Planted
	sent    []submission
	clock   time.Time
}

// beijing is the zone of the inspected projects.
var beijing = time.FixedZone("", 8*60*60)

// Lines writes the submissions of all tasks, one JSON object a line, in the order in which they arrive.
func Lines(plan Plan, planted *Planted) ([]byte, error) {
	var all []submission
	for i, t := range plan.Tasks {
		in := &inspection{task: t, planted: planted, clock: time.Date(2026, time.January, 4+i%2, 9, 10+7*i, 0, 0, beijing)}
		if err := in.inspect(); err != nil {
			return nil, fmt.Errorf("task %s: %w", t.ID, err)
		}
		all = append(all, in.sent...)
	}
	slices.SortStableFunc(all, func(a, b submission) int { return strings.Compare(a.ReceivedAt, b.ReceivedAt) })
	if err := number(all); err != nil {
		return nil, err
	}
	var b bytes.Buffer
	for _, s := range all {
		line, err := json.Marshal(s)
		if err != nil {
			return nil, err
		}
		b.Write(line)
		b.WriteByte('\n')
		if s.again {
			b.Write(line)
			b.WriteByte('\n')
		}
	}
	return b.Bytes(), nil
}

// number gives the submissions their ids by arrival. Until then an id is empty, or a mark by which another submission
// of the same inspection names it; two submissions with one mark get one id.
func number(all []submission) error {
	marks := map[string]string{}
	next := 0
	for i := range all {
		mark := all[i].ID
		if id, known := marks[mark]; known && mark != "" {
			all[i].ID = id
			continue
		}
		next++
		all[i].ID = fmt.Sprintf("S-%04d", next)
		if mark != "" {
			marks[mark] = all[i].ID
		}
	}
	for i := range all {
		if mark := all[i].Replaces; mark != "" {
			id, known := marks[mark]
			if !known {
				return fmt.Errorf("nothing is marked %q", mark)
			}
			all[i].Replaces = id
		}
	}
	return nil
}

// send adds a submission. Every one takes some minutes; the device sends it at once, or in the evening when the basement
// had no signal.
func (in *inspection) send(part, unit string, answers map[string]any) *submission {
	in.clock = in.clock.Add(time.Duration(3+len(in.sent)%4) * time.Minute)
	if in.clock.Hour() == 12 {
		in.clock = in.clock.Add(2 * time.Hour)
	}
	received := in.clock.Add(time.Duration(2+len(in.sent)%9) * time.Second)
	if len(in.sent)%17 == 11 {
		received = time.Date(in.clock.Year(), in.clock.Month(), in.clock.Day(), 20, 5, len(in.sent)%60, 0, beijing)
	}
	in.sent = append(in.sent, submission{
		Task: in.task.ID, Part: part, Unit: unit, Answers: answers, By: in.task.Inspector,
		DoneAt: in.clock.Format(time.RFC3339), ReceivedAt: received.Format(time.RFC3339), Attachments: []attachment{},
	})
	return &in.sent[len(in.sent)-1]
}
