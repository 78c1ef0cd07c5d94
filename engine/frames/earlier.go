package frames

import (
	"crypto/sha256"
	"encoding/hex"
	"iter"
	"math/big"
	"slices"
	"time"

	"github.com/pinjian/pinjian/engine"
)

// The records of std/earlier, by their first names.
const (
	selfCheckRecord     = "自检"
	findingRecord       = "整改记录"
	monthlyFigureRecord = "月报数据"
)

// SelfChecks is the frame of the record SelfCheck of std/earlier: one unit for
// each result, named by its task, so that a region samples the self-checks of
// its projects as it samples work orders. The results are those of the tier of
// self-checks; of several of one task the last counts, the one that no other
// names as the previous one. A self-check belongs to the period in which its
// own ends. Zone is that of the standard that judged; nil is UTC. A result
// without a period, as releases before it was written made them, is refused.
func SelfChecks(results iter.Seq[*engine.Result], zone *time.Location) (*Table, error) {
	if zone == nil {
		zone = time.UTC
	}
	t := &Table{Name: selfCheckRecord, Record: selfCheckRecord, timed: true}
	earlier := map[string]bool{}
	for r := range results {
		if r == nil {
			continue
		}
		p, err := engine.ParsePeriod(r.Period, zone)
		if err != nil {
			return nil, refused("结果 %s 没有写明期间，不能作为自检抽查：%v", "result %s says no period and can't be sampled as a self-check: %v", r.ID, err)
		}
		if r.Previous != "" {
			earlier[r.Previous] = true
		}
		last := p.End.Add(-time.Nanosecond)
		row := Row{ID: r.Task, Subject: r.Subject, At: last, Values: selfCheck(r)}
		row.Values["期间首日"], row.Values["期间末日"] = engine.DateOf(p.Start.In(zone)), engine.DateOf(last.In(zone))
		t.Rows = append(t.Rows, row)
	}
	t.Rows = slices.DeleteFunc(t.Rows, func(row Row) bool {
		id, _ := row.Values["结果编号"].(string)
		return earlier[id]
	})
	number(t)
	return t, nil
}

// number gives rows the places that errors name.
func number(t *Table) {
	for i := range t.Rows {
		t.Rows[i].Line = i + 1
	}
}

func selfCheck(r *engine.Result) map[string]any {
	count := map[string]int{}
	outcome := "自检未定"
	for i := range r.Verdicts {
		switch v := &r.Verdicts[i]; {
		case v.State == engine.Waived:
			count["豁免单位数"]++
		case v.Level == "standard":
			outcome = selfCheckOutcome(v.Answer)
		case v.Level == "item" && v.State != engine.NotApplicable && v.State != engine.Ungraded:
			count["应查项数"]++
			count[itemCount(v.Answer)]++
		}
	}
	values := map[string]any{
		"自检任务": r.Task, "结果编号": r.ID, "自检期间": r.Period, "已结束": r.Closed, "自检结论": outcome,
		"矛盾条数": len(r.Conflicts), "拒收条数": len(r.Refused), "重新判定": r.Previous != "",
	}
	for _, name := range []string{"应查项数", "未查项数", "未定项数", "合格项数", "观察项数", "不合格项数", "严重不合格项数", "豁免单位数"} {
		values[name] = count[name]
	}
	return values
}

func selfCheckOutcome(a engine.Answer) string {
	switch {
	case a.State == engine.NotApplicable:
		return "自检不适用"
	case a.State != engine.Decided:
		return "自检未定"
	}
	return map[engine.Outcome]string{engine.Pass: "自检合格", engine.Observation: "自检有观察项", engine.Fail: "自检不合格", engine.Major: "自检严重不合格"}[a.Best]
}

func itemCount(a engine.Answer) string {
	switch {
	case a.State == engine.NotInspected:
		return "未查项数"
	case a.State != engine.Decided:
		return "未定项数"
	}
	return map[engine.Outcome]string{engine.Pass: "合格项数", engine.Observation: "观察项数", engine.Fail: "不合格项数", engine.Major: "严重不合格项数"}[a.Best]
}

// Findings is the frame of the record FindingRecord of std/earlier: one unit
// for each finding, named by its id, so that a region samples the
// rectifications of its projects. A finding belongs to its subject and to the
// period in which it was opened, and says what its events say up to the last.
func Findings(findings iter.Seq[engine.Finding]) *Table {
	t := &Table{Name: findingRecord, Record: findingRecord, timed: true}
	for f := range findings {
		t.Rows = append(t.Rows, Row{ID: f.ID, Subject: f.Subject, At: f.Opened, Values: rectification(&f)})
	}
	number(t)
	return t
}

var (
	findingGrades = map[engine.Outcome]string{engine.Observation: "列为观察项", engine.Fail: "列为一般不符合", engine.Major: "列为严重不符合"}
	findingStates = map[engine.FindingState]string{
		"open": "待整改", "answered": "已答复", "verified": "已验证", "closed": "已关闭", "reopened": "已重开", "withdrawn": "已撤销",
	}
)

func rectification(f *engine.Finding) map[string]any {
	values := map[string]any{
		"问题编号": f.ID, "所属期间": f.Period, "所属检查项": optional(f.Item), "所属单位": optional(f.Unit), "问题内容": optional(f.Label),
		"问题等级": findingGrades[f.Grade], "判定等级": findingGrades[f.Judged], "整改状态": findingStates[f.State], "发现时间": f.Opened,
		"当前期限": moment(f.Due), "原因分析": optional(f.Answer["cause"]), "纠正内容": optional(f.Answer["correction"]), "预防内容": optional(f.Answer["prevention"]),
		"附件数": len(f.Attachments), "同类次数": len(f.Repeats), "现场验证": false,
	}
	var answered, verified, closed time.Time
	var corrector, verifier string
	reopened, appealed, onSite := 0, 0, false
	restart := func() {
		answered, verified, closed, corrector, verifier, onSite = time.Time{}, time.Time{}, time.Time{}, "", "", false
	}
	for _, e := range f.Events {
		switch e.Kind {
		case "answer":
			answered, corrector = e.At, e.By
		case "verify":
			if e.Fields["result"] == "ineffective" {
				reopened++
				restart()
				continue
			}
			verified, verifier, onSite = e.At, e.By, e.Fields["method"] == "on site"
		case "close":
			closed = e.At
		case "reopen":
			reopened++
			restart()
		case "appeal":
			appealed++
		}
	}
	if f.State == "open" || f.State == "reopened" { // what was done is not, or no longer, enough
		restart()
	}
	values["答复时间"], values["验证时间"], values["关闭时间"] = moment(answered), moment(verified), moment(closed)
	values["整改人"], values["验证人"], values["现场验证"] = optional(corrector), optional(verifier), onSite
	values["重开次数"], values["申诉次数"] = reopened, appealed
	return values
}

// optional is absent for an empty text.
func optional(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// moment is absent for the zero time.
func moment(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t
}

// MonthlyFigures is the frame of the record MonthlyFigure of std/earlier: one
// unit for every figure of a monthly report, as its summary has them, so that
// headquarters sample and recompute what a region reported. Each count of each
// row is a figure, each indicator that stands ("measure." and the part), and
// the mean of the scores ("score.mean"). A unit is named by the month and the
// key under which [engine.Summary.Trace] yields what the figure counts. The
// figures belong to the subject that reports and to the end of the month.
func MonthlyFigures(s *engine.Summary, subject string, month engine.Period) *Table {
	t := &Table{Name: monthlyFigureRecord, Record: monthlyFigureRecord, timed: true}
	add := func(key string, value engine.Number, numerator, denominator *engine.Number) {
		values := map[string]any{
			"数据名称": key, "报告月份": month.Name, "报告写法": value.String(), "报告数值": sixPlaces(&value), "分子": sixPlaces(numerator), "分母": sixPlaces(denominator),
		}
		t.Rows = append(t.Rows, Row{ID: figureID(month.Name + "/" + key), Subject: subject, At: month.End.Add(-time.Nanosecond), Values: values})
	}
	for row := range s.Rows() {
		names := make([]string, 0, len(row.Counts))
		for name := range row.Counts {
			names = append(names, name)
		}
		slices.Sort(names)
		for _, name := range names {
			add(row.Figure(name), engine.NumberOf(new(big.Rat).SetInt64(row.Counts[name])), nil, nil)
		}
		for _, p := range row.Parts {
			if p.Value != nil && p.Kind == "number" {
				add(row.Figure("measure."+p.Part), *p.Value, p.Numerator, p.Denominator)
			}
		}
		if n := row.Counts["score.decided"]; row.ScoreSum != nil && n > 0 {
			count := engine.NumberOf(new(big.Rat).SetInt64(n))
			add(row.Figure("score.mean"), engine.NumberOf(new(big.Rat).Quo(row.ScoreSum.Rat(), count.Rat())), row.ScoreSum, &count)
		}
	}
	number(t)
	return t
}

// sixPlaces is a number that .chk can hold, absent where it would have to be
// rounded.
func sixPlaces(n *engine.Number) any {
	if n == nil {
		return nil
	}
	r := n.Rat()
	if places, exact := r.FloatPrec(); !exact || places > 6 || r.Abs(r).Cmp(big.NewRat(9_000_000_000_000, 1)) >= 0 {
		return nil
	}
	return *n
}

// longestID is how long the id of a unit that is drawn may be, in bytes.
const longestID = 200

// figureID shortens a long key, so that it stays its own.
func figureID(key string) string {
	if len(key) <= longestID {
		return key
	}
	sum := sha256.Sum256([]byte(key))
	cut := longestID - 2*8 - 3
	for cut > 0 && key[cut]&0xC0 == 0x80 { // within a character
		cut--
	}
	return key[:cut] + "…" + hex.EncodeToString(sum[:8])
}
