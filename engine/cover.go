package engine

import (
	"math/big"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Coverage says how far the rule tests of one item reach: how many there are,
// which outcomes they expect, which criteria held in none of them, and which
// limits they do not close in on from both sides.
//
// A limit is a comparison with a constant or with a parameter in a criterion,
// in when the item applies, or in what it draws. It is reached when some test
// stands exactly on it and another next to it: one second, one day or one
// whole unit away, on the side on which the comparison turns. Numbers with
// fractions have no neighbour; there any value on the other side counts. Only
// tests count in which the condition hangs on the comparison.
type Coverage struct {
	Item          string      `json:"item"`
	Tests         int         `json:"tests"`
	Outcomes      []string    `json:"outcomes"`
	Criteria      int         `json:"criteria"`
	Reached       int         `json:"reached"`
	Unreached     []string    `json:"unreached,omitempty"`
	Limits        int         `json:"limits"`
	LimitsReached int         `json:"limits_reached"`
	OpenLimits    []OpenLimit `json:"open_limits,omitempty"`
}

// OpenLimit is a limit that tests do not reach from both sides. Missing lists
// the distances from the limit at which a test is missing, such as "on the
// limit" and "1s above". Part is empty for an item without parts,
// Criterion for a limit in when a part applies or what it draws.
type OpenLimit struct {
	Part      string  `json:"part,omitempty"`
	Criterion string  `json:"criterion,omitempty"`
	Limit     Words   `json:"limit"`
	Missing   []Words `json:"missing"`
}

// Cover sums up test results by item, in printed order. Passes without a
// condition are not counted as criteria.
func Cover(s *Standard, results []TestResult) []Coverage {
	var out []Coverage
	for _, item := range s.checked.Items {
		c := Coverage{Item: item.ID, Outcomes: []string{}}
		reached := map[string]bool{}
		limits := map[limitKey]*reach{}
		for _, r := range results {
			if r.Item != item.ID {
				continue
			}
			c.Tests++
			c.Outcomes = append(c.Outcomes, r.Outcomes...)
			for _, k := range r.Reached {
				reached[k] = true
			}
			for l, near := range r.limits {
				if limits[l] == nil {
					limits[l] = &reach{}
				}
				limits[l].join(near)
			}
		}
		slices.Sort(c.Outcomes)
		c.Outcomes = slices.Compact(c.Outcomes)
		for _, p := range item.Parts {
			for _, k := range p.Criteria {
				if k.Kind == check.PassCriterion {
					continue
				}
				c.Criteria++
				if reached[p.ID+": "+k.ID] {
					c.Reached++
				} else {
					c.Unreached = append(c.Unreached, strings.TrimSpace(p.Name.First+" "+k.ID))
				}
			}
			s.coverLimits(p, limits, &c)
		}
		out = append(out, c)
	}
	return out
}

func (s *Standard) coverLimits(p *check.Part, seen map[limitKey]*reach, c *Coverage) {
	compiled := s.parts[p.ID]
	w := &witness{standard: s, part: compiled, exact: eval.Exact{Layout: compiled.layout, Env: &eval.Env{Zone: s.zone}}}
	for _, l := range s.limitsOf(compiled) {
		c.Limits++
		near := seen[l.key()]
		if near == nil {
			near = &reach{}
		}
		lacks := l.lacks(near)
		if len(lacks) == 0 {
			c.LimitsReached++
			continue
		}
		value, bound := w.words(l.value), w.words(l.bound)
		open := OpenLimit{Part: p.Name.First, Criterion: l.criterion, Limit: Words{value.ZH + " " + l.operator + " " + bound.ZH, value.EN + " " + l.operator + " " + bound.EN}}
		for _, d := range lacks {
			open.Missing = append(open.Missing, w.distance(l, d))
		}
		c.OpenLimits = append(c.OpenLimits, open)
	}
}

// distance says how far from a limit a test is missing.
func (w *witness) distance(l *limit, d *big.Rat) Words {
	switch {
	case d.Sign() == 0:
		return Words{"恰在界限上", "on the limit"}
	case l.step == nil && d.Sign() > 0:
		return Words{"高于界限", "above the limit"}
	case l.step == nil:
		return Words{"低于界限", "below the limit"}
	}
	size := new(big.Rat).Abs(d)
	t := w.standard.checked.Info.TypeOf(l.value)
	unit := Words{size.RatString(), size.RatString()}
	switch t.Kind {
	case check.Time, check.Clock, check.Duration:
		unit = Words{"1秒", "1s"}
	case check.Date:
		unit = Words{"1天", "1 day"}
	}
	if d.Sign() > 0 {
		return Words{"高" + unit.ZH, unit.EN + " above"}
	}
	return Words{"低" + unit.ZH, unit.EN + " below"}
}
