// Package generate invents a month of customer reports at three projects: the system's work orders, the system's
// entries and the front desk's register, and beside them a list of every defect that it put in. It shares no code with
// what judges those files, so that each can be wrong only by itself.
//
// The same seed gives the same bytes on every machine and with every release of Go. The package has no clock and reads
// nothing.
package generate

import (
	"fmt"
	"slices"
	"strings"
)

// Seed made the files that are committed.
const Seed = 20251201

// File is one file of the example.
type File struct {
	Name string
	Data []byte
}

// Files makes the month: three CSV files and planted.json. The error says which defect found too few orders to be put
// into; it can only come with another seed than [Seed].
func Files(seed uint64) ([]File, error) {
	var all []*order
	for i, p := range projects {
		list, err := month(newRandom(seed, uint64(i)), p)
		if err != nil {
			return nil, fmt.Errorf("project %s: %w", p.id, err)
		}
		all = append(all, list...)
	}
	slices.SortFunc(all, func(a, b *order) int { return strings.Compare(a.id, b.id) })
	document, err := document(all)
	if err != nil {
		return nil, err
	}
	return []File{
		{"work_orders.csv", table(workOrderColumns, all, (*order).inSystem, workOrderRow)},
		{"system_orders.csv", table(systemColumns, all, (*order).inSystem, systemRow)},
		{"register.csv", table(registerColumns, all, (*order).inRegister, registerRow)},
		{"planted.json", document},
	}, nil
}

// month makes the reports of one project. Every stage first decides which orders break which rule, then writes what all
// orders hold.
func month(r *random, p project) ([]*order, error) {
	list := open(r, p)
	if err := ledgers(r, p, list); err != nil {
		return nil, err
	}
	var entered []*order
	for _, o := range list {
		if o.inSystem() {
			entered = append(entered, o)
		}
	}
	plan(r, entered)
	for _, stage := range []func(*random, project, []*order) error{dispatches, callbacks, escalations} {
		if err := stage(r, p, entered); err != nil {
			return nil, err
		}
	}
	return list, nil
}
