package xlsx_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
	"github.com/pinjian/pinjian/engine/xlsx"
)

// written is one answer in two forms: as a submission has it, and as somebody
// types it into a cell.
type written struct {
	value any
	typed any
	raw   string // a number as the file holds it
}

// answerTo draws an answer to a question and a way to type it.
func answerTo(t *rapid.T, q engine.Question, l checklang.Lang) written {
	pick := func(options ...any) any { return rapid.SampledFrom(options).Draw(t, "typed") }
	if q.Optional && rapid.IntRange(0, 3).Draw(t, "absent") == 0 {
		return written{nil, pick("（无）", "(none)", "( NONE )", " （无）　"), ""}
	}
	kind, rest, _ := strings.Cut(q.Type, " ")
	switch {
	case strings.HasPrefix(q.Type, "set of"):
		var names, shown []string
		value := []any{}
		for _, c := range q.Choices {
			if rapid.Bool().Draw(t, "in") {
				names = append(names, c.ZH)
				shown = append(shown, c.In(l))
				value = append(value, c.ZH)
			}
		}
		if len(names) == 0 {
			return written{value, pick("（都没有）", "(none of them)", "都没有"), ""}
		}
		slices.Reverse(shown)
		return written{value, strings.Join(shown, pick("、", ",", "；", " ; ", "\n", "，").(string)), ""}
	case len(q.Choices) > 0:
		c := rapid.SampledFrom(q.Choices).Draw(t, "choice")
		return written{c.ZH, pick(c.ZH, c.EN, " "+c.ZH+"　", strings.ToUpper(c.EN)), ""}
	}
	switch kind {
	case "bool":
		if rapid.Bool().Draw(t, "bool") {
			return written{true, pick("是", "yes", true, "√", " Ｙ ", "TRUE", 1), ""}
		}
		return written{false, pick("否", "no", false, "×", "N", "０", 0), ""}
	case "int", "number":
		low, high, _ := strings.Cut(rest, "..")
		if high == "" {
			high = "1000"
		}
		a, ok := new(big.Rat).SetString(low)
		require.True(t, ok)
		b, ok := new(big.Rat).SetString(high)
		require.True(t, ok)
		steps := int64(1)
		if kind == "number" {
			steps = 1000
		}
		b.Sub(b, a).Mul(b, big.NewRat(steps, 1))
		n := rapid.Int64Range(0, b.Num().Int64()).Draw(t, "n")
		a.Add(a, big.NewRat(n, steps))
		s := a.FloatString(3)
		s = strings.TrimSuffix(strings.TrimRight(s, "0"), ".")
		f, _ := a.Float64()
		wide := strings.Map(func(r rune) rune {
			if r >= '0' && r <= '9' {
				return r - '0' + '０'
			}
			return map[rune]rune{'.': '．'}[r]
		}, s)
		percent := new(big.Rat).Mul(a, big.NewRat(100, 1)).FloatString(1) + pick("%", "％", " %").(string)
		switch rapid.IntRange(0, 4).Draw(t, "how") {
		case 0:
			return written{s, s, ""}
		case 1:
			return written{s, " " + wide + "　", ""}
		case 2:
			return written{s, percent, ""}
		case 3: // as Excel writes it, with all digits of the binary number
			return written{s, nil, fmt.Sprintf("%.17g", f)}
		}
		return written{s, f, ""}
	case "date":
		d := time.Date(2026, 11, rapid.IntRange(1, 30).Draw(t, "day"), 0, 0, 0, 0, time.UTC)
		return written{d.Format(time.DateOnly), pick(d, d.Format("2006-1-2"), d.Format("2006/01/02"), d.Format("2006年1月2日"), d.Format("２０06．01．02")), ""}
	case "time":
		d := time.Date(2026, 11, rapid.IntRange(1, 30).Draw(t, "day"), 0, 0, rapid.IntRange(1, 86399).Draw(t, "second"), 0, time.UTC)
		value := d.Format("2006-01-02 15:04:05")
		if d.Second() == 0 {
			value = d.Format("2006-01-02 15:04")
		}
		return written{value, pick(d, d.Format(time.DateTime), d.Format("2006/1/2 15:04:05"), d.Format("2006年1月2日15时4分05秒"), d.Format("2006-01-02　15：04：05")), ""}
	case "clock":
		d := time.Date(2026, 11, 1, 0, 0, rapid.IntRange(0, 86399).Draw(t, "second"), 0, time.UTC)
		value := d.Format("15:04:05")
		if d.Second() == 0 {
			value = d.Format("15:04")
		}
		return written{value, pick(d.Format("15:04:05"), d.Format("15时4分5秒"), d.Format("3:04:05 PM"), d.Sub(time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC))), ""}
	case "duration":
		d := time.Duration(rapid.IntRange(0, 7200).Draw(t, "span")) * time.Second
		h, m, s := int(d.Hours()), int(d.Minutes())%60, int(d.Seconds())%60
		return written{d.String(), pick(d.String(), fmt.Sprintf("%d小时%d分%d秒", h, m, s), fmt.Sprintf("%d:%02d:%02d", h, m, s), fmt.Sprintf("%d 秒", int(d.Seconds()))), ""}
	case "photo":
		name := rapid.SampledFrom([]string{"a.jpg", "大堂 1.png"}).Draw(t, "name")
		if rapid.Bool().Draw(t, "hashed") {
			hash := strings.Repeat("0a", 32)
			return written{map[string]any{"sha256": hash, "media_type": map[string]string{"a.jpg": "image/jpeg", "大堂 1.png": "image/png"}[name], "name": name}, name + " " + strings.ToUpper(hash), ""}
		}
		return written{name, name, ""}
	}
	text := rapid.SampledFrom([]string{"说明", "=1+1", "无", "a\nb", "_x0041_", "007"}).Draw(t, "text")
	return written{text, text, ""}
}

// TestSheetRoundTrip fills in random answers with another library, in all the
// ways people type them, sorts and moves what may be moved, and reads the file
// back: the same answers, and the same verdicts as submissions written by hand.
func TestSheetRoundTrip(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	rapid.Check(t, func(t *rapid.T) {
		lang := rapid.SampledFrom([]checklang.Lang{checklang.Chinese, checklang.English}).Draw(t, "lang")
		f := w.form(t, lang)
		var want []engine.Submission
		fill := func(s engine.Submission, q engine.Question, at func(column string) spot, column string) {
			if rapid.IntRange(0, 4).Draw(t, "blank") == 0 {
				return
			}
			a := answerTo(t, q, lang)
			switch truth, ok := a.typed.(bool); {
			case a.raw != "":
				f.raw(at(column), a.raw)
			case ok && rapid.Bool().Draw(t, "LibreOffice"): // which writes a function
				s := at(column)
				require.NoError(t, f.SetCellFormula(s.page, s.String(), strings.ToUpper(fmt.Sprintf("%t()", truth))))
			default:
				f.put(at(column), a.typed)
			}
			s.ID = fmt.Sprintf("S%d", len(want))
			s.Answers = map[string]any{q.Name: a.value}
			want = append(want, s)
		}
		for _, item := range w.sheet.Items {
			base := engine.Submission{Task: w.task, Part: item.Part, Period: item.Period, By: "Li"}
			for _, q := range item.Ask {
				if item.Kind == "subject" {
					fill(base, q, func(column string) spot { return f.subject(item.Part, q.Name, column) }, "answer")
				}
			}
			for i, u := range item.Units {
				base.Unit = u.ID
				at := func(column string) spot { return f.unit(item.Part, u.ID, column) }
				if item.Kind == "unlisted" {
					base.Unit = fmt.Sprintf("岗 %d", i)
					at = func(column string) spot { return f.free(item.Part, column, i) }
				}
				before := len(want)
				for _, q := range append(slices.Clone(u.Ask), item.Ask...) {
					if item.Kind != "subject" {
						fill(base, q, at, "ask:"+q.Name)
					}
				}
				if item.Kind == "unlisted" && len(want) > before {
					f.put(at("unit"), "  "+base.Unit+"　")
				}
			}
		}
		if rapid.Bool().Draw(t, "closed") {
			f.put(f.cover("closes"), "是")
			want = append(want, engine.Submission{ID: "close", Task: w.task, By: "Li", Closes: true})
		}
		data := f.disturb(t).bytes()
		got, bad := w.read(t, data)
		require.Empty(t, told(bad, checklang.English))
		require.Equal(t, answersOf(t, want), answersOf(t, got))
		wantVerdicts, _ := w.judge(t, want)
		gotVerdicts, result := w.judge(t, got)
		require.Empty(t, result.Refused)
		require.Empty(t, result.Conflicts)
		require.Equal(t, wantVerdicts, gotVerdicts)
		for _, s := range got {
			line, err := json.Marshal(s)
			require.NoError(t, err)
			require.NoError(t, schematest.Check(engine.SubmissionSchema, line))
			for read, bad := range engine.DecodeSubmissions("x", bytes.NewReader(line)) {
				require.Nil(t, bad)
				again, err := json.Marshal(read)
				require.NoError(t, err)
				require.Equal(t, string(line), string(again), "a submission is the same after it was written and read")
			}
		}
		again, _ := w.read(t, data)
		require.Equal(t, got, again, "the same file gives the same submissions")
		_, result = w.judge(t, append(slices.Clone(got), again...))
		require.Empty(t, result.Conflicts)
	})
}

// disturb sorts the rows of the units, adds a column and a row in front,
// renames a worksheet and moves another, as people do.
func (f *form) disturb(t *rapid.T) *form {
	for _, page := range f.GetSheetList() {
		rows, err := f.GetRows(page)
		require.NoError(t, err)
		if len(rows) == 0 || len(rows[0]) == 0 || !strings.HasPrefix(rows[0][0], "pinjian:units") {
			continue
		}
		if rapid.Bool().Draw(t, "sort") {
			last := len(rows)
			require.NoError(t, f.DuplicateRowTo(page, 5, last+1))
			require.NoError(t, f.RemoveRow(page, 5))
		}
		if rapid.Bool().Draw(t, "column") {
			require.NoError(t, f.InsertCols(page, "C", 1))
			require.NoError(t, f.SetColVisible(page, "D", false))
		}
		if rapid.Bool().Draw(t, "row") {
			require.NoError(t, f.InsertRows(page, 1, 1))
		}
		if rapid.Bool().Draw(t, "name") {
			require.NoError(t, f.SetSheetName(page, page[:1]+" 改名"))
		}
	}
	if list := f.GetSheetList(); rapid.Bool().Draw(t, "move") {
		require.NoError(t, f.MoveSheet(list[len(list)-1], list[0]))
	}
	return f
}

// answersOf are the single answers with what they are about, in one order.
func answersOf(t require.TestingT, list []engine.Submission) []string {
	out := []string{}
	for _, s := range list {
		if s.Closes {
			out = append(out, "closes")
		}
		for name, value := range s.Answers {
			data, err := json.Marshal([]any{s.Task, s.Part, s.Period, s.Unit, s.By, name, value})
			require.NoError(t, err)
			out = append(out, string(data))
		}
	}
	slices.Sort(out)
	return out
}

// TestSheetSameBytes: a workbook depends on nothing but the sheet.
func TestSheetSameBytes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	var a, b bytes.Buffer
	require.NoError(t, xlsx.WriteSheet(&a, w.sheet, xlsx.Options{Lang: checklang.Chinese}))
	require.NoError(t, xlsx.WriteSheet(&b, w.sheet, xlsx.Options{Lang: checklang.Chinese}))
	assert.Equal(t, a.Bytes(), b.Bytes())
	got, bad := w.read(t, a.Bytes())
	assert.Empty(t, got, "an empty sheet says nothing")
	assert.Empty(t, told(bad, checklang.English))
}

// TestSheetLayout: what an inspector meets: a cover, the questions about the
// subject, one worksheet for each part with units, all set up for the screen and
// for A4; lists, dates and bounds are checked as they are typed, and what is
// known is grey and can't be typed over.
func TestSheetLayout(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	f := w.form(t, checklang.Chinese)
	require.Equal(t, []string{"封面", "检查表", "1 drawn", "3 met", "4 plain", "_pinjian"}, f.GetSheetList())
	names := map[string]string{}
	for _, d := range f.GetDefinedName() {
		names[d.Scope+d.Name] = d.RefersTo
	}
	for _, page := range f.GetSheetList() {
		visible, err := f.GetSheetVisible(page)
		require.NoError(t, err)
		assert.Equal(t, page != "_pinjian", visible, page)
		if page == "_pinjian" {
			continue
		}
		layout, err := f.GetPageLayout(page)
		require.NoError(t, err)
		assert.Equal(t, 9, *layout.Size, page)
		shown, err := f.GetColVisible(page, "A")
		require.NoError(t, err)
		assert.False(t, shown, "the keys are out of sight")
		shown, err = f.GetRowVisible(page, 1)
		require.NoError(t, err)
		assert.False(t, shown, "the keys are out of sight")
		if page == "封面" {
			continue
		}
		panes, err := f.GetPanes(page)
		require.NoError(t, err)
		assert.True(t, panes.Freeze, page)
		assert.NotEmpty(t, names[page+"_xlnm.Print_Titles"], page)
		assert.NotEmpty(t, names[page+"_xlnm._FilterDatabase"], page)
	}
	rules := func(at spot) (kind, low, high, list string, strict bool) {
		validations, err := f.GetDataValidations(at.page)
		require.NoError(t, err)
		for _, v := range validations {
			if !covers(v.Sqref, at) {
				continue
			}
			list = v.Formula1
			if v.Type == "list" {
				options, err := f.GetCellValue("_pinjian", strings.ReplaceAll(strings.Split(strings.Split(list, "!")[1], ":")[0], "$", ""))
				require.NoError(t, err)
				list = options
			}
			return v.Type, v.Formula1, v.Formula2, list, v.ShowErrorMessage && v.ErrorStyle != nil && *v.ErrorStyle == "stop"
		}
		return "", "", "", "", false
	}
	unit := w.sheet.Items[0].Units[1].ID
	kind, _, _, first, strict := rules(f.unit("1", unit, "ask:程度"))
	assert.Equal(t, []any{"list", "无", true}, []any{kind, first, strict})
	kind, low, high, _, strict := rules(f.unit("1", unit, "ask:条数"))
	assert.Equal(t, []any{"whole", "0", "10", true}, []any{kind, low, high, strict})
	kind, _, _, _, strict = rules(f.unit("1", unit, "ask:日子"))
	assert.Equal(t, []any{"date", false}, []any{kind, strict}, "an optional date only warns, for the word that says there is none")
	kind, _, _, first, strict = rules(f.subject("2", "缺", "answer"))
	assert.Equal(t, []any{"list", "无", false}, []any{kind, first, strict}, "several may be typed")
	kind, _, _, _, _ = rules(f.unit("1", unit, "known:登记时间"))
	assert.Equal(t, "custom", kind)
	style := func(at spot) string {
		id, err := f.GetCellStyle(at.page, at.String())
		require.NoError(t, err)
		s, err := f.GetStyle(id)
		require.NoError(t, err)
		return s.Fill.Color[0]
	}
	known := w.sheet.Items[0].Units[0].ID
	assert.NotEqual(t, style(f.unit("1", known, "ask:金额")), style(f.unit("1", unit, "ask:金额")), "what is known of one unit is asked of another")
}

// covers says whether a range of one column holds a cell.
func covers(sqref string, at spot) bool {
	from, to, ok := strings.Cut(sqref, ":")
	if !ok {
		to = from
	}
	c1, r1, err1 := excelize.CellNameToCoordinates(from)
	c2, r2, err2 := excelize.CellNameToCoordinates(to)
	return err1 == nil && err2 == nil && c1 <= at.column && at.column <= c2 && r1 <= at.row && at.row <= r2
}
