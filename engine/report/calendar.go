package report

import (
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/inspection"
)

// CalendarRequest is what a calendar shows: plans of one standard, of any
// tiers and periods, and how far they have been carried out.
type CalendarRequest struct {
	Plans []*engine.Plan
	// States are the states of inspections by the id of their task; a task that
	// has none is as far as its plan.
	States map[string]inspection.State
	// AsOf is the instant of the calendar. A period of a tier that has ended by
	// then is missed at a subject without a plan, from the tier's first plan
	// on, unless the run drew its subjects, and, where States is not nil, at one whose inspection is not closed.
	// With the zero time only what the plans call missed is shown as such, unless
	// States has its inspection as closed.
	AsOf time.Time
}

// mostSpans is how many periods stand side by side on paper.
const mostSpans = 14

// mostItems is how many items of one task are named on paper.
const mostItems = 12

// WriteCalendar writes the plans as a calendar page (检查计划日历): for every
// tier the months, weeks or other periods against the subjects, with who
// inspects how many items and units and what was missed, and then each task by
// itself. The error is a *engine.Refusal where there is no plan, one of another
// standard, or one without a period.
func WriteCalendar(w io.Writer, s *engine.Standard, r CalendarRequest, o Options) error {
	t, err := newTerms(s, o)
	if err != nil {
		return err
	}
	levels, err := levelsOf(s, r)
	if err != nil {
		return err
	}
	first, last := levels[0].years()
	for _, l := range levels[1:] {
		a, b := l.years()
		first, last = min(first, a), max(last, b)
	}
	title := fmt.Sprint(first)
	if last > first {
		title = fmt.Sprintf("%d–%d", first, last)
	}
	c := &calendarWriter{terms: t, request: r, page: newPage(t.options, t.pick(title+"年检查计划日历", "Inspection calendar "+title), true)}
	c.issue()
	asOf := ""
	if !r.AsOf.IsZero() {
		asOf = t.moment(r.AsOf)
	}
	fields := []field{textField(t.pick("检查标准", "Standard"), t.title())}
	if asOf != "" {
		fields = append(fields, textField(t.pick("截至", "As of"), asOf))
	}
	c.fields(append(fields, field{Name: t.pick("核对码", "Digest"), Wide: true, Value: cell(styled(t.pick("标准 ", "standard ")+s.Ref().Digest, Muted))}))
	for _, l := range levels {
		if err := c.level(l); err != nil {
			return err
		}
	}
	c.signatures(t.pick("编制人", "Prepared by"), t.pick("批准人", "Approved by"))
	return c.end(w)
}

// calendarLevel is the plans of one tier with periods of one length.
type calendarLevel struct {
	tier      string
	frequency engine.Frequency
	plans     []*engine.Plan // by period
	subjects  []engine.Subject
}

// levelsOf sorts the plans by tier, in the order in which tiers first come.
func levelsOf(s *engine.Standard, r CalendarRequest) ([]*calendarLevel, error) {
	var out []*calendarLevel
	for _, p := range r.Plans {
		if p == nil || p.Standard != s.Ref() {
			return nil, refused("日历里的方案必须都按本标准编制", "calendar: all plans must be by this standard")
		}
		f := p.Period.Frequency()
		if f == 0 {
			return nil, refused("方案 %s 的期间“%s”不是年、半年、季、月或周", "calendar: the plan %s has the period %q, which is no year, half-year, quarter, month or week", p.ID, p.Period.Name)
		}
		at := slices.IndexFunc(out, func(l *calendarLevel) bool { return l.tier == p.Tier && l.frequency == f })
		if at < 0 {
			at = len(out)
			out = append(out, &calendarLevel{tier: p.Tier, frequency: f})
		}
		out[at].plans = append(out[at].plans, p)
	}
	if len(out) == 0 {
		return nil, refused("没有方案可以排进日历", "calendar: there is no plan to show")
	}
	for _, l := range out {
		slices.SortStableFunc(l.plans, func(a, b *engine.Plan) int {
			if d := a.Period.Start.Compare(b.Period.Start); d != 0 {
				return d
			}
			return strings.Compare(a.ID, b.ID)
		})
		for _, p := range l.plans {
			for i := range p.Tasks {
				id := p.Tasks[i].Subject.ID
				if !slices.ContainsFunc(l.subjects, func(s engine.Subject) bool { return s.ID == id }) {
					l.subjects = append(l.subjects, p.Tasks[i].Subject)
				}
			}
		}
		for _, p := range l.plans {
			for _, m := range p.Missed {
				if !slices.ContainsFunc(l.subjects, func(s engine.Subject) bool { return s.ID == m.Subject }) {
					l.subjects = append(l.subjects, engine.Subject{ID: m.Subject})
				}
			}
		}
	}
	return out, nil
}

// years are the first and the last year of the level, as its periods are named.
func (l *calendarLevel) years() (first, last int) {
	year := func(p engine.Period) int {
		n := 0
		_, _ = fmt.Sscanf(p.Name, "%d", &n) // a name that Frequency knows begins with its year
		return n
	}
	first, last = year(l.plans[0].Period), year(l.plans[len(l.plans)-1].Period)
	for _, p := range l.plans {
		for _, m := range p.Missed {
			if m.Period.Frequency() == l.frequency {
				first = min(first, year(m.Period))
			}
		}
	}
	return first, last
}

// spans are all periods of the level's years.
func (l *calendarLevel) spans(zone *time.Location) ([]engine.Period, error) {
	first, last := l.years()
	name := map[engine.Frequency]string{engine.Week: "%04d-W01", engine.Month: "%04d-01", engine.Quarter: "%04d-Q1", engine.HalfYear: "%04d-H1", engine.Year: "%04d"}[l.frequency]
	p, err := engine.ParsePeriod(fmt.Sprintf(name, first), zone)
	if err != nil {
		return nil, fmt.Errorf("report: calendar: %w", err)
	}
	until := fmt.Sprintf("%04d", last)
	var out []engine.Period
	for p.Name[:4] <= until {
		out = append(out, p)
		next := p.Next()
		if !next.Start.After(p.Start) {
			break
		}
		p = next
	}
	return out, nil
}

// tasksAt are the tasks of a subject in a period, with their plans.
func (l *calendarLevel) tasksAt(subject, period string) (tasks []*engine.Task, plans []*engine.Plan) {
	for _, p := range l.plans {
		if p.Period.Name != period {
			continue
		}
		for i := range p.Tasks {
			if p.Tasks[i].Subject.ID == subject {
				tasks, plans = append(tasks, &p.Tasks[i]), append(plans, p)
			}
		}
	}
	return tasks, plans
}

// missed says whether a period went by without a closed inspection.
func (l *calendarLevel) missed(r CalendarRequest, subject string, p engine.Period) bool {
	tasks, _ := l.tasksAt(subject, p.Name)
	if slices.ContainsFunc(tasks, func(t *engine.Task) bool { return r.States[t.ID] >= inspection.Closed }) {
		return false
	}
	for _, plan := range l.plans {
		if slices.ContainsFunc(plan.Missed, func(m engine.Missed) bool { return m.Subject == subject && m.Period.Name == p.Name }) {
			return true
		}
	}
	if r.AsOf.IsZero() || p.End.After(r.AsOf) || p.Start.Before(l.plans[0].Period.Start) {
		return false
	}
	if len(tasks) > 0 {
		return r.States != nil
	}
	// Who was not drawn was not missed.
	return !slices.ContainsFunc(l.plans, func(plan *engine.Plan) bool { return plan.Period.Name == p.Name && len(plan.Selections) > 0 })
}
