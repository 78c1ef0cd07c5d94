package main

import (
	"context"
	"database/sql"
	"fmt"
	"math/rand/v2"
	"time"
)

// The property system's own data, made up deterministically: two regions with
// three projects each and about 3,200 work orders from 1 October to
// 5 November 2026. Telephone numbers begin with 129, which no mobile number does.

var existingProjects = []struct{ id, region, name, city string }{
	{"P1", "R1", "听涛苑", "上海"},
	{"P2", "R1", "松风里", "苏州"},
	{"P3", "R1", "云栖雅居", "杭州"},
	{"P4", "R2", "锦江花园", "成都"},
	{"P5", "R2", "南山书院", "重庆"},
	{"P6", "R2", "翠湖天地", "昆明"},
}

var existingStaff = []struct{ id, unit, name, post string }{
	{"R1-01", "R1", "邓国庆", "品质检查员"},
	{"R1-02", "R1", "贾淑贞", "品质检查员"},
	{"R2-01", "R2", "叶晓东", "品质检查员"},
	{"R2-02", "R2", "王秀英", "品质检查员"},
	{"P1-01", "P1", "沈若曦", "工程主管"},
	{"P2-01", "P2", "周建平", "工程主管"},
	{"P3-01", "P3", "何雨晴", "工程主管"},
	{"P4-01", "P4", "罗志强", "工程主管"},
	{"P5-01", "P5", "唐婉如", "工程主管"},
	{"P6-01", "P6", "段文斌", "工程主管"},
}

// existing fills the property system's own tables for one tenant.
func existing(ctx context.Context, db *sql.DB, tenant string, seed uint64) (err error) {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return err
	}
	defer func() { err = finish(tx, err) }()
	for _, p := range existingProjects {
		if _, err := tx.ExecContext(ctx, `INSERT INTO projects (tenant, id, region, name, city) VALUES (?, ?, ?, ?, ?)`, tenant, p.id, p.region, p.name, p.city); err != nil {
			return err
		}
	}
	for _, s := range existingStaff {
		if _, err := tx.ExecContext(ctx, `INSERT INTO staff (tenant, id, unit, name, post) VALUES (?, ?, ?, ?, ?)`, tenant, s.id, s.unit, s.name, s.post); err != nil {
			return err
		}
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO interests (tenant, person, project, reason) VALUES (?, ?, ?, ?)`, tenant, "R1-01", "P1", "上半年曾任该项目经理"); err != nil {
		return err
	}
	insert, err := tx.PrepareContext(ctx, `INSERT INTO work_orders
	(tenant, id, project, registered_at, dispatched_at, arrived_at, completed_at, trade, building, urgent, phone) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`)
	if err != nil {
		return err
	}
	defer func() { _ = insert.Close() }()
	r := rand.New(rand.NewPCG(seed, 1))
	first := time.Date(2026, 10, 1, 0, 0, 0, 0, time.UTC)
	for day := range 36 {
		for _, p := range existingProjects {
			for n := range 11 + r.IntN(8) {
				o := someOrder(r, first.AddDate(0, 0, day))
				id := fmt.Sprintf("%s-%s-%02d", p.id, first.AddDate(0, 0, day).Format("0102"), n+1)
				if _, err := insert.ExecContext(ctx, tenant, id, p.id, o.registered, o.dispatched, o.arrived, o.completed, o.trade, o.building, o.urgent, o.phone); err != nil {
					return err
				}
			}
		}
	}
	return nil
}

// existingOrder is a work order as its row holds it; a nil time is NULL.
type existingOrder struct {
	registered                     string
	dispatched, arrived, completed *string
	trade, building                string
	urgent                         bool
	phone                          *string
}

// someOrder makes one order of a day. About one in twenty is dispatched too late
// and one in two hundred not at all; of urgent ones one in fifteen is reached too
// late.
func someOrder(r *rand.Rand, day time.Time) existingOrder {
	at := day.Add(time.Duration(7*3600+r.IntN(15*3600)) * time.Second)
	text := func() *string {
		s := at.Format(time.DateTime)
		return &s
	}
	after := func(from, to int) { at = at.Add(time.Duration(from+r.IntN(to-from)) * time.Second) }
	o := existingOrder{
		registered: *text(), urgent: r.IntN(8) == 0, building: fmt.Sprintf("%d栋", 1+r.IntN(9)),
		trade: []string{"水", "电", "木", "弱电"}[r.IntN(4)],
	}
	if r.IntN(10) > 0 {
		s := fmt.Sprintf("129%08d", r.IntN(100_000_000))
		o.phone = &s
	}
	if r.IntN(200) == 0 {
		return o
	}
	if r.IntN(20) == 0 {
		after(601, 3600)
	} else {
		after(30, 480)
	}
	o.dispatched = text()
	switch {
	case !o.urgent:
		after(600, 4*3600)
	case r.IntN(15) == 0:
		after(1800, 7200)
	default:
		after(300, 1200)
	}
	o.arrived = text()
	if r.IntN(25) > 0 {
		after(900, 7200)
		o.completed = text()
	}
	return o
}

// finish ends a transaction: it commits what went well and takes back the rest.
func finish(tx *sql.Tx, err error) error {
	if err == nil {
		return tx.Commit()
	}
	_ = tx.Rollback() // the first error tells more
	return err
}
