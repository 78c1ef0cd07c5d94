package main

import (
	"errors"
	"fmt"
	"math/big"
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/internal/csvframe"
	"github.com/pinjian/pinjian/sampling"
	"github.com/pinjian/pinjian/sampling/acceptance"
)

// refusalsInChinese puts the codes under which the sampling packages refuse an
// input into Chinese; %s is the place.
var refusalsInChinese = map[string]string{
	"duplicate-id":       "%s的编号与另一行重复，请删去一行或另编号",
	"too-long":           "%s的值太长，编号与层名至多 200 字节，小数至多 70 位",
	"not-utf8":           "%s不是 UTF-8，请把名单另存为 UTF-8",
	"control-character":  "%s含有控制字符，请在来源处删去",
	"not-nfc":            "%s的文字不是 Unicode NFC 形式，请在来源处统一",
	"empty-id":           "%s的编号是空的，请补上",
	"stratum-depth":      "%s：--per 的层数多于 --stratum 的列数，请改其中之一",
	"too-many-strata":    "%s：分层太多，请少分几层或分开抽",
	"bad-size":           "%s：样本量不成立，请写 7、2..4、20%% 或 all，下限不大于上限",
	"bad-seed":           "%s：种子要有 32 至 2048 位小写十六进制数",
	"seed-mismatch":      "%s：种子与所承诺的不符，请用当时承诺的那个",
	"unknown-schema":     "%s：记录的格式不认识，请用写出它的版本",
	"unknown-algorithm":  "%s：记录的算法不认识，请用写出它的版本",
	"sealed":             "%s：记录里没有种子，无法复算，请索取带种子的记录",
	"bad-method":         "%s：--systematic 不能与 --minimum 同用",
	"bad-number":         "%s：层数、每层最少数与备用数都要在 0 以上",
	"not-sorted":         "%s：记录里的次序被改过，请用原来的记录",
	"out-of-range":       "%s的值超出范围，请核对",
	"lot-too-small":      "%s：批量太小，应当全数检验",
	"malformed-aql":      "%s：接收质量限要写成百分数，至多三位小数，如 0.65",
	"unknown-aql":        "%s：抽样表里没有这个接收质量限，请选表中的值，如 0.65、1.0、1.5",
	"unknown-edition":    "%s：没有这个版本的抽样表，有 GB/T 2828.1-2012 与 ISO 2859-1:1999",
	"unknown-level":      "%s：检验水平只有 S-1、S-2、S-3、S-4、I、II、III",
	"unknown-severity":   "%s：严格度只有 normal（正常）、tightened（加严）、reduced（放宽）",
	"no-plan":            "%s：找不到这样的方案，请拉开两个不合格率或写明总体的数量",
	"not-whole":          "%s不是整数个单位，请改为总体数量的整数分之几",
	"accepts-everything": "%s：允许的不合格数太大，什么样的总体都会接收，请减小",

	"points-in-wrong-order":  "%s：--bad 要大于 --good",
	"sample-over-population": "%s：样本量大于总体的数量，请核对",
	"too-large":              "%s：精确计算要花几分钟，请减小样本量或把总体当作连续的过程",
	"model-without-lot":      "%s：按不合格数计的方案不能写总体的数量，请用 --population 0",
}

// placesInChinese are the places that authors meet.
var placesInChinese = map[string]string{
	"frame": "名单", "size": "样本量", "seed": "种子", "per": "--per", "method": "抽样方法", "minimum": "每层最少数", "request": "参数", "aql": "--aql",
	"level": "--level", "severity": "--severity", "edition": "--edition", "lotSize": "--lot", "confidence": "--confidence", "population": "--population",
	"plan": "方案", "n": "样本量", "target": "--limit", "requirement": "--good 与 --bad", "schema": "记录", "algorithm": "记录", "quality": "不合格率",
}

func placeInChinese(path string) string {
	if row, ok := strings.CutPrefix(path, "frame row "); ok {
		return "名单第 " + row + " 个单位"
	}
	first, _, _ := strings.Cut(path, ".")
	first, _, _ = strings.Cut(first, "[")
	if place, ok := placesInChinese[first]; ok {
		return place
	}
	return path
}

// explainSampling turns what the sampling packages refuse into one sentence.
func explainSampling(err error) error {
	var drawn *sampling.Error
	var computed *acceptance.Error
	var frame *csvframe.Error
	var code, path, problem, remedy string
	switch {
	case errors.As(err, &frame):
		return &refusal{frame.Words}
	case errors.As(err, &drawn):
		code, path, problem, remedy = drawn.Code, drawn.Path, drawn.Problem, drawn.Remedy
	case errors.As(err, &computed): // estimate's errors are of the same type
		code, path, problem, remedy = computed.Code, computed.Path, computed.Problem, computed.Remedy
	default:
		return err
	}
	pattern, ok := refusalsInChinese[code]
	if !ok {
		pattern = "%s：不能接受（" + code + "）"
	}
	return &refusal{words(fmt.Sprintf(pattern, placeInChinese(path)), path+": "+problem+"; "+remedy)}
}

// fraction reads "5%", "0.05" or, where percent is set, "5" as 5 percent,
// exactly.
func fraction(flag, text string, percent bool) (*big.Rat, error) {
	digits, signed := strings.CutSuffix(strings.ReplaceAll(text, "％", "%"), "%")
	plain := digits != "" && len(digits) <= 40 && strings.Trim(digits, "0123456789.") == ""
	value, ok := new(big.Rat).SetString(digits)
	if !ok || !plain {
		return nil, refuse("%s 的值“%s”不是百分数，请写成 5%% 这样", "%s: %q is no percentage, write it like 5%%", flag, text)
	}
	if signed || percent {
		value.Quo(value, big.NewRat(100, 1))
	}
	return value, nil
}

// size reads 7, 2..4, 2.., 20% or all.
func size(text string) (sampling.Size, error) {
	bad := refuse("样本量“%s”不对，请写 7、2..4、20%% 或 all", "the size %q means nothing, write 7, 2..4, 20%% or all", text)
	if text == "all" || text == "全部" {
		return sampling.All(), nil
	}
	if strings.HasSuffix(text, "%") || strings.HasSuffix(text, "％") {
		ratio, err := fraction("--size", text, true)
		if err != nil {
			return sampling.Size{}, bad
		}
		return sampling.Percent(ratio), nil
	}
	low, high, ranged := strings.Cut(text, "..")
	from, err := strconv.ParseInt(low, 10, 64)
	if err != nil {
		return sampling.Size{}, bad
	}
	if !ranged {
		return sampling.Count(from), nil
	}
	if high == "" {
		return sampling.Range(from, 0), nil
	}
	to, err := strconv.ParseInt(high, 10, 64)
	if err != nil || to < 1 {
		return sampling.Size{}, bad
	}
	return sampling.Range(from, to), nil
}
