package parser

import (
	"slices"

	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/internal/suggest"
	"github.com/pinjian/pinjian/checklang/token"
)

// foreignComparisons are the comparisons as authors say them, in both
// languages, with the operator that is written.
var foreignComparisons = map[string]string{
	"大于": ">", "超过": ">", "多于": ">", "高于": ">", "晚于": ">", "小于": "<", "少于": "<", "低于": "<", "早于": "<", "不足": "<",
	"大于等于": ">=", "不小于": ">=", "不少于": ">=", "不低于": ">=", "小于等于": "<=", "不大于": "<=", "不超过": "<=", "不多于": "<=",
	"等于": "==", "为": "==", "不等于": "!=", "不为": "!=", "over": ">", "above": ">", "exceeds": ">", "below": "<", "under": "<", "equals": "==",
}

// foreignConnectives are and, or and not as authors say them.
var foreignConnectives = map[string]token.Keyword{
	"并且": token.KwAnd, "而且": token.KwAnd, "同时": token.KwAnd, "和": token.KwAnd, "与": token.KwAnd, "及": token.KwAnd, "以及": token.KwAnd, "并": token.KwAnd,
	"或者": token.KwOr, "或是": token.KwOr, "不": token.KwNot, "不是": token.KwNot, "没有": token.KwNot, "没": token.KwNot, "非": token.KwNot,
	"AND": token.KwAnd, "And": token.KwAnd, "also": token.KwAnd, "OR": token.KwOr, "Or": token.KwOr, "NOT": token.KwNot, "Not": token.KwNot,
}

// trailing reports what stands behind a complete statement. What authors mean
// by it is often plain, and then the help and the fix say so.
func (p *parser) trailing(head []token.Token, at int) {
	t := head[at]
	word := p.raw(t.Range)
	say := func(zh, en string) {
		p.report(diagnostic.TrailingWords, t.Range, word, diagnostic.Words{ZH: zh, EN: en})
	}
	replace := func(from, to int, with string) {
		say("改写为 "+with, "write "+with)
		p.addFix(diagnostic.Words{ZH: "改写为 " + with, EN: "write " + with}, head[from].Join(head[to].Range), with)
	}
	before := func(n int) token.Token {
		if at < n {
			return token.Token{}
		}
		return head[at-n]
	}
	lang := p.file.Lang()
	connective := foreignConnectives[word].In(lang)
	negation := foreignConnectives[p.raw(before(1).Range)] == token.KwNot && before(1).Kind == token.Word && before(1).Keyword == token.NoKeyword
	typeMeant, isType := suggest.Type(p.raw(before(1).Range))
	operator, compares := foreignComparisons[word]
	first := head[0].Keyword
	conditional := slices.Contains([]token.Keyword{token.KwPass, token.KwObservation, token.KwFail, token.KwMajor}, first)
	hasWhen := slices.ContainsFunc(head, func(h token.Token) bool { return h.Keyword == token.KwWhen })
	switch {
	case t.Kind == token.Word && before(1).Kind == token.Number && p.unitNear(word) != "":
		replace(at-1, at, p.raw(before(1).Range)+p.unitNear(word))
	case t.Keyword == token.KwWorkdays:
		say("工作日用 相隔工作日(甲, 乙) 来数，与个数比较", "count business days with workdays(a, b), and compare the count")
	case first == token.KwSample && (t.Keyword == token.KwAtLeast || t.Keyword == token.KwAtMost):
		say("把它移到数量后面、记录前面，如 20% 至少 3 单 派工单", "put it behind the size and before the record, such as 20% at least 3 WorkOrder")
	case conditional && !hasWhen && at == 2 && (t.Kind == token.Word || isComparison(t.Kind)):
		when := token.KwWhen.In(token.Chinese)
		if head[0].Value(p.file) == first.In(token.English) {
			when = token.KwWhen.In(token.English)
		}
		say("条件前面写“"+when+"”", "write \""+when+"\" before the condition")
		p.addFix(diagnostic.Words{ZH: "加上“" + when + "”", EN: "add " + when}, token.Range{Start: head[1].Start, End: head[1].Start}, when+" ")
	case compares:
		replace(at, at, operator)
	case foreignConnectives[word] == token.KwAnd || foreignConnectives[word] == token.KwOr:
		replace(at, at, connective)
	case t.Keyword == token.KwTrue && at+1 < len(head) && slices.Contains([]string{"空", "空的", "absent", "null"}, p.raw(head[at+1].Range)):
		replace(at, at+1, token.KwIsAbsent.In(lang))
	case isType && before(2).Kind == token.Colon: // integer 1..5
		p.report(diagnostic.MisspeltName, before(1).Range, p.raw(before(1).Range), typeMeant)
		p.addFix(diagnostic.Words{ZH: "改写为 " + typeMeant, EN: "write " + typeMeant}, before(1).Range, typeMeant)
	case negation && t.Keyword != token.KwWhen: // the word before stands as a name
		with := token.KwNot.In(lang) + " "
		p.report(diagnostic.ForeignOperator, before(1).Range, p.raw(before(1).Range), diagnostic.Words{ZH: with[:len(with)-1], EN: with[:len(with)-1]})
		p.addFix(diagnostic.Words{ZH: "改写为 " + with[:len(with)-1], EN: "write " + with[:len(with)-1]}, token.Range{Start: before(1).Start, End: t.Start}, with)
	case (word == "可选" || word == "可为空" || word == "允许为空" || word == "nullable") && at > 0:
		replace(at, at, token.KwOptional.In(lang))
	case t.Kind == token.Comma && at == len(head)-1:
		say("删去它", "remove it")
		p.addFix(diagnostic.Words{ZH: "删去它", EN: "remove it"}, t.Range, "")
	case t.Kind == token.Text && (conditional || first == token.KwDeduct || first == token.KwAward || first == token.KwTarget || first == token.KwRefer):
		say("在它前面写 :", "write : before it")
		p.addFix(diagnostic.Words{ZH: "加上 :", EN: "add :"}, token.Range{Start: t.Start, End: t.Start}, ": ")
	default:
		say("删去它，或另起一行", "remove it, or begin a new line")
	}
}

func isComparison(k token.Kind) bool {
	return slices.Contains([]token.Kind{token.Equal, token.NotEqual, token.Less, token.LessEqual, token.Greater, token.GreaterEqual, token.Minus, token.Plus}, k)
}

// unitNear is the unit of time that a word is or nearly is.
func (p *parser) unitNear(word string) string {
	if _, ok := token.LookupUnit(word); ok {
		return word
	}
	var units []string
	for _, w := range token.Words() {
		if w.Class == "unit" && len(w.Chinese) > len("天") {
			units = append(units, w.Chinese)
		}
	}
	near, _ := suggest.Nearest(word, units)
	return near
}
