package main

import (
	"bytes"
	"io"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/internal/atomicfile"
)

// page writes a document as HTML to a file, or to standard output for "-".
func (in *invocation) page(name string, write func(io.Writer) error) error {
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return in.explained(err)
	}
	if name == "-" {
		_, err := in.stdout.Write(out.Bytes())
		return err
	}
	if err := atomicfile.Write(name, out.Bytes()); err != nil {
		return unwritable(name, err)
	}
	return nil
}

// pageOptions are those of the documents of a folder.
func (in *invocation) pageOptions(f *run.Folder) report.Options {
	return report.Options{Lang: in.lang, Subjects: f.Configuration.Subjects}
}

// sheetPage writes sheets as one page to print.
func (in *invocation) sheetPage(name string, f *run.Folder, sheets []*engine.Sheet) error {
	return in.page(name, func(w io.Writer) error { return report.WriteCheckSheets(w, f.Standard, sheets, in.pageOptions(f)) })
}

// calendarPage writes plans as a calendar of the time of the run.
func (in *invocation) calendarPage(name string, f *run.Folder, plans ...*engine.Plan) error {
	return in.page(name, func(w io.Writer) error {
		return report.WriteCalendar(w, f.Standard, report.CalendarRequest{Plans: plans, AsOf: f.Configuration.Now}, in.pageOptions(f))
	})
}
