// Host is a property system that embeds the engine: it has projects, people and
// work orders in a database of its own, adds the tables for inspections, and runs
// the inspection of one month from its plan to its report.
//
//	go run ./examples/host
//	go run ./examples/host -out DIR    keeps the database and the report
//
// The clock and the seed are passed in, so it prints the same bytes each time.
package main

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"embed"
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"modernc.org/sqlite"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames/sqlframe"
)

// rules are two versions of one standard: the one that the month is planned
// with, and the one that comes into force before its last answers have come in.
//
//go:embed rules
var rules embed.FS

func main() {
	out := flag.String("out", "", "folder for the database and the report; a temporary one when empty")
	flag.Parse()
	if err := start(context.Background(), os.Stdout, *out); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

// start runs the month in a folder, or in a temporary one.
func start(ctx context.Context, w io.Writer, folder string) (err error) {
	if err := registerHash(); err != nil {
		return err
	}
	if folder == "" {
		if folder, err = os.MkdirTemp("", "host"); err != nil {
			return err
		}
		defer func() {
			if removing := os.RemoveAll(folder); err == nil {
				err = removing
			}
		}()
	} else if err := os.MkdirAll(folder, 0o755); err != nil {
		return err
	}
	m := month{database: filepath.Join(folder, "host.db"), tenant: "金域物业", out: w}
	if err := m.install(ctx, m.tenant, 1); err != nil {
		return err
	}
	// Another tenant in the same tables, whose projects, people and orders have the same ids.
	if err := m.install(ctx, "万和物业", 2); err != nil {
		return err
	}
	if err := m.run(ctx); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(folder, "report.html"), m.page, 0o644)
}

// registerHash gives SQLite the hash that draws inside the database need. The
// driver takes a function once for all databases of a process.
func registerHash() error {
	return sqlite.RegisterDeterministicScalarFunction(sqlframe.SQLiteFunction, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		return sqlframe.SHA256(args)
	})
}

// open opens the database. A transaction takes the right to write when it
// begins, and one that must wait for it does.
func open(path string) (*sql.DB, error) {
	return sql.Open("sqlite", "file:"+filepath.ToSlash(path)+"?_txlock=immediate&_pragma=busy_timeout(60000)&_pragma=journal_mode(WAL)&_pragma=synchronous(OFF)")
}

// loadRules compiles one version of the rules.
func loadRules(ctx context.Context, version string) (*engine.Standard, error) {
	standard, _, err := engine.Load(ctx, rules, "rules/"+version, engine.Options{})
	return standard, err
}

// install fills the property system's own tables for a tenant, and makes the
// tables first where there are none.
func (m *month) install(ctx context.Context, tenant string, seed uint64) (err error) {
	db, err := open(m.database)
	if err != nil {
		return err
	}
	defer func() {
		if closing := db.Close(); err == nil {
			err = closing
		}
	}()
	var tables int
	if err := db.QueryRowContext(ctx, `SELECT COUNT(*) FROM sqlite_master`).Scan(&tables); err != nil {
		return err
	}
	if tables == 0 {
		if err := createTables(ctx, db); err != nil {
			return err
		}
	}
	return existing(ctx, db, tenant, seed)
}
