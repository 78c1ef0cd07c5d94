// Package describe turns a checked standard into plain values with stable
// JSON, so that other tools can compare it with its printed original: what
// `chk list --json` prints.
//
// Keywords are in canonical English and expressions in the form of
// [Expression], whatever language the standard is written in; names are first
// names, with the second beside them; titles, labels and other texts are as
// written. Whole numbers of units are JSON integers; everything that can have
// a fraction (points, percents) is a text with an exact decimal. A value that
// the standard doesn't state is null, a list without members is [].
package describe

import (
	"math/big"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
)

// Declarations describes every declaration of a standard, those it imports
// from shared directories included: the standard, choices, records, tables,
// parameters and defines, then sections from the outside in and items in
// printed order, then tiers, responses and scoring. Imports and tests, which
// say nothing about inspection, are left out. The standard should have no
// errors; what an error made unknown is null or "". The values share nothing
// with the standard.
func Declarations(c *check.Checked) []Declaration {
	d := &describer{checked: c, paths: map[*token.File]string{}}
	for _, s := range c.Sources {
		d.paths[s.File] = s.Path
	}
	out := []Declaration{}
	if c.Standard != nil {
		out = append(out, d.standard(c.Standard))
	}
	for _, t := range c.Choices {
		out = append(out, d.choice(t))
	}
	for _, r := range c.Records {
		out = append(out, d.record(r))
	}
	for _, t := range c.Tables {
		out = append(out, d.table(t))
	}
	for _, f := range c.Defines {
		out = append(out, d.define(f))
	}
	var sections func([]*check.Section)
	sections = func(list []*check.Section) {
		for _, s := range list {
			out = append(out, d.section(s))
			sections(s.Sections)
		}
	}
	sections(c.Sections)
	for _, i := range c.Items {
		out = append(out, d.item(i))
	}
	for _, t := range c.Tiers {
		out = append(out, d.tier(t))
	}
	for _, r := range c.Responses {
		out = append(out, d.response(r))
	}
	if c.Scoring != nil {
		out = append(out, d.scoring(c.Scoring))
	}
	return out
}

type describer struct {
	checked *check.Checked
	paths   map[*token.File]string
}

func (d *describer) place(s token.Span, doc string) Place {
	if !s.IsValid() {
		return Place{Doc: doc}
	}
	path, ok := d.paths[s.File]
	if !ok {
		path = s.File.Name()
	}
	return Place{File: path, Line: s.From().Line, Doc: doc}
}

func (d *describer) standard(s *check.Standard) *Standard {
	out := &Standard{
		Kind: "standard", Code: s.Code, Title: s.Title, Version: text(s.Version), Publisher: text(s.Publisher),
		Interpreter: text(s.Interpreter), Source: text(s.Source), Issued: text(date(s.Issued)), Zone: text(s.Zone), Calendar: text(s.Calendar),
		Printed: Printed{Observation: text(s.Printed["observation"]), Fail: text(s.Printed["fail"]), Major: text(s.Printed["major"])},
		Place:   d.place(s.Span, s.Doc),
	}
	if s.EffectiveFrom != nil || s.EffectiveUntil != nil {
		out.Effective = &Interval{From: text(date(s.EffectiveFrom)), Until: text(date(s.EffectiveUntil))}
	}
	if s.Subject != nil {
		out.Subject = text(s.Subject.Name.First)
	}
	return out
}

func (d *describer) choice(t *check.ChoiceType) *Choice {
	out := &Choice{Kind: "choice", Name: t.Name.First, Second: text(t.Name.Second), Members: []Names{}, Place: d.place(t.Span, t.Doc)}
	for _, m := range t.Members {
		out.Members = append(out.Members, names(m.Name))
	}
	return out
}

func (d *describer) record(r *check.Record) *Record {
	out := &Record{
		Kind: "record", Name: r.Name.First, Second: text(r.Name.Second), Unlisted: r.Unlisted,
		Matches: []Side{}, By: text(r.Key), Fields: []Field{}, Place: d.place(r.Span, r.Doc),
	}
	for _, s := range r.Sides {
		out.Matches = append(out.Matches, Side{Record: s.Record.Name.First, Name: s.Variable.Name.First})
	}
	for _, f := range r.Fields {
		if f.Role != check.SideRole {
			out.Fields = append(out.Fields, d.field(f))
		}
	}
	return out
}

func (d *describer) field(v *check.Variable) Field {
	return Field{Names: names(v.Name), Type: v.Type.String(), Optional: v.Optional, Personal: v.Personal, Value: d.expression(v.Computed), Doc: v.Doc}
}

func (d *describer) table(t *check.Table) *Table {
	out := &Table{
		Kind: "table", Name: t.Name.First, Second: text(t.Name.Second), Edition: text(t.Edition), Loaded: t.Loaded,
		Bands: []Band{}, Place: d.place(t.Span, t.Doc),
	}
	for _, b := range t.Bands {
		band := Band{Low: b.Low, Size: b.Size}
		if b.High != 0 {
			band.High = &b.High
		}
		out.Bands = append(out.Bands, band)
	}
	return out
}

func (d *describer) define(f *check.Define) *Define {
	out := &Define{
		Kind: "define", Name: f.Name.First, Second: text(f.Name.Second), Type: f.Type.String(), Optional: f.Optional,
		Value: d.expression(f.Value), Place: d.place(f.Span, f.Doc),
	}
	if f.Value == nil {
		out.Kind = "parameter"
	}
	return out
}

// expression writes an expression, null when there is none.
func (d *describer) expression(e *check.Expr) *string {
	if e == nil || e.Node == nil {
		return nil
	}
	return text(Expression(d.checked.Info, e.Node))
}

// conditions joins conditions that must all hold.
func (d *describer) conditions(list []*check.Expr) *string {
	var parts []string
	for _, e := range list {
		if e == nil || e.Node == nil {
			continue
		}
		w := &writer{info: d.checked.Info}
		if len(list) > 1 {
			w.operand(e.Node, "and", andStrength)
		} else {
			w.node(e.Node, orStrength)
		}
		parts = append(parts, w.String())
	}
	return text(strings.Join(parts, " and "))
}

// text is null for a text that is not stated.
func text(s string) *string {
	if s == "" {
		return nil
	}
	return &s
}

// word is a keyword in canonical English, null for none.
func word(k token.Keyword) *string { return text(k.String()) }

func list(s []string) []string { return append([]string{}, s...) }

func names(n check.Name) Names { return Names{Name: n.First, Second: text(n.Second)} }

// decimal writes a rational that has a finite decimal form without trailing
// zeros, and any other as a fraction.
func decimal(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	if places, ok := r.FloatPrec(); ok {
		return text(r.FloatString(places))
	}
	return text(r.RatString())
}

// whole is a number of units; null for one that an error made broken.
func whole(r *big.Rat) *int64 {
	if r == nil || !r.IsInt() || !r.Num().IsInt64() {
		return nil
	}
	n := r.Num().Int64()
	return &n
}

func keywords(list []token.Keyword) []string {
	out := []string{}
	for _, k := range list {
		out = append(out, k.String())
	}
	return out
}

func number(n *ast.Number) *string {
	if n == nil {
		return nil
	}
	return decimal(n.Value)
}

func unique(list []string) []string {
	out := []string{}
	for _, s := range list {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	return out
}
