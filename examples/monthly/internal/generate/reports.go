package generate

import "strings"

// kind is one sort of report: what a customer says, and the words that fill its places. A place is written {a}; the
// first of its words is as likely as the last.
type kind struct {
	weight  int
	text    string
	words   []string
	serious bool // touches daily life so much that the front desk marks it
}

// kinds follows what a front desk hears in winter: water, electricity, doors, lifts, noise, cars and rubbish.
var kinds = []kind{
	{weight: 9, text: "{a}水龙头关不紧，一直滴水", words: []string{"厨房", "主卫", "次卫", "阳台"}},
	{weight: 8, text: "{a}下水慢，怀疑堵了，请来疏通", words: []string{"厨房水槽", "卫生间地漏", "阳台地漏", "洗手盆", "淋浴间"}},
	{weight: 6, text: "马桶{a}，请派人修", words: []string{"水箱一直进水", "冲水按键失灵", "底座渗水", "堵塞冲不下去"}},
	{weight: 7, text: "{a}灯不亮，换过灯泡没有用", words: []string{"客厅", "主卧", "玄关", "厨房", "书房"}},
	{weight: 5, text: "{a}插座没电，其它地方正常", words: []string{"客厅电视墙", "厨房", "主卧床头", "卫生间", "阳台"}},
	{weight: 5, text: "一开{a}就跳闸", words: []string{"空调", "热水器", "烤箱", "浴霸", "洗衣机"}},
	{weight: 6, text: "入户门{a}", words: []string{"锁芯转不动", "关上后要用力才能打开", "合页松了，门往下坠", "密码锁没有反应", "猫眼掉了"}},
	{weight: 5, text: "{a}窗户关不严，漏风", words: []string{"客厅", "主卧", "次卧", "厨房", "阳台"}},
	{weight: 5, text: "{a}墙面有水印，像是楼上漏水", words: []string{"卫生间", "厨房", "过道", "次卧", "客厅"}},
	{weight: 4, text: "暖气{a}", words: []string{"不热，楼上楼下都热", "只有一半热", "有气，整夜响", "温控阀拧不动", "接头渗水"}},
	{weight: 4, text: "可视对讲{a}", words: []string{"没有声音", "黑屏", "按开锁没有反应", "一直响", "看不清来人"}},
	{weight: 5, text: "单元门{a}", words: []string{"门禁刷不开", "闭门器坏了，关门声很大", "关不上，谁都能进", "玻璃裂了", "人脸识别不了"}},
	{weight: 5, text: "{a}楼道灯不亮", words: []string{"3层", "5层", "8层", "11层", "负一层电梯厅", "消防楼梯"}},
	{weight: 4, text: "电梯{a}", words: []string{"运行时抖动、有异响", "按键失灵", "开门停很久才走", "轿厢里灯闪", "到层不平"}},
	{weight: 4, text: "地库{a}", words: []string{"车位被别的车占了", "有一段积水", "车位上方滴水，把车弄脏了", "充电桩用不了", "照明很暗"}},
	{weight: 4, text: "{a}装修噪声大，影响休息", words: []string{"楼上中午", "隔壁早上七点多", "楼下晚上八点以后", "对门周末"}},
	{weight: 3, text: "楼上{a}，请帮忙沟通", words: []string{"小孩跑跳到很晚", "半夜拖桌椅", "养狗整天叫", "浇花的水流到我家阳台", "往下扔烟头"}},
	{weight: 4, text: "{a}垃圾没有清，有味道", words: []string{"楼栋门口", "负一层", "装修堆放点", "消防楼梯", "儿童乐园旁边"}},
	{weight: 3, text: "{a}有狗粪，请保洁处理", words: []string{"单元门前", "草坪步道", "中心花园", "地库坡道"}},
	{weight: 3, text: "家里有{a}，请安排消杀", words: []string{"蟑螂", "蚂蚁", "老鼠", "白蚁"}},
	{weight: 3, text: "{a}，请代为联系厂家", words: []string{"燃气灶打不着火", "热水器报错码", "抽油烟机不吸烟", "地暖分水器漏水"}},
	{weight: 2, text: "{a}的树枝挡住窗户，请修剪", words: []string{"楼前", "东侧", "车库出口", "步道边"}},
	{weight: 2, text: "快递柜{a}", words: []string{"取件码打不开门", "格口坏了，东西取不出来", "屏幕不亮"}},
	{weight: 2, text: "{a}健身器材松动，怕伤到孩子", words: []string{"北门", "中心花园", "老年活动区"}},
	{weight: 1, text: "电梯困人，{a}", words: []string{"里面有老人", "里面有两个孩子", "已经十分钟"}, serious: true},
	{weight: 2, text: "水管爆了，{a}", words: []string{"厨房地上全是水", "水已经流到客厅", "总阀关不住"}, serious: true},
	{weight: 1, text: "全家停电，{a}", words: []string{"楼上楼下都有电", "表箱有焦味", "家里有老人用制氧机"}, serious: true},
	{weight: 2, text: "污水从{a}返上来，没法用", words: []string{"马桶", "地漏", "厨房水槽"}, serious: true},
	{weight: 1, text: "家里停水，{a}", words: []string{"邻居家正常", "已经两个小时", "婴儿要用水"}, serious: true},
}

// report writes what a customer said.
func (r *random) report() (text string, serious bool) {
	weights := make([]int, len(kinds))
	for i, k := range kinds {
		weights[i] = k.weight
	}
	k := kinds[r.weighted(weights)]
	return strings.ReplaceAll(k.text, "{a}", one(r, k.words)), k.serious
}
