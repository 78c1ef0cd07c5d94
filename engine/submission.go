package engine

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"iter"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang/diagnostic"
)

// SubmissionSchema is the name of a submission's JSON document.
const SubmissionSchema = "pinjian/submission/1"

// maxLine bounds one line of submissions.
const maxLine = 1 << 20

// DecodeSubmissions reads JSON lines from r. name says where they come from.
// A line that can't be read is yielded as an error and skipped; the rest is
// read. A failing reader ends the sequence with an error of its own.
func DecodeSubmissions(name string, r io.Reader) iter.Seq2[Submission, *InputError] {
	return func(yield func(Submission, *InputError) bool) {
		in := bufio.NewReaderSize(r, 64<<10)
		for line := 1; ; line++ {
			text, tooLong, err := readLine(in)
			if line == 1 {
				text = bytes.TrimPrefix(text, []byte("\xef\xbb\xbf"))
			}
			if len(bytes.TrimSpace(text)) > 0 || tooLong {
				sub, bad := decodeSubmission(text, tooLong)
				if bad != nil {
					bad.Source, bad.Line = name, line
				}
				sub.source, sub.line = name, line
				if !yield(sub, bad) {
					return
				}
			}
			if err != nil {
				if !errors.Is(err, io.EOF) {
					bad := brokenLine("", "读到这里中断了："+err.Error(), "reading stopped here: "+err.Error())
					bad.Source, bad.Line = name, line
					yield(Submission{}, bad)
				}
				return
			}
		}
	}
}

// Origin is where DecodeSubmissions read the submission: the name it was given
// and the line; "" and 0 for one that was made otherwise.
func (s Submission) Origin() (source string, line int) { return s.source, s.line }

func readLine(in *bufio.Reader) (line []byte, tooLong bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if len(line)+len(part) <= maxLine {
			line = append(line, part...)
		} else {
			tooLong = true
		}
		if errors.Is(err, bufio.ErrBufferFull) {
			continue
		}
		return line, tooLong, err
	}
}

func brokenLine(path, zh, en string) *InputError {
	return refuse(path, diagnostic.BrokenLine, diagnostic.Words{ZH: zh, EN: en})
}

func decodeSubmission(text []byte, tooLong bool) (Submission, *InputError) {
	switch {
	case tooLong:
		return Submission{}, brokenLine("", fmt.Sprintf("超过 %d 字节", maxLine), fmt.Sprintf("longer than %d bytes", maxLine))
	case !utf8.Valid(text):
		return Submission{}, refuse("", diagnostic.BrokenText)
	}
	if bad := uniqueKeys(text); bad != nil {
		return Submission{}, bad
	}
	var sub Submission
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	if err := d.Decode(&sub); err != nil {
		return Submission{}, explainJSON(err)
	}
	kind := SubmissionSchema[:strings.LastIndexByte(SubmissionSchema, '/')+1]
	switch {
	case sub.ID == "":
		return Submission{}, brokenLine("id", "没有编号 id", "it has no id")
	case sub.Schema == "" || sub.Schema == SubmissionSchema:
		return sub, nil
	case strings.HasPrefix(sub.Schema, kind):
		return Submission{}, brokenLine("schema", fmt.Sprintf("%q 比本版本能读的 %s 新", sub.Schema, SubmissionSchema), fmt.Sprintf("%q is newer than %s, which this release reads", sub.Schema, SubmissionSchema))
	}
	return Submission{}, brokenLine("schema", fmt.Sprintf("%q 不是 %s", sub.Schema, SubmissionSchema), fmt.Sprintf("%q is not %s", sub.Schema, SubmissionSchema))
}

// explainJSON says in words what is wrong with a line.
func explainJSON(err error) *InputError {
	var syntax *json.SyntaxError
	var kind *json.UnmarshalTypeError
	var when *time.ParseError
	switch {
	case errors.As(err, &syntax) && errors.Is(err, io.ErrUnexpectedEOF), errors.Is(err, io.ErrUnexpectedEOF):
		return brokenLine("", "没有写完", "it ends too early")
	case errors.As(err, &syntax):
		return brokenLine("", fmt.Sprintf("第 %d 个字节附近不是 JSON", syntax.Offset), fmt.Sprintf("it stops being JSON near byte %d", syntax.Offset))
	case errors.As(err, &kind):
		if kind.Field == "" {
			return brokenLine("", "它是 "+kind.Value, "it is of the type "+kind.Value)
		}
		return refuse(kind.Field, diagnostic.WrongType, kind.Field, goType(kind.Type.String()), kind.Value)
	case errors.As(err, &when):
		return brokenLine("", fmt.Sprintf("时间 %s 要写成 2026-11-23T10:00:00+08:00 的样子", shown(when.Value)), fmt.Sprintf("the time %s is not written like 2026-11-23T10:00:00+08:00", shown(when.Value)))
	}
	return brokenLine("", "读不了", "it can't be read")
}

// goType is what a member of a submission takes, in words.
func goType(name string) diagnostic.Words {
	switch name {
	case "string":
		return diagnostic.Words{ZH: "文本", EN: "a text"}
	case "bool":
		return diagnostic.Words{ZH: "true 或 false", EN: "true or false"}
	case "map[string]interface {}":
		return diagnostic.Words{ZH: "一个 {…}", EN: "a {…}"}
	}
	return diagnostic.Words{ZH: "规定的写法", EN: "its own form"}
}

// uniqueKeys refuses a line in which an object names a member twice, of which
// readers would each keep another one, and a line with more than one value.
func uniqueKeys(text []byte) *InputError {
	type level struct {
		keys map[string]bool // nil in a list
		key  string
		next bool // a key comes next
	}
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	var open []level
	for {
		token, err := d.Token()
		switch {
		case errors.Is(err, io.EOF) && len(open) == 0:
			return nil
		case errors.Is(err, io.EOF):
			return explainJSON(io.ErrUnexpectedEOF)
		case err != nil:
			return explainJSON(err)
		}
		var top *level
		if len(open) > 0 {
			top = &open[len(open)-1]
		}
		if top != nil && top.keys != nil && top.next {
			if key, ok := token.(string); ok {
				top.key, top.next = key, false
				if top.keys[key] {
					var path []string
					for _, l := range open {
						if l.keys != nil {
							path = append(path, l.key)
						}
					}
					return brokenLine(strings.Join(path, "."), fmt.Sprintf("“%s”写了两次", key), fmt.Sprintf("%q is written twice", key))
				}
				top.keys[key] = true
				continue
			}
		}
		switch token {
		case json.Delim('{'):
			open = append(open, level{keys: map[string]bool{}, next: true})
			continue
		case json.Delim('['):
			open = append(open, level{})
			continue
		case json.Delim('}'), json.Delim(']'):
			open = open[:len(open)-1]
		}
		if len(open) > 0 {
			open[len(open)-1].next = true
		} else if d.More() || d.InputOffset() < int64(len(bytes.TrimRight(text, " \t\r\n"))) {
			return brokenLine("", "后面还有别的内容", "something follows it")
		}
	}
}
