package generate

import (
	"fmt"
	"slices"
)

// element is one of the four things that an entry must state.
type element int

const (
	ownerName element = iota
	place
	reporterPhone
	content
	elements int = iota
)

// elementNames are the members of the choice 报事要素.
var elementNames = [elements]string{"业主姓名", "地址", "报事人电话", "报事内容"}

// entry is what one ledger says about a report; an empty element is missing there.
type entry [elements]string

// order is one report on its way through both ledgers, dispatch, repair and the call back. A report that was never
// entered in the system has no work order.
type order struct {
	id      string
	project string
	channel string
	serious bool

	reported moment // when the customer said it
	written  moment // when the register's row was written
	entered  moment // when the system's entry was made; the work order counts from here
	register entry
	system   entry
	differs  []element // what the two ledgers state differently

	course      course
	appointed   moment
	dispatched  moment
	responded   moment
	finished    moment // when the work was really done; completed is what the sheet says about it
	completed   moment
	signature   string
	received    moment // when the front desk had the proof of completion
	contacted   moment
	called      moment
	score       int
	transferred [steps]moment

	faults faultSet
}

// dayWeights are the loads of the days of December 2025, which begins on a Monday: people are at home on weekends.
func dayWeights() []int {
	weights := make([]int, days)
	for i := range weights {
		weights[i] = 10
		if i%7 >= 5 {
			weights[i] = 14
		}
	}
	return weights
}

// hourWeights are the loads of the hours from 7 to 21: a morning peak, a dip at noon, and people coming home.
var hourWeights = []int{2, 7, 12, 13, 10, 4, 5, 9, 10, 9, 7, 9, 10, 8, 3}

// channels and their weights.
var (
	channels       = []string{"来访", "来电", "来函"}
	channelWeights = []int{22, 75, 3}
)

// open writes the reports of one project in the order in which customers made them, both ledgers still in agreement.
func open(r *random, p project) []*order {
	list := make([]*order, p.reports)
	for i := range list {
		reported := at(r.weighted(dayWeights()), 7+r.weighted(hourWeights), 0, 0)
		if reported.clock() == 7*hour {
			reported += 30*minute + r.moments(0, 30*minute-1)
		} else {
			// The last reports come at half past nine in the evening.
			reported += r.moments(0, min(hour, at(0, 21, 30, 0)-reported.clock())-1)
		}
		surname, given := r.name()
		text, serious := r.report()
		who := entry{surname + given, r.address(p.site).String(), r.phone(), text}
		list[i] = &order{
			project: p.id, channel: channels[r.weighted(channelWeights)], serious: serious,
			reported: reported, register: who, system: who,
			appointed: never, dispatched: never, responded: never, finished: never, completed: never,
			received: never, contacted: never, called: never,
			transferred: [steps]moment{never, never, never, never, never},
		}
	}
	slices.SortStableFunc(list, func(a, b *order) int { return int(a.reported - b.reported) })
	today, number := -1, 0
	for _, o := range list {
		if o.reported.dayOf() != today {
			today, number = o.reported.dayOf(), 0
		}
		number++
		o.id = fmt.Sprintf("%s-12%02d-%03d", p.id, today+1, number)
		o.written = o.reported + r.moments(20, 4*minute)
		o.entered = o.written + r.moments(20, 5*minute)
	}
	return list
}

// plant marks n of the orders that are able to carry the fault. It fails when there are fewer, because the planted
// numbers would otherwise not be what the table of projects says.
func plant(r *random, list []*order, f fault, n int, able func(*order) bool) ([]*order, error) {
	if n == 0 {
		return nil, nil
	}
	var could []*order
	for _, o := range list {
		if !o.faults.has(f) && able(o) {
			could = append(could, o)
		}
	}
	if len(could) < n {
		return nil, fmt.Errorf("%s %q: %d orders wanted, only %d can carry it", criteria[f].part, criteria[f].label, n, len(could))
	}
	chosen := some(r, could, n)
	for _, o := range chosen {
		o.faults.add(f)
	}
	return chosen, nil
}
