package engine_test

import (
	"encoding/json"
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/engine"
)

// TestInputErrors: a refusal reads well in both languages, with its place, and survives JSON in the words it was written.
func TestInputErrors(t *testing.T) {
	t.Parallel()
	e := engine.NewInputError("orders.csv", 7, "登记时间", "C902", "登记时间", engine.Words{ZH: "时间", EN: "a time"}, "x")
	assert.Equal(t, `orders.csv:7: 登记时间: "登记时间" takes a time, this is x`, e.Error())
	assert.Equal(t, "“登记时间”要时间，却是 x", e.Message(checklang.Chinese))
	assert.NotEqual(t, e.Help(checklang.Chinese), e.Help(checklang.English))
	data, err := json.Marshal(e)
	require.NoError(t, err)
	var read engine.InputError
	require.NoError(t, json.Unmarshal(data, &read))
	assert.Equal(t, e.Error(), read.Error())
	var target *engine.InputError
	assert.True(t, errors.As(error(e), &target))
	bare := engine.NewInputError("", 0, "", "C907")
	assert.Equal(t, bare.Message(checklang.English), bare.Error())
}

// FuzzValues: whatever text or number comes for a field of any type, judging one unit neither panics nor hangs, and what
// it refuses it says in few words.
func FuzzValues(f *testing.F) {
	for _, seed := range []string{"1", "-1e9", "1e999999999", "NaN", "2026-11-03 09:00", "0x1p9", "10分钟", "1/3", "是", "none", "\xff", "none、full", strings.Repeat("9", 500), "1_000", "+.5"} {
		f.Add(seed, 1.5)
		f.Add(seed, math.Inf(1))
	}
	s := load(f, evidenceRules)
	f.Fuzz(func(t *testing.T, text string, number float64) {
		for _, value := range []any{text, json.Number(text), number, float32(number), []any{text, number}, map[string]any{text: number}} {
			for part, names := range map[string][]string{"1": {"登记时间", "金额", "done", "degree", "lines", "day"}, "2": {"minutes", "at", "lacks"}} {
				for _, name := range names {
					_, refused, err := s.JudgeUnit(part, map[string]any{name: value}, engine.Setting{})
					require.NoError(t, err)
					for _, x := range refused {
						assert.True(t, strings.HasPrefix(x.Path, name), x.Path)
						assert.Less(t, len(x.Error()), 1000)
					}
				}
			}
		}
	})
}
