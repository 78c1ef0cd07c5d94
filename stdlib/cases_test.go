package stdlib_test

import (
	"context"
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

func compile(t *testing.T, name string) *engine.Standard {
	t.Helper()
	s, _, err := engine.Load(context.Background(), stdlib.FS(), name, engine.Options{Audit: true})
	require.NoError(t, err)
	return s
}

// TestCases demands of every item a place in the print, a passing and a
// failing test, every criterion reached, and every limit from both sides. An
// item that only deducts has tests with and without deductions in their place.
func TestCases(t *testing.T) {
	t.Parallel()
	for _, name := range standards {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := compile(t, name)
			results, err := s.RunTests(context.Background(), "")
			require.NoError(t, err)
			for _, r := range results {
				assert.Empty(t, r.Failures, "%s %s", r.Item, r.Title)
			}
			_, declarations := load(t, name)
			described := items(declarations)
			cover := engine.Cover(s, results)
			assert.Len(t, cover, len(described))
			for _, c := range cover {
				item := described[c.Item]
				require.NotNil(t, item)
				assert.NotEmpty(t, value(item.Source), c.Item)
				assert.NotEmpty(t, item.Require, c.Item)
				assert.Empty(t, c.Unreached, c.Item)
				assert.Equal(t, c.Criteria, c.Reached, c.Item)
				assert.Empty(t, c.OpenLimits, c.Item)
				assert.Equal(t, c.Limits, c.LimitsReached, c.Item)
				if name == "scorecard" {
					assert.Equal(t, []string{"score"}, c.Outcomes, c.Item)
					assert.GreaterOrEqual(t, c.Tests, 2, c.Item)
					continue
				}
				assert.Contains(t, c.Outcomes, "pass", c.Item)
				assert.Contains(t, c.Outcomes, "fail", c.Item)
			}
		})
	}
}

// TestSpecialGrades names the rows that print more than pass and fail.
func TestSpecialGrades(t *testing.T) {
	t.Parallel()
	s := compile(t, "continuous")
	results, err := s.RunTests(context.Background(), "")
	require.NoError(t, err)
	got := map[string]string{}
	for _, c := range engine.Cover(s, results) {
		for _, o := range c.Outcomes {
			if o == "major" || o == "observation" {
				got[c.Item] = o
			}
		}
	}
	assert.Equal(t, map[string]string{
		"004/4.2.2": "observation", "005/4.1.2": "major", "005/4.4.1": "observation", "005/4.4.2": "observation", "005/4.4.3": "observation", "006/4.4.1": "observation",
	}, got)
}

// TestWorkdaysOverHolidays checks 006/4.4.3 over the National Day holidays of
// four years: a complaint received on the last day before and not reported
// upwards is overdue from the sixth working day on. The days after the holiday,
// make-up days on weekends among them, are counted here by hand.
func TestWorkdaysOverHolidays(t *testing.T) {
	t.Parallel()
	s := compile(t, "continuous")
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	for year, days := range map[int]struct{ received, fifth, sixth string }{
		2023: {"09-28", "10-11", "10-12"}, // 7 and 8 October, a weekend, are working days
		2024: {"09-30", "10-12", "10-14"}, // 12 October, a Saturday, is a working day
		2025: {"09-30", "10-14", "10-15"}, // 11 October, a Saturday, is a working day
		2026: {"09-30", "10-13", "10-14"}, // 10 October, a Saturday, is a working day
	} {
		for day, want := range map[string]engine.Outcome{days.fifth: engine.Pass, days.sixth: engine.Fail} {
			v, refused, err := s.JudgeUnit("006/4.4.3", map[string]any{
				"受理时间": fmt.Sprintf("%d-%s 09:00", year, days.received), "派单时间": fmt.Sprintf("%d-%s 09:05", year, days.received),
				"联系用时": "5m", "完成时间": fmt.Sprintf("%d-%s 17:00", year, day), "超期上报时间": nil,
			}, engine.Setting{AsOf: time.Date(year, 10, 31, 18, 0, 0, 0, zone)})
			require.NoError(t, err)
			require.Empty(t, refused)
			assert.Equal(t, engine.Decided, v.State, "%d-%s", year, day)
			assert.Equal(t, want, v.Best, "%d-%s", year, day)
		}
	}
}

// TestYearWithoutCalendar asks for working days of a year that the calendar
// has no notice of.
func TestYearWithoutCalendar(t *testing.T) {
	t.Parallel()
	s := compile(t, "continuous")
	zone, err := time.LoadLocation("Asia/Shanghai")
	require.NoError(t, err)
	judge := func(done string) error {
		_, _, err := s.JudgeUnit("006/4.4.3", map[string]any{
			"受理时间": "2026-12-30 09:00", "派单时间": "2026-12-30 09:05", "联系用时": "5m", "完成时间": done, "超期上报时间": nil,
		}, engine.Setting{AsOf: time.Date(2027, 1, 31, 18, 0, 0, 0, zone)})
		return err
	}
	require.NoError(t, judge("2026-12-31 17:00"))
	require.ErrorContains(t, judge("2027-01-06 17:00"), "2027")
}
