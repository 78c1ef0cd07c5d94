package format

import (
	"fmt"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
)

// mark is what formatting must keep of a token: its kind, its meaning, its
// role, and whether it begins a statement.
type mark struct {
	kind   token.Kind
	value  string
	role   role
	starts bool
	block  blockKind
}

// verify reads the formatted text again and compares it with the source, so
// that no mistake of the writer, nor two words that read as one, ever reaches
// a file.
func verify(source *layout, out []byte, added bool) error {
	f := token.NewFile(source.tree.Source.Name(), string(out))
	tree, list := parser.Parse(f, parser.Options{Tokens: true})
	for _, d := range list {
		if d.Severity == diagnostic.Error {
			return fmt.Errorf("format: the formatted text of %s would not parse: %w", f.Name(), d)
		}
	}
	formatted := lay(tree)
	before, beforeComments := source.marks()
	after, afterComments := formatted.marks()
	if added {
		after = after[min(2, len(after)):]
	}
	for i := range max(len(before), len(after)) {
		if i >= len(before) || i >= len(after) || before[i].mark != after[i].mark {
			at, found := source.tree.Tokens[len(source.tree.Tokens)-1], "the end"
			if i < len(before) {
				at = before[i].Token
			}
			if i < len(after) {
				found = after[i].In(f).Text()
			}
			return fmt.Errorf("format: %s: %q would read as %q; use the other name of it or of the word beside it",
				at.In(source.tree.Source), at.In(source.tree.Source).Text(), found)
		}
	}
	for i := range max(len(beforeComments), len(afterComments)) {
		if i >= len(beforeComments) || i >= len(afterComments) || beforeComments[i] != afterComments[i] {
			return fmt.Errorf("format: %s: comment %d would be lost or moved; this is a mistake of the formatter", f.Name(), i+1)
		}
	}
	return nil
}

type marked struct {
	token.Token
	mark
}

func (l *layout) marks() ([]marked, []string) {
	marks := make([]marked, 0, len(l.tree.Tokens))
	var comments []string
	f := l.tree.Source
	for i, t := range l.tree.Tokens {
		if t.Kind == token.Comment {
			comments = append(comments, t.Value(f))
			continue
		}
		if l.separator[i] || t.Kind == token.EOF {
			continue
		}
		m := mark{kind: t.Kind, value: t.Value(f)}
		m.block, m.starts = l.statements[t.Start]
		switch {
		case t.Kind == token.Duration:
			number, unit := duration(m.value)
			m.value = number + " " + unit
		case t.Kind == token.Word:
			m.role = l.roles[t.Start]
			switch {
			case m.role == isFunction:
				m.value, _ = token.LookupFunction(m.value)
			case m.role == isValue:
				m.value, _ = token.LookupValue(m.value)
			case m.role == isKeyword && t.Keyword != token.NoKeyword:
				m.value = t.Keyword.String()
			}
		}
		marks = append(marks, marked{t, m})
	}
	return marks, comments
}
