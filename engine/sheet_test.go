package engine_test

import (
	"encoding/json"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
)

// TestSheet: the units with what is known of them; what is not known and read becomes a question; the places for units to
// be met; the same bytes again.
func TestSheet(t *testing.T) {
	t.Parallel()
	w := newWorld(t)
	delete(w.records["派工单"], w.drawn[1])
	w.records["派工单"][w.drawn[0]] = map[string]any{"登记时间": "2026-11-03 09:00", "派单时间": nil, "金额": "not a number"}
	sheet, err := w.standard.MakeSheet(w.plan, w.task, w.records)
	require.NoError(t, err)
	data, err := json.Marshal(sheet)
	require.NoError(t, err)
	require.NoError(t, schematest.Check(engine.SheetSchema, data))
	again, err := w.standard.MakeSheet(w.plan, w.task, w.records)
	require.NoError(t, err)
	assert.Equal(t, sheet, again)
	assert.Equal(t, w.plan.Digest, sheet.Plan)
	require.Len(t, sheet.Items, 5)
	drawn := sheet.Items[0]
	require.Len(t, drawn.Units, 2)
	assert.Equal(t, engine.Words{ZH: "2026-11-03 09:00", EN: "2026-11-03 09:00"}, drawn.Units[0].Values["登记时间"])
	for _, u := range drawn.Units {
		var asked []string
		for _, q := range u.Ask {
			asked = append(asked, q.Name)
		}
		assert.Equal(t, []string{"金额"}, asked, "the amount is read by a criterion; a refused one is as good as none")
	}
	var choices []string
	for _, q := range drawn.Ask {
		for _, c := range q.Choices {
			choices = append(choices, c.EN)
		}
	}
	assert.Equal(t, []string{"none", "partial", "full"}, choices)
	met := sheet.Items[2]
	assert.Equal(t, "unlisted", met.Kind)
	assert.Len(t, met.Units, 2)
}
