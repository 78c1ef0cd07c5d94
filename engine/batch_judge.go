package engine

import (
	"context"
	"fmt"
	"iter"
	"math/big"
	"runtime"
	"slices"
	"sync"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// JudgeBatch judges a part over the units of a batch that meet its sample's
// condition, as if all of them were drawn: the unit criteria of each, then the
// criteria and the measure over all. The verdict is the part's; Missing and
// Rulings name what units lack that can still change it. It uses all
// processors that Go may use, and the result is the same for any number of
// them. A unit whose values leave the sample's condition open may belong or not:
// it is counted as open, from not applicable to its worst, a count or share
// spans both, and Missing names what it does not say. When the context ends,
// its error is returned and no verdict.
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
		list[i].totals, list[i].doubts = make([]eval.Total, len(list[i].vectors.aggregates)), make([]eval.Total, len(list[i].vectors.aggregates))
		list[i].doubting = c.doubting()
		if err := list[i].vectors.err; err != nil {
			return nil, fmt.Errorf("engine: audit of part %s: %w", c.id, err)
		}
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
	doubting *part // of units that may not belong
	units    int64
	doubtful int64 // units that may not belong, beside those that do
	counts   map[Answer]int
	points   *ledger
	totals   []eval.Total
	doubts   []eval.Total // over the doubtful units
	award    *big.Rat     // the most that a doubtful unit is given
	open     []openUnit   // whose answer is open
	lacking  []openUnit   // that leave an aggregate open
	answered bool         // some unit has an answer to a question
}

// openUnit is a unit to be looked at again: of the batch at hand by its index,
// or of one that is gone by a copy.
type openUnit struct {
	index    int
	doubtful bool // may not belong
	worst    Outcome
	id       string
	row      eval.Row
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
	w.judging = judging{standard: j.standard, part: j.part, env: &env, vectors: j.vectors, named: j.named, counts: map[Answer]int{}, points: j.points, doubting: j.doubting}
	w.totals, w.doubts = make([]eval.Total, len(j.totals)), make([]eval.Total, len(j.totals))
	w.block = eval.NewBlock(b.table, &env)
	return w
}

func (j *judging) merge(w *share) {
	j.units, j.doubtful = j.units+w.units, j.doubtful+w.doubtful
	for a, n := range w.counts {
		j.counts[a] += n
	}
	for i := range w.totals {
		j.totals[i].Merge(&w.totals[i])
		j.doubts[i].Merge(&w.doubts[i])
	}
	if w.award != nil && (j.award == nil || w.award.Cmp(j.award) > 0) {
		j.award = w.award
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
		chosen, doubtful := w.choose(valid)
		if w.err != nil {
			return
		}
		w.units += int64(chosen.Count())
		from, lacked := len(w.open), len(w.lacking)
		w.judge(&chosen, false)
		w.aggregate(&chosen, false)
		if doubtful.Any() && w.err == nil {
			w.doubtful += int64(doubtful.Count())
			w.judge(&doubtful, true)
			w.aggregate(&doubtful, true)
		}
		w.limit(&w.open, from)
		w.limit(&w.lacking, lacked)
		if w.part.asks() && !w.answered {
			for m := range chosen {
				chosen[m] |= doubtful[m]
			}
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

// each yields units of the block, each in turn as the unit of an evaluation.
func (w *share) each(units *eval.Mask) iter.Seq[*eval.Exact] {
	return func(yield func(*eval.Exact) bool) {
		for i := range units.Each {
			w.unit(i)
			if !yield(w.exact()) {
				return
			}
		}
	}
}

func (w *share) exact() *eval.Exact { return &eval.Exact{Layout: w.part.layout, Env: w.env} }

// choose keeps the units that meet the sample's condition, and apart from them
// those that leave it open.
func (w *share) choose(valid eval.Mask) (chosen, doubtful eval.Mask) {
	if w.part.where == nil {
		return valid, doubtful
	}
	odd := valid // to be asked one by one
	if w.vectors.where != nil && !w.standard.audit {
		yes, no := w.vectors.where.Evaluate(w.block)
		if !w.block.Odd {
			for m := range valid {
				chosen[m] = yes[m] & valid[m]
				doubtful[m] = valid[m] &^ (yes[m] | no[m])
			}
			if w.env.Err == nil {
				return chosen, doubtful
			}
			odd, doubtful = doubtful, eval.Mask{} // which of them hang on the calendar?
		}
		w.block.Odd = false
	}
	for i := range odd.Each {
		w.unit(i)
		w.env.Err = nil
		truth, err := w.standard.truth(w.part, w.part.where, w.env)
		if err != nil {
			w.err = err
			return chosen, doubtful
		}
		switch truth {
		case eval.True:
			chosen[i/64] |= 1 << (i % 64)
		case eval.Maybe:
			doubtful[i/64] |= 1 << (i % 64)
			if w.err == nil {
				w.err = w.env.Err
			}
		}
	}
	w.env.Err = nil
	return chosen, doubtful
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

// judge counts the answers of the chosen units, or of the doubtful ones.
func (w *share) judge(chosen *eval.Mask, doubtful bool) {
	if w.vectors.swift != nil {
		if !w.vectors.swift.graded {
			w.counts[Answer{State: Ungraded}] += chosen.Count()
			return
		}
		if answers, ok := w.vectors.answers(w.block, chosen); ok {
			answers.each(chosen, func(a Answer, units *eval.Mask) {
				if doubtful {
					a = doubt(a)
				}
				w.count(a, units, doubtful)
			})
			return
		}
		w.block.Odd = false
	}
	byAnswer := map[Answer]*eval.Mask{}
	part, take := w.part, func(j judged) { w.points.take(w.env, j) }
	if doubtful {
		part, take = w.doubting, w.takeDoubtful
	}
	for i := range chosen.Each {
		w.unit(i)
		v, j, err := w.standard.unitVerdict(part, w.env, "")
		if err != nil {
			w.err = err
			return
		}
		take(j)
		m := byAnswer[v.Answer]
		if m == nil {
			m = &eval.Mask{}
			byAnswer[v.Answer] = m
		}
		m[i/64] |= 1 << (i % 64)
	}
	for a, units := range byAnswer {
		w.count(a, units, doubtful)
	}
}

// count takes in units with one answer. Units without any answer from an
// inspector have not been inspected.
func (w *share) count(a Answer, units *eval.Mask, doubtful bool) {
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
		w.note(&w.open, units, a.Worst, doubtful)
	}
}

// note remembers units of the block to be looked at again, in their order and
// no more than may be named.
func (w *share) note(list *[]openUnit, units *eval.Mask, worst Outcome, doubtful bool) {
	for i := range units.Each {
		*list = append(*list, openUnit{index: w.block.Start() + i, worst: worst, doubtful: doubtful})
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

// aggregate takes the chosen units into the aggregates, or the doubtful ones.
func (w *share) aggregate(chosen *eval.Mask, doubtful bool) {
	var lacking eval.Mask
	totals := w.totals
	if doubtful {
		totals, lacking = w.doubts, *chosen
	}
	for k, a := range w.vectors.aggregates {
		var t eval.Total
		if !a.Add(w.block, chosen, &t) {
			w.block.Odd = false
			for x := range w.each(chosen) {
				a.AddUnit(x, &t)
			}
		}
		if w.standard.audit && w.env.Err == nil {
			if same, err := a.Audit(w.each(chosen), &t); err != nil || !same {
				w.err = fmt.Errorf("engine: audit of part %s: the evaluators differ on an aggregate; the verdict is not claimed", w.part.id)
				if err != nil {
					w.err = fmt.Errorf("engine: audit of part %s: %w", w.part.id, err)
				}
				return
			}
		}
		totals[k].Merge(&t)
		if w.env.Err != nil {
			w.err = w.env.Err
			return
		}
		if t.Open == 0 || doubtful {
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
	w.note(&w.lacking, &lacking, 0, doubtful)
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
	if j.units == 0 && j.doubtful == 0 {
		whole.Points = j.points.points(lost, nil)
		if c.unit.grades() || c.sample.grades() {
			whole.Answer = Answer{State: NotApplicable}
			whole.Reasons = []Reason{{Key: "no_population"}}
		}
		return whole, nil
	}
	env.Aggregates, env.Size = map[exprast.Node]*eval.Total{}, j.units
	for i, a := range j.vectors.aggregates {
		j.totals[i].Doubtful = &j.doubts[i]
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
		sure := slices.DeleteFunc(slices.Clone(j.lacking), func(u openUnit) bool { return u.doubtful })
		if err := s.sampleCriteria(c, env, rows(sure), nil, &whole, &joined, &lost); err != nil {
			return whole, err
		}
		if whole.State == Undecided {
			j.nameDoubtful(env, rows, &whole)
		}
	}
	env.Err = nil // what only naming the missing asked of a calendar decided nothing
	whole.conclude(&joined)
	if j.doubtful > 0 {
		j.doubt(&whole, &lost)
		if j.units == 0 && whole.State == Undecided {
			j.nameDoubtful(env, rows, &whole)
		}
	}
	if whole.State != Decided {
		for k, u := range j.open {
			if u.worst <= whole.Best {
				continue
			}
			judge := c
			if u.doubtful {
				judge = j.doubting
			}
			for id, at := range rows(j.open[k : k+1]) {
				env.Unit = at
				v, _, err := s.unitVerdict(judge, env, id)
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
