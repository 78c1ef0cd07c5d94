// Package stdlib carries the standards, shared records, choices, tables and calendars that come with Pinjian, so that a
// program which imports it needs no files beside it. The package holds data only: checklang reads the .chk files and
// engine reads the calendars.
//
// Every directory is one topic. A standard imports a directory by its name after "std/"; the same name opens it in [FS].
package stdlib

import (
	"embed"
	"io/fs"
	"strings"
)

// The patterns take every directory, so that a new topic or a note beside it needs no change here, and leave out the
// tests of this package.
//
//go:embed */*.chk */*.md */*.csv
var files embed.FS

// FS returns the embedded tree: one directory per topic with its .chk files and notes, and "calendar" with one CSV file
// per work calendar. The tree is read-only, the same on every machine, and safe for concurrent use.
func FS() fs.FS {
	return files
}

// Tree is FS with every path below "std/", the name by which standards import it. Positions in its files then read as
// they are imported.
func Tree() fs.FS { return tree{} }

type tree struct{}

// Open implements fs.FS.
func (tree) Open(name string) (fs.File, error) {
	if name == "std" {
		return files.Open(".")
	}
	rest, ok := strings.CutPrefix(name, "std/")
	if !ok {
		return nil, &fs.PathError{Op: "open", Path: name, Err: fs.ErrNotExist}
	}
	return files.Open(rest)
}
