package engine

import (
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"time"
)

// summaryJSON is a Summary as it is written.
type summaryJSON struct {
	Schema     string            `json:"schema"`
	By         []string          `json:"by"`
	Where      map[string]string `json:"where,omitempty"`
	Scope      *string           `json:"scope,omitempty"` // of the findings
	AsOf       time.Time         `json:"as_of,omitzero"`
	Rows       []SummaryRow      `json:"rows"`
	Remembered *summarySeen      `json:"remembered,omitempty"`
}

// MarshalJSON writes the summary; the same counted things give the same bytes.
func (s *Summary) MarshalJSON() ([]byte, error) {
	out := summaryJSON{Schema: SummarySchema, By: s.by, Where: s.where, AsOf: s.asOf, Rows: slices.AppendSeq([]SummaryRow{}, s.Rows()), Remembered: s.seen}
	if out.By == nil {
		out.By = []string{}
	}
	if s.scoped {
		out.Scope = &s.scope
	}
	return json.Marshal(out)
}

// UnmarshalJSON reads what MarshalJSON writes, and refuses what it can't have
// written. Findings can be added to what was read only as of the same instant,
// and are then counted under the section "" unless they are of a section.
func (s *Summary) UnmarshalJSON(data []byte) error {
	var in summaryJSON
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		return refused("读不了汇总：%v", "reading a summary: %v", err)
	}
	if in.Schema != SummarySchema {
		return refused("这不是汇总：schema 是 %q，应为 %s", "reading a summary: schema %q is not %s", in.Schema, SummarySchema)
	}
	fresh, err := NewSummary(SummaryOptions{By: in.By, AsOf: in.AsOf})
	if err != nil {
		return err
	}
	out := *fresh
	out.where, out.seen = in.Where, in.Remembered
	if in.Scope != nil {
		out.scope, out.scoped = *in.Scope, true
	}
	if out.scoped != !in.AsOf.IsZero() {
		return refused("读汇总：scope 和 as_of 要么都写，要么都不写", "reading a summary: scope and as_of must be given both or neither")
	}
	if out.scoped {
		out.asOf = out.wanted
	}
	for i := range in.Rows {
		row := &in.Rows[i]
		if len(row.Key) != len(out.by) {
			return refused("读汇总：rows[%d].key 有 %d 个值，维度有 %d 个", "reading a summary: rows[%d].key has %d values for %d dimensions", i, len(row.Key), len(out.by))
		}
		before := len(out.rows)
		into := out.keyed(row.Key)
		if len(out.rows) == before {
			return refused("读汇总：rows[%d] 与前面一行的 key 相同", "reading a summary: rows[%d] has the key of a row before it", i)
		}
		if where, ok := into.read(row); !ok {
			return refused("读汇总：rows[%d].%s 不是汇总会写的值", "reading a summary: rows[%d].%s is not what a summary writes", i, where)
		}
	}
	out.last = nil
	*s = out
	return nil
}

// read takes in a row that was written; where names what can't be.
func (r *summaryRow) read(in *SummaryRow) (where string, ok bool) {
	for name, n := range in.Counts {
		places := figurePlaces(name)
		if len(places) != 1 || figureName(places[0]) != name || n <= 0 || n > maxCount {
			return "counts." + name, false
		}
		r.counts[places[0]] = n
	}
	for band, n := range in.Bands {
		if n <= 0 || n > maxCount {
			return "bands." + band, false
		}
		put(&r.bands, band, n)
	}
	scores := in.ScoreSum != nil
	if (in.ScoreLeast != nil) != scores || (in.ScoreMost != nil) != scores || scores != (r.counts[scoreDecided] > 0) {
		return "score_sum", false
	}
	r.points, r.sum, r.least, r.most = in.Points, in.ScoreSum, in.ScoreLeast, in.ScoreMost
	for i := range in.Parts {
		p := in.Parts[i]
		if _, twice := r.parts[p.Part]; twice || !p.possible() {
			return "parts." + p.Part, false
		}
		p.Value, p.Bound = nil, nil
		put(&r.parts, p.Part, &p)
	}
	return "", true
}

// possible says whether counting could have led to this.
func (p *SummaryPart) possible() bool {
	for _, n := range []int64{p.Judged, p.Samples, p.Population, p.Drawn, p.Inspected, p.Failing, p.Measures, p.Met, p.Missed, p.Open} {
		if n < 0 || n > maxCount {
			return false
		}
	}
	ends := (p.Least == nil) == (p.Most == nil) && (p.Numerator == nil) == (p.Denominator == nil)
	measured := p.Measures > 0
	if (p.Kind != "" && p.Kind != "number" && p.Kind != "duration") || (p.Compare != "" && !isCompare(p.Compare)) || !isPercent(p.UpperBound) {
		return false
	}
	return p.Judged > 0 && p.Samples <= p.Judged && p.Measures <= p.Judged && p.Samples+p.Measures >= p.Judged &&
		p.Met+p.Missed+p.Open == p.Measures && ends && (p.Least != nil) == (measured && p.Kind != "") &&
		(p.Target != nil) == (p.Compare != "") && (p.Target == nil || p.Kind != "") && (p.Numerator == nil || p.Kind != "") && (p.UpperBound == "" || p.Samples == 1)
}

// maxSum bounds the digits of a sum that is read.
const maxSum = 1 << 14

// UnmarshalJSON reads what encoding/json writes of a row; sums may be longer
// than other numbers.
func (r *SummaryRow) UnmarshalJSON(data []byte) error {
	type plain SummaryRow
	in := struct {
		*plain
		ScoreSum *string `json:"score_sum"`
	}{plain: (*plain)(r)}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&in); err != nil {
		return err
	}
	if in.ScoreSum == nil {
		return nil
	}
	text := *in.ScoreSum
	rat, ok := new(big.Rat), false
	if len(text) <= maxSum && strings.Trim(text, "-./0123456789") == "" {
		rat, ok = rat.SetString(text)
	}
	if !ok {
		return refused("score_sum 不是数", "score_sum is no number")
	}
	sum := NumberOf(rat)
	r.ScoreSum = &sum
	return nil
}
