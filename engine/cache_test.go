package engine_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/pinjian/pinjian/engine"
	"github.com/pinjian/pinjian/internal/rapidtest"
)

// writing is a standard in the making: declarations and items, which edits
// change one at a time.
type writing struct {
	declarations string
	items        []string
}

// drawRandomItem writes one random item without its declarations and its code.
func drawRandomItem(t *rapid.T) string {
	item := strings.TrimPrefix(drawStandard(t, true), randomDeclarations)
	if rapid.IntRange(0, 3).Draw(t, "population") == 0 { // populations have slots of their own
		condition := fmt.Sprintf("population(Unit where places > %d) > 1", rapid.IntRange(0, 2).Draw(t, "more than"))
		item = strings.Replace(item, "every month\n", "every month\n  applies when "+condition+"\n", 1)
	}
	return strings.TrimPrefix(item, "item 1 ")
}

func (w *writing) text() string {
	var b strings.Builder
	b.WriteString(w.declarations)
	for i, item := range w.items {
		fmt.Fprintf(&b, "item %d %s", i+1, item)
	}
	return b.String()
}

// edit changes one thing: an item, their order, what they rest on, a comment,
// or a byte.
func (w *writing) edit(t *rapid.T) string {
	i := rapid.IntRange(0, len(w.items)-1).Draw(t, "item")
	switch rapid.IntRange(0, 7).Draw(t, "edit") {
	case 0:
		w.items[i] = drawRandomItem(t)
	case 1:
		w.items = append(w.items, drawRandomItem(t))
	case 2:
		w.items[0], w.items[i] = w.items[i], w.items[0]
	case 3: // every slot moves
		w.declarations = strings.Replace(w.declarations, "  flag 标志 : bool\n", fmt.Sprintf("  more%d : int 0..\n  flag 标志 : bool\n", len(w.declarations)), 1)
	case 4: // what a parameter, a computed field and a choice mean
		w.declarations = strings.NewReplacer("define half = amount / 2", "define half = amount / 4", "small 小, medium 中", "medium 中, small 小", "define limit", "define bound : int 0..\ndefine limit").Replace(w.declarations)
	case 5: // another zone moves the instants that conditions hold
		w.declarations = strings.Replace(w.declarations, "\"Asia/Shanghai\"", "\"Europe/Paris\"", 1)
	case 6:
		w.items[i] = strings.Replace(w.items[i], "every month", "every month // monthly\n", 1)
	default: // mostly a mistake
		text := w.text()
		at := rapid.IntRange(0, len(text)-1).Draw(t, "at")
		return text[:at] + rapid.SampledFrom([]string{"{", "}", "\n", "x", "1", "\""}).Draw(t, "typed") + text[at:]
	}
	return w.text()
}

// Standards loaded with a Cache through a history of edits are those loaded
// without one: the same diagnostics, digests and bundles, and the same
// verdicts with all their words, by units, by rows and by columns.
func TestAStandardLoadedWithACacheJudgesTheSame(t *testing.T) {
	judged := 0
	rapid.Check(t, func(t *rapid.T) {
		w := &writing{declarations: randomDeclarations}
		for range rapid.IntRange(1, 3).Draw(t, "items") {
			w.items = append(w.items, drawRandomItem(t))
		}
		cache := &engine.Cache{}
		text := w.text()
		for range rapid.IntRange(2, 5).Draw(t, "loads") {
			files := fstest.MapFS{"s.chk": {Data: []byte(text)}}
			audit := rapid.IntRange(0, 4).Draw(t, "audit") == 0
			want, wantList, wantErr := engine.Load(context.Background(), files, ".", engine.Options{Audit: audit})
			got, list, err := engine.Load(context.Background(), files, ".", engine.Options{Audit: audit, Cache: cache})
			require.Equal(t, asJSON(t, wantList), asJSON(t, list), text)
			require.Equal(t, wantErr == nil, err == nil, "%v, %v", wantErr, err)
			text = w.edit(t)
			if err != nil {
				require.Equal(t, wantErr.Error(), err.Error())
				continue
			}
			require.Equal(t, string(want.Bundle()), string(got.Bundle()))
			at := drawSetting(t)
			var units []engine.TestUnit
			for i := range rapid.IntRange(1, 3).Draw(t, "units") {
				_, values := drawUnit(t)
				units = append(units, engine.TestUnit{ID: fmt.Sprint(i), Values: values})
			}
			for item := range want.Items() {
				judged++
				code := item.Code
				a, aRefused, aErr := want.JudgeUnit(code, units[0].Values, at)
				b, bRefused, bErr := got.JudgeUnit(code, units[0].Values, at)
				require.Equal(t, asJSON(t, a), asJSON(t, b), text)
				require.Equal(t, pathsAndCodes(aRefused), pathsAndCodes(bRefused))
				require.Equal(t, aErr, bErr)
				a, aOpen, aErr := want.JudgeRows(code, units, at, func(int) bool { return true })
				b, bOpen, bErr := got.JudgeRows(code, units, at, func(int) bool { return true })
				require.Equal(t, asJSON(t, a), asJSON(t, b), text)
				require.Equal(t, aOpen, bOpen)
				require.Equal(t, aErr, bErr)
				require.Equal(t, columns(t, want, code, units, at), columns(t, got, code, units, at))
			}
		}
	})
	if rapidtest.Full() {
		assert.Greater(t, judged, 200)
	}
}

// columns judges units as a batch, into JSON or the words of the error.
func columns(t *rapid.T, s *engine.Standard, code string, units []engine.TestUnit, at engine.Setting) string {
	b, err := engine.NewBatch(s, code, at.Subject.Zone)
	require.NoError(t, err)
	for _, u := range units {
		b.Append(u.ID, u.Values)
	}
	v, err := s.JudgeBatch(context.Background(), code, b, at)
	if err != nil {
		return err.Error()
	}
	return asJSON(t, v)
}

// One Cache may serve several loads at a time.
func TestACacheServesLoadsAtOneTime(t *testing.T) {
	cache := &engine.Cache{}
	text := randomDeclarations + "item 1 \"Late\" { every month; sample 2 Unit; fail when late and places > %d : \"late\" }\n"
	digests := make(chan string)
	for i := range 8 {
		go func() {
			files := fstest.MapFS{"s.chk": {Data: fmt.Appendf(nil, text, i%2)}}
			s, _, err := engine.Load(context.Background(), files, ".", engine.Options{Cache: cache})
			if err != nil {
				digests <- err.Error()
				return
			}
			digests <- fmt.Sprint(i%2, s.Ref().Digest)
		}()
	}
	seen := map[string]bool{}
	for range 8 {
		seen[<-digests] = true
	}
	assert.Len(t, seen, 2)
}

// keystroke is a host that loads a standard of 1,000 items at every edit.
type keystroke struct {
	parts []string
	cache *engine.Cache
	count int
}

func newKeystroke(items int) *keystroke {
	k := &keystroke{cache: &engine.Cache{}, parts: []string{"lang 1\nrecord Order { registered : time, dispatched : time, places : int 0.. }\n"}}
	for i := range items {
		k.parts = append(k.parts, fmt.Sprintf("item n%d \"Rule\" { every month; sample 7 Order; fail when dispatched - registered > %dm and places > %d : \"late\" }\n", i, i+1, i))
	}
	return k
}

// edit types another number into the item in the middle.
func (k *keystroke) edit() fstest.MapFS {
	k.count++
	k.parts[len(k.parts)/2] = fmt.Sprintf("item edited \"Rule\" { every month; sample 7 Order; fail when dispatched - registered > %dm : \"late\" }\n", k.count%100+1)
	return fstest.MapFS{"s.chk": {Data: []byte(strings.Join(k.parts, ""))}}
}

func (k *keystroke) load(b testing.TB, files fstest.MapFS, cache *engine.Cache) *engine.Standard {
	s, list, err := engine.Load(context.Background(), files, ".", engine.Options{Cache: cache})
	require.NoError(b, err)
	require.Empty(b, list)
	return s
}

// BenchmarkReload loads a standard of 1,000 items again after an edit of one,
// against loading it whole.
func BenchmarkReload(b *testing.B) {
	k := newKeystroke(1000)
	for range 3 {
		files := k.edit()
		require.Equal(b, k.load(b, files, nil).Ref(), k.load(b, files, k.cache).Ref())
	}
	c := newContest(b)
	c.run("whole", func(int) { k.load(b, k.edit(), nil) })
	c.run("after-an-edit", func(int) { k.load(b, k.edit(), k.cache) }, bar{"whole", "x-whole"})
	c.finish()
}
