package report

import (
	"cmp"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
)

// findings lists those of the period, those that repeat, those of earlier
// periods that are not settled, and the proposals made with any of them.
func (b *monthlyBuilder) findings() {
	for _, f := range b.sorted(b.request.Findings) {
		period, err := engine.ParsePeriod(f.Period, b.request.Period.Start.Location())
		now := err == nil && !period.End.After(b.request.Period.End) && period.End.After(b.request.Period.Start)
		before := err == nil && !period.End.After(b.request.Period.Start)
		for _, e := range f.Events {
			if e.Kind == "propose" {
				b.out.Proposals = append(b.out.Proposals, Proposal{
					Finding: f.ID, At: e.At, Improvement: e.Fields["improvement"], Owner: e.Fields["owner"], Outcome: concluded(&f, e.ID),
				})
			}
		}
		one := b.reported(f, b.request.Summary.AsOf())
		switch {
		case f.State == "withdrawn":
		case now:
			b.out.Findings = append(b.out.Findings, one)
			if len(f.Repeats) > 0 {
				b.out.Repeats = append(b.out.Repeats, one)
			}
		case before && f.State != "closed":
			b.out.Earlier = append(b.out.Earlier, one)
		}
	}
	slices.SortStableFunc(b.out.Proposals, func(x, y Proposal) int { return x.At.Compare(y.At) })
}

// concluded is what became of a proposal.
func concluded(f *engine.Finding, proposal string) string {
	for _, e := range f.Events {
		if e.Kind == "conclude" && e.Fields["proposal"] == proposal {
			return e.Fields["outcome"]
		}
	}
	return ""
}

// sorted puts findings into the order of lists: the gravest first, then by
// subject and item as printed.
func (t *terms) sorted(list []engine.Finding) []engine.Finding {
	order := map[string]int{}
	for i := range t.standard.Items() {
		order[i.ID] = len(order)
	}
	out := slices.Clone(list)
	slices.SortFunc(out, func(x, y engine.Finding) int {
		return cmp.Or(cmp.Compare(y.Grade, x.Grade), cmp.Compare(x.Subject, y.Subject), cmp.Compare(order[x.Item], order[y.Item]), cmp.Compare(x.Item, y.Item),
			cmp.Compare(x.Period, y.Period), cmp.Compare(x.Unit, y.Unit), cmp.Compare(x.ID, y.ID))
	})
	return out
}

// reported puts a finding into the words of a list.
func (t *terms) reported(f engine.Finding, asOf time.Time) ReportedFinding {
	out := ReportedFinding{
		ID: f.ID, Subject: f.Subject, Section: f.Section, Item: f.Item, Unit: f.Unit, Period: f.Period, Grade: f.Grade, Words: t.outcome(f.Grade),
		Label: f.Label, State: f.State, Parties: f.Parties, Due: f.Due, Overdue: !asOf.IsZero() && f.Overdue(asOf), Repeats: f.Repeats,
	}
	switch {
	case f.Section != "":
		out.Title = t.sectionTitle(f.Section)
	case f.Item != "":
		out.Title = t.item(f.Item)
		if i, ok := t.standard.Item(f.Item); ok {
			out.Section = strings.Join(i.Section, "/")
		}
	}
	for _, r := range f.Reasons {
		out.Reasons = append(out.Reasons, t.reason(r))
	}
	return out
}
