package run

import (
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// eventWords name what happened, by the kind of event.
var eventWords = map[string]engine.Words{
	"opened": {ZH: "判定发现", EN: "opened"}, "found": {ZH: "再次判定仍发现", EN: "found again"}, "cleared": {ZH: "再次判定不再发现", EN: "not found again"},
	"answer": {ZH: "答复整改", EN: "answered"}, "verify": {ZH: "验证", EN: "verified"}, "close": {ZH: "关闭", EN: "closed"}, "reopen": {ZH: "重开", EN: "reopened"},
	"withdraw": {ZH: "撤销", EN: "withdrawn"}, "appeal": {ZH: "申诉", EN: "appealed"}, "rule": {ZH: "裁定申诉", EN: "ruled"},
	"propose": {ZH: "提改进建议", EN: "proposed an improvement"}, "conclude": {ZH: "办结改进建议", EN: "concluded a proposal"},
	"feedback": {ZH: "反馈", EN: "fed back"}, "acknowledge": {ZH: "确认收到", EN: "acknowledged"}, "escalate": {ZH: "决定升级", EN: "decided on an escalation"},
	"attribute": {ZH: "认定责任方", EN: "named who answers"},
}

// fieldWords name what a person wrote, by the field of a command.
var fieldWords = map[string]string{
	"correction": "纠正", "cause": "原因", "prevention": "预防措施", "record": "记录", "finding": "问题事实", "owner": "负责人", "due": "完成期限", "evidence": "证据",
	"result": "结果", "method": "方式", "verification": "验证情况", "effectiveness": "有效性", "reason": "理由", "outcome": "结论", "grade": "等级", "judgement": "重新判定的结果",
	"improvement": "改进建议", "proposal": "所指建议", "to": "对象", "how": "方式", "feedback": "所指反馈",
}

// valueWords name the values of closed lists.
var valueWords = map[string]string{
	"effective": "有效", "ineffective": "无效", "on site": "现场验证", "by record": "记录验证", "upheld": "维持", "regraded": "改等级", "withdrawn": "撤销",
	"confirmed": "确认", "declined": "不升级", "observation": "观察项", "fail": "不合格", "major": "严重不合格",
}

// duty names a duty of a finding.
func (p *printer) duty(name string) string {
	if manner, ok := strings.CutPrefix(name, "verification "); ok {
		return p.pick(token.LookupKeyword(manner).In(checklang.Chinese), name)
	}
	return token.LookupKeyword(name).In(p.lang)
}

func (p *printer) duties(names []string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = p.duty(name)
	}
	return strings.Join(out, p.pick("、", ", "))
}

// at writes an instant in the zone of the standard, to the minute.
func (f *Folder) at(t time.Time) string { return t.In(f.Standard.Zone()).Format("2006-01-02 15:04") }

func what(x engine.Finding) string {
	label := x.Label
	if label == "" {
		label = x.Criterion
	}
	return strings.Join(slices.DeleteFunc([]string{x.Section, x.Part, x.Unit, label}, func(s string) bool { return s == "" }), " ")
}

// WriteFindings writes a list for reading, one finding on each line, with the
// first digits of its id.
func (f *Folder) WriteFindings(w io.Writer, l checklang.Lang, list FindingList) error {
	p := &printer{w: w, lang: l}
	overdue := 0
	for _, s := range list.Findings {
		x := s.Finding
		due := p.pick("没有期限", "no deadline")
		switch {
		case s.Overdue:
			overdue++
			due = p.pick("已逾期，期限 ", "overdue since ") + f.at(x.Due)
		case !x.Due.IsZero():
			due = p.pick("期限 ", "due ") + f.at(x.Due)
		case len(s.Outstanding) == 0:
			due = ""
		}
		p.line("%s", "%s", strings.TrimRight(pad(x.ID[:min(len(x.ID), 12)], 13)+pad(p.say(engine.OutcomeWords(x.Grade)), 13)+pad(p.say(x.State.Words()), 10)+
			pad(f.subjectName(x.Subject)+" "+x.Period, 20)+pad(what(x), 28)+due, " "))
	}
	p.line("截至 %s：%d 个问题，其中 %d 个逾期", "as of %s: %d findings, %d of them overdue", f.at(list.Now), len(list.Findings), overdue)
	return p.err
}

// WriteFinding writes one finding for reading: what it is, everything that
// happened, and what is left to do.
func (f *Folder) WriteFinding(w io.Writer, l checklang.Lang, s FindingStatus) error {
	p := &printer{w: w, lang: l}
	x := s.Finding
	p.line("问题 %s", "finding %s", x.ID)
	p.line("  %s　%s　%s", "  %s  %s  %s", f.subjectName(x.Subject), x.Period, what(x))
	grade := p.say(engine.OutcomeWords(x.Grade))
	if x.Judged != x.Grade {
		grade += p.pick("（判定为", " (judged ") + p.say(engine.OutcomeWords(x.Judged)) + p.pick("）", ")")
	}
	p.line("  等级 %s　状态 %s　第 %d 版", "  grade %s  state %s  version %d", grade, p.say(x.State.Words()), x.Version)
	for _, r := range x.Reasons {
		p.line("  %s", "  %s", engine.Text(l, r))
	}
	if len(x.Parties) > 0 {
		p.line("  责任方 %s", "  answered for by %s", parties(x.Parties))
	}
	if len(x.Repeats) > 0 {
		p.line("  重复出现：此前 %d 次，升级：%s", "  repeated: %d times before; escalation %s", len(x.Repeats), p.pick(map[string]string{"proposed": "待决定", "confirmed": "已确认", "declined": "不升级"}[x.Escalation], x.Escalation))
	}
	p.line("经过", "its life")
	for _, e := range x.Events {
		f.writeEvent(p, e)
	}
	if len(x.Results) > 1 {
		var ids []string
		for _, id := range x.Results {
			ids = append(ids, fmt.Sprintf("%.12s", id))
		}
		p.line("先后的判定结果 %s，全部保留", "results in order, all kept: %s", strings.Join(ids, p.pick("、", ", ")))
	}
	if len(s.Outstanding) > 0 {
		p.line("还要做 %s", "still to be done: %s", p.duties(s.Outstanding))
	}
	switch {
	case s.Overdue:
		p.line("已逾期，期限是 %s", "overdue since %s", f.at(x.Due))
	case !x.Due.IsZero():
		p.line("期限 %s", "due %s", f.at(x.Due))
	}
	if len(s.Allowed) > 0 {
		p.line("现在可以 %s", "possible now: %s", strings.Join(s.Allowed, ", "))
	}
	return p.err
}

func parties(list []engine.Party) string {
	out := make([]string, len(list))
	for i, x := range list {
		out[i] = x.Kind + ":" + x.ID
	}
	return strings.Join(out, ", ")
}

// WriteEvents writes events for reading, as they are taken into a log.
func (f *Folder) WriteEvents(w io.Writer, l checklang.Lang, log *FindingLog, events []engine.FindingEvent) error {
	p := &printer{w: w, lang: l}
	for _, e := range events {
		x := log.findings[e.Finding]
		p.line("%.12s　%s %s　%s", "%.12s  %s %s  %s", e.Finding, f.subjectName(x.Subject), x.Period, what(x))
		f.writeEvent(p, e)
	}
	p.line("记下 %d 个事件", "%d events recorded", len(events))
	return p.err
}

func (f *Folder) writeEvent(p *printer, e engine.FindingEvent) {
	var said []string
	if e.Grade != 0 && e.Fields["grade"] == "" {
		said = append(said, p.say(engine.OutcomeWords(e.Grade)))
	}
	if e.Kind != "opened" { // its fields are the finding itself
		for _, name := range slices.Sorted(maps.Keys(e.Fields)) {
			value := e.Fields[name]
			if zh, ok := valueWords[value]; ok {
				value = p.pick(zh, value)
			} else if name == "proposal" || name == "feedback" {
				value = fmt.Sprintf("%.12s", value)
			}
			said = append(said, p.pick(fieldWords[name]+"：", name+": ")+value)
		}
	}
	if len(e.Parties) > 0 {
		said = append(said, parties(e.Parties))
	}
	for _, a := range e.Attachments {
		said = append(said, strings.TrimSpace(p.pick("附件 ", "attachment ")+a.Name+fmt.Sprintf(" %.12s", a.SHA256)))
	}
	if e.Result != "" {
		said = append(said, fmt.Sprintf(p.pick("结果 %.12s", "result %.12s"), e.Result))
	}
	for _, duty := range slices.Sorted(maps.Keys(e.Deadlines)) {
		said = append(said, p.duty(duty)+p.pick("期限 ", " due ")+f.at(e.Deadlines[duty]))
	}
	words := eventWords[e.Kind]
	p.line("  %d　%s　%s %s%s", "  %d  %s  %s by %s%s", e.Seq, f.at(e.At), p.pick(e.By, words.EN), p.pick(words.ZH, e.By), strings.TrimRight(p.pick("　", "  ")+strings.Join(said, p.pick("；", "; ")), " 　"))
	if e.Kind == "propose" || e.Kind == "feedback" {
		p.line("      编号 %s", "      id %s", e.ID)
	}
}
