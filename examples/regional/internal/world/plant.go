package world

import (
	"fmt"
	"time"
)

// many are plantings of one kind, at one project in one period.
type many struct {
	subject, part, period string
	outcome, label        string
}

// at is the planting of one unit, or of the project itself where unit is empty.
func (m many) at(unit string) Planting {
	return Planting{Subject: m.subject, Part: m.part, Period: m.period, Unit: unit, Outcome: m.outcome, Label: m.label}
}

// place is the planting of what was found at the unit drawn at a place.
func (m many) place(n int, answers map[string]any) Planting {
	p := m.at("")
	p.Place, p.Answers = n, answers
	return p
}

type answers = map[string]any

// orderNo is the number of a work order of a project and month.
func orderNo(project, month string, n int) string {
	return fmt.Sprintf("%s-%s%s-B%02d", project, month[2:4], month[5:], n)
}

func complaintNo(project, month string, n int) string {
	return fmt.Sprintf("%s-%s%s-T%d", project, month[2:4], month[5:], n)
}

// Planted lists everything that was put wrong.
func Planted() []Planting {
	var out []Planting
	add := func(list ...Planting) { out = append(out, list...) }

	// In the systems: what the frames themselves show.
	for n := 1; n <= 4; n++ {
		add(many{"R1-P1", "continuous/005/4.1.3", "2025-11", "fail", "未及时派单"}.at(orderNo("R1-P1", "2025-11", n)))
	}
	for n := 3; n <= 8; n++ {
		add(many{"R2-P1", "continuous/005/4.1.8", "2025-10", "fail", "未回访"}.at(orderNo("R2-P1", "2025-10", n)))
	}
	for n := 1; n <= 3; n++ {
		add(many{"R1-P2", "continuous/005/4.1.2", "2025-12", "major", "客户报事未登记"}.at(orderNo("R1-P2", "2025-12", n)))
	}
	for n := 8; n <= 9; n++ {
		add(many{"R2-P2", "continuous/005/4.2.1/转交", "2025-11", "fail", "未转交相关部门责任人"}.at(orderNo("R2-P2", "2025-11", n)))
	}
	for n := 1; n <= 6; n++ {
		add(many{"R2-P3", "continuous/005/4.1.8", "2025-12", "refer", "在午休时间回访，原文未列评价"}.at(orderNo("R2-P3", "2025-12", n)))
	}
	add(
		many{"R1-P2", "continuous/006/4.4.3", "2025-10", "fail", "派单响应不及时"}.at(complaintNo("R1-P2", "2025-10", 1)),
		many{"R2-P2", "continuous/006/4.4.2", "2025-12", "fail", "漏单"}.at(complaintNo("R2-P2", "2025-12", 2)),
		many{"R2-P1", "continuous/006/4.5.2/重大", "2025-11", "fail", "重大投诉未上报"}.at(complaintNo("R2-P1", "2025-11", 3)),
		many{"R2-P1", "continuous/006/4.4.6/立卷", "2025-11", "fail", "重大投诉未立卷保存"}.at(complaintNo("R2-P1", "2025-11", 3)),
		many{"R2-P3", "indicators/1/比率", "2025", "over", "有效投诉率超过1%"}.at(complaintNo("R2-P3", "2025-10", 2)),
	)

	// At the project: what inspectors saw and heard.
	for _, month := range []string{"2025-11", "2025-12"} {
		add(many{"R2-P1", "continuous/005/4.4.1", month, "fail", "未举行"}.place(0, answers{"召开日期": nil, "统计期末日": nil, "会议纪要": nil}))
	}
	for _, month := range Months {
		add(many{"R1-P3", "continuous/004/4.2.2/门岗", month, "observation", "信息不全"}.place(1, answers{"门岗信息": "不全"}))
	}
	add(
		many{"R1-P1", "continuous/005/4.4.2", "2025-Q4", "observation", "无会议纪要"}.place(0, answers{"会议纪要": nil}),
		many{"R1-P1", "details/8/8(4)", "2025-Q4", "fail", "弯腰不足15度"}.place(2, answers{"弯腰度数": 10}),
		many{"R2-P2", "details/8/8(5)", "2025-Q4", "fail", "后退不足三步"}.place(1, answers{"后退步数": 2}),
		many{"R1-P2", "details/2/2(3)", "2025-Q4", "fail", "助视物未配备"}.place(0, answers{"现有助视物": []string{}}),
		many{"R2-P2", "details/6/6(1)", "2025-11", "refer", "本月只发布了部分种类的信息，原文未载结论"}.place(1, answers{"已发布": []string{"社区活动"}}),
		many{"R1-P2", "details/4/4(b)", "2025-Q4", "silent", ""}.at(""),
		many{"R2-P3", "details/5", "2025-Q4", "twice", ""}.place(0, answers{"评选人数": 0}),
		many{"R1-P1", "continuous/006/4.4.1/公示", "2025-12", "observation", "公示不全"}.place(0, answers{"已公示渠道": []string{"公示电话", "意见箱"}}),
		many{"R2-P3", "continuous/006/4.1", "2025-10", "fail", "无法准确回答投诉的定义"}.place(2, answers{"所答要点": []string{"客户主观认为"}}),
		many{"R2-P2", "indicators/2", "2025-12", "miss", "投诉响应及时率低于100%"}.place(1, answers{"响应及时": false}),
		many{"R1-P1", "indicators/5", "2025-10", "miss", "报事响应及时率低于98%"}.place(3, answers{"到场用时": "45m"}),
		many{"R1-P2", "indicators/6", "2025-11", "miss", "报事回访率低于80%"}.place(2, answers{"问过满意度": false}),
		many{"R2-P1", "indicators/6", "2025-11", "miss", "报事回访率低于80%"}.place(2, answers{"问过满意度": false}),
		many{"R2-P1", "indicators/6", "2025-11", "miss", "报事回访率低于80%"}.place(5, answers{"问过满意度": false}),
		many{"R2-P3", "indicators/10/第二年", "2025", "miss", "已入住客户的个性化信息未达100%"}.place(7, answers{"已收个性资料": []string{"爱好"}}),
	)
	hostile := many{"R1-P3", "details/8/8(1)", "2025-Q4", "fail", "入座与倾听不符合接待礼仪"}.place(1, answers{"入座与倾听不符合接待礼仪": true})
	hostile.Remark = HostileFormula
	markup := many{"R2-P1", "details/9/9(2)", "2025-Q4", "fail", "不清楚怎样应答"}.place(1, answers{"不清楚怎样应答": true})
	markup.Remark = HostileMarkup
	add(hostile, markup)

	// On the score card: points, which are no findings.
	deduct := func(subject, part string, place int, label, points string, to any, question string) {
		p := many{subject, part, "2025-Q4", "deduct", label}.place(place, answers{question: to})
		p.Points = points
		add(p)
	}
	deduct("R1-P1", "1/记录单", 1, "质量记录填写不规范", "1", 2, "质量记录填写不规范")
	deduct("R1-P1", "2", 0, "资料录入不完整", "0.5", true, "资料录入不完整")
	deduct("R1-P2", "3/档案", 2, "资料存放无序", "0.2", 1, "资料存放无序")
	deduct("R2-P1", "5", 3, "未持证上岗", "0.1", false, "持证")
	deduct("R2-P2", "4", 1, "未着工装", "0.5", 1, "未着工装")
	deduct("R2-P2", "3/权属", 0, "未建权属清册", "0.5", true, "未建权属清册")
	return out
}

// plant puts into the tables what Planted says of them.
func (w *world) plant() {
	for _, p := range Planted() {
		id := p.Unit
		switch p.Part + " " + p.Label {
		case "continuous/005/4.1.3 未及时派单":
			w.orders.later(id, "派单时间", 25*time.Minute)
			w.orders.later(id, "到场反馈时间", 25*time.Minute)
		case "continuous/005/4.1.8 未回访":
			w.orders.set(id, "回访时间", "")
			w.orders.set(id, "回访评分", "")
		case "continuous/005/4.1.2 客户报事未登记":
			w.register.drop(id)
		case "continuous/005/4.2.1/转交 未转交相关部门责任人":
			w.orders.set(id, "转部门主管时间", "")
		case "continuous/005/4.1.8 在午休时间回访，原文未列评价":
			received := w.orders.row(id)[w.orders.at("完工反馈时间")]
			w.orders.set(id, "回访时间", received[:len(time.DateOnly)]+" 12:40:00")
		case "continuous/006/4.4.3 派单响应不及时":
			w.complaints.later(id, "派单时间", 40*time.Minute)
		case "continuous/006/4.4.2 漏单":
			w.ledger.drop(id)
		case "continuous/006/4.5.2/重大 重大投诉未上报":
			w.complaints.set(id, "已曝光", "是")
		case "indicators/1/比率 有效投诉率超过1%":
			w.complaints.set(id, "有效性", "有效投诉")
		}
	}
	// What people wrote into the systems is text, whatever it looks like.
	w.system.set(orderNo("R1-P1", "2025-10", 7), "报事内容", HostileFormula)
	w.register.set(orderNo("R1-P1", "2025-10", 7), "报事内容", HostileFormula)
	w.complaints.set(complaintNo("R2-P2", "2025-12", 1), "投诉事项", HostileMarkup)
	w.complaintSheets.set(complaintNo("R2-P2", "2025-12", 1), "投诉事项", HostileMarkup)
	w.complaintNotes.set(complaintNo("R2-P2", "2025-12", 1), "投诉事项", HostileMarkup)
	w.ledger.set(complaintNo("R2-P2", "2025-12", 1), "投诉事项", HostileMarkup)
	w.boards.set("R1-P3-G2", "公告栏位置", HostileFormula)
}
