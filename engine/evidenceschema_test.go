package engine_test

import (
	"encoding/json"
	"io/fs"
	"slices"
	"strings"
	"testing"

	"github.com/google/jsonschema-go/jsonschema"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/engine/schema/schematest"
	"github.com/pinjian/pinjian/stdlib"
)

// TestEvidenceSchemaSaysWhatJudgingAccepts puts every value of a pool to every field and answer of every part in the
// library: the schema allows it exactly when judging does not refuse it, apart from what no schema can say.
func TestEvidenceSchemaSaysWhatJudgingAccepts(t *testing.T) {
	t.Parallel()
	pool := []any{
		nil, true, false, "是", "maybe", 0, 1, 3, 3.5, -1, 1e13, 12345678, "3", "3.5", "-1", "1e3", "x", " ", "全", "10m", "10分钟", "1.5h", "10",
		"2026-11-03 09:00", "2026-11-03T09:00:00+08:00", "2026-11-03T09:00:00", "2026-11-03", "09:00", "09:00:30", "25:00", "2026-13-01",
		[]any{},
		[]any{"x"},
		[]any{1},
		map[string]any{},
		map[string]any{"sha256": strings.Repeat("ab", 32), "media_type": "image/jpeg", "name": "a.jpg"},
	}
	directories, err := fs.ReadDir(stdlib.FS(), ".")
	require.NoError(t, err)
	asked, allowed, turn := 0, 0, 0
	for _, d := range directories {
		if found, _ := fs.Glob(stdlib.FS(), d.Name()+"/*.chk"); len(found) == 0 {
			continue
		}
		s, _, err := engine.Load(t.Context(), stdlib.FS(), d.Name(), engine.Options{})
		require.NoError(t, err)
		for item := range s.Items() {
			if len(s.Checked().Items) == 0 {
				break // all are of imported standards, which have their own turn
			}
			for _, p := range item.Parts {
				data, err := s.EvidenceSchema(p.ID)
				require.NoError(t, err)
				again, err := s.EvidenceSchema(p.ID)
				require.NoError(t, err)
				require.Equal(t, data, again)
				var raw jsonschema.Schema
				require.NoError(t, json.Unmarshal(data, &raw))
				resolved, err := raw.Resolve(nil)
				require.NoError(t, err)
				for _, name := range p.Fields {
					require.Contains(t, raw.Properties, name, p.ID)
					for _, value := range slices.Concat(pool, memberNames(raw.Properties[name])) {
						if turn++; turn%schemaTurns != 0 {
							continue
						}
						document, err := json.Marshal(map[string]any{name: value})
						require.NoError(t, err)
						var decoded map[string]any
						require.NoError(t, json.Unmarshal(document, &decoded))
						valid := resolved.Validate(decoded) == nil
						_, refused, err := s.JudgeUnit(p.ID, map[string]any{name: value}, engine.Setting{})
						require.NoError(t, err)
						asked++
						if valid {
							allowed++
						}
						text, isText := value.(string)
						if isText && !valid && len(refused) == 0 {
							// Texts are read more leniently than they should be written.
							continue
						}
						if isText && valid && len(refused) > 0 && strings.Trim(text, "-.0123456789") == "" {
							continue // whether a number written as text lies in its range
						}
						if !assert.Equal(t, len(refused) == 0, valid, "%s %s %s %v", p.ID, name, document, refused) {
							return
						}
					}
				}
				assert.Error(t, schematest.Against(data, []byte(`{"no such name":1}`)))
				assert.Error(t, schematest.Against(data, []byte(`[]`)))
				assert.NoError(t, schematest.Against(data, []byte(`{}`)), "nothing is required: what is missing is unknown")
			}
		}
	}
	assert.Greater(t, asked, 10_000/schemaTurns)
	assert.Greater(t, allowed, asked/20)
}

// memberNames lists the choices that a schema allows.
func memberNames(s *jsonschema.Schema) []any {
	out := slices.Clone(s.Enum)
	for _, inner := range s.AnyOf {
		out = append(out, memberNames(inner)...)
	}
	if s.Items != nil {
		for _, m := range s.Items.Enum {
			out = append(out, []any{m})
		}
	}
	return out
}

// TestEvidenceSchemaNames: a value goes by either name, not by both; sides of a join nest or lie flat; the keys of
// populations are given.
func TestEvidenceSchemaNames(t *testing.T) {
	t.Parallel()
	s := load(t, `lang 1
record 单 Order { 编号 number : text; 金额 amount : number -5..100 optional }
record 簿 Entry { 编号 number : text; 姓名 person : text }
record 对照 Match matches 单 左, 簿 右 by 编号 { }
item 1 "x" { every month; sample 1 Match; review "x" -> 好 good : bool; fail when not good : "bad" }
item 2 "y" { every month; applies when population(单) > 3; ask "x" -> 分 points : int 1..5; fail when points < 3 : "low"; pass when points > 3 }
`)
	data, err := s.EvidenceSchema("1")
	require.NoError(t, err)
	for document, want := range map[string]bool{
		`{"good":true}`: true, `{"好":true}`: true, `{"好":true,"good":true}`: false,
		`{"左":null,"右":{"姓名":"李","number":"A"}}`: true, `{"左":{"amount":null},"右":true}`: true, `{"右":{"person":"李","姓名":"李"}}`: false,
		`{"左.金额":"-5","左.number":"A"}`: true, `{"左.金额":1,"左.amount":1}`: false, `{"左":{"金额":101}}`: false, `{"左":{"登记":1}}`: false, `{"左":false}`: false, `{"右":{"姓名":null}}`: false,
	} {
		err := schematest.Against(data, []byte(document))
		assert.Equal(t, want, err == nil, "%s %v", document, err)
		var values map[string]any
		require.NoError(t, json.Unmarshal([]byte(document), &values))
		_, refused, err := s.JudgeUnit("1", values, engine.Setting{})
		require.NoError(t, err)
		if want {
			assert.Empty(t, refused, document)
		}
	}
	data, err = s.EvidenceSchema("2")
	require.NoError(t, err)
	for document, want := range map[string]bool{
		`{"分":1}`: true, `{"points":"5"}`: true, `{"points":"6"}`: false, `{"points":6}`: false, `{"points":4.5}`: false, `{"points":null}`: false,
		`{"ruling":"合格"}`: true, `{"裁定":"pass"}`: false, `{"ruling":"maybe"}`: false,
	} {
		assert.Equal(t, want, schematest.Against(data, []byte(document)) == nil, document)
	}
	var raw jsonschema.Schema
	require.NoError(t, json.Unmarshal(data, &raw))
	assert.Contains(t, raw.Defs["populations"].Properties, "单")
	_, err = s.EvidenceSchema("9")
	assert.ErrorContains(t, err, `"9"`)
}
