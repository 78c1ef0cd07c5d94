package eval

import (
	"fmt"
	"reflect"

	exprast "github.com/expr-lang/expr/ast"
	"github.com/expr-lang/expr/checker"
	"github.com/expr-lang/expr/compiler"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
	"github.com/expr-lang/expr/vm"
)

// Audit runs a lowered condition on expr's virtual machine, as the second
// opinion beside the closures. It speaks only when everything the condition
// reads is known or known to be absent.
type Audit struct {
	program *vm.Program
	reads   []read
	units   []read // read inside aggregates
	over    bool   // there are aggregates
}

type read struct {
	name   string
	prefix byte
	slot   int
}

// NewAudit compiles a lowered condition for the virtual machine. The tree is
// compiled as the checker leaves it: expr's optimizer is not used, since it
// merges constants that differ.
func NewAudit(n exprast.Node) (*Audit, error) { return newAudit(n, reflect.Bool) }

func newAudit(n exprast.Node, kind reflect.Kind) (*Audit, error) {
	a := &Audit{}
	a.collect(n, false)
	env := map[string]any{"units": []map[string]any{}}
	for name, f := range auditFunctions(&Env{}) {
		env[name] = f
	}
	for _, r := range a.reads {
		env[r.name] = zeroOf(r.prefix)
	}
	config := conf.New(env)
	config.Strict = true
	config.Expect = kind
	tree := &parser.Tree{Node: n, Source: file.NewSource("")}
	if _, err := checker.Check(tree, config); err != nil {
		return nil, fmt.Errorf("eval: expr's checker refuses a lowered condition: %w", err)
	}
	program, err := compiler.Compile(tree, config)
	if err != nil {
		return nil, fmt.Errorf("eval: expr's compiler refuses a lowered condition: %w", err)
	}
	a.program = program
	return a, nil
}

func zeroOf(prefix byte) any {
	switch prefix {
	case 't', 'T':
		return ""
	case 'a', 'b', 'p', 'P':
		return false
	}
	return 0
}

// collect lists the slots that a tree reads.
func (a *Audit) collect(n exprast.Node, inside bool) {
	if prefix, slot, ok := slotOf(n); ok {
		list := &a.reads
		name := fmt.Sprintf("%c%d", prefix, slot)
		if inside {
			if _, member := n.(*exprast.MemberNode); member {
				list = &a.units
			}
		}
		for _, r := range *list {
			if r.name == name {
				return
			}
		}
		*list = append(*list, read{name, prefix, slot})
		return
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		a.collect(n.Node, inside)
	case *exprast.BinaryNode:
		a.collect(n.Left, inside)
		a.collect(n.Right, inside)
	case *exprast.ConditionalNode:
		a.collect(n.Cond, inside)
		a.collect(n.Exp1, inside)
		a.collect(n.Exp2, inside)
	case *exprast.CallNode:
		for _, x := range n.Arguments {
			a.collect(x, inside)
		}
	case *exprast.BuiltinNode:
		a.over = true
		for _, x := range n.Arguments {
			a.collect(x, true)
		}
	case *exprast.PredicateNode:
		a.collect(n.Node, inside)
	}
}

// fill puts the values of one row into the environment; false when one is not
// known.
func fill(env map[string]any, reads []read, unit, setting Row) bool {
	for _, r := range reads {
		row := unit
		switch r.prefix {
		case 's', 'T', 'P', 'b':
			row = setting
		}
		s := row[r.slot]
		if s.State == Unknown {
			return false
		}
		switch r.prefix {
		case 'a', 'b':
			env[r.name] = s.State == Absent
		case 't', 'T':
			env[r.name] = s.Text
		case 'p', 'P':
			env[r.name] = s.Num != 0
		default:
			env[r.name] = int(s.Num)
		}
	}
	return true
}

// Condition evaluates on the virtual machine; ok is false when something that
// the condition reads is not known. An Env error of the calendar also makes it
// silent.
func (a *Audit) Condition(e *Env) (result, ok bool, err error) {
	out, ok, err := a.run(e)
	b, isBool := out.(bool)
	return b, ok && isBool, err
}

// number is Condition for a number.
func (a *Audit) number(e *Env) (result int64, ok bool, err error) {
	out, ok, err := a.run(e)
	n, isInt := out.(int)
	return int64(n), ok && isInt, err
}

func (a *Audit) run(e *Env) (result any, ok bool, err error) {
	if a.over && len(e.Units) == 0 { // the machine has no value for the mean or the least of nothing
		return nil, false, nil
	}
	env := map[string]any{}
	if !fill(env, a.reads, e.Unit, e.Setting) {
		return nil, false, nil
	}
	units := make([]map[string]any, 0, len(e.Units))
	if len(a.units) > 0 {
		for _, u := range e.Units {
			m := map[string]any{}
			if !fill(m, a.units, u, e.Setting) {
				return nil, false, nil
			}
			units = append(units, m)
		}
	} else {
		for range e.Units {
			units = append(units, map[string]any{})
		}
	}
	env["units"] = units
	inner := *e
	for name, f := range auditFunctions(&inner) {
		env[name] = f
	}
	out, err := vm.Run(a.program, env)
	if err != nil {
		return nil, false, fmt.Errorf("eval: expr's virtual machine: %w", err)
	}
	return out, inner.Err == nil, nil
}

// auditFunctions gives the virtual machine the functions of the lowered tree.
func auditFunctions(e *Env) map[string]any {
	out := map[string]any{
		"has":        func(set, member int) bool { return set>>uint(member)&1 == 1 },
		"characters": func(s string) int { return len([]rune(s)) },
	}
	for name, f := range scalar {
		switch name {
		case "workdays", "roundTo":
			out[name] = func(x, y int) int { v, _ := f(e, int64(x), int64(y)); return int(v) }
		default:
			out[name] = func(x int) int { v, _ := f(e, int64(x), 0); return int(v) }
		}
	}
	return out
}
