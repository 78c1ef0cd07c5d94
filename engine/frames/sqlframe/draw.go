package sqlframe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/sampling"
)

// Sample is a draw made inside a database. Units and Reserve are in the order
// in which sampling.Draw takes them.
type Sample struct {
	Planned sampling.Planned
	Units   []string
	Reserve []string
}

// Draw draws from a population without reading its rows out: the database sorts
// by ticket, and only the sample comes over. The units are those that
// sampling.Draw gives for the same request and rows, in the same order. First
// the database is asked for ids that occur twice or can't be drawn by, and one of
// either is an error that names it; then the rows are counted. The three
// queries must see one snapshot: pass a transaction where rows may change.
//
// The request has no frame, since the population is it. Draw refuses what needs
// the rows: strata (Per, Minimum), units that are always in, rotation, the
// systematic method and frozen frames; and a population whose condition is not
// applied yet. There is no sampling.Record: its digest is of all rows.
func (s Source) Draw(ctx context.Context, q engine.FrameQuery, r sampling.Request) (Sample, error) {
	p, err := s.population(q.Record)
	if err != nil {
		return Sample{}, err
	}
	switch {
	case !p.Filtered:
		return Sample{}, refused("“%s”的查询没有应用抽样条件；在查询里应用并写明，或读出各行再抽", "the query of %s has not applied the sample's condition; apply it there and say so, or draw from the rows", p.Record.Name.First)
	case r.Per != 0 || r.Minimum != 0 || len(r.Always) > 0 || r.Rotation != nil || r.Frame.Frozen != nil || r.Frame.Units != nil || (r.Method != "" && r.Method != sampling.Extendable):
		return Sample{}, refused("数据库里只做简单抽样；分层、必查、轮换、等距或冻结的总体请读出各行再抽", "only simple draws are made inside a database; draw from the rows for strata, units that are always in, rotation, the systematic method or a frozen frame")
	}
	key, err := drawKey(ctx, r)
	if err != nil {
		return Sample{}, err
	}
	from, args, err := p.from(s.Dialect, q)
	if err != nil {
		return Sample{}, err
	}
	id, err := s.Dialect.Quote(alias, p.ID)
	if err != nil {
		return Sample{}, err
	}
	d := drawing{source: s, population: p, from: from, args: args, id: id}
	if err := d.checkIDs(ctx, r); err != nil {
		return Sample{}, fmt.Errorf("sqlframe: %s: %w", p.Record.Name.First, err)
	}
	out, err := d.draw(ctx, key, r)
	if err != nil {
		return Sample{}, fmt.Errorf("sqlframe: %s: %w", p.Record.Name.First, err)
	}
	return out, nil
}

// drawKey is the key of a draw as the sampling package's recipe gives it. A draw
// from nothing checks the request and joins the seed.
func drawKey(ctx context.Context, r sampling.Request) (string, error) {
	r.Frame = sampling.Frame{Units: sampling.Units(nil)}
	empty, err := sampling.Draw(ctx, r)
	if err != nil {
		return "", err
	}
	sum := sha256.Sum256([]byte(empty.Algorithm + "\n" + empty.DrawID + "\n" + empty.Seed))
	return hex.EncodeToString(sum[:]), nil
}

// drawing is one draw in the making.
type drawing struct {
	source     Source
	population *Population
	from       string
	args       []any
	id         string // the quoted column
}

// checkIDs finds twins and unusable ids. One unit is drawn in memory from those
// that the database only suspects, so that the sampling package itself says what
// it refuses.
func (d *drawing) checkIDs(ctx context.Context, r sampling.Request) error {
	sqlText, sqlBytes := d.source.Dialect.text(d.id), d.source.Dialect.bytes(d.id)
	twins := "SELECT MIN(" + sqlText + ")" + d.from + " GROUP BY " + sqlBytes + " HAVING COUNT(*) > 1 ORDER BY " + sqlBytes + " LIMIT 1"
	err := each(ctx, d.source.DB, twins, d.args, 1, func(cells []any) error {
		name, _ := text(cells[0])
		return refused("编号 %.60q 出现不止一次，只留一个", "the id %.60q occurs more than once; keep one", name)
	})
	if err != nil {
		return err
	}
	suspects := "SELECT " + sqlText + d.from + " WHERE " + d.source.Dialect.suspect(d.id) + " ORDER BY " + sqlBytes
	r.Size, r.Reserve = sampling.Count(1), 0
	r.Frame = sampling.Frame{Sorted: true, Units: func(yield func(sampling.Unit, error) bool) {
		err := each(ctx, d.source.DB, suspects, d.args, 1, func(cells []any) error {
			name, _ := text(cells[0])
			if !yield(sampling.Unit{ID: name}, nil) {
				return errStop
			}
			return nil
		})
		if err != nil {
			yield(sampling.Unit{}, err)
		}
	}}
	_, err = sampling.Draw(ctx, r)
	return err
}

func (d *drawing) draw(ctx context.Context, key string, r sampling.Request) (Sample, error) {
	var out Sample
	population := int64(-1)
	err := each(ctx, d.source.DB, "SELECT COUNT(*)"+d.from, d.args, 1, func(cells []any) error {
		var ok bool
		if population, ok = cells[0].(int64); !ok {
			return fmt.Errorf("the driver counts rows as %T", cells[0])
		}
		return nil
	})
	if err != nil {
		return out, err
	}
	if out.Planned, err = r.Size.Plan(population); err != nil {
		return out, err
	}
	dialect, n := d.source.Dialect, len(d.args)
	query := "SELECT " + dialect.text(d.id) + d.from + " ORDER BY " + dialect.ticket(dialect.placeholder(n+1), d.id) + ", " + dialect.bytes(d.id) + " LIMIT " + dialect.placeholder(n+2)
	args := append(append([]any{}, d.args...), key, out.Planned.Units+r.Reserve)
	err = each(ctx, d.source.DB, query, args, 1, func(cells []any) error {
		name, ok := text(cells[0])
		if !ok {
			return fmt.Errorf("the driver gives ids as %T", cells[0])
		}
		if int64(len(out.Units)) < out.Planned.Units {
			out.Units = append(out.Units, name)
		} else {
			out.Reserve = append(out.Reserve, name)
		}
		return nil
	})
	if err == nil && int64(len(out.Units)) != out.Planned.Units {
		err = fmt.Errorf("%d units were to be drawn and %d came; run the queries in one transaction", out.Planned.Units, len(out.Units))
	}
	if err != nil {
		return Sample{}, err
	}
	return out, nil
}
