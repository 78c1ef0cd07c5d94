package xlsx_test

import (
	"bytes"
	"context"
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xuri/excelize/v2"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/xlsx"
	"github.com/pinjian/pinjian/stdlib"
)

func document(t *testing.T, name string, lang token.Lang) *report.StandardDocument {
	t.Helper()
	checked, list, err := checklang.Load(context.Background(), stdlib.FS(), name, checklang.Options{Library: stdlib.FS()})
	require.NoError(t, err)
	require.False(t, list.HasErrors(), list.Error())
	notes, err := fs.ReadFile(stdlib.FS(), name+"/NOTES.md")
	require.NoError(t, err)
	d, err := report.NewStandardDocument(checked, report.StandardOptions{Keywords: lang, Notes: notes})
	require.NoError(t, err)
	return d
}

func workbook(t *testing.T, d *report.StandardDocument) []byte {
	t.Helper()
	var b bytes.Buffer
	require.NoError(t, xlsx.WriteStandard(&b, d))
	return b.Bytes()
}

// expected is the cells of one sheet as the model has them, row by row.
type expected struct {
	name    string
	columns []report.Column
	rows    [][]string
	merged  int
}

// sheetsOf lays the model out by the rules that WriteStandard states, without
// its code.
func sheetsOf(d *report.StandardDocument) []*expected {
	var out []*expected
	var s *expected
	begin := func(title string) {
		s = &expected{name: title}
		out = append(out, s)
	}
	if len(d.Blocks) > 0 && d.Blocks[0].Level != 2 {
		begin(d.Title)
	}
	var lines []string // before the first table of a sheet its columns are not known
	flush := func() {
		for _, l := range lines {
			row := make([]string, len(s.columns))
			row[0] = l
			s.rows = append(s.rows, row)
			s.merged++
		}
		lines = nil
	}
	for _, b := range d.Blocks {
		switch {
		case b.Level == 2:
			begin(b.Line.Text())
		case b.Table == nil:
			lines = append(lines, b.Line.Text())
			if s.columns != nil {
				flush()
			}
		default:
			heads := make([]string, len(b.Table.Columns))
			same := len(b.Table.Columns) == len(s.columns)
			for i, c := range b.Table.Columns {
				heads[i] = c.Title
				same = same && s.columns[i].Title == c.Title
			}
			if s.columns == nil {
				s.columns = b.Table.Columns
				s.rows = append(s.rows, heads)
				flush()
			} else if !same {
				s.rows = append(s.rows, heads)
			}
			for i, r := range b.Table.Rows {
				row := make([]string, len(heads))
				for j, c := range r.Cells {
					row[j] = c.Text()
				}
				s.rows = append(s.rows, row)
				first := !r.Continues && i+1 < len(b.Table.Rows) && b.Table.Rows[i+1].Continues
				for _, c := range b.Table.Columns {
					if c.Joined && first {
						s.merged++
					}
				}
			}
		}
	}
	return out
}

// TestStandardWorkbook opens the workbooks again and compares every cell.
func TestStandardWorkbook(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"continuous", "indicators", "details", "scorecard", "three-level"} {
		for _, lang := range []token.Lang{token.Chinese, token.English} {
			t.Run(name+"/"+string(lang), func(t *testing.T) {
				t.Parallel()
				d := document(t, name, lang)
				f, err := excelize.OpenReader(bytes.NewReader(workbook(t, d)))
				require.NoError(t, err)
				defer func() { require.NoError(t, f.Close()) }()
				want := sheetsOf(d)
				require.Len(t, f.GetSheetList(), len(want))
				cells := 0
				for i, s := range want {
					sheet := f.GetSheetList()[i]
					assert.Equal(t, string([]rune(s.name)[:min(31, len([]rune(s.name)))]), sheet)
					rows, err := f.GetRows(sheet)
					require.NoError(t, err)
					require.Len(t, rows, len(s.rows), sheet)
					for r := range s.rows {
						for c := range s.rows[r] {
							got := ""
							if c < len(rows[r]) {
								got = rows[r][c]
							}
							assert.Equal(t, s.rows[r][c], got, "%s row %d column %d", sheet, r+1, c+1)
							cells++
						}
					}
					assertSetUp(t, f, sheet)
					merged, err := f.GetMergeCells(sheet)
					require.NoError(t, err)
					if len(s.columns) > 1 {
						assert.Len(t, merged, s.merged, sheet)
					}
					for c, column := range s.columns {
						letter, err := excelize.ColumnNumberToName(c + 1)
						require.NoError(t, err)
						width, err := f.GetColWidth(sheet, letter)
						require.NoError(t, err)
						assert.InDelta(t, 1.5*float64(column.Width), width, 0.01)
					}
				}
				assert.Greater(t, cells, 100)
			})
		}
	}
}

func assertSetUp(t *testing.T, f *excelize.File, sheet string) {
	t.Helper()
	panes, err := f.GetPanes(sheet)
	require.NoError(t, err)
	assert.True(t, panes.Freeze)
	assert.Equal(t, 1, panes.YSplit)
	layout, err := f.GetPageLayout(sheet)
	require.NoError(t, err)
	assert.Equal(t, 9, *layout.Size, "A4")
	assert.Equal(t, "landscape", *layout.Orientation)
	properties, err := f.GetSheetProps(sheet)
	require.NoError(t, err)
	assert.True(t, *properties.FitToPage)
	found := false
	for _, n := range f.GetDefinedName() {
		found = found || n.Name == "_xlnm.Print_Titles" && n.Scope == sheet && strings.HasSuffix(n.RefersTo, "!$1:$1")
	}
	assert.True(t, found, "the head is repeated on every page")
}

func TestStandardWorkbookDeterministic(t *testing.T) {
	t.Parallel()
	assert.Equal(t, workbook(t, document(t, "continuous", token.Chinese)), workbook(t, document(t, "continuous", token.Chinese)))
}

// TestStandardWorkbookTexts writes texts that a spreadsheet could take for
// something else, and titles that no tab can bear.
func TestStandardWorkbookTexts(t *testing.T) {
	t.Parallel()
	texts := []string{"=1+1", "+1", "@SUM(A1)", "'a", " a ", "a\tb", "<b>&amp;", "007", "1e5", "TRUE", "😀", "2026-01-01"}
	table := &report.Table{Columns: []report.Column{{Title: "=x", Width: 100}}}
	for _, s := range texts {
		table.Rows = append(table.Rows, report.Row{Cells: []report.Cell{{{{Text: s}}}}}, report.Row{Cells: []report.Cell{{{{Text: s, Style: report.Strong}, {Text: s}}}}})
	}
	long := strings.Repeat("长", 40)
	line := func(level int, text string) report.Block {
		return report.Block{Level: level, Line: report.Line{{Text: text}}}
	}
	d := &report.StandardDocument{Title: "a&b", Blocks: []report.Block{
		line(2, "a/b:[c]*?'"),
		{Table: table},
		line(2, "A B C"), // without anything below it: no sheet
		line(2, long),
		line(0, "x"),
		line(2, long),
		line(0, "y"),
	}}
	f, err := excelize.OpenReader(bytes.NewReader(workbook(t, d)))
	require.NoError(t, err)
	defer func() { require.NoError(t, f.Close()) }()
	assert.Equal(t, []string{"a b c", strings.Repeat("长", 31), strings.Repeat("长", 29) + " 2"}, f.GetSheetList())
	rows, err := f.GetRows("a b c")
	require.NoError(t, err)
	for i, s := range texts {
		assert.Equal(t, s, rows[1+2*i][0])
		assert.Equal(t, s+s, rows[2+2*i][0])
		at, err := excelize.CoordinatesToCellName(1, 2+2*i)
		require.NoError(t, err)
		formula, err := f.GetCellFormula("a b c", at)
		require.NoError(t, err)
		assert.Empty(t, formula)
	}
	d.Blocks[1].Table.Rows[0].Cells[0] = report.Cell{{{Text: strings.Repeat("x", 40000)}}}
	err = xlsx.WriteStandard(&bytes.Buffer{}, d)
	require.ErrorContains(t, err, "cell A2")
	require.NoError(t, xlsx.WriteStandard(&bytes.Buffer{}, &report.StandardDocument{}))
}
