package parser_test

import (
	"os"
	"path/filepath"
	"testing"
	"fmt"

	"github.com/pinjian/pinjian/checklang/parser"
	"github.com/pinjian/pinjian/checklang/token"
)

func TestSmoke(t *testing.T) {
	files, _ := filepath.Glob("../../stdlib/*/*.chk")
	for _, f := range files {
		b, _ := os.ReadFile(f)
		_, d := parser.Parse(token.NewFile(f, string(b)), parser.Options{})
		for _, x := range d {
			fmt.Println(x.Error(), "--", x.Help("en"))
		}
	}
}
