package engine

import (
	"cmp"
	"context"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
	"github.com/pinjian/pinjian/sampling"
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
	// Conditional says that only units which meet the sample's condition are
	// wanted; a source that hasn't applied it gives all of them.
	Conditional bool
}

// DrawingSource is a FrameSource that can draw where its rows are, such as
// inside a database. A plan asks it first. A conditional query needs a
// population to which the condition has been applied. Draw gives
// the record that [sampling.Draw] gives for the same request and rows, whose
// strata are those fields; ErrDrawFromRows sends the plan to the rows.
type DrawingSource interface {
	FrameSource
	Draw(ctx context.Context, q FrameQuery, r sampling.Request, strata ...string) (sampling.Record, error)
}

// ErrDrawFromRows is what a DrawingSource returns for a draw that it can't make
// itself.
var ErrDrawFromRows = fmt.Errorf("engine: draw this sample from the rows")

// Frame is a population: units with those fields, or only their number (Units
// nil), from which nothing can be drawn. Filtered says that the units are those
// that meet the sample's condition, so that it is not asked again.
type Frame struct {
	Units    iter.Seq2[FrameUnit, error]
	Count    int64
	Filtered bool
}

// FrameUnit is one row of a frame. In Values a missing key is unknown and nil
// is absent. Source says where the row was read, such as a file's name; it may
// be empty.
type FrameUnit struct {
	ID     string
	Values map[string]any
	Source string
}

// ErrNoFrame is what a FrameSource returns for a record that it does not hold.
var ErrNoFrame = fmt.Errorf("engine: no frame for this record")

// unusable tells of a unit that is left out for its id.
func unusable(c *collected, id string, why Words) flaw {
	unit := c.at(fmt.Sprintf("%.60s", id))
	return flaw{"unusable_id", id, Words{unit + " " + why.ZH + "，未列入抽样", unit + " " + why.EN + "; it is left out of the draw"}}
}

// collected is a frame read into memory, as a plan needs it. source is where
// its rows were read, when all were read at one place.
type collected struct {
	ids    []string
	values map[string]map[string]any
	count  int64
	rows   bool
	// filtered says that the source has applied the sample's condition.
	filtered bool
	source   string
	flaws    []flaw
}

// flaw is what is wrong with one unit of a frame, which the rest of the frame
// does not suffer from.
type flaw struct {
	code, unit string
	words      Words
}

// mostFlaws bounds how many flaws of one kind are told one by one.
const mostFlaws = 20

// told orders flaws by unit, so that the order of rows doesn't matter, and
// sums up what is beyond the first ones of each kind.
func told(flaws []flaw) []flaw {
	flaws = slices.Clone(flaws)
	slices.SortStableFunc(flaws, func(a, b flaw) int {
		return cmp.Or(strings.Compare(a.code, b.code), strings.Compare(a.unit, b.unit), strings.Compare(a.words.EN, b.words.EN))
	})
	var out []flaw
	kind := map[string]int{}
	for _, f := range flaws {
		if kind[f.code]++; kind[f.code] <= mostFlaws {
			out = append(out, f)
		}
	}
	for _, code := range sortedKeys(kind) {
		if more := kind[code] - mostFlaws; more > 0 {
			out = append(out, flaw{code: code, words: Words{fmt.Sprintf("同样的问题还有 %d 处", more), fmt.Sprintf("and %d more of the same", more)}})
		}
	}
	return out
}

// at is a unit with where it was read.
func (c *collected) at(unit string) string {
	if c.source == "" {
		return shown(unit)
	}
	return c.source + " " + shown(unit)
}

// twin puts two rows of one unit together: what they agree on, or only one of
// them says, is known; the rest is unknown. The fields on which they differ are
// added to disputed.
func twin(a, b map[string]any, disputed map[string]bool) map[string]any {
	out := map[string]any{}
	for _, row := range []map[string]any{a, b} {
		for name, v := range row {
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

// usableID says why a unit's id can't be drawn by: two programs could write it
// as different bytes.
func usableID(id string) (Words, bool) {
	switch {
	case id == "":
		return Words{"没有编号", "has no id"}, false
	case !utf8.ValidString(id):
		return Words{"的编号不是 UTF-8", "has an id that is not UTF-8"}, false
	case len(id) > 200:
		return Words{"的编号超过 200 字节", "has an id of more than 200 bytes"}, false
	case strings.ContainsFunc(id, unicode.IsControl):
		return Words{"的编号含控制字符", "has an id with a control character"}, false
	case !norm.NFC.IsNormalString(id):
		return Words{"的编号不是 Unicode 规范形式 C", "has an id that is not in Unicode normalisation form C"}, false
	}
	return Words{}, true
}

// gather reads the frame of a record for a subject and period. A joined record
// is the full outer join of its sides by their key; its unit's id is the key.
// fields are those that the source is asked for, by record.
func (s *Standard) gather(ctx context.Context, source FrameSource, r *check.Record, subject Subject, period Period, fields map[string][]string) (*collected, error) {
	if len(r.Sides) > 0 {
		return s.join(ctx, source, r, subject, period, fields)
	}
	frame, err := source.Frame(ctx, FrameQuery{Record: r.Name.First, Subject: subject.ID, Period: period, Fields: fields[r.Name.First]})
	if err != nil {
		return nil, err
	}
	out := &collected{values: map[string]map[string]any{}, count: frame.Count, rows: frame.Units != nil, filtered: frame.Filtered}
	if frame.Units == nil {
		return out, nil
	}
	disputed := map[string]map[string]bool{}
	first := true
	for u, err := range frame.Units {
		if err != nil {
			return nil, refused("%s 的“%s”总体清单读不了：%v", "frame of %[2]s for %[1]s: %[3]v", subject.ID, r.Name.First, err)
		}
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if first {
			out.source, first = u.Source, false
		} else if out.source != u.Source {
			out.source = ""
		}
		if why, ok := usableID(u.ID); !ok {
			out.flaws = append(out.flaws, unusable(out, u.ID, why))
			continue
		}
		row, again := out.values[u.ID]
		if !again {
			out.ids = append(out.ids, u.ID)
			out.values[u.ID] = u.Values
			continue
		}
		if disputed[u.ID] == nil {
			disputed[u.ID] = map[string]bool{}
		}
		out.values[u.ID] = twin(row, u.Values, disputed[u.ID])
	}
	for _, id := range sortedKeys(disputed) {
		out.flaws = append(out.flaws, twinFlaw(out.at(id), id, disputed[id]))
	}
	out.count = int64(len(out.ids))
	return out, nil
}

// twinFlaw tells of a unit that has several rows.
func twinFlaw(at, unit string, disputed map[string]bool) flaw {
	if len(disputed) == 0 {
		return flaw{"twin_unit", unit, Words{at + " 有几行，内容相同，算一个单位", at + " has several rows with the same contents; they count as one unit"}}
	}
	fields := strings.Join(sortedKeys(disputed), ", ")
	return flaw{"twin_unit", unit, Words{at + " 有几行，" + fields + " 不一致，按未采集处理", at + " has several rows that differ in " + fields + ", which counts as not collected"}}
}

func (s *Standard) join(ctx context.Context, source FrameSource, r *check.Record, subject Subject, period Period, fields map[string][]string) (*collected, error) {
	out := &collected{values: map[string]map[string]any{}, rows: true}
	for _, side := range r.Sides {
		frame, err := s.gather(ctx, source, side.Record, subject, period, fields)
		if err != nil {
			return nil, err
		}
		if !frame.rows {
			return nil, errCountOnly
		}
		out.flaws = append(out.flaws, frame.flaws...)
		disputed := map[string]map[string]bool{}
		own := map[string]map[string]any{}
		key := side.Record.Lookup(r.Key)
		for _, id := range frame.ids {
			values := frame.values[id]
			at := id
			for _, name := range []string{key.Name.First, key.Name.Second} {
				if v, ok := values[name].(string); ok && v != "" {
					at = v
				}
			}
			if why, ok := usableID(at); !ok {
				out.flaws = append(out.flaws, unusable(frame, at, why))
				continue
			}
			if row, again := own[at]; again {
				if disputed[at] == nil {
					disputed[at] = map[string]bool{}
				}
				own[at] = twin(row, values, disputed[at])
				continue
			}
			own[at] = values
		}
		for _, at := range sortedKeys(own) {
			joined := out.values[at]
			if joined == nil {
				joined = map[string]any{}
				out.values[at] = joined
				out.ids = append(out.ids, at)
			}
			joined[side.Variable.Key] = true
			for name, v := range own[at] {
				if f := side.Record.Lookup(name); f != nil {
					joined[side.Variable.Key+"."+f.Name.First] = v
				}
			}
		}
		for _, at := range sortedKeys(disputed) {
			out.flaws = append(out.flaws, twinFlaw(frame.at(at), at, disputed[at]))
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
// condition open is a flaw of the outcome and is left out.
func (s *Standard) filter(in *collected, record *check.Record, where *check.Expr, at Setting) *collected {
	if where == nil || !in.rows || in.filtered {
		return in
	}
	probe := s.recordAlone(record)
	env, _ := s.environment(at)
	out := &collected{values: in.values, rows: true, source: in.source}
	for _, id := range in.ids {
		row, refused := probe.row(in.values[id], env, id)
		env.Unit = row
		switch (&eval.Exact{Layout: probe.layout, Env: env}).Condition(where.Node) {
		case eval.True:
			out.ids = append(out.ids, id)
		case eval.Maybe:
			out.flaws = append(out.flaws, s.openUnit(probe, env, in, id, where, refused))
		}
	}
	out.count = int64(len(out.ids))
	return out
}

// openUnit says why a unit can't be placed: the fields that it lacks, and what
// was refused of them.
func (s *Standard) openUnit(probe *part, env *eval.Env, in *collected, id string, where *check.Expr, refused []*InputError) flaw {
	w := &witness{standard: s, part: probe, exact: eval.Exact{Layout: probe.layout, Env: env}}
	w.missing(where.Node)
	fields := strings.Join(w.names, ", ")
	zh, en := in.at(id)+" 没有写明抽样条件要读的 "+fields, in.at(id)+" does not say "+fields+", which the sample's condition reads"
	for _, bad := range refused {
		field, _, _ := strings.Cut(strings.TrimPrefix(bad.Path, id+"."), "[")
		if slot, ok := probe.slot(field); ok && slices.Contains(w.names, probe.variables[slot].Key) {
			zh, en = zh+"（"+bad.Message(checklang.Chinese)+"）", en+" ("+bad.Message(checklang.English)+")"
		}
	}
	return flaw{"undecided_unit", id, Words{zh + "，未列入抽样", en + "; it is left out of the draw"}}
}

// previousFrequency translates "from previous month" and the like.
func previousFrequency(k token.Keyword) (Frequency, bool) {
	f, ok := map[token.Keyword]Frequency{
		token.KwFromPreviousWeek: Week, token.KwFromPreviousMonth: Month, token.KwFromPreviousQuarter: Quarter,
		token.KwFromPreviousHalfyear: HalfYear, token.KwFromPreviousYear: Year,
	}[k]
	return f, ok
}
