package check

import (
	"math/big"

	exprast "github.com/expr-lang/expr/ast"
)

// maxCost bounds the steps of one expression with every definition that it
// names written out. Definitions that double each other would otherwise let
// twenty lines ask for a million steps.
const maxCost = 100_000

// maxDefinitions bounds how deep definitions rest on one another, so that a
// hostile file can't exhaust the stack.
const maxDefinitions = 1_000

// maxConstantBits bounds the exact numbers of constant folding; every number
// that the language can hold is far below.
const maxConstantBits = 256

// cost counts the nodes of an expression, definitions and computed fields at
// their own cost.
func (c *checker) cost(n node) int {
	if n == nil {
		return 0
	}
	total := 1
	switch o := c.out.Info.Objects[n].(type) {
	case *Define:
		return 1 + o.cost
	case *Variable:
		if o.Computed != nil {
			return 1 + o.Computed.cost
		}
		return 1
	}
	switch n := n.(type) {
	case *exprast.UnaryNode:
		total += c.cost(n.Node)
	case *exprast.BinaryNode:
		total += c.cost(n.Left) + c.cost(n.Right)
	case *exprast.ArrayNode:
		for _, e := range n.Nodes {
			total += c.cost(e)
		}
	case *exprast.CallNode:
		for _, a := range n.Arguments {
			total += c.cost(a)
		}
	}
	return total
}

// small returns a folded constant, or nil when it outgrew everything that the
// language can hold.
func small(r *big.Rat) *big.Rat {
	if r == nil || r.Num().BitLen() > maxConstantBits || r.Denom().BitLen() > maxConstantBits {
		return nil
	}
	return r
}
