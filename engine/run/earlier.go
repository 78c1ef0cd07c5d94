package run

import (
	"fmt"
	"io/fs"
	"path"
	"slices"

	"github.com/pinjian/pinjian/checklang/check"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/frames"
)

// earlier makes a frame of what earlier runs wrote.
func (f *Folder) earlier(fsys fs.FS, dir string, file FrameFile, record *check.Record) error {
	name := path.Join(dir, file.File)
	var table *frames.Table
	switch file.From {
	case "results":
		results, err := ReadResults(fsys, name)
		if err != nil {
			return err
		}
		if table, err = frames.SelfChecks(slices.Values(results), f.Standard.Zone()); err != nil {
			return err
		}
	case "findings":
		in, err := fsys.Open(name)
		if err != nil {
			return fmt.Errorf("run: frames: %w", err)
		}
		defer func() { _ = in.Close() }()
		log, err := ReadFindingLog(file.File, in)
		if err != nil {
			return err
		}
		table = frames.Findings(func(yield func(engine.Finding) bool) {
			for _, s := range log.List(f.Configuration.Now, FindingFilter{}).Findings {
				if !yield(s.Finding) {
					return
				}
			}
		})
	default:
		return refused("run.json 的 frames：from 是 %q，只能是 results 或 findings，CSV 文件不写", "run.json: frames: from is %q; it is results or findings, and left out for a CSV file", file.From)
	}
	if record.Name.First != table.Record {
		return refused("run.json 的 frames：%s 里是“%s”，不是“%s”", "run.json: frames: %s holds units of %q, not of %q", file.File, table.Record, file.Record)
	}
	table.Name = file.File
	f.source.Tables = append(f.source.Tables, table)
	return nil
}
