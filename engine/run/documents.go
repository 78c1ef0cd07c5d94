package run

import (
	"cmp"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
)

// DocumentRequest says which documents of a folder are wanted.
type DocumentRequest struct {
	// Kind is "monthly" for the service report of the period, "appraisal" for
	// the appraisal lists, "notice" for a feedback and rectification notice to
	// every inspected subject, "corrective-action" for the form of every major
	// finding, and "score" for the score sheet of every subject.
	Kind string
	// Task and Subject leave only their notices and score sheets; empty, all.
	Task, Subject string
	// Finding is the beginning of the id of the one finding, of any grade, that
	// a corrective action report is wanted of.
	Finding string
	// FiledBy files the monthly report.
	FiledBy string
	// Options are those of the documents. Without a Date they bear the day of
	// AsOf in the zone of the standard, without Subjects those of run.json.
	// Number and Addressee are of one document and refused where there are
	// several.
	Options report.Options
}

// Document is one document of a folder, ready to be written.
type Document struct {
	// Name is fit for the name of a file on every system, without an ending,
	// and differs from those of the other documents of its request.
	Name string
	// About is what the document is about: the id of a subject, followed by the
	// beginning of the id of a finding where it is about one; empty for those
	// about the whole.
	About string
	// Forms are those in which Write writes it, such as "html".
	Forms []string
	// Monthly is the report itself where the document is one, for forms that
	// other packages write.
	Monthly *report.MonthlyDocument
	write   map[string]func(io.Writer) error
}

// Write writes the document in one of its forms; another is an
// *engine.Refusal.
func (d *Document) Write(w io.Writer, form string) error {
	write := d.write[form]
	if write == nil {
		return refused("“%s”没有 %s 这种格式，可用：%s", "%[1]s can't be written as %[2]s, it has: %[3]s", d.Name, form, strings.Join(d.Forms, ", "))
	}
	return write(w)
}

// htmlDocument is a document that is written as a page and as JSON.
type htmlDocument interface{ WriteHTML(io.Writer) error }

func newDocument(name string, d htmlDocument) Document {
	out := Document{Name: name, Forms: []string{"html", "json"}, write: map[string]func(io.Writer) error{
		"html": d.WriteHTML, "json": func(w io.Writer) error { return indented(w, d) },
	}}
	if d, ok := d.(interface{ WriteText(io.Writer) error }); ok {
		out.Forms, out.write["text"] = []string{"text", "html", "json"}, d.WriteText
	}
	return out
}

func indented(w io.Writer, v any) error {
	e := json.NewEncoder(w)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(v); err != nil {
		return fmt.Errorf("run: %w", err)
	}
	return nil
}

// Documents makes the documents of a request, in the order of the tasks of the
// plan, and of findings by subject and item. There may be none: a folder without a major
// finding has no corrective action report. It reads submissions, for the photos
// that a notice shows, and changes nothing.
func (r *Gathered) Documents(ctx context.Context, q DocumentRequest) ([]Document, error) {
	o := q.Options
	if !o.Date.Valid() {
		o.Date = engine.DateOf(r.AsOf.In(r.Folder.Standard.Zone()))
	}
	if o.Subjects == nil {
		o.Subjects = r.Folder.Configuration.Subjects
	}
	if err := q.fits(); err != nil {
		return nil, err
	}
	var out []Document
	var err error
	switch q.Kind {
	case "monthly":
		d, err := r.Monthly(q.FiledBy, o)
		if err != nil {
			return nil, err
		}
		one := newDocument("monthly-"+d.Period, d)
		one.Monthly = d
		return []Document{one}, nil
	case "appraisal":
		d, err := r.Appraisal(o)
		if err != nil {
			return nil, err
		}
		return []Document{newDocument("appraisal-"+r.Folder.Period.Name, d)}, nil
	case "notice", "score":
		out, err = r.ofTasks(ctx, q, o)
	case "corrective-action":
		out, err = r.correctiveActions(ctx, q, o)
	default:
		return nil, refused("没有“%s”这种文件，可用：%s", "there is no document %q, there are: %s", q.Kind, strings.Join(documentKinds, ", "))
	}
	if err != nil {
		return nil, err
	}
	if len(out) > 1 && (o.Number != "" || o.Addressee != "") {
		return nil, refused("一次写 %d 份文件，文件编号和送达人不能都一样；请只选一份，或者不写这两项", "there are %d documents, which can't share one number or addressee; choose one of them, or give neither", len(out))
	}
	return out, nil
}

// documentKinds are the kinds of documents of a folder.
var documentKinds = []string{"monthly", "appraisal", "notice", "corrective-action", "score"}

// fits refuses a choice that the kind doesn't have, which would else be
// silently ignored.
func (q *DocumentRequest) fits() error {
	tasks := q.Kind == "notice" || q.Kind == "score"
	switch {
	case !tasks && (q.Task != "" || q.Subject != ""):
		return refused("只有通知书（notice）和评分表（score）可以按任务或受检对象选", "only notices (notice) and score sheets (score) are chosen by task or subject")
	case q.Kind != "corrective-action" && q.Finding != "":
		return refused("只有纠正与预防措施报告（corrective-action）可以按问题选", "only corrective action reports (corrective-action) are chosen by finding")
	}
	return nil
}

// ofTasks makes a notice or a score sheet of every task that has a result.
func (r *Gathered) ofTasks(ctx context.Context, q DocumentRequest, o report.Options) ([]Document, error) {
	f := r.Folder
	if q.Task != "" {
		if _, ok := r.Plan.Task(q.Task); !ok {
			return nil, refused("方案里没有任务“%s”", "the plan has no task %q", q.Task)
		}
	}
	results := map[string]*engine.Result{}
	for _, result := range r.Results[:r.own] {
		results[result.Task] = result
	}
	before := f.Refused
	submissions, err := f.Submissions(ctx, r.Plan)
	f.Refused = before // as the judging left it
	if err != nil {
		return nil, err
	}
	names := names{}
	var out []Document
	for i := range r.Plan.Tasks {
		t := &r.Plan.Tasks[i]
		result := results[t.ID]
		if q.Task != "" && q.Task != t.ID || q.Subject != "" && q.Subject != t.Subject.ID || result == nil {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		one, err := r.ofTask(q.Kind, names.next(q.Kind+"-"+t.Subject.ID), result, submissions[t.ID], o)
		if err != nil {
			return nil, err
		}
		one.About = t.Subject.ID
		out = append(out, one)
	}
	switch {
	case len(out) > 0:
		return out, nil
	case q.Subject != "":
		return nil, refused("受检对象“%s”在这份方案里没有判定过的任务；受检对象有：%s", "no task of the plan at the subject %q was judged; the subjects are: %s", q.Subject, strings.Join(subjectsOf(r.Plan), ", "))
	}
	return nil, refused("方案的任务还没有判定结果，先用 chk judge 判定", "no task of the plan has a result; judge with chk judge first")
}

func subjectsOf(p *engine.Plan) []string {
	var out []string
	for i := range p.Tasks {
		if id := p.Tasks[i].Subject.ID; !slices.Contains(out, id) {
			out = append(out, id)
		}
	}
	return out
}

func (r *Gathered) ofTask(kind, name string, result *engine.Result, submissions []engine.Submission, o report.Options) (Document, error) {
	s := r.Folder.Standard
	if kind == "score" {
		score, err := s.Score(result)
		if err != nil {
			return Document{}, err
		}
		return Document{Name: name, Forms: []string{"html", "json"}, write: map[string]func(io.Writer) error{
			"html": func(w io.Writer) error { return report.WriteScoreSheet(w, s, result, o) },
			"json": func(w io.Writer) error { return indented(w, score) },
		}}, nil
	}
	q := report.NoticeRequest{Plan: r.Plan, Result: result, Submissions: submissions}
	for _, f := range r.Findings {
		if f.Subject == result.Subject && f.Standard == result.Standard.Standard {
			q.Findings = append(q.Findings, f)
		}
	}
	d, err := report.Notice(s, q, o)
	if err != nil {
		return Document{}, err
	}
	return newDocument(name, d), nil
}

// correctiveActions makes the form of one finding, or of every one that is major
// or whose grade obliges to a report, unless it was withdrawn.
func (r *Gathered) correctiveActions(ctx context.Context, q DocumentRequest, o report.Options) ([]Document, error) {
	chosen := slices.Clone(r.Findings)
	slices.SortFunc(chosen, func(a, b engine.Finding) int {
		return cmp.Or(strings.Compare(a.String(), b.String()), strings.Compare(a.ID, b.ID))
	})
	if q.Finding != "" {
		log := &FindingLog{findings: map[string]engine.Finding{}}
		for _, f := range r.Findings {
			log.findings[f.ID] = f
		}
		f, err := log.Find(q.Finding)
		if err != nil {
			return nil, err
		}
		chosen = []engine.Finding{f}
	}
	names := names{}
	out := []Document{}
	for _, f := range chosen {
		must := f.Grade == engine.Major || slices.Contains(f.Duties, "report")
		if q.Finding == "" && (!must || f.State == "withdrawn" || f.Standard != r.Folder.Standard.Ref().Standard) {
			continue
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		d, err := report.CorrectiveAction(r.Folder.Standard, f, o)
		if err != nil {
			return nil, err
		}
		one := newDocument(names.next(fmt.Sprintf("corrective-action-%.12s", f.ID)), d)
		one.About = fmt.Sprintf("%s %.12s", f.Subject, f.ID)
		out = append(out, one)
	}
	return out, nil
}

// names are those given to files, in lower case: some systems know no other.
type names map[string]bool

// next makes a name fit for a file, and different from those before.
func (n names) next(name string) string {
	name = FileName(name)
	for n[strings.ToLower(name)] {
		name += "_"
	}
	n[strings.ToLower(name)] = true
	return name
}

// longestName bounds the name of a file in bytes; systems have 255, and an
// ending follows.
const longestName = 200

// FileName makes an id fit for the name of a file on every system: what no
// system takes becomes "_", and a text too long is cut.
func FileName(id string) string {
	name := strings.Map(func(r rune) rune {
		if unicode.IsControl(r) || r == utf8.RuneError || strings.ContainsRune(`/\:*?"<>|`, r) {
			return '_'
		}
		return r
	}, id)
	for len(name) > longestName {
		_, size := utf8.DecodeLastRuneInString(name)
		name = name[:len(name)-size]
	}
	return name
}
