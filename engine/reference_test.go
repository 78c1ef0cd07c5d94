package engine

import (
	"context"
	"math/big"
	"math/rand/v2"
	"testing/fstest"
	"time"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/generate"
)

// weekdays is a calendar without holidays, for every year.
type weekdays struct{}

func (weekdays) IsBusinessDay(d Date) (bool, error) {
	w := d.Weekday()
	return w != time.Saturday && w != time.Sunday, nil
}

func (weekdays) Edition() string { return "weekdays" }

// countWeekdays is the same calendar for the reference, day by day.
func countWeekdays(a, b int64) (int64, bool) {
	var n int64
	for d := min(a, b) + 1; d <= max(a, b); d++ {
		if w := time.Unix(d*86400, 0).UTC().Weekday(); w != time.Saturday && w != time.Sunday {
			n++
		}
	}
	if a > b {
		n = -n
	}
	return n, true
}

// task is one part of a random standard with random evidence.
type task struct {
	standard  *Standard
	part      *part
	variables []*check.Variable // that are fields or answers
	evidence  *generate.Evidence
	rulings   []map[string]Outcome // by unit
	period    Period
}

func loadRules(t require.TestingT, rng *rand.Rand) *Standard {
	text := generate.Rules(rng, 6)
	s, list, err := Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, "a.chk", Options{Audit: true, Calendars: map[string]Calendar{"cn": weekdays{}}})
	require.NoError(t, err, "%v\n%s", list, text)
	return s
}

// newTask draws complete evidence for a part; some of the setting stays
// unknown.
func newTask(t require.TestingT, rng *rand.Rand, s *Standard, c *part, units int) *task {
	k := &task{standard: s, part: c}
	asked := map[*check.Variable]bool{}
	for _, a := range c.checked.Answers {
		asked[a] = true
	}
	for _, v := range c.variables {
		if v.Role == check.FieldRole || v.Role == check.SideRole || asked[v] {
			k.variables = append(k.variables, v)
		}
	}
	var err error
	k.period, err = PeriodOf([]Frequency{Week, Month, Quarter, HalfYear, Year}[rng.IntN(5)], time.Date(2026, time.November, 1+rng.IntN(28), 12, 0, 0, 0, time.UTC), s.zone)
	require.NoError(t, err)
	e := &generate.Evidence{
		Zone: s.zone, Workdays: countWeekdays, Subject: map[string]generate.Cell{}, Far: new(bool),
		Parameters: map[*check.Define]generate.Cell{}, Populations: map[*check.Population]generate.Cell{},
		Start: instantCell(k.period.Start), End: instantCell(k.period.End), AsOf: instantCell(k.period.End.Add(-time.Second)),
	}
	setting := generate.Mix{Unknown: 10, Absent: 30}
	for _, f := range s.checked.Standard.Subject.Fields {
		if f.Role == check.FieldRole {
			e.Subject[f.Key] = setting.Cell(rng, f.Type, f.Optional, s.zone)
		}
	}
	for _, d := range s.checked.Defines {
		if d.Value == nil {
			e.Parameters[d] = setting.Cell(rng, d.Type, d.Optional, s.zone)
		}
	}
	for _, p := range s.checked.Population {
		e.Populations[p] = setting.Cell(rng, check.Type{Kind: check.Number, Whole: true, Low: new(big.Rat)}, false, s.zone)
	}
	for range units {
		e.Units = append(e.Units, generate.Mix{Absent: 35}.Row(rng, k.variables, s.zone))
		k.rulings = append(k.rulings, map[string]Outcome{})
		for _, v := range c.variables {
			if v.Type.Choice == rulingType.Choice && rng.IntN(100) < 25 {
				k.rulings[len(k.rulings)-1][v.Key] = Pass + Outcome(rng.IntN(3))
			}
		}
	}
	k.evidence = e
	return k
}

func instantCell(t time.Time) generate.Cell {
	return generate.Cell{Presence: generate.IsPresent, Number: new(big.Rat).SetInt64(t.UnixNano())}
}

// setting is the context as a host passes it.
func (k *task) setting() Setting {
	at := Setting{Period: k.period, Subject: Subject{ID: "s", Fields: map[string]any{}}, Populations: map[string]int64{}, Parameters: map[string]any{}}
	for _, f := range k.standard.checked.Standard.Subject.Fields {
		if c := k.evidence.Subject[f.Key]; c.Presence != generate.NotCollected {
			at.Subject.Fields[f.Name.First] = generate.Input(c, f.Type, k.standard.zone)
		}
	}
	for d, c := range k.evidence.Parameters {
		if c.Presence != generate.NotCollected {
			at.Parameters[d.Name.First] = generate.Input(c, d.Type, k.standard.zone)
		}
	}
	for p, c := range k.evidence.Populations {
		if c.Presence != generate.NotCollected {
			at.Populations[p.Key] = c.Number.Num().Int64()
		}
	}
	return at
}

// values is one unit's evidence as a host passes it.
func (k *task) values(unit int) map[string]any {
	out := map[string]any{}
	for _, v := range k.variables {
		if c := k.evidence.Units[unit][v]; c.Presence != generate.NotCollected {
			out[v.Key] = generate.Input(c, v.Type, k.standard.zone)
		}
	}
	for key, o := range k.rulings[unit] {
		out[key] = o.String()
	}
	return out
}

// opinion is the reference's verdict.
type opinion struct {
	best, worst Outcome
	open        Outcome // the worst that answers alone could still bring
	state       State
	least, most *big.Rat // points lost; most nil without a bound
}

func (o opinion) answer() Answer { return Answer{State: o.state, Best: o.best, Worst: o.worst} }

// settle names the state of a pair of bounds.
func (o opinion) settle() opinion {
	switch {
	case o.worst == 0:
		o.state = NotApplicable
	case o.best == o.worst:
		o.state = Decided
	case o.open > o.best:
		o.state = Undecided
	default:
		o.state = Referred
	}
	return o
}

func grade(k check.CriterionKind) Outcome {
	return map[check.CriterionKind]Outcome{check.ObservationCriterion: Observation, check.FailCriterion: Fail, check.MajorCriterion: Major, check.TargetCriterion: Fail}[k]
}

// judgeLevel is section 7.2 of the specification, one sentence after another,
// for the clauses of a unit or of the sample.
func (k *task) judgeLevel(unit int, overSample bool) opinion {
	e := *k.evidence
	rulings := map[string]Outcome{}
	if unit >= 0 {
		e.Unit, rulings = e.Units[unit], k.rulings[unit]
	}
	r := &generate.Reference{Info: k.standard.checked.Info, Evidence: &e}
	zero := func() *big.Rat { return new(big.Rat) }
	out := opinion{best: Pass, worst: Pass, least: zero(), most: zero()}
	applies := generate.True
	p := k.part.checked
	for _, x := range append(append([]*check.Expr{}, p.Item.Applies...), p.Applies...) {
		applies = generate.And(applies, r.Truth(x.Node))
	}

	truths := map[*check.Criterion]generate.Kleene{}
	void := map[*check.Criterion]bool{}  // an indicator over nothing
	maybe := map[*check.Criterion]bool{} // one that may turn out so
	matched, graded, written, otherwise, mayBeVoid := generate.False, false, false, false, false
	for _, c := range p.Criteria {
		if c.Aggregate != overSample || c.Otherwise {
			continue
		}
		switch {
		case c.Kind == check.TargetCriterion:
			v := r.Value(p.Measure.Node)
			void[c] = v.Void
			if division, ok := p.Measure.Node.(*exprast.BinaryNode); ok && division.Operator == "/" && !v.Known {
				by := r.Value(division.Right)
				maybe[c] = !by.Known || by.Low.Sign() <= 0 && by.High.Sign() >= 0
			}
			truths[c] = generate.Not(generate.Ordering(c.Compare, v, r.Value(c.Target.Node)))
		case c.Per != "" && c.When == nil:
			truths[c] = generate.True
		case c.Question != nil && c.Per == "":
			truths[c] = generate.Unknown
			if cell := e.Unit[c.Question]; cell.Presence == generate.IsPresent {
				truths[c] = map[bool]generate.Kleene{true: generate.True, false: generate.False}[cell.Number.Sign() != 0]
			}
		default:
			truths[c] = r.Truth(c.When.Node)
		}
		if c.Kind != check.DeductCriterion && !void[c] {
			matched = generate.Or(matched, truths[c])
		}
	}
	for _, c := range p.Criteria {
		if c.Aggregate != overSample {
			continue
		}
		if c.Otherwise {
			otherwise, truths[c] = true, generate.Not(matched)
		}
		if void[c] {
			continue
		}
		low, high := grade(c.Kind), grade(c.Kind)
		switch c.Kind {
		case check.DeductCriterion:
			k.deduct(c, e.Unit, truths[c], &out)
			continue
		case check.PassCriterion:
			graded, written = true, true
			continue
		case check.ReferCriterion:
			low, high = Pass, Fail
			if o, ok := rulings[c.ID]; ok {
				low, high = o, o
			}
		}
		if maybe[c] {
			mayBeVoid = true
		} else {
			graded = true
		}
		if truths[c] == generate.True {
			out.best = max(out.best, low)
		}
		if truths[c] != generate.False {
			out.worst = max(out.worst, high)
		}
		if truths[c] == generate.Unknown {
			out.open = max(out.open, high)
		}
	}
	if !graded && !mayBeVoid {
		out.best, out.worst = 0, 0
		if out.state = Ungraded; len(void) > 0 {
			out.state = NotApplicable
		}
		if applies == generate.False {
			out.least, out.most = zero(), zero()
		}
		return out
	}
	if !graded {
		out.best = 0 // nothing but an indicator, which may be over nothing
	}
	if written && !otherwise && matched != generate.True {
		low, high := Pass, Fail
		key := ReferralKey
		if overSample {
			key = "sample " + ReferralKey
		}
		if o, ok := rulings[key]; ok {
			low, high = o, o
		}
		out.worst = max(out.worst, high)
		if matched == generate.False {
			out.best = max(out.best, low)
		} else {
			out.open = max(out.open, high)
		}
	}
	switch applies {
	case generate.False:
		return opinion{state: NotApplicable, least: zero(), most: zero()}
	case generate.Unknown:
		out.best, out.open, out.least = 0, max(out.open, out.worst), zero()
	}
	return out.settle()
}

// deduct adds up points: those of a clause that holds are lost, those of one
// that may hold can be.
func (k *task) deduct(c *check.Criterion, unit map[*check.Variable]generate.Cell, holds generate.Kleene, out *opinion) {
	count, known := big.NewRat(1, 1), true
	if c.Per != "" {
		cell := unit[c.Question]
		if known = cell.Presence == generate.IsPresent; known {
			count = cell.Number
		}
	}
	if known && holds == generate.True {
		out.least.Add(out.least, new(big.Rat).Mul(count, c.Points))
	}
	if holds == generate.False {
		return
	}
	if !known || out.most == nil {
		out.most = nil
		return
	}
	out.most.Add(out.most, new(big.Rat).Mul(count, c.Points))
}

// judgePart is the worst of all units and of the clauses over the sample.
func (k *task) judgePart() opinion {
	out := opinion{state: Ungraded}
	var all []opinion
	for i := range k.evidence.Units {
		all = append(all, k.judgeLevel(i, false))
	}
	all = append(all, k.judgeLevel(-1, true))
	for _, o := range all {
		if o.state == Ungraded {
			continue
		}
		out.state = Decided
		out.best, out.worst = max(out.best, o.best), max(out.worst, o.worst)
		if o.state == Undecided {
			out.open = max(out.open, o.worst)
		}
	}
	if out.state == Ungraded {
		return out
	}
	return out.settle()
}
