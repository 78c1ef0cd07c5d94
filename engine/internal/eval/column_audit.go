package eval

import (
	"math/big"
	"reflect"

	exprast "github.com/expr-lang/expr/ast"
)

// Second prepares expr's virtual machine as the second evaluator of what an
// aggregate is over; body is the aggregate's own but in tests. A body that only
// Exact can evaluate has none.
func (a *Aggregate) Second(l *Layout, body exprast.Node, env *Env) error {
	lw := &lowering{layout: l, env: env}
	var err error
	if a.counts {
		if n := lw.condition(body); !lw.failed {
			a.second, err = newAudit(n, reflect.Bool)
		}
		return err
	}
	if v := lw.number(body); !lw.failed && v.constant == nil && v.dyn == nil {
		a.second, err = newAudit(v.node, reflect.Int)
	}
	return err
}

// Audit takes in the chosen units once more, one by one, row by row, and says
// whether the second evaluator finds the same for each of them, where it
// speaks, and they add up to the same total.
func (a *Aggregate) Audit(units func(yield func(*Exact) bool), total *Total) (same bool, err error) {
	var again Total
	same = true
	for x := range units {
		before := again.Yes
		a.AddUnit(x, &again)
		if a.second == nil {
			continue
		}
		if a.counts {
			held, ok, err := a.second.Condition(x.Env)
			if err != nil {
				return false, err
			}
			same = same && (!ok || held == (again.Yes > before))
			continue
		}
		n, ok, err := a.second.number(x.Env)
		if err != nil {
			return false, err
		}
		if v := x.Value(a.Body); ok && v.point() {
			same = same && v.Low.Cmp(new(big.Rat).SetFrac(big.NewInt(n), a.den)) == 0
		}
	}
	return same && again.equals(total), nil
}

func (t *Total) equals(o *Total) bool {
	if t.Units != o.Units || t.Yes != o.Yes || t.Open != o.Open || (t.sum == nil) != (o.sum == nil) {
		return false
	}
	return t.sum == nil || (t.sum.Cmp(o.sum) == 0 && t.min.Cmp(o.min) == 0 && t.max.Cmp(o.max) == 0)
}
