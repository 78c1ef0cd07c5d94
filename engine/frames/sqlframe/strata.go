package sqlframe

import (
	"context"
	"fmt"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/sampling"
)

// Strata implements sampling.Index. A population without levels is one stratum.
func (x *index) Strata(ctx context.Context) ([]sampling.Stratum, error) {
	if err := x.checkIDs(ctx); err != nil {
		return nil, err
	}
	x.sizes = map[string]int64{}
	if len(x.strata) == 0 {
		if x.population == 0 {
			return nil, nil
		}
		x.sizes[pathKey(nil)] = x.population
		return []sampling.Stratum{{Population: x.population}}, nil
	}
	var inner, outer, groups, least []string
	for i, s := range x.strata {
		if err := x.checkTexts(ctx, s); err != nil {
			return nil, err
		}
		// What is longer by one byte is refused as a stratum.
		inner = append(inner, x.dialect.key(x.text(s), longest+1)+" AS "+level(i))
		outer, groups = append(outer, level(i)), append(groups, level(i))
		if s.field.variable.Type.Kind == check.Number {
			inner = append(inner, s.column+" AS "+level(i)+"_number")
			least = append(least, "MIN("+level(i)+"_number)")
		} else {
			least = append(least, "NULL")
		}
	}
	query := "SELECT COUNT(*), " + strings.Join(append(outer, least...), ", ") + " FROM (SELECT " + strings.Join(inner, ", ") + x.from + ") AS counted GROUP BY " + strings.Join(groups, ", ")
	var all []sampling.Stratum
	err := each(ctx, x.db, query, x.args, 1+2*len(x.strata), func(cells []any) error {
		size, err := integer(cells[0])
		if err != nil {
			return err
		}
		one := sampling.Stratum{Population: size}
		for i, s := range x.strata {
			value, _ := text(cells[1+i])
			if err := s.same(value, cells[1+len(x.strata)+i]); err != nil {
				return err
			}
			one.Path = append(one.Path, value)
		}
		x.sizes[pathKey(one.Path)] = size
		all = append(all, one)
		return nil
	})
	return all, err
}

// same refuses numbers that the database writes in another way than those who
// read the rows.
func (s stratum) same(written string, number any) error {
	if s.field.variable.Type.Kind != check.Number || number == nil {
		return nil
	}
	if read := fmt.Sprint(value(s.field.variable, number)); read != written {
		return refused("“%s”在数据库里写作 %.60q，读出来是 %.60q；在查询里写成文字", "the database writes %q as %.60q and it is read as %.60q; make it a text in the query", s.field.variable.Name.First, written, read)
	}
	return nil
}

// checkTexts refuses a column of another type than text whose values a driver
// gives in a form of its own.
func (x *index) checkTexts(ctx context.Context, s stratum) error {
	if s.field.variable.Type.Kind == check.Number {
		return nil
	}
	probe := "SELECT " + s.column + x.from + " WHERE " + s.column + " IS NOT NULL LIMIT 1"
	return each(ctx, x.db, probe, x.args, 1, func(cells []any) error {
		switch cells[0].(type) {
		case string, []byte, int64:
			return nil
		}
		return refused("“%s”的列在数据库里不是文字；在查询里写成文字", "the column of %q is no text in the database; make it one in the query", s.field.variable.Name.First)
	})
}

// pathKey tells paths apart; values hold no control characters.
func pathKey(path []string) string { return strings.Join(path, "\t") }
