package run

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// SheetReader reads the submissions out of a check sheet that was filled in as
// a workbook. name is what it is called in refusals, earlier what was submitted
// before it, and files holds what it names. A whole file that can't be used is
// an *engine.Refusal.
type SheetReader func(ctx context.Context, name string, r io.Reader, p *engine.Plan, earlier []engine.Submission, files fs.FS) ([]engine.Submission, []*engine.InputError, error)

// workbook is a filled check sheet that is read once there is a plan.
type workbook struct {
	fsys   fs.FS
	path   string
	name   string
	before int  // submissions that came before it
	must   bool // a file that can't be used ends the judging
}

func isWorkbook(name string) bool { return strings.EqualFold(path.Ext(name), ".xlsx") }

// AddSubmissions adds a file to those that run.json names: JSON lines, or a
// filled check sheet where the name ends in .xlsx. file is its path in fsys,
// name what it is called in refusals. Judge fails on a workbook of another
// plan, task or standard that was added so.
func (f *Folder) AddSubmissions(ctx context.Context, fsys fs.FS, file, name string) error {
	if isWorkbook(file) {
		if _, err := fs.Stat(fsys, file); err != nil {
			return fmt.Errorf("run: submissions: %w", err)
		}
		f.workbooks = append(f.workbooks, workbook{fsys, file, name, len(f.submissions), true})
		return nil
	}
	before := len(f.Refused)
	if err := f.read(ctx, fsys, file, name); err != nil {
		return err
	}
	f.unread = append(f.unread, f.Refused[before:]...)
	return nil
}

// SubjectName is the id of a subject with the first text that its fields give.
func (f *Folder) SubjectName(id string) string { return f.subjectName(id) }

// everything is all submissions in the order they were named, those in
// workbooks among them, and what was refused in workbooks.
func (f *Folder) everything(ctx context.Context, p *engine.Plan) ([]engine.Submission, []*engine.InputError, error) {
	var refusedCells []*engine.InputError
	out := slices.Clone(f.submissions)
	added := 0
	for _, w := range f.workbooks {
		at := w.before + added
		taken, bad, err := f.workbook(ctx, w, p, out[:at])
		var said *engine.Refusal
		switch {
		case errors.As(err, &said) && !w.must:
			refusedCells = append(refusedCells, engine.NewInputError(w.name, 0, "", "C704", said.Words))
			continue
		case err != nil:
			return nil, nil, err
		}
		refusedCells = append(refusedCells, bad...)
		out = slices.Insert(out, at, taken...)
		added += len(taken)
	}
	return out, refusedCells, nil
}

func (f *Folder) workbook(ctx context.Context, w workbook, p *engine.Plan, earlier []engine.Submission) ([]engine.Submission, []*engine.InputError, error) {
	if f.ReadSheet == nil {
		return nil, nil, refused("%s：这里不读工作簿，请交 JSON 行", "%s: workbooks are not read here, submit JSON lines", w.name)
	}
	in, err := w.fsys.Open(w.path)
	if err != nil {
		return nil, nil, fmt.Errorf("run: submissions: %w", err)
	}
	defer func() { _ = in.Close() }()
	files, err := fs.Sub(w.fsys, path.Dir(w.path))
	if err != nil {
		return nil, nil, fmt.Errorf("run: submissions: %w", err)
	}
	return f.ReadSheet(ctx, w.name, interruptible{ctx, in}, p, earlier, files)
}
