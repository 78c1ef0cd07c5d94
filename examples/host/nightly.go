package main

import (
	"context"
	"database/sql"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// WorkOrder is the host's own type. The tags say which field of the rules each
// field is; a nil pointer is known to be absent. Bind checks all of it once.
type WorkOrder struct {
	ID           string
	Project      string
	RegisteredAt time.Time  `chk:"registered_at"`
	DispatchedAt *time.Time `chk:"dispatched_at"`
	ArrivedAt    *time.Time `chk:"arrived_at"`
	Urgent       bool       `chk:"urgent"`
}

// nightlyParts are what can be judged from the system's records alone.
var nightlyParts = []string{"1/1.1", "1/1.2"}

// failure is an order of the night that breaks a rule, with the reasons as
// people read them.
type failure struct {
	Order, Part string
	Outcome     engine.Outcome
	Reasons     []string
}

// night counts what the orders of a day came to, by part and outcome.
type night struct {
	Orders   int
	Counts   map[string]int
	Failures []failure
}

// nightly judges every order that was registered on a day, not a sample of them.
// The rows stream by: one order is in memory at a time, and judging it allocates
// nothing; only what fails is put into words.
func (h *host) nightly(ctx context.Context, day time.Time) (night, error) {
	n := night{Counts: map[string]int{}}
	list, err := engine.BindAll[WorkOrder](h.rules, nightlyParts...)
	if err != nil {
		return n, err
	}
	month, err := engine.PeriodOf(engine.Month, day, h.rules.Zone())
	if err != nil {
		return n, err
	}
	setting := engine.Setting{Period: month}
	var answers []engine.Answer
	err = h.orders(ctx, day, day.AddDate(0, 0, 1), func(o *WorkOrder) error {
		n.Orders++
		setting.Subject.ID = o.Project
		answers = list.Judge(o, &setting, answers[:0])
		for i, a := range answers {
			n.Counts[nightlyParts[i]+" "+answerWords(a)]++
			if a.State == engine.Decided && a.Worst >= engine.Observation {
				verdicts, refused, err := list.Explain(o, &setting)
				if err != nil || len(refused) > 0 {
					return fmt.Errorf("order %s: %v, %w", o.ID, refused, err)
				}
				f := failure{Order: o.ID, Part: nightlyParts[i], Outcome: a.Worst}
				for _, reason := range verdicts[i].Reasons {
					f.Reasons = append(f.Reasons, engine.Text(checklang.Chinese, reason))
				}
				n.Failures = append(n.Failures, f)
			}
		}
		return nil
	})
	return n, err
}

// answerWords says an answer in Chinese: the outcome, or between which it lies.
func answerWords(a engine.Answer) string {
	best, worst := engine.OutcomeWords(a.Best).ZH, engine.OutcomeWords(a.Worst).ZH
	if best == worst {
		return best
	}
	return best + "至" + worst
}

// orders hands on the orders registered from one instant up to another. The
// order is the same one each time: keep what it says, not where it is.
func (h *host) orders(ctx context.Context, from, until time.Time, use func(*WorkOrder) error) error {
	const query = `SELECT id, project, registered_at, dispatched_at, arrived_at, urgent FROM work_orders
	WHERE tenant = ? AND registered_at >= ? AND registered_at < ? ORDER BY id`
	zone := h.rules.Zone()
	var o WorkOrder
	var dispatched, arrived time.Time
	return each(ctx, h.db, query, []any{h.tenant, from.Format(time.DateTime), until.Format(time.DateTime)}, func(scan func(...any) error) error {
		var registered string
		var dispatch, arrive sql.NullString
		err := scan(&o.ID, &o.Project, &registered, &dispatch, &arrive, &o.Urgent)
		if err != nil {
			return err
		}
		if o.RegisteredAt, err = time.ParseInLocation(time.DateTime, registered, zone); err != nil {
			return err
		}
		if o.DispatchedAt, err = civil(dispatch, zone, &dispatched); err != nil {
			return err
		}
		if o.ArrivedAt, err = civil(arrive, zone, &arrived); err != nil {
			return err
		}
		return use(&o)
	})
}

// civil reads a civil time of a zone into place; NULL is nil.
func civil(text sql.NullString, zone *time.Location, place *time.Time) (*time.Time, error) {
	if !text.Valid {
		return nil, nil //nolint:nilnil // nil is what a time that is known to be absent is to the engine
	}
	t, err := time.ParseInLocation(time.DateTime, text.String, zone)
	*place = t
	return place, err
}

// indicator is an indicator of one project over all of its orders of a month.
type indicator struct {
	Project string
	Orders  int
	Verdict engine.Verdict
}

// indicators computes the share of orders dispatched in time, by project. The
// rows of the database go into columns as they come, without a struct between.
func (h *host) indicators(ctx context.Context, month string) ([]indicator, error) {
	period, err := engine.ParsePeriod(month, h.rules.Zone())
	if err != nil {
		return nil, err
	}
	batches := map[string]*engine.Batch{}
	loaders := map[string]*engine.Loader{}
	cells := make([]any, 2)
	err = each(ctx, h.db, `SELECT id, project, registered_at, dispatched_at FROM work_orders
	WHERE tenant = ? AND registered_at >= ? AND registered_at < ? ORDER BY project, id`,
		[]any{h.tenant, period.Start.Format(time.DateTime), period.End.Format(time.DateTime)}, func(scan func(...any) error) error {
			var id, project string
			if err := scan(&id, &project, &cells[0], &cells[1]); err != nil {
				return err
			}
			if batches[project] == nil {
				b, err := engine.NewBatch(h.rules, "3", nil)
				if err != nil {
					return err
				}
				batches[project], loaders[project] = b, b.Loader([]string{"registered_at", "dispatched_at"})
			}
			if refused := loaders[project].Values(id, cells); len(refused) > 0 {
				return refused[0]
			}
			return nil
		})
	if err != nil {
		return nil, err
	}
	var out []indicator
	for _, project := range slices.Sorted(maps.Keys(batches)) {
		v, err := h.rules.JudgeBatch(ctx, "3", batches[project], engine.Setting{Subject: engine.Subject{ID: project}, Period: period})
		if err != nil {
			return nil, err
		}
		out = append(out, indicator{project, batches[project].Len(), v})
	}
	return out, nil
}
