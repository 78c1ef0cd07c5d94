package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

// coverOf runs the tests of one item and returns what they leave open, as
// "part criterion limit: missing; missing".
func coverOf(t *testing.T, source string) (engine.Coverage, []string) {
	t.Helper()
	fsys := fstest.MapFS{"s/rules.chk": {Data: []byte(source)}}
	s, list, err := engine.Load(context.Background(), fsys, "s", engine.Options{Audit: true})
	require.NoError(t, err, list)
	results, err := s.RunTests(context.Background(), "")
	require.NoError(t, err)
	for _, r := range results {
		require.Empty(t, r.Failures, r.Title)
	}
	cover := engine.Cover(s, results)
	require.Len(t, cover, 1)
	var open []string
	for _, l := range cover[0].OpenLimits {
		var missing []string
		for _, m := range l.Missing {
			missing = append(missing, m.EN)
		}
		open = append(open, strings.Join(strings.Fields(l.Part+" "+l.Criterion+" | "+l.Limit.EN), " ")+": "+strings.Join(missing, "; "))
	}
	return cover[0], open
}

const limitStandard = `lang 1

record Order {
  registered_at : time
  dispatched_at : time optional
  closed_on : date
  places : int 0..
  amount : number
  held : bool
  define slow = places >= 3
}

define most : int 0..

item 1 "limits" {
  every month
  applies when as_of >= 2026-01-02 00:00
  sample all Order where amount < 10
  review "system" -> rating : int 1..5
  %s
}

%s`

func limitsSource(rule string, tests ...string) string {
	var b strings.Builder
	for i, given := range tests {
		fmt.Fprintf(&b, "test 1 \"t%d\" {\n%s\n}\n", i, given)
	}
	return fmt.Sprintf(limitStandard, rule, b.String())
}

// Each rule is tested on both sides, then with one side left out.
func TestLimitsNeedBothSides(t *testing.T) {
	t.Parallel()
	order := func(values, expect string) string {
		return "  given { amount: 1, " + values + " }\n  as of 2026-01-20 12:00\n  expect " + expect
	}
	late := func(at, expect string) string {
		return order("registered_at: 2026-01-05 08:00, dispatched_at: "+at, expect)
	}
	for name, c := range map[string]struct {
		rule  string
		tests []string
		open  []string
	}{
		"seconds": {
			`fail late when dispatched_at is absent or dispatched_at - registered_at > 10m : "late"`,
			[]string{late("2026-01-05 08:10", "pass"), late("2026-01-05 08:10:01", "fail")},
			nil,
		},
		"a minute is not next to a limit in seconds": {
			`fail late when dispatched_at is absent or dispatched_at - registered_at > 10m : "late"`,
			[]string{late("2026-01-05 08:10", "pass"), late("2026-01-05 08:11", "fail")},
			[]string{"late | dispatched_at - registered_at > 10m: 1s above"},
		},
		"only over": {
			`fail late when dispatched_at is absent or dispatched_at - registered_at > 10m : "late"`,
			[]string{late("2026-01-05 08:10:01", "fail")},
			[]string{"late | dispatched_at - registered_at > 10m: on the limit"},
		},
		"a comparison that decides nothing does not count": {
			`fail late when held or dispatched_at is absent or dispatched_at - registered_at > 10m : "late"`,
			[]string{order("held: true, registered_at: 2026-01-05 08:00, dispatched_at: 2026-01-05 08:10", "fail"), order("held: false, registered_at: 2026-01-05 08:00, dispatched_at: 2026-01-05 08:10:01", "fail")},
			[]string{"late | dispatched_at - registered_at > 10m: on the limit"},
		},
		"whole numbers below":          {`fail few when places < 3 : "few"`, []string{order("places: 3", "pass"), order("places: 2", "fail")}, nil},
		"the other side does not help": {`fail few when places < 3 : "few"`, []string{order("places: 3", "pass"), order("places: 4", "pass")}, []string{"few | places < 3: 1 below"}},
		"constant on the left":         {`fail few when 3 > places : "few"`, []string{order("places: 3", "pass"), order("places: 2", "fail")}, nil},
		"equal":                        {`fail odd when places != 3 : "odd"`, []string{order("places: 3", "pass"), order("places: 2", "fail")}, nil},
		"equal but far":                {`fail odd when places != 3 : "odd"`, []string{order("places: 3", "pass"), order("places: 9", "fail")}, []string{"odd | places != 3: 1 above"}},
		"range": {
			`fail inside when places in 2..4 : "in"`,
			[]string{order("places: 1", "pass"), order("places: 2", "fail"), order("places: 4", "fail"), order("places: 5", "pass")},
			nil,
		},
		"range, lower end open": {
			`fail inside when places not in 2..4 : "in"`,
			[]string{order("places: 4", "pass"), order("places: 5", "fail")},
			[]string{"inside | places >= 2: on the limit; 1 below"},
		},
		"days": {`fail when closed_on > 2026-01-10 : "after"`, []string{order("closed_on: 2026-01-10", "pass"), order("closed_on: 2026-01-11", "fail")}, nil},
		"time of day": {
			`fail when clock(registered_at) < 10:00 : "early"`,
			[]string{order("registered_at: 2026-01-05 10:00", "pass"), order("registered_at: 2026-01-05 09:59:59", "fail")},
			nil,
		},
		"computed field": {`fail when slow : "slow"`, []string{order("places: 3", "fail"), order("places: 2", "pass")}, nil},
		"parameter": {
			`fail when places > most : "over"`,
			[]string{"  given subject { most: 7 }\n" + order("places: 7", "pass"), "  given subject { most: 7 }\n" + order("places: 8", "fail")},
			nil,
		},
		"share and its body": {
			"measure share(rating >= 4)\n  target >= 75% : \"low\"",
			[]string{"  given 3 { amount: 1, rating: 4 }\n  given { amount: 1, rating: 3 }\n  as of 2026-01-20 12:00\n  expect pass", "  given 2 { amount: 1, rating: 4 }\n  given { amount: 1, rating: 3 }\n  as of 2026-01-20 12:00\n  expect fail"},
			nil,
		},
		"share without its limit": {
			"measure share(rating >= 4)\n  target >= 75% : \"low\"",
			[]string{"  given 3 { amount: 1, rating: 4 }\n  as of 2026-01-20 12:00\n  expect pass", "  given 2 { amount: 1, rating: 4 }\n  given { amount: 1, rating: 3 }\n  as of 2026-01-20 12:00\n  expect fail"},
			[]string{"low | share(rating >= 4) >= 75%: on the limit"},
		},
		"count over the sample": {
			`fail many when count(places > 0) > 1 : "many"`,
			[]string{"  given { amount: 1, places: 1 }\n  given { amount: 1, places: 0 }\n  as of 2026-01-20 12:00\n  expect pass", "  given 2 { amount: 1, places: 1 }\n  as of 2026-01-20 12:00\n  expect fail"},
			nil,
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			// The limits of when and of where are reached by every case.
			around := []string{
				"  given { amount: 10 }\n  as of 2026-01-20 12:00\n  expect not applicable", "  given { amount: 9.5, held: true, places: 0, rating: 5 }\n  as of 2026-01-01 23:59:59\n  expect not applicable",
				"  given { amount: 9.5, held: false, rating: 5 }\n  as of 2026-01-02 00:00",
			}
			_, open := coverOf(t, limitsSource(c.rule, append(around, c.tests...)...))
			assert.Equal(t, c.open, open)
		})
	}
}

// The conditions of a part and of its sample are limits too.
func TestLimitsOfScope(t *testing.T) {
	t.Parallel()
	cover, open := coverOf(t, limitsSource(`fail : "asked"`, "  given { amount: 9, \"asked\": true }\n  as of 2026-01-20 12:00\n  expect fail"))
	assert.Equal(t, []string{"| as_of >= 2026-01-02 00:00: on the limit; 1s below", "| amount < 10: on the limit"}, open)
	assert.Equal(t, 2, cover.Limits)
	assert.Zero(t, cover.LimitsReached)
	assert.Equal(t, 1, cover.Reached)
}
