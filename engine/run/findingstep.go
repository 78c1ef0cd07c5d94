package run

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"slices"

	"github.com/pinjian/pinjian/engine"
)

// FindingStepSchema is the name of the JSON document of a FindingStep.
const FindingStepSchema = "pinjian/finding-step/1"

// FindingStep is one line of the file of steps that run.json names: a command,
// and the finding that it is about, by its id or by what it says of it. What is
// empty is not asked for; exactly one finding must be meant. The command may
// leave out its id, which is then made of the line, and the version, which is
// then the one that the finding is at.
type FindingStep struct {
	Schema  string         `json:"schema"`
	Finding string         `json:"finding,omitempty"` // the id, or how it begins
	Subject string         `json:"subject,omitempty"`
	Section string         `json:"section,omitempty"`
	Part    string         `json:"part,omitempty"`
	Unit    string         `json:"unit,omitempty"`
	Period  string         `json:"period,omitempty"`
	Label   string         `json:"label,omitempty"`
	Command engine.Command `json:"command"`
}

// readSteps reads a file of steps, which is refused whole when one line of it
// can't be read: the lines after it may rest on it.
func readSteps(name string, data []byte) ([]FindingStep, error) {
	var out []FindingStep
	for i, line := range bytes.Split(data, []byte("\n")) {
		if line = bytes.TrimSpace(line); len(line) == 0 {
			continue
		}
		var s FindingStep
		if err := json.Unmarshal(line, &s); err != nil {
			return nil, refused("%s 的第 %d 行不是一个步骤：%v", "%s: line %d is no step: %v", name, i+1, err)
		}
		if err := knownSchema(s.Schema, FindingStepSchema); err != nil {
			return nil, fmt.Errorf("run: %s: line %d: %w", name, i+1, err)
		}
		if s.Command.ID == "" {
			sum := sha256.Sum256(line)
			s.Command.ID = hex.EncodeToString(sum[:])
		}
		out = append(out, s)
	}
	return out, nil
}

// meant is the one finding that a step is about.
func (l *FindingLog) meant(s FindingStep) (engine.Finding, error) {
	if s.Finding != "" {
		return l.Find(s.Finding)
	}
	var found []string
	for id, f := range l.findings {
		same := true
		for _, pair := range [][2]string{{s.Subject, f.Subject}, {s.Section, f.Section}, {s.Part, f.Part}, {s.Unit, f.Unit}, {s.Period, f.Period}, {s.Label, f.Label}} {
			same = same && (pair[0] == "" || pair[0] == pair[1])
		}
		if same {
			found = append(found, id)
		}
	}
	what := engine.Finding{Subject: s.Subject, Section: s.Section, Part: s.Part, Criterion: s.Label, Unit: s.Unit, Period: s.Period}.String()
	if len(found) != 1 {
		return engine.Finding{}, refused("“%s”指的问题有 %d 个，要恰好一个；请补上单位、期间或编号", "%q means %d findings and must mean one; add the unit, the period or the id", what, len(found))
	}
	return l.findings[found[0]], nil
}

// TakeSteps carries out the steps that run.json names, in their order, and
// returns their events; a step that the log has taken already brings none.
func (f *Folder) TakeSteps(ctx context.Context, log *FindingLog) ([]engine.FindingEvent, error) {
	out := []engine.FindingEvent{}
	for i, s := range f.steps {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		at := func(err error) error {
			return fmt.Errorf("run: %s: step %d: %w", f.Configuration.Steps, i+1, err)
		}
		x, err := log.meant(s)
		if err != nil {
			return nil, at(err)
		}
		if slices.ContainsFunc(x.Events, func(e engine.FindingEvent) bool { return e.Command == s.Command.ID }) {
			continue
		}
		if s.Command.Version == 0 {
			s.Command.Version = x.Version
		}
		e, err := f.Standard.Step(x, s.Command)
		if err != nil {
			return nil, at(err)
		}
		if err := log.Take(e); err != nil {
			return nil, at(err)
		}
		out = append(out, e)
	}
	return out, nil
}

// Log is the log of findings that run.json names, as it was read: a copy that
// the caller may add to. It is empty where run.json names none.
func (f *Folder) Log() (*FindingLog, error) {
	return ReadFindingLog(f.Configuration.Findings, bytes.NewReader(f.log))
}
