// Package eventlog puts the events of one stream into their order, whatever
// order they arrived in and however often, and says what is wrong with a
// stream that can't be one: a gap, a second body for one place, an event of
// another stream. It knows nothing of what the events mean.
package eventlog

import (
	"fmt"
	"iter"
	"slices"
)

// Entry is what the order of an event hangs on. Body is everything that the
// event says, in a form that is equal for equal events.
type Entry struct {
	Stream, ID, Body string
	Seq              int
}

// Problem is what keeps events from being one stream.
type Problem uint8

// The problems of a stream.
const (
	// Empty: there is no event.
	Empty Problem = iota + 1
	// Mixed: Second belongs to another stream than First.
	Mixed
	// Unnumbered: the place of First is below 1.
	Unnumbered
	// Clash: First and Second differ and claim the same place.
	Clash
	// Twice: First stands at two places, Seq and a later one.
	Twice
	// Gap: there is a later event but none at Seq.
	Gap
)

// Fault is a stream refused: the problem, the place, and the IDs of the events
// concerned. Stream is the stream of the first event.
type Fault struct {
	Problem               Problem
	Stream, First, Second string
	Seq                   int
}

// Error names the fault for developers; callers that meet people word it
// themselves.
func (f *Fault) Error() string {
	return fmt.Sprintf("event log %s: problem %d at %d: %q, %q", f.Stream, f.Problem, f.Seq, f.First, f.Second)
}

// Order returns the events of one stream, each once, from 1 on without a gap.
// Which fault is found first, when there are several, does not depend on the
// order of arrival, except between streams that are mixed.
func Order[E any](events iter.Seq[E], describe func(E) Entry) ([]E, *Fault) {
	type placed struct {
		event E
		entry Entry
	}
	var all []placed
	for e := range events {
		p := placed{e, describe(e)}
		if len(all) > 0 && p.entry.Stream != all[0].entry.Stream {
			return nil, &Fault{Problem: Mixed, Stream: all[0].entry.Stream, First: all[0].entry.ID, Second: p.entry.ID, Seq: p.entry.Seq}
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		return nil, &Fault{Problem: Empty}
	}
	slices.SortFunc(all, func(a, b placed) int {
		if a.entry.Seq != b.entry.Seq {
			if a.entry.Seq < b.entry.Seq {
				return -1
			}
			return 1
		}
		for _, pair := range [][2]string{{a.entry.ID, b.entry.ID}, {a.entry.Body, b.entry.Body}} {
			if pair[0] < pair[1] {
				return -1
			}
			if pair[0] > pair[1] {
				return 1
			}
		}
		return 0
	})
	stream := all[0].entry.Stream
	out := make([]E, 0, len(all))
	seen := map[string]int{}
	var last Entry
	for _, p := range all {
		e := p.entry
		switch {
		case e.Seq < 1:
			return nil, &Fault{Problem: Unnumbered, Stream: stream, First: e.ID, Seq: e.Seq}
		case e.Seq == last.Seq && e.ID == last.ID && e.Body == last.Body:
			continue
		case e.Seq == last.Seq:
			return nil, &Fault{Problem: Clash, Stream: stream, First: last.ID, Second: e.ID, Seq: e.Seq}
		case e.Seq != last.Seq+1:
			return nil, &Fault{Problem: Gap, Stream: stream, First: last.ID, Second: e.ID, Seq: last.Seq + 1}
		}
		if at, ok := seen[e.ID]; ok {
			return nil, &Fault{Problem: Twice, Stream: stream, First: e.ID, Second: e.ID, Seq: at}
		}
		seen[e.ID] = e.Seq
		out, last = append(out, p.event), e
	}
	return out, nil
}
