package engine

import (
	"slices"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// swift is the unit level of a part, prepared for answers without reasons: it
// allocates nothing and leaves out every clause that can't move the answer. A
// part has none where a clause needs Exact or the second evaluator.
type swift struct {
	applies   []eval.Condition
	appliesTo []exprast.Node // what they are of
	steps     []step
	graded    bool
	lone      bool // one finding and nothing else
	// compared is what the finding of a lone clause hangs on, where it is one
	// comparison, and byTruth the answers that follow.
	compared *eval.Comparison
	byTruth  [eval.Maybe + 1]Answer
	any      bool // whether any outcome clause holds must be known
	referral int  // slot of the ruling on an unmatched unit, or -1
	// otherwise is the bounds of the clauses with otherwise; zero without.
	otherwise []step
	zoned     bool
}

// step is one clause that can move the answer, or tell whether any clause
// holds.
type step struct {
	condition eval.Condition // nil: the slot of a question
	flat      *eval.Flat     // the same, where it has that form
	node      exprast.Node   // what condition is of
	question  int
	ruling    int // slot of a ruling, or -1
	low, high Outcome
}

// prepare makes the swift form of a part's unit level, or nil.
func (s *Standard) prepare(c *part) *swift {
	if s.audit {
		return nil
	}
	w := &swift{graded: c.unit.grades(), referral: c.unit.referral, any: c.unit.referral >= 0}
	take := func(k *clause) bool {
		if k.node != nil && k.condition == nil {
			return false
		}
		w.zoned = w.zoned || k.zoned
		return true
	}
	for _, k := range c.applies {
		if !take(k) {
			return nil
		}
		w.applies = append(w.applies, k.condition)
		w.appliesTo = append(w.appliesTo, k.node)
	}
	for _, k := range c.unit.clauses {
		if k.criterion.Otherwise && k.kind != check.AwardCriterion && k.kind != check.DeductCriterion {
			w.any = true
		}
	}
	for _, k := range c.unit.clauses {
		st := step{condition: k.condition, flat: k.flat, node: k.node, question: k.question, ruling: k.ruling, low: k.grade, high: k.grade}
		switch k.kind {
		case check.TargetCriterion:
			return nil
		case check.DeductCriterion, check.AwardCriterion:
			continue
		case check.PassCriterion:
			if !w.any {
				continue
			}
			st.low, st.high = 0, 0
		case check.ReferCriterion:
			st.low = Pass
		}
		if k.criterion.Otherwise {
			w.otherwise = append(w.otherwise, st)
			continue
		}
		if !take(k) || (k.node == nil && k.question < 0) {
			return nil
		}
		w.steps = append(w.steps, st)
	}
	// The gravest first: what is no graver than a finding that stands need not
	// be looked at.
	slices.SortStableFunc(w.steps, func(a, b step) int { return int(b.high) - int(a.high) })
	w.lone = w.graded && len(w.steps) == 1 && len(w.applies) == 0 && !w.any && w.steps[0].low == w.steps[0].high && w.steps[0].high > Pass
	if w.lone {
		high := w.steps[0].high
		w.byTruth = [...]Answer{eval.False: {Decided, Pass, Pass}, eval.True: {Decided, high, high}, eval.Maybe: {Undecided, Pass, high}}
		w.compared = c.unit.compared()
	}
	return w
}

// reads lists the slots of the unit and of the setting that answers are found
// from, in rising order. It is worked out when a struct is bound, since few
// parts of a standard ever are.
func (w *swift) reads(s *Standard, layout *eval.Layout) (unit, setting []int) {
	take := func(n exprast.Node) {
		u, at := eval.Reads(eval.Lower(layout, n, &eval.Env{Zone: s.zone}))
		unit, setting = append(unit, u...), append(setting, at...)
	}
	for _, n := range w.appliesTo {
		take(n)
	}
	for _, st := range w.steps {
		if st.node != nil {
			take(st.node)
		} else {
			unit = append(unit, st.question)
		}
	}
	for _, st := range slices.Concat(w.steps, w.otherwise) {
		if st.ruling >= 0 {
			unit = append(unit, st.ruling)
		}
	}
	if w.referral >= 0 {
		unit = append(unit, w.referral)
	}
	slices.Sort(unit)
	slices.Sort(setting)
	return slices.Compact(unit), slices.Compact(setting)
}

// compared is the comparison that the one finding of a lone clause is, or nil.
func (l *level) compared() *eval.Comparison {
	var out *eval.Comparison
	for _, k := range l.clauses {
		switch k.kind {
		case check.PassCriterion, check.DeductCriterion, check.AwardCriterion:
		default:
			out = k.compared
		}
	}
	return out
}

// answer judges the unit of an environment; ok is false when numbers pass 64
// bits, and then the answer must be found exactly.
func (w *swift) answer(env *eval.Env) (answer Answer, ok bool) {
	if w.lone {
		var t eval.Truth
		if w.compared != nil {
			t = w.compared.Truth(env)
		} else {
			t = w.steps[0].truth(env)
		}
		if t > eval.Maybe {
			return Answer{}, false
		}
		return w.byTruth[t], true
	}
	if !w.graded {
		return Answer{State: Ungraded}, true
	}
	applies := eval.True
	for _, condition := range w.applies {
		switch condition(env) {
		case eval.False:
			applies = eval.False
		case eval.Maybe:
			if applies == eval.True {
				applies = eval.Maybe
			}
		case eval.True:
		default:
			return Answer{}, false
		}
	}
	if applies == eval.False {
		return Answer{State: NotApplicable}, true
	}
	best, worst, unsettled := Pass, Pass, Pass
	matched := eval.False
	for i := range w.steps {
		st := &w.steps[i]
		low, high := st.low, st.high
		if st.ruling >= 0 {
			if o, ruled := ruling(env, st.ruling); ruled {
				low, high = o, o
			}
		}
		if high <= best && (!w.any || matched == eval.True) {
			continue
		}
		t := st.truth(env)
		if t == eval.False {
			continue
		}
		if t.Overflowed() {
			return Answer{}, false
		}
		if matched != eval.True {
			matched = t
		}
		worst = max(worst, high)
		if t == eval.True {
			best = max(best, low)
		} else {
			unsettled = max(unsettled, high)
		}
	}
	if w.any {
		best, worst, unsettled = w.unmatched(env, matched, best, worst, unsettled)
	}
	answer = Answer{State: Decided, Best: best, Worst: worst}
	if best != worst {
		answer.State = Referred
		if unsettled > best {
			answer.State = Undecided
		}
	}
	if applies == eval.Maybe {
		answer.State, answer.Best = Undecided, 0
	}
	return answer, true
}

// truth evaluates the clause.
func (st *step) truth(env *eval.Env) eval.Truth {
	switch {
	case st.flat != nil:
		return st.flat.Truth(env)
	case st.condition != nil:
		return st.condition(env)
	}
	if slot := &env.Unit[st.question]; slot.State == eval.Known {
		return eval.Truth(slot.Num & 1)
	}
	return eval.Maybe
}

// unmatched adds what holds where no other clause does.
func (w *swift) unmatched(env *eval.Env, matched eval.Truth, best, worst, unsettled Outcome) (Outcome, Outcome, Outcome) {
	none := negate(matched)
	if none == eval.False {
		return best, worst, unsettled
	}
	for i := range w.otherwise {
		st := &w.otherwise[i]
		low, high := st.low, st.high
		if st.ruling >= 0 {
			if o, ruled := ruling(env, st.ruling); ruled {
				low, high = o, o
			}
		}
		worst = max(worst, high)
		if none == eval.True {
			best = max(best, low)
		} else {
			unsettled = max(unsettled, high)
		}
	}
	if w.referral >= 0 {
		low, high := Pass, Fail
		if o, ruled := ruling(env, w.referral); ruled {
			low, high = o, o
		}
		worst = max(worst, high)
		if none == eval.True {
			best = max(best, low)
		} else {
			unsettled = max(unsettled, high)
		}
	}
	return best, worst, unsettled
}
