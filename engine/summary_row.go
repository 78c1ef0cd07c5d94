package engine

import (
	"maps"
	"slices"
	"strings"
)

// SummaryRow is one line of a summary. Key holds a value for each dimension.
// Counts holds the figures that are not 0, by name:
//
//   - "unit.", "part.", "item.", "section." and "standard." with a state or
//     outcome ("item.fail", "item.not_inspected"): verdicts of that level;
//   - "task.planned", "task.judged", "task.closed": tasks of plans, and of
//     results;
//   - "score.decided", "score.open": results with a score that stands or not;
//   - "finding.observation", "finding.fail", "finding.major": findings by
//     grade, without those withdrawn; "finding.open" to "finding.withdrawn" by
//     state; "finding.repeat", "finding.overdue", and the two of the
//     rectification rate, "finding.rectified" and "finding.due".
//
// Points adds up what items lost and were awarded. Parts holds samples and
// indicators by part. ScoreSum, ScoreLeast and ScoreMost are over the scores
// that stand, nil where there are none; Bands counts their grades.
type SummaryRow struct {
	Key        []string         `json:"key"`
	Counts     map[string]int64 `json:"counts"`
	Points     *Points          `json:"points,omitempty"`
	ScoreSum   *Number          `json:"score_sum,omitempty"`
	ScoreLeast *Number          `json:"score_least,omitempty"`
	ScoreMost  *Number          `json:"score_most,omitempty"`
	Bands      map[string]int64 `json:"bands,omitempty"`
	Parts      []SummaryPart    `json:"parts,omitempty"`
	where      []string         // dimension and value by turns, for Figure
}

// Count is a figure of the row by its name, 0 where nothing was counted. Apart
// from the names in Counts it knows groups: of every level of verdicts ".all",
// ".decided" (pass to major), ".failing" (fail and major), ".due" (all but
// not applicable) and ".inspected" (due, and neither not inspected nor
// waived); "finding.standing" (not withdrawn) and "finding.all".
func (r *SummaryRow) Count(name string) int64 {
	var n int64
	for _, place := range figurePlaces(name) {
		n += r.Counts[figureName(place)]
	}
	return n
}

// Figure is the key of a figure of this row, by which [Summary.Trace] yields
// what it counts: "item.fail@item=4.1.3,month=2026-11". It is also the key for
// "sample." and "measure." with the ID of a part, and for "points" and
// "score".
func (r *SummaryRow) Figure(name string) string {
	var b strings.Builder
	b.WriteString(escapeFigure(name))
	for i := 0; i+1 < len(r.where); i += 2 {
		if b.WriteByte(','); i == 0 {
			b.Reset()
			b.WriteString(escapeFigure(name) + "@")
		}
		b.WriteString(escapeFigure(r.where[i]) + "=" + escapeFigure(r.where[i+1]))
	}
	return b.String()
}

// summaryRow is a row while it is counted.
type summaryRow struct {
	key    string
	counts [summaryFigures]int64
	points *Points
	sum    *Number
	least  *Number
	most   *Number
	bands  map[string]int64
	parts  map[string]*SummaryPart
}

func (r *summaryRow) part(id string) *SummaryPart {
	p, ok := r.parts[id]
	if !ok {
		p = &SummaryPart{Part: id}
		put(&r.parts, id, p)
	}
	return p
}

// score takes in scores by their sum and ends.
func (r *summaryRow) score(sum, least, most Number) {
	r.sum = plusNumber(r.sum, &sum)
	if r.least == nil || least.Cmp(*r.least) < 0 {
		r.least = &least
	}
	if r.most == nil || most.Cmp(*r.most) > 0 {
		r.most = &most
	}
}

func (r *summaryRow) clone() *summaryRow {
	out := *r
	out.bands, out.parts = maps.Clone(r.bands), nil
	for id, p := range r.parts {
		copied := *p
		put(&out.parts, id, &copied)
	}
	return &out
}

// merge takes in another row. Nothing is shared that is changed later: numbers
// are replaced, not changed.
func (r *summaryRow) merge(o *summaryRow) {
	for i, n := range o.counts {
		r.counts[i] += n
	}
	r.points = poolPoints(r.points, o.points)
	if o.sum != nil {
		r.score(*o.sum, *o.least, *o.most)
	}
	for band, n := range o.bands {
		put(&r.bands, band, r.bands[band]+n)
	}
	for id, p := range o.parts {
		r.part(id).merge(p)
	}
}

// row makes the public form.
func (r *summaryRow) row(s *Summary) SummaryRow {
	out := SummaryRow{
		Key: keyValues(r.key, len(s.by)), Counts: map[string]int64{}, Points: r.points,
		ScoreSum: r.sum, ScoreLeast: r.least, ScoreMost: r.most, Bands: maps.Clone(r.bands),
	}
	for i, n := range r.counts {
		if n != 0 {
			out.Counts[figureName(i)] = n
		}
	}
	for _, id := range sortedKeys(r.parts) {
		out.Parts = append(out.Parts, r.parts[id].finished())
	}
	for _, dimension := range sortedKeys(s.where) {
		if !slices.Contains(s.by, dimension) {
			out.where = append(out.where, dimension, s.where[dimension])
		}
	}
	for i, dimension := range s.by {
		out.where = append(out.where, dimension, out.Key[i])
	}
	return out
}

// plusNumber adds numbers of which nil is none.
func plusNumber(a, b *Number) *Number {
	if a == nil || b == nil {
		if a == nil {
			a = b
		}
		return a
	}
	sum := NumberOf(a.Rat().Add(a.Rat(), b.Rat()))
	return &sum
}

// poolPoints adds up points: what may be unbounded in one is so in the sum,
// and what gives no award adds none.
func poolPoints(a, b *Points) *Points {
	if a == nil || b == nil {
		if a == nil {
			a = b
		}
		if a == nil {
			return nil
		}
		return &Points{Least: a.Least, Most: a.Most, AwardLeast: a.AwardLeast, AwardMost: a.AwardMost}
	}
	out := &Points{Least: *plusNumber(&a.Least, &b.Least), AwardLeast: plusNumber(a.AwardLeast, b.AwardLeast)}
	if a.Most != nil && b.Most != nil {
		out.Most = plusNumber(a.Most, b.Most)
	}
	open := a.AwardLeast != nil && a.AwardMost == nil || b.AwardLeast != nil && b.AwardMost == nil
	if !open {
		out.AwardMost = plusNumber(a.AwardMost, b.AwardMost)
	}
	return out
}
