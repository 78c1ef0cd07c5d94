package submit

import (
	"encoding/json"
	"maps"
)

// Planted is what the generator put into the files, as it says in planted.json.
type Planted struct {
	Criteria []struct {
		Part    string   `json:"part"`
		Outcome string   `json:"outcome"`
		Label   string   `json:"label"`
		Units   []string `json:"units"`
	} `json:"criteria"`
	Answers   []found `json:"answers"`
	Otherwise []found `json:"otherwise"`
}

// found is what there is to find at one unit; without a unit, at the project.
type found struct {
	Subject string         `json:"subject"`
	Part    string         `json:"part"`
	Unit    string         `json:"unit"`
	Answers map[string]any `json:"answers"`
}

// ReadPlanted reads planted.json.
func ReadPlanted(data []byte) (*Planted, error) {
	var p Planted
	if err := json.Unmarshal(data, &p); err != nil {
		return nil, err
	}
	return &p, nil
}

// answers returns a copy of what an inspector finds at a unit of a part, or nil when there is nothing to ask.
func (p *Planted) answers(subject, part, unit string) map[string]any {
	for _, f := range p.Answers {
		if f.Subject == subject && f.Part == part && f.Unit == unit {
			return maps.Clone(f.Answers)
		}
	}
	for _, f := range p.Otherwise {
		if f.Part == part {
			return maps.Clone(f.Answers)
		}
	}
	return nil
}

// broken lists the criteria of a part that a unit breaks; for a part about the project the unit is the project.
func (p *Planted) broken(part, unit string) (outcomes, labels []string) {
	for _, c := range p.Criteria {
		if c.Part != part {
			continue
		}
		for _, u := range c.Units {
			if u == unit {
				outcomes, labels = append(outcomes, c.Outcome), append(labels, c.Label)
			}
		}
	}
	return outcomes, labels
}
