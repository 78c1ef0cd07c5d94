package report

import (
	"fmt"
	"math/big"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/format"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
)

// translate puts the keywords of an expression into the language of the
// document, by the formatter, which knows them all. A text that the formatter
// refuses, such as one whose names would read as keywords, stays English.
func (b *standardBuilder) translate(expression string) string {
	if b.lang == token.English {
		return expression
	}
	const before = "define x ="
	out, list, err := format.Format(token.NewFile("expression", "lang 1\n"+before+" "+expression+"\n"), format.Options{Keywords: b.lang})
	if err != nil || list.HasErrors() {
		return expression
	}
	_, text, ok := strings.Cut(string(out), "=")
	if !ok {
		return expression
	}
	return joinLines(text)
}

var signWords = strings.NewReplacer("==", "=", "!=", "≠", ">=", "≥", "<=", "≤")

// signs writes comparisons as readers know them, and as the language reads
// them too; texts in quotes stay as they are.
func signs(expression string) string {
	pieces := strings.Split(expression, `"`)
	for i := 0; i < len(pieces); i += 2 {
		pieces[i] = signWords.Replace(pieces[i])
	}
	return strings.Join(pieces, `"`)
}

// joinLines undoes the formatter's line breaks.
func joinLines(s string) string {
	s = strings.Join(strings.Fields(s), " ")
	return strings.NewReplacer("( ", "(", " )", ")").Replace(s)
}

func (b *standardBuilder) appliesWhen() string { return b.word("applies") + " " + b.word("when") }

func dateText(d *ast.Date) string {
	if d == nil {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// decimal writes a number as briefly as it can be written exactly.
func decimal(r *big.Rat) string {
	if places, ok := r.FloatPrec(); ok {
		return r.FloatString(places)
	}
	return r.RatString()
}

func percent(r *big.Rat) string {
	return decimal(new(big.Rat).Mul(r, big.NewRat(100, 1))) + "%"
}

// typeText says what an answer or field can be: the choices in full, since a
// reader has nothing else to look them up in.
func (b *standardBuilder) typeText(v *check.Variable) string {
	t := v.Type
	var out string
	switch t.Kind {
	case check.Bool:
		out = b.pick("是/否", "yes/no")
	case check.Choice, check.Set:
		out = t.Choice.Name.First
		var members []string
		for _, m := range t.Choice.Members {
			members = append(members, m.Name.First)
		}
		out += b.colon() + strings.Join(members, b.pick("／", " / "))
		if t.Kind == check.Set {
			out = b.word("set of") + " " + out
		}
	case check.Number:
		out = b.word("number")
		if t.Whole {
			out = b.word("int")
		}
		switch {
		case t.Low != nil && t.High != nil:
			out += " " + decimal(t.Low) + "–" + decimal(t.High)
		case t.Low != nil:
			out += " ≥ " + decimal(t.Low)
		}
	case check.Attachment:
		out = b.word(t.Word)
	default:
		out = b.word(t.String())
	}
	if v.Optional {
		out += b.pick("，", ", ") + b.word("optional")
	}
	if v.Personal {
		out += b.pick("，", ", ") + b.word("personal")
	}
	return out
}

// aside is what the checked tree drops of a section or item: the findings
// accepted there, and the methods that a section states.
type aside struct {
	accepts []*ast.Accept
	methods []*ast.Method
}

// asides reads the files of a standard again for what stands in its sections
// and items; the keys are *check.Section and *check.Item.
func asides(c *check.Checked) map[any]*aside {
	out := map[any]*aside{}
	byPlace := map[token.Span]any{}
	for _, i := range c.Items {
		byPlace[i.Span] = i
	}
	var sections func(list []*check.Section)
	sections = func(list []*check.Section) {
		for _, s := range list {
			byPlace[s.Span] = s
			sections(s.Sections)
		}
	}
	sections(c.Sections)
	for _, s := range c.Sources {
		if s.Test {
			continue
		}
		tree, _ := parser.Parse(s.File, parser.Options{})
		var walk func(n ast.Node, owner any, section bool)
		walk = func(n ast.Node, owner any, section bool) {
			var body []ast.Node
			switch n := n.(type) {
			case *ast.Section:
				owner, section, body = byPlace[n.Code.Range.In(s.File)], true, n.Body
			case *ast.Item:
				owner, section, body = byPlace[n.Code.Range.In(s.File)], false, n.Body
			case *ast.Part:
				body = n.Body
			case *ast.Accept, *ast.Method:
				if owner == nil {
					return
				}
				if out[owner] == nil {
					out[owner] = &aside{}
				}
				if a, ok := n.(*ast.Accept); ok {
					out[owner].accepts = append(out[owner].accepts, a)
				} else if section {
					out[owner].methods = append(out[owner].methods, n.(*ast.Method))
				}
				return
			}
			for _, child := range body {
				walk(child, owner, section)
			}
		}
		for _, d := range tree.Decls {
			walk(d, nil, false)
		}
	}
	return out
}

func (b *standardBuilder) acceptLines(owner any) []Line {
	var out []Line
	if b.asides[owner] == nil {
		return nil
	}
	for _, a := range b.asides[owner].accepts {
		out = append(out, styled(b.word("accept")+" "+a.Code.Value+b.colon()+a.Reason.Value, Muted))
	}
	return out
}

func decimalInt(n int64) string { return decimal(new(big.Rat).SetInt64(n)) }
