package sampling

import (
	"encoding/json"
	"math/big"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestPlan(t *testing.T) {
	table := ByTable(Table{Name: "T", Edition: "2026", Rows: []TableRow{{1, 9, 1}, {10, 50, 10}, {51, 0, 20}}})
	for _, c := range []struct {
		name           string
		size           Size
		population     int64
		units, enough  int64
		short, nothing bool
	}{
		{"7", Count(7), 20, 7, 7, false, false},
		{"7", Count(7), 7, 7, 7, false, false},
		{"7", Count(7), 5, 5, 5, true, false},
		{"7", Count(7), 0, 0, 0, false, true},
		{"100%", Percent(big.NewRat(1, 1)), 13, 13, 13, false, false},
		{"50%", Percent(big.NewRat(1, 2)), 13, 7, 7, false, false},
		{"10%", Percent(big.NewRat(1, 10)), 1, 1, 1, false, false},
		{"10% of 4000", Percent(big.NewRat(1, 10)), 4000, 400, 400, false, false},
		{"7% of 100", Percent(big.NewRat(7, 100)), 100, 7, 7, false, false},
		{"10% at least 5", Percent(big.NewRat(1, 10)).AtLeast(5), 20, 5, 5, false, false},
		{"10% at least 5", Percent(big.NewRat(1, 10)).AtLeast(5), 3, 3, 3, true, false},
		{"50% at most 20", Percent(big.NewRat(1, 2)).AtMost(20), 1000, 20, 20, false, false},
		{"1..2", Range(1, 2), 5, 2, 1, false, false},
		{"1..2", Range(1, 2), 1, 1, 1, false, false},
		{"3..5", Range(3, 5), 2, 2, 2, true, false},
		{"3..", Range(3, 0), 9, 3, 3, false, false},
		{"all", All(), 9, 9, 9, false, false},
		{"all at most 4", All().AtMost(4), 9, 4, 4, false, false},
		{"table", table, 9, 1, 1, false, false},
		{"table", table, 10, 10, 10, false, false},
		{"table", table, 1 << 40, 20, 20, false, false},
	} {
		p, err := c.size.Plan(c.population)
		require.NoError(t, err)
		assert.Equal(t, Planned{Population: c.population, Units: c.units, Enough: c.enough, Short: c.short, NoPopulation: c.nothing}, p, "%s of %d", c.name, c.population)
	}
	_, err := Count(1).Plan(-1)
	refused(t, err, "bad-population", "population")
}

// TestPlanIsExactAndMonotone compares ratios with rational arithmetic, for populations that floating point can't hold.
func TestPlanIsExactAndMonotone(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := rapid.Int64Range(1, 1<<40).Draw(t, "denominator")
		n := rapid.Int64Range(1, d).Draw(t, "numerator")
		population := rapid.Int64Range(1, 1<<61).Draw(t, "population")
		p, err := Percent(big.NewRat(n, d)).Plan(population)
		require.NoError(t, err)
		exact := new(big.Rat).Mul(big.NewRat(n, d), new(big.Rat).SetInt64(population))
		require.GreaterOrEqual(t, new(big.Rat).SetInt64(p.Units).Cmp(exact), 0)
		require.Negative(t, new(big.Rat).SetInt64(p.Units-1).Cmp(exact))

		size := someSize(t)
		small := rapid.Int64Range(1, 1000).Draw(t, "small")
		a, err := size.Plan(small)
		require.NoError(t, err)
		b, err := size.Plan(small + 1)
		require.NoError(t, err)
		require.LessOrEqual(t, a.Units, b.Units)
		require.LessOrEqual(t, a.Units, small)
		require.LessOrEqual(t, a.Enough, a.Units)
		require.LessOrEqual(t, a.Units, size.most(small))
		require.LessOrEqual(t, a.Units, size.most(-1))
	})
}

func TestSizeJSON(t *testing.T) {
	for text, size := range map[string]Size{
		`{"all":true}`:      All(),
		`{"count":7}`:       Count(7),
		`{"from":1,"to":2}`: Range(1, 2),
		`{"from":3}`:        Range(3, 0),
		`{"ratio":"1/2"}`:   Percent(big.NewRat(50, 100)),
		`{"ratio":"1/3","atLeast":5,"atMost":20}`:                           Percent(big.NewRat(1, 3)).AtLeast(5).AtMost(20),
		`{"table":{"name":"T","edition":"2","rows":[{"from":1,"size":1}]}}`: ByTable(Table{Name: "T", Edition: "2", Rows: []TableRow{{1, 0, 1}}}),
	} {
		require.Equal(t, text, jsonOf(t, size))
		var back Size
		require.NoError(t, json.Unmarshal([]byte(text), &back))
		require.Equal(t, text, jsonOf(t, back))
		a, err := size.Plan(1000)
		require.NoError(t, err)
		b, err := back.Plan(1000)
		require.NoError(t, err)
		require.Equal(t, a, b)
	}
	var half Size
	require.NoError(t, json.Unmarshal([]byte(`{"ratio":"0.5"}`), &half))
	require.Equal(t, `{"ratio":"1/2"}`, jsonOf(t, half))
	for _, text := range []string{
		`{}`, `{"all":true,"count":1}`, `{"count":-1}`, `{"ratio":"1e9999999"}`, `{"ratio":"1/0"}`, `{"ratio":"2"}`,
		`{"ratio":"x"}`, `{"count":1,"atMost":0}`, `{"table":{"name":"T","rows":[]}}`, `7`,
	} {
		var s Size
		require.Error(t, json.Unmarshal([]byte(text), &s), text)
	}
}

func TestTableDigestTellsEditionsApart(t *testing.T) {
	a := Table{Name: "T", Edition: "1", Rows: []TableRow{{1, 0, 1}}}
	b := a
	b.Edition = "2"
	c := Table{Name: "T", Edition: "1", Rows: []TableRow{{1, 8, 1}, {9, 0, 2}}}
	require.NotEqual(t, a.Digest(), b.Digest())
	require.NotEqual(t, a.Digest(), c.Digest())
	rows := []TableRow{{1, 0, 1}}
	size := ByTable(Table{Rows: rows})
	rows[0].Size = 99
	require.NoError(t, size.Check(), "the table was copied")
}
