package parser

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/token"
)

// What is left over behind a statement is explained by what its author most
// likely meant, and where that is plain the fix writes it.
func TestTrailingWordsAreExplained(t *testing.T) {
	for _, c := range []struct{ statement, at, help, mended string }{
		{`不合格 甲 当 延误 > 15 分钟 : "迟"`, "分钟", "改写为 15分钟", `不合格 甲 当 延误 > 15分钟 : "迟"`},
		{`不合格 甲 当 延误 > 15分鐘 : "迟"`, "分鐘", "改写为 15分钟", `不合格 甲 当 延误 > 15分钟 : "迟"`},
		{`fail a when delay > 15 min : "late"`, "min", "改写为 15min", `fail a when delay > 15min : "late"`},
		{`不合格 甲 当 延误 大于 15分钟 : "迟"`, "大于", "改写为 >", `不合格 甲 当 延误 > 15分钟 : "迟"`},
		{`不合格 甲 当 人数 不少于 3 : "多"`, "不少于", "改写为 >=", `不合格 甲 当 人数 >= 3 : "多"`},
		{`不合格 当 紧急 "急"`, `"急"`, "在它前面写 :", `不合格 当 紧急 : "急"`},
		{`不合格 派单时间 为空 : "未派单"`, "为空", "条件前面写“当”", `不合格 当 派单时间 为空 : "未派单"`},
		{`不合格 人数 > 3 : "多"`, ">", "条件前面写“当”", `不合格 当 人数 > 3 : "多"`},
		{`fail size > 3 : "many"`, ">", "条件前面写“when”", `fail when size > 3 : "many"`},
		{`不合格 甲 当 延误 > 2个工作日 : "迟"`, "个工作日", "工作日用 相隔工作日(甲, 乙) 来数，与个数比较", ""},
		{`不合格 甲 当 紧急 并且 人数 > 3 : "迟"`, "并且", "改写为 且", `不合格 甲 当 紧急 且 人数 > 3 : "迟"`},
		{`不合格 甲 当 紧急 或者 人数 > 3 : "迟"`, "或者", "改写为 或", `不合格 甲 当 紧急 或 人数 > 3 : "迟"`},
		{`频率 每月,`, ",", "删去它", `频率 每月`},
		{`抽样 20% 单 派工单 至少 3`, "至少", "把它移到数量后面、记录前面，如 20% 至少 3 单 派工单", ""},
		{`频率 每月 两次`, "两次", "删去它，或另起一行", ""},
	} {
		text := "语言 1\n检查项 1 \"甲\" {\n" + c.statement + "\n}\n"
		_, list := Parse(token.NewFile("a.chk", text), Options{})
		require.Len(t, list, 1, c.statement)
		d := list[0]
		assert.Equal(t, "C218", string(d.Code), c.statement)
		assert.Equal(t, c.at, d.Span.Text(), c.statement)
		assert.Equal(t, c.help, d.Help(token.Chinese), c.statement)
		assert.NotEmpty(t, d.Help(token.English))
		if c.mended == "" {
			assert.Empty(t, d.Fixes, c.statement)
			continue
		}
		require.Len(t, d.Fixes, 1, c.statement)
		e := d.Fixes[0].Edits[0]
		mended := text[:e.Span.Start] + e.New + text[e.Span.End:]
		assert.Equal(t, "语言 1\n检查项 1 \"甲\" {\n"+c.mended+"\n}\n", mended)
		_, list = Parse(token.NewFile("a.chk", mended), Options{})
		assert.Empty(t, list, mended)
	}
}
