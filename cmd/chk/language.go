package main

import (
	"bytes"
	"regexp"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/pinjian/pinjian/checklang"
)

// language is the one that --lang asks for, else the locale's, else English.
// It is needed before the flags are parsed: help and complaints about flags
// are in it, too.
func language(args []string, getenv func(string) string) checklang.Lang {
	for i, a := range args {
		value, ok := strings.CutPrefix(a, "--lang=")
		if a == "--" {
			break
		}
		if a == "--lang" && i+1 < len(args) {
			value, ok = args[i+1], true
		}
		if ok && (value == string(checklang.Chinese) || value == string(checklang.English)) {
			return checklang.Lang(value)
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if v := strings.ToLower(getenv(name)); v != "" {
			if strings.HasPrefix(v, "zh") {
				return checklang.Chinese
			}
			return checklang.English
		}
	}
	return checklang.English
}

// helpTexts are the texts that the struct tags name as ${…_help}.
func helpTexts(lang checklang.Lang) kong.Vars {
	vars := kong.Vars{}
	for name, s := range helps {
		vars[name+"_help"] = s.In(lang)
	}
	return vars
}

// chineseHelp replaces the words that kong itself writes.
var chineseHelp = strings.NewReplacer(
	"Usage: ", "用法：", "Arguments:", "参数：", "Flags:", "选项：", "Commands:", "命令：",
	"Show context-sensitive help.", "显示帮助。",
	`Run "chk <command> --help" for more information on a command.`, "用“chk <命令> --help”看某个命令的帮助。",
	"<command>", "<命令>", "[flags]", "[选项]",
)

func helpPrinter(lang checklang.Lang) kong.HelpPrinter {
	if lang != checklang.Chinese {
		return kong.DefaultHelpPrinter
	}
	return func(o kong.HelpOptions, ctx *kong.Context) error {
		var b bytes.Buffer
		stdout := ctx.Stdout
		ctx.Stdout = &b
		err := kong.DefaultHelpPrinter(o, ctx)
		ctx.Stdout = stdout
		if err != nil {
			return err
		}
		_, err = chineseHelp.WriteString(stdout, b.String())
		return err
	}
}

// usagePatterns put kong's complaints into Chinese.
var usagePatterns = []struct {
	english *regexp.Regexp
	chinese string
}{
	{regexp.MustCompile(`^unknown flag (\S+?), did you mean "?([^"?]+)"?\?$`), "没有选项 $1，是不是 $2？"},
	{regexp.MustCompile(`^unknown flag (\S+)$`), "没有选项 $1"},
	{regexp.MustCompile(`^unexpected argument (.+?), did you mean one of (.+)\?$`), "多出的参数 $1，是不是 $2？"},
	{regexp.MustCompile(`^unexpected argument (.+?), did you mean "?([^"?]+)"?\?$`), "多出的参数 $1，是不是 $2？"},
	{regexp.MustCompile(`^unexpected argument (.+)$`), "多出的参数 $1"},
	{regexp.MustCompile(`^missing flags: (.+)$`), "缺少选项 $1"},
	{regexp.MustCompile(`^expected one of (.+)$`), "缺少命令，可用：$1"},
	{regexp.MustCompile(`^expected "(.+)"$`), "缺少参数 $1"},
	{regexp.MustCompile(`^(\S+) must be one of (\S+) but got (.+)$`), "$1 只能是 $2 之一，而不是 $3"},
	{regexp.MustCompile(`^(\S+) and (\S+) can't be used together$`), "$1 与 $2 不能同时使用"},
	{regexp.MustCompile(`^(\S+) and (\S+) must be used together$`), "$1 与 $2 要一起写"},
	{regexp.MustCompile(`^(\S+?): expected .* but got (\S+).*$`), "$1 的值 $2 不对"},
}

// usage says what is wrong with a call. Kong's sentence stays where no pattern
// knows it.
func usage(err error) said {
	english := err.Error()
	chinese := english
	for _, p := range usagePatterns {
		if p.english.MatchString(english) {
			chinese = p.english.ReplaceAllString(english, p.chinese)
			break
		}
	}
	return words(chinese+"。用“chk --help”看用法", english+`; run "chk --help" for how to call it`)
}
