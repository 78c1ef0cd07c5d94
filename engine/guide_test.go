package engine_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/stdlib"
)

var updateGuide = flag.Bool("update", false, "write the report into GUIDE.zh.md")

// fence is one fenced block of a document of the language.
type fence struct {
	line       int
	info, text string
}

func fences(t *testing.T, name string) []fence {
	t.Helper()
	data, err := os.ReadFile("../checklang/" + name)
	require.NoError(t, err)
	var out []fence
	open := false
	for i, line := range strings.Split(string(data), "\n") {
		switch {
		case strings.HasPrefix(line, "```") && !open:
			open = true
			out = append(out, fence{line: i + 1, info: strings.TrimPrefix(line, "```")})
		case strings.HasPrefix(line, "```"):
			open = false
		case open:
			out[len(out)-1].text += line + "\n"
		}
	}
	require.False(t, open)
	return out
}

// shared is the text that a document's fragments are read behind.
func shared(list []fence) string {
	for _, f := range list {
		if f.info == "chk shared" {
			return f.text
		}
	}
	return ""
}

// runRuleTests runs the rule tests of a standard, under both evaluators, and
// returns how many there were.
func runRuleTests(t *testing.T, files fstest.MapFS) int {
	t.Helper()
	checked, list, err := checklang.Load(context.Background(), files, ".", checklang.Options{Library: stdlib.FS()})
	require.NoError(t, err)
	require.False(t, list.HasErrors(), "%v", list)
	s, err := engine.Compile(context.Background(), checked, engine.Options{Audit: true})
	require.NoError(t, err)
	results, err := s.RunTests(context.Background(), "")
	require.NoError(t, err)
	require.Len(t, results, len(checked.Tests))
	for _, r := range results {
		for _, f := range r.Failures {
			t.Errorf("%s %s: %s", r.Place, r.Title, f.EN)
		}
	}
	return len(results)
}

func TestEveryRuleTestOfTheGuidePasses(t *testing.T) {
	list := fences(t, "GUIDE.zh.md")
	whole, ran := fstest.MapFS{}, 0
	for _, f := range list {
		name, isFile := strings.CutPrefix(f.info, "chk file=")
		switch {
		case isFile:
			whole[strings.TrimPrefix(name, "标准/")] = &fstest.MapFile{Data: []byte(f.text)}
		case f.info == "chk":
			text := f.text
			if !strings.HasPrefix(text, "语言 1\n") {
				text = shared(list) + text
			}
			t.Run(fmt.Sprintf("line %d", f.line), func(t *testing.T) {
				n := runRuleTests(t, fstest.MapFS{"a.chk": {Data: []byte(text)}})
				assert.Equal(t, strings.Count("\n"+f.text, "\n测试 "), n)
				ran += n
			})
		}
	}
	t.Run("the whole standard", func(t *testing.T) { ran += runRuleTests(t, whole) })
	assert.GreaterOrEqual(t, ran, 30)
}

// The guide's folder is carried out and the report printed in it is what comes
// out, to the byte.
func TestTheReportOfTheGuideIsReal(t *testing.T) {
	list := fences(t, "GUIDE.zh.md")
	files, want := fstest.MapFS{}, ""
	for _, f := range list {
		if _, name, ok := strings.Cut(f.info, " file="); ok {
			files["巡检/"+name] = &fstest.MapFile{Data: []byte(f.text)}
		}
		if f.info == "text output=run" {
			want = f.text
		}
	}
	ctx := context.Background()
	folder, err := run.Open(ctx, files, "巡检", engine.Options{Audit: true})
	require.NoError(t, err)
	require.Empty(t, folder.Refused)
	plan, err := folder.Plan(ctx)
	require.NoError(t, err)
	results, err := folder.Judge(ctx, plan)
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, folder.WritePlan(&out, checklang.Chinese, plan))
	require.NoError(t, folder.WriteResults(&out, checklang.Chinese, plan, results))
	if *updateGuide && want != out.String() {
		guide, err := os.ReadFile("../checklang/GUIDE.zh.md")
		require.NoError(t, err)
		const open = "```text output=run\n"
		mended := strings.Replace(string(guide), open+want, open+out.String(), 1)
		require.NoError(t, os.WriteFile("../checklang/GUIDE.zh.md", []byte(mended), 0o644))
		return
	}
	assert.Equal(t, want, out.String(), "run go test ./engine -run Guide -update")
}

// What the guide shows vet to say is what it says.
func TestTheDiagnosticOfTheGuideIsReal(t *testing.T) {
	text := "语言 1\n\n检查项 1 \"门岗着装\" {\n  频率 每月\n  看 \"当班门岗的着装\"\n  不和格 : \"没有穿工服\"\n}\n"
	_, list, err := checklang.Load(context.Background(), fstest.MapFS{"检查项.chk": {Data: []byte(text)}}, ".", checklang.Options{Library: stdlib.FS()})
	require.NoError(t, err)
	var out bytes.Buffer
	require.NoError(t, diagnostic.Render(&out, checklang.Chinese, list))
	guide, err := os.ReadFile("../checklang/GUIDE.zh.md")
	require.NoError(t, err)
	for line := range strings.Lines(strings.SplitAfter(out.String(), "帮助：改写为 不合格\n")[0]) {
		assert.Contains(t, string(guide), "\n    "+line)
	}
}
