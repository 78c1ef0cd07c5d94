package generate

// fault is one way to break document 005; every criterion of it that can hold against somebody is one. The generator
// decides on faults first and writes times and texts that carry them out, so the planted file is its intention and not
// something computed from the files.
type fault int

// The faults in printed order. Those of the subject itself, which have no order, are in facts.go.
const (
	unregistered fault = iota
	notEntered
	backfilled
	registerIncomplete
	systemIncomplete
	differing
	lateDispatch
	lateAppointment
	lateArrival
	noContact
	noCompletionTime
	noSignature
	noCallback
	noScore
	lateCallback
	earlyCallback
	noonCallback
	nightCallback
	notToHead
	notToSupervisor
	notToManager
	notToArea
	notToCenter
	faults int = iota
)

// criterion is where a fault stands in the standard.
type criterion struct {
	part    string // item, or item and part
	unit    string // the record whose units the part judges; empty when the inspected project is the unit
	outcome string // observation, fail, major or refer
	label   string // the printed assessment, or the reason for a ruling
}

const (
	orders  = "派工单"
	matches = "报事对照"
)

var criteria = [faults]criterion{
	unregistered:       {"005/4.1.2", matches, "major", "客户报事未登记"},
	notEntered:         {"005/4.1.2", matches, "fail", "客户报事有漏单"},
	backfilled:         {"005/4.1.2", matches, "fail", "客户报事有补单"},
	registerIncomplete: {"005/4.1.2", matches, "fail", "客户信息记录表记录不完善"},
	systemIncomplete:   {"005/4.1.2", matches, "fail", "系统报事记录不完善"},
	differing:          {"005/4.1.2", matches, "refer", "系统与记录表内容不一致，原文要求核对而未列评价"},
	lateDispatch:       {"005/4.1.3", orders, "fail", "未及时派单"},
	lateAppointment:    {"005/4.1.4/派单", orders, "fail", "未及时派单"},
	lateArrival:        {"005/4.1.5/反馈", orders, "fail", "反馈时限超时"},
	noContact:          {"005/4.1.6", orders, "fail", "无客户沟通记录"},
	noCompletionTime:   {"005/4.1.7", orders, "fail", "无完工时间"},
	noSignature:        {"005/4.1.7", orders, "fail", "无业主签名"},
	noCallback:         {"005/4.1.8", orders, "fail", "未回访"},
	noScore:            {"005/4.1.8", orders, "fail", "已回访，未评价打分"},
	lateCallback:       {"005/4.1.8", orders, "refer", "超过24小时才回访，原文未列评价"},
	earlyCallback:      {"005/4.1.8", orders, "refer", "在10:00以前回访，原文未列评价"},
	noonCallback:       {"005/4.1.8", orders, "refer", "在午休时间回访，原文未列评价"},
	nightCallback:      {"005/4.1.8", orders, "refer", "在21:00以后回访，原文未列评价"},
	notToHead:          {"005/4.2.1/转交", orders, "fail", "未转交相关部门责任人"},
	notToSupervisor:    {"005/4.2.2/转交", orders, "fail", "未转交客服主管"},
	notToManager:       {"005/4.2.3/转交", orders, "fail", "未转交项目经理"},
	notToArea:          {"005/4.2.4/转交", orders, "fail", "未转交片区经理"},
	notToCenter:        {"005/4.2.5/转交", orders, "fail", "未转交品质管理中心"},
}

// faultSet is a set of faults.
type faultSet uint32

func (s faultSet) has(f fault) bool { return s&(1<<f) != 0 }

func (s faultSet) hasAny(fs ...fault) bool {
	for _, f := range fs {
		if s.has(f) {
			return true
		}
	}
	return false
}

func (s *faultSet) add(f fault) { *s |= 1 << f }
