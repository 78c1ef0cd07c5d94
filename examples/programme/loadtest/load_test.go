// Package loadtest plans at the size of a large company: 40 regions with 3,000
// projects, 80 items and 2,000 inspectors who declared interests. The frames are
// generated while they are read, 30 to 200 units for each record.
//
//	go test -v -count=1 ./examples/programme/loadtest          one month, a tenth of the projects, as regions draw them
//	go test -v -count=1 ./examples/programme/loadtest -all     one month of every project
//	go test -v -count=1 -timeout 60m ./examples/programme/loadtest -year   the twelve months
//
// It prints how long planning took, the greatest heap, and what becomes of both
// where subjects, items and inspectors are doubled; it fails where somebody
// inspects whom they should not, where loads could be more even, and where
// another population at one project changes the draws of others.
package loadtest

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"flag"
	"fmt"
	"hash/fnv"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

var (
	wholeYear = flag.Bool("year", false, "plan all twelve months")
	everyone  = flag.Bool("all", false, "inspect every project instead of drawing a tenth of them")
)

// size is how large a company is. People are those of each region.
type size struct{ regions, projects, items, people int }

// full is the company of this test: 40 × 75 projects, 40 × 50 inspectors.
var full = size{regions: 40, projects: 75, items: 80, people: 50}

func (n size) String() string {
	return fmt.Sprintf("%d regions, %d projects, %d items, %d inspectors", n.regions, n.regions*n.projects, n.items, n.regions*n.people)
}

// records is how many kinds of records the items draw from.
const records = 8

// standard has as many items as are asked for: of each four, three draw units and one is about the subject itself.
func standard(t testing.TB, items int) *engine.Standard {
	subjects := "10%"
	if *everyone {
		subjects = "all"
	}
	var rules strings.Builder
	rules.WriteString(`lang 1
standard load "load" { version "1"; zone "Asia/Shanghai" }
tier region "Region to project" {
  organiser "Quality"; approver "Manager"
  inspector region; inspects project
  every month; subjects ` + subjects + `; units as items; covers all
  recuse unit, post, interest
}
`)
	for i := range records {
		fmt.Fprintf(&rules, "record Order%d { kind : text, took : int 0.. }\n", i)
	}
	for i := range items {
		if i%4 == 3 {
			fmt.Fprintf(&rules, "item %d \"item\" { every month; observe \"in order\" -> fine : bool; fail when not fine : \"not in order\" }\n", i+1)
			continue
		}
		fmt.Fprintf(&rules, "item %d \"item\" { every month; sample 3 Order%d; fail when took > %d : \"late\" }\n", i+1, i%records, 10+i)
	}
	s, diagnostics, err := engine.Load(context.Background(), fstest.MapFS{"rules/rules.chk": {Data: []byte(rules.String())}}, "rules", engine.Options{})
	require.NoError(t, err, "%v", diagnostics)
	return s
}

// company has regions of projects, the people of each region, and three interests of each.
func company(n size) engine.Organisation {
	var o engine.Organisation
	for r := range n.regions {
		region := fmt.Sprintf("R%02d", r+1)
		o.Subjects = append(o.Subjects, engine.Subject{ID: region, Kind: "region"})
		for p := range n.projects {
			o.Subjects = append(o.Subjects, engine.Subject{ID: fmt.Sprintf("%s-P%03d", region, p+1), Kind: "project", Parent: region})
		}
		for i := range n.people {
			person := engine.Person{ID: fmt.Sprintf("%s-%03d", region, i+1), Subject: region}
			o.People = append(o.People, person)
			for k := range 3 {
				o.Interests = append(o.Interests, engine.Interest{Person: person.ID, Subject: fmt.Sprintf("%s-P%03d", region, (i*7+k*13)%n.projects+1), Reason: "declared"})
			}
		}
	}
	return o
}

// orders are frames that are made while they are read. The project grown has one unit more than it would have.
type orders struct{ grown string }

// Frame implements engine.FrameSource.
func (f orders) Frame(_ context.Context, q engine.FrameQuery) (engine.Frame, error) {
	h := fnv.New32a()
	_, _ = h.Write([]byte(q.Record + q.Subject + q.Period.Name))
	n := 30 + int(h.Sum32()%171)
	if q.Subject == f.grown {
		n++
	}
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		values := map[string]any{"kind": "x", "took": 5}
		for i := range n {
			if !yield(engine.FrameUnit{ID: fmt.Sprintf("%s-%s-%04d", q.Subject, q.Period.Name, i), Values: values}, nil) {
				return
			}
		}
	}}, nil
}

func request(t testing.TB, s *engine.Standard, n size, month int) engine.PlanRequest {
	period, err := engine.ParsePeriod(fmt.Sprintf("2025-%02d", month), s.Zone())
	require.NoError(t, err)
	return engine.PlanRequest{
		Scope: "load", Tier: "region", Period: period, Organisation: company(n), Frames: orders{}, Seed: []byte("0123456789abcdef"),
	}
}

// measurement is what one plan took: time, the greatest heap beyond what was there before, looked at while it grows, and
// what was asked of memory in all.
type measurement struct {
	took            time.Duration
	peak, allocated uint64
}

func measured(t testing.TB, s *engine.Standard, r engine.PlanRequest) (*engine.Plan, measurement) {
	runtime.GC()
	var before, now runtime.MemStats
	runtime.ReadMemStats(&before)
	peak := before.HeapAlloc
	done, watched := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(watched)
		tick := time.NewTicker(20 * time.Millisecond)
		defer tick.Stop()
		for {
			select {
			case <-done:
				return
			case <-tick.C:
				var at runtime.MemStats
				runtime.ReadMemStats(&at)
				peak = max(peak, at.HeapAlloc)
			}
		}
	}()
	began := time.Now()
	p, err := s.MakePlan(t.Context(), r)
	took := time.Since(began)
	close(done)
	<-watched
	require.NoError(t, err)
	runtime.ReadMemStats(&now)
	return p, measurement{took.Round(time.Millisecond), max(peak, now.HeapAlloc) - before.HeapAlloc, now.TotalAlloc - before.TotalAlloc}
}

// violations are tasks of people who are of the project or declared an interest in it, each looked at for itself.
func violations(p *engine.Plan, o engine.Organisation) (out []string) {
	people, barred := map[string]string{}, map[[2]string]bool{}
	for _, x := range o.People {
		people[x.ID] = x.Subject
	}
	for _, x := range o.Interests {
		barred[[2]string{x.Person, x.Subject}] = true
	}
	for i := range p.Tasks {
		t := &p.Tasks[i]
		from, known := people[t.Inspector]
		if !known || from == t.Subject.ID || from != t.Organiser || barred[[2]string{t.Inspector, t.Subject.ID}] {
			out = append(out, t.ID)
		}
	}
	return out
}

// loads are the fewest and the most tasks of the people of any one organiser.
func loads(p *engine.Plan, o engine.Organisation) map[string][2]int {
	given := map[string]int{}
	for i := range p.Tasks {
		given[p.Tasks[i].Inspector]++
	}
	out := map[string][2]int{}
	for _, x := range o.People {
		at, ok := out[x.Subject]
		if !ok {
			at = [2]int{given[x.ID], given[x.ID]}
		}
		out[x.Subject] = [2]int{min(at[0], given[x.ID]), max(at[1], given[x.ID])}
	}
	return out
}

func count(p *engine.Plan) (draws int, units int64) {
	for i := range p.Tasks {
		draws += len(p.Tasks[i].Draws)
	}
	return draws, p.Coverage.Units.Of
}

// TestMonth plans one month, or all of them, and checks each.
func TestMonth(t *testing.T) {
	s := standard(t, full.items)
	months := 1
	if *wholeYear {
		months = 12
	}
	var year time.Duration
	given := map[string]int{}
	var earlier []engine.Held
	for month := range months {
		r := request(t, s, full, month+1)
		r.Loads, r.Earlier = given, earlier
		p, m := measured(t, s, r)
		year += m.took
		draws, units := count(p)
		t.Logf("%s: %v: %d tasks, %d draws from %d units, %v, heap %d MiB", p.Period.Name, full, len(p.Tasks), draws, units, m.took, m.peak>>20)
		for _, x := range p.Problems {
			require.False(t, x.Blocking, "%s %s: %s", x.Code, x.Subject, x.Message.EN)
		}
		assert.Len(t, p.Selections, map[bool]int{false: full.regions, true: 0}[*everyone])
		assert.Empty(t, violations(p, r.Organisation))
		assert.Empty(t, p.Missed)
		given = map[string]int{}
		for id, n := range r.Loads {
			given[id] = n
		}
		for i := range p.Tasks {
			given[p.Tasks[i].Inspector]++
			held := engine.Held{Tier: p.Tier, Subject: p.Tasks[i].Subject.ID, Period: p.Period}
			for _, d := range p.Tasks[i].Draws {
				for _, id := range d.Parts {
					held.Items = append(held.Items, engine.ItemSpan{Item: id, Period: d.Period})
				}
			}
			earlier = append(earlier, held)
		}
		if month > 0 {
			continue
		}
		for organiser, x := range loads(p, r.Organisation) {
			assert.LessOrEqual(t, x[1]-x[0], 1, "%s: %d to %d", organiser, x[0], x[1])
		}
	}
	if *wholeYear {
		t.Logf("the year: %v", year.Round(time.Millisecond))
	}
	of := map[string][2]int{}
	for id, n := range given {
		region := id[:strings.IndexByte(id, '-')]
		x, ok := of[region]
		if !ok {
			x = [2]int{n, n}
		}
		of[region] = [2]int{min(x[0], n), max(x[1], n)}
	}
	least, most := 1<<30, 0
	for _, x := range of {
		least, most = min(least, x[0]), max(most, x[1])
	}
	t.Logf("tasks of a person who has any: %d to %d", least, most)
}

// small is a company whose plans are quick to compare.
var small = size{regions: 5, projects: 40, items: 40, people: 25}

// TestGrowth prints what becomes of time and memory where one thing is doubled, and checks each plan.
func TestGrowth(t *testing.T) {
	n := small
	if *wholeYear || *everyone {
		n = size{regions: 20, projects: 75, items: 40, people: 25}
	}
	var base measurement
	for _, x := range []struct {
		what string
		size size
	}{
		{"base", n},
		{"twice the regions", size{2 * n.regions, n.projects, n.items, n.people}},
		{"twice the projects", size{n.regions, 2 * n.projects, n.items, n.people}},
		{"twice the items", size{n.regions, n.projects, 2 * n.items, n.people}},
		{"twice the inspectors", size{n.regions, n.projects, n.items, 2 * n.people}},
	} {
		s := standard(t, x.size.items)
		r := request(t, s, x.size, 1)
		p, m := measured(t, s, r)
		if base.took == 0 {
			base = m
		}
		draws, _ := count(p)
		t.Logf("%-20s %v: %6d draws, %8v ×%.1f, allocated %4d MiB ×%.1f", x.what, x.size, draws, m.took, float64(m.took)/float64(base.took), m.allocated>>20, float64(m.allocated)/float64(base.allocated))
		assert.Empty(t, violations(p, r.Organisation))
	}
}

// TestMadeToFail: where everybody of a region declared an interest in its projects, the plan names region, project and
// reason; where people may take fewer tasks than there are, how many are lacking.
func TestMadeToFail(t *testing.T) {
	n := size{regions: 40, projects: 75, items: 4, people: 50}
	s := standard(t, n.items)
	r := request(t, s, n, 1)
	for _, x := range r.Organisation.People {
		for p := range n.projects {
			if x.Subject == "R17" {
				r.Organisation.Interests = append(r.Organisation.Interests, engine.Interest{Person: x.ID, Subject: fmt.Sprintf("R17-P%03d", p+1), Reason: "declared"})
			}
		}
	}
	p, err := s.MakePlan(t.Context(), r)
	require.NoError(t, err)
	require.NotEmpty(t, p.Problems)
	for _, x := range p.Problems {
		assert.Equal(t, "no_inspector", x.Code)
		assert.True(t, x.Blocking && strings.HasPrefix(x.Subject, "R17-"), x.Subject)
	}
	t.Log(p.Problems[0].Message.EN)
	_, err = p.Approve(engine.Approval{By: "chief", At: r.Period.End})
	require.ErrorContains(t, err, "R17-")

	r = request(t, s, n, 1)
	r.MostTasks = 1
	r.Organisation.People = slices.DeleteFunc(r.Organisation.People, func(x engine.Person) bool { return x.Subject == "R05" && x.ID > "R05-003" })
	p, err = s.MakePlan(t.Context(), r)
	require.NoError(t, err)
	at := slices.IndexFunc(p.Problems, func(x engine.Problem) bool { return x.Code == "too_few_inspectors" && x.Blocking })
	require.GreaterOrEqual(t, at, 0)
	assert.Contains(t, p.Problems[at].Message.EN, "add inspectors or raise the limit")
	t.Log(p.Problems[at].Message.EN)
}

// TestOtherProjectsStay: one unit more in the frames of one project changes its draws and those of no other.
func TestOtherProjectsStay(t *testing.T) {
	n := size{regions: 40, projects: 75, items: 4, people: 50}
	s := standard(t, n.items)
	r := request(t, s, n, 1)
	hashes := func(p *engine.Plan) map[string][32]byte {
		out := map[string][32]byte{}
		for i := range p.Tasks {
			data, err := json.Marshal(p.Tasks[i])
			require.NoError(t, err)
			out[p.Tasks[i].Subject.ID] = sha256.Sum256(data)
		}
		return out
	}
	first, err := s.MakePlan(t.Context(), r)
	require.NoError(t, err)
	before := hashes(first)
	for _, at := range []int{0, len(first.Tasks) / 2, len(first.Tasks) - 1} {
		grown := first.Tasks[at].Subject.ID
		r.Frames = orders{grown: grown}
		p, err := s.MakePlan(t.Context(), r)
		require.NoError(t, err)
		var changed []string
		for id, hash := range hashes(p) {
			if before[id] != hash {
				changed = append(changed, id)
			}
		}
		assert.Equal(t, []string{grown}, changed)
	}
}
