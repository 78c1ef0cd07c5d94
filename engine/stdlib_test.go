package engine_test

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

// Every rule test of the library passes, with the second evaluator watching.
func TestStandardLibrary(t *testing.T) {
	for _, name := range []string{"continuous", "indicators", "scorecard", "details"} {
		t.Run(name, func(t *testing.T) {
			s, _, err := engine.Load(context.Background(), stdlib.FS(), name, engine.Options{Audit: true})
			require.NoError(t, err)
			results, err := s.RunTests(context.Background(), "")
			require.NoError(t, err)
			require.NotEmpty(t, results)
			for _, r := range results {
				for _, f := range r.Failures {
					t.Errorf("%s %s: %s", r.Place, r.Title, f.EN)
				}
			}
		})
	}
}
