package parser

import (
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// Cache keeps the declarations of one file between parses, so that after an
// edit only the declarations it touched are parsed anew: those of the top of
// the file, and items wherever they stand. A declaration is known by its text,
// so it is found again when it moves, and when an edit is taken back. Trees
// and diagnostics are those of a parse without a Cache. The zero Cache is
// empty; what the last parse did not use is dropped. A Cache is safe for
// concurrent use; of parses at one time the last to end is kept.
type Cache struct {
	mutex sync.Mutex
	kept  map[keptKey]*kept
}

// keptKey is what the tree of a declaration follows from: where it stands and
// how it is written.
type keptKey struct {
	context context
	text    string
}

// kept is one declaration that was parsed without a diagnostic. Nothing
// changes it, since trees of earlier parses share it.
type kept struct {
	key      keptKey
	decl     node
	start    uint32 // where in its file the tree has it
	doc      string
	declared int // how many declarations it holds
}

func (c *Cache) last() map[keptKey]*kept {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	return c.kept
}

func (c *Cache) keep(k map[keptKey]*kept) {
	c.mutex.Lock()
	defer c.mutex.Unlock()
	c.kept = k
}

// reuse takes the declaration that begins here from the cache, or parses it by
// itself and puts it there. It reports false, with nothing taken, for what can
// only be parsed where it stands: a statement without a block, a section,
// whose items are reused one by one, and a declaration with a mistake.
func (p *parser) reuse(c context, add func(ast.Node)) bool {
	first := p.peek()
	f, known := p.formFor(c, first)
	if !known || f.body == noBody || f.body == inSection || (c != inFile && f.body != inItem) || p.depth > maxBlocks/2 || !p.begins() {
		return false
	}
	end, closed := p.extent()
	if !closed {
		return false
	}
	key := keptKey{c, p.file.Text()[first.Start:p.meaningful[end-1].End]}
	k := p.known[key]
	if k == nil {
		if k = p.apart(key, first.Start); k == nil {
			return false
		}
	}
	if p.options.Declarations > 0 && p.declared+k.declared > p.options.Declarations {
		return false // the parser says where the limit was passed
	}
	if doc := strings.Clone(p.doc(first)); k.start != first.Start || k.doc != doc {
		moved := p.mover.statement(k.decl, int(first.Start)-int(k.start))
		moved.SetPos(token.Range{Start: first.Start, End: first.Start + uint32(len(key.text))}, doc, nil)
		k = &kept{key: k.key, decl: moved, start: first.Start, doc: doc, declared: k.declared}
	}
	p.declared += k.declared
	p.fresh[k.key] = k
	p.at = end
	add(k.decl)
	return true
}

// begins says whether a statement begins here whatever stands before, so that
// codes were joined in it as in the same text elsewhere.
func (p *parser) begins() bool {
	if p.at == 0 {
		return true
	}
	switch before := p.meaningful[p.at-1]; before.Kind {
	case token.LeftBrace, token.RightBrace, token.Semicolon:
		return true
	default:
		return p.peek().Newline && !joins(before, true)
	}
}

// extent finds the end of the block of the statement that begins here: the
// index behind its closing brace.
func (p *parser) extent() (end int, closed bool) {
	depth := 0
	for i := p.at; ; i++ {
		t := p.meaningful[i]
		switch t.Kind {
		case token.EOF:
			return 0, false
		case token.LeftBrace:
			depth++
		case token.RightBrace:
			if depth--; depth <= 0 {
				return i + 1, depth == 0
			}
		default:
			if depth == 0 && i > p.at && (t.Kind == token.Semicolon || (t.Newline && !continues(p.meaningful[i-1], t))) {
				return 0, false
			}
		}
	}
}

// apart parses the text of one declaration by itself; nil when there is
// anything to say about it, or when it is not one whole declaration. It gets a
// text of its own, for the names of its tree are pieces of it: a tree that is
// kept for long must not hold the whole file of that time.
func (p *parser) apart(key keptKey, start uint32) *kept {
	stop := start + uint32(len(key.text))
	if i, _ := slices.BinarySearchFunc(p.scanned, start, func(d diagnostic.Diagnostic, at uint32) int { return int(d.Span.Start) - int(at) }); i < len(p.scanned) && p.scanned[i].Span.Start < stop {
		return nil
	}
	key.text = strings.Clone(key.text)
	own := &parser{file: token.NewFile(p.file.Name(), key.text), options: Options{Declarations: math.MaxInt}, probing: true, depth: maxBlocks / 2}
	own.comments = within(p.comments, start, stop)
	end := token.Range{Start: stop - start, End: stop - start}
	own.meaningful = append(within(p.meaningful, start, stop), token.Token{Kind: token.EOF, Newline: true, Range: end})
	var decl node
	_, whole := own.statement(key.context, func(n ast.Node) { decl = n.(node) })
	if !whole || decl == nil || len(own.diagnostics) > 0 || own.at != len(own.meaningful)-1 {
		return nil
	}
	return &kept{key: key, decl: decl, declared: own.declared}
}

// within copies the tokens of a stretch of the file, with their places counted
// from its start.
func within(tokens []token.Token, start, stop uint32) []token.Token {
	own := slices.Clone(tokens[indexAt(tokens, start):indexAt(tokens, stop)])
	for i := range own {
		own[i].Start, own[i].End = own[i].Start-start, own[i].End-start
	}
	return own
}
