package diagnostic

import (
	"encoding/json"
	"strings"
	"testing"
	"unicode"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/token"
)

// PageExamples gives the tests outside this package what a page shows: for each
// example in a language its kind, file, circumstances and text.
func PageExamples(c Code, l token.Lang) (out [][4]string) {
	p, _ := findPage(c)
	for _, e := range p.examples {
		if e.lang != "" && e.lang != l {
			continue
		}
		kind, file, circumstances := e.split()
		out = append(out, [4]string{kind, file, circumstances, e.text})
	}
	return out
}

func TestEveryCodeHasAPageInBothLanguages(t *testing.T) {
	last := -1
	for _, e := range Codes() {
		at := strings.Index(exampleData, "\n== "+string(e.Code)+"\n")
		assert.Greater(t, at, last, "%s is missing or out of order", e.Code)
		last = at
		p, ok := findPage(e.Code)
		require.True(t, ok, e.Code)
		assert.True(t, strings.ContainsFunc(p.prose.ZH, func(r rune) bool { return unicode.Is(unicode.Han, r) }), "%s: %s", e.Code, p.prose.ZH)
		assert.NotEmpty(t, p.prose.EN)
		assert.NotContains(t, p.prose.EN, "---")
		kinds, written := map[string]int{}, map[token.Lang]map[string]int{token.Chinese: {}, token.English: {}}
		for _, x := range p.examples {
			kind, _, circumstances := x.split()
			kinds[kind]++
			for l, of := range written {
				if x.lang == "" || x.lang == l {
					of[kind]++
				}
			}
			assert.NotEmpty(t, strings.TrimSpace(x.text), e.Code)
			if circumstances != "" && circumstances != "as it stands" {
				assert.Contains(t, circumstanceWords, circumstances)
			}
		}
		if e.Code >= "C900" {
			assert.Equal(t, map[string]int{"evidence": 1}, kinds, e.Code)
			if e.Code != BrokenLine {
				assert.True(t, json.Valid([]byte(p.examples[0].text)), e.Code)
			}
		} else {
			for l, of := range written {
				assert.Positive(t, of["broken"], "%s in %s", e.Code, l)
				assert.Positive(t, of["mended"], "%s in %s", e.Code, l)
			}
			assert.Len(t, kinds, 2, e.Code)
		}
		for _, l := range []token.Lang{token.Chinese, token.English} {
			text, ok := Explain(e.Code, l)
			assert.True(t, ok)
			assert.True(t, strings.HasPrefix(text, string(e.Code)+" "+e.Name+"\n"), text)
			assert.Contains(t, text, p.prose.In(l))
			assert.NotContains(t, text, "---")
		}
	}
	assert.Equal(t, len(Codes()), strings.Count(exampleData, "\n== "), "no page without its code")
}

func TestExplainKnowsOnlyItsCodes(t *testing.T) {
	for _, c := range []Code{"", "C", "C999", "c301", "C301\n", "C30", "CODE"} {
		text, ok := Explain(c, token.English)
		assert.False(t, ok, c)
		assert.Empty(t, text)
	}
}

func TestExplainShowsBothExamples(t *testing.T) {
	text, ok := Explain(MissingLanguage, token.English)
	require.True(t, ok)
	assert.Equal(t, `C209 MissingLanguage
warning: the standard can be used

The first line names the version of the language, so that a later release still reads the file as it was meant.

Reported

    item 1 "A" { fail : "a" }

Mended

    lang 1
    item 1 "A" { fail : "a" }
`, text)
	text, _ = Explain(NotUTF8, token.Chinese)
	assert.Contains(t, text, "会这样报的写法 (存成 GB18030)\n")
}
