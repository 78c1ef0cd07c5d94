package engine

import (
	"slices"
	"strings"
)

// Step decides a command against the finding as its events make it: it returns
// the event that the host stores, in its own transaction, or why the command
// is not possible. It changes nothing. A command that the finding has already
// taken gives the same event again; the same ID with another body is refused.
// A Version that is not the finding's gives a *Refusal whose cause is a
// *ConflictError.
func (s *Standard) Step(f Finding, c Command) (FindingEvent, error) {
	if f.Version == 0 {
		return FindingEvent{}, refused("这不是由事件重建的问题；请先用 Fold 重建", "this finding was not rebuilt from its events; use Fold first")
	}
	if f.Standard != s.ref.Standard {
		return FindingEvent{}, refused("问题出自标准 %s，不能用标准 %s 处理", "the finding is of the standard %s; the standard %s can't decide about it", f.Standard, s.ref.Standard)
	}
	if c.ID == "" {
		return FindingEvent{}, refused("指令没有编号（id）", "the command has no id")
	}
	e := FindingEvent{
		Schema: FindingEventSchema, ID: eventID(f.ID, "command", c.ID), Finding: f.ID, Seq: f.Version + 1, Kind: c.Kind, By: c.By, At: c.At,
		Command: c.ID, Fields: c.Fields, Attachments: c.Attachments, Parties: c.Parties,
	}.copy()
	for i := range f.Events {
		if old := &f.Events[i]; old.Command == c.ID {
			if !old.sameRequest(&e) {
				return FindingEvent{}, refused("指令 %s 已经用过，内容不同；请换一个编号", "the command id %s is taken by another command; give this one an id of its own", c.ID)
			}
			return old.copy(), nil
		}
	}
	if c.Version != f.Version {
		return FindingEvent{}, f.stale(c)
	}
	step, ok := findingStepOf(c.Kind)
	if !ok {
		var kinds []string
		for _, other := range findingSteps {
			kinds = append(kinds, other.kind)
		}
		return FindingEvent{}, refused("没有叫 %s 的步骤，只有：%s", "there is no step %s; there are: %s", shown(c.Kind), strings.Join(kinds, ", "))
	}
	if err := f.takes(step, &e); err != nil {
		return FindingEvent{}, err
	}
	if grade := outcomeNamed(e.Fields["grade"]); grade != 0 {
		e.Grade = grade
		e.Duties, _ = s.dutiesOf(grade)
	}
	if err := s.date(f, &e); err != nil {
		return FindingEvent{}, err
	}
	return e, nil
}

// Allowed lists the kinds of commands that a person may give now, in a fixed
// order, for the host's buttons. Whether the host lets that person act at all
// is the host's to say.
func (s *Standard) Allowed(f Finding, person string) []string {
	var out []string
	if f.Version == 0 || f.Standard != s.ref.Standard || person == "" {
		return out
	}
	for _, step := range findingSteps {
		if f.permits(step, person) == nil {
			out = append(out, step.kind)
		}
	}
	return out
}

// date gives an event the deadlines that it sets running.
func (s *Standard) date(f Finding, e *FindingEvent) error {
	after := f
	after.Events, after.Results = slices.Clip(f.Events), slices.Clip(f.Results) // f is the caller's
	after.apply(*e)
	if after.State == f.State && after.Grade == f.Grade {
		return nil
	}
	var err error
	switch after.State {
	case findingOpen, findingReopened:
		e.Deadlines, err = s.deadlines(after.Grade, false, e.At)
	case findingAnswered:
		e.Deadlines, err = s.deadlines(after.Grade, true, e.At)
	}
	for _, at := range e.Deadlines {
		if bad := named(e.Kind, e.By, at); bad != nil {
			return bad
		}
	}
	return err
}

// stale says that a command saw another version.
func (f *Finding) stale(c Command) error {
	conflict := &ConflictError{Stream: f.ID, Seq: c.Version + 1, Second: c.ID}
	if c.Version >= 0 && c.Version < len(f.Events) {
		conflict.First = f.Events[c.Version].ID
	}
	return &Refusal{Err: conflict, Words: refusalWords("问题现在是第 %d 版，指令看到的是第 %d 版；请重新载入再决定", "the finding is at version %d, the command saw version %d; load it again and decide then", f.Version, c.Version)}
}

// agrees checks what a command says against the finding.
func (f *Finding) agrees(e *FindingEvent) error {
	grade := e.Fields["grade"]
	switch e.Kind {
	case "answer":
		return f.advances(e)
	case "verify":
		if e.Fields["method"] == "by record" && slices.Contains(f.Duties, dutyVerifyOnSite) {
			return refused("标准要求到现场验证，不能只看记录", "the standard wants verification on site; records are not enough")
		}
		if slices.Contains(f.Duties, dutyReport) {
			for _, name := range []string{"verification", "effectiveness"} {
				if e.Fields[name] == "" {
					return refused("报告还缺 fields.%s", "the report still lacks fields.%s", name)
				}
			}
		}
	case "rule":
		if (e.Fields["outcome"] == "regraded") != (grade != "") {
			return refused("改等级（regraded）要写 fields.grade，其他结论不写", "fields.grade is given when the outcome is regraded, and only then")
		}
		if grade == f.Grade.String() {
			return refused("等级已经是 %s，没有改动；请裁定 upheld", "the grade is %s already; rule upheld instead", grade)
		}
	case "escalate":
		if grade != "" && (e.Fields["outcome"] != "confirmed" || outcomeNamed(grade) <= f.Grade) {
			return refused("只有确认升级才写 fields.grade，并且要高于 %s", "fields.grade is given when the escalation is confirmed, and must be above %s", f.Grade.String())
		}
	case "conclude":
		if id := e.Fields["proposal"]; !slices.Contains(f.waiting("propose", "conclude", "proposal", ""), id) {
			return refused("没有尚未办结的改进建议 %s", "no open proposal is %s", shown(id))
		}
	case "acknowledge":
		if id := e.Fields["feedback"]; !slices.Contains(f.waiting("feedback", "acknowledge", "feedback", e.By), id) {
			return refused("没有等待 %[1]s 确认的反馈 %[2]s", "no feedback %[2]s waits for %[1]s", e.By, shown(id))
		}
	}
	return nil
}

// advances refuses an answer that meets no duty: it names what the duties
// still need.
func (f *Finding) advances(e *FindingEvent) error {
	after := *f
	after.answer(*e)
	if after.State == findingAnswered {
		return nil
	}
	var need []string
	for _, duty := range f.Duties {
		before, left := lacking(duty, f.Answer, f.Attachments), lacking(duty, after.Answer, after.Attachments)
		if len(left) < len(before) && len(left) == 0 {
			return nil
		}
		for _, name := range left {
			if name = "fields." + name; !slices.Contains(need, name) {
				need = append(need, name)
			}
		}
	}
	if len(need) == 0 {
		return refused("答复是空的，请写明做了什么", "the answer is empty; say what was done")
	}
	return refused("答复还没有满足任何一项要求，还缺：%s", "the answer meets none of the duties yet; they still need: %s", strings.Join(need, ", "))
}
