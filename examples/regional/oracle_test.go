package regional_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode"
	"unicode/utf8"

	"github.com/stretchr/testify/require"
)

// planting is one entry of planted.json.
type planting struct {
	Subject, Part, Period, Unit, Outcome, Label, Points string
	Place                                               int
}

// place is what of plan.json says which units were drawn.
type drawn struct {
	Tasks []struct {
		ID      string
		Subject struct{ ID string }
		Draws   []struct {
			Kind    string
			Parts   []string
			Units   []string
			Planned int
			Period  struct{ Name string }
		}
	}
}

// step is one line of steps.jsonl.
type step struct {
	Subject, Part, Unit, Period, Label string
	Command                            struct {
		Kind    string
		By      string
		At      time.Time
		Fields  map[string]string
		Parties []struct{ Kind, ID string }
	}
}

// judged is one item of a project in a period, as it must come out.
type judged struct{ subject, item, period, outcome string }

// unit is one unit as it must come out.
type unit struct{ subject, item, outcome string }

// finding is one finding as it must stand on 10 February 2026.
type finding struct {
	subject, part, unit, period, label string
	grade, state                       string
	repeat                             bool
	parties                            []string
}

// pool is an indicator over some samples.
type pool struct {
	measures, met, missed  int64
	numerator, denominator int64
}

// truth is all that the example must come to, worked out from what was planted and the units that were drawn: a second
// reading that knows nothing of how rules are judged, findings followed and figures counted.
type truth struct {
	items    []judged
	units    []unit
	findings []*finding
	pools    map[[2]string]*pool // by part and subject, "" being all
	scores   map[string]*big.Rat
	projects []string
}

// itemOf takes the name of a part off, which is Chinese where there is one.
func itemOf(part string) string {
	cut := strings.LastIndexByte(part, '/')
	if r, _ := utf8.DecodeRuneInString(part[cut+1:]); unicode.Is(unicode.Han, r) {
		return part[:cut]
	}
	return part
}

// sectionOf is the section of an item: what its number is below, as 4.1 is of 4.1.2; those of a standard without
// sections are in none.
func sectionOf(item string) string {
	cut := strings.LastIndexByte(item, '/')
	section, number := item[:cut], item[cut+1:]
	switch {
	case !strings.Contains(section, "/"):
		return ""
	case strings.Count(number, ".") == 2:
		return section + "/" + number[:strings.LastIndexByte(number, '.')]
	}
	return section
}

// never is what doesn't apply at any of the projects: it is the second year of segmentation, and no complaint is shared.
var never = []string{"indicators/10/第一年", "indicators/10/第三年起", "continuous/006/4.5.1/公示"}

// indicators are the parts that measure, with their targets in per mille; those with a numerator of their own name it.
var indicators = map[string]struct {
	target                 int64
	most                   bool
	numerator, denominator int64
	label                  string
}{
	"indicators/1/比率":   {target: 10, most: true, denominator: 40, label: "有效投诉率超过1%"},
	"indicators/2":      {target: 1000, label: "投诉响应及时率低于100%"},
	"indicators/3":      {target: 1000},
	"indicators/4":      {target: 900},
	"indicators/5":      {target: 980, label: "报事响应及时率低于98%"},
	"indicators/6":      {target: 800, label: "报事回访率低于80%"},
	"indicators/7":      {target: 900},
	"indicators/8/比率":   {target: 1000, numerator: 6, denominator: 6},
	"indicators/9/比率":   {target: 800, numerator: 30, denominator: 34},
	"indicators/10/第二年": {target: 1000, label: "已入住客户的个性化信息未达100%"},
}

var ranks = []string{"not_applicable", "pass", "observation", "fail", "referred", "incomplete", "not_inspected", "major"}

func worse(a, b string) string {
	if slices.Index(ranks, b) > slices.Index(ranks, a) {
		return b
	}
	return a
}

func lines[T any](t *testing.T, data []byte) []T {
	t.Helper()
	var out []T
	for s := bufio.NewScanner(bytes.NewReader(data)); s.Scan(); {
		var one T
		require.NoError(t, json.Unmarshal(s.Bytes(), &one))
		out = append(out, one)
	}
	return out
}

// work finds out the truth.
func work(t *testing.T, planted []planting, plan drawn, earlier []finding, steps []step) *truth {
	t.Helper()
	w := &truth{pools: map[[2]string]*pool{}, scores: map[string]*big.Rat{}}
	for _, task := range plan.Tasks {
		subject := task.Subject.ID
		w.projects = append(w.projects, subject)
		w.scores[subject] = new(big.Rat)
		at := map[[2]string]string{}
		for _, d := range task.Draws {
			units := d.Units
			switch d.Kind {
			case "subject":
				units = []string{""}
			case "unlisted":
				units = nil
				for n := range d.Planned {
					units = append(units, "现场"+string(rune('1'+n)))
				}
			}
			for _, part := range d.Parts {
				key := [2]string{itemOf(part), d.Period.Name}
				if _, ok := at[key]; !ok {
					at[key] = "not_applicable"
				}
				at[key] = worse(at[key], w.part(subject, part, d.Period.Name, units, planted))
			}
		}
		for key, outcome := range at {
			w.items = append(w.items, judged{subject, key[0], key[1], outcome})
		}
	}
	for _, p := range planted {
		if p.Outcome == "deduct" {
			points, ok := new(big.Rat).SetString(p.Points)
			require.True(t, ok)
			w.scores[p.Subject].Sub(w.scores[p.Subject], points)
		}
	}
	for _, f := range w.findings {
		for _, e := range earlier {
			f.repeat = f.repeat || e.subject == f.subject && e.part == f.part && e.label == f.label
		}
	}
	for i := range earlier {
		w.findings = append(w.findings, &earlier[i])
	}
	for _, s := range steps {
		w.take(t, s)
	}
	return w
}

// part finds out how one part comes out, and what of it is a finding.
func (w *truth) part(subject, part, period string, units []string, planted []planting) string {
	if slices.Contains(never, part) || strings.HasSuffix(part, "/询问") { // which asks and grades nothing
		for _, u := range units {
			w.unit(subject, part, u, "")
		}
		return "not_applicable"
	}
	indicator, measured := indicators[part]
	outcome, misses, over := "not_applicable", int64(0), int64(0)
	for n, u := range units {
		here := "pass"
		for _, p := range planted {
			if p.Subject != subject || p.Part != part || p.Period != period || p.Unit != "" && p.Unit != u || p.Place != 0 && p.Place != n+1 {
				continue
			}
			switch p.Outcome {
			case "miss":
				misses++
			case "over":
				over++
			case "silent":
				here = "not_inspected"
			case "twice":
				here = "incomplete"
			case "refer":
				here = "referred"
			default:
				here = p.Outcome
				w.findings = append(w.findings, &finding{subject: subject, part: part, unit: u, period: period, label: p.Label, grade: p.Outcome, state: "open"})
			}
		}
		w.unit(subject, part, u, here)
		outcome = worse(outcome, here)
	}
	if !measured {
		return outcome
	}
	a, b := int64(len(units))-misses, int64(len(units))
	if indicator.denominator > 0 {
		a, b = indicator.numerator+over, indicator.denominator
	}
	met := a*1000 >= indicator.target*b
	if indicator.most {
		met = a*1000 <= indicator.target*b
	}
	for _, of := range []string{subject, ""} {
		p := w.pools[[2]string{part, of}]
		if p == nil {
			p = &pool{}
			w.pools[[2]string{part, of}] = p
		}
		p.measures++
		p.numerator += a
		p.denominator += b
		if met {
			p.met++
		} else {
			p.missed++
		}
	}
	if met {
		return "pass"
	}
	w.findings = append(w.findings, &finding{subject: subject, part: part, period: period, label: indicator.label, grade: "fail", state: "open"})
	return "fail"
}

func (w *truth) unit(subject, part, id, outcome string) {
	if id != "" {
		w.units = append(w.units, unit{subject, itemOf(part), outcome})
	}
}

// take lets a step happen to the finding that it names.
func (w *truth) take(t *testing.T, s step) {
	t.Helper()
	var f *finding
	for _, x := range w.findings {
		if x.subject == s.Subject && x.part == s.Part && x.label == s.Label && (s.Unit == "" || s.Unit == x.unit) && (s.Period == "" || s.Period == x.period) {
			require.Nil(t, f, "two findings for %+v", s)
			f = x
		}
	}
	require.NotNil(t, f, "no finding for %+v", s)
	said := s.Command.Fields
	switch s.Command.Kind {
	case "answer":
		f.state = "answered"
	case "verify":
		f.state = map[string]string{"effective": "verified", "ineffective": "reopened"}[said["result"]]
	case "close":
		f.state = "closed"
	case "rule":
		if said["outcome"] == "withdrawn" {
			f.state = "withdrawn"
		}
	case "attribute":
		f.parties = nil
		for _, p := range s.Command.Parties {
			f.parties = append(f.parties, p.Kind+" "+p.ID)
		}
	}
	if grade := said["grade"]; grade != "" {
		f.grade = grade
	}
}

// quarter is the quarter that a finding is counted in.
func (f *finding) quarter() string {
	if strings.HasSuffix(f.period, "Q3") || f.period == "2025-09" {
		return "2025-Q3"
	}
	return "2025-Q4"
}

// figures counts everything of some subjects, one section, one item and one quarter; empty ones are all. A standard's
// own tasks are of no section and no item.
func (w *truth) figures(subjects []string, quarter string, in func(item string) bool, tasks bool) map[string]int64 {
	out := map[string]int64{}
	of := func(subject string) bool { return subjects == nil || slices.Contains(subjects, subject) }
	if tasks && quarter != "2025-Q3" {
		for _, p := range w.projects {
			if of(p) {
				out["task.planned"]++
				out["task.judged"]++
				out["task.closed"]++
			}
		}
	}
	for _, i := range w.items {
		if !of(i.subject) || !in(i.item) || quarter == "2025-Q3" {
			continue
		}
		out["item.all"]++
		out["item."+i.outcome]++
		if i.outcome != "not_applicable" {
			out["item.due"]++
			if i.outcome != "not_inspected" {
				out["item.inspected"]++
			}
		}
		if slices.Contains([]string{"pass", "observation", "fail", "major"}, i.outcome) {
			out["item.decided"]++
		}
		if i.outcome == "fail" || i.outcome == "major" {
			out["item.failing"]++
		}
	}
	for _, u := range w.units {
		if of(u.subject) && in(u.item) && quarter != "2025-Q3" {
			out["unit.all"]++
			if u.outcome == "fail" || u.outcome == "major" {
				out["unit.failing"]++
			}
		}
	}
	for _, f := range w.findings {
		if !of(f.subject) || !in(itemOf(f.part)) || quarter != "" && f.quarter() != quarter {
			continue
		}
		if f.state == "withdrawn" {
			out["finding.withdrawn"]++
			continue
		}
		out["finding.standing"]++
		out["finding."+f.grade]++
		if f.repeat {
			out["finding.repeat"]++
		}
		switch f.state {
		case "open", "reopened": // every deadline has passed by then
			out["finding.overdue"]++
		case "verified", "closed":
			out["finding.rectified"]++
		}
		out["finding.due"]++ // nobody set a deadline for verifying
	}
	return out
}
