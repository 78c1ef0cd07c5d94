package world

import (
	"fmt"
	"math/rand/v2"
	"time"
)

func newWorld(seed uint64) *world {
	t := func(name string, head ...string) *table { return &table{name: name, head: head} }
	return &world{
		random: rand.New(rand.NewPCG(seed, 4)), //nolint:gosec // the example is to be the same every time
		orders: t("work_orders", "报事编号", "项目", "登记时间", "预约时间", "派单时间", "到场反馈时间", "处理状态", "严重影响生活", "沟通时间", "完工时间", "业主签名",
			"完工反馈时间", "回访时间", "回访评分", "转部门主管时间", "转客服主管时间", "转项目经理时间", "转片区经理时间", "转品质中心时间"),
		system:          t("system_orders", "报事编号", "项目", "登记时间", "业主姓名", "地址", "报事人电话", "报事内容"),
		register:        t("register", "报事编号", "项目", "渠道", "报事时间", "登记时间", "业主姓名", "地址", "报事人电话", "报事内容"),
		complaints:      t("complaints", "投诉号", "项目", "客户姓氏", "客户地址", "客户电话", "投诉事项", "途径", "专业类", "有效性", "共性", "涉及服务人员", "受理时间", "派单时间", "回复时间", "完成时间", "超期上报时间", "升级时间", "升级上报时间", "案例报送时间", "已诉讼", "可能诉讼", "已曝光", "可能曝光", "同客户次数", "同事由人数", "集体人数", "我方未决天数"),
		complaintSheets: t("complaint_sheets", "投诉号", "项目", "记入时间", "客户姓氏", "客户地址", "客户电话", "投诉事项"),
		complaintNotes:  t("complaint_register", "投诉号", "项目", "记入时间", "投诉事项"),
		ledger:          t("complaint_ledger", "投诉号", "项目", "记入时间", "投诉事项"),
		online:          t("online_complaints", "帖号", "项目", "发帖时间", "转交时间", "回帖时间", "礼节性回帖", "经理审核时间", "中心审批时间"),
		handovers:       t("handovers", "房号", "项目", "交付方式", "验收时间", "业主有意见", "验收表传递时间"),
		acceptances:     t("acceptances", "房号", "项目", "记入时间", "户主", "验收日期"),
		moves:           t("moves", "房号", "项目", "记入时间", "户主", "预约时间", "入住日期"),
		households:      t("households", "房号", "项目", "户主", "入住日期"),
		keyCustomers:    t("key_customers", "房号", "项目", "户主"),
		ordinary:        t("ordinary_customers", "房号", "项目", "户主"),
		employees:       t("employees", "工号", "项目", "员工姓名", "部门"),
		service:         t("service_staff", "工号", "项目", "员工姓名", "岗位"),
		assistants:      t("assistants", "工号", "项目", "员工姓名", "责任片区"),
		gates:           t("gates", "门岗号", "项目", "门岗位置"),
		boards:          t("boards", "编号", "项目", "公告栏位置"),
		manholes:        t("manholes", "编号", "项目", "井盖位置"),
		sheets:          t("quality_sheets", "记录单号", "项目", "记录单名称"),
	}
}

func (w *world) tables() []*table {
	return []*table{
		w.orders, w.system, w.register, w.complaints, w.complaintSheets, w.complaintNotes, w.ledger, w.online, w.handovers, w.acceptances, w.moves,
		w.households, w.keyCustomers, w.ordinary, w.employees, w.service, w.assistants, w.gates, w.boards, w.manholes, w.sheets,
	}
}

// HouseholdsOf is how many households a project has; the first KeysOf of them are key customers.
const (
	HouseholdsOf = 40
	KeysOf       = 6
)

// standing is what a project has all the time.
func (w *world) standing(p string) {
	for n := range HouseholdsOf {
		name, room := w.somebody(), p+"-"+house(n)
		w.households.add(room, p, name, "2024-0"+fmt.Sprint(n%9+1)+"-15")
		if n < KeysOf {
			w.keyCustomers.add(room, p, name)
		} else {
			w.ordinary.add(room, p, name)
		}
	}
	posts := []string{"前台", "前台", "助理", "助理", "助理", "主管"}
	for n, post := range posts {
		no, name := fmt.Sprintf("%s-K%02d", p, n+1), w.somebody()
		w.service.add(no, p, name, post)
		w.employees.add(no, p, name, "客服部")
		if post == "助理" {
			w.assistants.add(no, p, name, fmt.Sprintf("第%d片区", n-1))
		}
	}
	for n, department := range []string{"秩序维护部", "工程部", "环境部"} {
		w.employees.add(fmt.Sprintf("%s-Y%02d", p, n+1), p, w.somebody(), department)
	}
	for n, place := range []string{"东门", "南门", "北门"} {
		w.gates.add(fmt.Sprintf("%s-M%d", p, n+1), p, place)
	}
	w.boards.add(p+"-G1", p, "中心花园")
	w.boards.add(p+"-G2", p, "东门内侧")
	for n := range 4 {
		w.manholes.add(fmt.Sprintf("%s-J%d", p, n+1), p, fmt.Sprintf("%d号楼北侧车道", n+1))
	}
	for n, title := range []string{"客户信息记录表", "投诉处理记录表", "访谈记录表", "巡查记录", "交接班记录", "收费日报", "装修验收表", "回访记录", "培训签到表", "钥匙借用登记"} {
		w.sheets.add(fmt.Sprintf("%s-Z%02d", p, n+1), p, title)
	}
}

var (
	matters = []string{"厨房水龙头漏水", "楼道灯不亮", "门禁卡失灵", "窗户关不严", "地漏返味", "对讲机无声", "车位地锁损坏", "墙面渗水"}
	grumble = []string{"装修噪音扰民", "园区保洁不及时", "电梯等候时间长", "快递随意堆放"}
)

// month is what happens at a project in a month.
func (w *world) month(p, m string) {
	first, err := time.Parse("2006-01", m)
	if err != nil {
		panic(err)
	}
	key := p + "-" + first.Format("0601")
	for n := range 12 {
		w.order(p, fmt.Sprintf("%s-B%02d", key, n+1), first, n)
	}
	for n := range 3 {
		w.complaint(p, fmt.Sprintf("%s-T%d", key, n+1), first.AddDate(0, 0, 3+6*n).Add(9*time.Hour+20*time.Minute), n)
	}
	posted := first.AddDate(0, 0, 11).Add(15 * time.Hour)
	w.online.add(key+"-W1", p, stamp(posted), "", stamp(posted.Add(50*time.Minute)), "是", "", "")
	inspected := first.AddDate(0, 0, 8).Add(10 * time.Hour)
	w.handovers.add(key+"-F1", p, "零星交付", stamp(inspected), "是", stamp(inspected.Add(4*time.Hour)))
	for n := range 5 {
		accepted := first.AddDate(0, 0, 2+4*n)
		w.acceptances.add(fmt.Sprintf("%s-V%d", key, n+1), p, stamp(accepted.Add(16*time.Hour)), w.somebody(), date(accepted))
		day := first.AddDate(0, 0, 3+4*n)
		w.moves.add(fmt.Sprintf("%s-N%d", key, n+1), p, stamp(day.Add(17*time.Hour)), w.somebody(), stamp(day.AddDate(0, 0, -2).Add(10*time.Hour)), date(day))
	}
}

// order is a work order, with the report that it came from in both ledgers. The last three are by appointment, the two
// before them were not done the same day.
func (w *world) order(p, id string, first time.Time, n int) {
	entered := first.AddDate(0, 0, 1+2*n).Add(9*time.Hour + time.Duration(w.random.IntN(40))*time.Minute)
	appointed, dispatched := "", entered.Add(time.Duration(2+w.random.IntN(5))*time.Minute)
	arrived, completed := dispatched.Add(time.Duration(8+w.random.IntN(8))*time.Minute), entered.Add(90*time.Minute)
	spoke, head, supervisor := "", "", ""
	switch {
	case n >= 9:
		appointed = stamp(entered.Add(3 * time.Hour))
		arrived, completed = entered.Add(3*time.Hour), entered.Add(4*time.Hour)
	case n == 8:
		completed = entered.Add(55 * time.Hour)
		spoke, head, supervisor = stamp(entered.Add(6*time.Hour)), stamp(entered.Add(9*time.Hour)), stamp(entered.Add(49*time.Hour))
	case n == 7:
		completed = entered.Add(26 * time.Hour)
		spoke, head = stamp(entered.Add(7*time.Hour)), stamp(entered.Add(9*time.Hour))
	}
	serious := "否"
	if n == 6 {
		serious, spoke = "是", stamp(entered.Add(time.Hour))
	}
	reported := completed.Add(20 * time.Minute)
	called := time.Date(reported.Year(), reported.Month(), reported.Day(), 18, 30, w.random.IntN(60), 0, time.UTC)
	name, room, phone, matter := w.somebody(), house(w.random.IntN(HouseholdsOf)), w.telephone(), matters[w.random.IntN(len(matters))]
	w.orders.add(id, p, stamp(entered), appointed, stamp(dispatched), stamp(arrived), "已完成", serious, spoke, stamp(completed), "已签", stamp(reported), stamp(called),
		fmt.Sprint(4+w.random.IntN(2)), head, supervisor, "", "", "")
	w.system.add(id, p, stamp(entered), name, room, phone, matter)
	w.register.add(id, p, []string{"来电", "来访"}[n%2], stamp(entered.Add(-3*time.Minute)), stamp(entered.Add(-2*time.Minute)), name, room, phone, matter)
}

// complaint is one complaint in all four books.
func (w *world) complaint(p, id string, received time.Time, n int) {
	name, room, phone, matter := w.somebody(), house(w.random.IntN(HouseholdsOf)), w.telephone(), grumble[w.random.IntN(len(grumble))]
	w.complaints.add(id, p, name, room, phone, matter, []string{"电话投诉", "当面", "书面"}[n], "环境类", "无效投诉", "否", "否", stamp(received), stamp(received.Add(12*time.Minute)),
		stamp(received.Add(5*time.Hour)), stamp(received.Add(28*time.Hour)), "", "", "", "", "否", "否", "否", "否", "1", "1", "1", "0")
	noted := stamp(received.Add(30 * time.Minute))
	w.complaintSheets.add(id, p, noted, name, room, phone, matter)
	w.complaintNotes.add(id, p, noted, matter)
	w.ledger.add(id, p, noted, matter)
}

// row finds a row by its id.
func (t *table) row(id string) []string {
	for _, r := range t.rows {
		if r[0] == id {
			return r
		}
	}
	panic(t.name + " has no row " + id)
}

// set changes a cell.
func (t *table) set(id, head, to string) { t.row(id)[t.at(head)] = to }

// later moves a time.
func (t *table) later(id, head string, by time.Duration) {
	at, err := time.Parse(time.DateTime, t.row(id)[t.at(head)])
	if err != nil {
		panic(err)
	}
	t.set(id, head, stamp(at.Add(by)))
}

// drop takes a row out.
func (t *table) drop(id string) {
	for i, r := range t.rows {
		if r[0] == id {
			t.rows = append(t.rows[:i], t.rows[i+1:]...)
			return
		}
	}
	panic(t.name + " has no row " + id)
}
