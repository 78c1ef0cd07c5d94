package main

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
)

type diffResultCommand struct {
	Old     string `arg:"" name:"old" help:"${diff_result_old_help}"`
	New     string `arg:"" name:"new" help:"${diff_result_new_help}"`
	Between string `help:"${diff_result_between_help}" placeholder:"PATH"`
}

// Run compares stored results and exits with 1 when any verdict changed.
func (c *diffResultCommand) Run(in *invocation) error {
	if err := in.accepts("text", "json"); err != nil {
		return err
	}
	var sides [3][]*engine.Result
	for i, name := range []string{c.Old, c.New, c.Between} {
		if name == "" {
			continue
		}
		var err error
		if sides[i], err = in.storedResults(name); err != nil {
			return err
		}
	}
	d, err := run.DiffResults(sides[0], sides[1], sides[2])
	if err != nil {
		return in.explained(err)
	}
	if in.format == "json" {
		err = in.json(d)
	} else {
		err = run.WriteDiff(in.stdout, in.lang, d)
	}
	if err != nil {
		return err
	}
	if d.Changed() {
		return errFound
	}
	return nil
}

// storedResults reads results that were written before, from a file or a
// directory.
func (in *invocation) storedResults(name string) ([]*engine.Result, error) {
	absolute, err := filepath.Abs(name)
	if err != nil {
		return nil, unreadable(name, err)
	}
	results, err := run.ReadResults(os.DirFS(filepath.Dir(absolute)), filepath.Base(absolute))
	if path := (*fs.PathError)(nil); errors.As(err, &path) {
		return nil, unreadable(name, path)
	}
	return results, in.explained(err)
}
