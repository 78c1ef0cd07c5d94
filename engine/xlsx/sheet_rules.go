package xlsx

import (
	"encoding/json"
	"fmt"
	"strings"
	"unicode/utf16"

	"github.com/xuri/excelize/v2"

	"github.com/pinjian/pinjian/engine"
)

// validate lets the program that shows the workbook check what is typed. mixed
// says that other rows of the column take other values: sorting leaves the
// checks where they are, so there they only warn.
func (b *sheetBook) validate(p *page, c column, cells string, mixed bool) {
	pick, l := b.options.pick, b.options.Lang
	v := excelize.NewDataValidation(true)
	v.Sqref = cells
	say := func(title, text string) { v.SetInput(clip(title, 32), clip(text, 255)) }
	style := excelize.DataValidationErrorStyleStop
	if mixed {
		style = excelize.DataValidationErrorStyleWarning
	}
	switch {
	case c.look == given && c.ask == nil:
		// An empty custom rule that never holds keeps what is known from being
		// typed over, without a protection that would also forbid sorting.
		if c.key == columnAnswer || c.key == "" && c.title == "" {
			return
		}
		b.fail(v.SetRange("FALSE", "", excelize.DataValidationTypeCustom, excelize.DataValidationOperatorEqual))
		v.SetError(excelize.DataValidationErrorStyleStop, pick("不要改动", "Not to be changed"), pick("这是已知的资料，有误请写在备注里", "This is known beforehand; write in the remarks what is wrong with it"))
	case c.ask != nil:
		say(c.ask.Words.In(l), c.ask.wants().In(l))
		if !b.rule(v, c.ask) {
			break
		}
		if c.ask.Optional && c.ask.options(l) == nil {
			style = excelize.DataValidationErrorStyleWarning // the word for none is a text
		}
		if c.ask.kind == several {
			break // the list offers its members, but several may be typed
		}
		v.SetError(style, pick("请检查", "Please check"), clip(pick("这里要", "This takes ")+c.ask.wants().In(l), 255))
	case c.key == columnDone:
		b.fail(v.SetRange("36526", "", excelize.DataValidationTypeDate, excelize.DataValidationOperatorGreaterThanOrEqual))
		v.SetError(excelize.DataValidationErrorStyleStop, pick("请检查", "Please check"), pick("这里要日期和时刻，如 2026-11-23 10:05", "This takes a date and a time of day such as 2026-11-23 10:05"))
	case c.key == columnSkip:
		say(c.title, pick("没有检查时写明原因，答案留空", "Say why where it was not inspected, and leave the answers empty"))
	case c.key == columnFiles:
		say(c.title, pick("照片等文件的名称，每行一个；文件放在本工作簿旁边", "Names of photos and other files, one on a line; keep the files beside this workbook"))
	case c.key == columnReason:
		say(c.title, pick("交表之后改动本行时，在这里写明理由", "Say why here when you change this row after handing it in"))
	default:
		return
	}
	b.fail(p.file.AddDataValidation(p.name, v))
}

// rule puts the type of a question into a validation; false when it has none.
func (b *sheetBook) rule(v *excelize.DataValidation, q *asked) bool {
	if options := q.options(b.options.Lang); options != nil {
		v.SetSqrefDropList(b.list(options))
		return true
	}
	kind := excelize.DataValidationTypeDecimal
	low, high := "-9000000000000", "9000000000000"
	switch q.kind {
	case whole:
		kind = excelize.DataValidationTypeWhole
	case number:
	case date, instant:
		kind, low, high = excelize.DataValidationTypeDate, "36526", "128000"
	case clock:
		kind, low, high = excelize.DataValidationTypeTime, "0", "0.999999"
	default:
		return false
	}
	if q.low != nil && plainDecimal.MatchString(decimal(q.low)) {
		low = decimal(q.low)
	}
	if q.high != nil && plainDecimal.MatchString(decimal(q.high)) {
		high = decimal(q.high)
	}
	b.fail(v.SetRange(low, high, kind, excelize.DataValidationOperatorBetween))
	return true
}

// list puts the options of a list on the machine's sheet and says where.
func (b *sheetBook) list(options []string) string {
	key := strings.Join(options, "\x00")
	if at, ok := b.lists[key]; ok {
		return at
	}
	b.columns = append(b.columns, options)
	name, err := excelize.ColumnNumberToName(len(b.columns) + 3)
	b.fail(err)
	at := fmt.Sprintf("'%s'!$%s$2:$%s$%d", machineName, name, name, len(options)+1)
	b.lists[key] = at
	return at
}

// clip shortens a text to what Excel takes, in UTF-16 units.
func clip(text string, most int) string {
	text = cellText(text)
	n := 0
	for i, r := range text {
		if n += max(1, utf16.RuneLen(r)); n >= most {
			return text[:i] + "…"
		}
	}
	return text
}

// machine writes the hidden worksheet: what the workbook is, the sheet it was
// made of, and the lists.
func (b *sheetBook) machine() {
	_, err := b.file.NewSheet(machineName)
	b.fail(err)
	p := &page{book: b.book, name: machineName, next: 1}
	line := func(key, value string) {
		p.text(1, quiet, key)
		p.text(2, quiet, value)
		p.next++
	}
	line("schema", SheetWorkbookSchema)
	line("lang", string(b.options.Lang))
	line("task", rowKey(b.sheet.Task))
	line("plan", rowKey(b.sheet.Plan))
	line("standard", rowKey(b.sheet.Standard.Standard, b.sheet.Standard.Version, b.sheet.Standard.Digest))
	data, err := json.Marshal(b.sheet)
	b.fail(err)
	text := []rune(safeJSON(data))
	for len(text) > 0 {
		n := min(len(text), chunkRunes)
		line("sheet", string(text[:n]))
		text = text[n:]
	}
	for i, options := range b.columns {
		for j, option := range options {
			p.next = j + 2
			p.text(i+4, quiet, option)
		}
	}
	b.fail(b.file.SetSheetVisible(machineName, false, true))
}

// cover writes the front page.
func (b *sheetBook) cover(p *page) {
	pick, s := b.options.pick, b.sheet
	p.widths(4, 16, 30, 14, 52, 40, 10, 10)
	columns := []column{{}, {key: columnValue}}
	p.keys(coverKey, columns)
	p.over(2, 6, heading, b.title(), 40)
	p.next++
	line := func(key, name, value string, l look) {
		p.text(1, quiet, key)
		p.text(2, header, name)
		p.text(3, l, value)
		p.height(6 + lineHeight*float64(lines(value, 30)))
		p.next++
	}
	line("", pick("任务", "Task"), s.Task, given)
	line("", pick("受检对象", "Subject"), b.options.subject(s.Subject), given)
	line("", pick("标准", "Standard"), s.Standard.Standard+" "+s.Standard.Version, given)
	line("", pick("标准摘要", "Digest of the standard"), s.Standard.Digest, given)
	line("", pick("方案摘要", "Digest of the plan"), s.Plan, given)
	if s.Zone != "" {
		line("", pick("时区", "Time zone"), s.Zone, given)
	}
	line(rowBy, pick("检查人", "Inspector"), s.Inspector, entryText)
	done := p.at(3, p.next)
	line(rowDone, pick("检查时间", "Time done"), "", entryTime)
	b.validate(p, column{key: columnDone}, done, false)
	closes := p.at(3, p.next)
	line(rowCloses, pick("全部查完", "All inspected"), "", entry)
	ended := understand(engine.Question{Type: "bool", Words: engine.Words{ZH: "全部查完", EN: "All inspected"}})
	b.validate(p, column{ask: &ended, look: entry}, closes, false)
	p.next++
	p.over(2, 6, heading, pick("怎样填写", "How to fill it in"), 40)
	p.next++
	for _, text := range b.legend() {
		p.over(2, 6, quiet, text, maxHeight)
		p.next++
	}
	p.next++
	p.over(2, 6, heading, pick("要检查的内容", "What to inspect"), 40)
	p.next++
	for i, title := range []string{pick("编号", "Code"), pick("检查项", "Item"), pick("期间", "Period"), pick("怎样查", "How"), pick("判定", "Criteria"), pick("单位数", "Units"), pick("问题数", "Questions")} {
		p.text(i+2, header, title)
	}
	p.next++
	for _, t := range b.tabs {
		how, criteria := guide(t.item, b.options.Lang)
		for i, text := range []string{t.item.Part, t.item.Title, t.item.Period, how, criteria} {
			p.text(i+2, plain, text)
		}
		p.number(7, plain, fmt.Sprint(t.item.Planned))
		p.number(8, plain, fmt.Sprint(t.questions))
		b.fail(b.file.SetCellHyperLink(p.name, p.at(2, p.next), "'"+t.page+"'!B1", "Location"))
		p.height(6 + lineHeight*float64(max(1, lines(how, 52), lines(criteria, 40), lines(t.item.Title, 30))))
		p.next++
	}
	p.print(b.title(), false)
}

func (b *sheetBook) legend() []string {
	if b.options.pick("zh", "en") == "zh" {
		return []string{
			"浅黄的格填写，灰色的格是已知的资料，不要改动；资料有误写在备注里。",
			"没有查到的留空：空格就是“没有采集”，不当作“否”，也不当作 0。确知没有的，在可以为空的问题里写“" + absent.ZH + "”；多选一个都不选时写“" + emptySet.ZH + "”。",
			"多选以顿号分开，如“甲、乙”。百分数写 12.5% 或 0.125。不要用公式，不要合并单元格。",
			"可以排序、筛选、隐藏列、调整行列和工作表的位置；不要删除第一列和第一行（隐藏的）。现场遇到的单位在空行里写上名称。",
			"没有检查的单位，在“未检查的原因”里写明，答案留空。照片等文件写名称，每行一个，文件放在本工作簿旁边。",
			"交表以后要改的，改在原处，并在该行写明“更正理由”；没有理由的改动会被当作矛盾的答案。",
			"问题数是 0 的检查项由已知的资料判定，无须填写，可以写备注。检查时间不写时，用封面上的时间。全部查完后，在封面“全部查完”选“是”。",
		}
	}
	return []string{
		"Fill in the light yellow cells. Grey cells are known beforehand and not to be changed; write in the remarks what is wrong with them.",
		"Leave empty what you did not find out: an empty cell is \"not collected\", never \"no\" and never 0. Where you know that there is none, write \"" + absent.EN + "\" in a question that may be empty; where none of several choices holds, write \"" + emptySet.EN + "\".",
		"Separate several choices by semicolons. Write percentages as 12.5% or 0.125. Use no formulas and merge no cells.",
		"You may sort, filter, hide columns, and move rows, columns and worksheets; don't delete the first column and the first row, which are hidden. Name units met on the spot in the empty rows.",
		"Say under \"Why not inspected\" why a unit was not inspected, and leave its answers empty. Give the names of photos and other files, one on a line, and keep the files beside this workbook.",
		"Change what you have handed in where it stands, and give the \"Reason for correction\" on that row; without a reason it counts as a contradiction.",
		"Where there are 0 questions the known values decide; you may add remarks. Where no time is given, the one on the cover holds. When everything is inspected, choose \"yes\" for \"All inspected\" on the cover.",
	}
}
