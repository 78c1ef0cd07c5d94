package sqlframe_test

import (
	"database/sql/driver"
	"os"
	"testing"

	"modernc.org/sqlite"

	"github.com/pinjian/pinjian/engine/frames/sqlframe"
	"github.com/pinjian/pinjian/internal/rapidtest"
)

// The hash is registered here since the SQLite driver takes a function once for
// all.
func TestMain(m *testing.M) {
	err := sqlite.RegisterDeterministicScalarFunction(sqlframe.SQLiteFunction, 1, func(_ *sqlite.FunctionContext, args []driver.Value) (driver.Value, error) {
		return sqlframe.SHA256(args)
	})
	if err != nil {
		panic(err)
	}
	os.Exit(rapidtest.Main(m))
}
