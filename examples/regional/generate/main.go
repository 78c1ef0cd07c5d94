// Command generate writes what the example was given: the frames, planted.json, and what inspectors bring back for the
// sheets of the plan. A filled workbook belongs to one plan, so it is to be run again when the plan is another.
package main

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/run"
	"github.com/pinjian/pinjian/engine/xlsx"
	"github.com/pinjian/pinjian/examples/regional/internal/inspect"
	"github.com/pinjian/pinjian/examples/regional/internal/world"
)

// offline is the project whose sheet was filled in as a workbook.
const offline = "R1-P3"

func main() {
	dir := filepath.Join("examples", "regional")
	for _, step := range []func(string) error{frames, quarter, scorecard} {
		if err := step(dir); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
	}
}

func write(name string, data []byte) error {
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	return os.WriteFile(name, data, 0o644) //nolint:gosec // a file that everybody may read
}

func frames(dir string) error {
	files, err := world.Files(world.Seed)
	if err != nil {
		return err
	}
	for _, f := range files {
		name := f.Name
		if strings.HasSuffix(name, ".csv") {
			name = filepath.Join("frames", name)
		}
		if err := write(filepath.Join(dir, name), f.Data); err != nil {
			return err
		}
	}
	return nil
}

// sheets are the sheets of a folder below dir, as they are and as inspectors read them.
func sheets(dir, name string) (*run.Folder, []*engine.Sheet, []inspect.Sheet, error) {
	ctx := context.Background()
	f, err := run.Open(ctx, os.DirFS(dir), name, engine.Options{})
	if err != nil {
		return nil, nil, nil, err
	}
	p, err := f.Plan(ctx)
	if err != nil {
		return nil, nil, nil, err
	}
	made, err := f.Sheets(ctx, p)
	if err != nil {
		return nil, nil, nil, err
	}
	data, err := json.Marshal(made)
	if err != nil {
		return nil, nil, nil, err
	}
	var read []inspect.Sheet
	err = json.Unmarshal(data, &read)
	return f, made, read, err
}

// quarter are the submissions of the run: JSON lines, and a workbook of one project.
func quarter(dir string) error {
	f, made, read, err := sheets(dir, ".")
	if err != nil {
		return err
	}
	for i, s := range made {
		if s.Subject != offline {
			continue
		}
		var blank bytes.Buffer
		if err := xlsx.WriteSheet(&blank, s, xlsx.Options{Lang: checklang.Chinese, Subject: f.SubjectName}); err != nil {
			return err
		}
		filled, err := inspect.Fill(&blank, read[i], world.Planted())
		if err != nil {
			return err
		}
		if err := write(filepath.Join(dir, "sheet-"+offline+".xlsx"), filled); err != nil {
			return err
		}
	}
	online := slices.DeleteFunc(read, func(s inspect.Sheet) bool { return s.Subject == offline })
	data, err := inspect.Lines(online, world.Planted(), "S")
	if err != nil {
		return err
	}
	return write(filepath.Join(dir, "submissions.jsonl"), data)
}

// scorecard are the submissions of the score card.
func scorecard(dir string) error {
	_, _, read, err := sheets(dir, "scorecard")
	if err != nil {
		return err
	}
	data, err := inspect.Lines(read, world.Planted(), "C")
	if err != nil {
		return err
	}
	return write(filepath.Join(dir, "scorecard", "submissions.jsonl"), data)
}
