package xlsx

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// WritePlan writes plans of one standard as a workbook: an overview with what
// could not be planned, a calendar for every tier with its subjects against the
// months, weeks or other periods, the tasks, the samples with every unit drawn,
// and which items the plans cover at how many subjects. The same plans give the
// same bytes. It is an *engine.Refusal to give no plan or one of another
// standard.
func WritePlan(w io.Writer, s *engine.Standard, plans []*engine.Plan, o Options) error {
	if len(plans) == 0 {
		return refused("没有方案可写", "there is no plan to write")
	}
	for _, p := range plans {
		if p == nil || p.Standard != s.Ref() {
			return refused("方案必须都按本标准编制", "all plans must be by this standard")
		}
	}
	b := &planBook{book: newBook(), vocabulary: vocabulary{o, s}, plans: plans}
	b.overview()
	b.calendars()
	b.tasks()
	b.samples()
	b.drawn()
	b.coverage()
	return b.finish(w)
}

type planBook struct {
	*book
	vocabulary
	plans []*engine.Plan
}

func (b *planBook) overview() {
	t := b.table(b.pick("概览", "Overview"), b.title(), 1, field{b.pick("方案", "Plan"), 22}, field{b.pick("内容", "What"), 20}, field{b.pick("受检对象", "Subject"), 16}, field{b.pick("编号", "Code"), 14}, field{b.pick("说明", "Explanation"), 80})
	for _, p := range b.plans {
		line := func(what, text string) { t.row(words(p.ID), words(what), words(""), words(""), words(text)) }
		line(b.pick("标准", "Standard"), b.title())
		line(b.pick("标准摘要", "Digest of the standard"), p.Standard.Digest)
		line(b.pick("层级", "Tier"), p.Tier)
		line(b.pick("期间", "Period"), p.Period.Name)
		if p.Approval != nil {
			line(b.pick("批准", "Approved"), p.Approval.By+b.pick("　", "  ")+b.moment(p.Approval.At))
		} else {
			t.row(words(p.ID), words(b.pick("批准", "Approved")), words(""), words(""), datum{text: b.pick("草案，尚未批准", "a draft, not approved"), look: fair})
		}
		line(b.pick("方案摘要", "Digest of the plan"), p.Digest)
		line(b.pick("种子的散列", "Hash of the seed"), p.SeedHash)
		line(b.pick("任务数", "Tasks"), fmt.Sprint(len(p.Tasks)))
		for _, x := range p.Problems {
			look := fair
			if x.Blocking {
				look = bad
			}
			t.row(words(p.ID), datum{text: b.pick("问题", "Problem"), look: look}, words(b.subjectOf(x.Subject)), words(x.Part), words(x.Message.In(b.Lang)))
		}
	}
	t.end()
}

func (b *planBook) subjectOf(id string) string {
	if id == "" {
		return ""
	}
	return b.subject(id)
}

// size is how many parts and units a task has.
func size(t *engine.Task) (parts int, units int64) {
	for i := range t.Draws {
		parts += len(t.Draws[i].Parts)
		if t.Draws[i].Kind != "subject" {
			units += t.Draws[i].Planned
		}
	}
	return parts, units
}

// calendars are one worksheet for each tier and length of period.
func (b *planBook) calendars() {
	type level struct {
		tier      string
		frequency engine.Frequency
	}
	var levels []level
	for _, p := range b.plans {
		if l := (level{p.Tier, p.Period.Frequency()}); !slices.Contains(levels, l) {
			levels = append(levels, l)
		}
	}
	for _, l := range levels {
		var plans []*engine.Plan
		for _, p := range b.plans {
			if p.Tier == l.tier && p.Period.Frequency() == l.frequency {
				plans = append(plans, p)
			}
		}
		b.calendar(l.tier, plans)
	}
}

// calendar is a row for every subject and a column for every period of the
// years that the plans lie in.
func (b *planBook) calendar(tier string, plans []*engine.Plan) {
	slices.SortStableFunc(plans, func(a, c *engine.Plan) int { return a.Period.Start.Compare(c.Period.Start) })
	spans := b.spans(plans)
	fields := []field{{b.pick("受检对象", "Subject"), 20}}
	for _, s := range spans {
		fields = append(fields, field{s, 13})
	}
	t := b.table(b.pick("日历 ", "Calendar ")+tier, b.title(), 1, fields...)
	cells := map[string]map[string][]string{}
	var subjects []string
	for _, p := range plans {
		for i := range p.Tasks {
			task := &p.Tasks[i]
			id := task.Subject.ID
			if cells[id] == nil {
				cells[id] = map[string][]string{}
				subjects = append(subjects, id)
			}
			parts, units := size(task)
			text := b.pick(fmt.Sprintf("%d 项 %d 个", parts, units), fmt.Sprintf("%d parts %d units", parts, units))
			if task.Inspector != "" {
				text = task.Inspector + "\n" + text
			}
			if p.Approval == nil {
				text += "\n" + b.pick("（草案）", "(draft)")
			}
			cells[id][p.Period.Name] = append(cells[id][p.Period.Name], text)
		}
	}
	for _, id := range subjects {
		data := []datum{words(b.subject(id))}
		for _, s := range spans {
			data = append(data, words(strings.Join(cells[id][s], "\n")))
		}
		t.row(data...)
	}
	t.end()
}

// spans names all periods of the years of the plans, in order.
func (b *planBook) spans(plans []*engine.Plan) []string {
	first, last := plans[0].Period, plans[len(plans)-1].Period
	f := first.Frequency()
	names := map[engine.Frequency]string{engine.Week: "-W01", engine.Month: "-01", engine.Quarter: "-Q1", engine.HalfYear: "-H1", engine.Year: ""}
	suffix, ok := names[f]
	if !ok || len(first.Name) < 4 || len(last.Name) < 4 {
		return ownSpans(plans)
	}
	p, err := engine.ParsePeriod(first.Name[:4]+suffix, b.standard.Zone())
	if err != nil {
		return ownSpans(plans)
	}
	var out []string
	for p.Name[:4] <= last.Name[:4] && len(out) < 600 {
		out = append(out, p.Name)
		next := p.Next()
		if !next.Start.After(p.Start) {
			break
		}
		p = next
	}
	return out
}

// ownSpans are the periods of the plans alone, where they are of no common kind.
func ownSpans(plans []*engine.Plan) []string {
	var out []string
	for _, p := range plans {
		if !slices.Contains(out, p.Period.Name) {
			out = append(out, p.Period.Name)
		}
	}
	return out
}

func (b *planBook) tasks() {
	t := b.table(b.pick("任务", "Tasks"), b.title(), 2, field{b.pick("任务", "Task"), 28}, field{b.pick("受检对象", "Subject"), 20}, field{b.pick("检查人", "Inspector"), 16}, field{b.pick("层级", "Tier"), 12}, field{b.pick("期间", "Period"), 10}, field{b.pick("检查项数", "Parts"), 9}, field{b.pick("单位数", "Units"), 9}, field{b.pick("检查项", "Which parts"), 60})
	for _, p := range b.plans {
		for i := range p.Tasks {
			task := &p.Tasks[i]
			var ids []string
			for j := range task.Draws {
				ids = append(ids, task.Draws[j].Parts...)
			}
			parts, units := size(task)
			inspector := words(task.Inspector)
			if task.Inspector == "" {
				inspector = datum{text: b.pick("未指派", "not assigned"), look: fair}
			}
			t.row(words(task.ID), words(b.subject(task.Subject.ID)), inspector, words(p.Tier), words(p.Period.Name), count(parts), count(units), words(strings.Join(ids, b.pick("、", ", "))))
		}
	}
	t.end()
}

// samples is a row for every part of a task.
func (b *planBook) samples() {
	t := b.table(b.pick("抽样", "Samples"), b.title(), 3, field{b.pick("任务", "Task"), 28}, field{b.pick("受检对象", "Subject"), 18}, field{b.pick("编号", "Code"), 14}, field{b.pick("检查项", "Item"), 26}, field{b.pick("期间", "Period"), 10}, field{b.pick("记录", "Record"), 16}, field{b.pick("方式", "How"), 16}, field{b.pick("总体", "Population"), 10}, field{b.pick("计划", "Planned"), 9}, field{b.pick("至少", "At least"), 9}, field{b.pick("抽到", "Drawn"), 9}, field{b.pick("总体摘要", "Digest of the frame"), 20})
	for _, p := range b.plans {
		for i := range p.Tasks {
			task := &p.Tasks[i]
			for j := range task.Draws {
				d := &task.Draws[j]
				how, population, digest := words(b.how(d)), words(""), ""
				if d.Sample != nil {
					population, digest = count(d.Sample.Population), d.Sample.FrameDigest
					if d.Sample.Short || d.Sample.NoPopulation {
						how.look = fair
					}
				}
				for _, part := range d.Parts {
					t.row(words(task.ID), words(b.subject(task.Subject.ID)), words(part), words(b.partTitle(part)), words(d.Period.Name), words(b.record(d.Record)), how, population, count(d.Planned), count(d.Enough), count(len(d.Units)), words(digest))
				}
			}
		}
	}
	t.end()
}

func (b *planBook) how(d *engine.Draw) string {
	switch {
	case d.Kind == "subject":
		return b.pick("受检对象本身", "the subject itself")
	case d.Kind == "unlisted":
		return b.pick("现场遇到", "met on the spot")
	case d.Sample != nil && d.Sample.NoPopulation:
		return b.pick("没有总体", "no population")
	case d.Sample != nil && d.Sample.Short:
		return b.pick("抽取，不足", "drawn, short")
	}
	return b.pick("抽取", "drawn")
}

// partTitle is the title of the item that a part belongs to.
func (b *planBook) partTitle(part string) string {
	for {
		if title := b.item(part); title != "" {
			return title
		}
		at := strings.LastIndexByte(part, '/')
		if at < 0 {
			return ""
		}
		part = part[:at]
	}
}

// drawn is a row for every unit drawn.
func (b *planBook) drawn() {
	t := b.table(b.pick("抽到的单位", "Units drawn"), b.title(), 2, field{b.pick("任务", "Task"), 28}, field{b.pick("受检对象", "Subject"), 18}, field{b.pick("检查人", "Inspector"), 16}, field{b.pick("编号", "Codes"), 24}, field{b.pick("期间", "Period"), 10}, field{b.pick("记录", "Record"), 16}, field{b.pick("序号", "No."), 7}, field{b.pick("单位", "Unit"), 26})
	for _, p := range b.plans {
		for i := range p.Tasks {
			task := &p.Tasks[i]
			for j := range task.Draws {
				d := &task.Draws[j]
				for n, unit := range d.Units {
					t.row(words(task.ID), words(b.subject(task.Subject.ID)), words(task.Inspector), words(strings.Join(d.Parts, b.pick("、", ", "))), words(d.Period.Name), words(b.record(d.Record)), count(n+1), words(unit))
				}
			}
		}
	}
	t.end()
}

// coverage is a row for every item of the standard, also one that is not due.
func (b *planBook) coverage() {
	type covered struct {
		tasks, planned, population int64
		subjects                   map[string]bool
	}
	by := map[string]*covered{}
	all := map[string]bool{}
	for _, p := range b.plans {
		for i := range p.Tasks {
			task := &p.Tasks[i]
			all[task.Subject.ID] = true
			for j := range task.Draws {
				d := &task.Draws[j]
				for _, part := range d.Parts {
					c := by[part]
					if c == nil {
						c = &covered{subjects: map[string]bool{}}
						by[part] = c
					}
					c.tasks++
					c.subjects[task.Subject.ID] = true
					if d.Kind != "subject" {
						c.planned += d.Planned
					}
					if d.Sample != nil {
						c.population += d.Sample.Population
					}
				}
			}
		}
	}
	t := b.table(b.pick("覆盖", "Coverage"), b.title(), 2, field{b.pick("编号", "Code"), 16}, field{b.pick("检查项", "Item"), 30}, field{b.pick("到期对象数", "Subjects with it"), 12}, field{b.pick("对象总数", "Subjects in all"), 12}, field{b.pick("次数", "Times"), 9}, field{b.pick("计划单位数", "Units planned"), 12}, field{b.pick("总体数", "Population"), 12}, field{b.pick("情况", "State"), 20})
	for item := range b.standard.Items() {
		for _, part := range item.Parts {
			c := by[part.ID]
			state := datum{text: b.pick("全部覆盖", "everywhere"), look: good}
			switch {
			case c == nil:
				c = &covered{}
				state = datum{text: b.pick("没有安排", "not planned"), look: fair}
			case len(c.subjects) < len(all):
				state = datum{text: b.pick("部分对象", "at some subjects"), look: fair}
			}
			t.row(words(part.ID), words(item.Title), count(len(c.subjects)), count(len(all)), count(c.tasks), count(c.planned), count(c.population), state)
		}
	}
	t.end()
}
