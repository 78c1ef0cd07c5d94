package engine_test

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

// FuzzDecodeResults: whatever the lines say, what can be counted is counted, and the summary of it reads back as it was.
func FuzzDecodeResults(f *testing.F) {
	f.Add([]byte(`{"schema":"pinjian/result/1","id":"a","task":"t","subject":"P","standard":{},"plan":"","closed":true,"verdicts":[{"level":"part","part":"1","state":"decided","best":"fail","worst":"fail","sample":{"population":7,"drawn":3,"inspected":3,"failing":1,"upper_bound":"50.0"},"measure":{"least":"2/3","most":"2/3","compare":">=","target":"0.9","numerator":"2","denominator":"3","kind":"number"}}]}`))
	f.Add([]byte(`{"schema":"pinjian/result/1","verdicts":[{"level":"item","item":"\u0000","period":"2026-W01","state":"waived","points":{"least":"-1/3","most":null,"award_least":"1"}},{"level":"part","state":"ungraded","measure":{"kind":"duration","compare":"~","denominator":"0","numerator":"1"}}]}`))
	f.Add(manyResults(f)[:3000])
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := engine.NewSummary(engine.SummaryOptions{By: []string{"section", "item", "month", "supplier"}})
		require.NoError(t, err)
		refusedOrCounted := func(r *engine.Result) {
			before := summaryBytes(t, s)
			if err := s.Add(r); err != nil {
				assert.Equal(t, before, summaryBytes(t, s), "a refused result counts nothing")
			}
		}
		for r, err := range engine.DecodeResults("", bytes.NewReader(data)) {
			if err == nil {
				refusedOrCounted(r)
			}
		}
		once := summaryBytes(t, s)
		require.NoError(t, schematest.Check(engine.SummarySchema, []byte(once)), once)
		again := new(engine.Summary)
		require.NoError(t, json.Unmarshal([]byte(once), again), once)
		assert.Equal(t, once, summaryBytes(t, again))
	})
}

// FuzzSummaryJSON: what is read at all is written as its schema says, and merges with itself without harm.
func FuzzSummaryJSON(f *testing.F) {
	f.Add([]byte(`{"schema":"pinjian/summary/1","by":["item","month"],"scope":"","as_of":"2026-11-30T00:00:00Z","rows":[{"key":["4.1","2026-11"],"counts":{"item.fail":2,"score.decided":1,"finding.open":1},"score_sum":"1/3","score_least":"1/3","score_most":"1/3","bands":{"A":1},"parts":[{"part":"4.1","judged":1,"measures":1,"met":1,"kind":"number","least":"1","most":"1","numerator":"1","denominator":"1","samples":1,"population":9,"drawn":1}]}]}`))
	f.Add([]byte(`{"schema":"pinjian/summary/1","by":["item"],"where":{"month":"2026-11"},"rows":[],"remembered":{"results":{"a/b":"c"}}}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		var s engine.Summary
		if json.Unmarshal(data, &s) != nil {
			return
		}
		once := summaryBytes(t, &s)
		require.NoError(t, schematest.Check(engine.SummarySchema, []byte(once)), once)
		for row := range s.Rows() {
			for _, err := range s.Trace(row.Figure("item.fail"), engine.SummaryRecords{}) {
				require.NoError(t, err, strings.Join(row.Key, "|"))
			}
		}
		if s.Merge(&s) == nil {
			var again engine.Summary
			require.NoError(t, json.Unmarshal([]byte(summaryBytes(t, &s)), &again), "%s", once)
		}
	})
}
