package engine

import (
	"bufio"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"strings"
	"time"
	"unicode/utf8"
)

// calendarBytes bounds a calendar file; a hundred years of holidays need a tenth of it.
const calendarBytes = 1 << 20

// ParseCalendar reads a work calendar from CSV text in UTF-8. Saturdays and Sundays are days of rest and all other days
// are business days, except the dates that the file lists:
//
//	# lines that begin with a number sign, and empty lines, are notes
//	edition,NAME,FIRST,LAST[,sha256:HEX]
//	year,date,kind,holiday
//	2026,2026-01-01,off,New Year
//	2026,2026-01-04,work,New Year
//
// The years FIRST to LAST are covered. Each of them needs at least one row, so that a year can't be covered by mistake.
// A row's year is the year of the notice it comes from; its date lies in that year, in the December before or in the
// January after. Rows are in ascending order of date, one per date. Fields hold no commas and need no quotes.
//
// The digest is SHA-256 over the rows, each ended by one line feed. When it is given it must match; the calendar's
// edition always includes it. Errors name the line. The file is refused when it is longer than 1 MiB.
func ParseCalendar(r io.Reader) (Calendar, error) {
	if r == nil {
		return nil, errors.New("calendar: there is nothing to read from")
	}
	p := &calendarParser{digest: sha256.New(), exceptions: map[int64]bool{}, noticed: map[int]bool{}}
	limited := &io.LimitedReader{R: r, N: calendarBytes + 1}
	lines := bufio.NewScanner(limited)
	for lines.Scan() {
		p.line++
		text := lines.Text()
		if p.line == 1 {
			text = strings.TrimPrefix(text, "\ufeff")
		}
		if err := p.read(text); err != nil {
			return nil, fmt.Errorf("calendar: line %d: %w", p.line, err)
		}
	}
	if limited.N <= 0 {
		return nil, fmt.Errorf("calendar: the file is longer than %d bytes", calendarBytes)
	}
	if err := lines.Err(); errors.Is(err, bufio.ErrTooLong) {
		return nil, fmt.Errorf("calendar: line %d is longer than %d bytes: %w", p.line+1, bufio.MaxScanTokenSize, err)
	} else if err != nil {
		return nil, fmt.Errorf("calendar: after line %d: %w", p.line, err)
	}
	c, err := p.finish()
	if err != nil {
		return nil, fmt.Errorf("calendar: %w", err)
	}
	return c, nil
}

// calendarParser collects what the lines read so far have said.
type calendarParser struct {
	line       int
	name       string // empty until the edition line
	headed     bool   // the header of the columns was read
	firstYear  int
	lastYear   int
	expected   string // the digest that the file claims, or empty
	previous   Date
	digest     hash.Hash
	exceptions map[int64]bool
	noticed    map[int]bool
}

// read takes one line without its end.
func (p *calendarParser) read(text string) error {
	if !utf8.ValidString(text) {
		return errors.New("the text is not UTF-8: save the file as UTF-8")
	}
	text = strings.TrimSpace(text)
	fields := strings.Split(text, ",")
	switch {
	case text == "" || text[0] == '#':
		return nil
	case p.name == "":
		return p.readEdition(fields)
	case !p.headed:
		if text != "year,date,kind,holiday" {
			return fmt.Errorf("the columns must be \"year,date,kind,holiday\", not %q", shorten(text))
		}
		p.headed = true
		return nil
	}
	if err := p.readRow(fields); err != nil {
		return err
	}
	_, err := io.WriteString(p.digest, text+"\n")
	return err
}

// readEdition takes the fields of the first line that is no note.
func (p *calendarParser) readEdition(fields []string) error {
	if fields[0] != "edition" || len(fields) < 4 || len(fields) > 5 || fields[1] == "" {
		return errors.New("the file must begin with edition,NAME,FIRST,LAST, such as edition,cn,2007,2026")
	}
	var ok bool
	if p.firstYear, ok = fourDigitYear(fields[2]); !ok {
		return fmt.Errorf("the first year %q is not a year", shorten(fields[2]))
	}
	if p.lastYear, ok = fourDigitYear(fields[3]); !ok {
		return fmt.Errorf("the last year %q is not a year", shorten(fields[3]))
	}
	if p.firstYear > p.lastYear {
		return fmt.Errorf("the first year %d is after the last year %d", p.firstYear, p.lastYear)
	}
	if len(fields) == 5 {
		p.expected = fields[4]
		sum, ok := strings.CutPrefix(p.expected, "sha256:")
		if raw, err := hex.DecodeString(sum); !ok || err != nil || len(raw) != sha256.Size {
			return fmt.Errorf("%q is not a digest: write sha256: and 64 hexadecimal digits, or leave the field out", shorten(p.expected))
		}
	}
	p.name = fields[1]
	return nil
}

// fourDigitYear reads a year from 0001 to 9999.
func fourDigitYear(text string) (int, bool) {
	year, ok := digits(text, 0, 4)
	return year, ok && len(text) == 4 && year >= 1
}

// readRow takes the fields of one listed date.
func (p *calendarParser) readRow(fields []string) error {
	if len(fields) != 4 {
		return fmt.Errorf("the row has %d fields: year, date, kind and holiday are needed", len(fields))
	}
	year, ok := fourDigitYear(fields[0])
	if !ok || year < p.firstYear || year > p.lastYear {
		return fmt.Errorf("the year %q is not between %d and %d, the years of the edition", shorten(fields[0]), p.firstYear, p.lastYear)
	}
	d, err := ParseDate(fields[1])
	if err != nil {
		return err
	}
	december := d.Year == year-1 && d.Month == time.December
	january := d.Year == year+1 && d.Month == time.January
	if d.Year != year && !december && !january {
		return fmt.Errorf("%s is too far from %d: a notice reaches at most into the December before and the January after", d, year)
	}
	works := fields[2] == "work"
	if !works && fields[2] != "off" {
		return fmt.Errorf("the kind %q is neither \"off\" nor \"work\"", shorten(fields[2]))
	}
	if p.previous.Compare(d) >= 0 {
		return fmt.Errorf("%s does not come after %s: list each date once, in ascending order", d, p.previous)
	}
	p.previous = d
	p.exceptions[d.DayNumber()] = works
	p.noticed[year] = true
	return nil
}

// finish checks what only the whole file can show.
func (p *calendarParser) finish() (*workCalendar, error) {
	if p.name == "" {
		return nil, errors.New("the file is empty: it must begin with edition,NAME,FIRST,LAST")
	}
	for year := p.firstYear; year <= p.lastYear; year++ {
		if !p.noticed[year] {
			return nil, fmt.Errorf("no row belongs to %d: add the days of that year or take it out of the edition", year)
		}
	}
	actual := "sha256:" + hex.EncodeToString(p.digest.Sum(nil))
	if p.expected != "" && !strings.EqualFold(p.expected, actual) {
		return nil, fmt.Errorf("the rows have the digest %s, not %s: undo the change, or give the edition a new name and this digest", actual, p.expected)
	}
	edition := fmt.Sprintf("%s %04d-%04d %s", p.name, p.firstYear, p.lastYear, actual)
	return newWorkCalendar(edition, p.firstYear, p.lastYear, p.exceptions), nil
}
