package engine

import (
	"iter"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
)

// Item is the read-only description of a check item. Every is the zero
// Frequency where the print names none: the item is then due at each run.
type Item struct {
	ID      string    `json:"id"`
	Code    string    `json:"code"`
	Section []string  `json:"section"`
	Title   string    `json:"title"`
	Every   Frequency `json:"every,omitempty"`
	Parts   []Part    `json:"parts"`
}

// Part is one sample of an item: the record of its units ("" where the unit is
// the subject), the keys of the fields and answers it can be given, and the
// fields that its sample's condition reads.
type Part struct {
	ID         string   `json:"id"`
	Record     string   `json:"record,omitempty"`
	Fields     []string `json:"fields"`
	WhereReads []string `json:"where_reads,omitempty"`
}

// Items yields the items in printed order, and after them those of the
// standards that it imports, whose IDs and sections begin with the standard's.
func (s *Standard) Items() iter.Seq[Item] {
	return func(yield func(Item) bool) {
		for _, m := range s.members() {
			for _, i := range m.checked.Items {
				if !yield(m.describe(i)) {
					return
				}
			}
		}
	}
}

// Item finds an item by its ID or, among the standard's own, by a code that
// only one has.
func (s *Standard) Item(code string) (Item, bool) {
	if found, _ := s.checked.FindItem(code); found != nil {
		return member{s, ""}.describe(found), true
	}
	for _, m := range s.imported {
		own, ok := strings.CutPrefix(code, m.prefix)
		if found, _ := m.checked.FindItem(own); ok && found != nil && found.ID == own {
			return m.describe(found), true
		}
	}
	return Item{}, false
}

func (m member) describe(i *check.Item) Item {
	out := Item{ID: m.prefix + i.ID, Code: i.Code, Title: i.Title, Section: []string{}}
	if i.Section != nil {
		out.Section = append(out.Section, i.Section.Path...)
		out.Section[0] = m.prefix + out.Section[0]
	}
	if f, ok := frequencyOf(i.Every); ok {
		out.Every = f
	}
	for _, p := range i.Parts {
		c := m.parts[p.ID]
		part := Part{ID: m.prefix + p.ID, Fields: []string{}}
		if r := p.Record(); r != nil {
			part.Record = r.Name.First
		}
		for _, v := range c.variables {
			part.Fields = append(part.Fields, v.Key)
		}
		if c.where != nil {
			for _, v := range p.Sample.Where.Reads {
				part.WhereReads = append(part.WhereReads, v.Key)
			}
		}
		out.Parts = append(out.Parts, part)
	}
	return out
}
