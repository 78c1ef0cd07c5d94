package engine

import (
	"slices"
	"strings"
	"time"
)

// FindingRequest is a result on its way to findings: what OpenFindings depends
// on.
type FindingRequest struct {
	Scope  string  // the tenant; part of every finding's identity
	Result *Result // judged by this standard, in this version
	// Period names the run's period, for criteria of sections: their verdicts
	// carry none. It may be empty where a result has no finding of a section.
	Period string
	// Known are the findings of the subject so far, by ID: those of the same
	// period, so that nothing is opened twice, and earlier ones, so that
	// repeats are seen.
	Known map[string]Finding
	// Attribute names the parties who answer for a verdict; nil: nobody is
	// named yet. It must give the same verdict the same parties.
	Attribute func(Verdict) []Party
	By        string    // who had it judged
	At        time.Time // when; deadlines run from here
}

// OpenFindings proposes the events that a result brings: "opened" for a failed
// criterion that is no finding yet, "found" for one that is, "cleared" for a
// known finding that this result withdraws. A result that the known findings
// have taken in already brings nothing.
//
// A criterion has failed when its clause is known to hold, whatever else is
// open; a waived unit has no findings. A finding is cleared only by a verdict
// that can't be as bad as it was judged, so an open verdict, or one that is as
// bad for another reason, leaves it as it is. Closed findings are never
// cleared, and findings that a person withdrew stay withdrawn.
//
// A new finding repeats the ones of the same criterion at the same subject in
// other periods that were opened before it and not withdrawn; its escalation
// is then proposed, and a person decides.
func (s *Standard) OpenFindings(r FindingRequest) ([]FindingEvent, error) {
	if r.Result == nil {
		return nil, refused("没有判定结果", "findings: there is no result")
	}
	if r.Result.Standard != s.ref {
		return nil, refused("结果由标准 %s 第 %s 版判定，这里是 %s 第 %s 版", "findings: the result was judged by %s version %s, and this is %s version %s",
			r.Result.Standard.Standard, r.Result.Standard.Version, s.ref.Standard, s.ref.Version)
	}
	if err := named(findingOpened, r.By, r.At); err != nil {
		return nil, err
	}
	m := opener{standard: s, request: r, done: map[string]int{}}
	for i := range r.Result.Verdicts {
		v := &r.Result.Verdicts[i]
		if v.Level != "unit" && v.Level != "part" && v.Level != "section" {
			continue
		}
		for _, reason := range v.Reasons {
			failed := reason.Key == "finding" || reason.Key == "target" || reason.Key == "ruling"
			if failed && reason.Outcome >= Observation && reason.Outcome <= v.Best && v.State != Waived {
				if err := m.failed(v, reason); err != nil {
					return nil, err
				}
			}
		}
	}
	if err := m.clear(); err != nil {
		return nil, err
	}
	return m.events, nil
}

type opener struct {
	standard *Standard
	request  FindingRequest
	events   []FindingEvent
	done     map[string]int // by finding: its event, or -1
}

// at is the finding that a criterion of a verdict would be.
func (m *opener) at(v *Verdict, criterion string) (Finding, error) {
	f := Finding{
		Scope: m.request.Scope, Standard: m.standard.ref.Standard, Item: v.Item, Part: v.Part, Criterion: criterion,
		Subject: v.Subject, Unit: v.Unit, Period: v.Period,
	}
	if v.Level == "section" {
		f.Section, f.Period = v.Section, m.request.Period
		if f.Period == "" {
			return f, refused("章节 %s 有不符合，请求里要写明期间（Period）", "findings: section %s has one, so the request must name the Period", v.Section)
		}
	}
	f.ID = f.identity()
	return f, nil
}

// failed takes in one failed criterion. The same criterion may speak through
// several reasons of a verdict; the worst is its grade.
func (m *opener) failed(v *Verdict, reason Reason) error {
	f, err := m.at(v, reason.Criterion)
	if err != nil {
		return err
	}
	f.Label = reason.Label
	if i, ok := m.done[f.ID]; ok {
		if i >= 0 {
			e := &m.events[i]
			e.Reasons = append(e.Reasons, reason)
			if reason.Outcome > e.Grade {
				e.Grade = reason.Outcome
				return m.dated(e, m.request.Known[f.ID])
			}
		}
		return nil
	}
	e := FindingEvent{
		Schema: FindingEventSchema, Finding: f.ID, Seq: 1, Kind: findingOpened, By: m.request.By, At: m.request.At,
		Result: m.request.Result.ID, Grade: reason.Outcome, Reasons: []Reason{reason},
	}
	known, is := m.request.Known[f.ID]
	switch {
	case is && slices.Contains(known.Results, m.request.Result.ID):
		m.done[f.ID] = -1
		return nil
	case is:
		e.Kind, e.Seq = findingFound, known.Version+1
	default:
		e.Fields, e.Repeats = f.fields(), m.repeats(f)
		if m.request.Attribute != nil {
			e.Parties = m.request.Attribute(*v)
		}
	}
	e.ID = eventID(f.ID, e.Kind, e.Result)
	e = e.copy()
	if err := m.dated(&e, known); err != nil {
		return err
	}
	m.done[f.ID] = len(m.events)
	m.events = append(m.events, e)
	return nil
}

// dated gives an event its duties and deadlines, and checks that it can follow.
func (m *opener) dated(e *FindingEvent, known Finding) error {
	e.Duties, _ = m.standard.dutiesOf(e.Grade)
	if e.Grade == 0 {
		e.Duties = nil
	}
	e.Deadlines = nil
	if err := known.judgedBy(e); err != nil {
		return err
	}
	return m.standard.date(known, e)
}

// repeats lists earlier findings of the same criterion at the same subject.
func (m *opener) repeats(f Finding) []string {
	var out []Finding
	for _, id := range sortedKeys(m.request.Known) {
		k := m.request.Known[id]
		same := k.Scope == f.Scope && k.Standard == f.Standard && k.Section == f.Section && k.Item == f.Item && k.Part == f.Part &&
			k.Criterion == f.Criterion && k.Subject == f.Subject
		if same && k.Period != f.Period && k.State != findingWithdrawn && k.Opened.Before(m.request.At) {
			out = append(out, k)
		}
	}
	slices.SortStableFunc(out, func(a, b Finding) int { return a.Opened.Compare(b.Opened) })
	var ids []string
	for _, k := range out {
		ids = append(ids, k.ID)
	}
	return ids
}

// clear withdraws what this result no longer finds.
func (m *opener) clear() error {
	type place struct{ level, section, part, unit, period string }
	worst := map[place]Outcome{}
	for i := range m.request.Result.Verdicts {
		v := &m.request.Result.Verdicts[i]
		p := place{level: v.Level, section: v.Section, part: v.Part, unit: v.Unit, period: v.Period}
		switch {
		case v.State == Waived, v.State == Ungraded: // neither denies what was found
			continue
		case v.Level == "section":
			p.period = m.request.Period
		case v.Level == "unit" || v.Level == "part":
			p.level, p.section = "part", ""
		default:
			continue
		}
		worst[p] = max(worst[p], v.Worst)
	}
	for _, id := range sortedKeys(m.request.Known) {
		k := m.request.Known[id]
		if _, found := m.done[id]; found || k.Scope != m.request.Scope || k.Standard != m.standard.ref.Standard ||
			k.Subject != m.request.Result.Subject || !slices.Contains(activeFindings, k.State) || slices.Contains(k.Results, m.request.Result.ID) {
			continue
		}
		p := place{level: "part", part: k.Part, unit: k.Unit, period: k.Period}
		if k.Section != "" {
			p = place{level: "section", section: k.Section, period: k.Period}
		}
		if w, judged := worst[p]; !judged || w >= k.Judged {
			continue
		}
		e := FindingEvent{
			Schema: FindingEventSchema, ID: eventID(id, findingCleared, m.request.Result.ID), Finding: id, Seq: k.Version + 1,
			Kind: findingCleared, By: m.request.By, At: m.request.At, Result: m.request.Result.ID,
		}.copy()
		if err := m.dated(&e, k); err != nil {
			return err
		}
		m.events = append(m.events, e)
	}
	return nil
}

// String names a finding for logs: what failed, where, when.
func (f Finding) String() string {
	return strings.Join(slices.DeleteFunc([]string{f.Subject, f.Section, f.Part, f.Criterion, f.Unit, f.Period}, func(s string) bool { return s == "" }), " ")
}
