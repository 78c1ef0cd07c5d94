package frames_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames"
)

const rules = `lang 1
record 派工单 Order { 编号 number : text; 登记时间 registered_at : time; 派单时间 dispatched_at : time optional }
record 登记 Entry { 编号 number : text; 姓名 person : text }
record 对照 Match matches 派工单 工单, 登记 登记簿 by 编号 { }
item 1 "x" { every month; sample 1 Order; fail : "x" }
`

func records(t testing.TB) map[string]*check.Record {
	s, _, err := engine.Load(context.Background(), fstest.MapFS{"r.chk": {Data: []byte(rules)}}, ".", engine.Options{})
	require.NoError(t, err)
	out := map[string]*check.Record{}
	for _, r := range s.Checked().Records {
		out[r.Name.First] = r
	}
	return out
}

func read(t testing.TB, text string, o frames.Options) (*frames.Table, []*engine.InputError, error) {
	o.Record = records(t)["派工单"]
	return frames.ReadCSV("orders.csv", strings.NewReader(text), o)
}

const plain = "编号,项目,登记时间,派单时间\nA1,P1,2026-10-02 09:00,2026-10-02 09:05\nA2,P1,2026-10-03 09:00,\nA3,P2,,2026-10-04 09:05\n"

// TestEncodings: the same file in every form that Chinese Excel writes gives the same table.
func TestEncodings(t *testing.T) {
	t.Parallel()
	want, bad, err := read(t, plain, frames.Options{ID: "编号", Subject: "项目"})
	require.NoError(t, err)
	require.Empty(t, bad)
	require.Len(t, want.Rows, 3)
	assert.Equal(t, frames.Row{ID: "A2", Subject: "P1", Line: 3, Values: map[string]any{"编号": "A2", "登记时间": "2026-10-03 09:00", "派单时间": nil}}, want.Rows[1], "an empty optional cell is absent")
	assert.NotContains(t, want.Rows[2].Values, "登记时间", "an empty cell of any other field is unknown")
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	require.NoError(t, err)
	for name, c := range map[string]struct{ text, encoding string }{
		"byte order mark": {"\ufeff" + plain, ""},
		"CRLF":            {strings.ReplaceAll(plain, "\n", "\r\n"), ""},
		"no last newline": {strings.TrimSuffix(plain, "\n"), "UTF-8"},
		"quoted":          {strings.ReplaceAll(plain, "P1", `"P1"`), ""},
		"GB18030":         {gb, "gb18030"},
		"GBK":             {gb, "GBK"},
		"blank lines":     {plain + "\n\n", ""},
	} {
		got, bad, err := read(t, c.text, frames.Options{ID: "编号", Subject: "项目", Encoding: c.encoding})
		require.NoError(t, err, name)
		assert.Empty(t, bad, name)
		assert.Equal(t, want, got, name)
	}
}

// TestUnusableFiles are refused as a whole, in words of both languages that say what to do.
func TestUnusableFiles(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	require.NoError(t, err)
	for name, c := range map[string]struct {
		text    string
		options frames.Options
		want    string
	}{
		"GB18030 untold":               {gb, frames.Options{}, "looks like GB18030"},
		"GB18030 wrong":                {"\xff\xff,b\n1,2\n", frames.Options{Encoding: "gb18030"}, "not in the encoding"},
		"UTF-16":                       {"\xff\xfe\x16\x7f\xf7\x53\n\x00", frames.Options{}, "looks like UTF-16"},
		"UTF-16, big end first":        {"\xfe\xff\x7f\x16\x53\xf7\x00\n", frames.Options{Encoding: "gb18030"}, "looks like UTF-16"},
		"unknown encoding":             {plain, frames.Options{Encoding: "big5"}, `"big5" is not known`},
		"no such id":                   {plain, frames.Options{ID: "单号"}, `no column "单号"`},
		"no such subject":              {plain, frames.Options{Subject: "区域"}, `no column "区域"`},
		"no such time":                 {plain, frames.Options{Time: "何时"}, `no column "何时"`},
		"two columns":                  {"编号,编号\n1,2\n", frames.Options{}, "two columns"},
		"two names":                    {"编号,登记时间,registered_at\n1,2,3\n", frames.Options{}, "are one field"},
		"an unclosed quote":            {"编号,项目\nA1,P1\nA2,\"P1\nA3,P1\nA4,P1\n", frames.Options{}, "line 3 is never closed"},
		"a quote that closes too late": {"编号,项目\nA1,\"P1\nA2,P1\nA3,\"P1\"\n", frames.Options{}, "line 2 is never closed"},
	} {
		table, _, err := read(t, c.text, c.options)
		require.Error(t, err, name)
		assert.Nil(t, table, name)
		assert.Contains(t, err.Error(), c.want, name)
		var refusal *engine.Refusal
		require.ErrorAs(t, err, &refusal, name)
		assert.Contains(t, refusal.Words.ZH, "orders.csv", name)
		assert.NotEqual(t, refusal.Words.ZH, refusal.Words.EN, name)
	}
	_, _, err = read(t, "", frames.Options{})
	assert.Error(t, err, "an empty file names no columns")
	_, _, err = frames.ReadCSV("orders.csv", iotest.ErrReader(errors.New("gone")), frames.Options{Record: records(t)["派工单"]})
	assert.ErrorContains(t, err, "gone")
}

// TestBadLines are refused by line and column; the others are read.
func TestBadLines(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ line, path, code string }{
		"too few":       {"B,P1", "", "C902"},
		"too many":      {"B,P1,2026-10-02 09:00,,,", "", "C902"},
		"no id":         {",P1,2026-10-02 09:00,", "编号", "C902"},
		"broken UTF-8":  {"B,P1,\xff,", "登记时间", "C907"},
		"single quote":  {"B,P\"1,2026-10-02 09:00,", "", "C902"},
		"quote inside":  {"B,\"P\"1,2026-10-02 09:00,", "", "C902"},
		"no time":       {"B,P1,someday,", "登记时间", "C902"},
		"a broken id":   {"\xff,P1,2026-10-02 09:00,", "编号", "C907"},
		"an empty time": {"B,P1,,", "登记时间", "C902"},
	} {
		text := "编号,项目,登记时间,派单时间\nA1,P1,2026-10-02 09:00,\n" + c.line + "\nA2,P1,2026/10/2 9:00,\nA3,P1,2026-10-02T09:00:00+08:00,\n"
		text = strings.Replace(text, "2026/10/2 9:00", "2026/10/2 09:00", 1)
		table, bad, err := read(t, text, frames.Options{ID: "编号", Subject: "项目", Time: "登记时间"})
		require.NoError(t, err, name)
		require.Len(t, bad, 1, name)
		assert.Equal(t, []any{"orders.csv", 3, c.path, c.code}, []any{bad[0].Source, bad[0].Line, bad[0].Path, bad[0].Code}, name)
		assert.NotEqual(t, bad[0].Message(checklang.Chinese), bad[0].Message(checklang.English), name)
		require.Len(t, table.Rows, 3, name)
	}
}

// TestSourceJoinsTables: several files of one record are one frame; rows of one unit that differ say nothing of what they
// differ in; a value knows where it was read.
func TestSourceJoinsTables(t *testing.T) {
	t.Parallel()
	r := records(t)
	table := func(record, name, text string) *frames.Table {
		got, bad, err := frames.ReadCSV(name, strings.NewReader(text), frames.Options{Record: r[record], Subject: "项目"})
		require.NoError(t, err)
		require.Empty(t, bad)
		return got
	}
	s := frames.Source{Tables: []*frames.Table{
		table("派工单", "a.csv", "编号,项目,登记时间,派单时间\nA1,P1,2026-10-02 09:00,\nA2,P1,2026-10-03 09:00,\n"),
		table("登记", "book.csv", "行,项目,编号,姓名\n1,P1,A1,李\n2,P1,A9,王\n"),
		table("派工单", "b.csv", "编号,项目,登记时间,派单时间\nA2,P1,2026-10-03 09:30,\nB1,P2,2026-10-02 09:00,\n"),
	}}
	units := func(record, subject string) (ids []string) {
		f, err := s.Frame(t.Context(), engine.FrameQuery{Record: record, Subject: subject})
		require.NoError(t, err)
		for u, err := range f.Units {
			require.NoError(t, err)
			ids = append(ids, u.Source+" "+u.ID)
		}
		return ids
	}
	assert.Equal(t, []string{"a.csv A1", "a.csv A2", "b.csv A2"}, units("派工单", "P1"))
	assert.Equal(t, []string{"b.csv B1"}, units("派工单", "P2"))
	assert.Equal(t, map[string]any{"编号": "A2", "派单时间": nil}, s.Values(r["派工单"], "P1", "A2"))
	assert.Nil(t, s.Values(r["派工单"], "P2", "A2"))
	assert.Equal(t, map[string]any{"工单": nil, "登记簿": true, "登记簿.编号": "A9", "登记簿.姓名": "王"}, s.Values(r["对照"], "P1", "A9"))
	source, line := s.Origin(r["对照"], "P1", "A9", "登记簿.姓名")
	assert.Equal(t, []any{"book.csv", 3}, []any{source, line})
	source, line = s.Origin(r["派工单"], "P2", "B1", "registered_at")
	assert.Equal(t, []any{"b.csv", 3}, []any{source, line})
	_, line = s.Origin(r["派工单"], "P2", "B1", "nothing")
	assert.Zero(t, line)
	_, err := s.Frame(t.Context(), engine.FrameQuery{Record: "岗位"})
	assert.ErrorIs(t, err, engine.ErrNoFrame)
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Frame(ctx, engine.FrameQuery{Record: "派工单"})
	assert.ErrorIs(t, err, context.Canceled)
}

// TestTimedTables give only the rows of the period asked for.
func TestTimedTables(t *testing.T) {
	t.Parallel()
	table, bad, err := read(t, plain, frames.Options{Time: "登记时间"})
	require.NoError(t, err)
	require.Len(t, bad, 1, "a row without a time belongs to no period")
	period, err := engine.ParsePeriod("2026-W40", nil) // up to 4 October
	require.NoError(t, err)
	f, err := frames.Source{Tables: []*frames.Table{table}}.Frame(t.Context(), engine.FrameQuery{Record: "派工单", Period: period})
	require.NoError(t, err)
	var ids []string
	for u, err := range f.Units {
		require.NoError(t, err)
		ids = append(ids, u.ID)
	}
	assert.Equal(t, []string{"A1", "A2"}, ids)
}

// FuzzCSV: no file makes the reader panic, and every line of a file that is read is a row or a refusal.
func FuzzCSV(f *testing.F) {
	for _, seed := range []string{plain, "\ufeff" + plain, "a\n\"", "编号,项目\r\nA1,P1\r\n", "a,b\n1\n1,2,3\n", "\xff", "a\"b\nc\n"} {
		f.Add(seed, "", "")
		f.Add(seed, "项目", "gb18030")
	}
	record := records(f)["派工单"]
	f.Fuzz(func(t *testing.T, text, subject, encoding string) {
		table, bad, err := frames.ReadCSV("f", strings.NewReader(text), frames.Options{Record: record, Subject: subject, Encoding: encoding})
		if err != nil {
			assert.Nil(t, table)
			return
		}
		assert.LessOrEqual(t, len(table.Rows)+len(bad), strings.Count(text, "\n")+1)
		for _, b := range bad {
			assert.Positive(t, b.Line)
		}
	})
}

// TestSuspicionNeedsMoreThanOneLine: where the first line is plain ASCII, bytes that are not UTF-8 make the encoding
// doubtful; where it shows Chinese in UTF-8 they break their own line alone.
func TestSuspicionNeedsMoreThanOneLine(t *testing.T) {
	t.Parallel()
	_, _, err := read(t, "number,registered_at\nA1,\xbc\xd3\xb1\xb1\n", frames.Options{})
	assert.ErrorContains(t, err, "looks like GB18030")
	table, bad, err := read(t, "编号,登记时间\nA1,\xbc\xd3\xb1\xb1\nA2,2026-10-02 09:00\n", frames.Options{})
	require.NoError(t, err)
	assert.Len(t, table.Rows, 1)
	assert.Len(t, bad, 1)
}
