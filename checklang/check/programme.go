package check

import (
	"math/big"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

func ratZero() *big.Rat { return new(big.Rat) }

// programme takes in what says who inspects, what findings oblige to, and how
// points add up.
func (c *checker) programme(d ast.Decl) {
	switch d := d.(type) {
	case *ast.Tier:
		c.tier(d)
	case *ast.Response:
		r := &Response{Grade: d.Grade.Keyword, Duties: d.Duties, Span: c.span(d.Range), Doc: d.Doc}
		if d.Band != nil {
			r.Band = d.Band.Value
		}
		for _, old := range c.out.Responses {
			if old.Grade == r.Grade && old.Band == r.Band {
				name := r.Band
				if name == "" {
					name = r.Grade.String()
				}
				c.duplicate(name, d.Range, old.Span)
			}
		}
		for _, duty := range d.Duties {
			if duty.Workdays != nil {
				c.whole(*duty.Workdays)
			}
		}
		c.out.Responses = append(c.out.Responses, r)
	case *ast.Scoring:
		c.scoring(d)
	}
}

func (c *checker) tier(d *ast.Tier) {
	t := &Tier{Name: nameOf(d.Names), Span: c.span(d.Names.Range()), Doc: d.Doc}
	if d.Title != nil {
		t.Title = d.Title.Value
	}
	for _, old := range c.out.Tiers {
		if old.Name.Has(t.Name.First) {
			c.duplicate(t.Name.First, d.Names.First.Range, old.Span)
		}
	}
	seen := map[string]bool{}
	for _, l := range d.Lines {
		switch {
		case l.Organiser != nil:
			c.once(seen, "organiser", l)
			t.Organiser = l.Organiser.Value
		case l.Approver != nil:
			c.once(seen, "approver", l)
			t.Approver = l.Approver.Value
		case l.Content != nil:
			content := Content{Text: l.Content.Value, Doc: l.Doc}
			for _, code := range l.Codes {
				content.Codes = append(content.Codes, c.covered(code)...)
			}
			if len(l.Codes) == 0 && l.Doc == "" {
				c.report(diagnostic.EmptyContent, l.Range, content.Text)
			}
			t.Contents = append(t.Contents, content)
		case l.Cycle != nil:
			c.once(seen, "cycle", l)
			t.Cycle = l.Cycle.Keyword
		case l.Inspector != nil:
			c.once(seen, "inspector", l)
			t.Inspector = l.Inspector.Text
		case l.Inspects != nil:
			c.once(seen, "inspects", l)
			t.Inspects = l.Inspects.Text
		case l.Every != nil:
			c.once(seen, "every", l)
			t.Every = l.Every.Keyword
		case l.Subjects != nil:
			c.once(seen, "subjects", l)
			t.Subjects = &Sample{Span: c.span(l.Range), Group: "tier/" + t.Name.First}
			c.size(t.Subjects, l.Subjects)
		case l.Units != nil:
			c.once(seen, "units", l)
			t.UnitsAll = l.Units.Keyword == token.KwAll
		case l.CoversAll:
			c.once(seen, "covers", l)
			t.CoversAll = true
		case len(l.Covers) > 0:
			c.once(seen, "covers", l)
			for _, code := range l.Covers {
				t.Covers = append(t.Covers, c.covered(code)...)
			}
		case len(l.Recuse) > 0:
			for _, k := range l.Recuse {
				t.Recuse = append(t.Recuse, k.Keyword)
			}
		}
	}
	for _, key := range []string{"inspector", "inspects", "every"} {
		if !seen[key] {
			c.report(diagnostic.TierLine, d.Names.Range(), t.Name.First, token.LookupKeyword(key))
		}
	}
	c.out.Tiers = append(c.out.Tiers, t)
}

// covered resolves a code to the items it names: one item, or all of a
// section.
func (c *checker) covered(code ast.Code) []string {
	if item := c.itemByCode(code, true); item != nil {
		return []string{item.ID}
	}
	var ids []string
	for _, item := range c.out.Items {
		for s := item.Section; s != nil; s = s.Parent {
			if strings.Join(s.Path, "/") == code.Value || s.Code == code.Value {
				ids = append(ids, item.ID)
				break
			}
		}
	}
	if len(ids) == 0 {
		ids = c.imported[code.Value]
	}
	if len(ids) == 0 {
		c.report(diagnostic.UnknownCode, code.Range, code.Value)
	}
	return ids
}

// itemByCode finds an item by its ID or, where no other has it, by its own
// code.
func (c *checker) itemByCode(code ast.Code, quiet bool) *Item {
	item, several := c.out.FindItem(code.Value)
	switch {
	case len(several) > 1:
		c.report(diagnostic.AmbiguousCode, code.Range, code.Value, list(several))
		return c.items[several[0]]
	case item == nil && !quiet && !c.lost && !c.lostItem:
		c.report(diagnostic.UnknownCode, code.Range, code.Value)
	}
	return item
}

// FindItem finds an item by its ID or, where only one has it, by its own code.
// When several items share the code it returns none and their IDs.
func (c *Checked) FindItem(code string) (*Item, []string) {
	var found *Item
	var ids []string
	for _, i := range c.Items {
		if i.ID == code {
			return i, nil
		}
		if i.Code == code {
			found = i
			ids = append(ids, i.ID)
		}
	}
	if len(ids) > 1 {
		return nil, ids
	}
	return found, nil
}

// FindPart finds a part by its ID, by the item's code with the part's name, or
// by the code of an item that has one part.
func (c *Checked) FindPart(id string) *Part {
	for _, i := range c.Items {
		for _, p := range i.Parts {
			if p.ID == id {
				return p
			}
		}
	}
	if item, _ := c.FindItem(id); item != nil && len(item.Parts) == 1 {
		return item.Parts[0]
	}
	if cut := strings.LastIndexByte(id, '/'); cut > 0 {
		if item, _ := c.FindItem(id[:cut]); item != nil {
			return item.Part(id[cut+1:])
		}
	}
	return nil
}
