package engine

import (
	"encoding/json"
	"iter"
	"maps"
	"slices"
	"time"

	"github.com/pinjian/pinjian/engine/internal/eventlog"
)

// The kinds of events that a result brings.
const (
	findingOpened  = "opened"
	findingFound   = "found"
	findingCleared = "cleared"
)

// Fold rebuilds a finding from all its events, which may come in any order and
// more than once; every prefix of a finding's events is a finding too. A gap,
// an event of another finding, and one that could not have followed are a
// *Refusal that names it; two bodies for one Seq are one whose cause is a
// *ConflictError.
func Fold(events iter.Seq[FindingEvent]) (Finding, error) {
	ordered, fault := eventlog.Order(events, func(e FindingEvent) eventlog.Entry {
		return eventlog.Entry{Stream: e.Finding, ID: e.ID, Seq: e.Seq, Body: e.body()}
	})
	if fault != nil {
		return Finding{}, refuseLog(fault)
	}
	var f Finding
	for i := range ordered {
		if err := f.follow(ordered[i].copy()); err != nil {
			return Finding{}, &Refusal{Err: err, Words: Words{
				"事件 " + ordered[i].ID + " 接不上：" + wordsOf(err).ZH,
				"event " + ordered[i].ID + " can't follow: " + wordsOf(err).EN,
			}}
		}
	}
	return f, nil
}

// refuseLog puts a fault of a log into words.
func refuseLog(f *eventlog.Fault) error {
	switch f.Problem {
	case eventlog.Empty:
		return refused("没有事件，也就没有可重建的对象", "there are no events, so there is nothing to rebuild")
	case eventlog.Mixed:
		return refused("事件 %s 不属于 %s；请按对象分开再重建", "event %s is not one of %s; sort the events by what they belong to first", f.Second, f.Stream)
	case eventlog.Unnumbered:
		return refused("事件 %s 的 seq 是 %d，应从 1 起", "event %s has seq %d; they count from 1", f.First, f.Seq)
	case eventlog.Clash:
		conflict := &ConflictError{Stream: f.Stream, Seq: f.Seq, First: f.First, Second: f.Second}
		return &Refusal{Err: conflict, Words: refusalWords(
			"%[1]s 的第 %[2]d 个事件有两个：%[3]s 和 %[4]s；只能保留一个", "%[1]s has two events with seq %[2]d, %[3]s and %[4]s; only one can be kept", f.Stream, f.Seq, f.First, f.Second)}
	case eventlog.Twice:
		return refused("事件 %s 占了两个位置，第一个是 %d", "event %s stands at two places, the first is %d", f.First, f.Seq)
	}
	return refused("%s 缺第 %d 个事件，后面却有 %s；请把缺的取来", "%s has no event with seq %d, but %s follows it; fetch the missing one", f.Stream, f.Seq, f.Second)
}

// refusalWords fills the same arguments into a sentence of each language.
func refusalWords(zh, en string, args ...any) Words { return wordsOf(refused(zh, en, args...)) }

// wordsOf are the words of an error in both languages, as far as it has them.
func wordsOf(err error) Words {
	if r, ok := err.(*Refusal); ok { //nolint:errorlint // the outermost words are meant
		return r.Words
	}
	return Words{err.Error(), err.Error()}
}

// body is everything that an event says, equal for equal events: instants in
// UTC, as databases give them back in zones of their own.
func (e FindingEvent) body() string {
	e = e.copy()
	data, err := json.Marshal(&e)
	if err != nil {
		return "unreadable: " + err.Error() // an instant beyond the year 9999; follow refuses it
	}
	return string(data)
}

// copy shares no map or slice that a caller could change, and is in UTC.
func (e FindingEvent) copy() FindingEvent {
	e.At = e.At.Round(0).UTC()
	e.Fields, e.Deadlines = maps.Clone(e.Fields), maps.Clone(e.Deadlines)
	for duty, at := range e.Deadlines {
		e.Deadlines[duty] = at.Round(0).UTC()
	}
	if len(e.Fields) == 0 {
		e.Fields = nil
	}
	if len(e.Deadlines) == 0 {
		e.Deadlines = nil
	}
	e.Attachments, e.Parties = slices.Clone(e.Attachments), slices.Clone(e.Parties)
	e.Reasons, e.Repeats, e.Duties = slices.Clone(e.Reasons), slices.Clone(e.Repeats), slices.Clone(e.Duties)
	return e
}

// follow checks that an event may come next, and takes it in.
func (f *Finding) follow(e FindingEvent) error {
	if e.Schema != FindingEventSchema {
		return refused("schema 是 %s，本版本只读 %s", "its schema is %s; this release reads %s", shown(e.Schema), FindingEventSchema)
	}
	if e.ID == "" || e.Finding == "" {
		return refused("事件缺 id 或 finding", "it lacks its id or its finding")
	}
	switch e.Kind {
	case findingOpened, findingFound, findingCleared:
		if err := f.judgedBy(&e); err != nil {
			return err
		}
	default:
		step, ok := findingStepOf(e.Kind)
		if !ok {
			return refused("没有叫 %s 的步骤", "there is no step %s", shown(e.Kind))
		}
		if err := f.takes(step, &e); err != nil {
			return err
		}
	}
	f.apply(e)
	return nil
}

// judgedBy checks an event of a result.
func (f *Finding) judgedBy(e *FindingEvent) error {
	if err := named(e.Kind, e.By, e.At); err != nil {
		return err
	}
	switch {
	case (e.Kind == findingOpened) != (f.Version == 0):
		return refused("第一个事件必须是 opened，而且只有第一个是", "the first event must be opened, and no other can be")
	case e.Result == "":
		return refused("%s 没有写明来自哪个结果（result）", "%s does not name its result", e.Kind)
	case e.Kind != findingCleared && (e.Grade < Observation || e.Grade > Major):
		return refused("%s 的等级不能是 %s", "%s can't have the grade %s", e.Kind, e.Grade.String())
	case e.Kind == findingCleared && !slices.Contains(activeFindings, f.State):
		return f.notNow(findingStep{kind: e.Kind, zh: "因重新判定而撤销"})
	}
	if e.Kind == findingOpened {
		opened := findingFromFields(e.Fields)
		if id := opened.identity(); id != e.Finding {
			return refused("问题的编号应是 %s，写的是 %s", "the finding's id should be %s, not %s", id, e.Finding)
		}
	}
	return nil
}

// takes checks an event of a command, or a command put into one.
func (f *Finding) takes(step findingStep, e *FindingEvent) error {
	if f.Version == 0 {
		return refused("第一个事件必须是 opened，不能是 %s", "the first event must be opened, not %s", step.kind)
	}
	if err := e.wellFormed(step); err != nil {
		return err
	}
	if e.At.Before(f.Opened) {
		return refused("%s 的时间早于问题打开的 %s；请核对设备的时钟", "%s is dated before the finding was opened at %s; check the clock of the device", e.Kind, f.Opened.Format(time.RFC3339))
	}
	if err := f.permits(step, e.By); err != nil {
		return err
	}
	return f.agrees(e)
}

// grade changes the grade and what it obliges to; what was answered stays, and
// decides whether the finding is answered now.
func (f *Finding) grade(to Outcome, duties []string) {
	f.Grade, f.Duties = to, duties
	done := f.answeredAll()
	switch f.State {
	case findingAnswered, findingVerified, findingClosed:
		if !done {
			f.State = findingReopened
		}
	case findingOpen, findingReopened:
		if done {
			f.State = findingAnswered
		}
	}
}

// answeredAll says whether an answer was given that meets all duties that
// answering meets.
func (f *Finding) answeredAll() bool {
	for _, duty := range f.Duties {
		if len(lacking(duty, f.Answer, f.Attachments)) > 0 {
			return false
		}
	}
	return len(f.Answer)+len(f.Attachments) > 0
}

// ruled says whether a person decided the grade; judging again then changes it
// no more.
func (f *Finding) ruled() bool {
	return slices.ContainsFunc(f.Events, func(e FindingEvent) bool {
		return (e.Kind == "rule" && e.Fields["outcome"] != "withdrawn") || (e.Kind == "escalate" && e.Fields["grade"] != "")
	})
}

// apply takes in an event that may follow.
func (f *Finding) apply(e FindingEvent) {
	state, grade := f.State, f.Grade
	// A round ends when the finding is reopened after an answer; its answers
	// stay in the events.
	restart := func() { f.State, f.Answer, f.Attachments = findingReopened, nil, nil }
	switch e.Kind {
	case findingOpened:
		*f = findingFromFields(e.Fields)
		f.State, f.Grade, f.Judged, f.Duties, f.Opened = findingOpen, e.Grade, e.Grade, e.Duties, e.At
		f.Parties, f.Reasons, f.Repeats = e.Parties, e.Reasons, e.Repeats
		if len(e.Repeats) > 0 {
			f.Escalation = "proposed"
		}
	case findingFound:
		f.Judged, f.Reasons = e.Grade, e.Reasons
		if f.State == findingWithdrawn && f.clearedLast() {
			restart()
		}
		if slices.Contains(activeFindings, f.State) && !f.ruled() && f.Grade != e.Grade {
			f.grade(e.Grade, e.Duties)
		}
	case findingCleared:
		f.State, f.Appeal = findingWithdrawn, ""
	case "answer":
		f.answer(e)
	case "verify":
		if f.State = findingVerified; e.Fields["result"] == "ineffective" {
			restart()
		}
	case "close":
		f.State = findingClosed
	case "reopen":
		restart()
	case "withdraw":
		f.State, f.Appeal = findingWithdrawn, ""
	case "appeal":
		f.Appeal = e.ID
	case "rule":
		f.Appeal = ""
		if e.Fields["outcome"] == "withdrawn" {
			f.State = findingWithdrawn
		}
	case "escalate":
		f.Escalation = e.Fields["outcome"]
	case "attribute":
		f.Parties = e.Parties
	}
	if (e.Kind == "rule" || e.Kind == "escalate") && e.Fields["grade"] != "" {
		f.grade(outcomeNamed(e.Fields["grade"]), e.Duties)
	}
	for _, result := range []string{e.Result, e.Fields["judgement"]} {
		if result != "" && !slices.Contains(f.Results, result) {
			f.Results = append(f.Results, result)
		}
	}
	if f.State != state || f.Grade != grade {
		f.Deadlines = e.Deadlines
	}
	f.ID, f.Version = e.Finding, e.Seq
	f.Events = append(f.Events, e)
	f.Due = f.due()
}

// answer takes in what an answer says, and is answered when nothing is left.
func (f *Finding) answer(e FindingEvent) {
	merged := maps.Clone(f.Answer)
	if merged == nil {
		merged = map[string]string{}
	}
	maps.Copy(merged, e.Fields)
	f.Answer = merged
	f.Attachments = slices.Concat(f.Attachments, e.Attachments)
	f.Correctors = slices.Clone(f.Correctors)
	for _, who := range []string{e.By, e.Fields["owner"]} {
		if who != "" && !slices.Contains(f.Correctors, who) {
			f.Correctors = append(f.Correctors, who)
		}
	}
	if f.answeredAll() {
		f.State = findingAnswered
	}
}

// clearedLast says whether judging again withdrew the finding, and not a
// person.
func (f *Finding) clearedLast() bool {
	for _, e := range slices.Backward(f.Events) {
		switch {
		case e.Kind == findingCleared:
			return true
		case e.Kind == "withdraw", e.Kind == "rule":
			return false
		}
	}
	return false
}

// outcomeNamed reads a grade that a closed list has checked.
func outcomeNamed(name string) Outcome {
	var o Outcome
	if o.UnmarshalText([]byte(name)) != nil {
		return 0
	}
	return o
}

// fields writes the identity of a finding and its label, as its first event
// carries them.
func (f *Finding) fields() map[string]string {
	out := map[string]string{
		"scope": f.Scope, "standard": f.Standard, "section": f.Section, "item": f.Item, "part": f.Part, "criterion": f.Criterion,
		"subject": f.Subject, "unit": f.Unit, "period": f.Period, "label": f.Label,
	}
	maps.DeleteFunc(out, func(_, v string) bool { return v == "" })
	return out
}

// findingFromFields reads what fields writes.
func findingFromFields(m map[string]string) Finding {
	return Finding{
		Scope: m["scope"], Standard: m["standard"], Section: m["section"], Item: m["item"], Part: m["part"], Criterion: m["criterion"],
		Subject: m["subject"], Unit: m["unit"], Period: m["period"], Label: m["label"],
	}
}
