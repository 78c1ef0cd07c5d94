package xlsx

import (
	"cmp"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/report"
)

// ResultOptions says what goes into a workbook of results beside the results.
type ResultOptions struct {
	Options
	Findings []engine.Finding     // as they stand, for the register of findings
	Refused  []*engine.InputError // what was refused before a task was judged
	Now      time.Time            // when overdue is meant; the zero time marks nothing as overdue
	// Monthly adds the worksheets of WriteSummary after the others; nil adds none.
	Monthly *report.MonthlyDocument
}

// WriteResults writes the results of one standard as a workbook: the outcome of
// every item and subject on one page, then items, units, what was found and
// why, what is missing or was refused, the scores with every step where the
// standard has points, and the findings where there are any. Every worksheet
// can be filtered, keeps its heads in sight and prints on A4. Texts from
// evidence stay texts whatever they begin with. The same results give the same
// bytes. A result of another standard is an *engine.Refusal.
func WriteResults(w io.Writer, s *engine.Standard, results []*engine.Result, o ResultOptions) error {
	for _, r := range results {
		if r == nil || r.Standard != s.Ref() {
			return refused("结果必须都按本标准判定", "all results must have been judged by this standard")
		}
	}
	if o.Monthly != nil {
		if err := summarised(s, o.Monthly); err != nil {
			return err
		}
	}
	b := &resultBook{book: newBook(), vocabulary: vocabulary{o.Options, s}, results: results, options: o}
	b.summary()
	b.items()
	b.units()
	b.reasons()
	b.open()
	b.scores()
	b.findings()
	if o.Monthly != nil {
		newSummaryBook(b.book, s, o.Monthly, o.Options).write()
	}
	return b.finish(w)
}

type resultBook struct {
	*book
	vocabulary
	results []*engine.Result
	options ResultOptions
}

// about are the columns that say what a row is about.
func (b *resultBook) about() []field {
	return []field{{b.pick("受检对象", "Subject"), 18}, {b.pick("期间", "Period"), 10}, {b.pick("编号", "Code"), 14}, {b.pick("检查项", "Item"), 24}}
}

// of are the same columns of a verdict.
func (b *resultBook) of(r *engine.Result, v *engine.Verdict) []datum {
	code := v.Item
	if v.Part != "" {
		code = v.Part
	}
	title := b.item(v.Item)
	switch v.Level {
	case "section":
		code, title = v.Section, b.pick("（整节）", "(section)")
	case "standard":
		code, title = "", b.pick("（整体）", "(overall)")
	}
	period := v.Period
	if period == "" {
		period = r.Period
	}
	return []datum{words(b.subject(r.Subject)), words(period), words(code), words(title)}
}

// summary is a row for every item and a column for every subject.
func (b *resultBook) summary() {
	type rowKey struct{ item, period string }
	var order []rowKey
	cells := map[rowKey]map[int]engine.Answer{}
	for i, r := range b.results {
		for j := range r.Verdicts {
			v := &r.Verdicts[j]
			if v.Level != "item" && v.Level != "standard" {
				continue
			}
			k := rowKey{v.Item, v.Period}
			if cells[k] == nil {
				cells[k] = map[int]engine.Answer{}
				order = append(order, k)
			}
			cells[k][i] = v.Answer
		}
	}
	// The whole comes last.
	slices.SortStableFunc(order, func(a, b rowKey) int { return cmp.Compare(min(1, len(b.item)), min(1, len(a.item))) })
	fields := []field{{b.pick("编号", "Code"), 14}, {b.pick("检查项", "Item"), 26}, {b.pick("期间", "Period"), 10}}
	for _, r := range b.results {
		fields = append(fields, field{b.subject(r.Subject), 16})
	}
	t := b.table(b.pick("汇总", "Summary"), b.title(), 3, fields...)
	for _, k := range order {
		data := []datum{words(k.item), words(b.item(k.item)), words(k.period)}
		if k.item == "" {
			data[1] = words(b.pick("整体", "Overall"))
		}
		for i := range b.results {
			if a, ok := cells[k][i]; ok {
				data = append(data, b.answer(a))
			} else {
				data = append(data, words(""))
			}
		}
		t.row(data...)
	}
	t.end()
}

// items is a row for every item, section and whole of every subject.
func (b *resultBook) items() {
	fields := append(b.about(),
		field{b.pick("结论", "Outcome"), 14}, field{b.pick("范围", "Range"), 18}, field{b.pick("指标", "Measure"), 14}, field{b.pick("目标", "Target"), 12},
		field{b.pick("扣分至少", "Points lost, least"), 10}, field{b.pick("扣分至多", "Points lost, most"), 10}, field{b.pick("还缺", "Missing"), 9}, field{b.pick("待裁定", "Rulings"), 9})
	t := b.table(b.pick("检查项", "Items"), b.title(), 4, fields...)
	for _, r := range b.results {
		for i := range r.Verdicts {
			v := &r.Verdicts[i]
			if v.Level == "unit" || v.Level == "part" {
				continue
			}
			data := append(b.of(r, v), b.answer(v.Answer), words(b.between(v.Answer)))
			value, target := b.measure(v.Measure)
			data = append(data, value, target)
			least, most := words(""), words("")
			if v.Points != nil {
				if least = decimalOf(v.Points.Least); v.Points.Most != nil {
					most = decimalOf(*v.Points.Most)
				} else {
					most = words(b.pick("不定", "open"))
				}
			}
			t.row(append(data, least, most, count(len(v.Missing)), count(len(v.Rulings)))...)
		}
	}
	t.end()
}

// measure is the value of an indicator and its target.
func (b *resultBook) measure(m *engine.Measure) (value, target datum) {
	if m == nil {
		return words(""), words("")
	}
	show := func(n engine.Number) datum {
		if m.Kind == "duration" {
			return words(b.duration(n.Rat()))
		}
		return decimalOf(n)
	}
	value = show(m.Least)
	if m.Least.Cmp(m.Most) != 0 {
		value = words(show(m.Least).text + " .. " + show(m.Most).text)
	}
	return value, words(m.Compare + " " + show(m.Target).text)
}

// units is a row for every unit, and for every part that is about the subject.
func (b *resultBook) units() {
	fields := append(b.about(), field{b.pick("单位", "Unit"), 20}, field{b.pick("结论", "Outcome"), 14}, field{b.pick("范围", "Range"), 18}, field{b.pick("理由", "Reasons"), 50}, field{b.pick("还缺", "Missing"), 30})
	t := b.table(b.pick("单位", "Units"), b.title(), 5, fields...)
	for _, r := range b.results {
		for i := range r.Verdicts {
			v := &r.Verdicts[i]
			if v.Level != "unit" && (v.Level != "part" || v.Sample != nil) {
				continue
			}
			var reasons, missing []string
			for _, reason := range v.Reasons {
				reasons = append(reasons, engine.Text(b.Lang, reason))
			}
			for _, m := range slices.Concat(v.Missing, v.Rulings) {
				missing = append(missing, m.Name)
			}
			t.row(append(b.of(r, v), words(v.Unit), b.answer(v.Answer), words(b.between(v.Answer)), words(strings.Join(reasons, "\n")), words(strings.Join(missing, "\n")))...)
		}
	}
	t.end()
}

// reasons is a row for each decisive clause of a unit or part, unless it says
// that all is well.
func (b *resultBook) reasons() {
	fields := append(b.about(), field{b.pick("单位", "Unit"), 20}, field{b.pick("程度", "Grade"), 12}, field{b.pick("判定", "Criterion"), 26}, field{b.pick("说明", "Explanation"), 56}, field{b.pick("扣分", "Points"), 9}, field{b.pick("条款位置", "Place"), 22})
	t := b.table(b.pick("发现", "Found"), b.title(), 5, fields...)
	for _, r := range b.results {
		for i := range r.Verdicts {
			v := &r.Verdicts[i]
			for _, reason := range v.Reasons {
				if (v.Level == "item" || v.Level == "standard") || reason.Key == "pass" || reason.Key == "no_population" || (reason.Key == "target" && reason.Outcome <= engine.Pass) {
					continue
				}
				grade := datum{}
				if reason.Outcome > 0 {
					grade = datum{text: b.outcome(reason.Outcome), look: quietly(engine.Answer{State: engine.Decided, Best: reason.Outcome})}
				}
				points := words("")
				if reason.Points != nil {
					points = decimalOf(*reason.Points)
				}
				t.row(append(b.of(r, v), words(v.Unit), grade, words(cmp.Or(reason.Label, reason.Criterion)), words(engine.Text(b.Lang, reason)), points, words(reason.Place))...)
			}
		}
	}
	t.end()
}

// open is what is missing, contradictory or refused.
func (b *resultBook) open() {
	fields := append(b.about(), field{b.pick("单位", "Unit"), 20}, field{b.pick("情况", "What"), 12}, field{b.pick("名称", "Name"), 26}, field{b.pick("说明", "Explanation"), 60})
	t := b.table(b.pick("缺漏", "Missing"), b.title(), 5, fields...)
	lacking, ruling := words(b.pick("还缺", "missing")), words(b.pick("待裁定", "ruling"))
	for _, r := range b.results {
		for i := range r.Verdicts {
			v := &r.Verdicts[i]
			if v.Level != "item" {
				continue
			}
			for _, m := range v.Missing {
				t.row(append(b.of(r, v), words(m.Unit), lacking, words(m.Name), words(""))...)
			}
			for _, m := range v.Rulings {
				t.row(append(b.of(r, v), words(m.Unit), ruling, words(m.Name), words(""))...)
			}
		}
		of := func(part string) []datum {
			return []datum{words(b.subject(r.Subject)), words(r.Period), words(part), words("")}
		}
		for _, c := range r.Conflicts {
			text := b.pick("两个答案："+c.First+"、"+c.Second, "two answers: "+c.First+", "+c.Second)
			if c.Kind == "identity" {
				text = b.pick("编号 "+c.First+" 的提交有两种内容", "the submission "+c.First+" came with two contents")
			}
			t.row(append(of(c.Part), words(c.Unit), datum{text: b.pick("矛盾", "conflict"), look: fair}, words(c.Name), words(text))...)
		}
		for _, x := range r.Refused {
			t.row(append(of(""), words(""), datum{text: b.pick("拒收", "refused"), look: bad}, words(x.Path), words(b.refusal(x)))...)
		}
	}
	for _, x := range b.options.Refused {
		t.row(words(""), words(""), words(""), words(""), words(""), datum{text: b.pick("拒收", "refused"), look: bad}, words(x.Path), words(b.refusal(x)))
	}
	t.end()
}

func (b *resultBook) refusal(x *engine.InputError) string {
	text := x.Code + " " + x.Message(b.Lang)
	if x.Source != "" {
		text = x.Source + b.pick("：", ": ") + text
	}
	return text
}

// scores is the score of every subject and every step of it, where the standard
// has points.
func (b *resultBook) scores() {
	type scored struct {
		result *engine.Result
		score  engine.Score
	}
	var all []scored
	for _, r := range b.results {
		if score, err := b.standard.Score(r); err == nil {
			all = append(all, scored{r, score})
		}
	}
	if len(all) == 0 {
		return
	}
	subject := field{b.pick("受检对象", "Subject"), 18}
	period := field{b.pick("期间", "Period"), 10}
	value := func(n *engine.Number) datum {
		if n == nil {
			return words("")
		}
		return decimalOf(*n)
	}
	t := b.table(b.pick("得分", "Scores"), b.title(), 1, subject, period, field{b.pick("得分", "Score"), 10}, field{b.pick("等级", "Grade"), 14}, field{b.pick("至少", "At least"), 10}, field{b.pick("至多", "At most"), 10})
	for _, s := range all {
		score := decimalOf(s.score.Value)
		if s.score.Open {
			score = datum{text: b.pick("未定", "open"), look: fair}
		}
		t.row(words(b.subject(s.result.Subject)), words(s.result.Period), score, words(s.score.Band), value(s.score.Least), value(s.score.Most))
	}
	t.end()
	t = b.table(b.pick("计分步骤", "Score steps"), b.title(), 2, subject, period, field{b.pick("对象", "Of"), 18}, field{b.pick("步骤", "Step"), 60}, field{b.pick("分数", "Amount"), 10}, field{b.pick("其后至少", "Then at least"), 10}, field{b.pick("其后至多", "Then at most"), 10}, field{b.pick("条款位置", "Place"), 22})
	for _, s := range all {
		for _, step := range s.score.Steps {
			name := step.Name
			if step.Level == "total" {
				name = b.pick("总分", "total")
			}
			t.row(words(b.subject(s.result.Subject)), words(s.result.Period), words(name), words(step.Words().In(b.Lang)), value(step.Amount), value(step.Least), value(step.Most), words(step.Place))
		}
	}
	t.end()
}

// findings is the register of findings.
func (b *resultBook) findings() {
	if len(b.options.Findings) == 0 {
		return
	}
	fields := append(b.about(), field{b.pick("单位", "Unit"), 18}, field{b.pick("程度", "Grade"), 12}, field{b.pick("问题", "Finding"), 28}, field{b.pick("状态", "State"), 12},
		field{b.pick("责任方", "Parties"), 22}, field{b.pick("期限", "Due"), 16}, field{b.pick("逾期", "Overdue"), 8}, field{b.pick("开出时间", "Opened"), 16}, field{b.pick("编号", "ID"), 30})
	t := b.table(b.pick("整改台账", "Findings"), b.title(), 5, fields...)
	for _, f := range b.options.Findings {
		var parties []string
		for _, p := range f.Parties {
			parties = append(parties, p.ID)
		}
		overdue := datum{}
		if !b.options.Now.IsZero() && f.Overdue(b.options.Now) {
			overdue = datum{text: b.pick("逾期", "overdue"), look: bad}
		}
		code := cmp.Or(f.Part, f.Item, f.Section)
		t.row(words(b.subject(f.Subject)), words(f.Period), words(code), words(b.item(f.Item)), words(f.Unit),
			datum{text: b.outcome(f.Grade), look: quietly(engine.Answer{State: engine.Decided, Best: f.Grade})}, words(cmp.Or(f.Label, f.Criterion)),
			words(f.State.Words().In(b.Lang)), words(strings.Join(parties, b.pick("、", ", "))), words(b.moment(f.Due)), overdue, words(b.moment(f.Opened)), words(f.ID))
	}
	t.end()
}
