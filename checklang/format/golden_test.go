package format_test

import (
	"flag"
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/txtar"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/token"
)

var update = flag.Bool("update", false, "rewrite the expected texts of the golden files")

// Every golden file holds an input and what it becomes: as its author wrote
// it, in Chinese and in English.
func TestGolden(t *testing.T) {
	files, err := filepath.Glob("testdata/*.txtar")
	require.NoError(t, err)
	require.NotEmpty(t, files)
	for _, name := range files {
		t.Run(filepath.Base(name), func(t *testing.T) {
			archive, err := txtar.ParseFile(name)
			require.NoError(t, err)
			input := string(archive.Files[0].Data)
			want := map[string]string{}
			for _, f := range archive.Files[1:] {
				want[f.Name] = string(f.Data)
			}
			archive.Files = archive.Files[:1]
			for _, c := range []struct {
				name     string
				language token.Lang
			}{{"plain.chk", ""}, {"zh.chk", token.Chinese}, {"en.chk", token.English}} {
				out := formatted(t, name, input, c.language)
				archive.Files = append(archive.Files, txtar.File{Name: c.name, Data: []byte(out)})
				assert.Equal(t, out, formatted(t, name, out, c.language), "formatting twice")
				if !*update {
					assert.Equal(t, want[c.name], out, c.name)
				}
			}
			if *update {
				require.NoError(t, os.WriteFile(name, txtar.Format(archive), 0o644))
			}
		})
	}
}
