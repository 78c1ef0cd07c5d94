package sampling

import (
	"math/big"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func refused(t *testing.T, err error, code, path string, words ...string) {
	t.Helper()
	var e *Error
	require.ErrorAs(t, err, &e)
	require.Equal(t, code, e.Code, err)
	require.Equal(t, path, e.Path, err)
	require.NotEmpty(t, e.Remedy)
	for _, w := range words {
		require.ErrorContains(t, err, w)
	}
}

func TestBadRowsAreRefused(t *testing.T) {
	good := Unit{ID: "A"}
	for _, c := range []struct {
		name, code, path, word string
		units                  []Unit
		sorted                 bool
	}{
		{name: "duplicate", code: "duplicate-id", path: "frame row 3", word: "row 1", units: []Unit{good, {ID: "B"}, good}},
		{name: "duplicate in a sorted frame", code: "duplicate-id", path: "frame row 2", word: "row 1", units: []Unit{good, good}, sorted: true},
		{name: "over-long", code: "too-long", path: "frame row 2", word: "201 bytes", units: []Unit{good, {ID: strings.Repeat("x", 201)}}},
		{name: "not NFC", code: "not-nfc", path: "frame row 2", units: []Unit{good, {ID: "e\u0301"}}},
		{name: "control", code: "control-character", path: "frame row 2", word: "U+000A", units: []Unit{good, {ID: "a\nb"}}},
		{name: "control of the second set", code: "control-character", path: "frame row 2", word: "U+0085", units: []Unit{good, {ID: "a\u0085b"}}},
		{name: "not UTF-8", code: "not-utf8", path: "frame row 2", units: []Unit{good, {ID: "a\xff"}}},
		{name: "empty", code: "empty-id", path: "frame row 2", units: []Unit{good, {}}},
		{name: "not sorted", code: "not-sorted", path: "frame row 2", units: []Unit{{ID: "B"}, good}, sorted: true},
		{name: "levels", code: "stratum-depth", path: "frame row 2", units: []Unit{{ID: "A", Stratum: []string{"x"}}, {ID: "B"}}},
		{name: "stratum", code: "control-character", path: "frame row 1 stratum level 2", units: []Unit{{ID: "A", Stratum: []string{"x", "\t"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Draw(t.Context(), Request{Seed: testSeed, Size: Count(1), Frame: Frame{Units: Units(c.units), Sorted: c.sorted}})
			refused(t, err, c.code, c.path, c.word)
		})
	}
}

// TestLimitsOfIDs shows the greatest that is accepted.
func TestLimitsOfIDs(t *testing.T) {
	for _, id := range []string{"x", strings.Repeat("x", 200), "é", "单 1", "🏢"} {
		require.Equal(t, []string{id}, mustDraw(t, Request{Seed: testSeed, Size: Count(1)}, []Unit{{ID: id}}).IDs())
	}
}

func TestBadRequestsAreRefused(t *testing.T) {
	units := Units([]Unit{{ID: "A"}, {ID: "B"}})
	for _, c := range []struct {
		name, code, path string
		change           func(*Request)
	}{
		{"no frame", "no-frame", "frame", func(r *Request) { r.Frame = Frame{} }},
		{"count", "wrong-count", "frame.count", func(r *Request) { r.Frame.Count = 3 }},
		{"no seed", "bad-seed", "seed.value", func(r *Request) { r.Seed = Seed{} }},
		{"short seed", "bad-seed", "seed.value", func(r *Request) { r.Seed.Value = make([]byte, 15) }},
		{"wrong commitment", "seed-mismatch", "seed.commitment", func(r *Request) { r.Seed.Commitment = Commitment([]byte("another seed 16b")) }},
		{"nameless parties", "empty-id", "seed.party", func(r *Request) { r.Seed.Joined = []Party{{Party: "b", Value: "00", Source: "lottery"}} }},
		{"same party", "same-party", "seed.joined[0].party", func(r *Request) {
			r.Seed.Party = "b"
			r.Seed.Joined = []Party{{Party: "b", Value: "00", Source: "lottery"}}
		}},
		{"short second value", "bad-seed", "seed.joined[0].value", func(r *Request) {
			r.Seed.Party = "a"
			r.Seed.Joined = []Party{{Party: "b", Value: "00"}}
		}},
		{"value of a party", "bad-seed", "seed.joined[0].value", func(r *Request) {
			r.Seed.Party = "a"
			r.Seed.Joined = []Party{{Party: "b", Value: "XY", Source: "s"}}
		}},
		{"no size", "no-size", "size", func(r *Request) { r.Size = Size{} }},
		{"count 0", "bad-size", "size.count", func(r *Request) { r.Size = Count(0) }},
		{"range", "bad-size", "size.to", func(r *Request) { r.Size = Range(3, 2) }},
		{"range from 0", "bad-size", "size.from", func(r *Request) { r.Size = Range(0, 2) }},
		{"no ratio", "bad-size", "size.ratio", func(r *Request) { r.Size = Percent(nil) }},
		{"ratio 0", "bad-size", "size.ratio", func(r *Request) { r.Size = Percent(new(big.Rat)) }},
		{"ratio above 1", "bad-size", "size.ratio", func(r *Request) { r.Size = Percent(big.NewRat(101, 100)) }},
		{"bounds", "bad-size", "size.atMost", func(r *Request) { r.Size = Percent(big.NewRat(1, 2)).AtLeast(5).AtMost(4) }},
		{"bound 0", "bad-size", "size.atMost", func(r *Request) { r.Size = All().AtMost(0) }},
		{"floor 0", "bad-size", "size.atLeast", func(r *Request) { r.Size = All().AtLeast(0) }},
		{"method", "bad-method", "method", func(r *Request) { r.Method = "lottery" }},
		{"systematic minimum", "bad-method", "minimum", func(r *Request) { r.Method, r.Minimum = Systematic, 1 }},
		{"systematic rotation", "bad-method", "rotation", func(r *Request) { r.Method, r.Rotation = Systematic, &Rotation{} }},
		{"levels", "stratum-depth", "per", func(r *Request) { r.Per = 1 }},
		{"negative", "bad-number", "request", func(r *Request) { r.Reserve = -1 }},
		{"always unknown", "unknown-unit", "always", func(r *Request) { r.Always = []string{"C"} }},
		{"always before the first", "unknown-unit", "always", func(r *Request) { r.Always = []string{"0", "A"} }},
		{"always twice", "duplicate-id", "always[1]", func(r *Request) { r.Always = []string{"A", "A"} }},
		{"scope", "control-character", "scope", func(r *Request) { r.Scope = "a\nb" }},
		{"epoch", "too-long", "epoch", func(r *Request) { r.Epoch = strings.Repeat("x", 201) }},
		{"rotation", "bad-rotation", "rotation.strata[0].after", func(r *Request) { r.Rotation = &Rotation{Strata: []RotationStart{{After: "00"}}} }},
		{"carried", "bad-rotation", "rotation.strata[0].carried", func(r *Request) { r.Rotation = &Rotation{Strata: []RotationStart{{Carried: 1001}}} }},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := Request{Seed: testSeed, Size: Count(1), Frame: Frame{Units: units}}
			c.change(&r)
			rec, err := Draw(t.Context(), r)
			refused(t, err, c.code, c.path)
			require.Empty(t, rec)
		})
	}
}

func TestBadTablesAreRefused(t *testing.T) {
	for _, c := range []struct {
		name, code, path string
		rows             []TableRow
	}{
		{"nothing", "table-not-supplied", `size.table "4.1"`, nil},
		{"hole", "table-gap", `size.table "4.1" row 2`, []TableRow{{1, 10, 1}, {12, 0, 3}}},
		{"hole before", "table-gap", `size.table "4.1" row 1`, []TableRow{{2, 0, 2}}},
		{"overlap", "table-overlap", `size.table "4.1" row 2`, []TableRow{{1, 10, 1}, {10, 0, 3}}},
		{"after the end", "table-overlap", `size.table "4.1" row 2`, []TableRow{{1, 0, 1}, {10, 0, 3}}},
		{"falling", "table-falling", `size.table "4.1" row 3`, []TableRow{{0, 10, 1}, {11, 20, 9}, {21, 0, 8}}},
		{"n over N", "table-size-over-population", `size.table "4.1" row 1`, []TableRow{{1, 0, 2}}},
		{"size 0", "table-size", `size.table "4.1" row 1`, []TableRow{{1, 0, 0}}},
		{"range", "table-range", `size.table "4.1" row 1`, []TableRow{{1, -1, 1}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Draw(t.Context(), Request{Seed: testSeed, Size: ByTable(Table{Name: "4.1", Rows: c.rows}), Frame: Frame{Units: Units(nil)}})
			refused(t, err, c.code, c.path)
		})
	}
	all := Table{Name: "x", Rows: []TableRow{{1, 10, 1}, {12, 20, 30}, {20, 0, 2}}}.Check()
	for _, word := range []string{"row 2", "populations 11 to 11 have no size", "row 3", "falls from 30 to 2", "can't be drawn from a population of 12"} {
		require.ErrorContains(t, all, word)
	}
	_, err := ByTable(Table{Name: "x", Rows: []TableRow{{1, 10, 1}}}).Plan(11)
	refused(t, err, "table-gap", `size.table "x"`, "population of 11")
}
