package engine

import (
	"context"
	"fmt"
	"iter"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// FrameSource gives populations. It is called once per record, subject and
// period, from one goroutine at a time.
type FrameSource interface {
	Frame(ctx context.Context, q FrameQuery) (Frame, error)
}

// FrameQuery names a population: the record's first name, the subject's id,
// the period it must belong to, and the fields, by first name, that `where`
// and `spread by` read.
type FrameQuery struct {
	Record  string
	Subject string
	Period  Period
	Fields  []string
}

// Frame is a population: units with those fields, or only their number (Units
// nil), from which nothing can be drawn. Sorted says that ids come in rising
// byte order; Filtered that the source has already applied the condition.
type Frame struct {
	Units    iter.Seq2[FrameUnit, error]
	Count    int64
	Sorted   bool
	Filtered bool
}

// FrameUnit is one row of a frame. In Values a missing key is unknown and nil
// is absent.
type FrameUnit struct {
	ID     string
	Values map[string]any
}

// ErrNoFrame is what a FrameSource returns for a record that it does not hold.
var ErrNoFrame = fmt.Errorf("engine: no frame for this record")

// collected is a frame read into memory, as a plan needs it.
type collected struct {
	ids    []string
	values map[string]map[string]any
	count  int64
	rows   bool
}

// gather reads the frame of a record for a subject and period. A joined record
// is the full outer join of its sides by their key; its unit's id is the key.
func (s *Standard) gather(ctx context.Context, source FrameSource, r *check.Record, subject Subject, period Period) (*collected, error) {
	if len(r.Sides) > 0 {
		return s.join(ctx, source, r, subject, period)
	}
	var fields []string
	for _, f := range r.Fields {
		if f.Role == check.FieldRole {
			fields = append(fields, f.Name.First)
		}
	}
	frame, err := source.Frame(ctx, FrameQuery{Record: r.Name.First, Subject: subject.ID, Period: period, Fields: fields})
	if err != nil {
		return nil, err
	}
	out := &collected{values: map[string]map[string]any{}, count: frame.Count, rows: frame.Units != nil}
	if frame.Units == nil {
		return out, nil
	}
	out.count = 0
	for u, err := range frame.Units {
		if err != nil {
			return nil, refused("%s 的“%s”总体清单读不了：%v", "frame of %[2]s for %[1]s: %[3]v", subject.ID, r.Name.First, err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if _, twin := out.values[u.ID]; twin {
			return nil, refused("%s 的“%s”总体清单里单位“%s”出现两次，只留一个", "frame of %[2]s for %[1]s: the unit %[3]q occurs twice; keep one", subject.ID, r.Name.First, u.ID)
		}
		out.ids = append(out.ids, u.ID)
		out.values[u.ID] = u.Values
		out.count++
	}
	return out, nil
}

func (s *Standard) join(ctx context.Context, source FrameSource, r *check.Record, subject Subject, period Period) (*collected, error) {
	out := &collected{values: map[string]map[string]any{}, rows: true}
	for _, side := range r.Sides {
		frame, err := s.gather(ctx, source, side.Record, subject, period)
		if err != nil {
			return nil, err
		}
		key := side.Record.Lookup(r.Key)
		for _, id := range frame.ids {
			values := frame.values[id]
			at := id
			for _, name := range []string{key.Name.First, key.Name.Second} {
				if v, ok := values[name].(string); ok && v != "" {
					at = v
				}
			}
			joined := out.values[at]
			if joined == nil {
				joined = map[string]any{}
				out.values[at] = joined
				out.ids = append(out.ids, at)
			}
			if _, twin := joined[side.Variable.Key]; twin {
				return nil, refused("%s 的“%s”里“%s”有两条，只留一条", "frame of %[2]s for %[1]s: two entries %[3]q; keep one", subject.ID, side.Record.Name.First, at)
			}
			joined[side.Variable.Key] = true
			for name, v := range values {
				if f := side.Record.Lookup(name); f != nil {
					joined[side.Variable.Key+"."+f.Name.First] = v
				}
			}
		}
	}
	for _, joined := range out.values {
		for _, side := range r.Sides {
			if _, ok := joined[side.Variable.Key]; !ok {
				joined[side.Variable.Key] = nil
			}
		}
	}
	slices.Sort(out.ids)
	out.count = int64(len(out.ids))
	return out, nil
}

// filter keeps the units that meet a condition. A unit whose fields leave the
// condition open is an error: the frame must know what where reads.
func (s *Standard) filter(in *collected, record *check.Record, where *check.Expr, at Setting) (*collected, error) {
	if where == nil || !in.rows {
		return in, nil
	}
	probe := &part{byName: map[string]int{}, record: record, layout: &eval.Layout{Info: s.checked.Info, Unit: map[*check.Variable]int{}, Setting: s.setting, Subject: s.subject}}
	for _, f := range record.Fields {
		if f.Role != check.ComputedRole {
			probe.add(f)
		}
	}
	for _, side := range record.Sides {
		for _, f := range side.Fields {
			probe.add(f)
		}
	}
	env, _ := s.environment(at)
	out := &collected{values: in.values, rows: true}
	for _, id := range in.ids {
		row, refused := probe.row(in.values[id], env, id)
		env.Unit = row
		switch (&eval.Exact{Layout: probe.layout, Env: env}).Condition(where.Node) {
		case eval.True:
			out.ids = append(out.ids, id)
		case eval.Maybe:
			if len(refused) > 0 {
				return nil, fmt.Errorf("engine: frame of %s: %w", record.Name.First, refused[0])
			}
			w := &witness{standard: s, part: probe, exact: eval.Exact{Layout: probe.layout, Env: env}}
			w.missing(where.Node)
			return nil, fmt.Errorf("engine: frame of %s: unit %q does not say %s, which the sample's condition reads", record.Name.First, id, strings.Join(w.names, ", "))
		}
	}
	out.count = int64(len(out.ids))
	return out, nil
}

// previousFrequency translates "from previous month" and the like.
func previousFrequency(k token.Keyword) (Frequency, bool) {
	f, ok := map[token.Keyword]Frequency{
		token.KwFromPreviousWeek: Week, token.KwFromPreviousMonth: Month, token.KwFromPreviousQuarter: Quarter,
		token.KwFromPreviousHalfyear: HalfYear, token.KwFromPreviousYear: Year,
	}[k]
	return f, ok
}
