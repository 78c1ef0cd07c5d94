package engine_test

import (
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"

	"github.com/pinjian/pinjian/checklang/token"
)

// Every sound example of the specification compiles, and what its rule tests
// expect is what the engine judges.
func TestEveryRuleTestOfTheSpecificationPasses(t *testing.T) {
	list := fences(t, "SPEC.md")
	examples, ran := 0, 0
	for _, f := range list {
		if f.info != "chk" {
			continue
		}
		examples++
		text := f.text
		if token.LookupKeyword(strings.Fields(text)[0]) != token.KwLang {
			text = "lang 1\n" + shared(list) + text
		}
		t.Run(fmt.Sprintf("line %d", f.line), func(t *testing.T) {
			ran += runRuleTests(t, fstest.MapFS{"a.chk": {Data: []byte(text)}})
		})
	}
	assert.GreaterOrEqual(t, examples, 25)
	assert.GreaterOrEqual(t, ran, 9)
}
