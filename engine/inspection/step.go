package inspection

import (
	"maps"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pinjian/pinjian/engine"
)

// step is one kind of command: the states it leads from, the one it leads to
// (0: the same), and the fields it needs and may have. A round takes a step
// with tasks only when all of its tasks stand where it would.
type step struct {
	kind, zh     string
	from         []State
	to           State
	needs, takes []string
	tasks        bool
}

// steps are all commands, in the order in which Allowed lists them.
var steps = []step{
	{kind: "plan", zh: "计划", from: []State{0}, to: Planned, needs: []string{"scope", "inspection"}, takes: []string{"round"}},
	{kind: "approve", zh: "批准", from: []State{Planned}, to: Approved, needs: []string{"plan"}},
	{kind: "start", zh: "开始", from: []State{Approved}, to: Running},
	{kind: "close", zh: "结束", from: []State{Running}, to: Closed, tasks: true},
	{kind: "judge", zh: "判定", from: []State{Closed, Judged, FedBack, FollowedUp}, to: Judged, needs: []string{"result"}, tasks: true},
	{kind: "feed_back", zh: "反馈", from: []State{Judged, FedBack}, to: FedBack, needs: []string{"to", "how"}, tasks: true},
	{kind: "acknowledge", zh: "确认收到", from: []State{FedBack, FollowedUp, Done}},
	{kind: "follow_up", zh: "跟踪完毕", from: []State{FedBack}, to: FollowedUp, tasks: true},
	{kind: "finish", zh: "完成", from: []State{FollowedUp}, to: Done, tasks: true},
	{kind: "resume", zh: "恢复检查", from: []State{Closed, Judged, FedBack, FollowedUp}, to: Running, needs: []string{"reason"}},
}

// maxFieldBytes bounds one text of a command.
const maxFieldBytes = 64 << 10

func stepOf(kind string) (step, bool) {
	at := slices.IndexFunc(steps, func(s step) bool { return s.kind == kind })
	if at < 0 {
		return step{}, false
	}
	return steps[at], true
}

// Step decides a command: it returns the event that the host stores, or a
// *engine.Refusal. The zero Inspection takes "plan" and nothing else. A command
// already taken gives the same event again; the same ID with another body is
// refused, and a Version that is not the inspection's is a Refusal whose cause
// is a *engine.ConflictError.
func Step(i Inspection, c Command, facts Facts) (Event, error) {
	if c.ID == "" {
		return Event{}, refuse("指令没有编号（id）", "the command has no id")
	}
	e := Event{Schema: Schema, ID: c.ID, Inspection: i.ID, Seq: i.Version + 1, Kind: c.Kind, By: c.By, At: c.At, Fields: c.Fields}.copy()
	if c.Kind == "plan" {
		e.Inspection = c.Fields["inspection"]
	}
	for _, old := range i.Events {
		if old.ID != c.ID {
			continue
		}
		if e.Seq = old.Seq; e.body() != old.body() {
			return Event{}, refuse("指令 %s 已经用过，内容不同；请换一个编号", "the command id %s is taken by another command; give this one an id of its own", c.ID)
		}
		return old.copy(), nil
	}
	if c.Version != i.Version {
		conflict := &engine.ConflictError{Stream: i.ID, Seq: c.Version + 1, Second: c.ID}
		if c.Version >= 0 && c.Version < len(i.Events) {
			conflict.First = i.Events[c.Version].ID
		}
		r := refuse("检查现在是第 %d 版，指令看到的是第 %d 版；请重新载入再决定", "the inspection is at version %d, the command saw version %d; load it again and decide then", i.Version, c.Version)
		r.Err = conflict
		return Event{}, r
	}
	if err := i.permits(e); err != nil {
		return Event{}, err
	}
	if err := i.ready(c.Kind, facts); err != nil {
		return Event{}, err
	}
	return e, nil
}

// Allowed lists the kinds of commands that a person may give now, in a fixed
// order, for the host's buttons.
func Allowed(i Inspection, person string, facts Facts) []string {
	var out []string
	for _, s := range steps {
		mine := s.kind != "acknowledge" || slices.Contains(i.Unacknowledged, person)
		if person != "" && mine && slices.Contains(s.from, i.State) && i.ready(s.kind, facts) == nil {
			out = append(out, s.kind)
		}
	}
	return out
}

// permits says why an event can't come next; nil when it can. What hangs on
// tasks and findings was decided when the event was made.
func (i *Inspection) permits(e Event) *engine.Refusal {
	s, ok := stepOf(e.Kind)
	if !ok {
		return refuse("没有叫 %q 的步骤", "there is no step %q", e.Kind)
	}
	switch {
	case !slices.Contains(s.from, i.State):
		return i.notNow(s)
	case e.Schema != Schema:
		return refuse("schema 是 %q，本版本只读 %s", "its schema is %q; this release reads %s", e.Schema, Schema)
	case e.ID == "" || e.Inspection == "":
		return refuse("事件缺 id 或 inspection", "it lacks its id or its inspection")
	case e.By == "" || e.At.IsZero() || e.At.Year() < 1 || e.At.Year() > 9999:
		return refuse("%s：要写明谁（by）、何时（at，公元 1 至 9999 年）", "%s: by whom (by) and when (at, in the years 1 to 9999) must be given", e.Kind)
	}
	known := slices.Concat(s.needs, s.takes)
	for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
		value := e.Fields[name]
		switch {
		case !slices.Contains(known, name):
			return refuse("%s：fields.%s 不是这一步的内容，可写的有：%s", "%s: fields.%s is nothing that this step takes; it takes: %s", e.Kind, name, strings.Join(known, ", "))
		case strings.TrimSpace(value) == "" || len(value) > maxFieldBytes || !utf8.ValidString(value):
			return refuse("%s：fields.%s 要是 %d 字节以内、不空的 UTF-8 文字", "%s: fields.%s must be UTF-8 text of 1 to %d bytes", e.Kind, name, maxFieldBytes)
		}
	}
	for _, name := range s.needs {
		if e.Fields[name] == "" {
			return refuse("%s：缺 fields.%s", "%s: fields.%s is missing", e.Kind, name)
		}
	}
	switch e.Kind {
	case "plan":
		if e.Fields["inspection"] != e.Inspection || e.Fields["round"] == e.Inspection {
			return refuse("计划的检查 %s 与事件所属的 %s 不符，或把自己写成了轮次", "the inspection planned, %s, is not the event's, %s, or is its own round", e.Fields["inspection"], e.Inspection)
		}
	case "judge":
		if slices.Contains(i.Results, e.Fields["result"]) {
			return refuse("结果 %s 已经记下", "the result %s is recorded already", e.Fields["result"])
		}
	case "acknowledge":
		if !slices.Contains(i.Unacknowledged, e.By) {
			return refuse("没有等待 %s 确认的反馈", "no feedback waits for %s to acknowledge it", e.By)
		}
	}
	return nil
}

// notNow says which steps the state allows.
func (i *Inspection) notNow(s step) *engine.Refusal {
	var zh, en []string
	for _, other := range steps {
		if slices.Contains(other.from, i.State) {
			zh, en = append(zh, other.zh), append(en, other.kind)
		}
	}
	w := i.State.Words()
	if i.State == 0 {
		w = engine.Words{ZH: "还没有计划", EN: "not planned yet"}
	}
	return &engine.Refusal{Words: engine.Words{
		ZH: "检查" + w.ZH + "，不能" + s.zh + "；可以：" + strings.Join(zh, "、"),
		EN: "the inspection is " + w.EN + " and can't take the step " + s.kind + "; possible are: " + strings.Join(en, ", "),
	}}
}

// ready says whether the tasks of a round, and the findings, let it go on.
func (i *Inspection) ready(kind string, facts Facts) error {
	s, _ := stepOf(kind)
	if i.Round == "" && s.tasks {
		for _, t := range facts.Tasks {
			if t.Round != i.ID || t.Scope != i.Scope {
				return refuse("任务 %s 不属于这一轮 %s", "the task %s is none of the round %s", t.ID, i.ID)
			}
			if t.State < s.to {
				w := t.State.Words()
				return &engine.Refusal{Words: engine.Words{ZH: "任务 " + t.ID + " 才到“" + w.ZH + "”，这一轮还不能" + s.zh, EN: "the task " + t.ID + " is only " + w.EN + "; the round can't take the step " + kind + " yet"}}
			}
		}
	}
	if kind != "follow_up" {
		return nil
	}
	for _, f := range facts.Findings {
		if f.State != "closed" && f.State != "withdrawn" {
			w := f.State.Words()
			return &engine.Refusal{Words: engine.Words{ZH: "问题 " + f.ID + "（" + f.String() + "）" + w.ZH + "，还没有关闭", EN: "the finding " + f.ID + " (" + f.String() + ") is " + w.EN + ", not closed yet"}}
		}
	}
	if len(i.Unacknowledged) > 0 {
		return refuse("%s 还没有确认收到反馈", "%s has not acknowledged the feedback yet", strings.Join(i.Unacknowledged, ", "))
	}
	return nil
}
