package report

import (
	"io"
	"slices"
	"time"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// NoticeSchema is the name of the JSON document of a NoticeDocument.
const NoticeSchema = "pinjian/notice/1"

// NoticeRequest is what a notice tells: the result of one task of an approved
// plan, and what followed from it.
type NoticeRequest struct {
	Plan   *engine.Plan
	Result *engine.Result
	// Findings are those of the subject: what this result spoke about is told
	// in full, earlier ones that are not closed are told apart.
	Findings []engine.Finding
	// Submissions of the task, for the photos that inspectors took. What was
	// replaced is left out.
	Submissions []engine.Submission
}

// NoticeDocument is the feedback and rectification notice (检查反馈与整改通知书)
// to one subject, in one language. Its JSON says all that its page says, photos
// by their hashes; only one that Notice made can be written as a page. Instants
// in it are in UTC.
type NoticeDocument struct {
	Schema       string         `json:"schema"`
	Lang         token.Lang     `json:"lang"`
	Organisation string         `json:"organisation,omitempty"`
	Number       string         `json:"number,omitempty"`
	Date         string         `json:"date,omitempty"` // 2026-11-23
	Addressee    string         `json:"addressee"`
	Subject      string         `json:"subject"` // the id
	Task         string         `json:"task"`
	Tier         string         `json:"tier,omitempty"`
	Period       engine.Period  `json:"period"`
	Inspector    string         `json:"inspector,omitempty"`
	Title        string         `json:"title"` // of the standard, with its version
	Standard     engine.Ref     `json:"standard"`
	Plan         string         `json:"plan"`             // the digest
	Result       string         `json:"result"`           // the id
	Overall      NoticeItem     `json:"overall"`          // the standard as a whole
	Counts       []NoticeCount  `json:"counts,omitempty"` // of the items, the worst first
	Score        string         `json:"score,omitempty"`
	Items        []NoticeItem   `json:"items"`
	Open         []NoticeGap    `json:"open,omitempty"`     // what was not inspected, or lacks something
	Problems     []string       `json:"problems,omitempty"` // conflicts, and evidence that was refused
	Findings     []NoticeRecord `json:"findings"`
	Earlier      []NoticeRecord `json:"earlier,omitempty"` // of earlier inspections, not closed
	Signatures   []string       `json:"signatures,omitempty"`

	terms *terms
}

// NoticeItem is the outcome of one item, of a section by criteria of its own,
// or of the whole. Item and Section are empty for the whole.
type NoticeItem struct {
	Item    string         `json:"item,omitempty"`
	Section string         `json:"section,omitempty"`
	Period  string         `json:"period,omitempty"`
	Title   string         `json:"title,omitempty"`
	Answer  engine.Answer  `json:"answer"`
	Words   string         `json:"words"` // the answer
	Reasons []NoticeReason `json:"reasons,omitempty"`
	Notes   []string       `json:"notes,omitempty"` // what the samples are and prove
}

// NoticeCount is how many items have an answer.
type NoticeCount struct {
	Answer engine.Answer `json:"answer"`
	Words  string        `json:"words"`
	Items  int           `json:"items"`
}

// NoticeReason is what decided, in words with the values that were compared,
// and the photos taken there.
type NoticeReason struct {
	Part    string              `json:"part,omitempty"`
	Unit    string              `json:"unit,omitempty"`
	Outcome engine.Outcome      `json:"outcome,omitzero"` // that it brings
	Text    string              `json:"text"`
	Photos  []engine.Attachment `json:"photos,omitempty"`
}

// NoticeGap is what an open part lacks, for units that lack the same. Without
// Units it is the sample as a whole, or the subject. Ruling says that a person
// must rule, and nothing else is missing.
type NoticeGap struct {
	Item   string   `json:"item"`
	Part   string   `json:"part"`
	Period string   `json:"period"`
	Units  []string `json:"units,omitempty"`
	Names  []string `json:"names"`
	Ruling bool     `json:"ruling,omitempty"`
}

// NoticeRecord is a finding with what it obliges to.
type NoticeRecord struct {
	ID       string              `json:"id"`
	Grade    engine.Outcome      `json:"grade"`
	Words    string              `json:"words"` // the grade
	Section  string              `json:"section,omitempty"`
	Item     string              `json:"item,omitempty"`
	Part     string              `json:"part,omitempty"`
	Title    string              `json:"title,omitempty"`
	Unit     string              `json:"unit,omitempty"`
	Period   string              `json:"period"`
	Label    string              `json:"label,omitempty"`
	Reasons  []string            `json:"reasons,omitempty"`
	State    engine.FindingState `json:"state"`
	Parties  []engine.Party      `json:"parties,omitempty"`
	Duties   []NoticeDuty        `json:"duties,omitempty"`
	Due      time.Time           `json:"due,omitzero"`
	Repeats  []string            `json:"repeats,omitempty"`
	Evidence []engine.Attachment `json:"evidence,omitempty"` // what inspectors attached
	Answered []engine.Attachment `json:"answered,omitempty"` // what was attached to the answer
}

// NoticeDuty is one duty; Met says that nothing of it is outstanding.
type NoticeDuty struct {
	Duty  string    `json:"duty"`
	Words string    `json:"words"`
	Due   time.Time `json:"due,omitzero"`
	Met   bool      `json:"met,omitempty"`
}

// Notice makes the notice of one result. The error is a *engine.Refusal for a
// result of another standard or plan, and for a finding of another subject or
// standard.
func Notice(s *engine.Standard, r NoticeRequest, o Options) (*NoticeDocument, error) {
	t, err := newTerms(s, o)
	if err != nil {
		return nil, err
	}
	task, err := r.task(s)
	if err != nil {
		return nil, err
	}
	o = t.options
	d := &NoticeDocument{
		Schema: NoticeSchema, Lang: o.Lang, Organisation: o.Organisation, Number: o.Number, Addressee: o.Addressee,
		Subject: r.Result.Subject, Task: r.Result.Task, Tier: r.Plan.Tier, Period: r.Plan.Period, Inspector: task.Inspector, Title: t.title(),
		Standard: r.Result.Standard, Plan: r.Result.Plan, Result: r.Result.ID, Items: []NoticeItem{}, Findings: []NoticeRecord{}, terms: t,
		Signatures: o.Signatures,
	}
	if o.Date.Valid() {
		d.Date = o.Date.String()
	}
	if d.Addressee == "" {
		d.Addressee = t.subject(task.Subject)
	}
	b := &noticeBuilder{terms: t, request: r, out: d, attached: attachments(r)}
	b.items()
	b.problems()
	for _, f := range r.Findings {
		switch {
		case slices.Contains(f.Results, r.Result.ID):
			d.Findings = append(d.Findings, b.record(f))
		case f.State != "closed" && f.State != "withdrawn":
			d.Earlier = append(d.Earlier, b.record(f))
		}
	}
	worst := func(a, b NoticeRecord) int { return int(b.Grade) - int(a.Grade) }
	slices.SortStableFunc(d.Findings, worst)
	slices.SortStableFunc(d.Earlier, worst)
	if score, err := s.Score(r.Result); err == nil { // an error: the standard has no points
		d.Score = t.score(score)
	}
	return d, nil
}

// task is the task that the result judged.
func (r *NoticeRequest) task(s *engine.Standard) (*engine.Task, error) {
	if r.Plan == nil || r.Result == nil {
		return nil, refused("通知书要有方案和结果", "notice: a plan and a result are needed")
	}
	if r.Result.Standard != s.Ref() {
		return nil, refused("这个结果不是按本标准判定的，请用判定时的标准", "notice: the result was judged by another standard; use that one")
	}
	if r.Result.Plan != r.Plan.Digest {
		return nil, refused("这个结果属于另一份方案 %s", "notice: the result belongs to another plan, %s", r.Result.Plan)
	}
	task, ok := r.Plan.Task(r.Result.Task)
	if !ok {
		return nil, refused("方案里没有任务“%s”", "notice: the plan has no task %q", r.Result.Task)
	}
	for _, f := range r.Findings {
		if f.Subject != r.Result.Subject || f.Standard != r.Result.Standard.Standard {
			return nil, refused("问题 %s 属于受检对象“%s”（标准 %s），不能写进给“%s”的通知书", "notice: the finding %s is of the subject %q (standard %s) and can't be told to %q",
				f.ID, f.Subject, f.Standard, r.Result.Subject)
		}
	}
	return task, nil
}

// WriteHTML writes the notice as one file for A4 paper and for screens of any
// width. An error of Options.Photos ends it.
func (d *NoticeDocument) WriteHTML(w io.Writer) error {
	return d.html(w)
}
