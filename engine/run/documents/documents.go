// Package documents writes what an inspection leaves behind: the plan and its
// calendar, sheets, results, findings with their life, scores, notices,
// corrective action reports, the service report, appraisal lists and
// workbooks. It is what chk run does for a run.json that asks for documents.
package documents

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"path"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/xlsx"
)

// Put takes one document: its path below the directory of all, with slashes,
// and its bytes, which are the callee's.
type Put func(name string, data []byte) error

// Write writes the documents of a run whose tasks have been judged, one after
// the other, in the language and with the texts that run.json gives. The same
// folder gives the same documents. It fails on a folder that asks for none, on
// a step that can't be taken, and with what put returns.
func Write(ctx context.Context, f *run.Folder, p *engine.Plan, results []*engine.Result, put Put) error {
	c := f.Configuration.Documents
	if c == nil {
		return &engine.Refusal{Words: engine.Words{ZH: "run.json 没有写 documents，不知道要写哪些文件", EN: "run.json asks for no documents; give it documents"}}
	}
	w := &writer{ctx: ctx, folder: f, asked: *c, plan: p, results: results, put: put, used: map[string]bool{}}
	if w.asked.By == "" {
		w.asked.By = "chk run"
	}
	if err := w.gather(); err != nil {
		return err
	}
	for _, step := range []func() error{w.plans, w.sheets, w.judged, w.findings, w.notices, w.corrective, w.reports} {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

type writer struct {
	ctx      context.Context
	folder   *run.Folder
	asked    run.Documents
	plan     *engine.Plan
	results  []*engine.Result
	put      Put
	log      *run.FindingLog
	events   []engine.FindingEvent
	gathered *run.Gathered
	used     map[string]bool
}

// gather opens the findings, takes the steps and counts.
func (w *writer) gather() error {
	log, err := w.folder.Log()
	if err != nil {
		return err
	}
	opened, err := w.folder.OpenFindings(w.ctx, log, w.results, w.asked.By, w.folder.Configuration.Now)
	if err != nil {
		return err
	}
	steps, err := w.folder.TakeSteps(w.ctx, log)
	if err != nil {
		return err
	}
	w.log, w.events = log, append(opened, steps...)
	w.gathered, err = w.folder.Gather(w.ctx, w.plan, w.results, nil, log, w.asked.AsOf)
	return err
}

// options are those of documents for people.
func (w *writer) options() report.Options {
	return report.Options{
		Lang: w.language(), Organisation: w.asked.Organisation, Number: w.asked.Number, Subjects: w.folder.Configuration.Subjects,
		Date: engine.DateOf(w.gathered.AsOf.In(w.folder.Standard.Zone())),
	}
}

func (w *writer) language() checklang.Lang {
	if w.asked.Language == "" {
		return checklang.Chinese
	}
	return checklang.Lang(w.asked.Language)
}

func (w *writer) workbook() xlsx.Options {
	return xlsx.Options{Lang: w.language(), Subject: w.folder.SubjectName}
}

// json puts a document with a stable layout.
func (w *writer) json(name string, v any) error {
	return w.page(name, func(to io.Writer) error {
		e := json.NewEncoder(to)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(v)
	})
}

// page puts what a function writes.
func (w *writer) page(name string, write func(io.Writer) error) error {
	if err := w.ctx.Err(); err != nil {
		return err
	}
	var b bytes.Buffer
	if err := write(&b); err != nil {
		return fmt.Errorf("documents: %s: %w", name, err)
	}
	return w.put(name, b.Bytes())
}

// named is the path of a document of its own for an id: ids that a file system
// would not keep apart get different names.
func (w *writer) named(dir, id, ending string) string {
	name := run.FileName(id)
	for w.used[strings.ToLower(dir+"/"+name+ending)] {
		name += "_"
	}
	w.used[strings.ToLower(dir+"/"+name+ending)] = true
	return path.Join(dir, name+ending)
}

// plans are the approved plan, its calendar and its workbook.
func (w *writer) plans() error {
	if err := w.json("plan.json", w.plan); err != nil {
		return err
	}
	request := report.CalendarRequest{Plans: []*engine.Plan{w.plan}, AsOf: w.folder.Configuration.Now}
	if err := w.page("calendar.html", func(to io.Writer) error { return report.WriteCalendar(to, w.folder.Standard, request, w.options()) }); err != nil {
		return err
	}
	return w.page("plan.xlsx", func(to io.Writer) error {
		return xlsx.WritePlan(to, w.folder.Standard, []*engine.Plan{w.plan}, w.workbook())
	})
}

// sheets are the check sheets, to print, to fill in and for other programs.
func (w *writer) sheets() error {
	sheets, err := w.folder.Sheets(w.ctx, w.plan)
	if err != nil {
		return err
	}
	for _, s := range sheets {
		if err := w.json(w.named("sheets", s.Subject, ".json"), s); err != nil {
			return err
		}
		if err := w.page(w.named("sheets", s.Subject, ".html"), func(to io.Writer) error {
			return report.WriteCheckSheets(to, w.folder.Standard, []*engine.Sheet{s}, w.options())
		}); err != nil {
			return err
		}
		if err := w.page(w.named("sheets", s.Subject, ".xlsx"), func(to io.Writer) error { return xlsx.WriteSheet(to, s, w.workbook()) }); err != nil {
			return err
		}
	}
	return nil
}

// judged are the results, what they cover for later plans, scores and their
// workbook.
func (w *writer) judged() error {
	for _, r := range w.results {
		if err := w.json(w.named("results", r.Subject, ".json"), r); err != nil {
			return err
		}
	}
	if err := w.json("refused.json", slices.Concat([]*engine.InputError{}, w.folder.Refused)); err != nil {
		return err
	}
	if err := w.json("held.json", run.Held(w.plan, w.results)); err != nil {
		return err
	}
	scores, err := w.folder.Scores(w.results)
	if err != nil {
		return err
	}
	if scores != nil {
		if err := w.json("scores.json", scores); err != nil {
			return err
		}
		if err := w.made("score", "scores", ""); err != nil {
			return err
		}
	}
	monthly, err := w.gathered.Monthly(w.asked.By, w.options())
	if err != nil {
		return err
	}
	return w.page("results.xlsx", func(to io.Writer) error {
		return xlsx.WriteResults(to, w.folder.Standard, w.results, xlsx.ResultOptions{
			Options: w.workbook(), Findings: w.gathered.Findings, Refused: w.folder.Refused, Now: w.gathered.AsOf, Monthly: monthly,
		})
	})
}

// findings are the events that this run and its steps brought, in the order in
// which they were taken, and the findings as they then stood.
func (w *writer) findings() error {
	log, err := w.folder.Log()
	if err != nil {
		return err
	}
	var before []engine.FindingEvent
	for _, s := range log.List(w.gathered.AsOf, run.FindingFilter{}).Findings {
		before = append(before, s.Finding.Events...)
	}
	lines, err := run.Lines(append(before, w.events...))
	if err != nil {
		return err
	}
	if err := w.put("findings.jsonl", lines); err != nil {
		return err
	}
	return w.json("findings.json", w.log.List(w.gathered.AsOf, run.FindingFilter{}))
}
