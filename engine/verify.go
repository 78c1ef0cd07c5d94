package engine

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/sampling"
)

// Difference is a place where a replay and a plan disagree.
type Difference struct {
	Task string `json:"task"`
	Part string `json:"part"`
	Path string `json:"path"`
	Want string `json:"want"`
	Got  string `json:"got"`
}

// Verification says what a plan's draws prove. Draws counts the draws that
// were replayed; Differences is empty when every one gave the same units.
type Verification struct {
	Schema              string       `json:"schema"`
	Plan                string       `json:"plan"`
	Draws               int          `json:"draws"`
	Repeatable          bool         `json:"repeatable"`
	NotChosenAfterFrame bool         `json:"not_chosen_after_frame"`
	NotChoosable        bool         `json:"not_choosable"`
	Differences         []Difference `json:"differences,omitempty"`
}

// VerificationSchema is the name of the verification's JSON document.
const VerificationSchema = "pinjian/verification/1"

// VerifyPlan replays every draw of a plan against the frames as they are now.
// It also compares what surrounds the draws: the digests, that the units to
// inspect are those drawn, and that each draw is the one its part, subject,
// period and seed ask for.
func (s *Standard) VerifyPlan(ctx context.Context, p *Plan, frames FrameSource) (*Verification, error) {
	out := &Verification{Schema: VerificationSchema, Plan: p.ID, Repeatable: true, NotChosenAfterFrame: true, NotChoosable: true}
	differ := func(task, part, path, want, got string) {
		out.Repeatable = false
		out.Differences = append(out.Differences, Difference{task, part, path, want, got})
	}
	if d, err := p.digest(); err != nil || d != p.Digest {
		differ("", "", "digest", p.Digest, d)
	}
	if p.Standard.Digest != s.ref.Digest {
		differ("", "", "standard.digest", p.Standard.Digest, s.ref.Digest)
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		m := &planner{standard: s, request: PlanRequest{Frames: frames}, plan: &Plan{}, subject: t.Subject, frames: map[string]*collected{}}
		for j := range t.Draws {
			d := &t.Draws[j]
			if x, ok := s.misfit(p, t, d); !ok {
				differ(t.ID, strings.Join(d.Parts, ", "), x.Path, x.Want, x.Got)
				continue
			}
			if d.Sample == nil {
				continue
			}
			out.Draws++
			v, err := m.replay(ctx, d)
			if err != nil {
				return nil, fmt.Errorf("engine: verify: task %s, part %s: %w", t.ID, d.Parts[0], err)
			}
			if v.Difference != nil {
				differ(t.ID, d.Parts[0], v.Difference.Path, v.Difference.Want, v.Difference.Got)
			}
			out.NotChosenAfterFrame = out.NotChosenAfterFrame && v.NotChosenAfterFrame
			out.NotChoosable = out.NotChoosable && v.NotChoosable
		}
	}
	if out.Draws == 0 {
		out.NotChosenAfterFrame, out.NotChoosable = false, false
	}
	return out, nil
}

// misfit finds the first place where a draw is not what its plan and its part
// ask for. A draw whose part has no sample of this standard can't be replayed.
func (s *Standard) misfit(p *Plan, t *Task, d *Draw) (Difference, bool) {
	kind, group := "subject", ""
	for i, id := range d.Parts {
		c, ok := s.parts[id]
		switch {
		case !ok:
			return Difference{Path: fmt.Sprintf("parts[%d]", i), Want: "a part of the standard", Got: id}, false
		case c.checked.Sample == nil:
		case c.checked.Sample.Record.Unlisted:
			kind = "unlisted"
		default:
			kind, group = "drawn", c.checked.Sample.Group
		}
	}
	checks := []Difference{{Path: "kind", Want: kind, Got: d.Kind}}
	if kind == "drawn" && d.Sample == nil {
		checks = append(checks, Difference{Path: "sample", Want: "a record of the draw", Got: "none"})
	} else if r := d.Sample; r != nil {
		checks = append(checks,
			Difference{Path: "sample.scope", Want: p.Scope, Got: r.Scope},
			Difference{Path: "sample.standard", Want: p.Standard.Standard, Got: r.Standard},
			Difference{Path: "sample.version", Want: p.Standard.Version, Got: r.Version},
			Difference{Path: "sample.group", Want: group, Got: r.Group},
			Difference{Path: "sample.subject", Want: t.Subject.ID, Got: r.Subject},
			Difference{Path: "sample.epoch", Want: d.Period.Name, Got: r.Epoch},
			Difference{Path: "sample.seedHash", Want: p.SeedHash, Got: r.SeedHash},
			Difference{Path: "planned", Want: strconv.FormatInt(r.Planned, 10), Got: strconv.FormatInt(d.Planned, 10)},
			Difference{Path: "enough", Want: strconv.FormatInt(r.Enough, 10), Got: strconv.FormatInt(d.Enough, 10)},
			Difference{Path: "units", Want: strings.Join(r.IDs(), " "), Got: strings.Join(d.Units, " ")},
		)
	}
	for _, x := range checks {
		if x.Want != x.Got {
			return x, false
		}
	}
	return Difference{}, true
}

// replay verifies one draw against the frame of its span.
func (m *planner) replay(ctx context.Context, d *Draw) (sampling.Verification, error) {
	c, ok := m.standard.parts[d.Parts[0]]
	if !ok || c.checked.Sample == nil {
		return sampling.Verification{Difference: &sampling.Difference{Path: "parts[0]", Want: d.Parts[0], Got: "no such sample"}}, nil
	}
	units, _, err := m.population(ctx, c.checked, d.Period)
	if err != nil {
		return sampling.Verification{}, err
	}
	return sampling.Verify(ctx, *d.Sample, sampling.Frame{Units: sampling.Units(units)})
}

// population is the units from which a part's sample is drawn; open is how many
// more may or may not belong to it.
func (m *planner) population(ctx context.Context, p *check.Part, span Period) (units []sampling.Unit, open int, err error) {
	period := span
	if f, ok := previousFrequency(p.Sample.Previous); ok {
		earlier, err := PeriodOf(f, span.Start, m.standard.zoneOf(m.subject))
		if err != nil {
			return nil, 0, err
		}
		period = earlier.Previous(1)
	}
	frame, err := m.frame(ctx, p.Sample.Record, period)
	if err != nil {
		return nil, 0, err
	}
	if !frame.rows {
		return nil, 0, errCountOnly
	}
	if p.Sample.Where != nil {
		frame = m.standard.filter(frame, p.Sample.Record, p.Sample.Where, Setting{Subject: m.subject, Period: period})
		m.flaws(p.ID, p.Sample.Record, frame)
		for _, f := range frame.flaws {
			if f.code == "undecided_unit" {
				open++
			}
		}
	}
	var strata []*check.Variable
	if p.Sample.Per != nil {
		strata = append(strata, p.Sample.Per)
	}
	strata = append(strata, p.Sample.SpreadBy...)
	units = make([]sampling.Unit, len(frame.ids))
	for i, id := range frame.ids {
		units[i].ID = id
		for _, v := range strata {
			units[i].Stratum = append(units[i].Stratum, fieldText(frame.values[id], v))
		}
	}
	return units, open, nil
}

var errCountOnly = fmt.Errorf("engine: the frame is only a number; nothing can be drawn from it")
