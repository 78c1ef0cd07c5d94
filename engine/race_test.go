//go:build race

package engine_test

// judgedAgain is how many stored results are judged again under the race
// detector, which is ten times slower and looks for something else.
const judgedAgain = 1_000

// schemaTurns says that one in so many values is tried against the schema of
// evidence under the race detector.
const schemaTurns = 11
