package engine

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"slices"
	"strings"
	"sync"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// JudgeBatch judges a part over the units of a batch that meet its sample's
// condition, as if all of them were drawn: the unit criteria of each, then the
// criteria and the measure over all. The verdict is the part's; Missing and
// Rulings name what units lack that can still change it. It uses all
// processors that Go may use, and the result is the same for any number of
// them. A unit whose values leave the sample's condition open is an error, as
// in a frame. When the context ends, its error is returned and no verdict.
func (s *Standard) JudgeBatch(ctx context.Context, part string, b *Batch, at Setting) (Verdict, error) {
	verdicts, err := s.JudgeStream(ctx, []string{part}, func(yield func(*Batch, error) bool) { yield(b, nil) }, at, -1)
	if err != nil {
		return Verdict{}, err
	}
	return verdicts[0], nil
}

// JudgeStream is JudgeBatch for several parts over more units than memory
// holds: chunks yields batches one after another, and may yield the same Batch
// again after Reset. A batch is read before the next is asked for. At most
// named open units of a part are remembered to name what they lack; below 0
// there is no limit. Verdicts are in the order of parts.
func (s *Standard) JudgeStream(ctx context.Context, parts []string, chunks iter.Seq2[*Batch, error], at Setting, named int) ([]Verdict, error) {
	env, _ := s.environment(at)
	list := make([]*judging, len(parts))
	for i, id := range parts {
		c, err := s.part(id)
		if err != nil {
			return nil, err
		}
		list[i] = &judging{standard: s, part: c, env: env, vectors: s.columns(c, env), named: named, counts: map[Answer]int{}, points: &ledger{standard: s, part: c}}
		list[i].totals = make([]eval.Total, len(list[i].vectors.aggregates))
	}
	var previous *Batch
	for b, err := range chunks {
		if err != nil {
			return nil, err
		}
		for _, j := range list {
			if err := b.fits(s, j.part, env.Zone); err != nil {
				return nil, err
			}
			if err := j.batch(ctx, b); err != nil {
				return nil, err
			}
		}
		if previous != nil && named < 0 {
			return nil, fmt.Errorf("engine: a stream of several batches needs a limit of units to name")
		}
		previous = b
	}
	verdicts := make([]Verdict, len(list))
	for i, j := range list {
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		v, err := j.verdict(previous)
		if err != nil {
			return nil, fmt.Errorf("engine: judge: part %s: %w", j.part.id, err)
		}
		verdicts[i] = v
	}
	return verdicts, nil
}

// judging is one part on its way over batches.
type judging struct {
	standard *Standard
	part     *part
	env      *eval.Env
	vectors  *vectors
	named    int
	units    int64
	counts   map[Answer]int
	points   *ledger
	totals   []eval.Total
	open     []openUnit // whose answer is open
	lacking  []openUnit // that leave an aggregate open
	answered bool       // some unit has an answer to a question
}

// openUnit is a unit to be looked at again: of the batch at hand by its index,
// or of one that is gone by a copy.
type openUnit struct {
	index int
	worst Outcome
	id    string
	row   eval.Row
}

// share is the work and the findings of one goroutine.
type share struct {
	judging
	batch *Batch
	block *eval.Block
	row   eval.Row
	err   error
}

// batch judges the units of one batch, in contiguous shares.
func (j *judging) batch(ctx context.Context, b *Batch) error {
	blocks := b.table.Blocks()
	workers := min(runtime.GOMAXPROCS(0), max(1, blocks/4))
	if j.part.scores() {
		workers = 1 // points are added up in one ledger
	}
	shares := make([]*share, workers)
	var wait sync.WaitGroup
	for i := range shares {
		w := j.share(b)
		shares[i] = w
		first, last := blocks*i/workers, blocks*(i+1)/workers
		if workers == 1 {
			w.run(ctx, first, last)
		} else {
			wait.Go(func() { w.run(ctx, first, last) })
		}
	}
	wait.Wait()
	for _, w := range shares {
		if w.err != nil {
			return w.err
		}
		j.merge(w)
	}
	return nil
}

func (j *judging) share(b *Batch) *share {
	env := *j.env
	w := &share{batch: b, row: make(eval.Row, len(j.part.variables))}
	w.judging = judging{standard: j.standard, part: j.part, env: &env, vectors: j.vectors, named: j.named, counts: map[Answer]int{}, points: j.points}
	w.totals = make([]eval.Total, len(j.totals))
	w.block = eval.NewBlock(b.table, &env)
	return w
}

func (j *judging) merge(w *share) {
	j.units += w.units
	for a, n := range w.counts {
		j.counts[a] += n
	}
	for i := range w.totals {
		j.totals[i].Merge(&w.totals[i])
	}
	j.open = j.remember(j.open, w.open, w.batch)
	j.lacking = j.remember(j.lacking, w.lacking, w.batch)
	j.answered = j.answered || w.answered
}

// remember adds units to a list; under a limit they are copied, since their
// batch will be gone.
func (j *judging) remember(list, units []openUnit, b *Batch) []openUnit {
	if j.named < 0 {
		return append(list, units...)
	}
	for _, u := range units[:min(len(units), j.named-len(list))] {
		u.id, u.row = b.ids[u.index], make(eval.Row, len(j.part.variables))
		b.table.Row(u.index, u.row)
		list = append(list, u)
	}
	return list
}

// run judges blocks first to last; on an error it stops.
func (w *share) run(ctx context.Context, first, last int) {
	for i := first; i < last && w.err == nil; i++ {
		if w.err = ctx.Err(); w.err != nil {
			return
		}
		valid := *w.block.Use(i)
		chosen, ok := w.choose(valid)
		if !ok {
			return
		}
		w.units += int64(chosen.Count())
		from := len(w.open)
		w.judge(&chosen)
		w.limit(&w.open, from)
		w.aggregate(&chosen)
		if w.part.asks() && !w.answered {
			with := w.hasAnswers(&chosen)
			w.answered = with.Any()
		}
	}
}

// unit fills the row with one unit of the block.
func (w *share) unit(i int) {
	w.batch.table.Row(w.block.Start()+i, w.row)
	w.env.Unit = w.row
}

func (w *share) exact() *eval.Exact { return &eval.Exact{Layout: w.part.layout, Env: w.env} }

// choose keeps the units that meet the sample's condition; one that leaves it
// open ends the share.
func (w *share) choose(valid eval.Mask) (eval.Mask, bool) {
	if w.part.where == nil {
		return valid, true
	}
	open := valid
	var chosen eval.Mask
	if w.vectors.where != nil {
		yes, no := w.vectors.where.Evaluate(w.block)
		if !w.block.Odd {
			for m := range valid {
				chosen[m] = yes[m] & valid[m]
				open[m] &^= yes[m] | no[m]
			}
		}
		w.block.Odd = false
	}
	for i := range open.Each {
		w.unit(i)
		switch w.exact().Condition(w.part.where.node) {
		case eval.True:
			chosen[i/64] |= 1 << (i % 64)
		case eval.Maybe:
			seen := &witness{standard: w.standard, part: w.part, exact: *w.exact()}
			seen.missing(w.part.where.node)
			w.err = fmt.Errorf("engine: unit %q does not say %s, which the sample's condition of part %s reads", w.batch.ids[w.block.Start()+i], strings.Join(seen.names, ", "), w.part.id)
			return chosen, false
		}
	}
	w.env.Err = nil
	return chosen, true
}

// hasAnswers is the units with some answer to a question of the part.
func (w *share) hasAnswers(chosen *eval.Mask) eval.Mask {
	var out eval.Mask
	for slot := w.part.own; slot < len(w.part.variables); slot++ {
		known, absent := w.block.KnownMask(slot), w.block.AbsentMask(slot)
		for m := range out {
			out[m] |= (known[m] | absent[m]) & chosen[m]
		}
	}
	return out
}

// judge counts the answers of the chosen units.
func (w *share) judge(chosen *eval.Mask) {
	if w.vectors.swift != nil {
		if !w.vectors.swift.graded {
			w.counts[Answer{State: Ungraded}] += chosen.Count()
			return
		}
		if answers, ok := w.vectors.answers(w.block, chosen); ok {
			answers.each(chosen, func(a Answer, units *eval.Mask) { w.count(a, units) })
			return
		}
		w.block.Odd = false
	}
	byAnswer := map[Answer]*eval.Mask{}
	for i := range chosen.Each {
		w.unit(i)
		v, j, err := w.standard.unitVerdict(w.part, w.env, "")
		if err != nil {
			w.err = err
			return
		}
		w.points.take(w.env, j)
		m := byAnswer[v.Answer]
		if m == nil {
			m = &eval.Mask{}
			byAnswer[v.Answer] = m
		}
		m[i/64] |= 1 << (i % 64)
	}
	for a, units := range byAnswer {
		w.count(a, units)
	}
}

// count takes in units with one answer. Units without any answer from an
// inspector have not been inspected.
func (w *share) count(a Answer, units *eval.Mask) {
	if a.State == Undecided && w.part.asks() {
		with := w.hasAnswers(units)
		var without eval.Mask
		for m := range without {
			without[m] = units[m] &^ with[m]
		}
		w.counts[Answer{NotInspected, a.Best, a.Worst}] += without.Count()
		w.counts[a] += with.Count()
	} else {
		w.counts[a] += units.Count()
	}
	if a.Best != a.Worst {
		w.note(&w.open, units, a.Worst)
	}
}

// note remembers units of the block to be looked at again, in their order and
// no more than may be named.
func (w *share) note(list *[]openUnit, units *eval.Mask, worst Outcome) {
	for i := range units.Each {
		*list = append(*list, openUnit{index: w.block.Start() + i, worst: worst})
	}
}

// limit sorts the units that the block at hand added to a list, which come by
// answer, and cuts off what is beyond the limit.
func (w *share) limit(list *[]openUnit, from int) {
	slices.SortFunc((*list)[from:], func(a, b openUnit) int { return a.index - b.index })
	if w.named >= 0 && len(*list) > w.named {
		*list = (*list)[:w.named]
	}
}

// aggregate takes the chosen units into the aggregates.
func (w *share) aggregate(chosen *eval.Mask) {
	var lacking eval.Mask
	for k, a := range w.vectors.aggregates {
		t := &w.totals[k]
		before := t.Open
		if !a.Add(w.block, chosen, t) {
			w.block.Odd = false
			for i := range chosen.Each {
				w.unit(i)
				a.AddUnit(w.exact(), t)
			}
		}
		if w.env.Err != nil {
			w.err = w.env.Err
			return
		}
		if t.Open == before {
			continue
		}
		open, ok := a.Lacking(w.block, chosen)
		if !ok {
			w.block.Odd = false
			open = *chosen
		}
		for m := range lacking {
			lacking[m] |= open[m]
		}
	}
	from := len(w.lacking)
	w.note(&w.lacking, &lacking, 0)
	w.limit(&w.lacking, from)
}

// verdict joins what was found to the part's verdict, like partVerdict.
func (j *judging) verdict(last *Batch) (Verdict, error) {
	own := *j.env
	s, c, env := j.standard, j.part, &own
	whole := Verdict{Level: "part", Part: c.id, Counts: map[string]int{}, Answer: Answer{State: Ungraded}}
	if c.checked.Item != nil {
		whole.Item = c.checked.Item.ID
	}
	var joined tally
	for a, n := range j.counts {
		if n == 0 {
			continue
		}
		whole.Counts[countKey(a)] += n
		if a.State != Ungraded {
			joined.addMany(a, n)
		}
	}
	lost := bounds{low: ratZero, high: ratZero}
	if j.units == 0 {
		whole.Points = j.points.points(lost, nil)
		if c.unit.grades() || c.sample.grades() {
			whole.Answer = Answer{State: NotApplicable}
			whole.Reasons = []Reason{{Key: "no_population"}}
		}
		return whole, nil
	}
	env.Aggregates, env.Size = map[exprast.Node]*eval.Total{}, j.units
	for i, a := range j.vectors.aggregates {
		env.Aggregates[a.Body] = &j.totals[i]
	}
	row := make(eval.Row, len(c.variables))
	rows := func(list []openUnit) iter.Seq2[string, eval.Row] {
		return func(yield func(string, eval.Row) bool) {
			for _, u := range list {
				id, at := u.id, u.row
				if at == nil {
					last.table.Row(u.index, row)
					id, at = last.ids[u.index], row
				}
				if !yield(id, at) {
					return
				}
			}
		}
	}
	if len(c.sample.clauses) > 0 {
		if err := s.sampleCriteria(c, env, rows(j.lacking), nil, &whole, &joined, &lost); err != nil {
			return whole, err
		}
	}
	env.Err = nil // what only naming the missing asked of a calendar decided nothing
	whole.conclude(&joined)
	if whole.State != Decided {
		for k, u := range j.open {
			if u.worst <= whole.Best {
				continue
			}
			for id, at := range rows(j.open[k : k+1]) {
				env.Unit = at
				v, _, err := s.unitVerdict(c, env, id)
				if err != nil {
					return whole, err
				}
				whole.Missing = append(whole.Missing, v.Missing...)
				whole.Rulings = append(whole.Rulings, v.Rulings...)
			}
		}
		whole.Missing = unique(whole.Missing)
	}
	if whole.State == Undecided && !j.answered && c.asks() {
		whole.State = NotInspected
	}
	whole.Points = j.points.points(lost, whole.Points)
	return whole, nil
}
