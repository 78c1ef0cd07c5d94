package main

import (
	"bytes"
	"context"
	"errors"
	"flag"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"
	"github.com/stretchr/testify/assert"
	"github.com/xuri/excelize/v2"
	"golang.org/x/text/encoding/simplifiedchinese"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
	"github.com/pinjian/pinjian/internal/lintreport"
)

var update = flag.Bool("update", false, "rewrite the expectations of the scripts")

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"chk": main})
}

// TestScripts runs testdata/script. Beside testscript's own commands there are
//
//	exits CODE program arg...   runs a program and wants its exit code
//	gb18030 FILE                puts a file into GB18030, as Chinese Excel does
//	fill FILE ROW COLUMN VALUE  types into a cell of a check sheet, found by the hidden keys of its row and column
//	oneline FILE                drops the white space of a file, for long JSON
//	join TO FROM...             puts files together
//	cut TO FROM                 keeps the first hundred bytes of a file
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 "testdata/script",
		RequireUniqueNames:  true,
		RequireExplicitExec: true,
		UpdateScripts:       *update,
		Cmds: map[string]func(ts *testscript.TestScript, neg bool, args []string){
			"exits": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) < 2 {
					ts.Fatalf("usage: exits CODE program [arg...]")
				}
				want, err := strconv.Atoi(args[0])
				ts.Check(err)
				got := 0
				if err := ts.Exec(args[1], args[2:]...); err != nil {
					var code *exec.ExitError
					if !errors.As(err, &code) {
						ts.Fatalf("running %s: %v", args[1], err)
					}
					got = code.ExitCode()
				}
				if got != want {
					ts.Fatalf("exit code %d, want %d", got, want)
				}
			},
			"gb18030": func(ts *testscript.TestScript, _ bool, args []string) {
				path := ts.MkAbs(args[0])
				data, err := os.ReadFile(path)
				ts.Check(err)
				data, err = simplifiedchinese.GB18030.NewEncoder().Bytes(data)
				ts.Check(err)
				ts.Check(os.WriteFile(path, data, 0o644))
			},
			"join": func(ts *testscript.TestScript, _ bool, args []string) {
				var all []byte
				for _, name := range args[1:] {
					data, err := os.ReadFile(ts.MkAbs(name))
					ts.Check(err)
					all = append(all, data...)
				}
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), all, 0o644))
			},
			"cut": func(ts *testscript.TestScript, _ bool, args []string) {
				data, err := os.ReadFile(ts.MkAbs(args[1]))
				ts.Check(err)
				ts.Check(os.WriteFile(ts.MkAbs(args[0]), data[:100], 0o644))
			},
			"fill": func(ts *testscript.TestScript, neg bool, args []string) {
				if neg || len(args) != 4 {
					ts.Fatalf("usage: fill FILE ROW COLUMN VALUE")
				}
				f, err := excelize.OpenFile(ts.MkAbs(args[0]))
				ts.Check(err)
				filled := 0
				for _, page := range f.GetSheetList() {
					rows, err := f.GetRows(page)
					ts.Check(err)
					for i, row := range rows {
						if column := slices.Index(rows[0], args[2]); column > 0 && len(row) > 0 && row[0] == args[1] {
							at, err := excelize.CoordinatesToCellName(column+1, i+1)
							ts.Check(err)
							ts.Check(f.SetCellValue(page, at, args[3]))
							filled++
						}
					}
				}
				if filled != 1 {
					ts.Fatalf("%d cells have these keys, want 1", filled)
				}
				ts.Check(f.Save())
				ts.Check(f.Close())
			},
			"oneline": func(ts *testscript.TestScript, _ bool, args []string) {
				path := ts.MkAbs(args[0])
				data, err := os.ReadFile(path)
				ts.Check(err)
				ts.Check(os.WriteFile(path, []byte(strings.Join(strings.Fields(string(data)), " ")+"\n"), 0o644))
			},
		},
	})
}

func TestLanguage(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		args, env []string
		want      checklang.Lang
	}{
		{nil, nil, checklang.English},
		{nil, []string{"LANG=zh_CN.UTF-8"}, checklang.Chinese},
		{nil, []string{"LC_ALL=C", "LANG=zh_CN.UTF-8"}, checklang.English},
		{nil, []string{"LC_MESSAGES=zh_TW", "LANG=en_US"}, checklang.Chinese},
		{[]string{"--lang", "zh"}, []string{"LANG=en_US"}, checklang.Chinese},
		{[]string{"vet", "--lang=en"}, []string{"LANG=zh_CN"}, checklang.English},
		{[]string{"vet", "--lang=fr"}, []string{"LANG=zh_CN"}, checklang.Chinese},
		{[]string{"vet", "--", "--lang=en"}, []string{"LANG=zh_CN"}, checklang.Chinese},
	} {
		getenv := func(name string) string {
			for _, e := range c.env {
				if v, ok := strings.CutPrefix(e, name+"="); ok {
					return v
				}
			}
			return ""
		}
		assert.Equal(t, c.want, language(c.args, getenv), "%v %v", c.args, c.env)
	}
}

// TestEveryHelpIsBilingual: each text has both languages, and none is left
// over.
func TestEveryHelpIsBilingual(t *testing.T) {
	t.Parallel()
	for name, s := range helps {
		assert.NotEmpty(t, s.ZH, name)
		assert.NotEmpty(t, s.EN, name)
		assert.NotEqual(t, s.ZH, s.EN, name)
	}
}

func TestPanicIsOneSentence(t *testing.T) {
	t.Parallel()
	var out, complaint bytes.Buffer
	code := execute(context.Background(), []string{"vet", "-"}, func(string) string { return "" }, panicReader{}, &out, &complaint)
	assert.Equal(t, internal, code)
	assert.Equal(t, "chk: chk itself went wrong: boom. Please report this with the files you used\n", complaint.String())
}

type panicReader struct{}

func (panicReader) Read([]byte) (int, error) { panic("boom") }

// TestBlanks: no explanation shows the marks that diagnostics fill in.
func TestBlanks(t *testing.T) {
	t.Parallel()
	for _, e := range diagnostic.Codes() {
		for _, s := range []string{e.Message.ZH, e.Message.EN, e.Help.ZH, e.Help.EN} {
			assert.NotRegexp(t, `\{[0-9]\}`, lintreport.Blanks(s))
		}
	}
}
