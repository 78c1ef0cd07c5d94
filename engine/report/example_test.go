package report_test

import (
	"bytes"
	"context"
	"fmt"
	"slices"
	"strings"
	"testing/fstest"
	"time"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
)

// A host judges one task, opens its findings, and sends the notice; the page
// is for people, the JSON for its own records.
func ExampleNotice() {
	const rules = `lang 1
standard desk "Front desk" { version "1"; zone "Asia/Shanghai" }
item 1 "Reception" {
  every month
  observe "the desk" -> manned : bool, minutes : int 0..
  major when not manned : "nobody at the desk"
  fail when minutes > 5 : "visitors wait too long"
}
`
	ctx := context.Background()
	s, _, err := engine.Load(ctx, fstest.MapFS{"desk.chk": {Data: []byte(rules)}}, ".", engine.Options{})
	if err != nil {
		fmt.Println(err)
		return
	}
	month, err := engine.ParsePeriod("2026-10", s.Zone())
	if err != nil {
		fmt.Println(err)
		return
	}
	draft, err := s.MakePlan(ctx, engine.PlanRequest{
		Scope: "tenant", Tier: "region", Period: month, Inspected: []string{"P1"}, Seed: []byte("sixteen bytes or more"),
		Organisation: engine.Organisation{Subjects: []engine.Subject{{ID: "P1"}}},
	})
	if err != nil {
		fmt.Println(err)
		return
	}
	plan, err := draft.Approve(engine.Approval{By: "head", At: month.Start})
	if err != nil {
		fmt.Println(err)
		return
	}
	task := plan.Tasks[0].ID
	seen := engine.Submission{ID: "1", Task: task, Part: "1", Answers: map[string]any{"manned": true, "minutes": 9}, By: "inspector"}
	result, err := s.Judge(ctx, plan, task, engine.Evidence{Submissions: []engine.Submission{seen}})
	if err != nil {
		fmt.Println(err)
		return
	}
	at := time.Date(2026, 11, 2, 9, 0, 0, 0, s.Zone())
	events, err := s.OpenFindings(engine.FindingRequest{Scope: "tenant", Result: result, Period: month.Name, By: "inspector", At: at})
	if err != nil {
		fmt.Println(err)
		return
	}
	finding, err := engine.Fold(slices.Values(events))
	if err != nil {
		fmt.Println(err)
		return
	}
	notice, err := report.Notice(s, report.NoticeRequest{Plan: plan, Result: result, Findings: []engine.Finding{finding}},
		report.Options{Lang: token.English, Organisation: "Quality centre", Addressee: "Project P1"})
	if err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(notice.Addressee, "-", notice.Overall.Words)
	for _, r := range notice.Items[0].Reasons {
		fmt.Println(notice.Items[0].Title, "-", r.Text)
	}
	for _, d := range notice.Findings[0].Duties {
		fmt.Println("to do:", d.Words)
	}
	var page bytes.Buffer
	if err := notice.WriteHTML(&page); err != nil {
		fmt.Println(err)
		return
	}
	fmt.Println(strings.Contains(page.String(), "Inspection feedback and rectification notice"))
	// Output:
	// Project P1 - fail
	// 1 Reception - visitors wait too long: minutes = 9 > 5
	// to do: correction
	// to do: record of the handling
	// to do: verification by record
	// true
}
