package checklang_test

import (
	"context"
	"flag"
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/scanner"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/stdlib"
)

var update = flag.Bool("update", false, "write the generated tables into SPEC.md")

// block is one fenced example of a document.
type block struct {
	line int
	info string // what stands behind the fence: "chk", "chk error=C302", "ebnf"
	text string
}

func specification(t testing.TB) (string, []block) { return fenced(t, "SPEC.md") }

// fenced returns a document and its fenced blocks.
func fenced(t testing.TB, name string) (string, []block) {
	data, err := os.ReadFile(name)
	require.NoError(t, err)
	var blocks []block
	open := false
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case strings.HasPrefix(line, "```") && !open:
			open = true
			blocks = append(blocks, block{line: i + 1, info: strings.TrimPrefix(line, "```")})
		case strings.HasPrefix(line, "```"):
			open = false
		case open:
			blocks[len(blocks)-1].text += line + "\n"
		}
	}
	require.False(t, open)
	return string(data), blocks
}

// source puts the declarations of the introduction before an example.
func source(blocks []block, b block) string {
	first := strings.Fields(b.text)[0]
	if token.LookupKeyword(first) == token.KwLang {
		return b.text
	}
	return "lang 1\n" + blocks[0].text + b.text
}

func TestEveryExampleOfTheSpecificationRuns(t *testing.T) {
	_, blocks := specification(t)
	require.Equal(t, "chk shared", blocks[0].info)
	sound, broken := 0, 0
	for _, b := range blocks {
		if b.info == "ebnf" || b.info == "chk shared" {
			continue
		}
		t.Run(fmt.Sprintf("line %d", b.line), func(t *testing.T) {
			_, list, err := checklang.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(source(blocks, b))}}, "a.chk", checklang.Options{Library: stdlib.FS()})
			require.NoError(t, err)
			want, isBroken := strings.CutPrefix(b.info, "chk error=")
			if !isBroken {
				assert.Equal(t, "chk", b.info)
				assert.Empty(t, list)
				sound++
				return
			}
			broken++
			assert.NotEmpty(t, list, "the example is found correct")
			for _, d := range list {
				assert.Equal(t, want, string(d.Code), d.Error())
			}
		})
	}
	assert.GreaterOrEqual(t, sound, 25)
	assert.GreaterOrEqual(t, broken, 25)
}

// Every keyword, function and value is used by a sound example, in one of its
// languages, and every keyword stands in the grammar.
func TestTheSpecificationUsesEveryWord(t *testing.T) {
	_, blocks := specification(t)
	used, functions := map[token.Keyword]bool{}, map[string]bool{}
	grammar := ""
	for _, b := range blocks {
		switch {
		case b.info == "ebnf":
			grammar += b.text
		case !strings.Contains(b.info, "error"):
			f := token.NewFile("a.chk", b.text)
			tokens, _ := scanner.Scan(f)
			for _, tok := range tokens {
				if tok.Kind == token.Word {
					used[tok.Keyword] = true
					if name, ok := token.LookupFunction(tok.Value(f)); ok {
						functions[name] = true
					}
				}
			}
		}
	}
	for _, k := range token.Keywords() {
		switch k {
		case token.KwFromPreviousWeek, token.KwFromPreviousQuarter, token.KwFromPreviousHalfyear, token.KwFromPreviousYear, token.KwBest, token.KwWorst,
			token.KwMean, token.KwFull, token.KwForbidden, token.KwHalfEven, token.KwDown, token.KwUp, token.KwHalfyear, token.KwFalse, token.KwNotIn,
			token.KwDate, token.KwDuration, token.KwNumber, token.KwPhoto, token.KwSignature, token.KwIncomplete, token.KwNotApplicable:
			// one of a row of words that the grammar lists together
		default:
			assert.True(t, used[k], "no sound example uses %s", k)
		}
		switch k {
		case token.KwPopulation:
		default:
			assert.Contains(t, grammar, `"`+k.In(token.English)+`"`)
		}
	}
	for _, w := range token.Words() {
		if w.Class == "function" {
			assert.True(t, functions[w.Canonical], "no sound example uses %s", w.Canonical)
		}
	}
}

// wordTables writes the tables of section 2 from the word table.
func wordTables() string {
	var b strings.Builder
	row := func(cells ...string) { b.WriteString("| " + strings.Join(cells, " | ") + " |\n") }
	table := func(title string, head []string, class string, cells func(token.Entry) []string) {
		b.WriteString("\n" + title + "\n\n")
		row(head...)
		row(strings.Fields(strings.Repeat("--- ", len(head)))...)
		for _, w := range token.Words() {
			if w.Class == class {
				row(cells(w)...)
			}
		}
	}
	full := func(w token.Entry) []string {
		return []string{"`" + w.English + "`", w.Chinese, strings.Join(w.Accepted, "、")}
	}
	table("Table 1: words that are keywords at their place", []string{"English", "Chinese", "also read"}, "keyword", full)
	table("Table 2: reserved words", []string{"English", "Chinese", "also read"}, "reserved", full)
	table("Table 3: values that can always be read", []string{"English", "Chinese", "also read"}, "value", full)
	table("Table 4: units of time, adjacent to their number", []string{"unit", "English", "Chinese", "also read"}, "unit", func(w token.Entry) []string {
		return []string{w.Canonical, "`" + w.English + "`", w.Chinese, strings.Join(w.Accepted, "、")}
	})
	var classifiers []string
	for _, w := range token.Words() {
		if w.Class == "classifier" {
			classifiers = append(classifiers, w.Chinese)
		}
	}
	b.WriteString("\nTable 5: classifiers\n\n" + strings.Join(classifiers, "、") + "\n")
	return b.String()
}

func TestTheSpecificationListsTheWords(t *testing.T) {
	text, _ := specification(t)
	tables := regexp.MustCompile(`(?s)(<!-- words: begin -->\n).*(<!-- words: end -->)`)
	require.True(t, tables.MatchString(text))
	want := tables.ReplaceAllString(text, "${1}"+strings.ReplaceAll(wordTables(), "$", "$$")+"\n${2}")
	if *update && want != text {
		require.NoError(t, os.WriteFile("SPEC.md", []byte(want), 0o644))
		return
	}
	assert.Equal(t, want, text, "run go test ./checklang -run Words -update")
	for _, w := range token.Words() {
		if w.Class == "function" {
			assert.Contains(t, text, "`"+w.Chinese+"`", "the table of functions lacks %s", w.Canonical)
		}
	}
}

// Every code that the text names exists.
func TestTheSpecificationNamesRealCodes(t *testing.T) {
	text, _ := specification(t)
	for _, code := range regexp.MustCompile(`\bC\d{3}\b`).FindAllString(text, -1) {
		_, ok := diagnostic.Lookup(diagnostic.Code(code))
		assert.True(t, ok, code)
	}
}
