package generate

// course is how long the work on an order takes, as intended before any time is written.
type course int

const (
	sameDay      course = iota
	nextDay             // or exactly 48 hours, which is not yet over
	threeDays           // over 48 and under 72 hours
	week                // over 72 hours and under 7 days
	fortnight           // over 7 and under 15 days
	longer              // over 15 days
	unfinished          // still in work when the month ends
	waiting             // appointed for the next month and rightly not yet dispatched
	undispatched        // forgotten
)

var courseWeights = []int{856, 60, 24, 26, 14, 9, 11}

// done says whether the work was finished within the month.
func (c course) done() bool { return c <= longer }

// steps of escalation: department head, service supervisor, project manager, area manager, quality centre.
const steps = 5

// ladder holds how long an order has been open when a step falls due; the first is due when the day of entry ends.
var ladder = [steps]moment{0, 48 * hour, 72 * hour, 7 * day, 15 * day}

// ladderFaults are the faults of a step not taken.
var ladderFaults = [steps]fault{notToHead, notToSupervisor, notToManager, notToArea, notToCenter}

// lasts are the bounds of a course's duration, an hour inside what the names say.
func (c course) lasts() (low, high moment) {
	switch c {
	case threeDays:
		return 49 * hour, 71 * hour
	case week:
		return 73 * hour, 7*day - hour
	case fortnight:
		return 7*day + hour, 15*day - hour
	default: // longer
		return 15*day + hour, 22 * day
	}
}

// due says whether a step must have been taken when the month ended.
func (o *order) due(step int) bool {
	if step == 0 {
		return o.course != sameDay && o.entered.dayOf() < days-1
	}
	if o.course.done() {
		return o.course >= threeDays+course(step-1)
	}
	return end-o.entered > ladder[step]
}

// workdayStart and workdayEnd are when technicians finish long jobs.
const (
	workdayStart = 8*hour + 40*minute
	workdayEnd   = 19*hour + 30*minute
)

// within draws a time between low and high that lies in the given hours, and gives up after many tries.
func (r *random) within(low, high, from, to moment) (moment, bool) {
	for range 200 {
		if m := r.moments(low, high); m.clock() >= from && m.clock() <= to {
			return m, true
		}
	}
	return never, false
}

// plan settles for every order of the system how long it takes and whether the customer made an appointment.
func plan(r *random, list []*order) {
	for _, o := range list {
		o.course = course(r.weighted(courseWeights))
		byAppointment := r.chance(110)
		if byAppointment && o.entered.dayOf() >= 24 && r.chance(150) {
			o.course = waiting
			o.appointed = at(days+r.between(0, 5), 9, 0, 0) + moment(r.between(0, 18))*30*minute
			continue
		}
		if byAppointment && o.course == sameDay && o.entered.clock() > 16*hour {
			o.course = nextDay
		}
		if !r.finish(o, byAppointment) {
			o.course, o.finished = unfinished, never
		}
	}
}

// finish writes when a course of several days ends and when the customer wanted somebody to come; a course of one day
// gets its end from the steps before it. It reports false when the month ends first.
func (r *random) finish(o *order, byAppointment bool) bool {
	earliest := workdayStart
	if byAppointment {
		earliest += 2 * hour // there is no appointment before half past eight
	}
	switch o.course {
	case sameDay:
		if byAppointment {
			// On the half hour, at least 90 minutes from now.
			first := (o.entered + 2*hour) / (30 * minute)
			last := at(o.entered.dayOf(), 19, 30, 0) / (30 * minute)
			o.appointed = r.moments(first, last) * 30 * minute
		}
		return true
	case unfinished:
		return false
	case nextDay:
		if !byAppointment && o.entered.clock() > workdayStart && o.entered.clock() < workdayEnd && r.chance(80) {
			o.finished = o.entered + 48*hour
		} else {
			o.finished = at(o.entered.dayOf()+1, 0, 0, 0) + r.moments(earliest, workdayEnd)
		}
	default:
		low, high := o.course.lasts()
		var ok bool
		if o.finished, ok = r.within(o.entered+low, o.entered+high, earliest, workdayEnd); !ok {
			return false
		}
	}
	if o.finished > end {
		return false
	}
	if byAppointment {
		o.appointed = (o.finished - r.moments(30*minute, 90*minute)) / (30 * minute) * 30 * minute
	}
	return true
}
