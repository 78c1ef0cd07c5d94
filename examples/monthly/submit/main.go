// Command submit writes what the inspectors of the example send back from the field for the units that the plan drew:
//
//	chk plan examples/monthly --format json | go run ./examples/monthly/submit
package main

import (
	"flag"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/pinjian/pinjian/examples/monthly/internal/submit"
)

func main() {
	dir := flag.String("dir", "examples/monthly", "the directory that holds planted.json and gets submissions.jsonl")
	flag.Parse()
	if err := write(os.Stdin, *dir); err != nil {
		fmt.Fprintln(os.Stderr, "submit:", err)
		os.Exit(1)
	}
}

func write(plan io.Reader, dir string) error {
	data, err := io.ReadAll(plan)
	if err != nil {
		return err
	}
	drawn, err := submit.ReadPlan(data)
	if err != nil {
		return fmt.Errorf("the plan on standard input: %w", err)
	}
	if data, err = os.ReadFile(filepath.Join(dir, "planted.json")); err != nil {
		return err
	}
	planted, err := submit.ReadPlanted(data)
	if err != nil {
		return fmt.Errorf("planted.json: %w", err)
	}
	lines, err := submit.Lines(drawn, planted)
	if err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, "submissions.jsonl"), lines, 0o644)
}
