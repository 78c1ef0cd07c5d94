package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

type monthlyWriter struct {
	*page
	*MonthlyDocument
}

// share is one number of a row over another; nil where there is nothing to
// share.
func (r *FigureRow) share(part, of string) *big.Rat {
	d := r.Figures[of].Value.Rat()
	if d.Sign() <= 0 {
		return nil
	}
	return d.Quo(r.Figures[part].Value.Rat(), d)
}

// figureLine is a figure with its key, in a style when it isn't 0.
func figureLine(f Figure, style Style) Line {
	text := rounded(f.Value.Rat(), 2)
	if f.Value.Rat().Sign() == 0 {
		style = Muted
	}
	return Line{{Text: text, Style: style, Figure: f.Key}}
}

// shareLine is a share of two figures in percent; its key is that of what it is
// a share of.
func (r *FigureRow) shareLine(part, of string) Line {
	share := r.share(part, of)
	if share == nil {
		return styled("—", Muted)
	}
	return Line{{Text: inPercent(share), Figure: r.Figures[of].Key}}
}

func (w *monthlyWriter) write(out io.Writer) error {
	t := w.terms
	w.issue()
	filed := w.FiledBy
	if !w.FiledAt.IsZero() {
		filed = strings.TrimSpace(filed + " " + t.moment(w.FiledAt))
	}
	w.fields([]field{
		textField(t.pick("报送", "To"), w.Addressee), textField(t.pick("报送人与时间", "Filed by, at"), filed),
		textField(t.pick("期间", "Period"), t.period(w.period)), textField(t.pick("检查层级", "Level"), t.tier(w.Tier)),
		textField(t.pick("检查标准", "Standard"), w.Title), textField(t.pick("问题状态截至", "Findings as of"), t.moment(w.AsOf)),
	})
	w.coverage()
	w.outcomes()
	w.measures()
	w.worst()
	w.repeats()
	w.trend()
	w.rectification()
	for i := range w.Comparisons {
		w.comparison(&w.Comparisons[i])
	}
	w.list(t.pick("本期问题清单", "Findings of the period"), w.Findings, t.pick("本期没有发现问题。", "Nothing was found in this period."))
	if len(w.Earlier) > 0 {
		w.list(t.pick("以前发现、尚未关闭的问题", "Findings of earlier periods that are not closed"), w.Earlier, "")
	}
	w.proposals()
	w.paragraph(styled(t.pick("每个数都可以追查到它所数的记录：chk report 文件夹 --trace 数的键；键在页面源码的 data-figure 和数的提示里。",
		"Every figure can be traced to the records that it counts: chk report FOLDER --trace KEY; the key is in the page's data-figure, and in the hint of each figure."), Muted))
	w.signatures(t.pick("编制", "Prepared by"), t.pick("审核", "Reviewed by"), t.pick("批准", "Approved by"), t.pick("接收（报备）", "Received for the record by"))
	return w.end(out)
}

// grid writes a table of columns that share the width; the first is wider.
func (w *monthlyWriter) grid(heads []string, rows [][]Line) {
	t := &Table{Figures: true}
	first := 22
	for i, head := range heads {
		width := (100 - first) / max(1, len(heads)-1)
		if i == 0 {
			width = 100 - width*(len(heads)-1)
		}
		t.Columns = append(t.Columns, Column{Title: head, Width: width})
	}
	for _, r := range rows {
		row := Row{}
		for _, l := range r {
			row.Cells = append(row.Cells, cell(l))
		}
		t.Rows = append(t.Rows, row)
	}
	w.table(t)
}

func (w *monthlyWriter) coverage() {
	t := w.terms
	w.heading(2, t.pick("检查概况与覆盖", "What was inspected"))
	planned := w.Total.Figures["task.planned"].Value.Rat().Sign() > 0
	heads := []string{t.pick("受检单位", "Subject")}
	if planned {
		heads = append(heads, t.pick("计划任务", "Tasks planned"))
	}
	heads = append(heads, t.pick("已判定任务", "Tasks judged"), t.pick("应查项", "Items due"), t.pick("已查", "Inspected"), t.pick("未检查", "Not inspected"),
		t.pick("豁免", "Waived"), t.pick("不适用", "Not applicable"), t.pick("覆盖率", "Coverage"))
	scored := w.Total.Figures["score"].Key != ""
	if scored {
		heads = append(heads, t.pick("得分", "Score"))
	}
	var rows [][]Line
	for _, r := range w.lines(w.Subjects) {
		row := []Line{plain(r.Title)}
		if planned {
			row = append(row, figureLine(r.Figures["task.planned"], Plain))
		}
		row = append(row, figureLine(r.Figures["task.judged"], Plain), figureLine(r.Figures["item.due"], Plain), figureLine(r.Figures["item.inspected"], Plain),
			figureLine(r.Figures["item.not_inspected"], Refer), figureLine(r.Figures["item.waived"], Plain), figureLine(r.Figures["item.not_applicable"], Plain),
			r.shareLine("item.inspected", "item.due"))
		if scored {
			score := styled("—", Muted)
			if f, ok := r.Figures["score"]; ok {
				score = figureLine(f, Plain)
			}
			row = append(row, score)
		}
		rows = append(rows, row)
	}
	w.grid(heads, rows)
}

// lines adds the total to the rows of a table that has more than one.
func (w *monthlyWriter) lines(rows []FigureRow) []FigureRow {
	if len(rows) < 2 {
		return rows
	}
	return append(slices.Clone(rows), w.Total)
}

// outcomeFigures are the columns of outcomes: the first four always, the others
// where one is not 0.
var outcomeFigures = []struct {
	name   string
	words  engine.Words
	style  Style
	always bool
}{
	{"item.pass", engine.Words{}, PassStyle, true},
	{"item.observation", engine.Words{}, Observation, true},
	{"item.fail", engine.Words{}, Fail, true},
	{"item.major", engine.Words{}, Major, true},
	{"item.incomplete", engine.Words{ZH: "证据不足", EN: "Incomplete"}, Refer, false},
	{"item.referred", engine.Words{ZH: "待裁定", EN: "Referred"}, Refer, false},
	{"item.refused", engine.Words{ZH: "证据被拒", EN: "Refused"}, Refer, false},
	{"item.ungraded", engine.Words{ZH: "只计分", EN: "Scored only"}, Plain, false},
	{"item.not_inspected", engine.Words{ZH: "未检查", EN: "Not inspected"}, Refer, false},
	{"item.waived", engine.Words{ZH: "豁免", EN: "Waived"}, Plain, false},
	{"item.not_applicable", engine.Words{ZH: "不适用", EN: "Not applicable"}, Plain, false},
}

// outcomeTable shows rows by outcome; it gives only the columns there are.
func (w *monthlyWriter) outcomeTable(head string, rows []FigureRow) {
	t := w.terms
	heads := []string{head}
	columns := slices.Clone(outcomeFigures)
	columns = slices.DeleteFunc(columns, func(c struct {
		name   string
		words  engine.Words
		style  Style
		always bool
	},
	) bool {
		return !c.always && !slices.ContainsFunc(rows, func(r FigureRow) bool { return r.Figures[c.name].Value.Rat().Sign() != 0 })
	})
	for i, c := range columns {
		title := t.say(c.words)
		if c.always {
			title = t.outcome(engine.Pass + engine.Outcome(i))
		}
		heads = append(heads, title)
	}
	heads = append(heads, t.pick("不合格占比", "Share failing"))
	var body [][]Line
	for _, r := range rows {
		row := []Line{plain(r.Title)}
		for _, c := range columns {
			row = append(row, figureLine(r.Figures[c.name], c.style))
		}
		body = append(body, append(row, r.shareLine("item.failing", "item.decided")))
	}
	w.grid(heads, body)
}

func (w *monthlyWriter) outcomes() {
	t := w.terms
	w.heading(2, t.pick("检查结论", "Outcomes"))
	w.paragraph(styled(t.pick("按检查项计。不合格占比 =（不合格 + 严重不合格）÷ 已有定论的检查项；证据不足、待裁定、未检查的不算作任何一种结论。",
		"Counted by items. Share failing = (fail + major) ÷ items with a decided outcome; what is incomplete, referred or not inspected counts as no outcome."), Muted))
	w.outcomeTable(t.pick("章节", "Section"), w.lines(w.Sections))
	if len(w.Subjects) > 1 {
		w.outcomeTable(t.pick("受检单位", "Subject"), w.lines(w.Subjects))
	}
}

func (w *monthlyWriter) worst() {
	t := w.terms
	w.raw("<section>\n")
	w.heading(2, t.pick("问题较多的检查项", "Worst items"))
	if len(w.Worst) == 0 {
		w.paragraph(plain(t.pick("没有出现观察项和不合格的检查项。", "No item has a failure or an observation.")))
	} else {
		w.outcomeTable(t.pick("检查项", "Item"), w.Worst)
	}
	w.raw("</section>\n")
}

func (w *monthlyWriter) trend() {
	t := w.terms
	w.raw("<section class=\"keep\">\n")
	w.heading(2, t.pick("趋势", "Trend"))
	var places []string
	failing := series{name: t.pick("不合格占比", "share failing"), colour: "#b3261e"}
	rectified := series{name: t.pick("该期问题的整改率", "rectification of its findings"), colour: "#1f4e79", dash: "6 4"}
	var rows [][]Line
	for _, r := range w.Trend {
		places = append(places, r.Key)
		failing.shares = append(failing.shares, r.share("item.failing", "item.decided"))
		rectified.shares = append(rectified.shares, r.share("finding.rectified", "finding.due"))
		rows = append(rows, []Line{
			plain(r.Title), figureLine(r.Figures["item.inspected"], Plain), figureLine(r.Figures["item.failing"], Fail), r.shareLine("item.failing", "item.decided"),
			figureLine(r.Figures["finding.standing"], Plain), figureLine(r.Figures["finding.repeat"], Fail), r.shareLine("finding.rectified", "finding.due"),
		})
	}
	if len(w.Trend) > 1 {
		w.chart(t.pick("各期不合格占比与整改率", "Share failing and rectification rate by period"), places, []series{failing, rectified})
	} else {
		w.paragraph(plain(t.pick("没有以前各期的汇总，趋势从下一期起显示。", "There is no summary of earlier periods; the trend begins with the next one.")))
	}
	w.grid([]string{
		t.pick("期间", "Period"), t.pick("已查项", "Inspected"), t.pick("不合格项", "Failing"), t.pick("不合格占比", "Share failing"), t.pick("问题", "Findings"),
		t.pick("重复问题", "Repeats"), t.pick("整改率", "Rectified"),
	}, rows)
	w.raw("</section>\n")
}

func (w *monthlyWriter) rectification() {
	t := w.terms
	w.raw("<section class=\"keep\">\n")
	w.heading(2, t.pick("问题整改", "Rectification"))
	w.paragraph(styled(w.Rectification, Muted))
	rows := w.RectifiedSubject
	if len(rows) != 1 {
		rows = append(slices.Clone(rows), w.Rectified)
	}
	var body [][]Line
	for _, r := range rows {
		body = append(body, []Line{
			plain(r.Title), figureLine(r.Figures["finding.standing"], Plain), figureLine(r.Figures["finding.due"], Plain),
			figureLine(r.Figures["finding.rectified"], PassStyle), figureLine(r.Figures["finding.overdue"], Fail), r.shareLine("finding.rectified", "finding.due"),
		})
	}
	w.grid([]string{
		t.pick("受检单位", "Subject"), t.pick("累计问题", "Findings so far"), t.pick("应整改", "Due"), t.pick("已整改", "Rectified"),
		t.pick("超期", "Overdue"), t.pick("整改率", "Rate"),
	}, body)
	w.raw("</section>\n")
}

func (w *monthlyWriter) comparison(c *FigureComparison) {
	t := w.terms
	title := t.pick("受检单位比较", "Comparison of subjects")
	if c.Kind == "parent" {
		title = t.pick("区域比较", "Comparison of regions")
	}
	w.heading(2, title)
	if len(c.Items) == 0 {
		w.paragraph(plain(t.pick("没有各方都有定论的检查项，不作比较。", "There is no item on which all have a decided outcome, so nothing is compared.")))
	} else {
		w.paragraph(styled(fmt.Sprintf(t.pick("只比较各方都有定论的 %d 个检查项：%s。", "Only over items on which all have a decided outcome (%d): %s."), len(c.Items), t.join(c.Items)), Muted))
		w.outcomeTable(t.pick("名称", "Name"), c.Rows)
	}
	if len(c.Other) > 0 {
		var rows [][]Line
		for _, o := range c.Other {
			names := make([]string, len(o.Judged))
			for i, id := range o.Judged {
				names[i] = w.rowTitle(c, id)
			}
			rows = append(rows, []Line{plain(t.item(o.Item)), plain(t.join(names))})
		}
		w.raw("<p class=\"lead\">")
		w.text(t.pick("不参与比较的检查项：", "Items that are not compared:"))
		w.raw("</p>\n")
		w.grid([]string{t.pick("检查项", "Item"), t.pick("只有这些单位有定论", "Decided only at")}, rows)
	}
}

func (w *monthlyWriter) rowTitle(c *FigureComparison, id string) string {
	for _, r := range c.Rows {
		if r.Key == id {
			return r.Title
		}
	}
	return id
}

func (w *monthlyWriter) repeats() {
	t := w.terms
	if len(w.Repeats) > 0 {
		w.list(t.pick("重复发生的问题", "Repeats"), w.Repeats, "")
		return
	}
	w.heading(2, t.pick("重复发生的问题", "Repeats"))
	w.paragraph(plain(t.pick("本期没有与以前相同的问题。重复是指同一受检单位、同一条标准在以后的期间再次不符合。",
		"No finding of this period repeats an earlier one: the same criterion at the same subject in a later period.")))
}

func (w *monthlyWriter) proposals() {
	t := w.terms
	if len(w.Proposals) == 0 {
		return
	}
	w.heading(2, t.pick("改进建议与跟踪", "Proposals for improvement"))
	var rows [][]Line
	for _, p := range w.Proposals {
		outcome := styled(t.pick("跟踪中", "open"), Refer)
		if p.Outcome != "" {
			outcome = plain(p.Outcome)
		}
		rows = append(rows, []Line{plain(p.Improvement), plain(t.name(p.Owner)), plain(t.moment(p.At)), outcome})
	}
	w.grid([]string{t.pick("建议", "Proposal"), t.pick("负责人", "Owner"), t.pick("提出时间", "Proposed at"), t.pick("结果", "Outcome")}, rows)
}

// list is a list of findings.
func (w *monthlyWriter) list(title string, list []ReportedFinding, none string) {
	w.heading(2, title)
	if len(list) == 0 {
		w.paragraph(plain(none))
		return
	}
	w.table(w.terms.findingTable(list))
}
