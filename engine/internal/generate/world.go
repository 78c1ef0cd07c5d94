// Package generate makes random standards, expressions and evidence, and holds
// a naive evaluator that was written from SPEC.md alone. Only tests use it: it
// shares no code with the evaluator that judges.
package generate

import (
	"fmt"
	"math/rand/v2"
	"strings"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/token"
)

// spellings holds every way to write a word, by class and canonical form.
type spellings map[string][][]string // English, Chinese and accepted variants

func readSpellings() spellings {
	s := spellings{}
	for _, w := range token.Words() {
		key := w.Class + " " + w.Canonical
		if w.Class == "reserved" {
			key = "keyword " + w.Canonical
		}
		s[key] = [][]string{{w.English}, append([]string{w.Chinese}, w.Accepted...)}
	}
	return s
}

// choice is a declared choice.
type choice struct {
	zh, en  string
	members [][2]string
}

// typ is a declared type; low and high bound whole numbers.
type typ struct {
	kind   check.Kind
	whole  bool
	word   string // of an attachment
	bound  string
	choice *choice
}

// variable is something that a generated expression can read.
type variable struct {
	zh, en   string
	typ      typ
	optional bool
	side     *variable // of a field of a joined record
	subject  bool
	outside  bool // a parameter or definition: it can be read where a unit can't
}

// World is a generated standard's declarations with all that expressions over
// them can read.
type World struct {
	rng       *rand.Rand
	words     spellings
	choices   []*choice
	subject   []*variable
	fields    []*variable
	sides     []*variable
	joined    []*variable
	answers   []*variable
	shared    []*variable // parameters and definitions
	text      strings.Builder
	zone      string
	languages int  // 0 English, 1 Chinese, else both in one file
	plain     bool // samples without a condition, short of the largest numbers
}

// NewWorld declares random choices, records, parameters and definitions. The
// same generator state gives the same world.
func NewWorld(rng *rand.Rand) *World {
	w := &World{rng: rng, words: readSpellings(), languages: rng.IntN(4)}
	w.zone = []string{"Asia/Shanghai", "America/New_York", "Europe/Berlin", "UTC"}[rng.IntN(4)]
	w.declare()
	return w
}

// Zone is the time zone that the generated standard names.
func (w *World) Zone() string { return w.zone }

// word spells a keyword, function or value in a language of the file.
func (w *World) word(class, canonical string) string {
	forms := w.words[class+" "+canonical]
	if forms == nil {
		panic("generate: the word table has no " + class + " " + canonical)
	}
	l := w.languages
	if l >= 2 {
		l = w.rng.IntN(2)
	}
	return forms[l][w.rng.IntN(len(forms[l]))]
}

func (w *World) keyword(s string) string { return w.word("keyword", s) }

func (w *World) chance(percent int) bool { return w.rng.IntN(100) < percent }

func (w *World) either(a, b string) string {
	if w.chance(50) {
		return a
	}
	return b
}

// name writes one of the two names of something.
func (w *World) name(zh, en string) string {
	if zh == "" {
		return en
	}
	return w.either(zh, en)
}

// every type once, and what it is written as.
func (w *World) types() []typ {
	c := func() *choice { return w.choices[w.rng.IntN(len(w.choices))] }
	return []typ{
		{kind: check.Bool},
		{kind: check.Text},
		{kind: check.Time},
		{kind: check.Date},
		{kind: check.Clock},
		{kind: check.Duration},
		{kind: check.Number, whole: true},
		{kind: check.Number, whole: true, bound: " 0..9"},
		{kind: check.Number},
		{kind: check.Number, bound: " -3..8.5"},
		{kind: check.Choice, choice: c()},
		{kind: check.Set, choice: w.choices[0]},
		{kind: check.Attachment, word: "photo"},
		{kind: check.Attachment, word: "file"},
		{kind: check.Attachment, word: "signature"},
	}
}

var typeWords = map[check.Kind]string{check.Bool: "bool", check.Text: "text", check.Time: "time", check.Date: "date", check.Clock: "clock", check.Duration: "duration"}

func (w *World) writeType(t typ) string {
	switch t.kind {
	case check.Number:
		word := "number"
		if t.whole {
			word = "int"
		}
		return w.keyword(word) + t.bound
	case check.Choice:
		return w.name(t.choice.zh, t.choice.en)
	case check.Set:
		return w.keyword("set of") + " " + w.name(t.choice.zh, t.choice.en)
	case check.Attachment:
		return w.keyword(t.word)
	}
	return w.keyword(typeWords[t.kind])
}

var kindNames = map[check.Kind][2]string{
	check.Bool: {"是非", "flag"}, check.Text: {"文字", "note"}, check.Time: {"时点", "moment"}, check.Date: {"日子", "dated"}, check.Clock: {"钟点", "hour"},
	check.Duration: {"用时", "span"}, check.Number: {"数值", "amount"}, check.Choice: {"选择", "pick"}, check.Set: {"勾选", "ticks"}, check.Attachment: {"附件", "proof"},
}

// newVariable names a variable; some names are keywords elsewhere.
func (w *World) newVariable(prefix string, n int, t typ) *variable {
	names := kindNames[t.kind]
	v := &variable{zh: fmt.Sprintf("%s%s%d", map[string]string{"": "", "s_": "对象", "a_": "答", "p_": "参", "c_": "算", "d_": "义"}[prefix], names[0], n), en: fmt.Sprintf("%s%s%d", prefix, names[1], n), typ: t}
	if prefix == "" {
		switch n {
		case 0:
			v.en, v.zh = "major", "电话抽访"
		case 6:
			v.en, v.zh = "count", "计数"
		case 2:
			v.zh = "" // one name alone
		}
	}
	return v
}

func (w *World) writeVariable(v *variable) string {
	s := v.en
	if v.zh != "" {
		s = v.zh + " " + v.en
		if w.chance(50) {
			s = v.en + " " + v.zh
		}
	}
	s += " : " + w.writeType(v.typ)
	if v.optional {
		s += " " + w.keyword("optional")
	}
	if w.chance(10) && !v.outside {
		s += " " + w.keyword("personal")
	}
	return s
}

// declare writes the declarations.
func (w *World) declare() {
	p := func(format string, args ...any) { fmt.Fprintf(&w.text, format, args...) }
	p("lang 1\n%s s1 \"S\" { %s \"%s\"; %s \"cn\"; %s %s }\n", w.keyword("standard"), w.keyword("zone"), w.zone, w.keyword("calendar"), w.keyword("subject"), w.either("Project", "项目"))
	for i := range 2 + w.rng.IntN(2) {
		c := &choice{zh: fmt.Sprintf("选项%d", i), en: fmt.Sprintf("Choice%d", i)}
		for m := range 2 + w.rng.IntN(4) {
			// Some names are members of every choice, and ambiguous where none
			// is expected.
			c.members = append(c.members, [2]string{fmt.Sprintf("项%d", m), fmt.Sprintf("m%d", m)})
		}
		if i == 0 && w.chance(20) {
			for m := range 55 {
				c.members = append(c.members, [2]string{fmt.Sprintf("余%d", m), fmt.Sprintf("rest%d", m)})
			}
		}
		w.choices = append(w.choices, c)
		var members []string
		for _, m := range c.members {
			members = append(members, m[0]+" "+m[1])
		}
		p("%s %s %s { %s }\n", w.keyword("choice"), c.zh, c.en, strings.Join(members, w.either(", ", "、")))
	}
	w.subject = w.record("Project 项目", "s_", true)
	w.fields = w.record("Order 工单", "", false)
	other := w.record("Ledger 台账", "", false)
	p("%s Match 核对 %s Order left, Ledger right %s serial { }\n", w.keyword("record"), w.keyword("matches"), w.keyword("by"))
	for i, fields := range [][]*variable{w.fields, other} {
		side := &variable{zh: "", en: []string{"left", "right"}[i], typ: typ{kind: check.Side}, optional: true}
		w.sides = append(w.sides, side)
		for _, f := range fields {
			if strings.HasPrefix(f.en, "c_") {
				continue // computed fields belong to the record itself
			}
			inner := *f
			inner.side = side
			w.joined = append(w.joined, &inner)
		}
	}
	for i, t := range w.types() {
		if t.kind == check.Attachment {
			continue
		}
		v := w.newVariable("p_", i, t)
		v.outside = true
		w.shared = append(w.shared, v)
		p("%s %s\n", w.keyword("define"), w.writeVariable(v))
	}
	for i := range 6 {
		g := &generator{World: w, scope: scopeDefine}
		t := w.types()[w.rng.IntN(12)]
		v := w.newVariable("d_", i, t)
		v.outside = true
		p("%s %s %s = %s\n", w.keyword("define"), v.zh, v.en, g.anything(t, 2))
		w.shared = append(w.shared, v)
	}
	for i, t := range w.types() {
		v := w.newVariable("a_", i, t)
		v.optional = w.chance(40) || t.kind == check.Attachment
		w.answers = append(w.answers, v)
	}
}

// record declares a record with a field of every type and computed fields.
func (w *World) record(names, prefix string, subject bool) []*variable {
	var out []*variable
	var lines []string
	for i, t := range w.types() {
		v := w.newVariable(prefix, i, t)
		// Sets have no literals: one can always be read.
		v.optional, v.subject = (w.chance(40) && t.kind != check.Set) || t.kind == check.Attachment, subject
		out = append(out, v)
		lines = append(lines, w.writeVariable(v))
	}
	lines = append(lines, "serial : "+w.keyword("text"))
	plain := out
	for i := range 3 {
		g := &generator{World: w, scope: scopeRecord, units: plain}
		t := w.types()[w.rng.IntN(12)]
		v := w.newVariable("c_", i, t)
		v.subject = subject
		if subject {
			v.en, v.zh = "s"+v.en, "对象"+v.zh
			// A computed field reads the fields of its own record by their
			// bare names.
			g.units = nil
			for _, f := range plain {
				bare := *f
				bare.subject = false
				g.units = append(g.units, &bare)
			}
		}
		lines = append(lines, fmt.Sprintf("%s %s %s = %s", w.keyword("define"), v.zh, v.en, g.anything(t, 2)))
		out = append(out, v)
	}
	fmt.Fprintf(&w.text, "%s %s {\n  %s\n}\n", w.keyword("record"), names, strings.Join(lines, "\n  "))
	return out
}

// Text is the declarations written so far.
func (w *World) Text() string { return w.text.String() }
