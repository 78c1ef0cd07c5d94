package main

import (
	"path"
	"slices"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/internal/lintreport"
	"github.com/pinjian/pinjian/stdlib"
)

type vetCommand struct {
	Paths []string `arg:"" name:"standard" help:"${vet_paths_help}"`
}

// Run shows every mistake of the standards on standard output.
func (v *vetCommand) Run(in *invocation) error {
	var list checklang.Diagnostics
	var files []string
	readable := true
	for _, name := range v.Paths {
		places, err := v.places(in, name)
		if err != nil {
			return err
		}
		for _, p := range places {
			finish := in.progress("正在检查 %s", "checking %s", p.dir)
			checked, diagnostics, err := checklang.Load(in.ctx, p.fsys, p.dir, checklang.Options{Library: stdlib.FS()})
			finish()
			if err != nil {
				return unreadable(name, err)
			}
			list = append(list, diagnostics...)
			if checked == nil {
				readable = false
				continue
			}
			for _, s := range checked.Sources {
				if !slices.Contains(files, s.File.Name()) {
					files = append(files, s.File.Name())
				}
			}
		}
	}
	list.Sort() // several standards may share an import
	if err := v.write(in, files, list); err != nil {
		return err
	}
	switch {
	case !readable:
		return errShown
	case len(list) > 0:
		return errFound
	}
	return nil
}

func (v *vetCommand) places(in *invocation, name string) ([]place, error) {
	if name == "-" {
		data, err := in.readFile(name)
		return []place{{oneFile{standardInput, data}, standardInput}}, err
	}
	p, err := locate(name)
	if err != nil {
		return nil, err
	}
	places, err := standards(p)
	if err != nil {
		return nil, unreadable(path.Clean(name), err)
	}
	return places, nil
}

func (v *vetCommand) write(in *invocation, files []string, list checklang.Diagnostics) error {
	switch in.format {
	case "json":
		return in.json(append(checklang.Diagnostics{}, list...))
	case "sarif":
		return lintreport.WriteSARIF(in.stdout, in.lang, list)
	case "junit":
		return lintreport.WriteJUnit(in.stdout, in.lang, files, list)
	}
	if err := diagnostic.Render(in.stdout, in.lang, list); err != nil || len(list) == 0 {
		return err
	}
	errors := 0
	for _, d := range list {
		if d.Severity == diagnostic.Error {
			errors++
		}
	}
	in.printf("错误 %d 个，警告 %d 个", "errors: %d, warnings: %d", errors, len(list)-errors)
	return nil
}
