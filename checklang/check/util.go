package check

import (
	"fmt"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/internal/suggest"
)

func nearest(name string, known []string) (string, bool) { return suggest.Nearest(name, known) }

// list joins names for a message, cut where it would grow too long to read.
func list(names []string) string {
	if len(names) > 12 {
		names = append(append([]string(nil), names[:12]...), "…")
	}
	return strings.Join(names, ", ")
}

func dateText(d ast.Date) string { return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day) }
