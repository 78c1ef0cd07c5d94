package checklang_test

import (
	"context"
	"encoding/json"
	"io/fs"
	"maps"
	"path"
	"slices"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/describe"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/stdlib"
)

// cacheTrees are directories that a test edits: the standards of the library,
// which import others, and every file of the corpus of mistakes.
func cacheTrees(t testing.TB) []fstest.MapFS {
	var trees []fstest.MapFS
	for _, dir := range []string{"continuous", "indicators", "scorecard", "details", "three-level", "property"} {
		tree := fstest.MapFS{}
		require.NoError(t, fs.WalkDir(stdlib.FS(), dir, func(p string, _ fs.DirEntry, err error) error {
			if err == nil && path.Ext(p) == ".chk" {
				data, readErr := fs.ReadFile(stdlib.FS(), p)
				tree[path.Base(p)], err = &fstest.MapFile{Data: data}, readErr
			}
			return err
		}))
		trees = append(trees, tree)
	}
	cases := corpusCases(t)
	for _, name := range slices.Sorted(maps.Keys(cases)) {
		trees = append(trees, cases[name])
	}
	return trees
}

// bothLibraries serves the imports of the library's standards and of the
// corpus.
type bothLibraries struct{}

func (bothLibraries) Open(name string) (fs.File, error) {
	if f, err := stdlib.FS().Open(name); err == nil {
		return f, nil
	}
	return library().Open(name)
}

// said is everything that a Load tells: the diagnostics in both languages, the
// digests, and the description, which holds every place.
func said(t require.TestingT, files fs.FS, o checklang.Options) string {
	checked, diagnostics, err := checklang.Load(context.Background(), files, ".", o)
	require.NoError(t, err)
	var b strings.Builder
	e := json.NewEncoder(&b)
	require.NoError(t, e.Encode(diagnostics))
	if checked != nil {
		require.NoError(t, e.Encode(checked.Digest()+" "+checked.RulesDigest()))
		require.NoError(t, e.Encode(describe.Declarations(checked)))
	}
	return b.String()
}

// edited makes one edit of a file: bytes or lines or a whole declaration
// taken out, doubled, put elsewhere or written over.
func edited(t *rapid.T, text string) string {
	cut := func(label string) int { return rapid.IntRange(0, len(text)).Draw(t, label) }
	switch rapid.IntRange(0, 6).Draw(t, "edit") {
	case 0: // a character typed
		at := cut("at")
		return text[:at] + rapid.SampledFrom([]string{"{", "}", "(", "\"", "\n", " ", "，", "x", "7", "//", "当", ";", ",", "“"}).Draw(t, "typed") + text[at:]
	case 1: // some bytes deleted
		at := cut("at")
		return text[:at] + text[min(len(text), at+rapid.IntRange(1, 12).Draw(t, "bytes")):]
	case 2: // a line deleted
		lines := strings.SplitAfter(text, "\n")
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		return strings.Join(append(lines[:i:i], lines[i+1:]...), "")
	case 3: // a line moved
		lines := strings.SplitAfter(text, "\n")
		i, j := rapid.IntRange(0, len(lines)-1).Draw(t, "from"), rapid.IntRange(0, len(lines)-1).Draw(t, "to")
		lines[i], lines[j] = lines[j], lines[i]
		return strings.Join(lines, "")
	case 4: // lines typed above all others
		return strings.Repeat("\n", rapid.IntRange(1, 3).Draw(t, "lines")) + text
	case 5: // a stretch doubled
		at := cut("at")
		return text[:at] + text[at:min(len(text), at+rapid.IntRange(1, 600).Draw(t, "bytes"))] + text[at:]
	default: // a comment above a line
		lines := strings.SplitAfter(text, "\n")
		i := rapid.IntRange(0, len(lines)-1).Draw(t, "line")
		return strings.Join(append(lines[:i:i], append([]string{"// 说明。\n"}, lines[i:]...)...), "")
	}
}

// A Load that uses a Cache says the same, byte for byte, as one without, after
// any history of edits.
func TestALoadWithACacheSaysTheSame(t *testing.T) {
	trees := cacheTrees(t)
	rapid.Check(t, func(t *rapid.T) {
		files := rapid.SampledFrom(trees).Draw(t, "tree")
		names := slices.Sorted(maps.Keys(files))
		cache := &checklang.Cache{}
		history := []fstest.MapFS{files}
		for range rapid.IntRange(1, 6).Draw(t, "loads") {
			require.Equal(t, said(t, files, checklang.Options{Library: bothLibraries{}}), said(t, files, checklang.Options{Library: bothLibraries{}, Cache: cache}))
			if rapid.IntRange(0, 5).Draw(t, "undo") == 0 {
				files = rapid.SampledFrom(history).Draw(t, "state")
				continue
			}
			next := maps.Clone(files)
			name := rapid.SampledFrom(names).Draw(t, "file")
			next[name] = &fstest.MapFile{Data: []byte(edited(t, string(files[name].Data)))}
			files = next
			history = append(history, files)
		}
	})
}

// A tree that was moved is the tree that a parse at that place gives, every
// field of every statement of the library and the corpus.
func TestMovedTreesAreParsedTrees(t *testing.T) {
	for _, tree := range cacheTrees(t) {
		for name, f := range tree {
			cache := &parser.Cache{}
			for _, before := range []string{"", "\n", "// 说明。\n\n", ""} {
				source := token.NewFile(name, before+string(f.Data))
				want, wantList := parser.Parse(source, parser.Options{})
				got, gotList := parser.Parse(source, parser.Options{Cache: cache})
				require.Equal(t, want, got, name)
				require.Equal(t, wantList, gotList, name)
			}
		}
	}
}

// The limit of declarations is found at the same place.
func TestTheCacheKeepsLimits(t *testing.T) {
	source := token.NewFile("a.chk", "lang 1\n"+strings.Repeat("choice A { b, c }\n", 9))
	cache := &parser.Cache{}
	for limit := 12; limit > 0; limit-- {
		want, wantList := parser.Parse(source, parser.Options{Declarations: limit})
		got, gotList := parser.Parse(source, parser.Options{Declarations: limit, Cache: cache})
		assert.Equal(t, want, got)
		assert.Equal(t, wantList, gotList)
	}
}
