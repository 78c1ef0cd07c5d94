package generate

import "fmt"

// Everything here is invented. Mobile numbers in China begin with 13 to 19; those written here begin with 129.

var surnames = []string{
	"王", "李", "张", "刘", "陈", "杨", "赵", "黄", "周", "吴", "徐", "孙", "胡", "朱", "高", "林", "何", "郭", "马", "罗",
	"梁", "宋", "郑", "谢", "韩", "唐", "冯", "于", "董", "萧", "程", "曹", "袁", "邓", "许", "傅", "沈", "曾", "彭", "吕",
	"苏", "卢", "蒋", "蔡", "贾", "丁", "魏", "薛", "叶", "阎", "余", "潘", "杜", "戴", "夏", "钟", "汪", "田", "任", "姜",
}

var givenNames = []string{
	"建国", "志强", "秀英", "海燕", "丽华", "文斌", "晓东", "雪梅", "国庆", "玉兰", "俊杰", "欣怡", "子涵", "雨桐", "浩然", "思远",
	"佳怡", "明辉", "春梅", "永强", "红霞", "立新", "素珍", "振华", "爱民", "凤英", "德明", "婷婷", "伟", "敏", "静", "磊",
	"洋", "艳", "勇", "娟", "涛", "超", "霞", "平", "刚", "桂兰", "嘉懿", "煜城", "懿轩", "烨伟", "苑博", "伟泽",
	"梓萱", "若曦", "诗涵", "慧敏", "国栋", "家豪", "雅琴", "淑贞", "少华", "宏伟", "晨曦", "亦凡",
}

// soundAlikes are surnames that a clerk writes for one another.
var soundAlikes = map[string]string{
	"王": "汪", "汪": "王", "张": "章", "陈": "程", "程": "陈", "杨": "阳", "周": "邹", "吴": "武", "徐": "许", "许": "徐",
	"于": "余", "余": "于", "何": "贺", "马": "麻", "林": "凌", "郭": "过", "萧": "肖", "傅": "付", "阎": "闫", "戴": "代",
	"叶": "业", "曾": "增", "江": "姜", "姜": "江", "任": "仁", "魏": "卫",
}

// site is what the words of one project depend on.
type site struct {
	buildings int
	units     int // of a building
	floors    int
	rooms     int // of a floor
}

// address is a building, unit, floor and room.
type address struct{ building, unit, floor, room int }

func (r *random) address(s site) address {
	return address{r.between(1, s.buildings), r.between(1, s.units), r.between(1, s.floors), r.between(1, s.rooms)}
}

func (a address) String() string {
	return fmt.Sprintf("%d栋%d单元%d%02d室", a.building, a.unit, a.floor, a.room)
}

// name invents a person.
func (r *random) name() (surname, given string) {
	return one(r, surnames), one(r, givenNames)
}

// phone invents a number of the length of a mobile number, with a prefix that no mobile number has.
func (r *random) phone() string {
	return fmt.Sprintf("129%08d", r.below(100_000_000))
}
