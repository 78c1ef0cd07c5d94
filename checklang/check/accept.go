package check

import (
	"slices"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// acceptance is an accept line with the declaration that it speaks for.
type acceptance struct {
	line  *ast.Accept
	owner token.Span
}

func (c *checker) accept(n *ast.Accept, owner token.Range) {
	c.out.Accepts = append(c.out.Accepts, n)
	c.accepts = append(c.accepts, acceptance{n, c.span(owner)})
}

// applyAcceptances drops the warnings that an author has accepted at their
// place, and warns of acceptances that no longer apply. Only codes of this
// package are looked for; those of the vet tool are its own to match.
func (c *checker) applyAcceptances() {
	for _, a := range c.accepts {
		code := diagnostic.Code(a.line.Code.Value)
		if _, known := diagnostic.Lookup(code); !known {
			continue
		}
		before := len(c.diagnostics)
		c.diagnostics = slices.DeleteFunc(c.diagnostics, func(d diagnostic.Diagnostic) bool {
			return d.Code == code && d.Severity == diagnostic.Warning && d.Span.File == a.owner.File &&
				d.Span.Start >= a.owner.Start && d.Span.End <= a.owner.End
		})
		if len(c.diagnostics) == before {
			c.diagnostics.Add(diagnostic.New(diagnostic.UnusedAccept, a.line.Code.Range.In(a.owner.File), a.line.Code.Value))
		}
	}
}

// importCodes makes the items of an imported standard known to the tiers of
// this one, by their codes behind the imported standard's own code.
func (c *checker) importCodes(u *Unit) {
	code := ""
	for _, f := range u.Files {
		for _, d := range f.Decls {
			if s, ok := d.(*ast.Standard); ok {
				code = s.Code.Value
			}
		}
	}
	if code == "" {
		return
	}
	add := func(key, id string) {
		if !slices.Contains(c.imported[key], id) {
			c.imported[key] = append(c.imported[key], id)
		}
	}
	var walk func(n ast.Node, outermost string, above []string)
	walk = func(n ast.Node, outermost string, above []string) {
		switch n := n.(type) {
		case *ast.Section:
			path := n.Code.Value
			if outermost == "" {
				outermost = path
			} else {
				path = above[len(above)-1] + "/" + path
			}
			for _, child := range n.Body {
				walk(child, outermost, append(slices.Clip(above), path))
			}
		case *ast.Item:
			id := n.Code.Value
			if outermost != "" {
				id = outermost + "/" + id
			}
			id = code + "/" + id
			add(code, id)
			add(id, id)
			for _, s := range above {
				add(code+"/"+s, id)
			}
			if outermost != "" {
				add(code+"/"+n.Code.Value, id)
			}
		}
	}
	for _, f := range u.Files {
		for _, d := range f.Decls {
			walk(d, "", nil)
		}
	}
}
