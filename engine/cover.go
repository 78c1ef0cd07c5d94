package engine

import (
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
)

// Coverage says how far the rule tests of one item reach: how many there are,
// which outcomes they expect, and which criteria held in none of them.
type Coverage struct {
	Item      string   `json:"item"`
	Tests     int      `json:"tests"`
	Outcomes  []string `json:"outcomes"`
	Criteria  int      `json:"criteria"`
	Reached   int      `json:"reached"`
	Unreached []string `json:"unreached,omitempty"`
}

// Cover sums up test results by item, in printed order. Passes without a
// condition are not counted as criteria.
func Cover(s *Standard, results []TestResult) []Coverage {
	var out []Coverage
	for _, item := range s.checked.Items {
		c := Coverage{Item: item.ID, Outcomes: []string{}}
		reached := map[string]bool{}
		for _, r := range results {
			if r.Item != item.ID {
				continue
			}
			c.Tests++
			c.Outcomes = append(c.Outcomes, r.Outcomes...)
			for _, k := range r.Reached {
				reached[k] = true
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
				if reached[p.ID+"\x00"+k.ID] {
					c.Reached++
				} else {
					c.Unreached = append(c.Unreached, strings.TrimSpace(p.Name.First+" "+k.ID))
				}
			}
		}
		out = append(out, c)
	}
	return out
}
