package report

import (
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
)

// mostColumns is how many questions of a part have a column each on paper; a
// part with more has them one below the other.
const mostColumns = 6

// WriteCheckSheets writes the check sheets (检查表) of tasks to be filled in by
// hand, each beginning on a new page: every part with what it requires, how to
// look, and how it is judged, a row for every unit with what is known of it, its
// questions with a box for every choice, and lines to sign. The error is a
// *engine.Refusal for no sheet and for one of another standard.
func WriteCheckSheets(w io.Writer, s *engine.Standard, sheets []*engine.Sheet, o Options) error {
	t, err := newTerms(s, o)
	if err != nil {
		return err
	}
	if len(sheets) == 0 {
		return refused("没有检查表", "check sheets: there is none")
	}
	title := t.pick("检查表", "Check sheet")
	c := &sheetWriter{terms: t, page: newPage(t.options, title, true)}
	for n, sheet := range sheets {
		if sheet == nil || sheet.Standard != s.Ref() {
			return refused("这份检查表不是按本标准做的", "check sheets: a sheet was made by another standard; use that one")
		}
		if n > 0 {
			c.again(title)
		}
		c.sheet(sheet)
	}
	return c.end(w)
}

type sheetWriter struct {
	*page
	terms *terms
	shown map[string]bool // units of which everything known was printed, by record
}

// sheet writes one sheet.
func (c *sheetWriter) sheet(sheet *engine.Sheet) {
	t := c.terms
	c.shown = map[string]bool{}
	addressee := t.options.Addressee
	if addressee == "" {
		addressee = t.name(sheet.Subject)
	}
	c.issue()
	c.fields([]field{
		textField(t.pick("受检单位", "Inspected unit"), addressee), textField(t.pick("检查任务", "Task"), sheet.Task),
		textField(t.pick("检查人", "Inspector"), t.name(sheet.Inspector)), textField(t.pick("检查标准", "Standard"), t.title()),
		textField(t.pick("检查时间", "Inspected at"), ""), textField(t.pick("陪同人", "Accompanied by"), ""),
		{Name: t.pick("核对码", "Digests"), Wide: true, Value: cell(
			styled(t.pick("标准 ", "standard ")+sheet.Standard.Digest, Muted), styled(t.pick("方案 ", "plan ")+sheet.Plan, Muted))},
	})
	for i := range sheet.Items {
		c.item(&sheet.Items[i])
	}
	c.signatures(t.pick("检查人", "Inspector"), t.pick("受检单位", "Inspected unit"))
}

func (c *sheetWriter) item(i *engine.SheetItem) {
	t := c.terms
	c.raw("<section class=\"part\">\n<div class=\"keep\">\n")
	c.heading(2, i.Part+" "+i.Title+t.pick("　", "  ")+i.Period)
	c.raw("<div class=\"brief\">\n")
	list := func(title string, lines []Line) {
		if len(lines) == 0 {
			return
		}
		c.raw("<div><b>")
		c.text(title)
		c.raw("</b>")
		for _, l := range lines {
			c.raw("<div>")
			c.line(l)
			c.raw("</div>")
		}
		c.raw("</div>\n")
	}
	var require, methods, criteria []Line
	for _, r := range i.Require {
		require = append(require, plain(r))
	}
	for _, m := range i.Methods {
		methods = append(methods, Line{{Text: t.word(m.Kind), Style: Strong}, {Text: " " + m.Text}})
	}
	for _, k := range i.Judge {
		criteria = append(criteria, c.criterion(k))
	}
	list(t.pick("要求", "Required"), require)
	list(t.pick("检查方法", "How to inspect"), methods)
	list(t.pick("评价标准", "How it is judged"), slices.DeleteFunc(criteria, func(l Line) bool { return l == nil }))
	c.raw("</div>\n</div>\n")
	c.units(i)
	c.raw("</section>\n")
}

// criterion names what brings which outcome; nil where it has no words.
func (c *sheetWriter) criterion(k engine.SheetJudge) Line {
	var o engine.Outcome
	word, style := c.terms.word(k.Outcome), Plain
	if o.UnmarshalText([]byte(k.Outcome)) == nil {
		word, style = c.terms.outcome(o), gradeStyle(o)
	}
	if k.Label == "" || k.Label == k.Outcome {
		return nil
	}
	return Line{{Text: word, Style: style}, {Text: " " + k.Label}}
}

// units is a row for each unit: its known values and its questions.
func (c *sheetWriter) units(i *engine.SheetItem) {
	t := c.terms
	units := i.Units
	if i.Kind == "subject" {
		units = []engine.SheetUnit{{ID: ""}}
	} else if len(units) == 0 {
		c.paragraph(styled(t.pick("本期没有抽到单位。", "No unit was drawn in this period."), Muted))
		return
	}
	known := slices.ContainsFunc(units, func(u engine.SheetUnit) bool { return len(u.Values) > 0 })
	questions := i.Ask
	for _, u := range units {
		for _, q := range u.Ask {
			if !slices.ContainsFunc(questions, func(o engine.Question) bool { return o.Name == q.Name }) {
				questions = append(slices.Clone(questions), q)
			}
		}
	}
	columns := []Column{{Title: t.pick("单位", "Unit"), Width: 14}}
	left := 100 - 14 - 14
	if known {
		share := 26
		switch {
		case len(questions) == 0:
			share = left
		case len(questions) <= 3:
			share = 36
		}
		columns, left = append(columns, Column{Title: t.pick("已知", "Known"), Width: share}), left-share
	}
	apart := len(questions) > 0 && len(questions) <= mostColumns
	if apart {
		for n, q := range questions {
			share := left / len(questions)
			if n == len(questions)-1 {
				share = left - share*(len(questions)-1)
			}
			columns = append(columns, Column{Title: q.Words.In(t.options.Lang) + c.hint(q), Width: share})
		}
	} else if left > 0 {
		columns = append(columns, Column{Title: t.pick("填写", "To fill in"), Width: left})
	}
	columns = append(columns, Column{Title: t.pick("结论与备注", "Outcome, remarks"), Width: 14})
	c.raw("<table class=\"cards sheet\">\n<colgroup>")
	for _, k := range columns {
		c.raw("<col style=\"width:", fmt.Sprint(k.Width), "%\">")
	}
	c.raw("</colgroup>\n<thead>\n<tr>")
	for _, k := range columns {
		c.raw("<th scope=\"col\">")
		c.text(k.Title)
		c.raw("</th>")
	}
	c.raw("</tr>\n</thead>\n")
	for n, u := range units {
		c.raw("<tbody class=\"short\">\n<tr>")
		at := 0
		open := func() {
			c.raw("<td data-label=\"")
			c.text(columns[at].Title)
			c.raw("\">")
			at++
		}
		open()
		c.unit(i, n, u)
		c.raw("</td>")
		if known {
			open()
			c.values(i, u)
			c.raw("</td>")
		}
		if !apart && left > 0 {
			open()
			for _, q := range questions {
				if c.asked(i, u, q) {
					c.raw("<div class=\"question\"><span>")
					c.text(q.Words.In(t.options.Lang) + c.hint(q) + t.colon())
					c.raw("</span> ")
					c.boxes(q)
					c.raw("</div>")
				}
			}
			if len(questions) == 0 {
				c.lines(1)
			}
			c.raw("</td>")
		} else {
			for _, q := range questions {
				open()
				if c.asked(i, u, q) {
					c.boxes(q)
				}
				c.raw("</td>")
			}
		}
		open()
		c.lines(1)
		c.raw("</td></tr>\n</tbody>\n")
	}
	c.raw("</table>\n")
}

// asked says whether a question is put for a unit: those of the part for all,
// others where the host could not say.
func (c *sheetWriter) asked(i *engine.SheetItem, u engine.SheetUnit, q engine.Question) bool {
	same := func(o engine.Question) bool { return o.Name == q.Name }
	return slices.ContainsFunc(i.Ask, same) || slices.ContainsFunc(u.Ask, same)
}

func (c *sheetWriter) unit(i *engine.SheetItem, n int, u engine.SheetUnit) {
	switch {
	case u.ID != "":
		c.text(fmt.Sprintf("%d. %s", n+1, c.terms.unit(u.ID)))
	case i.Kind == "subject":
		c.text(c.terms.pick("受检单位整体", "the inspected unit as a whole"))
	default:
		c.text(fmt.Sprintf("%d. ", n+1))
		c.blank("", "short")
	}
}

// values are what the host knows of a unit, in the order of the record: what
// the criteria of the part read, and everything where the unit stands on the
// sheet for the first time.
func (c *sheetWriter) values(i *engine.SheetItem, u engine.SheetUnit) {
	var names []string
	words, read := map[string]string{}, map[string]bool{}
	if part := c.terms.part(i.Part); part != nil && part.Record() != nil {
		for _, v := range part.Record().Fields {
			names = append(names, v.Key)
			words[v.Key] = v.Name.In(c.terms.options.Lang)
			if v.Side != nil {
				words[v.Key] = v.Side.Name.In(c.terms.options.Lang) + "." + words[v.Key]
			}
		}
		read = readBy(part)
		key := part.Record().Name.First + "\x00" + u.ID
		if !c.shown[key] {
			read = nil // all
		}
		c.shown[key] = true
	}
	var rest []string
	for name := range u.Values {
		if !slices.Contains(names, name) {
			rest = append(rest, name)
		}
	}
	slices.Sort(rest)
	var line Line
	for _, name := range append(names, rest...) {
		value, ok := u.Values[name]
		if !ok || read != nil && !read[name] {
			continue
		}
		label := words[name]
		if label == "" {
			label = name
		}
		if len(line) > 0 {
			line = append(line, Span{Text: c.terms.pick("；", "; ")})
		}
		line = append(line, Span{Text: label + c.terms.colon(), Style: Muted}, Span{Text: value.In(c.terms.options.Lang)})
	}
	c.line(line)
}

// readBy is the keys of the fields that the criteria of a part read.
func readBy(p *check.Part) map[string]bool {
	out := map[string]bool{}
	var note func(e *check.Expr, depth int)
	note = func(e *check.Expr, depth int) {
		if e == nil || depth > 32 { // computed fields can't be circular; a bound costs nothing
			return
		}
		for _, v := range e.Reads {
			out[v.Key] = true
			note(v.Computed, depth+1)
		}
	}
	for _, k := range p.Criteria {
		note(k.When, 0)
	}
	note(p.Measure, 0)
	for _, e := range p.Applies {
		note(e, 0)
	}
	return out
}

// hint is what kind of thing is to be written, where the boxes don't say it.
func (c *sheetWriter) hint(q engine.Question) string {
	kind, rest, _ := strings.Cut(q.Type, " ")
	hints := map[string]engine.Words{
		"time": {ZH: "年月日时分", EN: "date and time"}, "date": {ZH: "年月日", EN: "date"}, "clock": {ZH: "几点几分", EN: "time of day"},
		"duration": {ZH: "时长", EN: "how long"}, "number": {ZH: "数", EN: "number"}, "int": {ZH: "整数", EN: "whole number"},
	}
	hint := c.terms.say(hints[kind])
	if hint != "" && rest != "" {
		hint += " " + rangeText(rest, c.terms.pick("～", "–"))
	}
	if strings.HasPrefix(q.Type, "set of") {
		hint = c.terms.pick("可多选", "any number")
	}
	if q.Optional {
		hint = strings.TrimPrefix(hint+c.terms.pick("，可空", ", optional"), c.terms.pick("，", ", "))
	}
	if hint == "" {
		return ""
	}
	return c.terms.pick("（"+hint+"）", " ("+hint+")")
}

// rangeText writes the bounds of a number as readers know them.
func rangeText(bounds, between string) string {
	low, high, _ := strings.Cut(bounds, "..")
	switch {
	case high == "":
		return "≥ " + low
	case low == "":
		return "≤ " + high
	}
	return low + between + high
}

// boxes is where the answer goes: a box for each choice, or a line.
func (c *sheetWriter) boxes(q engine.Question) {
	box := func(text string) {
		c.raw("<span class=\"box\">□ ")
		c.text(text)
		c.raw("</span> ")
	}
	t := c.terms
	switch {
	case len(q.Choices) > 0:
		for _, w := range q.Choices {
			box(t.say(w))
		}
	case q.Type == "bool":
		box(t.pick("是", "yes"))
		box(t.pick("否", "no"))
	case q.Type == "photo" || q.Type == "file" || q.Type == "signature":
		taken := map[string]engine.Words{"photo": {ZH: "已拍照，张数", EN: "photographed, how many"}, "file": {ZH: "已附文件", EN: "file attached"}, "signature": {ZH: "签名", EN: "signed"}}
		box(t.say(taken[q.Type]))
		c.blank("", "answer")
	default:
		c.blank("", "answer")
	}
	if q.Optional {
		box(t.pick("没有", "none"))
	}
}
