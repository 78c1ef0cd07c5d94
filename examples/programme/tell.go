package main

import (
	"context"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// teller writes lines in one language; the writes are into memory.
type teller struct {
	w    io.Writer
	lang checklang.Lang
}

func (t teller) line(zh, en string, args ...any) {
	_, _ = fmt.Fprintf(t.w, engine.Words{ZH: zh, EN: en}.In(t.lang)+"\n", args...)
}

// tell writes the year run by run, then what it comes to.
func (y *year) tell(ctx context.Context, w io.Writer, lang checklang.Lang) error {
	t := teller{w, lang}
	for _, h := range y.runs {
		c := h.plan.Covered(h.results)
		least, most := y.shares(h.plan)
		t.line(
			"%s：受检 %d/%d，任务 %d，完成 %d，检查项 %d/%d，单位 %d/%d，每人 %d～%d 个，到此漏检 %d 次",
			"%s: subjects %d/%d, tasks %d, held %d, items %d/%d, units %d/%d, %d to %d a person, missed so far %d",
			h.plan.ID, c.Subjects.Planned, c.Subjects.Of, len(h.plan.Tasks), c.Subjects.Inspected, c.Items.Inspected, c.Items.Of, c.Units.Inspected, c.Units.Of, least, most, len(h.plan.Missed),
		)
		for _, a := range h.plan.Amendments {
			was := h.plan.Tasks[slices.IndexFunc(h.plan.Tasks, func(x engine.Task) bool { return x.ID == a.Task })].Inspector
			t.line("  改派 %s：%s 改为 %s，%s（%s 决定）", "  reassigned %s: %s to %s, %s (decided by %s)", a.Task, was, a.Inspector, a.Reason, a.By)
		}
	}
	y.tellCoverage(t)
	if err := y.tellMissed(ctx, t); err != nil {
		return err
	}
	t.line("回避：%d 个任务，违反 %d 个", "recusal: %d tasks, %d violations", y.tasks(), len(y.violations()))
	refused, err := y.refusals(ctx)
	if err != nil {
		return err
	}
	for _, x := range refused {
		t.line("不能批准：%s", "refused: %s", x.what.In(lang))
		t.line("  %s %s %s：%s", "  %s %s %s: %s", x.problem.Code, x.problem.Subject, x.problem.Part, x.problem.Message.In(lang))
	}
	return y.verify(ctx, t)
}

// verify does every plan of the year again.
func (y *year) verify(ctx context.Context, t teller) error {
	draws, differences := 0, 0
	for _, h := range y.runs {
		v, err := y.standard.VerifyPlan(ctx, h.plan, h.request)
		if err != nil {
			return err
		}
		draws, differences = draws+v.Draws, differences+len(v.Differences)
		for _, d := range v.Differences {
			t.line("  不符 %s %s：应为 %s，实为 %s", "  differs %s %s: want %s, got %s", d.Task, d.Path, d.Want, d.Got)
		}
	}
	t.line("核验：%d 份方案，重算 %d 次抽样，不符 %d 处", "verified: %d plans, %d draws replayed, %d differences", len(y.runs), draws, differences)
	return nil
}

// tellCoverage says for each tier how many of the items that it covers the year
// has inspected, at how many subjects.
func (y *year) tellCoverage(t teller) {
	for _, tier := range []string{headOffice, region, selfCheck} {
		items, subjects := map[string]bool{}, map[string]bool{}
		for _, h := range y.before[tier] {
			subjects[h.Subject] = true
			for _, x := range h.Items {
				items[x.Item] = true
			}
		}
		var of int64
		for _, h := range y.runs {
			if h.plan.Tier == tier {
				of = h.plan.Coverage.Items.Of
			}
		}
		t.line("全年 %s：查过 %d 个受检对象、%d/%d 个检查项", "the year of %s: %d subjects, %d/%d items", tier, len(subjects), len(items), of)
	}
}

// missed lists what the year missed, as the first plans of the next year tell it.
func (y *year) missed(ctx context.Context) ([]string, error) {
	start, err := y.period("2025")
	if err != nil {
		return nil, err
	}
	var out []string
	for tier, name := range map[string]string{headOffice: "2026-H1", region: "2026-01", selfCheck: "2026-W01"} {
		period, err := y.period(name)
		if err != nil {
			return nil, err
		}
		r := y.due(tier, period)
		r.Since, r.Items = start.Start, []string{"indicators/5"}
		next, err := y.standard.MakePlan(ctx, r)
		if err != nil {
			return nil, err
		}
		for _, m := range next.Missed {
			out = append(out, strings.Join([]string{tier, m.Subject, m.Period.Name}, " "))
		}
	}
	slices.Sort(out)
	return out, nil
}

func (y *year) tellMissed(ctx context.Context, t teller) error {
	list, err := y.missed(ctx)
	if err != nil {
		return err
	}
	t.line("全年漏检 %d 次：", "missed in the year: %d", len(list))
	for _, x := range list {
		t.line("  %s", "  %s", x)
	}
	return nil
}

func (y *year) tasks() (n int) {
	for _, h := range y.runs {
		n += len(h.plan.Tasks)
	}
	return n
}

// shares are the fewest and the most tasks of a person whom one of a plan's
// organisers has.
func (y *year) shares(p *engine.Plan) (least, most int) {
	of := map[string]int{}
	for i := range p.Tasks {
		for _, x := range y.folder.People {
			if x.Subject == p.Tasks[i].Organiser {
				of[x.ID] += 0
			}
		}
		if t, ok := p.Task(p.Tasks[i].ID); ok {
			of[t.Inspector]++
		}
	}
	least = len(p.Tasks)
	for _, n := range of {
		least, most = min(least, n), max(most, n)
	}
	return least, most
}

// violations are the tasks whose inspector should have recused themselves, found
// by looking at each task for itself.
func (y *year) violations() []string {
	var out []string
	for _, h := range y.runs {
		for i := range h.plan.Tasks {
			t, _ := h.plan.Task(h.plan.Tasks[i].ID)
			own := false
			for _, x := range y.folder.People {
				own = own || (x.ID == t.Inspector && x.Subject == t.Subject.ID)
			}
			interested := slices.ContainsFunc(y.folder.Interests, func(x engine.Interest) bool { return x.Person == t.Inspector && x.Subject == t.Subject.ID })
			if interested || own != (h.plan.Tier == selfCheck) {
				out = append(out, t.ID)
			}
		}
	}
	return out
}
