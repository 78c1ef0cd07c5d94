package diagnostic_test

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/token"
)

// lockedFS lists its files but opens none.
type lockedFS struct{ fstest.MapFS }

func (l lockedFS) Open(name string) (fs.File, error) {
	if name == "." {
		return l.MapFS.Open(name)
	}
	return nil, &fs.PathError{Op: "open", Path: name, Err: errors.New("permission denied")}
}

// The broken example of every page brings its code about; the mended one is
// without errors and without the code.
func TestExamplesDoWhatTheyShow(t *testing.T) {
	for _, e := range diagnostic.Codes() {
		if e.Code >= "C900" { // these are of evidence, not of files
			continue
		}
		for _, l := range []token.Lang{token.Chinese, token.English} {
			t.Run(string(e.Code)+string(l), func(t *testing.T) { runExamples(t, e.Code, l) })
		}
	}
}

func runExamples(t *testing.T, code diagnostic.Code, l token.Lang) {
	trees := map[string]fstest.MapFS{"broken": {}, "mended": {}}
	options := checklang.Options{Library: os.DirFS("../testdata/library")}
	locked := false
	for _, x := range diagnostic.PageExamples(code, l) {
		kind, file, circumstances, text := x[0], x[1], x[2], x[3]
		limits := checklang.Limits{}
		switch circumstances {
		case "":
		case "as it stands":
		case "saved as GB18030":
			encoded, err := simplifiedchinese.GB18030.NewEncoder().String(text)
			require.NoError(t, err)
			text = encoded
		case "with 1001 more operands":
			text = strings.Replace(text, "…", strings.Repeat(" + 1", 1001), 1)
		case "at most 60 bytes":
			limits.SourceBytes = 60
		case "at most 2 declarations":
			limits.Declarations = 2
		case "at most 1 diagnostic":
			limits.Diagnostics = 1
		case "unreadable":
			locked = true
		default:
			t.Fatal(circumstances)
		}
		if kind == "broken" && limits != (checklang.Limits{}) {
			options.Limits = limits
		}
		if first, _, _ := strings.Cut(text, "\n"); circumstances != "as it stands" && !strings.HasPrefix(first, "lang") && !strings.HasPrefix(first, "语言") && !locked && circumstances == "" {
			text = "lang 1; import \"std/desk\"\n" + text
		}
		if file == "" {
			file = "standard.chk"
		}
		trees[kind][file] = &fstest.MapFile{Data: []byte(text)}
	}
	load := func(tree fs.FS, o checklang.Options) checklang.Diagnostics {
		_, list, err := checklang.Load(context.Background(), tree, ".", o)
		require.NoError(t, err)
		return list
	}
	tree := fs.FS(trees["broken"])
	if locked {
		tree = lockedFS{trees["broken"]}
	}
	seen := 0
	for _, d := range load(tree, options) {
		if d.Code == code {
			seen++
		} else if d.Severity == diagnostic.Error && code != diagnostic.TooManyDiagnostics {
			assert.Fail(t, "another error", d.Error())
		}
	}
	assert.Positive(t, seen, "the broken example does not bring it about")
	options.Limits = checklang.Limits{}
	for _, d := range load(trees["mended"], options) {
		assert.False(t, d.Code == code || d.Severity == diagnostic.Error, d.Error())
	}
}
