package engine

import (
	"fmt"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/pinjian/pinjian/engine/internal/eval"
)

// With the second evaluator a batch's counts and sums are found again unit by
// unit, and a verdict on which the two differ is not claimed.
func TestBatchesAreAudited(t *testing.T) {
	text := `lang 1
record Order { kept : bool, late : bool, lost : bool, places : int 0.., cost : number }
item count "Count" { every month; sample 100% Order where kept; fail when count(late) > 2 : "often"; observation when late and lost : "both" }
item sum "Sum" { every month; sample 100% Order; measure mean(places * cost); target <= 3 }
item other "Other" { every month; sample 100% Order; fail when count(lost) > 2 and sum(places) > 1 : "other" }
`
	s, _, err := Load(t.Context(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, ".", Options{Audit: true})
	require.NoError(t, err)
	plain, _, err := Load(t.Context(), fstest.MapFS{"a.chk": {Data: []byte(text)}}, ".", Options{})
	require.NoError(t, err)
	batches := map[*Standard]*Batch{}
	for _, s := range []*Standard{s, plain} {
		b, err := NewBatch(s, "Order", nil)
		require.NoError(t, err)
		for i := range 3000 { // three blocks
			values := map[string]any{"kept": i%3 > 0, "late": i%500 == 1, "lost": i%7 == 0, "places": i % 5, "cost": fmt.Sprintf("%d.%d", i%4, i%10)}
			if i%11 == 0 {
				delete(values, "kept")
			}
			if i%600 == 0 {
				delete(values, "late")
			}
			require.Empty(t, b.Append(fmt.Sprint(i), values))
		}
		batches[s] = b
	}
	for _, id := range []string{"count", "sum", "other"} {
		want, err := plain.JudgeBatch(t.Context(), id, batches[plain], Setting{})
		require.NoError(t, err)
		got, err := s.JudgeBatch(t.Context(), id, batches[s], Setting{})
		require.NoError(t, err)
		require.Equal(t, want, got)
	}
	// Now the second evaluator is given the aggregates of another item.
	aggregates := func(id string) (*part, []*eval.Aggregate) {
		c, err := s.part(id)
		require.NoError(t, err)
		return c, s.columns(c, &eval.Env{Zone: s.zone}).aggregates
	}
	_, others := aggregates("other")
	for k, id := range []string{"count", "sum"} {
		c, own := aggregates(id)
		require.NoError(t, own[0].Second(c.layout, others[k].Body, &eval.Env{Zone: s.zone}))
		_, err := s.JudgeBatch(t.Context(), id, batches[s], Setting{})
		require.ErrorContains(t, err, "the evaluators differ", id)
	}
}
