// Command generate writes the month of customer reports that the example inspects, and the list of the defects in it.
package main

import (
	"flag"
	"fmt"
	"os"
	"path/filepath"

	"github.com/pinjian/pinjian/examples/monthly/internal/generate"
)

func main() {
	seed := flag.Uint64("seed", generate.Seed, "the number that all invented names, times and defects follow from")
	out := flag.String("out", "examples/monthly", "the directory to write to")
	flag.Parse()
	if err := write(*seed, *out); err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func write(seed uint64, dir string) error {
	files, err := generate.Files(seed)
	if err != nil {
		return err
	}
	for _, f := range files {
		if err := os.WriteFile(filepath.Join(dir, f.Name), f.Data, 0o644); err != nil {
			return err
		}
	}
	return nil
}
