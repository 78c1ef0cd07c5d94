package generate

import (
	"bytes"
	"encoding/json"
	"slices"
)

// planted is one criterion and the units that break it.
type planted struct {
	Part    string   `json:"part"`
	Unit    string   `json:"unit"`
	Outcome string   `json:"outcome"`
	Label   string   `json:"label"`
	Units   []string `json:"units"`
	// Settled are the units among them that also break a fail or major criterion of the same part, so that a ruling is
	// no longer needed. Only where a ruling would be.
	Settled []string `json:"settled,omitempty"`
}

// answered is what an inspector finds at one unit.
type answered struct {
	Subject string         `json:"subject"`
	Part    string         `json:"part"`
	Unit    string         `json:"unit"`
	Answers map[string]any `json:"answers"`
}

// settles says whether a criterion leaves nothing to be ruled on.
func settles(outcome string) bool { return outcome == "fail" || outcome == "major" }

// plantings lists every criterion in printed order with its units, sorted.
func plantings(list []*order) []planted {
	var all []planted
	place := map[[2]string]int{}
	hit := map[string]map[string]bool{} // units of a part that a fail or major settles
	add := func(part, unit, outcome, label string, units ...string) {
		key := [2]string{part, label}
		i, known := place[key]
		if !known {
			i = len(all)
			place[key] = i
			all = append(all, planted{Part: part, Unit: unit, Outcome: outcome, Label: label, Units: []string{}})
		}
		all[i].Units = append(all[i].Units, units...)
		if settles(outcome) {
			if hit[part] == nil {
				hit[part] = map[string]bool{}
			}
			for _, u := range units {
				hit[part][u] = true
			}
		}
	}
	for f := range fault(faults) {
		c := criteria[f]
		add(c.part, c.unit, c.outcome, c.label)
		for _, o := range list {
			if o.faults.has(f) {
				add(c.part, c.unit, c.outcome, c.label, o.id)
			}
		}
	}
	for _, p := range projects {
		for _, f := range facts[p.id] {
			unit, record := p.id, ""
			if f.unit != "" {
				unit, record = f.unit, "报事受理"
			}
			for _, b := range f.breaks {
				add(f.part, record, b.outcome, b.label, unit)
			}
		}
	}
	for i := range all {
		slices.Sort(all[i].Units)
		if all[i].Outcome == "refer" {
			for _, u := range all[i].Units {
				if hit[all[i].Part][u] {
					all[i].Settled = append(all[i].Settled, u)
				}
			}
		}
	}
	slices.SortStableFunc(all, func(a, b planted) int { return slices.Index(parts, a.Part) - slices.Index(parts, b.Part) })
	return all
}

// parts in printed order.
var parts = []string{
	"005/4.1.1", "005/4.1.2", "005/4.1.3", "005/4.1.4/派单", "005/4.1.5/前台", "005/4.1.5/反馈", "005/4.1.6", "005/4.1.7", "005/4.1.8",
	"005/4.1.9", "005/4.1.10", "005/4.2.1/转交", "005/4.2.2/转交", "005/4.2.3/转交", "005/4.2.4/转交", "005/4.2.5/转交",
	"005/4.4.1", "005/4.4.2", "005/4.4.3",
}

// checked is what an inspector writes about the two entries of a report: about an entry that is not there, nothing.
func checked(o *order) map[string]any {
	answers := map[string]any{}
	if o.inRegister() {
		answers["登记簿所填要素"] = o.register.stated()
	}
	if o.inSystem() {
		answers["系统所填要素"] = o.system.stated()
	}
	if o.inRegister() && o.inSystem() {
		names := []string{}
		for _, e := range o.differs {
			names = append(names, elementNames[e])
		}
		answers["不一致要素"] = names
	}
	return answers
}

// counts answers the questions that only settle the range: how many orders of a kind there were this month.
func counts(p project, list []*order) []answered {
	var appointments int
	var open [steps]int
	for _, o := range list {
		if o.project != p.id || !o.inSystem() {
			continue
		}
		if o.appointed != never {
			appointments++
		}
		for step := range open {
			if o.due(step) {
				open[step]++
			}
		}
	}
	all := []answered{{p.id, "005/4.1.4/询问", "", map[string]any{"所报预约单数": appointments}}}
	for step, question := range []string{"所报当日未完成单数", "所报超48小时单数", "所报超72小时单数", "所报超7天单数", "所报超15天单数"} {
		part := "005/4.2." + string(rune('1'+step)) + "/询问"
		all = append(all, answered{p.id, part, "", map[string]any{question: open[step]}})
	}
	return all
}

// document writes planted.json, one criterion or answer a line. The answers of 005/4.1.2 are those of the reports where
// something is missing or differs; "otherwise" holds those of all others.
func document(list []*order) ([]byte, error) {
	var answers []answered
	for _, p := range projects {
		for _, f := range facts[p.id] {
			answers = append(answers, answered{p.id, f.part, f.unit, f.answers})
		}
		answers = append(answers, counts(p, list)...)
	}
	whole := entry{"-", "-", "-", "-"}.stated()
	for _, o := range list {
		if o.faults.hasAny(unregistered, notEntered, registerIncomplete, systemIncomplete, differing) {
			answers = append(answers, answered{o.project, "005/4.1.2", o.id, checked(o)})
		}
	}
	var b bytes.Buffer
	b.WriteString("{\n\"schema\": \"pinjian/planted/1\",\n\"standard\": \"std/continuous\",\n\"period\": \"2025-12\",\n")
	b.WriteString("\"as_of\": \"2025-12-31T23:59:59+08:00\",\n\"clean\": [\"P3\"],\n\"criteria\": ")
	if err := lines(&b, plantings(list)); err != nil {
		return nil, err
	}
	b.WriteString(",\n\"answers\": ")
	if err := lines(&b, answers); err != nil {
		return nil, err
	}
	b.WriteString(",\n\"otherwise\": ")
	if err := lines(&b, []answered{{"", "005/4.1.2", "", map[string]any{"登记簿所填要素": whole, "系统所填要素": whole, "不一致要素": []string{}}}}); err != nil {
		return nil, err
	}
	b.WriteString("\n}\n")
	return b.Bytes(), nil
}

// lines writes a JSON array with one value a line.
func lines[T any](b *bytes.Buffer, values []T) error {
	b.WriteString("[")
	for i, v := range values {
		if i > 0 {
			b.WriteString(",")
		}
		text, err := json.Marshal(v)
		if err != nil {
			return err
		}
		b.WriteString("\n  ")
		b.Write(text)
	}
	b.WriteString("\n]")
	return nil
}
