package generate

// fact is one answer that an inspector finds at the project itself, or at a reception met on the spot, and what is wrong
// with it.
type fact struct {
	part    string
	unit    string // empty when the project is the unit
	answers map[string]any
	breaks  []broken
}

// broken is a criterion that the answers of a fact make true.
type broken struct{ outcome, label string }

const (
	attitude = "态度"
	soothed  = "已安抚情绪"
)

// The criteria about the subject itself. Those without an order of the system can't be planted by number.
var (
	poorAttitude   = broken{"fail", "态度不好"}
	notSoothed     = broken{"fail", "未安抚情绪"}
	cool           = broken{"refer", "态度既不热情也说不上不好，原文未列评价"}
	limitUnknown   = broken{"fail", "客服前台不清楚时限"}
	noCheck        = broken{"fail", "无抽查记录"}
	fewAreaChecks  = broken{"refer", "片区抽查不足10单，原文只对无记录列出评价"}
	fewCentreCheck = broken{"refer", "品质管理中心抽查不足7单，原文只对无记录列出评价"}
	notHeld        = broken{"fail", "未举行"}
	heldLate       = broken{"fail", "本月5日前未举行"}
	noMinutes      = broken{"observation", "无会议纪要"}
	wrongMonth     = broken{"refer", "通报会统计的不是上月，原文未列评价"}
	quarterLate    = broken{"refer", "季度通报会不在本季首月5日前召开，原文未列评价"}
	wrongQuarter   = broken{"refer", "通报会统计的不是上一季度，原文未列评价"}
	yearLate       = broken{"refer", "年度通报会不在2月5日前召开，原文未列评价"}
	wrongYear      = broken{"refer", "通报会统计的不是上年度，原文未列评价"}
)

// reception is what an inspector saw or heard of one report being taken.
func reception(unit, how string, calmed bool, breaks ...broken) fact {
	return fact{"005/4.1.1", unit, map[string]any{attitude: how, soothed: calmed}, breaks}
}

// number is a part with one question for a number.
func number(part, question string, value any, breaks ...broken) fact {
	return fact{part, "", map[string]any{question: value}, breaks}
}

// meeting is a meeting that reports figures; nil means that there was none, that nobody knows, or that there is no file.
func meeting(part string, held, until, file any, breaks ...broken) fact {
	return fact{part, "", map[string]any{"召开日期": held, "统计期末日": until, "会议纪要": file}, breaks}
}

// facts is what there is to find at each project beside its orders. Meetings of the area and of the company are asked
// about at every project, as the standard reads: whether this project's figures were in one.
var facts = map[string][]fact{
	"P1": {
		reception("P1-受理-1", "热情", true),
		reception("P1-受理-2", "不好", true, poorAttitude),
		reception("P1-受理-3", "热情", false, notSoothed),
		number("005/4.1.5/前台", "所答分钟数", 30, limitUnknown),
		number("005/4.1.9", "片区抽查单数", 0, noCheck),
		number("005/4.1.10", "中心抽查单数", 5, fewCentreCheck),
		meeting("005/4.4.1", nil, nil, nil, notHeld),
		meeting("005/4.4.2", nil, nil, nil, notHeld),
		meeting("005/4.4.3", nil, nil, nil, notHeld),
	},
	"P2": {
		reception("P2-受理-1", "热情", true),
		reception("P2-受理-2", "平淡", true, cool),
		reception("P2-受理-3", "热情", true),
		number("005/4.1.5/前台", "所答分钟数", 20),
		number("005/4.1.9", "片区抽查单数", 6, fewAreaChecks),
		number("005/4.1.10", "中心抽查单数", 0, noCheck),
		meeting("005/4.4.1", "2025-12-09", "2025-12-07", nil, heldLate, noMinutes, wrongMonth),
		meeting("005/4.4.2", "2025-10-15", "2025-08-31", nil, noMinutes, quarterLate, wrongQuarter),
		meeting("005/4.4.3", "2025-02-18", "2024-11-30", nil, noMinutes, yearLate, wrongYear),
	},
	"P3": {
		reception("P3-受理-1", "热情", true),
		reception("P3-受理-2", "热情", true),
		reception("P3-受理-3", "热情", true),
		number("005/4.1.5/前台", "所答分钟数", 20),
		number("005/4.1.9", "片区抽查单数", 10),
		number("005/4.1.10", "中心抽查单数", 7),
		meeting("005/4.4.1", "2025-12-03", "2025-11-30", "P3-项目通报会纪要-2025-12.pdf"),
		meeting("005/4.4.2", "2025-10-05", "2025-09-30", "杭州片区-季度通报会纪要-2025-10.pdf"),
		meeting("005/4.4.3", "2025-01-22", "2024-12-31", "公司-年度通报会纪要-2025-01.pdf"),
	},
}
