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
	operator, compares := foreignComparisons[word]
	first := head[0].Keyword
	conditional := slices.Contains([]token.Keyword{token.KwPass, token.KwObservation, token.KwFail, token.KwMajor}, first)
	hasWhen := slices.ContainsFunc(head, func(h token.Token) bool { return h.Keyword == token.KwWhen })
	switch {
	case t.Kind == token.Word && before(1).Kind == token.Number && p.unitNear(word) != "":
		replace(at-1, at, p.raw(before(1).Range)+p.unitNear(word))
	case t.Keyword == token.KwWorkdays:
		say("工作日用 相隔工作日(甲, 乙) 来数，与个数比较", "count business days with workdays(a, b), and compare the count")
	case t.Kind == token.Clock && before(2).Kind == token.Slash && before(4).Kind == token.Slash:
		replace(at-5, at-1, date(p.raw(before(5).Range), p.raw(before(3).Range), p.raw(before(1).Range)))
	case first == token.KwSample && (t.Keyword == token.KwAtLeast || t.Keyword == token.KwAtMost):
		say("把它移到数量后面、记录前面，如 20% 至少 3 单 派工单", "put it behind the size and before the record, such as 20% at least 3 WorkOrder")
	case conditional && !hasWhen && at == 2 && (t.Kind == token.Word || isComparison(t.Kind)):
		say("条件前面写“当”", "write when before the condition")
		when := token.KwWhen.In(token.Chinese)
		if head[0].Value(p.file) == first.In(token.English) {
			when = token.KwWhen.In(token.English)
		}
		p.addFix(diagnostic.Words{ZH: "加上“" + when + "”", EN: "add " + when}, token.Range{Start: head[1].Start, End: head[1].Start}, when+" ")
	case compares:
		replace(at, at, operator)
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

// date writes a date as the language does.
func date(year, month, day string) string {
	pad := func(s string) string {
		if len(s) == 1 {
			return "0" + s
		}
		return s
	}
	return year + "-" + pad(month) + "-" + pad(day)
}
