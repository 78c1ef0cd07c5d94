package acceptance

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// run feeds lots given as letters: "." accepted, "x" not accepted, with an
// acceptance number of 0.
func run(t *testing.T, s Switching, lots string) Switching {
	t.Helper()
	for i, lot := range lots {
		var err error
		s, err = s.Next(LotResult{Accepted: lot == '.'})
		require.NoError(t, err, "lot %d", i)
	}
	return s
}

func TestSwitchingRules(t *testing.T) {
	for name, c := range map[string]struct {
		lots string
		want Severity
	}{
		"start":                                {"", Normal},
		"one rejection":                        {"x", Normal},
		"two in a row":                         {"xx", Tightened},
		"two of five":                          {"x...x", Tightened},
		"two of six":                           {"x....x", Normal},
		"two of six, then two of five":         {"x....x...x", Tightened},
		"tightened, four accepted":             {"xx....", Tightened},
		"tightened, five accepted":             {"xx.....", Normal},
		"tightened, five accepted but not one": {"xx....x.", Tightened},
		"rejections before tightened are gone": {"xx.....x", Normal},
		"score 28":                             {"..............", Normal},
		"score 30":                             {"...............", Reduced},
		"a rejection sets the score to 0":      {".............x" + ".............", Normal},
		"reduced goes on":                      {"..............." + "...", Reduced},
		"reduced ends with a rejection":        {"..............." + "x", Normal},
		"that rejection was not under normal":  {"..............." + "xx", Normal},
	} {
		assert.Equal(t, c.want, run(t, Switching{}, c.lots).Severity, name)
	}
}

func TestSwitchingScoreWithAcceptanceNumberTwo(t *testing.T) {
	s := Switching{}
	var err error
	for range 9 {
		s, err = s.Next(LotResult{Accepted: true, AcceptanceNumber: 2, AcceptedOneStepTighter: true})
		require.NoError(t, err)
	}
	assert.Equal(t, Switching{Score: 27}, s)
	reset, err := s.Next(LotResult{Accepted: true, AcceptanceNumber: 2})
	require.NoError(t, err)
	assert.Equal(t, Switching{}, reset, "accepted, but not one step tighter")
	unsteady, err := s.Next(LotResult{Accepted: true, AcceptanceNumber: 2, AcceptedOneStepTighter: true, Unsteady: true})
	require.NoError(t, err)
	assert.Equal(t, Switching{Score: 30}, unsteady)
	s, err = unsteady.Next(LotResult{Accepted: true})
	require.NoError(t, err)
	assert.Equal(t, Switching{Severity: Reduced}, s)
	s, err = s.Next(LotResult{Accepted: true, Unsteady: true})
	require.NoError(t, err)
	assert.Equal(t, Switching{}, s)
}

func TestDiscontinuation(t *testing.T) {
	s := run(t, Switching{}, "xx"+"x..x....x.x.x")
	assert.Equal(t, Tightened, s.Severity)
	assert.True(t, s.Discontinued)
	_, err := s.Next(LotResult{Accepted: true})
	refused(t, "discontinued", err, "switching", "discontinued")
	s, err = s.Resume()
	require.NoError(t, err)
	assert.Equal(t, Switching{Severity: Tightened}, s)
	_, err = s.Resume()
	refused(t, "resume", err, "switching", "not-discontinued")
	assert.Equal(t, Normal, run(t, s, ".....").Severity)

	// The count starts anew with each tightened inspection.
	s = run(t, Switching{}, "xx"+"xxxx....."+"xx"+"xxxx")
	assert.Equal(t, Switching{Severity: Tightened, NotAccepted: 4}, s)

	_, err = Switching{SinceRejected: 7}.Next(LotResult{})
	refused(t, "state", err, "switching", "impossible-state")
	_, err = Switching{}.Next(LotResult{AcceptanceNumber: -1})
	refused(t, "acceptance number", err, "lot.acceptanceNumber", "out-of-range")
}

// The reference keeps the whole history and applies the text of the rules to
// it, instead of counters.
func TestSwitchingEqualsRulesOverTheHistory(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		// Long runs of accepted lots occur; so do unsteady ones.
		kinds := rapid.SliceOfN(rapid.SampledFrom([]string{".", ".", ".", ".", ".", ".", "x", "u"}), 0, 120).Draw(t, "lots")
		s := Switching{}
		severity, history := Normal, []string{} // history of the present severity
		for _, kind := range kinds {
			next, err := s.Next(LotResult{Accepted: kind != "x", Unsteady: kind == "u"})
			if s.Discontinued {
				require.Error(t, err)
				return
			}
			require.NoError(t, err)
			s = next
			history = append(history, kind)
			to, stop := reference(severity, history)
			if to != severity {
				severity, history = to, nil
			}
			require.Equal(t, severity, s.Severity, "%v", kinds)
			require.Equal(t, stop, s.Discontinued, "%v", kinds)
		}
	})
}

func reference(severity Severity, history []string) (to Severity, stop bool) {
	count := func(lots []string, kind string) (n int) {
		for _, lot := range lots {
			if lot == kind {
				n++
			}
		}
		return n
	}
	last := func(n int) []string { return history[max(0, len(history)-n):] }
	switch severity {
	case Normal:
		if count(last(5), "x") >= 2 {
			return Tightened, false
		}
		if len(history) >= 15 && count(last(15), "x") == 0 && history[len(history)-1] == "." {
			return Reduced, false
		}
	case Tightened:
		if len(history) >= 5 && count(last(5), "x") == 0 {
			return Normal, false
		}
		return Tightened, count(history, "x") == 5
	case Reduced:
		if history[len(history)-1] != "." {
			return Normal, false
		}
	}
	return severity, false
}

func ExampleSwitching_Next() {
	series := Switching{}
	for _, accepted := range []bool{true, false, true, false} {
		series, _ = series.Next(LotResult{Accepted: accepted})
		fmt.Println(series.Severity)
	}
	// Output:
	// normal
	// normal
	// normal
	// tightened
}
