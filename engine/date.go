package engine

import (
	"cmp"
	"fmt"
	"time"
	"unicode/utf8"
)

// Date is a civil date without a zone, such as 2026-11-23, in the Gregorian calendar extended to all years. Its text and
// JSON form is "2026-11-23". The zero value is no date: Valid is false for it and it can't be marshalled, so a field that
// may lack a date is left out of JSON with the option omitzero.
type Date struct {
	Year  int        // 1 to 9999
	Month time.Month // 1 to 12
	Day   int        // 1 to the last day of the month
}

const (
	lastYear      = 9999   // the last year that RFC 3339 can write
	daysPer400    = 146097 // the Gregorian calendar repeats after 400 years
	daysTo1970    = 719468 // from 0000-03-01 to 1970-01-01
	monthsInAYear = 12
)

// DateOf returns the date that a clock in the zone of t shows. The result is not Valid when the year lies outside 1 to 9999.
func DateOf(t time.Time) Date {
	year, month, day := t.Date()
	return Date{Year: year, Month: month, Day: day}
}

// ParseDate reads a date written as YYYY-MM-DD with ASCII digits. Days that no month has, such as 2026-02-29, are refused.
func ParseDate(text string) (Date, error) {
	year, okYear := digits(text, 0, 4)
	month, okMonth := digits(text, 5, 7)
	day, okDay := digits(text, 8, 10)
	if len(text) != len("2026-11-23") || text[4] != '-' || text[7] != '-' || !okYear || !okMonth || !okDay {
		return Date{}, fmt.Errorf("%q is not a date: write it as 2026-11-23", shorten(text))
	}
	d := Date{Year: year, Month: time.Month(month), Day: day}
	if !d.Valid() {
		return Date{}, fmt.Errorf("%q is not a day of the calendar", text)
	}
	return d, nil
}

// digits reads text[from:to] as a decimal number of ASCII digits.
func digits(text string, from, to int) (int, bool) {
	if len(text) < to {
		return 0, false
	}
	n := 0
	for _, c := range []byte(text[from:to]) {
		if c < '0' || c > '9' {
			return 0, false
		}
		n = n*10 + int(c-'0')
	}
	return n, true
}

// shorten keeps messages about hostile texts readable.
func shorten(text string) string {
	end := 40
	if len(text) <= end {
		return text
	}
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return text[:end] + "…"
}

// Valid tells whether d is a day of the calendar in the years 1 to 9999.
func (d Date) Valid() bool {
	return d.Year >= 1 && d.Year <= lastYear && d.Month >= time.January && d.Month <= time.December &&
		d.Day >= 1 && d.Day <= daysIn(d.Year, d.Month)
}

// daysIn returns the number of days of a month between January and December.
func daysIn(year int, month time.Month) int {
	switch month {
	case time.February:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	case time.April, time.June, time.September, time.November:
		return 30
	default:
		return 31
	}
}

// String writes d as YYYY-MM-DD. For a date that is not Valid it still shows the three numbers.
func (d Date) String() string {
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, int(d.Month), d.Day)
}

// Compare returns -1 if d is before other, 0 if they are the same day and +1 if d is after other.
func (d Date) Compare(other Date) int {
	return cmp.Or(cmp.Compare(d.Year, other.Year), cmp.Compare(d.Month, other.Month), cmp.Compare(d.Day, other.Day))
}

// DayNumber counts the days from 1970-01-01, which is day 0; earlier dates have negative numbers. The difference of two
// day numbers is the number of calendar days between the dates. The number of a date that is not Valid has no meaning.
func (d Date) DayNumber() int64 {
	// The year is taken to begin in March, so that the leap day is its last day and the lengths of the months before it
	// follow one formula: the months from March have 31, 30, 31, 30, 31 days, which is 153 in five months, and so again.
	year, month := int64(d.Year), int64(d.Month)-3
	if month < 0 {
		year--
		month += monthsInAYear
	}
	return 365*year + floorDiv(year, 4) - floorDiv(year, 100) + floorDiv(year, 400) + (153*month+2)/5 + int64(d.Day) - 1 - daysTo1970
}

// dateOfDayNumber is the inverse of DayNumber.
func dateOfDayNumber(number int64) Date {
	day := number + daysTo1970
	era := floorDiv(day, daysPer400)
	day -= era * daysPer400
	// Taking out the leap days that have passed leaves years of 365 days each. The leap day of year 400 is the last of the era.
	year := (day - day/1460 + day/36524 - day/146096) / 365
	day -= 365*year + year/4 - year/100
	month := (5*day + 2) / 153
	day -= (153*month + 2) / 5
	year += 400 * era
	if month += 3; month > monthsInAYear {
		month -= monthsInAYear
		year++
	}
	return Date{Year: int(year), Month: time.Month(month), Day: int(day) + 1}
}

// floorDiv divides rounding towards minus infinity; b is positive.
func floorDiv(a, b int64) int64 {
	q := a / b
	if a%b < 0 {
		q--
	}
	return q
}

// AddDays returns the date n days later, or earlier for a negative n. The result is not Valid when d is not, or when it
// would lie outside the years 1 to 9999.
func (d Date) AddDays(n int) Date {
	const beyond = 10_000 * 366
	if !d.Valid() || n > beyond || n < -beyond {
		return Date{}
	}
	moved := dateOfDayNumber(d.DayNumber() + int64(n))
	if !moved.Valid() {
		return Date{}
	}
	return moved
}

// Weekday returns the day of the week. For a date that is not Valid the result has no meaning.
func (d Date) Weekday() time.Weekday {
	n := d.DayNumber() + int64(time.Thursday) // 1970-01-01 was a Thursday
	return time.Weekday(n - 7*floorDiv(n, 7))
}

// MarshalText writes d as String does. It fails for a date that is not Valid, the zero value included.
func (d Date) MarshalText() ([]byte, error) {
	if !d.Valid() {
		return nil, fmt.Errorf("%s is not a day of the calendar: leave the field out (omitzero) where there is no date", d)
	}
	return []byte(d.String()), nil
}

// UnmarshalText reads what ParseDate reads. On an error d stays as it was.
func (d *Date) UnmarshalText(text []byte) error {
	parsed, err := ParseDate(string(text))
	if err != nil {
		return err
	}
	*d = parsed
	return nil
}
