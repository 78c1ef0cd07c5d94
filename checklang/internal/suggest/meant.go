package suggest

import (
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/checklang/token"
)

// types are names that other languages and forms give to types.
var types = map[string]string{
	"字符串": "文本", "字符": "文本", "文字": "文本", "布尔": "是否", "布尔值": "是否", "数字": "数", "数值": "数", "小数": "数", "整型": "整数", "日期时间": "时间",
	"时间戳": "时间", "图片": "照片", "附件": "文件", "签字": "签名",
	"string": "text", "str": "text", "boolean": "bool", "integer": "int", "decimal": "number", "float": "number", "double": "number", "datetime": "time",
	"timestamp": "time", "picture": "photo", "image": "photo", "attachment": "file", "list": "set of", "enum": "choice",
}

// Type is the keyword of a type under a name that other languages give it.
func Type(name string) (string, bool) {
	t, ok := types[strings.ToLower(name)]
	return t, ok
}

// Numeral reads what is written in Chinese numerals and gives it in digits:
// a number (二十), a share (百分之八十) or a duration (十分钟, 两小时, 半小时).
// Numbers go up to 9999; other words, or numerals in disorder, are refused.
func Numeral(word string) (string, bool) {
	if rest, ok := strings.CutPrefix(word, "百分之"); ok {
		n, rest, ok := hundreds(rest)
		return strconv.Itoa(n) + "%", ok && rest == ""
	}
	if word == "半小时" || word == "半个小时" {
		return "30分钟", true
	}
	n, rest, ok := hundreds(word)
	if !ok {
		return "", false
	}
	rest = strings.TrimPrefix(rest, "个")
	if rest == "" {
		return strconv.Itoa(n), !strings.HasSuffix(word, "个")
	}
	if _, unit := token.LookupUnit(rest); !unit && rest != "天" {
		return "", false
	}
	return strconv.Itoa(n) + rest, true
}

// hundreds reads a numeral from the beginning of a word.
func hundreds(word string) (n int, rest string, ok bool) {
	digits := map[rune]int{'零': 0, '〇': 0, '一': 1, '二': 2, '两': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9}
	scales := map[rune]int{'十': 10, '百': 100, '千': 1000}
	last, digit, had := 10000, 0, false
	for i, r := range word {
		if d, isDigit := digits[r]; isDigit {
			if had && digit != 0 {
				return 0, "", false
			}
			digit, had, ok = d, true, true
			continue
		}
		scale, isScale := scales[r]
		if !isScale {
			return n + digit, word[i:], ok
		}
		if scale >= last || (had && digit == 0) {
			return 0, "", false
		}
		if !had {
			digit = 1
		}
		n, last, digit, had, ok = n+digit*scale, scale, 0, false, true
	}
	return n + digit, "", ok
}
