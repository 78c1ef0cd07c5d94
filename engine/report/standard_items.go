package report

import (
	"fmt"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
)

// printedColumns are the seven of the printed standards.
func (b *standardBuilder) printedColumns() []Column {
	return []Column{
		{Title: b.pick("文件名称", "Document"), Width: 9, Joined: true},
		{Title: b.pick("检查内容", "What is inspected"), Width: 20, Joined: true},
		{Title: b.pick("检查方式", "Mode"), Width: 6},
		{Title: b.pick("检查频率", "Frequency"), Width: 6, Joined: true},
		{Title: b.pick("检查比例", "Sample"), Width: 13},
		{Title: b.pick("检查方法", "Method"), Width: 23},
		{Title: b.pick("评价标准", "Criteria"), Width: 23},
	}
}

// items shows the items in printed order. An outermost section with sections
// of its own, such as one work instruction, has a heading and a table; the
// items of plain sections, and those of none, stand together.
func (b *standardBuilder) items() {
	if len(b.checked.Items)+len(b.checked.Sections) == 0 {
		return
	}
	b.heading(2, "items", b.pick("检查标准", "Items"))
	var together *Table
	seen := map[*check.Section]bool{}
	open := func() *Table {
		if together == nil {
			together = &Table{Columns: b.printedColumns()}
			b.table(together)
		}
		return together
	}
	for _, item := range b.checked.Items {
		outer := outermost(item.Section)
		if outer == nil || len(outer.Sections) == 0 {
			if outer != nil && !seen[outer] {
				seen[outer] = true
				b.sectionRows(open(), outer)
			}
			b.itemRows(open(), item)
			continue
		}
		if !seen[outer] {
			seen[outer] = true
			b.instruction(outer)
		}
		together = nil
	}
	for _, s := range b.checked.Sections {
		if !seen[s] { // without items: it still says something, such as methods
			b.sectionRows(open(), s)
		}
	}
}

// instruction shows an outermost section and everything in it.
func (b *standardBuilder) instruction(s *check.Section) {
	b.heading(3, "section-"+s.Code, s.Code+" "+s.Title)
	t := &Table{Columns: b.printedColumns()}
	var add func(s *check.Section)
	add = func(s *check.Section) {
		b.sectionRows(t, s)
		for _, i := range b.checked.Items { // which keeps their printed order
			if i.Section == s {
				b.itemRows(t, i)
			}
		}
		for _, inner := range s.Sections {
			add(inner)
		}
	}
	add(s)
	b.table(t)
}

func outermost(s *check.Section) *check.Section {
	for s != nil && s.Parent != nil {
		s = s.Parent
	}
	return s
}

// document names what the print has in its first column: the innermost
// section, or the standard for an item outside sections.
func (b *standardBuilder) document(s *check.Section) Cell {
	if s == nil {
		return cell(plain(b.out.Title))
	}
	return cell(plain(s.Code + " " + s.Title))
}

// sectionRows adds a row for what a section states beyond its items.
func (b *standardBuilder) sectionRows(t *Table, s *check.Section) {
	content := Cell{}
	for _, r := range s.Require {
		content = append(content, plain(r))
	}
	content = append(content, b.acceptLines(s)...)
	var criteria Cell
	if len(s.Criteria) > 0 {
		criteria = b.criteria(s.Criteria, nil, false)
	}
	for _, tally := range b.tallies(s.Tallies, s.Zero) {
		criteria = append(criteria, plain(tally))
	}
	var methods Cell
	if len(b.sectionItems(s)) == 0 {
		if a := b.asides[s]; a != nil {
			for _, m := range a.methods {
				methods = append(methods, Line{{Text: m.Kind.In(b.lang), Style: Strong}, {Text: b.colon() + m.Text.Value}})
			}
		}
		for _, source := range s.Sources {
			content = append(content, styled(b.word("source")+b.colon()+source, Muted))
		}
	}
	if len(content)+len(criteria)+len(methods) == 0 {
		return
	}
	content = append(Cell{styled(b.pick("整章", "The whole section"), Strong)}, content...)
	t.Rows = append(t.Rows, Row{Cells: []Cell{b.document(s), content, nil, nil, nil, methods, criteria}})
}

func (b *standardBuilder) sectionItems(s *check.Section) []*check.Item {
	var out []*check.Item
	for _, i := range b.checked.Items {
		if outermost(i.Section) == outermost(s) {
			out = append(out, i)
		}
	}
	return out
}

// itemRows adds an item, a row for each of its parts.
func (b *standardBuilder) itemRows(t *Table, item *check.Item) {
	frequency := Cell{plain("—")}
	if item.Every != token.NoKeyword {
		frequency = cell(plain(item.Every.In(b.lang)))
	}
	for i, p := range item.Parts {
		row := Row{Continues: i > 0, Cells: make([]Cell, 7)}
		if i == 0 {
			row.Anchor = "item-" + item.ID
			row.Cells[0], row.Cells[1], row.Cells[3] = b.document(item.Section), b.content(item), frequency
		}
		var kinds []string
		for _, m := range p.Methods {
			if k := m.Kind.In(b.lang); !slices.Contains(kinds, k) {
				kinds = append(kinds, k)
			}
		}
		row.Cells[2] = cell(plain(strings.Join(kinds, b.comma())))
		row.Cells[4] = b.sample(item, p)
		row.Cells[5] = b.methods(p)
		row.Cells[6] = b.criteria(p.Criteria, p.Measure, i == 0 && item.Points != nil)
		if i == 0 && item.Points != nil {
			row.Cells[6] = append(Cell{plain(b.word("points") + " " + decimal(item.Points))}, row.Cells[6]...)
		}
		t.Rows = append(t.Rows, row)
	}
}

// content is the second column: the clause with its title, the requirement,
// and everything about the item as a whole.
func (b *standardBuilder) content(item *check.Item) Cell {
	out := Cell{styled(item.Code+" "+item.Title, Strong)}
	require := slices.Clone(item.Require)
	sources := slices.Clone(item.Sources)
	for _, p := range item.Parts {
		require, sources = append(require, p.Require...), append(sources, p.Sources...)
	}
	for _, r := range require {
		out = append(out, plain(r))
	}
	for _, a := range item.Applies {
		out = append(out, Line{{Text: b.appliesWhen() + " ", Style: Muted}, {Text: b.expression(a), Style: Code}})
	}
	for _, pair := range []struct{ keyword, value string }{{"source", strings.Join(sources, b.pick("；", "; "))}, {"class", item.Class}, {"responsible", item.Responsible}} {
		if pair.value != "" {
			out = append(out, styled(b.word(pair.keyword)+b.colon()+pair.value, Muted))
		}
	}
	if item.Doc != "" {
		out = append(out, styled(joinLines(item.Doc), Muted))
	}
	out = append(out, b.acceptLines(item)...)
	if rows := b.notesOn(item.ID); len(rows) > 0 {
		l := Line{{Text: b.pick("读法说明 ", "How it was read: "), Style: Muted}}
		for i, r := range rows {
			if i > 0 {
				l = append(l, Span{Text: b.comma(), Style: Muted})
			}
			l = append(l, Span{Text: fmt.Sprint(r), Style: Muted, Link: fmt.Sprintf("note-%d", r)})
		}
		out = append(out, l)
	}
	return out
}

// sample is the fifth column: who or what is drawn. Without a sample the
// subject itself is looked at.
func (b *standardBuilder) sample(item *check.Item, p *check.Part) Cell {
	var out Cell
	if p.Name.First != "" && len(item.Parts) > 1 {
		out = append(out, styled(p.Name.First, Strong))
	}
	s := p.Sample
	if s == nil {
		out = append(out, plain(b.pick("100%（受检对象）", "100% (the subject)")))
	} else {
		out = append(out, plain(b.size(s)))
		if s.Where != nil {
			out = append(out, Line{{Text: b.word("where") + " ", Style: Muted}, {Text: b.expression(s.Where), Style: Code}})
		}
		if s.Previous != token.NoKeyword {
			out = append(out, styled(s.Previous.In(b.lang), Muted))
		}
		var spread []string
		for _, v := range s.SpreadBy {
			spread = append(spread, v.Name.First)
		}
		if len(spread) > 0 {
			out = append(out, styled(b.word("spread by")+" "+strings.Join(spread, b.comma()), Muted))
		}
		if s.Shared {
			out = append(out, styled(b.pick("本章各项共用一次抽样", "one draw for the items of the section"), Muted))
		}
		if s.Record != nil && s.Record.Unlisted {
			out = append(out, styled(b.pick("现场遇到，不预先抽取", "met on the spot, not drawn"), Muted))
		}
	}
	for _, a := range p.Applies {
		out = append(out, Line{{Text: b.appliesWhen() + " ", Style: Muted}, {Text: b.expression(a), Style: Code}})
	}
	return out
}

// size writes the size of a sample as a reader says it.
func (b *standardBuilder) size(s *check.Sample) string {
	var out string
	share := s.Kind == "percent" || s.Low != nil && !s.Low.IsInt()
	switch {
	case s.Kind == "all":
		out = b.word("all")
	case s.Kind == "plan":
		out = b.word("by plan")
	case s.Kind == "table" && s.Table != nil:
		out = b.word("using") + " " + s.Table.Name.First
	case share && s.Low != nil:
		out = percent(s.Low)
		switch {
		case s.Open:
			out = b.pick(out+" 以上", "at least "+out)
		case s.High != nil && s.High.Cmp(s.Low) != 0:
			out += "–" + percent(s.High)
		}
	case s.Low != nil && s.High != nil && s.High.Cmp(s.Low) != 0:
		out = decimal(s.Low) + "–" + decimal(s.High)
	case s.Low != nil && s.Open:
		out = b.pick(decimal(s.Low)+" 以上", decimal(s.Low)+" or more")
	case s.Low != nil:
		out = decimal(s.Low)
	}
	if s.Classifier != "" && !share { // the print counts units, not shares
		out += " " + s.Classifier
	}
	if s.Record != nil {
		out += " " + s.Record.Name.First
	}
	if s.Per != nil {
		out += b.pick("，每 ", ", per ") + s.Per.Name.First
	}
	if s.AtLeast != nil {
		out += b.pick("，", ", ") + b.word("at least") + " " + decimal(s.AtLeast)
	}
	if s.AtMost != nil {
		out += b.pick("，", ", ") + b.word("at most") + " " + decimal(s.AtMost)
	}
	return strings.TrimSpace(out)
}

// methods is the sixth column: what to do, and what to write down.
func (b *standardBuilder) methods(p *check.Part) Cell {
	var out Cell
	answer := func(v *check.Variable) {
		out = append(out, Line{{Text: b.pick("记 ", "note ") + v.Name.First, Style: Plain}, {Text: b.pick("（", " (") + b.typeText(v) + b.pick("）", ")"), Style: Muted}})
	}
	for _, m := range p.Methods {
		out = append(out, Line{{Text: m.Kind.In(b.lang), Style: Strong}, {Text: b.colon() + m.Text}})
		for _, v := range m.Answers {
			answer(v)
		}
	}
	for _, k := range p.Criteria {
		if k.Question != nil {
			what := b.pick("是/否", "yes/no")
			if k.Per != "" {
				what = b.pick("几"+k.Per, "number of "+k.Per)
			}
			out = append(out, Line{{Text: b.pick("记 ", "note ") + k.ID}, {Text: b.pick("（", " (") + what + b.pick("）", ")"), Style: Muted}})
		}
	}
	return out
}
