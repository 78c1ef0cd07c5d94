package format_test

import (
	"io/fs"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang/format"
	"github.com/pinjian/pinjian/checklang/token"
	"github.com/pinjian/pinjian/stdlib"
)

// standards returns every .chk file that comes with the library.
func standards(t testing.TB) map[string]string {
	files := map[string]string{}
	require.NoError(t, fs.WalkDir(stdlib.FS(), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".chk") {
			return err
		}
		b, err := fs.ReadFile(stdlib.FS(), path)
		files[path] = string(b)
		return err
	}))
	require.NotEmpty(t, files)
	return files
}

// formatted formats a text that must be well formed.
func formatted(t require.TestingT, name, text string, l token.Lang) string {
	out, list, err := format.Format(token.NewFile(name, text), format.Options{Keywords: l})
	require.NoError(t, err, name)
	require.False(t, list.HasErrors(), "%s: %s", name, list.Error())
	return string(out)
}

func TestStandardsKeepTheirBytesThroughBothLanguages(t *testing.T) {
	for name, text := range standards(t) {
		t.Run(name, func(t *testing.T) {
			plain := formatted(t, name, text, "")
			assert.Equal(t, plain, formatted(t, name, plain, ""), "formatting twice")
			chinese := formatted(t, name, text, token.Chinese)
			english := formatted(t, name, chinese, token.English)
			assert.Equal(t, chinese, formatted(t, name, english, token.Chinese))
			assert.Equal(t, english, formatted(t, name, english, token.English))
			assert.Equal(t, english, formatted(t, name, text, token.English))
		})
	}
}
