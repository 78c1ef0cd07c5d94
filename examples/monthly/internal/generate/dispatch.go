package generate

// dispatches plants what goes wrong until the technician has come, and writes dispatch, arrival, completion and its
// proof.
func dispatches(r *random, p project, list []*order) error {
	prompt := func(o *order) bool { return o.appointed == never && o.course <= unfinished }
	kept := func(o *order) bool { return o.appointed != never && o.course <= unfinished }
	// Delays of hours must leave a same-day order its day, and one that is never dispatched needs a day to be missed.
	early := func(o *order) bool { return o.entered.clock() < at(0, 16, 30, 0) && o.entered.dayOf() < days-1 }

	forgotten, err := plant(r, list, lateDispatch, p.neverDispatched, prompt)
	if err != nil {
		return err
	}
	for _, o := range forgotten {
		o.course, o.finished = undispatched, never
	}
	if forgotten, err = plant(r, list, lateAppointment, p.neverKept, kept); err != nil {
		return err
	}
	for _, o := range forgotten {
		o.course, o.finished = undispatched, never
	}
	if _, err = plant(r, list, lateDispatch, p.quotas[lateDispatch]-p.neverDispatched,
		func(o *order) bool { return prompt(o) && early(o) }); err != nil {
		return err
	}
	if _, err = plant(r, list, lateAppointment, p.quotas[lateAppointment]-p.neverKept, kept); err != nil {
		return err
	}
	silent, err := plant(r, list, lateArrival, p.neverArrived, func(o *order) bool { return prompt(o) && early(o) })
	if err != nil {
		return err
	}
	unheard := map[*order]bool{}
	for _, o := range silent {
		unheard[o] = true
	}
	if _, err = plant(r, list, lateArrival, p.quotas[lateArrival]-p.neverArrived,
		func(o *order) bool { return prompt(o) && early(o) }); err != nil {
		return err
	}

	for _, o := range list {
		if o.course > unfinished {
			continue
		}
		if o.appointed == never {
			r.sendNow(o)
		} else {
			r.sendLater(o)
		}
		r.complete(o)
		if unheard[o] {
			o.responded = never
		}
	}
	return nil
}

// sendNow writes dispatch and arrival of an order without appointment: 10 minutes and 20 minutes are still in time.
func (r *random) sendNow(o *order) {
	switch {
	case o.faults.has(lateDispatch) && r.chance(100):
		o.dispatched = o.entered + 10*minute + 1
	case o.faults.has(lateDispatch):
		o.dispatched = o.entered + r.moments(10*minute+1, 2*hour)
	case r.chance(30):
		o.dispatched = o.entered + 10*minute
	default:
		o.dispatched = o.entered + r.moments(40, 9*minute)
	}
	switch {
	case o.faults.has(lateArrival) && r.chance(100):
		o.responded = o.dispatched + 20*minute + 1
	case o.faults.has(lateArrival):
		o.responded = o.dispatched + r.moments(20*minute+1, 100*minute)
	case r.chance(30):
		o.responded = o.dispatched + 20*minute
	default:
		o.responded = o.dispatched + r.moments(4*minute, 19*minute)
	}
}

// sendLater writes dispatch and arrival of an order with an appointment: 20 minutes before it is still in time.
func (r *random) sendLater(o *order) {
	switch {
	case o.faults.has(lateAppointment) && r.chance(100):
		o.dispatched = o.appointed - 20*minute + 1
	case o.faults.has(lateAppointment):
		o.dispatched = o.appointed + r.moments(-20*minute+1, 25*minute)
	case r.chance(100):
		o.dispatched = o.appointed - 20*minute
	case r.chance(400):
		o.dispatched = o.entered + r.moments(2*minute, 30*minute)
	default:
		o.dispatched = max(o.entered+2*minute, o.appointed-r.moments(21*minute, 3*hour))
	}
	o.responded = max(o.dispatched+minute, o.appointed+r.moments(-10*minute, 15*minute))
}

// complete writes the end of the work and when the front desk had the proof of it.
func (r *random) complete(o *order) {
	if !o.course.done() {
		return
	}
	switch {
	case o.course == sameDay && o.entered.clock() > at(0, 19, 30, 0):
		o.finished = o.responded + r.moments(10*minute, 45*minute)
	case o.course == sameDay:
		o.finished = o.responded + r.moments(12*minute, 2*hour)
	default:
		o.finished = max(o.finished, o.responded+10*minute)
	}
	o.completed = o.finished
	o.signature = o.system[ownerName]
	if o.signature == "" {
		o.signature = o.register[ownerName]
	}
	if o.signature == "" {
		o.signature = "户主"
	}
	switch {
	case r.chance(30): // the proof has not reached the front desk
	case o.finished.clock() > 20*hour && r.chance(500):
		o.received = at(o.finished.dayOf()+1, 8, 20, 0) + r.moments(0, 70*minute)
	default:
		o.received = o.finished + r.moments(3*minute, 40*minute)
	}
	if o.received > end {
		o.received = never
	}
}
