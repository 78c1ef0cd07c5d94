package report

import (
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
)

// tiers shows the levels of inspection, a table each.
func (b *standardBuilder) tiers() {
	if len(b.checked.Tiers) == 0 {
		return
	}
	b.heading(2, "tiers", b.pick("检查层级", "Levels of inspection"))
	for _, t := range b.checked.Tiers {
		title := t.Name.First
		if t.Title != "" {
			title += b.pick("　", "  ") + t.Title
		}
		b.heading(3, "tier-"+t.Name.First, title)
		if t.Doc != "" {
			b.paragraph(styled(joinLines(t.Doc), Muted))
		}
		b.table(b.tier(t))
	}
}

func (b *standardBuilder) tier(t *check.Tier) *Table {
	out := &Table{Columns: []Column{{Title: b.pick("事项", "Matter"), Width: 20}, {Title: b.pick("规定", "Provision"), Width: 80}}}
	add := func(keyword string, lines ...Line) {
		if c := cell(lines...); len(c) > 0 {
			out.Rows = append(out.Rows, Row{Cells: []Cell{cell(plain(b.word(keyword))), c}})
		}
	}
	period := func(k token.Keyword) Line {
		if k == token.NoKeyword {
			return nil
		}
		return plain(k.In(b.lang))
	}
	add("inspector", plain(t.Inspector))
	add("inspects", plain(t.Inspects))
	add("organiser", plain(t.Organiser))
	add("approver", plain(t.Approver))
	add("every", period(t.Every))
	add("cycle", period(t.Cycle))
	if t.Subjects != nil {
		add("subjects", plain(b.size(t.Subjects)))
	}
	units := b.word("as items")
	if t.UnitsAll {
		units = b.word("all")
	}
	add("units", plain(units))
	switch {
	case t.CoversAll:
		add("covers", plain(b.word("all")))
	case len(t.Covers) > 0:
		add("covers", b.codes(t.Covers)...)
	}
	var recuse []string
	for _, k := range t.Recuse {
		recuse = append(recuse, k.In(b.lang))
	}
	add("recuse", plain(strings.Join(recuse, b.comma())))
	for _, c := range t.Contents {
		lines := []Line{styled(c.Text, Strong)}
		if c.Doc != "" {
			lines = append(lines, styled(joinLines(c.Doc), Muted))
		}
		codes := b.codes(c.Codes)
		if len(codes) == 0 {
			lines = append(lines, styled(b.pick("没有检查项与此对应", "no item carries this out"), Refer))
		}
		add("content", append(lines, codes...)...)
	}
	return out
}

// codes writes the ids of items, those with a common beginning on one line.
func (b *standardBuilder) codes(ids []string) []Line {
	var order []string
	groups := map[string][]string{}
	for _, id := range ids {
		before, last := "", id
		if i := strings.LastIndex(id, "/"); i >= 0 {
			before, last = id[:i], id[i+1:]
		}
		if !slices.Contains(order, before) {
			order = append(order, before)
		}
		if !slices.Contains(groups[before], last) {
			groups[before] = append(groups[before], last)
		}
	}
	var out []Line
	for _, before := range order {
		text := strings.Join(groups[before], b.comma())
		if before != "" {
			text = before + b.colon() + text
		}
		out = append(out, plain(text))
	}
	return out
}

// responses shows what each grade of finding obliges to.
func (b *standardBuilder) responses() {
	if len(b.checked.Responses) == 0 {
		return
	}
	b.heading(2, "responses", b.pick("整改", "Rectification"))
	var rows [][]Line
	for _, r := range b.checked.Responses {
		name := b.word("grade") + " " + r.Band
		if r.Grade != token.NoKeyword {
			name = b.outcome(r.Grade.String())
		}
		var duties []string
		for _, d := range r.Duties {
			duty := d.Kind.In(b.lang)
			if d.Verify != nil {
				duty = b.word("verification") + b.pick("（", " (") + d.Verify.In(b.lang) + b.pick("）", ")")
			}
			switch {
			case d.Within != nil:
				duty += " " + b.word("within") + " " + b.translate(d.Within.Literal)
			case d.Workdays != nil:
				duty += " " + b.word("within") + " " + decimal(d.Workdays.Value) + " " + b.word("workdays")
			}
			duties = append(duties, duty)
		}
		rows = append(rows, []Line{plain(name), plain(strings.Join(duties, b.comma())), styled(joinLines(r.Doc), Muted)})
	}
	b.simple([]Column{{Title: b.pick("等级", "Grade"), Width: 20}, {Title: b.pick("要求", "Duties"), Width: 40}, {Title: b.pick("依据", "Reason"), Width: 40}}, rows)
}

// parameters shows what whoever adopts the standard must supply.
func (b *standardBuilder) parameters() {
	var rows [][]Line
	for _, d := range b.checked.Defines {
		if d.Value == nil {
			rows = append(rows, []Line{plain(d.Name.First), plain(b.typeText(&check.Variable{Type: d.Type, Optional: d.Optional})), styled(joinLines(d.Doc), Muted)})
		}
	}
	if len(rows) == 0 {
		return
	}
	b.heading(2, "parameters", b.pick("由采用单位给出的参数", "Parameters that the adopter supplies"))
	b.simple([]Column{{Title: b.pick("参数", "Parameter"), Width: 20}, {Title: b.pick("类型", "Type"), Width: 25}, {Title: b.pick("说明", "Remarks"), Width: 55}}, rows)
}

// tables shows the tables of sample sizes.
func (b *standardBuilder) tables() {
	if len(b.checked.Tables) == 0 {
		return
	}
	b.heading(2, "tables", b.pick("抽样表", "Tables of sample sizes"))
	out := &Table{Columns: []Column{{Title: b.pick("表", "Table"), Width: 25, Joined: true}, {Title: b.pick("总体", "Population"), Width: 25}, {Title: b.pick("样本量", "Sample"), Width: 50}}}
	for _, t := range b.checked.Tables {
		name := cell(styled(t.Name.First, Strong), styled(t.Edition, Muted), styled(joinLines(t.Doc), Muted))
		if !t.Loaded {
			out.Rows = append(out.Rows, Row{Cells: []Cell{name, nil, cell(styled(b.pick("没有数字，由采用单位装入；装入之前不能据此排计划", "without numbers: the adopter loads them, and nothing is planned by it before"), Refer))}})
		}
		for i, band := range t.Bands {
			span := decimalInt(band.Low) + "–" + decimalInt(band.High)
			if band.High == 0 {
				span = b.pick(decimalInt(band.Low)+" 以上", decimalInt(band.Low)+" or more")
			}
			row := Row{Continues: i > 0, Cells: []Cell{nil, cell(plain(span)), cell(plain(decimalInt(band.Size)))}}
			if i == 0 {
				row.Cells[0] = name
			}
			out.Rows = append(out.Rows, row)
		}
	}
	b.table(out)
}

// terms explains the words that conditions use: shared expressions, and the
// fields of what is drawn that are computed or documented.
func (b *standardBuilder) terms() {
	var rows [][]Line
	add := func(name, meaning, doc string) {
		rows = append(rows, []Line{plain(name), styled(meaning, Code), styled(joinLines(doc), Muted)})
	}
	for _, d := range b.checked.Defines {
		if d.Value != nil {
			add(d.Name.First, b.expression(d.Value), d.Doc)
		}
	}
	var records []*check.Record
	use := func(r *check.Record) {
		if r != nil && !slices.Contains(records, r) {
			records = append(records, r)
		}
	}
	for _, i := range b.checked.Items {
		for _, p := range i.Parts {
			use(p.Record())
			if r := p.Record(); r != nil {
				for _, side := range r.Sides {
					use(side.Record)
				}
			}
		}
	}
	for _, r := range records {
		if r.Doc != "" {
			add(r.Name.First, "", r.Doc)
		}
		for _, f := range r.Fields {
			if f.Computed != nil || f.Doc != "" {
				add(r.Name.First+"."+f.Name.First, b.expression(f.Computed), f.Doc)
			}
		}
	}
	if len(rows) == 0 {
		return
	}
	b.heading(2, "terms", b.pick("用语", "Terms"))
	b.simple([]Column{{Title: b.pick("用语", "Term"), Width: 22}, {Title: b.pick("含义", "Meaning"), Width: 43}, {Title: b.pick("说明", "Remarks"), Width: 35}}, rows)
}
