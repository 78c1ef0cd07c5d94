package generate

import (
	"bytes"
	"encoding/csv"
	"strconv"
)

// columns of the three files: the unit's id, the project, then fields of the record by their Chinese names.
var (
	workOrderColumns = []string{
		"报事编号", "项目", "登记时间", "预约时间", "派单时间", "到场反馈时间", "处理状态", "严重影响生活", "沟通时间", "完工时间", "业主签名",
		"完工反馈时间", "回访时间", "回访评分", "转部门主管时间", "转客服主管时间", "转项目经理时间", "转片区经理时间", "转品质中心时间",
	}
	systemColumns   = []string{"报事编号", "项目", "登记时间", "业主姓名", "地址", "报事人电话", "报事内容"}
	registerColumns = []string{"报事编号", "项目", "渠道", "报事时间", "登记时间", "业主姓名", "地址", "报事人电话", "报事内容"}
)

// status is the progress that the system shows.
func (o *order) status() string {
	switch {
	case o.course.done():
		return "已完成"
	case o.course == unfinished:
		return "处理中"
	default:
		return "待派单"
	}
}

func yes(b bool) string {
	if b {
		return "是"
	}
	return "否"
}

func workOrderRow(o *order) []string {
	score := ""
	if o.score > 0 {
		score = strconv.Itoa(o.score)
	}
	row := []string{
		o.id, o.project, o.entered.String(), o.appointed.String(), o.dispatched.String(), o.responded.String(), o.status(),
		yes(o.serious), o.contacted.String(), o.completed.String(), o.signature, o.received.String(), o.called.String(), score,
	}
	for _, m := range o.transferred {
		row = append(row, m.String())
	}
	return row
}

func systemRow(o *order) []string {
	return append([]string{o.id, o.project, o.entered.String()}, o.system[:]...)
}

func registerRow(o *order) []string {
	return append([]string{o.id, o.project, o.channel, o.reported.String(), o.written.String()}, o.register[:]...)
}

// table writes one CSV file with the rows of the orders that have one.
func table(columns []string, list []*order, has func(*order) bool, row func(*order) []string) []byte {
	var b bytes.Buffer
	w := csv.NewWriter(&b)
	rows := [][]string{columns}
	for _, o := range list {
		if has(o) {
			rows = append(rows, row(o))
		}
	}
	// A buffer takes every write.
	_ = w.WriteAll(rows)
	return b.Bytes()
}
