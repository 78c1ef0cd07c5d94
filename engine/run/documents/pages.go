package documents

import (
	"cmp"
	"io"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
)

// document is one that has a page.
type document interface{ WriteHTML(w io.Writer) error }

// both puts a document as JSON and as a page.
func (w *writer) both(dir, id string, d document) error {
	if err := w.json(w.named(dir, id, ".json"), d); err != nil {
		return err
	}
	return w.page(w.named(dir, id, ".html"), d.WriteHTML)
}

// notices go to every inspected subject.
func (w *writer) notices() error {
	for _, r := range w.results {
		var findings []engine.Finding
		for _, f := range w.gathered.Findings {
			if f.Subject == r.Subject {
				findings = append(findings, f)
			}
		}
		d, err := report.Notice(w.folder.Standard, report.NoticeRequest{Plan: w.plan, Result: r, Findings: findings, Submissions: w.submissions[r.Task]}, w.options())
		if err != nil {
			return err
		}
		if err := w.both("notices", r.Subject, d); err != nil {
			return err
		}
	}
	return nil
}

// corrective are the reports of the findings whose grade obliges to one, in
// the order of subjects and items.
func (w *writer) corrective() error {
	findings := slices.Clone(w.gathered.Findings)
	findings = slices.DeleteFunc(findings, func(f engine.Finding) bool {
		return f.State == "withdrawn" || f.Grade != engine.Major && !slices.Contains(f.Duties, "report")
	})
	slices.SortFunc(findings, func(a, b engine.Finding) int {
		return cmp.Or(strings.Compare(a.String(), b.String()), strings.Compare(a.ID, b.ID))
	})
	for _, f := range findings {
		d, err := report.CorrectiveAction(w.folder.Standard, f, w.options())
		if err != nil {
			return err
		}
		if err := w.both("corrective-actions", f.Subject+" "+f.ID[:12], d); err != nil {
			return err
		}
	}
	return nil
}

// reports are the summary, and the service report and appraisal lists that
// rest on it.
func (w *writer) reports() error {
	if err := w.json("summary.json", w.gathered.Summary); err != nil {
		return err
	}
	o := w.options()
	o.Addressee = w.asked.Addressee
	monthly, err := w.gathered.Monthly(w.asked.By, o)
	if err != nil {
		return err
	}
	if err := w.both("", "service-report", monthly); err != nil {
		return err
	}
	appraisal, err := w.gathered.Appraisal(o)
	if err != nil {
		return err
	}
	return w.both("", "appraisal-lists", appraisal)
}
