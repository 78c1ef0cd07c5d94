package checklang_test

import (
	"context"
	"fmt"
	"log"
	"testing/fstest"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/stdlib"
)

// A directory is read and checked; what its author got wrong comes back with a
// place, a code and what to write instead, in either language.
func ExampleLoad() {
	files := fstest.MapFS{"rules/dispatch.chk": {Data: []byte(`语言 1
引用 "std/property"
检查项 4.1.3 "及时派单" {
  频率 每月
  抽样 7 单 派工单
  不合格 当 派单时间 - 登记时间 > 10分钟 : "未及时派单"
}
`)}}
	checked, mistakes, err := checklang.Load(context.Background(), files, "rules", checklang.Options{Library: stdlib.FS()})
	if err != nil {
		log.Fatal(err) // a directory that can't be read, or an ended context
	}
	for _, m := range mistakes {
		fmt.Println(m.Span, m.Code, m.Message(checklang.English))
		fmt.Println(m.Help(checklang.Chinese))
	}
	fmt.Println(checked.Items[0].Code, checked.Items[0].Title)
	// Output:
	// rules/dispatch.chk:6:9 C501 "派单时间" is optional: rule absence out before reading it
	// 在前面加“派单时间 不为空 且”，或“派单时间 为空 或”
	// 4.1.3 及时派单
}
