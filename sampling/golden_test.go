package sampling

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"testing"

	"github.com/stretchr/testify/require"
)

var update = flag.Bool("update", false, "write the golden files again")

// TestRecordBytesStayTheSame compares with records written by an earlier release. A difference means that records in
// hosts' databases can no longer be verified: give the algorithm a new name instead of updating the file.
func TestRecordBytesStayTheSame(t *testing.T) {
	units := orders(40)
	r := Request{
		Scope: "物业", Standard: "客服", Version: "3", Group: "4.1.3", Subject: "p", Epoch: "2026-11", Seed: testSeed,
		Size: Count(9), Minimum: 1, Reserve: 2, Always: []string{"WO-0003"}, Editions: []Edition{{Name: "calendar", Edition: "2026", Digest: "00"}},
	}
	extendable := mustDraw(t, r, units)
	replaced, err := extendable.Replace(Change{Unit: extendable.IDs()[4], Reason: Unreachable, By: "王"})
	require.NoError(t, err)
	extended, err := Extend(t.Context(), replaced, Frame{Units: Units(units)}, Change{More: 2, Reason: MoreEvidence})
	require.NoError(t, err)
	rotation, err := extended.Next()
	require.NoError(t, err)
	r.Rotation = rotation
	rotated := mustDraw(t, r, units)
	r.Rotation, r.Minimum, r.Method, r.Per = nil, 0, Systematic, 1
	r.Size = ByTable(Table{Name: "T", Edition: "1", Rows: []TableRow{{1, 5, 1}, {6, 0, 3}}})
	systematic := mustDraw(t, r, units)

	var got bytes.Buffer
	for _, record := range []Record{extended, rotated, systematic} {
		text, err := json.MarshalIndent(record, "", " ")
		require.NoError(t, err)
		got.Write(append(text, '\n'))
	}
	if *update {
		require.NoError(t, os.WriteFile("testdata/records.json", got.Bytes(), 0o644))
	}
	want, err := os.ReadFile("testdata/records.json")
	require.NoError(t, err)
	require.Equal(t, string(want), got.String())
}
