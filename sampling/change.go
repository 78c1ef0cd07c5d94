package sampling

import "time"

// ChangeKind says what happened to a sample after it was drawn.
type ChangeKind string

const (
	// Replacement is one unit exchanged for the next of its stratum.
	Replacement ChangeKind = "replacement"
	// Extension is more units, drawn where the sample stopped.
	Extension ChangeKind = "extension"
)

// Reason is why a sample was changed; the list is closed so that reasons can be counted.
type Reason string

// The reasons for a replacement, and last the one for an extension.
const (
	// Unreachable: the unit exists and could not be reached in time.
	Unreachable Reason = "unreachable"
	// Declined: the person concerned would not take part.
	Declined Reason = "declined"
	// Gone: the unit no longer exists.
	Gone Reason = "gone"
	// Ineligible: the unit should not have been in the frame.
	Ineligible Reason = "ineligible"
	// Conflicted: nobody without an interest could inspect the unit.
	Conflicted Reason = "conflicted"
	// Unsafe: inspecting the unit would endanger somebody.
	Unsafe Reason = "unsafe"
	// MoreEvidence: what was found calls for more units.
	MoreEvidence Reason = "more-evidence"
)

// Change is one recorded exception.
type Change struct {
	Kind   ChangeKind `json:"kind"`
	Reason Reason     `json:"reason"`
	// Unit is the unit replaced and With the one that stands for it, empty when the stratum held no other.
	Unit string `json:"unit,omitempty"`
	With string `json:"with,omitempty"`
	// More is how many units an extension adds, to the group with the path Stratum or, when the size counts for the whole
	// frame, to the sample.
	More    int64    `json:"more,omitempty"`
	Stratum []string `json:"stratum,omitempty"`
	// By and At say who decided and when; the package takes them as they are given.
	By string    `json:"by,omitempty"`
	At time.Time `json:"at,omitzero"`
}
