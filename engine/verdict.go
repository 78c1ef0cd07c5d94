package engine

import (
	"math/big"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Verdict is the judgement of a unit, part, item, section or standard. Level
// says which; the identifiers below it are empty. Reasons tell what decided;
// Missing what can still change an open outcome; Rulings which questions wait
// for a person, by the unit and the key under which the ruling is submitted.
type Verdict struct {
	Level   string `json:"level"`
	Subject string `json:"subject,omitempty"`
	Period  string `json:"period,omitempty"`
	Section string `json:"section,omitempty"`
	Item    string `json:"item,omitempty"`
	Part    string `json:"part,omitempty"`
	Unit    string `json:"unit,omitempty"`
	Answer
	Reasons []Reason  `json:"reasons,omitempty"`
	Missing []Missing `json:"missing,omitempty"`
	Rulings []Missing `json:"rulings,omitempty"`
	Measure *Measure  `json:"measure,omitempty"`
	Points  *Points   `json:"points,omitempty"`
	Sample  *Proof    `json:"sample,omitempty"`
	// Counts says how many verdicts of the next level below stand in which
	// state or outcome.
	Counts map[string]int `json:"counts,omitempty"`
}

// Missing is an answer or field that can still change the outcome.
type Missing struct {
	Unit string `json:"unit,omitempty"`
	Name string `json:"name"`
}

// Measure is an indicator: its value between Least and Most (equal when
// nothing is missing), the comparison with the target, and numerator and
// denominator where the value is a ratio of counts.
type Measure struct {
	Least       Number  `json:"least"`
	Most        Number  `json:"most"`
	Compare     string  `json:"compare"`
	Target      Number  `json:"target"`
	Numerator   *Number `json:"numerator,omitempty"`
	Denominator *Number `json:"denominator,omitempty"`
	Kind        string  `json:"kind"` // "number" or "duration", in nanoseconds
}

// Proof is what a sample proves: of Population units Drawn were drawn, Failing
// of them are known to fail. UpperBound is the exact one-sided 95 % bound of
// the true failure rate (hypergeometric), rounded outward; empty while units
// are open or where the whole population was inspected.
type Proof struct {
	Population int64  `json:"population"`
	Drawn      int    `json:"drawn"`
	Inspected  int    `json:"inspected"`
	Failing    int    `json:"failing"`
	Short      bool   `json:"short,omitempty"`
	UpperBound string `json:"upper_bound,omitempty"`
	Seed       string `json:"seed,omitempty"`
	Frame      string `json:"frame,omitempty"`
}

// JudgeUnit judges one unit by the unit criteria of one part, "4.1.3" or
// "4.2.2/gate". In values, by either name, a missing key is unknown and nil
// is absent. Refused values count as not collected; they are the second
// result. The error is for an unknown part or a calendar without data.
func (s *Standard) JudgeUnit(part string, values map[string]any, at Setting) (Verdict, []*InputError, error) {
	if m, own, ok := s.memberOf(part); ok && m.prefix != "" {
		v, refused, err := m.JudgeUnit(own, values, at)
		return m.named(v), refused, err
	}
	c, err := s.part(part)
	if err != nil {
		return Verdict{}, nil, err
	}
	env, refused := s.environment(at)
	row, bad := c.row(values, env, "")
	refused = append(refused, bad...)
	env.Unit = row
	v, _, err := s.unitVerdict(c, env, "")
	return v, refused, err
}

// row decodes the values of one unit.
func (c *part) row(values map[string]any, env *eval.Env, path string) (eval.Row, []*InputError) {
	row := make(eval.Row, len(c.variables))
	return row, c.fill(row, values, env, path)
}

// fill decodes values into a row; nested objects are the sides of a join.
func (c *part) fill(row eval.Row, values map[string]any, env *eval.Env, path string) []*InputError {
	var refused []*InputError
	var clashed map[int]bool
	for _, name := range sortedKeys(values) {
		value := values[name]
		at := name
		if path != "" {
			at = path + "." + name
		}
		slot, ok := c.slot(name)
		if !ok {
			refused = append(refused, refuse(at, "C901", name, c.known()))
			continue
		}
		v := c.variables[slot]
		if inner, nested := value.(map[string]any); nested && v.Type.Kind == check.Side {
			row[slot] = eval.Slot{Num: 1, State: eval.Known}
			prefixed := make(map[string]any, len(inner))
			for k, x := range inner {
				prefixed[v.Key+"."+k] = x
			}
			refused = append(refused, c.fill(row, prefixed, env, path)...)
			continue
		}
		decoded, bad := decode(v, value, env.Zone, at)
		if bad != nil {
			refused = append(refused, bad)
			continue
		}
		if twice := row[slot]; clashed[slot] || (twice.State != eval.Unknown && twice != decoded && v.Type.Kind != check.Side) {
			// Given under both names, with two values.
			if clashed == nil {
				clashed = map[int]bool{}
			}
			clashed[slot], row[slot] = true, eval.Slot{}
			refused = append(refused, refuse(at, "C912", name))
			continue
		}
		row[slot] = decoded
		if v.Side != nil {
			if side, _ := c.layout.Slot(v.Side); row[side].State == eval.Unknown {
				row[side] = eval.Slot{Num: 1, State: eval.Known}
			}
		}
	}
	return refused
}

func (c *part) known() string {
	var names []string
	for _, v := range c.variables {
		names = append(names, v.Key)
	}
	return joinLimited(names)
}

// unitVerdict judges one unit and explains it.
func (s *Standard) unitVerdict(c *part, env *eval.Env, unit string) (Verdict, judged, error) {
	v := Verdict{Level: "unit", Part: c.id, Unit: unit}
	if c.checked.Item != nil {
		v.Item = c.checked.Item.ID
	}
	applies, err := s.applies(c, env)
	if err != nil {
		return v, judged{}, err
	}
	j, err := s.level(c, &c.unit, env)
	if err != nil {
		return v, j, err
	}
	if applies != eval.True && j.State != Ungraded {
		j.Best = 0
		if applies == eval.False {
			j.Worst, j.State = 0, NotApplicable
		} else if j.Worst > 0 {
			j.State = Undecided
		}
	}
	switch applies { // what does not apply costs nothing
	case eval.False:
		j.points = bounds{new(big.Rat), new(big.Rat)}
	case eval.Maybe:
		j.points.low = new(big.Rat)
	}
	v.Answer = j.Answer
	if j.points.high == nil || j.points.high.Sign() != 0 {
		v.Points = j.points.points()
	}
	if env.Err != nil {
		return v, j, env.Err
	}
	s.explain(c, &c.unit, env, j, applies, &v)
	env.Err = nil // what only explaining asked of a calendar decided nothing
	return v, j, nil
}

// applies evaluates when a unit is judged at all.
func (s *Standard) applies(c *part, env *eval.Env) (eval.Truth, error) {
	all := eval.True
	for _, k := range c.applies {
		t, err := s.truth(c, k, env)
		if err != nil {
			return eval.Maybe, err
		}
		all = negate(either(negate(all), negate(t)))
	}
	return all, nil
}
