package engine_test

import (
	"context"
	"database/sql"
	"encoding/json"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

// pathsAndCodes are refused values without their words, in the order of paths.
func pathsAndCodes(list []*engine.InputError) []string {
	out := []string{}
	for _, e := range list {
		out = append(out, e.Path+" "+e.Code)
	}
	slices.Sort(out)
	return out
}

// asJSON makes verdicts comparable whole, numbers included.
func asJSON(t require.TestingT, v any) string {
	data, err := json.Marshal(v)
	require.NoError(t, err)
	return string(data)
}

func TestTypedAndDynamicPathsAgreeOnRandomRules(t *testing.T) {
	decided := map[engine.State]int{}
	rapid.Check(t, func(t *rapid.T) {
		text := drawStandard(t, false)
		s, err := loadText(text, engine.Options{})
		require.NoError(t, err, text)
		b, err := engine.Bind[randomUnit](s, "1")
		require.NoError(t, err)
		var basis engine.Basis
		v, refused, err := basis.Explain()
		require.NoError(t, err)
		assert.Empty(t, refused)
		assert.Equal(t, engine.Verdict{}, v)
		for range 4 {
			at := drawSetting(t)
			u, values := drawUnit(t)
			want, refused, wantErr := s.JudgeUnit("1", values, at)
			got, typedRefused, err := b.Explain(u, &at)
			require.Equal(t, wantErr == nil, err == nil, "%v, %v", wantErr, err)
			assert.Equal(t, asJSON(t, want), asJSON(t, got), text)
			assert.Equal(t, pathsAndCodes(refused), pathsAndCodes(typedRefused))
			for range 2 { // the second time in the row of the first
				assert.Equal(t, want.Answer, b.Judge(u, &at), text)
			}
			assert.Equal(t, want.Answer, b.JudgeOn(u, &at, &basis), text)
			u2 := *u
			*u = randomUnit{} // what was judged is kept
			kept, keptRefused, err := basis.Explain()
			*u = u2
			require.Equal(t, wantErr == nil, err == nil)
			assert.Equal(t, asJSON(t, want), asJSON(t, kept), text)
			assert.Equal(t, pathsAndCodes(refused), pathsAndCodes(keptRefused))
			decided[want.State]++
		}
	})
	for _, state := range []engine.State{engine.Undecided, engine.Decided, engine.Referred, engine.NotApplicable} {
		assert.Positive(t, decided[state], "no random unit was %s", state)
	}
}

// workOrder is a host's struct for the library's work orders, with plain
// types, pointers, nullable types of database/sql and an embedded struct.
type workOrder struct {
	identity
	RegisteredAt   time.Time               `chk:"registered_at"`
	AppointedAt    *time.Time              `chk:"appointed_at"`
	DispatchedAt   engine.Field[time.Time] `chk:"派单时间"`
	RespondedAt    sql.NullTime            `chk:"responded_at"`
	Status         status                  `chk:"status"`
	Serious        bool                    `chk:"serious"`
	CommunicatedAt sql.Null[stamp]         `chk:"communicated_at"`
	CompletedAt    *stamp                  `chk:"completed_at"`
	Signature      sql.NullString          `chk:"customer_signature"`
	Internal       chan int                // of no concern
}

type identity struct {
	Number string `chk:"report_no"`
}

type status string

type stamp time.Time

func continuous(t testing.TB) *engine.Standard {
	s, _, err := engine.Load(context.Background(), stdlib.FS(), "continuous", engine.Options{Parameters: map[string]any{"午休开始": "12:00", "午休结束": "14:00"}})
	require.NoError(t, err)
	return s
}

func drawOrder(t *rapid.T) (*workOrder, map[string]any) {
	o := &workOrder{identity: identity{"R1"}}
	values := map[string]any{"report_no": "R1"}
	o.RegisteredAt = randomTimes.Draw(t, "registered")
	values["registered_at"] = o.RegisteredAt
	maybe := func(name string) (time.Time, bool) {
		at := randomTimes.Draw(t, name)
		there := rapid.Bool().Draw(t, name+" is there")
		values[name] = nil
		if there {
			values[name] = at
		}
		return at, there
	}
	if at, there := maybe("appointed_at"); there {
		o.AppointedAt = &at
	}
	if at, there := maybe("dispatched_at"); there {
		o.DispatchedAt = engine.Known(at)
	} else if o.DispatchedAt = engine.Absent[time.Time](); rapid.Bool().Draw(t, "not collected") {
		o.DispatchedAt = engine.Field[time.Time]{}
		delete(values, "dispatched_at")
	}
	o.RespondedAt.Time, o.RespondedAt.Valid = maybe("responded_at")
	at, there := maybe("communicated_at")
	o.CommunicatedAt = sql.Null[stamp]{V: stamp(at), Valid: there}
	if at, there := maybe("completed_at"); there {
		done := stamp(at)
		o.CompletedAt = &done
	}
	o.Status = rapid.SampledFrom([]status{"pending", "处理中", "done", "lost"}).Draw(t, "status")
	values["status"] = string(o.Status)
	o.Serious = rapid.Bool().Draw(t, "serious")
	values["serious"] = o.Serious
	o.Signature = sql.NullString{String: rapid.SampledFrom([]string{"", "李"}).Draw(t, "signature"), Valid: rapid.Bool().Draw(t, "signed")}
	values["customer_signature"] = nil
	if o.Signature.Valid {
		values["customer_signature"] = o.Signature.String
	}
	return o, values
}

var workOrderParts = []string{"005/4.1.3", "005/4.1.4/派单", "005/4.1.5/反馈", "005/4.1.6", "005/4.1.7"}

func TestBindingsOfTheLibraryAgreeWithMaps(t *testing.T) {
	s := continuous(t)
	list, err := engine.BindAll[workOrder](s, workOrderParts...)
	require.NoError(t, err)
	month, err := engine.ParsePeriod("2026-11", s.Zone())
	require.NoError(t, err)
	rapid.Check(t, func(t *rapid.T) {
		o, values := drawOrder(t)
		at := engine.Setting{Period: month}
		answers := list.Judge(o, &at, nil)
		verdicts, _, err := list.Explain(o, &at)
		require.NoError(t, err)
		for i, part := range workOrderParts {
			want, refused, err := s.JudgeUnit(part, values, at)
			require.NoError(t, err)
			assert.Equal(t, want.Answer, answers[i], part)
			assert.Equal(t, asJSON(t, want), asJSON(t, verdicts[i]))
			b, err := engine.Bind[workOrder](s, part)
			require.NoError(t, err)
			assert.Equal(t, want.Answer, b.Judge(o, &at), part)
			_, typed, err := b.Explain(o, &at)
			require.NoError(t, err)
			assert.Len(t, typed, len(refused))
		}
	})
}

// A side of a join is a struct behind a pointer; nil is a side that is not
// there.
func TestJoinedRecordsBindTheirSides(t *testing.T) {
	type entry struct {
		ReportedAt   time.Time `chk:"reported_at"`
		RegisteredAt time.Time `chk:"registered_at"`
	}
	type system struct {
		RegisteredAt time.Time `chk:"登记时间"`
	}
	type match struct {
		System   *system                `chk:"系统"`
		Register *entry                 `chk:"登记簿"`
		Written  engine.Field[[]string] `chk:"register_elements"`
		Typed    engine.Field[[]string] `chk:"system_elements"`
		Differ   engine.Field[[]string] `chk:"differing_elements"`
	}
	s := continuous(t)
	b, err := engine.Bind[match](s, "005/4.1.2")
	require.NoError(t, err)
	all := []string{"业主姓名", "地址", "报事人电话", "报事内容"}
	nine := time.Date(2026, 11, 3, 9, 0, 0, 0, s.Zone())
	for name, tt := range map[string]struct {
		match match
		want  engine.Outcome
	}{
		"both":        {match{&system{nine}, &entry{nine, nine}, engine.Known(all), engine.Known(all), engine.Known([]string{})}, engine.Pass},
		"no register": {match{System: &system{nine}, Typed: engine.Known(all)}, engine.Major},
		"no system":   {match{Register: &entry{nine, nine}, Written: engine.Known(all)}, engine.Fail},
		"a day late":  {match{&system{nine.AddDate(0, 0, 1)}, &entry{nine, nine}, engine.Known(all), engine.Known(all), engine.Known([]string{})}, engine.Fail},
	} {
		answer := b.Judge(&tt.match, nil)
		assert.Equal(t, engine.Answer{State: engine.Decided, Best: tt.want, Worst: tt.want}, answer, name)
		v, refused, err := b.Explain(&tt.match, nil)
		require.NoError(t, err)
		assert.Empty(t, refused)
		assert.Equal(t, answer, v.Answer)
	}
}

func TestBindReportsEveryMismatchAtOnce(t *testing.T) {
	type wrong struct {
		Number     string       `chk:"report_no"`
		Registered string       `chk:"registered_at"` // no time
		Dispatched time.Time    `chk:"dispatched_at"` // may be absent
		Again      *time.Time   `chk:"派单时间"`          // the same field
		Computed   bool         `chk:"当日未完成"`         // computed
		Unknown    bool         `chk:"colour"`
		hidden     bool         `chk:"serious"`
		Status     int          `chk:"status"`
		Signature  sql.NullBool `chk:"customer_signature"`
		Skipped    bool         `chk:"-"`
	}
	s := continuous(t)
	_, err := engine.Bind[wrong](s, "005/4.1.6")
	require.Error(t, err)
	_ = wrong{}.hidden
	for _, want := range []string{
		`wrong.Registered: "登记时间" is a time, and string does not hold it: use time.Time`,
		`wrong.Dispatched: "派单时间" is a time that may be absent, and time.Time does not hold it: use *time.Time`,
		`wrong.Dispatched and engine_test.wrong.Again both fill "派单时间"`,
		`wrong.Computed: "当日未完成" is computed`,
		`wrong.Unknown: part 005/4.1.6 knows no "colour": it has 报事编号`,
		`wrong.hidden has the tag chk:"serious" and is not exported`,
		`wrong.Status: "处理状态" is a choice of WorkOrderStatus, and int does not hold it: use a type of kind string`,
		`wrong.Signature: "业主签名" is an attachment that may be absent, and sql.NullBool does not hold it`,
		`has no field for "沟通时间", which part 005/4.1.6 reads`,
		`has no field for "完工时间", which part 005/4.1.6 reads`,
		`has no field for "严重影响生活", which part 005/4.1.6 reads`,
	} {
		assert.Contains(t, err.Error(), want)
	}
	assert.NotContains(t, err.Error(), "Skipped")
	assert.Equal(t, 11, strings.Count(err.Error(), "\n")+1, err.Error())

	_, err = engine.Bind[int](s, "005/4.1.3")
	assert.ErrorContains(t, err, "int is no struct")
	_, err = engine.Bind[workOrder](s, "005/9.9.9")
	assert.ErrorContains(t, err, "no part")
	_, err = engine.BindAll[workOrder](s, "005/4.1.3", "005/4.1.9")
	assert.ErrorContains(t, err, "different records")
}

func TestFieldsInJSON(t *testing.T) {
	type row struct {
		A engine.Field[int] `json:"a,omitzero"`
		B engine.Field[int] `json:"b,omitzero"`
		C engine.Field[int] `json:"c,omitzero"`
	}
	var r row
	require.NoError(t, json.Unmarshal([]byte(`{"a": 3, "b": null}`), &r))
	assert.Equal(t, row{A: engine.Known(3), B: engine.Absent[int]()}, r)
	assert.Equal(t, `{"a":3,"b":null}`, asJSON(t, r))
	v, known := r.A.Get()
	assert.True(t, known)
	assert.Equal(t, 3, v)
	assert.True(t, r.B.IsAbsent())
	assert.True(t, r.C.IsZero())
	assert.Error(t, json.Unmarshal([]byte(`{"a": "x"}`), &r))
}

func TestOneBindingServesManyGoroutines(t *testing.T) {
	s := continuous(t)
	b, err := engine.Bind[workOrder](s, "005/4.1.3")
	require.NoError(t, err)
	registered := time.Date(2026, 11, 3, 9, 0, 0, 0, s.Zone())
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			for i := range 200 {
				minutes := (g + i) % 20
				o := workOrder{RegisteredAt: registered, DispatchedAt: engine.Known(registered.Add(time.Duration(minutes) * time.Minute))}
				want := engine.Pass
				if minutes > 10 {
					want = engine.Fail
				}
				if got := b.Judge(&o, nil); got.Best != want || got.State != engine.Decided {
					t.Errorf("after %d minutes: %v", minutes, got)
				}
			}
		})
	}
	wait.Wait()
}
