package main

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"

	"github.com/pinjian/pinjian/engine"
)

// runFiles are the files beside run/run.json, by which chk shows one region's
// month from the shell: the work orders of the second half of the year, and what
// was held before October. The test keeps them in step with the program.
func (y *year) runFiles() (orders, before []byte, err error) {
	var out bytes.Buffer
	for _, r := range y.standard.Checked().Records {
		if r.Name.First != "派工单" {
			continue
		}
		for _, s := range y.folder.Subjects {
			for line := range bytes.Lines(y.rows(r, s.ID, 2025)) {
				var row struct {
					At string `json:"at"`
				}
				if err := json.Unmarshal(line, &row); err != nil {
					return nil, nil, err
				}
				if row.At >= "2025-07" {
					out.Write(line)
				}
			}
		}
	}
	october, err := y.period("2025-10")
	if err != nil {
		return nil, nil, err
	}
	september := october.Previous(1)
	var lines []string
	for _, tier := range []string{headOffice, region, selfCheck} {
		for _, h := range y.before[tier] {
			late := h.Period.End.After(october.Start)
			if tier == selfCheck { // the weeks of two months are enough to see
				late = h.Period.End.After(october.End) || h.Period.Start.Before(september.Start)
			}
			if late {
				continue
			}
			h.Items = slices.DeleteFunc(slices.Clone(h.Items), func(x engine.ItemSpan) bool { return !slices.Contains(y.folder.Items, x.Item) })
			line, err := json.Marshal(h)
			if err != nil {
				return nil, nil, err
			}
			lines = append(lines, string(line))
		}
	}
	return out.Bytes(), []byte("[\n" + strings.Join(lines, ",\n") + "\n]\n"), nil
}
