package engine

import (
	"fmt"
	"math/big"
	"slices"
	"sync"
	"time"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// part is one compiled part: its variables as slots and its clauses as
// closures.
type part struct {
	id        string
	checked   *check.Part
	record    *check.Record
	layout    *eval.Layout
	fields    *fields
	variables []*check.Variable // by slot
	byName    map[string]int    // those that the record does not have
	applies   []*clause
	where     *clause
	unit      level
	sample    level
	measure   *check.Expr
	own       int    // how many slots are the record's
	swift     *swift // nil where only the full judgement will do
	once      sync.Once
	vectors   *vectors // made by once, for columns
}

// level is the clauses that are judged together: once a unit, or once for the
// sample.
type level struct {
	clauses []*clause
	// referral is the slot of the ruling on a unit that no clause matches
	// although a pass is written; -1 where there is none.
	referral int
}

// grades says whether the level gives an outcome.
func (l *level) grades() bool {
	for _, c := range l.clauses {
		if c.kind != check.DeductCriterion && c.kind != check.AwardCriterion {
			return true
		}
	}
	return false
}

// clause is one compiled criterion.
type clause struct {
	criterion *check.Criterion
	kind      check.CriterionKind
	grade     Outcome
	aggregate bool
	zoned     bool // holds a literal instant, which depends on the zone
	node      exprast.Node
	condition eval.Condition // nil: only Exact can evaluate it
	audit     *eval.Audit
	ruling    int              // slot of the ruling on a refer; -1 elsewhere
	question  int              // slot of the implicit question; -1 elsewhere
	flat      *eval.Flat       // condition, where it has that form
	compared  *eval.Comparison // the same
	layout    *eval.Layout     // of a deduction per step
}

// name is the criterion, or what the clause is for.
func (k *clause) name() string {
	if k.criterion == nil {
		return "where, or applies when"
	}
	return k.criterion.ID
}

var gradeOf = map[check.CriterionKind]Outcome{
	check.PassCriterion: Pass, check.ObservationCriterion: Observation, check.FailCriterion: Fail, check.MajorCriterion: Major,
	check.ReferCriterion: Fail, check.TargetCriterion: Fail,
}

// rulingType is the type of a person's ruling. A referral stands for pass to
// fail, so that is what can be ruled: a ruling beyond would change verdicts
// that a known fail has decided already.
var rulingType = check.Type{Kind: check.Choice, Choice: &check.ChoiceType{Name: check.Name{First: "ruling", Second: "裁定"}, Members: []*check.Member{
	{Name: check.Name{First: "pass", Second: "合格"}, Ordinal: 0},
	{Name: check.Name{First: "observation", Second: "观察项"}, Ordinal: 1},
	{Name: check.Name{First: "fail", Second: "不合格"}, Ordinal: 2},
}}}

// ReferralKey is the key of the ruling on a unit that no clause matches.
const ReferralKey = "ruling"

func (s *Standard) compilePart(p *check.Part, limit int) (*part, error) {
	r := p.Record()
	f, ok := s.fields[r]
	if !ok {
		f = s.fieldsOf(r)
		s.fields[r] = f
	}
	c := &part{
		id: p.ID, checked: p, record: r, fields: f, layout: &f.layout, variables: slices.Clip(f.variables), own: len(f.variables), measure: p.Measure,
	}
	for _, a := range p.Answers {
		c.add(a)
	}
	var applies []*check.Expr
	if p.Item != nil {
		applies = append(applies, p.Item.Applies...)
	}
	for _, e := range append(applies, p.Applies...) {
		k, err := s.compileExpr(c, e)
		if err != nil {
			return nil, err
		}
		c.applies = append(c.applies, k)
	}
	if p.Sample != nil && p.Sample.Where != nil {
		k, err := s.compileExpr(c, p.Sample.Where)
		if err != nil {
			return nil, err
		}
		c.where = k
	}
	c.unit.referral, c.sample.referral = -1, -1
	cost := 0
	for _, k := range p.Criteria {
		compiled, err := s.compileClause(c, k)
		if err != nil {
			return nil, err
		}
		if compiled.aggregate {
			c.sample.clauses = append(c.sample.clauses, compiled)
		} else {
			c.unit.clauses = append(c.unit.clauses, compiled)
		}
		cost += s.cost(compiled.node, 0)
		if cost > limit {
			return nil, fmt.Errorf("engine: part %s costs more than %d steps a unit; simplify its conditions", p.ID, limit)
		}
	}
	for _, l := range []*level{&c.unit, &c.sample} {
		if l.needsReferral() {
			key := ReferralKey
			if l == &c.sample {
				key = "sample " + ReferralKey
			}
			l.referral = c.add(&check.Variable{Name: check.Name{First: key}, Key: key, Role: check.AnswerRole, Type: rulingType})
		}
	}
	c.swift = s.prepare(c)
	return c, nil
}

// fields is what the parts over one record share: its fields, which have the
// same slots in all of them, and the names of these.
type fields struct {
	variables []*check.Variable // by slot
	byName    map[string]int
	layout    eval.Layout // of a part with nothing of its own
}

// fieldsOf gives the fields of a record their slots; a nil record has none.
func (s *Standard) fieldsOf(r *check.Record) *fields {
	f := &fields{byName: map[string]int{}}
	f.layout = eval.Layout{Info: s.checked.Info, Record: map[*check.Variable]int{}, Setting: s.setting, Subject: s.subject}
	add := func(v *check.Variable) {
		slot := len(f.variables)
		f.variables = append(f.variables, v)
		f.layout.Record[v] = slot
		for _, n := range namesOf(v) {
			if _, taken := f.byName[n]; !taken {
				f.byName[n] = slot
			}
		}
	}
	if r == nil {
		return f
	}
	for _, v := range r.Fields {
		if v.Role != check.ComputedRole {
			add(v)
		}
	}
	for _, side := range r.Sides {
		for _, v := range side.Fields {
			add(v)
		}
	}
	return f
}

// namesOf lists what a variable can be called, the most binding first.
func namesOf(v *check.Variable) []string {
	var names []string
	for _, n := range []string{v.Key, v.Name.First, v.Name.Second} {
		if n == "" {
			continue
		}
		if v.Side != nil && n != v.Key {
			n = v.Side.Key + "." + n
		}
		names = append(names, n)
	}
	return names
}

// slot finds a variable by one of its names: a field of the record, or else
// what is the part's own.
func (c *part) slot(name string) (int, bool) {
	if slot, ok := c.fields.byName[name]; ok {
		return slot, true
	}
	slot, ok := c.byName[name]
	return slot, ok
}

// needsReferral says whether a unit can match no clause although a pass is
// written.
func (l *level) needsReferral() bool {
	written := false
	for _, c := range l.clauses {
		if c.criterion.Otherwise && c.kind != check.AwardCriterion {
			return false
		}
		written = written || c.kind == check.PassCriterion
	}
	return written
}

// add gives a variable of the part's own its slot.
func (c *part) add(v *check.Variable) int {
	if c.byName == nil {
		c.byName = map[string]int{}
		layout := c.fields.layout
		layout.Unit = map[*check.Variable]int{}
		c.layout = &layout
	}
	slot := len(c.variables)
	c.variables = append(c.variables, v)
	c.layout.Unit[v] = slot
	for _, n := range namesOf(v) {
		if _, taken := c.byName[n]; !taken {
			c.byName[n] = slot
		}
	}
	return slot
}

func (s *Standard) compileExpr(c *part, e *check.Expr) (*clause, error) {
	return s.lower(c, &clause{node: e.Node, aggregate: e.Aggregate, ruling: -1, question: -1})
}

func (s *Standard) lower(c *part, k *clause) (*clause, error) {
	if known, ok := s.reuse.next(); ok {
		known.into(k)
		s.reuse.add(known)
		return k, nil
	}
	defer func() { s.reuse.add(conditionOf(k)) }()
	k.zoned = holdsInstant(k.node, s.checked.Info)
	lowered := eval.Lower(c.layout, k.node, &eval.Env{Zone: s.zone})
	if lowered == nil {
		return k, nil
	}
	k.compared = eval.Compared(lowered)
	if k.flat = eval.Flatten(lowered); k.flat != nil {
		k.condition = k.flat.Truth
	} else {
		k.condition = eval.Compile(lowered)
	}
	if s.audit {
		audit, err := eval.NewAudit(lowered)
		if err != nil {
			return nil, fmt.Errorf("engine: part %s: %w", c.id, err)
		}
		k.audit = audit
	}
	return k, nil
}

func (s *Standard) compileClause(c *part, k *check.Criterion) (*clause, error) {
	out := &clause{criterion: k, kind: k.Kind, grade: gradeOf[k.Kind], ruling: -1, question: -1, aggregate: k.Aggregate}
	if k.Kind == check.ReferCriterion {
		out.ruling = c.add(&check.Variable{Name: check.Name{First: k.ID}, Key: k.ID, Role: check.AnswerRole, Type: rulingType})
	}
	if k.Question != nil {
		out.question, _ = c.layout.Slot(k.Question)
	}
	if k.When == nil {
		return out, nil
	}
	out.node = k.When.Node
	if k.Step != nil {
		out.layout = c.layout
	}
	return s.lower(c, out)
}

// cost counts the nodes that judging a condition visits, computed fields and
// defines written in.
func (s *Standard) cost(n exprast.Node, depth int) int {
	if n == nil || depth > 200 {
		return 1
	}
	switch o := s.checked.Info.Objects[n].(type) {
	case *check.Variable:
		if o.Computed != nil {
			return 1 + s.cost(o.Computed.Node, depth+1)
		}
		return 1
	case *check.Define:
		if o.Value != nil {
			return 1 + s.cost(o.Value.Node, depth+1)
		}
		return 1
	}
	total := 1
	for _, child := range children(n) {
		total += s.cost(child, depth+1)
	}
	return total
}

func children(n exprast.Node) []exprast.Node {
	switch n := n.(type) {
	case *exprast.UnaryNode:
		return []exprast.Node{n.Node}
	case *exprast.BinaryNode:
		return []exprast.Node{n.Left, n.Right}
	case *exprast.ArrayNode:
		return n.Nodes
	case *exprast.CallNode:
		return n.Arguments
	}
	return nil
}

// holdsInstant says whether an expression holds a literal date with a time of
// day, directly or in what it uses.
func holdsInstant(n exprast.Node, info *check.Info) bool {
	if n == nil {
		return false
	}
	if c, ok := n.(*exprast.ConstantNode); ok {
		_, instant := c.Value.(ast.Instant)
		return instant
	}
	switch o := info.Objects[n].(type) {
	case *check.Variable:
		return o.Computed != nil && holdsInstant(o.Computed.Node, info)
	case *check.Define:
		return o.Value != nil && holdsInstant(o.Value.Node, info)
	}
	for _, child := range children(n) {
		if holdsInstant(child, info) {
			return true
		}
	}
	return false
}

// countsWorkdays says whether a condition of the part counts business days.
func (c *part) countsWorkdays(info *check.Info) bool {
	for _, k := range append(append(slices.Clone(c.unit.clauses), c.sample.clauses...), c.applies...) {
		if asksCalendar(k.node, info) {
			return true
		}
	}
	return c.measure != nil && asksCalendar(c.measure.Node, info)
}

// compileSections compiles the criteria that sections have of their own: they
// judge over their items, each of which is a unit with one value, its outcome.
func (s *Standard) compileSections(sections []*check.Section, limit int) error {
	for _, sec := range sections {
		if len(sec.Criteria) > 0 {
			p := &check.Part{ID: sec.Path[0], Criteria: sec.Criteria, Span: sec.Span}
			c, err := s.compilePart(p, limit)
			if err != nil {
				return err
			}
			s.sections[sec] = c
		}
		if err := s.compileSections(sec.Sections, limit); err != nil {
			return err
		}
	}
	return nil
}

// truth evaluates a clause's condition in an environment.
func (s *Standard) truth(c *part, k *clause, env *eval.Env) (eval.Truth, error) {
	if k.node == nil {
		return eval.Maybe, nil
	}
	t := eval.Maybe
	exact := k.condition == nil || (k.zoned && env.Zone != s.zone) || (k.aggregate && env.Aggregates != nil)
	if !exact {
		t = k.condition(env)
		exact = t.Overflowed()
	}
	if exact {
		x := eval.Exact{Layout: c.layout, Env: env}
		return x.Condition(k.node), nil
	}
	if k.audit != nil && t != eval.Maybe {
		second, ok, err := k.audit.Condition(env)
		if err != nil {
			return eval.Maybe, fmt.Errorf("engine: audit of part %s: %w", c.id, err)
		}
		if ok && second != (t == eval.True) {
			return eval.Maybe, fmt.Errorf("engine: audit of part %s: the evaluators differ on %q; the verdict is not claimed", c.id, k.name())
		}
	}
	return t, nil
}

// Points is how many points were lost, as bounds: Least is certain, Most is
// nil while an answer that costs points is missing. AwardLeast and AwardMost
// are what the award lines of a part give; nil where it has none. Applies is
// "no" or "unknown" for a part that takes or gives points but does not apply,
// or of which that is not known.
type Points struct {
	Least      Number  `json:"least"`
	Most       *Number `json:"most"`
	AwardLeast *Number `json:"award_least,omitempty"`
	AwardMost  *Number `json:"award_most,omitempty"`
	Applies    string  `json:"applies,omitempty"`
}

// zoneOf is the zone in which a subject is judged: its own, else the
// standard's.
func (s *Standard) zoneOf(subject Subject) *time.Location {
	if subject.Zone != nil {
		return subject.Zone
	}
	return s.zone
}

var ratZero = new(big.Rat)
