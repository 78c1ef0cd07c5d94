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
// The engine starts no transaction and stores nothing. A host keeps these, and
// every key begins with the tenant (Scope):
//
//	bundles            tenant, digest of the standard   Standard.Bundle; Restore reads it
//	plans              tenant, plan                     JSON; DecodePlan reads it
//	tasks              tenant, task                     which plan, subject and inspector
//	records            tenant, task, record, unit       the host's values as they were judged
//	submissions        tenant, id, digest               Submission.Digest; never changed
//	results            tenant, result                   never overwritten; which one was before
//	finding_events     tenant, finding, seq             refuses the loser of a race
//	inspection_events  tenant, inspection, seq          likewise
//	attachments        tenant, sha256                   the bytes of photos and files
//
// The events of a result are stored in one transaction with it. In examples/host
// a host with such tables runs a month from its plan to its report.
package engine
