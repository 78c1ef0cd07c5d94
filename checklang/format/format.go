// Package format writes .chk files in their one layout: two spaces a level,
// one statement a line, one space between words, ASCII punctuation. It can
// also put the keywords of a file into the other language.
//
// The tokens of the file drive the writer, so that nothing the author wrote
// gets lost; the syntax tree only says which words are keywords and where
// statements begin.
package format

import (
	"fmt"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
)

// Options says what Format changes beside the layout. The zero value changes
// nothing else.
type Options struct {
	// Keywords is the language into which keywords, built-in functions and
	// values, and units of time are put. Names, texts and comments stay as
	// they are. Empty keeps every word as its author wrote it.
	Keywords token.Lang
}

// Format returns the file in its one layout: UTF-8 with LF line ends and a
// final one. Formatting the result again gives the same bytes.
//
// A file with syntax errors is not formatted: the bytes are nil and the list
// holds the errors. Otherwise the list holds the warnings of the source. The
// error says that formatting would change the meaning of the file, which
// happens only when the other language writes two words apart that then read
// as one keyword (依 plan is not `by plan`), or that the language asked for
// does not exist; the bytes are nil then, too. Format is safe for concurrent
// use.
func Format(f *token.File, o Options) ([]byte, diagnostic.List, error) {
	switch o.Keywords {
	case "", token.English, token.Chinese:
	default:
		return nil, nil, fmt.Errorf("format: no keywords in language %q, use %q or %q", o.Keywords, token.Chinese, token.English)
	}
	tree, list := parser.Parse(f, parser.Options{Tokens: true})
	if list.HasErrors() {
		return nil, list, nil
	}
	source := lay(tree)
	p := &printer{layout: source, keywords: o.Keywords}
	if addsLanguage(tree, source) {
		p.addLanguage()
	}
	p.print()
	if err := verify(source, p.out, p.added); err != nil {
		return nil, list, err
	}
	return p.out, list, nil
}

// addsLanguage says whether the file lacks the line that states the version
// of the language. A file without statements needs none.
func addsLanguage(tree *ast.File, l *layout) bool {
	return tree.Language == nil && len(l.statements) > 0
}
