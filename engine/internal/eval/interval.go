package eval

import (
	"math"
	"slices"

	exprast "github.com/expr-lang/expr/ast"
)

// intervals is a set of whole numbers: disjoint, in rising order, not touching.
type intervals []interval

type interval struct{ low, high int64 }

func (s intervals) complement() intervals {
	var out intervals
	low, open := int64(math.MinInt64), true
	for _, i := range s {
		if i.low > low {
			out = append(out, interval{low, i.low - 1})
		}
		if open = i.high < math.MaxInt64; open {
			low = i.high + 1
		}
	}
	if open {
		out = append(out, interval{low, math.MaxInt64})
	}
	return out
}

func (s intervals) union(o intervals) intervals {
	all := slices.Concat(s, o)
	slices.SortFunc(all, func(a, b interval) int {
		switch {
		case a.low < b.low:
			return -1
		case a.low > b.low:
			return 1
		}
		return 0
	})
	var out intervals
	for _, i := range all {
		if n := len(out); n > 0 && (out[n-1].high == math.MaxInt64 || i.low <= out[n-1].high+1) {
			out[n-1].high = max(out[n-1].high, i.high)
			continue
		}
		out = append(out, i)
	}
	return out
}

func (s intervals) intersection(o intervals) intervals {
	return s.complement().union(o.complement()).complement()
}

func (s intervals) has(n int64) bool {
	return slices.ContainsFunc(s, func(i interval) bool { return n >= i.low && n <= i.high })
}

// quantity is what a leaf looks at: a slot, a difference of two, or whether a
// slot is absent, which is 1, or known, which is 0.
type quantity struct {
	kind        leafKind
	left, right int32
}

// within finds the quantity that a condition hangs on alone, and the values of
// it for which the condition holds. While the quantity is unknown, so is the
// condition: there is no leaf without the quantity in it.
func within(n exprast.Node) (q quantity, holds intervals, ok bool) {
	if l, leaf := leafOf(n); leaf {
		q = quantity{l.kind, l.left, l.right}
		if l.kind == absenceLeaf {
			l.low, l.high = 1, 1
		}
		if l.low <= l.high {
			holds = intervals{{l.low, l.high}}
		}
		if l.within == False {
			holds = holds.complement()
		}
		return q, holds, true
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		if n.Operator == "not" {
			q, holds, ok = within(n.Node)
			return q, holds.complement(), ok
		}
	case *exprast.BinaryNode:
		if n.Operator != "and" && n.Operator != "or" {
			return q, nil, false
		}
		q, left, ok := within(n.Left)
		if !ok {
			return q, nil, false
		}
		p, right, ok := within(n.Right)
		if !ok || p != q {
			return q, nil, false
		}
		if n.Operator == "or" {
			return q, left.union(right), true
		}
		return q, left.intersection(right), true
	}
	return q, nil, false
}
