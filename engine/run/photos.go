package run

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
)

// largestPhoto bounds a file that is taken for a photo, in bytes.
const largestPhoto = 64 << 20

// Photos finds files below fsys by what they hold: the function gives the bytes
// of the file whose contents have a SHA-256 in lower-case hexadecimal, whatever
// its name is, and an error that is fs.ErrNotExist where there is none. All
// files up to 64 MB are hashed when the first is asked for, which ctx may
// interrupt. It may be called from several goroutines, and fits
// report.Options.Photos.
func Photos(ctx context.Context, fsys fs.FS) func(sha256 string) ([]byte, error) {
	index := sync.OnceValues(func() (map[string]string, error) {
		paths := map[string]string{}
		err := fs.WalkDir(fsys, ".", func(path string, entry fs.DirEntry, err error) error {
			if err == nil {
				err = ctx.Err()
			}
			if err != nil || !entry.Type().IsRegular() {
				return err
			}
			if info, err := entry.Info(); err != nil || info.Size() > largestPhoto {
				return err
			}
			sum, err := hashed(fsys, path)
			if _, known := paths[sum]; err == nil && !known {
				paths[sum] = path
			}
			return err
		})
		return paths, err
	})
	return func(sum string) ([]byte, error) {
		paths, err := index()
		if err != nil {
			return nil, unindexed(err)
		}
		path, ok := paths[sum]
		if !ok {
			return nil, fs.ErrNotExist
		}
		return fs.ReadFile(fsys, path)
	}
}

// unindexed is why files could not be read. It is never fs.ErrNotExist, which
// would say that a photo is missing where the directory is.
func unindexed(err error) error {
	if errors.Is(err, context.Canceled) || errors.Is(err, context.DeadlineExceeded) {
		return err
	}
	return refused("照片目录读不了：%v", "the directory of photos can't be read: %v", err)
}

func hashed(fsys fs.FS, path string) (string, error) {
	in, err := fsys.Open(path)
	if err != nil {
		return "", fmt.Errorf("run: photos: %w", err)
	}
	defer func() { _ = in.Close() }()
	h := sha256.New()
	if _, err := io.Copy(h, io.LimitReader(in, largestPhoto+1)); err != nil {
		return "", fmt.Errorf("run: photos: %w", err)
	}
	return hex.EncodeToString(h.Sum(nil)), nil
}
