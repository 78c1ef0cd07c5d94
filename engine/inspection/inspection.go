// Package inspection follows one inspection, a round or a task of it, from its
// plan to its end: planned, approved, running, closed, judged, fed back,
// followed up, done. Like a finding it is folded from events that a host
// stores; Step decides commands and changes nothing. There is no clock: every
// time comes in with a command.
package inspection

import (
	"encoding/json"
	"fmt"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/internal/eventlog"
)

// Schema is the name of the JSON document of an Event.
const Schema = "pinjian/inspection-event/1"

// State is where an inspection stands. The zero State is no inspection; the
// others are ordered as an inspection passes through them.
type State uint8

// The states of an inspection.
const (
	// Planned: there is a draft of its plan.
	Planned State = iota + 1
	// Approved: its plan is frozen.
	Approved
	// Running: evidence is being gathered.
	Running
	// Closed: no more evidence is expected.
	Closed
	// Judged: there is a result of all that was gathered.
	Judged
	// FedBack: the inspected were told the result.
	FedBack
	// FollowedUp: every finding is closed or withdrawn.
	FollowedUp
	// Done: nothing is left to do.
	Done
)

var stateNames = [...]string{"", "planned", "approved", "running", "closed", "judged", "fed_back", "followed_up", "done"}

// String is the state as JSON has it, such as "fed_back"; empty for the zero
// State.
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// MarshalText writes String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *State) UnmarshalText(text []byte) error {
	i := slices.Index(stateNames[:], string(text))
	if i < 0 {
		return fmt.Errorf("inspection: %q is no state of an inspection", text)
	}
	*s = State(i)
	return nil
}

// Words names the state in both languages.
func (s State) Words() engine.Words {
	zh := [...]string{"", "已计划", "已批准", "进行中", "已结束", "已判定", "已反馈", "已跟踪", "已完成"}
	en := [...]string{"", "planned", "approved", "running", "closed", "judged", "fed back", "followed up", "done"}
	if int(s) < len(zh) {
		return engine.Words{ZH: zh[s], EN: en[s]}
	}
	return engine.Words{ZH: s.String(), EN: s.String()}
}

// Inspection is a round, or one task of a round: the fold of its events. ID is
// the plan's id for a round and the task's for a task, Round the id of a
// task's round, empty for a round. The zero Inspection is none.
type Inspection struct {
	Scope   string   `json:"scope"`
	ID      string   `json:"id"`
	Round   string   `json:"round,omitempty"`
	State   State    `json:"state"`
	Version int      `json:"version"`           // the number of events
	Plan    string   `json:"plan,omitempty"`    // the digest of the approved plan
	Results []string `json:"results,omitempty"` // ids of results, the latest last
	// Unacknowledged are the people who were told the latest result and have
	// not said that they know it.
	Unacknowledged []string `json:"unacknowledged,omitempty"`
	Events         []Event  `json:"events"`
}

// Event is a fact in the life of an inspection. A host stores it in a table
// whose key is (tenant, inspection, seq). Kind is that of the command that
// asked for it; the first is "plan".
type Event struct {
	Schema     string            `json:"schema"`
	ID         string            `json:"id"`
	Inspection string            `json:"inspection"`
	Seq        int               `json:"seq"`
	Kind       string            `json:"kind"`
	By         string            `json:"by"`
	At         time.Time         `json:"at"` // in UTC
	Fields     map[string]string `json:"fields,omitempty"`
}

// Command asks for a step, seen at a Version; it is idempotent by ID, which
// becomes the event's. Kinds and their Fields:
//
//	plan         scope, inspection, and for a task its round; on the zero Inspection
//	approve      plan, the digest of the approved plan
//	start
//	close
//	judge        result, the result's id; again for every later result
//	feed_back    to, how
//	acknowledge  by whom it was fed back to
//	follow_up
//	finish
//	resume       reason; back to running, for evidence that came too late
type Command struct {
	ID      string            `json:"id"`
	Kind    string            `json:"kind"`
	By      string            `json:"by"`
	At      time.Time         `json:"at"`
	Version int               `json:"version"`
	Fields  map[string]string `json:"fields,omitempty"`
}

// Facts is what a step may hang on beside the inspection itself: the tasks of a
// round, all of them, and the findings of the inspection, all of them.
type Facts struct {
	Tasks    []Inspection
	Findings []engine.Finding
}

// Fold rebuilds an inspection from all its events, in any order and however
// often each comes; every prefix is an inspection too. What can't be one is a
// *engine.Refusal that names the event; two bodies for one Seq are one whose
// cause is a *engine.ConflictError.
func Fold(events iter.Seq[Event]) (Inspection, error) {
	ordered, fault := eventlog.Order(events, func(e Event) eventlog.Entry {
		return eventlog.Entry{Stream: e.Inspection, ID: e.ID, Seq: e.Seq, Body: e.body()}
	})
	if fault != nil {
		return Inspection{}, refuseLog(fault)
	}
	var i Inspection
	for _, e := range ordered {
		if err := i.permits(e.copy()); err != nil {
			return Inspection{}, &engine.Refusal{Err: err, Words: engine.Words{
				ZH: "事件 " + e.ID + " 接不上：" + err.Words.ZH, EN: "event " + e.ID + " can't follow: " + err.Words.EN,
			}}
		}
		i.apply(e.copy())
	}
	return i, nil
}

func refuseLog(f *eventlog.Fault) error {
	switch f.Problem {
	case eventlog.Empty:
		return refuse("没有事件，也就没有检查可重建", "there are no events, so there is no inspection to rebuild")
	case eventlog.Mixed:
		return refuse("事件 %s 不属于检查 %s；请按检查分开再重建", "event %s is not one of the inspection %s; sort the events by inspection first", f.Second, f.Stream)
	case eventlog.Unnumbered:
		return refuse("事件 %s 的 seq 是 %d，应从 1 起", "event %s has seq %d; they count from 1", f.First, f.Seq)
	case eventlog.Clash:
		r := refuse("检查 %s 的第 %d 个事件有两个：%s 和 %s；只能保留一个", "inspection %s has two events with seq %d, %s and %s; only one can be kept", f.Stream, f.Seq, f.First, f.Second)
		r.Err = &engine.ConflictError{Stream: f.Stream, Seq: f.Seq, First: f.First, Second: f.Second}
		return r
	case eventlog.Twice:
		return refuse("事件 %s 占了两个位置，第一个是 %d", "event %s stands at two places, the first is %d", f.First, f.Seq)
	}
	return refuse("检查 %s 缺第 %d 个事件，后面却有 %s；请把缺的取来", "inspection %s has no event with seq %d, but %s follows it; fetch the missing one", f.Stream, f.Seq, f.Second)
}

// refuse fills the same arguments into a sentence of each language.
func refuse(zh, en string, args ...any) *engine.Refusal {
	return &engine.Refusal{Words: engine.Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

// copy is in UTC and shares no map with a caller.
func (e Event) copy() Event {
	e.At = e.At.Round(0).UTC()
	if e.Fields = maps.Clone(e.Fields); len(e.Fields) == 0 {
		e.Fields = nil
	}
	return e
}

// body is everything that an event says, equal for equal events.
func (e Event) body() string {
	data, err := json.Marshal(e.copy())
	if err != nil {
		return "unreadable: " + err.Error() // an instant beyond the year 9999, which permits refuses
	}
	return string(data)
}

// apply takes in an event that may follow.
func (i *Inspection) apply(e Event) {
	step, _ := stepOf(e.Kind)
	switch e.Kind {
	case "plan":
		i.Scope, i.Round = e.Fields["scope"], e.Fields["round"]
	case "approve":
		i.Plan = e.Fields["plan"]
	case "judge":
		// What people were told is no longer the result.
		i.Results, i.Unacknowledged = append(i.Results, e.Fields["result"]), nil
	case "feed_back":
		if to := e.Fields["to"]; !slices.Contains(i.Unacknowledged, to) {
			i.Unacknowledged = append(i.Unacknowledged, to)
		}
	case "acknowledge":
		left := slices.DeleteFunc(slices.Clone(i.Unacknowledged), func(who string) bool { return who == e.By })
		if i.Unacknowledged = nil; len(left) > 0 {
			i.Unacknowledged = left
		}
	}
	if step.to != 0 {
		i.State = step.to
	}
	i.ID, i.Version, i.Events = e.Inspection, e.Seq, append(i.Events, e)
}
