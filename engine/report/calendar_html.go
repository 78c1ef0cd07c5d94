package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/inspection"
)

type calendarWriter struct {
	*page
	terms   *terms
	request CalendarRequest
}

// level shows one tier: the matrix, what was missed, and the tasks.
func (c *calendarWriter) level(l *calendarLevel) error {
	t := c.terms
	c.heading(2, t.tier(l.tier)+t.pick("（", " (every ")+t.word(l.frequency.String())+t.pick("）", ")"))
	spans, err := l.spans(t.standard.Zone())
	if err != nil {
		return err
	}
	chunks := (len(spans) + mostSpans - 1) / mostSpans
	for n := range chunks {
		list := spans[n*len(spans)/chunks : (n+1)*len(spans)/chunks]
		if table := c.matrix(l, list); table != nil {
			c.table(table)
		}
	}
	c.missed(l, spans)
	c.tasks(l)
	return nil
}

// matrix is the subjects against some periods; nil when nothing happens in
// them.
func (c *calendarWriter) matrix(l *calendarLevel, spans []engine.Period) *Table {
	t := c.terms
	share := 86 / len(spans)
	table := &Table{Columns: []Column{{Title: t.pick("受检单位", "Subject"), Width: 100 - share*len(spans)}}}
	for _, p := range spans {
		table.Columns = append(table.Columns, Column{Title: c.spanTitle(l, p), Width: share})
	}
	filled := false
	for _, s := range l.subjects {
		row := Row{Cells: []Cell{cell(styled(t.subject(s), Strong))}}
		for _, p := range spans {
			var lines []Line
			tasks, plans := l.tasksAt(s.ID, p.Name)
			for i, task := range tasks {
				items, units := c.counts(task)
				text, style := c.state(plans[i], task)
				lines = append(lines, plain(t.shortName(task.Inspector)), plain(t.pick(fmt.Sprintf("%d项 %d个", len(items), units), fmt.Sprintf("%d items, %d units", len(items), units))), styled(text, style))
			}
			if l.missed(c.request, s.ID, p) {
				lines = append(lines, styled(t.pick("漏检", "missed"), Fail))
			}
			filled = filled || len(lines) > 0
			row.Cells = append(row.Cells, cell(lines...))
		}
		table.Rows = append(table.Rows, row)
	}
	if !filled {
		return nil
	}
	return table
}

// spanTitle is the head of a column: the month, or the week and its Monday.
func (c *calendarWriter) spanTitle(l *calendarLevel, p engine.Period) string {
	t := c.terms
	day := engine.DateOf(p.Start.In(t.standard.Zone()))
	first, last := l.years()
	year := ""
	if last > first {
		year = p.Name[:4] + " "
	}
	switch l.frequency {
	case engine.Month:
		return year + t.pick(fmt.Sprintf("%d月", int(day.Month)), day.Month.String()[:3])
	case engine.Week:
		return p.Name[5:] + fmt.Sprintf(" %02d-%02d", int(day.Month), day.Day)
	case engine.Year:
		return p.Name
	}
	return year + p.Name[5:]
}

// counts are the items of a task and how many units are looked at.
func (c *calendarWriter) counts(task *engine.Task) (items []string, units int64) {
	for i := range task.Draws {
		d := &task.Draws[i]
		for _, part := range d.Parts {
			id := c.terms.itemOf(part)
			if !slices.Contains(items, id) {
				items = append(items, id)
			}
		}
		if d.Kind == "drawn" {
			units += int64(len(d.Units))
		} else {
			units += d.Planned
		}
	}
	return items, units
}

// state is how far a task has come.
func (c *calendarWriter) state(p *engine.Plan, task *engine.Task) (string, Style) {
	t := c.terms
	if s, ok := c.request.States[task.ID]; ok && s != 0 {
		style := Plain
		if s >= inspection.Closed {
			style = PassStyle
		}
		return t.say(s.Words()), style
	}
	if p.Approval != nil {
		return t.pick("已批准", "approved"), Plain
	}
	return t.pick("草案", "draft"), Muted
}

// missed lists what was missed, subject by subject.
func (c *calendarWriter) missed(l *calendarLevel, spans []engine.Period) {
	t := c.terms
	for _, s := range l.subjects {
		var names []string
		for _, p := range spans {
			if l.missed(c.request, s.ID, p) {
				names = append(names, p.Name)
			}
		}
		if len(names) > 0 {
			c.paragraph(Line{{Text: t.pick("漏检 ", "missed "), Style: Fail}, {Text: t.subject(s) + t.colon() + t.join(names)}})
		}
	}
}

// tasks lists each task, period by period, and what the plans could not do.
func (c *calendarWriter) tasks(l *calendarLevel) {
	t := c.terms
	table := &Table{Columns: []Column{
		{Title: t.pick("期间", "Period"), Width: 15, Joined: true},
		{Title: t.pick("受检单位", "Subject"), Width: 17},
		{Title: t.pick("检查人", "Inspector"), Width: 13},
		{Title: t.pick("检查项", "Items"), Width: 33},
		{Title: t.pick("单位数", "Units"), Width: 8},
		{Title: t.pick("状态", "State"), Width: 14},
	}}
	for _, p := range l.plans {
		for i := range p.Tasks {
			task := &p.Tasks[i]
			items, units := c.counts(task)
			named := items[:min(len(items), mostItems)]
			text := t.pick(fmt.Sprintf("%d 项：", len(items)), fmt.Sprintf("%d: ", len(items))) + t.join(named)
			if len(items) > len(named) {
				text += " …"
			}
			state, style := c.state(p, task)
			lines := []Line{styled(state, style)}
			if p.Approval != nil {
				lines = append(lines, styled(t.name(p.Approval.By)+" "+engine.DateOf(p.Approval.At.In(t.standard.Zone())).String(), Muted))
			}
			if l.missed(c.request, task.Subject.ID, p.Period) {
				lines = append(lines, styled(t.pick("漏检", "missed"), Fail))
			}
			row := Row{Continues: i > 0, Cells: []Cell{
				cell(plain(t.period(p.Period))), cell(plain(t.subject(task.Subject))), cell(plain(t.name(task.Inspector))),
				cell(plain(text)), cell(plain(fmt.Sprint(units))), cell(lines...),
			}}
			if row.Continues {
				row.Cells[0] = nil
			}
			table.Rows = append(table.Rows, row)
		}
	}
	c.table(table)
	c.coverage(l)
	for _, p := range l.plans {
		c.amendments(p)
		for _, x := range p.Problems {
			style := Muted
			if x.Blocking {
				style = Fail
			}
			subject := x.Subject
			if subject != "" {
				subject = t.name(subject) + " "
			}
			c.paragraph(Line{{Text: p.Period.Name + " " + subject, Style: Strong}, {Text: x.Message.In(t.options.Lang), Style: style}})
		}
	}
}

// coverage is how much of what there is each plan takes in.
func (c *calendarWriter) coverage(l *calendarLevel) {
	t := c.terms
	table := &Table{Caption: t.pick("覆盖情况（已排／应有）", "Coverage (planned / there are)"), Columns: []Column{
		{Title: t.pick("期间", "Period"), Width: 25},
		{Title: t.pick("受检单位", "Subjects"), Width: 15},
		{Title: t.pick("检查项", "Items"), Width: 15},
		{Title: t.pick("到期的期间", "Periods due"), Width: 15},
		{Title: t.pick("抽查单位", "Units"), Width: 15},
		{Title: t.pick("分层", "Strata"), Width: 15},
	}}
	for _, p := range l.plans {
		v := p.Coverage
		if v == (engine.PlanCoverage{}) {
			continue
		}
		row := Row{Cells: []Cell{cell(plain(p.Period.Name))}}
		for i, n := range []engine.Covered{v.Subjects, v.Items, v.Periods, v.Units, v.Strata} {
			style := Plain
			if n.Planned < n.Of && i != 3 { // units are drawn, so fewer are planned
				style = Observation
			}
			row.Cells = append(row.Cells, cell(styled(fmt.Sprintf("%d/%d", n.Planned, n.Of), style)))
		}
		table.Rows = append(table.Rows, row)
	}
	if len(table.Rows) > 0 {
		c.table(table)
	}
}

// amendments are the exceptions to an approved plan, with their reasons.
func (c *calendarWriter) amendments(p *engine.Plan) {
	t := c.terms
	kinds := map[string]engine.Words{
		"replacement": {ZH: "更换", EN: "replacement"}, "extension": {ZH: "补抽", EN: "extension"}, "reassignment": {ZH: "改派", EN: "reassignment"},
		"withdrawal": {ZH: "撤下", EN: "withdrawal"}, "waiver": {ZH: "豁免", EN: "waiver"},
	}
	for _, a := range p.Amendments {
		kind := kinds[a.Kind]
		if kind.ZH == "" {
			kind = engine.Words{ZH: a.Kind, EN: a.Kind}
		}
		what := []string{a.Task}
		for _, s := range []string{a.Part, a.Unit, t.name(a.Inspector)} {
			if s != "" {
				what = append(what, s)
			}
		}
		c.paragraph(Line{
			{Text: t.pick("变更 ", "change ") + t.say(kind) + " ", Style: Strong},
			{Text: strings.Join(what, " ") + t.colon() + a.Reason},
			{Text: t.pick("（"+t.name(a.By)+" "+t.moment(a.At)+"）", " ("+t.name(a.By)+" "+t.moment(a.At)+")"), Style: Muted},
		})
	}
}
