package main

import (
	"bytes"
	"errors"
	"io/fs"
	"path"
	"path/filepath"
	"strings"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine/report"
	"github.com/pinjian/pinjian/engine/xlsx"
	"github.com/pinjian/pinjian/internal/atomicfile"
	"github.com/pinjian/pinjian/stdlib"
)

type docCommand struct {
	Standard string `arg:"" name:"standard" help:"${standard_help}"`
	Out      string `short:"o" help:"${doc_out_help}" placeholder:"FILE"`
	Keywords string `help:"${doc_keywords_help}" enum:"zh,en," default:"" placeholder:"zh|en"`
}

// notesFile stands beside a standard and says how its print was read.
const notesFile = "NOTES.md"

// Run writes the standard as a document. The form is the one that --format
// asks for, else the one that the name of the file ends in, else HTML.
func (d *docCommand) Run(in *invocation) error {
	if err := in.accepts("text", "html", "md", "xlsx"); err != nil {
		return err
	}
	form := in.format
	if form == "text" {
		form = strings.TrimPrefix(strings.ToLower(filepath.Ext(d.Out)), ".")
		switch form {
		case "html", "md", "xlsx":
		case "", "htm":
			form = "html"
		default:
			return refuse("不认得“%s”的扩展名，请用 .html、.md、.xlsx 之一，或写 --format", "the ending of %q is unknown, use .html, .md or .xlsx, or say --format", d.Out)
		}
	}
	if form == "xlsx" && d.Out == "" {
		return refuse("工作簿不能显示在屏幕上，请用 -o 写到文件；“-”是标准输出", "a workbook can't be shown on the screen, write it to a file with -o; - is standard output")
	}
	checked, err := in.load(d.Standard)
	if err != nil {
		return err
	}
	notes, err := notesOf(d.Standard)
	if err != nil {
		return err
	}
	keywords := in.lang
	if d.Keywords != "" {
		keywords = checklang.Lang(d.Keywords)
	}
	document, err := report.NewStandardDocument(checked, report.StandardOptions{Keywords: keywords, Notes: notes})
	if err != nil {
		return err
	}
	var out bytes.Buffer
	switch form {
	case "html":
		err = document.WriteHTML(&out)
	case "md":
		err = document.WriteMarkdown(&out)
	case "xlsx":
		err = xlsx.WriteStandard(&out, document)
	}
	if err != nil {
		return err
	}
	if d.Out == "" || d.Out == "-" {
		_, err := in.stdout.Write(out.Bytes())
		return err
	}
	if err := atomicfile.Write(d.Out, out.Bytes()); err != nil {
		return unwritable(d.Out, err)
	}
	return nil
}

// notesOf reads the notes beside a standard, nil when there are none.
func notesOf(name string) ([]byte, error) {
	p, err := locate(name)
	if err != nil {
		return nil, err
	}
	dir := p.dir
	if path.Ext(dir) == ".chk" {
		dir = path.Dir(dir)
	}
	fsys := p.fsys
	if rest, ok := strings.CutPrefix(dir, library); ok && strings.HasPrefix(name, library) {
		dir, fsys = rest, stdlib.FS()
	}
	data, err := fs.ReadFile(fsys, path.Join(dir, notesFile))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(path.Join(dir, notesFile), err)
	}
	return data, nil
}
