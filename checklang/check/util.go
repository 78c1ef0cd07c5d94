package check

import (
	"fmt"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/internal/suggest"
	"github.com/pinjian/pinjian/checklang/token"
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

// classifiers are the words that may stand between a size and a record.
func classifiers() (out []string) {
	for _, w := range token.Words() {
		if w.Class == "classifier" {
			out = append(out, w.Chinese)
		}
	}
	return out
}
