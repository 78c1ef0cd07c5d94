package frames

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// Read reads a whole file as ReadJSONLines does when its name ends in .jsonl,
// whatever the case of the letters, and as ReadCSV does otherwise.
func Read(name string, r io.Reader, o Options) (*Table, []*engine.InputError, error) {
	return table(name, o, func() (reader, error) { return openFile(name, r, o) })
}

func openFile(name string, r io.Reader, o Options) (reader, error) {
	if strings.EqualFold(path.Ext(name), ".jsonl") {
		return openJSONLines(name, r, o)
	}
	return openCSV(name, r, o)
}

// File is a file of a Stream: its path, and how it holds a record.
type File struct {
	Path    string
	Options Options
}

// Stream serves CSV and JSON-lines files as an engine.FrameSource without
// holding them: each population is read from the files anew, a line at a time,
// and memory stays flat however long they are. It gives the units that a Source
// over the same files gives. It has no values to judge by and no origins of
// them; use a Source over the drawn units for those.
type Stream struct {
	FS    fs.FS
	Files []File
	// Refused is told of each line that is no row, whenever a population is read; the rest of the file is read all the
	// same. While it is nil such a line ends the population with its error.
	Refused func(*engine.InputError)
}

// Frame implements engine.FrameSource. The files are opened when Units is
// ranged over; one that can't be read to its end is an error there.
func (s Stream) Frame(ctx context.Context, q engine.FrameQuery) (engine.Frame, error) {
	if err := ctx.Err(); err != nil {
		return engine.Frame{}, err
	}
	var files []File
	for i, f := range s.Files {
		if f.Options.Record == nil {
			return engine.Frame{}, refused("第 %d 个文件没有写是什么记录", "files[%[2]d]: the record is missing", i+1, i)
		}
		if f.Options.Record.Name.First == q.Record {
			files = append(files, f)
		}
	}
	if len(files) == 0 {
		return engine.Frame{}, engine.ErrNoFrame
	}
	return engine.Frame{Units: func(yield func(engine.FrameUnit, error) bool) {
		for _, f := range files {
			err := s.read(ctx, f, q, yield)
			if errors.Is(err, errEnough) {
				return
			}
			if err != nil {
				yield(engine.FrameUnit{}, err)
				return
			}
		}
	}}, nil
}

// errEnough ends the reading when the reader of units wants no more.
var errEnough = errors.New("frames: no more units are wanted")

func (s Stream) read(ctx context.Context, f File, q engine.FrameQuery, yield func(engine.FrameUnit, error) bool) (err error) {
	file, err := s.FS.Open(f.Path)
	if err != nil {
		return fmt.Errorf("frames: %w", err)
	}
	defer func() {
		if closing := file.Close(); err == nil && closing != nil {
			err = fmt.Errorf("frames: %w", closing)
		}
	}()
	in, err := openFile(f.Path, file, f.Options)
	if err != nil {
		return err
	}
	timed := Table{timed: f.Options.Time != ""}
	for {
		if err := ctx.Err(); err != nil {
			return err
		}
		row, refusal, err := in.next()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		case refusal != nil && s.Refused == nil:
			return refusal
		case refusal != nil:
			s.Refused(refusal)
		case timed.belongs(row, q.Subject, q.Period) && !yield(engine.FrameUnit{ID: row.ID, Values: row.Values, Source: f.Path}, nil):
			return errEnough
		}
	}
}
