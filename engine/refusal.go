package engine

import (
	"fmt"
)

// Refusal is an error that people other than developers meet: what can't be
// done and what to do instead, in both languages. Err, when set, is its cause.
type Refusal struct {
	Words Words
	Err   error
}

// Error is the refusal in English.
func (r *Refusal) Error() string { return "engine: " + r.Words.EN }

// Unwrap returns the cause.
func (r *Refusal) Unwrap() error { return r.Err }

// refused fills one list of arguments into a sentence of each language; an
// error among them is the cause.
func refused(zh, en string, args ...any) error {
	r := &Refusal{Words: Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
	for _, a := range args {
		if err, ok := a.(error); ok {
			r.Err = err
		}
	}
	return r
}
