package generate

// Customers may be called from 10:00 to the noon break and from its end to 21:00. The break is the one that run.json
// states.
const (
	callsFrom  = 10 * hour
	breakFrom  = 12 * hour
	breakUntil = 14 * hour
	callsUntil = 21 * hour
)

// callbacks plants what goes wrong after the work and writes the calls, the signatures and the times of completion.
func callbacks(r *random, p project, list []*order) error {
	done := func(o *order) bool { return o.course.done() }
	uncalled := func(o *order) bool {
		return o.received != never && !o.faults.hasAny(noCallback, noScore, lateCallback, earlyCallback, noonCallback, nightCallback)
	}
	// A day, or two for a call that is late, must be left in the month after the proof came.
	left := func(o *order, n int) bool { return uncalled(o) && o.received.dayOf() < days-n }
	for _, step := range []struct {
		fault fault
		able  func(*order) bool
	}{
		{noCompletionTime, func(o *order) bool { return done(o) && o.course == sameDay }},
		{noSignature, done},
		{noCallback, func(o *order) bool { return left(o, 1) }},
		{noScore, func(o *order) bool { return left(o, 1) }},
		{lateCallback, func(o *order) bool { return left(o, 3) }},
		{earlyCallback, func(o *order) bool { return left(o, 1) && o.received.clock() >= callsFrom }},
		{noonCallback, func(o *order) bool { return left(o, 1) }},
		{nightCallback, func(o *order) bool { return uncalled(o) && o.received.clock() < callsUntil+30*minute }},
	} {
		if _, err := plant(r, list, step.fault, p.quotas[step.fault], step.able); err != nil {
			return err
		}
	}
	// Some calls are wrong in two ways: late and in the noon break, without a score and at night.
	if _, err := plant(r, list, noonCallback, p.quotas[lateCallback]/8, func(o *order) bool { return o.faults.has(lateCallback) }); err != nil {
		return err
	}
	if _, err := plant(r, list, nightCallback, p.quotas[noScore]/8, func(o *order) bool {
		return o.faults.has(noScore) && o.received.clock() < callsUntil+30*minute
	}); err != nil {
		return err
	}
	for _, o := range list {
		if o.faults.has(noCompletionTime) {
			o.completed = never
		}
		if o.faults.has(noSignature) {
			o.signature = ""
		}
		if o.received != never && !o.faults.has(noCallback) {
			o.called = r.call(o)
			if o.called != never && !o.faults.has(noScore) {
				o.score = 5 - r.weighted([]int{70, 22, 6, 1, 1})
			}
		}
	}
	return nil
}

// call is when the customer was called: within a day in the allowed hours, unless a fault says otherwise. A call that
// would fall into the next month has not been made yet, and its day is not over.
func (r *random) call(o *order) moment {
	midnight := at(o.received.dayOf(), 0, 0, 0)
	soon := o.received + 5*minute
	switch {
	case o.faults.has(lateCallback) && o.faults.has(noonCallback):
		return midnight + 2*day + r.moments(breakFrom, breakUntil-1)
	case o.faults.has(lateCallback):
		if r.chance(100) && allowed(o.received+day+1) {
			return o.received + day + 1
		}
		return r.permitted(o.received+day+1, min(o.received+3*day, end))
	case o.faults.has(earlyCallback):
		if r.chance(100) {
			return midnight + day + callsFrom - 1
		}
		return midnight + day + r.moments(8*hour, callsFrom-1)
	case o.faults.has(noonCallback):
		first := midnight + breakFrom
		if soon > midnight+breakUntil-10*minute {
			first += day
		}
		low, high := max(first, soon), min(first+breakUntil-breakFrom-1, o.received+day)
		switch {
		case low == first && r.chance(100):
			return low
		case r.chance(100):
			return high
		}
		return r.moments(low, high)
	case o.faults.has(nightCallback):
		low := max(midnight+callsUntil+1, soon)
		if r.chance(100) {
			return low
		}
		return r.moments(low, midnight+22*hour+30*minute)
	}
	called := r.punctual(o.received)
	if called > end {
		return never
	}
	return called
}

// punctual is a call within a day and the allowed hours, a few of them on the very last or first second allowed.
func (r *random) punctual(received moment) moment {
	midnight := at(received.dayOf(), 0, 0, 0)
	if r.chance(60) {
		edge := midnight + one(r, []moment{callsUntil, breakUntil, day + callsFrom, day + breakFrom - 1, received.clock() + day})
		if edge > received && edge <= received+day && allowed(edge) {
			return edge
		}
	}
	return r.permitted(received+5*minute, received+day)
}

// permitted draws an allowed time between low and high; a span of a whole day always has one.
func (r *random) permitted(low, high moment) moment {
	for {
		if m := r.moments(low, high); allowed(m) {
			return m
		}
	}
}

// allowed says whether customers may be called at that time of day.
func allowed(m moment) bool {
	c := m.clock()
	return c >= callsFrom && c < breakFrom || c >= breakUntil && c <= callsUntil
}
