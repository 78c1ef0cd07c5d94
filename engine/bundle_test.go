package engine_test

import (
	"bytes"
	"context"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/stdlib"
)

func TestBundleRestores(t *testing.T) {
	ctx := context.Background()
	for _, dir := range []string{"std/continuous", "std/indicators", "std/three-level"} {
		s, _, err := engine.Load(ctx, stdlib.Tree(), dir, engine.Options{})
		require.NoError(t, err)
		data := s.Bundle()
		restored, err := engine.Restore(ctx, data, engine.Options{})
		require.NoError(t, err)
		assert.Equal(t, s.Ref(), restored.Ref())
		assert.Equal(t, string(data), string(restored.Bundle()))
	}
}

func TestRestoreRefusesChangedSources(t *testing.T) {
	ctx := context.Background()
	s, _, err := engine.Load(ctx, stdlib.Tree(), "std/continuous", engine.Options{})
	require.NoError(t, err)
	changed := bytes.Replace(s.Bundle(), []byte("> 10分钟"), []byte("> 11分钟"), 1)
	_, err = engine.Restore(ctx, changed, engine.Options{})
	require.ErrorContains(t, err, "digest")
	_, err = engine.Restore(ctx, []byte(`{"schema":"pinjian/bundle/2"}`), engine.Options{})
	require.ErrorContains(t, err, "schema")
}
