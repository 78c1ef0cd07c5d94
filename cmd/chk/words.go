package main

var description = words("检查、排版、列出和运行用 .chk 写的检查标准。标准是一个目录、一个文件，或自带的“std/…”。",
	"Checks, formats, lists and runs inspection standards written in .chk. A STANDARD is a directory, a file, or \"std/…\" from the library.")

// helps are the help texts of verbs, flags and arguments. A struct tag names
// one as ${name_help}.
var helps = map[string]said{
	"lang":    words("输出所用的语言；不写时依环境。", "Language of the output; by default the locale's."),
	"format":  words("输出的格式。", "Format of the output."),
	"version": words("显示版本。", "Show the version."),

	"standard": words("目录、文件或“std/…”。", "A directory, a file, or \"std/…\"."),

	"vet":       words("找出标准里的错误。", "Find mistakes in standards."),
	"vet_paths": words("标准，可以有几个；“-”是标准输入。目录里没有 .chk 时检查其下各目录。", "Standards, or - for standard input. A directory without .chk files stands for the directories below it."),

	"fmt":          words("把 .chk 文件改成统一的排版。", "Put .chk files into their one layout."),
	"fmt_paths":    words("文件或目录；“-”从标准输入读，写到标准输出。", "Files or directories; - reads standard input and writes standard output."),
	"fmt_check":    words("只列出要改的文件，有则以 1 退出。", "Only list files that would change, and exit with 1 if there are any."),
	"fmt_diff":     words("只显示会怎样改。", "Only show what would change."),
	"fmt_keywords": words("把关键词换成这种语言。", "Put keywords into this language."),

	"explain":      words("解释错误编号。", "Explain the code of a mistake."),
	"explain_code": words("如 C301；不写则列出全部编号。", "Such as C301; without one all codes are listed."),

	"list":      words("列出标准里的声明。", "List what a standard declares."),
	"list_json": words("写成一个 JSON 数组，供其他工具与原文比对。", "Write one JSON array, for other tools to compare with the print."),

	"doc":          words("把标准写成便于阅读和打印的表格：HTML、Markdown 或工作簿。", "Write a standard as tables to read and print: HTML, Markdown or a workbook."),
	"doc_out":      words("写到这个文件；扩展名决定格式。“-”或不写是标准输出。", "Write to this file, whose ending says the form; - or nothing is standard output."),
	"doc_keywords": words("关键词用这种语言；不写时依 --lang。", "Language of the keywords; by default that of --lang."),

	"test":       words("运行标准里的规则测试。", "Run the rule tests of standards."),
	"test_only":  words("只运行编号以此开头的检查项。", "Only items whose code begins with this."),
	"audit":      words("每条规则由第二个求值器再判一次，不一致就不下结论。", "Judge every rule a second time with another evaluator, and claim nothing on which they differ."),
	"folder":     words("放着 run.json 的目录。", "The folder that holds run.json."),
	"plan":       words("列出到期的检查项、抽到的单位和检查人。", "Show what is due, what was drawn, and who inspects."),
	"sheet":      words("列出检查表。", "Show the check sheets."),
	"task":       words("只要这个任务。", "Only this task."),
	"judge":      words("判定提交的证据。", "Judge the evidence submitted."),
	"judge_plan": words("以前写下的方案（JSON）；不写时按 run.json 重做。", "A plan written before, as JSON; by default it is made again from run.json."),
	"run":        words("走完一次检查：方案、抽样、判定、说明。", "Carry out a whole inspection: plan, draws, verdicts, reasons."),
	"fail_on":    words("有检查项确定达到此结论时以 1 退出。", "Exit with 1 when some item is certainly as bad as this."),
	"out":        words("把方案、检查表和结果写成 JSON 放进这个目录。", "Write plan, sheets and results as JSON into this directory."),
	"verify":     words("按总体名单重算每次抽样，说明哪些保证成立。", "Replay every draw against the frames, and say which guarantees hold."),

	"draw":            words("从 CSV 名单抽样，人人可以复算。", "Draw a sample from a CSV of ids, which anybody can recompute."),
	"draw_frame":      words("CSV 文件，第一行是列名；“-”是标准输入。", "A CSV file whose first line names the columns; - is standard input."),
	"draw_size":       words("抽多少：7、2..4、20%、all。", "How many: 7, 2..4, 20% or all."),
	"draw_percent":    words("抽百分之几，如 20。", "How many percent, such as 20."),
	"draw_least":      words("至少抽这么多。", "Draw at least this many."),
	"draw_most":       words("至多抽这么多。", "Draw at most this many."),
	"draw_seed":       words("种子，至少 32 位十六进制数，如“openssl rand -hex 16”所给。", "The seed, at least 32 hexadecimal digits, such as \"openssl rand -hex 16\" gives."),
	"draw_id":         words("编号所在的列；不写时用第一列。", "The column of ids; by default the first."),
	"draw_stratum":    words("分层的列，由粗到细，可以重复。", "A column to spread over, from coarse to fine; may be repeated."),
	"draw_per":        words("前几层的每个值各抽这么多。", "Draw the size for each value of this many leading strata."),
	"draw_minimum":    words("每层先各得这么多。", "Units that every stratum gets first."),
	"draw_reserve":    words("每层另备这么多以便更换。", "Further units to keep for replacement in each stratum."),
	"draw_systematic": words("等距抽样，每个单位的机会完全相同。", "Draw systematically: exactly equal chances."),
	"draw_scope":      words("抽样的名称：租户。", "Name of the draw: the tenant."),
	"draw_standard":   words("抽样的名称：标准。", "Name of the draw: the standard."),
	"draw_group":      words("抽样的名称：检查项。", "Name of the draw: the item."),
	"draw_subject":    words("抽样的名称：受检单位。", "Name of the draw: who is inspected."),
	"draw_epoch":      words("抽样的名称：期间。", "Name of the draw: the period."),
	"draw_out":        words("把记录写到这个文件，屏幕上只列编号。", "Write the record to this file and only the ids to the screen."),
	"draw_verify":     words("用名单复算这份记录。", "Replay this record against the frame."),
	"draw_encoding":   words("名单的编码。", "Encoding of the frame."),

	"oc":            words("说明样本量能证明什么。", "Say what a sample size proves."),
	"oc_sizes":      words("样本量，可以有几个。", "Sample sizes."),
	"oc_accept":     words("允许的不合格数。", "How many failures are accepted."),
	"oc_population": words("总体的数量；0 是连续的过程。", "Units in the population; 0 is a continuing process."),
	"oc_confidence": words("把握，如 95%。", "Confidence, such as 95%."),
	"oc_limit":      words("求能发现这个不合格率的最小样本。", "Find the least sample that catches this failure rate."),
	"oc_good":       words("几乎总要接收的不合格率；与 --bad 一起求方案。", "A failure rate to be nearly always accepted; with --bad, find a plan."),
	"oc_bad":        words("几乎总要拒收的不合格率。", "A failure rate to be hardly ever accepted."),
	"oc_aql":        words("接收质量限，如 1.0；与 --lot 一起查 GB/T 2828.1。", "Acceptance quality limit, such as 1.0; with --lot, look up GB/T 2828.1."),
	"oc_lot":        words("批量。", "Lot size."),
	"oc_level":      words("检验水平。", "Inspection level."),
	"oc_severity":   words("检验的严格度。", "Severity of inspection."),
	"oc_edition":    words("抽样表的版本。", "Edition of the tables."),
	"oc_svg":        words("把曲线画进这个 SVG 文件；“-”写到标准输出。", "Draw the curve into this SVG file; - writes standard output."),
}
