package report

import (
	"fmt"
	"io"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// AppraisalSchema is the name of the JSON document of an AppraisalDocument.
const AppraisalSchema = "pinjian/appraisal-list/1"

// AppraisalRequest is what appraisal lists tell: the findings of a period and
// who answers for them.
type AppraisalRequest struct {
	Findings []engine.Finding
	Results  []*engine.Result // for the points that were deducted; may be nil
	Period   engine.Period    // findings of periods that end in it; the zero Period: all
	Tier     string
	AsOf     time.Time // when the state of the findings was taken
	Subjects []engine.Subject
	// Kinds are the kinds of parties listed, in order; nil means "department",
	// "person" and "supplier", and after them any other that findings name.
	Kinds []string
}

// AppraisalDocument is lists for appraisal (考核清单): for every department,
// person, supplier or party of another kind, the findings that it answers for.
// It states what was found and draws no conclusion: how results are used is for
// those to decide who appraise. Only a document that Appraisal made can be
// written as a page. Instants are in UTC.
type AppraisalDocument struct {
	Schema       string          `json:"schema"`
	Lang         token.Lang      `json:"lang"`
	Organisation string          `json:"organisation,omitempty"`
	Number       string          `json:"number,omitempty"`
	Date         string          `json:"date,omitempty"` // 2026-11-23
	Addressee    string          `json:"addressee,omitempty"`
	Title        string          `json:"title"` // of the standard, with its version
	Standard     engine.Ref      `json:"standard"`
	Tier         string          `json:"tier,omitempty"`
	Period       string          `json:"period,omitempty"`
	AsOf         time.Time       `json:"as_of,omitzero"`
	Lists        []AppraisalList `json:"lists"`
	Signatures   []string        `json:"signatures,omitempty"`

	terms  *terms
	period engine.Period
}

// AppraisalList is the parties of one kind. Unnamed are the findings for which
// nobody of the kind is named.
type AppraisalList struct {
	Kind    string            `json:"kind"`
	Parties []AppraisalParty  `json:"parties"`
	Unnamed []ReportedFinding `json:"unnamed,omitempty"`
}

// AppraisalParty is one party with its figures, the findings that it answers
// for, and the points that the standard's deductions took where those are,
// each place once and before any limit; nil where no result tells.
type AppraisalParty struct {
	Party    engine.Party      `json:"party"`
	Row      FigureRow         `json:"row"`
	Points   *engine.Number    `json:"points,omitempty"`
	Findings []ReportedFinding `json:"findings"`
}

// Appraisal makes the lists. Findings that were withdrawn are left out. The
// error is a *engine.Refusal.
func Appraisal(s *engine.Standard, r AppraisalRequest, o Options) (*AppraisalDocument, error) {
	t, err := newTerms(s, o)
	if err != nil {
		return nil, err
	}
	t.named(r.Subjects)
	d := &AppraisalDocument{
		Schema: AppraisalSchema, Lang: t.options.Lang, Organisation: o.Organisation, Number: o.Number, Addressee: o.Addressee, Title: t.title(),
		Standard: s.Ref(), Tier: r.Tier, Period: r.Period.Name, AsOf: r.AsOf.UTC(), Lists: []AppraisalList{}, Signatures: o.Signatures, terms: t, period: r.Period,
	}
	if r.AsOf.IsZero() {
		d.AsOf = time.Time{}
	}
	if o.Date.Valid() {
		d.Date = o.Date.String()
	}
	b := &appraisalBuilder{terms: t, request: r, deducted: deductions(r.Results)}
	for _, f := range t.sorted(r.Findings) {
		if f.State != "withdrawn" && b.inPeriod(f.Period) {
			b.findings = append(b.findings, f)
		}
	}
	for _, kind := range b.kinds() {
		list, err := b.list(kind)
		if err != nil {
			return nil, err
		}
		d.Lists = append(d.Lists, list)
	}
	return d, nil
}

type appraisalBuilder struct {
	*terms
	request  AppraisalRequest
	findings []engine.Finding
	deducted map[string]*big.Rat
}

// inPeriod says whether the last day of a finding's period lies in the
// request's.
func (b *appraisalBuilder) inPeriod(name string) bool {
	if b.request.Period.Start.IsZero() {
		return true
	}
	p, err := engine.ParsePeriod(name, b.request.Period.Start.Location())
	return err == nil && !p.End.After(b.request.Period.End) && p.End.After(b.request.Period.Start)
}

func (b *appraisalBuilder) kinds() []string {
	if b.request.Kinds != nil {
		return b.request.Kinds
	}
	out := []string{"department", "person", "supplier"}
	more := map[string]bool{}
	for _, f := range b.findings {
		for _, p := range f.Parties {
			if !slices.Contains(out, p.Kind) {
				more[p.Kind] = true
			}
		}
	}
	return append(out, sorted(more)...)
}

// where is the place of a deduction or finding.
func where(subject, part, unit, period string) string {
	return strings.Join([]string{subject, part, unit, period}, "\x00")
}

// deductions are the points that deductions took, by place; a place that was
// judged and lost none is 0.
func deductions(results []*engine.Result) map[string]*big.Rat {
	out := map[string]*big.Rat{}
	for _, r := range results {
		for i := range r.Verdicts {
			v := &r.Verdicts[i]
			if v.Level != "unit" && v.Level != "part" {
				continue
			}
			at := where(v.Subject, v.Part, v.Unit, v.Period)
			for _, reason := range v.Reasons {
				if reason.Key == "deduction" && reason.Points != nil {
					if out[at] == nil {
						out[at] = new(big.Rat)
					}
					out[at].Add(out[at], reason.Points.Rat())
				}
			}
		}
	}
	return out
}

func (b *appraisalBuilder) list(kind string) (AppraisalList, error) {
	out := AppraisalList{Kind: kind, Parties: []AppraisalParty{}}
	by := []string{kind}
	if f := b.request.Period.Frequency(); f != 0 {
		by = append(by, f.String())
	}
	sum, err := engine.NewSummary(engine.SummaryOptions{By: by, AsOf: b.asOf(), Standard: b.standard})
	if err != nil {
		return out, err
	}
	of := map[string][]engine.Finding{}
	for _, f := range b.findings {
		if err := sum.AddFinding(f); err != nil {
			return out, err
		}
		named := map[string]bool{}
		for _, p := range f.Parties {
			if p.Kind == kind && !named[p.ID] {
				named[p.ID] = true
				of[p.ID] = append(of[p.ID], f)
			}
		}
		if len(named) == 0 {
			out.Unnamed = append(out.Unnamed, b.told(f))
		}
	}
	for r := range sum.Rows() {
		id := r.Key[0]
		if len(of[id]) == 0 {
			continue
		}
		party := AppraisalParty{Party: engine.Party{Kind: kind, ID: id}, Row: FigureRow{Key: id, Title: b.name(id), Figures: map[string]Figure{}}, Findings: []ReportedFinding{}}
		for _, name := range appraisalFigures {
			party.Row.Figures[name] = Figure{r.Figure(name), whole(r.Count(name))}
		}
		places := map[string]bool{}
		points := new(big.Rat)
		known := false
		for _, f := range of[id] {
			party.Findings = append(party.Findings, b.told(f))
			at := where(f.Subject, f.Part, f.Unit, f.Period)
			if took := b.deducted[at]; took != nil && !places[at] {
				places[at], known = true, true
				points.Add(points, took)
			}
		}
		if known {
			n := engine.NumberOf(points)
			party.Points = &n
		}
		out.Parties = append(out.Parties, party)
	}
	return out, nil
}

// asOf is the instant of the state; one long gone where none is given would
// refuse the findings, so it is the latest of their events.
func (b *appraisalBuilder) asOf() time.Time {
	at := b.request.AsOf
	if !at.IsZero() {
		return at
	}
	for _, f := range b.findings {
		for _, e := range f.Events {
			if e.At.After(at) {
				at = e.At
			}
		}
	}
	return at
}

// told is a finding with what was deducted at its place.
func (b *appraisalBuilder) told(f engine.Finding) ReportedFinding {
	out := b.reported(f, b.request.AsOf)
	if took := b.deducted[where(f.Subject, f.Part, f.Unit, f.Period)]; took != nil {
		n := engine.NumberOf(took)
		out.Points = &n
	}
	return out
}

var appraisalFigures = []string{
	"finding.standing", "finding.major", "finding.fail", "finding.observation", "finding.repeat", "finding.overdue", "finding.due", "finding.rectified",
}

// kindWords names a kind of party in a heading.
func (t *terms) kindWords(kind string) string {
	switch kind {
	case "department":
		return t.pick("责任部门", "Departments")
	case "person":
		return t.pick("责任人", "Persons")
	case "supplier":
		return t.pick("供应商", "Suppliers")
	}
	return kind
}

// WriteHTML writes the lists as one file for A4 paper and for screens of any
// width.
func (d *AppraisalDocument) WriteHTML(out io.Writer) error {
	t := d.terms
	if t == nil {
		return refused("从 JSON 读来的考核清单没有标准，请用 Appraisal 重新生成", "appraisal list: one that was read from JSON has no standard; make it again with Appraisal")
	}
	w := &monthlyWriter{page: newPage(t.options, t.pick("考核清单", "Appraisal lists"), false), MonthlyDocument: &MonthlyDocument{terms: t}}
	w.issue()
	period := ""
	if d.Period != "" {
		period = t.period(d.period)
	}
	w.fields([]field{
		textField(t.pick("提供给", "For"), d.Addressee), textField(t.pick("期间", "Period"), period),
		textField(t.pick("检查标准", "Standard"), d.Title), textField(t.pick("问题状态截至", "Findings as of"), t.moment(d.AsOf)),
	})
	w.paragraph(styled(t.pick("本清单只列事实：各责任部门、责任人、供应商名下没有撤销的问题。如何运用于考核，由使用单位自行确定。一个问题有几个责任方时，各方名下都列出。扣分是所在处命中的扣分条款之和，未计封顶。",
		"These lists state facts only: the findings not withdrawn that each department, person and supplier answers for. How they are used in appraisal is for those to decide who appraise. A finding with several parties is listed under each. Points are the sum of the deductions at its place, before any limit."), Muted))
	for _, list := range d.Lists {
		d.list(w, list)
	}
	w.signatures(t.pick("编制", "Prepared by"), t.pick("审核", "Reviewed by"), t.pick("考核部门", "Appraising department"))
	return w.end(out)
}

// WriteText writes the lists for a terminal, a line for every finding.
func (d *AppraisalDocument) WriteText(out io.Writer) error {
	t := d.terms
	if t == nil {
		return refused("从 JSON 读来的考核清单没有标准，请用 Appraisal 重新生成", "appraisal list: one that was read from JSON has no standard; make it again with Appraisal")
	}
	w := &textWriter{terms: t}
	w.line("%s", w.apart(t.pick("考核清单", "Appraisal lists"), d.Period, d.Title))
	finding := func(f *ReportedFinding) {
		w.line("    %s", strings.Join(slices.DeleteFunc([]string{f.Words, t.name(f.Subject), f.Title, f.Unit, f.Label, t.say(f.State.Words()), fmt.Sprintf("%.12s", f.ID)},
			func(s string) bool { return s == "" }), " "))
	}
	for _, list := range d.Lists {
		w.line("\n%s", t.kindWords(list.Kind))
		for i := range list.Parties {
			p := &list.Parties[i]
			points := ""
			if p.Points != nil {
				points = t.pick("，扣分 ", ", points ") + rounded(p.Points.Rat(), 2)
			}
			w.line("  %s", w.apart(p.Row.Title, t.pick("问题", "findings")+" "+p.Row.Figures["finding.standing"].Value.String()+points))
			for j := range p.Findings {
				finding(&p.Findings[j])
			}
		}
		if len(list.Unnamed) > 0 {
			w.line("  %s", fmt.Sprintf(t.pick("没有认定%s的问题 %d 个", "no one named among %s: %d findings"), t.kindWords(list.Kind), len(list.Unnamed)))
			for i := range list.Unnamed {
				finding(&list.Unnamed[i])
			}
		}
	}
	_, err := io.WriteString(out, printable(w.String()))
	return err
}

func (d *AppraisalDocument) list(w *monthlyWriter, list AppraisalList) {
	t := d.terms
	w.heading(2, t.kindWords(list.Kind))
	if len(list.Parties) == 0 {
		w.paragraph(plain(t.pick("没有认定到责任方。", "No party is named.")))
	} else {
		var rows [][]Line
		for _, p := range list.Parties {
			points := styled("—", Muted)
			if p.Points != nil {
				points = plain(rounded(p.Points.Rat(), 2))
			}
			rows = append(rows, []Line{
				{{Text: p.Row.Title, Style: Strong}},
				figureLine(p.Row.Figures["finding.standing"], Plain), figureLine(p.Row.Figures["finding.major"], Major),
				figureLine(p.Row.Figures["finding.fail"], Fail), figureLine(p.Row.Figures["finding.observation"], Observation),
				figureLine(p.Row.Figures["finding.repeat"], Fail), figureLine(p.Row.Figures["finding.overdue"], Fail),
				p.Row.shareLine("finding.rectified", "finding.due"), points,
			})
		}
		w.grid([]string{
			t.pick("名称", "Name"), t.pick("问题", "Findings"), t.outcome(engine.Major), t.outcome(engine.Fail), t.outcome(engine.Observation),
			t.pick("重复", "Repeats"), t.pick("超期", "Overdue"), t.pick("整改率", "Rectified"), t.pick("扣分", "Points"),
		}, rows)
	}
	for _, p := range list.Parties {
		w.heading(3, p.Row.Title)
		w.table(t.findingTable(p.Findings))
	}
	if n := len(list.Unnamed); n > 0 {
		w.heading(3, fmt.Sprintf(t.pick("没有认定%s的问题（%d 个）", "No one named among %s (%d findings)"), t.kindWords(list.Kind), n))
		w.table(t.findingTable(list.Unnamed))
	}
}

// findingTable is a list of findings as a table.
func (t *terms) findingTable(list []ReportedFinding) *Table {
	points := slices.ContainsFunc(list, func(f ReportedFinding) bool { return f.Points != nil })
	out := &Table{Columns: []Column{
		{Title: t.pick("等级", "Grade"), Width: 9},
		{Title: t.pick("受检单位", "Subject"), Width: 12},
		{Title: t.pick("检查项与对象", "Item and unit"), Width: 19},
		{Title: t.pick("问题", "Finding"), Width: 32},
		{Title: t.pick("责任方", "Answers for it"), Width: 14},
		{Title: t.pick("状态与期限", "State and deadline"), Width: 14},
	}}
	if points {
		out.Columns[3].Width -= 7
		out.Columns = append(out.Columns, Column{Title: t.pick("扣分", "Points"), Width: 7})
	}
	for _, f := range list {
		what := cell(styled(f.Label, Strong))
		for _, r := range f.Reasons {
			what = append(what, plain(r))
		}
		if len(f.Repeats) > 0 {
			what = append(what, styled(fmt.Sprintf(t.pick("以前发生过 %d 次", "found %d times before"), len(f.Repeats)), Fail))
		}
		place := cell(plain(f.Title), plain(t.unit(f.Unit)), styled(f.Period, Muted))
		var parties Cell
		for _, p := range f.Parties {
			parties = append(parties, plain(t.party(p)))
		}
		state := cell(plain(t.say(f.State.Words())))
		if !f.Due.IsZero() {
			state = append(state, plain(t.moment(f.Due)))
		}
		if f.Overdue {
			state = append(state, styled(t.pick("已超期", "overdue"), Fail))
		}
		row := Row{Cells: []Cell{
			cell(styled(f.Words, gradeStyle(f.Grade))), cell(plain(t.name(f.Subject))), place, what, parties,
			append(state, styled(fmt.Sprintf("%.12s", f.ID), Code)),
		}}
		if points {
			text := "—"
			if f.Points != nil {
				text = rounded(f.Points.Rat(), 2)
			}
			row.Cells = append(row.Cells, cell(plain(text)))
		}
		out.Rows = append(out.Rows, row)
	}
	return out
}
