package engine

import (
	"maps"
	"slices"
	"strings"
	"time"
)

// Summary counts plans, results, scores and findings by dimensions. It keeps
// counts and exact sums and nothing of what it counted, so its size depends on
// the number of its rows alone; [Summary.Trace] reads the counted documents
// once more and yields those behind a figure. The order in which things are
// added and summaries merged never shows: the same things give the same rows
// and the same JSON, whether in one pass or in any number of shards.
//
// Each result is to be added once, and of several results of one task only the
// one that counts now: a summary that keeps counts alone can't know what it
// has seen. With Remember it keeps the ids, refuses by name what comes twice,
// also through Merge, and grows by about 200 bytes a result.
//
// A Summary is of one tenant. It is not safe for concurrent use: give each
// goroutine one and merge them. Make one with [NewSummary] or read one from
// JSON; the zero Summary has no dimensions and a single row.
type Summary struct {
	by       []string
	where    map[string]string // what Select has fixed
	asOf     time.Time         // set once a finding is counted
	wanted   time.Time         // AsOf of the options
	standard *Standard
	scope    string
	scoped   bool
	rows     map[string]*summaryRow
	last     *summaryRow // for runs of verdicts in one row
	buffer   []byte
	within   map[[2]string]string // frequency and period to the longer one it ends in
	sections map[string]string    // items to their sections, from standard
	seen     *summarySeen
}

// SummarySchema is the name of the summary's JSON document.
const SummarySchema = "pinjian/summary/1"

// SummaryOptions says what a Summary counts by. The zero value counts
// everything in one row.
type SummaryOptions struct {
	// By are the dimensions, each at most once: "standard", "section", "item",
	// "subject", "tier", "period" (the span a verdict or finding is about;
	// where it has none, the run's), "week", "month", "quarter", "halfyear" or
	// "year" (the one in which that span ends), and any other name is a kind of
	// party, such as "department", "person" or "supplier". What has no value in
	// a dimension is counted under "": verdicts have no parties, findings no
	// tier. A finding with several parties of a kind is counted under each.
	By []string
	// AsOf is when the state of findings is taken, and is needed to count any:
	// the findings are to be folded from their events until then.
	AsOf time.Time
	// Standard tells the sections of the items of findings; with nil those
	// findings are counted under the section "".
	Standard *Standard
	// Remember keeps the ids of what is counted and refuses what comes twice.
	Remember bool
}

// summarySeen is what a summary remembers, by plan and task or by id.
type summarySeen struct {
	Results  map[string]string `json:"results,omitempty"` // "plan digest/task" to the result's id
	Findings map[string]bool   `json:"findings,omitempty"`
	Plans    map[string]bool   `json:"plans,omitempty"`
	Scores   map[string]bool   `json:"scores,omitempty"`
}

// NewSummary makes an empty summary. It refuses a dimension that is empty or
// comes twice.
func NewSummary(o SummaryOptions) (*Summary, error) {
	s := &Summary{by: slices.Clone(o.By), wanted: o.AsOf.Round(0).UTC(), standard: o.Standard}
	if o.AsOf.IsZero() {
		s.wanted = time.Time{}
	}
	for i, name := range s.by {
		switch {
		case strings.TrimSpace(name) == "":
			return nil, refused("汇总的第 %d 个维度没有写名字", "summary: dimension %d has no name", i+1)
		case slices.Contains(s.by[:i], name):
			return nil, refused("汇总的维度“%s”写了两次，只留一次", "summary: the dimension %q is named twice; keep one", name)
		}
	}
	if o.Remember {
		s.seen = &summarySeen{}
	}
	return s, nil
}

// Dimensions lists what the summary counts by, in the order of the keys of its
// rows. The slice is the caller's.
func (s *Summary) Dimensions() []string { return slices.Clone(s.by) }

// AsOf is when the state of the counted findings was taken, zero while none is
// counted.
func (s *Summary) AsOf() time.Time { return s.asOf }

// AddPlan counts the tasks that a plan holds, as "task.planned". A draft is
// refused.
func (s *Summary) AddPlan(p *Plan) error {
	switch {
	case p == nil:
		return refused("没有方案", "summary: there is no plan")
	case s.open() != nil:
		return s.open()
	case p.Approval == nil:
		return refused("方案 %s 是草案，批准后才能汇总", "summary: plan %s is a draft; approve it first", p.ID)
	}
	if s.seen != nil {
		if s.seen.Plans[p.Digest] {
			return refused("方案 %s（摘要 %.12s）已经汇总过", "summary: plan %s, digest %.12s, is counted already", p.ID, p.Digest)
		}
		put(&s.seen.Plans, p.Digest, true)
	}
	for i := range p.Tasks {
		s.row(func(dimension string) string { return s.ofTask(p, &p.Tasks[i], dimension) }).counts[taskPlanned]++
	}
	return nil
}

// Add counts a result: its task, and its verdicts of every level. A result is
// counted whole or refused.
func (s *Summary) Add(r *Result) error {
	if r == nil {
		return refused("没有判定结果", "summary: there is no result")
	}
	if err := s.open(); err != nil {
		return err
	}
	for i := range r.Verdicts {
		if where := r.Verdicts[i].uncountable(); where != "" {
			return refused("结果 %.12s 的 verdicts[%d].%s 不是判定会写的值", "summary: result %.12s: verdicts[%d].%s is not what judging writes", r.ID, i, where)
		}
	}
	if s.seen != nil {
		if r.ID == "" {
			return refused("任务 %s 的结果没有编号（id）", "summary: the result of task %s has no id", r.Task)
		}
		key := r.Plan + "/" + r.Task
		switch before, ok := s.seen.Results[key]; {
		case ok && before == r.ID:
			return refused("任务 %s 的结果 %.12s 已经汇总过", "summary: result %[2]s of task %[1]s is counted already", r.Task, r.ID)
		case ok:
			return refused("任务 %s 已经汇总过另一个结果 %.12s，与 %.12s 只能取现在有效的一个", "summary: task %s is counted with the result %s already; of it and %s give only the one that counts now", r.Task, before, r.ID)
		}
		put(&s.seen.Results, key, r.ID)
	}
	row := s.row(func(dimension string) string { return s.ofResult(r, dimension) })
	row.counts[taskJudged]++
	if r.Closed {
		row.counts[taskClosed]++
	}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		row := s.verdictRow(r, v)
		row.counts[levelOf(v.Level)*len(summaryStates)+stateOf(v.Answer)]++
		switch v.Level {
		case "item":
			row.points = poolPoints(row.points, v.Points)
		case "part":
			if v.Sample != nil || v.Measure != nil {
				row.part(v.Part).add(v)
			}
		}
	}
	return nil
}

// AddScore counts the score of a result. Scores belong to whole results: in
// the dimensions of sections and items they are counted under "".
func (s *Summary) AddScore(r *Result, score Score) error {
	if r == nil || score.Standard != r.Standard {
		return refused("分数不是这个结果的", "summary: the score is not of this result")
	}
	if err := s.open(); err != nil {
		return err
	}
	if s.seen != nil {
		if s.seen.Scores[r.ID] {
			return refused("结果 %.12s 的分数已经汇总过", "summary: the score of result %.12s is counted already", r.ID)
		}
		put(&s.seen.Scores, r.ID, true)
	}
	row := s.row(func(dimension string) string { return s.ofResult(r, dimension) })
	if score.Open {
		row.counts[scoreOpen]++
		return nil
	}
	row.counts[scoreDecided]++
	row.score(score.Value, score.Value, score.Value)
	if score.Band != "" {
		if row.bands == nil {
			row.bands = map[string]int64{}
		}
		row.bands[score.Band]++
	}
	return nil
}

// AddFinding counts a finding as it stood at AsOf.
func (s *Summary) AddFinding(f Finding) error {
	switch {
	case s.open() != nil:
		return s.open()
	case f.Version == 0 || len(f.Events) == 0:
		return refused("这不是由事件重建的问题；请先用 Fold 重建", "summary: this finding was not rebuilt from its events; use Fold first")
	case s.wanted.IsZero():
		return refused("汇总问题要写明统计时刻（AsOf）", "summary: to count findings, SummaryOptions.AsOf must be given")
	case f.Events[len(f.Events)-1].At.After(s.wanted):
		return refused("问题 %.12s 在统计时刻 %s 之后还有事件，请只重建到那时", "summary: finding %.12s has events after %s; fold those until then", f.ID, s.wanted.Format(time.RFC3339))
	case s.scoped && f.Scope != s.scope:
		return refused("问题 %.12s 属于租户“%s”，汇总的是“%s”", "summary: finding %.12s is of the tenant %q, and the summary of %q", f.ID, f.Scope, s.scope)
	}
	if s.seen != nil {
		if s.seen.Findings[f.ID] {
			return refused("问题 %.12s 已经汇总过", "summary: finding %.12s is counted already", f.ID)
		}
		put(&s.seen.Findings, f.ID, true)
	}
	s.scope, s.scoped, s.asOf = f.Scope, true, s.wanted
	figures := findingFigures(&f, s.asOf)
	for _, values := range s.findingKeys(&f) {
		row := s.keyed(values)
		for _, figure := range figures {
			row.counts[figure]++
		}
	}
	return nil
}

// open refuses to add to a part of a summary.
func (s *Summary) open() error {
	if s.where != nil {
		return refused("这是从汇总里选出的一部分，不能再加；请加到整份汇总里", "summary: this is a selection, to which nothing can be added; add to the whole summary")
	}
	return nil
}

// maxUnits bounds the sizes of one sample.
const maxUnits = 1 << 40

// uncountable names the member of a verdict that judging can't have written,
// "" where there is none.
func (v *Verdict) uncountable() string {
	switch {
	case levelOf(v.Level) < 0:
		return "level"
	case stateOf(v.Answer) < 0:
		return "state"
	case v.Measure != nil && v.Measure.Kind != "number" && v.Measure.Kind != "duration":
		return "measure.kind"
	case v.Measure != nil && !isCompare(v.Measure.Compare):
		return "measure.compare"
	}
	if p := v.Sample; p != nil {
		if !isPercent(p.UpperBound) {
			return "sample.upper_bound"
		}
		for _, n := range []int64{p.Population, int64(p.Drawn), int64(p.Inspected), int64(p.Failing)} {
			if n < 0 || n > maxUnits {
				return "sample"
			}
		}
	}
	return ""
}

func isCompare(operator string) bool {
	switch operator {
	case ">=", ">", "<=", "<", "==", "!=":
		return true
	}
	return false
}

// isPercent says whether a text is what a Proof's UpperBound can be: digits
// with at most one point among them, or nothing.
func isPercent(s string) bool {
	whole, places, point := strings.Cut(s, ".")
	digits := strings.Trim(whole+places, "0123456789") == "" && len(s) < 20
	return s == "" || digits && whole != "" && point == (places != "")
}

// put writes into a map that may be nil yet.
func put[V any](m *map[string]V, key string, value V) {
	if *m == nil {
		*m = map[string]V{}
	}
	(*m)[key] = value
}

// clone returns a summary that shares nothing with s.
func (s *Summary) clone() *Summary {
	out := &Summary{
		by: s.by, where: s.where, asOf: s.asOf, wanted: s.wanted, standard: s.standard, scope: s.scope, scoped: s.scoped,
		rows: make(map[string]*summaryRow, len(s.rows)), sections: s.sections,
	}
	for key, row := range s.rows {
		out.rows[key] = row.clone()
	}
	if s.seen != nil {
		out.seen = &summarySeen{maps.Clone(s.seen.Results), maps.Clone(s.seen.Findings), maps.Clone(s.seen.Plans), maps.Clone(s.seen.Scores)}
	}
	return out
}
