package engine_test

import (
	"encoding/json"
	"fmt"
	"testing"
	"time"
	_ "time/tzdata" // the zones must be the same on every machine

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

func zone(name string) *time.Location {
	z, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return z
}

// trickyZones change the clock at midnight, by a whole day, or by odd amounts.
func trickyZones() []string {
	return []string{
		"UTC", "Asia/Shanghai", "Europe/Berlin", "America/New_York", "America/Sao_Paulo", "America/St_Johns", "America/Havana",
		"Pacific/Apia", "Pacific/Kwajalein", "Asia/Kathmandu", "Australia/Lord_Howe", "Asia/Beirut", "Africa/Cairo", "Asia/Gaza",
	}
}

func frequencies() []engine.Frequency {
	return []engine.Frequency{engine.Week, engine.Month, engine.Quarter, engine.HalfYear, engine.Year}
}

func TestParsePeriod(t *testing.T) {
	t.Parallel()
	shanghai := zone("Asia/Shanghai")
	for name, dates := range map[string][2]string{
		"2026":     {"2026-01-01", "2027-01-01"},
		"2026-H1":  {"2026-01-01", "2026-07-01"},
		"2026-H2":  {"2026-07-01", "2027-01-01"},
		"2026-Q1":  {"2026-01-01", "2026-04-01"},
		"2026-Q4":  {"2026-10-01", "2027-01-01"},
		"2026-11":  {"2026-11-01", "2026-12-01"},
		"2026-12":  {"2026-12-01", "2027-01-01"},
		"2024-02":  {"2024-02-01", "2024-03-01"},
		"2026-W48": {"2026-11-23", "2026-11-30"},
		"2026-W01": {"2025-12-29", "2026-01-05"},
		"2026-W53": {"2026-12-28", "2027-01-04"},
		"2020-W53": {"2020-12-28", "2021-01-04"},
		"2021-W01": {"2021-01-04", "2021-01-11"},
		"0001-W01": {"0001-01-01", "0001-01-08"},
		"9998":     {"9998-01-01", "9999-01-01"},
	} {
		p, err := engine.ParsePeriod(name, shanghai)
		require.NoError(t, err, name)
		assert.Equal(t, name, p.Name)
		assert.Equal(t, dates[0]+" 00:00:00", p.Start.Format(time.DateTime), name)
		assert.Equal(t, dates[1]+" 00:00:00", p.End.Format(time.DateTime), name)
		assert.Equal(t, shanghai, p.Start.Location())
		assert.True(t, p.Contains(p.Start))
		assert.True(t, p.Contains(p.End.Add(-1)))
		assert.False(t, p.Contains(p.Start.Add(-1)))
		assert.False(t, p.Contains(p.End))
	}
}

func TestParsePeriodRefusesOtherNames(t *testing.T) {
	t.Parallel()
	for _, name := range []string{
		"", "26", "2026-", "2026-1", "2026-00", "2026-13", "2026-Q0", "2026-Q5", "2026-H0", "2026-H3", "2026-W00", "2026-W54", "2026-W1",
		"2025-W53", "2021-W53", "2026-w48", "2026-q4", "2026W48", "2026_11", "2026-11-23", " 2026", "2026 ", "+026", "0000", "9999", "9999-W01", "２０２６", "2026-Ｑ4", "2026-Q٤",
	} {
		p, err := engine.ParsePeriod(name, nil)
		assert.Error(t, err, "%q", name)
		assert.Zero(t, p)
	}
	_, err := engine.ParsePeriod("2025-W53", nil)
	assert.ErrorContains(t, err, "the weeks of 2025 end with week 52")
}

// TestWeeksAgreeWithPackageTime compares the number of every week of 800 years with time.Time.ISOWeek.
func TestWeeksAgreeWithPackageTime(t *testing.T) {
	t.Parallel()
	weeks53 := 0
	for at := time.Date(1600, 1, 3, 12, 0, 0, 0, time.UTC); at.Year() < 2400; at = at.AddDate(0, 0, 7) {
		year, week := at.ISOWeek()
		p, err := engine.PeriodOf(engine.Week, at, time.UTC)
		if err != nil || p.Name != fmt.Sprintf("%04d-W%02d", year, week) || p.Start.Weekday() != time.Monday || !p.Contains(at) {
			t.Fatalf("%v lies in %v: %v", at, p, err)
		}
		if week == 53 {
			weeks53++
		}
	}
	assert.Equal(t, 2*71, weeks53, "71 of 400 years have a week 53")
}

func TestPeriodsStartWhereTheDayStarts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ zone, name, start string }{
		// The clock went from 23:59 to 01:00.
		{"America/Sao_Paulo", "2018-W45", "2018-11-05T00:00:00-02:00"},
		{"Asia/Beirut", "2019-W14", "2019-04-01T00:00:00+03:00"},
		{"Africa/Cairo", "2009-W18", "2009-04-27T00:00:00+03:00"},
		{"Asia/Gaza", "2012-W14", "2012-04-02T00:00:00+03:00"},
		// 00:00 to 01:00 on the first of a month was left out.
		{"Asia/Amman", "2011-04", "2011-04-01T01:00:00+03:00"},
		{"Asia/Amman", "2011-Q2", "2011-04-01T01:00:00+03:00"},
		// One minute after midnight the clock was put back to 23:01 of the old month.
		{"America/St_Johns", "2009-11", "2009-11-01T00:00:00-02:30"},
		// 31 December 1994 was left out at the date line.
		{"Pacific/Kiritimati", "1995", "1995-01-01T00:00:00+14:00"},
		{"Pacific/Apia", "2012", "2012-01-01T00:00:00+14:00"},
	} {
		p, err := engine.ParsePeriod(c.name, zone(c.zone))
		require.NoError(t, err)
		assert.Equal(t, c.start, p.Start.Format(time.RFC3339), "%s in %s", c.name, c.zone)
	}
	// The instant is shown as 31 October 23:30 for the second time: November has begun.
	repeated := time.Date(2009, 11, 1, 2, 50, 0, 0, time.UTC)
	p, err := engine.PeriodOf(engine.Month, repeated, zone("America/St_Johns"))
	require.NoError(t, err)
	assert.Equal(t, "2009-11", p.Name)
	assert.True(t, p.Contains(repeated))
}

// TestMonthsOfTheFarFuture covers the years in which zones follow a rule and not a table, leap years included.
func TestMonthsOfTheFarFuture(t *testing.T) {
	t.Parallel()
	for _, name := range trickyZones() {
		z := zone(name)
		for year := 2036; year < 2450; year++ {
			for month := time.January; month <= time.December; month++ {
				p, err := engine.ParsePeriod(fmt.Sprintf("%04d-%02d", year, month), z)
				oracle := time.Date(year, month, 1, 0, 0, 0, 0, z)
				if err != nil || !p.Start.Equal(oracle) && oracle.Hour() == 0 {
					t.Fatalf("%v does not start at %v in %s: %v", p, oracle, name, err)
				}
			}
		}
	}
}

// TestPeriodsTileTime draws instants near changes of the clock and checks that exactly one period holds each of them.
func TestPeriodsTileTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		z := zone(rapid.SampledFrom(trickyZones()).Draw(t, "zone"))
		at := time.Unix(rapid.Int64Range(-3_000_000_000, 20_000_000_000).Draw(t, "instant"), rapid.Int64Range(0, 999_999_999).Draw(t, "ns"))
		if _, change := at.In(z).ZoneBounds(); !change.IsZero() && rapid.Bool().Draw(t, "near a change") {
			at = change.Add(time.Duration(rapid.Int64Range(-7200, 7200).Draw(t, "seconds")) * time.Second)
		}
		f := rapid.SampledFrom(frequencies()).Draw(t, "frequency")
		p, err := engine.PeriodOf(f, at, z)
		require.NoError(t, err)
		require.True(t, p.Contains(at), "%v in %v", at.In(z), p)
		require.Equal(t, f, p.Frequency())

		parsed, err := engine.ParsePeriod(p.Name, z)
		require.NoError(t, err)
		require.Equal(t, p, parsed)

		next, previous := p.Next(), p.Previous(1)
		require.Equal(t, p.End, next.Start)
		require.Equal(t, p.Start, previous.End)
		require.Equal(t, p, next.Previous(1))
		require.Equal(t, p, previous.Next())
		require.False(t, next.Contains(at) || previous.Contains(at))

		n := rapid.IntRange(-30, 30).Draw(t, "n")
		step := p
		for range max(n, 0) {
			step = step.Previous(1)
		}
		for range max(-n, 0) {
			step = step.Next()
		}
		require.Equal(t, step, p.Previous(n))

		// A longer period of months begins and ends with a shorter one.
		if f > engine.Month {
			month, err := engine.PeriodOf(engine.Month, at, z)
			require.NoError(t, err)
			require.False(t, month.Start.Before(p.Start) || month.End.After(p.End), "%v in %v", month, p)
		}
	})
}

func TestPeriodsAtTheEndsOfTime(t *testing.T) {
	t.Parallel()
	for _, f := range frequencies() {
		for _, at := range []time.Time{
			{},
			time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9998, 12, 31, 23, 0, 0, 0, time.UTC),
			time.Date(-5, 1, 1, 0, 0, 0, 0, time.UTC), time.Date(9999, 12, 31, 0, 0, 0, 0, time.UTC), time.Unix(1<<60, 0), time.Unix(-1<<60, 0),
		} {
			p, err := engine.PeriodOf(f, at, nil)
			if err != nil {
				assert.ErrorContains(t, err, "periods have names")
				assert.Zero(t, p)
				continue
			}
			assert.True(t, p.Contains(at), "%v %v", p, at)
			_, err = json.Marshal(p)
			assert.NoError(t, err)
		}
	}
	first, err := engine.ParsePeriod("0001-W01", nil)
	require.NoError(t, err)
	assert.Zero(t, first.Previous(1))
	assert.Equal(t, "0001-W02", first.Next().Name)
	last, err := engine.ParsePeriod("9998-Q4", nil)
	require.NoError(t, err)
	assert.Zero(t, last.Next())
	for _, n := range []int{1 << 62, -1 << 62, -1 << 63} {
		assert.Zero(t, last.Previous(n))
	}
	assert.Zero(t, engine.Period{}.Previous(1))
	assert.Zero(t, engine.Period{}.Next())
	assert.Zero(t, engine.Period{}.Frequency())
	assert.False(t, engine.Period{}.Contains(time.Time{}))

	_, err = engine.PeriodOf(0, time.Unix(0, 0), nil)
	require.Error(t, err)
	_, err = engine.PeriodOf(9, time.Unix(0, 0), nil)
	require.Error(t, err)
}

func TestFrequencyText(t *testing.T) {
	t.Parallel()
	for _, f := range frequencies() {
		text, err := json.Marshal(f)
		require.NoError(t, err)
		var back engine.Frequency
		require.NoError(t, json.Unmarshal(text, &back))
		assert.Equal(t, f, back)
	}
	assert.Equal(t, "halfyear", engine.HalfYear.String())
	assert.Equal(t, "no frequency", engine.Frequency(0).String())
	_, err := json.Marshal(engine.Frequency(0))
	require.Error(t, err)
	f := engine.Week
	require.Error(t, json.Unmarshal([]byte(`"Month"`), &f))
	assert.Equal(t, engine.Week, f)
}

func FuzzParsePeriod(f *testing.F) {
	for _, name := range []string{"2026", "2026-11", "2026-Q4", "2026-H2", "2026-W48", "2020-W53", "2026-W", "9998-W53", "2041", "2049-W01"} {
		f.Add(name, int64(0))
	}
	lisbon := zone("Europe/Lisbon")
	f.Fuzz(func(t *testing.T, name string, n int64) {
		p, err := engine.ParsePeriod(name, lisbon)
		if err != nil {
			return
		}
		if p.Name != name || !p.Start.Before(p.End) || !p.Contains(p.Start) {
			t.Fatalf("%q was read as %v", name, p)
		}
		again, err := engine.PeriodOf(p.Frequency(), p.Start, lisbon)
		if err != nil || again != p {
			t.Fatalf("%q starts in %v: %v", name, again, err)
		}
		if q := p.Previous(int(n)); q != (engine.Period{}) && n != 0 && q == p {
			t.Fatalf("%q: %d periods before is itself", name, n)
		}
	})
}
