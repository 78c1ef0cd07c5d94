package xlsx

import (
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// kind is what a question takes, as its type says it.
type kind uint8

const (
	free kind = iota // a text, and whatever type is not known here
	yesNo
	whole
	number
	date
	instant
	clock
	span
	choice
	several
	file // photo, file, signature
	side // one side of a comparison: there or not
)

// asked is a question with its type taken apart.
type asked struct {
	engine.Question
	kind      kind
	low, high *big.Rat
}

func understand(q engine.Question) asked {
	a := asked{Question: q}
	word, rest, _ := strings.Cut(q.Type, " ")
	switch {
	case len(q.Choices) > 0 && strings.HasPrefix(q.Type, "set of "):
		a.kind = several
		return a
	case len(q.Choices) > 0:
		a.kind = choice
		return a
	}
	a.kind = map[string]kind{
		"bool": yesNo, "int": whole, "number": number, "date": date, "time": instant, "clock": clock, "duration": span,
		"photo": file, "file": file, "signature": file, "side": side,
	}[word]
	if low, high, ok := strings.Cut(rest, ".."); ok && (a.kind == whole || a.kind == number) {
		a.low, _ = bound(low)
		a.high, _ = bound(high)
	}
	return a
}

func bound(s string) (*big.Rat, bool) {
	n, err := engine.ParseNumber(s)
	if err != nil {
		return nil, false
	}
	return n.Rat(), true
}

// The words that are written for what is no value of its own.
var (
	absent   = engine.Words{ZH: "（无）", EN: "(none)"}           // it is known that there is none
	emptySet = engine.Words{ZH: "（都没有）", EN: "(none of them)"} // a set without a member
	yes      = engine.Words{ZH: "是", EN: "yes"}
	no       = engine.Words{ZH: "否", EN: "no"}
	there    = engine.Words{ZH: "有", EN: "present"}
)

// marks says whether a text is one of the words above, with whatever brackets
// or none.
func marks(text string, w engine.Words) bool {
	text = strings.ToLower(strings.Trim(narrow(text), "()[] "))
	return text == strings.Trim(w.ZH, "（）") || text == strings.Trim(w.EN, "()")
}

// bracketed says whether a text stands in brackets, which no name of a choice
// does.
func bracketed(text string) bool {
	text = narrow(text)
	return strings.HasPrefix(text, "(") && strings.HasSuffix(text, ")")
}

// options are what a list offers for a question, nil where there is none.
func (q asked) options(l checklang.Lang) []string {
	var out []string
	switch q.kind {
	case yesNo:
		out = []string{yes.In(l), no.In(l)}
	case side:
		out = []string{there.In(l)}
	case choice, several:
		for _, c := range q.Choices {
			out = append(out, c.In(l))
		}
		if q.kind == several {
			out = append(out, emptySet.In(l))
		}
	default:
		return nil
	}
	if q.Optional {
		out = append(out, absent.In(l))
	}
	return out
}

// wants says what to write, for a person.
func (q asked) wants() engine.Words {
	var w engine.Words
	switch q.kind {
	case yesNo, side, choice:
		w = engine.Words{
			ZH: "其中之一：" + strings.Join(q.options(checklang.Chinese), " / "),
			EN: "one of: " + strings.Join(q.options(checklang.English), " / "),
		}
		return w
	case several:
		return engine.Words{
			ZH: "其中几个，以顿号分开：" + strings.Join(q.options(checklang.Chinese), " / "),
			EN: "some of these, with semicolons between them: " + strings.Join(q.options(checklang.English), " / "),
		}
	case whole, number:
		w = engine.Words{ZH: "数", EN: "a number"}
		if q.kind == whole {
			w = engine.Words{ZH: "整数", EN: "a whole number"}
		}
		switch {
		case q.low != nil && q.high != nil:
			w.ZH += "，" + decimal(q.low) + " 到 " + decimal(q.high)
			w.EN += " from " + decimal(q.low) + " to " + decimal(q.high)
		case q.low != nil:
			w.ZH += "，不小于 " + decimal(q.low)
			w.EN += ", at least " + decimal(q.low)
		}
	case date:
		w = engine.Words{ZH: "日期，如 2026-11-23", EN: "a date such as 2026-11-23"}
	case instant:
		w = engine.Words{ZH: "日期和时刻，如 2026-11-23 10:05", EN: "a date and a time of day such as 2026-11-23 10:05"}
	case clock:
		w = engine.Words{ZH: "时刻，如 10:05", EN: "a time of day such as 10:05"}
	case span:
		w = engine.Words{ZH: "时长，如 10分钟、1小时30分", EN: "a length of time such as 10m or 1h30m"}
	case file:
		w = engine.Words{ZH: "文件名，可再写它的 SHA-256", EN: "the name of a file, with its SHA-256 if you have it"}
	default:
		w = engine.Words{ZH: "文字", EN: "a text"}
	}
	if q.Optional {
		w.ZH += "；确知没有时写“" + absent.ZH + "”"
		w.EN += "; \"" + absent.EN + "\" where you know there is none"
	}
	return w
}

// value reads an answer in the form that submissions have. A nil value says
// that there is none. The words are of what should have been written.
func (q asked) value(w *workbook, c cell) (value any, ok bool) {
	if c.content == textual && q.Optional && q.isAbsent(c.text) {
		return nil, true
	}
	switch q.kind {
	case yesNo:
		return q.truth(c)
	case whole, number:
		return q.amount(c)
	case date, instant, clock:
		return q.time(w, c)
	case span:
		if d, ok := w.ofSpan(c); ok {
			return d.String(), true
		}
		return nil, false
	case choice:
		for _, m := range q.Choices {
			if c.content == textual && same(c.text, m) {
				return m.ZH, true
			}
		}
		return nil, false
	case several:
		return q.members(c)
	case side:
		if c.content == textual && (marks(c.text, there) || narrow(c.text) == "√") {
			return true, true
		}
		return nil, false
	case file:
		if c.content == textual {
			return strings.TrimSpace(c.text), true
		}
		return nil, false
	}
	return w.text(c)
}

// isAbsent says whether an answer is the marker of absence. Without its
// brackets it is one only where it can't be an answer.
func (q asked) isAbsent(text string) bool {
	if !marks(text, absent) {
		return false
	}
	if bracketed(text) {
		return true
	}
	own := slices.ContainsFunc(q.Choices, func(m engine.Words) bool { return same(text, m) })
	return q.kind != free && q.kind != file && !own
}

// same compares a text with the two names of a choice.
func same(text string, m engine.Words) bool {
	text = narrow(text)
	return text != "" && (strings.EqualFold(text, narrow(m.ZH)) || strings.EqualFold(text, narrow(m.EN)))
}

func (q asked) truth(c cell) (any, bool) {
	text := strings.ToLower(narrow(c.text))
	switch c.content {
	case logical, textual:
	case numeric:
		if text != "1" && text != "0" {
			return nil, false
		}
	default:
		return nil, false
	}
	switch text {
	case "是", "yes", "y", "true", "1", "√", "✓", "✔", "☑", "对":
		return true, true
	case "否", "no", "n", "false", "0", "×", "✗", "✘", "✕", "错":
		return false, true
	}
	return nil, false
}

// amount reads a number within its bounds and as fine as the engine counts, to
// a millionth.
func (q asked) amount(c cell) (any, bool) {
	var r *big.Rat
	var ok bool
	switch {
	case c.content == numeric && c.shown == asNumber:
		r, ok = exactly(c.text)
	case c.content == textual:
		r, ok = typed(c.text)
	}
	switch {
	case !ok,
		q.kind == whole && !r.IsInt(),
		q.low != nil && r.Cmp(q.low) < 0,
		q.high != nil && r.Cmp(q.high) > 0,
		!new(big.Rat).Mul(r, big.NewRat(1_000_000, 1)).IsInt(),
		new(big.Rat).Abs(r).Cmp(big.NewRat(9_000_000_000_000, 1)) >= 0:
		return nil, false
	}
	return decimal(r), true
}

func (q asked) time(w *workbook, c cell) (any, bool) {
	t, ok := w.ofCell(c)
	if !ok {
		return nil, false
	}
	layout := "15:04"
	if t.Second() != 0 || t.Nanosecond() != 0 {
		layout = "15:04:05.999"
	}
	switch q.kind {
	case date:
		return t.Format(time.DateOnly), t.date && !t.clock && plausible(t.Time)
	case clock:
		// A decoder of clocks takes whole seconds.
		return t.Format(strings.TrimSuffix(layout, ".999")), !t.date && (t.clock || c.content == numeric) && t.Nanosecond() == 0
	}
	// A day from a text has no time of day; one from a number has midnight,
	// which its cell shows.
	return t.Format(time.DateOnly + " " + layout), t.date && (t.clock || c.content == numeric) && plausible(t.Time)
}

// plausible keeps the years that the engine reads.
func plausible(t time.Time) bool { return t.Year() > 1700 && t.Year() < 2250 }

func (q asked) members(c cell) (any, bool) {
	if c.content != textual {
		return nil, false
	}
	out := []any{}
	names := strings.FieldsFunc(c.text, func(r rune) bool { return strings.ContainsRune("、,，;；/\n", r) })
	for _, m := range q.Choices {
		if same(c.text, m) { // a name with a comma in it
			return []any{m.ZH}, true
		}
	}
	if marks(c.text, emptySet) {
		return out, true
	}
	given := map[string]bool{}
	for _, name := range names {
		if strings.TrimSpace(name) == "" {
			continue
		}
		at := slices.IndexFunc(q.Choices, func(m engine.Words) bool { return same(name, m) })
		if at < 0 {
			return nil, false
		}
		given[q.Choices[at].ZH] = true
	}
	for _, m := range q.Choices {
		if given[m.ZH] {
			out = append(out, m.ZH)
		}
	}
	return out, len(out) > 0
}

// text reads any cell as the text that it shows.
func (w *workbook) text(c cell) (any, bool) {
	switch c.content {
	case textual:
		return strings.TrimSpace(c.text), true
	case dated:
		return c.text, true
	case logical:
		return strings.ToUpper(map[string]string{"1": "true", "0": "false"}[c.text]), true
	case numeric:
		r, ok := exactly(c.text)
		if !ok {
			return nil, false
		}
		if c.shown != asDate {
			return decimal(r), true
		}
		t, ok := ofSerial(r, w.since)
		switch {
		case !ok:
			return nil, false
		case !t.date:
			return t.Format("15:04:05"), true
		case !t.clock:
			return t.Format(time.DateOnly), true
		}
		return t.Format(time.DateTime), true
	}
	return nil, false
}
