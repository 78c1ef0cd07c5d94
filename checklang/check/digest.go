package check

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"math/big"
	"slices"
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/token"
)

// Digest is the SHA-256, in hexadecimal, of what the standard means: of names,
// types, rules and texts, but not of formatting, comments, tests, or the
// language of its keywords.
func (c *Checked) Digest() string { return c.Meaning().Digest() }

// RulesDigest is Digest without titles, labels, requirements and other texts:
// the same rules written in Chinese and in English have the same.
func (c *Checked) RulesDigest() string { return c.meaning(false).Digest() }

// Meaning is the text that a Digest covers. It is immutable and safe for
// concurrent use.
type Meaning struct {
	text  []byte
	items []int // where each item begins, in the order of Checked.Items, and where the last ends
}

// Meaning writes down what the standard means, its texts included.
func (c *Checked) Meaning() Meaning { return c.meaning(true) }

// Digest is the SHA-256 of the whole meaning, in hexadecimal.
func (m Meaning) Digest() string {
	sum := sha256.Sum256(m.text)
	return hex.EncodeToString(sum[:])
}

// Shared is the SHA-256 of what the standard declares before its items: its
// identity, types, definitions, tables and sections. Two items of equal text
// under equal Shared mean the same.
func (m Meaning) Shared() [sha256.Size]byte { return sha256.Sum256(m.text[:m.items[0]]) }

// Item is the SHA-256 of what the item Checked.Items[i] says.
func (m Meaning) Item(i int) [sha256.Size]byte {
	return sha256.Sum256(m.text[m.items[i]:m.items[i+1]])
}

func (c *Checked) meaning(texts bool) Meaning {
	// Most items take less; growing step by step would cost several times as much.
	d := &digester{info: c.Info, texts: texts, b: make([]byte, 0, 1<<10+len(c.Items)<<9)}
	d.checked(c)
	return Meaning{d.b, d.items}
}

// digester writes the meaning as text, one statement a line; every part is
// quoted, so that no two meanings give the same text.
type digester struct {
	b     []byte
	items []int
	info  *Info
	texts bool
}

func (d *digester) line(parts ...any) {
	for i, p := range parts {
		if i > 0 {
			d.b = append(d.b, ' ')
		}
		// What fmt would write for the common types, without its reflection.
		switch p := p.(type) {
		case string:
			d.b = strconv.AppendQuote(d.b, p)
		case bool:
			d.b = strconv.AppendQuote(d.b, strconv.FormatBool(p))
		case token.Keyword:
			d.b = strconv.AppendQuote(d.b, p.String())
		case []string:
			d.b = strconv.AppendQuote(d.b, "["+strings.Join(p, " ")+"]")
		default:
			d.b = strconv.AppendQuote(d.b, fmt.Sprint(p))
		}
	}
	d.b = append(d.b, '\n')
}

// text is a text that RulesDigest leaves out.
func (d *digester) text(s string) string {
	if d.texts {
		return s
	}
	return ""
}

func (d *digester) expr(e *Expr) string {
	if e == nil {
		return ""
	}
	return Canonical(d.info, e.Node)
}

func rat(r *big.Rat) string {
	if r == nil {
		return ""
	}
	return r.RatString()
}

func date(v *ast.Date) string {
	if v == nil {
		return ""
	}
	return dateText(*v)
}

func (d *digester) checked(c *Checked) {
	d.line("lang", 1)
	if s := c.Standard; s != nil {
		d.line("standard", s.Code, d.text(s.Title), s.Version, d.text(s.Publisher), d.text(s.Interpreter), d.text(s.Source), s.Zone, s.Calendar, date(s.Issued), date(s.EffectiveFrom), date(s.EffectiveUntil))
		if s.Subject != nil {
			d.line("subject", s.Subject.Name.First)
		}
		for _, grade := range []string{"observation", "fail", "major"} {
			d.line("printed", grade, d.text(s.Printed[grade]))
		}
	}
	for _, imported := range c.Standards {
		d.line("imports", imported.meaning(d.texts).Digest())
	}
	for _, t := range c.Choices {
		d.line("choice", t.Name.First)
		for _, m := range t.Members {
			d.line("member", m.Name.First)
		}
	}
	for _, r := range c.Records {
		d.line("record", r.Name.First, r.Unlisted, r.Key)
		for _, s := range r.Sides {
			d.line("side", s.Record.Name.First, s.Variable.Key)
		}
		for _, f := range r.Fields {
			d.variable("field", f)
		}
	}
	for _, f := range c.Defines {
		d.line("define", f.Name.First, f.Type.String(), d.expr(f.Value))
	}
	for _, t := range c.Tables {
		d.line("table", t.Name.First, t.Edition, t.Loaded, t.Bands)
	}
	for _, s := range c.Sections {
		d.section(c, s)
	}
	for _, i := range c.Items {
		d.items = append(d.items, len(d.b))
		d.item(c, i)
	}
	d.items = append(d.items, len(d.b))
	for _, t := range c.Tiers {
		d.line("tier", t.Name.First, d.text(t.Title), d.text(t.Organiser), d.text(t.Approver), t.Cycle, t.Inspector, t.Inspects, t.Every, t.UnitsAll, t.CoversAll, t.Covers, t.Recuse)
		d.sample(t.Subjects)
		for _, content := range t.Contents {
			d.line("content", d.text(content.Text), content.Codes)
		}
	}
	for _, r := range c.Responses {
		d.line("response", r.Grade, r.Band)
		for _, duty := range r.Duties {
			verify, within := "", ""
			if duty.Verify != nil {
				verify = duty.Verify.String()
			}
			if duty.Within != nil {
				within = duty.Within.Value.String()
			}
			if duty.Workdays != nil {
				within = duty.Workdays.Literal + " workdays"
			}
			d.line("duty", duty.Kind, verify, within)
		}
	}
	if c.Scoring != nil {
		for _, s := range c.Scoring.Stages {
			level, grade := "", ""
			if s.Level != nil {
				level = s.Level.String()
			}
			if s.Grade != nil {
				grade = s.Grade.Value
			}
			d.line("stage", level, grade, d.expr(c.Scoring.When[s]), s.Otherwise)
			for _, t := range s.Tallies {
				d.tally(c, t, c.Scoring.Zero[t])
			}
		}
	}
}

func (d *digester) tally(c *Checked, t *ast.Tally, zero *Expr) {
	number := func(n *ast.Number) string {
		if n == nil {
			return ""
		}
		return rat(n.Value)
	}
	keyword := func(k *ast.Keyword) string {
		if k == nil {
			return ""
		}
		return k.String()
	}
	d.line("tally", number(t.Start), keyword(t.Combine), number(t.Weight), keyword(t.Limit), number(t.Value), keyword(t.Named), keyword(t.Missing), d.expr(zero), number(t.Round), keyword(t.Mode))
	// What came later has lines of its own, so that older standards keep
	// their digests.
	if t.WeightOf != nil {
		d.line("assessor", t.WeightOf.Text)
	}
	if t.ZeroOf != nil {
		d.line("zero of", t.ZeroOf.String())
	}
	if len(t.Only) > 0 {
		d.line("only", c.Only[t])
	}
}

func (d *digester) variable(kind string, v *Variable) {
	d.line(kind, v.Key, v.Role, v.Type.String(), v.Optional, v.Personal, d.expr(v.Computed))
}

// tallies writes the rules of adding up with their conditions, in order.
func (d *digester) tallies(c *Checked, list []*ast.Tally, when []*Expr) {
	for _, t := range list {
		var e *Expr
		if t.When() != nil && len(when) > 0 {
			e, when = when[0], when[1:]
		}
		d.tally(c, t, e)
	}
}

func (d *digester) section(c *Checked, s *Section) {
	d.line("section", strings.Join(s.Path, "/"), d.text(s.Title), d.textList(s.Require), d.textList(s.Sources), s.Every)
	for _, e := range s.Applies {
		d.line("applies", d.expr(e))
	}
	for _, k := range s.Criteria {
		d.criterion(k)
	}
	d.tallies(c, s.Tallies, s.Zero)
	for _, inner := range s.Sections {
		d.section(c, inner)
	}
}

func (d *digester) textList(texts []string) []string {
	if d.texts {
		return texts
	}
	return nil
}

func (d *digester) item(c *Checked, i *Item) {
	d.line("item", i.ID, d.text(i.Title), d.textList(i.Require), d.textList(i.Sources), i.Every, i.Class, i.Responsible, rat(i.Points))
	d.tallies(c, i.Tallies, i.Zero)
	for _, e := range i.Applies {
		d.line("applies", d.expr(e))
	}
	for _, p := range i.Parts {
		d.line("part", p.Name.First, d.textList(p.Require), d.textList(p.Sources))
		d.sample(p.Sample)
		for _, e := range p.Applies {
			d.line("applies", d.expr(e))
		}
		for _, m := range p.Methods {
			d.line("method", m.Kind, d.text(m.Text))
			for _, a := range m.Answers {
				d.variable("answer", a)
			}
		}
		if p.Measure != nil {
			d.line("measure", d.expr(p.Measure))
		}
		for _, k := range p.Criteria {
			d.criterion(k)
		}
	}
}

func (d *digester) sample(s *Sample) {
	if s == nil {
		d.line("subject unit")
		return
	}
	record, table, per := "", "", ""
	if s.Record != nil {
		record = s.Record.Name.First
	}
	if s.Table != nil {
		table = s.Table.Name.First
	}
	if s.Per != nil {
		per = s.Per.Key
	}
	var spread []string
	for _, v := range s.SpreadBy {
		spread = append(spread, v.Key)
	}
	d.line("sample", s.Kind, rat(s.Low), rat(s.High), s.Open, rat(s.AtLeast), rat(s.AtMost), table, record, d.expr(s.Where), per, slices.Clip(spread), s.Previous, s.Group)
}

func (d *digester) criterion(k *Criterion) {
	id := d.text(k.ID)
	question := ""
	if k.Question != nil {
		question = k.Question.Type.String()
	}
	d.line("criterion", id, k.Kind, d.expr(k.When), k.Otherwise, question, d.text(k.Label), k.Compare, d.expr(k.Target), rat(k.Points), d.text(k.Per), rat(k.AtMost))
	if k.Step != nil {
		d.line("step", rat(k.Step), k.StepMode)
	}
	if k.Once != "" {
		d.line("once", k.Once)
	}
}
