//go:build !race

package engine_test

// judgedAgain is how many stored results are judged again.
const judgedAgain = 10_000

// schemaTurns says that every value is tried against the schema of evidence.
const schemaTurns = 1
