package assign_test

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine/internal/assign"
)

// hashed is a ticket as a host would make one.
func hashed(inspector, task string) uint32 {
	sum := sha256.Sum256([]byte(inspector + "\x00" + task))
	return binary.BigEndian.Uint32(sum[:])
}

func people(ids ...string) []assign.Inspector {
	var out []assign.Inspector
	for _, id := range ids {
		out = append(out, assign.Inspector{ID: id})
	}
	return out
}

// The regional example: four inspectors, each barred from the tasks of the own
// project. With tickets that count in the number system of the inspectors, the
// least sum is the lexicographically first of the even pairings.
func TestSolveRecusalVector(t *testing.T) {
	t.Parallel()
	home := map[string]string{"I1": "P1", "I2": "P2", "I3": "P3", "I4": "P4"}
	tasks := []string{"P1-a", "P1-b", "P1-c", "P2-a", "P3-a", "P3-b", "P4-a"}
	p := assign.Problem{
		Inspectors: people("I1", "I2", "I3", "I4"), Tasks: tasks,
		Allowed: func(inspector, task string) bool { return !strings.HasPrefix(task, home[inspector]) },
		Ticket: func(inspector, task string) uint32 {
			return uint32(inspector[1]-'1') << (2 * (len(tasks) - 1 - slices.Index(tasks, task)))
		},
	}
	a, err := assign.Solve(t.Context(), p)
	require.NoError(t, err)
	assert.Equal(t, int64(13), a.Cost)
	assert.Equal(t, map[string]string{"P1-a": "I2", "P1-b": "I2", "P1-c": "I3", "P2-a": "I1", "P3-a": "I1", "P3-b": "I4", "P4-a": "I3"}, a.Inspector)
	assert.Equal(t, map[string]int{"I1": 2, "I2": 2, "I3": 2, "I4": 1}, a.Loads)
	assert.Empty(t, a.Shortages)
}

func TestSolveSaysWhoIsMissing(t *testing.T) {
	t.Parallel()
	allowed := map[string][]string{"a": {"X"}, "b": {"X"}, "c": {"X"}, "d": {"X", "Y", "Z"}, "e": {}, "f": {"Y", "Z"}}
	p := assign.Problem{
		Inspectors: []assign.Inspector{{ID: "X", Capacity: 1}, {ID: "Y", Capacity: 1}, {ID: "Z"}},
		Tasks:      []string{"f", "e", "d", "c", "b", "a"},
		Allowed:    func(i, task string) bool { return slices.Contains(allowed[task], i) },
		Ticket:     hashed,
	}
	a, err := assign.Solve(t.Context(), p)
	require.NoError(t, err)
	assert.Equal(t, "X", a.Inspector["a"])
	assert.Len(t, a.Inspector, 3)
	assert.Equal(t, []assign.Shortage{
		{Tasks: []string{"a", "b", "c"}, Inspectors: []string{"X"}, Short: 2},
		{Tasks: []string{"e"}, Short: 1},
	}, a.Shortages)
}

func TestSolveRefuses(t *testing.T) {
	t.Parallel()
	yes := func(string, string) bool { return true }
	many := make([]string, assign.MostTasks+1)
	for i := range many {
		many[i] = fmt.Sprint(i)
	}
	for want, p := range map[string]assign.Problem{
		"must be given":            {},
		"a task has no id":         {Tasks: []string{""}, Allowed: yes, Ticket: hashed},
		`task "a" is in the list`:  {Tasks: []string{"a", "b", "a"}, Allowed: yes, Ticket: hashed},
		"an inspector has no id":   {Inspectors: people(""), Allowed: yes, Ticket: hashed},
		`inspector "X" is in the`:  {Inspectors: people("X", "X"), Allowed: yes, Ticket: hashed},
		"give 0 for no limit":      {Inspectors: []assign.Inspector{{ID: "X", Capacity: -1}}, Allowed: yes, Ticket: hashed},
		"make one flow for each o": {Tasks: many, Allowed: yes, Ticket: hashed},
	} {
		_, err := assign.Solve(t.Context(), p)
		require.ErrorContains(t, err, want)
	}
	cancelled, cancel := context.WithCancel(t.Context())
	cancel()
	_, err := assign.Solve(cancelled, assign.Problem{Inspectors: people("X"), Tasks: []string{"a"}, Allowed: yes, Ticket: hashed})
	require.ErrorIs(t, err, context.Canceled)
}

func TestSolveWithNothingToDo(t *testing.T) {
	t.Parallel()
	a, err := assign.Solve(t.Context(), assign.Problem{Allowed: func(string, string) bool { return true }, Ticket: hashed})
	require.NoError(t, err)
	assert.Empty(t, a.Inspector)
	assert.Empty(t, a.Shortages)
}

// value orders pairings as Solve does: first the number of tasks given, then
// which, then the squares, then the tickets.
type value struct {
	given   int
	missing string
	squares int64
	tickets uint64
}

func (v value) better(o value) bool {
	return cmp.Or(cmp.Compare(o.given, v.given), cmp.Compare(v.missing, o.missing), cmp.Compare(v.squares, o.squares), cmp.Compare(v.tickets, o.tickets)) < 0
}

// every tries all pairings.
func every(p assign.Problem) value {
	tasks := slices.Sorted(slices.Values(p.Tasks))
	best := value{given: -1}
	loads := make([]int, len(p.Inspectors))
	var try func(at int, v value)
	try = func(at int, v value) {
		if at == len(tasks) {
			for _, n := range loads {
				v.squares += int64(n) * int64(n)
			}
			if best.given < 0 || v.better(best) {
				best = v
			}
			return
		}
		for i, x := range p.Inspectors {
			if (x.Capacity == 0 || loads[i] < x.Capacity) && p.Allowed(x.ID, tasks[at]) {
				loads[i]++
				next := v
				next.given++
				next.missing += "0"
				next.tickets += uint64(p.Ticket(x.ID, tasks[at]))
				try(at+1, next)
				loads[i]--
			}
		}
		v.missing += "1"
		try(at+1, v)
	}
	try(0, value{})
	return best
}

// valueOf computes the same figures from a solution, without trusting its own.
func valueOf(p assign.Problem, a assign.Assignment) value {
	v := value{given: len(a.Inspector)}
	loads := map[string]int64{}
	for _, task := range slices.Sorted(slices.Values(p.Tasks)) {
		if i, ok := a.Inspector[task]; ok {
			v.missing += "0"
			v.tickets += uint64(p.Ticket(i, task))
			loads[i]++
		} else {
			v.missing += "1"
		}
	}
	for n := range maps.Values(loads) {
		v.squares += n * n
	}
	return v
}

// drawProblem makes a small problem in which pairs are barred, inspectors are
// few and tickets collide often.
func drawProblem(t *rapid.T, inspectors, tasks int, range32 uint32) assign.Problem {
	n, m := rapid.IntRange(0, inspectors).Draw(t, "inspectors"), rapid.IntRange(0, tasks).Draw(t, "tasks")
	barred := rapid.IntRange(0, 90).Draw(t, "percent barred")
	seed := rapid.Uint32().Draw(t, "seed")
	limited := rapid.Bool().Draw(t, "limited")
	var p assign.Problem
	for i := range n {
		x := assign.Inspector{ID: fmt.Sprintf("I%d", i)}
		if limited {
			x.Capacity = rapid.IntRange(0, 3).Draw(t, "capacity")
		}
		p.Inspectors = append(p.Inspectors, x)
	}
	for i := range m {
		p.Tasks = append(p.Tasks, fmt.Sprintf("T%d", i))
	}
	mix := func(kind, i, task string) uint32 { return hashed(fmt.Sprint(kind, seed, i), task) }
	p.Allowed = func(i, task string) bool { return int(mix("bar", i, task)%100) >= barred }
	p.Ticket = func(i, task string) uint32 { return mix("ticket", i, task) % range32 }
	return p
}

func TestSolveIsTheBestOfAllPairings(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, 4, 5, rapid.SampledFrom([]uint32{1, 3, 1 << 31}).Draw(t, "tickets"))
		a, err := assign.Solve(context.Background(), p)
		require.NoError(t, err)
		want := every(p)
		got := valueOf(p, a)
		assert.Equal(t, want, got)
		assert.Equal(t, got.squares, a.Cost)
		checkSolution(t, p, a)
	})
}

func TestSolveHoldsItsPromises(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		p := drawProblem(t, 30, 60, 1<<31)
		a, err := assign.Solve(context.Background(), p)
		require.NoError(t, err)
		checkSolution(t, p, a)
		checkEven(t, p, a)

		p.Inspectors = rapid.Permutation(p.Inspectors).Draw(t, "order of inspectors")
		p.Tasks = rapid.Permutation(p.Tasks).Draw(t, "order of tasks")
		again, err := assign.Solve(context.Background(), p)
		require.NoError(t, err)
		assert.Equal(t, a, again)
	})
}

// checkSolution checks recusal, capacities, loads and that every shortage is a
// proof: its tasks have no other inspectors, these are full, and where one task
// is too many the others could be given without any one of them.
func checkSolution(t require.TestingT, p assign.Problem, a assign.Assignment) {
	capacity := map[string]int{}
	for _, i := range p.Inspectors {
		capacity[i.ID] = i.Capacity
	}
	loads := map[string]int{}
	for task, i := range a.Inspector {
		require.True(t, p.Allowed(i, task), "%s may not take %s", i, task)
		loads[i]++
	}
	require.Equal(t, loads, a.Loads)
	for i, n := range loads {
		require.True(t, capacity[i] == 0 || n <= capacity[i])
	}
	short := 0
	for _, s := range a.Shortages {
		short += s.Short
		room, left := 0, 0
		for _, i := range s.Inspectors {
			require.NotZero(t, capacity[i])
			room += capacity[i]
		}
		for _, task := range s.Tasks {
			if _, given := a.Inspector[task]; !given {
				left++
			}
			for _, i := range p.Inspectors {
				require.True(t, slices.Contains(s.Inspectors, i.ID) || !p.Allowed(i.ID, task))
			}
		}
		require.Equal(t, len(s.Tasks), room+s.Short)
		require.Equal(t, s.Short, left)
		for i := range s.Tasks {
			if s.Short == 1 {
				fewer := p
				fewer.Tasks = slices.Delete(slices.Clone(s.Tasks), i, i+1)
				others, err := assign.Solve(context.Background(), fewer)
				require.NoError(t, err)
				require.Empty(t, others.Shortages)
			}
		}
	}
	require.Equal(t, len(p.Tasks), len(a.Inspector)+short)
}

// checkEven looks for a chain of exchanges from a busier inspector to one with
// at least two tasks fewer and room for one more. There is none exactly when the
// sum of squares is least (Harvey, Ladner, Lovász and Tamir 2006), which needs
// nothing of how Solve works.
func checkEven(t require.TestingT, p assign.Problem, a assign.Assignment) {
	tasks := map[string][]string{}
	for task, i := range a.Inspector {
		tasks[i] = append(tasks[i], task)
	}
	for _, start := range p.Inspectors {
		seen := map[string]bool{start.ID: true}
		for queue := []string{start.ID}; len(queue) > 0; queue = queue[1:] {
			for _, task := range tasks[queue[0]] {
				for _, next := range p.Inspectors {
					if seen[next.ID] || !p.Allowed(next.ID, task) {
						continue
					}
					seen[next.ID] = true
					queue = append(queue, next.ID)
					room := next.Capacity == 0 || a.Loads[next.ID] < next.Capacity
					require.False(t, room && a.Loads[next.ID]+1 < a.Loads[start.ID], "%s could hand a task down to %s", start.ID, next.ID)
				}
			}
		}
	}
}

// region is the size of one run: a tenth of the pairs barred.
func region(tasks, inspectors int) assign.Problem {
	var p assign.Problem
	for i := range inspectors {
		p.Inspectors = append(p.Inspectors, assign.Inspector{ID: fmt.Sprintf("I%04d", i)})
	}
	for i := range tasks {
		p.Tasks = append(p.Tasks, fmt.Sprintf("T%04d", i))
	}
	p.Allowed = func(i, task string) bool { return hashed("bar"+i, task)%10 != 0 }
	p.Ticket = hashed
	return p
}

func BenchmarkSolve(b *testing.B) {
	for _, size := range []struct{ tasks, inspectors int }{{75, 50}, {1500, 1000}} {
		b.Run(fmt.Sprintf("%dx%d", size.tasks, size.inspectors), func(b *testing.B) {
			p := region(size.tasks, size.inspectors)
			a, err := assign.Solve(b.Context(), p)
			require.NoError(b, err)
			// Half of the inspectors take two tasks and half take one.
			require.Equal(b, int64(size.tasks-size.inspectors)*4+int64(2*size.inspectors-size.tasks), a.Cost)
			checkSolution(b, p, a)
			b.ReportAllocs()
			for b.Loop() {
				if _, err := assign.Solve(b.Context(), p); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}
