package engine

import "fmt"

// Outcome is the grade of a verdict, from best to worst. The zero Outcome is
// no grade: what is not applicable has none, so the worst of any outcomes is
// their maximum.
type Outcome uint8

// The outcomes, in the order of their chain.
const (
	Pass Outcome = iota + 1
	Observation
	Fail
	Major
)

var outcomeNames = [...]string{"not_applicable", "pass", "observation", "fail", "major"}

// String is "pass", "observation", "fail", "major", or "not_applicable" for
// the zero Outcome.
func (o Outcome) String() string {
	if int(o) < len(outcomeNames) {
		return outcomeNames[o]
	}
	return fmt.Sprintf("Outcome(%d)", uint8(o))
}

// MarshalText writes String.
func (o Outcome) MarshalText() ([]byte, error) { return []byte(o.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (o *Outcome) UnmarshalText(text []byte) error {
	for i, n := range outcomeNames {
		if n == string(text) {
			*o = Outcome(i)
			return nil
		}
	}
	return fmt.Errorf("engine: %q is no outcome; write pass, observation, fail or major", text)
}

// State says whether an outcome may be claimed. The zero State claims nothing.
type State uint8

// The states of a verdict.
const (
	// Undecided: answers are missing that can still change the outcome
	// (证据不足).
	Undecided State = iota
	// Decided: the outcome stands whatever else is found out.
	Decided
	// Referred: all facts are known, and a person must rule (待裁定).
	Referred
	// NotApplicable: there is nothing to judge, which is never a pass.
	NotApplicable
	// NotInspected: no answer has come in at all.
	NotInspected
	// Waived: judging it was waived, with a reason and an expiry. The ends are
	// those that it has without the waiver; it enters what is above it as not
	// applicable.
	Waived
	// Refused: the evidence contradicts the plan; Explain names the path.
	Refused
	// Ungraded: no criterion gives an outcome, for example where there are
	// only deductions.
	Ungraded
)

var stateNames = [...]string{"incomplete", "decided", "referred", "not_applicable", "not_inspected", "waived", "refused", "ungraded"}

// String is "incomplete", "decided", "referred", "not_applicable",
// "not_inspected", "waived", "refused" or "ungraded".
func (s State) String() string {
	if int(s) < len(stateNames) {
		return stateNames[s]
	}
	return fmt.Sprintf("State(%d)", uint8(s))
}

// MarshalText writes String.
func (s State) MarshalText() ([]byte, error) { return []byte(s.String()), nil }

// UnmarshalText reads what MarshalText writes.
func (s *State) UnmarshalText(text []byte) error {
	for i, n := range stateNames {
		if n == string(text) {
			*s = State(i)
			return nil
		}
	}
	return fmt.Errorf("engine: %q is no state of a verdict", text)
}

// Answer is the result for one unit without its reasons: the state, and the
// best and worst outcome still possible. Decided means that both are equal.
type Answer struct {
	State State   `json:"state"`
	Best  Outcome `json:"best"`
	Worst Outcome `json:"worst"`
}
