package report

import (
	"cmp"
	"slices"

	"github.com/pinjian/pinjian/engine"
)

// comparedFigures are what is set side by side.
var comparedFigures = []string{"item.decided", "item.pass", "item.observation", "item.failing", "item.fail", "item.major"}

// comparisons sets the subjects side by side, and the regions that they are of
// where there are several.
func (b *monthlyBuilder) comparisons() error {
	items, err := b.period("subject", "item")
	if err != nil {
		return err
	}
	parents := map[string]string{}
	for _, s := range b.request.Subjects {
		parents[s.ID] = s.Parent
	}
	bySubject, byParent := map[string][]engine.SummaryRow{}, map[string][]engine.SummaryRow{}
	for r := range items.Rows() {
		if r.Key[1] == "" || r.Count("item.all") == 0 {
			continue
		}
		bySubject[r.Key[0]] = append(bySubject[r.Key[0]], r)
		if parent := parents[r.Key[0]]; parent != "" {
			byParent[parent] = append(byParent[parent], r)
		}
	}
	for _, c := range []struct {
		kind   string
		groups map[string][]engine.SummaryRow
	}{{"parent", byParent}, {"subject", bySubject}} {
		if len(c.groups) > 1 {
			b.out.Comparisons = append(b.out.Comparisons, b.compare(c.kind, c.groups))
		}
	}
	return nil
}

// compare finds the items on which every group has a decided verdict, and adds
// up each group over those.
func (b *monthlyBuilder) compare(kind string, groups map[string][]engine.SummaryRow) FigureComparison {
	judged := map[string][]string{} // by item, the groups
	ids := sorted(groups)
	for _, id := range ids {
		for i := range groups[id] {
			r := &groups[id][i]
			if item := r.Key[1]; r.Count("item.decided") > 0 && !slices.Contains(judged[item], id) {
				judged[item] = append(judged[item], id)
			}
		}
	}
	out := FigureComparison{Kind: kind, Items: []string{}, Rows: []FigureRow{}}
	order := b.itemOrder()
	printed := sorted(judged)
	slices.SortStableFunc(printed, func(x, y string) int { return cmp.Compare(order[x], order[y]) })
	for _, item := range printed {
		if len(judged[item]) == len(ids) {
			out.Items = append(out.Items, item)
		} else {
			out.Other = append(out.Other, FigureLeftover{item, judged[item]})
		}
	}
	for _, id := range ids {
		var common []engine.SummaryRow
		for _, r := range groups[id] {
			if len(judged[r.Key[1]]) == len(ids) {
				common = append(common, r)
			}
		}
		row := FigureRow{Key: id, Title: b.name(id), Figures: map[string]Figure{}}
		for _, name := range comparedFigures {
			var n int64
			for i := range common {
				n += common[i].Count(name)
			}
			row.Figures[name] = Figure{figureOver(name, common), whole(n)}
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
