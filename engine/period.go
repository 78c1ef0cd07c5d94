package engine

import (
	"fmt"
	"time"
)

// Frequency is how often something is due and how long the span is that one time of it covers. Its text and JSON form is
// the keyword of the language: week, month, quarter, halfyear or year. The zero value is no frequency.
type Frequency uint8

// The frequencies from short to long. Weeks are those of ISO 8601 and begin on Monday; the others begin on the first day of a month.
const (
	Week Frequency = iota + 1
	Month
	Quarter
	HalfYear
	Year
)

// String returns the keyword, or "no frequency" for a value that is none of the constants.
func (f Frequency) String() string {
	switch f {
	case Week:
		return "week"
	case Month:
		return "month"
	case Quarter:
		return "quarter"
	case HalfYear:
		return "halfyear"
	case Year:
		return "year"
	default:
		return "no frequency"
	}
}

// MarshalText writes the keyword. It fails for a value that is none of the constants, the zero value included.
func (f Frequency) MarshalText() ([]byte, error) {
	if f < Week || f > Year {
		return nil, fmt.Errorf("frequency %d is none of week, month, quarter, halfyear and year", uint8(f))
	}
	return []byte(f.String()), nil
}

// UnmarshalText reads a keyword in lower case. On an error f stays as it was.
func (f *Frequency) UnmarshalText(text []byte) error {
	for known := Week; known <= Year; known++ {
		if string(text) == known.String() {
			*f = known
			return nil
		}
	}
	return fmt.Errorf("%q is none of week, month, quarter, halfyear and year", shorten(string(text)))
}

// The years in which periods have names. One year before the last year of dates, so that also the end has four digits.
const (
	firstPeriodYear = 1
	lastPeriodYear  = lastYear - 1
)

// Period is a span of time from Start up to but not including End, in the zone of Start. Its name is "2026-W48" for a
// week, "2026-11" for a month, "2026-Q4" for a quarter, "2026-H2" for a half-year and "2026" for a year. The periods of
// one frequency and zone follow each other without gap or overlap, also where the clock is changed at midnight.
//
// Make a Period with ParsePeriod or PeriodOf. One that was read from JSON has lost the name of its zone: make it anew
// from its name. The zero value is no period and contains nothing.
type Period struct {
	Name  string    `json:"name"`
	Start time.Time `json:"start"`
	End   time.Time `json:"end"`
}

// span is a period without its zone: its first day and the day after its last.
type span struct {
	frequency  Frequency
	start, end Date
}

// ParsePeriod reads the name of a period in the years 0001 to 9998. Weeks are numbered as in ISO 8601, so "2026-W01"
// begins on 29 December 2025 and only some years have a week 53. A nil zone means UTC.
func ParsePeriod(name string, zone *time.Location) (Period, error) {
	s, err := parseSpan(name)
	if err != nil {
		return Period{}, err
	}
	return s.in(zone), nil
}

// PeriodOf returns the period of frequency f that contains the instant t in a zone; a nil zone means UTC. It fails when f
// is none of the constants or when the year is outside 0001 to 9998.
func PeriodOf(f Frequency, t time.Time, zone *time.Location) (Period, error) {
	if zone == nil {
		zone = time.UTC
	}
	d := DateOf(t.In(zone))
	s, err := spanOf(f, d)
	if err != nil {
		return Period{}, err
	}
	p := s.in(zone)
	if !t.Before(p.End) {
		// A clock that was put back at midnight shows the old day again although the new period has begun.
		if s, err = spanOf(f, s.end); err != nil {
			return Period{}, err
		}
		p = s.in(zone)
	}
	return p, nil
}

// Frequency tells how long the period is by its name. It is 0 for a Period with another name than ParsePeriod reads.
func (p Period) Frequency() Frequency {
	s, err := parseSpan(p.Name)
	if err != nil {
		return 0
	}
	return s.frequency
}

// Previous returns the period of the same frequency and zone that lies n periods before p: Previous(1) ends where p
// starts, Previous(0) is p made anew from its name, and a negative n goes forward. The result is the zero Period when p
// has no name that ParsePeriod reads or when the result would lie outside the years 0001 to 9998.
func (p Period) Previous(n int) Period {
	s, err := parseSpan(p.Name)
	if err != nil {
		return Period{}
	}
	if s, err = s.earlier(n); err != nil {
		return Period{}
	}
	return s.in(p.Start.Location())
}

// Next returns the period that starts where p ends, or the zero Period as Previous does.
func (p Period) Next() Period {
	return p.Previous(-1)
}

// Contains tells whether the instant t lies in the period: not before Start and before End.
func (p Period) Contains(t time.Time) bool {
	return !t.Before(p.Start) && t.Before(p.End)
}

// parseSpan reads the name of a period.
func parseSpan(name string) (span, error) {
	year, ok := digits(name, 0, 4)
	if !ok {
		return span{}, badPeriodName(name)
	}
	if year < firstPeriodYear || year > lastPeriodYear {
		return span{}, yearWithoutPeriods(year)
	}
	switch {
	case len(name) == len("2026"):
		return months(Year, year, 1), nil
	case len(name) == len("2026-11") && name[4] == '-':
		return parsePart(name, year)
	case len(name) == len("2026-W48") && name[4:6] == "-W":
		week, ok := digits(name, 6, 8)
		if !ok || week < 1 {
			return span{}, badPeriodName(name)
		}
		// 4 January always lies in the first week.
		start := monday(Date{Year: year, Month: time.January, Day: 4}).AddDays(7 * (week - 1))
		s := span{Week, start, start.AddDays(7)}
		if s.name() != name {
			return span{}, fmt.Errorf("%q is not a period: the weeks of %d end with week 52", name, year)
		}
		return s, nil
	default:
		return span{}, badPeriodName(name)
	}
}

// parsePart reads the two characters after the year in the name of a month, a quarter or a half-year.
func parsePart(name string, year int) (span, error) {
	if month, ok := digits(name, 5, 7); ok && month >= 1 && month <= monthsInAYear {
		return months(Month, year, month), nil
	}
	number, ok := digits(name, 6, 7)
	switch {
	case ok && name[5] == 'Q' && number >= 1 && number <= 4:
		return months(Quarter, year, 3*number-2), nil
	case ok && name[5] == 'H' && number >= 1 && number <= 2:
		return months(HalfYear, year, 6*number-5), nil
	default:
		return span{}, badPeriodName(name)
	}
}

func badPeriodName(name string) error {
	return fmt.Errorf("%q is not a period: write 2026-W48, 2026-11, 2026-Q4, 2026-H2 or 2026", shorten(name))
}

func yearWithoutPeriods(year int) error {
	return fmt.Errorf("periods have names in the years %04d to %d, not in %04d", firstPeriodYear, lastPeriodYear, year)
}

// length is the number of months in a period of frequency f, 0 for a week.
func (f Frequency) length() int {
	switch f {
	case Month:
		return 1
	case Quarter:
		return 3
	case HalfYear:
		return 6
	case Year:
		return monthsInAYear
	default:
		return 0
	}
}

// months makes a span of months that begins with the given one.
func months(f Frequency, year, month int) span {
	start := Date{Year: year, Month: time.Month(month), Day: 1}
	end := start
	if end.Month += time.Month(f.length()); end.Month > time.December {
		end.Month -= monthsInAYear
		end.Year++
	}
	return span{f, start, end}
}

// monday returns the Monday of the week in which d lies.
func monday(d Date) Date {
	return d.AddDays(-((int(d.Weekday()) + 6) % 7))
}

// spanOf returns the span of frequency f in which d lies.
func spanOf(f Frequency, d Date) (span, error) {
	var s span
	year := d.Year
	switch {
	case !d.Valid():
		return span{}, yearWithoutPeriods(d.Year)
	case f == Week:
		start := monday(d)
		s = span{Week, start, start.AddDays(7)}
		// The week belongs to the year of its Thursday, which may be another than the year of d.
		year = start.AddDays(3).Year
	case f >= Month && f <= Year:
		length := f.length()
		s = months(f, year, (int(d.Month)-1)/length*length+1)
	default:
		return span{}, fmt.Errorf("frequency %d is none of week, month, quarter, halfyear and year", uint8(f))
	}
	if year < firstPeriodYear || year > lastPeriodYear {
		return span{}, yearWithoutPeriods(year)
	}
	return s, nil
}

// earlier returns the span that lies n spans before s.
func (s span) earlier(n int) (span, error) {
	const most = 53 * lastYear // more than there are weeks
	if n > most || n < -most {
		return span{}, fmt.Errorf("%d periods away from %s there are no named periods", n, s.name())
	}
	if s.frequency == Week {
		return spanOf(Week, s.start.AddDays(-7*n))
	}
	month := int64(s.start.Year)*monthsInAYear + int64(s.start.Month) - 1 - int64(n)*int64(s.frequency.length())
	year := int(floorDiv(month, monthsInAYear))
	return spanOf(s.frequency, Date{Year: year, Month: time.Month(month-int64(year)*monthsInAYear) + 1, Day: 1})
}

// name writes the name that parseSpan reads.
func (s span) name() string {
	year, month := s.start.Year, int(s.start.Month)
	switch s.frequency {
	case Week:
		thursday := s.start.AddDays(3)
		newYear := Date{Year: thursday.Year, Month: time.January, Day: 1}
		return fmt.Sprintf("%04d-W%02d", thursday.Year, (thursday.DayNumber()-newYear.DayNumber())/7+1)
	case Month:
		return fmt.Sprintf("%04d-%02d", year, month)
	case Quarter:
		return fmt.Sprintf("%04d-Q%d", year, (month+2)/3)
	case HalfYear:
		return fmt.Sprintf("%04d-H%d", year, (month+5)/6)
	default:
		return fmt.Sprintf("%04d", year)
	}
}

// in places the span in a zone.
func (s span) in(zone *time.Location) Period {
	if zone == nil {
		zone = time.UTC
	}
	return Period{Name: s.name(), Start: startOfDay(s.start, zone), End: startOfDay(s.end, zone)}
}

// startOfDay returns the first instant at which a clock in the zone shows d or a later day. That is midnight, except
// where the clock is put forward over midnight or a whole day is left out.
func startOfDay(d Date, zone *time.Location) time.Time {
	const secondsInADay = 24 * 60 * 60
	midnight := d.DayNumber() * secondsInADay // of a clock without offset
	// No offset is as long as two days, so the search begins before the day and follows the changes of the clock.
	t := time.Unix(midnight-2*secondsInADay, 0).In(zone)
	for {
		_, offset := t.Zone()
		from, to := t.ZoneBounds()
		if !to.IsZero() && !to.After(t) {
			// For the last day of a leap year that is computed from a rule, package time gives an end that has passed.
			to = t.Add(time.Hour)
		}
		candidate := time.Unix(midnight-int64(offset), 0).In(zone)
		if !from.IsZero() && candidate.Before(from) {
			candidate = from
		}
		if to.IsZero() || candidate.Before(to) {
			return candidate
		}
		t = to
	}
}
