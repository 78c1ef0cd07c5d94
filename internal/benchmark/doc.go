// Package benchmark measures the engine against other ways to judge the same
// records: cel-go, OPA, govaluate, cedar-go, goja and SQLite. It is a module of
// its own, so that none of them weighs on whoever embeds the engine.
package benchmark
