package sampling

import (
	"context"
	"errors"
	"iter"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// listed is an index made the plain way: all tickets of a stratum are made and sorted.
type listed struct {
	units []Unit
	// change makes it a wrong one.
	change func(Unit) []Unit
	strata func([]Stratum) []Stratum
	err    error
	asked  int64
}

func (l *listed) Strata(context.Context) ([]Stratum, error) {
	count := map[string]*Stratum{}
	var all []string
	for _, u := range l.units {
		key := suffixOf(u.Stratum)
		if count[key] == nil {
			count[key] = &Stratum{Path: u.Stratum}
			all = append(all, key)
		}
		count[key].Population++
	}
	var out []Stratum
	for _, key := range all {
		out = append(out, *count[key])
	}
	if l.strata != nil {
		out = l.strata(out)
	}
	return out, l.err
}

func (l *listed) Units(_ context.Context, key string, places []Places) iter.Seq2[Unit, error] {
	return func(yield func(Unit, error) bool) {
		for _, p := range slices.Backward(places) {
			var in keeper
			for _, u := range l.units {
				if slices.Equal(u.Stratum, p.Stratum) {
					in.entries = append(in.entries, entry{ticket: sumTicket(key + u.ID), id: u.ID})
				}
			}
			in.sort()
			for _, e := range in.entries[p.From:p.To] {
				l.asked++
				given := []Unit{{ID: e.id, Stratum: p.Stratum}}
				if l.change != nil {
					given = l.change(given[0])
				}
				for _, u := range given {
					if !yield(u, nil) {
						return
					}
				}
			}
		}
	}
}

func (l *listed) Digest(ctx context.Context) (string, error) {
	f, err := Freeze(ctx, Frame{Units: Units(l.units)})
	if err != nil {
		return "", err
	}
	return f.Digest, nil
}

func TestIndexGivesTheRecordOfTheRows(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		units := someUnits(t, 0)
		depth := rapid.IntRange(0, 2).Draw(t, "levels")
		for i := range units {
			units[i].Stratum = units[i].Stratum[:depth]
		}
		r := someRequest(t, nil)
		if r.Per = min(r.Per, depth); len(units) == 0 {
			r.Per = 0
		}
		want := mustDraw(t, r, units)
		x := &listed{units: shuffled(t, units)}
		got, err := DrawIndex(context.Background(), r, x)
		require.NoError(t, err)
		require.Equal(t, jsonOf(t, want), jsonOf(t, got))
		require.EqualValues(t, len(want.Chosen)+len(want.Reserve), x.asked, "no unit is read that isn't taken")
	})
}

func TestIndexRefuses(t *testing.T) {
	units := []Unit{{ID: "a", Stratum: []string{"x"}}, {ID: "b", Stratum: []string{"x"}}, {ID: "c", Stratum: []string{"y"}}}
	base := Request{Seed: testSeed, Size: Count(2)}
	gone := errors.New("gone")
	for name, c := range map[string]struct {
		request func(*Request)
		index   *listed
		want    string
	}{
		"rows too":            {request: func(r *Request) { r.Frame.Units = Units(units) }, want: "the request has another one"},
		"a count":             {request: func(r *Request) { r.Frame.Count = 3 }, want: "the request has another one"},
		"always":              {request: func(r *Request) { r.Always = []string{"a"} }, want: "can't be found by an index"},
		"rotation":            {request: func(r *Request) { r.Rotation = &Rotation{} }, want: "can't continue a rotation"},
		"no size":             {request: func(r *Request) { r.Size = Size{} }, want: "no size is given"},
		"too few levels":      {request: func(r *Request) { r.Per = 2 }, want: "the strata have 1"},
		"its own error":       {index: &listed{err: gone}, want: "gone"},
		"uneven strata":       {index: &listed{strata: func([]Stratum) []Stratum { return []Stratum{{Population: 1}, {Path: []string{"x"}, Population: 1}} }}, want: "strata[1].path: the stratum has 1 levels"},
		"a stratum twice":     {index: &listed{strata: func(s []Stratum) []Stratum { return append(s, s[0]) }}, want: "counted twice"},
		"an empty stratum":    {index: &listed{strata: func(s []Stratum) []Stratum { s[0].Population = 0; return s }}, want: "strata[0].population: the population is 0"},
		"a broken stratum":    {index: &listed{strata: func([]Stratum) []Stratum { return []Stratum{{Path: []string{"a\tb"}, Population: 1}} }}, want: "strata[0].path[0]"},
		"a unit twice":        {index: &listed{change: func(Unit) []Unit { return []Unit{{ID: "a", Stratum: []string{"x"}}} }}, request: func(r *Request) { r.Size = Count(2); r.Per = 1 }, want: "asked for"},
		"too many units":      {index: &listed{change: func(u Unit) []Unit { return []Unit{u, u, u} }}, want: "was not asked for"},
		"too few units":       {index: &listed{change: func(Unit) []Unit { return nil }}, want: "1 units were asked for and 0 came"},
		"of another stratum":  {index: &listed{change: func(u Unit) []Unit { return []Unit{{ID: u.ID, Stratum: []string{"z"}}} }}, want: "was not asked for"},
		"an id of no kind":    {index: &listed{change: func(u Unit) []Unit { return []Unit{{ID: "", Stratum: u.Stratum}} }}, want: "the id is empty"},
		"a unit that repeats": {index: &listed{change: func(u Unit) []Unit { u.ID = "a"; return []Unit{u} }}, request: func(r *Request) { r.Size = All() }, want: `the id "a" came twice`},
	} {
		t.Run(name, func(t *testing.T) {
			r, x := base, c.index
			if c.request != nil {
				c.request(&r)
			}
			if x == nil {
				x = &listed{}
			}
			x.units = units
			rec, err := DrawIndex(t.Context(), r, x)
			require.ErrorContains(t, err, c.want)
			require.Empty(t, rec)
			var refused *Error
			require.True(t, errors.As(err, &refused) || errors.Is(err, gone))
		})
	}
	_, err := DrawIndex(t.Context(), base, nil)
	require.ErrorContains(t, err, "there is no index")
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = DrawIndex(cancelled, base, &listed{units: units})
	require.ErrorIs(t, err, context.Canceled)
}
