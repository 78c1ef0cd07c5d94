package engine

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/sampling"
)

// planner plans the inspection of one subject.
type planner struct {
	*programme
	subject   Subject
	organiser string
	frames    map[string]*collected
	since     *covering // what earlier inspections of the subject covered; nil until it is asked for
}

func (m *planner) task(ctx context.Context, items []planned) (Task, error) {
	task := Task{
		ID:        strings.Join([]string{m.request.Tier, m.request.Period.Name, m.subject.ID}, "/"),
		Organiser: m.organiser, Subject: m.subject, Draws: []Draw{},
	}
	var counted []*Standard
	shared := map[string]int{}
	for _, x := range items {
		if !slices.Contains(counted, x.Standard) {
			counted = append(counted, x.Standard)
			if err := m.populations(ctx, x.member, &task); err != nil {
				return task, err
			}
		}
		spans, err := m.due(x)
		if err != nil {
			return task, fmt.Errorf("engine: plan: item %s: %w", x.id(), err)
		}
		for _, span := range spans {
			for _, p := range x.item.Parts {
				key := ""
				if p.Sample != nil {
					key = x.prefix + p.Sample.Group + "\x00" + span.Name
				}
				if at, ok := shared[key]; ok && p.Sample != nil && p.Sample.Shared {
					task.Draws[at].Parts = append(task.Draws[at].Parts, x.prefix+p.ID)
					continue
				}
				draw, ok, err := m.draw(ctx, x.member, p, span)
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

// due lists the spans of an item for which it is due: those that have ended
// since the tier's last inspection of it at the subject. Without one it is those
// that end within the run's period, and from the tier's first inspection of the
// subject on where that did not take the item. An item without a frequency is due
// once, for the run's period itself.
func (m *planner) due(x planned) ([]Period, error) {
	run := m.request.Period
	if x.calendar != nil {
		m.rule("calendar "+x.checked.Standard.Calendar, x.calendar.Edition())
	}
	f, ok := frequencyOf(x.item.Every)
	if !ok {
		return []Period{run}, nil
	}
	after := run.Start
	if at, ok := m.lastCovered(x.id()); ok {
		after = at
	}
	span, err := PeriodOf(f, after, x.zoneOf(m.subject))
	if err != nil {
		return nil, err
	}
	var out []Period
	for !span.Start.After(run.End) {
		if span.End.After(after) && !span.End.After(run.End) {
			if why, lacking := x.uncalendared(x.item, span, x.zoneOf(m.subject)); lacking {
				m.problem(x.id(), "calendar_unknown", true, "要判定工作日，而"+why.ZH, "workdays are judged and "+why.EN)
				return nil, nil
			}
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

// covering is what the tier's earlier inspections of one subject covered: the end
// of the last span of each item, and when the first of them began.
type covering struct {
	last  map[string]time.Time
	first time.Time
}

// lastCovered is the end of the last span of an item that the tier inspected at
// the subject.
func (m *planner) lastCovered(item string) (time.Time, bool) {
	if m.since == nil {
		m.since = &covering{last: map[string]time.Time{}}
		for _, h := range m.earlier(m.subject.ID) {
			if m.since.first.IsZero() || h.Period.Start.Before(m.since.first) {
				m.since.first = h.Period.Start
			}
			for _, c := range h.Items {
				if c.Period.End.After(m.since.last[c.Item]) {
					m.since.last[c.Item] = c.Period.End
				}
			}
		}
	}
	last, first := m.since.last[item], m.since.first
	switch {
	case !last.IsZero():
		return last, true
	case !first.IsZero() && first.Before(m.request.Period.Start):
		return first, true
	}
	return time.Time{}, false
}

// earlier are the tier's inspections of a subject that were held before, in the
// order of the request.
func (g *programme) earlier(subject string) []*Held {
	if g.held == nil {
		g.held = map[string][]*Held{}
		for i := range g.request.Earlier {
			if h := &g.request.Earlier[i]; g.sameTier(h.Tier) {
				g.held[h.Subject] = append(g.held[h.Subject], h)
			}
		}
	}
	return g.held[subject]
}

// sameTier says whether a name is the request's tier, by either of its names.
func (g *programme) sameTier(name string) bool {
	return name == g.request.Tier || (g.tier != nil && g.tier.Name.Has(name))
}

func (m *planner) problem(part, code string, blocking bool, zh, en string) {
	m.programme.problem(code, m.subject.ID, part, blocking, Words{zh, en})
}

// frame reads a frame once per record and period.
func (m *planner) frame(ctx context.Context, of member, r *check.Record, period Period) (*collected, error) {
	key := r.Name.First + "\x00" + period.Name
	for _, side := range r.Sides {
		key += "\x00" + side.Record.Name.First
	}
	if f, ok := m.frames[key]; ok {
		return f, nil
	}
	if m.request.Frames == nil {
		return nil, ErrNoFrame
	}
	f, err := of.gather(ctx, m.request.Frames, r, m.subject, period, m.fields)
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
		m.problem(part, x.code, false, r.Name.In(checklang.Chinese)+"："+x.words.ZH, r.Name.English()+": "+x.words.EN)
	}
}

// populations counts every population that a standard asks for, as far as
// there are frames for it.
func (m *planner) populations(ctx context.Context, of member, task *Task) error {
	for _, p := range of.checked.Population {
		period := m.request.Period
		if f, ok := previousFrequency(p.Previous); ok {
			span, err := PeriodOf(f, period.Start, of.zoneOf(m.subject))
			if err != nil {
				return err
			}
			period = span.Previous(1)
		}
		frame, err := m.frame(ctx, of, p.Record, period)
		if errors.Is(err, ErrNoFrame) {
			continue
		}
		if err != nil {
			return err
		}
		if !frame.rows && p.Where != nil || frame.filtered {
			continue // how many of them meet the condition, or how many there are in all, is unknown
		}
		if p.Where != nil {
			frame = of.filter(frame, p.Record, p.Where, Setting{Subject: m.subject, Period: period})
			m.flaws("", p.Record, frame)
			if len(frame.flaws) > 0 {
				continue // so is this: some may or may not
			}
		}
		if task.Populations == nil {
			task.Populations = map[string]int64{}
		}
		task.Populations[of.prefix+p.Key] = frame.count
	}
	return nil
}

// draw draws the units of one part for one span.
func (m *planner) draw(ctx context.Context, of member, p *check.Part, span Period) (Draw, bool, error) {
	id := of.prefix + p.ID
	d := Draw{Parts: []string{id}, Period: span, Kind: "subject", Planned: 1, Enough: 1}
	if p.Sample == nil {
		return d, true, nil
	}
	d.Record = p.Sample.Record.Name.First
	size, ok := m.sizeOf(of, p)
	if !ok {
		return d, false, nil
	}
	if p.Sample.Record.Unlisted {
		planned, err := size.Plan(1 << 30)
		if err != nil {
			return d, false, fmt.Errorf("engine: plan: part %s: %w", id, err)
		}
		d.Kind, d.Planned, d.Enough = "unlisted", planned.Units, planned.Enough
		return d, true, nil
	}
	per, minimum := 0, int64(0)
	if p.Sample.Per != nil {
		per = 1
	}
	if len(p.Sample.SpreadBy) > 0 {
		minimum = 1
	}
	request := sampling.Request{
		Scope: m.request.Scope, Standard: of.ref.Standard, Version: of.ref.Version, Group: p.Sample.Group,
		Subject: m.subject.ID, Epoch: span.Name, Seed: sampling.Seed{Value: m.request.Seed},
		Size: size, Per: per, Minimum: minimum, Reserve: m.request.Reserve,
	}
	record, err := m.drawThere(ctx, of, p, span, request)
	if errors.Is(err, ErrDrawFromRows) {
		units, open, failed := m.population(ctx, of, p, span)
		switch {
		case errors.Is(failed, ErrNoFrame):
			m.problem(id, "no_frame", true, "没有“"+d.Record+"”的总体清单，无法抽样", "there is no frame of "+p.Sample.Record.Name.English()+" to draw from")
			return d, false, nil
		case errors.Is(failed, errCountOnly):
			m.problem(id, "count_only", true, "“"+d.Record+"”只有总数，无法抽样", "the frame of "+p.Sample.Record.Name.English()+" is only a number, nothing can be drawn from it")
			return d, false, nil
		case failed != nil:
			return d, false, failed
		case open > 0 && len(units) == 0:
			// To draw nothing would say that there is nothing to judge.
			m.problem(id, "population_unknown", true, "“"+d.Record+"”有没有符合抽样条件的，一个也定不下来", "whether any "+p.Sample.Record.Name.English()+" meets the sample's condition is not known of a single one")
			return d, false, nil
		}
		request.Frame = sampling.Frame{Units: sampling.Units(units)}
		record, err = sampling.Draw(ctx, request)
	}
	var bad *sampling.Error
	switch {
	case errors.As(err, &bad):
		m.problem(id, "draw_refused", true, "抽样被拒绝："+bad.Error(), "the draw was refused: "+bad.Error())
		return d, false, nil
	case err != nil:
		return d, false, fmt.Errorf("engine: plan: part %s of %s: %w", id, m.subject.ID, err)
	}
	d.Kind, d.Planned, d.Enough, d.Sample, d.Units = "drawn", record.Planned, record.Enough, &record, record.IDs()
	return d, true, nil
}

// drawThere lets a source that can draw do so. Where it refuses, such as for
// twins or a field it can't spread over, the rows are read: a plan tells of what is
// wrong with them and draws from the rest.
func (m *planner) drawThere(ctx context.Context, of member, p *check.Part, span Period, r sampling.Request) (sampling.Record, error) {
	source, ok := m.request.Frames.(DrawingSource)
	if !ok || len(p.Sample.Record.Sides) > 0 {
		return sampling.Record{}, ErrDrawFromRows
	}
	period, err := of.frameSpan(p.Sample, span, m.subject)
	if err != nil {
		return sampling.Record{}, err
	}
	q := FrameQuery{Record: p.Sample.Record.Name.First, Subject: m.subject.ID, Period: period, Conditional: p.Sample.Where != nil}
	for _, v := range strataOf(p.Sample) {
		q.Fields = append(q.Fields, v.Name.First)
	}
	record, err := source.Draw(ctx, q, r, q.Fields...)
	var bad *sampling.Error
	var refusal *Refusal
	if errors.As(err, &bad) || errors.As(err, &refusal) || errors.Is(err, ErrNoFrame) {
		return record, ErrDrawFromRows
	}
	return record, err
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

// sizeOf is the size of a part's sample: all of them where the tier inspects in
// full, as a self-check does.
func (m *planner) sizeOf(of member, p *check.Part) (sampling.Size, bool) {
	if m.tier != nil && m.tier.UnitsAll && !p.Sample.Record.Unlisted {
		return sampling.All(), true
	}
	return m.size(p.Sample, m.request.Sizes[of.prefix+p.ID], m.subject.ID, of.prefix+p.ID)
}

// size turns a written sample into a size. byPlan is the size that the request
// gives where the print names none.
func (g *programme) size(sample *check.Sample, byPlan int64, subject, part string) (sampling.Size, bool) {
	var size sampling.Size
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
		name := part
		if name == "" {
			name = sample.Group
		}
		if byPlan <= 0 {
			g.problem("size_not_planned", subject, part, true, Words{"原文没有写数量，方案里要给出（sizes 里的“" + name + "”）", "the print names no size; the plan must give one (" + name + " in sizes)"})
			return size, false
		}
		g.rule("size "+name, strconv.FormatInt(byPlan, 10))
		size = sampling.Count(byPlan)
	case "table":
		table, ok := g.table(sample.Table)
		if !ok {
			name := sample.Table.Name
			g.problem("table_not_supplied", subject, part, true, Words{
				"没有提供抽样表“" + name.First + "”，把它的各行装入再排", "table not supplied: " + name.English() + "; load its rows and plan again",
			})
			return size, false
		}
		size = sampling.ByTable(table)
		g.rule("table "+sample.Table.Name.First, table.Digest())
	}
	if sample.AtLeast != nil {
		size = size.AtLeast(sample.AtLeast.Num().Int64())
	}
	if sample.AtMost != nil {
		size = size.AtMost(sample.AtMost.Num().Int64())
	}
	return size, true
}

// table is a size table that the host supplies by either name, or the standard
// itself.
func (g *programme) table(t *check.Table) (sampling.Table, bool) {
	for _, name := range []string{t.Name.First, t.Name.Second} {
		if table, ok := g.request.Tables[name]; ok && name != "" {
			return table, true
		}
	}
	if !t.Loaded {
		return sampling.Table{}, false
	}
	table := sampling.Table{Name: t.Name.First, Edition: t.Edition}
	for _, b := range t.Bands {
		table.Rows = append(table.Rows, sampling.TableRow{From: b.Low, To: b.High, Size: b.Size})
	}
	return table, true
}
