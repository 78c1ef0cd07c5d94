package engine

// tally is the worst of any number of answers, in whatever order and grouping
// they come: joining answers one by one would forget which missing answers are
// outweighed only later. The zero tally is over none.
type tally struct {
	joined    Answer
	graded    int
	unsettled Outcome // the worst that a missing answer could bring
}

// add takes in one answer; one without a grade changes nothing.
func (t *tally) add(a Answer) {
	if a.State == Ungraded {
		return
	}
	t.addMany(a, 1)
}

// addMany takes in n equal answers. What is waived enters as not applicable.
func (t *tally) addMany(a Answer, n int) {
	if n == 0 {
		return
	}
	if a.State == Waived {
		a = Answer{State: NotApplicable}
	}
	if t.graded == 0 {
		t.joined = a
	}
	t.graded += n
	t.joined.Best, t.joined.Worst = max(t.joined.Best, a.Best), max(t.joined.Worst, a.Worst)
	switch a.State {
	case Undecided, NotInspected, Refused:
		t.unsettled = max(t.unsettled, a.Worst)
	}
}

// merge takes in another tally.
func (t *tally) merge(o *tally) {
	if t.graded == 0 {
		*t = *o
		return
	}
	t.graded += o.graded
	t.joined.Best, t.joined.Worst = max(t.joined.Best, o.joined.Best), max(t.joined.Worst, o.joined.Worst)
	t.unsettled = max(t.unsettled, o.unsettled)
}

// answer is the worst of all: a single one stands as it is.
func (t *tally) answer() Answer {
	a := t.joined
	switch {
	case t.graded == 0:
		return Answer{State: Ungraded}
	case t.graded == 1:
		return a
	case a.Worst == 0:
		a.State = NotApplicable
	case a.Best == a.Worst:
		a.State = Decided
	case t.unsettled > a.Best:
		a.State = Undecided
	default:
		a.State = Referred
	}
	return a
}
