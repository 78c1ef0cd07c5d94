package sqlframe

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
)

// Querier is the part of *sql.DB, *sql.Conn and *sql.Tx that is used. Pass a
// transaction that reads one snapshot where rows may change meanwhile.
type Querier interface {
	QueryContext(ctx context.Context, query string, args ...any) (*sql.Rows, error)
}

// Population says where the units of a record are. Query is the host's own text
// and is trusted; every value reaches it as a bound argument, and names of
// columns and tables are quoted.
type Population struct {
	// Record is what the units are.
	Record *check.Record
	// Query is a SELECT of the host with its own placeholders; empty means all rows of Table.
	Query string
	// Table is a table's name, after its schema's where there is one.
	Table []string
	// Args are the arguments of Query for a subject and period; nil when it has none.
	Args func(q engine.FrameQuery) ([]any, error)
	// ID is the column of unit ids.
	ID string
	// Columns are the columns of the fields that Query returns, by either name of the field. A field that
	// is not there is unknown.
	Columns map[string]string
	// Filtered says that Query has already applied the sample's condition.
	Filtered bool
}

// Source serves populations as an engine.FrameSource. It holds no state; one
// value may be used by several goroutines if DB may.
type Source struct {
	DB          Querier
	Dialect     Dialect
	Populations []Population
	// WithoutDigest leaves out the digest of the frame in a record of Draw, and with it the ability to tell later that
	// a frame is the one that was drawn from. PostgreSQL makes the digest inside; from the others all ids and
	// strata are read for it, in flat memory, which then takes most of the time.
	WithoutDigest bool
}

// Frame implements engine.FrameSource: it reads the fields asked for, row by
// row, when Units is ranged over. NULL is absent for an optional field and
// unknown for any other. A row without an id ends the frame with an error.
func (s Source) Frame(ctx context.Context, q engine.FrameQuery) (engine.Frame, error) {
	p, err := s.population(q.Record)
	if err != nil {
		return engine.Frame{}, err
	}
	from, args, err := p.from(s.Dialect, q)
	if err != nil {
		return engine.Frame{}, err
	}
	id, err := s.Dialect.Quote(alias, p.ID)
	if err != nil {
		return engine.Frame{}, err
	}
	columns := []string{s.Dialect.text(id)}
	fields, err := p.fields(q.Fields)
	if err != nil {
		return engine.Frame{}, err
	}
	for _, f := range fields {
		column, err := s.Dialect.Quote(alias, f.column)
		if err != nil {
			return engine.Frame{}, err
		}
		columns = append(columns, column)
	}
	query := "SELECT " + strings.Join(columns, ", ") + from
	return engine.Frame{Filtered: p.Filtered, Units: func(yield func(engine.FrameUnit, error) bool) {
		err := each(ctx, s.DB, query, args, len(columns), func(cells []any) error {
			name, ok := text(cells[0])
			if !ok {
				return refused("“%s”的一行没有编号（列 %s）", "a row of %s has no id (column %s)", p.Record.Name.First, p.ID)
			}
			u := engine.FrameUnit{ID: name, Values: map[string]any{}}
			for i, f := range fields {
				if v := value(f.variable, cells[i+1]); v != nil || f.variable.Optional {
					u.Values[f.variable.Name.First] = v
				}
			}
			if !yield(u, nil) {
				return errStop
			}
			return nil
		})
		if err != nil {
			yield(engine.FrameUnit{}, fmt.Errorf("sqlframe: %s: %w", p.Record.Name.First, err))
		}
	}}, nil
}

// alias is what the host's query is called within ours.
const alias = "population"

func (s Source) population(record string) (*Population, error) {
	for i := range s.Populations {
		p := &s.Populations[i]
		if p.Record == nil {
			return nil, refused("第 %d 个总体没有写是什么记录", "populations[%[2]d]: the record is missing", i+1, i)
		}
		if p.Record.Name.Has(record) {
			return p, nil
		}
	}
	return nil, engine.ErrNoFrame
}

// from is the FROM clause of a population with its arguments. The line break
// ends a comment that the host's query may end with.
func (p *Population) from(d Dialect, q engine.FrameQuery) (string, []any, error) {
	var args []any
	if p.Args != nil {
		var err error
		if args, err = p.Args(q); err != nil {
			return "", nil, fmt.Errorf("sqlframe: arguments of %s: %w", p.Record.Name.First, err)
		}
	}
	name, err := d.Quote(alias)
	if err != nil {
		return "", nil, err
	}
	if p.Query != "" {
		return " FROM (" + p.Query + "\n) AS " + name, args, nil
	}
	table, err := d.Quote(p.Table...)
	if err != nil {
		return "", nil, err
	}
	return " FROM " + table + " AS " + name, args, nil
}

// field is one column that is read.
type field struct {
	variable *check.Variable
	column   string
}

// fields lists the columns of the fields asked for, in their order.
func (p *Population) fields(wanted []string) ([]field, error) {
	var out []field
	for name, column := range p.Columns {
		f := p.Record.Lookup(name)
		if f == nil || f.Role != check.FieldRole {
			return nil, refused("“%s”没有字段“%s”", "%s has no field %q", p.Record.Name.First, name)
		}
		if slices.Contains(wanted, f.Name.First) {
			out = append(out, field{f, column})
		}
	}
	slices.SortFunc(out, func(a, b field) int { return strings.Compare(a.variable.Name.First, b.variable.Name.First) })
	for i := 1; i < len(out); i++ {
		if out[i].variable == out[i-1].variable {
			return nil, refused("“%s”的字段“%s”写了两列，只留一列", "%s: the field %q has two columns; keep one", p.Record.Name.First, out[i].variable.Name.First)
		}
	}
	return out, nil
}

// errStop ends a loop over rows whose reader wants no more.
var errStop = errors.New("sqlframe: no more rows are wanted")

// each runs a query and hands on its rows. errStop from row is no error.
func each(ctx context.Context, db Querier, query string, args []any, columns int, row func(cells []any) error) (err error) {
	rows, err := db.QueryContext(ctx, query, args...)
	if err != nil {
		return err
	}
	defer func() {
		if closing := rows.Close(); err == nil {
			err = closing
		}
	}()
	cells, targets := make([]any, columns), make([]any, columns)
	for i := range cells {
		targets[i] = &cells[i]
	}
	for rows.Next() {
		if err := rows.Scan(targets...); err != nil {
			return err
		}
		switch err := row(cells); {
		case errors.Is(err, errStop):
			return nil
		case err != nil:
			return err
		}
	}
	return rows.Err()
}

// text is a cell that was selected as text; drivers give either form.
func text(cell any) (string, bool) {
	switch v := cell.(type) {
	case string:
		return v, true
	case []byte:
		return string(v), true
	}
	return "", false
}

// value is a cell as evidence: drivers give texts as bytes and dates as times.
func value(f *check.Variable, cell any) any {
	switch v := cell.(type) {
	case []byte:
		return string(v)
	case time.Time:
		if f.Type.Kind == check.Date {
			return v.Format(time.DateOnly)
		}
	case int64:
		// MySQL and SQLite have no booleans of their own.
		if f.Type.Kind == check.Bool && (v == 0 || v == 1) {
			return v == 1
		}
	}
	return cell
}
