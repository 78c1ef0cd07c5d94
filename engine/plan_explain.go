package engine

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
)

// ExplainTask says why a task is what it is: why this subject, why each item is
// due, how its units were drawn, and why this inspector, in the order in which a
// reader asks. The request is the one by which the plan was made.
func (s *Standard) ExplainTask(p *Plan, r PlanRequest, task string) ([]Words, error) {
	t, ok := p.Task(task)
	if !ok {
		return nil, refused("方案里没有任务“%s”", "explain: the plan has no task %q", task)
	}
	r.Scope, r.Tier, r.Period, r.Organiser = p.Scope, p.Tier, p.Period, p.Organiser
	g := s.programme(r)
	g.plan.Tasks = p.Tasks
	out := []Words{g.whySubject(p, t)}
	for i := range t.Draws {
		out = append(out, s.whyDraw(p, &t.Draws[i])...)
	}
	out = append(out, g.whyInspector(t))
	for _, a := range p.Amendments {
		if a.Task == t.ID {
			out = append(out, Words{
				fmt.Sprintf("例外：%s，%s，%s 于 %s 决定", amendmentWord[a.Kind], a.Reason, a.By, a.At.Format("2006-01-02")),
				fmt.Sprintf("exception: %s, %s, decided by %s on %s", a.Kind, a.Reason, a.By, a.At.Format("2006-01-02")),
			})
		}
	}
	return out, nil
}

// amendmentWord is the kind of an amendment in Chinese.
var amendmentWord = map[string]string{replacement: "替换", extension: "追加", reassignment: "改派", withdrawal: "撤销", waiving: "豁免"}

func (g *programme) whySubject(p *Plan, t *Task) Words {
	id := t.Subject.ID
	for i := range p.Selections {
		x := &p.Selections[i]
		if x.Organiser != t.Organiser {
			continue
		}
		at := 1 + slices.Index(x.Sample.IDs(), id)
		return Words{
			fmt.Sprintf("受检对象 %s：%s 从 %d 个中抽 %d 个，按签值它排第 %d（抽样 %s，种子的散列 %.12s）", id, x.Organiser, x.Sample.Population, x.Sample.Planned, at, x.Sample.DrawID, x.Sample.SeedHash),
			fmt.Sprintf("subject %s: %s draws %d of %d, and by its ticket this one is number %d (draw %s, seed hash %.12s)", id, x.Organiser, x.Sample.Planned, x.Sample.Population, at, x.Sample.DrawID, x.Sample.SeedHash),
		}
	}
	switch {
	case slices.Contains(g.request.Inspected, id) || g.tier == nil:
		return Words{"受检对象 " + id + "：组织方指定", "subject " + id + ": named by the organiser"}
	case g.selfCheck:
		return Words{"受检对象 " + id + "：每个“" + g.tier.Inspects + "”都自检", "subject " + id + ": every " + g.tier.Inspects + " checks itself"}
	}
	return Words{"受检对象 " + id + "：“" + g.tier.Name.First + "”检查 " + t.Organiser + " 的每个“" + g.tier.Inspects + "”", "subject " + id + ": the tier " + g.tier.Name.English() + " inspects every " + g.tier.Inspects + " of " + t.Organiser}
}

// whyDraw says why the items of a draw are due and how its units came about.
func (s *Standard) whyDraw(p *Plan, d *Draw) []Words {
	parts := strings.Join(d.Parts, ", ")
	m, own, ok := s.memberOf(d.Parts[0])
	if !ok {
		return nil
	}
	item := m.parts[own].checked.Item
	due := Words{
		fmt.Sprintf("%s：没有写频率，每次检查都查", parts),
		fmt.Sprintf("%s: no frequency is written, so it is due at each run", parts),
	}
	if f, ok := frequencyOf(item.Every); ok {
		last := d.Period.End.Add(-time.Second).Format("2006-01-02")
		due = Words{
			fmt.Sprintf("%s：%s一次，%s 在 %s 结束，到这次检查时还没有查过", parts, frequencyWord[f], d.Period.Name, last),
			fmt.Sprintf("%s: due every %s; %s ended on %s and no earlier inspection covers it", parts, f, d.Period.Name, last),
		}
	}
	if slices.Contains(p.Additional, m.prefix+item.ID) {
		due = Words{due.ZH + "；由组织方加查", due.EN + "; added by the organiser"}
	}
	out := []Words{due}
	record := Words{d.Record, d.Record}
	if sample := m.parts[own].checked.Sample; sample != nil {
		record = Words{sample.Record.Name.In(checklang.Chinese), sample.Record.Name.English()}
	}
	switch {
	case d.Sample != nil:
		r := d.Sample
		how := Words{
			fmt.Sprintf("  从 %d 个“%s”抽 %d 个，取签值最小的：SHA-256(键 + 编号)，键由抽样 %s 与种子定", r.Population, record.ZH, r.Planned, r.DrawID),
			fmt.Sprintf("  %d of %d %s, those with the least tickets SHA-256(key + id); the key comes from draw %s and the seed", r.Planned, r.Population, record.EN, r.DrawID),
		}
		if n := len(r.Strata); n > 1 {
			how = Words{how.ZH + fmt.Sprintf("；分 %d 层，尽量均匀", n), how.EN + fmt.Sprintf("; spread over %d strata as evenly as can be", n)}
		}
		if r.Short {
			how = Words{how.ZH + "；总体不足，全部检查", how.EN + "; there are fewer than asked, so all are taken"}
		}
		out = append(out, how)
		for _, c := range r.Chosen {
			line := "    " + c.ID
			if len(c.Stratum) > 0 {
				line += "  " + strings.Join(c.Stratum, " / ")
			}
			switch {
			case c.ReplacedBy != "":
				out = append(out, Words{line + "（已由 " + c.ReplacedBy + " 替换）", line + " (replaced by " + c.ReplacedBy + ")"})
			case c.Vacant:
				out = append(out, Words{line + "（空缺）", line + " (vacant)"})
			default:
				out = append(out, Words{line, line})
			}
		}
	case d.Kind == "unlisted":
		out = append(out, Words{
			fmt.Sprintf("  “%s”没有清单，现场遇到的查 %d 个，不是抽样", record.ZH, d.Planned),
			fmt.Sprintf("  there is no list of %s: %d met on the spot are inspected, not drawn", record.EN, d.Planned),
		})
	}
	return out
}

// frequencyWord is a frequency as a Chinese sentence has it.
var frequencyWord = map[Frequency]string{Week: "每周", Month: "每月", Quarter: "每季度", HalfYear: "每半年", Year: "每年"}

func (g *programme) whyInspector(t *Task) Words {
	if t.Inspector == "" {
		return Words{"检查人：还没有", "inspector: nobody yet"}
	}
	people := g.inspectors(t.Organiser)
	if len(people) == 0 {
		return Words{"检查人 " + t.Inspector, "inspector " + t.Inspector}
	}
	r := g.recusal()
	may := 0
	for _, x := range people {
		if _, ok := r.bars(x.ID, t.ID); ok {
			may++
		}
	}
	load := 0
	for i := range g.plan.Tasks {
		if g.plan.Tasks[i].Inspector == t.Inspector {
			load++
		}
	}
	return Words{
		fmt.Sprintf("检查人 %s：%d 人里 %d 人不须回避；在各人任务数最均匀的分法里签值之和最小，他这次有 %d 个任务", t.Inspector, len(people), may, load),
		fmt.Sprintf("inspector %s: %d of %d people need not recuse themselves; of the most even ways to share the tasks this has the least sum of tickets, with %d for this person", t.Inspector, may, len(people), load),
	}
}
