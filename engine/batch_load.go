package engine

import (
	"strconv"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Loader appends rows of a table to a batch: lines of a CSV file or rows of a
// database. It serves one goroutine.
type Loader struct {
	batch   *Batch
	columns []loaderColumn
	day     civilDay
}

// loaderColumn is one column that is a field; the others are left out.
type loaderColumn struct {
	at     int // in the table
	slot   int
	setter setter
}

// Loader prepares reading a table whose columns have these names. Columns that
// are no field of the batch are left alone, and so are those of fields that no
// part reads. In a text table an empty cell is absent where the field may be
// and unknown otherwise; in rows of a database nil is absent.
func (b *Batch) Loader(columns []string) *Loader {
	l := &Loader{batch: b}
	for at, name := range columns {
		slot, ok := b.part.slot(strings.TrimSpace(name))
		if !ok || b.table.Columns[slot].Storage == eval.NoStorage {
			continue
		}
		v := b.part.variables[slot]
		c := loaderColumn{at: at, slot: slot}
		m := &matcher{}
		c.setter, _ = m.match(v, loaderTypes[v.Type.Kind])
		c.setter.variable, c.setter.path, c.setter.side = v, columns[at], -1
		if v.Side != nil {
			c.setter.side, _ = b.part.layout.Slot(v.Side)
		}
		l.columns = append(l.columns, c)
	}
	return l
}

// Texts appends a unit from the cells of one line. Text that is kept is
// copied, so that the cells' memory may be used again.
func (l *Loader) Texts(id string, cells []string) []*InputError {
	b := l.batch
	clear(b.row)
	b.last = nil
	var refused []*InputError
	for i := range l.columns {
		c := &l.columns[i]
		cell := cells[c.at]
		if cell == "" {
			if c.setter.variable.Optional {
				b.row[c.slot] = eval.Slot{State: eval.Absent}
				c.setter.mark(b.row)
			}
			continue
		}
		slot, ok := l.quick(c, cell)
		if !ok {
			var bad *InputError
			if slot, bad = decode(c.setter.variable, cell, b.zone, c.setter.path); bad != nil {
				refused = append(refused, bad)
				continue
			}
			slot.Text = strings.Clone(slot.Text)
		}
		b.row[c.slot] = slot
		c.setter.mark(b.row)
	}
	b.push(strings.Clone(id))
	return refused
}

// quick reads the usual forms of the commonest kinds.
func (l *Loader) quick(c *loaderColumn, cell string) (eval.Slot, bool) {
	switch c.setter.variable.Type.Kind {
	case check.Time:
		l.batch.civil = true
		if n, ok := l.day.instant(cell, l.batch.zone); ok {
			return eval.Slot{Num: n, State: eval.Known}, true
		}
	case check.Choice:
		if n, ok := c.setter.member(cell); ok {
			return eval.Slot{Num: n, State: eval.Known}, true
		}
	case check.Number:
		if n, err := strconv.ParseInt(cell, 10, 64); err == nil {
			n, ok := c.setter.whole(n)
			return eval.Slot{Num: n, State: eval.Known}, ok
		}
	}
	return eval.Slot{}, false
}

// Values appends a unit from the values of one row, as package database/sql
// scans them: int64, float64, bool, []byte, string, time.Time or nil.
func (l *Loader) Values(id string, cells []any) []*InputError {
	b := l.batch
	clear(b.row)
	b.last = nil
	var refused []*InputError
	for i := range l.columns {
		c := &l.columns[i]
		value := cells[c.at]
		switch v := value.(type) {
		case []byte:
			value = string(v)
		case int64: // databases without truth values keep 0 and 1
			if c.setter.variable.Type.Kind == check.Bool && (v == 0 || v == 1) {
				value = v == 1
			}
		}
		if _, text := value.(string); text && c.setter.variable.Type.Kind == check.Time {
			b.civil = true
		}
		slot, bad := decode(c.setter.variable, value, b.zone, c.setter.path)
		if bad != nil {
			refused = append(refused, bad)
			continue
		}
		b.row[c.slot] = slot
		c.setter.mark(b.row)
	}
	b.push(id)
	return refused
}

// civilDay reads civil times; it remembers the last day, since rows come in
// the order of their times more often than not.
type civilDay struct {
	text     string
	midnight int64 // seconds since 1970
	zone     *time.Location
}

// instant reads "2026-11-03 09:00" or "2026-11-03 09:00:00" in a zone; ok is
// false for any other form, and on days on which a clock is changed.
func (d *civilDay) instant(s string, zone *time.Location) (int64, bool) {
	if (len(s) != 16 && len(s) != 19) || s[10] != ' ' || s[13] != ':' {
		return 0, false
	}
	hour, ok1 := digits(s, 11, 13)
	minute, ok2 := digits(s, 14, 16)
	second, ok3 := 0, true
	if len(s) == 19 {
		second, ok3 = digits(s, 17, 19)
		ok3 = ok3 && s[16] == ':'
	}
	if !ok1 || !ok2 || !ok3 || hour > 23 || minute > 59 || second > 59 {
		return 0, false
	}
	if d.zone != zone || d.text != s[:10] {
		date, err := ParseDate(s[:10])
		if err != nil || date.Year < 1701 || date.Year > 2249 {
			return 0, false
		}
		midnight := time.Date(date.Year, date.Month, date.Day, 0, 0, 0, 0, zone)
		if _, change := midnight.ZoneBounds(); !change.IsZero() && change.Sub(midnight) < 24*time.Hour {
			return 0, false
		}
		d.text, d.midnight, d.zone = strings.Clone(s[:10]), midnight.Unix(), zone
	}
	return (d.midnight + int64(hour)*3600 + int64(minute)*60 + int64(second)) * int64(time.Second), true
}
