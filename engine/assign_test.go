package engine_test

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
)

// assignRules has a tier of each kind that recusal tells apart.
const assignRules = `lang 1
standard assigning "assigning" { version "1"; zone "Asia/Shanghai" }
tier region "Region to project" {
  organiser "Quality"; approver "Manager"
  inspector office; inspects project
  every month; subjects all; units as items; covers all
  recuse unit, post, interest
}
tier own "Self-check" {
  organiser "Quality"; approver "Manager"
  inspector project; inspects project
  every week; subjects all; units all; covers all
  recuse post, interest
}
tier peers "Cross-check" {
  organiser "Quality"; approver "Manager"
  inspector project; inspects project
  every month; subjects all; units as items; covers all
  recuse unit, post, interest
}
item 1 "gate" {
  responsible guard
  observe "manned" -> manned : bool
  fail when not manned : "empty"
}
item 2 "desk" {
  responsible clerk
  observe "staffed" -> staffed : bool
  fail when not staffed : "empty"
}
`

// assigning is a request for one task at each of a number of projects.
func assigning(t require.TestingT, s *engine.Standard, tier string, projects int, people []engine.Person, interests []engine.Interest) engine.PlanRequest {
	r := engine.PlanRequest{Scope: "tenant", Tier: tier, Period: november(t, s), Seed: []byte("0123456789abcdef")}
	for i := range projects {
		id := fmt.Sprintf("P%d", i+1)
		r.Inspected = append(r.Inspected, id)
		r.Organisation.Subjects = append(r.Organisation.Subjects, engine.Subject{ID: id, Kind: "project"})
	}
	r.Organisation.People, r.Organisation.Interests = people, interests
	return r
}

// unassigned are the problems of tasks that nobody may take.
func unassigned(p *engine.Plan) []engine.Problem {
	return slices.DeleteFunc(slices.Clone(p.Problems), func(x engine.Problem) bool { return x.Code == "mutual_inspection" })
}

func inspectors(p *engine.Plan) map[string]string {
	out := map[string]string{}
	for _, t := range p.Tasks {
		if t.Inspector != "" {
			out[t.Subject.ID] = t.Inspector
		}
	}
	return out
}

func TestPlanRecusal(t *testing.T) {
	t.Parallel()
	s := load(t, assignRules)
	two := []engine.Person{{ID: "Li", Subject: "P1", Posts: []string{"guard"}}, {ID: "Wu", Subject: "P2"}}
	cases := map[string]struct {
		tier      string
		items     []string
		people    []engine.Person
		interests []engine.Interest
		want      map[string]string
		problems  []string
	}{
		"crosswise":             {tier: "peers", people: two, want: map[string]string{"P1": "Wu", "P2": "Li"}},
		"a tier of the request": {tier: "spot", people: two, want: map[string]string{"P1": "Wu", "P2": "Li"}},
		"declared interest": {
			tier: "region", people: two, interests: []engine.Interest{{Person: "Wu", Subject: "P1", Reason: "a relative works there"}},
			want:     map[string]string{"P2": "Li"},
			problems: []string{"nobody may inspect P1: everybody is barred (Li may not inspect the own unit; Wu declared an interest: a relative works there)"},
		},
		"interest without a reason": {
			tier: "region", people: two[1:], interests: []engine.Interest{{Person: "Wu", Subject: "P1"}},
			want: map[string]string{},
			problems: []string{
				"nobody may inspect P1: everybody is barred (Wu declared an interest)",
				"nobody may inspect P2: everybody is barred (Wu may not inspect the own unit)",
			},
		},
		"self-check": {
			tier: "own", people: two, want: map[string]string{"P2": "Wu"},
			problems: []string{"nobody may inspect P1: everybody is barred (Li may not inspect the own post guard; Wu is of another unit and makes no self-check here)"},
		},
		"self-check of another post's item": {tier: "own", items: []string{"2"}, people: two, want: map[string]string{"P1": "Li", "P2": "Wu"}},
		"many barred": {
			tier:     "own",
			people:   []engine.Person{{ID: "A", Subject: "P2"}, {ID: "B", Subject: "P3"}, {ID: "C", Subject: "P3"}, {ID: "D", Subject: "P3"}},
			want:     map[string]string{"P2": "A"},
			problems: []string{"nobody may inspect P1: everybody is barred (4 people)"},
		},
		"nobody given": {tier: "region", want: map[string]string{}},
	}
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			r := assigning(t, s, c.tier, 2, c.people, c.interests)
			r.Items = c.items
			p, err := s.MakePlan(t.Context(), r)
			require.NoError(t, err)
			var problems []string
			for _, x := range p.Problems {
				if x.Code == "mutual_inspection" { // reported only: see TestMutualInspection
					assert.False(t, x.Blocking)
					continue
				}
				assert.Equal(t, "no_inspector", x.Code)
				assert.True(t, x.Blocking)
				assert.NotEmpty(t, x.Message.ZH)
				problems = append(problems, x.Message.EN)
			}
			assert.Equal(t, c.problems, problems)
			assert.Equal(t, c.want, inspectors(p))
		})
	}
}

func TestPlanRefusesUnclearPeople(t *testing.T) {
	t.Parallel()
	s := load(t, assignRules)
	_, err := s.MakePlan(t.Context(), assigning(t, s, "region", 1, []engine.Person{{ID: "Li"}, {ID: "Li"}}, nil))
	require.ErrorContains(t, err, `organisation.people: "Li" is listed twice`)
	_, err = s.MakePlan(t.Context(), assigning(t, s, "region", 1, []engine.Person{{ID: "Li"}, {}}, nil))
	require.ErrorContains(t, err, "organisation.people[1]: the person has no id")
}

// publishedTicket computes the ticket of a pair from what is documented, as
// somebody who checks a plan would.
func publishedTicket(r engine.PlanRequest, s *engine.Standard, person, task string) uint32 {
	id := ""
	for _, x := range []string{r.Scope, s.Ref().Standard, r.Tier, r.Period.Name} {
		id += fmt.Sprint(len(x)) + ":" + x
	}
	key := sha256.Sum256([]byte("pinjian-assign/1\n" + id + "\n" + hex.EncodeToString(r.Seed)))
	sum := sha256.Sum256([]byte(hex.EncodeToString(key[:]) + fmt.Sprint(len(person)) + ":" + person + task))
	return binary.BigEndian.Uint32(sum[:])
}

// With one task the inspector is whoever has the least ticket of those allowed.
func TestPlanPairingCanBeChecked(t *testing.T) {
	t.Parallel()
	s := load(t, assignRules)
	rapid.Check(t, func(t *rapid.T) {
		r := assigning(t, s, "region", 1, nil, nil)
		r.Seed = rapid.SliceOfN(rapid.Byte(), 16, 32).Draw(t, "seed")
		want := ""
		for i := range rapid.IntRange(1, 8).Draw(t, "people") {
			x := engine.Person{ID: fmt.Sprintf("I%d", i), Subject: rapid.SampledFrom([]string{"P1", "P2"}).Draw(t, "unit")}
			r.Organisation.People = append(r.Organisation.People, x)
			ticket := func(id string) uint32 { return publishedTicket(r, s, id, "region/2026-11/P1") }
			if x.Subject != "P1" && (want == "" || ticket(x.ID) < ticket(want)) {
				want = x.ID
			}
		}
		p, err := s.MakePlan(context.Background(), r)
		require.NoError(t, err)
		assert.Equal(t, want, p.Tasks[0].Inspector)
	})
}

// Recusal is never broken, nobody could hand a task to somebody with two fewer,
// and the order of people and of declared interests changes nothing.
func TestPlanAssignmentProperties(t *testing.T) {
	t.Parallel()
	s := load(t, assignRules)
	rapid.Check(t, func(t *rapid.T) {
		projects := rapid.IntRange(1, 12).Draw(t, "projects")
		project := rapid.Custom(func(t *rapid.T) string { return fmt.Sprintf("P%d", rapid.IntRange(1, projects).Draw(t, "project")) })
		var people []engine.Person
		var interests []engine.Interest
		barred := map[[2]string]bool{}
		for i := range rapid.IntRange(1, 8).Draw(t, "people") {
			x := engine.Person{ID: fmt.Sprintf("I%d", i), Subject: project.Draw(t, "unit")}
			people = append(people, x)
			barred[[2]string{x.ID, x.Subject}] = true
			for range rapid.IntRange(0, 3).Draw(t, "interests") {
				at := project.Draw(t, "interest")
				interests = append(interests, engine.Interest{Person: x.ID, Subject: at, Reason: rapid.SampledFrom([]string{"", "a", "b"}).Draw(t, "reason")})
				barred[[2]string{x.ID, at}] = true
			}
		}
		p, err := s.MakePlan(context.Background(), assigning(t, s, "peers", projects, people, interests))
		require.NoError(t, err)
		given := inspectors(p)
		loads := map[string]int{}
		for subject, person := range given {
			require.False(t, barred[[2]string{person, subject}], "%s inspects %s", person, subject)
			loads[person]++
		}
		require.Len(t, unassigned(p), projects-len(given))
		for subject, person := range given {
			for _, other := range people {
				if !barred[[2]string{other.ID, subject}] {
					require.LessOrEqual(t, loads[person], loads[other.ID]+1)
				}
			}
		}
		again, err := s.MakePlan(context.Background(), assigning(t, s, "peers", projects, rapid.Permutation(people).Draw(t, "order"), rapid.Permutation(interests).Draw(t, "order")))
		require.NoError(t, err)
		require.Equal(t, p.Digest, again.Digest)
	})
}
