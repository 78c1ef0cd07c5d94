package xlsx_test

import (
	"flag"
	"os"
	"testing"
)

// TestMain gives the property tests one seed, so that a run can be repeated.
// Other cases are tried with -rapid.seed.
func TestMain(m *testing.M) {
	flag.Parse()
	if seed := flag.Lookup("rapid.seed"); seed != nil && seed.Value.String() == "0" {
		_ = seed.Value.Set("1")
	}
	os.Exit(m.Run())
}
