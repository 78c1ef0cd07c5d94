// Package assign pairs inspectors with tasks by minimum-cost flow.
package assign

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
)

// MostTasks is the greatest number of tasks of one flow. Below it every sum of
// costs fits into 63 bits.
const MostTasks = 1 << 14

// Inspector is one person who can be given tasks. Capacity is how many at
// most; 0 sets no limit. Load is how many the person has besides these, at most
// MostTasks: evenness counts them too.
type Inspector struct {
	ID       string
	Capacity int
	Load     int
}

// Problem is one flow. Allowed and Ticket are called once for each pair, from
// the goroutine of Solve, and must answer the same for the same pair.
type Problem struct {
	// Inspectors and Tasks may come in any order; ids are unique.
	Inspectors []Inspector
	Tasks      []string
	// Allowed says whether the inspector may take the task.
	Allowed func(inspector, task string) bool
	// Ticket breaks ties: among all pairings with the same loads' cost the one
	// with the least sum of tickets is taken. It is called for allowed pairs only.
	Ticket func(inspector, task string) uint32
	// Flat makes loads cost nothing, so that the sum of tickets alone decides.
	Flat bool
}

// Shortage is a group of tasks that have too few inspectors: all of Tasks may
// be taken by Inspectors only, who together can take Short fewer. Where Short is
// 1, no task is in the group needlessly: without any one of them the others
// could all be given. Both lists are sorted; Inspectors is empty where nobody is
// allowed.
type Shortage struct {
	Tasks      []string
	Inspectors []string
	Short      int
}

// Assignment is a solution. Inspector maps each task that could be given to
// its inspector, Loads each inspector with a task to the number of them, and
// Cost is the sum of the squares of these loads. Shortages, in the order of their
// first task, explain the rest.
type Assignment struct {
	Inspector map[string]string
	Loads     map[string]int
	Cost      int64
	Shortages []Shortage
}

// Solve gives as many tasks as possible to inspectors who are allowed to take
// them; of the tasks that compete for too few inspectors, those with the lesser
// ids go first. Of all ways to give these tasks it takes the one with the least
// sum of squared loads (the k-th task of an inspector, other load included, costs 2k-1), and of those
// the one with the least sum of tickets. Whoever knows the tickets can therefore
// check the pairing without this package. Tickets of 32 bits leave two pairings
// with equal sums very unlikely; the order of ids decides between them.
//
// The method is successive shortest paths with node potentials (Edmonds and
// Karp 1972; Tomizawa 1971), all in integers: O(tasks · pairs) at worst. The order of
// the input makes no difference. Errors: an id that is empty or there twice, a
// negative capacity, a load out of bounds, more than MostTasks tasks, or ctx.Err().
func Solve(ctx context.Context, p Problem) (Assignment, error) {
	f, err := newFlow(ctx, p)
	if err != nil {
		return Assignment{}, err
	}
	out := Assignment{Inspector: map[string]string{}, Loads: map[string]int{}}
	groups := map[string]int{}
	for task := range f.tasks {
		if err := ctx.Err(); err != nil {
			return Assignment{}, err
		}
		if !f.augment(int32(task)) {
			f.explain(int32(task), &out.Shortages, groups)
		}
	}
	for i := range out.Shortages {
		slices.Sort(out.Shortages[i].Tasks)
	}
	for task, inspector := range f.of {
		if inspector >= 0 {
			out.Inspector[f.tasks[task]] = f.inspectors[inspector].ID
		}
	}
	for i, held := range f.held {
		if n := len(held); n > 0 {
			out.Loads[f.inspectors[i].ID] = n
			out.Cost += int64(n) * int64(n)
		}
	}
	return out, nil
}

// explain adds the tasks reached by the search that just failed for task, which
// are the least set with too few inspectors, to the shortages. Later tasks never
// change a set once it is full: no path leads out of it.
func (f *flow) explain(task int32, shortages *[]Shortage, groups map[string]int) {
	reached := slices.Clone(f.scanned)
	slices.Sort(reached)
	var key strings.Builder
	var inspectors, tasks []string
	for _, i := range reached {
		fmt.Fprintf(&key, "%d,", i)
		inspectors = append(inspectors, f.inspectors[i].ID)
		for _, t := range f.held[i] {
			tasks = append(tasks, f.tasks[t])
		}
	}
	at, known := groups[key.String()]
	if !known {
		at = len(*shortages)
		groups[key.String()] = at
		*shortages = append(*shortages, Shortage{Inspectors: inspectors, Tasks: tasks})
	}
	s := &(*shortages)[at]
	s.Tasks = append(s.Tasks, f.tasks[task])
	s.Short++
}

// check refuses what the flow can't hold and sorts what it can.
func (p Problem) check() ([]Inspector, []string, error) {
	if p.Allowed == nil || p.Ticket == nil {
		return nil, nil, errors.New("assign: Allowed and Ticket must be given")
	}
	if len(p.Tasks) > MostTasks {
		return nil, nil, fmt.Errorf("assign: %d tasks are more than %d; make one flow for each organiser", len(p.Tasks), MostTasks)
	}
	inspectors, tasks := slices.Clone(p.Inspectors), slices.Clone(p.Tasks)
	slices.SortFunc(inspectors, func(a, b Inspector) int { return strings.Compare(a.ID, b.ID) })
	slices.Sort(tasks)
	for i, x := range inspectors {
		switch {
		case x.ID == "":
			return nil, nil, errors.New("assign: an inspector has no id")
		case i > 0 && inspectors[i-1].ID == x.ID:
			return nil, nil, fmt.Errorf("assign: inspector %q is in the list twice; keep one", x.ID)
		case x.Load < 0 || x.Load > MostTasks:
			return nil, nil, fmt.Errorf("assign: inspector %q has the load %d; it must be 0 to %d", x.ID, x.Load, MostTasks)
		case x.Capacity < 0:
			return nil, nil, fmt.Errorf("assign: inspector %q has the capacity %d; give 0 for no limit", x.ID, x.Capacity)
		}
	}
	for i, x := range tasks {
		switch {
		case x == "":
			return nil, nil, errors.New("assign: a task has no id")
		case i > 0 && tasks[i-1] == x:
			return nil, nil, fmt.Errorf("assign: task %q is in the list twice; keep one", x)
		}
	}
	return inspectors, tasks, nil
}
