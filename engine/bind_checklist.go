package engine

import (
	"reflect"
	"slices"
	"unsafe"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Checklist judges host structs by several parts over one record: every unit
// is read once. It is immutable and safe for concurrent use.
type Checklist[T any] struct{ bound *binder }

// BindAll is Bind for several parts, whose units must be of one record.
func BindAll[T any](s *Standard, parts ...string) (*Checklist[T], error) {
	b, err := newBinder(s, reflect.TypeFor[T](), parts)
	if err != nil {
		return nil, err
	}
	b.arrange()
	return &Checklist[T]{b}, nil
}

// Judge appends the answer of each part to answers, in the order of BindAll.
func (c *Checklist[T]) Judge(unit *T, at *Setting, answers []Answer) []Answer {
	b := c.bound
	sc := b.scratch(at)
	b.needed.fill(unsafe.Pointer(unit), sc.row)
	from := len(answers)
	answers = slices.Grow(answers, len(b.parts))[:from+len(b.parts)]
	out := answers[from:]
	for _, k := range b.single {
		b.parts[k].needed.fill(unsafe.Pointer(unit), sc.row)
		out[k] = b.answer(sc, k, unsafe.Pointer(unit), at)
	}
	for i := range b.abreast {
		x := &b.abreast[i]
		if beyond := x.judge(&sc.env, sc.gaps, out); beyond.Any() {
			for lane, k := range x.parts {
				if beyond.Has(lane) {
					out[k] = b.answer(sc, k, unsafe.Pointer(unit), at)
				}
			}
		}
	}
	b.pool.Put(sc)
	return answers
}

// Explain returns the verdict of each part, in the order of BindAll, and the
// refused values.
func (c *Checklist[T]) Explain(unit *T, at *Setting) ([]Verdict, []*InputError, error) {
	var verdicts []Verdict
	var refused []*InputError
	said := map[string]bool{}
	for k := range c.bound.parts {
		v, bad, err := c.bound.explain(k, unsafe.Pointer(unit), at)
		if err != nil {
			return nil, nil, err
		}
		verdicts = append(verdicts, v)
		for _, e := range bad {
			if key := e.Path + "\x00" + e.Code; !said[key] {
				said[key] = true
				refused = append(refused, e)
			}
		}
	}
	return verdicts, refused, nil
}

// abreast is up to eval.Lanes parts that are judged side by side, each a lane.
// Outcomes are sets of parts: those that reach an observation, a fail, a major.
type abreast struct {
	parts     []int // by lane: the place of its answer
	all       eval.Lane
	checklist *eval.Checklist
	applies   int // how many rows of the checklist are conditions to apply
	steps     []laneStep
	otherwise []laneStep
	any       eval.Lane // the parts for which it counts whether any clause holds
}

// laneStep is one clause of each part.
type laneStep struct{ low, high laneGrades }

// laneGrades are, for each outcome above pass, the parts that reach it.
type laneGrades [Major - Pass]eval.Lane

func (g *laneGrades) set(lane int, o Outcome) {
	for i := range int(o) - int(Pass) {
		g[i].Set(lane)
	}
}

// arrange sorts the parts of a checklist into those that are judged side by
// side and those that are judged one by one.
func (b *binder) arrange() {
	var lanes []int
	for k := range b.parts {
		if b.parts[k].alone() {
			b.single = append(b.single, k)
		} else {
			lanes = append(lanes, k)
		}
	}
	if len(lanes) < fewest {
		b.single = append(b.single, lanes...)
		slices.Sort(b.single)
		return
	}
	for some := range slices.Chunk(lanes, eval.Lanes) {
		x := newAbreast(b.standard, b.parts, some)
		b.abreast = append(b.abreast, x)
		b.gaps = max(b.gaps, x.checklist.Quantities())
	}
}

// fewest is the number of parts below which judging side by side gains nothing.
const fewest = 3

// alone says whether a part must be judged by itself: it reads answers, which
// are its own, or a literal instant, which hangs on the zone.
func (p *boundPart) alone() bool {
	w := p.part.swift
	return w == nil || w.zoned || p.answering
}

func newAbreast(s *Standard, parts []boundPart, lanes []int) abreast {
	x := abreast{parts: lanes}
	steps, otherwise := 0, 0
	for _, k := range lanes {
		w := parts[k].part.swift
		x.applies = max(x.applies, len(w.appliesTo))
		steps, otherwise = max(steps, len(w.steps)), max(otherwise, len(w.otherwise))
	}
	x.steps, x.otherwise = make([]laneStep, steps), make([]laneStep, otherwise)
	build := eval.NewChecklistBuilder(x.applies + steps)
	zone := &eval.Env{Zone: s.zone}
	for lane, k := range lanes {
		layout, w := parts[k].part.layout, parts[k].part.swift
		if !w.graded {
			continue
		}
		x.all.Set(lane)
		if w.any {
			x.any.Set(lane)
		}
		for i, n := range w.appliesTo {
			build.Add(i, lane, eval.Lower(layout, n, zone))
		}
		for i, st := range w.steps {
			build.Add(x.applies+i, lane, eval.Lower(layout, st.node, zone))
			x.steps[i].take(lane, st)
		}
		for i, st := range w.otherwise {
			x.otherwise[i].take(lane, st)
		}
	}
	x.checklist = build.Build()
	return x
}

func (s *laneStep) take(lane int, st step) {
	s.low.set(lane, st.low)
	s.high.set(lane, st.high)
}

// judge writes the answers of all parts; those of which it returns the lanes
// need numbers beyond 64 bits and must be judged one by one.
func (x *abreast) judge(env *eval.Env, gaps []int32, answers []Answer) (beyond eval.Lane) {
	x.checklist.Look(env, gaps)
	var out laneAnswers
	var yes, no, open eval.Lane
	for i := range x.applies {
		x.checklist.Row(i, env, gaps, &yes, &no, &open, &beyond)
		for w := range no {
			out.notApplicable[w] |= no[w]
			out.maybe[w] |= open[w]
		}
	}
	var matched, perhaps eval.Lane
	for i := range x.steps {
		x.checklist.Row(x.applies+i, env, gaps, &yes, &no, &open, &beyond)
		out.raise(&yes, &open, &x.steps[i])
		for w := range matched {
			matched[w] |= yes[w]
			perhaps[w] |= open[w]
		}
	}
	if x.any.Any() {
		for w := range x.any {
			yes[w] = x.any[w] &^ (matched[w] | perhaps[w])
			open[w] = x.any[w] & perhaps[w] &^ matched[w]
		}
		for i := range x.otherwise {
			out.raise(&yes, &open, &x.otherwise[i])
		}
	}
	out.write(x, answers)
	return beyond
}

// laneAnswers are the answers of parts side by side.
type laneAnswers struct {
	best, worst, unsettled laneGrades
	notApplicable, maybe   eval.Lane // of applies: false, and open
}

// raise takes in a clause that holds for some parts and is open for others.
func (out *laneAnswers) raise(yes, open *eval.Lane, st *laneStep) {
	for o := range out.best {
		low, high := &st.low[o], &st.high[o]
		for w := range yes {
			may := open[w] & high[w]
			out.best[o][w] |= yes[w] & low[w]
			out.worst[o][w] |= yes[w]&high[w] | may
			out.unsettled[o][w] |= may
		}
	}
}

var decided = [4]Answer{{Decided, Pass, Pass}, {Decided, Observation, Observation}, {Decided, Fail, Fail}, {Decided, Major, Major}}

// write puts the answers in their places.
func (out *laneAnswers) write(x *abreast, answers []Answer) {
	for w, all := range x.all {
		parts := x.parts[min(w*64, len(x.parts)):min(w*64+64, len(x.parts))]
		// The sets of the outcomes lie within one another, so that two bits
		// count how many a part is in.
		b0, b1, b2 := out.best[0][w], out.best[1][w], out.best[2][w]
		u0, u1, u2 := out.worst[0][w], out.worst[1][w], out.worst[2][w]
		odd, even := b0^b1^b2, b1
		if differs := (b0 ^ u0) | (b1 ^ u1) | (b2 ^ u2) | out.notApplicable[w] | out.maybe[w]; differs == 0 && all == 1<<len(parts)-1 {
			for _, k := range parts {
				answers[k] = decided[odd&1|even&1<<1]
				odd, even = odd>>1, even>>1
			}
			continue
		}
		undecided := out.unsettled[0][w]&^b0 | out.unsettled[1][w]&^b1 | out.unsettled[2][w]&^b2
		highOdd, highEven := u0^u1^u2, u1
		for i, k := range parts {
			bit := func(set uint64) Outcome { return Outcome(set >> i & 1) }
			a := Answer{Decided, Pass + bit(odd) + bit(even)<<1, Pass + bit(highOdd) + bit(highEven)<<1}
			switch {
			case bit(all) == 0:
				a = Answer{State: Ungraded}
			case bit(out.notApplicable[w]) == 1:
				a = Answer{State: NotApplicable}
			case bit(out.maybe[w]) == 1:
				a.State, a.Best = Undecided, 0
			case a.Best == a.Worst:
			case bit(undecided) == 1:
				a.State = Undecided
			default:
				a.State = Referred
			}
			answers[k] = a
		}
	}
}
