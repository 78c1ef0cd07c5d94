// Chk checks, formats, lists and runs inspection standards written in .chk.
//
// It exits with 0 when it is done; 1 when vet, test, fmt --check, diff or
// verify find something; 2 for a wrong call or an input that can't be read;
// and 3 for a mistake of its own.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"

	"github.com/alecthomas/kong"

	"github.com/pinjian/pinjian/checklang"
)

// commandLine holds the global flags and one field for each verb. A verb is a
// struct with its flags and a method Run(*invocation) error in a file of its
// own; its help text stands in words.go under its name.
type commandLine struct {
	Lang    string           `help:"${lang_help}" placeholder:"zh|en" enum:"zh,en," default:""`
	Format  string           `help:"${format_help}" enum:"text,json,sarif,junit,html,md,xlsx" default:"text" placeholder:"text|json|…"`
	Version kong.VersionFlag `help:"${version_help}"`

	Vet     vetCommand     `cmd:"" help:"${vet_help}"`
	Fmt     fmtCommand     `cmd:"" help:"${fmt_help}"`
	Explain explainCommand `cmd:"" help:"${explain_help}"`
	List    listCommand    `cmd:"" help:"${list_help}"`
	Doc     docCommand     `cmd:"" help:"${doc_help}"`
	Test    testCommand    `cmd:"" help:"${test_help}"`
	Plan    planCommand    `cmd:"" help:"${plan_help}"`
	Sheet   sheetCommand   `cmd:"" help:"${sheet_help}"`
	Judge   judgeCommand   `cmd:"" help:"${judge_help}"`
	Run     runCommand     `cmd:"" help:"${run_help}"`
	Report  reportCommand  `cmd:"" help:"${report_help}"`
	Verify  verifyCommand  `cmd:"" help:"${verify_help}"`
	Finding findingCommand `cmd:"" help:"${finding_help}"`
	Draw    drawCommand    `cmd:"" help:"${draw_help}"`
	Oc      ocCommand      `cmd:"" help:"${oc_help}"`

	Rejudge    rejudgeCommand    `cmd:"" help:"${rejudge_help}"`
	DiffResult diffResultCommand `cmd:"" help:"${diff_result_help}"`
}

// The exit codes.
const (
	done     = 0
	found    = 1
	unusable = 2
	internal = 3
)

func main() {
	// The first interrupt asks the verb to end with nothing half written, the
	// second ends the program at once.
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	context.AfterFunc(ctx, stop)
	os.Exit(execute(ctx, os.Args[1:], os.Getenv, os.Stdin, os.Stdout, os.Stderr))
}

// exit is how a flag such as --help ends the program from within kong.
type exit int

// execute is the whole program without its surroundings.
func execute(ctx context.Context, args []string, getenv func(string) string, stdin io.Reader, stdout, stderr io.Writer) (code int) {
	lang := language(args, getenv)
	defer func() {
		switch r := recover().(type) {
		case nil:
		case exit:
			code = int(r)
		default:
			complain(stderr, lang, words("chk 自身出错："+fmt.Sprint(r)+"。请连同所用的文件报告这个问题", "chk itself went wrong: "+fmt.Sprint(r)+". Please report this with the files you used"))
			code = internal
		}
	}()
	var line commandLine
	parser, err := kong.New(&line, kong.Name("chk"), kong.Description(description.In(lang)), helpTexts(lang), kong.Vars{"version": version()},
		kong.Writers(stdout, stderr), kong.Exit(func(code int) { panic(exit(code)) }), kong.Help(helpPrinter(lang)),
		kong.ConfigureHelp(kong.HelpOptions{Compact: true, NoExpandSubcommands: true}))
	if err != nil {
		panic(err)
	}
	selected, err := parser.Parse(args)
	if err != nil {
		complain(stderr, lang, usage(err))
		return unusable
	}
	in := &invocation{ctx: ctx, stdin: stdin, stdout: stdout, stderr: stderr, lang: lang, format: line.Format}
	return conclude(in, selected.Run(in))
}

// conclude turns the error of a verb into an exit code and, unless the verb has
// said everything already, one sentence.
func conclude(in *invocation, err error) int {
	var refused *refusal
	switch {
	case err == nil:
		return done
	case errors.Is(err, errFound):
		return found
	case errors.As(err, &refused):
		if refused.words != (said{}) {
			complain(in.stderr, in.lang, refused.words)
		}
		return unusable
	}
	complain(in.stderr, in.lang, words("chk 自身出错："+err.Error(), "chk itself went wrong: "+err.Error()))
	return internal
}

func complain(w io.Writer, lang checklang.Lang, s said) {
	_, _ = fmt.Fprintf(w, "chk: %s\n", s.In(lang))
}

// version is the module's version as it was built.
func version() string {
	if info, ok := debug.ReadBuildInfo(); ok && info.Main.Version != "" {
		return "chk " + info.Main.Version
	}
	return "chk (devel)"
}
