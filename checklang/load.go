// Package checklang reads .chk, the language in which inspection standards are
// written: equally Chinese and English, for authors who don't program. Load is
// the front door; it parses and checks a directory and everything it imports.
// The package evaluates nothing; package engine does. SPEC.md beside this file
// is the language's normative text.
package checklang

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pinjian/pinjian/checklang/ast"
	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
)

// Checked is a standard with its meaning; see package check.
type Checked = check.Checked

// Diagnostic is one mistake of an author; see package diagnostic.
type Diagnostic = diagnostic.Diagnostic

// Diagnostics is the mistakes of one check, ordered by file and place.
type Diagnostics = diagnostic.List

// Lang is the language of keywords and messages.
type Lang = token.Lang

// The two languages.
const (
	English = token.English
	Chinese = token.Chinese
)

// Options bounds a check. The zero value has no imports beside the tree and
// the default limits, which are safe for files written by strangers.
type Options struct {
	// Library holds what imports beginning with "std/" name; nil when there is
	// no library.
	Library fs.FS
	// Overlay holds texts that replace files of the tree, by path: what an
	// editor has not saved yet.
	Overlay map[string]string
	Limits  Limits
	// Cache keeps what an earlier Load of the directory parsed, for an editor
	// that loads it at every keystroke; nil parses everything anew.
	Cache *Cache
}

// Limits bounds what an author's files may cost. Zero fields mean the
// defaults; the defaults refuse nothing that a person wrote.
type Limits struct {
	SourceBytes  int64 // of one file; default 4 MiB
	Declarations int   // of one file; default 20,000
	Diagnostics  int   // of one check; default 200
	Files        int   // of one check; default 1,000
}

func (l Limits) withDefaults() Limits {
	if l.SourceBytes == 0 {
		l.SourceBytes = 4 << 20
	}
	if l.Declarations == 0 {
		l.Declarations = 20_000
	}
	if l.Diagnostics == 0 {
		l.Diagnostics = 200
	}
	if l.Files == 0 {
		l.Files = 1_000
	}
	return l
}

// Load parses and checks the standard in the directory dir of fsys, or in the
// single file dir names. The Checked is nil only when nothing could be read.
// Mistakes of authors are in the Diagnostics; the error is for a file system
// that fails or a context that ends. fsys is not kept.
func Load(ctx context.Context, fsys fs.FS, dir string, o Options) (*Checked, Diagnostics, error) {
	l := &loader{ctx: ctx, fsys: fsys, options: o, limits: o.Limits.withDefaults(), units: map[string]*check.Unit{}}
	if o.Cache != nil {
		l.earlier, l.parsed = o.Cache.last(path.Clean(dir)), map[string]*parser.Cache{}
		defer func() { o.Cache.keep(path.Clean(dir), l.parsed) }()
	}
	root, err := l.load(path.Clean(dir), fsys, "", nil)
	if err != nil {
		return nil, l.diagnostics, err
	}
	if root == nil || len(root.Files) == 0 {
		l.diagnostics.Sort()
		if len(l.diagnostics) == 0 {
			nowhere := token.NewFile(path.Clean(dir), "")
			l.diagnostics.Add(diagnostic.New(diagnostic.NoStandard, token.Range{}.In(nowhere), dir))
		}
		return nil, l.diagnostics, nil
	}
	checked, found := check.Check(root)
	l.diagnostics = append(l.diagnostics, found...)
	l.diagnostics.Sort()
	if len(l.diagnostics) > l.limits.Diagnostics {
		cut := l.diagnostics[l.limits.Diagnostics-1]
		l.diagnostics = append(l.diagnostics[:l.limits.Diagnostics:l.limits.Diagnostics], diagnostic.New(diagnostic.TooManyDiagnostics, cut.Span, l.limits.Diagnostics))
	}
	return checked, l.diagnostics, nil
}

type loader struct {
	ctx         context.Context
	fsys        fs.FS
	options     Options
	limits      Limits
	files       int
	units       map[string]*check.Unit
	diagnostics Diagnostics
	earlier     map[string]*parser.Cache // by path, of the last Load
	parsed      map[string]*parser.Cache // of this one; nil without a Cache
}

// canonical is the path under which a directory's files are known: the
// library's under std/.
func canonical(prefix, dir string) string {
	if prefix == "" {
		return dir
	}
	return path.Join(prefix, dir)
}

// load reads one directory and, through its imports, the others. trail is the
// way here, for naming a circle.
func (l *loader) load(dir string, fsys fs.FS, prefix string, trail []string) (*check.Unit, error) {
	name := canonical(prefix, dir)
	if u, ok := l.units[name]; ok {
		return u, nil
	}
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	paths, err := sources(fsys, dir)
	if err != nil {
		if prefix == "" && len(trail) == 0 {
			return nil, fmt.Errorf("checklang: reading %s: %w", dir, err)
		}
		return nil, nil
	}
	u := &check.Unit{Dir: name}
	l.units[name] = u
	trail = append(slices.Clip(trail), name)
	imported := map[string]bool{}
	for _, p := range paths {
		f, err := l.parse(fsys, p, canonical(prefix, p))
		if err != nil {
			return nil, err
		}
		if f == nil {
			u.Lost = true
			continue
		}
		u.Files = append(u.Files, f)
		base := dir
		if path.Ext(dir) == ".chk" {
			base = path.Dir(dir)
		}
		for _, d := range f.Decls {
			if i, ok := d.(*ast.Import); ok {
				if err := l.follow(u, f, i, base, fsys, prefix, trail, imported); err != nil {
					return nil, err
				}
			}
		}
	}
	return u, nil
}

// follow loads what one import names.
func (l *loader) follow(u *check.Unit, f *ast.File, i *ast.Import, dir string, fsys fs.FS, prefix string, trail []string, imported map[string]bool) error {
	at := i.Path.Range.In(f.Source)
	wanted := i.Path.Value
	var target string
	targetPrefix, targetFS := prefix, fsys
	if rest, ok := strings.CutPrefix(wanted, "std/"); ok {
		target, targetPrefix, targetFS = path.Clean(rest), "std", l.options.Library
	} else {
		target = path.Join(dir, wanted)
	}
	lost := u.Lost
	u.Lost = true // until the import is known to be good
	if path.IsAbs(wanted) || strings.Contains(wanted, "\\") || strings.Contains(wanted, ":") || !fs.ValidPath(target) {
		l.diagnostics.Add(diagnostic.New(diagnostic.ImportOutside, at, wanted))
		return nil
	}
	name := canonical(targetPrefix, target)
	if at := slices.Index(trail, name); at >= 0 {
		circle := strings.Join(append(slices.Clone(trail[at:]), name), " → ")
		l.diagnostics.Add(diagnostic.New(diagnostic.ImportCycle, i.Path.Range.In(f.Source), circle))
		return nil
	}
	if imported[name] {
		u.Lost = lost
		return nil
	}
	imported[name] = true
	if targetFS == nil {
		l.diagnostics.Add(diagnostic.New(diagnostic.UnknownImport, at, wanted))
		return nil
	}
	loaded, err := l.load(target, targetFS, targetPrefix, trail)
	if err != nil {
		return err
	}
	if loaded == nil || len(loaded.Files) == 0 {
		l.diagnostics.Add(diagnostic.New(diagnostic.UnknownImport, at, wanted))
		return nil
	}
	u.Lost = lost
	loaded.Imported = true
	u.Imports = append(u.Imports, loaded)
	return nil
}

// sources lists the .chk files of a directory in the order of their names, or
// the one file that dir names.
func sources(fsys fs.FS, dir string) ([]string, error) {
	info, err := fs.Stat(fsys, dir)
	if err != nil {
		return nil, err
	}
	if !info.IsDir() {
		return []string{dir}, nil
	}
	entries, err := fs.ReadDir(fsys, dir)
	if err != nil {
		return nil, err
	}
	var out []string
	for _, e := range entries {
		if !e.IsDir() && path.Ext(e.Name()) == ".chk" {
			out = append(out, path.Join(dir, e.Name()))
		}
	}
	return out, nil
}

// parse reads and parses one file. A file that can't be read as text is
// reported and left out.
func (l *loader) parse(fsys fs.FS, p, name string) (*ast.File, error) {
	if err := l.ctx.Err(); err != nil {
		return nil, err
	}
	if l.files++; l.files > l.limits.Files {
		if l.files == l.limits.Files+1 {
			l.diagnostics.Add(diagnostic.New(diagnostic.TooManyDeclarations, token.Range{}.In(token.NewFile(name, "")), l.limits.Files))
		}
		return nil, nil
	}
	var data []byte
	if text, ok := l.options.Overlay[name]; ok {
		data = []byte(text)
	} else {
		var refused *Diagnostic
		if data, refused = read(fsys, p, name, l.limits.SourceBytes); refused != nil {
			return l.refuse(refused)
		}
	}
	source, refused := Text(name, data)
	if refused != nil {
		return l.refuse(refused)
	}
	// One diagnostic more than is shown tells Load that there are more.
	options := parser.Options{Declarations: l.limits.Declarations, Diagnostics: l.limits.Diagnostics + 1}
	if l.parsed != nil {
		if options.Cache = l.earlier[name]; options.Cache == nil {
			options.Cache = &parser.Cache{}
		}
		l.parsed[name] = options.Cache
	}
	f, found := parser.Parse(source, options)
	l.diagnostics = append(l.diagnostics, found...)
	return f, nil
}

// refuse leaves a file out and says why.
func (l *loader) refuse(d *Diagnostic) (*ast.File, error) {
	l.diagnostics.Add(*d)
	return nil, nil
}

// read reads a file but never more than the limit.
func read(fsys fs.FS, p, name string, limit int64) ([]byte, *Diagnostic) {
	refuse := func(code diagnostic.Code, args ...any) *Diagnostic {
		d := diagnostic.New(code, token.Range{}.In(token.NewFile(name, "")), args...)
		return &d
	}
	f, err := fsys.Open(p)
	if err != nil {
		return nil, refuse(diagnostic.UnreadableFile, cause(err))
	}
	defer func() { _ = f.Close() }()
	if info, err := f.Stat(); err == nil && info.Size() > limit {
		return nil, refuse(diagnostic.FileTooLarge, info.Size(), limit)
	}
	var buffer bytes.Buffer
	if info, err := f.Stat(); err == nil {
		buffer.Grow(int(info.Size()) + bytes.MinRead)
	}
	n, err := buffer.ReadFrom(io.LimitReader(f, limit+1))
	if err != nil {
		return nil, refuse(diagnostic.UnreadableFile, cause(err))
	}
	if n > limit {
		return nil, refuse(diagnostic.FileTooLarge, n, limit)
	}
	return buffer.Bytes(), nil
}

// cause is the reason of a file error without the path, which is shown
// already.
func cause(err error) diagnostic.Words {
	switch {
	case errors.Is(err, fs.ErrPermission):
		return diagnostic.Words{ZH: "没有权限", EN: "permission denied"}
	case errors.Is(err, fs.ErrNotExist):
		return diagnostic.Words{ZH: "没有这个文件", EN: "no such file"}
	}
	if p := (*fs.PathError)(nil); errors.As(err, &p) {
		return diagnostic.Same(p.Err.Error())
	}
	return diagnostic.Same(err.Error())
}

// Text makes a source file of bytes: a byte order mark is dropped, and bytes
// that are not UTF-8 are refused with a guess at what they are.
func Text(name string, data []byte) (*token.File, *Diagnostic) {
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if utf8.Valid(data) {
		return token.NewFile(name, string(data)), nil
	}
	at := 0
	for at < len(data) {
		r, n := utf8.DecodeRune(data[at:])
		if r == utf8.RuneError && n == 1 {
			break
		}
		at += n
	}
	// Only the valid beginning can be shown; it places the first bad byte.
	file := token.NewFile(name, string(data[:at]))
	d := diagnostic.New(diagnostic.NotUTF8, token.Range{Start: uint32(at), End: uint32(at)}.In(file), guess(data))
	return nil, &d
}

// guess names the encoding that bytes look like.
func guess(data []byte) any {
	switch {
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}), bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return "UTF-16"
	}
	sample := data[:min(len(data), 64<<10)]
	if bytes.Count(sample, []byte{0}) > len(sample)/16 { // every line end and blank of UTF-16 has one
		return "UTF-16"
	}
	if decoded, err := simplifiedchinese.GB18030.NewDecoder().Bytes(sample); err == nil {
		han := 0
		for _, r := range string(decoded) {
			if r >= 0x4E00 && r <= 0x9FFF {
				han++
			}
		}
		if han > 0 {
			return "GB18030"
		}
	}
	return diagnostic.Words{ZH: "别的编码", EN: "another encoding"}
}
