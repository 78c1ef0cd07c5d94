package frames

import (
	"context"
	"reflect"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
)

// Source serves tables as an engine.FrameSource. A record may be spread over
// several tables.
type Source struct{ Tables []*Table }

// Frame implements engine.FrameSource.
func (s Source) Frame(ctx context.Context, q engine.FrameQuery) (engine.Frame, error) {
	if err := ctx.Err(); err != nil {
		return engine.Frame{}, err
	}
	var tables []*Table
	for _, t := range s.Tables {
		if t.Record == q.Record {
			tables = append(tables, t)
		}
	}
	if len(tables) == 0 {
		return engine.Frame{}, engine.ErrNoFrame
	}
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		for _, t := range tables {
			for _, r := range t.Rows {
				if t.belongs(r, q.Subject, q.Period) && !yield(engine.FrameUnit{ID: r.ID, Values: r.Values, Source: t.Name}, nil) {
					return
				}
			}
		}
	}}, nil
}

func (t *Table) belongs(r Row, subject string, p engine.Period) bool {
	return (r.Subject == "" || r.Subject == subject) && (!t.timed || p.Contains(r.At))
}

// Values gives what the tables say of one unit of a record, and where its first
// row was read; nil when they don't hold it. Where several rows differ in a
// field, as in the frame, the field is unknown. The values of a joined record
// are those of its sides, named "side.field"; a side that is not there is nil.
func (s Source) Values(r *check.Record, subject, unit string) map[string]any {
	if len(r.Sides) == 0 {
		return s.merged(r, nil, subject, unit)
	}
	out := map[string]any{}
	for _, side := range r.Sides {
		row := s.merged(side.Record, side.Record.Lookup(r.Key), subject, unit)
		if row == nil {
			out[side.Variable.Key] = nil
			continue
		}
		out[side.Variable.Key] = true
		for name, v := range row {
			out[side.Variable.Key+"."+name] = v
		}
	}
	return out
}

func (s Source) merged(r *check.Record, key *check.Variable, subject, unit string) map[string]any {
	var out map[string]any
	disputed := map[string]bool{}
	for row := range s.rows(r, key, subject, unit) {
		if out == nil {
			out = map[string]any{}
		}
		for name, v := range row.Values {
			if other, ok := out[name]; ok && !reflect.DeepEqual(other, v) {
				disputed[name] = true
			}
			out[name] = v
		}
	}
	for name := range disputed {
		delete(out, name)
	}
	return out
}

// rows yields the rows of a unit: by id, or in the side of a join by the key,
// for which the id stands where the key is not given.
func (s Source) rows(r *check.Record, key *check.Variable, subject, unit string) func(yield func(*Row, *Table) bool) {
	return func(yield func(*Row, *Table) bool) {
		for _, t := range s.Tables {
			if t.Record != r.Name.First {
				continue
			}
			for i := range t.Rows {
				row := &t.Rows[i]
				name := row.ID
				if key != nil {
					if v, ok := row.Values[key.Name.First].(string); ok && v != "" {
						name = v
					}
				}
				if name == unit && (row.Subject == "" || row.Subject == subject) && !yield(row, t) {
					return
				}
			}
		}
	}
}

// Origin says where the value of a field of a unit was read: the file and line
// of the first row that gives it. The field of a joined record is named
// "side.field". It is "" and 0 for a field that no row gives.
func (s Source) Origin(r *check.Record, subject, unit, field string) (source string, line int) {
	find := func(record *check.Record, key *check.Variable, name string) (string, int) {
		f := record.Lookup(name)
		if f == nil {
			return "", 0
		}
		for row, t := range s.rows(record, key, subject, unit) {
			if _, ok := row.Values[f.Name.First]; ok {
				return t.Name, row.Line
			}
		}
		return "", 0
	}
	if len(r.Sides) == 0 {
		return find(r, nil, field)
	}
	for _, side := range r.Sides {
		if prefix := side.Variable.Key + "."; len(field) > len(prefix) && field[:len(prefix)] == prefix {
			return find(side.Record, side.Record.Lookup(r.Key), field[len(prefix):])
		}
	}
	return "", 0
}
