package main

import (
	"context"
	"database/sql"
	"fmt"
)

// ownTables are what the property system had before: projects, people and work
// orders. Times are civil times of the project, written as text without an
// offset; a driver that turned them into instants would have to guess a zone.
var ownTables = []string{
	`CREATE TABLE projects (
	tenant VARCHAR(40) NOT NULL, id VARCHAR(40) NOT NULL, region VARCHAR(40) NOT NULL,
	name VARCHAR(80) NOT NULL, city VARCHAR(80) NOT NULL,
	PRIMARY KEY (tenant, id))`,
	`CREATE TABLE staff (
	tenant VARCHAR(40) NOT NULL, id VARCHAR(40) NOT NULL, unit VARCHAR(40) NOT NULL,
	name VARCHAR(80) NOT NULL, post VARCHAR(40) NOT NULL,
	PRIMARY KEY (tenant, id))`,
	`CREATE TABLE interests (
	tenant VARCHAR(40) NOT NULL, person VARCHAR(40) NOT NULL, project VARCHAR(40) NOT NULL,
	reason VARCHAR(200) NOT NULL,
	PRIMARY KEY (tenant, person, project))`,
	`CREATE TABLE work_orders (
	tenant VARCHAR(40) NOT NULL, id VARCHAR(40) NOT NULL, project VARCHAR(40) NOT NULL,
	registered_at VARCHAR(19) NOT NULL, dispatched_at VARCHAR(19), arrived_at VARCHAR(19), completed_at VARCHAR(19),
	trade VARCHAR(20) NOT NULL, building VARCHAR(20) NOT NULL, urgent BOOLEAN NOT NULL, phone VARCHAR(20),
	PRIMARY KEY (tenant, id))`,
	`CREATE INDEX work_orders_by_project ON work_orders (tenant, project, registered_at)`,
}

// inspectionTables are what embedding the engine adds: the ones that its package
// documentation lists, each with a key that begins with the tenant. A body is
// the engine's own JSON document, kept as it was written; the columns beside it
// are what this host searches by.
var inspectionTables = []string{
	// What a standard said when it judged, so that it can be restored in ten years.
	`CREATE TABLE bundles (
	tenant VARCHAR(40) NOT NULL, digest VARCHAR(64) NOT NULL, body TEXT NOT NULL,
	PRIMARY KEY (tenant, digest))`,
	`CREATE TABLE plans (
	tenant VARCHAR(40) NOT NULL, id VARCHAR(80) NOT NULL, standard VARCHAR(64) NOT NULL,
	approved BOOLEAN NOT NULL, body TEXT NOT NULL,
	PRIMARY KEY (tenant, id))`,
	`CREATE TABLE tasks (
	tenant VARCHAR(40) NOT NULL, id VARCHAR(120) NOT NULL, plan VARCHAR(80) NOT NULL,
	subject VARCHAR(40) NOT NULL, inspector VARCHAR(40) NOT NULL,
	PRIMARY KEY (tenant, id))`,
	// The host's values of the drawn units, as they were when the plan was approved. Work orders change; evidence doesn't.
	`CREATE TABLE records (
	tenant VARCHAR(40) NOT NULL, task VARCHAR(120) NOT NULL, record VARCHAR(80) NOT NULL, unit VARCHAR(40) NOT NULL,
	body TEXT NOT NULL, read_at VARCHAR(30) NOT NULL,
	PRIMARY KEY (tenant, task, record, unit))`,
	// One id with another body is another row: the engine sees both and calls it a conflict.
	`CREATE TABLE submissions (
	tenant VARCHAR(40) NOT NULL, id VARCHAR(80) NOT NULL, digest VARCHAR(64) NOT NULL, task VARCHAR(120) NOT NULL,
	body TEXT NOT NULL,
	PRIMARY KEY (tenant, id, digest))`,
	`CREATE INDEX submissions_by_task ON submissions (tenant, task)`,
	// A result is never overwritten; the one that no other names as previous is the one that counts.
	`CREATE TABLE results (
	tenant VARCHAR(40) NOT NULL, id VARCHAR(64) NOT NULL, task VARCHAR(120) NOT NULL, plan VARCHAR(80) NOT NULL,
	previous VARCHAR(64) NOT NULL, evidence VARCHAR(64) NOT NULL, body TEXT NOT NULL,
	PRIMARY KEY (tenant, id))`,
	`CREATE INDEX results_by_task ON results (tenant, task)`,
	// The key is the optimistic lock: of two writers that saw one version, one finds its place taken.
	`CREATE TABLE finding_events (
	tenant VARCHAR(40) NOT NULL, finding VARCHAR(200) NOT NULL, seq INTEGER NOT NULL,
	subject VARCHAR(40) NOT NULL, body TEXT NOT NULL,
	PRIMARY KEY (tenant, finding, seq))`,
	`CREATE INDEX finding_events_by_subject ON finding_events (tenant, subject)`,
}

// createTables makes the tables of both kinds in an empty database.
func createTables(ctx context.Context, db *sql.DB) error {
	for _, list := range [][]string{ownTables, inspectionTables} {
		for _, statement := range list {
			if _, err := db.ExecContext(ctx, statement); err != nil {
				return fmt.Errorf("schema: %w", err)
			}
		}
	}
	return nil
}
