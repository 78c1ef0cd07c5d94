package engine

import (
	exprast "github.com/expr-lang/expr/ast"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine/internal/eval"
)

// scoringReads is what the conditions of a standard's scoring read beside
// outcomes and scores: a result keeps that much of its setting.
type scoringReads struct {
	info        *check.Info
	fields      map[string]bool // of the subject, by either name
	populations map[string]bool
	period      bool
}

// readsOfScoring is nil where the scoring reads nothing of the setting.
func readsOfScoring(c *check.Checked) *scoringReads {
	r := &scoringReads{info: c.Info, fields: map[string]bool{}, populations: map[string]bool{}}
	if s := c.Scoring; s != nil {
		for _, stage := range s.Stages {
			r.expr(s.When[stage])
			for _, t := range stage.Tallies {
				r.expr(s.Zero[t])
			}
		}
	}
	r.sections(c.Sections)
	for _, item := range c.Items {
		for _, e := range item.Zero {
			r.expr(e)
		}
	}
	if len(r.fields) == 0 && len(r.populations) == 0 && !r.period {
		return nil
	}
	return r
}

func (r *scoringReads) sections(list []*check.Section) {
	for _, s := range list {
		for _, e := range s.Zero {
			r.expr(e)
		}
		r.sections(s.Sections)
	}
}

func (r *scoringReads) expr(e *check.Expr) {
	if e != nil {
		r.node(e.Node)
	}
}

func (r *scoringReads) node(n exprast.Node) {
	if n == nil {
		return
	}
	switch o := r.info.Objects[n].(type) {
	case *check.Variable:
		switch {
		case o.Computed != nil:
			r.node(o.Computed.Node)
		case o.Role == check.SubjectRole || o.Role == check.FieldRole: // a field within a computed one
			r.fields[o.Name.First], r.fields[o.Name.Second] = true, true
		}
		return
	case *check.Define:
		r.expr(o.Value)
		return
	case *check.Population:
		r.populations[o.Key] = true
		if o.Key == o.Record.Name.First {
			r.populations[o.Record.Name.Second] = true
		}
		return
	case check.Builtin:
		switch o {
		case eval.PeriodStart, eval.PeriodEnd, eval.FirstDay, eval.LastDay, eval.AsOf, "period":
			r.period = true
		}
	}
	if c, ok := n.(*exprast.ConstantNode); ok {
		_, instant := c.Value.(ast.Instant)
		r.period = r.period || instant // an instant needs the subject's zone
	}
	for _, child := range children(n) {
		r.node(child)
	}
}

// keep is the part of a setting that scoring reads; nil where that is nothing.
func (r *scoringReads) keep(at Setting) *Setting {
	if r == nil {
		return nil
	}
	out := &Setting{Subject: Subject{ID: at.Subject.ID, Zone: at.Subject.Zone}, Period: at.Period}
	for name, value := range at.Subject.Fields {
		if r.fields[name] && name != "" {
			if out.Subject.Fields == nil {
				out.Subject.Fields = map[string]any{}
			}
			out.Subject.Fields[name] = value
		}
	}
	for name, n := range at.Populations {
		if r.populations[name] && name != "" {
			if out.Populations == nil {
				out.Populations = map[string]int64{}
			}
			out.Populations[name] = n
		}
	}
	return out
}
