package engine_test

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

// drawParts writes a standard of several random items; most ask for no answer
// of their own, so that they are judged side by side.
func drawParts(t *rapid.T) (text string, parts []string) {
	var b strings.Builder
	b.WriteString(randomDeclarations)
	plain := rapid.SampledFrom([]int{0, 1, 5, 9, 70}).Draw(t, "plain items")
	var conditions []string
	for range min(plain, 9) {
		conditions = append(conditions, drawCondition(t, 2))
	}
	for i := range plain {
		code := fmt.Sprintf("p%d", i)
		parts = append(parts, code)
		fmt.Fprintf(&b, "item %s \"Plain\" {\n  every month\n", code)
		if rapid.IntRange(0, 5).Draw(t, "applies") == 0 {
			b.WriteString("  applies when subject.towers > 1\n")
		}
		b.WriteString("  sample 100% Unit\n  ask \"it\" -> stated : int 0..\n")
		for k := range rapid.IntRange(1, 4).Draw(t, "clauses") {
			condition := rapid.SampledFrom(conditions).Draw(t, "condition")
			switch rapid.IntRange(0, 5).Draw(t, "own limit") {
			case 0:
				condition = fmt.Sprintf("places >= %d and (%s)", rapid.IntRange(0, 12).Draw(t, "limit"), condition)
			case 1:
				condition = fmt.Sprintf("started - as_of > %dm or places in [%d, 3, 7]", i, i)
			case 2:
				condition = fmt.Sprintf("not (flag and length < %dm)", rapid.IntRange(0, 12).Draw(t, "limit"))
			}
			grade := rapid.SampledFrom([]string{"observation", "fail", "major", "fail", "pass", "refer"}).Draw(t, "grade")
			fmt.Fprintf(&b, "  %s when %s : \"clause %d\"\n", grade, condition, k)
		}
		if rapid.IntRange(0, 2).Draw(t, "otherwise") == 0 {
			fmt.Fprintf(&b, "  %s otherwise : \"else\"\n", rapid.SampledFrom([]string{"pass", "fail", "observation"}).Draw(t, "otherwise grade"))
		}
		b.WriteString("}\n")
	}
	for i := range rapid.IntRange(1, 3).Draw(t, "items with answers") {
		parts = append(parts, fmt.Sprint(i))
		drawItem(t, &b, i, false)
	}
	return b.String(), parts
}

// A checklist finds what its parts find one by one, whatever is known.
func TestChecklistsAgreeWithTheirPartsOnRandomRules(t *testing.T) {
	found := map[engine.Answer]int{}
	rapid.Check(t, func(t *rapid.T) {
		text, parts := drawParts(t)
		s, err := loadText(text, engine.Options{})
		require.NoError(t, err, text)
		list, err := engine.BindAll[randomUnit](s, parts...)
		require.NoError(t, err)
		var answers []engine.Answer
		for range 4 {
			at := drawSetting(t)
			u, values := drawUnit(t)
			answers = list.Judge(u, &at, append(answers[:0], engine.Answer{Best: engine.Major}))
			require.Len(t, answers, len(parts)+1)
			require.Equal(t, engine.Answer{Best: engine.Major}, answers[0])
			for i, part := range parts {
				want, _, err := s.JudgeUnit(part, values, at)
				if err != nil {
					continue // a year that the calendar lacks is an error there and an open answer here
				}
				require.Equal(t, want.Answer, answers[i+1], "%s of %s", part, text)
				found[want.Answer]++
			}
		}
	})
	for _, a := range []engine.Answer{
		{State: engine.Decided, Best: engine.Pass, Worst: engine.Pass},
		{State: engine.Decided, Best: engine.Observation, Worst: engine.Observation},
		{State: engine.Decided, Best: engine.Fail, Worst: engine.Fail},
		{State: engine.Decided, Best: engine.Major, Worst: engine.Major},
		{State: engine.NotApplicable},
		{State: engine.Undecided, Best: engine.Observation, Worst: engine.Major},
		{State: engine.Referred, Best: engine.Pass, Worst: engine.Fail},
	} {
		assert.Positive(t, found[a], "no part was %v", a)
	}
}

// Hundreds of parts take several rows of lanes, and any number of goroutines
// may judge by one checklist.
func TestOneLongChecklistServesManyGoroutines(t *testing.T) {
	var b strings.Builder
	b.WriteString("lang 1\nrecord Order { registered : time, dispatched : time, places : int 0.. }\n")
	var parts []string
	for i := range 600 {
		parts = append(parts, fmt.Sprint("n", i))
		fmt.Fprintf(&b, "item n%d \"Rule\" { every month; sample 100%% Order; fail when dispatched - registered > %dm : \"late\"; observation when places > %d : \"many\" }\n", i, i, i)
	}
	s, err := loadText(b.String(), engine.Options{})
	require.NoError(t, err)
	type order struct {
		Registered time.Time         `chk:"registered"`
		Dispatched time.Time         `chk:"dispatched"`
		Places     engine.Field[int] `chk:"places"`
	}
	list, err := engine.BindAll[order](s, parts...)
	require.NoError(t, err)
	start := time.Date(2026, 11, 3, 9, 0, 0, 0, time.UTC)
	var wait sync.WaitGroup
	for g := range 8 {
		wait.Go(func() {
			var answers []engine.Answer
			for i := range 100 {
				minutes, places := (g*131+i*7)%610, (g*17+i*13)%610
				o := order{start, start.Add(time.Duration(minutes) * time.Minute), engine.Known(places)}
				if i%10 == 0 {
					o.Places = engine.Field[int]{}
				}
				answers = list.Judge(&o, nil, answers[:0])
				for k, got := range answers {
					want := engine.Answer{State: engine.Decided, Best: engine.Pass, Worst: engine.Pass}
					switch {
					case minutes > k:
						want.Best, want.Worst = engine.Fail, engine.Fail
					case i%10 == 0:
						want = engine.Answer{State: engine.Undecided, Best: engine.Pass, Worst: engine.Observation}
					case places > k:
						want.Best, want.Worst = engine.Observation, engine.Observation
					}
					if got != want {
						t.Errorf("part %d after %d minutes at %d places: %v, not %v", k, minutes, places, got, want)
						return
					}
				}
			}
		})
	}
	wait.Wait()
}
