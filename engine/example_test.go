package engine_test

import (
	"context"
	"fmt"
	"log"
	"testing/fstest"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// hallways is a standard of one item, which asks the inspector for facts.
var hallways = fstest.MapFS{"hallway.chk": {Data: []byte(`lang 1
record Hallway 门厅 { number : text }
item 2.1 "Hallways" {
  every month
  sample 3 Hallway
  observe "the floor" -> litter 垃圾 : int 0.., lamps_out 坏灯 : int 0..
  fail when litter > 3 : "littered"
  observation when lamps_out > 0 : "lamps out"
}
test 2.1 "litter" {
  given { litter: 4, lamps_out: 0 }
  expect fail "littered"
}
`)}}

func ExampleLoad() {
	standard, warnings, err := engine.Load(context.Background(), hallways, ".", engine.Options{})
	if err != nil {
		log.Fatal(err) // the mistakes of the author, each with its place
	}
	fmt.Println(len(warnings), "warnings")
	for item := range standard.Items() {
		fmt.Println(item.Code, item.Title)
	}
	// Output:
	// 0 warnings
	// 2.1 Hallways
}

// What was not collected is unknown. The verdict stays open as long as it can
// still change, and says which answers could change it.
func ExampleStandard_JudgeUnit() {
	standard, _, err := engine.Load(context.Background(), hallways, ".", engine.Options{})
	if err != nil {
		log.Fatal(err)
	}
	for _, answers := range []map[string]any{
		{"litter": 0},
		{"litter": 5},
		{"litter": 0, "lamps_out": 2},
	} {
		verdict, refused, err := standard.JudgeUnit("2.1", answers, engine.Setting{})
		if err != nil || len(refused) > 0 {
			log.Fatal(err, refused)
		}
		fmt.Println(verdict.State, verdict.Best, verdict.Worst)
		for _, missing := range verdict.Missing {
			fmt.Println("  needs", missing.Name)
		}
		for _, reason := range verdict.Reasons {
			fmt.Println("  " + engine.Text(checklang.Chinese, reason))
		}
	}
	// Output:
	// incomplete pass observation
	//   needs lamps_out
	// decided fail fail
	//   littered：垃圾 = 5 > 3
	// decided observation observation
	//   lamps out：坏灯 = 2 > 0
}

func ExampleStandard_RunTests() {
	standard, _, err := engine.Load(context.Background(), hallways, ".", engine.Options{})
	if err != nil {
		log.Fatal(err)
	}
	results, err := standard.RunTests(context.Background(), "")
	if err != nil {
		log.Fatal(err)
	}
	for _, r := range results {
		fmt.Println(r.Item, r.Title, len(r.Failures), "failures")
	}
	// Output: 2.1 litter 0 failures
}
