package xlsx

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
)

// WriteSummary writes the figures of a service report as a workbook: what was
// inspected, the outcomes by section and subject, the worst items, the
// indicators, the trend, rectification, the comparison, the findings, and at the
// end every figure with the key that Summary.Trace takes. Counts are numbers as
// in the report's JSON; shares are percent points rounded to one decimal, and
// means and points are rounded to two, as on its page. The workbook is in the
// language of the report. The rest is as in WriteResults; a report on another
// standard is an *engine.Refusal.
func WriteSummary(w io.Writer, s *engine.Standard, d *report.MonthlyDocument, o Options) error {
	if err := summarised(s, d); err != nil {
		return err
	}
	b := newBook()
	newSummaryBook(b, s, d, o).write()
	return b.finish(w)
}

func summarised(s *engine.Standard, d *report.MonthlyDocument) error {
	if d == nil || d.Standard != s.Ref() {
		return refused("服务报告必须是本标准的", "the report must be on this standard")
	}
	return nil
}

// summaryBook writes the worksheets of a service report into a workbook.
type summaryBook struct {
	*book
	vocabulary
	d *report.MonthlyDocument
}

func newSummaryBook(b *book, s *engine.Standard, d *report.MonthlyDocument, o Options) *summaryBook {
	o.Lang = d.Lang
	return &summaryBook{book: b, vocabulary: vocabulary{o, s}, d: d}
}

func (b *summaryBook) write() {
	b.coverage()
	b.outcomes()
	b.worst()
	b.indicators()
	b.trend()
	b.rectification()
	b.comparisons()
	b.reported()
	b.proposals()
	b.keys()
}

// begin begins a table with what it is about in its footer.
func (b *summaryBook) begin(zh, en string, still int, fields ...field) *tableWriter {
	return b.table(b.pick(zh, en), b.title()+"  "+b.d.Period, still, fields...)
}

// with is rows with the total after them where there are several.
func (b *summaryBook) with(rows []report.FigureRow, total report.FigureRow) []report.FigureRow {
	if len(rows) == 1 {
		return rows
	}
	return append(slices.Clone(rows), total)
}

// figureField is a column of one figure.
type figureField struct{ name, zh, en string }

func (b *summaryBook) heads(list []figureField) []field {
	var out []field
	for _, f := range list {
		out = append(out, field{b.pick(f.zh, f.en), 11})
	}
	return out
}

// figures are the cells of those columns; nothing where a row lacks one.
func figures(r report.FigureRow, list []figureField) []datum {
	var out []datum
	for _, f := range list {
		x, ok := r.Figures[f.name]
		if !ok {
			out = append(out, words(""))
			continue
		}
		out = append(out, shortDecimal(x.Value.Rat(), 2))
	}
	return out
}

// shortDecimal is a number with at most some decimals and no zeros at the end.
func shortDecimal(r *big.Rat, places int) datum {
	text := r.FloatString(places)
	if strings.ContainsRune(text, '.') {
		text = strings.TrimRight(strings.TrimRight(text, "0"), ".")
	}
	if text == "-0" {
		text = "0"
	}
	return datum{text: text, number: true}
}

// percent is a share of two figures in percent points; nothing where there is
// nothing to share.
func percent(r report.FigureRow, part, of string) datum {
	whole := r.Figures[of].Value.Rat()
	if whole.Sign() <= 0 {
		return words("")
	}
	share := whole.Quo(r.Figures[part].Value.Rat(), whole)
	return shortDecimal(share.Mul(share, big.NewRat(100, 1)), 1)
}

func (b *summaryBook) coverage() {
	columns := []figureField{
		{"task.planned", "计划任务", "Tasks planned"},
		{"task.judged", "已判定任务", "Tasks judged"},
		{"item.due", "应查项", "Items due"},
		{"item.inspected", "已查", "Inspected"},
		{"item.not_inspected", "未检查", "Not inspected"},
		{"item.waived", "豁免", "Waived"},
		{"item.not_applicable", "不适用", "Not applicable"},
	}
	scored := b.d.Total.Figures["score"].Key != ""
	fields := append([]field{{b.pick("受检单位", "Subject"), 24}}, b.heads(columns)...)
	fields = append(fields, field{b.pick("覆盖率（%）", "Coverage (%)"), 11})
	score := []figureField{{"score", "平均得分（分）", "Mean score (points)"}}
	if scored {
		fields = append(fields, b.heads(score)...)
	}
	t := b.begin("检查概况", "Coverage", 1, fields...)
	for _, r := range b.with(b.d.Subjects, b.d.Total) {
		row := append([]datum{words(r.Title)}, figures(r, columns)...)
		row = append(row, percent(r, "item.inspected", "item.due"))
		if scored {
			row = append(row, figures(r, score)...)
		}
		t.row(row...)
	}
	t.end()
}

// outcomeFields are the columns of outcomes.
func (b *summaryBook) outcomeFields() []figureField {
	graded := func(o engine.Outcome) string { return b.outcome(o) }
	out := []figureField{}
	for _, o := range []engine.Outcome{engine.Pass, engine.Observation, engine.Fail, engine.Major} {
		out = append(out, figureField{"item." + o.String(), graded(o), graded(o)})
	}
	return append(out,
		figureField{"item.incomplete", "证据不足", "Incomplete"}, figureField{"item.referred", "待裁定", "Referred"}, figureField{"item.refused", "证据被拒", "Refused"},
		figureField{"item.ungraded", "只计分", "Scored only"}, figureField{"item.not_inspected", "未检查", "Not inspected"}, figureField{"item.waived", "豁免", "Waived"},
		figureField{"item.not_applicable", "不适用", "Not applicable"}, figureField{"item.decided", "有定论", "Decided"}, figureField{"item.failing", "不合格合计", "Failing in all"})
}

func (b *summaryBook) failing() field {
	return field{b.pick("不合格占比（%）", "Share failing (%)"), 12}
}

func (b *summaryBook) outcomes() {
	columns := b.outcomeFields()
	fields := append([]field{{b.pick("分类", "By"), 11}, {b.pick("名称", "Name"), 30}}, b.heads(columns)...)
	t := b.begin("检查结论", "Outcomes", 2, append(fields, b.failing())...)
	write := func(by string, rows []report.FigureRow) {
		for _, r := range rows {
			t.row(append(append([]datum{words(by), words(r.Title)}, figures(r, columns)...), percent(r, "item.failing", "item.decided"))...)
		}
	}
	write(b.pick("章节", "section"), b.d.Sections)
	write(b.pick("受检单位", "subject"), b.d.Subjects)
	write(b.pick("合计", "total"), []report.FigureRow{b.d.Total})
	t.end()
}

func (b *summaryBook) worst() {
	if len(b.d.Worst) == 0 {
		return
	}
	columns := b.outcomeFields()
	t := b.begin("问题较多的检查项", "Worst items", 1, append(append([]field{{b.pick("检查项", "Item"), 36}}, b.heads(columns)...), b.failing())...)
	for _, r := range b.d.Worst {
		t.row(append(append([]datum{words(r.Title)}, figures(r, columns)...), percent(r, "item.failing", "item.decided"))...)
	}
	t.end()
}

func (b *summaryBook) trend() {
	columns := []figureField{
		{"item.inspected", "已查项", "Items inspected"},
		{"item.decided", "有定论", "Decided"},
		{"item.failing", "不合格项", "Failing"},
		{"finding.standing", "问题", "Findings"},
		{"finding.repeat", "重复问题", "Repeats"},
		{"finding.due", "应整改", "Due"},
		{"finding.rectified", "已整改", "Rectified"},
	}
	fields := append([]field{{b.pick("期间", "Period"), 14}}, b.heads(columns)...)
	t := b.begin("趋势", "Trend", 1, append(fields, b.failing(), field{b.pick("整改率（%）", "Rectified (%)"), 11})...)
	for _, r := range b.d.Trend {
		t.row(append(append([]datum{words(r.Title)}, figures(r, columns)...), percent(r, "item.failing", "item.decided"), percent(r, "finding.rectified", "finding.due"))...)
	}
	t.end()
}

func (b *summaryBook) rectification() {
	columns := []figureField{
		{"finding.standing", "累计问题", "Findings so far"}, {"finding.due", "应整改", "Due"}, {"finding.rectified", "已整改", "Rectified"}, {"finding.overdue", "超期", "Overdue"},
	}
	fields := append([]field{{b.pick("受检单位", "Subject"), 24}}, b.heads(columns)...)
	t := b.begin("问题整改", "Rectification", 1, append(fields, field{b.pick("整改率（%）", "Rectified (%)"), 11})...)
	for _, r := range b.with(b.d.RectifiedSubject, b.d.Rectified) {
		t.row(append(append([]datum{words(r.Title)}, figures(r, columns)...), percent(r, "finding.rectified", "finding.due"))...)
	}
	t.end()
}

func (b *summaryBook) comparisons() {
	columns := []figureField{{"item.decided", "比较的检查项次", "Items compared"}}
	columns = append(columns, b.outcomeFields()[:4]...)
	columns = append(columns, figureField{"item.failing", "不合格合计", "Failing in all"})
	for _, c := range b.d.Comparisons {
		if len(c.Items) == 0 {
			continue
		}
		zh, en := "受检单位比较", "Comparison of subjects"
		if c.Kind == "parent" {
			zh, en = "区域比较", "Comparison of regions"
		}
		t := b.begin(zh, en, 1, append(append([]field{{b.pick("名称", "Name"), 24}}, b.heads(columns)...), b.failing())...)
		for _, r := range c.Rows {
			t.row(append(append([]datum{words(r.Title)}, figures(r, columns)...), percent(r, "item.failing", "item.decided"))...)
		}
		t.end()
	}
}

// reported are the findings of the period and those of earlier ones that are
// not settled.
func (b *summaryBook) reported() {
	if len(b.d.Findings)+len(b.d.Earlier) == 0 {
		return
	}
	titles := map[string]string{}
	for _, r := range b.d.Subjects {
		titles[r.Key] = r.Title
	}
	t := b.begin("问题清单", "List of findings", 4, field{b.pick("发现于", "Found"), 9}, field{b.pick("程度", "Grade"), 12}, field{b.pick("受检单位", "Subject"), 20}, field{b.pick("检查项", "Item"), 26},
		field{b.pick("单位", "Unit"), 18}, field{b.pick("期间", "Period"), 10}, field{b.pick("问题", "Finding"), 26}, field{b.pick("说明", "Explanation"), 46}, field{b.pick("状态", "State"), 11},
		field{b.pick("期限", "Due"), 16}, field{b.pick("逾期", "Overdue"), 8}, field{b.pick("重复", "Repeat"), 8}, field{b.pick("问题编号", "ID"), 30})
	write := func(when string, list []report.ReportedFinding) {
		for _, f := range list {
			subject, overdue, repeat := titles[f.Subject], datum{}, datum{}
			if subject == "" {
				subject = b.subject(f.Subject)
			}
			if f.Overdue {
				overdue = datum{text: b.pick("逾期", "overdue"), look: bad}
			}
			if len(f.Repeats) > 0 {
				repeat = datum{text: b.pick("重复", "repeat"), look: fair}
			}
			t.row(words(when), datum{text: f.Words, look: quietly(engine.Answer{State: engine.Decided, Best: f.Grade})}, words(subject), words(f.Title), words(f.Unit), words(f.Period),
				words(f.Label), words(strings.Join(f.Reasons, "\n")), words(f.State.Words().In(b.Lang)), words(b.moment(f.Due)), overdue, repeat, words(f.ID))
		}
	}
	write(b.pick("本期", "now"), b.d.Findings)
	write(b.pick("以前", "earlier"), b.d.Earlier)
	t.end()
}

func (b *summaryBook) proposals() {
	if len(b.d.Proposals) == 0 {
		return
	}
	t := b.begin("改进建议", "Proposals", 1, field{b.pick("建议", "Proposal"), 60}, field{b.pick("负责人", "Owner"), 18}, field{b.pick("提出时间", "Proposed at"), 16}, field{b.pick("结果", "Outcome"), 40}, field{b.pick("问题编号", "Finding"), 30})
	for _, p := range b.d.Proposals {
		outcome := datum{text: b.pick("跟踪中", "open"), look: fair}
		if p.Outcome != "" {
			outcome = words(p.Outcome)
		}
		t.row(words(p.Improvement), words(p.Owner), words(b.moment(p.At)), outcome, words(p.Finding))
	}
	t.end()
}

// keys is every figure of the report with its key, in the order of the report
// and of the keys.
func (b *summaryBook) keys() {
	t := b.begin("数的来源", "Sources of figures", 1, field{b.pick("键（chk report --trace 用它列出所数的记录）", "Key (chk report --trace shows what it counts)"), 80}, field{b.pick("关于", "About"), 40}, field{b.pick("数", "Figure"), 16})
	seen := map[string]bool{}
	write := func(rows ...report.FigureRow) {
		for _, r := range rows {
			var names []string
			for name := range r.Figures {
				names = append(names, name)
			}
			slices.Sort(names)
			for _, name := range names {
				f := r.Figures[name]
				about := fmt.Sprintf("%s\x00%s", f.Key, r.Title)
				if f.Key == "" || seen[about] {
					continue
				}
				seen[about] = true
				t.row(words(f.Key), words(r.Title), decimalOf(f.Value))
			}
		}
	}
	write(b.d.Total)
	write(b.d.Subjects...)
	write(b.d.Sections...)
	write(b.d.Worst...)
	write(b.d.Trend...)
	write(b.d.RectifiedSubject...)
	write(b.d.Rectified)
	for _, c := range b.d.Comparisons {
		write(c.Rows...)
	}
	t.end()
}
