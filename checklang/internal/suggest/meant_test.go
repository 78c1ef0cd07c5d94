package suggest

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/assert"

	"github.com/pinjian/pinjian/checklang/token"
)

func TestNumerals(t *testing.T) {
	for word, want := range map[string]string{
		"七": "7", "两": "2", "十": "10", "十五": "15", "二十": "20", "一百零五": "105", "三百二十一": "321", "百分之八十": "80%", "百分之百": "100%",
		"十分钟": "10分钟", "两小时": "2小时", "两个小时": "2小时", "三天": "3天", "半小时": "30分钟",
	} {
		got, ok := Numeral(word)
		assert.True(t, ok, word)
		assert.Equal(t, want, got, word)
	}
	for _, word := range []string{"", "单位", "十十", "十百", "三三", "个", "两个", "百分之", "十分急", "一栋", "a", "七a", "零十"} {
		_, ok := Numeral(word)
		assert.False(t, ok, word)
	}
}

// Every number up to 9999 is read back from its numeral.
func TestNumeralsAreReadBack(t *testing.T) {
	digits := []rune("零一二三四五六七八九")
	for n := 1; n <= 9999; n++ {
		word, gap := "", false
		for i, scale := range []int{1000, 100, 10, 1} {
			d := n / scale % 10
			if d == 0 {
				gap = word != ""
				continue
			}
			if gap {
				word, gap = word+"零", false
			}
			word += string(digits[d]) + []string{"千", "百", "十", ""}[i]
		}
		got, ok := Numeral(word)
		if !ok || got != strconv.Itoa(n) {
			t.Fatalf("%s is read as %s, not %d", word, got, n)
		}
	}
}

// What stands for a type is a keyword and was none before.
func TestTypesAreKeywords(t *testing.T) {
	for name, keyword := range types {
		assert.NotEqual(t, token.NoKeyword, token.LookupKeyword(keyword), name)
		assert.Equal(t, token.NoKeyword, token.LookupKeyword(name), name)
	}
}
