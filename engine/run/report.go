package run

import (
	"context"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
)

// TraceSchema is the name of the JSON document of a FigureTrace.
const TraceSchema = "pinjian/figure-trace/1"

// Gathered is what the reports of a folder rest on: its plan, the results of all
// its tasks, results of earlier runs, and the findings as they stood at AsOf.
type Gathered struct {
	Plan     *engine.Plan
	Results  []*engine.Result // those that count now, earlier runs' after the folder's
	Findings []engine.Finding
	AsOf     time.Time
	Summary  *engine.Summary
	Folder   *Folder
	own      int // how many of Results are the folder's
}

// Gather counts results and findings for the folder's reports. Of several
// results of one task the last counts. Findings that results bring and the log
// doesn't have yet are opened in memory, the log stays as it is; what happened
// after asOf is left out. A zero asOf is the run's time, or that of the log's
// latest event where that is later.
func (f *Folder) Gather(ctx context.Context, p *engine.Plan, results, earlier []*engine.Result, log *FindingLog, asOf time.Time) (*Gathered, error) {
	if asOf.IsZero() {
		asOf = f.Configuration.Now
		for _, known := range log.findings {
			if last := known.Events[len(known.Events)-1].At; last.After(asOf) {
				asOf = last
			}
		}
	}
	r := &Gathered{Plan: p, AsOf: asOf, Folder: f}
	mine, err := latest(results)
	if err != nil {
		return nil, err
	}
	before, err := latest(earlier)
	if err != nil {
		return nil, err
	}
	for _, task := range sortedKeys(mine) {
		r.Results = append(r.Results, mine[task])
	}
	r.own = len(r.Results)
	for _, task := range sortedKeys(before) {
		if mine[task] == nil {
			r.Results = append(r.Results, before[task])
		}
	}
	past, err := log.until(asOf)
	if err != nil {
		return nil, err
	}
	if _, err := f.OpenFindings(ctx, past, r.Results[:r.own], "chk report", asOf); err != nil {
		return nil, err
	}
	for _, id := range sortedKeys(past.findings) {
		r.Findings = append(r.Findings, past.findings[id])
	}
	return r, r.count(ctx)
}

// until is the log as it was at an instant.
func (l *FindingLog) until(at time.Time) (*FindingLog, error) {
	out := &FindingLog{findings: map[string]engine.Finding{}}
	for id, f := range l.findings {
		var events []engine.FindingEvent
		for _, e := range f.Events {
			if e.At.After(at) {
				break
			}
			events = append(events, e)
		}
		if len(events) == 0 {
			continue
		}
		old, err := engine.Fold(slices.Values(events))
		if err != nil {
			return nil, err
		}
		out.findings[id] = old
	}
	return out, nil
}

func sortedKeys[V any](m map[string]V) []string {
	keys := make([]string, 0, len(m))
	for k := range m {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	return keys
}

// count fills the summary.
func (r *Gathered) count(ctx context.Context) error {
	s, err := engine.NewSummary(engine.SummaryOptions{
		By: []string{"subject", "section", "item", r.Folder.Period.Frequency().String()}, AsOf: r.AsOf, Standard: r.Folder.Standard, Remember: true,
	})
	if err != nil {
		return err
	}
	if err := s.AddPlan(r.Plan); err != nil {
		return err
	}
	for _, result := range r.Results {
		if err := ctx.Err(); err != nil {
			return err
		}
		if err := s.Add(result); err != nil {
			return err
		}
		if score, err := r.Folder.Standard.Score(result); err == nil { // an error: no points, or judged by another version
			if err := s.AddScore(result, score); err != nil {
				return err
			}
		}
	}
	for _, f := range r.Findings {
		if err := s.AddFinding(f); err != nil {
			return err
		}
	}
	r.Summary = s
	return nil
}

// Monthly is the service report of the folder's period.
func (r *Gathered) Monthly(filedBy string, o report.Options) (*report.MonthlyDocument, error) {
	f := r.Folder
	q := report.MonthlyRequest{Summary: r.Summary, Findings: r.Findings, Period: f.Period, Tier: f.Configuration.Tier, Subjects: f.Configuration.Subjects, FiledBy: filedBy}
	if filedBy != "" {
		q.FiledAt = r.AsOf
	}
	return report.Monthly(f.Standard, q, o)
}

// Appraisal is the appraisal lists of the folder's period.
func (r *Gathered) Appraisal(o report.Options) (*report.AppraisalDocument, error) {
	f := r.Folder
	return report.Appraisal(f.Standard, report.AppraisalRequest{
		Findings: r.Findings, Results: r.Results, Period: f.Period, Tier: f.Configuration.Tier, AsOf: r.AsOf, Subjects: f.Configuration.Subjects,
	}, o)
}

// FigureTrace is what one figure of a report counts.
type FigureTrace struct {
	Schema  string         `json:"schema"`
	Figure  string         `json:"figure"`
	Count   int            `json:"count"`
	Counted []FigureSource `json:"counted"`
}

// FigureSource is one thing that a figure counts: ID as in [engine.Counted],
// and what it is about. Words is its outcome, grade or state.
type FigureSource struct {
	ID      string       `json:"id"`
	Task    string       `json:"task,omitempty"`
	Subject string       `json:"subject,omitempty"`
	Section string       `json:"section,omitempty"`
	Item    string       `json:"item,omitempty"`
	Part    string       `json:"part,omitempty"`
	Unit    string       `json:"unit,omitempty"`
	Period  string       `json:"period,omitempty"`
	Words   engine.Words `json:"words"`
}

// Trace lists what a figure of a report counts.
func (r *Gathered) Trace(figure string) (*FigureTrace, error) {
	out := &FigureTrace{Schema: TraceSchema, Figure: figure, Counted: []FigureSource{}}
	in := engine.SummaryRecords{Plans: each([]*engine.Plan{r.Plan}), Results: each(r.Results), Scores: r.score, Findings: each(r.Findings)}
	for c, err := range r.Summary.Trace(figure, in) {
		if err != nil {
			return nil, err
		}
		one := FigureSource{ID: c.ID}
		switch {
		case c.Finding != nil:
			f := c.Finding
			grade, state := engine.OutcomeWords(f.Grade), f.State.Words()
			one.Subject, one.Section, one.Item, one.Part, one.Unit, one.Period = f.Subject, f.Section, f.Item, f.Part, f.Unit, f.Period
			one.Words = engine.Words{ZH: grade.ZH + "，" + state.ZH, EN: grade.EN + ", " + state.EN}
		case c.Verdict != nil:
			v := c.Verdict
			one.Task, one.Subject, one.Section, one.Item, one.Part, one.Unit, one.Period = c.Result.Task, v.Subject, v.Section, v.Item, v.Part, v.Unit, v.Period
			one.Words = answerWords(v.Answer)
		case c.Result != nil:
			one.Task, one.Subject, one.Period, one.Words = c.Result.Task, c.Result.Subject, c.Result.Period, engine.Words{ZH: "结果", EN: "result"}
		case c.Task != nil:
			one.Task, one.Subject, one.Words = c.Task.ID, c.Task.Subject.ID, engine.Words{ZH: "任务", EN: "task"}
		}
		out.Counted = append(out.Counted, one)
	}
	out.Count = len(out.Counted)
	return out, nil
}

// score has no score where the standard that judged gives none.
func (r *Gathered) score(result *engine.Result) (engine.Score, error) {
	score, err := r.Folder.Standard.Score(result)
	if err != nil {
		return engine.Score{Open: true}, nil //nolint:nilerr // it was not counted either
	}
	return score, nil
}

func answerWords(a engine.Answer) engine.Words {
	zh, en := &printer{lang: checklang.Chinese}, &printer{lang: checklang.English}
	return engine.Words{ZH: zh.answer(a), EN: en.answer(a)}
}

func each[T any](list []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, x := range list {
			if !yield(x, nil) {
				return
			}
		}
	}
}

// WriteTrace writes a trace for reading, one thing a line.
func WriteTrace(w io.Writer, l checklang.Lang, t *FigureTrace) error {
	p := &printer{w: w, lang: l}
	for _, c := range t.Counted {
		about := slices.DeleteFunc([]string{c.Subject, c.Item, c.Part, c.Unit, c.Period}, func(s string) bool { return s == "" })
		if c.Part == c.Item {
			about = slices.Compact(about)
		}
		if c.Item == "" && c.Section != "" {
			about = append(about, c.Section)
		}
		p.line("%s　%s　%s", "%s  %s  %s", shortID(c.ID), strings.Join(about, " "), p.say(c.Words))
	}
	p.line("共 %d 个", "%d in all", t.Count)
	return p.err
}

// shortID is enough of an id to find it again, with the pointer after it.
func shortID(id string) string {
	digest, pointer, has := strings.Cut(id, "#")
	if has {
		return fmt.Sprintf("%.12s#%s", digest, pointer)
	}
	return fmt.Sprintf("%.12s", id)
}
