package main

import (
	"bytes"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/xlsx"
	"github.com/pinjian/pinjian/internal/atomicfile"
)

type reportCommand struct {
	folderFlags
	Kind      string    `help:"${report_kind_help}" enum:"monthly,appraisal,notice,corrective-action,score" default:"monthly" placeholder:"monthly|appraisal|notice|corrective-action|score"`
	Trace     string    `help:"${report_trace_help}" placeholder:"FIGURE"`
	Task      string    `help:"${report_task_help}" placeholder:"ID"`
	Subject   string    `help:"${report_subject_help}" placeholder:"ID"`
	Finding   string    `help:"${report_finding_help}" placeholder:"ID"`
	Photos    string    `help:"${report_photos_help}" placeholder:"DIR"`
	Plan      string    `help:"${judge_plan_help}" placeholder:"FILE"`
	Results   string    `help:"${report_results_help}" placeholder:"PATH"`
	Earlier   []string  `help:"${report_earlier_help}" placeholder:"PATH"`
	Log       string    `help:"${finding_log_help}" placeholder:"FILE"`
	Now       time.Time `help:"${report_now_help}" placeholder:"TIME"`
	Issuer    string    `help:"${report_issuer_help}" placeholder:"NAME"`
	Addressee string    `help:"${report_addressee_help}" placeholder:"NAME"`
	By        string    `help:"${report_by_help}" placeholder:"WHO"`
	Number    string    `help:"${report_number_help}" placeholder:"TEXT"`
	Out       string    `short:"o" help:"${report_out_help}" placeholder:"PATH"`
}

// Run writes documents of the results and findings of a folder, or what one
// figure of a report counts.
func (c *reportCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json", "html", "xlsx"); err != nil {
		return err
	}
	photos, err := c.photos(in)
	if err != nil {
		return err
	}
	records, err := c.records(in)
	if err != nil {
		return err
	}
	if c.Trace != "" {
		return c.trace(in, records)
	}
	documents, err := records.Documents(in.ctx, run.DocumentRequest{
		Kind: c.Kind, Task: c.Task, Subject: c.Subject, Finding: c.Finding, FiledBy: c.By,
		Options: report.Options{Lang: in.lang, Organisation: c.Issuer, Number: c.Number, Addressee: c.Addressee, Photos: photos},
	})
	if err != nil {
		return in.explained(err)
	}
	return c.write(in, records, documents)
}

// form is what the files are written as: what --format asks for, else what the
// name of the file ends in.
func (c *reportCommand) form(in *invocation) string {
	switch ending := strings.ToLower(filepath.Ext(c.Out)); {
	case in.format != "text":
	case ending == ".html" || ending == ".htm":
		return "html"
	case ending == ".json":
		return "json"
	case ending == ".xlsx":
		return "xlsx"
	}
	return in.format
}

// write writes documents: the only one to a file or to standard output, or all
// of them into a directory.
func (c *reportCommand) write(in *invocation, records *run.Gathered, documents []run.Document) error {
	form := c.form(in)
	info, err := os.Stat(c.Out)
	directory := strings.HasSuffix(c.Out, "/") || strings.HasSuffix(c.Out, string(filepath.Separator)) || err == nil && info.IsDir()
	if directory {
		if err := os.MkdirAll(c.Out, 0o755); err != nil {
			return unwritable(c.Out, err)
		}
	}
	if len(documents) == 0 && directory {
		in.printf("没有严重不合格的问题，不用写纠正与预防措施报告", "there is no major finding, so there is no corrective action report to write")
		return nil
	}
	if len(documents) == 0 {
		return refuse("没有严重不合格的问题；要给别的问题写，用 --finding 选一个", "there is no major finding; choose another finding with --finding")
	}
	if !directory && len(documents) > 1 {
		return refuse("有 %d 份文件：用 -o 给出一个已有的目录（或以 / 结尾的路径），每份写一个文件；或用 %s 选一份", "there are %d documents: name a directory with -o (one there is, or a path that ends in /) to write a file for each, or choose one with %s", len(documents), c.choice())
	}
	if form == "text" && !slices.Contains(documents[0].Forms, "text") {
		if !directory {
			return refuse("%s 没有文本格式：用 -o 写到 .html 或 .json 文件，或加 --format html", "%s has no text form: write to an .html or .json file with -o, or add --format html", c.Kind)
		}
		form = "html"
	}
	for i := range documents {
		var out bytes.Buffer
		if err := c.writeOne(&out, in, form, records, &documents[i]); err != nil {
			return in.explained(err)
		}
		name := c.Out
		if directory {
			ending := form
			if form == "text" {
				ending = "txt"
			}
			name = filepath.Join(c.Out, documents[i].Name+"."+ending)
		}
		if err := put(in, name, out.Bytes()); err != nil {
			return err
		}
		if directory {
			in.printf("已写 %s", "wrote %s", name)
		}
	}
	return nil
}

// choice is the flag that leaves one document.
func (c *reportCommand) choice() string {
	if c.Kind == "corrective-action" {
		return "--finding"
	}
	if c.Subject != "" {
		return "--task"
	}
	return "--subject"
}

// writeOne writes a document; the workbook of a monthly report is not one of
// the forms that the library has.
func (c *reportCommand) writeOne(w io.Writer, in *invocation, form string, records *run.Gathered, d *run.Document) error {
	if form == "xlsx" && d.Monthly != nil {
		return xlsx.WriteSummary(w, records.Folder.Standard, d.Monthly, xlsx.Options{Lang: in.lang})
	}
	return d.Write(w, form)
}

// put writes to a file, or to standard output for "-" and no name.
func put(in *invocation, name string, data []byte) error {
	if name == "" || name == "-" {
		_, err := in.stdout.Write(data)
		return err
	}
	if err := atomicfile.Write(name, data); err != nil {
		return unwritable(name, err)
	}
	return nil
}

// trace writes what one figure counts.
func (c *reportCommand) trace(in *invocation, records *run.Gathered) error {
	form := c.form(in)
	if form != "text" && form != "json" {
		return refuse("--trace 不能写成 %s，请用 text 或 json", "--trace can't be written as %s, use text or json", form)
	}
	trace, err := records.Trace(c.Trace)
	if err != nil {
		return in.explained(err)
	}
	var out bytes.Buffer
	if form == "json" {
		err = writeJSON(&out, trace)
	} else {
		err = run.WriteTrace(&out, in.lang, trace)
	}
	if err != nil {
		return err
	}
	return put(in, c.Out, out.Bytes())
}

// photos are those of the directory that --photos names.
func (c *reportCommand) photos(in *invocation) (func(string) ([]byte, error), error) {
	if c.Photos == "" {
		return nil, nil //nolint:nilnil // no photos
	}
	info, err := os.Stat(c.Photos)
	if err != nil {
		return nil, unreadable(c.Photos, err)
	}
	if !info.IsDir() {
		return nil, refuse("--photos 要一个目录，“%s”不是", "--photos takes a directory, which %q is not", c.Photos)
	}
	return run.Photos(in.ctx, os.DirFS(c.Photos)), nil
}

// records judges the folder, or reads stored results, and counts.
func (c *reportCommand) records(in *invocation) (*run.Gathered, error) {
	f, err := c.open(in)
	if err != nil {
		return nil, err
	}
	p, err := in.planFile(f, c.Plan)
	if err != nil {
		return nil, err
	}
	var results, earlier []*engine.Result
	if c.Results != "" {
		results, err = in.storedResults(c.Results)
	} else {
		finish := in.progress("正在判定 %s", "judging %s", c.Folder)
		results, err = f.Judge(in.ctx, p)
		finish()
		err = in.explained(err)
	}
	if err != nil {
		return nil, err
	}
	for _, path := range c.Earlier {
		list, err := in.storedResults(path)
		if err != nil {
			return nil, err
		}
		earlier = append(earlier, list...)
	}
	log, err := (&findingFlags{Folder: c.Folder, Log: c.Log}).read(in)
	if err != nil {
		return nil, err
	}
	records, err := f.Gather(in.ctx, p, results, earlier, log, c.Now)
	return records, in.explained(err)
}
