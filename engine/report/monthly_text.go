package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// WriteText writes the report for a terminal: the same figures as the page,
// without the lists of findings.
func (d *MonthlyDocument) WriteText(out io.Writer) error {
	t := d.terms
	if t == nil {
		return refused("从 JSON 读来的服务报告没有标准，请用 Monthly 重新生成", "monthly report: one that was read from JSON has no standard; make it again with Monthly")
	}
	w := &textWriter{terms: t}
	w.line("%s", w.apart(d.called(), d.Period, d.Title))
	w.line("%s", t.pick("问题状态截至 ", "findings as of ")+t.moment(d.AsOf))
	w.section(t.pick("检查概况与覆盖", "What was inspected"), d.all(d.Subjects), []string{"task.judged", "item.due", "item.inspected", "item.not_inspected", "item.waived", "score"}, "item.inspected", "item.due")
	outcomes := []string{"item.pass", "item.observation", "item.fail", "item.major", "item.incomplete", "item.referred", "item.refused", "item.ungraded", "item.not_inspected", "item.waived", "item.not_applicable"}
	w.section(t.pick("检查结论", "Outcomes"), d.all(d.Sections), outcomes, "item.failing", "item.decided")
	for i := range d.Indicators {
		m := &d.Indicators[i]
		if i == 0 {
			w.line("\n%s", t.pick("指标达成", "Indicators"))
		}
		page := &monthlyWriter{MonthlyDocument: d}
		w.line("  %s", strings.Join(slices.DeleteFunc([]string{
			m.Title, m.Subject, t.counted(&m.Pool).Text(), page.value(m).Text(), t.target(&m.Pool), t.met(&m.Pool).Text(), t.bound(&m.Pool).Text(),
		}, func(s string) bool { return s == "" || s == "—" }), "  "))
	}
	w.section(t.pick("问题较多的检查项", "Worst items"), d.Worst, []string{"item.major", "item.fail", "item.observation"}, "item.failing", "item.decided")
	w.section(t.pick("趋势", "Trend"), d.Trend, []string{"item.inspected", "item.failing", "finding.standing", "finding.repeat"}, "item.failing", "item.decided")
	w.section(t.pick("问题整改", "Rectification"), append(slices.Clone(d.RectifiedSubject), d.Rectified), []string{"finding.standing", "finding.due", "finding.rectified", "finding.overdue"}, "finding.rectified", "finding.due")
	w.line("  %s", d.Rectification)
	for _, c := range d.Comparisons {
		title := t.pick("受检单位比较", "Comparison of subjects")
		if c.Kind == "parent" {
			title = t.pick("区域比较", "Comparison of regions")
		}
		w.section(title+fmt.Sprintf(t.pick("（%d 个各方都有定论的检查项）", " (items decided everywhere: %d)"), len(c.Items)), c.Rows,
			[]string{"item.pass", "item.observation", "item.fail", "item.major"}, "item.failing", "item.decided")
		for _, o := range c.Other {
			w.line("  %s %s%s%s", t.pick("不比较", "not compared"), o.Item, t.colon(), t.join(o.Judged))
		}
	}
	w.line("\n%s", fmt.Sprintf(t.pick("本期问题 %d 个，其中重复 %d 个；以前未关闭 %d 个", "findings of the period: %d, of them repeats: %d; of earlier periods, not closed: %d"), len(d.Findings), len(d.Repeats), len(d.Earlier)))
	_, err := io.WriteString(out, printable(w.String()))
	return err
}

// all is rows with the total after them.
func (d *MonthlyDocument) all(rows []FigureRow) []FigureRow {
	return (&monthlyWriter{MonthlyDocument: d}).lines(rows)
}

type textWriter struct {
	strings.Builder
	terms *terms
}

func (w *textWriter) line(format string, args ...any) {
	_, _ = fmt.Fprintf(w, format+"\n", args...)
}

// apart puts texts side by side.
func (w *textWriter) apart(texts ...string) string {
	return strings.Join(slices.DeleteFunc(texts, func(s string) bool { return s == "" }), w.terms.pick("　", "  "))
}

// shareWords names the share of a section by what it counts.
func (t *terms) shareWords(part string) string {
	switch part {
	case "item.inspected":
		return t.pick("覆盖率", "coverage")
	case "finding.rectified":
		return t.pick("整改率", "rate of rectification")
	}
	return t.pick("不合格占比", "share failing")
}

// figureWords names figures where there is no head of a column.
func (t *terms) figureWords(name string) string {
	if f, ok := strings.CutPrefix(name, "item."); ok {
		var o engine.Outcome
		if o.UnmarshalText([]byte(f)) == nil && o != 0 {
			return t.outcome(o)
		}
	}
	words := map[string]engine.Words{
		"task.judged": {ZH: "已判定任务", EN: "tasks judged"}, "item.due": {ZH: "应查项", EN: "items due"}, "item.inspected": {ZH: "已查", EN: "inspected"},
		"item.not_inspected": {ZH: "未检查", EN: "not inspected"}, "item.waived": {ZH: "豁免", EN: "waived"}, "score": {ZH: "得分", EN: "score"},
		"item.incomplete": {ZH: "证据不足", EN: "incomplete"}, "item.referred": {ZH: "待裁定", EN: "referred"}, "item.refused": {ZH: "证据被拒", EN: "refused"},
		"item.ungraded": {ZH: "只计分", EN: "scored only"}, "item.not_applicable": {ZH: "不适用", EN: "not applicable"}, "item.failing": {ZH: "不合格项", EN: "failing"},
		"finding.standing": {ZH: "问题", EN: "findings"}, "finding.repeat": {ZH: "重复", EN: "repeats"}, "finding.due": {ZH: "应整改", EN: "due"},
		"finding.rectified": {ZH: "已整改", EN: "rectified"}, "finding.overdue": {ZH: "超期", EN: "overdue"},
	}
	return t.say(words[name])
}

// section writes rows with the figures that are not 0 and one share.
func (w *textWriter) section(title string, rows []FigureRow, figures []string, part, of string) {
	t := w.terms
	w.line("\n%s", title)
	for i := range rows {
		var said []string
		for _, name := range figures {
			if f, ok := rows[i].Figures[name]; ok && f.Value.Rat().Sign() != 0 {
				said = append(said, t.figureWords(name)+" "+rounded(f.Value.Rat(), 2))
			}
		}
		if share := rows[i].share(part, of); share != nil {
			said = append(said, t.shareWords(part)+" "+inPercent(share))
		}
		w.line("  %s", w.apart(printable(rows[i].Title), strings.Join(said, t.pick("，", ", "))))
	}
}
