package engine

import (
	"slices"
	"strings"
	"time"
)

// The figures that a row counts, by place: those of verdicts first, a level at
// a time.
var (
	summaryLevels = [...]string{"unit", "part", "item", "section", "standard"}
	summaryStates = [...]string{
		"pass", "observation", "fail", "major", "incomplete", "referred", "not_applicable", "not_inspected", "waived", "refused", "ungraded",
	}
	summaryOthers = [...]string{
		"task.planned", "task.judged", "task.closed", "score.decided", "score.open",
		"finding.observation", "finding.fail", "finding.major", // by grade, without those withdrawn
		"finding.open", "finding.answered", "finding.verified", "finding.closed", "finding.reopened", "finding.withdrawn",
		"finding.repeat", "finding.overdue", "finding.due", "finding.rectified",
	}
)

// The places of the others.
const (
	taskPlanned = len(summaryLevels)*len(summaryStates) + iota
	taskJudged
	taskClosed
	scoreDecided
	scoreOpen
	findingGrades // and the two after it
	_
	_
	findingStates // and the five after it
	_
	_
	_
	_
	findingWithdrawnAt
	findingRepeats
	findingOverdues
	findingDues
	findingRectifieds
	summaryFigures
)

// findingStateOrder is the order of the states among the figures.
var findingStateOrder = [...]FindingState{findingOpen, findingAnswered, findingVerified, findingClosed, findingReopened, findingWithdrawn}

// figureName is the name of a place.
func figureName(at int) string {
	if verdicts := len(summaryLevels) * len(summaryStates); at >= verdicts {
		return summaryOthers[at-verdicts]
	}
	return summaryLevels[at/len(summaryStates)] + "." + summaryStates[at%len(summaryStates)]
}

// figurePlaces are the places that a name adds up: one, or those of a group.
// Nil: there is no such name.
func figurePlaces(name string) []int {
	level, rest, _ := strings.Cut(name, ".")
	if l := levelOf(level); l >= 0 {
		var out []int
		for i, state := range summaryStates {
			inspected := state != "not_applicable" && state != "not_inspected" && state != "waived"
			decided := i <= 3
			if state == rest || rest == "all" || rest == "decided" && decided || rest == "failing" && (state == "fail" || state == "major") ||
				rest == "inspected" && inspected || rest == "due" && state != "not_applicable" {
				out = append(out, l*len(summaryStates)+i)
			}
		}
		return out
	}
	switch name {
	case "finding.standing":
		return []int{findingGrades, findingGrades + 1, findingGrades + 2}
	case "finding.all":
		return []int{findingGrades, findingGrades + 1, findingGrades + 2, findingWithdrawnAt}
	}
	if i := slices.Index(summaryOthers[:], name); i >= 0 {
		return []int{len(summaryLevels)*len(summaryStates) + i}
	}
	return nil
}

func levelOf(level string) int { return slices.Index(summaryLevels[:], level) }

// stateOf is the place of an answer among the states, -1 for one that can't
// be.
func stateOf(a Answer) int {
	switch a.State {
	case Decided:
		if a.Best < Pass || a.Best > Major {
			return -1
		}
		return int(a.Best - Pass)
	case Undecided:
		return 4
	case Referred, NotApplicable, NotInspected, Waived, Refused, Ungraded:
		return 5 + int(a.State-Referred)
	}
	return -1
}

// findingFigures are the figures that count a finding.
//
// Rectified is a finding that was verified as effective, or closed, which its
// duties allow only after the verification that they ask for. Due is every
// finding that was not withdrawn and is rectified, has no deadline, or has one
// that has passed: what is not rectified yet and still has time is left out.
func findingFigures(f *Finding, asOf time.Time) []int {
	state := slices.Index(findingStateOrder[:], f.State)
	if state < 0 {
		return nil
	}
	out := []int{findingStates + state}
	if f.State == findingWithdrawn {
		return out
	}
	out = append(out, findingGrades+int(min(max(f.Grade, Observation), Major)-Observation))
	if len(f.Repeats) > 0 {
		out = append(out, findingRepeats)
	}
	overdue := f.Overdue(asOf)
	if overdue {
		out = append(out, findingOverdues)
	}
	rectified := f.State == findingVerified || f.State == findingClosed
	if rectified {
		out = append(out, findingRectifieds)
	}
	if rectified || overdue || f.Due.IsZero() {
		out = append(out, findingDues)
	}
	return out
}
