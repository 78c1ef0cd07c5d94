package engine

import (
	"bytes"
	"encoding/json"
	"fmt"
	"math/big"
	"strconv"

	"github.com/pinjian/pinjian/checklang/check"
)

// EvidenceSchema returns the JSON Schema (draft 2020-12) of what may be said
// of one unit of a part, "4.1.3" or "4.2.2/gate": the fields of its record,
// the answers to its questions, and the rulings. Every name is listed, each of
// two names but not both at once; choices stand by both names; null is allowed
// only where a value may rightly be absent; nothing is required, for what is
// missing is unknown. A schema can't say everything that judging checks: that
// a date exists, or that a number written as text lies in its range. Where the
// standard asks how many there are of a record, $defs has "populations" with
// the keys of Setting.Populations. The same standard gives the same bytes. The
// error is for an unknown part.
func (s *Standard) EvidenceSchema(part string) ([]byte, error) {
	if m, own, ok := s.memberOf(part); ok && m.prefix != "" {
		return m.EvidenceSchema(own)
	}
	c, err := s.part(part)
	if err != nil {
		return nil, err
	}
	properties, pairs := c.properties(nil)
	out := schemaObject{
		"$schema": "https://json-schema.org/draft/2020-12/schema", "title": c.id,
		"type": "object", "properties": properties, "additionalProperties": false,
	}
	if item := c.checked.Item; item != nil {
		out["description"] = item.Title
	}
	if len(pairs) > 0 {
		out["allOf"] = pairs
	}
	if keys := s.populationKeys(); len(keys) > 0 {
		out["$defs"] = schemaObject{"populations": schemaObject{"type": "object", "properties": keys, "additionalProperties": false}}
	}
	var b bytes.Buffer
	e := json.NewEncoder(&b)
	e.SetEscapeHTML(false)
	e.SetIndent("", "  ")
	if err := e.Encode(out); err != nil {
		return nil, fmt.Errorf("engine: evidence schema of part %s: %w", c.id, err)
	}
	return b.Bytes(), nil
}

// schemaObject is a JSON Schema; the encoder sorts its members.
type schemaObject = map[string]any

// properties describes the variables of a side of the part's record, or of the
// part itself when side is nil, and forbids to give one under both its names.
func (c *part) properties(side *check.Variable) (schemaObject, []any) {
	out := schemaObject{}
	var pairs []any
	for _, v := range c.variables {
		var names []string
		switch {
		case v.Side == nil && side == nil:
			names = []string{v.Key, v.Name.First, v.Name.Second}
		case v.Side != nil && side == nil: // flat, as a row of a frame holds it
			names = []string{v.Key, v.Side.Key + "." + v.Name.First, v.Side.Key + "." + v.Name.Second}
			if v.Name.Second == "" {
				names = names[:2]
			}
		case v.Side == side:
			names = []string{v.Name.First, v.Name.Second}
		default:
			continue
		}
		kind := c.schemaOf(v)
		var given []string
		for _, n := range names {
			if _, taken := out[n]; n != "" && !taken {
				out[n] = kind
				given = append(given, n)
			}
		}
		for i := range given {
			for _, other := range given[i+1:] {
				pairs = append(pairs, schemaObject{"not": schemaObject{"required": []string{given[i], other}}})
			}
		}
	}
	return out, pairs
}

// schemaOf describes one value, and null where it may be absent.
func (c *part) schemaOf(v *check.Variable) schemaObject {
	kind := valueSchema(v.Type)
	if v.Type.Kind == check.Side {
		fields, pairs := c.properties(v)
		object := schemaObject{"type": "object", "properties": fields, "additionalProperties": false}
		if len(pairs) > 0 {
			object["allOf"] = pairs
		}
		kind = schemaObject{"anyOf": []any{object, schemaObject{"const": true}}}
	}
	if !v.Optional {
		return kind
	}
	return schemaObject{"anyOf": []any{kind, schemaObject{"type": "null"}}}
}

// The patterns of texts that decode reads.
const (
	datePattern  = `[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])`
	clockPattern = `([01][0-9]|2[0-3]):[0-5][0-9]`
	timePattern  = `^(` + datePattern + `T` + clockPattern + `:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]` + clockPattern + `)|` +
		datePattern + `[ T]` + clockPattern + `(:[0-5][0-9])?)$`
	decimalPattern  = `^-?[0-9]{1,13}(\.[0-9]{1,6})?$`
	wholePattern    = `^-?[0-9]{1,13}$`
	durationPattern = `^(-?([0-9]{1,6}(\.[0-9]{1,3})?(h|m|s|ms))+|[0-9]{1,6}(天|小时|分钟|秒|d))$`
)

func valueSchema(t check.Type) schemaObject {
	text := func(pattern string) schemaObject { return schemaObject{"type": "string", "pattern": pattern} }
	switch t.Kind {
	case check.Bool:
		return schemaObject{"enum": []any{true, false, "true", "false", "yes", "no", "是", "否", "1", "0"}}
	case check.Time:
		return text(timePattern)
	case check.Date:
		return text("^" + datePattern + "$")
	case check.Clock:
		return text("^" + clockPattern + "(:[0-5][0-9])?$")
	case check.Duration:
		return text(durationPattern)
	case check.Number:
		return numberSchema(t)
	case check.Choice:
		return schemaObject{"enum": memberNames(t.Choice)}
	case check.Set:
		return schemaObject{"type": "array", "items": schemaObject{"enum": memberNames(t.Choice)}}
	case check.Attachment:
		return schemaObject{"anyOf": []any{
			schemaObject{"type": "string", "minLength": 1},
			schemaObject{"type": "object", "properties": schemaObject{
				"sha256": text("^[0-9a-f]{64}$"), "media_type": schemaObject{"type": "string"}, "name": schemaObject{"type": "string"},
			}, "required": []string{"sha256"}, "additionalProperties": false},
		}}
	}
	return schemaObject{"type": "string"}
}

// memberNames lists both names of every member of a choice.
func memberNames(c *check.ChoiceType) []any {
	var out []any
	for _, m := range c.Members {
		out = append(out, m.Name.First)
		if m.Name.Second != "" && m.Name.Second != m.Name.First {
			out = append(out, m.Name.Second)
		}
	}
	return out
}

// mostTexts is how many whole numbers are listed one by one as texts.
const mostTexts = 200

// numberSchema allows a JSON number, or the same number as a text, which
// passes through no floating-point number on its way.
func numberSchema(t check.Type) schemaObject {
	number := schemaObject{"type": "number", "exclusiveMinimum": -magnitude, "exclusiveMaximum": magnitude}
	text := schemaObject{"type": "string", "pattern": decimalPattern}
	if t.Whole {
		number["type"], text["pattern"] = "integer", wholePattern
	}
	if t.Low != nil {
		delete(number, "exclusiveMinimum")
		number["minimum"] = literal(t.Low)
		if t.Low.Sign() >= 0 {
			text["pattern"] = "^" + text["pattern"].(string)[len("^-?"):]
		}
	}
	if t.High != nil {
		delete(number, "exclusiveMaximum")
		number["maximum"] = literal(t.High)
	}
	if t.Whole && t.Low != nil && t.High != nil {
		span := new(big.Rat).Sub(t.High, t.Low)
		if span.Cmp(big.NewRat(mostTexts, 1)) <= 0 && t.Low.IsInt() && t.Low.Num().IsInt64() {
			var texts []any
			for n := t.Low.Num().Int64(); big.NewRat(n, 1).Cmp(t.High) <= 0; n++ {
				texts = append(texts, strconv.FormatInt(n, 10))
			}
			text = schemaObject{"enum": texts}
		}
	}
	return schemaObject{"anyOf": []any{number, text}}
}

// magnitude is what the absolute value of a number stays below.
const magnitude = 9_000_000_000_000

// literal is a rational as a JSON number literal.
func literal(r *big.Rat) json.Number {
	places, _ := r.FloatPrec()
	return json.Number(r.FloatString(places))
}

// populationKeys describes Setting.Populations.
func (s *Standard) populationKeys() schemaObject {
	out := schemaObject{}
	for _, p := range s.checked.Population {
		for _, name := range []string{p.Key, p.Record.Name.First, p.Record.Name.Second} {
			if name != "" && (name == p.Key || p.Key == p.Record.Name.First) {
				out[name] = schemaObject{"type": "integer", "minimum": 0}
			}
		}
	}
	return out
}
