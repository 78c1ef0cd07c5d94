package main

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"time"

	"github.com/pinjian/pinjian/engine"
)

// request is what the plan of a month depends on. The rows are read within one
// transaction, so that all populations are of one moment.
func (h *host) request(ctx context.Context, tx *sql.Tx, rules *engine.Standard, month string) (engine.PlanRequest, error) {
	period, err := engine.ParsePeriod(month, rules.Zone())
	if err != nil {
		return engine.PlanRequest{}, err
	}
	organisation, err := h.organisation(ctx)
	return engine.PlanRequest{
		Scope: h.tenant, Tier: "region_tier", Period: period, Organisation: organisation,
		Frames: h.frames(tx, rules), Seed: h.seed, Reserve: 1,
	}, err
}

// draft plans a month and stores the plan, which binds nobody yet. The samples of
// all orders are drawn inside the database, which counts the strata and hands over
// nothing but the sample; the one that has a condition is drawn from the rows.
func (h *host) draft(ctx context.Context, month string) (p *engine.Plan, err error) {
	tx, err := h.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	r, err := h.request(ctx, tx, h.rules, month)
	if err == nil {
		p, err = h.rules.MakePlan(ctx, r)
	}
	if err = finish(tx, err); err != nil {
		return nil, err
	}
	return p, h.storePlan(ctx, p)
}

// approve freezes a plan, lists its tasks, and keeps the values of the drawn
// work orders as they are now: the answers of the field will be judged beside
// those, whatever becomes of the orders.
func (h *host) approve(ctx context.Context, key, by string) (p *engine.Plan, err error) {
	p, rules, err := h.plan(ctx, key)
	if err != nil {
		return nil, err
	}
	if p, err = p.Approve(engine.Approval{By: by, At: h.now()}); err != nil {
		return nil, err
	}
	body, err := json.Marshal(p)
	if err != nil {
		return nil, err
	}
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return nil, err
	}
	defer func() { err = finish(tx, err) }()
	done, err := tx.ExecContext(ctx, `UPDATE plans SET approved = ?, body = ? WHERE tenant = ? AND id = ? AND approved = ?`, true, string(body), h.tenant, key, false)
	if err != nil {
		return nil, err
	}
	if n, err := done.RowsAffected(); err != nil || n != 1 {
		return nil, fmt.Errorf("the plan %s was approved by somebody else: %w", key, err)
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if _, err := tx.ExecContext(ctx, `INSERT INTO tasks (tenant, id, plan, subject, inspector) VALUES (?, ?, ?, ?, ?)`, h.tenant, t.ID, key, t.Subject.ID, t.Inspector); err != nil {
			return nil, err
		}
		for _, d := range t.Draws {
			if err := h.snapshot(ctx, tx, rules, t, d); err != nil {
				return nil, err
			}
		}
	}
	return p, nil
}

// snapshot keeps the values of the units of one draw.
func (h *host) snapshot(ctx context.Context, tx *sql.Tx, rules *engine.Standard, t *engine.Task, d engine.Draw) error {
	if len(d.Units) == 0 {
		return nil
	}
	var fields []string
	for name := range orderColumns {
		fields = append(fields, name)
	}
	frame, err := h.frames(tx, rules).Frame(ctx, engine.FrameQuery{Record: d.Record, Subject: t.Subject.ID, Period: d.Period, Fields: fields})
	if err != nil {
		return err
	}
	drawn := map[string]string{}
	for _, id := range d.Units {
		drawn[id] = ""
	}
	for u, err := range frame.Units {
		if err != nil {
			return err
		}
		if _, ok := drawn[u.ID]; ok {
			body, err := json.Marshal(u.Values)
			if err != nil {
				return err
			}
			drawn[u.ID] = string(body)
		}
	}
	for _, id := range d.Units {
		// Two draws of a task may have a unit in common.
		if _, err := add(ctx, tx, `INSERT INTO records (tenant, task, record, unit, body, read_at) VALUES (?, ?, ?, ?, ?, ?)`,
			h.tenant, t.ID, d.Record, id, drawn[id], h.now().Format(time.RFC3339)); err != nil {
			return err
		}
	}
	return nil
}

// replay makes the draws of a plan once more from the rows, which the database
// hands over for it one by one, where the plan had it draw by itself: that both
// agree shows that nobody chose the sample.
func (h *host) replay(ctx context.Context, key string) (v *engine.Verification, err error) {
	p, rules, err := h.plan(ctx, key)
	if err != nil {
		return nil, err
	}
	tx, err := h.db.BeginTx(ctx, &sql.TxOptions{ReadOnly: true})
	if err != nil {
		return nil, err
	}
	defer func() { err = finish(tx, err) }()
	r, err := h.request(ctx, tx, rules, p.Period.Name)
	if err != nil {
		return nil, err
	}
	r.Frames = struct{ engine.FrameSource }{r.Frames} // hides that the source can draw
	return rules.VerifyPlan(ctx, p, r)
}

// tasks lists the tasks of a plan.
func (h *host) tasks(ctx context.Context, key string) ([]string, error) {
	var out []string
	err := each(ctx, h.db, `SELECT id FROM tasks WHERE tenant = ? AND plan = ? ORDER BY id`, []any{h.tenant, key}, func(scan func(...any) error) error {
		out = append(out, "")
		return scan(&out[len(out)-1])
	})
	return out, err
}

// sheet is what the app of an inspector gets for a task.
func (h *host) sheet(ctx context.Context, key, task string) (*engine.Sheet, error) {
	p, rules, err := h.plan(ctx, key)
	if err != nil {
		return nil, err
	}
	e, _, err := h.evidence(ctx, h.db, task)
	if err != nil {
		return nil, err
	}
	return rules.MakeSheet(p, task, e.Records)
}
