package generate

import (
	"context"
	"math/rand/v2"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/checklang"
	"github.com/pinjian/pinjian/checklang/diagnostic"
)

// Everything that is generated parses and checks.
func TestStandardsCheck(t *testing.T) {
	for seed := range uint64(60) {
		text := Standard(rand.New(rand.NewPCG(seed, 1)), 4, 25, 3)
		if seed%2 == 0 {
			text = Rules(rand.New(rand.NewPCG(seed, 2)), 20)
		}
		_, list, err := checklang.Load(context.Background(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, "a.chk", checklang.Options{})
		require.NoError(t, err)
		for _, d := range list {
			if d.Severity == diagnostic.Error {
				t.Log(d.Error())
			}
		}
		if list.HasErrors() {
			t.Log(text)
			t.FailNow()
		}
	}
}
