package acceptance

import (
	"encoding/csv"
	"math/big"
	"os"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// vector reads a file of testdata as one map per row.
func vector(t *testing.T, name string) []map[string]string {
	t.Helper()
	file, err := os.Open("testdata/" + name)
	require.NoError(t, err)
	defer func() { _ = file.Close() }()
	r := csv.NewReader(file)
	r.Comment = '#'
	all, err := r.ReadAll()
	require.NoError(t, err)
	require.Greater(t, len(all), 1)
	out := make([]map[string]string, 0, len(all)-1)
	for _, row := range all[1:] {
		m := map[string]string{}
		for i, name := range all[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out
}

func number(t *testing.T, text string) int64 {
	t.Helper()
	n, err := strconv.ParseInt(text, 10, 64)
	require.NoError(t, err)
	return n
}

func open(t *testing.T) *Tables {
	t.Helper()
	tables, err := Open(GBT2828Edition2012)
	require.NoError(t, err)
	return tables
}

func parsed(t *testing.T, severity, aql string) (Severity, AQL) {
	t.Helper()
	s, err := ParseSeverity(severity)
	require.NoError(t, err)
	a, err := ParseAQL(aql)
	require.NoError(t, err)
	return s, a
}

func TestCodeLettersReproduceTheVectors(t *testing.T) {
	tables := open(t)
	cells := vector(t, "code_letters.csv")
	require.Len(t, cells, 105)
	for _, row := range cells {
		sizes := []int64{number(t, row["lot_min"])}
		if row["lot_max"] != "" {
			sizes = append(sizes, number(t, row["lot_max"]))
		} else {
			sizes = append(sizes, 1_000_000_000)
		}
		level, err := ParseLevel(row["level"])
		require.NoError(t, err)
		for _, size := range sizes {
			letter, err := tables.CodeLetter(size, level)
			require.NoError(t, err)
			assert.Equal(t, row["letter"], letter, "%d %s", size, level)
		}
	}
}

func TestPlansReproduceTheVectors(t *testing.T) {
	tables := open(t)
	cells := vector(t, "single_iso2859-1_1999_gbt2828-1_2012.csv")
	require.Len(t, cells, 3*416)
	for _, row := range cells {
		severity, aql := parsed(t, row["severity"], row["aql"])
		plan, err := tables.Plan(row["letter"], aql, severity)
		require.NoError(t, err)
		assert.Equal(t, row["exec_letter"], plan.Letter, "%v", row)
		assert.Equal(t, number(t, row["n"]), plan.SampleSize, "%v", row)
		assert.Equal(t, number(t, row["ac"]), plan.AcceptanceNumber, "%v", row)
		assert.Equal(t, number(t, row["re"]), plan.RejectionNumber(), "%v", row)
		assert.Equal(t, row["aql"], aql.String())
		pa, err := plan.AcceptanceProbability(aql.Quality(), 0)
		require.NoError(t, err)
		assert.Equal(t, row["pa_at_aql"], pa.Decimal(6), "%v", row)
	}
}

// An older edition has the same normal and tightened plans where the vector
// says that both sources agree.
func TestPlansAgreeWithTheOlderEditionWhereBothDo(t *testing.T) {
	tables := open(t)
	agreeing := 0
	for _, row := range vector(t, "single_milstd105e_z14.csv") {
		if row["severity"] == "reduced" || !strings.Contains(row["sources"], "G") {
			continue
		}
		agreeing++
		severity, aql := parsed(t, row["severity"], row["aql"])
		plan, err := tables.Plan(row["letter"], aql, severity)
		require.NoError(t, err)
		assert.Equal(t, number(t, row["n"]), plan.SampleSize, "%v", row)
		assert.Equal(t, number(t, row["ac"]), plan.AcceptanceNumber, "%v", row)
	}
	assert.Greater(t, agreeing, 800)
}

func TestOCPointsReproduceTheVectors(t *testing.T) {
	tables := open(t)
	for _, row := range vector(t, "oc_points.csv") {
		severity, aql := parsed(t, row["severity"], row["aql"])
		plan, err := tables.Plan(row["letter"], aql, severity)
		require.NoError(t, err)
		assert.Equal(t, Plan{row["exec_letter"], number(t, row["n"]), number(t, row["ac"]), Nonconforming}, plan)
		pa, err := plan.AcceptanceProbability(aql.Quality(), 0)
		require.NoError(t, err)
		assert.Equal(t, row["pa_aql"], pa.Decimal(8))
		for column, level := range map[string]*big.Rat{"p95": rat("0.95"), "p50": rat("0.5"), "p10": rat("0.1")} {
			quality, err := plan.QualityAt(level, 0, 12)
			require.NoError(t, err)
			assert.Equal(t, row[column], quality.FloatString(8), "%v", row)
		}
	}
}

func TestStructureOfTheTables(t *testing.T) {
	tables := open(t)
	for _, row := range vector(t, "single_iso2859-1_1999_gbt2828-1_2012.csv") {
		severity, aql := parsed(t, row["severity"], row["aql"])
		plan, err := tables.Plan(row["letter"], aql, severity)
		require.NoError(t, err)
		require.NoError(t, plan.Check(0), "%v", row)
		if severity != Tightened || plan.Letter != "S" {
			again, err := tables.Plan(plan.Letter, aql, severity)
			require.NoError(t, err)
			assert.Equal(t, plan, again, "an arrow leads to a cell with a plan: %v", row)
		}
		if severity == Normal && plan.AcceptanceNumber >= 2 {
			// The switching score needs the plan one step tighter with the
			// same sample.
			at := 0
			for tables.aqls[at] != aql {
				at++
			}
			tighter, err := tables.Plan(plan.Letter, tables.aqls[at-1], Normal)
			require.NoError(t, err)
			assert.Equal(t, plan.SampleSize, tighter.SampleSize, "%v", row)
			assert.Less(t, tighter.AcceptanceNumber, plan.AcceptanceNumber, "%v", row)
			result, err := tables.Result(plan, aql, plan.AcceptanceNumber)
			require.NoError(t, err)
			assert.Equal(t, LotResult{Accepted: true, AcceptanceNumber: plan.AcceptanceNumber}, result)
			result, err = tables.Result(plan, aql, tighter.AcceptanceNumber)
			require.NoError(t, err)
			assert.True(t, result.AcceptedOneStepTighter)
		}
	}
}

func TestForLot(t *testing.T) {
	got, err := ForLot("GB/T 2828.1-2012", 1000, "II", "1", Normal)
	require.NoError(t, err)
	assert.Equal(t, Choice{CodeLetter: "J", Plan: Plan{Letter: "J", SampleSize: 80, AcceptanceNumber: 2}, Inspect: 80}, got)

	// An arrow changes letter, sample size and acceptance number together.
	got, err = ForLot("ISO 2859-1:1999", 20, "Ⅱ", "0.65", Normal)
	require.NoError(t, err)
	assert.Equal(t, Choice{CodeLetter: "C", Plan: Plan{Letter: "F", SampleSize: 20}, Inspect: 20, All: true}, got)

	// A sample that exceeds the lot is the lot.
	got, err = ForLot("GB/T 2828.1-2012", 8, "II", "0.010", Tightened)
	require.NoError(t, err)
	assert.Equal(t, int64(8), got.Inspect)
	assert.Equal(t, int64(2000), got.Plan.SampleSize)
	assert.True(t, got.All)
}

func TestQuestionsThatAreRefused(t *testing.T) {
	ask := func(edition string, lot int64, level, aql string, severity Severity) error {
		return second(ForLot(edition, lot, level, aql, severity))
	}
	const gbt = GBT2828Edition2012
	refused(t, "edition", ask("ISO 2859-1:2026", 100, "II", "1.0", Normal), "edition", "unknown-edition")
	refused(t, "lot 1", ask(gbt, 1, "II", "1.0", Normal), "lotSize", "lot-too-small")
	refused(t, "lot -1", ask(gbt, -1, "II", "1.0", Normal), "lotSize", "lot-too-small")
	refused(t, "level", ask(gbt, 100, "IV", "1.0", Normal), "level", "unknown-level")
	refused(t, "aql text", ask(gbt, 100, "II", "1,0", Normal), "aql", "malformed-aql")
	refused(t, "severity", ask(gbt, 100, "II", "1.0", 3), "severity", "unknown-severity")
	err := ask(gbt, 100, "II", "0.5", Normal)
	refused(t, "aql", err, "aql", "unknown-aql")
	assert.Contains(t, err.Error(), "0.40 or 0.65")
	for _, text := range []string{"", "-1", "1.", ".5", "1e1", "0", "0.000", "0.0001", "1.0.0", "９", "12345678", "+1"} {
		refused(t, text, second(ParseAQL(text)), "aql", "malformed-aql")
	}
	refused(t, "severity name", second(ParseSeverity("strict")), "severity", "unknown-severity")

	tables := open(t)
	aql, err := ParseAQL("1.0")
	require.NoError(t, err)
	refused(t, "letter", second(tables.Plan("I", aql, Normal)), "letter", "unknown-letter")
	refused(t, "zero aql", second(tables.Plan("J", AQL{}, Normal)), "aql", "unknown-aql")
	refused(t, "zero tables", second(new(Tables).ForLot(100, LevelII, aql, Normal)), "tables", "no-tables")
	refused(t, "nil tables", second((*Tables)(nil).ForLot(100, LevelII, aql, Normal)), "tables", "no-tables")
	refused(t, "nil tables", second((*Tables)(nil).Plan("J", aql, Normal)), "aql", "unknown-aql")
	plan, err := tables.Plan("J", aql, Normal)
	require.NoError(t, err)
	refused(t, "found", second(tables.Result(plan, aql, -1)), "found", "out-of-range")
	refused(t, "found", second(tables.Result(plan, aql, 81)), "found", "out-of-range")
}

func TestAQLString(t *testing.T) {
	for in, want := range map[string]string{"1": "1.0", "10.0": "10", "0.01": "0.010", "0.1": "0.10", "2.50": "2.5", "1000": "1000", "12.5": "12.5", "0.123": "0.123", "0.999": "0.999"} {
		aql, err := ParseAQL(in)
		require.NoError(t, err)
		assert.Equal(t, want, aql.String())
		again, err := ParseAQL(want)
		require.NoError(t, err)
		assert.Equal(t, aql, again)
	}
}

const (
	goodLetters = "lot_min,lot_max,level,letter\n2,9,I,A\n10,,I,B\n"
	goodPlans   = "severity,letter,aql,plan_letter,n,ac\n" +
		"normal,A,1,A,2,0\ntightened,A,1,A,3,0\nreduced,A,1,A,1,0\nnormal,B,1,B,5,0\ntightened,B,1,B,8,0\nreduced,B,1,B,2,0\n"
)

func TestParseRefusesBrokenTables(t *testing.T) {
	_, err := Parse("own", goodLetters, goodPlans)
	require.NoError(t, err)
	for name, c := range map[string]struct{ letters, plans, path string }{
		"header":     {"lot,letter\n", goodPlans, "letters"},
		"empty":      {"", goodPlans, "letters"},
		"no rows":    {"lot_min,lot_max,level,letter\n", goodPlans, "letters"},
		"gap":        {strings.Replace(goodLetters, "10,", "11,", 1), goodPlans, "letters line 3"},
		"overlap":    {strings.Replace(goodLetters, "10,", "9,", 1), goodPlans, "letters line 3"},
		"no end":     {strings.Replace(goodLetters, "10,,", "10,99,", 1), goodPlans, "letters"},
		"twin":       {goodLetters + "10,,I,C\n", goodPlans, "letters line 4"},
		"after end":  {goodLetters + "20,,I,C\n", goodPlans, "letters line 4"},
		"level hole": {goodLetters + "10,,II,C\n", goodPlans, "letters"},
		"columns":    {goodLetters + "10,,II\n", goodPlans, "letters"},
		"plan hole":  {goodLetters, strings.Replace(goodPlans, "normal,B,1,B,5,0\n", "", 1), "plans"},
		"plan twin":  {goodLetters, goodPlans + "normal,B,1.0,B,5,0\n", "plans line 8"},
		"ac over n":  {goodLetters, strings.Replace(goodPlans, "B,5,0", "B,5,5", 1), "plans line 5"},
		"negative":   {goodLetters, strings.Replace(goodPlans, "B,5,0", "B,-5,0", 1), "plans line 5"},
		"not number": {goodLetters, strings.Replace(goodPlans, "B,5,0", "B,five,0", 1), "plans line 5"},
		"quote":      {goodLetters, goodPlans + "\"", "plans"},
	} {
		_, err := Parse("own", c.letters, c.plans)
		refused(t, name, err, c.path, "malformed-table")
	}
	refused(t, "edition", second(Parse("", goodLetters, goodPlans)), "edition", "missing")
}

func TestDigestSeesEveryByteButLineEnds(t *testing.T) {
	base, err := Parse("own", goodLetters, goodPlans)
	require.NoError(t, err)
	dos, err := Parse("own", strings.ReplaceAll(goodLetters, "\n", "\r\n"), goodPlans)
	require.NoError(t, err)
	assert.Equal(t, base.Digest(), dos.Digest())
	other, err := Parse("own", goodLetters, strings.Replace(goodPlans, "B,8,0", "B,8,1", 1))
	require.NoError(t, err)
	assert.NotEqual(t, base.Digest(), other.Digest())
	assert.Equal(t, "own", base.Edition())
}

func FuzzParse(f *testing.F) {
	f.Add(goodLetters, goodPlans)
	f.Add(codeLetters2012, singlePlans2012)
	f.Add("lot_min,lot_max,level,letter\n2,,I,A\n", "severity,letter,aql,plan_letter,n,ac\n\"")
	f.Fuzz(func(t *testing.T, letters, plans string) {
		tables, err := Parse("fuzz", letters, plans)
		if err != nil {
			var refusal *Error
			require.ErrorAs(t, err, &refusal)
			require.Nil(t, tables)
			return
		}
		for _, lot := range []int64{1, 2, 50, 1 << 40} {
			for _, level := range Levels() {
				for _, aql := range tables.AQLs() {
					choice, err := tables.ForLot(lot, level, aql, Normal)
					if err == nil {
						require.LessOrEqual(t, choice.Inspect, lot)
						require.Equal(t, choice.All, choice.Inspect == lot)
					}
				}
			}
		}
	})
}
