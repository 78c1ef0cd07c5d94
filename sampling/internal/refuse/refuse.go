// Package refuse holds the one error type with which the packages of sampling
// refuse an input.
package refuse

import "fmt"

// Error is one refused input.
type Error struct {
	// Code is a stable name of the kind of mistake, such as "out-of-range".
	Code string
	// Path is the place: the name of the parameter or field.
	Path string
	// Problem says what is wrong, with the offending value.
	Problem string
	// Remedy says what to do.
	Remedy string
}

// Error gives place, problem and remedy in one line.
func (e *Error) Error() string {
	return fmt.Sprintf("sampling: %s: %s; %s", e.Path, e.Problem, e.Remedy)
}

// Input makes an [Error]; args belong to problem.
func Input(code, path, remedy, problem string, args ...any) error {
	return &Error{Code: code, Path: path, Problem: fmt.Sprintf(problem, args...), Remedy: remedy}
}
