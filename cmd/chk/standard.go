package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

// library is where names of standards begin that come with the program.
const library = "std/"

// place is a file system and a directory or file in it.
type place struct {
	fsys fs.FS
	dir  string
}

// locate finds a STANDARD: in the library, below the working directory, whose
// imports may then reach everything in it, or elsewhere, with imports bounded
// by the directory around it.
func locate(name string) (place, error) {
	if rest, ok := strings.CutPrefix(name, library); ok {
		p := place{stdlib.Tree(), path.Clean(name)}
		if _, err := fs.Stat(stdlib.FS(), path.Clean(rest)); err != nil || !fs.ValidPath(path.Clean(rest)) {
			return p, refuse("自带的标准里没有“%s”，有：%s", "the library has no %q, it has: %s", name, strings.Join(libraryNames(), ", "))
		}
		return p, nil
	}
	if _, err := os.Stat(name); err != nil {
		return place{}, unreadable(name, err)
	}
	clean := filepath.Clean(name)
	if filepath.IsLocal(clean) {
		return place{os.DirFS("."), filepath.ToSlash(clean)}, nil
	}
	absolute, err := filepath.Abs(clean)
	if err != nil {
		return place{}, unreadable(name, err)
	}
	around, base := filepath.Split(absolute)
	if base == "" {
		base = "."
	}
	if filepath.Ext(base) == ".chk" { // a file sees what its directory sees
		around, base = filepath.Dir(filepath.Clean(around)), path.Join(filepath.Base(filepath.Clean(around)), base)
	}
	return place{os.DirFS(around), base}, nil
}

// libraryNames lists the directories of the library that hold .chk files.
func libraryNames() []string {
	var names []string
	entries, err := fs.ReadDir(stdlib.FS(), ".")
	if err != nil {
		return nil
	}
	for _, e := range entries {
		if found, err := fs.Glob(stdlib.FS(), e.Name()+"/*.chk"); err == nil && len(found) > 0 {
			names = append(names, library+e.Name())
		}
	}
	return names
}

// load reads and checks a standard that a verb needs without mistakes. It
// shows the mistakes on standard error.
func (in *invocation) load(name string) (*checklang.Checked, error) {
	p, err := locate(name)
	if err != nil {
		return nil, err
	}
	checked, list, err := checklang.Load(in.ctx, p.fsys, p.dir, checklang.Options{Library: stdlib.FS()})
	if err != nil {
		return nil, unreadable(name, err)
	}
	if checked != nil && !list.HasErrors() {
		return checked, nil
	}
	list = slices.DeleteFunc(list, func(d checklang.Diagnostic) bool { return d.Severity != diagnostic.Error })
	if err := diagnostic.Render(in.stderr, in.lang, list); err != nil {
		return nil, err
	}
	return nil, errShown
}

// standards expands a path that holds no .chk file itself into the directories
// below it that do.
func standards(p place) ([]place, error) {
	info, err := fs.Stat(p.fsys, p.dir)
	if err != nil || !info.IsDir() {
		return []place{p}, err
	}
	if direct, err := fs.Glob(p.fsys, path.Join(escapeGlob(p.dir), "*.chk")); err != nil || len(direct) > 0 {
		return []place{p}, err
	}
	var out []place
	err = walk(p, func(file string) {
		if at := (place{p.fsys, path.Dir(file)}); !slices.Contains(out, at) {
			out = append(out, at)
		}
	})
	if len(out) == 0 {
		out = []place{p}
	}
	return out, err
}

// walk calls f with every .chk file of a directory tree in the order of their
// names; hidden directories are left out.
func walk(p place, f func(file string)) error {
	return fs.WalkDir(p.fsys, p.dir, func(name string, e fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case e.IsDir() && name != p.dir && strings.HasPrefix(e.Name(), "."):
			return fs.SkipDir
		case !e.IsDir() && path.Ext(name) == ".chk":
			f(name)
		}
		return nil
	})
}

// escapeGlob keeps the characters of a directory's name from being a pattern.
func escapeGlob(dir string) string {
	return strings.NewReplacer(`\`, `\\`, "*", `\*`, "?", `\?`, "[", `\[`).Replace(dir)
}

// standardInput is the name under which a text from standard input is shown.
const standardInput = "stdin.chk"

// oneFile is a file system with a single file.
type oneFile struct {
	name string
	data []byte
}

// Open implements fs.FS.
func (o oneFile) Open(name string) (fs.File, error) {
	if name != o.name {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return &openFile{Reader: bytes.NewReader(o.data), file: o}, nil
}

type openFile struct {
	*bytes.Reader
	file oneFile
}

func (f *openFile) Stat() (fs.FileInfo, error) { return fileInfo{f.file}, nil }
func (f *openFile) Close() error               { return nil }

type fileInfo struct{ file oneFile }

func (i fileInfo) Name() string       { return i.file.name }
func (i fileInfo) Size() int64        { return int64(len(i.file.data)) }
func (i fileInfo) Mode() fs.FileMode  { return 0o444 }
func (i fileInfo) ModTime() time.Time { return time.Time{} }
func (i fileInfo) IsDir() bool        { return false }
func (i fileInfo) Sys() any           { return nil }

// readLimit bounds what is read from standard input and from files that
// checklang doesn't read itself; one byte more shows it was reached.
const readLimit = 64 << 20

var errTooLarge = errors.New("too large")

func readBounded(r io.Reader) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(r, readLimit+1))
	if err == nil && len(data) > readLimit {
		err = errTooLarge
	}
	return data, err
}

// readFile reads a file, or standard input for "-".
func (in *invocation) readFile(name string) ([]byte, error) {
	r := in.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, unreadable(name, err)
		}
		defer func() { _ = f.Close() }()
		r = f
	}
	data, err := readBounded(r)
	switch {
	case errors.Is(err, errTooLarge):
		return nil, refuse("“%s”超过 64 MiB，请拆小", "%q is larger than 64 MiB, split it", name)
	case err != nil:
		return nil, unreadable(name, err)
	}
	return data, nil
}

// compile loads and compiles a standard; the mistakes of its authors are shown
// on standard error.
func (in *invocation) compile(name string, o engine.Options) (*engine.Standard, error) {
	p, err := locate(name)
	if err != nil {
		return nil, err
	}
	s, _, err := engine.Load(in.ctx, p.fsys, p.dir, o)
	return s, in.explained(err)
}
