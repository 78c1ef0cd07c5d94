package main

import (
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strings"
	"time"

	"github.com/pinjian/pinjian/engine"
)

// The field stands for the app that inspectors carry. It knows the sheet of its
// task and nothing of the host, and sends JSON lines. What people in the field
// would have seen is made up from the names of the units.

// answers is what an inspector sends about a task, a line for each unit, the
// last of which closes it.
func answers(s *engine.Sheet, done time.Time) ([]engine.Submission, error) {
	var out []engine.Submission
	for _, item := range s.Items {
		if len(item.Ask) == 0 {
			continue
		}
		units := item.Units
		if item.Kind == "subject" {
			units = []engine.SheetUnit{{}}
		}
		for _, unit := range units {
			sub := engine.Submission{
				Schema: engine.SubmissionSchema, ID: fmt.Sprintf("%s#%d", s.Task, len(out)+1), Task: s.Task, Part: item.Part, Unit: unit.ID,
				Answers: map[string]any{}, By: s.Inspector, DoneAt: done.Add(time.Duration(len(out)) * 10 * time.Minute),
			}
			for _, q := range item.Ask {
				value, err := seen(q.Name, s.Subject+unit.ID)
				if err != nil {
					return nil, err
				}
				sub.Answers[q.Name] = value
			}
			out = append(out, sub)
		}
	}
	if len(out) > 0 {
		out[len(out)-1].Closes = true
	}
	return out, nil
}

// seen is what there was to see at a unit.
func seen(question, unit string) (any, error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(question + unit)) // a hash takes everything
	n := int(h.Sum32() % 100)
	switch question {
	case "满意分":
		return 5 - min(n/50+n/80+n/95, 4), nil
	case "场地已清理":
		return n >= 10, nil
	case "缺公示栋数":
		return max(n-70, 0) / 10, nil
	}
	return nil, fmt.Errorf("the field does not know the question %s", question)
}

// lines writes submissions as they are sent.
func lines(list ...engine.Submission) (string, error) {
	var out strings.Builder
	for _, s := range list {
		line, err := json.Marshal(s)
		if err != nil {
			return "", err
		}
		out.Write(line)
		out.WriteByte('\n')
	}
	return out.String(), nil
}
