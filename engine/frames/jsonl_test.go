package frames_test

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/fstest"
	"testing/iotest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames"
)

// ticketRecord is a record with a required, an optional and a set field.
func ticketRecord(t testing.TB) *check.Record {
	t.Helper()
	rules := "lang 1\nchoice Kind { 水 water, 电 power }\nrecord 报修单 Ticket { 金额 amount : number; 备注 note : text optional; 类别 kinds : set of Kind optional }\nitem 1 \"x\" { every month; sample 1 Ticket; fail : \"x\" }\n"
	s, _, err := engine.Load(t.Context(), fstest.MapFS{"r.chk": {Data: []byte(rules)}}, ".", engine.Options{})
	require.NoError(t, err)
	for _, r := range s.Checked().Records {
		if r.Name.First == "报修单" {
			return r
		}
	}
	require.Fail(t, "the record is missing")
	return nil
}

func TestReadJSONLines(t *testing.T) {
	t.Parallel()
	o := frames.Options{Record: ticketRecord(t), ID: "no", Subject: "project", Time: "at", Zone: time.FixedZone("", 8*3600)}
	text := `{"no":"T1","project":"P1","at":"2026-11-03 09:00","amount":1.50,"note":null,"kinds":["water","power"],"other":{"a":1}}

{"no":17,"project":2,"at":"2026-11-03T01:00:00Z","金额":"3","备注":"半夜","amount2":1}
` + "\t" + `{"no":"T3","project":"","at":"2026-11-04 09:00","amount":null}`
	at := time.Date(2026, 11, 3, 1, 0, 0, 0, time.UTC)
	want := []frames.Row{
		{ID: "T1", Subject: "P1", Line: 1, Values: map[string]any{"金额": json.Number("1.50"), "备注": nil, "类别": []any{"water", "power"}}},
		{ID: "17", Subject: "2", Line: 3, Values: map[string]any{"金额": "3", "备注": "半夜"}},
		{ID: "T3", Line: 4, Values: map[string]any{}},
	}
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(text)
	require.NoError(t, err)
	for name, c := range map[string]struct{ text, encoding string }{
		"plain":           {text, ""},
		"byte order mark": {"\ufeff" + text, ""},
		"CRLF":            {strings.ReplaceAll(text, "\n", "\r\n"), "utf-8"},
		"last newline":    {text + "\n", ""},
		"GB18030":         {gb, "gb18030"},
	} {
		o.Encoding = c.encoding
		table, bad, err := frames.ReadJSONLines("t.jsonl", strings.NewReader(c.text), o)
		require.NoError(t, err, name)
		require.Empty(t, bad, name)
		assert.Equal(t, "t.jsonl", table.Name)
		assert.Equal(t, "报修单", table.Record)
		require.Len(t, table.Rows, 3, name)
		assert.True(t, table.Rows[0].At.Equal(at) && table.Rows[1].At.Equal(at))
		for i := range table.Rows {
			table.Rows[i].At = time.Time{}
		}
		assert.Equal(t, want, table.Rows, name)
	}
}

// A frame from JSON lines serves a plan: rows of the subject and period only.
func TestJSONLinesAsFrame(t *testing.T) {
	t.Parallel()
	text := `{"id":"a","p":"P1","at":"2026-11-03 09:00"}
{"id":"b","p":"P2","at":"2026-11-03 09:00"}
{"id":"c","p":"P1","at":"2026-12-01 00:00"}
{"id":"d","p":"","at":"2026-11-30 23:59:59"}
`
	table, bad, err := frames.ReadJSONLines("t.jsonl", strings.NewReader(text), frames.Options{Record: ticketRecord(t), Subject: "p", Time: "at"})
	require.NoError(t, err)
	require.Empty(t, bad)
	period, err := engine.ParsePeriod("2026-11", time.UTC)
	require.NoError(t, err)
	frame, err := frames.Source{Tables: []*frames.Table{table}}.Frame(t.Context(), engine.FrameQuery{Record: "报修单", Subject: "P1", Period: period})
	require.NoError(t, err)
	var ids []string
	for u, err := range frame.Units {
		require.NoError(t, err)
		ids = append(ids, u.ID)
	}
	assert.Equal(t, []string{"a", "d"}, ids)
}

// A bad line is named by line and key in both languages, and those around it
// are read.
func TestJSONLinesBadLines(t *testing.T) {
	t.Parallel()
	o := frames.Options{Record: ticketRecord(t), Subject: "p", Time: "at"}
	good := `{"id":"x","p":"P1","at":"2026-11-03 09:00","备注":"好"}`
	for line, want := range map[string]string{
		`[1]`: "t.jsonl:2: C908 expected a JSON object",
		`7`:   "t.jsonl:2: C908 expected a JSON object",
		`{"id":"y","p":"P1","at":"2026-11-03 09:00"`: "t.jsonl:2: C908 it is no whole JSON object: unexpected end",
		`{"id":"y","p":}`:  "t.jsonl:2: p: C908 it is no whole JSON object",
		`{"id":"y" "p":1}`: "t.jsonl:2: C908 it is no whole JSON object",
		`{"id":"y","p":"P1","at":"2026-11-03 09:00"} {}`:                                          "t.jsonl:2: C908 something follows",
		`{"id":"y","id":"z","p":"P1","at":"2026-11-03 09:00"}`:                                    "t.jsonl:2: id: C908 \"id\" is written twice",
		`{"id":"y","p":"P1","at":"2026-11-03 09:00","amount":1,"金额":2}`:                           "t.jsonl:2: amount: C908 \"amount\" and \"金额\" are one field",
		`{"p":"P1","at":"2026-11-03 09:00"}`:                                                      "t.jsonl:2: id: C902 null",
		`{"id":"","p":"P1","at":"2026-11-03 09:00"}`:                                              "t.jsonl:2: id: C902 empty",
		`{"id":1.5,"p":"P1","at":"2026-11-03 09:00"}`:                                             "t.jsonl:2: id: C902 1.5",
		`{"id":-1,"p":"P1","at":"2026-11-03 09:00"}`:                                              "t.jsonl:2: id: C902 -1",
		`{"id":"y","at":"2026-11-03 09:00"}`:                                                      "t.jsonl:2: p: C902 null",
		`{"id":"y","p":true,"at":"2026-11-03 09:00"}`:                                             "t.jsonl:2: p: C902 true",
		`{"id":"y","p":"P1"}`:                                                                     "t.jsonl:2: at: C902 null",
		`{"id":"y","p":"P1","at":"yesterday"}`:                                                    "t.jsonl:2: at: C902 yesterday",
		"{\"id\":\"y\xff\",\"p\":\"P1\",\"at\":\"2026-11-03 09:00\"}":                             "t.jsonl:2: C907 ",
		`{"id":"y\ud800","p":"P1","at":"2026-11-03 09:00"}`:                                       "t.jsonl:2: id: C907 ",
		`{"id":"y","p":"P1","at":"2026-11-03 09:00","kinds":[{"\udc00":1}]}`:                      "t.jsonl:2: kinds: C907 ",
		`{"id":"y","p":"P1","at":"2026-11-03 09:00","note":"` + strings.Repeat("n", 1<<20) + `"}`: "t.jsonl:2: C908 more than 1 MiB",
	} {
		table, bad, err := frames.ReadJSONLines("t.jsonl", strings.NewReader(good+"\n"+line+"\n"+good+"\n"), o)
		name := fmt.Sprintf("%.80s", line)
		require.NoError(t, err, name)
		require.Len(t, bad, 1, name)
		assert.Len(t, table.Rows, 2, name)
		assert.Equal(t, 3, table.Rows[1].Line, name)
		place, says, _ := strings.Cut(want, " C9")
		code, says, _ := strings.Cut(says, " ")
		assert.True(t, strings.HasPrefix(bad[0].Error(), place), "%s: %s", name, bad[0])
		assert.Equal(t, "C9"+code, bad[0].Code, name)
		assert.Contains(t, bad[0].Error(), says, name)
		assert.NotEmpty(t, bad[0].Message(checklang.Chinese), name)
	}
}

// The sign for a character that is not there is a text like any other when the
// file itself has it.
func TestJSONLinesKeepReplacementCharacter(t *testing.T) {
	t.Parallel()
	for _, text := range []string{`{"id":"a","note":"` + "\ufffd" + `"}`, `{"id":"a","note":"\uFFFD"}`} {
		table, bad, err := frames.ReadJSONLines("t.jsonl", strings.NewReader(text), frames.Options{Record: ticketRecord(t)})
		require.NoError(t, err)
		require.Empty(t, bad)
		assert.Equal(t, "\ufffd", table.Rows[0].Values["备注"])
	}
}

func TestJSONLinesUnreadable(t *testing.T) {
	t.Parallel()
	o := frames.Options{Record: ticketRecord(t)}
	broken := errors.New("the disk is gone")
	_, _, err := frames.ReadJSONLines("t.jsonl", io.MultiReader(strings.NewReader("{\"id\":\"a\"}\n{"), iotest.ErrReader(broken)), o)
	require.ErrorIs(t, err, broken)
	require.ErrorContains(t, err, "line 2")
	o.Encoding = "latin1"
	_, _, err = frames.ReadJSONLines("t.jsonl", strings.NewReader(""), o)
	require.ErrorContains(t, err, `the encoding "latin1" is not known`)
}

// Whatever rows are written are read back, from a reader that gives single
// bytes as well.
func TestJSONLinesRoundTrip(t *testing.T) {
	t.Parallel()
	o := frames.Options{Record: ticketRecord(t)}
	rapid.Check(t, func(t *rapid.T) {
		var file bytes.Buffer
		var want []frames.Row
		for i := range rapid.IntRange(0, 6).Draw(t, "rows") {
			note := rapid.String().Draw(t, "note")
			id := rapid.StringN(1, 8, 40).Draw(t, "id")
			line, err := json.Marshal(map[string]any{"id": id, "备注": note, "金额": i})
			require.NoError(t, err)
			file.Write(append(line, '\n'))
			want = append(want, frames.Row{ID: id, Line: i + 1, Values: map[string]any{"备注": note, "金额": json.Number(fmt.Sprint(i))}})
		}
		table, bad, err := frames.ReadJSONLines("t.jsonl", iotest.OneByteReader(&file), o)
		require.NoError(t, err)
		require.Empty(t, bad)
		assert.Equal(t, want, table.Rows)
	})
}

// FuzzReadJSONLines: no input panics, and each line is a row, a refusal or blank.
func FuzzReadJSONLines(f *testing.F) {
	record := ticketRecord(f)
	for _, seed := range []string{"", "{}", `{"id":"a"}` + "\n[]", "\xef\xbb\xbf{\"id\":1}\r\n", `{"id":"\ud800"}`, "{\"id\":\"\xff\"}", `{"id":"a","id":"b"}`} {
		f.Add([]byte(seed))
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		table, bad, err := frames.ReadJSONLines("f", bytes.NewReader(data), frames.Options{Record: record})
		if err != nil {
			return
		}
		assert.LessOrEqual(t, len(table.Rows)+len(bad), bytes.Count(data, []byte("\n"))+1)
		for _, r := range table.Rows {
			assert.NotEmpty(t, r.ID)
		}
	})
}
