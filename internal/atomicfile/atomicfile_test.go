package atomicfile_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/internal/atomicfile"
)

func TestWrite(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	path, link := filepath.Join(dir, "a.chk"), filepath.Join(dir, "link.chk")
	require.NoError(t, atomicfile.Write(path, []byte("one")))
	require.NoError(t, os.Chmod(path, 0o600))
	require.NoError(t, os.Symlink("a.chk", link))
	require.NoError(t, atomicfile.Write(link, []byte("two")))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "two", string(data))
	info, err := os.Lstat(link)
	require.NoError(t, err)
	assert.NotZero(t, info.Mode()&fs.ModeSymlink, "the link stays a link")
	info, err = os.Stat(path)
	require.NoError(t, err)
	assert.Equal(t, fs.FileMode(0o600), info.Mode().Perm())

	require.ErrorIs(t, atomicfile.Write(filepath.Join(dir, "no", "a.chk"), nil), fs.ErrNotExist)
	require.Error(t, atomicfile.Write(dir, []byte("a directory")))
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	assert.Len(t, entries, 2, "no temporary file is left")
}
