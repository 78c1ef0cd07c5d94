// Package csvframe reads the ids and strata of a frame from CSV as
// spreadsheets export it.
package csvframe

import (
	"bufio"
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"iter"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/sampling"
)

// Options says which columns are read. The zero value reads ids from the first
// column of UTF-8 and has no strata.
type Options struct {
	// ID is the name of the column of ids; empty means the first.
	ID string
	// Strata are the names of the columns that the units' strata are made of,
	// from coarse to fine.
	Strata []string
	// GB18030 decodes the bytes as Chinese spreadsheets write them; it is
	// never guessed, since a wrong guess would draw other units.
	GB18030 bool
}

// Error is a file that can't be read as a frame, with what to do about it, in
// both languages. Line is counted from 1, or 0 where the whole file is meant.
type Error struct {
	Line  int
	Words diagnostic.Words
}

// Error is the English sentence.
func (e *Error) Error() string { return e.Words.EN }

func refuse(line int, zh, en string, args ...any) error {
	return &Error{line, diagnostic.Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

// Frame is a CSV file whose first line has been read. Its units can be read
// once.
type Frame struct {
	rows    *csv.Reader
	columns []int // of the id, then of the strata
}

// Open reads the line of names. A byte order mark is dropped. Errors are
// *Error, or the reader's own.
func Open(r io.Reader, o Options) (*Frame, error) {
	buffered := bufio.NewReaderSize(r, 64<<10)
	start, err := buffered.Peek(64 << 10)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	switch {
	case bytes.HasPrefix(start, []byte("\xef\xbb\xbf")):
		if _, err := buffered.Discard(3); err != nil {
			return nil, err
		}
	case bytes.HasPrefix(start, []byte{0xff, 0xfe}), bytes.HasPrefix(start, []byte{0xfe, 0xff}):
		return nil, refuse(0, "名单是 UTF-16 编码，请另存为 UTF-8 的 CSV", "the frame is UTF-16, save it as CSV in UTF-8")
	}
	var source io.Reader = buffered
	switch {
	case o.GB18030:
		source = simplifiedchinese.GB18030.NewDecoder().Reader(buffered)
	case !validStart(start):
		return nil, refuse(0, "名单不是 UTF-8 编码，看起来像 GB18030；请另存为 UTF-8，或写明 --encoding gb18030", "the frame is not UTF-8, it looks like GB18030; save it as UTF-8 or say --encoding gb18030")
	}
	f := &Frame{rows: csv.NewReader(source)}
	f.rows.ReuseRecord = true
	names, err := f.rows.Read()
	switch {
	case errors.Is(err, io.EOF):
		return nil, refuse(1, "名单是空的，第一行要写列名", "the frame is empty, its first line names the columns")
	case err != nil:
		return nil, broken(err)
	}
	f.columns = []int{0}
	if o.ID != "" {
		f.columns[0] = slices.Index(names, o.ID)
	}
	for _, s := range o.Strata {
		f.columns = append(f.columns, slices.Index(names, s))
	}
	for i, at := range f.columns {
		if at >= 0 {
			continue
		}
		wanted := o.ID
		if i > 0 {
			wanted = o.Strata[i-1]
		}
		return nil, refuse(1, "名单里没有列“%s”，有：%s", "the frame has no column %q, it has: %s", wanted, strings.Join(names, ", "))
	}
	return f, nil
}

// validStart says whether the first bytes of a file are UTF-8; a character cut
// by the end of the window doesn't count.
func validStart(start []byte) bool {
	for i := 0; i < utf8.UTFMax && len(start) > 0; i++ {
		if utf8.Valid(start) {
			return true
		}
		if r, n := utf8.DecodeLastRune(start); r != utf8.RuneError || n != 1 {
			return false
		}
		start = start[:len(start)-1]
	}
	return utf8.Valid(start)
}

// Units gives the rows. The strata of a unit are overwritten by the next.
func (f *Frame) Units() iter.Seq2[sampling.Unit, error] {
	return func(yield func(sampling.Unit, error) bool) {
		strata := make([]string, len(f.columns)-1)
		for {
			row, err := f.rows.Read()
			if errors.Is(err, io.EOF) {
				return
			}
			if err != nil {
				yield(sampling.Unit{}, broken(err))
				return
			}
			for i := range strata {
				strata[i] = row[f.columns[i+1]]
			}
			// The row's memory is used again; ids are kept.
			if !yield(sampling.Unit{ID: strings.Clone(row[f.columns[0]]), Stratum: strata}, nil) {
				return
			}
		}
	}
}

// broken says what is wrong with a line.
func broken(err error) error {
	parse := (*csv.ParseError)(nil)
	if !errors.As(err, &parse) {
		return err
	}
	if errors.Is(parse.Err, csv.ErrFieldCount) {
		return refuse(parse.Line, "名单第 %d 行的列数与第一行不同，请补齐或删去多出的逗号", "line %d of the frame has another number of columns than the first, fill it up or remove a comma", parse.Line)
	}
	return refuse(parse.Line, "名单第 %d 行的引号不成对，请把引号写成两个或删去", "line %d of the frame has an unpaired quotation mark, double it or remove it", parse.Line)
}
