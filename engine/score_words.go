package engine

import (
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
)

// scoreWords is the sentence of each step: %l is the label, %a the amount.
var scoreWords = map[string]Words{
	"points":                {"分值 %a", "worth %a"},
	"award":                 {"得 %a", "awarded %a"},
	"start":                 {"起始 %a", "starts from %a"},
	"deduction":             {"扣 %a：%l", "minus %a: %l"},
	"line limit":            {"本行至多扣 %a：%l", "the line takes at most %a: %l"},
	"same fact":             {"同一事实只计一次，不再扣 %a：%l", "the same fact counts once, %a not taken again: %l"},
	"open deductions":       {"还有答案可能扣分", "answers that can cost points are missing"},
	"failed":                {"不合格，%a 分全失", "failed, all %a points are lost"},
	"open outcome":          {"结论未定，可能失去 %a 分", "the outcome is open, %a points may be lost"},
	"not applicable":        {"不适用", "not applicable"},
	"unknown applicability": {"是否适用尚不清楚，不计分", "it is not known whether this applies; no score is claimed"},
	"combine":               {"合计方式 %l", "combined by %l"},
	"assessor":              {"%l，权重 %a", "%l, weight %a"},
	"open assessor":         {"%l 的得分尚不能定，权重 %a", "the score of %l is open, weight %a"},
	"left out":              {"%l 不适用，不计入", "%l is not applicable and left out"},
	"full":                  {"%l 不适用，按满分 %a 计", "%l is not applicable and counts in full, %a"},
	"zero":                  {"%l 不适用，按零分计", "%l is not applicable and counts as zero"},
	"forbidden":             {"%l 不得缺项，不计分", "%l may not be missing; no score is claimed"},
	"rescale":               {"缺项折算，乘以 %a", "rescaled for what is missing, times %a"},
	"floor":                 {"下限 %a", "not below %a"},
	"ceiling":               {"上限 %a", "not above %a"},
	"open floor":            {"可能有下限 %a", "a floor of %a may hold"},
	"open ceiling":          {"可能有上限 %a", "a ceiling of %a may hold"},
	"veto":                  {"计零：%l", "zero: %l"},
	"open veto":             {"可能计零：%l", "may be zero: %l"},
	"round":                 {"修约到 %a 位小数，%l", "rounded to %a decimal places, %l"},
	"grade":                 {"等级“%l”", "grade “%l”"},
	"open grade":            {"尚不能定等级，可能是“%l”", "the grade is open, it may be “%l”"},
	"no grade":              {"没有等级相符", "no grade fits"},
}

// Words puts the step into one sentence of both languages: what it is about,
// what happened, and the points after it.
func (p ScoreStep) Words() Words { return Words{p.text(token.Chinese), p.text(token.English)} }

func (p ScoreStep) text(l token.Lang) string {
	amount, label := "", p.Label
	if p.Amount != nil {
		amount = p.Amount.String()
	} else if p.Key == "award" {
		amount = word(l, "未定", "an open number")
	}
	if k := token.LookupKeyword(label); (p.Key == "combine" || p.Key == "round") && k != 0 {
		label = k.In(l)
	}
	out := strings.NewReplacer("%a", amount, "%l", label).Replace(scoreWords[p.Key].In(l))
	switch p.Key {
	case "floor", "ceiling", "open floor", "open ceiling":
		if label != "" { // the reason of one with a condition
			out += word(l, "：", ": ") + label
		}
	}
	head := p.Name
	if p.Level == "total" {
		head = word(l, "总分", "total")
	}
	if p.Level == "assessors" {
		head = word(l, "评审人", "assessors")
	}
	if head != "" {
		out = head + word(l, "：", ": ") + out
	}
	switch {
	case p.Least == nil && p.Most == nil:
		return out
	case p.Least != nil && p.Most != nil && p.Least.Cmp(*p.Most) == 0:
		return out + " → " + p.Most.String()
	}
	least, most := "", ""
	if p.Least != nil {
		least = p.Least.String()
	}
	if p.Most != nil {
		most = p.Most.String()
	}
	return out + " → " + least + ".." + most
}
