package sqlframe_test

import (
	"database/sql/driver"
	"flag"
	"os"
	"testing"

	"modernc.org/sqlite"

	"github.com/pinjian/pinjian/engine/frames/sqlframe"
)

// TestMain gives the property tests one seed, so that a run can be repeated.
// Other cases are tried with -rapid.seed. The hash is registered here since the
// SQLite driver takes a function once for all.
func TestMain(m *testing.M) {
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); seed != nil && seed.Value.String() == "0" {
		_ = seed.Value.Set("1")
	}
	err := sqlite.RegisterDeterministicScalarFunction(sqlframe.SQLiteFunction, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		return sqlframe.SHA256(args)
	})
	if err != nil {
		panic(err)
	}
	os.Exit(m.Run())
}
