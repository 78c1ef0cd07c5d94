package acceptance

import "github.com/pinjian/pinjian/sampling/internal/refuse"

// Switching is where a continuing series of lots from one source stands under
// the switching rules of GB/T 2828.1-2012 and ISO 2859-1:1999. It is a pure
// value: [Switching.Next] returns a new one, two equal values behave equally,
// and a host stores its fields between lots. The zero value starts a series
// under normal inspection.
type Switching struct {
	// Severity is the severity for the next lot.
	Severity Severity
	// Discontinued reports that inspection under the plan has stopped because
	// too many lots were not accepted under tightened inspection. It resumes
	// with [Switching.Resume].
	Discontinued bool
	// Score is the switching score of normal inspection.
	Score int
	// SinceRejected counts the lots of the present normal inspection from the
	// last one that was not accepted, that one included; 0 means that there
	// was none, or that it lies too far back to count.
	SinceRejected int
	// AcceptedInRow counts the lots accepted one after another in the present
	// tightened inspection.
	AcceptedInRow int
	// NotAccepted counts the lots not accepted in the present tightened
	// inspection.
	NotAccepted int
}

// LotResult is the outcome of the original inspection of one lot. A lot that is
// submitted again after it was not accepted does not count for switching.
type LotResult struct {
	// Accepted reports that the lot was accepted.
	Accepted bool
	// AcceptanceNumber is the acceptance number of the plan that was used.
	AcceptanceNumber int64
	// AcceptedOneStepTighter reports that the lot would have been accepted
	// with the AQL one step lower too. Only plans with an acceptance number of
	// 2 or more need it; [Tables.Result] looks it up.
	AcceptedOneStepTighter bool
	// Unsteady reports that production was irregular or delayed, or that the
	// responsible authority doesn't want reduced inspection. It keeps a series
	// from reduced inspection and ends it.
	Unsteady bool
}

// The numbers of the switching rules.
const (
	lotsWatched           = 5  // two of this many consecutive lots not accepted: tightened
	acceptedForNormal     = 5  // accepted one after another under tightened: normal
	notAcceptedForStop    = 5  // not accepted under tightened: discontinue
	scoreForReduced       = 30 // switching score: reduced
	scorePerLot           = 2  // acceptance number 0 or 1, lot accepted
	scorePerLotOneTighter = 3  // acceptance number 2 or more, accepted one step tighter
)

// Next returns the state after one more lot, inspected under s.Severity. A
// series that is discontinued, or fields that no series can reach, are refused.
func (s Switching) Next(lot LotResult) (Switching, error) {
	if err := s.check(); err != nil {
		return s, err
	}
	if lot.AcceptanceNumber < 0 {
		return s, refuse.Input("out-of-range", "lot.acceptanceNumber", "take it from the plan that was used",
			"acceptance number %d is negative", lot.AcceptanceNumber)
	}
	switch s.Severity {
	case Tightened:
		return s.afterTightened(lot), nil
	case Reduced:
		if !lot.Accepted || lot.Unsteady {
			return Switching{}, nil
		}
		return s, nil
	}
	return s.afterNormal(lot), nil
}

func (s Switching) check() error {
	if s.Discontinued {
		return refuse.Input("discontinued", "switching", "resume with Resume once the supplier has improved the process",
			"inspection is discontinued after %d lots not accepted under tightened inspection", s.NotAccepted)
	}
	ok := s.Severity <= Reduced && s.Score >= 0 && s.SinceRejected >= 0 && s.SinceRejected < lotsWatched &&
		s.AcceptedInRow >= 0 && s.AcceptedInRow < acceptedForNormal && s.NotAccepted >= 0 && s.NotAccepted < notAcceptedForStop
	if !ok {
		return refuse.Input("impossible-state", "switching", "start a new series with the zero value", "no series reaches the state %+v", s)
	}
	return nil
}

func (s Switching) afterNormal(lot LotResult) Switching {
	if !lot.Accepted && s.SinceRejected > 0 {
		return Switching{Severity: Tightened}
	}
	switch {
	case !lot.Accepted:
		s.SinceRejected = 1
	case s.SinceRejected == lotsWatched-1:
		// With the next lot the last rejection leaves the window.
		s.SinceRejected = 0
	case s.SinceRejected > 0:
		s.SinceRejected++
	}
	switch {
	case lot.AcceptanceNumber <= 1 && lot.Accepted:
		s.Score += scorePerLot
	case lot.AcceptanceNumber >= 2 && lot.Accepted && lot.AcceptedOneStepTighter:
		s.Score += scorePerLotOneTighter
	default:
		s.Score = 0
	}
	if s.Score >= scoreForReduced {
		if !lot.Unsteady {
			return Switching{Severity: Reduced}
		}
		// A series that waits for steady production keeps what it has earned;
		// holding the score there keeps the state finite.
		s.Score = scoreForReduced
	}
	return s
}

func (s Switching) afterTightened(lot LotResult) Switching {
	if !lot.Accepted {
		s.AcceptedInRow = 0
		s.NotAccepted++
		s.Discontinued = s.NotAccepted == notAcceptedForStop
		return s
	}
	s.AcceptedInRow++
	if s.AcceptedInRow == acceptedForNormal {
		return Switching{}
	}
	return s
}

// Resume returns the state in which a discontinued series starts again, after
// the supplier has improved the process and the responsible authority agrees:
// tightened inspection with nothing counted.
func (s Switching) Resume() (Switching, error) {
	if !s.Discontinued {
		return s, refuse.Input("not-discontinued", "switching", "go on with Next", "inspection is not discontinued")
	}
	return Switching{Severity: Tightened}, nil
}
