package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"

	"github.com/pinjian/pinjian/engine"
)

// judged is what judging a task brought. Diff is nil for the first result of a
// task; a task of which nothing new is known keeps its result, and New is false.
type judged struct {
	Result *engine.Result
	Diff   *engine.ResultDiff
	Events []engine.FindingEvent
	New    bool
}

// judge judges a task by all the evidence there is, with the standard that its
// plan was made with. The result and the findings it opens are stored in one
// transaction: either all of it happened or nothing.
func (h *host) judge(ctx context.Context, key, task, by string) (j judged, err error) {
	p, rules, err := h.plan(ctx, key)
	if err != nil {
		return j, err
	}
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return j, err
	}
	defer func() { err = finish(tx, err) }()
	e, digest, err := h.evidence(ctx, tx, task)
	if err != nil {
		return j, err
	}
	previous, of, err := h.latest(ctx, tx, task)
	switch {
	case err != nil:
		return j, err
	case previous == nil:
		j.Result, err = rules.Judge(ctx, p, task, e)
	case of == digest:
		return judged{Result: previous}, nil
	default:
		j.Result, j.Diff, err = rules.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: rules, Task: task, Evidence: e, Previous: previous})
	}
	if err != nil {
		return j, err
	}
	j.New = true
	body, err := json.Marshal(j.Result)
	if err != nil {
		return j, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO results (tenant, id, task, plan, previous, evidence, body) VALUES (?, ?, ?, ?, ?, ?, ?)`,
		h.tenant, j.Result.ID, task, key, j.Result.Previous, digest, string(body)); err != nil {
		return j, err
	}
	known, err := h.findings(ctx, tx, j.Result.Subject)
	if err != nil {
		return j, err
	}
	j.Events, err = rules.OpenFindings(engine.FindingRequest{
		Scope: h.tenant, Result: j.Result, Period: j.Result.Period, Known: known, By: by, At: h.now(),
		Attribute: func(v engine.Verdict) []engine.Party {
			return []engine.Party{{Kind: "department", ID: v.Subject + "-工程部"}}
		},
	})
	if err != nil {
		return j, err
	}
	for _, event := range j.Events {
		stored, err := h.storeEvent(ctx, tx, event, j.Result.Subject)
		if err != nil {
			return j, err
		}
		if !stored {
			return j, fmt.Errorf("%s: another writer was faster; judge the task again", event.Finding)
		}
	}
	return j, nil
}

// wouldBe judges a task by the present rules and stores nothing: what the newer
// version would say of the older evidence.
func (h *host) wouldBe(ctx context.Context, key, task string) (*engine.ResultDiff, error) {
	p, planned, err := h.plan(ctx, key)
	if err != nil {
		return nil, err
	}
	e, _, err := h.evidence(ctx, h.db, task)
	if err != nil {
		return nil, err
	}
	previous, _, err := h.latest(ctx, h.db, task)
	if err != nil {
		return nil, err
	}
	_, diff, err := h.rules.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: planned, Task: task, Evidence: e, Previous: previous})
	return diff, err
}

// errTooBusy ends a step that lost the race too often.
var errTooBusy = errors.New("too many people change this finding at once; try again later")

// step takes a step in the life of a finding. The command is asked for the
// version that it is about, since it may be another one the second time: when
// the primary key refuses the event because somebody else was faster, the
// finding is loaded again and the engine decides again.
func (h *host) step(ctx context.Context, id string, command func(engine.Finding) engine.Command) (f engine.Finding, tries int, err error) {
	for tries = 1; tries <= 20; tries++ {
		if f, err = h.finding(ctx, id); err != nil {
			return f, tries, err
		}
		e, err := h.rules.Step(f, command(f))
		if err != nil {
			return f, tries, err
		}
		if e.Seq <= f.Version {
			return f, tries, nil // the same command came twice: it has its event already
		}
		stored, err := h.storeEvent(ctx, h.db, e, f.Subject)
		if err != nil {
			return f, tries, err
		}
		if stored {
			f, err = h.finding(ctx, id)
			return f, tries, err
		}
	}
	return f, tries, errTooBusy
}

// finding folds one finding from its events.
func (h *host) finding(ctx context.Context, id string) (engine.Finding, error) {
	var events []engine.FindingEvent
	err := each(ctx, h.db, `SELECT body FROM finding_events WHERE tenant = ? AND finding = ? ORDER BY seq`, []any{h.tenant, id}, func(scan func(...any) error) error {
		body := ""
		if err := scan(&body); err != nil {
			return err
		}
		events = append(events, engine.FindingEvent{})
		return json.Unmarshal([]byte(body), &events[len(events)-1])
	})
	if err != nil {
		return engine.Finding{}, err
	}
	return engine.Fold(slices.Values(events))
}

// overdue lists the findings whose duties should have been met by now.
func (h *host) overdue(ctx context.Context) ([]engine.Finding, error) {
	all, err := h.findings(ctx, h.db, "")
	return slices.DeleteFunc(inOrder(all), func(f engine.Finding) bool { return !f.Overdue(h.now()) }), err
}

// inOrder lists findings by subject, item and unit.
func inOrder(all map[string]engine.Finding) []engine.Finding {
	return slices.SortedFunc(maps.Values(all), func(a, b engine.Finding) int {
		return cmp.Or(cmp.Compare(a.Subject, b.Subject), cmp.Compare(a.Item, b.Item), cmp.Compare(a.Unit, b.Unit), cmp.Compare(a.ID, b.ID))
	})
}
