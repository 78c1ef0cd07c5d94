package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"slices"
	"strings"

	"golang.org/x/term"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
)

// invocation is what every verb gets: its surroundings and the global flags.
type invocation struct {
	ctx            context.Context
	stdin          io.Reader
	stdout, stderr io.Writer
	lang           checklang.Lang
	format         string
}

// said is a sentence in both languages.
type said = diagnostic.Words

func words(zh, en string) said { return said{ZH: zh, EN: en} }

// sayf fills one list of arguments into a sentence of each language.
func sayf(zh, en string, args ...any) said {
	return said{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}
}

// errFound ends a verb that found something and has shown it.
var errFound = errors.New("something was found")

// refusal ends a verb that can't do what it was asked. With empty words the
// verb has said why already.
type refusal struct{ words said }

func (r *refusal) Error() string { return r.words.EN }

func refuse(zh, en string, args ...any) error { return &refusal{sayf(zh, en, args...)} }

// errShown is a refusal whose reasons are on the screen.
var errShown = &refusal{}

// accepts refuses a --format that the verb can't write.
func (in *invocation) accepts(formats ...string) error {
	if slices.Contains(formats, in.format) {
		return nil
	}
	return refuse("这个命令不能写成 --format %s，可用：%s", "this command can't write --format %s, it has: %s", in.format, strings.Join(formats, ", "))
}

// printf writes a line to standard output in the language of the call.
func (in *invocation) printf(zh, en string, args ...any) {
	_, _ = fmt.Fprintln(in.stdout, sayf(zh, en, args...).In(in.lang))
}

// json writes a value to standard output with a stable layout.
func (in *invocation) json(v any) error { return writeJSON(in.stdout, v) }

func writeJSON(w io.Writer, v any) error {
	encoder := json.NewEncoder(w)
	encoder.SetEscapeHTML(false)
	encoder.SetIndent("", "  ")
	return encoder.Encode(v)
}

// progress shows how far a long call is, on a terminal only; the function that
// it returns removes the line.
func (in *invocation) progress(zh, en string, args ...any) (finish func()) {
	f, ok := in.stderr.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		return func() {}
	}
	_, _ = fmt.Fprintf(f, "\r\x1b[K%s", sayf(zh, en, args...).In(in.lang))
	return func() { _, _ = fmt.Fprint(f, "\r\x1b[K") }
}

// unreadable says in one sentence why a file can't be used and what to do.
func unreadable(path string, err error) error {
	switch {
	case errors.Is(err, context.Canceled):
		return refuse("已中断", "interrupted")
	case errors.Is(err, fs.ErrNotExist):
		return refuse("没有“%s”这个文件或目录，请检查路径", "there is no file or directory %q, check the path", path)
	case errors.Is(err, fs.ErrPermission):
		return refuse("没有权限打开“%s”，请检查它的权限", "%q may not be opened, check its permissions", path)
	}
	return refuse("读不了“%s”，请检查它是不是一个普通文件", "%q can't be read, check that it is an ordinary file", path)
}

// unwritable says why a file can't be written.
func unwritable(path string, err error) error {
	if errors.Is(err, fs.ErrPermission) {
		return refuse("没有权限写“%s”，请检查文件与目录的权限", "%q may not be written, check the permissions of the file and its directory", path)
	}
	return refuse("写不了“%s”，请检查目录是否存在、磁盘是否已满", "%q can't be written, check that its directory exists and the disk is not full", path)
}

// say writes a sentence to standard output in the language of the call.
func (in *invocation) say(s said) { _, _ = fmt.Fprintln(in.stdout, s.In(in.lang)) }
