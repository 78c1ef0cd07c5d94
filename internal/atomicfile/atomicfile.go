// Package atomicfile replaces files in one step, so that nobody ever sees half
// of one and a failure leaves the old one untouched.
package atomicfile

import (
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// Write replaces the file with data. A symbolic link stays and its target is
// replaced; an existing file keeps its permissions, a new one gets 0644. The
// new content stands in a temporary file of the same directory until it is
// complete and on disk. Errors are those of the file system, wrapped.
func Write(path string, data []byte) (err error) {
	mode := fs.FileMode(0o644)
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	if info, err := os.Stat(path); err == nil {
		mode = info.Mode().Perm()
		// Renaming needs no right to the file itself, yet whoever made it
		// read-only did not want it changed.
		f, err := os.OpenFile(path, os.O_WRONLY, 0)
		if err != nil {
			return fmt.Errorf("opening for writing: %w", err)
		}
		_ = f.Close()
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return fmt.Errorf("making a temporary file: %w", err)
	}
	defer func() {
		if err != nil {
			_ = f.Close()
			_ = os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if err = f.Chmod(mode); err != nil {
		return fmt.Errorf("setting permissions: %w", err)
	}
	if err = f.Sync(); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if err = f.Close(); err != nil {
		return fmt.Errorf("writing: %w", err)
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return fmt.Errorf("replacing: %w", err)
	}
	return nil
}
