package run

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
)

// printer collects the first error of many writes.
type printer struct {
	w    io.Writer
	lang checklang.Lang
	err  error
}

func (p *printer) line(zh, en string, args ...any) {
	if p.err == nil {
		format := en
		if p.lang == checklang.Chinese {
			format = zh
		}
		_, p.err = fmt.Fprintf(p.w, format+"\n", args...)
	}
}

func (p *printer) say(w engine.Words) string { return w.In(p.lang) }

func (p *printer) pick(zh, en string) string {
	if p.lang == checklang.Chinese {
		return zh
	}
	return en
}

// WriteMissed lists the periods of the tier without a closed inspection.
func (f *Folder) WriteMissed(w io.Writer, l checklang.Lang, plan *engine.Plan) error {
	p := &printer{w: w, lang: l}
	p.line("检查层级 %s 到 %s 为止缺查 %d 次", "tier %s, before %s: %d missed", plan.Tier, plan.Period.Name, len(plan.Missed))
	for _, x := range plan.Missed {
		p.line("  %s　%s", "  %s  %s", x.Subject, x.Period.Name)
	}
	return p.err
}

// WriteExplanation says why a task is what it is.
func (f *Folder) WriteExplanation(w io.Writer, l checklang.Lang, plan *engine.Plan, task string) error {
	lines, err := f.Standard.ExplainTask(plan, f.request(), task)
	if err != nil {
		return err
	}
	p := &printer{w: w, lang: l}
	p.line("任务 %s", "task %s", task)
	for _, line := range lines {
		p.line("%s", "%s", p.say(line))
	}
	return p.err
}

// WritePlan writes a plan for reading: what is due, what was drawn, by which
// seed from which frame.
func (f *Folder) WritePlan(w io.Writer, l checklang.Lang, plan *engine.Plan) error {
	p := &printer{w: w, lang: l}
	ref := plan.Standard
	p.line("方案 %s　标准 %s 版本 %s　摘要 %.12s", "plan %s  standard %s version %s  digest %.12s", plan.ID, ref.Standard, ref.Version, ref.Digest)
	p.line("期间 %s　种子的散列 %.16s　方案摘要 %.12s", "period %s  seed hash %.16s  plan digest %.12s", plan.Period.Name, plan.SeedHash, plan.Digest)
	if plan.Approval != nil {
		p.line("批准 %s　%s", "approved by %s  %s", plan.Approval.By, plan.Approval.At.Format(time.RFC3339))
	} else {
		p.line("草案，尚未批准", "a draft, not approved")
	}
	for _, x := range plan.Problems {
		p.line("问题 %s %s：%s", "problem %s %s: %s", x.Subject, x.Part, p.say(x.Message))
	}
	for _, x := range plan.Selections {
		p.line("%s 从 %d 个受检对象抽 %d 个：%s", "%s draws %[3]d of %[2]d subjects: %[4]s", x.Organiser, x.Sample.Population, x.Sample.Planned, strings.Join(x.Sample.IDs(), " "))
	}
	if len(plan.Missed) > 0 {
		p.line("缺查 %d 次，用 --missed 列出", "%d inspections were missed; --missed lists them", len(plan.Missed))
	}
	for i := range plan.Tasks {
		t := &plan.Tasks[i]
		p.line("", "")
		p.line("任务 %s　检查人 %s", "task %s  inspector %s", t.ID, t.Inspector)
		for j := range t.Draws {
			f.writeDraw(p, &t.Draws[j])
		}
	}
	return p.err
}

func (f *Folder) writeDraw(p *printer, d *engine.Draw) {
	name := strings.Join(d.Parts, ", ")
	switch d.Kind {
	case "subject":
		p.line("  %s　%s　受检对象本身", "  %s  %s  the subject itself", name, d.Period.Name)
	case "unlisted":
		p.line("  %s　%s　现场遇到的 %d 个%s，不抽取", "  %s  %s  %d %s met on the spot, not drawn", name, d.Period.Name, d.Planned, f.recordName(d.Record, p.lang))
	default:
		short := ""
		if d.Sample.Short {
			short = p.pick("（不足）", " (short)")
		}
		if d.Sample.NoPopulation {
			short = p.pick("（没有总体）", " (no population)")
		}
		p.line("  %s　%s　从 %d 个%s抽 %d 个%s　总体摘要 %.12s", "  %s  %s  of %d %s drawn %d%s  frame digest %.12s",
			name, d.Period.Name, d.Sample.Population, f.recordName(d.Record, p.lang), len(d.Units), short, d.Sample.FrameDigest)
		const most = 12
		units := d.Units
		more := ""
		if len(units) > most {
			more = p.pick(fmt.Sprintf(" 等 %d 个", len(units)), fmt.Sprintf(" … %d in all", len(units)))
			units = units[:most]
		}
		if len(units) > 0 {
			p.line("      %s%s", "      %s%s", strings.Join(units, " "), more)
		}
	}
}

func (f *Folder) recordName(record string, l checklang.Lang) string {
	for _, r := range f.Standard.Checked().Records {
		if r.Name.First == record {
			return r.Name.In(l)
		}
	}
	return record
}

// WriteResults writes what the judgement of a plan found: the verdict of every
// item and subject, each finding in words, what is missing, what was refused,
// and a summary of one screen at the end.
func (f *Folder) WriteResults(w io.Writer, l checklang.Lang, plan *engine.Plan, results []*engine.Result) error {
	scores, err := f.Scores(results)
	if err != nil {
		return err
	}
	scored := map[string]engine.Score{}
	for _, score := range scores {
		scored[score.Result] = score
	}
	p := &printer{w: w, lang: l}
	for _, r := range results {
		p.line("", "")
		p.line("受检对象 %s　任务 %s　结果 %.12s", "subject %s  task %s  result %.12s", f.subjectName(r.Subject), r.Task, r.ID)
		for _, v := range r.Verdicts {
			if v.Level == "item" {
				f.writeItem(p, r, v)
			}
		}
		for _, c := range r.Conflicts {
			if c.Kind == "identity" {
				p.line("  冲突：编号 %s 的提交（%s %s）有两种内容，按未采集处理", "  conflict: the submission %s (%s %s) came with two contents and counts as not collected", c.First, c.Part, c.Unit)
			} else {
				p.line("  冲突：%s %s 的“%s”有两个答案（%s、%s），按未采集处理", "  conflict: %s %s has two answers to %q (%s, %s) and counts as not collected", c.Part, c.Unit, c.Name, c.First, c.Second)
			}
		}
		for _, x := range r.Refused {
			p.line("  拒收：%s", "  refused: %s", refusal(x, l))
		}
		if score, ok := scored[r.ID]; ok {
			f.writeScore(p, score)
		}
	}
	for _, x := range f.Refused {
		p.line("拒收：%s", "refused: %s", refusal(x, l))
	}
	f.writeSummary(p, plan, results, scored)
	return p.err
}

func refusal(x *engine.InputError, l checklang.Lang) string {
	place := x.Source
	if x.Line > 0 {
		place += fmt.Sprintf(":%d", x.Line)
	}
	return strings.Join(slices.DeleteFunc([]string{place, x.Path, x.Code + " " + x.Message(l)}, func(s string) bool { return s == "" }), ": ")
}

// subjectName is the id with the first text the subject's fields give.
func (f *Folder) subjectName(id string) string {
	subject := f.Standard.Checked().Standard
	if subject == nil || subject.Subject == nil {
		return id
	}
	for _, s := range f.Configuration.Subjects {
		if s.ID != id {
			continue
		}
		for _, field := range subject.Subject.Fields {
			for _, n := range []string{field.Name.First, field.Name.Second} {
				if text, ok := s.Fields[n].(string); ok && field.Type.Kind == check.Text && text != "" {
					return id + " " + text
				}
			}
		}
	}
	return id
}

func (p *printer) answer(a engine.Answer) string {
	switch a.State {
	case engine.Decided:
		return p.say(engine.OutcomeWords(a.Best))
	case engine.Referred:
		return p.pick("待裁定", "referred")
	case engine.NotApplicable:
		return p.pick("不适用", "not applicable")
	case engine.NotInspected:
		return p.pick("未检查", "not inspected")
	case engine.Ungraded:
		return p.pick("无结论", "no outcome")
	case engine.Waived:
		return p.pick("豁免", "waived")
	case engine.Refused:
		return p.pick("拒收", "refused")
	}
	return p.pick("证据不足", "incomplete") + " " + p.say(engine.OutcomeWords(a.Best)) + ".." + p.say(engine.OutcomeWords(a.Worst))
}

func (f *Folder) writeItem(p *printer, r *engine.Result, item engine.Verdict) {
	found, _ := f.Standard.Item(item.Item)
	p.line("  %s %s　%s　%s", "  %s %s  %s  %s", item.Item, found.Title, item.Period, p.answer(item.Answer))
	whole := map[string]bool{} // parts that don't apply as a whole, which is told once
	for _, v := range r.Verdicts {
		if v.Item == item.Item && v.Period == item.Period && v.Level == "part" && v.State == engine.NotApplicable && len(v.Reasons) > 0 {
			whole[v.Part] = true
		}
	}
	for _, v := range r.Verdicts {
		if v.Item != item.Item || v.Period != item.Period || (v.Level != "unit" && v.Level != "part") || v.Level == "unit" && whole[v.Part] {
			continue
		}
		if v.State == engine.Waived {
			p.waived(v)
			continue
		}
		for _, reason := range v.Reasons {
			if reason.Key == "pass" || (reason.Key == "target" && reason.Outcome == engine.Pass) || reason.Key == "no_population" && v.Level == "unit" {
				continue
			}
			f.writeReason(p, v, reason)
		}
		if v.Level == "part" && v.Sample != nil && v.Sample.Seed != "" {
			f.writeSample(p, v.Sample)
		}
	}
	for _, m := range missing(item.Missing) {
		p.line("    还缺 %s", "    still missing %s", m)
	}
	for _, m := range missing(item.Rulings) {
		p.line("    等待裁定 %s", "    waiting for a ruling: %s", m)
	}
}

func (f *Folder) writeSample(p *printer, s *engine.Proof) {
	bound := ""
	if s.UpperBound != "" {
		bound = p.pick("：总体不合格率的95%上限 "+s.UpperBound+"%", ": true failure rate at most "+s.UpperBound+"% with 95% confidence")
	}
	p.line("      样本 %d/%d，不合格 %d%s　种子 %.12s　总体 %.12s", "      sample %d of %d, %d failing%s  seed %.12s  frame %.12s", s.Drawn, s.Population, s.Failing, bound, s.Seed, s.Frame)
}

func (f *Folder) writeReason(p *printer, v engine.Verdict, reason engine.Reason) {
	unit := v.Unit
	if unit == "" {
		unit = v.Part
	}
	outcome := ""
	if reason.Outcome != 0 && reason.Key == "finding" || reason.Key == "target" {
		outcome = p.say(engine.OutcomeWords(reason.Outcome)) + " "
	}
	if reason.Key == "no_population" {
		p.line("    %s　没有总体", "    %s  no population", unit)
		return
	}
	place := ""
	if reason.Place != "" {
		place = p.pick("　[", "  [") + reason.Place + "]"
	}
	p.line("    %s　%s%s%s", "    %s  %s%s%s", unit, outcome, engine.Text(p.lang, reason), place)
}

// waived writes that a unit need not be judged, and what it would come to.
func (p *printer) waived(v engine.Verdict) {
	unit, without := v.Unit, v.Answer
	if unit == "" {
		unit = v.Part
	}
	switch {
	case v.Worst == 0:
		without.State = engine.NotApplicable
	case v.Best == v.Worst:
		without.State = engine.Decided
	default:
		without.State = engine.Undecided
	}
	p.line("    %s　%s（若不豁免：%s）", "    %s  %s (without it: %s)", unit, engine.Text(p.lang, v.Reasons[0]), p.answer(without))
}

// missing lists what is lacking by name, with the units where it lacks.
func missing(list []engine.Missing) []string {
	units := map[string][]string{}
	var order []string
	for _, m := range list {
		if !slices.Contains(order, m.Name) {
			order = append(order, m.Name)
		}
		if m.Unit != "" && !slices.Contains(units[m.Name], m.Unit) {
			units[m.Name] = append(units[m.Name], m.Unit)
		}
	}
	var out []string
	for _, name := range order {
		s := name
		if at := units[name]; len(at) > 6 {
			s += fmt.Sprintf(" (%s … %d)", strings.Join(at[:6], ", "), len(at))
		} else if len(at) > 0 {
			s += " (" + strings.Join(at, ", ") + ")"
		}
		out = append(out, s)
	}
	return out
}

// writeSummary is the one screen at the end: a line for every item and a
// column for every subject.
func (f *Folder) writeSummary(p *printer, plan *engine.Plan, results []*engine.Result, scored map[string]engine.Score) {
	p.line("", "")
	p.line("汇总　%s　标准 %s 摘要 %.12s", "summary  %s  standard %s digest %.12s", plan.ID, plan.Standard.Standard, plan.Standard.Digest)
	var order []string
	rows := map[string]map[string]string{}
	counts := map[string]int{}
	for _, r := range results {
		for _, v := range r.Verdicts {
			if v.Level != "item" {
				continue
			}
			key := v.Item + " " + v.Period
			if rows[key] == nil {
				rows[key] = map[string]string{}
				order = append(order, key)
			}
			rows[key][r.Subject] = p.short(v.Answer)
			counts[p.short(v.Answer)]++
		}
	}
	width := 8
	head := pad("", 24)
	for _, r := range results {
		head += pad(r.Subject, width+4)
	}
	p.line("%s", "%s", strings.TrimRight(head, " "))
	for _, key := range order {
		text := pad(key, 24)
		for _, r := range results {
			text += pad(rows[key][r.Subject], width+4)
		}
		p.line("%s", "%s", strings.TrimRight(text, " "))
	}
	text := pad(p.pick("整体", "overall"), 24)
	for _, r := range results {
		text += pad(p.short(r.Verdicts[len(r.Verdicts)-1].Answer), width+4)
	}
	p.line("%s", "%s", strings.TrimRight(text, " "))
	if len(scored) > 0 {
		text := pad(p.pick("得分", "score"), 24)
		grades, graded := pad(p.pick("等级", "grade"), 24), false
		for _, r := range results {
			score := scored[r.ID]
			text += pad(p.points(score.Open, &score.Value, score.Least, score.Most), width+4)
			grades, graded = grades+pad(score.Band, width+4), graded || score.Band != ""
		}
		p.line("%s", "%s", strings.TrimRight(text, " "))
		if graded {
			p.line("%s", "%s", strings.TrimRight(grades, " "))
		}
	}
	var totals []string
	keys := make([]string, 0, len(counts))
	for k := range counts {
		keys = append(keys, k)
	}
	slices.Sort(keys)
	for _, k := range keys {
		totals = append(totals, fmt.Sprintf("%s %d", k, counts[k]))
	}
	p.line("合计　%s", "total  %s", strings.Join(totals, p.pick("，", ", ")))
}

func (p *printer) short(a engine.Answer) string {
	if a.State == engine.Undecided {
		return p.pick("证据不足", "incomplete")
	}
	return p.answer(a)
}
