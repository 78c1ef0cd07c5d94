package sqlframe

import (
	"context"
	"fmt"
	"strconv"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/sampling"
)

// Draw draws from a population without reading its rows out: the database
// counts the strata, sorts by ticket and hands over the sample. The record is
// the one that [sampling.Draw] gives for the same request and rows, and
// [sampling.Verify] takes it. Strata are fields of the record, from the
// coarsest; NULL is the empty value, as in a plan, and nothing is compared under
// a collation.
//
// First the database is asked for ids that can't be drawn by or occur twice, and
// one of either is an error that names it. The queries must see one state: pass
// a transaction with repeatable reads where rows may change.
//
// The request has no frame, since the population is it. Draw refuses units that
// are always in, rotation and frozen frames, which need the rows; and strata whose
// text the database writes in another way than Frame gives it, such as times and
// floating numbers: turn them into texts in the query. A conditional draw from a
// population whose condition is not applied yet is engine.ErrDrawFromRows, and so
// a plan draws from the rows then. Draw implements [engine.DrawingSource].
func (s Source) Draw(ctx context.Context, q engine.FrameQuery, r sampling.Request, strata ...string) (sampling.Record, error) {
	p, err := s.population(q.Record)
	if err != nil {
		return sampling.Record{}, err
	}
	if q.Conditional && !p.Filtered {
		return sampling.Record{}, engine.ErrDrawFromRows // a condition is not put into SQL
	}
	x, err := s.index(p, q, r, strata)
	if err != nil {
		return sampling.Record{}, err
	}
	record, err := sampling.DrawIndex(ctx, r, x)
	if err != nil {
		return sampling.Record{}, fmt.Errorf("sqlframe: %s: %w", p.Record.Name.First, err)
	}
	return record, nil
}

// index prepares what the queries of a draw are made of.
func (s Source) index(p *Population, q engine.FrameQuery, r sampling.Request, strata []string) (*index, error) {
	from, args, err := p.from(s.Dialect, q)
	if err != nil {
		return nil, err
	}
	id, err := s.Dialect.Quote(alias, p.ID)
	if err != nil {
		return nil, err
	}
	x := &index{db: s.DB, dialect: s.Dialect, from: from, args: args, id: id, request: r, bare: s.WithoutDigest, bound: bound}
	for _, name := range strata {
		f := p.Record.Lookup(name)
		if f == nil {
			return nil, refused("“%s”没有字段“%s”", "%s has no field %q", p.Record.Name.First, name)
		}
		fields, err := p.fields([]string{f.Name.First})
		if err != nil {
			return nil, err
		}
		if len(fields) == 0 {
			return nil, refused("“%s”的查询没有给出字段“%s”，不能按它分层", "the query of %s gives no field %q to spread over", p.Record.Name.First, name)
		}
		switch fields[0].variable.Type.Kind {
		case check.Text, check.Choice, check.Number:
		default:
			return nil, refused("数据库里不能按“%s”分层；在查询里写成文字，或读出各行再抽", "the strata can't be those of %q inside a database; make it a text in the query, or draw from the rows", name)
		}
		column, err := s.Dialect.Quote(alias, fields[0].column)
		if err != nil {
			return nil, err
		}
		x.strata = append(x.strata, stratum{field: fields[0], column: column})
	}
	return x, nil
}

// checkIDs finds unusable ids and twins. One unit is drawn in memory from those
// that the database only suspects, so that the sampling package itself says what
// it refuses.
func (x *index) checkIDs(ctx context.Context) error {
	id := x.dialect.text(x.id)
	suspects := "SELECT " + id + x.from + " WHERE " + x.dialect.suspect(x.id) + " ORDER BY " + x.dialect.bytes(id)
	r := sampling.Request{Seed: x.request.Seed, Size: sampling.Count(1)}
	r.Frame.Units = func(yield func(sampling.Unit, error) bool) {
		before, first := "", true
		err := each(ctx, x.db, suspects, x.args, 1, func(cells []any) error {
			name, _ := text(cells[0])
			if !first && name == before {
				return nil // twins are told of once the ids are known to be usable
			}
			before, first = name, false
			if !yield(sampling.Unit{ID: name}, nil) {
				return errStop
			}
			return nil
		})
		if err != nil {
			yield(sampling.Unit{}, err)
		}
	}
	r.Frame.Sorted = true
	if _, err := sampling.Draw(ctx, r); err != nil {
		return err
	}
	count := "SELECT COUNT(*), COUNT(DISTINCT " + x.dialect.distinct(id) + ")" + x.from
	var distinct int64
	err := each(ctx, x.db, count, x.args, 2, func(cells []any) (err error) {
		if x.population, err = integer(cells[0]); err == nil {
			distinct, err = integer(cells[1])
		}
		return err
	})
	if err != nil || distinct == x.population {
		return err
	}
	bytes := x.dialect.key(id, longest)
	twins := "SELECT MIN(" + id + ")" + x.from + " GROUP BY " + bytes + " HAVING COUNT(*) > 1 ORDER BY " + bytes + " LIMIT 1"
	return each(ctx, x.db, twins, x.args, 1, func(cells []any) error {
		name, _ := text(cells[0])
		return refused("编号 %.60q 出现不止一次，只留一个", "the id %.60q occurs more than once; keep one", name)
	})
}

// longest bounds an id and a value of a stratum, in bytes.
const longest = 200

// integer is a count; drivers give it as they like.
func integer(cell any) (int64, error) {
	if n, ok := cell.(int64); ok {
		return n, nil
	}
	digits, _ := text(cell)
	n, err := strconv.ParseInt(digits, 10, 64)
	if err != nil {
		return 0, fmt.Errorf("the driver gives a whole number as %T", cell)
	}
	return n, nil
}
