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

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/sampling"
)

// subjectJSON is a Subject with its zone by name.
type subjectJSON struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind,omitempty"`
	Parent string         `json:"parent,omitempty"`
	Zone   string         `json:"zone,omitempty"`
	Fields map[string]any `json:"fields,omitempty"`
}

// MarshalJSON writes the zone by its name in the time zone database. It fails
// for one that is not there, such as a fixed offset: what reads the subject
// again would judge in another zone.
func (s Subject) MarshalJSON() ([]byte, error) {
	out := subjectJSON{ID: s.ID, Kind: s.Kind, Parent: s.Parent, Fields: s.Fields}
	if s.Zone != nil {
		out.Zone = s.Zone.String()
		if _, err := namedZone(out.Zone); err != nil {
			return nil, refused("受检对象“%s”的时区“%s”不是时区数据库里的名字，如 Asia/Shanghai", "the zone %[2]q of the subject %[1]q is no name of the time zone database, such as Asia/Shanghai", s.ID, out.Zone)
		}
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes; numbers in fields stay the
// decimals they were written as.
func (s *Subject) UnmarshalJSON(data []byte) error {
	var in subjectJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		return err
	}
	out := Subject{ID: in.ID, Kind: in.Kind, Parent: in.Parent, Fields: in.Fields}
	if in.Zone != "" {
		zone, err := namedZone(in.Zone)
		if err != nil {
			return refused("受检对象“%s”的时区“%s”不是时区数据库里的名字，如 Asia/Shanghai", "the zone %[2]q of the subject %[1]q is no name of the time zone database, such as Asia/Shanghai", in.ID, in.Zone)
		}
		out.Zone = zone
	}
	*s = out
	return nil
}

// namedZone finds a zone whose name means the same on every machine.
func namedZone(name string) (*time.Location, error) {
	if name == "" || name == "Local" {
		return nil, fmt.Errorf("engine: %q is no zone", name)
	}
	return time.LoadLocation(name)
}

// Person can inspect or be responsible.
type Person struct {
	ID      string   `json:"id"`
	Subject string   `json:"subject"`
	Posts   []string `json:"posts,omitempty"`
}

// Interest bars a person from a subject, with a reason that reports may show.
type Interest struct {
	Person  string `json:"person"`
	Subject string `json:"subject"`
	Reason  string `json:"reason"`
}

// Organisation is a snapshot of who there is.
type Organisation struct {
	Subjects  []Subject  `json:"subjects"`
	People    []Person   `json:"people"`
	Interests []Interest `json:"interests,omitempty"`
}

// Subject finds a subject by its id.
func (o Organisation) Subject(id string) (Subject, bool) {
	for _, s := range o.Subjects {
		if s.ID == id {
			return s, true
		}
	}
	return Subject{}, false
}

// PlanRequest is everything a plan depends on.
type PlanRequest struct {
	Scope        string       // the tenant; part of every draw
	Tier         string       // which level of inspection runs
	Period       Period       // the run's period: items are due for every span of theirs that ends in it
	Organisation Organisation // who there is
	Inspected    []string     // ids of the subjects inspected
	Frames       FrameSource  // nil: only what needs no frame can be planned
	Seed         []byte       // at least 16 bytes
	Items        []string     // IDs, codes or sections; empty: all items
	Sizes        map[string]int64
	Tables       map[string]sampling.Table
}

// Plan says which items are due at which subject, which units are drawn, and
// who inspects. It is a value: JSON in, JSON out; a draft until Approve.
type Plan struct {
	Schema   string    `json:"schema"`
	ID       string    `json:"id"`
	Scope    string    `json:"scope"`
	Standard Ref       `json:"standard"`
	Tier     string    `json:"tier"`
	Period   Period    `json:"period"`
	SeedHash string    `json:"seed_hash"`
	Tasks    []Task    `json:"tasks"`
	Problems []Problem `json:"problems,omitempty"`
	Approval *Approval `json:"approval,omitempty"`
	// Digest is the SHA-256 of the plan without approval; an approved plan is
	// frozen under it.
	Digest string `json:"digest"`
}

// Task is one inspection of one subject: the parts due and their units.
type Task struct {
	ID          string           `json:"id"`
	Subject     Subject          `json:"subject"`
	Inspector   string           `json:"inspector,omitempty"`
	Draws       []Draw           `json:"draws"`
	Populations map[string]int64 `json:"populations,omitempty"`
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
	items, err := s.selectItems(r.Items)
	if err != nil {
		return nil, err
	}
	if len(r.Seed) < 16 {
		return nil, refused("种子要有至少 16 个字节", "plan: the seed needs at least 16 bytes")
	}
	if r.Period.Start.IsZero() || !r.Period.End.After(r.Period.Start) {
		return nil, refused("方案没有写期间", "plan: the period is not set")
	}
	p := &Plan{Schema: PlanSchema, Scope: r.Scope, Standard: s.ref, Tier: r.Tier, Period: r.Period, SeedHash: sampling.Commitment(r.Seed), Tasks: []Task{}}
	for i, id := range r.Inspected {
		if slices.Contains(r.Inspected[:i], id) {
			return nil, refused("受检对象“%s”列了两次，只留一次", "plan: inspected: the subject %q is listed twice; keep one", id)
		}
		subject, ok := r.Organisation.Subject(id)
		if !ok {
			return nil, refused("组织里没有受检对象“%s”", "plan: inspected: the organisation has no subject %q", id)
		}
		m := &planner{standard: s, request: r, plan: p, subject: subject, frames: map[string]*collected{}}
		task, err := m.task(ctx, items)
		if err != nil {
			return nil, err
		}
		p.Tasks = append(p.Tasks, task)
	}
	if err := s.assign(ctx, p, r); err != nil {
		return nil, err
	}
	p.ID = strings.Join([]string{r.Tier, r.Period.Name}, "/")
	p.Digest, err = p.digest()
	return p, err
}

// selectItems resolves the items of a request, in printed order.
func (s *Standard) selectItems(codes []string) ([]*check.Item, error) {
	if len(codes) == 0 {
		return s.checked.Items, nil
	}
	chosen := map[*check.Item]bool{}
	for _, code := range codes {
		found := false
		for _, i := range s.checked.Items {
			match := i.ID == code || i.Code == code
			for sec := i.Section; sec != nil; sec = sec.Parent {
				match = match || sec.Code == code || strings.Join(sec.Path, "/") == code
			}
			if match {
				chosen[i], found = true, true
			}
		}
		if !found {
			return nil, refused("标准里没有编号为“%s”的章节或检查项", "plan: items: the standard has no item or section %q", code)
		}
	}
	var out []*check.Item
	for _, i := range s.checked.Items {
		if chosen[i] {
			out = append(out, i)
		}
	}
	return out, nil
}

// due lists the spans of an item that end within the run's period. An item
// without a frequency is due once, for the run's period itself.
func (s *Standard) due(item *check.Item, run Period, zone *time.Location) ([]Period, error) {
	f, ok := frequencyOf(item.Every)
	if !ok {
		return []Period{run}, nil
	}
	span, err := PeriodOf(f, run.Start, zone)
	if err != nil {
		return nil, err
	}
	var out []Period
	for !span.Start.After(run.End) {
		if span.End.After(run.Start) && !span.End.After(run.End) {
			out = append(out, span)
		}
		next := span.Next()
		if !next.Start.After(span.Start) {
			break
		}
		span = next
	}
	return out, nil
}

type planner struct {
	standard *Standard
	request  PlanRequest
	plan     *Plan
	subject  Subject
	frames   map[string]*collected
}

func (m *planner) task(ctx context.Context, items []*check.Item) (Task, error) {
	s := m.standard
	task := Task{ID: strings.Join([]string{m.request.Tier, m.request.Period.Name, m.subject.ID}, "/"), Subject: m.subject, Draws: []Draw{}}
	if err := m.populations(ctx, &task); err != nil {
		return task, err
	}
	shared := map[string]int{}
	for _, item := range items {
		spans, err := s.due(item, m.request.Period, s.zoneOf(m.subject))
		if err != nil {
			return task, fmt.Errorf("engine: plan: item %s: %w", item.ID, err)
		}
		for _, span := range spans {
			for _, p := range item.Parts {
				key := ""
				if p.Sample != nil {
					key = p.Sample.Group + "\x00" + span.Name
				}
				if at, ok := shared[key]; ok && p.Sample != nil && p.Sample.Shared {
					task.Draws[at].Parts = append(task.Draws[at].Parts, p.ID)
					continue
				}
				draw, ok, err := m.draw(ctx, p, span)
				if err != nil {
					return task, err
				}
				if ok {
					shared[key] = len(task.Draws)
					task.Draws = append(task.Draws, draw)
				}
			}
		}
	}
	return task, nil
}

func (m *planner) problem(p *check.Part, code string, blocking bool, zh, en string) {
	m.plan.Problems = append(m.plan.Problems, Problem{Code: code, Subject: m.subject.ID, Part: p.ID, Message: Words{zh, en}, Blocking: blocking})
}

// frame reads a frame once per record and period.
func (m *planner) frame(ctx context.Context, r *check.Record, period Period) (*collected, error) {
	key := r.Name.First + "\x00" + period.Name
	if f, ok := m.frames[key]; ok {
		return f, nil
	}
	if m.request.Frames == nil {
		return nil, ErrNoFrame
	}
	f, err := m.standard.gather(ctx, m.request.Frames, r, m.subject, period)
	if err != nil {
		return nil, err
	}
	m.frames[key] = f
	m.flaws("", r, f)
	return f, nil
}

// flaws tells what is wrong with single units of a frame. The rest of it is
// drawn from all the same.
func (m *planner) flaws(part string, r *check.Record, f *collected) {
	for _, x := range told(f.flaws) {
		m.plan.Problems = append(m.plan.Problems, Problem{
			Code: x.code, Subject: m.subject.ID, Part: part,
			Message: Words{r.Name.In(checklang.Chinese) + "：" + x.words.ZH, r.Name.English() + ": " + x.words.EN},
		})
	}
}

// populations counts every population that the standard asks for, as far as
// there are frames for it.
func (m *planner) populations(ctx context.Context, task *Task) error {
	s := m.standard
	for _, p := range s.checked.Population {
		period := m.request.Period
		if f, ok := previousFrequency(p.Previous); ok {
			span, err := PeriodOf(f, period.Start, s.zoneOf(m.subject))
			if err != nil {
				return err
			}
			period = span.Previous(1)
		}
		frame, err := m.frame(ctx, p.Record, period)
		if errors.Is(err, ErrNoFrame) {
			continue
		}
		if err != nil {
			return err
		}
		if !frame.rows && p.Where != nil {
			continue // how many of them meet the condition is unknown
		}
		if p.Where != nil {
			frame = s.filter(frame, p.Record, p.Where, Setting{Subject: m.subject, Period: period})
			m.flaws("", p.Record, frame)
			if len(frame.flaws) > 0 {
				continue // so is this: some may or may not
			}
		}
		if task.Populations == nil {
			task.Populations = map[string]int64{}
		}
		task.Populations[p.Key] = frame.count
	}
	return nil
}

// draw draws the units of one part for one span.
func (m *planner) draw(ctx context.Context, p *check.Part, span Period) (Draw, bool, error) {
	d := Draw{Parts: []string{p.ID}, Period: span, Kind: "subject", Planned: 1, Enough: 1}
	if p.Sample == nil {
		return d, true, nil
	}
	d.Record = p.Sample.Record.Name.First
	size, ok := m.size(p)
	if !ok {
		return d, false, nil
	}
	if p.Sample.Record.Unlisted {
		planned, err := size.Plan(1 << 30)
		if err != nil {
			return d, false, fmt.Errorf("engine: plan: part %s: %w", p.ID, err)
		}
		d.Kind, d.Planned, d.Enough = "unlisted", planned.Units, planned.Enough
		return d, true, nil
	}
	units, open, err := m.population(ctx, p, span)
	switch {
	case errors.Is(err, ErrNoFrame):
		m.problem(p, "no_frame", true, "没有“"+d.Record+"”的总体清单，无法抽样", "there is no frame of "+p.Sample.Record.Name.English()+" to draw from")
		return d, false, nil
	case errors.Is(err, errCountOnly):
		m.problem(p, "count_only", true, "“"+d.Record+"”只有总数，无法抽样", "the frame of "+p.Sample.Record.Name.English()+" is only a number, nothing can be drawn from it")
		return d, false, nil
	case err != nil:
		return d, false, err
	case open > 0 && len(units) == 0:
		// To draw nothing would say that there is nothing to judge.
		m.problem(p, "population_unknown", true, "“"+d.Record+"”有没有符合抽样条件的，一个也定不下来", "whether any "+p.Sample.Record.Name.English()+" meets the sample's condition is not known of a single one")
		return d, false, nil
	}
	per, minimum := 0, int64(0)
	if p.Sample.Per != nil {
		per = 1
	}
	if len(p.Sample.SpreadBy) > 0 {
		minimum = 1
	}
	record, err := sampling.Draw(ctx, sampling.Request{
		Scope: m.request.Scope, Standard: m.standard.ref.Standard, Version: m.standard.ref.Version, Group: p.Sample.Group,
		Subject: m.subject.ID, Epoch: span.Name, Seed: sampling.Seed{Value: m.request.Seed}, Frame: sampling.Frame{Units: sampling.Units(units)},
		Size: size, Per: per, Minimum: minimum,
	})
	var bad *sampling.Error
	switch {
	case errors.As(err, &bad):
		m.problem(p, "draw_refused", true, "抽样被拒绝："+bad.Error(), "the draw was refused: "+bad.Error())
		return d, false, nil
	case err != nil:
		return d, false, fmt.Errorf("engine: plan: part %s of %s: %w", p.ID, m.subject.ID, err)
	}
	d.Kind, d.Planned, d.Enough, d.Sample, d.Units = "drawn", record.Planned, record.Enough, &record, record.IDs()
	return d, true, nil
}

// fieldText is the value of a field as a stratum: its text, or "" where it is
// not known.
func fieldText(values map[string]any, v *check.Variable) string {
	for _, name := range []string{v.Key, v.Name.First, v.Name.Second} {
		if value, ok := values[name]; ok && name != "" && value != nil {
			return fmt.Sprint(value)
		}
	}
	return ""
}

// size turns a written sample into a size.
func (m *planner) size(p *check.Part) (sampling.Size, bool) {
	var size sampling.Size
	sample := p.Sample
	switch sample.Kind {
	case "all":
		size = sampling.All()
	case "count":
		size = sampling.Count(sample.Low.Num().Int64())
		if sample.Open {
			size = sampling.Range(sample.Low.Num().Int64(), 0)
		}
	case "range":
		if sample.Low.IsInt() && sample.High.IsInt() {
			size = sampling.Range(sample.Low.Num().Int64(), sample.High.Num().Int64())
		} else {
			size = sampling.Percent(sample.High)
		}
	case "percent":
		size = sampling.Percent(sample.Low)
	case "plan":
		n, ok := m.request.Sizes[p.ID]
		if !ok {
			m.problem(p, "size_not_planned", true, "原文没有写数量，方案里要给出", "the print names no size; the plan must give one")
			return size, false
		}
		size = sampling.Count(n)
	case "table":
		table, ok := m.request.Tables[sample.Table.Name.First]
		if !ok && sample.Table.Loaded {
			table = sampling.Table{Name: sample.Table.Name.First, Edition: sample.Table.Edition}
			for _, b := range sample.Table.Bands {
				table.Rows = append(table.Rows, sampling.TableRow{From: b.Low, To: b.High, Size: b.Size})
			}
			ok = true
		}
		if !ok {
			name := sample.Table.Name
			m.problem(p, "table_not_supplied", true, "没有提供抽样表“"+name.First+"”", "table not supplied: "+name.English())
			return size, false
		}
		size = sampling.ByTable(table)
	}
	if sample.AtLeast != nil {
		size = size.AtLeast(sample.AtLeast.Num().Int64())
	}
	if sample.AtMost != nil {
		size = size.AtMost(sample.AtMost.Num().Int64())
	}
	return size, true
}

// digest is the SHA-256 of the plan's JSON without approval and digest.
func (p *Plan) digest() (string, error) {
	c := *p
	c.Approval, c.Digest = nil, ""
	data, err := json.Marshal(&c)
	if err != nil {
		return "", fmt.Errorf("engine: plan %s: %w", p.ID, err)
	}
	return digestOf(data), nil
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
	if d, err := p.digest(); err != nil || d != p.Digest {
		return nil, errors.Join(refused("方案 %s 做好以后被改动过", "approve: plan %s was changed after it was made", p.ID), err)
	}
	out := *p
	out.Approval = &a
	return &out, nil
}

// usable refuses a draft, a plan of another standard, and one changed after
// its approval.
func (p *Plan) usable(s *Standard) error {
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
	return nil
}

// Task returns a task of the plan by its id.
func (p *Plan) Task(id string) (*Task, bool) {
	for i := range p.Tasks {
		if p.Tasks[i].ID == id {
			return &p.Tasks[i], true
		}
	}
	return nil, false
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
