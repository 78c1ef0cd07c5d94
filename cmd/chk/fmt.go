package main

import (
	"bytes"
	"os"
	"path/filepath"

	"github.com/aymanbagabas/go-udiff"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/checklang/format"
	"github.com/pinjian/pinjian/internal/atomicfile"
)

type fmtCommand struct {
	Paths    []string `arg:"" name:"path" help:"${fmt_paths_help}"`
	Check    bool     `help:"${fmt_check_help}"`
	Diff     bool     `short:"d" help:"${fmt_diff_help}"`
	Keywords string   `help:"${fmt_keywords_help}" enum:"zh,en," default:"" placeholder:"zh|en"`
}

// Run formats each file. One that can't be formatted stays as it is and is
// named; the others are formatted all the same.
func (f *fmtCommand) Run(in *invocation) error {
	if err := in.accepts("text"); err != nil {
		return err
	}
	broken, changed := false, false
	for _, path := range f.Paths {
		files, err := f.files(path)
		if err != nil {
			return err
		}
		for _, file := range files {
			if err := in.ctx.Err(); err != nil { // between files: none is half done
				return unreadable(file, err)
			}
			before, after, err := f.format(in, file)
			if err != nil {
				return err
			}
			switch {
			case after == nil:
				broken = true
				continue
			case file == "-" && !f.Check && !f.Diff:
				if _, err := in.stdout.Write(after); err != nil {
					return err
				}
				continue
			case bytes.Equal(before, after):
				continue
			}
			changed = true
			if err := f.change(in, file, before, after); err != nil {
				return err
			}
		}
	}
	switch {
	case broken:
		return errShown
	case changed && f.Check:
		return errFound
	}
	return nil
}

// files lists the .chk files that a path names.
func (f *fmtCommand) files(path string) ([]string, error) {
	if path == "-" {
		return []string{path}, nil
	}
	info, err := os.Stat(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	if !info.IsDir() {
		return []string{path}, nil
	}
	var files []string
	err = walk(place{os.DirFS(path), "."}, func(file string) {
		files = append(files, filepath.Join(path, filepath.FromSlash(file)))
	})
	if err != nil {
		return nil, unreadable(path, err)
	}
	return files, nil
}

// format reads a file and lays it out. When that can't be done the reasons are
// shown and the result is nil.
func (f *fmtCommand) format(in *invocation, file string) (before, after []byte, err error) {
	name := filepath.ToSlash(file)
	if file == "-" {
		name = standardInput
	}
	if before, err = in.readFile(file); err != nil {
		return nil, nil, err
	}
	source, problem := checklang.Text(name, before)
	if problem != nil {
		return before, nil, diagnostic.Render(in.stderr, in.lang, diagnostic.List{*problem})
	}
	after, list, err := format.Format(source, format.Options{Keywords: checklang.Lang(f.Keywords)})
	switch {
	case err != nil:
		complain(in.stderr, in.lang, sayf("%[1]s：换了写法以后有两个词会连成一个，意思就变了，所以没有改它；请给其中一个换用另一个名称（%[2]v）",
			"%[1]s: in its new form two words would read as one and change the meaning, so it was left alone; use the other name of one of them (%[2]v)", name, err))
		return before, nil, nil
	case after == nil:
		errors := diagnostic.List{}
		for _, d := range list {
			if d.Severity == diagnostic.Error {
				errors.Add(d)
			}
		}
		return before, nil, diagnostic.Render(in.stderr, in.lang, errors)
	case len(after) == 0:
		after = []byte{} // nil means refused
	}
	return before, after, nil
}

// change shows or makes the change of one file.
func (f *fmtCommand) change(in *invocation, file string, before, after []byte) error {
	name := filepath.ToSlash(file)
	if f.Diff {
		_, err := in.stdout.Write([]byte(udiff.Unified(name+".orig", name, string(before), string(after))))
		return err
	}
	in.say(words(name, name))
	if f.Check {
		return nil
	}
	if err := atomicfile.Write(file, after); err != nil {
		return unwritable(file, err)
	}
	return nil
}
