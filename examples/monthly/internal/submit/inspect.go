package submit

import (
	"fmt"
	"maps"
	"slices"
	"time"
)

// The parts that need more than one visit to the list of facts.
const (
	receptionPart = "005/4.1.1"
	ledgerPart    = "005/4.1.2"
	frontDeskPart = "005/4.1.5/前台"
)

// The two questions that go wrong on the way.
const (
	soothedQuestion = "已安抚情绪"
	limitQuestion   = "所答分钟数"
)

// inspect sends everything that the inspector of the task finds: receptions met in December, the two ledgers side by
// side, the questions to the front desk, the meetings, and the rulings where the standard is silent.
func (in *inspection) inspect() error {
	in.receptions()
	if err := in.ledgers(); err != nil {
		return err
	}
	for _, f := range in.planted.Answers {
		switch {
		case f.Subject != in.task.Subject || f.Part == receptionPart || f.Part == ledgerPart:
		case f.Part == frontDeskPart:
			in.frontDesk(f)
		default:
			in.send(f.Part, "", maps.Clone(f.Answers))
		}
	}
	in.rulings()
	if in.task.Subject == "P3" {
		in.sent[len(in.sent)-1].again = true
	}
	return nil
}

// receptions sends what was seen at the front desk during the month. At P2 the telephone was put down before the
// inspector heard how the call ended: the second answer stays open.
func (in *inspection) receptions() {
	visit := 0
	for _, f := range in.planted.Answers {
		if f.Subject != in.task.Subject || f.Part != receptionPart {
			continue
		}
		s := in.send(f.Part, f.Unit, maps.Clone(f.Answers))
		if visit == 0 && in.task.Subject == "P2" {
			delete(s.Answers, soothedQuestion)
		}
		at := time.Date(2025, time.December, 16+3*visit, 9+4*visit, 35, 20, 0, beijing)
		s.DoneAt, s.ReceivedAt = at.Format(time.RFC3339), at.Add(4*time.Second).Format(time.RFC3339)
		visit++
	}
}

// ledgers sends the comparison of the register with the system for every drawn report. Of the reports where nothing is
// wrong, one at P1 is sent in two halves, one at P1 is sent twice under one id with different answers, and one at P2 is
// never finished.
func (in *inspection) ledgers() error {
	units := in.task.Drawn[ledgerPart]
	var clean []string
	for _, unit := range units {
		if outcomes, _ := in.planted.broken(ledgerPart, unit); len(outcomes) == 0 {
			clean = append(clean, unit)
		}
	}
	if len(clean) < 2 {
		return fmt.Errorf("the draw has %d reports without a defect, the example needs 2; take another seed in run.json", len(clean))
	}
	for _, unit := range units {
		answers := in.planted.answers(in.task.Subject, ledgerPart, unit)
		switch in.task.Subject + " " + unit {
		case "P1 " + clean[0]:
			rest := maps.Clone(answers)
			delete(answers, "系统所填要素")
			delete(rest, "登记簿所填要素")
			delete(rest, "不一致要素")
			in.send(ledgerPart, unit, answers)
			in.send(ledgerPart, unit, rest)
		case "P1 " + clean[1]:
			mark := in.task.Subject + " one id"
			in.send(ledgerPart, unit, answers).ID = mark
			other := maps.Clone(answers)
			other["不一致要素"] = []any{"报事人电话"}
			in.send(ledgerPart, unit, other).ID = mark
		case "P2 " + clean[0]:
			delete(answers, "系统所填要素")
			in.send(ledgerPart, unit, answers)
		default:
			in.send(ledgerPart, unit, answers)
		}
	}
	return nil
}

// frontDesk sends what the front desk knows. At P2 two inspectors heard different answers; at P3 the first entry was a
// slip, and the second replaces it.
func (in *inspection) frontDesk(f found) {
	switch in.task.Subject {
	case "P2":
		in.send(f.Part, "", maps.Clone(f.Answers))
		other := in.send(f.Part, "", map[string]any{limitQuestion: 30})
		other.By = in.task.Colleague
	case "P3":
		mark := in.task.Subject + " slip"
		in.send(f.Part, "", map[string]any{limitQuestion: 30}).ID = mark
		right := in.send(f.Part, "", maps.Clone(f.Answers))
		right.Replaces, right.Reason = mark, "录入笔误，前台答的是20分钟"
	default:
		in.send(f.Part, "", maps.Clone(f.Answers))
	}
}

// verdicts is how the organiser rules where the standard is silent. What is not listed waits for a ruling.
var verdicts = []struct {
	subject, part, label string
	ruling, reason       string
}{
	{"P2", receptionPart, "态度既不热情也说不上不好，原文未列评价", "观察项", "按规定用语应答，但没有主动问候"},
	{"P1", ledgerPart, "系统与记录表内容不一致，原文要求核对而未列评价", "观察项", "已当场更正，未影响处理"},
	{"P2", ledgerPart, "系统与记录表内容不一致，原文要求核对而未列评价", "观察项", "已当场更正，未影响处理"},
	{"P1", "005/4.1.8", "在午休时间回访，原文未列评价", "合格", "客户要求中午来电，有录音"},
	{"P1", "005/4.1.8", "在10:00以前回访，原文未列评价", "观察项", "客户没有异议，提醒改正"},
	{"P2", "005/4.1.8", "超过24小时才回访，原文未列评价", "观察项", "客户外出，第一次未接通有记录"},
	{"P2", "005/4.1.8", "在21:00以后回访，原文未列评价", "不合格", "客户已表示打扰"},
	{"P1", "005/4.1.10", "品质管理中心抽查不足7单，原文只对无记录列出评价", "观察项", "当月中心人员调整，下月补查"},
	{"P2", "005/4.4.2", "季度通报会不在本季首月5日前召开，原文未列评价", "观察项", "国庆假期顺延，事先报备"},
	{"P2", "005/4.4.2", "通报会统计的不是上一季度，原文未列评价", "观察项", "9月数据已另行补报"},
}

// rulings sends the rulings: for drawn units on the first that breaks the criterion, so that others still wait.
func (in *inspection) rulings() {
	for _, v := range verdicts {
		if v.subject != in.task.Subject {
			continue
		}
		for _, unit := range in.units(v.part) {
			name := unit
			if unit == "" {
				name = in.task.Subject
			}
			outcomes, labels := in.planted.broken(v.part, name)
			if slices.Contains(labels, v.label) && !slices.Contains(outcomes, "fail") && !slices.Contains(outcomes, "major") {
				in.send(v.part, unit, map[string]any{v.label: v.ruling}).Reason = v.reason
				break
			}
		}
	}
}

// units are those of a part: drawn, met on the spot, or the project itself.
func (in *inspection) units(part string) []string {
	if drawn, ok := in.task.Drawn[part]; ok && len(drawn) > 0 {
		return drawn
	}
	var list []string
	for _, f := range in.planted.Answers {
		if f.Subject == in.task.Subject && f.Part == part {
			list = append(list, f.Unit)
		}
	}
	return list
}
