package stdlib_test

import (
	"io/fs"
	"os"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/stdlib"
)

// TestFSHoldsEveryFileOfEveryTopic compares the embedded tree with the directories on disk, both ways.
func TestFSHoldsEveryFileOfEveryTopic(t *testing.T) {
	t.Parallel()
	var expected []string
	onDisk := os.DirFS(".")
	require.NoError(t, fs.WalkDir(onDisk, ".", func(path string, entry fs.DirEntry, err error) error {
		if err == nil && !entry.IsDir() && strings.Contains(path, "/") && !strings.HasPrefix(path, "testdata/") {
			expected = append(expected, path)
		}
		return err
	}))
	require.Contains(t, expected, "calendar/cn.csv")
	require.NoError(t, fstest.TestFS(stdlib.FS(), expected...))
	require.NoError(t, fs.WalkDir(stdlib.FS(), ".", func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		embedded, err := fs.ReadFile(stdlib.FS(), path)
		require.NoError(t, err)
		there, err := fs.ReadFile(onDisk, path)
		require.NoError(t, err)
		require.Equal(t, string(there), string(embedded), path)
		return nil
	}))
}
