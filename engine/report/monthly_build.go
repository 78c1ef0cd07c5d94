package report

import (
	"cmp"
	"maps"
	"math/big"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// mostWorst is how many of the worst items a report lists.
const mostWorst = 10

// mostTrend is how many periods a trend goes back.
const mostTrend = 13

type monthlyBuilder struct {
	*terms
	request   MonthlyRequest
	frequency string
	out       *MonthlyDocument
}

// monthlyFigures are the figures of the rows of a report, in its order.
var monthlyFigures = []string{
	"task.planned", "task.judged", "task.closed",
	"item.all", "item.due", "item.inspected", "item.decided", "item.failing",
	"item.pass", "item.observation", "item.fail", "item.major", "item.incomplete", "item.referred", "item.refused", "item.ungraded",
	"item.not_inspected", "item.waived", "item.not_applicable",
	"unit.all", "unit.failing",
	"finding.standing", "finding.observation", "finding.fail", "finding.major", "finding.withdrawn", "finding.repeat", "finding.overdue", "finding.due", "finding.rectified",
}

func whole(n int64) engine.Number { return engine.NumberOf(big.NewRat(n, 1)) }

// row takes the figures of a row that are not 0 and those that tables always
// show.
func (b *monthlyBuilder) row(r *engine.SummaryRow, key, title string) FigureRow {
	out := FigureRow{Key: key, Title: title, Figures: map[string]Figure{}}
	for _, name := range monthlyFigures {
		out.Figures[name] = Figure{r.Figure(name), whole(r.Count(name))}
	}
	if n := r.Counts["score.decided"]; n > 0 && r.ScoreSum != nil {
		mean := new(big.Rat).Quo(r.ScoreSum.Rat(), big.NewRat(n, 1))
		out.Figures["score"] = Figure{r.Figure("score"), engine.NumberOf(mean)}
	}
	if r.Points != nil {
		out.Figures["points"] = Figure{r.Figure("points"), r.Points.Least}
	}
	return out
}

// period is the part of the summary that the report is about, by dimensions.
func (b *monthlyBuilder) period(by ...string) (*engine.Summary, error) {
	s, err := b.request.Summary.Select(b.frequency, b.request.Period.Name)
	if err != nil {
		return nil, err
	}
	return s.Group(by...)
}

// named gives the subjects the names that the standard knows of them, where
// the host gives none.
func (t *terms) named(subjects []engine.Subject) {
	names := maps.Clone(t.options.Names)
	if names == nil {
		names = map[string]string{}
	}
	for _, s := range subjects {
		if name := t.subject(s); names[s.ID] == "" && name != s.ID {
			names[s.ID] = strings.TrimSuffix(name, t.pick("（"+s.ID+"）", " ("+s.ID+")"))
		}
	}
	t.options.Names = names
}

func (b *monthlyBuilder) counts() error {
	all, err := b.period()
	if err != nil {
		return err
	}
	total, err := all.Total()
	if err != nil {
		return err
	}
	b.out.Total = b.row(&total, "", b.pick("合计", "Total"))
	subjects, err := b.period("subject")
	if err != nil {
		return err
	}
	b.out.Subjects = []FigureRow{}
	for r := range subjects.Rows() {
		b.out.Subjects = append(b.out.Subjects, b.row(&r, r.Key[0], b.name(r.Key[0])))
	}
	sections, err := b.period("section")
	if err != nil {
		return err
	}
	b.out.Sections = []FigureRow{}
	for r := range sections.Rows() {
		if r.Count("item.all")+r.Count("finding.all") > 0 { // one of a section above others has no items of its own
			title := b.sectionTitle(r.Key[0])
			if r.Key[0] == "" {
				title = b.pick("不在章节里", "outside sections")
			}
			b.out.Sections = append(b.out.Sections, b.row(&r, r.Key[0], title))
		}
	}
	order := b.sectionOrder()
	slices.SortStableFunc(b.out.Sections, func(x, y FigureRow) int { return cmp.Compare(order[x.Key], order[y.Key]) })
	return nil
}

// sectionOrder is the printed order of sections.
func (b *monthlyBuilder) sectionOrder() map[string]int {
	order := map[string]int{}
	for i := range b.standard.Items() {
		path := strings.Join(i.Section, "/")
		if _, ok := order[path]; !ok {
			order[path] = len(order)
		}
	}
	return order
}

// itemOrder is the printed order of items.
func (b *monthlyBuilder) itemOrder() map[string]int {
	order := map[string]int{}
	for i := range b.standard.Items() {
		order[i.ID] = len(order)
	}
	return order
}

func (b *monthlyBuilder) indicators() error {
	bySubject, err := b.period("subject")
	if err != nil {
		return err
	}
	total, err := b.period()
	if err != nil {
		return err
	}
	title := func(part string) string {
		item, _, _ := strings.Cut(part, "/")
		for i := range b.standard.Items() {
			for _, p := range i.Parts {
				if p.ID == part {
					item = i.ID
				}
			}
		}
		return b.item(item)
	}
	take := func(s *engine.Summary, several bool) {
		for r := range s.Rows() {
			for _, p := range r.Parts {
				if p.Measures == 0 {
					continue
				}
				m := FigureMeasure{Key: r.Figure("measure." + p.Part), Title: title(p.Part), Pool: p}
				if len(r.Key) > 0 {
					m.Subject = r.Key[0]
				} else if !several || p.Measures < 2 {
					continue
				}
				b.out.Indicators = append(b.out.Indicators, m)
			}
		}
	}
	take(bySubject, false)
	take(total, true)
	order := map[string]int{}
	for i := range b.standard.Items() {
		for _, p := range i.Parts {
			order[p.ID] = len(order)
		}
	}
	slices.SortStableFunc(b.out.Indicators, func(x, y FigureMeasure) int { return cmp.Compare(order[x.Pool.Part], order[y.Pool.Part]) })
	return nil
}

func (b *monthlyBuilder) worst() error {
	items, err := b.period("item")
	if err != nil {
		return err
	}
	var rows []FigureRow
	bad := map[string][3]int64{}
	for r := range items.Rows() {
		n := [3]int64{r.Count("item.major"), r.Count("item.fail"), r.Count("item.observation")}
		if r.Key[0] != "" && n != [3]int64{} {
			bad[r.Key[0]] = n
			rows = append(rows, b.row(&r, r.Key[0], b.item(r.Key[0])))
		}
	}
	order := b.itemOrder()
	slices.SortFunc(rows, func(x, y FigureRow) int {
		m, n := bad[x.Key], bad[y.Key]
		return cmp.Or(cmp.Compare(n[0], m[0]), cmp.Compare(n[1], m[1]), cmp.Compare(n[2], m[2]), cmp.Compare(order[x.Key], order[y.Key]), cmp.Compare(x.Key, y.Key))
	})
	b.out.Worst = rows[:min(len(rows), mostWorst)]
	return nil
}

// trend shows the periods until the report's, also those in which nothing was
// judged.
func (b *monthlyBuilder) trend() error {
	periods, err := b.request.Summary.Group(b.frequency)
	if err != nil {
		return err
	}
	rows := map[string]FigureRow{}
	for r := range periods.Rows() {
		rows[r.Key[0]] = b.row(&r, r.Key[0], r.Key[0])
	}
	b.out.Trend = []FigureRow{}
	var list []FigureRow
	last := 0
	for n := range mostTrend {
		name := b.request.Period.Previous(n).Name
		row, ok := rows[name]
		if !ok {
			row = FigureRow{Key: name, Title: name, Figures: map[string]Figure{}}
		} else {
			last = n
		}
		list = append(list, row)
	}
	list = list[:last+1]
	slices.Reverse(list)
	b.out.Trend = list
	return nil
}

// rectified counts findings of the report's period and all before.
func (b *monthlyBuilder) rectified() error {
	by, err := b.request.Summary.Group("subject", b.frequency)
	if err != nil {
		return err
	}
	names := []string{"finding.standing", "finding.rectified", "finding.due", "finding.overdue"}
	rows := map[string][]engine.SummaryRow{"": nil}
	for r := range by.Rows() {
		if r.Count("finding.standing") > 0 && !later(r.Key[1], b.request.Period) {
			rows[""] = append(rows[""], r)
			rows[r.Key[0]] = append(rows[r.Key[0]], r)
		}
	}
	for _, id := range sorted(rows) {
		out := FigureRow{Key: id, Title: b.name(id), Figures: map[string]Figure{}}
		var drop []string
		if id == "" {
			out.Title, drop = b.pick("合计", "Total"), []string{"subject"}
		}
		for _, name := range names {
			var n int64
			for i := range rows[id] {
				n += rows[id][i].Count(name)
			}
			out.Figures[name] = Figure{figureOver(name, rows[id], drop...), whole(n)}
		}
		if id == "" {
			b.out.Rectified = out
		} else {
			b.out.RectifiedSubject = append(b.out.RectifiedSubject, out)
		}
	}
	return nil
}

// later says whether a period of the same frequency comes after another; one
// that can't be read doesn't.
func later(name string, than engine.Period) bool {
	p, err := engine.ParsePeriod(name, than.Start.Location())
	return err == nil && !p.Start.Before(than.End)
}

func sorted[V any](m map[string]V) []string {
	out := make([]string, 0, len(m))
	for k := range m {
		out = append(out, k)
	}
	slices.Sort(out)
	return out
}

// figureOver is the key of a figure over several rows: Trace takes a dimension
// that is given several times as any of its values. Dimensions in drop are left
// open.
func figureOver(name string, rows []engine.SummaryRow, drop ...string) string {
	var pairs []string
	for i := range rows {
		_, where, _ := strings.Cut(rows[i].Figure(name), "@")
		for _, pair := range strings.Split(where, ",") {
			dimension, _, _ := strings.Cut(pair, "=")
			if pair != "" && !slices.Contains(drop, dimension) && !slices.Contains(pairs, pair) {
				pairs = append(pairs, pair)
			}
		}
	}
	slices.Sort(pairs)
	if len(pairs) == 0 {
		return name
	}
	return name + "@" + strings.Join(pairs, ",")
}
