package engine

import (
	"slices"
	"strings"
	"time"
)

// frequencyNamed is the frequency that a dimension rolls periods up to, or 0.
func frequencyNamed(dimension string) Frequency {
	for f := Week; f <= Year; f++ {
		if dimension == f.String() {
			return f
		}
	}
	return 0
}

// isParty says whether a dimension is a kind of party.
func isParty(dimension string) bool {
	switch dimension {
	case "standard", "section", "item", "subject", "tier", "period":
		return false
	}
	return frequencyNamed(dimension) == 0
}

// endsIn is the period of a frequency in which the last day of another lies,
// "" for a name that is no period.
func (s *Summary) endsIn(dimension, period string) string {
	f := frequencyNamed(dimension)
	if f == 0 || period == "" {
		return period
	}
	key := [2]string{dimension, period}
	if out, ok := s.within[key]; ok {
		return out
	}
	out := ""
	if p, err := ParsePeriod(period, time.UTC); err == nil {
		if q, err := PeriodOf(f, p.End.Add(-1), time.UTC); err == nil {
			out = q.Name
		}
	}
	if s.within == nil || len(s.within) > 1<<14 { // hostile names must not pile up
		s.within = map[[2]string]string{}
	}
	s.within[key] = out
	return out
}

func (s *Summary) ofTask(p *Plan, t *Task, dimension string) string {
	switch dimension {
	case "standard":
		return p.Standard.Standard
	case "subject":
		return t.Subject.ID
	case "tier":
		return p.Tier
	case "section", "item":
		return ""
	case "period":
		return p.Period.Name
	}
	if isParty(dimension) {
		return ""
	}
	return s.endsIn(dimension, p.Period.Name)
}

func (s *Summary) ofResult(r *Result, dimension string) string {
	return s.ofVerdict(r, &Verdict{}, dimension)
}

func (s *Summary) ofVerdict(r *Result, v *Verdict, dimension string) string {
	switch dimension {
	case "standard":
		return r.Standard.Standard
	case "section":
		return v.Section
	case "item":
		return v.Item
	case "subject":
		if v.Subject != "" {
			return v.Subject
		}
		return r.Subject
	case "tier":
		return r.Tier
	}
	if isParty(dimension) {
		return ""
	}
	period := v.Period
	if period == "" {
		period = r.Period
	}
	return s.endsIn(dimension, period)
}

// sectionOf is the section of a finding: its own, or that of its item.
func (s *Summary) sectionOf(f *Finding) string {
	if f.Section != "" || s.standard == nil {
		return f.Section
	}
	if section, ok := s.sections[f.Item]; ok {
		return section
	}
	section := ""
	if item, ok := s.standard.Item(f.Item); ok {
		section = strings.Join(item.Section, "/")
	}
	if s.sections == nil || len(s.sections) > 1<<16 {
		s.sections = map[string]string{}
	}
	s.sections[f.Item] = section
	return section
}

// ofFinding are the values of a finding in a dimension: one, or that of each
// party of the kind.
func (s *Summary) ofFinding(f *Finding, dimension string) []string {
	value := ""
	switch dimension {
	case "standard":
		value = f.Standard
	case "section":
		value = s.sectionOf(f)
	case "item":
		value = f.Item
	case "subject":
		value = f.Subject
	case "tier":
	default:
		if !isParty(dimension) {
			value = s.endsIn(dimension, f.Period)
			break
		}
		var ids []string
		for _, p := range f.Parties {
			if p.Kind == dimension && !slices.Contains(ids, p.ID) {
				ids = append(ids, p.ID)
			}
		}
		if len(ids) > 0 {
			return ids
		}
	}
	return []string{value}
}

// findingKeys are the keys under which a finding is counted: every combination
// of its parties.
func (s *Summary) findingKeys(f *Finding) [][]string {
	keys := [][]string{make([]string, 0, len(s.by))}
	for _, dimension := range s.by {
		var longer [][]string
		for _, value := range s.ofFinding(f, dimension) {
			for _, key := range keys {
				longer = append(longer, append(slices.Clone(key), value))
			}
		}
		keys = longer
	}
	return keys
}

// row finds or makes the row of the values that a function gives.
func (s *Summary) row(of func(dimension string) string) *summaryRow {
	s.buffer = s.buffer[:0]
	for _, dimension := range s.by {
		s.buffer = appendKey(s.buffer, of(dimension))
	}
	return s.found()
}

// verdictRow is row without a closure, for the many verdicts.
func (s *Summary) verdictRow(r *Result, v *Verdict) *summaryRow {
	s.buffer = s.buffer[:0]
	for _, dimension := range s.by {
		s.buffer = appendKey(s.buffer, s.ofVerdict(r, v, dimension))
	}
	return s.found()
}

func (s *Summary) keyed(values []string) *summaryRow {
	s.buffer = s.buffer[:0]
	for _, value := range values {
		s.buffer = appendKey(s.buffer, value)
	}
	return s.found()
}

// appendKey writes a value so that no two lists of values read alike, and so
// that keys sort as their values do: 0 becomes 0 1, and 0 0 ends a value.
func appendKey(key []byte, value string) []byte {
	value = strings.ToValidUTF8(value, "\uFFFD") // as JSON writes it
	if strings.IndexByte(value, 0) < 0 {
		return append(append(key, value...), 0, 0)
	}
	for i := range len(value) {
		if key = append(key, value[i]); value[i] == 0 {
			key = append(key, 1)
		}
	}
	return append(key, 0, 0)
}

// keyValues undoes appendKey.
func keyValues(key string, n int) []string {
	out := make([]string, 0, n)
	var value []byte
	for i := 0; i+1 < len(key); i++ {
		switch {
		case key[i] != 0:
			value = append(value, key[i])
		case key[i+1] == 0:
			out, value = append(out, string(value)), value[:0]
			i++
		default:
			value = append(value, 0)
			i++
		}
	}
	return out
}

// found is the row of the key in the buffer.
func (s *Summary) found() *summaryRow {
	if s.last != nil && s.last.key == string(s.buffer) {
		return s.last
	}
	row, ok := s.rows[string(s.buffer)]
	if !ok {
		row = &summaryRow{key: string(s.buffer)}
		put(&s.rows, row.key, row)
	}
	s.last = row
	return row
}
