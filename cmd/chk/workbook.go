package main

import (
	"bytes"
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/xlsx"
	"github.com/pinjian/pinjian/internal/atomicfile"
)

// readWorkbook is the run.SheetReader of the command.
func readWorkbook(ctx context.Context, name string, r io.Reader, p *engine.Plan, earlier []engine.Submission, files fs.FS) ([]engine.Submission, []*engine.InputError, error) {
	return xlsx.ReadSheet(ctx, name, r, xlsx.ReadOptions{Plan: p, Earlier: earlier, Files: files})
}

func (in *invocation) workbookOptions(f *run.Folder) xlsx.Options {
	return xlsx.Options{Lang: in.lang, Subject: f.SubjectName}
}

// workbook writes a workbook to a file whose name ends in .xlsx, or to
// standard output for "-".
func (in *invocation) workbook(name string, write func(io.Writer) error) error {
	if name != "-" && !strings.EqualFold(filepath.Ext(name), ".xlsx") {
		return refuse("“%s”要以 .xlsx 结尾", "%q must end in .xlsx", name)
	}
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

// sheetWorkbooks writes a workbook for each sheet into a directory, or the one
// there is into a file.
func (in *invocation) sheetWorkbooks(name string, f *run.Folder, sheets []*engine.Sheet) error {
	if name == "-" || strings.EqualFold(filepath.Ext(name), ".xlsx") {
		if len(sheets) != 1 {
			return refuse("有 %d 个任务，请给出一个目录，或用 --task 选一个", "there are %d tasks, name a directory or choose one with --task", len(sheets))
		}
		return in.workbook(name, func(w io.Writer) error { return xlsx.WriteSheet(w, sheets[0], in.workbookOptions(f)) })
	}
	if err := os.MkdirAll(name, 0o755); err != nil {
		return unwritable(name, err)
	}
	used := map[string]bool{}
	for _, s := range sheets {
		file := run.FileName(s.Subject)
		for used[strings.ToLower(file)] {
			file += "_"
		}
		used[strings.ToLower(file)] = true
		to := filepath.Join(name, "sheet-"+file+".xlsx")
		if err := in.workbook(to, func(w io.Writer) error { return xlsx.WriteSheet(w, s, in.workbookOptions(f)) }); err != nil {
			return err
		}
		in.printf("已写 %s", "wrote %s", to)
	}
	return nil
}

// planWorkbook writes a plan as a workbook.
func (in *invocation) planWorkbook(name string, f *run.Folder, p *engine.Plan) error {
	return in.workbook(name, func(w io.Writer) error {
		return xlsx.WritePlan(w, f.Standard, []*engine.Plan{p}, in.workbookOptions(f))
	})
}

// resultWorkbook writes results, what the folder refused, the findings of its
// log with those that the results bring, and the figures of its service report
// as a workbook.
func (in *invocation) resultWorkbook(name string, f *run.Folder, p *engine.Plan, results []*engine.Result, flags *findingFlags) error {
	refused := f.Refused
	log, err := flags.read(in)
	if err != nil {
		return err
	}
	records, err := f.Gather(in.ctx, p, results, nil, log, time.Time{})
	if err != nil {
		return in.explained(err)
	}
	monthly, err := records.Monthly("", in.pageOptions(f))
	if err != nil {
		return in.explained(err)
	}
	return in.workbook(name, func(w io.Writer) error {
		return xlsx.WriteResults(w, f.Standard, results, xlsx.ResultOptions{
			Options: in.workbookOptions(f), Refused: refused, Findings: records.Findings, Now: records.AsOf, Monthly: monthly,
		})
	})
}

// addSubmissions adds files named on the command line to those of the folder.
func (in *invocation) addSubmissions(f *run.Folder, names []string) error {
	for _, name := range names {
		absolute, err := filepath.Abs(name)
		if err != nil {
			return unreadable(name, err)
		}
		err = f.AddSubmissions(in.ctx, os.DirFS(filepath.Dir(absolute)), filepath.Base(absolute), name)
		if path := (*fs.PathError)(nil); errors.As(err, &path) {
			return unreadable(name, path)
		}
		if err != nil {
			return in.explained(err)
		}
	}
	return nil
}
