package report_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/inspection"
	"github.com/pinjian/pinjian/engine/report"
)

// planFor is a plan as a calendar reads it.
func planFor(t require.TestingT, s *engine.Standard, tier, period string, subjects ...string) *engine.Plan {
	p, err := engine.ParsePeriod(period, s.Zone())
	require.NoError(t, err)
	plan := &engine.Plan{Schema: engine.PlanSchema, ID: tier + "/" + period, Standard: s.Ref(), Tier: tier, Period: p}
	for _, id := range subjects {
		plan.Tasks = append(plan.Tasks, engine.Task{
			ID: plan.ID + "/" + id, Subject: engine.Subject{ID: id}, Inspector: "u17",
			Draws: []engine.Draw{{Parts: []string{"005/4.1"}, Kind: "drawn", Units: []string{"a", "b"}}, {Parts: []string{"005/4.2", "gone"}, Kind: "subject", Planned: 1}},
		})
	}
	return plan
}

func calendarPage(t require.TestingT, s *engine.Standard, r report.CalendarRequest, lang token.Lang) string {
	var b bytes.Buffer
	require.NoError(t, report.WriteCalendar(&b, s, r, report.Options{Lang: lang}))
	balanced(t, b.String())
	return b.String()
}

// TestMissedPeriods compares what the calendar calls missed with a count by
// hand, over months planned or not, closed or not, and any instant.
func TestMissedPeriods(t *testing.T) {
	t.Parallel()
	s, err := gateService()
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		var r report.CalendarRequest
		if rapid.Bool().Draw(t, "states known") {
			r.States = map[string]inspection.State{}
		}
		planned, closed, first := [12]bool{}, [12]bool{}, -1
		for m := range 12 {
			if planned[m] = rapid.Bool().Draw(t, "planned"); !planned[m] {
				continue
			}
			if first < 0 {
				first = m
			}
			plan := planFor(t, s, "region", fmt.Sprintf("2026-%02d", m+1), "P1")
			r.Plans = append(r.Plans, plan)
			state := rapid.SampledFrom([]inspection.State{0, inspection.Approved, inspection.Running, inspection.Closed, inspection.Done}).Draw(t, "state")
			if closed[m] = state >= inspection.Closed; r.States != nil && state != 0 {
				r.States[plan.Tasks[0].ID] = state
			}
		}
		if first < 0 {
			return
		}
		r.Plans = rapid.Permutation(r.Plans).Draw(t, "order")
		if rapid.Bool().Draw(t, "as of") {
			r.AsOf = time.Date(2026, time.Month(rapid.IntRange(1, 14).Draw(t, "month")), rapid.SampledFrom([]int{1, 15}).Draw(t, "day"), 0, 0, 0, 0, shanghai)
		}
		var want []string
		for m := first; m < 12; m++ {
			end := time.Date(2026, time.Month(m+2), 1, 0, 0, 0, 0, shanghai)
			if !r.AsOf.IsZero() && !end.After(r.AsOf) && (!planned[m] || r.States != nil && !closed[m]) {
				want = append(want, fmt.Sprintf("2026-%02d", m+1))
			}
		}
		page := calendarPage(t, s, r, token.English)
		_, list, _ := strings.Cut(page, `<p><span class="fail">missed </span>P1: `)
		list, _, _ = strings.Cut(list, "</p>")
		var got []string
		if !strings.Contains(list, "<") && list != "" {
			got = strings.Split(list, ", ")
		}
		assert.Equal(t, want, got)
	})
}

// TestCalendarSpans: the weeks of a long year, several years, and every other
// length of period.
func TestCalendarSpans(t *testing.T) {
	t.Parallel()
	s, err := gateService()
	require.NoError(t, err)
	one := func(periods ...string) string {
		var r report.CalendarRequest
		for _, p := range periods {
			r.Plans = append(r.Plans, planFor(t, s, "自查", p, "P1", "P2"))
		}
		return calendarPage(t, s, r, token.Chinese)
	}
	page := one("2026-W53") // 2026 has 53 weeks; the last one ends in January
	assert.Contains(t, page, "2026年检查计划日历")
	assert.Contains(t, page, ">W53 12-28<")
	assert.NotContains(t, page, ">W01 12-29<", "quarters without a plan are left out")
	assert.Contains(t, page, "3项 3个")
	assert.Contains(t, one("2026-W01"), ">W01 12-29<")
	assert.Contains(t, one("2025-12", "2026-01"), "2025–2026年检查计划日历")
	assert.Contains(t, one("2025-12", "2026-01"), ">2026 1月<")
	assert.Contains(t, one("2026-Q3"), ">Q3<")
	assert.Contains(t, one("2026-H1"), ">H2<")
	assert.Contains(t, one("2026"), ">2026<")
	both := one("2026-11", "2026-W47")
	assert.Contains(t, both, "自查（每月）")
	assert.Contains(t, both, "自查（每周）")

	// What a plan itself calls missed, unless its inspection is known to be
	// closed; how much it covers; and its exceptions.
	late := planFor(t, s, "region", "2026-03", "P1")
	before, err := engine.ParsePeriod("2025-12", s.Zone())
	require.NoError(t, err)
	late.Missed = []engine.Missed{{Subject: "P1", Period: before}, {Subject: "P7", Period: late.Period}}
	late.Coverage.Items = engine.Covered{Of: 9, Planned: 4}
	late.Amendments = []engine.Amendment{{Kind: "reassignment", Task: late.Tasks[0].ID, Inspector: "u18", Reason: "生病<b>", By: "zhou", At: late.Period.Start.Add(time.Hour)}}
	told := calendarPage(t, s, report.CalendarRequest{Plans: []*engine.Plan{late}}, token.Chinese)
	for _, want := range []string{"2025–2026年", "漏检 </span>P1：2025-12", "漏检 </span>P7：2026-03", ">4/9<", "变更 改派", "u18：生病&lt;b&gt;", "2026-03-01 01:00"} {
		assert.Contains(t, told, want)
	}
	held := planFor(t, s, "region", "2025-12", "P1")
	told = calendarPage(t, s, report.CalendarRequest{Plans: []*engine.Plan{late, held}, States: map[string]inspection.State{held.Tasks[0].ID: inspection.Closed}}, token.Chinese)
	assert.NotContains(t, told, "P1：2025-12")

	// A subject that a run did not draw is not missed.
	drawn := planFor(t, s, "region", "2026-04", "P1")
	drawn.Selections = []engine.Selection{{Organiser: "R1"}}
	list := []*engine.Plan{planFor(t, s, "region", "2026-03", "P1", "P2"), drawn}
	told = calendarPage(t, s, report.CalendarRequest{Plans: list, AsOf: time.Date(2026, 6, 1, 0, 0, 0, 0, shanghai)}, token.Chinese)
	assert.Contains(t, told, "漏检 </span>P2：2026-05<")

	// What the plan could not do is told, in whatever state it is.
	plan := planFor(t, s, "region", "2026-11", "P1")
	plan.Problems = []engine.Problem{{Code: "no_frame", Subject: "P1", Message: engine.Words{ZH: "没有清单", EN: "no frame"}, Blocking: true}}
	page = calendarPage(t, s, report.CalendarRequest{Plans: []*engine.Plan{plan}}, token.Chinese)
	assert.Contains(t, page, "没有清单")
	assert.Contains(t, page, "草案")
	assert.Contains(t, page, "区域公司对项目")
}
