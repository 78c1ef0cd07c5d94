package token

import (
	"fmt"
	"sort"
	"strings"
	"unicode"
	"unicode/utf8"
)

// File is one source text. Its name is the slash-separated path that
// diagnostics show, its text the bytes as read, without a byte order mark. A
// File is immutable once made and safe for concurrent use.
type File struct {
	name  string
	text  string
	lines []int32 // byte offset of the first byte of every line
}

// NewFile makes a File and indexes its lines. A line ends with LF; a CR before
// it belongs to the line's end.
func NewFile(name, text string) *File {
	f := &File{name: name, text: text, lines: []int32{0}}
	for i := 0; i < len(text); i++ {
		if text[i] == '\n' {
			f.lines = append(f.lines, int32(i+1))
		}
	}
	return f
}

// Name returns the path under which the file was read.
func (f *File) Name() string { return f.name }

// Text returns the whole source.
func (f *File) Text() string { return f.text }

// Lang is the language in which more lines of the file begin: what a program
// writes into the file is in it, whatever the reader's language. It looks at
// the first 64 KiB; a file that has no keyword is Chinese if it has a Chinese
// character, else English.
func (f *File) Lang() Lang {
	chinese, han := 0, 0
	for line := range strings.Lines(f.text[:min(len(f.text), 64<<10)]) {
		line = strings.TrimSpace(line)
		end := strings.IndexFunc(line, func(r rune) bool { return !unicode.IsLetter(r) })
		if end < 0 {
			end = len(line)
		}
		if strings.IndexFunc(line, func(r rune) bool { return unicode.Is(unicode.Han, r) }) >= 0 {
			han++
		}
		switch {
		case LookupKeyword(line[:end]) == NoKeyword && len(Continuations(line[:end])) == 0:
		case line[0] >= utf8.RuneSelf:
			chinese++
		default:
			chinese--
		}
	}
	if chinese > 0 || (chinese == 0 && han > 0) {
		return Chinese
	}
	return English
}

// Lines returns how many lines the file has; an empty file has one.
func (f *File) Lines() int { return len(f.lines) }

// Line returns the text of line n, counted from 1, without its line end. A
// line outside the file is empty.
func (f *File) Line(n int) string {
	if n < 1 || n > len(f.lines) {
		return ""
	}
	start, end := int(f.lines[n-1]), len(f.text)
	if n < len(f.lines) {
		end = int(f.lines[n]) - 1
	}
	if end > start && f.text[end-1] == '\r' {
		end--
	}
	return f.text[start:end]
}

// Position is a place that people read: Line and Column count from 1, Column
// in characters (Unicode code points), not bytes.
type Position struct {
	Line   int `json:"line"`
	Column int `json:"column"`
}

// Position converts a byte offset; one outside the file is moved to its
// nearest end.
func (f *File) Position(offset int) Position {
	offset = max(0, min(offset, len(f.text)))
	line := f.LineNumber(offset)
	start := int(f.lines[line-1])
	return Position{Line: line, Column: utf8.RuneCountInString(f.text[start:offset]) + 1}
}

// LineNumber returns the line, counted from 1, that holds a byte offset; it
// costs a binary search whatever the length of the line.
func (f *File) LineNumber(offset int) int {
	offset = max(0, min(offset, len(f.text)))
	return sort.Search(len(f.lines), func(i int) bool { return int(f.lines[i]) > offset })
}

// Range is a half-open range of bytes [Start, End) in a file that the context
// names.
type Range struct{ Start, End uint32 }

// Join returns the smallest range that holds both; an empty zero Range counts
// as nothing.
func (r Range) Join(o Range) Range {
	if r == (Range{}) {
		return o
	}
	if o == (Range{}) {
		return r
	}
	return Range{min(r.Start, o.Start), max(r.End, o.End)}
}

// In gives the range its file.
func (r Range) In(f *File) Span { return Span{File: f, Range: r} }

// Span is a half-open range of bytes in one file. The zero Span is nowhere.
type Span struct {
	File *File
	Range
}

// IsValid says whether the span points into a file.
func (s Span) IsValid() bool { return s.File != nil }

// Text returns the bytes the span covers.
func (s Span) Text() string {
	if s.File == nil {
		return ""
	}
	n := uint32(len(s.File.text))
	return s.File.text[min(s.Start, n):min(max(s.Start, s.End), n)]
}

// From returns the position of the first character.
func (s Span) From() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(int(s.Start))
}

// To returns the position just behind the last character.
func (s Span) To() Position {
	if s.File == nil {
		return Position{}
	}
	return s.File.Position(int(s.End))
}

// String is "file:line:column".
func (s Span) String() string {
	if s.File == nil {
		return "-"
	}
	p := s.From()
	return fmt.Sprintf("%s:%d:%d", s.File.name, p.Line, p.Column)
}
