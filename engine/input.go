package engine

import (
	"encoding/json"
	"fmt"
	"math"
	"math/big"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// InputError is one refused value: where it came from (a file, or a
// submission), its line counted from 1 or 0, the path to the value, the code
// that `chk explain` knows, and the words. The value counts as not collected.
type InputError struct {
	Source string `json:"source,omitempty"`
	Line   int    `json:"line,omitempty"`
	Path   string `json:"path"`
	Code   string `json:"code"`
	args   []any
	Said   string `json:"message,omitempty"`
}

// Error is the refusal in English with its place.
func (e *InputError) Error() string { return e.place() + e.Message(checklang.English) }

func (e *InputError) place() string {
	s := e.Source
	if e.Line > 0 {
		s += fmt.Sprintf(":%d", e.Line)
	}
	if s != "" {
		s += ": "
	}
	if e.Path != "" {
		s += e.Path + ": "
	}
	return s
}

// Message says what is wrong, in either language; an error read back from
// JSON has only the words it was written with.
func (e *InputError) Message(l checklang.Lang) string {
	if e.args == nil && e.Said != "" {
		return e.Said
	}
	return diagnostic.Diagnostic{Code: diagnostic.Code(e.Code), Args: e.args}.Message(l)
}

// Help says what to do instead.
func (e *InputError) Help(l checklang.Lang) string {
	return diagnostic.Diagnostic{Code: diagnostic.Code(e.Code), Args: e.args}.Help(l)
}

func refuse(path string, code diagnostic.Code, args ...any) *InputError {
	if args == nil {
		args = []any{}
	}
	e := &InputError{Path: path, Code: string(code), args: args}
	e.Said = e.Message(checklang.English)
	return e
}

// NewInputError refuses a value on behalf of a reader of the host's own: the
// code is one that `chk explain` knows, such as "C902", and args fill its
// message, as a pair of Words where the languages differ.
func NewInputError(source string, line int, path, code string, args ...any) *InputError {
	for i, a := range args {
		if w, ok := a.(Words); ok {
			args[i] = diagnostic.Words(w)
		}
	}
	e := refuse(path, diagnostic.Code(code), args...)
	e.Source, e.Line = source, line
	return e
}

// decode turns one value of evidence into a slot. A refused value is unknown.
func decode(v *check.Variable, value any, zone *time.Location, path string) (eval.Slot, *InputError) {
	if value == nil {
		if v.Optional {
			return eval.Slot{State: eval.Absent}, nil
		}
		return eval.Slot{}, refuse(path, diagnostic.NullNotAllowed, v.Key)
	}
	wrong := func() *InputError {
		return refuse(path, diagnostic.WrongType, v.Key, v.Type.Words(), shown(value))
	}
	if s, ok := value.(string); ok && !utf8.ValidString(s) {
		return eval.Slot{}, refuse(path, diagnostic.BrokenText)
	}
	known := func(n int64) (eval.Slot, *InputError) { return eval.Slot{Num: n, State: eval.Known}, nil }
	switch v.Type.Kind {
	case check.Bool:
		if b, ok := boolOf(value); ok {
			if b {
				return known(1)
			}
			return known(0)
		}
	case check.Text:
		if s, ok := value.(string); ok {
			return eval.Slot{Text: s, State: eval.Known}, nil
		}
	case check.Number:
		return decodeNumber(v, value, path)
	case check.Time:
		if t, ok := timeOf(value, zone); ok {
			if t.IsZero() {
				return eval.Slot{}, refuse(path, diagnostic.ZeroTime, v.Key)
			}
			if y := t.Year(); y < 1700 || y > 2250 {
				return eval.Slot{}, refuse(path, diagnostic.OutOfRange, t.Format(time.RFC3339), "1700..2250")
			}
			return known(t.UnixNano())
		}
	case check.Date:
		switch d := value.(type) {
		case Date:
			if d.Valid() {
				return known(d.DayNumber())
			}
		case string:
			if parsed, err := ParseDate(d); err == nil {
				return known(parsed.DayNumber())
			}
		}
	case check.Clock:
		if s, ok := value.(string); ok {
			for _, layout := range []string{"15:04", "15:04:05"} {
				if t, err := time.Parse(layout, s); err == nil {
					return known(int64(t.Sub(time.Date(t.Year(), t.Month(), t.Day(), 0, 0, 0, 0, time.UTC))))
				}
			}
		}
	case check.Duration:
		switch d := value.(type) {
		case time.Duration:
			return known(int64(d))
		case string:
			if parsed, ok := durationOf(d); ok {
				return known(int64(parsed))
			}
		}
	case check.Choice:
		if s, ok := value.(string); ok {
			if m := v.Type.Choice.Member(strings.TrimSpace(s)); m != nil {
				return known(int64(m.Ordinal))
			}
			return eval.Slot{}, refuse(path, diagnostic.NotAMember, fmt.Sprintf("%.60q", s), v.Type.Choice.Name.First, members(v.Type.Choice))
		}
	case check.Set:
		return decodeSet(v, value, path)
	case check.Attachment:
		if s, ok := value.(string); ok && s == "" {
			return eval.Slot{}, wrong()
		}
		switch a := value.(type) {
		case string:
			return known(1)
		case Attachment:
			if a.SHA256 != "" {
				return known(1)
			}
		case map[string]any:
			if hash, ok := a["sha256"].(string); ok && hash != "" {
				return known(1)
			}
		}
	case check.Side:
		if present, ok := value.(bool); ok && present {
			return known(1)
		}
	}
	return eval.Slot{}, wrong()
}

func members(c *check.ChoiceType) string {
	var names []string
	for _, m := range c.Members {
		names = append(names, m.Name.First)
	}
	return strings.Join(names, ", ")
}

func shown(value any) string {
	if b, err := json.Marshal(value); err == nil {
		s := string(b)
		if runes := []rune(s); len(runes) > 60 {
			s = string(runes[:60]) + "…"
		}
		return s
	}
	return fmt.Sprintf("%.60v", value)
}

func boolOf(value any) (result, ok bool) {
	switch b := value.(type) {
	case bool:
		return b, true
	case string:
		switch strings.ToLower(strings.TrimSpace(b)) {
		case "true", "yes", "是", "1":
			return true, true
		case "false", "no", "否", "0":
			return false, true
		}
	}
	return false, false
}

// timeOf reads an instant: a time.Time, RFC 3339, or a civil date and time of
// day in the zone of the subject.
func timeOf(value any, zone *time.Location) (time.Time, bool) {
	switch t := value.(type) {
	case time.Time:
		return t, true
	case string:
		t = strings.TrimSpace(t)
		if parsed, err := time.Parse(time.RFC3339Nano, t); err == nil {
			return parsed, true
		}
		if zone == nil {
			zone = time.UTC
		}
		for _, layout := range []string{"2006-01-02 15:04:05", "2006-01-02 15:04", "2006-01-02T15:04:05", "2006-01-02T15:04", "2006/1/2 15:04:05", "2006/1/2 15:04"} {
			if parsed, err := time.ParseInLocation(layout, t, zone); err == nil {
				return parsed, true
			}
		}
	}
	return time.Time{}, false
}

// durationOf reads "10m", "1h30m" or "10分钟".
func durationOf(s string) (time.Duration, bool) {
	s = strings.TrimSpace(s)
	if d, err := time.ParseDuration(s); err == nil {
		return d, true
	}
	digits := strings.TrimRightFunc(s, func(r rune) bool { return r != '.' && (r < '0' || r > '9') })
	unit, ok := token.LookupUnit(strings.TrimSpace(s[len(digits):]))
	n, err := ParseNumber(digits)
	if !ok || err != nil {
		return 0, false
	}
	scale := map[string]time.Duration{"second": time.Second, "minute": time.Minute, "hour": time.Hour, "day": 24 * time.Hour}[unit]
	r := n.Rat()
	r.Mul(r, new(big.Rat).SetInt64(int64(scale)))
	if !r.IsInt() || !r.Num().IsInt64() {
		return 0, false
	}
	return time.Duration(r.Num().Int64()), true
}

func decodeNumber(v *check.Variable, value any, path string) (eval.Slot, *InputError) {
	var r *big.Rat
	if s, ok := writtenNumber(value); ok {
		if exponentTooLarge(s) {
			return eval.Slot{}, refuse(path, diagnostic.NumberOutOfRange, fmt.Sprintf("%.40s", s))
		}
		r = literalRat(s)
	}
	switch n := value.(type) {
	case Number:
		r = n.Rat()
	case float64:
		if math.IsNaN(n) || math.IsInf(n, 0) {
			return eval.Slot{}, refuse(path, diagnostic.NotANumber, fmt.Sprint(n))
		}
		// The shortest decimal that reads back as the float is what its
		// writer meant.
		r = literalRat(fmt.Sprintf("%v", json.Number(shortest(n))))
	case float32:
		if math.IsNaN(float64(n)) || math.IsInf(float64(n), 0) {
			return eval.Slot{}, refuse(path, diagnostic.NotANumber, fmt.Sprint(n))
		}
		r = literalRat(strconv.FormatFloat(float64(n), 'e', -1, 32))
	case int:
		r = new(big.Rat).SetInt64(int64(n))
	case int64:
		r = new(big.Rat).SetInt64(n)
	case int32:
		r = new(big.Rat).SetInt64(int64(n))
	case uint:
		r = new(big.Rat).SetUint64(uint64(n))
	case uint64:
		r = new(big.Rat).SetUint64(n)
	case uint32:
		r = new(big.Rat).SetUint64(uint64(n))
	}
	if r == nil {
		if s, ok := writtenNumber(value); ok && notFinite[strings.ToLower(strings.TrimLeft(s, "+-"))] {
			return eval.Slot{}, refuse(path, diagnostic.NotANumber, s)
		}
		return eval.Slot{}, refuse(path, diagnostic.WrongType, v.Key, v.Type.Words(), shown(value))
	}
	t := v.Type
	if (t.Low != nil && r.Cmp(t.Low) < 0) || (t.High != nil && r.Cmp(t.High) > 0) {
		return eval.Slot{}, refuse(path, diagnostic.OutOfRange, NumberOf(r).String(), t.Range())
	}
	if t.Whole && !r.IsInt() {
		return eval.Slot{}, refuse(path, diagnostic.WrongType, v.Key, t.Words(), NumberOf(r).String())
	}
	scaled := new(big.Rat).Set(r)
	if !t.Whole {
		scaled.Mul(scaled, big.NewRat(eval.Millionths, 1))
	}
	if !scaled.IsInt() || new(big.Rat).Abs(r).Cmp(big.NewRat(9_000_000_000_000, 1)) >= 0 {
		return eval.Slot{}, refuse(path, diagnostic.NumberOutOfRange, NumberOf(r).String())
	}
	return eval.Slot{Num: scaled.Num().Int64(), State: eval.Known}, nil
}

// notFinite are the spellings of what is no number, as programs write them.
var notFinite = map[string]bool{"nan": true, "inf": true, "infinity": true}

// writtenNumber is the text of a number that came as a text.
func writtenNumber(value any) (string, bool) {
	switch n := value.(type) {
	case json.Number:
		return n.String(), true
	case string:
		return strings.TrimSpace(n), true
	}
	return "", false
}

// exponentTooLarge says whether a literal is so large or so small that its
// digits need not be written out to refuse it.
func exponentTooLarge(s string) bool {
	mantissa, exponent, has := strings.Cut(strings.ToLower(s), "e")
	if !has || strings.Trim(mantissa, "+-.0123456789") != "" || !strings.ContainsAny(mantissa, "0123456789") {
		return false
	}
	digits := strings.TrimLeft(strings.TrimLeft(exponent, "+-"), "0")
	return strings.Trim(digits, "0123456789") == "" && len(digits) > 2
}

func shortest(f float64) string { b, _ := json.Marshal(f); return string(b) }

// literalRat reads a JSON number literal exactly; an exponent is allowed but
// bounded, so that a short text can't ask for a huge number.
func literalRat(s string) *big.Rat {
	mantissa, exponent, has := strings.Cut(strings.ToLower(s), "e")
	if len(mantissa) > 60 || (has && (len(exponent) > 4 || len(exponent) == 0)) || strings.Trim(strings.TrimLeft(mantissa, "+-"), ".0123456789") != "" {
		return nil
	}
	r, ok := new(big.Rat).SetString(s)
	if !ok {
		return nil
	}
	return r
}

func decodeSet(v *check.Variable, value any, path string) (eval.Slot, *InputError) {
	var names []string
	switch list := value.(type) {
	case []string:
		names = list
	case []any:
		for i, e := range list {
			s, ok := e.(string)
			if !ok {
				return eval.Slot{}, refuse(fmt.Sprintf("%s[%d]", path, i), diagnostic.WrongType, v.Key, v.Type.Words(), shown(e))
			}
			names = append(names, s)
		}
	case string:
		names = strings.FieldsFunc(list, func(r rune) bool { return r == '、' || r == ',' || r == '，' || r == ';' || r == '；' })
	default:
		return eval.Slot{}, refuse(path, diagnostic.WrongType, v.Key, v.Type.Words(), shown(value))
	}
	var bits int64
	for i, name := range names {
		m := v.Type.Choice.Member(strings.TrimSpace(name))
		if m == nil {
			return eval.Slot{}, refuse(fmt.Sprintf("%s[%d]", path, i), diagnostic.NotAMember, fmt.Sprintf("%.60q", name), v.Type.Choice.Name.First, members(v.Type.Choice))
		}
		bits |= 1 << uint(m.Ordinal)
	}
	return eval.Slot{Num: bits, State: eval.Known}, nil
}

// Attachment is a file by hash; the host keeps the bytes.
type Attachment struct {
	SHA256    string `json:"sha256"`
	MediaType string `json:"media_type"`
	Name      string `json:"name"`
}
