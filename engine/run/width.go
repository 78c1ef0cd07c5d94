package run

import (
	"strings"

	"github.com/clipperhouse/displaywidth"
)

// pad fills a text with spaces to a width in terminal columns; a Chinese
// character takes two.
func pad(s string, width int) string {
	return s + strings.Repeat(" ", max(1, width-displaywidth.String(s)))
}
