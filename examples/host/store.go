package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
)

// errNotStored is what is returned for something the tables don't hold.
var errNotStored = errors.New("not stored")

// one reads the body of one row.
func one(ctx context.Context, db querier, query string, args ...any) (string, error) {
	body, found := "", false
	err := each(ctx, db, query, args, func(scan func(...any) error) error {
		found = true
		return scan(&body)
	})
	if err == nil && !found {
		err = fmt.Errorf("%v: %w", args, errNotStored)
	}
	return body, err
}

// storePlan keeps a draft, and beside it the bundle of the standard it was made
// with. A plan of the same run is never replaced.
func (h *host) storePlan(ctx context.Context, p *engine.Plan) (err error) {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = finish(tx, err) }()
	if _, err := add(ctx, tx, `INSERT INTO bundles (tenant, digest, body) VALUES (?, ?, ?)`, h.tenant, p.Standard.Digest, string(h.rules.Bundle())); err != nil {
		return err
	}
	stored, err := add(ctx, tx, `INSERT INTO plans (tenant, id, standard, approved, body) VALUES (?, ?, ?, ?, ?)`, h.tenant, planKey(p), p.Standard.Digest, false, string(body))
	if err == nil && !stored {
		err = fmt.Errorf("the run %s has a plan already", planKey(p))
	}
	return err
}

// planKey names a run of a tier: what there is one plan of.
func planKey(p *engine.Plan) string { return p.Tier + "/" + p.Period.Name }

// plan reads a plan and the standard that it was made with. That is the present
// one, or an older one, which is restored from its bundle.
func (h *host) plan(ctx context.Context, key string) (*engine.Plan, *engine.Standard, error) {
	body, err := one(ctx, h.db, `SELECT body FROM plans WHERE tenant = ? AND id = ?`, h.tenant, key)
	if err != nil {
		return nil, nil, err
	}
	p, err := engine.DecodePlan([]byte(body))
	if err != nil {
		return nil, nil, err
	}
	if p.Standard == h.rules.Ref() {
		return p, h.rules, nil
	}
	body, err = one(ctx, h.db, `SELECT body FROM bundles WHERE tenant = ? AND digest = ?`, h.tenant, p.Standard.Digest)
	if err != nil {
		return nil, nil, err
	}
	older, err := engine.Restore(ctx, []byte(body), engine.Options{})
	return p, older, err
}

// received counts what became of the lines of a delivery.
type received struct {
	added, repeated int
	refused         []*engine.InputError
}

// receive stores submissions from the field, one JSON document a line. The key
// (tenant, id, digest) makes it idempotent: what was sent twice is stored once,
// whoever sends it again, and however many do so at the same time.
func (h *host) receive(ctx context.Context, delivery string, lines io.Reader) (got received, err error) {
	tx, err := h.db.BeginTx(ctx, nil)
	if err != nil {
		return got, err
	}
	defer func() { err = finish(tx, err) }()
	for s, bad := range engine.DecodeSubmissions(delivery, lines) {
		if bad != nil {
			got.refused = append(got.refused, bad)
			continue
		}
		s.ReceivedAt = h.now()
		body, err := json.Marshal(s)
		if err != nil {
			return got, err
		}
		stored, err := add(ctx, tx, `INSERT INTO submissions (tenant, id, digest, task, body) VALUES (?, ?, ?, ?, ?)`, h.tenant, s.ID, s.Digest(), s.Task, string(body))
		switch {
		case err != nil:
			return got, err
		case stored:
			got.added++
		default:
			got.repeated++
		}
	}
	return got, nil
}

// evidence reads all there is about a task, and a digest of which submissions
// those are: equal digests, equal evidence.
func (h *host) evidence(ctx context.Context, db querier, task string) (engine.Evidence, string, error) {
	e := engine.Evidence{Records: map[string]map[string]map[string]any{}}
	err := each(ctx, db, `SELECT record, unit, body, read_at FROM records WHERE tenant = ? AND task = ?`, []any{h.tenant, task}, func(scan func(...any) error) error {
		var record, unit, body, at string
		if err := scan(&record, &unit, &body, &at); err != nil {
			return err
		}
		values := map[string]any{}
		if err := json.Unmarshal([]byte(body), &values); err != nil {
			return err
		}
		if e.Records[record] == nil {
			e.Records[record] = map[string]map[string]any{}
		}
		e.Records[record][unit] = values
		var err error
		e.RecordsAt, err = time.Parse(time.RFC3339, at)
		return err
	})
	if err != nil {
		return e, "", err
	}
	var bodies []string
	sum := sha256.New()
	err = each(ctx, db, `SELECT id, digest, body FROM submissions WHERE tenant = ? AND task = ? ORDER BY id, digest`, []any{h.tenant, task}, func(scan func(...any) error) error {
		var id, digest, body string
		if err := scan(&id, &digest, &body); err != nil {
			return err
		}
		bodies = append(bodies, body)
		_, err := fmt.Fprintln(sum, id, digest)
		return err
	})
	if err != nil {
		return e, "", err
	}
	for s, bad := range engine.DecodeSubmissions(task, strings.NewReader(strings.Join(bodies, "\n"))) {
		if bad != nil {
			return e, "", bad
		}
		e.Submissions = append(e.Submissions, s)
	}
	return e, hex.EncodeToString(sum.Sum(nil)), nil
}

// latest reads the result of a task that counts now, and the digest of the
// evidence it was judged by; nil while there is none.
func (h *host) latest(ctx context.Context, db querier, task string) (r *engine.Result, evidence string, err error) {
	body := ""
	err = each(ctx, db, `SELECT body, evidence FROM results AS r WHERE tenant = ? AND task = ?
	AND NOT EXISTS (SELECT 1 FROM results AS n WHERE n.tenant = r.tenant AND n.previous = r.id)`, []any{h.tenant, task}, func(scan func(...any) error) error {
		return scan(&body, &evidence)
	})
	if err != nil || body == "" {
		return nil, "", err
	}
	for r, err := range engine.DecodeResults(task, strings.NewReader(body)) {
		return r, evidence, err
	}
	return nil, "", errNotStored
}

// findings folds the findings of a subject from their events; of all subjects
// when it is empty.
func (h *host) findings(ctx context.Context, db querier, subject string) (map[string]engine.Finding, error) {
	events := map[string][]engine.FindingEvent{}
	err := each(ctx, db, `SELECT body FROM finding_events WHERE tenant = ? AND (subject = ? OR ? = '') ORDER BY finding, seq`, []any{h.tenant, subject, subject}, func(scan func(...any) error) error {
		body := ""
		if err := scan(&body); err != nil {
			return err
		}
		var e engine.FindingEvent
		if err := json.Unmarshal([]byte(body), &e); err != nil {
			return err
		}
		events[e.Finding] = append(events[e.Finding], e)
		return nil
	})
	if err != nil {
		return nil, err
	}
	out := map[string]engine.Finding{}
	for id, list := range events {
		if out[id], err = engine.Fold(slices.Values(list)); err != nil {
			return nil, err
		}
	}
	return out, nil
}

// storeEvent takes the place of an event in the life of its finding; false when
// another writer had it first.
func (h *host) storeEvent(ctx context.Context, db querier, e engine.FindingEvent, subject string) (bool, error) {
	body, err := json.Marshal(e)
	if err != nil {
		return false, err
	}
	return add(ctx, db, `INSERT INTO finding_events (tenant, finding, seq, subject, body) VALUES (?, ?, ?, ?, ?)`, h.tenant, e.Finding, e.Seq, subject, string(body))
}
