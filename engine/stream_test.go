package engine_test

import (
	"bufio"
	"encoding/csv"
	"flag"
	"fmt"
	"io"
	"os"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

var streamRows = flag.Int("stream", 20_000, "orders of the streamed CSV; 10000000 for the whole measurement")

// csvOrders writes work orders as CSV while they are read: no file of that
// size is ever there.
type csvOrders struct {
	rows, next int
	zone       *time.Location
	out        []byte
}

// late says whether order i is dispatched too late: every seventh is.
func lateOrder(i int) bool { return i%7 == 3 }

func (c *csvOrders) Read(p []byte) (int, error) {
	for len(c.out) < len(p) && c.next <= c.rows {
		if c.next == 0 {
			c.out = append(c.out, "报事编号,登记时间,预约时间,派单时间,处理状态,严重影响生活,完工时间,业主签名\n"...)
			c.next++
			continue
		}
		i := c.next - 1
		c.next++
		registered := time.Date(2026, 11, 1, 0, 0, 0, 0, c.zone).Add(time.Duration(i%2_500_000) * time.Second)
		wait := 9 * time.Minute
		if lateOrder(i) {
			wait = 10*time.Minute + time.Second
		}
		c.out = append(c.out, 'R')
		c.out = strconv.AppendInt(c.out, int64(i), 10)
		c.out = append(c.out, ',')
		c.out = registered.AppendFormat(c.out, time.DateTime)
		c.out = append(c.out, ",,"...)
		c.out = registered.Add(wait).AppendFormat(c.out, time.DateTime)
		c.out = append(c.out, ",已完成,否,"...)
		if i%10 > 0 {
			c.out = registered.Add(5*time.Hour).AppendFormat(c.out, time.DateTime)
		}
		c.out = append(c.out, ",李\n"...)
	}
	n := copy(p, c.out)
	c.out = c.out[:copy(c.out, c.out[n:])]
	if n == 0 {
		return 0, io.EOF
	}
	return n, nil
}

// resident is the memory that the system has given to the process, in bytes;
// 0 where the system does not tell.
func resident() int64 {
	f, err := os.Open("/proc/self/status")
	if err != nil {
		return 0
	}
	defer func() { _ = f.Close() }()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if rest, ok := strings.CutPrefix(lines.Text(), "VmRSS:"); ok {
			kilobytes, _ := strconv.ParseInt(strings.TrimSpace(strings.TrimSuffix(rest, "kB")), 10, 64)
			return kilobytes << 10
		}
	}
	return 0
}

// A stream of orders goes through chunks: every one is judged by two items of
// the library's document 005, and no more memory is used for many than for
// few. With -stream=10000000 it is the measurement of PERFORMANCE.md.
func TestStreamedOrdersAreJudgedInChunks(t *testing.T) {
	s := continuous(t)
	month, err := engine.ParsePeriod("2026-11", s.Zone())
	require.NoError(t, err)
	rows := *streamRows
	reader := func() *csv.Reader {
		r := csv.NewReader(&csvOrders{rows: rows, zone: s.Zone()})
		r.ReuseRecord = true
		return r
	}
	began := time.Now()
	plain := reader()
	read := -1
	for ; err == nil; read++ {
		_, err = plain.Read()
	}
	reading := time.Since(began)
	require.ErrorIs(t, err, io.EOF)
	require.Equal(t, rows+1, read)

	batch, err := engine.NewBatch(s, "WorkOrder", nil)
	require.NoError(t, err)
	var early, most int64
	chunks := func(yield func(*engine.Batch, error) bool) {
		in := reader()
		head, err := in.Read()
		loader := batch.Loader(head)
		for n := 1; err == nil; n++ {
			var cells []string
			if cells, err = in.Read(); err != nil {
				break
			}
			if refused := loader.Texts(cells[0], cells); len(refused) > 0 {
				yield(nil, refused[0])
				return
			}
			if batch.Len() < 64<<10 {
				continue
			}
			if !yield(batch, nil) {
				return
			}
			batch.Reset()
			if now := resident(); n <= 512<<10 {
				early = max(early, now)
			} else {
				most = max(most, now)
			}
		}
		if err != io.EOF {
			yield(nil, err)
			return
		}
		yield(batch, nil)
	}
	began = time.Now()
	verdicts, err := s.JudgeStream(t.Context(), []string{"005/4.1.3", "005/4.1.7"}, chunks, engine.Setting{Period: month}, 10)
	judging := time.Since(began)
	require.NoError(t, err)
	late, open := 0, 0
	for i := range rows {
		if lateOrder(i) {
			late++
		}
		if i%10 == 0 {
			open++
		}
	}
	assert.Equal(t, map[string]int{"fail": late, "pass": rows - late}, verdicts[0].Counts)
	assert.Equal(t, map[string]int{"fail": open, "pass": rows - open}, verdicts[1].Counts)
	assert.Equal(t, engine.Fail, verdicts[0].Worst)
	if most > 0 {
		assert.Less(t, most, early+early/2+(32<<20), "memory grows with the stream")
	}
	_, _ = fmt.Fprintf(t.Output(), "%d orders on %d processors: reading alone %.0f rows/s, judged %.0f rows/s (%.2f times as long); resident %d MiB after the first chunks, at most %d MiB\n",
		rows, runtime.GOMAXPROCS(0), float64(rows)/reading.Seconds(), float64(rows)/judging.Seconds(), judging.Seconds()/reading.Seconds(), early>>20, most>>20)
}
