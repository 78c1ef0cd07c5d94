//go:build race

package rapidtest

// race says that the race detector is on.
const race = true
