package world

// Document is planted.json.
type Document struct {
	Schema  string     `json:"schema"`
	Planted []Planting `json:"planted"`
}

// Planting is one thing that was put wrong: at a unit, at the unit drawn at a place (from 1; 0 is every unit drawn), or
// at the project itself where a part has no units. Outcome is "observation", "fail" or "major" for a criterion, "refer"
// for one that a person must rule on, "miss" for a unit that an indicator doesn't count, "over" for one that it counts and should not, "silent" where nobody
// submitted anything, "twice" for two answers that contradict each other, and "deduct" for points.
type Planting struct {
	Subject string         `json:"subject"`
	Part    string         `json:"part"`
	Period  string         `json:"period"`
	Unit    string         `json:"unit,omitempty"`
	Place   int            `json:"place,omitempty"`
	Outcome string         `json:"outcome"`
	Label   string         `json:"label,omitempty"`
	Points  string         `json:"points,omitempty"`
	Answers map[string]any `json:"answers,omitempty"`
	Remark  string         `json:"remark,omitempty"`
}
