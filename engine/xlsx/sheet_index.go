package xlsx

import (
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// A sheet comes back out of a file that anybody may have written, so it is
// bounded, and what is looked up for each cell is found by name and not by
// going through lists.
const (
	mostItems   = 1 << 14
	mostUnits   = 1 << 18 // of all parts together
	mostAsks    = 1 << 18 // likewise
	mostChoices = 1 << 10 // of one question
)

// itemIndex finds the units and questions of a part.
type itemIndex struct{ units, asks map[string]int }

// indexed prepares the look-ups; false when the sheet is larger than any is.
func (s *sheetReader) indexed() bool {
	units, asks := 0, 0
	sound := func(list []engine.Question) bool {
		asks += len(list)
		for _, q := range list {
			if len(q.Choices) > mostChoices {
				return false
			}
		}
		return asks <= mostAsks
	}
	if len(s.sheet.Items) > mostItems {
		return false
	}
	s.places = map[string]int{}
	for at := range s.sheet.Items {
		item := &s.sheet.Items[at]
		index := itemIndex{map[string]int{}, map[string]int{}}
		if units += len(item.Units); units > mostUnits || !sound(item.Ask) {
			return false
		}
		for i, q := range item.Ask {
			if _, twice := index.asks[q.Name]; !twice {
				index.asks[q.Name] = i
			}
		}
		for i := range item.Units {
			index.units[item.Units[i].ID] = i
			if len(item.Units[i].Ask) > mostChoices || !sound(item.Units[i].Ask) {
				return false
			}
		}
		s.index = append(s.index, index)
		if key := item.Part + "\x00" + item.Period; s.places[key] == 0 {
			s.places[key] = at + 1
		}
	}
	return true
}

// item finds a part in one of its periods, or -1.
func (s *sheetReader) item(part, period string) int { return s.places[part+"\x00"+period] - 1 }

// indexEarlier prepares the look-up of what was submitted before.
func (s *sheetReader) indexEarlier() {
	s.about, s.before = map[string][]engine.Submission{}, map[string][]engine.Submission{}
	subjects := map[string]bool{}
	for _, item := range s.sheet.Items {
		subjects[item.Part] = subjects[item.Part] || item.Kind == "subject"
	}
	for _, e := range s.options.Earlier {
		if e.Task != s.sheet.Task {
			continue
		}
		unit := e.Unit
		if subjects[e.Part] {
			unit = ""
		}
		key := e.Part + "\x00" + unit
		s.about[key] = append(s.about[key], e)
		row := e.ID
		if i := strings.LastIndexByte(row, '-'); i > len(idPrefix) {
			row = row[:i]
		}
		s.before[row] = append(s.before[row], e)
	}
}
