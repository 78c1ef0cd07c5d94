package engine_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

// lines repeats a text as a stream of a million results would come, without holding it.
type lines struct {
	text []byte
	at   int
	left int
}

func (l *lines) Read(p []byte) (int, error) {
	if l.left == 0 {
		return 0, io.EOF
	}
	n := copy(p, l.text[l.at:])
	if l.at += n; l.at == len(l.text) {
		l.at, l.left = 0, l.left-1
	}
	return n, nil
}

// manyResults is a thousand results of small tasks as JSON lines: two items of one part with two units each.
func manyResults(t require.TestingT) []byte {
	var out bytes.Buffer
	for i := range 1000 {
		subject := fmt.Sprintf("P%d", i%40)
		r := engine.Result{
			Schema: engine.ResultSchema, ID: fmt.Sprintf("%064x", i), Task: "region/2026-11/" + subject, Subject: subject, Tier: "region",
			Period: "2026-11", Standard: engine.Ref{Standard: "continuous"}, Plan: fmt.Sprintf("%064x", i/40), Closed: true,
		}
		for j := range 2 {
			outcome := engine.Outcome(1 + (i*7+j)%3)
			v := engine.Verdict{
				Subject: subject, Period: "2026-11", Section: fmt.Sprintf("00%d", j), Item: fmt.Sprintf("00%d/4.%d", j, j),
				Answer: engine.Answer{State: engine.Decided, Best: outcome, Worst: outcome},
			}
			part := v
			part.Level, part.Part = "part", v.Item
			part.Sample = &engine.Proof{Population: 700, Drawn: 3, Inspected: 3, Failing: j % 3, UpperBound: "63.0"}
			for k := range 2 {
				unit := part
				unit.Level, unit.Unit, unit.Sample = "unit", fmt.Sprintf("WO-%d-%d", i, k), nil
				if outcome > engine.Pass {
					unit.Reasons = []engine.Reason{{Key: "finding", Outcome: outcome, Criterion: "fail/1", Label: "未及时派单", Place: "rules.chk:18:3"}}
				}
				r.Verdicts = append(r.Verdicts, unit)
			}
			v.Level = "item"
			r.Verdicts = append(r.Verdicts, part, v)
		}
		data, err := json.Marshal(r)
		require.NoError(t, err)
		out.Write(append(data, '\n'))
	}
	return out.Bytes()
}

// BenchmarkSummary compares reading a million results and counting them by four dimensions with reading them alone, and
// says how much memory is in use at the end of each.
func BenchmarkSummary(b *testing.B) {
	text := manyResults(b)
	of := func(thousands int) io.Reader { return &lines{text: text, left: thousands} }
	heap := func() float64 {
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return float64(m.HeapAlloc) / (1 << 20)
	}
	count := func(thousands int) (*engine.Summary, int) {
		s, err := engine.NewSummary(engine.SummaryOptions{By: []string{"section", "item", "subject", "month"}})
		require.NoError(b, err)
		n := 0
		for r, err := range engine.DecodeResults("", of(thousands)) {
			require.NoError(b, err)
			require.NoError(b, s.Add(r))
			n++
		}
		return s, n
	}
	s, n := count(1)
	total, err := s.Total()
	require.NoError(b, err)
	require.Equal(b, 1000, n)
	require.EqualValues(b, 2000, total.Count("item.all"))
	reading := map[int]float64{}
	for _, thousands := range []int{10, 1000} {
		b.Run(fmt.Sprintf("read/%dk", thousands), func(b *testing.B) {
			for b.Loop() {
				for _, err := range engine.DecodeResults("", of(thousands)) {
					require.NoError(b, err)
				}
			}
			reading[thousands] = b.Elapsed().Seconds() / float64(b.N)
			b.ReportMetric(heap(), "MB-live")
		})
		b.Run(fmt.Sprintf("count/%dk", thousands), func(b *testing.B) {
			var s *engine.Summary
			for b.Loop() {
				s, _ = count(thousands)
			}
			b.ReportMetric(b.Elapsed().Seconds()/float64(b.N)/reading[thousands], "x-reading")
			b.ReportMetric(heap(), "MB-live")
			runtime.KeepAlive(s)
		})
	}
}
