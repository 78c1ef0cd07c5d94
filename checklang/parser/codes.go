package parser

import "github.com/pinjian/pinjian/checklang/token"

// joinCodes makes one Code token of the adjacent tokens of a code. Which
// letters and marks belong to a code depends on the keyword before it, so the
// scanner can't know.
func (p *parser) joinCodes(tokens []token.Token) []token.Token {
	out := tokens[:0]
	begins := true   // the next token begins a statement
	list := false    // inside covers, and behind only: every run is a code
	content := false // inside content: runs behind the colon are codes
	wantOne := false // the next run is a code
	// Fields may be called covers or content: the lists of codes are lists
	// only in a tier. Every open block is here by the word of its statement.
	var blocks []token.Keyword
	head := token.NoKeyword
	for i := 0; i < len(tokens); i++ {
		t := tokens[i]
		if t.Kind == token.Comment {
			out = append(out, t)
			continue
		}
		starts := begins || (t.Newline && !p.lastContinues(out))
		if starts {
			list, content, wantOne = false, false, false
			head = t.Keyword
		}
		inTier := len(blocks) > 0 && blocks[len(blocks)-1] == token.KwTier
		switch {
		case starts && t.Kind == token.Word:
			switch t.Keyword {
			case token.KwSection, token.KwItem, token.KwStandard, token.KwTest, token.KwAccept:
				wantOne = true
			case token.KwCovers:
				list = inTier
			case token.KwContent:
				content = inTier
			}
		case content && t.Kind == token.Colon, head == token.KwMissing && t.Keyword == token.KwOnly && tallied(blocks):
			list = true
		case list && codePart(t.Kind) && t.Keyword != token.KwAll, wantOne && p.isCode(tokens[i:]):
			for i+1 < len(tokens) && !tokens[i+1].Space && codePart(tokens[i+1].Kind) {
				i++
				t.End = tokens[i].End
			}
			t.Kind, t.Keyword = token.Code, token.NoKeyword
			wantOne = false
		default:
			wantOne = false
		}
		switch t.Kind {
		case token.LeftBrace:
			blocks = append(blocks, head)
		case token.RightBrace:
			blocks = blocks[:max(0, len(blocks)-1)]
		}
		begins = t.Kind == token.LeftBrace || t.Kind == token.RightBrace || t.Kind == token.Semicolon
		out = append(out, t)
	}
	return out
}

// tallied says whether the innermost block holds rules of adding up.
func tallied(blocks []token.Keyword) bool {
	if len(blocks) == 0 {
		return false
	}
	switch blocks[len(blocks)-1] {
	case token.KwSection, token.KwItem, token.KwTotal, token.KwAssessors:
		return true
	}
	return false
}

// isCode says whether a run of adjacent tokens is a code and not the second
// name of a field that happens to be called item: a title follows it, or it
// begins with a number.
func (p *parser) isCode(tokens []token.Token) bool {
	if !codePart(tokens[0].Kind) || tokens[0].Newline {
		return false
	}
	i := 1
	for i < len(tokens) && !tokens[i].Space && codePart(tokens[i].Kind) {
		i++
	}
	return tokens[0].Kind != token.Word || (i < len(tokens) && tokens[i].Kind == token.Text)
}

func (p *parser) lastContinues(out []token.Token) bool {
	for i := len(out) - 1; i >= 0; i-- {
		if out[i].Kind != token.Comment {
			return joins(out[i], true)
		}
	}
	return false
}

func codePart(k token.Kind) bool {
	switch k {
	case token.Word, token.Number, token.Duration, token.Clock, token.Date, token.Dot, token.DotDot, token.Minus, token.Slash, token.LeftParen, token.RightParen:
		return true
	}
	return false
}
