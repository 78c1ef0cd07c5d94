package engine

import (
	"math/big"

	"github.com/pinjian/pinjian/sampling/estimate"
)

// SummaryPart pools the samples and indicators of one part over the Judged
// verdicts that had one.
//
// Of samples Population, Drawn, Inspected and Failing are sums. UpperBound is
// that of [Proof] and stands only where there was one sample: a pool of
// samples of several populations is not one sample, and to claim a bound of it
// would claim more than they show.
//
// Of measures Met, Missed and Open say how many reached their target. Compare,
// Target and Kind are what they have in common, empty or nil where they
// differ. Least and Most are the smallest and the largest value. Where each is
// a ratio of counts, Numerator and Denominator are sums and Value is their
// ratio; else Value is that of a lone measure that is known, and nil for
// several. Bound is the exact one-sided 95 % bound of the true ratio on the side
// where it would miss the target (lower for >= and >, upper for <= and <), by
// the hypergeometric distribution; it stands only where one measure is a ratio
// over all units of one sample of a larger population.
type SummaryPart struct {
	Part        string  `json:"part"`
	Judged      int64   `json:"judged"`
	Samples     int64   `json:"samples,omitempty"`
	Population  int64   `json:"population,omitempty"`
	Drawn       int64   `json:"drawn,omitempty"`
	Inspected   int64   `json:"inspected,omitempty"`
	Failing     int64   `json:"failing,omitempty"`
	UpperBound  string  `json:"upper_bound,omitempty"`
	Measures    int64   `json:"measures,omitempty"`
	Met         int64   `json:"met,omitempty"`
	Missed      int64   `json:"missed,omitempty"`
	Open        int64   `json:"open,omitempty"`
	Kind        string  `json:"kind,omitempty"`
	Compare     string  `json:"compare,omitempty"`
	Target      *Number `json:"target,omitempty"`
	Least       *Number `json:"least,omitempty"`
	Most        *Number `json:"most,omitempty"`
	Numerator   *Number `json:"numerator,omitempty"`
	Denominator *Number `json:"denominator,omitempty"`
	Value       *Number `json:"value,omitempty"`
	Bound       *Number `json:"bound,omitempty"`
}

// add takes in a verdict of the part.
func (p *SummaryPart) add(v *Verdict) {
	one := SummaryPart{Part: p.Part, Judged: 1}
	if s := v.Sample; s != nil {
		one.Samples, one.Population, one.Drawn, one.Inspected, one.Failing = 1, s.Population, int64(s.Drawn), int64(s.Inspected), int64(s.Failing)
		one.UpperBound = s.UpperBound
	}
	if m := v.Measure; m != nil {
		one.Measures, one.Kind, one.Compare, one.Target, one.Least, one.Most = 1, m.Kind, m.Compare, &m.Target, &m.Least, &m.Most
		if m.Numerator != nil && m.Denominator != nil && m.Least.Cmp(m.Most) == 0 {
			one.Numerator, one.Denominator = m.Numerator, m.Denominator
		}
		switch met, known := m.met(); {
		case !known:
			one.Open = 1
		case met:
			one.Met = 1
		default:
			one.Missed = 1
		}
	}
	p.merge(&one)
}

// met says whether the target is reached, where that is known.
func (m *Measure) met() (met, known bool) {
	least, most := m.Least.Cmp(m.Target), m.Most.Cmp(m.Target)
	switch m.Compare {
	case ">=":
		return least >= 0, least >= 0 || most < 0
	case ">":
		return least > 0, least > 0 || most <= 0
	case "<=":
		return most <= 0, most <= 0 || least > 0
	case "<":
		return most < 0, most < 0 || least >= 0
	case "==":
		return least == 0 && most == 0, least == most && least == 0 || least > 0 || most < 0
	case "!=":
		return least > 0 || most < 0, least == most && least == 0 || least > 0 || most < 0
	}
	return false, false
}

// merge takes in the same part of elsewhere, in any order.
func (p *SummaryPart) merge(o *SummaryPart) {
	if o.Samples > 0 {
		if p.Samples > 0 {
			p.UpperBound = ""
		} else {
			p.UpperBound = o.UpperBound
		}
		p.Samples += o.Samples
		p.Population, p.Drawn, p.Inspected, p.Failing = p.Population+o.Population, p.Drawn+o.Drawn, p.Inspected+o.Inspected, p.Failing+o.Failing
	}
	if o.Measures > 0 {
		first := p.Measures == 0
		if first {
			p.Kind, p.Compare, p.Target, p.Least, p.Most, p.Numerator, p.Denominator = o.Kind, o.Compare, o.Target, o.Least, o.Most, o.Numerator, o.Denominator
		} else {
			p.pool(o)
		}
		p.Measures, p.Met, p.Missed, p.Open = p.Measures+o.Measures, p.Met+o.Met, p.Missed+o.Missed, p.Open+o.Open
	}
	p.Judged += o.Judged
}

// pool joins measures that both have.
func (p *SummaryPart) pool(o *SummaryPart) {
	if p.Target == nil || o.Target == nil || p.Compare != o.Compare || p.Target.Cmp(*o.Target) != 0 {
		p.Compare, p.Target = "", nil
	}
	if p.Kind == "" || p.Kind != o.Kind { // nothing can be said of durations and numbers at once
		p.Kind, p.Compare, p.Target, p.Least, p.Most, p.Numerator, p.Denominator = "", "", nil, nil, nil, nil, nil
		return
	}
	if o.Least.Cmp(*p.Least) < 0 {
		p.Least = o.Least
	}
	if o.Most.Cmp(*p.Most) > 0 {
		p.Most = o.Most
	}
	if p.Numerator == nil || o.Numerator == nil {
		p.Numerator, p.Denominator = nil, nil
		return
	}
	p.Numerator, p.Denominator = plusNumber(p.Numerator, o.Numerator), plusNumber(p.Denominator, o.Denominator)
}

// finished has Value and Bound.
func (p *SummaryPart) finished() SummaryPart {
	out := *p
	out.Value, out.Bound = nil, nil
	switch {
	case p.Measures == 0:
	case p.Numerator != nil && p.Denominator.Rat().Sign() > 0:
		v := NumberOf(new(big.Rat).Quo(p.Numerator.Rat(), p.Denominator.Rat()))
		out.Value = &v
	case p.Measures == 1 && p.Least != nil && p.Least.Cmp(*p.Most) == 0:
		out.Value = p.Least
	}
	if p.Judged == 1 && p.Samples == 1 && p.Measures == 1 && p.Numerator != nil {
		out.Bound = p.bound()
	}
	return out
}

// bound is how far the true ratio may lie from that of the sample.
func (p *SummaryPart) bound() *Number {
	n, d := p.Numerator.Rat(), p.Denominator.Rat()
	if !n.IsInt() || !d.IsInt() || n.Sign() < 0 || n.Cmp(d) > 0 || d.Cmp(big.NewRat(p.Drawn, 1)) != 0 || p.Population <= p.Drawn {
		return nil
	}
	hits := n.Num().Int64()
	lower := p.Compare == ">=" || p.Compare == ">"
	if lower {
		hits = p.Drawn - hits
	} else if p.Compare != "<=" && p.Compare != "<" {
		return nil
	}
	b, err := estimate.UpperBound(hits, p.Drawn, p.Population, nil)
	if err != nil || b.Rate == nil {
		return nil
	}
	rate := b.Rate
	if lower {
		rate = new(big.Rat).Sub(big.NewRat(1, 1), rate)
	}
	out := NumberOf(rate)
	return &out
}
