// Command generate writes the frames of the example and planted.json.
package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/pinjian/pinjian/examples/regional/internal/world"
)

func main() {
	if err := write(filepath.Join("examples", "regional")); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func write(dir string) error {
	files, err := world.Files(world.Seed)
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Join(dir, "frames"), 0o755); err != nil {
		return err
	}
	for _, f := range files {
		name := f.Name
		if strings.HasSuffix(name, ".csv") {
			name = filepath.Join("frames", name)
		}
		if err := os.WriteFile(filepath.Join(dir, name), f.Data, 0o644); err != nil { //nolint:gosec // files that everybody may read
			return err
		}
	}
	return nil
}
