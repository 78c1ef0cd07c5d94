// Package frames reads populations from files: CSV as Chinese Excel writes it.
// A table read here serves a plan as engine.FrameSource and a judgement as the
// host's record values.
package frames

import (
	"bufio"
	"bytes"
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
// UTF-8 is refused with the encoding it looks like unless Options names one, and
// so is one in which a quotation mark swallows whole lines. A line with the
// wrong number of cells, without an id, with a Time that is none or with broken
// text is an InputError in the second result, and the rest is read.
func ReadCSV(name string, r io.Reader, o Options) (*Table, []*engine.InputError, error) {
	return table(name, o, func() (reader, error) { return openCSV(name, r, o) })
}

// reader gives the rows of one file. A line that is none is an InputError and
// the next call goes on after it; io.EOF ends the file.
type reader interface {
	next() (Row, *engine.InputError, error)
}

// table reads a file to its end.
func table(name string, o Options, open func() (reader, error)) (*Table, []*engine.InputError, error) {
	in, err := open()
	if err != nil {
		return nil, nil, err
	}
	t := &Table{Name: name, Record: o.Record.Name.First, timed: o.Time != ""}
	var bad []*engine.InputError
	for {
		row, refusal, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return t, bad, nil
		case err != nil:
			return nil, nil, err
		case refusal != nil:
			bad = append(bad, refusal)
		default:
			t.Rows = append(t.Rows, row)
		}
	}
}

// openCSV reads the names of the columns.
func openCSV(name string, r io.Reader, o Options) (*lines, error) {
	in, err := decoded(name, r, o.Encoding)
	if err != nil {
		return nil, err
	}
	reader := csv.NewReader(in)
	reader.ReuseRecord = true
	head, err := reader.Read()
	if err != nil {
		return nil, fmt.Errorf("frames: %s: the first line must name the columns: %w", name, err)
	}
	columns := make([]string, len(head))
	for i, h := range head {
		columns[i] = strings.TrimSpace(h)
		if !utf8.ValidString(h) || (o.Encoding != "" && strings.ContainsRune(h, utf8.RuneError)) {
			return nil, refused("%s 的第 1 行不是所说的编码", "%s: line 1 is not in the encoding that is named", name)
		}
		if columns[i] != "" && slices.Contains(columns[:i], columns[i]) {
			return nil, refused("%s 有两个名为“%s”的列，只留一个", "%s has two columns %q; keep one", name, columns[i])
		}
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
		return nil, err
	}
	if id < 0 {
		id = 0
	}
	fields := make([]*check.Variable, len(columns))
	for i, c := range columns {
		if f := o.Record.Lookup(c); f != nil && f.Role == check.FieldRole {
			if twin := slices.Index(fields, f); twin >= 0 {
				return nil, refused("%s 的“%s”与“%s”两列是同一个字段，只留一个", "%s: the columns %q and %q are one field; keep one", name, columns[twin], c)
			}
			fields[i] = f
		}
	}
	return &lines{name: name, options: o, columns: columns, fields: fields, id: id, subject: subject, when: when, in: reader}, nil
}

func (l *lines) next() (Row, *engine.InputError, error) {
	cells, err := l.in.Read()
	if errors.Is(err, io.EOF) {
		return Row{}, nil, io.EOF
	}
	if err != nil {
		refusal, err := l.broken(err, len(cells))
		return Row{}, refusal, err
	}
	number, _ := l.in.FieldPos(0)
	row, refusal := l.row(cells, number)
	return row, refusal, nil
}

// lines turns the lines of one file into rows.
type lines struct {
	name              string
	options           Options
	columns           []string
	fields            []*check.Variable // by column; nil where it is no field
	id, subject, when int               // columns; -1 without
	in                *csv.Reader
}

// broken refuses a line that is no row. A quotation mark that swallowed whole
// lines makes the file unusable: a population of what is left would be another
// one.
func (l *lines) broken(err error, cells int) (*engine.InputError, error) {
	var parse *csv.ParseError
	whole := engine.Words{ZH: "这一行", EN: "the line"}
	switch {
	case !errors.As(err, &parse):
		return nil, fmt.Errorf("frames: %s: %w", l.name, err)
	case errors.Is(parse.Err, csv.ErrFieldCount):
		n := len(l.columns)
		return engine.NewInputError(l.name, parse.StartLine, "", "C902", whole,
			engine.Words{ZH: fmt.Sprintf(" %d 格", n), EN: fmt.Sprintf("%d cells", n)}, engine.Words{ZH: fmt.Sprintf("%d 格", cells), EN: fmt.Sprintf("%d cells", cells)}), nil
	case parse.StartLine == parse.Line:
		return engine.NewInputError(l.name, parse.Line, "", "C902", whole,
			engine.Words{ZH: "成对的引号，格内的引号写两遍", EN: "quotation marks in pairs, doubled inside a cell"}, engine.Words{ZH: fmt.Sprintf("第 %d 个字节处落单", parse.Column), EN: fmt.Sprintf("a single one at byte %d", parse.Column)}), nil
	}
	return nil, refused("%s 第 %d 行的引号没有关上，后面的行都被它吞掉了；补上引号", "%s: the quotation mark on line %d is never closed and swallows the lines after it; close it", l.name, parse.StartLine)
}

func (l *lines) row(cells []string, number int) (Row, *engine.InputError) {
	refuse := func(column int, code string, args ...any) (Row, *engine.InputError) {
		return Row{}, engine.NewInputError(l.name, number, l.columns[column], code, args...)
	}
	for i, cell := range cells {
		if !utf8.ValidString(cell) || (l.options.Encoding != "" && strings.ContainsRune(cell, utf8.RuneError)) {
			return refuse(i, "C907")
		}
	}
	row := Row{ID: strings.Clone(cells[l.id]), Line: number, Values: map[string]any{}}
	if row.ID == "" {
		return refuse(l.id, "C902", l.columns[l.id], engine.Words{ZH: "一个编号", EN: "an id"}, engine.Words{ZH: "空的", EN: "empty"})
	}
	if l.subject >= 0 {
		row.Subject = strings.Clone(cells[l.subject])
	}
	if l.when >= 0 {
		at, ok := instant(cells[l.when], zone(l.options.Zone))
		if !ok {
			return refuse(l.when, "C902", l.columns[l.when], engine.Words{ZH: "一个时间，如 2006-01-02 15:04:05", EN: "a time such as 2006-01-02 15:04:05"}, fmt.Sprintf("%.60q", cells[l.when]))
		}
		row.At = at
	}
	for i, f := range l.fields {
		switch {
		case f == nil:
		case cells[i] != "":
			row.Values[f.Name.First] = strings.Clone(cells[i])
		case f.Optional:
			row.Values[f.Name.First] = nil
		}
	}
	return row, nil
}

// instant reads a time as evidence does.
func instant(text string, zone *time.Location) (time.Time, bool) {
	text = strings.TrimSpace(text)
	if t, err := time.Parse(time.RFC3339Nano, text); err == nil {
		return t, true
	}
	for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006/1/2 15:04:05", "2006/1/2 15:04"} {
		if t, err := time.ParseInLocation(layout, text, zone); err == nil {
			return t, true
		}
	}
	return time.Time{}, false
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
	} else if len(mark) > 1 && (mark[0] == 0xff && mark[1] == 0xfe || mark[0] == 0xfe && mark[1] == 0xff) {
		return nil, refused("%s 看起来是 UTF-16（Excel 的“Unicode 文本”）；另存为 UTF-8", "%s looks like UTF-16, which Excel calls Unicode Text; save it as UTF-8", name)
	}
	switch strings.ToLower(encoding) {
	case "gb18030", "gbk", "gb2312":
		return simplifiedchinese.GB18030.NewDecoder().Reader(in), nil
	case "", "utf-8", "utf8":
	default:
		return nil, refused("%s：不认识编码“%s”，写 utf-8 或 gb18030", "%s: the encoding %q is not known; write utf-8 or gb18030", name, encoding)
	}
	start, _ := in.Peek(32 << 10)
	head, _, _ := bytes.Cut(start, []byte("\n"))
	if utf8.Valid(head) && slices.ContainsFunc(head, func(b byte) bool { return b >= utf8.RuneSelf }) {
		return in, nil // it is UTF-8 beyond doubt; a broken line is refused by itself
	}
	for i := 0; i < len(start); {
		r, n := utf8.DecodeRune(start[i:])
		if r == utf8.RuneError && n == 1 && len(start)-i >= utf8.UTFMax {
			return nil, refused("%s 的第 %d 个字节不是 UTF-8，看起来像 GB18030；另存为 UTF-8，或写明编码", "%s: byte %d is not UTF-8, it looks like GB18030; save the file as UTF-8 or name its encoding", name, i+1)
		}
		i += n
	}
	return in, nil
}
