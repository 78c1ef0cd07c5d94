package engine

import (
	"math/big"
	"regexp"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/token"
)

// shownFactHolds evaluates the comparison that a fact shows, from its words
// alone; false when it shows none that can be read back.
func shownFactHolds(t require.TestingT, r Reason, f Fact) bool {
	for _, l := range []token.Lang{token.Chinese, token.English} {
		shown := f.text(l)
		if f.Key == "otherwise" {
			continue
		}
		require.NotEmpty(t, f.Subject.In(l), "%+v", r)
		require.Contains(t, shown, f.Subject.In(l))
		if v := f.Value.In(l); v != "" {
			require.Contains(t, shown, v, "the value that was read is named")
		}
	}
	if f.Key != "compare" || f.Operator == "" {
		return false
	}
	op := f.Operator
	if !f.Holds {
		op = opposite[op]
	}
	left, limit := f.Value.EN, f.Limit.EN
	if i := strings.LastIndex(limit, " ("); i >= 0 && strings.HasSuffix(limit, ")") {
		limit = limit[i+2 : len(limit)-1]
	}
	a, ok := readBack(left)
	b, ok2 := readBack(limit)
	if !ok || !ok2 {
		return false
	}
	c := a.Cmp(b)
	holds := map[string]bool{"==": c == 0, "!=": c != 0, "<": c < 0, "<=": c <= 0, ">": c > 0, ">=": c >= 0}[op]
	require.True(t, holds, "shown, but not true: %s (%+v)", f.text(token.English), f)
	return true
}

var (
	decimalForm  = regexp.MustCompile(`^-?\d+(\.\d+)?%?$`)
	secondsForm  = regexp.MustCompile(`^-?\d+(\.\d+|/\d+)s$`)
	ratioForm    = regexp.MustCompile(`^-?\d+/\d+$`)
	durationForm = regexp.MustCompile(`^-?(\d+d)?(\d+h)?(\d+m)?(\d+s)?$`)
	durationPart = regexp.MustCompile(`(\d+)([dhms])`)
)

// readBack reads a number or duration as explanations write them.
func readBack(s string) (*big.Rat, bool) {
	switch {
	case decimalForm.MatchString(s):
		number, percent := strings.CutSuffix(s, "%")
		r, ok := new(big.Rat).SetString(number)
		if ok && percent {
			r.Quo(r, big.NewRat(100, 1))
		}
		return r, ok
	case ratioForm.MatchString(s):
		return new(big.Rat).SetString(s)
	case secondsForm.MatchString(s):
		return new(big.Rat).SetString(strings.TrimSuffix(s, "s"))
	case s != "" && s != "-" && durationForm.MatchString(s):
		total := new(big.Rat)
		for _, m := range durationPart.FindAllStringSubmatch(s, -1) {
			n, _ := new(big.Rat).SetString(m[1])
			total.Add(total, n.Mul(n, map[string]*big.Rat{"d": big.NewRat(86400, 1), "h": big.NewRat(3600, 1), "m": big.NewRat(60, 1), "s": big.NewRat(1, 1)}[m[2]]))
		}
		if strings.HasPrefix(s, "-") {
			total.Neg(total)
		}
		return total, true
	}
	return nil, false
}
