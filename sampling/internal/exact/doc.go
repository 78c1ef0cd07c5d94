// Package exact computes tail probabilities of the binomial, hypergeometric
// and Poisson distributions so that a decision never rests on a rounding
// error.
//
// A [Tail] stands for one probability P(X <= x). It answers comparisons with a
// rational ([Compare]) and its own decimal rounding ([Round]) with certainty:
// small cases are summed as exact integers, larger ones are enclosed between
// two binary numbers rounded in opposite directions, with the precision raised
// until the enclosure decides. Floating-point approximations ([BinomialFloat], [HypergeometricFloat])
// only choose where a search starts; [Least] then certifies the place it finds.
//
// Everything here is a pure function and safe for concurrent use. The callers
// check ranges; the constructors take what has already been checked.
package exact

// MaxPopulation is the largest population or sample size that the callers
// accept. Products of two such numbers still fit an int64.
const MaxPopulation = 1_000_000_000

// MaxWork is the largest number of factors one tail may need. Callers refuse a
// case beyond it instead of computing for minutes.
const MaxWork = 5_000_000
