package xlsx

import (
	"fmt"
	"math/big"
	"time"

	"github.com/pinjian/pinjian/engine"
)

// indicators are the measures of the report. A ratio with a target of at most 1
// is given in percent points, as on the page of the report.
func (b *summaryBook) indicators() {
	if len(b.d.Indicators) == 0 {
		return
	}
	t := b.begin("指标", "Indicators", 2, field{b.pick("指标", "Indicator"), 34}, field{b.pick("受检单位", "Subject"), 22}, field{b.pick("分子", "Numerator"), 12}, field{b.pick("分母", "Denominator"), 12},
		field{b.pick("实际值至少", "Value, least"), 12}, field{b.pick("实际值至多", "Value, most"), 12}, field{b.pick("比较", "Compare"), 8}, field{b.pick("目标", "Target"), 12}, field{b.pick("单位", "Unit"), 8},
		field{b.pick("达标", "Met"), 8}, field{b.pick("未达标", "Missed"), 8}, field{b.pick("未定", "Open"), 8})
	for i := range b.d.Indicators {
		m := &b.d.Indicators[i]
		p := &m.Pool
		subject := b.pick("合计", "Total")
		for _, r := range b.d.Subjects {
			if m.Subject == r.Key {
				subject = r.Title
			}
		}
		one := big.NewRat(1, 1)
		share := p.Kind == "number" && p.Numerator != nil && p.Target != nil && p.Target.Rat().Cmp(one) <= 0 && p.Target.Rat().Sign() > 0
		show := func(n *engine.Number, share bool) datum {
			switch {
			case n == nil:
				return words("")
			case p.Kind == "duration":
				return words(b.duration(n.Rat()))
			case share:
				r := n.Rat()
				return shortDecimal(r.Mul(r, big.NewRat(100, 1)), 1)
			}
			return shortDecimal(n.Rat(), 3)
		}
		least, most := p.Least, p.Most
		if p.Value != nil {
			least, most = p.Value, p.Value
		}
		unit, target := "", show(p.Target, share)
		if share {
			unit = "%"
		}
		if p.Target == nil {
			target = words(b.pick("各不相同", "differs"))
		}
		t.row(words(m.Title), words(subject), show(p.Numerator, false), show(p.Denominator, false), show(least, share), show(most, share), words(p.Compare), target, words(unit),
			count(p.Met), count(p.Missed), count(p.Open))
	}
	t.end()
}

// duration is a number of nanoseconds in the largest units.
func (v vocabulary) duration(r *big.Rat) string {
	n := new(big.Int).Quo(r.Num(), r.Denom())
	if !n.IsInt64() || !new(big.Int).Neg(n).IsInt64() {
		return n.String() + " ns"
	}
	d := n.Int64()
	sign := ""
	if d < 0 {
		sign, d = "-", -d
	}
	out := ""
	for _, u := range []struct {
		of     time.Duration
		zh, en string
	}{{24 * time.Hour, "天", "d"}, {time.Hour, "小时", "h"}, {time.Minute, "分钟", "m"}, {time.Second, "秒", "s"}} {
		if k := d / int64(u.of); k > 0 {
			out += fmt.Sprint(k) + v.pick(u.zh, u.en)
			d %= int64(u.of)
		}
	}
	if out == "" {
		return v.pick("0秒", "0s")
	}
	return sign + out
}
