// Package rapidtest runs the tests of a package that has property tests.
package rapidtest

import (
	"flag"
	"strconv"
	"testing"
)

// Main runs the tests and returns the exit code for TestMain. Property tests
// begin with one seed, so that a run can be repeated; other cases are tried with
// -rapid.seed. Under the race detector, which finds races and not wrong answers
// and makes everything several times slower, they try a quarter of the cases.
func Main(m *testing.M) int {
	flag.Parse()
	set := func(name, usual, value string) {
		if f := flag.Lookup(name); f != nil && f.Value.String() == usual {
			_ = f.Value.Set(value)
		}
	}
	set("rapid.seed", "0", "1")
	if race {
		set("rapid.checks", "100", "25")
	}
	return m.Run()
}

// Full says that property tests try at least their usual number of cases, so that
// what is rare among them can be expected to occur.
func Full() bool {
	f := flag.Lookup("rapid.checks")
	if f == nil {
		return false
	}
	n, err := strconv.Atoi(f.Value.String())
	return err == nil && n >= 100
}
