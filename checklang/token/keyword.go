package token

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

// Keyword names one keyword of the language, whatever language it was written
// in. The zero Keyword is NoKeyword.
type Keyword uint8

//go:embed keywords.tsv
var keywordData string

// Lang is a language in which keywords and messages are written.
type Lang string

// The two languages, equal in every respect.
const (
	English Lang = "en"
	Chinese Lang = "zh"
)

// Entry is one row of the word table: its canonical token, how it is written in
// English and in Chinese, and which other spellings are read.
type Entry struct {
	Canonical, English, Chinese string
	Accepted                    []string
	// Class is "keyword", "reserved" (a keyword everywhere), "function",
	// "value" (a name that expressions can always read), "unit" (of time) or
	// "classifier".
	Class string
}

// In returns the spelling that the formatter writes in a language.
func (w Entry) In(l Lang) string {
	if l == Chinese || w.English == "" {
		return w.Chinese
	}
	return w.English
}

type wordTable struct {
	words     []Entry
	keywords  []Entry // index is the Keyword
	lookup    map[string]Keyword
	functions map[string]string
	values    map[string]string
	units     map[string]string
	classes   map[string]bool
	multi     map[string][]string // first English word to the keywords that continue it
}

// table is parsed once from the data file; nothing changes it afterwards.
var table = sync.OnceValue(func() *wordTable {
	t := &wordTable{
		keywords: []Entry{{}}, lookup: map[string]Keyword{}, functions: map[string]string{},
		values: map[string]string{}, units: map[string]string{}, classes: map[string]bool{}, multi: map[string][]string{},
	}
	for i, line := range strings.Split(strings.TrimSpace(keywordData), "\n") {
		f := strings.Split(line, "\t")
		if i == 0 || len(f) < 5 {
			continue
		}
		w := Entry{Canonical: f[0], English: f[1], Chinese: f[2], Class: f[4]}
		if f[3] != "" {
			w.Accepted = strings.Split(f[3], "、")
		}
		t.words = append(t.words, w)
		spellings := append([]string{w.English, w.Chinese}, w.Accepted...)
		switch w.Class {
		case "keyword", "reserved":
			k := Keyword(len(t.keywords))
			t.keywords = append(t.keywords, w)
			for _, s := range spellings {
				t.lookup[s] = k
			}
			if first, _, ok := strings.Cut(w.English, " "); ok {
				t.multi[first] = append(t.multi[first], w.English)
			}
		case "function":
			for _, s := range spellings {
				t.functions[s] = w.Canonical
			}
		case "value":
			for _, s := range spellings {
				t.values[s] = w.Canonical
			}
		case "unit":
			for _, s := range spellings {
				t.units[s] = w.Canonical
			}
		case "classifier":
			t.classes[w.Chinese] = true
		}
	}
	for _, m := range t.multi { // the longest continuation is tried first
		slices.SortFunc(m, func(a, b string) int { return len(b) - len(a) })
	}
	return t
})

// Words returns the whole word table in the order of the data file; the slice
// is the caller's.
func Words() []Entry { return slices.Clone(table().words) }

// Keywords returns every keyword in the order of the data file.
func Keywords() []Keyword {
	ks := make([]Keyword, 0, len(table().keywords)-1)
	for k := range table().keywords[1:] {
		ks = append(ks, Keyword(k+1))
	}
	return ks
}

// LookupKeyword finds the keyword that s spells in either language, or
// NoKeyword.
func LookupKeyword(s string) Keyword { return table().lookup[s] }

// LookupFunction returns the canonical name of a built-in function.
func LookupFunction(s string) (string, bool) { f, ok := table().functions[s]; return f, ok }

// LookupValue returns the canonical name of a value that is always in scope.
func LookupValue(s string) (string, bool) { f, ok := table().values[s]; return f, ok }

// LookupUnit returns "second", "minute", "hour" or "day".
func LookupUnit(s string) (string, bool) { u, ok := table().units[s]; return u, ok }

// IsClassifier says whether s is a Chinese measure word such as 单 or 名.
func IsClassifier(s string) bool { return table().classes[s] }

// Continuations returns the keywords of several English words that begin with
// first, longest first.
func Continuations(first string) []string { return table().multi[first] }

// Entry returns the row of the word table.
func (k Keyword) Entry() Entry {
	if int(k) >= len(table().keywords) {
		return Entry{}
	}
	return table().keywords[k]
}

// String returns the canonical token.
func (k Keyword) String() string { return k.Entry().Canonical }

// In returns the spelling that the formatter writes in a language.
func (k Keyword) In(l Lang) string { return k.Entry().In(l) }

// IsReserved says whether the keyword can never be a name.
func (k Keyword) IsReserved() bool { return k.Entry().Class == "reserved" }

// Symbol is the keyword as one identifier, the form in which the grammar
// names it: "by plan" is "KwByPlan".
func (k Keyword) Symbol() string {
	var b strings.Builder
	b.WriteString("Kw")
	for _, part := range strings.Fields(k.String()) {
		b.WriteString(strings.ToUpper(part[:1]) + part[1:])
	}
	return b.String()
}
