package main

import (
	"bytes"
	"context"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
)

// monthly is the service report of a month for the head of a company: every
// number in it can be traced to the verdicts and findings that it counts.
func (h *host) monthly(ctx context.Context, key, by string) (page []byte, total engine.SummaryRow, err error) {
	p, rules, err := h.plan(ctx, key)
	if err != nil {
		return nil, total, err
	}
	sum, err := engine.NewSummary(engine.SummaryOptions{By: []string{"subject", "section", "item", "month"}, AsOf: h.now(), Standard: rules, Remember: true})
	if err != nil {
		return nil, total, err
	}
	if err := sum.AddPlan(p); err != nil {
		return nil, total, err
	}
	for _, t := range p.Tasks {
		r, _, err := h.latest(ctx, h.db, t.ID)
		if err != nil {
			return nil, total, err
		}
		if r == nil {
			continue // planned and not judged yet, which the summary shows
		}
		if err := sum.Add(r); err != nil {
			return nil, total, err
		}
	}
	known, err := h.findings(ctx, h.db, "")
	if err != nil {
		return nil, total, err
	}
	findings := inOrder(known)
	for _, f := range findings {
		if err := sum.AddFinding(f); err != nil {
			return nil, total, err
		}
	}
	organisation, err := h.organisation(ctx)
	if err != nil {
		return nil, total, err
	}
	names, err := h.names(ctx)
	if err != nil {
		return nil, total, err
	}
	document, err := report.Monthly(rules, report.MonthlyRequest{
		Summary: sum, Findings: findings, Period: p.Period, Tier: p.Tier, Subjects: organisation.Subjects, FiledBy: by, FiledAt: h.now(),
	}, report.Options{
		Organisation: "品质管理部", Number: "品质〔" + p.Period.Name + "〕1号", Date: engine.DateOf(h.now()), Addressee: "公司总经理", Names: names,
	})
	if err != nil {
		return nil, total, err
	}
	var out bytes.Buffer
	if err := document.WriteHTML(&out); err != nil {
		return nil, total, err
	}
	total, err = sum.Total()
	return out.Bytes(), total, err
}
