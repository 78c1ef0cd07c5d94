package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/run/documents"
	"github.com/pinjian/pinjian/internal/atomicfile"
)

// folderFlags are what every verb on a run's folder takes.
type folderFlags struct {
	Folder string `arg:"" name:"folder" help:"${folder_help}"`
	Audit  bool   `help:"${audit_help}"`
}

// open reads the folder of a run.
func (f *folderFlags) open(in *invocation) (*run.Folder, error) {
	absolute, err := filepath.Abs(f.Folder)
	if err != nil {
		return nil, unreadable(f.Folder, err)
	}
	if _, err := os.Stat(filepath.Join(absolute, "run.json")); err != nil {
		return nil, unreadable(filepath.Join(f.Folder, "run.json"), err)
	}
	finish := in.progress("正在读 %s", "reading %s", f.Folder)
	defer finish()
	folder, err := run.Open(in.ctx, os.DirFS(filepath.Dir(absolute)), filepath.Base(absolute), engine.Options{Audit: f.Audit})
	if err != nil {
		return nil, in.explained(err)
	}
	folder.ReadSheet = readWorkbook
	return folder, nil
}

// explained shows the mistakes of authors and turns any other error into one
// sentence.
func (in *invocation) explained(err error) error {
	var list checklang.Diagnostics
	var path *fs.PathError
	var said *engine.Refusal
	var own *refusal
	switch {
	case err == nil:
		return nil
	case errors.As(err, &own):
		return own
	case errors.As(err, &list):
		if err := diagnostic.Render(in.stderr, in.lang, list); err != nil {
			return err
		}
		return errShown
	case errors.Is(err, in.ctx.Err()) && in.ctx.Err() != nil:
		return refuse("已中断", "interrupted")
	case errors.As(err, &said):
		return &refusal{words(said.Words.ZH, said.Words.EN)}
	case errors.As(err, &path):
		return unreadable(path.Path, path)
	}
	return refuse("%s", "%s", err.Error())
}

// plan makes the plan of a folder and refuses to go on with an open problem.
func (in *invocation) plan(f *run.Folder) (*engine.Plan, error) {
	p, err := f.Plan(in.ctx)
	if err != nil {
		return nil, in.explained(err)
	}
	return p, nil
}

func (in *invocation) approved(f *run.Folder) (*engine.Plan, error) {
	p, err := in.plan(f)
	if err != nil {
		return nil, err
	}
	for _, x := range p.Problems {
		if x.Blocking {
			return nil, refuse("方案有问题没有解决：%s %s：%s", "the plan has an open problem: %s %s: %s", x.Subject, x.Part, x.Message.In(in.lang))
		}
	}
	return p, nil
}

type runCommand struct {
	folderFlags
	FailOn string `name:"fail-on" help:"${fail_on_help}" enum:",observation,fail,major" default:"" placeholder:"OUTCOME"`
	Out    string `help:"${out_help}" placeholder:"DIR"`
}

// Run carries out the whole inspection that a folder describes, and those that
// its run.json names after it.
func (r *runCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	out := r.Out
	if out == "" {
		out = filepath.Join(r.Folder, "out")
	}
	document, err := r.carryOut(in, &r.folderFlags, out, r.Out != "")
	if err != nil && !errors.Is(err, errFound) {
		return err
	}
	if in.format == "json" {
		if err := in.json(document); err != nil {
			return err
		}
	}
	return err
}

// carryOut runs one folder, and those after it into directories of their own
// below its output. It writes its output where run.json asks for documents, and
// otherwise where the caller asked for it.
func (r *runCommand) carryOut(in *invocation, flags *folderFlags, out string, wanted bool) (map[string]any, error) {
	f, err := flags.open(in)
	if err != nil {
		return nil, err
	}
	p, err := in.approved(f)
	if err != nil {
		return nil, err
	}
	finish := in.progress("正在判定 %s", "judging %s", flags.Folder)
	results, err := f.Judge(in.ctx, p)
	finish()
	if err != nil {
		return nil, in.explained(err)
	}
	switch {
	case f.Configuration.Documents != nil:
		err = in.documents(out, f, p, results)
	case wanted:
		err = in.writeOut(out, f, p, results)
	}
	if err != nil {
		return nil, err
	}
	document := map[string]any{"schema": "pinjian/run-output/1", "plan": p, "results": results, "refused": f.Refused}
	scores, err := f.Scores(results)
	if err != nil {
		return nil, in.explained(err)
	}
	if scores != nil {
		document["scores"] = scores
	}
	if in.format == "text" {
		if err = f.WritePlan(in.stdout, in.lang, p); err == nil {
			err = f.WriteResults(in.stdout, in.lang, p, results)
		}
		if err != nil {
			return nil, err
		}
	}
	found := failOn(r.FailOn, results)
	var then []map[string]any
	for _, name := range f.Configuration.Then {
		if !filepath.IsLocal(name) || filepath.Clean(name) == "." {
			return nil, refuse("run.json 的 then 只能是本目录下的目录，不能是“%s”", "run.json: then: %q is no folder below this one", name)
		}
		next, err := r.carryOut(in, &folderFlags{Folder: filepath.Join(flags.Folder, name), Audit: flags.Audit}, filepath.Join(out, name), wanted)
		switch {
		case errors.Is(err, errFound):
			found = err
		case err != nil:
			return nil, err
		}
		then = append(then, next)
	}
	if then != nil {
		document["then"] = then
	}
	return document, found
}

// documents writes the documents that run.json asks for into a directory.
func (in *invocation) documents(dir string, f *run.Folder, p *engine.Plan, results []*engine.Result) error {
	defer in.progress("正在写 %s", "writing %s", dir)()
	made := map[string]bool{}
	return in.explained(documents.Write(in.ctx, f, p, results, func(name string, data []byte) error {
		to := filepath.Join(dir, filepath.FromSlash(name))
		if parent := filepath.Dir(to); !made[parent] {
			if err := os.MkdirAll(parent, 0o755); err != nil {
				return unwritable(parent, err)
			}
			made[parent] = true
		}
		if err := atomicfile.Write(to, data); err != nil {
			return unwritable(to, err)
		}
		return nil
	}))
}

// failOn exits with 1 when some item is certainly as bad as the outcome.
func failOn(outcome string, results []*engine.Result) error {
	if outcome == "" {
		return nil
	}
	var limit engine.Outcome
	if err := limit.UnmarshalText([]byte(outcome)); err != nil {
		return err
	}
	for _, r := range results {
		for _, v := range r.Verdicts {
			if v.Level == "item" && v.Best >= limit {
				return errFound
			}
		}
	}
	return nil
}

// writeOut writes plan, sheets and results as JSON files into a directory.
func (in *invocation) writeOut(dir string, f *run.Folder, p *engine.Plan, results []*engine.Result) error {
	sheets, err := f.Sheets(in.ctx, p)
	if err != nil {
		return in.explained(err)
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return unreadable(dir, err)
	}
	write := func(name string, document any) error {
		data, err := json.MarshalIndent(document, "", "  ")
		if err != nil {
			return err
		}
		if err := atomicfile.Write(filepath.Join(dir, name), append(data, '\n')); err != nil {
			return unreadable(filepath.Join(dir, name), err)
		}
		return nil
	}
	if err := write("plan.json", p); err != nil {
		return err
	}
	for i, s := range sheets {
		if err := write(fmt.Sprintf("sheet-%s.json", s.Subject), s); err != nil {
			return err
		}
		if err := write(fmt.Sprintf("result-%s.json", results[i].Subject), results[i]); err != nil {
			return err
		}
	}
	return nil
}
