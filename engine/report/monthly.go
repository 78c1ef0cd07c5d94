package report

import (
	"io"
	"time"

	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine"
)

// MonthlySchema is the name of the JSON document of a MonthlyDocument.
const MonthlySchema = "pinjian/monthly-report/1"

// MonthlyRequest is what a service report tells: what was counted, and the
// findings behind it.
type MonthlyRequest struct {
	// Summary counts by "subject", "section", "item" and the frequency of
	// Period ("month" for a month). It may hold earlier periods, which the trend
	// shows, and further dimensions that are no kinds of parties.
	Summary *engine.Summary
	// Findings are those that the summary counted.
	Findings []engine.Finding
	Period   engine.Period
	Tier     string
	// Subjects names the subjects and says which region a project is of.
	Subjects []engine.Subject
	// FiledBy filed the report at FiledAt; both may be left open.
	FiledBy string
	FiledAt time.Time
}

// MonthlyDocument is the service report of a period (月度服务报告), in one
// language. Its JSON holds the figures of its page: each with the key by which
// Summary.Trace, or chk report --trace, yields what it counts. Only a document
// that Monthly made can be written as a page. Instants are in UTC.
type MonthlyDocument struct {
	Schema       string     `json:"schema"`
	Lang         token.Lang `json:"lang"`
	Organisation string     `json:"organisation,omitempty"`
	Number       string     `json:"number,omitempty"`
	Date         string     `json:"date,omitempty"` // 2026-11-23
	Addressee    string     `json:"addressee,omitempty"`
	FiledBy      string     `json:"filed_by,omitempty"`
	FiledAt      time.Time  `json:"filed_at,omitzero"`
	Title        string     `json:"title"` // of the standard, with its version
	Standard     engine.Ref `json:"standard"`
	Tier         string     `json:"tier,omitempty"`
	Period       string     `json:"period"`
	AsOf         time.Time  `json:"as_of,omitzero"` // when the state of the findings was taken

	Total    FigureRow   `json:"total"`
	Subjects []FigureRow `json:"subjects"`
	Sections []FigureRow `json:"sections"`
	// Indicators are the measures of parts by subject, and of all subjects
	// together where there are several.
	Indicators []FigureMeasure `json:"indicators,omitempty"`
	Worst      []FigureRow     `json:"worst,omitempty"` // items with failures or observations, the worst first
	Trend      []FigureRow     `json:"trend"`           // by period, the report's last
	// Rectification says how the rectification rate is defined; the rows hold
	// "finding.rectified" and "finding.due" over all findings until the report.
	Rectification    string      `json:"rectification"`
	Rectified        FigureRow   `json:"rectified"`
	RectifiedSubject []FigureRow `json:"rectified_by_subject,omitempty"`

	Comparisons []FigureComparison `json:"comparisons,omitempty"`
	Repeats     []ReportedFinding  `json:"repeats,omitempty"`
	Findings    []ReportedFinding  `json:"findings,omitempty"` // of the period, without those withdrawn
	Earlier     []ReportedFinding  `json:"earlier,omitempty"`  // of earlier periods, neither closed nor withdrawn
	Proposals   []Proposal         `json:"proposals,omitempty"`
	Signatures  []string           `json:"signatures,omitempty"`

	terms  *terms
	period engine.Period
}

// Figure is a number of a report and the key by which what it counts is found.
type Figure struct {
	Key   string        `json:"key"`
	Value engine.Number `json:"value"`
}

// FigureRow is one line of figures, by the names that [engine.SummaryRow]
// counts by. Key is what the line is about: the id of a subject, the path of a
// section, the ID of an item, a period; it is empty for all together.
type FigureRow struct {
	Key     string            `json:"key"`
	Title   string            `json:"title"`
	Figures map[string]Figure `json:"figures"`
}

// FigureMeasure is an indicator: of one subject, or of all where Subject is
// empty.
type FigureMeasure struct {
	Key     string             `json:"key"`
	Title   string             `json:"title"`
	Subject string             `json:"subject,omitempty"`
	Pool    engine.SummaryPart `json:"pool"`
}

// FigureComparison sets subjects, or the regions that they are of, side by side
// over the items on which each has a decided verdict. Other are the remaining
// items with those that were judged on them.
type FigureComparison struct {
	Kind  string           `json:"kind"` // "subject" or "parent"
	Items []string         `json:"items"`
	Rows  []FigureRow      `json:"rows"`
	Other []FigureLeftover `json:"other,omitempty"`
}

// FigureLeftover is an item that is not compared.
type FigureLeftover struct {
	Item   string   `json:"item"`
	Judged []string `json:"judged"`
}

// ReportedFinding is a finding in a list. Reasons are in words; values of
// personal fields are masked in them. Points are what deductions took where the
// finding is, before any limit; nil where nothing is known of them.
type ReportedFinding struct {
	ID      string              `json:"id"`
	Subject string              `json:"subject"`
	Section string              `json:"section,omitempty"`
	Item    string              `json:"item,omitempty"`
	Title   string              `json:"title,omitempty"`
	Unit    string              `json:"unit,omitempty"`
	Period  string              `json:"period"`
	Grade   engine.Outcome      `json:"grade"`
	Words   string              `json:"words"` // the grade
	Label   string              `json:"label,omitempty"`
	Reasons []string            `json:"reasons,omitempty"`
	State   engine.FindingState `json:"state"`
	Parties []engine.Party      `json:"parties,omitempty"`
	Due     time.Time           `json:"due,omitzero"`
	Overdue bool                `json:"overdue,omitempty"`
	Repeats []string            `json:"repeats,omitempty"`
	Points  *engine.Number      `json:"points,omitempty"`
}

// Proposal is an improvement that was proposed with a finding, and what became
// of it: Outcome is empty while it is open.
type Proposal struct {
	Finding     string    `json:"finding"`
	At          time.Time `json:"at"`
	Improvement string    `json:"improvement"`
	Owner       string    `json:"owner"`
	Outcome     string    `json:"outcome,omitempty"`
}

// Monthly makes the service report of a period. The error is a *engine.Refusal
// for a summary without the dimensions that it needs and for a period without
// a name.
func Monthly(s *engine.Standard, r MonthlyRequest, o Options) (*MonthlyDocument, error) {
	t, err := newTerms(s, o)
	if err != nil {
		return nil, err
	}
	t.named(r.Subjects)
	b := &monthlyBuilder{terms: t, request: r, frequency: r.Period.Frequency().String()}
	if r.Summary == nil || r.Period.Frequency() == 0 {
		return nil, refused("服务报告要有汇总和期间", "monthly report: a summary and a period are needed")
	}
	d := &MonthlyDocument{
		Schema: MonthlySchema, Lang: t.options.Lang, Organisation: o.Organisation, Number: o.Number, Addressee: o.Addressee, FiledBy: r.FiledBy,
		FiledAt: r.FiledAt.UTC(), Title: t.title(), Standard: s.Ref(), Tier: r.Tier, Period: r.Period.Name, AsOf: r.Summary.AsOf(),
		Rectification: b.definition(), Signatures: o.Signatures, terms: t, period: r.Period,
	}
	if r.FiledAt.IsZero() {
		d.FiledAt = time.Time{}
	}
	if o.Date.Valid() {
		d.Date = o.Date.String()
	}
	b.out = d
	for _, step := range []func() error{b.counts, b.indicators, b.worst, b.trend, b.rectified, b.comparisons} {
		if err := step(); err != nil {
			return nil, err
		}
	}
	b.findings()
	return d, nil
}

// WriteHTML writes the report as one file for A4 paper and for screens of any
// width.
func (d *MonthlyDocument) WriteHTML(w io.Writer) error {
	if d.terms == nil {
		return refused("从 JSON 读来的服务报告没有标准，请用 Monthly 重新生成", "monthly report: one that was read from JSON has no standard; make it again with Monthly")
	}
	return (&monthlyWriter{page: newPage(d.terms.options, d.called(), false), MonthlyDocument: d}).write(w)
}

// called is the title of the report: that of a month has a name of its own.
func (d *MonthlyDocument) called() string {
	if d.period.Frequency() == engine.Month {
		return d.terms.pick("月度服务报告", "Monthly service report")
	}
	return d.terms.pick("服务报告", "Service report")
}

// definition says what the rectification rate is.
func (b *monthlyBuilder) definition() string {
	return b.pick("整改率 = 已整改 ÷ 应整改。已整改：整改后经验证有效，或已关闭（规定要验证的，验证有效才能关闭）。应整改：截至统计时刻没有撤销的问题，不含期限未到而尚未整改的；没有写期限的，从发现起就算应整改。",
		"Rectification rate = rectified ÷ due. Rectified: verified as effective after correction, or closed (where verification is required, only after it). Due: all findings not withdrawn at the time of counting, without those not yet rectified whose deadline has not passed; a finding without a deadline is due from the start.")
}
