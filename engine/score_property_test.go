package engine_test

import (
	"fmt"
	"maps"
	"math/big"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

// scheme is a random scheme of scoring with what an inspector found. It writes
// itself as rules and adds itself up naively, as the oracle.
type scheme struct {
	sections []schemeSection
	combine  string
	missing  string
	start    int
	places   int
	mode     string // empty: not rounded
}

type schemeSection struct {
	items    []schemeItem
	combine  string
	missing  string
	weight   int
	floor    bool
	ceiling  bool
	places   int
	mode     string
	zeroFrom int // count of failed items that veto; 0: none
	reach    int // below it the total is zero; 0: never
}

type schemeItem struct {
	points  int // 0: none are printed
	weight  int
	per     int
	limit   int // 0: none
	count   int
	kind    string // "deduct", "award", "plain"
	applies string // "always", "yes", "no"
	bad     bool
}

func drawScheme(t *rapid.T) scheme {
	combines := rapid.SampledFrom([]string{"sum", "mean", "weighted", "best", "worst"})
	missings := rapid.SampledFrom([]string{"", "rescale", "full", "zero"})
	modes := rapid.SampledFrom([]string{"", "half up", "half even", "down", "up"})
	out := scheme{
		combine: combines.Draw(t, "combine"), missing: missings.Draw(t, "missing"), start: rapid.IntRange(0, 2).Draw(t, "start") * 50,
		places: rapid.IntRange(0, 3).Draw(t, "places"), mode: modes.Draw(t, "mode"),
	}
	for range rapid.IntRange(1, 3).Draw(t, "sections") {
		sec := schemeSection{
			combine: combines.Draw(t, "combine"), missing: missings.Draw(t, "missing"), weight: rapid.IntRange(1, 5).Draw(t, "weight"),
			floor: rapid.Bool().Draw(t, "floor"), ceiling: rapid.Bool().Draw(t, "ceiling"),
			places: rapid.IntRange(0, 2).Draw(t, "places"), mode: modes.Draw(t, "mode"), zeroFrom: rapid.IntRange(0, 2).Draw(t, "veto"),
			reach: rapid.SampledFrom([]int{0, 0, 0, 1, 10}).Draw(t, "reach"),
		}
		for range rapid.IntRange(1, 4).Draw(t, "items") {
			sec.items = append(sec.items, schemeItem{
				points: rapid.IntRange(0, 20).Draw(t, "points"), weight: rapid.IntRange(1, 3).Draw(t, "weight"), per: rapid.IntRange(1, 7).Draw(t, "per"), limit: rapid.IntRange(0, 9).Draw(t, "limit"),
				count: rapid.IntRange(0, 5).Draw(t, "count"), kind: rapid.SampledFrom([]string{"deduct", "award", "plain"}).Draw(t, "kind"),
				applies: rapid.SampledFrom([]string{"always", "always", "yes", "no"}).Draw(t, "applies"), bad: rapid.Bool().Draw(t, "bad"),
			})
		}
		out.sections = append(out.sections, sec)
	}
	return out
}

func (s scheme) rules() (string, answers) {
	var b strings.Builder
	found := answers{}
	for i, sec := range s.sections {
		fmt.Fprintf(&b, "section %c \"x\" {\n  combine %s; weight %d\n", 'A'+i, sec.combine, sec.weight)
		if sec.missing != "" {
			fmt.Fprintf(&b, "  missing %s\n", sec.missing)
		}
		if sec.floor {
			b.WriteString("  floor 0\n")
		}
		if sec.ceiling {
			b.WriteString("  ceiling points\n")
		}
		if sec.zeroFrom > 0 {
			fmt.Fprintf(&b, "  zero when count(outcome == fail) >= %d : \"too many fail\"\n", sec.zeroFrom)
		}
		if sec.mode != "" {
			fmt.Fprintf(&b, "  round %d %s\n", sec.places, sec.mode)
		}
		if sec.reach > 0 {
			fmt.Fprintf(&b, "  zero total when score < %d : \"too little\"\n", sec.reach)
		}
		for k, item := range sec.items {
			values := map[string]any{}
			fmt.Fprintf(&b, "  item %d \"x\" {\n    every month\n", k+1)
			if item.points > 0 {
				fmt.Fprintf(&b, "    points %d\n", item.points)
			}
			if item.weight > 1 {
				fmt.Fprintf(&b, "    weight %d\n", item.weight)
			}
			if item.applies != "always" {
				b.WriteString("    ask \"does it apply\" -> here : bool\n    applies when here\n")
				values["here"] = item.applies == "yes"
			}
			if item.applies != "no" {
				values["bad"] = item.bad
			}
			b.WriteString("    fail : \"bad\"\n")
			switch item.kind {
			case "deduct":
				fmt.Fprintf(&b, "    deduct %d per place", item.per)
				if item.limit > 0 {
					fmt.Fprintf(&b, " at most %d", item.limit)
				}
				b.WriteString(" : \"places\"\n")
				if item.applies != "no" {
					values["places"] = item.count
				}
			case "award":
				fmt.Fprintf(&b, "    review \"level\" -> level : int 0..5\n    award %d when level >= 4\n    award %d when level >= 2\n    award 0 otherwise\n", item.per+3, item.per)
				if item.applies != "no" {
					values["level"] = item.count
				}
			}
			b.WriteString("  }\n")
			found[fmt.Sprintf("%c/%d", 'A'+i, k+1)] = values
		}
		b.WriteString("}\n")
	}
	fmt.Fprintf(&b, "scoring {\n  total { combine %s; start %d", s.combine, s.start)
	if s.missing != "" {
		fmt.Fprintf(&b, "; missing %s", s.missing)
	}
	if s.mode != "" {
		fmt.Fprintf(&b, "; round %d %s", s.places, s.mode)
	}
	b.WriteString(" }\n}\n")
	return b.String(), found
}

// naive is one child of the oracle.
type naive struct {
	value, full, weight *big.Rat
	missing             bool
}

func whole(n int) *big.Rat { return big.NewRat(int64(n), 1) }

// fold combines what counts; ok is false when nothing does.
func fold(how, missing string, children []naive) (value, full *big.Rat, ok bool) {
	worth := func(list []naive, of func(naive) *big.Rat) *big.Rat {
		sum, weights, values := new(big.Rat), new(big.Rat), []*big.Rat{}
		for _, c := range list {
			w := whole(1)
			if how == "weighted" {
				w = c.weight
			}
			sum.Add(sum, new(big.Rat).Mul(w, of(c)))
			weights.Add(weights, w)
			values = append(values, of(c))
		}
		if len(values) == 0 {
			return new(big.Rat)
		}
		switch how {
		case "best":
			return slices.MaxFunc(values, (*big.Rat).Cmp)
		case "worst":
			return slices.MinFunc(values, (*big.Rat).Cmp)
		case "sum":
			return sum
		}
		return sum.Quo(sum, weights)
	}
	fullOf := func(list []naive) *big.Rat {
		if how == "worst" {
			most := new(big.Rat)
			for _, c := range list {
				if c.full.Cmp(most) > 0 {
					most = c.full
				}
			}
			return most
		}
		return worth(list, func(c naive) *big.Rat { return c.full })
	}
	var counted, present []naive
	for _, c := range children {
		switch {
		case !c.missing:
			counted, present = append(counted, c), append(present, c)
		case missing == "full":
			counted = append(counted, naive{c.full, c.full, c.weight, false})
		case missing == "zero":
			counted = append(counted, naive{new(big.Rat), c.full, c.weight, false})
		}
	}
	if len(counted) == 0 {
		return new(big.Rat), fullOf(children), false
	}
	value, full = worth(counted, func(c naive) *big.Rat { return c.value }), fullOf(counted)
	if here := fullOf(present); missing == "rescale" && how == "sum" && here.Sign() > 0 {
		full = fullOf(children)
		value = new(big.Rat).Quo(new(big.Rat).Mul(value, full), here)
	}
	return value, full, true
}

// cut rounds by comparing the distances to both neighbours.
func cut(v *big.Rat, places int, mode string) *big.Rat {
	if mode == "" {
		return v
	}
	if mode == "half up" { // what the library does itself
		out, _ := new(big.Rat).SetString(v.FloatString(places))
		return out
	}
	unit := new(big.Rat).SetFrac(big.NewInt(1), new(big.Int).Exp(big.NewInt(10), big.NewInt(int64(places)), nil))
	steps := new(big.Rat).Quo(new(big.Rat).Abs(v), unit)
	low := new(big.Rat).SetInt(new(big.Int).Quo(steps.Num(), steps.Denom()))
	high := new(big.Rat).Add(low, whole(1))
	below, above := new(big.Rat).Sub(steps, low), new(big.Rat).Sub(high, steps)
	pick := low
	switch mode {
	case "up":
		if below.Sign() > 0 {
			pick = high
		}
	case "half even":
		if c := below.Cmp(above); c > 0 || (c == 0 && low.Num().Bit(0) == 1) {
			pick = high
		}
	}
	out := new(big.Rat).Mul(pick, unit)
	if v.Sign() < 0 {
		out.Neg(out)
	}
	return out
}

// total is the oracle; ok is false where nothing applies.
func (s scheme) total() (*big.Rat, bool) {
	var children []naive
	struck := false
	for _, sec := range s.sections {
		var items []naive
		fails := 0
		for _, item := range sec.items {
			if item.points == 0 && item.kind == "plain" {
				if item.applies != "no" && item.bad {
					fails++
				}
				continue
			}
			n := naive{value: whole(item.points), full: whole(item.points), weight: whole(item.weight), missing: item.applies == "no"}
			switch item.kind {
			case "deduct":
				lost := item.per * item.count
				if item.limit > 0 {
					lost = min(lost, item.limit)
				}
				n.value = whole(item.points - lost)
			case "award":
				given := 0
				if item.count >= 4 {
					given = item.per + 3
				} else if item.count >= 2 {
					given = item.per
				}
				n.value = whole(given)
				if item.points == 0 {
					n.full = whole(item.per + 3)
				}
			default:
				if item.bad {
					n.value = new(big.Rat)
				}
			}
			if item.bad && !n.missing {
				fails++
			}
			items = append(items, n)
		}
		if len(items) == 0 {
			continue
		}
		value, full, ok := fold(sec.combine, sec.missing, items)
		if ok {
			if sec.floor && value.Sign() < 0 {
				value = new(big.Rat)
			}
			if sec.ceiling && value.Cmp(full) > 0 {
				value = full
			}
			if sec.zeroFrom > 0 && fails >= sec.zeroFrom {
				value = new(big.Rat)
			}
			value = cut(value, sec.places, sec.mode)
			struck = struck || value.Cmp(whole(sec.reach)) < 0 && sec.reach > 0
		}
		children = append(children, naive{value, full, whole(sec.weight), !ok})
	}
	value, _, ok := fold(s.combine, s.missing, children)
	if len(children) == 0 {
		ok = true // what it starts from is all there is
	}
	if struck {
		return new(big.Rat), ok
	}
	return cut(new(big.Rat).Add(value, whole(s.start)), s.places, s.mode), ok
}

// Any scheme adds up to what the oracle says, to the last digit; each part of
// the evidence alone leaves bounds that hold it, or none where it is not known
// what applies.
func TestScoreAgreesWithTheOracle(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scheme := drawScheme(t)
		rules, found := scheme.rules()
		s := loadRules(t, rules)
		score, err := s.Score(judged(t, s, found))
		if err != nil {
			require.Fail(t, err.Error(), rules)
		}
		want, ok := scheme.total()
		if !ok {
			assert.True(t, score.Open, rules)
			assert.Nil(t, score.Least)
			return
		}
		require.False(t, score.Open, "%s\n%s", rules, said(score))
		require.Zero(t, score.Value.Rat().Cmp(want), "%s\n%s\nwant %s, got %s", rules, said(score), want.RatString(), score.Value)

		part, more := answers{}, answers{}
		unsure := false
		for _, id := range slices.Sorted(maps.Keys(found)) {
			values, added := map[string]any{}, map[string]any{}
			for _, name := range slices.Sorted(maps.Keys(found[id])) {
				switch rapid.IntRange(0, 2).Draw(t, "known") {
				case 2:
					values[name] = found[id][name]
					fallthrough
				case 1:
					added[name] = found[id][name]
				}
			}
			if _, asked := found[id]["here"]; asked && values["here"] == nil {
				unsure = unsure || strings.Contains(said(score), id+":") // it scores
			}
			part[id], more[id] = values, added
		}
		open, err := s.Score(judged(t, s, part))
		require.NoError(t, err)
		later, err := s.Score(judged(t, s, more))
		require.NoError(t, err)
		low, high := ends(open)
		laterLow, laterHigh := ends(later)
		if low != nil {
			require.NotNil(t, laterLow, "more evidence widens\n%s\n%v\n%v", rules, part, more)
			require.LessOrEqual(t, low.Cmp(laterLow), 0, "%s\n%v\n%v", rules, part, more)
		}
		if high != nil {
			require.NotNil(t, laterHigh, "more evidence widens\n%s\n%v\n%v", rules, part, more)
			require.GreaterOrEqual(t, high.Cmp(laterHigh), 0, "%s\n%v\n%v", rules, part, more)
		}
		if open.Band != "" {
			assert.Equal(t, open.Band, later.Band)
		}
		if unsure {
			assert.True(t, open.Open)
			assert.Nil(t, open.Least, "%s\n%v\n%s", rules, part, said(open))
			assert.Nil(t, open.Most)
			return
		}
		if !open.Open {
			require.Zero(t, open.Value.Rat().Cmp(want), "%s\n%v\n%s", rules, part, said(open))
		}
		if open.Least != nil {
			assert.LessOrEqual(t, open.Least.Rat().Cmp(want), 0, "%s\n%v\n%s", rules, part, said(open))
		}
		if open.Most != nil {
			assert.GreaterOrEqual(t, open.Most.Rat().Cmp(want), 0, "%s\n%v\n%s", rules, part, said(open))
		}
	})
}

// ends are the bounds of a score, nil where there is none.
func ends(s engine.Score) (low, high *big.Rat) {
	if !s.Open {
		return s.Value.Rat(), s.Value.Rat()
	}
	if s.Least != nil {
		low = s.Least.Rat()
	}
	if s.Most != nil {
		high = s.Most.Rat()
	}
	return low, high
}

// Every step is worded in both languages, and equal input gives equal steps.
func TestScoreStepsAreWorded(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		rules, found := drawScheme(t).rules()
		s := loadRules(t, rules)
		r := judged(t, s, found)
		score, err := s.Score(r)
		require.NoError(t, err)
		again, err := s.Score(r)
		require.NoError(t, err)
		assert.Equal(t, score, again)
		for _, st := range score.Steps {
			words := st.Words()
			assert.NotContains(t, words.ZH+words.EN, "%")
			assert.NotRegexp(t, `: ?$`, words.EN, "%+v", st)
			assert.NotRegexp(t, `：$`, words.ZH)
			assert.NotEqual(t, words.ZH, words.EN)
		}
	})
}

// A result of another standard is not scored.
func TestScoreRefusesForeignResults(t *testing.T) {
	one := loadRules(t, "item 1 \"x\" { every month; points 5; fail : \"bad\" }")
	two := loadRules(t, "item 1 \"x\" { every month; points 6; fail : \"bad\" }")
	r := judged(t, one, answers{"1": {"bad": true}})
	_, err := two.Score(r)
	assert.Error(t, err)
	_, err = two.Score(nil)
	assert.Error(t, err)
	score, err := one.Score(r)
	require.NoError(t, err)
	assert.Equal(t, "0", score.Value.String())
	none := loadRules(t, "item 1 \"x\" { every month; fail : \"bad\" }")
	_, err = none.Score(judged(t, none, nil))
	assert.ErrorAs(t, err, new(*engine.Refusal))
}
