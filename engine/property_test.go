package engine

import (
	"context"
	"math/rand/v2"
	"os"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/generate"
)

// randomStandards is how many standards a property is tried on.
func randomStandards(least int) int {
	checks, err := strconv.Atoi(os.Getenv("RAPID_CHECKS"))
	if err != nil {
		return least
	}
	return max(least, checks)
}

// hide takes away what was known of units, but for what is kept.
func (k *task) hide(rng *rand.Rand, share int) *task {
	out := *k
	e := *k.evidence
	e.Units, out.rulings = nil, nil
	for i, u := range k.evidence.Units {
		row := map[*check.Variable]generate.Cell{}
		for _, v := range k.variables {
			if row[v] = u[v]; rng.IntN(100) < share {
				row[v] = generate.Cell{}
			}
		}
		generate.Settle(row, k.variables)
		rulings := map[string]Outcome{}
		for key, o := range k.rulings[i] {
			if rng.IntN(100) >= share {
				rulings[key] = o
			}
		}
		e.Units, out.rulings = append(e.Units, row), append(out.rulings, rulings)
	}
	out.evidence = &e
	return &out
}

// reveal gives one with more of what k knows.
func (k *task) reveal(rng *rand.Rand, from *task) *task {
	out := *from
	e := *from.evidence
	e.Units, out.rulings = nil, nil
	for i, u := range from.evidence.Units {
		row, rulings := map[*check.Variable]generate.Cell{}, map[string]Outcome{}
		for _, v := range k.variables {
			if row[v] = u[v]; u[v].Presence == generate.NotCollected && rng.IntN(3) == 0 {
				row[v] = k.evidence.Units[i][v]
			}
		}
		generate.Settle(row, k.variables)
		for key, o := range k.rulings[i] {
			if _, had := from.rulings[i][key]; had || rng.IntN(3) == 0 {
				rulings[key] = o
			}
		}
		e.Units, out.rulings = append(e.Units, row), append(out.rulings, rulings)
	}
	out.evidence = &e
	return &out
}

// unitVerdictOf judges one unit by the front door.
func (k *task) unitVerdictOf(t require.TestingT, unit int) Verdict {
	v, refused, err := k.standard.JudgeUnit(k.part.id, k.values(unit), k.setting())
	require.NoError(t, err)
	require.Empty(t, refused)
	return v
}

// partVerdictOf judges all units, in an order.
func (k *task) partVerdictOf(t require.TestingT, order []int) Verdict {
	env, refused := k.standard.environment(k.setting())
	require.Empty(t, refused)
	var units []unitEvidence
	for _, i := range order {
		row, bad := k.part.row(k.values(i), env, "")
		require.Empty(t, bad)
		units = append(units, unitEvidence{id: strconv.Itoa(i), row: row, inspected: true})
	}
	v, _, err := k.standard.partVerdict(k.part, env, units, nil)
	require.NoError(t, err)
	return v
}

func upTo(n int) []int {
	out := make([]int, n)
	for i := range out {
		out[i] = i
	}
	return out
}

func isOpen(s State) bool { return s == Undecided || s == Referred || s == NotInspected }

// narrows demands that more answers never change what was claimed.
func narrows(t require.TestingT, before, after Answer, what string) {
	if !isOpen(before.State) {
		require.Equal(t, before, after, "a decided verdict changed: %s", what)
		return
	}
	require.GreaterOrEqual(t, after.Best, before.Best, "best: %v then %v: %s", before, after, what)
	require.LessOrEqual(t, after.Worst, before.Worst, "worst: %v then %v: %s", before, after, what)
}

// source is a part as it is written, for the message of a failure.
func (k *task) source() string {
	var lines []string
	for _, c := range k.part.checked.Criteria {
		lines = append(lines, c.Span.Text())
	}
	for _, d := range k.standard.checked.Defines {
		if d.Value != nil {
			lines = append(lines, d.Name.First+" = "+d.Value.Span.Text())
		}
	}
	for _, r := range k.standard.checked.Records {
		for _, f := range r.Fields {
			if f.Computed != nil {
				lines = append(lines, f.Name.First+" = "+f.Computed.Span.Text())
			}
		}
	}
	return strings.Join(lines, "\n") + "\n"
}

// Judging agrees with the naive reference on random rules and partial
// evidence; more answers never change a decided verdict and only narrow an
// open one; the order of units does not matter.
func TestVerdictsOverRandomRules(t *testing.T) {
	var cases, decided, parts, partsDecided int
	for seed := range uint64(randomStandards(150)) {
		rng := rand.New(rand.NewPCG(seed, 7))
		s := loadRules(t, rng)
		for _, c := range s.order {
			full := newTask(t, rng, s, c, 1+rng.IntN(5))
			n := len(full.evidence.Units)
			now := full.hide(rng, 15+rng.IntN(50))
			var unit, whole Answer
			for step := range 4 {
				v, p := now.unitVerdictOf(t, 0), now.partVerdictOf(t, upTo(n))
				wantUnit, wantPart := now.judgeLevel(0, false), now.judgePart()
				if *now.evidence.Far {
					break
				}
				if !c.unit.grades() {
					require.Equal(t, Ungraded, v.State, now.source())
				} else {
					require.Equal(t, wantUnit.answer(), v.Answer, "unit by the reference and by the engine: %s", now.source())
					cases++
					if !isOpen(v.State) {
						decided++
					}
				}
				comparePoints(t, wantUnit, v, now.source())
				require.Equal(t, wantPart.answer(), p.Answer, "part by the reference and by the engine: %s", now.source())
				order := rng.Perm(n)
				shuffled := now.partVerdictOf(t, order)
				require.Equal(t, p.Answer, shuffled.Answer, "the order of units mattered: %s", now.source())
				require.Equal(t, p.Counts, shuffled.Counts)
				if parts++; !isOpen(p.State) {
					partsDecided++
				}
				if step > 0 {
					narrows(t, unit, v.Answer, now.source())
					narrows(t, whole, p.Answer, now.source())
				}
				unit, whole = v.Answer, p.Answer
				now = full.reveal(rng, now)
			}
		}
	}
	t.Logf("%d verdicts of units, %.1f %% decided; %d of parts, %.1f %% decided", cases, 100*float64(decided)/float64(cases), parts, 100*float64(partsDecided)/float64(parts))
	require.Greater(t, 100*decided, 30*cases, "at least 30 % of the cases must be decided")
	require.Greater(t, 100*partsDecided, 30*parts)
}

func comparePoints(t require.TestingT, want opinion, v Verdict, what string) {
	if want.most != nil && want.most.Sign() == 0 {
		require.Nil(t, v.Points, what)
		return
	}
	require.NotNil(t, v.Points, what)
	require.Equal(t, NumberOf(want.least).String(), v.Points.Least.String(), what)
	if want.most == nil {
		require.Nil(t, v.Points.Most, what)
		return
	}
	require.NotNil(t, v.Points.Most, what)
	require.Equal(t, NumberOf(want.most).String(), v.Points.Most.String(), what)
}

// An open verdict names what is missing, and once everything that it named is
// answered, whatever the answers, it is decided or waits for rulings alone.
func TestMissingAnswersDecide(t *testing.T) {
	var opened, rounds int
	for seed := range uint64(randomStandards(100)) {
		rng := rand.New(rand.NewPCG(seed, 8))
		s := loadRules(t, rng)
		for _, c := range s.order {
			now := newTask(t, rng, s, c, 1+rng.IntN(3)).hide(rng, 40+rng.IntN(40))
			for round := 0; ; round++ {
				v := now.partVerdictOf(t, upTo(len(now.evidence.Units)))
				if v.State != Undecided {
					require.True(t, len(v.Missing) == 0 || deducts(c), "missing though nothing can change: %v %s", v.Answer, now.source())
					break
				}
				now.judgePart()
				if *now.evidence.Far {
					break
				}
				opened, rounds = opened+1, max(rounds, round)
				require.NotEmpty(t, v.Missing, "open, but nothing is missing: %s", now.source())
				require.Less(t, round, 60, now.source())
				for _, m := range v.Missing {
					now.answer(t, rng, m)
				}
			}
		}
	}
	t.Logf("%d open verdicts, answered in at most %d rounds", opened, rounds)
	require.Greater(t, opened, 200)
}

// deducts says whether answers can still cost points although the outcome is
// decided.
func deducts(c *part) bool {
	for _, k := range c.checked.Criteria {
		if k.Kind == check.DeductCriterion {
			return true
		}
	}
	return false
}

// answer fills in one missing answer at random.
func (k *task) answer(t require.TestingT, rng *rand.Rand, m Missing) {
	mix, zone := generate.Mix{Absent: 35}, k.standard.zone
	if key, ok := strings.CutPrefix(m.Name, "subject."); ok {
		f := k.standard.checked.Standard.Subject.Lookup(key)
		require.NotNil(t, f, m.Name)
		k.evidence.Subject[f.Key] = mix.Cell(rng, f.Type, f.Optional, zone)
		return
	}
	for _, p := range k.standard.checked.Population {
		if m.Name == "population("+p.Key+")" {
			k.evidence.Populations[p] = mix.Cell(rng, check.Type{Kind: check.Number, Whole: true, Low: ratZero}, false, zone)
			return
		}
	}
	for _, d := range k.standard.checked.Defines {
		if d.Name.First == m.Name {
			k.evidence.Parameters[d] = mix.Cell(rng, d.Type, d.Optional, zone)
			return
		}
	}
	unit, err := strconv.Atoi(m.Unit)
	require.NoError(t, err, "%+v", m)
	for _, v := range k.variables {
		if v.Key == m.Name {
			row := k.evidence.Units[unit]
			require.Equal(t, generate.NotCollected, row[v].Presence, "missing, but it is there: %+v", m)
			row[v] = mix.Cell(rng, v.Type, v.Optional, zone)
			generate.Settle(row, k.variables)
			return
		}
	}
	require.Fail(t, "missing names nothing", "%+v", m)
}

// Every reason says something in both languages, names what it read, and every
// comparison that it shows is true.
func TestReasonsAreTrue(t *testing.T) {
	var reasons, compared int
	for seed := range uint64(randomStandards(80)) {
		rng := rand.New(rand.NewPCG(seed, 9))
		s := loadRules(t, rng)
		for _, c := range s.order {
			k := newTask(t, rng, s, c, 1+rng.IntN(4)).hide(rng, rng.IntN(30))
			n := len(k.evidence.Units)
			verdicts := []Verdict{k.partVerdictOf(t, upTo(n))}
			for i := range n {
				verdicts = append(verdicts, k.unitVerdictOf(t, i))
			}
			for _, v := range verdicts {
				if v.State == Decided {
					require.True(t, v.Best == Pass || len(v.Reasons) > 0 || v.Level == "part", "a finding without a reason: %s", k.source())
				}
				for _, r := range v.Reasons {
					reasons++
					for _, l := range []token.Lang{token.Chinese, token.English} {
						require.NotEmpty(t, strings.TrimSpace(Text(l, r)), "%+v", r)
					}
					for _, f := range r.Facts {
						if shownFactHolds(t, r, f) {
							compared++
						}
					}
				}
			}
		}
	}
	t.Logf("%d reasons, %d comparisons evaluated again", reasons, compared)
	require.Greater(t, reasons, 500)
	require.Greater(t, compared, 200)
}

// The worst of answers is the same in any order and grouping, and the worst of
// equal answers is that answer.
func TestWorstIsCommutativeAssociativeIdempotent(t *testing.T) {
	all := []Answer{{State: Ungraded}, {State: NotApplicable}, {State: Refused, Best: Pass, Worst: Major}}
	for low := Outcome(0); low <= Major; low++ {
		if low > 0 {
			all = append(all, Answer{Decided, low, low})
		}
		for high := low + 1; high <= Major; high++ {
			all = append(all, Answer{Undecided, low, high}, Answer{NotInspected, low, high})
			if low > 0 && high == Fail {
				all = append(all, Answer{Referred, low, high})
			}
		}
	}
	worst := func(answers ...Answer) *tally {
		var out tally
		for _, a := range answers {
			out.add(a)
		}
		return &out
	}
	joined := func(a, b *tally) Answer {
		out := *a
		out.merge(b)
		return out.answer()
	}
	for _, a := range all {
		for _, b := range all {
			require.Equal(t, worst(a, b).answer(), worst(b, a).answer(), "%v %v", a, b)
			require.Equal(t, worst(a, b).answer(), joined(worst(a), worst(b)), "%v %v", a, b)
			for _, c := range all {
				want := worst(a, b, c).answer()
				require.Equal(t, want, worst(c, b, a).answer(), "%v %v %v", a, b, c)
				require.Equal(t, want, joined(worst(a, b), worst(c)), "%v %v %v", a, b, c)
				require.Equal(t, want, joined(worst(a), worst(b, c)), "%v %v %v", a, b, c)
			}
		}
		twice := worst(a, a).answer()
		require.Equal(t, [2]Outcome{a.Best, a.Worst}, [2]Outcome{twice.Best, twice.Worst})
		switch a.State {
		case NotInspected, Refused: // several of them are open, whatever the reason
			require.Equal(t, Undecided, twice.State)
		default:
			require.Equal(t, a.State, twice.State)
		}
	}
}

// Weeks are those of ISO 8601, also over the turn of a year, and a period is
// half-open in the subject's zone, also where the clocks change in it.
func TestDatesAndInstantsInPeriods(t *testing.T) {
	text := `standard s "S" { zone "America/New_York" }
record Visit { dated : date, at : time }
item 1 "I" { every week; sample 5 Visit; fail when dated not in period : "day"; major when at not in period : "instant" }`
	s, _, err := Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, "a.chk", Options{Audit: true})
	require.NoError(t, err)
	for _, c := range []struct {
		frequency Frequency
		noon      string // of a day in the period
		dated     string
		at        string
		want      Outcome
	}{
		{Week, "2026-12-31", "2026-12-28", "2026-12-28T00:00:00-05:00", Pass}, // 2026-W53
		{Week, "2026-12-31", "2027-01-03", "2027-01-03T23:59:59-05:00", Pass},
		{Week, "2026-12-31", "2027-01-04", "2027-01-03T23:59:59-05:00", Fail},
		{Week, "2026-12-31", "2027-01-03", "2027-01-04T00:00:00-05:00", Major},
		{Week, "2026-12-31", "2026-12-27", "2026-12-28T00:00:00-05:00", Fail},
		{Week, "2026-11-01", "2026-11-01", "2026-11-02T04:59:59Z", Pass}, // a week of 169 hours
		{Week, "2026-11-01", "2026-11-01", "2026-11-02T05:00:00Z", Major},
		{Week, "2026-03-08", "2026-03-08", "2026-03-09T03:59:59Z", Pass}, // one of 167
		{Week, "2026-03-08", "2026-03-08", "2026-03-09T04:00:00Z", Major},
		{Month, "2028-02-10", "2028-02-29", "2028-02-29T23:59:59-05:00", Pass},
		{Month, "2028-02-10", "2028-03-01", "2028-02-29T23:59:59-05:00", Fail},
		{Year, "2026-06-01", "2026-12-31", "2027-01-01T04:59:59Z", Pass},
		{Year, "2026-06-01", "2026-12-31", "2027-01-01T05:00:00Z", Major},
	} {
		noon, err := time.ParseInLocation("2006-01-02 15", c.noon+" 12", s.Zone())
		require.NoError(t, err)
		period, err := PeriodOf(c.frequency, noon, s.Zone())
		require.NoError(t, err)
		v, refused, err := s.JudgeUnit("1", map[string]any{"dated": c.dated, "at": c.at}, Setting{Period: period})
		require.NoError(t, err)
		require.Empty(t, refused)
		require.Equal(t, Answer{Decided, c.want, c.want}, v.Answer, "%+v", c)
	}
}

// A known fail settles a unit that also waits for a ruling, and no ruling that
// comes later changes it.
func TestRulingsStayWithinReferrals(t *testing.T) {
	text := `record Visit { late : bool, odd : bool }
item 1 "I" { every week; sample 5 Visit; fail when late : "late"; refer when odd : "unclear" }`
	s, _, err := Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, "a.chk", Options{})
	require.NoError(t, err)
	for _, ruling := range []string{"", "pass", "observation", "fail", "major"} {
		values := map[string]any{"late": true, "odd": true}
		if ruling != "" {
			values["unclear"] = ruling
		}
		v, refused, err := s.JudgeUnit("1", values, Setting{})
		require.NoError(t, err)
		require.Equal(t, ruling == "major", len(refused) == 1, ruling)
		require.Equal(t, Answer{Decided, Fail, Fail}, v.Answer, ruling)
	}
}

// A measure of which nobody knows yet whether there is anything to divide by
// may turn out not to be applicable.
func TestMeasureOverNothing(t *testing.T) {
	text := `record Visit { asked : bool, content : bool }
item 1 "I" { every week; sample 5 Visit; measure count(asked and content) / count(asked); target >= 90% : "low" }`
	s, _, err := Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, "a.chk", Options{})
	require.NoError(t, err)
	for _, c := range []struct {
		units []map[string]any
		want  Answer
	}{
		{[]map[string]any{{}, {}}, Answer{Undecided, 0, Fail}},
		{[]map[string]any{{"asked": false}, {}}, Answer{Undecided, 0, Fail}},
		{[]map[string]any{{"asked": false}, {"asked": false}}, Answer{State: NotApplicable}},
		{[]map[string]any{{"asked": true}, {"asked": false}}, Answer{Undecided, Pass, Fail}},
		{[]map[string]any{{"asked": true, "content": true}, {"asked": false}}, Answer{Decided, Pass, Pass}},
		{[]map[string]any{{"asked": true, "content": false}, {}}, Answer{Undecided, Pass, Fail}}, // sound, not complete
		{[]map[string]any{{"asked": true, "content": false}, {"asked": false}}, Answer{Decided, Fail, Fail}},
	} {
		env, _ := s.environment(Setting{})
		var units []unitEvidence
		for i, values := range c.units {
			row, _ := s.order[0].row(values, env, "")
			units = append(units, unitEvidence{id: strconv.Itoa(i), row: row, inspected: true})
		}
		v, _, err := s.partVerdict(s.order[0], env, units, nil)
		require.NoError(t, err)
		require.Equal(t, c.want, v.Answer, "%v", c.units)
	}
}
