package engine_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine"
)

// TestSubmissionDigest: a host keys its table by ID and Digest, so the digest
// must tell apart exactly what Judge tells apart, and outlive being stored.
func TestSubmissionDigest(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 4, 9, 0, 0, 0, time.UTC)
	first := engine.Submission{ID: "1", Task: "t", Part: "1", Unit: "u", Answers: map[string]any{"a": 1, "b": "x"}, By: "wang", DoneAt: at}
	body, err := json.Marshal(first)
	require.NoError(t, err)
	for stored, bad := range engine.DecodeSubmissions("stored", strings.NewReader(string(body))) {
		require.Nil(t, bad)
		assert.Equal(t, first.Digest(), stored.Digest(), "what was stored is what was sent")
	}
	again := first
	again.Schema, again.ReceivedAt = engine.SubmissionSchema, at.Add(time.Hour)
	assert.Equal(t, first.Digest(), again.Digest(), "when it arrived is no part of it")
	for name, change := range map[string]func(*engine.Submission){
		"answers": func(s *engine.Submission) { s.Answers = map[string]any{"a": 2, "b": "x"} },
		"by":      func(s *engine.Submission) { s.By = "li" },
		"done_at": func(s *engine.Submission) { s.DoneAt = at.Add(time.Second) },
		"unit":    func(s *engine.Submission) { s.Unit = "v" },
		"closes":  func(s *engine.Submission) { s.Closes = true },
		"remark":  func(s *engine.Submission) { s.Remark = "seen" },
	} {
		other := first
		change(&other)
		assert.NotEqual(t, first.Digest(), other.Digest(), name)
	}
}
