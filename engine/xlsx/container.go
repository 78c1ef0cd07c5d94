package xlsx

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"path"
	"strconv"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// The workbooks that are read come from outside. They are read by the code
// here, and not by the library that writes them, because that one fills the
// gaps between cells: a small file can then ask for any amount of memory.
const (
	maxFile    = 32 << 20 // bytes of the file
	maxContent = 64 << 20 // bytes of what is unpacked, in all
	maxParts   = 4096     // files inside
	maxCells   = 1 << 20  // cells with something in them
	maxRow     = 1 << 20  // which is Excel's own
	maxColumn  = 1 << 14  // likewise
	maxDepth   = 64       // of nesting
	maxMerged  = 1000     // joined areas of one worksheet
)

func refused(zh, en string, args ...any) error {
	return &engine.Refusal{Words: engine.Words{ZH: fmt.Sprintf(zh, args...), EN: fmt.Sprintf(en, args...)}}
}

// container is the files inside a workbook.
type container struct {
	ctx   context.Context
	name  string
	files map[string]*zip.File
	left  int64 // bytes that may still be unpacked
}

// openContainer reads a workbook's list of files.
func openContainer(ctx context.Context, name string, r io.Reader) (*container, error) {
	data, err := io.ReadAll(io.LimitReader(r, maxFile+1))
	if err != nil {
		return nil, fmt.Errorf("xlsx: %s: %w", name, err)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	switch {
	case len(data) > maxFile:
		return nil, refused("%s 超过 %d MB，请删去图片等内容后再交", "%s is larger than %d MB, remove pictures and the like", name, maxFile>>20)
	case bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")):
		return nil, refused("%s 加了密码，或是旧的 .xls 格式，请去掉密码并另存为 .xlsx", "%s has a password or is an old .xls, remove the password and save it as .xlsx", name)
	}
	archive, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil || len(archive.File) > maxParts {
		return nil, notAWorkbook(name)
	}
	c := &container{ctx: ctx, name: name, files: map[string]*zip.File{}, left: maxContent}
	for _, f := range archive.File {
		key := strings.ToLower(strings.TrimPrefix(path.Clean(strings.ReplaceAll(f.Name, `\`, "/")), "/"))
		if c.files[key] == nil {
			c.files[key] = f
		}
	}
	return c, nil
}

func notAWorkbook(name string) error {
	return refused("%s 不是 .xlsx 工作簿，或已损坏，请重新另存为 .xlsx", "%s is no .xlsx workbook or is broken, save it again as .xlsx", name)
}

// scan calls open for every element and its text, in order. depth counts from
// 1; a close has no name.
func (c *container) scan(name string, open func(start xml.StartElement, depth int) error, text func(string), end func(local string, depth int)) error {
	f := c.files[strings.ToLower(name)]
	if f == nil {
		return notAWorkbook(c.name)
	}
	in, err := f.Open()
	if err != nil {
		return notAWorkbook(c.name)
	}
	defer func() { _ = in.Close() }()
	limited := &budget{ctx: c.ctx, r: in, left: &c.left}
	d := xml.NewDecoder(limited)
	depth := 0
	for {
		token, err := d.RawToken()
		switch {
		case errors.Is(err, io.EOF):
			if depth != 0 {
				return notAWorkbook(c.name)
			}
			return nil
		case limited.err != nil:
			return limited.err
		case err != nil:
			return notAWorkbook(c.name)
		}
		switch t := token.(type) {
		case xml.StartElement:
			if depth++; depth > maxDepth {
				return notAWorkbook(c.name)
			}
			if err := open(t, depth); err != nil {
				return err
			}
		case xml.EndElement:
			if end != nil {
				end(t.Name.Local, depth)
			}
			if depth--; depth < 0 {
				return notAWorkbook(c.name)
			}
		case xml.CharData:
			if text != nil {
				text(string(t))
			}
		}
	}
}

// budget ends the unpacking of what is larger than a workbook may be.
type budget struct {
	ctx  context.Context
	r    io.Reader
	left *int64
	err  error // why it ended
}

// Read implements io.Reader.
func (b *budget) Read(p []byte) (int, error) {
	if b.err = b.ctx.Err(); b.err != nil {
		return 0, b.err
	}
	n, err := b.r.Read(p)
	if *b.left -= int64(n); *b.left < 0 {
		b.err = refused("工作簿解开后超过 %d MB，不予读取", "the workbook unpacks to more than %d MB and is not read", maxContent>>20)
		return 0, b.err
	}
	return n, err
}

func attribute(e xml.StartElement, local string) string {
	for _, a := range e.Attr {
		if a.Name.Local == local {
			return a.Value
		}
	}
	return ""
}

// relations reads which file each id stands for, as paths from the root.
func (c *container) relations(name string) (map[string]string, error) {
	out := map[string]string{}
	base := path.Dir(path.Dir(name)) // of _rels
	err := c.scan(name, func(e xml.StartElement, _ int) error {
		if e.Name.Local == "Relationship" && attribute(e, "TargetMode") != "External" {
			target := attribute(e, "Target")
			if rest, ok := strings.CutPrefix(target, "/"); ok {
				target = rest
			} else {
				target = path.Join(base, target)
			}
			out[attribute(e, "Id")] = target
			if kind := attribute(e, "Type"); kind != "" {
				kind = "type:" + path.Base(kind)
				if _, ok := out[kind]; !ok {
					out[kind] = target
				}
			}
		}
		return nil
	}, nil, nil)
	return out, err
}

// reference reads "F12".
func reference(s string) (column, row int, ok bool) {
	s = strings.ReplaceAll(s, "$", "")
	i := 0
	for ; i < len(s) && i < 4; i++ {
		c := s[i] | 0x20
		if c < 'a' || c > 'z' {
			break
		}
		column = column*26 + int(c-'a') + 1
	}
	row, err := strconv.Atoi(s[i:])
	return column, row, err == nil && i > 0 && column <= maxColumn && row >= 1 && row <= maxRow && s[i] != '+'
}

// cellName writes "F12".
func cellName(column, row int) string {
	name := ""
	for ; column > 0; column = (column - 1) / 26 {
		name = string(rune('A'+(column-1)%26)) + name
	}
	return name + strconv.Itoa(row)
}
