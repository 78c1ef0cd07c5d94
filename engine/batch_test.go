package engine_test

import (
	"context"
	"fmt"
	"runtime"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

func TestBatchesAgreeWithRowsOnRandomRules(t *testing.T) {
	states, doubts := map[engine.State]int{}, map[engine.State]int{}
	rapid.Check(t, func(t *rapid.T) {
		text := drawStandard(t, true)
		s, err := loadText(text, engine.Options{Audit: rapid.IntRange(0, 7).Draw(t, "audit") == 0})
		require.NoError(t, err, text)
		bound, err := engine.Bind[randomUnit](s, "1")
		require.NoError(t, err)
		at := drawSetting(t)
		dynamic, err := engine.NewBatch(s, "1", at.Subject.Zone)
		require.NoError(t, err)
		typed, err := engine.NewBatch(s, "1", at.Subject.Zone)
		require.NoError(t, err)
		kinds := rapid.IntRange(0, 6).Draw(t, "units drawn")
		var drawn []engine.TestUnit
		var structs []*randomUnit
		for range kinds {
			u, values := drawUnit(t)
			drawn, structs = append(drawn, engine.TestUnit{Values: values}), append(structs, u)
		}
		// Units come again and again, so that there are several blocks.
		repeat := rapid.SampledFrom([]int{1, 1, 1, 3, 3, 250}).Draw(t, "times")
		var units []engine.TestUnit
		for r := range repeat {
			for i, u := range drawn {
				u.ID = fmt.Sprintf("%d/%d", r, i)
				units = append(units, u)
				refused := dynamic.Append(u.ID, u.Values)
				bad, err := bound.AppendTo(typed, u.ID, structs[i])
				require.NoError(t, err)
				if r == 0 {
					assert.Equal(t, pathsAndCodes(refused), pathsAndCodes(bad))
				}
			}
		}
		want, doubtful, wantErr := s.JudgeRows("1", units, at, func(int) bool { return true })
		for _, b := range []*engine.Batch{dynamic, typed} {
			got, err := s.JudgeBatch(context.Background(), "1", b, at)
			if wantErr != nil {
				require.Error(t, err, text)
				continue
			}
			require.NoError(t, err, text)
			if doubtful == 0 {
				require.Equal(t, asJSON(t, want), asJSON(t, got), text)
				continue
			}
			doubts[got.State]++
			if got.State == engine.Undecided {
				require.NotEmpty(t, got.Missing, text)
			}
			covers(t, got, want, text)
			for range 6 { // whichever of them belong
				belong := rapid.SliceOfN(rapid.Bool(), doubtful, doubtful).Draw(t, "belong")
				v, _, err := s.JudgeRows("1", units, at, func(i int) bool { return belong[i] })
				require.NoError(t, err)
				covers(t, got, v, text)
			}
		}
		states[want.State]++
	})
	for _, state := range []engine.State{engine.Undecided, engine.Decided} {
		assert.Positive(t, states[state], "no random batch was %s", state)
		assert.Positive(t, doubts[state], "no random batch with doubtful units was %s", state)
	}
}

// covers demands that a verdict over doubtful units claims no more than the
// one that holds when it is known which of them belong.
func covers(t require.TestingT, got, settled engine.Verdict, text string) {
	what := fmt.Sprintf("%v %v of\n%s", got, settled, text)
	if settled.State == engine.Ungraded {
		require.Equal(t, engine.Ungraded, got.State, what)
	} else {
		require.LessOrEqual(t, got.Best, settled.Best, what)
		require.GreaterOrEqual(t, got.Worst, settled.Worst, what)
		if got.State == engine.Decided {
			require.Equal(t, engine.Decided, settled.State, what)
		}
	}
	within := func(least, most, inner, outer engine.Number) {
		require.LessOrEqual(t, least.Rat().Cmp(inner.Rat()), 0, what)
		require.GreaterOrEqual(t, most.Rat().Cmp(outer.Rat()), 0, what)
	}
	if m, n := got.Measure, settled.Measure; m != nil && n != nil {
		within(m.Least, m.Most, n.Least, n.Most)
	}
	if n := settled.Points; n != nil {
		p := got.Points
		require.NotNil(t, p, what)
		require.LessOrEqual(t, p.Least.Rat().Cmp(n.Least.Rat()), 0, what)
		if p.Most != nil {
			require.NotNil(t, n.Most, what)
			require.GreaterOrEqual(t, p.Most.Rat().Cmp(n.Most.Rat()), 0, what)
		}
		if n.AwardLeast != nil {
			within(*p.AwardLeast, *p.AwardMost, *n.AwardLeast, *n.AwardMost)
		}
	}
}

// orders makes work orders of which some are late, some never dispatched and,
// where asked, some not known to be.
func orders(n int, unknown bool) []workOrder {
	start := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	out := make([]workOrder, n)
	x := uint32(1)
	for i := range out {
		x = x*1664525 + 1013904223
		registered := start.Add(time.Duration(i) * time.Second)
		out[i] = workOrder{identity: identity{fmt.Sprint("R", i)}, RegisteredAt: registered, Status: "done"}
		switch r := x >> 8 % 100; {
		case r < 3:
			out[i].DispatchedAt = engine.Absent[time.Time]()
		case r == 3 && unknown:
		default:
			out[i].DispatchedAt = engine.Known(registered.Add(time.Duration(r) * 7 * time.Second))
		}
		if x>>16%10 == 0 {
			at := registered.Add(24 * time.Hour)
			out[i].AppointedAt = &at
		}
	}
	return out
}

// One goroutine or several, one batch or chunks of a stream: the same bytes.
func TestBatchesGiveTheSameBytesHoweverTheyAreCut(t *testing.T) {
	s := continuous(t)
	b, err := engine.Bind[workOrder](s, "005/4.1.3")
	require.NoError(t, err)
	month, err := engine.ParsePeriod("2026-11", s.Zone())
	require.NoError(t, err)
	at := engine.Setting{Period: month}
	all, err := engine.NewBatch(s, "WorkOrder", nil)
	require.NoError(t, err)
	rows := orders(20_000, true)
	for i := range rows {
		_, err := b.AppendTo(all, rows[i].Number, &rows[i])
		require.NoError(t, err)
	}
	parts := []string{"005/4.1.3", "005/4.1.5/反馈", "005/4.1.7"} // of the second some units may not belong
	var want []string
	for _, part := range parts {
		v, err := s.JudgeBatch(t.Context(), part, all, at)
		require.NoError(t, err)
		want = append(want, asJSON(t, v))
		assert.NotEmpty(t, v.Counts)
	}
	for _, processors := range []int{1, 3} {
		old := runtime.GOMAXPROCS(processors)
		for _, size := range []int{700, 20_000} {
			chunk, err := engine.NewBatch(s, "WorkOrder", nil)
			require.NoError(t, err)
			got, err := s.JudgeStream(t.Context(), parts, func(yield func(*engine.Batch, error) bool) {
				for i := range rows {
					_, _ = b.AppendTo(chunk, rows[i].Number, &rows[i])
					if chunk.Len() == size || i == len(rows)-1 {
						if !yield(chunk, nil) {
							return
						}
						chunk.Reset()
					}
				}
			}, at, 1_000_000)
			require.NoError(t, err)
			for k := range got {
				assert.Equal(t, want[k], asJSON(t, got[k]), "%d processors, chunks of %d", processors, size)
			}
		}
		runtime.GOMAXPROCS(old)
	}
}

func TestBatchesRefuseWhatTheyCanNotJudge(t *testing.T) {
	s, other := continuous(t), continuous(t)
	b, err := engine.NewBatch(s, "派工单", nil)
	require.NoError(t, err)
	_, err = s.JudgeBatch(t.Context(), "005/4.1.1", b, engine.Setting{})
	assert.ErrorContains(t, err, "not over the record")
	_, err = other.JudgeBatch(t.Context(), "005/4.1.3", b, engine.Setting{})
	assert.ErrorContains(t, err, "another standard")
	_, err = engine.NewBatch(s, "Nothing", nil)
	assert.ErrorContains(t, err, "no part over a record")
	_, err = engine.NewBatch(s, "005/4.1.9", nil)
	assert.ErrorContains(t, err, "subject")
	answers, err := engine.NewBatch(s, "005/4.1.2", nil)
	require.NoError(t, err)
	_, err = s.JudgeBatch(t.Context(), "005/4.1.3", answers, engine.Setting{})
	assert.ErrorContains(t, err, "not over the record")

	refused := b.Append("R1", map[string]any{"登记时间": "yesterday", "colour": 1, "派单时间": nil, "预约时间": nil})
	assert.Equal(t, []string{"colour C901", "登记时间 C902"}, pathsAndCodes(refused))
	refused = b.Append("R2", map[string]any{"登记时间": "2026-11-03 09:00", "派单时间": "2026-11-03 09:11", "预约时间": nil})
	assert.Empty(t, refused)
	v, err := s.JudgeBatch(t.Context(), "005/4.1.3", b, engine.Setting{})
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"fail": 2}, v.Counts)
	_, err = s.JudgeBatch(t.Context(), "005/4.1.3", b, engine.Setting{Subject: engine.Subject{Zone: time.FixedZone("away", 0)}})
	assert.ErrorContains(t, err, "give NewBatch that zone")

	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.JudgeBatch(ctx, "005/4.1.3", b, engine.Setting{})
	assert.ErrorIs(t, err, context.Canceled)
	failed := fmt.Errorf("the database is gone")
	_, err = s.JudgeStream(t.Context(), []string{"005/4.1.3"}, func(yield func(*engine.Batch, error) bool) { yield(nil, failed) }, engine.Setting{}, 0)
	assert.ErrorIs(t, err, failed)
}

// A table's cells give what the same values in maps give.
func TestLoadersReadWhatMapsRead(t *testing.T) {
	s := continuous(t)
	month, err := engine.ParsePeriod("2026-11", s.Zone())
	require.NoError(t, err)
	at := engine.Setting{Period: month}
	columns := []string{"项目", "报事编号", "登记时间", "appointed_at", "派单时间", "处理状态", "serious", "完工时间", "业主签名"}
	rapid.Check(t, func(t *rapid.T) {
		texts, err := engine.NewBatch(s, "WorkOrder", nil)
		require.NoError(t, err)
		values, err := engine.NewBatch(s, "WorkOrder", nil)
		require.NoError(t, err)
		maps, err := engine.NewBatch(s, "WorkOrder", nil)
		require.NoError(t, err)
		byText, byValue := texts.Loader(columns), values.Loader(columns)
		instant := rapid.SampledFrom([]string{"2026-11-03 09:00", "2026-11-03 09:00:59", "2026-11-03T09:10", "2026-11-04 00:00:00", "2026-11-03 09:00:00Z", "2026-11-31 09:00", "2026-11-03 24:00", "9 o'clock", "2026-11-03T01:10:00Z"})
		for i := range 3 {
			cells := []string{
				"P1", fmt.Sprint("R", i), instant.Draw(t, "registered"), "", instant.Draw(t, "dispatched"),
				rapid.SampledFrom([]string{"已完成", "done", " pending", "lost"}).Draw(t, "status"), rapid.SampledFrom([]string{"是", "false", "perhaps"}).Draw(t, "serious"),
				"", rapid.SampledFrom([]string{"", "李"}).Draw(t, "signature"),
			}
			row, unit := make([]any, len(cells)), map[string]any{}
			for k, cell := range cells {
				row[k] = []byte(cell)
				if cell == "" {
					row[k] = nil
				}
				if k > 0 {
					unit[columns[k]] = cell
					if cell == "" {
						unit[columns[k]] = nil
					}
				}
			}
			want := pathsAndCodes(maps.Append(cells[1], unit))
			assert.Equal(t, want, pathsAndCodes(byText.Texts(cells[1], cells)))
			assert.Equal(t, want, pathsAndCodes(byValue.Values(cells[1], row)))
		}
		for _, part := range []string{"005/4.1.3", "005/4.1.7"} {
			want, wantErr := s.JudgeBatch(context.Background(), part, maps, at)
			for _, b := range []*engine.Batch{texts, values} {
				got, err := s.JudgeBatch(context.Background(), part, b, at)
				assert.Equal(t, wantErr, err)
				assert.Equal(t, asJSON(t, want), asJSON(t, got))
			}
		}
	})
}

// A day on which clocks change is not read by adding hours to midnight.
func TestLoadersKnowSummerTime(t *testing.T) {
	zone, err := time.LoadLocation("Europe/Berlin")
	require.NoError(t, err)
	s := continuous(t)
	b, err := engine.NewBatch(s, "WorkOrder", zone)
	require.NoError(t, err)
	l := b.Loader([]string{"登记时间", "预约时间", "派单时间"})
	// Nine minutes on the wall, an hour and nine minutes in truth.
	assert.Empty(t, l.Texts("R1", []string{"2026-10-25 01:55", "", "2026-10-25 03:04"}))
	assert.Empty(t, l.Texts("R2", []string{"2026-10-26 01:55", "", "2026-10-26 02:04"}))
	v, err := s.JudgeBatch(t.Context(), "005/4.1.3", b, engine.Setting{Subject: engine.Subject{Zone: zone}})
	require.NoError(t, err)
	assert.Equal(t, map[string]int{"fail": 1, "pass": 1}, v.Counts)
}
