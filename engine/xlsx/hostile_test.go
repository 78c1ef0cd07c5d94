package xlsx_test

import (
	"archive/zip"
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/xlsx"
)

// parts takes a workbook apart.
func parts(t require.TestingT, data []byte) (names []string, content map[string][]byte) {
	r, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	require.NoError(t, err)
	content = map[string][]byte{}
	for _, f := range r.File {
		in, err := f.Open()
		require.NoError(t, err)
		content[f.Name], err = io.ReadAll(in)
		require.NoError(t, err)
		require.NoError(t, in.Close())
		names = append(names, f.Name)
	}
	slices.Sort(names)
	return names, content
}

// join puts a workbook together again, with one part replaced.
func join(t require.TestingT, content map[string][]byte, name string, data []byte) []byte {
	var b bytes.Buffer
	w := zip.NewWriter(&b)
	for _, n := range slices.Sorted(keysOf(content)) {
		part := content[n]
		if n == name {
			part = data
		}
		to, err := w.Create(n)
		require.NoError(t, err)
		_, err = to.Write(part)
		require.NoError(t, err)
	}
	require.NoError(t, w.Close())
	return b.Bytes()
}

func keysOf(m map[string][]byte) func(func(string) bool) {
	return func(yield func(string) bool) {
		for k := range m {
			if !yield(k) {
				return
			}
		}
	}
}

// TestHostileWorkbooks: what is made to exhaust a reader is refused in both
// languages, without being unpacked.
func TestHostileWorkbooks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	_, content := parts(t, w.blank[checklang.Chinese])
	wide := `<worksheet><sheetData>` + strings.Repeat(`<row><c r="XFD1" t="inlineStr"><is><t>x</t></is></c></row>`, 20000) + `</sheetData></worksheet>`
	text := func(s string) string { return `<c t="inlineStr"><is><t>` + s + `</t></is></c>` }
	keys := `<worksheet><sheetData><row r="1">` + text(`pinjian:units ["1","2026-11"]`)
	for i := range 16000 {
		keys += text("ask:" + strconv.Itoa(i))
	}
	keys += `</row>` + strings.Repeat(`<row>`+text("x")+text("y")+`</row>`, 100000) + `</sheetData></worksheet>`
	for name, c := range map[string]struct {
		part, data string
		en         string // nothing: it is read
	}{
		"bomb":       {"xl/sharedStrings.xml", "<sst><si><t>" + strings.Repeat(" ", 65<<20) + "</t></si></sst>", "unpacks to more than 64 MB"},
		"nesting":    {"xl/worksheets/sheet1.xml", strings.Repeat("<a>", 100000), "is no .xlsx workbook"},
		"entities":   {"xl/workbook.xml", `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]><workbook><sheets><sheet name="&b;"/></sheets></workbook>`, "is no .xlsx workbook"},
		"cut off":    {"xl/workbook.xml", `<workbook><sheets>`, "is no .xlsx workbook"},
		"far away":   {"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="99999999999"><c r="A1"><v>1</v></c></row></sheetData></worksheet>`, "is no .xlsx workbook"},
		"no address": {"xl/worksheets/sheet1.xml", `<worksheet><sheetData><row r="1"><c r="AAAAA1"><v>1</v></c></row></sheetData></worksheet>`, "is no .xlsx workbook"},
		"keys":       {"xl/worksheets/sheet1.xml", keys, ""},
		"merged":     {"xl/worksheets/sheet1.xml", "<worksheet><mergeCells>" + strings.Repeat(`<mergeCell ref="A1:B2"/>`, 1001) + "</mergeCells></worksheet>", "more than 1000 joined areas"},
		"wide":       {"xl/worksheets/sheet1.xml", wide, ""},
		"outside":    {"xl/_rels/workbook.xml.rels", `<Relationships><Relationship Id="rId1" Type="x/worksheet" Target="../../../../etc/passwd"/></Relationships>`, "is no .xlsx workbook"},
		"texts":      {"xl/sharedStrings.xml", "<sst>" + strings.Repeat("<si/>", 1<<20+1) + "</sst>", "too many texts"},
		"styles":     {"xl/styles.xml", `<styleSheet><numFmts><numFmt numFmtId="1" formatCode="&quot;["/></numFmts><cellXfs><xf numFmtId="-1"/></cellXfs></styleSheet>`, ""},
	} {
		require.Contains(t, content, c.part, name)
		data := join(t, content, c.part, []byte(c.data))
		_, _, err := xlsx.ReadSheet(context.Background(), "a.xlsx", bytes.NewReader(data), xlsx.ReadOptions{Plan: w.plan})
		if c.en == "" {
			assert.NoError(t, err, name)
			continue
		}
		var refusal *engine.Refusal
		require.True(t, errors.As(err, &refusal), "%s: %v", name, err)
		assert.Contains(t, refusal.Words.EN, c.en, name)
		assert.NotEqual(t, refusal.Words.EN, refusal.Words.ZH, name)
	}
	big := append(slices.Clone(w.blank[checklang.Chinese]), make([]byte, 33<<20)...)
	_, _, err := xlsx.ReadSheet(context.Background(), "a.xlsx", bytes.NewReader(big), xlsx.ReadOptions{Plan: w.plan})
	assert.ErrorContains(t, err, "larger than 32 MB")
}

// TestManyRefusals: a workbook full of mistakes is told about up to a number.
func TestManyRefusals(t *testing.T) {
	t.Parallel()
	w := newWorld(t, "Li")
	f := w.form(t, checklang.Chinese)
	at := f.subject("2", "分钟", "answer")
	for at.row = 100; at.row < 1200; at.row++ {
		f.put(at, "far from the table")
	}
	_, bad := w.read(t, f.bytes())
	require.Len(t, bad, 1001)
	assert.Equal(t, "C705", bad[1000].Code)
}

// FuzzReadSheet puts any bytes in the place of one part of a workbook, or of
// all of it: nothing panics, what is refused is said in both languages, and
// reading again gives the same.
func FuzzReadSheet(f *testing.F) {
	w := newWorld(f, "Li")
	unit := w.plan.Tasks[0].Draws[0].Units[0]
	form := w.form(f, checklang.Chinese)
	form.put(form.unit("1", unit, "ask:条数"), 3)
	form.put(form.unit("1", unit, "ask:日子"), "2026年11月3日")
	form.put(form.unit("1", unit, "reason"), "看错了")
	form.put(form.subject("2", "多久", "answer"), "1小时30分")
	whole := form.bytes()
	names, content := parts(f, whole)
	for i, name := range names {
		f.Add(uint8(i), content[name])
	}
	f.Add(uint8(255), whole)
	f.Add(uint8(255), whole[:len(whole)/2])
	f.Fuzz(func(t *testing.T, which uint8, data []byte) {
		if int(which) < len(names) {
			data = join(t, content, names[which], data)
		}
		read := func() ([]engine.Submission, string) {
			got, bad, err := xlsx.ReadSheet(context.Background(), "a.xlsx", bytes.NewReader(data), xlsx.ReadOptions{Plan: w.plan, Earlier: []engine.Submission{{ID: "S1", Task: w.task, Part: "1", Unit: unit, Answers: map[string]any{"条数": "2"}}}})
			if err != nil {
				var refusal *engine.Refusal
				require.True(t, errors.As(err, &refusal), "%v", err)
				require.NotEqual(t, refusal.Words.ZH, refusal.Words.EN)
				return nil, err.Error()
			}
			for _, b := range bad {
				require.NotEqual(t, b.Message(checklang.Chinese), b.Message(checklang.English))
			}
			return got, told(bad, checklang.English)
		}
		got, said := read()
		again, saidAgain := read()
		require.Equal(t, got, again)
		require.Equal(t, said, saidAgain)
		ids := map[string]bool{}
		for _, s := range got {
			require.Equal(t, w.task, s.Task)
			require.False(t, ids[s.ID], "two submissions with one id")
			ids[s.ID] = true
		}
	})
}
