package submit

import (
	"encoding/json"
	"fmt"
	"slices"
)

// Plan is what the inspectors need of a plan.
type Plan struct{ Tasks []Task }

// Task is one inspection: who inspects which project, and the units drawn for each part, sorted.
type Task struct {
	ID        string
	Subject   string
	Inspector string
	Colleague string // a second inspector, of another task
	Drawn     map[string][]string
}

// planSchema is the document that ReadPlan understands.
const planSchema = "pinjian/plan/1"

// ReadPlan reads the JSON that chk plan writes.
func ReadPlan(data []byte) (Plan, error) {
	var document struct {
		Schema string `json:"schema"`
		Tasks  []struct {
			ID      string `json:"id"`
			Subject struct {
				ID string `json:"id"`
			} `json:"subject"`
			Inspector string `json:"inspector"`
			Draws     []struct {
				Parts []string `json:"parts"`
				Kind  string   `json:"kind"`
				Units []string `json:"units"`
			} `json:"draws"`
		} `json:"tasks"`
	}
	if err := json.Unmarshal(data, &document); err != nil {
		return Plan{}, err
	}
	if document.Schema != planSchema {
		return Plan{}, fmt.Errorf("schema %q, not %q", document.Schema, planSchema)
	}
	var p Plan
	for i, t := range document.Tasks {
		task := Task{ID: t.ID, Subject: t.Subject.ID, Inspector: t.Inspector, Drawn: map[string][]string{}}
		task.Colleague = document.Tasks[(i+1)%len(document.Tasks)].Inspector
		for _, d := range t.Draws {
			if d.Kind != "drawn" {
				continue
			}
			for _, part := range d.Parts {
				task.Drawn[part] = slices.Clone(d.Units)
				slices.Sort(task.Drawn[part])
			}
		}
		p.Tasks = append(p.Tasks, task)
	}
	return p, nil
}
