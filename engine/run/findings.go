package run

import (
	"bufio"
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
)

// FindingsSchema is the name of the JSON document of FindingList.
const FindingsSchema = "pinjian/findings/1"

// FindingList is findings with what they need at an instant.
type FindingList struct {
	Schema   string          `json:"schema"`
	Now      time.Time       `json:"now"`
	Findings []FindingStatus `json:"findings"`
}

// FindingStatus is one finding of a list: the duties that are not met yet, and
// whether one should have been. Allowed are the steps that the person who asked
// may take.
type FindingStatus struct {
	Finding     engine.Finding `json:"finding"`
	Outstanding []string       `json:"outstanding,omitempty"`
	Overdue     bool           `json:"overdue"`
	Allowed     []string       `json:"allowed,omitempty"`
}

// FindingLog is a log of finding events, one JSON object on each line, and the
// findings that they make. Lines are only ever added.
type FindingLog struct {
	Size     int64 // of what was read, in bytes
	findings map[string]engine.Finding
}

// longestEvent bounds one line of a log, in bytes.
const longestEvent = 4 << 20

// ReadFindingLog reads a log whole; name is how errors call it. Unlike a file
// of submissions it is refused whole when one line of it can't be read, when a
// line is cut off, when an event is missing, or when two events claim one place
// in the life of a finding: what is left would be another history.
func ReadFindingLog(name string, r io.Reader) (*FindingLog, error) {
	l := &FindingLog{findings: map[string]engine.Finding{}}
	in := bufio.NewReaderSize(r, 64<<10)
	events := map[string][]engine.FindingEvent{}
	var order []string
	for line := 1; ; line++ {
		text, err := in.ReadBytes('\n')
		if err != nil && !errors.Is(err, io.EOF) {
			return nil, fmt.Errorf("run: %s: line %d: %w", name, line, err)
		}
		l.Size += int64(len(text))
		if len(text) == 0 {
			break
		}
		if err != nil || len(text) > longestEvent {
			return nil, refused("%s 的第 %d 行没有写完；请核对，确实是残行就把它删去", "%s: line %d is cut off; look at it, and remove it if it is half an event", name, line)
		}
		if len(bytes.TrimSpace(text)) == 0 {
			continue
		}
		var e engine.FindingEvent
		if err := json.Unmarshal(text, &e); err != nil {
			return nil, refused("%s 的第 %d 行不是一个事件：%v", "%s: line %d is no event: %v", name, line, err)
		}
		if events[e.Finding] == nil {
			order = append(order, e.Finding)
		}
		events[e.Finding] = append(events[e.Finding], e)
	}
	for _, id := range order {
		f, err := engine.Fold(slices.Values(events[id]))
		if err != nil {
			return nil, err
		}
		l.findings[id] = f
	}
	return l, nil
}

// Take adds an event that follows to the log in memory.
func (l *FindingLog) Take(e engine.FindingEvent) error {
	f, err := engine.Fold(slices.Values(append(slices.Clip(l.findings[e.Finding].Events), e)))
	if err != nil {
		return err
	}
	l.findings[f.ID] = f
	return nil
}

// Find returns the finding whose id begins with the text, which must leave no
// choice.
func (l *FindingLog) Find(id string) (engine.Finding, error) {
	var found []string
	for known := range l.findings {
		if strings.HasPrefix(known, id) {
			found = append(found, known)
		}
	}
	slices.Sort(found)
	switch {
	case id == "" || len(found) == 0:
		return engine.Finding{}, refused("日志里没有编号以“%s”开头的问题；用 chk finding list 列出全部", "the log has no finding whose id begins with %q; chk finding list shows them all", id)
	case len(found) > 1:
		return engine.Finding{}, refused("编号以“%s”开头的问题有 %d 个，如 %.12s、%.12s；请多写几位", "%[2]d findings have an id that begins with %[1]q, such as %.12[3]s and %.12[4]s; write more of it", id, len(found), found[0], found[1])
	}
	return l.findings[found[0]], nil
}

// FindingFilter says which findings are wanted; the zero value wants all.
type FindingFilter struct {
	States  []string // one of them
	Overdue bool     // a duty should have been met
}

// List lists findings as of an instant: those that are due first come first,
// those without a deadline last.
func (l *FindingLog) List(now time.Time, want FindingFilter) FindingList {
	out := FindingList{Schema: FindingsSchema, Now: now.UTC(), Findings: []FindingStatus{}}
	for _, f := range l.findings {
		if (len(want.States) == 0 || slices.Contains(want.States, string(f.State))) && (!want.Overdue || f.Overdue(now)) {
			out.Findings = append(out.Findings, Status(f, now))
		}
	}
	slices.SortFunc(out.Findings, func(a, b FindingStatus) int {
		x, y := a.Finding, b.Finding
		if x.Due.IsZero() != y.Due.IsZero() {
			if x.Due.IsZero() {
				return 1
			}
			return -1
		}
		return cmp.Or(x.Due.Compare(y.Due), x.Opened.Compare(y.Opened), strings.Compare(x.String(), y.String()), strings.Compare(x.ID, y.ID))
	})
	return out
}

// Status says what a finding needs at an instant.
func Status(f engine.Finding, now time.Time) FindingStatus {
	return FindingStatus{Finding: f, Outstanding: f.Outstanding(), Overdue: f.Overdue(now)}
}

// Lines are events as a log holds them.
func Lines(events []engine.FindingEvent) ([]byte, error) {
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false)
	for i := range events {
		if err := e.Encode(&events[i]); err != nil {
			return nil, fmt.Errorf("run: %w", err)
		}
	}
	return out.Bytes(), nil
}

// OpenFindings takes the findings of results into a log and returns the events
// that it lacks: none for results that it has taken in before.
func (f *Folder) OpenFindings(ctx context.Context, log *FindingLog, results []*engine.Result, by string, at time.Time) ([]engine.FindingEvent, error) {
	out := []engine.FindingEvent{}
	for _, r := range results {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		events, err := f.Standard.OpenFindings(engine.FindingRequest{
			Scope: f.Configuration.Scope, Result: r, Period: f.Period.Name, Known: log.findings, By: by, At: at,
		})
		if err != nil {
			return nil, err
		}
		for _, e := range events {
			if err := log.Take(e); err != nil {
				return nil, err
			}
		}
		out = append(out, events...)
	}
	return out, nil
}
