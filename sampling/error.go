package sampling

import "fmt"

// Error is one refused input, here and in the packages below this one. It names the place, what is wrong there and what to
// do about it. Errors of the host's own iterator and of a cancelled context are not of this type; they are wrapped or
// returned as they are.
type Error struct {
	// Code is a stable name of the kind of mistake, such as "duplicate-id".
	Code string
	// Path is the place: a field of the request ("size.atMost"), a row of the frame ("frame row 7", counted from 1 in the
	// order in which the rows came), or a field of a record ("chosen[2].id").
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

// refuse makes an Error; args belong to problem.
func refuse(code, path, remedy, problem string, args ...any) error {
	return &Error{Code: code, Path: path, Problem: fmt.Sprintf(problem, args...), Remedy: remedy}
}
