package monthly_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

// values are the fields of a row as a record of the standard: without the project, which is no field, and with empty
// cells absent.
func (r row) values() map[string]any {
	v := map[string]any{}
	for column, cell := range r {
		switch {
		case column == "项目":
		case cell == "":
			v[column] = nil
		default:
			v[column] = cell
		}
	}
	return v
}

// TestJudgingEverythingFindsThePlantedSet judges every unit of every part, drawn or not, with all that there is to find
// out, and gets exactly the planted units.
func TestJudgingEverythingFindsThePlantedSet(t *testing.T) {
	t.Parallel()
	s, _, err := engine.Load(t.Context(), stdlib.FS(), "continuous", engine.Options{Parameters: map[string]any{"午休开始": "12:00", "午休结束": "14:00"}})
	require.NoError(t, err)
	periods := map[string]engine.Period{}
	for _, name := range []string{"2025-12", "2025-Q4", "2025"} {
		periods[name], err = engine.ParsePeriod(name, s.Zone())
		require.NoError(t, err)
	}
	p := readPlanted(t)
	orders, system, register := rows(t, "work_orders.csv"), rows(t, "system_orders.csv"), rows(t, "register.csv")
	answers := map[string]map[string]any{}
	for _, a := range p.Answers {
		unit := a.Unit
		if unit == "" {
			unit = a.Subject
		}
		answers[a.Part+" "+unit] = a.Answers
	}
	broken := map[string][]string{}
	judged := 0
	for part, units := range readEverything(t, p, orders, system, register).units {
		setting := engine.Setting{Period: periods["2025-12"]}
		switch part {
		case "005/4.4.2":
			setting.Period = periods["2025-Q4"]
		case "005/4.4.3":
			setting.Period = periods["2025"]
		}
		for unit := range units {
			values := map[string]any{}
			switch {
			case part == "005/4.1.2":
				values["系统"], values["登记簿"] = nil, nil
				if r := system[unit]; r != nil {
					values["系统"] = r.values()
				}
				if r := register[unit]; r != nil {
					values["登记簿"] = r.values()
				}
				maps.Copy(values, p.Otherwise[0].Answers)
			case orders[unit] != nil:
				values = orders[unit].values()
			}
			maps.Copy(values, answers[part+" "+unit])
			v, refused, err := s.JudgeUnit(part, values, setting)
			require.NoError(t, err)
			require.Empty(t, refused, "%s %s", part, unit)
			require.Contains(t, []engine.State{engine.Decided, engine.Referred}, v.State, "%s %s", part, unit)
			judged++
			for _, r := range v.Reasons {
				if r.Key == "finding" || r.Key == "refer" || r.Key == "settled" {
					broken[part+" "+r.Label] = append(broken[part+" "+r.Label], unit)
				}
			}
		}
	}
	assert.Greater(t, judged, 13_000)
	assert.Len(t, broken, len(p.Criteria))
	for _, c := range p.Criteria {
		units := broken[c.Part+" "+c.Label]
		slices.Sort(units)
		assert.Equal(t, c.Units, units, "%s %s", c.Part, c.Label)
	}
}
