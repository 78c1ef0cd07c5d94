package engine

import (
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// findingStep is one kind of command: from which states it leads on, the fields
// it takes, those it can't do without, and the closed lists of some.
type findingStep struct {
	kind, zh string
	from     []FindingState
	needs    []string
	takes    []string
	one      map[string][]string
	// Nobody who corrected may take the step; with outside, nor a person who
	// answers for the finding.
	independent, outside bool
}

var (
	anyFindingState  = []FindingState{findingOpen, findingAnswered, findingVerified, findingClosed, findingReopened, findingWithdrawn}
	standingFindings = []FindingState{findingOpen, findingAnswered, findingVerified, findingClosed, findingReopened}
	activeFindings   = []FindingState{findingOpen, findingAnswered, findingVerified, findingReopened}
	gradeNames       = []string{"observation", "fail", "major"}
)

// findingSteps are all commands, in the order in which Allowed lists them.
var findingSteps = []findingStep{
	{kind: "answer", zh: "答复整改", from: []FindingState{findingOpen, findingReopened}, takes: []string{"correction", "cause", "prevention", "record", "finding", "owner", "due", "evidence"}},
	{
		kind: "verify", zh: "验证", from: []FindingState{findingAnswered}, independent: true,
		needs: []string{"result", "method"}, takes: []string{"verification", "effectiveness"},
		one: map[string][]string{"result": {"effective", "ineffective"}, "method": {"on site", "by record"}},
	},
	{kind: "close", zh: "关闭", from: []FindingState{findingAnswered, findingVerified}},
	{kind: "reopen", zh: "重开", from: []FindingState{findingAnswered, findingVerified, findingClosed}, needs: []string{"reason"}},
	{kind: "withdraw", zh: "撤销", from: activeFindings, needs: []string{"reason"}, independent: true, outside: true},
	{kind: "appeal", zh: "申诉", from: standingFindings, needs: []string{"reason"}},
	{
		kind: "rule", zh: "裁定申诉", from: standingFindings, independent: true, outside: true,
		needs: []string{"outcome", "reason"}, takes: []string{"grade", "judgement"},
		one: map[string][]string{"outcome": {"upheld", "regraded", "withdrawn"}, "grade": gradeNames},
	},
	{kind: "propose", zh: "提改进建议", from: anyFindingState, needs: []string{"improvement", "owner"}},
	{kind: "conclude", zh: "办结改进建议", from: anyFindingState, needs: []string{"proposal", "outcome"}},
	{kind: "feedback", zh: "反馈", from: anyFindingState, needs: []string{"to", "how"}},
	{kind: "acknowledge", zh: "确认收到", from: anyFindingState, needs: []string{"feedback"}},
	{
		kind: "escalate", zh: "决定升级", from: activeFindings, independent: true, outside: true,
		needs: []string{"outcome", "reason"}, takes: []string{"grade"},
		one: map[string][]string{"outcome": {"confirmed", "declined"}, "grade": gradeNames},
	},
	{kind: "attribute", zh: "认定责任方", from: activeFindings},
}

func findingStepOf(kind string) (findingStep, bool) {
	i := slices.IndexFunc(findingSteps, func(s findingStep) bool { return s.kind == kind })
	if i < 0 {
		return findingStep{}, false
	}
	return findingSteps[i], true
}

// maxFieldBytes bounds one text of a command.
const maxFieldBytes = 64 << 10

// wellFormed checks what a command or event says, apart from any finding.
func (e *FindingEvent) wellFormed(step findingStep) error {
	if err := named(e.Kind, e.By, e.At); err != nil {
		return err
	}
	known := slices.Concat(step.needs, step.takes)
	for _, name := range sortedKeys(e.Fields) {
		value := e.Fields[name]
		switch list := step.one[name]; {
		case !slices.Contains(known, name):
			return refused("%s：fields.%s 不是这一步的内容，可写的有：%s", "%s: fields.%s is nothing that this step takes; it takes: %s", e.Kind, name, strings.Join(known, ", "))
		case strings.TrimSpace(value) == "":
			return refused("%s：fields.%s 是空的，请写明或删去", "%s: fields.%s is empty; fill it in or leave it out", e.Kind, name)
		case len(value) > maxFieldBytes || !utf8.ValidString(value):
			return refused("%s：fields.%s 不是 %d 字节以内的 UTF-8 文字", "%s: fields.%s is not UTF-8 text of at most %d bytes", e.Kind, name, maxFieldBytes)
		case list != nil && !slices.Contains(list, value):
			return refused("%s：fields.%s 不能是 %s，只能是：%s", "%s: fields.%s can't be %s, only one of: %s", e.Kind, name, shown(value), strings.Join(list, ", "))
		}
	}
	for _, name := range step.needs {
		if e.Fields[name] == "" {
			return refused("%s：缺 fields.%s", "%s: fields.%s is missing", e.Kind, name)
		}
	}
	if due, ok := e.Fields["due"]; ok {
		if _, err := ParseDate(due); err != nil {
			return refused("%s：fields.due 要写成日期：%v", "%s: fields.due must be a date: %v", e.Kind, err)
		}
	}
	for i, p := range e.Parties {
		if p.Kind == "" || p.ID == "" {
			return refused("%s：parties[%d] 缺 kind 或 id", "%s: parties[%d] lacks kind or id", e.Kind, i)
		}
	}
	for i, a := range e.Attachments {
		if len(a.SHA256) != 64 || strings.Trim(a.SHA256, "0123456789abcdef") != "" {
			return refused("%s：attachments[%d].sha256 要是 64 位小写十六进制", "%s: attachments[%d].sha256 must be 64 lower-case hexadecimal digits", e.Kind, i)
		}
	}
	if (len(e.Parties) > 0) != (e.Kind == "attribute") {
		return refused("%s：责任方（parties）在 attribute 里写，也只在那里写", "%s: parties are given by attribute, and by nothing else", e.Kind)
	}
	return nil
}

// named refuses what nobody did or what has no time.
func named(kind, by string, at time.Time) error {
	if by == "" || at.IsZero() || at.UTC().Year() < 1 || at.UTC().Year() > 9999 {
		return refused("%s：要写明谁（by）、何时（at，公元 1 至 9999 年）", "%s: by whom (by) and when (at, in the years 1 to 9999) must be given", kind)
	}
	return nil
}

// permits says whether a person may take a step of the finding now, whatever
// the step would say; the error says why not.
func (f *Finding) permits(step findingStep, by string) error {
	if !slices.Contains(step.from, f.State) || (step.kind == "close" && f.State == findingAnswered && slices.ContainsFunc(f.Duties, isVerification)) {
		return f.notNow(step)
	}
	if step.independent && slices.Contains(f.Correctors, by) {
		return &Refusal{Words: Words{by + " 做过这个问题的整改，不能由本人" + step.zh + "；请换一个人", by + " corrected this finding and may not take the step " + step.kind + "; let somebody else do it"}}
	}
	if step.outside && slices.Contains(f.Parties, Party{Kind: "person", ID: by}) {
		return &Refusal{Words: Words{by + " 是这个问题的责任人，不能由本人" + step.zh + "；请换一个人", by + " answers for this finding and may not take the step " + step.kind + "; let somebody else do it"}}
	}
	switch step.kind {
	case "appeal":
		if f.Appeal != "" {
			return refused("申诉 %s 还没有裁定，不能再申诉", "appeal %s waits for a ruling; there can't be another", f.Appeal)
		}
	case "rule":
		if f.Appeal == "" {
			return refused("没有等待裁定的申诉", "no appeal waits for a ruling")
		}
		if appeal := f.event(f.Appeal); appeal != nil && appeal.By == by {
			return refused("%s 是申诉人，不能裁定自己的申诉；请换一个人", "%s appealed and may not rule on it; let somebody else do it", by)
		}
	case "escalate":
		if f.Escalation != "proposed" {
			return refused("没有等待决定的升级提议", "no escalation is proposed")
		}
	case "conclude":
		if len(f.waiting("propose", "conclude", "proposal", "")) == 0 {
			return refused("没有尚未办结的改进建议", "no proposal is open")
		}
	case "acknowledge":
		if len(f.waiting("feedback", "acknowledge", "feedback", by)) == 0 {
			return refused("没有等待 %s 确认的反馈", "no feedback waits for %s to acknowledge it", by)
		}
	}
	return nil
}

// notNow says which steps the state does allow.
func (f *Finding) notNow(step findingStep) error {
	var zh, en []string
	for _, other := range findingSteps {
		if slices.Contains(other.from, f.State) {
			zh, en = append(zh, other.zh), append(en, other.kind)
		}
	}
	w := f.State.Words()
	if step.kind == "close" && f.State == findingAnswered {
		return refused("问题要先验证才能关闭", "the finding must be verified before it is closed")
	}
	return &Refusal{Words: Words{
		"问题" + w.ZH + "，不能" + step.zh + "；可以：" + strings.Join(zh, "、"),
		"the finding is " + w.EN + " and can't take the step " + step.kind + "; possible are: " + strings.Join(en, ", "),
	}}
}

// event finds an event by its ID.
func (f *Finding) event(id string) *FindingEvent {
	for i := range f.Events {
		if f.Events[i].ID == id {
			return &f.Events[i]
		}
	}
	return nil
}

// waiting lists the events of one kind that no event of the kind that answers
// them names in its field; with to, only those addressed to a person.
func (f *Finding) waiting(kind, answer, field, to string) []string {
	var out []string
	for i := range f.Events {
		e := &f.Events[i]
		switch {
		case e.Kind == kind && (to == "" || e.Fields["to"] == to):
			out = append(out, e.ID)
		case e.Kind == answer:
			out = slices.DeleteFunc(out, func(id string) bool { return id == e.Fields[field] })
		}
	}
	return out
}
