package parser

import (
	"errors"
	"regexp"
	"slices"
	"strings"

	"github.com/alecthomas/participle/v2"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/internal/suggest"
	"github.com/pinjian/pinjian/checklang/token"
)

// read lets participle read the head of a statement. Characters that the
// scanner has already refused are left out, and then nothing more is said
// about the statement.
func (p *parser) read(c context, f form, head []token.Token) (node, bool) {
	silent := slices.ContainsFunc(head, func(t token.Token) bool { return t.Kind == token.Invalid })
	if silent {
		head = slices.DeleteFunc(slices.Clone(head), func(t token.Token) bool { return t.Kind == token.Invalid })
	}
	n, err := f.parse(p.feed.Statement(p.file, head))
	if err == nil {
		return n, !silent
	}
	if !silent {
		p.syntaxError(c, err, head)
	}
	return n, false
}

func (p *parser) syntaxError(c context, err error, head []token.Token) {
	last := head[len(head)-1]
	if syntax := (*ast.SyntaxError)(nil); errors.As(err, &syntax) {
		args := syntax.Args
		r := syntax.Range
		if syntax.Code == "C201" {
			if r.Start == r.End || args[0] == "" {
				args, r = []any{endOfStatement, spoken(args[1].(string))}, last.Range
				p.report(diagnostic.IncompleteStatement, r, args[1])
				return
			}
			args = []any{p.raw(r), spoken(args[1].(string))}
		}
		p.report(diagnostic.Code(syntax.Code), r, args...)
		if at := slices.IndexFunc(head, func(h token.Token) bool { return h.Range == r }); at > 0 && syntax.Code == "C201" {
			p.mend("(expected "+syntax.Args[1].(string)+")", head, at)
		}
		return
	}
	var unexpected *participle.UnexpectedTokenError
	if !errors.As(err, &unexpected) {
		p.report(diagnostic.Unexpected, head[0].Join(last.Range), p.raw(head[0].Range), diagnostic.Same(err.Error()))
		return
	}
	t := unexpected.Unexpected
	r := token.Range{Start: uint32(t.Pos.Offset), End: uint32(t.Pos.Column)}
	expected := expectation(unexpected.Message())
	if t.EOF() {
		p.report(diagnostic.IncompleteStatement, last.Range, expected)
		return
	}
	if i := slices.IndexFunc(head, func(h token.Token) bool { return h.Range == r }); i >= 0 {
		if literal := ast.CheckLiteral(p.file, head[i]); literal != nil {
			p.syntaxError(c, literal, head)
			return
		}
	}
	word := p.raw(r)
	at, found := slices.BinarySearchFunc(head, r.Start, func(t token.Token, start uint32) int { return int(t.Start) - int(start) })
	if found && at > 0 && expected == (diagnostic.Words{}) && foreignConnectives[word] != token.NoKeyword {
		p.trailing(head, at)
		return
	}
	if p.unspaced(word, r) || (found && at > 0 && head[at-1].Kind == token.Word && p.unspaced(p.raw(head[at-1].Range), head[at-1].Range)) {
		return
	}
	if expected == (diagnostic.Words{}) {
		if found && at == 0 {
			p.report(diagnostic.Unexpected, r, word, p.expected(c))
			return
		}
		if !found {
			p.report(diagnostic.TrailingWords, r, word, diagnostic.Words{ZH: "删去它，或另起一行", EN: "remove it, or begin a new line"})
			return
		}
		p.trailing(head, at)
		return
	}
	p.report(diagnostic.Unexpected, r, word, expected)
	if found {
		p.mend(unexpected.Message(), head, at)
	}
}

// mend offers what most likely was meant where something else is expected.
func (p *parser) mend(message string, head []token.Token, at int) {
	t := head[at]
	word := p.raw(t.Range)
	m := expectedPattern.FindStringSubmatch(message)
	wants := func(symbol string) bool { return m != nil && slices.Contains(notationTerms(m[1]), symbol) }
	write := func(text string) {
		p.addFix(diagnostic.Words{ZH: "改写为 " + text, EN: "write " + text}, t.Range, text)
	}
	number, numeral := suggest.Numeral(word)
	last := at == len(head)-1
	switch {
	case numeral && (wants("Number") || wants("Size") || wants("Duration") || wants("Bound")):
		write(number)
	case t.Kind == token.Minus && wants(".."):
		write("..")
	case t.Kind == token.Word && t.Keyword == token.NoKeyword && last && (wants("Text") || wants("String")):
		write(token.Quote(word))
	}
}

// notationTerms are the terms of participle's notation.
func notationTerms(notation string) (out []string) {
	for _, m := range grammarTerm.FindAllStringSubmatch(notation, -1) {
		out = append(out, m[1]+m[2]+m[3]+m[4])
	}
	return out
}

var endOfStatement = diagnostic.Words{ZH: "语句结束", EN: "the end of the statement"}

func (p *parser) raw(r token.Range) string {
	s := p.file.Text()[r.Start:r.End]
	if runes := []rune(s); len(runes) > 40 {
		s = string(runes[:40]) + "…"
	}
	return s
}

var expectedPattern = regexp.MustCompile(`\(expected (.*)\)$`)

// expectation puts participle's grammar notation into words: the first things
// that could have stood there.
func expectation(message string) diagnostic.Words {
	m := expectedPattern.FindStringSubmatch(message)
	if m == nil {
		return diagnostic.Words{}
	}
	return spoken(m[1])
}

// grammarTerm finds the terms of participle's notation.
var grammarTerm = regexp.MustCompile(`<(\w+)>|"([^"]+)"|'([^']+)'|(\w+)`)

// nodeWords names what the nodes of the grammar stand for.
var nodeWords = map[string]diagnostic.Words{
	"Name": {ZH: "名称", EN: "a name"}, "Names": {ZH: "名称", EN: "a name"}, "Text": {ZH: "带引号的文字", EN: "a quoted text"},
	"Code": {ZH: "编号", EN: "a code"}, "Number": {ZH: "数", EN: "a number"}, "Expr": {ZH: "表达式", EN: "an expression"},
	"Date": {ZH: "日期（如 2026-11-23）", EN: "a date (such as 2026-11-23)"}, "Clock": {ZH: "时刻（如 21:00）", EN: "a time of day (such as 21:00)"},
	"Duration": {ZH: "时长（如 10分钟）", EN: "a duration (such as 10m)"}, "TypeExpr": {ZH: "类型", EN: "a type"}, "Size": {ZH: "数量（如 7、50%、全部）", EN: "a size (such as 7, 50%, all)"},
	"Bound": {ZH: "数", EN: "a number"}, "Bounds": {ZH: "范围（如 1..5）", EN: "a range (such as 1..5)"}, "Answer": {ZH: "答案名称", EN: "an answer"},
	"Side": {ZH: "记录名称", EN: "a record"}, "Instant": {ZH: "日期", EN: "a date"}, "Expect": {ZH: "预期结论", EN: "an expected outcome"},
	"SampleClause": {ZH: "“其中”“每”“均布于”", EN: "where, per or spread by"},
}

// marks names the punctuation that would be lost in a list.
var marks = map[string]diagnostic.Words{",": {ZH: "逗号", EN: "a comma"}, ":": {ZH: "冒号", EN: "a colon"}}

// symbols finds a keyword by the name that the grammar gives it.
func symbolKeyword(symbol string) (token.Keyword, bool) {
	for _, k := range token.Keywords() {
		if strings.EqualFold(k.Symbol(), symbol) {
			return k, true
		}
	}
	return token.NoKeyword, false
}

func spoken(notation string) diagnostic.Words {
	var zh, en []string
	for _, m := range grammarTerm.FindAllStringSubmatch(notation, -1) {
		term := m[1] + m[2] + m[3] + m[4]
		w, plain := marks[term]
		if !plain {
			w = diagnostic.Same(term)
		}
		if m[2]+m[3] == "" {
			if k, ok := symbolKeyword(term); ok {
				w = diagnostic.Words{ZH: k.In(token.Chinese), EN: k.In(token.English)}
			} else if known, ok := nodeWords[term]; ok {
				w = known
			} else if len(zh) > 0 {
				continue
			}
		}
		if !slices.Contains(en, w.EN) {
			zh, en = append(zh, w.ZH), append(en, w.EN)
		}
		if len(zh) == 6 {
			break
		}
	}
	return diagnostic.Words{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

// expected lists the keywords that begin a statement of a context.
func (p *parser) expected(c context) diagnostic.Words {
	var zh, en []string
	for _, k := range token.Keywords() {
		if _, ok := grammar()[c][k]; ok {
			zh, en = append(zh, k.In(token.Chinese)), append(en, k.In(token.English))
		}
	}
	if _, ok := grammar()[c][token.NoKeyword]; ok {
		zh, en = append(zh, "名称"), append(en, "a name")
	}
	return diagnostic.Words{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}
}

// places names the contexts in which a statement may stand.
var places = map[context]diagnostic.Words{
	inFile: {ZH: "文件最外层", EN: "the top of the file"}, inStandard: {ZH: "标准", EN: "standard"}, inSection: {ZH: "章节", EN: "section"},
	inItem: {ZH: "检查项", EN: "item"}, inPart: {ZH: "分项", EN: "part"}, inTier: {ZH: "检查层级", EN: "tier"}, inResponse: {ZH: "整改", EN: "response"},
	inScoring: {ZH: "评分", EN: "scoring"}, inStage: {ZH: "评分中的一级", EN: "a stage of scoring"}, inTest: {ZH: "测试", EN: "test"}, inRecord: {ZH: "记录", EN: "record"},
}

// unknownStatement explains a statement that begins with nothing known here,
// and returns the keyword that was most likely meant.
func (p *parser) unknownStatement(c context, first token.Token) token.Keyword {
	word := p.raw(first.Range)
	if first.Kind == token.Invalid {
		return token.NoKeyword
	}
	if first.Kind == token.Word {
		if first.Keyword != token.NoKeyword {
			var zh, en []string
			for place := inFile; place < noBody; place++ {
				if _, ok := grammar()[place][first.Keyword]; ok && places[place] != (diagnostic.Words{}) {
					zh, en = append(zh, places[place].ZH), append(en, places[place].EN)
				}
			}
			if len(zh) > 0 {
				p.report(diagnostic.Misplaced, first.Range, word, diagnostic.Words{ZH: strings.Join(zh, "、"), EN: strings.Join(en, ", ")}, places[c])
				return first.Keyword
			}
		}
		if p.unspaced(word, first.Range) {
			return token.NoKeyword
		}
		var candidates []string
		for _, k := range token.Keywords() {
			if _, ok := grammar()[c][k]; ok {
				candidates = append(candidates, k.In(token.English), k.In(token.Chinese))
				candidates = append(candidates, k.Entry().Accepted...)
			}
		}
		if near, ok := suggest.Nearest(word, candidates); ok {
			if !p.stopped {
				p.report(diagnostic.MisspeltStatement, first.Range, word, near)
				p.addFix(diagnostic.Words{ZH: "改写为 " + near, EN: "write " + near}, first.Range, near)
			}
			return token.LookupKeyword(near)
		}
	}
	p.report(diagnostic.UnknownStatement, first.Range, word, p.expected(c))
	return token.NoKeyword
}

func (p *parser) addFix(title diagnostic.Words, r token.Range, text string) {
	if n := len(p.diagnostics); n > 0 && !p.stopped {
		p.diagnostics[n-1] = p.diagnostics[n-1].WithFix(title, diagnostic.Edit{Span: r.In(p.file), New: text})
	}
}

// sizeRun is a keyword with a number and more written on: 抽样7单派工单.
var sizeRun = regexp.MustCompile(`^([^0-9]+)([0-9]+)([^0-9]*)$`)

// cutAtNumber parts such a run at its number, and what follows it behind its
// classifier.
func (p *parser) cutAtNumber(word string) ([]string, bool) {
	m := sizeRun.FindStringSubmatch(word)
	if m == nil || token.LookupKeyword(m[1]) == token.NoKeyword {
		return nil, false
	}
	parts, rest := m[1:3], m[3]
	if rest == "" {
		return parts, true
	}
	for _, w := range token.Words() {
		if name, ok := strings.CutPrefix(rest, w.Chinese); ok && w.Class == "classifier" && name != "" && !p.knownWords()[rest] {
			return append(parts, w.Chinese, name), true
		}
	}
	return append(parts, rest), true
}

// unspaced reports a run of letters that the words of this file and the
// keywords cut in exactly one way.
func (p *parser) unspaced(word string, r token.Range) bool {
	known := p.knownWords()
	if len(word) > maxRun { // nothing longer is cut, and cutting looks every part up
		return false
	}
	occurs := known[word]
	known[word] = false // the run itself is no part of itself
	parts, ok := suggest.Split(word, known)
	known[word] = occurs
	if !ok {
		parts, ok = cut(word)
	}
	if !ok {
		parts, ok = p.cutAtNumber(word)
	}
	if !ok || !slices.ContainsFunc(parts, func(s string) bool { return token.LookupKeyword(s) != token.NoKeyword && s[0] >= 0x80 }) {
		return false
	}
	apart := strings.Join(parts, " ")
	p.report(diagnostic.UnspacedWords, r, word, apart)
	p.addFix(diagnostic.Words{ZH: "改写为 " + apart, EN: "write " + apart}, r, apart)
	return true
}

// cut parts a run at the one reserved word that ends or begins it: what stands
// beside 且 or 为空 may be a name of another file.
func cut(word string) ([]string, bool) {
	for _, k := range token.Keywords() {
		s := k.In(token.Chinese)
		if !k.IsReserved() || k == token.KwTrue || k == token.KwFalse || k == token.KwNot { // 是, 否 and 非 begin and end ordinary words
			continue
		}
		if rest, ok := strings.CutSuffix(word, s); ok && rest != "" && !(k == token.KwIsAbsent && strings.HasSuffix(rest, "不")) && !(k == token.KwIn && strings.HasSuffix(rest, "不")) {
			return []string{rest, s}, true
		}
		if rest, ok := strings.CutPrefix(word, s); ok && rest != "" {
			return []string{s, rest}, true
		}
	}
	return nil, false
}

// maxRun is the length in bytes up to which a run of letters is cut.
const maxRun = 200

// knownWords returns the words of this file and the Chinese keywords. It is
// made when first asked for and once, since a file of mistakes asks often.
func (p *parser) knownWords() map[string]bool {
	if p.words == nil {
		p.words = map[string]bool{}
		for _, t := range p.meaningful {
			if t.Kind == token.Word {
				p.words[t.Value(p.file)] = true
			}
		}
		for _, k := range token.Keywords() {
			for _, s := range append([]string{k.In(token.Chinese)}, k.Entry().Accepted...) {
				p.words[s] = true
			}
		}
	}
	return p.words
}

// doc returns the comment block whose last line stands directly above a
// statement.
func (p *parser) doc(first token.Token) string {
	i := indexAt(p.comments, first.Start) - 1
	if i < 0 { // most have none; a line number costs a search
		return ""
	}
	if before := indexAt(p.meaningful, first.Start) - 1; before >= 0 && p.meaningful[before].Start > p.comments[i].Start {
		return ""
	}
	var lines []string
	line := p.file.LineNumber(int(first.Start))
	for ; i >= 0 && p.comments[i].Newline; i-- {
		if p.file.LineNumber(int(p.comments[i].Start)) != line-1 {
			break
		}
		line--
		lines = append(lines, strings.TrimSpace(strings.TrimLeft(p.comments[i].Value(p.file), "/／")))
	}
	slices.Reverse(lines)
	return strings.Join(lines, "\n")
}
