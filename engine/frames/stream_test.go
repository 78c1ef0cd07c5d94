package frames_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames"
)

func october(t testing.TB, subject string) engine.FrameQuery {
	t.Helper()
	p, err := engine.ParsePeriod("2026-10", time.UTC)
	require.NoError(t, err)
	return engine.FrameQuery{Record: "派工单", Subject: subject, Period: p}
}

func unitsOf(t testing.TB, f engine.Frame) []engine.FrameUnit {
	t.Helper()
	units := []engine.FrameUnit{}
	for u, err := range f.Units {
		require.NoError(t, err)
		units = append(units, u)
	}
	return units
}

// TestStreamEqualsTables: read anew or held, the files give the same units and
// refuse the same lines.
func TestStreamEqualsTables(t *testing.T) {
	t.Parallel()
	gb, err := simplifiedchinese.GB18030.NewEncoder().String(plain)
	require.NoError(t, err)
	const broken = "编号,项目,登记时间\nB1,P1,2026-10-02 09:00\n,P1,2026-10-02 09:00\nB2,P1,soon\nB3,P1,2026-11-02 09:00\n\nB4,P1,2026-10-31 09:00,\nB5,P2,2026-10-31 09:00\n"
	const lines = `{"编号":"J1","项目":"P1","登记时间":"2026-10-02 09:00"}` + "\n" + `{"编号":"J1"` + "\n\n" + `{"编号":7,"项目":"P1","登记时间":"2026-10-03 09:00"}`
	fsys := fstest.MapFS{
		"plain.csv": {Data: []byte("\ufeff" + strings.ReplaceAll(strings.TrimSuffix(plain, "A3,P2,,2026-10-04 09:05\n"), "\n", "\r\n"))},
		"gb.csv":    {Data: []byte(gb)}, "broken.csv": {Data: []byte(broken)}, "lines.JSONL": {Data: []byte(lines)},
	}
	o := frames.Options{Record: records(t)["派工单"], ID: "编号", Subject: "项目"}
	timed := o
	timed.Time = "登记时间"
	gbk := o
	gbk.Encoding = "gbk"
	var told, want []*engine.InputError
	s := frames.Stream{FS: fsys, Refused: func(e *engine.InputError) { told = append(told, e) }}
	var tables frames.Source
	for _, f := range []frames.File{{Path: "plain.csv", Options: timed}, {Path: "gb.csv", Options: gbk}, {Path: "broken.csv", Options: timed}, {Path: "lines.JSONL", Options: timed}} {
		s.Files = append(s.Files, f)
		in, err := fsys.Open(f.Path)
		require.NoError(t, err)
		table, bad, err := frames.Read(f.Path, in, f.Options)
		require.NoError(t, err)
		tables.Tables = append(tables.Tables, table)
		want = append(want, bad...)
	}
	for _, subject := range []string{"P1", "P2", "P3"} {
		told = nil
		streamed, err := s.Frame(t.Context(), october(t, subject))
		require.NoError(t, err)
		held, err := tables.Frame(t.Context(), october(t, subject))
		require.NoError(t, err)
		assert.Equal(t, unitsOf(t, held), unitsOf(t, streamed))
		assert.Equal(t, want, told)
		assert.Len(t, told, 4)
	}
	ids := func(q engine.FrameQuery) (ids []string) {
		f, err := s.Frame(t.Context(), q)
		require.NoError(t, err)
		for _, u := range unitsOf(t, f) {
			ids = append(ids, u.ID)
		}
		return ids
	}
	assert.Equal(t, []string{"A1", "A2", "A1", "A2", "B1", "J1", "7"}, ids(october(t, "P1")))

	s.Refused = nil
	f, err := s.Frame(t.Context(), october(t, "P1"))
	require.NoError(t, err)
	var last error
	for _, err := range f.Units {
		last = err
	}
	var refusal *engine.InputError
	require.ErrorAs(t, last, &refusal)
	assert.Equal(t, 3, refusal.Line)
}

// endless is a file that is made while it is read, and counts how much was.
type endless struct {
	line  func(n int) string
	lines int
	made  int
	read  int
	rest  bytes.Buffer
	open  bool
}

func (e *endless) Open(string) (fs.File, error) {
	e.made, e.read, e.open = 0, 0, true
	e.rest.Reset()
	return e, nil
}
func (e *endless) Stat() (fs.FileInfo, error) { return nil, errors.ErrUnsupported }
func (e *endless) Close() error               { e.open = false; return nil }
func (e *endless) Read(p []byte) (int, error) {
	for e.rest.Len() < len(p) && e.made < e.lines {
		e.rest.WriteString(e.line(e.made))
		e.made++
	}
	n, err := e.rest.Read(p)
	e.read += n
	return n, err
}

// TestStreamIsFlat: of a file of a million rows no more is read ahead than a
// buffer holds, whatever its form and encoding, and it is closed by who stops
// early.
func TestStreamIsFlat(t *testing.T) {
	t.Parallel()
	const rows, ahead = 1_000_000, 256 << 10
	csv := func(n int) string {
		if n == 0 {
			return "id,place\n"
		}
		return fmt.Sprintf("WO-%08d,P%d\n", n, n%2)
	}
	jsonl := func(n int) string { return fmt.Sprintf(`{"id":"WO-%08d","place":"P%d"}`+"\n", n, n%2) }
	for _, c := range []struct {
		name, encoding string
		line           func(int) string
		lines          int
	}{{"long.csv", "", csv, rows + 1}, {"long.csv", "gb18030", csv, rows/10 + 1}, {"long.jsonl", "", jsonl, rows / 10}} {
		file := &endless{line: c.line, lines: c.lines}
		s := frames.Stream{FS: file, Files: []frames.File{{Path: c.name, Options: frames.Options{Record: records(t)["派工单"], ID: "id", Subject: "place", Encoding: c.encoding}}}}
		f, err := s.Frame(t.Context(), october(t, "P1"))
		require.NoError(t, err)
		units, size := 0, len(c.line(1))
		for u, err := range f.Units {
			require.NoError(t, err)
			if units++; len(u.ID) == 0 || file.read > 2*units*size+ahead {
				require.FailNow(t, "read too far ahead", "%d bytes for %d units", file.read, units)
			}
		}
		assert.Equal(t, c.lines/2, units, c.name)
		assert.False(t, file.open)
		f.Units(func(engine.FrameUnit, error) bool { return false })
		assert.False(t, file.open)
		assert.Less(t, file.read, 2*ahead)
	}
}

func TestStreamRefuses(t *testing.T) {
	t.Parallel()
	record := records(t)["派工单"]
	fsys := fstest.MapFS{"a.csv": {Data: []byte("编号\nA\n\xff\nB\n")}, "b.csv": {Data: []byte("编号,编号\n")}}
	stream := func(path string) frames.Stream {
		return frames.Stream{FS: fsys, Files: []frames.File{{Path: path, Options: frames.Options{Record: record}}}}
	}
	q := october(t, "P1")
	for path, want := range map[string]string{"nothing.csv": "nothing.csv", "b.csv": "two columns", "a.csv": "a.csv"} {
		f, err := stream(path).Frame(t.Context(), q)
		require.NoError(t, err)
		var errs []error
		for _, err := range f.Units {
			if err != nil {
				errs = append(errs, err)
			}
		}
		require.Len(t, errs, 1, path)
		assert.ErrorContains(t, errs[0], want)
	}
	_, err := frames.Stream{FS: fsys, Files: []frames.File{{Path: "a.csv"}}}.Frame(t.Context(), q)
	require.ErrorContains(t, err, "files[0]: the record is missing")
	other := q
	other.Record = "登记"
	_, err = stream("a.csv").Frame(t.Context(), other)
	require.ErrorIs(t, err, engine.ErrNoFrame)
	cancelled, cancel := context.WithCancel(t.Context())
	f, err := stream("a.csv").Frame(cancelled, q)
	require.NoError(t, err)
	cancel()
	for _, err := range f.Units {
		require.ErrorIs(t, err, context.Canceled)
	}
	_, err = stream("a.csv").Frame(cancelled, q)
	require.ErrorIs(t, err, context.Canceled)
}
