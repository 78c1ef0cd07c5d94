// Package schema holds the JSON Schemas (draft 2020-12) of the documents that
// Pinjian reads and writes, for hosts that check what they store or generate
// code from it. What Pinjian writes is described exactly: members are listed,
// and no other may appear. What it reads may carry members of later releases.
package schema

import (
	"embed"
	"encoding/json"
	"fmt"
	"path"
	"slices"
	"strings"
)

//go:embed *.json
var files embed.FS

// prefix begins the $id of every schema; name and number follow.
const prefix = "urn:pinjian:"

// shared holds what several documents have in common; it is no document.
const shared = "common"

// Names lists the documents in the order of their names, such as
// "pinjian/plan/1".
func Names() []string {
	entries, err := files.ReadDir(".")
	if err != nil { // the files are part of the program
		return nil
	}
	var out []string
	for _, e := range entries {
		if name := strings.TrimSuffix(e.Name(), ".json"); name != shared {
			out = append(out, "pinjian/"+name+"/1")
		}
	}
	slices.Sort(out)
	return out
}

// Get returns the schema of a document by the name that the document itself
// carries, such as "pinjian/plan/1"; lists without a name of their own are
// "pinjian/diagnostics/1" and "pinjian/list/1". It stands alone: the schemas it refers to are in its $defs. The same name gives the
// same bytes. An unknown name is an error that lists the known ones.
func Get(name string) ([]byte, error) {
	if !slices.Contains(Names(), name) {
		return nil, fmt.Errorf("schema: there is no %q; there are %s", name, strings.Join(Names(), ", "))
	}
	root, err := read(path.Base(path.Dir(name)))
	if err != nil {
		return nil, err
	}
	defs, _ := root["$defs"].(map[string]any)
	if defs == nil {
		defs = map[string]any{}
	}
	if err := bundle(root, defs, map[string]bool{path.Base(path.Dir(name)): true}); err != nil {
		return nil, err
	}
	if len(defs) > 0 {
		root["$defs"] = defs
	}
	out, err := json.MarshalIndent(root, "", "  ")
	if err != nil {
		return nil, fmt.Errorf("schema: %s: %w", name, err)
	}
	return append(out, '\n'), nil
}

func read(file string) (map[string]any, error) {
	data, err := files.ReadFile(file + ".json")
	if err != nil {
		return nil, fmt.Errorf("schema: %w", err)
	}
	var out map[string]any
	if err := json.Unmarshal(data, &out); err != nil {
		return nil, fmt.Errorf("schema: %s: %w", file, err)
	}
	return out, nil
}

// bundle puts every schema that at refers to into defs, and those that they
// refer to.
func bundle(at any, defs map[string]any, done map[string]bool) error {
	switch at := at.(type) {
	case map[string]any:
		if ref, ok := at["$ref"].(string); ok && strings.HasPrefix(ref, prefix) {
			file, _, _ := strings.Cut(strings.TrimPrefix(ref, prefix), ":")
			if !done[file] {
				done[file] = true
				other, err := read(file)
				if err != nil {
					return err
				}
				delete(other, "$schema")
				defs[prefix+file+":1"] = other
				if err := bundle(other, defs, done); err != nil {
					return err
				}
			}
		}
		// The keys are listed first, for at may be defs itself, which grows.
		keys := make([]string, 0, len(at))
		for k := range at {
			keys = append(keys, k)
		}
		slices.Sort(keys)
		for _, k := range keys {
			if err := bundle(at[k], defs, done); err != nil {
				return err
			}
		}
	case []any:
		for _, v := range at {
			if err := bundle(v, defs, done); err != nil {
				return err
			}
		}
	}
	return nil
}
