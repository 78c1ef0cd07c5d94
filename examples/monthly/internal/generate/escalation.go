package generate

// escalations plants steps not taken and customers not told, and writes those that were.
func escalations(r *random, p project, list []*order) error {
	untold := func(o *order) bool {
		return o.serious || o.course != sameDay && o.entered.dayOf() < days-1
	}
	if _, err := plant(r, list, noContact, p.quotas[noContact], untold); err != nil {
		return err
	}
	for step, f := range ladderFaults {
		if _, err := plant(r, list, f, p.quotas[f], func(o *order) bool { return o.due(step) }); err != nil {
			return err
		}
	}
	for _, o := range list {
		if (o.serious || o.course != sameDay || r.chance(25)) && !o.faults.has(noContact) {
			// The same evening at the latest; nobody is told after the month of the files has ended.
			o.contacted = o.entered + r.moments(10*minute, 3*hour)
			if o.contacted.dayOf() > o.entered.dayOf() {
				o.contacted = o.entered + r.moments(5*minute, 30*minute)
			}
			if o.course == sameDay && o.completed != never {
				o.contacted = min(o.contacted, o.completed)
			}
		}
		for step, f := range ladderFaults {
			if o.due(step) && !o.faults.has(f) {
				o.transferred[step] = r.transfer(o, step)
			}
		}
	}
	return nil
}

// transfer is when an order was passed one step up: the evening of its day for the department head, and in working
// hours before a later step falls due.
func (r *random) transfer(o *order, step int) moment {
	if step == 0 {
		return r.moments(max(o.entered+10*minute, at(o.entered.dayOf(), 17, 0, 0)), at(o.entered.dayOf(), 22, 0, 0))
	}
	due := o.entered + ladder[step]
	if m, ok := r.within(due-16*hour, due, 8*hour+30*minute, 20*hour+30*minute); ok {
		return m
	}
	return due
}
