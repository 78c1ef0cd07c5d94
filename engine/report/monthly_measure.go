package report

import (
	"fmt"
	"math/big"
	"time"

	"github.com/pinjian/pinjian/engine"
)

// measures is the table of indicators.
func (w *monthlyWriter) measures() {
	t := w.terms
	if len(w.Indicators) == 0 {
		return
	}
	w.heading(2, t.pick("指标达成", "Indicators"))
	w.paragraph(styled(t.pick("抽样界限：有 95% 的把握，总体的真实值不会比它更差（单侧，按超几何分布精确计算）。只在一个样本、分母为全部样本单位、总体更大时给出；合并几个样本的不给出。",
		"Bound: with 95% confidence the true value of the population is no worse (one-sided, exact, hypergeometric). It is given only for one sample, where the denominator is all of its units and the population is larger; never for several samples together."), Muted))
	var rows [][]Line
	for i := range w.Indicators {
		m := &w.Indicators[i]
		subject := t.pick("合计", "Total")
		for _, r := range w.Subjects {
			if m.Subject == r.Key {
				subject = r.Title
			}
		}
		rows = append(rows, []Line{plain(m.Title), plain(subject), t.counted(&m.Pool), w.value(m), plain(t.target(&m.Pool)), t.met(&m.Pool), t.bound(&m.Pool)})
	}
	w.grid([]string{
		t.pick("指标", "Indicator"), t.pick("受检单位", "Subject"), t.pick("分子 ÷ 分母", "Numerator ÷ denominator"), t.pick("实际值", "Value"), t.pick("目标", "Target"),
		t.pick("达标", "Met"), t.pick("抽样界限", "Bound"),
	}, rows)
}

func (t *terms) counted(p *engine.SummaryPart) Line {
	if p.Numerator == nil {
		return styled("—", Muted)
	}
	return plain(t.quantity(p.Numerator.Rat(), p.Kind, false) + " ÷ " + t.quantity(p.Denominator.Rat(), p.Kind, false))
}

// value is the value, or the range where it is not one.
func (w *monthlyWriter) value(m *FigureMeasure) Line {
	t, p := w.terms, &m.Pool
	text := "—"
	switch {
	case p.Value != nil:
		text = t.quantity(p.Value.Rat(), p.Kind, isShare(p))
	case p.Least != nil:
		text = t.quantity(p.Least.Rat(), p.Kind, isShare(p)) + t.pick(" 至 ", " to ") + t.quantity(p.Most.Rat(), p.Kind, isShare(p))
	}
	return Line{{Text: text, Style: Strong, Figure: m.Key}}
}

func (t *terms) target(p *engine.SummaryPart) string {
	if p.Target == nil {
		return t.pick("各不相同", "differs")
	}
	return signs(p.Compare) + " " + t.quantity(p.Target.Rat(), p.Kind, isShare(p))
}

func (t *terms) met(p *engine.SummaryPart) Line {
	if p.Measures == 1 {
		switch {
		case p.Met == 1:
			return styled(t.pick("达标", "met"), PassStyle)
		case p.Missed == 1:
			return styled(t.pick("未达标", "missed"), Fail)
		}
		return styled(t.pick("未定", "open"), Refer)
	}
	return plain(fmt.Sprintf(t.pick("%d 个达标，%d 个未达标，%d 个未定", "%d met, %d missed, %d open"), p.Met, p.Missed, p.Open))
}

func (t *terms) bound(p *engine.SummaryPart) Line {
	if p.Bound == nil {
		return styled("—", Muted)
	}
	sign := "≤ "
	if p.Compare == ">=" || p.Compare == ">" {
		sign = "≥ "
	}
	return plain(sign + outward(p.Bound.Rat(), sign == "≤ "))
}

// outward is a bound in percent, rounded to the side that claims less.
func outward(r *big.Rat, up bool) string {
	thousandths := new(big.Rat).Mul(r, big.NewRat(1000, 1))
	n := new(big.Int).Div(thousandths.Num(), thousandths.Denom())
	if up && !thousandths.IsInt() {
		n.Add(n, big.NewInt(1))
	}
	return inPercent(new(big.Rat).SetFrac(n, big.NewInt(1000)))
}

// isShare says whether a measure reads better in percent: a ratio whose target
// is at most 1.
func isShare(p *engine.SummaryPart) bool {
	one := big.NewRat(1, 1)
	return p.Kind == "number" && p.Numerator != nil && p.Target != nil && p.Target.Rat().Cmp(one) <= 0 && p.Target.Rat().Sign() > 0
}

// quantity is a number, a share in percent, or a duration.
func (t *terms) quantity(r *big.Rat, kind string, share bool) string {
	switch {
	case kind == "duration":
		return t.duration(r)
	case share:
		return inPercent(r)
	}
	return rounded(r, 4)
}

// duration is a number of nanoseconds in the largest units.
func (t *terms) duration(r *big.Rat) string {
	n := new(big.Int).Div(r.Num(), r.Denom())
	if !n.IsInt64() {
		return rounded(r, 0) + "ns"
	}
	d := time.Duration(n.Int64())
	out := ""
	if d < 0 {
		out, d = "-", -d
	}
	for _, u := range []struct {
		of     time.Duration
		zh, en string
	}{{24 * time.Hour, "天", "d"}, {time.Hour, "小时", "h"}, {time.Minute, "分钟", "m"}, {time.Second, "秒", "s"}} {
		if k := int64(d / u.of); k > 0 {
			out += fmt.Sprint(k) + t.pick(u.zh, u.en)
			d %= u.of
		}
	}
	if out == "" || out == "-" {
		return t.pick("0秒", "0s")
	}
	return out
}
