package run

import (
	"io"
	"strings"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// WriteDiff writes a difference for reading: every verdict that changed, from
// what to what, why, and by which reasons.
func WriteDiff(w io.Writer, l checklang.Lang, d *Diff) error {
	p := &printer{w: w, lang: l}
	changes, tasks := 0, 0
	for _, x := range d.Differences {
		changes += len(x.Changes)
		if len(x.Changes)+len(x.Parts) == 0 {
			continue
		}
		tasks++
		p.line("任务 %s　受检对象 %s", "task %s  subject %s", x.Task, x.Subject)
		p.line("  结果 %.12s → %.12s", "  result %.12s -> %.12s", x.Old, x.New)
		if a, b := x.OldStandard, x.NewStandard; a != b {
			p.line("  标准 %s 版本 %s（%.12s）→ 版本 %s（%.12s）", "  standard %s version %s (%.12s) -> version %s (%.12s)", a.Standard, a.Version, a.Digest, b.Version, b.Digest)
		}
		for _, c := range x.Parts {
			p.line("  %s　%s", "  %s  %s", c.Part, p.partChange(c.Kind))
		}
		for _, c := range x.Changes {
			p.change(c)
		}
		p.line("", "")
	}
	for _, task := range d.OnlyOld {
		p.line("任务 %s 只有旧的一边有", "only the old side has the task %s", task)
	}
	for _, task := range d.OnlyNew {
		p.line("任务 %s 只有新的一边有", "only the new side has the task %s", task)
	}
	p.line("比较了 %d 个任务：%d 个任务有变化，改变的结论 %d 条", "%d tasks compared: %d differ, in %d verdicts", len(d.Differences), tasks, changes)
	return p.err
}

func (p *printer) partChange(kind string) string {
	switch kind {
	case "removed":
		return p.pick("新标准里没有了，不再判定", "the newer standard doesn't have it; not judged")
	case "added":
		return p.pick("新标准增加的，当时没有抽样，没有结论", "added by the newer standard; nothing was drawn for it, so it has no verdict")
	case "units":
		return p.pick("抽查的对象换了，抽到的不再适用，不再判定", "it is about other units now, so what was drawn says nothing; not judged")
	}
	return p.pick("抽样的写法变了，按当时抽到的判定", "its sample is written otherwise; judged over what was drawn")
}

func (p *printer) cause(cause string) string {
	switch cause {
	case "standard":
		return p.pick("标准变了", "the standard changed")
	case "evidence":
		return p.pick("证据变了", "the evidence changed")
	case "both":
		return p.pick("标准和证据都变了", "both the standard and the evidence changed")
	}
	return p.pick("标准变了，证据是否也变了没有核对", "the standard changed; whether the evidence did was not looked at")
}

// change writes one verdict before and after.
func (p *printer) change(c engine.VerdictChange) {
	v := c.New
	if v == nil {
		v = c.Old
	}
	level := map[string]engine.Words{
		"unit": {ZH: "单位", EN: "unit"}, "part": {ZH: "分项", EN: "part"}, "item": {ZH: "检查项", EN: "item"},
		"section": {ZH: "章节", EN: "section"}, "standard": {ZH: "整体", EN: "overall"},
	}[v.Level]
	place := []string{p.say(level)}
	switch v.Level {
	case "unit":
		place = append(place, v.Part, v.Unit)
	case "part":
		place = append(place, v.Part)
	case "item":
		place = append(place, v.Item)
	case "section":
		place = append(place, v.Section)
	}
	if v.Period != "" {
		place = append(place, v.Period)
	}
	side := func(v *engine.Verdict) string {
		if v == nil {
			return p.pick("没有", "none")
		}
		return p.answer(v.Answer)
	}
	p.line("  %s：%s → %s（%s）", "  %s: %s -> %s (%s)", strings.Join(place, " "), side(c.Old), side(c.New), p.cause(c.Cause))
	for _, s := range []struct {
		v    *engine.Verdict
		mark string
	}{{c.Old, "-"}, {c.New, "+"}} {
		if s.v == nil {
			continue
		}
		for _, r := range s.v.Reasons {
			p.line("    %s %s", "    %s %s", s.mark, engine.Text(p.lang, r))
		}
	}
}
