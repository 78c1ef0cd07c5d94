package frames

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
)

// longestLine bounds one line of JSON, in bytes.
const longestLine = 1 << 20

// ReadJSONLines reads a file of one JSON object per line into the same table as
// ReadCSV; name is how errors call it. The names in Options are keys of the
// objects, and ID is "id" when empty. A value keeps its JSON type, numbers as
// they are written; null is absent for an optional field and unknown for any
// other, like a key that is missing. Keys that are no field are passed over.
//
// Only one line is held beside the table, and it has at most a mebibyte. A line
// that is no object, names a field twice, has broken text, or lacks an id or
// what Subject and Time name is an InputError in the second result, and the rest is read. The
// error is for a file in another encoding or one that can't be read to its end:
// a population of what is left would be another one.
func ReadJSONLines(name string, r io.Reader, o Options) (*Table, []*engine.InputError, error) {
	return table(name, o, func() (reader, error) { return openJSONLines(name, r, o) })
}

// jsonLines turns the lines of one file into rows.
type jsonLines struct {
	name    string
	options Options
	in      *bufio.Reader
	number  int
	ended   bool
}

func openJSONLines(name string, r io.Reader, o Options) (*jsonLines, error) {
	in, err := decoded(name, r, o.Encoding)
	if err != nil {
		return nil, err
	}
	if o.ID == "" {
		o.ID = "id"
	}
	return &jsonLines{name: name, options: o, in: bufio.NewReaderSize(in, 64<<10)}, nil
}

func (l *jsonLines) next() (Row, *engine.InputError, error) {
	for !l.ended {
		l.number++
		text, long, err := line(l.in)
		if l.ended = errors.Is(err, io.EOF); err != nil && !l.ended {
			return Row{}, nil, fmt.Errorf("frames: %s: line %d: %w", l.name, l.number, err)
		}
		if long || len(bytes.TrimSpace(text)) > 0 {
			object := jsonLine{name: l.name, number: l.number, options: l.options, text: text}
			row, refusal := object.row(long)
			return row, refusal, nil
		}
	}
	return Row{}, nil, io.EOF
}

// line reads up to the end of a line; what is beyond the longest one is passed
// over without being kept.
func line(in *bufio.Reader) (text []byte, long bool, err error) {
	for {
		part, err := in.ReadSlice('\n')
		if long = long || len(text)+len(part) > longestLine; !long {
			text = append(text, part...)
		}
		if !errors.Is(err, bufio.ErrBufferFull) {
			return text, long, err
		}
	}
}

// jsonLine turns one line into a row.
type jsonLine struct {
	name    string
	number  int
	options Options
	text    []byte
}

func (l *jsonLine) refuse(path, code string, args ...any) *engine.InputError {
	return engine.NewInputError(l.name, l.number, path, code, args...)
}

func (l *jsonLine) row(long bool) (Row, *engine.InputError) {
	switch {
	case long:
		return Row{}, l.refuse("", "C908", engine.Words{ZH: "超过 1 MiB", EN: "it has more than 1 MiB"})
	case !utf8.Valid(l.text):
		return Row{}, l.refuse("", "C907")
	}
	values, refusal := l.object()
	if refusal != nil {
		return Row{}, refusal
	}
	row := Row{Line: l.number, Values: map[string]any{}}
	id := engine.Words{ZH: "一个编号", EN: "an id"}
	if row.ID, refusal = l.identifier(values, l.options.ID, id); refusal != nil {
		return Row{}, refusal
	}
	if row.ID == "" {
		return Row{}, l.refuse(l.options.ID, "C902", l.options.ID, id, engine.Words{ZH: "空的", EN: "empty"})
	}
	if l.options.Subject != "" {
		if row.Subject, refusal = l.identifier(values, l.options.Subject, engine.Words{ZH: "一个受检对象的编号", EN: "the id of a subject"}); refusal != nil {
			return Row{}, refusal
		}
	}
	if key := l.options.Time; key != "" {
		text, _ := values[key].(string)
		at, ok := instant(text, zone(l.options.Zone))
		if !ok {
			return Row{}, l.refuse(key, "C902", key, engine.Words{ZH: "一个时间，如 2006-01-02 15:04:05", EN: "a time such as 2006-01-02 15:04:05"}, written(values[key]))
		}
		row.At = at
	}
	names := map[*check.Variable]string{}
	for _, key := range slices.Sorted(maps.Keys(values)) {
		value := values[key]
		f := l.options.Record.Lookup(key)
		if f == nil || f.Role != check.FieldRole {
			continue
		}
		if other, twice := names[f]; twice {
			return Row{}, l.refuse(other, "C908", engine.Words{ZH: fmt.Sprintf("“%s”与“%s”是同一个字段，只留一个", other, key), EN: fmt.Sprintf("%q and %q are one field; keep one", other, key)})
		}
		names[f] = key
		if value != nil || f.Optional {
			row.Values[f.Name.First] = value
		}
	}
	return row, nil
}

// object reads the line's members. Two of one name are refused, since which of
// them counts is anybody's guess.
func (l *jsonLine) object() (map[string]any, *engine.InputError) {
	broken := func(path string, err error) *engine.InputError {
		return l.refuse(path, "C908", engine.Words{ZH: "不是完整的 JSON 对象：" + err.Error(), EN: "it is no whole JSON object: " + err.Error()})
	}
	decoder := json.NewDecoder(bytes.NewReader(l.text))
	decoder.UseNumber()
	if open, err := decoder.Token(); err != nil {
		return nil, broken("", ended(err))
	} else if open != json.Delim('{') {
		return nil, l.refuse("", "C908", engine.Words{ZH: "应为 {…} 形式的 JSON 对象", EN: "expected a JSON object in braces"})
	}
	values := map[string]any{}
	for decoder.More() {
		token, err := decoder.Token()
		if err != nil {
			return nil, broken("", ended(err))
		}
		key, _ := token.(string)
		if _, twice := values[key]; twice {
			return nil, l.refuse(key, "C908", engine.Words{ZH: fmt.Sprintf("“%s”写了两次，只留一次", key), EN: fmt.Sprintf("%q is written twice; keep one", key)})
		}
		var value any
		if err := decoder.Decode(&value); err != nil {
			return nil, broken(key, ended(err))
		}
		if l.damaged(key) || l.damagedIn(value) {
			return nil, l.refuse(key, "C907")
		}
		values[key] = value
	}
	if _, err := decoder.Token(); err != nil {
		return nil, broken("", ended(err))
	}
	if rest := bytes.TrimSpace(l.text[decoder.InputOffset():]); len(rest) > 0 {
		return nil, l.refuse("", "C908", engine.Words{ZH: "对象之后还有内容", EN: "something follows the object"})
	}
	return values, nil
}

// ended says in plain words that a line stops too early.
func ended(err error) error {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return errors.New("unexpected end of JSON input")
	}
	return err
}

// damaged says whether a text holds the sign that decoders put where there was
// no character: always suspect in a converted file, else only where the line
// itself doesn't have it, as for half of a surrogate pair.
func (l *jsonLine) damaged(text string) bool {
	if !strings.ContainsRune(text, utf8.RuneError) {
		return false
	}
	own := bytes.ContainsRune(l.text, utf8.RuneError) || bytes.Contains(bytes.ToLower(l.text), []byte(`\ufffd`))
	return l.options.Encoding != "" || !own
}

func (l *jsonLine) damagedIn(value any) bool {
	switch v := value.(type) {
	case string:
		return l.damaged(v)
	case []any:
		for _, x := range v {
			if l.damagedIn(x) {
				return true
			}
		}
	case map[string]any:
		for key, x := range v {
			if l.damaged(key) || l.damagedIn(x) {
				return true
			}
		}
	}
	return false
}

// identifier gives a member that names something: a text, or a whole number without
// sign, point or exponent, whose digits are the name.
func (l *jsonLine) identifier(values map[string]any, key string, want engine.Words) (string, *engine.InputError) {
	switch v := values[key].(type) {
	case string:
		return v, nil
	case json.Number:
		if strings.Trim(v.String(), "0123456789") == "" {
			return v.String(), nil
		}
	}
	return "", l.refuse(key, "C902", key, want, written(values[key]))
}

// written shows a value as the line has it, shortened.
func written(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return fmt.Sprintf("%.60v", value)
	}
	return fmt.Sprintf("%.60s", text)
}
