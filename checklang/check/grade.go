package check

import (
	"math/big"
	"slices"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
)

// band is the interval of scores of one grade; a nil end is unbounded.
type band struct {
	stage             *ast.Stage
	low, high         *big.Rat
	lowOpen, highOpen bool
}

// gradeBands reports grades that claim the same score, and scores between two
// grades that none claims. Grades overlap where their conditions are intervals
// of the score and nothing else; of those that also depend on facts the first
// that holds is given. An otherwise leaves no gap.
func (c *checker) gradeBands(s *Scoring) {
	var bands []band
	var graded []*ast.Stage
	whole, facts := true, false
	for _, stage := range s.Stages {
		switch e := s.When[stage]; {
		case stage.Grade == nil:
		case e == nil || e.Type.Kind == Invalid:
			whole = false
		default:
			graded = append(graded, stage)
			b := band{stage: stage}
			if !c.narrow(&b, e.Node) {
				facts = true
				continue
			}
			bands = append(bands, b)
		}
	}
	for i, b := range bands {
		for _, earlier := range bands[:i] {
			if overlap(earlier, b) {
				c.grades(earlier, b, diagnostic.Words{ZH: "重叠", EN: "overlap"})
			}
		}
	}
	switch {
	case !whole:
		return
	case facts:
		c.gradeFacts(graded, s.When)
		return
	}
	byLow := slices.Clone(bands)
	slices.SortStableFunc(byLow, func(a, b band) int {
		switch {
		case a.low == nil && b.low == nil:
			return 0
		case a.low == nil:
			return -1
		case b.low == nil:
			return 1
		}
		return a.low.Cmp(b.low)
	})
	for i := 1; i < len(byLow); i++ {
		below, above := byLow[i-1], byLow[i]
		if below.high == nil || above.low == nil {
			continue
		}
		if d := below.high.Cmp(above.low); d < 0 || (d == 0 && below.highOpen && above.lowOpen) {
			c.grades(below, above, diagnostic.Words{ZH: "之间有缺口", EN: "leave a gap"})
		}
	}
}

func (c *checker) grades(a, b band, what diagnostic.Words) {
	if a.stage.Start > b.stage.Start { // report at the one written later
		a, b = b, a
	}
	d := c.diagnose(diagnostic.GradeBands, b.stage.Range, a.stage.Grade.Value, b.stage.Grade.Value, what)
	*d = d.WithRelated(c.span(a.stage.Range), diagnostic.Words{ZH: "另一个等级", EN: "the other grade"})
}

func overlap(a, b band) bool {
	apart := func(high, low *big.Rat, open bool) bool {
		return high != nil && low != nil && (high.Cmp(low) < 0 || (high.Cmp(low) == 0 && open))
	}
	return !apart(a.high, b.low, a.highOpen || b.lowOpen) && !apart(b.high, a.low, b.highOpen || a.lowOpen)
}

// narrow intersects a band with a condition, if the condition is an interval
// of the score.
func (c *checker) narrow(b *band, n node) bool {
	binary, ok := n.(*exprast.BinaryNode)
	if !ok {
		return false
	}
	atLeast := func(r *big.Rat, open bool) {
		if b.low == nil || r.Cmp(b.low) > 0 || (r.Cmp(b.low) == 0 && open) {
			b.low, b.lowOpen = r, open
		}
	}
	atMost := func(r *big.Rat, open bool) {
		if b.high == nil || r.Cmp(b.high) < 0 || (r.Cmp(b.high) == 0 && open) {
			b.high, b.highOpen = r, open
		}
	}
	if binary.Operator == "and" {
		return c.narrow(b, binary.Left) && c.narrow(b, binary.Right)
	}
	isScore := func(n node) bool {
		v, ok := c.out.Info.Objects[n].(*Variable)
		return ok && v.Role == ScoreRole
	}
	if binary.Operator == "in" {
		ends, ok := binary.Right.(*exprast.BinaryNode)
		if !ok || ends.Operator != ".." || !isScore(binary.Left) {
			return false
		}
		low, high := Constant(c.out.Info, ends.Left), Constant(c.out.Info, ends.Right)
		if low == nil || high == nil {
			return false
		}
		atLeast(low, false)
		atMost(high, false)
		return true
	}
	op, limit := binary.Operator, Constant(c.out.Info, binary.Right)
	if !isScore(binary.Left) {
		if !isScore(binary.Right) {
			return false
		}
		op, limit = mirrored[op], Constant(c.out.Info, binary.Left)
	}
	if limit == nil {
		return false
	}
	switch op {
	case ">", ">=":
		atLeast(limit, op == ">")
	case "<", "<=":
		atMost(limit, op == "<")
	case "==":
		atLeast(limit, false)
		atMost(limit, false)
	default:
		return false
	}
	return true
}

// mirrored is the comparison with its sides exchanged.
var mirrored = map[string]string{"<": ">", "<=": ">=", ">": "<", ">=": "<=", "==": "=="}
