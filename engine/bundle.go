package engine

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"time"

	"github.com/pinjian/pinjian/checklang"
)

// BundleSchema is the name of the bundle's JSON document.
const BundleSchema = "pinjian/bundle/1"

// bundle is every source that a standard was compiled from.
type bundle struct {
	Schema string       `json:"schema"`
	Ref    Ref          `json:"ref"`
	Dir    string       `json:"dir"`
	Files  []bundleFile `json:"files"`
}

type bundleFile struct {
	Path string `json:"path"`
	Text string `json:"text"`
}

// Bundle returns every source and import of the standard as one JSON document,
// the same bytes for the same sources. A host stores it beside what the
// standard judged; Restore compiles it again.
func (s *Standard) Bundle() []byte {
	b := bundle{Schema: BundleSchema, Ref: s.ref, Dir: s.checked.Dir}
	for _, source := range s.checked.Sources {
		b.Files = append(b.Files, bundleFile{source.File.Name(), source.File.Text()})
	}
	slices.SortFunc(b.Files, func(x, y bundleFile) int { return strings.Compare(x.Path, y.Path) })
	var out bytes.Buffer
	e := json.NewEncoder(&out)
	e.SetEscapeHTML(false) // sources are to be read, and no browser reads bundles
	_ = e.Encode(b)        // strings and numbers alone: it can't fail
	return out.Bytes()
}

// Restore compiles a Bundle that any earlier release of the same semantics
// wrote. The library is taken from the bundle, not from this release, and the
// digest must come out as it was.
func Restore(ctx context.Context, data []byte, o Options) (*Standard, error) {
	var b bundle
	if err := json.Unmarshal(data, &b); err != nil {
		return nil, fmt.Errorf("engine: restore: %w", err)
	}
	if b.Schema != BundleSchema {
		return nil, fmt.Errorf("engine: restore: schema %q is not %s", b.Schema, BundleSchema)
	}
	if b.Ref.Semantics > Semantics || b.Ref.Language > 1 {
		return nil, fmt.Errorf("engine: restore: the bundle needs semantics %d and language %d; this release has %d and 1", b.Ref.Semantics, b.Ref.Language, Semantics)
	}
	tree := memory{}
	for _, f := range b.Files {
		if !fs.ValidPath(f.Path) {
			return nil, fmt.Errorf("engine: restore: files: %q is no path", f.Path)
		}
		tree[f.Path] = f.Text
	}
	library, err := fs.Sub(tree, "std")
	if err != nil {
		return nil, fmt.Errorf("engine: restore: %w", err)
	}
	checked, diagnostics, err := checklang.Load(ctx, tree, b.Dir, checklang.Options{
		Library: library, Limits: checklang.Limits{SourceBytes: o.Limits.SourceBytes, Declarations: o.Limits.Declarations},
	})
	if err != nil {
		return nil, fmt.Errorf("engine: restore: %w", err)
	}
	if diagnostics.HasErrors() {
		return nil, fmt.Errorf("engine: restore: %w", diagnostics)
	}
	s, err := Compile(ctx, checked, o)
	if err != nil {
		return nil, err
	}
	if s.ref.Digest != b.Ref.Digest {
		return nil, fmt.Errorf("engine: restore: the sources give digest %.12s, the bundle says %.12s", s.ref.Digest, b.Ref.Digest)
	}
	return s, nil
}

// memory is a read-only file system of texts by path.
type memory map[string]string

// Open implements fs.FS.
func (m memory) Open(name string) (fs.File, error) {
	if text, ok := m[name]; ok {
		return &memoryFile{memoryInfo{path.Base(name), int64(len(text)), 0}, bytes.NewReader([]byte(text)), nil}, nil
	}
	entries, err := m.ReadDir(name)
	if err != nil {
		return nil, err
	}
	return &memoryFile{memoryInfo{path.Base(name), 0, fs.ModeDir}, bytes.NewReader(nil), entries}, nil
}

// ReadDir implements fs.ReadDirFS.
func (m memory) ReadDir(name string) ([]fs.DirEntry, error) {
	var entries []fs.DirEntry
	seen := map[string]bool{}
	for _, p := range sortedKeys(m) {
		rest, ok := strings.CutPrefix(p, name+"/")
		if name == "." {
			rest, ok = p, true
		}
		if !ok {
			continue
		}
		first, _, deeper := strings.Cut(rest, "/")
		if seen[first] {
			continue
		}
		seen[first] = true
		mode := fs.FileMode(0)
		if deeper {
			mode = fs.ModeDir
		}
		entries = append(entries, fs.FileInfoToDirEntry(memoryInfo{first, int64(len(m[p])), mode}))
	}
	if len(entries) == 0 {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return entries, nil
}

type memoryFile struct {
	memoryInfo
	*bytes.Reader
	entries []fs.DirEntry
}

func (f *memoryFile) Stat() (fs.FileInfo, error) { return f.memoryInfo, nil }
func (f *memoryFile) Close() error               { return nil }
func (f *memoryFile) Size() int64                { return f.size }

// ReadDir implements fs.ReadDirFile.
func (f *memoryFile) ReadDir(n int) ([]fs.DirEntry, error) {
	if n <= 0 {
		out := f.entries
		f.entries = nil
		return out, nil
	}
	if len(f.entries) == 0 {
		return nil, io.EOF
	}
	n = min(n, len(f.entries))
	out := f.entries[:n]
	f.entries = f.entries[n:]
	return out, nil
}

type memoryInfo struct {
	name string
	size int64
	mode fs.FileMode
}

func (i memoryInfo) Name() string       { return i.name }
func (i memoryInfo) Size() int64        { return i.size }
func (i memoryInfo) Mode() fs.FileMode  { return i.mode | 0o444 }
func (i memoryInfo) ModTime() time.Time { return time.Time{} }
func (i memoryInfo) IsDir() bool        { return i.mode.IsDir() }
func (i memoryInfo) Sys() any           { return nil }
