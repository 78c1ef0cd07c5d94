package atomicfile_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/internal/atomicfile"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	require.NoError(t, atomicfile.Append(path, 0, []byte("one\n")))
	require.NoError(t, atomicfile.Append(path, 4, []byte("two\n")))
	require.ErrorIs(t, atomicfile.Append(path, 4, []byte("lost\n")), atomicfile.ErrChanged)
	require.ErrorIs(t, atomicfile.Append(path, 99, []byte("lost\n")), atomicfile.ErrChanged)
	require.NoError(t, os.WriteFile(path+".lock", nil, 0o600))
	err := atomicfile.Append(path, 8, []byte("lost\n"))
	require.ErrorIs(t, err, atomicfile.ErrLocked)
	assert.Contains(t, err.Error(), "log.lock")
	require.NoError(t, os.Remove(path+".lock"))
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, "one\ntwo\n", string(data))
	assert.NoFileExists(t, path+".lock")
	require.Error(t, atomicfile.Append(filepath.Join(path, "below", "a file"), 0, nil))
}

// Of many writers that all read the same, one writes.
func TestAppendRace(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "log")
	var wait sync.WaitGroup
	results := make([]error, 16)
	for i := range results {
		wait.Go(func() { results[i] = atomicfile.Append(path, 0, fmt.Appendf(nil, "writer %d\n", i)) })
	}
	wait.Wait()
	won := 0
	for _, err := range results {
		switch {
		case err == nil:
			won++
		default:
			assert.True(t, errors.Is(err, atomicfile.ErrChanged) || errors.Is(err, atomicfile.ErrLocked), err)
		}
	}
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	assert.Equal(t, 1, won)
	assert.Equal(t, 1, strings.Count(string(data), "\n"))
}
