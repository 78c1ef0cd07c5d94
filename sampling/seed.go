package sampling

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
)

// minSeed is the least number of bytes of a seed that a party keeps secret: 128 bits can't be searched.
const minSeed = 16

// maxSeed bounds a seed; more bytes make no draw better.
const maxSeed = 1024

// Seed is the random part of a draw. Value comes from a source of randomness of the host, such as crypto/rand, and has 16
// to 1024 bytes. Its text form, which the key is made of and which a record shows, is lower-case hexadecimal.
type Seed struct {
	Value []byte
	// Party says whose value it is; needed only when others join.
	Party string
	// Commitment is what [Commitment] gave and what was published before; empty when nothing was. A value that doesn't
	// match it is refused.
	Commitment string
	// Joined are values of further parties. When there are any, the text form is the SHA-256, in hexadecimal, of the list
	// of parties and values, each preceded by its length, so that nobody alone decides it.
	Joined []Party
}

// Party is one contribution to a seed: in a request with its value, in a frozen frame as a promise without one, in a
// record as both.
type Party struct {
	// Party says whose value it is.
	Party string `json:"party"`
	// Value is in lower-case hexadecimal. It has 16 to 1024 bytes when it was committed to, so that the commitment doesn't
	// give it away; a public value needs at least 1.
	Value string `json:"value,omitempty"`
	// Commitment is what [Commitment] gave; empty when nothing was published.
	Commitment string `json:"commitment,omitempty"`
	// Source names a public value, such as a lottery's numbers of a day to come; empty for a party's own value.
	Source string `json:"source,omitempty"`
}

// Commitment is what a party publishes before the frame is frozen: the SHA-256 of the value's text form, in hexadecimal,
// which binds the party to the value without telling it.
func Commitment(value []byte) string { return hashText(hex.EncodeToString(value)) }

func hashText(text string) string {
	sum := sha256.Sum256([]byte(text))
	return hex.EncodeToString(sum[:])
}

// parties lists the contributions in order, the first one under the name given or an empty one.
func (s Seed) parties() []Party {
	first := Party{Party: s.Party, Value: hex.EncodeToString(s.Value), Commitment: s.Commitment}
	return append([]Party{first}, s.Joined...)
}

// joinSeed gives the text form of what the parties contributed.
func joinSeed(parties []Party) string {
	if len(parties) == 1 {
		return parties[0].Value
	}
	parts := []string{"pinjian-seed/1"}
	for _, p := range parties {
		parts = append(parts, p.Party, p.Value)
	}
	return hashText(drawID(parts...))
}

// checkParties refuses contributions that are too short, don't match their commitment or can't be told apart.
func checkParties(parties []Party) error {
	if len(parties) == 0 {
		return refuse("no-seed", "seed", "make 16 bytes with crypto/rand", "there is no seed")
	}
	names := map[string]bool{}
	for i, p := range parties {
		path := "seed"
		if i > 0 {
			path = fmt.Sprintf("seed.joined[%d]", i-1)
		}
		if err := p.check(path); err != nil {
			return err
		}
		if len(parties) == 1 {
			continue
		}
		if err := checkID(p.Party, func() string { return path + ".party" }); err != nil {
			return err
		}
		if names[p.Party] {
			return refuse("same-party", path+".party", "name every party once", "%s contributes twice", quoted(p.Party))
		}
		names[p.Party] = true
	}
	return nil
}

func (p Party) check(path string) error {
	if err := checkText(p.Party, func() string { return path + ".party" }); err != nil {
		return err
	}
	if err := checkText(p.Source, func() string { return path + ".source" }); err != nil {
		return err
	}
	value, err := hex.DecodeString(p.Value)
	if err != nil || hex.EncodeToString(value) != p.Value {
		return refuse("bad-seed", path+".value", "write it as lower-case hexadecimal", "the value is not hexadecimal")
	}
	least := minSeed
	if p.Source != "" {
		least = 1
	}
	if len(value) < least || len(value) > maxSeed {
		return refuse("bad-seed", path+".value", "make 16 bytes (128 bits) with crypto/rand; fewer can be searched",
			"the seed has %d bytes, not %d to %d", len(value), least, maxSeed)
	}
	if p.Commitment != "" && p.Commitment != hashText(p.Value) {
		return refuse("seed-mismatch", path+".commitment", "open the value that was committed to; if it is lost, begin again with a new commitment",
			"the value hashes to %s and the commitment is %s", hashText(p.Value), quoted(p.Commitment))
	}
	return nil
}
