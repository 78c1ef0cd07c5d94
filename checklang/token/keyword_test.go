package token_test

import (
	"go/ast"
	"go/parser"
	"go/token"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	chk "github.com/pinjian/pinjian/checklang/token"
)

// The constants are an index into the data file: a row moved or added without
// its constant would silently turn one keyword into another.
func TestConstantsFollowTheDataFile(t *testing.T) {
	f, err := parser.ParseFile(token.NewFileSet(), "keyword_names.go", nil, 0)
	require.NoError(t, err)
	var names []string
	ast.Inspect(f, func(n ast.Node) bool {
		if v, ok := n.(*ast.ValueSpec); ok {
			names = append(names, v.Names[0].Name)
		}
		return true
	})
	require.Equal(t, "NoKeyword", names[0])
	keywords := chk.Keywords()
	require.Len(t, keywords, len(names)-1)
	for i, k := range keywords {
		assert.Equal(t, names[i+1], k.Symbol())
		assert.Equal(t, k, chk.LookupKeyword(k.In(chk.English)))
		assert.Equal(t, k, chk.LookupKeyword(k.In(chk.Chinese)), k.In(chk.Chinese))
		for _, s := range k.Entry().Accepted {
			assert.Equal(t, k, chk.LookupKeyword(s), s)
		}
	}
}

func TestNoSpellingMeansTwoThings(t *testing.T) {
	seen := map[string]string{}
	for _, w := range chk.Words() {
		class := w.Class
		if class == "reserved" {
			class = "keyword"
		}
		for _, s := range append([]string{w.English, w.Chinese}, w.Accepted...) {
			if s == "" || (s == w.Chinese && s == w.English) {
				continue
			}
			key := class + " " + s
			assert.Contains(t, []string{"", w.Canonical}, seen[key], "%s is both %s and %s", s, seen[key], w.Canonical)
			seen[key] = w.Canonical
		}
	}
}

func TestPositionsCountCharacters(t *testing.T) {
	f := chk.NewFile("a.chk", "语言 1\r\n检查项\n")
	assert.Equal(t, chk.Position{Line: 1, Column: 3}, f.Position(len("语言")))
	assert.Equal(t, chk.Position{Line: 2, Column: 1}, f.Position(strings.Index(f.Text(), "检")))
	assert.Equal(t, "语言 1", f.Line(1))
	assert.Equal(t, chk.Position{Line: 3, Column: 1}, f.Position(1000))
	assert.Equal(t, chk.Position{Line: 1, Column: 1}, f.Position(-5))
}
