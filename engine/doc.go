// Package engine turns checked standards into verdicts: it compiles them,
// plans samples, makes check sheets, and judges evidence, with pure values in
// and out. It has no server, no database, no clock and no randomness of its
// own: time, seed, calendars, frames and earlier results come in as arguments,
// and the same input gives the same bytes on every machine.
//
// [Load] compiles the standard in a directory. [Standard.JudgeUnit] judges one
// unit; [Standard.MakePlan], [Plan.Approve], [Standard.MakeSheet] and
// [Standard.Judge] are the road of a whole inspection.
//
// A verdict never claims more than the evidence shows: what was not collected
// is unknown, which is neither false nor zero nor a pass. Every verdict
// carries the reasons that decided it, or names the answers that can still
// change it.
//
// # Tables a host needs
//
// The engine starts no transaction and stores nothing. A host keeps, keyed by
// tenant first: bundles by standard digest ([Standard.Bundle]); plans by plan
// id; tasks by plan and task id; submissions by id and body hash; results by
// result id, never overwritten; finding events by finding and seq, unique, and
// inspection events by inspection and seq.
package engine
