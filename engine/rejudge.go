package engine

import (
	"context"
	"fmt"
	"slices"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
)

// RejudgeRequest is a stored result on its way to being judged again: because
// the standard has a new version, because evidence came late or was corrected,
// or both.
type RejudgeRequest struct {
	// Plan is the approved plan, and Planned the standard that it was made
	// with, which a host restores from the bundle it kept ([Restore]). The
	// submissions answer that standard's questions.
	Plan    *Plan
	Planned *Standard
	Task    string
	// Evidence is all the evidence of the task, as for Judge.
	Evidence Evidence
	// Previous is the result that is judged again; it stays as it is. Before is
	// the standard that judged it, nil for Planned.
	Previous *Result
	Before   *Standard
}

// again is what judging a task again adds to judging it.
type again struct {
	planned  *Standard // nil when it is the standard that judges
	previous string
}

// Rejudge judges the evidence of a task again, by this version of the standard
// that the task was planned with or by that version itself. It makes a new
// Result, which names the previous one, and the difference of the two;
// nothing is overwritten.
//
// Parts are the same when their IDs are. A part that this version doesn't have,
// or whose units are of another record or drawn in another manner, is not
// judged: what was drawn says nothing about it. A part whose sample is written
// otherwise, in size, condition, order or period, is judged over the units
// that were drawn, without those that its condition now leaves out. Each such
// part is among the Parts of the difference, and so is every part that this
// version adds: nothing was drawn for it, so it has no verdict. What only the
// older version asked is not read; what only this version asks is unknown.
//
// The new result's ID covers Previous, so judging unchanged evidence again gives
// another ID each time: a host that judges nightly compares the evidence first.
//
// The cause of each change is found out by judging the evidence by Before as
// well: see VerdictChange.
func (s *Standard) Rejudge(ctx context.Context, r RejudgeRequest) (*Result, *ResultDiff, error) {
	if r.Planned == nil || r.Previous == nil {
		return nil, nil, refused("重新判定要有排方案时的标准（Planned）和以前的结果（Previous）", "rejudge: the standard that the plan was made with (Planned) and the earlier result (Previous) must be given")
	}
	if r.Before == nil {
		r.Before = r.Planned
	}
	if err := r.Plan.usable(r.Planned, r.Task); err != nil {
		return nil, nil, err
	}
	t, ok := r.Plan.Task(r.Task)
	if !ok {
		return nil, nil, refused("方案里没有任务“%s”", "rejudge: the plan has no task %q", r.Task)
	}
	switch old := r.Previous; {
	case s.ref.Standard != r.Planned.ref.Standard:
		return nil, nil, refused("方案依据标准 %s，不能按标准 %s 重新判定", "rejudge: the plan was made with the standard %s; the standard %s can't judge it", r.Planned.ref.Standard, s.ref.Standard)
	case old.Task != t.ID || old.Plan != r.Plan.Digest:
		return nil, nil, refused("结果 %.12s 不是这个方案里任务 %s 的结果", "rejudge: the result %.12s is not one of the task %s of this plan", old.ID, t.ID)
	case old.Standard != r.Before.ref:
		return nil, nil, refused("结果 %.12s 由标准 %s 第 %s 版判定，给出的是第 %s 版（摘要 %.12s）；请用它的存档恢复（Restore）",
			"rejudge: the result %.12s was judged by %s version %s, and Before is version %s, digest %.12s; restore the one it was judged by", old.ID, old.Standard.Standard, old.Standard.Version, r.Before.ref.Version, r.Before.ref.Digest)
	}
	after, err := s.judgeAgain(ctx, r, t, r.Previous.ID)
	if err != nil {
		return nil, nil, err
	}
	between := after
	if s.ref != r.Before.ref {
		if between, err = r.Before.judgeAgain(ctx, r, t, ""); err != nil {
			return nil, nil, err
		}
	}
	d, err := DiffResults(r.Previous, after, between)
	if err != nil {
		return nil, nil, err
	}
	d.Parts = s.partChanges(r.Planned, t)
	return after, d, nil
}

// judgeAgain judges a task that may have been planned with another version.
func (s *Standard) judgeAgain(ctx context.Context, r RejudgeRequest, t *Task, previous string) (*Result, error) {
	a := again{previous: previous}
	if s.ref != r.Planned.ref {
		a.planned = r.Planned
		t = s.carry(r.Planned, t)
	}
	return s.judgeTask(ctx, r.Plan, t, r.Evidence, a)
}

// carry leaves of a task the parts that this standard can judge.
func (s *Standard) carry(planned *Standard, t *Task) *Task {
	out := *t
	out.Draws = nil
	for _, d := range t.Draws {
		d.Parts = slices.DeleteFunc(slices.Clone(d.Parts), func(id string) bool {
			kind := s.partChange(planned, id)
			return kind == partRemoved || kind == partUnits
		})
		if len(d.Parts) > 0 {
			out.Draws = append(out.Draws, d)
		}
	}
	return &out
}

// The kinds of PartChange.
const (
	partRemoved = "removed"
	partAdded   = "added"
	partUnits   = "units"
	partSample  = "sample"
)

// partChanges lists what is not the same in the parts of a task, in the order
// of the task, then the parts that are new, in printed order.
func (s *Standard) partChanges(planned *Standard, t *Task) []PartChange {
	var out []PartChange
	seen := map[string]bool{}
	for _, d := range t.Draws {
		for _, id := range d.Parts {
			if kind := s.partChange(planned, id); kind != "" && !seen[id] {
				out = append(out, PartChange{Part: id, Kind: kind})
			}
			seen[id] = true
		}
	}
	for _, m := range s.members() {
		for _, c := range m.order {
			if _, _, ok := planned.memberOf(m.prefix + c.id); !ok {
				out = append(out, PartChange{Part: m.prefix + c.id, Kind: partAdded})
			}
		}
	}
	return out
}

// partChange says what became of the sample of a part, "" when nothing did.
func (s *Standard) partChange(planned *Standard, id string) string {
	now, own, ok := s.memberOf(id)
	if !ok {
		return partRemoved
	}
	then, _, ok := planned.memberOf(id)
	switch {
	case !ok || now.parts[own].unitsOf() != then.parts[own].unitsOf():
		return partUnits
	case now.sampleText(now.parts[own]) != then.sampleText(then.parts[own]):
		return partSample
	}
	return ""
}

// unitsOf names what the units of a part are.
func (c *part) unitsOf() string {
	sample := c.checked.Sample
	switch {
	case sample == nil:
		return "subject"
	case sample.Record.Unlisted:
		return "unlisted " + sample.Record.Name.First
	}
	return "drawn " + sample.Record.Name.First
}

// sampleText is everything that decides which units a part is about, equal for
// equal samples.
func (s *Standard) sampleText(c *part) string {
	list := []any{c.checked.Item.Every}
	if sample := c.checked.Sample; sample != nil {
		list = append(list, sample.Kind, sample.Low, sample.High, sample.Open, sample.AtLeast, sample.AtMost, sample.Shared, sample.Previous)
		if t := sample.Table; t != nil {
			list = append(list, "table", t.Name.First, t.Edition, t.Bands)
		}
		if sample.Per != nil {
			list = append(list, "per", sample.Per.Key)
		}
		for _, v := range sample.SpreadBy {
			list = append(list, "spread", v.Key)
		}
		for _, side := range sample.Record.Sides {
			list = append(list, "side", side.Record.Name.First, sample.Record.Key)
		}
		if sample.Where != nil {
			m := &meaning{info: s.checked.Info, seen: map[any]bool{}}
			m.expr(sample.Where)
			list = append(list, "where", m.text)
		}
	}
	texts := make([]string, len(list))
	for i, x := range list {
		texts[i] = fmt.Sprint(x)
	}
	return fmt.Sprintf("%q", texts)
}

// meaning writes an expression with everything that the names in it stand for.
type meaning struct {
	info *check.Info
	seen map[any]bool
	text []string
}

func (m *meaning) expr(e *check.Expr) {
	m.text = append(m.text, check.Canonical(m.info, e.Node))
	var inner []*check.Expr
	exprast.Walk(&e.Node, visitor(func(n exprast.Node) {
		object := m.info.Objects[n]
		if object == nil || m.seen[object] {
			return
		}
		m.seen[object] = true
		switch o := object.(type) {
		case *check.Variable:
			inner = append(inner, o.Computed)
		case *check.Define:
			inner = append(inner, o.Value)
		}
	}))
	for _, e := range inner {
		if e != nil {
			m.expr(e)
		}
	}
}

type visitor func(exprast.Node)

// Visit implements exprast.Visitor.
func (v visitor) Visit(n *exprast.Node) { v(*n) }

// asking is the standard whose questions the submissions answer.
func (in *intake) asking() *Standard {
	if in.older != nil {
		return in.older
	}
	return in.standard
}

// carried says whether a part of the older standard is judged.
func (in *intake) carried(id string) bool {
	return slices.ContainsFunc(in.task.Draws, func(d Draw) bool { return slices.Contains(d.Parts, id) })
}

// formerly is the slot that an answer had in the older standard, -1 when there
// is none.
func (in *intake) formerly(c *part, name string) int {
	if in.older != nil {
		if slot, ok := in.older.parts[c.id].slot(name); ok {
			return slot
		}
	}
	return -1
}
