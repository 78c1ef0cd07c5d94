package checklang_test

import (
	"context"
	"fmt"
	"os"
	"path"
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/format"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/stdlib"
)

const guide = "GUIDE.zh.md"

// guideStandards are the sound texts of the guide: every block by itself, the
// fragments behind the shared declarations, and the standard of several files.
func guideStandards(blocks []block) map[string]fstest.MapFS {
	out := map[string]fstest.MapFS{}
	whole := fstest.MapFS{}
	for _, b := range blocks {
		switch file, isFile := strings.CutPrefix(b.info, "chk file="); {
		case isFile:
			whole[path.Base(file)] = &fstest.MapFile{Data: []byte(b.text)}
		case b.info == "chk" || b.info == "chk shared":
			out[fmt.Sprintf("line %d", b.line)] = fstest.MapFS{"a.chk": {Data: []byte(completed(blocks, b))}}
		}
	}
	out["the whole standard"] = whole
	return out
}

// completed puts the shared declarations before a fragment.
func completed(blocks []block, b block) string {
	if strings.HasPrefix(b.text, "语言 1\n") {
		return b.text
	}
	for _, s := range blocks {
		if s.info == "chk shared" {
			return s.text + b.text
		}
	}
	return b.text
}

func TestEveryExampleOfTheGuideRuns(t *testing.T) {
	_, blocks := fenced(t, guide)
	standards := guideStandards(blocks)
	assert.GreaterOrEqual(t, len(standards), 15)
	for name, files := range standards {
		t.Run(name, func(t *testing.T) {
			_, list, err := checklang.Load(context.Background(), files, ".", checklang.Options{Library: stdlib.FS()})
			require.NoError(t, err)
			assert.Empty(t, list)
		})
	}
	broken := 0
	for _, b := range blocks {
		want, isBroken := strings.CutPrefix(b.info, "chk error=")
		if !isBroken {
			continue
		}
		broken++
		t.Run(fmt.Sprintf("line %d", b.line), func(t *testing.T) {
			files := fstest.MapFS{"a.chk": {Data: []byte(completed(blocks, b))}}
			_, list, err := checklang.Load(context.Background(), files, ".", checklang.Options{Library: stdlib.FS()})
			require.NoError(t, err)
			require.Len(t, list, 1)
			assert.Equal(t, want, string(list[0].Code))
		})
	}
	assert.GreaterOrEqual(t, broken, 4)
}

// What the guide shows as good is laid out as the formatter would, so that
// nobody learns a layout that fmt then changes; one-line blocks are its liberty.
func TestTheWholeStandardOfTheGuideIsFormatted(t *testing.T) {
	_, blocks := fenced(t, guide)
	for _, b := range blocks {
		if !strings.HasPrefix(b.info, "chk file=") {
			continue
		}
		text, list, err := format.Format(token.NewFile(b.info, b.text), format.Options{})
		require.NoError(t, err)
		require.Empty(t, list)
		assert.Equal(t, b.text, string(text), "line %d", b.line)
	}
}

// Every code that the guide names exists.
func TestTheGuideNamesRealCodes(t *testing.T) {
	data, err := os.ReadFile(guide)
	require.NoError(t, err)
	codes := regexp.MustCompile(`\bC\d{3}\b`).FindAllString(string(data), -1)
	assert.NotEmpty(t, codes)
	for _, code := range codes {
		_, ok := diagnostic.Lookup(diagnostic.Code(code))
		assert.True(t, ok, code)
	}
}

// What the guide shows within its sentences is read as well, at a place where
// it can stand.
func TestTheSnippetsOfTheGuideAreSound(t *testing.T) {
	text, blocks := fenced(t, guide)
	condition := `检查项 1 "甲" { 频率 每月; 抽样 5 单 报修单; 问 "乙" -> 打分 : 整数 1..5, 所见问题 : 多选 卫生问题; 不合格 当 %s : "丙" }`
	sample := `检查项 1 "甲" { 频率 每月; %s; 不合格 : "丙" }`
	for _, s := range []struct{ snippet, place string }{
		{"接单时间 为空 或 接单时间 - 登记时间 > 15分钟", condition},
		{"接单时间 不为空 且 接单时间 - 登记时间 > 15分钟", condition},
		{"如果(接单时间 不为空, 接单时间, 截至时刻) - 登记时间 > 15分钟", condition},
		{"报修工种 属于 [水, 电]", condition},
		{"打分 属于 1..2", condition},
		{"所见问题 包含 垃圾", condition},
		{"抽样 5 单 报修单", sample},
		{"抽样 5 单 报修单 其中 接单时间 不为空", sample},
		{`电话抽访 "回访" -> 打分 : 整数 1..5, 意见 : 文本 可空`, sample},
		{"记录 来访 现场 { 渠道 : 文本 }", "%s"},
		{`引用 "std/property"`, "语言 1\n%s"},
		{"扣 0.5 每 处", `检查项 1 "甲" { 频率 每月; %s : "丙" }`},
		{"总体(报修单 其中 条件)", strings.ReplaceAll(condition, "%s", "计数(紧急) < %s")},
	} {
		assert.Contains(t, text, "`"+s.snippet+"`")
		source := completed(blocks, block{text: fmt.Sprintf(s.place, strings.ReplaceAll(s.snippet, "条件", "紧急"))})
		_, list, err := checklang.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(source)}}, ".", checklang.Options{Library: stdlib.FS()})
		require.NoError(t, err)
		assert.Empty(t, list, s.snippet)
	}
}
