package engine_test

import (
	"fmt"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// Results are counted as they stream by, item by item; what stands behind a
// figure is found by reading them once more.
func ExampleSummary() {
	const stream = `
{"schema":"pinjian/result/1","id":"r1","task":"region/2026-11/P1","subject":"P1","tier":"region","period":"2026-11","standard":{"standard":"gates"},"plan":"","closed":true,"verdicts":[{"level":"item","item":"4.1","period":"2026-11","state":"decided","best":"fail","worst":"fail"}]}
{"schema":"pinjian/result/1","id":"r2","task":"region/2026-11/P2","subject":"P2","tier":"region","period":"2026-11","standard":{"standard":"gates"},"plan":"","closed":true,"verdicts":[{"level":"item","item":"4.1","period":"2026-11","state":"decided","best":"pass","worst":"pass"}]}
`
	sum, err := engine.NewSummary(engine.SummaryOptions{By: []string{"item", "month"}})
	if err != nil {
		panic(err)
	}
	for r, err := range engine.DecodeResults("results.jsonl", strings.NewReader(stream)) {
		if err != nil {
			panic(err)
		}
		if err := sum.Add(r); err != nil {
			panic(err)
		}
	}
	for row := range sum.Rows() {
		if row.Key[0] == "" {
			continue // the tasks themselves
		}
		figure := row.Figure("item.fail")
		fmt.Println(row.Key, row.Count("item.decided"), "decided,", row.Count("item.fail"), "fail:", figure)
		for c, err := range sum.Trace(figure, engine.SummaryRecords{Results: engine.DecodeResults("results.jsonl", strings.NewReader(stream))}) {
			if err != nil {
				panic(err)
			}
			fmt.Println(c.ID, c.Result.Subject)
		}
	}
	// Output:
	// [4.1 2026-11] 2 decided, 1 fail: item.fail@item=4.1,month=2026-11
	// r1#/verdicts/0 P1
}
