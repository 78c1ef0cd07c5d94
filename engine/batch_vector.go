package engine

import (
	"errors"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// vectors is a part prepared for columns. It is immutable.
type vectors struct {
	where      *eval.Vector // nil: every unit, or filtered one by one
	applies    []*eval.Vector
	steps      []vectorStep // of the unit level; meaningless without swift
	swift      *swift       // nil: units are judged one by one
	aggregates []*eval.Aggregate
	err        error // of preparing the second evaluator
}

// vectorStep is a step of swift over columns.
type vectorStep struct {
	step
	vector *eval.Vector
}

// vectors prepares a part for a zone.
func (s *Standard) vectors(c *part, env *eval.Env) *vectors {
	v := &vectors{}
	compile := func(n exprast.Node) *eval.Vector {
		if lowered := eval.Lower(c.layout, n, env); lowered != nil {
			return eval.CompileVector(lowered)
		}
		return nil
	}
	if c.where != nil {
		v.where = compile(c.where.node)
	}
	seen := map[exprast.Node]bool{}
	gather := func(n exprast.Node) {
		for _, a := range eval.Aggregates(c.layout, n, env) {
			if !seen[a.Body] {
				seen[a.Body] = true
				v.aggregates = append(v.aggregates, a)
				if s.audit {
					v.err = errors.Join(v.err, a.Second(c.layout, a.Body, env))
				}
			}
		}
	}
	for _, k := range c.sample.clauses {
		gather(k.node)
		if k.kind == check.TargetCriterion {
			gather(c.measure.Node)
			gather(k.criterion.Target.Node)
		}
	}
	if c.swift == nil || c.oneByOne(s.checked.Info) {
		return v
	}
	for _, k := range c.applies {
		vector := compile(k.node)
		if vector == nil {
			return v
		}
		v.applies = append(v.applies, vector)
	}
	for _, st := range c.swift.steps {
		out := vectorStep{step: st}
		if st.node == nil {
			out.vector = eval.TruthVector(st.question)
		} else if out.vector = compile(st.node); out.vector == nil {
			return v
		}
		v.steps = append(v.steps, out)
	}
	v.swift = c.swift
	return v
}

// oneByOne says whether units must be judged one by one although their answers
// need no reasons: they lose points, which are added up, or a clause that does
// not move the answer asks the calendar, whose lack of data is an error.
func (c *part) oneByOne(info *check.Info) bool {
	if c.scores() {
		return true
	}
	for _, k := range c.unit.clauses {
		if k.kind == check.PassCriterion && asksCalendar(k.node, info) {
			return true
		}
	}
	return false
}

func asksCalendar(n exprast.Node, info *check.Info) bool {
	if n == nil {
		return false
	}
	switch o := info.Objects[n].(type) {
	case check.Builtin:
		if o == "workdays" {
			return true
		}
	case *check.Variable:
		return o.Computed != nil && asksCalendar(o.Computed.Node, info)
	case *check.Define:
		return o.Value != nil && asksCalendar(o.Value.Node, info)
	}
	for _, child := range children(n) {
		if asksCalendar(child, info) {
			return true
		}
	}
	return false
}

// columns returns the part prepared for columns in the zone of an environment.
func (s *Standard) columns(c *part, env *eval.Env) *vectors {
	if env.Zone.String() != s.zone.String() {
		return s.vectors(c, env)
	}
	c.once.Do(func() { c.vectors = s.vectors(c, &eval.Env{Zone: s.zone}) })
	return c.vectors
}

// grades is, for each outcome above pass, the units that reach it.
type grades [Major - Pass]eval.Mask

// raise lets units reach an outcome.
func (g *grades) raise(units *eval.Mask, to Outcome) {
	for o := range int(to) - int(Pass) {
		for w := range units {
			g[o][w] |= units[w]
		}
	}
}

// blockAnswers are the answers of the units of a block.
type blockAnswers struct {
	best, worst, unsettled grades
	notApplicable, maybe   eval.Mask // of applies: false, and open
}

// answers judges a block by columns; false when it must be judged unit by
// unit.
func (v *vectors) answers(b *eval.Block, valid *eval.Mask) (out blockAnswers, ok bool) {
	var matched, unmatched eval.Mask
	unmatched = *valid
	for i := range v.steps {
		st := &v.steps[i]
		if st.ruling >= 0 && b.KnownMask(st.ruling).Any() {
			return out, false
		}
		yes, no := st.vector.Evaluate(b)
		if b.Odd {
			return out, false
		}
		var holds, may eval.Mask
		for w := range valid {
			holds[w] = yes[w] & valid[w]
			may[w] = valid[w] &^ (yes[w] | no[w])
			matched[w] |= holds[w]
			unmatched[w] &= no[w]
		}
		out.raise(&holds, &may, st.low, st.high)
	}
	if v.swift.any {
		var perhaps eval.Mask
		for w := range perhaps {
			perhaps[w] = valid[w] &^ (matched[w] | unmatched[w])
		}
		for i := range v.swift.otherwise {
			st := &v.swift.otherwise[i]
			if st.ruling >= 0 && b.KnownMask(st.ruling).Any() {
				return out, false
			}
			out.raise(&unmatched, &perhaps, st.low, st.high)
		}
		if r := v.swift.referral; r >= 0 {
			if b.KnownMask(r).Any() {
				return out, false
			}
			out.raise(&unmatched, &perhaps, Pass, Fail)
		}
	}
	for _, vector := range v.applies {
		yes, no := vector.Evaluate(b)
		if b.Odd {
			return out, false
		}
		for w := range valid {
			out.notApplicable[w] |= no[w] & valid[w]
			out.maybe[w] |= valid[w] &^ (yes[w] | no[w])
		}
	}
	for w := range valid {
		out.maybe[w] &^= out.notApplicable[w]
	}
	return out, true
}

// raise takes in a clause that holds for some units and may hold for others.
func (out *blockAnswers) raise(holds, may *eval.Mask, low, high Outcome) {
	out.best.raise(holds, low)
	out.worst.raise(holds, high)
	out.worst.raise(may, high)
	out.unsettled.raise(may, high)
}

// each yields every combination of bounds and state that occurs among the
// chosen units, with the units that have it.
func (out *blockAnswers) each(chosen *eval.Mask, yield func(a Answer, units *eval.Mask)) {
	rest := *chosen
	take := func(a Answer, units *eval.Mask) {
		var hit eval.Mask
		for w := range rest {
			hit[w] = rest[w] & units[w]
			rest[w] &^= hit[w]
		}
		if hit.Any() {
			yield(a, &hit)
		}
	}
	take(Answer{State: NotApplicable}, &out.notApplicable)
	if !rest.Any() {
		return
	}
	var floor, all eval.Mask // units at least at an outcome; all of them at pass
	for w := range all {
		all[w] = ^uint64(0)
	}
	at := func(g *grades, o Outcome) *eval.Mask {
		switch {
		case o <= Pass:
			return &all
		case o > Major:
			return &floor
		}
		return &g[o-Observation]
	}
	for best := Major; best >= Pass && rest.Any(); best-- {
		for worst := best; worst <= Major; worst++ {
			var units, open, settled eval.Mask
			for w := range units {
				units[w] = at(&out.best, best)[w] &^ at(&out.best, best+1)[w] & (at(&out.worst, worst)[w] &^ at(&out.worst, worst+1)[w])
				open[w] = units[w] & out.maybe[w]
				units[w] &^= out.maybe[w]
				settled[w] = units[w] &^ at(&out.unsettled, best+1)[w]
			}
			take(Answer{Undecided, 0, worst}, &open)
			if best == worst {
				take(Answer{Decided, best, worst}, &units)
				continue
			}
			take(Answer{Referred, best, worst}, &settled)
			take(Answer{Undecided, best, worst}, &units)
		}
	}
}
