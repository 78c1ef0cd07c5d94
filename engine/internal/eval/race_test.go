//go:build race

package eval_test

// expressions is how many random expressions a run tries under the race
// detector, which is ten times slower and looks for something else.
const expressions = 10_000
