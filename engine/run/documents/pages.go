package documents

import (
	"io"

	"github.com/pinjian/pinjian/engine/run"
)

// made puts the documents of one kind, each in the forms that it has for people
// and programs, under what it is about, or under a name where it is about the
// whole.
func (w *writer) made(kind, dir, name string) error {
	o := w.options()
	if dir == "" {
		o.Addressee = w.asked.Addressee
	} else {
		o.Number = "" // a number is of one document
	}
	list, err := w.gathered.Documents(w.ctx, run.DocumentRequest{Kind: kind, FiledBy: w.asked.By, Options: o})
	if err != nil {
		return err
	}
	for i := range list {
		d := &list[i]
		id := d.About
		if id == "" {
			id = name
		}
		for _, form := range []string{"json", "html"} {
			if kind == "score" && form == "json" {
				continue // scores.json has them all
			}
			if err := w.page(w.named(dir, id, "."+form), func(to io.Writer) error { return d.Write(to, form) }); err != nil {
				return err
			}
		}
	}
	return nil
}

// notices go to every inspected subject.
func (w *writer) notices() error { return w.made("notice", "notices", "") }

// corrective are the reports of the findings whose grade obliges to one, in
// the order of subjects and items.
func (w *writer) corrective() error { return w.made("corrective-action", "corrective-actions", "") }

// reports are the summary, and the service report and appraisal lists that
// rest on it.
func (w *writer) reports() error {
	if err := w.json("summary.json", w.gathered.Summary); err != nil {
		return err
	}
	if err := w.made("monthly", "", "service-report"); err != nil {
		return err
	}
	return w.made("appraisal", "", "appraisal-lists")
}
