package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// mostUnits is how many units of one gap are named on paper.
const mostUnits = 20

func (d *NoticeDocument) html(w io.Writer) error {
	t := d.terms
	if t == nil {
		return refused("从 JSON 读来的通知书没有标准，请用 Notice 重新生成", "notice: a notice that was read from JSON has no standard; make it again with Notice")
	}
	p := newPage(t.options, t.pick("检查反馈与整改通知书", "Inspection feedback and rectification notice"), false)
	p.issue()
	fields := []field{
		textField(t.pick("受检单位", "To"), d.Addressee),
		textField(t.pick("检查任务", "Task"), d.Task),
		textField(t.pick("检查期间", "Period"), t.period(d.Period)),
		textField(t.pick("检查层级", "Level"), t.tier(d.Tier)),
		textField(t.pick("检查人", "Inspector"), t.name(d.Inspector)),
		textField(t.pick("检查标准", "Standard"), d.Title),
		{Name: t.pick("总体结论", "Overall"), Value: cell(styled(d.Overall.Words, styleOf(d.Overall.Answer)))},
	}
	if fields[len(fields)-1].Wide = d.Score == ""; d.Score != "" {
		fields = append(fields, textField(t.pick("得分", "Score"), d.Score))
	}
	fields = append(fields, field{Name: t.pick("核对码", "Digests"), Wide: true, Value: cell(
		styled(t.pick("标准 ", "standard ")+d.Standard.Digest, Muted), styled(t.pick("方案 ", "plan ")+d.Plan, Muted), styled(t.pick("结果 ", "result ")+d.Result, Muted))})
	p.fields(fields)
	d.outcomes(p)
	d.gaps(p)
	if err := d.records(p); err != nil {
		return err
	}
	p.raw("<div class=\"keep\">\n")
	p.heading(2, t.pick("受检单位意见", "Acknowledgement"))
	p.paragraph(plain(t.pick("我单位已收到本通知书，对检查结果：　□ 无异议　　□ 有异议，理由如下：", "We have received this notice. On its results we:  □ agree   □ disagree, because:")))
	p.lines(3)
	p.signatures(t.pick("检查人", "Inspector"), t.pick("检查组织部门负责人", "Head of the inspecting department"),
		t.pick("受检单位签收人", "Received by"), t.pick("受检单位负责人", "Head of the inspected unit"))
	p.raw("</div>\n")
	return p.end(w)
}

// outcomes is the count of answers and the table of items.
func (d *NoticeDocument) outcomes(p *page) {
	t := d.terms
	p.heading(2, t.pick("检查结论", "Outcomes"))
	p.raw("<ul class=\"counts\">\n")
	for _, c := range d.Counts {
		p.raw("<li>")
		p.line(Line{{Text: c.Words, Style: styleOf(c.Answer)}, {Text: fmt.Sprintf(t.pick(" %d 项", " %d"), c.Items)}})
		p.raw("</li>\n")
	}
	p.raw("</ul>\n")
	table := &Table{Columns: []Column{
		{Title: t.pick("检查项", "Item"), Width: 24},
		{Title: t.pick("期间", "Period"), Width: 11},
		{Title: t.pick("结论", "Outcome"), Width: 15},
		{Title: t.pick("说明", "Explanation"), Width: 50},
	}}
	for _, i := range d.Items {
		var lines []Line
		for _, r := range i.Reasons {
			line := Line{}
			if r.Unit != "" {
				line = append(line, Span{Text: t.unit(r.Unit) + t.colon(), Style: Strong})
			}
			if r.Outcome >= engine.Observation {
				line = append(line, Span{Text: t.outcome(r.Outcome), Style: gradeStyle(r.Outcome)}, Span{Text: " "})
			}
			line = append(line, Span{Text: r.Text})
			if n := len(r.Photos); n > 0 {
				line = append(line, Span{Text: fmt.Sprintf(t.pick("（附件 %d 个）", " (%d attached)"), n), Style: Muted})
			}
			lines = append(lines, line)
		}
		for _, n := range i.Notes {
			lines = append(lines, styled(n, Muted))
		}
		table.Rows = append(table.Rows, Row{Cells: []Cell{cell(plain(i.Title)), cell(plain(i.Period)), cell(styled(i.Words, styleOf(i.Answer))), cell(lines...)}})
	}
	p.table(table)
}

// gaps is what was not inspected, what is missing, and what was refused.
func (d *NoticeDocument) gaps(p *page) {
	t := d.terms
	p.heading(2, t.pick("未检查与证据不足", "Not inspected, or incomplete"))
	if len(d.Open)+len(d.Problems) == 0 {
		p.paragraph(plain(t.pick("没有。", "Nothing.")))
		return
	}
	if len(d.Open) > 0 {
		table := &Table{Columns: []Column{{Title: t.pick("检查项", "Item"), Width: 28}, {Title: t.pick("单位", "Units"), Width: 36}, {Title: t.pick("还缺什么", "What is missing"), Width: 36}}}
		for _, g := range d.Open {
			missing := t.join(g.Names)
			if g.Ruling {
				missing = t.pick("等待裁定：", "waits for a ruling: ") + missing
			}
			table.Rows = append(table.Rows, Row{Cells: []Cell{
				cell(plain(t.item(g.Item)+d.partName(g)), styled(g.Period, Muted)), cell(plain(d.unitList(g.Units))), cell(plain(missing)),
			}})
		}
		p.table(table)
	}
	for _, x := range d.Problems {
		p.paragraph(plain(x))
	}
}

func (d *NoticeDocument) partName(g NoticeGap) string {
	if p := d.terms.part(g.Part); p != nil && p.Name.First != "" {
		return d.terms.pick("（"+p.Name.First+"）", " ("+p.Name.English()+")")
	}
	return ""
}

func (d *NoticeDocument) unitList(units []string) string {
	t := d.terms
	if len(units) == 0 {
		return t.pick("整体", "the whole")
	}
	var names []string
	for _, u := range units[:min(len(units), mostUnits)] {
		names = append(names, t.unit(u))
	}
	out := t.join(names)
	if len(units) > mostUnits {
		out += fmt.Sprintf(t.pick(" 等 %d 个", " … %d in all"), len(units))
	}
	return out
}

// records tells the findings, and shows the photos of what is none.
func (d *NoticeDocument) records(p *page) error {
	t := d.terms
	p.heading(2, t.pick("问题与整改要求", "Findings and what they oblige to"))
	if len(d.Findings) == 0 {
		p.paragraph(plain(t.pick("本次检查没有登记需要整改的问题。", "This inspection has no findings on record that need rectifying.")))
	}
	shown := map[string]int{}
	for n, f := range d.Findings {
		if err := d.record(p, n+1, f, shown); err != nil {
			return err
		}
	}
	if len(d.Earlier) > 0 {
		p.heading(2, t.pick("以前检查中尚未关闭的问题", "Findings of earlier inspections, not closed"))
		shown := map[string]int{}
		for n, f := range d.Earlier {
			if err := d.record(p, n+1, f, shown); err != nil {
				return err
			}
		}
	}
	return d.otherPhotos(p)
}

// record tells one finding. An attachment that an earlier one has shown is
// referred to by its number.
func (d *NoticeDocument) record(p *page, n int, f NoticeRecord, shown map[string]int) error {
	t := d.terms
	p.raw("<section class=\"finding\">\n<h3>")
	title := fmt.Sprint(n) + ". "
	label := f.Label
	if label == "" {
		label = f.Title
	}
	p.line(Line{{Text: title}, {Text: f.Words, Style: gradeStyle(f.Grade)}, {Text: " " + label}})
	p.raw("</h3>\n")
	var reasons []Line
	for _, r := range f.Reasons {
		reasons = append(reasons, plain(r))
	}
	var parties []string
	for _, x := range f.Parties {
		parties = append(parties, t.party(x))
	}
	where := textField(t.pick("发生在", "Where"), t.unit(f.Unit))
	if f.Unit == "" {
		where = textField(t.pick("发生在", "Where"), t.pick("受检单位整体", "the inspected unit as a whole"))
	}
	list := []field{
		textField(t.pick("检查项", "Item"), f.Title), where,
		textField(t.pick("期间", "Period"), f.Period), textField(t.pick("状态", "State"), t.say(f.State.Words())),
		{Name: t.pick("事实", "Facts"), Value: cell(reasons...), Wide: true},
		textField(t.pick("责任方", "Answerable"), t.join(parties)),
		{Name: t.pick("整改期限", "Due"), Value: cell(styled(t.moment(f.Due), Strong))},
	}
	var duties []Line
	for _, x := range f.Duties {
		line := Line{{Text: x.Words}}
		if due := t.moment(x.Due); due != "" {
			line = append(line, Span{Text: t.pick("，"+due+" 前", ", by "+due)})
		}
		if x.Met {
			line = append(line, Span{Text: t.pick("（已完成）", " (done)"), Style: PassStyle})
		}
		duties = append(duties, line)
	}
	if len(duties) > 0 {
		list = append(list, field{Name: t.pick("整改要求", "Duties"), Value: cell(duties...), Wide: true})
	}
	if len(f.Repeats) > 0 {
		list = append(list, field{Name: t.pick("重复发生", "Repeated"), Wide: true, Value: cell(plain(fmt.Sprintf(
			t.pick("以前出现过 %d 次，升级处理由检查组织部门决定", "seen %d times before; whether it is escalated is for the inspecting department to decide"), len(f.Repeats))))})
	}
	list = append(list, field{Name: t.pick("问题编号", "Finding"), Value: cell(styled(f.ID, Muted)), Wide: true})
	p.fields(list)
	var fresh []engine.Attachment
	before := 0
	for _, a := range f.Evidence {
		if at := shown[a.SHA256]; at != 0 {
			before = at
			continue
		}
		shown[a.SHA256] = n
		fresh = append(fresh, a)
	}
	if err := p.photos(fresh); err != nil {
		return err
	}
	if before != 0 {
		p.paragraph(styled(fmt.Sprintf(t.pick("现场照片与附件见问题 %d。", "The photos and files stand with finding %d."), before), Muted))
	}
	if len(f.Answered) > 0 {
		p.paragraph(plain(t.pick("整改答复所附：", "Attached to the answer:")))
		if err := p.photos(f.Answered); err != nil {
			return err
		}
	}
	p.raw("</section>\n")
	return nil
}

// otherPhotos shows what was attached where no finding stands.
func (d *NoticeDocument) otherPhotos(p *page) error {
	t := d.terms
	shown := map[string]bool{}
	for _, f := range slices.Concat(d.Findings, d.Earlier) {
		for _, a := range f.Evidence {
			shown[a.SHA256] = true
		}
	}
	first := true
	for _, i := range d.Items {
		for _, r := range i.Reasons {
			left := slices.DeleteFunc(slices.Clone(r.Photos), func(a engine.Attachment) bool { return shown[a.SHA256] })
			if len(left) == 0 {
				continue
			}
			if first {
				p.heading(2, t.pick("其他检查照片", "Other photos"))
				first = false
			}
			p.paragraph(plain(strings.TrimSpace(i.Title + " " + t.unit(r.Unit))))
			if err := p.photos(left); err != nil {
				return err
			}
			for _, a := range left {
				shown[a.SHA256] = true
			}
		}
	}
	return nil
}
