package engine

import (
	"iter"
	"maps"
	"slices"
	"time"
)

// maxCount bounds a figure, so that JSON readers everywhere keep it exact.
const maxCount = 1 << 53

// Rows yields the rows in the order of their keys.
func (s *Summary) Rows() iter.Seq[SummaryRow] {
	return func(yield func(SummaryRow) bool) {
		for _, key := range sortedKeys(s.rows) {
			if !yield(s.rows[key].row(s)) {
				return
			}
		}
	}
}

// Total is everything in one row, whose key is empty. It refuses a summary by
// a kind of party, as Group does.
func (s *Summary) Total() (SummaryRow, error) {
	all, err := s.Group()
	if err != nil {
		return SummaryRow{}, err
	}
	for row := range all.Rows() {
		return row, nil
	}
	return (&summaryRow{}).row(all), nil
}

// Merge takes in another summary with the same dimensions. It is commutative
// and associative. It refuses, and changes nothing: other dimensions, findings
// of another instant or tenant, and, where both remember, what both have
// counted.
func (s *Summary) Merge(o *Summary) error {
	if o == nil {
		return nil
	}
	switch {
	case !slices.Equal(s.by, o.by) || !maps.Equal(s.where, o.where):
		return refused("两份汇总的维度不同：%s 与 %s", "summary: the dimensions differ: %s and %s", shown(s.by), shown(o.by))
	case !s.asOf.IsZero() && !o.asOf.IsZero() && !s.asOf.Equal(o.asOf):
		return refused("两份汇总里问题的统计时刻不同：%s 与 %s；请按同一时刻重新汇总问题", "summary: findings were taken at %s and at %s; count them again as of one instant", s.asOf.Format(time.RFC3339), o.asOf.Format(time.RFC3339))
	case s.scoped && o.scoped && s.scope != o.scope:
		return refused("两份汇总属于不同的租户：“%s”与“%s”", "summary: the tenants differ: %q and %q", s.scope, o.scope)
	case (s.seen == nil) != (o.seen == nil):
		return refused("两份汇总只有一份记下了编号，无法发现重复；请都记下，或都不记", "summary: only one of them remembers ids, so what both counted would not be found; let both remember or neither")
	}
	if err := s.seen.apart(o.seen); err != nil {
		return err
	}
	for key, row := range o.rows {
		if mine, ok := s.rows[key]; ok && mine.overflows(row) {
			return refused("汇总的数超过了 2^53", "summary: a count would pass 2^53")
		}
	}
	if s == o {
		o = o.clone()
	}
	for key, row := range o.rows {
		if mine, ok := s.rows[key]; ok {
			mine.merge(row)
		} else {
			put(&s.rows, key, row.clone())
		}
	}
	s.seen.join(o.seen)
	if o.scoped {
		s.scope, s.scoped, s.asOf = o.scope, true, o.asOf
	}
	return nil
}

// overflows says whether a sum would pass what is kept exact.
func (r *summaryRow) overflows(o *summaryRow) bool {
	for i, n := range o.counts {
		if r.counts[i]+n > maxCount {
			return true
		}
	}
	for id, p := range o.parts {
		if mine := r.parts[id]; mine != nil && (mine.Judged+p.Judged > maxCount || mine.Population+p.Population > maxCount || mine.Drawn+p.Drawn > maxCount) {
			return true
		}
	}
	for band, n := range o.bands {
		if r.bands[band]+n > maxCount {
			return true
		}
	}
	return false
}

// apart refuses what two summaries have both counted.
func (a *summarySeen) apart(b *summarySeen) error {
	if a == nil || b == nil {
		return nil
	}
	for _, key := range sortedKeys(b.Results) {
		if id, ok := a.Results[key]; ok {
			return refused("两份汇总都有任务 %s 的结果（%.12s、%.12s）", "summary: both have a result of task %s: %s and %s", taskOf(key), id, b.Results[key])
		}
	}
	for _, kind := range []struct {
		zh, en string
		a, b   map[string]bool
	}{{"问题", "the finding", a.Findings, b.Findings}, {"方案", "the plan", a.Plans, b.Plans}, {"分数，结果", "the score of the result", a.Scores, b.Scores}} {
		for _, id := range sortedKeys(kind.b) {
			if kind.a[id] {
				return &Refusal{Words: Words{"两份汇总都有" + kind.zh + " " + id, "summary: both have " + kind.en + " " + id}}
			}
		}
	}
	return nil
}

// taskOf is the task of a key of results: what follows the plan's digest.
func taskOf(key string) string {
	for i := range len(key) {
		if key[i] == '/' {
			return key[i+1:]
		}
	}
	return key
}

func (a *summarySeen) join(b *summarySeen) {
	if a == nil || b == nil {
		return
	}
	for key, id := range b.Results {
		put(&a.Results, key, id)
	}
	for _, kind := range []struct {
		a *map[string]bool
		b map[string]bool
	}{{&a.Findings, b.Findings}, {&a.Plans, b.Plans}, {&a.Scores, b.Scores}} {
		for id := range kind.b {
			put(kind.a, id, true)
		}
	}
}

// Select is the part of a summary that has a value in one of its dimensions.
// Nothing more can be added to it.
func (s *Summary) Select(dimension, value string) (*Summary, error) {
	at := slices.Index(s.by, dimension)
	if at < 0 {
		return nil, s.lacks(dimension)
	}
	out := s.clone()
	out.seen, out.last = nil, nil
	out.where = map[string]string{}
	maps.Copy(out.where, s.where)
	out.where[dimension] = value
	maps.DeleteFunc(out.rows, func(key string, _ *summaryRow) bool { return keyValues(key, len(s.by))[at] != value })
	return out, nil
}

// Group counts by some of the dimensions, in the order given. It refuses one
// that the summary doesn't have, and to leave out a kind of party that Select
// has not fixed: what has several parties would be counted several times.
func (s *Summary) Group(by ...string) (*Summary, error) {
	places := make([]int, len(by))
	for i, dimension := range by {
		if places[i] = slices.Index(s.by, dimension); places[i] < 0 {
			return nil, s.lacks(dimension)
		}
		if slices.Contains(by[:i], dimension) {
			return nil, refused("汇总的维度“%s”写了两次，只留一次", "summary: the dimension %q is named twice; keep one", dimension)
		}
	}
	for _, dimension := range s.by {
		if _, fixed := s.where[dimension]; isParty(dimension) && !fixed && !slices.Contains(by, dimension) {
			return nil, refused("按“%s”的汇总不能合并掉这个维度：一个问题可以有几个责任方，会重复计数；请另做一份汇总", "summary: the dimension %q can't be left out, for a finding with several parties would be counted several times; make another summary", dimension)
		}
	}
	out := &Summary{by: slices.Clone(by), where: s.where, asOf: s.asOf, wanted: s.wanted, standard: s.standard, scope: s.scope, scoped: s.scoped}
	for _, key := range sortedKeys(s.rows) {
		values := keyValues(key, len(s.by))
		chosen := make([]string, len(by))
		for i, at := range places {
			chosen[i] = values[at]
		}
		out.keyed(chosen).merge(s.rows[key])
	}
	return out, nil
}

func (s *Summary) lacks(dimension string) error {
	return refused("汇总没有“%s”这个维度，只有：%s", "summary: there is no dimension %q; there are %s", dimension, joinLimited(s.by))
}
