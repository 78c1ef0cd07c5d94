package engine

import (
	"slices"
	"strings"
)

// member is a standard whose items a plan can hold: the planning standard
// itself, or one that it imports, whose codes stand behind its own ("continuous/"
// before "005/4.1.3"). A member judges its items by its own names, calendar and
// zone.
type member struct {
	*Standard
	prefix string
}

// members are the standard itself and those that it imports, in the order of
// their imports.
func (s *Standard) members() []member {
	return append([]member{{s, ""}}, s.imported...)
}

// memberOf finds the member that has a part, and the part's ID in it.
func (s *Standard) memberOf(id string) (member, string, bool) {
	if _, ok := s.parts[id]; ok {
		return member{s, ""}, id, true
	}
	for _, m := range s.imported {
		if own, ok := strings.CutPrefix(id, m.prefix); ok && m.parts[own] != nil {
			return m, own, true
		}
	}
	return member{}, "", false
}

// task is what of a task belongs to the member, with the member's own names.
func (m member) task(t *Task) *Task {
	own := *t
	own.Draws, own.Populations = nil, nil
	for _, d := range t.Draws {
		if ids, ok := m.ids(d.Parts); ok {
			d.Parts = ids
			own.Draws = append(own.Draws, d)
		}
	}
	for key, n := range t.Populations {
		if name, ok := m.population(key); ok {
			if own.Populations == nil {
				own.Populations = map[string]int64{}
			}
			own.Populations[name] = n
		}
	}
	return &own
}

// ids are the member's own IDs of parts; ok is false for those of another.
func (m member) ids(parts []string) ([]string, bool) {
	out := slices.Clone(parts)
	for i, id := range parts {
		own, ok := strings.CutPrefix(id, m.prefix)
		if !ok || m.parts[own] == nil {
			return nil, false
		}
		out[i] = own
	}
	return out, len(out) > 0
}

// population is the member's own key of a population of the task. No record's
// name holds a slash, so keys of different members can't be mixed up.
func (m member) population(key string) (string, bool) {
	if m.prefix == "" {
		return key, true
	}
	return strings.CutPrefix(key, m.prefix)
}

// named gives a verdict the names that it has in the plan.
func (m member) named(v Verdict) Verdict {
	for _, name := range []*string{&v.Item, &v.Part, &v.Section} {
		if *name != "" {
			*name = m.prefix + *name
		}
	}
	return v
}

// submission is a submission with the member's own name of the part.
func (m member) submission(s Submission) Submission {
	s.Part = strings.TrimPrefix(s.Part, m.prefix)
	return s
}

// waivers are waivers with the member's own names of the parts.
func (m member) waivers(all []Waiver) []Waiver {
	out := slices.Clone(all)
	for i := range out {
		out[i].Part = strings.TrimPrefix(out[i].Part, m.prefix)
	}
	return out
}
