package main

import (
	"bytes"
	"context"
	"os"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Example is the whole program: an order passed on in time, one passed on too late, and one of which it is not yet known.
func Example() {
	if err := judge(context.Background(), os.Stdout); err != nil {
		panic(err)
	}
	// Output:
	// 1 decided: 合格..合格, pass..pass
	// 2 decided: 不合格..不合格, fail..fail
	//   未及时派单：派单时间 - 登记时间 = 14分钟 > 10分钟
	//   未及时派单: dispatched_at - registered_at = 14m > 10m
	// 3 incomplete: 合格..不合格, pass..fail
	//   还缺 / still missing: 派单时间
}

// TestProgramStaysSmall holds the program to what it is meant to show: how little a host needs.
func TestProgramStaysSmall(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile("main.go")
	require.NoError(t, err)
	assert.Less(t, bytes.Count(source, []byte("\n")), 60)
}

func TestCancelled(t *testing.T) {
	t.Parallel()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out bytes.Buffer
	assert.ErrorIs(t, judge(ctx, &out), context.Canceled)
	assert.Empty(t, out.Bytes())
}
