package checklang_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"runtime"
	"runtime/debug"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// check loads one text and returns its diagnostics.
func check(t testing.TB, text string, o checklang.Options) checklang.Diagnostics {
	_, diagnostics, err := checklang.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, "a.chk", o)
	require.NoError(t, err)
	return diagnostics
}

func codes(list checklang.Diagnostics) map[diagnostic.Code]int {
	out := map[diagnostic.Code]int{}
	for _, d := range list {
		out[d.Code]++
	}
	return out
}

func item(condition string) string {
	return "lang 1\nitem 1 \"A\" {\n  every month\n  fail when " + condition + " : \"a\"\n}\n"
}

// Whatever grows without bound in a hostile file costs one diagnostic.
func TestBoundlessTextsAreRefused(t *testing.T) {
	chain := func(n int) string {
		var b strings.Builder
		b.WriteString("lang 1\ndefine a0 = 1\n")
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, "define a%d = a%d\n", i, i-1)
		}
		return b.String()
	}
	reversed := func(n int) string {
		var b strings.Builder
		b.WriteString("lang 1\n")
		for i := range n {
			fmt.Fprintf(&b, "define a%d = a%d\n", i, i+1)
		}
		fmt.Fprintf(&b, "define a%d = 1\n", n)
		return b.String()
	}
	doubling := func(n int) string {
		var b strings.Builder
		b.WriteString("lang 1\ndefine a0 = 8999999999999\n")
		for i := 1; i < n; i++ {
			fmt.Fprintf(&b, "define a%d = a%d * a%d\n", i, i-1, i-1)
		}
		return b.String()
	}
	nothing := map[diagnostic.Code]int{}
	for _, c := range []struct {
		name, text string
		want       map[diagnostic.Code]int
	}{
		{"10,000 brackets", item(strings.Repeat("(", 10_000) + "true" + strings.Repeat(")", 10_000)), map[diagnostic.Code]int{diagnostic.NestingTooDeep: 1}},
		{"10,000 open brackets", item(strings.Repeat("(", 10_000)), map[diagnostic.Code]int{diagnostic.NestingTooDeep: 1}},
		{"10,000 square brackets", item("x in " + strings.Repeat("[", 10_000)), map[diagnostic.Code]int{diagnostic.Unexpected: 1}},
		{"10,000 calls", item(strings.Repeat("abs(", 10_000) + "1" + strings.Repeat(")", 10_000) + " > 0"), map[diagnostic.Code]int{diagnostic.NestingTooDeep: 1}},
		{"10,000 times not", item(strings.Repeat("not ", 10_000) + "true"), map[diagnostic.Code]int{diagnostic.NestingTooDeep: 1}},
		{"10,000 operands", item("1" + strings.Repeat(" + 1", 10_000) + " > 3"), map[diagnostic.Code]int{diagnostic.ExpressionTooLong: 1}},
		{"10,000 members", item("1 in [1" + strings.Repeat(", 1", 10_000) + "]"), map[diagnostic.Code]int{diagnostic.ExpressionTooLong: 1}},
		{"10,000 blocks", "lang 1\n" + strings.Repeat("section 1 \"A\" {\n", 10_000) + strings.Repeat("}", 10_000), map[diagnostic.Code]int{diagnostic.NestingTooDeep: 1}},
		{"definitions in order", chain(15_000), nothing},
		{"definitions in reverse order", reversed(15_000), map[diagnostic.Code]int{diagnostic.NestingTooDeep: 14}},
		{"definitions that double", doubling(60), map[diagnostic.Code]int{diagnostic.CostTooHigh: 3}},
		{"more declarations than a file holds", chain(20_001), map[diagnostic.Code]int{diagnostic.TooManyDeclarations: 1}},
		{"a long word", "lang 1\n" + strings.Repeat("检", 100_000), map[diagnostic.Code]int{diagnostic.UnknownStatement: 1}},
		{"a long text", "lang 1\nimport \"" + strings.Repeat("x", 100_000) + "\"", map[diagnostic.Code]int{diagnostic.UnknownImport: 1}},
	} {
		t.Run(c.name, func(t *testing.T) {
			assert.Equal(t, c.want, codes(check(t, c.text, checklang.Options{})))
		})
	}
}

func TestMistakesAreCutOff(t *testing.T) {
	text := "lang 1\n" + strings.Repeat("nonsense words\n", 5_000)
	list := check(t, text, checklang.Options{})
	require.Len(t, list, 201)
	last := list[200]
	assert.Equal(t, diagnostic.TooManyDiagnostics, last.Code)
	assert.Equal(t, list[199].Span, last.Span, "it stands where the list was cut")
	assert.Equal(t, "too many mistakes, only the first 200 are listed", last.Message(token.English))
	few := check(t, text, checklang.Options{Limits: checklang.Limits{Diagnostics: 3}})
	assert.Equal(t, map[diagnostic.Code]int{diagnostic.UnknownStatement: 3, diagnostic.TooManyDiagnostics: 1}, codes(few))
}

func TestNothingToLoad(t *testing.T) {
	c, list, err := checklang.Load(context.Background(), fstest.MapFS{"empty/notes.txt": {}}, "empty", checklang.Options{})
	require.NoError(t, err)
	assert.Nil(t, c)
	require.Equal(t, map[diagnostic.Code]int{diagnostic.NoStandard: 1}, codes(list))
	assert.Equal(t, "empty", list[0].Span.File.Name())
	_, _, err = checklang.Load(context.Background(), fstest.MapFS{}, "missing", checklang.Options{})
	assert.ErrorIs(t, err, fs.ErrNotExist)
	ended, end := context.WithCancel(context.Background())
	end()
	_, _, err = checklang.Load(ended, fstest.MapFS{"a.chk": {}}, ".", checklang.Options{})
	assert.ErrorIs(t, err, context.Canceled)
}

func TestTooManyFiles(t *testing.T) {
	files := fstest.MapFS{}
	for i := range 30 {
		files[fmt.Sprintf("f%02d.chk", i)] = &fstest.MapFile{Data: []byte("lang 1\n")}
	}
	_, list, err := checklang.Load(context.Background(), files, ".", checklang.Options{Limits: checklang.Limits{Files: 20}})
	require.NoError(t, err)
	assert.Equal(t, map[diagnostic.Code]int{diagnostic.TooManyDeclarations: 1}, codes(list))
}

// bulkFS holds one file, "a.chk", that is made while it is read and counts
// what is read of it. claimed is the size that Stat tells.
type bulkFS struct {
	claimed int64
	content io.Reader
	fail    error
	read    int64
}

type bulkFile struct{ *bulkFS }

func (b *bulkFS) Open(name string) (fs.File, error) {
	if b.fail != nil {
		return nil, &fs.PathError{Op: "open", Path: name, Err: b.fail}
	}
	return bulkFile{b}, nil
}
func (b *bulkFS) Stat(string) (fs.FileInfo, error) { return bulkFile{b}, nil }
func (b bulkFile) Stat() (fs.FileInfo, error)      { return b, nil }
func (b bulkFile) Name() string                    { return "a.chk" }
func (b bulkFile) Size() int64                     { return b.claimed }
func (b bulkFile) Mode() fs.FileMode               { return 0o444 }
func (b bulkFile) ModTime() time.Time              { return time.Time{} }
func (b bulkFile) IsDir() bool                     { return false }
func (b bulkFile) Sys() any                        { return nil }
func (b bulkFile) Close() error                    { return nil }
func (b bulkFile) Read(p []byte) (n int, err error) {
	n, err = b.content.Read(p)
	b.bulkFS.read += int64(n)
	return n, err
}

// endless yields comment lines for ever.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = "// a\n"[i%5]
	}
	return len(p), nil
}

func TestALargeFileIsRefusedBeforeItIsReadWhole(t *testing.T) {
	const limit = 4 << 20
	honest := &bulkFS{claimed: 50 << 20, content: endless{}}
	_, list, err := checklang.Load(context.Background(), honest, "a.chk", checklang.Options{})
	require.NoError(t, err)
	require.Equal(t, map[diagnostic.Code]int{diagnostic.FileTooLarge: 1}, codes(list))
	assert.Equal(t, "the file has 52428800 bytes, more than 4194304", list[0].Message(token.English))
	assert.Zero(t, honest.read, "its size was enough")

	for _, claimed := range []int64{0, 100, -1} { // a size that grew, or that a device does not tell
		growing := &bulkFS{claimed: claimed, content: endless{}}
		_, list, err := checklang.Load(context.Background(), growing, "a.chk", checklang.Options{})
		require.NoError(t, err)
		assert.Equal(t, map[diagnostic.Code]int{diagnostic.FileTooLarge: 1}, codes(list))
		assert.Equal(t, int64(limit+1), growing.read, "one byte more than allowed tells")
	}
}

func TestAnUnreadableFileIsNamed(t *testing.T) {
	for _, b := range []*bulkFS{
		{fail: errors.New("input/output error")},
		{content: io.MultiReader(strings.NewReader("lang 1\n"), failing{})},
	} {
		c, list, err := checklang.Load(context.Background(), b, "a.chk", checklang.Options{})
		require.NoError(t, err)
		assert.Nil(t, c)
		require.Equal(t, map[diagnostic.Code]int{diagnostic.UnreadableFile: 1}, codes(list))
		assert.Equal(t, "the file can't be read: input/output error", list[0].Message(token.English))
		assert.Equal(t, "a.chk", list[0].Span.File.Name())
	}
}

type failing struct{}

func (failing) Read([]byte) (int, error) { return 0, errors.New("input/output error") }

// items yields a file of about size bytes made of items like those of the
// printed standards, without ever holding it.
type items struct {
	size, made, count int
	rest              []byte
}

func (i *items) Read(p []byte) (int, error) {
	switch {
	case len(i.rest) > 0:
	case i.made == 0:
		i.rest = []byte("语言 1\n引用 \"std/desk\"\n")
	case i.made >= i.size:
		return 0, io.EOF
	default:
		i.count++
		i.rest = fmt.Appendf(i.rest[:0], `
检查项 %d "及时派单" {
  出处 "作业指导书 4.1.3"
  要求 "登记完整后即传有关部门"
  频率 每月
  抽样 7 单 派工单 其中 预约时间 为空
  查 "系统中的登记时间与打印派工单的时间，相隔以10分钟为限" -> 资料 : 齐全程度
  不合格 当 派单时间 为空 或 派单时间 - 登记时间 > 10分钟 : "未及时派单"
  观察项 当 资料 == 不全 且 紧急 : "资料不全"
}
`, i.count)
	}
	n := copy(p, i.rest)
	i.rest, i.made = i.rest[n:], i.made+n
	return n, nil
}

// BenchmarkPeakMemory loads 50 MB with the limits raised and reports all the
// memory that the process ever took from the system, in bytes a byte of the
// file: once as the collector is set by default, and once with less room left
// to it, as a host that reads such files can set it. Run each alone, or the
// others count too:
//
//	go test -run '^$' -bench 'PeakMemory/default' -benchtime 1x ./checklang
//	go test -run '^$' -bench 'PeakMemory/tight' -benchtime 1x ./checklang
func BenchmarkPeakMemory(b *testing.B) {
	const size = 50 << 20
	limits := checklang.Limits{SourceBytes: 64 << 20, Declarations: 1 << 30}
	for _, c := range []struct {
		name    string
		percent int
	}{{"default", 100}, {"tight", 10}} {
		b.Run(c.name, func(b *testing.B) {
			defer debug.SetGCPercent(debug.SetGCPercent(c.percent))
			for b.Loop() {
				checked, list, err := checklang.Load(context.Background(), &bulkFS{claimed: size, content: &items{size: size}}, "a.chk",
					checklang.Options{Library: library(), Limits: limits})
				if err != nil || len(list) > 0 || len(checked.Items) < 100_000 {
					b.Fatal(err, len(list))
				}
			}
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			b.SetBytes(size)
			b.ReportMetric(float64(m.Sys)/size, "peak-B/B")
		})
	}
}
