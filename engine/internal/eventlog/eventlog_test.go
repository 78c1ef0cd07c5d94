package eventlog_test

import (
	"fmt"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine/internal/eventlog"
	"github.com/pinjian/pinjian/internal/rapidtest"
)

func TestMain(m *testing.M) { os.Exit(rapidtest.Main(m)) }

func order(list []eventlog.Entry) ([]eventlog.Entry, *eventlog.Fault) {
	return eventlog.Order(slices.Values(list), func(e eventlog.Entry) eventlog.Entry { return e })
}

// naive says whether a list is a log, by trying every place: each from 1 on has
// one body, and no id stands at two.
func naive(list []eventlog.Entry) bool {
	at, places := map[int]eventlog.Entry{}, map[string]int{}
	for _, e := range list {
		if other, ok := at[e.Seq]; ok && other != e {
			return false
		}
		if place, ok := places[e.ID]; ok && place != e.Seq {
			return false
		}
		at[e.Seq], places[e.ID] = e, e.Seq
		if e.Stream != list[0].Stream {
			return false
		}
	}
	for i := range len(at) {
		if _, ok := at[i+1]; !ok {
			return false
		}
	}
	return len(list) > 0
}

// Whatever arrives is the same log in every order, or the same fault, and a log
// exactly when a naive look says so.
func TestOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		list := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) eventlog.Entry {
			seq := rapid.IntRange(0, 4).Draw(t, "seq")
			e := eventlog.Entry{Stream: "s", ID: fmt.Sprint("e", seq), Body: "b", Seq: seq}
			switch rapid.IntRange(0, 12).Draw(t, "trouble") {
			case 0:
				e.Body = "other"
			case 1:
				e.ID = fmt.Sprint("e", rapid.IntRange(0, 4).Draw(t, "id"))
			case 2:
				e.Stream = "t"
			}
			return e
		}), 0, 8).Draw(t, "list")
		before := slices.Clone(list)
		got, fault := order(list)
		require.Equal(t, before, list, "the caller's list stays as it is")
		require.Equal(t, naive(list), fault == nil, "%v: %v", list, fault)
		again, other := order(rapid.Permutation(list).Draw(t, "another order"))
		if fault != nil {
			require.NotNil(t, other)
			require.NotEmpty(t, fault.Error())
			if fault.Problem != eventlog.Mixed && other.Problem != eventlog.Mixed {
				require.Equal(t, fault, other)
			}
			return
		}
		require.Nil(t, other)
		require.Equal(t, got, again)
		for i, e := range got {
			require.Equal(t, i+1, e.Seq)
		}
	})
}

// Each problem by example, with the place and the names.
func TestFaults(t *testing.T) {
	t.Parallel()
	e := func(id string, seq int, body string) eventlog.Entry {
		return eventlog.Entry{Stream: "s", ID: id, Seq: seq, Body: body}
	}
	for name, c := range map[string]struct {
		list []eventlog.Entry
		want eventlog.Fault
	}{
		"empty":      {nil, eventlog.Fault{Problem: eventlog.Empty}},
		"mixed":      {[]eventlog.Entry{e("a", 1, ""), {Stream: "t", ID: "b", Seq: 2}}, eventlog.Fault{Problem: eventlog.Mixed, Stream: "s", First: "a", Second: "b", Seq: 2}},
		"unnumbered": {[]eventlog.Entry{e("a", 0, "")}, eventlog.Fault{Problem: eventlog.Unnumbered, Stream: "s", First: "a"}},
		"clash":      {[]eventlog.Entry{e("b", 1, "y"), e("a", 1, "x")}, eventlog.Fault{Problem: eventlog.Clash, Stream: "s", First: "a", Second: "b", Seq: 1}},
		"twice":      {[]eventlog.Entry{e("a", 1, ""), e("a", 2, "")}, eventlog.Fault{Problem: eventlog.Twice, Stream: "s", First: "a", Second: "a", Seq: 1}},
		"gap":        {[]eventlog.Entry{e("c", 3, ""), e("a", 1, "")}, eventlog.Fault{Problem: eventlog.Gap, Stream: "s", First: "a", Second: "c", Seq: 2}},
		"no first":   {[]eventlog.Entry{e("b", 2, "")}, eventlog.Fault{Problem: eventlog.Gap, Stream: "s", Second: "b", Seq: 1}},
	} {
		got, fault := order(c.list)
		assert.Nil(t, got, name)
		require.NotNil(t, fault, name)
		assert.Equal(t, c.want, *fault, name)
	}
}
