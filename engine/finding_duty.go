package engine

import (
	"slices"
	"time"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/token"
)

// The duties of findings; keywords' canonical spelling, verification with its
// manner.
const (
	dutyCorrection       = "correction"
	dutyCorrectiveAction = "corrective action"
	dutyPreventiveAction = "preventive action"
	dutyReport           = "report"
	dutyRecord           = "record"
	dutyVerifyOnSite     = "verification on site"
	dutyVerifyByRecord   = "verification by record"
)

// maxWorkdays bounds a deadline in working days, about forty years.
const maxWorkdays = 10_000

func isVerification(duty string) bool { return duty == dutyVerifyOnSite || duty == dutyVerifyByRecord }

// lacking lists the fields that an answer still needs to meet a duty that is
// met by answering. The report's fields "verification" and "effectiveness" can
// only be given by who verifies.
func lacking(duty string, answer map[string]string, attachments []Attachment) []string {
	var need []string
	switch duty {
	case dutyCorrection:
		need = []string{"correction"}
	case dutyCorrectiveAction:
		need = []string{"cause", "correction"}
	case dutyPreventiveAction:
		need = []string{"prevention"}
	case dutyReport:
		need = []string{"finding", "cause", "correction", "prevention", "owner", "due", "evidence"}
	case dutyRecord:
		need = []string{"record"}
	}
	var out []string
	for _, field := range need {
		attached := len(attachments) > 0 && (field == "evidence" || field == "record")
		if answer[field] == "" && !attached {
			out = append(out, field)
		}
	}
	return out
}

// dutiesOf are the duties that a grade brings: the standard's `response`. Where
// the standard says nothing about a grade, a major needs corrective and
// preventive action and the report, any other grade correction and a record,
// and all are verified. A report can't be complete unless somebody verifies.
func (s *Standard) dutiesOf(grade Outcome) (duties []string, written map[string]*ast.Duty) {
	keyword := map[Outcome]token.Keyword{Observation: token.KwObservation, Fail: token.KwFail, Major: token.KwMajor}[grade]
	written = map[string]*ast.Duty{}
	said := false
	for _, r := range s.checked.Responses {
		if r.Band != "" || r.Grade != keyword {
			continue
		}
		said = true
		for _, d := range r.Duties {
			name := d.Kind.String()
			if d.Verify != nil {
				name = dutyVerifyByRecord
				if d.Verify.Keyword == token.KwOnSite {
					name = dutyVerifyOnSite
				}
			}
			if written[name] == nil {
				duties, written[name] = append(duties, name), d
			}
		}
	}
	switch {
	case !said && grade == Major:
		duties = []string{dutyCorrectiveAction, dutyPreventiveAction, dutyReport, dutyVerifyByRecord}
	case !said:
		duties = []string{dutyCorrection, dutyRecord, dutyVerifyByRecord}
	case slices.Contains(duties, dutyReport) && !slices.ContainsFunc(duties, isVerification):
		duties = append(duties, dutyVerifyByRecord)
	}
	return duties, written
}

// deadlines counts, from an instant, the deadlines of the duties of a grade:
// those of verification, or all others. A duration runs on the clock; working
// days are those after the day of from, in the standard's zone, and end with
// the last of them.
func (s *Standard) deadlines(grade Outcome, verification bool, from time.Time) (map[string]time.Time, error) {
	duties, written := s.dutiesOf(grade)
	var out map[string]time.Time
	for _, duty := range duties {
		d := written[duty]
		if d == nil || isVerification(duty) != verification {
			continue
		}
		var at time.Time
		switch {
		case d.Within != nil:
			at = from.Add(d.Within.Value)
		case d.Workdays != nil:
			var err error
			if at, err = s.afterWorkdays(d.Workdays, from); err != nil {
				return nil, err
			}
		default:
			continue
		}
		if out == nil {
			out = map[string]time.Time{}
		}
		out[duty] = at.UTC()
	}
	return out, nil
}

// afterWorkdays is the end of the n-th business day after the day of from.
func (s *Standard) afterWorkdays(n *ast.Number, from time.Time) (time.Time, error) {
	if s.calendar == nil {
		return time.Time{}, refused("整改期限按工作日计，而标准没有写日历：请在标准里写明“日历”", "a deadline counts workdays and the standard names no calendar; write one in the standard")
	}
	if !n.Value.IsInt() || !n.Value.Num().IsInt64() || n.Value.Sign() < 0 || n.Value.Num().Int64() > maxWorkdays {
		return time.Time{}, refused("整改期限 %s 个工作日过长，最多 %d 个", "a deadline of %s workdays is too long; write at most %d", n.Literal, maxWorkdays)
	}
	left := n.Value.Num().Int64()
	day := DateOf(from.In(s.zone))
	// A calendar of nothing but holidays must not keep us for ever.
	for searched := 0; left > 0; searched++ {
		day = day.AddDays(1)
		works, err := s.calendar.IsBusinessDay(day)
		if err != nil {
			return time.Time{}, refused("整改期限算不出来：%v", "the deadline can't be counted: %v", err)
		}
		if works {
			left--
		}
		if searched > 5*maxWorkdays {
			return time.Time{}, refused("整改期限算不出来：日历 %s 里没有足够的工作日", "the deadline can't be counted: calendar %s has too few business days", s.calendar.Edition())
		}
	}
	next := day.AddDays(1)
	return time.Date(next.Year, next.Month, next.Day, 0, 0, 0, 0, s.zone), nil
}
