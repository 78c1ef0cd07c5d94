package sampling

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
)

// compareRecords finds the first place where two records differ, in the order of the JSON, which begins with what went
// into the draw.
func compareRecords(want, got Record) (*Difference, error) {
	a, err := json.Marshal(want)
	if err != nil {
		return nil, err
	}
	b, err := json.Marshal(got)
	if err != nil {
		return nil, err
	}
	if bytes.Equal(a, b) {
		return nil, nil
	}
	w, g := newWalk(a), newWalk(b)
	for {
		x, errX := w.next()
		y, errY := g.next()
		if errX == nil && errY == nil && x == y && w.path() == g.path() {
			continue
		}
		if errors.Is(errX, io.EOF) && errors.Is(errY, io.EOF) {
			return nil, nil
		}
		if err := errors.Join(errX, errY); err != nil && !errors.Is(err, io.EOF) {
			return nil, err
		}
		path := w.path()
		if g.path() != path {
			// One record has a field or an element that the other lacks; name the one that comes first in the record.
			return &Difference{Path: path, Want: x, Got: "nothing here; " + g.path() + " follows"}, nil
		}
		return &Difference{Path: path, Want: x, Got: y}, nil
	}
}

// walk reads the tokens of a JSON text and knows the path of each.
type walk struct {
	decoder *json.Decoder
	stack   []level
}

// level is one open object or array.
type level struct {
	array bool
	index int
	key   string
	value bool // in an object, whether the next token is a value
}

func newWalk(text []byte) *walk {
	d := json.NewDecoder(bytes.NewReader(text))
	d.UseNumber()
	return &walk{decoder: d}
}

// next gives the next token as text and moves the path to it.
func (w *walk) next() (string, error) {
	token, err := w.decoder.Token()
	if err != nil {
		return "nothing", err
	}
	if d, ok := token.(json.Delim); ok && (d == ']' || d == '}') {
		w.stack = w.stack[:len(w.stack)-1]
		return "the end", nil
	}
	if n := len(w.stack); n > 0 {
		top := &w.stack[n-1]
		switch {
		case top.array:
			top.index++
		case !top.value:
			top.key, top.value = fmt.Sprint(token), true
			return top.key, nil
		default:
			top.value = false
		}
	}
	if d, ok := token.(json.Delim); ok {
		w.stack = append(w.stack, level{array: d == '[', index: -1})
		return "a list or object", nil
	}
	return fmt.Sprint(token), nil
}

func (w *walk) path() string {
	var b strings.Builder
	for _, l := range w.stack {
		switch {
		case l.array && l.index >= 0:
			fmt.Fprintf(&b, "[%d]", l.index)
		case !l.array && l.key != "":
			if b.Len() > 0 {
				b.WriteByte('.')
			}
			b.WriteString(l.key)
		}
	}
	return b.String()
}
