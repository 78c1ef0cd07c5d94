package engine

import (
	"math/big"
	"slices"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// limit is a comparison with a constant or a parameter: two tests should
// stand on its two sides, as near to each other as the type allows.
type limit struct {
	part     *part
	node     exprast.Node // the comparison; nil for a target
	operator string       // with the value on the left
	value    exprast.Node
	bound    exprast.Node
	step     *big.Rat // between neighbouring values; nil where there is none
	// roots are the conditions that the comparison stands in: it counts as
	// reached only where the truth of one of them hangs on it. A target has
	// none.
	roots []exprast.Node
	over  stage
	// criterion is the first that the limit stands in; empty in the condition
	// of a part or a sample.
	criterion string
}

// limitKey names a limit from one run to the next.
type limitKey struct {
	node     exprast.Node // the comparison, or the value of a measure
	operator string
}

func (l *limit) key() limitKey {
	if l.node == nil {
		return limitKey{l.value, l.operator}
	}
	return limitKey{l.node, l.operator}
}

// stage says in which environment a limit is looked at.
type stage uint8

const (
	unitLimit   stage = iota
	frameLimit        // in the condition of a sample, before units are ruled out
	sampleLimit       // over the sample
)

// reach is what the tests gave on both sides of a limit: the values nearest to
// it, as their distances, nil where none came.
type reach struct {
	at          bool
	below, over *big.Rat // below is negative
}

func (r *reach) see(d *big.Rat) {
	switch d.Sign() {
	case 0:
		r.at = true
	case 1:
		if r.over == nil || d.Cmp(r.over) < 0 {
			r.over = d
		}
	default:
		if r.below == nil || d.Cmp(r.below) > 0 {
			r.below = d
		}
	}
}

// join adds what another test gave.
func (r *reach) join(o *reach) {
	r.at = r.at || o.at
	for _, d := range []*big.Rat{o.below, o.over} {
		if d != nil {
			r.see(d)
		}
	}
}

// lacks lists the distances from the limit at which a test is missing, nearest
// first; a distance without a step is only a direction.
func (l *limit) lacks(r *reach) []*big.Rat {
	step := l.step
	if step == nil {
		step = new(big.Rat).SetFrac64(1, eval.Millionths)
	}
	near := func(d *big.Rat) bool { return d != nil && (l.step == nil || new(big.Rat).Abs(d).Cmp(step) == 0) }
	var out []*big.Rat
	if !r.at {
		out = append(out, new(big.Rat))
	}
	below := new(big.Rat).Neg(step)
	switch l.operator {
	case ">", "<=":
		if !near(r.over) {
			out = append(out, step)
		}
	case "<", ">=":
		if !near(r.below) {
			out = append(out, below)
		}
	default:
		if !near(r.over) && !near(r.below) {
			out = append(out, step)
		}
	}
	return out
}

// limitsOf finds the limits of a part in the order in which they are written:
// in when it applies, what it draws, and its criteria, computed fields and
// shared expressions included. Each is listed once, though several criteria
// may use it.
func (s *Standard) limitsOf(c *part) []*limit {
	f := &limitFinder{standard: s, part: c}
	for _, k := range c.applies {
		f.condition(k.node, k.node, unitLimit)
	}
	if c.where != nil {
		f.condition(c.where.node, c.where.node, frameLimit)
	}
	for _, p := range c.checked.Criteria {
		for _, level := range []struct {
			clauses []*clause
			over    stage
		}{{c.unit.clauses, unitLimit}, {c.sample.clauses, sampleLimit}} {
			for _, k := range level.clauses {
				if k.criterion != p {
					continue
				}
				f.criterion = p.ID
				if k.node != nil {
					f.condition(k.node, k.node, level.over)
				}
				if k.kind == check.TargetCriterion && c.measure != nil && p.Target != nil && f.constant(p.Target.Node) {
					f.found = append(f.found, &limit{part: c, operator: p.Compare, value: c.measure.Node, bound: p.Target.Node, step: f.step(c.measure.Node), over: level.over, criterion: p.ID})
					f.values(c.measure.Node, level.over)
				}
			}
		}
	}
	return f.found
}

type limitFinder struct {
	standard  *Standard
	part      *part
	criterion string
	found     []*limit
}

func (f *limitFinder) info() *check.Info { return f.standard.checked.Info }

// condition collects the limits below a node of the conditions of root.
func (f *limitFinder) condition(n, root exprast.Node, over stage) {
	if body := f.standard.bodyOf(n); body != nil {
		f.condition(body, root, over)
		return
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		f.condition(n.Node, root, over)
		return
	case *exprast.BinaryNode:
		switch n.Operator {
		case "and", "or":
			f.condition(n.Left, root, over)
			f.condition(n.Right, root, over)
			return
		case "in":
			if group, ok := n.Right.(*exprast.BinaryNode); ok && group.Operator == ".." {
				f.add(n, ">=", n.Left, group.Left, root, over)
				f.add(n, "<=", n.Left, group.Right, root, over)
			}
		case "<", "<=", ">", ">=", "==", "!=":
			if f.constant(n.Right) {
				f.add(n, n.Operator, n.Left, n.Right, root, over)
			} else if f.constant(n.Left) {
				f.add(n, flipped[n.Operator], n.Right, n.Left, root, over)
			}
		}
	}
	f.values(n, over)
}

var flipped = map[string]string{"<": ">", ">": "<", "<=": ">=", ">=": "<=", "==": "==", "!=": "!="}

func (f *limitFinder) add(n exprast.Node, operator string, value, bound, root exprast.Node, over stage) {
	switch f.info().TypeOf(value).Kind {
	case check.Number, check.Time, check.Date, check.Clock, check.Duration:
	default:
		return
	}
	if !f.constant(bound) || f.constant(value) {
		return
	}
	l := &limit{part: f.part, node: n, operator: operator, value: value, bound: bound, step: f.step(value), roots: []exprast.Node{root}, over: over, criterion: f.criterion}
	for _, known := range f.found {
		if known.key() == l.key() && known.over == over {
			known.roots = append(known.roots, root)
			return
		}
	}
	f.found = append(f.found, l)
}

// values collects the limits of conditions that stand within a value: in the
// bodies of aggregates, which are judged unit by unit, and in choices by if.
func (f *limitFinder) values(n exprast.Node, over stage) {
	if body := f.standard.bodyOf(n); body != nil {
		f.values(body, over)
		return
	}
	if call, ok := n.(*exprast.CallNode); ok {
		name, _ := f.info().Objects[n].(check.Builtin)
		if check.IsAggregate(string(name)) {
			over = unitLimit
		}
		if name == "count" || name == "share" || name == "if" {
			f.condition(call.Arguments[0], call.Arguments[0], over)
			for _, a := range call.Arguments[1:] {
				f.values(a, over)
			}
			return
		}
	}
	for _, child := range children(n) {
		f.values(child, over)
	}
}

// constant says whether an expression reads nothing of units, subjects and
// periods. Parameters are constants: every test gives them a value.
func (f *limitFinder) constant(n exprast.Node) bool {
	switch o := f.info().Objects[n].(type) {
	case *check.Define:
		return o.Value == nil || f.constant(o.Value.Node)
	case nil:
	default:
		return false
	}
	switch n := n.(type) {
	case *exprast.ConstantNode:
		return true
	case *exprast.UnaryNode:
		return n.Operator == "-" && f.constant(n.Node)
	case *exprast.BinaryNode:
		return slices.Contains([]string{"+", "-", "*", "/"}, n.Operator) && f.constant(n.Left) && f.constant(n.Right)
	}
	return false
}

// step is the distance of neighbouring values: one second, one day, or one for
// whole numbers. Other numbers have none.
func (f *limitFinder) step(n exprast.Node) *big.Rat {
	switch t := f.info().TypeOf(n); t.Kind {
	case check.Time, check.Clock, check.Duration:
		return big.NewRat(1e9, 1)
	case check.Date:
		return big.NewRat(1, 1)
	case check.Number:
		if t.Whole {
			return big.NewRat(1, 1)
		}
	}
	return nil
}

// bodyOf follows a computed field of the unit or a shared expression to what
// it stands for; nil for everything else.
func (s *Standard) bodyOf(n exprast.Node) exprast.Node {
	return (&witness{standard: s}).body(n)
}

// probe looks at the limits of one environment and notes how near its values
// come, where the truth of the condition hangs on them.
func (s *Standard) probe(limits []*limit, over stage, c *part, env *eval.Env, into map[limitKey]*reach) {
	for _, l := range limits {
		if l.over != over {
			continue
		}
		x := eval.Exact{Layout: c.layout, Env: env}
		value, bound := x.Value(l.value), x.Value(l.bound)
		if !value.Known || !bound.Known || value.Low.Cmp(value.High) != 0 {
			continue
		}
		whenTrue := forced{standard: s, exact: x, limit: l, truth: eval.True}
		whenFalse := forced{standard: s, exact: x, limit: l, truth: eval.False}
		if len(l.roots) > 0 && !slices.ContainsFunc(l.roots, func(root exprast.Node) bool { return whenTrue.condition(root) != whenFalse.condition(root) }) {
			continue
		}
		if into[l.key()] == nil {
			into[l.key()] = &reach{}
		}
		into[l.key()].see(new(big.Rat).Sub(value.Low, bound.Low))
	}
}

// probePart looks at the limits of a part's units and of its sample.
func (s *Standard) probePart(c *part, env *eval.Env, units []unitEvidence, into map[limitKey]*reach) {
	limits := s.limitsOf(c)
	inner := *env
	inner.Units = nil
	for _, u := range units {
		inner.Units = append(inner.Units, u.row)
	}
	for _, u := range units {
		inner.Unit = u.row
		s.probe(limits, unitLimit, c, &inner, into)
	}
	inner.Unit = make(eval.Row, len(c.variables))
	s.probe(limits, sampleLimit, c, &inner, into)
}

// forced evaluates a condition with the outcome of one comparison given.
type forced struct {
	standard *Standard
	exact    eval.Exact
	limit    *limit
	truth    eval.Truth
}

func (f *forced) condition(n exprast.Node) eval.Truth {
	switch n := n.(type) {
	case *exprast.UnaryNode:
		if n.Operator == "not" {
			return negate(f.condition(n.Node))
		}
	case *exprast.BinaryNode:
		switch {
		case n.Operator == "or":
			return either(f.condition(n.Left), f.condition(n.Right))
		case n.Operator == "and":
			return negate(either(negate(f.condition(n.Left)), negate(f.condition(n.Right))))
		case n == f.limit.node && n.Operator == "in":
			ends := n.Right.(*exprast.BinaryNode)
			other, operator := ends.Left, ">="
			if f.limit.operator == ">=" {
				other, operator = ends.Right, "<="
			}
			rest := eval.Compare(operator, f.exact.Value(n.Left), f.exact.Value(other), false)
			return negate(either(negate(f.truth), negate(rest)))
		case n == f.limit.node:
			return f.truth
		}
	}
	if body := f.standard.bodyOf(n); body != nil {
		return f.condition(body)
	}
	return f.exact.Condition(n)
}
