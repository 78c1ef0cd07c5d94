package sampling

import (
	"encoding/hex"
	"encoding/json"
	"math/big"
	"os"
	"slices"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func vector(t *testing.T, name string, into any) {
	t.Helper()
	text, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(text, into))
}

// stratified is the vector of tickets; it was made under another algorithm id and a plain draw id.
type stratified struct {
	Seed    string `json:"seed"`
	DrawID  string `json:"draw_id"`
	DrawKey string `json:"draw_key"`
	Units   []struct{ Stratum, ID, Ticket string }
}

func TestTicketsOfVector(t *testing.T) {
	var v stratified
	vector(t, "extendable_stratified.json", &v)
	key := drawKey("inspect-sample/1", v.DrawID, v.Seed)
	require.Equal(t, v.DrawKey, key)
	tickets, err := newTicketer(key)
	require.NoError(t, err)
	require.Len(t, v.Units, 60)
	for _, u := range v.Units {
		x := tickets.of(u.ID)
		assert.Equal(t, u.Ticket, hex.EncodeToString(x[:]), u.ID)
		assert.Equal(t, sumTicket(key+u.ID), x)
	}
}

// TestTijdemanVector draws all 60 units of the vector and every prefix of them.
func TestTijdemanVector(t *testing.T) {
	var v stratified
	vector(t, "extendable_stratified.json", &v)
	var want struct {
		Sizes    map[string]int64
		Sequence []string `json:"stratum_sequence"`
		Order    []string
	}
	vector(t, "extendable_tijdeman.json", &want)
	var units []Unit
	for _, u := range v.Units {
		units = append(units, Unit{ID: u.ID, Stratum: []string{u.Stratum}})
	}
	for n := 1; n <= len(units); n++ {
		h := Record{Algorithm: "inspect-sample/1", DrawID: v.DrawID, Seed: v.Seed, Method: Extendable, Size: Count(int64(n))}
		d, err := h.read(t.Context(), Frame{Units: Units(units)}, true)
		require.NoError(t, err)
		rec, err := d.finish(nil)
		require.NoError(t, err)
		require.Equal(t, want.Order[:n], rec.IDs())
		for i, c := range rec.Chosen {
			require.Equal(t, want.Sequence[i], c.Stratum[0])
		}
		for _, s := range rec.Strata {
			require.Equal(t, want.Sizes[s.Path[0]], s.Population)
		}
	}
}

func TestSystematicVector(t *testing.T) {
	var raw struct {
		Cases []map[string]json.RawMessage
	}
	vector(t, "systematic_integer.json", &raw)
	for _, c := range raw.Cases {
		var population, size, u int64
		var picks []int64
		require.NoError(t, json.Unmarshal(c["N"], &population))
		require.NoError(t, json.Unmarshal(c["n"], &size))
		require.NoError(t, json.Unmarshal(c["u"], &u))
		require.NoError(t, json.Unmarshal(c["picks"], &picks))
		place := systematicPlaces(u, population, size)
		for k, want := range picks {
			assert.Equal(t, want, place(int64(k)), "N=%d n=%d u=%d", population, size, u)
		}
	}
	require.Len(t, raw.Cases, 5)
}

// TestAllocationVector shows why shares aren't given by largest remainders, and that the sequence takes nothing back; and
// it finds the published items of two fixed-interval samples with the integer positions.
func TestAllocationVector(t *testing.T) {
	var v struct {
		Alabama struct {
			Sizes    map[string]int64
			N10, N11 map[string]int64
		}
		Touw struct {
			Items struct {
				IDs      []string
				Size     int64
				Start    json.Number
				Expected []string
			}
			Values struct {
				IDs      []string
				Values   []int64
				Size     int64
				Start    int64
				Expected []string
			}
		} `json:"touw_hoogduin"`
	}
	vector(t, "allocation.json", &v)

	require.Equal(t, v.Alabama.N10, largestRemainder(v.Alabama.Sizes, 10))
	require.Equal(t, v.Alabama.N11, largestRemainder(v.Alabama.Sizes, 11))
	require.Less(t, v.Alabama.N11["C"], v.Alabama.N10["C"])
	before := map[string]int64{}
	for n := int64(1); n <= 14; n++ {
		now := counts(t, v.Alabama.Sizes, n)
		for name := range v.Alabama.Sizes {
			require.GreaterOrEqual(t, now[name], before[name], "a larger sample takes a unit of %s back", name)
		}
		before = now
	}

	// Positions there count from 1 and are ceil(start + k*interval); here they count from 0, so u is floor(start*n) for a
	// start that isn't whole, and (start-1)*n for one that is.
	items := v.Touw.Items
	startRatio, ok := new(big.Rat).SetString(items.Start.String())
	require.True(t, ok)
	startRatio.Mul(startRatio, big.NewRat(items.Size, 1))
	u := new(big.Int).Quo(startRatio.Num(), startRatio.Denom()).Int64()
	var got []string
	for k := range items.Size {
		got = append(got, items.IDs[systematicPlaces(u, int64(len(items.IDs)), items.Size)(k)])
	}
	require.Equal(t, items.Expected, got)

	values := v.Touw.Values
	var line []string // one entry for every unit of money
	for i, id := range values.IDs {
		line = append(line, slices.Repeat([]string{id}, int(values.Values[i]))...)
	}
	got = nil
	for k := range values.Size {
		got = append(got, line[systematicPlaces((values.Start-1)*values.Size, int64(len(line)), values.Size)(k)])
	}
	require.Equal(t, values.Expected, got)
}

// largestRemainder is the usual rounding of shares, for comparison.
func largestRemainder(sizes map[string]int64, n int64) map[string]int64 {
	total := int64(0)
	var names []string
	for name, size := range sizes {
		total += size
		names = append(names, name)
	}
	slices.Sort(names)
	out := map[string]int64{}
	left := n
	for _, name := range names {
		out[name] = n * sizes[name] / total
		left -= out[name]
	}
	slices.SortStableFunc(names, func(a, b string) int { return int(n*sizes[b]%total - n*sizes[a]%total) })
	for _, name := range names[:left] {
		out[name]++
	}
	return out
}

// counts draws n from strata of the sizes given and counts what each got.
func counts(t *testing.T, sizes map[string]int64, n int64) map[string]int64 {
	root := flat(sizes)
	for range n {
		_, err := root.step()
		require.NoError(t, err)
	}
	out := map[string]int64{}
	for _, c := range root.children {
		out[c.value] = c.taken
	}
	return out
}

// flat makes a tree of one level.
func flat(sizes map[string]int64) *node {
	tree := newTree(nil)
	for name, size := range sizes {
		leaf, _ := tree.leaf([]string{name}, 1)
		leaf.population = size
	}
	tree.root.settle()
	return tree.root
}
