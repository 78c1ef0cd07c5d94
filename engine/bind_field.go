package engine

import (
	"bytes"
	"encoding/json"
	"fmt"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Field is a value that may be unknown, absent or known. The zero Field is
// unknown: not collected, never false or zero. Bound structs use it where a
// plain Go type (always known) or a pointer (nil is absent) can't say enough.
// In JSON a missing key leaves it unknown, null is absent; written with the
// option omitzero, an unknown Field leaves its key out.
type Field[T any] struct {
	value T
	state eval.State
}

// Known makes a known field.
func Known[T any](value T) Field[T] { return Field[T]{value: value, state: eval.Known} }

// Absent makes a field that is known not to be there.
func Absent[T any]() Field[T] { return Field[T]{state: eval.Absent} }

// Get returns the value, and whether it is known; else the value is zero.
func (f Field[T]) Get() (value T, known bool) { return f.value, f.state == eval.Known }

// IsAbsent says whether the value is known not to be there.
func (f Field[T]) IsAbsent() bool { return f.state == eval.Absent }

// IsZero says whether the value is unknown; encoding/json asks it for
// omitzero.
func (f Field[T]) IsZero() bool { return f.state == eval.Unknown }

// MarshalJSON writes the value, or null when it is absent or unknown.
func (f Field[T]) MarshalJSON() ([]byte, error) {
	if f.state != eval.Known {
		return []byte("null"), nil
	}
	return json.Marshal(f.value)
}

// UnmarshalJSON reads null as absent and anything else as a known value.
func (f *Field[T]) UnmarshalJSON(data []byte) error {
	if bytes.Equal(bytes.TrimSpace(data), []byte("null")) {
		*f = Absent[T]()
		return nil
	}
	var value T
	if err := json.Unmarshal(data, &value); err != nil {
		return fmt.Errorf("engine: reading a field: %w", err)
	}
	*f = Known(value)
	return nil
}

// isField marks the instances of Field for Bind.
func (Field[T]) isField() {}

type fieldMark interface{ isField() }
