package atomicfile

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
)

// ErrLocked says that another program is appending, or was stopped while it
// did: the error names the lock, a file beside the one written.
var ErrLocked = errors.New("another program is writing")

// ErrChanged says that the file is not as long as it was when it was read.
var ErrChanged = errors.New("the file has changed since it was read")

// Append adds data to the end of a file that was size bytes long when it was
// read, and makes the file when size is 0 and there is none. What the file
// holds is never written again. Of two programs that read the same and append,
// one wins; the other gets ErrChanged, or ErrLocked while the first is at it,
// and has written nothing. When writing fails halfway, what was written of data
// is taken back. Errors of the file system are wrapped.
func Append(path string, size int64, data []byte) (err error) {
	if target, err := filepath.EvalSymlinks(path); err == nil {
		path = target
	}
	lock := path + ".lock"
	held, err := os.OpenFile(lock, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o644)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%w: %s", ErrLocked, lock)
	}
	if err != nil {
		return fmt.Errorf("making the lock: %w", err)
	}
	defer func() {
		err = errors.Join(err, held.Close(), os.Remove(lock))
	}()
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644)
	if err != nil {
		return fmt.Errorf("opening for writing: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	info, err := f.Stat()
	if err != nil {
		return fmt.Errorf("looking at the file: %w", err)
	}
	if info.Size() != size {
		return fmt.Errorf("%w: %d bytes instead of %d", ErrChanged, info.Size(), size)
	}
	if _, err = f.Write(data); err == nil {
		err = f.Sync()
	}
	if err != nil {
		return fmt.Errorf("writing: %w", errors.Join(err, f.Truncate(size)))
	}
	return nil
}
