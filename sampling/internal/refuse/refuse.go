// Package refuse is how the packages of sampling refuse an input.
package refuse

import (
	"fmt"

	"github.com/pinjian/pinjian/sampling"
)

// Input makes a [sampling.Error]; args belong to problem.
func Input(code, path, remedy, problem string, args ...any) error {
	return &sampling.Error{Code: code, Path: path, Problem: fmt.Sprintf(problem, args...), Remedy: remedy}
}
