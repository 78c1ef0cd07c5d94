package sampling

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
)

// sketchSchema is the name and version of a sketch's JSON.
const sketchSchema = "pinjian/sketch/1"

// Shard is one part of a frame that was read on its own.
type Shard struct {
	Name        string `json:"name"`
	FrameDigest string `json:"frameDigest"`
	Population  int64  `json:"population"`
}

// Sketch is what a draw needs to know of some shards of its frame: how many units each stratum has and those with the
// least tickets. Sketches of different shards are merged in any order and any grouping, and a shard that is merged twice
// counts once, so a draw over many machines gives the sample of a draw over the whole frame. Its JSON, which holds the
// seed, travels between them. Make it with [Scan]; it is not changed afterwards.
type Sketch struct {
	inputs Record
	shards []sketchShard
	strata []sketchStratum
}

// sketchShard is a shard with its counts, kept apart so that merging it twice changes nothing.
type sketchShard struct {
	Shard
	Strata []sketchCount `json:"strata"`
}

// sketchCount counts the units of one stratum in one shard; Always are the units of it that are in for certain.
type sketchCount struct {
	Path       []string `json:"path"`
	Population int64    `json:"population"`
	Always     []string `json:"always,omitempty"`
}

// sketchStratum is the units kept of one stratum, least ticket first.
type sketchStratum struct {
	Path  []string     `json:"path"`
	Units []sketchUnit `json:"units"`
}

// sketchUnit is a unit and the shard that it came from. The ticket is made again from the id.
type sketchUnit struct {
	ID    string `json:"id"`
	Shard string `json:"shard"`
	entry entry
}

// Scan reads one shard of a frame for the draw that r describes; r.Frame is the shard, and everything else is the same for
// all shards. shard names it, 1 to 200 bytes. An id that is in two shards is found when the sketches are merged if it
// could be drawn, and otherwise not at all. Memory: the sample for a count, a range or a table; the shard's ids for a
// census, a ratio without an upper bound and a systematic draw. Errors are those of [Draw]; frozen frames aren't sharded.
func Scan(ctx context.Context, r Request, shard string) (*Sketch, error) {
	inputs, err := r.header()
	if err != nil {
		return nil, err
	}
	if err := checkID(shard, func() string { return "shard" }); err != nil {
		return nil, err
	}
	if r.Frame.Frozen != nil {
		return nil, refuse("frozen-shard", "frame.frozen", "draw from the frozen frame in one go", "a shard is not the frame that was frozen")
	}
	d, err := inputs.read(ctx, r.Frame, false)
	if err != nil {
		return nil, err
	}
	s := &Sketch{inputs: inputs}
	one := sketchShard{Shard: Shard{Name: shard, FrameDigest: d.record.FrameDigest}, Strata: []sketchCount{}}
	d.tree.root.settle()
	for _, leaf := range d.tree.root.strata() {
		if leaf.population == 0 && len(leaf.fixed) == 0 {
			continue
		}
		path := append([]string{}, leaf.path...)
		one.Population += leaf.population + int64(len(leaf.fixed))
		one.Strata = append(one.Strata, sketchCount{Path: path, Population: leaf.population, Always: leaf.fixed})
		leaf.kept.sort()
		kept := sketchStratum{Path: path, Units: []sketchUnit{}}
		for _, e := range leaf.kept.entries {
			kept.Units = append(kept.Units, sketchUnit{ID: e.id, Shard: shard, entry: e})
		}
		s.strata = append(s.strata, kept)
	}
	s.shards = []sketchShard{one}
	return s, nil
}

// Merge joins two sketches of one draw. Errors: sketches of different draws, a shard that reads differently in the two, an
// id in two shards.
func Merge(a, b *Sketch) (*Sketch, error) {
	if a == nil || b == nil {
		return nil, refuse("no-sketch", "sketch", "merge sketches that Scan made", "there is no sketch")
	}
	difference, err := compareRecords(a.inputs, b.inputs)
	if err != nil {
		return nil, err
	}
	if difference != nil {
		return nil, refuse("other-draw", difference.Path, "scan all shards with one request", "the sketches are of two draws: %s and %s", difference.Want, difference.Got)
	}
	m := &Sketch{inputs: a.inputs}
	if m.shards, err = mergeShards(a.shards, b.shards); err != nil {
		return nil, err
	}
	limit := m.inputs.keep(-1)
	strata := append(slices.Clone(a.strata), b.strata...)
	slices.SortStableFunc(strata, func(x, y sketchStratum) int { return slices.Compare(x.Path, y.Path) })
	for _, s := range strata {
		last := len(m.strata) - 1
		if last < 0 || !slices.Equal(m.strata[last].Path, s.Path) {
			m.strata = append(m.strata, s)
			continue
		}
		units, err := mergeUnits(m.strata[last].Units, s.Units)
		if err != nil {
			return nil, err
		}
		if int64(len(units)) > limit {
			units = units[:limit:limit]
		}
		m.strata[last].Units = units
	}
	return m, nil
}

// mergeShards unites two lists of shards in order of their names.
func mergeShards(a, b []sketchShard) ([]sketchShard, error) {
	all := append(slices.Clone(a), b...)
	slices.SortStableFunc(all, func(x, y sketchShard) int { return strings.Compare(x.Name, y.Name) })
	depth := -1
	var united []sketchShard
	for _, s := range all {
		if n := len(united); n > 0 && united[n-1].Name == s.Name {
			if united[n-1].Shard != s.Shard {
				return nil, refuse("shard-changed", "shard "+quoted(s.Name), "scan every shard once, from one snapshot", "the shard was read twice and differs")
			}
			continue
		}
		if len(s.Strata) > 0 {
			if d := len(s.Strata[0].Path); depth >= 0 && d != depth {
				return nil, refuse("stratum-depth", "shard "+quoted(s.Name), "give the units of all shards the same levels", "the strata have %d levels where other shards have %d", d, depth)
			}
			depth = len(s.Strata[0].Path)
		}
		united = append(united, s)
	}
	return united, nil
}

// mergeUnits unites two sorted lists of one stratum.
func mergeUnits(a, b []sketchUnit) ([]sketchUnit, error) {
	all := append(slices.Clone(a), b...)
	slices.SortFunc(all, func(x, y sketchUnit) int {
		if c := x.entry.compare(&y.entry); c != 0 {
			return c
		}
		return strings.Compare(x.Shard, y.Shard)
	})
	united := all[:0]
	for _, u := range all {
		if n := len(united); n > 0 && united[n-1].ID == u.ID {
			if united[n-1].Shard != u.Shard {
				return nil, inTwoShards(u.ID, united[n-1].Shard, u.Shard)
			}
			continue
		}
		united = append(united, u)
	}
	return united, nil
}

func inTwoShards(id, first, second string) error {
	return refuse("duplicate-id", "shard "+quoted(second), "let every unit be in one shard only", "the id %s is already in shard %s", quoted(id), quoted(first))
}

// Record makes the draw from the sketch, which must cover all shards. It is what [Draw] gives for the whole frame, but
// for the digests, which are those of the shards.
func (s *Sketch) Record() (Record, error) {
	starts, err := s.inputs.Rotation.starts()
	if err != nil {
		return Record{}, err
	}
	d := &draw{record: s.inputs, tree: newTree(starts), key: drawKey(s.inputs.Algorithm, s.inputs.DrawID, s.inputs.Seed)}
	always := map[string]string{}
	for _, shard := range s.shards {
		d.record.Shards = append(d.record.Shards, shard.Shard)
		for _, c := range shard.Strata {
			leaf, err := d.tree.leaf(c.Path, 1)
			if err != nil {
				return Record{}, err
			}
			leaf.population += c.Population
			for _, id := range c.Always {
				if other, ok := always[id]; ok {
					return Record{}, inTwoShards(id, other, shard.Name)
				}
				always[id] = shard.Name
				leaf.fixed = append(leaf.fixed, id)
			}
		}
	}
	for _, id := range s.inputs.Always {
		if _, ok := always[id]; !ok {
			d.missing = append(d.missing, id)
		}
	}
	for _, stratum := range s.strata {
		leaf, err := d.tree.leaf(stratum.Path, 1)
		if err != nil {
			return Record{}, err
		}
		for _, u := range stratum.Units {
			leaf.kept.entries = append(leaf.kept.entries, u.entry)
		}
	}
	if s.inputs.Per > d.tree.depth && len(d.tree.leaves) > 0 {
		return Record{}, tooFewLevels(s.inputs.Per, d.tree.depth)
	}
	return d.finish(nil)
}

// sketchJSON is the form in which a sketch travels.
type sketchJSON struct {
	Schema string          `json:"schema"`
	Draw   Record          `json:"draw"`
	Shards []sketchShard   `json:"shards"`
	Strata []sketchStratum `json:"strata"`
}

// MarshalJSON writes the sketch, seed included: whoever reads it can foresee the draw.
func (s *Sketch) MarshalJSON() ([]byte, error) {
	return json.Marshal(sketchJSON{Schema: sketchSchema, Draw: s.inputs, Shards: s.shards, Strata: s.strata})
}

// UnmarshalJSON reads what MarshalJSON wrote and makes the tickets again, so that a sketch can't bring tickets of its own.
func (s *Sketch) UnmarshalJSON(data []byte) error {
	var j sketchJSON
	if err := json.Unmarshal(data, &j); err != nil {
		return err
	}
	if j.Schema != sketchSchema {
		return refuse("unknown-schema", "schema", "use the release that wrote the sketch, or a later one", "%s is not %s", quoted(j.Schema), sketchSchema)
	}
	if err := j.Draw.checkReplay(); err != nil {
		return err
	}
	inputs, err := j.Draw.inputs()
	if err != nil {
		return err
	}
	starts, err := inputs.Rotation.starts()
	if err != nil {
		return err
	}
	tickets, err := newTicketer(drawKey(inputs.Algorithm, inputs.DrawID, inputs.Seed))
	if err != nil {
		return err
	}
	for i, stratum := range j.Strata {
		at := starts[suffixOf(stratum.Path)]
		for k, u := range stratum.Units {
			if err := checkID(u.ID, func() string { return fmt.Sprintf("strata[%d].units[%d].id", i, k) }); err != nil {
				return err
			}
			e := entry{ticket: tickets.of(u.ID), id: u.ID}
			e.late = at.after != nil && !after(e.ticket, *at.after)
			stratum.Units[k].entry = e
		}
		slices.SortFunc(stratum.Units, func(x, y sketchUnit) int { return x.entry.compare(&y.entry) })
	}
	shards, err := mergeShards(j.Shards, nil)
	if err != nil {
		return err
	}
	for i, shard := range shards {
		for k, c := range shard.Strata {
			if c.Population < 0 {
				return refuse("bad-population", fmt.Sprintf("shards[%d].strata[%d].population", i, k), "scan the shard again", "the population is %d", c.Population)
			}
		}
	}
	*s = Sketch{inputs: inputs, shards: shards, strata: j.Strata}
	return nil
}
