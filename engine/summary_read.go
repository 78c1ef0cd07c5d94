package engine

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"strings"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang/diagnostic"
)

// maxResult bounds one line of results: about 100,000 units with their
// reasons.
const maxResult = 64 << 20

// DecodeResults reads results from JSON lines, one document a line, keeping
// only one in memory. name says where they come from. A line that can't be
// read is yielded as an error that is an *InputError, and skipped; the rest is
// read. A failing reader ends the sequence with an error of its own.
func DecodeResults(name string, r io.Reader) iter.Seq2[*Result, error] {
	return func(yield func(*Result, error) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		var text []byte
		for line := 1; ; line++ {
			var tooLong bool
			var err error
			text, tooLong, err = nextLine(in, text[:0], maxResult)
			if line == 1 {
				text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
			}
			if len(bytes.TrimSpace(text)) > 0 || tooLong {
				result, bad := decodeResult(text, tooLong)
				if bad != nil {
					bad.Source, bad.Line = name, line
					if !yield(nil, bad) {
						return
					}
				} else if !yield(result, nil) {
					return
				}
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					bad := brokenLine("", "读到这里中断了："+err.Error(), "reading stopped here: "+err.Error())
					bad.Source, bad.Line = name, line
					yield(nil, bad)
				}
				return
			}
		}
	}
}

// nextLine reads a line into a buffer that is used again.
func nextLine(in *bufio.Reader, line []byte, limit int) (_ []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) <= limit {
			line = append(line, part...)
		} else {
			tooLong = true
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return line, tooLong, err
		}
	}
}

func decodeResult(text []byte, tooLong bool) (*Result, *InputError) {
	switch {
	case tooLong:
		return nil, brokenLine("", "这一行太长", "the line is too long")
	case !utf8.Valid(text):
		return nil, refuse("", diagnostic.BrokenText)
	}
	var r Result
	if err := json.Unmarshal(text, &r); err != nil {
		return nil, explainJSON(err)
	}
	kind := ResultSchema[:strings.LastIndexByte(ResultSchema, '/')+1]
	switch {
	case r.Schema == ResultSchema:
		return &r, nil
	case strings.HasPrefix(r.Schema, kind):
		return nil, brokenLine("schema", shown(r.Schema)+" 比本版本新，本版本只读 "+ResultSchema, shown(r.Schema)+" is newer than this release, which reads "+ResultSchema)
	}
	return nil, brokenLine("schema", "这不是判定结果：schema 是 "+shown(r.Schema)+"，应为 "+ResultSchema, "it is no result: schema "+shown(r.Schema)+" is not "+ResultSchema)
}
