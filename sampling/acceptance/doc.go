// Package acceptance decides how many units of a lot to inspect, and says what
// such a plan lets through.
//
// It holds the single sampling plans of GB/T 2828.1-2012 (equal to ISO
// 2859-1:1999) with their code letters and switching rules ([ForLot], [Open],
// [Switching]); finds plans for two points of the operating characteristic
// curve ([FindPlan]) and the least sample for a stated risk ([SizeByRisk]); and
// computes operating characteristic curves, producer's and consumer's risk
// ([Plan], [WriteCurve]).
//
// A quality level is always a fraction of units: 1 percent nonconforming is
// big.NewRat(1, 100). For plans that count nonconformities it is their number
// per unit, so it may exceed 1. A population of 0 stands for a continuing
// process (binomial distribution); a positive one is the size of the lot
// (hypergeometric distribution).
//
// No size and no decision rests on floating-point arithmetic. All functions
// are pure, all values may be shared between goroutines once made, and every
// refused input is an [*Error].
package acceptance

import "github.com/pinjian/pinjian/sampling"

// Error is one refused input, of the one type that all packages of sampling
// have: a stable Code, the Path of the value, the Problem with it and the Remedy.
type Error = sampling.Error
