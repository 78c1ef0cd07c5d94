// Package parser reads .chk files. Tokens are split into statements by the
// rules of lines and braces, and participle reads each statement by the
// grammar in the tags of package ast; so a broken statement costs itself
// alone, and a file with five mistakes reports five.
package parser

import (
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/scanner"
	"github.com/pinjian/pinjian/checklang/token"
)

// Options bounds what a file may hold. Zero fields mean no bound.
type Options struct {
	Declarations int // sections, items, parts and top-level declarations
	Diagnostics  int // more than this many are cut off
	// Tokens keeps the tokens in File.Tokens, as a formatter needs them.
	Tokens bool
	// Cache holds the declarations of the file's last parse; nil parses all of
	// it anew.
	Cache *Cache
}

// Parse reads a whole file. The tree holds everything that could be read; the
// list says what could not.
func Parse(f *token.File, o Options) (*ast.File, diagnostic.List) {
	tokens, diagnostics := scanner.Scan(f)
	p := &parser{file: f, options: o, diagnostics: diagnostics, scanned: slices.Clip(diagnostics)}
	tokens = p.joinCodes(tokens)
	out := &ast.File{Source: f}
	if o.Tokens {
		out.Tokens = slices.Clone(tokens)
	}
	p.partComments(tokens)
	if o.Cache != nil {
		p.known, p.fresh = o.Cache.last(), map[keptKey]*kept{}
		defer func() { o.Cache.keep(p.fresh) }()
	}
	_, out.Lost = p.block(inFile, nil, func(n ast.Node) {
		if language, ok := n.(*ast.Language); ok {
			p.language(out, language)
			return
		}
		out.Decls = append(out.Decls, n.(ast.Decl))
	})
	if out.Language == nil && len(p.meaningful) > 1 && !p.diagnostics.HasErrors() {
		start := token.Range{}.In(f)
		line := token.KwLang.In(f.Lang()) + " 1"
		p.diagnostics.Add(diagnostic.New(diagnostic.MissingLanguage, start).WithFix(
			diagnostic.Words{ZH: "加上首行“" + line + "”", EN: "add the first line \"" + line + "\""}, diagnostic.Edit{Span: start, New: line + "\n"}))
	}
	return out, p.diagnostics
}

type parser struct {
	file        *token.File
	options     Options
	comments    []token.Token
	meaningful  []token.Token // all others; ends with EOF
	at          int           // in meaningful
	declared    int
	stopped     bool
	diagnostics diagnostic.List
	depth       int             // of open blocks
	words       map[string]bool // see knownWords
	probing     bool            // stop at the first mistake
	scanned     diagnostic.List // what the scanner had to say, in the order of places
	known       map[keptKey]*kept
	fresh       map[keptKey]*kept // nil without a cache
	mover       mover
	feed        ast.Feed
}

func (p *parser) report(code diagnostic.Code, r token.Range, args ...any) {
	if p.options.Diagnostics > 0 && len(p.diagnostics) >= p.options.Diagnostics {
		p.stopped = true
		return
	}
	p.stopped = p.probing
	p.diagnostics.Add(diagnostic.New(code, r.In(p.file), args...))
}

func (p *parser) language(out *ast.File, l *ast.Language) {
	switch {
	case out.Language != nil:
		p.report(diagnostic.DuplicateStatement, l.Range, diagnostic.Words{ZH: "语言", EN: "lang"})
	case l.Number.Literal != "1":
		p.report(diagnostic.UnknownLanguageVersion, l.Number.Range, l.Number.Literal)
		fallthrough
	default:
		out.Language = l
	}
}

// partComments puts the comments beside the other tokens, in their place: a
// second list of all would double what the tokens of a large file take.
func (p *parser) partComments(tokens []token.Token) {
	p.meaningful = tokens[:0]
	for _, t := range tokens {
		if t.Kind == token.Comment {
			p.comments = append(p.comments, t)
		} else {
			p.meaningful = append(p.meaningful, t)
		}
	}
}

// indexAt is the index of the first token of a list at or behind a place.
func indexAt(tokens []token.Token, place uint32) int {
	i, _ := slices.BinarySearchFunc(tokens, place, func(t token.Token, at uint32) int { return int(t.Start) - int(at) })
	return i
}

func (p *parser) peek() token.Token { return p.meaningful[p.at] }

// block reads statements up to the brace that closes it, or to the end of the
// file at the top. It reports whether the block was closed, and what of it was
// lost.
func (p *parser) block(c context, opener *token.Token, add func(ast.Node)) (closed bool, lost ast.Lost) {
	for !p.stopped {
		t := p.peek()
		switch {
		case t.Kind == token.EOF:
			if opener != nil {
				p.missingBrace(*opener, t)
			}
			return false, lost
		case t.Kind == token.RightBrace:
			p.at++
			if opener != nil {
				return true, lost
			}
			p.report(diagnostic.ExtraBrace, t.Range)
		case t.Kind == token.Semicolon, t.Kind == token.Comma && c.list():
			p.at++
		case t.Kind == token.LeftBrace:
			p.report(diagnostic.Unexpected, t.Range, "{", p.expected(c))
			p.skipBlock()
		case opener != nil && p.startsOuter(c):
			p.missingBrace(*opener, t)
			return false, lost
		default:
			if k, ok := p.statement(c, add); !ok {
				lost = append(lost, k)
			}
		}
	}
	return false, lost
}

func (p *parser) missingBrace(opener, at token.Token) {
	if p.stopped {
		return
	}
	p.stopped = p.probing
	here := token.Range{Start: at.Start, End: at.Start}.In(p.file)
	p.diagnostics.Add(diagnostic.New(diagnostic.MissingBrace, opener.In(p.file)).
		WithRelated(at.In(p.file), diagnostic.Words{ZH: "到这里还没有 }", EN: "still open here"}).
		WithFix(diagnostic.Words{ZH: "在此之前补上 }", EN: "add } before this"}, diagnostic.Edit{Span: here, New: "}\n"}))
}

// startsOuter finds a declaration inside a block that can't hold it: its brace
// was forgotten, and reading on there would bury the rest of the file. In
// blocks whose statements begin with names, a keyword is a declaration only
// when a code and title or a block follows.
func (p *parser) startsOuter(c context) bool {
	t := p.peek()
	if t.Keyword == token.NoKeyword || !t.Newline {
		return false
	}
	if _, here := grammar()[c][t.Keyword]; here && c != inScoring && c != inResponse {
		return false
	}
	next := p.meaningful[min(p.at+1, len(p.meaningful)-1)]
	switch t.Keyword {
	case token.KwSection, token.KwItem, token.KwTest, token.KwStandard:
		return next.Kind == token.Code
	case token.KwTier, token.KwChoice, token.KwRecord, token.KwTable, token.KwPart, token.KwResponse, token.KwScoring:
		for i := p.at + 1; i < min(p.at+4, len(p.meaningful)); i++ {
			if p.meaningful[i].Kind == token.LeftBrace {
				return true
			}
			if p.meaningful[i].Newline || p.meaningful[i].Kind != token.Word {
				return false
			}
		}
	}
	return false
}

func (p *parser) skipBlock() {
	depth := 0
	for {
		switch p.peek().Kind {
		case token.EOF:
			return
		case token.LeftBrace:
			depth++
		case token.RightBrace:
			if depth--; depth <= 0 {
				p.at++
				return
			}
		}
		p.at++
	}
}

// maxBlocks bounds how deep blocks nest, so that a hostile file can't exhaust
// the stack of any phase.
const maxBlocks = 64

// statement reads one statement and, where it has one, the block behind it.
// When the statement is lost it says what would have begun it.
func (p *parser) statement(c context, add func(ast.Node)) (meant token.Keyword, kept bool) {
	start := p.at
	if p.fresh != nil && p.reuse(c, add) {
		return p.meaningful[start].Keyword, true
	}
	head := p.head(c)
	first := p.meaningful[start]
	f, known := p.formFor(c, first)
	if known && p.options.Declarations > 0 && (c == inFile || (f.body >= inSection && f.body != noBody)) {
		if p.declared++; p.declared > p.options.Declarations {
			p.report(diagnostic.TooManyDeclarations, first.Range, p.options.Declarations)
			p.stopped = true
			return first.Keyword, false
		}
	}
	var n node
	var ok, vague bool // vague: what the statement declares is not as its author meant
	var lost ast.Lost
	if known {
		n, ok = p.read(c, f, head)
		meant = first.Keyword
		vague = ok && slices.ContainsFunc(head, p.openText)
	} else {
		meant = p.unknownStatement(c, first)
	}
	open := p.peek()
	end := head[len(head)-1].Range
	if open.Kind == token.LeftBrace {
		p.at++
		switch {
		case known && f.body != noBody && n != nil:
			if table, isTable := n.(*ast.Table); isTable {
				table.Body = true
			}
			if p.depth == maxBlocks {
				p.report(diagnostic.NestingTooDeep, open.Range, maxBlocks)
				p.at--
				p.skipBlock()
				break
			}
			p.depth++
			_, lost = p.block(f.body, &open, func(child ast.Node) { attach(n, child) })
			p.depth--
		default:
			p.at--
			if known && ok {
				p.report(diagnostic.NoBlockHere, open.Range, first.Value(p.file))
			}
			p.skipBlock()
		}
		end = p.meaningful[p.at-1].Range
	} else if known && ok && f.body != noBody && !f.optional {
		p.report(diagnostic.MissingBlock, end, first.Value(p.file))
		lost = ast.Lost{token.NoKeyword}
		if p.depth < maxBlocks && p.belongs(f.body, c) { // only the brace is missing
			opener := token.Token{Kind: token.LeftBrace, Range: end}
			p.depth++
			_, lost = p.block(f.body, &opener, func(child ast.Node) { attach(n, child) })
			p.depth--
			end = p.meaningful[p.at-1].Range
		}
	}
	if n != nil {
		n.SetPos(first.Join(end), p.doc(first), lost)
		if ok {
			add(n)
		}
	}
	return meant, ok && !vague
}

// openText finds a text without its closing mark; the scanner has reported it.
func (p *parser) openText(t token.Token) bool {
	s := p.file.Text()[t.Start:t.End]
	if t.Kind != token.Text {
		return false
	}
	if inner, ok := strings.CutPrefix(s, "“"); ok {
		return !strings.HasSuffix(inner, "”")
	}
	r, size := utf8.DecodeRuneInString(s)
	return (r == '"' || r == '＂') && !strings.HasSuffix(s[size:], "\"") && !strings.HasSuffix(s[size:], "＂")
}

// belongs says whether the next statement can stand in a block but not beside
// it.
func (p *parser) belongs(body, beside context) bool {
	t := p.peek()
	if t.Kind != token.Word || t.Keyword == token.NoKeyword || body == noBody {
		return false
	}
	_, inside := grammar()[body][t.Keyword]
	_, outside := grammar()[beside][t.Keyword]
	return inside && !outside
}

// formFor finds the form of a statement by its first token. A keyword that no
// statement of the context begins with is an ordinary name there.
func (p *parser) formFor(c context, first token.Token) (form, bool) {
	byKeyword := grammar()[c]
	if first.Kind == token.Word {
		if f, ok := byKeyword[first.Keyword]; ok && first.Keyword != token.NoKeyword {
			return f, true
		}
	}
	f, ok := byKeyword[token.NoKeyword]
	return f, ok
}

// head takes the tokens of one statement up to its end or its block.
func (p *parser) head(c context) []token.Token {
	start := p.at
	depth := 0
	for ; ; p.at++ {
		t := p.peek()
		if t.Kind == token.EOF || t.Kind == token.LeftBrace || t.Kind == token.RightBrace {
			break
		}
		if p.at > start {
			if depth == 0 && (t.Kind == token.Semicolon || (t.Kind == token.Comma && c.list())) {
				break
			}
			if t.Newline {
				if depth == 0 && !continues(p.meaningful[p.at-1], t) {
					break
				}
				// A bracket that was never closed must not swallow the rest.
				if depth > 0 && p.beginsStatement(c, t) {
					break
				}
			}
		}
		switch t.Kind {
		case token.LeftParen, token.LeftBracket:
			depth++
		case token.RightParen, token.RightBracket:
			depth--
		}
	}
	if p.at == start { // a brace or the like is handled by the caller; never stand still
		p.at++
	}
	return p.meaningful[start:p.at]
}

func (p *parser) beginsStatement(c context, t token.Token) bool {
	if t.Kind != token.Word || t.Keyword == token.NoKeyword {
		return false
	}
	if _, ok := grammar()[c][t.Keyword]; ok {
		return true
	}
	_, ok := grammar()[inFile][t.Keyword]
	return ok
}

// continues says whether a statement goes on over the end of a line: the line
// ends with an operator, a comma, a colon or an arrow, or the next one starts
// with one.
func continues(last, next token.Token) bool {
	return joins(last, true) || joins(next, false)
}

func joins(t token.Token, ending bool) bool {
	switch t.Kind {
	case token.Comma, token.Colon, token.Arrow, token.Plus, token.Minus, token.Star, token.Slash,
		token.Equal, token.NotEqual, token.Less, token.LessEqual, token.Greater, token.GreaterEqual:
		return true
	case token.Word:
		switch t.Keyword {
		case token.KwAnd, token.KwOr, token.KwNot, token.KwIn, token.KwNotIn, token.KwContains:
			return true
		case token.KwIsAbsent, token.KwIsPresent:
			return !ending
		}
	}
	return false
}
