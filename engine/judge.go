package engine

import (
	"fmt"
	"math/big"
	"time"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Subject is a headquarters, region or project. Parent "" is the root. Fields
// are what `subject.x` reads, by either name. A nil Zone means the standard's.
type Subject struct {
	ID     string         `json:"id"`
	Kind   string         `json:"kind,omitempty"`
	Parent string         `json:"parent,omitempty"`
	Zone   *time.Location `json:"-"`
	Fields map[string]any `json:"fields,omitempty"`
}

// Setting carries what expressions may read beside the unit: the subject, the
// period that is judged, the instant up to which evidence counts (the last
// second of the period when zero or later), and how many there are of what, by the
// record's first name or the key that EvidenceSchema names. A population that
// is missing is unknown, never 0.
type Setting struct {
	Subject     Subject          `json:"subject"`
	Period      Period           `json:"period"`
	AsOf        time.Time        `json:"as_of,omitzero"`
	Populations map[string]int64 `json:"populations,omitempty"`
	// Parameters overrides those of Options, by either name.
	Parameters map[string]any `json:"parameters,omitempty"`
}

// environment prepares the setting's row once for all units.
func (s *Standard) environment(at Setting) (*eval.Env, []*InputError) {
	row := make(eval.Row, len(s.settings))
	var refused []*InputError
	all := make([]int, len(s.settings))
	for i := range all {
		all[i] = i
	}
	s.fillSetting(row, &at, all, &refused)
	env := &eval.Env{Setting: row, Zone: s.zoneOf(at.Subject)}
	if s.calendar != nil {
		env.Calendar = evaluatorCalendar{s.calendar}
	}
	return env, refused
}

// fillSetting gives some slots of a setting's row their values. Without a list
// for refused values they are unknown silently; nothing is allocated unless a
// value is a text to be read.
func (s *Standard) fillSetting(row eval.Row, at *Setting, slots []int, refused *[]*InputError) {
	zone := s.zoneOf(at.Subject)
	asOf, last := at.AsOf, at.Period.End.Add(-time.Second)
	within := !at.Period.Start.IsZero()
	if within && (asOf.IsZero() || asOf.After(last)) {
		asOf = last
	}
	for _, i := range slots {
		row[i] = s.given[i]
		switch key := s.settings[i].(type) {
		case check.Builtin:
			var n int64
			known := within
			switch key {
			case eval.PeriodStart:
				n = at.Period.Start.UnixNano()
			case eval.PeriodEnd:
				n = at.Period.End.UnixNano()
			case eval.FirstDay:
				n = DateOf(at.Period.Start.In(zone)).DayNumber()
			case eval.LastDay:
				n = DateOf(last.In(zone)).DayNumber()
			case eval.AsOf:
				n, known = asOf.UnixNano(), !asOf.IsZero()
			}
			if known {
				row[i] = eval.Slot{Num: n, State: eval.Known}
			}
		case *check.Variable:
			for _, name := range [...]string{key.Name.First, key.Name.Second} {
				if value, ok := at.Subject.Fields[name]; ok && name != "" {
					row[i] = settingSlot(key, value, zone, "subject.", name, refused)
				}
			}
		case *check.Define:
			for _, name := range [...]string{key.Name.First, key.Name.Second} {
				if value, ok := at.Parameters[name]; ok && name != "" {
					row[i] = settingSlot(&check.Variable{Key: name, Type: key.Type, Optional: key.Optional}, value, zone, "parameters.", name, refused)
				}
			}
		case *check.Population:
			for _, name := range [...]string{key.Key, key.Record.Name.First, key.Record.Name.Second} {
				if name == "" || (name != key.Key && key.Key != key.Record.Name.First) {
					continue
				}
				if n, ok := at.Populations[name]; ok {
					if n >= 0 {
						row[i] = eval.Slot{Num: n, State: eval.Known}
					} else if refused != nil {
						*refused = append(*refused, refuse("populations."+name, "C904", fmt.Sprint(n), "0.."))
					}
				}
			}
		}
	}
}

// settingSlot decodes one value of a setting; a refused one is unknown.
func settingSlot(v *check.Variable, value any, zone *time.Location, scope, name string, refused *[]*InputError) eval.Slot {
	slot, bad := decode(v, value, zone, "")
	if bad != nil && refused != nil {
		_, bad = decode(v, value, zone, scope+name) // again, with its path
		*refused = append(*refused, bad)
	}
	return slot
}

// ruled is one clause with what is known of it.
type ruled struct {
	clause *clause
	truth  eval.Truth
	void   bool // a measure over nothing
	// mayBeVoid marks a measure that may turn out to be over nothing.
	mayBeVoid bool
}

// judged is what a level of clauses gives.
type judged struct {
	Answer
	clauses []ruled
	// referral is open when nothing matched although a pass is written.
	referral eval.Truth
	points   bounds
	value    eval.Value // of the measure
}

// bounds is a lower and an upper bound of points lost; high nil is unbounded.
type bounds struct{ low, high *big.Rat }

// level judges the clauses of one level in an environment, by section 4 of the
// language's specification.
func (s *Standard) level(c *part, l *level, env *eval.Env) (judged, error) {
	out := judged{Answer: Answer{State: Ungraded}, clauses: make([]ruled, len(l.clauses)), points: bounds{new(big.Rat), new(big.Rat)}}
	if len(l.clauses) == 0 {
		return out, nil
	}
	if err := s.truths(c, l, env, &out); err != nil {
		return out, err
	}
	out.points = s.pointsLost(env, out.clauses)
	if !l.grades() {
		return out, nil
	}
	best, worst := Pass, Pass
	unsettled := Pass // the worst that an unknown answer alone could bring
	graded, mayBeVoid := false, false
	for _, r := range out.clauses {
		if r.void {
			continue
		}
		switch r.clause.kind {
		case check.PassCriterion:
			graded = true
			continue
		case check.DeductCriterion, check.AwardCriterion:
			continue
		}
		if r.mayBeVoid {
			mayBeVoid = true
		} else {
			graded = true
		}
		low, high := r.clause.grade, r.clause.grade
		if r.clause.kind == check.ReferCriterion {
			low = Pass
			if o, ok := ruling(env, r.clause.ruling); ok {
				low, high = o, o
			}
		}
		switch r.truth {
		case eval.True:
			best, worst = max(best, low), max(worst, high)
		case eval.Maybe:
			worst, unsettled = max(worst, high), max(unsettled, high)
		}
	}
	if !graded && !mayBeVoid {
		out.State = NotApplicable
		return out, nil
	}
	if !graded {
		best = 0 // nothing but a measure that may not be applicable
	}
	if out.referral = l.unmatched(out.clauses); out.referral != eval.False {
		low, high := Pass, Fail
		if o, ok := ruling(env, l.referral); ok {
			low, high = o, o
		}
		if out.referral == eval.True {
			best = max(best, low)
		} else {
			unsettled = max(unsettled, high)
		}
		worst = max(worst, high)
	}
	out.Answer = Answer{State: Decided, Best: best, Worst: worst}
	if best != worst {
		out.State = Referred
		if unsettled > best {
			out.State = Undecided
		}
	}
	return out, nil
}

// truths evaluates every clause, those with otherwise last.
func (s *Standard) truths(c *part, l *level, env *eval.Env, out *judged) error {
	matched := map[bool]eval.Truth{} // of awards, of outcomes
	for i, k := range l.clauses {
		r := ruled{clause: k}
		var err error
		switch {
		case k.criterion.Otherwise:
			out.clauses[i] = r
			continue
		case k.kind == check.TargetCriterion:
			r.truth, r.void, out.value = s.target(c, k, env)
			r.mayBeVoid = !out.value.Known && !r.void && s.mayBeVoid(c, env)
		case k.node != nil:
			r.truth, err = s.truth(c, k, env)
		case k.question >= 0 && k.criterion.Per == "":
			r.truth = eval.Maybe
			if slot := env.Unit[k.question]; slot.State == eval.Known {
				r.truth = eval.Truth(slot.Num & 1)
			}
		case k.question >= 0: // a count: points alone
			r.truth = eval.True
		}
		if err != nil {
			return err
		}
		out.clauses[i] = r
		if k.kind != check.DeductCriterion && !r.void {
			award := k.kind == check.AwardCriterion
			matched[award] = either(matched[award], r.truth)
		}
	}
	for i, k := range l.clauses {
		if k.criterion.Otherwise {
			out.clauses[i].truth = negate(matched[k.kind == check.AwardCriterion])
		}
	}
	return nil
}

// either is Kleene's disjunction.
func either(a, b eval.Truth) eval.Truth {
	switch {
	case a == eval.True || b == eval.True:
		return eval.True
	case a == eval.Maybe || b == eval.Maybe:
		return eval.Maybe
	}
	return eval.False
}

func negate(t eval.Truth) eval.Truth {
	switch t {
	case eval.True:
		return eval.False
	case eval.False:
		return eval.True
	}
	return t
}

// unmatched says whether no clause matches although a pass is written.
func (l *level) unmatched(clauses []ruled) eval.Truth {
	if l.referral < 0 {
		return eval.False
	}
	matched := eval.False
	for _, r := range clauses {
		if r.clause.kind != check.DeductCriterion && r.clause.kind != check.AwardCriterion && !r.void {
			matched = either(matched, r.truth)
		}
	}
	return negate(matched)
}

// ruling reads a person's ruling.
func ruling(env *eval.Env, slot int) (Outcome, bool) {
	if slot < 0 || slot >= len(env.Unit) || env.Unit[slot].State != eval.Known {
		return 0, false
	}
	return Outcome(env.Unit[slot].Num) + Pass, true
}

// mayBeVoid says whether a measure that is not known may yet be divided by
// zero.
func (s *Standard) mayBeVoid(c *part, env *eval.Env) bool {
	division, ok := c.measure.Node.(*exprast.BinaryNode)
	if !ok || division.Operator != "/" {
		return false
	}
	v := (&eval.Exact{Layout: c.layout, Env: env}).Value(division.Right)
	return !v.Known || v.Low.Sign()*v.High.Sign() <= 0
}

// target compares the measure with its target. A measure over nothing is not
// applicable.
func (s *Standard) target(c *part, k *clause, env *eval.Env) (missed eval.Truth, void bool, value eval.Value) {
	if c.measure == nil || k.criterion.Target == nil {
		return eval.Maybe, false, eval.Value{}
	}
	x := eval.Exact{Layout: c.layout, Env: env}
	value = x.Value(c.measure.Node)
	if value.Void {
		return eval.False, true, value
	}
	met := eval.Compare(k.criterion.Compare, value, x.Value(k.criterion.Target.Node), false)
	return negate(met), false, value
}

// pointsLost adds up what the deductions of a level take.
func (s *Standard) pointsLost(env *eval.Env, clauses []ruled) bounds {
	out := bounds{new(big.Rat), new(big.Rat)}
	for _, r := range clauses {
		if r.clause.kind == check.DeductCriterion {
			out = out.add(lineLost(env, r))
		}
	}
	return out
}

func (b bounds) add(o bounds) bounds {
	out := bounds{low: new(big.Rat).Add(b.low, o.low)}
	if b.high != nil && o.high != nil {
		out.high = new(big.Rat).Add(b.high, o.high)
	}
	return out
}

func (b bounds) points() *Points {
	p := &Points{Least: NumberOf(b.low)}
	if b.high != nil {
		n := NumberOf(b.high)
		p.Most = &n
	}
	return p
}
