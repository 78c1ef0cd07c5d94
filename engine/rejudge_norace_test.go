//go:build !race

package engine_test

// judgedAgain is how many stored results are judged again.
const judgedAgain = 10_000
