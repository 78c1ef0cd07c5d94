package engine

import (
	"fmt"
	"time"

	"github.com/pinjian/pinjian/stdlib"
)

// Calendar says which dates are business days. An implementation answers only for dates that it has data for and returns
// an error, such as *UncoveredYearError, for every other date: a verdict must not rest on a guess. The same date must
// always get the same answer, and both methods must be safe for concurrent use.
type Calendar interface {
	// IsBusinessDay tells whether people work on d.
	IsBusinessDay(d Date) (bool, error)
	// Edition names the data, so that a verdict can say by which calendar it counted. Other data has another edition.
	Edition() string
}

// UncoveredYearError says that a calendar has no data for a year.
type UncoveredYearError struct {
	Year        int    // the year that was asked for
	First, Last int    // the years that the calendar covers, both included
	Edition     string // the edition of the calendar
}

// Error says which year is missing and what to do about it.
func (e *UncoveredYearError) Error() string {
	return fmt.Sprintf("calendar has no %d: edition %q covers %d to %d; give an edition that includes the notice for %d",
		e.Year, e.Edition, e.First, e.Last, e.Year)
}

// ChineseCalendar returns the work calendar of the mainland of China that comes with this release: weekends, and the
// holidays and make-up working days of the State Council's notices for 2007 to 2026. The last week of the last year
// follows the notices known so far; the next notice may still move a day of it, and is then another edition. Each call
// reads the embedded data anew, which takes about a millisecond; keep the result, it is safe for concurrent use.
func ChineseCalendar() Calendar {
	file, err := stdlib.FS().Open("calendar/cn.csv")
	if err != nil {
		return unreadableCalendar{err}
	}
	// Closing a file that lives in memory and was only read can't lose anything.
	defer func() { _ = file.Close() }()
	c, err := ParseCalendar(file)
	if err != nil {
		return unreadableCalendar{err}
	}
	return c
}

// unreadableCalendar stands for embedded data that can't be read: every question gets the error.
type unreadableCalendar struct{ err error }

// IsBusinessDay fails for every date.
func (c unreadableCalendar) IsBusinessDay(Date) (bool, error) {
	return false, fmt.Errorf("embedded work calendar: %w", c.err)
}

// Edition says that there is none.
func (c unreadableCalendar) Edition() string { return "unreadable" }

// BusinessDaysBetween counts the business days after the day a up to and including the day b. The day a itself never
// counts, so the count from a day to itself is 0. When b is before a the result is minus the count from b to a. It fails
// when a or b is not a date or when the calendar doesn't know a day that would have to be counted.
func BusinessDaysBetween(calendar Calendar, a, b Date) (int, error) {
	for _, d := range []Date{a, b} {
		if !d.Valid() {
			return 0, fmt.Errorf("business days from %s to %s: %s is not a day of the calendar", a, b, d)
		}
	}
	if a.Compare(b) > 0 {
		n, err := BusinessDaysBetween(calendar, b, a)
		return -n, err
	}
	if calendar == nil {
		return 0, fmt.Errorf("business days from %s to %s: no calendar was given", a, b)
	}
	first, last := a.DayNumber()+1, b.DayNumber()
	if c, ok := calendar.(*workCalendar); ok && c.covers(first) && c.covers(last) {
		return int(c.upTo[last-c.first+1] - c.upTo[first-c.first]), nil
	}
	count := 0
	for day := first; day <= last; day++ {
		works, err := calendar.IsBusinessDay(dateOfDayNumber(day))
		if err != nil {
			return 0, fmt.Errorf("business days from %s to %s: %w", a, b, err)
		}
		if works {
			count++
		}
	}
	return count, nil
}

// workCalendar is a calendar read by ParseCalendar. It is immutable.
type workCalendar struct {
	edition             string
	firstYear, lastYear int
	first               int64   // day number of 1 January of the first year
	upTo                []int32 // upTo[i] counts the business days among the first i days, so two reads count any span
}

// newWorkCalendar counts the days of all years; exceptions are by day number and true for working days.
func newWorkCalendar(edition string, firstYear, lastYear int, exceptions map[int64]bool) *workCalendar {
	first := Date{Year: firstYear, Month: time.January, Day: 1}
	last := Date{Year: lastYear, Month: time.December, Day: 31}
	c := &workCalendar{edition: edition, firstYear: firstYear, lastYear: lastYear, first: first.DayNumber()}
	c.upTo = make([]int32, 1, last.DayNumber()-c.first+2)
	weekday := first.Weekday()
	for day := c.first; day <= last.DayNumber(); day++ {
		works, listed := exceptions[day]
		if !listed {
			works = weekday != time.Saturday && weekday != time.Sunday
		}
		count := c.upTo[day-c.first]
		if works {
			count++
		}
		c.upTo = append(c.upTo, count)
		weekday = (weekday + 1) % 7
	}
	return c
}

// covers tells whether the day with this number lies in a year with data.
func (c *workCalendar) covers(day int64) bool {
	return day >= c.first && day < c.first+int64(len(c.upTo))-1
}

// IsBusinessDay looks d up. The error for a year without data is an *UncoveredYearError.
func (c *workCalendar) IsBusinessDay(d Date) (bool, error) {
	if !d.Valid() {
		return false, fmt.Errorf("%s is not a day of the calendar", d)
	}
	day := d.DayNumber()
	if !c.covers(day) {
		return false, &UncoveredYearError{Year: d.Year, First: c.firstYear, Last: c.lastYear, Edition: c.edition}
	}
	return c.upTo[day-c.first+1] > c.upTo[day-c.first], nil
}

// Edition gives the name, the years and the digest of the rows, such as "cn 2007-2026 sha256:…".
func (c *workCalendar) Edition() string { return c.edition }
