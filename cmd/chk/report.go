package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/internal/atomicfile"
)

type reportCommand struct {
	folderFlags
	Kind      string    `help:"${report_kind_help}" enum:"monthly,appraisal" default:"monthly" placeholder:"monthly|appraisal"`
	Trace     string    `help:"${report_trace_help}" placeholder:"FIGURE"`
	Plan      string    `help:"${judge_plan_help}" placeholder:"FILE"`
	Results   string    `help:"${report_results_help}" placeholder:"PATH"`
	Earlier   []string  `help:"${report_earlier_help}" placeholder:"PATH"`
	Log       string    `help:"${finding_log_help}" placeholder:"FILE"`
	Now       time.Time `help:"${report_now_help}" placeholder:"TIME"`
	Issuer    string    `help:"${report_issuer_help}" placeholder:"NAME"`
	Addressee string    `help:"${report_addressee_help}" placeholder:"NAME"`
	By        string    `help:"${report_by_help}" placeholder:"WHO"`
	Number    string    `help:"${report_number_help}" placeholder:"TEXT"`
	Out       string    `short:"o" help:"${report_out_help}" placeholder:"FILE"`
}

// Run writes a report of the results and findings of a folder, or what one of
// its figures counts. The form is the one that --format asks for, else the one
// that the name of the file ends in.
func (c *reportCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json", "html"); err != nil {
		return err
	}
	form := in.format
	switch ending := strings.ToLower(filepath.Ext(c.Out)); {
	case form != "text":
	case ending == ".html" || ending == ".htm":
		form = "html"
	case ending == ".json":
		form = "json"
	}
	records, err := c.records(in)
	if err != nil {
		return err
	}
	var out bytes.Buffer
	if c.Trace != "" {
		if form == "html" {
			return refuse("--trace 不能写成 html，请用 text 或 json", "--trace can't be written as html, use text or json")
		}
		var trace *run.FigureTrace
		if trace, err = records.Trace(c.Trace); err == nil {
			if form == "json" {
				err = writeJSON(&out, trace)
			} else {
				err = run.WriteTrace(&out, in.lang, trace)
			}
		}
	} else {
		err = c.document(&out, in.lang, form, records)
	}
	if err != nil {
		return in.explained(err)
	}
	if c.Out == "" || c.Out == "-" {
		_, err := in.stdout.Write(out.Bytes())
		return err
	}
	if err := atomicfile.Write(c.Out, out.Bytes()); err != nil {
		return unwritable(c.Out, err)
	}
	return nil
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

// document writes the report in one form.
func (c *reportCommand) document(w io.Writer, lang checklang.Lang, form string, records *run.Gathered) error {
	o := report.Options{Lang: lang, Organisation: c.Issuer, Number: c.Number, Addressee: c.Addressee, Date: engine.DateOf(records.AsOf)}
	var document interface {
		WriteHTML(io.Writer) error
		WriteText(io.Writer) error
	}
	var err error
	if c.Kind == "appraisal" {
		document, err = records.Appraisal(o)
	} else {
		document, err = records.Monthly(c.By, o)
	}
	switch {
	case err != nil:
		return err
	case form == "html":
		return document.WriteHTML(w)
	case form == "json":
		return writeJSON(w, document)
	}
	return document.WriteText(w)
}
