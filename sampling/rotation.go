package sampling

import (
	"bytes"
	"encoding/hex"
	"fmt"
)

// Rotation says where an earlier period of a draw under rotation ended. All periods have one epoch and one seed, so each
// unit keeps its ticket; a period takes the tickets that follow the last one used in the stratum, and begins again at the
// least when it has been round. So nobody is drawn twice before all others of the stratum were drawn once, even when
// units come and go between periods. [Record.Next] makes it; nil or no strata is the first period.
type Rotation struct {
	// Round counts the periods before.
	Round int `json:"round"`
	// Strata are the strata of every level in order of their paths.
	Strata []RotationStart `json:"strata"`
}

// RotationStart is where one stratum stands.
type RotationStart struct {
	Path []string `json:"path"`
	// After is the last ticket used, in hexadecimal; empty when none was, and for strata that are not the finest.
	After string `json:"after,omitempty"`
	// Carried is what the stratum's share exceeds what it got, in thousandths of a unit between -1000 and 1000, so that a
	// stratum with a small share gets its turn in a later period.
	Carried int64 `json:"carried,omitempty"`
}

// starts reads a rotation for the tree of strata.
func (r *Rotation) starts() (map[string]start, error) {
	if r == nil {
		return nil, nil
	}
	all := map[string]start{}
	for i, s := range r.Strata {
		path := fmt.Sprintf("rotation.strata[%d]", i)
		for _, value := range s.Path {
			if err := checkText(value, func() string { return path }); err != nil {
				return nil, err
			}
		}
		at := start{carried: s.Carried}
		if s.Carried < -creditUnit || s.Carried > creditUnit {
			return nil, refuse("bad-rotation", path+".carried", "use what Record.Next gives", "%d is not within -1000 and 1000", s.Carried)
		}
		if s.After != "" {
			b, err := hex.DecodeString(s.After)
			if err != nil || len(b) != len(ticket{}) {
				return nil, refuse("bad-rotation", path+".after", "use what Record.Next gives", "%s is no ticket", quoted(s.After))
			}
			t := ticket(b)
			at.after = &t
		}
		all[suffixOf(s.Path)] = at
	}
	return all, nil
}

// after says whether a ticket comes after the place where the period before ended.
func after(t, place ticket) bool { return bytes.Compare(t[:], place[:]) > 0 }
