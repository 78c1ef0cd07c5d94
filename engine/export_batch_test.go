package engine

import "github.com/pinjian/pinjian/engine/internal/eval"

// TestUnit is one unit for JudgeRows.
type TestUnit struct {
	ID     string
	Values map[string]any
}

// JudgeRows judges a part over units row by row, the way a task does: the
// oracle of batches. open is true when a unit leaves the sample's condition
// open.
func (s *Standard) JudgeRows(id string, units []TestUnit, at Setting) (v Verdict, open bool, err error) {
	c, err := s.part(id)
	if err != nil {
		return Verdict{}, false, err
	}
	env, _ := s.environment(at)
	var evidence []unitEvidence
	for _, u := range units {
		row, _ := c.row(u.Values, env, "")
		env.Unit = row
		if c.where != nil {
			switch (&eval.Exact{Layout: c.layout, Env: env}).Condition(c.where.node) {
			case eval.False:
				continue
			case eval.Maybe:
				return Verdict{}, true, nil
			}
		}
		inspected := false
		for _, slot := range row[c.own:] {
			inspected = inspected || slot.State != eval.Unknown
		}
		evidence = append(evidence, unitEvidence{id: u.ID, row: row, inspected: inspected})
	}
	v, _, err = s.partVerdict(c, env, evidence, nil)
	return v, false, err
}
