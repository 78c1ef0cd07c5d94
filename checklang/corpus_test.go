package checklang_test

import (
	"bytes"
	"cmp"
	"context"
	"fmt"
	"io/fs"
	"os"
	"path"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// The corpus is testdata/broken: a .chk file there is a case, and so is a
// folder, whose files are one standard. What must be found stands in the files:
//
//	rule //! C302 "text of the exact range" C501 "another range of this line"
//	//! ^ C103 "a range that begins on the line above"
//
// A range of several lines is named by its first line and "…". A file without
// a mark must be found correct.

// finding is one diagnostic in the terms of a mark.
type finding struct {
	file string
	line int
	code string
	text string
}

func (f finding) String() string {
	return fmt.Sprintf("%s:%d: %s %s", f.file, f.line, f.code, strconv.Quote(f.text))
}

var (
	mark     = regexp.MustCompile(`//! *((?:\^ *)*)((?:C\d+ +"(?:[^"\\]|\\.)*" *)+)$`)
	expected = regexp.MustCompile(`(C\d+) +("(?:[^"\\]|\\.)*")`)
)

// marks reads what must be found from the text of one file.
func marks(t *testing.T, name string, data []byte) []finding {
	var out []finding
	for i, line := range strings.Split(string(data), "\n") {
		line = strings.TrimRight(line, "\r")
		if !strings.Contains(line, "//!") {
			continue
		}
		m := mark.FindStringSubmatch(line)
		require.NotNil(t, m, "%s:%d: %s", name, i+1, line)
		for _, e := range expected.FindAllStringSubmatch(m[2], -1) {
			text, err := strconv.Unquote(e[2])
			require.NoError(t, err)
			out = append(out, finding{file: name, line: i + 1 - strings.Count(m[1], "^"), code: e[1], text: text})
		}
	}
	return out
}

// found puts a diagnostic into the terms of a mark.
func found(d checklang.Diagnostic) finding {
	text := d.Span.Text()
	if before, _, several := strings.Cut(text, "\n"); several {
		before, _, _ = strings.Cut(before, "//!")
		text = strings.TrimSpace(before) + "…"
	}
	return finding{file: d.Span.File.Name(), line: d.Span.From().Line, code: string(d.Code), text: text}
}

func sorted(list []finding) []string {
	slices.SortFunc(list, func(a, b finding) int {
		return cmp.Or(cmp.Compare(a.file, b.file), cmp.Compare(a.line, b.line), cmp.Compare(a.code, b.code), cmp.Compare(a.text, b.text))
	})
	out := []string{}
	for _, f := range list {
		out = append(out, f.String())
	}
	return out
}

func broken(t testing.TB) fs.FS {
	tree, err := fs.Sub(os.DirFS("testdata"), "broken")
	require.NoError(t, err)
	return tree
}

func library() fs.FS { return os.DirFS("testdata/library") }

// corpusCases lists every case with the files that take part in it.
func corpusCases(t testing.TB) map[string]fstest.MapFS {
	tree := broken(t)
	cases := map[string]fstest.MapFS{}
	require.NoError(t, fs.WalkDir(tree, ".", func(p string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || path.Ext(p) != ".chk" {
			return err
		}
		name, rest, folder := strings.Cut(p, "/")
		if !folder {
			rest = p
		}
		if cases[name] == nil {
			cases[name] = fstest.MapFS{}
		}
		data, err := fs.ReadFile(tree, p)
		cases[name][rest] = &fstest.MapFile{Data: data}
		return err
	}))
	return cases
}

func load(t testing.TB, name string, files fs.FS) (*checklang.Checked, checklang.Diagnostics) {
	dir := "."
	if path.Ext(name) == ".chk" {
		dir = name
	}
	c, diagnostics, err := checklang.Load(context.Background(), files, dir, checklang.Options{Library: library()})
	require.NoError(t, err)
	return c, diagnostics
}

func TestCorpusIsDiagnosedExactly(t *testing.T) {
	cases := corpusCases(t)
	assert.GreaterOrEqual(t, len(cases), 60)
	for name, files := range cases {
		t.Run(name, func(t *testing.T) {
			var want, got []finding
			for p, f := range files {
				want = append(want, marks(t, p, f.Data)...)
			}
			_, diagnostics := load(t, name, files)
			for _, d := range diagnostics {
				got = append(got, found(d))
				for _, l := range []checklang.Lang{checklang.Chinese, checklang.English} {
					for _, words := range []string{d.Message(l), d.Help(l)} {
						assert.NotEmpty(t, words)
						assert.NotRegexp(t, `\{\d\}|<nil>|%!`, words)
						assert.False(t, strings.HasSuffix(words, ".") || strings.HasSuffix(words, "。"), words)
					}
				}
			}
			assert.Equal(t, sorted(want), sorted(got))
		})
	}
}

// Every code that a file can bring about occurs in the corpus, in files of
// either keyword language taken together.
func TestCorpusHoldsEveryCode(t *testing.T) {
	elsewhere := map[diagnostic.Code]string{
		diagnostic.NestingTooDeep: "limits_test.go", diagnostic.ExpressionTooLong: "limits_test.go", diagnostic.NoStandard: "limits_test.go",
		diagnostic.FileTooLarge: "limits_test.go", diagnostic.TooManyDeclarations: "limits_test.go", diagnostic.UnreadableFile: "limits_test.go",
		diagnostic.TooManyDiagnostics: "limits_test.go",
	}
	seen, chinese, english := map[string]bool{}, 0, 0
	for _, files := range corpusCases(t) {
		for name, f := range files {
			for _, m := range marks(t, name, f.Data) {
				seen[m.code] = true
			}
			if bytes.Contains(f.Data, []byte("语言 1")) {
				chinese++
			} else {
				english++
			}
		}
	}
	for _, e := range diagnostic.Codes() {
		if e.Code < "C900" && elsewhere[e.Code] == "" {
			assert.True(t, seen[string(e.Code)], "%s %s is in no file", e.Code, e.Name)
		}
	}
	assert.GreaterOrEqual(t, chinese, 30)
	assert.GreaterOrEqual(t, english, 30)
}

// apply makes the edits of a fix in the files of a case.
func apply(files fstest.MapFS, fix diagnostic.Fix) fstest.MapFS {
	out := fstest.MapFS{}
	for p, f := range files {
		out[p] = f
	}
	edits := slices.Clone(fix.Edits)
	slices.SortStableFunc(edits, func(a, b diagnostic.Edit) int { return cmp.Compare(b.Span.Start, a.Span.Start) })
	for _, e := range edits {
		p := e.Span.File.Name()
		text := e.Span.File.Text() // a byte order mark is not part of it
		if f, ok := out[p]; ok && f != files[p] {
			text = string(f.Data)
		}
		out[p] = &fstest.MapFile{Data: []byte(text[:e.Span.Start] + e.New + text[e.Span.End:])}
	}
	return out
}

// A machine-applicable fix takes its mistake away and brings no other.
func TestEveryFixMends(t *testing.T) {
	fixes := map[diagnostic.Code]int{}
	for name, files := range corpusCases(t) {
		_, before := load(t, name, files)
		for _, d := range before {
			for _, fix := range d.Fixes {
				fixes[d.Code]++
				left := map[string]int{}
				for _, o := range before {
					left[string(o.Code)+o.Span.Text()]++
				}
				left[string(d.Code)+d.Span.Text()]--
				mended := apply(files, fix)
				_, after := load(t, name, mended)
				for _, o := range after {
					key := string(o.Code) + o.Span.Text()
					left[key]--
					assert.GreaterOrEqual(t, left[key], 0, "%s: the fix %q of %s brings or keeps %s", name, fix.Title.EN, d.Error(), o.Error())
				}
			}
		}
	}
	for _, code := range []diagnostic.Code{
		diagnostic.UnterminatedText, diagnostic.ConfusableLetter, diagnostic.MissingBrace, diagnostic.UnspacedWords, diagnostic.MissingLanguage, diagnostic.MixedAndOr,
		diagnostic.MisspeltStatement, diagnostic.MisspeltName, diagnostic.MisspeltMember, diagnostic.NotBeforeComparison, diagnostic.OptionalUnguarded,
	} {
		assert.Positive(t, fixes[code], "no case offers a fix for %s", code)
	}
}

// The same text gives the same diagnostics, byte for byte.
func TestDiagnosticsAreStable(t *testing.T) {
	for name, files := range corpusCases(t) {
		_, first := load(t, name, files)
		for range 3 {
			_, again := load(t, name, files)
			require.Equal(t, len(first), len(again))
			for i := range first {
				assert.Equal(t, first[i].Error(), again[i].Error())
				assert.Equal(t, first[i].Message(token.Chinese), again[i].Message(token.Chinese))
			}
		}
	}
}
