package run

import (
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
)

// Scores adds up results by the standard's scoring, in their order. It is nil
// where the standard neither has, takes nor gives points.
func (f *Folder) Scores(results []*engine.Result) ([]engine.Score, error) {
	if !f.Standard.Scores() {
		return nil, nil
	}
	out := make([]engine.Score, 0, len(results))
	for _, r := range results {
		score, err := f.Standard.Score(r)
		if err != nil {
			return nil, err
		}
		out = append(out, score)
	}
	return out, nil
}

// scoreLine is what one item, section or the total comes to, with its steps.
type scoreLine struct {
	level, name string
	steps       []string
	last        engine.ScoreStep
}

// writeScore writes a score as a table: a line for every item, its section
// behind it, and the total, each with the steps that led there.
func (f *Folder) writeScore(p *printer, score engine.Score) {
	var lines []scoreLine
	for _, st := range score.Steps {
		if n := len(lines); n == 0 || lines[n-1].level != st.Level || lines[n-1].name != st.Name {
			lines = append(lines, scoreLine{level: st.Level, name: st.Name})
		}
		line := &lines[len(lines)-1]
		line.last = st
		bare := st
		bare.Level, bare.Name, bare.Least, bare.Most = "", "", nil, nil // the sentence alone
		line.steps = append(line.steps, p.say(bare.Words()))
	}
	p.line("  得分 %s%s", "  score %s%s", p.points(score.Open, &score.Value, score.Least, score.Most), p.band(score.Band))
	for _, l := range lines {
		title := l.name + " " + f.scoredTitle(l)
		if l.level == "total" {
			title = p.pick("总分", "total")
		}
		value := p.points(true, nil, l.last.Least, l.last.Most)
		p.line("    %s%s%s", "    %s%s%s", pad(title, 28), pad(value, 12), strings.Join(l.steps, p.pick("；", "; ")))
	}
}

func (f *Folder) scoredTitle(l scoreLine) string {
	if l.level == "item" {
		if item, _ := f.Standard.Checked().FindItem(l.name); item != nil {
			return item.Title
		}
	}
	var find func([]*check.Section) string
	find = func(list []*check.Section) string {
		for _, s := range list {
			if strings.Join(s.Path, "/") == l.name {
				return s.Title
			}
			if title := find(s.Sections); title != "" {
				return title
			}
		}
		return ""
	}
	return find(f.Standard.Checked().Sections)
}

// points writes a score, or the bounds between which an open one lies.
func (p *printer) points(open bool, value, least, most *engine.Number) string {
	text := func(n *engine.Number) string {
		if n == nil {
			return ""
		}
		return n.String()
	}
	switch {
	case !open:
		return text(value)
	case least == nil && most == nil:
		return p.pick("未定", "open")
	case least != nil && most != nil && least.Cmp(*most) == 0:
		return most.String()
	}
	return text(least) + ".." + text(most)
}

func (p *printer) band(band string) string {
	if band == "" {
		return ""
	}
	return p.pick("　等级“"+band+"”", "  grade “"+band+"”")
}
