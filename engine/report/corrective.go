package report

import (
	"io"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// CorrectiveActionSchema is the name of the JSON document of a
// CorrectiveActionDocument.
const CorrectiveActionSchema = "pinjian/corrective-action/1"

// CorrectiveActionDocument is the corrective and preventive action report
// (纠正与预防措施报告) of one finding, filled in as far as its events tell; what
// they don't is empty, and a line to write on in the page. Its JSON says all
// that the page says; only one that CorrectiveAction made can be written as a
// page. Instants are in UTC.
type CorrectiveActionDocument struct {
	Schema       string              `json:"schema"`
	Lang         token.Lang          `json:"lang"`
	Organisation string              `json:"organisation,omitempty"`
	Number       string              `json:"number,omitempty"`
	Date         string              `json:"date,omitempty"` // 2026-11-23
	Finding      string              `json:"finding"`        // the id
	Subject      string              `json:"subject"`        // the id
	Addressee    string              `json:"addressee"`
	Section      string              `json:"section,omitempty"`
	Item         string              `json:"item,omitempty"`
	Unit         string              `json:"unit,omitempty"`
	Period       string              `json:"period"`
	Title        string              `json:"title"` // of the standard, with its version
	Standard     engine.Ref          `json:"standard"`
	Grade        engine.Outcome      `json:"grade"`
	Words        string              `json:"words"` // the grade
	Label        string              `json:"label,omitempty"`
	Reasons      []string            `json:"reasons,omitempty"`
	State        engine.FindingState `json:"state"`
	Opened       time.Time           `json:"opened"`
	Due          time.Time           `json:"due,omitzero"`
	Parties      []engine.Party      `json:"parties,omitempty"`

	// Fields are the fields of the report by the names that commands have:
	// finding, cause, correction, prevention, owner, due, evidence, and from
	// the verification that followed, verification, effectiveness, result and
	// method. Verifier and Verified say who verified, and when.
	Fields      map[string]string   `json:"fields"`
	Attachments []engine.Attachment `json:"attachments,omitempty"`
	Verifier    string              `json:"verifier,omitempty"`
	Verified    time.Time           `json:"verified,omitzero"`
	// Rounds are the answers and verifications that a later reopening set
	// aside, in order.
	Rounds     []CorrectiveRound `json:"rounds,omitempty"`
	Signatures []string          `json:"signatures,omitempty"`

	terms *terms
}

// CorrectiveRound is one step of a round that was not enough: an answer, a
// verification, a closing, or why the finding was reopened.
type CorrectiveRound struct {
	Kind        string              `json:"kind"` // answer, verify, close or reopen
	By          string              `json:"by"`
	At          time.Time           `json:"at"`
	Fields      map[string]string   `json:"fields,omitempty"`
	Attachments []engine.Attachment `json:"attachments,omitempty"`
}

// CorrectiveAction makes the report of a finding, of whatever grade. The error
// is a *engine.Refusal for a finding of another standard or of none.
func CorrectiveAction(s *engine.Standard, f engine.Finding, o Options) (*CorrectiveActionDocument, error) {
	t, err := newTerms(s, o)
	if err != nil {
		return nil, err
	}
	if f.ID == "" || f.Standard != s.Ref().Standard {
		return nil, refused("问题 %s 属于标准“%s”，不是本标准", "corrective action: the finding %s is of the standard %q, not of this one", f.ID, f.Standard)
	}
	o = t.options
	d := &CorrectiveActionDocument{
		Schema: CorrectiveActionSchema, Lang: o.Lang, Organisation: o.Organisation, Number: o.Number, Finding: f.ID, Subject: f.Subject, Addressee: o.Addressee,
		Section: f.Section, Item: f.Item, Unit: f.Unit, Period: f.Period, Title: t.title(), Standard: s.Ref(), Grade: f.Grade, Words: t.outcome(f.Grade),
		Label: f.Label, State: f.State, Opened: f.Opened, Due: f.Due, Parties: f.Parties, Fields: map[string]string{}, Attachments: f.Attachments,
		Signatures: o.Signatures, terms: t,
	}
	if o.Date.Valid() {
		d.Date = o.Date.String()
	}
	if d.Addressee == "" {
		d.Addressee = t.name(f.Subject)
	}
	for _, r := range f.Reasons {
		d.Reasons = append(d.Reasons, t.reason(r))
	}
	for k, v := range f.Answer {
		d.Fields[k] = v
	}
	d.events(f.Events)
	return d, nil
}

// events finds the verification that holds, and what was set aside.
func (d *CorrectiveActionDocument) events(events []engine.FindingEvent) {
	var round []CorrectiveRound
	var verified *engine.FindingEvent
	for i := range events {
		e := &events[i]
		switch e.Kind {
		case "answer", "close":
			round = append(round, CorrectiveRound{Kind: e.Kind, By: e.By, At: e.At, Fields: e.Fields, Attachments: e.Attachments})
		case "verify", "reopen":
			round = append(round, CorrectiveRound{Kind: e.Kind, By: e.By, At: e.At, Fields: e.Fields, Attachments: e.Attachments})
			if verified = e; e.Kind == "reopen" || e.Fields["result"] == "ineffective" {
				d.Rounds, round, verified = append(d.Rounds, round...), nil, nil
			}
		}
	}
	// A judgement or a ruling can also reopen a finding, which ends a round
	// when its answer is gone.
	if len(d.Fields) == 0 && len(d.Attachments) == 0 && slices.ContainsFunc(round, func(r CorrectiveRound) bool { return r.Kind == "answer" }) {
		d.Rounds, verified = append(d.Rounds, round...), nil
	}
	if verified != nil {
		for _, name := range []string{"verification", "effectiveness", "result", "method"} {
			if v := verified.Fields[name]; v != "" {
				d.Fields[name] = v
			}
		}
		d.Verifier, d.Verified = verified.By, verified.At
		d.Attachments = append(slices.Clone(d.Attachments), verified.Attachments...)
	}
}

// WriteHTML writes the report as one file for A4 paper and for screens of any
// width. An error of Options.Photos ends it.
func (d *CorrectiveActionDocument) WriteHTML(w io.Writer) error {
	t := d.terms
	if t == nil {
		return refused("从 JSON 读来的报告没有标准，请用 CorrectiveAction 重新生成", "corrective action: a report that was read from JSON has no standard; make it again with CorrectiveAction")
	}
	p := newPage(t.options, t.pick("纠正与预防措施报告", "Corrective and preventive action report"), false)
	p.issue()
	where := t.unit(d.Unit)
	if d.Unit == "" {
		where = t.pick("受检单位整体", "the inspected unit as a whole")
	}
	item := t.item(d.Item)
	if d.Section != "" {
		item = d.Section
	}
	var parties []string
	for _, x := range d.Parties {
		parties = append(parties, t.party(x))
	}
	p.fields([]field{
		textField(t.pick("受检单位", "Inspected unit"), d.Addressee), textField(t.pick("发生在", "Where"), where),
		textField(t.pick("检查项", "Item"), item), textField(t.pick("期间", "Period"), d.Period),
		{Name: t.pick("等级", "Grade"), Value: cell(styled(d.Words, gradeStyle(d.Grade)))},
		textField(t.pick("状态", "State"), t.say(d.State.Words())),
		textField(t.pick("提出时间", "Opened"), t.moment(d.Opened)), textField(t.pick("整改期限", "To be done by"), t.moment(d.Due)),
		textField(t.pick("责任方", "Answerable"), t.join(parties)), textField(t.pick("检查标准", "Standard"), d.Title),
		{Name: t.pick("问题编号", "Finding"), Value: cell(styled(d.Finding, Muted)), Wide: true},
	})
	if err := d.form(p); err != nil {
		return err
	}
	if err := d.history(p); err != nil {
		return err
	}
	p.signatures(t.pick("责任部门负责人", "Head of the responsible department"), t.pick("措施责任人", "Owner of the measures"),
		t.pick("验证人", "Verified by"), t.pick("检查组织部门负责人", "Head of the inspecting department"))
	return p.end(w)
}

// form is what the regulation wants of the report, each filled in or blank.
func (d *CorrectiveActionDocument) form(p *page) error {
	t := d.terms
	found := cell(plain(d.Fields["finding"]))
	if len(found) == 0 {
		found = cell(plain(d.Label))
	}
	for _, r := range d.Reasons {
		found = append(found, styled(r, Muted))
	}
	wide := func(zh, en, name string, lines int) field {
		return field{Name: t.pick(zh, en), Value: multiline(d.Fields[name]), Lines: lines, Wide: true}
	}
	list := []field{
		{Name: t.pick("问题", "Finding"), Value: found, Lines: 3, Wide: true},
		wide("原因分析", "Cause", "cause", 4),
		wide("纠正措施", "Correction", "correction", 4),
		wide("预防措施", "Prevention", "prevention", 4),
		textField(t.pick("责任人", "Owner"), t.name(d.Fields["owner"])), textField(t.pick("完成期限", "Due"), d.Fields["due"]),
		wide("完成证据", "Evidence", "evidence", 2),
	}
	if d.Fields["record"] != "" {
		list = append(list, wide("处理记录", "Record", "record", 1))
	}
	p.fields(list)
	if err := p.photos(d.Attachments); err != nil {
		return err
	}
	choice := func(field string, names ...string) Cell {
		var spans Line
		for _, n := range names {
			box := "□ "
			if d.Fields[field] == n {
				box = "☑ "
			}
			spans = append(spans, Span{Text: box + t.say(closedWords[n]) + t.pick("　", "   ")})
		}
		return Cell{spans}
	}
	p.fields([]field{
		{Name: t.pick("验证方式", "Manner of verification"), Value: choice("method", "on site", "by record")},
		{Name: t.pick("验证结果", "Result"), Value: choice("result", "effective", "ineffective")},
		wide("验证情况", "Verification", "verification", 3),
		wide("有效性评价", "Effectiveness", "effectiveness", 3),
		textField(t.pick("验证人", "Verified by"), t.name(d.Verifier)), textField(t.pick("验证时间", "Verified at"), t.moment(d.Verified)),
	})
	return nil
}

// closedWords are the answers that a verification chooses from.
var closedWords = map[string]engine.Words{
	"effective": {ZH: "有效", EN: "effective"}, "ineffective": {ZH: "无效", EN: "ineffective"},
	"on site": {ZH: "现场验证", EN: "on site"}, "by record": {ZH: "记录验证", EN: "by record"},
}

// multiline is a text of several lines as a cell, nil for none.
func multiline(text string) Cell {
	var out Cell
	for l := range strings.Lines(text) {
		if l = strings.TrimRight(l, "\r\n"); l != "" {
			out = append(out, plain(l))
		}
	}
	return out
}

// history tells the rounds that were not enough.
func (d *CorrectiveActionDocument) history(p *page) error {
	if len(d.Rounds) == 0 {
		return nil
	}
	t := d.terms
	p.heading(2, t.pick("以前各轮的整改", "Earlier rounds"))
	kinds := map[string]engine.Words{
		"answer": {ZH: "答复", EN: "answered"}, "verify": {ZH: "验证", EN: "verified"}, "close": {ZH: "关闭", EN: "closed"}, "reopen": {ZH: "重开", EN: "reopened"},
	}
	names := []struct{ name, zh, en string }{
		{"finding", "问题", "finding"},
		{"cause", "原因分析", "cause"},
		{"correction", "纠正措施", "correction"},
		{"prevention", "预防措施", "prevention"},
		{"owner", "责任人", "owner"},
		{"due", "完成期限", "due"},
		{"evidence", "完成证据", "evidence"},
		{"record", "处理记录", "record"},
		{"result", "验证结果", "result"},
		{"method", "验证方式", "manner"},
		{"verification", "验证情况", "verification"},
		{"effectiveness", "有效性评价", "effectiveness"},
		{"reason", "理由", "reason"},
	}
	table := &Table{Columns: []Column{{Title: t.pick("时间", "When"), Width: 18}, {Title: t.pick("步骤", "Step"), Width: 12}, {Title: t.pick("何人", "Who"), Width: 16}, {Title: t.pick("内容", "What"), Width: 54}}}
	var attached []engine.Attachment
	for _, r := range d.Rounds {
		var lines []Line
		for _, n := range names {
			if v := r.Fields[n.name]; v != "" {
				if w, ok := closedWords[v]; ok && (n.name == "result" || n.name == "method") {
					v = t.say(w)
				}
				lines = append(lines, plain(t.pick(n.zh, n.en)+t.colon()+v))
			}
		}
		attached = append(attached, r.Attachments...)
		table.Rows = append(table.Rows, Row{Cells: []Cell{cell(plain(t.moment(r.At))), cell(plain(t.say(kinds[r.Kind]))), cell(plain(t.name(r.By))), cell(lines...)}})
	}
	p.table(table)
	return p.photos(attached)
}
