// Package sampling draws samples that anybody can recompute.
//
// A draw gives every unit of a frame a ticket, the SHA-256 hash of a key and the unit's id, and takes the units with
// the least tickets. The key comes from a seed and from what the draw is for. So the sample depends on nothing but the
// seed and the set of ids: not on the order of the rows, on the machine, on how the frame was split into shards, or on a
// generator's state; the first n units of a larger draw are the draw of n. RECIPE.md recomputes a draw with sha256sum
// and sort alone.
//
// [Draw] does the usual thing in one call and returns a [Record]; [Verify] replays a record against a frame and says
// what it proves. Sizes are exact ([Count], [Range], [Percent], [Table]); a sample can be spread evenly over nested
// strata, drawn separately for each value of a field, drawn systematically with exactly equal probabilities, extended,
// rotated between periods, and merged from shards ([Sketch]). [Freeze] and [Commitment] order a ceremony in which nobody
// can choose the outcome. The subpackages acceptance and estimate say what a sample proves.
//
// The package has no clock, no randomness of its own and no global state. The same input gives the same bytes. All
// functions may be called from several goroutines at once; a single value may be shared as long as nobody writes to it.
package sampling
