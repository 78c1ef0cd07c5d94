package check_test

import (
	"fmt"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
)

// parse checks the texts of one directory; imports have no place here.
func parse(_ require.TestingT, texts ...string) (*check.Checked, diagnostic.List) {
	u := &check.Unit{Dir: "."}
	var all diagnostic.List
	for i, text := range texts {
		f, list := parser.Parse(token.NewFile(fmt.Sprintf("%c.chk", 'a'+i), text), parser.Options{})
		all = append(all, list...)
		u.Files = append(u.Files, f)
	}
	c, list := check.Check(u)
	return c, append(all, list...)
}

// term is a random condition over optional numbers x0…, as text and as a model
// that knows which of them are present and what they compare to.
type term struct {
	text  string
	reads []int // in any order; used only by leaves
	op    string
	a, b  *term
}

const variables = 3

// drawTerm makes a term from a seed: rapid's own draws lean to small numbers,
// and nearly all terms would then be without a reading or refused.
func drawTerm(t *rapid.T, depth int) *term {
	return grow(rand.New(rand.NewPCG(rapid.Uint64().Draw(t, "seed"), 0)), depth)
}

func grow(r *rand.Rand, depth int) *term {
	kind := r.IntN(12)
	if depth == 0 {
		kind %= 3
	}
	x, y := r.IntN(variables), r.IntN(variables)
	absent := &term{op: "absent", reads: []int{x}, text: fmt.Sprintf("x%d is absent", x)}
	present := &term{op: "present", reads: []int{x}, text: fmt.Sprintf("x%d is present", x)}
	read := &term{op: "read", reads: []int{x}, text: fmt.Sprintf("x%d > 0", x)}
	join := func(op string, a, b *term) *term {
		return &term{op: op, a: a, b: b, text: "(" + a.text + ") " + op + " (" + b.text + ")"}
	}
	switch kind {
	case 0:
		return absent
	case 1:
		return present
	case 2:
		if r.IntN(4) == 0 {
			return &term{op: "read", reads: []int{x, y}, text: fmt.Sprintf("x%d + x%d > 0", x, y)}
		}
		return read
	case 3:
		a := grow(r, depth-1)
		return &term{op: "not", a: a, text: "not (" + a.text + ")"}
	case 4:
		return join("and", grow(r, depth-1), grow(r, depth-1))
	case 5:
		return join("or", grow(r, depth-1), grow(r, depth-1))
	case 6, 7: // what authors write
		return join("and", present, join([]string{"and", "or"}[r.IntN(2)], read, grow(r, depth-1)))
	case 8, 9:
		return join("or", absent, join([]string{"and", "or"}[r.IntN(2)], read, grow(r, depth-1)))
	}
	c := grow(r, depth-1)
	if kind == 10 {
		c = present
	}
	return &term{op: "if", a: c, reads: []int{x, y}, text: fmt.Sprintf("if(%s, x%d, x%d) > 0", c.text, x, y)}
}

// run evaluates a term strictly from left to right, stopping where and and or
// are settled, with some variables absent. Comparisons answer as a coin falls.
// It reports false when an absent variable is read.
func (m *term) run(present uint, coin *rand.Rand) (value, safe bool) {
	has := func(x int) bool { return present&(1<<x) != 0 }
	switch m.op {
	case "absent":
		return !has(m.reads[0]), true
	case "present":
		return has(m.reads[0]), true
	case "read":
		for _, x := range m.reads {
			if !has(x) {
				return false, false
			}
		}
		return coin.IntN(2) == 0, true
	case "not":
		v, ok := m.a.run(present, coin)
		return !v, ok
	case "and", "or":
		v, ok := m.a.run(present, coin)
		if !ok || v == (m.op == "or") {
			return v, ok
		}
		return m.b.run(present, coin)
	}
	v, ok := m.a.run(present, coin)
	x := m.reads[1]
	if v {
		x = m.reads[0]
	}
	return coin.IntN(2) == 0, ok && has(x)
}

// rules is the table of SPEC section 6 as sets of bits, written down a second
// time and apart from the checker. It returns T, F and whether every reading
// is guarded.
func (m *term) rules(given uint) (t, f uint, ok bool) {
	guarded := func(given uint, reads ...int) bool {
		for _, x := range reads {
			if given&(1<<x) == 0 {
				return false
			}
		}
		return true
	}
	switch m.op {
	case "absent":
		return 0, 1 << m.reads[0], true
	case "present":
		return 1 << m.reads[0], 0, true
	case "read":
		return 0, 0, guarded(given, m.reads...)
	case "not":
		t, f, ok = m.a.rules(given)
		return f, t, ok
	case "and":
		at, af, aok := m.a.rules(given)
		bt, bf, bok := m.b.rules(given | at)
		return at | bt, af & bf, aok && bok
	case "or":
		at, af, aok := m.a.rules(given)
		bt, bf, bok := m.b.rules(given | af)
		return at & bt, af | bf, aok && bok
	}
	ct, cf, cok := m.a.rules(given)
	return 0, 0, cok && guarded(given|ct, m.reads[0]) && guarded(given|cf, m.reads[1])
}

func program(where, condition string) string {
	var fields []string
	for x := range variables {
		fields = append(fields, fmt.Sprintf("x%d : number optional", x))
	}
	if where != "" {
		where = " where " + where
	}
	return "lang 1\nrecord R { " + strings.Join(fields, "; ") + " }\nitem 1 \"A\" {\n every month\n sample 7 R" + where + "\n fail when " + condition + " : \"a\"\n}\n"
}

// What the checker lets pass never reads an absent value, whatever is absent
// and however comparisons fall; and it lets pass exactly what the rules allow.
func TestAbsenceIsRuledOutSoundly(t *testing.T) {
	accepted, refused, reading := 0, 0, 0
	judge := func(t *rapid.T, m *term) {
		_, list := parse(t, program("", m.text))
		ok := true
		for _, d := range list {
			switch d.Code {
			case diagnostic.OptionalUnguarded:
				ok = false
			case diagnostic.MixedAndOr, diagnostic.NotBeforeComparison:
			default:
				t.Fatalf("%s: %s", m.text, d.Error())
			}
		}
		_, _, want := m.rules(0)
		if ok != want {
			t.Fatalf("%s: accepted %v, the rules say %v", m.text, ok, want)
		}
		if !ok {
			refused++
			return
		}
		accepted++
		if strings.Contains(m.text, ">") {
			reading++
		}
		for present := range uint(1 << variables) {
			for seed := range uint64(8) {
				if _, safe := m.run(present, rand.New(rand.NewPCG(seed, 1))); !safe {
					t.Fatalf("%s reads an absent value with %04b present", m.text, present)
				}
			}
		}
	}
	rapid.Check(t, func(t *rapid.T) {
		for range 20 {
			judge(t, drawTerm(t, 3))
		}
	})
	t.Logf("accepted %d, %d of them with readings; refused %d", accepted, reading, refused)
	assert.Greater(t, reading*10, accepted+refused, "too few conditions read what they guard")
	assert.Greater(t, refused*10, accepted+refused)
}

// The facts of a sample's condition reach its clauses: where C, any x may be
// read exactly when C being true proves it present, and that is never wrong.
func TestFactsOfTheSampleReachItsClauses(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := drawTerm(t, 3)
		proves, _, ok := m.rules(0)
		if !ok {
			return
		}
		for x := range variables {
			_, list := parse(t, program(m.text, fmt.Sprintf("x%d > 0", x)))
			read := true
			for _, d := range list {
				read = read && d.Code != diagnostic.OptionalUnguarded
			}
			if read != (proves&(1<<x) != 0) {
				t.Fatalf("where %s: reading x%d allowed %v", m.text, x, read)
			}
		}
		for present := range uint(1 << variables) {
			for seed := range uint64(8) {
				if v, safe := m.run(present, rand.New(rand.NewPCG(seed, 2))); v && safe && present&proves != proves {
					t.Fatalf("%s is true with %04b present, but is held to prove %04b", m.text, present, proves)
				}
			}
		}
	})
}

// Any unguarded condition is mended by the guard that is offered, for one
// variable at a time.
func TestTheOfferedGuardMends(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := program("", drawTerm(t, 3).text)
		for range 40 {
			_, list := parse(t, text)
			var fix *diagnostic.Fix
			before := 0
			for _, d := range list {
				if d.Code == diagnostic.OptionalUnguarded {
					before++
					if fix == nil {
						require.Len(t, d.Fixes, 1)
						fix = &d.Fixes[0]
					}
				}
			}
			if fix == nil {
				return
			}
			for i := len(fix.Edits) - 1; i >= 0; i-- {
				e := fix.Edits[i]
				text = text[:e.Span.Start] + e.New + text[e.Span.End:]
			}
			_, list = parse(t, text)
			after := 0
			for _, d := range list {
				if d.Code == diagnostic.OptionalUnguarded {
					after++
				} else if d.Severity == diagnostic.Error {
					t.Fatalf("%s\n%s", d.Error(), text)
				}
			}
			if after >= before {
				t.Fatalf("the guard left %d of %d:\n%s", after, before, text)
			}
		}
		t.Fatalf("the guards never ended:\n%s", text)
	})
}

func TestNothingPassesBetweenClauses(t *testing.T) {
	text := strings.Replace(program("", "x0 is present and x0 > 3"), "\n}", "\n fail b when x0 > 3 : \"b\"\n}", 1)
	_, list := parse(t, text)
	require.Len(t, list, 1)
	assert.Equal(t, diagnostic.OptionalUnguarded, list[0].Code)
	assert.Equal(t, 7, list[0].Span.From().Line)
}

// Several readings of one variable in one condition are one mistake, for one
// guard mends them all; an aggregate's body needs a guard of its own.
func TestOneGuardIsAskedForOnce(t *testing.T) {
	_, list := parse(t, program("", "x0 > 3 or x0 < 1 or x0 == 2"))
	assert.Len(t, list, 1)
	_, list = parse(t, program("", "count(x0 > 3) > 1 or count(x0 < 1) > 1"))
	assert.Len(t, list, 2)
	_, list = parse(t, program("", "count(x0 is present and x0 > 3) > 1 or count(x0 is absent or x0 < 1) > 1"))
	assert.Empty(t, list)
}

// A guard outside an aggregate would speak for the wrong unit, so none is
// offered where the body is no condition.
func TestNoGuardIsOfferedForASum(t *testing.T) {
	_, list := parse(t, program("", "sum(x0) > 3"))
	require.Len(t, list, 1)
	assert.Equal(t, diagnostic.OptionalUnguarded, list[0].Code)
	assert.Empty(t, list[0].Fixes)
}

// The branches of if are read under their own facts also where the first is a
// bare member, whose choice the second must tell.
func TestBranchesOfBareMembersKnowTheirFacts(t *testing.T) {
	text := func(guard string) string {
		return "lang 1\nchoice Grade { good, bad }\nrecord R { g : Grade optional }\nitem 1 \"A\" { every month; sample 7 R; fail when if(g " + guard + ", good, g) == bad : \"a\" }\n"
	}
	_, list := parse(t, text("is absent"))
	assert.Empty(t, list)
	_, list = parse(t, text("is present"))
	require.Len(t, list, 1)
	assert.Equal(t, diagnostic.OptionalUnguarded, list[0].Code)
}
