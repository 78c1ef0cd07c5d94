package sqlframe

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"iter"
	"math"
	"math/big"
	"strings"

	"github.com/pinjian/pinjian/sampling"
)

// index is a population as a sampling.Index.
type index struct {
	db      Querier
	dialect Dialect
	from    string
	args    []any
	id      string // the quoted column
	strata  []stratum
	request sampling.Request
	bare    bool
	// bound gives a prefix that the tickets of the first so many units of a stratum are expected to lie below.
	bound func(units, population int64) string

	population int64
	sizes      map[string]int64 // by the path of the stratum
}

// stratum is one level of strata.
type stratum struct {
	field  field
	column string // quoted
}

// text is the value of a level as text, NULL as the empty one.
func (x *index) text(s stratum) string {
	return "COALESCE(" + x.dialect.text(s.column) + ", '')"
}

// level names the columns of the levels in the queries.
func level(i int) string { return fmt.Sprintf("level%d", i) }

// Units implements sampling.Index.
func (x *index) Units(ctx context.Context, key string, places []sampling.Places) iter.Seq2[sampling.Unit, error] {
	return func(yield func(sampling.Unit, error) bool) {
		ids, err := x.units(ctx, key, places)
		if err != nil {
			yield(sampling.Unit{}, err)
			return
		}
		for i, list := range ids {
			for _, id := range list {
				if !yield(sampling.Unit{ID: id, Stratum: places[i].Stratum}, nil) {
					return
				}
			}
		}
	}
}

// units reads the ids at the places: by one query when all places are first
// ones, which then need a small part of the rows to be sorted, and else by one
// that numbers all of them.
func (x *index) units(ctx context.Context, key string, places []sampling.Places) ([][]string, error) {
	for _, p := range places {
		if p.From > 0 {
			return x.numbered(ctx, key, places)
		}
	}
	ids := make([][]string, len(places))
	open := make([]int, len(places))
	for i := range places {
		open[i] = i
	}
	// A stratum with fewer tickets below its bound than expected, one in millions, is asked for again without a bound.
	for _, bounded := range []bool{true, false} {
		if err := x.first(ctx, key, places, open, bounded, ids); err != nil {
			return nil, err
		}
		var short []int
		for _, i := range open {
			if int64(len(ids[i])) < places[i].To {
				short = append(short, i)
				ids[i] = nil
			}
		}
		if open = short; len(open) == 0 {
			break
		}
	}
	return ids, nil
}

// first reads the units with the least tickets of the strata in open.
func (x *index) first(ctx context.Context, key string, places []sampling.Places, open []int, bounded bool, ids [][]string) error {
	rows := make([][]any, 0, len(open))
	for _, i := range open {
		p := places[i]
		below := unbounded
		if bounded {
			below = x.bound(p.To, x.sizes[pathKey(p.Stratum)])
		}
		rows = append(rows, []any{hexadecimal(pathKey(p.Stratum)), hexadecimal(below), i, p.To})
	}
	n := len(x.args)
	query := "SELECT number, id FROM (SELECT wanted.number AS number, wanted.units AS units, ticketed.id AS id," +
		" ROW_NUMBER() OVER (PARTITION BY wanted.number ORDER BY ticketed.ticket, ticketed.bytes) AS place" +
		" FROM " + x.ticketed(n+1) + x.dialect.join() + x.list(n+2, []string{"path", "below"}, []string{"number", "units"}) + " AS wanted" +
		" ON wanted.path = ticketed.path AND ticketed.ticket < wanted.below) AS placed WHERE place <= units ORDER BY number, place"
	return x.read(ctx, query, key, [][][]any{rows}, func(number int64, id string) { ids[number] = append(ids[number], id) })
}

// numbered reads units at any places: all rows of their strata are sorted and
// counted.
func (x *index) numbered(ctx context.Context, key string, places []sampling.Places) ([][]string, error) {
	var strata, rows [][]any
	numbers := map[string]int{}
	for i, p := range places {
		path := pathKey(p.Stratum)
		number, ok := numbers[path]
		if !ok {
			number = len(numbers)
			numbers[path] = number
			strata = append(strata, []any{hexadecimal(path), number})
		}
		for place := p.From; place < p.To; place++ {
			rows = append(rows, []any{number, place + 1, i})
		}
	}
	n := len(x.args)
	query := "SELECT wanted.entry, placed.id FROM (SELECT strata.number AS number, ticketed.id AS id," +
		" ROW_NUMBER() OVER (PARTITION BY strata.number ORDER BY ticketed.ticket, ticketed.bytes) AS place" +
		" FROM " + x.ticketed(n+1) + x.dialect.join() + x.list(n+2, []string{"path"}, []string{"number"}) + " AS strata" +
		" ON strata.path = ticketed.path) AS placed" + x.dialect.join() + x.list(n+3, nil, []string{"number", "place", "entry"}) + " AS wanted" +
		" ON wanted.number = placed.number AND wanted.place = placed.place"
	ids := make([][]string, len(places))
	return ids, x.read(ctx, query, key, [][][]any{strata, rows}, func(entry int64, id string) { ids[entry] = append(ids[entry], id) })
}

// ticketed is the population with tickets; argument is the number of the key.
// The key follows the host's query, so that its own placeholders keep their
// numbers.
func (x *index) ticketed(argument int) string {
	id := x.dialect.text(x.id)
	return "(SELECT " + id + " AS id, " + x.dialect.key(id, longest) + " AS bytes, " + x.dialect.ticket("drawing.draw_key", id) + " AS ticket, " +
		x.dialect.key(x.dialect.joined(x.texts()), x.widest()) + " AS path" + x.from +
		" CROSS JOIN (SELECT " + x.dialect.text(x.dialect.placeholder(argument)) + " AS draw_key) AS drawing) AS ticketed"
}

// texts are the values of all levels.
func (x *index) texts() []string {
	out := make([]string, 0, len(x.strata)+1)
	for _, s := range x.strata {
		out = append(out, x.text(s))
	}
	return out
}

// widest bounds a path in bytes, and a ticket's bound.
func (x *index) widest() int { return max(len(x.strata)*(longest+1), len(unbounded)) }

func (x *index) list(argument int, bytes, integers []string) string {
	return x.dialect.list(x.dialect.placeholder(argument), x.widest(), bytes, integers)
}

// read hands on numbers and ids.
func (x *index) read(ctx context.Context, query, key string, lists [][][]any, row func(number int64, id string)) error {
	args := append(x.args[:len(x.args):len(x.args)], key)
	for _, rows := range lists {
		list, err := json.Marshal(rows)
		if err != nil {
			return err
		}
		args = append(args, string(list))
	}
	return each(ctx, x.db, query, args, 2, func(cells []any) error {
		number, err := integer(cells[0])
		if err != nil {
			return err
		}
		id, ok := text(cells[1])
		if !ok {
			return fmt.Errorf("the driver gives ids as %T", cells[1])
		}
		row(number, id)
		return nil
	})
}

func hexadecimal(bytes string) string { return hex.EncodeToString([]byte(bytes)) }

// unbounded is greater than every ticket.
var unbounded = strings.Repeat("\xff", sha256.Size+1)

// bound gives eight bytes below which about units + 7*sqrt(units) + 20 of a
// stratum's tickets lie, so that fewer than units come once in many millions of
// draws.
func bound(units, population int64) string {
	expected := units + int64(7*math.Sqrt(float64(units))) + 20
	if units > population/2 || expected >= population {
		return unbounded
	}
	share := new(big.Int).Lsh(big.NewInt(expected), 64)
	share.Quo(share, big.NewInt(population))
	return string(share.FillBytes(make([]byte, 8)))
}
