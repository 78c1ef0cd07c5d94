package check

import (
	"fmt"
	"math/big"
	"slices"
	"strings"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
)

// maxSituations bounds the situations that are tried for a gap.
const maxSituations = 4_096

// quantity is something that conditions of grades compare with constants, with
// values that stand for all: each constant, one between each two, and one
// beyond each end. A condition of any other kind is a quantity of 0 and 1.
type quantity struct {
	text   string
	limits []*big.Rat
	points []*big.Rat
	truth  bool
	choice *ChoiceType // its values are the members
	count  bool        // a whole number from 0 up
	share  bool        // from 0 to 1
}

// gradeFacts looks for a score that has no grade where some fact holds: grades
// that depend on facts must leave nothing open either. Quantities are taken to
// vary freely; where they can't, an otherwise says so. Nothing is said of grades
// with conditions of another kind.
func (c *checker) gradeFacts(stages []*ast.Stage, when map[*ast.Stage]*Expr) {
	var all []*quantity
	for _, s := range stages {
		if !c.quantities(when[s].Node, &all) {
			return
		}
	}
	situations := 1
	for _, q := range all {
		q.sample()
		if situations *= len(q.points); situations > maxSituations {
			return
		}
	}
	at := map[string]*big.Rat{}
	var least, most *big.Rat // of the scores with a grade
	var gaps []map[string]*big.Rat
	var try func(i int)
	try = func(i int) {
		if i < len(all) {
			for _, p := range all[i].points {
				at[all[i].text] = p
				try(i + 1)
			}
			return
		}
		if !slices.ContainsFunc(stages, func(s *ast.Stage) bool { return c.holds(when[s].Node, at) }) {
			gap := map[string]*big.Rat{}
			for k, v := range at {
				gap[k] = v
			}
			gaps = append(gaps, gap)
			return
		}
		score := at["score"]
		if score == nil {
			score = new(big.Rat)
		}
		if least == nil || score.Cmp(least) < 0 {
			least = score
		}
		if most == nil || score.Cmp(most) > 0 {
			most = score
		}
	}
	try(0)
	for _, gap := range gaps {
		if score := gap["score"]; least == nil || (score != nil && (score.Cmp(least) < 0 || score.Cmp(most) > 0)) {
			continue
		}
		var at []string
		for _, q := range all {
			switch value := gap[q.text]; {
			case q.truth:
				at = append(at, fmt.Sprintf("%s = %t", q.text, value.Sign() != 0))
			case q.choice != nil:
				at = append(at, q.text+" = "+q.choice.Members[value.Num().Int64()].Name.First)
			default:
				at = append(at, q.text+" = "+decimal(value))
			}
		}
		last := stages[len(stages)-1]
		witness := strings.Join(at, ", ")
		c.report(diagnostic.GradeBands, last.Range, stages[0].Grade.Value, last.Grade.Value, diagnostic.Words{
			ZH: "之间有缺口：" + witness + " 时没有等级", EN: "leave a gap: none holds at " + witness,
		})
		return
	}
}

// quantities gathers what a condition compares; it is false for a condition of
// which the values can't be told.
func (c *checker) quantities(n node, all *[]*quantity) bool {
	find := func(n node) *quantity {
		text := Canonical(c.out.Info, n)
		for _, q := range *all {
			if q.text == text {
				return q
			}
		}
		q := &quantity{text: text}
		*all = append(*all, q)
		return q
	}
	if left, right, ok := connected(n); ok {
		return c.quantities(left, all) && (right == nil || c.quantities(right, all))
	}
	if of, _, limits := c.compared(n); of != nil {
		q := find(of)
		q.limits = append(q.limits, limits...)
		b, _ := c.out.Info.Objects[of].(Builtin)
		_, population := c.out.Info.Objects[of].(*Population)
		q.count, q.share, q.choice = b == "count" || population, b == "share", c.out.Info.TypeOf(of).Choice
		return true
	}
	if v, ok := c.out.Info.Objects[n].(*Variable); ok && v.Type.Kind == Bool {
		find(n).truth = true
		return true
	}
	return false
}

// connected takes apart what and, or and not connect.
func connected(n node) (left, right node, ok bool) {
	switch n := n.(type) {
	case *exprast.UnaryNode:
		return n.Node, nil, n.Operator == "not"
	case *exprast.BinaryNode:
		return n.Left, n.Right, n.Operator == "and" || n.Operator == "or"
	}
	return nil, nil, false
}

// compared takes apart a comparison with constants; of is nil for any other
// condition. The operator is turned so that of stands on the left.
func (c *checker) compared(n node) (of node, op string, limits []*big.Rat) {
	binary, ok := n.(*exprast.BinaryNode)
	if !ok {
		return nil, "", nil
	}
	switch c.out.Info.TypeOf(binary.Left).Kind {
	case Number:
	case Choice:
		if m, ok := c.out.Info.Objects[binary.Right].(*Member); ok {
			return binary.Left, binary.Operator, []*big.Rat{new(big.Rat).SetInt64(int64(m.Ordinal))}
		}
		return nil, "", nil
	default:
		return nil, "", nil
	}
	if binary.Operator == "in" {
		ends, ok := binary.Right.(*exprast.BinaryNode)
		if !ok || ends.Operator != ".." {
			return nil, "", nil
		}
		low, high := Constant(c.out.Info, ends.Left), Constant(c.out.Info, ends.Right)
		if low == nil || high == nil {
			return nil, "", nil
		}
		return binary.Left, "in", []*big.Rat{low, high}
	}
	if limit := Constant(c.out.Info, binary.Right); limit != nil && (mirrored[binary.Operator] != "" || binary.Operator == "!=") {
		return binary.Left, binary.Operator, []*big.Rat{limit}
	}
	if limit := Constant(c.out.Info, binary.Left); limit != nil && mirrored[binary.Operator] != "" {
		return binary.Right, mirrored[binary.Operator], []*big.Rat{limit}
	}
	return nil, "", nil
}

// sample gives the quantity the points that stand for all its values.
func (q *quantity) sample() {
	one := big.NewRat(1, 1)
	switch {
	case q.truth:
		q.points = []*big.Rat{new(big.Rat), one}
		return
	case q.choice != nil:
		for i := range q.choice.Members {
			q.points = append(q.points, big.NewRat(int64(i), 1))
		}
		return
	}
	if q.count || q.share {
		q.limits = append(q.limits, new(big.Rat))
	}
	if q.share {
		q.limits = append(q.limits, one)
	}
	slices.SortFunc(q.limits, (*big.Rat).Cmp)
	q.limits = slices.CompactFunc(q.limits, func(a, b *big.Rat) bool { return a.Cmp(b) == 0 })
	q.add(new(big.Rat).Sub(q.limits[0], one))
	for i, l := range q.limits {
		if i > 0 {
			between := new(big.Rat).Add(q.limits[i-1], l)
			between.Quo(between, big.NewRat(2, 1))
			if q.count {
				between.SetInt(new(big.Int).Quo(between.Num(), between.Denom()))
			}
			if between.Cmp(q.limits[i-1]) > 0 && between.Cmp(l) < 0 {
				q.add(between)
			}
		}
		q.add(l)
	}
	q.add(new(big.Rat).Add(q.limits[len(q.limits)-1], one))
}

func (q *quantity) add(p *big.Rat) {
	if (q.count || q.share) && p.Sign() < 0 || q.share && p.Cmp(big.NewRat(1, 1)) > 0 || q.count && !p.IsInt() {
		return
	}
	q.points = append(q.points, p)
}

// holds evaluates a condition of a grade in one situation.
func (c *checker) holds(n node, at map[string]*big.Rat) bool {
	if left, right, ok := connected(n); ok {
		switch b, _ := n.(*exprast.BinaryNode); {
		case right == nil:
			return !c.holds(left, at)
		case b.Operator == "and":
			return c.holds(left, at) && c.holds(right, at)
		}
		return c.holds(left, at) || c.holds(right, at)
	}
	of, op, limits := c.compared(n)
	if of == nil {
		value := at[Canonical(c.out.Info, n)]
		return value != nil && value.Sign() != 0
	}
	value := at[Canonical(c.out.Info, of)]
	if value == nil {
		return false
	}
	d := value.Cmp(limits[0])
	switch op {
	case "<":
		return d < 0
	case "<=":
		return d <= 0
	case ">":
		return d > 0
	case ">=":
		return d >= 0
	case "==":
		return d == 0
	case "!=":
		return d != 0
	}
	return d >= 0 && value.Cmp(limits[1]) <= 0
}
