package format

import (
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
)

// block is an open block. One that holds a list of short statements stays on
// the line of its head when its author wrote it so.
type block struct {
	kind    blockKind
	oneLine bool
}

type printer struct {
	*layout
	keywords token.Lang
	out      []byte
	blocks   []block
	kind     blockKind // of the statement being written
	open     bool      // inside a statement
	previous int       // the token before this one in the statement, or -1
	negative bool      // previous is a minus sign before a number or name
	fresh    bool      // nothing stands in the block yet
	blank    bool      // the author left a blank line here
	comment  bool      // the line ends with a comment
	added    bool      // the language line was added
	// pending holds the comments between a statement and its brace: the
	// brace belongs on the line of the head, so they move behind it.
	pending []int
}

// addLanguage writes the missing first line, with the word of the language
// that most keywords of the file are written in.
func (p *printer) addLanguage() {
	l := p.keywords
	if l == "" {
		chinese, english := 0, 0
		for _, t := range p.tree.Tokens {
			switch {
			case t.Keyword == token.NoKeyword || p.roles[t.Start] != isKeyword:
			case t.Value(p.tree.Source)[0] < 0x80:
				english++
			default:
				chinese++
			}
		}
		l = token.English
		if chinese > english {
			l = token.Chinese
		}
	}
	p.out = append(p.out, token.KwLang.In(l)+" 1"...)
	p.added, p.blank = true, true
}

func (p *printer) print() {
	text := p.tree.Source.Text()
	p.fresh = !p.added
	end := 0
	for i, t := range p.tree.Tokens {
		if t.Kind == token.EOF {
			break
		}
		if strings.Count(text[end:t.Start], "\n") > 1 {
			p.blank = p.blank || end > 0
		}
		end = int(t.End)
		switch {
		case t.Kind == token.Comment:
			p.writeComment(i)
		case p.separator[i]:
			p.open = false
		case t.Kind == token.LeftBrace:
			p.openBlock(i)
		case t.Kind == token.RightBrace:
			p.closeBlock()
		default:
			p.writeToken(i)
		}
	}
	if len(p.out) > 0 {
		p.out = append(p.out, '\n')
	}
}

// line begins a line at the level of the open blocks and extra ones.
func (p *printer) line(extra int, keepBlank bool) {
	if len(p.out) > 0 {
		p.out = append(p.out, '\n')
		if keepBlank && p.blank && !p.fresh {
			p.out = append(p.out, '\n')
		}
	}
	for range len(p.blocks) + extra {
		p.out = append(p.out, "  "...)
	}
	p.blank, p.fresh, p.comment = false, false, false
}

func (p *printer) writeComment(i int) {
	inside := p.open
	if inside {
		next := p.next[i]
		following := p.tree.Tokens[next]
		_, starts := p.statements[following.Start]
		if following.Kind == token.LeftBrace {
			p.pending = append(p.pending, i)
			return
		}
		inside = !starts && !p.separator[next] && following.Kind != token.RightBrace && following.Kind != token.EOF
	}
	p.placeComment(i, inside)
}

func (p *printer) placeComment(i int, inside bool) {
	t := p.tree.Tokens[i]
	switch {
	case t.Newline || p.comment:
		extra := 0
		if inside {
			extra = 1
		}
		p.line(extra, !inside)
	default:
		p.out = append(p.out, ' ')
		p.blank, p.fresh = false, false
	}
	p.out = append(p.out, t.In(p.tree.Source).Text()...)
	p.comment = true
}

func (p *printer) openBlock(i int) {
	p.out = append(p.out, " {"...)
	p.blocks = append(p.blocks, block{kind: p.kind, oneLine: p.kind.commas() && len(p.pending) == 0 && p.onOneLine(i)})
	p.open, p.fresh, p.blank, p.comment = false, true, false, false
	for _, c := range p.pending {
		p.placeComment(c, false)
	}
	p.pending = p.pending[:0]
}

// onOneLine says whether the block that opens at i closes on the same line.
func (p *printer) onOneLine(i int) bool {
	for _, t := range p.tree.Tokens[i+1:] {
		if t.Newline {
			return false
		}
		if t.Kind == token.RightBrace {
			return true
		}
	}
	return false
}

func (p *printer) closeBlock() {
	closing := p.blocks[len(p.blocks)-1]
	p.blocks = p.blocks[:len(p.blocks)-1]
	switch {
	case p.fresh:
	case closing.oneLine:
		p.out = append(p.out, ' ')
	default:
		p.line(0, false)
	}
	p.out = append(p.out, '}')
	p.open, p.fresh, p.blank, p.comment = false, false, false, false
}

func (p *printer) writeToken(i int) {
	t := p.tree.Tokens[i]
	kind, starts := p.statements[t.Start]
	oneLine := len(p.blocks) > 0 && p.blocks[len(p.blocks)-1].oneLine
	switch {
	case starts && oneLine:
		if !p.fresh {
			p.out = append(p.out, ',')
		}
		p.out = append(p.out, ' ')
	case starts:
		p.line(0, true)
	case t.Newline || p.comment:
		p.line(1, false)
	case p.space(p.previous, i):
		p.out = append(p.out, ' ')
	}
	if starts {
		p.kind, p.previous, p.open = kind, -1, true
	}
	p.negative = t.Kind == token.Minus && !p.operand(p.previous)
	p.out = append(p.out, p.text(i)...)
	p.previous, p.fresh, p.blank = i, false, false
}

// operand says whether a minus sign behind the token subtracts.
func (p *printer) operand(i int) bool {
	if i < 0 {
		return false
	}
	t := p.tree.Tokens[i]
	switch t.Kind {
	case token.Word:
		return t.Keyword == token.NoKeyword || p.roles[t.Start] != isKeyword
	case token.Number, token.Duration, token.Clock, token.Date, token.Text, token.Code, token.RightParen, token.RightBracket:
		return true
	}
	return false
}

// space says whether a space stands between two tokens of a line.
func (p *printer) space(before, at int) bool {
	if before < 0 {
		return true
	}
	a, b := p.tree.Tokens[before], p.tree.Tokens[at]
	switch {
	case p.negative, a.Kind == token.LeftParen, a.Kind == token.LeftBracket, a.Kind == token.Dot:
		return false
	}
	switch b.Kind {
	case token.RightParen, token.RightBracket, token.Comma, token.Dot, token.DotDot:
		return false
	case token.Colon:
		return len(p.blocks) == 0 || !p.blocks[len(p.blocks)-1].kind.tight()
	case token.LeftParen:
		// Only a call's bracket stands close to the word before it.
		return a.Kind != token.Word || (p.roles[a.Start] == isKeyword && a.Keyword != token.KwPopulation)
	}
	return a.Kind != token.DotDot || !p.closed[before]
}

// text is how a token is written.
func (p *printer) text(i int) string {
	t, f := p.tree.Tokens[i], p.tree.Source
	switch t.Kind {
	case token.Equal:
		if p.assigns[i] {
			return "="
		}
	case token.Text:
		return token.Quote(t.Value(f))
	case token.Duration:
		if p.keywords != "" {
			number, unit := duration(t.Value(f))
			return number + words().units[unit].In(p.keywords)
		}
	case token.Word:
		if p.keywords == "" {
			break
		}
		switch r := p.roles[t.Start]; {
		case r == isFunction:
			function, _ := token.LookupFunction(t.Value(f))
			return words().functions[function].In(p.keywords)
		case r == isValue:
			value, _ := token.LookupValue(t.Value(f))
			return words().values[value].In(p.keywords)
		case r == isKeyword && t.Keyword != token.NoKeyword:
			return t.Keyword.In(p.keywords)
		}
	}
	return t.Value(f)
}
