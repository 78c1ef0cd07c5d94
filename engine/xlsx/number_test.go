package xlsx

import (
	"fmt"
	"math/big"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"
)

// TestExactlyWhatWasTyped: whatever decimal of up to 15 digits is typed, the
// binary number that a workbook keeps of it, written with up to 17 digits,
// gives the same decimal.
func TestExactlyWhatWasTyped(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		digits := rapid.Int64Range(-999_999_999_999_999, 999_999_999_999_999).Draw(t, "digits")
		places := rapid.IntRange(0, 20).Draw(t, "places")
		want := new(big.Rat).SetFrac(big.NewInt(digits), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
		typed := want.FloatString(places)
		f, err := strconv.ParseFloat(typed, 64)
		require.NoError(t, err)
		for _, stored := range []string{strconv.FormatFloat(f, 'g', 17, 64), strconv.FormatFloat(f, 'E', 16, 64), strconv.FormatFloat(f, 'f', -1, 64)} {
			if len(stored) > 40 {
				continue
			}
			got, ok := exactly(stored)
			require.True(t, ok, stored)
			require.Zero(t, want.Cmp(got), "%s was stored as %s and read as %s", typed, stored, got)
		}
	})
	for stored, want := range map[string]string{"0.1": "0.1", "0.10000000000000001": "0.1", "0.30000000000000004": "0.3", "1E3": "1000", "-2.5e-1": "-0.25"} {
		got, ok := exactly(stored)
		require.True(t, ok, stored)
		assert.Equal(t, want, decimal(got), stored)
	}
	for _, stored := range []string{"", "NaN", "Inf", "0x1p3", "1_000", "1e999", "1e200", "1e-200", strings.Repeat("9", 50), "1.2.3", "--1"} {
		_, ok := exactly(stored)
		assert.False(t, ok, stored)
	}
}

// TestSerialsAgreeWithExcelize compares the instants that numbers stand for
// with those of the library that writes workbooks, in both calendars.
func TestSerialsAgreeWithExcelize(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		since := rapid.SampledFrom([]int{1900, 1904}).Draw(t, "since")
		days := rapid.IntRange(61, 100_000).Draw(t, "days")
		seconds := rapid.IntRange(0, 86399).Draw(t, "seconds")
		f := float64(days) + float64(seconds)/86400
		stored := strconv.FormatFloat(f, 'g', 17, 64)
		serial, ok := exactly(stored)
		require.True(t, ok)
		got, ok := ofSerial(serial, since)
		require.True(t, ok)
		want, err := excelize.ExcelDateToTime(f, since == 1904)
		require.NoError(t, err)
		require.WithinDuration(t, want, got.Time, 2*time.Millisecond)
		require.Equal(t, seconds, got.Hour()*3600+got.Minute()*60+got.Second(), "the second that was typed")
		require.Zero(t, got.Nanosecond())
	})
	for _, days := range []int64{1, 60, -1, 4_000_000} {
		_, ok := ofSerial(big.NewRat(days, 1), 1900)
		assert.False(t, ok, "the day %d is none, or none that is certain", days)
	}
}

// TestTypedForms are the ways to write dates, times and lengths of time.
func TestTypedForms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-23": "2026-11-23", "2026/1/3": "2026-01-03", "2026.1.3": "2026-01-03", "2026年1月3日": "2026-01-03", "２０２６－１－３": "2026-01-03",
		"2026-11-23 9:05": "2026-11-23 09:05:00", "2026年11月23日 下午3点05分": "2026-11-23 15:05:00", "2026-11-23T09:05:06": "2026-11-23 09:05:06",
		"9：05": "09:05:00", "9时": "09:00:00", "12:30 am": "00:30:00", "上午12:30": "00:30:00", "12:30 PM": "12:30:00", " 23:59:59　": "23:59:59", "10:05:06.5": "10:05:06",
		"2026-02-29": "", "2026-13-01": "", "24:00": "", "10:60": "", "10:": "", "13:00 PM": "", "昨天": "", "": "", "2026-11": "", "10": "", "2026-11-23 10": "", "1/2/2026": "",
	} {
		got, ok := ofText(text)
		if want == "" {
			assert.False(t, ok, text)
			continue
		}
		require.True(t, ok, text)
		layout := map[[2]bool]string{{true, false}: time.DateOnly, {false, true}: time.TimeOnly, {true, true}: time.DateTime}[[2]bool{got.date, got.clock}]
		assert.Equal(t, want, got.Format(layout), text)
	}
	w := &workbook{since: 1900}
	for text, want := range map[string]time.Duration{
		"10分钟": 10 * time.Minute, "1小时30分": 90 * time.Minute, "90m": 90 * time.Minute, "1h30m": 90 * time.Minute, "0:10": 10 * time.Minute, "2 天": 48 * time.Hour,
		"1.5h": 90 * time.Minute, "３０ 秒": 30 * time.Second, "1h 30 min": 90 * time.Minute, "10": 0, "十分钟": 0, "-5m": 0, "10分钟吧": 0, "": 0, "1/3h": 0, "999999999999h": 0,
	} {
		got, ok := w.ofSpan(cell{content: textual, text: text})
		assert.Equal(t, want > 0, ok, text)
		if ok {
			assert.Equal(t, want, got, text)
		}
	}
	for text, want := range map[string]string{
		"12.5%": "0.125", "１２．５％": "0.125", "1,234.5": "1234.5", "1，234": "1234", "-3": "-3", "－3": "-3", "+7.": "7", ".5": "0.5", "3。5": "3.5",
		"1,23": "", "1.2.3": "", "3个": "", "1e3": "", "": "", "%": "", "0x10": "", "1 000": "",
	} {
		got, ok := typed(text)
		assert.Equal(t, want != "", ok, text)
		if ok {
			assert.Equal(t, want, decimal(got), text)
		}
	}
}

// TestReferences: every address of a cell is read back, and what is none isn't.
func TestReferences(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		column, row := rapid.IntRange(1, maxColumn).Draw(t, "column"), rapid.IntRange(1, maxRow).Draw(t, "row")
		want, err := excelize.CoordinatesToCellName(column, row)
		require.NoError(t, err)
		require.Equal(t, want, cellName(column, row))
		c, r, ok := reference(want)
		require.True(t, ok)
		require.Equal(t, [2]int{column, row}, [2]int{c, r})
	})
	for _, s := range []string{"", "A", "1", "A0", "A-1", "A+1", "XFE1", "AAAA1", "A1048577", "1A", "A1B", "Ａ1"} {
		_, _, ok := reference(s)
		assert.False(t, ok, s)
	}
	for code, want := range map[string]shown{
		"General": asNumber, "0.00": asNumber, `0"天"`: asNumber, `0"d"`: asNumber, "yyyy-mm-dd": asDate, "[h]:mm": asElapsed, `[$-804]yyyy"年"m"月"`: asDate, "[Red]0": asNumber,
		`\d0`: asNumber, "h:mm AM/PM": asDate, "@": asNumber, "0.00E+00": asNumber, `#,##0.00_);[Red]\(#,##0.00\)`: asNumber, "[": asNumber, `"`: asNumber, "mm:ss.0": asDate,
	} {
		assert.Equal(t, want, formatOf("200", code), code)
	}
	for id, want := range map[int]shown{0: asNumber, 9: asNumber, 10: asNumber, 14: asDate, 22: asDate, 46: asElapsed, 49: asNumber, 57: asDate} {
		assert.Equal(t, want, formatOf(fmt.Sprint(id), ""), id)
	}
}
