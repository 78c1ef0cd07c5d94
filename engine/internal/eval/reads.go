package eval

import (
	"slices"

	exprast "github.com/expr-lang/expr/ast"
)

// Reads lists the slots of the unit and of the setting that a lowered tree
// reads, each once and in rising order. The slots of units in aggregates count
// as slots of the unit.
func Reads(n exprast.Node) (unit, setting []int) {
	a := &Audit{}
	a.collect(n, false)
	for _, r := range append(a.reads, a.units...) {
		switch r.prefix {
		case 's', 'T', 'P', 'b':
			setting = append(setting, r.slot)
		default:
			unit = append(unit, r.slot)
		}
	}
	slices.Sort(unit)
	slices.Sort(setting)
	return slices.Compact(unit), slices.Compact(setting)
}
