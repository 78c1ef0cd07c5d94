// Command submit inspects: it reads the sheets that chk sheet writes and writes the submissions of the example.
//
//	chk sheet examples/regional --format json | submit examples/regional/submissions.jsonl S R1-P3
//	chk sheet examples/regional --task region_tier/2025-Q4/R1-P3 --xlsx sheet.xlsx
//	chk sheet examples/regional --format json | submit examples/regional/sheet-R1-P3.xlsx R1-P3 sheet.xlsx
//	chk sheet examples/regional/scorecard --format json | submit examples/regional/scorecard/submissions.jsonl C
package main

import (
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/examples/regional/internal/inspect"
	"github.com/pinjian/pinjian/examples/regional/internal/world"
)

func main() {
	if err := submit(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func submit(args []string) error {
	if len(args) < 2 {
		return errors.New("submit FILE.jsonl PREFIX [WITHOUT], or submit FILE.xlsx SUBJECT BLANK.xlsx")
	}
	var sheets []inspect.Sheet
	if err := json.NewDecoder(os.Stdin).Decode(&sheets); err != nil {
		return err
	}
	var data []byte
	var err error
	if strings.HasSuffix(args[0], ".xlsx") {
		i := slices.IndexFunc(sheets, func(s inspect.Sheet) bool { return s.Subject == args[1] })
		if i < 0 || len(args) < 3 {
			return errors.New("no sheet of that subject, or no blank workbook")
		}
		blank, err := os.Open(args[2])
		if err != nil {
			return err
		}
		defer func() { _ = blank.Close() }()
		if data, err = inspect.Fill(blank, sheets[i], world.Planted()); err != nil {
			return err
		}
	} else {
		sheets = slices.DeleteFunc(sheets, func(s inspect.Sheet) bool { return slices.Contains(args[2:], s.Subject) })
		if data, err = inspect.Lines(sheets, world.Planted(), args[1]); err != nil {
			return err
		}
	}
	return os.WriteFile(args[0], data, 0o644) //nolint:gosec // a file that everybody may read
}
