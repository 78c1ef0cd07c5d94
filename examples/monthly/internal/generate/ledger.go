package generate

import "fmt"

// ledgers plants what is wrong in the register and in the system's entries, and settles when each was written.
func ledgers(r *random, p project, list []*order) error {
	both := func(o *order) bool { return !o.faults.hasAny(unregistered, notEntered) }
	every := func(*order) bool { return true }
	if _, err := plant(r, list, unregistered, p.quotas[unregistered], every); err != nil {
		return err
	}
	if _, err := plant(r, list, notEntered, p.quotas[notEntered], both); err != nil {
		return err
	}
	// An entry of a later day must still be of this month, with time left to do the work.
	late, err := plant(r, list, backfilled, p.quotas[backfilled], func(o *order) bool { return both(o) && o.reported.dayOf() < days-2 })
	if err != nil {
		return err
	}
	for _, o := range late {
		next := o.reported.dayOf() + 1
		switch r.below(3) {
		case 0: // the clerk wrote the register's row the day after
			o.written = at(next, 8, 0, 0) + r.moments(0, 10*hour)
		case 1: // the system's entry was made the day after
			o.entered = at(next, 8, 0, 0) + r.moments(0, 150*minute)
		case 2: // both
			o.written = at(next, 8, 0, 0) + r.moments(0, hour)
			o.entered = o.written + r.moments(minute, 30*minute)
		}
	}
	short, err := plant(r, list, registerIncomplete, p.quotas[registerIncomplete], both)
	if err != nil {
		return err
	}
	for _, o := range short {
		r.shorten(&o.register)
	}
	if short, err = plant(r, list, systemIncomplete, p.quotas[systemIncomplete], both); err != nil {
		return err
	}
	for _, o := range short {
		r.shorten(&o.system)
	}
	apart, err := plant(r, list, differing, p.quotas[differing], func(o *order) bool {
		return both(o) && len(inBoth(o)) > 0
	})
	if err != nil {
		return err
	}
	for _, o := range apart {
		for _, e := range some(r, inBoth(o), r.between(1, 2)) {
			o.system[e] = r.otherwise(p.site, e, o.system[e])
		}
		// In printed order, whatever the order of choosing.
		for e := range element(elements) {
			if o.register[e] != o.system[e] && o.register[e] != "" && o.system[e] != "" {
				o.differs = append(o.differs, e)
			}
		}
	}
	return nil
}

// shorten leaves out one or two elements of an entry, seldom the content.
func (r *random) shorten(e *entry) {
	for _, missing := range some(r, []element{ownerName, ownerName, place, reporterPhone, reporterPhone, content}, r.between(1, 2)) {
		e[missing] = ""
	}
}

// inBoth are the elements that both ledgers state.
func inBoth(o *order) []element {
	var list []element
	for e := range element(elements) {
		if o.register[e] != "" && o.system[e] != "" {
			list = append(list, e)
		}
	}
	return list
}

// otherwise writes an element as a clerk gets it wrong: a surname that sounds alike, the next room, two digits swapped,
// another report.
func (r *random) otherwise(s site, e element, right string) string {
	for {
		wrong := right
		switch e {
		case ownerName:
			letters := []rune(right)
			if alike, ok := soundAlikes[string(letters[0])]; ok {
				wrong = alike + string(letters[1:])
			} else {
				wrong = string(letters[0]) + one(r, givenNames)
			}
		case place:
			var a address
			if _, err := fmt.Sscanf(right, "%d栋%d单元%d室", &a.building, &a.unit, &a.room); err == nil {
				a.floor, a.room = a.room/100, r.between(1, s.rooms)
				wrong = a.String()
			}
			if wrong == right {
				wrong = r.address(s).String()
			}
		case reporterPhone:
			digits := []byte(right)
			i := r.between(3, len(digits)-2)
			digits[i], digits[i+1] = digits[i+1], digits[i]
			if wrong = string(digits); wrong == right {
				wrong = r.phone()
			}
		case content:
			wrong, _ = r.report()
		}
		if wrong != right {
			return wrong
		}
	}
}

// inRegister and inSystem say which ledgers know the report.
func (o *order) inRegister() bool { return !o.faults.has(unregistered) }
func (o *order) inSystem() bool   { return !o.faults.has(notEntered) }

// stated are the elements that an entry states.
func (e entry) stated() []string {
	list := []string{}
	for i, value := range e {
		if value != "" {
			list = append(list, elementNames[i])
		}
	}
	return list
}
