package diagnostic

// catalogue holds the wording of every code. {0}, {1}, … stand for the
// arguments of a diagnostic.
var catalogue = []Entry{
	{
		Code: NotUTF8, Name: "NotUTF8", Severity: Error,
		Message: Words{ZH: "文件不是 UTF-8 编码，看起来像 {0}", EN: "the file is not UTF-8, it looks like {0}"},
		Help:    Words{ZH: "在编辑器里另存为 UTF-8", EN: "save it as UTF-8 in your editor"},
	},
	{
		Code: InvalidCharacter, Name: "InvalidCharacter", Severity: Error,
		Message: Words{ZH: "这里不能出现字符 {0}", EN: "the character {0} can't stand here"},
		Help:    Words{ZH: "删去它；文字要放在引号里", EN: "remove it; texts stand between quotation marks"},
	},
	{
		Code: UnterminatedText, Name: "UnterminatedText", Severity: Error,
		Message: Words{ZH: "引号没有合上", EN: "the text has no closing quotation mark"},
		Help:    Words{ZH: "在同一行里用 {0} 合上", EN: "close it with {0} on the same line"},
	},
	{
		Code: ConfusableLetter, Name: "ConfusableLetter", Severity: Warning,
		Message: Words{ZH: "“{0}”里有外形相同的异体字母，读者会当作“{1}”", EN: "\"{0}\" has lookalike letters that readers take for \"{1}\""},
		Help:    Words{ZH: "改写为 {1}", EN: "write {1}"},
	},
	{
		Code: BidiControl, Name: "BidiControl", Severity: Warning,
		Message: Words{ZH: "含有改变文字方向的隐藏字符 {0}", EN: "a hidden character ({0}) changes the direction of the text"},
		Help:    Words{ZH: "删去它，否则看到的顺序与实际不同", EN: "remove it: what is seen differs from what is read"},
	},
	{
		Code: ForeignOperator, Name: "ForeignOperator", Severity: Error,
		Message: Words{ZH: ".chk 里没有“{0}”这种写法", EN: "there is no \"{0}\" in .chk"},
		Help:    Words{ZH: "改写为 {1}", EN: "write {1}"},
	},
	{
		Code: NumberOutOfRange, Name: "NumberOutOfRange", Severity: Error,
		Message: Words{ZH: "数 {0} 太大或小数位多于六位", EN: "the number {0} is too large or has more than six decimal places"},
		Help:    Words{ZH: "数须小于 9 万亿，小数至多六位", EN: "numbers stay below 9,000,000,000,000 with at most six places"},
	},
	{
		Code: ImpossibleDate, Name: "ImpossibleDate", Severity: Error,
		Message: Words{ZH: "没有 {0} 这个日期或时刻", EN: "{0} is no date or time of day"},
		Help:    Words{ZH: "写成 2026-11-23 或 21:00", EN: "write 2026-11-23 or 21:00"},
	},
	{
		Code: Unexpected, Name: "Unexpected", Severity: Error,
		Message: Words{ZH: "这里应为 {1}，却是 {0}", EN: "expected {1}, found {0}"},
		Help:    Words{ZH: "改成 {1}", EN: "write {1}"},
	},
	{
		Code: MissingBrace, Name: "MissingBrace", Severity: Error,
		Message: Words{ZH: "这个 { 没有对应的 }", EN: "this { has no }"},
		Help:    Words{ZH: "在块的末尾补上 }", EN: "add } where the block ends"},
	},
	{
		Code: ExtraBrace, Name: "ExtraBrace", Severity: Error,
		Message: Words{ZH: "多出一个 }", EN: "there is a } too many"},
		Help:    Words{ZH: "删去它，或在前面补上缺的 {", EN: "remove it, or add the { that is missing above"},
	},
	{
		Code: UnknownStatement, Name: "UnknownStatement", Severity: Error,
		Message: Words{ZH: "这里不认识以“{0}”开头的语句", EN: "no statement here begins with \"{0}\""},
		Help:    Words{ZH: "可用：{1}", EN: "possible here: {1}"},
	},
	{
		Code: Misplaced, Name: "Misplaced", Severity: Error,
		Message: Words{ZH: "“{0}”不能写在这里，它属于：{1}", EN: "\"{0}\" can't stand here, it belongs in: {1}"},
		Help:    Words{ZH: "把它移到 {1} 里", EN: "move it to: {1}"},
	},
	{
		Code: UnspacedWords, Name: "UnspacedWords", Severity: Error,
		Message: Words{ZH: "“{0}”连写了，看作一个词", EN: "\"{0}\" is read as one word"},
		Help:    Words{ZH: "用空格分开：{1}", EN: "part it with spaces: {1}"},
	},
	{
		Code: ComparisonChain, Name: "ComparisonChain", Severity: Error,
		Message: Words{ZH: "比较不能连写", EN: "comparisons can't be chained"},
		Help:    Words{ZH: "分成两个，用“且”连接：1 < x 且 x < 5；或写 x 属于 1..5", EN: "write two joined with and: 1 < x and x < 5; or x in 1..5"},
	},
	{
		Code: LoneClassifier, Name: "LoneClassifier", Severity: Error,
		Message: Words{ZH: "只有量词“{0}”，不知道抽什么", EN: "only the classifier \"{0}\", not what is drawn"},
		Help:    Words{ZH: "量词后面写记录名称，如：抽样 7 单 派工单", EN: "name the record behind it: sample 7 单 WorkOrder"},
	},
	{
		Code: MissingLanguage, Name: "MissingLanguage", Severity: Warning,
		Message: Words{ZH: "没有首行“语言 1”", EN: "the first line \"lang 1\" is missing"},
		Help:    Words{ZH: "加上首行：语言 1", EN: "add the first line: lang 1"},
	},
	{
		Code: UnknownLanguageVersion, Name: "UnknownLanguageVersion", Severity: Error,
		Message: Words{ZH: "不认识语言版本 {0}", EN: "language version {0} is unknown"},
		Help:    Words{ZH: "本版本只读“语言 1”", EN: "this release reads \"lang 1\""},
	},
	{
		Code: MixedAndOr, Name: "MixedAndOr", Severity: Warning,
		Message: Words{ZH: "“且”与“或”混用而没有括号", EN: "and and or are mixed without brackets"},
		Help:    Words{ZH: "加括号写明先后；不加时“且”先结合", EN: "add brackets to show what binds first; without them and does"},
	},
	{
		Code: NestingTooDeep, Name: "NestingTooDeep", Severity: Error,
		Message: Words{ZH: "嵌套超过 {0} 层", EN: "nested deeper than {0} levels"},
		Help:    Words{ZH: "把内层拆成“定义”", EN: "move inner parts into a define"},
	},
	{
		Code: ExpressionTooLong, Name: "ExpressionTooLong", Severity: Error,
		Message: Words{ZH: "表达式超过 {0} 个成分", EN: "the expression has more than {0} operands"},
		Help:    Words{ZH: "拆成几个“定义”", EN: "split it into several defines"},
	},
	{
		Code: MissingBlock, Name: "MissingBlock", Severity: Error,
		Message: Words{ZH: "“{0}”后面缺少 { … }", EN: "\"{0}\" needs a block { … }"},
		Help:    Words{ZH: "在后面写 { 和 }", EN: "write { and } behind it"},
	},
	{
		Code: NoBlockHere, Name: "NoBlockHere", Severity: Error,
		Message: Words{ZH: "“{0}”后面不能有 { … }", EN: "\"{0}\" takes no block"},
		Help:    Words{ZH: "删去这个块", EN: "remove the block"},
	},
	{
		Code: UnclosedBracket, Name: "UnclosedBracket", Severity: Error,
		Message: Words{ZH: "这个 {0} 没有合上", EN: "this {0} is not closed"},
		Help:    Words{ZH: "补上 {1}", EN: "add {1}"},
	},
	{
		Code: IncompleteStatement, Name: "IncompleteStatement", Severity: Error,
		Message: Words{ZH: "语句没有写完，后面应为 {0}", EN: "the statement is not complete, expected {0}"},
		Help:    Words{ZH: "接着写 {0}", EN: "go on with {0}"},
	},
	{
		Code: TrailingWords, Name: "TrailingWords", Severity: Error,
		Message: Words{ZH: "语句到这里已经完整，多出“{0}”", EN: "the statement is complete before \"{0}\""},
		Help:    Words{ZH: "{1}", EN: "{1}"},
	},
	{
		Code: MisspeltStatement, Name: "MisspeltStatement", Severity: Error,
		Message: Words{ZH: "不认识“{0}”，是不是“{1}”？", EN: "\"{0}\" is unknown, did you mean \"{1}\"?"},
		Help:    Words{ZH: "改写为 {1}", EN: "write {1}"},
	},
	{
		Code: DuplicateStatement, Name: "DuplicateStatement", Severity: Error,
		Message: Words{ZH: "“{0}”写了两次", EN: "\"{0}\" is stated twice"},
		Help:    Words{ZH: "只留一个", EN: "keep one"},
	},
	{
		Code: UnknownName, Name: "UnknownName", Severity: Error,
		Message: Words{ZH: "这里没有“{0}”", EN: "there is no \"{0}\" here"},
		Help:    Words{ZH: "先声明它，或检查写法", EN: "declare it first, or check its spelling"},
	},
	{
		Code: MisspeltName, Name: "MisspeltName", Severity: Error,
		Message: Words{ZH: "这里没有“{0}”，是不是“{1}”？", EN: "there is no \"{0}\" here, did you mean \"{1}\"?"},
		Help:    Words{ZH: "改写为 {1}", EN: "write {1}"},
	},
	{
		Code: DuplicateName, Name: "DuplicateName", Severity: Error,
		Message: Words{ZH: "“{0}”已经声明过", EN: "\"{0}\" is declared already"},
		Help:    Words{ZH: "换一个名称", EN: "choose another name"},
	},
	{
		Code: DuplicateCode, Name: "DuplicateCode", Severity: Error,
		Message: Words{ZH: "编号 {0} 在本章节中已经用过", EN: "the code {0} is used already in this section"},
		Help:    Words{ZH: "换一个编号", EN: "choose another code"},
	},
	{
		Code: UnknownImport, Name: "UnknownImport", Severity: Error,
		Message: Words{ZH: "找不到引用的“{0}”", EN: "the import \"{0}\" can't be found"},
		Help:    Words{ZH: "检查路径；标准库以 std/ 开头", EN: "check the path; the library's begin with std/"},
	},
	{
		Code: ImportCycle, Name: "ImportCycle", Severity: Error,
		Message: Words{ZH: "引用 {0} 成环", EN: "the imports {0} go in a circle"},
		Help:    Words{ZH: "把共用的声明移到第三个目录", EN: "move what both need to a third directory"},
	},
	{
		Code: ImportOutside, Name: "ImportOutside", Severity: Error,
		Message: Words{ZH: "引用“{0}”越出了文件范围", EN: "the import \"{0}\" leaves the file tree"},
		Help:    Words{ZH: "引用只能用向内的相对路径或 std/", EN: "imports are paths inside the tree, or std/"},
	},
	{
		Code: SecondStandard, Name: "SecondStandard", Severity: Error,
		Message: Words{ZH: "一个目录只能有一个“标准”", EN: "a directory holds one standard"},
		Help:    Words{ZH: "删去其中一个", EN: "remove one of them"},
	},
	{
		Code: UnknownCode, Name: "UnknownCode", Severity: Error,
		Message: Words{ZH: "没有编号为 {0} 的章节或检查项", EN: "no section or item has the code {0}"},
		Help:    Words{ZH: "编号可写全，如 005/4.1.3", EN: "write the code with its section: 005/4.1.3"},
	},
	{
		Code: AmbiguousCode, Name: "AmbiguousCode", Severity: Error,
		Message: Words{ZH: "编号 {0} 在几个章节里都有", EN: "the code {0} stands in several sections"},
		Help:    Words{ZH: "写上章节：{1}", EN: "write its section: {1}"},
	},
	{
		Code: UnknownMember, Name: "UnknownMember", Severity: Error,
		Message: Words{ZH: "“{1}”里没有“{0}”", EN: "\"{1}\" has no \"{0}\""},
		Help:    Words{ZH: "可用：{2}", EN: "possible: {2}"},
	},
	{
		Code: MisspeltMember, Name: "MisspeltMember", Severity: Error,
		Message: Words{ZH: "“{1}”里没有“{0}”，是不是“{2}”？", EN: "\"{1}\" has no \"{0}\", did you mean \"{2}\"?"},
		Help:    Words{ZH: "改写为 {2}", EN: "write {2}"},
	},
	{
		Code: AmbiguousMember, Name: "AmbiguousMember", Severity: Error,
		Message: Words{ZH: "“{0}”在几个选项里都有", EN: "\"{0}\" belongs to several choices"},
		Help:    Words{ZH: "写成“选项.{0}”", EN: "write Choice.{0}"},
	},
	{
		Code: NotAllowedHere, Name: "NotAllowedHere", Severity: Error,
		Message: Words{ZH: "这里不能读“{0}”：{1}", EN: "\"{0}\" can't be read here: {1}"},
		Help:    Words{ZH: "{1}", EN: "{1}"},
	},
	{
		Code: NoStandard, Name: "NoStandard", Severity: Error,
		Message: Words{ZH: "目录“{0}”里没有 .chk 标准", EN: "the directory \"{0}\" holds no .chk standard"},
		Help:    Words{ZH: "在目录里放一个 .chk 文件，或检查路径", EN: "write a standard declaration, or check the path"},
	},
	{
		Code: CircularDefine, Name: "CircularDefine", Severity: Error,
		Message: Words{ZH: "“{0}”的定义用到了它自己", EN: "the definition of \"{0}\" uses itself"},
		Help:    Words{ZH: "断开这个环", EN: "break the circle"},
	},
	{
		Code: WrongKind, Name: "WrongKind", Severity: Error,
		Message: Words{ZH: "“{0}”是{1}，这里要{2}", EN: "\"{0}\" is {1}, {2} is needed here"},
		Help:    Words{ZH: "换成{2}", EN: "name {2}"},
	},
	{
		Code: UnknownFunction, Name: "UnknownFunction", Severity: Error,
		Message: Words{ZH: "没有函数“{0}”", EN: "there is no function \"{0}\""},
		Help:    Words{ZH: "可用：{1}", EN: "possible: {1}"},
	},
	{
		Code: TypeMismatch, Name: "TypeMismatch", Severity: Error,
		Message: Words{ZH: "这里要{0}，却是{1}", EN: "{0} is needed here, this is {1}"},
		Help:    Words{ZH: "换成{0}", EN: "write {0}"},
	},
	{
		Code: BadOperands, Name: "BadOperands", Severity: Error,
		Message: Words{ZH: "{0} {1} {2} 没有意义", EN: "{0} {1} {2} makes no sense"},
		Help:    Words{ZH: "{3}", EN: "{3}"},
	},
	{
		Code: NotComparable, Name: "NotComparable", Severity: Error,
		Message: Words{ZH: "{0}不能与{1}比较", EN: "{0} can't be compared with {1}"},
		Help:    Words{ZH: "{2}", EN: "{2}"},
	},
	{
		Code: WrongArguments, Name: "WrongArguments", Severity: Error,
		Message: Words{ZH: "“{0}”要 {1} 个参数，这里有 {2} 个", EN: "\"{0}\" takes {1} arguments, here are {2}"},
		Help:    Words{ZH: "写成 {3}", EN: "write {3}"},
	},
	{
		Code: DivisionNotAllowed, Name: "DivisionNotAllowed", Severity: Error,
		Message: Words{ZH: "这里不能用除法", EN: "division can't stand here"},
		Help:    Words{ZH: "只能除以不为零的常数，或在“指标”的最外层写一次 甲 / 乙", EN: "divide by a non-zero constant, or once as the outermost A / B of a measure"},
	},
	{
		Code: AggregateNested, Name: "AggregateNested", Severity: Error,
		Message: Words{ZH: "汇总不能嵌套", EN: "aggregates can't be nested"},
		Help:    Words{ZH: "分成两个检查项或写成“定义”", EN: "split them"},
	},
	{
		Code: AggregateNotAllowed, Name: "AggregateNotAllowed", Severity: Error,
		Message: Words{ZH: "这里不能用汇总“{0}”", EN: "the aggregate \"{0}\" can't stand here"},
		Help:    Words{ZH: "汇总只用于结论、指标、扣分中，且分项要有抽样", EN: "aggregates stand in criteria and measures of a part with a sample"},
	},
	{
		Code: AggregateMixed, Name: "AggregateMixed", Severity: Error,
		Message: Words{ZH: "“{0}”是单个单位的值，不能与汇总写在同一条里", EN: "\"{0}\" is a value of one unit and can't stand beside an aggregate"},
		Help:    Words{ZH: "放进汇总里，或另写一条", EN: "put it inside the aggregate, or write a clause of its own"},
	},
	{
		Code: OrderOfChoices, Name: "OrderOfChoices", Severity: Error,
		Message: Words{ZH: "选项“{0}”没有大小之分", EN: "members of \"{0}\" have no order"},
		Help:    Words{ZH: "用 == 或 属于 [ … ]", EN: "use == or in [ … ]"},
	},
	{
		Code: EmptyRange, Name: "EmptyRange", Severity: Error,
		Message: Words{ZH: "范围 {0} 是空的", EN: "the range {0} is empty"},
		Help:    Words{ZH: "小的写在前面", EN: "write the lower end first"},
	},
	{
		Code: SetTooLarge, Name: "SetTooLarge", Severity: Error,
		Message: Words{ZH: "多选的选项至多 {1} 个，“{0}”有 {2} 个", EN: "a set holds at most {1} members, \"{0}\" has {2}"},
		Help:    Words{ZH: "拆成几个选项", EN: "split the choice"},
	},
	{
		Code: NeedCondition, Name: "NeedCondition", Severity: Error,
		Message: Words{ZH: "这里要条件（是或否），却是{0}", EN: "a condition is needed here, this is {0}"},
		Help:    Words{ZH: "写成比较，如 x > 10", EN: "write a comparison such as x > 10"},
	},
	{
		Code: NotBeforeComparison, Name: "NotBeforeComparison", Severity: Warning,
		Message: Words{ZH: "“非”作用于整个比较", EN: "not applies to the whole comparison"},
		Help:    Words{ZH: "写成 非 (a > 3) 或 a <= 3", EN: "write not (a > 3) or a <= 3"},
	},
	{
		Code: PercentSize, Name: "PercentSize", Severity: Error,
		Message: Words{ZH: "比例 {0} 超出 0%..100%", EN: "the percentage {0} is outside 0%..100%"},
		Help:    Words{ZH: "写 1%..100%", EN: "write 1%..100%"},
	},
	{
		Code: WholeNumber, Name: "WholeNumber", Severity: Error,
		Message: Words{ZH: "这里要整数，却是 {0}", EN: "a whole number is needed here, this is {0}"},
		Help:    Words{ZH: "写整数", EN: "write a whole number"},
	},
	{
		Code: OutOfRangeConstant, Name: "OutOfRangeConstant", Severity: Warning,
		Message: Words{ZH: "{0} 不在“{1}”的范围 {2} 内，比较的结果总是一样", EN: "{0} lies outside the range {2} of \"{1}\", the comparison never changes"},
		Help:    Words{ZH: "检查数值或范围", EN: "check the number or the range"},
	},
	{
		Code: OptionalUnguarded, Name: "OptionalUnguarded", Severity: Error,
		Message: Words{ZH: "“{0}”可空，读它之前要先排除为空", EN: "\"{0}\" is optional: rule absence out before reading it"},
		Help:    Words{ZH: "在前面加“{0} 不为空 且”，或“{0} 为空 或”", EN: "put \"{0} is present and\" or \"{0} is absent or\" before it"},
	},
	{
		Code: NeverAbsent, Name: "NeverAbsent", Severity: Error,
		Message: Words{ZH: "“{0}”不可空，不会为空", EN: "\"{0}\" is not optional, it is never absent"},
		Help:    Words{ZH: "在声明里加“可空”，或删去这个条件", EN: "add optional to its declaration, or drop the condition"},
	},
	{
		Code: SampleNeedsRecord, Name: "SampleNeedsRecord", Severity: Error,
		Message: Words{ZH: "抽样没有写抽什么记录", EN: "the sample does not say which record"},
		Help:    Words{ZH: "在数量后面写记录名称", EN: "name the record behind the size"},
	},
	{
		Code: WhereReadsOther, Name: "WhereReadsOther", Severity: Error,
		Message: Words{ZH: "“{1}”只能读被抽记录自己的字段，“{0}”不是", EN: "{1} reads only fields of the sampled record, \"{0}\" is none"},
		Help:    Words{ZH: "把条件写到结论里", EN: "move the condition to a criterion"},
	},
	{
		Code: MissingEvery, Name: "MissingEvery", Severity: Warning,
		Message: Words{ZH: "检查项 {0} 没有频率", EN: "item {0} has no frequency"},
		Help:    Words{ZH: "写“频率 每月”等，或写在章节里", EN: "write every month or the like, here or in its section"},
	},
	{
		Code: OtherwiseTwice, Name: "OtherwiseTwice", Severity: Error,
		Message: Words{ZH: "“其余”至多写一次", EN: "otherwise stands at most once"},
		Help:    Words{ZH: "只留一个", EN: "keep one"},
	},
	{
		Code: OtherwiseMixed, Name: "OtherwiseMixed", Severity: Error,
		Message: Words{ZH: "“其余”不能同时管单位的条件和汇总的条件", EN: "otherwise can't cover clauses on units and on aggregates at once"},
		Help:    Words{ZH: "拆成两个分项", EN: "split them into two parts"},
	},
	{
		Code: TargetWithoutMeasure, Name: "TargetWithoutMeasure", Severity: Error,
		Message: Words{ZH: "“目标”前面没有“指标”", EN: "a target needs a measure above it"},
		Help:    Words{ZH: "在前一行写“指标”", EN: "write measure on the line above"},
	},
	{
		Code: MeasureWithoutTarget, Name: "MeasureWithoutTarget", Severity: Error,
		Message: Words{ZH: "“指标”后面没有“目标”", EN: "a measure needs a target below it"},
		Help:    Words{ZH: "在下一行写“目标”", EN: "write target on the next line"},
	},
	{
		Code: NoCriterion, Name: "NoCriterion", Severity: Warning,
		Message: Words{ZH: "{0} 没有结论，不会有结果", EN: "{0} has no criterion, so it has no outcome"},
		Help:    Words{ZH: "写“不合格 当 …”等", EN: "write fail when … or the like"},
	},
	{
		Code: CriteriaOutsideParts, Name: "CriteriaOutsideParts", Severity: Error,
		Message: Words{ZH: "有分项的检查项，结论要写在分项里", EN: "an item with parts has its criteria in the parts"},
		Help:    Words{ZH: "移进分项", EN: "move it into a part"},
	},
	{
		Code: LabelMissing, Name: "LabelMissing", Severity: Error,
		Message: Words{ZH: "这条结论没有名称也没有文字", EN: "the criterion has neither name nor label"},
		Help:    Words{ZH: "在末尾写 : \"…\"", EN: "add : \"…\" at its end"},
	},
	{
		Code: NotNamedQuestion, Name: "NotNamedQuestion", Severity: Error,
		Message: Words{ZH: "“合格”没有条件", EN: "a pass needs a condition"},
		Help:    Words{ZH: "写“当 …”或“其余”", EN: "write when … or otherwise"},
	},
	{
		Code: JoinSides, Name: "JoinSides", Severity: Error,
		Message: Words{ZH: "“对照于”要两个或更多的记录，且都有字段“{0}”", EN: "matches needs two or more records, all with the field \"{0}\""},
		Help:    Words{ZH: "列出记录，并用共有的编号字段", EN: "list the records and the key they share"},
	},
	{
		Code: TableBands, Name: "TableBands", Severity: Error,
		Message: Words{ZH: "抽样表在 {0} 处{1}", EN: "the table {1} at {0}"},
		Help:    Words{ZH: "各段首尾相接，数量不超过总体", EN: "let the bands follow each other, with sizes within the population"},
	},
	{
		Code: TierLine, Name: "TierLine", Severity: Error,
		Message: Words{ZH: "检查层级“{0}”缺少“{1}”", EN: "the tier \"{0}\" lacks \"{1}\""},
		Help:    Words{ZH: "写上“{1}”", EN: "add {1}"},
	},
	{
		Code: GradeBands, Name: "GradeBands", Severity: Error,
		Message: Words{ZH: "等级 {0} 与 {1} {2}", EN: "the grades {0} and {1} {2}"},
		Help:    Words{ZH: "让各等级首尾相接", EN: "let the grades follow each other"},
	},
	{
		Code: TestValue, Name: "TestValue", Severity: Error,
		Message: Words{ZH: "测试里的“{0}”{1}", EN: "\"{0}\" in the test {1}"},
		Help:    Words{ZH: "照检查项里的名称、类型和范围来写", EN: "write what the item has: its names, types and ranges"},
	},
	{
		Code: EmptyContent, Name: "EmptyContent", Severity: Warning,
		Message: Words{ZH: "职责“{0}”没有任何检查项", EN: "the duty \"{0}\" has no item"},
		Help:    Words{ZH: "在冒号后面写编号，或在说明里注明", EN: "name items behind a colon, or note why none"},
	},
	{
		Code: UnusedAccept, Name: "UnusedAccept", Severity: Warning,
		Message: Words{ZH: "认可的 {0} 在这里没有出现", EN: "{0} is accepted here but does not occur"},
		Help:    Words{ZH: "删去这行", EN: "remove the line"},
	},
	{
		Code: UnknownZone, Name: "UnknownZone", Severity: Error,
		Message: Words{ZH: "不认识时区“{0}”", EN: "the time zone \"{0}\" is unknown"},
		Help:    Words{ZH: "写 Asia/Shanghai 等", EN: "write Asia/Shanghai or the like"},
	},
	{
		Code: SecondSample, Name: "SecondSample", Severity: Error,
		Message: Words{ZH: "一个分项只有一个抽样", EN: "a part has one sample"},
		Help:    Words{ZH: "第二个抽样另写一个分项", EN: "give the second sample a part of its own"},
	},
	{
		Code: SubjectRecord, Name: "SubjectRecord", Severity: Error,
		Message: Words{ZH: "受检对象“{0}”不是记录", EN: "the subject \"{0}\" is no record"},
		Help:    Words{ZH: "声明一个记录", EN: "declare a record"},
	},
	{
		Code: SizeOrder, Name: "SizeOrder", Severity: Error,
		Message: Words{ZH: "数量 {0}..{1} 的前一个大于后一个", EN: "the size {0}..{1} has its larger end first"},
		Help:    Words{ZH: "小的写在前面", EN: "write the smaller end first"},
	},
	{
		Code: UnknownCalendar, Name: "UnknownCalendar", Severity: Warning,
		Message: Words{ZH: "不认识日历“{0}”", EN: "the calendar \"{0}\" is unknown here"},
		Help:    Words{ZH: "内置的是 cn；其他由程序提供", EN: "cn is built in; others come from the host"},
	},
	{
		Code: DeductStep, Name: "DeductStep", Severity: Error,
		Message: Words{ZH: "按档扣分：{0}", EN: "deduction per step: {0}"},
		Help:    Words{ZH: "写成 扣 2 每 1% 当 完成率 < 98% : \"…\"", EN: "write it as deduct 2 per 1% when rate < 98% : \"…\""},
	},
	{
		Code: TallyPlace, Name: "TallyPlace", Severity: Error,
		Message: Words{ZH: "“{0}”{1}", EN: "\"{0}\" {1}"},
		Help:    Words{ZH: "移到它起作用的那一级", EN: "move it to the level where it works"},
	},
	{
		Code: FileTooLarge, Name: "FileTooLarge", Severity: Error,
		Message: Words{ZH: "文件有 {0} 字节，超过 {1}", EN: "the file has {0} bytes, more than {1}"},
		Help:    Words{ZH: "拆成几个文件", EN: "split it into several files"},
	},
	{
		Code: TooManyDeclarations, Name: "TooManyDeclarations", Severity: Error,
		Message: Words{ZH: "声明超过 {0} 个", EN: "there are more than {0} declarations"},
		Help:    Words{ZH: "拆成几个标准", EN: "split it into several standards"},
	},
	{
		Code: CostTooHigh, Name: "CostTooHigh", Severity: Error,
		Message: Words{ZH: "判定一个单位要 {0} 步，超过 {1}", EN: "judging one unit takes {0} steps, more than {1}"},
		Help:    Words{ZH: "化简条件，少用嵌套的定义", EN: "simplify the conditions and nested definitions"},
	},
	{
		Code: UnreadableFile, Name: "UnreadableFile", Severity: Error,
		Message: Words{ZH: "读不了文件：{0}", EN: "the file can't be read: {0}"},
		Help:    Words{ZH: "检查文件和权限", EN: "check the file and its permissions"},
	},
	{
		Code: TooManyDiagnostics, Name: "TooManyDiagnostics", Severity: Error,
		Message: Words{ZH: "错误太多，只列出前 {0} 个", EN: "too many mistakes, only the first {0} are listed"},
		Help:    Words{ZH: "先改这些", EN: "mend these first"},
	},
	{
		Code: UnknownField, Name: "UnknownField", Severity: Error,
		Message: Words{ZH: "没有字段或答案“{0}”", EN: "there is no field or answer \"{0}\""},
		Help:    Words{ZH: "可用：{1}", EN: "possible: {1}"},
	},
	{
		Code: WrongType, Name: "WrongType", Severity: Error,
		Message: Words{ZH: "“{0}”要{1}，却是 {2}", EN: "\"{0}\" takes {1}, this is {2}"},
		Help:    Words{ZH: "按类型重写", EN: "write it in its type"},
	},
	{
		Code: NotAMember, Name: "NotAMember", Severity: Error,
		Message: Words{ZH: "“{1}”里没有 {0}", EN: "\"{1}\" has no {0}"},
		Help:    Words{ZH: "可用：{2}", EN: "possible: {2}"},
	},
	{
		Code: OutOfRange, Name: "OutOfRange", Severity: Error,
		Message: Words{ZH: "{0} 超出范围 {1}", EN: "{0} lies outside {1}"},
		Help:    Words{ZH: "检查数值", EN: "check the value"},
	},
	{
		Code: NullNotAllowed, Name: "NullNotAllowed", Severity: Error,
		Message: Words{ZH: "“{0}”不可空", EN: "\"{0}\" is not optional"},
		Help:    Words{ZH: "没有采集就不要写这一项", EN: "leave it out when it was not collected"},
	},
	{
		Code: NotANumber, Name: "NotANumber", Severity: Error,
		Message: Words{ZH: "{0} 不是有限的数", EN: "{0} is no finite number"},
		Help:    Words{ZH: "写十进制数", EN: "write a decimal number"},
	},
	{
		Code: BrokenText, Name: "BrokenText", Severity: Error,
		Message: Words{ZH: "文字不是 UTF-8", EN: "the text is not UTF-8"},
		Help:    Words{ZH: "以 UTF-8 重新导出", EN: "export it again as UTF-8"},
	},
	{
		Code: BrokenLine, Name: "BrokenLine", Severity: Error,
		Message: Words{ZH: "这一行不是一个 JSON 对象：{0}", EN: "the line is no JSON object: {0}"},
		Help:    Words{ZH: "每行一个 {…}", EN: "one {…} a line"},
	},
	{
		Code: UnknownUnit, Name: "UnknownUnit", Severity: Error,
		Message: Words{ZH: "没有抽到单位“{0}”", EN: "the unit \"{0}\" was not drawn"},
		Help:    Words{ZH: "检查编号，或登记更换", EN: "check the id, or record a replacement"},
	},
	{
		Code: UnknownTask, Name: "UnknownTask", Severity: Error,
		Message: Words{ZH: "计划里没有任务“{0}”", EN: "the plan has no task \"{0}\""},
		Help:    Words{ZH: "检查任务编号", EN: "check the task id"},
	},
	{
		Code: UnknownPart, Name: "UnknownPart", Severity: Error,
		Message: Words{ZH: "任务里没有“{0}”", EN: "the task has no part \"{0}\""},
		Help:    Words{ZH: "检查检查项编号", EN: "check the item's code"},
	},
	{
		Code: Conflict, Name: "Conflict", Severity: Error,
		Message: Words{ZH: "“{0}”有两个不同的答案，先按未采集处理", EN: "\"{0}\" has two different answers and counts as not collected"},
		Help:    Words{ZH: "用“替换”写明以哪个为准及理由", EN: "replace one of them with a reason"},
	},
	{
		Code: SameIdentity, Name: "SameIdentity", Severity: Error,
		Message: Words{ZH: "提交 {0} 的编号重复而内容不同", EN: "the submission {0} came twice with different contents"},
		Help:    Words{ZH: "换新的编号重新提交", EN: "submit again under a new id"},
	},
	{
		Code: Twin, Name: "Twin", Severity: Error,
		Message: Words{ZH: "单位“{0}”出现两次", EN: "the unit \"{0}\" occurs twice"},
		Help:    Words{ZH: "只留一个", EN: "keep one"},
	},
	{
		Code: ZeroTime, Name: "ZeroTime", Severity: Error,
		Message: Words{ZH: "“{0}”是零时间", EN: "\"{0}\" is the zero time"},
		Help:    Words{ZH: "没有采集就不要写", EN: "leave it out when it was not collected"},
	},
	{
		Code: OutsidePopulation, Name: "OutsidePopulation", Severity: Error,
		Message: Words{ZH: "单位“{0}”不符合抽样条件", EN: "the unit \"{0}\" does not meet the sample's condition"},
		Help:    Words{ZH: "登记更换", EN: "record a replacement"},
	},
}

// Entry is what is known about a code.
type Entry struct {
	Code     Code
	Name     string // one English identifier
	Severity Severity
	Message  Words
	Help     Words
}

// Lookup returns the entry of a code.
func Lookup(c Code) (Entry, bool) {
	for _, e := range catalogue {
		if e.Code == c {
			return e, true
		}
	}
	return Entry{}, false
}

// Codes returns every entry in the order of its code.
func Codes() []Entry { return append([]Entry(nil), catalogue...) }
