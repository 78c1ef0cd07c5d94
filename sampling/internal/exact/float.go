package exact

import "math"

// BinomialFloat approximates P(X <= x) of [Binomial]. No decision may depend
// on it: it only chooses where a certified search starts.
func BinomialFloat(n, x int64, p float64) float64 {
	switch {
	case x < 0:
		return 0
	case x >= n || p <= 0:
		return 1
	case p >= 1:
		return 0
	case float64(x) >= float64(n+1)*p:
		return 1 - BinomialFloat(n, n-x-1, 1-p)
	}
	logTerm := logChoose(n, x) + float64(x)*math.Log(p) + float64(n-x)*math.Log1p(-p)
	sum, term := 1.0, 1.0
	for k := x; k > 0 && term > sum*1e-17; k-- {
		term *= float64(k) / float64(n-k+1) * (1 - p) / p
		sum += term
	}
	return math.Exp(logTerm) * sum
}

// HypergeometricFloat approximates P(X <= x) of [Hypergeometric], for the same
// use as [BinomialFloat].
func HypergeometricFloat(population, failures, n, x int64) float64 {
	least := max(0, n+failures-population)
	switch {
	case x < least:
		return 0
	case x >= min(n, failures):
		return 1
	case float64(x)*float64(population+2) >= float64(n+1)*float64(failures+1):
		return 1 - HypergeometricFloat(population, population-failures, n, n-x-1)
	}
	sound := population - failures
	logTerm := logChoose(failures, x) + logChoose(sound, n-x) - logChoose(population, n)
	sum, term := 1.0, 1.0
	for k := x; k > least && term > sum*1e-17; k-- {
		term *= float64(k) / float64(failures-k+1) * float64(sound-n+k) / float64(n-k+1)
		sum += term
	}
	return math.Exp(logTerm) * sum
}

func logChoose(n, k int64) float64 {
	a, _ := math.Lgamma(float64(n + 1))
	b, _ := math.Lgamma(float64(k + 1))
	c, _ := math.Lgamma(float64(n - k + 1))
	return a - b - c
}
