package sampling

import (
	"context"
	"crypto/sha256"
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func ids(n int) []Unit {
	var all []Unit
	for i := range n {
		all = append(all, Unit{ID: fmt.Sprintf("WO-%06d", i*7%n)})
	}
	return all
}

func TestDrawAndVerify(t *testing.T) {
	r := Request{Scope: "t", Standard: "s", Group: "4.1.3", Subject: "p", Epoch: "2026-11", Seed: Seed{Value: []byte("0123456789abcdef")}, Size: Count(7), Reserve: 2, Frame: Frame{Units: Units(ids(100))}}
	rec, err := Draw(context.Background(), r)
	require.NoError(t, err)
	require.Len(t, rec.IDs(), 7)
	require.Len(t, rec.Reserve, 2)
	b, err := json.Marshal(rec)
	require.NoError(t, err)
	t.Log(string(b))
	var back Record
	require.NoError(t, json.Unmarshal(b, &back))
	v, err := Verify(context.Background(), back, Frame{Units: Units(ids(100))})
	require.NoError(t, err)
	require.True(t, v.Repeatable, "%+v", v.Difference)
	back.Chosen[3].ID = "WO-X"
	v, err = Verify(context.Background(), back, Frame{Units: Units(ids(100))})
	require.NoError(t, err)
	require.Equal(t, "chosen[3].id", v.Difference.Path)
}

func sumTicket(text string) ticket { return sha256.Sum256([]byte(text)) }
