package generate

import "time"

// moment is a time of the month in seconds since its first midnight. Negative values don't occur; values after the end
// of the month are appointments of the next one.
type moment int

const (
	minute moment = 60
	hour          = 60 * minute
	day           = 24 * hour

	days = 31 // December
	// end is the last second of the month: what happened later is not in the files.
	end = days*day - 1
	// never stands for a step that has no record.
	never moment = -1
)

// at is a clock time on a day counted from 0.
func at(dayOfMonth, hours, minutes, seconds int) moment {
	return moment(dayOfMonth)*day + moment(hours)*hour + moment(minutes)*minute + moment(seconds)
}

// dayOf counts the days from 0.
func (m moment) dayOf() int { return int(m / day) }

// clock is the time since midnight.
func (m moment) clock() moment { return m % day }

// String writes the moment as the CSV files hold it; a step without a record is empty.
func (m moment) String() string {
	if m == never {
		return ""
	}
	return time.Date(2025, time.December, 1, 0, 0, int(m), 0, time.UTC).Format(time.DateTime)
}

// moments returns a moment from low to high, both included.
func (r *random) moments(low, high moment) moment {
	return moment(r.between(int(low), int(high)))
}
