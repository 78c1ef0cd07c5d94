package assign

import (
	"context"
	"math"
	"slices"
)

// flow is the residual network. Only inspectors carry a potential, called their
// price; the sink's is 0 and that of a task given to an inspector follows from
// the price, since a pair that carries flow has no reduced cost.
type flow struct {
	inspectors []Inspector
	tasks      []string
	arcs       [][]arc // of each task, by inspector
	unit       int64   // cost of one step in load; more than all tickets together
	of         []int32 // the inspector of each task, -1 for none
	paid       []int64 // the ticket of each given task
	held       [][]int32
	price      []int64

	// The state of one search.
	distance []int64 // to each inspector reached
	from     []int32 // the task by which an inspector was reached
	open     []int32 // reached and not yet scanned
	scanned  []int32
	done     []bool
}

// arc is an allowed pair, seen from the task.
type arc struct {
	inspector int32
	ticket    uint32
}

const unreached = math.MaxInt64

func newFlow(ctx context.Context, p Problem) (*flow, error) {
	inspectors, tasks, err := p.check()
	if err != nil {
		return nil, err
	}
	n := len(inspectors)
	f := &flow{
		inspectors: inspectors, tasks: tasks, arcs: make([][]arc, len(tasks)),
		unit: (int64(len(tasks)) + 1) << 32,
		of:   make([]int32, len(tasks)), paid: make([]int64, len(tasks)),
		held: make([][]int32, n), price: make([]int64, n),
		distance: make([]int64, n), from: make([]int32, n), done: make([]bool, n),
	}
	if p.Flat {
		f.unit = 0
	}
	for i := range inspectors {
		f.distance[i] = unreached
		f.price[i] = f.next(int32(i))
	}
	for t, task := range tasks {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		f.of[t] = -1
		for i := range inspectors {
			if p.Allowed(inspectors[i].ID, task) {
				f.arcs[t] = append(f.arcs[t], arc{int32(i), p.Ticket(inspectors[i].ID, task)})
			}
		}
	}
	return f, nil
}

// next is what one more task would cost an inspector in load.
func (f *flow) next(i int32) int64 { return f.unit * int64(2*(f.inspectors[i].Load+len(f.held[i]))+1) }

// full says whether an inspector can take no more.
func (f *flow) full(i int32) bool {
	c := f.inspectors[i].Capacity
	return c > 0 && len(f.held[i]) >= c
}

// augment gives a task to an inspector, moving others along the cheapest path,
// and reports whether there is one. It stops at the first inspector who is as
// near as the cheapest end found, so only the prices of nearer ones change.
func (f *flow) augment(task int32) bool {
	f.reset()
	f.relax(task, 0)
	best, end := int64(unreached), int32(-1)
	for {
		i, ok := f.nearest(best)
		if !ok {
			break
		}
		f.done[i] = true
		f.scanned = append(f.scanned, i)
		if !f.full(i) {
			if d := f.distance[i] + f.next(i) - f.price[i]; d < best {
				best, end = d, i
			}
		}
		for _, t := range f.held[i] {
			f.relax(t, f.distance[i]-f.price[i]-f.paid[t])
		}
	}
	if end < 0 {
		return false
	}
	for _, i := range f.scanned {
		f.price[i] += best - f.distance[i]
	}
	f.move(task, end)
	return true
}

// reset forgets the search before.
func (f *flow) reset() {
	for _, i := range f.scanned {
		f.distance[i], f.done[i] = unreached, false
	}
	for _, i := range f.open {
		f.distance[i] = unreached
	}
	f.scanned, f.open = f.scanned[:0], f.open[:0]
}

// relax looks at the inspectors allowed for a task, which is offset away.
func (f *flow) relax(task int32, offset int64) {
	for _, a := range f.arcs[task] {
		i := a.inspector
		if f.done[i] {
			continue
		}
		if d := offset + int64(a.ticket) + f.price[i]; d < f.distance[i] {
			if f.distance[i] == unreached {
				f.open = append(f.open, i)
			}
			f.distance[i], f.from[i] = d, task
		}
	}
}

// nearest takes the inspector with the least distance below limit, of equal ones
// that with the least id. Nearly every inspector is reached by the first task
// scanned, so a plain pass is as cheap as the relaxation before it and beats a
// heap.
func (f *flow) nearest(limit int64) (int32, bool) {
	at := -1
	for k, i := range f.open {
		if at < 0 || f.distance[i] < f.distance[f.open[at]] || (f.distance[i] == f.distance[f.open[at]] && i < f.open[at]) {
			at = k
		}
	}
	if at < 0 || f.distance[f.open[at]] >= limit {
		return 0, false
	}
	i := f.open[at]
	last := len(f.open) - 1
	f.open[at] = f.open[last]
	f.open = f.open[:last]
	return i, true
}

// move shifts tasks backwards along the path that ends at an inspector.
func (f *flow) move(task, end int32) {
	for i := end; ; {
		t := f.from[i]
		before := f.of[t]
		if before >= 0 {
			at := slices.Index(f.held[before], t)
			f.held[before] = slices.Delete(f.held[before], at, at+1)
		}
		f.of[t] = i
		f.held[i] = append(f.held[i], t)
		at, _ := slices.BinarySearchFunc(f.arcs[t], i, func(a arc, i int32) int { return int(a.inspector - i) })
		f.paid[t] = int64(f.arcs[t][at].ticket)
		if t == task {
			return
		}
		i = before
	}
}
