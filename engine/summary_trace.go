package engine

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"
)

// SummaryRecords is where the documents that a summary counted can be read
// once more. What is nil is not read.
type SummaryRecords struct {
	Plans    iter.Seq2[*Plan, error]
	Results  iter.Seq2[*Result, error]
	Scores   func(*Result) (Score, error)
	Findings iter.Seq2[Finding, error]
}

// Counted is one thing that a figure counts. ID is the id of a finding or
// result, or says with a JSON pointer which part of a document it is:
// "<result id>#/verdicts/12", "<plan digest>#/tasks/3". The others are nil
// where the thing is none of them.
type Counted struct {
	ID      string
	Task    *Task
	Result  *Result
	Verdict *Verdict
	Finding *Finding
}

// Trace yields what a figure counts, in the order of the records, which are to
// be the ones that were added: a figure is a name of [SummaryRow.Count] or
// [SummaryRow.Figure], with the values that the counted things have in any
// dimensions, also such that the summary doesn't have; a dimension given twice
// may have either value. Nothing is kept, so a
// figure over a million results is traced in the memory of one. It ends with
// the first error, which is one of the records, or that of an unknown figure.
func (s *Summary) Trace(figure string, in SummaryRecords) iter.Seq2[Counted, error] {
	return func(yield func(Counted, error) bool) {
		name, where, err := parseFigure(figure)
		if err != nil {
			yield(Counted{}, err)
			return
		}
		t := &tracer{summary: &Summary{standard: s.standard, asOf: s.wanted}, where: where, yield: yield}
		if t.want(name); t.places == nil && t.part == "" && !t.points && !t.score {
			yield(Counted{}, refused("没有叫 %s 的数；如 item.fail、finding.open、sample.4.1.3", "there is no figure %s; there are such as item.fail, finding.open and sample.4.1.3", shown(name)))
			return
		}
		t.run(in)
	}
}

type tracer struct {
	summary *Summary
	where   map[string][]string // dimensions and the values wanted
	places  []int
	part    string // of a sample or measure
	measure bool
	points  bool
	score   bool
	stopped bool
	yield   func(Counted, error) bool
}

// want finds out what a name asks for.
func (t *tracer) want(name string) {
	kind, part, _ := strings.Cut(name, ".")
	switch {
	case name == "points":
		t.points = true
	case name == "score":
		t.score, t.places = true, []int{scoreDecided}
	case kind == "sample" || kind == "measure":
		t.part, t.measure = part, kind == "measure"
	default:
		t.places = figurePlaces(name)
		t.score = slices.Contains(t.places, scoreDecided) || slices.Contains(t.places, scoreOpen)
	}
}

func (t *tracer) counts(place int) bool { return slices.Contains(t.places, place) }

// matches compares the wanted values with those of a thing.
func (t *tracer) matches(of func(dimension string) string) bool {
	return t.within(func(dimension string) []string { return []string{of(dimension)} })
}

// within is matches for things with several values in a dimension.
func (t *tracer) within(of func(dimension string) []string) bool {
	for dimension, wanted := range t.where {
		if !slices.ContainsFunc(of(dimension), func(value string) bool { return slices.Contains(wanted, strings.ToValidUTF8(value, "\uFFFD")) }) {
			return false
		}
	}
	return true
}

func (t *tracer) send(c Counted, err error) bool {
	if !t.yield(c, err) || err != nil {
		t.stopped = true
	}
	return !t.stopped
}

func (t *tracer) run(in SummaryRecords) {
	if in.Plans != nil && t.counts(taskPlanned) {
		for p, err := range in.Plans {
			if err != nil {
				t.send(Counted{}, err)
				return
			}
			if !t.plan(p) {
				return
			}
		}
	}
	if in.Results != nil && !t.onlyFindings() {
		for r, err := range in.Results {
			if err != nil {
				t.send(Counted{}, err)
				return
			}
			if !t.result(r, in.Scores) {
				return
			}
		}
	}
	if in.Findings != nil && slices.ContainsFunc(t.places, func(place int) bool { return place >= findingGrades }) {
		for f, err := range in.Findings {
			if err != nil {
				t.send(Counted{}, err)
				return
			}
			if !t.finding(&f) {
				return
			}
		}
	}
}

// onlyFindings says that results need not be read.
func (t *tracer) onlyFindings() bool {
	return len(t.places) > 0 && !slices.ContainsFunc(t.places, func(place int) bool { return place < findingGrades })
}

func (t *tracer) plan(p *Plan) bool {
	for i := range p.Tasks {
		task := &p.Tasks[i]
		if t.matches(func(dimension string) string { return t.summary.ofTask(p, task, dimension) }) &&
			!t.send(Counted{ID: p.Digest + "#/tasks/" + strconv.Itoa(i), Task: task}, nil) {
			return false
		}
	}
	return true
}

func (t *tracer) result(r *Result, scores func(*Result) (Score, error)) bool {
	whole := t.counts(taskJudged) || t.counts(taskClosed) && r.Closed
	if t.score && scores != nil {
		score, err := scores(r)
		if err != nil {
			return t.send(Counted{}, err)
		}
		whole = whole || score.Open && t.counts(scoreOpen) || !score.Open && t.counts(scoreDecided)
	}
	if whole && t.matches(func(dimension string) string { return t.summary.ofResult(r, dimension) }) && !t.send(Counted{ID: r.ID, Result: r}, nil) {
		return false
	}
	for i := range r.Verdicts {
		v := &r.Verdicts[i]
		counted := v.uncountable() == "" && t.counts(levelOf(v.Level)*len(summaryStates)+stateOf(v.Answer)) ||
			t.points && v.Level == "item" && v.Points != nil ||
			t.part != "" && v.Level == "part" && v.Part == t.part && (t.measure && v.Measure != nil || !t.measure && v.Sample != nil)
		if counted && t.matches(func(dimension string) string { return t.summary.ofVerdict(r, v, dimension) }) &&
			!t.send(Counted{ID: r.ID + "#/verdicts/" + strconv.Itoa(i), Result: r, Verdict: v}, nil) {
			return false
		}
	}
	return true
}

func (t *tracer) finding(f *Finding) bool {
	if !slices.ContainsFunc(findingFigures(f, t.summary.asOf), t.counts) {
		return true
	}
	if !t.within(func(dimension string) []string { return t.summary.ofFinding(f, dimension) }) {
		return true
	}
	return t.send(Counted{ID: f.ID, Finding: f}, nil)
}

// escapeFigure writes a name or value so that no mark of a figure's key is in
// it, nor a space, a quote or what markup reads.
func escapeFigure(s string) string {
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(s, "\uFFFD") {
		if r <= ' ' || r == 0x7f || strings.ContainsRune(`%,=@<>&"'`+"`\\$", r) {
			fmt.Fprintf(&b, "%%%02X", r)
		} else {
			b.WriteRune(r)
		}
	}
	return b.String()
}

// parseFigure reads what Figure writes.
func parseFigure(figure string) (name string, where map[string][]string, err error) {
	head, tail, has := strings.Cut(figure, "@")
	bad := func(err error) error {
		return refused("读不懂 %s：要写成 item.fail@item=4.1.3,month=2026-11 的样子（%v）", "%s can't be read: write it like item.fail@item=4.1.3,month=2026-11 (%v)", shown(figure), err)
	}
	if name, err = unescapeFigure(head); err != nil {
		return "", nil, bad(err)
	}
	if !has {
		return name, nil, nil
	}
	for _, pair := range strings.Split(tail, ",") {
		dimension, value, ok := strings.Cut(pair, "=")
		if !ok || dimension == "" {
			return "", nil, bad(fmt.Errorf("%q", pair))
		}
		if dimension, err = unescapeFigure(dimension); err != nil {
			return "", nil, bad(err)
		}
		if value, err = unescapeFigure(value); err != nil {
			return "", nil, bad(err)
		}
		put(&where, dimension, append(where[dimension], value))
	}
	return name, where, nil
}

func unescapeFigure(s string) (string, error) {
	var b strings.Builder
	for i := 0; i < len(s); i++ {
		if s[i] != '%' {
			b.WriteByte(s[i])
			continue
		}
		if i+2 >= len(s) {
			return "", fmt.Errorf("%q", s[i:])
		}
		n, err := strconv.ParseUint(s[i+1:i+3], 16, 7)
		if err != nil {
			return "", fmt.Errorf("%q", s[i:i+3])
		}
		b.WriteByte(byte(n))
		i += 2
	}
	return b.String(), nil
}
