package sampling

import (
	"slices"
	"strings"
)

// recordSchema is the name and version of the record's JSON.
const recordSchema = "pinjian/draw/1"

// Method is how units are taken once tickets are known.
type Method string

const (
	// Extendable takes units in an order that doesn't depend on the size, so a larger sample begins with the smaller one.
	// Strata get their turns by Tijdeman's chairman assignment and are never a whole unit off their share. It is the
	// default, also when the method is empty.
	Extendable Method = "extendable"
	// Systematic takes every (population/size)-th unit over the order of strata and tickets from a start that the seed
	// decides: every unit has exactly the same probability and every stratum gets its share rounded down or up. Another
	// size is another sample. The whole frame is kept in memory.
	Systematic Method = "systematic"
)

// Edition is a document that the draw depends on without holding it, such as a calendar.
type Edition struct {
	Name    string `json:"name"`
	Edition string `json:"edition"`
	Digest  string `json:"digest,omitempty"`
}

// Stratum counts one finest stratum of a draw. Without strata there is one, with an empty path.
type Stratum struct {
	Path []string `json:"path"`
	// Population counts all units, Always those of them that were in for certain.
	Population int64 `json:"population"`
	Always     int64 `json:"always,omitempty"`
	// Drawn counts the units taken by ticket, replacements not counted.
	Drawn int64 `json:"drawn"`
	// Inclusion is the probability with which each unit that is not in for certain was drawn, an exact ratio such as
	// "3/21"; the weight of a drawn unit is its inverse. It is "0/5" for a stratum that the sample didn't reach: the sample
	// says nothing about it. Empty when every unit was in for certain.
	Inclusion string `json:"inclusion,omitempty"`
}

// Chosen is a unit of the sample or of the reserve.
type Chosen struct {
	ID      string   `json:"id"`
	Stratum []string `json:"stratum,omitempty"`
	// Always says that the unit was in for certain.
	Always bool `json:"always,omitempty"`
	// Replaces and ReplacedBy link a replacement with the unit it stands for; both stay in the record. Vacant marks a unit
	// given up when its stratum held no other.
	Replaces   string `json:"replaces,omitempty"`
	ReplacedBy string `json:"replacedBy,omitempty"`
	Vacant     bool   `json:"vacant,omitempty"`
}

// Record is everything that a draw depended on and what came of it: enough for a stranger with the frame to repeat it.
// Its JSON is stable. Make it with [Draw], [Extend], [Record.Replace] or from JSON; a record that was changed by hand is
// found out by [Verify].
type Record struct {
	Schema    string `json:"schema"`
	Algorithm string `json:"algorithm"`

	Scope    string    `json:"scope"`
	Standard string    `json:"standard"`
	Version  string    `json:"version,omitempty"`
	Group    string    `json:"group"`
	Subject  string    `json:"subject"`
	Epoch    string    `json:"epoch"`
	DrawID   string    `json:"drawId"`
	Editions []Edition `json:"editions,omitempty"`

	Method   Method    `json:"method"`
	Size     Size      `json:"size"`
	Per      int       `json:"per,omitempty"`
	Minimum  int64     `json:"minimum,omitempty"`
	Always   []string  `json:"always,omitempty"`
	Spares   int64     `json:"spares,omitempty"`
	Rotation *Rotation `json:"rotation,omitempty"`

	// SeedHash is the SHA-256 of the seed's text form. Seed and the values of Parties are empty in a sealed record.
	SeedHash string  `json:"seedHash"`
	Seed     string  `json:"seed,omitempty"`
	Parties  []Party `json:"parties,omitempty"`

	// FrameDigest is the SHA-256 of the frame as sorted lines, empty for a draw merged from several shards, whose digests
	// are in Shards. Frozen is the seal of the frozen frame, if there was one.
	FrameDigest string  `json:"frameDigest,omitempty"`
	Frozen      string  `json:"frozen,omitempty"`
	Shards      []Shard `json:"shards,omitempty"`

	// Population, Planned, Enough, Short and NoPopulation say what the size came to, summed over groups.
	Population   int64 `json:"population"`
	Planned      int64 `json:"planned"`
	Enough       int64 `json:"enough"`
	Short        bool  `json:"short,omitempty"`
	NoPopulation bool  `json:"noPopulation,omitempty"`

	// Groups are what the size came to for each value of the levels that it counts for separately.
	Groups []Planned `json:"groups,omitempty"`
	Strata []Stratum `json:"strata,omitempty"`
	// Chosen are the units in the order in which they were taken: those in for certain, then by turn, then replacements and
	// extensions as they happened. Reserve are the units that would replace them, by stratum and turn.
	Chosen  []Chosen `json:"chosen"`
	Reserve []Chosen `json:"reserve,omitempty"`
	Changes []Change `json:"changes,omitempty"`
}

// IDs gives the units to inspect, in the order in which they were taken, without those that were replaced or given up.
func (r Record) IDs() []string {
	ids := make([]string, 0, len(r.Chosen))
	for _, c := range r.Chosen {
		if c.ReplacedBy == "" && !c.Vacant {
			ids = append(ids, c.ID)
		}
	}
	return ids
}

// Sealed gives a copy without the seed, to be shown while the seed must stay secret, for example until a later draw with
// the same seed. It can't be verified until it is opened again by comparing with the full record.
func (r Record) Sealed() Record {
	r.Seed = ""
	r.Parties = slices.Clone(r.Parties)
	for i := range r.Parties {
		r.Parties[i].Value = ""
	}
	return r
}

// suffixOf writes a path as it stands in the lines of a frame.
func suffixOf(path []string) string {
	if len(path) == 0 {
		return ""
	}
	return "\t" + strings.Join(path, "\t")
}
