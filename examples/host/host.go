package main

import (
	"context"
	"database/sql"
	"fmt"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames/sqlframe"
)

// host is the property system with the engine embedded, as one tenant sees it.
// Nothing that has to survive a restart is kept in it: whatever happened is in
// the tables. It serves any number of goroutines.
type host struct {
	db     *sql.DB
	tenant string
	rules  *engine.Standard // the version that new plans are made with
	seed   []byte           // of the draws; published by the organiser, at least 16 bytes
	now    func() time.Time // the clock
}

// organisation reads who there is. The engine keeps no people: it plans from a
// snapshot.
func (h *host) organisation(ctx context.Context) (engine.Organisation, error) {
	o := engine.Organisation{Subjects: []engine.Subject{{ID: "R1", Kind: "区域公司"}, {ID: "R2", Kind: "区域公司"}}}
	err := each(ctx, h.db, `SELECT id, region, name, city FROM projects WHERE tenant = ? ORDER BY id`, []any{h.tenant}, func(scan func(...any) error) error {
		var id, region, name, city string
		if err := scan(&id, &region, &name, &city); err != nil {
			return err
		}
		o.Subjects = append(o.Subjects, engine.Subject{ID: id, Kind: "项目", Parent: region, Fields: map[string]any{"name": name, "city": city}})
		return nil
	})
	if err != nil {
		return o, err
	}
	err = each(ctx, h.db, `SELECT id, unit, post FROM staff WHERE tenant = ? ORDER BY id`, []any{h.tenant}, func(scan func(...any) error) error {
		var p engine.Person
		var post string
		if err := scan(&p.ID, &p.Subject, &post); err != nil {
			return err
		}
		p.Posts = []string{post}
		o.People = append(o.People, p)
		return nil
	})
	if err != nil {
		return o, err
	}
	err = each(ctx, h.db, `SELECT person, project, reason FROM interests WHERE tenant = ? ORDER BY person, project`, []any{h.tenant}, func(scan func(...any) error) error {
		var i engine.Interest
		if err := scan(&i.Person, &i.Subject, &i.Reason); err != nil {
			return err
		}
		o.Interests = append(o.Interests, i)
		return nil
	})
	return o, err
}

// names are what reports call projects and people.
func (h *host) names(ctx context.Context) (map[string]string, error) {
	out := map[string]string{"R1": "华东区域公司", "R2": "西南区域公司"}
	err := each(ctx, h.db, `SELECT id, name FROM projects WHERE tenant = ? UNION ALL SELECT id, name FROM staff WHERE tenant = ?`, []any{h.tenant, h.tenant}, func(scan func(...any) error) error {
		var id, name string
		if err := scan(&id, &name); err != nil {
			return err
		}
		out[id] = name
		return nil
	})
	return out, err
}

// orderColumns are the columns of a work order by the fields of the rules. The
// telephone number is left out: no rule reads it, so it never leaves the table.
var orderColumns = map[string]string{
	"登记时间": "registered_at", "派单时间": "dispatched_at", "到场时间": "arrived_at", "完工时间": "completed_at",
	"工种": "trade", "楼栋": "building", "紧急": "urgent",
}

// frames serves the work orders of a project and period as a population, and
// draws from it inside the database. The query is this host's own; what varies
// reaches it as bound arguments only.
func (h *host) frames(db sqlframe.Querier, rules *engine.Standard) sqlframe.Source {
	return sqlframe.Source{DB: db, Dialect: sqlframe.SQLite, Populations: []sqlframe.Population{{
		Record: recordNamed(rules, "工单"),
		Query:  `SELECT * FROM work_orders WHERE tenant = ? AND project = ? AND registered_at >= ? AND registered_at < ?`,
		Args: func(q engine.FrameQuery) ([]any, error) {
			return []any{h.tenant, q.Subject, q.Period.Start.Format(time.DateTime), q.Period.End.Format(time.DateTime)}, nil
		},
		ID: "id", Columns: orderColumns,
	}}}
}

// recordNamed finds a record of the rules.
func recordNamed(rules *engine.Standard, name string) *check.Record {
	for _, r := range rules.Checked().Records {
		if r.Name.Has(name) {
			return r
		}
	}
	return nil
}

// querier is a database or a transaction of it.
type querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// each runs a query and hands on its rows, one at a time.
func each(ctx context.Context, db querier, query string, args []any, row func(scan func(...any) error) error) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return fmt.Errorf("%s: %w", strings.Fields(query)[0], err)
	}
	defer func() {
		if closing := rows.Close(); err == nil {
			err = closing
		}
	}()
	for rows.Next() {
		if err := row(rows.Scan); err != nil {
			return err
		}
	}
	return rows.Err()
}

// add inserts a row unless its key is taken, and says whether it did. PostgreSQL
// and SQLite write it so; MySQL writes INSERT IGNORE.
func add(ctx context.Context, db querier, insert string, args ...any) (bool, error) {
	done, err := db.ExecContext(ctx, insert+` ON CONFLICT DO NOTHING`, args...)
	if err != nil {
		return false, err
	}
	n, err := done.RowsAffected()
	return n > 0, err
}
