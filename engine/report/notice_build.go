package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// place is where an attachment was taken.
type place struct{ part, unit, period string }

type noticeBuilder struct {
	*terms
	request  NoticeRequest
	out      *NoticeDocument
	attached map[place][]engine.Attachment
}

// attachments are what inspectors attached, by place; what was replaced is
// left out. The period of a place is empty where a submission needed none.
func attachments(r NoticeRequest) map[place][]engine.Attachment {
	replaced := map[string]bool{}
	for i := range r.Submissions {
		if s := &r.Submissions[i]; s.Task == r.Result.Task && s.Replaces != "" {
			replaced[s.Replaces] = true
		}
	}
	out := map[place][]engine.Attachment{}
	list := slices.Clone(r.Submissions)
	slices.SortStableFunc(list, func(a, b engine.Submission) int { return strings.Compare(a.ID, b.ID) })
	for _, s := range list {
		if s.Task != r.Result.Task || replaced[s.ID] {
			continue
		}
		at := place{s.Part, s.Unit, s.Period}
		for _, a := range s.Attachments {
			if !slices.Contains(out[at], a) {
				out[at] = append(out[at], a)
			}
		}
	}
	return out
}

// photosAt are the attachments of a part and unit in a period.
func (b *noticeBuilder) photosAt(part, unit, period string) []engine.Attachment {
	return append(slices.Clone(b.attached[place{part, unit, period}]), b.attached[place{part, unit, ""}]...)
}

func (b *noticeBuilder) items() {
	type key struct {
		answer engine.Answer
		words  string
	}
	counts := map[key]int{}
	verdicts := b.request.Result.Verdicts
	for i := range verdicts {
		v := &verdicts[i]
		switch v.Level {
		case "part":
			b.open(v)
		case "section":
			if len(v.Reasons) > 0 {
				b.out.Items = append(b.out.Items, NoticeItem{
					Section: v.Section, Title: b.sectionTitle(v.Section), Answer: v.Answer, Words: b.answer(v.Answer), Reasons: b.reasons(v),
				})
			}
		case "item":
			whole := map[string]bool{} // parts that don't apply as a whole, which is told once
			for j := range verdicts {
				if w := &verdicts[j]; w.Item == v.Item && w.Period == v.Period && w.Level == "part" && w.State == engine.NotApplicable && len(w.Reasons) > 0 {
					whole[w.Part] = true
				}
			}
			item := NoticeItem{Item: v.Item, Section: v.Section, Period: v.Period, Title: b.item(v.Item), Answer: v.Answer, Words: b.answer(v.Answer)}
			for j := range verdicts {
				w := &verdicts[j]
				if w.Item != v.Item || w.Period != v.Period || (w.Level != "unit" && w.Level != "part") || w.Level == "unit" && whole[w.Part] {
					continue
				}
				item.Reasons = append(item.Reasons, b.reasons(w)...)
				if note := b.sample(w); note != "" {
					item.Notes = append(item.Notes, note)
				}
			}
			if v.State == engine.NotInspected {
				item.Notes = append(item.Notes, b.pick("没有收到任何检查记录", "nothing was submitted"))
			}
			b.out.Items = append(b.out.Items, item)
			counts[key{v.Answer, item.Words}]++
		case "standard":
			b.out.Overall = NoticeItem{Answer: v.Answer, Words: b.answer(v.Answer)}
		}
	}
	for k, n := range counts {
		b.out.Counts = append(b.out.Counts, NoticeCount{Answer: k.answer, Words: k.words, Items: n})
	}
	slices.SortFunc(b.out.Counts, func(x, y NoticeCount) int {
		if d := int(y.Answer.Best) - int(x.Answer.Best); d != 0 {
			return d
		}
		if d := int(y.Answer.Worst) - int(x.Answer.Worst); d != 0 {
			return d
		}
		return int(x.Answer.State) - int(y.Answer.State)
	})
}

// reasons are those of a verdict that tell more than that all is well.
func (b *noticeBuilder) reasons(v *engine.Verdict) []NoticeReason {
	var out []NoticeReason
	for _, r := range v.Reasons {
		if r.Key == "pass" || r.Key == "no_population" && v.Level == "unit" {
			continue
		}
		one := NoticeReason{Part: v.Part, Unit: v.Unit, Text: b.reason(r)}
		switch r.Key {
		case "finding", "target", "ruling": // of others it is what may still come
			one.Outcome = r.Outcome
		}
		if len(out) == 0 && v.Level != "section" { // once for a unit
			one.Photos = b.photosAt(v.Part, v.Unit, v.Period)
		}
		out = append(out, one)
	}
	return out
}

// sample says what a sample of several units is and proves.
func (b *noticeBuilder) sample(v *engine.Verdict) string {
	p := v.Sample
	if p == nil || p.Drawn == 0 {
		return ""
	}
	of := b.pick("应查 %d 个，已查 %d 个，不合格 %d 个", "%d units to inspect, %d inspected, %d failing")
	out := fmt.Sprintf(of, p.Drawn, p.Inspected, p.Failing)
	if p.Population > 0 {
		out = fmt.Sprintf(b.pick("总体 %d 个，抽 %d 个，已查 %d 个，不合格 %d 个", "%d units, %d drawn, %d inspected, %d failing"), p.Population, p.Drawn, p.Inspected, p.Failing)
	}
	if p.UpperBound != "" {
		out += b.pick("；有 95% 的把握，总体不合格率不超过 "+p.UpperBound+"%", "; with 95% confidence at most "+p.UpperBound+"% of all fail")
	}
	return out
}

// open tells what a part lacks, units that lack the same together.
func (b *noticeBuilder) open(v *engine.Verdict) {
	switch v.State {
	case engine.Undecided, engine.Referred, engine.NotInspected, engine.Refused:
	default:
		return
	}
	part := b.part(v.Part)
	add := func(list []engine.Missing, ruling bool) {
		names := map[string][]string{}
		var units []string
		for _, m := range list {
			if !slices.Contains(units, m.Unit) {
				units = append(units, m.Unit)
			}
			if n := b.lacks(part, m.Name); !slices.Contains(names[m.Unit], n) {
				names[m.Unit] = append(names[m.Unit], n)
			}
		}
		first := len(b.out.Open)
		for _, u := range units {
			at := slices.IndexFunc(b.out.Open[first:], func(g NoticeGap) bool {
				return slices.Equal(g.Names, names[u]) && (len(g.Units) > 0) == (u != "")
			})
			if at < 0 {
				at = len(b.out.Open) - first
				b.out.Open = append(b.out.Open, NoticeGap{Item: v.Item, Part: v.Part, Period: v.Period, Names: names[u], Ruling: ruling})
			}
			if u != "" {
				b.out.Open[first+at].Units = append(b.out.Open[first+at].Units, u)
			}
		}
	}
	before := len(b.out.Open)
	add(v.Missing, false)
	add(v.Rulings, true)
	if len(b.out.Open) == before { // nothing is named: the evidence was refused
		b.out.Open = append(b.out.Open, NoticeGap{Item: v.Item, Part: v.Part, Period: v.Period, Names: []string{b.answer(v.Answer)}})
	}
}

// problems puts conflicts and refused evidence into sentences.
func (b *noticeBuilder) problems() {
	for _, c := range b.request.Result.Conflicts {
		text := b.pick(
			fmt.Sprintf("%s %s 的“%s”收到两个不同的答案（%s、%s），按未采集处理", c.Part, b.unit(c.Unit), b.lacks(b.part(c.Part), c.Name), c.First, c.Second),
			fmt.Sprintf("%s %s: two answers to %q (%s, %s); it counts as not collected", c.Part, b.unit(c.Unit), b.lacks(b.part(c.Part), c.Name), c.First, c.Second))
		if c.Kind == "identity" {
			text = b.pick(fmt.Sprintf("编号 %s 的提交（%s %s）有两种内容，按未采集处理", c.First, c.Part, c.Unit),
				fmt.Sprintf("the submission %s (%s %s) came with two contents and counts as not collected", c.First, c.Part, c.Unit))
		}
		b.out.Problems = append(b.out.Problems, text)
	}
	for _, x := range b.request.Result.Refused {
		parts := slices.DeleteFunc([]string{x.Path, x.Message(b.options.Lang)}, func(s string) bool { return s == "" })
		b.out.Problems = append(b.out.Problems, b.pick("拒收：", "refused: ")+strings.Join(parts, b.colon()))
	}
}

// record tells one finding.
func (b *noticeBuilder) record(f engine.Finding) NoticeRecord {
	out := NoticeRecord{
		ID: f.ID, Grade: f.Grade, Words: b.outcome(f.Grade), Section: f.Section, Item: f.Item, Part: f.Part, Unit: f.Unit, Period: f.Period,
		Label: f.Label, State: f.State, Parties: f.Parties, Due: f.Due, Repeats: f.Repeats, Answered: f.Attachments,
		Evidence: b.photosAt(f.Part, f.Unit, f.Period),
	}
	if out.Title = b.item(f.Item); f.Section != "" {
		out.Title = b.sectionTitle(f.Section)
	}
	for _, r := range f.Reasons {
		out.Reasons = append(out.Reasons, b.reason(r))
	}
	open := f.Outstanding()
	for _, duty := range f.Duties {
		out.Duties = append(out.Duties, NoticeDuty{Duty: duty, Words: b.duty(duty), Due: f.Deadlines[duty], Met: !slices.Contains(open, duty)})
	}
	return out
}

// score is the points of a result in one sentence.
func (t *terms) score(s engine.Score) string {
	out := s.Value.String()
	if s.Open {
		switch {
		case s.Least != nil && s.Most != nil:
			out = s.Least.String() + t.pick(" 至 ", " to ") + s.Most.String()
		case s.Least != nil:
			out = t.pick("至少 ", "at least ") + s.Least.String()
		case s.Most != nil:
			out = t.pick("至多 ", "at most ") + s.Most.String()
		default:
			out = t.pick("未定", "open")
		}
	}
	if s.Band != "" {
		out += t.pick("（"+s.Band+"）", " ("+s.Band+")")
	}
	return out
}
