package sampling

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
)

func orders(n int) []Unit {
	var units []Unit
	for i := range n {
		units = append(units, Unit{ID: fmt.Sprintf("WO-%04d", i), Stratum: []string{fmt.Sprint("p", i%3)}})
	}
	return units
}

// TestCeremony goes through all steps: two parties promise, the frame is frozen, the values are opened, a stranger checks.
func TestCeremony(t *testing.T) {
	headquarters, region := []byte("headquarters' 16"), []byte("the region's 16b")
	promises := []Party{{Party: "总部", Commitment: Commitment(headquarters)}, {Party: "区域", Commitment: Commitment(region)}, {Party: "彩票", Source: "双色球 2026-11-24"}}
	frozen, err := Freeze(t.Context(), Frame{Units: Units(orders(200))}, promises...)
	require.NoError(t, err)
	published := frozen.Seal()

	request := Request{
		Scope: "t", Group: "4.1.3", Epoch: "2026-11", Size: Count(7), Frame: Frame{Frozen: frozen},
		Seed: Seed{Value: headquarters, Party: "总部", Commitment: promises[0].Commitment, Joined: []Party{
			{Party: "区域", Value: fmt.Sprintf("%x", region), Commitment: promises[1].Commitment},
			{Party: "彩票", Value: "0b1621", Source: "双色球 2026-11-24"},
		}},
	}
	rec, err := Draw(t.Context(), request)
	require.NoError(t, err)
	require.Equal(t, published, rec.Frozen)
	require.Equal(t, frozen.Digest, rec.FrameDigest)

	// What travels is JSON.
	var stored Frozen
	require.NoError(t, json.Unmarshal([]byte(jsonOf(t, frozen)), &stored))
	require.Equal(t, published, stored.Seal())
	v, err := Verify(t.Context(), rec, Frame{Units: Units(orders(200)), Frozen: &stored})
	require.NoError(t, err)
	require.Equal(t, Verification{Repeatable: true, NotChosenAfterFrame: true, NotChoosable: true}, v)
	v, err = Verify(t.Context(), rec, Frame{Units: Units(orders(200))})
	require.NoError(t, err)
	require.Equal(t, Verification{Repeatable: true}, v, "without the frozen frame nothing shows when the seed was chosen")

	// Every value decides.
	one := request
	one.Frame.Frozen = nil
	one.Frame.Units = Units(orders(200))
	before := rec.IDs()
	one.Seed.Joined = []Party{request.Seed.Joined[0], {Party: "彩票", Value: "0b1622", Source: "双色球 2026-11-24"}}
	again, err := Draw(t.Context(), one)
	require.NoError(t, err)
	require.NotEqual(t, before, again.IDs())
}

func TestOnePartyThatCommittedCanStillChoose(t *testing.T) {
	frozen, err := Freeze(t.Context(), Frame{Units: Units(orders(20))}, Party{Commitment: Commitment(testSeed.Value)})
	require.NoError(t, err)
	rec, err := Draw(t.Context(), Request{Size: Count(7), Seed: testSeed, Frame: Frame{Frozen: frozen}})
	require.NoError(t, err)
	v, err := Verify(t.Context(), rec, Frame{Frozen: frozen})
	require.NoError(t, err)
	require.Equal(t, Verification{Repeatable: true, NotChosenAfterFrame: true}, v)

	bare, err := Freeze(t.Context(), Frame{Units: Units(orders(20))})
	require.NoError(t, err)
	rec, err = Draw(t.Context(), Request{Size: Count(7), Seed: testSeed, Frame: Frame{Frozen: bare}})
	require.NoError(t, err)
	v, err = Verify(t.Context(), rec, Frame{Frozen: bare})
	require.NoError(t, err)
	require.Equal(t, Verification{Repeatable: true}, v, "nothing was promised")
}

func TestFrameChangedAfterFreezing(t *testing.T) {
	frozen, err := Freeze(t.Context(), Frame{Units: Units(orders(20))})
	require.NoError(t, err)
	moved := orders(20)
	moved[3].Stratum = []string{"p1"}
	forged := *frozen
	forged.Units = append([]Unit{}, frozen.Units...)
	forged.Units[4] = Unit{ID: "WO-0004x", Stratum: forged.Units[4].Stratum}
	for _, c := range []struct {
		name, word string
		frame      Frame
	}{
		{"added at the end", "WO-0020", Frame{Units: Units(orders(21)), Frozen: frozen}},
		{"missing at the end", "WO-0019", Frame{Units: Units(orders(19)), Frozen: frozen}},
		{"added in between", "WO-0001x", Frame{Units: Units(append(orders(20), Unit{ID: "WO-0001x", Stratum: []string{"p1"}})), Frozen: frozen}},
		{"missing in between", "WO-0000", Frame{Units: Units(orders(20)[1:]), Frozen: frozen}},
		{"moved", "WO-0003", Frame{Units: Units(moved), Frozen: frozen}},
		{"the frozen list itself", "hash to", Frame{Frozen: &forged}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Draw(t.Context(), Request{Size: Count(7), Seed: testSeed, Frame: c.frame})
			refused(t, err, "frame-changed", "frame", c.word, "draw from the frozen frame")
		})
	}
}

func TestSeedThatWasNotPromised(t *testing.T) {
	frozen, err := Freeze(t.Context(), Frame{Units: Units(orders(20))}, Party{Party: "a", Commitment: Commitment(testSeed.Value)}, Party{Party: "b", Source: "lottery"})
	require.NoError(t, err)
	b := Party{Party: "b", Value: "01", Source: "lottery"}
	for _, c := range []struct {
		name, word string
		seed       Seed
	}{
		{"another value", "the commitment is", Seed{Party: "a", Value: []byte("sixteen bytes 16"), Joined: []Party{b}}},
		{"missing", "b\" promised a value", Seed{Party: "a", Value: testSeed.Value}},
		{"another source", "had promised it", Seed{Party: "a", Value: testSeed.Value, Joined: []Party{{Party: "b", Value: "01", Source: "dice"}}}},
		{"one more", "3 values are given", Seed{Party: "a", Value: testSeed.Value, Joined: []Party{b, {Party: "c", Value: "01", Source: "dice"}}}},
	} {
		t.Run(c.name, func(t *testing.T) {
			_, err := Draw(t.Context(), Request{Size: Count(7), Seed: c.seed, Frame: Frame{Frozen: frozen}})
			refused(t, err, "seed-mismatch", "seed", c.word)
		})
	}
	_, err = Freeze(t.Context(), Frame{Units: Units(nil)}, Party{Party: "a"})
	refused(t, err, "no-commitment", "parties[0]")
	_, err = Freeze(t.Context(), Frame{Units: Units(nil)}, Party{Party: "a", Value: "00", Source: "dice"})
	refused(t, err, "seed-opened", "parties[0].value")
}

// TestForgedPromise pretends that a seed had been promised.
func TestForgedPromise(t *testing.T) {
	other, err := Freeze(t.Context(), Frame{Units: Units(orders(20))}, Party{Party: "a", Commitment: Commitment([]byte("sixteen bytes 16"))})
	require.NoError(t, err)
	rec := mustDraw(t, Request{Size: Count(7), Seed: Seed{Party: "a", Value: testSeed.Value}}, orders(20))
	rec.Frozen = other.Seal()
	v, err := Verify(t.Context(), rec, Frame{Frozen: other})
	require.NoError(t, err)
	require.Equal(t, Verification{Repeatable: true}, v)
}

func TestSealAndSeedTellTheirPartsApart(t *testing.T) {
	seal := func(p Party) string {
		f, err := Freeze(t.Context(), Frame{Units: Units(nil)}, p)
		require.NoError(t, err)
		return f.Seal()
	}
	require.NotEqual(t, seal(Party{Party: "a", Source: "x"}), seal(Party{Party: "a", Source: "y"}))
	require.NotEqual(t, seal(Party{Party: "a", Source: "x"}), seal(Party{Party: "b", Source: "x"}))
	require.NotEqual(t, seal(Party{Party: "a", Source: "x"}), seal(Party{Party: "a", Commitment: "x"}))
	a, b := Party{Party: "a", Value: "00"}, Party{Party: "b", Value: "01"}
	require.NotEqual(t, joinSeed([]Party{a, b}), joinSeed([]Party{{Party: "c", Value: "00"}, b}))
	require.NotEqual(t, joinSeed([]Party{a, b}), joinSeed([]Party{b, a}))
	require.Equal(t, hashText("14:pinjian-seed/11:a2:001:b2:01"), joinSeed([]Party{a, b}))
}
