package xlsx

import (
	"strconv"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// mostRows is how many rows a worksheet holds.
const mostRows = 1 << 20

// datum is what stands in one cell of a table: a text, or a decimal to be a
// number.
type datum struct {
	text   string
	look   look
	number bool
}

func words(text string) datum         { return datum{text: text} }
func decimalOf(n engine.Number) datum { return datum{text: n.String(), number: true} }
func count[N int | int64](n N) datum {
	return datum{text: strconv.FormatInt(int64(n), 10), number: true}
}

// field is one column of a table.
type field struct {
	title string
	width float64
}

// tableWriter writes a worksheet that is one table: heads that stay in sight
// and are printed on every page, filters, and A4.
type tableWriter struct {
	*page
	fields []field
	still  int
	footer string
}

// table begins a table; still is how many columns stay in sight.
func (b *book) table(title, footer string, still int, fields ...field) *tableWriter {
	t := &tableWriter{page: b.page(title), fields: fields, still: still, footer: footer}
	var widths []float64
	most := 1
	for _, f := range fields {
		widths = append(widths, f.width)
		most = max(most, lines(f.title, f.width))
	}
	t.widths(widths...)
	for i, f := range fields {
		t.text(i+1, header, f.title)
	}
	t.height(6 + lineHeight*float64(most))
	t.next++
	return t
}

// row writes a row.
func (t *tableWriter) row(data ...datum) {
	if t.next > mostRows {
		t.fail(refused("工作表“%s”超过 %d 行，请分几次写", "the worksheet %q has more than %d rows, write fewer at a time", t.name, mostRows))
		return
	}
	most := 1
	for i, d := range data {
		if d.number {
			t.number(i+1, d.look, d.text)
		} else {
			t.text(i+1, d.look, d.text)
		}
		most = max(most, lines(d.text, t.fields[i].width))
	}
	t.height(4 + lineHeight*float64(most))
	t.next++
}

// end sets the worksheet up.
func (t *tableWriter) end() {
	t.setUp(table{head: 1, repeat: 1, last: t.next - 1, from: 1, columns: len(t.fields), still: t.still, footer: t.footer})
}

// vocabulary puts what the engine says into the words of one standard.
type vocabulary struct {
	Options
	standard *engine.Standard
}

func (v vocabulary) outcome(o engine.Outcome) string {
	if s := v.standard.Checked().Standard; s != nil && v.Lang == checklang.Chinese && s.Printed[o.String()] != "" {
		return s.Printed[o.String()]
	}
	return engine.OutcomeWords(o).In(v.Lang)
}

// answer is a verdict in words, and how it looks.
func (v vocabulary) answer(a engine.Answer) datum {
	d := datum{look: quietly(a)}
	switch a.State {
	case engine.Decided:
		d.text = v.outcome(a.Best)
	case engine.Referred:
		d.text = v.pick("待裁定", "waits for a ruling")
	case engine.NotApplicable:
		d.text = v.pick("不适用", "not applicable")
	case engine.NotInspected:
		d.text = v.pick("未检查", "not inspected")
	case engine.Ungraded:
		d.text = v.pick("只计分", "scored only")
	case engine.Waived:
		d.text = v.pick("豁免", "waived")
	case engine.Refused:
		d.text = v.pick("证据被拒", "evidence refused")
	default:
		d.text = v.pick("证据不足", "incomplete")
	}
	return d
}

// between is the range in which an open verdict lies.
func (v vocabulary) between(a engine.Answer) string {
	if a.State == engine.Decided || a.Worst <= a.Best {
		return ""
	}
	low := v.pick("未定", "open")
	if a.Best > 0 {
		low = v.outcome(a.Best)
	}
	return low + v.pick(" 至 ", " to ") + v.outcome(a.Worst)
}

func quietly(a engine.Answer) look {
	if a.State != engine.Decided {
		if a.State == engine.Undecided || a.State == engine.Referred {
			return fair
		}
		return plain
	}
	switch a.Best {
	case engine.Pass:
		return good
	case engine.Observation:
		return fair
	}
	return bad
}

func (v vocabulary) item(id string) string {
	item, ok := v.standard.Item(id)
	if !ok {
		return ""
	}
	return item.Title
}

func (v vocabulary) title() string {
	ref := v.standard.Ref()
	title := ref.Standard
	if s := v.standard.Checked().Standard; s != nil && s.Title != "" {
		title = s.Title
	}
	return strings.TrimSpace(title + " " + ref.Version)
}

func (v vocabulary) record(name string) string {
	for _, r := range v.standard.Checked().Records {
		if r.Name.First == name {
			return r.Name.In(v.Lang)
		}
	}
	return name
}

// moment is an instant in the zone of the standard.
func (v vocabulary) moment(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.In(v.standard.Zone()).Format("2006-01-02 15:04")
}
