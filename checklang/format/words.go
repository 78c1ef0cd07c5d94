package format

import (
	"strings"
	"sync"

	"github.com/pinjian/pinjian/checklang/token"
)

// wordEntries are the rows of the word table that are not keywords, by their
// canonical name.
type wordEntries struct {
	functions, values, units map[string]token.Entry
}

// words is made once; nothing changes it afterwards.
var words = sync.OnceValue(func() wordEntries {
	w := wordEntries{map[string]token.Entry{}, map[string]token.Entry{}, map[string]token.Entry{}}
	for _, e := range token.Words() {
		switch e.Class {
		case "function":
			w.functions[e.Canonical] = e
		case "value":
			w.values[e.Canonical] = e
		case "unit":
			w.units[e.Canonical] = e
		}
	}
	return w
})

// duration parts a duration into its number and its canonical unit.
func duration(s string) (number, unit string) {
	end := strings.LastIndexAny(s, "0123456789") + 1
	unit, _ = token.LookupUnit(s[end:])
	return s[:end], unit
}
