// Package run carries out a whole inspection that a folder describes: a
// run.json beside the frames and submissions it names. It is what `chk plan`,
// `chk sheet`, `chk judge` and `chk run` do.
package run

import (
	"bytes"
	"context"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames"
	"github.com/pinjian/pinjian/sampling"
	"github.com/pinjian/pinjian/stdlib"
)

// Schema is the name of run.json's document.
const Schema = "pinjian/run/1"

// Configuration is run.json.
type Configuration struct {
	Schema      string                    `json:"schema"`
	Standard    string                    `json:"standard"` // "std/…" or a directory beside run.json
	Items       []string                  `json:"items,omitempty"`
	Scope       string                    `json:"scope"`
	Tier        string                    `json:"tier"`
	Period      string                    `json:"period"`
	Now         time.Time                 `json:"now"`
	Seed        string                    `json:"seed"` // hexadecimal, at least 32 digits
	Parameters  map[string]any            `json:"parameters,omitempty"`
	Subjects    []engine.Subject          `json:"subjects"`
	People      []engine.Person           `json:"people,omitempty"`
	Interests   []engine.Interest         `json:"interests,omitempty"`
	Organiser   string                    `json:"organiser,omitempty"`
	Inspected   []string                  `json:"inspected,omitempty"` // empty: the tier says whom
	Additional  []string                  `json:"additional,omitempty"`
	Sizes       map[string]int64          `json:"sizes,omitempty"`  // of samples by plan, by part
	Tables      map[string]sampling.Table `json:"tables,omitempty"` // that the standard leaves to be supplied
	Reserve     int64                     `json:"reserve,omitempty"`
	MostTasks   int                       `json:"most_tasks,omitempty"`
	Loads       map[string]int            `json:"loads,omitempty"`
	Earlier     []string                  `json:"earlier,omitempty"` // files of inspections held before, as Held gives them
	Since       time.Time                 `json:"since,omitzero"`
	Frames      []FrameFile               `json:"frames,omitempty"`
	Submissions []string                  `json:"submissions,omitempty"`
	Approval    *engine.Approval          `json:"approval,omitempty"` // of the plan; by the organiser at Now when missing
	Findings    string                    `json:"findings,omitempty"` // the log of findings so far, for Documents
	Steps       string                    `json:"steps,omitempty"`    // the steps taken on findings, a FindingStep a line, for Documents
	Documents   *Documents                `json:"documents,omitempty"`
	Then        []string                  `json:"then,omitempty"` // folders beside run.json that are run after it
}

// Documents asks chk run for documents beside what it shows; the zero value
// asks for them in Chinese, with blank lines for what it does not say.
type Documents struct {
	Language     string    `json:"language,omitempty"`     // "zh" or "en"
	Organisation string    `json:"organisation,omitempty"` // that issues them
	Addressee    string    `json:"addressee,omitempty"`    // of the service report and the appraisal lists
	Number       string    `json:"number,omitempty"`
	By           string    `json:"by,omitempty"`   // who opens the findings and files the service report
	AsOf         time.Time `json:"as_of,omitzero"` // of the state of findings; the latest step, or Now, when missing
}

// FrameFile is one file of a frame: the record it holds and, for rows, the
// columns of ids, subjects and, where rows belong to periods, times. A file whose
// name ends in .jsonl has one JSON object a line, whose keys are the columns; any
// other is CSV. An empty ID is "id" in JSON lines and the first column of CSV.
// From is "results" where the file is a file or directory of results of
// self-checks, and "findings" where it is a log of findings; the records are then
// SelfCheck and FindingRecord of std/earlier, and there are no columns to name.
type FrameFile struct {
	Record   string `json:"record"`
	File     string `json:"file"`
	From     string `json:"from,omitempty"`
	ID       string `json:"id"`
	Subject  string `json:"subject,omitempty"`
	Time     string `json:"time,omitempty"`
	Encoding string `json:"encoding,omitempty"`
}

// Folder is a run that has been read: its standard compiled, its frames in
// memory.
type Folder struct {
	Configuration Configuration
	Standard      *engine.Standard
	Diagnostics   checklang.Diagnostics
	Period        engine.Period
	Refused       []*engine.InputError
	unread        []*engine.InputError // Refused as Open leaves it
	seed          []byte
	source        frames.Source
	submissions   []engine.Submission
	workbooks     []workbook
	heldBefore    []engine.Held
	log           []byte // of findings so far
	steps         []FindingStep

	// ReadSheet reads the submissions whose names end in .xlsx; nil refuses
	// them. It is set before Judge, by whoever can carry a library for it.
	ReadSheet SheetReader
}

// Open reads the folder dir of fsys. Mistakes of authors come back as
// checklang.Diagnostics.
func Open(ctx context.Context, fsys fs.FS, dir string, o engine.Options) (*Folder, error) {
	f, err := OpenStandard(ctx, fsys, dir, o)
	if err != nil {
		return nil, err
	}
	for _, file := range f.Configuration.Frames {
		if err := f.frame(ctx, fsys, dir, file); err != nil {
			return nil, err
		}
	}
	for _, name := range f.Configuration.Earlier {
		if err := f.held(fsys, path.Join(dir, name)); err != nil {
			return nil, err
		}
	}
	for _, name := range f.Configuration.Submissions {
		if err := f.AddSubmissions(ctx, fsys, path.Join(dir, name), name); err != nil {
			return nil, err
		}
	}
	for i := range f.workbooks {
		f.workbooks[i].must = false
	}
	if err := f.readFindings(fsys, dir); err != nil {
		return nil, err
	}
	f.unread = slices.Clone(f.Refused)
	return f, nil
}

// readFindings reads the log and the steps that run.json names.
func (f *Folder) readFindings(fsys fs.FS, dir string) error {
	if name := f.Configuration.Findings; name != "" {
		data, err := fs.ReadFile(fsys, path.Join(dir, name))
		if err != nil {
			return fmt.Errorf("run: findings: %w", err)
		}
		f.log = data
	}
	name := f.Configuration.Steps
	if name == "" {
		return nil
	}
	data, err := fs.ReadFile(fsys, path.Join(dir, name))
	if err != nil {
		return fmt.Errorf("run: steps: %w", err)
	}
	f.steps, err = readSteps(name, data)
	return err
}

// OpenStandard reads run.json and the standard that it names, and neither frames
// nor submissions: what it takes to go on with findings long after the run.
func OpenStandard(ctx context.Context, fsys fs.FS, dir string, o engine.Options) (*Folder, error) {
	data, err := fs.ReadFile(fsys, path.Join(dir, "run.json"))
	if err != nil {
		return nil, fmt.Errorf("run: %w", err)
	}
	f := &Folder{}
	decoder := json.NewDecoder(bytes.NewReader(data))
	decoder.UseNumber()
	if err := decoder.Decode(&f.Configuration); err != nil {
		return nil, fmt.Errorf("run: %s: %w", path.Join(dir, "run.json"), err)
	}
	c := &f.Configuration
	if err := knownSchema(c.Schema, Schema); err != nil {
		return nil, fmt.Errorf("run: %s: %w", path.Join(dir, "run.json"), err)
	}
	if c.Now.IsZero() {
		return nil, refused("run.json 要写明 now，即这次检查的时间", "run.json: now: the time of the run must be given")
	}
	o.Parameters = c.Parameters
	if err := f.load(ctx, fsys, dir, o); err != nil {
		return nil, err
	}
	if f.Period, err = engine.ParsePeriod(c.Period, f.Standard.Zone()); err != nil {
		return nil, refused("run.json 的 period 写得不对：%v", "run.json: period: %v", err)
	}
	if f.seed, err = hex.DecodeString(c.Seed); err != nil || len(f.seed) < 16 {
		return nil, refused("run.json 的 seed 要写至少 32 位十六进制数", "run.json: seed: write at least 32 hexadecimal digits")
	}
	return f, nil
}

func refused(zh, en string, args ...any) error {
	return &engine.Refusal{Words: engine.Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

// knownSchema refuses a document of another kind or of a later form.
func knownSchema(got, want string) error {
	kind := want[:strings.LastIndexByte(want, '/')]
	switch {
	case got == want:
		return nil
	case strings.HasPrefix(got, kind+"/"):
		return fmt.Errorf("schema %q is newer than this release, which reads %s", got, want)
	}
	return fmt.Errorf("schema %q is not %s", got, want)
}

func (f *Folder) load(ctx context.Context, fsys fs.FS, dir string, o engine.Options) error {
	name, from := path.Join(dir, f.Configuration.Standard), fsys
	if strings.HasPrefix(f.Configuration.Standard, "std/") {
		name, from = f.Configuration.Standard, stdlib.Tree()
	}
	s, diagnostics, err := engine.Load(ctx, from, name, o)
	f.Standard, f.Diagnostics = s, diagnostics
	if err != nil {
		return err
	}
	return nil
}

func (f *Folder) frame(ctx context.Context, fsys fs.FS, dir string, file FrameFile) error {
	var record *check.Record
	for _, r := range f.Standard.Checked().Records {
		if r.Name.Has(file.Record) {
			record = r
		}
	}
	if record == nil {
		return refused("run.json 的 frames：标准里没有记录“%s”", "run.json: frames: the standard has no record %q", file.Record)
	}
	if file.From != "" {
		return f.earlier(fsys, dir, file, record)
	}
	in, err := fsys.Open(path.Join(dir, file.File))
	if err != nil {
		return fmt.Errorf("run: frames: %w", err)
	}
	defer func() { _ = in.Close() }()
	table, refused, err := frames.Read(file.File, interruptible{ctx, in}, frames.Options{
		Record: record, ID: file.ID, Subject: file.Subject, Time: file.Time, Encoding: file.Encoding, Zone: f.Standard.Zone(),
	})
	if err != nil {
		return fmt.Errorf("run: %w", err)
	}
	f.source.Tables = append(f.source.Tables, table)
	f.Refused = append(f.Refused, refused...)
	return nil
}

func (f *Folder) read(ctx context.Context, fsys fs.FS, file, name string) error {
	in, err := fsys.Open(file)
	if err != nil {
		return fmt.Errorf("run: submissions: %w", err)
	}
	defer func() { _ = in.Close() }()
	for s, bad := range engine.DecodeSubmissions(name, interruptible{ctx, in}) {
		if bad != nil {
			f.Refused = append(f.Refused, bad)
			continue
		}
		f.submissions = append(f.submissions, s)
	}
	return ctx.Err()
}

// interruptible ends the reading of a long file with its context.
type interruptible struct {
	ctx context.Context
	r   io.Reader
}

// Read implements io.Reader.
func (i interruptible) Read(p []byte) (int, error) {
	if err := i.ctx.Err(); err != nil {
		return 0, err
	}
	return i.r.Read(p)
}

// At plans another tier or period than run.json names; an empty one stays.
func (f *Folder) At(tier, period string) error {
	if tier != "" {
		f.Configuration.Tier = tier
	}
	if period == "" {
		return nil
	}
	p, err := engine.ParsePeriod(period, f.Standard.Zone())
	if err != nil {
		return refused("期间“%[2]s”写得不对，要写成 2026-W48、2026-11、2026-Q4、2026-H2 或 2026 这样", "the period: %[1]v", err, period)
	}
	f.Configuration.Period, f.Period = period, p
	return nil
}

// held reads inspections held before.
func (f *Folder) held(fsys fs.FS, name string) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return fmt.Errorf("run: earlier: %w", err)
	}
	var list []engine.Held
	if err := json.Unmarshal(data, &list); err != nil {
		return fmt.Errorf("run: earlier: %s: %w", name, err)
	}
	f.heldBefore = append(f.heldBefore, list...)
	return nil
}

// Held says what the closed results of a plan cover, for later plans of its tier.
func Held(p *engine.Plan, results []*engine.Result) []engine.Held {
	out := []engine.Held{}
	for _, r := range results {
		if h, ok := p.Held(r); ok {
			out = append(out, h)
		}
	}
	return out
}

// request is what the plan depends on.
func (f *Folder) request() engine.PlanRequest {
	c := &f.Configuration
	return engine.PlanRequest{
		Scope: c.Scope, Tier: c.Tier, Period: f.Period, Organiser: c.Organiser, Items: c.Items, Additional: c.Additional, Inspected: c.Inspected,
		Seed: f.seed, Sizes: c.Sizes, Tables: c.Tables, Reserve: c.Reserve, MostTasks: c.MostTasks, Loads: c.Loads, Earlier: f.heldBefore, Since: c.Since,
		Frames:       f.source,
		Organisation: engine.Organisation{Subjects: c.Subjects, People: c.People, Interests: c.Interests},
	}
}

// Plan makes the plan and approves it as the configuration says.
func (f *Folder) Plan(ctx context.Context) (*engine.Plan, error) {
	c := f.Configuration
	p, err := f.Standard.MakePlan(ctx, f.request())
	if err != nil {
		return nil, err
	}
	if slices.ContainsFunc(p.Problems, func(x engine.Problem) bool { return x.Blocking }) {
		return p, nil
	}
	approval := engine.Approval{By: "chk run", At: c.Now}
	if c.Approval != nil {
		approval = *c.Approval
	}
	return p.Approve(approval)
}

// Records are the host's record values of the drawn units of a task.
func (f *Folder) Records(t *engine.Task) map[string]map[string]map[string]any {
	out := map[string]map[string]map[string]any{}
	for i := range t.Draws {
		d := &t.Draws[i]
		record := f.record(d.Record)
		if d.Kind != "drawn" || record == nil {
			continue
		}
		if out[d.Record] == nil {
			out[d.Record] = map[string]map[string]any{}
		}
		for _, unit := range d.Units {
			if values := f.source.Values(record, t.Subject.ID, unit); values != nil {
				out[d.Record][unit] = values
			}
		}
	}
	return out
}

// record finds a record of the standard by its first name.
func (f *Folder) record(name string) *check.Record {
	for _, r := range f.Standard.Checked().Records {
		if r.Name.First == name {
			return r
		}
	}
	return nil
}

// Sheets makes the sheets of all tasks.
func (f *Folder) Sheets(ctx context.Context, p *engine.Plan) ([]*engine.Sheet, error) {
	var out []*engine.Sheet
	for i := range p.Tasks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		s, err := f.Standard.MakeSheet(p, p.Tasks[i].ID, f.Records(&p.Tasks[i]))
		if err != nil {
			return nil, err
		}
		out = append(out, s)
	}
	return out, nil
}

// Judge judges all tasks of an approved plan. Submissions of no task of the
// plan are added to Refused.
func (f *Folder) Judge(ctx context.Context, p *engine.Plan) ([]*engine.Result, error) {
	of, err := f.Submissions(ctx, p)
	if err != nil {
		return nil, err
	}
	out := []*engine.Result{}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		r, err := f.Standard.Judge(ctx, p, t.ID, f.evidence(t, of[t.ID]))
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// Rejudge judges the evidence of the folder again, by its standard, for a plan
// that was made with an earlier version of it; previous are the results so far.
// A task without a result so far is left out. The earlier results stay as they
// are.
func (f *Folder) Rejudge(ctx context.Context, p *engine.Plan, planned *engine.Standard, previous []*engine.Result) ([]*engine.Result, *Diff, error) {
	of, err := f.Submissions(ctx, p)
	if err != nil {
		return nil, nil, err
	}
	before, err := latest(previous)
	if err != nil {
		return nil, nil, err
	}
	out, d := []*engine.Result{}, &Diff{Schema: DiffSchema, Differences: []*engine.ResultDiff{}}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if before[t.ID] == nil {
			continue
		}
		r, x, err := f.Standard.Rejudge(ctx, engine.RejudgeRequest{Plan: p, Planned: planned, Task: t.ID, Evidence: f.evidence(t, of[t.ID]), Previous: before[t.ID]})
		if err != nil {
			return nil, nil, err
		}
		out, d.Differences = append(out, r), append(d.Differences, x)
	}
	if len(out) == 0 {
		return nil, nil, refused("方案 %s 的任务以前都没有结果，用 chk judge 判定", "no task of the plan %s has a result so far; judge it with chk judge", p.ID)
	}
	return out, d, nil
}

// Submissions sorts the submissions by the task they are about; those of no task
// of the plan are added to Refused.
func (f *Folder) Submissions(ctx context.Context, p *engine.Plan) (map[string][]engine.Submission, error) {
	submissions, cells, err := f.everything(ctx, p)
	if err != nil {
		return nil, err
	}
	of := map[string][]engine.Submission{}
	f.Refused = append(slices.Clone(f.unread), cells...)
	for _, s := range submissions {
		if _, ok := p.Task(s.Task); !ok {
			source, line := s.Origin()
			f.Refused = append(f.Refused, engine.NewInputError(source, line, s.ID+".task", "C910", s.Task))
			continue
		}
		of[s.Task] = append(of[s.Task], s)
	}
	return of, nil
}

// evidence is all that the folder holds about a task.
func (f *Folder) evidence(t *engine.Task, submissions []engine.Submission) engine.Evidence {
	return engine.Evidence{
		Records: f.Records(t), RecordsAt: f.Configuration.Now, Submissions: submissions,
		Origin: func(record, unit, field string) (string, int) {
			return f.source.Origin(f.record(record), t.Subject.ID, unit, field)
		},
	}
}

// Verify replays the draws of a plan against the folder's frames.
func (f *Folder) Verify(ctx context.Context, p *engine.Plan) (*engine.Verification, error) {
	return f.Standard.VerifyPlan(ctx, p, f.request())
}
