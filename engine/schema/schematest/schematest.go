// Package schematest checks in tests that documents are what their schemas
// say.
package schematest

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"

	"github.com/google/jsonschema-go/jsonschema"

	"github.com/pinjian/pinjian/engine/schema"
)

// Check says whether document is one JSON value that conforms to the named
// schema, "pinjian/plan/1". An empty name takes the one in the document's
// "schema" member. It is safe for concurrent use.
func Check(name string, document []byte) error {
	value, err := decode(document)
	if err != nil {
		return err
	}
	if name == "" {
		object, _ := value.(map[string]any)
		if name, _ = object["schema"].(string); name == "" {
			return fmt.Errorf("schematest: the document names no schema")
		}
	}
	resolved, err := resolve(name)
	if err != nil {
		return err
	}
	if err := resolved.Validate(value); err != nil {
		return fmt.Errorf("schematest: %s: %w", name, err)
	}
	return nil
}

// CheckList is Check for every element of a JSON list.
func CheckList(name string, document []byte) error {
	var list []json.RawMessage
	if err := json.Unmarshal(document, &list); err != nil {
		return fmt.Errorf("schematest: %w", err)
	}
	for i, element := range list {
		if err := Check(name, element); err != nil {
			return fmt.Errorf("element %d: %w", i, err)
		}
	}
	return nil
}

// Against is Check with a schema that is not one of package schema, such as
// one that a standard gives for its evidence.
func Against(schema, document []byte) error {
	value, err := decode(document)
	if err != nil {
		return err
	}
	resolved, err := parse(schema)
	if err != nil {
		return err
	}
	return resolved.Validate(value)
}

func resolve(name string) (*jsonschema.Resolved, error) {
	data, err := schema.Get(name)
	if err != nil {
		return nil, err
	}
	return parse(data)
}

func parse(data []byte) (*jsonschema.Resolved, error) {
	var s jsonschema.Schema
	if err := json.Unmarshal(data, &s); err != nil {
		return nil, fmt.Errorf("schematest: %w", err)
	}
	resolved, err := s.Resolve(nil)
	if err != nil {
		return nil, fmt.Errorf("schematest: %w", err)
	}
	return resolved, nil
}

func decode(document []byte) (any, error) {
	d := json.NewDecoder(bytes.NewReader(document))
	var value any
	if err := d.Decode(&value); err != nil {
		return nil, fmt.Errorf("schematest: %w", err)
	}
	if _, err := d.Token(); err != io.EOF {
		return nil, fmt.Errorf("schematest: more than one JSON value")
	}
	return value, nil
}
