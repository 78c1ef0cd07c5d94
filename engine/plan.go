package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/sampling"
)

// PlanRequest is everything a plan depends on. Where the standard has the tier
// named, the tier says who organises, whom it inspects, which items, and whether
// units are drawn; else every subject in Inspected is inspected by all items.
type PlanRequest struct {
	Scope        string       // the tenant; part of every draw
	Tier         string       // which level of inspection runs: a tier of the standard by either name, or the host's own word
	Period       Period       // the run's period: items are due for every span of theirs that ends in it
	Organisation Organisation // who there is
	// Organiser is the subject whose run this is, such as one region; empty
	// plans the runs of all organisers of the tier.
	Organiser string
	// Inspected are the ids of the subjects inspected. Empty leaves them to the
	// tier, which draws them where it says so.
	Inspected []string
	Frames    FrameSource // nil: only what needs no frame can be planned
	Seed      []byte      // at least 16 bytes
	// Items restricts a run to some items, by IDs, codes or sections; empty:
	// all that the tier covers. Additional are items beyond those, which the
	// organiser adds.
	Items, Additional []string
	// Sizes are the sizes of samples by plan, by part.
	Sizes map[string]int64
	// Tables are the size tables that the standard leaves to be supplied, by
	// either name.
	Tables map[string]sampling.Table
	// Reserve is how many further units of each stratum a draw keeps to replace
	// those that can't be reached.
	Reserve int64
	// MostTasks is how many tasks a person can take in this run; 0 is no limit.
	MostTasks int
	// Loads are tasks that people have from earlier runs of the same time: who
	// has fewer goes first.
	Loads map[string]int
	// Earlier are the inspections held before: spans that they cover are not due
	// again, and periods without one are listed as missed, from Since on (the
	// first of Earlier when zero).
	Earlier []Held
	Since   time.Time
	// Round are plans that other organisers have made for the same round. One
	// that has another standard, table or size makes the plan blocked.
	Round []*Plan
}

// Plan says which items are due at which subject, which units are drawn, and
// who inspects. It is a value: JSON in, JSON out; a draft until Approve.
type Plan struct {
	Schema   string `json:"schema"`
	ID       string `json:"id"`
	Scope    string `json:"scope"`
	Standard Ref    `json:"standard"`
	Tier     string `json:"tier"`
	Period   Period `json:"period"`
	// Organiser is the subject whose run the plan is; empty for all organisers.
	Organiser string `json:"organiser,omitempty"`
	SeedHash  string `json:"seed_hash"`
	// Rules are the digests of what a round must share beside the standard: the
	// size tables and sizes by plan that were used, by name, and the calendar's
	// edition.
	Rules map[string]string `json:"rules,omitempty"`
	// Selections are the draws of subjects, one for each organiser.
	Selections []Selection `json:"selections,omitempty"`
	// Additional are the IDs of items that the organiser added.
	Additional []string     `json:"additional,omitempty"`
	Tasks      []Task       `json:"tasks"`
	Coverage   PlanCoverage `json:"coverage"`
	Missed     []Missed     `json:"missed,omitempty"`
	Problems   []Problem    `json:"problems,omitempty"`
	Approval   *Approval    `json:"approval,omitempty"`
	// Amendments are the exceptions recorded since the approval, in their order.
	Amendments []Amendment `json:"amendments,omitempty"`
	// Digest is the SHA-256 of the plan without approval and amendments; an
	// approved plan is frozen under it.
	Digest string `json:"digest"`
}

// Selection is the draw of the subjects that an organiser inspects.
type Selection struct {
	Organiser string          `json:"organiser"`
	Sample    sampling.Record `json:"sample"`
}

// Task is one inspection of one subject: the parts due and their units. Its ID
// survives reassignment and replacement.
type Task struct {
	ID          string           `json:"id"`
	Organiser   string           `json:"organiser,omitempty"` // the subject that has it made
	Subject     Subject          `json:"subject"`
	Inspector   string           `json:"inspector,omitempty"`
	Draws       []Draw           `json:"draws"`
	Populations map[string]int64 `json:"populations,omitempty"`
	// Digest is the SHA-256 of the task as it was planned.
	Digest string `json:"digest"`
}

// Draw is the units of one sample for one period. Kind is "subject" (the unit
// is the subject), "drawn", or "unlisted": no frame, Planned units met on the
// spot. Parts share the draw.
type Draw struct {
	Parts   []string         `json:"parts"`
	Record  string           `json:"record,omitempty"`
	Period  Period           `json:"period"`
	Kind    string           `json:"kind"`
	Planned int64            `json:"planned"`
	Enough  int64            `json:"enough"`
	Units   []string         `json:"units,omitempty"`
	Sample  *sampling.Record `json:"sample,omitempty"`
}

// Problem is something the plan can't do. A Blocking problem keeps the plan
// from being approved.
type Problem struct {
	Code     string `json:"code"`
	Subject  string `json:"subject,omitempty"`
	Part     string `json:"part,omitempty"`
	Message  Words  `json:"message"`
	Blocking bool   `json:"blocking"`
}

// Approval says who approved a plan, and when.
type Approval struct {
	By string    `json:"by"`
	At time.Time `json:"at"`
}

// PlanSchema is the name of the plan's JSON document.
const PlanSchema = "pinjian/plan/1"

// MakePlan plans one run of a tier. What can't be planned becomes a Problem;
// the rest is planned. The same request gives the same bytes.
func (s *Standard) MakePlan(ctx context.Context, r PlanRequest) (*Plan, error) {
	if len(r.Seed) < 16 {
		return nil, refused("种子要有至少 16 个字节", "plan: the seed needs at least 16 bytes")
	}
	if r.Period.Start.IsZero() || !r.Period.End.After(r.Period.Start) {
		return nil, refused("方案没有写期间", "plan: the period is not set")
	}
	g := s.programme(r)
	if err := g.people(); err != nil {
		return nil, err
	}
	items, err := g.items()
	if err != nil {
		return nil, err
	}
	subjects, err := g.subjects(ctx)
	if err != nil {
		return nil, err
	}
	g.fields = fieldsOf(items)
	for _, x := range subjects {
		m := &planner{programme: g, subject: x.subject, organiser: x.organiser, frames: map[string]*collected{}}
		task, err := m.task(ctx, items)
		if err != nil {
			return nil, err
		}
		g.plan.Tasks = append(g.plan.Tasks, task)
	}
	if err := g.assign(ctx); err != nil {
		return nil, err
	}
	g.cover(items, len(subjects))
	g.sameRound()
	p := g.plan
	p.ID = strings.Join([]string{r.Tier, r.Period.Name}, "/")
	if r.Organiser != "" {
		p.ID += "/" + r.Organiser
	}
	return p, p.seal()
}

// seal gives the tasks and the plan their digests.
func (p *Plan) seal() error {
	for i := range p.Tasks {
		d, err := p.Tasks[i].digest()
		if err != nil {
			return err
		}
		p.Tasks[i].Digest = d
	}
	d, err := p.digest()
	p.Digest = d
	return err
}

// digest is the SHA-256 of the plan's JSON without tasks, approval, amendments
// and digest, followed by the digests of its tasks, a line each. So one task of
// thousands is checked without reading the others.
func (p *Plan) digest() (string, error) {
	c := *p
	c.Tasks, c.Approval, c.Amendments, c.Digest = nil, nil, nil, ""
	data, err := json.Marshal(&c)
	if err != nil {
		return "", fmt.Errorf("engine: plan %s: %w", p.ID, err)
	}
	for i := range p.Tasks {
		data = append(append(data, '\n'), p.Tasks[i].Digest...)
	}
	return digestOf(data), nil
}

// digest is the SHA-256 of the task's JSON without its digest.
func (t *Task) digest() (string, error) {
	c := *t
	c.Digest = ""
	data, err := json.Marshal(&c)
	if err != nil {
		return "", fmt.Errorf("engine: task %s: %w", t.ID, err)
	}
	return digestOf(data), nil
}

// changed is the place of the first task that is not what its digest says, of
// those with these ids or of all; -1 when there is none.
func (p *Plan) changed(ids ...string) int {
	for i := range p.Tasks {
		t := &p.Tasks[i]
		if len(ids) > 0 && !slices.Contains(ids, t.ID) {
			continue
		}
		if d, err := t.digest(); err != nil || d != t.Digest {
			return i
		}
	}
	return -1
}

// Approve freezes a draft under its digest. It is refused while a blocking
// Problem is open, and for a plan that was changed after it was made.
func (p *Plan) Approve(a Approval) (*Plan, error) {
	if a.By == "" || a.At.IsZero() {
		return nil, refused("批准要写明批准人和时间", "approve: by whom and when must be given")
	}
	if p.Approval != nil {
		return nil, refused("方案 %s 已经批准过", "approve: plan %s is approved already", p.ID)
	}
	for _, problem := range p.Problems {
		if problem.Blocking {
			return nil, &Refusal{Words: Words{
				"方案 " + p.ID + " 有问题没有解决：" + problem.Subject + " " + problem.Part + "：" + problem.Message.ZH,
				"approve: plan " + p.ID + " has an open problem: " + problem.Subject + " " + problem.Part + ": " + problem.Message.EN,
			}}
		}
	}
	if d, err := p.digest(); err != nil || d != p.Digest || p.changed() >= 0 {
		return nil, errors.Join(refused("方案 %s 做好以后被改动过", "approve: plan %s was changed after it was made", p.ID), err)
	}
	out := *p
	out.Approval = &a
	return &out, nil
}

// usable refuses a draft, a plan of another standard, and one of which what the
// named tasks rest on, or anything where none is named, was changed after its
// approval.
func (p *Plan) usable(s *Standard, tasks ...string) error {
	switch {
	case p == nil:
		return refused("没有方案", "there is no plan")
	case p.Approval == nil:
		return refused("方案 %s 是草案，先批准", "plan %s is a draft; approve it first", p.ID)
	case p.Standard.Digest != s.ref.Digest:
		return refused("方案 %s 依据标准 %s %s（摘要 %.12s），与现在的标准（摘要 %.12s）不同",
			"plan %s was made with standard %s %s, digest %.12s; this is digest %.12s", p.ID, p.Standard.Standard, p.Standard.Version, p.Standard.Digest, s.ref.Digest)
	}
	if d, err := p.digest(); err != nil || d != p.Digest {
		return errors.Join(refused("方案 %s 批准以后被改动过", "plan %s was changed after it was approved", p.ID), err)
	}
	if i := p.changed(tasks...); i >= 0 {
		return refused("方案 %s 的任务 %s 批准以后被改动过", "plan %s: the task %s was changed after it was approved", p.ID, p.Tasks[i].ID)
	}
	if i := p.brokenAmendment(); i >= 0 {
		return refused("方案 %s 的第 %d 个例外被改动过", "plan %s: amendments[%[3]d] was changed after it was recorded", p.ID, i+1, i)
	}
	return nil
}

// DecodePlan reads a plan's JSON. It refuses a document of another kind or of
// a later form, and keeps nothing of fields it does not know.
func DecodePlan(data []byte) (*Plan, error) {
	var p Plan
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&p); err != nil {
		return nil, fmt.Errorf("engine: reading a plan: %w", err)
	}
	if p.Schema != PlanSchema {
		return nil, refused("这不是方案：schema 是 %q，应为 %s", "reading a plan: schema %q is not %s", p.Schema, PlanSchema)
	}
	return &p, nil
}
