package engine_test

import (
	"encoding/json"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

// civil makes a date that the test knows to be right.
func civil(text string) engine.Date {
	d, err := engine.ParseDate(text)
	if err != nil {
		panic(err)
	}
	return d
}

// anyDate draws a day of the years 1 to 9999 by way of package time, which serves as the oracle.
func anyDate(t *rapid.T, label string) (engine.Date, time.Time) {
	first := time.Date(1, 1, 1, 0, 0, 0, 0, time.UTC)
	at := first.AddDate(0, 0, rapid.IntRange(0, 3652058).Draw(t, label))
	return engine.DateOf(at), at
}

func TestDateAgreesWithPackageTime(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		d, at := anyDate(t, "day")
		require.True(t, d.Valid())
		require.Equal(t, at.Format(time.DateOnly), d.String())
		require.Equal(t, at.Unix()/86400, d.DayNumber())
		require.Equal(t, at.Weekday(), d.Weekday())
		parsed, err := engine.ParseDate(d.String())
		require.NoError(t, err)
		require.Equal(t, d, parsed)

		n := rapid.IntRange(-800, 800).Draw(t, "days")
		moved := at.AddDate(0, 0, n)
		if year := moved.Year(); year >= 1 && year <= 9999 {
			require.Equal(t, engine.DateOf(moved), d.AddDays(n))
			require.Equal(t, moved.Compare(at), d.AddDays(n).Compare(d))
		} else {
			require.Equal(t, engine.Date{}, d.AddDays(n))
		}
	})
}

// TestEveryDayFollowsTheOneBefore walks two whole cycles of 400 years, so every leap rule is met.
func TestEveryDayFollowsTheOneBefore(t *testing.T) {
	t.Parallel()
	d, at := civil("1599-12-31"), time.Date(1599, 12, 31, 0, 0, 0, 0, time.UTC)
	for range 2 * 146097 {
		next := d.AddDays(1)
		at = at.AddDate(0, 0, 1)
		if next != engine.DateOf(at) || next.DayNumber() != d.DayNumber()+1 {
			t.Fatalf("the day after %s is %s, not %s", d, at.Format(time.DateOnly), next)
		}
		d = next
	}
}

func TestParseDateRefusesWhatIsNoDate(t *testing.T) {
	t.Parallel()
	for _, text := range []string{
		"", "2026", "2026-11", "2026-11-3", "2026-1-03", "26-11-23", "2026/11/23", "2026-11-23 ", " 2026-11-23", "+026-11-23",
		"2026-02-29", "1900-02-29", "2026-13-01", "2026-00-10", "2026-04-31", "2026-01-00", "0000-01-01", "２026-11-23", "2026-11-23T00:00",
	} {
		_, err := engine.ParseDate(text)
		assert.Error(t, err, "%q", text)
	}
	assert.True(t, civil("2000-02-29").Valid())
	assert.True(t, civil("9999-12-31").Valid())
}

func TestDateThatIsNoDay(t *testing.T) {
	t.Parallel()
	for _, d := range []engine.Date{
		{},
		{Year: 2026, Month: 13, Day: 1},
		{Year: 2026, Month: 2, Day: 30},
		{Year: 10000, Month: 1, Day: 1},
		{Year: 1 << 62, Month: 1, Day: 1},
		{Year: -1 << 62, Month: -5, Day: -1 << 62},
	} {
		assert.False(t, d.Valid(), "%v", d)
		assert.Equal(t, engine.Date{}, d.AddDays(0))
		_, err := json.Marshal(d)
		assert.Error(t, err)
		_ = d.DayNumber()
		_ = d.Weekday()
	}
	for _, n := range []int{1 << 62, -1 << 62, 4_000_000} {
		assert.Equal(t, engine.Date{}, civil("2026-11-23").AddDays(n))
	}
}

func TestDateInJSON(t *testing.T) {
	t.Parallel()
	type document struct {
		Due  engine.Date            `json:"due,omitzero"`
		Done map[engine.Date]string `json:"done,omitempty"`
	}
	in := document{Due: civil("2026-11-23"), Done: map[engine.Date]string{civil("2025-01-02"): "x"}}
	text, err := json.Marshal(in)
	require.NoError(t, err)
	assert.JSONEq(t, `{"due":"2026-11-23","done":{"2025-01-02":"x"}}`, string(text))
	var out document
	require.NoError(t, json.Unmarshal(text, &out))
	assert.Equal(t, in, out)

	text, err = json.Marshal(document{})
	require.NoError(t, err)
	assert.Equal(t, `{}`, string(text))

	require.Error(t, json.Unmarshal([]byte(`{"due":"2026-02-30"}`), &out))
	assert.Equal(t, civil("2026-11-23"), out.Due, "an error must not change the value")
}

func FuzzParseDate(f *testing.F) {
	for _, text := range []string{"2026-11-23", "2000-02-29", "0000-00-00", "9999-12-31", "2026-11-2三"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, err := engine.ParseDate(text)
		oracle, oracleErr := time.Parse(time.DateOnly, text)
		if err != nil {
			// Package time knows the year 0, which the calendar of dates does not.
			if oracleErr == nil && oracle.Year() != 0 {
				t.Fatalf("%q is the date %v but was refused: %v", text, oracle, err)
			}
			return
		}
		if oracleErr != nil || engine.DateOf(oracle) != d || d.String() != text {
			t.Fatalf("%q was read as %v; package time says %v, %v", text, d, oracle, oracleErr)
		}
	})
}
