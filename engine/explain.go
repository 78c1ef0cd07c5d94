package engine

import (
	"slices"

	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// Words is a wording in both languages.
type Words struct {
	ZH string `json:"zh"`
	EN string `json:"en"`
}

// In returns the wording of one language.
func (w Words) In(l token.Lang) string {
	if l == token.Chinese {
		return w.ZH
	}
	return w.EN
}

// Reason is one decisive clause: the criterion, the outcome it brings, its
// place in the standard, and the facts that decided it. Text puts it into
// words. Key is "finding", "refer", "pass", "target", "deduction",
// "unmatched", "not_applicable", "ruling", "waived", or "settled" for a refer that a worse
// finding made needless.
type Reason struct {
	Key       string  `json:"key"`
	Criterion string  `json:"criterion,omitempty"`
	Outcome   Outcome `json:"outcome"`
	Label     string  `json:"label,omitempty"`
	Place     string  `json:"place,omitempty"`
	Facts     []Fact  `json:"facts,omitempty"`
	Points    *Number `json:"points,omitempty"`
}

// Fact is one comparison or answer that decided: what was read, its value, and
// what it was held against. Key is "compare", "absent", "present", "answer",
// "in", "contains" or "otherwise".
type Fact struct {
	Key      string `json:"key"`
	Subject  Words  `json:"subject"`
	Value    Words  `json:"value"`
	Operator string `json:"operator,omitempty"`
	Limit    Words  `json:"limit"`
	Holds    bool   `json:"holds"`
}

// explain gives a verdict its reasons, and to an open one what is missing.
func (s *Standard) explain(c *part, l *level, env *eval.Env, j judged, applies eval.Truth, v *Verdict) {
	w := &witness{standard: s, part: c, exact: eval.Exact{Layout: c.layout, Env: env}}
	if applies == eval.False {
		reason := Reason{Key: "not_applicable"}
		for _, k := range c.applies {
			if w.exact.Condition(k.node) == eval.False {
				reason.Place = c.checked.Span.String()
				reason.Facts = append(reason.Facts, w.facts(k.node, false)...)
			}
		}
		v.Reasons = append(v.Reasons, reason)
		return
	}
	if applies == eval.Maybe {
		for _, k := range c.applies {
			w.missing(k.node)
		}
	}
	for _, r := range j.clauses {
		s.explainClause(c, env, j, r, w, v)
	}
	if j.referral == eval.True {
		if o, ok := ruling(env, l.referral); ok {
			v.Reasons = append(v.Reasons, Reason{Key: "ruling", Criterion: ReferralKey, Outcome: o})
		} else if j.Best < Fail {
			v.Reasons = append(v.Reasons, Reason{Key: "unmatched", Outcome: Fail})
			v.Rulings = append(v.Rulings, Missing{Unit: v.Unit, Name: c.variables[l.referral].Key})
		}
	}
	slices.SortStableFunc(v.Reasons, func(a, b Reason) int { return int(b.Outcome) - int(a.Outcome) })
	for _, name := range w.names {
		v.Missing = append(v.Missing, Missing{Unit: v.Unit, Name: name})
	}
}

func (s *Standard) explainClause(c *part, env *eval.Env, j judged, r ruled, w *witness, v *Verdict) {
	k := r.clause
	id := k.criterion.ID
	reason := Reason{Criterion: id, Outcome: k.grade, Label: k.criterion.Label, Place: k.criterion.Span.String()}
	matters := func() bool { // can the clause still move a bound?
		if k.kind == check.DeductCriterion || k.kind == check.AwardCriterion {
			return true
		}
		if j.otherwiseOpen() {
			return true
		}
		if k.kind == check.PassCriterion {
			return j.referral == eval.Maybe && j.Best < Fail
		}
		return k.grade > j.Best
	}
	switch {
	case r.void:
		v.Reasons = append(v.Reasons, Reason{Key: "not_applicable", Criterion: id, Place: reason.Place})
	case k.kind == check.TargetCriterion:
		v.Measure = s.measureOf(c, k, env, j.value)
		if r.truth == eval.True || r.truth == eval.False {
			reason.Key = "target"
			if r.truth == eval.False {
				reason.Outcome = Pass
			}
			reason.Facts = []Fact{w.measureFact(k, j.value, r.truth == eval.True)}
			v.Reasons = append(v.Reasons, reason)
		} else if matters() {
			w.missing(c.measure.Node)
			w.missing(k.criterion.Target.Node)
		}
	case r.truth == eval.Maybe:
		if !matters() {
			return
		}
		if k.question >= 0 && env.Unit[k.question].State != eval.Known {
			w.name(c.variables[k.question].Key)
		}
		if k.node != nil {
			w.missing(k.node)
		}
	case r.truth == eval.True:
		if k.kind == check.DeductCriterion {
			if k.question >= 0 && k.criterion.Per != "" && env.Unit[k.question].State != eval.Known {
				w.name(c.variables[k.question].Key)
				return
			}
			lost := s.pointsLost(env, []ruled{r})
			if lost.low.Sign() == 0 {
				return
			}
			points := NumberOf(lost.low)
			reason.Key, reason.Outcome, reason.Points = "deduction", 0, &points
		} else {
			reason.Key = "finding"
		}
		switch k.kind {
		case check.PassCriterion:
			if j.Worst > Pass { // a finding speaks louder
				return
			}
			reason.Key = "pass"
		case check.ReferCriterion:
			reason.Key = "refer"
			if o, ok := ruling(env, k.ruling); ok {
				reason.Key, reason.Outcome = "ruling", o
			} else if j.Best < Fail {
				v.Rulings = append(v.Rulings, Missing{Unit: v.Unit, Name: id})
			} else {
				reason.Key, reason.Outcome = "settled", 0
			}
		case check.AwardCriterion:
			points := NumberOf(k.criterion.Points)
			reason.Key, reason.Outcome, reason.Points = "award", 0, &points
		}
		switch {
		case k.criterion.Otherwise:
			reason.Facts = []Fact{{Key: "otherwise", Holds: true}}
		case k.node != nil:
			reason.Facts = w.facts(k.node, true)
		case k.question >= 0:
			reason.Facts = []Fact{w.answer(c.variables[k.question], env.Unit[k.question])}
		}
		v.Reasons = append(v.Reasons, reason)
	}
}

// otherwiseOpen says whether an otherwise can still move a bound: it hangs on
// every other clause, whatever that clause brings itself.
func (j *judged) otherwiseOpen() bool {
	return slices.ContainsFunc(j.clauses, func(r ruled) bool {
		return r.clause.criterion.Otherwise && r.truth == eval.Maybe && r.clause.kind != check.AwardCriterion && r.clause.grade > j.Best
	})
}

func (s *Standard) measureOf(c *part, k *clause, env *eval.Env, value eval.Value) *Measure {
	m := &Measure{Compare: k.criterion.Compare, Kind: "number"}
	if c.measure.Type.Kind == check.Duration {
		m.Kind = "duration"
	}
	x := eval.Exact{Layout: c.layout, Env: env}
	if t := x.Value(k.criterion.Target.Node); t.Known {
		m.Target = NumberOf(t.Low)
	}
	if !value.Known {
		return nil
	}
	m.Least, m.Most = NumberOf(value.Low), NumberOf(value.High)
	if n, d, ok := x.Ratio(c.measure.Node); ok {
		num, den := NumberOf(n), NumberOf(d)
		m.Numerator, m.Denominator = &num, &den
	}
	return m
}

// witness walks a condition again, exactly, to say what decided it and what
// is missing.
type witness struct {
	standard *Standard
	part     *part
	exact    eval.Exact
	subject  bool // inside a computed field of the subject
	names    []string
}

func (w *witness) name(n string) {
	if !slices.Contains(w.names, n) {
		w.names = append(w.names, n)
	}
}

// body follows a computed field or a define to the expression it stands for.
func (w *witness) body(n exprast.Node) exprast.Node {
	switch o := w.standard.checked.Info.Objects[n].(type) {
	case *check.Variable:
		if o.Computed != nil && o.Role == check.ComputedRole {
			return o.Computed.Node
		}
	case *check.Define:
		if o.Value != nil {
			return o.Value.Node
		}
	}
	return nil
}

// facts collects the comparisons that make a condition true, or false.
func (w *witness) facts(n exprast.Node, holds bool) []Fact {
	switch n := n.(type) {
	case *exprast.UnaryNode:
		if n.Operator == "not" {
			return w.facts(n.Node, !holds)
		}
	case *exprast.BinaryNode:
		if n.Operator == "and" || n.Operator == "or" {
			var out []Fact
			for _, side := range []exprast.Node{n.Left, n.Right} {
				if t := w.exact.Condition(side); t == truthOf(holds) {
					out = append(out, w.facts(side, holds)...)
				}
			}
			return out
		}
		return []Fact{w.comparison(n, holds)}
	case *exprast.CallNode:
		return []Fact{{Key: "compare", Subject: w.words(n), Value: yesNo(holds), Holds: holds}}
	}
	if body := w.body(n); body != nil {
		return w.facts(body, holds)
	}
	return []Fact{{Key: "answer", Subject: w.words(n), Value: yesNo(holds), Holds: holds}}
}

func truthOf(b bool) eval.Truth {
	if b {
		return eval.True
	}
	return eval.False
}

func yesNo(b bool) Words {
	if b {
		return Words{"是", "yes"}
	}
	return Words{"否", "no"}
}

func (w *witness) comparison(n *exprast.BinaryNode, holds bool) Fact {
	f := Fact{Key: "compare", Subject: w.words(n.Left), Operator: n.Operator, Holds: holds}
	if _, ok := n.Right.(*exprast.NilNode); ok {
		absent := (n.Operator == "==") == holds
		f.Key, f.Operator = "present", ""
		if absent {
			f.Key = "absent"
		}
		return f
	}
	f.Value = w.value(n.Left)
	f.Limit = w.words(n.Right)
	switch n.Operator {
	case "in", "contains":
		f.Key = n.Operator
	default:
		if !w.literal(n.Right) {
			f.Limit = joinWords(f.Limit, w.value(n.Right))
		}
	}
	return f
}

// joinWords writes "expression（= value）" for a limit that is computed.
func joinWords(expression, value Words) Words {
	return Words{expression.ZH + "（" + value.ZH + "）", expression.EN + " (" + value.EN + ")"}
}

func (w *witness) literal(n exprast.Node) bool {
	switch n.(type) {
	case *exprast.ConstantNode, *exprast.StringNode, *exprast.BoolNode, *exprast.ArrayNode:
		return true
	}
	_, member := w.standard.checked.Info.Objects[n].(*check.Member)
	return member
}

func (w *witness) measureFact(k *clause, value eval.Value, missed bool) Fact {
	t := w.part.measure.Type
	f := Fact{Key: "compare", Subject: w.words(w.part.measure.Node), Operator: k.criterion.Compare, Limit: w.words(k.criterion.Target.Node), Holds: !missed}
	f.Value = w.format(value, t)
	return f
}

func (w *witness) answer(v *check.Variable, slot eval.Slot) Fact {
	f := Fact{Key: "answer", Subject: Words{v.Name.In(token.Chinese), v.Name.In(token.English)}, Holds: true}
	f.Value = w.slotWords(v, slot)
	return f
}

// missing collects the unknown variables on which an undecided expression
// hangs: in a conjunction or disjunction only the sides that are undecided.
func (w *witness) missing(n exprast.Node) {
	if n == nil {
		return
	}
	switch o := w.standard.checked.Info.Objects[n].(type) {
	case *check.Variable:
		if o.Computed != nil {
			exact, subject := w.exact, w.subject
			w.exact, w.subject = exact.Within(o), subject || o.Role == check.SubjectRole
			w.missing(o.Computed.Node)
			w.exact, w.subject = exact, subject
			return
		}
		if slot := w.exact.Slot(o); slot != nil && slot.State == eval.Unknown {
			w.name(w.variableKey(o))
		}
		return
	case *check.Define:
		if o.Value != nil {
			w.missing(o.Value.Node)
		} else if !w.exact.Value(n).Known {
			w.name(o.Name.First)
		}
		return
	case *check.Population:
		if !w.exact.Value(n).Known {
			w.name("population(" + o.Key + ")")
		}
		return
	case check.Builtin:
		if call, ok := n.(*exprast.CallNode); ok && !check.IsAggregate(string(o)) {
			w.each(call.Arguments)
		}
		return
	}
	switch n := n.(type) {
	case *exprast.BinaryNode:
		if n.Operator == "and" || n.Operator == "or" {
			for _, side := range []exprast.Node{n.Left, n.Right} {
				if w.exact.Condition(side) == eval.Maybe {
					w.missing(side)
				}
			}
			return
		}
		// A side of a join that is not known says more than its fields.
		w.each([]exprast.Node{n.Left, n.Right})
	default:
		w.each(children(n))
	}
}

func (w *witness) each(nodes []exprast.Node) {
	for _, n := range nodes {
		w.missing(n)
	}
}

func (w *witness) variableKey(v *check.Variable) string {
	if v.Role == check.SubjectRole || w.subject {
		return "subject." + v.Key
	}
	return v.Key
}

// aggregates collects what the bodies of aggregates lack in the current unit.
func (w *witness) aggregates(n exprast.Node) {
	if n == nil {
		return
	}
	if call, ok := n.(*exprast.CallNode); ok {
		if b, ok := w.standard.checked.Info.Objects[n].(check.Builtin); ok && check.IsAggregate(string(b)) {
			if w.exact.Condition(call.Arguments[0]) == eval.Maybe {
				w.missing(call.Arguments[0])
			}
			return
		}
	}
	for _, child := range children(n) {
		w.aggregates(child)
	}
}
