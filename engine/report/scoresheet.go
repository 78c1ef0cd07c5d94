package report

import (
	"io"

	"github.com/pinjian/pinjian/engine"
)

// WriteScoreSheet writes the score sheet (评分表) of a result: the score and its
// grade, the points of every item, and each step by which they were added up.
// The error is a *engine.Refusal for a result of another standard and for a
// standard without points.
func WriteScoreSheet(w io.Writer, s *engine.Standard, r *engine.Result, o Options) error {
	t, err := newTerms(s, o)
	if err != nil {
		return err
	}
	score, err := s.Score(r)
	if err != nil {
		return err
	}
	p := newPage(t.options, t.pick("评分表", "Score sheet"), false)
	addressee := t.options.Addressee
	if addressee == "" {
		addressee = t.name(r.Subject)
	}
	p.issue()
	p.fields([]field{
		textField(t.pick("受检单位", "Inspected unit"), addressee), textField(t.pick("检查任务", "Task"), r.Task),
		textField(t.pick("检查标准", "Standard"), t.title()),
		{Name: t.pick("总分", "Score"), Value: cell(styled(t.score(score), Strong))},
		{Name: t.pick("核对码", "Digests"), Wide: true, Value: cell(styled(t.pick("标准 ", "standard ")+r.Standard.Digest, Muted), styled(t.pick("结果 ", "result ")+r.ID, Muted))},
	})
	if score.Open {
		p.paragraph(styled(t.pick("还有答案或裁定没有齐，分数未定；下面是现在能确定的上下限。", "Answers or rulings are missing and the score is open; these are the bounds as they stand."), Refer))
	}
	p.heading(2, t.pick("计分步骤", "How the score was reached"))
	table := &Table{Columns: []Column{
		{Title: t.pick("对象", "Of"), Width: 24}, {Title: t.pick("步骤", "Step"), Width: 54}, {Title: t.pick("之后的分值", "Points after it"), Width: 22},
	}}
	for _, step := range score.Steps {
		table.Rows = append(table.Rows, t.step(step))
	}
	p.table(table)
	p.signatures(t.pick("评分人", "Scored by"), t.pick("复核人", "Checked by"), t.pick("受检单位", "Inspected unit"))
	return p.end(w)
}

// step is one step as a row: what it is about, what happened, and the points
// after it.
func (t *terms) step(s engine.ScoreStep) Row {
	of := t.item(s.Name)
	switch s.Level {
	case "total":
		of = t.pick("总分", "total")
	case "section":
		of = t.sectionTitle(s.Name)
	}
	after := ""
	switch {
	case s.Least != nil && s.Most != nil && s.Least.Cmp(*s.Most) == 0:
		after = s.Least.String()
	case s.Least != nil || s.Most != nil:
		after = t.score(engine.Score{Open: true, Least: s.Least, Most: s.Most})
	}
	style := Plain
	if s.Level == "total" {
		style = Strong
	}
	s.Level, s.Name, s.Least, s.Most = "", "", nil, nil // the sentence alone
	return Row{Cells: []Cell{cell(styled(of, style)), cell(plain(t.say(s.Words()))), cell(styled(after, style))}}
}
