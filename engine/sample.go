package engine

import (
	"iter"
	"slices"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// unitEvidence is what is known of one drawn unit.
type unitEvidence struct {
	id        string
	row       eval.Row
	inspected bool // some answer came in
	waived    *Waiver
	refused   bool // the evidence contradicts the plan
}

// partVerdict judges all units of a part and the part as a whole: the worst of
// the units and of the criteria over the sample.
func (s *Standard) partVerdict(c *part, env *eval.Env, units []unitEvidence, sampleRow eval.Row) (Verdict, []Verdict, error) {
	whole := Verdict{Level: "part", Part: c.id, Counts: map[string]int{}, Answer: Answer{State: Ungraded}}
	if c.checked.Item != nil {
		whole.Item = c.checked.Item.ID
	}
	lost := bounds{low: ratZero, high: ratZero}
	points := ledger{standard: s, part: c}
	var verdicts []Verdict
	env.Units = nil
	anyInspected := false
	var joined tally
	var ids []string // of env.Units
	for _, u := range units {
		if u.waived == nil {
			env.Units, ids = append(env.Units, u.row), append(ids, u.id)
		}
	}
	for _, u := range units {
		env.Unit = u.row
		v, j, err := s.unitVerdict(c, env, u.id)
		if err != nil {
			return whole, verdicts, err
		}
		switch {
		case u.waived != nil:
			v.State = Waived // beside the ends that it has without the waiver
			v.Missing, v.Rulings = nil, nil
			v.Reasons = append([]Reason{{Key: "waived", Label: u.waived.Reason}}, v.Reasons...)
		case u.refused:
			v.Answer = Answer{State: Refused, Best: Pass, Worst: Major}
		case v.State == Undecided && !u.inspected && c.asks():
			v.State = NotInspected
		}
		anyInspected = anyInspected || u.inspected
		if u.waived != nil {
			v.Points = nil // it enters as not applicable
		} else if points.take(env, j) == eval.False {
			v.Points = nil
		}
		whole.Counts[countKey(v.Answer)]++
		joined.add(v.Answer)
		verdicts = append(verdicts, v)
	}
	if len(units) == 0 {
		if !c.unit.grades() && !c.sample.grades() {
			whole.Points = points.points(lost, nil)
			return whole, verdicts, nil
		}
		whole.Answer = Answer{State: NotApplicable}
		whole.Points = points.points(lost, nil)
		whole.Reasons = []Reason{{Key: "no_population"}}
		return whole, verdicts, nil
	}
	if len(c.sample.clauses) > 0 {
		rows := func(yield func(string, eval.Row) bool) {
			for i, row := range env.Units {
				if !yield(ids[i], row) {
					return
				}
			}
		}
		if err := s.sampleCriteria(c, env, rows, sampleRow, &whole, &joined, &lost); err != nil {
			return whole, verdicts, err
		}
	}
	whole.conclude(&joined)
	if c.checked.Sample == nil && len(verdicts) == 1 && whole.Measure == nil {
		whole.Measure = verdicts[0].Measure // the subject is the only unit
	}
	if whole.State != Decided {
		s.gatherOpen(&whole, verdicts)
		whole.Missing = unique(whole.Missing)
	}
	if whole.State == Undecided && !anyInspected && c.asks() {
		whole.State = NotInspected
	}
	whole.Points = points.points(lost, whole.Points)
	return whole, verdicts, nil
}

// sampleCriteria judges the criteria over the sample as a whole. rows yields
// the units that an aggregate may lack something of.
func (s *Standard) sampleCriteria(c *part, env *eval.Env, rows iter.Seq2[string, eval.Row], sampleRow eval.Row, whole *Verdict, joined *tally, lost *bounds) error {
	if sampleRow == nil {
		sampleRow = make(eval.Row, len(c.variables))
	}
	env.Unit = sampleRow
	j, err := s.level(c, &c.sample, env)
	if err != nil {
		return err
	}
	applies, err := s.applies(c, env)
	if err != nil {
		return err
	}
	if applies != eval.True && j.State != Ungraded {
		j.Best = 0
		if applies == eval.False {
			j.Answer = Answer{State: NotApplicable}
		} else {
			j.State = Undecided
		}
	}
	if env.Err != nil {
		return env.Err
	}
	var over Verdict
	s.explain(c, &c.sample, env, j, applies, &over)
	whole.Reasons = append(whole.Reasons, over.Reasons...)
	whole.Rulings = append(whole.Rulings, over.Rulings...)
	whole.Measure = over.Measure
	whole.Answer = j.Answer // until conclude
	joined.add(j.Answer)
	*lost = lost.add(j.points.under(applies))
	if award := awarded(j.clauses); award != nil && applies != eval.False {
		whole.Points = &Points{Most: &Number{}}
		whole.Points.award(award.under(applies))
	}
	if j.State == Undecided {
		// What an aggregate lacks is what its units lack.
		for id, row := range rows {
			env.Unit = row
			w := &witness{standard: s, part: c, exact: eval.Exact{Layout: c.layout, Env: env}}
			for _, r := range j.clauses {
				if r.truth == eval.Maybe {
					w.aggregates(r.clause.node)
					if r.clause.kind == check.TargetCriterion {
						w.aggregates(c.measure.Node)
					}
				}
			}
			for _, name := range w.names {
				whole.Missing = append(whole.Missing, Missing{Unit: id, Name: name})
			}
		}
		whole.Missing = append(whole.Missing, over.Missing...)
	}
	return nil
}

// unique leaves out what was named before: a unit and the sample may lack the
// same answer.
func unique(list []Missing) []Missing {
	seen := make(map[Missing]bool, len(list))
	return slices.DeleteFunc(list, func(m Missing) bool {
		again := seen[m]
		seen[m] = true
		return again
	})
}

// conclude gives a part its answer. What the criteria over the sample lack is
// dropped when they can't make the whole worse.
func (v *Verdict) conclude(joined *tally) {
	sampled := v.Answer
	v.Answer = joined.answer()
	if sampled.Worst <= v.Best {
		v.Missing, v.Rulings = nil, nil
	}
}

// gatherOpen lifts what open units lack to the part, leaving out units that
// can no longer make it worse.
func (s *Standard) gatherOpen(whole *Verdict, units []Verdict) {
	for _, u := range units {
		if u.Worst <= whole.Best {
			continue
		}
		whole.Missing = append(whole.Missing, u.Missing...)
		whole.Rulings = append(whole.Rulings, u.Rulings...)
	}
}

// asks says whether the part has questions for an inspector.
func (c *part) asks() bool { return len(c.checked.Answers) > 0 }

// countKey is the state of a verdict, or its outcome when it is decided.
func countKey(a Answer) string {
	if a.State == Decided {
		return a.Best.String()
	}
	return a.State.String()
}
