// Package frames reads populations from files: CSV as Chinese Excel writes it.
// A table read here serves a plan as engine.FrameSource and a judgement as the
// host's record values.
package frames

import (
	"bufio"
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
)

// Options says how a CSV file holds a record. ID is the column of unit ids,
// Subject that of subjects (empty: all rows belong to every subject), Time a
// column whose time must lie in the period asked for (empty: all rows do).
// Encoding is "utf-8" (the zero value) or "gb18030". Zone reads times of the
// Time column without an offset; nil is UTC.
type Options struct {
	Record   *check.Record
	ID       string
	Subject  string
	Time     string
	Encoding string
	Zone     *time.Location
}

// Row is one line of a table. In Values a missing key is unknown and nil is
// absent: an empty cell is absent for an optional field and unknown for any
// other.
type Row struct {
	ID      string
	Subject string
	Line    int
	At      time.Time
	Values  map[string]any
}

// Table is a CSV file read into memory, immutable afterwards.
type Table struct {
	Name   string
	Record string
	Rows   []Row
	timed  bool
}

// ReadCSV reads a whole file; name is how errors call it. A file that is no
// UTF-8 is refused with the encoding it looks like unless Options names one. A
// line with the wrong number of cells or without an id is an InputError in the
// second result, and the rest is read.
func ReadCSV(name string, r io.Reader, o Options) (*Table, []*engine.InputError, error) {
	in, err := decoded(name, r, o.Encoding)
	if err != nil {
		return nil, nil, err
	}
	reader := csv.NewReader(in)
	reader.ReuseRecord = true
	head, err := reader.Read()
	if err != nil {
		return nil, nil, fmt.Errorf("frames: %s: the first line must name the columns: %w", name, err)
	}
	columns := make([]string, len(head))
	for i, h := range head {
		columns[i] = strings.TrimSpace(h)
	}
	at := func(column string) (int, error) {
		if column == "" {
			return -1, nil
		}
		if i := slices.Index(columns, column); i >= 0 {
			return i, nil
		}
		return 0, refused("%s 没有名为“%s”的列，有：%s", "%s: there is no column %q; the file has %s", name, column, strings.Join(columns, ", "))
	}
	id, err := at(o.ID)
	subject, err2 := at(o.Subject)
	when, err3 := at(o.Time)
	if err := errors.Join(err, err2, err3); err != nil {
		return nil, nil, err
	}
	if id < 0 {
		id = 0
	}
	fields := make([]*check.Variable, len(columns))
	for i, c := range columns {
		if f := o.Record.Lookup(c); f != nil && f.Role == check.FieldRole {
			fields[i] = f
		}
	}
	t := &Table{Name: name, Record: o.Record.Name.First, timed: when >= 0}
	var refused []*engine.InputError
	for {
		cells, err := reader.Read()
		if err == io.EOF {
			return t, refused, nil
		}
		line, _ := reader.FieldPos(0)
		if err != nil {
			var parse *csv.ParseError
			if errors.As(err, &parse) {
				refused = append(refused, &engine.InputError{Source: name, Line: parse.Line, Code: "C908", Said: parse.Err.Error()})
				if errors.Is(parse.Err, csv.ErrFieldCount) {
					continue
				}
				return t, refused, nil // a quotation mark left open swallows the rest
			}
			return nil, refused, fmt.Errorf("frames: %s: %w", name, err)
		}
		row := Row{ID: strings.Clone(cells[id]), Line: line, Values: map[string]any{}}
		if row.ID == "" {
			refused = append(refused, &engine.InputError{Source: name, Line: line, Path: columns[id], Code: "C909", Said: "the unit has no id"})
			continue
		}
		if subject >= 0 {
			row.Subject = strings.Clone(cells[subject])
		}
		if when >= 0 {
			parsed, err := time.ParseInLocation("2006-01-02 15:04:05", cells[when], zone(o.Zone))
			if err != nil {
				refused = append(refused, &engine.InputError{Source: name, Line: line, Path: columns[when], Code: "C902", Said: fmt.Sprintf("%q is no time such as 2006-01-02 15:04:05", cells[when])})
				continue
			}
			row.At = parsed
		}
		for i, f := range fields {
			switch {
			case f == nil:
			case cells[i] != "":
				row.Values[f.Name.First] = strings.Clone(cells[i])
			case f.Optional:
				row.Values[f.Name.First] = nil
			}
		}
		t.Rows = append(t.Rows, row)
	}
}

func refused(zh, en string, args ...any) error {
	return &engine.Refusal{Words: engine.Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

func zone(z *time.Location) *time.Location {
	if z == nil {
		return time.UTC
	}
	return z
}

// decoded drops a byte order mark and turns the file into UTF-8.
func decoded(name string, r io.Reader, encoding string) (io.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	if mark, _ := in.Peek(3); bytes.Equal(mark, []byte("\xef\xbb\xbf")) {
		_, _ = in.Discard(3)
	}
	switch strings.ToLower(encoding) {
	case "gb18030", "gbk", "gb2312":
		return simplifiedchinese.GB18030.NewDecoder().Reader(in), nil
	case "", "utf-8", "utf8":
	default:
		return nil, refused("%s：不认识编码“%s”，写 utf-8 或 gb18030", "%s: the encoding %q is not known; write utf-8 or gb18030", name, encoding)
	}
	start, _ := in.Peek(32 << 10)
	for i := 0; i < len(start); {
		r, n := utf8.DecodeRune(start[i:])
		if r == utf8.RuneError && n == 1 && len(start)-i >= utf8.UTFMax {
			return nil, refused("%s 的第 %d 个字节不是 UTF-8，看起来像 GB18030；另存为 UTF-8，或写明编码", "%s: byte %d is not UTF-8, it looks like GB18030; save the file as UTF-8 or name its encoding", name, i+1)
		}
		i += n
	}
	return in, nil
}

// Source serves tables as an engine.FrameSource.
type Source struct{ Tables []*Table }

// Frame implements engine.FrameSource.
func (s Source) Frame(ctx context.Context, q engine.FrameQuery) (engine.Frame, error) {
	if err := ctx.Err(); err != nil {
		return engine.Frame{}, err
	}
	for _, t := range s.Tables {
		if t.Record != q.Record {
			continue
		}
		return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
			for _, r := range t.Rows {
				if !t.belongs(r, q.Subject, q.Period) {
					continue
				}
				if !yield(engine.FrameUnit{ID: r.ID, Values: r.Values}, nil) {
					return
				}
			}
		}}, nil
	}
	return engine.Frame{}, engine.ErrNoFrame
}

func (t *Table) belongs(r Row, subject string, p engine.Period) bool {
	return (r.Subject == "" || r.Subject == subject) && (!t.timed || p.Contains(r.At))
}
