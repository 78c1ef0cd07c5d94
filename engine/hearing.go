package engine

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// hearing is the evidence of one task, sorted by the standards whose items the
// task holds.
type hearing struct {
	members   []heard
	closed    bool
	conflicts []Conflict
	refused   []*InputError
}

// heard is the evidence about the items of one standard.
type heard struct {
	member
	task *Task
	in   *intake
	env  *eval.Env // of the run's period; the draws have periods of their own
}

// hear takes in the evidence of a task. What belongs to no part of it is
// refused once, by the planning standard. older is the standard whose questions
// were asked, where it is not this one.
func (s *Standard) hear(p *Plan, t *Task, e Evidence, older *Standard) *hearing {
	h := &hearing{}
	of := make([][]Submission, 1+len(s.imported))
	elsewhere := &intake{}
	for i := range e.Submissions {
		other := &e.Submissions[i]
		if other.Task != t.ID {
			if _, ok := p.Task(other.Task); !ok {
				elsewhere.refuse(other, refuse(other.ID+".task", diagnostic.UnknownTask, other.Task))
			}
			continue
		}
		k := s.addressee(other.Part, older)
		of[k] = append(of[k], s.members()[k].submission(*other))
	}
	h.refused = elsewhere.refused
	conflicts, shared := sharedIDs(of)
	h.conflicts = conflicts
	for k, m := range s.members() {
		own := heard{m, m.task(t), &intake{standard: m.Standard, older: older.memberBefore(m.prefix), origin: e.Origin, answers: map[question][]answer{}, inspected: map[question]bool{}, shared: shared}, nil}
		if k > 0 && len(own.task.Draws)+len(of[k]) == 0 {
			continue
		}
		own.in.task = own.task
		env, refused := m.environment(Setting{Subject: t.Subject, Period: p.Period, Populations: own.task.Populations})
		own.env, own.in.env, own.in.refused = env, env, refused
		own.in.take(of[k])
		h.closed = h.closed || own.in.closed
		h.members = append(h.members, own)
	}
	for i := range h.members {
		h.members[i].in.closed = h.closed
	}
	for i, w := range e.Waivers {
		if w.Reason == "" || w.By == "" {
			h.refused = append(h.refused, refuse(fmt.Sprintf("waivers[%d]", i), diagnostic.WrongType, "reason, by", diagnostic.Words{ZH: "理由和批准人", EN: "a reason and a name"}, `""`))
		}
	}
	return h
}

// addressee is the place among the members of the one that a part's name
// belongs to: an imported one where the name begins with its code.
func (s *Standard) addressee(part string, older *Standard) int {
	for k, m := range s.imported {
		own, ok := strings.CutPrefix(part, m.prefix)
		if !ok {
			continue
		}
		for _, asked := range []*Standard{m.Standard, older.memberBefore(m.prefix)} {
			if asked == nil {
				continue
			}
			if _, err := asked.part(own); err == nil {
				return k + 1
			}
		}
	}
	return 0
}

// memberBefore is the member that an older standard had under a code, nil for
// none.
func (s *Standard) memberBefore(prefix string) *Standard {
	if s == nil {
		return nil
	}
	for _, m := range s.members() {
		if m.prefix == prefix {
			return m.Standard
		}
	}
	return nil
}

// sharedIDs finds submissions of one ID that are about items of different
// standards: within one standard its intake finds them.
func sharedIDs(of [][]Submission) ([]Conflict, map[string]bool) {
	var out []Conflict
	first, shared := map[string]int{}, map[string]bool{}
	for k, submissions := range of {
		for i := range submissions {
			x := &submissions[i]
			if at, known := first[x.ID]; !known {
				first[x.ID] = k
			} else if at != k {
				shared[x.ID] = true
				c := Conflict{Kind: "identity", Part: x.Part, Unit: x.Unit, First: x.ID, Second: x.ID}
				if !slices.Contains(out, c) {
					out = append(out, c)
				}
			}
		}
	}
	return out, shared
}

// memberVerdicts is what the items of one standard come to: the verdicts of its
// parts and units, and those of its items and sections.
type memberVerdicts struct {
	parts, above []Verdict
	tally        tally
	points       *Points
	counts       map[string]int
}

// judge judges the parts, items and sections of one standard, with the names
// that they have in the plan.
func (m heard) judge(ctx context.Context, e Evidence) (memberVerdicts, error) {
	out := memberVerdicts{counts: map[string]int{}}
	e.Waivers = m.waivers(e.Waivers)
	var parts []Verdict
	for i := range m.task.Draws {
		d := &m.task.Draws[i]
		for _, id := range d.Parts {
			if err := ctx.Err(); err != nil {
				return out, err
			}
			verdicts, err := m.judgeDraw(m.in, m.task, d, id, e)
			if err != nil {
				return out, fmt.Errorf("engine: judge: part %s: %w", m.prefix+id, err)
			}
			out.parts = append(out.parts, verdicts...)
			parts = append(parts, verdicts[len(verdicts)-1])
		}
	}
	h := &hierarchy{standard: m.Standard, task: m.task, env: m.env, at: map[string]int{}}
	for _, v := range parts {
		h.part(v)
	}
	for i := range h.items {
		h.items[i].verdict.Answer = h.items[i].tally.answer()
		h.out = append(h.out, h.items[i].verdict)
	}
	lift(h.out, parts)
	for _, sec := range m.checked.Sections {
		inner, points := h.section(sec)
		out.tally.merge(&inner)
		out.points = addPoints(out.points, points)
	}
	for i := range h.items {
		item := &h.items[i]
		out.counts[countKey(item.verdict.Answer)]++
		if item.checked.Section == nil {
			out.tally.merge(&item.tally)
			out.points = addPoints(out.points, item.verdict.Points)
		}
	}
	out.above = h.out
	for _, list := range [][]Verdict{out.parts, out.above} {
		for i := range list {
			list[i] = m.named(list[i])
		}
	}
	for i := range m.in.conflicts {
		if c := &m.in.conflicts[i]; c.Part != "" {
			c.Part = m.prefix + c.Part
		}
	}
	return out, nil
}
