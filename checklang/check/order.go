package check

import (
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
)

// printedOrder puts the files of a standard into the order of the codes they
// begin with, since names of files say nothing about the print. Within a file
// the written order stands.
func printedOrder(files []*ast.File) []*ast.File {
	first := func(f *ast.File) string {
		for _, d := range f.Decls {
			switch d := d.(type) {
			case *ast.Section:
				return d.Code.Value
			case *ast.Item:
				return d.Code.Value
			}
		}
		return ""
	}
	out := slices.Clone(files)
	slices.SortStableFunc(out, func(a, b *ast.File) int { return compareCodes(first(a), first(b)) })
	return out
}

// compareCodes compares codes as people count: 4.2 before 4.10, 9 before 10.
func compareCodes(a, b string) int {
	for a != "" && b != "" {
		x, restA := chunk(a)
		y, restB := chunk(b)
		if digit(x[0]) && digit(y[0]) {
			p, q := strings.TrimLeft(x, "0"), strings.TrimLeft(y, "0")
			if len(p) != len(q) {
				return len(p) - len(q)
			}
			if p != q {
				return strings.Compare(p, q)
			}
		}
		if x != y {
			return strings.Compare(x, y)
		}
		a, b = restA, restB
	}
	return len(a) - len(b)
}

func digit(c byte) bool { return c >= '0' && c <= '9' }

// chunk cuts off the longest run of digits, or of anything else.
func chunk(s string) (string, string) {
	i := 1
	for i < len(s) && digit(s[i]) == digit(s[0]) {
		i++
	}
	return s[:i], s[i:]
}
