//go:build !race

package eval_test

// expressions is how many random expressions an ordinary run tries.
const expressions = 100_000
