package engine

import (
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Sheet is what a field app or a printed form shows for one task: the pinned
// standard, the items in printed order, the units with what the host already
// knows of them, and the questions.
type Sheet struct {
	Schema    string      `json:"schema"`
	Task      string      `json:"task"`
	Subject   string      `json:"subject"`
	Inspector string      `json:"inspector,omitempty"`
	Standard  Ref         `json:"standard"`
	Plan      string      `json:"plan"`
	Zone      string      `json:"zone,omitempty"` // in which the subject's clocks run
	Items     []SheetItem `json:"items"`
}

// SheetItem is one part of one item on a sheet.
type SheetItem struct {
	Item    string       `json:"item"`
	Part    string       `json:"part"`
	Period  string       `json:"period"`
	Title   string       `json:"title"`
	Require []string     `json:"require,omitempty"`
	Source  []string     `json:"source,omitempty"`
	Methods []SheetStep  `json:"methods"`
	Ask     []Question   `json:"ask"`
	Judge   []SheetJudge `json:"criteria"`
	Kind    string       `json:"kind"` // of the draw: subject, drawn, unlisted
	Planned int64        `json:"planned"`
	Units   []SheetUnit  `json:"units"`
}

// SheetStep is one method with its text.
type SheetStep struct {
	Kind string `json:"kind"`
	Text string `json:"text"`
}

// SheetJudge is one criterion as the inspector reads it.
type SheetJudge struct {
	Outcome string `json:"outcome"`
	Label   string `json:"label"`
}

// SheetUnit is one unit with the host's known values.
type SheetUnit struct {
	ID     string           `json:"id"`
	Values map[string]Words `json:"values,omitempty"`
	// Ask are record fields that the host could not supply and a criterion
	// reads: they become questions of this unit.
	Ask []Question `json:"ask,omitempty"`
}

// Question is one thing to find out: its key, its names, its type as .chk
// writes it, and the choices where it has them.
type Question struct {
	Name     string  `json:"name"`
	Words    Words   `json:"words"`
	Type     string  `json:"type"`
	Optional bool    `json:"optional,omitempty"`
	Sample   bool    `json:"sample,omitempty"` // asked once of the sample as a whole, not of each unit
	Choices  []Words `json:"choices,omitempty"`
}

// SheetSchema is the name of the sheet's JSON document.
const SheetSchema = "pinjian/sheet/1"

// MakeSheet makes the sheet of one task. It fails on a plan that is not
// approved. records are the host's values for the drawn units, by record and
// unit; what is missing and read by a criterion becomes a question. Fields
// marked personal are masked.
func (s *Standard) MakeSheet(p *Plan, task string, records map[string]map[string]map[string]any) (*Sheet, error) {
	if err := p.usable(s, task); err != nil {
		return nil, err
	}
	t, ok := p.Task(task)
	if !ok {
		return nil, refused("方案里没有任务“%s”", "sheet: the plan has no task %q", task)
	}
	out := &Sheet{Schema: SheetSchema, Task: t.ID, Subject: t.Subject.ID, Inspector: t.Inspector, Standard: s.ref, Plan: p.Digest, Zone: s.zoneOf(t.Subject).String(), Items: []SheetItem{}}
	for _, m := range s.members() {
		own := m.task(t)
		for i := range own.Draws {
			d := &own.Draws[i]
			for _, id := range d.Parts {
				item := m.sheetItem(own, d, m.parts[id], records)
				item.Item, item.Part = m.prefix+item.Item, m.prefix+item.Part
				out.Items = append(out.Items, item)
			}
		}
	}
	return out, nil
}

func (s *Standard) sheetItem(t *Task, d *Draw, c *part, records map[string]map[string]map[string]any) SheetItem {
	p := c.checked
	item := SheetItem{
		Item: p.Item.ID, Part: p.ID, Period: d.Period.Name, Title: p.Item.Title, Require: append(append([]string{}, p.Item.Require...), p.Require...),
		Source: append(append([]string{}, p.Item.Sources...), p.Sources...), Kind: d.Kind, Planned: d.Planned,
		Methods: []SheetStep{}, Ask: []Question{}, Judge: []SheetJudge{}, Units: []SheetUnit{},
	}
	for _, m := range p.Methods {
		item.Methods = append(item.Methods, SheetStep{Kind: m.Kind.String(), Text: m.Text})
	}
	asking := map[*check.Variable]*check.Criterion{}
	for _, k := range p.Criteria {
		if k.Question != nil {
			asking[k.Question] = k
		}
	}
	for _, a := range p.Answers {
		q := questionOf(a)
		if k := asking[a]; k != nil {
			// The name of such a question is the criterion's; its label says
			// what is asked.
			if q.Sample = k.Aggregate && d.Kind != "subject"; k.Label != "" {
				q.Words = Words{k.Label, k.Label}
			}
		}
		item.Ask = append(item.Ask, q)
	}
	for _, k := range p.Criteria {
		item.Judge = append(item.Judge, SheetJudge{Outcome: criterionWord(k.Kind), Label: k.Label})
	}
	env, _ := s.environment(Setting{Subject: t.Subject, Period: d.Period, Populations: t.Populations})
	read := c.fieldsRead()
	for _, unit := range d.Units {
		u := SheetUnit{ID: unit, Values: map[string]Words{}}
		row := make(eval.Row, len(c.variables))
		c.fillRecord(row, records[d.Record][unit], env, "")
		w := &witness{standard: s, part: c, exact: eval.Exact{Layout: c.layout, Env: env}}
		for slot, v := range c.variables {
			switch {
			case v.Role != check.FieldRole && v.Role != check.SideRole:
			case row[slot].State != eval.Unknown:
				if v.Role != check.SideRole || row[slot].State == eval.Absent {
					u.Values[v.Key] = w.slotWords(v, row[slot])
				}
			case read[v]:
				u.Ask = append(u.Ask, questionOf(v))
			}
		}
		item.Units = append(item.Units, u)
	}
	if d.Kind == "unlisted" {
		for n := int64(1); n <= d.Planned; n++ {
			item.Units = append(item.Units, SheetUnit{ID: ""})
		}
	}
	return item
}

// fieldsRead is the record's fields that some criterion reads.
func (c *part) fieldsRead() map[*check.Variable]bool {
	out := map[*check.Variable]bool{}
	var note func(v *check.Variable)
	note = func(v *check.Variable) {
		if v.Computed != nil {
			for _, r := range v.Computed.Reads {
				note(r)
			}
			return
		}
		out[v] = true
	}
	for _, k := range c.checked.Criteria {
		if k.When != nil {
			for _, v := range k.When.Reads {
				note(v)
			}
		}
	}
	if c.measure != nil {
		for _, v := range c.measure.Reads {
			note(v)
		}
	}
	return out
}

func questionOf(v *check.Variable) Question {
	q := Question{Name: v.Key, Words: Words{v.Name.In(token.Chinese), v.Name.In(token.English)}, Type: v.Type.String(), Optional: v.Optional}
	if v.Side != nil {
		q.Words = Words{v.Side.Name.In(token.Chinese) + "." + q.Words.ZH, v.Side.Name.In(token.English) + "." + q.Words.EN}
	}
	if v.Type.Choice != nil {
		for _, m := range v.Type.Choice.Members {
			q.Choices = append(q.Choices, Words{m.Name.In(token.Chinese), m.Name.In(token.English)})
		}
	}
	return q
}

func criterionWord(k check.CriterionKind) string {
	return strings.Fields("? pass observation fail major refer target deduct award")[k]
}
