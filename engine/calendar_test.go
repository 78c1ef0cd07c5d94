package engine_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

func TestChineseCalendarKnowsTheSpecialDays(t *testing.T) {
	t.Parallel()
	calendar := engine.ChineseCalendar()
	for date, works := range map[string]bool{
		"2007-01-01": false, // the first day that is covered
		"2007-02-25": true,  // Sunday made up for the Spring Festival
		"2008-12-31": true,
		"2007-12-31": false, // off by the notice for 2008
		"2007-12-29": true,  // made up by the notice for 2008
		"2015-09-03": false, // a holiday of that year only
		"2015-09-06": true,
		"2016-09-03": false, // an ordinary Saturday
		"2018-12-29": true,  // made up by the notice for 2019
		"2018-12-31": false,
		"2020-01-19": true,
		"2020-01-30": false, // the last day of the festival as first announced
		"2020-01-31": false, // the lengthening
		"2020-02-01": false, // was to be made up, but fell into the lengthening
		"2020-02-02": false,
		"2020-02-03": true, // Monday on which work began, listed although it is no weekend
		"2022-12-31": false,
		"2025-09-28": true, // Sunday
		"2025-09-30": true,
		"2025-10-01": false,
		"2025-10-08": false, // Wednesday
		"2025-10-09": true,
		"2025-10-11": true, // Saturday
		"2025-10-12": false,
		"2026-01-04": true, // Sunday
		"2026-02-23": false,
		"2026-10-10": true, // Saturday
		"2026-11-23": true, // an ordinary Monday
		"2026-12-31": true, // the last day that is covered
	} {
		got, err := calendar.IsBusinessDay(civil(date))
		if assert.NoError(t, err, date) {
			assert.Equal(t, works, got, date)
		}
	}
	assert.Regexp(t, `^cn 2007-2026 sha256:[0-9a-f]{64}$`, calendar.Edition())
	assert.Equal(t, calendar.Edition(), engine.ChineseCalendar().Edition())
}

// TestChineseCalendarYears checks sums that were worked out from the notices apart from the code: days of the year less
// weekend days, less holidays on weekdays, plus make-up days on weekends.
func TestChineseCalendarYears(t *testing.T) {
	t.Parallel()
	calendar := engine.ChineseCalendar()
	for year, expected := range map[int]int{2024: 251, 2025: 248, 2026: 248} {
		n, err := engine.BusinessDaysBetween(calendar, civil(fmt.Sprintf("%d-12-31", year-1)), civil(fmt.Sprintf("%d-12-31", year)))
		require.NoError(t, err)
		assert.Equal(t, expected, n, year)
	}
}

func TestCalendarRefusesYearsWithoutData(t *testing.T) {
	t.Parallel()
	calendar := engine.ChineseCalendar()
	for _, date := range []string{"2027-01-01", "2006-12-30", "2006-12-31", "0001-01-01", "9999-12-31"} {
		_, err := calendar.IsBusinessDay(civil(date))
		var uncovered *engine.UncoveredYearError
		require.ErrorAs(t, err, &uncovered, date)
		assert.Equal(t, civil(date).Year, uncovered.Year)
		assert.Equal(t, 2007, uncovered.First)
		assert.Equal(t, 2026, uncovered.Last)
		assert.Equal(t, calendar.Edition(), uncovered.Edition)
		assert.ErrorContains(t, err, fmt.Sprintf("calendar has no %d", uncovered.Year))
	}
	for _, span := range [][2]string{{"2026-12-30", "2027-01-01"}, {"2027-01-01", "2026-12-30"}, {"2006-12-30", "2006-12-31"}, {"2006-12-30", "2007-01-04"}, {"0001-01-01", "9999-12-31"}} {
		n, err := engine.BusinessDaysBetween(calendar, civil(span[0]), civil(span[1]))
		var uncovered *engine.UncoveredYearError
		require.ErrorAs(t, err, &uncovered, "%v", span)
		assert.Zero(t, n)
	}
	_, err := engine.BusinessDaysBetween(calendar, civil("2026-12-30"), civil("2027-02-01"))
	assert.ErrorContains(t, err, "calendar has no 2027")
	_, err = calendar.IsBusinessDay(engine.Date{Year: 2026, Month: 2, Day: 30})
	assert.ErrorContains(t, err, "not a day of the calendar")
}

func TestBusinessDaysBetween(t *testing.T) {
	t.Parallel()
	calendar := engine.ChineseCalendar()
	for _, c := range []struct {
		from, to string
		expected int
	}{
		{"2026-11-23", "2026-11-23", 0},
		{"2026-11-23", "2026-11-24", 1},
		{"2026-11-20", "2026-11-23", 1},  // over a weekend
		{"2026-11-21", "2026-11-22", 0},  // the weekend itself
		{"2025-09-30", "2025-10-08", 0},  // over the National Day
		{"2025-09-30", "2025-10-11", 3},  // 9, 10 and the make-up Saturday
		{"2020-01-23", "2020-02-03", 1},  // over the lengthened Spring Festival
		{"2006-12-31", "2007-01-04", 1},  // the first date itself is never counted and needs no data
		{"2026-12-31", "2026-12-25", -4}, // backwards
	} {
		n, err := engine.BusinessDaysBetween(calendar, civil(c.from), civil(c.to))
		require.NoError(t, err)
		assert.Equal(t, c.expected, n, "%s to %s", c.from, c.to)
	}
	_, err := engine.BusinessDaysBetween(calendar, civil("2026-11-23"), engine.Date{})
	assert.ErrorContains(t, err, "0000-00-00 is not a day")
	_, err = engine.BusinessDaysBetween(nil, civil("2026-11-23"), civil("2026-11-24"))
	assert.ErrorContains(t, err, "no calendar")
}

// hiddenCalendar is a host's calendar: it hides the type by which the engine knows its own.
type hiddenCalendar struct{ engine.Calendar }

func TestBusinessDaysAgreeWithCountingDayByDay(t *testing.T) {
	t.Parallel()
	calendar := engine.ChineseCalendar()
	first := civil("2006-12-31")
	day := rapid.IntRange(0, 20*365+5)
	rapid.Check(t, func(t *rapid.T) {
		a := first.AddDays(day.Draw(t, "from"))
		b := first.AddDays(day.Draw(t, "to"))
		if rapid.Bool().Draw(t, "near") {
			b = a.AddDays(rapid.IntRange(0, min(40, int(civil("2026-12-31").DayNumber()-a.DayNumber()))).Draw(t, "days"))
		}
		low, high, sign := a, b, 1
		if a.Compare(b) > 0 {
			low, high, sign = b, a, -1
		}
		expected := 0
		for d := low.AddDays(1); d.Compare(high) <= 0; d = d.AddDays(1) {
			works, err := calendar.IsBusinessDay(d)
			require.NoError(t, err)
			if works {
				expected += sign
			}
		}
		for _, c := range []engine.Calendar{calendar, hiddenCalendar{calendar}} {
			n, err := engine.BusinessDaysBetween(c, a, b)
			require.NoError(t, err)
			require.Equal(t, expected, n, "%s to %s", a, b)
		}
	})
}

// TestCalendarAgreesWithItsRows reads the embedded rows a second time, with code that knows nothing of the parser.
func TestCalendarAgreesWithItsRows(t *testing.T) {
	t.Parallel()
	text, err := fs.ReadFile(stdlib.FS(), "calendar/cn.csv")
	require.NoError(t, err)
	listed := map[string]string{}
	for line := range strings.Lines(string(text)) {
		var year, kind string
		if fields := strings.Split(line, ","); len(fields) == 4 && fields[0] != "year" {
			year, kind = fields[1], fields[2]
			listed[year] = kind
		}
	}
	require.Len(t, listed, 678)
	calendar := engine.ChineseCalendar()
	for at := time.Date(2007, 1, 1, 0, 0, 0, 0, time.UTC); at.Year() <= 2026; at = at.AddDate(0, 0, 1) {
		expected := at.Weekday() != time.Saturday && at.Weekday() != time.Sunday
		if kind, ok := listed[at.Format(time.DateOnly)]; ok {
			expected = kind == "work"
		}
		works, err := calendar.IsBusinessDay(engine.DateOf(at))
		require.NoError(t, err)
		require.Equal(t, expected, works, at)
	}
}

func TestParseCalendarAcceptsAHostsFile(t *testing.T) {
	t.Parallel()
	text := "\ufeff# ours\r\n\r\nedition,our company,2030,2031\r\nyear,date,kind,holiday\r\n2030,2030-05-04,work,\r\n2031,2030-12-31,off,a day\r\n2031,2032-01-01,off,b\r\n"
	calendar, err := engine.ParseCalendar(strings.NewReader(text))
	require.NoError(t, err)
	assert.Regexp(t, `^our company 2030-2031 sha256:[0-9a-f]{64}$`, calendar.Edition())
	works, err := calendar.IsBusinessDay(civil("2030-05-04"))
	require.NoError(t, err)
	assert.True(t, works)
	works, err = calendar.IsBusinessDay(civil("2030-12-31"))
	require.NoError(t, err)
	assert.False(t, works)
	_, err = calendar.IsBusinessDay(civil("2032-01-01"))
	assert.ErrorContains(t, err, "calendar has no 2032", "a row outside the years doesn't cover its year")

	digest := calendar.Edition()[strings.Index(calendar.Edition(), "sha256:"):]
	plain := strings.ReplaceAll(text, "\r", "")
	again, err := engine.ParseCalendar(strings.NewReader(strings.Replace(plain, "2031\n", "2031,"+digest+"\n", 1)))
	require.NoError(t, err)
	assert.Equal(t, calendar.Edition(), again.Edition(), "line ends and a stated digest don't make another edition")
}

// brokenCalendars are files that must be refused, with what the message has to say.
func brokenCalendars() []struct{ text, message string } {
	const head = "edition,x,2030,2030\nyear,date,kind,holiday\n"
	return []struct{ text, message string }{
		{"", "the file is empty"},
		{"# note\n", "the file is empty"},
		{"year,date,kind,holiday\n", "line 1: the file must begin with edition"},
		{"edition,x,2030\n", "line 1: the file must begin with edition"},
		{"edition,,2030,2030\n", "line 1: the file must begin with edition"},
		{"edition,x,30,2030\n", `line 1: the first year "30"`},
		{"edition,x,2030,0000\n", `line 1: the last year "0000"`},
		{"edition,x,2031,2030\n", "line 1: the first year 2031 is after"},
		{"edition,x,2030,2030,sha256:00\n", "is not a digest"},
		{"edition,x,2030,2030,md5:" + strings.Repeat("0", 64) + "\n", "is not a digest"},
		{"edition,x,2030,2030\n2030,2030-01-01,off,a\n", "line 2: the columns must be"},
		{"edition,x,2030,2030\n", "no row belongs to 2030"},
		{head, "no row belongs to 2030"},
		{"edition,x,2030,2032\nyear,date,kind,holiday\n2030,2030-01-01,off,a\n2032,2032-01-01,off,a\n", "no row belongs to 2031"},
		{head + "2030,2030-01-01,off\n", "line 3: the row has 3 fields"},
		{head + "2030,2030-01-01,off,a,b\n", "line 3: the row has 5 fields"},
		{head + "2031,2031-01-01,off,a\n", `line 3: the year "2031"`},
		{head + "2030,2030-02-30,off,a\n", `line 3: "2030-02-30" is not a day`},
		{head + "2030,2029-11-30,off,a\n", "line 3: 2029-11-30 is too far from 2030"},
		{head + "2030,2031-02-01,off,a\n", "line 3: 2031-02-01 is too far from 2030"},
		{head + "2030,2030-01-01,休,a\n", `the kind "休" is neither`},
		{head + "2030,2030-01-01,off,a\n2030,2030-01-01,work,a\n", "line 4: 2030-01-01 does not come after"},
		{head + "2030,2030-01-02,off,a\n2030,2030-01-01,off,a\n", "line 4: 2030-01-01 does not come after 2030-01-02"},
		{head + "2030,2030-01-01,off,\xd4\xaa\xb5\xa9\n", "line 3: the text is not UTF-8"},
		{"edition,x,2030,2030,sha256:" + strings.Repeat("0", 64) + "\nyear,date,kind,holiday\n2030,2030-01-01,off,a\n", "the rows have the digest sha256:"},
		{strings.Repeat("#\n", 1<<20), "longer than 1048576 bytes"},
		{strings.Repeat("x", 1<<19), "line 1 is longer than 65536 bytes"},
	}
}

func TestParseCalendarNamesTheMistake(t *testing.T) {
	t.Parallel()
	for _, c := range brokenCalendars() {
		calendar, err := engine.ParseCalendar(strings.NewReader(c.text))
		assert.Nil(t, calendar, c.message)
		assert.ErrorContains(t, err, c.message)
	}
	_, err := engine.ParseCalendar(nil)
	require.Error(t, err)
	cause := errors.New("the disk is gone")
	_, err = engine.ParseCalendar(iotest.ErrReader(cause))
	require.ErrorIs(t, err, cause)
}

func FuzzParseCalendar(f *testing.F) {
	for _, c := range brokenCalendars() {
		if len(c.text) < 1000 {
			f.Add(c.text)
		}
	}
	f.Add("edition,x,2030,2031\nyear,date,kind,holiday\n2030,2030-01-01,off,a\n2031,2031-01-04,work,b\n")
	f.Fuzz(func(t *testing.T, text string) {
		calendar, err := engine.ParseCalendar(strings.NewReader(text))
		if err != nil {
			if calendar != nil {
				t.Fatal("a calendar came with an error")
			}
			return
		}
		again, err := engine.ParseCalendar(strings.NewReader(text))
		if err != nil || again.Edition() != calendar.Edition() {
			t.Fatalf("the second reading differs: %v", err)
		}
	})
}

func BenchmarkBusinessDaysBetween(b *testing.B) {
	calendar := engine.ChineseCalendar()
	from, to := civil("2025-09-28"), civil("2025-10-20")
	for b.Loop() {
		n, err := engine.BusinessDaysBetween(calendar, from, to)
		if err != nil || n != 11 {
			b.Fatal(n, err)
		}
	}
}
