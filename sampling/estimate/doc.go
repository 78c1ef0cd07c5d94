// Package estimate says what an inspected sample proves about everything that
// was not inspected.
//
// [UpperBound] is the usual question: given so many failures in a sample, how
// large can the true failure rate be? Its answer is exact: by Clopper and
// Pearson (Biometrika 26, 1934) for a continuing process, and by the
// hypergeometric distribution for a population of limited size. [Sample] has
// the lower bound, the two-sided interval and Wilson's approximation as well,
// [Stratified] weighs strata by their size, and [Prove] tabulates what a sample
// size can show at all.
//
// A rate is a fraction of units, a confidence too: 95 percent is
// big.NewRat(95, 100). A population of 0 stands for a continuing process. A
// bound is rounded away from the estimate, so that it never claims more than
// it shows. All functions are pure and safe for concurrent use, and every
// refused input is an [*Error].
package estimate

import "github.com/pinjian/pinjian/sampling"

// Error is one refused input, of the one type that all packages of sampling
// have: a stable Code, the Path of the value, the Problem with it and the Remedy.
type Error = sampling.Error
